//! Laws of work and patience, as a log tells them.

use super::gather::OfTopic;
use super::named::LEVEL;
use super::tally::Tally;
use crate::dist::Distribution;
use crate::stats::fit::{Choice, Family, Split, choose, split_short};
use crate::stats::{Estimate, KaplanMeier, Ranged, Tail, Tallied};

/// Values of a file of an empirical law at most.
const VALUES: usize = 1000;
/// Work that is shorter than this, in seconds, is told apart: much of it is no conversation.
pub(super) const SHORT_S: f64 = 10.0;
/// As many have to be waiting still where the estimate of patience ends and a law goes on.
const AT_RISK: u64 = 30;
/// A topic has a patience of its own if so many of it left; else all topics together have one.
pub(super) const OWN_PATIENCE: u64 = 300;

/// The work of a topic.
#[derive(Clone, Debug)]
pub struct Work {
    /// How many contacts.
    pub contacts: u64,
    /// Their mean in seconds, and its coefficient of variation.
    pub mean_s: f64,
    /// See `mean_s`.
    pub cv: f64,
    /// Standard error of the mean in seconds; by default that of independent contacts.
    pub error_s: f64,
    /// Those below 10 s, which are often no conversation.
    pub short: Option<Split>,
    /// Laws fitted to the others.
    pub laws: Choice,
    /// What the scenario draws from: seconds, in order, each as likely as the others; their mean is that of the log.
    pub values: Vec<f64>,
}

/// The patience of a topic, or of all.
#[derive(Clone, Debug)]
pub struct Patience {
    /// From waits: who left had no more, who was answered had at least that much.
    pub survival: KaplanMeier,
    /// Laws fitted to the same.
    pub laws: Choice,
    /// Where the estimate ends and a law goes on; `None` if the estimate goes on to its end.
    pub tail: Option<Tail>,
    /// What the scenario draws from: seconds, in order, each as likely as the others.
    pub values: Vec<f64>,
    /// Seconds waited by all over those who left: the mean, if patience were exponential.
    pub exponential_s: f64,
}

fn tallied(tally: &Tally) -> Vec<Tallied> {
    let each = tally.sorted().into_iter();
    each.map(|(value, exact, censored)| Tallied {
        value,
        exact,
        censored,
    })
    .collect()
}

impl Work {
    /// Of a tally of work; `None` if there is none.
    pub fn new(tally: &Tally) -> Option<Self> {
        let all = tallied(tally);
        let contacts: u64 = all.iter().map(|t| t.exact).sum();
        let n = contacts as f64;
        let mean_of = |of: &dyn Fn(f64) -> f64| -> f64 {
            all.iter()
                .map(|t| t.exact as f64 * of(t.value))
                .sum::<f64>()
                / n
        };
        let mean_s = mean_of(&|x| x);
        let squares = mean_of(&|x| x * x);
        if contacts == 0 || mean_s <= 0.0 {
            return None;
        }
        let cv = (squares / (mean_s * mean_s) - 1.0).max(0.0).sqrt();
        let short = split_short(&all, SHORT_S).ok();
        let others = short.as_ref().map_or(&all[..], |s| &s.others);
        Some(Self {
            contacts,
            mean_s,
            cv,
            error_s: cv * mean_s / n.sqrt(),
            laws: choose(&Family::ALL, &coarser(others)),
            values: slices(&all, n),
            short,
        })
    }
}

impl Work {
    /// The mean in seconds with its confidence interval.
    pub fn mean(&self) -> Option<Ranged> {
        let mean = Estimate {
            value: self.mean_s,
            standard_error: self.error_s,
        };
        let (low, high) = mean.interval(LEVEL)?;
        Some(Ranged {
            value: self.mean_s,
            low,
            high,
        })
    }
}

/// The means of as many slices of equal size as there may be values.
fn slices(all: &[Tallied], n: f64) -> Vec<f64> {
    let count = (n as usize).clamp(1, VALUES);
    let size = n / count as f64;
    let (mut values, mut sum, mut room) = (Vec::with_capacity(count), 0.0, size);
    for t in all {
        let mut left = t.exact as f64;
        while left > 0.0 {
            let taken = left.min(room);
            sum += taken * t.value;
            (left, room) = (left - taken, room - taken);
            if room <= 1e-9 * size {
                values.push(sum / size);
                (sum, room) = (0.0, size);
            }
        }
    }
    if values.len() < count {
        values.push(sum / (size - room).max(1e-9 * size));
    }
    values
}

impl Patience {
    /// Of a tally of waits; `None` if too few left to tell.
    pub fn new(tally: &Tally) -> Option<Self> {
        let all = tallied(tally);
        let (left, _) = tally.totals();
        let survival = KaplanMeier::new(&all).ok()?;
        let laws = choose(&Family::ALL, &coarser(&waited(&all)));
        let exponential_s = tally.seconds() / left.max(1) as f64;
        // Where too few are left to say, customers leave at the rate of the last stretch that was seen.
        let last = survival
            .steps()
            .iter()
            .rfind(|s| s.at_risk >= AT_RISK)?
            .time;
        let hazards = survival.hazards(&[last / 2.0, last], LEVEL);
        let rate = hazards.first().map(|h| h.rate).filter(|&rate| rate > 0.0);
        let law = Distribution::exponential(rate.map_or(exponential_s, |rate| 1.0 / rate)).ok()?;
        let tail = survival.tail(AT_RISK, &law);
        let values = (0..VALUES).filter_map(|i| {
            let p = (i as f64 + 0.5) / VALUES as f64;
            match &tail {
                Some(tail) => Some(survival.tailed_quantile(p, tail)?.value),
                None => survival.quantile(p),
            }
        });
        Some(Self {
            values: values.collect(),
            survival,
            laws,
            tail,
            exponential_s,
        })
    }
}

impl Patience {
    /// The median in seconds with its confidence interval, where so many left that it is known.
    pub fn median(&self) -> Option<Ranged> {
        let (low, high) = self.survival.quantile_interval(0.5, LEVEL);
        Some(Ranged {
            value: self.survival.quantile(0.5)?,
            low: low?,
            high: high?,
        })
    }
}

/// Values that differ by less than half a hundredth taken together, at their mean, where there are many: laws are fitted to be compared,
/// and their likelihood is a sum over different values.
fn coarser(all: &[Tallied]) -> Vec<Tallied> {
    if all.len() <= VALUES {
        return all.to_vec();
    }
    let mut groups: Vec<(f64, Tallied)> = Vec::new();
    for t in all {
        let weight = t.count() as f64;
        match groups.last_mut() {
            Some((first, group)) if t.value <= *first * 1.005 => {
                let before = group.count() as f64;
                group.value = (group.value * before + t.value * weight) / (before + weight);
                group.exact += t.exact;
                group.censored += t.censored;
            }
            _ => groups.push((t.value, *t)),
        }
    }
    groups.into_iter().map(|(_, group)| group).collect()
}

/// Without those who did not wait, who say nothing.
fn waited(all: &[Tallied]) -> Vec<Tallied> {
    let each = all.iter().filter(|t| t.value > 0.0);
    each.cloned().collect()
}

/// The waits of all topics together.
pub(super) fn all_waits(topics: &[OfTopic]) -> Tally {
    let mut all = Tally::default();
    topics.iter().for_each(|t| all.merge(&t.waits));
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Twenty thousand different values become some hundreds, in order, with the same count and sum.
    #[test]
    fn coarser_values_keep_count_and_mean() {
        let all: Vec<Tallied> = (1..20_001)
            .map(|i| Tallied {
                value: f64::from(i) * 0.05,
                exact: 1 + u64::from(i % 3 == 0),
                censored: u64::from(i % 7 == 0),
            })
            .collect();
        let few = coarser(&all);
        assert!(few.len() < 1_500 && few.windows(2).all(|w| w[0].value < w[1].value));
        let count = |of: &[Tallied]| of.iter().map(Tallied::count).sum::<u64>();
        let sum = |of: &[Tallied]| of.iter().map(|t| t.value * t.count() as f64).sum::<f64>();
        assert_eq!(count(&few), count(&all));
        assert!((sum(&few) / sum(&all) - 1.0).abs() < 1e-12);
        assert_eq!(coarser(&all[..10]).len(), 10);
        // The law is the same to a thousandth.
        let of = |all: &[Tallied]| {
            choose(&[Family::Exponential], all)
                .best()
                .unwrap()
                .fit
                .mean
                .value
        };
        assert!((of(&few) / of(&all) - 1.0).abs() < 1e-3);
        let work = Work::new(&{
            let mut tally = Tally::default();
            (1..=3000_u64).for_each(|ms| tally.add(ms * 100, true));
            tally
        })
        .unwrap();
        // The mean of the values is that of the log.
        assert_eq!(work.values.len(), 1000);
        let mean = work.values.iter().sum::<f64>() / 1000.0;
        assert!((mean - work.mean_s).abs() < 1e-9 && (mean - 150.05).abs() < 1e-9);
    }
}
