//! The only reader of scenario files: TOML in, a validated [`Model`] and [`Plan`] out, or everything that is wrong.
//!
//! The way of a file: text -> a tree whose values know their place (`tree`) -> merged with what it `extends`
//! (`merge`) and with the settings of the command line (`settings`) -> read section by section with a cursor that
//! collects problems instead of stopping (`cursor`, `build`) -> a [`Scenario`]. `scenarios/FORMAT.md` is the contract.
//!
//! Nothing is printed, no input makes it panic, and files are opened only through [`Files`].

mod advice;
mod assistant;
mod assumptions;
mod blocks;
mod build;
mod clocks;
mod comments;
mod contracts;
mod course;
mod csv;
mod cursor;
mod demand;
mod dists;
mod events;
mod files;
mod frame;
mod gig;
mod groups;
mod hidden;
mod human;
mod markets;
mod merge;
mod patterns;
mod pools;
mod precision;
mod prices;
mod problem;
mod reach;
mod reader;
mod records;
mod returns;
mod routes;
mod satisfaction;
mod settings;
mod shifts;
mod sweep;
mod template;
mod timeline;
mod topics;
mod tree;
mod turnover;
mod values;
mod volume;

pub use assumptions::Assumption;
pub use files::{Disk, Files, InMemory, MAX_FILE};
pub use precision::{WIDTH_UNITS, width};
#[cfg(feature = "cli")]
pub(crate) use problem::did_you_mean;
pub use problem::{Place, Problem, Problems, nearest};
pub use sweep::{SweepPlaces, SweepTable, factor, read_design};
pub use template::{Template, stem};

use std::path::{Path, PathBuf};

use crate::experiment::{Plan, Precision};
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
    /// Replications until estimates are precise.
    pub precision: Precision,
    /// What varies in a sweep, if the file says so.
    pub sweep: Option<SweepTable>,
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
    Template::read(path, settings, files).map(|(_, scenario)| scenario)
}

#[cfg(test)]
mod known;
#[cfg(test)]
mod messages;
#[cfg(test)]
mod readings;
#[cfg(test)]
mod tests;
