//! Members who are not alike.

use super::{close, of_pool};
use crate::sample::{outcome, outcome_in};
use handover::experiment::Outcome;
use handover::measure::{Row, Slice};
use handover::scenario::{InMemory, load};
use std::path::Path;

/// Each segment is a set of sources that are on and off: n x odds / (1 + odds) with odds = rate x mean session.
#[test]
fn each_segment_comes_by_its_own_clock() {
    let outcome = outcome(
        r#"
        horizon = "12 days"
        warmup = "2 days"
        replications = 60
        demand = { rate = "0 / h" }
        topic = [ { name = "calls", work = "5 min" } ]
        [[pool]]
        name = "gig"
        kind = "gig"
        members = 101
        logon_rate = "0.5 / h"
        session = { exponential = "2 h" }
        segments = [
            { name = "students", share = 0.3 },
            { name = "professionals", share = 0.5, logon_rate = "0.1 / h", session = "5 h" },
            { name = "asleep", share = 0.2, availability = 0 },
        ]
        "#,
    );
    // 30.3, 50.5 and 20.2 members: 30, 51 and 20. Odds 1 and 0.5.
    close(&outcome, "members_online", 15.0 + 17.0);
}

/// A register in one segment is a register.
#[test]
fn one_segment_is_none() {
    let text = |habits: &str| {
        format!(
            r#"
            horizon = "2 days"
            replications = 2
            demand = {{ rate = "20 / h" }}
            topic = [ {{ name = "calls", work = {{ exponential = "5 min" }}, patience = "5 min" }} ]
            [[pool]]
            name = "gig"
            kind = "gig"
            members = 30
            response = {{ exponential = "5 s" }}
            {habits}
            "#
        )
    };
    let habits =
        r#"logon_rate = "0.1 / h", session = "1 h", acceptance = 0.8, availability = [1, 0]"#;
    let whole = outcome(&text(&habits.replace(", ", "\n").replace("1\n0", "1, 0")));
    let split = outcome(&text(&format!(
        "segments = [ {{ name = \"all\", share = 1, {habits} }} ]"
    )));
    assert_eq!(whole.rows, split.rows);
    let bits = |o: &handover::experiment::Outcome| -> Vec<u64> {
        o.values.iter().flatten().map(|v| v.to_bits()).collect()
    };
    assert_eq!(bits(&whole), bits(&split));
}

/// The segment's own acceptance, work, resolution and tier: everybody is there at once and for good.
#[test]
fn each_segment_has_its_own_acceptance_and_skill() {
    let text = |select: &str, tier: u8, refuse: f64| {
        format!(
            r#"
            horizon = "2 days"
            warmup = "1 h"
            replications = 20
            demand = {{ rate = "30 / h" }}
            topic = [ {{ name = "calls", work = "1 min", human = {{ resolve = 0.8 }} }} ]
            [[pool]]
            name = "gig"
            kind = "gig"
            members = 40
            logon_rate = "1000 / s"
            session = "1000 days"
            select = "{select}"
            response = "1 s"
            segments = [
                {{ name = "slow", share = 0.5, work_factor = 3, resolve_factor = 0.5, tier = 2 }},
                {{ name = "quick", share = 0.5, tier = {tier}, resolve_factor = 1.2, acceptance = {} }},
            ]
            "#,
            1.0 - refuse
        )
    };
    // Half a contact in hand on average: with twenty members in the first tier somebody of it is always free.
    let first = outcome(&text("best_rated", 1, 0.0));
    close(&first, "handle_time", 60.0);
    close(&first, "resolution_rate", 0.96);
    let behind = outcome(&text("best_rated", 3, 0.0));
    close(&behind, "handle_time", 180.0);
    close(&behind, "resolution_rate", 0.4);
    // The longest idle: everybody in turn.
    let turns = outcome(&text("longest_idle", 1, 0.0));
    let mean = of_pool(&turns, "handle_time", 0);
    assert!((115.0..140.0).contains(&mean), "{mean}");
    // A member of the first tier refuses half of the offers, and is back in the list at once: two offers a contact.
    let shy = outcome(&text("best_rated", 1, 0.5));
    close(&shy, "offers_per_contact", 2.0);
    close(&shy, "handle_time", 60.0);
}

/// A loss system in order of tier: ten members of the first carry 20 erlangs less what Erlang B lets overflow, and two segments of the second
/// share the rest by their numbers, one by one the longest idle. Each resolves by its own factor, and has a row of its own.
#[test]
fn tiers_of_segments_have_rows() {
    let segments = |first: u8, second: u8| {
        format!(
            r#"[
                {{ name = "poor", share = 0.25, tier = {first}, resolve_factor = 0.5 }},
                {{ name = "good", share = 0.25, tier = {second}, resolve_factor = 1.5 }},
                {{ name = "plain", share = 0.5, tier = 2 }},
            ]"#
        )
    };
    let run = |more: &str| {
        let text = format!(
            r#"
            start = 2025-06-02
            horizon = "3 days"
            warmup = "1 day"
            replications = 40
            demand = {{ rate = "1200 / h" }}
            topic = [ {{ name = "calls", work = {{ exponential = "1 min" }}, human = {{ resolve = 0.6 }} }} ]
            [[pool]]
            name = "gig"
            kind = "gig"
            members = 40
            logon_rate = "1000 / s"
            session = "1000 days"
            select = "best_rated"
            {more}
            "#
        );
        let files = InMemory::new().with("a.toml", text);
        let model = load(Path::new("a.toml"), &[], &files).unwrap().model;
        let outcome = outcome_in(&files);
        let is_tier = |row: &&Row| matches!(row.slice, Slice::Tier(..));
        let tiers = outcome.rows.iter().filter(is_tier);
        let mut labels: Vec<String> = tiers.map(|row| row.slice.label(&model)).collect();
        labels.dedup();
        (outcome, labels)
    };
    let of = |outcome: &Outcome, measure: &str, tier: usize| {
        let estimate = outcome.find(measure, &Slice::Tier(0, tier)).unwrap();
        let interval = estimate.interval.unwrap();
        (interval.mean, interval.standard_error())
    };
    let blocked = (1..=10).fold(1.0, |b, n| 20.0 * b / (f64::from(n) + 20.0 * b));
    let verify = |outcome: &Outcome, rows: &[(f64, f64)]| {
        let mut sum = 0.0;
        for (tier, &(share, resolution)) in rows.iter().enumerate() {
            for (measure, expected) in [("tier_share", share), ("tier_resolution", resolution)] {
                let (found, se) = of(outcome, measure, tier);
                assert!(
                    (found - expected).abs() < 4.0 * se + 1e-4 && se < 0.01,
                    "{tier} {measure}: {found}, expected {expected} ± {se}"
                );
            }
            sum += of(outcome, "tier_share", tier).0;
        }
        assert!((sum - 1.0).abs() < 1e-9, "{sum}");
    };
    let (still, labels) = run(&format!("segments = {}", segments(1, 2)));
    let name = |segment: &str, tier: u8| format!("pool=gig;segment={segment};tier={tier}");
    assert_eq!(labels, [name("poor", 1), name("good", 2), name("plain", 2)]);
    let (first, rest) = (1.0 - blocked, blocked);
    verify(
        &still,
        &[(first, 0.3), (rest / 3.0, 0.9), (rest * 2.0 / 3.0, 0.6)],
    );
    // In the middle of the two days that count the good go before the poor.
    let change = format!(
        "segments = {}\n[[timeline]]\nat = 2025-06-04\nset.pool.gig.segments = {}",
        segments(1, 2),
        segments(2, 1)
    );
    let (moved, labels) = run(&change);
    let rows = [
        ("poor", 1),
        ("poor", 2),
        ("good", 1),
        ("good", 2),
        ("plain", 2),
    ];
    assert_eq!(labels, rows.map(|(segment, tier)| name(segment, tier)));
    let (first, each) = (first / 2.0, rest / 6.0);
    verify(
        &moved,
        &[
            (first, 0.3),
            (each, 0.3),
            (first, 0.9),
            (each, 0.9),
            (4.0 * each, 0.6),
        ],
    );
    // Where all have one tier there is nothing to tell.
    let (alike, labels) = run(&format!("segments = {}", segments(2, 2)));
    assert!(labels.is_empty() && alike.find("tier_share", &Slice::Tier(0, 0)).is_none());
}
