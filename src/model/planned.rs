//! Placeholder until the requirement lands.

use super::Model;
use crate::time::{Micros, to_seconds};

/// What a second of work content takes of an agent's time as planned.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PlannedEffort {
    /// Agent seconds per second of work.
    pub agent_seconds: f64,
    /// Target occupancy.
    pub occupancy: f64,
}

impl PlannedEffort {
    /// Agent seconds, grossed up by the occupancy, per second of work.
    pub fn time_per_work(&self) -> f64 {
        self.agent_seconds / self.occupancy
    }
}

impl Model {
    /// See [`PlannedEffort`].
    pub fn planned_effort(&self, k: usize) -> PlannedEffort {
        let first = self.queues[k].route.first().and_then(|s| s.pools.first());
        let seconds = first.map_or(1.0, |p| {
            let pool = &self.pools[p.pool];
            let c = f64::from(pool.concurrency);
            pool.work_factor[k] / (c * pool.speed.last().copied().unwrap_or(1.0))
        });
        PlannedEffort {
            agent_seconds: seconds,
            occupancy: self.productive.occupancy,
        }
    }

    /// Paid seconds less shrinkage of one full-time agent between two moments.
    pub fn available_seconds(&self, from: Micros, to: Micros) -> f64 {
        let p = &self.productive;
        let days = to_seconds(to - from) / 86_400.0;
        p.hours_per_week / 7.0 * days * (1.0 - p.shrinkage) * 3600.0
    }
}
