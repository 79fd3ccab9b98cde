//! A register made ready for simulation.

use super::cache::Cache;
use super::earnings::PayLaw;
use super::laws::{AnswerLaw, Laws, PoolLaw};
use crate::dist::Sampler;
use crate::model::{GigSupply, HumanOutcome, LogOn, Model, PayResponse, PoolPrice, Supply};
use crate::random::threshold;
use crate::slots::Slots;
use crate::time::Micros;

/// A gig pool.
pub(super) struct GigLaw {
    pub(super) offers: bool,
    pub(super) segments: Slots<SegmentLaw>,
    pub(super) response: Option<Sampler>,
    pub(super) timeout: Micros,
    pub(super) cool_down: Option<Sampler>,
    pub(super) max_offers: u16,
    pub(super) broadcast: u16,
    pub(super) tolerance: Option<Sampler>,
    pub(super) pay: Option<PayLaw>,
    pub(super) response_to_pay: Option<PayResponse>,
    /// The register is not open: those who log on are the same people again.
    has_members: bool,
    /// Factor on the log-on rate by the pay offered, without and with surge.
    pub(super) pull: [f64; 2],
}

impl GigLaw {
    pub(super) fn new(g: &GigSupply, price: Option<&PoolPrice>, cache: &mut Cache) -> Self {
        Self {
            offers: g.makes_offers(),
            segments: g
                .segments
                .iter()
                .map(|s| SegmentLaw {
                    session: cache.micros(&s.session),
                    accept: [false, true].map(|surge| threshold(g.acceptance(s, price, surge))),
                    work_factor: s.work_factor,
                    tier: s.tier,
                })
                .collect(),
            response: g.response.as_ref().map(|d| cache.micros(d)),
            timeout: g.offer_timeout.unwrap_or(Micros::MAX),
            cool_down: g.cool_down.as_ref().map(|d| cache.micros(d)),
            max_offers: g.max_offers.map_or(u16::MAX, |n| n.min(65_000) as u16),
            broadcast: g.broadcast.min(10_000) as u16,
            tolerance: g.tolerance.as_ref().map(|d| cache.micros(d)),
            pay: price.and_then(PayLaw::new),
            response_to_pay: g.pay_response,
            has_members: g.log_on != LogOn::Open,
            pull: pull(g, price),
        }
    }

    /// Whether the register answers to what it earned.
    pub(super) fn feeds_back(&self) -> bool {
        self.response_to_pay.is_some_and(|r| r.feedback != 0.0)
    }

    /// Whether each member answers to what the member earned.
    pub(super) fn feeds_back_to_each(&self) -> bool {
        self.feeds_back() && self.has_members
    }
}

/// A segment of a register.
pub(super) struct SegmentLaw {
    pub(super) session: Sampler,
    /// Without and with surge.
    pub(super) accept: [u64; 2],
    pub(super) work_factor: f64,
    tier: u8,
}

impl AnswerLaw {
    /// The outcomes of a pool on a topic, where a segment resolves `factor` as much.
    pub(super) fn new(
        o: HumanOutcome,
        factor: f64,
        (slope, spread): (f64, f64),
        work_factor: f64,
        cache: &mut Cache,
    ) -> Self {
        let rest = (1.0 - o.resolve).max(f64::MIN_POSITIVE);
        Self {
            resolve: cache.chance_of_many((o.resolve * factor).min(1.0), slope, spread),
            transfer: threshold(o.transfer / rest),
            to: o.to,
            work_factor,
        }
    }
}

/// Answers of pool `p` by topic, where segments differ for each segment in turn; then how many a segment has of its own.
pub(super) fn answers(model: &Model, p: usize, cache: &mut Cache) -> (Slots<AnswerLaw>, usize) {
    let pool = &model.pools[p];
    let topics = model.topics.len();
    let (mut factors, mut spread) = (vec![1.0], 0.0);
    if let Supply::Gig(g) = &pool.supply {
        spread = g.skill_sd;
        if g.segments.iter().any(|s| s.resolve_factor != 1.0) {
            factors = g.segments.iter().map(|s| s.resolve_factor).collect();
        }
    }
    let own = if factors.len() > 1 { topics } else { 0 };
    let all = factors
        .iter()
        .flat_map(|&f| (0..topics).map(move |k| (k, f)))
        .map(|(k, factor)| {
            let spread = (model.topics[k].difficulty.human, spread);
            AnswerLaw::new(pool.outcomes[k], factor, spread, pool.work_factor[k], cache)
        });
    (all.collect(), own)
}

impl Laws<'_> {
    /// What members resolve is told by tier where segments have others, in this epoch or another.
    pub(super) fn rate_segments(&mut self, whole: &Model) {
        for (p, law) in self.pools.iter_mut().enumerate() {
            if !whole.segment_tiers(p).is_empty() {
                (law.rates, law.is_plain) = (true, false);
            }
        }
    }
}

impl PoolLaw {
    /// The answers on a topic of an agent by the segment.
    #[inline]
    pub(super) fn answer_of(&self, segment: u8, topic: usize) -> &AnswerLaw {
        &self.answers[usize::from(segment) * self.answers_of_segment + topic]
    }

    /// Tier of an agent by the segment.
    pub(super) fn tier(&self, segment: u8) -> u8 {
        let law = self.gig.as_ref();
        law.map_or(1, |g| g.segments[usize::from(segment)].tier)
    }
}

/// Factor on the log-on rate by the pay offered, without and with surge.
fn pull(gig: &GigSupply, price: Option<&PoolPrice>) -> [f64; 2] {
    let offered = price.and_then(PoolPrice::pay_offered);
    let (Some(response), Some(pay)) = (gig.pay_response, offered) else {
        return [1.0; 2];
    };
    let surge = price.and_then(|p| p.surge).map_or(1.0, |s| s.factor);
    [1.0, surge].map(|f| libm::pow(pay * f / response.reference_pay, response.elasticity))
}
