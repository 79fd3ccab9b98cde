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
