//! What goes by the month: the axis, and the changes of the timeline on it.

use super::axes::{Axis, Plot};
use super::canvas::Canvas;
use crate::results::{MonthRow, Played};
use crate::text::distinct;
use jiff::civil::Date;

/// Most labels of an axis of months.
const MOST_LABELS: usize = 9;

/// `2024-02` as people write it, with what follows it.
pub(super) fn month_name(month: &str) -> String {
    let named = month.split_at_checked(7).and_then(|(month, rest)| {
        let first: Date = format!("{month}-01").parse().ok()?;
        Some(format!("{}{rest}", first.strftime("%b %Y")))
    });
    named.unwrap_or_else(|| month.to_owned())
}

/// The months of a scenario, in order.
pub(super) fn months_of(s: &Played) -> Vec<String> {
    distinct(s.monthly.iter().map(MonthRow::label))
}

/// An axis of months, named as far as there is room, each at its start plus `shift`.
pub(super) fn month_axis(months: &[String], shift: f64) -> Axis {
    let every = months.len().div_ceil(MOST_LABELS).max(1);
    let round = [1, 2, 3, 6, 12, 24].into_iter().find(|e| *e >= every);
    let named = months.iter().enumerate().step_by(round.unwrap_or(every));
    let names = named.map(|(i, m)| (i as f64 + shift, month_name(m)));
    Axis::names("month", (0.0, months.len() as f64), names)
}

/// Draws the changes of the timeline on an axis of months, numbered, and gives them in words for the caption.
pub(super) fn draw_changes(
    canvas: &mut Canvas,
    plot: &Plot,
    s: &Played,
    months: &[String],
) -> String {
    let changes = s.timeline.iter().filter_map(|c| {
        let (month, rest) = c.at.split_at_checked(7)?;
        let day: f64 = rest.get(1..3)?.parse().ok()?;
        let index = months.iter().position(|m| m.starts_with(month))?;
        Some((index as f64 + (day - 1.0) / 31.0, &c.note))
    });
    let mut words = String::new();
    for (n, (place, note)) in (1..).zip(changes) {
        let x = plot.x(place);
        plot.upright(canvas, place, "event");
        canvas.circle((x, plot.top - 2.0), 9.0, "badge", &format!("{n}: {note}"));
        canvas.text((x, plot.top + 2.0), "on", n.to_string());
        words += &format!(" {n}: {note}.");
    }
    words
}
