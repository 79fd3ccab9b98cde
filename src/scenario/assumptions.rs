//! What a scenario says, value by value, with the comment that says where the value comes from.

use super::text::comments::{Comments, behind, paragraphs};
use super::text::{Node, Reader, Span, Table, Value, dotted};
use std::collections::BTreeMap;
use std::path::PathBuf;

/// A value of a scenario with its source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assumption {
    /// Key, with names in place of numbers: `topic.merchant dispute.share`, `timeline[2024-02-01].set.ai.human_access`.
    pub key: String,
    /// The value as it is written; empty where a comment is about a whole section.
    pub value: String,
    /// The comment that belongs to it (see `scenarios/FORMAT.md`), and what the key `source` of its table or the `note` of its change
    /// says; empty when there is nothing.
    pub comment: String,
    /// The file that says it, or `--set`.
    pub file: PathBuf,
    /// Line in that file, from 1.
    pub line: usize,
}

/// Every value of the tree, in its order, with its comment.
pub(super) fn assumptions(reader: &Reader<'_>, root: &Node) -> Vec<Assumption> {
    let mut walk = Walk {
        reader,
        comments: BTreeMap::new(),
        out: Vec::new(),
    };
    if let Some(table) = root.table() {
        walk.table(table, "", None);
    }
    walk.out
}

/// The comment with which a text opens, a line per paragraph: one begins after a blank line, and with a word and a colon.
pub(super) fn opening(text: &str) -> String {
    let lines = text.lines().map_while(|l| l.strip_prefix('#'));
    let word = |line: &str| {
        let word = line.trim().split_once(':').map_or("", |(word, _)| word);
        let is_word = !word.is_empty() && word.chars().all(char::is_alphabetic);
        Vec::from_iter(is_word.then(|| word.to_owned()))
    };
    let paragraphs = paragraphs(lines, word).into_iter().map(|p| p.text);
    paragraphs.collect::<Vec<_>>().join("\n")
}

/// A source that a table gives, for what is written in the same file.
type Source<'a> = Option<&'a (String, Span)>;

/// The way through the tree.
struct Walk<'r, 'f> {
    reader: &'r Reader<'f>,
    /// By file.
    comments: BTreeMap<usize, Comments>,
    out: Vec<Assumption>,
}

impl Walk<'_, '_> {
    fn comments(&mut self, file: usize) -> &Comments {
        let read = || Comments::of(&self.reader.source(file).text);
        self.comments.entry(file).or_insert_with(read)
    }

    fn table(&mut self, table: &Table, path: &str, outer: Source<'_>) {
        let source = table.source.as_ref().or(outer);
        for entry in &table.entries {
            let key = dotted(path, &entry.key);
            self.visit(&entry.node, (&entry.key, entry.span), &key, source);
        }
    }

    fn visit(&mut self, node: &Node, key: (&str, Span), path: &str, outer: Source<'_>) {
        match &node.value {
            Value::Table(t) if !is_one_value(self.reader, node, t) => {
                self.section(node.span, path);
                let note = note(t);
                self.table(t, path, note.as_ref().or(outer));
            }
            Value::Array(items) if items.iter().any(|i| is_section(self.reader, i)) => {
                for (i, item) in items.iter().enumerate() {
                    let name = item.name().map(str::to_owned);
                    let at = item.table().and_then(|t| t.get("at"));
                    let path = match (name, at) {
                        (Some(name), _) => format!("{path}.{name}"),
                        (None, Some(at)) => format!("{path}[{}]", self.reader.written(at.span)),
                        (None, None) => format!("{path}[{}]", i + 1),
                    };
                    self.visit(item, ("", item.span), &path, outer);
                }
            }
            // The names by which all keys go say nothing new.
            Value::String(_) if path.ends_with(".name") => {}
            _ => self.value(node, key, path, outer),
        }
    }

    fn value(&mut self, node: &Node, (key, span): (&str, Span), path: &str, outer: Source<'_>) {
        let source = self.reader.source(node.span.file);
        let (line, _, _) = source.place(&(span.start..span.end));
        let table = node.table();
        let inner = table.iter().flat_map(|t| &t.entries);
        let inner: Vec<&str> = inner.map(|e| e.key.as_str()).collect();
        let comment = behind(&source.text, node.span.end).unwrap_or_else(|| {
            let comments = self.comments(span.file);
            comments.of_value(key, &inner, span.start)
        });
        let given = table.and_then(|t| t.source.as_ref()).or(outer);
        // What another file or a setting replaces is not what the source says.
        let given = given.filter(|(_, at)| at.file == node.span.file && *at != node.span);
        let comment = match given {
            Some((text, _)) if comment.is_empty() => text.clone(),
            Some((text, _)) => format!("{comment} ({text})"),
            None => comment,
        };
        self.out.push(Assumption {
            key: path.to_owned(),
            value: one_line(&self.reader.written(node.span)),
            comment: match source.settings {
                true => "set on the command line".into(),
                false => comment,
            },
            file: source.path.clone(),
            line,
        });
    }

    /// A row for the comment above a header such as `[[topic]]`.
    fn section(&mut self, header: Span, path: &str) {
        let source = self.reader.source(header.file);
        let begins = source.text.get(header.start..);
        if !begins.is_some_and(|t| t.starts_with('[')) {
            return;
        }
        let comment = self.comments(header.file).of_header(header.start);
        if !comment.is_empty() {
            self.out.push(Assumption {
                key: path.to_owned(),
                value: String::new(),
                comment,
                file: source.path.clone(),
                line: source.place(&(header.start..header.end)).0,
            });
        }
    }
}

/// What a change of the timeline says of itself, which is the source of what it sets.
fn note(change: &Table) -> Option<(String, Span)> {
    change.get("set")?;
    let note = change.get("note")?;
    match &note.value {
        Value::String(text) if change.source.is_none() => Some((text.clone(), note.span)),
        _ => None,
    }
}

/// Whether an item of a list is a section of its own, as `[[pool]]` is, rather than part of a value.
fn is_section(reader: &Reader<'_>, item: &Node) -> bool {
    item.table().is_some_and(|t| {
        item.name().is_some() || !is_one_value(reader, item, t) || t.get("set").is_some()
    })
}

/// Whether a table is written in braces, as a whole, in one place: nothing of it comes from another file or a setting.
fn is_one_value(reader: &Reader<'_>, node: &Node, table: &Table) -> bool {
    let within =
        |s: Span| s.file == node.span.file && s.start >= node.span.start && s.end <= node.span.end;
    reader.written(node.span).starts_with('{')
        && table.entries.iter().all(|e| within(e.node.span))
        && table.get("name").is_none()
}

/// A value that is written over several lines, on one.
fn one_line(text: &str) -> String {
    let lines = text.lines().map(|line| {
        let bare = match behind(line, 0) {
            Some(_) => line.rsplit_once('#').map_or(line, |(code, _)| code),
            None => line,
        };
        bare.split_whitespace().collect::<Vec<_>>().join(" ")
    });
    lines.collect::<Vec<_>>().join(" ").trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::keys::DECLARED;
    use crate::scenario::text::files::InMemory;
    use crate::scenario::text::merge;
    use crate::scenario::text::problem;
    use crate::scenario::text::settings;
    use std::path::Path;

    #[test]
    fn values_with_their_sources() {
        let base = "# Question: what?\n# Expect:   nothing,\n#           or more\n\nseed = 1   # any\n\n\
            # from the planner\n\n[demand]\nrate = \"1 / h\"\nweekday = { mon = 2.0, tue = 3.0 } # counted\n\n\
            [[pool]]\nname = \"a\"\n# the vendor's mail\nagents = 5\nspeed = [ 1.0, # one\n  0.9 ] # two\n";
        let over = "extends = \"b.toml\"\n[demand]\nweekday = { tue = 1.5 } # of \"today\"\n[[timeline]]\nat = 2025-01-01\n\
            set.pool.a.agents = 7 # '#' 1\n";
        let files = InMemory::new().with("b.toml", base).with("o.toml", over);
        let reader = Reader::new(&files, &DECLARED);
        let mut root = merge::load(&reader, Path::new("o.toml")).unwrap();
        settings::apply(&reader, &mut root, &["seed=2".to_owned()], problem::FLAG);
        let found = assumptions(&reader, &root);
        let rows: Vec<String> = found
            .iter()
            .map(|a| {
                let file = a.file.display();
                format!(
                    "{} = {} # {} ({file}:{})",
                    a.key, a.value, a.comment, a.line
                )
            })
            .collect();
        assert_eq!(
            rows,
            [
                "seed = 2 # set on the command line (--set:1)",
                "demand.rate = \"1 / h\" # from the planner (b.toml:10)",
                "demand.weekday.mon = 2.0 # counted (b.toml:11)",
                "demand.weekday.tue = 1.5 # of \"today\" (o.toml:3)",
                "pool.a.agents = 5 # the vendor's mail (b.toml:16)",
                "pool.a.speed = [ 1.0, 0.9 ] # two (b.toml:17)",
                "timeline[2025-01-01].at = 2025-01-01 #  (o.toml:5)",
                "timeline[2025-01-01].set.pool.a.agents = 7 # '#' 1 (o.toml:6)",
            ]
        );
        assert_eq!(opening(base), "Question: what?\nExpect:   nothing, or more");
    }

    #[test]
    fn sources_are_those_of_the_tables() {
        let base = "source = \"the plan\"\nhorizon = \"1 day\"\n[demand]\nsource = \"log 2024\"\ndaily_volume = 9 # counted\n\
            interval_cv = 0.1\n[[topic]]\nname = \"a\"\nwork = { exponential = \"5 min\", source = \"Brown 2005\" }\n";
        let over = "extends = \"b.toml\"\n[demand]\ninterval_cv = 0.2\n";
        let files = InMemory::new().with("b.toml", base).with("o.toml", over);
        let reader = Reader::new(&files, &DECLARED);
        let mut root = merge::load(&reader, Path::new("o.toml")).unwrap();
        root.take_sources(DECLARED.named());
        let found = assumptions(&reader, &root);
        let said: Vec<(&str, &str)> = found
            .iter()
            .map(|a| (a.key.as_str(), a.comment.as_str()))
            .collect();
        assert_eq!(
            said,
            [
                ("horizon", "the plan"),
                ("demand.daily_volume", "counted (log 2024)"),
                ("demand.interval_cv", ""),
                ("topic.a.work", "Brown 2005"),
            ]
        );
    }
}
