//! What counts, where, and how often: hand-worked cases in which it could count twice or not at all.

use crate::sample::{monthly_mean, outcome, outcome_in};
use handover::experiment::Outcome;
use handover::scenario::InMemory;

fn total(outcome: &Outcome, measure: &str) -> f64 {
    let estimate = outcome.total(measure).unwrap();
    estimate.mean.unwrap()
}

/// Three hired in a month that the warm-up ends in, with a change that changes nothing within the warm-up and without.
#[test]
fn a_change_within_the_warm_up_loses_no_hire() {
    let text = "start = 2025-01-01\nhorizon = \"3 months\"\nreplications = 1\nwarmup = \"15 days\"\n\
        [[group]]\nname = \"G\"\nheadcount = 10\nhiring = { requests = [3, 2, 1] }\n\
        pay = { monthly = 1000, per_hire = 100, severance_months = 1 }\n";
    let change = "[[timeline]]\nat = 2025-01-11T09:13:00\nset = { \"group.G.hiring\" = { requests = [3, 2, 1] } }\n";
    let without = monthly_mean(&outcome(text), 0, "cost_total").unwrap();
    let with = monthly_mean(&outcome(&format!("{text}{change}")), 0, "cost_total").unwrap();
    // 13 people for 16 of 31 days, and what 3 hires cost.
    let expected = 13_000.0 * 16.0 / 31.0 + 300.0;
    assert!((without - expected).abs() < 1e-6, "{without} {expected}");
    assert!((with - expected).abs() < 1e-6, "{with}");
}

/// Three are answered at once; the last is cut off at noon after ten minutes and leaves 10 s later: no level is above 1.
#[test]
fn who_is_cut_off_and_leaves_counts_once_in_the_service_level() {
    let files = InMemory::new()
        .with("arrivals.csv", "time,topic\n32400,a\n36000,a\n42600,a\n")
        .with(
            "a.toml",
            "start = 2025-06-02\nhorizon = \"1 day\"\nreplications = 1\n\
            [demand]\narrivals = { csv = \"arrivals.csv\" }\n\
            [[topic]]\nname = \"a\"\nwork = \"20 min\"\npatience = \"10 s\"\n\
            [[pool]]\nname = \"p\"\nkind = \"employed\"\nshift_end = \"cut\"\nagents = 1\nhours = [\"mon-sun 08:00-12:00\"]\n",
        );
    let outcome = outcome_in(&files);
    for (measure, expected) in [
        ("offered", 3.0),
        ("answered", 3.0),
        ("abandoned", 0.0),
        ("ended_abandoned", 1.0),
        ("sl_net", 1.0),
        ("sl_offered", 1.0),
        ("sl_generous", 1.0),
        ("asa", 0.0),
        ("mean_wait", 10.0 / 3.0),
        ("wait_p50", 0.0),
        ("queue_length", 10.0 / 86_400.0),
    ] {
        let value = total(&outcome, measure);
        assert!((value - expected).abs() < 1e-9, "{measure}: {value}");
    }
}

/// Somebody who comes at 07:54 to a desk that is open from 8 to 10, 12 to 14 and 15 to 16 is cut off ten times in four days: one visit, of
/// which all waits together are the wait.
#[test]
fn a_visit_that_is_cut_off_twice_has_one_wait() {
    let files = InMemory::new()
        .with("arrivals.csv", "time,topic\n28440,a\n")
        .with(
            "a.toml",
            "start = 2025-06-02\nhorizon = \"1 day\"\nreplications = 1\n\
            [demand]\narrivals = { csv = \"arrivals.csv\" }\n\
            [[topic]]\nname = \"a\"\nwork = \"18 h 30 min\"\n\
            [[pool]]\nname = \"p\"\nkind = \"employed\"\nshift_end = \"cut\"\nagents = 1\n\
            hours = [\"mon-sun 08:00-10:00\", \"mon-sun 12:00-14:00\", \"mon-sun 15:00-16:00\"]\n",
        );
    let outcome = outcome_in(&files);
    // 5 h of work a day for three days, and 3 h 30 min on the fourth: waits of 6 min, 3 h a day, 16 h a night, 2 h on the fourth day.
    let waits = 360.0 + 3600.0 * (3.0 * 3.0 + 3.0 * 16.0 + 2.0);
    let day = 86_400.0;
    for (measure, expected) in [
        ("offered", 1.0),
        ("answered", 1.0),
        ("abandoned", 0.0),
        ("cut_off", 10.0),
        ("asa", 360.0),
        ("mean_wait", waits),
        ("queue_length", (360.0 + 3.0 * 3600.0 + 8.0 * 3600.0) / day),
    ] {
        let value = total(&outcome, measure);
        assert!((value - expected).abs() < 1e-6, "{measure}: {value}");
    }
    // Percentiles are read from bins.
    let median = total(&outcome, "wait_p50");
    assert!((median / waits - 1.0).abs() < 0.01, "{median} {waits}");
}

/// Two are answered at once; the third waits from 12:30 until the simulation ends, seven days after the horizon.
#[test]
fn who_is_never_answered_is_unserved() {
    let files = InMemory::new()
        .with("arrivals.csv", "time,topic\n32400,a\n36000,a\n45000,a\n")
        .with(
            "agents.csv",
            "date,time,agents\n2025-06-02,00:00,1\n2025-06-02,12:00,0\n",
        )
        .with(
            "a.toml",
            "start = 2025-06-02\nhorizon = \"1 day\"\nreplications = 1\n\
            [demand]\narrivals = { csv = \"arrivals.csv\" }\n\
            [[topic]]\nname = \"a\"\nwork = \"20 min\"\n\
            [[pool]]\nname = \"p\"\nkind = \"employed\"\nagents = { csv = \"agents.csv\" }\n",
        );
    let outcome = outcome_in(&files);
    for (measure, expected) in [
        ("offered", 3.0),
        ("answered", 2.0),
        ("unserved", 1.0),
        ("ended_unserved", 1.0),
        ("cases_unserved", 1.0),
        ("cases_lost", 0.0),
        ("turned_away", 0.0),
        ("sl_net", 2.0 / 3.0),
        ("resolution_rate", 1.0),
        ("mean_wait", (11.5 + 7.0 * 24.0) * 3600.0 / 3.0),
    ] {
        let value = total(&outcome, measure);
        assert!((value - expected).abs() < 1e-9, "{measure}: {value}");
    }
}

/// How far people have learned is looked at when they come and at midnight, not when something else changes.
#[test]
fn a_change_of_something_else_teaches_nobody() {
    let text = "start = 2025-01-01\nhorizon = \"2 days\"\nreplications = 1\n[demand]\nrate = \"60 / h\"\n\
        [[topic]]\nname = \"a\"\nwork = \"30 s\"\n\
        [[pool]]\nname = \"p\"\nkind = \"employed\"\nagents = 1\ngroup = \"G\"\n\
        [[group]]\nname = \"G\"\nheadcount = 1\nhiring = { requests = [1, 0] }\nramp = { handle_time = 2.0, weeks = 1 }\n";
    let change =
        |set: &str| format!("{text}[[timeline]]\nat = 2025-01-01T12:00:00\nset = {{ {set} }}\n");
    let of = |text: &str| total(&outcome(text), "handle_time");
    let without = of(text);
    let other = of(&change("max_contacts = 20"));
    assert!((other - without).abs() < 1e-9, "{other} {without}");
    let ramp = "\"group.G.ramp\" = { handle_time = 3.0, weeks = 1 }";
    assert!(of(&change(ramp)) > without + 1.0);
}

/// A file on a regular grid has rows for the hour that the clocks skip on 30 March; nobody may come in it.
#[test]
fn counts_may_name_the_hour_that_is_skipped() {
    let rows = |skipped: u32| {
        let row = |h: u32| {
            format!(
                "2025-03-30,{h:02}:00,a,{}\n",
                if h == 2 { skipped } else { h }
            )
        };
        (0..24).map(row).collect::<String>()
    };
    let files = |skipped| {
        InMemory::new().with("counts.csv", format!("date,time,topic,count\n{}", rows(skipped))).with(
            "a.toml",
            "start = 2025-03-30\nhorizon = \"23 h\"\ntime_zone = \"Europe/Stockholm\"\nreplications = 1\n\
            [demand]\ncounts = { csv = \"counts.csv\" }\n[[topic]]\nname = \"a\"\nwork = \"1 min\"\n\
            [[pool]]\nname = \"p\"\nkind = \"employed\"\nagents = 9\n",
        )
    };
    let cases = total(&outcome_in(&files(0)), "cases");
    assert_eq!(cases, f64::from((0..24).sum::<u32>() - 2));
    let refused = handover::scenario::load(std::path::Path::new("a.toml"), &[], &files(4));
    let message = refused.err().unwrap().to_string();
    assert!(
        message.contains("no cases at a time that the clock skips"),
        "{message}"
    );
}
