//! The key `contract` of an outsourced pool.

use super::groups::Leaving;
use super::prices::Priced;
use crate::model::{Contract, Model, Supply};
use crate::scenario::text::{Cursor, Item};
use crate::scenario::values::{Frame, product};
use crate::time::{Micros, StepFn};

/// The contract of a pool; without one a fee for ending it early is refused.
pub(super) fn take<'a>(c: &mut Cursor<'a>, price: Priced<'_>) -> Option<Item<'a>> {
    let exits = price.of.is_some_and(|p| p.early_exit > 0.0);
    c.idle_without(
        exits && !c.has("contract"),
        "price.early_exit",
        "a `contract`",
    );
    c.take("contract")
}

/// Reads a contract for a pool whose `agents` are `scheduled`, with `shape` for each of those at the busiest time.
pub(super) fn read(
    item: &Item<'_>,
    agents: f64,
    shape: StepFn,
    price: Priced<'_>,
    frame: &Frame,
) -> Option<Contract> {
    item.table(|c| {
        let notice = c.get("notice");
        let ordered = c.read("orders", StepFn::constant(agents), |i| {
            orders(i, (agents, &shape), notice, frame)
        });
        let ramp_up = c.opt("ramp_up");
        let attrition: Option<Leaving> = c.opt("attrition");
        let nobody_leaves = attrition.map_or(!c.has("attrition"), |leaving| leaving.rate == 0.0);
        let contract = Contract {
            notice,
            volume: Contract::followed(&ordered, ramp_up, frame.end()),
            ordered,
            shape,
            ramp_up,
            attrition: attrition.map_or(0.0, |leaving| leaving.rate),
            replacement_weeks: c.get("replacement_weeks"),
            ramp: c.opt("ramp"),
            minimum_months: c.get("minimum_months"),
        };
        let replaces = c.has("replacement_weeks");
        c.idle_without(replaces && nobody_leaves, "replacement_weeks", "attrition");
        let free = contract.minimum_months > 0.0 && price.lacks(|p| p.early_exit > 0.0);
        c.idle_without(free, "minimum_months", "price.early_exit");
        Some(contract)
    })
}

/// Agents ordered by the moment at which that takes effect.
fn orders(
    item: &Item<'_>,
    (agents, shape): (f64, &StepFn),
    notice: Micros,
    frame: &Frame,
) -> Option<StepFn> {
    let (orders, _) = item.tables(|c, _, before: &[(Micros, u32)]| {
        let at = c.read_needed("at", |i| {
            let t = frame.calendar.later(frame.inside(i, i.moment()?)?, notice);
            let is_later = before.last().is_none_or(|last| t > last.0);
            i.must(is_later, "a date after the one before").map(|()| t)
        });
        at.zip(c.need("agents"))
    })?;
    // When a contract is run down the pattern stays as it was.
    if agents == 0.0 && shape.max_before(Micros::MAX) == 0.0 && !item.reader.is_later() {
        return item
            .expected("no orders where `agents` is 0 at all times: it gives them their pattern");
    }
    let orders = orders.into_iter().map(|(at, n)| (at, f64::from(n)));
    Some(StepFn::new([(0, agents)].into_iter().chain(orders)))
}

/// By pool with a contract: its shape and its orders as they are written.
pub(super) type Written = Vec<Option<(StepFn, StepFn)>>;

/// The contracts of a model that was just read.
pub(super) fn written(model: &Model) -> Written {
    let of = |c: &Contract| (c.shape.clone(), c.ordered.clone());
    model.pools.iter().map(|p| p.contract().map(of)).collect()
}

/// What a change of the timeline makes of contracts: another number of agents, other hours or orders take effect after the
/// notice of the contract that was in force. `written` is what the file says of them before the change.
pub(super) fn respect_notice(
    (before, written): (&Model, &Written),
    later: &mut Model,
    at: Micros,
    end: Micros,
) {
    let calendar = &before.calendar;
    for ((old, written), new) in before.pools.iter().zip(written).zip(&mut later.pools) {
        let (now, plan) = match &mut new.supply {
            Supply::Staffed(s) => (&mut s.contract, Some(&mut s.plan)),
            Supply::Rostered(r) => (&mut r.contract, None),
            Supply::Gig(_) => continue,
        };
        let (Some(was), Some((shape, ordered)), Some(now)) = (old.contract(), written, now) else {
            continue;
        };
        let effect = calendar.later(at, was.notice);
        let is_new = (shape, ordered.at(0)) != (&now.shape, now.ordered.at(0));
        if is_new {
            // What was ordered before the change is superseded by it.
            let later = now.ordered.points().filter(|p| p.0 > effect);
            now.ordered = StepFn::new([(0, now.ordered.at(0))].into_iter().chain(later));
        }
        if is_new || *ordered != now.ordered {
            // Nobody says when agents come of whom there are none.
            now.shape = match now.shape.max_before(Micros::MAX) > 0.0 {
                true => spliced(&was.shape, &now.shape, effect),
                false => was.shape.clone(),
            };
            now.ordered = spliced(&was.ordered, &now.ordered, effect);
        } else {
            (now.shape, now.ordered) = (was.shape.clone(), was.ordered.clone());
        }
        now.volume = Contract::followed_from(at, &was.volume, &now.ordered, now.ramp_up, end);
        if let Some(plan) = plan {
            *plan = product(&now.shape, &now.volume);
        }
    }
}

/// One function until a moment, another from then on.
fn spliced(first: &StepFn, then: &StepFn, at: Micros) -> StepFn {
    let before = first.points().filter(|p| p.0 < at);
    let after = then.points().filter(|p| p.0 > at);
    StepFn::new(before.chain([(at, then.at(at))]).chain(after))
}
