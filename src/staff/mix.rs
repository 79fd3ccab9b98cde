//! Which pools there are: mixes of those that can be decided on.

use super::confirm::{Confirmed, Start};
use super::decide::Decisions;
use crate::model::Model;

/// So many pools can be there or not.
pub const MOST_MIXED: usize = 6;

/// Some of the pools that are decided on; the others have nobody.
#[derive(Clone, Debug)]
pub struct Mix {
    /// The pools that are decided on and may have people.
    pub pools: Vec<usize>,
    /// The decisions, in which the others are bound to nobody.
    pub decisions: Decisions,
}

/// The pools that are there or not together: those of one size.
fn units(decisions: &Decisions) -> Vec<Vec<usize>> {
    let mut units: Vec<Vec<usize>> = Vec::new();
    for &pool in &decisions.pools {
        let of_size = decisions
            .size_of(pool)
            .map(|k| decisions.sizes[k].pools.clone());
        let unit = of_size.unwrap_or_else(|| vec![pool]);
        if !units.contains(&unit) {
            units.push(unit);
        }
    }
    units
}

/// All mixes of the pools that are decided on, those with most pools first. A pool that has bounds with somebody in it is in all of them, and
/// every topic that one of the pools may help has a pool in each of them that may.
///
/// # Errors
/// The number of pools, where there are more than [`MOST_MIXED`].
pub fn mixes(model: &Model, decisions: &Decisions) -> Result<Vec<Mix>, usize> {
    let units = units(decisions);
    if units.len() > MOST_MIXED {
        return Err(units.len());
    }
    let helped = |k: &usize| !decisions.helping(model, *k).is_empty();
    let topics: Vec<usize> = (0..model.topics.len()).filter(helped).collect();
    let mut all: Vec<Mix> = Vec::new();
    for chosen in (0..1_usize << units.len()).rev() {
        let is_in = |u: usize| chosen >> u & 1 == 1;
        let out = (0..units.len()).filter(|&u| !is_in(u));
        let out: Vec<usize> = out.flat_map(|u| units[u].clone()).collect();
        let serves = |&k: &usize| {
            let mut there = (0..model.pools.len()).filter(|p| !out.contains(p));
            there.any(|p| model.leads_to(k, p))
        };
        let mut mix = Mix {
            pools: decisions
                .pools
                .iter()
                .copied()
                .filter(|p| !out.contains(p))
                .collect(),
            decisions: decisions.clone(),
        };
        let mut may_be_out = true;
        for (v, variable) in decisions.variables.iter().enumerate() {
            if out.contains(&variable.pool) {
                // Whose people at the start stay is in every mix.
                may_be_out &= decisions.bounds[v].0 == 0 && decisions.dates(v).is_none();
                mix.decisions.bounds[v] = (0, 0);
            }
        }
        if may_be_out && !mix.pools.is_empty() && topics.iter().all(serves) {
            all.push(mix);
        }
    }
    all.sort_by_key(|mix| std::cmp::Reverse(mix.pools.len()));
    Ok(all)
}

/// The pool that is left out costs no more than this part of a plan for the plan to be a start without it.
const SMALL: f64 = 0.25;

impl Mix {
    /// The names of its pools.
    pub fn name(&self, model: &Model) -> String {
        let names = self.pools.iter().map(|&p| model.pools[p].name.as_str());
        names.collect::<Vec<_>>().join(" + ")
    }

    /// The plan of another mix as a start of this one: one that has all of its pools, and hardly anybody else.
    pub fn start<'a>(
        &self,
        found: impl Iterator<Item = (&'a [usize], &'a Confirmed)>,
    ) -> Option<Start> {
        let near = found.filter_map(|(pools, other)| {
            if !self.pools.iter().all(|p| pools.contains(p)) {
                return None;
            }
            let plan = &other.staffed.plan;
            let bounded = plan.iter().zip(&self.decisions.bounds);
            let kept: Vec<u32> = bounded.map(|(n, b)| (*n).min(b.1)).collect();
            let (all, left) = (other.decisions.cost(plan), other.decisions.cost(&kept));
            let start = Start {
                plan: kept,
                curves: other.curves.clone(),
            };
            (left >= (1.0 - SMALL) * all).then_some((left, start))
        });
        near.min_by(|a, b| a.0.total_cmp(&b.0)).map(|n| n.1)
    }
}
