//! People by the month against closed forms: binomial thinning, the pipeline of hiring, replacement, trajectories, lay-offs.
//!
//! Means must lie within four standard errors, variances within what 4 standard errors of a variance are.

use crate::sample::{self, monthly as sample};
use handover::experiment::Outcome;
use handover::measure::Slice;

const REPLICATIONS: usize = 4000;

/// Runs a body of groups.
fn outcome(body: &str) -> Outcome {
    sample::outcome(&format!(
        "start = 2025-05-01\nreplications = {REPLICATIONS}\n{body}\n"
    ))
}

fn moments(values: &[f64]) -> (f64, f64) {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let variance = values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / (n - 1.0);
    (mean, variance)
}

/// Mean and variance of a sample against what they should be.
fn close(values: &[f64], mean: f64, variance: f64, what: &str) {
    let n = values.len() as f64;
    let (m, v) = moments(values);
    let se = (variance / n).sqrt();
    assert!(
        (m - mean).abs() <= 4.0 * se + 1e-9,
        "{what}: mean {m}, expected {mean} ± {se}"
    );
    // The variance of a sample variance of nearly normal values.
    let spread = variance * (2.0 / n).sqrt();
    assert!(
        (v - variance).abs() <= 4.0 * spread + 1e-9,
        "{what}: variance {v}, expected {variance}"
    );
}

const HAZARD: f64 = 0.015078624739111276;

#[test]
fn a_freeze_is_binomial_thinning() {
    let outcome = outcome(
        "horizon = \"12 months\"\n[[group]]\nname = \"company\"\nheadcount = 3000\nattrition = { monthly = 0.015078624739111276 }",
    );
    let stay = |t: i32| (1.0 - HAZARD).powi(t);
    for month in 0..12 {
        let t = month as i32 + 1;
        let values = sample(&outcome, month, "headcount_end");
        close(
            &values,
            3000.0 * stay(t),
            3000.0 * stay(t) * (1.0 - stay(t)),
            "headcount",
        );
        // Each leaves in month t with probability stay^(t-1) h.
        let p = stay(t - 1) * HAZARD;
        close(
            &sample(&outcome, month, "leavers"),
            3000.0 * p,
            3000.0 * p * (1.0 - p),
            "leavers",
        );
    }
    // After a year 2,500 are expected, and the distribution is binomial: the published case gives P(N <= 2480) and P(N <= 2500).
    let end = sample(&outcome, 11, "headcount_end");
    for (most, p) in [(2480.0, 0.169583843699), (2500.0, 0.507600165171)] {
        let share = end.iter().filter(|&&n| n <= most).count() as f64 / end.len() as f64;
        let se = (p * (1.0 - p) / end.len() as f64).sqrt();
        assert!(
            (share - p).abs() <= 4.0 * se,
            "P(N <= {most}) = {share}, expected {p}"
        );
    }
    let mut sorted = end;
    sorted.sort_by(f64::total_cmp);
    for (p, quantile) in [(0.05, 2466.0), (0.95, 2533.0)] {
        let q = sorted[(p * sorted.len() as f64) as usize];
        assert!((q - quantile).abs() <= 2.0, "{p}: {q}");
    }
}

/// 60 people are asked for each month; they start two months later, train for one, and leave at 3% while they do.
#[test]
fn the_pipeline_of_hiring() {
    let outcome = outcome(
        r#"
        horizon = "12 months"
        [[group]]
        name = "company"
        headcount = 3000
        attrition = { monthly = 0.015078624739111276 }
        training_attrition = { monthly = 0.03 }
        lead_months = 2
        training_months = 1
        hiring = { requests = 60 }
        "#,
    );
    let stay = 1.0 - HAZARD;
    let (mut mean, mut variance) = (3000.0, 0.0);
    for month in 0..12 {
        if month > 0 {
            // Those at work thin out; of the class that started the month before, 97% on average are done.
            variance = stay * stay * variance + mean * HAZARD * stay;
            mean *= stay;
            if month >= 3 {
                mean += 60.0 * 0.97;
                variance += 60.0 * 0.97 * 0.03;
            }
        }
        close(
            &sample(&outcome, month, "productive"),
            mean,
            variance,
            "productive",
        );
        let class = if month >= 2 { 60.0 } else { 0.0 };
        assert!(
            sample(&outcome, month, "in_training")
                .iter()
                .all(|&n| n == class)
        );
        assert!(sample(&outcome, month, "hires").iter().all(|&n| n == class));
        close(
            &sample(&outcome, month, "headcount"),
            mean + class,
            variance,
            "payroll",
        );
    }
    // The given case: 2,924.528 productive in month 3, variance 129.46.
    let (third, spread) = moments(&sample(&outcome, 3, "productive"));
    assert!((third - 2924.52837661).abs() < 4.0 * (129.46f64 / REPLICATIONS as f64).sqrt());
    assert!((spread / 129.461589087 - 1.0).abs() < 4.0 * (2.0 / REPLICATIONS as f64).sqrt());
}

/// Half of the leavers are replaced a month later: the mean falls by half the hazard.
#[test]
fn replacement_of_a_share_of_the_leavers() {
    let outcome = outcome(
        "horizon = \"6 months\"\n[[group]]\nname = \"a\"\nheadcount = 1000\nattrition = { monthly = 0.1 }\nhiring = { replace = 0.5 }",
    );
    // Who leaves in month t is replaced at the begin of month t + 1.
    let mut expected = 1000.0;
    for month in 0..6 {
        let (mean, variance) = moments(&sample(&outcome, month, "headcount"));
        let se = (variance / REPLICATIONS as f64).sqrt();
        assert!(
            (mean - expected).abs() <= 4.0 * se + 1e-9,
            "{month}: {mean} {expected}"
        );
        expected *= 1.0 - 0.1 * 0.5;
    }
}

#[test]
fn tenure_bands_raise_the_hazard_of_the_new() {
    // 400 start in the first month, at twice the rate of the others in their first two months at work.
    let outcome = outcome(
        r#"
        horizon = "4 months"
        [[group]]
        name = "a"
        headcount = 0
        attrition = { monthly = 0.1 }
        tenure = [ { below_months = 2, factor = 2.0 } ]
        hiring = { requests = [400, 0] }
        "#,
    );
    let mut stay = 1.0;
    for (month, kept) in [0.81, 0.81, 0.9, 0.9].into_iter().enumerate() {
        stay *= kept;
        let values = sample(&outcome, month, "headcount_end");
        close(&values, 400.0 * stay, 400.0 * stay * (1.0 - stay), "cohort");
    }
}

#[test]
fn a_trajectory_is_followed_by_hiring_and_by_layoffs() {
    let down = outcome(
        r#"
        horizon = "7 months"
        [[group]]
        name = "a"
        headcount = 1000
        hiring = { track = [ { at = 2025-05-01, headcount = 880 } ] }
        layoffs = { most = 50, notice_months = 2 }
        "#,
    );
    // 120 too many: 50, 50 and 20 are given notice at the begin of May, June and July and go two months later.
    let expected = [1000.0, 1000.0, 950.0, 900.0, 880.0, 880.0, 880.0];
    for (month, want) in expected.into_iter().enumerate() {
        assert!(
            sample(&down, month, "headcount").iter().all(|&n| n == want),
            "{month}"
        );
    }
    assert_eq!(down.total("laid_off").unwrap().mean, Some(120.0));
    let up = outcome(
        r#"
        horizon = "6 months"
        [[group]]
        name = "a"
        headcount = 100
        lead_months = 1
        class_size = 30
        hiring = { track = [ { at = 2025-05-01, headcount = 100 }, { at = 2025-08-01, headcount = 220 } ] }
        "#,
    );
    // Targets on a straight line: 100, 140.4, 179.6, 220 at the begin of May to August (31, 30 and 31 days). Who starts in June was
    // asked for in May, but no more than 30 start in a month.
    for (month, want) in [100.0, 130.0, 160.0, 190.0, 220.0, 220.0]
        .into_iter()
        .enumerate()
    {
        assert!(
            sample(&up, month, "headcount").iter().all(|&n| n == want),
            "{month}"
        );
    }
}

/// The agent who leaves is missing from the queue: the pool's plan shrinks with the people at work.
#[test]
fn who_leaves_is_missing_from_the_pool() {
    let text = r#"
        start = 2025-05-01
        horizon = "4 months"
        replications = 20
        demand = { rate = "20 / h" }
        topic = [ { name = "calls", work = { exponential = "6 min" } } ]
        pool = [ { name = "desk", kind = "employed", agents = 20, group = "service" } ]
        [[group]]
        name = "service"
        headcount = 100
        attrition = { monthly = 0.1 }
        strain = { above = 0.125, factor = 2.0 }
        "#;
    let outcome = sample::outcome(text);
    for month in 0..4 {
        let people = sample(&outcome, month, "productive");
        let agents = sample(&outcome, month, "agents_on_duty");
        for (people, agents) in people.iter().zip(&agents) {
            assert!(
                (agents - (people * 0.2).round()).abs() < 0.02,
                "{month}: {people} {agents}"
            );
        }
    }
    // Two erlangs: 10% of 20 agents in May, 11% of 18 in June, 12.3% in July, and from there on more than an eighth.
    let june =
        moments(&sample(&outcome, 1, "leavers")).0 / moments(&sample(&outcome, 1, "headcount")).0;
    assert!((june - 0.1).abs() < 0.02, "{june}");
    let august = sample(&outcome, 3, "leavers");
    let strained: Vec<f64> = (0..20)
        .filter(|&r| sample(&outcome, 2, "occupancy")[r] > 0.126)
        .map(|r| august[r] / sample(&outcome, 3, "headcount")[r])
        .collect();
    assert!(strained.len() > 3);
    let (mean, _) = moments(&strained);
    // 1 - 0.9^2 of about 73 people.
    assert!(
        (mean - 0.19).abs() < 4.0 * (0.19 * 0.81 / 73.0 / strained.len() as f64).sqrt(),
        "{mean}"
    );
}

/// Half of the people start on the first day, and take twice as long and resolve half as much then; the factors go to 1 in eight
/// weeks of which four are simulated, day by day. Any idle agent takes a contact, and nearly all are idle.
#[test]
fn who_is_new_learns() {
    let run = |ramp: &str, hiring: &str, pool: &str| {
        sample::outcome(&format!(
            r#"
            start = 2025-05-01
            horizon = "28 days"
            replications = 16
            demand = {{ rate = "6 / h" }}
            topic = [ {{ name = "calls", work = "5 min", human = {{ resolve = 0.8 }} }} ]
            [[pool]]
            name = "desk"
            kind = "employed"
            group = "service"
            select = "random"
            {pool}
            [[group]]
            name = "service"
            headcount = 50
            hiring = {hiring}
            {ramp}
            "#
        ))
    };
    let ramp = "ramp = { handle_time = 2.0, resolve = 0.5, weeks = 8 }";
    let (plan, shifts) = (
        "agents = 20",
        "shifts = [ { start = \"00:00\", length = \"24 h\" } ]",
    );
    let total = |o: &Outcome, measure: &str| o.total(measure).unwrap().mean.unwrap();
    for pool in [plan, shifts] {
        let found = run(ramp, "{ requests = [50, 0] }", pool);
        // On day d the new have d / 56 of the way behind them, 13.5 / 56 in the mean of the 28 days.
        let way = 13.5 / 56.0;
        let handle = found.total("handle_time").unwrap();
        let (mean, expected) = (handle.mean.unwrap(), 300.0 * (0.5 + 0.5 * (2.0 - way)));
        let se = handle.interval.unwrap().standard_error();
        assert!(
            (mean - expected).abs() < 4.0 * se && se < 2.0,
            "{pool}: {mean}, expected {expected} ± {se}"
        );
        let answered = total(&found, "answered");
        let resolved = total(&found, "ended_human_resolved") / answered;
        let expected = 0.8 * (0.5 + 0.5 * (0.5 + 0.5 * way));
        let se = (expected * (1.0 - expected) / (16.0 * answered)).sqrt();
        assert!(
            (resolved - expected).abs() < 4.0 * se,
            "{pool}: {resolved}, expected {expected} ± {se}"
        );
        // Without anybody new nothing changes.
        let (with, without) = (run(ramp, "\"freeze\"", pool), run("", "\"freeze\"", pool));
        for measure in ["handle_time", "ended_human_resolved", "mean_wait"] {
            assert_eq!(total(&with, measure), total(&without, measure), "{measure}");
        }
    }
}

/// Who comes and goes in months of the warm-up counts neither by month nor in all.
#[test]
fn totals_are_those_of_the_months_that_count() {
    let outcome = sample::outcome(
        "start = 2025-05-01\nhorizon = \"8 months\"\nwarmup = \"75 days\"\nreplications = 5\n\
         [[group]]\nname = \"company\"\nheadcount = 300\nattrition = { monthly = 0.05 }\nhiring = { requests = 7 }\n\
         [[timeline]]\nat = 2025-07-10\nset.group.company.attrition = { monthly = 0.06 }\n\
         [[timeline]]\nat = 2025-09-10\nset.group.company.attrition = { monthly = 0.01 }",
    );
    // July, in which the warm-up ends, to December.
    assert_eq!(outcome.monthly.months.len(), 6);
    let row = |m: &str| {
        let is_it = |r: &handover::measure::Row| r.measure == m && r.slice == Slice::All;
        outcome.rows.iter().position(is_it).unwrap()
    };
    let whole = |m: &str| -> Vec<f64> { outcome.values.iter().map(|v| v[row(m)]).collect() };
    assert_eq!(whole("hires"), [42.0; 5]);
    for measure in ["hires", "leavers"] {
        let months: Vec<Vec<f64>> = (0..6).map(|m| sample(&outcome, m, measure)).collect();
        let sums: Vec<f64> = (0..5).map(|r| months.iter().map(|m| m[r]).sum()).collect();
        assert_eq!(whole(measure), sums, "{measure}");
    }
    assert_eq!(whole("headcount"), sample(&outcome, 0, "headcount"));
    assert_eq!(whole("headcount_end"), sample(&outcome, 5, "headcount_end"));
}
