//! The upper tail of the gamma distribution with its derivatives by the shape.

use super::gamma_fn::gamma_term;
use super::special::{deviance, digamma, stirling_error, trigamma};
use std::f64::consts::TAU;

/// The upper tail of a gamma law of scale 1.
#[derive(Clone, Copy, Debug)]
pub(crate) struct UpperGamma {
    /// `ln Q(a, x)` and its first two derivatives by a.
    pub(crate) log: [f64; 3],
    /// x times the hazard: `x^a e^-x / (Γ(a) Q)`.
    pub(crate) hazard: f64,
}

/// A number with its first two derivatives by one variable.
#[derive(Clone, Copy)]
struct Dual([f64; 3]);

impl Dual {
    fn constant(value: f64) -> Self {
        Self([value, 0.0, 0.0])
    }

    fn plus(self, other: Self) -> Self {
        let (a, b) = (self.0, other.0);
        Self([a[0] + b[0], a[1] + b[1], a[2] + b[2]])
    }

    fn times(self, other: Self) -> Self {
        let (a, b) = (self.0, other.0);
        let second = a[2] * b[0] + 2.0 * a[1] * b[1] + a[0] * b[2];
        Self([a[0] * b[0], a[1] * b[0] + a[0] * b[1], second])
    }

    fn inverse(self) -> Self {
        let [v, d, dd] = self.0;
        let (r, s) = (1.0 / v, d / v);
        Self([r, -r * s, r * (2.0 * s * s - dd / v)])
    }

    fn log(self) -> [f64; 3] {
        let [v, d, dd] = self.0;
        let s = d / v;
        [libm::log(v), s, dd / v - s * s]
    }
}

/// The upper tail for a, x > 0, about 1e-13 relative, as far out as its logarithm is a number.
///
/// Source: the power series and the continued fraction of [`gamma_pq`](super::gamma_fn::gamma_pq), differentiated term by term.
pub(crate) fn upper_gamma(a: f64, x: f64) -> UpperGamma {
    // x^a e^-x / Γ(a), its logarithm and the derivatives of that.
    let log_factor = match a < 16.0 {
        true => a * libm::log(x) - x - libm::lgamma(a),
        false => 0.5 * libm::log(a / TAU) - stirling_error(a) - deviance(a, x),
    };
    let (by_a, by_aa) = (libm::log(x) - digamma(a), -trigamma(a));
    if x < a + 1.0 {
        // 1 - P with P the factor times Σ x^k / (a (a+1) ... (a+k)).
        let (mut sum, mut log_1, mut log_2) = ([0.0; 3], 0.0, 0.0);
        let (mut t, mut k) = (1.0, a);
        for i in 0..10_000 {
            t *= if i == 0 { 1.0 } else { x } / k;
            log_1 -= 1.0 / k;
            log_2 += 1.0 / (k * k);
            let second = t * (log_1 * log_1 + log_2);
            for (s, add) in sum.iter_mut().zip([t, t * log_1, second]) {
                *s += add;
            }
            if second < 1e-17 * sum[2] && t < 1e-17 * sum[0] {
                break;
            }
            k += 1.0;
        }
        let factor = a * gamma_term(a, x);
        let growth = factor * (by_a * by_a + by_aa);
        let lower = Dual([factor, factor * by_a, growth]).times(Dual(sum)).0;
        let upper = Dual([1.0 - lower[0], -lower[1], -lower[2]]);
        return UpperGamma {
            log: upper.log(),
            hazard: factor / upper.0[0],
        };
    }
    let mut b = x + 1.0 - a;
    let mut c = Dual::constant(1e300);
    let mut d = Dual([b, -1.0, 0.0]).inverse();
    let mut h = d;
    let mut i = 0.0;
    for _ in 0..10_000 {
        i += 1.0;
        b += 2.0;
        let (over, under) = (Dual([-i * (i - a), i, 0.0]), Dual([b, -1.0, 0.0]));
        d = over.times(d).plus(under).inverse();
        c = under.plus(over.times(c.inverse()));
        let step = c.times(d);
        h = h.times(step);
        // Of a whole shape the value ends early, the derivatives do not.
        let small = |n: usize| step.0[n].abs() <= 1e-17 * h.0[n].abs() / h.0[0];
        if (step.0[0] - 1.0).abs() < 2e-16 && small(1) && small(2) {
            break;
        }
    }
    let [log, first, second] = h.log();
    UpperGamma {
        log: [log_factor + log, by_a + first, by_aa + second],
        hazard: 1.0 / h.0[0],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Figures of mpmath with 40 digits.
    #[test]
    fn derivatives_by_the_shape() {
        for (a, x, log, first, second) in FIGURES {
            let got = upper_gamma(a, x);
            for (got, want) in got.log.into_iter().zip([log, first, second]) {
                let tolerance = 2e-12 * f64::abs(want) + 1e-15;
                assert!((got - want).abs() <= tolerance, "{a} {x}: {got} {want}");
            }
        }
    }

    #[rustfmt::skip]
    const FIGURES: [(f64, f64, f64, f64, f64); 13] = [
        (0.3, 0.01, -0.327_450_450_497_272_8, 1.720_905_488_687_572, -10.169_666_126_119_42),
        (0.3, 5.0, -7.336_511_403_146_536, 5.267_901_148_992_185, -12.226_098_569_055_24),
        (1.0, 0.5, -0.5, 0.806_979_116_825_318, -1.315_306_238_970_889),
        (1.0, 3.0, -3.0, 1.937_911_693_824_961, -1.597_973_660_047_864),
        (2.5, 3.0, -1.183_455_013_169_167, 0.743_091_094_623_870_7, -0.422_195_713_671_415_6),
        (2.5, 40.0, -34.714_103_456_537_93, 3.011_008_971_120_079, -0.489_749_476_716_029_3),
        (3.0, 9.0, -5.078_026_663_718_686, 1.395_249_389_873_013, -0.383_364_114_279_394_4),
        (17.3, 10.0, -0.022_696_749_580_040_2, 0.014_439_198_341_829_16, -0.008_165_096_124_673_444),
        (17.3, 60.0, -24.468_829_951_038_67, 1.294_865_495_586_619, -0.059_046_522_565_521_93),
        (300.0, 290.0, -0.337_118_159_596_575_5, 0.027_681_348_233_276_14, -0.001_704_984_128_977_603),
        (300.0, 330.0, -3.103_535_239_120_915, 0.119_792_223_982_457_4, -0.002_929_697_004_934_269),
        (0.05, 1e-06, -0.723_251_718_009_730_1, 14.131_702_462_350_7, -386.280_294_465_564_9),
        (2.0, 900.0, -893.196_494_742_391_7, 6.380_721_537_969_769, -0.644_932_835_020_754_4),
    ];
}
