//! Numbers with units, rounded to what is known of them.

use crate::experiment::Estimate;
use crate::stats::ConfidenceInterval;
use crate::time::{Calendar, Micros, to_seconds};

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
    /// The half-width of its confidence interval in the same unit, such as `± 0.3`.
    pub spread: Option<String>,
}

impl Shown {
    /// What is shown where a value is undefined.
    pub fn dash() -> Self {
        Self {
            value: "-".into(),
            spread: None,
        }
    }

    /// Whether there is a value.
    pub fn is_dash(&self) -> bool {
        self.value == "-"
    }
}

/// An estimate, rounded to what its confidence interval supports: the half-width to one significant digit (two when the
/// first is a 1), the mean to the same place.
pub fn shown(estimate: Option<Estimate>, kind: Kind) -> Shown {
    let Some((estimate, mean)) = estimate.and_then(|e| Some((e, e.mean?))) else {
        return Shown::dash();
    };
    let (factor, unit) = kind.scale(mean);
    let mean = mean * factor;
    let Some(half) = estimate.interval.map(|i| i.half_width * factor) else {
        return Shown {
            value: format!("{}{unit}", number(mean, free_decimals(mean))),
            spread: None,
        };
    };
    if half <= mean.abs() * 1e-9 {
        let value = format!("{}{unit}", number(mean, free_decimals(mean)));
        return Shown {
            value,
            spread: Some("± 0".into()),
        };
    }
    let decimals = supported_decimals(half).min(5 - exponent(mean).max(exponent(half)));
    let value = format!("{}{unit}", number(mean, decimals));
    Shown {
        value,
        spread: Some(format!("± {}", number(half, decimals))),
    }
}

/// How much something changed, with the ends of its interval in the same unit: `12.3 s [9.1, 15.5]`.
pub(super) fn change(size: f64, half_width: f64, kind: Kind) -> String {
    let (factor, unit) = kind.scale(size);
    let (size, half) = (size * factor, half_width * factor);
    let decimals = if half <= size * 1e-9 {
        free_decimals(size)
    } else {
        supported_decimals(half).min(5 - exponent(size).max(exponent(half)))
    };
    let ends = [size - half, size + half].map(|x| number(x, decimals));
    format!(
        "{}{unit} [{}, {}]",
        number(size, decimals),
        ends[0],
        ends[1]
    )
}

/// One of several numbers that lie within `range`, rounded to where they can be told apart; no finer than thousandths.
pub(super) fn apart(x: f64, range: f64) -> String {
    let decimals = if range > x.abs() * 1e-9 {
        (1 - exponent(range)).min(3)
    } else {
        free_decimals(x)
    };
    number(x, decimals)
}

/// The ends of an interval within `bounds`, in the unit and to the place of the mean: `[97.4, 100.0]`. `None` where the interval
/// stays within.
pub(super) fn cut(interval: &ConfidenceInterval, kind: Kind, bounds: (f64, f64)) -> Option<String> {
    let ends = [
        interval.mean - interval.half_width,
        interval.mean + interval.half_width,
    ];
    if ends[0] >= bounds.0 && ends[1] <= bounds.1 {
        return None;
    }
    let (factor, _) = kind.scale(interval.mean);
    let half = interval.half_width * factor;
    let decimals =
        supported_decimals(half).min(5 - exponent(interval.mean * factor).max(exponent(half)));
    let [low, high] = ends.map(|x| number(x.clamp(bounds.0, bounds.1) * factor, decimals));
    Some(format!("[{low}, {high}]"))
}

/// A value without an interval, with its unit.
pub fn value(x: f64, kind: Kind) -> String {
    let (factor, unit) = kind.scale(x);
    format!("{}{unit}", number(x * factor, free_decimals(x * factor)))
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
    match n {
        0..1_000_000 => number(n as f64, 0),
        1_000_000..1_000_000_000 => format!(
            "{} million",
            number(n as f64 / 1e6, free_decimals(n as f64 / 1e6))
        ),
        _ => format!(
            "{} billion",
            number(n as f64 / 1e9, free_decimals(n as f64 / 1e9))
        ),
    }
}

/// Decimal exponent of the first significant digit; 0 for zero.
fn exponent(x: f64) -> i32 {
    format!("{x:e}")
        .split_once('e')
        .and_then(|(_, e)| e.parse().ok())
        .unwrap_or(0)
}

/// Decimals that a half-width supports; negative where it supports tens or hundreds only.
fn supported_decimals(half: f64) -> i32 {
    let leading_one = format!("{half:e}").starts_with('1');
    i32::from(leading_one) - exponent(half)
}

/// Decimals of a number of which nothing more is known: three significant digits, no more than needed.
fn free_decimals(x: f64) -> i32 {
    let most = (2 - exponent(x)).clamp(0, 6);
    let text = format!("{x:.*}", most as usize);
    let decimals = text
        .split_once('.')
        .map_or("", |(_, d)| d)
        .trim_end_matches('0')
        .len();
    decimals as i32
}

/// A number with so many decimals (negative: rounded to tens, hundreds), with commas between thousands.
fn number(x: f64, decimals: i32) -> String {
    let x = if decimals < 0 {
        let unit: f64 = format!("1e{}", -decimals).parse().unwrap_or(1.0);
        (x / unit).round() * unit
    } else {
        x
    };
    let text = format!("{x:.*}", decimals.max(0) as usize);
    let (sign, digits) = text
        .strip_prefix('-')
        .map_or(("", text.as_str()), |d| ("-", d));
    let sign = if digits.bytes().all(|b| matches!(b, b'0' | b'.')) {
        ""
    } else {
        sign
    };
    let (whole, rest) = digits
        .find('.')
        .map_or((digits, ""), |dot| digits.split_at(dot));
    let mut out = String::from(sign);
    for (i, c) in whole.chars().enumerate() {
        if i > 0 && (whole.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(c);
    }
    out + rest
}

/// A number of things that need not be whole.
pub(super) fn amount(x: f64) -> String {
    if x >= 100.0 {
        count(x.round() as u64)
    } else {
        value(x, Kind::Plain)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(mean: f64, half_width: f64, kind: Kind) -> String {
        let interval = ConfidenceInterval {
            mean,
            half_width,
            sd: 1.0,
            count: 10,
            level: 0.95,
        };
        let s = shown(
            Some(Estimate {
                mean: Some(mean),
                interval: Some(interval),
                replications: 10,
            }),
            kind,
        );
        format!("{} {}", s.value, s.spread.unwrap())
    }

    fn without(mean: f64, kind: Kind) -> String {
        let s = shown(
            Some(Estimate {
                mean: Some(mean),
                interval: None,
                replications: 1,
            }),
            kind,
        );
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
        assert_eq!(change(12.31, 2.94, Kind::Seconds), "12 s [9, 15]");
        assert_eq!(
            change(0.0321, 0.0043, Kind::Points),
            "3.2 points [2.8, 3.6]"
        );
        assert_eq!(
            change(1_234_567.0, 23_000.0, Kind::Plain),
            "1,230,000 [1,210,000, 1,260,000]"
        );
        assert_eq!(change(2.0, 0.0, Kind::Plain), "2 [2, 2]");
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
    fn cut_at_what_is_possible() {
        let interval = |mean, half_width| ConfidenceInterval {
            mean,
            half_width,
            sd: 1.0,
            count: 3,
            level: 0.95,
        };
        let share = |m, h| cut(&interval(m, h), Kind::Fraction, (0.0, 1.0));
        assert_eq!(share(0.988, 0.0141).as_deref(), Some("[97.4, 100.0]"));
        assert_eq!(share(0.004, 0.006).as_deref(), Some("[0.0, 1.0]"));
        assert_eq!(share(0.5, 0.2), None);
        let wait = cut(&interval(0.4, 0.6), Kind::Seconds, (0.0, f64::INFINITY));
        assert_eq!(wait.as_deref(), Some("[0.0, 1.0]"));
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
        assert_eq!(shown(None, Kind::Plain), Shown::dash());
    }

    #[test]
    fn counts_in_words() {
        assert_eq!(count(812), "812");
        assert_eq!(count(34_500), "34,500");
        assert_eq!(count(3_450_000), "3.45 million");
        assert_eq!(count(2_300_000_000), "2.3 billion");
    }
}
