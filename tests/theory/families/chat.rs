//! Several chats at once, each slower for it.

use crate::theory::case::{Case, parts};
use crate::theory::plan::{Plan, Power, Shape, because, fifty};
use crate::theory::script::{exponential, mean_of, patience, pool, rate, topic};

/// Agents with up to c chats, the least loaded first.
pub(crate) fn chats(case: &Case) -> Plan {
    let mut plan = Plan::default();
    let (unit, agents, arrivals) = (
        case.unit(),
        case.number("agents"),
        case.number("arrival_rate"),
    );
    let rates = case.list("per_chat_rate_by_load");
    // Work content is the time with nothing else in hand.
    let alone = rates[0];
    let speeds: Vec<f64> = rates.iter().map(|r| r / alone).collect();
    let mut lines = vec![("work", exponential(1.0 / alone, unit))];
    lines.extend(patience(case.get("patience"), unit));
    let hands = [
        ("concurrency", case.number("max_concurrency").to_string()),
        ("speed", format!("{speeds:?}")),
    ];
    let body = topic("chats", &rate(arrivals, unit), &lines) + &pool("agents", agents, &hands);
    let slowest = rates.iter().copied().fold(f64::INFINITY, f64::min);
    let warmup = fifty(&[
        unit.seconds / slowest,
        mean_of(case.get("patience")) * unit.seconds,
    ]);
    let job = plan.job(
        &body,
        Shape::Long {
            rate: arrivals / unit.seconds,
            warmup,
        },
    );
    let (seconds, usual) = (unit.seconds, Power::Usual);
    let two = case.number("max_concurrency") == 2.0;
    for (name, values) in &case.expected {
        let want = values[0];
        match parts(name).0 {
            "mean_chats_in_service" => {
                plan.check(name, want, job, usual, |r| r.all("contacts_in_hand").mean())
            }
            "mean_chat_duration" => plan.check(name, want, job, usual, move |r| {
                r.all("session_time").mean().times(1.0 / seconds)
            }),
            "throughput" => plan.check(name, want, job, usual, move |r| {
                r.flow("answered", "all").mean().times(seconds)
            }),
            "agent_busy_fraction" => {
                plan.check(name, want, job, usual, |r| r.all("occupancy").mean())
            }
            "mean_concurrency_when_busy" => {
                plan.check(name, want, job, usual, |r| r.all("concurrency").mean())
            }
            "fraction_agents_with_0" => plan.check(name, want, job, usual, |r| {
                (r.all("occupancy") * -1.0 + 1.0).mean()
            }),
            // Busy agents have one chat or two: all chats are those with one and twice those with two.
            "fraction_agents_with_1" if two => plan.check(name, want, job, usual, move |r| {
                (r.all("agents_busy") * 2.0 - r.all("contacts_in_hand"))
                    .mean()
                    .times(1.0 / agents)
            }),
            "fraction_agents_with_2" if two => plan.check(name, want, job, usual, move |r| {
                (r.all("contacts_in_hand") - r.all("agents_busy"))
                    .mean()
                    .times(1.0 / agents)
            }),
            "fraction_agents_with_1" | "fraction_agents_with_2" | "fraction_agents_with_3" => {
                plan.leave_out(name, because::NO_STATE);
            }
            _ => assert!(
                plan.queue_number(case, name, want, "all", job, &[]),
                "{}: {name}",
                case.id
            ),
        }
    }
    plan
}
