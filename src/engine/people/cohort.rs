//! People who came at the same time, to a group or to a vendor.

use crate::dist::counts::binomial_quantile;
use crate::random::Key;

/// People who came at the same time, which is a month or a moment; `None` for those who were there at the start.
#[derive(Clone, Copy)]
pub(super) struct Cohort<T> {
    pub(super) since: Option<T>,
    pub(super) people: u32,
}

impl<T: Copy + Into<u64>> Cohort<T> {
    /// Draws who of them leave, each with probability `p`; how many do.
    pub(super) fn leave(&mut self, p: f64, key: Key, purpose: u64) -> u32 {
        let born = self.since.map_or(0, |since| since.into() + 1);
        let bits = key.child(born).bits(purpose);
        let gone = binomial_quantile(u64::from(self.people), p, bits) as u32;
        self.people -= gone;
        gone
    }
}

/// The people of all cohorts.
pub(super) fn count<T>(cohorts: &[Cohort<T>]) -> u32 {
    cohorts.iter().map(|c| c.people).sum()
}

/// When somebody came, `None` for who was there at the start; `rank` from 0, who is there longest, to 1.
pub(super) fn since<T: Copy>(cohorts: &[Cohort<T>], rank: f64) -> Option<T> {
    let mut place = rank * f64::from(count(cohorts));
    let cohort = cohorts.iter().find(|c| {
        place -= f64::from(c.people);
        place < 0.0
    });
    cohort.or(cohorts.last())?.since
}

/// `people` go, those of the first of the cohorts first; how many do.
pub(super) fn lay_off<'c, T: 'c>(
    cohorts: impl Iterator<Item = &'c mut Cohort<T>>,
    people: u32,
) -> u32 {
    let mut left = people;
    for cohort in cohorts {
        let go = cohort.people.min(left);
        cohort.people -= go;
        left -= go;
    }
    people - left
}
