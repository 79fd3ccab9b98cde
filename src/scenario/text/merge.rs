//! `extends`: a scenario on top of another.

use std::path::Path;

use super::declared::Keys;
use super::hidden;
use super::problem::quoted;
use super::reader::Reader;
use super::tree::{self, Node, Span, Table, Value};

/// Most scenarios on top of one another.
const DEEPEST: usize = 16;
/// Largest scenario file, in bytes; big data belongs into CSV files.
const LARGEST: u64 = 4 * 1024 * 1024;
/// Most entries of a list that is matched by name.
const MOST_NAMED: usize = 10_000;

/// Reads a scenario and all it extends; `None` when a file cannot be read or is no TOML.
pub(crate) fn load(reader: &Reader<'_>, path: &Path) -> Option<Node> {
    match reader.open(path, LARGEST) {
        Ok(file) => layer(reader, file, &mut vec![file]),
        Err(why) => {
            // There is no line to show: the message stands with the path alone.
            let id = reader.add(path.to_owned(), String::new());
            let message = format!("the scenario cannot be read: {why}");
            reader.problem(Span::new(id, 0..0), "", message, None);
            None
        }
    }
}

fn layer(reader: &Reader<'_>, file: usize, above: &mut Vec<usize>) -> Option<Node> {
    let source = reader.source(file);
    let (mut table, faults) = tree::parse(&source.text, file);
    let mut sound = faults.is_empty();
    for fault in faults {
        let message = format!("this is no TOML: {}", fault.message);
        reader.problem(fault.span, "", message, fault.help);
    }
    sound = sound && hidden::check_file(reader, file, &table);
    let span = Span::new(file, 0..0);
    let Some(extends) = table.take("extends") else {
        return sound.then(|| Node::new(Value::Table(table), span));
    };
    let mut base = base(reader, &extends, above).filter(|_| sound)?;
    if let Value::Table(base) = &mut base.value {
        merge_tables(reader, base, table, reader.declared.table("root"));
    }
    Some(Node { span, ..base })
}

/// The tree of the scenario that `extends` names.
fn base(reader: &Reader<'_>, node: &Node, above: &mut Vec<usize>) -> Option<Node> {
    let refuse = |message: String| {
        reader.problem(node.span, "extends", message, None);
        None
    };
    let Some(name) = node.text() else {
        let found = reader.written(node.span);
        return refuse(format!(
            "expected the path of a scenario file, found {found}"
        ));
    };
    let path = reader.beside(node.span, name);
    let file = match reader.open(&path, LARGEST) {
        Ok(file) => file,
        Err(why) => {
            let path = quoted(&path.to_string_lossy());
            return refuse(format!("{path} cannot be read: {why}"));
        }
    };
    if above.contains(&file) {
        let what = "a scenario that does not extend this one, found a circle through";
        return refuse(format!("expected {what} {}", quoted(name)));
    }
    if above.len() >= DEEPEST {
        let what = "scenarios on top of one another, found more";
        return refuse(format!("expected at most {DEEPEST} {what}"));
    }
    above.push(file);
    layer(reader, file, above)
}

/// Puts the entries of `over` on top of those of `base`, whose keys are `keys`.
fn merge_tables(reader: &Reader<'_>, base: &mut Table, over: Table, keys: &Keys) {
    change_kind(base, &over, keys);
    // Names, such as those of topics: tables of keys of their own, or plain values.
    let names = keys.others.as_ref().map(|others| &others.is);
    let names = names.and_then(|is| reader.declared.keys_of(is, None));
    for entry in over.entries {
        replace_others(base, keys, &entry.key);
        let Some(i) = base.position(&entry.key) else {
            base.entries.push(entry);
            continue;
        };
        let old = &mut base.entries[i];
        old.span = entry.span;
        let key = keys.key(&entry.key);
        let inner = key.map_or(names, |key| reader.declared.merged(key));
        match (&mut old.node.value, entry.node.value, key) {
            (Value::Array(base), Value::Array(over), Some(key)) if key.named => {
                if let Some(keys) = reader.declared.item_keys(&key.is) {
                    merge_named(reader, base, over, keys);
                }
            }
            (base, over, _) => merge(reader, base, over, inner),
        }
        old.node.span = entry.node.span;
    }
}

/// Puts a value on top of another one: key by key where it is a table with known keys, else as a whole.
fn merge(reader: &Reader<'_>, base: &mut Value, over: Value, keys: Option<&Keys>) {
    match (base, over, keys) {
        (Value::Table(base), Value::Table(over), Some(keys)) => {
            merge_tables(reader, base, over, keys);
        }
        (base, over, _) => *base = over,
    }
}

/// Tables with a name replace those of the same name key by key; others are added.
fn merge_named(reader: &Reader<'_>, base: &mut Vec<Node>, over: Vec<Node>, keys: &Keys) {
    for node in over {
        let name = node.name();
        let is_same = |old: &&mut Node| name.is_some() && old.name() == name;
        if let Some(old) = base.iter_mut().find(is_same) {
            old.span = node.span;
            merge(reader, &mut old.value, node.value, Some(keys));
        } else if base.len() >= MOST_NAMED {
            let message = format!("expected at most {MOST_NAMED} entries, found more");
            return reader.problem(node.span, &keys.id, message, None);
        } else {
            base.push(node);
        }
    }
}

/// Removes the keys that a key replaces.
pub(crate) fn replace_others(table: &mut Table, keys: &Keys, key: &str) {
    let others: Vec<&str> = keys.replaced_by(key).collect();
    table.entries.retain(|e| !others.contains(&e.key.as_str()));
}

/// A table that becomes one of another kind loses the keys that the new kind does not know.
fn change_kind(base: &mut Table, over: &Table, keys: &Keys) {
    if keys.kinds.is_empty() {
        return;
    }
    let kind = |table: &Table| table.get("kind")?.text().map(str::to_owned);
    if let (Some(before), Some(after)) = (kind(base), kind(over))
        && before != after
    {
        let foreign: Vec<&str> = keys.foreign(&after).collect();
        base.entries.retain(|e| !foreign.contains(&e.key.as_str()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::keys::DECLARED;
    use crate::scenario::text::files::InMemory;

    fn merged(base: &str, over: &str) -> Table {
        let files = InMemory::new()
            .with("d/base.toml", base)
            .with("d/a.toml", format!("extends = \"base.toml\"\n{over}"));
        let reader = Reader::new(&files, &DECLARED);
        let node = load(&reader, Path::new("d/a.toml")).unwrap();
        node.table().unwrap().clone()
    }

    fn get<'t>(t: &'t Table, path: &[&str]) -> Option<&'t Value> {
        let (last, head) = path.split_last()?;
        let t = head.iter().try_fold(t, |t, k| t.get(k)?.table())?;
        t.get(last).map(|n| &n.value)
    }

    #[test]
    fn tables_merge_key_by_key_and_values_as_a_whole() {
        let t = merged(
            "seed = 1\n[demand]\ndaily_volume = 5\nweekday = { mon = 2.0, tue = 3.0 }\nprofile = { all = [1] }",
            "[demand]\nrate = \"1 / h\"\nweekday = { tue = 4.0 }\nprofile = { csv = \"x\" }",
        );
        assert_eq!(get(&t, &["seed"]), Some(&Value::Integer(1)));
        assert_eq!(get(&t, &["extends"]), None);
        assert_eq!(
            get(&t, &["demand", "daily_volume"]),
            None,
            "the rate replaces it"
        );
        assert_eq!(
            get(&t, &["demand", "weekday", "mon"]),
            Some(&Value::Float(2.0))
        );
        assert_eq!(
            get(&t, &["demand", "weekday", "tue"]),
            Some(&Value::Float(4.0))
        );
        assert_eq!(get(&t, &["demand", "profile", "all"]), None);
    }

    #[test]
    fn topics_and_pools_are_matched_by_name() {
        let t = merged(
            "[[topic]]\nname = \"a\"\nshare = 1.0\nbalk = 0.1\n[[pool]]\nname = \"p\"\nkind = \"gig\"\nmembers = 5",
            "[[topic]]\nname = \"a\"\nbalk = 0.2\n[[topic]]\nname = \"b\"\n[[pool]]\nname = \"p\"\nkind = \"employed\"",
        );
        let Value::Array(topics) = get(&t, &["topic"]).unwrap() else {
            panic!()
        };
        assert_eq!(topics.len(), 2);
        assert_eq!(
            get(topics[0].table().unwrap(), &["share"]),
            Some(&Value::Float(1.0))
        );
        assert_eq!(
            get(topics[0].table().unwrap(), &["balk"]),
            Some(&Value::Float(0.2))
        );
        let Value::Array(pools) = get(&t, &["pool"]).unwrap() else {
            panic!()
        };
        assert_eq!(get(pools[0].table().unwrap(), &["members"]), None);
    }

    #[test]
    fn circles_and_missing_bases_are_refused() {
        let files = InMemory::new()
            .with("a.toml", "extends = \"b.toml\"")
            .with("b.toml", "extends = \"./x/../a.toml\"")
            .with("c.toml", "extends = \"none.toml\"");
        let reader = Reader::new(&files, &DECLARED);
        assert!(load(&reader, Path::new("a.toml")).is_none());
        assert!(load(&reader, Path::new("c.toml")).is_none());
        let text = reader.into_problems().render(false);
        assert!(
            text.contains("found a circle through \"./x/../a.toml\""),
            "{text}"
        );
        assert!(
            text.contains("\"none.toml\" cannot be read: there is no such file"),
            "{text}"
        );
    }

    #[test]
    fn a_long_chain_is_refused() {
        let mut files = InMemory::new();
        for i in 0..40 {
            files = files.with(format!("{i}.toml"), format!("extends = \"{}.toml\"", i + 1));
        }
        let reader = Reader::new(&files, &DECLARED);
        assert!(load(&reader, Path::new("0.toml")).is_none());
        assert!(
            reader
                .into_problems()
                .render(false)
                .contains("at most 16 scenarios")
        );
    }
}
