//! The bounds of a plan.

use super::search::{Failed, Search};

/// Bounds of the model are not below this.
const FAR: u32 = 100_000;

impl Search<'_, '_> {
    /// A plan within the bounds.
    pub(super) fn bounded(&self, mut plan: Vec<u32>) -> Vec<u32> {
        for (agents, &(least, most)) in plan.iter_mut().zip(&self.bounds) {
            *agents = (*agents).min(most).max(least);
        }
        plan
    }

    /// Why a plan of very many agents breaks some promises.
    pub(super) fn impossible(&self, broken: Vec<usize>, many: &[u32]) -> Failed {
        let helps = |i: &usize, v| {
            self.decisions
                .touching(&self.helping[*i], self.promises[*i].span)
                .any(|w| w == v)
        };
        let dated = (0..many.len()).filter_map(|v| Some(self.decisions.dates(v)?.there));
        if let Some(first) = dated.min() {
            let soon = |i: &&usize| self.promises[**i].span.0 < first;
            let broken: Vec<usize> = broken.iter().filter(soon).copied().collect();
            if self.is_monthly() && !broken.is_empty() {
                return Failed::TooSoon { broken, first };
            }
        }
        // Not those of the model, which are far away.
        let is_bound = |v: &usize| many[*v] == self.bounds[*v].1 && (1..FAR).contains(&many[*v]);
        let mut bound = (0..many.len()).filter(is_bound);
        match bound.any(|v| broken.iter().any(|i| helps(i, v))) {
            true => Failed::Bounded(broken),
            false => Failed::Impossible(broken),
        }
    }
}
