//! A topic made ready: the assistant, patience, work, and what follows each way of ending.

use super::chance::Outcomes;
use super::frame::Cache;
use crate::dist::{Distribution, Sampler};
use crate::model::{AiOutcome, CustomerClock, Ending, HumanAccess, Model};
use crate::random::threshold;
use crate::time::Micros;
use std::sync::Arc;

/// The assistant on one topic.
pub(crate) struct AiLaw {
    pub(crate) first: Outcomes,
    pub(crate) repeat: Outcomes,
    pub(crate) time: [Sampler; AiOutcome::COUNT],
}

/// A topic; what every visit to people touches comes first and fills three cache lines.
#[repr(C, align(64))]
pub(crate) struct TopicLaw {
    /// Whether the hours of access must be asked, or the escalation of a direct contact told.
    pub(crate) is_special: bool,
    /// Whether every escalation is one for being sensitive.
    pub(crate) sensitive: bool,
    /// Whether the assistant never lets anybody through.
    pub(crate) no_access: bool,
    pub(crate) balk: u64,
    pub(crate) handover_factor: f64,
    /// Mean work in seconds.
    pub(crate) mean_work: f64,
    pub(crate) work: Option<Sampler>,
    pub(crate) patience: Option<Sampler>,
    /// exp(w z) with mean 1, by the bits of z.
    pub(crate) work_of_difficulty: Option<Sampler>,
    pub(crate) after_contact: Option<Sampler>,
    /// Estimated wait from which a callback is offered, and the thresholds of accepting and of being there.
    pub(crate) callback: Option<(Micros, u64, u64)>,
    pub(crate) returns: [Option<ReturnLaw>; Ending::COUNT],
    pub(crate) entry_human: u64,
    pub(crate) skip_ai: u64,
    /// Attempts that somebody who asks for a person is led through first.
    pub(crate) more_attempts: u64,
    pub(crate) ai: Option<AiLaw>,
}

/// What follows a way of ending.
pub(crate) struct ReturnLaw {
    /// Threshold of coming back.
    pub(crate) chance: u64,
    pub(crate) delay: Sampler,
    /// The clock on which the delay runs; `None` is elapsed time.
    pub(crate) clock: Option<Arc<CustomerClock>>,
}

pub(crate) fn topic_law(model: &Model, k: usize, cache: &mut Cache) -> TopicLaw {
    let topic = &model.topics[k];
    let d = topic.difficulty;
    let ai = topic.ai.as_ref().map(|ai| {
        let resolve = cache.chance(ai.outcomes[0], d.ai, 0.0);
        let asking = asking(ai.outcomes, topic.insist.ask_factor);
        AiLaw {
            first: Outcomes::new(ai.outcomes, resolve),
            repeat: Outcomes::new(asking, cache.chance(asking[0], d.ai, 0.0)),
            time: std::array::from_fn(|i| cache.micros(&ai.handle_time[i])),
        }
    });
    // The part of the log-variance that difficulty explains is taken out of the unexplained part, so that a lognormal
    // law keeps its mean and cv; any other law keeps its mean.
    let work = topic.work.as_ref().map(|work| match work {
        Distribution::Lognormal { mu, sigma } if d.work != 0.0 => {
            let rest = (sigma * sigma - d.work * d.work).max(0.0);
            let law = Distribution::lognormal_mu_sigma(mu + 0.5 * d.work * d.work, rest.sqrt());
            cache.micros(&law.unwrap_or_else(|_| work.clone()))
        }
        other => cache.micros(other),
    });
    let work_of_difficulty = (d.work != 0.0).then(|| cache.difficulty(d.work));
    TopicLaw {
        entry_human: threshold(topic.entry_human),
        skip_ai: threshold(topic.insist.skip_ai),
        balk: threshold(topic.balk),
        callback: topic
            .callback
            .map(|c| (c.above, threshold(c.accept), threshold(c.reached))),
        ai,
        patience: topic.patience.as_ref().map(|d| cache.micros(d)),
        mean_work: topic.work.as_ref().map_or(0.0, Distribution::mean),
        work,
        work_of_difficulty,
        after_contact: topic.after_contact.as_ref().map(|d| cache.micros(d)),
        handover_factor: topic.handover_factor,
        returns: Ending::ALL.map(|ending| {
            // What had not ended has no return.
            let back = topic.returns[ending as usize]
                .as_ref()
                .filter(|_| ending != Ending::Unserved);
            back.filter(|r| r.probability > 0.0).map(|r| ReturnLaw {
                chance: threshold(r.probability),
                delay: cache.micros(&r.delay),
                clock: model.return_clock(k, ending).cloned(),
            })
        }),
        is_special: topic.sensitive || topic.unspoken || topic.opening().is_some(),
        sensitive: topic.sensitive,
        more_attempts: if let HumanAccess::After(n) = topic.access {
            u64::from(n)
        } else {
            0
        },
        no_access: topic.access == HumanAccess::Never,
    }
}

/// The outcomes of a customer whose probability of asking for a person is multiplied, the rest in proportion.
fn asking(p: [f64; AiOutcome::COUNT], factor: f64) -> [f64; AiOutcome::COUNT] {
    let ask = AiOutcome::AskHuman as usize;
    let more = (p[ask] * factor).min(1.0);
    let shrink = if p[ask] < 1.0 {
        (1.0 - more) / (1.0 - p[ask])
    } else {
        0.0
    };
    std::array::from_fn(|i| if i == ask { more } else { p[i] * shrink })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn asking_more_keeps_the_sum() {
        let p = asking([0.4, 0.1, 0.2, 0.2, 0.1], 2.0);
        assert!((p.iter().sum::<f64>() - 1.0).abs() < 1e-12);
        assert!((p[3] - 0.4).abs() < 1e-12);
        assert_eq!(
            asking([0.0, 0.0, 0.0, 1.0, 0.0], 3.0),
            [0.0, 0.0, 0.0, 1.0, 0.0]
        );
        assert_eq!(
            asking([0.2, 0.2, 0.2, 0.4, 0.0], 5.0),
            [0.0, 0.0, 0.0, 1.0, 0.0]
        );
    }
}
