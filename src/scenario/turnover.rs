//! The keys of a register that grows and shrinks.

use super::cursor::Item;
use crate::model::{Discontent, Turnover};

/// `turnover` of a register whose members are paid or not.
pub(super) fn read(item: &Item<'_>, pays: bool) -> Option<Turnover> {
    let mut c = item.cursor("a table such as { applicants = \"20 / week\", churn = 0.05 }")?;
    let applicants = c.read("applicants", 0.0, Item::rate);
    let read = Turnover {
        applicants,
        accept: c.read("accept", 1.0, Item::probability),
        onboarding: c.read("onboarding", None, Item::optional_distribution),
        churn: c.read("churn", 0.0, |i| {
            i.share_below_one().map(|share| -libm::log1p(-share))
        }),
        discontent: c.read_opt("discontent", |i| discontent(i, pays)),
    };
    if read.discontent.is_some() && read.churn == 0.0 {
        c.without_effect("`discontent` has no effect without churn");
    }
    c.finish();
    Some(read)
}

fn discontent(item: &Item<'_>, pays: bool) -> Option<Discontent> {
    let mut c = item.cursor("a table with below and factor")?;
    let below = c
        .require(
            "below",
            "the earnings per online hour below which it counts",
        )
        .and_then(|i| i.money());
    let factor = c
        .require(
            "factor",
            "a factor on the rate of leaving in the next month",
        )
        .and_then(|i| i.number(0.0, 100.0));
    if !pays {
        c.problem(
            "needs pay of the members: a `price` by the contact, the minute or the hour",
            None,
        );
    }
    c.finish();
    let (below, factor) = below.zip(factor)?;
    Some(Discontent { below, factor })
}
