//! Scenarios against a baseline: what the comparison says against samples worked out by hand and by repetition.

mod budget;
pub(crate) mod coverage;
mod differences;
mod files;
mod precision;
pub(crate) mod program;
mod select;

use handover::experiment::{Outcome, Plan, Side, run};
use handover::measure::{Row, Slice};
use handover::model::Model;
use handover::scenario::{InMemory, Scenario, load};
use handover::stats::StudentT;
use std::path::Path;

/// A desk of `agents` people with prices, 2 replications planned.
pub(crate) fn desk(agents: u32) -> Scenario {
    let text = format!(
        "horizon = \"1 day\"\nreplications = 2\ndemand = {{ rate = \"60 / h\" }}\n\
         topic = [ {{ name = \"calls\", work = {{ exponential = \"5 min\" }}, patience = {{ exponential = \"5 min\" }} }} ]\n\
         pool = [ {{ name = \"desk\", kind = \"outsourced\", agents = {agents}, price = {{ per_agent_hour = 30 }} }} ]\n"
    );
    scenario(&text)
}

/// A scenario that must be valid.
pub(crate) fn scenario(text: &str) -> Scenario {
    load(
        Path::new("a.toml"),
        &[],
        &InMemory::new().with("a.toml", text),
    )
    .unwrap()
}

/// An outcome with made-up values of one measure of everything.
pub(crate) fn outcome(
    model: &Model,
    measure: &'static str,
    unit: &'static str,
    values: &[f64],
) -> Outcome {
    of(&nothing(model), measure, unit, values)
}

/// An outcome of no replications.
pub(crate) fn nothing(model: &Model) -> Outcome {
    let job = handover::experiment::Job {
        model,
        plan: Plan {
            replications: 0,
            ..Plan::default()
        },
    };
    let outcomes = run(&[job], &());
    outcomes.unwrap().remove(0)
}

/// The same with made-up values.
pub(crate) fn of(
    nothing: &Outcome,
    measure: &'static str,
    unit: &'static str,
    values: &[f64],
) -> Outcome {
    Outcome {
        rows: vec![Row {
            slice: Slice::All,
            measure,
            unit: unit.into(),
        }]
        .into(),
        student: StudentT::new(0.95, values.len()),
        values: values.iter().map(|&v| vec![v]).collect(),
        ..nothing.clone()
    }
}

/// A side of seed `seed`.
pub(crate) fn side<'a>(id: &'a str, model: &'a Model, seed: u64, outcome: &'a Outcome) -> Side<'a> {
    let plan = Plan {
        seed,
        ..Plan::default()
    };
    Side {
        id,
        model,
        plan,
        outcome,
    }
}
