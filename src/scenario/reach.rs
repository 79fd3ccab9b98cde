//! Whether somebody comes at some time within the horizon for the contacts that need a person: looked at over all states of the
//! timeline together, so that a pool may be closed from one date to another.

use super::cursor::join;
use super::problem::{Advice, listed};
use super::reader::Reader;
use super::tree::{Node, Span, Value};
use crate::model::{LogOn, Model, Pool, Roster, StepPool, Supply};
use crate::time::Micros;

/// Contacts that need a person, in one state of the timeline.
pub(super) struct Need {
    /// Their queue.
    pub(super) queue: usize,
    /// What the messages call them, such as `"fraud" in the market "DACH"`.
    pub(super) topic: String,
    /// The pools of their route.
    pub(super) pools: Vec<StepPool>,
    /// Where the route is written, or the topic.
    pub(super) span: Span,
    pub(super) path: String,
    /// What to say there when nobody ever comes.
    pub(super) advice: Advice,
}

/// Refuses the needs that are met in no state of `model`, whose timeline is known; `root` is its tree without changes.
pub(super) fn check(reader: &Reader<'_>, root: &Node, model: &Model, needs: &[Need]) {
    let most: Vec<f64> = (0..model.pools.len())
        .map(|p| most_agents(model, p))
        .collect();
    let takes = |p: &StepPool| most[p.pool] > f64::from(p.reserve);
    for need in needs {
        let routes = model.epochs().filter_map(|m| m.queues.get(need.queue));
        let mut steps = routes.flat_map(|q| &q.route);
        if steps.any(|s| s.pools.iter().any(takes)) {
            continue;
        }
        let first = need.pools.first().map(|p| p.pool);
        match first.filter(|&p| need.pools.iter().all(|x| x.pool == p) && most[p] == 0.0) {
            Some(p) => blame(reader, root, &model.pools[p], p, need),
            None => reader.problem(
                need.span,
                &need.path,
                need.advice.message.clone(),
                need.advice.help.clone(),
            ),
        }
    }
}

/// Names of the pools of a route, each once.
pub(super) fn pool_names(pools: &[StepPool], name: impl Fn(usize) -> String) -> String {
    let mut names: Vec<String> = Vec::new();
    for name in pools.iter().map(|p| name(p.pool)) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    listed(names.iter().map(String::as_str), "and")
}

/// Most agents of a pool at any time within the horizon.
fn most_agents(model: &Model, p: usize) -> f64 {
    model
        .epoch_spans()
        .map(|(e, from, to)| most_between(&model.epoch(e).pools[p], from, to))
        .fold(0.0, f64::max)
}

fn most_between(pool: &Pool, from: Micros, to: Micros) -> f64 {
    match &pool.supply {
        Supply::Staffed(s) if s.absence < 1.0 => {
            (s.plan.max_between(from, to) * s.delivery.most() + 0.5).floor()
        }
        Supply::Rostered(r) if r.absence < 1.0 && works(r, from, to) => {
            let volume = r.contract.as_ref().map(|c| c.volume.max_between(from, to));
            let staff = r.staff.map_or(f64::INFINITY, f64::from);
            (volume.unwrap_or(staff) * r.delivery.most()).round()
        }
        Supply::Gig(g) if g.can_log_on(from, to) => match g.log_on {
            LogOn::Members(_) if g.turnover.is_some() => f64::INFINITY,
            LogOn::Members(members) => f64::from(members),
            LogOn::Open => f64::INFINITY,
        },
        _ => 0.0,
    }
}

/// Whether a shift begins in `[from, to)`, or is under way at time 0, that is not off as a whole by planned absence.
fn works(roster: &Roster, from: Micros, to: Micros) -> bool {
    let mut templates = roster.templates.iter().filter(|t| t.share > 0.0);
    templates.any(|t| {
        t.begins.iter().any(|b| {
            let within = (b.at >= from as i64 || from == 0) && b.at < to as i64;
            within && !roster.is_closed(b.at)
        })
    })
}

/// Points at the key of the pool that keeps its people away.
fn blame(reader: &Reader<'_>, root: &Node, pool: &Pool, index: usize, need: &Need) {
    let list = root.table().and_then(|t| t.get("pool"));
    let Some(Value::Array(items)) = list.map(|n| &n.value) else {
        return;
    };
    let Some(item) = items.get(index) else { return };
    let keys = keys(pool);
    let found = keys.iter().find_map(|key| {
        let node = item.table()?.get(key)?;
        Some((join(&join("pool", &pool.name), key), node.span))
    });
    let (path, span) = found.unwrap_or((join("pool", &pool.name), item.span));
    let message = "expected agents at some time within the horizon, found none".to_owned();
    let help = format!(
        "contacts of {} can need a person, and no other pool takes them",
        need.topic
    );
    reader.problem(span, &path, message, Some(help));
}

/// The keys that may keep everybody away, in the order in which they are suspected.
fn keys(pool: &Pool) -> Vec<&'static str> {
    let (absence, delivery, shrinkage, rest): (f64, f64, bool, &[_]) = match &pool.supply {
        Supply::Staffed(s) => (
            s.absence,
            s.delivery.most(),
            s.shrinkage.points().all(|(_, x)| x >= 1.0),
            &["hours", "agents"],
        ),
        Supply::Rostered(r) => (
            r.absence,
            r.delivery.most(),
            r.shrinkage.points().all(|(_, x)| x >= 1.0),
            if r.staff == Some(0) {
                &["staff"]
            } else {
                &["shifts"]
            },
        ),
        Supply::Gig(g) if g.log_on == LogOn::Members(0) => return vec!["members"],
        Supply::Gig(g) if g.segments.iter().all(|s| s.rate == 0.0) => {
            return vec!["slots", "logon_rate", "logons", "segments"];
        }
        Supply::Gig(_) => return vec!["slots", "availability", "segments"],
    };
    let closed = [
        (delivery == 0.0, "delivery"),
        (absence >= 1.0, "absence"),
        (shrinkage, "shrinkage"),
    ];
    let closed = closed.into_iter().filter_map(|(is, key)| is.then_some(key));
    closed.chain(rest.iter().copied()).collect()
}
