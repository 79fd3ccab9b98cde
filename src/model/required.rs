//! How many agents the expected work requires, by interval and pool: from the model alone, never from a run.

use super::backlog::levels;
use super::basis::{Basis, Exactness};
use super::flow::{Flow, Visits};
use super::grid::Grid;
use super::sizing::{Asked, Desk, Found, Sizer, Stream};
use super::{Model, Requirement, Take, Target};
use crate::time::{MINUTE, Micros, to_seconds};
use std::collections::BTreeMap;

/// Intervals shorter than this are looked at together.
const LEAST: Micros = 5 * MINUTE;
/// Intervals are looked at together where there are more than this, or more than this many of all topics and pools.
const MOST_CELLS: usize = 100_000;
const MOST_IN_ALL: usize = 2_000_000;

/// Agents that meet the targets given the work that comes, by interval and pool.
///
/// # What comes
/// The expected contacts of the model: mean arrival rates (counts and replayed arrivals as they are), the outcomes of the
/// assistant, returns at their delays, transfers; abandonment only as these agents would cause. Each contact counts in the first
/// pool of its route that has the skill and is scheduled to be open, however many agents it has, else in the one that opens
/// first. The number of agents in the plan enters nowhere.
///
/// # How many that needs
/// In each interval the rates are taken as constant (SIPP: Green, Kolesar & Soares 2001), and in each pool
/// - contacts of one priority class wait in one queue, and each topic's own target holds for it; higher classes come first;
/// - work that comes while the pool is closed, or may wait longer than an interval behind everything else, is spread over the
///   opening time between arrival and deadline as evenly as can be;
/// - the use of slots stays within `max_occupancy`, where that is stated;
/// - a pool that is closed requires nobody. Of a gig pool the agents are members online.
///
/// # Accuracy
/// [`PoolRequired::overall`] says what the numbers are.
#[derive(Clone, Debug, Default)]
pub struct Required {
    /// Width of the intervals; the last one may be shorter.
    pub width: Micros,
    /// Begin and end of each interval.
    pub spans: Vec<(Micros, Micros)>,
    /// By pool.
    pub pools: Vec<PoolRequired>,
    /// Pools that routes link, each pool in one group.
    pub groups: Vec<Vec<usize>>,
}

/// What is required of one pool, by interval.
#[derive(Clone, Debug, Default)]
pub struct PoolRequired {
    agents: Vec<Option<u32>>,
    open: Vec<Micros>,
    basis: Basis,
}

impl PoolRequired {
    /// Agents while the pool is open in interval `i`, 0 where it is closed; `None` where no number is enough.
    pub fn agents(&self, i: usize) -> Option<u32> {
        *self.agents.get(i)?
    }

    /// Time in interval `i` for which the pool is scheduled to be open.
    pub fn open(&self, i: usize) -> Micros {
        self.open.get(i).copied().unwrap_or(0)
    }

    /// Why the numbers are not exact, each reason once; none where all of them are.
    pub fn reasons(&self) -> Vec<&'static str> {
        self.basis.reasons()
    }

    /// What the numbers are on the whole.
    pub fn overall(&self) -> Exactness {
        self.basis.exactness()
    }
}

/// The agents that the expected work of the whole horizon requires, see [`Required`].
pub fn required(model: &Model) -> Required {
    Required::between(&model.epochs_from(), 0, model.horizon, None)
}

impl Required {
    /// What is required between two moments under the models that hold from their moments on; by the rule of a group that hires, if
    /// there is one.
    pub(super) fn between(
        epochs: &[(Micros, &Model)],
        from: Micros,
        end: Micros,
        rule: Option<&Requirement>,
    ) -> Self {
        let model = match epochs.first() {
            Some(&(_, model)) if end > from => model,
            _ => return Self::default(),
        };
        let grid = Grid::new(epochs, width(model, end - from), from, end);
        let flow = Flow::new(&grid, &|_, _| 0.0);
        let (mut pools, abandons) = size(&grid, &flow, rule);
        if abandons.iter().flatten().any(|&share| share > 0.0) {
            let flow = Flow::new(&grid, &|pool, part| abandons[pool][part]);
            pools = size(&grid, &flow, rule).0;
        }
        let span = |i: usize| {
            let begin = from + i as Micros * grid.width;
            (begin, (begin + grid.width).min(end))
        };
        Self {
            width: grid.width,
            spans: (0..grid.cells()).map(span).collect(),
            pools,
            groups: groups(epochs),
        }
    }

    /// Seconds of required agents of a pool between two moments; `None` if in some interval no number is enough.
    ///
    /// # Formula
    /// Sum over the intervals of agents x the time that the pool is open; of an interval that lies within in part, that part.
    pub fn agent_seconds(&self, pool: usize, from: Micros, end: Micros) -> Option<f64> {
        let pool = self.pools.get(pool)?;
        let begin = self.spans.partition_point(|s| s.1 <= from);
        let mut sum = 0.0;
        for (i, span) in self.spans.iter().enumerate().skip(begin) {
            if span.0 >= end {
                break;
            }
            let within = span.1.min(end) - span.0.max(from);
            let share = within as f64 / (span.1 - span.0) as f64;
            if pool.open(i) > 0 {
                sum += f64::from(pool.agents(i)?) * to_seconds(pool.open(i)) * share;
            }
        }
        Some(sum)
    }

    /// Full-time agents that a pool requires between two moments, `None` if in some interval no number is enough.
    ///
    /// # Formula
    /// [`Required::agent_seconds`] over the paid time of a full-time agent x (1 - shrinkage), both of `[fte]`, over the same local
    /// days. No occupancy: the time in which the agents wait for work is in their number already.
    pub fn fte(&self, model: &Model, pool: usize, from: Micros, end: Micros) -> Option<f64> {
        let available = model.available_seconds_between(from, end);
        let seconds = self.agent_seconds(pool, from, end)?;
        (available > 0.0).then(|| seconds / available)
    }
}

/// Width of the intervals: the reporting interval, or several of them.
fn width(model: &Model, time: Micros) -> Micros {
    let interval = model.interval.max(1);
    let most = MOST_CELLS.min(MOST_IN_ALL / (model.topics.len() + model.pools.len()).max(1));
    let least = LEAST.max(time.div_ceil(most.max(1) as Micros));
    interval * least.div_ceil(interval)
}

/// The pools that routes link, each in one group, in order.
fn groups(epochs: &[(Micros, &Model)]) -> Vec<Vec<usize>> {
    let pools = epochs.first().map_or(0, |e| e.1.pools.len());
    let mut group: Vec<usize> = (0..pools).collect();
    for queue in epochs.iter().flat_map(|e| &e.1.queues) {
        let mut linked = queue.route.iter().flat_map(|s| &s.pools).map(|p| p.pool);
        let Some(first) = linked.next() else { continue };
        for other in linked {
            let (a, b) = (group[first], group[other]);
            group
                .iter_mut()
                .filter(|g| **g == a.max(b))
                .for_each(|g| *g = a.min(b));
        }
    }
    let mut out: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (pool, &group) in group.iter().enumerate() {
        out.entry(group).or_default().push(pool);
    }
    out.into_values().collect()
}

/// What each pool requires by cell, and the share of its visits that abandon by part.
fn size(
    grid: &Grid<'_>,
    flow: &Flow,
    rule: Option<&Requirement>,
) -> (Vec<PoolRequired>, Vec<Vec<f64>>) {
    let pools = grid.models.first().map_or(0, |m| m.pools.len());
    (0..pools)
        .map(|p| {
            let visits: Vec<&Visits> = flow.visits.iter().filter(|v| v.pool == p).collect();
            PoolWork::new(grid, p, visits, rule).size()
        })
        .unzip()
}

/// The work of one pool.
struct PoolWork<'a, 'm> {
    grid: &'a Grid<'m>,
    pool: usize,
    visits: Vec<&'a Visits>,
    rule: Option<&'a Requirement>,
    /// For each group of visits whether it may wait longer than an interval and no group behind it in priority may not.
    may_wait: Vec<bool>,
    /// By part: agents with full hands for the work that may wait.
    levels: Vec<f64>,
}

impl<'a, 'm> PoolWork<'a, 'm> {
    fn new(
        grid: &'a Grid<'m>,
        pool: usize,
        visits: Vec<&'a Visits>,
        rule: Option<&'a Requirement>,
    ) -> Self {
        let mut work = Self {
            grid,
            pool,
            visits,
            rule,
            may_wait: Vec::new(),
            levels: Vec::new(),
        };
        let first = grid.models[0];
        let within = |v: &Visits| work.target(first, v).map(|t| t.within);
        let waits = |v: &Visits| within(v).is_some_and(|t| t > grid.width);
        let class = |v: &Visits| work.class(first, v);
        work.may_wait = work
            .visits
            .iter()
            .map(|v| {
                let behind = work.visits.iter().filter(|o| class(o) >= class(v));
                behind.into_iter().all(|o| waits(o))
            })
            .collect();
        work.levels = work.level();
        work
    }

    /// What must be reached for some visits.
    fn target(&self, model: &Model, visits: &Visits) -> Option<Target> {
        let own = model.topics[model.queues[visits.queue].topic].target;
        match self.rule {
            None => Some(own),
            Some(rule) if rule.service.is_none() && rule.occupancy.is_some() => None,
            Some(rule) => Some(rule.service.unwrap_or(own)),
        }
    }

    /// The priority of some visits in this pool: smaller first.
    fn class(&self, model: &Model, visits: &Visits) -> u32 {
        let queue = &model.queues[visits.queue];
        let pool = &model.pools[self.pool];
        let within = match pool.take {
            Take::LongestWait | Take::WeightedWait => 0,
            // Long targets wait behind short ones.
            Take::LongestRelativeWait => {
                let target = model.topics[queue.topic].target.within;
                u32::from(target > self.grid.width)
            }
            Take::Ranking => pool.ranking[queue.topic].min(0xFFFF) + 1,
        };
        u32::from(queue.class) << 20 | within
    }

    /// Agents by part for the work that may wait: each length of time to wait is levelled by itself.
    fn level(&self) -> Vec<f64> {
        let (grid, pool) = (self.grid, self.pool);
        let mut by_time: BTreeMap<Micros, Vec<f64>> = BTreeMap::new();
        for (visits, &may_wait) in self.visits.iter().zip(&self.may_wait) {
            let target = self.target(grid.models[0], visits);
            let within = target.map_or(0, |t| t.within).max(grid.width);
            let mut work = vec![0.0; grid.parts()];
            for (part, work) in work.iter_mut().enumerate() {
                if may_wait || !grid.is_open(pool, part) {
                    let speed = &grid.model(part).pools[pool].speed;
                    let hands = speed.len() as f64 * speed.last().copied().unwrap_or(1.0);
                    *work = visits.seconds[part] / hands;
                }
            }
            if work.iter().any(|&w| w > 0.0) {
                let sums = by_time
                    .entry(within)
                    .or_insert_with(|| vec![0.0; grid.parts()]);
                sums.iter_mut().zip(work).for_each(|(sum, w)| *sum += w);
            }
        }
        let mut all = vec![0.0; grid.parts()];
        for (within, work) in by_time {
            let level = levels(grid, pool, within, &work);
            all.iter_mut().zip(level).for_each(|(sum, l)| *sum += l);
        }
        all
    }

    /// What comes to the pool while it is open in a cell, and for how long it is.
    fn asked(&self, cell: usize) -> (Asked, Micros) {
        let (grid, pool) = (self.grid, self.pool);
        let parts = || grid.cell(cell).filter(|&i| grid.is_open(pool, i));
        let open: Micros = parts().map(|i| grid.length(i)).sum();
        let mut asked = Asked::default();
        let Some(first) = parts().next() else {
            return (asked, 0);
        };
        let (model, seconds) = (grid.model(first), to_seconds(open));
        let mut done = 0.0;
        for part in parts() {
            done += self.levels[part] * to_seconds(grid.length(part));
        }
        asked.levelled = done / seconds;
        for (visits, _) in self.visits.iter().zip(&self.may_wait).filter(|v| !v.1) {
            let sum = |of: &[f64]| parts().map(|i| of[i]).sum::<f64>();
            let (contacts, work) = (sum(&visits.contacts), sum(&visits.seconds));
            if contacts > 0.0 && work > 0.0 {
                let topic = &model.topics[model.queues[visits.queue].topic];
                asked.streams.push(Stream {
                    class: self.class(model, visits),
                    target: self.target(model, visits),
                    rate: contacts / seconds,
                    seconds: work / contacts,
                    patience: topic.patience.as_ref().map(|d| d.mean()),
                });
            }
        }
        (asked, open)
    }

    /// The numbers by cell, and the share of the visits that abandon by part.
    fn size(&self) -> (PoolRequired, Vec<f64>) {
        let (grid, pool) = (self.grid, self.pool);
        let mut out = PoolRequired::default();
        let mut abandons = vec![0.0; grid.parts()];
        let asked: Vec<(Asked, Micros)> = (0..grid.cells()).map(|cell| self.asked(cell)).collect();
        let varies = varies(asked.iter().map(|a| &a.0));
        let mut sizer = Sizer::default();
        let mut found_before: Option<(&Asked, usize, Found)> = None;
        for (cell, (asked, open)) in asked.iter().enumerate() {
            let first = grid.cell(cell).find(|&i| grid.is_open(pool, i));
            let mut found = Found::NOBODY;
            if let Some(first) = first {
                let epoch = grid.epoch(first);
                let model = grid.model(first);
                let desk = Desk {
                    speed: &model.pools[pool].speed,
                    max_occupancy: self
                        .rule
                        .and_then(|r| r.occupancy)
                        .or(model.pools[pool].max_occupancy),
                    varies,
                };
                found = match found_before {
                    Some((before, e, found)) if e == epoch && before == asked => found,
                    _ => sizer.size(desk, asked),
                };
                found_before = Some((asked, epoch, found));
                let visits = self.visits.iter().zip(&self.may_wait);
                let prompt = visits
                    .filter(|(v, waits)| !**waits && grid.cell(cell).any(|i| v.contacts[i] > 0.0))
                    .map(|(v, _)| model.queues[v.queue].topic);
                out.basis = out.basis.with(Basis::of(model, pool, asked, prompt));
            }
            for part in grid.cell(cell) {
                abandons[part] = found.abandons;
            }
            out.agents.push(found.agents);
            out.open.push(*open);
        }
        (out, abandons)
    }
}

/// Whether the mean work content of a contact is another from interval to interval.
fn varies<'a>(asked: impl Iterator<Item = &'a Asked>) -> bool {
    let (mut least, mut most) = (f64::INFINITY, 0.0);
    for a in asked {
        let rate: f64 = a.streams.iter().map(|s| s.rate).sum();
        let work: f64 = a.streams.iter().map(|s| s.rate * s.seconds).sum();
        if rate > 0.0 {
            least = f64::min(least, work / rate);
            most = f64::max(most, work / rate);
        }
    }
    most > least * (1.0 + 1e-9)
}
