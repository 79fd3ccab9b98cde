//! Mistakes in designs and measures, said once and all together.

use super::{handover, refused, room, success};
use std::fs;

/// How often a text says something.
fn times(text: &str, part: &str) -> usize {
    text.matches(part).count()
}

#[test]
fn every_wrong_measure_is_named() {
    let dir = room();
    let text = refused(
        dir.path(),
        "sweep a.toml --vary pool.in-house.agents=2,3 --measures mean_wiat,sl_net,occupancy@pool=nobody",
    );
    for part in [
        "the measure mean_wiat",
        "did you mean",
        "the measure occupancy@pool=nobody",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
}

#[test]
fn a_design_is_refused_with_its_line() {
    let dir = room();
    let design = |text: &str| fs::write(dir.path().join("d.csv"), text).unwrap();
    design("pool.in-house.agents;max_contacts\n1;2\n");
    let text = refused(dir.path(), "sweep a.toml --design d.csv");
    assert!(
        text.contains("line 1: the fields are parted by semicolons"),
        "{text}"
    );
    design("max_contacts,pool.in-house.agents\n2,3\n4.5,3\n");
    let text = refused(dir.path(), "sweep a.toml --design d.csv");
    assert!(
        text.contains("expected a whole number") && text.contains("--> d.csv line 3, point 2:1:14"),
        "{text}"
    );
}

/// Every line of a design, and every key of a grid, is judged.
#[test]
fn all_mistakes_of_a_design_are_said() {
    let dir = room();
    let design = "max_contacts,seed,max_contacts\n2,3,4\n2\n1,,5\n2,3,4,5\n";
    fs::write(dir.path().join("d.csv"), design).unwrap();
    let text = refused(dir.path(), "sweep a.toml --design d.csv");
    for part in [
        "line 1: \"max_contacts\" varies twice",
        "line 3: expected 3 fields, found 1",
        "line 4: expected a value of seed",
        "line 5: expected 3 fields, found 4",
    ] {
        assert!(
            text.contains(&format!("error: --design d.csv: {part}")),
            "{part}: {text}"
        );
    }
    let many: String = (0..50).map(|_| "1,2\n").collect();
    fs::write(dir.path().join("d.csv"), format!("seed\n{many}")).unwrap();
    let text = refused(dir.path(), "sweep a.toml --design d.csv");
    assert_eq!(times(&text, "expected 1 field, found 2"), 20, "{text}");
    assert!(text.contains("... and 30 more problems"), "{text}");
    let text = refused(
        dir.path(),
        "sweep a.toml --vary seed=1..5 --vary max_contacts=1..3/9 --vary nothing --measures sl_net,asa,asa",
    );
    assert!(
        text.contains("error: --vary nothing: expected KEY=LOW..HIGH/N"),
        "{text}"
    );
    assert!(
        text.contains("error: --measures: asa is given twice"),
        "{text}"
    );
    let text = refused(
        dir.path(),
        "sweep a.toml --vary seed=1..5 --vary max_contacts=1..3/9",
    );
    assert!(text.contains("error: --vary: seed: a grid needs"), "{text}");
    assert!(
        text.contains("error: --vary: max_contacts: expected at most 3 values"),
        "{text}"
    );
}

/// What a file says is judged at its line, whatever option would say the same.
#[test]
fn mistakes_of_a_table_have_their_line() {
    let dir = room();
    let table = |text: &str| {
        let text = format!("extends = \"a.toml\"\n[sweep]\n{text}");
        fs::write(dir.path().join("s.toml"), text).unwrap();
    };
    table(
        "measures = [\"sl_net\", \"asa\", \"sl_net\"]\nvary = { seed = \"1..5\", max_contacts = \"1..3/9\" }\n",
    );
    let text = refused(dir.path(), "sweep s.toml");
    for part in [
        "error: sweep.vary.seed: a grid needs the number of values: LOW..HIGH/N",
        "--> s.toml:4:17",
        "error: sweep.vary.max_contacts: expected at most 3 values, found 9",
        "--> s.toml:4:40",
        "error: sweep.measures #3: sl_net is given twice",
        "--> s.toml:3:30",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert!(
        !text.contains("--vary") && !text.contains("--measures"),
        "{text}"
    );
    // What the command line says is its own mistake.
    let text = refused(
        dir.path(),
        "sweep s.toml --vary seed=1..7 --measures asa,asa",
    );
    assert!(text.contains("error: --vary: seed: a grid needs"), "{text}");
    assert!(
        text.contains("error: --measures: asa is given twice"),
        "{text}"
    );
    table("measures = [\"sl_net\", \"mean_wiat\"]\nvary = { seed = [1, 2] }\n");
    let text = refused(dir.path(), "sweep s.toml");
    assert!(
        text.contains("error: sweep.measures #2: no point has the measure mean_wiat")
            && text.contains("--> s.toml:3:23")
            && text.contains("did you mean \"mean_wait\"?"),
        "{text}"
    );
    table("vary = { seed = \"1..2000/2000\", max_contacts = \"1..1000/1000\" }\n");
    let text = refused(dir.path(), "sweep s.toml");
    assert!(
        text.contains("error: sweep: expected at most 1000000 points, found 2000000")
            && text.contains("--> s.toml:2:"),
        "{text}"
    );
}

/// What is wrong with a model as a whole stands in a line of the file: the point that makes it so is named.
#[test]
fn a_point_is_named_by_its_values() {
    let dir = room();
    let text = refused(
        dir.path(),
        "sweep a.toml --vary topic.fraud.share=0.4,0.7 --vary pool.in-house.agents=4,5,6",
    );
    for part in [
        "expected shares of all topics that sum to 1, found a sum of 1.3",
        "--> a.toml:18:9",
        "at point 4: topic.fraud.share=0.7, pool.in-house.agents=4",
        "the same is wrong with 2 other points",
        "error: 3 of 6 points cannot be simulated; nothing was run",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert!(!dir.path().join("results").exists());
}

#[test]
fn currencies_are_not_set_side_by_side() {
    let dir = room();
    let text = refused(
        dir.path(),
        "sweep a.toml --set pool.in-house.price.per_agent_hour=20 --vary currency=EUR,USD --measures cost_total,sl_net",
    );
    assert!(
        text.contains("cost_total is in EUR at some points and in USD at others"),
        "{text}"
    );
    success(
        dir.path(),
        "sweep a.toml --reps 1 --set pool.in-house.price.per_agent_hour=20 --vary currency=EUR,USD --measures sl_net -q",
    );
}

#[test]
fn a_wrong_setting_is_said_once() {
    let dir = room();
    for name in ["b.toml", "c.toml"] {
        fs::copy(dir.path().join("a.toml"), dir.path().join(name)).unwrap();
    }
    let text = refused(
        dir.path(),
        "run a.toml b.toml c.toml --set max_contacts=many --set pool.gig.acceptance=7",
    );
    assert_eq!(times(&text, "max_contacts: expected"), 1, "{text}");
    assert_eq!(times(&text, "pool.gig.acceptance: expected"), 1, "{text}");
}

/// A design that a sweep has written, and that is read back, answers the same questions.
#[test]
fn a_saltelli_design_keeps_its_indices() {
    let dir = room();
    let vary = "--vary pool.in-house.agents=2..9 --vary pool.gig.acceptance=0.2..0.9";
    success(
        dir.path(),
        &format!(
            "sweep a.toml --reps 1 --method saltelli --points 16 --measures mean_wait {vary} -o a -q"
        ),
    );
    success(
        dir.path(),
        "sweep a.toml --reps 1 --design a/design.csv --measures mean_wait -o b -q",
    );
    let said = |folder: &str| {
        let arguments = format!("sensitivity {folder} --json");
        let output = handover(dir.path(), &arguments).output().unwrap();
        serde_json::from_slice::<serde_json::Value>(&output.stdout).unwrap()
    };
    let (a, b) = (said("a"), said("b"));
    assert_eq!(a, b);
    assert_eq!(a["method"], "saltelli");
    let effects = a["measures"][0]["effects"].as_array().unwrap();
    assert_eq!(a["measures"][0]["measure"], "mean_wait");
    for effect in effects.iter().filter(|e| e["kind"] != "r_squared") {
        assert!(
            effect["value"].is_f64() && effect["ci_low"].is_f64(),
            "{effect}"
        );
    }
    let kinds: Vec<&str> = effects
        .iter()
        .map(|e| e["kind"].as_str().unwrap())
        .collect();
    assert!(
        kinds.contains(&"total") && kinds.contains(&"first_order"),
        "{kinds:?}"
    );
}
