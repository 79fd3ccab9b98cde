//! Settings of the command line: `--set KEY=VALUE` puts a value into the tree.

use std::ops::Range;

use super::declared::Keys;
use super::hidden;
use super::merge::replace_others;
use super::problem::{did_you_mean, join, listed, quoted};
use super::reader::Reader;
use super::tree::{self, Entry, Node, Span, Table, Value};
use crate::text;

/// Most settings of one load, and the longest of them in bytes.
const MOST: usize = 10_000;
const LONGEST: usize = 1_000_000;

/// A part of a key with its place in the text.
struct Segment {
    text: String,
    span: Span,
}

/// Puts all settings into the tree, in order; `name` is what they are called in messages.
pub(crate) fn apply(reader: &Reader<'_>, root: &mut Node, settings: &[String], name: &str) {
    if settings.is_empty() {
        return;
    }
    // A setting is one line of the pseudo-file: a line break inside it is shown as a space.
    let lines = settings.iter().take(MOST);
    let lines: Vec<String> = lines.map(|s| s.replace(['\n', '\r'], " ")).collect();
    let file = reader.add_settings(name, lines.join("\n"));
    let mut at = 0;
    for line in &lines {
        apply_one(reader, root, line, file, at);
        at += line.len() + 1;
    }
    if settings.len() > MOST {
        let message = format!("expected at most {MOST} settings, found {}", settings.len());
        reader.problem(Span::new(file, 0..0), "", message, None);
    }
}

fn apply_one(reader: &Reader<'_>, root: &mut Node, line: &str, file: usize, at: usize) {
    let span = |bytes: Range<usize>| Span::new(file, at + bytes.start..at + bytes.end);
    let whole = span(0..line.len());
    if line.len() > LONGEST {
        return reader.problem(whole, "", "expected a setting of at most 1 MB", None);
    }
    if let Some((i, c)) = text::hidden(line).next() {
        return hidden::report(reader, span(i..i + c.len_utf8()), "", c);
    }
    let Some((path, text)) = split(line, span) else {
        let message = format!("expected KEY=VALUE, found {}", quoted(line));
        let help = "write for example --set pool.gig.members=200".to_owned();
        return reader.problem(whole, "", message, Some(help));
    };
    let key = joined(&path);
    if key == "extends" {
        return reader.problem(whole, &key, "cannot be set, expected it in the file", None);
    }
    let begin = line.len() - text.len();
    let text = text.trim_end();
    let place = span(begin..begin + text.len());
    let value = match tree::parse_value(text, file, place.start) {
        Ok(node) => node,
        // What opens as TOML was meant as TOML; anything else is a plain word such as `11 min` or `always`.
        Err(_) if text.is_empty() => {
            let message = "expected a value after `=`, found none";
            return reader.problem(place, &key, message, None);
        }
        Err(fault) if text.starts_with(['[', '{', '"', '\'']) => {
            let (found, why) = (quoted(text), fault.message);
            let message = format!("expected a value, found {found}: {why}");
            return reader.problem(place, &key, message, None);
        }
        Err(_) => Node::new(Value::String(text.to_owned()), place),
    };
    hidden::check_value(reader, &value, &key);
    Setting { reader, value }.put(root, &path);
}

/// The parts of the key, and what stands after the equals sign; `place` gives the place of bytes.
fn split(line: &str, place: impl Fn(Range<usize>) -> Span) -> Option<(Vec<Segment>, &str)> {
    const MOST: usize = 51;
    let mut parts = Vec::new();
    let mut rest = line.trim_start();
    loop {
        let (text, length) = match rest.chars().next()? {
            quote @ ('"' | '\'') => {
                let (text, _) = rest[1..].split_once(quote)?;
                (text, text.len() + 2)
            }
            _ => {
                let length = rest.find(['.', '='])?;
                (rest[..length].trim_end(), length)
            }
        };
        if text.is_empty() || parts.len() == MOST {
            return None;
        }
        let begin = line.len() - rest.len();
        let (text, span) = (text.to_owned(), place(begin..begin + length));
        parts.push(Segment { text, span });
        rest = rest[length..].trim_start();
        if let Some(value) = rest.strip_prefix('=') {
            return Some((parts, value.trim_start()));
        }
        rest = rest.strip_prefix('.')?.trim_start();
    }
}

/// The text of parts of a key.
fn joined(parts: &[Segment]) -> String {
    let texts: Vec<&str> = parts.iter().map(|s| s.text.as_str()).collect();
    texts.join(".")
}

/// Puts a value that stands at `span` in a file under a dotted `key`; `path` leads to it in messages.
pub(crate) fn put_at(
    reader: &Reader<'_>,
    root: &mut Node,
    key: &str,
    span: Span,
    value: Node,
    path: &str,
) {
    match split(&format!("{key}="), |_| span) {
        Some((parts, _)) => Setting { reader, value }.put(root, &parts),
        None => {
            let message = "expected a key such as pool.gig.members";
            reader.problem(span, &join(path, key), message, None);
        }
    }
}

/// A value on its way to its place. `keys` are those of a table on the way where it is declared, `path` is what is left of the way,
/// and `done` what lies behind, for messages.
struct Setting<'r, 'f> {
    reader: &'r Reader<'f>,
    value: Node,
}

impl Setting<'_, '_> {
    /// Puts the value into the tree.
    fn put(self, root: &mut Node, path: &[Segment]) {
        let keys = self.reader.declared.table("root");
        if let Value::Table(table) = &mut root.value {
            self.into_table(table, Some(keys), path, "");
        }
    }

    fn into_table(self, table: &mut Table, keys: Option<&Keys>, path: &[Segment], done: &str) {
        let Some((first, rest)) = path.split_first() else {
            return;
        };
        let (here, reader) = (join(done, &first.text), self.reader);
        // Whoever sets a parameter of a distribution means that distribution.
        if let Some(keys) = keys {
            replace_others(table, keys, &first.text);
        }
        let declared = keys.and_then(|keys| keys.key(&first.text));
        let is_list = declared.is_some_and(|key| key.named) && !rest.is_empty();
        if is_list && table.get(&first.text).is_none() {
            let message = format!("expected a [[{here}]] in the file, found none");
            return reader.problem(first.span, &here, message, None);
        }
        let empty = || Node::new(Value::Table(Table::default()), first.span);
        let entry = table.entry(&first.text, || Entry {
            key: first.text.clone(),
            span: first.span,
            node: empty(),
        });
        let Some(next) = rest.first() else {
            (entry.span, entry.node) = (first.span, self.value);
            return;
        };
        // A plain value such as "90 s" gives way to the table that the setting speaks of.
        if !matches!(entry.node.value, Value::Table(_) | Value::Array(_)) {
            entry.node = empty();
        }
        let kind = keys.and_then(|keys| keys.kind(&first.text));
        let inner = kind.and_then(|kind| match entry.node.value {
            Value::Array(_) => reader.declared.item_keys(kind),
            _ => reader.declared.keys_of(kind, Some(&next.text)),
        });
        self.into_node(&mut entry.node, inner, rest, &here);
    }

    /// A part of a list: by the name of the entry, which may itself contain dots, or by its number from 1.
    fn into_list(self, items: &mut [Node], keys: Option<&Keys>, path: &[Segment], done: &str) {
        let Some(first) = path.first() else { return };
        for used in (1..path.len()).rev() {
            let name = joined(&path[..used]);
            if let Some(item) = items.iter_mut().find(|n| n.name() == Some(&name)) {
                return self.into_node(item, keys, &path[used..], &join(done, &name));
            }
        }
        let is_named = items.iter().any(|n| n.name().is_some());
        let number = first.text.parse().ok().filter(|_| !is_named);
        let numbered = number.and_then(|i: usize| Some((i, items.get_mut(i.checked_sub(1)?)?)));
        if let Some((i, item)) = numbered {
            return self.into_node(item, keys, &path[1..], &format!("{done} #{i}"));
        }
        let known: Vec<&str> = items.iter().filter_map(Node::name).collect();
        let (text, found) = (first.text.as_str(), quoted(&first.text));
        let (message, help) = if path.len() == 1 && known.contains(&text) {
            let text = text.escape_debug();
            let key = format!("{done}.{text}.KEY=VALUE");
            (format!("expected a key of the {done}, such as {key}"), None)
        } else if known.is_empty() {
            let most = items.len();
            let message = format!("expected the number of an entry (1 to {most}), found {found}");
            (message, None)
        } else {
            let known = known.iter().copied();
            let all = || format!("the {done}s are {}", listed(known.clone(), "and"));
            let help = did_you_mean(text, known.clone()).unwrap_or_else(all);
            let message = format!("expected the name of a {done}, found {found}");
            (message, Some(help))
        };
        let here = join(done, text);
        self.reader.problem(first.span, &here, message, help);
    }

    /// A table, an entry of a list, or a list in one.
    fn into_node(self, node: &mut Node, keys: Option<&Keys>, path: &[Segment], done: &str) {
        let Some(first) = path.first() else {
            *node = self.value;
            return;
        };
        match &mut node.value {
            Value::Table(table) => self.into_table(table, keys, path, done),
            Value::Array(items) => self.into_list(items, keys, path, done),
            _ => {
                let message = "expected a table to set a key in, found a plain value";
                self.reader.problem(first.span, done, message, None);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::keys::DECLARED;
    use crate::scenario::text::files::InMemory;
    use crate::scenario::text::problem::FLAG;

    const BASE: &str = r#"
horizon = "1 week"
[[topic]]
name = "merchant dispute"
patience = "90 s"
work = { exponential = "5 min" }
route = [ { pools = ["gig"] }, { pools = ["x"] } ]
[[topic]]
name = "v1.2 issue"
[[pool]]
name = "gig"
members = 3
"#;

    fn with(settings: &[&str]) -> (Table, String) {
        let files = InMemory::new();
        let reader = Reader::new(&files, &DECLARED);
        let id = reader.add("a.toml".into(), BASE.to_owned());
        let mut root = Node {
            value: Value::Table(tree::parse(BASE, id).0),
            span: Span::new(id, 0..0),
        };
        apply(
            &reader,
            &mut root,
            &settings.iter().map(|s| (*s).to_owned()).collect::<Vec<_>>(),
            FLAG,
        );
        let table = root.table().unwrap().clone();
        (
            table,
            if reader.has_problems() {
                reader.into_problems().render(false)
            } else {
                String::new()
            },
        )
    }

    fn item<'t>(t: &'t Table, list: &str, i: usize) -> &'t Table {
        let Value::Array(items) = &t.get(list).unwrap().value else {
            panic!()
        };
        items[i].table().unwrap()
    }

    #[test]
    fn values_are_put_in_place() {
        let (t, problems) = with(&[
            "topic.merchant dispute.share=0.2",
            "topic.\"merchant dispute\".patience.exponential = 11 min",
            "topic.merchant dispute.work.lognormal={ mean = \"3 min\", cv = 1 }",
            "topic.v1.2 issue.balk=5%",
            "pool.gig.logons=6 / h",
            "ai.human_access=\"never\"",
            "topic.merchant dispute.route.2.after=30 s",
        ]);
        assert_eq!(problems, "");
        let topic = item(&t, "topic", 0);
        assert_eq!(topic.get("share").unwrap().value, Value::Float(0.2));
        let patience = topic.get("patience").unwrap().table().unwrap();
        assert_eq!(
            patience.get("exponential").unwrap().value,
            Value::String("11 min".into())
        );
        let work = topic.get("work").unwrap().table().unwrap();
        assert!(work.get("exponential").is_none() && work.get("lognormal").is_some());
        assert_eq!(
            item(&t, "topic", 1).get("balk").unwrap().value,
            Value::String("5%".into())
        );
        assert!(item(&t, "pool", 0).get("members").is_none());
        let ai = t.get("ai").unwrap().table().unwrap();
        assert_eq!(
            ai.get("human_access").unwrap().value,
            Value::String("never".into())
        );
        assert!(item(topic, "route", 1).get("after").is_some());
    }

    #[test]
    fn wrong_settings_are_refused() {
        let (_, text) = with(&[
            "pool.gigg.members=2",
            "topic.=3",
            "nothing",
            "seed=[1",
            "topic.gig=1",
            "extends=x",
        ]);
        for part in [
            "pool.gigg: expected the name of a pool, found \"gigg\"",
            "did you mean \"gig\"?",
            "expected KEY=VALUE, found \"topic.=3\"",
            "expected KEY=VALUE, found \"nothing\"",
            "seed: expected a value, found \"[1\"",
            "the topics are \"merchant dispute\" and \"v1.2 issue\"",
            "extends: cannot be set",
        ] {
            assert!(text.contains(part), "{part}\n{text}");
        }
    }
}
