//! Characters that are not seen, or change how the text around them is shown: no key, text or comment of a scenario holds one.

use super::problem::join;
use super::reader::Reader;
use super::tree::{Node, Span, Table, Value};
use crate::text::hidden;

const HELP: &str = "remove it: control characters, marks that turn the direction of text, and characters without width are not allowed";
/// Most characters of one file that are reported.
const MOST: usize = 20;

/// Reports the hidden characters of a file that is `table`: those of keys and values under their keys, all others where they stand.
pub(crate) fn check_file(reader: &Reader<'_>, file: usize, table: &Table) {
    let mut walk = Walk {
        reader,
        reported: Vec::new(),
    };
    walk.table(table, "");
    let reported = walk.reported;
    let source = reader.source(file);
    // A byte order mark is no part of the text.
    let others = hidden(&source.text).filter(|&(at, c)| (at, c) != (0, '\u{feff}'));
    let others = others.filter(|(at, _)| !reported.iter().any(|s| (s.start..s.end).contains(at)));
    for (at, c) in others.take(MOST) {
        report(reader, Span::new(file, at..at + c.len_utf8()), "", c);
    }
}

/// Reports the hidden characters of a value; `path` leads to it.
pub(crate) fn check_value(reader: &Reader<'_>, node: &Node, path: &str) {
    let mut walk = Walk {
        reader,
        reported: Vec::new(),
    };
    walk.node(node, path);
}

/// Reports that the hidden character `c` stands at `span`.
pub(crate) fn report(reader: &Reader<'_>, span: Span, key: &str, c: char) {
    reader.problem(span, key, message(c), Some(HELP.to_owned()));
}

/// What is said of a hidden character.
pub(crate) fn message(c: char) -> String {
    format!(
        "expected characters that can be seen, found U+{:04X}",
        u32::from(c)
    )
}

/// The way through a tree.
struct Walk<'r, 'f> {
    reader: &'r Reader<'f>,
    /// Keys and values that were reported.
    reported: Vec<Span>,
}

impl Walk<'_, '_> {
    fn table(&mut self, table: &Table, path: &str) {
        for entry in &table.entries {
            let here = join(path, &entry.key);
            self.text(&entry.key, entry.span, &here);
            self.node(&entry.node, &here);
        }
    }

    fn node(&mut self, node: &Node, path: &str) {
        match &node.value {
            Value::String(text) => self.text(text, node.span, path),
            Value::Table(table) => self.table(table, path),
            Value::Array(items) => {
                for (i, item) in items.iter().enumerate() {
                    let here = match item.name() {
                        Some(name) if !name.is_empty() => join(path, name),
                        _ => format!("{path} #{}", i + 1),
                    };
                    self.node(item, &here);
                }
            }
            Value::Integer(_) | Value::Float(_) | Value::Boolean(_) | Value::Datetime(_) => {}
        }
    }

    fn text(&mut self, text: &str, span: Span, path: &str) {
        if let Some((_, c)) = hidden(text).next() {
            report(self.reader, span, path, c);
            self.reported.push(span);
        }
    }
}
