//! The contact log of a replication: a row for each leg of its contacts.

use super::csv::CsvRows;
use super::number::MEASURE_DIGITS;
use crate::measure::ContactLeg;
use crate::model::Model;
use crate::time::Micros;
use std::io::{self, Write};

/// Plays a replication and hands on each leg, in their order.
pub type Legs<'f> = dyn FnMut(&mut dyn FnMut(&ContactLeg)) + 'f;

/// Writes the contact log of a replication of a model.
pub type ContactExport = fn(&Model, &mut Legs<'_>, &mut dyn Write) -> io::Result<()>;

/// A field of a row; what is not known, or does not exist, is empty.
pub(super) enum Field<'m> {
    Whole(Option<u64>),
    Seconds(Option<f64>),
    Text(Option<&'m str>),
    /// A moment, as the clock of the scenario shows it.
    Moment(Option<Micros>),
    Flag(Option<bool>),
}

/// What a column has of a leg.
pub(super) type FieldOf = for<'m> fn(&'m Model, &ContactLeg) -> Field<'m>;

/// The columns: names and fields.
pub(super) const COLUMNS: [(&str, FieldOf); 25] = [
    ("contact", |_, l| Field::Whole(Some(l.contact))),
    ("customer", |_, l| Field::Whole(Some(l.customer))),
    ("attempt", |_, l| Field::Whole(Some(l.attempt.into()))),
    ("leg", |_, l| Field::Whole(Some(l.leg.into()))),
    ("topic", |m, l| Field::Text(topic(m, l))),
    ("market", |m, l| Field::Text(market(m, l))),
    ("priority", |_, l| Field::Whole(l.priority.map(u64::from))),
    ("arrival", |_, l| Field::Moment(Some(l.arrival))),
    ("assistant", |_, l| Field::Text(l.assistant)),
    ("assistant_from", |_, l| {
        Field::Moment(l.session.map(|s| s.0))
    }),
    ("assistant_to", |_, l| Field::Moment(l.session.map(|s| s.1))),
    ("queue_entry", |_, l| Field::Moment(l.queue_entry)),
    ("answer", |_, l| Field::Moment(l.answer)),
    ("end", |_, l| Field::Moment(Some(l.end))),
    ("work_end", |_, l| Field::Moment(l.work_end)),
    ("pool", |m, l| Field::Text(pool(m, l))),
    ("agent", |_, l| {
        Field::Whole(l.agent.map(|(_, a)| u64::from(a) + 1))
    }),
    ("outcome", |_, l| Field::Text(Some(l.outcome.key()))),
    ("resolved", |_, l| Field::Flag(l.outcome.is_resolved())),
    ("callback", |_, l| Field::Flag(Some(l.callback))),
    ("satisfied", |_, l| Field::Flag(l.satisfied)),
    ("comes_back", |_, l| Field::Moment(l.comes_back)),
    ("wait", |_, l| Field::Seconds(l.wait())),
    ("wrap_up", |_, l| Field::Seconds(l.wrap_up())),
    ("handle", |_, l| Field::Seconds(l.handle)),
];

fn topic<'m>(model: &'m Model, leg: &ContactLeg) -> Option<&'m str> {
    let markets = &model.markets;
    match markets.of.get(leg.topic) {
        Some(&(topic, _)) => markets.topics.get(topic).map(String::as_str),
        None => model.topics.get(leg.topic).map(|t| t.name.as_str()),
    }
}

fn market<'m>(model: &'m Model, leg: &ContactLeg) -> Option<&'m str> {
    let &(_, market) = model.markets.of.get(leg.topic)?;
    model.markets.list.get(market).map(|m| m.name.as_str())
}

fn pool<'m>(model: &'m Model, leg: &ContactLeg) -> Option<&'m str> {
    let (pool, _) = leg.agent?;
    model.pools.get(pool).map(|p| p.name.as_str())
}

/// The contact log as CSV.
///
/// # Errors
/// What `out` refuses.
pub fn contacts_csv(model: &Model, legs: &mut Legs<'_>, out: &mut dyn Write) -> io::Result<()> {
    let mut rows = CsvRows::new(out, COLUMNS.map(|c| c.0))?;
    let mut done = Ok(());
    legs(&mut |leg| {
        if done.is_ok() {
            done = put(&mut rows, model, leg);
        }
    });
    done?;
    rows.flush()
}

fn put(rows: &mut CsvRows<'_>, model: &Model, leg: &ContactLeg) -> io::Result<()> {
    for (_, field) in &COLUMNS {
        match field(model, leg) {
            Field::Whole(Some(n)) => rows.integer(n),
            Field::Seconds(seconds) => rows.number(seconds, MEASURE_DIGITS),
            Field::Text(Some(text)) => rows.text(text),
            Field::Moment(Some(at)) => rows.text(&model.calendar.moment(at)),
            Field::Flag(Some(holds)) => rows.text(if holds { "yes" } else { "no" }),
            Field::Whole(None) | Field::Text(None) | Field::Moment(None) | Field::Flag(None) => {
                rows.empty(1);
            }
        }
    }
    rows.end()
}
