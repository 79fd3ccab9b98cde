//! The keys of a register that grows and shrinks.

use crate::model::{Discontent, Turnover};
use crate::scenario::text::cursor::Item;

/// `turnover` of a register whose members are paid or not.
pub(super) fn read(item: &Item<'_>, pays: bool) -> Option<Turnover> {
    let mut c = item.cursor()?;
    let churn: f64 = c.get("churn");
    let read = Turnover {
        applicants: c.get("applicants"),
        accept: c.get("accept"),
        onboarding: c.get("onboarding"),
        churn: -libm::log1p(-churn),
        discontent: c.read_opt("discontent", |i| discontent(i, pays)),
    };
    if read.discontent.is_some() && churn == 0.0 {
        c.without_effect("`discontent` has no effect without churn");
    }
    c.finish();
    Some(read)
}

fn discontent(item: &Item<'_>, pays: bool) -> Option<Discontent> {
    let mut c = item.cursor()?;
    let (below, factor) = (c.need("below"), c.need("factor"));
    if !pays {
        c.problem(
            "needs pay of the members: a `price` by the contact, the minute or the hour",
            None,
        );
    }
    c.finish();
    Some(Discontent {
        below: below?,
        factor: factor?,
    })
}
