//! `monthly.csv`: what happened is told in the month in which it happened, and nothing twice.

use crate::sample::{monthly_mean, outcome};
use handover::experiment::Outcome;

/// The mean of a measure in total, month by month.
fn months(outcome: &Outcome, measure: &str) -> Vec<Option<f64>> {
    (0..outcome.monthly.months.len())
        .map(|m| monthly_mean(outcome, m, measure))
        .collect()
}

/// Three agents, overloaded, from the middle of January to the middle of March: nobody is ever idle for long.
const OVERLOADED: &str = r#"
start   = 2025-01-15
horizon = "59 days"
warmup  = "2 days"
replications = 3
demand  = { rate = "100 / h" }
topic   = [ { name = "calls", work = { exponential = "6 min" }, patience = { exponential = "8 min" } } ]
pool    = [ { name = "agents", kind = "employed", agents = 3 } ]
"#;

#[test]
fn months_add_up_and_time_is_told_where_it_was_spent() {
    let outcome = outcome(OVERLOADED);
    let labels: Vec<(&str, bool)> = outcome
        .monthly
        .months
        .iter()
        .map(|m| (&*m.label, m.partial))
        .collect();
    assert_eq!(
        labels,
        [("2025-01", true), ("2025-02", false), ("2025-03", true)]
    );
    for measure in ["contacts", "answered", "abandoned", "ended_human_resolved"] {
        let total = outcome.total(measure).unwrap().mean.unwrap();
        let sum: f64 = months(&outcome, measure).iter().flatten().sum();
        assert!(
            (sum - total).abs() < 1e-6 * total,
            "{measure}: {sum} {total}"
        );
    }
    // A busy spell may last for weeks; it counts in each of its months.
    for (month, occupancy) in months(&outcome, "occupancy").into_iter().enumerate() {
        let occupancy = occupancy.unwrap();
        assert!(occupancy > 0.97 && occupancy <= 1.0, "{month}: {occupancy}");
    }
    for agents in months(&outcome, "agents_on_duty") {
        assert!((agents.unwrap() - 3.0).abs() < 1e-9);
    }
    // 15, 28 and 14 days at 2,400 contacts a day, within five standard errors of a Poisson count.
    for (days, contacts) in [15.0, 28.0, 14.0]
        .into_iter()
        .zip(months(&outcome, "contacts"))
    {
        let expected: f64 = days * 2400.0;
        assert!((contacts.unwrap() - expected).abs() < 5.0 * (expected / 3.0).sqrt());
    }
}

#[test]
fn a_month_in_which_nothing_happens_is_empty() {
    let outcome = outcome(
        r#"
        start   = 2025-01-01
        horizon = "90 days"
        replications = 2
        topic   = [ { name = "calls", work = { exponential = "6 min" } } ]
        pool    = [ { name = "agents", kind = "employed", agents = 3 } ]
        [demand]
        rate   = "10 / h"
        month = { feb = 0 }
        "#,
    );
    let contacts = months(&outcome, "contacts");
    assert_eq!(contacts[1], Some(0.0));
    assert!(contacts[0].unwrap() > 7000.0 && contacts[2].unwrap() > 7000.0);
    assert_eq!(months(&outcome, "asa")[1], None);
}
