//! What a check shows.

use super::Layout;
use super::duty::{duty, months};
use super::grid::{Column, Grid, filled, not_shown};
use super::load::{Check, PoolLoad, TopicLoad};
use super::quantity::{Kind, Shown, amount, count, duration, value};
use super::staff::duty_json;
use crate::experiment::Plan;
use crate::model::{Market, Model};
use crate::time::{Micros, to_seconds};
use serde_json::{Value, json};

const WEEKDAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

/// A scenario that is sound, in words and two tables.
pub fn check_text(
    file: &str,
    name: &str,
    model: &Model,
    plan: Plan,
    threads: usize,
    check: &Check,
    layout: Layout,
) -> String {
    let mut out = format!("{file}: no problems found\n");
    let horizon = duration(to_seconds(model.horizon));
    let (start, zone) = (model.calendar.start(), model.calendar.zone());
    out += &filled(name, layout);
    out += &filled(
        &format!(
            "{horizon} from {start} ({zone}), {} replications, seed {}",
            plan.replications, plan.seed
        ),
        layout,
    );
    out += &duty(model, layout);
    for change in model.dated_changes() {
        let date = model.calendar.label(change.at);
        let date = date.strip_suffix("T00:00").unwrap_or(&date);
        let note = match change.note.as_str() {
            "" => "a change",
            note => note,
        };
        out += &filled(&format!("From {date}: {note}"), layout);
    }
    if !model.topics.is_empty() {
        out += &demand(model, check, layout);
    }
    if let Some(table) = months(model, layout) {
        out.push('\n');
        out += &table;
    }
    let seconds = check.run_seconds(plan.replications, threads);
    let time = if seconds < 1.0 {
        "less than a second".into()
    } else {
        duration(seconds)
    };
    let threads = match threads {
        1 => "1 thread".into(),
        n => format!("{n} threads"),
    };
    let contacts = count(check.contacts.round() as u64);
    out.push('\n');
    out += &filled(
        &format!(
            "A run takes roughly {time}: {} replications of about {contacts} contacts, on {threads}.",
            plan.replications
        ),
        layout,
    );
    out
}

/// What customers bring, and who is there for them.
fn demand(model: &Model, check: &Check, layout: Layout) -> String {
    let total = |f: fn(&TopicLoad) -> f64| check.topics.iter().map(f).sum::<f64>();
    let (cases, contacts, human) = (
        total(|t| t.cases_per_day),
        total(|t| t.contacts_per_day),
        total(|t| t.human_per_day),
    );
    let mut text = format!(
        "{} new cases a day; about {} contacts a day with returns",
        amount(cases),
        amount(contacts)
    );
    if contacts > 0.0 {
        let share = value(human / contacts, Kind::Fraction);
        text += &format!(", {share} of them for people");
    }
    let mut out = filled(&text, layout) + "\n";
    out += &customers("topic", &check.topics, Vec::new())
        .render(layout)
        .0;
    out.push('\n');
    if model.markets.any() {
        out += &markets(check, model).render(layout).0;
        out.push('\n');
    }
    if check.pools.is_empty() {
        out += "There are no pools: nobody answers.\n";
    } else {
        let (text, dropped) = pools(check, model).render(layout);
        out += &text;
        out += &not_shown(&dropped, layout);
        out += &filled(NOTE, layout);
        if check.pools.len() > 1 {
            let (load, room) = (amount(check.load), amount(check.room));
            out += &filled(
                &format!(
                    "All pools together: {load} erlangs, and agents who can hold {room} contacts at once."
                ),
                layout,
            );
        }
        for p in check.pools.iter().filter(|p| p.load > 0.0) {
            out += &filled(&advice(p), layout);
        }
    }
    out
}

const NOTE: &str = "\
Load: as if everybody were answered at once by the first step of the route that has anybody there, returns counted at the \
time of their case; \
means are over the time in which the pool is open. The formula (Erlang A at the mean load) knows one pool alone: it \
ignores routing and every variation of demand and staff over time, which the simulation does not.";

fn advice(p: &PoolLoad) -> String {
    let capacity = p.agents * f64::from(p.concurrency);
    if capacity == 0.0 {
        format!(
            "Nobody is ever scheduled in {:?}, but {} contacts a day are for it.",
            p.name,
            amount(p.contacts_per_day)
        )
    } else if p.load > capacity {
        let share = value(p.load / capacity, Kind::Fraction);
        let rest = if p.overflows {
            "the rest goes to the other pools of its routes, or leaves."
        } else {
            "who cannot wait will leave."
        };
        format!(
            "The load of {:?} is {share} of what its agents can carry: {rest}",
            p.name
        )
    } else {
        String::new()
    }
}

/// What customers bring, with more columns of text.
fn customers(heading: &str, loads: &[TopicLoad], more: Vec<Column>) -> Grid {
    let plain = |heading, rank, f: fn(&TopicLoad) -> f64| {
        let cells = loads.iter().map(|t| text(amount(f(t)))).collect();
        Column::new(heading, rank, cells)
    };
    let mut columns = vec![
        plain("new cases\na day", 0, |t| t.cases_per_day),
        plain("contacts\na day", 1, |t| t.contacts_per_day),
        plain("for people\na day", 2, |t| t.human_per_day),
    ];
    columns.extend(more);
    Grid {
        heading: heading.into(),
        names: loads.iter().map(|t| t.name.clone()).collect(),
        columns,
    }
}

fn markets(check: &Check, model: &Model) -> Grid {
    let list = &model.markets.list;
    let zones = list.iter().map(|m| text(m.zone.clone())).collect();
    let language = |m: &Market| m.language.clone().map_or_else(Shown::dash, text);
    let more = vec![
        Column::new("language", 3, list.iter().map(language).collect()),
        Column::new("local time", 4, zones),
    ];
    customers("market", &check.markets, more).without_empty()
}

fn pools(check: &Check, model: &Model) -> Grid {
    let column = |heading, rank, f: &dyn Fn(&PoolLoad) -> Shown| {
        Column::new(heading, rank, check.pools.iter().map(f).collect())
    };
    let per_cent = |x: Option<f64>| match x {
        None => Shown::dash(),
        Some(x) if x > 0.0 && x < 1e-3 => text("< 0.1 %".into()),
        Some(x) => text(value(x, Kind::Fraction)),
    };
    let slots = check.pools.iter().any(|p| p.concurrency > 1);
    let mut columns = vec![
        column("time per\ncontact", 8, &|p| {
            p.service_time
                .map_or_else(Shown::dash, |s| text(duration(s)))
        }),
        column("load\nerlangs", 0, &|p| text(amount(p.load))),
        column("agents", 1, &|p| text(amount(p.agents))),
    ];
    if slots {
        columns.push(column("contacts\nat once", 9, &|p| {
            text(p.concurrency.to_string())
        }));
    }
    columns.extend([
        column("at peak\nerlangs", 2, &|p| {
            p.peak
                .map_or_else(Shown::dash, |(_, load, _)| text(amount(load)))
        }),
        column("at peak\nagents", 3, &|p| {
            p.peak.map_or_else(Shown::dash, |(_, _, n)| text(amount(n)))
        }),
        column("peak at", 7, &|p| {
            p.peak
                .map_or_else(Shown::dash, |(t, _, _)| moment(model, t))
        }),
        column("formula:\ndelayed", 6, &|p| {
            per_cent(p.formula.map(|f| f.delay))
        }),
        column("formula:\nin time", 4, &|p| {
            per_cent(p.formula.map(|f| f.service_level))
        }),
        column("formula:\nabandon", 5, &|p| {
            per_cent(p.formula.map(|f| f.abandonment))
        }),
    ]);
    Grid {
        heading: "pool".into(),
        names: check.pools.iter().map(|p| p.name.clone()).collect(),
        columns,
    }
    .without_empty()
}

fn text(value: String) -> Shown {
    Shown {
        value,
        spread: None,
    }
}

/// `Mon 10:30`, and the date below.
fn moment(model: &Model, t: Micros) -> Shown {
    let label = model.calendar.label(t);
    let (date, time) = label.split_once('T').unwrap_or((&label, ""));
    let day = WEEKDAYS[model.calendar.local(t).weekday];
    Shown {
        value: format!("{day} {time}"),
        spread: Some(date.to_owned()),
    }
}

/// The same for machines.
pub fn check_json(
    file: &str,
    id: &str,
    name: &str,
    model: &Model,
    plan: Plan,
    threads: usize,
    check: &Check,
) -> Value {
    let customers = |t: &TopicLoad| {
        json!({
            "name": t.name,
            "cases_per_day": t.cases_per_day,
            "contacts_per_day": t.contacts_per_day,
            "human_contacts_per_day": t.human_per_day,
        })
    };
    let topics: Vec<Value> = check.topics.iter().map(customers).collect();
    let markets: Vec<Value> = check.markets.iter().map(customers).collect();
    let pools: Vec<Value> = check
        .pools
        .iter()
        .map(|p| {
            let peak = p.peak.map(|(t, load, agents)| {
                json!({ "start": model.calendar.label(t), "load_erlangs": load, "agents": agents })
            });
            let formula = p.formula.map(|f| {
                json!({ "delay_probability": f.delay, "sl_net": f.service_level, "abandonment_rate": f.abandonment })
            });
            json!({
                "name": p.name,
                "contacts_per_day": p.contacts_per_day,
                "service_time_seconds": p.service_time,
                "load_erlangs": p.load,
                "agents": p.agents,
                "concurrency": p.concurrency,
                "peak": peak,
                "erlang_a": formula,
            })
        })
        .collect();
    let mut document = json!({
        "file": file,
        "id": id,
        "name": name,
        "horizon_seconds": to_seconds(model.horizon),
        "replications": plan.replications,
        "seed": plan.seed,
        "contacts_per_replication": check.contacts,
        "load_erlangs": check.load,
        "contacts_at_once": check.room,
        "run_seconds": check.run_seconds(plan.replications, threads),
        "topics": topics,
        "pools": pools,
        "duty": duty_json(model),
    });
    if model.markets.any() {
        document["markets"] = Value::from(markets);
    }
    document
}
