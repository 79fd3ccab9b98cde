//! From the tree to the model: the order in which the sections are read.

use super::assistant;
use super::changes;
use super::course::Course;
use super::demand;
use super::groups;
use super::lists::List;
use super::markets;
use super::pools;
use super::precision;
use super::prices;
use super::reach::Need;
use super::returns;
use super::routes::Routing;
use super::satisfaction;
use super::staff;
use super::topics;
use crate::experiment::Plan;
use crate::model::{Demand, Model, Pool, Prices, ProductiveHours, Supply};
use crate::scenario::sweep::{self, SweepTable};
use crate::scenario::text::{Cursor, Item, Node, Reader, join, quoted};
use crate::scenario::values::{Frame, in_words, plain_keys};
use crate::time::{Calendar, DAY, MAX_HORIZON, Micros, SECOND, WEEK, from_seconds};
use jiff::civil::Date;

/// Most reporting intervals.
const MOST_INTERVALS: u64 = 1_000_000;

/// What a scenario says.
pub(crate) struct Built {
    pub(crate) name: Option<String>,
    pub(crate) description: Option<String>,
    pub(crate) model: Model,
    pub(crate) plan: Plan,
    /// Replications until estimates are precise.
    pub(crate) precision: precision::Written,
    pub(crate) sweep: Option<SweepTable>,
    pub(crate) staff: staff::Written,
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
    let currency = c.get("currency");
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
        let of_topics = ["demand", "market", "ai", "returns", "satisfaction"];
        c.forbid_all(of_topics, "has no effect in a scenario without topics");
    }
    let market_list = List::take(&mut c, "market", "all");
    check_market_names(&market_list);
    let languages = markets::languages(&market_list.items);
    let ai = c.section("ai", |i| assistant::Section::read(i, &frame, &languages))?;
    let returns = c.read("returns", returns::Table::default(), |i| {
        returns::read(i, None)
    });

    // Where the section is refused the keys of topics and pools are read as if it were sound.
    let follows = c.has("satisfaction");
    let satisfaction = c.section("satisfaction", |i| satisfaction::read(i, None));
    let satisfaction = satisfaction.filter(|_| follows);

    let topic_list = List::take(&mut c, "topic", "default");
    let pool_list = List::take(&mut c, "pool", "ai");
    let group_list = List::take(&mut c, "group", "all");
    let (topic_names, market_names) = (&topic_list.names, &market_list.names);
    let staff = c.section("staff", |i| staff::read(i, &frame, &pool_list.names))?;
    let demand = (!alone).then(|| demand::Section::take(&mut c, &frame, topic_names, market_names));
    c.finish();

    // A demand that is refused gives the markets no course.
    let usual = Course::default();
    let general = demand.iter().flatten().next().map_or(&usual, |d| &d.course);
    let markets = markets::Section::read(&market_list, &languages, &frame, general);

    let context = topics::Context {
        frame: &frame,
        topics: topic_names,
        markets: market_names,
        languages: &languages,
        pools: &pool_list.names,
        groups: &group_list.names,
        ai: &ai,
        returns: &returns,
        satisfaction: satisfaction.as_ref(),
        occupancy,
    };
    let topics =
        topic_list.each(|c, item, i| topics::read(c, item, &topic_names.list[i], &context));
    let (topics, asked): (Vec<_>, Vec<_>) = topics.into_iter().unzip();
    let mut pools = pool_list.each(|c, _, i| pools::read(c, &pool_list.names.list[i], &context));
    // A pool that was refused may have been meant.
    let serves = |g: usize| {
        let mut pools = pools.iter();
        pools.any(|p| p.refused || p.pool.group() == Some(g))
    };
    let has_plan = |p: &Pool| match &p.supply {
        Supply::Staffed(s) => s.plan.max_before(Micros::MAX) > 0.0,
        Supply::Rostered(_) | Supply::Gig(_) => true,
    };
    let planned = |g: usize| {
        let mut of_group = pools.iter().filter(|p| p.pool.group() == Some(g));
        of_group.any(|p| has_plan(&p.pool))
    };
    let groups = group_list.each(|c, _, g| {
        let pools = (serves(g), planned(g));
        groups::read(c, &group_list.names.list[g], &frame, pools)
    });
    if topics.len() != topic_list.items.len()
        || pools.len() != pool_list.items.len()
        || groups.len() != group_list.items.len()
        || (topics.is_empty() && groups.is_empty())
    {
        return None;
    }

    let (shares, presences): (Vec<_>, Vec<_>) =
        asked.into_iter().map(|a| (a.demand, a.markets)).unzip();
    let markets = markets?;
    let divided = demand::divided(demand.iter().flatten().next(), &shares);
    let types = markets.types(topic_names, &presences, &divided, (&frame, general))?;
    let (topics, markets) = markets.expand(topics, &mut pools, &types, &ai);
    let (queues, outcomes, needs) = Routing::build(&topics, &pools, &pool_list.names, &types);
    let demand = demand.as_ref().map_or(Some(Demand::nobody()), |section| {
        section.as_ref()?.build(&frame, &shares, &types)
    });
    let topics = topics.into_iter().map(|t| t.topic);
    let pools = pools.into_iter().zip(outcomes);
    let pools = pools.map(|(reading, outcomes)| Pool {
        outcomes,
        ..reading.pool
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
            currency,
            ai: ai.price,
            discount,
        },
        calendar: frame.calendar,
        timeline: Vec::new(),
    };
    Some(Built {
        name,
        description,
        model,
        plan,
        precision,
        sweep,
        staff,
        changes,
        needs,
    })
}

/// Start, time zone and horizon. When one of them is missing or refused a made-up frame lets the rest be read.
fn frame(c: &mut Cursor<'_>) -> Option<Frame> {
    let usual = Date::new(2025, 1, 6).ok()?;
    let start = c.take("start").map_or(Some(usual), |i| i.date());
    let zone = c.take("time_zone");
    let given = start.and_then(|start| match &zone {
        Some(item) => item.zone(|name| Calendar::new(start, name)),
        None => Calendar::new(start, "UTC").ok(),
    });
    let is_given = given.is_some();
    let calendar = given.or_else(|| Calendar::new(usual, "UTC").ok())?;
    let horizon = c.read_needed("horizon", |i| {
        let t = length(i, &calendar)?;
        let fits = t > 0 && t <= MAX_HORIZON;
        i.must(fits, "a duration above 0, at most 4 years")
            .map(|()| t)
    });
    let sound = is_given && horizon.is_some();
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
        i.must(t < frame.horizon || !frame.sound, &what).map(|()| t)
    })
}

fn interval(c: &mut Cursor<'_>, frame: &Frame) -> Micros {
    c.checked("interval", |i, &t: &Micros| {
        // A local day may have 23 hours.
        let ends_at_midnight = frame.calendar.local(frame.horizon).time_of_day == 0;
        let (whole, what) = match frame.horizon < DAY && !ends_at_midnight {
            true => (frame.horizon, "the horizon"),
            false => (DAY, "a day"),
        };
        let what = format!("a duration of at least 1 s that divides {what}");
        i.must(t >= SECOND && whole % t == 0, &what)?;
        let what = format!("at most {MOST_INTERVALS} intervals within the horizon");
        i.must(frame.horizon / t <= MOST_INTERVALS, &what)
    })
}

/// What a full-time agent does, and the occupancy if it is written.
fn productive(item: &Item<'_>) -> Option<(ProductiveHours, Option<f64>)> {
    item.table(|c| {
        let written = c.opt("occupancy");
        Some((plain_keys(c)?, written))
    })
}

/// Contact types are named by topic and market, with a mark between them.
fn check_market_names(list: &List<'_>) {
    for item in &list.items {
        if let Some(name) = item.node.name().filter(|name| name.contains('/')) {
            let message = format!("expected a name without \"/\", found {}", quoted(name));
            let path = join(&item.path, "name");
            item.reader.problem(item.node.span, &path, message, None);
        }
    }
}
