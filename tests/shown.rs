//! What is shown of few replications, of those whom a service level leaves out, and of people who are counted apart.

use crate::compare::program::{find, run, run_json, success, table};
use std::fs;
use std::path::Path;
use tempfile::TempDir;

fn room(files: &[(&str, &str)]) -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    for (name, text) in files {
        fs::write(dir.path().join(name), text).unwrap();
    }
    dir
}

/// 60 calls an hour of 5 minutes for two days; the queue is as given.
fn desk(agents: u32, queue: &str) -> String {
    format!(
        "horizon = \"2 days\"\nreplications = 4\ndemand = {{ rate = \"60 / h\" }}\n[[topic]]\nname = \"calls\"\n\
         work = {{ exponential = \"5 min\" }}\npatience = \"none\"\n{queue}\n[[pool]]\nname = \"desk\"\nkind = \"employed\"\n\
         agents = {agents}\n"
    )
}

fn page(dir: &Path) -> String {
    fs::read_to_string(dir.join("report.html")).unwrap()
}

/// Four of four is no certainty: (0.05 / 2)^(1/4) = 0.398 is what is known.
#[test]
fn four_of_four_is_no_certainty() {
    let dir = room(&[("a.toml", &desk(30, ""))]);
    let d = dir.path();
    let text = success(d, "run a.toml -o out");
    // All of 11,500 calls at once.
    assert!(text.contains("[99.97, 100.00]"), "{text}");
    let rows = table(&d.join("out/summary.csv"));
    let number =
        |measure: &str, column: &str| -> f64 { find(&rows, "a", measure)[column].parse().unwrap() };
    for measure in ["target_met", "target_met_days", "target_met_intervals"] {
        assert_eq!(
            (number(measure, "mean"), number(measure, "ci_high")),
            (1.0, 1.0)
        );
        assert!((number(measure, "ci_low") - 0.3976353644).abs() < 1e-9);
    }
    let calls = number("offered", "mean") * 4.0;
    let low = 0.025_f64.powf(1.0 / calls);
    assert!((number("sl_net", "ci_low") - low).abs() < 1e-9);
    let waits = (
        number("mean_wait", "ci_low"),
        number("mean_wait", "ci_high"),
    );
    assert_eq!(waits, (0.0, 0.0));
    assert_eq!(find(&rows, "a", "occupancy")["unit"], "fraction");
    let intervals = fs::read_to_string(d.join("out/intervals.csv")).unwrap();
    let header = intervals.lines().next().unwrap();
    assert!(
        header.contains(",sl_net,sl_net_ci_low,sl_net_ci_high,sl_net_p10,"),
        "{header}"
    );
    assert!(
        header.contains(",mean_wait,mean_wait_half_width,mean_wait_p10,"),
        "{header}"
    );
}

#[test]
fn who_is_turned_away_is_told_beside_the_service_level() {
    let few = desk(3, "queue_limit = 0");
    let dir = room(&[("a.toml", &few), ("b.toml", &desk(30, ""))]);
    let d = dir.path();
    let json = run_json(d, "run a.toml b.toml -o out --json");
    let caution = &json["scenarios"][0]["cautions"][0];
    assert_eq!(
        (&caution["measure"], &caution["slice"]),
        (&"sl_net".into(), &"all".into())
    );
    assert_eq!(
        json["scenarios"][1]["cautions"].as_array().unwrap().len(),
        0
    );
    let measures = &json["scenarios"][0]["measures"];
    let mean = |m: &str| measures[m]["mean"].as_f64().unwrap();
    // Erlang B of 5 erlangs and 3 agents: more than half.
    assert!(mean("sl_net") == 1.0 && mean("sl_offered") < 0.5);
    let text = success(d, "run a.toml b.toml -o out");
    let told = "Caution (a): The service level (sl_net) leaves out 1,5";
    assert!(text.contains(told), "{text}");
    assert!(text.contains("turned away (52.8 % of those offered): of all offered 47.3 % were answered in time. Judge by sl_offered"), "{text}");
    assert!(!text.contains("Caution (b)"), "{text}");
    assert!(page(&d.join("out")).contains("The service level (sl_net) leaves out"));
}

#[test]
fn who_still_waits_at_the_end_is_told() {
    let dir = room(&[("a.toml", &desk(1, ""))]);
    let text = success(dir.path(), "run a.toml -o out");
    assert!(
        text.contains("still waiting when the simulation ended"),
        "{text}"
    );
}

/// A company of employees, and a vendor's people who staff a pool.
fn company(attrition: f64, vendor: &str) -> String {
    format!(
        "start = 2025-01-01\nhorizon = \"3 months\"\nreplications = 4\n{vendor}\n\
         [[group]]\nname = \"employees\"\nheadcount = 400\nattrition = {attrition}\n"
    )
}

#[test]
fn a_comparison_of_headcounts_says_what_it_compared() {
    let (calm, busy) = (company(0.1, ""), company(0.5, ""));
    let dir = room(&[
        ("a.toml", &calm),
        ("b.toml", &busy),
        ("c.toml", &desk(6, "")),
    ]);
    let d = dir.path();
    let text = success(d, "run a.toml b.toml -o out");
    assert!(
        text.contains("b against a (4 paired replications, 95 %): the people who leave rise by"),
        "{text}"
    );
    assert!(text.contains("the people at the end fall by"), "{text}");
    // The same seed.
    let text = success(d, "run a.toml c.toml -o other --set replications=4");
    assert!(
        text.contains("c against a (no measure in common): nothing was compared."),
        "{text}"
    );
    assert!(!text.contains("0 paired"), "{text}");
}

#[test]
fn vendors_people_are_counted_apart() {
    let vendor = "demand = { rate = \"1 / h\" }\n[[topic]]\nname = \"calls\"\nwork = { exponential = \"5 min\" }\n\
                  patience = \"none\"\n[[pool]]\nname = \"desk\"\nkind = \"outsourced\"\nagents = 10\ngroup = \"agents\"\n\
                  [[group]]\nname = \"agents\"\nheadcount = 100\nattrition = 0.4\n";
    let dir = room(&[("a.toml", &company(0.2, vendor))]);
    let d = dir.path();
    let (status, text, _) = run(d, "run a.toml -o out -v");
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert_eq!(status, 0, "{text}");
    assert!(
        text.contains("People on the payroll go from 400 to"),
        "{text}"
    );
    assert!(
        text.contains("Outsourced people (agents) go from 100 to"),
        "{text}"
    );
    let rows = table(&d.join("out/summary.csv"));
    assert_eq!(find(&rows, "a", "headcount")["mean"], "400");
    let page = page(&d.join("out"));
    assert!(
        page.contains("agents (outsourced)"),
        "no vendor's people on the page"
    );
    assert!(page.contains("own people in all") || !page.contains("in all"));
}
