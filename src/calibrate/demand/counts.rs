//! Counts of contacts by local day and interval.

use crate::time::weekday_index;
use jiff::civil::Date;

/// Contacts that arrived, by local day and interval of the day.
#[derive(Clone, Debug, PartialEq)]
pub struct Counts {
    /// The local days, in order; any may be missing.
    pub days: Vec<Date>,
    /// Length of an interval; the first begins at the same time on all days.
    pub interval_minutes: u32,
    /// Contacts of each day by interval, as many intervals for all days. Intervals without a contact on any day are closed.
    pub counts: Vec<Vec<u32>>,
}

/// Why demand cannot be fitted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DemandError {
    /// Not as many rows as days, or not as many intervals on each day.
    #[error("{date}: expected {expected} intervals, found {found}")]
    Shape {
        /// The day.
        date: Date,
        /// Intervals of the first day.
        expected: usize,
        /// Intervals of this day.
        found: usize,
    },
    /// Days that are not in order.
    #[error("{0}: the days are not in order, or one stands there twice")]
    Order(Date),
    /// Intervals that do not fit into a day.
    #[error("{count} intervals of {minutes} minutes are no part of a day")]
    Interval {
        /// How many.
        count: usize,
        /// How long.
        minutes: u32,
    },
    /// Too few days with contacts.
    #[error(
        "{found} days with contacts, where {needed} are needed: two weeks, and more for each month and for growth"
    )]
    TooFew {
        /// How many there are.
        found: usize,
        /// How many are needed.
        needed: usize,
    },
    /// The factors cannot be told apart.
    #[error("weekdays, months and growth cannot be told apart in these days")]
    Dependent,
}

impl Counts {
    /// Whether the shape is right.
    ///
    /// # Errors
    /// The first thing that is wrong.
    pub fn check(&self) -> Result<(), DemandError> {
        let expected = self.counts.first().map_or(0, Vec::len);
        let minutes = self.interval_minutes;
        if minutes == 0 || expected as u64 * u64::from(minutes) > 24 * 60 {
            let count = expected;
            return Err(DemandError::Interval { count, minutes });
        }
        for (i, date) in self.days.iter().enumerate() {
            let found = self.counts.get(i).map_or(0, Vec::len);
            if found != expected {
                let date = *date;
                return Err(DemandError::Shape {
                    date,
                    expected,
                    found,
                });
            }
            if i > 0 && self.days[i - 1] >= *date {
                return Err(DemandError::Order(*date));
            }
        }
        match self.days.is_empty() || self.days.len() != self.counts.len() {
            true => Err(DemandError::TooFew {
                found: self.days.len().min(self.counts.len()),
                needed: FEWEST_DAYS,
            }),
            false => Ok(()),
        }
    }

    /// The counts of those days for which `keep` is true.
    pub fn only(&self, keep: impl Fn(Date) -> bool) -> Self {
        let each = self.days.iter().zip(&self.counts);
        let kept = each.filter(|(date, _)| keep(**date));
        let (days, counts) = kept.map(|(d, c)| (*d, c.clone())).unzip();
        Self {
            days,
            interval_minutes: self.interval_minutes,
            counts,
        }
    }
}

/// Fewest days with contacts from which demand is fitted.
pub(super) const FEWEST_DAYS: usize = 14;

/// One day with contacts.
pub(super) struct Day<'a> {
    pub(super) date: Date,
    pub(super) weekday: usize,
    pub(super) total: f64,
    pub(super) counts: &'a [u32],
}

/// The days with contacts.
pub(super) fn open_days(counts: &Counts) -> Vec<Day<'_>> {
    let each = counts.days.iter().zip(&counts.counts);
    let days = each.map(|(date, counts)| Day {
        date: *date,
        weekday: weekday_index(date.weekday()),
        total: counts.iter().map(|n| f64::from(*n)).sum(),
        counts,
    });
    days.filter(|d| d.total > 0.0).collect()
}

/// Days from one date to another.
pub(super) fn days_between(from: Date, to: Date) -> i32 {
    from.until(to).map_or(0, |span| span.get_days())
}
