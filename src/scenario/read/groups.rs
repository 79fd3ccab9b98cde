//! The sections `[[group]]`.

use crate::model::{Cover, Group, Hiring, MOST_PEOPLE, Ramp, Requirement};
use crate::scenario::text::{Cursor, FromItem, FromTable, Item, Value, did_you_mean};
use crate::scenario::values::{Frame, plain, plain_keys};
use crate::time::Micros;

/// Reads one group. `serves`: whether its people staff a pool; `planned`: whether any of them are planned there.
pub(super) fn read(
    mut c: Cursor<'_>,
    name: &str,
    frame: &Frame,
    (serves, planned): (bool, bool),
) -> Group {
    c.take("name");
    let headcount = c.read_needed("headcount", |i| {
        let what = "at least 1: the plans of its pools are for that number";
        i.if_fit(what, |&n| n > 0 || !planned)
    });
    let leaving: Leaving = c.get("attrition");
    let hiring = c.read_opt("hiring", |i| hiring(i, headcount, frame, serves));
    let refused = c.has("hiring") && hiring.is_none();
    let group = Group {
        name: name.to_owned(),
        headcount: headcount.unwrap_or(0),
        attrition: leaving.rate,
        leaves_daily: leaving.daily,
        tenure: c.read("tenure", Vec::new(), tenure),
        strain: c.read_opt("strain", plain),
        hiring: hiring.unwrap_or(Hiring::Freeze),
        lead: c.get("lead_months"),
        training: c.get("training_months"),
        training_attrition: c
            .opt("training_attrition")
            .map(|leaving: Leaving| leaving.rate),
        class: c.opt("class_size"),
        layoffs: None,
        ramp: c.opt("ramp"),
        pay: c.opt("pay"),
    };
    let follows = matches!(group.hiring, Hiring::Track(_) | Hiring::Require(_));
    if !follows && !refused && !c.at.reader.is_later() {
        let reason = "has no effect without a trajectory or a requirement to follow";
        let help = "write hiring = { track = [ { at = 2025-12-01, headcount = 2500 } ] }";
        c.forbid_help("layoffs", reason, Some(help));
    }
    let layoffs = c.take("layoffs").filter(|_| follows);
    let layoffs = layoffs.and_then(|i| plain(&i));
    c.finish();
    Group { layoffs, ..group }
}

/// How people leave.
#[derive(Clone, Copy)]
pub(super) struct Leaving {
    /// Per month: from the share of the people who leave in a year, or in a month, if nobody is hired.
    pub(super) rate: f64,
    /// On any day, rather than at the end of a month.
    daily: bool,
}

impl FromItem for Leaving {
    fn from_item(item: &Item<'_>) -> Option<Self> {
        let (rate, daily) = match item.node.value {
            Value::Table(_) => item.table(|c| {
                let may_say = c.keys.key("when").is_some();
                let daily = may_say && c.read("when", false, |i| Some(i.word()? == "any day"));
                Some((rate_in(c)?, daily))
            })?,
            _ => (rate(item, 12.0)?, false),
        };
        Some(Self { rate, daily })
    }
}

fn rate(item: &Item<'_>, months: f64) -> Option<f64> {
    let share = f64::from_item(item)?;
    Some(-libm::log1p(-share) / months)
}

fn rate_in(c: &mut Cursor<'_>) -> Option<f64> {
    match (c.take("yearly"), c.take("monthly")) {
        (Some(yearly), None) => rate(&yearly, 12.0),
        (Some(_), Some(_)) => c.not_one_of("monthly, yearly", true),
        (None, _) => rate(&c.require("monthly")?, 1.0),
    }
}

fn tenure(item: &Item<'_>) -> Option<Vec<(u32, f64)>> {
    let (bands, _) = item.tables(|c, _, before: &[(u32, f64)]| {
        let is_more = |n: &u32| before.last().is_none_or(|last| *n > last.0);
        let what = "more months than in the band before";
        let below = c.read_needed("below_months", |i| i.if_fit(what, is_more));
        below.zip(c.need("factor"))
    })?;
    Some(bands)
}

impl FromTable for Ramp {
    fn from_table(c: &mut Cursor<'_>) -> Option<Self> {
        if !c.has("handle_time") && !c.has("resolve") {
            c.at.problem("expected handle_time, resolve or both, found neither");
        }
        plain_keys(c)
    }
}

/// The policy of a group with so many people at the start; `None` where that number was refused.
fn hiring(item: &Item<'_>, headcount: Option<u32>, frame: &Frame, serves: bool) -> Option<Hiring> {
    match &item.node.value {
        Value::String(s) if s == "freeze" => return Some(Hiring::Freeze),
        Value::String(s) if s == "require" => {
            return required_of_pool(item, serves).then(|| Hiring::Require(usual(headcount)));
        }
        Value::String(s) => {
            let form = &item.reader.declared.table("hiring").form;
            return item.expected_help(form, did_you_mean(s, ["freeze", "require"]));
        }
        _ => {}
    }
    let list = |i: &Item<'_>| match i.node.value {
        Value::Array(_) => {
            let some = |list: &Vec<u32>| !list.is_empty();
            i.if_fit("at least one number of people", some)
        }
        _ => u32::from_item(i).map(|n| vec![n]),
    };
    item.table(|c| {
        let kinds = ["requests", "replace", "track", "require"];
        let given = kinds.iter().filter(|k| c.has(k)).count();
        let replace = c.opt("replace").map(Hiring::Replace);
        let track = c.read_opt("track", |i| track(i, headcount, frame));
        let require = c.read_opt("require", |i| {
            let rule = requirement(i, headcount)?;
            required_of_pool(i, serves).then_some(rule)
        });
        let requests = match given {
            0 => c.read_needed("requests", list),
            _ => c.read_opt("requests", list),
        };
        item.must(given <= 1, "one of requests, replace, track and require")?;
        let followed = track.map(Hiring::Track).or(require.map(Hiring::Require));
        replace.or(followed).or(requests.map(Hiring::Requests))
    })
}

/// Whether there is a pool from whose demand it is known how many people are required.
fn required_of_pool(item: &Item<'_>, serves: bool) -> bool {
    if !serves {
        let what = "a group that staffs a pool: its demand says how many people are required";
        let help = "write `group` with the name of this one in a [[pool]]";
        item.advise(format!("expected {what}"), help);
    }
    serves
}

fn usual(headcount: Option<u32>) -> Requirement {
    let people = headcount.unwrap_or(0);
    Requirement {
        service: None,
        occupancy: None,
        cover: Cover::Hours,
        error_cv: 0.0,
        most: people.saturating_mul(5).min(MOST_PEOPLE),
    }
}

fn requirement(item: &Item<'_>, headcount: Option<u32>) -> Option<Requirement> {
    let usual = usual(headcount);
    let cover = |i: &Item<'_>| match &i.node.value {
        Value::String(s) if s == "hours" => Some(Cover::Hours),
        Value::String(s) if !s.contains('%') => {
            i.expected("\"hours\" or the share of the time in which there are enough agents")
        }
        _ => f64::from_item(i).map(Cover::Time),
    };
    item.table(|c| {
        Some(Requirement {
            service: c.opt("service_level"),
            occupancy: c.opt("occupancy"),
            cover: c.read("cover", usual.cover, cover),
            error_cv: c.get("forecast_error_cv"),
            most: c.opt("most").unwrap_or(usual.most),
        })
    })
}

/// Targets by month of the horizon: straight lines through the dated points, from the headcount at the start; the last one holds on.
fn track(item: &Item<'_>, headcount: Option<u32>, frame: &Frame) -> Option<Vec<f64>> {
    let (points, _) = item.tables(|c, _, before: &[(Micros, u32)]| {
        let at = c.read_needed("at", |i| {
            let t = frame.inside(i, i.moment()?)?;
            let is_later = before.last().is_none_or(|last| t >= last.0);
            i.must(is_later, "a date after the one before").map(|()| t)
        });
        at.zip(c.need("headcount"))
    })?;
    let points: Vec<(Micros, f64)> = [(0, headcount.unwrap_or(0))]
        .into_iter()
        .chain(points)
        .map(|(t, n)| (t, f64::from(n)))
        .collect();
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
