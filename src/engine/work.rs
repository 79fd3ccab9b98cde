//! What people have to do for a contact.

use super::STRIDE;
use super::contact::{Contact, FROM_AI};
use super::laws::TopicLaw;
use crate::random::{Key, purpose};

/// What a person has to do for a contact. It is drawn when the contact comes to a line, well before anybody depends on it: the
/// next event follows from the work of the one before, and the draws would lie on that path.
#[derive(Clone, Copy, Debug)]
pub(super) struct Work {
    /// In microseconds: the work content, before the factors of pool and agent; what is left of a service that was cut off.
    pub(super) time: f64,
    /// Expected work content of the case in seconds; negative after a service that was cut off.
    pub(super) expected: f64,
}

impl Work {
    /// None at all.
    pub(super) const NONE: Work = Work {
        time: 0.0,
        expected: 0.0,
    };

    /// What a service that was cut off leaves, in microseconds.
    pub(super) fn left(time: f64) -> Self {
        Self {
            time,
            expected: -1.0,
        }
    }

    /// Whether nobody has begun it.
    #[inline(always)]
    pub(super) fn is_fresh(self) -> bool {
        self.expected.is_sign_positive()
    }
}

impl TopicLaw {
    /// Draws what a person has to do for the contact.
    #[inline(always)]
    pub(super) fn work(&self, contact: &Contact) -> Work {
        let (factor, expected) = match &self.work_of_difficulty {
            None => (1.0, self.mean_work),
            Some(table) => {
                let factor = table.sample(contact.case.bits(purpose::DIFFICULTY));
                (factor, self.mean_work * factor)
            }
        };
        let hop = STRIDE * u64::from(contact.hop);
        let bits = contact.key().bits(purpose::WORK + hop);
        let handed = if contact.flags & FROM_AI != 0 {
            self.handover_factor
        } else {
            1.0
        };
        let content = self.work.as_ref().map_or(0.0, |w| w.sample(bits));
        Work {
            time: content * factor * handed,
            expected,
        }
    }

    /// Expected human work content of a case in seconds, pool and agent factors left out.
    #[inline(always)]
    pub(super) fn expected_work(&self, case: Key) -> f64 {
        match &self.work_of_difficulty {
            None => self.mean_work,
            Some(factor) => self.mean_work * factor.sample(case.bits(purpose::DIFFICULTY)),
        }
    }
}
