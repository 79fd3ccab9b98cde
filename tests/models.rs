//! Small models built by hand. What is not written here is what a scenario leaves to its defaults, so that a new key of a scenario breaks no
//! test.

use handover::dist::Distribution;
use handover::model::*;
use handover::scenario::{InMemory, load};
use handover::time::{Calendar, HOUR, MINUTE, Micros, SECOND, StepFn};
use std::sync::LazyLock;

/// The model of a scenario that says no more than it must.
static SMALLEST: LazyLock<Model> = LazyLock::new(|| {
    let text = "horizon = \"1 day\"\n[demand]\nrate = \"1 / min\"\n\
                [[topic]]\nname = \"topic\"\nwork = \"1 min\"\n\
                [[pool]]\nname = \"pool\"\nkind = \"employed\"\nagents = 1\n";
    let files = InMemory::new().with("smallest.toml", text);
    load("smallest.toml".as_ref(), &[], &files).unwrap().model
});

/// A topic that goes straight to people.
pub(crate) fn topic(name: &str) -> Topic {
    Topic {
        name: name.into(),
        entry_human: 1.0,
        difficulty: Difficulty::default(),
        target: Target {
            share: 0.8,
            within: 20 * SECOND,
        },
        patience: None,
        balk: 0.0,
        short_abandon: 0,
        queue_limit: None,
        work: Some(Distribution::exponential(60.0).unwrap()),
        after_contact: None,
        ai: None,
        access: HumanAccess::Always,
        handover_factor: 1.0,
        returns: Default::default(),
        insist: Insist::default(),
        satisfaction: None,
        ..SMALLEST.topics[0].clone()
    }
}

/// A pool with a fixed number of agents that serves everything.
pub(crate) fn pool(name: &str, agents: f64, topics: usize) -> Pool {
    Pool {
        name: name.into(),
        kind: PoolKind::Employed,
        skills: vec![true; topics],
        concurrency: 1,
        speed: vec![1.0],
        work_factor: vec![1.0; topics],
        agent_cv: 0.0,
        outcomes: vec![
            HumanOutcome {
                resolve: 1.0,
                transfer: 0.0,
                to: TransferTo::Assistant
            };
            topics
        ],
        select: Select::LongestIdle,
        take: Take::LongestWait,
        ranking: vec![0; topics],
        weights: Vec::new(),
        shift_end: ShiftEnd::Finish,
        supply: Supply::Staffed(Staffing {
            contract: None,
            adherence: None,
            plan: StepFn::constant(agents),
            absence: 0.0,
            delivery: Delivery::Fixed(1.0),
            group: None,
            shrinkage: StepFn::constant(0.0),
        }),
        ..SMALLEST.pools[0].clone()
    }
}

/// Topics with constant rates per minute, each with one step to the pools listed.
pub(crate) fn model(
    rates: &[f64],
    topics: Vec<Topic>,
    pools: Vec<Pool>,
    routes: Vec<Vec<RouteStep>>,
    horizon: Micros,
) -> Model {
    let step = 30 * MINUTE;
    let steps = horizon.div_ceil(step);
    let arrivals = rates
        .iter()
        .map(|r| {
            Arrivals::Expected(
                (0..steps)
                    .map(|s| r * (step.min(horizon - s * step)) as f64 / MINUTE as f64)
                    .collect(),
            )
        })
        .collect();
    let queues = routes
        .into_iter()
        .enumerate()
        .map(|(topic, route)| Queue {
            topic,
            class: 5,
            route,
        })
        .collect();
    Model {
        groups: Vec::new(),
        calendar: Calendar::new("2025-01-06".parse().unwrap(), "UTC").unwrap(),
        horizon,
        warmup: 0,
        interval: HOUR,
        demand: Demand {
            step,
            arrivals,
            clocks: Vec::new(),
            busyness: Busyness::default(),
        },
        topics,
        assistant: Assistant::default(),
        pools,
        queues,
        fcr_window: 7 * 24 * HOUR,
        max_contacts: 20,
        productive: ProductiveHours::default(),
        ..SMALLEST.clone()
    }
}

/// A step that opens at once.
pub(crate) fn step(pools: &[usize]) -> RouteStep {
    RouteStep {
        after: 0,
        pools: pools
            .iter()
            .map(|&pool| StepPool { pool, reserve: 0 })
            .collect(),
    }
}

/// M/M/n+M in minutes.
#[allow(dead_code, reason = "the bench uses it")]
pub(crate) fn erlang_a(
    rate: f64,
    service: f64,
    patience: Option<f64>,
    agents: u32,
    horizon: Micros,
) -> Model {
    let mut t = topic("calls");
    t.work = Some(Distribution::exponential(60.0 * service).unwrap());
    t.patience = patience.map(|p| Distribution::exponential(60.0 * p).unwrap());
    model(
        &[rate],
        vec![t],
        vec![pool("agents", f64::from(agents), 1)],
        vec![vec![step(&[0])]],
        horizon,
    )
}
