//! Demand from counts by local day and interval: level, factors, profile, and how busy days and intervals are.
//!
//! The model is that of `[demand]` in a scenario: the contacts of an interval are Poisson, with a mean that is the product of level,
//! factors of weekday and month, growth, the share of the interval, and random factors of the day and the interval.

mod copula;
mod counts;
mod days;
mod drawn;
mod forecast;
mod intervals;
mod outliers;
mod profile;

pub use counts::{Counts, DemandError};
pub use days::DayBusyness;
pub use drawn::Drawn;
pub use forecast::{Band, Forecast};
pub use intervals::IntervalBusyness;
pub use outliers::Outlier;
pub use profile::{Profile, ProfileTest};

use crate::stats::Ranged;
use jiff::civil::Date;

/// What is asked of the fit of demand.
#[derive(Clone, Debug, PartialEq)]
pub struct Options {
    /// Level of the confidence intervals.
    pub level: f64,
    /// Whether months have factors; by default where the days span 13 months.
    pub months: Option<bool>,
    /// Whether there is growth; by default where the days span a year and a half.
    pub growth: Option<bool>,
    /// Days that are not fitted, as holidays.
    pub excluded: Vec<Date>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            level: 0.95,
            months: None,
            growth: None,
            excluded: Vec::new(),
        }
    }
}

/// Demand as the counts show it.
#[derive(Clone, Debug, PartialEq)]
pub struct Demand {
    /// Contacts of a day after the last one: the mean over the weekdays that have any, and over the months where these have factors.
    pub level: Ranged,
    /// Growth a year as a share: `growth_per_year`.
    pub growth: Option<Ranged>,
    /// Factors by weekday from Monday, of mean 1; `None` for weekdays without contacts.
    pub weekdays: [Option<Ranged>; 7],
    /// Factors by month from January, of mean 1 over those that there are.
    pub months: Option<[Option<Ranged>; 12]>,
    /// Shares of the day by interval.
    pub profile: Profile,
    /// How days differ beyond that.
    pub day_busyness: DayBusyness,
    /// How intervals differ given the day; `None` where there are fewer than three.
    pub interval_busyness: Option<IntervalBusyness>,
    /// Days that are unlike the others. They are proposed, not left out: see [`Options::excluded`].
    pub outliers: Vec<Outlier>,
    /// How many days have contacts and were fitted.
    pub fitted_days: usize,
    /// Relative variance of each interval given the day.
    spreads: Vec<f64>,
    days: days::Days,
}

impl Demand {
    /// The same with a level that is so many times as high.
    pub(super) fn scaled(mut self, by: f64) -> Self {
        let level = &mut self.level;
        [&mut level.value, &mut level.low, &mut level.high]
            .into_iter()
            .for_each(|x| *x *= by);
        self.days.now.0.mean += libm::log(by);
        self
    }

    /// Fits demand to counts.
    ///
    /// # Errors
    /// Counts of the wrong shape, too few days with contacts, factors that cannot be told apart.
    pub fn fit(counts: &Counts, options: &Options) -> Result<Self, DemandError> {
        counts.check()?;
        let used = counts.only(|date| !options.excluded.contains(&date));
        let open = counts::open_days(&used);
        let (found, needed) = (open.len(), counts::FEWEST_DAYS);
        if found < needed {
            return Err(DemandError::TooFew { found, needed });
        }
        let profile = profile::profile(&open);
        let busyness = intervals::intervals(&open, &profile, options.level);
        let of_intervals = busyness.as_ref().map_or(0.0, |b| b.of_day(&profile));
        let days = days::days(&open, of_intervals, options)?;
        let busyness = busyness.map(|b| match days.correlated.most_independent {
            Some(most) => b.limited(&profile, most * most),
            None => b,
        });
        Ok(Self {
            level: days.level,
            growth: days.growth,
            weekdays: days.weekdays,
            months: days.months,
            day_busyness: days.busyness.clone(),
            interval_busyness: busyness,
            outliers: outliers::outliers(&open),
            fitted_days: found,
            spreads: intervals::spreads(&open, &profile),
            profile,
            days,
        })
    }

    /// Growth, and how days and intervals differ, by key of a scenario's demand.
    pub(super) fn estimates(&self) -> impl Iterator<Item = (&'static str, Ranged)> {
        let (days, of_intervals) = (&self.day_busyness, self.interval_busyness.as_ref());
        let all = [
            ("growth_per_year", self.growth),
            ("busyness_cv", Some(days.cv)),
            ("busyness_correlation", Some(days.correlation)),
            ("level_sd_per_week", Some(days.level_sd_per_week)),
            ("interval_busyness_cv", of_intervals.map(|b| b.cv)),
            (
                "interval_busyness_correlation",
                of_intervals.map(|b| b.correlation),
            ),
        ];
        all.into_iter().filter_map(|(key, e)| Some((key, e?)))
    }
}
