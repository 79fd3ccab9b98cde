//! The keys `price` and `pay`, and the section `[finance]`.

use super::cursor::{Cursor, Item};
use crate::model::{AiPrice, Credit, Floor, Pay, PoolKind, PoolPrice, Surge, Volume};
use crate::time::{MINUTE, SECOND};

/// The largest amount of money.
pub(super) const MOST: f64 = 1e12;

impl Item<'_> {
    /// An amount of money.
    pub(super) fn money(&self) -> Option<f64> {
        self.number(0.0, MOST)
    }
}

fn money(c: &mut Cursor<'_>, key: &str) -> f64 {
    c.read(key, 0.0, Item::money)
}

fn needed(c: &mut Cursor<'_>, key: &str, what: &str) -> Option<f64> {
    c.require(key, what).and_then(|i| i.money())
}

/// What the assistant costs.
pub(super) fn ai(item: &Item<'_>) -> Option<AiPrice> {
    let mut c = item.cursor("a table such as { per_conversation = 0.05 }")?;
    let price = AiPrice {
        per_conversation: money(&mut c, "per_conversation"),
        included: money(&mut c, "included"),
        per_resolution: money(&mut c, "per_resolution"),
        refund: c.read("refund", false, Item::boolean),
        per_month: money(&mut c, "per_month"),
        set_up: money(&mut c, "set_up"),
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

/// What the people of a pool cost.
pub(super) fn pool(item: &Item<'_>, kind: PoolKind) -> Option<PoolPrice> {
    let mut c = item.cursor("a table such as { per_agent_hour = 28.0 }")?;
    if kind != PoolKind::Gig {
        for key in ["guarantee", "surge", "onboarding", "equipment"] {
            c.forbid(key, "is a key of gig pools only", None);
        }
    }
    if kind != PoolKind::Outsourced {
        c.forbid("early_exit", "is a key of outsourced pools only", None);
    }
    let price = PoolPrice {
        per_agent_hour: c.read_opt("per_agent_hour", Item::money),
        overtime: c.read("overtime", 0.0, |i| i.number(0.0, 10.0)),
        per_online_hour: money(&mut c, "per_online_hour"),
        per_handled_minute: money(&mut c, "per_handled_minute"),
        per_contact: money(&mut c, "per_contact"),
        per_resolved_contact: money(&mut c, "per_resolved_contact"),
        floor: c.read_opt("floor", floor),
        volume: c.read_opt("volume", volume),
        per_month: money(&mut c, "per_month"),
        monthly_minimum: money(&mut c, "monthly_minimum"),
        credit: c.read_opt("credit", credit),
        platform_fee: c.read("platform_fee", 0.0, |i| i.number(0.0, 10.0)),
        set_up: money(&mut c, "set_up"),
        exit: money(&mut c, "exit"),
        early_exit: money(&mut c, "early_exit"),
        guarantee: money(&mut c, "guarantee"),
        surge: c.read_opt("surge", surge),
        onboarding: money(&mut c, "onboarding"),
        equipment: money(&mut c, "equipment"),
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

fn surge(item: &Item<'_>) -> Option<Surge> {
    let mut c = item.cursor("a table such as { above = 10, factor = 1.5 }")?;
    let waiting = |i: &Item<'_>| i.integer(0, 1_000_000).map(|n| n as u32);
    let above = c
        .require(
            "above",
            "the number of waiting contacts above which it opens",
        )
        .and_then(|i| waiting(&i));
    let until = c.read_opt("until", |i| {
        let n = waiting(i)?;
        if above.is_some_and(|above| n > above) {
            return i.expected("a number not larger than `above`");
        }
        Some(n)
    });
    let factor = c
        .require("factor", "the factor on all pay")
        .and_then(|i| i.factor());
    let every = c.read("every", MINUTE, |i| {
        let t = i.positive_duration()?;
        if t < SECOND {
            return i.expected("a duration of at least 1 s");
        }
        Some(t)
    });
    c.finish();
    let (above, factor) = above.zip(factor)?;
    Some(Surge {
        above,
        until: until.unwrap_or(above),
        factor,
        every,
    })
}

fn floor(item: &Item<'_>) -> Option<Floor> {
    let mut c = item.cursor("a table with forecast and share")?;
    let forecast = needed(&mut c, "forecast", "the contacts forecast for a month");
    let share = c
        .require("share", "the share of the forecast that is charged")
        .and_then(|i| i.share());
    c.finish();
    let (forecast, share) = forecast.zip(share)?;
    Some(Floor { forecast, share })
}

fn volume(item: &Item<'_>) -> Option<Volume> {
    let mut c = item.cursor("a table with base, charge, additional and reduced")?;
    let base = needed(
        &mut c,
        "base",
        "the contacts a month that the charge covers",
    );
    let charge = needed(&mut c, "charge", "the charge for them");
    let (additional, reduced) = (money(&mut c, "additional"), money(&mut c, "reduced"));
    c.finish();
    let (base, charge) = base.zip(charge)?;
    Some(Volume {
        base,
        charge,
        additional,
        reduced,
    })
}

fn credit(item: &Item<'_>) -> Option<Credit> {
    let mut c = item.cursor("a table with below and share")?;
    let below = c
        .require("below", "the service level below which it is due")
        .and_then(|i| i.share());
    let share = c
        .require("share", "the share of the charges of the month")
        .and_then(|i| i.share());
    c.finish();
    let (below, share) = below.zip(share)?;
    Some(Credit { below, share })
}

/// What the people of a group cost.
pub(super) fn pay(item: &Item<'_>) -> Option<Pay> {
    let mut c = item.cursor("a table such as { monthly = 3100 }")?;
    let pay = Pay {
        monthly: needed(&mut c, "monthly", "the pay of a person a month").unwrap_or(0.0),
        on_costs: c.read("on_costs", 0.0, |i| i.number(0.0, 10.0)),
        overtime: c.read("overtime", 0.0, |i| i.number(0.0, 10.0)),
        per_head: money(&mut c, "per_head"),
        span: c.read("span", 0.0, |i| i.number(1.0, 1e6)),
        supervisor: money(&mut c, "supervisor"),
        per_hire: money(&mut c, "per_hire"),
        severance_months: c.read("severance_months", 0.0, |i| i.number(0.0, 120.0)),
    };
    if pay.supervisor > 0.0 && pay.span == 0.0 {
        c.without_effect("`supervisor` has no effect without a span");
    }
    c.finish();
    Some(pay)
}

/// The annual rate at which later costs are discounted.
pub(super) fn finance(item: &Item<'_>) -> Option<f64> {
    let mut c = item.cursor("a table such as { discount = 0.08 }")?;
    let rate = c.read("discount", 0.0, |i| i.number(0.0, 10.0));
    c.finish();
    Some(rate)
}
