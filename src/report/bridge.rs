//! From agents on duty to full-time agents, once, with every step.

use super::quantity::{duration, per_cent, plain};
use crate::model::ProductiveHours;
use crate::results::Played;

/// The steps from agents on duty to full-time agents, and what those agents do with their time: `On average 325 agents are on duty: 234,000
/// hours in 30 days. With 30 % shrinkage that is 334,000 paid hours, or 1,950 full-time agents at 40 h a week. ...`
pub(super) fn bridge(s: &Played) -> Option<String> {
    let fte = s.fte?;
    let duty = s.total("agents_on_duty").filter(|x| *x > 0.0)?;
    let full_time = s.total("fte_on_duty")?;
    let seconds = s.horizon_seconds - s.warmup_seconds;
    let hours = duty * seconds / 3600.0;
    // Several contacts at once: an agent is rarely without any while many slots are free.
    let several = s.pools.iter().any(|p| p.concurrency > 1);
    let slots = s.total("utilisation").filter(|_| several).map(per_cent);
    let slots = slots.map_or(String::new(), |x| {
        format!(", and {x} of their slots are used")
    });
    let busy = s.total("occupancy").map(per_cent);
    let use_of_time = busy.map_or(String::new(), |x| {
        format!(" They have something in hand {x} of that time{slots}.")
    });
    Some(format!(
        "From agents to full-time agents: {} on duty on average are {} hours in {}; with {} shrinkage {} paid hours; at {} h a week the hours of {} \
         full-time agents.{use_of_time}",
        plain(duty),
        plain(hours.round()),
        duration(seconds),
        per_cent(fte.shrinkage),
        plain((hours / (1.0 - fte.shrinkage)).round()),
        plain(fte.hours_per_week),
        plain(full_time),
    ))
}

/// By what the full-time agents of the measures are counted: `at 85 % occupancy, 30 % shrinkage and 40 h a week`.
pub(super) fn counted_at(fte: ProductiveHours) -> String {
    let [occupancy, shrinkage] = [fte.occupancy, fte.shrinkage].map(per_cent);
    let hours = plain(fte.hours_per_week);
    format!("at {occupancy} occupancy, {shrinkage} shrinkage and {hours} h a week")
}
