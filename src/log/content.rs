//! What a log is read from, and what is in it.

use std::io::{Read, Seek};

/// What a log is read from.
pub trait Input: Read + Seek + Send {}

impl<T: Read + Seek + Send> Input for T {}

/// What is in a log.
pub(super) struct Content {
    /// Its text: UTF-8, or another encoding of which ASCII is a part.
    pub(super) rows: Box<dyn Read>,
    /// Of a table the names of its columns, which its text does not have; a comma separates its fields.
    pub(super) table: Option<Names>,
}

/// The columns of a table.
#[derive(Default)]
pub(super) struct Names {
    /// With a field in each row.
    pub(super) plain: Vec<String>,
    /// Lists and other columns that no field can hold.
    pub(super) others: Vec<String>,
}
