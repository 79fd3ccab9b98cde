//! What varies in a sweep: `[sweep]`, `--vary KEY=VALUES`, and designs in CSV files.

use super::text::files::Files;
use super::text::{Item, Node, Place, Table, Value, dotted, join, listed, quoted, tree};
use super::values::unit_seconds;
use crate::experiment::{
    Column, Design, Factor, Levels, MOST_FACTORS, MOST_POINTS, Sampling, split_unit,
};
use ::csv::ReaderBuilder;
use std::path::Path;

/// What `[sweep]` says; what it leaves open is `None` or empty.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SweepTable {
    /// How points are chosen.
    pub method: Option<Sampling>,
    /// How many are chosen at random.
    pub points: Option<usize>,
    /// Seed of the points.
    pub seed: Option<u64>,
    /// What varies.
    pub factors: Vec<Factor>,
    /// The measures that are kept.
    pub measures: Vec<String>,
    /// Where it says so.
    pub places: SweepPlaces,
}

/// Where a `[sweep]` says what it says: whether that makes a design shows only with the options of the command line.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SweepPlaces {
    /// The whole.
    pub table: Option<Place>,
    /// By factor.
    pub factors: Vec<Place>,
    /// By measure.
    pub measures: Vec<Place>,
}

/// Reads `sweep`.
pub(super) fn read(item: &Item<'_>) -> Option<SweepTable> {
    let method = |i: &Item<'_>| {
        let found = match &i.node.value {
            Value::String(name) => Sampling::ALL.into_iter().find(|m| m.name() == name),
            _ => None,
        };
        let names = listed(Sampling::ALL.map(Sampling::name), "and");
        found.or_else(|| i.expected(&format!("one of {names}")))
    };
    let place = |i: &Item<'_>| i.reader.place(i.node.span, &i.path);
    item.table(|c| {
        let measures: Vec<(String, Place)> = c.read("measures", Vec::new(), |i| {
            i.each(|i| Some((i.string()?.to_owned(), place(i))))
        });
        let (measures, of_measures) = measures.into_iter().unzip();
        let mut factors = Vec::new();
        if let Some(item) = c.take("vary") {
            match &item.node.value {
                Value::Table(table) => vary(&item, table, "", &mut factors),
                _ => item.expected(&item.kind.words()).unwrap_or_default(),
            }
        }
        let (factors, of_factors) = factors.into_iter().unzip();
        Some(SweepTable {
            method: c.read_opt("method", method),
            points: c.opt("points"),
            seed: c.opt("seed"),
            factors,
            measures,
            places: SweepPlaces {
                table: Some(place(item)),
                factors: of_factors,
                measures: of_measures,
            },
        })
    })
}

/// The factors of a table whose keys stand below `above`.
fn vary(item: &Item<'_>, table: &Table, above: &str, factors: &mut Vec<(Factor, Place)>) {
    for e in &table.entries {
        let key = dotted(above, &e.key);
        let levels = match &e.node.value {
            Value::Table(inner) => {
                vary(item, inner, &key, factors);
                continue;
            }
            Value::Array(items) => {
                let list = items.iter().map(|n| written(item, n));
                Ok(Levels::List(list.collect()))
            }
            Value::String(text) => levels(text),
            _ => Ok(Levels::List(vec![written(item, &e.node)])),
        };
        let factor = levels.and_then(|levels| match &levels {
            Levels::List(list) if list.is_empty() => Err("expected at least one value".into()),
            _ => Ok(Factor {
                keys: keys(&key)?,
                levels,
            }),
        });
        let path = join(&item.path, &key);
        match factor {
            Ok(_) if factors.len() >= MOST_FACTORS => {
                let message = format!("expected at most {MOST_FACTORS} keys that vary");
                item.reader.problem(e.span, &path, message, None);
                return;
            }
            Ok(factor) => factors.push((factor, item.reader.place(e.node.span, &path))),
            Err(message) => item.reader.problem(e.node.span, &path, message, None),
        }
    }
}

/// A value as a setting has it.
fn written(item: &Item<'_>, node: &Node) -> String {
    match &node.value {
        // What would be read as something else needs its quotes.
        Value::String(text)
            if text.trim().is_empty()
                || text.starts_with(['[', '{', '"', '\''])
                || tree::parse_value(text, 0, 0).is_ok() =>
        {
            toml::Value::String(text.clone()).to_string()
        }
        Value::String(text) => text.clone(),
        _ => item.reader.written(node.span),
    }
}

/// `KEY=LOW..HIGH/N` or `KEY=a,b,c`, as on the command line; several keys, parted by commas, have the same value.
///
/// # Errors
/// What was expected.
pub fn factor(text: &str) -> Result<Factor, String> {
    let mut parts = parts(text, '=').into_iter();
    let left = parts.next().unwrap_or("");
    if left.len() == text.len() {
        let found = quoted(text);
        return Err(format!(
            "expected KEY=LOW..HIGH/N or KEY=a,b,c, found {found}"
        ));
    }
    Ok(Factor {
        keys: keys(left)?,
        levels: levels(&text[left.len() + 1..])?,
    })
}

fn keys(text: &str) -> Result<Vec<String>, String> {
    let keys = list(text, "a key such as pool.gig.members")?;
    if keys.iter().any(|k| k == "replications") {
        return Err(
            "expected a key other than replications, which are the same at all points".into(),
        );
    }
    Ok(keys)
}

/// `LOW..HIGH/N`, `LOW..HIGH`, or values that are parted by commas.
fn levels(text: &str) -> Result<Levels, String> {
    if let Some((low, rest)) = text.split_once("..")
        && let Some((low, low_unit)) = split_unit(low)
    {
        return range(low, low_unit, rest);
    }
    list(text, "LOW..HIGH/N or values a,b,c").map(Levels::List)
}

/// What stands between commas, none of it empty.
fn list(text: &str, expected: &str) -> Result<Vec<String>, String> {
    let parts = parts(text, ',').into_iter();
    let parts: Vec<String> = parts.map(|part| part.trim().to_owned()).collect();
    match parts.iter().any(String::is_empty) {
        true => Err(format!("expected {expected}, found {}", quoted(text))),
        false => Ok(parts),
    }
}

fn range(low: f64, low_unit: &str, rest: &str) -> Result<Levels, String> {
    let (high, steps) = match rest.rsplit_once('/') {
        Some((high, n))
            if n.trim()
                .starts_with(|c: char| c.is_ascii_digit() || c == '-') =>
        {
            let steps = n.trim().parse::<usize>().ok();
            let steps = steps.filter(|n| (2..=MOST_POINTS).contains(n));
            let what = format!("a number of values from 2 to {MOST_POINTS}");
            let refused = || format!("expected {what}, found {}", quoted(n));
            (high, Some(steps.ok_or_else(refused)?))
        }
        _ => (rest, None),
    };
    let Some((mut high, high_unit)) = split_unit(high) else {
        let found = quoted(high);
        return Err(format!(
            "expected a number with or without a unit after `..`, found {found}"
        ));
    };
    let unit = if low_unit.is_empty() {
        high_unit
    } else {
        low_unit
    };
    if high_unit != unit {
        let scale = unit_seconds(high_unit).zip(unit_seconds(unit));
        let (from, to) = scale.ok_or_else(|| {
            let (a, b) = (quoted(low_unit), quoted(high_unit));
            format!("expected two bounds of the same kind, found the units {a} and {b}")
        })?;
        high = high * from / to;
    }
    if low >= high {
        let found = format!("{low} and {high}");
        return Err(format!(
            "expected a lower bound below the upper one, found {found}"
        ));
    }
    Ok(Levels::Range {
        low,
        high,
        unit: unit.to_owned(),
        steps,
        whole: false,
    })
}

/// The parts of a text between signs that stand in no bracket and no quotes.
fn parts(text: &str, sign: char) -> Vec<&str> {
    let (mut parts, mut start, mut depth, mut quote) = (Vec::new(), 0, 0usize, None);
    for (i, c) in text.char_indices() {
        match (quote, c) {
            (Some(q), _) if q == c => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'') => quote = Some(c),
            (None, '[' | '{') => depth += 1,
            (None, ']' | '}') => depth = depth.saturating_sub(1),
            (None, c) if c == sign && depth == 0 => {
                parts.push(&text[start..i]);
                start = i + c.len_utf8();
            }
            _ => {}
        }
    }
    parts.push(&text[start..]);
    parts
}

/// A design in a CSV file: a column for each key, `KEY [UNIT]` where all values have a unit, and a line for each point. A column
/// `point`, as a sweep writes it, is passed over. Beside the design: the line of each point.
///
/// # Errors
/// Everything that is wrong with it, line by line.
pub fn read_design(path: &Path, files: &dyn Files) -> Result<(Design, Vec<u64>), Vec<String>> {
    let one = |why: String| vec![why];
    let text = files.read(path);
    let text = text.map_err(|why| one(format!("cannot be read: {why}")))?;
    if text.matches('"').count() % 2 == 1 {
        return Err(one("the file ends inside a quoted field".into()));
    }
    let mut reader = ReaderBuilder::new();
    let mut reader = reader.flexible(true).from_reader(text.as_bytes());
    let head = reader.headers().map_err(|e| one(e.to_string()))?.clone();
    if head.len() == 1 && head[0].contains(';') {
        return Err(one("line 1: the fields are parted by semicolons\n  help: part them by commas, and write decimals with a point".into()));
    }
    let mut wrong = Vec::new();
    let (mut design, mut lines) = (Design::default(), Vec::new());
    let mut kept = Vec::new();
    for (i, title) in head.iter().enumerate().filter(|(_, t)| t.trim() != "point") {
        let title = title.trim();
        let with_unit = title.strip_suffix(']').and_then(|t| t.rsplit_once(" ["));
        let (names, unit) = with_unit.unwrap_or((title, ""));
        let keys = keys(names).unwrap_or_else(|e| {
            wrong.push(format!("line 1: {e}"));
            Vec::new()
        });
        let known = design.columns.iter().flat_map(|c: &Column| &c.keys);
        if let Some(twice) = keys.iter().find(|k| known.clone().any(|o| o == *k)) {
            wrong.push(format!("line 1: {} varies twice", quoted(twice)));
        }
        let unit = unit.trim().to_owned();
        design.columns.push(Column { keys, unit });
        kept.push(i);
    }
    if design.columns.is_empty() || design.columns.len() > MOST_FACTORS {
        let found = design.columns.len();
        wrong.push(format!(
            "line 1: expected 1 to {MOST_FACTORS} keys, found {found}"
        ));
    }
    for record in reader.records() {
        let record = match record {
            Ok(record) => record,
            Err(e) => {
                wrong.push(e.to_string());
                continue;
            }
        };
        let line = record.position().map_or(0, ::csv::Position::line);
        if record.len() != head.len() {
            let (want, found) = (head.len(), record.len());
            let s = if want == 1 { "" } else { "s" };
            wrong.push(format!(
                "line {line}: expected {want} field{s}, found {found}"
            ));
            continue;
        }
        let point: Vec<String> = kept.iter().map(|&i| record[i].trim().to_owned()).collect();
        let empty = point.iter().zip(&design.columns);
        let empty = empty.filter(|(cell, c)| cell.is_empty() && !c.keys.is_empty());
        wrong.extend(empty.map(|(_, c)| format!("line {line}: expected a value of {}", c.title())));
        if lines.len() == MOST_POINTS {
            wrong.push(format!("expected at most {MOST_POINTS} points, found more"));
            break;
        }
        design.points.push(point);
        lines.push(line);
    }
    if design.points.is_empty() && wrong.is_empty() {
        wrong.push("expected at least one point, found none".into());
    }
    match wrong.is_empty() {
        true => Ok((design, lines)),
        false => Err(wrong),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::InMemory;

    fn bounds(text: &str) -> (f64, f64, String, Option<usize>) {
        match levels(text).unwrap() {
            Levels::Range {
                low,
                high,
                unit,
                steps,
                ..
            } => (low, high, unit, steps),
            list => panic!("{list:?}"),
        }
    }

    fn values(text: &str) -> Vec<String> {
        match levels(text).unwrap() {
            Levels::List(list) => list,
            range => panic!("{range:?}"),
        }
    }

    #[test]
    fn ranges() {
        assert_eq!(bounds("10..60/6"), (10.0, 60.0, String::new(), Some(6)));
        assert_eq!(
            bounds("30 s..5 min/10"),
            (30.0, 300.0, "s".into(), Some(10))
        );
        assert_eq!(bounds("5..20%"), (5.0, 20.0, "%".into(), None));
        assert_eq!(
            bounds("10 / h .. 20 / h / 3"),
            (10.0, 20.0, "/ h".into(), Some(3))
        );
        assert_eq!(bounds("-1.5..1e3"), (-1.5, 1000.0, String::new(), None));
        for (text, message) in [
            (
                "10..5/3",
                "expected a lower bound below the upper one, found 10 and 5",
            ),
            (
                "10..",
                "expected a number with or without a unit after `..`, found \"\"",
            ),
            (
                "10..20/1",
                "expected a number of values from 2 to 1000000, found \"1\"",
            ),
            (
                "10 s..20%",
                "expected two bounds of the same kind, found the units \"s\" and \"%\"",
            ),
            (
                "a,,b",
                "expected LOW..HIGH/N or values a,b,c, found \"a,,b\"",
            ),
        ] {
            assert_eq!(levels(text).unwrap_err(), message);
        }
    }

    #[test]
    fn lists() {
        assert_eq!(values("a, b ,c d"), ["a", "b", "c d"]);
        assert_eq!(values("[1, 2],[3]"), ["[1, 2]", "[3]"]);
        assert_eq!(
            values("{ a = 1, b = 2 },\"x,y\""),
            ["{ a = 1, b = 2 }", "\"x,y\""]
        );
        assert_eq!(values("../a.csv,../b.csv"), ["../a.csv", "../b.csv"]);
        assert_eq!(values("true"), ["true"]);
    }

    #[test]
    fn keys_and_values() {
        let f = factor("pool.a.agents,pool.'b,c'.agents=1..3/3").unwrap();
        assert_eq!(f.keys, ["pool.a.agents", "pool.'b,c'.agents"]);
        assert!(
            factor("pool.a.agents")
                .unwrap_err()
                .starts_with("expected KEY=LOW..HIGH/N")
        );
        assert!(factor("=1").unwrap_err().starts_with("expected a key"));
        assert!(factor("replications=1,2").is_err());
    }

    #[test]
    fn designs_in_files() {
        let read = |text: &str| {
            let files = InMemory::new().with("d.csv", text);
            read_design(Path::new("d.csv"), &files)
        };
        let (d, lines) = read("point,\"a,b [s]\",c\n1,30,x\n2,45,y\n").unwrap();
        assert_eq!(d.settings(1), ["a=45 s", "b=45 s", "c=y"]);
        assert_eq!(lines, [2, 3]);
        assert!(read("a;b\n1,5;2\n").unwrap_err()[0].contains("semicolons"));
        for (text, message) in [
            ("a,b\n1,2\n1\n", "line 3: expected 2 fields, found 1"),
            ("a\n1,2\n", "line 2: expected 1 field, found 2"),
            ("\"a\n1\n", "the file ends inside a quoted field"),
            ("a,a\n1,2\n", "line 1: \"a\" varies twice"),
            ("a [s]\n1\n\"\"\n", "line 3: expected a value of a [s]"),
            ("a\n", "expected at least one point, found none"),
            ("point\n1\n", "line 1: expected 1 to 1000 keys, found 0"),
        ] {
            assert_eq!(read(text).unwrap_err(), [message]);
        }
        assert_eq!(
            read("a,a,\"b,,c\"\n1,2,3\n1,2\n1,,\n5,6,7,8\n").unwrap_err(),
            [
                "line 1: \"a\" varies twice",
                "line 1: expected a key such as pool.gig.members, found \"b,,c\"",
                "line 3: expected 3 fields, found 2",
                "line 4: expected a value of a",
                "line 5: expected 3 fields, found 4",
            ]
        );
        assert_eq!(
            read_design(Path::new("no.csv"), &InMemory::new()).unwrap_err(),
            ["cannot be read: there is no such file"]
        );
    }
}
