//! What the customer thinks at the end of a case, and the waits that count for it.

use super::contact::{ASSISTANT, MISINFORMED, NO_HANDLER, PASSED_ON, TRAPPED, WAITED};
use super::filing::what_happened;
use super::{Contact, Engine, Observer, Verdict};
use crate::model::{Ending, Model, Regard, Satisfaction};
use crate::random::{purpose, threshold};
use crate::time::{Micros, to_seconds};

/// The satisfaction of the cases of a topic.
pub(super) struct SatisfactionLaw {
    /// Logit with empathy, by pool.
    pools: Vec<f64>,
    assistant: f64,
    nobody: f64,
    coefficients: Satisfaction,
    difficulty: f64,
    churn_satisfied: u64,
    churn_dissatisfied: u64,
}

/// One law for each topic; none where satisfaction is not followed.
pub(super) fn satisfaction_laws(model: &Model) -> Option<Vec<SatisfactionLaw>> {
    model
        .topics
        .iter()
        .map(|topic| {
            let s = topic.satisfaction?;
            let with = |r: Regard| logit(r.base) + if topic.sensitive { r.empathy } else { 0.0 };
            Some(SatisfactionLaw {
                pools: model
                    .pools
                    .iter()
                    .map(|pool| with(pool.regard.or(s.human)))
                    .collect(),
                assistant: with(s.ai),
                nobody: logit(s.nobody),
                coefficients: s,
                difficulty: topic.difficulty.satisfaction,
                churn_satisfied: threshold(s.churn_satisfied),
                churn_dissatisfied: threshold(s.churn_dissatisfied),
            })
        })
        .collect::<Option<Vec<_>>>()
        .filter(|laws| !laws.is_empty())
}

fn logit(p: f64) -> f64 {
    libm::log(p) - libm::log1p(-p)
}

impl SatisfactionLaw {
    /// The logit of satisfaction where difficulty has no part in it.
    fn logit(&self, contact: &Contact, ending: Ending, waited: Micros) -> f64 {
        let c = &self.coefficients;
        let base = match contact.handler {
            ASSISTANT => self.assistant,
            NO_HANDLER => self.nobody,
            pool => self.pools[usize::from(pool)],
        };
        let happened = contact.flags | what_happened(ending);
        let wait = if waited == 0 {
            0.0
        } else {
            c.wait * libm::log1p(to_seconds(waited) / 60.0)
        };
        let cost = |coefficient: f64, is_due: bool| if is_due { coefficient } else { 0.0 };
        base - wait
            - c.repeats * f64::from(contact.number - 1)
            - cost(c.trapped, happened & TRAPPED != 0)
            - cost(c.lost, !ending.is_resolved())
            - cost(c.misinformed, happened & MISINFORMED != 0)
            - cost(c.handled_again, happened & PASSED_ON != 0)
    }
}

impl<O: Observer + ?Sized> Engine<'_, '_, O> {
    /// The wait of a contact is over that was not answered by it.
    #[inline]
    pub(super) fn waits_no_more(&mut self, contact: &mut Contact, length: Micros) {
        if self.laws.satisfaction.is_some() && length > 0 {
            self.waited.add(contact.case, length);
            contact.flags |= WAITED;
        }
    }

    /// The case ends with this contact.
    #[inline(never)]
    pub(super) fn judge(&mut self, contact: &Contact, ending: Ending) {
        let laws = self.laws;
        let Some(law) = laws
            .satisfaction
            .as_ref()
            .and_then(|laws| laws.get(usize::from(contact.topic)))
        else {
            return;
        };
        let waited = if contact.flags & WAITED != 0 {
            self.waited.take(contact.case)
        } else {
            0
        };
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
