//! Members who are not alike.

use super::{close, of_pool};
use crate::sample::outcome;

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
