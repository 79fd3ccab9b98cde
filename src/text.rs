//! Text from outside the program: which characters it may not hold, and how it is shown where it holds them all the same.

use std::borrow::Cow;
use std::path::Path;

/// Whether a character is not seen, or changes how the text around it is shown: control characters other than tab and line feed (C0, DEL,
/// C1), line and paragraph separators, marks that turn the direction of text, characters without width, letters that are blank, tags, and
/// what is no character. Variation selectors stay that make pictures of characters.
pub fn is_hidden(c: char) -> bool {
    matches!(c,
        '\0'..='\u{8}' | '\u{b}'..='\u{1f}' | '\u{7f}'..='\u{9f}'
        | '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{180e}' | '\u{200b}'..='\u{200f}'
        | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}'
        | '\u{fff9}'..='\u{fffb}' | '\u{fffe}' | '\u{ffff}' | '\u{e0000}'..='\u{e007f}' | '\u{e0100}'..='\u{e01ef}')
}

/// The places of the hidden characters of a text (bytes); a carriage return before a line feed is none.
pub fn hidden(text: &str) -> impl Iterator<Item = (usize, char)> + '_ {
    // Nearly all of a large file is plain: only the other bytes are looked at as characters.
    let is_plain = |b: u8| matches!(b, b'\t' | b'\n' | b' '..=b'~');
    let others = text.bytes().enumerate().filter(move |&(_, b)| !is_plain(b));
    let others = others.filter_map(|(i, _)| Some((i, text.get(i..)?.chars().next()?)));
    others.filter(|&(i, c)| is_hidden(c) && !(c == '\r' && text[i + 1..].starts_with('\n')))
}

/// The text with every hidden character as `\u{1b}`.
pub fn visible(text: &str) -> Cow<'_, str> {
    escaped(text, is_hidden)
}

/// The same on one line: tabs and line feeds are escaped as well.
pub fn visible_line(text: &str) -> Cow<'_, str> {
    escaped(text, |c| is_hidden(c) || matches!(c, '\t' | '\n'))
}

/// A path on one line.
pub fn visible_path(path: &Path) -> String {
    visible_line(&path.to_string_lossy()).into_owned()
}

fn escaped(text: &str, is_escaped: impl Fn(char) -> bool) -> Cow<'_, str> {
    if !text.chars().any(&is_escaped) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match is_escaped(c) {
            true => out.extend(c.escape_unicode()),
            false => out.push(c),
        }
    }
    Cow::Owned(out)
}

/// As [`visible`] for text that the program has coloured: sequences that set colours and weights (`ESC [ 1 ; 31 m`) stay.
pub fn visible_styled(text: &str) -> Cow<'_, str> {
    if !text.contains('\u{1b}') {
        return visible(text);
    }
    let mut out = String::with_capacity(text.len());
    for (i, part) in text.split("\u{1b}[").enumerate() {
        let style = part.find(|c: char| !c.is_ascii_digit() && c != ';');
        let style = style.filter(|&end| part[end..].starts_with('m'));
        let begin = match style {
            Some(_) => "\u{1b}[",
            None => "\\u{1b}[",
        };
        out.push_str(if i == 0 { "" } else { begin });
        out.push_str(&visible(part));
    }
    Cow::Owned(out)
}

/// A number as TOML reads it, without hundreds of zeros.
pub fn number(x: f64) -> String {
    match x == 0.0 || (1e-12..1e15).contains(&x.abs()) {
        true => x.to_string(),
        false => format!("{x:e}"),
    }
}

/// Each item once, in the order in which they first appear.
pub fn distinct<T: PartialEq>(items: impl IntoIterator<Item = T>) -> Vec<T> {
    let mut out = Vec::new();
    for item in items {
        if !out.contains(&item) {
            out.push(item);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hidden_characters_are_shown() {
        for (text, shown) in [
            ("plain\ttext\n", "plain\ttext\n"),
            ("Zoë 客服 🙂", "Zoë 客服 🙂"),
            ("\u{1b}[2J\u{7}", "\\u{1b}[2J\\u{7}"),
            ("a\u{202e}b\u{200b}", "a\\u{202e}b\\u{200b}"),
            ("\u{9b}31m\u{7f}", "\\u{9b}31m\\u{7f}"),
            ("a\r", "a\\u{d}"),
            ("\u{34f}\u{2800}\u{3164}", "\\u{34f}\\u{2800}\\u{3164}"),
            (
                "\u{fffe}\u{e0100}\u{e01ef}",
                "\\u{fffe}\\u{e0100}\\u{e01ef}",
            ),
            ("⚠\u{fe0f}", "⚠\u{fe0f}"),
        ] {
            assert_eq!(visible(text), shown);
        }
        assert_eq!(visible_line("a\tb\n"), "a\\u{9}b\\u{a}");
        let places: Vec<_> = hidden("a\r\nb\rc\u{feff}").collect();
        assert_eq!(places, [(4, '\r'), (6, '\u{feff}')]);
    }

    #[test]
    fn numbers_are_short() {
        let shown = [0.0, -0.25, 1e6, 5e-324, 1e300].map(number);
        assert_eq!(shown, ["0", "-0.25", "1000000", "5e-324", "1e300"]);
    }

    #[test]
    fn colours_stay_and_nothing_else() {
        let text = "\u{1b}[1;31mred\u{1b}[0m \u{1b}[2J\u{1b}]0;x\u{7}\u{1b}[m";
        let shown = "\u{1b}[1;31mred\u{1b}[0m \\u{1b}[2J\\u{1b}]0;x\\u{7}\u{1b}[m";
        assert_eq!(visible_styled(text), shown);
        assert_eq!(visible_styled("x\u{1b}["), "x\\u{1b}[");
    }
}
