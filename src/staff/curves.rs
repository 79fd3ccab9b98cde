//! How the level of each contact type in each interval changes with the agents around a plan, and the cheapest plan by that.
//!
//! Around a plan the logit of a level, log(level / (1 - level)), is taken as linear in the agents of its interval and of the few before it. So no level
//! leaves 0 to 1, and where levels are above one half each agent gives less than the one before.

use super::verdict::Verdict;
use std::collections::BinaryHeap;

/// Agents that give less than this part of what the first one gives are not added.
const HARDLY: f64 = 0.05;
/// From changes of less than this nothing is learned.
const LEARNED: f64 = 0.002;

/// By variable what one agent of it adds to the logit of levels, by interval and contact type.
pub(super) type Slopes = Vec<Vec<(usize, f64)>>;

/// How levels change with the agents.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Curves {
    pub(super) slopes: Slopes,
    /// By promise what the slopes of its levels are multiplied with, since it gained so much more or less than they said.
    pub(super) scales: Vec<f64>,
}

pub(super) fn logistic(x: f64) -> f64 {
    1.0 / (1.0 + libm::exp(-x))
}

/// The logit of a share, which is kept from 0 and 1 by half a visit.
pub(super) fn logit((visits, within): (u64, u64)) -> f64 {
    libm::log((within as f64 + 0.5) / ((visits - within.min(visits)) as f64 + 0.5))
}

/// The level of a contact type in an interval.
#[derive(Clone, Copy)]
pub(super) struct Level {
    /// The promise to which it belongs.
    pub(super) promise: usize,
    pub(super) visits: f64,
    /// Of the level in the plan on the way.
    pub(super) logit: f64,
    /// What slopes are multiplied with.
    pub(super) scale: f64,
}

/// The levels around a plan, and a plan on the way.
pub(super) struct Around<'s> {
    pub(super) slopes: &'s Slopes,
    /// By interval and contact type, where there are visits that a promise counts.
    pub(super) levels: Vec<Option<Level>>,
    /// By promise the answers within T that are missing for it.
    pub(super) missing: Vec<f64>,
    /// By promise its visits.
    pub(super) visits: Vec<f64>,
    pub(super) costs: Vec<f64>,
    pub(super) plan: Vec<u32>,
}

impl Around<'_> {
    /// What each promise gains by a change of the agents of a variable, promise by promise.
    pub(super) fn gains(&self, v: usize, agents: f64) -> Vec<(usize, f64)> {
        let mut gains: Vec<(usize, f64)> = Vec::new();
        for &(level, slope) in &self.slopes[v] {
            if let Some(l) = self.levels[level] {
                let by = l.scale * slope * agents;
                let gain = l.visits * (logistic(l.logit + by) - logistic(l.logit));
                match gains.iter_mut().find(|g| g.0 == l.promise) {
                    Some(g) => g.1 += gain,
                    None => gains.push((l.promise, gain)),
                }
            }
        }
        gains
    }

    /// By how many agents of a variable fewer its levels are one half in the mean; below it one agent gives more than the one before, which these
    /// searches are not made for.
    pub(super) fn spare(&self, v: usize) -> f64 {
        let (mut logits, mut slopes) = (0.0, 0.0);
        for &(level, slope) in &self.slopes[v] {
            if let Some(l) = self.levels[level] {
                logits += l.visits * slope * l.logit;
                slopes += l.visits * slope * l.scale * slope;
            }
        }
        if slopes > 0.0 { logits / slopes } else { 0.0 }
    }

    pub(super) fn change(&mut self, v: usize, agents: i64) {
        for (promise, gain) in self.gains(v, agents as f64) {
            self.missing[promise] -= gain;
        }
        for &(level, slope) in &self.slopes[v] {
            if let Some(level) = &mut self.levels[level] {
                level.logit += level.scale * slope * agents as f64;
            }
        }
        self.plan[v] = (i64::from(self.plan[v]) + agents).max(0) as u32;
    }

    /// Answers that are missing and that an agent more of a variable gives, for his pay; none where it has as many as it may.
    pub(super) fn worth(&self, v: usize, most: &[u32]) -> f64 {
        if self.plan[v] >= most[v] {
            return 0.0;
        }
        let gains = self.gains(v, 1.0).into_iter();
        let useful = gains.map(|(j, gain)| gain.min(self.missing[j]).max(0.0));
        useful.sum::<f64>() / self.costs[v]
    }

    /// Adds agents where they give most for their pay, as long as something is missing.
    pub(super) fn add(&mut self, touching: &[Vec<usize>], most: &[u32]) {
        for (j, variables) in touching.iter().enumerate() {
            // What was worth less than another is so still, or nearly: it is looked at again when it is the best.
            let key = |worth: f64, v: usize| (worth.to_bits(), usize::MAX - v);
            let all = variables.iter().map(|&v| key(self.worth(v, most), v));
            let mut queue: BinaryHeap<(u64, usize)> = all.collect();
            let mut first = None;
            while self.missing[j] > 0.0 {
                let Some((before, v)) = queue.pop() else {
                    break;
                };
                let v = usize::MAX - v;
                let worth = self.worth(v, most);
                if worth.to_bits() < before && queue.peek().is_some_and(|q| q.0 > worth.to_bits()) {
                    queue.push(key(worth, v));
                    continue;
                }
                let first = *first.get_or_insert(worth);
                if worth <= HARDLY * first {
                    break;
                }
                let step = (libm::sqrt(f64::from(self.plan[v])) / 8.0).max(1.0) as u32;
                self.change(v, i64::from(step.min(most[v] - self.plan[v])));
                queue.push(key(worth, v));
            }
        }
    }

    /// Takes agents away that are not needed, those first whose absence costs least service for their pay.
    pub(super) fn remove(&mut self, least: &[u32]) {
        let loss = |v: usize| {
            let gains = self.gains(v, -1.0).into_iter();
            -gains.map(|g| g.1).sum::<f64>() / self.costs[v]
        };
        let mut order: Vec<(f64, usize)> = (0..self.plan.len()).map(|v| (loss(v), v)).collect();
        order.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        for (_, v) in order {
            let spare = |around: &Self| {
                let gains = around.gains(v, -1.0).into_iter();
                gains
                    .into_iter()
                    .all(|(j, gain)| around.missing[j] - gain <= 0.0)
            };
            while self.plan[v] > least[v] && spare(self) {
                self.change(v, -1);
            }
        }
    }
}

impl Curves {
    /// Takes the slopes of a promise as larger or smaller by as much as it gained more or less than they said.
    pub(super) fn learn(&mut self, before: &Verdict, after: &Verdict, gains: &[f64]) {
        for (j, scale) in self.scales.iter_mut().enumerate() {
            let gain = after.slack[j] - before.slack[j];
            if gains[j].abs() > LEARNED && gain.is_finite() {
                *scale = (*scale * (gain / gains[j]).clamp(0.5, 1.5)).clamp(0.1, 3.0);
            }
        }
    }
}
