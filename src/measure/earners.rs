//! What each member of a register earned.

use super::slices::Slice;
use crate::engine::Paid;
use crate::model::Model;
use crate::stats::sample_quantile;

const HOUR: f64 = 3.6e9;

/// What members earned an hour online.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Earnings {
    /// 10th percentile over the members who were online.
    pub p10: Option<f64>,
    /// Share of them who earned less than the minimum wage, where there is one.
    pub below_minimum: Option<f64>,
}

/// Earnings of the members of each pool: amount, and microseconds online.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Earners {
    pools: Vec<Vec<(f64, u64)>>,
}

impl Earners {
    pub(super) fn new(pools: usize) -> Self {
        Self {
            pools: vec![Vec::new(); pools],
        }
    }

    /// Books a session.
    pub(super) fn add(&mut self, pool: usize, member: u32, paid: Paid) {
        let members = &mut self.pools[pool];
        if members.len() <= member as usize {
            members.resize(member as usize + 1, (0.0, 0));
        }
        let (amount, online) = &mut members[member as usize];
        *amount += paid.amount;
        *online += paid.online;
    }

    /// Earnings per online hour in a slice that has them.
    pub(super) fn of(&self, slice: &Slice, model: &Model) -> Earnings {
        let (mut rates, mut judged, mut below) = (Vec::new(), 0u32, 0u32);
        for p in slice.agents(model) {
            let minimum = model.pools[p].minimum_wage();
            for &(amount, online) in self.pools[p].iter().filter(|m| m.1 > 0) {
                let rate = amount * HOUR / online as f64;
                rates.push(rate);
                if let Some(minimum) = minimum {
                    judged += 1;
                    // Pay that is topped up to the minimum is not below it by a rounding error.
                    below += u32::from(rate < minimum * (1.0 - 1e-9));
                }
            }
        }
        Earnings {
            p10: sample_quantile(&rates, 0.1),
            below_minimum: (judged > 0).then(|| f64::from(below) / f64::from(judged)),
        }
    }
}
