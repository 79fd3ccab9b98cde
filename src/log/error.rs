//! Why a log cannot be read at all.

use std::io;

use crate::scenario::Problems;

/// Why a log cannot be read at all.
#[derive(Debug, thiserror::Error)]
pub enum LogError {
    /// It cannot be opened.
    #[error("{name}: it cannot be opened: {why}")]
    Open {
        /// The log.
        name: String,
        /// The reason.
        why: io::Error,
    },
    /// It cannot be read to its end, as a compressed file that was cut off.
    #[error("{name}: it cannot be read beyond line {line}: {why}")]
    Read {
        /// The log.
        name: String,
        /// The last line that was read.
        line: u64,
        /// The reason.
        why: io::Error,
    },
    /// It is no text.
    #[error("{name}: expected CSV, perhaps compressed by gzip, or Parquet, found {found}")]
    Format {
        /// The log.
        name: String,
        /// What it is.
        found: &'static str,
    },
    /// It is a Parquet file that is damaged, or of a kind that cannot be read.
    #[error("{name}: the Parquet file cannot be read: {why}")]
    Parquet {
        /// The log.
        name: String,
        /// The reason.
        why: String,
    },
    /// There is nothing in it.
    #[error("{name}: expected a header and lines below it, found an empty file")]
    Empty {
        /// The log.
        name: String,
    },
    /// No columns are given, and its own are not known.
    #[error("{name}: expected columns that are known, found {}", found(.columns))]
    Unknown {
        /// The log.
        name: String,
        /// The columns that it has; none if there seems to be no header.
        columns: Vec<String>,
    },
    /// Columns that are asked for are not there.
    #[error("{0}")]
    Columns(Problems),
    /// Day and month cannot be told apart.
    #[error(
        "{name}: expected a date that shows which is day and which month, found only ones such as {value:?} in column {column:?}"
    )]
    Dates {
        /// The log.
        name: String,
        /// The column.
        column: String,
        /// A value of it.
        value: String,
    },
    /// A column of words has one on nearly every line.
    #[error("{name}: expected at most {most} different words in column {column:?}, found more")]
    TooMany {
        /// The log.
        name: String,
        /// The column.
        column: String,
        /// The most there may be.
        most: usize,
    },
    /// The list of lines that are not used cannot be written.
    #[error("the lines that are not used cannot be written: {0}")]
    Write(io::Error),
}

fn found(columns: &[String]) -> String {
    match columns {
        [] => "a first line that seems to be no header".to_owned(),
        columns => some_of(columns.iter().map(String::as_str)),
    }
}

/// Names in quotes: the first of them, and how many others there are.
pub(super) fn some_of<'n>(names: impl Iterator<Item = &'n str>) -> String {
    const MOST: usize = 40;
    let mut list = String::new();
    let mut others = 0;
    for (i, name) in names.enumerate() {
        match i {
            0 => list = format!("{name:?}"),
            1..MOST => list += &format!(", {name:?}"),
            _ => others += 1,
        }
    }
    if others > 0 {
        list += &format!(" and {others} others");
    }
    list
}

impl LogError {
    /// What to do about it.
    pub fn advice(&self) -> Option<String> {
        Some(match self {
            Self::Format { .. } => "export the log as CSV".to_owned(),
            Self::Unknown { columns, .. } if columns.is_empty() => {
                "put a line with the names of the columns first".to_owned()
            }
            Self::Unknown { .. } => {
                format!("say what is in which column, in a file columns.toml such as\n\n{STARTER}")
            }
            Self::Dates { .. } => {
                "write `dates = \"day/month/year\"` or `dates = \"month/day/year\"` into columns.toml".to_owned()
            }
            Self::TooMany { .. } => {
                "name another column for it, or none: this one seems to hold identifiers or free text".to_owned()
            }
            _ => return None,
        })
    }
}

/// A `columns.toml` to begin with.
const STARTER: &str = "\
[columns]
arrival = \"...\"   # when the contact reached the queue; of counts by interval: interval and offered
answer = \"...\"    # when a person answered it, or: wait
end = \"...\"       # when it ended, or: handle
# also: outcome, topic, channel, agent, priority, customer, contact, updated, assistant, handed_over

# zone = \"Europe/Berlin\"
";
