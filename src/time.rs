//! Points in simulated time and durations: the only module that knows their representation.
//!
//! Simulated time is a count of whole microseconds since the scenario's `start` (a civil date, local midnight).
//! Integers make ties exact and results the same on every machine; a microsecond is far below anything a contact
//! centre can measure. [`Calendar`] translates to civil time (dates, weekdays, daylight-saving shifts).

use jiff::civil::{Date, DateTime, Weekday};
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp, ToSpan, Zoned};

/// A point in simulated time, or a duration, in microseconds.
pub type Micros = u64;

/// Microseconds in a second.
pub const SECOND: Micros = 1_000_000;
/// Microseconds in a minute.
pub const MINUTE: Micros = 60 * SECOND;
/// Microseconds in an hour.
pub const HOUR: Micros = 60 * MINUTE;
/// Microseconds in a day of 24 hours.
pub const DAY: Micros = 24 * HOUR;
/// Microseconds in a week.
pub const WEEK: Micros = 7 * DAY;
/// A time that never comes.
pub const NEVER: Micros = Micros::MAX;
/// The longest horizon that can be simulated: four years (event keys hold 47 bits of microseconds).
pub const MAX_HORIZON: Micros = 4 * 366 * DAY;

/// Seconds of a duration.
#[inline]
pub fn to_seconds(t: Micros) -> f64 {
    t as f64 / SECOND as f64
}

/// The whole microseconds nearest to a number of seconds; negative and NaN give 0.
#[inline]
pub fn from_seconds(s: f64) -> Micros {
    (s * SECOND as f64 + 0.5) as Micros
}

/// The whole microseconds nearest to `x`, for `x` from 0 to 4e15 (127 years); larger values count as that, negative ones and
/// NaN as 0. Adding 2^52 leaves the rounded integer in the mantissa, which is cheaper than a checked conversion.
#[inline]
pub fn round_micros(x: f64) -> Micros {
    const TWO_52: f64 = 4_503_599_627_370_496.0;
    let x = if x > 0.0 { x } else { 0.0 };
    (x.min(4e15) + TWO_52).to_bits() & ((1 << 52) - 1)
}

/// A civil moment as the scenario's time zone shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Local {
    /// The civil date.
    pub date: Date,
    /// Time since local midnight by the wall clock, in microseconds.
    pub time_of_day: Micros,
    /// Weekday, 0 = Monday .. 6 = Sunday.
    pub weekday: usize,
    /// Month, 0 = January .. 11 = December.
    pub month: usize,
}

/// Translates between simulated and civil time.
#[derive(Clone, Debug)]
pub struct Calendar {
    start: Zoned,
}

impl Calendar {
    /// The calendar whose time 0 is local midnight of `date` in the IANA zone `zone`.
    ///
    /// # Errors
    /// A message when the zone is unknown or the date has no such midnight.
    pub fn new(date: Date, zone: &str) -> Result<Self, String> {
        let tz = TimeZone::get(zone).map_err(|_| format!("unknown time zone {zone:?}"))?;
        let start = date.to_zoned(tz).map_err(|e| e.to_string())?;
        Ok(Self { start })
    }

    /// The calendar of another IANA zone, with the same time 0.
    ///
    /// # Errors
    /// A message when the zone is unknown.
    pub fn in_zone(&self, zone: &str) -> Result<Self, String> {
        let tz = TimeZone::get(zone).map_err(|_| format!("unknown time zone {zone:?}"))?;
        let start = self.start.with_time_zone(tz);
        Ok(Self { start })
    }

    /// The civil date of time 0.
    pub fn start(&self) -> Date {
        self.start.date()
    }

    /// The IANA name of the time zone.
    pub fn zone(&self) -> &str {
        self.start.time_zone().iana_name().unwrap_or("UTC")
    }

    /// What calendar and wall clock show at simulated time `t`.
    pub fn civil(&self, t: Micros) -> DateTime {
        let start = self.start.timestamp().as_microsecond();
        let stamp = Timestamp::from_microsecond(start.saturating_add_unsigned(t));
        let stamp = stamp.unwrap_or(Timestamp::MAX);
        self.start.time_zone().to_datetime(stamp)
    }

    /// What calendar and wall clock show at simulated time `t`, in whole milliseconds: `YYYY-MM-DDTHH:MM:SS.mmm`.
    pub fn moment(&self, t: Micros) -> String {
        self.civil(t).strftime("%Y-%m-%dT%H:%M:%S%.3f").to_string()
    }

    /// The same in milliseconds since 1970-01-01 00:00 on the wall clock.
    pub fn local_millis(&self, t: Micros) -> i64 {
        let wall = TimeZone::UTC.to_timestamp(self.civil(t));
        wall.map_or(i64::MAX, |wall| wall.as_microsecond().div_euclid(1000))
    }

    /// What the wall clock shows at simulated time `t`.
    pub fn local(&self, t: Micros) -> Local {
        let dt = self.civil(t);
        let time = dt.time();
        let seconds = time.hour() as u64 * 3600 + time.minute() as u64 * 60 + time.second() as u64;
        Local {
            date: dt.date(),
            time_of_day: seconds * SECOND + time.subsec_nanosecond() as u64 / 1000,
            weekday: weekday_index(dt.date().weekday()),
            month: dt.date().month() as usize - 1,
        }
    }

    /// Simulated time of a civil date and time, `None` when it lies before `start`.
    ///
    /// A time skipped by a daylight-saving shift is taken as the moment after the gap; of a repeated one the first.
    pub fn instant(&self, dt: DateTime) -> Option<Micros> {
        u64::try_from(self.offset(dt)?).ok()
    }

    /// The same with a sign: negative before `start`.
    pub fn offset(&self, dt: DateTime) -> Option<i64> {
        let zoned = dt.to_zoned(self.start.time_zone().clone()).ok()?;
        Some(zoned.timestamp().as_microsecond() - self.start.timestamp().as_microsecond())
    }

    /// Local midnight `months` calendar months and then `days` local days after the date of time 0; `None` beyond the calendar.
    pub fn midnight_after(&self, months: i32, days: i32) -> Option<Micros> {
        let span = months.months().try_days(days).ok()?;
        self.midnight(self.start.date().checked_add(span).ok()?)
    }

    /// The time `length` after `t`. A length of whole days is counted in local days and keeps the time of day, also across a
    /// clock change; any other is exact.
    pub fn later(&self, t: Micros, length: Micros) -> Micros {
        let exact = t.saturating_add(length);
        let days = i32::try_from(length / DAY).ok();
        days.filter(|_| length.is_multiple_of(DAY))
            .and_then(|days| self.civil(t).checked_add(days.days()).ok())
            .and_then(|moment| self.instant(moment))
            .unwrap_or(exact)
    }

    /// Spans of even wall clock that cover `[0, end)`: the begin of each, and what to add to simulated time to get the time on the
    /// wall clock since some Monday 00:00. The first begins at 0.
    pub fn week_offsets(&self, end: Micros) -> Vec<(Micros, Micros)> {
        let local = self.local(0);
        let first = local.weekday as Micros * DAY + local.time_of_day;
        let (zone, start) = (self.start.time_zone(), self.start.timestamp());
        let mut spans = vec![(0, first)];
        for change in zone.following(start) {
            let begin = change.timestamp().as_microsecond() - start.as_microsecond();
            let Some(begin) = u64::try_from(begin).ok().filter(|&t| t < end) else {
                break;
            };
            let seconds = i64::from(change.offset().seconds() - self.start.offset().seconds());
            let moved = seconds * SECOND as i64;
            let offset = (first + WEEK).saturating_add_signed(moved) % WEEK;
            if spans.last().is_some_and(|last| last.1 != offset) {
                spans.push((begin, offset));
            }
        }
        spans
    }

    /// Simulated time of the local midnight with which a date begins; `None` when it lies before `start`.
    fn midnight(&self, date: Date) -> Option<Micros> {
        self.instant(date.at(0, 0, 0, 0))
    }

    /// Starts of the local days that intersect `[0, end)`, in order; the first is 0.
    pub fn day_starts(&self, end: Micros) -> Vec<Micros> {
        self.starts(self.start.date(), 1.day(), end)
    }

    /// Starts of the local months in `[0, end)`; the first is 0, whatever day that is.
    pub fn month_starts(&self, end: Micros) -> Vec<Micros> {
        self.starts(self.start.date().first_of_month(), 1.month(), end)
    }

    /// 0, and the local midnights before `end` of the dates that follow on `first` in steps of `step`.
    fn starts(&self, first: Date, step: Span, end: Micros) -> Vec<Micros> {
        let dates = first.series(step).skip(1);
        let midnights = dates.map_while(|date| self.midnight(date));
        let within = midnights.take_while(|&t| t < end);
        std::iter::once(0).chain(within).collect()
    }

    /// Calendar months in `[from, end)`: each local day counts as one over the number of days of its month, a part of a
    /// day in proportion. February 2024 as a whole is 1.
    pub fn months_between(&self, from: Micros, end: Micros) -> f64 {
        let of = |(share, date): (f64, Date)| share / f64::from(date.days_in_month());
        self.by_day(from, end).map(of).sum()
    }

    /// The local days that `[from, end)` touches, each with the share of it that lies within.
    fn by_day(&self, from: Micros, end: Micros) -> impl Iterator<Item = (f64, Date)> + '_ {
        let start_of = |date: Date| self.midnight(date);
        let first = self.local(from).date;
        let mut next = Some((first, start_of(first).unwrap_or(from).min(from)));
        std::iter::from_fn(move || {
            let (date, day) = next.filter(|n| n.1 < end)?;
            let tomorrow = date.tomorrow().ok();
            let begin = tomorrow
                .and_then(start_of)
                .unwrap_or(day + DAY)
                .max(day + 1);
            next = tomorrow.map(|t| (t, begin));
            let within = begin.min(end) - day.max(from);
            Some((within as f64 / (begin - day) as f64, date))
        })
    }

    /// Local calendar days in `[from, end)`: each counts as one, however long it is; a part of a day in proportion.
    pub fn days_between(&self, from: Micros, end: Micros) -> f64 {
        self.by_day(from, end).map(|(share, _)| share).sum()
    }

    /// `YYYY-MM-DDTHH:MM[:SS]` on the wall clock, for labels.
    pub fn label(&self, t: Micros) -> String {
        let moment = self.civil(t);
        let form = match moment.second() {
            0 => "%Y-%m-%dT%H:%M",
            _ => "%Y-%m-%dT%H:%M:%S",
        };
        moment.strftime(form).to_string()
    }
}

/// Index of a weekday, 0 = Monday .. 6 = Sunday.
pub fn weekday_index(w: Weekday) -> usize {
    w.to_monday_zero_offset() as usize
}

/// Names of weekdays, Monday first, as scenarios write them.
pub const WEEKDAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// Weekdays as scenarios write them: `mon-fri`, `tue,sat`.
pub fn weekdays_text(days: &[usize]) -> String {
    let mut days: Vec<usize> = days.iter().map(|day| day % 7).collect();
    days.sort_unstable();
    days.dedup();
    let runs = days.chunk_by(|a, b| a + 1 == *b).map(|run| match run {
        [day] => WEEKDAYS[*day].to_owned(),
        run => format!("{}-{}", WEEKDAYS[run[0]], WEEKDAYS[run[run.len() - 1]]),
    });
    runs.collect::<Vec<_>>().join(",")
}

/// A piecewise-constant function of simulated time, right-continuous.
#[derive(Clone, Debug, PartialEq)]
pub struct StepFn {
    times: Vec<Micros>,
    values: Vec<f64>,
    /// Integral from 0 to each time, in value x microseconds.
    integral: Vec<f64>,
}

impl StepFn {
    /// The function that is `value` everywhere.
    pub fn constant(value: f64) -> Self {
        Self::new([(0, value)])
    }

    /// Built from `(time, value)` points in order of time; equal neighbours are merged, and the function is 0 before the
    /// first point. Times that do not increase are dropped.
    pub fn new(points: impl IntoIterator<Item = (Micros, f64)>) -> Self {
        let (mut times, mut values): (Vec<Micros>, Vec<f64>) = (vec![0], vec![0.0]);
        for (t, v) in points {
            let last = times.len() - 1;
            if t == times[last] {
                values[last] = v;
                if last > 0 && values[last - 1] == v {
                    times.pop();
                    values.pop();
                }
            } else if t > times[last] && v != values[last] {
                times.push(t);
                values.push(v);
            }
        }
        let mut integral = vec![0.0; times.len()];
        for i in 1..times.len() {
            integral[i] = integral[i - 1] + values[i - 1] * (times[i] - times[i - 1]) as f64;
        }
        Self {
            times,
            values,
            integral,
        }
    }

    fn index(&self, t: Micros) -> usize {
        self.times.partition_point(|&x| x <= t) - 1
    }

    /// Value at `t`.
    pub fn at(&self, t: Micros) -> f64 {
        self.values[self.index(t)]
    }

    /// Integral over `[from, to)`, in value x microseconds.
    pub fn integral(&self, from: Micros, to: Micros) -> f64 {
        let upto = |t: Micros| {
            let i = self.index(t);
            self.integral[i] + self.values[i] * (t - self.times[i]) as f64
        };
        if to > from {
            upto(to) - upto(from)
        } else {
            0.0
        }
    }

    /// Mean over `[from, to)`; 0 where that is empty.
    pub fn mean(&self, from: Micros, to: Micros) -> f64 {
        self.integral(from, to) / to.saturating_sub(from).max(1) as f64
    }

    /// The first time at or after `from` at which the integral from `from` reaches `area` (value x microseconds), or
    /// `None` if it never does.
    pub fn advance(&self, from: Micros, area: f64) -> Option<Micros> {
        let (mut i, mut t, mut left) = (self.index(from), from, area);
        loop {
            let v = self.values[i];
            let end = self.times.get(i + 1).copied();
            let room = end.map_or(f64::INFINITY, |e| v * (e - t) as f64);
            if v > 0.0 && left <= room {
                let dt = left / v;
                return (dt < MAX_HORIZON as f64 * 4.0).then(|| t + dt as Micros);
            }
            left -= if v > 0.0 { room } else { 0.0 };
            t = end?;
            i += 1;
        }
    }

    /// The next time after `t` at which the value changes.
    pub fn next_change(&self, t: Micros) -> Option<Micros> {
        self.times.get(self.index(t) + 1).copied()
    }

    /// The largest value at any time before `end`.
    pub fn max_before(&self, end: Micros) -> f64 {
        self.max_between(0, end)
    }

    /// The largest value at any time in `[from, to)`, at `from` at least.
    pub fn max_between(&self, from: Micros, to: Micros) -> f64 {
        let first = self.index(from);
        let end = self.times.partition_point(|&x| x < to).max(first + 1);
        let values = self.values[first..end].iter().copied();
        values.fold(f64::NEG_INFINITY, f64::max)
    }

    /// The function with every value multiplied.
    pub fn scaled(&self, factor: f64) -> Self {
        Self::new(self.points().map(|(t, x)| (t, x * factor)))
    }

    /// The product of two functions.
    pub fn product(&self, other: &Self) -> Self {
        let mut times: Vec<Micros> = self.points().chain(other.points()).map(|p| p.0).collect();
        times.sort_unstable();
        times.dedup();
        Self::new(times.into_iter().map(|t| (t, self.at(t) * other.at(t))))
    }

    /// The change points with their values, in order.
    pub fn points(&self) -> impl Iterator<Item = (Micros, f64)> + '_ {
        self.times.iter().copied().zip(self.values.iter().copied())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn calendar_knows_daylight_saving() {
        let c = Calendar::new(date(2025, 3, 29), "Europe/Stockholm").unwrap();
        let days = c.day_starts(4 * DAY);
        assert_eq!(
            days,
            vec![
                0,
                DAY,
                DAY + 23 * HOUR,
                2 * DAY + 23 * HOUR,
                3 * DAY + 23 * HOUR
            ]
        );
        assert_eq!(c.local(DAY + 2 * HOUR).time_of_day, 3 * HOUR);
        assert_eq!(c.local(0).weekday, 5);
        assert_eq!(c.label(DAY + 2 * HOUR), "2025-03-30T03:00");
        assert_eq!(
            c.instant(date(2025, 3, 31).at(0, 0, 0, 0)),
            Some(DAY + 23 * HOUR)
        );
        assert_eq!(c.instant(date(2025, 3, 1).at(0, 0, 0, 0)), None);
    }

    #[test]
    fn days_and_months_follow_the_local_clock() {
        let hours = |from, zone, months, days| {
            let c = Calendar::new(from, zone).unwrap();
            c.midnight_after(months, days).unwrap() as f64 / HOUR as f64
        };
        let (spring, autumn) = (date(2025, 3, 24), date(2025, 10, 20));
        assert_eq!(hours(spring, "Europe/London", 0, 7), 167.0);
        assert_eq!(hours(autumn, "Europe/London", 0, 7), 169.0);
        // Lord Howe Island turns its clocks by half an hour, and in the other direction.
        assert_eq!(hours(date(2025, 4, 1), "Australia/Lord_Howe", 0, 7), 168.5);
        assert_eq!(hours(autumn, "UTC", 0, 7), 168.0);
        // A month and a day from 31 January: 28 February, then 1 March.
        assert_eq!(hours(date(2025, 1, 31), "UTC", 1, 1), 29.0 * 24.0);
        let c = Calendar::new(autumn, "Europe/London").unwrap();
        let noon = 12 * HOUR;
        assert_eq!(c.later(noon, 7 * DAY), noon + 7 * DAY + HOUR);
        assert_eq!(c.later(noon, 7 * DAY + 1), noon + 7 * DAY + 1);
        assert_eq!(c.later(NEVER - 1, DAY), NEVER);
        // Sunday 26 October has 25 hours.
        let sunday = 6 * DAY;
        assert_eq!(c.days_between(0, sunday + 25 * HOUR), 7.0);
        assert_eq!(c.days_between(sunday, sunday + 5 * HOUR), 0.2);
        assert_eq!(c.midnight_after(0, i32::MAX), None);
    }

    #[test]
    fn rounding_is_to_the_nearest() {
        for (x, want) in [
            (0.0, 0),
            (0.4, 0),
            (0.6, 1),
            (1e12 + 0.3, 1_000_000_000_000),
            (-5.0, 0),
            (f64::NAN, 0),
        ] {
            assert_eq!(round_micros(x), want, "{x}");
        }
        assert_eq!(round_micros(f64::INFINITY), 4_000_000_000_000_000);
    }

    #[test]
    fn months_are_calendar_months() {
        let c = Calendar::new(date(2024, 2, 1), "UTC").unwrap();
        let end = c.midnight_after(1, 0).unwrap();
        assert_eq!(end, 29 * DAY);
        assert!((c.months_between(0, end) - 1.0).abs() < 1e-12);
        assert!((c.months_between(0, c.midnight_after(12, 0).unwrap()) - 12.0).abs() < 1e-9);
        assert!((c.months_between(29 * DAY, 60 * DAY) - 1.0).abs() < 1e-12);
        assert!(
            (c.months_between(28 * DAY + DAY / 2, 31 * DAY) - 0.5 / 29.0 - 2.0 / 31.0).abs()
                < 1e-12
        );
        assert_eq!(c.months_between(5 * DAY, 5 * DAY), 0.0);
        assert_eq!(c.days_between(DAY / 2, 31 * DAY), 30.5);
        assert_eq!(c.month_starts(70 * DAY), [0, 29 * DAY, 60 * DAY]);
        let middle = Calendar::new(date(2025, 3, 20), "Europe/Stockholm").unwrap();
        // The night of 30 March is an hour short.
        assert_eq!(
            middle.month_starts(20 * DAY),
            [0, 12 * DAY - crate::time::HOUR]
        );
        let week = middle.days_between(8 * DAY, 15 * DAY - crate::time::HOUR);
        assert!((week - 7.0).abs() < 1e-12);
    }

    #[test]
    fn step_functions_integrate_and_invert() {
        let f = StepFn::new([(0, 2.0), (10, 0.0), (20, 1.0), (30, 1.0)]);
        assert_eq!(f.at(9), 2.0);
        assert_eq!(f.at(10), 0.0);
        assert_eq!(f.integral(5, 25), 15.0);
        assert_eq!(f.advance(5, 12.0), Some(22));
        assert_eq!(f.next_change(10), Some(20));
        assert_eq!(f.next_change(25), None);
        assert_eq!(StepFn::constant(0.0).advance(0, 1.0), None);
        assert_eq!(f.max_before(10), 2.0);
        assert_eq!((f.max_between(10, 20), f.max_between(15, 21)), (0.0, 1.0));
    }
}
