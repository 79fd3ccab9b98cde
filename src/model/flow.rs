//! The contacts that are expected, part by part of the time: new cases at their mean rates, what the assistant makes of them, who
//! comes to which pool, and who comes back when.
//!
//! Contacts are followed from one to the next of their case: all first contacts, then all second ones, and so on, each kept
//! apart by the difficulty of its case. Time with the assistant and with people counts as nothing; a contact that waits for a
//! pool to open ends when it opens.

use super::attempt::{Answer, ByNode, Chances, NODES, TopicLaw};
use super::grid::{Grid, NO_PART};
use super::{Arrivals, Closed, CustomerClock, Ending, Model, Overflow, TransferTo};
use crate::dist::Distribution;
use crate::time::{DAY, Micros, from_seconds, to_seconds};
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

/// Contacts from so long ago may come back.
pub(super) const LOOK_BACK: Micros = 28 * DAY;
/// Points that stand for a law of delays.
const POINTS: usize = 16;
/// Share of the contacts at which the search for further contacts of the cases ends.
const LEAST: f64 = 1e-5;
/// Most transfers of one contact.
const MOST_HOPS: usize = 60;

/// Visits of one queue that one pool counts, by part.
#[derive(Clone, Debug)]
pub(super) struct Visits {
    pub(super) queue: usize,
    pub(super) pool: usize,
    /// Expected visits.
    pub(super) contacts: Vec<f64>,
    /// Seconds that they take, at full speed, after-contact work included.
    pub(super) seconds: Vec<f64>,
}

/// Expected contacts of a topic, by part.
#[derive(Clone, Debug)]
pub(super) struct TopicFlow {
    /// New cases.
    pub(super) cases: Vec<f64>,
    /// Contacts, returns included.
    pub(super) contacts: Vec<f64>,
    /// Contacts of these that want a person.
    pub(super) human: Vec<f64>,
}

/// Expected contacts.
#[derive(Clone, Debug)]
pub(super) struct Flow {
    /// By queue, then by pool.
    pub(super) visits: Vec<Visits>,
    pub(super) topics: Vec<TopicFlow>,
}

impl Flow {
    /// The expected flow on a grid; `quits` gives the share of the visits to a pool in a part that abandon.
    pub(super) fn new(grid: &Grid<'_>, quits: &dyn Fn(usize, usize) -> f64) -> Self {
        let topics = grid.models.first().map_or(0, |m| m.topics.len());
        let (mut visits, mut chances) = (BTreeMap::new(), Chances::default());
        let topics = (0..topics).map(|k| {
            let mut walk = Walk::new(grid, k, quits, &mut visits, &mut chances);
            walk.follow()
        });
        let topics = topics.collect();
        Self {
            visits: visits.into_values().collect(),
            topics,
        }
    }
}

/// When a customer who leaves at `at` is back after a delay in seconds of their clock; `None`: elapsed time.
fn back_at(clock: Option<&CustomerClock>, at: Micros, delay: f64) -> Micros {
    let delay = from_seconds(delay);
    clock.map_or(at.saturating_add(delay), |clock| clock.after(at, delay))
}

/// The contacts of one topic.
struct Walk<'a, 'm> {
    grid: &'a Grid<'m>,
    k: usize,
    quits: &'a dyn Fn(usize, usize) -> f64,
    visits: &'a mut BTreeMap<(usize, usize), Visits>,
    chances: &'a mut Chances,
    /// By model.
    laws: Vec<TopicLaw>,
    answers: BTreeMap<(usize, usize), Answer>,
    /// The difficulties that are told apart.
    nodes: Range<usize>,
    /// By way of ending and part: contacts that have ended so; empty where nobody comes back.
    ended: Vec<Vec<ByNode>>,
    /// By way of ending: where those are who come back.
    back: Vec<Back>,
    human: Vec<f64>,
}

/// Of the contacts that end in each part, the shares that come back in which parts.
#[derive(Default)]
struct Back {
    /// First entry of each part; the last entry is their number.
    first: Vec<u32>,
    to: Vec<(u32, f64)>,
}

impl<'a, 'm> Walk<'a, 'm> {
    fn new(
        grid: &'a Grid<'m>,
        k: usize,
        quits: &'a dyn Fn(usize, usize) -> f64,
        visits: &'a mut BTreeMap<(usize, usize), Visits>,
        chances: &'a mut Chances,
    ) -> Self {
        let differs = |m: &&Model| {
            let d = m.topics[k].difficulty;
            d.ai != 0.0 || d.work != 0.0 || d.human != 0.0
        };
        let middle = NODES.len() / 2;
        let returns = |e: &Ending| {
            let law = |m: &&Model| m.topics[k].returns[*e as usize].is_some();
            grid.models.iter().any(law)
        };
        let parts = grid.parts();
        let ended = Ending::ALL.iter().map(|e| match returns(e) {
            true => (vec![ByNode::default(); parts], Back::new(grid, k, *e)),
            false => Default::default(),
        });
        let (ended, back) = ended.unzip();
        Self {
            ended,
            back,
            laws: grid
                .models
                .iter()
                .map(|m| TopicLaw::new(m, k, chances))
                .collect(),
            answers: BTreeMap::new(),
            nodes: if grid.models.iter().any(differs) {
                0..NODES.len()
            } else {
                middle..middle + 1
            },
            human: vec![0.0; parts],
            grid,
            k,
            quits,
            visits,
            chances,
        }
    }

    /// Follows the cases from contact to contact.
    fn follow(&mut self) -> TopicFlow {
        let cases = self.cases();
        let mut now: Vec<ByNode> = cases.iter().map(|&n| self.by_difficulty(n)).collect();
        let mut contacts = vec![0.0; cases.len()];
        let all: f64 = cases.iter().sum();
        let most = self.grid.models.first().map_or(1, |m| m.max_contacts);
        for number in 0..most {
            let sum: f64 = now.iter().flatten().sum();
            if sum <= all * LEAST {
                break;
            }
            for (part, mass) in now.iter().enumerate() {
                let n: f64 = mass.iter().sum();
                if n > 0.0 {
                    contacts[part] += n;
                    self.contact(part, mass, usize::from(number > 0));
                }
            }
            self.come_back(&mut now);
        }
        TopicFlow {
            cases,
            contacts,
            human: std::mem::take(&mut self.human),
        }
    }

    /// Splits `n` cases by difficulty.
    fn by_difficulty(&self, n: f64) -> ByNode {
        let mut mass = NODES.map(|(_, weight)| n * weight);
        if self.nodes.len() == 1 {
            mass = ByNode::default();
            mass[self.nodes.start] = n;
        }
        mass
    }

    /// New cases in each part, by the model of the part.
    fn cases(&self) -> Vec<f64> {
        let of = |part| {
            let model = self.grid.model(part);
            let (from, to) = self.grid.span(part);
            model.demand.expected(self.k, from, to, model.horizon)
        };
        (0..self.grid.parts()).map(of).collect()
    }

    /// Contacts that begin in a part: first ones (`later` 0) or later ones (1).
    fn contact(&mut self, part: usize, mass: &ByNode, later: usize) {
        let model = self.grid.model(part);
        let law = &self.laws[self.grid.epoch(part)];
        let direct = law.direct[later];
        let mut down = 0.0;
        if direct < 1.0 {
            down = 1.0 - (1.0 - law.down) * (1.0 - self.outage(model, part));
        }
        let (mut straight, mut meets) = (scaled(mass, direct), scaled(mass, 1.0 - direct));
        let missed = scaled(&meets, down);
        match model.assistant.overflow {
            _ if down == 0.0 => {}
            Overflow::Wait => {}
            Overflow::Human => self.nodes.clone().for_each(|z| {
                straight[z] += missed[z];
                meets[z] -= missed[z];
            }),
            Overflow::TurnAway => {
                self.nodes.clone().for_each(|z| meets[z] -= missed[z]);
                self.end(Ending::TurnedAway, part, &missed);
            }
        }
        let escalated = self.meet(part, &meets, later);
        self.human[part] += sum(&straight) + sum(&escalated);
        self.reach_people(part, straight, escalated, later);
    }

    /// Share of a part in which the assistant is down on a date.
    fn outage(&self, model: &Model, part: usize) -> f64 {
        let (from, to) = self.grid.span(part);
        let within = |o: &(Micros, Micros)| o.1.min(to).saturating_sub(o.0.max(from));
        let down: Micros = model.assistant.outages.iter().map(within).sum();
        down as f64 / (to - from) as f64
    }

    /// Contacts meet the assistant; what of them goes on to people.
    fn meet(&mut self, part: usize, mass: &ByNode, later: usize) -> ByNode {
        let law = self.laws[self.grid.epoch(part)].meeting[later];
        for (ending, share) in [
            (Ending::AiResolved, &law.resolved),
            (Ending::AiMisresolved, &law.misresolved),
            (Ending::GaveUp, &law.gave_up),
            (Ending::Trapped, &law.trapped),
        ] {
            self.end(ending, part, &times(mass, share));
        }
        times(mass, &law.escalated)
    }

    fn end(&mut self, ending: Ending, part: usize, mass: &ByNode) {
        if let Some(sums) = self.ended[ending as usize].get_mut(part) {
            for z in self.nodes.clone() {
                sums[z] += mass[z];
            }
        }
    }

    /// Contacts that come to people in a part, from outside and from the assistant.
    fn reach_people(
        &mut self,
        mut part: usize,
        mut straight: ByNode,
        mut from_ai: ByNode,
        later: usize,
    ) {
        let (grid, k) = (self.grid, self.k);
        let mut q = k;
        let all = sum(&straight) + sum(&from_ai);
        for _ in 0..MOST_HOPS {
            let here = sum(&straight) + sum(&from_ai);
            if here <= all * 1e-9 || here <= 0.0 {
                return;
            }
            let model = grid.model(part);
            let topic = &model.topics[k];
            let closed = topic.opening().filter(|o| o.0.at(grid.middle(part)) <= 0.0);
            let (mut kept, mut reached) = (1.0, 1.0);
            match closed.map(|c| c.1) {
                None | Some(Closed::Queue) => {}
                Some(Closed::TurnAway) => kept = 0.0,
                Some(Closed::Callback) => {
                    (kept, reached) = topic.callback.map_or((0.0, 1.0), |c| (c.accept, c.reached));
                }
            }
            let mut both: ByNode = std::array::from_fn(|z| straight[z] + from_ai[z]);
            if kept < 1.0 {
                self.end(Ending::TurnedAway, part, &scaled(&both, 1.0 - kept));
                both = scaled(&both, kept);
            }
            let Some((p, opens)) = grid.served_by(q, part) else {
                return;
            };
            if opens != part && closed.is_none_or(|c| c.1 != Closed::Callback) {
                reached *= self.stays(topic.patience.as_ref(), part, (p, opens));
            }
            let pool = &model.pools[p];
            let law = &self.laws[grid.epoch(part)];
            let factor = kept * reached * pool.work_factor[k];
            let work = |z| law.work[z] * (straight[z] + from_ai[z] * topic.handover_factor);
            let work: f64 = self.nodes.clone().map(work).sum();
            let after = law.after * sum(&both) * reached;
            let visits = self.visits.entry((q, p)).or_insert_with(|| Visits {
                queue: q,
                pool: p,
                contacts: vec![0.0; grid.parts()],
                seconds: vec![0.0; grid.parts()],
            });
            visits.contacts[part] += sum(&both) * reached;
            visits.seconds[part] += work * factor + after;
            let quits = 1.0 - reached * (1.0 - (self.quits)(p, part));
            if quits > 0.0 {
                self.end(Ending::Abandoned, part, &scaled(&both, quits));
                both = scaled(&both, 1.0 - quits);
            }
            if opens == NO_PART {
                return;
            }
            part = opens;
            let outcome = pool.outcomes[k];
            let key = (grid.epoch(part), p);
            let answer = self.answers.entry(key).or_insert_with(|| {
                let later = &grid.models[key.0];
                let slope = later.topics[k].difficulty.human;
                Answer::new(&later.pools[p].outcomes[k], slope, self.chances)
            });
            let solved = times(&both, &answer.resolved);
            let passed = times(&both, &answer.transferred);
            let failed = std::array::from_fn(|z| both[z] - solved[z] - passed[z]);
            self.end(Ending::HumanResolved, part, &solved);
            self.end(Ending::HumanUnresolved, part, &failed);
            match outcome.to {
                TransferTo::Queue(to) => (q, straight, from_ai) = (to, passed, ByNode::default()),
                TransferTo::Assistant => {
                    let escalated = self.meet(part, &passed, later);
                    (q, straight, from_ai) = (k, ByNode::default(), escalated);
                }
            }
        }
    }

    /// Share of those who come in a part and are still there when their pool opens in a later one; after the end it opens as it
    /// did at the begin.
    fn stays(
        &self,
        patience: Option<&Distribution>,
        part: usize,
        (pool, opens): (usize, usize),
    ) -> f64 {
        const POINTS: u32 = 32;
        let Some(patience) = patience else { return 1.0 };
        let (from, end) = self.grid.span(part);
        let grid = self.grid;
        let opening = match (opens, grid.next_open(pool, 0)) {
            (NO_PART, NO_PART) => return 0.0,
            (NO_PART, first) => {
                let last = grid.span(grid.parts() - 1).1;
                last + grid.span(first).0 - grid.span(0).0
            }
            _ => grid.span(opens).0,
        };
        let (gap, length) = (to_seconds(opening - end), to_seconds(end - from));
        if patience.survival(gap) < 1e-9 {
            return 0.0;
        }
        let wait = |i: u32| gap + length * (f64::from(i) + 0.5) / f64::from(POINTS);
        let stays: f64 = (0..POINTS).map(|i| patience.survival(wait(i))).sum();
        stays / f64::from(POINTS)
    }

    /// Those who come back after the contacts that have ended; these are forgotten.
    fn come_back(&mut self, now: &mut [ByNode]) {
        now.fill(ByNode::default());
        for (ended, back) in self.ended.iter_mut().zip(&self.back) {
            for (part, mass) in ended.iter_mut().enumerate() {
                if sum(mass) <= 0.0 {
                    continue;
                }
                let mass = std::mem::take(mass);
                for &(to, share) in back.of(part) {
                    let there = &mut now[to as usize];
                    for z in 0..NODES.len() {
                        there[z] += mass[z] * share;
                    }
                }
            }
        }
    }
}

impl Back {
    fn new(grid: &Grid<'_>, k: usize, ending: Ending) -> Self {
        let of = |m: &Model| m.topics[k].returns[ending as usize].clone();
        let law = |m: &&Model| of(m).map(|r| (r.probability, points(&r.delay)));
        let laws: Vec<Option<(f64, Vec<f64>)>> = grid.models.iter().map(law).collect();
        let mut out = Self::default();
        for part in 0..grid.parts() {
            out.first.push(out.to.len() as u32);
            let Some((probability, delays)) = &laws[grid.epoch(part)] else {
                continue;
            };
            let clock = grid.model(part).return_clock(k, ending).map(Arc::as_ref);
            let share = probability / delays.len() as f64;
            for &delay in delays {
                let at = back_at(clock, grid.middle(part), delay);
                let Some(to) = grid.part_at(at) else { break };
                let begin = out.first[part] as usize;
                match out.to[begin..].last_mut() {
                    Some(last) if last.0 as usize == to => last.1 += share,
                    _ => out.to.push((to as u32, share)),
                }
            }
        }
        out.first.push(out.to.len() as u32);
        out
    }

    fn of(&self, part: usize) -> &[(u32, f64)] {
        &self.to[self.first[part] as usize..self.first[part + 1] as usize]
    }
}

/// Equally likely delays that represent a distribution, in order: its quantiles at the middle of equal parts, scaled to its mean.
fn points(delay: &Distribution) -> Vec<f64> {
    if let Distribution::Deterministic(x) = delay {
        return vec![*x];
    }
    let n = POINTS as f64;
    let mut points: Vec<f64> = (0..POINTS)
        .map(|i| delay.quantile((i as f64 + 0.5) / n))
        .collect();
    let mean = points.iter().sum::<f64>() / n;
    let factor = delay.mean() / mean;
    if factor.is_finite() && factor > 0.0 {
        points.iter_mut().for_each(|x| *x *= factor);
    }
    points
}

fn times(a: &ByNode, b: &ByNode) -> ByNode {
    let mut product = *a;
    for z in 0..NODES.len() {
        product[z] *= b[z];
    }
    product
}

fn scaled(a: &ByNode, by: f64) -> ByNode {
    let mut product = *a;
    product.iter_mut().for_each(|x| *x *= by);
    product
}

fn sum(a: &ByNode) -> f64 {
    a.iter().sum()
}

impl super::Demand {
    /// Expected new cases of topic `k` between two moments; those of a step are spread evenly over it.
    fn expected(&self, k: usize, from: Micros, to: Micros, horizon: Micros) -> f64 {
        let step = self.step.max(1);
        let steps = (from / step) as usize..to.div_ceil(step) as usize;
        let share = |i: usize| {
            let begin = i as Micros * step;
            let end = (begin + step).min(horizon);
            let within = end.min(to).saturating_sub(begin.max(from));
            within as f64 / end.saturating_sub(begin).max(1) as f64
        };
        let within = |n: usize| steps.start.min(n)..steps.end.min(n);
        match self.arrivals.get(k) {
            Some(Arrivals::Expected(v)) => within(v.len()).map(|i| v[i] * share(i)).sum(),
            Some(Arrivals::Counts(v)) => within(v.len()).map(|i| f64::from(v[i]) * share(i)).sum(),
            Some(Arrivals::Replay(v)) => {
                (v.partition_point(|&t| t < to) - v.partition_point(|&t| t < from)) as f64
            }
            None => 0.0,
        }
    }
}
