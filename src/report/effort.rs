//! What a run takes, roughly: events, processor time, memory.

use super::quantity::{count, duration};
use super::words::counted;
use crate::experiment::{IntervalTable, Plan, rows};
use crate::model::{Arrivals, Model};
use std::sync::Arc;

/// Processor time in nanoseconds: of a contact, and of an event that people make, which grows with the root of their number.
const NS_PER_CONTACT: f64 = 350.0;
const NS_PER_EVENT: f64 = 150.0;
const NS_PER_ROOT: f64 = 1.5;
/// The same of a reported interval of a topic or pool.
const NS_PER_CELL: f64 = 50.0;
/// Bytes of the program itself, of a person whom it follows, and of a reported interval of a topic or pool in a replication
/// under way, which are merged beyond a limit.
const PROGRAM: f64 = 20e6;
const PERSON: f64 = 300.0;
const CELL: f64 = 48.0;
const MOST_CELLS: f64 = 24e6;
/// A run of more seconds is called long.
const LONG: f64 = 3600.0;

/// What one replication takes.
#[derive(Clone, Debug, PartialEq)]
pub struct Effort {
    /// Contacts.
    pub contacts: f64,
    /// By pool: events that its people make besides answering, such as spells of adherence, log-ons and refused offers.
    pub people_events: Vec<f64>,
    /// Processor seconds.
    pub seconds: f64,
}

impl Effort {
    /// Of a replication of so many contacts, of which so many come to each pool first.
    pub(super) fn of(model: &Model, contacts: f64, to_pools: &[f64]) -> Self {
        let events = |(p, &n): (usize, &f64)| model.people_events(p) + model.refusal_events(p, n);
        let people_events: Vec<f64> = to_pools.iter().enumerate().map(events).collect();
        let events = people_events.iter().enumerate().map(|(p, events)| {
            events * (NS_PER_EVENT + NS_PER_ROOT * model.most_people(p).max(0.0).sqrt())
        });
        let ns = contacts * NS_PER_CONTACT + events.sum::<f64>() + cells(model) * NS_PER_CELL;
        Self {
            contacts,
            people_events,
            seconds: ns * 1e-9,
        }
    }

    /// Seconds that a run of so many replications takes on so many threads.
    pub fn run_seconds(&self, replications: u32, threads: usize) -> f64 {
        let at_once = (threads.max(1) as f64).min(f64::from(replications).max(1.0));
        self.seconds * (f64::from(replications) / at_once).ceil()
    }
}

/// Bytes of memory that a run takes: what is kept of every replication, the model, and the replications under way.
pub(super) fn memory(model: &Model, plan: Plan, threads: usize) -> f64 {
    let replications = plan.replications as usize;
    let months = model.months().len();
    let kept = IntervalTable::new(model, plan.replications).sample_len() * size_of::<f32>()
        + rows(model).len() * (1 + months) * size_of::<f64>();
    let people: f64 = (0..model.pools.len()).map(|p| model.most_people(p)).sum();
    let under_way = (cells(model) * CELL).min(MOST_CELLS) + people * PERSON;
    let at_once = threads.min(replications).max(1) as f64;
    PROGRAM + (kept * replications) as f64 + arrivals(model) as f64 + under_way * at_once
}

/// Reported intervals of all topics and pools.
fn cells(model: &Model) -> f64 {
    model.intervals() as f64 * (model.topics.len() + model.pools.len()) as f64
}

/// Bytes of the arrivals of all states of the timeline, which share what is alike.
fn arrivals(model: &Model) -> usize {
    let mut seen: Vec<*const u8> = Vec::new();
    let all = model.epochs().flat_map(|m| &m.demand.arrivals);
    all.map(|a| {
        let (at, bytes) = match a {
            Arrivals::Expected(v) => (Arc::as_ptr(v).cast(), size_of_val(&v[..])),
            Arrivals::Counts(v) => (Arc::as_ptr(v).cast(), size_of_val(&v[..])),
            Arrivals::Replay(v) => (Arc::as_ptr(v).cast(), size_of_val(&v[..])),
        };
        if seen.contains(&at) {
            return 0;
        }
        seen.push(at);
        bytes
    })
    .sum()
}

/// What a run takes in words, and of what when that is long.
pub(super) fn sentences(model: &Model, plan: Plan, threads: usize, effort: &Effort) -> Vec<String> {
    let seconds = effort.run_seconds(plan.replications, threads);
    let time = match seconds < 1.0 {
        true => "less than a second".into(),
        false => duration(seconds),
    };
    let on = counted(threads, "thread");
    let whole = |x: f64| count(x.round() as u64);
    let mut of = match model.topics.is_empty() {
        true => String::new(),
        false => format!(" of about {} contacts", whole(effort.contacts)),
    };
    let events: f64 = effort.people_events.iter().sum();
    if events >= effort.contacts && events >= 1e6 {
        of += &format!(" and {} events of people", whole(events));
    }
    let mut lines = vec![format!(
        "A run takes roughly {time} and {} MB of memory: {}{of}, on {on}.",
        whole((memory(model, plan, threads) / 1e6).ceil()),
        counted(count(plan.replications.into()), "replication")
    )];
    if seconds > LONG {
        let people = effort.people_events.iter().zip(&model.pools);
        let most = people.max_by(|a, b| a.0.total_cmp(b.0));
        lines.push(match most.filter(|m| *m.0 > effort.contacts) {
            Some((&events, pool)) => format!(
                "That is long: the people of {:?} alone make {} events a replication (spells away, breaks, log-ons, refused offers). Longer \
                 spells, sessions or pauses, fewer people or a shorter horizon make it shorter.",
                pool.name,
                whole(events)
            ),
            None => "That is long: a shorter horizon or fewer replications show sooner whether the scenario is as meant.".into(),
        });
    }
    lines
}
