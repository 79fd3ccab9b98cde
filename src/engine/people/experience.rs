//! People who are new at work: slower, and resolving less, until they have learned.

use super::cohort::since;
use super::vendor::Vendors;
use super::workforce::Workforce;
use crate::engine::contact::Contact;
use crate::engine::{Agents, Context, Sink, grown};
use crate::model::Delivery;
use crate::random::{Key, purpose, threshold};
use crate::time::{WEEK, to_seconds};

/// The share of the plan that is delivered on the day of this key.
pub(super) fn delivered(delivery: &Delivery, day: Key) -> f64 {
    match delivery {
        Delivery::Fixed(share) => *share,
        Delivery::Daily(law) => law.quantile(day.uniform(purpose::DELIVERY)),
    }
}

/// Who the people of the pools are: groups of employees and the people of vendors, and what the new ones have learned.
pub(crate) struct Staff {
    pub(crate) workforce: Workforce,
    pub(super) vendors: Vendors,
    /// By agent, where people learn: of what is resolved after the ramp, the threshold of what the agent has learned to resolve.
    learned: Vec<u64>,
}

impl Staff {
    pub(crate) fn new(cx: &Context<'_, impl Sink>) -> Self {
        Self {
            workforce: Workforce::new(&cx.laws.model.groups),
            vendors: Vendors((0..cx.laws.pools.len()).map(|_| None).collect()),
            learned: Vec::new(),
        }
    }

    /// The people there are for pool `p` over those that were planned: of its group, or of its vendor.
    pub(super) fn scale(&mut self, cx: &Context<'_, impl Sink>, p: usize) -> f64 {
        let pool = &cx.laws.model.pools[p];
        match (pool.group(), pool.contract()) {
            (Some(g), _) => self.workforce.scale(cx, g),
            (None, Some(_)) => self.vendors.scale(cx, p, cx.today()),
            (None, None) => 1.0,
        }
    }

    /// Sets what the time at work has made of agent `a`, where those who are new learn: the share of the ramp that is left falls in a
    /// straight line, and so do the factors. `rank` is the place among the people of the pool: 0 who is there longest, 1 the newest.
    pub(super) fn set_experience(
        &mut self,
        cx: &Context<'_, impl Sink>,
        agents: &mut Agents,
        a: u32,
        rank: impl FnOnce(&Self) -> f64,
    ) {
        let (p, number) = (usize::from(agents[a].pool), agents[a].number);
        if !cx.laws.pools[p].learns {
            return;
        }
        let pool = &cx.laws.model.pools[p];
        let Some(ramp) = pool.ramp(&cx.laws.model.groups) else {
            return;
        };
        let rank = rank(self);
        let start = match pool.group() {
            Some(g) => {
                let since = since(&self.workforce.groups[g].productive, rank);
                let month = since.and_then(|m| cx.laws.frame.months.get(m as usize));
                month.map(|month| month.start)
            }
            None => {
                let vendor = self.vendors.0[p].as_ref();
                vendor.and_then(|v| since(&v.cohorts, rank))
            }
        };
        let left = start.map_or(0.0, |start| {
            let weeks = to_seconds(cx.now.saturating_sub(start)) / to_seconds(WEEK);
            (1.0 - weeks / ramp.weeks).max(0.0)
        });
        agents[a].factor = cx.own_factor(p, number) * (1.0 + (ramp.handle_time - 1.0) * left);
        let learned = grown(&mut self.learned, a as usize, u64::MAX);
        *learned = threshold(1.0 + (ramp.resolve - 1.0) * left);
    }

    /// Whether agent `a`, who would have resolved the contact after the ramp, has not learned it yet.
    #[inline(never)]
    pub(crate) fn is_beyond(&self, a: u32, contact: &Contact) -> bool {
        let learned = self.learned.get(a as usize).copied().unwrap_or(u64::MAX);
        learned != u64::MAX && contact.bits(purpose::NOVICE) >= learned
    }
}
