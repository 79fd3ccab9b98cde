//! Characters that are not seen, or change how the text around them is shown: no key, text or comment of a scenario holds one.

use super::problem::{UNSEEN, join};
use super::reader::Reader;
use super::tree::{Node, Span, Table, Value};
use crate::text::hidden;

const HELP: &str = "remove it: control characters, marks that turn the direction of text, and characters that show nothing are not allowed";
/// Most characters of one file that are reported.
const MOST: usize = 20;

/// Reports the hidden characters of a file that is `table`: those of keys and values under their keys, all others where they stand.
/// Whether no key holds one: else nobody knows which key it is.
pub(crate) fn check_file(reader: &Reader<'_>, file: usize, table: &Table) -> bool {
    let mut told = Vec::new();
    in_table(reader, table, "", &mut told);
    let source = reader.source(file);
    // A byte order mark is no part of the text.
    let others = hidden(&source.text).filter(|&(at, c)| (at, c) != (0, '\u{feff}'));
    let others = others.filter(|(at, _)| !told.iter().any(|(_, s)| (s.start..s.end).contains(at)));
    for (at, c) in others.take(MOST) {
        report(reader, Span::new(file, at..at + c.len_utf8()), "", c);
    }
    told.iter().all(|(is_key, _)| !is_key)
}

/// Reports the hidden characters of a value; `path` leads to it.
pub(crate) fn check_value(reader: &Reader<'_>, node: &Node, path: &str) {
    in_node(reader, node, path, &mut Vec::new());
}

/// Reports that the hidden character `c` stands at `span`.
pub(crate) fn report(reader: &Reader<'_>, span: Span, key: &str, c: char) {
    reader.problem(span, key, message(c), Some(HELP.to_owned()));
}

/// What is said of a hidden character.
pub(crate) fn message(c: char) -> String {
    let code = u32::from(c);
    format!("{UNSEEN}, found U+{code:04X}")
}

/// Reports those of keys and values, and adds to `told` their places and whether they are keys.
fn in_table(reader: &Reader<'_>, table: &Table, path: &str, told: &mut Vec<(bool, Span)>) {
    for entry in &table.entries {
        let here = join(path, &entry.key);
        if in_text(reader, &entry.key, entry.span, &here) {
            told.push((true, entry.span));
        }
        in_node(reader, &entry.node, &here, told);
    }
}

fn in_node(reader: &Reader<'_>, node: &Node, path: &str, told: &mut Vec<(bool, Span)>) {
    match &node.value {
        Value::String(text) if in_text(reader, text, node.span, path) => {
            told.push((false, node.span));
        }
        Value::Table(table) => in_table(reader, table, path, told),
        _ => {
            for (i, item) in node.items().iter().enumerate() {
                let name = item.name().filter(|name| !name.is_empty());
                let numbered = || format!("{path} #{}", i + 1);
                let here = name.map_or_else(numbered, |name| join(path, name));
                in_node(reader, item, &here, told);
            }
        }
    }
}

fn in_text(reader: &Reader<'_>, text: &str, span: Span, path: &str) -> bool {
    let found = hidden(text).next();
    if let Some((_, c)) = found {
        report(reader, span, path, c);
    }
    found.is_some()
}
