//! Where everything comes from: assumptions with sources, formulas of measures, seed, digests, the command.

use super::markup::{Cell, Rows};
use super::page::{Block, each_scenario};
use super::tables::measures_in;
use crate::measure::measure;
use crate::report::quantity::Kind;
use crate::results::{Played, Run};
use maud::{Markup, html};

/// Longest value that is shown whole.
const LONGEST: usize = 160;

/// What the tables show beside the measures, with its formula.
const ALSO: (&str, &str, &str) = (
    "p10, p90",
    "",
    "quantiles over the replications between which eight of ten lie",
);

pub(super) fn assumptions(run: &Run) -> Vec<Block> {
    let title = "What the scenario says";
    each_scenario(run, "assumptions", title, |s, id, title| {
        (!s.assumptions.is_empty()).then(|| assumptions_of(s, id, title))
    })
}

fn assumptions_of(s: &Played, id: String, title: String) -> Markup {
    let rows = Rows::of(&s.assumptions)
        .column("key", |a| Cell::text(&a.key))
        .column("value", |a| match a.value.char_indices().nth(LONGEST) {
            Some((end, _)) => Cell::text(format!("{} …", &a.value[..end])),
            None => Cell::text(&a.value),
        })
        .column("source, as the file's comment gives it", |a| {
            Cell::text(&a.comment)
        })
        .column("place", |a| {
            // The folder would take the room of the comment; assumptions.csv has the whole path.
            let file = a.file.rsplit(['/', '\\']).next().unwrap_or(&a.file);
            Cell::text(format!("{file}:{}", a.line))
        });
    let sourced = s.assumptions.iter().filter(|a| !a.comment.is_empty());
    let summary = format!(
        "{title}: {} values and remarks, {} with a comment",
        s.assumptions.len(),
        sourced.count()
    );
    rows.table(id, title).folded(&summary)
}

pub(super) fn definitions(run: &Run) -> Vec<Block> {
    let mut ids = vec!["agents_required"];
    ids.extend(measures_in(run, |r| r.measure != ids[0]));
    let measures = ids.into_iter().filter_map(measure);
    let formulas = measures.map(|m| (m.id, m.unit.label(), m.formula));
    let rows = Rows::of(formulas.chain([ALSO]))
        .column("measure", |row| Cell::text(row.0))
        .column("unit", |row| Cell::text(row.1))
        .column("formula", |row| Cell::text(row.2));
    let caption = "Formulas; every ratio is a ratio of sums over a replication, then the mean over the replications";
    let table = rows.table("definitions-table", caption);
    let text = html! {
        p {
            "N visits to a queue, S of them answered (S_T within the target time T), L left (L_T within T), B turned away, U never \
             answered before the simulation ended."
        }
        (table.folded(&format!("{} measures with their formulas", table.rows.len())))
    };
    vec![text.into()]
}

pub(super) fn again(run: &Run) -> Vec<Block> {
    let number = |x: usize| Cell::new(x.to_string(), Some(x as f64));
    let scenarios = Rows::of(&run.scenarios)
        .column("scenario", |s| Cell::text(&s.id))
        .column("seed", |s| Cell::text(s.seed.to_string()))
        .column("replications", |s| number(s.replications))
        .column("digest", |s| Cell::text(&s.digest))
        .column("files", |s| Cell::text(s.sources.join(", ")));
    let files = Rows::of(&run.files)
        .column("file", |(name, _)| Cell::text(*name))
        .column("bytes", |(_, file)| {
            Cell::value(file.bytes as f64, Kind::Plain)
        })
        .column("digest", |(_, file)| Cell::text(&file.blake3));
    let caption = "Scenarios, with the digest (BLAKE3) of their files and settings";
    let scenarios = scenarios.table("scenarios-table", caption);
    let caption = "Files of this folder, with their digests (BLAKE3)";
    let files = files.table("files-table", caption);
    let text = html! {
        pre { (run.command) }
        p {
            "With version " (run.version) " of handover, the same files and this command give the same tables, byte for byte, on any machine \
             and any number of threads."
        }
        (scenarios.html())
        (files.html())
    };
    vec![text.into()]
}
