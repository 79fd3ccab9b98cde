//! What would make a model meaningless.
//!
//! The reader of scenarios builds models without such problems, and says what is wrong with a file in its own words; these checks are
//! for who builds a model by hand, and name the field.

use super::{
    Arrivals, Check, HumanAccess, HumanOutcome, LOWEST_SPEED, LogOn, MOST_AGENTS, MOST_CONCURRENCY,
    MOST_DAILY_CASES, MOST_DIFFICULTY, MOST_LATER_STEPS, MOST_PAIRS, MOST_POOLS, MOST_QUEUES,
    MOST_STEP_CASES, MOST_TOPICS, Model, Pool, Queue, Roster, ShiftEnd, Supply, Topic, TransferTo,
    probability,
};
use crate::time::{MAX_HORIZON, Micros};

/// Passes of a contact through the assistant or a queue, at most.
const MOST_PASSES: u8 = 60;

impl Model {
    /// Everything that is wrong with this model, in words; empty when it can be simulated.
    pub fn problems(&self) -> Vec<String> {
        let mut out = self.state_problems();
        let people: f64 = self.most_by_pool().iter().sum();
        if people.is_nan() || people > f64::from(MOST_AGENTS) {
            out.push("there are too many agents and members at once in all pools".to_owned());
        }
        out.extend(self.timeline_problems());
        if out.is_empty() && self.pairs() > MOST_PAIRS {
            out.push("there are too many pairs of a topic and a pool in all periods".to_owned());
        }
        out
    }

    /// The same of one state of the timeline alone.
    pub(super) fn state_problems(&self) -> Vec<String> {
        let mut out = Vec::new();
        let mut add = |of: String, checks: Vec<Check>| {
            let wrong = checks.into_iter().filter(|check| !check.1);
            let text = |(what, _)| format!("{of}{what}: out of range, or at odds with the rest");
            out.extend(wrong.map(text));
        };
        add(String::new(), self.frame());
        for (k, topic) in self.topics.iter().enumerate() {
            add(format!("topic {:?}: ", topic.name), self.topic(k, topic));
        }
        for (q, queue) in self.queues.iter().enumerate() {
            add(format!("queue {q}: "), self.queue(q, queue));
        }
        for pool in &self.pools {
            add(format!("pool {:?}: ", pool.name), self.pool(pool));
        }
        for group in &self.groups {
            add(format!("group {:?}: ", group.name), group.checks());
        }
        out
    }

    fn frame(&self) -> Vec<Check> {
        // Of nobody nobody is planned.
        let none = |p: &Pool| matches!(&p.supply, Supply::Staffed(s) if s.plan.max_before(Micros::MAX) <= 0.0);
        let of_groups = |p: &Pool| {
            let group = self.groups.get(p.group()?);
            Some(group.is_some_and(|g| g.headcount > 0 || none(p)))
        };
        let mut staffing = self.pools.iter().filter_map(of_groups);
        let arrivals = &self.demand.arrivals;
        let busiest: f64 = arrivals.iter().map(Arrivals::busiest_step).sum();
        let (topics, queues) = (self.topics.len(), self.queues.len());
        let somebody = topics > 0 || !self.groups.is_empty();
        let enough = arrivals.len() == topics;
        let room = busiest <= MOST_STEP_CASES;
        let staffed = staffing.all(|sound| sound);
        vec![
            ("horizon", (1..=MAX_HORIZON).contains(&self.horizon)),
            ("warmup", self.warmup < self.horizon),
            ("interval", self.interval > 0),
            ("demand.step", self.demand.step > 0),
            ("topics", somebody && topics <= MOST_TOPICS),
            ("pools", self.pools.len() <= MOST_POOLS),
            ("queues", topics <= queues && queues <= MOST_QUEUES),
            ("demand.arrivals, one for each topic", enough),
            ("demand.arrivals, cases of a step", room),
            (
                "queues, later steps of routes",
                self.later_steps() <= MOST_LATER_STEPS,
            ),
            ("max_contacts", self.max_contacts > 0),
            ("groups that staff pools", staffed),
            ("markets", self.markets.fit(topics)),
        ]
    }

    /// Pairs of a topic and a pool in all months and between all changes, and after the horizon.
    pub fn pairs(&self) -> usize {
        self.topics.len() * self.pools.len() * (self.periods().len() + 1)
    }

    /// Steps of all routes that open with time.
    pub fn later_steps(&self) -> usize {
        let steps = self.queues.iter().flat_map(|q| &q.route);
        steps.filter(|s| s.after > 0).count()
    }

    fn topic(&self, k: usize, topic: &Topic) -> Vec<Check> {
        let steps = self.horizon.div_ceil(self.demand.step.max(1));
        let fit = |a: &Arrivals| arrivals_fit(a, steps, self.horizon);
        let all = |chances: &[f64]| chances.iter().copied().all(probability);
        let d = topic.difficulty;
        let coefficients = [d.ai, d.work, d.human, d.satisfaction];
        let outcomes = topic.ai.as_ref().map(|ai| ai.outcomes);
        let sum_to_1 = |o: [f64; 5]| (o.iter().sum::<f64>() - 1.0).abs() <= 1e-9 && all(&o);
        let mut returns = topic.returns.iter().flatten();
        let enters = outcomes.is_some() || topic.entry_human >= 1.0;
        let callback = topic.callback.is_none_or(|c| all(&[c.accept, c.reached]));
        let access = !matches!(topic.access, HumanAccess::After(n) if n > MOST_PASSES);
        let difficulty = coefficients.iter().all(|c| c.abs() <= MOST_DIFFICULTY);
        let alike = topic.satisfaction.is_some() == self.has_satisfaction();
        let satisfied = topic.satisfaction.is_none_or(|s| s.is_sound());
        vec![
            ("arrivals", self.demand.arrivals.get(k).is_none_or(fit)),
            ("entry_human", all(&[topic.entry_human])),
            ("entry_human without an assistant", enters),
            ("balk", all(&[topic.balk])),
            ("callback", callback),
            ("returns", returns.all(|r| probability(r.probability))),
            ("ai.outcomes", outcomes.is_none_or(sum_to_1)),
            ("access", access),
            ("difficulty", difficulty),
            ("satisfaction, of all topics or none", alike),
            ("satisfaction", satisfied),
        ]
    }

    fn queue(&self, q: usize, queue: &Queue) -> Vec<Check> {
        let topic = self.topics.get(queue.topic);
        let mut pools = queue.route.iter().flat_map(|step| &step.pools);
        let has_work = topic.is_none_or(|t| t.work.is_some());
        let fits = topic.is_some() && (q >= self.topics.len() || queue.topic == q);
        let works = has_work || queue.route.is_empty();
        vec![
            ("topic", fits),
            ("route", pools.all(|p| p.pool < self.pools.len())),
            ("route of a topic without work", works),
        ]
    }

    fn pool(&self, pool: &Pool) -> Vec<Check> {
        let n = self.topics.len();
        let positive = |x: &f64| *x > 0.0 && x.is_finite();
        let is_sound = |o: &HumanOutcome| {
            let leads = !matches!(o.to, TransferTo::Queue(q) if q >= self.queues.len());
            let sum = o.resolve + o.transfer;
            leads && probability(o.resolve) && probability(o.transfer) && sum <= 1.0 + 1e-9
        };
        let is_lost = |(topic, o): (&Topic, &HumanOutcome)| {
            o.transfer > 0.0 && o.to == TransferTo::Assistant && topic.ai.is_none()
        };
        let slots = usize::from(pool.concurrency);
        let is_speed = |s: &f64| s.is_finite() && *s >= LOWEST_SPEED;
        let work = pool.work_factor.len() == n && pool.work_factor.iter().all(positive);
        let weights = [0, n].contains(&pool.weights.len()) && pool.weights.iter().all(positive);
        let outcomes_fit = pool.outcomes.len() == n && pool.outcomes.iter().all(is_sound);
        let served = !self.topics.iter().zip(&pool.outcomes).any(is_lost);
        let slots_fit = (1..=MOST_CONCURRENCY).contains(&pool.concurrency);
        let speeds_fit = pool.speed.len() == slots && pool.speed.iter().all(is_speed);
        let mut out = vec![
            ("skills", pool.skills.len() == n),
            ("work_factor", work),
            ("outcomes", outcomes_fit),
            ("outcomes, sent back to no assistant", served),
            ("ranking", pool.ranking.len() == n),
            ("weights", weights),
            ("concurrency", slots_fit),
            ("speed", speeds_fit),
            ("regard", pool.regard.is_sound()),
            ("contract", pool.contract().is_none_or(|c| c.is_sound())),
            ("adherence", pool.adherence().is_none_or(|a| a.is_sound())),
        ];
        match &pool.supply {
            Supply::Staffed(s) => out.extend([
                ("absence", probability(s.absence)),
                ("delivery", s.delivery.is_sound()),
                (
                    "shrinkage",
                    s.shrinkage.points().all(|(_, x)| probability(x)),
                ),
            ]),
            Supply::Rostered(r) => out.extend(r.checks()),
            Supply::Gig(g) => {
                let by_clock = g.slots.is_none() || pool.shift_end != ShiftEnd::WhenIdle;
                out.push(("shift_end, of booked blocks by the clock", by_clock));
                out.extend(g.checks(pool.price.as_ref()));
            }
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
            // Those who come to a register at random come while their rate holds.
            let (mut members, mut comers, mut share) = (0.0, 0.0, 0.0);
            for (e, from, to) in self.epoch_spans() {
                let pool = &self.epoch(e).pools[p];
                let Some(register) = pool.register() else {
                    return self.most_people(p);
                };
                members = f64::max(members, f64::from(register.members()));
                comers += register.comers(pool.price.as_ref(), to - from);
                let ends_by_clock = pool.shift_end != ShiftEnd::WhenIdle;
                share += match register.log_on {
                    LogOn::Members(_) if ends_by_clock && register.slots.is_none() => {
                        register.most_online(pool.price.as_ref(), to - from)
                    }
                    _ => 1.0,
                };
            }
            self.most_people(p).min(members + comers) * f64::min(share, 1.0)
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
