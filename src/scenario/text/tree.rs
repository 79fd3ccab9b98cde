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

/// A table in which nothing stands.
pub(crate) static EMPTY: Node = Node {
    value: Value::Table(Table {
        entries: Vec::new(),
        source: None,
    }),
    span: Span {
        file: 0,
        start: 0,
        end: 0,
    },
};

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
    pub(crate) fn position(&self, key: &str) -> Option<usize> {
        self.entries.iter().position(|e| e.key == key)
    }

    pub(crate) fn get(&self, key: &str) -> Option<&Node> {
        self.position(key).map(|i| &self.entries[i].node)
    }

    pub(crate) fn take(&mut self, key: &str) -> Option<Node> {
        self.position(key).map(|i| self.entries.remove(i).node)
    }

    /// The entry of a key; where there is none, `new` is added at the end.
    pub(crate) fn entry(&mut self, key: &str, new: impl FnOnce() -> Entry) -> &mut Entry {
        let i = self.position(key).unwrap_or_else(|| {
            self.entries.push(new());
            self.entries.len() - 1
        });
        &mut self.entries[i]
    }
}

impl Node {
    pub(crate) fn new(value: Value, span: Span) -> Self {
        Self { value, span }
    }

    pub(crate) fn table(&self) -> Option<&Table> {
        match &self.value {
            Value::Table(t) => Some(t),
            _ => None,
        }
    }

    pub(crate) fn text(&self) -> Option<&str> {
        match &self.value {
            Value::String(s) => Some(s),
            _ => None,
        }
    }

    /// The entries of a list; none of anything else.
    pub(crate) fn items(&self) -> &[Node] {
        match &self.value {
            Value::Array(items) => items,
            _ => &[],
        }
    }

    /// Takes the texts under `source` out of all tables, so that no reader meets them. Where an entry of the lists
    /// `named` has that very name nothing is taken.
    pub(crate) fn take_sources<'k>(&mut self, named: impl Iterator<Item = &'k str>) {
        let is_taken = self.table().is_some_and(|t| {
            let mut items = named.filter_map(|list| t.get(list)).flat_map(Self::items);
            items.any(|i| i.name() == Some(SOURCE))
        });
        if !is_taken {
            self.take_source();
        }
    }

    fn take_source(&mut self) {
        match &mut self.value {
            Value::Array(items) => items.iter_mut().for_each(Self::take_source),
            Value::Table(t) => {
                let i = t.position(SOURCE);
                if let Some(i) = i.filter(|&i| t.entries[i].node.text().is_some()) {
                    let node = t.entries.remove(i).node;
                    t.source = node.text().map(|text| (text.to_owned(), node.span));
                }
                t.entries.iter_mut().for_each(|e| e.node.take_source());
            }
            _ => {}
        }
    }

    /// The string under `name`, by which topics and pools are known.
    pub(crate) fn name(&self) -> Option<&str> {
        self.table()?.get("name")?.text()
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
    let mut builder = Builder::new(errors, file, 0, text);
    let table = builder.table(document.into_inner());
    (table, builder.faults)
}

/// A single value, as on the right of an equals sign; `at` is where it starts in its file.
pub(crate) fn parse_value(text: &str, file: usize, at: usize) -> Result<Node, Fault> {
    let (value, errors) = DeValue::parse_recoverable(text);
    let mut builder = Builder::new(errors, file, at, text);
    let node = builder.node(value.into_inner(), 0..text.len());
    builder.faults.into_iter().next().map_or(Ok(node), Err)
}

fn faults(
    errors: Vec<toml::de::Error>,
    place: impl Fn(Range<usize>) -> Span,
    text: &str,
) -> Vec<Fault> {
    let length = text.len();
    // What is said of a word that is no TOML, such as 06.01.2025, is said once.
    let mut said = 0;
    let to_fault = |e: toml::de::Error| {
        let range = e.span().unwrap_or(length..length);
        if range.start < said {
            return None;
        }
        let (word, end) = word_at(text, range.start);
        let whole = text.get(range.clone()).unwrap_or("").trim();
        let meant = [
            (whole, advice::date(whole)),
            (word, advice::date(word)),
            (whole, advice::unquoted_time(whole)),
        ];
        let (message, help) = match meant
            .into_iter()
            .find_map(|(found, help)| Some((found, help?)))
        {
            Some((found, help)) => {
                said = end.max(range.end);
                (format!("expected a value, found {found}"), Some(help))
            }
            None => {
                let message = in_words(e.message(), range.is_empty());
                (message.to_owned(), advice::decimal_comma(word))
            }
        };
        let span = place(range);
        Some(Fault {
            span,
            message,
            help,
        })
    };
    let mut faults: Vec<Fault> = errors.into_iter().filter_map(to_fault).collect();
    // Inside a bracket that is never closed everything that follows is in the wrong place: only the first place tells.
    let unclosed = |f: &Fault| f.message.starts_with("unclosed");
    let first = |f: &Fault| f.message.starts_with("missing") || unclosed(f);
    if faults.iter().any(unclosed)
        && let Some(first) = faults.iter().position(first)
    {
        faults.truncate(first + 1);
        faults[first].help =
            Some("a bracket is not closed; what follows is judged when that is mended".to_owned());
    }
    faults
}

/// The word in which a byte stands, or which ends there, if it is made as numbers and dates are; and its end.
fn word_at(text: &str, at: usize) -> (&str, usize) {
    let is_part = |c: char| c.is_ascii_digit() || matches!(c, ',' | '.' | '/' | '-');
    let (Some(before), Some(after)) = (text.get(..at), text.get(at..)) else {
        return ("", at);
    };
    let begin = before.trim_end_matches(is_part).len();
    let end = text.len() - after.trim_start_matches(is_part).len();
    (&text[begin..end], end)
}

/// What the parser says, for people who write scenarios and not parsers.
fn in_words(message: &str, nothing_there: bool) -> &str {
    match message {
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
    }
}

/// The way from what the parser makes to a tree.
struct Builder {
    file: usize,
    /// Where the text starts in its file.
    at: usize,
    faults: Vec<Fault>,
}

impl Builder {
    fn new(errors: Vec<toml::de::Error>, file: usize, at: usize, text: &str) -> Self {
        let mut builder = Self {
            file,
            at,
            faults: Vec::new(),
        };
        builder.faults = faults(errors, |range| builder.span(range), text);
        builder
    }

    fn span(&self, range: Range<usize>) -> Span {
        Span::new(self.file, range.start + self.at..range.end + self.at)
    }

    fn fault(&mut self, span: Span, message: String) {
        self.faults.push(Fault {
            span,
            message,
            help: None,
        });
    }

    fn table(&mut self, source: DeTable<'_>) -> Table {
        let mut entries = Vec::with_capacity(source.len().min(MOST_KEYS));
        for (key, value) in source {
            let (span, mut range) = (self.span(key.span()), value.span());
            if entries.len() == MOST_KEYS {
                self.fault(span, format!("a table has more than {MOST_KEYS} keys"));
                break;
            }
            // An implicit table (`a` in `[a.b]`) has no text of its own: its key stands for it.
            if range.is_empty() {
                range = key.span();
            }
            let node = self.node(value.into_inner(), range);
            let key = key.into_inner().into_owned();
            entries.push(Entry { key, span, node });
        }
        Table {
            entries,
            source: None,
        }
    }

    fn node(&mut self, value: DeValue<'_>, range: Range<usize>) -> Node {
        let span = self.span(range);
        let value = match value {
            DeValue::String(s) => Value::String(s.into_owned()),
            DeValue::Integer(i) => {
                const RANGE: &str =
                    "whole number out of range, expected one between -2^63 and 2^63 - 1";
                let number = i64::from_str_radix(i.as_str(), i.radix()).ok();
                Value::Integer(self.sound(number, span, RANGE))
            }
            DeValue::Float(x) => {
                Value::Float(self.sound(x.as_str().parse().ok(), span, "not a number"))
            }
            DeValue::Boolean(b) => Value::Boolean(b),
            DeValue::Datetime(d) => Value::Datetime(d),
            DeValue::Array(items) => {
                let nodes = items.into_iter().map(|item| {
                    let range = item.span();
                    self.node(item.into_inner(), range)
                });
                Value::Array(nodes.collect())
            }
            DeValue::Table(t) => Value::Table(self.table(t)),
        };
        Node::new(value, span)
    }

    /// A number; one that cannot be held is refused, unless the parser has refused it.
    fn sound<T: Default>(&mut self, number: Option<T>, span: Span, message: &str) -> T {
        let is_told = |f: &Fault| (span.start..span.end).contains(&f.span.start);
        if number.is_none() && !self.faults.iter().any(is_told) {
            self.fault(span, message.to_owned());
        }
        number.unwrap_or_default()
    }
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
