//! Registers that grow and shrink, against the immigration-death process.

use super::{close, of_pool};
use crate::sample::{monthly_mean, outcome};
use handover::experiment::Outcome;

fn register(horizon: &str, more: &str, turnover: &str) -> Outcome {
    outcome(&format!(
        r#"
        start = 2025-05-01
        horizon = "{horizon}"
        replications = 60
        demand = {{ rate = "0 / h" }}
        topic = [ {{ name = "calls", work = "5 min" }} ]
        [[pool]]
        name = "gig"
        kind = "gig"
        members = 300
        logon_rate = "1 / day"
        session = {{ exponential = "6 h" }}
        {more}
        turnover = {turnover}
        "#
    ))
}

/// Poisson joins, of whom and of the others each leaves with a hazard: means in closed form, month by month.
#[test]
fn joins_and_leavers() {
    let outcome = register(
        "4 months",
        "price = { onboarding = 70, equipment = 30, platform_fee = 0.5 }",
        "{ applicants = \"100 / week\", accept = 0.3, onboarding = \"7 days\", churn = 0.1 }",
    );
    let (rate, churn) = (30.0 / 7.0, -(0.9f64.ln()));
    let (mut members, mut joined) = (300.0, 0.0);
    for (month, days) in [31.0, 30.0, 31.0, 31.0].into_iter().enumerate() {
        // The first is trained after a week. Of a day's joins those stay who do not leave in the rest of the month.
        let open = if month == 0 { days - 7.0 } else { days };
        let new = rate * days / churn * (1.0 - (-churn * open / days).exp());
        joined += rate * open;
        members = members * 0.9 + new;
    }
    close(&outcome, "members_joined", joined);
    close(&outcome, "members_left", 300.0 + joined - members);
    let cost = of_pool(&outcome, "cost_total", 0);
    let people = of_pool(&outcome, "members_joined", 0);
    assert!(
        (cost - 100.0 * people).abs() < 1e-6 * cost,
        "{cost} {people}"
    );
}

/// Without churn the register grows on a straight line; who comes is put into a segment by share.
#[test]
fn who_joins_logs_on() {
    let outcome = register(
        "40 days",
        "segments = [ { name = \"asleep\", share = 0.25, availability = 0 }, { name = \"awake\", share = 0.75 } ]",
        "{ applicants = \"30 / day\" }",
    );
    close(&outcome, "members", 300.0 + 30.0 * 20.0);
    // Awake members are offline for a day and online for a quarter; those who join are offline first. The integral of
    // n(t) / 5 less the starts from nobody online, at the rate 5 a day: 1/5 (1 - exp(-5 t)) per member and day.
    let (n, rate, days) = (225.0, 22.5, 40.0);
    let settled = n * days + rate * days * days / 2.0;
    // Each of the first lacks 1/25 member-days; each joiner up to t days before the end nearly as much.
    let lacking = n / 25.0 + rate * (days / 25.0 - 1.0 / 125.0);
    close(&outcome, "members_online", (settled / 5.0 - lacking) / days);
}

/// Applicants who come faster, slower, not at all, and again from a date on.
#[test]
fn the_rate_of_applicants_changes_on_a_date() {
    let outcome = register(
        "80 days",
        "",
        r#"{ applicants = "10 / day" }
        [[timeline]]
        at = 2025-05-21
        set = { "pool.gig.turnover.applicants" = "40 / day" }
        [[timeline]]
        at = 2025-06-10
        set = { "pool.gig.turnover.applicants" = "0 / day" }
        [[timeline]]
        at = 2025-06-30
        set = { "pool.gig.turnover" = { applicants = "30 / day", accept = 0.5 } }"#,
    );
    close(&outcome, "members_joined", 200.0 + 800.0 + 300.0);
    // The mean of four ramps.
    let (at_first, at_last) = (
        [300.0, 500.0, 1300.0, 1300.0],
        [500.0, 1300.0, 1300.0, 1600.0],
    );
    let sum: f64 = at_first.iter().chain(&at_last).sum();
    close(&outcome, "members", sum / 8.0);
}

/// Who has left does not come again; after a month of little pay twice the rate.
#[test]
fn little_pay_makes_members_leave() {
    let outcome = register(
        "3 months",
        "price = { per_online_hour = 10 }",
        "{ churn = 0.3, discontent = { below = 12, factor = 2 } }",
    );
    let (second, third) = (300.0 * 0.7, 300.0 * 0.7 * 0.49);
    close(&outcome, "members_left", 300.0 - third * 0.49);
    for (month, members) in [(1, second), (2, third)] {
        let found = monthly_mean(&outcome, month, "members").unwrap();
        let se = (members / 60.0f64).sqrt();
        assert!(
            (found - members).abs() < 4.0 * se,
            "{month}: {found} {members}"
        );
        // A fifth of their time online; sessions of those who have left run out.
        let online = monthly_mean(&outcome, month, "members_online").unwrap();
        let se = (members * 0.2 / 60.0f64).sqrt();
        assert!(
            (online - members * 0.2).abs() < 4.0 * se + 1.0,
            "{month}: {online}"
        );
    }
    let content = register(
        "3 months",
        "price = { per_online_hour = 12 }",
        "{ churn = 0.3, discontent = { below = 12, factor = 2 } }",
    );
    close(&content, "members_left", 300.0 * (1.0 - 0.343));
}
