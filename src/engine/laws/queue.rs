//! A queue made ready: its route as masks of pools, and which rules apply to it.

use crate::model::{Ending, GigSupply, Model, Select};
use crate::slots::Slots;
use crate::time::Micros;

/// A queue.
pub(crate) struct QueueLaw {
    pub(crate) class: u8,
    pub(crate) steps: Slots<StepLaw>,
    /// Pools of the steps that are open at once, a bit each.
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
    /// Whether contacts may wait for a call.
    pub(crate) has_callbacks: bool,
}

/// A step of a queue's route.
pub(crate) struct StepLaw {
    pub(crate) after: Micros,
    /// Bit per pool.
    pub(crate) pools: u64,
    /// Reserve by pool.
    pub(crate) reserve: Slots<u32>,
    pub(crate) has_reserve: bool,
    /// How the agent is chosen.
    pub(crate) select: Select,
    /// Pools from cheap to dear, under [`Select::Cheapest`].
    pub(crate) cheapest: Vec<usize>,
}

pub(crate) fn queue_law(model: &Model, q: usize) -> QueueLaw {
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
    let mut pools = queue.route.iter().flat_map(|s| &s.pools);
    let register = |p: usize| model.pools[p].register();
    let offers = pools.any(|p| register(p.pool).is_some_and(GigSupply::makes_offers));
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
