//! Replications where they matter: the best scenario within a budget.

use super::contest::{Contest, Selection, Verdict};
use super::run::{Outcome, RunError};
use crate::stats::{moments, probability_of_correct_selection, starving, wanted_shares};

/// Replications that are given out at a time.
const BATCH: usize = 10;

/// Gives `budget` replications of all scenarios together to those between which it is hardest to tell: after a first stage, that of the plans
/// and 10 at least, 10 at a time by OCBA. Which scenarios get how many depends on the values alone, so the result does not depend on threads.
///
/// The probability of a correct choice is the approximate lower bound of Chen and others (Bonferroni), with the replications of different
/// scenarios taken as independent: with common random numbers it is rather larger.
///
/// # Errors
/// As [`super::run`].
pub(super) fn spend(
    mut contest: Contest<'_>,
    mut upto: Vec<u32>,
    budget: usize,
) -> Result<(Vec<Outcome>, Selection), RunError> {
    let (verdict, confidence) = loop {
        let known = contest.values(&upto)?;
        if let Some(verdict) = contest.hindrance(&known) {
            break (verdict, 0.0);
        }
        let found: Vec<_> = known.iter().map(|v| moments(v)).collect();
        // The smallest is the best.
        let means: Vec<f64> = found.iter().filter_map(|m| Some(-m.mean()?)).collect();
        let sds: Vec<f64> = found.iter().filter_map(|m| m.std_dev()).collect();
        let counts: Vec<usize> = known.iter().map(Vec::len).collect();
        let left = budget.saturating_sub(counts.iter().sum());
        if left == 0 {
            let best = (0..means.len()).min_by(|&i, &j| means[i].total_cmp(&means[j]));
            let sure = probability_of_correct_selection(&means, &sds, &counts);
            break (best.map_or(Verdict::Undecided, Verdict::Spent), sure);
        }
        let shares = wanted_shares(&means, &sds);
        let more = starving(&counts, &shares, left.min(BATCH));
        for (upto, more) in upto.iter_mut().zip(more) {
            *upto += more as u32;
        }
    };
    let selection = contest.selection(verdict, confidence);
    Ok((contest.outcomes(), selection))
}
