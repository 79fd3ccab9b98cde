//! Where everything comes from: assumptions with sources, formulas of measures, seed, digests, the command.

use super::markup::{Cell, Table, escape, ident};
use super::titled;
use crate::measure::measure;
use crate::report::quantity::{Kind, value};
use crate::results::Run;

/// Longest value that is shown whole.
const LONGEST: usize = 160;

/// What the figures show beside the measures of the tables.
const ALSO: [(&str, &str); 1] = [(
    "p10, p90",
    "quantiles over the replications between which eight of ten lie",
)];

pub(super) fn assumptions(run: &Run) -> String {
    let mut out = String::new();
    for (i, s) in run
        .scenarios
        .iter()
        .enumerate()
        .filter(|(_, s)| !s.assumptions.is_empty())
    {
        let rows = s.assumptions.iter().map(|a| {
            let value = match a.value.char_indices().nth(LONGEST) {
                Some((end, _)) => format!("{} …", &a.value[..end]),
                None => a.value.clone(),
            };
            // The folder would take the room of the comment; assumptions.csv has the whole path.
            let file = a.file.rsplit(['/', '\\']).next().unwrap_or(&a.file);
            let place = format!("{file}:{}", a.line);
            vec![
                Cell::text(&a.key),
                Cell::text(&value),
                Cell::text(&a.comment),
                Cell::text(&place),
            ]
        });
        let sourced = s
            .assumptions
            .iter()
            .filter(|a| !a.comment.is_empty())
            .count();
        let title = titled(run, s, "What the scenario says");
        let table = Table {
            id: ident("assumptions", i + 1),
            caption: title.clone(),
            header: [
                "key",
                "value",
                "source, as the file's comment gives it",
                "place",
            ]
            .map(String::from)
            .to_vec(),
            rows: rows.collect(),
        };
        let summary = format!(
            "{title}: {} values and remarks, {sourced} with a comment",
            s.assumptions.len()
        );
        out += &table.folded(&summary);
    }
    out
}

pub(super) fn definitions(run: &Run) -> String {
    let mut ids: Vec<&str> = vec!["agents_required"];
    for row in run.scenarios.iter().flat_map(|s| &s.summary) {
        if !ids.contains(&row.measure.as_str()) {
            ids.push(&row.measure);
        }
    }
    let row = |id: &str, unit: &str, formula: &str| {
        vec![Cell::text(id), Cell::text(unit), Cell::text(formula)]
    };
    let measures = ids.iter().filter_map(|id| {
        let m = measure(id)?;
        Some(row(id, m.unit.label(), m.formula))
    });
    let rows = measures.chain(ALSO.iter().map(|(id, formula)| row(id, "", formula)));
    let rows: Vec<_> = rows.collect();
    let summary = format!("{} measures with their formulas", rows.len());
    let table = Table {
        id: "definitions-table".into(),
        caption: "Formulas; every ratio is a ratio of sums over a replication, then the mean over the replications".into(),
        header: ["measure", "unit", "formula"].map(String::from).to_vec(),
        rows,
    };
    "<p>N visits to a queue, S of them answered (S_T within the target time T), L left (L_T within T), B turned away, U never answered before the simulation ended.</p>".to_owned()
        + &table.folded(&summary)
}

pub(super) fn again(run: &Run) -> String {
    let mut out = format!("<pre>{}</pre>", escape(&run.command));
    out += &format!(
        "<p>With version {} of handover, the same files and this command give the same tables, byte for byte, on any machine and any number of \
         threads.</p>",
        escape(&run.version)
    );
    let rows = run.scenarios.iter().map(|s| {
        let seed = Cell::text(&s.seed.to_string());
        let replications = Cell::number(s.replications.to_string(), s.replications as f64);
        let files = Cell::text(&s.sources.join(", "));
        vec![
            Cell::text(&s.id),
            seed,
            replications,
            Cell::text(&s.digest),
            files,
        ]
    });
    let scenarios = Table {
        id: "scenarios-table".into(),
        caption: "Scenarios, with the digest (BLAKE3) of their files and settings".into(),
        header: ["scenario", "seed", "replications", "digest", "files"]
            .map(String::from)
            .to_vec(),
        rows: rows.collect(),
    };
    let rows = run.files.iter().map(|(name, file)| {
        let bytes = Cell::number(value(file.bytes as f64, Kind::Plain), file.bytes as f64);
        vec![Cell::text(name), bytes, Cell::text(&file.blake3)]
    });
    let files = Table {
        id: "files-table".into(),
        caption: "Files of this folder, with their digests (BLAKE3)".into(),
        header: ["file", "bytes", "digest"].map(String::from).to_vec(),
        rows: rows.collect(),
    };
    out + &scenarios.html() + &files.html()
}
