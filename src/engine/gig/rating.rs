//! What members of a register resolve by their own skill, how they are rated for it, and the tiers that follow.

use super::{Gig, GigView};
use crate::engine::contact::Contact;
use crate::engine::keys::STRIDE;
use crate::engine::laws::pool::AnswerLaw;
use crate::engine::{Agents, Context, Observer, Sink, Tick};
use crate::model::{RankedBy, Tiers};
use crate::random::purpose;
use crate::time::Micros;

fn tiers<'e>(cx: &Context<'e, impl Sink>, p: usize) -> Option<&'e Tiers> {
    cx.register(p)?.tiers.as_ref()
}

impl Gig {
    /// How far skill moves the log-odds of resolving of a member down.
    pub(crate) fn own_skill(&self, cx: &Context<'_, impl Sink>, p: usize, member: u32) -> f64 {
        let spread = cx.laws.pools[p].skill_sd;
        if spread == 0.0 {
            return 0.0;
        }
        let person = cx.person_key(p, member);
        let z = &cx.laws.common.normal;
        spread * z.sample(person.bits(purpose::AGENT_FACTOR))
    }

    /// Tier of a person of pool `p`.
    pub(super) fn tier(&self, cx: &Context<'_, impl Sink>, p: usize, number: u32) -> u8 {
        let member = self.registers[p].of(number);
        match cx.register(p).filter(|g| g.tiers.is_none()) {
            Some(gig) => gig.segments[usize::from(member.segment)].tier,
            None => member.tier,
        }
    }

    /// Of the least loaded of each pool, the best tier, then the longest in that state.
    #[inline(never)]
    pub(crate) fn best_rated(
        &self,
        cx: &Context<'_, impl Sink>,
        agents: &Agents,
        pools: impl Iterator<Item = usize>,
    ) -> Option<u32> {
        let rank = |&a: &u32| {
            let agent = &agents[a];
            let tier = self.tier(cx, agent.pool.into(), agent.number);
            (agent.load, tier, agent.since)
        };
        let least = pools.flat_map(|p| agents.least_loaded(p));
        least.min_by_key(rank)
    }
}

impl<S: Sink> GigView<'_, '_, S> {
    /// Whether agent `a` of a register with a spread of skill resolves the contact.
    #[inline(never)]
    pub(crate) fn skill_resolves(&self, a: u32, law: &AnswerLaw, contact: &Contact) -> bool {
        let less = self.gig.sessions[a as usize].skill;
        let word = contact.bits(purpose::HUMAN_OUTCOME);
        let common = &self.cx.laws.common;
        law.resolve.happens_to(word, contact.case, common, less)
    }

    /// Probability that a member resolves a contact, the mean over the topics of the pool.
    fn expected_resolution(&self, p: usize, member: u32) -> f64 {
        let less = self.gig.own_skill(self.cx, p, member);
        let law = &self.cx.laws.pools[p];
        let segment = self.gig.registers[p].of(member).segment;
        let skills = self.cx.laws.model.pools[p].skills.iter().enumerate();
        let topics = skills.filter(|(_, able)| **able).map(|(k, _)| k);
        topics
            .map(|k| law.answer_of(segment, k).resolve.mean(less))
            .sum()
    }

    /// The talk of agent `a` of a register with tiers is over: by rank it is rated by what it resolved beyond what is usual.
    #[inline(never)]
    pub(crate) fn rate(&mut self, a: u32, (contact, offered): (&Contact, Micros), resolved: bool) {
        let agent = &self.agents[a];
        let (p, number, segment) = (usize::from(agent.pool), agent.number, agent.segment);
        let tier = self.gig.tier(self.cx, p, number);
        self.cx
            .observer
            .rated(p, contact, offered, (usize::from(segment), tier), resolved);
        let Some(tiers) = tiers(self.cx, p) else {
            return;
        };
        let usual = self.cx.laws.model.pools[p].outcomes[usize::from(contact.topic)].resolve;
        if let Some(member) = self.gig.registers[p].of_mut(number) {
            let beyond = f64::from(u8::from(resolved)) - usual;
            member.rating += tiers.weight * (beyond - member.rating);
        }
    }

    /// Ranks the members for the first time, where they can be, and plans the next review.
    pub(crate) fn plan_reviews(&mut self, p: usize) {
        if let Some(tiers) = tiers(self.cx, p) {
            self.gig.registers[p].last_tier = tiers.shares.len() as u8;
            if tiers.by == RankedBy::Skill {
                self.make_ranks(p, tiers);
            }
            self.cx
                .tick(self.cx.now + tiers.review, Tick::Review(p as u16));
        }
    }

    /// The members are ranked anew.
    pub(crate) fn review(&mut self, p: usize) {
        if let Some(tiers) = tiers(self.cx, p) {
            self.make_ranks(p, tiers);
            self.cx
                .tick(self.cx.now + tiers.review, Tick::Review(p as u16));
        }
    }

    fn make_ranks(&mut self, p: usize, tiers: &Tiers) {
        let word = purpose::RANK_LOT + STRIDE * (self.cx.now / tiers.review);
        let members = self.gig.registers[p].joined();
        let mut ranks: Vec<(f64, u64, u32)> = members
            .into_iter()
            .map(|(m, _)| {
                let score = match tiers.by {
                    RankedBy::Skill => self.expected_resolution(p, m),
                    RankedBy::Rating => self.gig.registers[p].of(m).rating,
                };
                (score, self.cx.person_key(p, m).bits(word), m)
            })
            .collect();
        ranks.sort_unstable_by(|a, b| b.0.total_cmp(&a.0).then((a.1, a.2).cmp(&(b.1, b.2))));
        for (rank, &(.., member)) in ranks.iter().enumerate() {
            let member = &mut self.gig.registers[p].members[member as usize];
            member.tier = tiers.tier(rank, ranks.len());
        }
    }
}
