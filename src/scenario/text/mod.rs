//! TOML whose values know where they stand: read with what is declared of its keys, merged, set, and refused with a line to show.
//!
//! Nothing here knows what the keys mean. What a value without parameters is called, and its JSON Schema, is in `kinds.toml`. Imports go one way: problem, advice <- tree <- declared <- files <- reader <- cursor <- item <- names <- hidden <- merge <- settings.

pub(super) mod advice;
pub(super) mod comments;
pub(super) mod cursor;
pub(super) mod declared;
pub(super) mod files;
pub(super) mod hidden;
mod item;
pub(super) mod merge;
pub(super) mod names;
pub(super) mod problem;
pub(super) mod reader;
pub(super) mod settings;
pub(super) mod tree;

pub(super) use cursor::{Cursor, FromItem, FromTable, Item, agree};
pub(super) use declared::{Declared, Key, Keys, Kind, Range};
pub(super) use names::Names;
pub(super) use problem::{Place, did_you_mean, dotted, join, listed, nearest, quoted};
pub(super) use reader::{Reader, Source};
pub(super) use tree::{Node, Span, Table, Value};
