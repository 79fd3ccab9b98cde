//! The points of a sweep, each with its own cheapest plan of agents.

use super::design::Planned;
use super::failure::Failure;
use super::interrupt::Interrupt;
use super::options::SweepOptions;
use super::output::Output;
use super::overlay::other_seed;
use super::progress::RunBar;
use super::searches::Question;
use super::staff::{decisions_of, limits_of};
use crate::experiment::Task;
use crate::model::Model;
use crate::scenario::{Disk, Scenario};
use crate::staff::{Decisions, Failed, staff};
use std::collections::BTreeMap;

/// By point its plan of agents.
#[derive(Default)]
pub(super) struct Plans(BTreeMap<u32, (Decisions, Vec<u32>)>);

impl Plans {
    /// The plans of the points that are to be simulated; a point that is the same as another one has none.
    pub(super) fn find(
        options: &SweepOptions,
        planned: &Planned,
        tasks: &[Task],
        interrupt: &Interrupt,
        output: &Output,
    ) -> Result<Self, Failure> {
        let mut plans = Self::default();
        let points = planned.design.points.len();
        for task in tasks {
            let point = *planned.same_as.get(&task.point).unwrap_or(&task.point);
            if plans.0.contains_key(&point) {
                continue;
            }
            let settings = planned.design.settings(point as usize);
            let name = format!("point {}", point + 1);
            let scenario = planned.template.with(&settings, &name, &Disk);
            let scenario = scenario.map_err(|p| Failure::BadInput(p.render(false)))?;
            let title = format!("{name} of {points}");
            let bar = RunBar::searching(&title, None, interrupt, output);
            let plan = plan(options, &name, &scenario, &bar)?;
            plans.0.insert(point, plan);
        }
        Ok(plans)
    }

    /// The model of a point with its plan, and the seed of its draws.
    pub(super) fn put(&self, point: u32, model: Model, seed: u64) -> (Model, u64) {
        match self.0.get(&point) {
            Some((decisions, plan)) => (decisions.apply(&model, plan, &[]), other_seed(seed)),
            None => (model, seed),
        }
    }
}

fn plan(
    options: &SweepOptions,
    name: &str,
    scenario: &Scenario,
    bar: &RunBar<'_>,
) -> Result<(Decisions, Vec<u32>), Failure> {
    let (model, promised) = (&scenario.model, &options.promised);
    let path = &options.input.files[0];
    let bad = |problems: Vec<String>| Failure::BadInput(problems.join("\n"));
    let decisions = decisions_of(promised, scenario, path).map_err(bad)?;
    let limits = limits_of(promised, scenario, path).map_err(bad)?;
    let question = Question::new(promised, scenario, decisions, limits);
    let found = staff(model, question.decisions.clone(), &question.settings, bar);
    bar.clear();
    let found = found.map_err(|failed| {
        let why = question.why(model, &failed);
        match failed {
            Failed::Stopped => Failure::Interrupted(why),
            _ => Failure::Failed(format!("error: {}, {name}: {why}", path.display())),
        }
    })?;
    Ok((question.decisions, found.staffed.plan))
}
