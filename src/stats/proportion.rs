//! A share of independent trials.

use crate::dist::special::normal_quantile;

/// Wilson's interval for the probability of an event that happened in `events` of `trials` independent trials.
///
/// The probabilities that a two-sided normal test at this level does not reject:
/// `(p + z²/2n ± z sqrt(p (1-p) / n + z²/4n²)) / (1 + z²/n)`. It stays within 0 and 1 and is of use where no or all trials are
/// events. `None` without trials, with more events than trials, or for a level outside (0, 1).
/// Source: E. B. Wilson (1927), Probable inference, the law of succession, and statistical inference.
pub fn wilson_interval(events: u64, trials: u64, level: f64) -> Option<(f64, f64)> {
    if trials == 0 || events > trials || !(level > 0.0 && level < 1.0) {
        return None;
    }
    let n = trials as f64;
    let p = events as f64 / n;
    let z = normal_quantile(0.5 + 0.5 * level);
    let z2n = z * z / n;
    let middle = (p + 0.5 * z2n) / (1.0 + z2n);
    let half = (z2n * p * (1.0 - p) + 0.25 * z2n * z2n).sqrt() / (1.0 + z2n);
    // At the ends the formula is exactly 0 and 1; rounding must not say otherwise.
    let low = if events == 0 { 0.0 } else { middle - half };
    let high = if events == trials { 1.0 } else { middle + half };
    Some((low, high))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wilson() {
        // Both ends are where the normal test just rejects: |p - x| = z sqrt(x (1-x) / n).
        let z = normal_quantile(0.975);
        let (low, high) = wilson_interval(7, 20, 0.95).unwrap();
        for x in [low, high] {
            assert!(((0.35 - x).abs() - z * (x * (1.0 - x) / 20.0).sqrt()).abs() < 1e-14);
        }
        assert!(low < 0.35 && 0.35 < high);
        assert_eq!(wilson_interval(0, 10, 0.95).unwrap().0, 0.0);
        assert!((wilson_interval(0, 10, 0.95).unwrap().1 - z * z / (10.0 + z * z)).abs() < 1e-15);
        assert_eq!(wilson_interval(10, 10, 0.95).unwrap().1, 1.0);
        assert_eq!(wilson_interval(0, 0, 0.95), None);
        assert_eq!(wilson_interval(3, 2, 0.95), None);
        assert_eq!(wilson_interval(1, 2, 1.0), None);
    }
}
