//! Shares: of outcomes, and of contacts that are followed by another one.

use crate::stats::{KaplanMeier, Ranged, Tallied, wilson};

/// The share of each outcome with Wilson's interval, as of an assistant's outcomes; `None` without any, or for a level outside (0, 1).
pub fn shares(counts: &[u64], level: f64) -> Option<Vec<Ranged>> {
    let all = counts.iter().map(|n| *n as f64).sum();
    let each = counts.iter().map(|n| {
        let n = *n as f64;
        wilson(n, all, level).map(|(low, high)| Ranged::new(n / all, low, high))
    });
    each.collect()
}

/// The share of contacts whose customer makes another one within `window`, by Kaplan and Meier.
///
/// A gap is the time from a contact to the next one of its customer; that to the end of the log, where there is no next one, is
/// censored, so that contacts of the last days count as far as they were observed. All times are of one unit. `None` for gaps that are
/// refused, a window longer than anything observed, or a level outside (0, 1).
pub fn repeats(gaps: &[Tallied], window: f64, level: f64) -> Option<Ranged> {
    let km = KaplanMeier::new(gaps).ok()?;
    let observed = gaps.iter().any(|g| g.value >= window && g.count() > 0);
    let (low, high) = km.interval(window, level).filter(|_| observed)?;
    Some(Ranged::new(
        1.0 - km.survival(window),
        1.0 - high,
        1.0 - low,
    ))
}
