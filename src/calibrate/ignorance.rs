//! How sure a scenario is: what of the spread of its results is luck, and what comes from not knowing its parameters.

use std::path::Path;

use super::fit::Fit;
use super::named::WEEKDAYS;
use super::replay::Over;
use super::score::{BAND, What, total};
use super::seen::{Days, Seen, simulated};
use super::write::{self, Named, POOL, SCENARIO};
use crate::dist::special::normal_quantile;
use crate::random::Key;
use crate::scenario::{InMemory, Problems, load};
use crate::stats::quantile_of_sorted;

/// Replications of each draw.
const EACH: u32 = 2;
/// Draws at most, and at least.
const MOST_DRAWS: f64 = 100.0;
const FEWEST_DRAWS: f64 = 20.0;
/// Contacts of all draws together, about.
const CONTACTS: f64 = 3e6;
/// A correlation of a scenario is within these.
const CLOSEST: f64 = 0.999;
/// Days of the scenario.
const DAYS: usize = 28;
/// Where the draws begin among all keys of a seed.
const DRAWS: u64 = 0x6472_6177;

/// Parameters of a draw: keys of the scenario, and values.
pub type Draw = Vec<(String, f64)>;

/// How sure one measure of the scenario is, over all its days.
#[derive(Clone, Copy, Debug, PartialEq)]
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
}

impl Sure {
    /// Share of the variance that comes from not knowing the parameters; `None` where nothing varies.
    pub fn of_ignorance(&self) -> Option<f64> {
        let all = self.luck + self.ignorance;
        (all > 0.0).then(|| self.ignorance / all)
    }
}

impl Fit {
    /// Draws of the parameters that have standard errors: contacts a day, growth, weekdays, how days and intervals differ, and work.
    pub fn draws(&self, seed: u64, count: usize) -> Vec<Draw> {
        let root = Key::root(seed, 0).child(DRAWS);
        (0..count as u64)
            .map(|n| self.draw(root.child(n)))
            .collect()
    }

    fn draw(&self, key: Key) -> Draw {
        let mut purpose = 0;
        let mut score = || {
            purpose += 1;
            normal_quantile(key.uniform(purpose))
        };
        let d = self.demand.drawn(&mut score);
        let level = self.level_at_start(d.level, d.growth);
        let mut draw = vec![("demand.daily_volume".to_owned(), level)];
        draw.extend(d.growth.map(|g| ("demand.growth_per_year".to_owned(), g)));
        let weekdays = WEEKDAYS.iter().zip(d.weekdays);
        draw.extend(weekdays.filter_map(|(name, f)| Some((format!("demand.weekday.{name}"), f?))));
        let busyness = [
            ("busyness_cv", d.busyness_cv.clamp(0.0, 10.0)),
            (
                "busyness_correlation",
                d.busyness_correlation.clamp(-CLOSEST, CLOSEST),
            ),
            ("level_sd_per_week", d.level_sd_per_week.clamp(0.0, 1.0)),
            (
                "interval_busyness_cv",
                d.interval_busyness_cv.clamp(0.0, 10.0),
            ),
            (
                "interval_busyness_correlation",
                d.interval_busyness_correlation.clamp(-CLOSEST, CLOSEST),
            ),
        ];
        draw.extend(busyness.map(|(key, value)| (format!("demand.{key}"), value)));
        let works = self.topics.iter().filter_map(|t| t.work.as_ref());
        let (sum, variance) = works.fold((0.0, 0.0), |(sum, variance), w| {
            let n = w.contacts as f64;
            (
                sum + n * w.mean_s,
                variance + n * (w.cv * w.mean_s) * (w.cv * w.mean_s),
            )
        });
        if sum > 0.0 {
            let error = variance.sqrt() / sum;
            draw.push((
                format!("pool.{POOL}.work_factor"),
                libm::exp(error * score()),
            ));
        }
        draw
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
        let draws = self.draws(seed, count as usize);
        let each = draws.iter().enumerate().map(|(n, draw)| {
            let set: Vec<String> = draw.iter().map(|(key, x)| format!("{key}={x}")).collect();
            let scenario = load(Path::new(SCENARIO), &set, &files)?;
            // Luck that no two draws share.
            let seed = Key::root(seed, 1).child(n as u64).0 >> 1;
            let found = simulated(&scenario.model, &days, seed, EACH, &|| false);
            Ok(found.unwrap_or_default().iter().map(|r| total(r)).collect())
        });
        let each: Result<Vec<Vec<Seen>>, Problems> = each.collect();
        let each = each?;
        let all = What::ALL.into_iter().filter_map(|what| sure(what, &each));
        Ok(all.collect())
    }
}

fn sure(what: What, each: &[Vec<Seen>]) -> Option<Sure> {
    let pairs: Vec<(f64, f64)> = each
        .iter()
        .filter_map(|r| Some((what.of(r.first()?)?, what.of(r.get(1)?)?)))
        .collect();
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
    let tail = (1.0 - BAND) / 2.0;
    Some(Sure {
        what,
        mean,
        band: (
            quantile_of_sorted(&values, tail)?,
            quantile_of_sorted(&values, 1.0 - tail)?,
        ),
        luck,
        ignorance: (between - luck / 2.0).max(0.0),
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
        let found = sure(What::Volume, &each).unwrap();
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
