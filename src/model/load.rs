//! What is asked of the pools, by arithmetic instead of simulation: contacts and work offered by part of the horizon.
//!
//! The load is that of everybody being answered at once by a pool of the first step of their route that has anybody
//! there. Contacts per case come
//! from a chain of contacts that forgets how difficult the case is and how long it has waited; a return counts at the
//! time of its case.

use super::flow::Flow;
use super::{Arrivals, Model, Pool, Queue, RouteStep, Supply, Topic, TransferTo};
use crate::time::{Micros, StepFn};

/// What is offered to the pools in equal parts of a stretch of time, the last of which may be shorter.
pub struct Load<'m> {
    model: &'m Model,
    from: Micros,
    end: Micros,
    width: Micros,
    /// By topic and part: expected new cases.
    cases: Vec<Vec<f64>>,
    /// By topic: contacts of a case that begins while people are closed, and while they are open.
    flows: Vec<[Flow; 2]>,
    /// By pool and part: mean number of agents.
    agents: Vec<Vec<f64>>,
    totals: Vec<f64>,
}

/// Contacts of a topic that come to a pool in a part of the time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Offered {
    /// Number of the part.
    pub part: usize,
    /// Number of the pool.
    pub pool: usize,
    /// Expected contacts.
    pub contacts: f64,
    /// Mean seconds of one with an agent whose hands are full.
    pub seconds: f64,
}

/// New cases of a topic in a part of the time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Brought {
    /// New cases.
    pub cases: f64,
    /// Contacts they make, returns included.
    pub contacts: f64,
    /// Contacts of these that want a person.
    pub human: f64,
}

impl<'m> Load<'m> {
    /// What is offered in parts of `width` between `from` and `end`.
    pub fn new(model: &'m Model, width: Micros, from: Micros, end: Micros) -> Self {
        let mut load = Self {
            model,
            from,
            end,
            width,
            cases: Vec::new(),
            flows: (0..model.topics.len())
                .map(|k| [false, true].map(|open| Flow::of(model, k, open)))
                .collect(),
            agents: Vec::new(),
            totals: Vec::new(),
        };
        let parts = load.parts();
        load.cases = model
            .demand
            .arrivals
            .iter()
            .map(|a| load.cases_by_part(a))
            .collect();
        load.agents = model
            .pools
            .iter()
            .map(|p| {
                let there = agents_over_time(model, p);
                (0..parts).map(|i| there(load.span(i))).collect()
            })
            .collect();
        load.totals = load.agents.iter().map(|a| a.iter().sum()).collect();
        load
    }

    /// Number of parts.
    pub fn parts(&self) -> usize {
        (self.end - self.from).div_ceil(self.width) as usize
    }

    /// Begin and end of a part.
    pub fn span(&self, i: usize) -> (Micros, Micros) {
        let at = self.from + i as Micros * self.width;
        (at, (at + self.width).min(self.end))
    }

    /// Mean number of agents of a pool by part.
    pub fn agents(&self, pool: usize) -> &[f64] {
        &self.agents[pool]
    }

    /// What customers of topic `k` bring, part by part.
    pub fn brought(&self, k: usize) -> impl Iterator<Item = Brought> + '_ {
        self.cases[k].iter().enumerate().map(move |(i, &cases)| {
            let flow = self.flow(k, i);
            Brought {
                cases,
                contacts: cases * flow.contacts,
                human: cases * (flow.direct + flow.via_ai),
            }
        })
    }

    fn flow(&self, k: usize, part: usize) -> Flow {
        let (from, to) = self.span(part);
        self.flows[k][usize::from(is_open(&self.model.topics[k], from.midpoint(to)))]
    }

    /// Tells what contacts of topic `k` come to which pool, transferred ones included.
    pub fn offers(&self, k: usize, mut tell: impl FnMut(Offered)) {
        let (model, topic) = (self.model, &self.model.topics[k]);
        for (part, &n) in self.cases[k].iter().enumerate().filter(|(_, n)| **n > 0.0) {
            let flow = self.flow(k, part);
            let mut offer = |pool: usize, contacts: f64, seconds: f64| {
                tell(Offered {
                    part,
                    pool,
                    contacts,
                    seconds,
                });
            };
            for (p, share) in self.shares(&model.queues[k], part) {
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
                    for (to, share) in self.shares(&model.queues[q], part) {
                        let moved = (direct + via_ai) * outcome.transfer * share;
                        offer(to, moved, service_time(topic, &model.pools[to], k, 1.0));
                    }
                }
            }
        }
    }

    /// Expected new cases in each part.
    fn cases_by_part(&self, arrivals: &Arrivals) -> Vec<f64> {
        let (first, last, width) = (self.from, self.end, self.width);
        let parts = self.parts();
        let mut out = vec![0.0; parts];
        let step = self.model.demand.step.max(1);
        let steps = (first / step) as usize..last.div_ceil(step) as usize;
        let mut spread = |i: usize, n: f64| {
            // A step may be wider than a part: its cases are spread evenly.
            let (from, to) = (
                i as Micros * step,
                ((i as Micros + 1) * step).min(self.model.horizon),
            );
            let mut at = from.max(first);
            while at < to.min(last) {
                let part = ((at - first) / width) as usize;
                let end = (first + (part as Micros + 1) * width).min(to);
                out[part.min(parts - 1)] += n * (end - at) as f64 / (to - from) as f64;
                at = end;
            }
        };
        let within = |n: usize| steps.start.min(n)..steps.end.min(n);
        match arrivals {
            Arrivals::Expected(v) => within(v.len()).for_each(|i| spread(i, v[i])),
            Arrivals::Counts(v) => within(v.len()).for_each(|i| spread(i, f64::from(v[i]))),
            Arrivals::Replay(v) => v
                .iter()
                .filter(|t| (first..last).contains(t))
                .for_each(|t| out[(((t - first) / width) as usize).min(parts - 1)] += 1.0),
        }
        out
    }

    /// The pools of the first step of a route at which anybody is now, each with its share by agents; of the first step, by
    /// agents on the whole, if nobody is anywhere.
    fn shares(&self, queue: &Queue, part: usize) -> Vec<(usize, f64)> {
        let sum = |step: &RouteStep, there: &dyn Fn(usize) -> f64| {
            step.pools.iter().map(|p| there(p.pool)).sum::<f64>()
        };
        let now = |p: usize| self.agents[p][part];
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
                .map_or_else(Vec::new, |step| split(step, &|p| self.totals[p])),
        }
    }
}

fn is_open(topic: &Topic, t: Micros) -> bool {
    topic.opening().is_none_or(|(open, _)| open.at(t) > 0.0)
}

/// Mean seconds of a contact with an agent whose hands are full.
fn service_time(topic: &Topic, pool: &Pool, k: usize, factor: f64) -> f64 {
    let work = topic.work.as_ref().map_or(0.0, |d| d.mean()) * pool.work_factor[k] * factor;
    let after = topic.after_contact.as_ref().map_or(0.0, |d| d.mean());
    work / pool.speed.last().copied().unwrap_or(1.0) + after
}

impl Model {
    /// Mean number of agents of pool `p` in each of several spans of time.
    pub fn mean_agents(&self, p: usize, spans: &[(Micros, Micros)]) -> Vec<f64> {
        let there = agents_over_time(self, &self.pools[p]);
        spans.iter().map(|&span| there(span)).collect()
    }
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
            let adherence = s.adherence.as_ref().map_or(1.0, |a| a.share);
            let there = s.delivery.mean() * (1.0 - s.absence) * adherence;
            Box::new(move |part| mean(&s.plan, part) * there)
        }
        Supply::Rostered(r) => {
            let people = |at| match &r.contract {
                Some(contract) => contract.volume.at(at),
                None => f64::from(model.people_at_start(r)),
            };
            let duty = r.on_duty(|at| libm::round(people(at) * r.delivery.mean()) as u32);
            Box::new(move |part| mean(&duty, part))
        }
        Supply::Gig(g) => Box::new(move |part| g.mean_online(|f| mean(f, part))),
    }
}
