//! Quantiles of a list of values.

/// Quantile of a list sorted from the smallest; `None` when it is empty, or p is outside [0, 1] or NaN.
///
/// Linear interpolation between order statistics `x[1] <= ... <= x[n]` at the index `(n-1) p + 1`: type 7 of R. J. Hyndman and Y. Fan
/// (1996), Sample quantiles in statistical packages; the default of R and numpy.
pub fn quantile_of_sorted(sorted: &[f64], p: f64) -> Option<f64> {
    let last = sorted.len().checked_sub(1)?;
    if !(0.0..=1.0).contains(&p) {
        return None;
    }
    let h = last as f64 * p + 1.0;
    let below = h.floor();
    let low = *sorted.get(below as usize - 1)?;
    match sorted.get(below as usize) {
        Some(high) if h > below => Some(low + (h - below) * (high - low)),
        _ => Some(low),
    }
}

/// Quantile of a list in any order; `None` when it is empty, holds a NaN, or p is outside [0, 1]. See [`quantile_of_sorted`].
pub fn sample_quantile(values: &[f64], p: f64) -> Option<f64> {
    if values.iter().any(|v| v.is_nan()) {
        return None;
    }
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    quantile_of_sorted(&sorted, p)
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
    fn interpolation_between_order_statistics() {
        let got = sample_quantile(&DATA, 0.8).unwrap();
        assert!((got - 6.4388).abs() < 1e-12, "{got}");
        assert_eq!(sample_quantile(&[3.0, 1.0], 0.0), Some(1.0));
        assert_eq!(sample_quantile(&[3.0, 1.0], 1.0), Some(3.0));
        assert_eq!(sample_quantile(&[], 0.5), None);
        assert_eq!(sample_quantile(&[1.0], f64::NAN), None);
        assert_eq!(sample_quantile(&[f64::NAN], 0.5), None);
    }
}
