//! Patterns: piecewise-constant functions of time, from a constant to a dated file.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::fmt::Display;

use jiff::civil::{Date, Time};

use super::csv::{Csv, Row};
use super::frame::{Frame, WEEKDAYS, parse_clock};
use super::numbers::in_words;
use crate::scenario::text::{Cursor, FromItem, Item, Range, Value, listed};
use crate::time::{DAY, HOUR, Micros, SECOND, StepFn, weekday_index};

/// Values within a local day: (wall clock, value), in order.
pub(crate) type Curve = Vec<(Micros, f64)>;

/// A function of time as it is written.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Pattern {
    Constant(f64),
    /// By weekday. A day's curve may be empty: the value is then 0. Before the first point of a day the last value of
    /// the day before holds, if that day has one.
    Week(Box<[Curve; 7]>),
    /// Equal steps from time 0 on, repeated.
    Cycle {
        every: Micros,
        values: Vec<f64>,
    },
    /// By local date; the last value holds for ever.
    Dated(Vec<(Date, Curve)>),
}

/// Most values of one pattern.
const MOST_VALUES: usize = 4_000_000;

impl<'a> Item<'a> {
    /// A pattern of values in the declared range.
    pub(crate) fn pattern(&self) -> Option<Pattern> {
        let (range, what) = self.kind.range()?;
        match &self.node.value {
            Value::Integer(_) | Value::Float(_) => {
                self.number_in(&range, what).map(Pattern::Constant)
            }
            Value::Array(_) => {
                let day = self.day(&range)?;
                let week = std::array::from_fn(|_| day.clone());
                Some(Pattern::Week(Box::new(week)))
            }
            Value::Table(_) => self.table(|c| {
                let pool = c.take("pool");
                c.pattern(&range, pool.as_ref())
            }),
            _ => self.expected(&format!("{}, or a pattern of them", range.words(what))),
        }
    }

    /// The function of time that a pattern is.
    pub(crate) fn step_fn(&self, frame: &Frame) -> Option<StepFn> {
        self.pattern()?.compile(frame, self)
    }

    /// The values of one local day in equal steps.
    fn day(&self, range: &Range) -> Option<Curve> {
        let values = self.each(|v| v.number_in(range, "a number"))?;
        let n = values.len() as Micros;
        if n == 0 || !(DAY / SECOND).is_multiple_of(n) {
            let what = "a list whose length divides the day into whole seconds (24: hours, 48: half-hours)";
            return self.refuse(format!("expected {what}, found {n} values"));
        }
        Some((0..n).map(|i| i * (DAY / n)).zip(values).collect())
    }
}

impl Cursor<'_> {
    /// A pattern that is written as a table; its keys are taken from this one. Of a file with several pools the rows of `pool`.
    pub(crate) fn pattern(&mut self, range: &Range, pool: Option<&Item<'_>>) -> Option<Pattern> {
        let csv = self.take("csv");
        let every = self.take("every");
        let values = self.take("values");
        let keys = ["all", "weekdays", "weekend"].iter().chain(&WEEKDAYS);
        let days: Vec<(&str, Item<'_>)> =
            keys.filter_map(|k| self.take(k).map(|i| (*k, i))).collect();
        match (csv, every, values, days.is_empty()) {
            (Some(file), None, None, true) => from_file(&file, pool, range),
            _ if pool.is_some() => self.at.refuse("expected `csv` beside `pool`"),
            (None, Some(every), Some(values), true) => {
                let step = Micros::from_item(&every);
                let values = values.each(|v| v.number_in(range, "a number"));
                let (step, values) = (step?, values?);
                every.must(!values.is_empty(), "at least one value in `values`")?;
                Some(Pattern::Cycle {
                    every: step,
                    values,
                })
            }
            (None, None, None, false) => self.by_weekday(&days, range),
            _ => {
                let help = "write { csv = ... }, { every = ..., values = [...] }, or lists by weekday \
                            (all, weekdays, weekend, mon .. sun)";
                self.at.refuse_help("expected a pattern of one kind", help)
            }
        }
    }

    fn by_weekday(&self, days: &[(&str, Item<'_>)], range: &Range) -> Option<Pattern> {
        let curve = |item: &Item<'_>| match item.node.value {
            Value::Array(_) => item.day(range),
            _ => item.number_in(range, "a number").map(|v| vec![(0, v)]),
        };
        let read: BTreeMap<&str, _> = days.iter().map(|(k, i)| (*k, curve(i))).collect();
        let of_day = |i: usize| {
            let part = if i < 5 { "weekdays" } else { "weekend" };
            let mut keys = [WEEKDAYS[i], part, "all"].into_iter();
            keys.find_map(|key| read.get(key))
        };
        let missing = (0..7).filter(|&i| of_day(i).is_none()).map(|i| WEEKDAYS[i]);
        let missing: Vec<&str> = missing.collect();
        if !missing.is_empty() {
            let help = "add `all`, `weekdays`, `weekend` or the day (0 for none)";
            let (what, missing) = ("values for every weekday", listed(missing, "and"));
            let message = format!("expected {what}, found none for {missing}");
            return self.at.refuse_help(message, help);
        }
        let week: Option<Vec<Curve>> = (0..7).map(|i| of_day(i)?.clone()).collect();
        Some(Pattern::Week(Box::new(week?.try_into().ok()?)))
    }
}

/// The day that a row of a file speaks of.
#[derive(Clone, Copy)]
enum Day {
    Any,
    Weekday(usize),
    Date(Date),
}

/// The columns that say when a row begins.
pub(crate) struct When {
    date: Option<usize>,
    weekday: Option<usize>,
    time: usize,
}

impl When {
    pub(crate) fn columns(csv: &Csv<'_>) -> Option<Self> {
        let time = csv.column(&["time"])?;
        Some(Self {
            date: csv.position("date"),
            weekday: csv.position("weekday"),
            time,
        })
    }

    /// The columns date and time, both of which must be there.
    pub(crate) fn dated(csv: &Csv<'_>) -> Option<Self> {
        let (date, when) = (csv.column(&["date"]), Self::columns(csv));
        date.and(when)
    }

    /// Time of day of a row.
    pub(crate) fn clock(&self, row: &Row<'_, '_>) -> Option<Micros> {
        let seconds = parse_clock(row.field(self.time)).filter(|&s| s < 86_400);
        let clock = seconds.map(|s| Micros::from(s) * SECOND);
        clock.or_else(|| row.expected(self.time, "a time of day such as 08:30", None))
    }

    /// Date of a row.
    pub(crate) fn date(&self, row: &Row<'_, '_>) -> Option<Date> {
        let column = self.date?;
        let text = row.field(column);
        let date = text.parse::<Date>().ok().filter(|_| text.len() == 10);
        let date = date.filter(|d| (1900..=2200).contains(&d.year()));
        date.or_else(|| row.expected(column, "a date such as 2025-06-02", None))
    }

    fn day(&self, row: &Row<'_, '_>) -> Option<Day> {
        if self.date.is_some() {
            return self.date(row).map(Day::Date);
        }
        let Some(column) = self.weekday else {
            return Some(Day::Any);
        };
        let name = row.field(column).to_lowercase();
        let day = WEEKDAYS.iter().position(|d| *d == name).map(Day::Weekday);
        let what = "a weekday (mon, tue, wed, thu, fri, sat, sun)";
        day.or_else(|| row.expected(column, what, None))
    }
}

/// A pattern in a file; of several in it that of a pool.
fn from_file(item: &Item<'_>, pool: Option<&Item<'_>>, range: &Range) -> Option<Pattern> {
    let csv = Csv::open(item)?;
    let of = match pool {
        Some(pool) => Some((pool.string()?, csv.column(&["pool"])?)),
        None => None,
    };
    let when = When::columns(&csv);
    let value = csv.column(&["value", "weight", "agents", "rate"]);
    let (when, value) = (when?, value?);
    let mut week: [Curve; 7] = Default::default();
    let mut dated: Vec<(Date, Curve)> = Vec::new();
    let others = |row: &Row<'_, '_>| of.is_some_and(|(name, column)| row.field(column) != name);
    csv.rows(MOST_VALUES, |row| {
        if others(row) {
            return Some(());
        }
        let (day, clock) = (when.day(row), when.clock(row));
        let v = row.number(value, &range.words("a number"), |x| range.contains(x));
        let (day, clock, v) = (day?, clock?, v?);
        let curves: &mut [Curve] = match day {
            Day::Any => &mut week[..],
            Day::Weekday(i) => &mut week[i..=i],
            Day::Date(date) => {
                match dated.last().map(|(last, _)| date.cmp(last)) {
                    Some(Ordering::Less) => {
                        let message = "expected rows in order of date and time";
                        return row.refuse(when.date?, message.to_owned(), None);
                    }
                    Some(Ordering::Equal) => {}
                    Some(Ordering::Greater) | None => dated.push((date, Curve::new())),
                }
                let last = dated.len() - 1;
                std::slice::from_mut(&mut dated[last].1)
            }
        };
        if curves[0].last().is_some_and(|&(t, _)| t >= clock) {
            let message = "expected rows in order of time, each time once";
            return row.refuse(when.time, message.to_owned(), None);
        }
        curves.iter_mut().for_each(|c| c.push((clock, v)));
        Some(())
    })?;
    if let Some(pool) = pool
        && dated.is_empty()
        && week.iter().all(Curve::is_empty)
    {
        return pool.refuse(format!("{} has no row of this pool", csv.name()));
    }
    Some(match when.date {
        Some(_) => Pattern::Dated(dated),
        None => Pattern::Week(Box::new(week)),
    })
}

impl Pattern {
    /// The function of time, times a factor by weekday and month, up to the end of the drain. A pattern that is too
    /// fine for so long a time is refused at `item`.
    pub(crate) fn compile(&self, frame: &Frame, item: &Item<'_>) -> Option<StepFn> {
        let points = match self {
            Pattern::Constant(_) => 1,
            Pattern::Week(week) => {
                week.iter().map(|c| c.len() as u64 + 1).max().unwrap_or(1) * frame.days.len() as u64
            }
            Pattern::Cycle { every, .. } => frame.end() / every,
            Pattern::Dated(days) => {
                days.iter().map(|(_, c)| c.len() as u64 + 1).sum::<u64>() + frame.days.len() as u64
            }
        };
        if points > MOST_VALUES as u64 || !item.reader.spend(points) {
            let what = format!("a pattern of at most {MOST_VALUES} steps within the horizon");
            let found = format!("{points} in {}", in_words(frame.horizon));
            let help = "use wider steps or a shorter horizon";
            return item.refuse_help(format!("expected {what}, found {found}"), help);
        }
        Some(match self {
            Pattern::Constant(v) => StepFn::constant(*v),
            Pattern::Cycle { every, values } => {
                let steps = 0..frame.end().div_ceil(*every);
                StepFn::new(steps.map(|i| (i * every, values[(i % values.len() as u64) as usize])))
            }
            Pattern::Week(_) => self.by_day(frame, None),
            Pattern::Dated(days) => self.by_day(frame, days.last()),
        })
    }

    /// The function of a pattern that is given by day; after the day `last` its last value holds.
    fn by_day(&self, frame: &Frame, last: Option<&(Date, Curve)>) -> StepFn {
        let end = |curve: &Curve| curve.last().map_or(0.0, |p| p.1);
        let empty = Curve::new();
        StepFn::new(frame.days.iter().flat_map(|day| {
            if let Some((_, curve)) = last.filter(|(date, _)| day.local.date > *date) {
                return vec![(day.from, end(curve))];
            }
            let curve = self.of_day(day.local.date).unwrap_or(&empty);
            // A value holds over midnight into a day that has some of its own; a day without any is a gap.
            let yesterday = day
                .local
                .date
                .yesterday()
                .ok()
                .filter(|_| !curve.is_empty());
            let before = yesterday
                .and_then(|date| self.of_day(date))
                .map_or(0.0, end);
            day.pieces(curve, before).collect()
        }))
    }

    /// The curve of a day.
    fn of_day(&self, date: Date) -> Option<&Curve> {
        match self {
            Pattern::Constant(_) | Pattern::Cycle { .. } => None,
            Pattern::Week(week) => Some(&week[weekday_index(date.weekday())]),
            Pattern::Dated(days) => {
                let found = days.binary_search_by_key(&date, |d| d.0);
                found.ok().map(|i| &days[i].1)
            }
        }
    }

    /// The width that every step of the pattern is a multiple of, at most an hour.
    pub(crate) fn grain(&self) -> Micros {
        let of_curves = |curves: &mut dyn Iterator<Item = &Curve>| {
            curves.flatten().fold(HOUR, |g, &(t, _)| gcd(g, t))
        };
        match self {
            Pattern::Constant(_) => HOUR,
            Pattern::Cycle { every, .. } => gcd(HOUR, *every),
            Pattern::Week(week) => of_curves(&mut week.iter()),
            Pattern::Dated(days) => of_curves(&mut days.iter().map(|(_, c)| c)),
        }
    }

    /// The pattern with every value multiplied.
    pub(crate) fn scaled(mut self, factor: f64) -> Self {
        match &mut self {
            Pattern::Constant(v) => *v *= factor,
            Pattern::Cycle { values, .. } => values.iter_mut().for_each(|v| *v *= factor),
            Pattern::Week(week) => week.iter_mut().flatten().for_each(|p| p.1 *= factor),
            Pattern::Dated(days) => days
                .iter_mut()
                .flat_map(|d| &mut d.1)
                .for_each(|p| p.1 *= factor),
        }
        self
    }

    /// The weights with a mean of 1 over the 24 hours of each day (over the cycle, for steps of another width). A day
    /// without any weight cannot be normalised and is reported.
    pub(crate) fn normalised(mut self, item: &Item<'_>) -> Option<Self> {
        let mut refused: Option<String> = None;
        let mut normalise = |curve: &mut Curve, before: f64, day: &dyn Display| {
            let mean = mean_of_day(curve, before);
            if mean > 0.0 {
                if before > 0.0 && curve.first().is_some_and(|p| p.0 > 0) {
                    // The value carried over midnight becomes the day's own, since it is normalised with this day.
                    curve.insert(0, (0, before));
                }
                curve.iter_mut().for_each(|p| p.1 /= mean);
            } else if !curve.is_empty() {
                refused.get_or_insert_with(|| day.to_string());
            }
        };
        match &mut self {
            Pattern::Constant(v) => match *v > 0.0 {
                true => *v = 1.0,
                false => refused = Some("every day".to_owned()),
            },
            Pattern::Cycle { values, .. } => {
                let mean = values.iter().sum::<f64>() / values.len() as f64;
                match mean > 0.0 {
                    true => values.iter_mut().for_each(|v| *v /= mean),
                    false => refused = Some("the cycle".to_owned()),
                }
            }
            Pattern::Week(week) => {
                let last: [f64; 7] =
                    std::array::from_fn(|d| week[(d + 6) % 7].last().map_or(0.0, |p| p.1));
                for (d, curve) in week.iter_mut().enumerate() {
                    normalise(curve, last[d], &WEEKDAYS[d]);
                }
            }
            Pattern::Dated(days) => {
                let mut carried: Option<(Date, f64)> = None;
                for (date, curve) in days.iter_mut() {
                    let yesterday = carried.filter(|(d, _)| d.tomorrow().ok() == Some(*date));
                    carried = curve.last().map(|p| (*date, p.1));
                    normalise(curve, yesterday.map_or(0.0, |(_, v)| v), date);
                }
            }
        }
        if let Some(day) = refused {
            let help = "for a day without demand set its factor in `demand.weekday` to 0";
            let what = "expected weights that are not all 0";
            return item.refuse_help(format!("{what}, found none above 0 on {day}"), help);
        }
        Some(self)
    }
}

/// Mean of a curve over the 24 hours.
fn mean_of_day(curve: &Curve, before: f64) -> f64 {
    let first = curve.first().map_or(DAY, |p| p.0);
    let ends = curve.iter().skip(1).map(|p| p.0).chain([DAY]);
    let pieces = curve.iter().zip(ends);
    let area: f64 = pieces.map(|(&(t, v), end)| v * (end - t) as f64).sum();
    let carried = if curve.is_empty() {
        0.0
    } else {
        before * first as f64
    };
    (area + carried) / DAY as f64
}

/// Greatest common divisor.
pub(crate) fn gcd(mut a: Micros, mut b: Micros) -> Micros {
    while b > 0 {
        (a, b) = (b, a % b);
    }
    a
}

/// Civil time of a point within a day.
pub(crate) fn civil_time(clock: Micros) -> Time {
    let s = (clock / SECOND) as i32;
    Time::new((s / 3600) as i8, (s / 60 % 60) as i8, (s % 60) as i8, 0).unwrap_or(Time::midnight())
}
