//! Measures as tables: what matters at a glance, all of them, topics and pools.

use super::markup::{Cell, Table, escape, ident};
use crate::report::findings::{measure_name, said};
use crate::results::{Played, Run};

/// What matters most, in order.
const GLANCE: [&str; 17] = [
    "contacts",
    "ai_share",
    "durable_resolution",
    "sl_net",
    "mean_wait",
    "abandonment_rate",
    "time_to_human",
    "resolution_rate",
    "satisfaction",
    "agents_on_duty",
    "occupancy",
    "fte_required",
    "fte_displaced",
    "headcount_end",
    "cost_total",
    "cost_per_durable_resolution",
    "npv",
];
const OF_TOPICS: [&str; 9] = [
    "contacts",
    "ai_share",
    "durable_resolution",
    "sl_net",
    "mean_wait",
    "abandonment_rate",
    "handle_time",
    "fte_required",
    "satisfaction",
];
const OF_POOLS: [&str; 9] = [
    "answered",
    "asa",
    "handle_time",
    "agents_on_duty",
    "occupancy",
    "fte_required",
    "satisfaction",
    "cost_total",
    "cost_per_handled_hour",
];

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
    write: fn(&str) -> String,
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
    by_measure(run, "glance", caption, &GLANCE, measure_name).html()
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
    let all = by_measure(run, "measures-table", caption, &ids, str::to_owned);
    let mut out = all.folded(&format!("Every measure of everything ({})", ids.len()));
    for (i, s) in run.scenarios.iter().enumerate() {
        let topics: Vec<&str> = s.topics.iter().map(|t| t.name.as_str()).collect();
        let pools: Vec<&str> = s.pools.iter().map(|p| p.name.as_str()).collect();
        let markets = s.markets();
        for (kind, names, measures) in [
            ("topic", topics, OF_TOPICS),
            ("market", markets, OF_TOPICS),
            ("pool", pools, OF_POOLS),
        ] {
            if names.is_empty() {
                continue;
            }
            let has = |m: &&&str| {
                names.iter().any(|n| {
                    s.find(m, &format!("{kind}={n}"))
                        .is_some_and(|r| r.mean.is_some())
                })
            };
            let measures: Vec<&str> = measures.iter().filter(has).copied().collect();
            let rows = names.iter().map(|name| {
                let cells = measures
                    .iter()
                    .map(|m| cell(s, m, &format!("{kind}={name}")));
                std::iter::once(Cell::text(name)).chain(cells).collect()
            });
            let table = Table {
                id: ident(&format!("{kind}s"), i + 1),
                caption: format!("{}, by {kind}", s.name),
                header: std::iter::once(kind.to_owned())
                    .chain(measures.iter().map(|m| measure_name(m)))
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
