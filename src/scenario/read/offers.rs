//! `[[staff.shifts]]`: the shifts from which `handover staff` chooses.

use super::shifts::{self, Written};
use crate::model::{Break, MOST_SHIFT, Template};
use crate::scenario::text::{Cursor, FromItem, Item, Names, Value};
use crate::scenario::values::{Frame, in_words};
use crate::staff::Offer;
use crate::time::{MINUTE, Micros, weekdays_text};

/// Most shifts on offer for a pool.
const MOST_OFFERED: usize = 5_000;

/// Most values from one to another.
const MOST_STEPS: u64 = 288;

/// The shifts on offer, of each pool at most one list.
pub(super) fn read(item: &Item<'_>, frame: &Frame, pools: &Names) -> Option<Vec<Offer>> {
    let (offered, sound) = item.tables(|c, _, _| offer(c, frame, pools))?;
    let mut offers: Vec<Offer> = Vec::new();
    for offer in offered {
        match offers.iter_mut().find(|o| o.pool == offer.pool) {
            Some(same) => same.templates.extend(offer.templates),
            None => offers.push(offer),
        }
    }
    if offers.iter().any(|o| o.templates.len() > MOST_OFFERED) {
        let what = format!("expected at most {MOST_OFFERED} shifts on offer for a pool");
        return item.refuse(what);
    }
    sound.then_some(offers)
}

/// A shift for each start, length, run of days and time of the breaks that go together.
fn offer(c: &mut Cursor<'_>, frame: &Frame, pools: &Names) -> Option<Offer> {
    let pool = c.read_needed("pool", |i| pools.one(i));
    let starts = c.read_needed("start", starts);
    let lengths = c.read_needed("length", |i| {
        let fit = |t: &Micros| (MINUTE..=MOST_SHIFT).contains(t);
        one_or_several(i, |i| i.if_fit("a duration between 1 min and 24 h", fit))
    });
    let days = c
        .take("days")
        .map_or(Some((0..7).collect()), |i| shifts::days(&i));
    let days: Option<Vec<usize>> = days.map(|mut days: Vec<usize>| {
        days.sort_unstable();
        days.dedup();
        days
    });
    let most = days.as_ref().map_or(7, Vec::len) as u32;
    let work_days: Option<u32> = c.read_opt("work_days", |i| {
        let what = format!("no more than the {most} days on which the shifts may begin");
        i.if_fit(&what, |n| *n <= most)
    });
    let item = c.take("breaks");
    let breaks = item.as_ref().map_or(Some(vec![Vec::new()]), |i| {
        let (each, sound) = i.tables(|c, _, _| breaks(c))?;
        sound.then(|| together(&each))
    });
    let (pool, starts, lengths, days) = (pool?, starts?, lengths?, days?);
    let (breaks, runs) = (breaks?, runs(&days, work_days.unwrap_or(most) as usize));
    let mut templates = Vec::new();
    for (&start, &length) in starts
        .iter()
        .flat_map(|s| lengths.iter().map(move |l| (s, l)))
    {
        let fits = |b: &&Vec<Break>| b.last().is_none_or(|b| b.after + b.length <= length);
        for breaks in breaks.iter().filter(fits) {
            for days in &runs {
                let breaks = breaks.clone();
                let written = Written {
                    start,
                    length,
                    days,
                    breaks,
                };
                templates.push(named(written, frame));
                if templates.len() > MOST_OFFERED {
                    return Some(Offer { pool, templates });
                }
            }
        }
    }
    if templates.is_empty() {
        return item?.refuse("expected breaks in order that end before a shift does");
    }
    Some(Offer { pool, templates })
}

/// A shift with a name that says all of it.
fn named(written: Written<'_>, frame: &Frame) -> Template {
    let clock = |at: Micros| {
        let minutes = at / MINUTE % (24 * 60);
        format!("{:02}:{:02}", minutes / 60, minutes % 60)
    };
    let (from, to) = (written.start, written.start + written.length);
    let mut name = format!("{}-{}", clock(from), clock(to));
    if written.days.len() < 7 {
        name += &format!(" {}", weekdays_text(written.days));
    }
    for b in &written.breaks {
        name += &format!(", {} break {}", in_words(b.length), clock(from + b.after));
    }
    written.template(name, 0.0, frame)
}

/// The runs of so many of these weekdays one after the other, around the week.
fn runs(days: &[usize], length: usize) -> Vec<Vec<usize>> {
    let from = |first: usize| {
        let mut run: Vec<usize> = (0..length)
            .map(|k| days[(first + k) % days.len()])
            .collect();
        run.sort_unstable();
        run
    };
    let several = if length == days.len() { 1 } else { days.len() };
    (0..several).map(from).collect()
}

/// The times at which a break may be, with its length and whether it is paid.
fn breaks(c: &mut Cursor<'_>) -> Option<Vec<Break>> {
    let after = c.read_needed("after", lengths);
    let length = c.need("length");
    let paid = c.get("paid");
    let (after, length) = (after?, length?);
    Some(
        after
            .into_iter()
            .map(|after| Break {
                after,
                length,
                paid,
            })
            .collect(),
    )
}

/// Each break at one of its times, in order and without overlap.
fn together(each: &[Vec<Break>]) -> Vec<Vec<Break>> {
    let mut all: Vec<Vec<Break>> = vec![Vec::new()];
    for times in each {
        let mut more = Vec::new();
        for (before, &next) in all.iter().flat_map(|b| times.iter().map(move |t| (b, t))) {
            let free = before.last().map_or(0, |b| b.after + b.length);
            if next.after >= free && more.len() <= MOST_OFFERED {
                more.push([before.as_slice(), &[next]].concat());
            }
        }
        all = more;
    }
    all
}

fn starts(item: &Item<'_>) -> Option<Vec<Micros>> {
    one_or_several(item, shifts::clock)
}

fn lengths(item: &Item<'_>) -> Option<Vec<Micros>> {
    one_or_several(item, Micros::from_item)
}

/// One value, those of a list, or those from one to another in steps.
fn one_or_several(
    item: &Item<'_>,
    read: impl Fn(&Item<'_>) -> Option<Micros>,
) -> Option<Vec<Micros>> {
    match &item.node.value {
        Value::Array(_) => item.each(read),
        Value::Table(_) => item.table(|c| {
            let from = c.read_needed("from", &read);
            let to = c.read_needed("to", &read);
            let every: Micros = c.get("every");
            let (from, to) = (from?, to?);
            if from > to {
                return item.refuse("`from` is later than `to`");
            }
            if (to - from) / every.max(1) >= MOST_STEPS {
                return item.refuse(format!(
                    "expected at most {MOST_STEPS} values from `from` to `to`"
                ));
            }
            Some((from..=to).step_by(every.max(1) as usize).collect())
        }),
        // The first of what may stand instead of the table is one value.
        _ => Some(vec![read(&item.of_kind(item.kinds().get(1)?))?]),
    }
}
