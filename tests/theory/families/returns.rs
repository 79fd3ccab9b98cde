//! Customers who come again: after an answer, or after giving up.

use crate::theory::case::Case;
use crate::theory::plan::{Plan, Power, Shape, because, fifty, relaxation};
use crate::theory::script::{exponential, law, mean_of, patience, pool, rate, topic};

/// One queue with returns.
pub(crate) fn repeats(case: &Case) -> Plan {
    let mut plan = Plan::default();
    let (unit, servers, mean) = (
        case.unit(),
        case.number("servers"),
        case.number("mean_service"),
    );
    let fresh = case.number("fresh_arrival_rate");
    let total = case.known("total_arrival_rate");
    let (ending, chance, delay) = if case.get("retry_delay").is_null() {
        (
            "human_resolved",
            case.number("repeat_probability"),
            case.get("repeat_delay"),
        )
    } else {
        (
            "abandoned",
            case.number("retry_after_abandon_probability"),
            case.get("retry_delay"),
        )
    };
    let mut lines = vec![("work", exponential(mean, unit))];
    lines.extend(patience(case.get("patience"), unit));
    let body = format!(
        "[returns]\n{ending} = {{ probability = {chance}, delay = {} }}\n",
        law(delay, unit)
    ) + &topic("calls", &rate(fresh, unit), &lines)
        + &pool("agents", servers, &[]);
    let slow = if case.get("patience").is_null() {
        relaxation(servers, total * mean)
    } else {
        1.0
    };
    let warmup = fifty(&[
        mean * slow * unit.seconds,
        2.0 * mean_of(delay) * unit.seconds,
    ]);
    let job = plan.job(
        &body,
        Shape::Long {
            rate: total / unit.seconds,
            warmup,
        },
    );
    let (seconds, usual) = (unit.seconds, Power::Usual);
    for (name, values) in &case.expected {
        let want = values[0];
        match name.as_str() {
            "total_arrival_rate" => plan.check(name, want, job, usual, move |r| {
                r.flow("offered", "all").mean().times(seconds)
            }),
            "contacts_per_issue" | "attempts_per_issue" => {
                plan.check(name, want, job, usual, |r| {
                    r.all("contacts_per_case").mean()
                });
            }
            "mean_time_to_resolution" => {
                plan.check(name, want, job, usual, move |r| {
                    r.all("resolution_time").mean().times(1.0 / seconds)
                });
            }
            // Everybody between begin and end of a case, less those in the queue and with agents.
            "mean_in_delay"
                if ending == "human_resolved" && case.get("patience").is_null() && want > 0.0 =>
            {
                plan.check(name, want, job, usual, |r| {
                    let unsolved = r.flow("cases", "all") * r.all("resolution_time");
                    (unsolved - r.all("queue_length") - r.all("contacts_in_hand")).mean()
                });
            }
            "p_lost_finally" => plan.check(name, want, job, usual, |r| {
                (r.all("resolution_rate") * -1.0 + 1.0).mean()
            }),
            "mean_in_delay" | "mean_orbit" | "p_delay_empty" => {
                plan.leave_out(name, because::LITTLE)
            }
            // First and later contacts together.
            "p_delay_fresh" => {
                let later = if case.id == "RC-5" {
                    "p_delay_retry"
                } else {
                    "p_delay_repeat"
                };
                let both = (fresh * want + (total - fresh) * case.known(later)) / total;
                plan.check("p_delay", both, job, usual, |r| {
                    r.all("delay_probability").mean()
                });
                plan.leave_out(name, because::NOT_BY_VISIT);
            }
            "p_delay_retry" | "p_delay_repeat" => plan.leave_out(name, because::NOT_BY_VISIT),
            _ => assert!(
                plan.queue_number(case, name, want, "all", job, &[]),
                "{}: {name}",
                case.id
            ),
        }
    }
    plan
}
