//! Staffing a model: the search, and its plan on replications that it has not seen.

use super::decide::Decisions;
use super::goal::{Goal, Per, Promise};
use super::judge::{Judge, Verdict};
use super::search::{Failed, Search, Staffed};
use crate::experiment::{Plan, Progress};
use crate::model::{Arrivals, Model};
use std::sync::Arc;

/// How a model is staffed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Settings {
    /// What must hold.
    pub goal: Goal,
    /// Seed of the search.
    pub seed: u64,
    /// Replications by which plans are judged in the search.
    pub replications: u32,
    /// Replications by which the plan is confirmed.
    pub confirming: u32,
    /// Plans that may be simulated for exchanges.
    pub effort: usize,
}

/// A plan that was confirmed on fresh replications.
#[derive(Clone, Debug)]
pub struct Confirmed {
    /// What is decided.
    pub decisions: Decisions,
    /// What is promised.
    pub promises: Vec<Promise>,
    /// The plan.
    pub staffed: Staffed,
    /// How well it keeps its promises on fresh replications.
    pub confirmed: Arc<Verdict>,
    /// The promises that it breaks there in spite of all margins.
    pub broken: Vec<usize>,
    /// Plans that were simulated.
    pub simulated: usize,
    /// The same targets in each interval, and how they are met on those replications.
    pub intervals: (Vec<Promise>, Arc<Verdict>),
}

impl Settings {
    /// As many replications as a goal takes, of an experiment with this plan: the level of fifty replications of a day is known to a point
    /// or so, a probability to a point with two thousand. Fewer of a large model whose days differ by chance alone.
    pub fn new(goal: Goal, plan: Plan, model: &Model) -> Self {
        let demand = &model.demand;
        let is_steady = demand.day_busyness_cv == 0.0 && demand.interval_busyness_cv == 0.0;
        let (least, confirming) = match goal.probability {
            None if is_steady => {
                let fit = (MANY / cases(model).max(1.0)).clamp(10.0, 50.0) as u32;
                (fit, 4 * fit)
            }
            None => (50, 200),
            Some(_) => (200, 2_000),
        };
        let replications = plan.replications.min(50).max(least);
        Self {
            goal,
            seed: plan.seed,
            replications,
            confirming: confirming.max(replications),
            effort: 100,
        }
    }
}

/// Expected cases of a replication.
fn cases(model: &Model) -> f64 {
    let of = |arrivals: &Arrivals| match arrivals {
        Arrivals::Expected(cases) => cases.iter().sum(),
        Arrivals::Counts(cases) => cases.iter().map(|&n| f64::from(n)).sum(),
        Arrivals::Replay(times) => times.len() as f64,
    };
    model.demand.arrivals.iter().map(of).sum()
}

impl Confirmed {
    /// The promises with least to spare on fresh replications, the tightest first.
    pub fn tightest(&self) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.promises.len()).collect();
        order.sort_by(|&a, &b| self.confirmed.slack[a].total_cmp(&self.confirmed.slack[b]));
        order
    }
}

/// Cases of all replications of a search by which the level of a steady operation is known well enough.
const MANY: f64 = 2e6;
/// Replications of the search are counted from 0, fresh ones from here on.
const FRESH: u64 = 1 << 32;
/// Times that the search is done, with more margin each time.
const ROUNDS: u64 = 5;

/// Finds the cheapest plan of `decisions` that keeps the promises of the goal, from the formula's requirement on, and confirms it.
///
/// # Errors
/// See [`Search::run`].
pub fn staff(
    model: &Model,
    decisions: Decisions,
    settings: &Settings,
    progress: &dyn Progress,
) -> Result<Confirmed, Failed> {
    let goal = settings.goal;
    let promises = Promise::all(model, goal, &decisions);
    let helping: Vec<Vec<usize>> = promises
        .iter()
        .map(|p| decisions.helping(model, p.topic))
        .collect();
    let judged = |replications| {
        let of = (settings.seed, replications);
        Judge::new(model, &decisions, &promises, goal, of, progress)
    };
    let mut judge = judged(0..u64::from(settings.replications));
    let margins = vec![0.0; promises.len()];
    let written = decisions.written(model).into_iter();
    let required = decisions.required(model).into_iter();
    let start: Vec<u32> = required.zip(written).map(|(r, w)| r.unwrap_or(w)).collect();
    let parts = match goal.per {
        Per::Interval | Per::Day => model.calendar.day_starts(model.horizon),
        Per::Week | Per::Horizon => Vec::new(),
    };
    let mut search = Search {
        judge: &mut judge,
        decisions: &decisions,
        promises: &promises,
        margins,
        helping: &helping,
        parts: &parts,
        effort: settings.effort,
        losses: vec![0.0; decisions.variables.len()],
    };
    let mut staffed = search.run(start)?;
    let mut round = 0;
    loop {
        let confirming = u64::from(settings.confirming);
        let first = FRESH + round * confirming;
        let mut fresh = judged(first..first + confirming);
        let confirmed = fresh.judge(&staffed.plan).ok_or(Failed::Stopped)?;
        let broken: Vec<usize> = (0..promises.len())
            .filter(|&i| confirmed.slack[i] < 0.0)
            .collect();
        round += 1;
        if broken.is_empty() || round == ROUNDS {
            let simulated = search.judge.simulated();
            let each = Goal {
                per: Per::Interval,
                ..goal
            };
            let intervals = Promise::all(model, each, &decisions);
            let of = (settings.seed, first..first + confirming);
            let mut of_intervals = Judge::new(model, &decisions, &intervals, each, of, progress);
            let levels = of_intervals.judge(&staffed.plan).ok_or(Failed::Stopped)?;
            return Ok(Confirmed {
                intervals: (intervals.clone(), levels),
                decisions: decisions.clone(),
                promises: promises.clone(),
                staffed,
                confirmed,
                broken,
                simulated,
            });
        }
        broken
            .iter()
            .for_each(|&i| search.margins[i] -= confirmed.slack[i]);
        staffed = search.stricter(staffed.plan)?;
    }
}
