//! Runs a case and judges its numbers.

use super::case::Case;
use super::plan::Plan;
use super::run::Results;
use super::series::{Estimate, MOST_Z};
use std::fmt::Write as _;

/// How long, and how precise.
#[derive(Clone, Copy)]
pub(crate) enum Level {
    /// So many contacts, so many days; a third of the precision of the full run is enough.
    Fast { contacts: f64, days: f64 },
    /// As long as the precision needs.
    Full,
}

/// Contacts of the pilot run that tells how long the full one must be.
const PILOT: f64 = 1e6;
/// Most contacts of the first full run.
const MOST: f64 = 4e8;
/// How much longer the run is when something failed, and when it failed again: near its capacity a queue takes so long to
/// forget that a short run underestimates its own standard error.
const RETRIES: [f64; 2] = [4.0, 32.0];
/// Days of a full run.
const DAYS: f64 = 10_000.0;
/// The precision that is needed may be missed by this much, since it is an estimate itself.
const SLACK: f64 = 1.3;

/// What came of a number.
struct Judgement {
    text: String,
    z: f64,
    /// Standard error over the largest allowed.
    lack: f64,
}

/// What came of a case.
pub(crate) struct Report {
    /// Lines for the reader.
    pub(crate) text: String,
    /// Largest distance in standard errors.
    pub(crate) worst: f64,
    /// Numbers compared.
    pub(crate) checks: usize,
    /// Numbers off, or not precise enough.
    pub(crate) failures: Vec<String>,
}

fn judge(plan: &Plan, results: &[Option<Results>], factor: f64) -> Vec<Option<Judgement>> {
    plan.checks
        .iter()
        .map(|check| {
            let r = results[check.job].as_ref()?;
            let e: Estimate = (check.get)(r);
            let z = check.want.z(e);
            let allowed = check.power.most(check.want) * factor;
            let lack = if e.se == 0.0 || allowed == 0.0 {
                0.0
            } else {
                e.se / allowed
            };
            let text = format!(
                "{:<36} want {:?} got {:.9} se {:.2e} z {z:.2} se/allowed {lack:.2}",
                check.name, check.want, e.value, e.se
            );
            Some(Judgement { text, z, lack })
        })
        .collect()
}

/// Every run has customers of its own: with one seed the cases would share their luck.
fn seed(case: &Case, round: u64, job: usize) -> u64 {
    let step = |hash: u64, b: u8| hash.wrapping_mul(31).wrapping_add(b.into());
    let id = case.id.bytes().fold(0, step) % (1 << 32);
    id * 10_000 + round * 1000 + job as u64
}

/// Contacts and processor seconds.
fn cost_of(results: &[Option<Results>]) -> (f64, f64) {
    let run = || results.iter().flatten();
    (
        run().map(|r| r.contacts).sum(),
        run().map(|r| r.seconds).sum(),
    )
}

/// Runs the plan of a case.
pub(crate) fn verify(case: &Case, plan: &Plan, level: Level) -> Report {
    let n = plan.jobs.len();
    let (contacts, days, factor) = match level {
        Level::Fast { contacts, days } => (vec![contacts; n], days, 3.5),
        Level::Full => (lengths(case, plan), DAYS, 1.0),
    };
    let run = |j: usize, times: f64, round| {
        plan.jobs[j].run(contacts[j], days, times, seed(case, round, j))
    };
    let results: Vec<Option<Results>> = (0..n).map(|j| Some(run(j, 1.0, 2))).collect();
    let mut cost = cost_of(&results);
    let mut judged = judge(plan, &results, factor);
    let bad = |j: &Option<Judgement>| {
        j.as_ref()
            .is_some_and(|j| !(j.z <= MOST_Z && j.lack <= SLACK))
    };
    let mut text = format!("{} ({}):\n", case.id, case.kind);
    let retries: &[f64] = match level {
        Level::Full => &RETRIES,
        Level::Fast { .. } => &[],
    };
    let retries = plan.retries.unwrap_or(retries);
    for (round, &times) in (3..).zip(retries) {
        let failed: Vec<bool> = judged.iter().map(bad).collect();
        if !failed.contains(&true) {
            break;
        }
        for j in judged.iter().filter(|j| bad(j)).flatten() {
            writeln!(text, "  once more, {times} times as long: {}", j.text).unwrap();
        }
        let asked = |j: usize| (0..failed.len()).any(|c| failed[c] && plan.checks[c].job == j);
        let results: Vec<_> = (0..n)
            .map(|j| asked(j).then(|| run(j, times, round)))
            .collect();
        let more = cost_of(&results);
        cost = (cost.0 + more.0, cost.1 + more.1);
        let next = judge(plan, &results, factor);
        for ((old, new), failed) in judged.iter_mut().zip(next).zip(failed) {
            // Only what failed is asked again: the rest has passed.
            if failed && new.is_some() {
                *old = new;
            }
        }
    }
    let mut report = Report {
        text,
        worst: 0.0,
        checks: judged.len(),
        failures: Vec::new(),
    };
    for judgement in &judged {
        let j = judgement.as_ref().unwrap();
        report.worst = report.worst.max(j.z);
        writeln!(report.text, "  {}", j.text).unwrap();
        if bad(judgement) {
            report.failures.push(format!("{}: {}", case.id, j.text));
        }
    }
    for (name, why) in &plan.left_out {
        writeln!(report.text, "  {name:<36} not compared: {why}").unwrap();
    }
    writeln!(
        report.text,
        "  worst z {:.2} of {} numbers; {:.1} million contacts, {:.1} s of processor",
        report.worst,
        report.checks,
        cost.0 / 1e6,
        cost.1
    )
    .unwrap();
    report
}

/// How many contacts each job needs, from a pilot run.
fn lengths(case: &Case, plan: &Plan) -> Vec<f64> {
    let results: Vec<Option<Results>> = plan
        .jobs
        .iter()
        .enumerate()
        .map(|(j, job)| {
            job.is_long()
                .then(|| job.run(PILOT, DAYS, 1.0, seed(case, 1, j)))
        })
        .collect();
    let mut contacts = vec![PILOT; plan.jobs.len()];
    for (check, judgement) in plan.checks.iter().zip(judge(plan, &results, 1.0)) {
        if let Some(j) = judgement {
            let needed = PILOT * (j.lack * j.lack * 1.2).max(1.0);
            contacts[check.job] = contacts[check.job].max(needed).min(MOST);
        }
    }
    contacts
}
