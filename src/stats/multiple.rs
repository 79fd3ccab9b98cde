//! Tests of means, and several of them at once.

use crate::dist::student::student_t_cdf;

/// Two-sided p-value of the hypothesis that a mean is 0: `2 P(T >= |estimate| / standard error)`, T Student's t with `df`
/// degrees of freedom.
///
/// An estimate without error is tested exactly: 1 when it is 0, else 0. `None` when something is not finite or `df` not above 0.
pub fn student_t_p_value(estimate: f64, standard_error: f64, df: f64) -> Option<f64> {
    lower_tail(-estimate.abs(), standard_error, df).map(|p| (2.0 * p).min(1.0))
}

/// How sure one can be, by Student's t, that the true mean is below 0: `P(T <= -estimate / standard error)`, the level of the
/// widest one-sided interval of the mean that lies below 0. One half for an estimate of 0 without error.
pub fn confidence_below_zero(estimate: f64, standard_error: f64, df: f64) -> Option<f64> {
    lower_tail(-estimate, standard_error, df)
}

/// `P(T <= x / standard error)`.
fn lower_tail(x: f64, standard_error: f64, df: f64) -> Option<f64> {
    let sane = x.is_finite() && standard_error.is_finite() && standard_error >= 0.0 && df > 0.0;
    sane.then(|| match (standard_error > 0.0, x) {
        (true, x) => student_t_cdf(df, x / standard_error),
        (false, 0.0) => 0.5,
        (false, x) => f64::from(x > 0.0),
    })
}

/// The p-values of a family of tests, adjusted so that rejecting those at or below a level errs in any of them with at most
/// that probability, however they depend on each other.
///
/// Sorted from the smallest, `max over j <= i of min(1, (m - j + 1) p[j])`. Source: S. Holm (1979), A simple sequentially rejective
/// multiple test procedure.
pub fn holm(p_values: &[f64]) -> Vec<f64> {
    let m = p_values.len();
    let mut order: Vec<usize> = (0..m).collect();
    order.sort_by(|&i, &j| p_values[i].total_cmp(&p_values[j]));
    let mut adjusted = vec![1.0; m];
    let mut largest = 0.0f64;
    for (rank, &i) in order.iter().enumerate() {
        largest = largest.max((m - rank) as f64 * p_values[i]).min(1.0);
        adjusted[i] = largest;
    }
    adjusted
}

/// The level of each of `m` intervals that together hold with probability `level` at least (Bonferroni): `1 - (1 - level) / m`.
pub fn bonferroni_level(level: f64, m: usize) -> f64 {
    1.0 - (1.0 - level) / m.max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holm_steps_down() {
        // By hand: 0.01 x 4, 0.02 x 3, 0.03 x 2 (kept at 0.06), 0.5 x 1.
        let adjusted = holm(&[0.5, 0.01, 0.03, 0.02]);
        for (got, want) in adjusted.iter().zip([0.5, 0.04, 0.06, 0.06]) {
            assert!((got - want).abs() < 1e-15, "{adjusted:?}");
        }
        assert_eq!(holm(&[0.7, 0.6]), [1.0, 1.0]);
        assert_eq!(holm(&[0.04]), [0.04]);
        assert!(holm(&[]).is_empty());
    }

    #[test]
    fn p_values_are_those_of_the_intervals() {
        // At the edge of a 95% interval the p-value is 5%.
        let half = crate::stats::student_t_half_width(2.0, 9.0, 0.95).unwrap();
        let p = student_t_p_value(half, 2.0, 9.0).unwrap();
        assert!((p - 0.05).abs() < 1e-12);
        let below = confidence_below_zero(-half, 2.0, 9.0).unwrap();
        assert!((below - 0.975).abs() < 1e-12);
        assert_eq!(student_t_p_value(0.0, 0.0, 9.0), Some(1.0));
        assert_eq!(student_t_p_value(-1.0, 0.0, 9.0), Some(0.0));
        assert_eq!(confidence_below_zero(-1.0, 0.0, 9.0), Some(1.0));
        assert_eq!(confidence_below_zero(0.0, 0.0, 9.0), Some(0.5));
        assert_eq!(student_t_p_value(1.0, 1.0, 0.0), None);
        assert_eq!(student_t_p_value(f64::NAN, 1.0, 3.0), None);
        assert!((bonferroni_level(0.95, 5) - 0.99).abs() < 1e-15);
        assert_eq!(bonferroni_level(0.95, 1), 0.95);
    }
}
