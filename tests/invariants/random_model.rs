//! Small models put together from a list of choices.

use super::random_markets;
use crate::models::{model, pool, topic};
use handover::dist::Distribution;
use handover::model::*;
use handover::time::{HOUR, MINUTE, SECOND, StepFn};
use std::sync::Arc;

/// Reads choices off a list; past its end every choice is 0, the plainest.
pub(super) struct Dice<'a> {
    rolls: std::slice::Iter<'a, u32>,
}

impl<'a> Dice<'a> {
    pub(super) fn new(rolls: &'a [u32]) -> Self {
        Self {
            rolls: rolls.iter(),
        }
    }

    /// One of `0..n`.
    pub(super) fn roll(&mut self, n: u32) -> u32 {
        self.rolls.next().map_or(0, |r| r % n)
    }

    pub(super) fn pick<T: Clone>(&mut self, options: &[T]) -> T {
        options[self.roll(options.len() as u32) as usize].clone()
    }

    /// True one time in `n`.
    pub(super) fn rarely(&mut self, n: u32) -> bool {
        self.roll(n) == n - 1
    }

    fn law(&mut self, mean: f64) -> Distribution {
        match self.roll(4) {
            0 => Distribution::exponential(mean),
            1 => Distribution::deterministic(mean),
            2 => Distribution::lognormal_mean_cv(mean, 0.8),
            _ => Distribution::uniform(0.0, 2.0 * mean),
        }
        .unwrap()
    }
}

/// What a random model may contain.
#[derive(Clone, Copy)]
pub(super) struct Range {
    pub(super) gig: bool,
    /// Cases come in the first half of the horizon only, and the pools are never without people.
    pub(super) quiet_end: bool,
}

pub(super) const ALL: Range = Range {
    gig: true,
    quiet_end: false,
};

/// A model of up to three topics and three pools over four hours, a few hundred cases.
pub(super) fn random_model(rolls: &[u32], range: Range) -> Model {
    let d = &mut Dice::new(rolls);
    let topics = 1 + d.roll(3) as usize;
    let pools = 1 + d.roll(3) as usize;
    let horizon = 4 * HOUR;
    let mut all: Vec<Topic> = (0..topics)
        .map(|k| random_topic(d, &format!("topic {k}"), range))
        .collect();
    let transfers = d.roll(2) as usize;
    let people: Vec<Pool> = (0..pools)
        .map(|p| random_pool(d, &format!("pool {p}"), topics, transfers, range))
        .collect();
    let routes = (0..topics).map(|_| random_route(d, pools)).collect();
    let rates: Vec<f64> = (0..topics).map(|_| d.pick(&[0.5, 1.0, 2.0])).collect();
    for t in &mut all {
        if t.ai.is_none() {
            t.entry_human = 1.0;
        }
    }
    let mut m = model(&rates, all, people, routes, horizon);
    for _ in 0..transfers {
        let topic = d.roll(topics as u32) as usize;
        m.queues.push(Queue {
            topic,
            class: 5,
            route: random_route(d, pools),
        });
    }
    // A transfer stays within its topic, whose queue may be another.
    for k in 0..topics {
        let to: Vec<usize> = (0..m.queues.len())
            .filter(|&q| m.queues[q].topic == k)
            .collect();
        for p in &mut m.pools {
            if matches!(p.outcomes[k].to, TransferTo::Queue(_)) {
                p.outcomes[k].to = TransferTo::Queue(d.pick(&to));
            } else if m.topics[k].ai.is_none() {
                p.outcomes[k].to = TransferTo::Queue(to[0]);
            }
        }
    }
    for q in &mut m.queues {
        q.class = d.pick(&[5, 4, 5, 6]);
    }
    m.demand.busyness = Busyness {
        day_cv: d.pick(&[0.0, 0.3]),
        day_correlation: d.pick(&[0.0, 0.7]),
        interval_cv: d.pick(&[0.0, 0.3]),
        interval_correlation: d.pick(&[0.0, -0.4]),
        level_sd_per_week: d.pick(&[0.0, 0.5]),
        day_before: None,
    };
    m.max_contacts = d.pick(&[20, 3]);
    m.interval = d.pick(&[HOUR, 30 * MINUTE]);
    if !range.quiet_end {
        m.warmup = d.pick(&[0, HOUR]);
    }
    m.assistant.capacity = d.pick(&[None, Some(1), Some(4)]);
    m.assistant.overflow = d.pick(&[Overflow::Human, Overflow::Wait, Overflow::TurnAway]);
    if d.rarely(3) {
        m.assistant.outages = vec![
            (20 * MINUTE, 70 * MINUTE),
            (2 * HOUR, 2 * HOUR + 90 * SECOND),
        ];
    }
    if d.rarely(4) {
        m.assistant.random_outages = Some((d.law(3600.0), d.law(300.0)));
    }
    if range.quiet_end {
        for a in &mut m.demand.arrivals {
            if let Arrivals::Expected(v) = a {
                let half = v.len() / 2;
                let early = |(i, &x): (usize, &f64)| if i < half { x } else { 0.0 };
                *v = v.iter().enumerate().map(early).collect();
            }
        }
    }
    random_markets::divide(d, &mut m, !range.quiet_end);
    // Nobody comes in every fourth hour, and then some whose delay was longer.
    let weights: Vec<f64> = (0..168).map(|h| f64::from(h % 4)).collect();
    let clock = CustomerClock::new(&m.calendar, m.horizon, &weights).map(Arc::new);
    let clock = d.pick(&[None, clock]);
    m.demand.clocks = vec![clock; m.topics.len()];
    assert_eq!(m.problems(), Vec::<String>::new());
    m
}

/// A random model that after an hour is another one, of the same topics and pools, and after two is itself again.
pub(super) fn random_timeline(rolls: &[u32], others: &[u32]) -> Model {
    let mut m = random_model(rolls, ALL);
    let mut later = random_model(&[&rolls[..2], others].concat(), ALL);
    (later.warmup, later.interval) = (m.warmup, m.interval);
    later.demand.step = m.demand.step;
    later.demand.busyness = Busyness {
        day_cv: later.demand.busyness.day_cv,
        interval_cv: later.demand.busyness.interval_cv,
        ..m.demand.busyness
    };
    later.markets = m.markets.clone();
    for (other, pool) in later.pools.iter_mut().zip(&m.pools) {
        match (&mut other.supply, &pool.supply) {
            (Supply::Gig(gig), Supply::Gig(first)) if gig.log_on == first.log_on => {
                // Who is in a register and by what it is moved stays, and so does the kind of pay.
                let segments = gig.segments.clone();
                gig.segments.clone_from(&first.segments);
                for (segment, law) in gig.segments.iter_mut().zip(segments) {
                    *segment = Segment {
                        share: segment.share,
                        ..law
                    };
                }
                if first.slots.is_some() {
                    gig.segments.iter_mut().for_each(|s| s.rate = 0.0);
                    other.shift_end = pool.shift_end;
                }
                gig.slots = first.slots.as_ref().map(|slots| SlotPlan {
                    agents: StepFn::constant(6.0),
                    no_show: 0.3,
                    ..slots.clone()
                });
                (gig.tiers, gig.skill_sd) = (first.tiers.clone(), first.skill_sd);
                gig.pay_response = first.pay_response;
                gig.tolerance = first
                    .tolerance
                    .as_ref()
                    .map(|t| gig.tolerance.clone().unwrap_or(t.clone()));
                let turnover = gig.turnover.clone().map(|t| Turnover {
                    applicants: 2.0 * t.applicants,
                    ..t
                });
                gig.turnover = first
                    .turnover
                    .as_ref()
                    .map(|t| turnover.unwrap_or(t.clone()));
                let pay = pool.price.map(|p| PoolPrice {
                    per_contact: p.per_contact * 1.5,
                    ..p
                });
                other.price = pay;
            }
            (Supply::Staffed(later), Supply::Staffed(first)) => {
                let share = later.adherence.as_ref().map_or(0.95, |a| a.share);
                let anew = |a: &Adherence| Adherence { share, ..a.clone() };
                later.adherence = first.adherence.as_ref().map(anew);
            }
            _ => {
                (other.kind, other.supply, other.price) =
                    (pool.kind, pool.supply.clone(), pool.price);
                if pool.has_slots() {
                    other.shift_end = pool.shift_end;
                }
            }
        }
    }
    let topics = |m: &Model| m.queues.iter().map(|q| q.topic).collect::<Vec<_>>();
    if topics(&later) != topics(&m) {
        later.queues = m.queues.clone();
        for (k, topic) in later.topics.iter_mut().enumerate() {
            (topic.ai, topic.entry_human) = (m.topics[k].ai.clone(), m.topics[k].entry_human);
        }
        for (other, pool) in later.pools.iter_mut().zip(&m.pools) {
            other.outcomes = pool.outcomes.clone();
        }
    }
    let change = |at, model: Model| Change {
        at,
        dated: true,
        note: String::new(),
        model,
    };
    m.timeline = vec![change(HOUR, later), change(2 * HOUR, m.clone())];
    assert_eq!(m.problems(), Vec::<String>::new());
    m
}

fn random_topic(d: &mut Dice<'_>, name: &str, range: Range) -> Topic {
    let mut t = topic(name);
    t.work = Some(d.law(90.0));
    t.patience = d
        .roll(3)
        .checked_sub(1)
        .map(|i| d.law([60.0, 10.0][i as usize]));
    t.balk = d.pick(&[0.0, 0.0, 0.2]);
    t.callback = d.rarely(4).then(|| Callback {
        above: d.pick(&[0, 20 * SECOND]),
        accept: d.pick(&[0.5, 1.0]),
        reached: d.pick(&[0.6, 1.0]),
    });
    t.queue_limit = d.pick(&[None, None, Some(0), Some(2)]);
    t.after_contact = d.rarely(3).then(|| d.law(20.0));
    t.sensitive = d.rarely(5);
    t.short_abandon = 5 * SECOND;
    t.handover_factor = d.pick(&[1.0, 0.7]);
    if d.rarely(3) {
        t.difficulty = Difficulty {
            ai: 0.8,
            work: 0.3,
            human: 0.5,
            satisfaction: 0.7,
        };
    }
    if d.roll(2) == 1 {
        let outcomes = d.pick(&[
            [0.3, 0.1, 0.3, 0.2, 0.1],
            [0.0, 0.0, 0.0, 1.0, 0.0],
            [0.6, 0.4, 0.0, 0.0, 0.0],
        ]);
        t.entry_human = d.pick(&[0.0, 0.3]);
        t.ai = Some(AiTopic {
            outcomes,
            handle_time: std::array::from_fn(|_| d.law(40.0)),
            improvement: 1.0,
        });
    }
    t.access = match d.roll(6) {
        1 => HumanAccess::After(2),
        2 => HumanAccess::Never,
        3 if !range.quiet_end => {
            let open = StepFn::new([(HOUR, 1.0), (3 * HOUR, 0.0)]);
            HumanAccess::Hours {
                open,
                closed: d.pick(&[Closed::TurnAway, Closed::Queue, Closed::Callback]),
            }
        }
        _ => HumanAccess::Always,
    };
    if !range.quiet_end {
        for e in 0..Ending::COUNT {
            if d.rarely(3) {
                t.returns[e] = Some(Return {
                    probability: d.pick(&[0.5, 1.0]),
                    delay: d.law(1200.0),
                    clock: d.pick(&[ReturnClock::Demand, ReturnClock::Wall]),
                });
            }
        }
        t.insist = Insist {
            ask_factor: d.pick(&[1.0, 2.0]),
            skip_ai: d.pick(&[0.0, 0.5]),
        };
    }
    t
}

fn random_pool(
    d: &mut Dice<'_>,
    name: &str,
    topics: usize,
    transfers: usize,
    range: Range,
) -> Pool {
    let mut p = pool(name, 3.0, topics);
    p.concurrency = 1 + d.roll(3) as u8;
    p.speed = [1.0, 0.7, 0.5][..usize::from(p.concurrency)].to_vec();
    p.agent_cv = d.pick(&[0.0, 0.3]);
    p.select = d.pick(&[
        Select::LongestIdle,
        Select::LeastLoaded,
        Select::MostLoaded,
        Select::Random,
        Select::Cheapest,
        Select::BestRated,
    ]);
    p.take = d.pick(&[Take::LongestWait, Take::LongestRelativeWait, Take::Ranking]);
    p.shift_end = d.pick(&[ShiftEnd::Finish, ShiftEnd::Cut, ShiftEnd::WhenIdle]);
    let hourly = d.pick(&[None, Some(20.0), Some(10.0)]);
    p.price = hourly.map(|per_agent_hour| PoolPrice {
        per_agent_hour: Some(per_agent_hour),
        ..PoolPrice::default()
    });
    for k in 0..topics {
        p.work_factor[k] = d.pick(&[1.0, 1.3]);
        p.ranking[k] = d.roll(2);
        let to = if transfers > 0 || d.roll(2) == 0 {
            TransferTo::Queue(k)
        } else {
            TransferTo::Assistant
        };
        p.outcomes[k] = HumanOutcome {
            resolve: d.pick(&[1.0, 0.7]),
            transfer: 0.0,
            to,
        };
        if d.rarely(3) {
            p.outcomes[k] = HumanOutcome {
                resolve: 0.6,
                transfer: 0.3,
                to,
            };
        }
    }
    if range.gig && d.rarely(3) {
        p.kind = PoolKind::Gig;
        let mut gig = random_gig(d);
        if d.rarely(2) {
            live_by_pay(d, &mut p, &mut gig);
        }
        if matches!(gig.log_on, LogOn::Members(_)) && d.rarely(2) {
            book_ahead(d, &mut p, &mut gig);
        }
        p.supply = Supply::Gig(Box::new(gig));
        return p;
    }
    let plans: [&[(u64, f64)]; 5] = [
        &[(0, 2.0)],
        &[(0, 4.0), (60, 1.0), (90, 3.0)],
        &[(0, 1.0), (31, 0.0), (77, 2.0), (120, 0.0), (150, 3.0)],
        &[(0, 0.0), (45, 3.0), (200, 0.0)],
        &[(0, 6.0)],
    ];
    let plan = if range.quiet_end {
        plans[d.roll(2) as usize]
    } else {
        d.pick(&plans)
    };
    let plan = StepFn::new(plan.iter().map(|&(m, n)| (m * MINUTE, n)));
    let absence = if range.quiet_end {
        0.0
    } else {
        d.pick(&[0.0, 0.2])
    };
    p.supply = Supply::Staffed(Staffing {
        contract: None,
        adherence: (!range.quiet_end && d.rarely(3)).then(|| Adherence {
            share: d.pick(&[0.7, 0.9]),
            away: d.law(600.0),
        }),
        plan,
        absence,
        delivery: Delivery::Fixed(1.0),
        group: None,
        shrinkage: StepFn::constant(0.0),
    });
    p
}

fn random_gig(d: &mut Dice<'_>) -> GigSupply {
    let (log_on, rate) = d.pick(&[(LogOn::Members(6), 1e-3), (LogOn::Open, 2e-3)]);
    let member = Segment {
        availability: StepFn::new([(0, 1.0), (HOUR, 0.2), (2 * HOUR, 1.5)]),
        ..Segment::all(rate, d.law(1500.0))
    };
    let member = Segment {
        acceptance: d.pick(&[1.0, 0.5]),
        hours_per_week: 30.0,
        ..member
    };
    GigSupply {
        response: d.roll(3).checked_sub(1).map(|_| d.law(6.0)),
        offer_timeout: d.pick(&[None, Some(8 * SECOND)]),
        // Without a pause a member who refuses at once would be asked again at once.
        cool_down: Some(d.law(40.0)),
        max_offers: d.pick(&[None, Some(1), Some(3)]),
        broadcast: d.pick(&[1, 2]),
        ..GigSupply::new(log_on, vec![member])
    }
}

/// Members who book blocks instead of logging on, differ in skill and are ranked.
fn book_ahead(d: &mut Dice<'_>, p: &mut Pool, gig: &mut GigSupply) {
    gig.skill_sd = d.pick(&[0.0, 0.8]);
    let by = d.pick(&[RankedBy::Skill, RankedBy::Rating]);
    gig.tiers = d.rarely(2).then_some(Tiers {
        by,
        shares: vec![0.3, 0.3, 0.4],
        review: HOUR,
        weight: 0.1,
    });
    if d.rarely(2) {
        return;
    }
    for segment in &mut gig.segments {
        segment.rate = 0.0;
    }
    if p.shift_end == ShiftEnd::WhenIdle {
        p.shift_end = ShiftEnd::Cut;
    }
    gig.slots = Some(SlotPlan {
        block: 5 * MINUTE,
        agents: StepFn::constant(d.pick(&[3.0, 8.0])),
        ahead: d.pick(&[0, HOUR]),
        release: 0.2,
        notice: MINUTE,
        taken_again: 0.7,
        no_show: 0.1,
    });
}

/// Members of two kinds who are paid, answer to it, tire, join and leave.
fn live_by_pay(d: &mut Dice<'_>, p: &mut Pool, gig: &mut GigSupply) {
    p.price = Some(PoolPrice {
        per_contact: 3.0,
        per_handled_minute: d.pick(&[0.0, 0.5]),
        guarantee: d.pick(&[0.0, 15.0]),
        surge: d.pick(&[
            None,
            Some(Surge {
                above: 1,
                until: 0,
                factor: 2.0,
                every: MINUTE,
            }),
        ]),
        ..PoolPrice::default()
    });
    let one_kind = p.price.is_some_and(|p| p.pay_offered().is_some());
    gig.pay_response = (one_kind && d.rarely(2)).then_some(PayResponse {
        reference_pay: 2.0,
        elasticity: 1.0,
        reference_earnings: 1.0,
        feedback: 0.0,
    });
    gig.tolerance = d.rarely(2).then(|| d.law(600.0));
    if matches!(gig.log_on, LogOn::Members(_)) {
        let first = &mut gig.segments[0];
        first.share = 0.5;
        let mut second = first.clone();
        (second.acceptance, second.work_factor) = (0.7, 1.4);
        (second.resolve_factor, second.tier) = (0.8, 2);
        gig.segments.push(second);
        gig.turnover = d.rarely(2).then_some(Turnover {
            applicants: 1e-3,
            accept: 0.5,
            onboarding: None,
            churn: 3.0,
            discontent: None,
        });
    }
}

fn random_route(d: &mut Dice<'_>, pools: usize) -> Vec<RouteStep> {
    let mut route = Vec::new();
    let mut after = 0;
    let first = d.roll(pools as u32) as usize;
    for i in 0..pools {
        let p = StepPool {
            pool: (first + i) % pools,
            reserve: d.pick(&[0, 0, 0, 1]),
        };
        match d.roll(4) {
            0 if i > 0 => continue,
            1 if i > 0 => {
                let last: &mut RouteStep = route.last_mut().unwrap();
                last.pools.push(p);
            }
            choice => {
                if choice == 3 {
                    after += 20 * SECOND;
                }
                route.push(RouteStep {
                    after,
                    pools: vec![p],
                });
            }
        }
    }
    route
}
