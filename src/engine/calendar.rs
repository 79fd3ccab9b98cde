//! The event list: a winner tree over dense slots, and lists of what is due in later steps.
//!
//! Every entity that can have an event pending owns a slot, and at most one event stands in it, so events can be moved
//! and withdrawn without leaving stale entries behind. An update replays one path from leaf to root without a
//! data-dependent branch, which on this workload is several times faster than a heap.

use crate::time::Micros;

/// Bits of an event key that name the slot; the other 47 hold microseconds (4.4 years).
const SLOT_BITS: u32 = 17;
const SLOT_MASK: u64 = (1 << SLOT_BITS) - 1;

/// Nobody lives to see an event from here on: it is as if it never came. [`crate::time::NEVER`] is one of them.
const TOO_LATE: Micros = (1 << (64 - SLOT_BITS)) - 1;

/// Slots that exist; the model check keeps the number of agents below.
const SLOTS: usize = 1 << SLOT_BITS;
const NODES: usize = 2 * SLOTS;

/// A tournament over slots: the root holds the earliest `(time, slot)`.
///
/// Ties in time go to the smaller slot, which is part of the documented order of events. Keys are stored complemented, so
/// that memory as the system hands it out, zeroed and untouched, is a tree without events; a fixed number of nodes spares
/// the check of every index, and only the nodes in use are ever touched.
pub(super) struct EventTree {
    /// Node 1 is the root, node i has the children 2i and 2i + 1, the leaves begin at `leaves`.
    nodes: Box<[u64; NODES]>,
    leaves: usize,
}

impl EventTree {
    pub(super) fn new(slots: usize) -> Self {
        let nodes = vec![0; NODES].into_boxed_slice();
        let nodes = nodes.try_into().expect("the slice has just this length");
        Self {
            nodes,
            leaves: slots.next_power_of_two().clamp(8, SLOTS),
        }
    }

    /// Makes room for `slots` slots.
    pub(super) fn grow(&mut self, slots: usize) {
        while slots > self.leaves && self.leaves < SLOTS {
            let n = self.leaves;
            self.nodes.copy_within(n..2 * n, 2 * n);
            self.nodes[3 * n..4 * n].fill(0);
            self.leaves = 2 * n;
            for i in (1..self.leaves).rev() {
                self.nodes[i] = self.nodes[2 * i].max(self.nodes[2 * i + 1]);
            }
        }
    }

    /// Schedules the event of `slot` at `at`, replacing what stood there; [`NEVER`](crate::time::NEVER) withdraws it.
    ///
    /// The path to the root ends where the winner stays who it was: soon, as a rule, for a slot that is not the next. Whether it
    /// does at the first nodes is anybody's guess, and no processor guesses well, so there is no look before the third.
    #[inline(always)]
    pub(super) fn set(&mut self, slot: usize, at: Micros) {
        let mut i = (self.leaves + slot) & (NODES - 1);
        let mut winner = Self::key(slot, at);
        self.nodes[i] = winner;
        let mut climb = |i: usize| {
            let rival = self.nodes[i ^ 1];
            winner = std::hint::select_unpredictable(rival > winner, rival, winner);
            std::mem::replace(&mut self.nodes[i >> 1], winner) != winner
        };
        climb(i);
        climb(i >> 1);
        i >>= 2;
        while climb(i) {
            i >>= 1;
            if i <= 1 {
                break;
            }
        }
    }

    /// As [`Self::set`], the way to the root replayed as a whole without a look at what stood there: for the slot whose
    /// event is the next one.
    #[inline(always)]
    pub(super) fn set_next(&mut self, slot: usize, at: Micros) {
        let mut i = (self.leaves + slot) & (NODES - 1);
        let mut winner = Self::key(slot, at);
        self.nodes[i] = winner;
        let mut replay = |i: usize| {
            let rival = self.nodes[i ^ 1];
            winner = std::hint::select_unpredictable(rival > winner, rival, winner);
            self.nodes[i >> 1] = winner;
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
    pub(super) fn time(&self) -> Micros {
        !self.nodes[1] >> SLOT_BITS
    }

    /// Slot of the earliest event.
    #[inline(always)]
    pub(super) fn slot(&self) -> usize {
        (!self.nodes[1] & SLOT_MASK) as usize
    }
}

/// Things due in later steps of the demand grid: one stack per step, in chunks of one arena.
///
/// Filing and taking cost a few instructions and no comparison; the order within a step is made when it opens. What is taken
/// one after the other lies side by side: a list through all of the arena waits for the memory at every item.
pub(super) struct Later<T> {
    stacks: Vec<Stack>,
    arena: Vec<T>,
    /// By chunk: the one below it in its stack, or the next that is free.
    below: Vec<u32>,
    free: u32,
}

/// What is due in a step: its uppermost chunk, and how many items are in that; there is at least one, or no chunk.
#[derive(Clone, Copy)]
struct Stack {
    top: u32,
    used: u32,
}

const NONE: u32 = u32::MAX;

/// Items of a chunk.
const CHUNK: usize = 64;

impl<T: Copy> Later<T> {
    pub(super) fn new(steps: usize) -> Self {
        Self {
            stacks: vec![
                Stack {
                    top: NONE,
                    used: CHUNK as u32
                };
                steps
            ],
            arena: Vec::new(),
            below: Vec::new(),
            free: NONE,
        }
    }

    /// Files `item` under `step`; false when the step is beyond the grid.
    #[inline]
    pub(super) fn push(&mut self, step: usize, item: T) -> bool {
        let Some(stack) = self.stacks.get_mut(step) else {
            return false;
        };
        if stack.used as usize == CHUNK {
            let below = stack.top;
            if self.free == NONE {
                stack.top = self.below.len() as u32;
                self.below.push(below);
                self.arena.extend([item; CHUNK]);
            } else {
                stack.top = self.free;
                self.free = std::mem::replace(&mut self.below[stack.top as usize], below);
            }
            stack.used = 0;
        }
        self.arena[stack.top as usize * CHUNK + stack.used as usize] = item;
        stack.used += 1;
        true
    }

    /// Takes one item of `step`, in no particular but a reproducible order.
    #[inline]
    pub(super) fn pop(&mut self, step: usize) -> Option<T> {
        let stack = self.stacks.get_mut(step)?;
        if stack.top == NONE {
            return None;
        }
        stack.used -= 1;
        let item = self.arena[stack.top as usize * CHUNK + stack.used as usize];
        if stack.used == 0 {
            let below = &mut self.below[stack.top as usize];
            let next = std::mem::replace(below, self.free);
            self.free = std::mem::replace(&mut stack.top, next);
            stack.used = CHUNK as u32;
        }
        Some(item)
    }
}

/// Sorts `(offset << 24 | index)` keys by spreading them over as many buckets as there are keys, offsets being close to
/// uniform over `[0, width)`, and mending the rest by insertion.
pub(super) fn sort_spread(
    keys: &mut Vec<u64>,
    width: Micros,
    scratch: &mut Vec<u64>,
    counts: &mut Vec<u32>,
) {
    let n = keys.len();
    if n < 24 {
        keys.sort_unstable();
        return;
    }
    let scale = ((n as u128) << 64).div_ceil(u128::from(width.max(1))) as u64;
    let bucket = |key: u64| (((key >> 24) as u128 * u128::from(scale)) >> 64) as usize;
    counts.clear();
    counts.resize(n + 1, 0);
    for &k in keys.iter() {
        counts[bucket(k).min(n)] += 1;
    }
    let mut sum = 0;
    for c in counts.iter_mut() {
        let here = *c;
        *c = sum;
        sum += here;
    }
    // What stands there is written over.
    scratch.resize(n, 0);
    for &k in keys.iter() {
        let place = &mut counts[bucket(k).min(n)];
        scratch[*place as usize] = k;
        *place += 1;
    }
    for i in 1..n {
        let k = scratch[i];
        let mut j = i;
        while j > 0 && scratch[j - 1] > k {
            scratch[j] = scratch[j - 1];
            j -= 1;
        }
        scratch[j] = k;
    }
    std::mem::swap(keys, scratch);
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

    #[test]
    fn later_keeps_a_stack_for_each_step() {
        let mut later = Later::new(5);
        let mut stacks = vec![Vec::new(); 5];
        for i in 0..20_000u64 {
            let word = crate::random::mix(i);
            let step = (word >> 8) as usize % 5;
            // By turns more is filed than taken, and the other way round.
            if word % 8 < 3 + 2 * (i / 1000 % 2) {
                assert!(later.push(step, i));
                stacks[step].push(i);
            } else {
                assert_eq!(later.pop(step), stacks[step].pop());
            }
        }
        assert!(!later.push(5, 99));
        let most = later.below.len();
        for (step, mut stack) in stacks.into_iter().enumerate() {
            let rest: Vec<u64> = std::iter::from_fn(|| later.pop(step)).collect();
            stack.reverse();
            assert_eq!(rest, stack);
        }
        // All that was given back is used again.
        for i in 0..(most * CHUNK) as u64 {
            assert!(later.push(0, i));
        }
        assert_eq!(later.below.len(), most);
        assert_eq!(later.arena.len(), most * CHUNK);
    }

    #[test]
    fn spread_sort_sorts() {
        let (mut scratch, mut counts) = (Vec::new(), Vec::new());
        for n in [0usize, 1, 23, 24, 1000] {
            let mut keys: Vec<u64> = (0..n as u64)
                .map(|i| (crate::random::mix(i) % 1_800_000_000) << 24 | i)
                .collect();
            let mut want = keys.clone();
            want.sort_unstable();
            sort_spread(&mut keys, 1_800_000_000, &mut scratch, &mut counts);
            assert_eq!(keys, want);
        }
        // All offsets equal, and offsets at the very end of the width.
        let mut keys: Vec<u64> = (0..100).rev().map(|i| 999 << 24 | i).collect();
        sort_spread(&mut keys, 1000, &mut scratch, &mut counts);
        assert!(keys.is_sorted());
    }
}
