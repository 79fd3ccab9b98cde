//! What `run.json` may say: a value that no run and no sweep writes is refused, with its key and what is allowed.

use super::run::{Played, Run};
use super::sweep::Swept;

/// What a number may be: in words, and whether it is that.
type Allowed = (&'static str, fn(f64) -> bool);

const SHARE: Allowed = ("a share between 0 and 1", |x| (0.0..=1.0).contains(&x));
const INSIDE: Allowed = ("a share above 0 and below 1", |x| 0.0 < x && x < 1.0);
const POSITIVE: Allowed = ("a number above 0", |x| x > 0.0);
const NOT_NEGATIVE: Allowed = ("a number of at least 0", |x| x >= 0.0);
const SOME: Allowed = ("a whole number of at least 1", |x| x >= 1.0);

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
    let own = [env!("CARGO_PKG_NAME"), env!("CARGO_PKG_VERSION")];
    for ((key, own), found) in ["program", "version"]
        .into_iter()
        .zip(own)
        .zip([program, version])
    {
        if own != found {
            return Err(format!("{key}: expected {own:?}, found {found:?}"));
        }
    }
    Ok(())
}

fn scenario(s: &Played) -> Result<(), String> {
    number("replications", s.replications as f64, SOME)?;
    number(
        "replications_planned",
        f64::from(s.replications_planned),
        SOME,
    )?;
    number("confidence", s.confidence, INSIDE)?;
    number("horizon_seconds", s.horizon_seconds, POSITIVE)?;
    number("warmup_seconds", s.warmup_seconds, NOT_NEGATIVE)?;
    number("interval_seconds", s.interval_seconds, POSITIVE)?;
    if s.calendar().is_none() {
        return Err(format!(
            "start, time_zone: expected a date and the IANA name of a time zone, found {:?}, {:?}",
            s.start, s.time_zone
        ));
    }
    if let Some(fte) = s.fte {
        number("fte.hours_per_week", fte.hours_per_week, POSITIVE)?;
        number("fte.shrinkage", fte.shrinkage, SHARE)?;
        number("fte.occupancy", fte.occupancy, SHARE)?;
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
    Ok(())
}

fn number(key: &str, found: f64, (allowed, is): Allowed) -> Result<(), String> {
    match is(found) {
        true => Ok(()),
        false => Err(format!("{key}: expected {allowed}, found {found}")),
    }
}
