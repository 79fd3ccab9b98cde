//! The sections `[[timeline]]` as they are written.

use crate::scenario::text::cursor::{Cursor, Item};
use crate::scenario::text::tree::{Node, Value};
use crate::scenario::values::frame::Frame;
use crate::time::{MINUTE, Micros};

/// A change as it is written.
pub(crate) struct Entry {
    pub(crate) at: Micros,
    /// Where it stands.
    pub(crate) path: String,
    pub(crate) note: String,
    pub(crate) set: Node,
}

/// Reads `timeline`.
pub(crate) fn read(c: &mut Cursor<'_>, frame: &Frame) -> Vec<Entry> {
    let Some(item) = c.take("timeline") else {
        return Vec::new();
    };
    let read = item.tables(|c, item, before: &[Entry]| {
        let at = c.read_needed("at", |i| moment(i, frame, before.last()));
        let note = c.opt("note").unwrap_or_default();
        let set = c.read_needed("set", |i| match &i.node.value {
            Value::Table(_) => Some(i.node.clone()),
            _ => i.expected(&i.kind.words()),
        });
        Some(Entry {
            at: at?,
            path: item.path.clone(),
            note,
            set: set?,
        })
    });
    read.map_or(Vec::new(), |(entries, _)| entries)
}

fn moment(item: &Item<'_>, frame: &Frame, before: Option<&Entry>) -> Option<Micros> {
    let at = frame.inside(item, item.moment()?)?;
    if !frame.sound {
        return None;
    }
    if at == 0 || at >= frame.horizon {
        return item.expected("a date after the start and before the end of the horizon");
    }
    if before.is_some_and(|b| at <= b.at) {
        return item.expected("a date after the one before");
    }
    if !at.is_multiple_of(MINUTE) {
        return item.expected("a whole minute");
    }
    Some(at)
}
