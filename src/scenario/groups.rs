//! The sections `[[group]]`.

use super::cursor::{Cursor, Item};
use super::frame::Frame;
use super::prices;
use super::problem::did_you_mean;
use super::tree::Value;
use crate::model::{Cover, Group, Hiring, Layoffs, MOST_PEOPLE, Ramp, Requirement, Strain};
use crate::time::Micros;

/// Most groups of a scenario.
pub(super) const MOST_GROUPS: usize = 200;
/// Most months between two things.
const MOST_MONTHS: i64 = 60;

/// Reads one group. `serves`: whether its people staff a pool.
pub(super) fn read(mut c: Cursor<'_>, name: &str, frame: &Frame, serves: bool) -> Group {
    c.take("name");
    let headcount = c
        .require("headcount", "the number of people at the start")
        .and_then(|i| match people(&i)? {
            0 if serves => i.expected("at least 1: the plans of its pools are for that number"),
            n => Some(n),
        })
        .unwrap_or(0);
    let (attrition, leaves_daily) = c.read("attrition", (0.0, false), leaving);
    let hires = c.has("hiring");
    let hiring = c.read_opt("hiring", |i| hiring(i, headcount, frame, serves));
    let refused = hires && hiring.is_none();
    let group = Group {
        name: name.to_owned(),
        headcount,
        attrition,
        leaves_daily,
        tenure: c.read("tenure", Vec::new(), tenure),
        strain: c.read_opt("strain", strain),
        hiring: hiring.unwrap_or(Hiring::Freeze),
        lead: c.read("lead_months", 0, |i| {
            i.integer(0, MOST_MONTHS).map(|n| n as u32)
        }),
        training: c.read("training_months", 0, |i| {
            i.integer(0, MOST_MONTHS).map(|n| n as u32)
        }),
        training_attrition: c.read_opt("training_attrition", rate_of_leaving),
        class: c.read_opt("class_size", |i| {
            i.integer(1, i64::from(MOST_PEOPLE)).map(|n| n as u32)
        }),
        layoffs: None,
        ramp: c.read_opt("ramp", ramp),
        pay: c.read_opt("pay", prices::pay),
    };
    let layoffs = if matches!(group.hiring, Hiring::Track(_) | Hiring::Require(_)) {
        c.read_opt("layoffs", layoffs)
    } else if refused || c.reader.is_later() {
        c.take("layoffs");
        None
    } else {
        c.forbid(
            "layoffs",
            "has no effect without a trajectory or a requirement to follow",
            Some("write hiring = { track = [ { at = 2025-12-01, headcount = 2500 } ] }"),
        );
        None
    };
    c.finish();
    Group { layoffs, ..group }
}

fn people(item: &Item<'_>) -> Option<u32> {
    item.integer(0, i64::from(MOST_PEOPLE)).map(|n| n as u32)
}

/// A rate of leaving, per month: from the share of the people who leave in a year, or in a month, if nobody is hired.
pub(super) fn rate_of_leaving(item: &Item<'_>) -> Option<f64> {
    let Value::Table(_) = item.node.value else {
        return rate(item, 12.0);
    };
    let mut c = item.cursor("a share a year, or { monthly = a share }")?;
    let rate = rate_in(&mut c);
    c.finish();
    rate
}

/// The same, and whether people leave on any day.
fn leaving(item: &Item<'_>) -> Option<(f64, bool)> {
    let Value::Table(_) = item.node.value else {
        return Some((rate(item, 12.0)?, false));
    };
    let mut c = item.cursor("a share a year, or { monthly = a share }")?;
    let daily = c.read("when", false, |i| {
        i.one_of(&[("month end", false), ("any day", true)])
    });
    let rate = rate_in(&mut c);
    c.finish();
    Some((rate?, daily))
}

fn rate(item: &Item<'_>, months: f64) -> Option<f64> {
    let share = item.share_below_one()?;
    Some(-libm::log1p(-share) / months)
}

fn rate_in(c: &mut Cursor<'_>) -> Option<f64> {
    let yearly = c.take("yearly");
    let Some(yearly) = yearly else {
        let monthly = c.require("monthly", "the share of the people who leave in a month");
        return rate(&monthly?, 1.0);
    };
    if c.take("monthly").is_some() {
        c.problem("expected one of monthly, yearly, found both", None);
        return None;
    }
    rate(&yearly, 12.0)
}

fn tenure(item: &Item<'_>) -> Option<Vec<(u32, f64)>> {
    let mut bands: Vec<(u32, f64)> = Vec::new();
    for entry in item.list("a list of { below_months = ..., factor = ... }", 50)? {
        let Some(mut c) = entry.cursor("a table with below_months and factor") else {
            continue;
        };
        let below = c
            .require(
                "below_months",
                "the months of tenure below which the factor holds",
            )
            .and_then(|i| {
                let n = i.integer(1, 600)? as u32;
                if bands.last().is_some_and(|last| last.0 >= n) {
                    return i.expected("more months than in the band before");
                }
                Some(n)
            });
        let factor = c
            .require("factor", "a factor on the rate of leaving")
            .and_then(|i| i.number(0.0, 100.0));
        c.finish();
        bands.extend(below.zip(factor));
    }
    Some(bands)
}

fn strain(item: &Item<'_>) -> Option<Strain> {
    let mut c = item.cursor("a table with above and factor")?;
    let above = c
        .require("above", "the occupancy above which it counts")
        .and_then(|i| i.share());
    let factor = c
        .require(
            "factor",
            "a factor on the rate of leaving in the next month",
        )
        .and_then(|i| i.number(0.0, 100.0));
    c.finish();
    let (above, factor) = above.zip(factor)?;
    Some(Strain { above, factor })
}

pub(super) fn ramp(item: &Item<'_>) -> Option<Ramp> {
    let mut c = item.cursor("a table such as { handle_time = 1.4, resolve = 0.8, weeks = 8 }")?;
    let handle_time = c.read("handle_time", 1.0, Item::factor);
    let resolve = c.read("resolve", 1.0, Item::share);
    let weeks = c.require("weeks", "the weeks until both factors are 1");
    let weeks = weeks.and_then(|i| {
        i.number_in("a number of weeks above 0, at most 520", |x| {
            x > 0.0 && x <= 520.0
        })
    });
    if !c.has("handle_time") && !c.has("resolve") {
        c.problem("expected handle_time, resolve or both, found neither", None);
    }
    c.finish();
    Some(Ramp {
        handle_time,
        resolve,
        weeks: weeks?,
    })
}

fn layoffs(item: &Item<'_>) -> Option<Layoffs> {
    let mut c = item.cursor("a table with most and notice_months")?;
    let most = c
        .require("most", "the most people who are given notice in a month")
        .and_then(|i| people(&i));
    let notice = c.read("notice_months", 1, |i| {
        i.integer(1, MOST_MONTHS).map(|n| n as u32)
    });
    c.finish();
    Some(Layoffs {
        most: most?,
        notice,
    })
}

fn hiring(item: &Item<'_>, headcount: u32, frame: &Frame, serves: bool) -> Option<Hiring> {
    let what = "\"freeze\", \"require\", { requests = n }, { replace = share }, { track = [...] } or { require = {...} }";
    match &item.node.value {
        Value::String(s) if s == "freeze" => return Some(Hiring::Freeze),
        Value::String(s) if s == "require" => {
            return required_of_pool(item, serves).then(|| Hiring::Require(usual(headcount)));
        }
        Value::String(s) => {
            return item.expected_help(what, did_you_mean(s, ["freeze", "require"]));
        }
        _ => {}
    }
    let mut c = item.cursor(what)?;
    let kinds = ["requests", "replace", "track", "require"];
    if kinds.iter().filter(|k| c.has(k)).count() > 1 {
        item.expected::<()>("one of requests, replace, track and require");
        kinds.iter().for_each(|k| drop(c.take(k)));
        c.finish();
        return None;
    }
    let read = if c.has("replace") {
        c.read_opt("replace", Item::probability)
            .map(Hiring::Replace)
    } else if c.has("track") {
        c.read_opt("track", |i| track(i, headcount, frame))
            .map(Hiring::Track)
    } else if c.has("require") {
        c.read_opt("require", |i| {
            let rule = requirement(i, headcount)?;
            required_of_pool(i, serves).then_some(rule)
        })
        .map(Hiring::Require)
    } else {
        let list = |i: &Item<'_>| match i.node.value {
            Value::Array(_) => {
                let list = i.each(people)?;
                if list.is_empty() {
                    return i.expected("at least one number of people");
                }
                Some(list)
            }
            _ => people(i).map(|n| vec![n]),
        };
        c.require("requests", "the number of people asked for in a month")
            .and_then(|i| list(&i))
            .map(Hiring::Requests)
    };
    c.finish();
    read
}

/// Whether there is a pool from whose demand it is known how many people are required.
fn required_of_pool(item: &Item<'_>, serves: bool) -> bool {
    if !serves {
        let help = "write `group` with the name of this one in a [[pool]]".to_owned();
        item.problem(
            "expected a group that staffs a pool: its demand says how many people are required",
            Some(help),
        );
    }
    serves
}

fn usual(headcount: u32) -> Requirement {
    Requirement {
        service: None,
        occupancy: None,
        cover: Cover::Hours,
        error_cv: 0.0,
        most: headcount.saturating_mul(5).min(MOST_PEOPLE),
    }
}

fn requirement(item: &Item<'_>, headcount: u32) -> Option<Requirement> {
    let usual = usual(headcount);
    let mut c =
        item.cursor("a table such as { service_level = \"80% in 20 s\", occupancy = 0.85 }")?;
    let rule = Requirement {
        service: c.read_opt("service_level", Item::target),
        occupancy: c.read_opt("occupancy", Item::share_above_zero),
        cover: c.read("cover", usual.cover, |i| match &i.node.value {
            Value::String(s) if s == "hours" => Some(Cover::Hours),
            Value::String(s) if !s.contains('%') => {
                i.expected("\"hours\" or the share of the time in which there are enough agents")
            }
            _ => i.share_above_zero().map(Cover::Time),
        }),
        error_cv: c.read("forecast_error_cv", 0.0, |i| i.number(0.0, 10.0)),
        most: c.read("most", usual.most, people),
    };
    c.finish();
    Some(rule)
}

/// Targets by month of the horizon: straight lines through the dated points, from the headcount at the start; the last one holds on.
fn track(item: &Item<'_>, headcount: u32, frame: &Frame) -> Option<Vec<f64>> {
    let mut points: Vec<(Micros, f64)> = vec![(0, f64::from(headcount))];
    for entry in item.list("a list of { at = ..., headcount = ... }", 1000)? {
        let Some(mut c) = entry.cursor("a table with at and headcount") else {
            continue;
        };
        let at = c.require("at", "a date").and_then(|i| {
            let t = frame.inside(&i, i.moment()?)?;
            if points.last().is_some_and(|last| t < last.0) {
                return i.expected("a date after the one before");
            }
            Some(t)
        });
        let target = c
            .require("headcount", "a number of people")
            .and_then(|i| people(&i));
        c.finish();
        points.extend(at.zip(target.map(f64::from)));
    }
    let at = |t: Micros| {
        let next = points.partition_point(|p| p.0 <= t);
        let (t0, y0) = points[next.max(1) - 1];
        match points.get(next) {
            Some(&(t1, y1)) => y0 + (y1 - y0) * (t - t0) as f64 / (t1 - t0) as f64,
            None => y0,
        }
    };
    let starts = frame.calendar.month_starts(frame.horizon);
    Some(starts.into_iter().map(at).collect())
}
