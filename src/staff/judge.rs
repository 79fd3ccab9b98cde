//! Whether a plan keeps its promises, by simulation.

use super::decide::Decisions;
use super::goal::{Goal, Promise};
use crate::engine::Laws;
use crate::experiment::Progress;
use crate::measure::count;
use crate::model::Model;
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

/// How well a plan keeps each promise.
#[derive(Clone, Debug, PartialEq)]
pub struct Verdict {
    /// By promise how far the service level is above the share that is promised, in parts of one; below 0 the promise is broken. In expectation
    /// that is the level of all replications together; with a probability the level that is reached in so many of them. Infinite where
    /// nobody comes.
    pub slack: Vec<f64>,
    /// By promise the level of all replications together.
    pub level: Vec<Option<f64>>,
    /// By promise the share of the replications that meet it.
    pub met: Vec<Option<f64>>,
}

impl Verdict {
    /// Nobody is answered.
    fn broken(promises: &[Promise]) -> Self {
        Self {
            slack: promises.iter().map(|p| -p.share).collect(),
            level: vec![Some(0.0); promises.len()],
            met: vec![Some(0.0); promises.len()],
        }
    }

    /// Whether every promise is kept with this margin, one for each.
    pub fn keeps(&self, margins: &[f64]) -> bool {
        self.slack
            .iter()
            .zip(margins)
            .all(|(slack, margin)| slack >= margin)
    }
}

/// Judges plans on the same replications, and remembers its verdicts.
pub struct Judge<'a> {
    model: &'a Model,
    decisions: &'a Decisions,
    promises: &'a [Promise],
    goal: Goal,
    seed: u64,
    replications: Range<u64>,
    progress: &'a dyn Progress,
    known: BTreeMap<Vec<u32>, Arc<Verdict>>,
}

/// Visits that count for the level, and those answered within T, of each promise.
type Levels = Vec<(u64, u64)>;

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
            goal,
            seed,
            replications,
            progress,
            known: BTreeMap::new(),
        }
    }

    /// Plans that were simulated.
    pub fn simulated(&self) -> usize {
        self.known.len()
    }

    /// The verdict on a plan; `None` when it was stopped.
    pub fn judge(&mut self, plan: &[u32]) -> Option<Arc<Verdict>> {
        if let Some(known) = self.known.get(plan) {
            return Some(Arc::clone(known));
        }
        let model = self.decisions.apply(self.model, plan);
        // With nobody at all a model may have a topic that no pool serves, and is refused.
        let Ok(laws) = Laws::new(&model) else {
            return Some(self.learn(plan, Verdict::broken(self.promises)));
        };
        let levels: Vec<Levels> = self
            .replications
            .clone()
            .into_par_iter()
            .map(|replication| self.levels(&model, &laws, replication))
            .collect();
        if self.progress.is_stopped() {
            return None;
        }
        Some(self.learn(plan, verdict(self.promises, self.goal, &levels)))
    }

    fn learn(&mut self, plan: &[u32], verdict: Verdict) -> Arc<Verdict> {
        let verdict = Arc::new(verdict);
        self.known.insert(plan.to_vec(), Arc::clone(&verdict));
        verdict
    }

    fn levels(&self, model: &Model, laws: &Laws<'_>, replication: u64) -> Levels {
        let stop = || self.progress.is_stopped();
        let (account, counters) = count(laws, self.seed, replication, &stop);
        self.progress.replication_done(0, account.contacts());
        let level = |promise: &Promise| {
            let slice = promise.slice(model);
            let sums = counters.cells.sums(promise.cells.clone(), &slice, model);
            (sums.net(), sums.answers.answered_within)
        };
        self.promises.iter().map(level).collect()
    }
}

fn verdict(promises: &[Promise], goal: Goal, levels: &[Levels]) -> Verdict {
    let mut out = Verdict {
        slack: Vec::new(),
        level: Vec::new(),
        met: Vec::new(),
    };
    for (i, promise) in promises.iter().enumerate() {
        let of = levels.iter().map(|l| l[i]).filter(|l| l.0 > 0);
        let mut each: Vec<f64> = of
            .clone()
            .map(|(net, within)| within as f64 / net as f64)
            .collect();
        each.sort_by(f64::total_cmp);
        let (net, within) = of.fold((0, 0), |a, b| (a.0 + b.0, a.1 + b.1));
        let level = (net > 0).then(|| within as f64 / net as f64);
        let met = each.iter().filter(|&&level| level >= promise.share).count();
        let reached = match goal.probability {
            None => level,
            // So many of the replications must reach it.
            Some(p) => {
                let many = libm::ceil(p * each.len() as f64 * (1.0 - 1e-12)) as usize;
                each.get(each.len() - many.clamp(1, each.len().max(1)).min(each.len()))
                    .copied()
            }
        };
        out.slack
            .push(reached.map_or(f64::INFINITY, |reached| reached - promise.share));
        out.met
            .push((!each.is_empty()).then(|| met as f64 / each.len() as f64));
        out.level.push(level);
    }
    out
}
