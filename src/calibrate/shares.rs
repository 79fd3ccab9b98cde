//! Shares: of outcomes, and of contacts that are followed by another one for the same.

use crate::stats::{Ranged, normal_factor, wilson};

/// Delays that are kept at most.
const DELAYS: usize = 500;
/// Groups of customers of which one is left out for standard errors.
pub(super) const GROUPS: usize = 40;
/// Each bin of gaps is longer than the one before it by this factor, the first being as long as a minute.
const GROWTH: f64 = 1.04;
const FIRST: f64 = 60.0;

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
    /// Share of contacts that another one would follow within the window for something else.
    pub by_chance: f64,
    /// Mean of the delay in seconds; `None` where nobody comes again.
    pub delay: Option<Ranged>,
    /// Delays in seconds, in order, each as likely as the others.
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

/// Gaps between contacts and the next ones of their customers.
#[derive(Clone, Debug)]
pub struct Gaps {
    /// Where the bins begin, and the last one ends.
    edges: Vec<f64>,
    /// By group of customers, by bin.
    groups: Vec<Vec<Bin>>,
    contacts: u64,
    followed: u64,
}

/// Gaps that reach a stretch of time: sums of whole numbers, whose order does not matter.
#[derive(Clone, Copy, Debug, Default)]
struct Bin {
    /// Gaps that end here with a contact, and seconds of all of them together.
    events: f64,
    seconds: f64,
    /// Seconds of all gaps within.
    exposure: f64,
    /// The same, each times the rate at which its customer comes for something else.
    chance: f64,
}

impl Bin {
    fn add(&mut self, other: &Self, sign: f64) {
        self.events += sign * other.events;
        self.seconds += sign * other.seconds;
        self.exposure += sign * other.exposure;
        self.chance += sign * other.chance;
    }
}

/// Rates by chance are whole multiples of this, so that their sums are exact.
const RATE_STEP: f64 = 1.0 / (1_u64 << 32) as f64;

impl Gaps {
    /// None yet; customers come again for the same within so many seconds.
    pub fn new(window: f64) -> Self {
        let mut edges = vec![0.0];
        let mut width = FIRST;
        while let Some(&last) = edges.last().filter(|&&last| last < window) {
            edges.push(libm::round(last + width).min(window));
            width *= GROWTH;
        }
        Self {
            groups: vec![vec![Bin::default(); edges.len() - 1]; GROUPS],
            edges,
            contacts: 0,
            followed: 0,
        }
    }

    /// Adds the gap after a contact, in whole seconds: until the next one of its customer, or, if that is not `followed`, until the log ends.
    /// `rate` is how often a second the customer comes for something else; customers of one `group` may depend on each other.
    pub fn add(&mut self, seconds: u64, followed: bool, rate: f64, group: usize) {
        let bins = &mut self.groups[group % GROUPS];
        let gap = seconds as f64;
        let rate = libm::round(rate / RATE_STEP) * RATE_STEP;
        self.contacts += 1;
        for (bin, edges) in bins.iter_mut().zip(self.edges.windows(2)) {
            let (from, to) = (edges[0], edges[1]);
            if gap < from {
                break;
            }
            let within = gap.min(to) - from;
            bin.exposure += within;
            bin.chance += within * rate;
            if followed && gap < to {
                bin.events += 1.0;
                bin.seconds += gap;
                self.followed += 1;
            }
        }
    }

    /// Those of another one as well.
    pub fn merge(&mut self, other: &Self) {
        let mine = self.groups.iter_mut().flatten();
        let others = other.groups.iter().flatten();
        mine.zip(others).for_each(|(a, b)| a.add(b, 1.0));
        self.contacts += other.contacts;
        self.followed += other.followed;
    }

    /// The share of contacts whose customer makes another one for the same within the window.
    ///
    /// Of the rate at which the next contacts come, after a gap of t, that at which those who are still at risk come for something else is
    /// taken away: the excess hazard (F. Ederer and H. Heise 1959; of patients, relative survival). It is constant within bins that grow
    /// with the gap: `(events - chance) / exposure`. With H its integral over the window `p = 1 - exp(-H)`, and delays are distributed
    /// alike. Standard errors leave out each group of customers in turn (jackknife); the interval of p is on the scale of `ln H`.
    ///
    /// `None` without any contact, or for a level outside (0, 1).
    pub fn repeats(&self, level: f64) -> Option<Repeats> {
        let z = normal_factor(level)?;
        if self.contacts == 0 {
            return None;
        }
        let mut all = vec![Bin::default(); self.edges.len() - 1];
        for group in &self.groups {
            all.iter_mut().zip(group).for_each(|(a, b)| a.add(b, 1.0));
        }
        let found = self.excess(&all);
        let (mut squares, mut of_delay, mut used) = (0.0, 0.0, 0.0);
        for group in &self.groups {
            if group.first().is_none_or(|bin| bin.exposure <= 0.0) {
                continue;
            }
            let mut rest = all.clone();
            rest.iter_mut().zip(group).for_each(|(a, b)| a.add(b, -1.0));
            let of_rest = self.excess(&rest);
            used += 1.0;
            squares += square(of_rest.hazard - found.hazard);
            of_delay += square(of_rest.delay() - found.delay());
        }
        let error = |sum: f64| (sum * (used - 1.0_f64).max(0.0) / used.max(1.0)).sqrt();
        let hazard = found.hazard;
        let share = |hazard: f64| -libm::expm1(-hazard);
        let probability = match hazard > 0.0 {
            true => {
                let factor = libm::exp(z * error(squares) / hazard);
                Ranged::new(
                    share(hazard),
                    share(hazard / factor),
                    share(hazard * factor),
                )
            }
            false => Ranged::new(0.0, 0.0, share(z * error(squares))),
        };
        let delays = found.delays((self.followed as usize).min(DELAYS));
        let (mean, half) = (found.delay(), z * error(of_delay));
        Some(Repeats {
            contacts: self.contacts,
            followed: self.followed,
            probability,
            by_chance: share(found.chance),
            delay: (!delays.is_empty()).then(|| Ranged::new(mean, mean - half, mean + half)),
            delays,
        })
    }

    fn excess(&self, bins: &[Bin]) -> Excess {
        let mut all = Excess::default();
        let mut grown: f64 = 0.0;
        for (bin, edges) in bins.iter().zip(self.edges.windows(2)) {
            let (from, to) = (edges[0], edges[1]);
            if bin.exposure <= 0.0 {
                continue;
            }
            let each = (to - from) / bin.exposure;
            all.chance += bin.chance * each;
            all.hazard += (bin.events - bin.chance) * each;
            // Where fewer come than by chance, the next ones make up for them.
            let share = -libm::expm1(-all.hazard);
            if share > grown {
                let at = match bin.events > 0.0 {
                    true => bin.seconds / bin.events,
                    false => (from + to) / 2.0,
                };
                all.mass.push((at, share - grown));
                grown = share;
            }
        }
        all.hazard = all.hazard.max(0.0);
        all
    }
}

/// The excess hazard of a window, and where it lies.
#[derive(Clone, Debug, Default)]
struct Excess {
    hazard: f64,
    chance: f64,
    /// Gaps, and the share of contacts that come again after them.
    mass: Vec<(f64, f64)>,
}

impl Excess {
    fn delay(&self) -> f64 {
        let all: f64 = self.mass.iter().map(|m| m.1).sum();
        let sum: f64 = self.mass.iter().map(|m| m.0 * m.1).sum();
        if all > 0.0 { sum / all } else { 0.0 }
    }

    /// So many delays of equal weight.
    fn delays(&self, count: usize) -> Vec<f64> {
        let all: f64 = self.mass.iter().map(|m| m.1).sum();
        let mut each = self.mass.iter();
        let (mut at, mut sum) = (0.0, 0.0);
        let quantile = |i: usize| {
            let share = (i as f64 + 0.5) / count as f64 * all;
            while sum < share {
                let Some(&(next, mass)) = each.next() else {
                    break;
                };
                (at, sum) = (next, sum + mass);
            }
            at
        };
        (0..count).map(quantile).filter(|&d| d > 0.0).collect()
    }
}

fn square(x: f64) -> f64 {
    x * x
}
