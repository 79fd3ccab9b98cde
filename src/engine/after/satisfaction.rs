//! What the customer thinks at the end of a case.

use crate::engine::contact::{Contact, WAITED};
use crate::engine::{Context, Observer, Sink, Verdict};
use crate::model::Ending;
use crate::random::purpose;
use crate::time::Micros;

impl<S: Sink> Context<'_, S> {
    /// The case ends with this contact, after a wait that has not been noted.
    #[inline(never)]
    pub(super) fn judge(&mut self, contact: &Contact, ending: Ending, waited: Micros) {
        let laws = self.laws;
        let Some(law) = laws
            .satisfaction
            .as_ref()
            .and_then(|laws| laws.get(usize::from(contact.topic)))
        else {
            return;
        };
        let before = if contact.flags & WAITED != 0 {
            self.tally.waited.take(contact.case)
        } else {
            0
        };
        let waited = before + waited;
        let mut logit = law.logit(contact, ending, waited);
        if law.difficulty != 0.0 {
            logit -= law.difficulty * laws.common.difficulty(contact.case);
        }
        // p = logistic(logit) exceeds u exactly when logit exceeds logit(u).
        let luck = contact.case.bits(purpose::SATISFACTION);
        let satisfied = laws.common.logit.sample(luck) < logit;
        let churn = if satisfied {
            law.churn_satisfied
        } else {
            law.churn_dissatisfied
        };
        let verdict = Verdict {
            satisfied,
            churned: contact.case.bits(purpose::CHURN) < churn,
            waited,
        };
        self.observer.judged(contact, ending, verdict);
    }
}
