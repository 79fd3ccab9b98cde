//! Numbers with units, rounded to what is known of them.

use crate::results::SummaryRow;
use crate::time::{Calendar, Micros, to_seconds};

/// Half of the width, in per cent, of an interval at the end of what is possible that is not worth showing.
const NOTHING: f64 = 0.005;

/// What a number is, as far as writing it is concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A fraction, shown in per cent.
    Fraction,
    /// A difference of fractions, shown in points of a hundred.
    Points,
    /// Seconds, shown in the unit that suits them.
    Seconds,
    /// Anything else, shown as it is.
    Plain,
}

impl Kind {
    /// From the text of a `unit` column.
    pub fn of_unit(unit: &str) -> Self {
        match unit {
            "fraction" => Kind::Fraction,
            "s" => Kind::Seconds,
            _ => Kind::Plain,
        }
    }

    /// How a difference of two values of this unit is shown.
    pub(super) fn of_difference(unit: &str) -> Self {
        match Self::of_unit(unit) {
            Kind::Fraction => Kind::Points,
            other => other,
        }
    }

    /// Factor and unit that suit a value.
    fn scale(self, x: f64) -> (f64, &'static str) {
        match self {
            Kind::Fraction => (100.0, " %"),
            Kind::Points => (100.0, " points"),
            Kind::Plain => (1.0, ""),
            Kind::Seconds => match x.abs() {
                s if s > 0.0 && s < 0.1 => (1e3, " ms"),
                s if s < 120.0 => (1.0, " s"),
                s if s < 7200.0 => (1.0 / 60.0, " min"),
                s if s < 48.0 * 3600.0 => (1.0 / 3600.0, " h"),
                _ => (1.0 / 86_400.0, " days"),
            },
        }
    }
}

/// A number as it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// The value with its unit, or a dash.
    pub value: String,
    /// Its confidence interval in the same unit, such as `± 0.3` or `[97.4, 99.9]`.
    pub spread: Option<String>,
}

impl Shown {
    /// A value of which no more is known.
    pub fn plain(value: String) -> Self {
        Self {
            value,
            spread: None,
        }
    }

    /// What is shown where a value is undefined.
    pub fn dash() -> Self {
        Self::plain("-".into())
    }

    /// A number of things that need not be whole; a dash where there is none.
    pub(super) fn amount(x: impl Into<Option<f64>>) -> Self {
        x.into().map_or_else(Self::dash, |x| Self::plain(amount(x)))
    }

    /// Whether there is a value.
    pub fn is_dash(&self) -> bool {
        self.value == "-"
    }
}

/// An estimate, rounded to what its confidence interval supports.
pub(super) fn shown(estimate: Option<&SummaryRow>) -> Shown {
    let known = estimate.and_then(|row| Some((row.mean?, row)));
    known.map_or_else(Shown::dash, |(mean, row)| {
        rounded(mean, row.interval(), Kind::of_unit(&row.unit))
    })
}

/// A mean with the ends of its confidence interval, rounded to what the interval supports: half of the width to one significant digit
/// (two when the first is a 1), the mean to the same place. The spread is `± 0.3` where the mean lies in the middle of the interval
/// (within a tenth of half the width), else it is the ends, `[97.4, 99.9]`.
pub(super) fn rounded(mean: f64, ends: Option<(f64, f64)>, kind: Kind) -> Shown {
    let Some((low, high)) = ends else {
        return Shown::plain(value(mean, kind));
    };
    let (factor, unit) = kind.scale(mean);
    let [scaled, low, high] = [mean, low, high].map(|x| x * factor);
    let half = 0.5 * (high - low);
    let centred = (0.5 * (low + high) - scaled).abs() <= 0.1 * half;
    let is_share = kind == Kind::Fraction;
    if half <= scaled.abs() * 1e-9 || (is_share && !centred && half < NOTHING) {
        return Shown {
            value: value(mean, kind),
            spread: Some("± 0".into()),
        };
    }
    let mut decimals = supported_decimals(half, scaled);
    if is_share && !centred {
        // In tens of per cent a low end of 2 would be 0; two decimals are enough at the end of what is possible.
        decimals = decimals.clamp(0, 2);
    }
    let spread = match centred {
        true => format!("± {}", number(half, decimals)),
        false => format!("[{}, {}]", number(low, decimals), number(high, decimals)),
    };
    Shown {
        value: format!("{}{unit}", number(scaled, decimals)),
        spread: Some(spread),
    }
}

/// The size of a difference, with the ends of its interval in the same unit: `12.3 s [9.1, 15.5]`.
pub(super) fn change(difference: f64, ends: (f64, f64), kind: Kind) -> String {
    let (size, (low, high)) = match difference < 0.0 {
        true => (-difference, (-ends.1, -ends.0)),
        false => (difference, ends),
    };
    let (factor, unit) = kind.scale(size);
    let [size, low, high] = [size, low, high].map(|x| x * factor);
    let half = 0.5 * (high - low);
    let decimals = match half <= size * 1e-9 {
        true => free_decimals(size),
        false => supported_decimals(half, size),
    };
    let [size, low, high] = [size, low, high].map(|x| number(x, decimals));
    format!("{size}{unit} [{low}, {high}]")
}

/// One of several numbers that lie within `range`, rounded to where they can be told apart; no finer than thousandths.
pub(super) fn apart(x: f64, range: f64) -> String {
    let decimals = match range > x.abs() * 1e-9 {
        true => (1 - exponent(range)).min(3),
        false => free_decimals(x),
    };
    number(x, decimals)
}

/// A value without an interval, with its unit.
pub fn value(x: f64, kind: Kind) -> String {
    let (factor, unit) = kind.scale(x);
    format!("{}{unit}", number(x * factor, free_decimals(x * factor)))
}

/// A fraction in per cent.
pub(super) fn per_cent(x: f64) -> String {
    value(x, Kind::Fraction)
}

/// A number without a unit.
pub(super) fn plain(x: f64) -> String {
    value(x, Kind::Plain)
}

/// A duration in the unit that suits it: `12.3 s`, `4.5 min`.
pub fn duration(seconds: f64) -> String {
    value(seconds, Kind::Seconds)
}

/// A length of simulated time: in local days where it is whole ones, two or more, else as any duration.
pub(super) fn length(calendar: &Calendar, from: Micros, to: Micros) -> String {
    let days = calendar.days_between(from, to);
    match (days - days.round()).abs() < 1e-9 && days.round() >= 2.0 {
        true => format!("{} days", number(days.round(), 0)),
        false => duration(to_seconds(to - from)),
    }
}

/// A count in words a person can hold: `812`, `34,500`, `3.45 million`.
pub fn count(n: u64) -> String {
    let x = n as f64;
    match n {
        0..1_000_000 => number(x, 0),
        1_000_000..1_000_000_000 => format!("{} million", value(x / 1e6, Kind::Plain)),
        _ => format!("{} billion", value(x / 1e9, Kind::Plain)),
    }
}

/// Decimal exponent of the first significant digit; 0 for zero.
fn exponent(x: f64) -> i32 {
    let text = format!("{x:e}");
    let exponent = text.split_once('e').and_then(|(_, e)| e.parse().ok());
    exponent.unwrap_or(0)
}

/// Decimals that a half-width supports, of a number with at most six digits; negative where it supports tens or hundreds only.
fn supported_decimals(half: f64, number: f64) -> i32 {
    let leading_one = format!("{half:e}").starts_with('1');
    let supported = i32::from(leading_one) - exponent(half);
    supported.min(5 - exponent(number).max(exponent(half)))
}

/// Decimals of a number of which nothing more is known: three significant digits, no more than needed.
fn free_decimals(x: f64) -> i32 {
    let most = (2 - exponent(x)).clamp(0, 6);
    let text = format!("{x:.*}", most as usize);
    let decimals = text.split_once('.').map_or("", |(_, decimals)| decimals);
    decimals.trim_end_matches('0').len() as i32
}

/// A number with so many decimals (negative: rounded to tens, hundreds), with commas between thousands.
fn number(mut x: f64, decimals: i32) -> String {
    if decimals < 0 {
        let unit: f64 = format!("1e{}", -decimals).parse().unwrap_or(1.0);
        x = (x / unit).round() * unit;
    }
    let text = format!("{x:.*}", decimals.max(0) as usize);
    let digits = text.trim_start_matches('-');
    let is_zero = digits.bytes().all(|b| matches!(b, b'0' | b'.'));
    let sign = if x < 0.0 && !is_zero { "-" } else { "" };
    let dot = digits.find('.').unwrap_or(digits.len());
    let (whole, rest) = digits.split_at(dot);
    let groups = whole.as_bytes().rchunks(3).rev();
    let groups: Vec<_> = groups.map(String::from_utf8_lossy).collect();
    format!("{sign}{}{rest}", groups.join(","))
}

/// A number of things that need not be whole.
pub(super) fn amount(x: f64) -> String {
    match x >= 100.0 {
        true => count(x.round() as u64),
        false => value(x, Kind::Plain),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(mean: f64, half_width: f64, kind: Kind) -> String {
        between(mean, (mean - half_width, mean + half_width), kind)
    }

    fn between(mean: f64, ends: (f64, f64), kind: Kind) -> String {
        let s = rounded(mean, Some(ends), kind);
        format!("{} {}", s.value, s.spread.unwrap())
    }

    fn without(mean: f64, kind: Kind) -> String {
        let s = rounded(mean, None, kind);
        assert_eq!(s.spread, None);
        s.value
    }

    #[test]
    fn rounded_to_the_interval() {
        assert_eq!(with(0.66723, 0.0034, Kind::Fraction), "66.7 % ± 0.3");
        assert_eq!(with(0.66723, 0.0013, Kind::Fraction), "66.72 % ± 0.13");
        assert_eq!(with(12.345, 0.51, Kind::Seconds), "12.3 s ± 0.5");
        assert_eq!(with(272.3, 6.2, Kind::Seconds), "4.54 min ± 0.10");
        assert_eq!(with(2313.4, 4.0, Kind::Plain), "2,313 ± 4");
        assert_eq!(with(23134.0, 460.0, Kind::Plain), "23,100 ± 500");
        assert_eq!(with(23134.0, 160.0, Kind::Plain), "23,130 ± 160");
        assert_eq!(with(0.0, 0.0, Kind::Seconds), "0 s ± 0");
        assert_eq!(with(20.0, 0.0, Kind::Plain), "20 ± 0");
        assert_eq!(with(0.012, 0.004, Kind::Seconds), "12 ms ± 4");
        assert_eq!(with(1234.5, 1e-7, Kind::Plain), "1,234 ± 0");
        assert_eq!(with(-0.01, 0.6, Kind::Plain), "0.0 ± 0.6");
    }

    #[test]
    fn changes() {
        let around = |x: f64, half: f64, kind| change(x, (x - half, x + half), kind);
        assert_eq!(around(12.31, 2.94, Kind::Seconds), "12 s [9, 15]");
        assert_eq!(
            around(-0.0321, 0.0043, Kind::Points),
            "3.2 points [2.8, 3.6]"
        );
        assert_eq!(
            around(1_234_567.0, 23_000.0, Kind::Plain),
            "1,230,000 [1,210,000, 1,260,000]"
        );
        assert_eq!(around(2.0, 0.0, Kind::Plain), "2 [2, 2]");
        let most = change(-0.9, (-1.0, -0.75), Kind::Points);
        assert_eq!(most, "90 points [75, 100]");
    }

    #[test]
    fn told_apart() {
        assert_eq!(apart(11_089_082.0, 4_331.0), "11,089,100");
        assert_eq!(apart(3.327_4, 0.02), "3.327");
        assert_eq!(apart(3.327_4, 0.000_2), "3.327");
        assert_eq!(apart(8_640.0, 0.0), "8,640");
        assert_eq!(apart(-950.4, 12.0), "-950");
    }

    #[test]
    fn ends_where_the_mean_is_not_in_the_middle() {
        let share = |mean, low, high| between(mean, (low, high), Kind::Fraction);
        assert_eq!(share(0.988, 0.9616, 0.9963), "98.8 % [96.2, 99.6]");
        assert_eq!(share(0.667, 0.662, 0.6718), "66.7 % ± 0.5");
        assert_eq!(share(1.0, 0.3976, 1.0), "100 % [40, 100]");
        assert_eq!(share(0.1818, 0.0228, 0.5178), "18 % [2, 52]");
        assert_eq!(share(0.0, 0.0, 0.0037), "0.00 % [0.00, 0.37]");
        assert_eq!(share(1.0, 0.999_68, 1.0), "100.00 % [99.97, 100.00]");
        assert_eq!(share(0.0, 0.0, 3.7e-6), "0 % ± 0");
        assert_eq!(share(1.0, 1.0, 1.0), "100 % ± 0");
        let wait = between(0.4, (0.0, 1.0), Kind::Seconds);
        assert_eq!(wait, "0.4 s [0.0, 1.0]");
    }

    #[test]
    fn without_an_interval() {
        assert_eq!(without(0.66723, Kind::Fraction), "66.7 %");
        assert_eq!(without(0.5, Kind::Fraction), "50 %");
        assert_eq!(without(660.0, Kind::Seconds), "11 min");
        assert_eq!(without(119.94, Kind::Seconds), "120 s");
        assert_eq!(without(4.0 * 86_400.0, Kind::Seconds), "4 days");
        assert_eq!(without(3_000.0, Kind::Plain), "3,000");
        assert_eq!(without(0.000_001_23, Kind::Plain), "0.000001");
        assert_eq!(shown(None), Shown::dash());
    }

    #[test]
    fn counts_in_words() {
        assert_eq!(count(812), "812");
        assert_eq!(count(34_500), "34,500");
        assert_eq!(count(3_450_000), "3.45 million");
        assert_eq!(count(2_300_000_000), "2.3 billion");
    }
}
