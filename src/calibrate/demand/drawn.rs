//! Demand as uncertain as its estimates are: one draw of all parameters.

use super::Demand;
use super::copula::{Of, cv_of_log_sd, score_correlation};
use super::days::{factors, level_of};
use crate::stats::wander::{cholesky, times};

/// One draw of the parameters of demand.
#[derive(Clone, Debug, PartialEq)]
pub struct Drawn {
    /// Contacts of a day after the last one, as [`Demand::level`].
    pub level: f64,
    /// Growth a year, as [`Demand::growth`].
    pub growth: Option<f64>,
    /// Factors by weekday, of mean 1.
    pub weekdays: [Option<f64>; 7],
    /// Factors by month, of mean 1.
    pub months: Option<[Option<f64>; 12]>,
    /// `busyness_cv`.
    pub busyness_cv: f64,
    /// `busyness_correlation`.
    pub busyness_correlation: f64,
    /// `level_sd_per_week`.
    pub level_sd_per_week: f64,
    /// `interval_busyness_cv`.
    pub interval_busyness_cv: f64,
    /// `interval_busyness_correlation`.
    pub interval_busyness_correlation: f64,
}

impl Demand {
    /// Parameters drawn around their estimates, by a source of standard normal numbers: normal on the scale on which they were
    /// estimated, with the estimated covariances of level, weekdays, months and growth, and of the errors of days. What was estimated
    /// as 0 stays 0. The profile is not drawn: its errors are small beside those of the days.
    pub fn drawn(&self, mut score: impl FnMut() -> f64) -> Drawn {
        let days = &self.days;
        let (design, regressed) = (&days.design, &days.correlated.regressed);
        let errors = days.correlated.drawn(&mut score);
        let mut scores = |n: usize| -> Vec<f64> { (0..n).map(|_| score()).collect() };
        let n = regressed.coefficients.len();
        let moved = cholesky(regressed.covariance.clone()).map(|root| times(&root, &scores(n)));
        let moved = moved.unwrap_or_else(|| vec![0.0; n]);
        let added = regressed.coefficients.iter().zip(&moved);
        let coefficients: Vec<f64> = added.map(|(b, m)| b + m).collect();
        let weekday_count = design.weekdays.len();
        let mut weekdays = [None; 7];
        for (w, factor) in (design.weekdays.iter()).zip(factors(&coefficients[..weekday_count])) {
            weekdays[*w] = Some(factor);
        }
        let months = design.months.split_last().map(|(_, others)| {
            let mut logs = coefficients[weekday_count..weekday_count + others.len()].to_vec();
            logs.push(-logs.iter().sum::<f64>());
            let mut months = [None; 12];
            for (m, factor) in design.months.iter().zip(factors(&logs)) {
                months[*m as usize - 1] = Some(factor);
            }
            months
        });
        // The level moves with the coefficients; what the state of the walk adds is independent of them.
        let (now, at) = &days.now;
        let along: f64 = at.iter().zip(&moved).map(|(x, m)| x * m).sum();
        let by = |row: &Vec<f64>| at.iter().zip(row).map(|(x, c)| x * c).sum::<f64>();
        let known: f64 = (at.iter().zip(&regressed.covariance))
            .map(|(x, row)| x * by(row))
            .sum();
        let state = (now.variance - known).max(0.0).sqrt() * scores(1)[0];
        let busyness_cv = match errors.sd > 0.0 {
            true => cv_of_log_sd(errors.sd),
            false => 0.0,
        };
        let log = now.mean + along + state;
        let (interval_cv, interval_correlation) = match &self.interval_busyness {
            Some(busyness) => busyness.drawn([scores(1)[0], scores(1)[0]]),
            None => (0.0, 0.0),
        };
        Drawn {
            level: level_of(
                log,
                &coefficients[..weekday_count],
                busyness_cv,
                errors.independent,
            ),
            growth: design.growth.then(|| {
                let walk = 0.5 * super::days::YEAR * errors.walk * errors.walk;
                libm::expm1(coefficients.last().copied().unwrap_or(0.0) + walk)
            }),
            weekdays,
            months,
            busyness_cv,
            busyness_correlation: match errors.sd > 0.0 {
                true => score_correlation(Of::Logarithm, busyness_cv, errors.correlation),
                false => 0.0,
            },
            level_sd_per_week: 7.0_f64.sqrt() * errors.walk,
            interval_busyness_cv: interval_cv,
            interval_busyness_correlation: interval_correlation,
        }
    }
}
