//! The keys that the reader asks for are the keys of the schema, table by table.

use super::tests::{SMALL, full_files, read};
use super::{InMemory, SCHEMA};
use serde_json::{Map, Value};
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

thread_local! {
    /// (path of the table, key) of everything asked for by this thread.
    static ASKED: RefCell<BTreeSet<(String, String)>> = RefCell::default();
}

/// Keeps that somebody asked for a key.
pub(super) fn note(path: &str, key: &str) {
    ASKED.with_borrow_mut(|asked| asked.insert((path.to_owned(), key.to_owned())));
}

/// Values that take the reader into forms that stand nowhere in the full scenario.
const FORMS: [&str; 25] = [
    "topic.fraud.work={ lognormal = { p50 = \"1 min\", p90 = \"4 min\" } }",
    "topic.fraud.work={ lognormal = { mu = 1, sigma = 1 } }",
    "topic.fraud.work={ gamma = { mean = \"1 min\", cv = 1 } }",
    "topic.fraud.work={ gamma = { shape = 1, scale = \"1 s\" } }",
    "topic.fraud.work={ weibull = { shape = 1, scale = \"1 s\" } }",
    "topic.fraud.work={ weibull = { mean = \"1 s\", cv = 1 } }",
    "topic.fraud.work={ weibull = { p50 = \"1 s\", p90 = \"2 s\" } }",
    "topic.fraud.work={ erlang = { shape = 2, mean = \"1 s\" } }",
    "topic.fraud.work={ erlang = { shape = 2, rate = \"1 / s\" } }",
    "topic.fraud.work={ triangular = { low = \"1 s\", mode = \"2 s\", high = \"3 s\" } }",
    "topic.fraud.work={ hyperexponential = { probs = [1], means = [\"2 s\"] } }",
    "topic.fraud.work={ hyperexponential = { probs = [1], rates = [\"2 / s\"] } }",
    "topic.fraud.work={ hyperexponential = { mean = \"2 s\", cv = 2 } }",
    "demand={ counts = { csv = \"x\" } }",
    "demand={ arrivals = { csv = \"x\" } }",
    "demand={ rate = { every = \"1 h\", values = [1], per = \"h\" } }",
    "ai.price={ per_conversation = 1 }",
    "market=[ { name = \"m\", weekday = { mon = 1 }, month = { jan = 1 } } ]",
    "pool.gig.slots={ agents = 4, hours_per_week = 9, late_release = 0.1 }",
    "pool.gig.tiers={ by = \"rating\", shares = [1] }",
    "finance={ discount = 0.1 }",
    "group=[ { name = \"g\", headcount = 3, hiring = { requests = 2 }, pay = { monthly = 3 } } ]",
    "group=[ { name = \"g\", headcount = 3, hiring = { replace = 0.5 } } ]",
    "pool=[ { name = \"p\", kind = \"outsourced\", agents = 3, price = { per_contact = 1, floor = { forecast = 1, share = 1 }, \
     volume = { base = 1, charge = 1 }, credit = { below = 0.5, share = 0.5 } }, delivery = { uniform = { low = 0, high = 1 } } } ]",
    "pool=[ { name = \"p\", kind = \"outsourced\", agents = 3, delivery = { triangular = { low = 0, mode = 0.5, high = 1 } } } ]",
];

/// More of them for the small scenario: pools by kind, and what stands in tables of topics.
const SMALL_FORMS: [&str; 3] = [
    "topic.fraud.satisfaction={ human = { base = 0.8 }, ai = { base = 0.5 } }",
    "pool.in-house.satisfaction={ base = 0.8 }",
    "satisfaction={ human = { base = 0.8 }, ai = { base = 0.5 } }",
];

/// The schema itself, with references followed.
struct Schema(Value);

impl Schema {
    /// All parts of a node that describe the same value: behind references, and what `allOf` and `anyOf` list.
    fn parts<'s>(&'s self, node: &'s Value, out: &mut Vec<&'s Map<String, Value>>) {
        let Some(map) = node.as_object() else { return };
        if let Some(to) = map.get("$ref").and_then(Value::as_str) {
            let to = self.0.pointer(&to[1..]);
            return self.parts(to.expect("references lead somewhere"), out);
        }
        out.push(map);
        for list in ["allOf", "anyOf"] {
            for part in map
                .get(list)
                .and_then(Value::as_array)
                .into_iter()
                .flatten()
            {
                self.parts(part, out);
            }
        }
    }

    /// The nodes under a key (or, without one, of the items of a list).
    fn below<'s>(&'s self, nodes: &[&'s Value], key: Option<&str>) -> Vec<&'s Value> {
        let mut parts = Vec::new();
        nodes.iter().for_each(|n| self.parts(n, &mut parts));
        let of = |map: &'s Map<String, Value>| match key {
            None => map.get("items"),
            Some(key) => {
                let own = map.get("properties").and_then(|p| p.get(key));
                own.or_else(|| map.get("additionalProperties").filter(|v| v.is_object()))
            }
        };
        parts.into_iter().filter_map(of).collect()
    }

    /// The nodes of the table at a path of the reader, such as `topic.fraud.route #1`.
    fn at(&self, path: &str) -> Vec<&Value> {
        let mut nodes = vec![&self.0];
        let mut named = false;
        for part in path.split('.').filter(|p| !p.is_empty()) {
            // The first part after one of these is the name of an entry.
            if std::mem::take(&mut named) {
                continue;
            }
            let (key, number) = part
                .split_once(" #")
                .map_or((part, None), |(k, n)| (k, Some(n)));
            named = nodes[..] == [&self.0]
                && matches!(key, "topic" | "market" | "pool" | "group")
                && number.is_none();
            nodes = self.below(&nodes, Some(key));
            if number.is_some() || named {
                nodes = self.below(&nodes, None);
            }
        }
        nodes
    }
}

/// Every key of the tables that a node describes, under the place of the table in the schema.
fn tables(schema: &Schema, nodes: &[&Value]) -> BTreeMap<usize, BTreeSet<String>> {
    let mut parts = Vec::new();
    nodes.iter().for_each(|n| schema.parts(n, &mut parts));
    let keys = |map: &&Map<String, Value>| {
        let keys = map
            .get("properties")?
            .as_object()?
            .keys()
            .cloned()
            .collect();
        Some((std::ptr::from_ref(*map).addr(), keys))
    };
    parts.iter().filter_map(keys).collect()
}

/// The places of all tables with keys, wherever they are in the schema.
fn all_tables(node: &Value, path: &str, out: &mut BTreeMap<usize, String>) {
    match node {
        Value::Object(map) => {
            if map.get("properties").is_some_and(Value::is_object)
                && map.contains_key("additionalProperties")
            {
                out.insert(std::ptr::from_ref(map).addr(), path.to_owned());
            }
            map.iter()
                .for_each(|(k, v)| all_tables(v, &format!("{path}/{k}"), out));
        }
        Value::Array(items) => items
            .iter()
            .enumerate()
            .for_each(|(i, v)| all_tables(v, &format!("{path}/{i}"), out)),
        _ => {}
    }
}

#[test]
fn the_schema_has_the_keys_that_the_reader_asks_for() {
    let (full, small) = (full_files(), InMemory::new().with("d/a.toml", SMALL));
    let _ = (read(&full, &[]), read(&small, &[]));
    for form in FORMS {
        let _ = read(&full, &[form]);
    }
    for form in SMALL_FORMS {
        let _ = read(&small, &["satisfaction.wait=0.5", form]);
    }
    let asked = ASKED.take();
    let schema = Schema(serde_json::from_str(SCHEMA).unwrap());
    let mut faults = Vec::new();
    // By table of the schema: its keys, and those that were asked for.
    let mut seen: BTreeMap<usize, (BTreeSet<String>, BTreeSet<String>)> = BTreeMap::new();
    let mut places = BTreeMap::new();
    all_tables(&schema.0, "#", &mut places);
    for (path, key) in &asked {
        let tables = tables(&schema, &schema.at(path));
        if !tables.values().any(|keys| keys.contains(key)) {
            faults.push(format!(
                "the reader knows `{key}` in `{path}`, the schema does not"
            ));
        }
        for (at, keys) in tables {
            let known = &mut seen.entry(at).or_insert((keys, BTreeSet::new())).1;
            known.insert(key.clone());
        }
    }
    for (at, place) in &places {
        let Some((keys, known)) = seen.get(at) else {
            faults.push(format!("no scenario of this test leads to {place}"));
            continue;
        };
        // `extends` and `source` are taken before anything is read.
        let idle = keys.difference(known);
        let idle = idle.filter(|k| *k != "extends" && *k != "source");
        faults.extend(
            idle.map(|k| format!("the schema has `{k}` in {place}, the reader never asks for it")),
        );
    }
    assert!(
        faults.is_empty(),
        "scenarios/schema.json and the reader differ (a new key belongs into the schema, and a form of it into this test):\n{}",
        faults.join("\n")
    );
    assert!(asked.len() > 500, "{}", asked.len());
}
