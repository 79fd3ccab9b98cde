//! Regularized incomplete gamma functions and their inverses.

use super::special::{deviance, log1p_minus, normal_quantile, stirling_error};

/// Quantile of the gamma distribution of shape `a` and scale 1 at p, or at 1 - p if `upper`: precise for tiny p in either tail.
///
/// NaN when `a` is not above 0 or p is outside [0, 1]; 0 at 0, ∞ at 1. Newton's method on `ln P` (or `ln Q`, see [`gamma_pq`])
/// against `ln x`, both concave, so that it converges from any start.
pub fn gamma_quantile(a: f64, p: f64, upper: bool) -> f64 {
    if a.is_nan() || a <= 0.0 || !(0.0..=1.0).contains(&p) {
        return f64::NAN;
    }
    match (p <= 0.5, upper) {
        (true, false) => lower_quantile(a, p),
        (true, true) => upper_quantile(a, p),
        (false, false) => upper_quantile(a, 1.0 - p),
        (false, true) => lower_quantile(a, 1.0 - p),
    }
}

/// `x^a e^-x / Γ(a+1)` for a, x > 0: the Poisson probability of a at mean x, continued to real a. Source: Loader (2000).
pub(crate) fn gamma_term(a: f64, x: f64) -> f64 {
    if a < 16.0 {
        return libm::exp(a * libm::log(x) - x - libm::lgamma(a + 1.0));
    }
    libm::exp(-stirling_error(a) - deviance(a, x)) / (std::f64::consts::TAU * a).sqrt()
}

/// Regularized incomplete gamma functions `P(a, x) = ∫_0^x t^(a-1) e^-t dt / Γ(a)` and `Q = 1 - P`, each precise also where it is
/// tiny: about 1e-13 relative.
///
/// P is the probability that a gamma variable of shape `a` and scale 1 is at most x. NaN when `a` is not above 0 or x is NaN; 0 and 1
/// for x <= 0.
/// Source: power series and continued fraction (Abramowitz and Stegun 6.5.29, 6.5.31) with Loader's prefactor; for
/// a >= 200 near the bulk, Gauss-Legendre quadrature of the integrand relative to its value at x.
pub fn gamma_pq(a: f64, x: f64) -> (f64, f64) {
    if a.is_nan() || a <= 0.0 || x.is_nan() || a.is_infinite() {
        return (f64::NAN, f64::NAN);
    }
    if x <= 0.0 {
        return (0.0, 1.0);
    }
    if x.is_infinite() {
        return (1.0, 0.0);
    }
    let term = gamma_term(a, x);
    if a >= 200.0 && x > 0.3 * a && x < 3.0 * a {
        let side = if x > a { 1.0 } else { -1.0 };
        let tail = (a * term * tail_integral(a, x, side)).min(1.0);
        return if x > a {
            (1.0 - tail, tail)
        } else {
            (tail, 1.0 - tail)
        };
    }
    if x < a + 1.0 {
        let mut s = 1.0;
        let mut t = 1.0;
        let mut k = a;
        for _ in 0..10_000 {
            k += 1.0;
            t *= x / k;
            s += t;
            if t < s * 1e-17 {
                break;
            }
        }
        let p = (term * s).min(1.0);
        return (p, 1.0 - p);
    }
    let tiny = 1e-300;
    let guard = |v: f64| if v.abs() < tiny { tiny } else { v };
    let mut b = x + 1.0 - a;
    let mut c = 1.0 / tiny;
    let mut d = 1.0 / b;
    let mut h = d;
    let mut i = 0.0;
    for _ in 0..10_000 {
        i += 1.0;
        let an = -i * (i - a);
        b += 2.0;
        d = 1.0 / guard(an * d + b);
        c = guard(b + an / c);
        let step = d * c;
        h *= step;
        if (step - 1.0).abs() < 2e-16 {
            break;
        }
    }
    let q = (a * term * h).clamp(0.0, 1.0);
    (1.0 - q, q)
}

/// Nodes and weights of 8-point Gauss-Legendre quadrature on [-1, 1] (positive half).
const GAUSS: [(f64, f64); 4] = [
    (0.183_434_642_495_649_8, 0.362_683_783_378_362),
    (0.525_532_409_916_329, 0.313_706_645_877_887_3),
    (0.796_666_477_413_626_7, 0.222_381_034_453_374_48),
    (0.960_289_856_497_536_3, 0.101_228_536_290_376_26),
];

/// `∫ (t/x)^(a-1) e^(x-t) dt / x` from x outwards (`side` +1: to ∞, -1: to 0), with t = x (1 ± y).
fn tail_integral(a: f64, x: f64, side: f64) -> f64 {
    let linear = side * (a - 1.0 - x);
    let exponent = |y: f64| (a - 1.0) * log1p_minus(side * y) + linear * y;
    // where the integrand has fallen by e^-40: the root of the quadratic approximation, then outwards if need be
    let half = 0.5 * (a - 1.0);
    let mut end = (linear + (linear * linear + 160.0 * half).sqrt()) / (2.0 * half);
    let limit = if side < 0.0 { 1.0 } else { f64::INFINITY };
    for _ in 0..100 {
        if end >= limit {
            end = limit;
            break;
        }
        if exponent(end) < -40.0 {
            break;
        }
        end *= 1.2;
    }
    const PANELS: u32 = 12;
    let width = end / f64::from(PANELS);
    let mut sum = 0.0;
    for k in 0..PANELS {
        let mid = (f64::from(k) + 0.5) * width;
        for (node, weight) in GAUSS {
            let d = 0.5 * width * node;
            sum += weight * (libm::exp(exponent(mid - d)) + libm::exp(exponent(mid + d)));
        }
    }
    0.5 * width * sum
}

/// Wilson and Hilferty's (1931) approximate quantile of shape `a` at the normal deviate z; `None` where it fails.
fn wilson_hilferty(a: f64, z: f64) -> Option<f64> {
    let base = 1.0 - 1.0 / (9.0 * a) + z / (3.0 * a.sqrt());
    (base > 0.1).then_some(a * base * base * base)
}

/// The x with P(a, x) = p, for p in [0, 1/2].
fn lower_quantile(a: f64, p: f64) -> f64 {
    if p <= 0.0 {
        return 0.0;
    }
    // P(a, x) <= x^a / Γ(a+1), with equality in the limit of small x: a lower bound of the root
    let bound = libm::exp((libm::log(p) + libm::lgamma(a + 1.0)) / a);
    if bound < 1e-17 {
        return bound;
    }
    let start = wilson_hilferty(a, normal_quantile(p)).map_or(bound, |g| g.max(bound));
    newton(a, p, start, None)
}

/// The x with Q(a, x) = q, for q in [0, 1/2].
fn upper_quantile(a: f64, q: f64) -> f64 {
    if q <= 0.0 {
        return f64::INFINITY;
    }
    // Chernoff's bound for a gamma variable: an upper bound of the root
    let l = -libm::log(q);
    let bound = a + (2.0 * a * l).sqrt() + l;
    let start = wilson_hilferty(a, -normal_quantile(q)).map_or(bound, |g| g.min(bound));
    newton(a, q, start, Some(bound))
}

/// The x at which a tail is `p`, from a first guess: the upper tail, with an upper bound of the root, or the lower one.
fn newton(a: f64, p: f64, mut x: f64, upper: Option<f64>) -> f64 {
    for _ in 0..100 {
        let (below, above) = gamma_pq(a, x);
        let (f, sign, nearer) = match upper {
            Some(_) => (above, 1.0, 0.75),
            None => (below, -1.0, 1.5),
        };
        if f <= 0.0 {
            x *= nearer;
            continue;
        }
        let step = sign * libm::log(f / p) * f / (a * gamma_term(a, x));
        x *= libm::exp(step.clamp(-50.0, 50.0));
        if step.abs() * a.sqrt().max(1.0) < 1e-8 {
            break;
        }
        x = upper.map_or(x, |bound| x.min(bound));
    }
    x
}
