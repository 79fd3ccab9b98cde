//! Changes on dates through the whole path: two stationary runs joined, learning, members, money, and what is refused.

mod closed;
mod moments;

use crate::sample::{monthly, monthly_mean, outcome};
use handover::erlang::ErlangA;
use handover::measure::Slice;
use handover::scenario::{InMemory, load};
use std::path::Path;

/// Mean, and its standard error.
fn mean(values: &[f64]) -> (f64, f64) {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let variance = values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / (n - 1.0);
    (mean, (variance / n).sqrt())
}

/// Three months with one change each: each month is a stationary M/M/n of its own, but for the minutes after a change.
#[test]
fn stationary_runs_joined() {
    let outcome = outcome(
        r#"
        start = 2025-06-01
        horizon = "3 months"
        replications = 24
        demand = { rate = "60 / h" }
        topic = [ { name = "calls", work = { exponential = "6 min" } } ]
        pool = [ { name = "desk", kind = "employed", agents = 8 } ]
        [[timeline]]
        at = 2025-07-01
        set = { "pool.desk.agents" = 10 }
        [[timeline]]
        at = 2025-08-01
        note = "a quieter month, and slower agents"
        set.demand.rate = "30 / h"
        set.topic.calls.work = { exponential = "15 min" }
        "#,
    );
    for (month, servers, arrivals, service) in
        [(0, 8, 60.0, 0.1), (1, 10, 60.0, 0.1), (2, 10, 30.0, 0.25)]
    {
        let theory = ErlangA {
            arrival_rate: arrivals / 3600.0,
            mean_service: service * 3600.0,
            mean_patience: None,
            servers,
        };
        let theory = theory.measures().unwrap();
        let close = |measure: &str, want: f64| {
            let (found, se) = mean(&monthly(&outcome, month, measure));
            assert!(
                (found - want).abs() < 4.0 * se + 1e-9,
                "{month} {measure}: {found} ± {se}, expected {want}"
            );
        };
        close("mean_wait", theory.mean_wait);
        close("delay_probability", theory.p_delay);
        close("occupancy", theory.occupancy);
        close("agents_on_duty", f64::from(servers));
    }
}

/// What is not resolved shrinks by a tenth a month, and starts anew with a new version in the middle of April.
#[test]
fn the_assistant_learns() {
    let outcome = outcome(
        r#"
        start = 2025-01-01
        horizon = "6 months"
        replications = 2
        demand = { rate = "100 / h" }
        [ai]
        improvement_per_month = 0.9
        [[topic]]
        name = "chat"
        share = 0.5
        work = { deterministic = "1 s" }
        ai = { resolve = 0.5, hand_off = 0.5, handle_time = { deterministic = "1 s" } }
        [[topic]]
        name = "mail"
        share = 0.5
        work = { deterministic = "1 s" }
        ai = { resolve = 0.5, hand_off = 0.5, handle_time = { deterministic = "1 s" }, improvement_per_month = 1.0 }
        [[pool]]
        name = "desk"
        kind = "employed"
        agents = 100
        [[timeline]]
        at = 2025-04-16
        set = { "topic.chat.ai.resolve" = 0.8, "topic.chat.ai.hand_off" = 0.2 }
        "#,
    );
    let table = &outcome.monthly;
    let containment = |month: usize, topic: usize| {
        let is_it = |r: &handover::measure::Row| {
            r.measure == "containment" && r.slice == Slice::Topic(topic)
        };
        let sample = table.sample(month, table.rows.iter().position(is_it).unwrap());
        mean(&sample).0
    };
    // April: half of it at 0.5 x 0.9^3, half at 0.2; May: half a month of learning.
    let handed = |m: f64| 0.5 * 0.9f64.powf(m);
    let april = 0.5 * handed(3.0) + 0.5 * 0.2;
    let rest = [
        handed(0.0),
        handed(1.0),
        handed(2.0),
        april,
        0.2 * 0.9f64.powf(0.5),
        0.2 * 0.9f64.powf(1.5),
    ];
    for (month, rest) in rest.into_iter().enumerate() {
        let n = 2.0 * 50.0 * 24.0 * 28.0;
        let se = (rest * (1.0 - rest) / n).sqrt();
        let found = 1.0 - containment(month, 0);
        assert!(
            (found - rest).abs() < 4.0 * se,
            "{month}: {found}, expected {rest} ± {se}"
        );
        assert!((containment(month, 1) - 0.5).abs() < 4.0 * (0.25 / n).sqrt());
    }
}

/// Beside a desk, whose people are no members: 20 members become 60, and then log on three times as often: the mean number online is members x rate / (rate + 1/session).
#[test]
fn a_register_grows() {
    let outcome = outcome(
        r#"
        start = 2025-01-01
        horizon = "3 months"
        replications = 20
        demand = { rate = "1 / h" }
        topic = [ { name = "chat", work = { deterministic = "1 s" } } ]
        pool = [ { name = "gig", kind = "gig", members = 20, logon_rate = "0.1 / h", session = "2 h" },
                 { name = "desk", kind = "employed", agents = 7 } ]
        [[timeline]]
        at = 2025-02-01
        set = { "pool.gig.members" = 60 }
        [[timeline]]
        at = 2025-03-01
        set = { "pool.gig.logon_rate" = "0.3 / h", "pool.gig.members" = 40 }
        "#,
    );
    let mut before = 0.0;
    for (month, members, rate, days) in [
        (0, 20.0, 0.1, 31.0),
        (1, 60.0, 0.1, 28.0),
        (2, 40.0, 0.3, 31.0),
    ] {
        let settled = members * rate / (rate + 0.5);
        // A month begins with those online before, and goes over to its own number at the rate of log-ons and log-offs.
        let want = settled + (before - settled) / (rate + 0.5) / (24.0 * days);
        before = settled;
        let (found, se) = mean(&monthly(&outcome, month, "members_online"));
        assert!(
            (found - want).abs() < 4.0 * se,
            "{month}: {found} ± {se}, expected {want}"
        );
    }
}

/// Prices and pay that change in the middle of a month are charged by the day.
#[test]
fn prices_change_on_the_day() {
    let outcome = outcome(
        r#"
        start = 2025-06-01
        horizon = "2 months"
        replications = 2
        demand = { rate = "1 / h" }
        topic = [ { name = "calls", work = { exponential = "6 min" } } ]
        pool = [ { name = "desk", kind = "outsourced", agents = 4, price = { per_agent_hour = 20 } } ]
        group = [ { name = "office", headcount = 10, pay = { monthly = 3000 } } ]
        [[timeline]]
        at = 2025-06-16
        set.pool.desk.price.per_agent_hour = 30
        set.pool.desk.agents = 3
        set.group.office.pay.monthly = 6000
        "#,
    );
    // June: 15 days of 24 h with 4 at 20, then with 3 at 30; half a month at 3,000 and half at 6,000.
    let june = 360.0 * (4.0 * 20.0 + 3.0 * 30.0) + 10.0 * (1500.0 + 3000.0);
    let july = 744.0 * 3.0 * 30.0 + 10.0 * 6000.0;
    for (month, want) in [(0, june), (1, july)] {
        let found = monthly_mean(&outcome, month, "cost_total").unwrap();
        assert!(
            (found - want).abs() < 0.01,
            "{month}: {found}, expected {want}"
        );
    }
    let total = outcome.total("cost_total").unwrap().mean.unwrap();
    assert!((total - june - july).abs() < 0.01 * total);
}

/// What only later costs something has rows, and its set-up is paid when it begins.
#[test]
fn a_price_may_begin_later() {
    let outcome = outcome(
        r#"
        start = 2025-06-01
        horizon = "3 months"
        replications = 2
        demand = { rate = "1 / h" }
        topic = [ { name = "calls", work = { exponential = "6 min" } } ]
        pool = [ { name = "desk", kind = "outsourced", agents = 4 } ]
        [[timeline]]
        at = 2025-07-01
        set = { "pool.desk.price" = { per_month = 100, set_up = 1000, exit = 10 } }
        "#,
    );
    for (month, want) in [(0, 0.0), (1, 1100.0), (2, 110.0)] {
        let found = monthly_mean(&outcome, month, "cost_total").unwrap();
        assert!(
            (found - want).abs() < 1e-6,
            "{month}: {found}, expected {want}"
        );
    }
}

/// A moment within an hour leaves the grid of the demand as it is, and divides the numbers at the minute.
#[test]
fn a_change_within_the_hour() {
    let text = r#"
        start = 2025-06-01
        horizon = "2 days"
        demand = { rate = "60 / h" }
        topic = [ { name = "calls", work = { exponential = "6 min" } } ]
        pool = [ { name = "desk", kind = "employed", agents = 8 } ]
        timeline = [ { at = 2025-06-01T10:20:00, set = { "demand.rate" = "120 / h" } } ]
        "#;
    let files = InMemory::new().with("a.toml", text);
    let scenario = load(Path::new("a.toml"), &[], &files).unwrap();
    let minute = handover::time::MINUTE;
    assert_eq!(scenario.model.demand.step, 30 * minute);
    assert_eq!(scenario.model.timeline[0].at, 620 * minute);
    let contacts = outcome(text).total("contacts").unwrap();
    let want = 60.0 * (10.0 + 20.0 / 60.0) + 120.0 * (37.0 + 40.0 / 60.0);
    let se = (want / contacts.replications as f64).sqrt();
    assert!((contacts.mean.unwrap() - want).abs() < 4.0 * se);
}

/// A freeze from May on, in a group that replaced everybody before.
#[test]
fn a_hiring_freeze_begins() {
    let outcome = outcome(
        r#"
        start = 2025-01-01
        horizon = "8 months"
        replications = 400
        [[group]]
        name = "company"
        headcount = 1000
        attrition = { monthly = 0.02 }
        hiring = { replace = 1.0 }
        [[timeline]]
        at = 2025-05-01
        note = "freeze"
        set = { "group.company.hiring" = "freeze" }
        "#,
    );
    for month in 0..8 {
        // Replaced at the begin of the next month; leavers of April are the first who are not.
        let months = month.max(3) - 3;
        let want = 1000.0 * 0.98f64.powi(months + 1);
        let variance = want * (1.0 - 0.98f64.powi(months + 1));
        let (found, _) = mean(&monthly(&outcome, month as usize, "headcount_end"));
        let se = (variance / 400.0).sqrt();
        assert!(
            (found - want).abs() < 4.0 * se,
            "{month}: {found}, expected {want} ± {se}"
        );
    }
}
