//! Intervals cover the truth as often as they say: 10,000 repetitions where the truth is known.

use super::{desk, nothing, of, side};
use handover::dist::special::normal_quantile;
use handover::experiment::compare;
use handover::random::Key;
use handover::stats::{ConfidenceInterval, SequentialStop};
use std::io::Write;

const REPETITIONS: u64 = 10_000;

/// Standard normal draw `i` of a repetition.
pub(crate) fn normal(repetition: u64, i: u64) -> f64 {
    normal_quantile(Key::root(20, repetition).uniform(i + 1))
}

/// A figure for whoever runs the tests with `--nocapture`.
pub(crate) fn tell(text: &str) {
    let _ = writeln!(std::io::stderr(), "{text}");
}

/// Between 94 and 96 per cent of the repetitions; of 10,000 that is 4.6 standard errors to either side.
pub(crate) fn covers(what: &str, hits: u64) {
    let share = hits as f64 / REPETITIONS as f64;
    tell(&format!("{what}: {:.2} %", 100.0 * share));
    assert!((0.94..=0.96).contains(&share), "{what}: {share}");
}

#[test]
fn intervals_cover_the_truth() {
    let m = desk(4).model;
    let nothing = nothing(&m);
    // Customers that both scenarios meet, and luck of their own: correlation 0.9.
    let (mut absolute, mut paired, mut independent, mut jointly) = (0, 0, 0, 0);
    for r in 0..REPETITIONS {
        let draw = |which: u64, i: u64| normal(r, 1_000 * which + i);
        let common = |i: u64| 3.0 * draw(0, i);
        let values = |which: u64, mean: f64| -> Vec<f64> {
            (0..10).map(|i| mean + common(i) + draw(which, i)).collect()
        };
        let (a, b, c) = (values(1, 100.0), values(2, 102.0), values(3, 95.0));
        let alone: Vec<f64> = (0..14).map(|i| 102.0 + 2.0 * draw(4, i)).collect();
        let make = |v: &[f64]| of(&nothing, "mean_wait", "s", v);
        let (a, b, c, alone) = (make(&a), make(&b), make(&c), make(&alone));
        let estimate = a.estimate(0).interval.unwrap();
        absolute += u64::from(estimate.covers(100.0));
        let found = compare(&[
            side("a", &m, 1, &a),
            side("b", &m, 1, &b),
            side("c", &m, 1, &c),
        ]);
        let within = |ends: (f64, f64), x: f64| ends.0 <= x && x <= ends.1;
        let row = |k: usize| &found[k].rows[0];
        paired += u64::from(within(row(0).interval().unwrap(), 2.0));
        let both = within(row(0).adjusted_interval().unwrap(), 2.0)
            && within(row(1).adjusted_interval().unwrap(), -5.0);
        jointly += u64::from(both);
        let found = compare(&[side("a", &m, 1, &a), side("d", &m, 2, &alone)]);
        independent += u64::from(within(found[0].rows[0].interval().unwrap(), 2.0));
    }
    covers("absolute", absolute);
    covers("paired", paired);
    covers("independent", independent);
    // Both at once; Bonferroni's intervals are a little wide where the two depend on each other.
    let share = jointly as f64 / REPETITIONS as f64;
    tell(&format!("both adjusted intervals: {:.2} %", 100.0 * share));
    assert!((0.945..=0.97).contains(&share), "{share}");
}

/// Sequential stopping at precisions that are reached at the first looks, where stopping early does most harm, and at later ones: shares of the
/// mean, and sizes, which a mean of 0 can have as well.
#[test]
fn sequential_intervals_cover_the_truth() {
    for wanted in [0.15, 0.12, 0.1, 0.08, 0.06, 0.04] {
        let share = |i: &ConfidenceInterval| wanted * i.mean.abs();
        stopped(&format!("to {wanted} of the mean"), 10.0, share);
        stopped(&format!("to {}", 10.0 * wanted), 0.0, |_| 10.0 * wanted);
    }
}

/// How often the interval covers the mean of normal values with standard deviation 3 when it is as narrow as `wanted`.
fn stopped(what: &str, mean: f64, wanted: impl Fn(&ConfidenceInterval) -> f64) {
    let (mut hits, mut replications) = (0, 0);
    for r in 0..REPETITIONS {
        let mut values: Vec<f64> = Vec::new();
        let mut stop = SequentialStop::default();
        let interval = loop {
            let more = if values.is_empty() {
                SequentialStop::FIRST
            } else {
                SequentialStop::BATCH
            };
            let from = values.len() as u64;
            values.extend((from..from + u64::from(more)).map(|i| mean + 3.0 * normal(r, i)));
            let interval = ConfidenceInterval::from_values(&values, 0.95).unwrap();
            if stop.look(interval.half_width() <= wanted(&interval)) {
                break interval;
            }
        };
        hits += u64::from(interval.covers(mean));
        replications += values.len();
    }
    let mean = replications as f64 / REPETITIONS as f64;
    covers(&format!("{what}, {mean:.1} replications"), hits);
}
