//! What a check shows.

use super::Layout;
use super::duty::{duty, months};
use super::grid::TextTable;
use super::lines::{all_filled, filled, not_shown};
use crate::model::{MOST_REQUIRED, Market, Model};
use crate::report::effort::sentences;
use crate::report::load::{Check, Growing, PoolLoad, TopicLoad, check};
use crate::report::quantity::{Shown, amount, count, duration, length, per_cent};
use crate::report::words::{counted, listed};
use crate::results::WEEKDAYS;
use crate::scenario::Scenario;
use crate::text::distinct;
use crate::time::Micros;

/// A scenario that is sound, in words and tables.
pub fn check_text(file: &str, scenario: &Scenario, threads: usize, layout: Layout) -> String {
    let (model, plan) = (&scenario.model, scenario.plan);
    let check = check(model);
    let (start, zone) = (model.calendar.start(), model.calendar.zone());
    let replications = counted(count(plan.replications.into()), "replication");
    let (horizon, seed) = (length(&model.calendar, 0, model.horizon), plan.seed);
    let text = format!("{horizon} from {start} ({zone}), {replications}, seed {seed}");
    let mut lines = vec![scenario.name.clone(), text];
    if model.warmup > 0 {
        let warmup = length(&model.calendar, 0, model.warmup);
        lines.push(format!(
            "As in a run, the first {warmup} are not counted in what follows."
        ));
    }
    lines.extend(duty(model));
    lines.extend(model.dated_changes().map(|change| {
        let note = match change.note.as_str() {
            "" => "a change",
            note => note,
        };
        format!("From {}: {note}", date(model, change.at))
    }));
    let mut out = format!("{file}: no problems found\n") + &all_filled(lines, layout);
    if !model.topics.is_empty() {
        out += &demand(model, &check, layout);
    }
    if let Some(table) = months(model, layout) {
        out = out + "\n" + &table;
    }
    out.push('\n');
    out + &all_filled(sentences(model, plan, threads, &check.effort), layout)
}

/// `2025-06-02`, or with its time of day.
fn date(model: &Model, at: Micros) -> String {
    let label = model.calendar.label(at);
    let shown = label.strip_suffix("T00:00").unwrap_or(&label);
    shown.replace('T', " ")
}

/// What customers bring, and who is there for them.
fn demand(model: &Model, check: &Check, layout: Layout) -> String {
    let total = |f: fn(&TopicLoad) -> f64| check.topics.iter().map(f).sum::<f64>();
    let contacts = total(|t| t.contacts_per_day);
    let mut text = format!(
        "{} new cases a day; about {} contacts a day with returns",
        amount(total(|t| t.cases_per_day)),
        amount(contacts)
    );
    if contacts > 0.0 {
        let share = per_cent(total(|t| t.human_per_day) / contacts);
        text += &format!(", {share} of them for people");
    }
    let topics = customers("topic", &check.topics);
    let mut out = filled(&text, layout) + "\n" + &topics.render(layout).0 + "\n";
    if model.markets.any() {
        out = out + &markets(check, model).render(layout).0 + "\n";
    }
    if check.pools.is_empty() {
        return out + "There are no pools: nobody answers.\n";
    }
    let (text, dropped) = pools(check, model).render(layout);
    out = out + &text + &not_shown(&dropped, layout);
    let notes = [Some(NOTE.to_owned()), accuracy(check), not_known(check)].into_iter();
    let notes = notes.flatten().chain(cautions(model, check));
    out + &all_filled(notes, layout)
}

const NOTE: &str = "\
Means over the counted time, closed hours included, as in a run if everybody is answered at once. In hand: contacts with agents, the load \
in erlangs. Required: the fewest agents with whom every topic meets its target, whoever is on duty; 0 while the pool is closed. FTE \
required: their hours over the productive hours of [fte]. Each contact counts in the first pool of its route that is open.";

/// Why the numbers of required agents are not exact, each reason once.
fn accuracy(check: &Check) -> Option<String> {
    let of = |reason: &&str| {
        let pools = check.pools.iter().filter(|p| p.reasons.contains(reason));
        let names: Vec<String> = pools.map(|p| format!("{:?}", p.name)).collect();
        match names.len() == check.pools.len() {
            true => (*reason).to_owned(),
            false => format!("in {}, {reason}", names.join(", ")),
        }
    };
    let reasons = distinct(check.pools.iter().flat_map(|p| &p.reasons));
    let told: Vec<String> = reasons.into_iter().map(of).collect();
    (!told.is_empty()).then(|| format!("Required is not exact: {}.", told.join("; ")))
}

/// The pools whose required agents are not shown.
fn not_known(check: &Check) -> Option<String> {
    let pools = check.pools.iter().filter(|p| p.agents_required.is_none());
    let names: Vec<String> = pools.map(|p| format!("{:?}", p.name)).collect();
    (!names.is_empty()).then(|| {
        format!(
            "Required is not known in {}: at some time up to {} agents do not reach every target and keep to the occupancy, or \
             customers have a patience of 0, for which there is no formula.",
            names.join(", "),
            amount(f64::from(MOST_REQUIRED))
        )
    })
}

/// What is likely to go wrong.
fn cautions(model: &Model, check: &Check) -> Vec<String> {
    let growing = check.growing.iter().map(|g| grows(model, g));
    let told = |p: &&PoolLoad| check.growing.iter().any(|g| g.pools.contains(&p.name));
    let pools = check.pools.iter().filter(|p| !told(p));
    let closed = check.closed.sentence().into_iter();
    closed
        .chain(growing)
        .chain(pools.filter_map(overload))
        .collect()
}

/// A queue that is the longer the longer the scenario is.
fn grows(model: &Model, g: &Growing) -> String {
    let names = listed("", g.pools.iter().map(|p| format!("{p:?}")), "");
    let ratio = per_cent(g.ratio);
    let share = match g.ratio.is_finite() {
        true => format!("is {ratio} of what its agents can carry"),
        false => "finds no agents".to_owned(),
    };
    let (from, to) = (date(model, g.span.0), date(model, g.span.1));
    let the = match g.span == (model.warmup, model.horizon) {
        true => "The".to_owned(),
        false => format!("From {from} to {to} the"),
    };
    format!(
        "{the} load of {} {share}, and customers without `patience` wait as long as it takes: the queue grows by about {} contacts a \
         day, and waits depend on how long the scenario is.",
        names,
        amount(g.contacts_per_day)
    )
}

fn overload(p: &PoolLoad) -> Option<String> {
    let (name, contacts) = (&p.name, amount(p.contacts_per_day));
    let rest = match p.overflows {
        true => "the rest goes to the other pools of its routes, or leaves",
        false => "who cannot wait will leave",
    };
    match p.utilisation() {
        None if p.contacts_per_day > 0.0 => Some(format!(
            "Nobody is ever scheduled in {name:?}, but {contacts} contacts a day are for it."
        )),
        Some(x) if x > 1.0 => {
            let share = per_cent(x);
            Some(format!(
                "The load of {name:?} is {share} of what its agents can carry: {rest}."
            ))
        }
        _ => None,
    }
}

/// What customers bring.
fn customers(heading: &str, loads: &[TopicLoad]) -> TextTable {
    let names = loads.iter().map(|t| &t.name);
    TextTable::new(heading, names)
        .column("new cases\na day", 0, loads, |t| {
            Shown::amount(t.cases_per_day)
        })
        .column("contacts\na day", 1, loads, |t| {
            Shown::amount(t.contacts_per_day)
        })
        .column("for people\na day", 2, loads, |t| {
            Shown::amount(t.human_per_day)
        })
}

fn markets(check: &Check, model: &Model) -> TextTable {
    let list = &model.markets.list;
    let language = |m: &Market| m.language.clone().map_or_else(Shown::dash, Shown::plain);
    customers("market", &check.markets)
        .column("language", 3, list, language)
        .column("local time", 4, list, |m| Shown::plain(m.zone.clone()))
        .without_empty()
}

fn pools(check: &Check, model: &Model) -> TextTable {
    let pools = &check.pools;
    let per_cent = |x: Option<f64>| match x {
        None => Shown::dash(),
        Some(x) if x > 0.0 && x < 1e-3 => Shown::plain("< 0.1 %".into()),
        Some(x) => Shown::plain(per_cent(x)),
    };
    // Dashes everywhere where nobody has several at once: no column.
    let several = pools.iter().any(|p| p.concurrency > 1);
    let at_once = |p: &PoolLoad| Shown::amount(several.then_some(p.concurrency.into()));
    let handle = |p: &PoolLoad| p.handle_time.map(duration);
    let at_peak = |p: &PoolLoad| p.peak?.agents_required.map(f64::from);
    let peak = |p: &PoolLoad| p.peak.map_or_else(Shown::dash, |x| moment(model, x.at));
    let load = |p: &PoolLoad| Shown::amount(p.contacts_per_day);
    TextTable::new("pool", pools.iter().map(|p| &p.name))
        .column("contacts\na day", 0, pools, load)
        .column("handle", 9, pools, |p| {
            handle(p).map_or_else(Shown::dash, Shown::plain)
        })
        .column("in hand", 1, pools, |p| Shown::amount(p.contacts_in_hand))
        .column("agents", 2, pools, |p| Shown::amount(p.agents_on_duty))
        .column("chats at\nonce", 10, pools, at_once)
        .column("required", 3, pools, |p| Shown::amount(p.agents_required))
        .column("utilised", 6, pools, |p| per_cent(p.utilisation()))
        .column("FTE\nrequired", 7, pools, |p| Shown::amount(p.fte_required))
        .column("at peak\nrequired", 4, pools, |p| Shown::amount(at_peak(p)))
        .column("at peak\nagents", 5, pools, |p| {
            Shown::amount(p.peak.map(|x| x.agents_on_duty))
        })
        .column("peak at", 8, pools, peak)
        .without_empty()
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
