//! How well a plan keeps what is promised.

use super::goal::Promise;
use std::ops::Range;

/// How well a plan keeps each promise.
#[derive(Clone, Debug, PartialEq)]
pub struct Verdict {
    /// By promise how far the measure is on the right side of what is promised, in its unit; below 0 the promise is broken. In expectation
    /// that is the measure of all replications together; with a probability the one that is reached in so many of them. Infinite where
    /// nobody comes.
    pub slack: Vec<f64>,
    /// By promise the measure of all replications together: of ratios that of the sums, of all else the mean.
    pub level: Vec<Option<f64>>,
    /// By promise the share of the replications that meet it.
    pub met: Vec<Option<f64>>,
    /// By promise the standard error of the level, with at least two replications: of service levels that of a ratio of sums, of all else that of
    /// the mean.
    pub error: Vec<Option<f64>>,
    /// By promise the visits of a replication that count for its service level, in the mean; 0 of other measures.
    pub visits: Vec<f64>,
}

impl Verdict {
    /// Numbers of a verdict by promise.
    pub(super) const NUMBERS: usize = 5;

    /// Nobody is answered.
    pub(super) fn broken(promises: &[Promise]) -> Self {
        let far = |p: &Promise| match p.topic {
            Some(_) => -p.limit.bound,
            None => -p.limit.bound.abs().max(f64::MIN_POSITIVE),
        };
        Self {
            slack: promises.iter().map(far).collect(),
            level: vec![Some(0.0); promises.len()],
            met: vec![Some(0.0); promises.len()],
            error: vec![None; promises.len()],
            visits: vec![0.0; promises.len()],
        }
    }

    /// The verdict on the first promises, and that on all others.
    pub(super) fn split(&self, at: usize) -> (Self, Self) {
        let part = |range: Range<usize>| Self {
            slack: self.slack[range.clone()].to_vec(),
            level: self.level[range.clone()].to_vec(),
            met: self.met[range.clone()].to_vec(),
            error: self.error[range.clone()].to_vec(),
            visits: self.visits[range].to_vec(),
        };
        (part(0..at), part(at..self.slack.len()))
    }

    /// The verdict as numbers, [`Self::NUMBERS`] by promise.
    pub(super) fn numbers(&self) -> Vec<f64> {
        let defined = |values: &[Option<f64>]| -> Vec<f64> {
            values.iter().map(|x| x.unwrap_or(f64::NAN)).collect()
        };
        let [level, met, error] = [&self.level, &self.met, &self.error].map(|x| defined(x));
        [&self.slack, &level, &met, &error, &self.visits]
            .map(Vec::as_slice)
            .concat()
    }

    /// The verdict on so many promises from its numbers.
    pub(super) fn of_numbers(numbers: &[f64], promises: usize) -> Option<Self> {
        let part = |i: usize| numbers.get(i * promises..(i + 1) * promises);
        let defined = |i: usize| -> Option<Vec<Option<f64>>> {
            let numbers = part(i)?.iter();
            Some(numbers.map(|&x| (!x.is_nan()).then_some(x)).collect())
        };
        Some(Self {
            slack: part(0)?.to_vec(),
            level: defined(1)?,
            met: defined(2)?,
            error: defined(3)?,
            visits: part(4)?.to_vec(),
        })
    }

    /// Whether every promise is kept with this margin, one for each.
    pub fn keeps(&self, margins: &[f64]) -> bool {
        self.slack
            .iter()
            .zip(margins)
            .all(|(slack, margin)| slack >= margin)
    }
}
