//! Rules that the other families do not show, each in a scenario as a user would write it.
//!
//! The first line of a scenario says where its numbers come from: a Markov chain over the state named there, solved as a sparse linear
//! system with the residual below 1e-10; Kolmogorov forward equations (staff that changes); closed forms and quadrature (access,
//! difficulty, mixtures); or, where no chain fits (steps that open after a fixed wait), an event-by-event simulation written apart, whose
//! own error stands beside the number. All rates in the chains are exponential with the means in the scenario; queues are cut where less
//! than 1e-3 of the arrivals would be lost. A number is named `measure[slice]`, with `@interval` where it stands in `intervals.csv`, and is
//! per visit to a queue unless its definition in the case says otherwise.

use crate::theory::case::{Case, parts};
use crate::theory::plan::{Job, Plan, Power, Shape};
use crate::theory::series::Want;
use std::fs;

/// The run of a case, and its numbers: one that is off is final only if a second seed at four times the length finds it off too.
pub(crate) fn rules(case: &Case) -> Plan {
    let file = |end: &str| {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/theory/scenarios");
        fs::read_to_string(format!("{folder}/{}{end}", case.id))
    };
    let mut plan = Plan {
        jobs: vec![Job {
            body: file(".toml").unwrap(),
            shape: Shape::AsWritten {
                replications: case.number("replications"),
            },
            sets: Vec::new(),
            arrivals: file(".arrivals.csv").ok(),
        }],
        retries: Some(&[4.0]),
        ..Plan::default()
    };
    for (name, values) in &case.expected {
        let (measure, slice, interval) = parts(name);
        let (measure, slice) = (measure.to_owned(), slice.unwrap_or("all").to_owned());
        let interval = interval.map(|i| i.parse().unwrap());
        plan.check(name, values[0], 0, Power::Any, move |r| match interval {
            Some(i) => r.cell(i, &slice, &measure),
            None => r.series(&measure, &slice).mean(),
        });
        let own = case.own_error(name);
        if own > 0.0 {
            plan.checks.last_mut().unwrap().want = Want::Simulated(values[0], own);
        }
    }
    plan
}

/// The same over five days instead of forty to a hundred and twenty, without the numbers that grow with the horizon.
pub(crate) fn in_short(mut plan: Plan) -> Plan {
    for job in plan.jobs.iter_mut().filter(|j| j.arrivals.is_none()) {
        job.sets.push("horizon=5 days".to_owned());
    }
    plan.checks.retain(|c| !is_count(parts(&c.name).0));
    plan
}

fn is_count(measure: &str) -> bool {
    let whole = ["offered", "answered", "cut_off", "log_ons", "ai_missed"];
    whole.contains(&measure) || measure.starts_with("ended_") || measure.starts_with("escalated_")
}
