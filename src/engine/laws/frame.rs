//! What the laws of the epochs have in common.

use super::chance::{Chance, Common, normal};
use crate::dist::{Distribution, Sampler, SamplerCache};
use crate::engine::Grid;
use crate::model::{Model, Month, Period};
use crate::time::Micros;
use std::collections::BTreeMap;

const MICROS: f64 = 1e6;

/// Tables made so far: epochs share what they have in common, and so can models that are simulated one after the other.
#[derive(Default)]
pub struct Cache {
    samplers: SamplerCache,
    /// By the bits of w.
    difficulty: BTreeMap<u64, Sampler>,
    pub(crate) common: Common,
    /// By the bits of the probability, of the slope and of the spread.
    chances: BTreeMap<(u64, u64, u64), Chance>,
}

/// How the time of a run is divided.
pub(crate) struct Frame {
    /// Starts of the local days, those of the drain included.
    pub(crate) days: Vec<Micros>,
    pub(crate) months: Vec<Month>,
    /// Months, cut where something changes.
    pub(crate) periods: Vec<Period>,
    pub(crate) grid: Grid,
}

/// Tables of a kind from which on a cache begins anew: 4 MiB.
const MOST_KEPT: usize = 64;

impl Frame {
    pub(super) fn new(model: &Model) -> Self {
        Self {
            days: model
                .calendar
                .day_starts(model.horizon + crate::engine::calendar::DRAIN),
            months: model.months(),
            periods: model.periods(),
            grid: Grid::new(model),
        }
    }
}

impl Cache {
    /// Drops what is too much to keep for the next model.
    pub(super) fn trim(&mut self) {
        let most = self.samplers.len().max(self.difficulty.len());
        if most.max(self.chances.len() / 16) > MOST_KEPT {
            *self = Self::default();
        }
    }

    /// A duration in seconds, sampled in microseconds.
    pub(crate) fn micros(&mut self, d: &Distribution) -> Sampler {
        self.samplers.sampler(&d.scaled(MICROS))
    }

    /// exp(w z - w^2/2) of a standard normal z.
    pub(crate) fn difficulty(&mut self, w: f64) -> Sampler {
        let make = || {
            Sampler::from_quantile(move |p, upper| {
                let z = normal(p, upper);
                libm::exp(w * z - 0.5 * w * w)
            })
        };
        self.difficulty
            .entry(w.to_bits())
            .or_insert_with(make)
            .clone()
    }

    /// A probability that difficulty moves by `slope`, on average over those whose skill moves it by `spread`.
    pub(crate) fn chance(&mut self, p: f64, slope: f64, spread: f64) -> Chance {
        let make = || Chance::new(p, slope, spread, &self.common);
        let key = (p.to_bits(), slope.to_bits(), spread.to_bits());
        self.chances.entry(key).or_insert_with(make).clone()
    }
}
