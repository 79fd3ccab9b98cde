//! The sections `[[topic]]`.

use super::assistant::{self, Section};
use super::human::Layer;
use super::markets::{self, Presence};
use super::returns;
use super::satisfaction;
use super::volume::{TopicDemand, daily_volume, rate};
use crate::dist::Distribution;
use crate::model::{
    AiOutcome, AiTopic, Closed, Difficulty, HumanAccess, Insist, Satisfaction, Topic,
};
use crate::scenario::text::{Cursor, FromItem, Item, Names, Value};
use crate::scenario::values::{Frame, plain};

/// What a topic says of its demand, and of the markets it is in.
pub(super) struct Asked<'a> {
    pub(super) demand: TopicDemand<'a>,
    pub(super) markets: Option<Presence<'a>>,
}

/// A topic, or with markets a contact type, with what is needed beyond the model.
#[derive(Clone)]
pub(super) struct Reading<'a> {
    pub(super) item: Item<'a>,
    pub(super) topic: Topic,
    /// Priority class.
    pub(super) priority: u8,
    pub(super) route: Option<Item<'a>>,
    pub(super) human: Option<Layer<'a>>,
    /// Whether a contact of this topic can come to need a person.
    pub(super) needs_person: bool,
    /// Whether `work` was there, however sound.
    pub(super) has_work: bool,
    /// The topic itself says when people can be reached, whatever the market.
    pub(super) fixed_access: bool,
    /// The assistant serves the topic, but not in the language of this market.
    pub(super) lost_assistant: bool,
    /// The market and its language, to be added to messages.
    pub(super) at: String,
}

/// What all topics and pools share.
pub(super) struct Context<'c> {
    pub(super) frame: &'c Frame,
    pub(super) topics: &'c Names,
    pub(super) markets: &'c Names,
    pub(super) languages: &'c Names,
    pub(super) pools: &'c Names,
    pub(super) groups: &'c Names,
    pub(super) ai: &'c Section,
    pub(super) returns: &'c returns::Table,
    /// The section `[satisfaction]`, if it is there.
    pub(super) satisfaction: Option<&'c Satisfaction>,
    /// Of `[fte]`, if it is written: the default of `max_occupancy` of pools.
    pub(super) occupancy: Option<f64>,
}

/// Reads one topic.
pub(super) fn read<'a>(
    mut c: Cursor<'a>,
    item: &Item<'a>,
    name: &str,
    context: &Context<'_>,
) -> (Reading<'a>, Asked<'a>) {
    c.take("name");
    let has_ai = c.has("ai");
    let ai = c.read_opt("ai", |i| assistant::outcomes(i, context.ai));
    let entry_human = entry(&mut c, has_ai);
    let work: Option<Distribution> = c.opt("work");
    let access = c.read("human_access", context.ai.access.clone(), |i| {
        assistant::access(i, context.frame)
    });
    let insist: Insist = c.read_opt("insist", plain).unwrap_or_default();
    let table = c.read("returns", context.returns.clone(), |i| {
        returns::read(i, Some(context.returns))
    });
    let returns = returns::build(&table);
    // What the assistant does when its table was refused is not known, and nothing is concluded from it.
    let has = |outcome| {
        let of = |ai: &AiTopic| ai.outcomes[outcome as usize] > 0.0;
        ai.as_ref().map_or(!has_ai, of)
    };
    let asks = has(AiOutcome::HandOff) || has(AiOutcome::AskHuman);
    let needs_person = entry_human > 0.0
        || (asks && access != HumanAccess::Never)
        || context.ai.can_overflow_to_people()
        || (insist.skip_ai > 0.0 && returns.iter().any(Option::is_some));
    let topic = Topic {
        name: name.to_owned(),
        sensitive: c.get("sensitive"),
        entry_human,
        difficulty: c.read("difficulty", Difficulty::default(), |i| {
            difficulty(i, work.as_ref(), context.satisfaction.is_some())
        }),
        target: c.get("target"),
        patience: c.read("patience", None, patience),
        balk: c.get("balk"),
        callback: c.read_opt("callback", plain),
        head_start: c.get("head_start"),
        short_abandon: c.get("short_abandon"),
        queue_limit: c.opt("queue_limit"),
        work,
        after_contact: c.opt("after_contact").flatten(),
        ai,
        access,
        market_hours: None,
        unspoken: false,
        handover_factor: c.get_or("handover_factor", Some(context.ai.handover_factor)),
        returns,
        insist,
        satisfaction: opinion(&mut c, context.satisfaction),
    };
    if let HumanAccess::Hours { closed, .. } = &topic.access {
        need_callback(item, &topic, *closed, "");
    }
    let fixed = matches!(
        topic.access,
        HumanAccess::Always | HumanAccess::Hours { .. }
    );
    let reading = Reading {
        item: item.clone(),
        fixed_access: c.has("human_access") && fixed,
        topic,
        priority: c.get("priority"),
        route: c.take("route"),
        human: c.read_opt("human", |i| Layer::read(i, context.pools)),
        needs_person,
        has_work: c.has("work"),
        lost_assistant: false,
        at: String::new(),
    };
    let asked = Asked {
        demand: demand(&mut c, item),
        markets: c.read_opt("markets", |i| markets::presence(i, context.markets)),
    };
    c.finish();
    (reading, asked)
}

/// Refuses hours, of the topic or of a market, outside of which callers are promised a call when it is not said who accepts one.
pub(super) fn need_callback(item: &Item<'_>, topic: &Topic, closed: Closed, whose: &str) {
    if topic.callback.is_none() && closed == Closed::Callback {
        let needs = "needs to know who accepts a call; expected `callback`";
        let help = "write callback = { above = \"3 min\", accept = 0.5 }";
        item.advise(format!("closed = \"callback\"{whose} {needs}"), help);
    }
}

/// Probability of going straight to a person.
fn entry(c: &mut Cursor<'_>, has_ai: bool) -> f64 {
    let default = if has_ai { 0.0 } else { 1.0 };
    c.read("entry", default, |item| {
        let p = match &item.node.value {
            Value::Table(_) => item.table(|c| c.need("human"))?,
            Value::String(s) if s == "ai" => 0.0,
            Value::String(s) if s == "human" => 1.0,
            _ => return item.expected("\"ai\", \"human\" or { human = probability }"),
        };
        if p < 1.0 && !has_ai {
            let help = "give the topic `ai = { ... }`, or write entry = \"human\"".to_owned();
            return item.expected_help("\"human\", since the topic has no `ai`", Some(help));
        }
        Some(p)
    })
}

fn patience(item: &Item<'_>) -> Option<Option<Distribution>> {
    match &item.node.value {
        Value::String(s) if s == "none" => Some(None),
        _ => Distribution::from_item(item).map(Some),
    }
}

/// What satisfaction depends on, if the scenario follows it.
fn opinion(c: &mut Cursor<'_>, general: Option<&Satisfaction>) -> Option<Satisfaction> {
    let Some(general) = general else {
        c.forbid("satisfaction", satisfaction::MISSING);
        return None;
    };
    Some(c.read("satisfaction", *general, |i| {
        satisfaction::read(i, Some(general))
    }))
}

fn difficulty(
    item: &Item<'_>,
    work: Option<&Distribution>,
    has_satisfaction: bool,
) -> Option<Difficulty> {
    let explained = |i: &Item<'_>, w: &f64| match work {
        // The part of the spread that difficulty explains cannot exceed the whole.
        Some(Distribution::Lognormal { sigma, .. }) => {
            let what = format!("at most {sigma:.3}, the standard deviation of the log of `work`");
            i.must(w.abs() <= *sigma, &what)
        }
        _ => Some(()),
    };
    item.table(|c| {
        if !has_satisfaction {
            c.forbid("satisfaction", satisfaction::MISSING);
        }
        Some(Difficulty {
            ai: c.get("ai"),
            work: c.checked("work", explained),
            human: c.get("human"),
            satisfaction: c.get("satisfaction"),
        })
    })
}

fn demand<'a>(c: &mut Cursor<'a>, item: &Item<'a>) -> TopicDemand<'a> {
    c.one_of(&["share", "daily_volume", "rate"]);
    let share = c.take("share");
    let own = c.take("daily_volume").map(|i| daily_volume(&i));
    let own = own.or(c.take("rate").map(|i| rate(&i)));
    match (share, own) {
        // Which of the two is meant is not known: nothing is concluded from the sum of the shares.
        (Some(i), Some(_)) => TopicDemand::Share(f64::NAN, i),
        (None, Some(own)) => TopicDemand::Own(own),
        (Some(i), None) => TopicDemand::Share(f64::from_item(&i).unwrap_or(f64::NAN), i),
        (None, None) => TopicDemand::Unsaid(item.clone()),
    }
}
