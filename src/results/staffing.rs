//! `staffing.csv`: the plan of agents that was found, as a scenario takes it back.

use super::csv::table;
use super::number::digits;
use crate::model::{Model, Supply};
use crate::staff::{Cell, Confirmed};
use crate::time::{Micros, WEEK};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::io::{self, Write};

/// The agents of a pool from a moment on, until the next row of the pool.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct StaffingRow {
    pub(super) scenario: String,
    /// The pool.
    pub pool: String,
    /// Local date.
    pub date: String,
    /// Local time of day.
    pub time: String,
    /// Scheduled, planned absence included: what `agents` means.
    pub agents: f64,
    /// On duty.
    pub on_duty: f64,
    /// What the formula requires; `None` where no number is enough by it.
    pub required: Option<u32>,
    /// Agents on duty less those required.
    pub slack: Option<f64>,
    /// The most that the plan of the file has on duty.
    pub in_file: f64,
    /// The topic that has the least to spare in the interval.
    pub topic: String,
    /// Its target.
    pub target: Option<f64>,
    /// How it is met on fresh replications.
    pub sl_net: Option<f64>,
    /// Lower end of the confidence interval.
    pub ci_low: Option<f64>,
    /// Upper end.
    pub ci_high: Option<f64>,
    /// The share of the replications that meet it.
    pub target_met: Option<f64>,
    /// Which of the tightest promises binds here.
    pub tightest: Option<u32>,
}

impl StaffingRow {
    /// The plan of each pool that was decided on, interval by interval; a row without agents ends an opening time.
    pub(super) fn of(scenario: &str, model: &Model, found: &Confirmed) -> Vec<Self> {
        let decisions = &found.decisions;
        let (required, written) = (decisions.required(model), decisions.written(model));
        let mut rows = Rows::new();
        let on_duty = decisions.on_duty(&found.staffed.plan);
        let met = Met::new(model, found);
        let named = || Self {
            scenario: scenario.to_owned(),
            ..Self::default()
        };
        let with = decisions.apply(model, &found.staffed.plan, &[]);
        for (i, c) in decisions.cells.iter().enumerate() {
            let tightest = found.reasons.iter().position(|r| r.cell == i);
            let row = Self {
                on_duty: digits(on_duty[i]),
                required: required[i],
                slack: required[i].map(|r| digits(on_duty[i] - f64::from(r))),
                in_file: digits(written[i]),
                tightest: tightest.map(|nth| nth as u32 + 1),
                ..met.row(c, named())
            };
            if decisions.size_of(c.pool).is_some() {
                put_sized(&mut rows, (model, &with), c, &row);
                continue;
            }
            for &(from, to) in &c.open {
                let row = Self {
                    agents: row.on_duty * model.pools[c.pool].paid_per_duty(from),
                    ..row.clone()
                };
                put(&mut rows, model, (c.pool, from), (true, row));
                put_end(&mut rows, model, (c.pool, to), named());
            }
        }
        rows.into_values().map(|(_, row)| row).collect()
    }
}

/// Writes the plan.
///
/// # Errors
/// What the writer says.
pub fn staffing_table(rows: &[StaffingRow], out: &mut dyn Write) -> io::Result<()> {
    table(rows, out)
}

/// By pool and local time whether the pool is open then, and the row.
type Rows = BTreeMap<(usize, String, String), (bool, StaffingRow)>;

/// Of a pool of a certain size what is scheduled: the plan scaled, slots, or of members those who are there in the mean.
fn put_sized(rows: &mut Rows, (model, with): (&Model, &Model), c: &Cell, row: &StaffingRow) {
    let pool = &with.pools[c.pool];
    let scheduled = match &pool.supply {
        Supply::Staffed(s) => match &s.contract {
            Some(contract) => Some(contract.shape.scaled(contract.ordered.at(0))),
            None => Some(s.plan.clone()),
        },
        Supply::Gig(g) => g.slots.as_ref().map(|s| s.agents.clone()),
        Supply::Rostered(_) => None,
    };
    let with_agents = |agents| StaffingRow {
        agents,
        ..row.clone()
    };
    for &(from, to) in &c.open {
        let mut at = from;
        while at < to {
            let agents = match &scheduled {
                Some(f) => f.at(at) * pool.paid_per_duty(at),
                None => row.on_duty,
            };
            put(rows, model, (c.pool, at), (true, with_agents(agents)));
            let next = scheduled.as_ref().and_then(|f| f.next_change(at));
            at = next.unwrap_or(to).min(to);
        }
        let end = StaffingRow {
            scenario: row.scenario.clone(),
            ..StaffingRow::default()
        };
        put_end(rows, model, (c.pool, to), end);
    }
    // The slots of a week that ends later are booked with it.
    if let Some(slots) = scheduled.filter(|_| pool.has_slots() && c.span.1 == model.horizon) {
        let later = model.horizon..model.horizon + WEEK;
        for (at, agents) in slots.points().filter(|p| later.contains(&p.0)) {
            put(rows, model, (c.pool, at), (true, with_agents(agents)));
        }
    }
}

/// A row at which an opening time ends.
fn put_end(rows: &mut Rows, model: &Model, (pool, at): (usize, Micros), row: StaffingRow) {
    if at < model.horizon {
        put(rows, model, (pool, at), (false, row));
    }
}

/// Puts a row in its place. Where the clock goes back an hour there are two, of which the one with more agents holds for both; the end of an
/// interval is no row where the next one begins.
fn put(
    rows: &mut Rows,
    model: &Model,
    (pool, at): (usize, Micros),
    (open, row): (bool, StaffingRow),
) {
    let local = model.calendar.local(at);
    let (date, seconds) = (local.date.to_string(), local.time_of_day / 1_000_000);
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    let time = match seconds {
        0 => format!("{hours:02}:{minutes:02}"),
        _ => format!("{hours:02}:{minutes:02}:{seconds:02}"),
    };
    let row = StaffingRow {
        pool: model.pools[pool].name.clone(),
        date: date.clone(),
        time: time.clone(),
        agents: digits(row.agents),
        ..row
    };
    let here = rows.entry((pool, date, time)).or_default();
    if here.1.pool.is_empty() || (here.0, here.1.on_duty) < (open, row.on_duty) {
        *here = (open, row);
    }
}

/// How the targets of topics are met interval by interval.
struct Met<'a> {
    found: &'a Confirmed,
    /// The topics, by pool those that it helps.
    helped: Vec<Vec<bool>>,
    model: &'a Model,
    /// Numbers of the promises by the begin of their interval.
    order: Vec<usize>,
}

impl<'a> Met<'a> {
    fn new(model: &'a Model, found: &'a Confirmed) -> Self {
        let promises = &found.intervals.0;
        let mut order: Vec<usize> = (0..promises.len()).collect();
        order.sort_by_key(|&i| promises[i].span);
        let helps = |p: usize| (0..model.topics.len()).map(move |k| model.leads_to(k, p));
        let pools = 0..model.pools.len();
        Self {
            helped: pools.map(|p| helps(p).collect()).collect(),
            found,
            model,
            order,
        }
    }

    /// The row with the topic that has the least to spare of those that the pool of a cell helps.
    fn row(&self, cell: &Cell, row: StaffingRow) -> StaffingRow {
        let (promises, verdict) = &self.found.intervals;
        let first = self
            .order
            .partition_point(|&i| promises[i].span.1 <= cell.span.0);
        let near = self.order[first..].iter().copied();
        let near = near.take_while(|&i| promises[i].span.0 < cell.span.1);
        let helped = near.filter_map(|i| Some((i, promises[i].topic?)));
        let helped = helped.filter(|(_, topic)| self.helped[cell.pool][*topic]);
        let tightest = helped.min_by(|a, b| verdict.slack[a.0].total_cmp(&verdict.slack[b.0]));
        let Some((i, topic)) = tightest else {
            return row;
        };
        let ends = self.found.interval(&promises[i], verdict, i);
        StaffingRow {
            topic: self.model.topics[topic].name.clone(),
            target: Some(digits(promises[i].limit.bound)),
            sl_net: verdict.level[i].map(digits),
            ci_low: ends.map(|ends| digits(ends.0)),
            ci_high: ends.map(|ends| digits(ends.1)),
            target_met: verdict.met[i].map(digits),
            ..row
        }
    }
}
