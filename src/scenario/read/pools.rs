//! The sections `[[pool]]`.

use std::collections::BTreeMap;

use super::contracts;
use super::gig;
use super::human::Layer;
use super::markets;
use super::prices::{self, Priced};
use super::satisfaction;
use super::shifts;
use super::topics::Context;
use crate::dist::Distribution;
use crate::model::{Delivery, Pool, PoolKind, Select, ShiftEnd, Staffing, Supply, Take};
use crate::scenario::text::{Cursor, FromItem, Item, Kind, Names, Value};
use crate::scenario::values::product;
use crate::time::StepFn;

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
    /// Whether its price was refused, or a part of it.
    pub(super) price_refused: bool,
}

/// Reads one pool.
pub(super) fn read<'a>(mut c: Cursor<'a>, name: &str, context: &Context<'_>) -> Reading<'a> {
    let topics = context.topics;
    c.take("name");
    let n = topics.list.len();
    // Without a sound kind the keys that are there tell what was meant.
    let guess = match c.has("members") || c.has("logons") {
        true => PoolKind::Gig,
        false => PoolKind::Employed,
    };
    let kind = c.read_needed("kind", Item::variant).unwrap_or(guess);
    let reader = c.at.reader;
    let (price, is_sound) = reader.sound(|| c.read_opt("price", |i| prices::pool(i, kind)));
    let priced = Priced {
        of: price.as_ref(),
        is_sound,
    };
    let supply = supply(&mut c, kind, priced, context);
    let refused = supply.is_none();
    let skills: Vec<bool> = c.read("skills", vec![true; n], |i| {
        let skilled = topics.read(i)?;
        Some((0..n).map(|k| skilled.contains(&k)).collect())
    });
    let (concurrency, is_known) = reader.sound(|| c.get("concurrency"));
    if context.satisfaction.is_none() {
        c.forbid("satisfaction", satisfaction::MISSING);
    }
    let plain = !matches!(supply, None | Some(Supply::Rostered(_)));
    let overtime = plain && price.is_some_and(|p| p.overtime > 0.0);
    c.idle_without(overtime, "price.overtime", "`shifts`");
    let books = matches!(&supply, Some(Supply::Gig(g)) if g.slots.is_some());
    let pool = Pool {
        name: name.to_owned(),
        kind,
        skills,
        concurrency,
        speed: speed(&mut c, is_known.then_some(concurrency)),
        max_occupancy: c.opt("max_occupancy").or(context.occupancy),
        work_factor: c.read("work_factor", vec![1.0; n], |i| match i.node.value {
            Value::Table(_) => topics.table(i),
            _ => f64::from_item(i).map(|f| vec![f; n]),
        }),
        agent_cv: c.get("agent_cv"),
        outcomes: Vec::new(),
        select: select(&mut c, concurrency, priced),
        take: take(&mut c),
        weights: c.read("weights", Vec::new(), |i| topics.table(i)),
        ranking: c.read("ranking", vec![n as u32; n], |i| {
            let order = topics.read(i)?;
            let rank = |k| order.iter().position(|&o| o == k).unwrap_or(n);
            Some((0..n).map(|k| rank(k) as u32).collect())
        }),
        shift_end: c.get_by("shift_end", |i| {
            let rule = i.variant()?;
            let what = "\"finish\" or \"cut\" for booked blocks, which end by the clock";
            let fits = !books || rule != ShiftEnd::WhenIdle;
            i.must(fits, what).map(|()| rule)
        }),
        regard: c.opt("satisfaction").unwrap_or_default(),
        price,
        supply: supply.unwrap_or_else(nobody),
    };
    let reading = Reading {
        skilled: pool.skills.clone(),
        languages: c.read_opt("languages", |i| markets::spoken(i, context.languages)),
        pool,
        reserve: c.get("reserve"),
        human: c.read("human", Default::default(), |i| {
            overrides(i, topics, context.pools)
        }),
        refused,
        price_refused: !is_sound,
    };
    c.finish();
    reading
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

/// Which contact a free agent takes: by the ranking or the weights where there are any.
fn take(c: &mut Cursor<'_>) -> Take {
    let (ranked, weighted) = (c.has("ranking"), c.has("weights"));
    let usual = match (ranked, weighted) {
        (true, _) => Take::Ranking,
        (_, true) => Take::WeightedWait,
        _ => Take::LongestWait,
    };
    c.read("take", usual, |i| match i.variant()? {
        Take::Ranking if !ranked => {
            let help = "write for example ranking = [\"...\"], with the names of topics";
            i.refuse_help("needs the list `ranking` of the pool, found none", help)
        }
        Take::WeightedWait if !weighted => {
            let help = "write for example weights = { fraud = 3.0 }, with the names of topics";
            i.refuse_help("needs the table `weights` of the pool, found none", help)
        }
        take => Some(take),
    })
}

/// Speeds of each contact by the number in hand; of a `concurrency` that was refused nothing is concluded.
fn speed(c: &mut Cursor<'_>, concurrency: Option<u8>) -> Vec<f64> {
    let n = usize::from(concurrency.unwrap_or(1));
    if n > 1 && !c.has("speed") {
        c.require("speed");
    }
    c.read("speed", vec![1.0; n], |i| {
        let speeds = i.each(f64::from_item)?;
        let found = speeds.len();
        if concurrency.is_some() && found != n {
            return i.refuse(format!(
                "expected {n} speeds (`concurrency`), found {found}"
            ));
        }
        match speeds.first() {
            Some(&first) if first != 1.0 => {
                i.refuse(format!("expected 1 as the first speed, found {first}"))
            }
            _ => concurrency.map(|_| speeds),
        }
    })
}

fn select(c: &mut Cursor<'_>, concurrency: u8, price: Priced<'_>) -> Select {
    let usual = match concurrency {
        1 => Select::LongestIdle,
        _ => Select::LeastLoaded,
    };
    c.read("select", usual, |i| match i.variant()? {
        Select::Cheapest if price.lacks(|p| p.hourly().is_some()) => {
            let help = "write for example price = { per_agent_hour = 28.0 }";
            i.refuse_help("needs a `price` of the pool, found none", help)
        }
        select => Some(select),
    })
}

type Overrides<'a> = (Option<Layer<'a>>, BTreeMap<usize, Layer<'a>>);

fn overrides<'a>(item: &Item<'a>, topics: &Names, pools: &Names) -> Option<Overrides<'a>> {
    let mut c = item.cursor()?;
    let default = c.read_opt("default", |i| Layer::read(i, pools));
    let of_topic = |(key, entry): (&str, Item<'a>)| {
        let (topic, layer) = (topics.find(key, &entry), Layer::read(&entry, pools));
        topic.zip(layer)
    };
    Some((default, c.rest().into_iter().filter_map(of_topic).collect()))
}

fn supply(
    c: &mut Cursor<'_>,
    kind: PoolKind,
    price: Priced<'_>,
    context: &Context<'_>,
) -> Option<Supply> {
    let (word, reason) = match kind {
        PoolKind::Gig => (
            "gig",
            "is no key of a gig pool, which has `members` or `logons`",
        ),
        PoolKind::Employed | PoolKind::Outsourced => ("employed", "is a key of gig pools only"),
    };
    c.forbid_all(c.keys.foreign(word), reason);
    if kind == PoolKind::Employed || c.has("group") {
        let reason = "is a key of outsourced pools without a group";
        c.forbid("contract", reason);
    }
    match kind {
        PoolKind::Gig => gig::read(c, price, context.frame).map(|g| Supply::Gig(Box::new(g))),
        PoolKind::Employed | PoolKind::Outsourced if c.has("shifts") => {
            shifts::read(c, price, context.frame, context.groups).map(Supply::Rostered)
        }
        PoolKind::Employed | PoolKind::Outsourced => {
            staffing(c, price, context).map(Supply::Staffed)
        }
    }
}

fn staffing(c: &mut Cursor<'_>, price: Priced<'_>, context: &Context<'_>) -> Option<Staffing> {
    let frame = context.frame;
    let of_shifts = ["staff", "absence_paid", "in_shift_shrinkage"];
    c.forbid_all(of_shifts, "has no effect without `shifts`");
    let scheduled = c.read_needed("agents", |i| i.step_fn(frame));
    let hours = c.take("hours").map(|i| i.hours().map(|h| frame.open(&h)));
    let shrinkage = c.read("shrinkage", StepFn::constant(0.0), |i| {
        shifts::shrinkage(i, frame)
    });
    let absence = c.get("absence");
    let delivery = c.get("delivery");
    let group = c.read_opt("group", |i| context.groups.one(i));
    let contract = contracts::take(c, price);
    let adherence = c.opt("adherence");
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
        let present = shrinkage.points().map(|(at, share)| (at, 1.0 - share));
        plan = product(&plan, &StepFn::new(present));
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

impl FromItem for Delivery {
    fn from_item(item: &Item<'_>) -> Option<Self> {
        let fixed = match item.node.value {
            Value::Table(_) => None,
            Value::String(_) => Some(item.of_kind(&Kind::Share)),
            _ => Some(item.clone()),
        };
        if let Some(share) = fixed {
            return f64::from_item(&share).map(Self::Fixed);
        }
        let built = item.table(|c| {
            let built = if let Some(law) = c.take("uniform") {
                law.table(|c| Some(Distribution::uniform(c.must("low"), c.must("high"))))
            } else if let Some(law) = c.take("triangular") {
                law.table(|c| {
                    let (low, mode, high) = (c.must("low"), c.must("mode"), c.must("high"));
                    Some(Distribution::triangular(low, mode, high))
                })
            } else {
                Some(Distribution::beta_mean_sd(c.must("mean"), c.must("sd")))
            };
            for key in ["mean", "sd", "uniform", "triangular"] {
                if c.is_left(key) {
                    c.forbid(key, "is a parameter of another distribution");
                }
            }
            built
        })?;
        built.map_or_else(|e| item.refused(&e), |law| Some(Self::Daily(law)))
    }
}
