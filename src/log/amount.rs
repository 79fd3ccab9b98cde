//! Numbers and durations as logs write them.

/// A number, with a decimal point or comma and marks between thousands. `comma` says that a comma before three digits is a decimal
/// one too, as where semicolons separate the fields.
pub(super) fn number(text: &[u8], comma: bool) -> Option<f64> {
    let text = text.trim_ascii();
    if let Some(x) = std::str::from_utf8(text)
        .ok()?
        .parse::<f64>()
        .ok()
        .filter(|x| x.is_finite())
    {
        return Some(x);
    }
    let point = text.iter().rposition(|&b| b == b'.');
    let commas = text.iter().filter(|&&b| b == b',').count();
    let last = text.iter().rposition(|&b| b == b',')?;
    let is_decimal = match point {
        Some(point) => last > point,
        None => commas == 1 && (comma || text.len() - last != 4),
    };
    let is_mark = |b: u8| if is_decimal { b == b'.' } else { b == b',' };
    let clean: Vec<u8> = text
        .iter()
        .filter(|b| !is_mark(**b))
        .map(|&b| if b == b',' { b'.' } else { b })
        .collect();
    let number = std::str::from_utf8(&clean).ok()?.parse::<f64>().ok();
    number.filter(|x| x.is_finite())
}

/// A duration in milliseconds: h:mm:ss, mm:ss, a number of `unit` milliseconds, or numbers with units such as `3m 20s`.
pub(super) fn duration(text: &[u8], unit: f64, comma: bool) -> Option<i64> {
    const LONGEST: f64 = 3.2e11;
    let text = text.trim_ascii();
    let (negative, bare) = match text.strip_prefix(b"-") {
        Some(bare) => (true, bare),
        None => (false, text),
    };
    let bounded = |ms: f64| {
        let ms = if negative { -ms } else { ms };
        (ms.abs() <= LONGEST).then_some(ms.round() as i64)
    };
    if !matches!(bare.first()?, b'0'..=b'9' | b'.' | b',') {
        return None;
    }
    if let Some(x) = number(bare, comma) {
        return bounded(x * unit);
    }
    if bare.contains(&b':') {
        let (days, clock, least) = match bare.iter().position(|&b| matches!(b, b'd' | b'.')) {
            // 1.02:03:04 and 1d 02:03:04; a point after the seconds is none of days.
            Some(i) if bare[i..].contains(&b':') => (
                number(&bare[..i], false)?,
                bare[i + 1..].trim_ascii_start(),
                3,
            ),
            _ => (0.0, bare, 2),
        };
        let mut seconds = 0.0;
        let parts: Vec<&[u8]> = clock.split(|&b| b == b':').collect();
        for (i, part) in parts.iter().enumerate() {
            let is_sound = part.first().is_some_and(u8::is_ascii_digit);
            let x = number(part, true).filter(|_| is_sound)?;
            if i > 0 && x >= 60.0 || i + 1 < parts.len() && x.fract() != 0.0 {
                return None;
            }
            seconds = seconds * 60.0 + x;
        }
        let sound = (least..=3).contains(&parts.len());
        return bounded((days * 86_400.0 + seconds) * 1000.0).filter(|_| sound);
    }
    let (mut ms, mut rest) = (0.0, bare);
    while !rest.is_empty() {
        let is_digit = |b: &&u8| b.is_ascii_digit() || matches!(**b, b'.' | b',');
        let digits = rest.iter().take_while(is_digit).count();
        let x = number(&rest[..digits], true)?;
        rest = rest[digits..].trim_ascii_start();
        let letters = rest.iter().take_while(|b| b.is_ascii_alphabetic()).count();
        let unit = &rest[..letters].to_ascii_lowercase()[..];
        rest = rest[letters..].trim_ascii_start();
        ms += x * match unit {
            b"ms" => 1.0,
            b"s" | b"sec" | b"secs" | b"second" | b"seconds" => 1e3,
            b"m" | b"min" | b"mins" | b"minute" | b"minutes" => 6e4,
            b"h" | b"hr" | b"hrs" | b"hour" | b"hours" => 3.6e6,
            b"d" | b"day" | b"days" => 8.64e7,
            _ => return None,
        };
    }
    bounded(ms)
}
