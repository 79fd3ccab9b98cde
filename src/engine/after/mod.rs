//! What follows a contact: its end is counted, the customer comes back or the case ends, and is judged.

mod satisfaction;
mod waited;

use crate::engine::contact::{COUNTED, Contact, OF_CASE, WAITED, flag_of};
use crate::engine::{Context, Due, Item, Observer, Sink};
use crate::model::{Ending, Model};
use crate::random::purpose;
use crate::slots::Slots;
use crate::time::{Micros, round_micros};
use waited::Waited;

/// The tally of contacts, and what is remembered of cases that have not ended.
pub(crate) struct After {
    /// Contacts begun, by topic.
    pub(crate) started: Slots<u64>,
    /// Contacts ended, by topic and way.
    pub(crate) ended: Slots<[u64; Ending::COUNT]>,
    /// Returns that fall after the horizon.
    pub(crate) pending: u64,
    /// Time waited in queues; only where satisfaction is followed.
    waited: Waited,
}

impl After {
    pub(crate) fn new(model: &Model) -> Self {
        Self {
            started: vec![0; model.topics.len()].into(),
            ended: vec![[0; Ending::COUNT]; model.topics.len()].into(),
            pending: 0,
            waited: Waited::default(),
        }
    }

    /// Contacts begun that have not ended.
    pub(crate) fn in_system(&self) -> u64 {
        let ended: u64 = self.ended.iter().flatten().sum();
        self.started.iter().sum::<u64>().wrapping_sub(ended)
    }

    /// The contact ends; the customer may come back.
    #[inline(never)]
    pub(crate) fn end(
        &mut self,
        cx: &mut Context<'_, impl Sink>,
        contact: &Contact,
        ending: Ending,
        at: Micros,
    ) {
        self.finish(cx, contact, ending, at);
    }

    /// As [`Self::end`], compiled into its caller.
    #[inline(always)]
    pub(crate) fn finish(
        &mut self,
        cx: &mut Context<'_, impl Sink>,
        contact: &Contact,
        ending: Ending,
        at: Micros,
    ) {
        let laws = cx.laws;
        let topic = usize::from(contact.topic);
        let law = &laws.topics[topic];
        self.ended[topic][ending as usize] += 1;
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
        cx.observer.ended(contact, ending, at, elapsed, saved);
        if let Some(back) = back {
            self.come_back(cx, contact, ending, back);
        } else if laws.satisfaction.is_some() && ending != Ending::Unserved {
            self.judge(cx, contact, ending);
        }
    }

    /// The customer of a contact that ended so will be back at `at`.
    fn come_back(
        &mut self,
        cx: &mut Context<'_, impl Sink>,
        contact: &Contact,
        ending: Ending,
        at: Micros,
    ) {
        if at >= cx.horizon {
            self.pending += 1;
            cx.observer.pending(contact);
            return;
        }
        let counted = if at >= cx.warmup { COUNTED } else { 0 };
        let contact = Contact {
            start: at,
            number: contact.number + 1,
            hop: 0,
            flags: contact.flags & OF_CASE | flag_of(ending) | counted,
            ..*contact
        };
        let due = Due::Begin;
        cx.calendar.file(Item { at, contact, due });
    }

    /// The contact has waited for `length`: satisfaction may depend on it when the case ends.
    #[inline]
    pub(crate) fn note_wait(
        &mut self,
        cx: &Context<'_, impl Sink>,
        contact: &mut Contact,
        length: Micros,
    ) {
        if length > 0 && cx.laws.satisfaction.is_some() {
            self.waited.add(contact.case, length);
            contact.flags |= WAITED;
        }
    }
}
