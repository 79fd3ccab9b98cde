//! Reading a tree key by key: what is taken is checked by its declaration, and what is not declared is unknown.

use super::advice;
use super::declared::{Key, Keys, Kind};
use super::problem::{join, listed, nearest};
use super::reader::Reader;
use super::tree::{EMPTY, Node, Table};

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
    /// The table as a value.
    pub(crate) at: Item<'a>,
    pub(crate) table: &'a Table,
    /// What is declared of the table.
    pub(crate) keys: &'a Keys,
    pub(super) taken: Vec<bool>,
    /// Whether a key that must be there is missing or refused.
    pub(super) lacks: bool,
    /// Declared keys that have no place in this table.
    pub(super) foreign: Vec<String>,
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
            reader: self.at.reader,
            node,
            path: join(&self.at.path, key),
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

    /// The table under a key, as if nothing stood in it.
    pub(crate) fn empty(&self, key: &str) -> Option<Item<'a>> {
        Some(self.item(key, &EMPTY, self.kind(key)?))
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
            let expected = self.keys.key(key).map(Key::expected);
            self.missing(key, &expected.unwrap_or_default());
        }
        item
    }

    /// Reports that a key is missing.
    pub(crate) fn missing(&self, key: &str, expected: &str) {
        let message = format!("missing; expected {expected}");
        let path = join(&self.at.path, key);
        self.at
            .reader
            .problem(self.at.node.span, &path, message, None);
    }

    /// A value by its declared kind, or the declared default when the key is missing or its value refused.
    pub(crate) fn get<T: FromItem>(&mut self, key: &str) -> T {
        self.get_by(key, T::from_item)
    }

    /// A value that is read by `f`, or the declared default so read.
    pub(crate) fn get_by<T>(&mut self, key: &str, f: impl Fn(&Item<'a>) -> Option<T>) -> T {
        let read = self.read_opt(key, &f);
        read.unwrap_or_else(|| self.usual_by(key, f))
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

    /// The declared default as a value.
    pub(crate) fn usual_item(&self, key: &'a Key) -> Option<Item<'a>> {
        Some(self.item(&key.name, key.usual.as_ref()?, &key.is))
    }

    /// The declared default.
    pub(crate) fn usual<T: FromItem>(&self, key: &str) -> T {
        self.usual_by(key, T::from_item)
    }

    fn usual_by<T>(&self, key: &str, f: impl Fn(&Item<'a>) -> Option<T>) -> T {
        let usual = self.keys.key(key).and_then(|k| self.usual_item(k));
        let usual = usual.and_then(|item| f(&item));
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

    /// A table that is read by `f`; one that is missing or refused says what an empty one does.
    pub(crate) fn section<T>(
        &mut self,
        key: &str,
        f: impl Fn(&Item<'a>) -> Option<T>,
    ) -> Option<T> {
        self.read_opt(key, &f).or_else(|| f(&self.empty(key)?))
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
    pub(crate) fn forbid(&mut self, key: &str, reason: &str) {
        self.forbid_help(key, reason, None);
    }

    /// The same with advice.
    pub(crate) fn forbid_help(&mut self, key: &str, reason: &str, help: Option<&str>) {
        self.kind(key);
        self.foreign.push(key.to_owned());
        if let Some(i) = self.position(key) {
            self.taken[i] = true;
            let (path, span) = (join(&self.at.path, key), self.table.entries[i].span);
            let help = help.map(str::to_owned);
            self.at.reader.problem(span, &path, reason.to_owned(), help);
        }
    }

    /// The same of several keys.
    pub(crate) fn forbid_all<'k>(&mut self, keys: impl IntoIterator<Item = &'k str>, reason: &str) {
        for key in keys {
            self.forbid(key, reason);
        }
    }

    /// The given of several keys of which a table has one; more than one is a problem.
    pub(crate) fn one_of(&self, keys: &[&'static str]) -> Vec<&'static str> {
        let given: Vec<&str> = keys.iter().copied().filter(|k| self.has(k)).collect();
        if given.len() > 1 {
            let (all, given) = (keys.join(", "), given.join(" and "));
            self.at
                .problem(format!("expected one of {all}, found {given}"));
        }
        given
    }

    /// Reports that both of two keys are there, or neither.
    pub(crate) fn not_one_of<T>(&self, keys: &str, both: bool) -> Option<T> {
        let found = if both { "both" } else { "neither" };
        self.at
            .problem(format!("expected one of {keys}, found {found}"));
        None
    }

    /// Reports, if it is so, that a key has no effect without something: most likely a mistake, but not where it had one before
    /// a date.
    pub(crate) fn idle_without(&self, is_idle: bool, key: &str, something: &str) {
        if is_idle && !self.at.reader.is_later() {
            self.at
                .problem(format!("`{key}` has no effect without {something}"));
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
            let reader = self.at.reader;
            reader.problem(e.span, &path, "unknown key", Some(help));
        }
    }
}
