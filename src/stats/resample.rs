//! Samples drawn with replacement from a sample (B. Efron 1979), each a pure function of seed and number.

use super::quantile_of_sorted;
use crate::random::{Key, purpose};

/// Fills `out` with the indices of the `number`-th resample of `n` things; with none for `n` = 0.
pub(super) fn resample(seed: u64, number: usize, n: usize, out: &mut Vec<usize>) {
    let key = Key::root(seed, 0).child(number as u64);
    out.clear();
    out.extend((0..n).map(|i| {
        let bits = key.child(i as u64).bits(purpose::RESAMPLE);
        // The high word of the product is uniform in 0..n to within n / 2^64.
        ((u128::from(bits) * n as u128) >> 64) as usize
    }));
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
