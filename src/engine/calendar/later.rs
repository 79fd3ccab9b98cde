//! Lists of what is due in later steps, and the sort of what a step begins with.

use crate::slots::Slots;
use crate::time::Micros;

/// Things due in later steps of the demand grid: one stack per step, in chunks of one arena.
///
/// Filing and taking cost a few instructions and no comparison; the order within a step is made when it opens. What is taken
/// one after the other lies side by side: a list through all of the arena waits for the memory at every item.
pub(crate) struct Later<T> {
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
    pub(crate) fn new(steps: usize) -> Self {
        let (top, used) = (NONE, CHUNK as u32);
        let empty = Stack { top, used };
        Self {
            stacks: vec![empty; steps],
            arena: Vec::new(),
            below: Vec::new(),
            free: NONE,
        }
    }

    /// Files `item` under `step`; false when the step is beyond the grid.
    #[inline]
    pub(crate) fn push(&mut self, step: usize, item: T) -> bool {
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
    pub(crate) fn pop(&mut self, step: usize) -> Option<T> {
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

/// Sorts `(offset << 24 | index)` keys by spreading them over about as many buckets as there are keys, offsets being close to
/// uniform over `[0, width)`, and mending the rest by insertion.
pub(crate) fn sort_spread(
    keys: &mut Slots<u64>,
    width: Micros,
    scratch: &mut Slots<u64>,
    counts: &mut Slots<u32>,
) {
    let n = keys.len();
    if n < 24 {
        keys.sort_unstable();
        return;
    }
    // As many buckets as keys, or up to twice as many, each as wide as a power of two.
    let shift = 24 + (width / n as u64).max(1).ilog2();
    counts.clear();
    counts.resize((width << 24 >> shift) as usize + 1, 0);
    for &k in keys.iter() {
        debug_assert!(k >> 24 < width);
        counts[(k >> shift) as usize] += 1;
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
        let place = &mut counts[(k >> shift) as usize];
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
        let (mut scratch, mut counts) = (Slots::new(), Slots::new());
        for n in [0usize, 1, 23, 24, 1000] {
            let mut keys: Slots<u64> = (0..n as u64)
                .map(|i| (crate::random::mix(i) % 1_800_000_000) << 24 | i)
                .collect();
            let mut want = keys.clone();
            want.sort_unstable();
            sort_spread(&mut keys, 1_800_000_000, &mut scratch, &mut counts);
            assert_eq!(keys, want);
        }
        // All offsets equal, and offsets at the very end of the width.
        let mut keys: Slots<u64> = (0..100).rev().map(|i| 999 << 24 | i).collect();
        sort_spread(&mut keys, 1000, &mut scratch, &mut counts);
        assert!(keys.is_sorted());
    }
}
