//! From the tree to the model: the order in which the sections are read.

use super::assistant;
use super::changes;
use super::course::Course;
use super::demand;
use super::groups;
use super::markets;
use super::pools;
use super::precision;
use super::prices;
use super::reach::Need;
use super::returns;
use super::routes::{Routing, names};
use super::satisfaction;
use super::topics;
use crate::experiment::Plan;
use crate::model::{Demand, Model, Prices, ProductiveHours};
use crate::scenario::sweep::{self, SweepTable};
use crate::scenario::text::cursor::{Cursor, Item};
use crate::scenario::text::names::Names;
use crate::scenario::text::problem::{join, quoted};
use crate::scenario::text::reader::Reader;
use crate::scenario::text::tree::Node;
use crate::scenario::values::frame::Frame;
use crate::scenario::values::numbers::in_words;
use crate::time::{Calendar, DAY, MAX_HORIZON, Micros, SECOND, WEEK, from_seconds};
use jiff::civil::Date;

/// Most reporting intervals.
const MOST_INTERVALS: u64 = 1_000_000;

/// What a scenario says.
pub(crate) struct Built {
    pub(crate) name: Option<String>,
    pub(crate) description: Option<String>,
    pub(crate) currency: String,
    pub(crate) model: Model,
    pub(crate) plan: Plan,
    /// Replications until estimates are precise.
    pub(crate) precision: precision::Written,
    pub(crate) sweep: Option<SweepTable>,
    /// The changes on dates, as they are written.
    pub(crate) changes: Vec<changes::Entry>,
    /// Which contacts need a person.
    pub(crate) needs: Vec<Need>,
}

/// Reads the whole tree. Problems are with the reader; `None` only when a part is missing altogether. The step of the demand divides
/// `grid`, unless that is 0.
pub(crate) fn scenario<'a>(reader: &'a Reader<'a>, root: &'a Node, grid: Micros) -> Option<Built> {
    let mut c = Cursor::root(reader, root)?;
    let name = c.opt("name");
    let description = c.opt("description");
    let currency: String = c.get("currency");
    let plan = Plan {
        seed: c.get("seed"),
        replications: c.get("replications"),
        confidence: c.get("confidence"),
    };
    let precision = precision::read(&mut c, &plan);
    let sweep = c.read_opt("sweep", sweep::read);
    let mut frame = frame(&mut c)?;
    let changes = changes::read(&mut c, &frame);
    frame.grid = grid;
    let (warmup, interval) = (warmup(&mut c, &frame), interval(&mut c, &frame));
    frame.interval = interval;
    let fcr_window = c.get("fcr_window");
    let max_contacts = c.get("max_contacts");
    let discount = c.read("finance", 0.0, prices::finance);
    let (productive, occupancy) = c.read("fte", Default::default(), productive);
    // A scenario that only follows headcount needs no topic.
    let alone = c.has("group") && !c.has("topic");
    if alone {
        let why = "has no effect in a scenario without topics";
        for key in ["demand", "market", "ai", "returns", "satisfaction"] {
            c.forbid(key, why, None);
        }
    }
    let market_items = tables(&mut c, "market");
    let market_names = market_names(&market_items);
    let languages = markets::languages(&market_items);
    let ai = c.read("ai", assistant::Section::default(), |i| {
        assistant::Section::read(i, &frame, &languages)
    });
    let returns = c.read("returns", returns::Table::default(), |i| {
        returns::read(i, None)
    });

    // Where the section is refused the keys of topics and pools are read as if it were sound.
    let satisfaction = c.read_opt("satisfaction", |i| {
        satisfaction::read(i, None).or_else(|| satisfaction::usual(i))
    });

    let topic_items = tables(&mut c, "topic");
    let pool_items = tables(&mut c, "pool");
    let topic_names = names("topic", &topic_items, "default");
    let pool_names = names("pool", &pool_items, "ai");
    let group_items = tables(&mut c, "group");
    let group_names = names("group", &group_items, "all");
    let demand = (!alone).then(|| demand_section(&mut c, &frame, &topic_names, &market_names));
    c.finish();

    // A demand that is refused gives the markets no course.
    let usual = Course::default();
    let general = demand.iter().flatten().next().map_or(&usual, |d| &d.course);
    let markets = markets::Section::read(&market_items, &market_names, &languages, &frame, general);

    let context = topics::Context {
        frame: &frame,
        pools: &pool_names,
        markets: &market_names,
        ai: &ai,
        returns: &returns,
        satisfaction: satisfaction.as_ref(),
    };
    let read_topic = |(item, name): (&Item<'a>, &String)| {
        let item = item.named("topic", name);
        Some(topics::read(item.cursor()?, &item, name, &context))
    };
    let (topics, asked): (Vec<_>, Vec<_>) = topic_items
        .iter()
        .zip(&topic_names.list)
        .filter_map(read_topic)
        .unzip();
    let context = pools::Context {
        frame: &frame,
        topics: &topic_names,
        pools: &pool_names,
        groups: &group_names,
        languages: &languages,
        has_satisfaction: satisfaction.is_some(),
        occupancy,
    };
    let read_pool = |(item, name): (&Item<'a>, &String)| {
        let item = item.named("pool", name);
        Some(pools::read(item.cursor()?, name, &context))
    };
    let mut pools: Vec<_> = pool_items
        .iter()
        .zip(&pool_names.list)
        .filter_map(read_pool)
        .collect();
    // A pool that was refused may have been meant.
    let serves = |g: usize| {
        let mut pools = pools.iter();
        pools.any(|p| p.refused || p.pool.group() == Some(g))
    };
    let read_group = |(g, (item, name)): (usize, (&Item<'a>, &String))| {
        let item = item.named("group", name);
        Some(groups::read(item.cursor()?, name, &frame, serves(g)))
    };
    let groups: Vec<_> = group_items
        .iter()
        .zip(&group_names.list)
        .enumerate()
        .filter_map(read_group)
        .collect();
    if topics.len() != topic_names.list.len()
        || pools.len() != pool_names.list.len()
        || groups.len() != group_names.list.len()
        || (topics.is_empty() && groups.is_empty())
    {
        return None;
    }

    let (shares, presences): (Vec<_>, Vec<_>) =
        asked.into_iter().map(|a| (a.demand, a.markets)).unzip();
    let markets = markets?;
    let divided = demand::divided(demand.iter().flatten().next(), &shares);
    let types = markets.types(&topic_names, &presences, &divided, (&frame, general))?;
    let (topics, markets) = markets.expand(topics, &mut pools, &types, &ai);
    let (queues, outcomes, needs) = Routing::new(&topics, &pools, &pool_names, &types).build();
    let demand: Option<Demand> = match &demand {
        None => Some(Demand::nobody()),
        Some(section) => section
            .as_ref()
            .and_then(|d| d.build(&frame, &shares, &types)),
    };
    let topics = topics.into_iter().map(|t| t.topic);
    let pools = pools
        .into_iter()
        .zip(outcomes)
        .map(|(mut reading, outcomes)| {
            reading.pool.outcomes = outcomes;
            reading.pool
        });
    let model = Model {
        horizon: frame.horizon,
        warmup,
        interval,
        demand: demand?,
        topics: topics.collect(),
        markets,
        assistant: ai.assistant,
        pools: pools.collect(),
        groups,
        queues,
        fcr_window,
        max_contacts,
        productive,
        prices: Prices {
            currency: currency.clone(),
            ai: ai.price,
            discount,
        },
        calendar: frame.calendar,
        timeline: Vec::new(),
    };
    Some(Built {
        name,
        description,
        currency,
        model,
        plan,
        precision,
        sweep,
        changes,
        needs,
    })
}

/// Start, time zone and horizon. When one of them is missing or refused a made-up frame lets the rest be read.
fn frame(c: &mut Cursor<'_>) -> Option<Frame> {
    let mut sound = true;
    let usual = Date::new(2025, 1, 6).ok()?;
    let start = c.take("start").map_or(Some(usual), |i| i.date());
    let zone = c.take("time_zone");
    let calendar = start.and_then(|start| match &zone {
        Some(item) => item.zone(|name| Calendar::new(start, name)),
        None => Calendar::new(start, "UTC").ok(),
    });
    let calendar = match calendar {
        Some(calendar) => calendar,
        None => {
            sound = false;
            Calendar::new(usual, "UTC").ok()?
        }
    };
    let horizon = c.read_needed("horizon", |i| {
        let t = length(i, &calendar)?;
        let fits = t > 0 && t <= MAX_HORIZON;
        i.must(fits, "a duration above 0, at most 4 years")?;
        Some(t)
    });
    sound &= horizon.is_some();
    Some(Frame::new(calendar, horizon.unwrap_or(WEEK), sound))
}

/// A length of time from the start: its months and days by the local calendar, the rest exactly.
fn length(item: &Item<'_>, calendar: &Calendar) -> Option<Micros> {
    let length = item.long_duration()?;
    match calendar.midnight_after(length.months, length.days) {
        Some(t) => Some(t + from_seconds(length.seconds)),
        None => item.expected("a duration of at most 4 years"),
    }
}

fn warmup(c: &mut Cursor<'_>, frame: &Frame) -> Micros {
    c.read("warmup", 0, |i| {
        let t = length(i, &frame.calendar)?;
        let what = format!("a duration below the horizon ({})", in_words(frame.horizon));
        i.must(t < frame.horizon || !frame.sound, &what)?;
        Some(t)
    })
}

fn interval(c: &mut Cursor<'_>, frame: &Frame) -> Micros {
    c.checked("interval", |i, &t: &Micros| {
        // A local day may have 23 hours.
        let ends_at_midnight = frame.calendar.local(frame.horizon).time_of_day == 0;
        let whole = if frame.horizon < DAY && !ends_at_midnight {
            frame.horizon
        } else {
            DAY
        };
        let what = if whole == DAY { "a day" } else { "the horizon" };
        let what = format!("a duration of at least 1 s that divides {what}");
        i.must(t >= SECOND && whole % t == 0, &what)?;
        let what = format!("at most {MOST_INTERVALS} intervals within the horizon");
        i.must(frame.horizon / t <= MOST_INTERVALS, &what)
    })
}

/// What a full-time agent does, and the occupancy if it is written.
fn productive(item: &Item<'_>) -> Option<(ProductiveHours, Option<f64>)> {
    let mut c = item.cursor()?;
    let written = c.opt("occupancy");
    let read = ProductiveHours {
        hours_per_week: c.get("hours_per_week"),
        shrinkage: c.get("shrinkage"),
        occupancy: c.get_or("occupancy", written),
        concurrency: c.opt("concurrency"),
    };
    c.finish();
    Some((read, written))
}

/// The tables of a list such as `[[topic]]`.
fn tables<'a>(c: &mut Cursor<'a>, key: &str) -> Vec<Item<'a>> {
    let needed = key == "topic" && !c.has("group");
    let item = if needed { c.require(key) } else { c.take(key) };
    let items = item.as_ref().and_then(Item::list);
    if let (Some(item), Some([]), "topic") = (&item, items.as_deref(), key) {
        return item.expected("at least one [[topic]]").unwrap_or_default();
    }
    items.unwrap_or_default()
}

/// Names of the markets: contact types are named by topic and market.
fn market_names(items: &[Item<'_>]) -> Names {
    let names = names("market", items, "all");
    for item in items
        .iter()
        .filter(|i| i.node.name().is_some_and(|name| name.contains('/')))
    {
        let (path, name) = (join(&item.path, "name"), item.node.name().unwrap_or(""));
        let message = format!("expected a name without \"/\", found {}", quoted(name));
        item.reader.problem(item.node.span, &path, message, None);
    }
    names
}

fn demand_section<'a>(
    c: &mut Cursor<'a>,
    frame: &Frame,
    topics: &Names,
    markets: &Names,
) -> Option<demand::Section<'a>> {
    // A section that is missing is read as an empty one: topics may have their own demand, and if they have not the
    // message is the same.
    match c.take("demand") {
        Some(item) => demand::Section::read(&item, frame, topics, markets),
        None => Some(demand::Section::absent(c)),
    }
}
