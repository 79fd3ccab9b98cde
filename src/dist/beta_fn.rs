//! Regularized incomplete beta function and its inverse.

use super::special::{deviance, logistic, normal_quantile, stirling_error};

/// Quantile of the beta(a, b) distribution at p, or at 1 - p if `upper`: precise for tiny p in either tail. NaN outside the domain.
pub fn beta_quantile(a: f64, b: f64, p: f64, upper: bool) -> f64 {
    let (p, q) = if upper { (1.0 - p, p) } else { (p, 1.0 - p) };
    logistic(beta_quantile_logit(a, b, p, q))
}

/// `x^a y^b / B(a, b)` with y = 1 - x.
fn beta_term(a: f64, b: f64, x: f64, y: f64) -> f64 {
    let n = a + b;
    let e = stirling_error(n)
        - stirling_error(a)
        - stirling_error(b)
        - deviance(a, n * x)
        - deviance(b, n * y);
    libm::exp(e) * (a * b / (std::f64::consts::TAU * n)).sqrt()
}

/// Regularized incomplete beta function `I_x(a, b) = ∫_0^x t^(a-1) (1-t)^(b-1) dt / B(a, b)`, and 1 less it, with y = 1 - x given apart so
/// that neither loses digits.
///
/// The probability that a beta(a, b) variable is at most x. NaN when a or b is not above 0 or x is NaN; 0 below 0 and 1
/// above 1. Relative accuracy about 1e-13, also where it is tiny; work about sqrt(a + b) steps.
/// Source: the continued fraction (Abramowitz and Stegun 26.5.8) with Loader's prefactor.
pub fn beta_pq(a: f64, b: f64, x: f64, y: f64) -> (f64, f64) {
    if !valid(a, b) || x.is_nan() || y.is_nan() {
        return (f64::NAN, f64::NAN);
    }
    if x <= 0.0 {
        return (0.0, 1.0);
    }
    if y <= 0.0 {
        return (1.0, 0.0);
    }
    let term = beta_term(a, b, x, y);
    if x <= (a + 1.0) / (a + b + 2.0) {
        let p = (term * fraction(a, b, x) / a).clamp(0.0, 1.0);
        (p, 1.0 - p)
    } else {
        let q = (term * fraction(b, a, y) / b).clamp(0.0, 1.0);
        (1.0 - q, q)
    }
}

/// The continued fraction of the incomplete beta function by Lentz's method.
fn fraction(a: f64, b: f64, x: f64) -> f64 {
    let tiny = 1e-300;
    let guard = |v: f64| if v.abs() < tiny { tiny } else { v };
    let mut c = 1.0;
    let mut d = 1.0 / guard(1.0 - (a + b) * x / (a + 1.0));
    let mut h = d;
    let mut m = 0.0;
    for _ in 0..1_000_000 {
        m += 1.0;
        let m2 = 2.0 * m;
        let even = m * (b - m) * x / ((a + m2 - 1.0) * (a + m2));
        d = 1.0 / guard(1.0 + even * d);
        c = guard(1.0 + even / c);
        h *= d * c;
        let odd = -(a + m) * (a + b + m) * x / ((a + m2) * (a + m2 + 1.0));
        d = 1.0 / guard(1.0 + odd * d);
        c = guard(1.0 + odd / c);
        let step = d * c;
        h *= step;
        if (step - 1.0).abs() < 2e-16 {
            break;
        }
    }
    h
}

/// `ln(x / (1-x))` at the x with `I_x(a, b) = p`, where q = 1 - p; NaN outside the domain.
pub(crate) fn beta_quantile_logit(a: f64, b: f64, p: f64, q: f64) -> f64 {
    let sane = valid(a, b);
    if !sane || !(0.0..=1.0).contains(&p) || !(0.0..=1.0).contains(&q) {
        return f64::NAN;
    }
    if p <= q {
        lower(a, b, p)
    } else {
        -lower(b, a, q)
    }
}

/// Newton's method on `ln I` against the log-odds of x, which is concave, so that it converges from any start.
fn lower(a: f64, b: f64, p: f64) -> f64 {
    if p <= 0.0 {
        return f64::NEG_INFINITY;
    }
    let ln_beta = libm::lgamma(a) + libm::lgamma(b) - libm::lgamma(a + b);
    let small = (libm::log(p) + libm::log(a) + ln_beta) / a;
    if small < -40.0 {
        return small;
    }
    let centre = libm::log(a / b);
    let mut u = if a.min(b) > 1.0 {
        centre + normal_quantile(p) * (1.0 / a + 1.0 / b).sqrt()
    } else {
        small.min(centre)
    };
    for _ in 0..200 {
        let (x, y) = (logistic(u), logistic(-u));
        let (f, term) = (beta_pq(a, b, x, y).0, beta_term(a, b, x, y));
        if f <= 0.0 || term <= 0.0 {
            u = 0.5 * (u + centre);
            continue;
        }
        let step = -libm::log(f / p) * f / term;
        u += step.clamp(-20.0, 20.0);
        if step.abs() * a.min(b).sqrt().max(1.0) < 1e-8 {
            break;
        }
    }
    u
}

/// Whether a and b are shapes of a beta distribution.
fn valid(a: f64, b: f64) -> bool {
    a > 0.0 && b > 0.0 && (a + b).is_finite()
}
