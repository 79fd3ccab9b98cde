//! As many replications as a wanted precision takes.

use super::measure_name::MeasureName;
use super::plan::Plan;
use super::replication::{Progress, rows};
use super::run::{Job, Outcome, RunError, Runner};
use crate::measure::{List, measures_of};
use crate::model::Model;
use crate::stats::{SequentialStop, replications_for};

/// Half of the width of a confidence interval.
#[derive(Clone, Debug, PartialEq)]
pub enum Width {
    /// Over the absolute mean.
    Relative(f64),
    /// A size with its unit.
    Absolute {
        /// In the unit; of all durations in seconds.
        size: f64,
        /// Text of a `unit` column.
        unit: String,
    },
}

impl Width {
    /// In the unit of a measure with a mean; `None` where its own unit is of another kind.
    pub fn of(&self, unit: &str, mean: f64) -> Option<f64> {
        match self {
            Width::Relative(share) => Some(share * mean.abs()),
            Width::Absolute { size, unit: own } if own == unit => Some(*size),
            Width::Absolute { size, unit: own } if own == "s" && unit == "h" => Some(size / 3600.0),
            Width::Absolute { .. } => None,
        }
    }

    /// Over the mean, if it is a share of that.
    pub fn share(&self) -> Option<f64> {
        match self {
            Width::Relative(share) => Some(*share),
            Width::Absolute { .. } => None,
        }
    }

    /// In the unit of a measure, if it is a size that can be.
    pub fn size(&self, unit: &str) -> Option<f64> {
        match self {
            Width::Relative(_) => None,
            Width::Absolute { .. } => self.of(unit, 0.0),
        }
    }

    /// Whether it can be asked of a measure with this unit.
    pub fn fits(&self, unit: &str) -> bool {
        self.of(unit, 0.0).is_some()
    }
}

impl std::fmt::Display for Width {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Width::Relative(share) => write!(f, "{share}"),
            Width::Absolute { size, unit } => write!(f, "{size} {unit}"),
        }
    }
}

/// Measures that are looked at when none are named, as far as a scenario has them.
pub fn usual_targets() -> impl Iterator<Item = &'static str> {
    measures_of(List::Precision).map(|m| m.id)
}

/// Most replications of a sequential run when nothing is said.
pub const USUAL_CAP: u32 = 1_000;

/// How precise estimates are to be.
#[derive(Clone, Debug, PartialEq)]
pub struct Precision {
    /// Half of the width of the confidence interval; `None`: replications are those of the plan.
    pub width: Option<Width>,
    /// Whether this is asked of the paired differences from the first scenario (a share is one of the first one's mean) rather than of each
    /// scenario; then all have the same number of replications.
    pub differences: bool,
    /// Of which measures; empty: those of the [`usual_targets`] whose unit fits.
    pub on: Vec<MeasureName>,
    /// No more replications than these.
    pub most: u32,
}

impl Default for Precision {
    fn default() -> Self {
        Self {
            width: None,
            differences: false,
            on: Vec::new(),
            most: USUAL_CAP,
        }
    }
}

impl Precision {
    /// The measures for a model.
    pub fn targets(&self, model: &Model) -> Vec<MeasureName> {
        if !self.on.is_empty() {
            return self.on.clone();
        }
        let rows = rows(model);
        let fits = |t: &MeasureName| {
            let row = t.find(&rows, model).map(|i| &rows[i]);
            row.is_some_and(|r| self.width.as_ref().is_none_or(|w| w.fits(&r.unit)))
        };
        usual_targets().map(MeasureName::new).filter(fits).collect()
    }

    /// Most replications under this plan.
    pub fn cap(&self, plan: &Plan) -> u32 {
        match self.width {
            Some(_) => self.most,
            None => plan.replications,
        }
    }
}

/// What is known of the precision of one measure.
#[derive(Clone, Debug, PartialEq)]
pub struct Reached {
    /// The measure.
    pub target: MeasureName,
    /// The scenario from which it is the difference, if it is one.
    pub less: Option<String>,
    /// Text of the `unit` column.
    pub unit: String,
    /// Mean; `None` where it is never defined.
    pub mean: Option<f64>,
    /// Half of the width of its interval.
    pub half_width: Option<f64>,
    /// The same over the absolute mean, of a difference over that of the scenario it is taken from; `None` for a mean of 0.
    pub relative: Option<f64>,
    /// Whether that mean may be 0 for all that is known, so that a share of it says little.
    pub around_zero: bool,
    /// What was wanted.
    pub wanted: Option<Width>,
    /// Whether that was reached; `None` if nothing was wanted, or the measure is never defined.
    pub met: Option<bool>,
    /// Replications in which it is defined.
    pub replications: usize,
    /// Half-widths, the wanted one first, and about how many replications each takes; `None`: more than a billion, or unknown.
    pub advice: Vec<(Width, Option<u64>)>,
}

/// Relative half-widths that advice is given for, and parts of a wanted size.
const ADVICE: [f64; 3] = [0.05, 0.02, 0.01];

const PARTS: [f64; 3] = [0.5, 0.2, 0.1];

impl Reached {
    /// What it is about: `mean_wait`, or `mean_wait less today`.
    pub fn title(&self) -> String {
        match &self.less {
            Some(less) => format!("{} less {less}", self.target),
            None => self.target.to_string(),
        }
    }
}

/// A scenario with what came out, and its identifier.
pub type Known<'a> = (&'a str, &'a Model, &'a Outcome);

/// How precise the targets of an outcome are, or their differences from those of `base`; a target that a model does not have, or has in
/// another unit, is left out.
pub fn reached(
    model: &Model,
    outcome: &Outcome,
    precision: &Precision,
    base: Option<Known<'_>>,
) -> Vec<Reached> {
    let targets = precision.targets(model).into_iter();
    let known = targets.filter_map(|t| Some((t.find(&outcome.rows, model)?, t)));
    known
        .filter_map(|(row, target)| {
            let own = outcome.estimate(row);
            // A share counts in terms of the mean, or of that of the scenario the difference is taken from.
            let (estimate, whole) = match base {
                None => (own, own),
                Some((_, of, first)) => {
                    let there = target.find(&first.rows, of)?;
                    if first.rows[there].unit != outcome.rows[row].unit {
                        return None;
                    }
                    (outcome.less(row, first, there), first.estimate(there))
                }
            };
            let unit = outcome.rows[row].unit.to_string();
            let mean = whole.mean.unwrap_or(0.0);
            let interval = estimate.interval;
            let wanted = precision.width.clone();
            let precise = |w: &Width| {
                let both = interval.zip(w.of(&unit, mean));
                both.is_some_and(|(i, size)| i.half_width() <= size)
            };
            let others = match &wanted {
                Some(Width::Absolute { size, unit }) => PARTS.map(|part| Width::Absolute {
                    size: part * size,
                    unit: unit.clone(),
                }),
                _ => ADVICE.map(Width::Relative),
            };
            let others = others.into_iter().filter(|w| Some(w) != wanted.as_ref());
            let levels: Vec<Width> = wanted.clone().into_iter().chain(others).collect();
            let takes = |w: &Width| interval.and_then(|i| replications_for(&i, w.of(&unit, mean)?));
            Some(Reached {
                target,
                less: base.map(|b| b.0.to_owned()),
                mean: estimate.mean,
                half_width: interval.map(|i| i.half_width()),
                relative: interval
                    .filter(|_| mean != 0.0)
                    .map(|i| i.half_width() / mean.abs()),
                around_zero: whole.interval.is_some_and(|i| i.covers(0.0)),
                met: estimate.mean.and(wanted.as_ref()).map(precise),
                wanted,
                replications: estimate.replications,
                advice: levels.iter().map(|w| (w.clone(), takes(w))).collect(),
                unit,
            })
        })
        .collect()
}

/// Runs every job until its targets are as precise as its [`Precision`] says, or for the replications of its plan where that says
/// nothing.
///
/// A job is looked at after the first replications (those of the plan, at least 20), then after every 10, and ends when all its
/// targets hold at two looks in a row, or at its cap. Where differences are asked for, all jobs are looked at together and end together. Looks depend on replications alone: the result does not depend on the number of
/// threads. A target that is never defined holds nobody up. Beside the outcomes: whether all jobs came to their end before `progress` said to stop.
///
/// # Errors
/// As [`super::run`].
pub fn run_precise(
    jobs: &[Job<'_>],
    precision: &[Precision],
    progress: &dyn Progress,
) -> Result<(Vec<Outcome>, bool), RunError> {
    let looks = jobs.iter().zip(precision).map(|(j, p)| Look::new(j, p));
    let mut looks: Vec<Look> = looks.collect();
    let caps: Vec<u32> = looks.iter().map(|l| l.cap).collect();
    let mut runner = Runner::new(jobs, &caps, progress)?;
    let together = precision.iter().any(|p| p.differences);
    if together {
        let next = looks.iter().map(|l| l.next).max().unwrap_or(0);
        looks.iter_mut().for_each(|l| l.next = next.min(l.cap));
    }
    while looks.iter().any(|l| !l.done) {
        let upto: Vec<u32> = looks.iter().map(|l| l.next).collect();
        runner.extend(&upto)?;
        if progress.is_stopped() {
            break;
        }
        let known = runner.outcomes();
        let of_all = together.then(|| {
            let base = Some(("", jobs[0].model, &known[0]));
            (1..jobs.len()).all(|k| held(&jobs[k], &known[k], &precision[k], base))
        });
        for (k, look) in looks.iter_mut().enumerate() {
            let of_one = || held(&jobs[k], &known[k], &precision[k], None);
            look.take(&precision[k], || of_all.unwrap_or_else(of_one));
        }
    }
    let outcomes = runner.finish();
    // A run that was stopped after its last replication is complete.
    let complete = looks
        .iter()
        .zip(&outcomes)
        .all(|(l, o)| l.done || (l.next == l.cap && o.replications() as u32 == l.cap));
    Ok((outcomes, complete))
}

/// Where a job stands.
struct Look {
    stop: SequentialStop,
    /// Replications to have at the next look.
    next: u32,
    cap: u32,
    done: bool,
}

impl Look {
    fn new(job: &Job<'_>, precision: &Precision) -> Self {
        let cap = precision.cap(&job.plan);
        let first = match precision.width {
            Some(_) => job.plan.replications.max(SequentialStop::FIRST),
            None => cap,
        };
        Self {
            stop: SequentialStop::default(),
            next: first.min(cap),
            cap,
            done: false,
        }
    }

    fn take(&mut self, precision: &Precision, held: impl FnOnce() -> bool) {
        if self.done {
            return;
        }
        self.done = self.next >= self.cap || precision.width.is_none() || self.stop.look(held());
        if !self.done {
            self.next = (self.next + SequentialStop::BATCH).min(self.cap);
        }
    }
}

/// Whether all targets that are ever defined, or their differences from a base, are as precise as wanted.
fn held(job: &Job<'_>, outcome: &Outcome, precision: &Precision, base: Option<Known<'_>>) -> bool {
    let found = reached(job.model, outcome, precision, base);
    found.iter().all(|r| r.met != Some(false))
}
