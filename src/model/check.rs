//! What would make a model meaningless.
//!
//! The reader of scenarios builds models without such problems; these checks are for who builds one by hand.

use super::{
    Arrivals, HumanAccess, HumanOutcome, LOWEST_SPEED, MOST_AGENTS, MOST_CONCURRENCY,
    MOST_DAILY_CASES, MOST_DIFFICULTY, MOST_POOLS, MOST_QUEUES, MOST_STEP_CASES, MOST_TOPICS,
    Model, Pool, Queue, Roster, ShiftEnd, Supply, Topic, TransferTo, probability,
};
use crate::time::{MAX_HORIZON, Micros};

/// What is wrong where it holds, in words.
type Fault = (bool, &'static str);

/// Passes of a contact through the assistant or a queue, at most.
const MOST_PASSES: u8 = 60;

impl Model {
    /// Everything that is wrong with this model, in words; empty when it can be simulated.
    pub fn problems(&self) -> Vec<String> {
        let mut out = self.state_problems();
        let people: f64 = self.most_by_pool().iter().sum();
        if people.is_nan() || people > f64::from(MOST_AGENTS) {
            out.push("there are too many agents and members in all pools together".to_owned());
        }
        out.extend(self.timeline_problems());
        out
    }

    /// The same of one state of the timeline alone.
    pub(super) fn state_problems(&self) -> Vec<String> {
        let mut out = Vec::new();
        let mut add = |of: String, faults: &[Fault]| {
            let wrong = faults.iter().filter(|fault| fault.0);
            out.extend(wrong.map(|(_, what)| format!("{of}{what}")));
        };
        add(String::new(), &self.frame_faults());
        for (k, topic) in self.topics.iter().enumerate() {
            add(
                format!("topic {:?}: ", topic.name),
                &self.topic_faults(k, topic),
            );
            let opinion = topic.satisfaction.and_then(|s| s.problem());
            add(
                format!("topic {:?}: ", topic.name),
                opinion.map(|what| (true, what)).as_slice(),
            );
        }
        for (q, queue) in self.queues.iter().enumerate() {
            add(format!("queue {q}: "), &self.queue_faults(q, queue));
        }
        for pool in &self.pools {
            add(format!("pool {:?}: ", pool.name), &self.pool_faults(pool));
        }
        out.extend(self.markets.problem(self.topics.len()));
        out.extend(self.groups.iter().filter_map(super::Group::problems));
        for pool in &self.pools {
            if let Supply::Gig(g) = &pool.supply {
                let faults = g.problems(pool.price.as_ref());
                out.extend(
                    faults
                        .iter()
                        .map(|what| format!("pool {:?}: {what}", pool.name)),
                );
            }
        }
        out
    }

    fn frame_faults(&self) -> [Fault; 14] {
        let of_groups = |p: &Pool| p.group().map(|g| self.groups.get(g));
        let mut staffing = self.pools.iter().filter_map(of_groups);
        let unknown = staffing.clone().any(|group| group.is_none());
        let empty = staffing.any(|group| group.is_some_and(|g| g.headcount == 0));
        let arrivals = &self.demand.arrivals;
        let busiest: f64 = arrivals.iter().map(Arrivals::busiest_step).sum();
        let nothing = self.topics.is_empty() && self.groups.is_empty();
        let horizon = 1..=MAX_HORIZON;
        [
            (
                !horizon.contains(&self.horizon),
                "the horizon must be above 0 and at most 4 years",
            ),
            (
                self.warmup >= self.horizon,
                "the warm-up must end before the horizon",
            ),
            (self.interval == 0, "the interval must be above 0"),
            (self.demand.step == 0, "the demand step must be above 0"),
            (nothing, "there is neither a topic nor a group"),
            (self.topics.len() > MOST_TOPICS, "there are too many topics"),
            (self.pools.len() > MOST_POOLS, "there are too many pools"),
            (self.queues.len() > MOST_QUEUES, "there are too many queues"),
            (
                arrivals.len() != self.topics.len(),
                "each topic needs its arrivals",
            ),
            (
                self.queues.len() < self.topics.len(),
                "each topic needs a queue",
            ),
            (self.max_contacts == 0, "a case needs at least one contact"),
            (
                busiest > MOST_STEP_CASES,
                "there are too many new cases in one demand step",
            ),
            (unknown, "a pool is staffed by a group that does not exist"),
            (
                empty,
                "a group that staffs a pool needs people at the start: the plan is for that number",
            ),
        ]
    }

    fn topic_faults(&self, k: usize, topic: &Topic) -> [Fault; 8] {
        let steps = self.horizon.div_ceil(self.demand.step.max(1));
        let arrivals = self.demand.arrivals.get(k);
        let misfit = arrivals.is_some_and(|a| !arrivals_fit(a, steps, self.horizon));
        let callback = topic.callback.map_or([0.0; 2], |c| [c.accept, c.reached]);
        let returns = topic.returns.iter().flatten().map(|r| r.probability);
        let outcomes = topic.ai.as_ref().map_or([0.0; 5], |ai| ai.outcomes);
        let mut chances = [topic.entry_human, topic.balk].into_iter();
        let d = topic.difficulty;
        let coefficients = [d.ai, d.work, d.human, d.satisfaction];
        let sum: f64 = outcomes.iter().sum();
        let further = matches!(topic.access, HumanAccess::After(n) if n > MOST_PASSES);
        [
            (misfit, "the arrivals do not fit the horizon"),
            (
                !chances.all(probability) || !callback.into_iter().all(probability),
                "a probability is outside 0..1",
            ),
            (
                !returns.into_iter().all(probability),
                "a return probability is outside 0..1",
            ),
            (
                topic.ai.is_none() && topic.entry_human < 1.0,
                "it enters with an assistant that does not serve it",
            ),
            (
                topic.ai.is_some()
                    && ((sum - 1.0).abs() > 1e-9 || !outcomes.into_iter().all(probability)),
                "the outcomes must sum to 1",
            ),
            (further, "at most 60 further attempts are possible"),
            (
                !coefficients.iter().all(|c| c.abs() <= MOST_DIFFICULTY),
                "a difficulty coefficient is outside -10..10",
            ),
            (
                topic.satisfaction.is_some() != self.has_satisfaction(),
                "satisfaction is followed in other topics, not in this one",
            ),
        ]
    }

    fn queue_faults(&self, q: usize, queue: &Queue) -> [Fault; 4] {
        let topic = self.topics.get(queue.topic);
        let no_work = topic.is_some_and(|t| t.work.is_none());
        let mut pools = queue.route.iter().flat_map(|step| &step.pools);
        [
            (topic.is_none(), "it has no topic"),
            (
                q < self.topics.len() && queue.topic != q,
                "it must belong to the topic of its number",
            ),
            (
                pools.any(|p| self.pools.get(p.pool).is_none()),
                "its route leads to a pool that does not exist",
            ),
            (
                !queue.route.is_empty() && no_work,
                "its topic can reach a person but has no work",
            ),
        ]
    }

    fn pool_faults(&self, pool: &Pool) -> Vec<Fault> {
        let n = self.topics.len();
        let tables = [
            pool.skills.len(),
            pool.work_factor.len(),
            pool.outcomes.len(),
            pool.ranking.len(),
        ];
        let positive = |x: &f64| *x > 0.0 && x.is_finite();
        let outcomes = || pool.outcomes.iter();
        let lost = |(topic, o): (&Topic, &HumanOutcome)| {
            o.to == TransferTo::Assistant && topic.ai.is_none()
        };
        let lost_transfers = self.topics.iter().zip(outcomes());
        let mut lost_transfers = lost_transfers.filter(|(_, o)| o.transfer > 0.0);
        let mut out = vec![
            (
                tables.iter().any(|&len| len != n),
                "a table by topic has the wrong length",
            ),
            (
                !(1..=MOST_CONCURRENCY).contains(&pool.concurrency)
                    || pool.speed.len() != usize::from(pool.concurrency),
                "concurrency and speeds do not fit",
            ),
            (
                !pool
                    .speed
                    .iter()
                    .all(|s| s.is_finite() && *s >= LOWEST_SPEED),
                "speeds must not be below 0.01",
            ),
            (
                !pool.work_factor.iter().all(positive),
                "work factors must be above 0",
            ),
            (
                !pool.regard.is_sound(),
                "a base of satisfaction must lie above 0 and below 1, an empathy within -100..100",
            ),
            (
                lost_transfers.any(lost),
                "a topic is sent back to an assistant that does not serve it",
            ),
            (
                outcomes().any(|o| {
                    let parts = [o.resolve, o.transfer];
                    !parts.into_iter().all(probability) || o.resolve + o.transfer > 1.0 + 1e-9
                }),
                "resolve and transfer exceed 1",
            ),
            (
                outcomes().any(|o| matches!(o.to, TransferTo::Queue(q) if q >= self.queues.len())),
                "a transfer leads nowhere",
            ),
        ];
        match &pool.supply {
            Supply::Staffed(s) => out.extend([
                (!probability(s.absence), "absence is outside 0..1"),
                (!s.delivery.is_sound(), "delivery is outside 0..10"),
                (
                    !s.shrinkage.points().all(|(_, x)| probability(x)),
                    "shrinkage is outside 0..1",
                ),
                (
                    s.contract.as_ref().is_some_and(|c| !c.is_sound()),
                    "a number of the contract is out of range",
                ),
                (
                    s.adherence.as_ref().is_some_and(|a| !a.is_sound()),
                    "a number of the adherence is out of range",
                ),
            ]),
            Supply::Rostered(r) => {
                out.push((!r.delivery.is_sound(), "delivery is outside 0..10"));
                out.extend(r.problems().map(|what| (true, what)));
            }
            Supply::Gig(g) => out.push((
                g.slots.is_some() && pool.shift_end == ShiftEnd::WhenIdle,
                "a booked block ends by the clock, not when idle",
            )),
        }
        out
    }

    /// People of a pool with shifts at the start.
    pub fn people_at_start(&self, roster: &Roster) -> u32 {
        let group = roster.group.and_then(|g| self.groups.get(g));
        roster.at_start(group.map_or(0, |g| g.headcount))
    }

    /// People of a pool with shifts over time, as planned: what its vendor has in view, or those at the start.
    pub(super) fn people_over_time(&self, roster: &Roster) -> impl Fn(Micros) -> f64 {
        let at_start = f64::from(self.people_at_start(roster));
        let volume = roster.contract.as_ref().map(|c| &c.volume);
        move |at| volume.map_or(at_start, |v| v.at(at))
    }

    /// Most people a group can have over those at the start; 1 without a group.
    fn growth(&self, group: Option<usize>) -> f64 {
        let group = group.and_then(|g| self.groups.get(g));
        group.map_or(1.0, |g| {
            g.growth(self.calendar.month_starts(self.horizon).len())
        })
    }

    /// Upper bound of the people of a pool logged on at once; for an open register twice the mean.
    pub(super) fn most_of(&self, pool: &Pool) -> f64 {
        match &pool.supply {
            Supply::Staffed(s) => {
                let growth = self.growth(s.group);
                s.plan.max_before(Micros::MAX) * s.delivery.most().max(1.0) * growth
            }
            Supply::Rostered(r) => {
                let people = r.contract.as_ref().map_or_else(
                    || f64::from(self.people_at_start(r)),
                    |c| c.volume.max_before(Micros::MAX),
                );
                people * r.delivery.most().max(1.0) * self.growth(r.group)
            }
            Supply::Gig(g) => f64::from(g.members()) + g.comers(pool.price.as_ref(), self.horizon),
        }
    }

    /// Most people of each pool who can be logged on at once, in any state of the timeline.
    pub fn most_by_pool(&self) -> Vec<f64> {
        let of = |p: usize| {
            let states = || {
                self.epoch_spans()
                    .map(|(e, from, to)| (self.epoch(e), to - from))
            };
            let most = states().map(|(m, _)| m.most_of(&m.pools[p]));
            let most = most.fold(0.0, f64::max);
            // Those who come at random come while their rate holds.
            let mut register = (0.0, 0.0);
            for (m, span) in states() {
                let pool = &m.pools[p];
                match &pool.supply {
                    Supply::Gig(g) => {
                        register.0 = f64::max(register.0, f64::from(g.members()));
                        register.1 += g.comers(pool.price.as_ref(), span);
                    }
                    Supply::Staffed(_) | Supply::Rostered(_) => return most,
                }
            }
            most.min(register.0 + register.1)
        };
        (0..self.pools.len()).map(of).collect()
    }
}

impl Arrivals {
    /// Most cases of one step.
    pub fn busiest_step(&self) -> f64 {
        match self {
            Arrivals::Expected(v) => v.iter().copied().fold(0.0, f64::max),
            Arrivals::Counts(v) => v.iter().copied().max().map_or(0.0, f64::from),
            // Replayed cases may all fall into one step; there are at most as many as a file has rows.
            Arrivals::Replay(v) => v.len() as f64 / 4.0,
        }
    }
}

fn arrivals_fit(arrivals: &Arrivals, steps: u64, horizon: Micros) -> bool {
    match arrivals {
        Arrivals::Expected(v) => {
            v.len() as u64 == steps && v.iter().all(|x| (0.0..=MOST_DAILY_CASES).contains(x))
        }
        Arrivals::Counts(v) => {
            v.len() as u64 == steps && v.iter().all(|&n| f64::from(n) <= MOST_DAILY_CASES)
        }
        Arrivals::Replay(v) => v.is_sorted() && v.last().is_none_or(|&t| t < horizon),
    }
}
