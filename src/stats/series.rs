//! A single series of observations that depend on each other: batch means, and where its beginning ends.

use super::{ConfidenceInterval, moments};

/// Non-overlapping batch means of a stationary series.
#[derive(Clone, Debug, PartialEq)]
pub struct BatchMeans {
    /// Observations of a batch.
    pub length: usize,
    /// The mean of each batch.
    pub means: Vec<f64>,
    /// Mean of the batches with Student's interval, as if they were independent.
    pub interval: ConfidenceInterval,
}

impl BatchMeans {
    /// Of so many batches, two at least; what is left over when they are equally long is dropped at the beginning.
    pub fn new(values: &[f64], batches: usize, level: f64) -> Option<Self> {
        let length = values.len().checked_div(batches)?;
        let used = values.get(values.len() - length * batches..)?;
        if length == 0 {
            return None;
        }
        let means = means_of(used, length);
        let interval = ConfidenceInterval::from_values(&means, level)?;
        Some(Self {
            length,
            means,
            interval,
        })
    }

    /// The asymptotic variance of the series, `lim t Var(average over t)`, when an observation covers `width` units of time:
    /// the length of a batch times the variance of the batch means.
    pub fn asymptotic_variance(&self, width: f64) -> f64 {
        self.length as f64 * width * self.interval.sd * self.interval.sd
    }
}

/// Where the beginning of a series ends, by the rule MSER.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Truncation {
    /// Batches.
    pub batches: usize,
    /// Those of them at the beginning that are better left out.
    pub left_out: usize,
    /// The least `sum (z[i] - mean)² / n²` over the n batches that stay: that of this choice.
    pub mser: f64,
}

impl Truncation {
    /// Whether no more than half of the series had to be looked at: at the edge the series has not settled, or never does.
    pub fn is_inside(&self) -> bool {
        self.left_out < self.batches / 2
    }
}

/// MSER on means of `batch` observations (MSER-5: five): leaves out the first batches so that the squared standard error of the mean of the
/// rest, taken as independent, is least; at most half of them, the fewest of equals. An incomplete batch at the end is dropped.
///
/// `None` for fewer than two batches, or values that are not finite. Source: K. P. White (1997), Simulation 69; K. P. White, M. J. Cobb
/// and S. C. Spratt (2000).
pub fn mser(values: &[f64], batch: usize) -> Option<Truncation> {
    let length = values.len().checked_div(batch)? * batch;
    let means = means_of(&values[..length], batch);
    let k = means.len();
    if k < 2 || !means.iter().all(|m| m.is_finite()) {
        return None;
    }
    let of = |d: usize| {
        let stay = moments(&means[d..]);
        let n = (k - d) as f64;
        stay.variance().unwrap_or(0.0) * (n - 1.0) / (n * n)
    };
    let mut best = Truncation {
        batches: k,
        left_out: 0,
        mser: of(0),
    };
    for left_out in 1..=k / 2 {
        let mser = of(left_out);
        if mser < best.mser {
            (best.left_out, best.mser) = (left_out, mser);
        }
    }
    Some(best)
}

fn means_of(values: &[f64], length: usize) -> Vec<f64> {
    let mean = |batch: &[f64]| batch.iter().sum::<f64>() / length as f64;
    values.chunks_exact(length).map(mean).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn batches_by_hand() {
        // One is left over at the beginning; batches 2, 4, 3.
        let b = BatchMeans::new(&[9.0, 1.0, 3.0, 3.0, 5.0, 2.0, 4.0], 3, 0.95).unwrap();
        assert_eq!(
            (b.length, b.means.as_slice()),
            (2, [2.0, 4.0, 3.0].as_slice())
        );
        assert!((b.asymptotic_variance(10.0) - 20.0).abs() < 1e-12);
        assert_eq!(BatchMeans::new(&[1.0, 2.0], 3, 0.95), None);
        assert_eq!(BatchMeans::new(&[1.0, 2.0], 0, 0.95), None);
    }

    #[test]
    fn a_step_is_cut_off() {
        let mut values = vec![0.0; 10];
        values.extend((0..40).map(|i| 10.0 + f64::from(i % 2)));
        let t = mser(&values, 5).unwrap();
        assert_eq!((t.batches, t.left_out), (10, 2));
        assert!(t.is_inside());
        // What keeps growing has no beginning.
        let line: Vec<f64> = (0..100).map(f64::from).collect();
        assert!(!mser(&line, 5).unwrap().is_inside());
        assert_eq!(mser(&[1.0; 100], 5).unwrap().left_out, 0);
        assert_eq!(mser(&[1.0; 9], 5), None);
        assert_eq!(mser(&[1.0; 9], 0), None);
    }
}
