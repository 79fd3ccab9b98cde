//! Who works which shift: `shifts.csv`, and a roster as a table and as a calendar.

use super::csv::table;
use crate::model::{Model, Roster, Template};
use crate::staff::{Confirmed, Decisions};
use crate::time::{MINUTE, Micros, weekdays_text};
use serde::{Deserialize, Serialize};
use std::io::{self, Write};

/// A shift on offer that somebody works.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ShiftRow {
    /// The pool.
    pub pool: String,
    /// The name of the shift.
    pub shift: String,
    /// Time of day at which it begins.
    pub start: String,
    /// Minutes from begin to end.
    pub minutes: f64,
    /// The weekdays on which it begins.
    pub days: String,
    /// Breaks: minutes from the begin, and how long; with `paid` after those that are.
    pub breaks: String,
    /// Who works it.
    pub people: u32,
}

/// A person on a day.
#[derive(Clone, Debug, Default, Serialize)]
struct DutyRow {
    pool: String,
    person: u32,
    date: String,
    start: String,
    end: String,
    breaks: String,
    shift: String,
    /// `works`, or `off`: planned absence.
    status: &'static str,
}

/// A shift of one person.
struct Duty<'a> {
    person: u32,
    template: &'a Template,
    begin: i64,
    end: Micros,
    off: bool,
}

fn clock(model: &Model, at: i64) -> String {
    let moment = model.calendar.civil(at.max(0) as Micros);
    moment.strftime("%H:%M").to_string()
}

fn breaks(t: &Template) -> String {
    let each = t.breaks.iter().map(|b| {
        let paid = if b.paid { " paid" } else { "" };
        format!("{}+{}{paid}", b.after / MINUTE, b.length / MINUTE)
    });
    each.collect::<Vec<_>>().join(" ")
}

/// The weekdays on which a shift begins, as a scenario writes them: `mon-fri`, `tue,sat`.
fn days(model: &Model, t: &Template) -> String {
    let begins = t.begins.iter().filter(|b| b.at >= 0);
    let works = begins.map(|b| model.calendar.local(b.at as Micros).weekday);
    weekdays_text(&works.collect::<Vec<_>>())
}

/// The shifts of a pool that somebody works in the plan that was found.
pub fn shifts(model: &Model, found: &Confirmed, pool: usize) -> Vec<ShiftRow> {
    let Some(roster) = found.decisions.roster(pool) else {
        return Vec::new();
    };
    let people = found.decisions.people(&found.staffed.plan, pool);
    let worked = roster.templates.iter().zip(people).filter(|(_, n)| *n > 0);
    let row = |(t, people): (&Template, u32)| ShiftRow {
        pool: model.pools[pool].name.clone(),
        shift: t.name.clone(),
        start: start(model, t),
        minutes: t.length as f64 / MINUTE as f64,
        days: days(model, t),
        breaks: breaks(t),
        people,
    };
    worked.map(row).collect()
}

/// The keys of a pool whose people work the shifts of the plan that was found, as a scenario has them.
pub fn shifts_keys(model: &Model, found: &Confirmed, pool: usize) -> String {
    let Some(roster) = found.decisions.roster(pool) else {
        return String::new();
    };
    let people = found.decisions.people(&found.staffed.plan, pool);
    let all: u32 = people.iter().sum();
    let mut text = format!("staff  = {all}\nshifts = [\n");
    let worked = roster.templates.iter().zip(people).filter(|(_, n)| *n > 0);
    let nobody = roster.templates.first().filter(|_| all == 0);
    for (t, n) in worked.chain(nobody.map(|t| (t, 1))) {
        let name = serde_json::Value::from(t.name.as_str());
        let share = f64::from(n) / f64::from(all.max(1));
        let breaks = t.breaks.iter().map(|b| {
            let paid = if b.paid { ", paid = true" } else { "" };
            let (after, length) = (duration(b.after), duration(b.length));
            format!("{{ after = \"{after}\", length = \"{length}\"{paid} }}")
        });
        let breaks = breaks.collect::<Vec<_>>().join(", ");
        text += &format!(
            "  {{ name = {name}, start = \"{}\", length = \"{}\", days = \"{}\", share = {share:?}, breaks = [{breaks}] }},    # {n}\n",
            start(model, t),
            duration(t.length),
            days(model, t),
        );
    }
    text + "]\n"
}

fn duration(length: Micros) -> String {
    match length.is_multiple_of(MINUTE) {
        true => format!("{} min", length / MINUTE),
        false => format!("{} ms", length / 1000),
    }
}

fn start(model: &Model, t: &Template) -> String {
    let first = t.begins.iter().find(|b| b.at >= 0);
    first.map_or_else(String::new, |b| clock(model, b.at))
}

/// Writes the shifts that somebody works, pool by pool.
///
/// # Errors
/// What the writer says.
pub fn shifts_table(model: &Model, found: &Confirmed, out: &mut dyn Write) -> io::Result<()> {
    let pools = found.decisions.pools.iter();
    let rows: Vec<ShiftRow> = pools.flat_map(|&p| shifts(model, found, p)).collect();
    table(&rows, out)
}

/// The shifts of all people of a pool within the horizon; people are numbered shift by shift. Who is off by planned absence goes round within
/// the people of a shift, as in the simulation.
fn duties<'a>(decisions: &'a Decisions, plan: &[u32], pool: usize, model: &Model) -> Vec<Duty<'a>> {
    let Some(roster): Option<&'a Roster> = decisions.roster(pool) else {
        return Vec::new();
    };
    let people = decisions.people(plan, pool);
    let mut duties = Vec::new();
    let mut before = 0;
    for (t, template) in roster.templates.iter().enumerate() {
        let n = people[t];
        let mut rota = 0;
        for (k, begin) in template.begins.iter().enumerate() {
            let Some((at, end)) = template.shift(k).filter(|_| n > 0) else {
                continue;
            };
            let off = n - roster.present(&people, t, begin.at);
            let within = at < model.horizon as i64 && end > 0;
            for i in (0..n).filter(|_| within) {
                duties.push(Duty {
                    person: before + i + 1,
                    template,
                    begin: at,
                    end,
                    off: (i + n - rota % n) % n < off,
                });
            }
            rota = (rota + off) % n;
        }
        before += n;
    }
    duties.sort_by_key(|d| (d.person, d.begin));
    duties
}

/// Writes who works when, person by person.
///
/// # Errors
/// What the writer says.
pub fn roster_table(model: &Model, found: &Confirmed, out: &mut dyn Write) -> io::Result<()> {
    let mut rows = Vec::new();
    for &pool in &found.decisions.pools {
        for d in duties(&found.decisions, &found.staffed.plan, pool, model) {
            let moment = model.calendar.civil(d.begin.max(0) as Micros);
            rows.push(DutyRow {
                pool: model.pools[pool].name.clone(),
                person: d.person,
                date: moment.date().to_string(),
                start: clock(model, d.begin),
                end: clock(model, d.end as i64),
                breaks: breaks(d.template),
                shift: d.template.name.clone(),
                status: if d.off { "off" } else { "works" },
            });
        }
    }
    table(&rows, out)
}

/// Writes the shifts of all people as an iCalendar (RFC 5545), times in UTC.
///
/// # Errors
/// What the writer says.
pub fn roster_calendar(model: &Model, found: &Confirmed, out: &mut dyn Write) -> io::Result<()> {
    let utc = model.calendar.in_zone("UTC").map_err(io::Error::other)?;
    let stamp = |at: i64| {
        let moment = utc.civil(at.max(0) as Micros);
        moment.strftime("%Y%m%dT%H%M%SZ").to_string()
    };
    let made = stamp(0);
    write!(
        out,
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//handover//roster//EN\r\n"
    )?;
    for &pool in &found.decisions.pools {
        let name = ical_text(&model.pools[pool].name);
        let all = duties(&found.decisions, &found.staffed.plan, pool, model);
        for d in all.iter().filter(|d| !d.off) {
            let (person, from, to) = (d.person, stamp(d.begin), stamp(d.end as i64));
            let lines = [
                "BEGIN:VEVENT".to_owned(),
                format!("UID:{pool}-{person}-{from}@handover"),
                format!("DTSTAMP:{made}"),
                format!("DTSTART:{from}"),
                format!("DTEND:{to}"),
                format!("SUMMARY:{name} {person}"),
                format!("DESCRIPTION:{}", ical_text(&d.template.name)),
                "END:VEVENT".to_owned(),
            ];
            lines.iter().try_for_each(|line| fold(line, out))?;
        }
    }
    write!(out, "END:VCALENDAR\r\n")
}

/// Text of an iCalendar: what has a meaning there is escaped.
fn ical_text(text: &str) -> String {
    let mut escaped = String::new();
    for c in text.chars() {
        match c {
            '\\' | ';' | ',' => escaped.extend(['\\', c]),
            '\n' => escaped.push_str("\\n"),
            c if c.is_control() => {}
            c => escaped.push(c),
        }
    }
    escaped
}

/// A line of at most 75 bytes, folded where it is longer.
fn fold(line: &str, out: &mut dyn Write) -> io::Result<()> {
    let mut width = 0;
    for c in line.chars() {
        if width + c.len_utf8() > 74 {
            out.write_all(b"\r\n ")?;
            width = 1;
        }
        write!(out, "{c}")?;
        width += c.len_utf8();
    }
    out.write_all(b"\r\n")
}
