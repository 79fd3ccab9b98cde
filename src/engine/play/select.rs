//! Which free agent takes a contact.

use super::Engine;
use crate::engine::Sink;
use crate::engine::contact::Contact;
use crate::engine::laws::queue::{Bits, StepLaw};
use crate::model::Select;
use crate::random::purpose;

impl<S: Sink> Engine<'_, S> {
    /// The free agent that takes the contact at this step, if any.
    #[inline(always)]
    pub(super) fn pick(&self, step: &StepLaw, contact: &Contact) -> Option<u32> {
        let pools = self.agents.available & step.pools;
        if step.needs_care {
            return self.pick_with_care(step, contact);
        }
        self.choose(Bits(pools), step, || contact.bits(purpose::SELECT))
    }

    /// As [`Self::pick`], of pools that keep agents in reserve, or have no bit of their own.
    #[inline(never)]
    fn pick_with_care(&self, step: &StepLaw, contact: &Contact) -> Option<u32> {
        let agents = &self.agents;
        let may_take = |p: &usize| step.may_take(*p, agents.pools[*p].idle);
        let pools = step.members.iter().copied();
        let pools = pools.filter(|&p| agents.has_free(p)).filter(may_take);
        self.choose(pools, step, || contact.bits(purpose::SELECT))
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
        if let Select::LongestIdle | Select::LeastLoaded | Select::MostLoaded = step.select {
            return agents.choose_by_list(pools, step.select);
        }
        match step.select {
            Select::Random => agents.pick_random(pools, bits),
            Select::BestRated => self.gig.best_rated(&self.cx, agents, pools),
            _ => {
                let p = pools.min_by_key(|&p| step.price_rank[p])?;
                Some(agents.first(p, Select::LeastLoaded))
            }
        }
    }
}
