//! Estimates with confidence intervals, from one value per replication (or batch).
//!
//! Everything is `None` where it is undefined: fewer than two values, a value that is not finite, a level outside (0, 1).

use super::{clopper_pearson, moments};
use crate::dist::special::{logistic, logit};
use crate::dist::student::student_t_quantile;
use std::sync::OnceLock;

/// Half-width of a two-sided Student-t interval: `t[(1+level)/2, df] x standard error`.
///
/// `level` is the confidence level in (0, 1), such as 0.95; `df` the degrees of freedom, above 0.
pub fn student_t_half_width(standard_error: f64, df: f64, level: f64) -> Option<f64> {
    let sane = df > 0.0 && level > 0.0 && level < 1.0;
    let half = if sane {
        student_t_quantile(df, 0.5 + 0.5 * level) * standard_error
    } else {
        f64::NAN
    };
    half.is_finite().then_some(half)
}

/// The factors `t[(1+level)/2, n-1]` of one level for samples of up to so many values, each computed when first asked for: a
/// result has thousands of intervals and few sample sizes.
#[derive(Clone, Debug)]
pub struct StudentT {
    level: f64,
    factors: Vec<OnceLock<Option<f64>>>,
}

impl StudentT {
    /// For samples of up to `largest` values at a confidence level in (0, 1).
    pub fn new(level: f64, largest: usize) -> Self {
        Self {
            level,
            factors: vec![OnceLock::new(); largest + 1],
        }
    }

    /// The factor for a sample of `n` values; `None` for fewer than two or more than the largest.
    pub fn factor(&self, n: usize) -> Option<f64> {
        let cell = self.factors.get(n)?;
        *cell.get_or_init(|| student_t_half_width(1.0, n as f64 - 1.0, self.level))
    }
}

/// What the values of a sample are: it decides how the confidence interval of their mean is made.
///
/// In the formulas m, s and n are mean, standard deviation and number of the values, and `t = t[(1+level)/2, n-1]`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum IntervalKind {
    /// Any numbers: `m ± t s / sqrt(n)`.
    Number,
    /// Numbers that cannot be below 0, such as waits and costs: the same interval, cut at 0. A cut does not change how often it
    /// covers the mean, which is not below 0 either.
    NonNegative,
    /// Shares in [0, 1]: the t interval on the logit scale by the delta method, `logit m ± t s / (sqrt(n) m (1-m))`, turned back
    /// into shares. Where all values are equal, and so say nothing of their spread, [`clopper_pearson`] for a share m of
    /// `n x trials`.
    Share {
        /// Independent trials of which each value is the share: how many contacts, say; 1 if they may all depend on each
        /// other. Infinite where it is not known: then equal values give an interval without width.
        trials: f64,
    },
    /// Each value is 0 or 1, whether something happened: [`clopper_pearson`].
    Event,
}

impl IntervalKind {
    /// This kind if the values can be of it, else [`Self::Number`].
    fn fitting(self, values: &[f64]) -> Self {
        let at_least_0 = values.iter().all(|&x| x >= 0.0);
        let at_most_1 = values.iter().all(|&x| x <= 1.0);
        let fits = match self {
            Self::Number => true,
            Self::NonNegative => at_least_0,
            Self::Share { .. } | Self::Event => at_least_0 && at_most_1,
        };
        if fits { self } else { Self::Number }
    }

    /// Ends of the interval of `count` values with this mean and standard deviation, and the factor `t` of so many values.
    fn ends(self, mean: f64, sd: f64, count: f64, t: f64, level: f64) -> Option<(f64, f64)> {
        let half = t * sd / count.sqrt();
        match self {
            Self::Number => Some((mean - half, mean + half)),
            Self::NonNegative => Some(((mean - half).max(0.0), mean + half)),
            Self::Event => clopper_pearson(mean * count, count, level),
            Self::Share { .. } if sd > 0.0 => {
                let (centre, half) = (logit(mean), half / (mean * (1.0 - mean)));
                Some((logistic(centre - half), logistic(centre + half)))
            }
            Self::Share { trials } if trials > 0.0 && trials.is_finite() => {
                clopper_pearson(mean * trials * count, trials * count, level)
            }
            Self::Share { .. } => Some((mean, mean)),
        }
    }
}

/// The ends of the interval of a mean or a ratio over `count` replications whose standard error is known.
pub fn interval_of_error(
    kind: IntervalKind,
    (mean, error): (f64, f64),
    count: f64,
    level: f64,
) -> Option<(f64, f64)> {
    let t = student_t_half_width(1.0, count - 1.0, level)?;
    kind.ends(mean, error * count.sqrt(), count, t, level)
}

/// The mean of independent values and its confidence interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ConfidenceInterval {
    /// Mean of the values.
    pub mean: f64,
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
    /// Sample standard deviation of the values.
    pub sd: f64,
    /// Number of values.
    pub count: u64,
    /// Confidence level, such as 0.95.
    pub level: f64,
    /// How it was made.
    pub kind: IntervalKind,
}

impl ConfidenceInterval {
    /// Student's t interval from one value per replication, at a confidence level in (0, 1).
    pub fn from_values(values: &[f64], level: f64) -> Option<Self> {
        let factor = student_t_half_width(1.0, values.len() as f64 - 1.0, level)?;
        Self::made(IntervalKind::Number, values, factor, level)
    }

    /// From one value per replication, with factors at hand. Values that cannot be of the kind, such as shares above 1, count as
    /// any numbers.
    pub fn of(kind: IntervalKind, values: &[f64], student: &StudentT) -> Option<Self> {
        Self::made(kind, values, student.factor(values.len())?, student.level)
    }

    fn made(kind: IntervalKind, values: &[f64], factor: f64, level: f64) -> Option<Self> {
        let found = moments(values);
        let (mean, sd) = (found.mean()?, found.std_dev()?);
        let kind = kind.fitting(values);
        let (low, high) = kind.ends(mean, sd, values.len() as f64, factor, level)?;
        (low.is_finite() && high.is_finite()).then_some(Self {
            mean,
            low,
            high,
            sd,
            count: found.count,
            level,
            kind,
        })
    }

    /// Half of the width.
    pub fn half_width(&self) -> f64 {
        0.5 * (self.high - self.low)
    }

    /// Half of the width that `count` values with the same mean and standard deviation would give; `None` for fewer than two.
    pub fn half_width_of(&self, count: u64) -> Option<f64> {
        let n = count as f64;
        let factor = student_t_half_width(1.0, n - 1.0, self.level)?;
        let (low, high) = self.kind.ends(self.mean, self.sd, n, factor, self.level)?;
        Some(0.5 * (high - low))
    }

    /// Standard error of the mean, `sd / sqrt(n)`.
    pub fn standard_error(&self) -> f64 {
        self.sd / (self.count as f64).sqrt()
    }

    /// Whether the interval covers x.
    pub fn covers(&self, x: f64) -> bool {
        self.low <= x && x <= self.high
    }
}

/// The difference `a - b` of two systems run on common random numbers: replication i of one paired with i of the other.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PairedDifference {
    /// Mean difference and its interval, from the differences of the pairs.
    pub difference: ConfidenceInterval,
    /// `(var a + var b) / var(a - b)`: how many times more replications independent runs would need; `None` when the
    /// difference does not vary.
    pub variance_reduction: Option<f64>,
}

impl PairedDifference {
    /// From two lists of equal length (else `None`), at a confidence level in (0, 1).
    pub fn from_values(a: &[f64], b: &[f64], level: f64) -> Option<Self> {
        if a.len() != b.len() {
            return None;
        }
        let differences: Vec<f64> = a.iter().zip(b).map(|(x, y)| x - y).collect();
        let difference = ConfidenceInterval::from_values(&differences, level)?;
        let sum = moments(a).variance()? + moments(b).variance()?;
        let vd = difference.sd * difference.sd;
        Some(Self {
            difference,
            variance_reduction: (vd > 0.0).then(|| sum / vd),
        })
    }
}

/// The difference of the means of two independent samples with unequal variances.
///
/// Source: B. L. Welch (1947).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct WelchDifference {
    /// Mean of a less mean of b.
    pub difference: f64,
    /// Its standard error, `sqrt(var a / n a + var b / n b)`.
    pub standard_error: f64,
    /// Welch and Satterthwaite's degrees of freedom (fractional).
    pub df: f64,
}

impl WelchDifference {
    /// From two independent samples of at least two values each.
    pub fn from_values(a: &[f64], b: &[f64]) -> Option<Self> {
        let (ta, tb) = (moments(a), moments(b));
        let (na, nb) = (a.len() as f64, b.len() as f64);
        let (ea, eb) = (ta.variance()? / na, tb.variance()? / nb);
        let square = ea + eb;
        let df = square * square / (ea * ea / (na - 1.0) + eb * eb / (nb - 1.0));
        Some(Self {
            difference: ta.mean()? - tb.mean()?,
            standard_error: square.sqrt(),
            // Neither sample may vary.
            df: if square > 0.0 { df } else { na + nb - 2.0 },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(got: f64, want: f64) {
        assert!(
            (got - want).abs() <= 1e-9 * want.abs(),
            "got {got}, want {want}"
        );
    }

    #[test]
    fn t_interval() {
        let data = [
            3.564, 4.332, 5.021, 6.077, 1.721, 4.334, 6.509, 5.283, 0.736, 5.713, 3.654, 4.608,
        ];
        let ci = ConfidenceInterval::from_values(&data, 0.95).unwrap();
        close(ci.mean, 4.296);
        close(ci.sd * ci.sd, 2.90266454545);
        close(ci.half_width(), 1.08249254847);
        close(
            ConfidenceInterval::from_values(&data, 0.9)
                .unwrap()
                .half_width(),
            0.883255357377,
        );
        assert!(ci.covers(5.0) && !ci.covers(6.0));
    }

    #[test]
    fn undefined() {
        for values in [&[][..], &[1.0], &[1.0, f64::NAN], &[1.0, f64::INFINITY]] {
            assert_eq!(ConfidenceInterval::from_values(values, 0.95), None);
        }
        for level in [0.0, 1.0, -1.0, f64::NAN] {
            assert_eq!(ConfidenceInterval::from_values(&[1.0, 2.0], level), None);
        }
        let same = ConfidenceInterval::from_values(&[2.0, 2.0], 0.95).unwrap();
        assert_eq!((same.mean, same.half_width()), (2.0, 0.0));
        assert_eq!(
            PairedDifference::from_values(&[1.0, 2.0], &[1.0], 0.95),
            None
        );
        let flat = PairedDifference::from_values(&[1.0, 2.0], &[0.0, 1.0], 0.95).unwrap();
        assert_eq!(
            (flat.difference.half_width(), flat.variance_reduction),
            (0.0, None)
        );
    }

    fn of(kind: IntervalKind, values: &[f64], level: f64) -> ConfidenceInterval {
        ConfidenceInterval::of(kind, values, &StudentT::new(level, values.len())).unwrap()
    }

    fn ends(i: ConfidenceInterval) -> (f64, f64) {
        (i.low, i.high)
    }

    /// Figures of scipy: `expit(logit(m) ± t.ppf sem / (m (1-m)))`.
    #[test]
    fn shares() {
        let unknown = IntervalKind::Share {
            trials: f64::INFINITY,
        };
        for (values, level, low, high) in [
            (
                &[0.97, 0.985, 0.9925, 1.0][..],
                0.95,
                0.939_715_221_971_829_6,
                0.997_250_414_994_080_7,
            ),
            (
                &[0.0, 0.0, 0.1, 0.05, 0.0, 0.2],
                0.9,
                0.018_322_793_126_731_92,
                0.170_535_248_196_431_1,
            ),
            (
                &[0.8, 0.81, 0.79],
                0.99,
                0.736_559_489_550_260_3,
                0.851_248_414_533_254_3,
            ),
        ] {
            let got = of(unknown, values, level);
            close(got.low, low);
            close(got.high, high);
            let other: Vec<f64> = values.iter().map(|x| 1.0 - x).collect();
            close(of(unknown, &other, level).high, 1.0 - low);
        }
        // Of equal values: so many trials each, or nothing known.
        assert_eq!(ends(of(unknown, &[0.3; 4], 0.95)), (0.3, 0.3));
        let known = |trials| IntervalKind::Share { trials };
        let (low, high) = clopper_pearson(7.0, 20.0, 0.95).unwrap();
        let got = of(known(5.0), &[0.35; 4], 0.95);
        close(got.low, low);
        close(got.high, high);
        assert_eq!(ends(of(known(0.0), &[1.0; 4], 0.95)), (1.0, 1.0));
        close(of(known(1.0), &[1.0; 4], 0.95).low, 0.397_635_364_383_514_2);
        // What is no share counts as any number.
        let odd = of(known(5.0), &[0.9, 1.2], 0.95);
        assert_eq!(
            odd,
            ConfidenceInterval::from_values(&[0.9, 1.2], 0.95).unwrap()
        );
    }

    #[test]
    fn events_and_amounts() {
        let met = of(IntervalKind::Event, &[1.0, 0.0, 1.0, 1.0], 0.95);
        let exact = clopper_pearson(3.0, 4.0, 0.95).unwrap();
        assert_eq!((met.mean, ends(met)), (0.75, exact));
        close(
            of(IntervalKind::Event, &[1.0; 4], 0.95).low,
            0.397_635_364_383_514_2,
        );
        let wait = of(IntervalKind::NonNegative, &[0.0, 3.0], 0.95);
        close(wait.high, 1.5 + 1.5 * 12.706_204_736_2);
        assert_eq!((wait.low, wait.half_width()), (0.0, wait.high / 2.0));
        let loss = of(IntervalKind::NonNegative, &[-1.0, 3.0], 0.95);
        assert!(loss.low < -10.0);
    }

    #[test]
    fn width_of_more_values() {
        let kinds = [
            IntervalKind::Number,
            IntervalKind::NonNegative,
            IntervalKind::Share { trials: 1.0 },
            IntervalKind::Event,
        ];
        for kind in kinds {
            let interval = of(kind, &[1.0, 0.0, 1.0, 1.0], 0.95);
            let half = |n| interval.half_width_of(n).unwrap();
            assert_eq!(
                (half(4), interval.half_width_of(1)),
                (interval.half_width(), None)
            );
            assert!((4..200).all(|n| half(n + 1) < half(n)), "{kind:?}");
            // The normal limit: 1.96 sd / sqrt(n).
            let limit = 1.96 * interval.sd / 1e3;
            let events = IntervalKind::Event == kind;
            // An event's own variance is m (1-m); that of the values has divisor n - 1.
            let limit = if events {
                limit * 0.75_f64.sqrt()
            } else {
                limit
            };
            assert!((half(1_000_000) / limit - 1.0).abs() < 2e-3, "{kind:?}");
        }
        let alike = of(IntervalKind::Share { trials: 1.0 }, &[1.0; 4], 0.95);
        close(
            alike.half_width_of(400).unwrap() * 2.0,
            1.0 - libm::pow(0.025, 1.0 / 400.0),
        );
    }

    #[test]
    fn paired_and_welch() {
        let a = [
            17.297, 12.837, 15.477, 22.953, 14.69, 21.368, 21.69, 15.412, 19.55, 18.738,
        ];
        let b = [
            16.999, 14.819, 14.787, 21.836, 13.462, 22.596, 20.623, 13.724, 15.209, 17.358,
        ];
        let d = PairedDifference::from_values(&a, &b, 0.95).unwrap();
        close(d.difference.mean, 0.8599);
        close(d.difference.half_width(), 1.21818835143);
        close(d.difference.sd * d.difference.sd, 2.8999021);
        close(d.variance_reduction.unwrap(), 7.94958613335);
        let w = WelchDifference::from_values(&a, &b).unwrap();
        close(w.difference, 0.8599);
        close(w.df, 17.9999719141);
        let half = student_t_half_width(w.standard_error, w.df, 0.95).unwrap();
        close(half, 3.18987682661);
    }
}
