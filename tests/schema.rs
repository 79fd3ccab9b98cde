//! The schema of the scenario file, held against the reader: what the reader accepts the schema accepts, and what is wrong with
//! the keys of a scenario the schema refuses too. That both know the same keys is tested beside the reader.

use crate::fuzz::mutations::{Dice, EXTREMES, mutate};
use crate::fuzz::{FILES, TEXTS};
use handover::scenario::{InMemory, format_tables, load, schema};
use jsonschema::Validator;
use serde_json::Value;
use std::path::Path;

fn validator() -> Validator {
    let schema: Value = serde_json::from_str(&schema()).unwrap();
    jsonschema::draft7::meta::validate(&schema).unwrap();
    jsonschema::draft7::new(&schema).unwrap()
}

/// A TOML value as editors hand it to a schema: dates are strings.
fn json(value: &toml::Value) -> Value {
    match value {
        toml::Value::String(s) => s.as_str().into(),
        toml::Value::Integer(n) => (*n).into(),
        toml::Value::Float(x) => (*x).into(),
        toml::Value::Boolean(b) => (*b).into(),
        toml::Value::Datetime(d) => d.to_string().into(),
        toml::Value::Array(items) => items.iter().map(json).collect(),
        toml::Value::Table(table) => {
            let entries = table.iter().map(|(k, v)| (k.clone(), json(v)));
            Value::Object(entries.collect())
        }
    }
}

/// What the schema says against a text; `None` when it is no TOML.
fn faults(validator: &Validator, text: &str) -> Option<Vec<String>> {
    let table: toml::Table = text.parse().ok()?;
    let document = json(&toml::Value::Table(table));
    let say = |e: jsonschema::ValidationError<'_>| format!("{}: {e}", e.instance_path());
    Some(validator.iter_errors(&document).map(say).collect())
}

/// What is made of the declared keys. `HANDOVER_BLESS=1 cargo test --test all schema::` writes it anew.
#[test]
fn schema_and_format_are_those_of_the_declared_keys() {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
    let format = std::fs::read_to_string(dir.join("FORMAT.md")).unwrap();
    let tables = format.matches("<!-- keys: ").count();
    assert!(tables >= 30 && format.matches("<!-- end of keys -->").count() == tables);
    for (name, made) in [
        ("schema.json", schema()),
        ("FORMAT.md", format_tables(&format)),
    ] {
        let path = dir.join(name);
        if std::env::var_os("HANDOVER_BLESS").is_some() {
            std::fs::write(&path, &made).unwrap();
        }
        let found = std::fs::read_to_string(&path).unwrap();
        let help = "HANDOVER_BLESS=1 cargo test --test all schema::";
        assert!(
            found == made,
            "scenarios/{name} is not what the declared keys say; write it with\n  {help}"
        );
    }
    for (i, line) in format.lines().enumerate() {
        assert!(line.chars().count() <= 160, "FORMAT.md:{}: {line}", i + 1);
    }
}

#[test]
fn sound_scenarios_are_valid() {
    let validator = validator();
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
    let mut texts: Vec<(String, String)> = std::fs::read_dir(dir)
        .unwrap()
        .map(|e| e.unwrap().path())
        .filter(|p| p.extension().is_some_and(|e| e == "toml"))
        .map(|p| (p.display().to_string(), std::fs::read_to_string(p).unwrap()))
        .collect();
    assert!(texts.len() >= 20);
    let fuzzed = TEXTS.iter().enumerate();
    texts.extend(fuzzed.map(|(i, t)| (format!("fuzzed #{i}"), (*t).to_owned())));
    for (name, text) in texts {
        assert_eq!(faults(&validator, &text), Some(vec![]), "{name}");
    }
}

#[test]
fn examples_and_defaults_of_the_schema_are_valid() {
    let schema: Value = serde_json::from_str(&schema()).unwrap();
    let mut count = 0;
    check_values(&schema, &schema, "#", &mut count);
    assert!(count > 100, "{count}");
}

/// Holds the examples and the default of every node against the node itself.
fn check_values(root: &Value, node: &Value, path: &str, count: &mut usize) {
    let Some(map) = node.as_object() else { return };
    let default = map
        .get("default")
        .filter(|_| !path.ends_with("/properties"));
    let examples = map.get("examples").and_then(Value::as_array);
    for value in default.into_iter().chain(examples.into_iter().flatten()) {
        let mut alone = node.clone();
        alone["definitions"] = root["definitions"].clone();
        let validator = jsonschema::draft7::new(&alone).unwrap();
        assert!(validator.is_valid(value), "{path}: {value}");
        *count += 1;
    }
    for (key, below) in map {
        let path = format!("{path}/{key}");
        match below {
            Value::Array(items) if key != "examples" => {
                items
                    .iter()
                    .for_each(|i| check_values(root, i, &path, count));
            }
            _ if key != "default" || path.ends_with("/properties/default") => {
                check_values(root, below, &path, count);
            }
            _ => {}
        }
    }
}

#[test]
fn every_key_is_explained() {
    fn walk(node: &Value, root: &Value, path: &str, bare: &mut Vec<String>) {
        match node {
            Value::Object(map) => {
                let properties = map.get("properties").and_then(Value::as_object);
                for (key, value) in properties.into_iter().flatten() {
                    let to = value.get("$ref").and_then(Value::as_str);
                    let value = to.map_or(value, |to| root.pointer(&to[1..]).unwrap());
                    let closed = map.contains_key("additionalProperties");
                    if closed && value.get("description").is_none() {
                        bare.push(format!("{path}/{key}"));
                    }
                }
                map.iter()
                    .for_each(|(k, v)| walk(v, root, &format!("{path}/{k}"), bare));
            }
            Value::Array(items) => items.iter().for_each(|v| walk(v, root, path, bare)),
            _ => {}
        }
    }
    let schema: Value = serde_json::from_str(&schema()).unwrap();
    let mut bare = Vec::new();
    walk(&schema, &schema, "#", &mut bare);
    assert_eq!(bare, Vec::<String>::new());
}

#[test]
fn broken_keys_are_refused() {
    let validator = validator();
    // What is wrong with the form of one value, whatever the others are.
    let structural = [
        "unknown key",
        "unknown distribution",
        "is a key of gig pools only",
        "is no key of a gig pool",
        ": missing; expected",
        "expected a table",
        "expected true or false",
        "expected a text",
        "expected a whole number between",
        "expected a number between",
        "found a table",
        "found a list",
    ];
    // What depends on another key, or is said in a change of the timeline, the schema cannot see.
    let beyond = [
        ".work: missing",
        "missing; expected the market's share",
        ".transfer_to: missing",
        ".handle_time.misresolve: missing",
        "expected no orders where",
        "found nan",
        "expected characters that can be seen",
        "[[timeline]]",
    ];
    let (mut refused, mut others, mut missed) = (0, 0, Vec::new());
    for (title, text, message) in crate::errors::texts() {
        let Some(faults) = faults(&validator, &text) else {
            continue;
        };
        let must = structural.iter().any(|s| message.contains(s))
            && !beyond
                .iter()
                .any(|s| message.contains(s) || text.contains(s));
        match (faults.is_empty(), must) {
            (false, true) => refused += 1,
            (false, false) => others += 1,
            (true, true) => missed.push(format!("{title}\n{message}")),
            (true, false) => {}
        }
    }
    assert!(refused >= 80 && others >= 50, "{refused} {others}");
    assert!(
        missed.is_empty(),
        "{} of {refused}\n{}",
        missed.len(),
        missed.join("\n")
    );
}

#[test]
fn what_the_reader_accepts_the_schema_accepts() {
    let validator = validator();
    let mut dice = Dice(20_260_611);
    let (mut sound, mut broken, mut seen) = (0, 0, 0);
    while sound < 1500 {
        let mut text = dice.pick(&TEXTS).to_owned();
        for _ in 0..1 + dice.below(3) {
            mutate(&mut text, &mut dice, &EXTREMES);
        }
        let Some(faults) = faults(&validator, &text) else {
            continue;
        };
        let mut files = InMemory::new().with("s.toml", text.as_str());
        for (name, text) in FILES {
            files = files.with(name, text);
        }
        if load(Path::new("s.toml"), &[], &files).is_ok() {
            sound += 1;
            assert!(faults.is_empty(), "{faults:?}\n{text}");
        } else {
            broken += 1;
            seen += usize::from(!faults.is_empty());
        }
    }
    assert!(seen * 2 > broken, "{seen} of {broken}");
}
