//! Maximum likelihood of laws of durations, from observations of which some are only lower bounds.
//!
//! - [`fit`]: one law, with standard errors; [`Fit::drawn`]: a law as uncertain as the estimates are.
//! - [`choose()`]: the best of several laws, and by how much the others lose.
//! - [`Distance`]: how far a law is from what was recorded.
//! - [`split_short`]: a share of short values that is fitted apart.

mod choice;
mod likelihood;
mod newton;
mod short;
mod start;

pub use choice::{Candidate, Choice, Distance, QuantilePair, choose, kolmogorov_survival};
pub use short::{Split, split_short};

use super::estimate::Estimate;
use super::tallied::{Tallied, TallyError, checked};
use crate::dist::special::{digamma, logistic, weibull_cv2};
use crate::dist::{DistError, Distribution};
use likelihood::{Datum, location_scale};
use newton::{Maximum, cholesky, maximise};

/// A family of laws.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Family {
    /// Exponential.
    Exponential,
    /// Gamma.
    Gamma,
    /// Lognormal.
    Lognormal,
    /// Weibull.
    Weibull,
    /// Mixture of two exponentials.
    Hyperexponential,
}

impl Family {
    /// All families.
    pub const ALL: [Self; 5] = [
        Self::Exponential,
        Self::Gamma,
        Self::Lognormal,
        Self::Weibull,
        Self::Hyperexponential,
    ];

    /// The name, as scenarios write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Exponential => "exponential",
            Self::Gamma => "gamma",
            Self::Lognormal => "lognormal",
            Self::Weibull => "weibull",
            Self::Hyperexponential => "hyperexponential",
        }
    }

    /// Names of the parameters.
    pub fn parameters(self) -> &'static [&'static str] {
        match self {
            Self::Exponential => &["mean"],
            Self::Gamma => &["shape", "scale"],
            Self::Weibull => &["scale", "shape"],
            Self::Lognormal => &["mu", "sigma"],
            Self::Hyperexponential => &["prob", "mean_1", "mean_2"],
        }
    }

    /// Fewest durations observed to their end from which the family is fitted.
    pub fn fewest(self) -> u64 {
        match self {
            Self::Exponential => 3,
            Self::Gamma | Self::Lognormal | Self::Weibull => 5,
            Self::Hyperexponential => 20,
        }
    }

    /// Whether a duration of 0 has a finite density whatever the parameters.
    fn has_zero(self) -> bool {
        matches!(self, Self::Exponential | Self::Hyperexponential)
    }
}

/// Why a family cannot be fitted.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum FitError {
    /// The observations are none.
    #[error(transparent)]
    Tally(#[from] TallyError),
    /// Too few durations were observed to their end.
    #[error("{found} durations observed to their end, where {needed} are needed")]
    TooFew {
        /// How many there are.
        found: u64,
        /// How many are needed.
        needed: u64,
    },
    /// All durations are the same: a constant.
    #[error("every duration is {0} s")]
    AllEqual(f64),
    /// Durations of 0, which the family does not have.
    #[error("{0} durations of 0 s, which the law does not have")]
    Zeros(u64),
    /// The likelihood has no maximum inside: the data are another law, or at the edge of this one.
    #[error("the likelihood has no maximum: the durations are not of this kind")]
    NoMaximum,
    /// The estimates are outside what a scenario may hold.
    #[error(transparent)]
    Law(#[from] DistError),
}

/// A law fitted to durations.
#[derive(Clone, Debug, PartialEq)]
pub struct Fit {
    /// The family.
    pub family: Family,
    /// The law with the largest likelihood.
    pub law: Distribution,
    /// Its parameters, in the order of [`Family::parameters`]; standard errors from the observed information.
    pub parameters: Vec<Estimate>,
    /// Mean, its standard error by the delta method.
    pub mean: Estimate,
    /// Coefficient of variation, its standard error by the delta method.
    pub cv: Estimate,
    /// Logarithm of the likelihood: densities at the ends, survival at the lower bounds.
    pub log_likelihood: f64,
    /// Akaike's criterion, `2 parameters - 2 log_likelihood`.
    pub aic: f64,
    /// How many durations, observed to their end or not.
    pub observations: u64,
    /// Estimates on the scale on which the likelihood is nearly normal: logarithms, log-odds of a share.
    at: Vec<f64>,
    /// The lower triangle of their covariance's root, row by row.
    root: Vec<Vec<f64>>,
}

impl Fit {
    /// A law whose parameters are the estimates plus normal errors of the estimated covariance, at these standard normal scores: one
    /// for each parameter, of which what is missing counts as 0.
    ///
    /// On the scale of logarithms and log-odds, so that it is always a law; parameters beyond what a scenario may hold give the
    /// fitted law itself.
    pub fn drawn(&self, scores: &[f64]) -> Distribution {
        let moved = self.root.iter().zip(&self.at).map(|(row, at)| {
            let error = row.iter().zip(scores).map(|(r, z)| r * z);
            at + error.sum::<f64>()
        });
        let moved: Vec<f64> = moved.collect();
        law(self.family, &moved).unwrap_or_else(|_| self.law.clone())
    }
}

/// The law at parameters on the inner scale.
fn law(family: Family, at: &[f64]) -> Result<Distribution, FitError> {
    use libm::exp;
    Ok(match (family, at) {
        (Family::Exponential, &[log_mean]) => Distribution::exponential(exp(log_mean))?,
        (Family::Gamma, &[shape, scale]) => {
            Distribution::gamma_shape_scale(exp(shape), exp(scale))?
        }
        (Family::Lognormal, &[mu, sigma]) => Distribution::lognormal_mu_sigma(mu, exp(sigma))?,
        (Family::Weibull, &[mu, sigma]) => Distribution::weibull_shape_scale(exp(-sigma), exp(mu))?,
        (Family::Hyperexponential, &[odds, first, second]) => {
            let p = [odds, -odds].map(logistic);
            Distribution::hyperexponential(p.to_vec(), vec![exp(first), exp(second)])?
        }
        _ => return Err(FitError::NoMaximum),
    })
}

/// The law of a family with the largest likelihood. The cost is that of the distinct durations, a microsecond or so each for every
/// step of the search: a few million observations are best rounded to a second or a tenth.
///
/// # Errors
/// Durations that are negative, not finite or not in rising order; too few observed to their end; all equal; zeros, where the family
/// has none; no maximum, as of a mixture where the data are no mixture; estimates beyond what a scenario may hold.
pub fn fit(family: Family, tallied: &[Tallied]) -> Result<Fit, FitError> {
    checked(tallied)?;
    let exact = || tallied.iter().filter(|t| t.exact > 0);
    let found = exact().map(|t| t.exact).sum();
    let needed = family.fewest();
    if found < needed {
        return Err(FitError::TooFew { found, needed });
    }
    match exact().next() {
        Some(t) if t.value == 0.0 && !family.has_zero() => return Err(FitError::Zeros(t.exact)),
        Some(t) if t.exact == found && (family != Family::Exponential || t.value == 0.0) => {
            return Err(FitError::AllEqual(t.value));
        }
        _ => {}
    }
    // A lower bound of 0 says nothing, and has no logarithm.
    let data: Vec<Datum> = tallied
        .iter()
        .filter(|t| t.count() > 0)
        .map(datum)
        .collect();
    let informed = |d: &&Datum| d.value > 0.0 || d.exact > 0.0;
    let data: Vec<Datum> = data.iter().filter(informed).copied().collect();
    let observations = tallied.iter().map(Tallied::count).sum();
    let done = maximum(family, &data).ok_or(FitError::NoMaximum)?;
    let law = law(family, &done.at)?;
    let error = |by: &[f64]| {
        let along = |column: usize| -> f64 {
            let each = done.root.iter().zip(by);
            each.map(|(row, b)| row.get(column).unwrap_or(&0.0) * b)
                .sum()
        };
        let squares = (0..by.len()).map(|c| along(c) * along(c));
        squares.sum::<f64>().sqrt()
    };
    let estimate = |(value, by): (f64, Vec<f64>)| Estimate {
        value,
        standard_error: error(&by),
    };
    let parameters = done.at.iter().enumerate().map(|(i, inner)| {
        let (value, slope) = natural(family, i, *inner);
        let mut by = vec![0.0; done.at.len()];
        by[i] = slope;
        estimate((value, by))
    });
    let [mean, cv] = moments(family, &done.at);
    Ok(Fit {
        family,
        parameters: parameters.collect(),
        mean: estimate(mean),
        cv: estimate(cv),
        log_likelihood: done.log_likelihood,
        aic: 2.0 * (done.at.len() as f64 - done.log_likelihood),
        observations,
        law,
        at: done.at,
        root: done.root,
    })
}

fn datum(t: &Tallied) -> Datum {
    Datum {
        value: t.value,
        log: libm::log(t.value),
        exact: t.exact as f64,
        censored: t.censored as f64,
    }
}

/// What a maximisation found.
struct Done {
    at: Vec<f64>,
    root: Vec<Vec<f64>>,
    log_likelihood: f64,
}

/// The largest likelihood of a family.
fn maximum(family: Family, data: &[Datum]) -> Option<Done> {
    let lognormal = |at: &[f64; 2]| {
        location_scale(
            data,
            at,
            likelihood::normal_density,
            likelihood::normal_survival,
        )
    };
    let weibull = |at: &[f64; 2]| {
        location_scale(
            data,
            at,
            likelihood::extreme_density,
            likelihood::extreme_survival,
        )
    };
    match family {
        Family::Exponential => Some(exponential(data)),
        Family::Gamma => done(maximise(start::gamma(data), |at| {
            likelihood::gamma(data, at)
        })),
        Family::Lognormal => done(maximise(start::lognormal(data), lognormal)),
        Family::Weibull => done(maximise([libm::log(start::mean(data)), 0.0], weibull)),
        Family::Hyperexponential => {
            let each = start::branches(data).into_iter();
            let found = each.filter_map(|s| maximise(s, |at| likelihood::two_branches(data, at)));
            let best = found.max_by(|a, b| a.value.total_cmp(&b.value));
            done(best.map(Maximum::shorter_branch_first))
        }
    }
}

/// The mean is the time at risk over the ends.
fn exponential(data: &[Datum]) -> Done {
    let ends: f64 = data.iter().map(|d| d.exact).sum();
    let log_mean = libm::log(start::mean(data));
    Done {
        at: vec![log_mean],
        root: vec![vec![1.0 / ends.sqrt()]],
        log_likelihood: -ends * (1.0 + log_mean),
    }
}

fn done<const N: usize>(maximum: Option<Maximum<N>>) -> Option<Done> {
    let maximum = maximum?;
    let root = cholesky(&maximum.covariance)?;
    Some(Done {
        at: maximum.at.to_vec(),
        root: root.iter().map(|row| row.to_vec()).collect(),
        log_likelihood: maximum.value,
    })
}

impl Maximum<3> {
    /// The same mixture with its branches in the order of their means.
    fn shorter_branch_first(mut self) -> Self {
        if self.at[1] > self.at[2] {
            self.at = [-self.at[0], self.at[2], self.at[1]];
            let (c, sign) = (self.covariance, [-1.0, 1.0, 1.0]);
            let from = [0, 2, 1];
            for i in 0..3 {
                for j in 0..3 {
                    self.covariance[i][j] = sign[i] * sign[j] * c[from[i]][from[j]];
                }
            }
        }
        self
    }
}

/// The `i`-th parameter on its own scale, and its derivative by the inner one.
fn natural(family: Family, i: usize, inner: f64) -> (f64, f64) {
    match (family, i) {
        (Family::Lognormal, 0) => (inner, 1.0),
        (Family::Weibull, 1) => (libm::exp(-inner), -libm::exp(-inner)),
        (Family::Hyperexponential, 0) => {
            let p = logistic(inner);
            (p, p * logistic(-inner))
        }
        _ => (libm::exp(inner), libm::exp(inner)),
    }
}

/// Mean and coefficient of variation, each with its derivatives by the inner parameters.
fn moments(family: Family, at: &[f64]) -> [(f64, Vec<f64>); 2] {
    use libm::exp;
    // From `ln (1 + cv²)` and its derivative.
    let spread = |log: f64, by: f64| {
        let cv = libm::expm1(log).sqrt();
        (cv, vec![0.0, exp(log) * by / (2.0 * cv)])
    };
    match (family, at) {
        (Family::Gamma, &[shape, scale]) => {
            let (mean, cv) = (exp(shape + scale), exp(-0.5 * shape));
            [(mean, vec![mean, mean]), (cv, vec![-0.5 * cv, 0.0])]
        }
        (Family::Lognormal, &[mu, sigma]) => {
            let square = exp(2.0 * sigma);
            let mean = exp(mu + 0.5 * square);
            [
                (mean, vec![mean, mean * square]),
                spread(square, 2.0 * square),
            ]
        }
        (Family::Weibull, &[mu, sigma]) => {
            let s = exp(sigma);
            let mean = exp(mu) * libm::tgamma(1.0 + s);
            let (once, twice) = (digamma(1.0 + s), digamma(1.0 + 2.0 * s));
            let log = libm::log1p(weibull_cv2(1.0 / s));
            [
                (mean, vec![mean, mean * s * once]),
                spread(log, 2.0 * s * (twice - once)),
            ]
        }
        (Family::Hyperexponential, &[odds, first, second]) => {
            let (p, q) = (logistic(odds), logistic(-odds));
            let (m, n) = (exp(first), exp(second));
            let (mean, half) = (p * m + q * n, p * m * m + q * n * n);
            let by = vec![p * q * (m - n), p * m, q * n];
            let by_half = [p * q * (m * m - n * n), 2.0 * p * m * m, 2.0 * q * n * n];
            let cv = (2.0 * half / (mean * mean) - 1.0).sqrt();
            let each = by_half.iter().zip(&by);
            let slope = |(h, b): (&f64, &f64)| (h - 2.0 * half * b / mean) / (mean * mean * cv);
            let cv = (cv, each.map(slope).collect());
            [(mean, by), cv]
        }
        _ => {
            let mean = at.first().map_or(f64::NAN, |log| exp(*log));
            [(mean, vec![mean]), (1.0, vec![0.0])]
        }
    }
}
