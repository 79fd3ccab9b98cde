//! The keys of a register that grows and shrinks.

use crate::model::{Discontent, Turnover};
use crate::scenario::text::Item;
use crate::scenario::values::plain_keys;

/// `turnover` of a register whose members are paid or not.
pub(super) fn read(item: &Item<'_>, pays: bool) -> Option<Turnover> {
    item.table(|c| {
        let churn: f64 = c.get("churn");
        let read = Turnover {
            applicants: c.get("applicants"),
            accept: c.get("accept"),
            onboarding: c.get("onboarding"),
            churn: -libm::log1p(-churn),
            discontent: c.read_opt("discontent", |i| discontent(i, pays)),
        };
        c.idle_without(
            read.discontent.is_some() && churn == 0.0,
            "discontent",
            "churn",
        );
        Some(read)
    })
}

fn discontent(item: &Item<'_>, pays: bool) -> Option<Discontent> {
    item.table(|c| {
        if !pays {
            let price = "a `price` by the contact, the minute or the hour";
            c.at.problem(format!("needs pay of the members: {price}"));
        }
        plain_keys(c)
    })
}
