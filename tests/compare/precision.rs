//! `--precision` as a size, of differences by the files, and of means that may be 0.

use super::program::{room, run, run_json, success};
use serde_json::Value;
use std::fs;
use std::path::Path;

/// Mean and half-width of a measure of everything, by summary.csv.
fn estimate(dir: &Path, scenario: &str, measure: &str) -> (f64, f64) {
    let mut reader = csv::Reader::from_path(dir.join("summary.csv")).unwrap();
    let rows = reader.records().map(Result::unwrap);
    let is_it = |r: &csv::StringRecord| [&r[0], &r[1], &r[2]] == [scenario, measure, "all"];
    let row = rows.into_iter().find(is_it).unwrap();
    let number = |i: usize| row[i].parse::<f64>().unwrap();
    (number(4), (number(6) - number(5)) / 2.0)
}

/// What is told of the precision of the only measure of a scenario.
fn told(json: &Value, scenario: usize) -> &Value {
    let told = json["scenarios"][scenario]["precision"].as_array().unwrap();
    assert_eq!(told.len(), 1, "{told:?}");
    &told[0]
}

fn bytes(dir: &Path) -> Vec<Vec<u8>> {
    let names = ["summary.csv", "replications.csv", "comparison.csv"];
    names.map(|n| fs::read(dir.join(n)).unwrap()).to_vec()
}

#[test]
fn a_size_is_reached() {
    let dir = room();
    let d = dir.path();
    for (size, measure, unit, wanted) in [
        ("1.5s", "mean_wait", "s", 1.5),
        ("0.025min", "mean_wait", "s", 1.5),
        ("0.8pt", "sl_net", "fraction", 0.008),
    ] {
        let json = run_json(
            d,
            &format!("run a.toml --precision {size} --on {measure} -o x -j1 --json"),
        );
        let n = json["scenarios"][0]["replications"].as_u64().unwrap();
        assert!(
            (60..1000).contains(&n) && n.is_multiple_of(10),
            "{size}: {n}"
        );
        let (_, half) = estimate(&d.join("x"), "a", measure);
        let told = told(&json, 0);
        assert!(half <= wanted, "{size}: {half}");
        let number = |key: &str| told[key].as_f64().unwrap();
        assert!((number("half_width") / half - 1.0).abs() < 1e-6, "{told}");
        assert!((number("wanted_half_width") / wanted - 1.0).abs() < 1e-12);
        assert_eq!(
            (&told["reached"], &told["unit"], &told["wanted"]),
            (&true.into(), &unit.into(), &Value::Null)
        );
        // It is as many as it takes: a run of two thirds is not precise.
        let fewer = format!("run a.toml --reps {} -o fewer -q", n * 2 / 3);
        success(d, &fewer);
        assert!(
            estimate(&d.join("fewer"), "a", measure).1 > wanted,
            "{size}"
        );
    }
    // Nothing is named: what is in that unit. The command is one that gives the same.
    let text = success(d, "run a.toml --precision 3s -o usual -j3");
    assert!(
        text.contains("precision of a mean_wait:") && text.contains("; ± 3 s reached; ± 3 s takes"),
        "{text}"
    );
    assert!(!text.contains("cost_total:"), "{text}");
    success(d, "run a.toml --precision 3s --on mean_wait -o x -j1");
    assert_eq!(bytes(&d.join("usual")), bytes(&d.join("x")));
    let run: Value = serde_json::from_slice(&fs::read(d.join("x/run.json")).unwrap()).unwrap();
    assert_eq!(
        run["command"],
        "handover run a.toml --precision '3 s' --on mean_wait"
    );
    // The file says the same.
    let text = fs::read_to_string(d.join("a.toml")).unwrap();
    fs::write(d.join("f.toml"), format!("precision = \"3 s\"\n{text}")).unwrap();
    let json = run_json(d, "run f.toml -o f --json");
    let n = &run["scenarios"][0]["replications"];
    assert_eq!(&json["scenarios"][0]["replications"], n);
    assert_eq!(told(&json, 0)["wanted_half_width"], 3.0);
}

#[test]
fn a_size_must_fit_the_measure() {
    let dir = room();
    for (arguments, parts) in [
        ("--precision 5", vec!["such as 2%, or a size with its unit"]),
        (
            "--precision 0s",
            vec!["such as 2%, or a size with its unit"],
        ),
        (
            "--precision 5s --on sl_net --on mean_wait",
            vec![
                "a.toml: sl_net is in fraction, and the precision in s",
                "shares in pt",
            ],
        ),
        (
            "--precision 5SEK",
            vec!["none of sl_net, mean_wait, cost_total is in SEK", "--on"],
        ),
    ] {
        let (status, out, err) = run(dir.path(), &format!("run a.toml {arguments}"));
        assert_eq!((status, out.as_str()), (2, ""), "{arguments}");
        parts
            .iter()
            .for_each(|p| assert!(err.contains(p), "{p}: {err}"));
        assert!(!err.contains("mean_wait is in"), "{err}");
    }
}

/// Nobody waits for sixty agents: of a mean of 0 no share is known, whatever the number of replications; a size is.
#[test]
fn of_a_mean_of_zero_a_size_is_asked() {
    let dir = room();
    let d = dir.path();
    let idle = fs::read_to_string(d.join("a.toml")).unwrap();
    fs::write(
        d.join("idle.toml"),
        idle.replace("agents = 5", "agents = 60"),
    )
    .unwrap();
    let differences = "run idle.toml a.toml --differences --on mean_wait --max-reps 60";
    let text = success(d, &format!("{differences} --precision 1% -o x"));
    assert!(
        text.contains(
            "at 95 % after 60 replications; ± 1 % not reached: idle's mean may be 0, and of that no share is reached however \
             many there are; ask for a size, such as --precision 1s"
        ),
        "{text}"
    );
    let json = run_json(d, &format!("{differences} --precision 6s -o y --json"));
    let (told, n) = (told(&json, 1), &json["scenarios"][1]["replications"]);
    assert!(n.as_u64().unwrap() < 60, "{n}");
    assert_eq!(told["measure"], "mean_wait less idle");
    assert_eq!(told["reached"], true);
    // Nobody waits there: the difference is the wait itself.
    let (mean, half) = estimate(&d.join("y"), "a", "mean_wait");
    assert!(mean > 40.0 && half <= 6.0, "{mean} ± {half}");
    assert!((told["half_width"].as_f64().unwrap() / half - 1.0).abs() < 1e-6);
    // A mean that is hardly above 0, and not known from it.
    fs::write(
        d.join("calm.toml"),
        idle.replace("agents = 5", "agents = 13"),
    )
    .unwrap();
    let calm = "run calm.toml --precision 1% --on mean_wait";
    let text = success(d, &format!("{calm} --reps 2 --max-reps 4 -o z"));
    assert!(
        text.contains("± 1 % not reached: it may be 0") && text.contains("--precision 1s"),
        "{text}"
    );
    assert!(!text.contains("takes about"), "{text}");
}

#[test]
fn differences_go_by_the_precision_of_the_files() {
    let dir = room();
    let d = dir.path();
    let text = |name: &str| fs::read_to_string(d.join(name)).unwrap();
    let (a, b) = (text("a.toml"), text("b.toml"));
    let said = "precision = \"1%\"\nprecision_measures = [\"mean_wait\"]\nmax_replications = 600\n";
    fs::write(d.join("pa.toml"), format!("{said}{a}")).unwrap();
    fs::write(d.join("pb.toml"), format!("{said}{b}")).unwrap();
    let counts = |arguments: &str| {
        let json = run_json(d, &format!("{arguments} --json"));
        let counts: Vec<u64> = (0..2)
            .map(|k| json["scenarios"][k]["replications"].as_u64().unwrap())
            .collect();
        let told = told(&json, 1);
        assert_eq!(
            (&told["reached"], &told["wanted"]),
            (&true.into(), &0.01.into())
        );
        assert!(
            told["measure"]
                .as_str()
                .unwrap()
                .starts_with("mean_wait less")
        );
        counts
    };
    let flag = counts(
        "run a.toml b.toml --precision 1% --differences --on mean_wait --max-reps 600 -o flag",
    );
    assert!(flag[0] >= 60 && flag[0] == flag[1], "{flag:?}");
    // Both files say it, or one of them for both.
    for files in ["pa.toml pb.toml", "pa.toml b.toml", "a.toml pb.toml"] {
        assert_eq!(
            counts(&format!("run {files} --differences -o x")),
            flag,
            "{files}"
        );
    }
    fs::write(
        d.join("pb.toml"),
        format!("{}{b}", said.replace("1%", "9 s")),
    )
    .unwrap();
    for (arguments, part) in [
        (
            "run a.toml b.toml --differences",
            "error: --differences needs a precision, and there is none",
        ),
        (
            "run pa.toml pb.toml --differences",
            "needs one precision, and the scenarios ask for 0.01 and 9 s",
        ),
        (
            "run a.toml e.toml --differences --precision 2% --on cost_total",
            "cost_total is in different units: USD, SEK",
        ),
        (
            "run a.toml b.toml --differences --best mean_wait",
            "cannot be used with",
        ),
    ] {
        let (status, out, err) = run(d, arguments);
        assert_eq!((status, out.as_str()), (2, ""), "{arguments}: {err}");
        assert!(err.contains(part), "{arguments}: {err}");
    }
}
