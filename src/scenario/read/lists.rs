//! The lists of tables that a scenario consists of, such as `[[topic]]`, with the names by which their tables are known.

use crate::scenario::text::{Cursor, Item, Names, Value};

/// The tables of a list.
pub(super) struct List<'a> {
    pub(super) items: Vec<Item<'a>>,
    pub(super) names: Names,
}

impl<'a> List<'a> {
    /// The list under a key; a table of the name `reserved` is refused.
    pub(super) fn take(c: &mut Cursor<'a>, key: &'static str, reserved: &str) -> Self {
        let needed = key == "topic" && !c.has("group");
        let item = if needed { c.require(key) } else { c.take(key) };
        let items = item.as_ref().and_then(Item::list).unwrap_or_default();
        if let Some(item) = item.filter(|i| key == "topic" && is_empty(i)) {
            item.expected::<()>("at least one [[topic]]");
        }
        let names = names(key, &items, reserved);
        Self { items, names }
    }

    /// What `read` makes of each table and its place in the list; what is no table is left out.
    pub(super) fn each<T>(
        &self,
        mut read: impl FnMut(Cursor<'a>, &Item<'a>, usize) -> T,
    ) -> Vec<T> {
        let named = self.items.iter().zip(&self.names.list).enumerate();
        let read = |(i, (item, name)): (usize, (&Item<'a>, &String))| {
            let item = item.named(self.names.kind, name);
            Some(read(item.cursor()?, &item, i))
        };
        named.filter_map(read).collect()
    }
}

fn is_empty(item: &Item<'_>) -> bool {
    matches!(&item.node.value, Value::Array(items) if items.is_empty())
}

/// Names of the tables of a list, in order. A table without a name, or with one that stands already, is reported and
/// gets a name that nobody refers to, so that the rest of it is read all the same.
fn names(kind: &'static str, items: &[Item<'_>], reserved: &str) -> Names {
    let mut names = Names {
        kind,
        ..Names::default()
    };
    for (i, item) in items.iter().enumerate() {
        let is_table = item.node.table().is_some();
        let name = is_table.then(|| item.cursor()?.require("name")).flatten();
        let sound = name.and_then(|at| name_of(&at, &names, reserved));
        names.refused |= sound.is_none();
        names
            .list
            .push(sound.unwrap_or(format!("{kind} #{}", i + 1)));
    }
    names
}

/// The name that a value is, if it can be one beside those there are.
fn name_of(at: &Item<'_>, names: &Names, reserved: &str) -> Option<String> {
    const LONGEST: usize = 200;
    match &at.node.value {
        Value::String(s) if s == reserved => {
            at.expected("another name, since this one has a meaning of its own")
        }
        Value::String(s) if names.list.contains(s) => {
            at.expected(&format!("a name that no other {} has", names.kind))
        }
        Value::String(s)
            if !s.is_empty()
                && s.len() <= LONGEST
                && s.trim() == s
                && !s.chars().any(char::is_control) =>
        {
            Some(s.clone())
        }
        _ => at.expected("a name of up to 200 characters, without spaces at its ends"),
    }
}
