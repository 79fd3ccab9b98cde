//! What a run is to reach: replications as planned, a precision, or the best scenario.

use super::failure::Failure;
use super::input::{CommandLine, Loaded};
use super::options::RunOptions;
use crate::experiment::{
    self, Delta, Job, MeasureName, Outcome, Precision, Progress, Ranking, RunError, Selection,
    Side, Verdict, Width,
};
use crate::measure::{Better, measure};
use crate::scenario;
use std::collections::BTreeSet;

/// What a run is to reach.
pub(super) struct RunGoal {
    /// By scenario.
    pub(super) precision: Vec<Precision>,
    /// Which is the best, if that was asked.
    pub(super) ranking: Option<Ranking>,
}

/// What a run reached.
pub(super) struct GoalReached {
    pub(super) outcomes: Vec<Outcome>,
    pub(super) selection: Option<Selection>,
    /// Whether nothing stopped it.
    pub(super) complete: bool,
}

impl RunGoal {
    /// From the options and the scenarios; what the scenarios do not have is refused.
    pub(super) fn new(options: &RunOptions, loaded: &[Loaded]) -> Result<Self, Failure> {
        let mut problems = Vec::new();
        let mut precision: Vec<Precision> = loaded.iter().map(|l| precision(options, l)).collect();
        if options.differences {
            together(&mut precision, loaded, &mut problems);
        }
        for (l, p) in loaded.iter().zip(&precision) {
            let (path, most, first) = (l.path.display(), p.most, l.plan().replications);
            if p.width.is_some() && most < first {
                problems.push(format!(
                    "error: {path}: at most {most} replications were asked for and {first} to begin with\n  help: raise --max-reps or lower --reps"
                ));
            }
            problems.extend(p.on.iter().filter_map(|t| missing(t, l)));
            problems.extend(misfits(p, l));
        }
        let best = options.best.as_ref();
        let ranking = best.and_then(|text| ranking(options, text, loaded, &mut problems));
        let until = options.best.is_some() || precision.iter().any(|p| p.width.is_some());
        if options.max_reps.is_some() && !until {
            problems.push(
                "error: --max-reps is for --precision and --best\n  help: --reps gives the number of replications".into(),
            );
        }
        if problems.is_empty() {
            Ok(Self { precision, ranking })
        } else {
            Err(Failure::BadInput(problems.join("\n")))
        }
    }

    /// The replications of the plans, no more and no fewer.
    pub(super) fn as_planned(loaded: &[Loaded]) -> Self {
        Self {
            precision: vec![Precision::default(); loaded.len()],
            ranking: None,
        }
    }

    /// Most replications of a scenario.
    pub(super) fn most(&self, scenario: usize, planned: u32) -> u32 {
        match &self.ranking {
            Some(ranking) => ranking.most,
            None if self.precision[scenario].width.is_some() => self.precision[scenario].most,
            None => planned,
        }
    }

    /// How precise the estimates of a scenario are, or its differences from the first one.
    pub(super) fn reached(&self, scenario: usize, sides: &[Side<'_>]) -> Vec<experiment::Reached> {
        let precision = &self.precision[scenario];
        let base = match (precision.differences, scenario) {
            (true, 0) => return Vec::new(),
            (true, _) => Some((sides[0].id, sides[0].model, sides[0].outcome)),
            (false, _) => None,
        };
        let side = &sides[scenario];
        experiment::reached(side.model, side.outcome, precision, base)
    }

    /// Simulates until it is reached.
    pub(super) fn reach(
        &self,
        ids: &[&str],
        jobs: &[Job<'_>],
        progress: &dyn Progress,
    ) -> Result<GoalReached, RunError> {
        if let Some(ranking) = &self.ranking {
            let (outcomes, selection) = experiment::select(ids, jobs, ranking, progress)?;
            return Ok(GoalReached {
                complete: selection.verdict != Verdict::Interrupted,
                outcomes,
                selection: Some(selection),
            });
        }
        let (outcomes, complete) = experiment::run_precise(jobs, &self.precision, progress)?;
        Ok(GoalReached {
            outcomes,
            selection: None,
            complete,
        })
    }
}

/// Those of the options, in place of those of the file.
fn precision(options: &RunOptions, loaded: &Loaded) -> Precision {
    let written = &loaded.scenario.precision;
    // Whoever looks for the best asks for no precision.
    let width = options.precision.as_ref().or(written.width.as_ref());
    Precision {
        width: width.filter(|_| options.best.is_none()).cloned(),
        differences: options.differences,
        on: if options.on.is_empty() {
            written.on.clone()
        } else {
            options.on.iter().map(|t| MeasureName::new(t)).collect()
        },
        most: options.max_reps.unwrap_or(written.most),
    }
}

/// One precision, of the same measures, for the differences of all scenarios, which go on for as long as any of them needs.
fn together(precision: &mut [Precision], loaded: &[Loaded], problems: &mut Vec<String>) {
    let mut widths: Vec<Width> = Vec::new();
    let mut on: Vec<MeasureName> = Vec::new();
    for p in precision.iter() {
        widths.extend(p.width.clone().filter(|w| !widths.contains(w)));
        let new: Vec<&MeasureName> = p.on.iter().filter(|t| !on.contains(t)).collect();
        on.extend(new.into_iter().cloned());
    }
    let most = precision.iter().map(|p| p.most).max();
    for p in precision {
        p.width = widths.first().cloned();
        p.on.clone_from(&on);
        p.most = most.unwrap_or(experiment::USUAL_CAP);
    }
    let seeds: BTreeSet<u64> = loaded.iter().map(|l| l.plan().seed).collect();
    if loaded.len() < 2 {
        problems.push("error: --differences needs two scenarios at least".into());
    } else if seeds.len() > 1 {
        problems.push(
            "error: --differences are of paired replications, and the scenarios have different seeds\n  help: give all one with --seed"
                .into(),
        );
    }
    match widths.as_slice() {
        [] => problems.push(
            "error: --differences needs a precision, and there is none\n  help: give one with --precision, such as 2% or 5s, or as `precision` in the scenario files"
                .into(),
        ),
        [_] => {}
        [a, b, ..] => problems.push(format!(
            "error: --differences needs one precision, and the scenarios ask for {a} and {b}\n  help: give all one with --precision"
        )),
    }
    problems.extend(on.iter().filter_map(|t| units_differ(t, loaded)));
}

/// That a measure is not in one unit in all scenarios.
fn units_differ(target: &MeasureName, loaded: &[Loaded]) -> Option<String> {
    let mut units: Vec<String> = loaded.iter().filter_map(|l| unit(target, l)).collect();
    units.dedup();
    let units = (units.len() > 1).then(|| units.join(", "))?;
    Some(format!("error: {target} is in different units: {units}"))
}

/// The unit of a measure of a scenario that has it.
fn unit(target: &MeasureName, loaded: &Loaded) -> Option<String> {
    let model = &loaded.scenario.model;
    let rows = experiment::rows(model);
    target.find(&rows, model).map(|r| rows[r].unit.to_string())
}

/// The measures of which a precision cannot be asked because it is in another unit.
fn misfits(precision: &Precision, loaded: &Loaded) -> Vec<String> {
    let Some(width @ Width::Absolute { unit: own, .. }) = &precision.width else {
        return Vec::new();
    };
    let path = loaded.path.display();
    let help = scenario::WIDTH_UNITS;
    if precision.targets(&loaded.scenario.model).is_empty() {
        let usual = experiment::usual_targets().collect::<Vec<_>>().join(", ");
        return vec![format!(
            "error: {path}: a precision in {own} is asked for, and none of {usual} is in {own}\n  help: name other measures with --on; {help}"
        )];
    }
    let misfit = |target: &MeasureName| {
        let unit = unit(target, loaded).filter(|unit| !width.fits(unit))?;
        Some(format!(
            "error: {path}: {target} is in {unit}, and the precision in {own}\n  help: {help}"
        ))
    };
    precision.on.iter().filter_map(misfit).collect()
}

/// Why a scenario does not have a measure.
fn missing(target: &MeasureName, loaded: &Loaded) -> Option<String> {
    let model = &loaded.scenario.model;
    if target.find(&experiment::rows(model), model).is_some() {
        return None;
    }
    let known = target.alternatives(model);
    let near = crate::scenario::nearest(&target.to_string(), known.iter().map(String::as_str));
    let help = match near {
        Some(word) => format!("did you mean {word}?"),
        None if target.measure.starts_with("cost") || target.measure == "npv" => {
            "the scenario has no prices".to_owned()
        }
        None => "a run without --on writes all measures of a scenario to summary.csv".to_owned(),
    };
    Some(format!(
        "error: {}: there is no measure {target}\n  help: {help}",
        loaded.path.display()
    ))
}

fn ranking(
    options: &RunOptions,
    text: &str,
    loaded: &[Loaded],
    problems: &mut Vec<String>,
) -> Option<Ranking> {
    let (largest, name) = match text.split_once(':') {
        Some(("max", name)) => (Some(true), name),
        Some(("min", name)) => (Some(false), name),
        _ => (None, text),
    };
    let target = MeasureName::new(name);
    let before = problems.len();
    if loaded.len() < 2 {
        problems.push("error: --best needs two scenarios at least".into());
    }
    problems.extend(loaded.iter().filter_map(|l| missing(&target, l)));
    problems.extend(units_differ(&target, loaded));
    let planned = loaded.iter().map(|l| l.plan().replications);
    let first = planned.fold(experiment::FIRST_STAGE, u32::max);
    let of_files = loaded.iter().map(|l| l.scenario.precision.most).max();
    let most = match (options.budget, options.max_reps.or(of_files)) {
        // What one scenario may get when all others have their first stage only.
        (Some(budget), _) => {
            budget.saturating_sub(first.saturating_mul(loaded.len().saturating_sub(1) as u32))
        }
        (None, most) => most.unwrap_or(experiment::USUAL_CAP),
    };
    if most < first {
        problems.push(match options.budget {
            Some(budget) => format!(
                "error: a budget of {budget} leaves no room for a first stage of {first} replications of each of {} scenarios\n  help: raise --budget",
                loaded.len()
            ),
            None => format!(
                "error: at most {most} replications leave no room for a first stage of {first}\n  help: raise --max-reps"
            ),
        });
    }
    let largest = largest.or_else(|| match measure(&target.measure)?.better {
        Better::More => Some(true),
        Better::Less => Some(false),
        Better::Neither => None,
    });
    if largest.is_none() && problems.len() == before {
        problems.push(format!(
            "error: it is not clear whether more or less of {target} is better\n  help: write max:{target} or min:{target}"
        ));
    }
    (problems.len() == before).then(|| Ranking {
        target,
        largest: largest.unwrap_or(false),
        delta: options.delta,
        most,
        budget: options.budget,
    })
}

/// A command line that asks for the same.
pub(super) fn command(options: &RunOptions) -> String {
    let delta = || match options.delta {
        Delta::Absolute(x) => x.to_string(),
        Delta::Relative(x) => format!("{}%", 100.0 * x),
    };
    let best = options.best.as_ref();
    let line = CommandLine::new("run", &options.input)
        .add("precision", &options.precision)
        .add("on", &options.on)
        .add("best", best)
        .add("budget", options.budget)
        .add(
            "delta",
            best.filter(|_| options.budget.is_none()).map(|_| delta()),
        )
        .add("max-reps", options.max_reps);
    match options.differences {
        true => line.0 + " --differences",
        false => line.0,
    }
}
