//! Text in lines that fit.

use super::Layout;
use crate::report::wrap::{columns, wrapped};

/// A paragraph in lines that fit; nothing for no text.
pub(in crate::report) fn filled(paragraph: &str, layout: Layout) -> String {
    match paragraph {
        "" => String::new(),
        text => wrapped(text, layout.width.max(40)).join("\n") + "\n",
    }
}

/// Paragraphs below one another.
pub(super) fn all_filled(paragraphs: impl IntoIterator<Item = String>, layout: Layout) -> String {
    let lines = paragraphs.into_iter().map(|p| filled(&p, layout));
    lines.collect()
}

/// Which columns there was no room for; nothing if there was for all.
pub(super) fn not_shown(columns: &[String], layout: Layout) -> String {
    if columns.is_empty() {
        return String::new();
    }
    let names = columns.join(", ");
    filled(&format!("Not shown for want of room: {names}."), layout)
}

/// A text in lines of the width there is, all but the first indented; numbers and names are not broken.
pub(super) fn paragraph(out: &mut String, text: &str, layout: Layout) {
    let mut used = 0;
    for word in text.split(' ') {
        let length = columns(word);
        if used > 0 && used + 1 + length > layout.width {
            *out += "\n  ";
            used = 2;
        } else if used > 0 {
            out.push(' ');
            used += 1;
        }
        *out += word;
        used += length;
    }
    out.push('\n');
}

/// A sentence of a list.
pub(in crate::report) fn item(sentence: &str, layout: Layout) -> String {
    let lines = wrapped(sentence, layout.width.max(40) - 2);
    let lines: String = lines.iter().map(|l| format!("  {l}\n")).collect();
    lines.replacen("  ", "- ", 1)
}
