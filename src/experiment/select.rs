//! Which scenario is best, with a bounded probability of a wrong choice.

use super::budget::spend;
use super::contest::{Contest, Delta, Ranking, Selection, Verdict};
use super::replication::Progress;
use super::run::{Job, Outcome, RunError};
use crate::stats::{KimNelson, moments};

/// Replications of every scenario before the first is dropped, at least.
pub const FIRST_STAGE: u32 = 10;

/// Replications that the scenarios still in get at a time.
const BATCH: u32 = 10;

/// Runs the scenarios until one is left: Kim and Nelson's procedure with a first stage of the replications of the plans, 10 at least,
/// then 10 at a time for those still in, screened replication by replication. Common random numbers need no allowance: the
/// procedure works with the variance of differences. With a budget: as many replications as that, where they matter.
///
/// # Errors
/// As [`super::run`].
pub fn select(
    ids: &[&str],
    jobs: &[Job<'_>],
    ranking: &Ranking,
    progress: &dyn Progress,
) -> Result<(Vec<Outcome>, Selection), RunError> {
    let most = ranking.most;
    let planned = jobs.iter().map(|j| j.plan.replications);
    let first = planned.max().unwrap_or(0).max(FIRST_STAGE).min(most);
    let mut contest = Contest::new(ids, jobs, ranking, progress)?;
    let mut upto = vec![first; jobs.len()];
    if let Some(budget) = ranking.budget {
        return spend(contest, upto, budget as usize);
    }
    let mut known = contest.values(&upto)?;
    let confidence = jobs.first().map_or(0.95, |j| j.plan.confidence);
    let delta = match ranking.delta {
        Delta::Absolute(x) => x,
        Delta::Relative(x) => {
            let mean = known.first().and_then(|v| moments(v).mean());
            x * mean.unwrap_or(0.0).abs()
        }
    };
    let slices: Vec<&[f64]> = known.iter().map(Vec::as_slice).collect();
    let mut procedure = KimNelson::new(&slices, delta, 1.0 - confidence);

    // Replications that were screened, and the sums of the values of those still in over them.
    let (mut r, mut sums) = (0, vec![0.0; jobs.len()]);
    let verdict = loop {
        if let Some(verdict) = contest.hindrance(&known) {
            break verdict;
        }
        let Some(procedure) = &mut procedure else {
            break Verdict::NoZone;
        };
        // Replication by replication, from the first stage on, until one is left or a survivor has no more.
        while procedure.selected().is_none() && procedure.survivors().all(|k| known[k].len() > r) {
            procedure.survivors().for_each(|k| sums[k] += known[k][r]);
            r += 1;
            if r >= first as usize {
                procedure.screen(r, &sums);
            }
        }
        if let Some(best) = procedure.selected() {
            break Verdict::Best(best);
        }
        if r >= most as usize {
            break Verdict::Undecided;
        }
        let next = (r as u32 + BATCH).min(most);
        procedure.survivors().for_each(|k| upto[k] = next);
        known = contest.values(&upto)?;
    };
    let mut selection = contest.selection(verdict, confidence);
    selection.delta = delta;
    if let Some(procedure) = &procedure {
        for (candidate, &dropped) in selection.candidates.iter_mut().zip(procedure.dropped()) {
            candidate.dropped = dropped;
        }
        if verdict == Verdict::Undecided {
            contest.advise(procedure, &mut selection.candidates);
        }
    }
    Ok((contest.outcomes(), selection))
}
