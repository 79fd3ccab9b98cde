//! Replications of several scenarios at once.

use super::intervals::IntervalTable;
use super::plan::Plan;
use super::replication::{
    Finished, MonthlyTable, Progress, Tables, Task, lengths, one_by_one, play, words,
};
use crate::engine::Laws;
use crate::measure::{Rows, Slice, measure};
use crate::model::{Model, Required};
use crate::stats::{ConfidenceInterval, IntervalKind, StudentT, moments};
use rayon::prelude::*;
use std::sync::Arc;

/// A scenario to run.
#[derive(Clone, Copy)]
pub struct Job<'a> {
    /// The operation.
    pub model: &'a Model,
    /// How often, from which seed.
    pub plan: Plan,
}

/// What the replications of one scenario gave.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// The rows that have values, in a fixed order.
    pub rows: Rows,
    /// By replication: the value of each row, NaN where it is undefined.
    pub values: Vec<Vec<f64>>,
    /// Interval by interval.
    pub intervals: IntervalTable,
    /// Month by month.
    pub monthly: MonthlyTable,
    /// The agents that the model requires.
    pub required: Arc<Required>,
    /// Contacts simulated, all replications together, those of the warm-up included.
    pub contacts: u64,
    /// Events taken from the event list, all replications together.
    pub events: u64,
    /// Factors of the confidence intervals.
    pub student: StudentT,
}

/// An estimate over replications.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    /// Mean over the replications in which the value is defined; `None` when it never is.
    pub mean: Option<f64>,
    /// Confidence interval of the mean, with at least two values; how it is made depends on the measure.
    pub interval: Option<ConfidenceInterval>,
    /// Replications in which the value is defined.
    pub replications: usize,
}

impl Outcome {
    /// Replications finished.
    pub fn replications(&self) -> usize {
        self.values.len()
    }

    /// The estimate of a row.
    pub fn estimate(&self, row: usize) -> Estimate {
        let values = self.defined(row);
        self.estimate_of(&values, self.interval_kind(row, &values))
    }

    /// The values of a row in those replications in which it is defined.
    fn defined(&self, row: usize) -> Vec<f64> {
        let values = self.values.iter().map(|v| v[row]);
        values.filter(|v| !v.is_nan()).collect()
    }

    /// How the interval of the values of a row is made.
    fn interval_kind(&self, row: usize, values: &[f64]) -> IntervalKind {
        let own = &self.rows[row];
        // The number of trials matters only where the values say nothing of their spread.
        let alike = values.windows(2).all(|pair| pair[0] == pair[1]);
        let mean_of = |of: &str| {
            let counts = self.rows.find(of, &own.slice).filter(|_| alike)?;
            moments(&self.defined(counts)).mean()
        };
        measure(own.measure).map_or(IntervalKind::Number, |m| m.interval_kind(mean_of))
    }

    fn estimate_of(&self, values: &[f64], kind: IntervalKind) -> Estimate {
        let interval = ConfidenceInterval::of(kind, values, &self.student);
        Estimate {
            mean: moments(values).mean(),
            interval,
            replications: values.len(),
        }
    }

    /// The estimate of the difference of a row from one of another outcome with the same seed, over the replications in which both are
    /// defined.
    pub fn less(&self, row: usize, other: &Outcome, there: usize) -> Estimate {
        let pairs = self.values.iter().zip(&other.values);
        let values: Vec<f64> = pairs
            .map(|(a, b)| a[row] - b[there])
            .filter(|d| !d.is_nan())
            .collect();
        self.estimate_of(&values, IntervalKind::Number)
    }

    /// The estimate of a measure for everything.
    pub fn total(&self, measure: &str) -> Option<Estimate> {
        self.find(measure, &Slice::All)
    }

    /// The estimate of a measure for a slice.
    pub fn find(&self, measure: &str, slice: &Slice) -> Option<Estimate> {
        let row = self.rows.find(measure, slice)?;
        Some(self.estimate(row))
    }
}

/// Why a run failed.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum RunError {
    /// A model cannot be simulated.
    #[error("scenario {job}: {}", problems.join("; "))]
    Model {
        /// Which job.
        job: usize,
        /// What is wrong with it.
        problems: Vec<String>,
    },
    /// Contacts were lost or made up: an error of the program.
    #[error(
        "scenario {job}, replication {replication}: contacts begun are not those ended and those in the system"
    )]
    NotConserved {
        /// Which job.
        job: usize,
        /// Which replication.
        replication: u32,
    },
}

/// Runs all replications of all jobs in the current rayon pool and folds them in order: the result does not depend on the
/// number of threads. When `progress` says to stop, the replications finished so far are returned (of each job those before the first
/// one that is missing).
///
/// # Errors
/// A model with problems, or a replication that does not conserve contacts.
pub fn run(jobs: &[Job<'_>], progress: &dyn Progress) -> Result<Vec<Outcome>, RunError> {
    let all: Vec<u32> = jobs.iter().map(|j| j.plan.replications).collect();
    let mut runner = Runner::new(jobs, &all, progress)?;
    runner.extend(&all)?;
    Ok(runner.finish())
}

/// Jobs that are run bit by bit.
pub(super) struct Runner<'a> {
    jobs: &'a [Job<'a>],
    laws: Vec<Laws<'a>>,
    tables: Vec<Tables<'a>>,
    outcomes: Vec<Outcome>,
    /// See [`lengths`].
    lengths: Vec<[usize; 3]>,
    progress: &'a dyn Progress,
}

impl<'a> Runner<'a> {
    /// Ready for at most so many replications of each job; none is made yet.
    pub(super) fn new(
        jobs: &'a [Job<'a>],
        most: &[u32],
        progress: &'a dyn Progress,
    ) -> Result<Self, RunError> {
        let laws = |(job, j): (usize, &Job<'a>)| {
            Laws::new(j.model).map_err(|problems| RunError::Model { job, problems })
        };
        let laws: Vec<_> = jobs.par_iter().enumerate().map(laws).collect();
        let laws = laws.into_iter().collect::<Result<_, _>>()?;
        let tables: Vec<Tables<'_>> = jobs.iter().map(|j| Tables::new(j.model)).collect();
        let each = jobs.iter().zip(&tables).zip(most);
        let outcomes = each.map(|((j, tables), &most)| Outcome {
            rows: tables.rows().into(),
            monthly: MonthlyTable::new(tables),
            required: tables.required(),
            values: Vec::new(),
            intervals: IntervalTable::new(j.model, most),
            contacts: 0,
            events: 0,
            student: StudentT::new(j.plan.confidence, most as usize),
        });
        let outcomes: Vec<Outcome> = outcomes.collect();
        let both = tables.iter().zip(&outcomes);
        let lengths = both.map(|(t, o)| lengths(t, &o.intervals)).collect();
        Ok(Self {
            jobs,
            laws,
            tables,
            outcomes,
            lengths,
            progress,
        })
    }

    /// What there is so far.
    pub(super) fn outcomes(&self) -> &[Outcome] {
        &self.outcomes
    }

    /// What there is in the end.
    pub(super) fn finish(self) -> Vec<Outcome> {
        self.outcomes
    }

    /// Makes the replications that are missing before `upto[job]` of each job.
    pub(super) fn extend(&mut self, upto: &[u32]) -> Result<(), RunError> {
        let jobs = self.outcomes.iter().zip(upto).enumerate();
        let tasks: Vec<(usize, u32)> = jobs
            .flat_map(|(job, (o, &upto))| (o.replications() as u32..upto).map(move |r| (job, r)))
            .collect();
        // Chunks bound what is held before it is folded; their size does not change the order of the fold.
        for chunk in tasks.chunks((32 * rayon::current_num_threads()).max(64)) {
            let made: Vec<Option<Result<Finished, RunError>>> = chunk
                .par_iter()
                .with_max_len(1)
                .map(|&(job, replication)| self.made(job, replication))
                .collect();
            for (&(job, _), finished) in chunk.iter().zip(made) {
                // Later replications of this job may be there, but a gap would make the result depend on timing.
                if let Some(finished) = finished {
                    self.fold(job, &finished?);
                }
            }
            if self.progress.is_stopped() {
                break;
            }
        }
        Ok(())
    }

    /// A replication as it was kept, or newly made; `None` when it was stopped.
    fn made(&self, job: usize, replication: u32) -> Option<Result<Finished, RunError>> {
        let progress = self.progress;
        let Job { model, plan } = self.jobs[job];
        let kept = progress.kept(job, Task::new(0, replication));
        if let Some(kept) = kept.filter(|k| k.values.len() == words(self.lengths[job])) {
            progress.simulated(job, model.horizon);
            progress.replication_done(job, kept.contacts);
            return Some(Ok(kept));
        }
        let (account, counters) = play(&self.laws[job], plan.seed, replication, (job, progress))?;
        progress.replication_done(job, account.contacts());
        if !account.conserved {
            return Some(Err(RunError::NotConserved { job, replication }));
        }
        let sample = self.outcomes[job].intervals.sample(&counters, model);
        let finished = Finished {
            task: Task::new(0, replication),
            contacts: account.contacts(),
            events: account.events,
            values: self.tables[job].words(&counters, &sample),
        };
        progress.keep(job, &finished);
        Some(Ok(finished))
    }

    fn fold(&mut self, job: usize, finished: &Finished) {
        let outcome = &mut self.outcomes[job];
        let [values, monthly, sample] = self.lengths[job];
        if outcome.values.len() as u32 != finished.task.replication {
            return;
        }
        let (values, rest) = finished.values.split_at(values);
        let (monthly, pairs) = rest.split_at(monthly);
        let sample = one_by_one(pairs, sample);
        outcome.values.push(values.to_vec());
        outcome.intervals.push(sample);
        outcome.monthly.values.push(monthly.to_vec());
        outcome.contacts += finished.contacts;
        outcome.events += finished.events;
    }
}
