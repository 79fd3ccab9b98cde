//! TOML whose values know where they stand: read with what is declared of its keys, merged, set, and refused with a line to show.
//!
//! Nothing here knows what the keys mean. What a value without parameters is called, and its JSON Schema, is in `kinds.toml`. Imports go one way: problem, advice <- tree <- declared <- files <- reader <- cursor <- item <- names <- hidden <- merge <- settings.

pub(crate) mod advice;
pub(crate) mod comments;
pub(crate) mod cursor;
pub(crate) mod declared;
pub(crate) mod files;
pub(crate) mod hidden;
mod item;
pub(crate) mod merge;
pub(crate) mod names;
pub(crate) mod problem;
pub(crate) mod reader;
pub(crate) mod settings;
pub(crate) mod tree;

pub(crate) use cursor::{Cursor, FromItem, FromTable, Item, agree};
pub(crate) use declared::{Declared, Key, Keys, Kind, Range};
pub(crate) use names::Names;
pub(crate) use problem::{Place, did_you_mean, dotted, join, listed, nearest, quoted};
pub(crate) use reader::{Reader, Source};
pub(crate) use tree::{Node, Span, Table, Value};
