//! Samplers that laws have in common.

use super::chance::Common;
use crate::dist::{Distribution, Sampler, SamplerCache};
use std::collections::BTreeMap;

const MICROS: f64 = 1e6;

/// Samplers made so far: epochs share what they have in common.
#[derive(Default)]
pub(super) struct Cache {
    samplers: SamplerCache,
    /// By the bits of w.
    difficulty: BTreeMap<u64, Sampler>,
    common: Option<Common>,
}

impl Cache {
    /// A duration in seconds, sampled in microseconds.
    pub(super) fn micros(&mut self, d: &Distribution) -> Sampler {
        self.samplers.sampler(&d.scaled(MICROS))
    }

    /// exp(w z - w^2/2) of a standard normal z.
    pub(super) fn difficulty(&mut self, w: f64) -> Sampler {
        let make = || {
            Sampler::from_quantile(move |p, upper| {
                let z = crate::dist::special::normal_quantile(p);
                let z = if upper { -z } else { z };
                libm::exp(w * z - 0.5 * w * w)
            })
        };
        self.difficulty
            .entry(w.to_bits())
            .or_insert_with(make)
            .clone()
    }

    pub(super) fn common(&mut self) -> Common {
        self.common.get_or_insert_with(Common::new).clone()
    }
}
