//! The value of an input at which two plans come to the same.
//!
//! Both plans are simulated with the same seeds, so that each replication gives a paired difference. The break-even is where the
//! mean of the differences is zero; its confidence interval is where zero leaves the confidence interval of that mean.

use crate::stats::ConfidenceInterval;

/// Differences of the replications at one value of the input.
#[derive(Clone, Debug, PartialEq)]
struct Look {
    at: f64,
    mean: f64,
    /// Half-width of the confidence interval of the mean; 0 with one replication.
    half: f64,
}

/// Where two plans come to the same.
#[derive(Clone, Debug, PartialEq)]
pub struct BreakEven {
    /// The value.
    pub value: f64,
    /// Where its confidence interval begins and ends, as far as that lies between the bounds.
    pub interval: (Option<f64>, Option<f64>),
    /// Mean difference at the lower and at the upper bound.
    pub ends: (f64, f64),
    /// Values at which both plans were compared.
    pub looks: usize,
}

/// The mean difference has the same sign at both bounds: one plan is better throughout, or the bounds are too narrow.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
#[error(
    "the difference is {low} at the lower bound and {high} at the upper one: it does not change its sign"
)]
pub struct NoCrossing {
    /// Mean difference at the lower bound.
    pub low: f64,
    /// Mean difference at the upper bound.
    pub high: f64,
}

/// Most looks for one root.
const MOST_LOOKS: usize = 40;

/// Finds the break-even between `low` and `high`. `differences` gives the paired differences of all replications at a value of
/// the input; whatever it fails with is passed on.
///
/// Regula falsi (Illinois) until the bracket is `1e-6` of the span or the difference is zero to rounding: for costs that are
/// linear in a price the first step is exact.
///
/// # Errors
/// The inner result: the difference does not change its sign. The outer one: `differences` failed.
pub fn break_even<E>(
    mut differences: impl FnMut(f64) -> Result<Vec<f64>, E>,
    low: f64,
    high: f64,
    confidence: f64,
) -> Result<Result<BreakEven, NoCrossing>, E> {
    let mut looks: Vec<Look> = Vec::new();
    let mut look = |at: f64| -> Result<Look, E> {
        if let Some(known) = looks.iter().find(|l| l.at == at) {
            return Ok(known.clone());
        }
        let values = differences(at)?;
        let mean = values.iter().sum::<f64>() / values.len().max(1) as f64;
        let half =
            ConfidenceInterval::from_values(&values, confidence).map_or(0.0, |c| c.half_width());
        looks.push(Look { at, mean, half });
        Ok(Look { at, mean, half })
    };
    let means = (look(low)?.mean, look(high)?.mean);
    let none = NoCrossing {
        low: means.0,
        high: means.1,
    };
    if means.0 * means.1 > 0.0 || means.0.is_nan() || means.1.is_nan() {
        return Ok(Err(none));
    }
    // The mean, and both ends of its interval, are functions of the input: three roots.
    let mut root = |shift: f64| -> Result<Option<f64>, E> {
        let f = |l: &Look| l.mean + shift * l.half;
        let (mut a, mut b) = (look(low)?, look(high)?);
        let (mut fa, mut fb) = (f(&a), f(&b));
        if fa * fb > 0.0 {
            return Ok(None);
        }
        let scale = fa.abs().max(fb.abs());
        for _ in 0..MOST_LOOKS {
            if fa == 0.0 || fb == 0.0 || (b.at - a.at).abs() <= 1e-6 * (high - low) {
                break;
            }
            let at = (a.at * fb - b.at * fa) / (fb - fa);
            let c = look(at.clamp(a.at.min(b.at), a.at.max(b.at)))?;
            let fc = f(&c);
            if fc.abs() <= 1e-12 * scale {
                return Ok(Some(c.at));
            }
            if fc * fb < 0.0 {
                (a, fa) = (b, fb);
            } else {
                fa *= 0.5;
            }
            (b, fb) = (c, fc);
        }
        Ok(Some(if fa.abs() < fb.abs() { a.at } else { b.at }))
    };
    let Some(value) = root(0.0)? else {
        return Ok(Err(none));
    };
    let (one, other) = (root(1.0)?, root(-1.0)?);
    let before = [one, other].into_iter().flatten().find(|&x| x < value);
    let after = [one, other].into_iter().flatten().find(|&x| x > value);
    Ok(Ok(BreakEven {
        value,
        interval: (before, after),
        ends: means,
        looks: looks.len(),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::convert::Infallible;

    fn find(f: impl Fn(f64) -> Vec<f64>, low: f64, high: f64) -> Result<BreakEven, NoCrossing> {
        let Ok(found) = break_even(|x| Ok::<_, Infallible>(f(x)), low, high, 0.95);
        found
    }

    #[test]
    fn a_line_is_solved_at_once() {
        // Plan A costs 100, plan B 20 + 4 x: they meet at x = 20, in every replication.
        let found = find(|x| vec![100.0 - 20.0 - 4.0 * x; 3], 0.0, 50.0).unwrap();
        assert_eq!((found.value, found.looks), (20.0, 3));
        assert_eq!(found.interval, (None, None));
        assert_eq!(found.ends, (80.0, -120.0));
    }

    #[test]
    fn noise_gives_an_interval() {
        // Differences 10 - x with an error of -2, 0, 2: the mean of three has a half-width of t(2) 2 / sqrt 3 = 4.968.
        let found = find(|x| vec![8.0 - x, 10.0 - x, 12.0 - x], 0.0, 50.0).unwrap();
        let half = 4.302_652_729_911_275 * 2.0 / 3.0f64.sqrt();
        let (from, to) = (found.interval.0.unwrap(), found.interval.1.unwrap());
        assert!((found.value - 10.0).abs() < 1e-9);
        assert!((from - (10.0 - half)).abs() < 1e-6 && (to - (10.0 + half)).abs() < 1e-6);
    }

    #[test]
    fn a_curve_is_followed() {
        let found = find(|x| vec![x * x * x - 2.0; 2], 0.0, 10.0).unwrap();
        assert!((found.value - libm::cbrt(2.0)).abs() < 1e-5, "{found:?}");
        // Falling, and with a kink.
        let kinked = find(
            |x| vec![if x < 3.0 { 5.0 - x } else { 20.0 - 6.0 * x }; 2],
            0.0,
            10.0,
        );
        assert!((kinked.unwrap().value - 20.0 / 6.0).abs() < 1e-5);
    }

    #[test]
    fn without_a_change_of_sign_there_is_none() {
        let none = find(|x| vec![1.0 + x; 2], 0.0, 10.0).unwrap_err();
        assert_eq!((none.low, none.high), (1.0, 11.0));
        assert!(find(|_| vec![f64::NAN], 0.0, 1.0).is_err());
    }
}
