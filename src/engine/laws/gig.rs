//! A gig pool made ready: sessions, offers, and how log-on rates answer to pay.

use super::frame::Cache;
use super::pay::PayLaw;
use crate::dist::Sampler;
use crate::model::{GigSupply, LogOn, PoolPrice};
use crate::random::threshold;
use crate::slots::Slots;
use crate::time::Micros;

/// A gig pool.
pub(crate) struct GigLaw {
    pub(crate) segments: Slots<SegmentLaw>,
    pub(crate) response: Option<Sampler>,
    pub(crate) timeout: Micros,
    pub(crate) cool_down: Option<Sampler>,
    pub(crate) max_offers: u16,
    pub(crate) broadcast: u16,
    pub(crate) tolerance: Option<Sampler>,
    pub(crate) pay: Option<PayLaw>,
    /// Whether the log-on rate answers to what members earned: of all together, or of each, who is the same person again unless the
    /// register is open.
    pub(crate) feeds_back: bool,
    pub(crate) feeds_back_to_each: bool,
    /// Factor on the log-on rate by the pay offered, without and with surge.
    pub(crate) pull: [f64; 2],
}

impl GigLaw {
    pub(crate) fn new(g: &GigSupply, price: Option<&PoolPrice>, cache: &mut Cache) -> Self {
        let feeds_back = g.pay_response.is_some_and(|r| r.feedback != 0.0);
        Self {
            segments: g
                .segments
                .iter()
                .map(|s| SegmentLaw {
                    session: cache.micros(&s.session),
                    accept: [false, true].map(|surge| threshold(g.acceptance(s, price, surge))),
                    work_factor: s.work_factor,
                })
                .collect(),
            response: g.response.as_ref().map(|d| cache.micros(d)),
            timeout: g.offer_timeout.unwrap_or(Micros::MAX),
            cool_down: g.cool_down.as_ref().map(|d| cache.micros(d)),
            max_offers: g.max_offers.map_or(u16::MAX, |n| n.min(65_000) as u16),
            broadcast: g.broadcast.min(10_000) as u16,
            tolerance: g.tolerance.as_ref().map(|d| cache.micros(d)),
            pay: price.and_then(PayLaw::new),
            feeds_back,
            feeds_back_to_each: feeds_back && g.log_on != LogOn::Open,
            pull: pull(g, price),
        }
    }
}

/// A segment of a register.
pub(crate) struct SegmentLaw {
    pub(crate) session: Sampler,
    /// Without and with surge.
    pub(crate) accept: [u64; 2],
    pub(crate) work_factor: f64,
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
