//! Keys of the entities below the root key of a replication, and the numbers of repeated draws.

use crate::random::{Key, second};

/// The draws that an entity makes again and again (at the k-th hop, attempt, offer, session, day) have purposes that lie this far apart.
pub(crate) const STRIDE: u64 = 64;

/// The word of a case's difficulty: the key, whose leading half is when the case arrives, with its halves exchanged.
#[inline(always)]
pub(crate) fn difficulty(case: Key) -> u64 {
    second(case.0)
}

/// Kinds of entities below the root key.
pub(crate) mod kind {
    pub(crate) const CASE: u64 = 1;
    pub(crate) const DAY: u64 = 2;
    pub(crate) const INTERVAL: u64 = 3;
    pub(crate) const POOL: u64 = 4;
    pub(crate) const ASSISTANT: u64 = 5;
    pub(crate) const GROUP: u64 = 6;
}

/// Kinds of entities below the key of a pool.
pub(crate) mod of_pool {
    pub(crate) const DAYS: u64 = 1;
    pub(crate) const PEOPLE: u64 = 2;
    pub(crate) const APPLICANTS: u64 = 3;
    pub(crate) const VENDOR: u64 = 4;
    /// Places of a plan.
    pub(crate) const PLACES: u64 = 5;
}
