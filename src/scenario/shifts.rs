//! Pools with shift templates: the keys `shifts`, `staff` and what goes with them.

use jiff::civil::Date;

use super::advice::not_a_duration;
use super::contracts;
use super::cursor::{Cursor, Item, Names};
use super::frame::{Frame, MONTHS, parse_clock, parse_days};
use super::patterns::civil_time;
use super::pools::{MOST_AGENTS, delivery};
use super::tree::Value;
use super::values::{in_words, parse_length};
use crate::dist::Distribution;
use crate::model::{
    Adherence, Begin, Break, Delivery, LEAST_GAP, MOST_SHIFT, Pauses, PoolPrice, Roster, Template,
};
use crate::time::{MINUTE, Micros, SECOND, StepFn};

/// Keys that mean nothing without `shifts`.
pub(super) const SHIFT_KEYS: [&str; 3] = ["staff", "absence_paid", "in_shift_shrinkage"];
/// Most templates of a pool, and breaks of a template.
const MOST_TEMPLATES: usize = 200;
const MOST_BREAKS: usize = 20;

/// Reads the people of a pool that has `shifts`.
pub(super) fn read(
    c: &mut Cursor<'_>,
    price: Option<&PoolPrice>,
    frame: &Frame,
    groups: &Names,
) -> Option<Roster> {
    for key in ["agents", "hours"] {
        c.forbid(
            key,
            "is no key of a pool with `shifts`, which say when people are there",
            None,
        );
    }
    let group = c.take("group").map(|i| {
        let name = i.string("the name of a group")?;
        groups.find(name, &i)
    });
    let staff = if group.is_some() {
        c.take("staff")
    } else {
        c.require("staff", "the number of people of the pool, or a `group`")
    };
    let staff_read = staff.map(|i| i.integer(0, MOST_AGENTS).map(|n| n as u32));
    let shifts = c.take("shifts")?;
    let templates = templates(&shifts, frame);
    let roster = Roster {
        staff: None,
        group: None,
        templates: Vec::new(),
        shrinkage: c.read("shrinkage", StepFn::constant(0.0), |i| shrinkage(i, frame)),
        absence: c.read("absence", 0.0, Item::probability),
        absence_paid: c.read("absence_paid", false, Item::boolean),
        delivery: c.read("delivery", Delivery::Fixed(1.0), delivery),
        pauses: c.read_opt("in_shift_shrinkage", pauses),
        adherence: c.read_opt("adherence", adherence),
        contract: None,
    };
    let contract = c.take("contract");
    contracts::early_exit(c, contract.is_some(), price);
    if group.is_none() && staff_read.is_none() {
        return None;
    }
    // Of what was written, all must be sound.
    let staff = staff_read.map_or(Some(None), |n| n.map(Some));
    let group = group.map_or(Some(None), |g| g.map(Some));
    let staff = staff?;
    let contract = match contract {
        Some(i) => {
            let people = f64::from(staff.unwrap_or(0));
            let shape = StepFn::constant(1.0);
            Some(contracts::read(&i, people, shape, price, frame)?)
        }
        None => None,
    };
    Some(Roster {
        staff,
        contract: contract.map(Box::new),
        group: group?,
        templates: templates?,
        ..roster
    })
}

fn templates(item: &Item<'_>, frame: &Frame) -> Option<Vec<Template>> {
    let entries = item.list("a list of shifts", MOST_TEMPLATES)?;
    if entries.is_empty() {
        return item.expected("at least one shift such as { start = \"08:00\", length = \"8 h\" }");
    }
    let alone = entries.len() == 1;
    let read: Vec<Option<Template>> = entries
        .iter()
        .enumerate()
        .map(|(i, entry)| template(entry, i, alone, frame))
        .collect();
    let mut templates: Vec<Template> = read.into_iter().collect::<Option<_>>()?;
    let sum: f64 = templates.iter().map(|t| t.share).sum();
    if (sum - 1.0).abs() > 1e-6 {
        let shown = (sum * 1e6).round() / 1e6;
        let message =
            format!("expected shares of all shifts that sum to 1, found a sum of {shown}");
        item.problem(message, None);
        return None;
    }
    templates.iter_mut().for_each(|t| t.share /= sum);
    for (i, t) in templates.iter().enumerate() {
        if templates[..i].iter().any(|other| other.name == t.name) {
            entries[i].problem(
                format!("expected each name once, found \"{}\" again", t.name),
                None,
            );
            return None;
        }
    }
    Some(templates)
}

fn template(item: &Item<'_>, index: usize, alone: bool, frame: &Frame) -> Option<Template> {
    let mut c = item.cursor("a shift such as { start = \"08:00\", length = \"8 h\" }")?;
    let name = c.read("name", format!("shift {}", index + 1), |i| {
        i.string("a text").map(str::to_owned)
    });
    let start = c
        .require("start", "a time of day such as \"08:00\"")
        .and_then(|i| clock(&i));
    let length = c
        .require("length", "a duration such as \"8 h 30 min\"")
        .and_then(|i| {
            let t = i.duration()?;
            if (MINUTE..=MOST_SHIFT).contains(&t) {
                Some(t)
            } else {
                i.expected("a duration between 1 min and 24 h")
            }
        });
    let days = c.take("days").map_or(Some((0..7).collect()), |i| days(&i));
    let share = if alone {
        c.read("share", 1.0, Item::share)
    } else {
        let share = c.require("share", "the share of the people who work the shift");
        share.and_then(|i| i.share()).unwrap_or(f64::NAN)
    };
    let breaks = c
        .take("breaks")
        .map_or(Some(Vec::new()), |i| breaks(&i, length));
    c.finish();
    let (start, length, days, breaks) = (start?, length?, days?, breaks?);
    let points = frame.days.len() as u64 * (breaks.len() as u64 + 1);
    if !item.reader.spend(points) {
        item.problem("expected fewer shifts in all, or a shorter horizon", None);
        return None;
    }
    (!share.is_nan()).then(|| Template {
        name,
        share,
        begins: begins(frame, start, length, &days),
        length,
        breaks,
    })
}

fn clock(item: &Item<'_>) -> Option<Micros> {
    let what = "a time of day such as \"08:00\"";
    let text = match &item.node.value {
        Value::Datetime(time) => {
            return item.expected_help(what, Some(format!("write it in quotes: \"{time}\"")));
        }
        _ => item.string(what)?,
    };
    match parse_clock(text).filter(|&s| s < 86_400) {
        Some(s) => Some(Micros::from(s) * SECOND),
        None => {
            let length = parse_length(text, false).ok();
            item.expected_help(what, length.and_then(|l| not_a_duration(l.seconds)))
        }
    }
}

fn days(item: &Item<'_>) -> Option<Vec<usize>> {
    let what = "weekdays such as \"mon-fri\" or \"sat,sun\"";
    match parse_days(&item.string(what)?.to_lowercase()) {
        Some(days) => Some(days),
        None => {
            let help = "write mon, tue, wed, thu, fri, sat, sun".to_owned();
            item.expected_help(what, Some(help))
        }
    }
}

/// Every shift that touches the time up to the end of the drain, the one under way at time 0 included.
fn begins(frame: &Frame, clock: Micros, length: Micros, days: &[usize]) -> Vec<Begin> {
    let (time, end) = (civil_time(clock), frame.end() as i64);
    let mut begins = Vec::new();
    let mut next = frame.calendar.start().yesterday().ok();
    let mut day = -1;
    while let Some(date) = next {
        let Some(at) = frame.calendar.offset(date.to_datetime(time)) else {
            break;
        };
        if at >= end {
            break;
        }
        let works = days.contains(&crate::time::weekday_index(date.weekday()));
        if works && at.saturating_add_unsigned(length) > 0 {
            begins.push(Begin { at, day });
        }
        next = date.tomorrow().ok();
        day += 1;
    }
    begins
}

fn breaks(item: &Item<'_>, length: Option<Micros>) -> Option<Vec<Break>> {
    let what = "a list such as [ { after = \"4 h\", length = \"30 min\" } ]";
    let mut free = 0;
    let mut breaks = Vec::new();
    let mut sound = true;
    for entry in item.list(what, MOST_BREAKS)? {
        let Some(mut c) = entry.cursor("a table with after and length") else {
            sound = false;
            continue;
        };
        let after = c
            .require("after", "the time from the begin of the shift")
            .and_then(|i| {
                let t = i.positive_duration()?;
                if t >= free {
                    Some(t)
                } else {
                    i.expected(&format!(
                        "a time after the end of the break before ({})",
                        in_words(free)
                    ))
                }
            });
        let lasts = c
            .require("length", "the length of the break")
            .and_then(|i| {
                let t = i.positive_duration()?;
                let end = after.unwrap_or(0).saturating_add(t);
                if length.is_none_or(|l| end <= l) {
                    Some(t)
                } else {
                    i.expected("a break that ends before the shift does")
                }
            });
        let paid = c.read("paid", false, Item::boolean);
        c.finish();
        match after.zip(lasts) {
            Some((after, length)) => {
                free = after + length;
                breaks.push(Break {
                    after,
                    length,
                    paid,
                });
            }
            None => sound = false,
        }
    }
    sound.then_some(breaks)
}

/// Planned absence: a share, twelve of them, or a table by month.
pub(super) fn shrinkage(item: &Item<'_>, frame: &Frame) -> Option<StepFn> {
    let by_month = |of: &dyn Fn(Date, usize) -> f64| {
        StepFn::new(frame.days.iter().map(|d| (d.from, of(d.date, d.month))))
    };
    match &item.node.value {
        Value::Array(_) => {
            let shares = item.each(Item::share)?;
            if shares.len() != MONTHS.len() {
                let found = shares.len();
                item.problem(
                    format!("expected 12 shares, one a month, found {found}"),
                    None,
                );
                return None;
            }
            Some(by_month(&|_, month| shares[month]))
        }
        Value::Table(_) => {
            let mut c = item.cursor("a table by month")?;
            let default = c.read("default", 0.0, Item::share);
            let mut year = [default; 12];
            for (share, name) in year.iter_mut().zip(MONTHS) {
                *share = c.read(name, *share, Item::share);
            }
            let mut dated: Vec<(i16, usize, f64)> = Vec::new();
            for (key, entry) in c.rest() {
                let Some((y, month)) = year_month(key) else {
                    if entry.is_no_source(key) {
                        continue;
                    }
                    let help = "the keys here are default, jan .. dec, and months such as 2025-07";
                    entry.problem("unknown key", Some(help.to_owned()));
                    continue;
                };
                dated.push((y, month, entry.share().unwrap_or(0.0)));
            }
            Some(by_month(&|date, month| {
                let found = dated.iter().find(|d| (d.0, d.1) == (date.year(), month));
                found.map_or(year[month], |d| d.2)
            }))
        }
        _ => item.share().map(StepFn::constant),
    }
}

/// `2025-07` as year and month, 0 = January.
fn year_month(key: &str) -> Option<(i16, usize)> {
    let date: Date = format!("{key}-01").parse().ok()?;
    (key.len() == 7).then(|| (date.year(), date.month() as usize - 1))
}

fn pauses(item: &Item<'_>) -> Option<Pauses> {
    let mut c = item.cursor("a table such as { share = 0.06, length = \"20 min\" }")?;
    let length = c
        .require("length", "a distribution of the length of a pause")
        .and_then(|i| i.positive_distribution());
    let (gap, share) = (c.take("mean_gap"), c.take("share"));
    let gap = match (&gap, &share) {
        (Some(i), None) => i.seconds().map(|s| (s, i)),
        (None, Some(i)) => {
            let share = i.number_in("a share above 0 and below 1", |x| x > 0.0 && x < 1.0);
            share
                .zip(length.as_ref())
                .map(|(s, law)| (law.mean() * (1.0 - s) / s, i))
        }
        _ => {
            let found = if gap.is_some() { "both" } else { "neither" };
            c.problem(
                format!("expected one of mean_gap, share, found {found}"),
                None,
            );
            None
        }
    };
    c.finish();
    let (gap, place) = gap?;
    if !(gap >= LEAST_GAP && gap.is_finite()) {
        return place.expected("pauses at least a minute apart in the mean");
    }
    length.map(|length| Pauses { gap, length })
}

/// `adherence`: a share, or with the length of a spell away.
pub(super) fn adherence(item: &Item<'_>) -> Option<Adherence> {
    let share = |i: &Item<'_>| {
        let share = i.share()?;
        if share == 0.0 {
            return i.expected("a share above 0");
        }
        Some(share)
    };
    let minutes = Distribution::Exponential { mean: 600.0 };
    let (share, away) = match &item.node.value {
        Value::Table(_) => {
            let mut c = item.cursor("a share, or a table such as { share = 0.92 }")?;
            let found = c.require(
                "share",
                "the share of the scheduled time that people are there",
            );
            let found = found.and_then(|i| share(&i));
            let away = c.read("away", minutes, Item::positive_distribution);
            c.finish();
            (found?, away)
        }
        _ => (share(item)?, minutes),
    };
    let read = Adherence { share, away };
    if !read.is_sound() {
        let message = "expected spells there and away of a minute or more in the mean";
        item.problem(message.to_owned(), None);
        return None;
    }
    Some(read)
}

#[cfg(test)]
mod tests {
    use crate::model::{Begin, Break, Roster, Supply};
    use crate::scenario::{InMemory, load};
    use crate::time::{DAY, HOUR, MINUTE};
    use std::path::Path;

    fn roster(head: &str, body: &str) -> Roster {
        let text = format!(
            "{head}\ndemand = {{ rate = '1 / h' }}\ntopic = [ {{ name = 'a', work = '1 min' }} ]\n\
             [[pool]]\nname = 'p'\nkind = 'employed'\nstaff = 9\n{body}"
        );
        let files = InMemory::new().with("a.toml", text);
        let model = load(Path::new("a.toml"), &[], &files).unwrap().model;
        match &model.pools[0].supply {
            Supply::Rostered(r) => r.clone(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn shifts_are_laid_out_by_the_clock_on_the_wall() {
        // Sunday 30 March 2025 has 23 hours; the shift of the Saturday evening is under way at its begin.
        let head = "start = 2025-03-30\ntime_zone = 'Europe/Stockholm'\nhorizon = '2 days'";
        let breaks = "[ { after = '2 h', length = '15 min', paid = true } ]";
        let body = format!(
            "shifts = [ {{ start = '22:00', length = '8 h', days = 'Sat-Mon', breaks = {breaks} }} ]"
        );
        let template = &roster(head, &body).templates[0];
        let hour = HOUR as i64;
        let at = |h: i64, day| Begin { at: h * hour, day };
        assert_eq!(template.begins[..3], [at(-2, -1), at(21, 0), at(45, 1)]);
        // A week later, still within the drain.
        let week = |h: i64, day| at(23 + 5 * 24 + h, day);
        assert_eq!(
            template.begins[3..],
            [week(22, 6), week(46, 7), week(70, 8)]
        );
        let (after, length) = (2 * HOUR, 15 * MINUTE);
        assert_eq!(
            template.breaks,
            [Break {
                after,
                length,
                paid: true
            }]
        );
    }

    #[test]
    fn shrinkage_goes_by_the_month() {
        let of = |shrinkage: &str| {
            let shift = "shifts = [ { start = '08:00', length = '8 h' } ]";
            let head = "start = 2025-05-31\nhorizon = '65 days'";
            let f = roster(head, &format!("{shift}\nshrinkage = {shrinkage}")).shrinkage;
            [0, DAY - 1, DAY, 31 * DAY, 62 * DAY].map(|t| f.at(t))
        };
        assert_eq!(of("0.2"), [0.2; 5]);
        assert_eq!(
            of("[0, 0, 0, 0, 0.5, 0.6, 0.7, 0.8, 0, 0, 0, 0]"),
            [0.5, 0.5, 0.6, 0.7, 0.8]
        );
        assert_eq!(
            of("{ default = '10%', jul = 0.3, 2025-07 = 0.35, 2025-08 = 0.4, 2026-06 = 0.9 }"),
            [0.1, 0.1, 0.1, 0.35, 0.4]
        );
    }
}
