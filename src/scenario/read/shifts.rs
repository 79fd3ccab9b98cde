//! Pools with shift templates: the keys `shifts`, `staff` and what goes with them.

use jiff::civil::Date;

use super::contracts;
use super::prices::Priced;
use crate::dist::Distribution;
use crate::model::{Adherence, Begin, Break, LEAST_GAP, MOST_SHIFT, Pauses, Roster, Template};
use crate::scenario::text::advice::{not_a_duration, time_of_day};
use crate::scenario::text::{Cursor, FromItem, FromTable, Item, Names, Value};
use crate::scenario::values::{
    Frame, MONTHS, civil_time, in_words, parse_clock, parse_days, parse_length,
};
use crate::time::{MINUTE, Micros, SECOND, StepFn};

/// Reads the people of a pool that has `shifts`.
pub(super) fn read(
    c: &mut Cursor<'_>,
    price: Priced<'_>,
    frame: &Frame,
    groups: &Names,
) -> Option<Roster> {
    let reason = "is no key of a pool with `shifts`, which say when people are there";
    c.forbid_all(["agents", "hours"], reason);
    let group = c.read_opt("group", |i| groups.one(i));
    let staff = match c.has("group") {
        true => c.opt("staff"),
        false => c.need("staff"),
    };
    let shifts = c.take("shifts")?;
    let templates = templates(&shifts, frame);
    let roster = Roster {
        staff,
        group,
        templates: Vec::new(),
        shrinkage: c.read("shrinkage", StepFn::constant(0.0), |i| shrinkage(i, frame)),
        absence: c.get("absence"),
        absence_paid: c.get("absence_paid"),
        delivery: c.get("delivery"),
        pauses: c.opt("in_shift_shrinkage"),
        adherence: c.opt("adherence"),
        contract: None,
    };
    let contract = contracts::take(c, price);
    // Of what was written, all must be sound.
    if staff.is_none() && (c.has("staff") || !c.has("group")) {
        return None;
    }
    let people = f64::from(staff.unwrap_or(0));
    let of_one = StepFn::constant(1.0);
    let contract = contract.map(|i| contracts::read(&i, people, of_one, price, frame));
    if c.has("group") && group.is_none() {
        return None;
    }
    Some(Roster {
        contract: contract.map_or(Some(None), |read| Some(Some(Box::new(read?))))?,
        templates: templates?,
        ..roster
    })
}

fn templates(item: &Item<'_>, frame: &Frame) -> Option<Vec<Template>> {
    let entries = item.list()?;
    if entries.is_empty() {
        return item.expected("at least one shift such as { start = \"08:00\", length = \"8 h\" }");
    }
    let alone = entries.len() == 1;
    let each = entries.iter().enumerate();
    let read: Vec<_> = each
        .map(|(i, entry)| template(entry, i, alone, frame))
        .collect();
    let mut templates: Vec<Template> = read.into_iter().collect::<Option<_>>()?;
    let sum: f64 = templates.iter().map(|t| t.share).sum();
    if !item.sums_to_one(sum, 1e6, "shares of all shifts") {
        return None;
    }
    templates.iter_mut().for_each(|t| t.share /= sum);
    for (i, t) in templates.iter().enumerate() {
        if templates[..i].iter().any(|other| other.name == t.name) {
            let name = &t.name;
            return entries[i].refuse(format!("expected each name once, found \"{name}\" again"));
        }
    }
    Some(templates)
}

fn template(item: &Item<'_>, index: usize, alone: bool, frame: &Frame) -> Option<Template> {
    item.table(|c| {
        let name = c.opt("name").unwrap_or(format!("shift {}", index + 1));
        let start = c.read_needed("start", clock);
        let length = c.read_needed("length", |i| {
            i.if_fit("a duration between 1 min and 24 h", |t| {
                (MINUTE..=MOST_SHIFT).contains(t)
            })
        });
        let days = c.take("days").map_or(Some((0..7).collect()), |i| days(&i));
        let share = match alone {
            true => c.get("share"),
            false => c.must("share"),
        };
        let breaks = c
            .take("breaks")
            .map_or(Some(Vec::new()), |i| breaks(&i, length));
        let (start, length, days, breaks) = (start?, length?, days?, breaks?);
        let points = frame.days.len() as u64 * (breaks.len() as u64 + 1);
        if !item.reader.spend(points) {
            return item.refuse("expected fewer shifts in all, or a shorter horizon");
        }
        let days = &days;
        let written = Written {
            start,
            length,
            days,
            breaks,
        };
        Some(written.template(name, share, frame))
    })
}

/// A shift as it is written.
pub(super) struct Written<'a> {
    /// Time of day at which it begins.
    pub(super) start: Micros,
    pub(super) length: Micros,
    /// The weekdays on which it begins.
    pub(super) days: &'a [usize],
    pub(super) breaks: Vec<Break>,
}

impl Written<'_> {
    /// The shift laid out over the horizon.
    pub(super) fn template(self, name: String, share: f64, frame: &Frame) -> Template {
        Template {
            name,
            share,
            begins: begins(frame, self.start, self.length, self.days),
            length: self.length,
            breaks: self.breaks,
        }
    }
}

pub(super) fn clock(item: &Item<'_>) -> Option<Micros> {
    let what = item.kind.words();
    let text = match &item.node.value {
        Value::Datetime(time) => {
            return item.expected_help(&what, Some(format!("write it in quotes: \"{time}\"")));
        }
        _ => item.string()?,
    };
    let seconds = parse_clock(text).filter(|&s| s < 86_400);
    let clock = seconds.map(|s| Micros::from(s) * SECOND);
    clock.or_else(|| {
        let length = parse_length(text, false).ok();
        let help = length.and_then(|l| not_a_duration(l.seconds));
        item.expected_help(&what, help.or_else(|| time_of_day(text)))
    })
}

pub(super) fn days(item: &Item<'_>) -> Option<Vec<usize>> {
    let help = || Some("write mon, tue, wed, thu, fri, sat, sun".to_owned());
    let days = parse_days(&item.string()?.to_lowercase());
    days.or_else(|| item.expected_help(&item.kind.words(), help()))
}

/// Every shift that touches the time up to the end of the drain, the one under way at time 0 included.
fn begins(frame: &Frame, clock: Micros, length: Micros, days: &[usize]) -> Vec<Begin> {
    let (time, end) = (civil_time(clock), frame.end() as i64);
    let mut begins = Vec::new();
    let mut next = frame.calendar.start().yesterday().ok();
    let mut day = -1;
    while let Some(date) = next {
        let at = frame.calendar.offset(date.to_datetime(time));
        let Some(at) = at.filter(|at| *at < end) else {
            break;
        };
        let works = days.contains(&crate::time::weekday_index(date.weekday()));
        if works && at.saturating_add_unsigned(length) > 0 {
            begins.push(Begin { at, day });
        }
        next = date.tomorrow().ok();
        day += 1;
    }
    begins
}

fn breaks(item: &Item<'_>, shift: Option<Micros>) -> Option<Vec<Break>> {
    let (breaks, sound) = item.tables(|c, _, before: &[Break]| {
        let free = before.last().map_or(0, |b| b.after + b.length);
        let after = c.read_needed("after", |i| {
            let end = in_words(free);
            let what = format!("a time after the end of the break before ({end})");
            i.if_fit(&what, |&t| t >= free)
        });
        let length = c.read_needed("length", |i| {
            let end = |t: &Micros| after.unwrap_or(0).saturating_add(*t);
            let within = |t: &Micros| shift.is_none_or(|shift| end(t) <= shift);
            i.if_fit("a break that ends before the shift does", within)
        });
        let paid = c.get("paid");
        Some(Break {
            after: after?,
            length: length?,
            paid,
        })
    })?;
    sound.then_some(breaks)
}

/// Planned absence: a share, twelve of them, or a table by month.
pub(super) fn shrinkage(item: &Item<'_>, frame: &Frame) -> Option<StepFn> {
    let by_month = |of: &dyn Fn(Date, usize) -> f64| {
        StepFn::new(
            frame
                .days
                .iter()
                .map(|d| (d.from, of(d.local.date, d.local.month))),
        )
    };
    match &item.node.value {
        Value::Array(_) => {
            let shares = item.each(f64::from_item)?;
            if shares.len() != MONTHS.len() {
                let found = shares.len();
                return item.refuse(format!("expected 12 shares, one a month, found {found}"));
            }
            Some(by_month(&|_, month| shares[month]))
        }
        Value::Table(_) => {
            let mut c = item.cursor()?;
            let default: f64 = c.get("default");
            let year = MONTHS.map(|month| c.opt(month).unwrap_or(default));
            let mut dated: Vec<(i16, usize, f64)> = Vec::new();
            for (key, entry) in c.rest() {
                let help = "the keys here are default, jan .. dec, and months such as 2025-07";
                match year_month(key) {
                    Some((y, m)) => dated.push((y, m, f64::from_item(&entry).unwrap_or(0.0))),
                    None if entry.is_no_source(key) => {}
                    None => entry.advise("unknown key", help),
                }
            }
            Some(by_month(&|date, month| {
                let found = dated.iter().find(|d| (d.0, d.1) == (date.year(), month));
                found.map_or(year[month], |d| d.2)
            }))
        }
        _ => f64::from_item(item).map(StepFn::constant),
    }
}

/// `2025-07` as year and month, 0 = January.
fn year_month(key: &str) -> Option<(i16, usize)> {
    let date: Date = format!("{key}-01").parse().ok()?;
    (key.len() == 7).then(|| (date.year(), date.month() as usize - 1))
}

impl FromTable for Pauses {
    fn from_table(c: &mut Cursor<'_>) -> Option<Self> {
        let length: Option<Distribution> = c.need("length");
        let (gap, place) = match (c.take("mean_gap"), c.take("share")) {
            (Some(i), None) => (f64::from_item(&i), i),
            (None, Some(i)) => {
                let share = f64::from_item(&i).zip(length.as_ref());
                (share.map(|(s, law)| law.mean() * (1.0 - s) / s), i)
            }
            (gap, _) => {
                return c.not_one_of("mean_gap, share", gap.is_some());
            }
        };
        let gap = gap?;
        let apart = gap >= LEAST_GAP && gap.is_finite();
        place.must(apart, "pauses at least a minute apart in the mean")?;
        length.map(|length| Self { gap, length })
    }
}

impl FromItem for Adherence {
    /// A share, or with the length of a spell away.
    fn from_item(item: &Item<'_>) -> Option<Self> {
        let minutes = Distribution::Exponential { mean: 600.0 };
        let (share, away) = match &item.node.value {
            Value::Table(_) => item.table(|c| {
                let share = c.must("share");
                Some((share, c.opt("away").unwrap_or(minutes)))
            })?,
            Value::Array(_) | Value::Boolean(_) | Value::Datetime(_) => {
                return item.expected(&item.reader.declared.table("adherence").form);
            }
            _ => (f64::from_item(item)?, minutes),
        };
        let read = Self { share, away };
        let message = "expected spells present and away of a minute or more in the mean";
        match read.is_sound() {
            true => Some(read),
            false => item.refuse(message),
        }
    }
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
