//! From the tree to the model: the order in which the sections are read.

use super::assistant;
use super::course::Course;
use super::cursor::{Cursor, Item, Names, join};
use super::demand;
use super::frame::Frame;
use super::groups;
use super::markets;
use super::pools;
use super::precision;
use super::prices;
use super::problem::quoted;
use super::reach::Need;
use super::reader::Reader;
use super::returns;
use super::routes::{Routing, names};
use super::satisfaction;
use super::sweep::{self, SweepTable};
use super::timeline;
use super::topics;
use super::tree::{Node, Value};
use super::values::in_words;
use crate::experiment::Plan;
use crate::model::{Demand, Model, Prices, ProductiveHours};
use crate::time::{Calendar, DAY, MAX_HORIZON, MINUTE, Micros, SECOND, WEEK, from_seconds};
use jiff::civil::Date;

/// Most topics and pools of a model.
const MOST_TOPICS: usize = 1000;
const MOST_POOLS: usize = 64;
/// Most reporting intervals.
const MOST_INTERVALS: u64 = 1_000_000;

/// What a scenario says.
pub(super) struct Built {
    pub(super) name: Option<String>,
    pub(super) description: Option<String>,
    pub(super) currency: String,
    pub(super) model: Model,
    pub(super) plan: Plan,
    /// Replications until estimates are precise.
    pub(super) precision: precision::Written,
    pub(super) sweep: Option<SweepTable>,
    /// The changes on dates, as they are written.
    pub(super) changes: Vec<timeline::Entry>,
    /// Which contacts need a person.
    pub(super) needs: Vec<Need>,
}

/// Reads the whole tree. Problems are with the reader; `None` only when a part is missing altogether. The step of the demand divides
/// `grid`, unless that is 0.
pub(super) fn scenario<'a>(reader: &'a Reader<'a>, root: &'a Node, grid: Micros) -> Option<Built> {
    let table = root.table()?;
    let mut c = Cursor::new(reader, table, root.span, String::new());
    let text = |i: &Item<'a>| i.string("a text").map(str::to_owned);
    let name = c.read_opt("name", text);
    let description = c.read_opt("description", text);
    let currency = c.read("currency", "USD".to_owned(), text);
    let plan = plan(&mut c);
    let precision = precision::read(&mut c, &plan);
    let sweep = c.read_opt("sweep", sweep::read);
    let mut frame = frame(&mut c)?;
    let changes = timeline::read(&mut c, &frame);
    frame.grid = grid;
    let (warmup, interval) = (warmup(&mut c, &frame), interval(&mut c, &frame));
    frame.interval = interval;
    let fcr_window = c.read("fcr_window", WEEK, Item::duration);
    let max_contacts = c.read("max_contacts", 20, |i| i.integer(1, 1000).map(|n| n as u16));
    let discount = c.read("finance", 0.0, prices::finance);
    let (productive, written) = c.read("fte", Default::default(), productive);
    // A scenario that only follows headcount needs no topic.
    let alone = c.has("group") && !c.has("topic");
    if alone {
        let why = "has no effect in a scenario without topics";
        for key in ["demand", "market", "ai", "returns", "satisfaction"] {
            c.forbid(key, why, None);
        }
    }
    let market_items = tables(&mut c, "market", markets::MOST);
    let market_names = market_names(&market_items);
    let languages = markets::languages(&market_items);
    let ai = c.read("ai", assistant::Section::default(), |i| {
        assistant::Section::read(i, &frame, &languages)
    });
    let returns = c.read("returns", returns::Table::default(), |i| {
        returns::read(i, None)
    });

    // Where the section is refused the keys of topics and pools are read as if it were sound.
    let satisfaction = c.take("satisfaction").map(|i| {
        let read = satisfaction::section(&i);
        read.unwrap_or(satisfaction::USUAL)
    });

    let topic_items = tables(&mut c, "topic", MOST_TOPICS);
    let pool_items = tables(&mut c, "pool", MOST_POOLS);
    let topic_names = names("topic", &topic_items, "default");
    let pool_names = names("pool", &pool_items, "ai");
    let group_items = tables(&mut c, "group", groups::MOST_GROUPS);
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
        let item = named(item, "topic", name);
        Some(topics::read(item.cursor("a table")?, &item, name, &context))
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
        occupancy: written,
    };
    let read_pool = |(item, name): (&Item<'a>, &String)| {
        let item = named(item, "pool", name);
        Some(pools::read(item.cursor("a table")?, name, &context))
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
        let item = named(item, "group", name);
        Some(groups::read(
            item.cursor("a table")?,
            name,
            &frame,
            serves(g),
        ))
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

/// The item of a table by its name rather than its number.
pub(super) fn named<'a>(item: &Item<'a>, kind: &str, name: &str) -> Item<'a> {
    let path = if name.starts_with(kind) && name.contains('#') {
        item.path.clone()
    } else {
        join(kind, name)
    };
    Item {
        reader: item.reader,
        node: item.node,
        path,
    }
}

fn plan(c: &mut Cursor<'_>) -> Plan {
    let usual = Plan::default();
    Plan {
        seed: c.read("seed", usual.seed, |i| {
            i.integer(0, i64::MAX).map(|n| n as u64)
        }),
        replications: c.read("replications", usual.replications, |i| {
            i.integer(1, 1_000_000).map(|n| n as u32)
        }),
        confidence: c.read("confidence", usual.confidence, |i| {
            let level = i.probability()?;
            if (0.5..1.0).contains(&level) {
                Some(level)
            } else {
                i.expected("a level of at least 0.5 and below 1")
            }
        }),
    }
}

/// Start, time zone and horizon. When one of them is missing or refused a made-up frame lets the rest be read.
fn frame(c: &mut Cursor<'_>) -> Option<Frame> {
    let mut sound = true;
    let usual = Date::new(2025, 1, 6).ok()?;
    let start = c.take("start").map_or(Some(usual), |i| i.date());
    let zone = c.take("time_zone");
    let zone_name = zone
        .as_ref()
        .map_or(Some("UTC"), |i| i.string("the IANA name of a time zone"));
    let calendar =
        start
            .zip(zone_name)
            .and_then(|(start, name)| match Calendar::new(start, name) {
                Ok(calendar) => Some(calendar),
                Err(why) => {
                    if let Some(item) = &zone {
                        let help =
                            "write an IANA name such as \"Europe/Stockholm\" or \"UTC\"".to_owned();
                        item.problem(
                            format!("expected the IANA name of a time zone: {why}"),
                            Some(help),
                        );
                    }
                    None
                }
            });
    let calendar = match calendar {
        Some(calendar) => calendar,
        None => {
            sound = false;
            Calendar::new(usual, "UTC").ok()?
        }
    };
    let horizon = c
        .require("horizon", "a duration such as \"4 weeks\" or \"12 months\"")
        .and_then(|i| {
            let t = length(&i, &calendar)?;
            if t > 0 && t <= MAX_HORIZON {
                Some(t)
            } else {
                i.expected("a duration above 0, at most 4 years")
            }
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
        if t >= frame.horizon && frame.sound {
            return i.expected(&format!(
                "a duration below the horizon ({})",
                in_words(frame.horizon)
            ));
        }
        Some(t)
    })
}

fn interval(c: &mut Cursor<'_>, frame: &Frame) -> Micros {
    c.read("interval", 30 * MINUTE, |i| {
        let t = i.positive_duration()?;
        // A local day may have 23 hours.
        let ends_at_midnight = frame.calendar.local(frame.horizon).time_of_day == 0;
        let whole = if frame.horizon < DAY && !ends_at_midnight {
            frame.horizon
        } else {
            DAY
        };
        if t < SECOND || whole % t != 0 {
            let what = if whole == DAY { "a day" } else { "the horizon" };
            return i.expected(&format!("a duration of at least 1 s that divides {what}"));
        }
        if frame.horizon / t > MOST_INTERVALS {
            return i.expected(&format!(
                "at most {MOST_INTERVALS} intervals within the horizon"
            ));
        }
        Some(t)
    })
}

/// What a full-time agent does, and the occupancy if it is written.
fn productive(item: &Item<'_>) -> Option<(ProductiveHours, Option<f64>)> {
    let usual = ProductiveHours::default();
    let mut c = item.cursor("a table")?;
    let hours = |i: &Item<'_>| {
        i.number_in("a number of hours above 0, at most 168", |x| {
            x > 0.0 && x <= 168.0
        })
    };
    let written = c.read_opt("occupancy", Item::share_above_zero);
    let read = ProductiveHours {
        hours_per_week: c.read("hours_per_week", usual.hours_per_week, hours),
        shrinkage: c.read("shrinkage", usual.shrinkage, Item::share_below_one),
        occupancy: written.unwrap_or(usual.occupancy),
        concurrency: c.read_opt("concurrency", |i| i.number(1.0, 16.0)),
    };
    c.finish();
    Some((read, written))
}

/// The tables of a list such as `[[topic]]`.
fn tables<'a>(c: &mut Cursor<'a>, key: &str, most: usize) -> Vec<Item<'a>> {
    let what = format!("a list of tables: [[{key}]]");
    let item = if key == "topic" && !c.has("group") {
        c.require(key, "at least one [[topic]]")
    } else {
        c.take(key)
    };
    let items = item
        .as_ref()
        .and_then(|i| i.list(&what, most))
        .unwrap_or_default();
    if let (Some(item), true, "topic") = (&item, items.is_empty(), key)
        && matches!(&item.node.value, Value::Array(a) if a.is_empty())
    {
        item.expected::<()>("at least one [[topic]]");
    }
    items
}

/// Names of the markets: contact types are named by topic and market.
fn market_names(items: &[Item<'_>]) -> Names {
    let names = names("market", items, "all");
    for item in items {
        if let Some(Value::String(s)) = item
            .node
            .table()
            .and_then(|t| t.get("name"))
            .map(|n| &n.value)
            && s.contains('/')
        {
            let path = join(&item.path, "name");
            item.reader.problem(
                item.node.span,
                &path,
                format!("expected a name without \"/\", found {}", quoted(s)),
                None,
            );
        }
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
