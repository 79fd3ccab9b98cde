//! The model made ready for simulation: samplers, thresholds and masks, shared by all replications.

use super::cache::{Cache, Frame};
use super::chance::{Chance, Common, Outcomes};
use super::earnings::PayLaw;
use super::gig_law::{self, GigLaw};
use super::satisfaction::{SatisfactionLaw, satisfaction_laws};
use crate::dist::{Distribution, Sampler};
use crate::model::{
    AiOutcome, CustomerClock, Ending, HumanAccess, Model, Pool, Select, ShiftEnd, Supply, Take,
    TransferTo,
};
use crate::random::threshold;
use crate::slots::Slots;
use crate::time::{Micros, NEVER};
use std::sync::Arc;

/// The assistant on one topic.
pub(super) struct AiLaw {
    pub(super) first: Outcomes,
    pub(super) repeat: Outcomes,
    pub(super) time: [Sampler; AiOutcome::COUNT],
}

/// A topic.
pub(super) struct TopicLaw {
    pub(super) entry_human: u64,
    pub(super) skip_ai: u64,
    pub(super) balk: u64,
    /// Estimated wait from which a callback is offered, and the thresholds of accepting and of being there.
    pub(super) callback: Option<(Micros, u64, u64)>,
    pub(super) ai: Option<AiLaw>,
    pub(super) patience: Option<Sampler>,
    pub(super) work: Option<Sampler>,
    /// exp(w z) with mean 1, by the bits of z.
    pub(super) work_of_difficulty: Option<Sampler>,
    /// Mean work in seconds.
    pub(super) mean_work: f64,
    pub(super) after_contact: Option<Sampler>,
    pub(super) handover_factor: f64,
    pub(super) returns: [Option<ReturnLaw>; Ending::COUNT],
    /// Whether the hours of access must be asked, or the escalation of a direct contact told.
    pub(super) is_special: bool,
    /// Whether every escalation is one for being sensitive.
    pub(super) sensitive: bool,
    /// Attempts that somebody who asks for a person is led through first.
    pub(super) more_attempts: u64,
    /// Whether the assistant never lets anybody through.
    pub(super) no_access: bool,
}

/// What follows a way of ending.
pub(super) struct ReturnLaw {
    /// Threshold of coming back.
    pub(super) chance: u64,
    pub(super) delay: Sampler,
    /// The clock on which the delay runs; `None` is elapsed time.
    pub(super) clock: Option<Arc<CustomerClock>>,
}

/// A queue.
pub(super) struct QueueLaw {
    pub(super) class: u8,
    pub(super) steps: Slots<StepLaw>,
    /// Pools of the steps that are open at once, a bit each.
    pub(super) pools: u64,
    /// Step of each pool in the route, `u8::MAX` when it has none.
    pub(super) step_of: Slots<u8>,
    /// Abandonments must be noticed when they happen.
    pub(super) exact_patience: bool,
    /// Places in the line.
    pub(super) limit: u32,
    /// The target's T, at least a microsecond.
    pub(super) within: f64,
    /// Whether some pool stands in more than one step.
    pub(super) repeats_pools: bool,
    /// Whether a later step opens with time.
    pub(super) has_timers: bool,
    /// Whether some pool of the route is offered contacts.
    pub(super) has_offers: bool,
    /// Whether contacts may wait for a call.
    pub(super) has_callbacks: bool,
}

/// A step of a queue's route.
pub(super) struct StepLaw {
    pub(super) after: Micros,
    /// Bit per pool.
    pub(super) pools: u64,
    /// Reserve by pool.
    pub(super) reserve: Slots<u32>,
    pub(super) has_reserve: bool,
    /// How the agent is chosen.
    pub(super) select: Select,
    /// Pools from cheap to dear, under [`Select::Cheapest`].
    pub(super) cheapest: Vec<usize>,
}

/// A person's answer on one topic in one pool.
#[derive(Clone)]
pub(super) struct AnswerLaw {
    pub(super) resolve: Chance,
    /// Transfer, given that it is not resolved.
    pub(super) transfer: u64,
    pub(super) to: TransferTo,
    pub(super) work_factor: f64,
}

/// A pool.
pub(super) struct PoolLaw {
    pub(super) concurrency: usize,
    /// Agents keep virtual time: several contacts at once, or a session that is used up only while idle.
    pub(super) has_clock: bool,
    pub(super) speed: Slots<f64>,
    /// By topic; where segments differ, those of each segment follow one another.
    pub(super) answers: Slots<AnswerLaw>,
    /// Answers of one segment, 0 where all have the same.
    pub(super) answers_of_segment: usize,
    pub(super) agent_factor: Option<Sampler>,
    /// Queues the pool may serve, as words of bits.
    pub(super) serves: Slots<u64>,
    /// By queue: the wait after which the pool may take the head of the line, where nothing else matters; `NEVER` where
    /// reserves, offers, callbacks or a second step with this pool do, or the pool does not serve the queue.
    pub(super) plain_after: Slots<Micros>,
    pub(super) take: Take,
    /// By queue.
    pub(super) rank: Slots<u32>,
    pub(super) shift_end: ShiftEnd,
    pub(super) random_select: bool,
    /// Whether contacts are offered to the members rather than given.
    pub(super) offers: bool,
    /// Whether what each member earns is followed.
    pub(super) pays: bool,
    /// Whether that depends on the contacts.
    pub(super) pays_contacts: bool,
    /// Whether something happens when an agent's hands are empty and nothing is waiting.
    pub(super) leaves_when_idle: bool,
    pub(super) gig: Option<GigLaw>,
    /// Whether those who are new at work learn.
    pub(super) learns: bool,
    /// Its agents neither keep virtual time nor learn nor differ in skill or rank, and pay does not depend on the contacts.
    pub(super) is_plain: bool,
    /// Spread of the skill of the members.
    pub(super) skill_sd: f64,
    /// Whether members have tiers by rank, and whether what members of a tier resolve is told.
    pub(super) ranks: bool,
    pub(super) rates: bool,
    /// Length of a pause of those with shifts.
    pub(super) pause: Option<Sampler>,
    /// Length of a spell away that nobody planned.
    pub(super) astray: Option<Sampler>,
    /// Stream key part.
    pub(super) name: String,
}

/// A model ready for simulation.
pub struct Laws<'m> {
    pub(super) model: &'m Model,
    pub(super) common: Common,
    pub(super) topics: Slots<TopicLaw>,
    pub(super) queues: Slots<QueueLaw>,
    pub(super) pools: Slots<PoolLaw>,
    /// By topic, where satisfaction is followed.
    pub(super) satisfaction: Option<Vec<SatisfactionLaw>>,
    /// Whether it is, or some pool pays by what it answers.
    pub(super) notes_answers: bool,
    pub(super) outage_laws: Option<(Sampler, Sampler)>,
    /// The time of the run, which all epochs share.
    pub(super) frame: Arc<Frame>,
    /// As [`Model::people_required`] has them in this epoch.
    pub(super) required: Vec<Vec<f64>>,
    /// The laws of the later epochs.
    pub(super) later: Vec<Laws<'m>>,
}

impl<'m> Laws<'m> {
    /// Prepares a model; about a millisecond per distinct distribution.
    ///
    /// # Errors
    /// What [`Model::problems`] finds.
    pub fn new(model: &'m Model) -> Result<Self, Vec<String>> {
        let problems = model.problems();
        if !problems.is_empty() {
            return Err(problems);
        }
        let mut cache = Cache::new(model);
        let queues_of = |m: &Model| -> Slots<QueueLaw> {
            (0..m.queues.len()).map(|q| queue_law(m, q)).collect()
        };
        let mut queues: Vec<Slots<QueueLaw>> = model.epochs().map(queues_of).collect();
        // What must be kept up for one epoch is kept up in all, so that nothing is missing when it comes.
        for q in 0..model.queues.len() {
            let exact = queues.iter().any(|e| e[q].exact_patience);
            let offers = queues.iter().any(|e| e[q].has_offers);
            let callbacks = queues.iter().any(|e| e[q].has_callbacks);
            for law in queues.iter_mut().map(|epoch| &mut epoch[q]) {
                (law.exact_patience, law.has_offers) = (exact, offers);
                law.has_callbacks = callbacks;
            }
        }
        let clocks: Vec<bool> = (0..model.pools.len())
            .map(|p| model.epochs().any(|m| has_clock(&m.pools[p])))
            .collect();
        let most = |p: usize| model.epochs().map(|m| m.pools[p].concurrency).max();
        let loads: Vec<u8> = (0..model.pools.len()).filter_map(most).collect();
        let mut epochs: Vec<Self> = model
            .epochs()
            .zip(queues)
            .map(|(m, queues)| Self::of(m, queues, &clocks, &loads, &mut cache))
            .collect();
        for (laws, required) in epochs.iter_mut().zip(model.people_required()) {
            laws.required = required;
            laws.rate_segments(model);
        }
        let later = epochs.split_off(1);
        Ok(Self {
            later,
            ..epochs.swap_remove(0)
        })
    }

    /// The laws of one epoch.
    fn of(
        model: &'m Model,
        queues: Slots<QueueLaw>,
        clocks: &[bool],
        loads: &[u8],
        cache: &mut Cache,
    ) -> Self {
        let topics = (0..model.topics.len())
            .map(|k| topic_law(model, k, cache))
            .collect();
        let pools: Slots<PoolLaw> = (0..model.pools.len())
            .map(|p| {
                let law = pool_law(model, &queues, p, cache);
                law.ready_for(clocks[p], usize::from(loads[p]))
            })
            .collect();
        let outage_laws = model
            .assistant
            .random_outages
            .as_ref()
            .map(|(between, repair)| (cache.micros(between), cache.micros(repair)));
        Self {
            model,
            common: cache.common(),
            topics,
            queues,
            notes_answers: model.has_satisfaction() || pools.iter().any(|p| p.pays_contacts),
            pools,
            satisfaction: satisfaction_laws(model),
            outage_laws,
            frame: cache.frame(),
            required: Vec::new(),
            later: Vec::new(),
        }
    }

    /// The laws of all epochs in order, these first.
    pub(super) fn epochs(&self) -> impl Iterator<Item = &Laws<'m>> {
        std::iter::once(self).chain(&self.later)
    }

    /// The laws of an epoch.
    pub(super) fn epoch(&self, index: usize) -> &Laws<'m> {
        index
            .checked_sub(1)
            .and_then(|i| self.later.get(i))
            .unwrap_or(self)
    }

    /// The model these laws came from.
    pub fn model(&self) -> &'m Model {
        self.model
    }
}

impl PoolLaw {
    /// The law of one epoch among others, in some of which agents keep virtual time or have up to `loads` contacts in hand: who
    /// has more than this law allows goes on at the pace of the whole agent.
    fn ready_for(mut self, clock: bool, loads: usize) -> Self {
        self.has_clock |= clock;
        self.is_plain &= !clock;
        let (limit, pace) = (self.concurrency as f64, self.speed[self.concurrency - 1]);
        for load in self.concurrency + 1..=loads {
            self.speed.push(pace * limit / load as f64);
        }
        self
    }
}

fn topic_law(model: &Model, k: usize, cache: &mut Cache) -> TopicLaw {
    let topic = &model.topics[k];
    let d = topic.difficulty;
    let ai = topic.ai.as_ref().map(|ai| {
        let resolve = cache.chance(ai.outcomes[0], d.ai);
        let asking = asking(ai.outcomes, topic.insist.ask_factor);
        AiLaw {
            first: Outcomes::new(ai.outcomes, resolve),
            repeat: Outcomes::new(asking, cache.chance(asking[0], d.ai)),
            time: std::array::from_fn(|i| cache.micros(&ai.handle_time[i])),
        }
    });
    // The part of the log-variance that difficulty explains is taken out of the unexplained part, so that a lognormal
    // law keeps its mean and cv; any other law keeps its mean.
    let work = topic.work.as_ref().map(|work| match work {
        Distribution::Lognormal { mu, sigma } if d.work != 0.0 => {
            let rest = (sigma * sigma - d.work * d.work).max(0.0);
            let law = Distribution::lognormal_mu_sigma(mu + 0.5 * d.work * d.work, rest.sqrt());
            cache.micros(&law.unwrap_or_else(|_| work.clone()))
        }
        other => cache.micros(other),
    });
    let work_of_difficulty = (d.work != 0.0).then(|| cache.difficulty(d.work));
    TopicLaw {
        entry_human: threshold(topic.entry_human),
        skip_ai: threshold(topic.insist.skip_ai),
        balk: threshold(topic.balk),
        callback: topic
            .callback
            .map(|c| (c.above, threshold(c.accept), threshold(c.reached))),
        ai,
        patience: topic.patience.as_ref().map(|d| cache.micros(d)),
        mean_work: topic.work.as_ref().map_or(0.0, Distribution::mean),
        work,
        work_of_difficulty,
        after_contact: topic.after_contact.as_ref().map(|d| cache.micros(d)),
        handover_factor: topic.handover_factor,
        returns: Ending::ALL.map(|ending| {
            // What had not ended has no return.
            let back = topic.returns[ending as usize]
                .as_ref()
                .filter(|_| ending != Ending::Unserved);
            back.filter(|r| r.probability > 0.0).map(|r| ReturnLaw {
                chance: threshold(r.probability),
                delay: cache.micros(&r.delay),
                clock: model.return_clock(k, ending).cloned(),
            })
        }),
        is_special: topic.sensitive || topic.unspoken || topic.opening().is_some(),
        sensitive: topic.sensitive,
        more_attempts: if let HumanAccess::After(n) = topic.access {
            u64::from(n)
        } else {
            0
        },
        no_access: topic.access == HumanAccess::Never,
    }
}

/// The outcomes of a customer whose probability of asking for a person is multiplied, the rest in proportion.
fn asking(p: [f64; AiOutcome::COUNT], factor: f64) -> [f64; AiOutcome::COUNT] {
    let ask = AiOutcome::AskHuman as usize;
    let more = (p[ask] * factor).min(1.0);
    let shrink = if p[ask] < 1.0 {
        (1.0 - more) / (1.0 - p[ask])
    } else {
        0.0
    };
    std::array::from_fn(|i| if i == ask { more } else { p[i] * shrink })
}

fn queue_law(model: &Model, q: usize) -> QueueLaw {
    let queue = &model.queues[q];
    let topic = &model.topics[queue.topic];
    let mut step_of = Slots::from(vec![u8::MAX; model.pools.len()]);
    let mut steps: Slots<StepLaw> = Slots::new();
    let mut repeats_pools = false;
    for (s, step) in queue.route.iter().take(250).enumerate() {
        let mut reserve = Slots::from(vec![0; model.pools.len()]);
        let mut pools = 0;
        for p in &step.pools {
            pools |= 1 << p.pool;
            reserve[p.pool] = p.reserve;
            repeats_pools |= step_of[p.pool] != u8::MAX && usize::from(step_of[p.pool]) != s;
            step_of[p.pool] = step_of[p.pool].min(s as u8);
        }
        let select = step
            .pools
            .first()
            .map_or(Select::LongestIdle, |p| model.pools[p.pool].select);
        let mut cheapest: Vec<usize> = step.pools.iter().map(|p| p.pool).collect();
        let price = |p: &usize| model.pools[*p].hourly_price().unwrap_or(f64::INFINITY);
        cheapest.sort_by(|a, b| price(a).total_cmp(&price(b)));
        let has_reserve = reserve.iter().any(|&r| r > 0);
        steps.push(StepLaw {
            after: step.after,
            pools,
            reserve,
            has_reserve,
            select,
            cheapest,
        });
    }
    let offers =
        queue
            .route
            .iter()
            .flat_map(|s| &s.pools)
            .any(|p| match &model.pools[p.pool].supply {
                Supply::Gig(g) => g.makes_offers(),
                Supply::Staffed(_) | Supply::Rostered(_) => false,
            });
    let retries = topic.returns[Ending::Abandoned as usize]
        .as_ref()
        .is_some_and(|r| r.probability > 0.0);
    QueueLaw {
        class: queue.class,
        has_timers: steps.iter().any(|s| s.after > 0),
        pools: steps
            .iter()
            .filter(|s| s.after == 0)
            .fold(0, |all, s| all | s.pools),
        steps,
        step_of,
        repeats_pools,
        has_offers: offers,
        has_callbacks: topic.callback.is_some(),
        exact_patience: topic.queue_limit.is_some() || retries || offers,
        limit: topic.queue_limit.unwrap_or(u32::MAX),
        within: (topic.target.within.max(1)) as f64,
    }
}

fn pool_law(model: &Model, queues: &[QueueLaw], p: usize, cache: &mut Cache) -> PoolLaw {
    let pool = &model.pools[p];
    let mut serves = Slots::from(vec![0u64; model.queues.len().div_ceil(64)]);
    for (q, queue) in model.queues.iter().enumerate() {
        if queue
            .route
            .iter()
            .any(|s| s.pools.iter().any(|x| x.pool == p))
        {
            serves[q / 64] |= 1 << (q % 64);
        }
    }
    let plain_after = |law: &QueueLaw| match law.steps.get(usize::from(law.step_of[p])) {
        Some(_) if law.has_offers || law.repeats_pools || law.has_callbacks => NEVER,
        Some(step) if !step.has_reserve => step.after,
        _ => NEVER,
    };
    let gig = match &pool.supply {
        Supply::Staffed(_) | Supply::Rostered(_) => None,
        Supply::Gig(g) => Some(GigLaw::new(g, pool.price.as_ref(), cache)),
    };
    let pause = match &pool.supply {
        Supply::Rostered(r) => r.pauses.as_ref().map(|pauses| cache.micros(&pauses.length)),
        _ => None,
    };
    let astray = pool.adherence().map(|a| cache.micros(&a.away));
    let agent_factor = (pool.agent_cv > 0.0)
        .then(|| Distribution::lognormal_mean_cv(1.0, pool.agent_cv).ok())
        .flatten()
        .map(|d| Sampler::new(&d));
    let (answers, answers_of_segment) = gig_law::answers(model, p, cache);
    let (skill_sd, ranks) = match &pool.supply {
        Supply::Gig(g) => (g.skill_sd, g.tiers.is_some()),
        _ => (0.0, false),
    };
    let pay = gig.as_ref().and_then(|g| g.pay.as_ref());
    let pays_contacts = pay.is_some_and(PayLaw::follows_contacts);
    let learns = pool.ramp(&model.groups).is_some();
    PoolLaw {
        concurrency: usize::from(pool.concurrency),
        has_clock: has_clock(pool),
        speed: pool.speed.clone().into(),
        answers,
        answers_of_segment,
        agent_factor,
        serves,
        plain_after: queues.iter().map(plain_after).collect(),
        take: pool.take,
        rank: model.queues.iter().map(|q| pool.ranking[q.topic]).collect(),
        shift_end: pool.shift_end,
        random_select: pool.select == Select::Random,
        offers: gig.as_ref().is_some_and(|g| g.offers),
        pays: pay.is_some(),
        pays_contacts,
        leaves_when_idle: pool.shift_end == ShiftEnd::WhenIdle
            || gig.as_ref().is_some_and(|g| g.tolerance.is_some()),
        gig,
        learns,
        is_plain: !(has_clock(pool) || learns || answers_of_segment > 0 || pays_contacts)
            && skill_sd == 0.0
            && !ranks,
        skill_sd,
        ranks,
        rates: ranks,
        pause,
        astray,
        name: pool.name.clone(),
    }
}

fn has_clock(pool: &Pool) -> bool {
    let counts_idle_time =
        matches!(pool.supply, Supply::Gig(_)) && pool.shift_end == ShiftEnd::WhenIdle;
    pool.concurrency > 1 || counts_idle_time
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn asking_more_keeps_the_sum() {
        let p = asking([0.4, 0.1, 0.2, 0.2, 0.1], 2.0);
        assert!((p.iter().sum::<f64>() - 1.0).abs() < 1e-12);
        assert!((p[3] - 0.4).abs() < 1e-12);
        assert_eq!(
            asking([0.0, 0.0, 0.0, 1.0, 0.0], 3.0),
            [0.0, 0.0, 0.0, 1.0, 0.0]
        );
        assert_eq!(
            asking([0.2, 0.2, 0.2, 0.4, 0.0], 5.0),
            [0.0, 0.0, 0.0, 1.0, 0.0]
        );
    }
}
