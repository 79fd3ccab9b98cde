//! A queue made ready: its route as masks of pools, and which rules apply to it.

use crate::model::{Ending, GigSupply, MOST_POOLS, Model, Select};
use crate::slots::Slots;
use crate::time::Micros;

/// Pools, a bit each: words of 64.
pub(crate) type PoolWords = [u64; MOST_POOLS.div_ceil(64)];

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

/// The pools of both, in order.
pub(crate) fn pools_of_both<'a>(
    a: &'a PoolWords,
    b: &'a PoolWords,
) -> impl Iterator<Item = usize> + Clone + use<'a> {
    let words = a.iter().zip(b).enumerate();
    words.flat_map(|(w, (a, b))| Bits(a & b).map(move |p| w * 64 + p))
}

/// A queue.
pub(crate) struct QueueLaw {
    pub(crate) class: u8,
    pub(crate) steps: Slots<StepLaw>,
    /// Pools of the narrow steps that are open at once, a bit each.
    pub(crate) narrow: u64,
    /// Whether some step is wide.
    pub(crate) is_wide: bool,
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
    /// Whether contacts may wait for a call.
    pub(crate) has_callbacks: bool,
}

/// A step of a queue's route.
pub(crate) struct StepLaw {
    pub(crate) after: Micros,
    pub(crate) pools: PoolWords,
    /// Whether some pool is not among the first 64.
    pub(crate) is_wide: bool,
    /// The pools if none is.
    pub(crate) narrow: u64,
    /// Reserve by pool, if there is any.
    pub(crate) reserve: Slots<u32>,
    /// How the agent is chosen.
    pub(crate) select: Select,
    /// The pools from cheap to dear.
    pub(crate) cheapest: Vec<usize>,
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

    /// Whether pool `p` is one of the step.
    pub(crate) fn has(&self, p: usize) -> bool {
        self.pools[p / 64] >> (p % 64) & 1 != 0
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
        let mut pools = PoolWords::default();
        for p in &step.pools {
            pools[p.pool / 64] |= 1 << (p.pool % 64);
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
        let mut cheapest: Vec<usize> = step.pools.iter().map(|p| p.pool).collect();
        let price = |p: &usize| model.pools[*p].hourly_price().unwrap_or(f64::INFINITY);
        cheapest.sort_by(|a, b| price(a).total_cmp(&price(b)));
        let is_wide = pools[1..].iter().any(|&word| word != 0);
        steps.push(StepLaw {
            after: step.after,
            is_wide,
            narrow: if is_wide { 0 } else { pools[0] },
            pools,
            reserve,
            select,
            cheapest,
        });
    }
    let mut pools = queue.route.iter().flat_map(|s| &s.pools);
    let register = |p: usize| model.pools[p].register();
    let offers = pools.any(|p| register(p.pool).is_some_and(GigSupply::makes_offers));
    let retries = topic.returns[Ending::Abandoned as usize]
        .as_ref()
        .is_some_and(|r| r.probability > 0.0);
    QueueLaw {
        class: queue.class,
        has_timers: steps.iter().any(|s| s.after > 0),
        narrow: steps
            .iter()
            .filter(|s| s.after == 0)
            .fold(0, |all, s| all | s.narrow),
        is_wide: steps.iter().any(|s| s.is_wide),
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
