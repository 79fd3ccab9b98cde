//! The sizes of pools in the plan that was found, as keys of a scenario.

use crate::model::{Contract, Hiring, Model, Pool, Supply};
use crate::staff::{Confirmed, SizeOf};
use crate::time::{HOUR, Micros};

/// The number of a size in the plan that was found.
fn number(found: &Confirmed, size: usize) -> u32 {
    let v = found.decisions.variable_of(size);
    v.and_then(|v| found.staffed.plan.get(v).copied())
        .unwrap_or(0)
}

/// The keys of a pool of a certain size; `agents` is where its agents stand.
pub fn size_keys(
    model: &Model,
    found: &Confirmed,
    (pool, size): (usize, usize),
    agents: &str,
) -> String {
    let n = number(found, size);
    let Some(of) = found.decisions.sizes.get(size).map(|s| s.of) else {
        return String::new();
    };
    let with = found.decisions.apply(model, &found.staffed.plan, &[]);
    match (of, &with.pools[pool].supply) {
        // Those at the start stay as they are.
        (SizeOf::Class(_), _) => String::new(),
        (SizeOf::Order, _) => orders_keys(model, &with.pools[pool]),
        (SizeOf::Slots, _) => format!("slots = {{ agents = {agents} }}\n"),
        (SizeOf::Members, Supply::Gig(g)) => {
            let applicants = g.turnover.as_ref().map_or_else(String::new, |t| {
                let hourly = t.applicants * 3600.0;
                format!("turnover = {{ applicants = \"{hourly:?} / h\" }}\n")
            });
            format!("members = {n}\n{applicants}")
        }
        (_, Supply::Rostered(r)) => {
            let staff = r
                .staff
                .map_or_else(String::new, |n| format!("staff = {n}\n"));
            staff + &orders_keys(model, &with.pools[pool])
        }
        _ => format!(
            "agents = {agents}\n{}",
            orders_keys(model, &with.pools[pool])
        ),
    }
}

/// The orders of a contract after the first one.
fn orders_keys(model: &Model, pool: &Pool) -> String {
    let Some(contract) = pool.contract().filter(|c| c.ordered.at(0) > 0.0) else {
        return String::new();
    };
    let later = contract.ordered.points().skip(1);
    let orders: Vec<String> = later
        .map(|(effect, n)| {
            let at = model.calendar.label(ordered_at(model, contract, effect));
            format!("  {{ at = {at}:00, agents = {n} }},\n")
        })
        .collect();
    // An order of as many as before is none, and must not stay.
    format!("contract = {{ orders = [\n{}] }}\n", orders.concat())
}

/// When something was ordered that takes effect at a moment.
pub(super) fn ordered_at(model: &Model, contract: &Contract, effect: Micros) -> Micros {
    let exact = effect.saturating_sub(contract.notice);
    // The notice is in days of the calendar: between them the clock may change.
    let near = [exact, exact + HOUR, exact.saturating_sub(HOUR)];
    let fits = |at: &Micros| model.calendar.later(*at, contract.notice) == effect;
    near.into_iter().find(fits).unwrap_or(exact)
}

/// The groups whose people were decided on.
pub fn group_keys(model: &Model, found: &Confirmed) -> String {
    let mut text = String::new();
    let with = found.decisions.apply(model, &found.staffed.plan, &[]);
    let mut last = None;
    for (k, size) in found.decisions.sizes.iter().enumerate() {
        let (g, headcount) = match size.of {
            SizeOf::Headcount(g) => (g, Some(number(found, k))),
            // Once for all months.
            SizeOf::Class(g) if last != Some(g) => (g, None),
            _ => continue,
        };
        last = Some(g);
        let name = serde_json::Value::from(model.groups[g].name.as_str());
        text += &format!("\n[[group]]\nname      = {name}\n");
        if let Some(n) = headcount {
            text += &format!("headcount = {n}\n");
        }
        match &with.groups[g].hiring {
            Hiring::Requests(each) => text += &format!("hiring    = {{ requests = {each:?} }}\n"),
            Hiring::Track(targets) => {
                let months = model.months().into_iter().zip(targets).skip(1);
                let points: Vec<String> = months
                    .map(|(month, people)| {
                        let at = model.calendar.label(month.start);
                        format!("  {{ at = {at}:00, headcount = {people} }},\n")
                    })
                    .collect();
                text += &format!("hiring    = {{ track = [\n{}] }}\n", points.concat());
            }
            Hiring::Freeze | Hiring::Replace(_) | Hiring::Require(_) => {}
        }
    }
    text
}
