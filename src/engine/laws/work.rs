//! What people have to do for a contact.

use super::topic::TopicLaw;
use crate::engine::contact::{Contact, FROM_AI};
use crate::engine::keys::difficulty;
use crate::random::{Key, purpose};

/// What a person has to do for a contact, in microseconds: the work content, before the factors of pool and agent; or, with a minus sign
/// before it, what is left of a service that was cut off.
///
/// It is drawn when the contact comes to a line, well before anybody depends on it: the next event follows from the work of the one
/// before, and the draws would lie on that path.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Work(f64);

impl Work {
    /// What a service that was cut off leaves, in microseconds.
    pub(crate) fn left(time: f64) -> Self {
        Self(-time)
    }

    /// Whether nobody has begun it.
    #[inline(always)]
    pub(crate) fn is_fresh(self) -> bool {
        self.0.is_sign_positive()
    }

    /// How long it is, in microseconds.
    #[inline(always)]
    pub(crate) fn time(self) -> f64 {
        self.0.abs()
    }
}

impl TopicLaw {
    /// Draws what a person has to do for the contact.
    #[inline(always)]
    pub(crate) fn work(&self, contact: &Contact) -> Work {
        let factor = match &self.work_of_difficulty {
            None => 1.0,
            Some(table) => table.sample(difficulty(contact.case)),
        };
        let bits = contact.bits(purpose::WORK);
        // Anybody's guess, and no processor guesses well.
        let is_handed = contact.flags & FROM_AI != 0;
        let handed = std::hint::select_unpredictable(is_handed, self.handover_factor, 1.0);
        let content = self.work.as_ref().map_or(0.0, |w| w.sample(bits));
        Work(content * factor * handed)
    }

    /// Expected human work content of a case in seconds, pool and agent factors left out.
    #[inline(always)]
    pub(crate) fn expected_work(&self, case: Key) -> f64 {
        match &self.work_of_difficulty {
            None => self.mean_work,
            Some(factor) => self.mean_work * factor.sample(difficulty(case)),
        }
    }
}
