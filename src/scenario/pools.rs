//! The sections `[[pool]]`.

use std::collections::BTreeMap;

use super::contracts;
use super::cursor::{Cursor, Item, Names};
use super::frame::{Frame, product};
use super::gig;
use super::human::Layer;
use super::markets;
use super::patterns::Unit;
use super::prices;
use super::satisfaction;
use super::shifts;
use super::tree::Value;
use crate::dist::Distribution;
use crate::model::{
    Delivery, HumanOutcome, LOWEST_SPEED, OwnRegard, Pool, PoolKind, PoolPrice, Select, ShiftEnd,
    Staffing, Supply, Take, TransferTo,
};
use crate::time::StepFn;

/// Most agents or members of a pool.
pub(super) const MOST_AGENTS: i64 = 100_000;

/// A pool with what is needed beyond the model.
pub(super) struct Reading<'a> {
    /// The pool; its `outcomes` are filled in when all queues are known.
    pub(super) pool: Pool,
    /// Default of `reserve` for the later steps of routes.
    pub(super) reserve: u32,
    /// Overrides of the topics' `human` tables: for all topics, and by topic.
    pub(super) human: (Option<Layer<'a>>, BTreeMap<usize, Layer<'a>>),
    /// Indices of the languages its people speak; `None`: all.
    pub(super) languages: Option<Vec<usize>>,
    /// By contact type: whether its people have the skill, whatever the language.
    pub(super) skilled: Vec<bool>,
    /// Whether what its people come from was refused.
    pub(super) refused: bool,
}

const KINDS: [(&str, PoolKind); 3] = [
    ("employed", PoolKind::Employed),
    ("outsourced", PoolKind::Outsourced),
    ("gig", PoolKind::Gig),
];

/// Keys of pools with a plan or shifts.
pub(super) const STAFFED_KEYS: [&str; 12] = [
    "agents",
    "hours",
    "shrinkage",
    "absence",
    "delivery",
    "group",
    "shifts",
    "staff",
    "absence_paid",
    "in_shift_shrinkage",
    "contract",
    "adherence",
];

/// What all pools share.
pub(super) struct Context<'c> {
    pub(super) frame: &'c Frame,
    pub(super) topics: &'c Names,
    pub(super) pools: &'c Names,
    pub(super) groups: &'c Names,
    pub(super) languages: &'c Names,
    pub(super) has_satisfaction: bool,
    /// Of `[fte]`, if it is written: the default of `max_occupancy`.
    pub(super) occupancy: Option<f64>,
}

/// Reads one pool.
pub(super) fn read<'a>(mut c: Cursor<'a>, name: &str, context: &Context<'_>) -> Reading<'a> {
    let Context {
        frame,
        topics,
        pools,
        groups,
        languages,
        has_satisfaction,
        occupancy,
    } = *context;
    c.take("name");
    let n = topics.list.len();
    let kind = c
        .require("kind", "\"employed\", \"outsourced\" or \"gig\"")
        .map(|i| i.one_of(&KINDS));
    // Without a sound kind the keys that are there tell what was meant.
    let guess = if c.has("members") || c.has("logons") {
        PoolKind::Gig
    } else {
        PoolKind::Employed
    };
    let kind = kind.flatten().unwrap_or(guess);
    let price = c.read_opt("price", |i| prices::pool(i, kind));
    let supply = supply(&mut c, kind, price.as_ref(), frame, groups);
    let refused = supply.is_none();
    let skills: Vec<bool> = c.read("skills", vec![true; n], |i| {
        let skilled = topics.read(i)?;
        Some((0..n).map(|k| skilled.contains(&k)).collect())
    });
    let languages = c.read_opt("languages", |i| markets::spoken(i, languages));
    let concurrency = c.read("concurrency", 1, |i| i.integer(1, 16).map(|n| n as u8));
    let ranked = c.has("ranking");
    let takes = [
        ("longest_wait", Take::LongestWait),
        ("longest_relative_wait", Take::LongestRelativeWait),
        ("ranking", Take::Ranking),
    ];
    let take_default = if ranked {
        Take::Ranking
    } else {
        Take::LongestWait
    };
    let take = c.read("take", take_default, |i| match i.one_of(&takes)? {
        Take::Ranking if !ranked => {
            let help = "write for example ranking = [\"...\"], with the names of topics".to_owned();
            i.problem(
                "needs the list `ranking` of the pool, found none",
                Some(help),
            );
            None
        }
        take => Some(take),
    });
    if !has_satisfaction {
        c.forbid("satisfaction", satisfaction::MISSING, None);
    }
    let plain = !matches!(supply, None | Some(Supply::Rostered(_)));
    if plain && price.is_some_and(|p| p.overtime > 0.0) {
        c.without_effect("`price.overtime` has no effect without `shifts`");
    }
    let books = matches!(&supply, Some(Supply::Gig(g)) if g.slots.is_some());
    let human = c.read("human", Default::default(), |i| overrides(i, topics, pools));
    let pool = Pool {
        name: name.to_owned(),
        kind,
        skills,
        concurrency,
        speed: speed(&mut c, concurrency),
        max_occupancy: c
            .read_opt("max_occupancy", Item::share_above_zero)
            .or(occupancy),
        work_factor: c.read("work_factor", vec![1.0; n], |i| match i.node.value {
            Value::Table(_) => topics.table(i, 1.0, |f| f.factor()),
            _ => i.factor().map(|f| vec![f; n]),
        }),
        agent_cv: c.read("agent_cv", 0.0, |i| i.number(0.0, 10.0)),
        outcomes: vec![
            HumanOutcome {
                resolve: 1.0,
                transfer: 0.0,
                to: TransferTo::Assistant
            };
            n
        ],
        select: select(&mut c, concurrency, price),
        take,
        ranking: c.read("ranking", vec![n as u32; n], |i| {
            let order = topics.read(i)?;
            let rank = |k| order.iter().position(|&o| o == k).unwrap_or(n);
            Some((0..n).map(|k| rank(k) as u32).collect())
        }),
        shift_end: c.read("shift_end", ShiftEnd::Finish, |i| shift_end(i, books)),
        regard: c.read("satisfaction", OwnRegard::default(), satisfaction::own),
        price,
        supply: supply.unwrap_or_else(nobody),
    };
    let reserve = c.read("reserve", 0, Item::reserve);
    c.finish();
    Reading {
        skilled: pool.skills.clone(),
        languages,
        pool,
        reserve,
        human,
        refused,
    }
}

impl Item<'_> {
    /// Agents that stay idle before a step of a route takes a contact.
    pub(super) fn reserve(&self) -> Option<u32> {
        self.integer(0, MOST_AGENTS).map(|n| n as u32)
    }
}

fn nobody() -> Supply {
    Supply::Staffed(Staffing {
        plan: StepFn::constant(0.0),
        absence: 0.0,
        delivery: Delivery::Fixed(1.0),
        shrinkage: StepFn::constant(0.0),
        group: None,
        contract: None,
        adherence: None,
    })
}

/// `books`: members book blocks, which end by the clock.
fn shift_end(item: &Item<'_>, books: bool) -> Option<ShiftEnd> {
    let rule = item.one_of(&[
        ("finish", ShiftEnd::Finish),
        ("cut", ShiftEnd::Cut),
        ("when_idle", ShiftEnd::WhenIdle),
    ])?;
    if books && rule == ShiftEnd::WhenIdle {
        return item.expected("\"finish\" or \"cut\" for booked blocks, which end by the clock");
    }
    Some(rule)
}

fn speed(c: &mut Cursor<'_>, concurrency: u8) -> Vec<f64> {
    let ones = vec![1.0; usize::from(concurrency)];
    if concurrency > 1 && !c.has("speed") {
        let example = "a list such as [1.0, 0.8]: the speed of each contact with 1, 2, ... in hand";
        c.require("speed", example);
    }
    c.read("speed", ones, |i| {
        let speeds = i.each(|s| s.number(LOWEST_SPEED, 1.0))?;
        if speeds.len() != usize::from(concurrency) {
            i.problem(
                format!(
                    "expected {concurrency} speeds (`concurrency`), found {}",
                    speeds.len()
                ),
                None,
            );
            return None;
        }
        if speeds[0] != 1.0 {
            i.problem(
                format!("expected 1 as the first speed, found {}", speeds[0]),
                None,
            );
            return None;
        }
        Some(speeds)
    })
}

fn select(c: &mut Cursor<'_>, concurrency: u8, price: Option<PoolPrice>) -> Select {
    let default = if concurrency > 1 {
        Select::LeastLoaded
    } else {
        Select::LongestIdle
    };
    let words = [
        ("longest_idle", Select::LongestIdle),
        ("least_loaded", Select::LeastLoaded),
        ("most_loaded", Select::MostLoaded),
        ("random", Select::Random),
        ("cheapest", Select::Cheapest),
        ("best_rated", Select::BestRated),
    ];
    c.read("select", default, |i| match i.one_of(&words)? {
        Select::Cheapest if price.is_none_or(|p| p.hourly().is_none()) => {
            let help = "write for example price = { per_agent_hour = 28.0 }".to_owned();
            i.problem("needs a `price` of the pool, found none", Some(help));
            None
        }
        select => Some(select),
    })
}

type Overrides<'a> = (Option<Layer<'a>>, BTreeMap<usize, Layer<'a>>);

fn overrides<'a>(item: &Item<'a>, topics: &Names, pools: &Names) -> Option<Overrides<'a>> {
    let mut c = item.cursor("a table by topic")?;
    let default = c.read_opt("default", |i| Layer::read(i, pools));
    let mut by_topic = BTreeMap::new();
    for (key, entry) in c.rest() {
        if let (Some(k), Some(layer)) = (topics.find(key, &entry), Layer::read(&entry, pools)) {
            by_topic.insert(k, layer);
        }
    }
    Some((default, by_topic))
}

fn supply(
    c: &mut Cursor<'_>,
    kind: PoolKind,
    price: Option<&PoolPrice>,
    frame: &Frame,
    groups: &Names,
) -> Option<Supply> {
    let (foreign, reason): (&[&str], _) = match kind {
        PoolKind::Gig => (
            &STAFFED_KEYS,
            "is no key of a gig pool, which has `members` or `logons`",
        ),
        _ => (&gig::KEYS, "is a key of gig pools only"),
    };
    for key in foreign {
        c.forbid(key, reason, None);
    }
    if kind == PoolKind::Employed || c.has("group") {
        let reason = "is a key of outsourced pools without a group";
        c.forbid("contract", reason, None);
    }
    match kind {
        PoolKind::Gig => gig::read(c, price, frame).map(|g| Supply::Gig(Box::new(g))),
        _ if c.has("shifts") => shifts::read(c, price, frame, groups).map(Supply::Rostered),
        _ => staffing(c, price, frame, groups).map(Supply::Staffed),
    }
}

fn staffing(
    c: &mut Cursor<'_>,
    price: Option<&PoolPrice>,
    frame: &Frame,
    groups: &Names,
) -> Option<Staffing> {
    for key in shifts::SHIFT_KEYS {
        c.forbid(key, "has no effect without `shifts`", None);
    }
    let agents = Unit {
        what: "a number of agents",
        most: MOST_AGENTS as f64,
    };
    let scheduled = c
        .require("agents", "a pattern of agents")
        .and_then(|i| i.pattern(agents)?.compile(frame, &i));
    let hours = c.take("hours").map(|i| i.hours().map(|h| frame.open(&h)));
    let shrinkage = c.read("shrinkage", StepFn::constant(0.0), |i| {
        shifts::shrinkage(i, frame)
    });
    let absence = c.read("absence", 0.0, Item::probability);
    let delivery = c.read("delivery", Delivery::Fixed(1.0), delivery);
    let group = c.read_opt("group", |i| {
        groups.find(i.string("the name of a group")?, i)
    });
    let contract = c.take("contract");
    contracts::early_exit(c, contract.is_some(), price);
    let adherence = c.read_opt("adherence", shifts::adherence);
    let mut plan = scheduled?;
    let agents = plan.max_before(frame.horizon);
    if contract.is_some() {
        // For one agent: at most 1.
        plan = product(&plan, &StepFn::constant(1.0 / agents.max(1e-9)));
    }
    if let Some(open) = hours {
        plan = product(&plan, &open?);
    }
    if shrinkage.points().any(|(_, share)| share > 0.0) {
        let there = shrinkage.points().map(|(at, share)| (at, 1.0 - share));
        plan = product(&plan, &StepFn::new(there));
    }
    let contract = match contract {
        Some(i) => Some(contracts::read(&i, agents, plan.clone(), price, frame)?),
        None => None,
    };
    if let Some(contract) = &contract {
        plan = product(&contract.shape, &contract.volume);
    }
    Some(Staffing {
        plan,
        absence,
        delivery,
        shrinkage,
        group,
        contract: contract.map(Box::new),
        adherence,
    })
}

pub(super) fn delivery(item: &Item<'_>) -> Option<Delivery> {
    let Value::Table(_) = item.node.value else {
        if let Value::String(_) = item.node.value {
            return item.share().map(Delivery::Fixed);
        }
        return item
            .number_in("a share of the order between 0 and 10", |x| {
                (0.0..=10.0).contains(&x)
            })
            .map(Delivery::Fixed);
    };
    let mut c = item.cursor("a table")?;
    let share = |c: &mut Cursor<'_>, key: &str| c.require(key, "a share").and_then(|i| i.share());
    let built = if let Some(law) = c.take("uniform") {
        let mut c = law.cursor("{ low = ..., high = ... }")?;
        let (low, high) = (share(&mut c, "low"), share(&mut c, "high"));
        c.finish();
        Distribution::uniform(low?, high?)
    } else if let Some(law) = c.take("triangular") {
        let mut c = law.cursor("{ low = ..., mode = ..., high = ... }")?;
        let (low, mode, high) = (
            share(&mut c, "low"),
            share(&mut c, "mode"),
            share(&mut c, "high"),
        );
        c.finish();
        Distribution::triangular(low?, mode?, high?)
    } else {
        let (mean, sd) = (share(&mut c, "mean"), share(&mut c, "sd"));
        Distribution::beta_mean_sd(mean?, sd?)
    };
    c.finish();
    match built {
        Ok(law) => Some(Delivery::Daily(law)),
        Err(e) => item.refused(&e),
    }
}
