//! The events of a step: a winner tree over dense slots.
//!
//! Every entity that can have an event pending owns a slot, and at most one event stands in it, so events can be moved
//! and withdrawn without leaving stale entries behind. An update replays one path from leaf to root without a
//! data-dependent branch, which on this workload is several times faster than a heap.

use crate::slots::Slots;
use crate::time::Micros;

/// Bits of an event key that name the slot, of which the model check keeps the number within them; the other 47 hold microseconds
/// (4.4 years).
const SLOT_BITS: u32 = 17;
const SLOT_MASK: u64 = (1 << SLOT_BITS) - 1;

/// Nobody lives to see an event from here on: it is as if it never came. [`crate::time::NEVER`] is one of them.
const TOO_LATE: Micros = (1 << (64 - SLOT_BITS)) - 1;

/// A tournament over slots: the root holds the earliest `(time, slot)`.
///
/// Ties in time go to the smaller slot, which is part of the documented order of events. Keys are stored complemented, so
/// that zeroes are a tree without events. There are as many nodes as the slots in use need, so that a small model is ready at once.
pub(crate) struct EventTree {
    /// Node 1 is the root, node i has the children 2i and 2i + 1, the leaves begin at `leaves`.
    nodes: Slots<u64>,
    leaves: usize,
}

impl EventTree {
    pub(crate) fn new(slots: usize) -> Self {
        let leaves = slots.next_power_of_two().max(8);
        Self {
            nodes: vec![0; 2 * leaves].into(),
            leaves,
        }
    }

    /// Makes room for `slots` slots.
    pub(crate) fn grow(&mut self, slots: usize) {
        while slots > self.leaves {
            let n = self.leaves;
            self.nodes.resize(4 * n, 0);
            self.nodes.copy_within(n..2 * n, 2 * n);
            self.leaves = 2 * n;
            for i in (1..self.leaves).rev() {
                self.nodes[i] = self.nodes[2 * i].max(self.nodes[2 * i + 1]);
            }
        }
    }

    /// Schedules the event of `slot` at `at`, replacing what stood there; [`NEVER`](crate::time::NEVER) withdraws it.
    ///
    /// The path to the root ends where the winner stays who it was: soon, as a rule, for a slot that is not the next. It is asked at every
    /// second node, which costs less than asking at each. A step beyond the root does no harm: nobody reads the node before it.
    #[inline(always)]
    pub(crate) fn set(&mut self, slot: usize, at: Micros) {
        let mut i = self.leaves + slot;
        let mut winner = Self::key(slot, at);
        let mut nodes = self.nodes.view();
        nodes[i] = winner;
        let mut climb = |i: usize| {
            let rival = nodes[i ^ 1];
            winner = std::hint::select_unpredictable(rival > winner, rival, winner);
            std::mem::replace(&mut nodes[i >> 1], winner) != winner
        };
        loop {
            climb(i);
            let goes_on = climb(i >> 1);
            i >>= 2;
            if !goes_on || i <= 1 {
                break;
            }
        }
    }

    /// As [`Self::set`], the way to the root replayed as a whole without a look at what stood there: for the slot whose
    /// event is the next one.
    #[inline(always)]
    pub(crate) fn set_next(&mut self, slot: usize, at: Micros) {
        let mut i = self.leaves + slot;
        let mut winner = Self::key(slot, at);
        let mut nodes = self.nodes.view();
        nodes[i] = winner;
        let mut replay = |i: usize| {
            let rival = nodes[i ^ 1];
            winner = std::hint::select_unpredictable(rival > winner, rival, winner);
            nodes[i >> 1] = winner;
        };
        while i > 3 {
            replay(i);
            replay(i >> 1);
            i >>= 2;
        }
        if i > 1 {
            replay(i);
        }
    }

    #[inline(always)]
    fn key(slot: usize, at: Micros) -> u64 {
        if at >= TOO_LATE {
            0
        } else {
            !((at << SLOT_BITS) | slot as u64)
        }
    }

    /// Time of the earliest event (`2^47 - 1` when there is none).
    #[inline(always)]
    pub(crate) fn time(&self) -> Micros {
        !self.nodes[1] >> SLOT_BITS
    }

    /// Slot of the earliest event.
    #[inline(always)]
    pub(crate) fn slot(&self) -> usize {
        self.slot_at(1)
    }

    /// Slot of the earliest event below a node.
    pub(super) fn slot_at(&self, node: usize) -> usize {
        (!self.nodes[node] & SLOT_MASK) as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::NEVER;

    #[test]
    fn tree_orders_by_time_then_slot_and_grows() {
        let mut tree = EventTree::new(2);
        assert_eq!(tree.time(), (1 << 47) - 1);
        tree.set(1, 50);
        tree.grow(9);
        tree.set(8, 50);
        tree.set(3, 40);
        assert_eq!((tree.time(), tree.slot()), (40, 3));
        tree.set(3, NEVER);
        assert_eq!((tree.time(), tree.slot()), (50, 1));
        tree.set(1, 60);
        assert_eq!((tree.time(), tree.slot()), (50, 8));
        // Centuries ahead is never, not long ago.
        for at in [1 << 47, 1 << 52, 4_000_000_000_000_000] {
            tree.set(8, at);
            assert_eq!((tree.time(), tree.slot()), (60, 1));
        }
    }

    #[test]
    fn both_ways_to_set_agree_with_a_list() {
        let mut tree = EventTree::new(50);
        let mut list = [NEVER; 50];
        for i in 0..20_000 {
            let word = crate::random::mix(i);
            // Now and then the next event itself moves.
            let next = word & 3 == 0 && tree.time() != (1 << 47) - 1;
            let slot = if next {
                tree.slot()
            } else {
                (word >> 8) as usize % 50
            };
            let at = if word & 28 == 0 {
                NEVER
            } else {
                (word >> 16) % 1000
            };
            list[slot] = at;
            if next {
                tree.set_next(slot, at)
            } else {
                tree.set(slot, at)
            }
            let first = (0..50)
                .min_by_key(|&s| (list[s], s))
                .filter(|&s| list[s] != NEVER);
            match first {
                Some(s) => assert_eq!((tree.time(), tree.slot()), (list[s], s)),
                None => assert_eq!(tree.time(), (1 << 47) - 1),
            }
        }
    }
}
