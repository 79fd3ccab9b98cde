//! The tables of keys in `scenarios/FORMAT.md`, made of the declarations.

use toml::Value;

use super::DECLARED;
use crate::scenario::text::{Key, Kind};

/// What stands before and after a table: the first names the declared table, and perhaps what is in its keys' `only`.
const BEGIN: &str = "<!-- keys: ";
const END: &str = "<!-- end of keys -->";

/// A text with its tables of keys written anew: those between `<!-- keys: TABLE -->` and `<!-- end of keys -->`.
pub fn format_tables(text: &str) -> String {
    let mut out = String::new();
    let mut within = false;
    for line in text.lines() {
        if line == END {
            within = false;
        }
        if !within {
            out += line;
            out.push('\n');
        }
        let names = line
            .strip_prefix(BEGIN)
            .and_then(|rest| rest.strip_suffix(" -->"));
        if let Some(names) = names {
            out += &table(names);
            within = true;
        }
    }
    out
}

/// The table of `pool gig`: the keys of the declared table `pool` that only gig pools have.
fn table(names: &str) -> String {
    let (id, only) = names
        .split_once(' ')
        .map_or((names, None), |(id, only)| (id, Some(only)));
    let keys = DECLARED.table(id).keys.iter();
    let mut keys = keys
        .filter(|k| k.only.as_deref() == only || id == "pool_price")
        .peekable();
    let mut out = "| key | value | default | meaning |\n|---|---|---|---|\n".to_owned();
    while let Some(key) = keys.next() {
        let mut names = format!("`{}`", key.name);
        let mut last = &key.name;
        // Keys that differ in their names alone share a row.
        while let Some(same) = keys.next_if(|k| k.is == key.is && k.meaning == key.meaning) {
            last = &same.name;
        }
        if *last != key.name {
            names = format!("{names} .. `{last}`");
        }
        let value = kind(&key.is, &key.example);
        let meaning = key.meaning.trim_end_matches('.');
        out += &format!("| {names} | {value} | {} | {meaning} |\n", default(key));
    }
    out
}

fn default(key: &Key) -> String {
    match (&key.default, &key.otherwise) {
        (Some(value), _) => format!("`{value}`"),
        (None, Some(words)) => words.clone(),
        (None, None) if key.is_required() => "required".to_owned(),
        (None, None) => "none".to_owned(),
    }
}

/// The kind of a value in a few words; a table or a list by its example.
pub(super) fn kind(kind: &Kind, example: &Option<Value>) -> String {
    let bounds = || {
        let (range, _) = kind.range().unwrap_or_default();
        match (range.from, range.above, range.to, range.below) {
            (Some(low), _, Some(high), _) => format!("{low} .. {high}"),
            (Some(low), _, _, Some(high)) => format!("{low} .., below {high}"),
            (_, Some(low), Some(high), _) => format!("above {low}, .. {high}"),
            (_, Some(low), _, Some(high)) => format!("above {low}, below {high}"),
            (Some(low), ..) => format!("from {low}"),
            (_, Some(low), ..) => format!("above {low}"),
            (.., Some(high)) => format!("below {high}"),
            _ => String::new(),
        }
    };
    let with_bounds = |name: &str| format!("{name} {}", bounds()).trim_end().to_owned();
    let shown = |otherwise: &str| match example {
        Some(example) => format!("`{example}`"),
        None => otherwise.to_owned(),
    };
    match kind {
        Kind::Text | Kind::TextOf(_) => shown("text"),
        Kind::Whole(low, i64::MAX) => format!("whole, {low} .. 2^63 - 1"),
        Kind::Whole(..) => with_bounds("whole,"),
        Kind::Number(_) => with_bounds("number"),
        Kind::Share => "share".to_owned(),
        Kind::Probability => "probability".to_owned(),
        Kind::ShareIn(_) => with_bounds("share"),
        Kind::ProbabilityIn(_) => with_bounds("probability"),
        Kind::Factor => "factor".to_owned(),
        Kind::Money => "amount".to_owned(),
        Kind::Rate | Kind::PositiveRate => shown("rate"),
        Kind::Word(words) => {
            let words: Vec<String> = words.iter().map(|w| format!("`\"{w}\"`")).collect();
            words.join(", ")
        }
        Kind::Names(of) => format!("names of {of}s"),
        Kind::Pattern(_) => "pattern".to_owned(),
        Kind::Table(_) | Kind::Settings(_) => shown("table"),
        Kind::List { .. } => shown("list"),
        Kind::Any(kinds) => {
            let kinds: Vec<String> = kinds.iter().map(|k| self::kind(k, &None)).collect();
            kinds.join(", ")
        }
        plain => plain.plain().map_or_else(String::new, |p| p.short.clone()),
    }
}
