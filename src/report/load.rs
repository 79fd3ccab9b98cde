//! What a scenario asks of its pools, by arithmetic instead of simulation: offered load, agents, and a formula.
//!
//! The load is that of everybody being answered at once by a pool of the first step of their route that has anybody
//! there. Contacts per case come
//! from a chain of contacts that forgets how difficult the case is and how long it has waited; a return counts at the
//! time of its case. So these are numbers to check a scenario with, not results.

use super::flow::Flow;
use crate::erlang::ErlangA;
use crate::model::{Arrivals, Model, Pool, Queue, RouteStep, Supply, Topic, TransferTo};
use crate::time::{DAY, Micros, StepFn, to_seconds};

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
    let parts = model.horizon.div_ceil(width) as usize;
    let span = |i: usize| {
        (
            i as Micros * width,
            ((i as Micros + 1) * width).min(model.horizon),
        )
    };
    let cases: Vec<Vec<f64>> = model
        .demand
        .arrivals
        .iter()
        .map(|a| cases_by_part(a, model, width, parts))
        .collect();
    let flows: Vec<[Flow; 2]> = (0..model.topics.len())
        .map(|k| [false, true].map(|open| Flow::of(model, k, open)))
        .collect();
    let agents: Vec<Vec<f64>> = model
        .pools
        .iter()
        .map(|p| {
            let there = agents_over_time(model, p);
            (0..parts).map(|i| there(span(i))).collect()
        })
        .collect();
    let totals: Vec<f64> = agents.iter().map(|a| a.iter().sum()).collect();
    let days = model.horizon as f64 / DAY as f64;

    let mut types: Vec<TopicLoad> = Vec::with_capacity(model.topics.len());
    let mut sums = vec![Sums::default(); model.pools.len()];
    let mut work = vec![vec![0.0; parts]; model.pools.len()];
    for (k, topic) in model.topics.iter().enumerate() {
        let (mut contacts, mut human) = (0.0, 0.0);
        for (i, &n) in cases[k].iter().enumerate().filter(|(_, n)| **n > 0.0) {
            let middle = span(i).0.midpoint(span(i).1);
            let flow = flows[k][usize::from(is_open(topic, middle))];
            contacts += n * flow.contacts;
            human += n * (flow.direct + flow.via_ai);
            let mut offer = |p: usize, contacts: f64, seconds: f64| {
                work[p][i] += contacts * seconds;
                let s = &mut sums[p];
                s.contacts += contacts;
                s.work += contacts * seconds;
                s.impatience += contacts * topic.patience.as_ref().map_or(0.0, |d| 1.0 / d.mean());
                s.within += contacts * to_seconds(topic.target.within);
            };
            for (p, share) in shares(&model.queues[k], &agents, &totals, i) {
                let pool = &model.pools[p];
                let (direct, via_ai) = (n * share * flow.direct, n * share * flow.via_ai);
                offer(p, direct, service_time(topic, pool, k, 1.0));
                offer(
                    p,
                    via_ai,
                    service_time(topic, pool, k, topic.handover_factor),
                );
                let outcome = pool.outcomes[k];
                if let (true, TransferTo::Queue(q)) = (outcome.transfer > 0.0, outcome.to) {
                    for (to, part) in shares(&model.queues[q], &agents, &totals, i) {
                        let moved = (direct + via_ai) * outcome.transfer * part;
                        offer(to, moved, service_time(topic, &model.pools[to], k, 1.0));
                    }
                }
            }
        }
        types.push(TopicLoad {
            name: topic.name.clone(),
            cases_per_day: cases[k].iter().sum::<f64>() / days,
            contacts_per_day: contacts / days,
            human_per_day: human / days,
        });
    }
    let seconds: Vec<f64> = (0..parts)
        .map(|i| to_seconds(span(i).1 - span(i).0))
        .collect();
    let pools = (0..model.pools.len()).map(|p| {
        let load = pool_load(
            &model.pools[p],
            sums[p],
            &work[p],
            &agents[p],
            &seconds,
            width,
            days,
        );
        PoolLoad {
            overflows: overflows(model, p),
            ..load
        }
    });
    let whole: f64 = seconds.iter().sum();
    let there = |p: usize| {
        agents[p]
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

/// Expected new cases in each part of the horizon.
fn cases_by_part(arrivals: &Arrivals, model: &Model, width: Micros, parts: usize) -> Vec<f64> {
    let mut out = vec![0.0; parts];
    let step = model.demand.step.max(1);
    let mut spread = |i: usize, n: f64| {
        // A step may be wider than a part: its cases are spread evenly.
        let (from, to) = (
            i as Micros * step,
            ((i as Micros + 1) * step).min(model.horizon),
        );
        let mut at = from;
        while at < to {
            let part = (at / width) as usize;
            let end = ((part as Micros + 1) * width).min(to);
            out[part.min(parts - 1)] += n * (end - at) as f64 / (to - from) as f64;
            at = end;
        }
    };
    match arrivals {
        Arrivals::Expected(v) => v.iter().enumerate().for_each(|(i, &n)| spread(i, n)),
        Arrivals::Counts(v) => v
            .iter()
            .enumerate()
            .for_each(|(i, &n)| spread(i, f64::from(n))),
        Arrivals::Replay(v) => v
            .iter()
            .for_each(|&t| out[((t / width) as usize).min(parts - 1)] += 1.0),
    }
    out
}

fn is_open(topic: &Topic, t: Micros) -> bool {
    topic.opening().is_none_or(|(open, _)| open.at(t) > 0.0)
}

/// The pools of the first step of a route at which anybody is now, each with its share by agents; of the first step, by
/// agents on the whole, if nobody is anywhere.
fn shares(queue: &Queue, agents: &[Vec<f64>], totals: &[f64], part: usize) -> Vec<(usize, f64)> {
    let sum = |step: &RouteStep, there: &dyn Fn(usize) -> f64| {
        step.pools.iter().map(|p| there(p.pool)).sum::<f64>()
    };
    let now = |p: usize| agents[p][part];
    let split = |step: &RouteStep, there: &dyn Fn(usize) -> f64| {
        let all = sum(step, there);
        step.pools
            .iter()
            .map(|p| {
                (
                    p.pool,
                    if all > 0.0 {
                        there(p.pool) / all
                    } else {
                        1.0 / step.pools.len() as f64
                    },
                )
            })
            .collect()
    };
    match queue.route.iter().find(|s| sum(s, &now) > 0.0) {
        Some(step) => split(step, &now),
        None => queue
            .route
            .first()
            .map_or_else(Vec::new, |step| split(step, &|p| totals[p])),
    }
}

/// Mean seconds of a contact with an agent whose hands are full.
fn service_time(topic: &Topic, pool: &Pool, k: usize, factor: f64) -> f64 {
    let work = topic.work.as_ref().map_or(0.0, |d| d.mean()) * pool.work_factor[k] * factor;
    let after = topic.after_contact.as_ref().map_or(0.0, |d| d.mean());
    work / pool.speed.last().copied().unwrap_or(1.0) + after
}

/// Mean number of agents in a part of the horizon, for any part.
fn agents_over_time<'m>(
    model: &'m Model,
    pool: &'m Pool,
) -> Box<dyn Fn((Micros, Micros)) -> f64 + 'm> {
    fn mean(f: &StepFn, (from, to): (Micros, Micros)) -> f64 {
        f.integral(from, to) / (to - from).max(1) as f64
    }
    match &pool.supply {
        Supply::Staffed(s) => {
            Box::new(|part| mean(&s.plan, part) * s.delivery.mean() * (1.0 - s.absence))
        }
        Supply::Rostered(r) => {
            let people = f64::from(model.people_at_start(r)) * r.delivery.mean();
            let duty = r.on_duty(libm::round(people) as u32);
            Box::new(move |part| mean(&duty, part))
        }
        Supply::Gig(g) => Box::new(move |part| g.mean_online(|f| mean(f, part))),
    }
}
