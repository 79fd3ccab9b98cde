//! The new cases of a step: drawn from the expected numbers, given as counts, or replayed.

mod agenda;
mod busyness;

pub(crate) use agenda::Agenda;

use crate::dist::counts::poisson_quantile;
use crate::engine::keys::kind;
use crate::engine::{Context, Sink};
use crate::model::Arrivals as Demand;
use crate::random::{Key, purpose};
use crate::time::Micros;
use busyness::Factors;
use std::ops::Range;

/// Most cases of a topic in a cell.
const MOST: u64 = 1 << 23;

/// The child of a topic's key below which are cells of another width than the first; cells and replay have other numbers.
const OTHER_GRIDS: u64 = 1 << 63;

/// How long after the begin of its stretch, of this width, a case comes: its key is a random word.
#[inline(always)]
fn within(case: Key, width: Micros) -> Micros {
    ((u128::from(case.0) * u128::from(width)) >> 64) as Micros
}

/// Where new cases come from.
pub(crate) struct Arrivals {
    /// By topic: the key of its cases.
    roots: Vec<Key>,
    /// By topic: how many of the given times have been replayed.
    replayed: Vec<usize>,
    factors: Factors,
    /// The factor of the present step.
    factor: f64,
    /// The cases of a topic in the step: the key, and when the case arrives.
    cases: Vec<(Key, Micros)>,
}

impl Arrivals {
    pub(crate) fn new(cx: &Context<'_, impl Sink>) -> Self {
        let topics = &cx.laws.model.topics;
        let roots = topics.iter().map(|t| cx.root.named(kind::CASE, &t.name));
        Self {
            roots: roots.collect(),
            replayed: vec![0; topics.len()],
            factors: Factors::new(cx),
            factor: 1.0,
            cases: Vec::new(),
        }
    }

    /// An epoch begins at the present step.
    pub(crate) fn change(&mut self, cx: &Context<'_, impl Sink>) {
        self.factors = self.factors.changed();
        let arrivals = &cx.laws.model.demand.arrivals;
        for (replayed, arrivals) in self.replayed.iter_mut().zip(arrivals.iter()) {
            if let Demand::Replay(times) = arrivals {
                *replayed = times.partition_point(|&t| t < cx.calendar.start);
            }
        }
    }

    /// A step begins: how busy it is.
    pub(crate) fn open_step(&mut self, cx: &Context<'_, impl Sink>) {
        let at = cx.calendar.cell_start();
        self.factor = self.factors.at(cx, &cx.laws.model.demand.busyness, at);
    }

    /// Draws the cases of a topic that arrive within the present step.
    pub(crate) fn draw(&mut self, cx: &Context<'_, impl Sink>, topic: usize) -> &[(Key, Micros)] {
        self.cases.clear();
        if cx.calendar.width == cx.calendar.cell_width() {
            self.draw_cell(cx, topic);
        } else {
            self.draw_part(cx, topic);
        }
        &self.cases
    }

    /// The cases of a topic in a step that is a whole cell of the grid.
    fn draw_cell(&mut self, cx: &Context<'_, impl Sink>, topic: usize) {
        let (start, cell) = (cx.calendar.start, cx.calendar.cell);
        let width = cx.calendar.width.min(cx.horizon - start);
        let key = self.cell_key(cx, topic);
        let count = match &cx.laws.model.demand.arrivals[topic] {
            Demand::Replay(times) => return self.replay(topic, times, start + width),
            Demand::Counts(counts) => u64::from(counts[cell]),
            Demand::Expected(expected) => {
                poisson_quantile(expected[cell] * self.factor, key.bits(purpose::COUNT))
            }
        };
        self.cases.extend((0..count.min(MOST)).map(|i| {
            let case = key.child(i);
            (case, start + within(case, width))
        }));
    }

    /// The key of the cases of a topic in the present cell of the grid.
    #[inline(always)]
    fn cell_key(&self, cx: &Context<'_, impl Sink>, topic: usize) -> Key {
        let root = self.roots[topic];
        let width = cx.calendar.cell_width();
        let is_first = width == cx.first.model.demand.step;
        // Cells of another width have other customers.
        let root = if is_first {
            root
        } else {
            root.child(OTHER_GRIDS).child(width)
        };
        root.child(cx.calendar.cell as u64)
    }

    /// Replays the cases with given times before `end`.
    fn replay(&mut self, topic: usize, times: &[Micros], end: Micros) {
        let replay = self.roots[topic].child(u64::MAX);
        let first = self.replayed[topic];
        let due = times[first..].iter().take_while(|&&t| t < end);
        let key = |i: usize| replay.child(i as u64);
        self.cases
            .extend((first..).zip(due).map(|(i, &at)| (key(i), at)));
        self.replayed[topic] += self.cases.len();
    }

    /// The cases of a topic in a step that is a part of its cell.
    ///
    /// The cases are those that would come without the changes in the cell, at the same moments. Where the rate is lower than at the
    /// begin of the cell, each case is kept with the probability that makes it the lower rate; where it is higher, further cases are
    /// added. All parts together are a Poisson process with the rate of each moment.
    #[cold]
    fn draw_part(&mut self, cx: &Context<'_, impl Sink>, topic: usize) {
        let (start, cell) = (cx.calendar.start, cx.calendar.cell);
        let end = cx.calendar.end().min(cx.horizon);
        let cell_start = cx.calendar.cell_start();
        let width = cx.calendar.cell_width().min(cx.horizon - cell_start);
        let key = self.cell_key(cx, topic);
        let (count, share) = match &cx.laws.model.demand.arrivals[topic] {
            Demand::Replay(times) => return self.replay(topic, times, end),
            Demand::Counts(counts) => (u64::from(counts[cell]), 1.0),
            Demand::Expected(_) => {
                let means = means_of_cell(cx, &self.factors, topic);
                let (since, mean) = means.last().copied().unwrap_or((cell_start, 0.0));
                let first = means.first().map_or(mean, |m| m.1);
                if mean > first {
                    let key = key.child(u64::MAX - (since - cell_start));
                    let rest = cell_start + width - since;
                    let more = (mean - first) * rest as f64 / width as f64;
                    let more = poisson_quantile(more, key.bits(purpose::COUNT));
                    self.draw_within(start..end, (key, more, 1.0), (since, rest));
                }
                let count = poisson_quantile(first, key.bits(purpose::COUNT));
                (count, mean / first)
            }
        };
        self.draw_within(start..end, (key, count, share), (cell_start, width));
    }

    /// Starts the cases that arrive within `time`: `count` cases fall uniformly on [from, from + width); each is kept with probability
    /// `share`.
    fn draw_within(
        &mut self,
        time: Range<Micros>,
        (key, count, share): (Key, u64, f64),
        (from, width): (Micros, Micros),
    ) {
        for i in 0..count.min(MOST) {
            let case = key.child(i);
            let at = from + within(case, width);
            if time.contains(&at) && (share >= 1.0 || case.uniform(purpose::STAYS_AWAY) < share) {
                self.cases.push((case, at));
            }
        }
    }
}

/// The means of the present cell from its begin to the present step, each with the moment from which it holds; neighbours differ.
fn means_of_cell(cx: &Context<'_, impl Sink>, known: &Factors, topic: usize) -> Vec<(Micros, f64)> {
    let cell_start = cx.calendar.cell_start();
    let mut means: Vec<(Micros, f64)> = Vec::new();
    let spans = cx.first.model.epoch_spans();
    for (epoch, from, _) in spans.filter(|s| s.1 <= cx.calendar.start && s.2 > cell_start) {
        let demand = &cx.first.epoch(epoch).model.demand;
        if demand.step != cx.calendar.cell_width() {
            continue;
        }
        if let Demand::Expected(expected) = &demand.arrivals[topic] {
            let busyness = known.changed().at(cx, &demand.busyness, cell_start);
            let mean = expected[cx.calendar.cell] * busyness;
            if means.last().is_none_or(|last| last.1 != mean) {
                means.push((from.max(cell_start), mean));
            }
        }
    }
    means
}
