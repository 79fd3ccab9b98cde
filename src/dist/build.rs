//! Validated constructors of [`Distribution`].

use super::bounds::{non_negative, positive, within};
use super::gamma_fn::gamma_quantile;
use super::special::{normal_quantile, weibull_cv2};
use super::{DistError, Distribution, Empirical};

/// Result of a constructor.
type Built = Result<Distribution, DistError>;

/// An error unless the first of two parameters, each with its name, is at most the second.
fn ordered(lesser: (&'static str, f64), greater: (&'static str, f64)) -> Result<(), DistError> {
    if lesser.1 <= greater.1 {
        return Ok(());
    }
    let ((lesser, x), (greater, y)) = (lesser, greater);
    let message = format!("expected `{lesser}` below `{greater}`, found {x} s and {y} s");
    DistError::refuse(Some(lesser), message)
}

/// The distribution that `spread` makes of a median and the ratio of the 90th percentile to it; the constant where they are equal.
///
/// The ratio lies between 1 and the bounds `low` and `high`, which `allowed` says in words.
fn from_percentiles(
    (p50, p90): (f64, f64),
    (low, high): (f64, f64),
    allowed: &'static str,
    spread: impl Fn(f64, f64) -> Distribution,
) -> Built {
    let (p50, p90) = (positive("p50", p50)?, positive("p90", p90)?);
    ordered(("p50", p50), ("p90", p90))?;
    if p50 == p90 {
        return Ok(Distribution::Deterministic(p50));
    }
    let ratio = within("p90/p50", p90 / p50, low, high, allowed)?;
    Ok(spread(p50, ratio))
}

/// The distribution that `spread` makes of a mean and a coefficient of variation of 0.0001 to 20; the constant at 0.
fn from_mean_cv(mean: f64, cv: f64, spread: impl Fn(f64, f64) -> Distribution) -> Built {
    let mean = positive("mean", mean)?;
    if cv == 0.0 {
        return Ok(Distribution::Deterministic(mean));
    }
    let cv = within("cv", cv, 1e-4, 20.0, "0, or a number from 0.0001 to 20")?;
    Ok(spread(mean, cv))
}

/// Root of a decreasing function of the logarithm of a positive argument, by bisection between `low` and `high`.
fn bisect(mut low: f64, mut high: f64, positive_left: impl Fn(f64) -> bool) -> f64 {
    for _ in 0..200 {
        let mid = (low * high).sqrt();
        if mid <= low || mid >= high {
            break;
        }
        if positive_left(mid) {
            low = mid;
        } else {
            high = mid;
        }
    }
    (low * high).sqrt()
}

impl Distribution {
    /// Always `value`, which lies in [0, 1e15].
    pub fn deterministic(value: f64) -> Built {
        Ok(Self::Deterministic(non_negative("value", value)?))
    }

    /// Exponential with the given mean, in [1e-12, 1e15].
    pub fn exponential(mean: f64) -> Built {
        Ok(Self::Exponential {
            mean: positive("mean", mean)?,
        })
    }

    /// Lognormal with the given mean and coefficient of variation (standard deviation over mean, 0 to 100).
    ///
    /// `sigma² = ln(1+cv²)`, `mu = ln(mean) - sigma²/2`. A cv of 0 gives the constant `mean`.
    pub fn lognormal_mean_cv(mean: f64, cv: f64) -> Built {
        let mean = positive("mean", mean)?;
        let cv = within("cv", cv, 0.0, 100.0, "a number from 0 to 100")?;
        let s2 = libm::log1p(cv * cv);
        if s2 == 0.0 {
            return Ok(Self::Deterministic(mean));
        }
        Ok(Self::Lognormal {
            mu: libm::log(mean) - 0.5 * s2,
            sigma: s2.sqrt(),
        })
    }

    /// Lognormal with the given median and 90th percentile (p50 <= p90; equal gives a constant).
    ///
    /// `mu = ln(p50)`, `sigma = ln(p90/p50) / 1.2816`; sigma is at most 5.
    pub fn lognormal_p50_p90(p50: f64, p90: f64) -> Built {
        let z = normal_quantile(0.9);
        let bounds = (1.0, libm::exp(5.0 * z));
        from_percentiles((p50, p90), bounds, "a ratio from 1 to 606", |p50, ratio| {
            Self::Lognormal {
                mu: libm::log(p50),
                sigma: libm::log(ratio) / z,
            }
        })
    }

    /// Lognormal with the given mean (-30 to 35) and standard deviation (0 to 5) of the logarithm.
    ///
    /// A sigma of 0 gives the constant `exp(mu)`.
    pub fn lognormal_mu_sigma(mu: f64, sigma: f64) -> Built {
        let mu = within("mu", mu, -30.0, 35.0, "a number from -30 to 35")?;
        let sigma = within("sigma", sigma, 0.0, 5.0, "a number from 0 to 5")?;
        if sigma == 0.0 {
            return Ok(Self::Deterministic(libm::exp(mu)));
        }
        Ok(Self::Lognormal { mu, sigma })
    }

    /// Gamma with the given mean and coefficient of variation (0, or 0.0001 to 20): shape `1/cv²`.
    ///
    /// A cv of 0 gives the constant `mean`.
    pub fn gamma_mean_cv(mean: f64, cv: f64) -> Built {
        from_mean_cv(mean, cv, |mean, cv| Self::Gamma {
            shape: 1.0 / (cv * cv),
            scale: mean * cv * cv,
        })
    }

    /// Gamma with the given shape (0.0025 to 1e8) and scale.
    pub fn gamma_shape_scale(shape: f64, scale: f64) -> Built {
        Ok(Self::Gamma {
            shape: within("shape", shape, 0.0025, 1e8, "a number from 0.0025 to 1e8")?,
            scale: positive("scale", scale)?,
        })
    }

    /// Gamma with the given median and 90th percentile (equal gives a constant).
    ///
    /// The shape is solved from the ratio p90/p50, which decreases in it; the ratio may be at most 1e6 and, unless it
    /// is 1, at least 1.00013 (shape 1e8).
    pub fn gamma_p50_p90(p50: f64, p90: f64) -> Built {
        let allowed = "a ratio of 1, or from 1.00013 to 1e6";
        from_percentiles((p50, p90), (1.00013, 1e6), allowed, |p50, ratio| {
            let shape = bisect(0.02, 1.1e8, |a| {
                gamma_quantile(a, 0.1, true) > ratio * gamma_quantile(a, 0.5, false)
            });
            Self::Gamma {
                shape,
                scale: p50 / gamma_quantile(shape, 0.5, false),
            }
        })
    }

    /// Weibull with the given shape (0.1 to 1e5) and scale.
    pub fn weibull_shape_scale(shape: f64, scale: f64) -> Built {
        let shape = within("shape", shape, 0.1, 1e5, "a number from 0.1 to 1e5")?;
        Ok(Self::Weibull {
            shape,
            scale: positive("scale", scale)?,
        })
    }

    /// Weibull with the given mean and coefficient of variation (0, or 0.0001 to 20).
    ///
    /// The shape k solves `Γ(1+2/k)/Γ(1+1/k)² = 1+cv²`. A cv of 0 gives the constant `mean`.
    pub fn weibull_mean_cv(mean: f64, cv: f64) -> Built {
        from_mean_cv(mean, cv, |mean, cv| {
            let shape = bisect(0.05, 1e5, |k| weibull_cv2(k) > cv * cv);
            Self::Weibull {
                shape,
                scale: mean / libm::tgamma(1.0 + 1.0 / shape),
            }
        })
    }

    /// Weibull with the given median and 90th percentile (equal gives a constant).
    ///
    /// `shape = ln(ln 10/ln 2) / ln(p90/p50)`, in [0.1, 1e5]; `scale = p50 / (ln 2)^(1/shape)`.
    pub fn weibull_p50_p90(p50: f64, p90: f64) -> Built {
        let allowed = "a ratio of 1, or from 1.0000121 to 162000";
        let bounds = (1.000_012_1, 162_000.0);
        from_percentiles((p50, p90), bounds, allowed, |p50, ratio| {
            let ln2 = std::f64::consts::LN_2;
            let shape = libm::log(std::f64::consts::LN_10 / ln2) / libm::log(ratio);
            Self::Weibull {
                shape,
                scale: p50 / libm::pow(ln2, 1.0 / shape),
            }
        })
    }

    /// Erlang: the sum of `shape` (1 to 1,000,000) exponentials, with the given mean of the sum.
    pub fn erlang_shape_mean(shape: u32, mean: f64) -> Built {
        let allowed = "a whole number from 1 to 1000000";
        within("shape", f64::from(shape), 1.0, 1e6, allowed)?;
        let shape = f64::from(shape);
        Ok(Self::Gamma {
            shape,
            scale: positive("mean", mean)? / shape,
        })
    }

    /// Uniform on [low, high], 0 <= low <= high (equal gives a constant).
    pub fn uniform(low: f64, high: f64) -> Built {
        let (low, high) = (non_negative("low", low)?, non_negative("high", high)?);
        ordered(("low", low), ("high", high))?;
        if low == high {
            return Ok(Self::Deterministic(low));
        }
        Ok(Self::Uniform { low, high })
    }

    /// Triangular on [low, high] with its peak at `mode`, 0 <= low <= mode <= high (all equal gives a constant).
    pub fn triangular(low: f64, mode: f64, high: f64) -> Built {
        let low = non_negative("low", low)?;
        let mode = non_negative("mode", mode)?;
        let high = non_negative("high", high)?;
        ordered(("low", low), ("mode", mode))?;
        ordered(("mode", mode), ("high", high))?;
        if low == high {
            return Ok(Self::Deterministic(low));
        }
        Ok(Self::Triangular { low, mode, high })
    }

    /// Mixture of exponentials: branch i has probability `probs[i]` and mean `means[i]`.
    ///
    /// The probabilities lie in [0, 1] and sum to 1 within 1e-6 (they are then divided by their sum).
    pub fn hyperexponential(probs: Vec<f64>, means: Vec<f64>) -> Built {
        if probs.len() != means.len() || probs.is_empty() {
            let (n, m) = (probs.len(), means.len());
            let message = format!("expected as many probs as means, found {n} and {m}");
            return DistError::refuse(None, message);
        }
        for p in &probs {
            within("probability", *p, 0.0, 1.0, "a number from 0 to 1")?;
        }
        for m in &means {
            positive("mean", *m)?;
        }
        let sum: f64 = probs.iter().sum();
        if (sum - 1.0).abs() > 1e-6 {
            let shown = (sum * 1e6).round() / 1e6;
            let message = format!("expected probs that sum to 1, found a sum of {shown}");
            return DistError::refuse(Some("probs"), message);
        }
        let (probs, means): (Vec<f64>, Vec<f64>) = probs
            .iter()
            .zip(&means)
            .filter(|(p, _)| **p > 0.0)
            .map(|(p, m)| (p / sum, *m))
            .unzip();
        match means.as_slice() {
            [mean] => Ok(Self::Exponential { mean: *mean }),
            _ => Ok(Self::Hyperexponential { probs, means }),
        }
    }

    /// Two-branch hyperexponential with the given mean and coefficient of variation (1 to 100), by balanced means.
    ///
    /// `p = (1 + sqrt((cv²-1)/(cv²+1))) / 2`; the means are `mean/(2p)` and `mean/(2(1-p))`, so that each branch carries
    /// half the total. A cv of 1 is exponential. Source: Whitt (1982), Approximating a point process.
    pub fn hyperexponential_mean_cv(mean: f64, cv: f64) -> Built {
        let mean = positive("mean", mean)?;
        let cv = within("cv", cv, 1.0, 100.0, "a number from 1 to 100")?;
        if cv == 1.0 {
            return Ok(Self::Exponential { mean });
        }
        let c2 = cv * cv;
        let root = ((c2 - 1.0) / (c2 + 1.0)).sqrt();
        let large = 0.5 * (1.0 + root);
        let small = 1.0 / ((c2 + 1.0) * (1.0 + root)); // (1 - root) / 2 without cancellation
        Ok(Self::Hyperexponential {
            probs: vec![large, small],
            means: vec![mean / (2.0 * large), mean / (2.0 * small)],
        })
    }

    /// The distribution whose distribution function runs linearly through the sorted values: see [`Empirical`].
    pub fn empirical(values: Vec<f64>) -> Built {
        Ok(Self::Empirical(Empirical::new(values)?))
    }

    /// Beta distribution on [0, 1] with the given mean (0 to 1, exclusive) and standard deviation.
    ///
    /// `alpha + beta = mean (1-mean)/sd² - 1`, which must lie in [0.01, 1e8]; `alpha = mean (alpha + beta)`.
    /// A standard deviation of 0 gives the constant `mean`.
    pub fn beta_mean_sd(mean: f64, sd: f64) -> Built {
        if sd == 0.0 {
            let mean = within("mean", mean, 0.0, 1.0, "a number from 0 to 1")?;
            return Ok(Self::Deterministic(mean));
        }
        let allowed = "a number from 0.000001 to 0.999999";
        let mean = within("mean", mean, 1e-6, 1.0 - 1e-6, allowed)?;
        let most = (mean * (1.0 - mean) / 1.01).sqrt();
        let least = (mean * (1.0 - mean) / (1.0 + 1e8)).sqrt();
        let allowed = "a number from 0.0001 to 0.995 times sqrt(mean (1 - mean)), or 0";
        within("sd", sd, least, most, allowed)?;
        let total = mean * (1.0 - mean) / (sd * sd) - 1.0;
        Ok(Self::Beta {
            alpha: mean * total,
            beta: (1.0 - mean) * total,
            scale: 1.0,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::law::mean_and_cv;
    use super::*;
    type D = Distribution;

    fn close(got: f64, want: f64, tolerance: f64) {
        assert!(
            (got - want).abs() <= tolerance * want.abs(),
            "got {got:e}, want {want:e}"
        );
    }

    #[test]
    fn constructors_meet_what_was_asked() {
        for (mean, cv) in [
            (3.0, 0.3),
            (600.0, 1.0),
            (0.02, 2.5),
            (1e6, 0.001),
            (5.0, 15.0),
        ] {
            for d in [
                D::lognormal_mean_cv(mean, cv),
                D::gamma_mean_cv(mean, cv),
                D::weibull_mean_cv(mean, cv),
            ] {
                let d = d.unwrap();
                close(d.mean(), mean, 1e-11);
                close(mean_and_cv(&d).1, cv, 1e-6);
            }
        }
        for (mean, cv) in [(3.0, 1.0), (600.0, 1.3), (0.02, 50.0)] {
            let d = D::hyperexponential_mean_cv(mean, cv).unwrap();
            close(d.mean(), mean, 1e-12);
            close(mean_and_cv(&d).1, cv, 1e-6);
        }
        for (p50, p90) in [(300.0, 900.0), (10.0, 10.5), (1.0, 500.0)] {
            for d in [
                D::lognormal_p50_p90(p50, p90),
                D::gamma_p50_p90(p50, p90),
                D::weibull_p50_p90(p50, p90),
            ] {
                let d = d.unwrap();
                close(d.quantile(0.5), p50, 1e-10);
                close(d.quantile(0.9), p90, 1e-10);
            }
        }
        let b = D::beta_mean_sd(0.2, 0.1).unwrap();
        close(b.mean(), 0.2, 1e-14);
        close(mean_and_cv(&b).1, 0.5, 1e-7);
        close(
            mean_and_cv(&D::erlang_shape_mean(4, 8.0).unwrap()).1,
            0.5,
            1e-7,
        );
        assert_eq!(
            D::lognormal_mean_cv(7.0, 0.0).unwrap(),
            D::Deterministic(7.0)
        );
    }

    #[test]
    fn refusals() {
        let bad = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -1.0, 1e300];
        for v in bad {
            assert!(D::deterministic(v).is_err());
            assert!(D::exponential(v).is_err());
            assert!(D::lognormal_mean_cv(v, 1.0).is_err() && D::lognormal_mean_cv(1.0, v).is_err());
            assert!(D::gamma_mean_cv(v, 1.0).is_err() && D::gamma_mean_cv(1.0, v).is_err());
            assert!(D::weibull_mean_cv(v, 1.0).is_err() && D::weibull_mean_cv(1.0, v).is_err());
            assert!(D::lognormal_p50_p90(v, 1.0).is_err() && D::lognormal_p50_p90(1.0, v).is_err());
            assert!(D::gamma_p50_p90(v, 1.0).is_err() && D::gamma_p50_p90(1.0, v).is_err());
            assert!(D::weibull_p50_p90(v, 1.0).is_err() && D::weibull_p50_p90(1.0, v).is_err());
            assert!(
                D::lognormal_mu_sigma(v * 100.0, 1.0).is_err()
                    && D::lognormal_mu_sigma(1.0, v).is_err()
            );
            assert!(
                D::gamma_shape_scale(v, 1.0).is_err() && D::weibull_shape_scale(v, 1.0).is_err()
            );
            assert!(D::erlang_shape_mean(2, v).is_err());
            assert!(D::uniform(v, 1.0).is_err() && D::uniform(0.0, v).is_err());
            assert!(D::triangular(0.0, v, 2.0).is_err());
            assert!(D::hyperexponential(vec![0.5, 0.5], vec![1.0, v]).is_err());
            assert!(D::hyperexponential(vec![0.5, v], vec![1.0, 1.0]).is_err());
            assert!(D::hyperexponential_mean_cv(1.0, v).is_err());
            assert!(D::empirical(vec![1.0, v]).is_err());
            assert!(D::beta_mean_sd(v, 0.1).is_err() && D::beta_mean_sd(0.5, v).is_err());
        }
        assert!(D::exponential(0.0).is_err() && D::erlang_shape_mean(0, 1.0).is_err());
        assert!(
            D::beta_mean_sd(0.5, 0.5).is_err() && D::hyperexponential_mean_cv(1.0, 0.9).is_err()
        );
        assert!(D::empirical(vec![]).is_err() && D::hyperexponential(vec![], vec![]).is_err());
        let e = D::uniform(3.0, 2.0).unwrap_err();
        assert_eq!(
            e.to_string(),
            "low: expected `low` below `high`, found 3 s and 2 s"
        );
        let e = D::lognormal_mean_cv(3.0, -2.0).unwrap_err();
        assert_eq!(
            e.to_string(),
            "cv: expected a number from 0 to 100, found -2"
        );
        assert!(
            D::hyperexponential(vec![0.5, 0.4], vec![1.0, 2.0])
                .unwrap_err()
                .to_string()
                .contains("found a sum of 0.9")
        );
    }
}
