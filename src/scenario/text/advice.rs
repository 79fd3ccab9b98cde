//! Advice for what is written as people write it elsewhere: decimal commas, times of day for durations and the other way round, dates of
//! other countries, and words for which there is another way to say it.

use jiff::civil::Date;

/// A number with a decimal comma, such as `6,5 min`, or with marks between thousands, such as `1.000,5`; after other words where
/// these hold numbers, as in `80% in 2,5 s`.
pub(crate) fn decimal_comma(text: &str) -> Option<String> {
    let comma = text.find(',')?;
    let is_part = |c: char| c.is_ascii_digit() || matches!(c, ',' | '.');
    let begin = text[..comma].trim_end_matches(is_part).len();
    let end = text.len() - text[comma..].trim_start_matches(is_part).len();
    let (before, number, after) = (&text[..begin], &text[begin..end], &text[end..]);
    let bare = before.trim_end_matches(['+', '-']);
    let is_later = bare.ends_with(' ') && bare.contains(|c: char| c.is_ascii_digit());
    let groups: Vec<&str> = number.split([',', '.']).collect();
    if !(bare.is_empty() || is_later) || after.contains(',') || groups.contains(&"") {
        return None;
    }
    // A target that is written in other words is mended as a whole.
    let before = before.replace(" within ", " in ");
    // Numbers without a unit stand without quotes.
    let write = |number: String| match bare.is_empty() && after.is_empty() {
        true => format!("{before}{number}"),
        false => format!("{:?}", format!("{before}{number}{after}")),
    };
    let nothing = "decimals have a point and thousands nothing: write";
    match groups.as_slice() {
        [whole, decimals] => {
            let point = write(format!("{whole}.{decimals}"));
            Some(match decimals.len() {
                3 => format!(
                    "{nothing} {point} or {}",
                    write([*whole, decimals].concat())
                ),
                _ => format!("decimals have a point: write {point}"),
            })
        }
        // The last mark is another one than those between thousands.
        [whole @ .., decimals] if whole[1..].iter().all(|part| part.len() == 3) => {
            let marks: Vec<&str> = number.matches([',', '.']).collect();
            let (last, others) = marks.split_last()?;
            let is_sound = others.iter().all(|m| *m == others[0] && m != last);
            is_sound.then(|| {
                format!(
                    "{nothing} {}",
                    write(format!("{}.{decimals}", whole.concat()))
                )
            })
        }
        _ => None,
    }
}

/// A time of day in another form than `06:00`: `6 am`, `6:00 pm`, `6,5 h`, as it is to be written.
fn clock(text: &str) -> Option<String> {
    const LONGEST: usize = 20;
    let text = Some(text.trim()).filter(|t| t.len() <= LONGEST)?;
    let text = text.to_lowercase();
    let halves = [("am", 0), ("a.m.", 0), ("pm", 12), ("p.m.", 12)].into_iter();
    let mut halves = halves.filter_map(|(mark, hours)| Some((text.strip_suffix(mark)?, hours)));
    let (bare, half) = halves
        .next()
        .map_or((text.as_str(), None), |(bare, hours)| (bare, Some(hours)));
    let bare = bare.trim().trim_end_matches('h').trim_end();
    let (hour, minute) = match bare.split_once([',', '.']) {
        // A part of an hour.
        Some((hour, part)) if (1..=2).contains(&part.len()) => {
            let part: f64 = format!("0.{part}").parse().ok()?;
            (hour, (60.0 * part).round() as u32)
        }
        _ => {
            let (hour, minute) = bare.split_once(':').unwrap_or((bare, "0"));
            (hour, minute.parse().ok()?)
        }
    };
    let hour: u32 = hour.parse().ok()?;
    let hour = match half {
        None if hour < 24 => hour,
        Some(more) if (1..=12).contains(&hour) => hour % 12 + more,
        _ => return None,
    };
    (minute < 60).then(|| format!("{hour:02}:{minute:02}"))
}

/// What is no time of day as it should be written, and is meant as one.
pub(crate) fn time_of_day(text: &str) -> Option<String> {
    clock(text).map(|time| format!("write hours and minutes: \"{time}\""))
}

/// A time of day without quotes.
pub(crate) fn unquoted_time(text: &str) -> Option<String> {
    let time = clock(text).filter(|_| text.contains([':', 'm', 'M']))?;
    let write = format!("a time of day stands in quotes: write \"{time}\"");
    let duration = not_a_time_of_day(text);
    let units = duration.as_ref().and_then(|d| d.split_once("; "));
    Some(units.map_or(write.clone(), |(_, units)| format!("{write}; {units}")))
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

/// A date in another order than year, month, day, or with other marks between them; perhaps with a time of day behind it.
pub(crate) fn date(text: &str) -> Option<String> {
    let text = text.trim();
    if let Some((day, time)) = text.split_once(' ') {
        let (day, time) = (date(day)?, clock(time)?);
        return Some(format!(
            "{day}, or with the time of day: {}T{time}:00",
            day.rsplit(' ').next()?
        ));
    }
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
        assert_eq!(says("0,10"), "decimals have a point: write 0.10");
        assert_eq!(
            says("1,000 s"),
            "decimals have a point and thousands nothing: write \"1.000 s\" or \"1000 s\""
        );
        let nothing = "decimals have a point and thousands nothing: write";
        assert_eq!(says("1.000,5"), format!("{nothing} 1000.5"));
        assert_eq!(
            says("-1,000,000.25 s"),
            format!("{nothing} \"-1000000.25 s\"")
        );
        assert_eq!(
            says("80% within 2,5 s"),
            "decimals have a point: write \"80% in 2.5 s\""
        );
        for other in [
            "6.5",
            "a,b",
            "1,",
            ",5",
            "1,2,3",
            "1, 2",
            "1.00,5",
            "1.000,000,5",
            "tier 1,2",
        ] {
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
    fn times_in_other_forms() {
        let known = [
            ("6 am", "06:00"),
            ("12 am", "00:00"),
            ("6:30 PM", "18:30"),
            ("6,5", "06:30"),
            ("6.25 h", "06:15"),
            ("6", "06:00"),
        ];
        for (text, time) in known {
            let help = format!("write hours and minutes: \"{time}\"");
            assert_eq!(time_of_day(text), Some(help), "{text}");
        }
        for other in ["", "24", "13 pm", "6:60", "6.125", "a", "-6", "6:00:00:00"] {
            assert_eq!(time_of_day(other), None, "{other}");
        }
        assert_eq!(unquoted_time("6.5"), None);
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
