//! Log-densities and log-survival functions of the laws, with their derivatives.

use super::newton::Jet;
use crate::dist::gamma_shape::upper_gamma;
use crate::dist::special::{digamma, normal_cdf, trigamma};

/// One duration of the data.
#[derive(Clone, Copy, Debug)]
pub(super) struct Datum {
    pub(super) value: f64,
    pub(super) log: f64,
    pub(super) exact: f64,
    pub(super) censored: f64,
}

/// Log-likelihood of all durations.
pub(super) fn total<const N: usize>(
    data: &[Datum],
    density: impl Fn(&Datum) -> Jet<N>,
    survival: impl Fn(&Datum) -> Jet<N>,
) -> Jet<N> {
    let mut sum = Jet::ZERO;
    for d in data {
        if d.exact > 0.0 {
            sum.add(d.exact, &density(d));
        }
        if d.censored > 0.0 {
            sum.add(d.censored, &survival(d));
        }
    }
    sum
}

/// A function of `z = (ln x - mu) / sigma` with its first two derivatives.
pub(super) type OfScore = fn(f64) -> [f64; 3];

/// Laws whose logarithm has a location `mu` and a scale `sigma`; the parameters are `mu` and `ln sigma`.
pub(super) fn location_scale(
    data: &[Datum],
    &[mu, log_sigma]: &[f64; 2],
    density: OfScore,
    survival: OfScore,
) -> Jet<2> {
    let sigma = libm::exp(log_sigma);
    let jet = |d: &Datum, f: OfScore| {
        let z = (d.log - mu) / sigma;
        let [value, first, second] = f(z);
        let by = [-1.0 / sigma, -z];
        let cross = second * by[0] * by[1] + first / sigma;
        Jet {
            value,
            gradient: by.map(|b| first * b),
            hessian: [
                [second * by[0] * by[0], cross],
                [cross, second * z * z + first * z],
            ],
        }
    };
    let exact = |d: &Datum| {
        let mut jet = jet(d, density);
        jet.value -= log_sigma + d.log;
        jet.gradient[1] -= 1.0;
        jet
    };
    total(data, exact, |d| jet(d, survival))
}

const LN_SQRT_2PI: f64 = 0.918_938_533_204_672_8;

/// Log-density of the normal law.
pub(super) fn normal_density(z: f64) -> [f64; 3] {
    [-0.5 * z * z - LN_SQRT_2PI, -z, -1.0]
}

/// Logarithm of the upper tail of the normal law.
pub(super) fn normal_survival(z: f64) -> [f64; 3] {
    let log_density = -0.5 * z * z - LN_SQRT_2PI;
    // Mills' ratio, far out by its continued fraction, where the tail is no number any more.
    let log_tail = match z < 25.0 {
        true => libm::log(normal_cdf(-z)),
        false => log_density - libm::log((1..=40).rev().fold(z, |c, k| z + f64::from(k) / c)),
    };
    let hazard = libm::exp(log_density - log_tail);
    [log_tail, -hazard, -hazard * (hazard - z)]
}

/// Log-density of the logarithm of an exponential variable of mean 1.
pub(super) fn extreme_density(z: f64) -> [f64; 3] {
    let e = libm::exp(z);
    [z - e, 1.0 - e, -e]
}

/// Logarithm of its upper tail.
pub(super) fn extreme_survival(z: f64) -> [f64; 3] {
    [-libm::exp(z); 3]
}

/// The gamma law; the parameters are `ln shape` and `ln scale`.
pub(super) fn gamma(data: &[Datum], &[log_shape, log_scale]: &[f64; 2]) -> Jet<2> {
    let (shape, scale) = (libm::exp(log_shape), libm::exp(log_scale));
    // Beyond, the tail's series is too long: a constant rather than a gamma law.
    let censored = data.iter().any(|d| d.censored > 0.0);
    if shape > if censored { 1e5 } else { 1e8 } {
        return Jet {
            value: f64::NAN,
            ..Jet::ZERO
        };
    }
    let (psi, psi1) = (digamma(shape), trigamma(shape));
    let log_gamma = libm::lgamma(shape);
    // From derivatives by the shape to those by its logarithm.
    let jet = |value: f64, by_a: f64, by_aa: f64, by_s: f64, by_as: f64, by_ss: f64| Jet {
        value,
        gradient: [shape * by_a, by_s],
        hessian: [
            [shape * shape * by_aa + shape * by_a, shape * by_as],
            [shape * by_as, by_ss],
        ],
    };
    let density = |d: &Datum| {
        let (y, log) = (d.value / scale, d.log - log_scale);
        let value = shape * log - y - log_gamma - d.log;
        jet(value, log - psi, -psi1, y - shape, -1.0, -y)
    };
    let survival = |d: &Datum| {
        let y = d.value / scale;
        if y <= 0.0 {
            return Jet::ZERO;
        }
        let upper = upper_gamma(shape, y);
        let ([value, by_a, by_aa], k) = (upper.log, upper.hazard);
        let by_as = k * (d.log - log_scale - psi - by_a);
        jet(value, by_a, by_aa, k, by_as, -k * (shape - y + k))
    };
    total(data, density, survival)
}

/// Two exponential branches; the parameters are the log-odds of the first, and the logarithms of both means.
pub(super) fn two_branches(data: &[Datum], &[log_odds, log_1, log_2]: &[f64; 3]) -> Jet<3> {
    // ln p and ln (1 - p)
    let log_p = [-log_odds, log_odds].map(|x| -log1p_exp(x));
    let p = log_p.map(libm::exp);
    let logs = [log_1, log_2];
    let rates = logs.map(|l| libm::exp(-l));
    let mixed = |d: &Datum, dense: f64| {
        let scaled = rates.map(|r| r * d.value);
        let branch = |i: usize| log_p[i] - dense * logs[i] - scaled[i];
        let (a, b) = (branch(0), branch(1));
        let value = a.max(b) + libm::log1p(libm::exp(-(a - b).abs()));
        let w = [a, b].map(|u| libm::exp(u - value));
        // Derivatives of each branch.
        let by_odds = [p[1], -p[0]];
        let by_log = scaled.map(|s| s - dense);
        let gradient = [
            w[0] * by_odds[0] + w[1] * by_odds[1],
            w[0] * by_log[0],
            w[1] * by_log[1],
        ];
        let mut hessian = [[0.0; 3]; 3];
        hessian[0][0] = -p[0] * p[1] + w[0] * p[1] * p[1] + w[1] * p[0] * p[0];
        for i in 0..2 {
            hessian[0][i + 1] = w[i] * by_odds[i] * by_log[i];
            hessian[i + 1][0] = hessian[0][i + 1];
            hessian[i + 1][i + 1] = w[i] * (by_log[i] * by_log[i] - scaled[i]);
        }
        for i in 0..3 {
            for j in 0..3 {
                hessian[i][j] -= gradient[i] * gradient[j];
            }
        }
        Jet {
            value,
            gradient,
            hessian,
        }
    };
    total(data, |d| mixed(d, 1.0), |d| mixed(d, 0.0))
}

/// `ln (1 + e^x)`.
fn log1p_exp(x: f64) -> f64 {
    x.max(0.0) + libm::log1p(libm::exp(-x.abs()))
}
