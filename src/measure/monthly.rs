//! The measures of one replication month by month.

use super::attributes::Grain;
use super::catalogue::measures_in;
use super::cells::Grid;
use super::definition::{Context, Measure, RequiredAgents};
use super::ledger::{Counters, Ledger};
use super::periods::periods;
use super::slices::{Period, Slice, slices};
use super::values::{Row, context};
use crate::model::{Model, Required};
use crate::time::Micros;
use std::ops::Range;

/// Rows and values of the months of one model: every measure that is known of a month, in total, by topic, market and pool, for each local
/// month between warm-up and horizon.
pub struct Monthly<'m> {
    model: &'m Model,
    /// The slices with their measures.
    slices: Vec<(Slice, Vec<&'static Measure>)>,
    rows: Vec<Row>,
    months: Vec<Month>,
}

/// A month that is counted, in whole or in part.
struct Month {
    /// Its places among the ledgers of a replication.
    periods: Range<usize>,
    period: Period,
    /// Begin and end of the counted time in it.
    span: (Micros, Micros),
    /// By slice.
    contexts: Vec<Context<'static>>,
}

impl<'m> Monthly<'m> {
    /// The rows of `model`.
    pub fn new(model: &'m Model) -> Self {
        let is_kept = |s: &Slice| !matches!(s, Slice::TopicPool(..) | Slice::MarketPool(..));
        let is_asked = |m: &Measure| m.grain < Grain::Whole && !m.is_money();
        let slices = measures_in(slices(model).into_iter().filter(is_kept), is_asked, model);
        let rows = Row::of(&slices, model);
        let (grid, all) = (Grid::of(model), model.periods());
        let months = periods(model, &grid).into_iter().filter_map(|cut| {
            let span = grid.span(&cut.cells);
            // Of a month in which the warm-up ends, its periods in the warm-up as well: they hold who came and went.
            let begun = all.partition_point(|p| p.span.start <= span.0);
            let month = all[begun - 1].month;
            let contexts = slices.iter().map(|(s, _)| context(model, s, span));
            (cut.period.kind == "month").then(|| Month {
                periods: all.partition_point(|p| p.month < month)
                    ..all.partition_point(|p| p.month <= month),
                period: cut.period,
                span,
                contexts: contexts.collect(),
            })
        });
        let months = months.collect();
        Self {
            model,
            slices,
            rows,
            months,
        }
    }

    /// The rows of every month, in the order of the values.
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// The months in order.
    pub fn months(&self) -> impl Iterator<Item = &Period> {
        self.months.iter().map(|m| &m.period)
    }

    /// The value of every row of every month for one replication, month by month; `None` where it is undefined. Without `required` no
    /// agents are.
    pub fn of(&self, counters: &Counters, required: Option<&Required>) -> Vec<Option<f64>> {
        let mut values = Vec::with_capacity(self.months.len() * self.rows.len());
        for month in &self.months {
            let Some(ledger) = Ledger::of(counters.periods[month.periods.clone()].iter()) else {
                continue;
            };
            for ((slice, measures), context) in self.slices.iter().zip(&month.contexts) {
                let sums = ledger.sums(slice, self.model);
                let needs = |r| RequiredAgents::of(r, self.model, slice, month.span);
                let context = Context {
                    required: required.and_then(needs),
                    ..*context
                };
                values.extend(measures.iter().map(|m| m.of(&sums, &context)));
            }
        }
        values
    }
}
