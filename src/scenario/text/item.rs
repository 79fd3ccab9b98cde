//! What can be asked of one value of a scenario: its kind, its parts, and what is wrong with it.

use super::advice;
use super::cursor::{Cursor, FromItem, Item, agree};
use super::declared::{Keys, Kind};
use super::problem::{did_you_mean, join, quoted};
use super::tree::{Node, SOURCE, Value, parse_value};
use serde::de::DeserializeOwned;
use serde::de::value::{Error as NoVariant, StrDeserializer};

impl<'a> Item<'a> {
    /// A problem of this value.
    pub(crate) fn problem(&self, message: impl Into<String>) {
        self.report(message.into(), None);
    }

    /// The same with advice.
    pub(crate) fn advise(&self, message: impl Into<String>, help: impl Into<String>) {
        self.report(message.into(), Some(help.into()));
    }

    fn report(&self, message: String, help: Option<String>) {
        let reader = self.reader;
        reader.problem(self.node.span, &self.path, message, help);
    }

    /// Reports what is wrong; the answer of every reading that failed.
    pub(crate) fn refuse<T>(&self, message: impl Into<String>) -> Option<T> {
        self.problem(message);
        None
    }

    /// The same with advice.
    pub(crate) fn refuse_help<T>(&self, message: impl Into<String>, help: &str) -> Option<T> {
        self.advise(message, help);
        None
    }

    /// Whether it stands under the key by which any table says where its values come from, and is no text: that is reported.
    pub(crate) fn is_no_source(&self, key: &str) -> bool {
        let is_it = key == SOURCE && self.node.text().is_none();
        if is_it {
            self.expected::<()>("a text that says where these values come from");
        }
        is_it
    }

    /// Reports that something else was expected.
    pub(crate) fn expected<T>(&self, what: &str) -> Option<T> {
        self.expected_help(what, None)
    }

    /// The same with advice.
    pub(crate) fn expected_help<T>(&self, what: &str, help: Option<String>) -> Option<T> {
        let is_time = self.may_be(&Kind::Clock) || self.may_be(&Kind::Hours);
        let text = self.node.text().filter(|_| !is_time);
        let comma = text.and_then(advice::decimal_comma);
        let help = comma.or_else(|| self.not_a_text()).or(help);
        self.report(format!("expected {what}, found {}", self.found()), help);
        None
    }

    /// Advice for a number in quotes that would be accepted without them.
    fn not_a_text(&self) -> Option<String> {
        let text = self.node.text()?.trim();
        let (number, is_whole) = match parse_value(text, 0, 0).ok()?.value {
            Value::Integer(n) => (n as f64, true),
            Value::Float(x) => (x, false),
            _ => return None,
        };
        let fits = |kind: &&Kind| {
            let range = kind
                .range()
                .filter(|_| is_whole || !matches!(kind, Kind::Whole(..)));
            range.is_some_and(|(range, _)| range.contains(number))
        };
        let is_number = self.kinds().iter().any(fits);
        is_number.then(|| format!("write it without quotes: {text}"))
    }

    /// Reports what else was expected where a condition does not hold.
    pub(crate) fn must(&self, holds: bool, what: &str) -> Option<()> {
        if holds { Some(()) } else { self.expected(what) }
    }

    /// A value by its declared kind for which `fits` holds; `what` is reported where it does not.
    pub(crate) fn if_fit<T: FromItem>(&self, what: &str, fits: impl Fn(&T) -> bool) -> Option<T> {
        let value = T::from_item(self)?;
        self.must(fits(&value), what).map(|()| value)
    }

    /// Whether the sum of `what` is 1 to one of so many parts; another one is reported.
    pub(crate) fn sums_to_one(&self, sum: f64, parts: f64, what: &str) -> bool {
        let sound = (sum - 1.0).abs() <= 1.0 / parts;
        if !sound {
            let shown = libm::round(sum * parts) / parts;
            self.problem(format!(
                "expected {what} that sum to 1, found a sum of {shown}"
            ));
        }
        sound
    }

    /// The value in the words of a message.
    pub(crate) fn found(&self) -> String {
        match &self.node.value {
            Value::String(s) => quoted(s),
            Value::Boolean(b) => b.to_string(),
            Value::Array(items) if items.is_empty() => "an empty list".to_owned(),
            Value::Array(_) => "a list".to_owned(),
            Value::Table(_) => "a table".to_owned(),
            _ => self.reader.written(self.node.span),
        }
    }

    /// The same table of a list by its name rather than its number, unless the name stands in for one that was refused.
    pub(crate) fn named(&self, list: &str, name: &str) -> Self {
        let mut named = self.clone();
        if !(name.starts_with(list) && name.contains('#')) {
            named.path = join(list, name);
        }
        named
    }

    /// The same value read as one of another kind.
    pub(crate) fn of_kind(&self, kind: &'a Kind) -> Self {
        Self {
            kind,
            ..self.clone()
        }
    }

    /// Whether the value may be of a kind.
    pub(crate) fn may_be(&self, kind: &Kind) -> bool {
        self.kinds().contains(&kind)
    }

    /// The kinds that the value may be of.
    pub(crate) fn kinds(&self) -> Vec<&'a Kind> {
        self.reader.declared.kinds(self.kind)
    }

    /// The reading of the table that the value is declared to be.
    pub(crate) fn cursor(&self) -> Option<Cursor<'a>> {
        let keys = self.reader.declared.keys_of(self.kind, None);
        agree(keys.is_some(), || {
            format!("{} is declared as {:?}", self.path, self.kind)
        });
        self.cursor_of(keys?)
    }

    /// The reading of a table with given keys.
    pub(crate) fn cursor_of(&self, keys: &'a Keys) -> Option<Cursor<'a>> {
        match &self.node.value {
            Value::Table(table) => Some(Cursor {
                at: self.clone(),
                table,
                keys,
                taken: vec![false; table.entries.len()],
                lacks: false,
                foreign: Vec::new(),
            }),
            _ => self.expected(&keys.form),
        }
    }

    /// Reads the table that the value is declared to be; all its keys must be known.
    pub(crate) fn table<T>(&self, f: impl FnOnce(&mut Cursor<'a>) -> Option<T>) -> Option<T> {
        let mut c = self.cursor()?;
        let read = f(&mut c).filter(|_| !c.lacks);
        c.finish();
        read
    }

    /// The items of a list that is not longer than declared.
    pub(crate) fn list(&self) -> Option<Vec<Item<'a>>> {
        let list = |kind: &'a Kind| match kind {
            Kind::List { of, what, most, .. } => Some((of, what, *most)),
            _ => None,
        };
        let (of, what, most) = self.kinds().into_iter().find_map(list)?;
        let Value::Array(nodes) = &self.node.value else {
            return self.expected(what);
        };
        self.of_kind(of).entries(nodes, most)
    }

    /// The entries of a list of `most` at most, of the kind of this value.
    pub(crate) fn entries(&self, nodes: &'a [Node], most: usize) -> Option<Vec<Item<'a>>> {
        if nodes.len() > most {
            let (what, found) = ("expected a list of at most", nodes.len());
            return self.refuse(format!("{what} {most} entries, found {found}"));
        }
        let item = |(i, node)| Item {
            node,
            path: format!("{} #{}", self.path, i + 1),
            ..self.clone()
        };
        Some(nodes.iter().enumerate().map(item).collect())
    }

    /// A list, each of whose entries `f` accepts.
    pub(crate) fn each<T>(&self, f: impl FnMut(&Item<'a>) -> Option<T>) -> Option<Vec<T>> {
        // All entries are looked at before one that was refused makes the whole fail.
        let read: Vec<Option<T>> = self.list()?.iter().map(f).collect();
        read.into_iter().collect()
    }

    /// The tables of a list, each read by `f` with all its keys taken; those that are no table or refused are left out, and noted
    /// in the flag.
    pub(crate) fn tables<T>(
        &self,
        mut f: impl FnMut(&mut Cursor<'a>, &Item<'a>, &[T]) -> Option<T>,
    ) -> Option<(Vec<T>, bool)> {
        let (mut out, mut sound) = (Vec::new(), true);
        for entry in self.list()? {
            let read = entry.table(|c| f(c, &entry, &out));
            sound &= read.is_some();
            out.extend(read);
        }
        Some((out, sound))
    }

    pub(crate) fn string(&self) -> Option<&'a str> {
        let text = self.node.text();
        text.or_else(|| self.expected(&self.kind.words()))
    }

    /// One of the declared words.
    pub(crate) fn word(&self) -> Option<&'a str> {
        let Kind::Word(words) = self.kind else {
            agree(false, || {
                format!("{} is declared as {:?}", self.path, self.kind)
            });
            return None;
        };
        match &self.node.value {
            Value::String(s) if words.contains(s) => Some(s),
            Value::String(s) => {
                let help = did_you_mean(s, words.iter().map(String::as_str));
                self.expected_help(&self.kind.words(), help)
            }
            _ => self.expected(&self.kind.words()),
        }
    }

    /// The variant whose name is the declared word that the value is.
    pub(crate) fn variant<T: DeserializeOwned>(&self) -> Option<T> {
        let named = |word| T::deserialize(StrDeserializer::<NoVariant>::new(word)).ok();
        agree(
            matches!(self.kind, Kind::Word(words) if words.iter().all(|w| named(w).is_some())),
            || format!("{} is declared as {:?}", self.path, self.kind),
        );
        self.word().and_then(named)
    }
}
