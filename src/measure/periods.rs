//! The calendar periods that the counted time touches.

use super::cells::Grid;
use super::slices::Period;
use crate::model::Model;
use crate::time::Micros;
use jiff::civil::Date;
use std::ops::Range;

/// A calendar period with the cells of it that lie in the counted time.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Cut {
    pub(super) period: Period,
    pub(super) cells: Range<usize>,
}

/// The first date of the period of a date, the first after it, and its label.
type Calendar = fn(Date) -> Option<(Date, Date, String)>;

const KINDS: [(&str, Calendar); 3] = [
    ("day", |d| Some((d, d.tomorrow().ok()?, d.to_string()))),
    ("week", |d| {
        let week = d.iso_week_date();
        let monday = week.first_of_week().ok()?.date();
        let next = week.last_of_week().ok()?.date().tomorrow().ok()?;
        let label = format!("{}-W{:02}", week.year(), week.week());
        Some((monday, next, label))
    }),
    ("month", |d| {
        let first = d.first_of_month();
        let next = d.last_of_month().tomorrow().ok()?;
        Some((first, next, format!("{}-{:02}", d.year(), d.month())))
    }),
];

/// Local days, ISO weeks and local months that the counted time touches, each with its cells; of the counted time a period may hold only a part.
pub fn calendar_periods(model: &Model, grid: &Grid) -> Vec<(Period, Range<usize>)> {
    let cuts = periods(model, grid).into_iter();
    cuts.map(|cut| (cut.period, cut.cells)).collect()
}

/// Local days, ISO weeks and local months that the counted time touches, in order, kind by kind. A period of which a part lies outside of
/// it is partial.
pub(super) fn periods(model: &Model, grid: &Grid) -> Vec<Cut> {
    let each = KINDS.iter().flat_map(|kind| of_kind(model, grid, kind));
    each.collect()
}

fn of_kind(model: &Model, grid: &Grid, (kind, calendar): &(&'static str, Calendar)) -> Vec<Cut> {
    let midnight = |date: Date| {
        let moment = model
            .calendar
            .offset(date.to_datetime(jiff::civil::Time::midnight()));
        moment.unwrap_or(i64::MAX)
    };
    let (from, to) = (model.warmup, model.horizon);
    let mut out = Vec::new();
    let mut at = from;
    while at < to {
        let Some((first, next, label)) = calendar(model.calendar.local(at).date) else {
            break;
        };
        let (begin, end) = (midnight(first), midnight(next));
        let until = Micros::try_from(end).unwrap_or(to).clamp(at + 1, to);
        out.push(Cut {
            period: Period {
                kind,
                label,
                partial: begin < from as i64 || end > to as i64,
            },
            cells: grid.between(at, until),
        });
        at = until;
    }
    out
}
