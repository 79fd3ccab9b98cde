//! The book of a topic.

use super::sums::Sums;
use crate::model::Topic;
use crate::stats::Histogram;
use crate::time::Micros;

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
