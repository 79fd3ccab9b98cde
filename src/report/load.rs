//! What a scenario asks of its pools, by arithmetic instead of simulation: the quantities of a run, under their names and over the
//! same time, as they would be if everybody were answered at once.
//!
//! See [`Load`]. These are numbers to check a scenario with, not results.

use super::closed::ClosedHours;
use super::effort::Effort;
use crate::model::{Exactness, Load, Model, Queue, Required, required};
use crate::time::{DAY, HOUR, Micros, to_seconds};
use serde::Serialize;

/// A state of the timeline that lasts no longer is not told as one in which queues grow: a holiday is none.
const LASTING: Micros = 7 * DAY;

/// What is known of a scenario before it runs.
#[derive(Clone, Debug)]
pub struct Check {
    /// Topics in all their markets, in the order of the model.
    pub topics: Vec<TopicLoad>,
    /// Markets with all their topics, in the order of the model.
    pub markets: Vec<TopicLoad>,
    /// In the order of the model.
    pub pools: Vec<PoolLoad>,
    /// What a replication takes.
    pub effort: Effort,
    /// Contacts that come while no pool of their route has anybody.
    pub closed: ClosedHours,
    /// Queues that grow as long as the scenario lasts.
    pub growing: Vec<Growing>,
}

/// What customers of a topic, or of a market, bring.
#[derive(Clone, Debug, Serialize)]
pub struct TopicLoad {
    /// Name of the topic or the market.
    pub name: String,
    /// New cases a day.
    pub cases_per_day: f64,
    /// Contacts a day, returns included.
    pub contacts_per_day: f64,
    /// Contacts a day that want a person.
    #[serde(rename = "human_contacts_per_day")]
    pub human_per_day: f64,
}

/// What is asked of a pool, and who is there; means over the counted time.
#[derive(Clone, Debug, Serialize)]
pub struct PoolLoad {
    /// Name of the pool.
    pub name: String,
    /// Contacts offered a day.
    pub contacts_per_day: f64,
    /// Mean agent time of a contact in seconds, with full hands.
    pub handle_time: Option<f64>,
    /// Contacts with agents (the load in erlangs).
    pub contacts_in_hand: f64,
    /// Agents on duty.
    pub agents_on_duty: f64,
    /// Contacts an agent holds at once.
    pub concurrency: u8,
    /// Agents required, the mean over the counted time; `None` where no number is enough.
    pub agents_required: Option<f64>,
    /// The same in full-time agents.
    pub fte_required: Option<f64>,
    /// What these numbers are.
    #[serde(skip)]
    pub exactness: Exactness,
    /// Why they are not exact.
    #[serde(rename = "required_since")]
    pub reasons: Vec<&'static str>,
    /// When most are required.
    pub peak: Option<Peak>,
    /// Contacts that are first for this pool may later go to others.
    #[serde(skip)]
    pub overflows: bool,
}

/// The interval in which a pool requires most, the busiest of those.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Peak {
    /// When it begins.
    #[serde(skip)]
    pub at: Micros,
    /// Agents required; `None` where no number is enough.
    pub agents_required: Option<u32>,
    /// Contacts with agents.
    pub contacts_in_hand: f64,
    /// Agents on duty.
    pub agents_on_duty: f64,
}

/// Pools that get more contacts which wait as long as it takes than they can serve.
#[derive(Clone, Debug, PartialEq)]
pub struct Growing {
    /// Their names.
    pub pools: Vec<String>,
    /// From when to when, as far as the timeline makes it so.
    pub span: (Micros, Micros),
    /// Load over what the agents can carry.
    pub ratio: f64,
    /// Contacts by which the queues grow a day.
    pub contacts_per_day: f64,
}

impl Check {
    /// Full-time agents that all pools require; `None` where in one of them no number is enough.
    pub fn fte_required(&self) -> Option<f64> {
        self.pools.iter().map(|p| p.fte_required).sum()
    }
}

impl PoolLoad {
    /// Contacts with agents over contacts that the agents on duty can hold.
    pub fn utilisation(&self) -> Option<f64> {
        let slots = self.agents_on_duty * f64::from(self.concurrency);
        (slots > 0.0).then(|| self.contacts_in_hand / slots)
    }
}

/// Looks at a model.
pub fn check(model: &Model) -> Check {
    let view = View::new(model);
    let counted = to_seconds(model.horizon - model.warmup);
    let days = counted / to_seconds(DAY);
    let mut contacts = 0.0;
    // By contact type: cases, contacts and contacts for people a day.
    let types = (0..model.topics.len()).map(|k| {
        let mut sums = [0.0; 3];
        for (brought, share) in view.load.brought(k).zip(&view.counted) {
            contacts += brought.contacts;
            let all = [brought.cases, brought.contacts, brought.human];
            sums.iter_mut().zip(all).for_each(|(s, x)| *s += x * share);
        }
        sums.map(|x| x / days)
    });
    let types: Vec<[f64; 3]> = types.collect();
    let together = |name: &str, which: Vec<usize>| {
        let sum = |what: usize| which.iter().map(|&k| types[k][what]).sum();
        TopicLoad {
            name: name.to_owned(),
            cases_per_day: sum(0),
            contacts_per_day: sum(1),
            human_per_day: sum(2),
        }
    };
    let topics = 0..model.topic_count();
    let topics = topics.map(|k| together(model.topic_name(k), model.types_of_topic(k)));
    let markets = model.markets.list.iter().enumerate();
    let markets = markets.map(|(m, x)| together(&x.name, model.types_of_market(m)));
    let asked = asked(&view);
    let pools = asked.iter().enumerate();
    let pools = pools.map(|(p, asked)| pool_load(&view, asked, p));
    let whole = to_seconds(model.horizon) / counted;
    let to_pools: Vec<f64> = asked.iter().map(|a| a.contacts * whole).collect();
    Check {
        pools: pools.collect(),
        effort: Effort::of(model, contacts, &to_pools),
        topics: topics.collect(),
        markets: markets.collect(),
        growing: growing(&view, &asked),
        closed: closed(&view),
    }
}

/// The parts of the horizon.
struct View<'m> {
    model: &'m Model,
    needs: Required,
    load: Load<'m>,
    /// By part: its seconds, the share of it that is counted, and the number of the state of the timeline.
    seconds: Vec<f64>,
    counted: Vec<f64>,
    epoch: Vec<usize>,
}

impl<'m> View<'m> {
    fn new(model: &'m Model) -> Self {
        let needs = required(model);
        let load = Load::new(model, needs.width, 0, model.horizon);
        let spans = || (0..load.parts()).map(|i| load.span(i));
        let starts: Vec<Micros> = model.timeline.iter().map(|c| c.at).collect();
        let counted = |(from, to): (Micros, Micros)| {
            to.saturating_sub(from.max(model.warmup)) as f64 / (to - from).max(1) as f64
        };
        Self {
            seconds: spans().map(|s| to_seconds(s.1 - s.0)).collect(),
            counted: spans().map(counted).collect(),
            epoch: spans()
                .map(|s| starts.partition_point(|&at| at <= s.0))
                .collect(),
            model,
            needs,
            load,
        }
    }
}

/// What is offered to a pool by part: seconds of work, and of those who wait as long as it takes contacts and work.
struct Asked {
    contacts: f64,
    work: Vec<f64>,
    patient: Vec<(f64, f64)>,
}

fn asked(view: &View<'_>) -> Vec<Asked> {
    let (model, parts) = (view.model, view.seconds.len());
    let none = || Asked {
        contacts: 0.0,
        work: vec![0.0; parts],
        patient: vec![(0.0, 0.0); parts],
    };
    let mut asked: Vec<Asked> = model.pools.iter().map(|_| none()).collect();
    for k in 0..model.topics.len() {
        view.load.offers(k, |o| {
            let pool = &mut asked[o.pool];
            let seconds = o.contacts * o.seconds;
            pool.contacts += o.contacts * view.counted[o.part];
            pool.work[o.part] += seconds;
            if model.epoch(view.epoch[o.part]).topics[k].patience.is_none() {
                let at = &mut pool.patient[o.part];
                *at = (at.0 + o.contacts, at.1 + seconds);
            }
        });
    }
    asked
}

fn pool_load(view: &View<'_>, asked: &Asked, p: usize) -> PoolLoad {
    let View { model, needs, .. } = view;
    let (from, to) = (model.warmup, model.horizon);
    let counted = to_seconds(to - from);
    let agents = view.load.agents(p);
    let work = asked.work.iter().zip(&view.counted);
    let work: f64 = work.map(|(seconds, share)| seconds * share).sum();
    let duty = (0..agents.len()).map(|i| agents[i] * view.seconds[i] * view.counted[i]);
    let concurrency = f64::from(model.pools[p].concurrency);
    // No number is more than any.
    let rank = |x: &Peak| (x.agents_required.unwrap_or(u32::MAX), x.contacts_in_hand);
    let peak = (0..agents.len())
        .filter(|&i| view.counted[i] > 0.0)
        .map(|i| Peak {
            at: view.load.span(i).0,
            agents_required: needs.pools[p].agents(i),
            contacts_in_hand: asked.work[i] / view.seconds[i],
            agents_on_duty: agents[i],
        })
        .filter(|x| x.contacts_in_hand > 0.0 || x.agents_required != Some(0))
        .reduce(|best, x| if rank(&x) > rank(&best) { x } else { best });
    PoolLoad {
        name: model.pools[p].name.clone(),
        contacts_per_day: asked.contacts / counted * to_seconds(DAY),
        handle_time: (asked.contacts > 0.0).then(|| work / asked.contacts / concurrency),
        contacts_in_hand: work / counted,
        agents_on_duty: duty.sum::<f64>() / counted,
        concurrency: model.pools[p].concurrency,
        agents_required: needs.agent_seconds(p, from, to).map(|s| s / counted),
        fte_required: needs.fte(model, p, from, to),
        exactness: needs.pools[p].overall(),
        reasons: needs.pools[p].reasons(),
        peak,
        overflows: overflows(model, p),
    }
}

/// The contacts for people by the local hour at which they come.
fn closed(view: &View<'_>) -> ClosedHours {
    let model = view.model;
    let mut closed = ClosedHours::default();
    for k in 0..model.topics.len() {
        let route = |m: &Model| pools_of(&m.queues[k]).collect();
        let routes: Vec<Vec<usize>> = model.epochs().map(route).collect();
        for (i, brought) in view.load.brought(k).enumerate() {
            let human = brought.human * view.counted[i];
            if human <= 0.0 {
                continue;
            }
            let (from, to) = view.load.span(i);
            let local = model.calendar.local(from.midpoint(to));
            let hour = (local.time_of_day / HOUR) as usize % 24;
            let mut pools = routes[view.epoch[i]].iter();
            let finds_nobody = pools.all(|&p| view.load.agents(p)[i] == 0.0);
            let returns = (brought.contacts - brought.cases) * view.counted[i];
            closed.add((local.weekday, hour), human, returns, finds_nobody);
        }
    }
    closed
}

fn pools_of(queue: &Queue) -> impl Iterator<Item = usize> {
    let steps = queue.route.iter();
    steps.flat_map(|s| s.pools.iter().map(|p| p.pool))
}

/// Whether a route has another pool beside or after this one.
fn overflows(model: &Model, pool: usize) -> bool {
    let queues = model.epochs().flat_map(|m| &m.queues);
    queues
        .map(|q| pools_of(q).collect::<Vec<_>>())
        .any(|p| p.contains(&pool) && p.iter().any(|other| *other != pool))
}

/// Groups of pools that routes link, whose contacts without patience alone are more than their agents can carry: in the state of the
/// timeline in which it is worst.
fn growing(view: &View<'_>, asked: &[Asked]) -> Vec<Growing> {
    let model = view.model;
    let counted = |(e, from, to): (usize, Micros, Micros)| (e, from.max(model.warmup), to);
    let spans = model.epoch_spans().map(counted).filter(|s| s.1 < s.2);
    let spans: Vec<_> = spans.collect();
    let of = |group: &[usize], &(e, from, to): &(usize, Micros, Micros)| {
        let (mut room, mut work, mut patient, mut contacts) = (0.0, 0.0, 0.0, 0.0);
        for &p in group {
            let slots = f64::from(model.epoch(e).pools[p].concurrency);
            for i in (0..view.epoch.len()).filter(|&i| view.epoch[i] == e) {
                let share = view.counted[i];
                room += view.load.agents(p)[i] * slots * view.seconds[i] * share;
                work += asked[p].work[i] * share;
                contacts += asked[p].patient[i].0 * share;
                patient += asked[p].patient[i].1 * share;
            }
        }
        let days = to_seconds(to - from) / to_seconds(DAY);
        (patient > room * (1.0 + 1e-9)).then(|| Growing {
            pools: group.iter().map(|&p| model.pools[p].name.clone()).collect(),
            span: (from, to),
            ratio: work / room,
            contacts_per_day: contacts * (1.0 - room / patient) / days,
        })
    };
    let lasting = |s: &&(usize, Micros, Micros)| spans.len() == 1 || s.2 - s.1 >= LASTING;
    let worst = view.needs.groups.iter().filter_map(|group| {
        let all = spans.iter().filter(lasting).filter_map(|s| of(group, s));
        let is_worse = |a: &Growing, b: &Growing| b.contacts_per_day > a.contacts_per_day;
        all.reduce(|a, b| if is_worse(&a, &b) { b } else { a })
    });
    worst.collect()
}
