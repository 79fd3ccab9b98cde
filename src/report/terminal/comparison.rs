//! What a run shows on the terminal beyond its scenarios one by one.

use super::Layout;
use super::grid::TextTable;
use super::lines::{not_shown, paragraph};
use crate::measure::{List, Measure};
use crate::report::changes::{Contrast, contrasts};
use crate::report::quantity::{Kind, Shown, rounded};
use crate::report::stopping::{Stopping, best, precise};
use crate::results::Run;

/// Scenarios against the baseline, the best one and the precision; nothing for one scenario of which nothing more was asked. `precision`:
/// whether the precision was asked about.
pub fn comparison_text(
    run: &Run,
    stopping: &Stopping<'_>,
    precision: bool,
    layout: Layout,
) -> String {
    let found = contrasts(run);
    let mut out = differences(&found, layout);
    for comparison in &found {
        out.push('\n');
        for sentence in comparison.sentences() {
            paragraph(&mut out, &sentence, layout);
        }
    }
    if let Some(selection) = stopping.selection {
        out.push('\n');
        paragraph(&mut out, &best(selection), layout);
    }
    let each = run.scenarios.iter().zip(stopping.precision);
    for (s, reached) in each.filter(|(_, reached)| precision && !reached.is_empty()) {
        out += &format!("\nprecision of {}\n", s.id);
        for r in reached.iter() {
            paragraph(&mut out, &precise(r, s.confidence), layout);
        }
    }
    out
}

/// The table of differences.
fn differences(found: &[Contrast<'_>], layout: Layout) -> String {
    let Some(first) = found.first() else {
        return String::new();
    };
    let heading = format!("less {}", first.baseline.id);
    let names = found.iter().map(|c| &c.scenario.id);
    let grid = TextTable::new(&heading, names).measures(List::Differences, found, cell);
    if grid.columns.is_empty() {
        return String::new();
    }
    let (text, dropped) = grid.render(layout);
    format!("\n{text}{}", not_shown(&dropped, layout))
}

fn cell(c: &Contrast<'_>, measure: &Measure) -> Shown {
    let found = c
        .find(measure.id)
        .and_then(|row| Some((row.difference?, row)));
    let Some((difference, row)) = found else {
        return Shown::dash();
    };
    let mut cell = rounded(difference, row.interval(), Kind::of_difference(&row.unit));
    if difference > 0.0 {
        cell.value.insert(0, '+');
    }
    cell
}
