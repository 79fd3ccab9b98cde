//! Special functions: normal distribution, log-odds, and what the incomplete gamma and beta functions are made of.
//!
//! Every transcendental step goes through the `libm` crate, so that a result is the same bytes on every machine.
//! Arguments outside a function's domain give NaN; nothing here panics.

/// ln(sqrt(2 pi)).
const LN_SQRT_2PI: f64 = 0.918_938_533_204_672_8;

/// Error of Stirling's formula, `ln Γ(x+1) - (x+1/2) ln x + x - ln sqrt(2π)`, for x > 0.
///
/// Source: C. Loader (2000), Fast and accurate computation of binomial probabilities.
pub(crate) fn stirling_error(x: f64) -> f64 {
    if x < 16.0 {
        return libm::lgamma(x + 1.0) - (x + 0.5) * libm::log(x) + x - LN_SQRT_2PI;
    }
    let y = 1.0 / (x * x);
    (1.0 / 12.0
        - (1.0 / 360.0
            - (1.0 / 1260.0 - (1.0 / 1680.0 - (1.0 / 1188.0 - (691.0 / 360_360.0) * y) * y) * y)
                * y)
            * y)
        / x
}

/// Deviance `x ln(x/m) + m - x` without cancellation when x is near m (x, m > 0). Source: Loader (2000).
pub(crate) fn deviance(x: f64, m: f64) -> f64 {
    let d = x - m;
    if d.abs() < 0.1 * (x + m) {
        let v = d / (x + m);
        let mut s = d * v;
        let mut e = 2.0 * x * v;
        let v2 = v * v;
        let mut odd = 1.0;
        for _ in 0..100 {
            e *= v2;
            odd += 2.0;
            let next = s + e / odd;
            if next == s {
                break;
            }
            s = next;
        }
        return s;
    }
    x * libm::log(x / m) + m - x
}

/// `ln(1+y) - y` without cancellation for small y (y > -1).
pub(crate) fn log1p_minus(y: f64) -> f64 {
    if y.abs() > 0.3 {
        return libm::log1p(y) - y;
    }
    let r = y / (2.0 + y);
    let w = r * r;
    let mut s = 0.0;
    let mut odd = 27.0;
    while odd >= 3.0 {
        s = s * w + 1.0 / odd;
        odd -= 2.0;
    }
    r * (2.0 * w * s - y)
}

/// Standard normal distribution function, `P(Z <= x)`, with relative precision in the lower tail.
///
/// `erfc(-x / sqrt 2) / 2`.
pub fn normal_cdf(x: f64) -> f64 {
    0.5 * libm::erfc(-x * std::f64::consts::FRAC_1_SQRT_2)
}

/// Standard normal quantile: the z with `P(Z <= z) = p`.
///
/// -∞ at 0, ∞ at 1, NaN outside [0, 1]. Relative accuracy about 1e-16; for an upper tail use
/// `-normal_quantile(q)`, which keeps the precision of a small q.
/// Source: M. J. Wichura (1988), algorithm AS 241, PPND16.
pub fn normal_quantile(p: f64) -> f64 {
    if !(0.0..=1.0).contains(&p) {
        return f64::NAN;
    }
    let q = p - 0.5;
    if q.abs() <= 0.425 {
        let r = 0.180625 - q * q;
        let (above, below) = polynomials(r, &CENTRE);
        return q * above / below;
    }
    let tail = if q < 0.0 { p } else { 1.0 - p };
    if tail <= 0.0 {
        return f64::INFINITY.copysign(q);
    }
    let r = (-libm::log(tail)).sqrt();
    let (above, below) = match r <= 5.0 {
        true => polynomials(r - 1.6, &MIDDLE),
        false => polynomials(r - 5.0, &FAR),
    };
    let v = above / below;
    if q < 0.0 { -v } else { v }
}

/// Coefficients of numerator and denominator, those of the highest power first.
type Rational = [(f64, f64); 8];

/// Numerator and denominator of a rational function.
fn polynomials(x: f64, coefficients: &Rational) -> (f64, f64) {
    let step = |(n, d), (a, b): &(f64, f64)| (n * x + a, d * x + b);
    coefficients.iter().fold((0.0, 0.0), step)
}

/// Coefficients near the median.
#[allow(clippy::excessive_precision, reason = "as published")]
const CENTRE: Rational = [
    (2.5090809287301226727e3, 5.2264952788528545610e3),
    (3.3430575583588128105e4, 2.8729085735721942674e4),
    (6.7265770927008700853e4, 3.9307895800092710610e4),
    (4.5921953931549871457e4, 2.1213794301586595867e4),
    (1.3731693765509461125e4, 5.3941960214247511077e3),
    (1.9715909503065514427e3, 6.8718700749205790830e2),
    (1.3314166789178437745e2, 4.2313330701600911252e1),
    (3.3871328727963666080e0, 1.0),
];
/// Coefficients in the tails.
#[allow(clippy::excessive_precision, reason = "as published")]
const MIDDLE: Rational = [
    (7.7454501427834140764e-4, 1.05075007164441684324e-9),
    (2.27238449892691845833e-2, 5.475938084995344946e-4),
    (2.41780725177450611770e-1, 1.51986665636164571966e-2),
    (1.27045825245236838258e0, 1.48103976427480074590e-1),
    (3.64784832476320460504e0, 6.89767334985100004550e-1),
    (5.76949722146069140550e0, 1.67638483018380384940e0),
    (4.63033784615654529590e0, 2.05319162663775882187e0),
    (1.42343711074968357734e0, 1.0),
];
/// Coefficients far out in the tails.
#[allow(clippy::excessive_precision, reason = "as published")]
const FAR: Rational = [
    (2.01033439929228813265e-7, 2.04426310338993978564e-15),
    (2.71155556874348757815e-5, 1.42151175831644588870e-7),
    (1.24266094738807843860e-3, 1.84631831751005468180e-5),
    (2.65321895265761230930e-2, 7.86869131145613259100e-4),
    (2.96560571828504891230e-1, 1.48753612908506148525e-2),
    (1.78482653991729133580e0, 1.36929880922735805310e-1),
    (5.46378491116411436990e0, 5.99832206555887937690e-1),
    (6.65790464350110377720e0, 1.0),
];

/// Log-odds `ln(p / (1-p))`: -∞ at 0, ∞ at 1, NaN outside [0, 1].
pub fn logit(p: f64) -> f64 {
    libm::log(p) - libm::log1p(-p)
}

/// Inverse of [`logit`]: `1 / (1 + exp(-x))`, with relative precision for very negative x.
pub fn logistic(x: f64) -> f64 {
    if x < 0.0 {
        let e = libm::exp(x);
        e / (1.0 + e)
    } else {
        1.0 / (1.0 + libm::exp(-x))
    }
}

/// Digamma function, the derivative of `ln Γ`, for x > 0: the recurrence up to 10, then the asymptotic series
/// (Abramowitz and Stegun 6.3.5, 6.3.18).
pub(crate) fn digamma(x: f64) -> f64 {
    let (mut x, mut below) = (x, 0.0);
    while x < 10.0 {
        below += 1.0 / x;
        x += 1.0;
    }
    let y = 1.0 / (x * x);
    let series = BERNOULLI.iter().rev().fold(0.0, |s, b| (s + b.0) * y);
    libm::log(x) - 0.5 / x - series - below
}

/// Trigamma function, the derivative of [`digamma`], for x > 0 (Abramowitz and Stegun 6.4.6, 6.4.12).
pub(crate) fn trigamma(x: f64) -> f64 {
    let (mut x, mut below) = (x, 0.0);
    while x < 10.0 {
        below += 1.0 / (x * x);
        x += 1.0;
    }
    let y = 1.0 / (x * x);
    let series = BERNOULLI.iter().rev().fold(0.0, |s, b| (s + b.1) * y);
    (1.0 + 0.5 / x + series) / x + below
}

/// Bernoulli numbers `B_2k` over 2k, and themselves, from k = 1.
const BERNOULLI: [(f64, f64); 8] = [
    (1.0 / 12.0, 1.0 / 6.0),
    (-1.0 / 120.0, -1.0 / 30.0),
    (1.0 / 252.0, 1.0 / 42.0),
    (-1.0 / 240.0, -1.0 / 30.0),
    (1.0 / 132.0, 5.0 / 66.0),
    (-691.0 / 32_760.0, -691.0 / 2730.0),
    (1.0 / 12.0, 7.0 / 6.0),
    (-3617.0 / 8160.0, -3617.0 / 510.0),
];

/// ζ(2), ζ(3), ..., ζ(12).
const ZETA: [f64; 11] = [
    1.644_934_066_848_226_4,
    1.202_056_903_159_594_2,
    1.082_323_233_711_138_2,
    1.036_927_755_143_37,
    1.017_343_061_984_449,
    1.008_349_277_381_922_8,
    1.004_077_356_197_944_3,
    1.002_008_392_826_082_2,
    1.000_994_575_127_818_1,
    1.000_494_188_604_119_5,
    1.000_246_086_553_308,
];

/// Squared coefficient of variation of a Weibull distribution, `Γ(1+2/k) / Γ(1+1/k)² - 1`, without cancellation for large k.
pub(crate) fn weibull_cv2(shape: f64) -> f64 {
    let e = 1.0 / shape;
    let log_ratio = if e < 0.02 {
        // Taylor: ln Γ(1+e) = -γe + Σ ζ(k) (-e)^k / k
        let (mut s, mut power, mut two) = (0.0, e * e, 4.0);
        for (i, z) in ZETA.iter().enumerate() {
            let k = (i + 2) as f64;
            s += z * power * (two - 2.0) / k;
            power *= -e;
            two *= 2.0;
        }
        s
    } else {
        libm::lgamma(1.0 + 2.0 * e) - 2.0 * libm::lgamma(1.0 + e)
    };
    libm::expm1(log_ratio)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weibull_series_joins_the_direct_formula() {
        let (a, b) = (weibull_cv2(50.0 - 1e-9), weibull_cv2(50.0 + 1e-9));
        assert!((a / b - 1.0).abs() < 1e-9);
        assert!((weibull_cv2(1.0) - 1.0).abs() < 1e-13);
    }
}
