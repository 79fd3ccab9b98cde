//! Everybody is served at once: the unlimited assistant, and a pool with ample agents.

use crate::theory::case::{Case, number, numbers, parts, threshold};
use crate::theory::plan::{Plan, Power, Shape, because, fifty};
use crate::theory::script::{law, mean_of, pool, rate, rates, topic};
use std::f64::consts::TAU;

/// Agents that are never all busy.
const AMPLE: u32 = 500;

/// Number in service, stationary or over time.
pub(crate) fn servers(case: &Case) -> Plan {
    if case.get("arrival_rate").is_number() {
        stationary(case)
    } else {
        over_time(case)
    }
}

fn stationary(case: &Case) -> Plan {
    let mut plan = Plan::default();
    let (unit, arrivals) = (case.unit(), case.number("arrival_rate"));
    let work = law(case.get("service"), unit);
    let flow = rate(arrivals, unit);
    let people = topic("calls", &flow, &[("work", work.clone())]) + &pool("agents", AMPLE, &[]);
    let assistant = topic(
        "chats",
        &flow,
        &[("ai", format!("{{ resolve = 1, handle_time = {work} }}"))],
    );
    let warmup = fifty(&[4.0 * mean_of(case.get("service")) * unit.seconds]);
    let shape = Shape::Long {
        rate: arrivals / unit.seconds,
        warmup,
    };
    let (with_people, with_assistant) = (plan.job(&people, shape), plan.job(&assistant, shape));
    let moment = plan.job(&people, Shape::Moment { at: warmup });
    for (name, values) in &case.expected {
        let want = values[0];
        match name.as_str() {
            "mean_in_service" => {
                plan.check(name, want, with_people, Power::Usual, |r| {
                    r.all("agents_busy").mean()
                });
                plan.check(
                    &format!("{name} (ai)"),
                    want,
                    with_assistant,
                    Power::Usual,
                    |r| r.all("ai_in_session").mean(),
                );
            }
            "var_in_service" => plan.check(name, want, moment, Power::Relaxed(0.03), |r| {
                r.all("agents_busy").variance()
            }),
            "p_le_floor_mean" => {
                let load = case.known("mean_in_service").floor();
                plan.check(name, want, moment, Power::Relaxed(0.03), move |r| {
                    r.all("agents_busy").share(|n| n < load + 0.5)
                });
            }
            _ => plan.leave_out(name, because::NO_STATE),
        }
    }
    plan
}

/// A sinusoid as its exact means over the minutes of a period: `constant + sine sin(2 pi t / period + phase)`.
pub(crate) fn sinusoid(constant: f64, sine: f64, period: f64, phase: f64) -> Vec<f64> {
    let cosine = |t: f64| (TAU * t / period + phase).cos();
    let minutes = period.round() as usize;
    (0..minutes)
        .map(|t| constant + sine * period / TAU * (cosine(t as f64) - cosine(t as f64 + 1.0)))
        .collect()
}

fn over_time(case: &Case) -> Plan {
    let mut plan = Plan::default();
    let unit = case.unit();
    let v = case.get("arrival_rate");
    let (every, values) = if v["form"] == "piecewise" {
        (number(v, "interval"), numbers(&v["values"]))
    } else {
        (
            1.0,
            sinusoid(
                number(v, "a"),
                number(v, "b"),
                number(v, "period"),
                number(v, "phase"),
            ),
        )
    };
    let flow = rates(every * unit.seconds, &values, unit);
    let body = topic("calls", &flow, &[("work", law(case.get("service"), unit))])
        + &pool("agents", AMPLE, &[]);
    // The precision that thousands of days give.
    let power = Power::Relaxed(0.01);
    let busy = |plan: &mut Plan, name: &str, want: f64, at: f64| {
        let job = plan.job(
            &body,
            Shape::Moment {
                at: at * unit.seconds,
            },
        );
        plan.check(name, want, job, power, |r| r.all("agents_busy").mean());
        plan.check(
            &format!("variance of {name}"),
            want,
            job,
            Power::Relaxed(0.03),
            |r| r.all("agents_busy").variance(),
        );
    };
    let horizon = every * values.len() as f64 * unit.seconds;
    let day = plan.job(
        &body,
        Shape::Days {
            horizon,
            interval: every * unit.seconds,
        },
    );
    for (name, values) in &case.expected {
        let want = values[0];
        let (base, index, at) = parts(name);
        match (base, index, at) {
            ("mean_in_service", _, Some(at)) => busy(&mut plan, name, want, threshold(at)),
            ("mean_in_service_end", Some(i), _) => busy(
                &mut plan,
                name,
                want,
                every * (i.parse::<f64>().unwrap() + 1.0),
            ),
            ("time_avg_in_service", Some(i), _) => {
                let i: usize = i.parse().unwrap();
                plan.check(name, want, day, power, move |r| {
                    r.cell(i, "all", "agents_busy")
                });
            }
            ("mean_arrivals_to", _, Some(at)) => {
                let days = plan.job(
                    &body,
                    Shape::Days {
                        horizon: threshold(at) * unit.seconds,
                        interval: threshold(at) * unit.seconds,
                    },
                );
                plan.check(name, want, days, power, |r| r.all("offered").mean());
            }
            _ => plan.leave_out(name, because::DEPARTURES),
        }
    }
    plan
}
