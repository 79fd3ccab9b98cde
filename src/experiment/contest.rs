//! What a choice between scenarios looks for, and what it finds.

use super::measure_name::MeasureName;
use super::replication::Progress;
use super::run::{Estimate, Job, Outcome, RunError, Runner};
use crate::stats::{KimNelson, ocba};
use serde::Serialize;

/// What is looked for.
#[derive(Clone, Debug, PartialEq)]
pub struct Ranking {
    /// The measure; every scenario has it, in one unit.
    pub target: MeasureName,
    /// Whether the largest mean is the best.
    pub largest: bool,
    /// The smallest difference that matters.
    pub delta: Delta,
    /// No more replications of a scenario than these.
    pub most: u32,
    /// Replications of all scenarios together, given out by OCBA; `None`: as many as Kim and Nelson's procedure takes.
    pub budget: Option<u32>,
}

/// The smallest difference that matters.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Delta {
    /// In the unit of the measure.
    Absolute(f64),
    /// Times the absolute mean of the first scenario in the first stage.
    Relative(f64),
}

/// What was found.
#[derive(Clone, Debug, PartialEq)]
pub struct Selection {
    /// The measure.
    pub target: MeasureName,
    /// Text of the `unit` column.
    pub unit: String,
    /// Whether the largest mean is the best.
    pub largest: bool,
    /// The smallest difference that matters, in this unit.
    pub delta: f64,
    /// The choice is right with this probability at least, if the best is better by `delta` than any other; when a budget was spent, with
    /// about this probability.
    pub confidence: f64,
    /// The choice.
    pub verdict: Verdict,
    /// The scenarios in the order in which they were given.
    pub candidates: Vec<Candidate>,
}

/// How a selection ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// This scenario is the best.
    Best(usize),
    /// The budget is spent, and this scenario has the best mean.
    Spent(usize),
    /// At most replications several are still in.
    Undecided,
    /// The measure is undefined in a replication of a scenario: there is no mean over all to compare.
    Undefined {
        /// The scenario.
        scenario: usize,
        /// The replication.
        replication: usize,
    },
    /// The difference that matters is not above 0 (that times a mean of 0), or the confidence is that of blind choice.
    NoZone,
    /// The user stopped it.
    Interrupted,
}

impl Selection {
    /// The best scenario, if one was found.
    pub fn best(&self) -> Option<&str> {
        match self.verdict {
            Verdict::Best(k) | Verdict::Spent(k) => self.candidates.get(k).map(|c| c.id.as_str()),
            _ => None,
        }
    }
}

impl Verdict {
    /// In a word.
    pub fn label(self) -> &'static str {
        match self {
            Verdict::Best(_) => "best",
            Verdict::Spent(_) => "most probably best",
            Verdict::Undecided => "undecided",
            Verdict::Undefined { .. } => "undefined",
            Verdict::NoZone => "no difference that matters",
            Verdict::Interrupted => "interrupted",
        }
    }
}

/// A scenario of a selection.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Candidate {
    /// Identifier, unique within the run.
    pub id: String,
    /// Mean over its replications.
    pub mean: Option<f64>,
    /// Replications made.
    pub replications: usize,
    /// Replications after which it was dropped; none if it is still in.
    #[serde(rename = "dropped_after")]
    pub dropped: Option<usize>,
    /// If nothing was decided: its share of further replications (OCBA).
    #[serde(rename = "share_of_further")]
    pub share: Option<f64>,
}

/// Scenarios between which a choice is made.
pub(super) struct Contest<'a> {
    ids: &'a [&'a str],
    ranking: &'a Ranking,
    /// Where each has the measure.
    rows: Vec<Option<usize>>,
    /// Makes the largest the best.
    sign: f64,
    runner: Runner<'a>,
    progress: &'a dyn Progress,
}

impl<'a> Contest<'a> {
    pub(super) fn new(
        ids: &'a [&'a str],
        jobs: &'a [Job<'a>],
        ranking: &'a Ranking,
        progress: &'a dyn Progress,
    ) -> Result<Self, RunError> {
        let most = vec![ranking.most; jobs.len()];
        let runner = Runner::new(jobs, &most, progress)?;
        let found = jobs.iter().zip(runner.outcomes());
        let rows = found.map(|(j, o)| ranking.target.find(&o.rows, j.model));
        Ok(Self {
            ids,
            ranking,
            rows: rows.collect(),
            sign: if ranking.largest { 1.0 } else { -1.0 },
            runner,
            progress,
        })
    }

    /// The values after so many replications of each scenario, by scenario and replication; the larger the better.
    pub(super) fn values(&mut self, upto: &[u32]) -> Result<Vec<Vec<f64>>, RunError> {
        self.runner.extend(upto)?;
        let of = |(outcome, row): (&Outcome, &Option<usize>)| {
            let value = |v: &Vec<f64>| self.sign * row.map_or(f64::NAN, |r| v[r]);
            outcome.values.iter().map(value).collect()
        };
        let outcomes = self.runner.outcomes().iter();
        Ok(outcomes.zip(&self.rows).map(of).collect())
    }

    /// Why nothing can be chosen by these values: it was asked to stop, or there is a replication in which the measure is undefined,
    /// so that there is no mean over all to compare.
    pub(super) fn hindrance(&self, values: &[Vec<f64>]) -> Option<Verdict> {
        if self.progress.is_stopped() {
            return Some(Verdict::Interrupted);
        }
        values.iter().enumerate().find_map(|(scenario, v)| {
            let replication = v.iter().position(|x| !x.is_finite())?;
            Some(Verdict::Undefined {
                scenario,
                replication,
            })
        })
    }

    fn estimate(&self, k: usize) -> Option<Estimate> {
        self.rows[k].map(|r| self.runner.outcomes()[k].estimate(r))
    }

    /// What was simulated.
    pub(super) fn outcomes(self) -> Vec<Outcome> {
        self.runner.finish()
    }

    /// What was chosen, of scenarios none of which was dropped.
    pub(super) fn selection(&self, verdict: Verdict, confidence: f64) -> Selection {
        let outcomes = self.runner.outcomes();
        let first = self.rows.first().copied().flatten();
        let candidate = |k: usize| Candidate {
            id: self.ids.get(k).copied().unwrap_or_default().to_owned(),
            mean: self.estimate(k).and_then(|e| e.mean),
            replications: outcomes[k].replications(),
            dropped: None,
            share: None,
        };
        Selection {
            target: self.ranking.target.clone(),
            unit: first.map_or_else(String::new, |r| outcomes[0].rows[r].unit.to_string()),
            largest: self.ranking.largest,
            delta: 0.0,
            confidence,
            verdict,
            candidates: (0..outcomes.len()).map(candidate).collect(),
        }
    }

    /// Which shares of further replications those still in should get.
    pub(super) fn advise(&self, procedure: &KimNelson, candidates: &mut [Candidate]) {
        let survivors: Vec<usize> = procedure.survivors().collect();
        let of = |&k: &usize| match self.estimate(k).and_then(|e| e.interval) {
            Some(i) => (-self.sign * i.mean, i.sd),
            None => (f64::NAN, f64::NAN),
        };
        let (means, sds): (Vec<f64>, Vec<f64>) = survivors.iter().map(of).unzip();
        for (share, k) in ocba(&means, &sds).into_iter().flatten().zip(survivors) {
            candidates[k].share = Some(share);
        }
    }
}
