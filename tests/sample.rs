//! A scenario given as text, run, and its samples.

use handover::engine::{Account, Laws, Observer};
use handover::experiment::{Job, Outcome, run};
use handover::measure::{Period, Slice};
use handover::scenario::{InMemory, load};
use std::path::Path;

/// Runs a scenario that must be valid.
pub(crate) fn outcome(text: &str) -> Outcome {
    outcome_in(&InMemory::new().with("a.toml", text))
}

/// Runs `a.toml` of these files.
pub(crate) fn outcome_in(files: &InMemory) -> Outcome {
    let scenario = load(Path::new("a.toml"), &[], files).unwrap();
    let job = Job {
        model: &scenario.model,
        plan: scenario.plan,
    };
    run(&[job], &()).unwrap().remove(0)
}

/// One replication, seen by `observer`. The engine is compiled with whoever listens: here once for all of them.
pub(crate) fn simulate(
    laws: &Laws<'_>,
    seed: u64,
    replication: u64,
    observer: &mut dyn Observer,
) -> Account {
    handover::engine::simulate(laws, seed, replication, observer, &|| false)
}

/// The mean of a measure in all, which must be within four standard errors of `expected`, and those small enough to tell.
pub(crate) fn close(outcome: &Outcome, measure: &str, expected: f64) {
    let estimate = outcome.total(measure).expect("a measure");
    let interval = estimate.interval.expect("several replications");
    let (mean, se) = (interval.mean, interval.standard_error());
    assert!(
        (mean - expected).abs() <= 4.0 * se + 1e-9,
        "{measure}: {mean} ± {se}, expected {expected}"
    );
    assert!(se <= 0.05 * expected.abs() + 1e-9, "{measure}: {se}");
}

/// The values of a measure in total in a month, by replication; only those that are defined.
pub(crate) fn monthly(outcome: &Outcome, month: usize, measure: &str) -> Vec<f64> {
    let table = &outcome.monthly;
    let is_it = |r: &handover::measure::Row| r.measure == measure && r.slice == Slice::All;
    table.sample(month, table.rows.iter().position(is_it).unwrap())
}

/// The mean of that, if any is defined.
pub(crate) fn monthly_mean(outcome: &Outcome, month: usize, measure: &str) -> Option<f64> {
    let sample = monthly(outcome, month, measure);
    (!sample.is_empty()).then(|| sample.iter().sum::<f64>() / sample.len() as f64)
}

/// The slice of a whole day.
pub(crate) fn day(date: impl Into<String>) -> Slice {
    Slice::Period(Period {
        kind: "day",
        label: date.into(),
        partial: false,
    })
}
