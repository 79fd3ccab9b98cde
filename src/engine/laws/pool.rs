//! A pool made ready: who answers how, at which speed, and which rules apply to its agents.

use super::chance::Chance;
use super::frame::Cache;
use super::gig::GigLaw;
use super::pay::PayLaw;
use super::queue::QueueLaw;
use crate::dist::{Distribution, Sampler};
use crate::model::{GigSupply, Model, Pool, ShiftEnd, Supply, Take, TransferTo};
use crate::random::threshold;
use crate::slots::Slots;
use crate::time::{Micros, NEVER};

/// A person's answer on one topic in one pool.
#[derive(Clone)]
#[repr(align(64))]
pub(crate) struct AnswerLaw {
    pub(crate) resolve: Chance,
    /// Transfer, given that it is not resolved.
    pub(crate) transfer: u64,
    pub(crate) to: TransferTo,
    pub(crate) work_factor: f64,
}

/// A pool.
pub(crate) struct PoolLaw {
    pub(crate) concurrency: usize,
    /// Agents keep virtual time: several contacts at once, or a session that is used up only while idle.
    pub(crate) has_clock: bool,
    pub(crate) speed: Slots<f64>,
    /// By topic; where segments differ, those of each segment follow one another.
    pub(crate) answers: Slots<AnswerLaw>,
    /// Answers of one segment, 0 where all have the same.
    pub(crate) answers_of_segment: usize,
    pub(crate) agent_factor: Option<Sampler>,
    /// Queues the pool may serve, as words of bits.
    pub(crate) serves: Slots<u64>,
    /// By queue: the wait after which the pool may take the head of the line, where nothing else matters; `NEVER` where
    /// reserves, offers, callbacks or a second step with this pool do, or the pool does not serve the queue.
    pub(crate) plain_after: Slots<Micros>,
    pub(crate) take: Take,
    /// Within a class contacts are taken in the order in which they come.
    pub(crate) in_order: bool,
    /// By queue.
    pub(crate) rank: Slots<u32>,
    pub(crate) weight: Slots<f64>,
    pub(crate) shift_end: ShiftEnd,
    /// Whether contacts are offered to the members rather than given.
    pub(crate) offers: bool,
    /// Whether what each member earns is followed and depends on the contacts.
    pub(crate) pays_contacts: bool,
    /// Whether something happens when an agent's hands are empty and nothing is waiting.
    pub(crate) leaves_when_idle: bool,
    pub(crate) gig: Option<GigLaw>,
    /// Whether the parts of agents that the plan asks for are drawn by day.
    pub(crate) draws_parts: bool,
    /// Whether those who are new at work learn.
    pub(crate) learns: bool,
    /// Its agents are no members of a register in any epoch, do not learn, and do not leave when they are idle.
    pub(crate) is_plain: bool,
    /// Spread of the skill of the members.
    pub(crate) skill_sd: f64,
    /// Whether what members of a tier resolve is told.
    pub(crate) rates: bool,
    /// Length of a pause of those with shifts.
    pub(crate) pause: Option<Sampler>,
    /// Length of a spell away that nobody planned.
    pub(crate) time_away: Option<Sampler>,
}

impl PoolLaw {
    /// What must be kept up for pool `p` in one epoch of `whole` is kept up in this one: virtual time, and the pace of who has more
    /// contacts in hand than this law allows, which is that of the whole agent. What members resolve is told by tier where segments
    /// have others, in this epoch or another.
    pub(super) fn ready_for(&mut self, whole: &Model, p: usize) {
        let pools = || whole.epochs().map(|m| &m.pools[p]);
        self.has_clock |= pools().any(has_clock);
        let (limit, pace) = (self.concurrency as f64, self.speed[self.concurrency - 1]);
        let most = pools().map(|pool| usize::from(pool.concurrency)).max();
        for load in self.concurrency + 1..=most.unwrap_or(0) {
            self.speed.push(pace * limit / load as f64);
        }
        self.rates |= !whole.segment_tiers(p).is_empty();
        self.is_plain &= pools().all(|pool| pool.register().is_none());
    }

    /// The answers on a topic of an agent by the segment.
    #[inline]
    pub(crate) fn answer_of(&self, segment: u8, topic: usize) -> &AnswerLaw {
        &self.answers[usize::from(segment) * self.answers_of_segment + topic]
    }
}

pub(crate) fn pool_law(model: &Model, queues: &[QueueLaw], p: usize, cache: &mut Cache) -> PoolLaw {
    let pool = &model.pools[p];
    let mut serves = Slots::from(vec![0u64; model.queues.len().div_ceil(64)]);
    for (q, queue) in model.queues.iter().enumerate() {
        let mut steps = queue.route.iter();
        if steps.any(|s| s.pools.iter().any(|x| x.pool == p)) {
            serves[q / 64] |= 1 << (q % 64);
        }
    }
    let plain_after = |law: &QueueLaw| match law.steps.get(usize::from(law.step_of[p])) {
        Some(_) if law.has_offers || law.repeats_pools || law.has_callbacks => NEVER,
        Some(step) if step.reserve.is_empty() => step.after,
        _ => NEVER,
    };
    let pauses = pool.roster().and_then(|r| r.pauses.as_ref());
    let pause = pauses.map(|p| cache.micros(&p.length));
    let register = pool.register();
    let (skill_sd, ranks) = register.map_or((0.0, false), |g| (g.skill_sd, g.tiers.is_some()));
    let gig = register.map(|g| GigLaw::new(g, pool.price.as_ref(), cache));
    let time_away = pool.adherence().map(|a| cache.micros(&a.away));
    let agent_factor = (pool.agent_cv > 0.0)
        .then(|| Distribution::lognormal_mean_cv(1.0, pool.agent_cv).ok())
        .flatten()
        .map(|d| Sampler::new(&d));
    let (answers, answers_of_segment) = answers(model, p, cache);
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
        draws_parts: matches!(&pool.supply, Supply::Staffed(s) if s.draws_parts()),
        in_order: pool.take == Take::LongestWait
            && queues
                .windows(2)
                .all(|q| q[0].head_start == q[1].head_start),
        weight: model
            .queues
            .iter()
            .map(|q| pool.weights.get(q.topic).copied().unwrap_or(1.0))
            .collect(),
        rank: model.queues.iter().map(|q| pool.ranking[q.topic]).collect(),
        shift_end: pool.shift_end,
        offers: register.is_some_and(GigSupply::makes_offers),
        pays_contacts,
        leaves_when_idle: pool.shift_end == ShiftEnd::WhenIdle
            || gig.as_ref().is_some_and(|g| g.tolerance.is_some()),
        gig,
        learns,
        is_plain: !learns && pool.shift_end != ShiftEnd::WhenIdle,
        skill_sd,
        rates: ranks,
        pause,
        time_away,
    }
}

fn has_clock(pool: &Pool) -> bool {
    let counts_idle_time = pool.shift_end == ShiftEnd::WhenIdle;
    pool.concurrency > 1 || (pool.register().is_some() && counts_idle_time)
}

/// Answers of pool `p` by topic, where segments differ for each segment in turn; then how many a segment has of its own.
fn answers(model: &Model, p: usize, cache: &mut Cache) -> (Slots<AnswerLaw>, usize) {
    let pool = &model.pools[p];
    let topics = model.topics.len();
    let (mut factors, mut spread) = (vec![1.0], 0.0);
    if let Some(g) = pool.register() {
        spread = g.skill_sd;
        if g.segments.iter().any(|s| s.resolve_factor != 1.0) {
            factors = g.segments.iter().map(|s| s.resolve_factor).collect();
        }
    }
    let own = if factors.len() > 1 { topics } else { 0 };
    let all = factors
        .iter()
        .flat_map(|&f| (0..topics).map(move |k| (k, f)))
        .map(|(k, factor)| {
            let (o, slope) = (pool.outcomes[k], model.topics[k].difficulty.human);
            let rest = (1.0 - o.resolve).max(f64::MIN_POSITIVE);
            AnswerLaw {
                resolve: cache.chance((o.resolve * factor).min(1.0), slope, spread),
                transfer: threshold(o.transfer / rest),
                to: o.to,
                work_factor: pool.work_factor[k],
            }
        });
    (all.collect(), own)
}
