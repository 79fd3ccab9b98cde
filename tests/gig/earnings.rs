//! What members earn, by hand, and that it is what the pool costs.

use super::{is, of_pool, outcome_at};
use crate::sample::outcome;
use handover::measure::Slice;

/// One member who is online all the time, in sessions of two hours.
const ONE_MEMBER: &str = r#"
    topic = [ { name = "calls", work = "WORK" } ]
    replications = 2
    [[pool]]
    name = "gig"
    kind = "gig"
    members = 1
    logon_rate = "1000 / s"
    session = "2 h"
"#;

#[test]
fn a_session_that_earned_too_little_is_topped_up() {
    let first = (0..3).map(|k| 600.0 * f64::from(k + 1));
    let second = (0..12).map(|k| 7500.0 + 480.0 * f64::from(k));
    let seconds: Vec<f64> = first.chain(second).collect();
    let text = |minimum: f64| {
        format!(
            "horizon = \"4 h\"\n{}\nminimum_wage = {minimum}\nprice = {{ per_contact = 5, guarantee = 20, platform_fee = 0.2 }}",
            ONE_MEMBER.replace("WORK", "6 min")
        )
    };
    let outcome = outcome_at(&seconds, &text(25.1));
    // 3 contacts x 5 in the first session, topped up to 2 h x 20; 12 x 5 in the second.
    is(&outcome, "earnings_per_online_hour", (40.0 + 60.0) / 4.0);
    is(&outcome, "earnings_p10", 25.0);
    is(&outcome, "cost_total", 120.0);
    // Of the second session 2 h - 12 x 6 min were spent waiting for nothing.
    is(&outcome, "unpaid_waiting_share", 48.0 / 240.0);
    is(&outcome, "below_minimum_wage", 1.0);
    is(
        &outcome_at(&seconds, &text(24.9)),
        "below_minimum_wage",
        0.0,
    );
}

#[test]
fn pay_is_raised_while_many_wait() {
    let text = format!(
        "horizon = \"2 h\"\n{}\nprice = {{ per_contact = 5, per_handled_minute = 1, per_online_hour = 6, surge = {{ above = 1, factor = 2 }} }}",
        ONE_MEMBER.replace("WORK", "10 min")
    );
    // Two wait from 302 s on. Looked at every minute, surge opens at 360 s; it closes at 960 s, when one has waited for a minute alone.
    let outcome = outcome_at(&[300.0, 301.0, 302.0], &text);
    // Each contact is paid 5 + 10: the second, which was answered at 900 s, twice. 6 an hour, twice for ten minutes.
    is(&outcome, "cost_total", 15.0 + 30.0 + 15.0 + 12.0 + 1.0);
    is(&outcome, "earnings_per_online_hour", 73.0 / 2.0);
    is(&outcome, "unpaid_waiting_share", 0.0);
    // Once open it stays so until nobody waits.
    let late = text.replace("above = 1,", "above = 1, until = 0,");
    // The third is answered at 1,500 s with surge, and from 1,560 s on nobody waits.
    let outcome = outcome_at(&[300.0, 301.0, 302.0], &late);
    is(&outcome, "cost_total", 15.0 + 30.0 + 30.0 + 12.0 + 2.0);
}

/// Whatever happens, the pool costs what its members got, and the fee.
#[test]
fn costs_are_what_members_earn_and_the_fee() {
    for (shift_end, concurrency, speed) in [
        ("finish", 1, "[1]"),
        ("cut", 2, "[1, 0.7]"),
        ("when_idle", 1, "[1]"),
    ] {
        let outcome = outcome(&format!(
            r#"
            start = 2025-01-28
            horizon = "9 days"
            warmup = "1 day"
            replications = 4
            demand = {{ rate = "40 / h" }}
            [[topic]]
            name = "calls"
            work = {{ exponential = "6 min" }}
            after_contact = {{ exponential = "1 min" }}
            patience = {{ exponential = "10 min" }}
            human = {{ resolve = 0.6, transfer = 0.3, transfer_to = ["gig"] }}
            [[pool]]
            name = "gig"
            kind = "gig"
            members = 40
            logon_rate = "0.05 / h"
            session = {{ exponential = "1 h" }}
            acceptance = 0.8
            response = {{ exponential = "10 s" }}
            cool_down = "1 min"
            tolerance = {{ exponential = "40 min" }}
            pay_response = {{ feedback = 0.5, reference_earnings = 20 }}
            shift_end = "{shift_end}"
            concurrency = {concurrency}
            speed = {speed}
            segments = [ {{ name = "a", share = 0.5 }}, {{ name = "b", share = 0.5, availability = [1, 0.5] }} ]
            price = {{ per_contact = 1, per_handled_minute = 0.3, per_online_hour = 4, guarantee = 18, platform_fee = 0.25, surge = {{ above = 2, until = 0, factor = 1.7 }} }}
            "#
        ));
        let hours = 8.0 * 24.0;
        let row = |measure: &str| {
            let is_it =
                |r: &handover::measure::Row| r.measure == measure && r.slice == Slice::Pool(0);
            outcome.rows.iter().position(is_it).unwrap()
        };
        for values in &outcome.values {
            let value = |measure: &str| values[row(measure)];
            let earned = value("earnings_per_online_hour") * value("agents_on_duty") * hours;
            let cost = value("cost_total");
            assert!(
                (earned * 1.25 / cost - 1.0).abs() < 1e-9,
                "{shift_end}: {earned} {cost}"
            );
            // The guarantee holds for every session, so for everybody.
            assert!(value("earnings_p10") >= 18.0 - 1e-9);
        }
        assert!(of_pool(&outcome, "unpaid_waiting_share", 0) == 0.0);
    }
}

/// Without a guarantee the time that is not paid is the time with empty hands, also where contacts follow each other at once.
#[test]
fn what_is_not_paid_is_what_is_not_worked() {
    for more in ["", "after_contact = { exponential = \"2 min\" }"] {
        let o = outcome(&format!(
            r#"
            start = 2025-01-06
            horizon = "7 days"
            replications = 2
            [demand]
            rate = "60 / h"
            [[topic]]
            name = "q"
            work = {{ exponential = "8 min" }}
            patience = {{ exponential = "10 min" }}
            {more}
            [[pool]]
            name = "g"
            kind = "gig"
            members = 60
            session = "2 h"
            logon_rate = "0.1 / h"
            price = {{ per_contact = 2 }}
            "#
        ));
        let mean = |measure: &str| o.total(measure).unwrap().interval.unwrap().mean;
        let (unpaid, occupancy) = (mean("unpaid_waiting_share"), mean("occupancy"));
        assert!(
            (unpaid - (1.0 - occupancy)).abs() < 1e-9,
            "{unpaid} {occupancy}"
        );
        assert!(unpaid > 0.05 && unpaid < 0.4, "{unpaid}");
    }
}
