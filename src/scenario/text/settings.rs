//! Settings of the command line: `--set KEY=VALUE` puts a value into the tree.

use super::declared::{Keys, Kind};
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
    let lines: Vec<String> = settings
        .iter()
        .take(MOST)
        .map(|s| s.replace(['\n', '\r'], " "))
        .collect();
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
    let whole = Span::new(file, at..at + line.len());
    if line.len() > LONGEST {
        reader.problem(
            whole,
            "",
            "expected a setting of at most 1 MB".to_owned(),
            None,
        );
        return;
    }
    if let Some((i, c)) = text::hidden(line).next() {
        let place = Span::new(file, at + i..at + i + c.len_utf8());
        return hidden::report(reader, place, "", c);
    }
    let Some((path, value_at)) = split(line, file, at) else {
        let message = format!("expected KEY=VALUE, found {}", quoted(line));
        let help = "write for example --set pool.gig.members=200".to_owned();
        reader.problem(whole, "", message, Some(help));
        return;
    };
    let text = line[value_at..].trim();
    let value_at = at + value_at + (line[value_at..].len() - line[value_at..].trim_start().len());
    let key = path
        .iter()
        .map(|s| s.text.as_str())
        .collect::<Vec<_>>()
        .join(".");
    if key == "extends" {
        reader.problem(
            whole,
            &key,
            "cannot be set, expected it in the file".to_owned(),
            None,
        );
        return;
    }
    let value = match tree::parse_value(text, file, value_at) {
        Ok(node) => node,
        // What opens as TOML was meant as TOML; anything else is a plain word such as `11 min` or `always`.
        Err(_) if text.is_empty() => {
            let message = "expected a value after `=`, found none".to_owned();
            reader.problem(Span::new(file, value_at..value_at), &key, message, None);
            return;
        }
        Err(fault) if text.starts_with(['[', '{', '"', '\'']) => {
            let message = format!(
                "expected a value, found {}: {}",
                quoted(text),
                fault.message
            );
            reader.problem(
                Span::new(file, value_at..value_at + text.len()),
                &key,
                message,
                None,
            );
            return;
        }
        Err(_) => Node {
            value: Value::String(text.to_owned()),
            span: Span::new(file, value_at..value_at + text.len()),
        },
    };
    hidden::check_value(reader, &value, &key);
    if let Value::Table(table) = &mut root.value {
        let keys = Some(reader.declared.table("root"));
        put(reader, table, keys, &path, value, "");
    }
}

/// The parts of the key, and the byte after the equals sign.
fn split(line: &str, file: usize, at: usize) -> Option<(Vec<Segment>, usize)> {
    let mut parts = Vec::new();
    let mut rest = 0;
    loop {
        let start = rest + (line[rest..].len() - line[rest..].trim_start().len());
        let quote = line[start..]
            .chars()
            .next()
            .filter(|c| matches!(c, '"' | '\''));
        let (text, end) = match quote {
            Some(q) => {
                let length = line[start + 1..].find(q)?;
                (
                    line[start + 1..start + 1 + length].to_owned(),
                    start + length + 2,
                )
            }
            None => {
                let length = line[start..].find(['.', '='])?;
                (
                    line[start..start + length].trim_end().to_owned(),
                    start + length,
                )
            }
        };
        if text.is_empty() {
            return None;
        }
        parts.push(Segment {
            text,
            span: Span::new(file, at + start..at + end),
        });
        let next = end + (line[end..].len() - line[end..].trim_start().len());
        match line[next..].chars().next()? {
            '.' => rest = next + 1,
            '=' => return Some((parts, next + 1)),
            _ => return None,
        }
        if parts.len() > 50 {
            return None;
        }
    }
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
    let parts = split(&format!("{key}="), span.file, 0);
    let (Some((mut parts, _)), Value::Table(table)) = (parts, &mut root.value) else {
        let message = "expected a key such as pool.gig.members".to_owned();
        reader.problem(span, &join(path, key), message, None);
        return;
    };
    parts.iter_mut().for_each(|part| part.span = span);
    let keys = Some(reader.declared.table("root"));
    put(reader, table, keys, &parts, value, "");
}

/// Puts a value into a table with known or unknown keys.
fn put(
    reader: &Reader<'_>,
    table: &mut Table,
    keys: Option<&Keys>,
    path: &[Segment],
    value: Node,
    done: &str,
) {
    let Some((first, rest)) = path.split_first() else {
        return;
    };
    let here = join(done, &first.text);
    // Whoever sets a parameter of a distribution means that distribution.
    if let Some(keys) = keys {
        replace_others(table, keys, &first.text);
    }
    if rest.is_empty() {
        table.put(Entry {
            key: first.text.clone(),
            span: first.span,
            node: value,
        });
        return;
    }
    let declared = keys.and_then(|keys| keys.key(&first.text));
    if declared.is_some_and(|key| key.named) && table.get(&first.text).is_none() {
        let message = format!("expected a [[{here}]] in the file, found none");
        reader.problem(first.span, &here, message, None);
        return;
    }
    if table.get(&first.text).is_none() {
        let node = Node {
            value: Value::Table(Table::default()),
            span: first.span,
        };
        table.entries.push(Entry {
            key: first.text.clone(),
            span: first.span,
            node,
        });
    }
    let Some(node) = table.get_mut(&first.text) else {
        return;
    };
    let kind = keys.and_then(|keys| keys.kind(&first.text));
    let next = Some(rest[0].text.as_str());
    let inner_keys = kind.and_then(|kind| reader.declared.keys_of(kind, next));
    match &mut node.value {
        Value::Table(inner) => put(reader, inner, inner_keys, rest, value, &here),
        Value::Array(items) => {
            put_in_list(reader, items, item_keys(reader, kind), rest, value, &here)
        }
        // A plain value such as "90 s" gives way to the table that the setting speaks of.
        other => {
            let mut inner = Table::default();
            put(reader, &mut inner, inner_keys, rest, value, &here);
            *other = Value::Table(inner);
            node.span = first.span;
        }
    }
}

/// The keys of the entries of a list.
fn item_keys<'r>(reader: &'r Reader<'_>, kind: Option<&'r Kind>) -> Option<&'r Keys> {
    let kinds = reader.declared.kinds(kind?);
    kinds.into_iter().find_map(|kind| match kind {
        Kind::List { of, .. } => reader.declared.keys_of(of, None),
        _ => None,
    })
}

/// A part of a list: by the name of the entry, which may itself contain dots, or by its number from 1.
fn put_in_list(
    reader: &Reader<'_>,
    items: &mut [Node],
    keys: Option<&Keys>,
    path: &[Segment],
    value: Node,
    done: &str,
) {
    for used in (1..path.len()).rev() {
        let name = path[..used]
            .iter()
            .map(|s| s.text.as_str())
            .collect::<Vec<_>>()
            .join(".");
        if let Some(i) = items.iter().position(|n| n.name() == Some(&name)) {
            let here = join(done, &name);
            return put_in_item(reader, &mut items[i], keys, &path[used..], value, &here);
        }
    }
    let Some(first) = path.first() else { return };
    let named = items.iter().any(|n| n.name().is_some());
    if let Some(i) = first
        .text
        .parse::<usize>()
        .ok()
        .filter(|i| (1..=items.len()).contains(i) && !named)
    {
        let here = format!("{done} #{i}");
        return put_in_item(reader, &mut items[i - 1], keys, &path[1..], value, &here);
    }
    let known = || items.iter().filter_map(Node::name);
    let whole = path.len() == 1 && known().any(|k| k == first.text);
    let message = if whole {
        format!(
            "expected a key of the {done}, such as {done}.{}.KEY=VALUE",
            first.text.escape_debug()
        )
    } else if known().next().is_none() {
        format!(
            "expected the number of an entry (1 to {}), found {}",
            items.len(),
            quoted(&first.text)
        )
    } else {
        format!(
            "expected the name of a {done}, found {}",
            quoted(&first.text)
        )
    };
    let all = || {
        known()
            .next()
            .map(|_| format!("the {done}s are {}", listed(known(), "and")))
    };
    let help = if whole {
        None
    } else {
        did_you_mean(&first.text, known()).or_else(all)
    };
    reader.problem(first.span, &join(done, &first.text), message, help);
}

fn put_in_item(
    reader: &Reader<'_>,
    item: &mut Node,
    keys: Option<&Keys>,
    path: &[Segment],
    value: Node,
    done: &str,
) {
    match (&mut item.value, path.is_empty()) {
        (Value::Table(table), false) => put(reader, table, keys, path, value, done),
        (_, true) => *item = value,
        (Value::Array(items), false) => put_in_list(reader, items, None, path, value, done),
        (_, false) => {
            let span = path[0].span;
            reader.problem(
                span,
                done,
                "expected a table to set a key in, found a plain value".to_owned(),
                None,
            );
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
