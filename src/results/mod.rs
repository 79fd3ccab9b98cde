//! The folder that a run leaves: exporters from outcomes to bytes, and a writer that never shows half a file.
//!
//! A [`Run`] is one value: [`Run::new`] makes it from outcomes, [`read()`] rebuilds it from a folder. Its exporters ([`Run::json`],
//! [`Run::table`], [`workbook`]) give text or write to any [`std::io::Write`]; the same
//! outcomes give the same bytes on every machine; [`understand`] says what moves the
//! measures of a sweep. [`Folder`] is the only
//! place that writes to the disk: it proves that the
//! directory can be written before the long run begins, collects complete files under temporary names, and renames them
//! together. Only a [`Journal`] grows line by line: it keeps what a sweep or a run has finished, and [`merge`] puts the journals of shards together.

mod believable;
mod classes;
mod contacts;
#[cfg(feature = "parquet")]
mod contacts_parquet;
mod csv;
mod folder;
mod holding;
mod intervals;
mod journal;
mod leftover;
mod merge;
mod mixes;
mod number;
#[cfg(feature = "parquet")]
mod parquet;
mod planned;
mod read;
mod replications;
mod roster;
mod rows;
mod run;
mod run_head;
mod sizes;
mod source;
mod staffing;
mod sweep;
mod sweep_head;
mod tables;
mod understanding;
#[cfg(feature = "workbook")]
mod workbook;

pub use classes::{ClassRow, classes_table};
pub use contacts::{ContactExport, Legs, contacts_csv};
#[cfg(feature = "parquet")]
pub use contacts_parquet::contacts_parquet;
pub use folder::{Draft, Folder, FolderError, Sealed, words};
pub use holding::{Holding, holding, not_foreign};
pub use journal::{Entries, Head, Journal, JournalError, read_journal};
pub use leftover::remove_own;
pub use merge::{MergeError, merge};
pub use mixes::{MixRow, mix_rows, mix_table};
pub use number::{MEASURE_DIGITS, mean, number_text, push_number};
#[cfg(feature = "parquet")]
pub use parquet::points_parquet;
pub use planned::{
    Amounts, Binding, Bound, Changed, Mixed, Planned, PoolPlan, Promised, SizePlan, Step,
};
pub use read::{read, read_sweep};
pub use roster::{ShiftRow, roster_calendar, roster_table, shifts, shifts_keys, shifts_table};
pub use rows::{
    AssumptionRow, ComparisonRow, FinanceRow, MonthRow, SummaryRow, WEEKDAYS, WeekPoint,
};
pub use run::{
    Cost, DatedChange, Digest, GroupAbout, Played, PoolAbout, Run, TopicAbout, UnsettledStart,
};
pub use run_head::RunHead;
pub use sizes::{group_keys, size_keys};
pub use source::ReadError;
pub use staffing::{StaffingRow, staffing_table};
pub use sweep::{Point, Sheet, Swept, design_table, points_table};
pub use sweep_head::{MeasureColumn, Origin, SweepHead};
pub use tables::{STAFFING, TABLES};
pub use understanding::{
    Front, Placed, Question, Studied, UnderstandError, Understanding, frontier_table,
    sensitivity_table, telling, understand,
};
#[cfg(feature = "workbook")]
pub use workbook::workbook;
