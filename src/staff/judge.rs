//! Whether a plan keeps its promises, by simulation.

use super::decide::Decisions;
use super::goal::{Goal, Promise};
use super::levels::Levels;
use super::total::{Said, Total};
use super::verdict::Verdict;
use crate::engine::Laws;
use crate::experiment::{Finished, Progress, Task};
use crate::finance::Money;
use crate::measure::{Context, Counters, Grain, Grid, Measure, Unit, Values, context};
use crate::measure::{count, measure};
use crate::model::Model;
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::{Arc, OnceLock};

/// So many replications are simulated together, and the busyness of their days is spread evenly among them: to find the place of each among all takes
/// time by the square of their number, and what each says of all promises takes memory until it is added up.
const TOGETHER: usize = 250;

/// How the value of a promise is found in a replication, and of all replications together.
enum Way {
    /// A service level: visits that count, and those answered within T.
    Level,
    /// A ratio of sums.
    Ratio(&'static Measure, Box<Context<'static>>),
    /// Another measure of sums, of which the mean is taken.
    Mean(&'static Measure, Box<Context<'static>>),
    /// What only a whole run knows, such as percentiles and costs; the mean is taken.
    Run,
}

impl Way {
    fn of(promise: &Promise, model: &Model) -> Self {
        let row = &promise.limit.row;
        let found = measure(row.measure).filter(|m| m.grain != Grain::Whole && !m.is_money());
        let Some(measure) = found else {
            return Way::Run;
        };
        let context = Box::new(context(model, &row.slice, promise.span));
        match measure.unit {
            Unit::Fraction if measure.id == "sl_net" => Way::Level,
            Unit::Fraction | Unit::Seconds | Unit::Ratio => Way::Ratio(measure, context),
            _ => Way::Mean(measure, context),
        }
    }
}

/// By first and last day of stretches how busy they are in each replication.
type OfDays = BTreeMap<(u64, u64), Vec<f64>>;

/// By first and last day of stretches the replications from the calmest to the busiest.
type Orders = BTreeMap<(u64, u64), Vec<usize>>;

fn orders(busyness: OfDays) -> Orders {
    let order = |of: Vec<f64>| {
        let mut order: Vec<usize> = (0..of.len()).collect();
        order.sort_by(|&a, &b| of[a].total_cmp(&of[b]));
        order
    };
    let each = busyness.into_iter();
    each.map(|(days, of)| (days, order(of))).collect()
}

/// Judges plans on the same replications, and remembers its verdicts.
pub struct Judge<'a> {
    pub(super) model: &'a Model,
    pub(super) decisions: &'a Decisions,
    pub(super) promises: &'a [Promise],
    ways: Vec<Way>,
    pub(super) goal: Goal,
    seed: u64,
    replications: Range<u64>,
    progress: &'a dyn Progress,
    known: BTreeMap<Vec<u32>, Arc<Verdict>>,
    compared: usize,
    /// Promises of the goal, which come first; others are judged beside them.
    pub(super) of_goal: usize,
    /// The present step goes on until so many plans are simulated at most, if that is known.
    pub(super) upto: Option<usize>,
    /// The plan that was looked at last, and what was seen.
    last: Option<(Vec<u32>, Arc<Verdict>, Levels)>,
    orders: OnceLock<Orders>,
}

impl<'a> Judge<'a> {
    /// Judges by these replications of a seed.
    pub fn new(
        model: &'a Model,
        decisions: &'a Decisions,
        promises: &'a [Promise],
        goal: Goal,
        (seed, replications): (u64, Range<u64>),
        progress: &'a dyn Progress,
    ) -> Self {
        Self {
            model,
            decisions,
            promises,
            ways: promises.iter().map(|p| Way::of(p, model)).collect(),
            goal,
            seed,
            replications,
            progress,
            known: BTreeMap::new(),
            compared: 0,
            of_goal: promises.len(),
            upto: None,
            last: None,
            orders: OnceLock::new(),
        }
    }

    /// One that judges by the first of its replications.
    pub(super) fn part(&self, replications: u64) -> Self {
        let first = self.replications.start;
        self.by(first..first + replications)
    }

    /// One that judges by other replications of its seed.
    pub(super) fn by(&self, replications: Range<u64>) -> Self {
        let of = (self.seed, replications);
        let (model, decisions) = (self.model, self.decisions);
        Self::new(
            model,
            decisions,
            self.promises,
            self.goal,
            of,
            self.progress,
        )
    }

    /// Replications by which it judges.
    pub(super) fn replications(&self) -> u64 {
        self.replications.end - self.replications.start
    }

    /// Plans that were simulated.
    pub fn simulated(&self) -> usize {
        self.known.len() + self.compared
    }

    /// The verdict on a plan; `None` when it was stopped.
    pub fn judge(&mut self, plan: &[u32]) -> Option<Arc<Verdict>> {
        if let Some(known) = self.known.get(plan) {
            return Some(Arc::clone(known));
        }
        let all = self.replications.clone();
        let verdict = Arc::new(self.simulate(plan, &[], all, None)?);
        self.known.insert(plan.to_vec(), Arc::clone(&verdict));
        Some(verdict)
    }

    /// The verdict on a plan, with the levels of intervals; `None` when it was stopped.
    pub(super) fn look(&mut self, plan: &[u32]) -> Option<(Arc<Verdict>, Levels)> {
        if let Some((last, verdict, levels)) = &self.last
            && last == plan
        {
            return Some((Arc::clone(verdict), levels.clone()));
        }
        let mut levels = Levels::default();
        let all = self.replications.clone();
        let verdict = Arc::new(self.simulate(plan, &[], all, Some(&mut levels))?);
        self.known.insert(plan.to_vec(), Arc::clone(&verdict));
        self.last = Some((plan.to_vec(), Arc::clone(&verdict), levels.clone()));
        Some((verdict, levels))
    }

    /// The levels of intervals under a plan on a part of the replications; `None` when it was stopped.
    pub(super) fn glance(&mut self, plan: &[u32], part: u64) -> Option<Levels> {
        let mut levels = Levels::default();
        self.compared += 1;
        let first = self.replications.start;
        let some = first..(first + part).min(self.replications.end);
        self.simulate(plan, &[], some, Some(&mut levels))?;
        Some(levels)
    }

    /// The verdict on a plan with one agent more in each of some cells; `None` when it was stopped.
    pub fn with_more(&mut self, plan: &[u32], cells: &[usize]) -> Option<Verdict> {
        self.compared += 1;
        self.simulate(plan, cells, self.replications.clone(), None)
    }

    /// The verdict on a plan, and the levels of intervals where they are asked for; `None` when it was stopped. What an earlier search has kept
    /// is not simulated again.
    fn simulate(
        &self,
        plan: &[u32],
        more: &[usize],
        replications: Range<u64>,
        levels: Option<&mut Levels>,
    ) -> Option<Verdict> {
        let task = self.task(plan, more, &replications, levels.is_some());
        let promises = self.promises.len();
        let at = Verdict::NUMBERS * promises;
        if let Some(kept) = self.progress.kept(0, task)
            && let Some(verdict) = Verdict::of_numbers(&kept.values, promises)
        {
            if let Some(levels) = levels {
                let size = (Grid::of(self.model).intervals(), self.model.topics.len());
                *levels = Levels::of_numbers(kept.values.get(at..)?, size);
            }
            return Some(verdict);
        }
        let mut found = levels.is_some().then(Levels::default);
        let verdict = self.simulated_now(plan, more, replications, found.as_mut())?;
        let mut values = verdict.numbers();
        if let Some((levels, found)) = levels.zip(found) {
            values.extend(found.numbers());
            *levels = found;
        }
        let finished = Finished {
            task,
            contacts: 0,
            events: 0,
            values,
        };
        self.progress.keep(0, &finished);
        let kept = verdict.slack[..self.of_goal].iter();
        let kept = kept.filter(|&&slack| slack >= 0.0);
        let left = self.upto.map(|upto| upto.saturating_sub(self.simulated()));
        self.progress.judged(kept.count(), self.of_goal, left);
        Some(verdict)
    }

    /// What a plan, with more agents in some cells, is kept under: all that decides what is said of it, and is not the same in a whole search.
    fn task(&self, plan: &[u32], more: &[usize], of: &Range<u64>, has_levels: bool) -> Task {
        let mut digest = blake3::Hasher::new();
        let counts = [
            plan.len(),
            more.len(),
            self.promises.len(),
            usize::from(has_levels),
        ];
        let plan = plan.iter().map(|&n| u64::from(n));
        let numbers = counts.iter().chain(more).map(|&n| n as u64);
        for number in numbers.chain(plan).chain([of.start, of.end]) {
            digest.update(&number.to_le_bytes());
        }
        let mut key = [0; 8];
        digest.finalize_xof().fill(&mut key);
        let key = u64::from_le_bytes(key);
        Task::new((key >> 32) as u32, key as u32)
    }

    fn simulated_now(
        &self,
        plan: &[u32],
        more: &[usize],
        replications: Range<u64>,
        mut levels: Option<&mut Levels>,
    ) -> Option<Verdict> {
        let model = self.decisions.apply(self.model, plan, more);
        // With nobody at all a model may have a topic that no pool serves, and is refused.
        let Ok(mut laws) = Laws::new(&model) else {
            return Some(Verdict::broken(self.promises));
        };
        let asks_run = self.ways.iter().any(|way| matches!(way, Way::Run));
        let run = asks_run.then(|| WholeRun::new(&model, self.promises));
        let asks_levels = levels.is_some();
        let mut totals: Vec<Total> = self.promises.iter().map(|_| Total::default()).collect();
        let are_all = replications == self.replications;
        // Of correlated days no order has all that the spread explains.
        let varies = are_all && model.demand.busyness.days_are_independent();
        let mut busyness = (varies && self.orders.get().is_none()).then(BTreeMap::new);
        for first in replications.clone().step_by(TOGETHER) {
            let some = first..(first + TOGETHER as u64).min(replications.end);
            laws = laws.spread(self.seed, some.clone());
            if let Some(busyness) = &mut busyness {
                self.note_busyness(&laws, some.clone(), busyness);
            }
            let each: Vec<(Vec<Said>, Option<Levels>)> = some
                .into_par_iter()
                .map(|replication| {
                    let counters = self.counted(&laws, replication);
                    let levels = asks_levels.then(|| Levels::of(&counters, model.topics.len()));
                    (self.said(&model, &counters, run.as_ref()), levels)
                })
                .collect();
            if self.progress.is_stopped() {
                return None;
            }
            // In their order, so that sums are the same whatever the threads.
            for (said, of_intervals) in each {
                totals.iter_mut().zip(said).for_each(|(a, b)| a.add(b));
                if let Some((sum, more)) = levels.as_deref_mut().zip(of_intervals) {
                    sum.add(more);
                }
            }
        }
        if let Some(busyness) = busyness {
            let _ = self.orders.set(orders(busyness));
        }
        let orders = self.orders.get().filter(|_| are_all);
        Some(self.verdict(totals, |p| {
            orders?.get(&laws.days(p.span)).map(Vec::as_slice)
        }))
    }

    fn note_busyness(&self, laws: &Laws<'_>, some: Range<u64>, of_days: &mut OfDays) {
        let stretches: BTreeSet<(u64, u64)> =
            self.promises.iter().map(|p| laws.days(p.span)).collect();
        for r in some {
            let busyness = laws.day_busyness(self.seed, r, stretches.iter().copied());
            for (days, busyness) in stretches.iter().zip(busyness) {
                of_days.entry(*days).or_default().push(busyness);
            }
        }
    }

    fn counted(&self, laws: &Laws<'_>, replication: u64) -> Counters {
        let stop = || self.progress.is_stopped();
        let (account, counters) = count(laws, self.seed, replication, &stop);
        self.progress.replication_done(0, account.contacts());
        counters
    }

    /// What a replication says of each promise.
    fn said(&self, model: &Model, counters: &Counters, run: Option<&WholeRun<'_>>) -> Vec<Said> {
        let of_run = run.map_or_else(Vec::new, |run| run.values(counters));
        let of = |(i, (promise, way)): (usize, (&Promise, &Way))| {
            let slice = &promise.limit.row.slice;
            let sums = || match &promise.cells {
                Some(cells) => counters.cells.sums(cells.clone(), slice, model),
                None => counters.total.sums(slice, model),
            };
            match way {
                Way::Level => {
                    let sums = sums();
                    Said::Visits(sums.net(), sums.answers.answered_within)
                }
                Way::Ratio(measure, context) => {
                    let sums = Box::new(sums());
                    Said::Sums(measure.of(&sums, context), sums)
                }
                Way::Mean(measure, context) => Said::Value(measure.of(&sums(), context)),
                Way::Run => Said::Value(of_run.get(i).copied().flatten()),
            }
        };
        let promises = self.promises.iter().zip(&self.ways).enumerate();
        promises.map(of).collect()
    }

    fn verdict<'o>(
        &self,
        totals: Vec<Total>,
        order: impl Fn(&Promise) -> Option<&'o [usize]>,
    ) -> Verdict {
        let mut out = Verdict {
            slack: Vec::new(),
            level: Vec::new(),
            met: Vec::new(),
            error: Vec::new(),
            visits: Vec::new(),
        };
        for ((promise, way), total) in self.promises.iter().zip(&self.ways).zip(totals) {
            let many = total.values().count();
            out.error.push(total.error(order(promise)));
            let (net, within) = total.visits();
            out.visits.push(net as f64 / total.replications());
            let level = match way {
                Way::Level => (net > 0).then(|| within as f64 / net as f64),
                Way::Ratio(measure, context) => measure.of(&total.sums, context),
                Way::Mean(..) | Way::Run => {
                    (many > 0).then(|| total.values().sum::<f64>() / many as f64)
                }
            };
            let values = total.values();
            let mut slacks: Vec<f64> = values.map(|value| promise.limit.slack(value)).collect();
            slacks.sort_by(f64::total_cmp);
            let met = slacks.iter().filter(|&&slack| slack >= 0.0).count();
            let reached = match self.goal.probability {
                None => level.map(|level| promise.limit.slack(level)),
                // So many of the replications must reach it.
                Some(p) => {
                    let wanted = libm::ceil(p * many as f64 * (1.0 - 1e-12)) as usize;
                    let last = many - wanted.clamp(1, many.max(1)).min(many);
                    slacks.get(last).copied()
                }
            };
            out.slack.push(reached.unwrap_or(f64::INFINITY));
            out.met.push((many > 0).then(|| met as f64 / many as f64));
            out.level.push(level);
        }
        out
    }
}

/// The values of whole runs of a plan that promises ask for.
struct WholeRun<'m> {
    values: Values<'m>,
    money: Money<'m>,
    /// By promise its row.
    rows: Vec<Option<usize>>,
}

impl<'m> WholeRun<'m> {
    fn new(model: &'m Model, promises: &[Promise]) -> Self {
        let (values, money) = (Values::new(model), Money::new(model));
        let row = |p: &Promise| {
            let mut rows = values.rows().iter().chain(money.rows());
            rows.position(|row| *row == p.limit.row)
        };
        Self {
            rows: promises.iter().map(row).collect(),
            values,
            money,
        }
    }

    /// By promise the value of its row in a replication.
    fn values(&self, counters: &Counters) -> Vec<Option<f64>> {
        let mut all = self.values.of(counters, None);
        all.extend(self.money.of(counters).0);
        let of_row = |row: &Option<usize>| all.get((*row)?).copied().flatten();
        self.rows.iter().map(of_row).collect()
    }
}
