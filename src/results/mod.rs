//! The folder that a run leaves: exporters from outcomes to bytes, and a writer that never shows half a file.
//!
//! The exporters ([`summary`], [`replications`], [`monthly`], [`intervals`], [`week()`], [`assumptions`], [`comparison`], [`finance`],
//! [`workbook`], [`manifest`]) write to any [`std::io::Write`]; the same
//! outcomes give the same bytes on every machine. [`read()`] takes a folder back in, for its report; [`understand`] says what moves the
//! measures of a sweep. [`Folder`] is the only
//! place that writes to the disk: it proves that the
//! directory can be written before the long run begins, collects complete files under temporary names, and renames them
//! together. Only a [`Journal`] grows line by line: it keeps what a sweep or a run has finished, and [`merge`] puts the journals of shards together.

#[cfg(feature = "parquet")]
mod columns;
mod comparison;
mod csv;
mod folder;
mod intervals;
mod journal;
mod leftover;
mod manifest;
mod merge;
mod number;
mod read;
mod sweep;
mod sweep_read;
mod tables;
mod understanding;
mod week;
mod workbook;

#[cfg(feature = "parquet")]
pub use columns::points_parquet;
pub use comparison::{comparison, finance};
pub use folder::{Draft, Folder, FolderError, Sealed, words};
pub use intervals::intervals;
pub use journal::{Entries, Head, Journal, JournalError, read_journal};
pub use manifest::{Cost, FileDigest, RunHead, manifest};
pub use merge::{MergeError, merge};
pub use number::{MEASURE_DIGITS, push_number};
pub use read::{
    Beginning, Dated, Difference, Digest, FteAbout, GroupAbout, MonthRow, Played, PoolAbout,
    ReadError, Run, Said, Spread, SummaryRow, TopicAbout, WeekPoint, read,
};
pub use sweep::{
    MeasureColumn, Origin, Sheet, SweepHead, design_table, points_table, sweep_manifest,
};
pub use sweep_read::{Holding, Measured, Point, Swept, holding, read_sweep};
pub use tables::{assumptions, monthly, replications, summary};
pub use understanding::{
    Front, NotThere, Placed, Question, Studied, Understanding, frontier_table, sensitivity_table,
    telling, understand,
};
pub use week::{WEEKDAYS, week};
pub use workbook::{Table, workbook};

use crate::experiment::{Outcome, Plan, Reached};
use crate::model::Model;
use std::path::{Path, PathBuf};

/// A scenario of a run, with what its replications gave.
#[derive(Clone, Copy)]
pub struct Record<'a> {
    /// Identifier, unique within the run.
    pub id: &'a str,
    /// Title.
    pub name: &'a str,
    /// Free text.
    pub description: &'a str,
    /// The comment with which its file opens.
    pub opening: &'a str,
    /// Every value it says.
    pub inputs: &'a [Input<'a>],
    /// The files that were read, the scenario itself first.
    pub sources: &'a [PathBuf],
    /// Digest of these files and of the settings.
    pub digest: &'a str,
    /// What was simulated.
    pub model: &'a Model,
    /// How often, from which seed.
    pub plan: Plan,
    /// What came out.
    pub outcome: &'a Outcome,
    /// How precise that is.
    pub precision: &'a [Reached],
}

/// A value that a scenario says.
#[derive(Clone, Copy, Debug)]
pub struct Input<'a> {
    /// Key.
    pub key: &'a str,
    /// Value as it is written.
    pub value: &'a str,
    /// The comment beside it.
    pub comment: &'a str,
    /// The file that says it.
    pub file: &'a Path,
    /// Line in it, from 1.
    pub line: usize,
}
