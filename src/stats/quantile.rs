//! Quantiles of a list of values and distribution-free bounds for them.

use crate::dist::special::beta_sf;

/// Which sample quantile, numbered as by R. J. Hyndman and Y. Fan (1996), Sample quantiles in statistical packages.
///
/// With order statistics `x[1] <= ... <= x[n]`, linear interpolation at the fractional index h, kept within [1, n].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QuantileType {
    /// The inverse of the empirical distribution function: `x[ceil(n p)]`, no interpolation.
    Type1,
    /// `h = (n+1) p`.
    Type6,
    /// `h = (n-1) p + 1`; the default of R and numpy.
    Type7,
    /// `h = (n+1/3) p + 1/3`; approximately median-unbiased.
    Type8,
}

/// Quantile of a list sorted from the smallest; `None` when it is empty, or p is outside [0, 1] or NaN.
pub fn quantile_of_sorted(sorted: &[f64], p: f64, kind: QuantileType) -> Option<f64> {
    if sorted.is_empty() || !(0.0..=1.0).contains(&p) {
        return None;
    }
    let n = sorted.len() as f64;
    let h = match kind {
        // a product that should be whole may come out a rounding error above
        QuantileType::Type1 => (n * p * (1.0 - 4.0 * f64::EPSILON)).ceil(),
        QuantileType::Type6 => (n + 1.0) * p,
        QuantileType::Type7 => (n - 1.0) * p + 1.0,
        QuantileType::Type8 => (n + 1.0 / 3.0) * p + 1.0 / 3.0,
    }
    .clamp(1.0, n);
    let below = h.floor();
    let low = *sorted.get(below as usize - 1)?;
    match sorted.get(below as usize) {
        Some(high) if h > below => Some(low + (h - below) * (high - low)),
        _ => Some(low),
    }
}

/// Quantile of a list in any order; `None` when it is empty, holds a NaN, or p is outside [0, 1].
pub fn sample_quantile(values: &[f64], p: f64, kind: QuantileType) -> Option<f64> {
    quantile_of_sorted(&sorted(values)?, p, kind)
}

fn sorted(values: &[f64]) -> Option<Vec<f64>> {
    if values.iter().any(|v| v.is_nan()) {
        return None;
    }
    let mut v = values.to_vec();
    v.sort_by(f64::total_cmp);
    Some(v)
}

/// Distribution-free confidence bounds of a quantile: two order statistics of independent values.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct QuantileInterval {
    /// Index of the lower bound among the sorted values, from 1.
    pub lower_index: usize,
    /// Index of the upper bound, from 1.
    pub upper_index: usize,
    /// Lower bound.
    pub lower: f64,
    /// Upper bound.
    pub upper: f64,
    /// Probability that the interval covers the quantile of a continuous law; at least the level asked for.
    pub coverage: f64,
}

/// Order-statistic interval for the p-quantile of independent values, at a confidence level in (0, 1).
///
/// With `B` binomial(n, p) and `a = (1-level)/2`: the lower index is the largest k with `P(B <= k-1) <= a`, the upper the
/// smallest k with `P(B <= k-1) >= 1-a`. `None` when there is no such k from 1 to n (too few values for the level),
/// a value is NaN, or p or the level is outside (0, 1).
/// Source: H. A. David and H. N. Nagaraja, Order Statistics, section 7.1.
pub fn quantile_interval(values: &[f64], p: f64, level: f64) -> Option<QuantileInterval> {
    let sane = p > 0.0 && p < 1.0 && level > 0.0 && level < 1.0;
    let n = values.len();
    if !sane || n == 0 {
        return None;
    }
    let sorted = sorted(values)?;
    // P(B <= k-1) for k from 1 to n, increasing in k
    let below = |k: usize| beta_sf(k as f64, (n - k + 1) as f64, p);
    let first = |test: &dyn Fn(usize) -> bool| {
        let (mut from, mut to) = (1, n + 1); // smallest k in 1..=n that passes, or n + 1
        while from < to {
            let mid = from + (to - from) / 2;
            if test(mid) {
                to = mid;
            } else {
                from = mid + 1;
            }
        }
        from
    };
    let a = 0.5 * (1.0 - level);
    let lower_index = first(&|k| below(k) > a) - 1;
    let upper_index = first(&|k| below(k) >= 1.0 - a);
    if lower_index < 1 || upper_index > n {
        return None;
    }
    Some(QuantileInterval {
        lower_index,
        upper_index,
        lower: *sorted.get(lower_index - 1)?,
        upper: *sorted.get(upper_index - 1)?,
        coverage: below(upper_index) - below(lower_index),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[rustfmt::skip]
    const DATA: [f64; 100] = [
        5.755, 2.386, 0.54, 0.999, 3.834, 0.58, 1.805, 3.782, 13.535, 1.129, 7.383, 0.933,
        2.432, 1.201, 1.474, 0.364, 7.154, 4.117, 5.095, 4.75, 2.056, 5.875, 3.557, 3.086,
        4.036, 2.105, 0.986, 0.362, 0.499, 0.058, 8.981, 2.874, 5.376, 6.518, 6.786, 3.73,
        6.875, 1.796, 1.59, 21.666, 3.444, 1.128, 5.177, 2.891, 0.448, 7.287, 5.005, 1.675,
        6.688, 2.179, 1.34, 1.211, 11.83, 0.922, 3.499, 0.659, 4.631, 6.953, 0.178, 3.456,
        9.067, 2.575, 7.685, 0.326, 3.252, 5.548, 3.067, 2.859, 2.432, 7.713, 0.869, 3.455,
        3.909, 4.871, 5.329, 1.909, 4.244, 0.62, 0.342, 3.636, 7.319, 1.225, 0.94, 4.683,
        6.419, 3.232, 3.043, 0.844, 0.038, 1.873, 11.38, 14.114, 2.191, 15.153, 3.09, 0.36,
        0.326, 0.324, 7.983, 3.235,
    ];

    #[test]
    fn types() {
        let q = |kind| sample_quantile(&DATA, 0.8, kind).unwrap();
        assert_eq!(q(QuantileType::Type1), 6.419);
        for (kind, want) in [
            (QuantileType::Type6, 6.4982),
            (QuantileType::Type7, 6.4388),
            (QuantileType::Type8, 6.4784),
        ] {
            assert!((q(kind) - want).abs() < 1e-12, "{kind:?} {}", q(kind));
        }
        for kind in [
            QuantileType::Type1,
            QuantileType::Type6,
            QuantileType::Type7,
            QuantileType::Type8,
        ] {
            assert_eq!(sample_quantile(&[3.0, 1.0], 0.0, kind), Some(1.0));
            assert_eq!(sample_quantile(&[3.0, 1.0], 1.0, kind), Some(3.0));
            assert_eq!(sample_quantile(&[], 0.5, kind), None);
            assert_eq!(sample_quantile(&[1.0], f64::NAN, kind), None);
            assert_eq!(sample_quantile(&[f64::NAN], 0.5, kind), None);
        }
    }

    #[test]
    fn order_statistic_bounds() {
        let i = quantile_interval(&DATA, 0.8, 0.95).unwrap();
        assert_eq!(
            (i.lower_index, i.upper_index, i.lower, i.upper),
            (72, 89, 5.005, 7.383)
        );
        assert!(
            (i.coverage - 0.96740491692).abs() < 1e-9 * 0.967,
            "{}",
            i.coverage
        );
        assert_eq!(quantile_interval(&DATA[..5], 0.99, 0.95), None);
        assert_eq!(quantile_interval(&DATA, 0.8, 1.0), None);
    }
}
