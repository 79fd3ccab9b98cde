//! How many replications a wanted precision takes.

use super::{ConfidenceInterval, smallest_between};

/// Most replications that are ever asked for.
const MOST: u32 = 1_000_000_000;

/// The smallest number of values, two at least, for which the interval found so far, of values with the same mean and standard deviation,
/// has half of its width within `half_width`. `None` for a half-width of 0 of what varies, and beyond a billion.
pub fn replications_for(interval: &ConfidenceInterval, half_width: f64) -> Option<u64> {
    let enough = |n: u32| {
        interval
            .half_width_of(n.into())
            .is_some_and(|h| h <= half_width)
    };
    if !enough(MOST) {
        return None;
    }
    // The half-width falls with n.
    Some(smallest_between(1, MOST, enough).into())
}

/// When a sequential run stops: a look after the first replications, then one after every batch, until the precision holds at two
/// looks in a row.
///
/// Whoever stops as soon as the interval happens to be narrow stops too often when it is too narrow: with batches of 10 from 10 on
/// an interval at 95% then covers the mean in 93.8% of the cases at worst. With a first look at 20 and two in a row it is 94.5% at worst
/// and close to 95% as a rule.
#[derive(Clone, Copy, Debug, Default)]
pub struct SequentialStop {
    held: u32,
}

impl SequentialStop {
    /// Replications at the first look, at least.
    pub const FIRST: u32 = 20;
    /// Replications from one look to the next.
    pub const BATCH: u32 = 10;
    /// Looks in a row at which the precision holds.
    pub const LOOKS: u32 = 2;

    /// Takes a look; whether to stop.
    pub fn look(&mut self, precise: bool) -> bool {
        self.held = if precise { self.held + 1 } else { 0 };
        self.held >= Self::LOOKS
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::student_t_half_width;

    #[test]
    fn the_number_is_the_smallest() {
        let values = [9.0, 11.0, 10.5, 8.0, 11.5, 10.0];
        let interval = ConfidenceInterval::from_values(&values, 0.95).unwrap();
        for wanted in [5.0, 0.5, 0.2, 0.01] {
            let n = replications_for(&interval, wanted).unwrap();
            let half = |n: u64| {
                let error = interval.sd / (n as f64).sqrt();
                student_t_half_width(error, n as f64 - 1.0, 0.95).unwrap()
            };
            assert!(half(n) <= wanted, "{n}");
            assert!(n == 2 || half(n - 1) > wanted, "{n}");
        }
        let around_zero = ConfidenceInterval::from_values(&[-1.0, 1.0], 0.95).unwrap();
        assert_eq!(replications_for(&around_zero, 0.0), None);
        let constant = ConfidenceInterval::from_values(&[0.0, 0.0], 0.95).unwrap();
        assert_eq!(replications_for(&constant, 0.0), Some(2));
    }

    #[test]
    fn two_looks_in_a_row() {
        let mut stop = SequentialStop::default();
        let looks = [true, false, true, true];
        assert_eq!(looks.map(|l| stop.look(l)), [false, false, false, true]);
    }
}
