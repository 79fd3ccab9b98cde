//! Reading a tree key by key: what is taken is checked by its declaration, and what is not declared is unknown.

use super::advice;
use super::declared::{Keys, Kind};
use super::problem::{did_you_mean, join, listed, nearest, quoted};
use super::reader::Reader;
use super::tree::{Node, SOURCE, Span, Table, Value, parse_value};
use serde::de::DeserializeOwned;
use serde::de::value::{Error as NoVariant, StrDeserializer};

/// A value with the path of its key and the declared kind.
#[derive(Clone)]
pub(crate) struct Item<'a> {
    pub(crate) reader: &'a Reader<'a>,
    pub(crate) node: &'a Node,
    pub(crate) path: String,
    pub(crate) kind: &'a Kind,
}

/// A type that is read from a value by its declared kind; the answer is `None`, and a problem reported, where the value is refused.
pub(crate) trait FromItem: Sized {
    fn from_item(item: &Item<'_>) -> Option<Self>;
}

/// A type that is read from a table, whose keys are all asked for before one that was refused makes the whole fail.
pub(crate) trait FromTable: Sized {
    fn from_table(c: &mut Cursor<'_>) -> Option<Self>;
}

impl<T: FromTable> FromItem for T {
    fn from_item(item: &Item<'_>) -> Option<Self> {
        item.table(Self::from_table)
    }
}

/// The reading of one table.
pub(crate) struct Cursor<'a> {
    pub(crate) reader: &'a Reader<'a>,
    pub(crate) table: &'a Table,
    pub(crate) span: Span,
    pub(crate) path: String,
    /// What is declared of the table.
    pub(crate) keys: &'a Keys,
    taken: Vec<bool>,
    /// Whether a key that must be there is missing or refused.
    lacks: bool,
    /// Declared keys that have no place in this table.
    foreign: Vec<String>,
}

/// Fails in tests where a reader and the declarations differ.
pub(crate) fn agree(agree: bool, what: impl Fn() -> String) {
    if cfg!(any(test, debug_assertions)) {
        assert!(agree, "{}", what());
    }
}

impl<'a> Cursor<'a> {
    /// The reading of the file itself.
    pub(crate) fn root(reader: &'a Reader<'a>, root: &'a Node) -> Option<Self> {
        let (path, kind) = (String::new(), &Kind::Text);
        let file = Item {
            reader,
            node: root,
            path,
            kind,
        };
        file.cursor_of(reader.declared.table("root"))
    }

    fn position(&self, key: &str) -> Option<usize> {
        self.table.position(key)
    }

    fn item(&self, key: &str, node: &'a Node, kind: &'a Kind) -> Item<'a> {
        Item {
            reader: self.reader,
            node,
            path: join(&self.path, key),
            kind,
        }
    }

    /// The declared kind of a key. Whoever asks for a key that is not declared fails in every test.
    fn kind(&self, key: &str) -> Option<&'a Kind> {
        #[cfg(test)]
        crate::scenario::tests::known::note(&self.keys.id, key);
        let kind = self.keys.kind(key);
        agree(kind.is_some(), || {
            format!("`{key}` of {} is not declared", self.keys.id)
        });
        kind
    }

    /// The value of a key, if it is there.
    pub(crate) fn take(&mut self, key: &str) -> Option<Item<'a>> {
        let kind = self.kind(key)?;
        let i = self.position(key)?;
        self.taken[i] = true;
        Some(self.item(key, &self.table.entries[i].node, kind))
    }

    /// Whether a key is there, without taking it.
    pub(crate) fn has(&self, key: &str) -> bool {
        self.table.get(key).is_some()
    }

    /// Whether a key is there and was not taken.
    pub(crate) fn is_left(&self, key: &str) -> bool {
        self.position(key).is_some_and(|i| !self.taken[i])
    }

    /// The value of a key that must be there.
    pub(crate) fn require(&mut self, key: &str) -> Option<Item<'a>> {
        let item = self.take(key);
        if item.is_none() {
            let expected = self.keys.key(key).map(super::declared::Key::expected);
            self.missing(key, &expected.unwrap_or_default());
        }
        item
    }

    /// Reports that a key is missing.
    pub(crate) fn missing(&self, key: &str, expected: &str) {
        let message = format!("missing; expected {expected}");
        let path = join(&self.path, key);
        self.reader.problem(self.span, &path, message, None);
    }

    /// A value by its declared kind, or the declared default when the key is missing or its value refused.
    pub(crate) fn get<T: FromItem>(&mut self, key: &str) -> T {
        self.opt(key).unwrap_or_else(|| self.usual(key))
    }

    /// A value by its declared kind, if the key is there and its value accepted.
    pub(crate) fn opt<T: FromItem>(&mut self, key: &str) -> Option<T> {
        self.take(key).and_then(|item| T::from_item(&item))
    }

    /// A value by its declared kind, of a key that must be there.
    pub(crate) fn need<T: FromItem>(&mut self, key: &str) -> Option<T> {
        self.require(key).and_then(|item| T::from_item(&item))
    }

    /// The same with a value in place of one that is missing or refused: the table is then refused as a whole.
    pub(crate) fn must<T: FromItem + Default>(&mut self, key: &str) -> T {
        let read = self.need(key);
        self.lacks |= read.is_none();
        read.unwrap_or_default()
    }

    /// The same with what holds in general in place of the declared default.
    pub(crate) fn get_or<T: FromItem>(&mut self, key: &str, general: Option<T>) -> T {
        let own = self.opt(key).or(general);
        own.unwrap_or_else(|| self.usual(key))
    }

    /// The declared default.
    pub(crate) fn usual<T: FromItem>(&self, key: &str) -> T {
        let declared = self
            .keys
            .key(key)
            .and_then(|k| Some((k, k.usual.as_ref()?)));
        let usual = declared.and_then(|(k, node)| T::from_item(&self.item(key, node, &k.is)));
        usual.expect("what is read with a default has a sound one: a test reads all")
    }

    /// A value by its declared kind that must also pass a check, which reports what is wrong; else the declared default.
    pub(crate) fn checked<T: FromItem>(
        &mut self,
        key: &str,
        check: impl FnOnce(&Item<'a>, &T) -> Option<()>,
    ) -> T {
        let read = self.read_opt(key, |item| {
            let value = T::from_item(item)?;
            check(item, &value).map(|()| value)
        });
        read.unwrap_or_else(|| self.usual(key))
    }

    /// A value that is read by `f`, or `default` when the key is missing or its value refused.
    pub(crate) fn read<T>(
        &mut self,
        key: &str,
        default: T,
        f: impl FnOnce(&Item<'a>) -> Option<T>,
    ) -> T {
        self.read_opt(key, f).unwrap_or(default)
    }

    /// A value that is read by `f`, if the key is there and its value accepted.
    pub(crate) fn read_opt<T>(
        &mut self,
        key: &str,
        f: impl FnOnce(&Item<'a>) -> Option<T>,
    ) -> Option<T> {
        self.take(key).and_then(|item| f(&item))
    }

    /// A value that is read by `f`, of a key that must be there.
    pub(crate) fn read_needed<T>(
        &mut self,
        key: &str,
        f: impl FnOnce(&Item<'a>) -> Option<T>,
    ) -> Option<T> {
        self.require(key).and_then(|item| f(&item))
    }

    /// Reports a key that has no place here, with the reason.
    pub(crate) fn forbid(&mut self, key: &str, reason: &str, help: Option<&str>) {
        self.kind(key);
        self.foreign.push(key.to_owned());
        if let Some(i) = self.position(key) {
            self.taken[i] = true;
            let (path, span) = (join(&self.path, key), self.table.entries[i].span);
            let help = help.map(str::to_owned);
            self.reader.problem(span, &path, reason.to_owned(), help);
        }
    }

    /// The same of several keys.
    pub(crate) fn forbid_all<'k>(&mut self, keys: impl IntoIterator<Item = &'k str>, reason: &str) {
        for key in keys {
            self.forbid(key, reason, None);
        }
    }

    /// The given of several keys of which a table has one; more than one is a problem.
    pub(crate) fn one_of(&self, keys: &[&'static str]) -> Vec<&'static str> {
        let given: Vec<&str> = keys.iter().copied().filter(|k| self.has(k)).collect();
        if given.len() > 1 {
            let (all, given) = (keys.join(", "), given.join(" and "));
            self.problem(format!("expected one of {all}, found {given}"), None);
        }
        given
    }

    /// A problem of the table as a whole.
    pub(crate) fn problem(&self, message: impl Into<String>, help: Option<String>) {
        self.reader
            .problem(self.span, &self.path, message.into(), help);
    }

    /// Reports, if it is so, that a key has no effect without something: most likely a mistake, but not where it had one before
    /// a date.
    pub(crate) fn idle_without(&self, is_idle: bool, key: &str, something: &str) {
        if is_idle && !self.reader.is_later() {
            let message = format!("`{key}` has no effect without {something}");
            self.problem(message, None);
        }
    }

    /// The entries not taken so far, all of which are taken by this.
    pub(crate) fn rest(&mut self) -> Vec<(&'a str, Item<'a>)> {
        let Some(others) = &self.keys.others else {
            return Vec::new();
        };
        let mut out = Vec::new();
        for (i, e) in self.table.entries.iter().enumerate() {
            if !std::mem::replace(&mut self.taken[i], true) {
                out.push((e.key.as_str(), self.item(&e.key, &e.node, &others.is)));
            }
        }
        out
    }

    /// Reports every key that is not declared.
    pub(crate) fn finish(self) {
        let left = self.table.entries.iter().zip(&self.taken);
        for (e, _) in left.filter(|(_, taken)| !**taken) {
            let item = self.item(&e.key, &e.node, &Kind::Text);
            if item.is_no_source(&e.key) {
                continue;
            }
            let path = item.path;
            agree(self.keys.key(&e.key).is_none(), || {
                format!("`{path}` is declared, and nobody asks for it")
            });
            let known = self.keys.keys.iter().map(|k| k.name.as_str());
            let known = known.filter(|k| !self.foreign.iter().any(|f| f == k));
            let help = match (nearest(&e.key, known.clone()), advice::instead(&e.key)) {
                (_, Some(instead)) => instead.to_owned(),
                (Some(k), None) => format!("did you mean `{k}`?"),
                (None, None) => format!("the keys here are {}", listed(known, "and")),
            };
            let reader = self.reader;
            reader.problem(e.span, &path, "unknown key", Some(help));
        }
    }
}

impl<'a> Item<'a> {
    /// A problem of this value.
    pub(crate) fn problem(&self, message: impl Into<String>, help: Option<String>) {
        self.reader
            .problem(self.node.span, &self.path, message.into(), help);
    }

    /// Reports what is wrong; the answer of every reading that failed.
    pub(crate) fn refuse<T>(&self, message: impl Into<String>) -> Option<T> {
        self.problem(message, None);
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
        self.problem(format!("expected {what}, found {}", self.found()), help);
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

    /// Whether the sum of `what` is 1 to one of so many parts; another one is reported.
    pub(crate) fn sums_to_one(&self, sum: f64, parts: f64, what: &str) -> bool {
        let sound = (sum - 1.0).abs() <= 1.0 / parts;
        if !sound {
            let shown = libm::round(sum * parts) / parts;
            let message = format!("expected {what} that sum to 1, found a sum of {shown}");
            self.problem(message, None);
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
                reader: self.reader,
                table,
                span: self.node.span,
                path: self.path.clone(),
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
