//! Whether the course of each contact follows from those before it.

use super::Laws;
use crate::model::{Delivery, Model, Supply, Take};

/// Whether all contacts are served by one pool in the order in which they come, and none leads to another.
pub(super) fn is_single_file(laws: &Laws<'_>) -> bool {
    let (Some(pool), Some(first), 1) = (laws.pools.first(), laws.queues.first(), laws.pools.len())
    else {
        return false;
    };
    let topics_fit = laws.topics.iter().all(|t| {
        t.balk == 0
            && !t.is_special
            && t.callback.is_none()
            && t.returns.iter().all(Option::is_none)
    });
    let queues_fit = laws.queues.iter().all(|q| {
        q.class == first.class
            && q.head_start == first.head_start
            && !q.exact_patience
            && q.steps.len() == 1
            && !q.has_timers
            && q.steps[0].reserve.is_empty()
    });
    let pool_fits = pool.is_plain
        && !pool.has_clock
        && pool.agent_factor.is_none()
        && (pool.take == Take::LongestWait || laws.queues.len() == 1)
        && pool.answers.iter().all(|a| a.transfer == 0);
    laws.later.is_empty()
        && !laws.notes_answers
        && topics_fit
        && queues_fit
        && pool_fits
        && has_constant_staff(laws.model)
}

/// Whether the agents of the only pool are the same number all the time.
fn has_constant_staff(model: &Model) -> bool {
    match &model.pools[0].supply {
        Supply::Staffed(s) => {
            s.plan.next_change(0).is_none()
                && s.absence == 0.0
                && !s.draws_parts()
                && matches!(s.delivery, Delivery::Fixed(_))
                && (s.group.is_none() && s.contract.is_none() && s.adherence.is_none())
        }
        Supply::Rostered(_) | Supply::Gig(_) => false,
    }
}
