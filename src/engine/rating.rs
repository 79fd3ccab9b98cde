//! What members of a register resolve by their own skill, how they are rated for it, and the tiers that follow.

use super::agents::NOBODY;
use super::laws::AnswerLaw;
use super::register::Tick;
use super::{Contact, Engine, Observer, STRIDE};
use crate::model::{RankedBy, Supply, Tiers};
use crate::random::purpose;
use crate::time::Micros;

impl<'m, O: Observer + ?Sized> Engine<'_, 'm, O> {
    fn tiers(&self, p: usize) -> Option<&'m Tiers> {
        match &self.laws.model.pools[p].supply {
            Supply::Gig(gig) => gig.tiers.as_ref(),
            _ => None,
        }
    }

    /// How far skill moves the log-odds of resolving of a member down.
    pub(super) fn own_skill(&self, p: usize, member: u32) -> f64 {
        let spread = self.laws.pools[p].skill_sd;
        if spread == 0.0 {
            return 0.0;
        }
        let person = self.member_key(p, member);
        let z = &self.laws.common.normal;
        spread * z.sample(person.bits(purpose::AGENT_FACTOR))
    }

    /// Tier of a person of pool `p`, of that segment if it is a register.
    pub(super) fn tier(&self, p: usize, number: u32, segment: u8) -> u8 {
        let law = &self.laws.pools[p];
        if law.ranks {
            self.registers[p].tier(number)
        } else {
            law.tier(segment)
        }
    }

    /// Of the least loaded of each pool, the best tier, then the longest in that state.
    #[inline(never)]
    pub(super) fn best_rated(&self, pools: u64) -> u32 {
        let mut best = (u8::MAX, u8::MAX, Micros::MAX, NOBODY);
        for p in (0..64).filter(|p| pools >> p & 1 != 0) {
            for a in self.least_loaded(p) {
                let agent = &self.agents[a as usize];
                let tier = self.tier(p, agent.number, agent.segment);
                let rank = (agent.load, tier, agent.since);
                if rank < (best.0, best.1, best.2) {
                    best = (rank.0, rank.1, rank.2, a);
                }
            }
        }
        best.3
    }

    /// Whether agent `a` of a register with a spread of skill resolves the contact.
    #[inline(never)]
    pub(super) fn skill_resolves(&self, a: u32, law: &AnswerLaw, contact: &Contact) -> bool {
        let word = purpose::HUMAN_OUTCOME + STRIDE * u64::from(contact.hop);
        let less = self.sessions[a as usize].skill;
        law.resolve
            .happens_to(contact.key(), word, contact.case, &self.laws.common, less)
    }

    /// The talk of agent `a` of a register with tiers is over: by rank it is rated by what it resolved beyond what is usual.
    #[inline(never)]
    pub(super) fn rate(
        &mut self,
        a: u32,
        p: usize,
        (contact, offered): (&Contact, Micros),
        resolved: bool,
    ) {
        let agent = &self.agents[a as usize];
        let (number, segment) = (agent.number, agent.segment);
        let tier = self.tier(p, number, segment);
        self.observer
            .rated(p, contact, offered, (usize::from(segment), tier), resolved);
        let Some(tiers) = self.tiers(p) else {
            return;
        };
        let usual = self.laws.model.pools[p].outcomes[usize::from(contact.topic)].resolve;
        if let Some(rating) = self.registers[p].rating(number) {
            let beyond = f64::from(u8::from(resolved)) - usual;
            *rating += tiers.weight * (beyond - *rating);
        }
    }

    /// Ranks the members for the first time, where they can be, and plans the next review.
    pub(super) fn plan_reviews(&mut self, p: usize) {
        if let Some(tiers) = self.tiers(p) {
            self.registers[p].has_ranks(tiers.shares.len());
            if tiers.by == RankedBy::Skill {
                self.make_ranks(p, tiers);
            }
            self.plan_review(p, tiers);
        }
    }

    fn plan_review(&mut self, p: usize, tiers: &Tiers) {
        let at = self.now + tiers.review;
        self.push_tick(at, Tick::Review { pool: p as u16 });
    }

    /// The members are ranked anew.
    pub(super) fn review(&mut self, p: usize) {
        if let Some(tiers) = self.tiers(p) {
            self.make_ranks(p, tiers);
            self.plan_review(p, tiers);
        }
    }

    fn make_ranks(&mut self, p: usize, tiers: &Tiers) {
        let word = purpose::RANK_LOT + STRIDE * (self.now / tiers.review);
        let members = self.registers[p].joined();
        let mut ranks: Vec<(f64, u64, u32)> = members
            .into_iter()
            .map(|(m, _)| {
                let score = match tiers.by {
                    RankedBy::Skill => self.expected_resolution(p, m),
                    RankedBy::Rating => self.registers[p].rating(m).map_or(0.0, |r| *r),
                };
                (score, self.member_key(p, m).bits(word), m)
            })
            .collect();
        ranks.sort_unstable_by(|a, b| b.0.total_cmp(&a.0).then((a.1, a.2).cmp(&(b.1, b.2))));
        for (rank, &(.., member)) in ranks.iter().enumerate() {
            let tier = tiers.tier(rank, ranks.len());
            self.registers[p].set_tier(member, tier);
        }
    }

    /// Probability that a member resolves a contact, the mean over the topics of the pool.
    fn expected_resolution(&self, p: usize, member: u32) -> f64 {
        let less = self.own_skill(p, member);
        let law = &self.laws.pools[p];
        let segment = self.registers[p].segment(member) as u8;
        let skills = self.laws.model.pools[p].skills.iter().enumerate();
        let topics = skills.filter(|(_, able)| **able).map(|(k, _)| k);
        topics
            .map(|k| law.answer_of(segment, k).resolve.mean(less))
            .sum()
    }
}
