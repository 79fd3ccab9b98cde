//! Days that are unlike the others: holidays, failures, campaigns.

use super::counts::{Day, days_between};
use crate::stats::sample_quantile;
use jiff::civil::{Date, Weekday};

/// A day that is far from what its weekday and the weeks around it let expect.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Outlier {
    /// The day.
    pub date: Date,
    /// Its weekday.
    pub weekday: Weekday,
    /// Its contacts over what was expected.
    pub factor: f64,
    /// Its logarithm in units of the usual spread.
    pub score: f64,
}

/// How many usual spreads make an outlier.
const FAR: f64 = 3.5;
/// Days on either side whose median is the level.
const AROUND: i32 = 14;
/// Standard deviation of a normal variable over its median absolute deviation.
const NORMAL: f64 = 1.482_602_218_505_602;

/// Days whose logarithm lies beyond 3.5 usual spreads, by medians, which outliers do not move: of the weekday, and of the four weeks
/// around.
///
/// The spread is that of the median absolute deviation, and at least that of a Poisson count.
pub(super) fn outliers(days: &[Day<'_>]) -> Vec<Outlier> {
    let logs: Vec<f64> = days.iter().map(|d| libm::log(d.total + 0.5)).collect();
    let mut rest = logs;
    // Weekday and level in turns: each median is of what the other leaves.
    for _ in 0..3 {
        let by_weekday: Vec<f64> = (0..7)
            .map(|w| median(of(days, &rest, |d| d.weekday == w)))
            .collect();
        rest = (days.iter().zip(&rest))
            .map(|(d, r)| r - by_weekday[d.weekday])
            .collect();
        let level = |d: &Day<'_>| {
            let near = |o: &Day<'_>| days_between(d.date, o.date).abs() <= AROUND;
            median(of(days, &rest, near))
        };
        let levels: Vec<f64> = days.iter().map(level).collect();
        rest = rest.iter().zip(&levels).map(|(r, l)| r - l).collect();
    }
    let spread = NORMAL * median(rest.iter().map(|r| r.abs()).collect());
    let found = days.iter().zip(&rest).map(|(d, r)| {
        let expected = d.total / libm::exp(*r);
        Outlier {
            date: d.date,
            weekday: d.date.weekday(),
            factor: libm::exp(*r),
            score: r / spread.max(1.0 / (expected + 0.5).sqrt()),
        }
    });
    found.filter(|o| o.score.abs() > FAR).collect()
}

fn of(days: &[Day<'_>], values: &[f64], which: impl Fn(&Day<'_>) -> bool) -> Vec<f64> {
    let each = days.iter().zip(values);
    each.filter(|(d, _)| which(d)).map(|(_, v)| *v).collect()
}

fn median(values: Vec<f64>) -> f64 {
    sample_quantile(&values, 0.5).unwrap_or(0.0)
}
