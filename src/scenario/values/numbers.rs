//! Numbers with their units: durations, rates, probabilities, dates, targets.

use jiff::civil::{Date, DateTime};
use toml::value::Datetime;

use crate::model::Target;
use crate::scenario::text::advice::{date, not_a_time_of_day};
use crate::scenario::text::{FromItem, Item, Kind, Range, Value, agree, listed, nearest};
use crate::time::{
    Calendar, DAY, HOUR, MAX_HORIZON, MINUTE, Micros, SECOND, from_seconds, to_seconds,
};

/// Seconds of 24 hours.
const DAY_SECONDS: f64 = 86_400.0;
/// Units of durations in seconds, with the words that are accepted for each.
const UNITS: [(&str, f64); 8] = [
    ("ms", 0.001),
    ("s", 1.0),
    ("min", 60.0),
    ("h", 3600.0),
    ("day", DAY_SECONDS),
    ("days", DAY_SECONDS),
    ("week", 7.0 * DAY_SECONDS),
    ("weeks", 7.0 * DAY_SECONDS),
];
/// What the units are called in messages.
const UNIT_NAMES: [&str; 6] = ["ms", "s", "min", "h", "days", "weeks"];
/// Calendar units in months.
const LONG_UNITS: [(&str, f64); 4] = [
    ("month", 1.0),
    ("months", 1.0),
    ("year", 12.0),
    ("years", 12.0),
];
/// Least share and rate (a second) where one above 0 is needed: they are divided by.
const LEAST_SHARE: f64 = 1e-6;
const LEAST_RATE: f64 = 1e-9;
/// Longest duration, in seconds: nothing can last longer than the longest horizon.
pub(crate) const MAX_SECONDS: f64 = (MAX_HORIZON / SECOND) as f64;

/// A length of time. With calendar units whole months and whole days are kept apart from the rest.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Length {
    pub(crate) months: i32,
    pub(crate) days: i32,
    pub(crate) seconds: f64,
}

/// A number, possibly followed by `%`.
pub(crate) fn parse_number(text: &str) -> Option<f64> {
    let plain = |c: char| c.is_ascii_digit() || matches!(c, '.' | '_' | '+' | '-' | 'e' | 'E');
    if text.is_empty() || !text.chars().all(plain) {
        return None;
    }
    text.replace('_', "").parse().ok()
}

/// Seconds of a unit of durations.
pub(crate) fn unit_seconds(unit: &str) -> Option<f64> {
    UNITS.iter().find(|(u, _)| *u == unit).map(|(_, s)| *s)
}

/// Advice for a unit that is not known.
fn unit_help(unit: &str) -> String {
    let folded = unit.to_lowercase();
    let meant = match folded.as_str() {
        "sec" | "secs" | "second" | "seconds" => Some("s"),
        "m" | "mins" | "minute" | "minutes" => Some("min"),
        "hr" | "hrs" | "hour" | "hours" => Some("h"),
        "d" => Some("days"),
        "w" | "wk" | "wks" => Some("weeks"),
        "us" | "msec" | "millisecond" | "milliseconds" => Some("ms"),
        other => nearest(other, UNIT_NAMES),
    };
    match meant {
        Some(unit) => format!(
            "did you mean `{unit}`? the units are {}",
            listed(UNIT_NAMES, "and")
        ),
        None => format!("the units are {}", listed(UNIT_NAMES, "and")),
    }
}

/// Parses `"90 s"`, `"1h 30min"`, and with `calendar` also `"12 months"`; the error is advice. With `calendar` the whole days of
/// what is written in days and weeks are calendar days.
pub(crate) fn parse_length(text: &str, calendar: bool) -> Result<Length, String> {
    let (mut length, mut days) = (Length::default(), 0.0);
    let mut rest = text.trim();
    if rest.is_empty() {
        return Err("write a number with a unit, such as \"90 s\"".to_owned());
    }
    if rest.starts_with('-') {
        return Err("a duration cannot be negative".to_owned());
    }
    if let Some(help) = not_a_time_of_day(rest) {
        return Err(help);
    }
    while !rest.is_empty() {
        let (digits, after) = head(rest, |c| c.is_ascii_digit() || matches!(c, '.' | '_'));
        let number = parse_number(digits).ok_or_else(|| {
            "write a number with a unit, such as \"90 s\" or \"1h 30min\"".to_owned()
        })?;
        let (unit, after) = head(after, char::is_alphabetic);
        rest = after;
        if unit.is_empty() {
            return Err(format!("write a unit, such as \"{number} s\""));
        }
        if let Some(seconds) = unit_seconds(unit) {
            match calendar && seconds >= DAY_SECONDS {
                true => days += number * seconds / DAY_SECONDS,
                false => length.seconds += number * seconds,
            }
        } else if let Some((_, months)) = LONG_UNITS.iter().find(|(u, _)| *u == unit) {
            let months = number * months;
            if !calendar {
                let why = "months and years are possible for `horizon` and `warmup` only";
                return Err(why.to_owned());
            }
            if months.fract() != 0.0 || months > 10_000.0 {
                return Err("write whole months".to_owned());
            }
            length.months += months as i32;
        } else {
            return Err(unit_help(unit));
        }
    }
    // A number beyond the range becomes the last one, which is too long for a horizon.
    length.days = days as i32;
    length.seconds += days.fract() * DAY_SECONDS;
    Ok(length)
}

/// The characters of a text up to one for which `holds` does not hold, and the rest without spaces before it.
fn head(text: &str, holds: impl Fn(char) -> bool) -> (&str, &str) {
    let end = text.find(|c| !holds(c)).unwrap_or(text.len());
    (&text[..end], text[end..].trim_start())
}

impl FromItem for f64 {
    /// A number or a share in the declared range; of a duration the seconds, of a rate the number a second.
    fn from_item(item: &Item<'_>) -> Option<Self> {
        let ranges = item.kinds().into_iter().find_map(|k| Some((k, k.range()?)));
        let Some((kind, (range, what))) = ranges else {
            return match item.may_be(&Kind::Rate) || item.may_be(&Kind::PositiveRate) {
                true => item.rate(),
                false => item.seconds(),
            };
        };
        match kind {
            Kind::Share | Kind::ShareIn(_) | Kind::Probability | Kind::ProbabilityIn(_) => {
                let x = item.fraction(what)?;
                item.must(range.contains(x), &range.words(what))?;
                if x > 0.0 && x < LEAST_SHARE && range.above == Some(0.0) {
                    return item.expected(&format!("{what} of at least {LEAST_SHARE}"));
                }
                Some(x)
            }
            _ => item.number_in(&range, what),
        }
    }
}

impl FromItem for i64 {
    /// A whole number in the declared range.
    fn from_item(item: &Item<'_>) -> Option<Self> {
        let whole = item.kinds().into_iter().find_map(|kind| match kind {
            &Kind::Whole(low, high) => Some((low, high)),
            _ => None,
        });
        agree(whole.is_some(), || {
            format!("{} is declared as {:?}", item.path, item.kind)
        });
        let (low, high) = whole?;
        match item.node.value {
            Value::Integer(n) if (low..=high).contains(&n) => Some(n),
            _ => item.expected(&Kind::Whole(low, high).words()),
        }
    }
}

/// Whole numbers whose declared range the type holds.
macro_rules! whole {
    ($($type:ty),*) => {$(
        impl FromItem for $type {
            fn from_item(item: &Item<'_>) -> Option<Self> {
                let n = i64::from_item(item)?;
                Some(n.try_into().expect("the declared range is one of the type"))
            }
        }
    )*};
}

whole!(u8, u16, u32, usize);

impl FromItem for u64 {
    /// A duration in microseconds, or a whole number.
    fn from_item(item: &Item<'_>) -> Option<Self> {
        let is_whole = |k: &&Kind| matches!(k, Kind::Whole(..));
        if item.kinds().iter().any(is_whole) {
            return i64::from_item(item).map(i64::unsigned_abs);
        }
        item.seconds().map(from_seconds)
    }
}

impl<T: FromItem> FromItem for Vec<T> {
    /// A list.
    fn from_item(item: &Item<'_>) -> Option<Self> {
        item.each(T::from_item)
    }
}

impl FromItem for bool {
    fn from_item(item: &Item<'_>) -> Option<Self> {
        match &item.node.value {
            Value::Boolean(b) => Some(*b),
            _ => item.expected(&Kind::Flag.words()),
        }
    }
}

impl FromItem for String {
    fn from_item(item: &Item<'_>) -> Option<Self> {
        item.string().map(str::to_owned)
    }
}

impl Item<'_> {
    /// The number written, without a range.
    fn bare_number(&self) -> Option<f64> {
        match self.node.value {
            Value::Integer(n) => Some(n as f64),
            Value::Float(x) => Some(x),
            _ => None,
        }
    }

    /// A number in a range.
    pub(crate) fn number_in(&self, range: &Range, what: &str) -> Option<f64> {
        match self.bare_number() {
            Some(x) if range.contains(x) => Some(x),
            Some(x) if !x.is_finite() && *range == Range::default() => {
                self.expected("a finite number")
            }
            _ => self.expected(&range.words(what)),
        }
    }

    /// A share or a probability: a number between 0 and 1, or `"62%"`.
    fn fraction(&self, what: &str) -> Option<f64> {
        let what = format!("{what} between 0 and 1");
        let fits = |p: &f64| (0.0..=1.0).contains(p);
        let (read, help) = match &self.node.value {
            Value::String(s) => {
                let percent = s.strip_suffix('%').and_then(|n| parse_number(n.trim()));
                let help = "write a number such as 0.62, or \"62%\"".to_owned();
                (percent.map(|p| p / 100.0), Some(help))
            }
            _ => {
                let read = self.bare_number();
                // What somebody means who writes 62 is clear enough to say so.
                let meant = read.filter(|x| (2.0..=100.0).contains(x) && x.fract() == 0.0);
                let help = |x| format!("if {x} percent is meant, write \"{x}%\"");
                (read, meant.map(help))
            }
        };
        read.filter(fits)
            .or_else(|| self.expected_help(&what, help))
    }

    /// A duration; with `calendar` weeks, days, months and years are those of the calendar.
    fn length(&self, calendar: bool) -> Option<Length> {
        let (kind, units) = match calendar {
            true => (Kind::LongDuration, ["days", "weeks"]),
            false => (Kind::Duration, ["s", "min"]),
        };
        let help = match &self.node.value {
            Value::String(s) => match parse_length(s, calendar) {
                Ok(length) if length.seconds <= MAX_SECONDS => return Some(length),
                Ok(_) => return self.expected("a duration of at most 4 years"),
                Err(help) => Some(help),
            },
            Value::Integer(_) | Value::Float(_) => {
                let with = units.map(|unit| format!("\"{} {unit}\"", self.found()));
                Some(format!("write a unit, such as {}", with.join(" or ")))
            }
            Value::Datetime(_) => not_a_time_of_day(&self.found()),
            _ => None,
        };
        self.expected_help(&kind.words(), help)
    }

    /// A duration in seconds, above 0 where the declaration says so.
    fn seconds(&self) -> Option<f64> {
        let seconds = self.length(false)?.seconds;
        if from_seconds(seconds) == 0 && self.may_be(&Kind::PositiveDuration) {
            return self.expected("a duration above 0");
        }
        Some(seconds)
    }

    /// A duration whose weeks, days, months and years are calendar units.
    pub(crate) fn long_duration(&self) -> Option<Length> {
        self.length(true)
    }

    /// A rate such as `"4.2 / min"`, per second.
    fn rate(&self) -> Option<f64> {
        let help = match &self.node.value {
            Value::String(s) => match s.split_once('/').map(|(n, unit)| (n.trim(), unit.trim())) {
                None => Some("write a number, a slash and a unit: \"300 / h\"".to_owned()),
                Some((number, unit)) => match (parse_number(number), unit_seconds(unit)) {
                    (Some(number), Some(seconds)) => return self.rate_in_range(number / seconds),
                    (Some(_), None) => Some(unit_help(unit)),
                    (None, _) => None,
                },
            },
            Value::Integer(_) | Value::Float(_) => {
                Some(format!("write a unit, such as \"{} / h\"", self.found()))
            }
            _ => None,
        };
        self.expected_help(&Kind::Rate.words(), help)
    }

    fn rate_in_range(&self, rate: f64) -> Option<f64> {
        let rare = rate > 0.0 && rate < LEAST_RATE;
        self.must(!rare, "a rate of 0, or of one in 30 years at least")?;
        // The bound is far above any centre, and keeps sums and counts in range.
        let fits = (0.0..=1e5).contains(&rate);
        self.must(fits, "a rate between 0 and 100000 / s")?;
        let may_be_none = !self.may_be(&Kind::PositiveRate);
        self.must(rate > 0.0 || may_be_none, "a rate above 0")?;
        Some(rate)
    }

    /// The unit of a rate's or a file's numbers: `"min"`; in seconds.
    pub(crate) fn unit(&self) -> Option<f64> {
        let what = format!("a unit of time ({})", listed(UNIT_NAMES, "or"));
        let Value::String(name) = &self.node.value else {
            return self.expected(&what);
        };
        match unit_seconds(name) {
            Some(s) => Some(s),
            None => self.expected_help(&what, Some(unit_help(name))),
        }
    }

    /// The clock of a zone by its name, as `make` makes it.
    pub(crate) fn zone<E: std::fmt::Display>(
        &self,
        make: impl Fn(&str) -> Result<Calendar, E>,
    ) -> Option<Calendar> {
        let refuse = |why| {
            let help = "write an IANA name such as \"Europe/Stockholm\" or \"UTC\"";
            self.advise(format!("expected {}: {why}", self.kind.words()), help);
        };
        make(self.string()?).map_err(refuse).ok()
    }

    fn datetime(&self, what: &str) -> Option<Datetime> {
        match &self.node.value {
            Value::Datetime(d) => Some(*d),
            Value::String(s) if s.parse::<Datetime>().is_ok_and(|d| d.date.is_some()) => {
                self.expected_help(what, Some(format!("write it without quotes: {s}")))
            }
            Value::String(s) => {
                let day = s.split([' ', 'T']).next().unwrap_or(s);
                self.expected_help(what, date(day))
            }
            _ => self.expected(what),
        }
    }

    /// A date such as `2025-06-02`.
    pub(crate) fn date(&self) -> Option<Date> {
        let what = Kind::Date.words();
        let written = self.datetime(&what)?;
        match written.date {
            Some(d) if written.time.is_none() => self.civil_date(d),
            Some(d) => self.expected_help(&what, Some(format!("leave the time out: write {d}"))),
            None => self.expected(&what),
        }
    }

    fn civil_date(&self, d: toml::value::Date) -> Option<Date> {
        match d.to_string().parse::<Date>() {
            // Outside of this the rules of time zones are guesses, or the arithmetic of dates ends.
            Ok(date) if (1900..=2200).contains(&d.year) => Some(date),
            _ => self.expected("a date between 1900 and 2200"),
        }
    }

    /// A date, or a date with a time, in local time.
    pub(crate) fn moment(&self) -> Option<DateTime> {
        let what = Kind::Moment.words();
        let d = self.datetime(&what)?;
        if d.offset.is_some() {
            let help = "leave the offset out: times are local to `time_zone`".to_owned();
            return self.expected_help("a local time", Some(help));
        }
        let Some(date) = d.date else {
            return self.expected(&what);
        };
        let date = self.civil_date(date)?;
        let Some(t) = d.time else {
            return Some(date.at(0, 0, 0, 0));
        };
        // A leap second is taken as the last second of its minute.
        match t.to_string().parse() {
            Ok(time) => Some(date.to_datetime(time)),
            Err(_) => self.expected(&what),
        }
    }
}

impl FromItem for Target {
    /// A service level target such as `"80% in 40 s"`.
    fn from_item(item: &Item<'_>) -> Option<Self> {
        let text = item.string()?;
        let parsed = text.split_once(" in ").and_then(|(share, within)| {
            let share = parse_number(share.trim().strip_suffix('%')?.trim())? / 100.0;
            let within = parse_length(within, false).ok()?.seconds;
            let fits = (0.0..=1.0).contains(&share) && within <= MAX_SECONDS;
            fits.then(|| Target {
                share,
                within: from_seconds(within),
            })
        });
        let help = "write a percentage, `in`, and a duration with its unit";
        parsed.or_else(|| item.expected_help(&item.kind.words(), Some(help.to_owned())))
    }
}

/// A duration as a person writes it, for messages.
pub(crate) fn in_words(t: Micros) -> String {
    let units = [(DAY, "days"), (HOUR, "h"), (MINUTE, "min")];
    match units
        .iter()
        .find(|(width, _)| t >= *width && t.is_multiple_of(*width))
    {
        Some((width, unit)) => format!("{} {unit}", t / width),
        None => format!("{} s", to_seconds(t)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(text: &str) -> Result<f64, String> {
        parse_length(text, false).map(|l| l.seconds)
    }

    #[test]
    fn durations() {
        for (text, s) in [
            ("90 s", 90.0),
            ("11 min", 660.0),
            ("1.5 h", 5400.0),
            ("2 days", 172_800.0),
            ("1 day", 86_400.0),
            ("4 weeks", 2_419_200.0),
            ("1h 30min", 5400.0),
            ("250ms", 0.25),
            (" 1_000 s ", 1000.0),
            ("0 s", 0.0),
        ] {
            assert_eq!(seconds(text), Ok(s), "{text}");
        }
        for (text, help) in [
            ("90", "write a unit"),
            ("90 m", "did you mean `min`?"),
            ("2 hours", "did you mean `h`?"),
            ("-5 s", "cannot be negative"),
            ("", "write a number"),
            ("5 s 6", "write a unit"),
            ("1.2.3 s", "write a number"),
            ("nan s", "write a number"),
            ("12 months", "for `horizon` and `warmup` only"),
            ("5 parsecs", "the units are"),
        ] {
            assert!(
                seconds(text).unwrap_err().contains(help),
                "{text}: {:?}",
                seconds(text)
            );
        }
        assert_eq!(
            parse_length("1 year 6 months 2 days", true),
            Ok(Length {
                months: 18,
                days: 2,
                seconds: 0.0
            })
        );
        assert_eq!(
            parse_length("1 week 2.5 days 30 h", true),
            Ok(Length {
                months: 0,
                days: 9,
                seconds: 42.0 * 3600.0
            })
        );
        assert!(parse_length("1.5 months", true).is_err());
    }

    #[test]
    fn durations_in_words() {
        assert_eq!(in_words(90 * SECOND), "90 s");
        assert_eq!(in_words(7200 * SECOND), "2 h");
        assert_eq!(in_words(14 * 86_400 * SECOND), "14 days");
    }
}
