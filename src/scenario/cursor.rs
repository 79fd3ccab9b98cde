//! Reading a tree key by key: what is taken is checked, and what is never asked for is unknown.

use super::advice;
use super::problem::{did_you_mean, listed, nearest, quoted};
use super::reader::Reader;
use super::tree::{Node, SOURCE, Span, Table, Value};

/// A value with the path of its key.
#[derive(Clone)]
pub(super) struct Item<'a> {
    pub(super) reader: &'a Reader<'a>,
    pub(super) node: &'a Node,
    pub(super) path: String,
}

/// The reading of one table.
pub(super) struct Cursor<'a> {
    pub(super) reader: &'a Reader<'a>,
    pub(super) table: &'a Table,
    pub(super) span: Span,
    pub(super) path: String,
    taken: Vec<bool>,
    known: Vec<String>,
}

/// A path with one more key. Keys may hold any text, so what would disturb a message is escaped.
pub(super) fn join(path: &str, key: &str) -> String {
    let key = key
        .escape_debug()
        .to_string()
        .replace("\\\"", "\"")
        .replace("\\'", "'");
    if path.is_empty() {
        key
    } else {
        format!("{path}.{key}")
    }
}

impl<'a> Cursor<'a> {
    pub(super) fn new(reader: &'a Reader<'a>, table: &'a Table, span: Span, path: String) -> Self {
        Self {
            reader,
            table,
            span,
            path,
            taken: vec![false; table.entries.len()],
            known: Vec::new(),
        }
    }

    /// The value of a key, if it is there.
    pub(super) fn take(&mut self, key: &str) -> Option<Item<'a>> {
        #[cfg(test)]
        super::known::note(&self.path, key);
        if !self.known.iter().any(|k| k == key) {
            self.known.push(key.to_owned());
        }
        let i = self.table.entries.iter().position(|e| e.key == key)?;
        self.taken[i] = true;
        Some(Item {
            reader: self.reader,
            node: &self.table.entries[i].node,
            path: join(&self.path, key),
        })
    }

    /// Whether a key is there, without taking it.
    pub(super) fn has(&self, key: &str) -> bool {
        self.table.get(key).is_some()
    }

    /// The value of a key that must be there; `what` says what is expected.
    pub(super) fn require(&mut self, key: &str, what: &str) -> Option<Item<'a>> {
        let item = self.take(key);
        if item.is_none() {
            let path = join(&self.path, key);
            self.reader
                .problem(self.span, &path, format!("missing; expected {what}"), None);
        }
        item
    }

    /// A value that is read by `f`, or `default` when the key is missing or its value refused.
    pub(super) fn read<T>(
        &mut self,
        key: &str,
        default: T,
        f: impl FnOnce(&Item<'a>) -> Option<T>,
    ) -> T {
        self.take(key).and_then(|item| f(&item)).unwrap_or(default)
    }

    /// A value that is read by `f`, if the key is there and its value accepted.
    pub(super) fn read_opt<T>(
        &mut self,
        key: &str,
        f: impl FnOnce(&Item<'a>) -> Option<T>,
    ) -> Option<T> {
        self.take(key).and_then(|item| f(&item))
    }

    /// Reports a key that has no place here, with the reason.
    pub(super) fn forbid(&mut self, key: &str, reason: &str, help: Option<&str>) {
        #[cfg(test)]
        super::known::note(&self.path, key);
        let i = self.table.entries.iter().position(|e| e.key == key);
        if let Some(i) = i {
            self.taken[i] = true;
            let path = join(&self.path, key);
            self.reader.problem(
                self.table.entries[i].span,
                &path,
                reason.to_owned(),
                help.map(str::to_owned),
            );
        }
    }

    /// A problem of the table as a whole.
    pub(super) fn problem(&self, message: impl Into<String>, help: Option<String>) {
        self.reader
            .problem(self.span, &self.path, message.into(), help);
    }

    /// A key that has no effect here: most likely a mistake, but not where it had one before a date.
    pub(super) fn without_effect(&self, message: &str) {
        if !self.reader.is_later() {
            self.problem(message, None);
        }
    }

    /// The entries not taken so far, all of which are taken by this.
    pub(super) fn rest(&mut self) -> Vec<(&'a str, Item<'a>)> {
        let mut out = Vec::new();
        for (i, e) in self.table.entries.iter().enumerate() {
            if !std::mem::replace(&mut self.taken[i], true) {
                let item = Item {
                    reader: self.reader,
                    node: &e.node,
                    path: join(&self.path, &e.key),
                };
                out.push((e.key.as_str(), item));
            }
        }
        out
    }

    /// Reports every key that nobody asked for.
    pub(super) fn finish(self) {
        for (e, _) in self
            .table
            .entries
            .iter()
            .zip(&self.taken)
            .filter(|(_, taken)| !**taken)
        {
            let item = Item {
                reader: self.reader,
                node: &e.node,
                path: join(&self.path, &e.key),
            };
            if item.is_no_source(&e.key) {
                continue;
            }
            let known = self.known.iter().map(String::as_str);
            let help = match (nearest(&e.key, known.clone()), advice::instead(&e.key)) {
                (_, Some(instead)) => instead.to_owned(),
                (Some(k), None) => format!("did you mean `{k}`?"),
                (None, None) => format!("the keys here are {}", listed(known, "and")),
            };
            self.reader
                .problem(e.span, &item.path, "unknown key".to_owned(), Some(help));
        }
    }
}

impl<'a> Item<'a> {
    /// A problem of this value.
    pub(super) fn problem(&self, message: impl Into<String>, help: Option<String>) {
        self.reader
            .problem(self.node.span, &self.path, message.into(), help);
    }

    /// Whether this stands under the key by which any table says where its values come from, and is no text: that is reported.
    pub(super) fn is_no_source(&self, key: &str) -> bool {
        let is_it = key == SOURCE && !matches!(self.node.value, Value::String(_));
        if is_it {
            self.problem(
                format!(
                    "expected a text that says where these values come from, found {}",
                    self.found()
                ),
                None,
            );
        }
        is_it
    }

    /// Reports that something else was expected; the answer of every reading that failed.
    pub(super) fn expected<T>(&self, what: &str) -> Option<T> {
        self.expected_help(what, None)
    }

    /// The same with advice.
    pub(super) fn expected_help<T>(&self, what: &str, help: Option<String>) -> Option<T> {
        let comma = match &self.node.value {
            Value::String(s) => advice::decimal_comma(s),
            _ => None,
        };
        let help = comma.or(help);
        self.problem(format!("expected {what}, found {}", self.found()), help);
        None
    }

    /// The value in the words of a message.
    pub(super) fn found(&self) -> String {
        match &self.node.value {
            Value::String(s) => quoted(s),
            Value::Boolean(b) => b.to_string(),
            Value::Integer(_) | Value::Float(_) | Value::Datetime(_) => {
                self.reader.written(self.node.span)
            }
            Value::Array(items) if items.is_empty() => "an empty list".to_owned(),
            Value::Array(_) => "a list".to_owned(),
            Value::Table(_) => "a table".to_owned(),
        }
    }

    /// The reading of a table.
    pub(super) fn cursor(&self, what: &str) -> Option<Cursor<'a>> {
        match &self.node.value {
            Value::Table(t) => Some(Cursor::new(
                self.reader,
                t,
                self.node.span,
                self.path.clone(),
            )),
            _ => self.expected(what),
        }
    }

    /// The items of a list that is not longer than `most`.
    pub(super) fn list(&self, what: &str, most: usize) -> Option<Vec<Item<'a>>> {
        let Value::Array(nodes) = &self.node.value else {
            return self.expected(what);
        };
        if nodes.len() > most {
            self.problem(
                format!(
                    "expected a list of at most {most} entries, found {}",
                    nodes.len()
                ),
                None,
            );
            return None;
        }
        let item = |(i, node)| Item {
            reader: self.reader,
            node,
            path: format!("{} #{}", self.path, i + 1),
        };
        Some(nodes.iter().enumerate().map(item).collect())
    }

    pub(super) fn string(&self, what: &str) -> Option<&'a str> {
        match &self.node.value {
            Value::String(s) => Some(s),
            _ => self.expected(what),
        }
    }

    pub(super) fn boolean(&self) -> Option<bool> {
        match &self.node.value {
            Value::Boolean(b) => Some(*b),
            _ => self.expected("true or false"),
        }
    }

    /// One of several words.
    pub(super) fn one_of<T: Copy>(&self, words: &[(&str, T)]) -> Option<T> {
        let known = || words.iter().map(|(w, _)| *w);
        if let Value::String(s) = &self.node.value {
            if let Some((_, value)) = words.iter().find(|(w, _)| w == s) {
                return Some(*value);
            }
            return self.expected_help(&listed(known(), "or"), did_you_mean(s, known()));
        }
        self.expected(&listed(known(), "or"))
    }
}

/// Names that can be referred to: of the topics, or of the pools.
#[derive(Clone, Debug, Default)]
pub(super) struct Names {
    /// `topic` or `pool`.
    pub(super) kind: &'static str,
    pub(super) list: Vec<String>,
    /// Whether a name was refused: then nobody can say that another one is unknown.
    pub(super) refused: bool,
}

impl Names {
    /// The index of a name; an unknown one is reported at `item`.
    pub(super) fn find(&self, name: &str, item: &Item<'_>) -> Option<usize> {
        let found = self.list.iter().position(|n| n == name);
        if found.is_none() && !item.is_no_source(name) && !self.refused {
            let known = || self.list.iter().map(String::as_str);
            let help = if self.list.is_empty() {
                format!("there is no [[{}]]", self.kind)
            } else {
                did_you_mean(name, known())
                    .unwrap_or_else(|| format!("the {}s are {}", self.kind, listed(known(), "and")))
            };
            item.problem(
                format!(
                    "expected the name of a {}, found {}",
                    self.kind,
                    quoted(name)
                ),
                Some(help),
            );
        }
        found
    }

    /// The indices of a list of names, or of a single name without brackets; each may stand once.
    pub(super) fn read(&self, item: &Item<'_>) -> Option<Vec<usize>> {
        let what = format!("a list of {} names", self.kind);
        if let Value::String(s) = &item.node.value {
            return self.find(s, item).map(|i| vec![i]);
        }
        let mut out = Vec::new();
        let mut sound = true;
        for entry in item.list(&what, 10_000)? {
            match entry
                .string(&format!("the name of a {}", self.kind))
                .and_then(|s| self.find(s, &entry))
            {
                Some(i) if out.contains(&i) => {
                    entry.problem(
                        format!(
                            "expected each {} once, found {} again",
                            self.kind,
                            entry.found()
                        ),
                        None,
                    );
                    sound = false;
                }
                Some(i) => out.push(i),
                None => sound = false,
            }
        }
        if out.is_empty() && sound {
            return item.expected(&format!("at least one {}", self.kind));
        }
        sound.then_some(out)
    }

    /// Reads a table by name, with `default` for all that are not in it.
    pub(super) fn table<T: Clone>(
        &self,
        item: &Item<'_>,
        fallback: T,
        mut f: impl FnMut(&Item<'_>) -> Option<T>,
    ) -> Option<Vec<T>> {
        let mut c = item.cursor(&format!("a table by {}", self.kind))?;
        let default = c.read("default", fallback, &mut f);
        let mut out = vec![default; self.list.len()];
        for (key, entry) in c.rest() {
            if let (Some(i), Some(value)) = (self.find(key, &entry), f(&entry)) {
                out[i] = value;
            }
        }
        Some(out)
    }
}
