//! What a scenario asks of its pools, by arithmetic instead of simulation: the quantities of a run, under their names and over the
//! same time, as they would be if everybody were answered at once.
//!
//! See [`Load`]. These are numbers to check a scenario with, not results.

use super::closed::Closed;
use super::effort::Effort;
use crate::model::{Load, Model, Queue};
use crate::time::{DAY, HOUR, Micros, to_seconds};

/// More parts of the horizon than this are not looked at one by one.
const MOST_PARTS: u64 = 20_000;
/// A state of the timeline that lasts no longer is not told as one in which queues grow: a holiday is none.
const LASTING: Micros = 7 * DAY;

/// What can be said of a scenario before it runs.
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
    pub closed: Closed,
    /// Queues that grow as long as the scenario lasts.
    pub growing: Vec<Growing>,
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

/// What is asked of a pool, and who is there; means over the counted time.
#[derive(Clone, Debug)]
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
    /// The busiest part of the counted time.
    pub peak: Option<Peak>,
    /// Contacts that are first for this pool may later go to others.
    pub overflows: bool,
}

/// The busiest part of the time of a pool.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Peak {
    /// When it begins.
    pub at: Micros,
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

impl PoolLoad {
    /// Contacts with agents over contacts that the agents on duty can hold.
    pub fn utilisation(&self) -> Option<f64> {
        let slots = self.agents_on_duty * f64::from(self.concurrency);
        (slots > 0.0).then(|| self.contacts_in_hand / slots)
    }
}

/// What is offered to a pool, summed up over the counted time.
#[derive(Clone, Copy, Debug, Default)]
struct Sums {
    contacts: f64,
    /// Seconds of work, and of agents on duty.
    work: f64,
    duty: f64,
    peak: Option<Peak>,
}

/// What a state of the timeline asks of the pools.
struct State {
    span: (Micros, Micros),
    /// By pool: work in seconds, that of it which waits as long as it takes, contacts of the latter, agent-seconds.
    pools: Vec<[f64; 4]>,
}

/// Looks at a model.
pub fn check(model: &Model) -> Check {
    let width = model
        .interval
        .max(model.horizon.div_ceil(MOST_PARTS))
        .max(1);
    let counted = to_seconds(model.horizon - model.warmup);
    let days = counted / to_seconds(DAY);
    let mut types: Vec<[f64; 3]> = vec![[0.0; 3]; model.topics.len()];
    let mut sums = vec![Sums::default(); model.pools.len()];
    let mut closed = Closed::default();
    let mut states: Vec<State> = Vec::new();
    let mut contacts = 0.0;
    for (e, from, to) in model.epoch_spans() {
        let epoch = model.epoch(e);
        let cut = model.warmup.clamp(from, to);
        for (from, to) in [(from, cut), (cut, to)].into_iter().filter(|s| s.0 < s.1) {
            let load = Load::new(epoch, width, from, to);
            let brought = |k: usize| {
                load.brought(k).fold([0.0; 3], |[a, b, c], x| {
                    [a + x.cases, b + x.contacts, c + x.human]
                })
            };
            let all: Vec<[f64; 3]> = (0..types.len()).map(brought).collect();
            contacts += all.iter().map(|x| x[1]).sum::<f64>();
            if from < model.warmup {
                continue;
            }
            for (sum, x) in types.iter_mut().zip(&all) {
                (0..3).for_each(|i| sum[i] += x[i]);
            }
            states.push(state(epoch, &load, (from, to), &mut sums));
            find_closed(epoch, &load, &mut closed);
        }
    }
    let types: Vec<TopicLoad> = model
        .topics
        .iter()
        .zip(&types)
        .map(|(topic, &[cases, contacts, human])| TopicLoad {
            name: topic.name.clone(),
            cases_per_day: cases / days,
            contacts_per_day: contacts / days,
            human_per_day: human / days,
        })
        .collect();
    let pools = model.pools.iter().zip(&sums).enumerate();
    let pools = pools.map(|(p, (pool, s))| PoolLoad {
        name: pool.name.clone(),
        contacts_per_day: s.contacts / days,
        handle_time: (s.contacts > 0.0).then(|| s.work / s.contacts / f64::from(pool.concurrency)),
        contacts_in_hand: s.work / counted,
        agents_on_duty: s.duty / counted,
        concurrency: pool.concurrency,
        peak: s.peak,
        overflows: overflows(model, p),
    });
    let topics = (0..model.topic_count())
        .map(|k| TopicLoad::of(model.topic_name(k), &types, &model.types_of_topic(k)));
    let markets = model.markets.list.iter().enumerate();
    let markets = markets.map(|(m, x)| TopicLoad::of(&x.name, &types, &model.types_of_market(m)));
    Check {
        pools: pools.collect(),
        effort: Effort::of(model, contacts),
        topics: topics.collect(),
        markets: markets.collect(),
        growing: growing(model, &states),
        closed,
    }
}

/// What is asked of the pools in a state of the timeline, which is added to the sums of all.
fn state(epoch: &Model, load: &Load<'_>, span: (Micros, Micros), sums: &mut [Sums]) -> State {
    let seconds: Vec<f64> = (0..load.parts())
        .map(|i| to_seconds(load.span(i).1 - load.span(i).0))
        .collect();
    let mut pools = vec![[0.0; 4]; epoch.pools.len()];
    let mut work = vec![vec![0.0; load.parts()]; epoch.pools.len()];
    for (k, topic) in epoch.topics.iter().enumerate() {
        load.offers(k, |o| {
            let seconds = o.contacts * o.seconds;
            work[o.pool][o.part] += seconds;
            sums[o.pool].contacts += o.contacts;
            pools[o.pool][0] += seconds;
            if topic.patience.is_none() {
                pools[o.pool][1] += seconds;
                pools[o.pool][2] += o.contacts;
            }
        });
    }
    for (p, sum) in sums.iter_mut().enumerate() {
        let agents = load.agents(p);
        pools[p][3] = agents.iter().zip(&seconds).map(|(a, s)| a * s).sum();
        sum.work += pools[p][0];
        sum.duty += pools[p][3];
        for (i, &work) in work[p].iter().enumerate().filter(|x| *x.1 > 0.0) {
            let contacts_in_hand = work / seconds[i];
            if sum
                .peak
                .is_none_or(|best| contacts_in_hand > best.contacts_in_hand)
            {
                sum.peak = Some(Peak {
                    at: load.span(i).0,
                    contacts_in_hand,
                    agents_on_duty: agents[i],
                });
            }
        }
    }
    State { span, pools }
}

/// Adds the contacts for people of a state, by the local hour at which they come.
fn find_closed(epoch: &Model, load: &Load<'_>, closed: &mut Closed) {
    for k in 0..epoch.topics.len() {
        let pools: Vec<usize> = pools_of(&epoch.queues[k]).collect();
        for (i, brought) in load.brought(k).enumerate().filter(|b| b.1.human > 0.0) {
            let (from, to) = load.span(i);
            let local = epoch.calendar.local(from.midpoint(to));
            let hour = (local.time_of_day / HOUR) as usize % 24;
            let finds_nobody = pools.iter().all(|&p| load.agents(p)[i] == 0.0);
            closed.add(local.weekday, hour, brought.human, finds_nobody);
        }
    }
}

fn pools_of(queue: &Queue) -> impl Iterator<Item = usize> {
    queue
        .route
        .iter()
        .flat_map(|s| s.pools.iter().map(|p| p.pool))
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
fn growing(model: &Model, states: &[State]) -> Vec<Growing> {
    let mut worst: Vec<Growing> = Vec::new();
    for group in linked(model) {
        let of = |state: &State| {
            let sum = |i: usize| group.iter().map(|&p| state.pools[p][i]).sum::<f64>();
            let room: f64 = group
                .iter()
                .map(|&p| state.pools[p][3] * f64::from(model.pools[p].concurrency))
                .sum();
            let (work, patient, contacts) = (sum(0), sum(1), sum(2));
            let days = to_seconds(state.span.1 - state.span.0) / to_seconds(DAY);
            (patient > room * (1.0 + 1e-9)).then(|| Growing {
                pools: group.iter().map(|&p| model.pools[p].name.clone()).collect(),
                span: state.span,
                ratio: work / room,
                contacts_per_day: contacts * (1.0 - room / patient) / days,
            })
        };
        let lasting = states
            .iter()
            .filter(|s| states.len() == 1 || s.span.1 - s.span.0 >= LASTING);
        let most = lasting.filter_map(of).reduce(|a, b| {
            if b.contacts_per_day > a.contacts_per_day {
                b
            } else {
                a
            }
        });
        worst.extend(most);
    }
    worst
}

/// The pools in groups between which no route leads.
fn linked(model: &Model) -> Vec<Vec<usize>> {
    let mut group: Vec<usize> = (0..model.pools.len()).collect();
    for queue in model.epochs().flat_map(|m| &m.queues) {
        let mut pools = pools_of(queue);
        let Some(first) = pools.next() else { continue };
        for p in pools {
            let (to, from) = (group[first], group[p]);
            group
                .iter_mut()
                .filter(|g| **g == from)
                .for_each(|g| *g = to);
        }
    }
    let members = |g| {
        (0..group.len())
            .filter(|&p| group[p] == g)
            .collect::<Vec<_>>()
    };
    let groups = (0..group.len()).map(members);
    groups.filter(|m| !m.is_empty()).collect()
}
