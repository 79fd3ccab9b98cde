//! The level, its factors by weekday and month, its growth, and how busy days are.

use super::Options;
use super::copula::{Of, cv_of_log_sd, score_correlation};
use super::counts::{Day, DemandError, FEWEST_DAYS, days_between};
use crate::dist::special::{digamma, normal_quantile};
use crate::stats::Ranged;
use crate::stats::wander::{Errors, ErrorsFit, Observation, Prediction, Regressed, fit_errors};
use jiff::civil::Date;

/// Days of a year in the exponent of growth.
pub(super) const YEAR: f64 = 365.25;

/// Which factors there are, and from when days are counted.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Design {
    pub(super) first: Date,
    /// Weekdays with contacts, from Monday = 0; each has its own level.
    pub(super) weekdays: Vec<usize>,
    /// Months with contacts, from January = 1; none where they have no factors.
    pub(super) months: Vec<i8>,
    pub(super) growth: bool,
}

impl Design {
    fn new(days: &[Day<'_>], options: &Options) -> Option<Self> {
        let (first, last) = (days.first()?.date, days.last()?.date);
        let span = days_between(first, last);
        let weekdays = (0..7).filter(|w| days.iter().any(|d| d.weekday == *w));
        let months = (1..=12).filter(|m| days.iter().any(|d| d.date.month() == *m));
        Some(Self {
            first,
            weekdays: weekdays.collect(),
            months: match options.months.unwrap_or(span >= 396) {
                true => months.collect(),
                false => Vec::new(),
            },
            growth: options.growth.unwrap_or(span >= 540),
        })
    }

    /// Days since the first.
    pub(super) fn at(&self, date: Date) -> u32 {
        u32::try_from(days_between(self.first, date)).unwrap_or(0)
    }

    /// Regressors of a date: weekdays, months (the last is minus the sum of the others), years; `None` on a weekday without contacts.
    pub(super) fn regressors(&self, date: Date) -> Option<Vec<f64>> {
        let weekday = crate::time::weekday_index(date.weekday());
        let mut x: Vec<f64> = self.weekdays.iter().map(|w| flag(*w == weekday)).collect();
        if !x.contains(&1.0) {
            return None;
        }
        self.add_season(&mut x, date);
        Some(x)
    }

    fn add_season(&self, x: &mut Vec<f64>, date: Date) {
        if let Some((last, others)) = self.months.split_last() {
            let of_last = flag(date.month() == *last);
            x.extend(others.iter().map(|m| flag(date.month() == *m) - of_last));
        }
        if self.growth {
            x.push(f64::from(days_between(self.first, date)) / YEAR);
        }
    }

    /// The mean of all weekdays and months on a date: the level.
    fn level(&self, date: Date) -> Vec<f64> {
        let mut x = vec![1.0 / self.weekdays.len() as f64; self.weekdays.len()];
        x.extend(vec![0.0; self.months.len().saturating_sub(1)]);
        if self.growth {
            x.push(f64::from(days_between(self.first, date)) / YEAR);
        }
        x
    }
}

fn flag(is: bool) -> f64 {
    f64::from(u8::from(is))
}

/// How days differ beyond what weekday, month and growth explain.
#[derive(Clone, Debug, PartialEq)]
pub struct DayBusyness {
    /// Coefficient of variation of the day's factor: `busyness_cv` of a scenario.
    pub cv: Ranged,
    /// Correlation of the normal scores of neighbouring calendar days: `busyness_correlation`.
    pub correlation: Ranged,
    /// Standard deviation of the change of the level in a week: `level_sd_per_week`; 0 where the days do not show one, with an upper
    /// bound of what they would not have shown.
    pub level_sd_per_week: Ranged,
}

/// The level with everything that multiplies it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Days {
    pub(super) design: Design,
    pub(super) observations: Vec<Observation>,
    pub(super) correlated: ErrorsFit,
    /// Days taken as independent, of the same regressors.
    pub(super) independent: (Errors, Regressed),
    pub(super) busyness: DayBusyness,
    pub(super) level: Ranged,
    /// The logarithm of the level after the last day, and its regressors.
    pub(super) now: (Prediction, Vec<f64>),
    pub(super) growth: Option<Ranged>,
    pub(super) weekdays: [Option<Ranged>; 7],
    pub(super) months: Option<[Option<Ranged>; 12]>,
}

/// What a day's count is, on the scale of logarithms: half a contact more, so that few contacts have no bias of the first order.
pub(super) fn observation(design: &Design, day: &Day<'_>, noise: f64) -> Option<Observation> {
    Some(Observation {
        at: design.at(day.date),
        y: libm::log(day.total + 0.5),
        noise,
        x: design.regressors(day.date)?,
    })
}

/// Variance of the logarithm of a Poisson count around the logarithm of its mean.
pub(super) fn noise(mean: f64) -> f64 {
    1.0 / (mean + 0.5)
}

/// Fits what days are, `of_intervals` being the variance that the intervals' own factors give a day's total.
pub(super) fn days(
    days: &[Day<'_>],
    of_intervals: f64,
    options: &Options,
) -> Result<Days, DemandError> {
    let found = days.len();
    let design = Design::new(days, options).ok_or(DemandError::TooFew {
        found,
        needed: FEWEST_DAYS,
    })?;
    let columns = design.level(design.first).len();
    let needed = FEWEST_DAYS.max(2 * columns);
    if found < needed {
        return Err(DemandError::TooFew { found, needed });
    }
    // The noise is that of the weekday's mean, not of the count itself: a small count is not to weigh less.
    let mean = |w: usize| {
        let of = || days.iter().filter(|d| d.weekday == w);
        of().map(|d| d.total).sum::<f64>() / of().count() as f64
    };
    let means: Vec<f64> = (0..7).map(mean).collect();
    let observe = |d: &Day<'_>| observation(&design, d, noise(means[d.weekday]));
    let observations: Vec<Observation> = days.iter().filter_map(observe).collect();
    let correlated = fit_errors(&observations, of_intervals.sqrt(), options.level)
        .ok_or(DemandError::Dependent)?;
    let independent = crate::stats::wander::fit_independent(&observations);
    let independent = independent.ok_or(DemandError::Dependent)?;
    let cv = |sd: f64| cv_of_log_sd(sd);
    let errors = correlated.errors;
    let own = cv(errors.sd);
    let scores = |r: f64| score_correlation(Of::Logarithm, own, r);
    let (low, high) = correlated.correlation;
    let week = 7.0_f64.sqrt();
    let busyness = DayBusyness {
        cv: Ranged::new(own, cv(correlated.sd.0), cv(correlated.sd.1)),
        correlation: Ranged::new(scores(errors.correlation), scores(low), scores(high)),
        level_sd_per_week: Ranged::new(
            week * errors.walk,
            week * correlated.walk.0,
            week * correlated.walk.1,
        ),
    };
    let z = -normal_quantile(0.5 - 0.5 * options.level);
    let regressed = &correlated.regressed;
    let weekdays = design.weekdays.len();
    let mut by_weekday = [None; 7];
    for (w, factor) in design
        .weekdays
        .iter()
        .zip(with_ends(regressed, 0, weekdays, z))
    {
        by_weekday[*w] = Some(factor);
    }
    let months = (!design.months.is_empty()).then(|| {
        let mut by_month = [None; 12];
        let others = design.months.len() - 1;
        for (m, factor) in design
            .months
            .iter()
            .zip(contrasts(regressed, weekdays, others, z))
        {
            by_month[*m as usize - 1] = Some(factor);
        }
        by_month
    });
    let growth = design.growth.then(|| {
        let last = regressed.coefficients.len() - 1;
        let half = z * regressed.covariance[last][last].sqrt();
        // The level of a scenario is expected to stay, that of a walk of the logarithm to rise by half its variance.
        let value = regressed.coefficients[last] + 0.5 * YEAR * errors.walk * errors.walk;
        let at = |by: f64| libm::expm1(value + by);
        Ranged::new(at(0.0), at(-half), at(half))
    });
    // The level after the last day, apart from the day's own factor.
    let last = days.last().map_or(design.first, |d| d.date);
    let at = design.level(last);
    let now = regressed.level(&errors, &observations, design.at(last) + 1, &at);
    let half = z * now.variance.sqrt();
    let logs = &regressed.coefficients[..weekdays];
    let level = |by: f64| level_of(now.mean + by, logs, own, errors.independent);
    Ok(Days {
        level: Ranged::new(level(0.0), level(-half), level(half)),
        now: (now, at),
        design,
        busyness,
        growth,
        weekdays: by_weekday,
        months,
        independent,
        correlated,
        observations,
    })
}

/// The mean of the weekdays' contacts, from the mean of their logarithms, their coefficients, and how busy days and intervals are.
pub(super) fn level_of(log: f64, weekdays: &[f64], cv: f64, of_intervals: f64) -> f64 {
    let n = weekdays.len() as f64;
    let centre = weekdays.iter().sum::<f64>() / n;
    let above = weekdays.iter().map(|b| libm::exp(b - centre)).sum::<f64>() / n;
    above * libm::exp(log - mean_log(cv) + 0.5 * of_intervals * of_intervals)
}

/// Expected logarithm of a gamma factor of mean 1.
fn mean_log(cv: f64) -> f64 {
    if cv < 1e-5 {
        return 0.0;
    }
    let shape = 1.0 / (cv * cv);
    digamma(shape) - libm::log(shape)
}

/// Factors of mean 1 from `n` coefficients of logarithms.
fn with_ends(regressed: &Regressed, from: usize, n: usize, z: f64) -> Vec<Ranged> {
    let rows: Vec<Vec<f64>> = (0..n)
        .map(|i| {
            (0..n)
                .map(|j| regressed.covariance[from + i][from + j])
                .collect()
        })
        .collect();
    of_mean_one(&regressed.coefficients[from..from + n], &rows, z)
}

/// The same from coefficients of which the last is minus the sum of the others.
fn contrasts(regressed: &Regressed, from: usize, others: usize, z: f64) -> Vec<Ranged> {
    let weight = |i: usize, k: usize| if i == others { -1.0 } else { flag(i == k) };
    let value = |i: usize| -> f64 {
        (0..others)
            .map(|k| weight(i, k) * regressed.coefficients[from + k])
            .sum()
    };
    let with = |i: usize, j: usize| -> f64 {
        let mut sum = 0.0;
        for k in 0..others {
            for l in 0..others {
                sum += weight(i, k) * weight(j, l) * regressed.covariance[from + k][from + l];
            }
        }
        sum
    };
    let rows: Vec<Vec<f64>> = (0..=others)
        .map(|i| (0..=others).map(|j| with(i, j)).collect())
        .collect();
    of_mean_one(&(0..=others).map(value).collect::<Vec<_>>(), &rows, z)
}

/// `exp(b_i)` over their mean.
pub(super) fn factors(logs: &[f64]) -> Vec<f64> {
    let mean = logs.iter().map(|b| libm::exp(*b)).sum::<f64>() / logs.len() as f64;
    logs.iter().map(|b| libm::exp(*b) / mean).collect()
}

/// `exp(b_i)` over their mean, with intervals on the scale of logarithms by the delta method.
fn of_mean_one(logs: &[f64], covariance: &[Vec<f64>], z: f64) -> Vec<Ranged> {
    let n = logs.len();
    let all: f64 = logs.iter().map(|b| libm::exp(*b)).sum();
    let factor = |i: usize| {
        let slope: Vec<f64> = (0..n)
            .map(|j| flag(i == j) - libm::exp(logs[j]) / all)
            .collect();
        let mut variance = 0.0;
        for (j, row) in covariance.iter().enumerate() {
            for (k, c) in row.iter().enumerate() {
                variance += slope[j] * slope[k] * c;
            }
        }
        let log = logs[i] - libm::log(all / n as f64);
        let half = z * variance.max(0.0).sqrt();
        Ranged::new(libm::exp(log), libm::exp(log - half), libm::exp(log + half))
    };
    (0..n).map(factor).collect()
}
