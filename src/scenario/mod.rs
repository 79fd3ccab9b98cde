//! The only reader of scenario files: TOML in, a validated [`Model`] and [`Plan`] out, or everything that is wrong.
//!
//! The way of a file: text -> a tree whose values know their place (`text::tree`) -> merged with what it `extends`
//! (`text::merge`) and with the settings of the command line (`text::settings`) -> read section by section with a cursor that
//! collects problems instead of stopping (`text::cursor`, `read`) -> a [`Scenario`]. Every key is declared once, in `keys`: kind,
//! range, default and meaning are from there. `scenarios/FORMAT.md` is the contract.
//!
//! Imports go one way: `text` <- `values` <- `keys` <- `read` <- `template`.
//!
//! Nothing is printed, no input makes it panic, and files are opened only through [`Files`].

mod assumptions;
mod keys;
mod read;
mod sweep;
mod template;
pub(crate) mod text;
mod values;

pub use assumptions::Assumption;
pub use keys::{Declaration, declared, format_tables, schema};
pub use read::precision::{WIDTH_UNITS, width};
pub use read::staff::{StaffTable, limit};
pub use sweep::{SweepPlaces, SweepTable, factor, read_design};
pub use template::{Template, stem};
pub use text::files::{Disk, Files, InMemory, MAX_FILE};
#[cfg(feature = "cli")]
pub(crate) use text::problem::did_you_mean;
pub use text::problem::{Place, Problem, Problems, nearest};

use std::path::{Path, PathBuf};

use crate::experiment::{Plan, Precision};
use crate::model::Model;

/// A commented scenario to start from; it runs as it is.
pub const STARTER: &str = include_str!("starter.toml");

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
    /// What a search for the cheapest plan of agents promises.
    pub staff: StaffTable,
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
mod tests;
