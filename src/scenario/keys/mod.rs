//! The keys of a scenario, each declared once, in the TOML files of this folder: one file for each section.
//!
//! A table such as `[callback]` says under `keys` what each key of it is. Of a key `is` is the kind of its value ([`Kind`]), `required`
//! or `needs` the words in which a missing one is asked for, `default` its value where it is missing (`otherwise`: what holds then, in
//! words), `unit` what a number counts, `fixed` that it holds for the whole run, `only` the kind of pool that has it, `example` a value,
//! and `meaning` one sentence. Other fields are those of [`Key`] and [`Keys`](crate::scenario::text::declared::Keys). Limits are constants of the
//! model, by their names.
//!
//! The reader takes ranges, defaults and words of messages from here; `schema` makes of them the JSON Schema (`definitions.toml` holds
//! the forms of values that it refers to), `format` the tables of `scenarios/FORMAT.md`.

mod format;
mod schema;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use crate::experiment::MOST_POINTS;
use crate::model;
use crate::scenario::text::{Declared, Key, Keys, Kind, dotted};

pub use format::format_tables;
pub use schema::schema;

const FILES: [&str; 12] = [
    include_str!("top.toml"),
    include_str!("demand.toml"),
    include_str!("topic.toml"),
    include_str!("market.toml"),
    include_str!("assistant.toml"),
    include_str!("returns.toml"),
    include_str!("satisfaction.toml"),
    include_str!("pool.toml"),
    include_str!("price.toml"),
    include_str!("group.toml"),
    include_str!("staff.toml"),
    include_str!("values.toml"),
];

/// The limits that declarations name.
const LIMITS: [(&str, f64); 20] = [
    ("LOWEST_SPEED", model::LOWEST_SPEED),
    ("MOST_CONCURRENCY", model::MOST_CONCURRENCY as f64),
    ("MOST_AGENTS", model::MOST_AGENTS as f64),
    ("MOST_MEMBERS", model::MOST_MEMBERS as f64),
    ("MOST_PEOPLE", model::MOST_PEOPLE as f64),
    ("MOST_TOPICS", model::MOST_TOPICS as f64),
    ("MOST_MARKETS", model::MOST_MARKETS as f64),
    ("MOST_POOLS", model::MOST_POOLS as f64),
    ("MOST_GROUPS", model::MOST_GROUPS as f64),
    ("MOST_SEGMENTS", model::MOST_SEGMENTS as f64),
    ("MOST_CONTACTS", model::MOST_CONTACTS as f64),
    ("MOST_ATTEMPTS", model::MOST_ATTEMPTS as f64),
    ("MOST_MONTHS", model::MOST_MONTHS as f64),
    ("MOST_DIFFICULTY", model::MOST_DIFFICULTY),
    ("MOST_COEFFICIENT", model::MOST_COEFFICIENT),
    ("MOST_DELIVERY", model::MOST_DELIVERY),
    ("MOST_MONEY", model::MOST_MONEY),
    ("MOST_DAILY_CASES", model::MOST_DAILY_CASES),
    ("MOST_POINTS", MOST_POINTS as f64),
    ("MOST_REPLICATIONS", 1e6),
];

/// All declarations.
pub(super) static DECLARED: LazyLock<Declared> = LazyLock::new(|| {
    let mut tables = BTreeMap::new();
    for text in FILES {
        let file: toml::Table = text.parse().expect("a test reads all declarations");
        for (id, mut table) in file {
            resolve(&mut table);
            let keys = table.try_into();
            let keys: Keys = keys.unwrap_or_else(|e| panic!("the declaration of {id}: {e}"));
            tables.insert(id.clone(), Keys { id, ..keys });
        }
    }
    Declared(tables)
});

/// Puts numbers in place of the names of limits.
fn resolve(value: &mut toml::Value) {
    match value {
        toml::Value::String(name) => {
            let (sign, name) = match name.strip_prefix('-') {
                Some(name) => (-1.0, name),
                None => (1.0, name.as_str()),
            };
            if let Some((_, limit)) = LIMITS.iter().find(|(n, _)| *n == name) {
                *value = match limit.fract() == 0.0 {
                    true => toml::Value::Integer((sign * limit) as i64),
                    false => toml::Value::Float(sign * limit),
                };
            }
        }
        toml::Value::Array(items) => items.iter_mut().for_each(resolve),
        toml::Value::Table(table) => table.iter_mut().for_each(|(_, v)| resolve(v)),
        _ => {}
    }
}

/// What is declared of a key of the scenario file, for forms and documents.
#[derive(Clone, Debug, PartialEq)]
pub struct Declaration {
    /// Where it stands, with `*` for entries of lists and capitals for names: `pool.*.work_factor.TOPIC`.
    pub path: String,
    /// What kind of value it has: "share", "distribution", "list of tables".
    pub kind: String,
    /// What a number counts.
    pub unit: Option<String>,
    /// Least value, and whether it is excluded.
    pub low: Option<(f64, bool)>,
    /// Largest value, and whether it is excluded.
    pub high: Option<(f64, bool)>,
    /// The words of which the value is one.
    pub words: Vec<String>,
    /// The value where the key is missing, as in a file; `None` where there is no such value.
    pub default: Option<String>,
    /// What holds where the key is missing, in words.
    pub otherwise: Option<String>,
    /// Whether the key must be there.
    pub required: bool,
    /// One sentence.
    pub meaning: String,
    /// Whether a change of the timeline may set it.
    pub changes: bool,
    /// Whether a file that extends another one replaces it as a whole, rather than key by key.
    pub whole: bool,
}

/// All keys of the scenario file, in order, each once for every place at which it can stand.
pub fn declared() -> Vec<Declaration> {
    let mut out = Vec::new();
    walk(DECLARED.table("root"), "", true, &mut out);
    out
}

fn walk(keys: &Keys, above: &str, changes: bool, out: &mut Vec<Declaration>) {
    for key in &keys.keys {
        let path = dotted(above, &key.name);
        let changes = changes && !key.fixed;
        out.push(declaration(key, &path, changes));
        below(&key.is, &path, changes, out);
    }
    if let Some(others) = &keys.others {
        let path = dotted(above, &others.of.to_uppercase());
        below(&others.is, &path, changes, out);
    }
}

/// The keys of the tables that a value can be.
fn below(kind: &Kind, path: &str, changes: bool, out: &mut Vec<Declaration>) {
    for kind in DECLARED.kinds(kind) {
        match kind {
            Kind::List { of, .. } => below(of, &format!("{path}.*"), changes, out),
            Kind::Table(id) => walk(DECLARED.table(id), path, changes, out),
            // The parameters of distributions and patterns are parts of one value.
            _ => {}
        }
    }
}

fn declaration(key: &Key, path: &str, changes: bool) -> Declaration {
    let range = key.is.range().map(|(range, _)| range).unwrap_or_default();
    let words = match &key.is {
        Kind::Word(words) => words.clone(),
        _ => Vec::new(),
    };
    Declaration {
        path: path.to_owned(),
        kind: format::kind(&key.is, &key.example),
        unit: key.unit.clone(),
        low: range
            .from
            .map(|x| (x, false))
            .or(range.above.map(|x| (x, true))),
        high: range
            .to
            .map(|x| (x, false))
            .or(range.below.map(|x| (x, true))),
        words,
        default: key.default.as_ref().map(ToString::to_string),
        otherwise: key.otherwise.clone(),
        required: key.is_required(),
        meaning: key.meaning.clone(),
        changes,
        whole: DECLARED.merged(key).is_none() && !key.named,
    }
}
