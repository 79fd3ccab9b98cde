//! Probabilities whose log-odds are moved by a standard normal variable.

use super::special::logit;

/// The mean of logistic(b - a Z) over a standard normal Z: a trapezoid, good to eight digits for `a` up to 4.
pub fn mean_logistic(b: f64, a: f64) -> f64 {
    if a == 0.0 {
        return 1.0 / (1.0 + libm::exp(-b));
    }
    let (mut sum, mut weight) = (0.0, 0.0);
    for i in -32..=32 {
        let z = f64::from(i) * 0.25;
        let w = libm::exp(-0.5 * z * z);
        sum += w / (1.0 + libm::exp(a * z - b));
        weight += w;
    }
    sum / weight
}

/// The b for which the mean of logistic(b - a Z) over a standard normal Z is p: Newton's method on a fine trapezoid, kept within what
/// is known to hold b.
pub fn intercept(p: f64, a: f64) -> f64 {
    let nodes: Vec<(f64, f64)> = (-160..=160)
        .map(|i| {
            let z = f64::from(i) * 0.05;
            (a * z, libm::exp(-0.5 * z * z))
        })
        .collect();
    let weight: f64 = nodes.iter().map(|n| n.1).sum();
    let (mut low, mut high) = (-800.0, 800.0);
    let mut b = logit(p);
    for _ in 0..200 {
        let (mut mean, mut rise) = (0.0, 0.0);
        for &(az, w) in &nodes {
            let q = 1.0 / (1.0 + libm::exp(az - b));
            mean += w * q;
            rise += w * q * (1.0 - q);
        }
        let miss = mean / weight - p;
        if miss < 0.0 {
            low = b
        } else {
            high = b
        }
        let newton = b - miss * weight / rise;
        let next = if newton > low && newton < high {
            newton
        } else {
            0.5 * (low + high)
        };
        if (next - b).abs() <= 1e-15 * b.abs().max(1.0) {
            return next;
        }
        b = next;
    }
    b
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn intercept_keeps_the_mean() {
        // With slope 0 the intercept is the plain logit.
        assert!((intercept(0.52, 0.0) - libm::log(0.52 / 0.48)).abs() < 1e-9);
        // Against a large stratified sample of z.
        for (p, a) in [(0.52, 1.0), (0.1, 2.5), (0.9, 0.3)] {
            let b = intercept(p, a);
            let n = 100_000;
            let mean: f64 = (0..n)
                .map(|i| {
                    let z =
                        crate::dist::special::normal_quantile((f64::from(i) + 0.5) / f64::from(n));
                    1.0 / (1.0 + libm::exp(a * z - b))
                })
                .sum::<f64>()
                / f64::from(n);
            assert!((mean - p).abs() < 1e-5, "{p} {a} {mean}");
        }
    }
}
