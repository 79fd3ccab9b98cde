//! `extends`: a scenario on top of another.

use std::path::Path;

use super::hidden;
use super::problem::quoted;
use super::reader::Reader;
use super::tree::{self, Node, Span, Table, Value};

/// Most scenarios on top of one another.
const DEEPEST: usize = 16;
/// Largest scenario file, in bytes; big data belongs into CSV files.
const LARGEST: u64 = 4 * 1024 * 1024;
/// Most entries of a list that is matched by name.
const MOST_NAMED: usize = 5000;

/// Keys whose tables are one value: a distribution, a pattern, a choice. They are replaced as a whole, since a mixture
/// of the parameters of two distributions is none.
const VALUES: [&str; 28] = [
    "callback",
    "patience",
    "work",
    "after_contact",
    "handle_time",
    "delay",
    "session",
    "response",
    "cool_down",
    "time_between",
    "repair",
    "delivery",
    "entry",
    "human_access",
    "counts",
    "arrivals",
    "profile",
    "rate",
    "agents",
    "availability",
    "route",
    "attrition",
    "hiring",
    "shifts",
    "shrinkage",
    "in_shift_shrinkage",
    "adherence",
    "markets",
];

/// Groups of keys of which a table has one: whoever says one of them unsays the others.
const ALTERNATIVES: [&[&str]; 5] = [
    &["share", "daily_volume", "rate", "counts", "arrivals"],
    &["members", "logons"],
    &["logon_rate", "slots"],
    &["agents", "shifts"],
    &super::dists::KINDS,
];

/// Reads a scenario and all it extends; `None` when a file cannot be read or is no TOML.
pub(super) fn load(reader: &Reader<'_>, path: &Path) -> Option<Node> {
    let file = match reader.open(path, LARGEST) {
        Ok(file) => file,
        Err(why) => {
            // There is no line to show: the message stands with the path alone.
            let id = reader.add(path.to_owned(), String::new());
            reader.problem(
                Span::new(id, 0..0),
                "",
                format!("the scenario cannot be read: {why}"),
                None,
            );
            return None;
        }
    };
    layer(reader, file, &mut vec![file])
}

fn layer(reader: &Reader<'_>, file: usize, above: &mut Vec<usize>) -> Option<Node> {
    let source = reader.source(file);
    let (mut table, faults) = tree::parse(&source.text, file);
    for fault in &faults {
        reader.problem(
            fault.span,
            "",
            format!("this is no TOML: {}", fault.message),
            fault.help.clone(),
        );
    }
    if faults.is_empty() {
        hidden::check_file(reader, file, &table);
    }
    let base = match table.entries.iter().position(|e| e.key == "extends") {
        Some(i) => Some(base(reader, &table.entries.remove(i).node, above)),
        None => None,
    };
    let root = Node {
        value: Value::Table(table),
        span: Span::new(file, 0..0),
    };
    match base {
        _ if !faults.is_empty() => None,
        None => Some(root),
        Some(base) => merge(reader, base?, root, "").into(),
    }
}

/// The tree of the scenario that `extends` names.
fn base(reader: &Reader<'_>, node: &Node, above: &mut Vec<usize>) -> Option<Node> {
    let refuse = |message: String| reader.problem(node.span, "extends", message, None);
    let Value::String(name) = &node.value else {
        let found = reader.written(node.span);
        refuse(format!(
            "expected the path of a scenario file, found {found}"
        ));
        return None;
    };
    let path = reader.beside(node.span, name);
    let file = match reader.open(&path, LARGEST) {
        Ok(file) => file,
        Err(why) => {
            refuse(format!(
                "{} cannot be read: {why}",
                quoted(&path.to_string_lossy())
            ));
            return None;
        }
    };
    if above.contains(&file) {
        refuse(format!(
            "expected a scenario that does not extend this one, found a circle through {}",
            quoted(name)
        ));
        return None;
    }
    if above.len() >= DEEPEST {
        refuse(format!(
            "expected at most {DEEPEST} scenarios on top of one another, found more"
        ));
        return None;
    }
    above.push(file);
    layer(reader, file, above)
}

/// Puts `over` on top of `base`; `key` is the name under which both stand.
fn merge(reader: &Reader<'_>, base: Node, over: Node, key: &str) -> Node {
    let span = over.span;
    let value = match (base.value, over.value) {
        (Value::Table(base), Value::Table(over)) if !VALUES.contains(&key) => {
            Value::Table(merge_tables(reader, base, over, key))
        }
        (Value::Array(base), Value::Array(over))
            if matches!(key, "topic" | "pool" | "group" | "market") =>
        {
            Value::Array(merge_named(reader, base, over, key))
        }
        (_, over) => over,
    };
    Node { value, span }
}

fn merge_tables(reader: &Reader<'_>, mut base: Table, over: Table, key: &str) -> Table {
    if key == "pool" {
        change_kind(&mut base, &over);
    }
    for mut entry in over.entries {
        unsay(&mut base, &entry.key);
        if let Some(i) = base.entries.iter().position(|e| e.key == entry.key) {
            let old = base.entries[i].node.clone();
            entry.node = merge(reader, old, entry.node, &entry.key);
        }
        base.put(entry);
    }
    base
}

/// Tables with a name replace those of the same name key by key; others are added.
fn merge_named(reader: &Reader<'_>, mut base: Vec<Node>, over: Vec<Node>, key: &str) -> Vec<Node> {
    for node in over {
        let same = node
            .name()
            .and_then(|name| base.iter().position(|b| b.name() == Some(name)));
        match same {
            Some(i) => {
                let old = base[i].clone();
                base[i] = match (old.value, node.value) {
                    (Value::Table(b), Value::Table(o)) => Node {
                        value: Value::Table(merge_tables(reader, b, o, key)),
                        span: node.span,
                    },
                    (_, value) => Node {
                        value,
                        span: node.span,
                    },
                };
            }
            None if base.len() >= MOST_NAMED => {
                reader.problem(
                    node.span,
                    key,
                    format!("expected at most {MOST_NAMED} entries, found more"),
                    None,
                );
                break;
            }
            None => base.push(node),
        }
    }
    base
}

/// Removes what a key replaces although it has another name.
pub(super) fn unsay(table: &mut Table, key: &str) {
    for group in ALTERNATIVES.iter().filter(|g| g.contains(&key)) {
        table
            .entries
            .retain(|e| e.key == key || !group.contains(&e.key.as_str()));
    }
    if key == "logons" {
        table
            .entries
            .retain(|e| e.key != "logon_rate" && e.key != "slots");
    }
}

/// A pool that becomes one of another kind loses the keys that the new kind does not know.
fn change_kind(base: &mut Table, over: &Table) {
    let gig = |t: &Table| {
        t.get("kind")
            .map(|n| n.value == Value::String("gig".to_owned()))
    };
    if let (Some(before), Some(after)) = (gig(base), gig(over))
        && before != after
    {
        let foreign: &[&str] = if after {
            &super::pools::STAFFED_KEYS
        } else {
            &super::gig::KEYS
        };
        base.entries.retain(|e| !foreign.contains(&e.key.as_str()));
    }
}

#[cfg(test)]
mod tests {
    use super::super::files::InMemory;
    use super::*;

    fn merged(base: &str, over: &str) -> Table {
        let files = InMemory::new()
            .with("d/base.toml", base)
            .with("d/a.toml", format!("extends = \"base.toml\"\n{over}"));
        let reader = Reader::new(&files);
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
        let reader = Reader::new(&files);
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
        let reader = Reader::new(&files);
        assert!(load(&reader, Path::new("0.toml")).is_none());
        assert!(
            reader
                .into_problems()
                .render(false)
                .contains("at most 16 scenarios")
        );
    }
}
