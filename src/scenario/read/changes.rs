//! The sections `[[timeline]]` as they are written.

use crate::scenario::text::{Cursor, Item, Node, Value};
use crate::scenario::values::Frame;
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
    let entry = |c: &mut Cursor<'_>, item: &Item<'_>, before: &[Entry]| {
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
    };
    let read = c.read_opt("timeline", |i| i.tables(entry));
    read.map_or(Vec::new(), |(entries, _)| entries)
}

fn moment(item: &Item<'_>, frame: &Frame, before: Option<&Entry>) -> Option<Micros> {
    let at = frame.inside(item, item.moment()?)?;
    if !frame.sound {
        return None;
    }
    let within = at > 0 && at < frame.horizon;
    item.must(
        within,
        "a date after the start and before the end of the horizon",
    )?;
    let in_order = before.is_none_or(|b| at > b.at);
    item.must(in_order, "a date after the one before")?;
    item.must(at.is_multiple_of(MINUTE), "a whole minute")?;
    Some(at)
}
