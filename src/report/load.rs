//! What a scenario asks of its pools, by arithmetic instead of simulation: offered load, agents, and a formula.
//!
//! The load is that of everybody being answered at once by a pool of the first step of their route. Contacts per case come
//! from a chain of contacts that forgets how difficult the case is and how long it has waited; a return counts at the
//! time of its case. So these are numbers to check a scenario with, not results.

use crate::erlang::ErlangA;
use crate::model::{
    AiOutcome, Arrivals, Delivery, Ending, HumanAccess, LogOn, Model, Pool, Queue, Supply, Topic,
    TransferTo,
};
use crate::time::{DAY, Micros, to_seconds};

/// More parts of the horizon than this are not looked at one by one.
const MOST_PARTS: u64 = 20_000;
/// Processor time of a contact, roughly.
const NS_PER_CONTACT: f64 = 150.0;

/// What can be said of a scenario before it runs.
#[derive(Clone, Debug)]
pub struct Check {
    /// In the order of the model.
    pub topics: Vec<TopicLoad>,
    /// In the order of the model.
    pub pools: Vec<PoolLoad>,
    /// Contacts of one replication.
    pub contacts: f64,
}

impl Check {
    /// Seconds that a run takes, roughly.
    pub fn run_seconds(&self, replications: u32, threads: usize) -> f64 {
        let rounds =
            f64::from(replications) / (threads as f64).min(f64::from(replications)).max(1.0);
        self.contacts * rounds * NS_PER_CONTACT * 1e-9
    }
}

/// What customers of a topic bring.
#[derive(Clone, Debug)]
pub struct TopicLoad {
    /// Name of the topic.
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

/// Contacts per case, and those of them with people.
#[derive(Clone, Copy, Debug, Default)]
struct Flow {
    contacts: f64,
    direct: f64,
    via_ai: f64,
}

/// One contact: the chance to reach a person directly and through the assistant, and to come back.
#[derive(Clone, Copy, Debug, Default)]
struct Attempt {
    direct: f64,
    via_ai: f64,
    back: f64,
}

impl Attempt {
    fn of(model: &Model, k: usize, first: bool, open: bool) -> Self {
        let topic = &model.topics[k];
        let skip = if first { 0.0 } else { topic.insist.skip_ai };
        let (mut direct, mut via_ai) = (topic.entry_human + (1.0 - topic.entry_human) * skip, 0.0);
        let mut endings = [0.0; Ending::COUNT];
        if let Some(ai) = &topic.ai {
            let p = insisting(
                ai.outcomes,
                if first { 1.0 } else { topic.insist.ask_factor },
            );
            let here = 1.0 - direct;
            let [asks, hands] = [
                p[AiOutcome::AskHuman as usize],
                p[AiOutcome::HandOff as usize],
            ];
            // Attempts of the assistant, and the share of contacts that ask after the last one.
            let (mut attempts, mut asking) = (1.0, asks);
            if let HumanAccess::After(n) = topic.access {
                for _ in 0..n {
                    attempts += asking;
                    asking *= asks;
                }
            }
            let escalated = here * (attempts * hands + asking);
            match topic.access {
                HumanAccess::Never => endings[Ending::Trapped as usize] = escalated,
                _ => via_ai = escalated,
            }
            endings[Ending::AiResolved as usize] = here * attempts * p[AiOutcome::Resolve as usize];
            endings[Ending::AiMisresolved as usize] =
                here * attempts * p[AiOutcome::Misresolve as usize];
            endings[Ending::GaveUp as usize] = here * attempts * p[AiOutcome::GiveUp as usize];
        }
        if !open
            && matches!(
                topic.access,
                HumanAccess::Hours {
                    turn_away: true,
                    ..
                }
            )
        {
            endings[Ending::TurnedAway as usize] = direct + via_ai;
            (direct, via_ai) = (0.0, 0.0);
        }
        let solved = resolved_by_people(model, k);
        endings[Ending::HumanResolved as usize] = (direct + via_ai) * solved;
        endings[Ending::HumanUnresolved as usize] = (direct + via_ai) * (1.0 - solved);
        let back = endings
            .iter()
            .zip(&topic.returns)
            .map(|(e, r)| e * r.as_ref().map_or(0.0, |r| r.probability))
            .sum();
        Self {
            direct,
            via_ai,
            back,
        }
    }
}

impl Flow {
    fn of(model: &Model, k: usize, open: bool) -> Self {
        let (first, later) = (
            Attempt::of(model, k, true, open),
            Attempt::of(model, k, false, open),
        );
        let mut repeats = 0.0;
        let mut chance = first.back;
        for _ in 1..model.max_contacts {
            repeats += chance;
            chance *= later.back;
        }
        Self {
            contacts: 1.0 + repeats,
            direct: first.direct + repeats * later.direct,
            via_ai: first.via_ai + repeats * later.via_ai,
        }
    }
}

/// The outcomes of the assistant for a customer who asks more often: the others shrink in proportion.
fn insisting(mut p: [f64; AiOutcome::COUNT], factor: f64) -> [f64; AiOutcome::COUNT] {
    let asks = p[AiOutcome::AskHuman as usize];
    let more = (asks * factor).min(1.0);
    let shrink = if asks < 1.0 {
        (1.0 - more) / (1.0 - asks)
    } else {
        0.0
    };
    p.iter_mut().for_each(|x| *x *= shrink);
    p[AiOutcome::AskHuman as usize] = more;
    p
}

fn resolved_by_people(model: &Model, k: usize) -> f64 {
    let first = model.queues[k].route.first().map_or(&[][..], |s| &s.pools);
    let all: Vec<f64> = first
        .iter()
        .map(|p| model.pools[p.pool].outcomes[k].resolve)
        .collect();
    if all.is_empty() {
        0.0
    } else {
        all.iter().sum::<f64>() / all.len() as f64
    }
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
        .map(|p| (0..parts).map(|i| agents_between(p, span(i))).collect())
        .collect();
    let totals: Vec<f64> = agents.iter().map(|a| a.iter().sum()).collect();
    let days = model.horizon as f64 / DAY as f64;

    let mut topics: Vec<TopicLoad> = Vec::with_capacity(model.topics.len());
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
        topics.push(TopicLoad {
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
        pool_load(
            &model.pools[p],
            sums[p],
            &work[p],
            &agents[p],
            &seconds,
            width,
            days,
        )
    });
    Check {
        pools: pools.collect(),
        contacts: topics.iter().map(|t| t.contacts_per_day * days).sum(),
        topics,
    }
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
    match &topic.access {
        HumanAccess::Hours { open, .. } => open.at(t) > 0.0,
        _ => true,
    }
}

/// The pools of the first step of a route, each with its share by agents there now, or on the whole if nobody is.
fn shares<'a>(
    queue: &'a Queue,
    agents: &'a [Vec<f64>],
    totals: &'a [f64],
    part: usize,
) -> impl Iterator<Item = (usize, f64)> + 'a {
    let pools = queue.route.first().map_or(&[][..], |s| &s.pools);
    let now: f64 = pools.iter().map(|p| agents[p.pool][part]).sum();
    let whole: f64 = pools.iter().map(|p| totals[p.pool]).sum();
    pools.iter().map(move |p| {
        let share = if now > 0.0 {
            agents[p.pool][part] / now
        } else if whole > 0.0 {
            totals[p.pool] / whole
        } else {
            1.0 / pools.len() as f64
        };
        (p.pool, share)
    })
}

/// Mean seconds of a contact with an agent whose hands are full.
fn service_time(topic: &Topic, pool: &Pool, k: usize, factor: f64) -> f64 {
    let work = topic.work.as_ref().map_or(0.0, |d| d.mean()) * pool.work_factor[k] * factor;
    let after = topic.after_contact.as_ref().map_or(0.0, |d| d.mean());
    work / pool.speed.last().copied().unwrap_or(1.0) + after
}

/// Mean number of agents in a part of the horizon.
fn agents_between(pool: &Pool, (from, to): (Micros, Micros)) -> f64 {
    let mean = |f: &crate::time::StepFn| f.integral(from, to) / (to - from).max(1) as f64;
    match &pool.supply {
        Supply::Staffed(s) => {
            let delivered = match &s.delivery {
                Delivery::Fixed(share) => *share,
                Delivery::Daily(d) => d.mean(),
            };
            mean(&s.plan) * delivered * (1.0 - s.absence)
        }
        Supply::Gig(g) => {
            let (availability, session) = (mean(&g.availability), g.session.mean());
            match g.log_on {
                LogOn::Members { members, rate } => {
                    let odds = rate * availability * session;
                    f64::from(members) * odds / (1.0 + odds)
                }
                LogOn::Open { rate } => rate * availability * session,
            }
        }
    }
}
