//! The JSON Schema (draft 7) of a scenario file, for editors, made of the declarations.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use toml::Value;

use super::DECLARED;
use crate::scenario::text::{Key, Keys, Kind, Range};

/// Lines of the schema are no longer than this where they can be broken.
const WIDTH: usize = 150;

/// JSON Schema (draft 7) of a scenario file, for editors: every key with its meaning, range and default. What it refuses is
/// refused by [`load`](crate::scenario::load) as well; of what several keys must be together it knows a part only.
pub fn schema() -> String {
    let root = DECLARED.table("root");
    let mut whole = vec![
        ("$schema", text("http://json-schema.org/draft-07/schema#")),
        ("title", text("Scenario of handover")),
    ];
    let table = entries(table(root, false));
    whole.extend(table.iter().map(|(k, v)| (k.as_str(), v.clone())));
    whole.extend([
        ("if", object([("required", list(["extends"].map(text)))])),
        ("then", Value::Boolean(true)),
        ("else", complete(root).unwrap_or(Value::Boolean(true))),
        ("definitions", definitions()),
    ]);
    let mut out = String::new();
    write(&object(whole), 0, 0, &mut out);
    out.push('\n');
    out
}

fn text(text: &str) -> Value {
    Value::String(text.to_owned())
}

fn list(items: impl IntoIterator<Item = Value>) -> Value {
    Value::Array(items.into_iter().collect())
}

fn object<'k>(entries: impl IntoIterator<Item = (&'k str, Value)>) -> Value {
    let entries = entries.into_iter();
    Value::Table(entries.map(|(k, v)| (k.to_owned(), v)).collect())
}

fn entries(value: Value) -> toml::Table {
    match value {
        Value::Table(table) => table,
        _ => toml::Table::new(),
    }
}

fn reference(to: &str) -> Value {
    object([("$ref", text(&format!("#/definitions/{to}")))])
}

fn required<'k>(keys: impl IntoIterator<Item = &'k str>) -> Value {
    object([("required", list(keys.into_iter().map(text)))])
}

/// An entry that is a list, if there is something in it.
fn some_list(name: &'static str, items: Vec<Value>) -> Option<(&'static str, Value)> {
    (!items.is_empty()).then(|| (name, Value::Array(items)))
}

/// The keys that a table must have: all of them, or its name alone.
fn must(keys: &Keys, all: bool) -> Option<(&'static str, Value)> {
    let keys = keys.keys.iter();
    let must = keys.filter(|k| k.is_required() && (all || k.name == "name"));
    some_list("required", must.map(|k| text(&k.name)).collect())
}

fn raw(json: &str) -> Value {
    serde_json::from_str(json).expect("a test writes the schema")
}

fn definitions() -> Value {
    let fixed = include_str!("definitions.toml");
    let mut all: toml::Table = fixed.parse().expect("a test writes the schema");
    let merged = merged();
    for keys in DECLARED.0.values().filter(|k| k.id != "root") {
        let mut value = table(keys, !merged.contains(&keys.id));
        if !keys.instead.is_empty() {
            let kinds = keys.instead.iter().map(kind).chain([value]);
            let union = [("description", text(&keys.meaning)), ("anyOf", list(kinds))];
            let examples = some_list("examples", keys.examples.clone());
            value = object(union.into_iter().chain(examples));
        }
        all.insert(keys.id.clone(), value);
    }
    Value::Table(all)
}

/// The tables that a file which extends another one changes key by key: what they must have may stand in the other file.
fn merged() -> BTreeSet<String> {
    let all = DECLARED.0.values().flat_map(|table| &table.keys);
    let below = all.filter_map(|key| DECLARED.merged(key).or(named(key)));
    below.map(|keys| keys.id.clone()).collect()
}

/// The keys of the entries of a list that are known by name.
fn named(key: &'static Key) -> Option<&'static Keys> {
    DECLARED.item_keys(&key.is).filter(|_| key.named)
}

/// A table; `whole`: all that it must have stands in it.
fn table(keys: &Keys, whole: bool) -> Value {
    let mut properties = toml::Table::new();
    let others = keys.others.as_ref();
    let of_any_name = others.filter(|others| others.pattern.is_none());
    if of_any_name.is_none() {
        properties.insert("source".to_owned(), reference("source"));
    }
    for key in &keys.keys {
        properties.insert(key.name.clone(), property(key));
    }
    let additional = of_any_name.map_or(Value::Boolean(false), |others| kind(&others.is));
    let mut out = vec![
        ("description", text(&keys.meaning)),
        ("type", text("object")),
        ("additionalProperties", additional),
        ("properties", Value::Table(properties)),
    ];
    if let Some((others, pattern)) = others.and_then(|o| Some((o, o.pattern.as_ref()?))) {
        let described = [("description", text(&others.meaning))];
        let mut value = entries(object(described));
        value.extend(entries(kind(&others.is)));
        out.push((
            "patternProperties",
            object([(pattern.as_str(), Value::Table(value))]),
        ));
    }
    out.extend(must(keys, whole));
    let forms = keys.forms.iter().map(|form| one_form(keys, form));
    out.extend(some_list("oneOf", forms.collect()));
    let rules = exclusions(keys).into_iter().chain(by_kind(keys));
    let rules = rules.chain(keys.schema.as_deref().map(raw));
    out.extend(some_list("allOf", rules.collect()));
    object(out)
}

/// The keys of a form, and none of those of the other forms.
fn one_form(keys: &Keys, form: &[String]) -> Value {
    let mut out = entries(required(form.iter().map(String::as_str)));
    let all = keys.forms.iter().flatten();
    let others: BTreeSet<&String> = all.filter(|k| !form.contains(k)).collect();
    if !others.is_empty() {
        let none = others.iter().map(|k| (k.as_str(), Value::Boolean(false)));
        out.insert("properties".to_owned(), object(none));
    }
    Value::Table(out)
}

/// Keys that cannot stand beside one another.
fn exclusions(keys: &Keys) -> Option<Value> {
    let mut pairs = BTreeSet::new();
    for key in &keys.keys {
        let name = &key.name;
        let groups = keys.alternatives.iter().filter(|g| g.contains(name));
        for other in groups.flatten().chain(&key.replaces).filter(|o| *o != name) {
            pairs.insert([name.as_str().min(other), name.as_str().max(other)]);
        }
    }
    let pairs = pairs.iter().map(|pair| required(*pair));
    let any = some_list("anyOf", pairs.collect())?;
    Some(object([("not", object([any]))]))
}

/// The keys that a table of some kind does not have, its own and those of the tables in it.
fn by_kind(keys: &Keys) -> Vec<Value> {
    let rule = |(word, own): (&String, &Vec<String>)| {
        let foreign = |key: &Key| key.only.as_ref().is_some_and(|only| !own.contains(only));
        let no = |key: &Key| (key.name.clone(), Value::Boolean(false));
        let mut properties = toml::Table::new();
        for key in &keys.keys {
            let inner = DECLARED
                .keys_of(&key.is, None)
                .into_iter()
                .flat_map(|k| &k.keys);
            let inner: toml::Table = inner.filter(|k| foreign(k)).map(no).collect();
            if foreign(key) {
                properties.extend([no(key)]);
            } else if !inner.is_empty() {
                let inner = object([("properties", Value::Table(inner))]);
                properties.insert(key.name.clone(), inner);
            }
        }
        let is = object([("kind", object([("const", text(word))]))]);
        let when = object([("properties", is), ("required", list([text("kind")]))]);
        object([
            ("if", when),
            ("then", object([("properties", Value::Table(properties))])),
        ])
    };
    keys.kinds.iter().map(rule).collect()
}

/// What a scenario that extends no other one must have, in the table and the tables in it.
fn complete(keys: &'static Keys) -> Option<Value> {
    let mut properties = toml::Table::new();
    for key in &keys.keys {
        let below = DECLARED.merged(key).and_then(complete);
        let items = named(key)
            .and_then(complete)
            .map(|items| object([("items", items)]));
        if let Some(must) = below.or(items) {
            properties.insert(key.name.clone(), must);
        }
    }
    let mut out = Vec::from_iter(must(keys, true));
    if !properties.is_empty() {
        out.push(("properties", Value::Table(properties)));
    }
    let rule = keys.complete.as_deref().map(raw);
    out.extend(some_list("allOf", Vec::from_iter(rule)));
    (!out.is_empty()).then(|| object(out))
}

/// A key with its meaning, default and example.
fn property(key: &Key) -> Value {
    let meaning = match &key.otherwise {
        Some(otherwise) => format!("{} Default: {otherwise}.", key.meaning),
        None => key.meaning.clone(),
    };
    let mut out = entries(object([("description", text(&meaning))]));
    let value = entries(kind(&key.is));
    if value.contains_key("$ref") {
        out.insert("allOf".to_owned(), list([Value::Table(value)]));
    } else {
        out.extend(value);
    }
    if let Some(default) = &key.default {
        out.insert("default".to_owned(), default.clone());
    }
    if let Some(example) = &key.example {
        out.insert("examples".to_owned(), list([example.clone()]));
    }
    Value::Table(out)
}

fn number(of: &str, range: &Range) -> Value {
    let bounds = [
        ("minimum", range.from),
        ("exclusiveMinimum", range.above),
        ("maximum", range.to),
        ("exclusiveMaximum", range.below),
    ];
    let bounds = bounds
        .into_iter()
        .filter_map(|(key, at)| Some((key, figure(at?))));
    object([("type", text(of))].into_iter().chain(bounds))
}

/// A number without a point where it is whole.
fn figure(x: f64) -> Value {
    if x.fract() == 0.0 {
        Value::Integer(x as i64)
    } else {
        Value::Float(x)
    }
}

fn kind(kind: &Kind) -> Value {
    let any = |kinds: Vec<Value>| object([("anyOf", Value::Array(kinds))]);
    match kind {
        Kind::Whole(low, high) => object([
            ("type", text("integer")),
            ("minimum", Value::Integer(*low)),
            ("maximum", Value::Integer(*high)),
        ]),
        Kind::Share | Kind::ShareIn(_) | Kind::Probability | Kind::ProbabilityIn(_) => {
            let (range, _) = kind.range().unwrap_or_default();
            let range = Range {
                from: range.from.or(range.above.is_none().then_some(0.0)),
                to: range.to.or(range.below.is_none().then_some(1.0)),
                ..range
            };
            any(vec![
                number("number", &range),
                self::kind(&Kind::Percentage),
            ])
        }
        Kind::Number(_) | Kind::Factor | Kind::Money => {
            number("number", &kind.range().unwrap_or_default().0)
        }
        Kind::TextOf(_) => self::kind(&Kind::Text),
        Kind::Word(words) => object([("enum", list(words.iter().map(|w| text(w))))]),
        Kind::Names(_) => reference("names"),
        Kind::Pattern(_) => reference("pattern"),
        Kind::Table(id) => reference(id),
        Kind::List {
            of, least, most, ..
        } => {
            let mut out = vec![("type", text("array")), ("items", self::kind(of))];
            if *least > 0 {
                out.push(("minItems", Value::Integer(*least as i64)));
            }
            out.push(("maxItems", Value::Integer(*most as i64)));
            object(out)
        }
        Kind::Any(kinds) => any(kinds.iter().map(self::kind).collect()),
        Kind::Settings(_) => object([("type", text("object"))]),
        plain => plain
            .plain()
            .map_or(Value::Boolean(true), |p| p.schema.clone()),
    }
}

/// Writes JSON: what fits on a line in one, all else an entry a line. `used` is how much of the line is taken.
fn write(value: &Value, depth: usize, used: usize, out: &mut String) {
    let flat = flat(value);
    let (open, close, entries): (_, _, Vec<(String, &Value)>) = match value {
        Value::Table(table) if depth == 0 || used + flat.len() > WIDTH => {
            let named = table.iter().map(|(k, v)| (format!("{}: ", json(k)), v));
            ('{', '}', named.collect())
        }
        Value::Array(items) if used + flat.len() > WIDTH => {
            ('[', ']', items.iter().map(|v| (String::new(), v)).collect())
        }
        _ => return out.push_str(&flat),
    };
    out.push(open);
    let indent = 2 * (depth + 1);
    let last = entries.len();
    for (i, (key, value)) in entries.into_iter().enumerate() {
        let _ = write!(out, "\n{:indent$}{key}", "");
        write(value, depth + 1, indent + key.chars().count() + 1, out);
        if i + 1 < last {
            out.push(',');
        }
    }
    let _ = write!(out, "\n{:1$}{close}", "", 2 * depth);
}

fn flat(value: &Value) -> String {
    match value {
        Value::Table(table) => {
            let entries: Vec<String> = table
                .iter()
                .map(|(k, v)| format!("{}: {}", json(k), flat(v)))
                .collect();
            format!("{{{}}}", entries.join(", "))
        }
        Value::Array(items) => format!(
            "[{}]",
            items.iter().map(flat).collect::<Vec<_>>().join(", ")
        ),
        Value::Datetime(d) => json(&d.to_string()),
        Value::String(s) => json(s),
        other => other.to_string(),
    }
}

fn json(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
