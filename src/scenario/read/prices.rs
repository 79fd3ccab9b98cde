//! The keys `price` and `pay`, and the section `[finance]`.

use crate::model::{AiPrice, Pay, PoolKind, PoolPrice, Surge};
use crate::scenario::text::{Cursor, FromTable, Item};
use crate::scenario::values::plain_keys;
use crate::time::SECOND;

impl FromTable for AiPrice {
    fn from_table(c: &mut Cursor<'_>) -> Option<Self> {
        let price: Self = plain_keys(c)?;
        let unresolved = price.refund && price.per_resolution == 0.0;
        c.idle_without(unresolved, "refund", "per_resolution");
        let free = price.included > 0.0 && price.per_conversation == 0.0;
        c.idle_without(free, "included", "per_conversation");
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
    item.table(|c| of_pool(c, kind))
}

fn of_pool(c: &mut Cursor<'_>, kind: PoolKind) -> Option<PoolPrice> {
    for key in &c.keys.keys {
        if let Some(only) = key.only.as_deref().filter(|only| *only != kind.key()) {
            c.forbid(&key.name, &format!("is a key of {only} pools only"));
        }
    }
    let surge = c.opt("surge");
    let price = PoolPrice {
        surge,
        ..plain_keys(c)?
    };
    let unpaid = price.pay_kinds().iter().all(|&pay| pay == 0.0);
    let pay = "pay by the contact, minute or hour";
    c.idle_without(price.surge.is_some() && unpaid, "surge", pay);
    let by_hour = price.per_agent_hour.is_some();
    c.idle_without(
        price.overtime > 0.0 && !by_hour,
        "overtime",
        "per_agent_hour",
    );
    let by_contact = price.per_contact > 0.0;
    c.idle_without(price.floor.is_some() && !by_contact, "floor", "per_contact");
    Some(price)
}

impl FromTable for Surge {
    fn from_table(c: &mut Cursor<'_>) -> Option<Self> {
        let above: Option<u32> = c.need("above");
        let below = |n: &u32| above.is_none_or(|above| *n <= above);
        let what = "a number not larger than `above`";
        let until = c.read_opt("until", |i| i.if_fit(what, below));
        Some(Self {
            until: until.or(above).unwrap_or_default(),
            factor: c.must("factor"),
            every: c.checked("every", |i, &t| {
                i.must(t >= SECOND, "a duration of at least 1 s")
            }),
            above: above?,
        })
    }
}

impl FromTable for Pay {
    fn from_table(c: &mut Cursor<'_>) -> Option<Self> {
        let pay: Self = plain_keys(c)?;
        let without_span = pay.supervisor > 0.0 && pay.span == 0.0;
        c.idle_without(without_span, "supervisor", "a span");
        Some(pay)
    }
}

/// The annual rate at which later costs are discounted.
pub(super) fn finance(item: &Item<'_>) -> Option<f64> {
    item.table(|c| Some(c.get("discount")))
}
