//! Full-time agents: their hours, and the agent time that a second of work takes as planned.

use super::Model;
use crate::time::Micros;
use serde::{Deserialize, Serialize};

/// What one full-time agent does: the denominator of the measures in full-time equivalents.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ProductiveHours {
    /// Paid hours a week.
    pub hours_per_week: f64,
    /// Share of paid time that is not available for contacts.
    pub shrinkage: f64,
    /// Target occupancy of the available time.
    pub occupancy: f64,
    /// Contacts at once by which displaced agents are counted; `None`: the concurrency of the pool.
    #[serde(skip_serializing)]
    pub concurrency: Option<f64>,
}

impl ProductiveHours {
    /// Paid hours a month: hours a week x 52/12, by which people are paid.
    pub fn paid_hours(&self) -> f64 {
        self.hours_per_week * 52.0 / 12.0
    }

    /// Paid seconds of one full-time agent in `days`.
    ///
    /// # Formula
    /// hours a week / 7 x days x 3600.
    pub fn paid_seconds(&self, days: f64) -> f64 {
        self.hours_per_week / 7.0 * days * 3600.0
    }
}

impl Default for ProductiveHours {
    fn default() -> Self {
        Self {
            hours_per_week: 40.0,
            shrinkage: 0.30,
            occupancy: 0.85,
            concurrency: None,
        }
    }
}

/// The agent time that the work of a topic takes as it is planned.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PlannedEffort {
    /// Agent seconds that a second of work content takes, after-contact work included.
    ///
    /// # Formula
    /// work factor / (c x speed with c contacts in hand), c contacts at once.
    pub agent_seconds: f64,
    /// The share of the available time, or of the slots where there are several, that is planned to be used.
    pub occupancy: f64,
}

impl Model {
    /// Seconds that one full-time agent is available for contacts between two moments, with one in hand or without.
    ///
    /// # Formula
    /// hours a week / 7 x local days x (1 - shrinkage); see [`crate::time::Calendar::days_between`].
    pub fn available_seconds_between(&self, from: Micros, end: Micros) -> f64 {
        let days = self.calendar.days_between(from, end);
        self.productive.paid_seconds(days) * (1.0 - self.productive.shrinkage)
    }

    /// What a second of work of contact type `k` takes of agents as planned: by the first pool of its route, with `[fte]
    /// concurrency` contacts at once where that is given. A topic without a route is planned as one contact at a time.
    pub fn planned_effort(&self, k: usize) -> PlannedEffort {
        let first = self.queues.get(k).and_then(|q| q.route.first());
        let pool = first.and_then(|s| self.pools.get(s.pools.first()?.pool));
        let planned = self.productive.concurrency;
        let agent_seconds = pool.map_or(1.0, |pool| {
            let hands = planned.unwrap_or(f64::from(pool.concurrency));
            pool.work_factor[k] / (hands * speed_at(&pool.speed, hands))
        });
        let stated = pool.and_then(|p| p.max_occupancy);
        PlannedEffort {
            agent_seconds,
            occupancy: stated.unwrap_or(self.productive.occupancy),
        }
    }
}

/// Speed of a contact with `hands` contacts in hand on average, interpolated linearly between whole numbers; beyond the last one the agent
/// as a whole gets no faster.
fn speed_at(speeds: &[f64], hands: f64) -> f64 {
    let most = speeds.len() as f64;
    let at = |n: usize| n.checked_sub(1).and_then(|i| speeds.get(i)).copied();
    if hands >= most {
        return at(speeds.len()).unwrap_or(1.0) * most.max(1.0) / hands;
    }
    let below = hands.max(1.0) as usize;
    let low = at(below).unwrap_or(1.0);
    low + (at(below + 1).unwrap_or(low) - low) * (hands - below as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn speeds_between_whole_numbers() {
        let speeds = [1.0, 0.95, 0.87];
        for (hands, want) in [
            (1.0, 1.0),
            (1.5, 0.975),
            (2.0, 0.95),
            (2.25, 0.93),
            (3.0, 0.87),
            (6.0, 0.435),
        ] {
            assert!((speed_at(&speeds, hands) - want).abs() < 1e-12, "{hands}");
        }
        assert_eq!(speed_at(&[1.0], 2.0), 0.5);
    }
}
