//! A scenario beside days that were recorded, and simpler predictions of the same days.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use jiff::civil::Date;

use super::build::{counts, days};
use super::demand::{Demand, Options};
use super::drift::Drifts;
use super::erlang::ErlangFit;
use super::gather::{FINE_MIN, Gathered, OnDuty, date};
use super::replay::Taken;
use super::score::{BAND, Check, Point, What, total};
use super::seen::{Days, Seen, recorded, simulated};
use crate::model::{Model, Pool, PoolKind};
use crate::scenario::{Files, Problems, Scenario};

/// Days of a log before the held-out ones without which nothing is fitted to them.
const FEWEST_DAYS: usize = 14;

/// What is held against a scenario.
#[derive(Clone, Copy)]
pub struct Held<'a> {
    /// The recorded days.
    pub log: &'a Gathered,
    /// Names of the topics of the log.
    pub topics: &'a [String],
    /// The days before them, if the log has any.
    pub before: &'a Gathered,
    /// Replications of each simulation.
    pub replications: u32,
    /// Seconds within which an answer is in time.
    pub in_time_s: f64,
    /// Erlang A as it was fitted before, where the log does not go back so far.
    pub erlang: Option<ErlangFit>,
}

/// How a scenario does on recorded days.
#[derive(Clone, Debug)]
pub struct Backtest {
    /// First and last of the days.
    pub dates: (Date, Date),
    /// Days with contacts.
    pub days: usize,
    /// Days before them in the log.
    pub before: usize,
    /// Intervals of a day.
    pub per_day: usize,
    /// The volume that the scenario predicts from its start on, by day and by interval; beside it that of the same week of the year before.
    pub volume: Vec<Check>,
    /// The volume one day ahead, each day knowing those before it, by day and by interval; beside it nothing.
    pub ahead: Vec<Check>,
    /// The same if days were independent of each other.
    pub independent: Vec<Check>,
    /// Everything else, with the contacts, and the agents if they are known, as recorded: by day and by interval; beside it Erlang A.
    pub service: Vec<Check>,
    /// All of it while somebody is on duty, as recorded, as simulated with the recorded contacts, and by Erlang A.
    pub totals: (Seen, Seen, Option<Seen>),
    /// Erlang A as it was fitted to the days before.
    pub erlang: Option<ErlangFit>,
    /// Intervals in which nobody is on duty for a part of the time: they are not among those of `service`.
    pub closed: usize,
    /// Whether the agents are the recorded ones; else they are those of the scenario.
    pub agents_recorded: bool,
    /// What has changed, by month or week of these days against all before.
    pub drift: Drifts,
}

/// Why there is no back-test.
#[derive(Debug, thiserror::Error)]
pub enum BacktestError {
    /// The scenario is wrong on these days.
    #[error(transparent)]
    Scenario(#[from] Problems),
    /// Its model cannot be simulated.
    #[error("the scenario cannot be simulated on these days: {}", .0.join("; "))]
    Model(Vec<String>),
    /// There is nothing to hold against it.
    #[error("the log has no contacts on the days that are held against the scenario")]
    Nothing,
    /// The log has topics that the scenario does not have.
    #[error("the log has topics that the scenario does not have: {}", .0.join(", "))]
    Topics(Vec<String>),
}

impl Backtest {
    /// Holds recorded days against the scenario at a path.
    ///
    /// # Errors
    /// See [`BacktestError`].
    pub fn new(
        path: &Path,
        scenario: &Scenario,
        held: &Held<'_>,
        files: &dyn Files,
        stop: &(dyn Fn() -> bool + Sync),
        threads: &rayon::ThreadPool,
    ) -> Result<Self, BacktestError> {
        if held.log.days.is_empty() {
            return Err(BacktestError::Nothing);
        }
        let days = days(held.log);
        let topics = topics(scenario, held)?;
        let on_duty = held.log.on_duty();
        let finely = held.log.on_duty_finely();
        let pools = staffed_pools(&scenario.model, held, &topics);
        let seconds = f64::from(held.log.minutes) * 60.0;
        let seen = recorded(held.log, &days, &on_duty);
        let open = open(&finely, &days);
        let agents_recorded = !pools.is_empty();
        let run = |contacts: bool| -> Result<Vec<Vec<Seen>>, BacktestError> {
            let taken = Taken {
                log: held.log,
                topics: &topics,
                contacts,
                lead_days: if contacts {
                    0
                } else {
                    lead_days(&scenario.model)
                },
                zone: Some(scenario.model.calendar.zone()),
                agents: if contacts { &pools } else { &[] },
            };
            let set = [format!("interval={} min", held.log.minutes)];
            let on_days = taken.load(path, &days, &set, files)?;
            let seed = scenario.plan.seed;
            threads
                .install(|| simulated(&on_days.model, &days, seed, held.replications, stop))
                .map_err(BacktestError::Model)
        };
        let forecast = run(false)?;
        let last_year = last_year(held, &days);
        let volume = by_both(What::Volume, &days, &seen, &forecast, last_year.as_deref());
        let has_service = total(&seen).answered > 0.0;
        let erlang = erlang(held).or(held.erlang).filter(|_| agents_recorded);
        let by_formula = erlang.as_ref().map(|fit| -> Vec<Seen> {
            let each = seen.iter().map(|s| {
                let mut predicted =
                    fit.interval(s.offered, s.duty_s / seconds, seconds, held.in_time_s);
                predicted.duty_s = s.duty_s;
                predicted
            });
            each.collect()
        });
        let (mut service, mut replayed) = (Vec::new(), Vec::new());
        if has_service {
            replayed = run(true)?;
            // The log does not see when agents are not available: the time of which they work is all that they are there.
            if agents_recorded {
                let each = replayed.iter_mut().flat_map(|r| r.iter_mut().zip(&seen));
                let talk = talk_share(scenario, held);
                each.for_each(|(s, recorded)| {
                    s.duty_s = recorded.duty_s;
                    s.busy_s *= talk;
                });
            }
            for what in What::ALL.into_iter().filter(|&w| w != What::Volume) {
                let is_known = match what {
                    What::Wait | What::Queued | What::InTime => total(&seen).waits > 0.0,
                    What::Occupancy => agents_recorded,
                    _ => true,
                };
                if is_known {
                    let formula = by_formula.as_deref();
                    let checks = by_both(what, &days, &seen, &replayed, formula);
                    service.extend(checks.into_iter().map(|c| c.only(&open)));
                }
            }
        }
        let (ahead, independent) = ahead(held, &days);
        let while_open = |all: &[Seen]| {
            let each = all.iter().zip(&open).filter(|(_, open)| **open);
            total(&each.map(|(s, _)| *s).collect::<Vec<_>>())
        };
        let mut simulated = Seen::default();
        replayed.iter().for_each(|r| simulated.add(&while_open(r)));
        simulated.scale(1.0 / replayed.len().max(1) as f64);
        Ok(Self {
            dates: (date(days.first), date(days.first + days.days as i32 - 1)),
            days: held.log.days.len(),
            before: held.before.days.len(),
            per_day: days.per_day,
            volume,
            ahead,
            independent,
            service,
            totals: (
                while_open(&seen),
                simulated,
                by_formula.map(|f| while_open(&f)),
            ),
            erlang,
            closed: open
                .iter()
                .zip(&seen)
                .filter(|(open, s)| !**open && s.contacts > 0.0)
                .count(),
            agents_recorded,
            drift: Drifts::new(&[held.before, held.log], Some(days.first)),
        })
    }

    /// The check of a measure.
    pub fn check(&self, what: What, by_day: bool) -> Option<&Check> {
        let all = self.volume.iter().chain(&self.service);
        all.into_iter()
            .find(|c| c.what == what && c.by_day == by_day)
    }
}

/// A week where customers come again: those of the days before as well.
fn lead_days(model: &Model) -> u32 {
    let comes_again = |t: &crate::model::Topic| t.returns.iter().any(Option::is_some);
    if model.topics.iter().any(comes_again) {
        7
    } else {
        0
    }
}

/// The intervals of all days in which somebody is on duty all the time; all of them if it is not known who is.
fn open(finely: &BTreeMap<i32, Vec<f64>>, days: &Days) -> Vec<bool> {
    let of = |d: usize, i: usize| {
        let Some(of_day) = finely.get(&(days.first + d as i32)) else {
            return finely.is_empty();
        };
        let steps = (of_day.len() / days.per_day).max(1);
        of_day
            .chunks(steps)
            .nth(i)
            .is_some_and(|steps| steps.iter().all(|&n| n > 0.0))
    };
    let each = (0..days.intervals()).map(|k| of(k / days.per_day, k % days.per_day));
    each.collect()
}

fn by_both(
    what: What,
    days: &Days,
    seen: &[Seen],
    replications: &[Vec<Seen>],
    simpler: Option<&[Seen]>,
) -> Vec<Check> {
    let check = |by_day| Check::new(what, by_day, days, seen, replications, simpler);
    vec![check(true), check(false)]
}

/// Of the time of an agent with a contact the share before what comes after it, which a log without it does not count as work.
fn talk_share(scenario: &Scenario, held: &Held<'_>) -> f64 {
    let all = held.log.total(None);
    let topics = scenario.model.topics.iter();
    let after: Vec<f64> = topics
        .filter_map(|t| Some(t.after_contact.as_ref()?.mean()))
        .collect();
    let mean = after.iter().sum::<f64>() / scenario.model.topics.len().max(1) as f64;
    let work = all.handle_s / all.handled.max(1.0);
    if work > 0.0 {
        work / (work + mean)
    } else {
        1.0
    }
}

/// The names in the scenario of the topics of a log: its only one for all, or those of the same name.
fn topics(scenario: &Scenario, held: &Held<'_>) -> Result<Vec<String>, BacktestError> {
    let names: Vec<&String> = scenario.model.topics.iter().map(|t| &t.name).collect();
    if let [only] = names[..] {
        return Ok(vec![only.clone(); held.topics.len().max(1)]);
    }
    let is_missing = |(k, t): &(usize, &String)| {
        let contacts = held.log.total(Some(*k)).contacts;
        contacts > 0.0 && !names.contains(t)
    };
    let missing = held.topics.iter().enumerate().filter(is_missing);
    let missing: Vec<String> = missing.map(|(_, t)| t.clone()).collect();
    match missing.is_empty() {
        true => Ok(held.topics.to_vec()),
        false => Err(BacktestError::Topics(missing)),
    }
}

/// The pools whose agents a log shows: the only one there is, or of several employed ones those whose topics are most like the contacts of each
/// agent. None where the log shows no agents, or counts those of all pools together.
fn staffed_pools(model: &Model, held: &Held<'_>, topics: &[String]) -> Vec<(String, OnDuty)> {
    let log = held.log;
    if let [only] = &model.pools[..] {
        let finely = log.on_duty_finely();
        return match finely.is_empty() {
            true => Vec::new(),
            false => vec![(only.name.clone(), finely)],
        };
    }
    let are_employed = model.pools.iter().all(|p| p.kind == PoolKind::Employed);
    if !are_employed || log.counts_agents() || log.skills.is_empty() {
        return Vec::new();
    }
    let serves = |pool: &Pool, name: &String| {
        let mut each = model.topics.iter().zip(&pool.skills);
        each.any(|(t, serves)| *serves && t.name == *name)
    };
    let sets = model.pools.iter();
    let sets = sets.map(|pool| topics.iter().map(|name| serves(pool, name)).collect());
    let crews = log.skills.divided(sets.collect(), log.topics.len());
    let on_duty = log.on_duty_by_crew(&crews, FINE_MIN);
    let names = model.pools.iter().map(|p| p.name.clone());
    names.zip(on_duty).collect()
}

/// Erlang A fitted to the days before.
fn erlang(held: &Held<'_>) -> Option<ErlangFit> {
    let log = held.before;
    if log.days.len() < FEWEST_DAYS {
        return None;
    }
    let on_duty = log.on_duty();
    let days = days(log);
    let seen = recorded(log, &days, &on_duty);
    let all = total(&seen);
    let is_known =
        all.answered > 0.0 && all.abandoned > 0.0 && all.busy_s > 0.0 && all.wait_s > 0.0;
    is_known.then(|| {
        let seconds = f64::from(log.minutes) * 60.0;
        let (service, patience) = (all.busy_s / all.answered, all.wait_s / all.abandoned);
        ErlangFit::new(service, patience, &seen, seconds)
    })
}

/// The volume of the same weekday 52 weeks before, by interval; `None` if the log does not go back so far.
fn last_year(held: &Held<'_>, days: &Days) -> Option<Vec<Seen>> {
    let before = Days {
        first: days.first - 364,
        ..days.clone()
    };
    let there = held
        .before
        .days
        .range(before.first..before.first + days.days as i32);
    (there.count() * 2 > held.log.days.len())
        .then(|| recorded(held.before, &before, &BTreeMap::new()))
}

/// The volume of each day, knowing those before it, and if days were independent.
fn ahead(held: &Held<'_>, days: &Days) -> (Vec<Check>, Vec<Check>) {
    if held.before.days.len() < FEWEST_DAYS {
        return (Vec::new(), Vec::new());
    }
    let before = counts(held.before);
    let Ok(demand) = Demand::fit(&before, &Options::default()) else {
        return (Vec::new(), Vec::new());
    };
    let mut all = before;
    let held_out = counts(held.log);
    all.days.extend(&held_out.days);
    all.counts.extend(held_out.counts.iter().cloned());
    let checks = |conditional: bool| {
        let (mut by_day, mut by_interval) = (Vec::new(), Vec::new());
        for (day, of_day) in held_out.days.iter().zip(&held_out.counts) {
            let forecast = match conditional {
                true => demand.ahead(&all, *day, BAND),
                false => demand.unconditional(*day, BAND),
            };
            let Some(forecast) = forecast else { continue };
            let d = (super::gather::day(*day) - days.first) as usize;
            let point = |number, recorded, band: &super::demand::Band| Point {
                number,
                recorded,
                mean: band.mean,
                band: (band.low, band.high),
                simpler: None,
            };
            let recorded = of_day.iter().map(|&n| f64::from(n)).sum();
            by_day.push(point(d, recorded, &forecast.day));
            let each = of_day.iter().zip(&forecast.intervals).enumerate();
            for (i, (&n, band)) in each.filter(|(_, (n, band))| **n > 0 || band.mean > 0.0) {
                by_interval.push(point(d * days.per_day + i, f64::from(n), band));
            }
        }
        let check = |by_day, points| Check {
            what: What::Volume,
            by_day,
            points,
        };
        vec![check(true, by_day), check(false, by_interval)]
    };
    (checks(true), checks(false))
}

/// All points as CSV: which check, day and time, recorded, predicted, the ends of the band, and the simpler prediction.
pub fn table(b: &Backtest) -> String {
    let mut text = String::from("check,measure,date,time,recorded,predicted,low,high,simpler\n");
    let first = super::gather::day(b.dates.0);
    let sets = [
        ("scenario", &b.volume),
        ("one day ahead", &b.ahead),
        ("independent days", &b.independent),
        ("service", &b.service),
    ];
    for (name, checks) in sets {
        for check in checks {
            for p in &check.points {
                let (day, time) = match check.by_day {
                    true => (p.number, String::new()),
                    false => {
                        let minute = p.number % b.per_day * 1440 / b.per_day;
                        (
                            p.number / b.per_day,
                            format!("{:02}:{:02}", minute / 60, minute % 60),
                        )
                    }
                };
                let digits = |x: f64| super::named::plain(x, 6);
                let simpler = p.simpler.map_or_else(String::new, digits);
                let _ = writeln!(
                    text,
                    "{name},{},{},{time},{},{},{},{},{simpler}",
                    check.what.words(),
                    date(first + day as i32),
                    digits(p.recorded),
                    digits(p.mean),
                    digits(p.band.0),
                    digits(p.band.1)
                );
            }
        }
    }
    text
}
