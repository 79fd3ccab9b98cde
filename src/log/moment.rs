//! Times, durations and numbers as exports write them.

/// Milliseconds in a day.
pub(super) const DAY: i64 = 86_400_000;

/// Which of day and month is written first where both are numbers and the year is last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DateOrder {
    /// 31/01/2003.
    DayMonth,
    /// 01/31/2003.
    MonthDay,
}

/// A time as it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Moment {
    /// A date, with a time of day or without.
    Full(Stamp),
    /// A time of day alone, in milliseconds since midnight.
    Clock(i64),
}

/// A date with a time of day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stamp {
    /// Milliseconds since 1970-01-01 by the calendar and the clock that are written.
    pub(super) ms: i64,
    /// Seconds east of Greenwich, if they are written.
    pub(super) offset: Option<i32>,
    /// A count since 1970 rather than a date.
    pub(super) unix: bool,
}

/// Days from 1970-01-01 to a date of the Gregorian calendar; `None` if there is no such date, or none from 1970 to 2100.
fn days(year: i64, month: i64, day: i64) -> Option<i64> {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let length = match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return None,
    };
    if !(1970..=2100).contains(&year) || !(1..=length).contains(&day) {
        return None;
    }
    // Years that begin in March have their leap day last.
    let (y, m) = if month > 2 {
        (year, month - 3)
    } else {
        (year - 1, month + 9)
    };
    Some(365 * y + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + day - 719_469)
}

/// Reads along a text.
struct Scan<'t> {
    text: &'t [u8],
    at: usize,
}

impl<'t> Scan<'t> {
    fn peek(&self) -> u8 {
        self.text.get(self.at).copied().unwrap_or(0)
    }

    fn eat(&mut self, b: u8) -> bool {
        let is_it = self.peek() == b && self.at < self.text.len();
        self.at += usize::from(is_it);
        is_it
    }

    fn skip(&mut self, any: &[u8]) -> usize {
        let begin = self.at;
        while self.at < self.text.len() && any.contains(&self.peek()) {
            self.at += 1;
        }
        self.at - begin
    }

    /// The number of up to nine digits that stands here, and how many digits it has.
    fn number(&mut self) -> Option<(i64, usize)> {
        let digits = self.text[self.at..]
            .iter()
            .take_while(|b| b.is_ascii_digit());
        let (mut value, mut count) = (0, 0);
        for b in digits {
            value = value * 10 + i64::from(b - b'0');
            count += 1;
            if count > 9 {
                return None;
            }
        }
        self.at += count;
        (count > 0).then_some((value, count))
    }

    fn word(&mut self) -> &'t [u8] {
        let rest = &self.text[self.at..];
        let is_letter = |b: &&u8| b.is_ascii_alphabetic() || **b >= 0x80;
        let length = rest.iter().take_while(is_letter).count();
        self.at += length;
        &rest[..length]
    }

    fn is_done(&self) -> bool {
        self.at >= self.text.len()
    }
}

/// Names of months by their beginnings, in several languages; of two that fit the earlier one counts.
const MONTHS: [(&str, i64); 44] = [
    ("juin", 6),
    ("juil", 7),
    ("jan", 1),
    ("feb", 2),
    ("mar", 3),
    ("apr", 4),
    ("may", 5),
    ("jun", 6),
    ("jul", 7),
    ("aug", 8),
    ("sep", 9),
    ("oct", 10),
    ("nov", 11),
    ("dec", 12),
    ("mär", 3),
    ("mrz", 3),
    ("mai", 5),
    ("okt", 10),
    ("dez", 12),
    ("fév", 2),
    ("avr", 4),
    ("aoû", 8),
    ("aou", 8),
    ("déc", 12),
    ("ene", 1),
    ("abr", 4),
    ("ago", 8),
    ("dic", 12),
    ("mei", 5),
    ("maj", 5),
    ("maa", 3),
    ("gen", 1),
    ("mag", 5),
    ("giu", 6),
    ("lug", 7),
    ("set", 9),
    ("ott", 10),
    ("fev", 2),
    ("mrt", 3),
    ("out", 10),
    ("kwi", 4),
    ("lip", 7),
    ("sie", 8),
    ("wrz", 9),
];

fn month(word: &[u8]) -> Option<i64> {
    let begins = |name: &&(&str, i64)| {
        let name = name.0.as_bytes();
        word.len() >= name.len() && word[..name.len()].eq_ignore_ascii_case(name)
    };
    MONTHS.iter().find(begins).map(|m| m.1)
}

/// Whether a word is the name of a month.
pub(super) fn is_month(word: &[u8]) -> bool {
    month(word).is_some()
}

fn full_year(year: i64, digits: usize) -> Option<i64> {
    match digits {
        4 => Some(year),
        2 if year < 70 => Some(2000 + year),
        2 => Some(1900 + year),
        _ => None,
    }
}

/// A time; `None` if it is none. Where day and month cannot be told apart, `order` decides.
pub(super) fn moment(text: &[u8], order: DateOrder) -> Option<Moment> {
    let text = text.trim_ascii();
    let first = *text.first()?;
    if first.is_ascii_digit() {
        let digits = text.iter().take_while(|b| b.is_ascii_digit()).count();
        if digits == text.len() || digits >= 5 {
            return counted(text, digits);
        }
        if matches!(text.get(digits), Some(b':')) {
            let mut scan = Scan { text, at: 0 };
            let clock = clock(&mut scan, b':')?;
            return scan.is_done().then_some(Moment::Clock(clock));
        }
    }
    let mut scan = Scan { text, at: 0 };
    let mut ms = date(&mut scan, order)? * DAY;
    let mut east = None;
    if !scan.is_done() {
        let apart = scan.skip(b" ,\t");
        if !(apart > 0 || b"Tt-_".iter().any(|&b| scan.eat(b))) {
            return None;
        }
        let mark = match text[scan.at..].contains(&b':') {
            true => b':',
            false => b'.',
        };
        ms += clock(&mut scan, mark)?;
        scan.skip(b" ");
        if !scan.is_done() {
            east = Some(offset(&mut scan)?);
        }
    }
    scan.is_done().then_some(full(ms, east))
}

fn full(ms: i64, offset: Option<i32>) -> Moment {
    Moment::Full(Stamp {
        ms,
        offset,
        unix: false,
    })
}

/// What may stand between the parts of a date.
const BETWEEN: &[u8] = b" ,.-/";

/// Days since 1970 of the date that stands here.
fn date(scan: &mut Scan<'_>, order: DateOrder) -> Option<i64> {
    let mut word = scan.word();
    // A weekday may stand before the date.
    if !word.is_empty() && month(word).is_none() {
        scan.skip(BETWEEN);
        word = scan.word();
    }
    if !word.is_empty() {
        let m = month(word)?;
        scan.skip(BETWEEN);
        let (d, _) = scan.number()?;
        scan.skip(BETWEEN);
        let (y, digits) = scan.number()?;
        return days(full_year(y, digits)?, m, d);
    }
    let (a, length) = scan.number()?;
    let mark = scan.peek();
    if scan.skip(BETWEEN) == 0 {
        return None;
    }
    if !scan.peek().is_ascii_digit() {
        let m = month(scan.word())?;
        scan.skip(BETWEEN);
        let (y, digits) = scan.number()?;
        return days(full_year(y, digits)?, m, a);
    }
    let (b, _) = scan.number()?;
    if !matches!(mark, b'-' | b'/' | b'.') || !scan.eat(mark) {
        return None;
    }
    scan.skip(b" ");
    let (c, last) = scan.number()?;
    if length == 4 {
        return days(a, b, c);
    }
    let year = full_year(c, last)?;
    match order {
        DateOrder::DayMonth => days(year, b, a),
        DateOrder::MonthDay => days(year, a, b),
    }
}

/// The two numbers of which one is the day and one the month, of a time whose date has them before its year.
pub(super) fn pair(text: &[u8]) -> Option<(i64, i64)> {
    let mut scan = Scan { text, at: 0 };
    if !scan.word().is_empty() {
        scan.skip(BETWEEN);
    }
    let (a, _) = scan.number().filter(|a| a.1 <= 2)?;
    let mark = scan.peek();
    if !matches!(mark, b'-' | b'/' | b'.') {
        return None;
    }
    scan.skip(BETWEEN);
    let (b, _) = scan.number().filter(|b| b.1 <= 2)?;
    if !scan.eat(mark) {
        return None;
    }
    scan.skip(b" ");
    let (c, digits) = scan.number()?;
    full_year(c, digits).map(|_| (a, b))
}

/// Milliseconds since midnight of the time of day that stands here, with an AM or PM after it.
fn clock(scan: &mut Scan<'_>, mark: u8) -> Option<i64> {
    let (mut hour, _) = scan.number().filter(|h| h.1 <= 2)?;
    let (mut minute, mut second, mut ms) = (0, 0, 0);
    if scan.eat(mark) {
        minute = scan.number().filter(|m| m.1 == 2)?.0;
        if scan.eat(mark) {
            second = scan.number().filter(|s| s.1 == 2)?.0;
            if scan.eat(b'.') || scan.eat(b',') || scan.eat(b':') {
                let (fraction, digits) = scan.number()?;
                ms = match digits {
                    1 => fraction * 100,
                    2 => fraction * 10,
                    n => fraction / 10_i64.pow(n as u32 - 3),
                };
            }
        }
    } else if !scan.text[scan.at..]
        .iter()
        .any(|b| matches!(b, b'm' | b'M'))
    {
        // An hour alone must say which half of the day it is in.
        return None;
    }
    let before = scan.at;
    scan.skip(b" ");
    let half = scan.peek().to_ascii_lowercase();
    if matches!(half, b'a' | b'p') {
        scan.at += 1;
        scan.eat(b'.');
        if !(scan.eat(b'm') || scan.eat(b'M')) || !(1..=12).contains(&hour) {
            return None;
        }
        scan.eat(b'.');
        hour = hour % 12 + if half == b'p' { 12 } else { 0 };
    } else {
        scan.at = before;
    }
    let sound = hour < 24 && minute < 60 && second <= 60;
    // 24:00 is the end of the day.
    let is_end = hour == 24 && minute == 0 && second == 0 && ms == 0;
    (sound || is_end).then_some(((hour * 60 + minute) * 60 + second) * 1000 + ms)
}

/// Seconds east of Greenwich.
fn offset(scan: &mut Scan<'_>) -> Option<i32> {
    let sign = match scan.peek() {
        b'+' => 1,
        b'-' => -1,
        _ => {
            let word = scan.word();
            let zero: [&[u8]; 3] = [b"z", b"utc", b"gmt"];
            return zero
                .iter()
                .any(|w| word.eq_ignore_ascii_case(w))
                .then_some(0);
        }
    };
    scan.at += 1;
    let (mut hours, digits) = scan.number()?;
    let mut minutes = 0;
    if digits == 4 {
        (hours, minutes) = (hours / 100, hours % 100);
    } else if digits > 2 {
        return None;
    } else if scan.eat(b':') {
        minutes = scan.number()?.0;
    }
    let seconds = (hours * 60 + minutes) * 60;
    (hours <= 18 && minutes < 60).then_some(sign * seconds as i32)
}

/// A time without separators: a date of eight digits with a time of day or without, seconds or milliseconds since 1970, or the days
/// of a spreadsheet.
fn counted(text: &[u8], digits: usize) -> Option<Moment> {
    let whole: i64 = match digits {
        0..=18 => std::str::from_utf8(&text[..digits]).ok()?.parse().ok()?,
        _ => return None,
    };
    let rest = &text[digits..];
    let dated = |date: i64, clock: i64| {
        let date = days(date / 10_000, date / 100 % 100, date % 100)?;
        let (h, m, s) = (clock / 10_000, clock / 100 % 100, clock % 100);
        let sound = h < 24 && m < 60 && s <= 60;
        let ms = date * DAY + ((h * 60 + m) * 60 + s) * 1000;
        sound.then_some(full(ms, None))
    };
    let date = match digits {
        8 if rest.is_empty() => dated(whole, 0),
        8 => {
            // 20030131T101500, 20030131 10:15.
            let mut scan = Scan { text: rest, at: 0 };
            if !(scan.eat(b'T') || scan.eat(b' ') || scan.eat(b'-') || scan.eat(b'_')) {
                return None;
            }
            let is_plain = rest.len() == 7 && rest[1..].iter().all(u8::is_ascii_digit);
            let clock = match is_plain {
                true => return dated(whole, scan.number()?.0),
                false => clock(&mut scan, b':')?,
            };
            return match (dated(whole, 0)?, scan.is_done()) {
                (Moment::Full(stamp), true) => Some(full(stamp.ms + clock, None)),
                _ => None,
            };
        }
        12 if rest.is_empty() => dated(whole / 10_000, whole % 10_000 * 100),
        14 if rest.is_empty() => dated(whole / 1_000_000, whole % 1_000_000),
        _ => None,
    };
    if date.is_some() {
        return date;
    }
    let fraction = match rest {
        [] => 0.0,
        [b'.' | b',', decimals @ ..]
            if decimals.iter().all(u8::is_ascii_digit) && decimals.len() < 18 =>
        {
            let decimals = std::str::from_utf8(decimals).ok()?;
            format!("0.{decimals}0").parse::<f64>().ok()?
        }
        _ => return None,
    };
    let unix = |ms: i64| {
        let is_sound = (0..=days(2100, 12, 31)? * DAY).contains(&ms);
        let stamp = Stamp {
            ms,
            offset: Some(0),
            unix: true,
        };
        is_sound.then_some(Moment::Full(stamp))
    };
    match digits {
        // Days since 30 December 1899, from 1970 to 2100.
        5 if (25_569..=73_415).contains(&whole) => {
            let ms = (fraction * DAY as f64).round() as i64;
            let ms = (whole - 25_569) * DAY + ms;
            Some(full(ms, None))
        }
        9 | 10 => unix(whole * 1000 + (fraction * 1000.0).round() as i64),
        12 | 13 => unix(whole),
        15 | 16 => unix(whole / 1000),
        18 => unix(whole / 1_000_000),
        _ => None,
    }
}

/// Whether a time is one of those that stand for none: zeros and marks alone, as in 0000-00-00 00:00:00.
pub(super) fn is_no_time(text: &[u8]) -> bool {
    let zeros = text
        .iter()
        .all(|b| matches!(b, b'0' | b'-' | b':' | b' ' | b'T' | b'.' | b'/'));
    zeros && (text.starts_with(b"0000") || text.starts_with(b"00/") || text == b"0")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::log::amount::{duration, number};
    use jiff::civil::DateTime;
    use proptest::prelude::*;

    fn shown(text: &str, order: DateOrder) -> Option<String> {
        match moment(text.as_bytes(), order)? {
            Moment::Clock(ms) => Some(format!("clock {ms}")),
            Moment::Full(stamp) => {
                let time = jiff::Timestamp::from_millisecond(stamp.ms).unwrap();
                let civil = jiff::tz::Offset::UTC.to_datetime(time);
                let offset = stamp.offset.map_or(String::new(), |o| format!(" {o}"));
                let unix = if stamp.unix { " unix" } else { "" };
                Some(format!("{civil}{offset}{unix}"))
            }
        }
    }

    #[test]
    fn times_as_they_are_written() {
        for (text, expected) in [
            ("2003-01-31T10:15:30", "2003-01-31T10:15:30"),
            ("2003-01-31 10:15", "2003-01-31T10:15:00"),
            ("2003/01/31 10:15:30.250", "2003-01-31T10:15:30.25"),
            ("2003-01-31T10:15:30,123456", "2003-01-31T10:15:30.123"),
            ("2003-01-31", "2003-01-31T00:00:00"),
            ("31.01.2003 9:05", "2003-01-31T09:05:00"),
            ("31.01.2003 9.05.07", "2003-01-31T09:05:07"),
            ("31/01/2003, 09:05:07", "2003-01-31T09:05:07"),
            ("31-01-03 24:00", "2003-02-01T00:00:00"),
            ("1. 2. 2003", "2003-02-01T00:00:00"),
            ("1 Jan 2003 10:00", "2003-01-01T10:00:00"),
            ("01-JAN-1999 10:00:00 PM", "1999-01-01T22:00:00"),
            ("Jan 31, 2003 12:05 AM", "2003-01-31T00:05:00"),
            (
                "Fri, 31 Jan 2003 10:00:00 +0100",
                "2003-01-31T10:00:00 3600",
            ),
            ("31. März 2003 12:00 p.m.", "2003-03-31T12:00:00"),
            ("31/01/2003 3PM", "2003-01-31T15:00:00"),
            ("2003-01-31T10:15:30Z", "2003-01-31T10:15:30 0"),
            ("2003-01-31 10:15:30 -05:30", "2003-01-31T10:15:30 -19800"),
            ("2003-01-31 10:15:30 UTC", "2003-01-31T10:15:30 0"),
            ("1044008130", "2003-01-31T10:15:30 0 unix"),
            ("1044008130.5", "2003-01-31T10:15:30.5 0 unix"),
            ("1044008130250", "2003-01-31T10:15:30.25 0 unix"),
            ("20030131", "2003-01-31T00:00:00"),
            ("20030131101530", "2003-01-31T10:15:30"),
            ("200301311015", "2003-01-31T10:15:00"),
            ("20030131T101530", "2003-01-31T10:15:30"),
            ("37652.5", "2003-01-31T12:00:00"),
            ("37652,25", "2003-01-31T06:00:00"),
            ("10:15", "clock 36900000"),
            ("10:15:30.5 pm", "clock 80130500"),
        ] {
            assert_eq!(
                shown(text, DateOrder::DayMonth).as_deref(),
                Some(expected),
                "{text}"
            );
        }
        assert_eq!(
            shown("01/31/2003", DateOrder::MonthDay).as_deref(),
            Some("2003-01-31T00:00:00")
        );
        for text in [
            "",
            "x",
            "2003-02-29",
            "31/02/2003",
            "01/31/2003",
            "2003-01-31T25:00",
            "2003-01-31 10:60",
            "2003-01-31x",
            "13:00 PM",
            "31.01.2003 10",
            "1",
            "99999999999999999999",
            "1/2-2003",
            "2003-01-31T10:00+99:00",
            "12345",
            "99/99/99",
            "2101-01-01",
            "1969-12-31",
            "Jan",
            "Fri",
            "Fri Sat 3 2003",
            "-5",
            "10:15:30 Z",
        ] {
            assert_eq!(shown(text, DateOrder::DayMonth), None, "{text}");
        }
        assert_eq!(pair(b"Mo 31.01.2003 10:00"), Some((31, 1)));
        assert_eq!(
            [pair(b"2003-01-31"), pair(b"1 Jan 2003"), pair(b"10:15")],
            [None; 3]
        );
    }

    #[test]
    fn durations_and_numbers() {
        for (text, expected) in [
            ("75", 75_000),
            ("75.5", 75_500),
            ("75,5", 75_500),
            ("1:15", 75_000),
            ("0:01:15", 75_000),
            ("00:01:15.250", 75_250),
            ("100:00:00", 360_000_000),
            ("1.02:00:00", 93_600_000),
            ("1d 02:00:00", 93_600_000),
            ("-5", -5_000),
            ("-0:05", -5_000),
            ("1m 15s", 75_000),
            ("1h 2min 3.5 sec", 3_723_500),
            ("250 ms", 250),
        ] {
            assert_eq!(
                duration(text.as_bytes(), 1e3, false),
                Some(expected),
                "{text}"
            );
        }
        for text in [
            "", "x", "1:60", "1:2:3:4", "5 apples", "1:", ":5", "1e300", "inf", "NaN", "1.5:00",
            "--5", "1:-5",
        ] {
            assert_eq!(duration(text.as_bytes(), 1e3, false), None, "{text}");
        }
        assert_eq!(duration(b"2", 6e4, false), Some(120_000));
        for (text, comma, expected) in [
            ("1,234", false, 1234.0),
            ("1,234", true, 1.234),
            ("1,5", false, 1.5),
            ("1.234,5", true, 1234.5),
            ("1,234,567", true, 1_234_567.0),
            ("1,234.5", true, 1234.5),
        ] {
            assert_eq!(number(text.as_bytes(), comma), Some(expected), "{text}");
        }
    }

    #[test]
    fn zeros_are_no_time() {
        assert!(
            is_no_time(b"0000-00-00 00:00:00") && is_no_time(b"0") && is_no_time(b"00/00/0000")
        );
        assert!(!is_no_time(b"00:00:00") && !is_no_time(b"2000-01-01"));
    }

    proptest! {
        #[test]
        fn dates_are_those_of_jiff(second in 0_i64..4_133_980_799) {
            let time = jiff::Timestamp::from_second(second).unwrap();
            let civil: DateTime = jiff::tz::Offset::UTC.to_datetime(time);
            let formats = ["%Y-%m-%dT%H:%M:%S", "%d.%m.%Y %H:%M:%S", "%d/%m/%Y %I:%M:%S %p", "%d %b %Y %T", "%a, %d %B %Y %T", "%B %d, %Y, %T"];
            for format in formats {
                let text = civil.strftime(format).to_string();
                let expected = Moment::Full(Stamp { ms: second * 1000, offset: None, unix: false });
                prop_assert_eq!(moment(text.as_bytes(), DateOrder::DayMonth), Some(expected), "{}", text);
            }
        }

        #[test]
        fn no_text_panics(text in "[0-9a-zA-Zä:/. ,+-]{0,24}") {
            for order in [DateOrder::DayMonth, DateOrder::MonthDay] {
                let _ = moment(text.as_bytes(), order);
            }
            let _ = (pair(text.as_bytes()), duration(text.as_bytes(), 6e4, true), number(text.as_bytes(), true));
        }
    }
}
