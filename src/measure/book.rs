//! The book of a topic, and what all books come to.

use super::cells::Cells;
use super::earners::Earners;
use super::ledger::Ledger;
use super::sums::Sums;
use crate::model::Topic;
use crate::stats::Histogram;
use crate::time::Micros;

/// What one replication counted: sums only, ratios come later.
#[derive(Clone, Debug)]
pub struct Counters {
    /// Everything.
    pub total: Ledger,
    /// By period, see [`crate::model::Model::periods`].
    pub periods: Vec<Ledger>,
    /// Waits of all who joined a queue, by topic.
    pub waits: Vec<Histogram>,
    /// By interval.
    pub cells: Cells,
    /// By member of a register.
    pub(super) earners: Earners,
}

/// What is counted of one topic, together because nearly every event touches all of it.
pub(super) struct Book {
    pub(super) sums: Sums,
    pub(super) waits: Histogram,
    /// T of the target.
    pub(super) within: Micros,
    /// An abandonment up to here is a short one.
    pub(super) short: Micros,
}

impl Book {
    /// An empty one.
    pub(super) fn new(topic: &Topic) -> Self {
        Self {
            sums: Sums::default(),
            waits: Histogram::new(),
            within: topic.target.within,
            short: topic.short_abandon,
        }
    }
}
