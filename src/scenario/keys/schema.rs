//! The JSON Schema (draft 7) of a scenario file, for editors, made of the declarations.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::DECLARED;
use crate::scenario::text::{Key, Keys, Kind, Range};

/// Lines of the schema are no longer than this where they can be broken.
const WIDTH: usize = 150;

/// JSON Schema (draft 7) of a scenario file, for editors: every key with its meaning, range and default. What it refuses is
/// refused by [`load`](crate::scenario::load) as well; of what several keys must be together it knows a part only.
pub fn schema() -> String {
    let root = DECLARED.table("root");
    let mut whole = json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "Scenario of handover",
    });
    extend(&mut whole, table(root, false));
    whole["if"] = json!({"required": ["extends"]});
    whole["then"] = json!(true);
    whole["else"] = complete(root).unwrap_or(json!(true));
    whole["definitions"] = definitions();
    written(&whole, 0, 0) + "\n"
}

/// Adds the entries of one object to those of another.
fn extend(object: &mut Value, with: Value) {
    if let (Value::Object(object), Value::Object(with)) = (object, with) {
        object.extend(with);
    }
}

/// Adds a list to an object, if there is something in it.
fn put(object: &mut Value, name: &str, items: impl IntoIterator<Item = Value>) {
    let items: Vec<Value> = items.into_iter().collect();
    if !items.is_empty() {
        object[name] = items.into();
    }
}

fn reference(to: &str) -> Value {
    json!({"$ref": format!("#/definitions/{to}")})
}

/// The keys that a table must have: all of them, or its name alone.
fn must(keys: &Keys, all: bool) -> impl Iterator<Item = Value> {
    let keys = keys.keys.iter();
    let must = keys.filter(move |k| k.is_required() && (all || k.name == "name"));
    must.map(|k| json!(k.name))
}

fn raw(json: &str) -> Value {
    serde_json::from_str(json).expect("a test writes the schema")
}

/// A value of a declaration; dates are text.
fn plain(value: &toml::Value) -> Value {
    match value {
        toml::Value::Datetime(d) => json!(d.to_string()),
        toml::Value::Array(items) => items.iter().map(plain).collect(),
        toml::Value::Table(table) => table.iter().map(|(k, v)| (k.clone(), plain(v))).collect(),
        other => json!(other),
    }
}

fn definitions() -> Value {
    let fixed = include_str!("definitions.toml");
    let mut all: Value = toml::from_str(fixed).expect("a test writes the schema");
    let merged = merged();
    for keys in DECLARED.0.values().filter(|k| k.id != "root") {
        let mut value = table(keys, !merged.contains(&keys.id));
        if !keys.instead.is_empty() {
            let kinds = keys.instead.iter().map(kind).chain([value]);
            let kinds: Vec<Value> = kinds.collect();
            value = json!({"description": keys.meaning, "anyOf": kinds});
            put(&mut value, "examples", keys.examples.iter().map(plain));
        }
        all[&keys.id] = value;
    }
    all
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
    let mut properties = Map::new();
    let others = keys.others.as_ref();
    let of_any_name = others.filter(|others| others.pattern.is_none());
    if of_any_name.is_none() {
        properties.insert("source".to_owned(), reference("source"));
    }
    properties.extend(
        keys.keys
            .iter()
            .map(|key| (key.name.clone(), property(key))),
    );
    let mut out = json!({
        "description": keys.meaning,
        "type": "object",
        "additionalProperties": of_any_name.map_or(json!(false), |others| kind(&others.is)),
        "properties": properties,
    });
    if let Some((others, pattern)) = others.and_then(|o| Some((o, o.pattern.as_ref()?))) {
        let mut value = json!({"description": others.meaning});
        extend(&mut value, kind(&others.is));
        out["patternProperties"] = json!({pattern: value});
    }
    put(&mut out, "required", must(keys, whole));
    let forms = keys.forms.iter().map(|form| one_form(keys, form));
    put(&mut out, "oneOf", forms);
    let rules = exclusions(keys).into_iter().chain(by_kind(keys));
    put(
        &mut out,
        "allOf",
        rules.chain(keys.schema.as_deref().map(raw)),
    );
    out
}

/// The keys of a form, and none of those of the other forms.
fn one_form(keys: &Keys, form: &[String]) -> Value {
    let mut out = json!({"required": form});
    let all = keys.forms.iter().flatten();
    let others: BTreeSet<&String> = all.filter(|k| !form.contains(k)).collect();
    if !others.is_empty() {
        out["properties"] = others.into_iter().map(|k| (k.clone(), false)).collect();
    }
    out
}

/// Keys that cannot stand beside one another.
fn exclusions(keys: &Keys) -> Option<Value> {
    let mut pairs = BTreeSet::new();
    for key in &keys.keys {
        let name = &key.name;
        let groups = keys.alternatives.iter().filter(|g| g.contains(name));
        for other in groups.flatten().chain(&key.replaces).filter(|o| *o != name) {
            pairs.insert([name.min(other), name.max(other)]);
        }
    }
    let both: Vec<Value> = pairs.iter().map(|pair| json!({"required": pair})).collect();
    (!both.is_empty()).then(|| json!({"not": {"anyOf": both}}))
}

/// The keys that a table of some kind does not have, its own and those of the tables in it.
fn by_kind(keys: &Keys) -> Vec<Value> {
    let rule = |(word, own): (&String, &Vec<String>)| {
        let foreign = |key: &Key| key.only.as_ref().is_some_and(|only| !own.contains(only));
        let mut properties = Map::new();
        for key in &keys.keys {
            let inner = DECLARED.keys_of(&key.is, None).into_iter();
            let inner = inner.flat_map(|k| &k.keys).filter(|k| foreign(k));
            let inner: Map<_, _> = inner.map(|k| (k.name.clone(), json!(false))).collect();
            if foreign(key) {
                properties.insert(key.name.clone(), json!(false));
            } else if !inner.is_empty() {
                properties.insert(key.name.clone(), json!({"properties": inner}));
            }
        }
        json!({
            "if": {"properties": {"kind": {"const": word}}, "required": ["kind"]},
            "then": {"properties": properties},
        })
    };
    keys.kinds.iter().map(rule).collect()
}

/// What a scenario that extends no other one must have, in the table and the tables in it.
fn complete(keys: &'static Keys) -> Option<Value> {
    let mut properties = Map::new();
    for key in &keys.keys {
        let below = DECLARED.merged(key).and_then(complete);
        let items = || Some(json!({"items": complete(named(key)?)?}));
        if let Some(must) = below.or_else(items) {
            properties.insert(key.name.clone(), must);
        }
    }
    let mut out = json!({});
    put(&mut out, "required", must(keys, true));
    if !properties.is_empty() {
        out["properties"] = properties.into();
    }
    put(&mut out, "allOf", keys.complete.as_deref().map(raw));
    (out != json!({})).then_some(out)
}

/// A key with its meaning, default and example.
fn property(key: &Key) -> Value {
    let meaning = match &key.otherwise {
        Some(otherwise) => format!("{} Default: {otherwise}.", key.meaning),
        None => key.meaning.clone(),
    };
    let mut out = json!({"description": meaning});
    let value = kind(&key.is);
    if value.get("$ref").is_some() {
        out["allOf"] = json!([value]);
    } else {
        extend(&mut out, value);
    }
    if let Some(default) = &key.default {
        out["default"] = plain(default);
    }
    put(&mut out, "examples", key.example.as_ref().map(plain));
    out
}

fn number(range: &Range) -> Value {
    let mut out = json!({"type": "number"});
    for (key, at) in [
        ("minimum", range.from),
        ("exclusiveMinimum", range.above),
        ("maximum", range.to),
        ("exclusiveMaximum", range.below),
    ] {
        // A number without a point where it is whole.
        match at {
            Some(x) if x.fract() == 0.0 => out[key] = json!(x as i64),
            Some(x) => out[key] = json!(x),
            None => {}
        }
    }
    out
}

fn kind(kind: &Kind) -> Value {
    match kind {
        Kind::Whole(low, high) => json!({"type": "integer", "minimum": low, "maximum": high}),
        Kind::Share | Kind::ShareIn(_) | Kind::Probability | Kind::ProbabilityIn(_) => {
            let (range, _) = kind.range().unwrap_or_default();
            let range = Range {
                from: range.from.or(range.above.is_none().then_some(0.0)),
                to: range.to.or(range.below.is_none().then_some(1.0)),
                ..range
            };
            json!({"anyOf": [number(&range), self::kind(&Kind::Percentage)]})
        }
        Kind::Number(_) | Kind::Factor | Kind::Money => number(&kind.range().unwrap_or_default().0),
        Kind::TextOf(_) => self::kind(&Kind::Text),
        Kind::Word(words) => json!({"enum": words}),
        Kind::Names(_) => reference("names"),
        Kind::Pattern(_) => reference("pattern"),
        Kind::Table(id) => reference(id),
        Kind::List {
            of, least, most, ..
        } => {
            let mut out = json!({"type": "array", "items": self::kind(of)});
            if *least > 0 {
                out["minItems"] = json!(least);
            }
            out["maxItems"] = json!(most);
            out
        }
        Kind::Any(kinds) => {
            let kinds: Vec<Value> = kinds.iter().map(self::kind).collect();
            json!({"anyOf": kinds})
        }
        Kind::Settings(_) => json!({"type": "object"}),
        plain => plain.plain().map_or(json!(true), |p| p.schema.clone()),
    }
}

/// JSON: what fits into the `room` left on a line in one, all else an entry a line.
fn written(value: &Value, depth: usize, room: usize) -> String {
    let (open, close, entries): (_, _, Vec<(String, &Value)>) = match value {
        Value::Object(object) => {
            let named = object.iter().map(|(k, v)| (format!("{}: ", json!(k)), v));
            ('{', '}', named.collect())
        }
        Value::Array(items) => ('[', ']', items.iter().map(|v| (String::new(), v)).collect()),
        other => return other.to_string(),
    };
    let flat = |(key, value): &(String, &Value)| key.clone() + &written(value, 0, usize::MAX);
    let flat: Vec<String> = entries.iter().map(flat).collect();
    let flat = format!("{open}{}{close}", flat.join(", "));
    if flat.len() <= room {
        return flat;
    }
    let indent = 2 * (depth + 1);
    let line = |(key, value): &(String, &Value)| {
        let room = WIDTH.saturating_sub(indent + key.chars().count() + 1);
        format!("\n{:indent$}{key}{}", "", written(value, depth + 1, room))
    };
    let lines: Vec<String> = entries.iter().map(line).collect();
    format!("{open}{}\n{:2$}{close}", lines.join(","), "", 2 * depth)
}
