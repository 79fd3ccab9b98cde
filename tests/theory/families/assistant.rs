//! The assistant before the people: unlimited or with a limit.

use crate::theory::case::{Case, number};
use crate::theory::plan::{Plan, Power, Shape, because, fifty, relaxation};
use crate::theory::script::{exponential, law, patience, pool, rate, target, topic};

/// The assistant contains or escalates; people answer the rest.
pub(crate) fn network(case: &Case) -> Plan {
    let mut plan = Plan::default();
    let unit = case.unit();
    let (ai, human) = (case.get("ai"), case.get("human"));
    let arrivals = case.number("arrival_rate");
    let (contained, times) = if let Some(resolve) = ai["resolve_rate"].as_f64() {
        // Two clocks: which rings first does not depend on when.
        let total = resolve + number(ai, "ask_human_rate");
        (
            resolve / total,
            format!("handle_time = {}", exponential(1.0 / total, unit)),
        )
    } else if ai["time_if_contained"].is_null() {
        (
            number(ai, "containment"),
            format!(
                "handle_time = {}",
                exponential(number(ai, "mean_service"), unit)
            ),
        )
    } else {
        let (resolved, escalated) = (
            law(&ai["time_if_contained"], unit),
            law(&ai["time_if_escalated"], unit),
        );
        (
            number(ai, "containment"),
            format!("handle_time = {{ default = {resolved}, ask_human = {escalated} }}"),
        )
    };
    let asked = 1.0 - contained;
    let mut lines = vec![
        (
            "ai",
            format!("{{ resolve = {contained}, ask_human = {asked}, {times} }}"),
        ),
        ("work", exponential(number(human, "mean_service"), unit)),
    ];
    lines.extend(patience(&human["patience"], unit));
    lines.extend(
        case.list("T")
            .first()
            .map(|t| ("target", target(t * unit.seconds))),
    );
    let capacity = ai["capacity"].as_u64();
    let limit = capacity.map_or(String::new(), |n| {
        format!("[ai]\ncapacity = {n}\noverflow = \"human\"\n")
    });
    let servers = number(human, "servers");
    let body =
        limit + &topic("calls", &rate(arrivals, unit), &lines) + &pool("agents", servers, &[]);
    let load = case.known("human_arrival_rate") * number(human, "mean_service");
    let slow = if human["patience"].is_null() {
        relaxation(servers, load)
    } else {
        1.0
    };
    let warmup = fifty(&[number(human, "mean_service") * slow * unit.seconds]);
    let job = plan.job(
        &body,
        Shape::Long {
            rate: arrivals / unit.seconds,
            warmup,
        },
    );
    let (seconds, usual) = (unit.seconds, Power::Usual);
    for (name, values) in &case.expected {
        let want = values[0];
        match name.as_str() {
            "ai_mean_in_service" => {
                plan.check(name, want, job, usual, |r| r.all("ai_in_session").mean())
            }
            "ai_mean_time" => plan.check(name, want, job, usual, move |r| {
                r.all("ai_handle_time").mean().times(1.0 / seconds)
            }),
            "containment" => plan.check(name, want, job, usual, |r| r.all("containment").mean()),
            "ai_p_full" => plan.check(name, want, job, usual, |r| {
                (r.all("ai_missed") / r.all("contacts")).mean()
            }),
            "human_arrival_rate" => plan.check(name, want, job, usual, move |r| {
                r.flow("offered", "all").mean().times(seconds)
            }),
            "mean_time_in_system" => plan.check(name, want, job, usual, move |r| {
                r.all("contact_time").mean().times(1.0 / seconds)
            }),
            // To the first answer by a person, and from there to the end.
            "mean_time_escalated" => plan.check(name, want, job, usual, move |r| {
                (r.all("time_to_human") + r.all("session_time"))
                    .mean()
                    .times(1.0 / seconds)
            }),
            "p_lost_overall" => plan.check(name, want, job, usual, |r| {
                (r.all("ended_abandoned") / r.all("contacts")).mean()
            }),
            // Escalated contacts and those that met a full assistant, together.
            "human_p_delay_escalated" => {
                let full = case.known("ai_p_full");
                let (escalated, overflow) = ((1.0 - full) * asked, full);
                let both = (escalated * want + overflow * case.known("human_p_delay_overflow"))
                    / (escalated + overflow);
                plan.check("human_p_delay", both, job, usual, |r| {
                    r.all("delay_probability").mean()
                });
                plan.leave_out(name, because::NOT_BY_VISIT);
            }
            "human_p_delay_overflow" => plan.leave_out(name, because::NOT_BY_VISIT),
            "ai_quantile_0.999" | "p_both_empty" => plan.leave_out(name, because::NO_STATE),
            "human_mean_offered_wait" => plan.leave_out(name, because::NO_VIRTUAL),
            _ => {
                let base = name.strip_prefix("human_").unwrap_or(name);
                assert!(
                    plan.queue_number(case, base, want, "all", job, &["calls"]),
                    "{}: {name}",
                    case.id
                );
            }
        }
    }
    plan
}
