//! The only reader of scenario files: TOML in, a validated [`Model`] and [`Plan`] out, or everything that is wrong.
//!
//! The way of a file: text -> a tree whose values know their place (`tree`) -> merged with what it `extends`
//! (`merge`) and with the settings of the command line (`settings`) -> read section by section with a cursor that
//! collects problems instead of stopping (`cursor`, `build`) -> a [`Scenario`]. `scenarios/FORMAT.md` is the contract.
//!
//! Nothing is printed, no input makes it panic, and files are opened only through [`Files`].

mod assistant;
mod assumptions;
mod blocks;
mod build;
mod csv;
mod cursor;
mod demand;
mod dists;
mod events;
mod files;
mod frame;
mod gig;
mod groups;
mod human;
mod merge;
mod patterns;
mod pools;
mod prices;
mod problem;
mod reader;
mod records;
mod returns;
mod routes;
mod satisfaction;
mod settings;
mod shifts;
mod timeline;
mod topics;
mod tree;
mod turnover;
mod values;
mod volume;

pub use assumptions::Assumption;
pub use files::{Disk, Files, InMemory, MAX_FILE};
pub use problem::{Problem, Problems};

use std::path::{Path, PathBuf};

use crate::experiment::Plan;
use crate::model::Model;

/// A commented scenario to start from; it runs as it is.
pub const STARTER: &str = include_str!("starter.toml");

/// JSON Schema (draft 7) of a scenario file, for editors: every key with its meaning, range and default. What it refuses is
/// refused by [`load`] as well; of what several keys must be together it knows a part only.
pub const SCHEMA: &str = include_str!("../../scenarios/schema.json");

/// A scenario that was read and found sound.
#[derive(Clone, Debug)]
pub struct Scenario {
    /// The file's name without its ending.
    pub id: String,
    /// Title.
    pub name: String,
    /// Free text; empty when there is none.
    pub description: String,
    /// The comment with which its file opens: the question it asks, and what to expect.
    pub opening: String,
    /// Every value of it, with its source.
    pub assumptions: Vec<Assumption>,
    /// Label for money.
    pub currency: String,
    /// What the operation is.
    pub model: Model,
    /// How the experiment is done.
    pub plan: Plan,
    /// BLAKE3 digest, in hexadecimal, of every text that was read, and of the settings, in order.
    pub digest: String,
    /// The files that were read, the scenario itself first.
    pub sources: Vec<PathBuf>,
}

/// Reads a scenario file with `settings` (`KEY=VALUE`) on top of it.
///
/// # Errors
/// Everything that is wrong with it, in the order of files and lines.
pub fn load(path: &Path, settings: &[String], files: &dyn Files) -> Result<Scenario, Problems> {
    let reader = reader::Reader::new(files);
    let Some(mut root) = merge::load(&reader, path) else {
        return Err(reader.into_problems());
    };
    settings::apply(&reader, &mut root, settings);
    let mut built = build::scenario(&reader, &root, 0);
    if let Some(built) = &mut built {
        timeline::unfold(&reader, &root, built);
    }
    if let Some(built) = &built
        && !reader.has_problems()
    {
        // What the model itself refuses should have been refused above, with its line; better late than wrong.
        for problem in built.model.problems() {
            reader.problem(root.span, "", problem, None);
        }
    }
    let Some(built) = built.filter(|_| !reader.has_problems()) else {
        if !reader.has_problems() {
            reader.problem(
                root.span,
                "",
                "the scenario cannot be built".to_owned(),
                None,
            );
        }
        return Err(reader.into_problems());
    };
    let id = path.file_stem().map_or_else(
        || "scenario".to_owned(),
        |s| s.to_string_lossy().into_owned(),
    );
    Ok(Scenario {
        opening: assumptions::opening(&reader.source(root.span.file).text),
        assumptions: assumptions::assumptions(&reader, &root),
        name: built.name.unwrap_or_else(|| id.clone()),
        id,
        description: built.description.unwrap_or_default(),
        currency: built.currency,
        model: built.model,
        plan: built.plan,
        digest: reader.digest(),
        sources: reader.paths(),
    })
}

#[cfg(test)]
mod known;
#[cfg(test)]
mod messages;
#[cfg(test)]
mod readings;
#[cfg(test)]
mod tests;
