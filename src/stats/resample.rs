//! Samples drawn with replacement from a sample (B. Efron 1979), each a pure function of seed and number.

use super::quantile_of_sorted;
use crate::random::{Key, purpose};
use rand::RngExt;

/// Fills `out` with the indices of the `number`-th resample of `n` things, each uniform in 0..n; with none for `n` = 0.
pub(super) fn resample(seed: u64, number: usize, n: usize, out: &mut Vec<usize>) {
    let mut words = Key::root(seed, 0)
        .child(number as u64)
        .stream(purpose::RESAMPLE);
    out.clear();
    out.extend((0..n).map(|_| words.random_range(0..n)));
}

/// The bounds between which the middle `level` of the values lie; `None` for fewer than two values or one that is not finite.
pub(super) fn percentile_bounds(mut values: Vec<f64>, level: f64) -> Option<(f64, f64)> {
    let sane =
        values.len() > 1 && values.iter().all(|x| x.is_finite()) && level > 0.0 && level < 1.0;
    if !sane {
        return None;
    }
    values.sort_by(f64::total_cmp);
    let at = |p| quantile_of_sorted(&values, p);
    at(0.5 - 0.5 * level).zip(at(0.5 + 0.5 * level))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Frozen: another number here, as after another way of drawing below a bound, changes the intervals of every sensitivity analysis.
    #[test]
    fn golden_resample() {
        let mut rows = vec![9];
        resample(1, 7, 12, &mut rows);
        assert_eq!(rows, [4, 9, 1, 10, 11, 7, 1, 3, 9, 2, 8, 9]);
        resample(1, 7, 0, &mut rows);
        assert!(rows.is_empty());
    }
}
