//! The satisfaction of the customers of a topic made ready: what adds to it and what lowers it.

use crate::engine::contact::{
    ASSISTANT, Contact, MISINFORMED, NO_HANDLER, PASSED_ON, TRAPPED, flag_of,
};
use crate::model::{Ending, Model, Regard};
use crate::random::threshold;
use crate::slots::Slots;
use crate::time::{Micros, to_seconds};

/// The satisfaction of the cases of a topic.
pub(crate) struct SatisfactionLaw {
    /// Logit with empathy, by who took part last: see [`Contact::handler`].
    bases: Slots<f64>,
    /// What lowers it by what happened: the three flags of a case, and whether its problem stayed.
    costs: [f64; 16],
    /// By ending, what it adds to what happened.
    last: [u8; Ending::COUNT],
    /// For each contact after the first, and for each unit of log(1 + minutes waited).
    repeats: f64,
    wait: f64,
    pub(crate) difficulty: f64,
    pub(crate) churn_satisfied: u64,
    pub(crate) churn_dissatisfied: u64,
}

/// What happened to a case, as an index into the costs.
fn happened(flags: u16) -> u8 {
    const { assert!(TRAPPED == 1 << 13 && MISINFORMED == 1 << 14 && PASSED_ON == 1 << 15) };
    (flags >> 13) as u8
}

/// Of such an index: the problem stayed.
const LOST: u8 = 8;

/// One law for each topic; none where satisfaction is not followed.
pub(crate) fn satisfaction_laws(model: &Model) -> Option<Vec<SatisfactionLaw>> {
    model
        .topics
        .iter()
        .map(|topic| {
            let s = topic.satisfaction?;
            let with = |r: Regard| logit(r.base) + if topic.sensitive { r.empathy } else { 0.0 };
            const { assert!(NO_HANDLER == 0 && ASSISTANT == 1 && Contact::FIRST_POOL == 2) };
            let pools = model.pools.iter().map(|p| with(p.regard.or(s.human)));
            let bases = [logit(s.nobody), with(s.ai)].into_iter().chain(pools);
            let cost = |what: u8| {
                let due = [
                    (s.trapped, happened(TRAPPED)),
                    (s.lost, LOST),
                    (s.misinformed, happened(MISINFORMED)),
                    (s.handled_again, happened(PASSED_ON)),
                ];
                due.iter().filter(|d| what & d.1 != 0).map(|d| d.0).sum()
            };
            let last = |ending: Ending| {
                let lost = if ending.is_resolved() { 0 } else { LOST };
                happened(flag_of(ending)) | lost
            };
            Some(SatisfactionLaw {
                bases: bases.collect(),
                costs: std::array::from_fn(|what| cost(what as u8)),
                last: Ending::ALL.map(last),
                repeats: s.repeats,
                wait: s.wait,
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
    #[inline(always)]
    pub(crate) fn logit(&self, contact: &Contact, ending: Ending, waited: Micros) -> f64 {
        let what = happened(contact.flags) | self.last[ending as usize];
        let logit = self.bases[usize::from(contact.handler)]
            - self.costs[usize::from(what) % 16]
            - self.repeats * f64::from(contact.number - 1);
        if waited == 0 {
            logit
        } else {
            logit - self.wait * libm::log1p(to_seconds(waited) / 60.0)
        }
    }
}
