//! `classes.csv`: what is decided month by month, classes of a group and orders from a vendor, and when it is needed.

use super::csv::table;
use super::number::digits;
use super::sizes::ordered_at;
use crate::measure::Unit;
use crate::model::Model;
use crate::staff::{Confirmed, Dated, Of, Promise, SizeOf};
use crate::time::Micros;
use jiff::ToSpan;
use serde::{Deserialize, Serialize};
use std::io::{self, Write};

/// A class of a group, or an order from a vendor.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ClassRow {
    pub(super) scenario: String,
    /// The pools.
    pub pools: String,
    /// The group; `None`: an order.
    pub group: Option<String>,
    /// Local date on which they are asked for.
    pub asked: String,
    /// People asked for, or agents ordered.
    pub people: u32,
    /// Of an order those ordered before; 0 of a class.
    pub before: u32,
    /// The first day of the people; of an order that of its effect.
    pub starts: String,
    /// The first day at work.
    pub at_work_from: String,
    /// So many of them are at work then, in the mean.
    pub at_work: f64,
    /// The begin of the first stretch in which 10 % of the replications miss a promise without them.
    pub needed_10: Option<String>,
    /// The same of 50 %.
    pub needed_50: Option<String>,
    /// The same of 90 %.
    pub needed_90: Option<String>,
    /// When they would have to be asked for to be there at `needed_10`.
    pub ask_10: Option<String>,
    /// The same of `needed_50`.
    pub ask_50: Option<String>,
    /// The same of `needed_90`.
    pub ask_90: Option<String>,
    /// Asked for a month later: the promise that is broken by most, of a topic or a measure.
    pub later_breaks: Option<String>,
    /// The begin of its stretch.
    pub later_from: Option<String>,
    /// What is measured of it then: the share of the replications that keep it with a stated probability, else its level.
    pub later_level: Option<f64>,
    /// The unit of that.
    pub later_unit: Option<String>,
}

fn date(model: &Model, at: Micros) -> String {
    model.calendar.civil(at).date().to_string()
}

impl ClassRow {
    /// What is decided month by month, in the order of the pools and of time.
    pub(super) fn of(scenario: &str, model: &Model, found: &Confirmed) -> Vec<Self> {
        let row = |dated| row(scenario, model, found, dated);
        found.dated.iter().filter_map(row).collect()
    }
}

fn row(scenario: &str, model: &Model, found: &Confirmed, dated: &Dated) -> Option<ClassRow> {
    let Of::Size(k) = found.decisions.variables[dated.variable].of else {
        return None;
    };
    let size = &found.decisions.sizes[k];
    let dates = size.dates?;
    let group = match size.of {
        SizeOf::Class(g) => Some(&model.groups[g]),
        _ => None,
    };
    // When those are asked for who are needed at a moment.
    let ask = |at: Micros| match group {
        Some(group) => {
            let months = (group.lead + group.training) as i32;
            let asked = model.calendar.civil(at).date().checked_sub(months.months());
            asked.map(|date| date.to_string()).ok()
        }
        None => {
            let contract = model.pools[size.pools[0]].contract()?;
            Some(date(model, ordered_at(model, contract, at)))
        }
    };
    let pools = size.pools.iter().map(|&p| model.pools[p].name.as_str());
    let needed = dated.needed;
    let on = |i: usize| needed[i].map(|at| date(model, at));
    let asked = |i: usize| needed[i].and_then(ask);
    let later = dated.a_month_later.as_ref();
    let promise = later.map(|l| &found.promises[l.0]);
    let level = later.and_then(|(_, level, met)| match found.probability {
        Some(_) => *met,
        None => *level,
    });
    Some(ClassRow {
        scenario: scenario.to_owned(),
        pools: pools.collect::<Vec<_>>().join(", "),
        group: group.map(|g| g.name.clone()),
        asked: date(model, dates.asked),
        people: found.staffed.plan[dated.variable],
        before: dated.before,
        starts: date(model, dates.starts),
        at_work_from: date(model, dates.there),
        at_work: digits(dated.at_work),
        needed_10: on(0),
        needed_50: on(1),
        needed_90: on(2),
        ask_10: asked(0),
        ask_50: asked(1),
        ask_90: asked(2),
        later_breaks: promise.map(|p| told(model, p)),
        later_from: promise.map(|p| date(model, p.span.0)),
        later_level: level.map(digits),
        later_unit: promise.map(|p| match found.probability {
            Some(_) => Unit::Fraction.label().to_owned(),
            None => p.limit.row.unit.to_string(),
        }),
    })
}

/// A promise by its topic, or by its measure.
fn told(model: &Model, promise: &Promise) -> String {
    match promise.topic {
        Some(_) => promise.limit.row.slice.label(model).replace("topic=", ""),
        None => promise.limit.row.measure.to_owned(),
    }
}

/// Writes what is decided month by month.
///
/// # Errors
/// What the writer says.
pub fn classes_table(rows: &[ClassRow], out: &mut dyn Write) -> io::Result<()> {
    table(rows, out)
}
