//! Whether somebody comes at some time within the horizon for the contacts that need a person: looked at over all states of the
//! timeline together, so that a pool may be closed from one date to another.

use crate::model::{
    LogOn, MOST_AGENTS, MOST_LATER_STEPS, MOST_PAIRS, Model, Pool, Roster, StepPool, Supply,
};
use crate::scenario::text::{Node, Reader, Span, Table, Value, join, listed};
use crate::time::Micros;

/// Contacts that need a person, in one state of the timeline.
pub(crate) struct Need {
    /// Their queue.
    pub(crate) queue: usize,
    /// What the messages call them, such as `"fraud" in the market "DACH"`.
    pub(crate) topic: String,
    /// The pools of their route.
    pub(crate) pools: Vec<StepPool>,
    /// Where the route is written, or the topic.
    pub(crate) span: Span,
    pub(crate) path: String,
    /// What to say there when nobody ever comes, and what to write instead.
    pub(crate) message: String,
    pub(crate) help: Option<String>,
}

/// Refuses the needs that are met in no state of `model`, whose timeline is known; `root` is its tree without changes.
pub(crate) fn check(reader: &Reader<'_>, root: &Node, model: &Model, needs: &[Need]) {
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
            None => reader.problem(need.span, &need.path, &need.message, need.help.clone()),
        }
    }
}

/// Names of the pools of a route, each once.
pub(crate) fn pool_names(pools: &[StepPool], name: impl Fn(usize) -> String) -> String {
    let each = pools.iter().enumerate();
    let once = each.filter(|(i, p)| pools[..*i].iter().all(|other| other.pool != p.pool));
    let names: Vec<String> = once.map(|(_, p)| name(p.pool)).collect();
    listed(names.iter().map(String::as_str), "and")
}

/// Most agents of a pool at any time within the horizon.
fn most_agents(model: &Model, p: usize) -> f64 {
    model
        .epoch_spans()
        .filter_map(|(e, from, to)| {
            // A change that takes pools away is refused elsewhere.
            let pool = model.epoch(e).pools.get(p)?;
            Some(most_between(pool, from, to))
        })
        .fold(0.0, f64::max)
}

fn most_between(pool: &Pool, from: Micros, to: Micros) -> f64 {
    match &pool.supply {
        Supply::Staffed(s) if s.absence < 1.0 => {
            let most = s.plan.max_between(from, to) * s.delivery.most();
            match s.draws_parts() {
                true => most.ceil(),
                false => (most + 0.5).floor(),
            }
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
        Supply::Staffed(_) | Supply::Rostered(_) | Supply::Gig(_) => 0.0,
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

/// Refuses a model with more than the engine has room for: agents and members, at the pool with most of them, and steps of routes.
pub(crate) fn check_number(reader: &Reader<'_>, root: &Node, model: &Model) {
    let most = model.most_by_pool();
    let all: f64 = most.iter().sum();
    let largest = (0..most.len()).max_by(|&a, &b| most[a].total_cmp(&most[b]));
    if let Some(p) = largest.filter(|_| all > f64::from(MOST_AGENTS)) {
        let (path, _, span) = pool(root, p, &model.pools[p].name);
        let what = format!("at most {MOST_AGENTS} agents and members at once in all pools");
        let message = format!("expected {what}, found up to {all:.0}");
        let help = format!("up to {:.0} of them are of this pool", most[p]);
        reader.problem(span, &path, message, Some(help));
    }
    let pairs = model.pairs();
    if pairs > MOST_PAIRS {
        let what = format!("at most {MOST_PAIRS} pairs of a topic and a pool in all months");
        reader.problem(
            root.span,
            "pool",
            format!("expected {what}, found {pairs}"),
            None,
        );
    }
    let later = model.epochs().map(Model::later_steps).max();
    if let Some(found) = later.filter(|&found| found > MOST_LATER_STEPS) {
        let what = format!("at most {MOST_LATER_STEPS} steps of all routes that open with time");
        reader.problem(
            root.span,
            "topic",
            format!("expected {what}, found {found}"),
            None,
        );
    }
}

/// The path of a pool, its table, and where it stands.
fn pool<'t>(root: &'t Node, index: usize, name: &str) -> (String, Option<&'t Table>, Span) {
    let list = root.table().and_then(|t| t.get("pool"));
    let item = match list.map(|n| &n.value) {
        Some(Value::Array(items)) => items.get(index),
        _ => None,
    };
    let span = item.map_or(root.span, |item| item.span);
    (join("pool", name), item.and_then(Node::table), span)
}

/// Points at the key of the pool that keeps its people away.
fn blame(reader: &Reader<'_>, root: &Node, of: &Pool, index: usize, need: &Need) {
    let (path, table, span) = pool(root, index, &of.name);
    let found = keys(of).into_iter().find_map(|key| {
        let node = table?.get(key)?;
        Some((join(&path, key), node.span))
    });
    let (path, span) = found.unwrap_or((path, span));
    let message = "expected agents at some time within the horizon, found none".to_owned();
    let topic = &need.topic;
    let help = format!("contacts of {topic} can need a person, and no other pool takes them");
    reader.problem(span, &path, message, Some(help));
}

/// The keys that may keep everybody away, in the order in which they are suspected.
fn keys(pool: &Pool) -> Vec<&'static str> {
    let (absence, delivery, shrinkage, rest): (_, _, _, &[_]) = match &pool.supply {
        Supply::Staffed(s) => (s.absence, &s.delivery, &s.shrinkage, &["hours", "agents"]),
        Supply::Rostered(r) => {
            let rest = if r.staff == Some(0) {
                &["staff"]
            } else {
                &["shifts"]
            };
            (r.absence, &r.delivery, &r.shrinkage, rest)
        }
        Supply::Gig(g) if g.log_on == LogOn::Members(0) => return vec!["members"],
        Supply::Gig(g) if g.segments.iter().all(|s| s.rate == 0.0) => {
            return vec!["slots", "logon_rate", "logons", "segments"];
        }
        Supply::Gig(_) => return vec!["slots", "availability", "segments"],
    };
    let closed = [
        (delivery.most() == 0.0, "delivery"),
        (absence >= 1.0, "absence"),
        (shrinkage.points().all(|(_, x)| x >= 1.0), "shrinkage"),
    ];
    let closed = closed.into_iter().filter_map(|(is, key)| is.then_some(key));
    closed.chain(rest.iter().copied()).collect()
}
