//! Which free agent takes a contact.

use super::Engine;
use crate::engine::Sink;
use crate::engine::contact::Contact;
use crate::engine::laws::queue::{Bits, StepLaw, pools_of_both};
use crate::model::Select;
use crate::random::purpose;

impl<S: Sink> Engine<'_, S> {
    /// The free agent that takes the contact at this step, if any.
    #[inline(always)]
    pub(super) fn pick(&self, step: &StepLaw, contact: &Contact) -> Option<u32> {
        let mut pools = self.agents.available[0] & step.narrow;
        if pools == 0 && step.is_wide {
            return self.pick_of_many(step, contact);
        }
        if !step.reserve.is_empty() {
            for p in Bits(pools).filter(|&p| !self.may_take(step, p)) {
                pools &= !(1 << p);
            }
        }
        self.choose(Bits(pools), step, || contact.bits(purpose::SELECT))
    }

    /// As [`Self::pick`], for any number of pools.
    #[inline(never)]
    fn pick_of_many(&self, step: &StepLaw, contact: &Contact) -> Option<u32> {
        let free = pools_of_both(&self.agents.available, &step.pools);
        let free = free.filter(|&p| self.may_take(step, p));
        self.choose(free, step, || contact.bits(purpose::SELECT))
    }

    /// Whether pool `p` may give an agent at this step.
    fn may_take(&self, step: &StepLaw, p: usize) -> bool {
        step.may_take(p, self.agents.pools[p].idle)
    }

    /// The agent that takes a contact at this step, of these pools, each of which has somebody free. `bits` decide a random choice.
    #[inline(always)]
    pub(super) fn choose(
        &self,
        pools: impl Iterator<Item = usize> + Clone,
        step: &StepLaw,
        bits: impl FnOnce() -> u64,
    ) -> Option<u32> {
        let agents = &self.agents;
        match step.select {
            Select::LongestIdle | Select::LeastLoaded | Select::MostLoaded => {
                agents.choose_by_list(pools, step.select)
            }
            Select::Random => agents.pick_random(pools, bits),
            Select::BestRated => self.gig.best_rated(&self.cx, agents, pools),
            Select::Cheapest => {
                let is_free = |p: &usize| pools.clone().any(|free| free == *p);
                let p = step.cheapest.iter().copied().find(is_free)?;
                Some(agents.first(p, Select::LeastLoaded))
            }
        }
    }
}
