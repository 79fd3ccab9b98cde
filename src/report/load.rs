//! What a scenario asks of its pools, by arithmetic instead of simulation: offered load, agents, and a formula.
//!
//! See [`Load`]. These are numbers to check a scenario with, not results.

use crate::erlang::ErlangA;
use crate::model::{Load, Model, Pool, Queue};
use crate::time::{DAY, Micros, to_seconds};

/// More parts of the horizon than this are not looked at one by one.
const MOST_PARTS: u64 = 20_000;
/// Processor time of a contact, roughly.
const NS_PER_CONTACT: f64 = 350.0;

/// What can be said of a scenario before it runs.
#[derive(Clone, Debug)]
pub struct Check {
    /// Topics in all their markets, in the order of the model.
    pub topics: Vec<TopicLoad>,
    /// Markets with all their topics, in the order of the model.
    pub markets: Vec<TopicLoad>,
    /// In the order of the model.
    pub pools: Vec<PoolLoad>,
    /// Contacts of one replication.
    pub contacts: f64,
    /// Erlangs of all pools together, over the whole horizon.
    pub load: f64,
    /// Contacts that all agents can hold at once, over the whole horizon.
    pub room: f64,
}

impl TopicLoad {
    /// Several contact types together.
    fn of(name: &str, types: &[TopicLoad], which: &[usize]) -> Self {
        let sum = |f: fn(&Self) -> f64| which.iter().map(|&k| f(&types[k])).sum();
        Self {
            name: name.to_owned(),
            cases_per_day: sum(|t| t.cases_per_day),
            contacts_per_day: sum(|t| t.contacts_per_day),
            human_per_day: sum(|t| t.human_per_day),
        }
    }
}

impl Check {
    /// Seconds that a run takes, roughly.
    pub fn run_seconds(&self, replications: u32, threads: usize) -> f64 {
        let rounds =
            f64::from(replications) / (threads as f64).min(f64::from(replications)).max(1.0);
        self.contacts * rounds * NS_PER_CONTACT * 1e-9
    }
}

/// What customers of a topic, or of a market, bring.
#[derive(Clone, Debug)]
pub struct TopicLoad {
    /// Name of the topic or the market.
    pub name: String,
    /// New cases a day.
    pub cases_per_day: f64,
    /// Contacts a day, returns included.
    pub contacts_per_day: f64,
    /// Contacts a day that want a person.
    pub human_per_day: f64,
}

/// What is asked of a pool, and who is there.
#[derive(Clone, Debug)]
pub struct PoolLoad {
    /// Name of the pool.
    pub name: String,
    /// Contacts offered a day.
    pub contacts_per_day: f64,
    /// Mean time of a contact with an agent, in seconds, at full concurrency.
    pub service_time: Option<f64>,
    /// Erlangs while the pool is open: mean number of contacts that would be with agents if nobody waited.
    pub load: f64,
    /// Mean number of agents while it is open.
    pub agents: f64,
    /// Contacts an agent holds at once.
    pub concurrency: u8,
    /// The busiest part of the horizon: when, erlangs, agents.
    pub peak: Option<(Micros, f64, f64)>,
    /// Contacts that are first for this pool may later go to others.
    pub overflows: bool,
    /// Erlang A at the mean load; `None` where it has no answer.
    pub formula: Option<Formula>,
}

/// What Erlang A says of a queue with the mean load.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Formula {
    /// Probability of waiting.
    pub delay: f64,
    /// `sl_net` within the mean T of the topics.
    pub service_level: f64,
    /// Probability of abandoning.
    pub abandonment: f64,
}

/// What is offered to a pool, summed up.
#[derive(Clone, Copy, Debug, Default)]
struct Sums {
    contacts: f64,
    work: f64,
    /// Sums over contacts of the rate of losing patience, and of T.
    impatience: f64,
    within: f64,
}

/// Looks at a model.
pub fn check(model: &Model) -> Check {
    let width = model
        .interval
        .max(model.horizon.div_ceil(MOST_PARTS))
        .max(1);
    let load = Load::new(model, width, 0, model.horizon);
    let parts = load.parts();
    let days = model.horizon as f64 / DAY as f64;

    let mut types: Vec<TopicLoad> = Vec::with_capacity(model.topics.len());
    let mut sums = vec![Sums::default(); model.pools.len()];
    let mut work = vec![vec![0.0; parts]; model.pools.len()];
    for (k, topic) in model.topics.iter().enumerate() {
        let (mut cases, mut contacts, mut human) = (0.0, 0.0, 0.0);
        for brought in load.brought(k) {
            cases += brought.cases;
            contacts += brought.contacts;
            human += brought.human;
        }
        load.offers(k, |o| {
            work[o.pool][o.part] += o.contacts * o.seconds;
            let s = &mut sums[o.pool];
            s.contacts += o.contacts;
            s.work += o.contacts * o.seconds;
            s.impatience += o.contacts * topic.patience.as_ref().map_or(0.0, |d| 1.0 / d.mean());
            s.within += o.contacts * to_seconds(topic.target.within);
        });
        types.push(TopicLoad {
            name: topic.name.clone(),
            cases_per_day: cases / days,
            contacts_per_day: contacts / days,
            human_per_day: human / days,
        });
    }
    let seconds: Vec<f64> = (0..parts)
        .map(|i| to_seconds(load.span(i).1 - load.span(i).0))
        .collect();
    let pools = (0..model.pools.len()).map(|p| {
        let looked = pool_load(
            &model.pools[p],
            sums[p],
            &work[p],
            load.agents(p),
            &seconds,
            width,
            days,
        );
        PoolLoad {
            overflows: overflows(model, p),
            ..looked
        }
    });
    let whole: f64 = seconds.iter().sum();
    let there = |p: usize| {
        load.agents(p)
            .iter()
            .zip(&seconds)
            .map(|(a, s)| a * s)
            .sum::<f64>()
    };
    let room = model
        .pools
        .iter()
        .enumerate()
        .map(|(p, pool)| there(p) * f64::from(pool.concurrency))
        .sum::<f64>()
        / whole;
    let topics = (0..model.topic_count())
        .map(|k| TopicLoad::of(model.topic_name(k), &types, &model.types_of_topic(k)));
    let markets = model.markets.list.iter().enumerate();
    let markets = markets.map(|(m, x)| TopicLoad::of(&x.name, &types, &model.types_of_market(m)));
    Check {
        pools: pools.collect(),
        contacts: types.iter().map(|t| t.contacts_per_day * days).sum(),
        topics: topics.collect(),
        markets: markets.collect(),
        load: sums.iter().map(|s| s.work).sum::<f64>() / whole,
        room,
    }
}

/// Whether a route has another pool beside or after this one.
fn overflows(model: &Model, pool: usize) -> bool {
    let pools = |q: &Queue| {
        q.route
            .iter()
            .flat_map(|s| s.pools.iter().map(|p| p.pool))
            .collect::<Vec<_>>()
    };
    model
        .queues
        .iter()
        .map(pools)
        .any(|p| p.contains(&pool) && p.iter().any(|other| *other != pool))
}

fn pool_load(
    pool: &Pool,
    sums: Sums,
    work: &[f64],
    agents: &[f64],
    seconds: &[f64],
    width: Micros,
    days: f64,
) -> PoolLoad {
    let open: f64 = agents
        .iter()
        .zip(seconds)
        .filter(|(a, _)| **a > 0.0)
        .map(|(_, s)| s)
        .sum();
    let there: f64 = agents.iter().zip(seconds).map(|(a, s)| a * s).sum();
    let per_open = |x: f64| if open > 0.0 { x / open } else { 0.0 };
    let peak = (0..work.len())
        .filter(|&i| work[i] > 0.0)
        .map(|i| (i as Micros * width, work[i] / seconds[i], agents[i]))
        .reduce(|best, x| if x.1 > best.1 { x } else { best });
    let mean = (sums.contacts > 0.0).then(|| sums.work / sums.contacts);
    let mut out = PoolLoad {
        name: pool.name.clone(),
        contacts_per_day: sums.contacts / days,
        service_time: mean,
        load: per_open(sums.work),
        agents: per_open(there),
        concurrency: pool.concurrency,
        peak,
        overflows: false,
        formula: None,
    };
    if let Some(mean_service) = mean {
        let queue = ErlangA {
            arrival_rate: per_open(sums.contacts),
            mean_service,
            mean_patience: (sums.impatience > 0.0).then(|| sums.contacts / sums.impatience),
            servers: (out.agents * f64::from(pool.concurrency)).round() as u32,
        };
        let levels = queue.service_levels(sums.within / sums.contacts);
        out.formula = queue.measures().zip(levels).map(|(m, l)| Formula {
            delay: m.p_delay,
            service_level: l.sl_net,
            abandonment: m.p_abandon,
        });
    }
    out
}
