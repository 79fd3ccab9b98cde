//! Mean and variance of a list.

use statrs::statistics::{Accumulate, OnlineVariance};

/// Count, mean and sample variance of a list, in one pass (B. P. Welford 1962).
///
/// `mean()` is `None` of an empty list, `variance()` (divisor n - 1) and `std_dev()` are of fewer than two values; a NaN makes all of
/// them NaN. Only the four operations and a square root: the same bytes on every machine.
pub fn moments(values: &[f64]) -> OnlineVariance {
    let each = values.iter().copied();
    each.fold(OnlineVariance::default(), OnlineVariance::push)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn large_values_that_differ_little() {
        let values: Vec<f64> = (0..1000).map(|i| 1e9 + f64::from(i * i % 97)).collect();
        let n = values.len() as f64;
        let mean = values.iter().map(|v| v - 1e9).sum::<f64>() / n;
        let squares: f64 = values
            .iter()
            .map(|v| (v - 1e9 - mean) * (v - 1e9 - mean))
            .sum();
        let got = moments(&values);
        assert!((got.mean().unwrap() - 1e9 - mean).abs() < 1e-5);
        assert!((got.variance().unwrap() / (squares / (n - 1.0)) - 1.0).abs() < 1e-6);
        assert_eq!(got.count, 1000);
        assert_eq!((moments(&[]).mean(), moments(&[]).variance()), (None, None));
        assert_eq!(
            (moments(&[3.0]).mean(), moments(&[3.0]).std_dev()),
            (Some(3.0), None)
        );
    }
}
