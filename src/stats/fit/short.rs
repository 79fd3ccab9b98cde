//! Short values that are fitted apart.

use super::super::estimate::Estimate;
use super::super::survival::KaplanMeier;
use super::super::tallied::{Tallied, TallyError};

/// Durations split at a bound: a mixture of short ones, with a share and a mean, and of others, to which a law is fitted.
///
/// A law that is fitted to `others` stands for a duration given that it is not short.
#[derive(Clone, Debug, PartialEq)]
pub struct Split {
    /// From here on a duration is not short.
    pub bound: f64,
    /// Share of the short ones: of all durations by Kaplan and Meier, so that what is censored before the bound counts as it should.
    pub share: Estimate,
    /// Mean of the short ones that were observed to their end; `None` if there is none.
    pub mean_short: Option<f64>,
    /// The durations of at least the bound.
    pub others: Vec<Tallied>,
}

/// Splits durations at a bound: those below it are short.
///
/// # Errors
/// Durations that are negative, not finite or not in rising order; no observation.
pub fn split_short(tallied: &[Tallied], bound: f64) -> Result<Split, TallyError> {
    let all = KaplanMeier::new(tallied)?;
    let (short, others) = tallied.split_at(tallied.partition_point(|t| t.value < bound));
    // Just below the bound: an end at the bound itself is not short.
    let last = short.last().map_or(-1.0, |t| t.value);
    let ended: u64 = short.iter().map(|t| t.exact).sum();
    let time: f64 = short.iter().map(|t| t.value * t.exact as f64).sum();
    Ok(Split {
        bound,
        share: Estimate {
            value: 1.0 - all.survival(last),
            standard_error: all.variance(last).sqrt(),
        },
        mean_short: (ended > 0).then(|| time / ended as f64),
        others: others.to_vec(),
    })
}
