//! How sure a scenario is: what of the spread of its results is luck, and what comes from not knowing its parameters.

use std::path::Path;

use super::fit::Fit;
use super::named::Named;
use super::parts::{Draw, Part, Scores, parts};
use super::replay::Over;
use super::score::{BAND, What, total};
use super::seen::{Days, Seen, simulated};
use super::write::{self, SCENARIO};
use crate::random::Key;
use crate::scenario::{InMemory, Problems, load};
use crate::stats::quantile_of_sorted;

/// Replications of each draw.
const EACH: u32 = 2;
/// Draws at most, and at least.
const MOST_DRAWS: f64 = 100.0;
const FEWEST_DRAWS: f64 = 30.0;
/// Contacts of all draws together, about.
const CONTACTS: f64 = 3e6;
/// Days of the scenario.
const DAYS: usize = 28;
/// Where the draws begin among all keys of a seed.
const DRAWS: u64 = 0x6472_6177;

/// How sure one measure of the scenario is, over all its days.
#[derive(Clone, Debug, PartialEq)]
pub struct Sure {
    /// The measure.
    pub what: What,
    /// Its mean over draws and replications.
    pub mean: f64,
    /// Nine of ten draws and replications lie between these.
    pub band: (f64, f64),
    /// Variance within draws, which is luck.
    pub luck: f64,
    /// Variance between draws, which comes from not knowing the parameters.
    pub ignorance: f64,
    /// What each part has of that; the demand has what is left.
    pub parts: Vec<(Part, f64)>,
}

impl Sure {
    /// Of the width of the band what comes from luck and from each part, in proportion to their variances.
    pub fn of_band(&self) -> (f64, Vec<(Part, f64)>) {
        let width = self.band.1 - self.band.0;
        let all = self.luck + self.ignorance;
        let part = |variance: f64| {
            if all > 0.0 {
                width * variance / all
            } else {
                0.0
            }
        };
        let parts = self.parts.iter().map(|p| (p.0, part(p.1)));
        (part(self.luck), parts.collect())
    }

    /// Share of the variance that comes from not knowing the parameters; `None` where nothing varies.
    pub fn of_ignorance(&self) -> Option<f64> {
        let all = self.luck + self.ignorance;
        (all > 0.0).then(|| self.ignorance / all)
    }
}

impl Fit {
    /// Draws of the parameters that are estimated; see [`Part`].
    pub fn draws(&self, seed: u64, count: usize) -> Vec<Draw> {
        let all = self.scored(seed, count).into_iter();
        all.map(|(draw, _)| draw).collect()
    }

    /// Draws, and with each how far it is from the estimates: a number for each part that has one.
    fn scored(&self, seed: u64, count: usize) -> Vec<(Draw, Scores)> {
        let root = Key::root(seed, 0).child(DRAWS);
        (0..count as u64)
            .map(|n| self.drawn(root.child(n)))
            .collect()
    }

    /// How sure the scenario is over its four weeks: each draw of its parameters is simulated twice.
    ///
    /// The variance within draws is luck; that of their means, less half of it, comes from not knowing the parameters (analysis of
    /// variance of one factor at random).
    ///
    /// # Errors
    /// What is wrong with the scenario.
    pub fn sure(&self, seed: u64) -> Result<Vec<Sure>, Problems> {
        let made = write::files(self);
        let nothing = InMemory::new();
        let files = Over::new(Path::new(""), &made, &nothing);
        let contacts = (self.demand.level.value * DAYS as f64).max(1.0);
        let count = (CONTACTS / contacts / f64::from(EACH)).clamp(FEWEST_DRAWS, MOST_DRAWS);
        let days = Days {
            first: super::gather::day(self.next),
            days: DAYS,
            per_day: 1,
        };
        let draws = self.scored(seed, count as usize);
        let each = draws.iter().enumerate().map(|(n, (draw, _))| {
            let set: Vec<String> = draw.iter().map(|(key, x)| format!("{key}={x}")).collect();
            let scenario = load(Path::new(SCENARIO), &set, &files)?;
            // Luck that no two draws share.
            let seed = Key::root(seed, 1).child(n as u64).0 >> 1;
            let found = simulated(&scenario.model, &days, seed, EACH, &|| false);
            Ok(found.unwrap_or_default().iter().map(|r| total(r)).collect())
        });
        let each: Result<Vec<Vec<Seen>>, Problems> = each.collect();
        let each = each?;
        let scores: Vec<Scores> = draws.into_iter().map(|(_, scores)| scores).collect();
        // Of agents who are assumed nothing is known.
        let known = |what: &What| *what == What::Volume || self.agents.is_some();
        let all = What::ALL.into_iter().filter(known);
        let all = all.filter_map(|what| sure(what, &each, &scores));
        Ok(all.collect())
    }
}

fn sure(what: What, each: &[Vec<Seen>], scores: &[Scores]) -> Option<Sure> {
    let defined = each.iter().zip(scores).filter_map(|(r, scores)| {
        let pair = (what.of(r.first()?)?, what.of(r.get(1)?)?);
        Some((pair, scores))
    });
    let (pairs, scores): (Vec<(f64, f64)>, Vec<&Scores>) = defined.unzip();
    let n = pairs.len() as f64;
    if pairs.len() < 2 {
        return None;
    }
    let mut values: Vec<f64> = pairs.iter().flat_map(|p| [p.0, p.1]).collect();
    values.sort_by(f64::total_cmp);
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    let luck = pairs
        .iter()
        .map(|p| (p.0 - p.1) * (p.0 - p.1) / 2.0)
        .sum::<f64>()
        / n;
    let between = pairs.iter().map(|p| {
        let distance = (p.0 + p.1) / 2.0 - mean;
        distance * distance
    });
    let between = between.sum::<f64>() / (n - 1.0);
    let ignorance = (between - luck / 2.0).max(0.0);
    let means: Vec<f64> = pairs.iter().map(|p| (p.0 + p.1) / 2.0).collect();
    let tail = (1.0 - BAND) / 2.0;
    Some(Sure {
        what,
        mean,
        band: (
            quantile_of_sorted(&values, tail)?,
            quantile_of_sorted(&values, 1.0 - tail)?,
        ),
        luck,
        ignorance,
        parts: parts(&means, &scores, ignorance),
    })
}

/// The draws as a design that `handover sweep --design` takes.
pub fn design(draws: &[Draw]) -> Option<Named> {
    let first = draws.first()?;
    let mut csv = csv::Writer::from_writer(Vec::new());
    csv.write_record(first.iter().map(|(key, _)| key)).ok()?;
    for draw in draws {
        csv.write_record(draw.iter().map(|(_, x)| x.to_string()))
            .ok()?;
    }
    let text = String::from_utf8(csv.into_inner().ok()?).ok()?;
    Some(("draws.csv".to_owned(), text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dist::special::normal_quantile;

    /// Luck of variance 4 and draws of variance 9: both are found, to the error of the two estimates.
    #[test]
    fn variance_is_split() {
        let key = Key::root(5, 0);
        let normal = |n: u64, i: u64| normal_quantile(key.child(n).uniform(i));
        let seen = |contacts: f64| Seen {
            contacts,
            ..Seen::default()
        };
        let draws = 4000_u64;
        let each: Vec<Vec<Seen>> = (0..draws)
            .map(|n| {
                let level = 100.0 + 3.0 * normal(n, 1);
                vec![
                    seen(level + 2.0 * normal(n, 2)),
                    seen(level + 2.0 * normal(n, 3)),
                ]
            })
            .collect();
        let scores = vec![Scores::new(); each.len()];
        let found = sure(What::Volume, &each, &scores).unwrap();
        // Standard errors: 4 and 9 + 4 / 2 times the root of 2 / 4000.
        assert!((found.luck - 4.0).abs() < 4.0 * 4.0 * 0.0224, "{found:?}");
        assert!(
            (found.ignorance - 9.0).abs() < 4.0 * 11.2 * 0.0224,
            "{found:?}"
        );
        let share = found.of_ignorance().unwrap();
        assert!((share - 9.0 / 13.0).abs() < 0.05);
        // 100 and 1.645 times the root of 13 to either side.
        assert!((found.band.1 - found.band.0 - 2.0 * 1.645 * 13_f64.sqrt()).abs() < 0.5);
    }
}
