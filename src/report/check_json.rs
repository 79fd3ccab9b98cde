//! What a check shows, for machines.

use super::effort::memory;
use super::load::check;
use super::staff::duty_json;
use crate::scenario::Scenario;
use crate::time::to_seconds;
use serde_json::{Value, json};

/// A scenario that is sound: load, formulas, what a run takes.
pub fn check_json(file: &str, id: &str, scenario: &Scenario, threads: usize) -> Value {
    let (model, plan) = (&scenario.model, scenario.plan);
    let check = check(model);
    let pools = check.pools.iter().map(|p| {
        let mut pool = json!(p);
        pool["utilisation"] = json!(p.utilisation());
        pool["required_is"] = p.exactness.word().into();
        if let Some(peak) = p.peak {
            pool["peak"]["start"] = model.calendar.label(peak.at).into();
        }
        pool
    });
    let growing = check.growing.iter().map(|g| {
        json!({
            "pools": g.pools,
            "from": model.calendar.label(g.span.0),
            "to": model.calendar.label(g.span.1),
            "utilisation": g.ratio.is_finite().then_some(g.ratio),
            "contacts_per_day": g.contacts_per_day,
        })
    });
    let mut document = json!({
        "file": file,
        "id": id,
        "name": scenario.name,
        "horizon_seconds": to_seconds(model.horizon),
        "replications": plan.replications,
        "seed": plan.seed,
        "contacts_per_replication": check.effort.contacts,
        "people_events_per_replication": check.effort.people_events.iter().sum::<f64>(),
        "run_seconds": check.effort.run_seconds(plan.replications, threads),
        "memory_bytes": memory(model, plan, threads),
        "closed_share": check.closed.share(),
        "closed_share_of_returns": check.closed.share_of_returns(),
        "fte_required": check.fte_required(),
        "growing": growing.collect::<Value>(),
        "topics": check.topics,
        "pools": pools.collect::<Value>(),
        "duty": duty_json(model),
    });
    if model.markets.any() {
        document["markets"] = json!(check.markets);
    }
    document
}
