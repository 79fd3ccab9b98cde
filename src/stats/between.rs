//! How much groups differ, beyond the errors with which each of them is known.

use super::estimate::{Estimate, Ranged, normal_factor};
use crate::dist::gamma_fn::{gamma_pq, gamma_quantile};

/// The spread of the true values of some groups: `estimate = mean + N(0, sd²) + N(0, standard error²)`.
#[derive(Clone, Debug, PartialEq)]
pub struct Between {
    /// Estimates of the groups, and the variances of their errors.
    groups: Vec<(f64, f64)>,
    /// Mean of the true values, each group weighted by one over its whole variance.
    pub mean: Estimate,
    /// Standard deviation of the true values, with its confidence interval.
    pub sd: Ranged,
    /// Chance that groups which do not differ would seem to differ as much.
    pub p_value: f64,
}

impl Between {
    /// Of groups with their errors; `None` for fewer than two, an error that is not above 0, or a level outside (0, 1).
    ///
    /// With true variance `t` the sum `Q(t)` of squares of distances from the weighted mean, over `t` plus the variance of the error, is chi
    /// square with one degree of freedom fewer than there are groups. The variance is that at which `Q` is its mean (R. C. Paule and J. Mandel
    /// 1982), the ends of its interval those at which it is a quantile (W. Viechtbauer 2007, "Q-profile"), and the test is that of `Q(0)`
    /// (W. G. Cochran 1954).
    pub fn new(groups: &[Estimate], level: f64) -> Option<Self> {
        let known = |g: &Estimate| g.value.is_finite() && g.standard_error > 0.0;
        if groups.len() < 2 || !groups.iter().all(known) {
            return None;
        }
        normal_factor(level)?;
        let pairs = groups
            .iter()
            .map(|g| (g.value, g.standard_error * g.standard_error));
        let mut found = Self {
            groups: pairs.collect(),
            mean: Estimate {
                value: 0.0,
                standard_error: 0.0,
            },
            sd: Ranged::new(0.0, 0.0, 0.0),
            p_value: 1.0,
        };
        let freedom = found.freedom();
        let variance = found.variance_at(freedom);
        let (value, weight, _) = found.weighed(variance);
        found.mean = Estimate {
            value,
            standard_error: 1.0 / weight.sqrt(),
        };
        let tail = (1.0 - level) / 2.0;
        found.sd = Ranged::new(variance.sqrt(), found.sd_at(tail), found.sd_at(1.0 - tail));
        found.p_value = gamma_pq(freedom / 2.0, found.weighed(0.0).2 / 2.0).1;
        Some(found)
    }

    /// The quantile of the confidence distribution of the standard deviation: with this confidence the true one is below.
    pub fn sd_at(&self, confidence: f64) -> f64 {
        let chi_square = 2.0 * gamma_quantile(self.freedom() / 2.0, confidence, true);
        self.variance_at(chi_square).sqrt()
    }

    fn freedom(&self) -> f64 {
        self.groups.len() as f64 - 1.0
    }

    /// With this variance between groups: their mean, the sum of their weights, and the weighted sum of squared distances.
    fn weighed(&self, variance: f64) -> (f64, f64, f64) {
        let weight = |g: &(f64, f64)| 1.0 / (variance + g.1);
        let all: f64 = self.groups.iter().map(weight).sum();
        let mean = self.groups.iter().map(|g| weight(g) * g.0).sum::<f64>() / all;
        let squares = self.groups.iter();
        let squares = squares.map(|g| weight(g) * (g.0 - mean) * (g.0 - mean));
        (mean, all, squares.sum())
    }

    /// The variance with which the weighted sum of squares is this; 0 if it is less with any.
    fn variance_at(&self, squares: f64) -> f64 {
        let is_beyond = |variance: f64| self.weighed(variance).2 < squares;
        if is_beyond(0.0) || squares.is_nan() {
            return 0.0;
        }
        let (mut low, mut high) = (0.0, self.groups.iter().map(|g| g.1).fold(1e-300, f64::max));
        while !is_beyond(high) && high < 1e300 {
            (low, high) = (high, 2.0 * high);
        }
        loop {
            let mid = 0.5 * (low + high);
            if mid <= low || mid >= high {
                return mid;
            }
            match is_beyond(mid) {
                true => high = mid,
                false => low = mid,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dist::special::normal_quantile;
    use crate::random::Key;

    /// Equal errors: the variance of the estimates less that of the errors.
    #[test]
    fn equal_errors_by_hand() {
        let groups = [1.0, 3.0, 5.0].map(|value| Estimate {
            value,
            standard_error: 1.0,
        });
        let found = Between::new(&groups, 0.95).unwrap();
        // Variance of the estimates 4, of the errors 1; Q(0) = 8, of which exp(-4) is the upper tail with two degrees of freedom.
        assert!((found.sd.value - 3.0_f64.sqrt()).abs() < 1e-12);
        assert!((found.p_value - libm::exp(-4.0)).abs() < 1e-12);
        assert!((found.mean.value - 3.0).abs() < 1e-12);
        assert!((found.mean.standard_error - 2.0 / 3.0_f64.sqrt()).abs() < 1e-12);
        assert!((found.sd_at(0.025) - found.sd.low).abs() < 1e-12);
        let alike = [2.0, 2.1].map(|value| Estimate {
            value,
            standard_error: 1.0,
        });
        let found = Between::new(&alike, 0.95).unwrap();
        assert_eq!((found.sd.value, found.sd.low), (0.0, 0.0));
        assert!(found.sd.high > 0.0 && found.p_value > 0.9);
        assert_eq!(Between::new(&alike[..1], 0.95), None);
        assert_eq!(Between::new(&alike, 1.0), None);
    }

    /// 400 times 12 groups of known spread and errors: 95% intervals cover it, and groups that are alike are told apart in 5%.
    #[test]
    fn intervals_cover() {
        let key = Key::root(3, 0);
        for sd in [0.0, 0.2] {
            let (mut covered, mut told_apart) = (0, 0);
            for n in 0..400 {
                let of = |i: u64| {
                    let standard_error = 0.05 + 0.02 * (i % 5) as f64;
                    let score = |purpose| normal_quantile(key.child(n).child(i).uniform(purpose));
                    Estimate {
                        value: 1.0 + sd * score(1) + standard_error * score(2),
                        standard_error,
                    }
                };
                let groups: Vec<Estimate> = (0..12).map(of).collect();
                let found = Between::new(&groups, 0.95).unwrap();
                covered += u32::from(found.sd.covers(sd));
                told_apart += u32::from(found.p_value < 0.05);
            }
            // Three standard errors of 380 of 400 are 13; with 0 only the upper end can be wrong.
            assert!(covered >= 367, "{sd}: {covered}");
            match sd > 0.0 {
                true => assert!(covered <= 393 && told_apart > 390, "{covered} {told_apart}"),
                false => assert!((7..=33).contains(&told_apart), "{told_apart}"),
            }
        }
    }
}
