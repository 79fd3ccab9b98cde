//! Which free agent takes a contact.

use super::Engine;
use crate::engine::Sink;
use crate::engine::contact::Contact;
use crate::engine::laws::queue::StepLaw;
use crate::model::Select;
use crate::random::purpose;

impl<S: Sink> Engine<'_, S> {
    /// The free agent that takes the contact at this step, if any.
    #[inline(always)]
    pub(super) fn pick(&self, step: &StepLaw, contact: &Contact) -> Option<u32> {
        let mut pools = self.agents.available & step.pools;
        if step.has_reserve {
            let mut left = pools;
            while left != 0 {
                let p = left.trailing_zeros() as usize;
                left &= left - 1;
                if step.reserve[p] > 0 && self.agents.pools[p].idle <= step.reserve[p] {
                    pools &= !(1 << p);
                }
            }
        }
        (pools != 0).then(|| self.choose(pools, step, || contact.bits(purpose::SELECT)))
    }

    /// The agent of these pools, which have somebody free, that takes a contact at this step. `bits` decide a random choice.
    #[inline(always)]
    pub(super) fn choose(&self, pools: u64, step: &StepLaw, bits: impl FnOnce() -> u64) -> u32 {
        let agents = &self.agents;
        match step.select {
            Select::LongestIdle | Select::LeastLoaded | Select::MostLoaded => {
                agents.choose_by_list(pools, step.select)
            }
            Select::Random => agents.pick_random(pools, bits()),
            Select::BestRated => self.gig.best_rated(&self.cx, agents, pools),
            Select::Cheapest => {
                let cheapest = step.cheapest.iter().copied().find(|&p| pools >> p & 1 != 0);
                let p = cheapest.unwrap_or(pools.trailing_zeros() as usize);
                agents.first(p, Select::LeastLoaded)
            }
        }
    }
}
