//! What follows a contact: its end is counted, the customer comes back or the case ends, and is judged.

mod satisfaction;

use crate::engine::contact::{COUNTED, Contact, OF_CASE, WAITED, flag_of};
use crate::engine::{Context, Due, Item, Observer, Sink};
use crate::model::Ending;
use crate::random::purpose;
use crate::time::{Micros, round_micros};

impl<S: Sink> Context<'_, S> {
    /// The contact ends; the customer may come back.
    #[inline(never)]
    pub(crate) fn end(&mut self, contact: &Contact, ending: Ending, at: Micros) {
        self.finish(contact, ending, at);
    }

    /// As [`Self::end`], compiled into its caller.
    #[inline(always)]
    pub(crate) fn finish(&mut self, contact: &Contact, ending: Ending, at: Micros) {
        self.finish_after(contact, ending, at, || 0);
    }

    /// The same after a wait that has not been noted: most cases end here, and then nothing need be remembered of it.
    #[inline(always)]
    pub(crate) fn finish_after(
        &mut self,
        contact: &Contact,
        ending: Ending,
        at: Micros,
        waited: impl FnOnce() -> Micros,
    ) {
        let laws = self.laws;
        let topic = usize::from(contact.topic);
        let law = &laws.topics[topic];
        self.tally.ended[topic][ending as usize] += 1;
        let back = match &law.returns[ending as usize] {
            Some(law) if contact.number < laws.max_contacts => {
                let key = contact.key();
                let comes = law.chance == u64::MAX || key.bits(purpose::RETURN) < law.chance;
                comes.then(|| {
                    let bits = key.bits(purpose::RETURN_DELAY);
                    let delay = round_micros(law.delay.sample(bits));
                    let clock = law.clock.as_ref();
                    clock.map_or(at + delay, |clock| clock.after(at, delay))
                })
            }
            _ => None,
        };
        let saved = if ending == Ending::AiResolved {
            law.expected_work(contact.case)
        } else {
            0.0
        };
        let elapsed = back.map(|back| back - at);
        self.observer.ended(contact, ending, at, elapsed, saved);
        if let Some(back) = back {
            self.come_back(contact, ending, back, waited());
        } else if laws.satisfaction.is_some() && ending != Ending::Unserved {
            self.judge(contact, ending, waited());
        }
    }

    /// The customer of a contact that ended so will be back at `at`.
    fn come_back(&mut self, contact: &Contact, ending: Ending, at: Micros, waited: Micros) {
        if at >= self.horizon {
            self.tally.pending += 1;
            self.observer.pending(contact);
            return;
        }
        let counted = if at >= self.warmup { COUNTED } else { 0 };
        let mut contact = Contact {
            start: at,
            number: contact.number + 1,
            flags: contact.flags & OF_CASE | flag_of(ending) | counted,
            ..*contact
        };
        self.note_wait(&mut contact, waited);
        let due = Due::Begin;
        self.calendar.file(Item { at, contact, due });
    }

    /// The contact has waited for `length`: satisfaction may depend on it when the case ends.
    #[inline]
    pub(crate) fn note_wait(&mut self, contact: &mut Contact, length: Micros) {
        if length > 0 && self.laws.satisfaction.is_some() {
            self.tally.waited.add(contact.case, length);
            contact.flags |= WAITED;
        }
    }
}
