//! `staffing.csv`: the plan of agents that was found, as a scenario takes it back.

use super::csv::table;
use crate::model::Model;
use crate::staff::Confirmed;
use crate::time::Micros;
use serde::Serialize;
use std::collections::BTreeMap;
use std::io::{self, Write};

/// The agents of a pool from a moment on, until the next row of the pool.
#[derive(Clone, Debug, Default, Serialize)]
struct StaffingRow {
    pool: String,
    date: String,
    time: String,
    /// Scheduled, planned absence included: what `agents` means.
    agents: f64,
    on_duty: f64,
    required: Option<u32>,
    in_file: f64,
    /// The topic that has the least to spare in the interval, its target, and how it is met on fresh replications.
    topic: String,
    target: Option<f64>,
    sl_net: Option<f64>,
    target_met: Option<f64>,
}

/// Writes the plan of each pool that was decided on, interval by interval; a row without agents ends an opening time.
///
/// # Errors
/// What the writer says.
pub fn staffing_table(model: &Model, found: &Confirmed, out: &mut dyn Write) -> io::Result<()> {
    let decisions = &found.decisions;
    let (required, written) = (decisions.required(model), decisions.written(model));
    // By pool and local time: where the clock goes back an hour there are two rows, of which the one with more agents holds for both.
    let mut rows: BTreeMap<(usize, String, String), StaffingRow> = BTreeMap::new();
    let on_duty = decisions.on_duty(&found.staffed.plan);
    for (i, c) in decisions.cells.iter().enumerate() {
        let row = StaffingRow {
            on_duty: on_duty[i],
            required: required[i],
            in_file: written[i],
            ..met(model, found, c.pool, c.span)
        };
        for &(from, to) in &c.open {
            put(&mut rows, model, (c.pool, from), row.clone());
            put(&mut rows, model, (c.pool, to), StaffingRow::default());
        }
    }
    table(rows.values(), out)
}

fn put(
    rows: &mut BTreeMap<(usize, String, String), StaffingRow>,
    model: &Model,
    (pool, at): (usize, Micros),
    row: StaffingRow,
) {
    if at >= model.horizon {
        return;
    }
    let local = model.calendar.local(at);
    let (date, seconds) = (local.date.to_string(), local.time_of_day / 1_000_000);
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    let time = match seconds {
        0 => format!("{hours:02}:{minutes:02}"),
        _ => format!("{hours:02}:{minutes:02}:{seconds:02}"),
    };
    let scheduled = row.on_duty * model.pools[pool].paid_per_duty(at);
    let row = StaffingRow {
        pool: model.pools[pool].name.clone(),
        date: date.clone(),
        time: time.clone(),
        agents: scheduled,
        ..row
    };
    let here = rows.entry((pool, date, time)).or_default();
    if here.pool.is_empty() || here.on_duty < row.on_duty {
        *here = row;
    }
}

/// The topic that has the least to spare of those that a pool helps in a stretch of time.
fn met(model: &Model, found: &Confirmed, pool: usize, span: (Micros, Micros)) -> StaffingRow {
    let (promises, verdict) = &found.intervals;
    let of_topics = promises
        .iter()
        .enumerate()
        .filter_map(|(i, p)| Some((i, p, p.topic?)));
    let touched = of_topics.filter(|(_, p, topic)| {
        p.span.0 < span.1 && span.0 < p.span.1 && model.leads_to(*topic, pool)
    });
    let tightest = touched.min_by(|a, b| verdict.slack[a.0].total_cmp(&verdict.slack[b.0]));
    tightest.map_or_else(StaffingRow::default, |(i, promise, topic)| StaffingRow {
        topic: model.topics[topic].name.clone(),
        target: Some(promise.limit.bound),
        sl_net: verdict.level[i],
        target_met: verdict.met[i],
        ..StaffingRow::default()
    })
}
