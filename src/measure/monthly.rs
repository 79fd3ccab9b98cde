//! The measures of one replication month by month.

use super::book::Counters;
use super::earners::Earnings;
use super::kpi::{Context, KPIS, Kpi, window};
use super::ledger::{Ledger, Parts};
use super::values::{Row, Slice, slices};
use crate::model::Model;
use crate::time::{Micros, to_seconds};
use std::ops::Range;

/// Rows and values of the months of one model: every measure that is a ratio of sums, in total, by topic, market and pool, for each
/// local month between warm-up and horizon. Percentiles of waits and shares of days are given for the whole time only.
pub struct Monthly<'m> {
    model: &'m Model,
    rows: Vec<Row>,
    /// The measure of each row.
    kpis: Vec<&'static Kpi>,
    months: Vec<Month>,
}

/// Percentiles, shares of days and intervals, and of members.
fn is_of_whole(measure: &str) -> bool {
    let starts = [
        "wait_p",
        "target_met_",
        "earnings_p10",
        "below_minimum_wage",
    ];
    starts.iter().any(|start| measure.starts_with(start))
}

/// A month that is counted, in whole or in part.
struct Month {
    /// Its places among the ledgers of a replication.
    periods: Range<usize>,
    label: String,
    /// Counted time in seconds.
    window: f64,
    /// Productive seconds of one full-time agent in it.
    productive: f64,
}

impl<'m> Monthly<'m> {
    /// The rows of `model`.
    pub fn new(model: &'m Model) -> Self {
        let counted = window(model);
        let periods = model.periods();
        let all = model.months();
        let months = all.iter().enumerate().filter_map(|(index, month)| {
            let from: Micros = month.start.max(model.warmup);
            (from < month.end).then(|| {
                let date = model.calendar.local(month.start).date;
                Month {
                    periods: periods.partition_point(|p| p.month < index)
                        ..periods.partition_point(|p| p.month <= index),
                    label: format!("{}-{:02}", date.year(), date.month()),
                    window: to_seconds(month.end - from).min(counted),
                    productive: model
                        .productive_seconds_between(month.start.max(model.warmup), month.end),
                }
            })
        });
        let (rows, kpis) = slices(model)
            .into_iter()
            .filter(|slice| !matches!(slice, Slice::TopicPool(..) | Slice::MarketPool(..)))
            .flat_map(|slice| {
                KPIS.iter().filter_map(move |kpi| {
                    let row = || Row {
                        slice: slice.clone(),
                        measure: kpi.id,
                        unit: kpi.unit.text(model),
                    };
                    let has = slice.has(kpi.scope, model) && !is_of_whole(kpi.id);
                    has.then(|| (row(), kpi))
                })
            })
            .unzip();
        Self {
            model,
            rows,
            kpis,
            months: months.collect(),
        }
    }

    /// The rows of every month, in the order of the values.
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// `2025-06` and so on, in order.
    pub fn labels(&self) -> impl Iterator<Item = &str> {
        self.months.iter().map(|m| m.label.as_str())
    }

    /// The value of every row of every month for one replication, month by month; `None` where it is undefined.
    pub fn of(&self, counters: &Counters) -> Vec<Option<f64>> {
        let mut values = Vec::with_capacity(self.months.len() * self.rows.len());
        for month in &self.months {
            let Some(ledger) = Ledger::of(counters.periods[month.periods.clone()].iter()) else {
                continue;
            };
            let parts = Parts::new(&ledger, self.model);
            let mut current: Option<(&Slice, super::Sums, Context<'_>)> = None;
            for (row, kpi) in self.rows.iter().zip(&self.kpis) {
                if current.as_ref().is_none_or(|c| *c.0 != row.slice) {
                    current = parts.slice(&row.slice).map(|(sums, effort)| {
                        let context = Context {
                            window: month.window,
                            productive: month.productive,
                            waits: None,
                            target: row.slice.target(self.model),
                            met: (None, None),
                            earnings: Earnings::default(),
                            effort,
                        };
                        (&row.slice, sums, context)
                    });
                }
                values.push(current.as_ref().and_then(|(_, sums, context)| {
                    (kpi.value)(sums, context).filter(|v| v.is_finite())
                }));
            }
        }
        values
    }
}
