//! The best of several: a trace, and the guarantee.

use super::coverage::normal;
use handover::stats::KimNelson;

const TRACE: &str = include_str!("kim_nelson.csv");

/// Observations of each system until one is left, at most `most`.
fn until_one_is_left(
    systems: usize,
    first: usize,
    most: usize,
    delta: f64,
    value: impl Fn(usize, usize) -> f64,
) -> (KimNelson, usize) {
    let stage: Vec<Vec<f64>> = (0..systems)
        .map(|k| (0..first).map(|i| value(k, i)).collect())
        .collect();
    let slices: Vec<&[f64]> = stage.iter().map(Vec::as_slice).collect();
    let mut procedure = KimNelson::new(&slices, delta, 0.05).unwrap();
    let mut sums: Vec<f64> = stage.iter().map(|v| v.iter().sum()).collect();
    for r in first..=most {
        procedure.screen(r, &sums);
        if procedure.selected().is_some() {
            return (procedure, r);
        }
        (0..systems).for_each(|k| sums[k] += value(k, r));
    }
    (procedure, most)
}

#[test]
fn the_published_procedure_step_by_step() {
    let rows: Vec<Vec<f64>> = TRACE
        .lines()
        .map(|l| l.split(',').map(|x| x.parse().unwrap()).collect())
        .collect();
    let (procedure, r) = until_one_is_left(4, 10, 149, 0.5, |k, i| rows[i][k]);
    assert_eq!(procedure.selected(), Some(3));
    assert_eq!(procedure.dropped(), [Some(10), Some(10), Some(33), None]);
    assert_eq!(r, 33);
}

/// Five systems of which the last is better by exactly the difference that matters, the hardest case there is: the best must be
/// chosen in at least 95% of the repetitions, whether their luck is common or not.
#[test]
fn the_choice_is_right_as_often_as_promised() {
    const REPETITIONS: u64 = 4_000;
    for (what, common, own) in [("independent", 0.0, 1.0), ("common", 0.9, 0.3)] {
        let (mut right, mut observations) = (0, 0);
        for repetition in 0..REPETITIONS {
            let value = |k: usize, i: usize| {
                let (k, i) = (k as u64, i as u64);
                let mean = if k == 4 { 0.5 } else { 0.0 };
                mean + common * normal(repetition, 1_000_000 + i)
                    + own * normal(repetition, 100_000 * k + i)
            };
            let (procedure, r) = until_one_is_left(5, 10, 2_000, 0.5, value);
            right += u64::from(procedure.selected() == Some(4));
            observations += r;
        }
        let share = right as f64 / REPETITIONS as f64;
        let mean = observations as f64 / REPETITIONS as f64;
        // Four standard errors below 95%.
        assert!(
            share >= 0.95 - 4.0 * (0.95 * 0.05 / REPETITIONS as f64).sqrt(),
            "{what}: {share}"
        );
        super::coverage::tell(&format!(
            "{what}: right in {:.1} %, after {mean:.0} observations",
            100.0 * share
        ));
    }
}

/// Without any difference of that size the procedure ends as well, by the bound of its slack.
#[test]
fn equal_systems_end() {
    for repetition in 0..100 {
        let value = |k: usize, i: usize| normal(repetition, 100_000 * k as u64 + i as u64);
        let (procedure, r) = until_one_is_left(3, 10, 2_000, 0.5, value);
        assert!(procedure.selected().is_some(), "{r}");
    }
}
