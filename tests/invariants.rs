//! What must hold in every model, whatever its rules: checked on small models put together at random.
//!
//! Cases are the same in every run (fixed seed); a failing one is shrunk to few and simple choices, since every choice
//! is a small number and 0 is the plainest.

mod books;
mod ledger;
mod log;
mod luck;
mod opinions;
mod periods;
mod queueing;
mod random_markets;
mod random_model;

use proptest::prelude::*;
use proptest::test_runner::{Config, RngSeed};

/// So many cases, always the same.
fn cases(n: u32) -> Config {
    Config {
        cases: n,
        rng_seed: RngSeed::Fixed(20_250_106),
        failure_persistence: None,
        ..Config::default()
    }
}

/// The choices from which a model is made.
fn rolls() -> impl Strategy<Value = Vec<u32>> {
    prop::collection::vec(0..10_000u32, 150)
}
