//! Measures as tables: what matters at a glance, all of them, topics and pools.

use super::markup::{Cell, Table, escape, ident};
use crate::measure::{List, Measure, measures_of, name_of, ranked};
use crate::report::bridge::counted_at;
use crate::report::findings::said;
use crate::results::{Played, Run};

fn cell(s: &Played, measure: &str, slice: &str) -> Cell {
    Cell {
        text: said(s, measure, slice).unwrap_or_else(|| "–".into()),
        value: s.find(measure, slice).and_then(|r| r.mean),
    }
}

/// A table with a row per measure and a column per scenario; rows that say nothing are left out.
fn by_measure(
    run: &Run,
    id: &str,
    caption: &str,
    measures: &[&str],
    write: &dyn Fn(&str) -> String,
) -> Table {
    let rows = measures.iter().map(|m| {
        let cells = run.scenarios.iter().map(|s| cell(s, m, "all"));
        std::iter::once(Cell::text(&write(m)))
            .chain(cells)
            .collect::<Vec<_>>()
    });
    Table {
        id: id.into(),
        caption: caption.into(),
        header: std::iter::once("measure".to_owned())
            .chain(run.scenarios.iter().map(|s| s.id.clone()))
            .collect(),
        rows: rows
            .filter(|r| r[1..].iter().any(|c| c.value.is_some()))
            .collect(),
    }
}

/// What matters most.
pub(super) fn glance(run: &Run) -> String {
    let caption = "At a glance: mean over the replications, with its confidence interval";
    let ids: Vec<&str> = ranked(List::Glance).iter().map(|m| m.id).collect();
    let at = run.scenarios.first().and_then(|s| s.fte);
    let at = at.map(|f| counted_at(f.occupancy, f.shrinkage, f.hours_per_week));
    // These say by which agents they count.
    let name = |id: &str| match (id, &at) {
        ("fte_worked" | "fte_displaced", Some(at)) => format!("{} ({at})", name_of(id)),
        _ => name_of(id),
    };
    by_measure(run, "glance", caption, &ids, &name).html()
}

/// All measures in total, then topics, markets and pools.
pub(super) fn measures(run: &Run) -> String {
    let mut ids: Vec<&str> = Vec::new();
    for row in run
        .scenarios
        .iter()
        .flat_map(|s| &s.summary)
        .filter(|r| r.slice == "all")
    {
        if !ids.contains(&row.measure.as_str()) {
            ids.push(&row.measure);
        }
    }
    if ids.is_empty() {
        return String::new();
    }
    let caption = "Every measure of everything";
    let all = by_measure(run, "measures-table", caption, &ids, &str::to_owned);
    let mut out = all.folded(&format!("Every measure of everything ({})", ids.len()));
    for (i, s) in run.scenarios.iter().enumerate() {
        let topics: Vec<&str> = s.topics.iter().map(|t| t.name.as_str()).collect();
        let pools: Vec<&str> = s.pools.iter().map(|p| p.name.as_str()).collect();
        let markets = s.markets();
        for (kind, names, measures) in [
            ("topic", topics, List::Topics),
            ("market", markets, List::Topics),
            ("pool", pools, List::Pools),
        ] {
            if names.is_empty() {
                continue;
            }
            let has = |m: &&Measure| {
                names.iter().any(|n| {
                    s.find(m.id, &format!("{kind}={n}"))
                        .is_some_and(|r| r.mean.is_some())
                })
            };
            let measures: Vec<&Measure> = measures_of(measures).filter(has).collect();
            let rows = names.iter().map(|name| {
                let cells = measures
                    .iter()
                    .map(|m| cell(s, m.id, &format!("{kind}={name}")));
                std::iter::once(Cell::text(name)).chain(cells).collect()
            });
            let table = Table {
                id: ident(&format!("{kind}s"), i + 1),
                caption: format!("{}, by {kind}", s.name),
                header: std::iter::once(kind.to_owned())
                    .chain(measures.iter().map(|m| name_of(m.id)))
                    .collect(),
                rows: rows.collect(),
            };
            out += &table.html();
        }
    }
    out + &format!(
        "<p class=\"soft\">{}</p>",
        escape("More slices are in summary.csv, the replications one by one in replications.csv.")
    )
}
