//! Which of several laws, and how far it is from what was recorded.

use super::super::survival::KaplanMeier;
use super::super::tallied::{Tallied, TallyError};
use super::{Family, Fit, FitError, fit};
use crate::dist::Distribution;

/// How far a law is from what was recorded.
#[derive(Clone, Debug, PartialEq)]
pub struct Distance {
    /// Largest difference of the distribution functions: Kolmogorov and Smirnov's distance; where some durations are lower bounds, the
    /// largest distance from Kaplan and Meier's estimate, up to the last end.
    pub largest: f64,
    /// Where it is.
    pub at: f64,
    /// Probability of a larger distance if the law were true, for many observations; `None` where some are lower bounds. Of a law that
    /// was fitted to the same observations the true probability is smaller.
    pub p_value: Option<f64>,
    /// Anderson and Darling's statistic, which counts differences in the tails more; `None` where some durations are lower bounds.
    pub anderson_darling: Option<f64>,
    /// Median, 90th and 99th percentile.
    pub quantiles: Vec<QuantilePair>,
}

/// A quantile of a law beside the recorded one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct QuantilePair {
    /// The probability.
    pub p: f64,
    /// Of the law.
    pub fitted: f64,
    /// Of the observations, by Kaplan and Meier; `None` where they do not reach so far.
    pub recorded: Option<f64>,
}

impl Distance {
    /// The distance of a law from observations.
    ///
    /// # Errors
    /// Durations that are negative, not finite or not in rising order; no observation.
    pub fn new(law: &Distribution, tallied: &[Tallied]) -> Result<Self, TallyError> {
        let recorded = KaplanMeier::new(tallied)?;
        let (mut largest, mut at, mut before) = (0.0, 0.0, 1.0);
        for step in recorded.steps() {
            let expected = law.survival(step.time);
            let gap = (before - expected)
                .abs()
                .max((step.survival - expected).abs());
            if gap > largest {
                (largest, at) = (gap, step.time);
            }
            before = step.survival;
        }
        let whole = tallied.iter().all(|t| t.censored == 0);
        let n = recorded.observations() as f64;
        let quantiles = [0.5, 0.9, 0.99].map(|p| QuantilePair {
            p,
            fitted: law.quantile(p),
            recorded: recorded.quantile(p),
        });
        Ok(Self {
            largest,
            at,
            p_value: whole.then(|| kolmogorov_survival(largest * n.sqrt())),
            anderson_darling: whole.then(|| anderson_darling(law, tallied, n)),
            quantiles: quantiles.to_vec(),
        })
    }
}

/// Probability that Kolmogorov's distance times the root of the number of observations exceeds x, for many observations.
///
/// `2 Σ (-1)^(k-1) exp(-2 k² x²)`, for small x `1 - sqrt(2π)/x Σ exp(-(2k-1)² π² / (8 x²))`. Source: A. Kolmogorov (1933).
pub fn kolmogorov_survival(x: f64) -> f64 {
    use std::f64::consts::{PI, TAU};
    if x.is_nan() || x <= 0.0 {
        return if x.is_nan() { x } else { 1.0 };
    }
    if x < 1.0 {
        let term = |k: f64| libm::exp(-k * k * PI * PI / (8.0 * x * x));
        let sum: f64 = [1.0, 3.0, 5.0, 7.0, 9.0].into_iter().map(term).sum();
        return (1.0 - TAU.sqrt() / x * sum).clamp(0.0, 1.0);
    }
    let term = |k: f64| libm::exp(-2.0 * k * k * x * x);
    2.0 * (term(1.0) - term(2.0) + term(3.0) - term(4.0) + term(5.0))
}

/// `-n - Σ (2i - 1) (ln F(x_i) + ln S(x_(n+1-i))) / n`, durations that occur several times taken together.
///
/// Source: T. W. Anderson and D. A. Darling (1952).
fn anderson_darling(law: &Distribution, tallied: &[Tallied], n: f64) -> f64 {
    let (mut below, mut sum) = (0.0, 0.0);
    for t in tallied.iter().filter(|t| t.exact > 0) {
        let upto = below + t.exact as f64;
        let from_below = upto * upto - below * below;
        let from_above = (n - below) * (n - below) - (n - upto) * (n - upto);
        sum += from_below * libm::log(law.cdf(t.value));
        sum += from_above * libm::log(law.survival(t.value));
        below = upto;
    }
    -n - sum / n
}

/// A law among others.
#[derive(Clone, Debug, PartialEq)]
pub struct Candidate {
    /// The law.
    pub fit: Fit,
    /// How far it is from what was recorded.
    pub distance: Distance,
    /// By how much its log-likelihood falls behind that of the chosen law, for each observation.
    pub loss: f64,
}

/// A choice among laws.
#[derive(Clone, Debug, PartialEq)]
pub struct Choice {
    /// Those that were fitted, the smallest criterion of Akaike first: the chosen one.
    pub candidates: Vec<Candidate>,
    /// Those that were not, and why.
    pub refused: Vec<(Family, FitError)>,
}

impl Choice {
    /// The law of the smallest criterion of Akaike; `None` if none was fitted.
    pub fn best(&self) -> Option<&Candidate> {
        self.candidates.first()
    }
}

/// Fits several families and puts the one with the smallest criterion of Akaike first.
pub fn choose(families: &[Family], tallied: &[Tallied]) -> Choice {
    let (mut fits, mut refused) = (Vec::new(), Vec::new());
    for family in families {
        let found = fit(*family, tallied).and_then(|f| Ok((Distance::new(&f.law, tallied)?, f)));
        match found {
            Ok((distance, fit)) => fits.push((fit, distance)),
            Err(error) => refused.push((*family, error)),
        }
    }
    fits.sort_by(|a, b| a.0.aic.total_cmp(&b.0.aic));
    let best = fits.first().map_or(0.0, |f| f.0.log_likelihood);
    let candidates = fits.into_iter().map(|(fit, distance)| Candidate {
        loss: (best - fit.log_likelihood) / fit.observations as f64,
        fit,
        distance,
    });
    Choice {
        candidates: candidates.collect(),
        refused,
    }
}
