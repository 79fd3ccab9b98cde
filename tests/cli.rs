//! The program as it is called: exit statuses, what it writes and what it leaves alone.

mod failures;
mod hostile;
mod log;
mod resume;

use assert_cmd::Command;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use tempfile::TempDir;

const SMALL: &str = include_str!("errors/base.toml");
const FILES: [&str; 10] = [
    "assumptions.csv",
    "comparison.csv",
    "finance.csv",
    "intervals.csv",
    "monthly.csv",
    "replications.csv",
    "report.html",
    "run.json",
    "summary.csv",
    "week.csv",
];

/// An empty directory with a small scenario in it.
fn room() -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("a.toml"), SMALL).unwrap();
    fs::write(
        dir.path().join("b.toml"),
        SMALL.replace("daily_volume = 400", "daily_volume = 300"),
    )
    .unwrap();
    dir
}

/// The program in a directory, with arguments that are parted by spaces.
fn handover(dir: &Path, arguments: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_handover"));
    command
        .current_dir(dir)
        .env_remove("NO_COLOR")
        .args(arguments.split_whitespace());
    command
}

/// Runs it; exit status, standard output, standard error.
pub(crate) fn output(dir: &Path, arguments: &str) -> (i32, String, String) {
    let output = handover(dir, arguments).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (
        output.status.code().unwrap(),
        text(output.stdout),
        text(output.stderr),
    )
}

/// What a successful command prints.
fn success(dir: &Path, arguments: &str) -> String {
    let (status, out, err) = output(dir, arguments);
    assert_eq!(status, 0, "{arguments}: {out}{err}");
    assert_eq!(err, "", "{arguments}");
    out
}

/// Names in a directory, in order.
fn names(dir: &Path) -> Vec<String> {
    let entries = fs::read_dir(dir).unwrap();
    let mut names: Vec<String> = entries
        .map(|e| e.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

/// The bytes of all tables of a directory: the manifest holds times, and the page the command.
fn tables(dir: &Path) -> BTreeMap<String, Vec<u8>> {
    let names = names(dir).into_iter().filter(|n| n.ends_with(".csv"));
    names
        .map(|n| (n.clone(), fs::read(dir.join(n)).unwrap()))
        .collect()
}

fn manifest(dir: &Path) -> serde_json::Value {
    serde_json::from_str(&fs::read_to_string(dir.join("run.json")).unwrap()).unwrap()
}

/// Rows of a CSV file, the header first.
fn rows(path: &Path) -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .from_path(path)
        .unwrap();
    reader
        .records()
        .map(|r| r.unwrap().iter().map(str::to_owned).collect())
        .collect()
}

/// The mean of a measure of everything.
fn mean(dir: &Path, measure: &str) -> f64 {
    let rows = rows(&dir.join("summary.csv"));
    let row = rows
        .iter()
        .find(|r| r[1] == measure && r[2] == "all")
        .unwrap();
    row[4].parse().unwrap()
}

#[test]
fn a_run_writes_the_documented_files() {
    let dir = room();
    let text = success(dir.path(), "run a.toml --reps 3");
    assert!(
        text.contains("results/a") && text.contains("summary.csv"),
        "{text}"
    );
    assert!(text.lines().all(|l| l.chars().count() <= 100), "{text}");
    assert!(!text.contains('\u{1b}'), "no terminal, no colour: {text}");
    assert_eq!(names(dir.path()), ["a.toml", "b.toml", "results"]);
    assert_eq!(names(&dir.path().join("results")), ["a"]);
    let results = dir.path().join("results/a");
    assert_eq!(names(&results), FILES);

    let summary = rows(&results.join("summary.csv"));
    let header = "scenario,measure,slice,unit,mean,ci_low,ci_high,replications";
    assert_eq!(summary[0].join(","), header);
    assert!(summary.len() > 100, "{}", summary.len());
    for row in &summary[1..] {
        assert!(
            row[0] == "a" && !row[1].is_empty() && !row[2].is_empty() && !row[3].is_empty(),
            "{row:?}"
        );
        let n: usize = row[7].parse().unwrap();
        assert!(n <= 3, "{row:?}");
        let number = |i: usize| (!row[i].is_empty()).then(|| row[i].parse::<f64>().unwrap());
        let (mean, low, high) = (number(4), number(5), number(6));
        assert!(
            [mean, low, high].into_iter().flatten().all(f64::is_finite),
            "{row:?}"
        );
        assert_eq!(
            (mean.is_some(), low.is_some(), high.is_some()),
            (n > 0, n > 1, n > 1),
            "{row:?}"
        );
        if let (Some(m), Some(l), Some(h)) = (mean, low, high) {
            assert!(l <= m && m <= h, "{row:?}");
        }
    }
    for file in ["replications.csv", "intervals.csv", "monthly.csv"] {
        for row in rows(&results.join(file)).iter().skip(1) {
            // The first columns name things, the others are numbers or empty.
            let numbers = row.iter().filter_map(|f| f.parse::<f64>().ok());
            assert!(numbers.into_iter().all(f64::is_finite), "{file}: {row:?}");
            assert!(
                !row.iter()
                    .any(|f| f.eq_ignore_ascii_case("nan") || f.contains("inf")),
                "{file}: {row:?}"
            );
        }
    }
    let run = manifest(&results);
    assert!(run["contacts"].as_u64().unwrap() > 500, "{run}");
    assert!(run["cpu_seconds"].as_f64().unwrap() > 0.0, "{run}");
    assert_eq!(run["interrupted"], false);
    for file in FILES.iter().filter(|f| f.ends_with(".csv")) {
        let bytes = fs::read(results.join(file)).unwrap();
        assert_eq!(
            run["files"][file]["bytes"].as_u64(),
            Some(bytes.len() as u64)
        );
        assert_eq!(
            run["files"][file]["blake3"].as_str(),
            Some(&*blake3::hash(&bytes).to_hex())
        );
    }
    assert_eq!(run["scenarios"][0]["replications"], 3);
}

#[test]
fn options_do_what_they_say() {
    let dir = room();
    let d = dir.path();
    let json = success(d, "run a.toml b.toml --json --reps 2 --seed 9 -o out/x");
    let document: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(document["scenarios"].as_array().unwrap().len(), 2);
    assert_eq!(document["scenarios"][0]["seed"], 9);
    assert_eq!(document["scenarios"][1]["replications"], 2);
    assert!(
        document["scenarios"][0]["measures"]["sl_net"]["mean"].is_f64(),
        "{json}"
    );
    assert_eq!(names(&d.join("out/x")), FILES);
    assert_eq!(manifest(&d.join("out/x"))["scenarios"][0]["seed"], 9);

    // A setting is the same as a change of the file.
    success(
        d,
        "run a.toml --reps 2 -q -o set --set demand.daily_volume=300",
    );
    success(d, "run b.toml --reps 2 -q -o file");
    for measure in ["contacts", "sl_net", "occupancy"] {
        assert_eq!(
            mean(&d.join("set"), measure),
            mean(&d.join("file"), measure),
            "{measure}"
        );
    }
    success(d, "run a.toml --reps 2 -q -o plain");
    assert!(mean(&d.join("plain"), "contacts") > 1.2 * mean(&d.join("set"), "contacts"));
    success(d, "run a.toml --reps 2 -q -o seed1 --seed 1");
    success(d, "run a.toml --reps 2 -q -o seed2 --seed 2");
    assert_eq!(
        tables(&d.join("plain")),
        tables(&d.join("seed1")),
        "the seed is 1 when nothing is said"
    );
    assert_ne!(tables(&d.join("seed1")), tables(&d.join("seed2")));

    let quiet = success(d, "run a.toml --reps 2 -q");
    assert!(!quiet.contains("Written") && !quiet.is_empty(), "{quiet}");
    let (loud, verbose) = (
        success(d, "run a.toml --reps 2"),
        success(d, "run a.toml --reps 2 -v"),
    );
    assert!(
        verbose.lines().count() > loud.lines().count() && verbose.contains("payment status"),
        "{verbose}"
    );
    // The manifest's command gives the same results.
    let run = manifest(&d.join("set"));
    let command = run["command"]
        .as_str()
        .unwrap()
        .strip_prefix("handover ")
        .unwrap()
        .to_owned();
    success(d, &format!("{command} -q -o again"));
    assert_eq!(tables(&d.join("set")), tables(&d.join("again")));
}

#[test]
fn threads_and_the_order_of_files_change_no_byte() {
    let dir = room();
    let d = dir.path();
    success(d, "run a.toml b.toml --reps 9 -q -j1 -o one");
    success(d, "run a.toml b.toml --reps 9 -q -j7 -o seven");
    success(d, "run b.toml a.toml --reps 9 -q -j2 -o swapped");
    let mut one = tables(&d.join("one"));
    assert_eq!(one.len(), FILES.len() - 2);
    assert!(one == tables(&d.join("seven")), "with 7 threads");
    // Only who is compared with whom depends on the order.
    let mut swapped = tables(&d.join("swapped"));
    for against in ["comparison.csv", "finance.csv"] {
        one.remove(against);
        swapped.remove(against);
    }
    assert!(one == swapped, "with the files swapped");
    // And a scenario has the same rows whether it is run alone or beside another.
    success(d, "run a.toml --reps 9 -q -o alone");
    let of_a = |name: &str| {
        rows(&d.join(name))
            .into_iter()
            .filter(|r| r[0] == "a")
            .collect::<Vec<_>>()
    };
    assert!(of_a("alone/summary.csv") == of_a("one/summary.csv"));
}

#[test]
fn a_broken_scenario_makes_no_directory() {
    let dir = room();
    let d = dir.path();
    fs::write(
        d.join("c.toml"),
        SMALL.replace("acceptance = 0.7", "acceptance = 1.7"),
    )
    .unwrap();
    fs::write(
        d.join("d.toml"),
        SMALL.replace("daily_volume = 400", "daily_volume ="),
    )
    .unwrap();
    let (status, out, err) = output(d, "run c.toml a.toml d.toml -o out");
    assert_eq!((status, out.as_str()), (2, ""));
    assert!(
        err.contains("c.toml:40:14") && err.contains("found 1.7") && err.contains("d.toml:7:"),
        "{err}"
    );
    assert!(!d.join("out").exists() && !d.join("results").exists());
    let (status, _, err) = output(d, "check c.toml");
    assert_eq!(status, 2);
    assert!(err.contains("pool.gig.acceptance"), "{err}");
    for (arguments, says) in [
        ("run none.toml", "there is no such file"),
        ("run .", "it is not a regular file"),
        ("run a.toml a.toml", "given twice"),
        (
            "run a.toml --set pool.gigs.members=2",
            "did you mean \"gig\"?",
        ),
        ("run a.toml --reps 0", "--reps"),
        ("run a.toml --seed=-1", "--seed"),
        ("run a.toml -j 0", "--threads"),
        ("run", "FILE"),
        ("run a.toml --nonsense", "--nonsense"),
        ("walk a.toml", "walk"),
        ("", "Usage"),
    ] {
        let (status, out, err) = output(d, arguments);
        assert_eq!((status, out.as_str()), (2, ""), "{arguments}: {err}");
        assert!(err.contains(says), "{arguments}: {err}");
    }
    assert_eq!(names(d), ["a.toml", "b.toml", "c.toml", "d.toml"]);
    for arguments in ["--help", "run --help", "check --help", "new --help"] {
        assert!(success(d, arguments).contains("Examples:"), "{arguments}");
    }
    assert!(success(d, "--version").starts_with("handover 0."));
}

#[test]
fn check_says_why_no_number_of_agents_is_required() {
    let dir = room();
    let text = success(dir.path(), "check a.toml --set fte.occupancy=1e-6");
    let words: Vec<&str> = text.split_whitespace().collect();
    let text = words.join(" ");
    assert!(text.contains("Required is not known in \""), "{text}");
    assert!(!success(dir.path(), "check a.toml").contains("Required is not known"));
}

#[test]
fn check_shows_the_load_and_simulates_nothing() {
    let dir = room();
    let d = dir.path();
    let text = success(d, "check a.toml b.toml");
    assert!(
        text.contains("in-house") && text.contains("gig") && text.contains("fraud"),
        "{text}"
    );
    assert!(text.lines().all(|l| l.chars().count() <= 100), "{text}");
    assert_eq!(success(d, "check a.toml -q"), "a.toml: no problems found\n");
    let json: serde_json::Value =
        serde_json::from_str(&success(d, "check a.toml b.toml --json")).unwrap();
    assert_eq!(json["scenarios"].as_array().unwrap().len(), 2);
    let duty = &json["scenarios"][0]["duty"];
    assert!(duty["months"][0]["agents"]["in-house"].as_f64().unwrap() > 0.0);
    assert!(
        ["groups", "contracts", "slots"]
            .iter()
            .all(|key| duty[key].is_array())
    );
    assert_eq!(names(d), ["a.toml", "b.toml"]);
}

#[test]
fn new_writes_a_scenario_that_runs() {
    let dir = room();
    let d = dir.path();
    let text = success(d, "new");
    assert!(text.contains("handover check scenario.toml"), "{text}");
    success(d, "check scenario.toml");
    success(d, "run scenario.toml --reps 2 -q");
    assert_eq!(names(&d.join("results/scenario")), FILES);
    let starter = fs::read_to_string(d.join("scenario.toml")).unwrap();
    assert_eq!(success(d, "new -"), starter);

    for (arguments, says) in [
        ("new a.toml", "is there already"),
        ("new results", "is a directory"),
    ] {
        let (status, _, err) = output(d, arguments);
        assert_eq!(status, 2, "{err}");
        assert!(err.contains(says), "{err}");
    }
    assert_eq!(fs::read_to_string(d.join("a.toml")).unwrap(), SMALL);
    success(d, "new a.toml --force -q");
    assert_eq!(fs::read_to_string(d.join("a.toml")).unwrap(), starter);
    success(d, "new plans/autumn.toml -q");
    assert_eq!(names(&d.join("plans")), ["autumn.toml"]);
    let (status, _, err) = output(d, "new b.toml/x.toml");
    assert_eq!(status, 1, "{err}");
    assert!(
        !err.contains("--out"),
        "advice that `new` does not understand: {err}"
    );
}
