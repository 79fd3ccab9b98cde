//! Draws that are spread evenly among replications.

use crate::random::{Key, mix};
use std::ops::Range;

/// Replications of a seed among which some draws are spread evenly.
#[derive(Clone, Debug)]
pub(crate) struct Spread {
    pub(super) seed: u64,
    pub(super) replications: Range<u64>,
}

impl Spread {
    /// A draw in place of the `own` one of a replication: among `n` replications exactly one has it in each `n`th part of its range, that whose own
    /// draw has the rank of the part. `draw` gives the own draw of any of them.
    pub(crate) fn bits(&self, own: u64, draw: impl Fn(Key) -> u64) -> u64 {
        let all = self.replications.clone();
        let n = all.end.saturating_sub(all.start).max(1);
        let below = all.filter(|&r| draw(Key::root(self.seed, r)) < own).count();
        let part = (u128::from(u64::MAX) + 1) / u128::from(n);
        let within = (u128::from(mix(own)) * part) >> 64;
        (below.min(n as usize - 1) as u128 * part + within) as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of each draw every replication has another part of the range, and which one differs from draw to draw.
    #[test]
    fn each_part_of_the_range_comes_once() {
        let spread = Spread {
            seed: 7,
            replications: 5..25,
        };
        let mut orders = Vec::new();
        for day in 0..50 {
            let draw = |root: Key| root.child(day).bits(3);
            let bits = (5..25).map(|r| spread.bits(draw(Key::root(7, r)), draw));
            let parts: Vec<u64> = bits.map(|b| b / (u64::MAX / 20 + 1)).collect();
            let mut sorted = parts.clone();
            sorted.sort_unstable();
            assert_eq!(sorted, (0..20).collect::<Vec<_>>());
            orders.push(parts);
        }
        orders.sort();
        orders.dedup();
        assert_eq!(orders.len(), 50);
    }
}
