//! Shift templates: days by hand, hours by arithmetic, agents on duty against a count of their own, and Erlang C.

mod adherence;
mod days;
mod hours;

use crate::sample;
use handover::experiment::Outcome;
use handover::measure::Slice;

/// Runs one pool "desk" of `body`, without a customer unless `head` brings some.
fn desk(head: &str, body: &str) -> Outcome {
    sample::outcome(&format!(
        r#"
        {head}
        demand = {{ rate = "0 / h" }}
        topic = [ {{ name = "calls", work = "5 min" }} ]
        [[pool]]
        name = "desk"
        kind = "employed"
        {body}
        "#
    ))
}

/// The mean of a measure of the pool.
fn of(outcome: &Outcome, measure: &str) -> f64 {
    outcome
        .find(measure, &Slice::Pool(0))
        .unwrap()
        .mean
        .unwrap()
}

fn is(found: f64, expected: f64, what: &str) {
    assert!(
        (found - expected).abs() < 1e-6 * expected.abs().max(1.0),
        "{what}: {found}, expected {expected}"
    );
}
