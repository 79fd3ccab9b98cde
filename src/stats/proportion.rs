//! A share of independent trials.

use super::estimate::normal_factor;
use crate::dist::beta_fn::beta_quantile;

/// Clopper and Pearson's exact interval for the probability of an event that happened in `events` of `trials` independent trials.
///
/// With `a = (1 - level) / 2`: from the a-quantile of beta(x, n-x+1), 0 without events, to the (1-a)-quantile of beta(x+1, n-x), 1 if
/// all trials are events. It covers the probability in at least `level` of the cases, whatever the probability is. Both numbers may be
/// fractions, as of an effective number of trials. `None` without trials, with more events than trials, or for a level outside (0, 1).
/// Source: C. J. Clopper and E. S. Pearson (1934), The use of confidence or fiducial limits illustrated in the case of the binomial.
pub fn clopper_pearson(events: f64, trials: f64, level: f64) -> Option<(f64, f64)> {
    let counts = trials > 0.0 && trials.is_finite() && (0.0..=trials).contains(&events);
    if !(counts && level > 0.0 && level < 1.0) {
        return None;
    }
    // A whole number that went through a mean.
    let whole = events.round();
    let events = if (events - whole).abs() < 1e-9 * trials {
        whole
    } else {
        events
    };
    let (tail, others) = (0.5 - 0.5 * level, trials - events);
    let low = match events > 0.0 {
        true => beta_quantile(events, others + 1.0, tail, false),
        false => 0.0,
    };
    let high = match others > 0.0 {
        true => beta_quantile(events + 1.0, others, tail, true),
        false => 1.0,
    };
    Some((low, high))
}

/// Wilson's interval for the probability of an event that happened in `events` of `trials` independent trials.
///
/// With z the normal quantile of the level and n trials: `(x + z²/2 ± z sqrt(x (n-x)/n + z²/4)) / (n + z²)`. It covers the probability
/// in about `level` of the cases, and is shorter than the exact one. Both numbers may be fractions. `None` as of [`clopper_pearson`].
/// Source: E. B. Wilson (1927), Probable inference, the law of succession, and statistical inference.
pub fn wilson(events: f64, trials: f64, level: f64) -> Option<(f64, f64)> {
    let counts = trials > 0.0 && trials.is_finite() && (0.0..=trials).contains(&events);
    let z = normal_factor(level).filter(|_| counts)?;
    let (square, others) = (z * z, trials - events);
    let half = z * (events * others / trials + 0.25 * square).sqrt();
    let (centre, all) = (events + 0.5 * square, trials + square);
    Some((
        ((centre - half) / all).max(0.0),
        ((centre + half) / all).min(1.0),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(got: f64, want: f64) {
        assert!((got - want).abs() <= 1e-9 * want.abs(), "{got} {want}");
    }

    /// Figures of scipy.stats: `binomtest(x, n).proportion_ci(level, "exact")`, of fractions `beta.ppf`.
    #[test]
    fn exact_ends() {
        for (events, trials, level, low, high) in [
            (0.0, 4.0, 0.95, 0.0, 0.602_364_635_616_485_8),
            (4.0, 4.0, 0.95, 0.397_635_364_383_514_2, 1.0),
            (
                7.0,
                20.0,
                0.95,
                0.153_909_204_784_541_2,
                0.592_188_534_532_832_8,
            ),
            (
                1.0,
                10.0,
                0.99,
                0.000_501_128_575_461_269_7,
                0.544_287_056_899_688,
            ),
            (
                37.0,
                1e3,
                0.9,
                0.027_712_066_828_402_59,
                0.048_389_926_665_973_4,
            ),
            (
                399_998.0,
                4e5,
                0.95,
                0.999_981_938_398_451_4,
                0.999_999_394_476_275_6,
            ),
            (0.0, 1e6, 0.95, 0.0, 3.688_872_650_897_376e-6),
            (
                2.5,
                7.3,
                0.95,
                0.061_823_210_838_166_19,
                0.746_602_663_702_261_4,
            ),
        ] {
            let got = clopper_pearson(events, trials, level).unwrap();
            close(got.0, low);
            close(got.1, high);
        }
        // A mean of 3 of 10 times 10 is not quite 3.
        let (through, whole) = (3.0 * 0.1 * 10.0, clopper_pearson(3.0, 10.0, 0.95));
        assert_eq!(clopper_pearson(through, 10.0, 0.95), whole);
    }

    #[test]
    fn undefined() {
        for (events, trials, level) in [
            (0.0, 0.0, 0.95),
            (3.0, 2.0, 0.95),
            (-1.0, 2.0, 0.95),
            (f64::NAN, 2.0, 0.95),
            (1.0, f64::INFINITY, 0.95),
            (1.0, 2.0, 1.0),
        ] {
            assert_eq!(clopper_pearson(events, trials, level), None);
        }
    }
}
