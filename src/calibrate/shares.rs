//! Shares: of outcomes, and of contacts that are followed by another one for the same.

use crate::stats::{KaplanMeier, Ranged, Tallied, normal_factor, wilson};

/// Delays that are kept at most.
const DELAYS: usize = 500;

/// The share of each outcome with Wilson's interval, as of an assistant's outcomes; `None` without any, or for a level outside (0, 1).
pub fn shares(counts: &[u64], level: f64) -> Option<Vec<Ranged>> {
    let all = counts.iter().map(|n| *n as f64).sum();
    let each = counts.iter().map(|n| {
        let n = *n as f64;
        wilson(n, all, level).map(|(low, high)| Ranged::new(n / all, low, high))
    });
    each.collect()
}

/// How many customers come again for the same, and after how long.
#[derive(Clone, Debug, PartialEq)]
pub struct Repeats {
    /// Contacts.
    pub contacts: u64,
    /// Those of them that another one of their customer followed within the window, as far as the log goes.
    pub followed: u64,
    /// Share of contacts that another one follows for the same.
    pub probability: Ranged,
    /// Share of contacts that another one follows within the window for something else.
    pub by_chance: f64,
    /// Mean of the delay, in the unit of the gaps; `None` where nobody comes again.
    pub delay: Option<Ranged>,
    /// Delays in order, each as likely as the others.
    pub delays: Vec<f64>,
}

/// Below this share nothing is made of it.
const LEAST: f64 = 0.005;

impl Repeats {
    /// Whether so many come again that it is worth a word.
    pub fn matters(&self) -> bool {
        self.probability.low > LEAST && !self.delays.is_empty()
    }

    /// How many of the delays end within a time.
    pub fn within(&self, time: f64) -> usize {
        self.delays.partition_point(|&d| d <= time)
    }
}

/// The share of contacts whose customer makes another one for the same within `window`, by Kaplan and Meier.
///
/// A gap is the time from a contact to the next one of its customer; that to the end of the log, where there is no next one, is
/// censored, so that contacts of the last days count as far as they were observed. Customers also come for something else, at the rate b
/// at which those come who did not come within the window, in a second one of the same length: with S the survival function of the gaps,
/// `p = 1 - S(window) exp(b window)`, and delays are distributed as `1 - S(t) exp(b t)`. Where frequent customers are few among all, b is
/// too low for them, and a part of their contacts counts as repeats. The interval is on the scale `ln(-ln(1 - p))`, with the variances
/// of Greenwood and of a Poisson count. All times are of one unit.
///
/// `None` for gaps that are refused, a window longer than anything observed, or a level outside (0, 1).
pub fn repeats(gaps: &[Tallied], window: f64, level: f64) -> Option<Repeats> {
    let km = KaplanMeier::new(gaps).ok()?;
    let z = normal_factor(level)?;
    if !gaps.iter().any(|g| g.value >= window && g.count() > 0) {
        return None;
    }
    let later = km.hazards(&[window, 2.0 * window], level);
    let (rate, known) = later.first().map_or((0.0, 0.0), |h| {
        (h.rate, h.events as f64 / (h.exposure * h.exposure))
    });
    let steps: Vec<_> = km.steps().iter().filter(|s| s.time <= window).collect();
    let last = steps.last();
    let log_left = |time: f64, survival: f64| libm::log(survival) + rate * time;
    let log = last.map_or(0.0, |s| log_left(window, s.survival).min(0.0));
    let greenwood = last.map_or(0.0, |s| s.greenwood);
    let error = (greenwood + window * window * known).sqrt();
    let value = -libm::expm1(log);
    let end = |sign: f64| match log < 0.0 && log.is_finite() {
        true => -libm::expm1(log * libm::exp(sign * z * error / -log)),
        // Nobody, or everybody.
        false => value,
    };
    // What has come back at each step; a step that falls behind what chance would bring waits for the next one.
    let mut grown: Vec<(f64, f64)> = Vec::with_capacity(steps.len());
    for s in &steps {
        let share = -libm::expm1(log_left(s.time, s.survival));
        if share > grown.last().map_or(0.0, |g| g.1) {
            grown.push((s.time, share.min(value)));
        }
    }
    let followed = steps.iter().map(|s| s.events).sum::<u64>();
    let all = grown.last().map_or(0.0, |g| g.1);
    let count = (followed as usize).min(DELAYS);
    let delays: Vec<f64> = (0..count)
        .filter_map(|i| {
            let share = (i as f64 + 0.5) / count as f64 * all;
            let at = grown.partition_point(|g| g.1 < share);
            Some(grown.get(at)?.0)
        })
        .collect();
    let n = delays.len() as f64;
    let mean = delays.iter().sum::<f64>() / n.max(1.0);
    let squares = delays.iter().map(|d| (d - mean) * (d - mean)).sum::<f64>();
    let half = z * (squares / n.max(1.0) / (followed as f64).max(1.0)).sqrt();
    Some(Repeats {
        contacts: km.observations(),
        followed,
        probability: Ranged::new(value, end(-1.0).min(value), end(1.0).max(value)),
        by_chance: -libm::expm1(-rate * window),
        delay: (n > 0.0).then(|| Ranged::new(mean, mean - half, mean + half)),
        delays,
    })
}
