//! Registers of members against closed forms and traces by hand.
//!
//! A mean must lie within four standard errors of its sample.

mod earnings;
mod segments;
mod supply;
mod turnover;

use handover::experiment::{Job, Outcome, run};
use handover::measure::Slice;
use handover::scenario::{InMemory, load};
use std::path::Path;
use std::sync::atomic::AtomicBool;

/// The mean of a measure in all, which must be within four standard errors of `expected`.
fn close(outcome: &Outcome, measure: &str, expected: f64) {
    let estimate = outcome.total(measure).expect("a measure");
    let interval = estimate.interval.expect("several replications");
    let (mean, se) = (interval.mean, interval.standard_error());
    assert!(
        (mean - expected).abs() <= 4.0 * se + 1e-9,
        "{measure}: {mean} ± {se}, expected {expected}"
    );
    assert!(se <= 0.05 * expected.abs() + 1e-9, "{measure}: {se}");
}

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
    let scenario = load(Path::new("a.toml"), &[], &files).unwrap();
    let job = Job {
        model: &scenario.model,
        plan: scenario.plan,
    };
    run(&[job], &(), &AtomicBool::new(false)).unwrap().remove(0)
}

/// The mean of a measure of a pool is `expected`, to the milliseconds in which members log on.
fn is(outcome: &Outcome, measure: &str, expected: f64) {
    let found = of_pool(outcome, measure, 0);
    assert!(
        (found - expected).abs() <= 1e-4 * expected.abs().max(0.01),
        "{measure}: {found}, expected {expected}"
    );
}
