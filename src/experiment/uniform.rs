//! Numbers that fill [0, 1) evenly.

use super::factors::pick;
use crate::random::{Key, purpose};

/// Latin hypercube: one number in each of `n` equal parts of [0, 1), in random order. The key, not its place, decides.
pub(super) fn latin(n: usize, seed: u64, key: &str) -> Vec<f64> {
    let root = Key::root(seed, 0).named(purpose::DESIGN_ORDER, key);
    let mut order: Vec<usize> = (0..n).collect();
    for i in (1..n).rev() {
        let u = root.child(i as u64).uniform(purpose::DESIGN_ORDER);
        order.swap(i, pick(u, i + 1));
    }
    let jitter = |i: usize| root.child(i as u64).uniform(purpose::DESIGN_JITTER);
    (0..n)
        .map(|i| (order[i] as f64 + jitter(i)) / n as f64)
        .collect()
}

/// One dimension of `n` Sobol' points with Owen's scrambling.
pub(super) fn sobol(n: usize, seed: u64, dimension: usize) -> Vec<f64> {
    let seed = (Key::root(seed, 0).bits(purpose::DESIGN_ORDER) >> 32) as u32;
    let place = |i| f64::from(sobol_burley::sample(i, dimension as u32, seed));
    (0..n as u32).map(place).collect()
}
