//! Measures as tables: what matters at a glance, all of them, topics, markets and pools.

use super::markup::{Cell, Rows, Table};
use super::page::Block;
use crate::measure::{List, measures_of, name_of, ranked};
use crate::report::bridge::counted_at;
use crate::report::findings::{BY_NAME, estimate_text};
use crate::results::{Played, Run, SummaryRow};
use crate::text::distinct;
use maud::{Markup, html};

/// Measures of the rows that are asked for, in the order in which they first appear.
pub(super) fn measures_in(run: &Run, is: impl Fn(&SummaryRow) -> bool) -> Vec<&str> {
    let rows = run.scenarios.iter().flat_map(|s| &s.summary);
    distinct(rows.filter(|r| is(r)).map(|r| r.measure.as_str()))
}

fn cell(s: &Played, measure: &str, slice: &str) -> Cell {
    let text = estimate_text(s, measure, slice).unwrap_or_else(|| "–".into());
    Cell::new(text, s.mean(measure, slice))
}

/// A table with a row per measure and a column per scenario; a measure that no scenario has is left out.
fn by_measure(
    run: &Run,
    id: &str,
    caption: &str,
    mut measures: Vec<&str>,
    name: impl Fn(&str) -> String,
) -> Table {
    measures.retain(|m| run.scenarios.iter().any(|s| s.total(m).is_some()));
    let mut rows = Rows::of(measures).column("measure", |m| Cell::text(name(m)));
    for s in &run.scenarios {
        rows = rows.column(&s.id, |m| cell(s, m, "all"));
    }
    rows.table(id, caption)
}

/// What matters most.
pub(super) fn glance(run: &Run) -> Markup {
    let caption = "At a glance: mean over the replications, with its confidence interval";
    let at = run.scenarios.first().and_then(|s| s.fte);
    let at = at.map(counted_at);
    // These say by which agents they count.
    let name = |id: &str| match (id, &at) {
        ("fte_worked" | "fte_displaced", Some(at)) => format!("{} ({at})", name_of(id)),
        _ => name_of(id),
    };
    let ids = ranked(List::Glance).iter().map(|m| m.id).collect();
    by_measure(run, "glance", caption, ids, name).html()
}

/// All measures in total, then topics, markets and pools.
pub(super) fn measures(run: &Run) -> Vec<Block> {
    let ids = measures_in(run, |r| r.slice == "all");
    if ids.is_empty() {
        return Vec::new();
    }
    let caption = "Every measure of everything";
    let summary = format!("{caption} ({})", ids.len());
    let all = by_measure(run, "measures-table", caption, ids, str::to_owned);
    let text = html! {
        (all.folded(&summary))
        @for (i, s) in run.scenarios.iter().enumerate() {
            @for (kind, list) in BY_NAME { (by_name(s, i + 1, kind, list)) }
        }
        p class="soft" { "More slices are in summary.csv, the replications one by one in replications.csv." }
    };
    vec![text.into()]
}

/// A table with a row per topic, market or pool and a column per measure that one of them has.
fn by_name(s: &Played, number: usize, kind: &str, list: List) -> Markup {
    let names = s.names(kind);
    if names.is_empty() {
        return Markup::default();
    }
    let slice = |name: &str| format!("{kind}={name}");
    let mut rows = Rows::of(&names).column(kind, |name| Cell::text(**name));
    for m in measures_of(list) {
        if names.iter().any(|n| s.mean(m.id, &slice(n)).is_some()) {
            rows = rows.column(name_of(m.id), |name| cell(s, m.id, &slice(name)));
        }
    }
    let id = format!("{kind}s-{number}");
    rows.table(id, format!("{}, by {kind}", s.name)).html()
}
