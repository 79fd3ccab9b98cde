//! `--precision` of differences: as many replications as the paired differences take.

use super::program::{room, run, run_json, success};

#[test]
fn differences_get_as_precise_as_wanted() {
    let dir = room();
    let d = dir.path();
    let search =
        "run a.toml b.toml c.toml --precision 4% --differences --on mean_wait --max-reps 600";
    let json = run_json(d, &format!("{search} -o x -j1 --json"));
    let scenarios = json["scenarios"].as_array().unwrap();
    let n = scenarios[0]["replications"].as_u64().unwrap();
    assert!((30..600).contains(&n) && n.is_multiple_of(10), "{n}");
    assert!(scenarios.iter().all(|s| s["replications"] == n));
    assert!(
        scenarios[0]
            .get("precision")
            .is_none_or(|p| p.as_array().is_none_or(Vec::is_empty))
    );
    // By the table of comparisons: half-widths over the mean of the first.
    let table = std::fs::read_to_string(d.join("x/comparison.csv")).unwrap();
    let mut reader = csv::Reader::from_reader(table.as_bytes());
    let head = reader.headers().unwrap().clone();
    let at = |name: &str| head.iter().position(|h| h == name).unwrap();
    let mut seen = 0;
    for row in reader.records().map(Result::unwrap) {
        if &row[at("measure")] != "mean_wait" || &row[at("slice")] != "all" {
            continue;
        }
        let number = |name: &str| row[at(name)].parse::<f64>().unwrap();
        let half = (number("ci_high") - number("ci_low")) / 2.0;
        let share = half / number("baseline_mean");
        let told = scenarios
            .iter()
            .find(|s| s["id"] == row[at("scenario")])
            .unwrap();
        let told = &told["precision"][0];
        assert!(share <= 0.04, "{share}");
        assert!(
            (told["relative_half_width"].as_f64().unwrap() / share - 1.0).abs() < 1e-6,
            "{told}"
        );
        assert_eq!(
            (&told["measure"], &told["reached"]),
            (&"mean_wait less a".into(), &true.into())
        );
        seen += 1;
    }
    assert_eq!(seen, 2);
    let text = success(d, &format!("{search} -o y -j3"));
    assert!(
        text.contains("mean_wait less a:") && text.contains("of a's mean at 95 % after"),
        "{text}"
    );
    let bytes = |folder: &str| std::fs::read(d.join(folder).join("summary.csv")).unwrap();
    assert_eq!(bytes("x"), bytes("y"));
}

#[test]
fn differences_need_pairs() {
    let dir = room();
    for (files, part) in [
        ("a.toml", "needs two scenarios at least"),
        ("a.toml d.toml", "have different seeds"),
    ] {
        let arguments = format!("run {files} --precision 5% --differences --on mean_wait");
        let (status, out, err) = run(dir.path(), &arguments);
        assert_eq!(status, 2, "{out}");
        assert!(err.contains(part), "{err}");
    }
}
