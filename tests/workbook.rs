//! The workbook, read back: it holds the tables of the other files, number by number, and the assumptions with their comments.

use assert_cmd::Command;
use calamine::{Data, Range, Reader, Xlsx, open_workbook};
use std::fs;
use std::path::Path;

const SCENARIO: &str = r#"# What does a day cost?
horizon = "2 days"
currency = "EUR"
replications = 3
start = 2025-01-30   # over the end of a month
[demand]
daily_volume = 400
[[topic]]
name = "=1+1, \"calls\""
work = { exponential = "5 min" }
patience = "2 min"
[[pool]]
name = "desk"
kind = "employed"
# Agreed with the
# desk in May.
agents = 6
price = { per_agent_hour = 28.5 }
"#;

/// Columns of text.
const TEXT: [&str; 7] = [
    "scenario", "baseline", "month", "measure", "slice", "unit", "method",
];

fn run(dir: &Path, arguments: &[&str]) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_handover"));
    let output = command
        .current_dir(dir)
        .arg("run")
        .args(arguments)
        .output()
        .unwrap();
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{error}");
}

fn sheet(path: &Path, name: &str) -> Range<Data> {
    let mut book: Xlsx<_> = open_workbook(path).unwrap();
    book.worksheet_range(name).unwrap()
}

fn text(cell: Option<&Data>) -> String {
    match cell {
        None | Some(Data::Empty) => String::new(),
        Some(Data::String(s)) => s.clone(),
        other => panic!("{other:?} is no text"),
    }
}

#[test]
fn the_tables_are_those_of_the_files() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("a.toml"), SCENARIO).unwrap();
    fs::write(
        dir.path().join("b.toml"),
        "# Is it dearer?\nextends = \"a.toml\"\n[[pool]]\nname = \"desk\"\nagents = 9\n",
    )
    .unwrap();
    run(
        dir.path(),
        &[
            "a.toml",
            "b.toml",
            "--xlsx",
            "-q",
            "-o",
            "out",
            "--set",
            "fcr_window=3 days",
        ],
    );
    let out = dir.path().join("out");
    let path = out.join("results.xlsx");
    let mut compared = 0;
    for table in ["summary", "monthly", "comparison", "finance"] {
        let range = sheet(&path, table);
        let mut csv = csv::Reader::from_path(out.join(format!("{table}.csv"))).unwrap();
        let header = csv.headers().unwrap().clone();
        let shown: Vec<String> = range
            .rows()
            .next()
            .unwrap()
            .iter()
            .map(|c| text(Some(c)))
            .collect();
        assert_eq!(shown, header.iter().collect::<Vec<_>>());
        let records: Vec<_> = csv.records().map(Result::unwrap).collect();
        assert_eq!(range.height(), records.len() + 1);
        for (i, record) in records.iter().enumerate() {
            for (j, (column, field)) in header.iter().zip(record).enumerate() {
                let cell = range.get((i + 1, j));
                let is_text = TEXT.contains(&column);
                match cell {
                    Some(Data::Float(x)) if !is_text => {
                        assert_eq!(field.parse::<f64>().unwrap(), *x)
                    }
                    _ if is_text || field.is_empty() => assert_eq!(text(cell), field),
                    other => panic!("{table} {column}: {field} is {other:?}"),
                }
                compared += 1;
            }
        }
    }
    assert!(compared > 5000, "{compared}");
    // Formulas of every measure that is shown.
    let measures = sheet(&path, "measures");
    let mut known = Vec::new();
    for row in measures.rows().skip(1) {
        let (name, formula) = (text(row.first()), text(row.get(2)));
        assert!(!formula.is_empty(), "{name}");
        known.push(name);
    }
    let summary = sheet(&path, "summary");
    for row in summary.rows().skip(1) {
        assert!(known.contains(&text(row.get(1))), "{row:?}");
    }
    let manifest: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(out.join("run.json")).unwrap()).unwrap();
    let digest = blake3::hash(&fs::read(&path).unwrap()).to_hex().to_string();
    assert_eq!(manifest["files"]["results.xlsx"]["blake3"], digest.as_str());
}

#[test]
fn assumptions_have_values_comments_and_places() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("a.toml"), SCENARIO).unwrap();
    run(
        dir.path(),
        &[
            "a.toml",
            "--xlsx",
            "-q",
            "-o",
            "out",
            "--set",
            "pool.desk.price.per_agent_hour=30",
        ],
    );
    let range = sheet(&dir.path().join("out/results.xlsx"), "assumptions");
    let row = |key: &str| {
        let found: Vec<_> = range
            .rows()
            .filter(|r| r[1] == Data::String(key.into()))
            .collect();
        assert_eq!(found.len(), 1, "{key}");
        found[0].to_vec()
    };
    let expected = |value: Data, comment: &str, file: &str, line: f64| {
        let text = |s: &str| {
            if s.is_empty() {
                Data::Empty
            } else {
                Data::String(s.into())
            }
        };
        vec![value, text(comment), text(file), Data::Float(line)]
    };
    let day = Data::String("2025-01-30".into());
    assert_eq!(
        row("start")[2..],
        expected(day, "over the end of a month", "a.toml", 5.0)
    );
    let six = Data::Float(6.0);
    assert_eq!(
        row("pool.desk.agents")[2..],
        expected(six, "Agreed with the desk in May.", "a.toml", 17.0)
    );
    let price = row("pool.desk.price.per_agent_hour");
    assert_eq!(
        price[2..],
        expected(Data::Float(30.0), "set on the command line", "--set", 1.0)
    );
    // What looks like a formula stays text.
    let mut book: Xlsx<_> = open_workbook(dir.path().join("out/results.xlsx")).unwrap();
    assert_eq!(
        book.sheet_names(),
        [
            "about",
            "summary",
            "monthly",
            "finance",
            "assumptions",
            "measures"
        ]
    );
    for name in book.sheet_names() {
        assert!(book.worksheet_formula(&name).unwrap().is_empty(), "{name}");
    }
    assert_eq!(
        text(sheet(&dir.path().join("out/results.xlsx"), "about").get((1, 1))),
        "program"
    );
}

#[test]
fn the_same_results_give_the_same_bytes() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("a.toml"), SCENARIO).unwrap();
    let bytes = |out: &str, threads: &str| {
        run(
            dir.path(),
            &["a.toml", "--xlsx", "-q", "-o", out, "-j", threads],
        );
        fs::read(dir.path().join(out).join("results.xlsx")).unwrap()
    };
    let first = bytes("x", "1");
    assert!(first == bytes("y", "2"));
    // Nor does the archive say when it was made: its entries are of 1 January 1980, 00:00.
    let entries: Vec<usize> = (0..first.len())
        .filter(|&i| first[i..].starts_with(b"PK\x03\x04"))
        .collect();
    assert!(entries.len() > 5);
    for i in entries {
        assert_eq!(first[i + 10..i + 14], [0, 0, 0x21, 0]);
    }
    // Without the option there is none.
    run(dir.path(), &["a.toml", "-q", "-o", "z"]);
    assert!(!dir.path().join("z/results.xlsx").exists());
}
