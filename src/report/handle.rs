//! How work differs by agent, time and load, in words.

use super::words::counted;
use crate::calibrate::{ByTime, Fit};
use crate::stats::Ranged;

fn ranged(e: &Ranged) -> String {
    format!("{:.3} [{:.3}, {:.3}]", e.value, e.low, e.high)
}

fn chance(p: f64) -> String {
    match p < 0.001 {
        true => "p below 0.001".to_owned(),
        false => format!("p {p:.3}"),
    }
}

/// One sentence each on agents, times of the day, weekdays and load; p-values are adjusted for there being four of them.
pub(super) fn differences(fit: &Fit) -> Vec<String> {
    let handle = &fit.handle;
    let at_once = fit.agents.as_ref().and_then(|a| a.at_once.as_ref());
    if let Some(at_once) = at_once {
        let each = at_once.speed.iter().enumerate().skip(1);
        let each = each.map(|(m, speed)| format!("{} with {}", ranged(speed), m + 1));
        return vec![format!(
            "by contacts in hand: each goes at the speed of {}, where it is 1 alone",
            each.collect::<Vec<_>>().join(", ")
        )];
    }
    let agents = match &handle.agents {
        None => "by agent: the log has too few agents with enough contacts to tell".to_owned(),
        Some(a) => {
            let told = format!(
                "cv of the factors of {} {} ({})",
                counted(a.agents as u64, "agent"),
                ranged(&a.cv),
                chance(a.p_value)
            );
            match a.differs {
                true => format!(
                    "by agent: {told}, which the scenario has as `agent_cv`: each replication has other agents"
                ),
                false => format!("by agent: no difference found: {told}"),
            }
        }
    };
    let load = match &handle.load {
        None => "by load: the log has no interval with contacts that waited and such that did not"
            .to_owned(),
        Some(l) => {
            let told = format!(
                "who waited 5 s or more ({:.0} %) takes {} times the work of the others of the same topic, agent and hours ({})",
                100.0 * l.waited,
                ranged(&l.factor),
                chance(l.p_value)
            );
            said("by load", &told, l.differs)
        }
    };
    vec![
        agents,
        by_time("by time of arrival", handle.hours.as_ref()),
        by_time("by weekday", handle.weekdays.as_ref()),
        load,
    ]
}

fn said(name: &str, told: &str, differs: bool) -> String {
    match differs {
        true => {
            format!("{name}: {told}. No key of a scenario moves work so: it is in the mean only")
        }
        false => format!("{name}: no difference found: {told}"),
    }
}

fn by_time(name: &str, times: Option<&ByTime>) -> String {
    let Some((times, (least, most))) = times.and_then(|t| Some((t, t.ends()?))) else {
        return format!("{name}: the log has too few days on which work is known to tell");
    };
    let told = format!(
        "work is {} of its mean at {}, {} at {} ({})",
        ranged(&least.ratio),
        least.name,
        ranged(&most.ratio),
        most.name,
        chance(times.p_value)
    );
    said(name, &told, times.differs)
}
