//! What a check shows, for machines.

use super::effort::memory;
use super::load::{Check, TopicLoad};
use super::staff::duty_json;
use crate::experiment::Plan;
use crate::model::Model;
use crate::time::to_seconds;
use serde_json::{Value, json};

/// A scenario that is sound: load, formulas, what a run takes.
pub fn check_json(
    file: &str,
    id: &str,
    name: &str,
    model: &Model,
    plan: Plan,
    threads: usize,
    check: &Check,
) -> Value {
    let customers = |t: &TopicLoad| {
        json!({
            "name": t.name,
            "cases_per_day": t.cases_per_day,
            "contacts_per_day": t.contacts_per_day,
            "human_contacts_per_day": t.human_per_day,
        })
    };
    let topics: Vec<Value> = check.topics.iter().map(customers).collect();
    let markets: Vec<Value> = check.markets.iter().map(customers).collect();
    let pools: Vec<Value> = check
        .pools
        .iter()
        .map(|p| {
            let peak = p.peak.map(|x| {
                json!({
                    "start": model.calendar.label(x.at),
                    "agents_required": x.agents_required,
                    "agents_on_duty": x.agents_on_duty,
                    "contacts_in_hand": x.contacts_in_hand,
                })
            });
            json!({
                "name": p.name,
                "contacts_per_day": p.contacts_per_day,
                "handle_time": p.handle_time,
                "contacts_in_hand": p.contacts_in_hand,
                "agents_on_duty": p.agents_on_duty,
                "concurrency": p.concurrency,
                "utilisation": p.utilisation(),
                "agents_required": p.agents_required,
                "fte_required": p.fte_required,
                "required_is": p.exactness.word(),
                "required_since": p.reasons,
                "peak": peak,
            })
        })
        .collect();
    let growing = check.growing.iter().map(|g| {
        json!({
            "pools": g.pools,
            "from": model.calendar.label(g.span.0),
            "to": model.calendar.label(g.span.1),
            "utilisation": g.ratio.is_finite().then_some(g.ratio),
            "contacts_per_day": g.contacts_per_day,
        })
    });
    let growing: Vec<Value> = growing.collect();
    let mut document = json!({
        "file": file,
        "id": id,
        "name": name,
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
        "growing": growing,
        "topics": topics,
        "pools": pools,
        "duty": duty_json(model),
    });
    if model.markets.any() {
        document["markets"] = Value::from(markets);
    }
    document
}
