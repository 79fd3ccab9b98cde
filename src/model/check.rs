//! What would make a model meaningless.

use super::{
    AiOutcome, Arrivals, HumanAccess, LOWEST_SPEED, Model, Pool, Roster, RouteStep, ShiftEnd,
    Supply, TransferTo, probability,
};
use crate::time::{MAX_HORIZON, Micros};

/// More agents than this have no slot in the event list.
const MAX_AGENTS: f64 = 100_000.0;
/// Most new cases in one step of demand, all topics together; they are drawn and sorted at once.
pub const MAX_STEP_CASES: f64 = 4e6;
impl Model {
    /// Everything that is wrong with this model, in words; empty when it can be simulated.
    pub fn problems(&self) -> Vec<String> {
        let mut out = Vec::new();
        let mut say = |bad: bool, what: String| {
            if bad {
                out.push(what);
            }
        };
        say(
            self.horizon == 0 || self.horizon > MAX_HORIZON,
            "the horizon must be above 0 and at most 4 years".into(),
        );
        say(
            self.warmup >= self.horizon,
            "the warm-up must end before the horizon".into(),
        );
        say(self.interval == 0, "the interval must be above 0".into());
        say(
            self.demand.step == 0,
            "the demand step must be above 0".into(),
        );
        say(
            self.topics.len() > 1000,
            "at most 1000 topics are possible".into(),
        );
        say(
            self.topics.is_empty() && self.groups.is_empty(),
            "there is neither a topic nor a group".into(),
        );
        say(
            self.pools
                .iter()
                .any(|p| p.group().is_some_and(|g| g >= self.groups.len())),
            "a pool is staffed by a group that does not exist".into(),
        );
        say(
            self.pools
                .iter()
                .filter_map(|p| self.groups.get(p.group()?))
                .any(|g| g.headcount == 0),
            "a group that staffs a pool needs people at the start: the plan is for that number"
                .into(),
        );
        for problem in self.groups.iter().filter_map(super::Group::problems) {
            say(true, problem);
        }
        say(
            self.pools.len() > 64,
            "at most 64 pools are possible".into(),
        );
        say(
            self.queues.len() > 4096,
            "at most 4096 queues are possible".into(),
        );
        say(
            self.demand.arrivals.len() != self.topics.len(),
            "each topic needs its arrivals".into(),
        );
        say(
            self.queues.len() < self.topics.len(),
            "each topic needs a queue".into(),
        );
        if let Some(problem) = self.markets.problem(self.topics.len()) {
            say(true, problem);
        }
        say(
            self.max_contacts == 0,
            "a case needs at least one contact".into(),
        );
        let busiest: f64 = self
            .demand
            .arrivals
            .iter()
            .map(Arrivals::busiest_step)
            .sum();
        say(
            busiest > MAX_STEP_CASES,
            format!("more than {MAX_STEP_CASES} new cases in one demand step are not possible"),
        );
        let steps = self.horizon.div_ceil(self.demand.step.max(1));
        for (k, topic) in self.topics.iter().enumerate() {
            let name = &topic.name;
            if let Some(arrivals) = self.demand.arrivals.get(k) {
                say(
                    !arrivals_fit(arrivals, steps, self.horizon),
                    format!("the arrivals of topic {name:?} do not fit the horizon"),
                );
            }
            say(
                !probability(topic.entry_human) || !probability(topic.balk),
                format!("topic {name:?}: a probability is outside 0..1"),
            );
            say(
                topic
                    .callback
                    .is_some_and(|c| !probability(c.accept) || !probability(c.reached)),
                format!("topic {name:?}: a probability of callbacks is outside 0..1"),
            );
            say(
                topic.ai.is_none() && topic.entry_human < 1.0,
                format!("topic {name:?} enters with an assistant that does not serve it"),
            );
            if let Some(ai) = &topic.ai {
                let sum: f64 = ai.outcomes.iter().sum();
                say(
                    (sum - 1.0).abs() > 1e-9 || !ai.outcomes.iter().all(|&p| probability(p)),
                    format!("topic {name:?}: the outcomes must sum to 1"),
                );
                say(
                    ai.handle_time.len() != AiOutcome::COUNT,
                    format!("topic {name:?}: a handle time is missing"),
                );
            }
            for r in topic.returns.iter().flatten() {
                say(
                    !probability(r.probability),
                    format!("topic {name:?}: a return probability is outside 0..1"),
                );
            }
            say(
                matches!(topic.access, HumanAccess::After(n) if n > 60),
                format!("topic {name:?}: at most 60 further attempts are possible"),
            );
            let d = topic.difficulty;
            say(
                ![d.ai, d.work, d.human, d.satisfaction]
                    .iter()
                    .all(|c| c.is_finite() && c.abs() <= 10.0),
                format!("topic {name:?}: a difficulty coefficient is outside -10..10"),
            );
            say(
                topic.satisfaction.is_some() != self.has_satisfaction(),
                format!(
                    "topic {name:?}: satisfaction is followed in other topics, not in this one"
                ),
            );
            if let Some(problem) = topic.satisfaction.and_then(|s| s.problem()) {
                say(true, format!("topic {name:?}: {problem}"));
            }
        }
        for (q, queue) in self.queues.iter().enumerate() {
            let Some(topic) = self.topics.get(queue.topic) else {
                say(true, format!("queue {q} has no topic"));
                continue;
            };
            say(
                q < self.topics.len() && queue.topic != q,
                format!("queue {q} must belong to topic {q}"),
            );
            say(
                !route_fits(&queue.route, self),
                format!(
                    "topic {:?}: a route leads to a pool that does not exist",
                    topic.name
                ),
            );
            say(
                !queue.route.is_empty() && topic.work.is_none(),
                format!("topic {:?} can reach a person but has no work", topic.name),
            );
        }
        let people: f64 = self.pools.iter().map(|p| self.most_of(p)).sum();
        say(
            people.is_nan() || people > MAX_AGENTS,
            format!(
                "at most {MAX_AGENTS} agents and members are possible in all, found up to {people}"
            ),
        );
        for pool in &self.pools {
            let name = &pool.name;
            let n = self.topics.len();
            say(
                pool.skills.len() != n
                    || pool.work_factor.len() != n
                    || pool.outcomes.len() != n
                    || pool.ranking.len() != n,
                format!("pool {name:?}: a table by topic has the wrong length"),
            );
            say(
                pool.concurrency == 0
                    || pool.concurrency > 16
                    || pool.speed.len() != usize::from(pool.concurrency),
                format!("pool {name:?}: concurrency and speeds do not fit"),
            );
            say(
                !pool
                    .speed
                    .iter()
                    .all(|&s| s >= LOWEST_SPEED && s.is_finite()),
                format!("pool {name:?}: speeds must not be below {LOWEST_SPEED}"),
            );
            say(
                !pool.regard.is_sound(),
                format!(
                    "pool {name:?}: a base of satisfaction must lie above 0 and below 1, an empathy within -100..100"
                ),
            );
            say(
                !pool.work_factor.iter().all(|&f| f > 0.0 && f.is_finite()),
                format!("pool {name:?}: work factors must be above 0"),
            );
            for (topic, o) in self.topics.iter().zip(&pool.outcomes) {
                say(
                    o.transfer > 0.0 && o.to == TransferTo::Assistant && topic.ai.is_none(),
                    format!(
                        "pool {name:?}: topic {:?} is sent back to an assistant that does not serve it",
                        topic.name
                    ),
                );
                say(
                    !probability(o.resolve)
                        || !probability(o.transfer)
                        || o.resolve + o.transfer > 1.0 + 1e-9,
                    format!("pool {name:?}: resolve and transfer exceed 1"),
                );
                say(
                    matches!(o.to, TransferTo::Queue(q) if q >= self.queues.len()),
                    format!("pool {name:?}: a transfer leads nowhere"),
                );
            }
            match &pool.supply {
                Supply::Staffed(s) => {
                    say(
                        !probability(s.absence),
                        format!("pool {name:?}: absence is outside 0..1"),
                    );
                    say(
                        !s.delivery.is_sound(),
                        format!("pool {name:?}: delivery is outside 0..10"),
                    );
                    say(
                        !s.shrinkage.points().all(|(_, x)| probability(x)),
                        format!("pool {name:?}: shrinkage is outside 0..1"),
                    );
                    say(
                        s.contract.as_ref().is_some_and(|c| !c.is_sound()),
                        format!("pool {name:?}: a number of the contract is out of range"),
                    );
                    say(
                        s.adherence.as_ref().is_some_and(|a| !a.is_sound()),
                        format!("pool {name:?}: a number of the adherence is out of range"),
                    );
                }
                Supply::Rostered(r) => {
                    say(
                        !r.delivery.is_sound(),
                        format!("pool {name:?}: delivery is outside 0..10"),
                    );
                    if let Some(what) = r.problems() {
                        say(true, format!("pool {name:?}: {what}"));
                    }
                }
                Supply::Gig(g) => {
                    say(
                        g.slots.is_some() && pool.shift_end == ShiftEnd::WhenIdle,
                        format!("pool {name:?}: a booked block ends by the clock, not when idle"),
                    );
                    for problem in g.problems(pool.price.as_ref()) {
                        say(true, format!("pool {name:?}: {problem}"));
                    }
                }
            }
        }
        out.extend(self.timeline_problems());
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
            Supply::Gig(g) => g.most_online(pool.price.as_ref(), self.horizon),
        }
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
            v.len() as u64 == steps && v.iter().all(|x| (0.0..=1e8).contains(x))
        }
        Arrivals::Counts(v) => v.len() as u64 == steps && v.iter().all(|&n| n <= 100_000_000),
        Arrivals::Replay(v) => v.is_sorted() && v.last().is_none_or(|&t| t < horizon),
    }
}

fn route_fits(route: &[RouteStep], model: &Model) -> bool {
    route
        .iter()
        .all(|s| s.pools.iter().all(|p| model.pools.get(p.pool).is_some()))
}
