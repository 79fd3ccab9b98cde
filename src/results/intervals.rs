//! The wide table of the reporting intervals.

use super::csv::{CsvRows, fields};
use super::number::MEASURE_DIGITS;
use crate::experiment::{IntervalTable, Side, interval_estimate};
use crate::measure::{Context, List, Measure, RequiredAgents, Unit, measures_of};
use std::io::{self, Write};

/// Samples are kept in single precision; more digits than this would be noise. Means of counts are sums of exact
/// integers and keep all digits.
const DIGITS: usize = 7;

/// `intervals.csv`: a row per interval and slice (all, topics, markets, pools); for each column `x` its mean over the
/// replications, `x_half_width` of its Student-t interval (of shares, whose interval lies in [0, 1], the ends `x_ci_low` and
/// `x_ci_high`), and for some `x_p10` and `x_p90`. Empty where a column does not belong to the slice, is undefined, or needs a second
/// replication. A scenario without topics has no rows. `partial` is 1 for an
/// interval that the end of the warm-up or the horizon cuts, else 0.
pub(super) fn intervals(sides: &[Side<'_>], out: &mut dyn Write) -> io::Result<()> {
    let columns = measures_of(List::Intervals).map(IntervalColumn::new);
    let columns: Vec<IntervalColumn> = columns.collect();
    let titles: Vec<String> = columns.iter().flat_map(IntervalColumn::titles).collect();
    let first = ["scenario", "start", "interval", "slice"].into_iter();
    let header = first.chain(titles.iter().map(String::as_str));
    let mut rows = CsvRows::new(out, header.chain(["partial"]))?;
    for side in sides.iter().filter(|s| !s.model.topics.is_empty()) {
        let (model, table) = (side.model, &side.outcome.intervals);
        let id = fields([side.id]);
        let slices = IntervalTable::slices(model);
        let labels = slices.iter().map(|s| fields([&*s.label(model)]));
        let labels: Vec<Vec<u8>> = labels.collect();
        for (i, &start) in table.starts().iter().enumerate() {
            let end = (start + table.width).min(model.horizon);
            let cut = start < model.warmup && model.warmup < start + table.width;
            let partial = u64::from(cut || start + table.width > model.horizon);
            let label_of_start = model.calendar.label(start);
            for (n, (slice, label)) in slices.iter().zip(&labels).enumerate() {
                let sums = table.sums(i, n);
                let required = &side.outcome.required;
                let context = Context {
                    window: table.seconds(i),
                    required: RequiredAgents::of(required, model, slice, (start, end)),
                    ..Context::default()
                };
                rows.ready(&id);
                rows.ready(label_of_start.as_bytes());
                rows.integer(i as u64);
                rows.ready(label);
                for column in &columns {
                    let has = slice.has_in_intervals(column.measure.scope, model);
                    let of = (column.measure, &context);
                    let student = &side.outcome.student;
                    let estimate = has.then(|| interval_estimate(&sums, of, column.band, student));
                    let Some(e) = estimate.flatten() else {
                        rows.empty(column.titles().count());
                        continue;
                    };
                    rows.number(Some(e.mean), column.digits);
                    if column.is_share() {
                        rows.number(e.interval.map(|i| i.low), DIGITS);
                        rows.number(e.interval.map(|i| i.high), DIGITS);
                    } else {
                        rows.number(e.interval.map(|i| i.half_width()), DIGITS);
                    }
                    if column.band {
                        rows.number(e.band.map(|b| b.0), DIGITS);
                        rows.number(e.band.map(|b| b.1), DIGITS);
                    }
                }
                rows.integer(partial);
                rows.end()?;
            }
        }
    }
    rows.flush()
}

struct IntervalColumn {
    measure: &'static Measure,
    band: bool,
    digits: usize,
}

impl IntervalColumn {
    fn new(measure: &'static Measure) -> Self {
        Self {
            measure,
            band: measure.rank(List::Bands).is_some(),
            digits: match measure.unit {
                Unit::Count => MEASURE_DIGITS,
                _ => DIGITS,
            },
        }
    }

    fn is_share(&self) -> bool {
        self.measure.unit.label() == "fraction"
    }

    /// The heads of its fields.
    fn titles(&self) -> impl Iterator<Item = String> {
        let interval: &[&str] = match self.is_share() {
            true => &["", "_ci_low", "_ci_high"],
            false => &["", "_half_width"],
        };
        let band: &[&str] = if self.band { &["_p10", "_p90"] } else { &[] };
        let endings = interval.iter().chain(band);
        endings.map(|ending| format!("{}{ending}", self.measure.id))
    }
}
