//! Names and texts in lines of a width.

/// Columns that a text takes; names are taken as written in narrow letters.
pub(super) fn columns(text: &str) -> usize {
    text.chars().count()
}

/// A name in lines of at most `width`, broken after blanks, hyphens, underscores and slashes where possible.
pub(super) fn wrapped(name: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    let mut used = 0;
    let (mut before, mut next) = (' ', name.chars().skip(1));
    // The sign of a number stays with it, and a date is one word.
    let ends = |c: char| {
        let (last, next) = (std::mem::replace(&mut before, c), next.next());
        let is_in_date = last.is_ascii_digit() && next.is_some_and(|n| n.is_ascii_digit());
        matches!(c, ' ' | '_' | '/') || (c == '-' && last.is_alphanumeric() && !is_in_date)
    };
    for piece in name.split_inclusive(ends) {
        let length = columns(piece.trim_end());
        if used > 0 && used + length > width {
            lines.push(String::new());
            used = 0;
        }
        for c in piece.chars() {
            if used == width && c != ' ' {
                lines.push(String::new());
                used = 0;
            }
            if used < width {
                lines.last_mut().expect("there is always a line").push(c);
                used += 1;
            }
        }
    }
    lines.iter().map(|l| l.trim_end().to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_wrap_where_they_can() {
        assert_eq!(
            wrapped("klarna-2025-hybrid", 14),
            ["klarna-2025-", "hybrid"]
        );
        assert_eq!(wrapped("merchant dispute", 14), ["merchant", "dispute"]);
        assert_eq!(wrapped("abcdefghij", 4), ["abcd", "efgh", "ij"]);
        assert_eq!(wrapped("a", 4), ["a"]);
        assert_eq!(
            wrapped("from 2025-01-06 on", 12),
            ["from", "2025-01-06", "on"]
        );
    }
}
