//! Advice for what is written as people write it elsewhere: decimal commas, times of day for durations and the other way round, dates of
//! other countries, and words for which there is another way to say it.

use jiff::civil::Date;

/// A number with a decimal comma, such as `6,5 min`.
pub(crate) fn decimal_comma(text: &str) -> Option<String> {
    let (whole, rest) = text.split_once(',')?;
    let whole_digits = whole.trim_start_matches(['+', '-']);
    let digits = rest
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(rest.len());
    let is_number = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
    if !is_number(whole_digits) || digits == 0 || rest[digits..].contains(',') {
        return None;
    }
    let point = format!("{:?}", format!("{whole}.{rest}"));
    Some(match digits {
        3 => {
            let together = format!("{:?}", format!("{whole}{rest}"));
            format!("decimals have a point and thousands nothing: write {point} or {together}")
        }
        _ => format!("decimals have a point: write {point}"),
    })
}

/// A time of day, such as `06:00`, where a duration belongs.
pub(crate) fn not_a_time_of_day(text: &str) -> Option<String> {
    let parts: Vec<u32> = numbers(text, ':', 2)?;
    let (&[a, b] | &[a, b, _]) = parts.as_slice() else {
        return None;
    };
    let with = |large: &str, small: &str| match b {
        0 => format!("\"{a} {large}\""),
        b => format!("\"{a}{large} {b}{small}\""),
    };
    let (hours, minutes) = (with("h", "min"), with("min", "s"));
    Some(format!(
        "this is a time of day; a duration has units: write {hours}, or {minutes}"
    ))
}

/// A duration, given in seconds, where a time of day belongs.
pub(crate) fn not_a_duration(seconds: f64) -> Option<String> {
    let minutes = (seconds / 60.0).round() as u32;
    (minutes < 24 * 60).then(|| {
        format!(
            "this is a duration; write the time of day: \"{:02}:{:02}\"",
            minutes / 60,
            minutes % 60
        )
    })
}

/// A date in another order than year, month, day, or with other marks between them.
pub(crate) fn date(text: &str) -> Option<String> {
    let text = text.trim();
    let parts = ['.', '/', '-']
        .into_iter()
        .find_map(|mark| numbers(text, mark, 4))?;
    let &[a, b, c] = parts.as_slice() else {
        return None;
    };
    let orders = match a > 31 {
        true => [(a, b, c), (a, b, c)],
        false if text.contains('/') => [(c, b, a), (c, a, b)],
        false => [(c, b, a), (c, b, a)],
    };
    let dates = orders.into_iter().filter_map(|(year, month, day)| {
        let year = i16::try_from(year).ok().filter(|y| *y >= 1000)?;
        Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
    });
    let mut dates: Vec<String> = dates.map(|d| d.to_string()).collect();
    dates.dedup();
    let written = dates.join(" or ");
    (!dates.is_empty()).then(|| format!("a date is year-month-day: write {written}"))
}

/// Two or three numbers of at most `most` digits with a mark between them, and nothing else.
fn numbers(text: &str, mark: char, most: usize) -> Option<Vec<u32>> {
    let parts: Vec<&str> = text.trim().split(mark).collect();
    let is_number =
        |p: &str| (1..=most).contains(&p.len()) && p.bytes().all(|b| b.is_ascii_digit());
    let sound = (2..=3).contains(&parts.len()) && parts.iter().all(|p| is_number(p));
    sound.then(|| parts.iter().filter_map(|p| p.parse().ok()).collect())
}

/// What to write in place of a key that does not exist, where that is another idea rather than another spelling.
pub(crate) fn instead(key: &str) -> Option<&'static str> {
    Some(match key.to_lowercase().as_str() {
        "channel" | "channels" => {
            "each channel is a [[topic]] of its own, with its own `patience`, `target` and `work`; pools that handle several chats at once say so with `concurrency`"
        }
        "aht" | "handle_time_mean" | "handling_time" => {
            "the handle time of people is the `work` of a topic, such as work = { lognormal = { mean = \"6 min\", cv = 1 } }"
        }
        "sla" | "service_level" => {
            "the service level that is wanted is the `target` of a topic, such as target = \"80% in 20 s\""
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commas() {
        let says = |text| decimal_comma(text).unwrap_or_default();
        assert_eq!(says("6,5 min"), "decimals have a point: write \"6.5 min\"");
        assert_eq!(says("0,10"), "decimals have a point: write \"0.10\"");
        assert_eq!(
            says("1,000 s"),
            "decimals have a point and thousands nothing: write \"1.000 s\" or \"1000 s\""
        );
        for other in ["6.5", "a,b", "1,", ",5", "1,2,3", "1, 2"] {
            assert_eq!(says(other), "", "{other}");
        }
    }

    #[test]
    fn times_and_durations() {
        let says = |text| not_a_time_of_day(text).unwrap_or_default();
        assert!(says("06:00").ends_with("write \"6 h\", or \"6 min\""));
        assert!(says("7:30").ends_with("write \"7h 30min\", or \"7min 30s\""));
        for other in ["6", "6:", "a:b", "1:2:3:4", "100:00"] {
            assert_eq!(says(other), "", "{other}");
        }
        assert!(not_a_duration(6.5 * 3600.0).is_some_and(|s| s.ends_with("\"06:30\"")));
        assert_eq!(not_a_duration(86_400.0), None);
    }

    #[test]
    fn dates() {
        let says = |text| date(text).unwrap_or_default();
        let write = |dates: &str| format!("a date is year-month-day: write {dates}");
        assert_eq!(says("06.01.2025"), write("2025-01-06"));
        assert_eq!(says("01/06/2025"), write("2025-06-01 or 2025-01-06"));
        assert_eq!(says("13/06/2025"), write("2025-06-13"));
        assert_eq!(says("2025/1/6"), write("2025-01-06"));
        for other in ["6.1.25", "1.2", "99.99.2025", "a.b.c", "2025-13-01"] {
            assert_eq!(says(other), "", "{other}");
        }
    }
}
