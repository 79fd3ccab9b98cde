//! What a coming day is, given the days before it.

use super::Demand;
use super::counts::{Counts, open_days};
use super::days::{noise, observation};
use crate::dist::beta_fn::beta_pq;
use crate::dist::gamma_fn::{gamma_pq, gamma_quantile};
use crate::stats::wander::Prediction;
use crate::time::weekday_index;
use jiff::civil::Date;

/// The contacts of a day or an interval that has not come yet.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Band {
    /// Expected contacts.
    pub mean: f64,
    /// Standard deviation, with what is not known of the parameters.
    pub sd: f64,
    /// At most so many with probability 5%, in the default of a band of 90%.
    pub low: f64,
    /// At most so many with probability 95%.
    pub high: f64,
}

/// The contacts of a coming day, in all and by interval.
#[derive(Clone, Debug, PartialEq)]
pub struct Forecast {
    /// The day.
    pub day: Band,
    /// Its intervals; closed ones are 0.
    pub intervals: Vec<Band>,
}

impl Demand {
    /// The law of a day, given the counts of days before it: what was seen of later days is not looked at.
    ///
    /// The day may lie several days ahead; correlation with the last days that were seen fades as the simulator lets it. Bands hold
    /// the middle `level`. `None` on a weekday without contacts, for a level outside (0, 1), or a day before the fitted ones.
    pub fn ahead(&self, seen: &Counts, date: Date, level: f64) -> Option<Forecast> {
        let design = &self.days.design;
        let at = self.at(date)?;
        let observe = |d: &super::counts::Day<'_>| {
            // The noise of a day follows from what is expected of it, not from what came.
            observation(design, d, noise(self.expected(d.weekday)))
        };
        let past = seen.only(|d| d < date && d >= design.first);
        let past: Vec<_> = open_days(&past).iter().filter_map(observe).collect();
        let fit = &self.days.correlated;
        let x = design.regressors(date)?;
        let prediction = fit.regressed.predict(&fit.errors, &past, at, &x);
        self.forecast(prediction, fit.errors.independent, date, level)
    }

    /// The law of a day if days were independent of each other: all that differs is how busy a day is by itself.
    ///
    /// `None` as of [`Demand::ahead`].
    pub fn unconditional(&self, date: Date, level: f64) -> Option<Forecast> {
        let (errors, regressed) = &self.days.independent;
        let x = self.days.design.regressors(date)?;
        let prediction = regressed.predict(errors, &[], self.at(date)?, &x);
        self.forecast(prediction, 0.0, date, level)
    }

    fn at(&self, date: Date) -> Option<u32> {
        let design = &self.days.design;
        (date >= design.first).then(|| design.at(date))
    }

    /// Contacts of a weekday at the fitted level.
    fn expected(&self, weekday: usize) -> f64 {
        self.weekdays[weekday].map_or(0.0, |f| f.value * self.level.value)
    }

    /// From the law of the logarithm of a day's factors, and the standard deviation that intervals add to it.
    fn forecast(
        &self,
        log: Prediction,
        of_intervals: f64,
        date: Date,
        level: f64,
    ) -> Option<Forecast> {
        if !(level > 0.0 && level < 1.0) {
            return None;
        }
        let of_intervals = of_intervals * of_intervals;
        // The mean of a lognormal factor; the observed logarithm lacks half the variance of its noise from intervals.
        let mean = libm::exp(log.mean + 0.5 * (log.variance + of_intervals));
        let of_day = libm::expm1(log.variance);
        let day = (1.0 + of_day) * (1.0 + of_intervals) - 1.0;
        let shares = self.profile.of(weekday_index(date.weekday()));
        let intervals = shares.iter().zip(&self.spreads).map(|(share, spread)| {
            if share.value <= 0.0 {
                return Band::new(0.0, 0.0, level);
            }
            // Each interval spreads around its share of the day as it did: mornings often more than the middle of a day.
            let unsure = share.standard_error / share.value;
            let factors = (1.0 + day) * (1.0 + spread) * (1.0 + unsure * unsure) - 1.0;
            Band::new(mean * share.value, factors, level)
        });
        Some(Forecast {
            day: Band::new(mean, day, level),
            intervals: intervals.collect(),
        })
    }
}

impl Band {
    /// Contacts that are Poisson with a mean that is gamma-distributed: negative binomial.
    fn new(mean: f64, squared_cv: f64, level: f64) -> Self {
        let tail = 0.5 - 0.5 * level;
        let quantile = |p: f64| match mean > 0.0 {
            true => f64::from(smallest_count(mean, squared_cv, p)),
            false => 0.0,
        };
        Self {
            mean,
            sd: (mean + mean * mean * squared_cv).sqrt(),
            low: quantile(tail),
            high: quantile(1.0 - tail),
        }
    }
}

/// The smallest count that is exceeded with probability at most 1 - p.
fn smallest_count(mean: f64, squared_cv: f64, p: f64) -> u32 {
    let below = |n: u32| {
        let beyond = f64::from(n) + 1.0;
        if squared_cv < 1e-9 {
            return gamma_pq(beyond, mean).1;
        }
        let shape = 1.0 / squared_cv;
        let all = shape + mean;
        beta_pq(shape, beyond, shape / all, mean / all).0
    };
    // Some way beyond the quantile of a gamma law of the same mean and variance.
    let variance = squared_cv + 1.0 / mean;
    let far = mean * variance * gamma_quantile(1.0 / variance, p, false);
    let high = (2.0 * far + 20.0).min(1e9) as u32;
    crate::stats::smallest_between(0, high, |n| below(n) >= p)
}
