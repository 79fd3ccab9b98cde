//! Days from empty: rates and agents that change, and the printed results of another simulator.

use super::infinite::sinusoid;
use crate::theory::case::{Case, number, numbers, parts};
use crate::theory::plan::{Check, Get, Plan, Power, Shape, because};
use crate::theory::run::Results;
use crate::theory::script::{agents, exponential, patience, pool, rate, rates, target, topic};
use crate::theory::series::{Estimate, Series, Want};

/// Contacts answered within T.
fn within(r: &Results) -> Series {
    r.all("sl_offered") * (r.all("answered") + r.all("abandoned") + r.all("turned_away"))
}

/// Contacts offered, less those turned away and those who left within T.
fn net(r: &Results) -> Series {
    r.all("offered") - r.all("turned_away") - r.all("abandonment_within") * r.all("offered")
}

/// Arrivals and staff that change in the course of a day.
pub(crate) fn time_varying(case: &Case) -> Plan {
    let mut plan = Plan::default();
    let unit = case.unit();
    let (v, staff) = (case.get("arrival_rate"), case.list("staff"));
    let interval = case.number("interval") * unit.seconds;
    let flow = if v["form"] == "piecewise" {
        rates(
            number(v, "interval") * unit.seconds,
            &numbers(&v["values"]),
            unit,
        )
    } else {
        // a - b cos(x) is a + b sin(x - pi/2).
        let period = number(v, "period");
        let phase = -std::f64::consts::FRAC_PI_2;
        rates(
            60.0,
            &sinusoid(number(v, "a"), number(v, "b"), period, phase),
            unit,
        )
    };
    let mut lines = vec![("work", exponential(case.number("mean_service"), unit))];
    lines.extend(patience(case.get("patience"), unit));
    lines.push(("target", target(case.number("T") * unit.seconds)));
    let body = topic("calls", &flow, &lines) + &pool("agents", agents(interval, &staff), &[]);
    let horizon = interval * staff.len() as f64;
    let by_interval = plan.job(&body, Shape::Days { horizon, interval });
    let day = plan.job(
        &body,
        Shape::Days {
            horizon,
            interval: horizon,
        },
    );
    let arrivals = &case
        .expected
        .iter()
        .find(|(n, _)| n == "mean_arrivals")
        .unwrap()
        .1;
    let total: f64 = arrivals.iter().sum();
    for (name, values) in &case.expected {
        let base = parts(name).0;
        let column = match base {
            "mean_arrivals" => "offered",
            "mean_queue" => "queue_length",
            "mean_busy" => "agents_busy",
            "mean_overrunning_agents" => "agents_on_duty",
            "mean_abandoned" | "abandon_fraction" => "abandoned_in_interval",
            "p_all_busy_at_arrival" => "delayed",
            "sl_served_offered" => "answered_within",
            _ => "",
        };
        for (i, &want) in values.iter().enumerate().filter(|_| !column.is_empty()) {
            let per = if values.iter().all(|x| *x <= 1.0) && column != "queue_length" {
                arrivals[i]
            } else {
                1.0
            };
            let (name, power) = (
                format!("{name}[{i}]"),
                Power::Relaxed(if want < 0.05 { 0.1 } else { 0.02 }),
            );
            if base == "mean_overrunning_agents" {
                // Everybody there: the schedule, and who still finishes a contact above it.
                plan.check(&name, staff[i] + want, by_interval, power, move |r| {
                    r.cell(i, "all", column)
                });
            } else {
                plan.check(&name, want, by_interval, power, move |r| {
                    r.cell(i, "all", column).times(1.0 / per)
                });
            }
        }
        if base == "queue_at_end" {
            for (i, &want) in values.iter().enumerate() {
                let job = plan.job(
                    &body,
                    Shape::Moment {
                        at: interval * (i as f64 + 1.0),
                    },
                );
                // One moment of a day tells much less than an hour of it.
                let get = |r: &Results| r.all("queue_length").mean();
                plan.check(&format!("{name}[{i}]"), want, job, Power::Relaxed(0.1), get);
            }
            continue;
        }
        let power = Power::Relaxed(0.02);
        match base {
            "day_abandon_fraction" => plan.check(name, values[0], day, power, move |r| {
                r.cell(0, "all", "abandoned_in_interval").times(1.0 / total)
            }),
            "day_mean_queue" => plan.check(name, values[0], day, power, |r| {
                r.cell(0, "all", "queue_length")
            }),
            "day_sl_served_offered" => plan.check(name, values[0], day, power, move |r| {
                within(r).mean().times(1.0 / total)
            }),
            "day_sl_excl_short_ab" => plan.check(name, values[0], day, power, |r| {
                within(r).over_mean_of(&net(r))
            }),
            _ => assert!(!column.is_empty(), "{}: {name}", case.id),
        }
    }
    plan
}

/// Days that were simulated elsewhere; some numbers of them are known exactly.
pub(crate) fn published(case: &Case) -> Plan {
    let mut plan = Plan::default();
    let unit = case.unit();
    let mut lines = vec![("work", exponential(case.number("mean_service"), unit))];
    lines.extend(patience(case.get("patience"), unit));
    lines.extend(
        case.list("waiting_places")
            .first()
            .map(|n| ("queue_limit", n.to_string())),
    );
    lines.push(("target", target(case.number("T") * unit.seconds)));
    let (body, horizon) = if case.get("numAgents").is_null() {
        let flow = rate(case.number("arrival_rate"), unit);
        let body = topic("calls", &flow, &lines) + &pool("agents", case.number("servers"), &[]);
        (body, case.number("horizon") * unit.seconds)
    } else {
        let (every, staff) = (
            case.number("interval") * unit.seconds,
            case.list("numAgents"),
        );
        let per_second: Vec<f64> = case
            .list("arrivals_per_hour")
            .iter()
            .map(|n| n / 3600.0)
            .collect();
        let cv = 1.0 / number(case.get("busyness"), "shape").sqrt();
        let body = format!("[demand]\nbusyness_cv = {cv}\n")
            + &topic("calls", &rates(every, &per_second, unit), &lines)
            + &pool("agents", agents(every, &staff), &[]);
        (body, every * staff.len() as f64)
    };
    let job = plan.job(
        &body,
        Shape::Days {
            horizon,
            interval: horizon,
        },
    );
    let seconds = unit.seconds;
    // Contacts expected in a day, where the case states them.
    let expected = case
        .expected
        .iter()
        .find(|(n, _)| n == "mean_arrivals")
        .map_or(f64::NAN, |(_, v)| v[0]);
    for (name, values) in &case.expected {
        let stem = [
            "printed_ci90_",
            "printed_ci_",
            "printed_sd_",
            "mean_",
            "var_",
        ];
        let stem = stem
            .iter()
            .find_map(|p| name.strip_prefix(p))
            .unwrap_or(name);
        let get: fn(&Results) -> Estimate = match stem {
            "contacts_in_target" => |r| within(r).mean(),
            "service_level" | "service_level_served" => {
                |r| within(r).over_mean_of(&r.all("answered"))
            }
            "service_level_with_blocked" => |r| within(r).over_mean_of(&r.all("offered")),
            "speed_of_answer" => {
                |r| (r.all("asa") * r.all("answered")).over_mean_of(&r.all("answered"))
            }
            "occupancy" => |r| r.all("occupancy").mean(),
            "blocked" => |r| r.all("turned_away").mean(),
            "arrivals" => |r| r.all("offered").mean(),
            "wait" => |r| (r.all("mean_wait") * r.all("offered")).mean(),
            // The printed program counts everybody whose wait was short, also those who left.
            "good_fraction" => |r| (r.all("sl_generous") * r.all("offered")).mean(),
            "lost_fraction" => |r| r.all("abandoned").mean(),
            _ => {
                assert!(name.starts_with("printed_"), "{}: {name}", case.id);
                let has_interval = case.expected.iter().any(|(n, v)| {
                    v.len() == 2 && n.ends_with(stem.trim_start_matches("printed_mean_"))
                });
                if !has_interval {
                    plan.leave_out(name, because::PRINTED);
                }
                continue;
            }
        };
        let factor = match stem {
            "speed_of_answer" => 1.0 / seconds,
            "wait" | "good_fraction" | "lost_fraction" => 1.0 / expected,
            _ => 1.0,
        };
        let spread = name.starts_with("printed_sd_") || name.starts_with("var_");
        let want = match values[..] {
            [low, high] => Want::Within(low, high),
            _ if name.starts_with("printed_sd_") => printed_variance(case, stem, values[0]),
            _ => Want::Exact(values[0]),
        };
        let get: Get = match (spread, stem) {
            (true, "arrivals") => Box::new(|r| r.all("offered").variance()),
            (true, _) => Box::new(|r| within(r).variance()),
            _ => Box::new(move |r| get(r).times(factor)),
        };
        plan.checks.push(Check {
            name: name.clone(),
            want,
            job,
            get,
            power: Power::Relaxed(0.03),
        });
    }
    plan
}

/// Four standard errors around a printed standard deviation, as a variance; the number of replications behind it follows
/// from the printed interval of the mean.
fn printed_variance(case: &Case, stem: &str, sd: f64) -> Want {
    let interval = |prefix: &str| {
        case.expected
            .iter()
            .find(|(n, _)| *n == format!("{prefix}{stem}"))
            .map(|(_, v)| v[1] - v[0])
    };
    let half_95 = interval("printed_ci_").map(|w| w / 2.0 / 1.96);
    let half_90 = interval("printed_ci90_").map(|w| w / 2.0 / 1.645);
    let se_of_mean = half_95.or(half_90).unwrap();
    let se = se_of_mean / 2.0_f64.sqrt();
    Want::Within((sd - 4.0 * se).powi(2), (sd + 4.0 * se).powi(2))
}
