//! A budget of replications for the best of several: right more often than with equal numbers, and about as often as it says.

use super::coverage::{normal, tell};
use super::program::{room, run_json, success};
use handover::stats::{moments, probability_of_correct_selection, starving, wanted_shares};

const MEANS: [f64; 6] = [0.0, 0.4, 0.8, 1.2, 1.6, 2.0];
const FIRST: usize = 10;
const BUDGET: usize = 180;

/// The choice, and the probability that is stated of it, when `shares` decides who gets the next replications.
fn choose(repetition: u64, shares: fn(&[f64], &[f64]) -> Vec<f64>) -> (usize, f64) {
    let value = |k: usize, r: usize| MEANS[k] + normal(repetition, (k * 1000 + r) as u64);
    let mut seen: Vec<Vec<f64>> = (0..MEANS.len())
        .map(|k| (0..FIRST).map(|r| value(k, r)).collect())
        .collect();
    loop {
        let found: Vec<_> = seen.iter().map(|v| moments(v)).collect();
        let means: Vec<f64> = found.iter().map(|m| m.mean().unwrap()).collect();
        let sds: Vec<f64> = found.iter().map(|m| m.std_dev().unwrap()).collect();
        let counts: Vec<usize> = seen.iter().map(Vec::len).collect();
        let left = BUDGET - counts.iter().sum::<usize>();
        if left == 0 {
            let best = (0..means.len()).min_by(|&i, &j| means[i].total_cmp(&means[j]));
            let sure = probability_of_correct_selection(&means, &sds, &counts);
            return (best.unwrap(), sure);
        }
        let more = starving(&counts, &shares(&means, &sds), left.min(10));
        for (k, n) in more.into_iter().enumerate() {
            let from = seen[k].len();
            seen[k].extend((from..from + n).map(|r| value(k, r)));
        }
    }
}

#[test]
fn replications_go_where_they_matter() {
    let repetitions = 3000;
    let even = |means: &[f64], _: &[f64]| vec![1.0 / means.len() as f64; means.len()];
    let (mut right, mut right_even, mut stated) = (0, 0, 0.0);
    for repetition in 0..repetitions {
        let (best, sure) = choose(repetition, wanted_shares);
        right += u64::from(best == 0);
        stated += sure;
        right_even += u64::from(choose(repetition, even).0 == 0);
    }
    let share = |n: u64| n as f64 / repetitions as f64;
    let (ocba, even, stated) = (share(right), share(right_even), stated / repetitions as f64);
    tell(&format!(
        "right {ocba:.4}, with equal numbers {even:.4}, stated {stated:.4}"
    ));
    // Equal numbers are right as often as normal sums say: with 30 of each, d / sqrt(2 / 30) = 1.55 to the next.
    let error = (even * (1.0 - even) / repetitions as f64).sqrt();
    assert!(ocba - even > 4.0 * error * std::f64::consts::SQRT_2);
    // What is stated is approximate: of noisy means, and a bound.
    assert!((stated - ocba).abs() < 0.06 && stated < ocba + 4.0 * error);
}

/// Desks of five, six and seven people: the third waits least, and the first is far behind.
#[test]
fn a_budget_finds_the_best() {
    let dir = room();
    let search = "run a.toml b.toml c.toml --best mean_wait --budget 90";
    let text = success(dir.path(), &format!("{search} -o x -j1"));
    assert!(
        text.contains(
            "Most probably best, with the smallest mean_wait: c, right with a probability of about"
        ),
        "{text}"
    );
    let a = run_json(dir.path(), &format!("{search} -o y -j2 --json"));
    assert_eq!(a["best"]["best"], "c");
    assert_eq!(a["best"]["verdict"], "most probably best");
    let made: Vec<u64> = a["best"]["candidates"]
        .as_array()
        .unwrap()
        .iter()
        .map(|c| c["replications"].as_u64().unwrap())
        .collect();
    assert_eq!(made.iter().sum::<u64>(), 90);
    assert!(
        made[0] >= 10 && made[0] < made[1] && made[0] < made[2],
        "{made:?}"
    );
    let table = |folder: &str| std::fs::read(dir.path().join(folder).join("summary.csv")).unwrap();
    assert_eq!(table("x"), table("y"), "threads change nothing");
}

#[test]
fn a_budget_must_reach_the_first_stage() {
    let dir = room();
    let (status, out, err) = super::program::run(
        dir.path(),
        "run a.toml b.toml c.toml --best mean_wait --budget 29",
    );
    assert_eq!(status, 2, "{out}");
    assert!(
        err.contains("a budget of 29 leaves no room for a first stage of 10 replications of each of 3 scenarios"),
        "{err}"
    );
}
