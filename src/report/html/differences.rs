//! What differs from the baseline: a forest plot, and the table behind it.

use super::markup::{Cell, Figure, Table};
use super::svg::{Canvas, Plot, ticks};
use crate::measure::{List, measures_of, name_of};
use crate::report::quantity::{Kind, value};
use crate::results::{ComparisonRow, Run};

/// Relative differences beyond this are drawn at the edge.
const FARTHEST: f64 = 1.5;
const ROW: f64 = 26.0;

/// A row of the plot: a difference as a share of the baseline.
struct Row<'a> {
    difference: &'a ComparisonRow,
    ends: [f64; 3],
}

pub(super) fn part(run: &Run) -> String {
    let of_all: Vec<&ComparisonRow> = run.comparison.iter().filter(|d| d.slice == "all").collect();
    if of_all.is_empty() {
        return String::new();
    }
    forest(run, &of_all).map_or(String::new(), Figure::html)
        + &table(&of_all).folded("All differences as a table")
}

fn write(x: f64, unit: &str) -> String {
    match Kind::of_unit(unit) {
        Kind::Fraction => format!("{} points", value(x * 100.0, Kind::Plain)),
        kind => value(x, kind),
    }
}

fn forest(run: &Run, of_all: &[&ComparisonRow]) -> Option<Figure> {
    let relative = |d: &&ComparisonRow| {
        let baseline = run.scenarios.iter().find(|s| s.id == d.baseline)?;
        let base = baseline.total(&d.measure).filter(|b| b.abs() > 0.0)?.abs();
        let (low, high) = d.interval()?;
        Some([low / base, d.difference? / base, high / base])
    };
    let rows: Vec<Row<'_>> = measures_of(List::Differences)
        .flat_map(|m| of_all.iter().filter(move |d| d.measure == m.id))
        .filter_map(|d| {
            Some(Row {
                difference: d,
                ends: relative(d)?,
            })
        })
        .collect();
    if rows.is_empty() {
        return None;
    }
    let several = rows
        .iter()
        .any(|r| r.difference.scenario != rows[0].difference.scenario);
    let reach = rows
        .iter()
        .flat_map(|r| r.ends)
        .map(f64::abs)
        .fold(0.01, f64::max)
        .min(FARTHEST);
    let marks = ticks(-reach, reach, 6);
    let span = (marks[0], marks.last().copied().unwrap_or(reach));
    let mut canvas = Canvas::new(40.0 + rows.len() as f64 * ROW + 50.0);
    let left = if several { 330.0 } else { 230.0 };
    let plot = Plot::new(
        &canvas,
        [30.0, 20.0, 50.0, left],
        span,
        (rows.len() as f64, 0.0),
    );
    plot.x_grid(&mut canvas, &marks);
    let labels: Vec<(f64, String)> = marks
        .iter()
        .map(|m| (*m, value(*m, Kind::Fraction)))
        .collect();
    plot.x_axis(&mut canvas, &labels, "difference, % of the baseline");
    canvas.text(4.0, 16.0, "axis-label", "measure");
    for (i, row) in rows.iter().enumerate() {
        let d = row.difference;
        let y = plot.y(i as f64 + 0.5);
        let sure = row.ends[0] > 0.0 || row.ends[2] < 0.0;
        let name = name_of(&d.measure);
        let label = if several {
            format!("{name}, {}", d.scenario)
        } else {
            name.clone()
        };
        canvas.text(left - 14.0, y + 4.5, "end", &label);
        let [low, mean, high] = row.ends.map(|e| plot.x(e.clamp(span.0, span.1)));
        let colour = if sure { 0 } else { 6 };
        let tip = format!(
            "{}: {name} differs by {} [{}, {}] from {}",
            d.scenario,
            write(d.difference.unwrap_or(0.0), &d.unit),
            write(d.interval().map_or(0.0, |e| e.0), &d.unit),
            write(d.interval().map_or(0.0, |e| e.1), &d.unit),
            d.baseline
        );
        canvas.line((low, y), (high, y), &format!("l{colour}"));
        canvas.circle(mean, y, 5.5, &format!("f{colour}"), "");
        canvas.rect(left, y - ROW / 2.0, canvas.width - left, ROW, "see", &tip);
    }
    Some(Figure {
        id: "forest".into(),
        title: "Differences from the baseline".into(),
        caption: format!(
            "Mean of the paired differences from {} with its confidence interval, adjusted for the number of scenarios, as a share of the baseline; an interval that reaches beyond \
             the edge is cut there. Blue where the interval leaves out zero.",
            rows[0].difference.baseline
        ),
        canvas,
        legend: vec![
            ("the interval leaves out zero".into(), "f0".into()),
            ("it does not".into(), "f6".into()),
        ],
        table: None,
    })
}

fn table(of_all: &[&ComparisonRow]) -> Table {
    let rows = of_all.iter().map(|d| {
        let number = |x: Option<f64>| Cell::maybe(x, |v| write(v, &d.unit));
        vec![
            Cell::text(&d.scenario),
            Cell::text(&d.baseline),
            Cell::text(&d.measure),
            number(d.difference),
            number(d.interval().map(|e| e.0)),
            number(d.interval().map(|e| e.1)),
            Cell::maybe(d.p_adjusted, |p| format!("{p:.3}")),
        ]
    });
    Table {
        id: "differences-table".into(),
        caption: "Differences from the baseline, of everything".into(),
        header: [
            "scenario",
            "baseline",
            "measure",
            "difference",
            "from",
            "to",
            "p, adjusted",
        ]
        .map(String::from)
        .to_vec(),
        rows: rows.collect(),
    }
}
