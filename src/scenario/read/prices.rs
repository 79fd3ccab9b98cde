//! The keys `price` and `pay`, and the section `[finance]`.

use crate::model::{AiPrice, Credit, Floor, Pay, PoolKind, PoolPrice, Surge, Volume};
use crate::scenario::text::cursor::{Cursor, FromItem, Item};
use crate::time::SECOND;

impl FromItem for AiPrice {
    fn from_item(item: &Item<'_>) -> Option<Self> {
        let mut c = item.cursor()?;
        let price = Self {
            per_conversation: c.get("per_conversation"),
            included: c.get("included"),
            per_resolution: c.get("per_resolution"),
            refund: c.get("refund"),
            per_month: c.get("per_month"),
            set_up: c.get("set_up"),
        };
        if price.refund && price.per_resolution == 0.0 {
            c.without_effect("`refund` has no effect without per_resolution");
        }
        if price.included > 0.0 && price.per_conversation == 0.0 {
            c.without_effect("`included` has no effect without per_conversation");
        }
        c.finish();
        Some(price)
    }
}

/// The price of a pool, as far as it is known.
#[derive(Clone, Copy)]
pub(super) struct Priced<'p> {
    pub(super) of: Option<&'p PoolPrice>,
    /// Whether nothing of it was refused: else it may have had what it lacks.
    pub(super) is_sound: bool,
}

impl Priced<'_> {
    /// Whether the pool surely has no price of which something holds.
    pub(super) fn lacks(self, holds: impl Fn(&PoolPrice) -> bool) -> bool {
        self.is_sound && !self.of.is_some_and(holds)
    }
}

/// What the people of a pool cost.
pub(super) fn pool(item: &Item<'_>, kind: PoolKind) -> Option<PoolPrice> {
    let mut c = item.cursor()?;
    let only = |only: &'static str, c: &mut Cursor<'_>| {
        let keys = c
            .keys
            .keys
            .iter()
            .filter(|k| k.only.as_deref() == Some(only));
        for key in keys {
            c.forbid(&key.name, &format!("is a key of {only} pools only"), None);
        }
    };
    if kind != PoolKind::Gig {
        only("gig", &mut c);
    }
    if kind != PoolKind::Outsourced {
        only("outsourced", &mut c);
    }
    let price = PoolPrice {
        per_agent_hour: c.opt("per_agent_hour"),
        overtime: c.get("overtime"),
        per_online_hour: c.get("per_online_hour"),
        per_handled_minute: c.get("per_handled_minute"),
        per_contact: c.get("per_contact"),
        per_resolved_contact: c.get("per_resolved_contact"),
        floor: c.opt("floor"),
        volume: c.opt("volume"),
        per_month: c.get("per_month"),
        monthly_minimum: c.get("monthly_minimum"),
        credit: c.opt("credit"),
        platform_fee: c.get("platform_fee"),
        set_up: c.get("set_up"),
        exit: c.get("exit"),
        early_exit: c.get("early_exit"),
        guarantee: c.get("guarantee"),
        surge: c.opt("surge"),
        onboarding: c.get("onboarding"),
        equipment: c.get("equipment"),
    };
    if price.surge.is_some() && price.pay_kinds().iter().all(|&pay| pay == 0.0) {
        c.without_effect("`surge` has no effect without pay by the contact, minute or hour");
    }
    if price.overtime > 0.0 && price.per_agent_hour.is_none() {
        c.without_effect("`overtime` has no effect without per_agent_hour");
    }
    if price.floor.is_some() && price.per_contact == 0.0 {
        c.without_effect("`floor` has no effect without per_contact");
    }
    c.finish();
    Some(price)
}

impl FromItem for Surge {
    fn from_item(item: &Item<'_>) -> Option<Self> {
        let mut c = item.cursor()?;
        let above: Option<u32> = c.need("above");
        let until = c.read_opt("until", |i| {
            let n = u32::from_item(i)?;
            if above.is_some_and(|above| n > above) {
                return i.expected("a number not larger than `above`");
            }
            Some(n)
        });
        let factor = c.need("factor");
        let every = c.checked("every", |i, &t| {
            i.must(t >= SECOND, "a duration of at least 1 s")
        });
        c.finish();
        let above = above?;
        Some(Self {
            above,
            until: until.unwrap_or(above),
            factor: factor?,
            every,
        })
    }
}

impl FromItem for Floor {
    fn from_item(item: &Item<'_>) -> Option<Self> {
        let mut c = item.cursor()?;
        let (forecast, share) = (c.need("forecast"), c.need("share"));
        c.finish();
        Some(Self {
            forecast: forecast?,
            share: share?,
        })
    }
}

impl FromItem for Volume {
    fn from_item(item: &Item<'_>) -> Option<Self> {
        let mut c = item.cursor()?;
        let (base, charge) = (c.need("base"), c.need("charge"));
        let (additional, reduced) = (c.get("additional"), c.get("reduced"));
        c.finish();
        Some(Self {
            base: base?,
            charge: charge?,
            additional,
            reduced,
        })
    }
}

impl FromItem for Credit {
    fn from_item(item: &Item<'_>) -> Option<Self> {
        let mut c = item.cursor()?;
        let (below, share) = (c.need("below"), c.need("share"));
        c.finish();
        Some(Self {
            below: below?,
            share: share?,
        })
    }
}

impl FromItem for Pay {
    fn from_item(item: &Item<'_>) -> Option<Self> {
        let mut c = item.cursor()?;
        let pay = Self {
            monthly: c.need("monthly").unwrap_or(0.0),
            on_costs: c.get("on_costs"),
            overtime: c.get("overtime"),
            per_head: c.get("per_head"),
            span: c.opt("span").unwrap_or(0.0),
            supervisor: c.get("supervisor"),
            per_hire: c.get("per_hire"),
            severance_months: c.get("severance_months"),
        };
        if pay.supervisor > 0.0 && pay.span == 0.0 {
            c.without_effect("`supervisor` has no effect without a span");
        }
        c.finish();
        Some(pay)
    }
}

/// The annual rate at which later costs are discounted.
pub(super) fn finance(item: &Item<'_>) -> Option<f64> {
    let mut c = item.cursor()?;
    let rate = c.get("discount");
    c.finish();
    Some(rate)
}
