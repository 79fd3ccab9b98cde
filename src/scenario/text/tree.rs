//! A TOML file as a tree whose every value knows where it stands.

use std::ops::Range;

use super::advice;
use toml::de::{DeTable, DeValue};
use toml::value::Datetime;

/// Where a value stands: a file by its number, and bytes in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Span {
    pub(crate) file: usize,
    pub(crate) start: usize,
    pub(crate) end: usize,
}

impl Span {
    pub(crate) fn new(file: usize, range: Range<usize>) -> Self {
        Self {
            file,
            start: range.start,
            end: range.end,
        }
    }
}

/// A value with its place.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Node {
    pub(crate) value: Value,
    pub(crate) span: Span,
}

/// A TOML value.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value {
    String(String),
    Integer(i64),
    Float(f64),
    Boolean(bool),
    Datetime(Datetime),
    Array(Vec<Node>),
    Table(Table),
}

/// A table in the order of the file.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Table {
    pub(crate) entries: Vec<Entry>,
    /// What its key `source` says, once [`Node::take_sources`] has taken it out.
    pub(crate) source: Option<(String, Span)>,
}

/// The key by which any table may say where its values come from.
pub(crate) const SOURCE: &str = "source";

/// A key with its value.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Entry {
    pub(crate) key: String,
    pub(crate) span: Span,
    pub(crate) node: Node,
}

impl Table {
    /// A table of entries without a place.
    pub(crate) fn of<'k>(entries: impl Iterator<Item = (&'k String, Node)>) -> Self {
        let entry = |(key, node): (&String, Node)| Entry {
            key: key.clone(),
            span: node.span,
            node,
        };
        Self {
            entries: entries.map(entry).collect(),
            source: None,
        }
    }

    pub(crate) fn get(&self, key: &str) -> Option<&Node> {
        self.entries.iter().find(|e| e.key == key).map(|e| &e.node)
    }

    pub(crate) fn get_mut(&mut self, key: &str) -> Option<&mut Node> {
        self.entries
            .iter_mut()
            .find(|e| e.key == key)
            .map(|e| &mut e.node)
    }

    /// Replaces the value of a key in its place, or adds it at the end.
    pub(crate) fn put(&mut self, entry: Entry) {
        match self.entries.iter_mut().find(|e| e.key == entry.key) {
            Some(old) => *old = entry,
            None => self.entries.push(entry),
        }
    }
}

impl Node {
    pub(crate) fn table(&self) -> Option<&Table> {
        if let Value::Table(t) = &self.value {
            Some(t)
        } else {
            None
        }
    }

    /// Takes the texts under `source` out of all tables, so that no reader meets them. Where an entry of the lists
    /// `named` has that very name nothing is taken.
    pub(crate) fn take_sources<'k>(&mut self, named: impl Iterator<Item = &'k str>) {
        let is_taken = self.table().is_some_and(|t| {
            let lists = named.filter_map(|list| t.get(list));
            let items = lists.filter_map(|n| match &n.value {
                Value::Array(items) => Some(items),
                _ => None,
            });
            items.flatten().any(|i| i.name() == Some(SOURCE))
        });
        if !is_taken {
            self.take_source();
        }
    }

    fn take_source(&mut self) {
        match &mut self.value {
            Value::Array(items) => items.iter_mut().for_each(Self::take_source),
            Value::Table(t) => {
                let is_source =
                    |e: &Entry| e.key == SOURCE && matches!(e.node.value, Value::String(_));
                if let Some(i) = t.entries.iter().position(is_source) {
                    let node = t.entries.remove(i).node;
                    if let Value::String(text) = node.value {
                        t.source = Some((text, node.span));
                    }
                }
                t.entries.iter_mut().for_each(|e| e.node.take_source());
            }
            _ => {}
        }
    }

    /// The string under `name`, by which topics and pools are known.
    pub(crate) fn name(&self) -> Option<&str> {
        match self.table()?.get("name").map(|n| &n.value) {
            Some(Value::String(s)) => Some(s),
            _ => None,
        }
    }
}

/// Text that is no TOML: where, and why not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) span: Span,
    pub(crate) message: String,
    pub(crate) help: Option<String>,
}

/// Most keys of one table: far above any scenario, and few enough to compare all with all.
const MOST_KEYS: usize = 5000;

/// The tree of a whole file, with whatever is no TOML in it.
pub(crate) fn parse(text: &str, file: usize) -> (Table, Vec<Fault>) {
    let (document, errors) = DeTable::parse_recoverable(text);
    let mut faults = faults(errors, file, text);
    let table = table(document.into_inner(), file, 0, &mut faults);
    (table, faults)
}

/// A single value, as on the right of an equals sign; `at` is where it starts in its file.
pub(crate) fn parse_value(text: &str, file: usize, at: usize) -> Result<Node, Fault> {
    let (value, errors) = DeValue::parse_recoverable(text);
    let mut faults = faults(errors, file, text);
    let node = node(value.into_inner(), 0..text.len(), file, at, &mut faults);
    match faults.into_iter().next() {
        None => Ok(node),
        Some(mut fault) => {
            fault.span.start += at;
            fault.span.end += at;
            Err(fault)
        }
    }
}

fn faults(errors: Vec<toml::de::Error>, file: usize, text: &str) -> Vec<Fault> {
    let length = text.len();
    // What is said of a word that is no TOML, such as 06.01.2025, is said once.
    let mut said = 0;
    let to_fault = |e: toml::de::Error| {
        let range = e.span().unwrap_or(length..length);
        if range.start < said {
            return None;
        }
        let (word, end) = word_at(text, range.start);
        let date = advice::date(word);
        let message = match date {
            Some(_) => format!("expected a value, found {word}"),
            None => in_words(e.message(), range.is_empty()),
        };
        said = date.as_ref().map_or(said, |_| end);
        Some(Fault {
            message,
            help: date.or_else(|| advice::decimal_comma(word)),
            span: Span::new(file, range),
        })
    };
    let mut faults: Vec<Fault> = errors.into_iter().filter_map(to_fault).collect();
    // Inside a bracket that is never closed everything that follows is in the wrong place: only the first place tells.
    if faults.iter().any(|f| f.message.starts_with("unclosed"))
        && let Some(first) = faults
            .iter()
            .position(|f| f.message.starts_with("missing") || f.message.starts_with("unclosed"))
    {
        faults.truncate(first + 1);
        faults[first].help =
            Some("a bracket is not closed; what follows is judged when that is mended".to_owned());
    }
    faults
}

/// The word in which a byte stands, or which ends there, if it is made as numbers and dates are; and its end.
fn word_at(text: &str, at: usize) -> (&str, usize) {
    let is_part = |c: &char| c.is_ascii_digit() || matches!(c, ',' | '.' | '/' | '-');
    let length = |chars: &mut dyn Iterator<Item = char>| chars.take_while(is_part).count();
    let (Some(before), Some(after)) = (text.get(..at), text.get(at..)) else {
        return ("", at);
    };
    let begin = at - length(&mut before.chars().rev());
    let end = at + length(&mut after.chars());
    (&text[begin..end], end)
}

/// What the parser says, for people who write scenarios and not parsers.
fn in_words(message: &str, nothing_there: bool) -> String {
    let words = match message {
        "string values must be quoted, expected literal string" if nothing_there => {
            "expected a value after `=`, found none"
        }
        "string values must be quoted, expected literal string" => {
            "expected a value; words, durations and rates stand in quotes"
        }
        "invalid basic string, expected `\"`" => "expected a closing `\"` on the same line",
        "duplicate key" => "the key stands twice",
        "key with no value, expected `=`" => "expected `=` and a value after the key",
        "unexpected key or value, expected newline, `#`" => {
            "expected the end of the line, or `#` and a comment"
        }
        other => other,
    };
    words.to_owned()
}

fn table(source: DeTable<'_>, file: usize, at: usize, faults: &mut Vec<Fault>) -> Table {
    let mut entries = Vec::with_capacity(source.len().min(MOST_KEYS));
    for (i, (key, value)) in source.into_iter().enumerate() {
        let key_span = key.span();
        let value_span = value.span();
        if i == MOST_KEYS {
            let message = format!("a table has more than {MOST_KEYS} keys");
            faults.push(Fault {
                span: Span::new(file, key_span.start + at..key_span.end + at),
                message,
                help: None,
            });
            break;
        }
        // An implicit table (`a` in `[a.b]`) has no text of its own: its key stands for it.
        let shown = if value_span.is_empty() {
            key_span.clone()
        } else {
            value_span
        };
        entries.push(Entry {
            span: Span::new(file, key_span.start + at..key_span.end + at),
            key: key.into_inner().into_owned(),
            node: node(value.into_inner(), shown, file, at, faults),
        });
    }
    Table {
        entries,
        source: None,
    }
}

fn node(
    value: DeValue<'_>,
    range: Range<usize>,
    file: usize,
    at: usize,
    faults: &mut Vec<Fault>,
) -> Node {
    let span = Span::new(file, range.start + at..range.end + at);
    let mut refuse = |message: &str| {
        // What the parser refused needs no second message.
        if faults.iter().any(|f| range.contains(&f.span.start)) {
            return;
        }
        faults.push(Fault {
            span: Span::new(file, range.clone()),
            message: message.to_owned(),
            help: None,
        });
    };
    let value = match value {
        DeValue::String(s) => Value::String(s.into_owned()),
        DeValue::Integer(i) => match i64::from_str_radix(i.as_str(), i.radix()) {
            Ok(n) => Value::Integer(n),
            Err(_) => {
                refuse("whole number out of range, expected one between -2^63 and 2^63 - 1");
                Value::Integer(0)
            }
        },
        DeValue::Float(x) => match x.as_str().parse() {
            Ok(v) => Value::Float(v),
            Err(_) => {
                refuse("not a number");
                Value::Float(0.0)
            }
        },
        DeValue::Boolean(b) => Value::Boolean(b),
        DeValue::Datetime(d) => Value::Datetime(d),
        DeValue::Array(items) => Value::Array(
            items
                .into_iter()
                .map(|item| {
                    let range = item.span();
                    node(item.into_inner(), range, file, at, faults)
                })
                .collect(),
        ),
        DeValue::Table(t) => Value::Table(table(t, file, at, faults)),
    };
    Node { value, span }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_know_their_place() {
        let text = "a = 1_000\n[b]\nc = { d = \"x\" }\n[[e]]\nname = \"n\"\n";
        let (t, faults) = parse(text, 3);
        assert!(faults.is_empty());
        let show = |n: &Node| &text[n.span.start..n.span.end];
        assert_eq!(t.get("a").unwrap().value, Value::Integer(1000));
        assert_eq!(show(t.get("a").unwrap()), "1_000");
        let c = t.get("b").unwrap().table().unwrap().get("c").unwrap();
        assert_eq!(show(c.table().unwrap().get("d").unwrap()), "\"x\"");
        let Value::Array(e) = &t.get("e").unwrap().value else {
            panic!()
        };
        assert_eq!(show(&e[0]), "[[e]]");
        assert_eq!(e[0].name(), Some("n"));
    }

    #[test]
    fn faults_are_all_found() {
        let (_, faults) = parse("a = \nb = 99999999999999999999\nc = 1\nc = 2\n", 0);
        assert_eq!(faults.len(), 3, "{faults:?}");
        let (_, deep) = parse(&format!("a = {}", "[".repeat(100_000)), 0);
        assert!(!deep.is_empty());
        let (_, dotted) = parse(&format!("{}a = 1", "a.".repeat(100_000)), 0);
        assert!(!dotted.is_empty());
    }

    #[test]
    fn single_values() {
        assert_eq!(parse_value("0.5", 0, 7).unwrap().span, Span::new(0, 7..10));
        assert!(parse_value("11 min", 0, 0).is_err());
        assert!(parse_value("always", 0, 0).is_err());
        assert!(parse_value("", 0, 0).is_err());
    }
}
