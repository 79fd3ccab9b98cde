//! Acceptance that rises with pay, against the closed form.

use super::{close, outcome_at};
use crate::sample::outcome;

/// Two segments that are always there; offers go to the longest idle.
fn offers(pay: f64, more: &str) -> String {
    format!(
        r#"
        horizon = "4 days"
        warmup = "1 h"
        replications = 30
        demand = {{ rate = "30 / h" }}
        topic = [ {{ name = "calls", work = "1 min" }} ]
        [[pool]]
        name = "gig"
        kind = "gig"
        members = 40
        logon_rate = "1000 / s"
        session = "1000 days"
        select = "random"
        response = "1 s"
        price = {{ per_contact = {pay} }}
        {more}
        "#
    )
}

/// Odds of 0.4 / 0.6, times (pay / 2)^1.5.
#[test]
fn the_odds_follow_the_pay() {
    let more =
        "acceptance = 0.4\npay_response = { acceptance_elasticity = 1.5, reference_pay = 2 }";
    for pay in [1.0, 2.0, 5.0f64] {
        let odds = 0.4 / 0.6 * (pay / 2.0).powf(1.5);
        close(
            &outcome(&offers(pay, more)),
            "acceptance_rate",
            odds / (1.0 + odds),
        );
    }
}

/// Each segment has its own acceptance and elasticity: at random an offer meets either with equal probability.
#[test]
fn each_segment_answers_by_itself() {
    let more = r#"pay_response = { acceptance_elasticity = 1, reference_pay = 2 }
        segments = [
            { name = "keen", share = 0.5, acceptance = 0.5 },
            { name = "choosy", share = 0.5, acceptance = 0.2, acceptance_elasticity = 2 },
        ]"#;
    // Odds of 1 x 3 and of 1/4 x 9.
    let mean = (3.0 / 4.0 + 9.0 / 13.0) / 2.0;
    close(&outcome(&offers(6.0, more)), "acceptance_rate", mean);
}

/// Who is offered a contact while surge is open thinks of the raised pay.
#[test]
fn surge_counts() {
    // From the first minute on one waits, and surge is open as long as somebody does.
    let seconds: Vec<f64> = (0..400).map(|_| 30.0).collect();
    let text = r#"
        horizon = "1 day"
        replications = 30
        topic = [ { name = "calls", work = "1 min" } ]
        [[pool]]
        name = "gig"
        kind = "gig"
        members = 1
        logon_rate = "1000 / s"
        availability = { every = "2 min", values = [0, 1] }
        session = "1000 days"
        response = "1 s"
        acceptance = 0.4
        price = { per_contact = 2, surge = { above = 0, factor = 3 } }
        pay_response = { acceptance_elasticity = 1, reference_pay = 2 }
    "#;
    // 2/3 x 3 = 2 to 1. The member comes after two minutes, when surge has opened; it closes when nobody waits.
    close(&outcome_at(&seconds, text), "acceptance_rate", 2.0 / 3.0);
}
