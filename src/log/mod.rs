//! Contact logs and interval logs, as switches, helpdesks and spreadsheets export them: CSV or
//! Parquet in, one [`Record`] a used line out.
//!
//! The way of a log: opened by the caller ([`Source`]), decompressed and decoded (`source`; `table` for Parquet), cut into rows (`rows`), its header found
//! and its columns bound to their roles by a `columns.toml` ([`Mapping`]) or a known layout (`header`, `layouts`), looked through once
//! for what only the whole shows (`survey`: the order of day and month, contacts with several lines), and read line by line (`contact`,
//! `interval`). A line that cannot be used is counted with its [`Reason`]; nothing is dropped silently ([`Reading`]).
//!
//! Memory does not grow with the log, but for 8 bytes a line that identifies its contact, and 16 more for each contact of several lines;
//! customers and agents take about 40 bytes each. Their identifiers become numbers in the order of first appearance and leave this
//! room nowhere, not even in the list of lines that were not used.
//!
//! Imports go one way: amount, content, moment, record, rows <- mapping, reading, table <- layouts, source <- header <- survey, line <- contact, interval <- read.

mod amount;
mod clock;
mod contact;
mod content;
mod error;
mod header;
mod interval;
mod layouts;
mod line;
mod mapping;
mod moment;
mod names;
mod read;
mod reading;
mod record;
mod rows;
mod source;
mod survey;
#[cfg(feature = "parquet")]
mod table;

pub use content::Input;
pub use error::LogError;
pub use mapping::{Mapping, Role};
pub use moment::DateOrder;
pub use read::{Request, read};
pub use reading::{Gap, Kind, Reading, Reason, Sample, Unused, Warning};
pub use record::{Assistant, Contact, Counts, Outcome, Record};
pub use source::Source;
#[cfg(feature = "parquet")]
pub use table::is_decoding;
