//! Ends of patience that must be noticed when they happen.
//!
//! Most of them never come: the contact is answered first. So an end that is not near is only put into a bucket, and who is
//! still waiting when the bucket opens goes into a heap.

use crate::time::{Micros, NEVER};
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// The end of one patience: when, in which queue, at which place.
pub(crate) type End = (Micros, u32, u64);

/// A bucket holds 2^24 microseconds, 17 seconds; together they reach 18 minutes ahead.
const WIDTH_BITS: u32 = 24;
const WIDTH: Micros = 1 << WIDTH_BITS;
const BUCKETS: u64 = 64;

/// The ends that are watched.
pub(crate) struct Watch {
    near: BinaryHeap<Reverse<End>>,
    /// Everything before is in `near`; a multiple of the width.
    until: Micros,
    /// The bucket of a time is its number modulo 64; the last one of the reach holds all that is later.
    buckets: Vec<Vec<End>>,
    /// Bit per bucket with something in it.
    occupied: u64,
    /// Nothing has to be done before.
    pub(crate) due: Micros,
}

impl Watch {
    pub(crate) fn new() -> Self {
        Self {
            near: BinaryHeap::new(),
            until: 0,
            buckets: vec![Vec::new(); BUCKETS as usize],
            occupied: 0,
            due: NEVER,
        }
    }

    /// Watches one more end, not before `now`.
    #[inline(always)]
    pub(crate) fn add(&mut self, end: End, now: Micros) {
        if self.occupied == 0 {
            self.until = self.until.max(now & !(WIDTH - 1));
        }
        if end.0 < self.until {
            self.near.push(Reverse(end));
            self.due = self.due.min(end.0);
        } else {
            let number = self.file(end);
            self.due = self.due.min(number << WIDTH_BITS);
        }
    }

    /// Puts an end into its bucket; the number of the bucket since the beginning of time.
    #[inline(always)]
    fn file(&mut self, end: End) -> u64 {
        let number = (end.0 >> WIDTH_BITS).min((self.until >> WIDTH_BITS) + BUCKETS - 1);
        let bucket = number % BUCKETS;
        self.buckets[bucket as usize].push(end);
        self.occupied |= 1 << bucket;
        number
    }

    /// Does what is due: the end that comes next, or `None` after a bucket was opened. `waits` tells who still does.
    pub(crate) fn next(&mut self, waits: impl Fn(End) -> bool) -> Option<End> {
        let first = self.near.peek().map_or(NEVER, |&Reverse(end)| end.0);
        let next = if first == self.due {
            self.near.pop().map(|Reverse(end)| end)
        } else {
            self.open(waits);
            None
        };
        self.due = self
            .near
            .peek()
            .map_or(NEVER, |&Reverse(end)| end.0)
            .min(self.opens());
        next
    }

    /// When the first bucket with something in it opens.
    fn opens(&self) -> Micros {
        if self.occupied == 0 {
            return NEVER;
        }
        let first = self.until >> WIDTH_BITS;
        let ahead = self.occupied.rotate_right((first % BUCKETS) as u32);
        (first + u64::from(ahead.trailing_zeros())) << WIDTH_BITS
    }

    #[inline(never)]
    fn open(&mut self, waits: impl Fn(End) -> bool) {
        let start = self.opens();
        if start == NEVER {
            return;
        }
        let bucket = (start >> WIDTH_BITS) % BUCKETS;
        self.until = start + WIDTH;
        self.occupied &= !(1 << bucket);
        let mut ends = std::mem::take(&mut self.buckets[bucket as usize]);
        for end in ends.drain(..).filter(|&end| waits(end)) {
            if end.0 < self.until {
                self.near.push(Reverse(end));
            } else {
                self.file(end);
            }
        }
        // What lay beyond the reach went to another bucket; this one keeps its memory.
        if self.buckets[bucket as usize].is_empty() {
            self.buckets[bucket as usize] = ends;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::mix;

    #[test]
    fn ends_come_in_order_unless_gone() {
        let mut watch = Watch::new();
        let (mut want, mut got) = (Vec::new(), Vec::new());
        let mut now = 0;
        for i in 0..20_000u64 {
            let word = mix(i);
            now += word % 3_000_000;
            // Up to 70 minutes ahead, some within the second.
            let ahead = (word >> 20)
                % if word & 3 == 0 {
                    1_000_000
                } else {
                    4_200_000_000
                };
            let end = (now + ahead, (word % 7) as u32, i);
            watch.add(end, now);
            if i % 3 != 0 {
                want.push(end);
            }
            while watch.due < now {
                got.extend(watch.next(|end| end.2 % 3 != 0));
            }
        }
        while watch.due != NEVER {
            got.extend(watch.next(|end| end.2 % 3 != 0));
        }
        got.retain(|end| end.2 % 3 != 0);
        want.sort_unstable();
        assert_eq!(got, want);
    }
}
