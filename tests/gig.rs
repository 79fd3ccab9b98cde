//! Registers of members against closed forms and traces by hand.
//!
//! A mean must lie within four standard errors of its sample.

mod acceptance;
mod earnings;
mod segments;
mod skill;
mod slots;
mod supply;
mod turnover;

use crate::sample::{close, outcome_in};
use handover::experiment::Outcome;
use handover::measure::Slice;
use handover::scenario::InMemory;

/// The mean of a measure of a pool.
fn of_pool(outcome: &Outcome, measure: &str, pool: usize) -> f64 {
    let estimate = outcome.find(measure, &Slice::Pool(pool));
    estimate.and_then(|e| e.mean).expect("a measure")
}

/// Runs a scenario whose contacts, of topic `calls`, come at these seconds: `demand` is written here.
fn outcome_at(seconds: &[f64], text: &str) -> Outcome {
    let rows: String = seconds.iter().map(|s| format!("{s},calls\n")).collect();
    let text = format!("demand = {{ arrivals = {{ csv = \"at.csv\" }} }}\n{text}");
    let files = InMemory::new()
        .with("a.toml", text)
        .with("at.csv", format!("time,topic\n{rows}"));
    outcome_in(&files)
}

/// The mean of a measure of a pool is `expected`, to the milliseconds in which members log on.
fn is(outcome: &Outcome, measure: &str, expected: f64) {
    let found = of_pool(outcome, measure, 0);
    assert!(
        (found - expected).abs() <= 1e-4 * expected.abs().max(0.01),
        "{measure}: {found}, expected {expected}"
    );
}
