//! The pay of the members of a gig pool made ready.

use crate::model::{PoolPrice, Surge};
use crate::time::Micros;

pub(crate) const HOUR: f64 = 3.6e9;
const MINUTE: f64 = 6e7;

/// The pay of a pool.
pub(crate) struct PayLaw {
    pub(crate) per_contact: f64,
    /// A microsecond of handle time.
    pub(crate) handling: f64,
    /// A microsecond online.
    pub(crate) online: f64,
    /// At least this for each microsecond online.
    guarantee: f64,
    pub(crate) surge: Option<Surge>,
}

impl PayLaw {
    /// The pay of a register with this price, if members are paid.
    pub(crate) fn new(price: &PoolPrice) -> Option<Self> {
        price.pays_members().then(|| Self {
            per_contact: price.per_contact,
            handling: price.per_handled_minute / MINUTE,
            online: price.hourly_pay() / HOUR,
            guarantee: price.guarantee / HOUR,
            surge: price.surge,
        })
    }

    /// Whether contacts are paid, or the time without one is not.
    pub(crate) fn follows_contacts(&self) -> bool {
        self.per_contact > 0.0 || self.handling > 0.0 || self.online == 0.0
    }

    pub(crate) fn factor(&self) -> f64 {
        self.surge.map_or(1.0, |s| s.factor)
    }

    /// What is missing to the guarantee.
    pub(crate) fn top_up(&self, online: Micros, amount: f64) -> f64 {
        (self.guarantee * online as f64 - amount).max(0.0)
    }
}
