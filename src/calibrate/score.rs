//! How close a prediction came: bands that cover, errors, and those of simpler predictions beside them.

use super::seen::{Days, Seen};
use crate::stats::quantile_of_sorted;

/// Level of the bands.
pub const BAND: f64 = 0.9;

/// What is predicted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum What {
    /// Contacts.
    Volume,
    /// Mean wait of all of them, in seconds.
    Wait,
    /// Share answered within the target's time, of those offered.
    InTime,
    /// Share that left before an answer.
    Abandonment,
    /// Share that had to wait.
    Queued,
    /// Share of the time on duty that agents worked.
    Occupancy,
}

impl What {
    /// All of them.
    pub const ALL: [What; 6] = [
        Self::Volume,
        Self::Wait,
        Self::InTime,
        Self::Abandonment,
        Self::Queued,
        Self::Occupancy,
    ];

    /// In words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Volume => "contacts",
            Self::Wait => "mean wait",
            Self::InTime => "answered in time",
            Self::Abandonment => "abandoned",
            Self::Queued => "had to wait",
            Self::Occupancy => "occupancy",
        }
    }

    /// Whether it is a share of 1.
    pub fn is_share(self) -> bool {
        !matches!(self, Self::Volume | Self::Wait)
    }

    /// Its value, where it is defined.
    pub fn of(self, s: &Seen) -> Option<f64> {
        let ratio = |a: f64, b: f64| (b > 0.0).then(|| a / b);
        match self {
            Self::Volume => Some(s.contacts),
            Self::Wait => ratio(s.wait_s, s.waits),
            Self::InTime => ratio(s.in_time, s.offered),
            Self::Abandonment => ratio(s.abandoned, s.offered),
            Self::Queued => ratio(s.queued, s.offered),
            Self::Occupancy => ratio(s.busy_s, s.duty_s),
        }
    }
}

/// One day or interval: what was recorded, and what was predicted.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// Which day, or which interval of all days, from 0.
    pub number: usize,
    /// As it was recorded.
    pub recorded: f64,
    /// The mean of the replications.
    pub mean: f64,
    /// Between these nine of ten replications lie.
    pub band: (f64, f64),
    /// What a simpler prediction says.
    pub simpler: Option<f64>,
}

/// All days, or all intervals, of one measure.
#[derive(Clone, Debug, PartialEq)]
pub struct Check {
    /// What is predicted.
    pub what: What,
    /// Whether by day; else by interval.
    pub by_day: bool,
    /// Where it was recorded.
    pub points: Vec<Point>,
}

impl Check {
    /// Holds replications against what was recorded; `simpler` has a prediction for each interval.
    pub fn new(
        what: What,
        by_day: bool,
        days: &Days,
        recorded: &[Seen],
        replications: &[Vec<Seen>],
        simpler: Option<&[Seen]>,
    ) -> Self {
        let group = if by_day { days.per_day } else { 1 };
        let sums = |of: &[Seen]| -> Vec<Seen> {
            let each = of.chunks(group).map(|part| {
                let mut sum = Seen::default();
                part.iter().for_each(|s| sum.add(s));
                sum
            });
            each.collect()
        };
        let (recorded, simpler) = (sums(recorded), simpler.map(sums));
        let each: Vec<Vec<Seen>> = replications.iter().map(|r| sums(r)).collect();
        let points = recorded.iter().enumerate().filter_map(|(number, r)| {
            // What nobody asked for was not recorded.
            let value = what.of(r).filter(|_| r.contacts > 0.0)?;
            let mut values: Vec<f64> = each.iter().filter_map(|r| what.of(&r[number])).collect();
            if values.is_empty() {
                return None;
            }
            values.sort_by(f64::total_cmp);
            let mut sum = Seen::default();
            each.iter().for_each(|r| sum.add(&r[number]));
            let mean = match what {
                What::Volume => sum.contacts / each.len() as f64,
                other => other.of(&sum)?,
            };
            let tail = (1.0 - BAND) / 2.0;
            Some(Point {
                number,
                recorded: value,
                mean,
                band: (
                    quantile_of_sorted(&values, tail)?,
                    quantile_of_sorted(&values, 1.0 - tail)?,
                ),
                simpler: simpler.as_ref().and_then(|s| what.of(&s[number])),
            })
        });
        Self {
            what,
            by_day,
            points: points.collect(),
        }
    }

    /// Of a check by interval only these.
    #[must_use]
    pub(super) fn only(mut self, intervals: &[bool]) -> Self {
        if !self.by_day {
            self.points
                .retain(|p| intervals.get(p.number).copied().unwrap_or(false));
        }
        self
    }

    /// Share of the points within their band; `None` without a point.
    pub fn coverage(&self) -> Option<f64> {
        let inside = |p: &&Point| (p.band.0..=p.band.1).contains(&p.recorded);
        let n = self.points.len();
        (n > 0).then(|| self.points.iter().filter(inside).count() as f64 / n as f64)
    }

    /// Mean absolute error of the mean of the replications.
    pub fn error(&self) -> Option<f64> {
        mean(self.points.iter().map(|p| (p.mean - p.recorded).abs()))
    }

    /// The same where there is a simpler prediction, and that one's.
    pub fn errors_beside(&self) -> Option<(f64, f64)> {
        let both = self.points.iter().filter(|p| p.simpler.is_some());
        let ours = mean(both.map(|p| (p.mean - p.recorded).abs()))?;
        let theirs = self.points.iter();
        let theirs = mean(theirs.filter_map(|p| Some((p.simpler? - p.recorded).abs())))?;
        Some((ours, theirs))
    }

    /// Mean width of the bands, in parts of the mean.
    pub fn relative_width(&self) -> Option<f64> {
        let width = mean(self.points.iter().map(|p| p.band.1 - p.band.0))?;
        let level = mean(self.points.iter().map(|p| p.mean))?;
        (level > 0.0).then(|| width / level)
    }
}

fn mean(values: impl Iterator<Item = f64>) -> Option<f64> {
    let (sum, n) = values.fold((0.0, 0_u64), |(s, n), x| (s + x, n + 1));
    (n > 0).then(|| sum / n as f64)
}

/// All intervals together.
pub fn total(of: &[Seen]) -> Seen {
    let mut sum = Seen::default();
    of.iter().for_each(|s| sum.add(s));
    sum
}

/// The mean of all replications together.
pub fn total_mean(replications: &[Vec<Seen>]) -> Seen {
    let mut sum = Seen::default();
    replications.iter().flatten().for_each(|s| sum.add(s));
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(contacts: f64, wait_s: f64) -> Seen {
        Seen {
            contacts,
            waits: contacts,
            wait_s,
            ..Seen::default()
        }
    }

    /// Two days of two intervals; eleven replications with 0 to 10 contacts more than 10 in each interval.
    #[test]
    fn coverage_and_errors_by_hand() {
        let days = Days {
            first: 0,
            days: 2,
            per_day: 2,
        };
        let recorded = [
            seen(15.0, 30.0),
            seen(10.0, 0.0),
            seen(20.0, 5.0),
            seen(0.0, 0.0),
        ];
        let replications: Vec<Vec<Seen>> = (0..11)
            .map(|r| vec![seen(10.0 + f64::from(r), 30.0); 4])
            .collect();
        let simpler = vec![seen(14.0, 14.0); 4];
        let check = |what, by_day| {
            Check::new(
                what,
                by_day,
                &days,
                &recorded,
                &replications,
                Some(&simpler),
            )
        };
        let intervals = check(What::Volume, false);
        // The interval without anybody was not recorded. Bands go from 10.5 to 19.5: 15 is within.
        assert_eq!(intervals.points.len(), 3);
        assert_eq!(intervals.points[0].band, (10.5, 19.5));
        assert_eq!(intervals.coverage(), Some(1.0 / 3.0));
        // Means are 15: off by 0, 5 and 5; the simpler one by 1, 4 and 6.
        assert_eq!(intervals.errors_beside(), Some((10.0 / 3.0, 11.0 / 3.0)));
        assert!((intervals.relative_width().unwrap() - 9.0 / 15.0).abs() < 1e-12);
        let by_day = check(What::Volume, true);
        assert_eq!(by_day.points.len(), 2);
        // Days: 25 and 20 recorded, 30 in the mean, from 21 to 39.
        assert_eq!(by_day.coverage(), Some(0.5));
        assert_eq!(by_day.error(), Some(7.5));
        let waits = check(What::Wait, false);
        assert_eq!(waits.points[0].recorded, 2.0);
        // Seconds of all over contacts of all: 30 x 11 over 165.
        assert_eq!(waits.points[0].mean, 2.0);
        let kept = check(What::Volume, false).only(&[true, false, true, true]);
        assert_eq!(kept.points.len(), 2);
    }
}
