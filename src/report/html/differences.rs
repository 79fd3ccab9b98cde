//! What differs from the baseline: a forest plot, and the table behind it.

use super::axes::{Axis, Plot};
use super::canvas::{WIDTH, fill, stroke};
use super::figure::Figure;
use super::markup::{Cell, Rows, Table};
use super::page::Block;
use crate::measure::{List, measures_of, name_of};
use crate::report::quantity::{Kind, value};
use crate::results::{ComparisonRow, Run};

/// Relative differences beyond this are drawn at the edge.
const FARTHEST: f64 = 1.5;
const ROW: f64 = 26.0;

/// A difference, and its lower end, mean and upper end as shares of the baseline.
type Relative<'a> = (&'a ComparisonRow, [f64; 3]);

pub(super) fn part(run: &Run) -> Vec<Block> {
    let of_all: Vec<&ComparisonRow> = run.comparison.iter().filter(|d| d.slice == "all").collect();
    if of_all.is_empty() {
        return Vec::new();
    }
    let table = table(&of_all).folded("All differences as a table");
    let forest = forest(run, &of_all).map(Block::from);
    forest.into_iter().chain([table.into()]).collect()
}

fn forest(run: &Run, of_all: &[&ComparisonRow]) -> Option<Figure> {
    let relative = |d: &ComparisonRow| {
        let baseline = run.scenarios.iter().find(|s| s.id == d.baseline)?;
        let base = baseline.total(&d.measure).filter(|b| b.abs() > 0.0)?.abs();
        let (low, high) = d.interval()?;
        Some([low, d.difference?, high].map(|x| x / base))
    };
    let rows: Vec<Relative<'_>> = measures_of(List::Differences)
        .flat_map(|m| of_all.iter().filter(move |d| d.measure == m.id))
        .filter_map(|d| Some((*d, relative(d)?)))
        .collect();
    let (first, _) = rows.first()?;
    let several = rows.iter().any(|(d, _)| d.scenario != first.scenario);
    let sizes = rows.iter().flat_map(|r| r.1).map(f64::abs);
    let reach = sizes.fold(0.01, f64::max).min(FARTHEST);
    let label = "difference, % of the baseline";
    let x = Axis::numbers(label, (-reach, reach), 6, Kind::Fraction, f64::INFINITY);
    let names = rows.iter().map(|(d, _)| match several {
        true => format!("{}, {}", name_of(&d.measure), d.scenario),
        false => name_of(&d.measure),
    });
    let left = if several { 330.0 } else { 230.0 };
    let (mut canvas, plot) = Plot::rows(ROW, left, &x, "measure", names);
    for (i, (d, ends)) in rows.iter().enumerate() {
        let y = plot.y(i as f64 + 0.5);
        let colour = if ends[0] > 0.0 || ends[2] < 0.0 { 0 } else { 6 };
        let [low, mean, high] = ends.map(|e| plot.x(e.clamp(x.ends.0, x.ends.1)));
        let (from, to) = d.interval().unwrap_or_default();
        let kind = Kind::of_difference(&d.unit);
        let [difference, from, to] =
            [d.difference.unwrap_or(0.0), from, to].map(|x| value(x, kind));
        let tip = format!(
            "{}: {} differs by {difference} [{from}, {to}] from {}",
            d.scenario,
            name_of(&d.measure),
            d.baseline
        );
        canvas.line((low, y), (high, y), &stroke(colour));
        canvas.circle((mean, y), 5.5, &fill(colour), "");
        canvas.rect((left, y - ROW / 2.0), (WIDTH - left, ROW), "see", &tip);
    }
    let caption = format!(
        "Mean of the paired differences from {} with its confidence interval, adjusted for the number of scenarios, as a share of the baseline; an interval that reaches beyond \
         the edge is cut there. Blue where the interval leaves out zero.",
        first.baseline
    );
    let legend = [
        ("the interval leaves out zero", fill(0)),
        ("it does not", fill(6)),
    ];
    let title = "Differences from the baseline";
    Some(Figure::new("forest", title, caption, canvas).legend(legend))
}

fn table(of_all: &[&ComparisonRow]) -> Table {
    let cell = |d: &ComparisonRow, x: Option<f64>| Cell::value(x, Kind::of_difference(&d.unit));
    let rows = Rows::of(of_all)
        .column("scenario", |d| Cell::text(&d.scenario))
        .column("baseline", |d| Cell::text(&d.baseline))
        .column("measure", |d| Cell::text(&d.measure))
        .column("difference", |d| cell(d, d.difference))
        .column("from", |d| cell(d, d.interval().map(|e| e.0)))
        .column("to", |d| cell(d, d.interval().map(|e| e.1)))
        .column("p, adjusted", |d| {
            Cell::written(d.p_adjusted, |p| format!("{p:.3}"))
        });
    rows.table(
        "differences-table",
        "Differences from the baseline, of everything",
    )
}
