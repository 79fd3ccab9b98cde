//! One queue, one pool: Erlang B, C and A, finite room, general patience, general service.

use crate::theory::case::Case;
use crate::theory::plan::{Plan, Power, Shape, because, fifty, relaxation};
use crate::theory::script::{exponential, law, mean_of, patience, pool, rate, target, topic};

/// Mean service time, in the unit of the case.
fn service(case: &Case) -> f64 {
    if case.get("service").is_null() {
        case.number("mean_service")
    } else {
        mean_of(case.get("service"))
    }
}

/// The topic `calls` and the pool `agents`, and how long to run.
fn scenario(case: &Case) -> (String, Shape) {
    let (unit, servers) = (case.unit(), case.number("servers"));
    let work = match case.get("service") {
        v if v.is_null() => exponential(case.number("mean_service"), unit),
        v => law(v, unit),
    };
    let mut lines = vec![("work", work)];
    lines.extend(patience(case.get("patience"), unit));
    lines.extend(
        case.list("waiting_places")
            .first()
            .map(|places| ("queue_limit", places.to_string())),
    );
    lines.extend(
        case.list("T")
            .first()
            .map(|t| ("target", target(t * unit.seconds))),
    );
    let arrivals = case.number("arrival_rate");
    let body = topic("calls", &rate(arrivals, unit), &lines) + &pool("agents", servers, &[]);
    let patience = if case.get("patience").is_null() {
        0.0
    } else {
        mean_of(case.get("patience"))
    };
    let bounded = patience > 0.0 || !case.get("waiting_places").is_null();
    let slow = if bounded {
        1.0
    } else {
        relaxation(servers, arrivals * service(case))
    };
    let warmup = fifty(&[service(case) * slow * unit.seconds, patience * unit.seconds]);
    (
        body,
        Shape::Long {
            rate: arrivals / unit.seconds,
            warmup,
        },
    )
}

/// Loss, delay and abandonment in one queue.
pub(crate) fn single(case: &Case) -> Plan {
    let mut plan = Plan::default();
    let (body, shape) = scenario(case);
    let job = plan.job(&body, shape);
    let seconds = case.unit().seconds;
    let servers = case.number("servers");
    let load = case.number("arrival_rate") * service(case);
    // Queue lengths and waits of a queue this close to its capacity converge too slowly; 2% is allowed.
    let heavy = case.get("patience").is_null()
        && case.get("waiting_places").is_null()
        && load / servers >= 0.97;
    for (name, values) in &case.expected {
        let want = values[0];
        let mut check = |power,
                         get: fn(&crate::theory::run::Results) -> crate::theory::series::Series,
                         unit: f64| {
            plan.check(name, want, job, power, move |r| {
                get(r).mean().times(1.0 / unit)
            });
        };
        match name.as_str() {
            "carried_load" => check(Power::Usual, |r| r.all("agents_busy"), 1.0),
            "throughput" => check(
                Power::Usual,
                |r| r.flow("answered", "all") * 60.0,
                60.0 / seconds,
            ),
            "mean_in_system" => check(
                Power::Usual,
                |r| r.all("queue_length") + r.all("contacts_in_hand"),
                1.0,
            ),
            "mean_sojourn" => check(Power::Usual, |r| r.all("contact_time"), seconds),
            // Contacts accepted: neither answered late nor turned away.
            "sl_accepted@1/3" | "sl_accepted@0.3" => {
                check(
                    Power::Usual,
                    |r| {
                        r.all("sl_offered") * r.all("offered")
                            / (r.all("offered") - r.all("turned_away"))
                    },
                    1.0,
                );
            }
            "p_all_idle" if servers == 1.0 => {
                check(Power::Usual, |r| r.all("occupancy") * -1.0 + 1.0, 1.0)
            }
            "mean_wait_given_wait" => {
                plan.check(name, want, job, Power::Usual, move |r| {
                    r.all("mean_wait")
                        .over_mean_of(&r.all("delay_probability"))
                        .times(1.0 / seconds)
                });
            }
            "p_all_idle" => plan.leave_out(name, because::NO_STATE),
            "mean_offered_wait" => plan.leave_out(name, because::NO_VIRTUAL),
            "sd_wait" => plan.leave_out(name, because::NO_SPREAD),
            _ => assert!(
                plan.queue_number(case, name, want, "all", job, &["calls"]),
                "{}: {name}",
                case.id
            ),
        }
    }
    for check in plan.checks.iter_mut().filter(|_| heavy) {
        check.power = match check.name.as_str() {
            "occupancy" => continue,
            name if name.starts_with("wait_quantile") => Power::Relaxed(0.04),
            _ => Power::Relaxed(0.02),
        };
    }
    plan
}

/// Loss with other laws of service: the same numbers.
pub(crate) fn insensitive(case: &Case) -> Plan {
    let mut plan = Plan::default();
    let unit = case.unit();
    let arrivals = case.number("arrival_rate");
    for v in case.get("service_laws").as_array().unwrap() {
        let name = v["dist"].as_str().unwrap();
        let lines = [("work", law(v, unit)), ("queue_limit", "0".to_owned())];
        let body = topic("calls", &rate(arrivals, unit), &lines)
            + &pool("agents", case.number("servers"), &[]);
        let warmup = fifty(&[mean_of(v) * unit.seconds]);
        let job = plan.job(
            &body,
            Shape::Long {
                rate: arrivals / unit.seconds,
                warmup,
            },
        );
        // Rare very long services remember the empty start for longer.
        let moment = plan.job(&body, Shape::Moment { at: 4.0 * warmup });
        let wanted = |key: &str| (format!("{key} ({name})"), case.known(key));
        let (name, want) = wanted("p_block");
        plan.check(&name, want, job, Power::Usual, |r| {
            r.all("turned_away_rate").mean()
        });
        let (name, want) = wanted("mean_busy");
        plan.check(&name, want, job, Power::Usual, |r| {
            r.all("agents_busy").mean()
        });
        let (name, want) = wanted("var_busy");
        plan.check(&name, want, moment, Power::Relaxed(0.03), |r| {
            r.all("agents_busy").variance()
        });
    }
    plan
}
