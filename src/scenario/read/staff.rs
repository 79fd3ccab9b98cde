//! `[staff]`: what `handover staff` promises where its options say nothing.

use crate::scenario::text::Item;
use crate::staff::Per;

/// What `[staff]` says.
#[derive(Clone, Debug, PartialEq)]
pub struct StaffTable {
    /// In which stretches of time the targets must be met.
    pub per: Per,
    /// With which probability; `None`: in expectation.
    pub probability: Option<f64>,
}

pub(crate) fn read(item: &Item<'_>) -> Option<StaffTable> {
    item.table(|c| {
        Some(StaffTable {
            per: c.get_by("per", Item::variant),
            probability: c.opt("probability"),
        })
    })
}
