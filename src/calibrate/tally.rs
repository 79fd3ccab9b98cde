//! Durations, counted by value.

use std::collections::HashMap;

/// So many different values at most; with more they are rounded.
const MOST: usize = 200_000;

/// Durations in milliseconds, counted by value: exact while there are few different ones, rounded to a tenth more of the resolution
/// whenever there are too many.
#[derive(Clone, Debug)]
pub struct Tally {
    /// By value: how many ended there, and how many were cut off there.
    counts: HashMap<u64, (u64, u64)>,
    /// Milliseconds between values that can be told apart.
    pub step: u64,
}

impl Default for Tally {
    fn default() -> Self {
        Self {
            counts: HashMap::new(),
            step: 1,
        }
    }
}

impl Tally {
    /// Adds a duration that ended (`exact`), or that was cut off.
    pub fn add(&mut self, ms: u64, exact: bool) {
        self.count(ms, if exact { (1, 0) } else { (0, 1) });
        if self.counts.len() > MOST {
            self.step *= 10;
            let old = std::mem::take(&mut self.counts);
            old.into_iter().for_each(|(ms, n)| self.count(ms, n));
        }
    }

    fn count(&mut self, ms: u64, n: (u64, u64)) {
        let rounded = (ms + self.step / 2) / self.step * self.step;
        let sum = self.counts.entry(rounded).or_default();
        *sum = (sum.0 + n.0, sum.1 + n.1);
    }

    /// Those of another one as well.
    pub fn merge(&mut self, other: &Self) {
        self.step = self.step.max(other.step);
        other.counts.iter().for_each(|(&ms, &n)| self.count(ms, n));
    }

    /// Seconds, with how many ended and how many were cut off there, in order.
    pub fn sorted(&self) -> Vec<(f64, u64, u64)> {
        let mut all: Vec<_> = self.counts.iter().map(|(&ms, &n)| (ms, n)).collect();
        all.sort_unstable();
        all.into_iter()
            .map(|(ms, n)| (ms as f64 / 1e3, n.0, n.1))
            .collect()
    }

    /// How many ended, and how many were cut off.
    pub fn totals(&self) -> (u64, u64) {
        let sum = |a: (u64, u64), n: &(u64, u64)| (a.0 + n.0, a.1 + n.1);
        self.counts.values().fold((0, 0), sum)
    }

    /// Seconds of all together.
    pub fn seconds(&self) -> f64 {
        let all = self.sorted();
        all.iter().map(|(s, a, b)| s * (a + b) as f64).sum()
    }
}
