//! The kinds of distributions: moments, support, quantiles, distribution functions, scaling.

use super::Empirical;
use super::beta_fn::{beta_pq, beta_quantile};
use super::gamma_fn::{gamma_pq, gamma_quantile};
use super::special::{normal_cdf, normal_quantile};

/// The distribution of a non-negative duration or factor, in any unit.
///
/// Build it by its constructors ([`Distribution::exponential`], [`Distribution::lognormal_mean_cv`], ...): they refuse
/// parameters that make no distribution. No method panics on a value put together by hand, but its results are then whatever
/// the formulas give.
#[derive(Clone, Debug, PartialEq)]
pub enum Distribution {
    /// Always the same value.
    Deterministic(f64),
    /// Exponential: `P(X > x) = exp(-x/mean)`.
    Exponential {
        /// Mean.
        mean: f64,
    },
    /// Lognormal: `ln X` is normal.
    Lognormal {
        /// Mean of `ln X`.
        mu: f64,
        /// Standard deviation of `ln X`.
        sigma: f64,
    },
    /// Gamma: density proportional to `x^(shape-1) exp(-x/scale)`; of a whole shape it is Erlang, the sum of so many exponentials.
    Gamma {
        /// Shape, `1/cv²`.
        shape: f64,
        /// Scale; the mean is shape x scale.
        scale: f64,
    },
    /// Weibull: `P(X > x) = exp(-(x/scale)^shape)`.
    Weibull {
        /// Shape; 1 is exponential.
        shape: f64,
        /// Scale, the 63rd percentile.
        scale: f64,
    },
    /// Uniform between two bounds.
    Uniform {
        /// Lower bound.
        low: f64,
        /// Upper bound.
        high: f64,
    },
    /// Triangular density.
    Triangular {
        /// Lower bound.
        low: f64,
        /// Where the density peaks.
        mode: f64,
        /// Upper bound.
        high: f64,
    },
    /// Mixture of exponentials: with probability `probs[i]`, exponential with mean `means[i]`.
    Hyperexponential {
        /// Probabilities, summing to 1.
        probs: Vec<f64>,
        /// Means of the branches.
        means: Vec<f64>,
    },
    /// Piecewise-linear distribution function through observed values.
    Empirical(Empirical),
    /// Beta distribution on [0, scale].
    Beta {
        /// First shape.
        alpha: f64,
        /// Second shape.
        beta: f64,
        /// Upper end of the support; 1 as built.
        scale: f64,
    },
}

impl Distribution {
    /// Mean, in the unit of the quantity.
    pub fn mean(&self) -> f64 {
        match self {
            Self::Deterministic(v) => *v,
            Self::Exponential { mean } => *mean,
            Self::Lognormal { mu, sigma } => libm::exp(mu + 0.5 * sigma * sigma),
            Self::Gamma { shape, scale } => shape * scale,
            Self::Weibull { shape, scale } => scale * libm::tgamma(1.0 + 1.0 / shape),
            Self::Uniform { low, high } => 0.5 * (low + high),
            Self::Triangular { low, mode, high } => (low + mode + high) / 3.0,
            Self::Hyperexponential { probs, means } => {
                probs.iter().zip(means).map(|(p, m)| p * m).sum()
            }
            Self::Empirical(e) => e.mean(),
            Self::Beta { alpha, beta, scale } => scale * alpha / (alpha + beta),
        }
    }

    /// Greatest lower and least upper bound of the support, which is infinite for most distributions: no draw is outside.
    fn support(&self) -> (f64, f64) {
        match self {
            Self::Deterministic(v) => (*v, *v),
            Self::Uniform { low, high } | Self::Triangular { low, high, .. } => (*low, *high),
            Self::Empirical(e) => (e.low(), e.high()),
            Self::Beta { scale, .. } => (0.0, *scale),
            Self::Exponential { .. }
            | Self::Lognormal { .. }
            | Self::Gamma { .. }
            | Self::Weibull { .. }
            | Self::Hyperexponential { .. } => (0.0, f64::INFINITY),
        }
    }

    /// Greatest lower bound of the support.
    pub fn infimum(&self) -> f64 {
        self.support().0
    }

    /// Least upper bound of the support; infinite for most distributions.
    pub fn supremum(&self) -> f64 {
        self.support().1
    }

    /// Quantile: the value not exceeded with probability p. p is clamped to [0, 1]; NaN gives NaN.
    pub fn quantile(&self, p: f64) -> f64 {
        if p.is_nan() {
            f64::NAN
        } else if p <= 0.0 {
            self.infimum()
        } else if p >= 1.0 {
            self.supremum()
        } else if p <= 0.5 {
            self.tail_quantile(p, false)
        } else {
            self.tail_quantile(1.0 - p, true)
        }
    }

    /// The quantile at p (or, if `upper`, at 1 - p) for p in (0, 1/2].
    pub(crate) fn tail_quantile(&self, p: f64, upper: bool) -> f64 {
        match self {
            Self::Deterministic(v) => *v,
            Self::Exponential { mean } => mean * unit_exponential(p, upper),
            Self::Lognormal { mu, sigma } => {
                let z = normal_quantile(p);
                libm::exp(mu + sigma * if upper { -z } else { z })
            }
            Self::Gamma { shape, scale } => scale * gamma_quantile(*shape, p, upper),
            Self::Weibull { shape, scale } => {
                scale * libm::pow(unit_exponential(p, upper), 1.0 / shape)
            }
            Self::Uniform { low, high } if upper => high - p * (high - low),
            Self::Uniform { low, high } => low + p * (high - low),
            Self::Triangular { low, mode, high } => triangular(*low, *mode, *high, p, upper),
            Self::Hyperexponential { probs, means } => mixture_quantile(probs, means, p, upper),
            Self::Empirical(e) => e.quantile(if upper { 1.0 - p } else { p }),
            Self::Beta { alpha, beta, scale } => scale * beta_quantile(*alpha, *beta, p, upper),
        }
    }

    /// Distribution function: the probability of a value of at most x.
    pub fn cdf(&self, x: f64) -> f64 {
        self.tails(x).0
    }

    /// Survival function: the probability of a value above x, precise where it is tiny.
    pub fn survival(&self, x: f64) -> f64 {
        self.tails(x).1
    }

    fn tails(&self, x: f64) -> (f64, f64) {
        if x.is_nan() {
            return (f64::NAN, f64::NAN);
        }
        if x < self.infimum() {
            return (0.0, 1.0);
        }
        if x >= self.supremum() {
            return (1.0, 0.0);
        }
        match self {
            Self::Deterministic(_) => (1.0, 0.0),
            Self::Exponential { mean } => (-libm::expm1(-x / mean), libm::exp(-x / mean)),
            Self::Lognormal { mu, sigma } => {
                let z = (libm::log(x) - mu) / sigma;
                (normal_cdf(z), normal_cdf(-z))
            }
            Self::Gamma { shape, scale } => gamma_pq(*shape, x / scale),
            Self::Weibull { shape, scale } => {
                let e = libm::pow(x / scale, *shape);
                (-libm::expm1(-e), libm::exp(-e))
            }
            Self::Uniform { low, high } => ((x - low) / (high - low), (high - x) / (high - low)),
            Self::Triangular { low, mode, high } => {
                if x < *mode {
                    let p = (x - low) / (high - low) * ((x - low) / (mode - low));
                    (p, 1.0 - p)
                } else {
                    let q = (high - x) / (high - low) * ((high - x) / (high - mode));
                    (1.0 - q, q)
                }
            }
            Self::Hyperexponential { probs, means } => {
                let each = || probs.iter().zip(means);
                (
                    each().map(|(p, m)| -p * libm::expm1(-x / m)).sum(),
                    each().map(|(p, m)| p * libm::exp(-x / m)).sum(),
                )
            }
            Self::Empirical(e) => {
                let p = e.cdf(x);
                (p, 1.0 - p)
            }
            Self::Beta { alpha, beta, scale } => beta_pq(*alpha, *beta, x / scale, 1.0 - x / scale),
        }
    }

    /// The distribution of `factor` times the quantity. The factor is clamped to [0, 1e15]; NaN counts as 1; 0 gives the constant 0.
    #[must_use]
    pub fn scaled(&self, factor: f64) -> Self {
        let f = match factor {
            f if f.is_nan() => 1.0,
            f if f <= 0.0 => return Self::Deterministic(0.0),
            f => f.min(super::LARGEST),
        };
        let mut scaled = self.clone();
        match &mut scaled {
            Self::Deterministic(v) => *v *= f,
            Self::Exponential { mean } => *mean *= f,
            Self::Lognormal { mu, .. } => *mu += libm::log(f),
            Self::Gamma { scale, .. } | Self::Weibull { scale, .. } | Self::Beta { scale, .. } => {
                *scale *= f;
            }
            Self::Uniform { low, high } => [low, high].into_iter().for_each(|x| *x *= f),
            Self::Triangular { low, mode, high } => {
                [low, mode, high].into_iter().for_each(|x| *x *= f);
            }
            Self::Hyperexponential { means, .. } => means.iter_mut().for_each(|m| *m *= f),
            Self::Empirical(e) => *e = e.scaled(f),
        }
        scaled
    }

    /// The distribution of the quantity over a scale, and that scale. Distributions of one form, such as all exponentials, have the first
    /// in common; a constant, uniform, triangular or empirical one is left as it is.
    pub(crate) fn at_unit_scale(&self) -> (Self, f64) {
        let mut unit = self.clone();
        // A shape of 1 is exponential.
        if let Self::Gamma { shape, scale } | Self::Weibull { shape, scale } = unit
            && shape == 1.0
        {
            unit = Self::Exponential { mean: scale };
        }
        let scale = match &mut unit {
            Self::Exponential { mean } => std::mem::replace(mean, 1.0),
            Self::Lognormal { mu, .. } => libm::exp(std::mem::take(mu)),
            Self::Gamma { scale, .. } | Self::Weibull { scale, .. } | Self::Beta { scale, .. } => {
                std::mem::replace(scale, 1.0)
            }
            Self::Hyperexponential { means, .. } => {
                let scale = self.mean();
                means.iter_mut().for_each(|m| *m /= scale);
                scale
            }
            Self::Deterministic(_)
            | Self::Uniform { .. }
            | Self::Triangular { .. }
            | Self::Empirical(_) => 1.0,
        };
        (unit, scale)
    }
}

/// Quantile of the exponential distribution of mean 1 at p, or at 1 - p.
fn unit_exponential(p: f64, upper: bool) -> f64 {
    if upper {
        -libm::log(p)
    } else {
        -libm::log1p(-p)
    }
}

/// Quantile of the triangular distribution at p, or at 1 - p.
#[inline]
fn triangular(low: f64, mode: f64, high: f64, p: f64, upper: bool) -> f64 {
    let width = high - low;
    // reflect: the upper quantile of a distribution is the mirrored lower quantile of its mirror image
    let rise = if upper { high - mode } else { mode - low };
    let from_end = if p * width <= rise {
        (p * width * rise).sqrt()
    } else {
        width - ((1.0 - p) * width * (width - rise)).sqrt()
    };
    if upper {
        (high - from_end).max(low)
    } else {
        (low + from_end).min(high)
    }
}

/// Quantile of a mixture of exponentials at p, or at 1 - p.
///
/// Newton's method: on the distribution function, which is concave, from 0 upwards; in the upper tail on the logarithm
/// of the survival function, which is convex, from a lower bound upwards. Both rise to the root without overshooting.
fn mixture_quantile(probs: &[f64], means: &[f64], p: f64, upper: bool) -> f64 {
    let each = || probs.iter().zip(means);
    let mut x = 0.0_f64;
    if upper {
        for (w, m) in each() {
            x = x.max(m * libm::log(w / p));
        }
    }
    for _ in 0..500 {
        let density: f64 = each().map(|(w, m)| w / m * libm::exp(-x / m)).sum();
        let step = if upper {
            let s: f64 = each().map(|(w, m)| w * libm::exp(-x / m)).sum();
            libm::log(s / p) * s / density
        } else {
            let f: f64 = each().map(|(w, m)| -w * libm::expm1(-x / m)).sum();
            (p - f) / density
        };
        if !step.is_finite() {
            break;
        }
        x = (x + step).max(0.0);
        if step.abs() <= 1e-15 * x {
            break;
        }
    }
    x
}

#[cfg(test)]
pub(super) use tests::{mean_and_cv, upper_quantile, zoo};

#[cfg(test)]
mod tests {
    #![allow(
        clippy::disallowed_methods,
        reason = "tests compare with the platform's functions"
    )]
    use super::*;

    /// One of every kind.
    pub(crate) fn zoo() -> Vec<Distribution> {
        type D = Distribution;
        [
            D::deterministic(3.0),
            D::exponential(420.0),
            D::lognormal_mean_cv(600.0, 1.0),
            D::lognormal_p50_p90(5.0, 40.0),
            D::gamma_mean_cv(10.0, 0.5),
            D::gamma_mean_cv(10.0, 1.6),
            D::weibull_mean_cv(2.0, 0.7),
            D::weibull_mean_cv(2.0, 1.7),
            D::erlang_shape_mean(3, 9.0),
            D::erlang_shape_mean(400, 9.0),
            D::uniform(1.0, 4.0),
            D::triangular(1.0, 2.0, 7.0),
            D::triangular(1.0, 1.0, 7.0),
            D::hyperexponential(vec![0.3, 0.6, 0.1], vec![1.0, 10.0, 200.0]),
            D::hyperexponential_mean_cv(5.0, 4.0),
            D::empirical(vec![9.0, 1.0, 4.0, 4.0, 4.5, 20.0]),
            D::beta_mean_sd(0.3, 0.2),
        ]
        .into_iter()
        .map(Result::unwrap)
        .collect()
    }

    #[test]
    fn quantile_inverts_cdf() {
        for d in zoo() {
            if d.infimum() == d.supremum() {
                continue;
            }
            for p in [1e-9, 1e-3, 0.1, 0.25, 0.5, 0.77, 0.99] {
                let x = d.quantile(p);
                if !matches!(d, Distribution::Empirical(_)) {
                    assert!(
                        (d.cdf(x) - p).abs() < 1e-9 * p + 1e-15,
                        "{d:?} {p}: {}",
                        d.cdf(x)
                    );
                    let x = upper_quantile(&d, p);
                    let loss = if d.supremum().is_finite() { 1e-6 } else { 1e-9 };
                    assert!(
                        (d.survival(x) - p).abs() < loss * p,
                        "{d:?} upper {p}: {}",
                        d.survival(x)
                    );
                } else {
                    assert!(
                        d.cdf(x) >= p - 1e-12 && d.cdf(x - 1e-7) <= p + 1e-6,
                        "{d:?} {p}"
                    );
                }
                assert!((d.cdf(x) + d.survival(x) - 1.0).abs() < 1e-12);
            }
            assert_eq!(d.quantile(0.0), d.infimum());
            assert_eq!(d.quantile(2.0), d.supremum());
            assert!(d.quantile(f64::NAN).is_nan() && d.cdf(f64::NAN).is_nan());
            assert_eq!((d.cdf(-1.0), d.cdf(f64::INFINITY)), (0.0, 1.0));
        }
    }

    /// The value exceeded with probability q.
    pub(crate) fn upper_quantile(d: &Distribution, q: f64) -> f64 {
        match q <= 0.5 {
            true => d.tail_quantile(q, true),
            false => d.tail_quantile(1.0 - q, false),
        }
    }

    /// Mean and coefficient of variation by integration of the quantile: u = logistic(v), trapezoid rule over v.
    pub(crate) fn mean_and_cv(d: &Distribution) -> (f64, f64) {
        let (mut m1, mut m2) = (0.0, 0.0);
        let h = 1.0 / 256.0;
        for i in -12_000..=12_000 {
            let v = f64::from(i) * h;
            let e = (-v.abs()).exp();
            let tail = e / (1.0 + e);
            let x = d.tail_quantile(tail, v > 0.0);
            let w = h * e / ((1.0 + e) * (1.0 + e));
            m1 += w * x;
            m2 += w * x * x;
        }
        (m1, (m2 - m1 * m1).max(0.0).sqrt() / m1)
    }

    #[test]
    fn mean_by_integration_of_the_quantile() {
        for d in zoo() {
            let mean = mean_and_cv(&d).0;
            let tolerance = if matches!(d, Distribution::Empirical(_)) {
                1e-5
            } else {
                1e-7
            };
            assert!(
                (mean / d.mean() - 1.0).abs() < tolerance,
                "{d:?} mean {mean} {}",
                d.mean()
            );
        }
    }

    #[test]
    fn scaling() {
        for d in zoo() {
            let s = d.scaled(3.5);
            for p in [0.01, 0.4, 0.9] {
                assert!(
                    (s.quantile(p) / (3.5 * d.quantile(p)) - 1.0).abs() < 1e-12,
                    "{d:?}"
                );
            }
            assert!((s.mean() / (3.5 * d.mean()) - 1.0).abs() < 1e-12);
            assert_eq!(d.scaled(0.0), Distribution::Deterministic(0.0));
            assert_eq!(d.scaled(f64::NAN), d.scaled(1.0));
            assert_eq!(d.scaled(-1.0), d.scaled(0.0));
        }
    }

    #[test]
    fn empirical_by_hand() {
        let e = Distribution::empirical(vec![4.0, 0.0, 1.0]).unwrap();
        assert_eq!(
            [e.quantile(0.25), e.quantile(0.5), e.quantile(0.75)],
            [0.5, 1.0, 2.5]
        );
        assert_eq!(e.mean(), 1.5);
        assert_eq!(e.cdf(2.5), 0.75);
        let one = Distribution::empirical(vec![4.0]).unwrap();
        assert_eq!(
            (one.mean(), one.quantile(0.3), one.cdf(4.0)),
            (4.0, 4.0, 1.0)
        );
    }
}
