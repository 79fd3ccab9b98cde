//! The measures of one replication in every slice.

use super::attributes::{Cohort, Grain, List, Scope, Unit};
use super::catalogue::{MEASURES, measures_in, measures_of};
use super::cells::{Cells, Grid};
use super::definition::{Context, Measure, RequiredAgents};
use super::ledger::Counters;
use super::periods::{Cut, periods};
use super::slices::{Slice, slices};
use crate::model::{Model, Required};
use crate::stats::Histogram;
use crate::time::{Micros, to_seconds};
use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Deref;

/// Which measure of which slice: the rows of a model, in a fixed order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The slice.
    pub slice: Slice,
    /// Identifier of the measure.
    pub measure: &'static str,
    /// Text of the `unit` column.
    pub unit: Cow<'static, str>,
}

/// Rows with an index by slice and measure.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rows {
    list: Vec<Row>,
    index: HashMap<Slice, HashMap<&'static str, usize>>,
}

impl Rows {
    /// The number of the row of a measure in a slice.
    pub fn find(&self, measure: &str, slice: &Slice) -> Option<usize> {
        self.index.get(slice)?.get(measure).copied()
    }
}

impl From<Vec<Row>> for Rows {
    fn from(list: Vec<Row>) -> Self {
        let mut index: HashMap<Slice, HashMap<&'static str, usize>> = HashMap::new();
        for (i, row) in list.iter().enumerate() {
            let of_slice = index.entry(row.slice.clone()).or_default();
            of_slice.entry(row.measure).or_insert(i);
        }
        Self { list, index }
    }
}

impl Deref for Rows {
    type Target = [Row];

    fn deref(&self) -> &[Row] {
        &self.list
    }
}

impl Row {
    /// The row of a measure in a slice.
    pub fn new(slice: &Slice, measure: &Measure, model: &Model) -> Self {
        Self {
            slice: slice.clone(),
            measure: measure.id,
            unit: measure.unit.text(model),
        }
    }

    /// The rows of slices with their measures.
    pub fn of(slices: &[(Slice, Vec<&Measure>)], model: &Model) -> Vec<Self> {
        let rows = |(slice, measures): &(Slice, Vec<&Measure>)| {
            let row = |m: &&Measure| Self::new(slice, m, model);
            measures.iter().map(row).collect::<Vec<_>>()
        };
        slices.iter().flat_map(rows).collect()
    }
}

/// Rows and values of the replications of one model.
pub struct Values<'m> {
    model: &'m Model,
    /// The slices with what is known of each before a replication, and its measures.
    slices: Vec<(Slice, Context<'static>, Vec<&'static Measure>)>,
    /// The same of calendar periods, with their cells.
    periods: Vec<(Cut, Slice, Context<'static>)>,
    /// Begin and end of the counted time.
    counted: (Micros, Micros),
    /// Cells of each whole day, and of each whole interval.
    days: Vec<std::ops::Range<usize>>,
    intervals: Vec<std::ops::Range<usize>>,
    rows: Vec<Row>,
}

/// What is known of a slice in a stretch of time that lies between two moments before any replication.
pub fn context(model: &Model, slice: &Slice, (from, to): (u64, u64)) -> Context<'static> {
    let available = model.available_seconds_between(from, to);
    let pools = slice.agents(model).into_iter();
    let members: u32 = pools.map(|p| model.pools[p].steady_members()).sum();
    Context {
        window: to_seconds(to - from),
        available,
        productive: available * model.productive.occupancy,
        target: slice.target(model),
        members: f64::from(members),
        ..Context::default()
    }
}

/// What is given of the time after the horizon: time averages, and how long it was.
fn after_horizon(model: &Model) -> impl Iterator<Item = &'static Measure> {
    let is_given = |m: &&Measure| {
        let has = Slice::All.has(m.scope, model) || m.scope == Scope::AfterHorizon;
        m.cohort == Cohort::Time && m.grain == Grain::Fine && m.unit != Unit::Fte && has
    };
    let has_topics = !model.topics.is_empty();
    MEASURES.iter().filter(move |m| has_topics && is_given(m))
}

impl<'m> Values<'m> {
    /// The rows of `model`.
    pub fn new(model: &'m Model) -> Self {
        let grid = Grid::of(model);
        let counted = (model.warmup, model.horizon);
        let slices = measures_in(slices(model), |m| !m.is_money(), model);
        let mut rows = Row::of(&slices, model);
        let with_context = |(slice, measures)| {
            let context = context(model, &slice, counted);
            (slice, context, measures)
        };
        let slices = slices.into_iter().map(with_context).collect();
        let all = periods(model, &grid);
        let whole = |cut: &&Cut| cut.period.kind == "day" && !cut.period.partial;
        let days = all.iter().filter(whole).map(|cut| cut.cells.clone());
        let intervals = (0..grid.intervals()).map(|i| grid.of_interval(i));
        let is_whole = |cells: &std::ops::Range<usize>| {
            let (from, to) = grid.span(cells);
            from >= counted.0 && to - from == Cells::width(model)
        };
        let days = days.collect();
        let intervals = intervals.filter(is_whole).collect();
        // A kind of which there is only one says nothing that the whole does not, and one of which each is an interval is no table.
        let count = |kind| all.iter().filter(|c| c.period.kind == kind).count();
        let is_told = |cut: &Cut| {
            let n = count(cut.period.kind);
            n > 1 && n < grid.intervals() && !model.topics.is_empty()
        };
        let told: Vec<Cut> = all.iter().filter(|c| is_told(c)).cloned().collect();
        let with_context = |cut: Cut| {
            let slice = Slice::Period(cut.period.clone());
            let context = context(model, &slice, grid.span(&cut.cells));
            (cut, slice, context)
        };
        let periods: Vec<_> = told.into_iter().map(with_context).collect();
        for (_, slice, _) in &periods {
            rows.extend(measures_of(List::Periods).map(|m| Row::new(slice, m, model)));
        }
        rows.extend(after_horizon(model).map(|m| Row::new(&Slice::AfterHorizon, m, model)));
        Self {
            model,
            slices,
            periods,
            counted,
            days,
            intervals,
            rows,
        }
    }

    /// The rows, in the order of the values.
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// The value of every row for one replication; `None` where it is undefined. Without `required` no agents are.
    pub fn of(&self, counters: &Counters, required: Option<&Required>) -> Vec<Option<f64>> {
        let needs = |slice: &Slice, span| RequiredAgents::of(required?, self.model, slice, span);
        let mut values = Vec::with_capacity(self.rows.len());
        for (slice, context, measures) in &self.slices {
            let sums = counters.total.sums(slice, self.model);
            let types = slice.types(self.model).filter(|_| slice.has_customers());
            let waits = types.as_ref().map(|types| together(&counters.waits, types));
            let met = match (&types, context.target) {
                (Some(types), Some(target)) => self.met(&counters.cells, types, target),
                _ => (None, None),
            };
            let context = Context {
                waits: waits.as_deref(),
                met,
                earnings: counters.earners.of(slice, self.model),
                required: needs(slice, self.counted),
                ..*context
            };
            values.extend(measures.iter().map(|m| m.of(&sums, &context)));
        }
        for (cut, slice, context) in &self.periods {
            let sums = counters.cells.sums(cut.cells.clone(), slice, self.model);
            let context = Context {
                required: needs(slice, counters.cells.grid().span(&cut.cells)),
                ..*context
            };
            values.extend(measures_of(List::Periods).map(|m| m.of(&sums, &context)));
        }
        let sums = counters.after.sums(&Slice::AfterHorizon, self.model);
        let context = Context {
            window: to_seconds(counters.drain),
            ..Context::default()
        };
        values.extend(after_horizon(self.model).map(|m| m.of(&sums, &context)));
        values
    }

    /// Share of the whole days, and of the whole intervals, in which `sl_net` of some contact types reached the target; those in which no visit counts
    /// are left out.
    fn met(&self, cells: &Cells, types: &[usize], target: f64) -> (Option<f64>, Option<f64>) {
        let share = |stretches: &[std::ops::Range<usize>]| {
            let (mut of, mut met) = (0u32, 0u32);
            for stretch in stretches {
                if let Some(level) = cells.of_types(stretch.clone(), types).service_level() {
                    of += 1;
                    met += u32::from(level >= target);
                }
            }
            (of > 0).then(|| f64::from(met) / f64::from(of))
        };
        (share(&self.days), share(&self.intervals))
    }
}

/// The waits of several contact types.
fn together<'w>(waits: &'w [Histogram], types: &[usize]) -> Cow<'w, Histogram> {
    if let [only] = types {
        return Cow::Borrowed(&waits[*only]);
    }
    let mut all = Histogram::new();
    types.iter().for_each(|&k| all.merge(&waits[k]));
    Cow::Owned(all)
}
