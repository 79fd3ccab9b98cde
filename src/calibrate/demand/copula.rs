//! From correlations of gamma factors to those of the normal scores behind them.

use crate::dist::counts::gamma_at_score;
use crate::dist::special::trigamma;

/// What is correlated: the factors or their logarithms.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Of {
    Factor,
    Logarithm,
}

/// The correlation of normal scores at which gamma factors of this coefficient of variation, or their logarithms, have `correlation`.
pub(super) fn score_correlation(of: Of, cv: f64, correlation: f64) -> f64 {
    // The difference is below 1e-4 then.
    if cv < 0.02 {
        return correlation;
    }
    let grid = Grid::new(of, cv);
    let (mut low, mut high) = (-0.9999, 0.9999);
    for _ in 0..40 {
        let middle = 0.5 * (low + high);
        match grid.correlation(middle) < correlation {
            true => low = middle,
            false => high = middle,
        }
    }
    0.5 * (low + high)
}

/// Coefficients of a function of a normal score in Hermite polynomials: the correlation is a power series in that of the scores.
struct Grid {
    squares: Vec<f64>,
}

impl Grid {
    fn new(of: Of, cv: f64) -> Self {
        const STEP: f64 = 1.0 / 16.0;
        let value = |z: f64| {
            let factor = gamma_at_score(cv, z);
            match of {
                Of::Factor => factor,
                Of::Logarithm => libm::log(factor.max(1e-300)),
            }
        };
        let mut sums = [0.0; 20];
        for i in -128..=128 {
            let z = f64::from(i) * STEP;
            let g = value(z) * STEP * libm::exp(-0.5 * z * z);
            // Normalised Hermite polynomials by their recurrence.
            let (mut before, mut here) = (0.0, 1.0);
            for (k, sum) in sums.iter_mut().enumerate() {
                *sum += g * here;
                let k = k as f64;
                let next = (z * here - k.sqrt() * before) / (k + 1.0).sqrt();
                (before, here) = (here, next);
            }
        }
        let squares: Vec<f64> = sums.iter().skip(1).map(|s| s * s).collect();
        let all: f64 = squares.iter().sum();
        Self {
            squares: squares.iter().map(|s| s / all).collect(),
        }
    }

    fn correlation(&self, scores: f64) -> f64 {
        let series = self.squares.iter().rev();
        series.fold(0.0, |sum, s| (sum + s) * scores)
    }
}

/// Coefficient of variation of a gamma factor whose logarithm has this standard deviation: `ψ'(1/cv²) = sd²`.
pub(super) fn cv_of_log_sd(sd: f64) -> f64 {
    let (mut low, mut high) = (1e-7, 10.0);
    for _ in 0..60 {
        let middle: f64 = 0.5 * (low + high);
        match trigamma(1.0 / (middle * middle)) < sd * sd {
            true => low = middle,
            false => high = middle,
        }
    }
    0.5 * (low + high)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// scenarios/FORMAT.md: factors of a cv of 0.5 with scores correlated by 0.68 are correlated by 0.668.
    #[test]
    fn correlation_of_factors() {
        let got = Grid::new(Of::Factor, 0.5).correlation(0.68);
        assert!((got - 0.668).abs() < 6e-4, "{got}");
        let back = score_correlation(Of::Factor, 0.5, got);
        assert!((back - 0.68).abs() < 1e-9, "{back}");
    }

    #[test]
    fn spread_of_the_logarithm() {
        for cv in [0.01, 0.1, 0.5, 1.0, 2.0] {
            let sd = trigamma(1.0_f64 / (cv * cv)).sqrt();
            assert!((cv_of_log_sd(sd) - cv).abs() < 1e-9 * cv.max(0.1));
        }
        // An exponential factor: the variance of its logarithm is pi^2 / 6.
        assert!((trigamma(1.0) - std::f64::consts::PI * std::f64::consts::PI / 6.0).abs() < 1e-13);
    }
}
