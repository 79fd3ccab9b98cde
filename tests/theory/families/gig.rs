//! Members who come when they like, and offers.

use crate::theory::case::Case;
use crate::theory::plan::{Plan, Power, Shape, because, fifty};
use crate::theory::script::{exponential, gig, law, mean_of, patience, pool, rate, span, topic};

/// A session that outlasts every run, and a rate at which everybody is there at once.
const ALWAYS: [(&str, &str); 2] = [
    ("logon_rate", "\"1000 / s\""),
    ("session", "{ deterministic = \"1450 days\" }"),
];

/// Log-ons of an open register; agents who leave only when idle (A), or after the contact in hand (B).
pub(crate) fn supply(case: &Case) -> Plan {
    let mut plan = Plan::default();
    let unit = case.unit();
    let log_ons = rate(case.number("logon_rate"), unit);
    let nobody_calls = case.get("arrival_rate").is_null();
    let (session, mean) = if nobody_calls {
        (law(case.get("session"), unit), mean_of(case.get("session")))
    } else {
        (
            exponential(case.number("mean_session"), unit),
            case.number("mean_session"),
        )
    };
    let rule = if case.get("leave_rule") == "A" {
        "when_idle"
    } else {
        "finish"
    };
    let mut times = vec![2.0 * mean * unit.seconds];
    let mut lines = vec![("work", exponential(1.0, unit))];
    let mut arrivals = 0.0;
    if !nobody_calls {
        arrivals = case.number("arrival_rate");
        lines = vec![("work", exponential(case.number("mean_service"), unit))];
        lines.extend(patience(case.get("patience"), unit));
        times.push(mean_of(case.get("patience")) * unit.seconds);
    }
    let lines_of_pool = [
        ("logons", log_ons),
        ("session", session),
        ("shift_end", format!("\"{rule}\"")),
    ];
    let body = topic("calls", &rate(arrivals, unit), &lines) + &gig("agents", &lines_of_pool);
    let flow = arrivals + case.number("logon_rate");
    let job = plan.job(
        &body,
        Shape::Long {
            rate: flow / unit.seconds,
            warmup: fifty(&times),
        },
    );
    let moment = plan.job(&body, Shape::Moment { at: fifty(&times) });
    let (seconds, usual) = (unit.seconds, Power::Usual);
    for (name, values) in &case.expected {
        let want = values[0];
        match name.as_str() {
            "mean_online" => plan.check(name, want, job, usual, |r| r.all("members_online").mean()),
            "mean_busy" => plan.check(name, want, job, usual, |r| r.all("agents_busy").mean()),
            "mean_busy_unmarked" => {
                plan.check(name, want, job, usual, |r| {
                    (r.all("agents_busy") - r.all("agents_finishing")).mean()
                });
            }
            "mean_finishing" => {
                plan.check(name, want, job, usual, |r| r.all("agents_finishing").mean())
            }
            "mean_online_incl_finishing" => {
                plan.check(name, want, job, usual, |r| r.all("agents_on_duty").mean())
            }
            "utilisation" => {
                plan.check(name, want, job, usual, |r| {
                    r.all("agents_busy").over_mean_of(&r.all("members_online"))
                });
            }
            "throughput" => plan.check(name, want, job, usual, move |r| {
                r.flow("answered", "all").mean().times(seconds)
            }),
            "var_online" => {
                plan.check(name, want, moment, Power::Relaxed(0.03), |r| {
                    r.all("members_online").variance()
                });
            }
            "p_fewer_than_5" => {
                plan.check(name, want, moment, Power::Relaxed(0.04), |r| {
                    r.all("members_online").share(|n| n < 4.5)
                });
            }
            "p_none_online" => plan.leave_out(name, because::NO_STATE),
            _ => assert!(
                plan.queue_number(case, name, want, "all", job, &[]),
                "{}: {name}",
                case.id
            ),
        }
    }
    plan
}

/// Contacts are offered to members, who may decline.
pub(crate) fn offers(case: &Case) -> Plan {
    let mut plan = Plan::default();
    let unit = case.unit();
    let alone = case.get("agents").is_null();
    // A contact by itself: members in plenty and short services, so that somebody fresh is always free.
    let (members, arrivals, work) = if alone {
        (60.0, 1.0, 0.01)
    } else {
        (
            case.number("agents"),
            case.number("arrival_rate"),
            case.number("mean_service"),
        )
    };
    let mut lines = vec![("work", exponential(work, unit))];
    lines.extend(patience(case.get("patience"), unit));
    let mut register: Vec<(&str, String)> = ALWAYS.map(|(k, v)| (k, v.to_owned())).to_vec();
    register.push(("members", members.to_string()));
    register.push(("acceptance", case.number("accept_probability").to_string()));
    register.push((
        "response",
        exponential(1.0 / case.number("response_rate"), unit),
    ));
    if let Some(mean) = case.get("decline")["cooldown_mean"].as_f64() {
        register.push(("cool_down", exponential(mean, unit)));
    }
    if alone {
        register.push(("max_offers", case.number("max_offers").to_string()));
        // The second step opens when the offers are used up, not by itself.
        lines.push((
            "route",
            format!(
                "[{{ pools = [\"gig\"] }}, {{ pools = [\"fallback\"], after = {} }}]",
                span(86_400.0)
            ),
        ));
    }
    let fallback = if alone {
        pool("fallback", 60, &[])
    } else {
        String::new()
    };
    let body = topic("calls", &rate(arrivals, unit), &lines) + &gig("gig", &register) + &fallback;
    let mut times = vec![
        work * unit.seconds,
        mean_of(case.get("patience")) * unit.seconds,
    ];
    times.push(case.get("decline")["cooldown_mean"].as_f64().unwrap_or(0.0) * unit.seconds);
    let job = plan.job(
        &body,
        Shape::Long {
            rate: arrivals / unit.seconds,
            warmup: fifty(&times),
        },
    );
    let (seconds, usual) = (unit.seconds, Power::Usual);
    let answered_by = |pool: &str| {
        let slice = format!("pool={pool}");
        move |r: &crate::theory::run::Results| {
            (r.series("answered", &slice) / r.all("offered")).mean()
        }
    };
    for (name, values) in &case.expected {
        let want = values[0];
        match name.as_str() {
            "mean_in_service" => {
                plan.check(name, want, job, usual, |r| r.all("contacts_in_hand").mean())
            }
            // Contacts on offer keep their place in the queue.
            "mean_waiting_no_offer" => {
                let both = want + case.known("mean_on_offer");
                plan.check("mean_queue", both, job, usual, |r| {
                    r.all("queue_length").mean()
                });
                plan.leave_out(name, because::OFFERS);
            }
            "offers_per_contact" | "mean_offers" => {
                plan.check(name, want, job, usual, |r| {
                    r.series("offers_per_contact", "pool=gig").mean()
                });
            }
            "acceptance_rate" => {
                plan.check(name, want, job, usual, |r| r.all("acceptance_rate").mean())
            }
            "occupancy_service" => {
                plan.check(name, want, job, usual, |r| r.all("occupancy").mean())
            }
            "p_accepted" => plan.check(name, want, job, usual, answered_by("gig")),
            "p_fallback" => plan.check(name, want, job, usual, answered_by("fallback")),
            "p_abandoned" => {
                plan.check(name, want, job, usual, |r| r.all("abandonment_rate").mean())
            }
            "mean_time_to_accept_given_accept" => {
                plan.check(name, want, job, usual, move |r| {
                    r.series("asa", "pool=gig").mean().times(1.0 / seconds)
                });
            }
            "mean_on_offer" | "mean_cooling" | "occupancy_service_or_offer" | "p_no_free_agent" => {
                plan.leave_out(name, because::OFFERS);
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
