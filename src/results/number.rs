//! Numbers as text: short, independent of locale and machine.

/// Significant digits of measures.
pub const MEASURE_DIGITS: usize = 10;

/// Powers of ten that a float holds exactly.
const POWERS: [f64; 16] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
];

/// Appends `x` with at most `digits` significant digits (at most 10) and no trailing zeros; whole numbers below 1e15 are
/// written in full, very small and very large numbers with an exponent. What is not finite leaves the field empty.
///
/// Formatting is a product with an exact power of ten and integer arithmetic, so it is fast and the same everywhere.
pub fn push_number(out: &mut Vec<u8>, x: f64, digits: usize) {
    if !x.is_finite() {
        return;
    }
    if x == 0.0 {
        out.push(b'0');
        return;
    }
    if x < 0.0 {
        out.push(b'-');
    }
    let x = x.abs();
    if x < 1e15 && x.fract() == 0.0 {
        push_integer(out, x as u64, 0);
    } else if (1e-5..1e15).contains(&x) {
        push_decimal(out, x, digits.min(10));
    } else {
        push_scientific(out, x, digits);
    }
}

fn push_decimal(out: &mut Vec<u8>, x: f64, digits: usize) {
    // Digits before the point, or minus the number of zeros after it.
    let before = if x >= 1.0 {
        POWERS.partition_point(|&p| p <= x) as i32
    } else {
        -(POWERS.iter().skip(1).take_while(|&&p| x * p < 1.0).count() as i32)
    };
    let mut decimals = (digits as i32 - before).clamp(0, 15) as usize;
    let scaled = (x * POWERS[decimals]).round_ties_even() as u64;
    let power = POWERS[decimals] as u64;
    push_integer(out, scaled / power, 0);
    let mut rest = scaled % power;
    if rest == 0 {
        return;
    }
    while rest.is_multiple_of(10) {
        rest /= 10;
        decimals -= 1;
    }
    out.push(b'.');
    push_integer(out, rest, decimals);
}

fn push_scientific(out: &mut Vec<u8>, x: f64, digits: usize) {
    let rounded = format!("{x:.*e}", digits.saturating_sub(1)).parse();
    // The fewest digits that give it back: no zeros at the end.
    out.extend_from_slice(format!("{:e}", rounded.unwrap_or(x)).as_bytes());
}

/// Appends a whole number, with zeros in front up to `width`.
pub(super) fn push_integer(out: &mut Vec<u8>, mut n: u64, width: usize) {
    let mut digits = [b'0'; 20];
    let mut at = digits.len();
    while n > 0 || at == digits.len() {
        at -= 1;
        digits[at] = b'0' + (n % 10) as u8;
        n /= 10;
    }
    out.extend_from_slice(&digits[at.min(digits.len().saturating_sub(width))..]);
}

/// The text of [`push_number`].
pub fn number_text(x: f64, digits: usize) -> String {
    let mut text = Vec::with_capacity(24);
    push_number(&mut text, x, digits);
    String::from_utf8(text).unwrap_or_default()
}

/// `x` with at most `digits` significant digits, as it is written and read back; `None` where it is not finite.
pub(super) fn rounded(x: f64, digits: usize) -> Option<f64> {
    number_text(x, digits).parse().ok()
}

/// `x` with the digits of measures; 0 where it is not finite.
pub(super) fn digits(x: f64) -> f64 {
    rounded(x, MEASURE_DIGITS).unwrap_or_default()
}

/// The mean of some numbers; `None` without any.
pub fn mean(numbers: impl IntoIterator<Item = f64>) -> Option<f64> {
    let add = |(sum, n): (f64, u64), x: f64| (sum + x, n + 1);
    let (sum, n) = numbers.into_iter().fold((0.0, 0), add);
    (n > 0).then(|| sum / n as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(x: f64) -> String {
        let mut out = Vec::new();
        push_number(&mut out, x, MEASURE_DIGITS);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn numbers_are_short() {
        for (x, want) in [
            (0.0, "0"),
            (-0.0, "0"),
            (1.0, "1"),
            (-17.0, "-17"),
            (0.1, "0.1"),
            (0.1 + 0.2, "0.3"),
            (2.0 / 3.0, "0.6666666667"),
            (200.0 / 3.0, "66.66666667"),
            (0.05, "0.05"),
            (0.000_012_345, "0.000012345"),
            (1.5e-7, "1.5e-7"),
            (2e-7, "2e-7"),
            (123_456_789_012.0, "123456789012"),
            (12_345_678_901.25, "12345678901"),
            (1e15, "1e15"),
            (1.25e300, "1.25e300"),
            (0.999_999_999_99, "1"),
            (9.999_999_999_99, "10"),
            (100.000_001, "100.000001"),
            (3.062_5, "3.0625"),
            (f64::NAN, ""),
            (f64::INFINITY, ""),
        ] {
            assert_eq!(text(x), want);
        }
    }

    #[test]
    fn numbers_read_back_to_ten_digits() {
        let mut x = 1.234_567_890_123_e-9;
        while x < 1e20 {
            for y in [x, -x, x * 7.7] {
                let back: f64 = text(y).parse().unwrap();
                assert!(((back - y) / y).abs() <= 5.1e-10, "{y} {back}");
            }
            x *= 1.37;
        }
    }

    /// A value that is held as it is written does not change when it is written again.
    #[test]
    fn rounding_is_writing() {
        let mut x = 1.234_567_890_123_456e-9;
        while x < 1e20 {
            for digits in [6, MEASURE_DIGITS] {
                let held = rounded(x, digits).unwrap();
                assert_eq!(rounded(held, digits), Some(held));
                assert_eq!(text(held).parse(), Ok(held));
            }
            x *= 1.003;
        }
        assert_eq!(rounded(f64::NAN, 6), None);
    }

    #[test]
    fn fewer_digits() {
        let mut out = Vec::new();
        push_number(&mut out, f64::from(0.1f32), 7);
        out.push(b' ');
        push_number(&mut out, 1_234_567.8, 7);
        assert_eq!(out, b"0.1 1234568");
    }
}
