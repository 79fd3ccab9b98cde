//! What `run.json` may say: a value that no run and no sweep writes is refused, with its key and what is allowed.

use super::run::{Played, Run};
use super::source::{Allowed, NOT_NEGATIVE};
use super::sweep::Swept;

const SHARE: Allowed = (0.0, 1.0, "a share between 0 and 1");
const INSIDE: Allowed = (
    f64::MIN_POSITIVE,
    1.0 - f64::EPSILON,
    "a share above 0 and below 1",
);
const POSITIVE: Allowed = (f64::MIN_POSITIVE, f64::MAX, "a number above 0");
const SOME: Allowed = (1.0, f64::MAX, "a whole number of at least 1");

/// Whether a run may say all that.
///
/// # Errors
/// The key of the first value that it may not, what is allowed, and what was found.
pub(super) fn run(run: &Run) -> Result<(), String> {
    program(&run.program, &run.version)?;
    let mut scenarios = run.scenarios.iter().enumerate();
    scenarios.try_for_each(|(i, s)| scenario(s).map_err(|why| format!("scenarios[{i}].{why}")))
}

/// The same of a sweep.
pub(super) fn sweep(sweep: &Swept) -> Result<(), String> {
    program(&sweep.origin.program, &sweep.origin.version)?;
    number("replications", f64::from(sweep.replications), SOME)
}

/// Whether this version of this program wrote a folder.
fn program(program: &str, version: &str) -> Result<(), String> {
    for (key, own, found) in [
        ("program", env!("CARGO_PKG_NAME"), program),
        ("version", env!("CARGO_PKG_VERSION"), version),
    ] {
        if own != found {
            return Err(format!("{key}: expected {own:?}, found {found:?}"));
        }
    }
    Ok(())
}

fn scenario(s: &Played) -> Result<(), String> {
    number("replications", s.replications as f64, SOME)?;
    number("replications_planned", s.replications_planned.into(), SOME)?;
    number("confidence", s.confidence, INSIDE)?;
    number("horizon_seconds", s.horizon_seconds, POSITIVE)?;
    number("warmup_seconds", s.warmup_seconds, NOT_NEGATIVE)?;
    number("interval_seconds", s.interval_seconds, POSITIVE)?;
    if let Some(fte) = s.fte {
        number("fte.hours_per_week", fte.hours_per_week, POSITIVE)?;
        number("fte.shrinkage", fte.shrinkage, SHARE)?;
        number("fte.occupancy", fte.occupancy, SHARE)?;
    }
    if let Some(plan) = &s.plan {
        number("plan.confidence", plan.confidence, INSIDE)?;
        number("plan.probability", plan.probability.unwrap_or(0.5), INSIDE)?;
    }
    for (i, t) in s.topics.iter().enumerate() {
        number(&format!("topics[{i}].target_share"), t.target_share, SHARE)?;
        let key = format!("topics[{i}].target_seconds");
        number(&key, t.target_seconds, NOT_NEGATIVE)?;
    }
    for (i, p) in s.pools.iter().enumerate() {
        let key = format!("pools[{i}].concurrency");
        number(&key, p.concurrency.into(), SOME)?;
    }
    match s.calendar() {
        Some(_) => Ok(()),
        None => Err(format!(
            "start, time_zone: expected a date and the IANA name of a time zone, found {:?}, {:?}",
            s.start, s.time_zone
        )),
    }
}

fn number(key: &str, found: f64, (from, to, allowed): Allowed) -> Result<(), String> {
    match (from..=to).contains(&found) {
        true => Ok(()),
        false => Err(format!("{key}: expected {allowed}, found {found}")),
    }
}
