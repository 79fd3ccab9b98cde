//! A queue made ready: its route as masks of pools, and which rules apply to it.

use crate::model::{Ending, Model, Select};
use crate::slots::Slots;
use crate::time::Micros;

/// The numbers of the bits that are set.
#[derive(Clone)]
pub(crate) struct Bits(pub(crate) u64);

impl Iterator for Bits {
    type Item = usize;

    #[inline(always)]
    fn next(&mut self) -> Option<usize> {
        if self.0 == 0 {
            return None;
        }
        let first = self.0.trailing_zeros() as usize;
        self.0 &= self.0 - 1;
        Some(first)
    }
}

/// A queue.
pub(crate) struct QueueLaw {
    pub(crate) class: u8,
    /// A contact counts as having waited so long already when it joins.
    pub(crate) head_start: Micros,
    pub(crate) steps: Slots<StepLaw>,
    /// Pools of the steps that are open at once, a bit each; of more than 64 pools all bits.
    pub(crate) pools: u64,
    /// Step of each pool in the route, `u8::MAX` when it has none.
    pub(crate) step_of: Slots<u8>,
    /// Abandonments must be noticed when they happen.
    pub(crate) exact_patience: bool,
    /// Places in the line.
    pub(crate) limit: u32,
    /// The target's T, at least a microsecond.
    pub(crate) within: f64,
    /// Whether some pool stands in more than one step.
    pub(crate) repeats_pools: bool,
    /// Whether a later step opens with time.
    pub(crate) has_timers: bool,
    /// Whether some pool of the route is offered contacts.
    pub(crate) has_offers: bool,
    /// A contact that is on offer to so many members is open to nobody else.
    pub(crate) broadcast: u32,
    /// Whether contacts may wait for a call.
    pub(crate) has_callbacks: bool,
}

/// A step of a queue's route.
pub(crate) struct StepLaw {
    pub(crate) after: Micros,
    /// Bit per pool; of more than 64 pools all bits.
    pub(crate) pools: u64,
    /// The pools in their order.
    pub(crate) members: Vec<usize>,
    /// Whether each pool must be looked at: there are reserves, or more than 64 pools.
    pub(crate) needs_care: bool,
    /// Reserve by pool, if there is any.
    pub(crate) reserve: Slots<u32>,
    /// How the agent is chosen.
    pub(crate) select: Select,
    /// By pool: how many of the step are cheaper, under [`Select::Cheapest`].
    pub(crate) price_rank: Slots<usize>,
}

impl StepLaw {
    /// Whether pool `p`, with so many idle agents, has more of them than the step reserves.
    #[inline(always)]
    pub(crate) fn may_take(&self, p: usize, idle: u32) -> bool {
        let reserve = if self.reserve.is_empty() {
            0
        } else {
            self.reserve[p]
        };
        reserve == 0 || idle > reserve
    }
}

pub(crate) fn queue_law(model: &Model, q: usize) -> QueueLaw {
    let queue = &model.queues[q];
    let topic = &model.topics[queue.topic];
    let mut step_of = Slots::from(vec![u8::MAX; model.pools.len()]);
    let mut steps: Slots<StepLaw> = Slots::new();
    let mut repeats_pools = false;
    for (s, step) in queue.route.iter().take(250).enumerate() {
        let mut reserve = Slots::new();
        if step.pools.iter().any(|p| p.reserve > 0) {
            reserve.resize(model.pools.len(), 0);
        }
        for p in &step.pools {
            if p.reserve > 0 {
                reserve[p.pool] = p.reserve;
            }
            repeats_pools |= step_of[p.pool] != u8::MAX && usize::from(step_of[p.pool]) != s;
            step_of[p.pool] = step_of[p.pool].min(s as u8);
        }
        let select = step
            .pools
            .first()
            .map_or(Select::LongestIdle, |p| model.pools[p.pool].select);
        let mut members: Vec<usize> = step.pools.iter().map(|p| p.pool).collect();
        let mut price_rank = Slots::new();
        if select == Select::Cheapest {
            let price = |p: &usize| model.pools[*p].hourly_price().unwrap_or(f64::INFINITY);
            members.sort_by(|a, b| price(a).total_cmp(&price(b)));
            price_rank.resize(model.pools.len(), 0);
            for (rank, &p) in members.iter().enumerate().rev() {
                price_rank[p] = rank;
            }
        }
        members.sort_unstable();
        members.dedup();
        let is_wide = model.pools.len() > 64;
        let bits = members.iter().fold(0, |bits, p| bits | 1 << (p % 64));
        steps.push(StepLaw {
            after: step.after,
            pools: if is_wide { u64::MAX } else { bits },
            members,
            needs_care: is_wide || !reserve.is_empty(),
            reserve,
            select,
            price_rank,
        });
    }
    let pools = queue.route.iter().flat_map(|s| &s.pools);
    let registers = pools.filter_map(|p| model.pools[p.pool].register());
    let offering = registers.filter(|g| g.makes_offers());
    let broadcast = offering.map(|g| g.broadcast).max();
    let offers = broadcast.is_some();
    let retries = topic.returns[Ending::Abandoned as usize]
        .as_ref()
        .is_some_and(|r| r.probability > 0.0);
    QueueLaw {
        class: queue.class,
        head_start: topic.head_start,
        has_timers: steps.iter().any(|s| s.after > 0),
        pools: steps
            .iter()
            .filter(|s| s.after == 0)
            .fold(0, |all, s| all | s.pools),
        steps,
        step_of,
        repeats_pools,
        has_offers: offers,
        broadcast: broadcast.unwrap_or(1),
        has_callbacks: topic.callback.is_some(),
        exact_patience: topic.queue_limit.is_some() || retries || offers,
        limit: topic.queue_limit.unwrap_or(u32::MAX),
        within: (topic.target.within.max(1)) as f64,
    }
}
