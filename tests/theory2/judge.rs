//! Runs the real binary and compares what its files say with the expected numbers.

use super::Case;
use std::collections::HashMap;
use std::path::Path;
use std::process::Command;

/// A number that is known.
pub(crate) struct Row {
    /// Whose number.
    pub(crate) case: String,
    /// Interval, for numbers of `intervals.csv`.
    interval: Option<String>,
    measure: String,
    slice: String,
    value: f64,
    /// Standard error of a number that was itself simulated.
    own_error: f64,
}

/// All numbers.
pub(crate) fn expected() -> Vec<Row> {
    let mut reader = csv::Reader::from_reader(include_str!("expected.csv").as_bytes());
    let rows = reader.records().map(|r| {
        let r = r.unwrap();
        Row {
            case: r[0].to_owned(),
            interval: Some(r[1].to_owned()).filter(|i| !i.is_empty()),
            measure: r[2].to_owned(),
            slice: r[3].to_owned(),
            value: r[4].parse().unwrap(),
            own_error: r[5].parse().unwrap_or(0.0),
        }
    });
    rows.collect()
}

/// How long a case runs.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Length {
    /// Five days, so that counts over the whole horizon are not compared.
    Short,
    /// As the scenario says.
    Full,
}

/// What a run says, by interval (empty for all time), measure and slice: mean and standard error.
type Found = HashMap<(String, String, String), (f64, f64)>;

fn run(case: &Case, length: Length, replications: u32, seed: u64) -> Found {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("scenario.toml");
    std::fs::write(&file, case.scenario).unwrap();
    if !case.arrivals.is_empty() {
        std::fs::write(dir.path().join("arrivals.csv"), case.arrivals).unwrap();
    }
    let out = dir.path().join("out");
    let mut command = Command::new(env!("CARGO_BIN_EXE_handover"));
    command.args(["run", "-q", "-o"]).arg(&out).arg(&file);
    command.args(["--reps", &replications.to_string()]);
    command.args(["--seed", &seed.to_string()]);
    if length == Length::Short && case.arrivals.is_empty() {
        command.args(["--set", "horizon=5 days"]);
    }
    let result = command.output().unwrap();
    assert!(
        result.status.success(),
        "{}: {}",
        case.name,
        String::from_utf8_lossy(&result.stderr)
    );
    let mut found = Found::new();
    summary(&out, &mut found);
    intervals(&out, replications, &mut found);
    found
}

fn summary(out: &Path, found: &mut Found) {
    let mut reader = csv::Reader::from_path(out.join("summary.csv")).unwrap();
    for r in reader.records() {
        let r = r.unwrap();
        let number = |i: usize| r[i].parse::<f64>().ok();
        if let (Some(mean), Some(low), Some(high)) = (number(4), number(5), number(6)) {
            let width = match &r[3] {
                // Of shares on the logit scale; of equal ones nothing is known.
                "fraction" if 0.0 < low && low < mean && mean < high && high < 1.0 => {
                    let logit = |x: f64| libm::log(x / (1.0 - x));
                    (logit(high) - logit(low)) * mean * (1.0 - mean)
                }
                "fraction" => 0.0,
                _ => 2.0 * (high - mean),
            };
            let error = width / 2.0 / student(r[7].parse().unwrap());
            found.insert(
                (String::new(), r[1].to_owned(), r[2].to_owned()),
                (mean, error),
            );
        }
    }
}

fn intervals(out: &Path, replications: u32, found: &mut Found) {
    let mut reader = csv::Reader::from_path(out.join("intervals.csv")).unwrap();
    let header = reader.headers().unwrap().clone();
    for r in reader.records() {
        let r = r.unwrap();
        for (i, column) in header.iter().enumerate().skip(4) {
            let half = header
                .iter()
                .position(|h| h == format!("{column}_half_width"));
            if let (Ok(mean), Some(half)) = (r[i].parse::<f64>(), half) {
                let error = r[half].parse::<f64>().unwrap_or(0.0) / student(replications);
                found.insert(
                    (r[2].to_owned(), column.to_owned(), r[3].to_owned()),
                    (mean, error),
                );
            }
        }
    }
}

/// The 97.5% point of Student's t for so many replications.
fn student(replications: u32) -> f64 {
    use statrs::distribution::{ContinuousCDF, StudentsT};
    StudentsT::new(0.0, 1.0, f64::from(replications.max(2) - 1))
        .unwrap()
        .inverse_cdf(0.975)
}

/// Counts grow with the horizon.
fn is_count(measure: &str) -> bool {
    let whole = ["offered", "answered", "cut_off", "log_ons", "ai_missed"];
    whole.contains(&measure) || measure.starts_with("ended_") || measure.starts_with("escalated_")
}

/// What of the case's numbers is wrong, in words.
pub(crate) fn check(case: &Case, length: Length) -> Vec<String> {
    let mut rows: Vec<Row> = expected()
        .into_iter()
        .filter(|r| r.case == case.name)
        .collect();
    if length == Length::Short {
        rows.retain(|r| !is_count(&r.measure));
    }
    let n = case.replications;
    let mut doubtful = wrong(case, &run(case, length, n, 20_251), &rows);
    if !doubtful.is_empty() {
        let again = wrong(case, &run(case, length, 4 * n, 20_252), &rows);
        doubtful.retain(|(i, _)| again.iter().any(|(j, _)| i == j));
    }
    doubtful.into_iter().map(|(_, what)| what).collect()
}

fn wrong(case: &Case, found: &Found, rows: &[Row]) -> Vec<(usize, String)> {
    let mut out = Vec::new();
    for (i, row) in rows.iter().enumerate() {
        let key = (
            row.interval.clone().unwrap_or_default(),
            row.measure.clone(),
            row.slice.clone(),
        );
        let what = format!("{} {} {} {}", case.name, key.0, row.measure, row.slice);
        let Some(&(mean, error)) = found.get(&key) else {
            out.push((i, format!("{what}: missing")));
            continue;
        };
        let error = error.hypot(row.own_error);
        let off = (mean - row.value).abs();
        println!(
            "{what}: expected {} found {mean} z {:+.2}",
            row.value,
            (mean - row.value) / error
        );
        // A number without spread, up to the digits that are printed.
        if off > 4.0 * error && off > 1e-6 * row.value.abs() {
            out.push((
                i,
                format!(
                    "{what}: expected {} found {mean}, standard error {error}",
                    row.value
                ),
            ));
        }
    }
    out
}
