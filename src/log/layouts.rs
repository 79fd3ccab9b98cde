//! Layouts that are recognised by their columns.

use std::path::Path;
use std::sync::LazyLock;

use super::mapping::Mapping;
use crate::scenario::InMemory;

/// A layout that is known.
#[derive(Debug)]
pub(super) struct Layout {
    /// Its name in a `columns.toml`.
    pub(super) id: &'static str,
    /// What it is, in words.
    pub(super) words: &'static str,
    /// Columns by which it is known, besides those that each log must have.
    pub(super) needs: &'static [&'static str],
    text: &'static str,
}

/// All layouts; of two that fit the earlier one counts.
const LAYOUTS: [Layout; 8] = [
    Layout {
        id: "calls-with-ivr",
        words: "a log of calls with the times of IVR, queue and service",
        needs: &[
            "vru_exit",
            "queue_start",
            "queue_s",
            "service_s",
            "outcome",
            "type",
        ],
        text: include_str!("layouts/calls-with-ivr.toml"),
    },
    Layout {
        id: "half-hour-counts",
        words: "counts by half-hour with waits, service times and agents",
        needs: &["slot_start", "offered", "mean_service_s", "mean_wait_all_s"],
        text: include_str!("layouts/half-hour-counts.toml"),
    },
    Layout {
        id: "six-minute-counts",
        words: "counts of calls by interval, some of which are imputed",
        needs: &["date", "slot_start", "calls", "imputed"],
        text: include_str!("layouts/six-minute-counts.toml"),
    },
    Layout {
        id: "five-minute-counts",
        words: "counts of calls by interval",
        needs: &["date", "slot_start", "calls"],
        text: include_str!("layouts/five-minute-counts.toml"),
    },
    Layout {
        id: "handover",
        words: "the log of contacts that this program writes",
        needs: &["attempt", "leg", "queue_entry", "work_end", "comes_back"],
        text: include_str!("layouts/handover.toml"),
    },
    Layout {
        id: "tickets",
        words: "a helpdesk's export of tickets",
        needs: &[],
        text: include_str!("layouts/tickets.toml"),
    },
    Layout {
        id: "intervals",
        words: "a switch's export of intervals",
        needs: &[],
        text: include_str!("layouts/intervals.toml"),
    },
    Layout {
        id: "contacts",
        words: "a log of contacts with common names of columns",
        needs: &[],
        text: include_str!("layouts/contacts.toml"),
    },
];

/// The layouts with their mappings.
pub(super) static KNOWN: LazyLock<Vec<(Layout, Mapping)>> = LazyLock::new(|| {
    let mapping = |layout: Layout| {
        let files = InMemory::new().with(layout.id, layout.text);
        let mapping = Mapping::load(Path::new(layout.id), &files);
        (
            layout,
            mapping.expect("a test reads all layouts").optional(),
        )
    };
    LAYOUTS.into_iter().map(mapping).collect()
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_layouts_are_sound() {
        assert_eq!(KNOWN.len(), LAYOUTS.len());
        for layout in &LAYOUTS {
            let text = format!("layout = \"{}\"", layout.id);
            let files = InMemory::new().with("columns.toml", text);
            assert!(Mapping::load(Path::new("columns.toml"), &files).is_ok());
        }
    }
}
