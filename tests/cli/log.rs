//! `handover run --log`.

use super::{names, output, room, success, tables};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// The rows of a log, each a list of fields, without the header.
fn rows(path: &Path) -> (Vec<String>, Vec<Vec<String>>) {
    let mut reader = csv::Reader::from_path(path).unwrap();
    let head = reader
        .headers()
        .unwrap()
        .iter()
        .map(str::to_owned)
        .collect();
    let rows = reader
        .records()
        .map(|r| r.unwrap().iter().map(str::to_owned).collect());
    (head, rows.collect())
}

/// The other tables are as without it, and the log is the same with any number of threads.
#[test]
fn a_log_changes_nothing_else() {
    let dir = room();
    let d = dir.path();
    success(d, "run a.toml --reps 3 -q -j 1 -o plain");
    success(d, "run a.toml --reps 3 -q -j 1 -o one --log contacts.csv");
    success(d, "run a.toml --reps 3 -q -j 2 -o two --log contacts.csv");
    let (plain, mut one) = (tables(&d.join("plain")), tables(&d.join("one")));
    assert_eq!(one, tables(&d.join("two")));
    assert!(
        one.remove("contacts.csv")
            .is_some_and(|log| log.len() > 1000)
    );
    assert_eq!(plain, one);
    let without = |name: &str| {
        let text = fs::read_to_string(d.join(name).join("run.json")).unwrap();
        serde_json::from_str::<serde_json::Value>(&text).unwrap()["files"].clone()
    };
    assert_eq!(without("plain"), without("one"));
    // Another replication is another one.
    success(
        d,
        "run a.toml --reps 3 -q -o other --log x.csv --log-replication 2",
    );
    let (first, second) = (
        fs::read(d.join("one/contacts.csv")),
        fs::read(d.join("other/x.csv")),
    );
    assert_ne!(first.unwrap(), second.unwrap());
}

/// Totals of the file are those of the replication, to what its digits say; a share is a part of it.
#[test]
fn the_file_adds_up() {
    let dir = room();
    let d = dir.path();
    success(d, "run a.toml --reps 1 -q -o all --log contacts.csv");
    let (head, all) = rows(&d.join("all/contacts.csv"));
    let column = |name: &str| head.iter().position(|h| h == name).unwrap();
    let (_, summary) = rows(&d.join("all/summary.csv"));
    let measure = |name: &str| -> f64 {
        let row = summary.iter().find(|r| r[1] == name && r[2] == "all");
        row.unwrap_or_else(|| panic!("{name}"))[4].parse().unwrap()
    };
    let count =
        |name: &str, value: &str| all.iter().filter(|r| r[column(name)] == value).count() as f64;
    assert_eq!(count("leg", "1"), measure("contacts"));
    assert_eq!(count("outcome", "abandoned"), measure("abandoned"));
    let answered: Vec<f64> = all
        .iter()
        .filter(|r| !r[column("answer")].is_empty())
        .map(|r| r[column("wait")].parse().unwrap())
        .collect();
    assert_eq!(answered.len() as f64, measure("answered"));
    let mean = answered.iter().sum::<f64>() / answered.len() as f64;
    let expected = measure("mean_wait");
    assert!(
        (mean - expected).abs() < 1e-6 * expected,
        "{mean} {expected}"
    );
    // Moments as the clock shows them, in order within a row.
    for row in &all {
        let times =
            ["arrival", "queue_entry", "answer", "end", "work_end"].map(|name| &row[column(name)]);
        let times: Vec<&&String> = times.iter().filter(|t| !t.is_empty()).collect();
        assert!(
            times.is_sorted() && times.iter().all(|t| t.len() == 23),
            "{row:?}"
        );
        assert!(times[0].starts_with("2025-01-"), "{row:?}");
    }

    success(
        d,
        "run a.toml --reps 1 -q -o part --log contacts.csv --log-share 30%",
    );
    let (_, part) = rows(&d.join("part/contacts.csv"));
    let customer = column("customer");
    let taken: BTreeSet<&String> = part.iter().map(|r| &r[customer]).collect();
    let expected: Vec<&Vec<String>> = all
        .iter()
        .filter(|r| taken.contains(&r[customer]))
        .collect();
    assert_eq!(part.iter().collect::<Vec<_>>(), expected);
    let customers = all
        .iter()
        .map(|r| &r[customer])
        .collect::<BTreeSet<_>>()
        .len() as f64;
    let (mean, sd) = (0.3 * customers, (0.21 * customers).sqrt());
    assert!(
        (taken.len() as f64 - mean).abs() < 4.0 * sd,
        "{} of {customers}",
        taken.len()
    );
}

#[test]
fn what_cannot_be_logged_is_refused() {
    let dir = room();
    let d = dir.path();
    for (arguments, said) in [
        (
            "run a.toml --log logs/x.csv",
            "--log logs/x.csv: not the name of a file",
        ),
        (
            "run a.toml --log x.txt",
            "--log x.txt: neither a CSV nor a Parquet file",
        ),
        (
            "run a.toml --log summary.csv",
            "--log summary.csv: a table of the results has this name",
        ),
        (
            "run a.toml b.toml --log x.csv",
            "--log x.csv: a log is of one scenario",
        ),
        (
            "run a.toml --log x.csv --log-share 0",
            "expected a share above 0",
        ),
        ("run a.toml --log-share 10%", "--log <NAME>"),
    ] {
        let (status, _, err) = output(d, arguments);
        assert_eq!(status, 2, "{arguments}: {err}");
        assert!(err.contains(said), "{arguments}: {err}");
    }
    assert!(!names(d).contains(&"results".to_owned()));
}

#[cfg(feature = "parquet")]
#[test]
fn parquet_has_the_same_rows() {
    use ::parquet::file::reader::{FileReader, SerializedFileReader};
    use ::parquet::record::Field;
    let dir = room();
    let d = dir.path();
    success(d, "run a.toml --reps 1 -q -o out --log contacts.csv");
    success(d, "run a.toml --reps 1 -q -o out --log contacts.parquet");
    let (head, all) = rows(&d.join("out/contacts.csv"));
    let file = fs::File::open(d.join("out/contacts.parquet")).unwrap();
    let reader = SerializedFileReader::new(file).unwrap();
    let mut n = 0;
    for (row, expected) in reader.get_row_iter(None).unwrap().zip(&all) {
        let row = row.unwrap();
        for (((name, field), head), text) in row.get_column_iter().zip(&head).zip(expected) {
            assert_eq!(name, head);
            let fits = match field {
                Field::Null => text.is_empty(),
                Field::Long(n) => *text == n.to_string(),
                Field::Double(x) => (text.parse::<f64>().unwrap() - x).abs() < 1e-5,
                Field::Str(s) => text == s,
                Field::Bool(b) => text == if *b { "yes" } else { "no" },
                Field::TimestampMillis(ms) => {
                    let moment: jiff::civil::DateTime = text.parse().unwrap();
                    let zoned = moment.to_zoned(jiff::tz::TimeZone::UTC).unwrap();
                    zoned.timestamp().as_millisecond() == *ms
                }
                _ => false,
            };
            assert!(fits, "{name}: {field:?}, {text}");
        }
        n += 1;
    }
    assert_eq!(n, all.len());
}
