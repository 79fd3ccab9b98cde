//! How the begin of contacts is told: each at once, or the cases of a topic in a step together, which costs a fraction of it.

use crate::engine::contact::{Contact, Reason};
use crate::engine::{Cases, Context, Observer, Sink};
use crate::time::Micros;
use std::ops::Range;

/// Tells the observer of contacts that begin and of their sessions with the assistant: each at once, unless a method says otherwise.
pub(crate) trait Tell {
    /// A contact begins.
    #[inline(always)]
    fn begins(&mut self, cx: &mut Context<'_, impl Sink>, contact: &Contact) {
        cx.tally.started[usize::from(contact.topic)] += 1;
        cx.observer.contact(contact, contact.start);
    }

    /// The assistant takes part in it for this time.
    #[inline(always)]
    fn session(&mut self, cx: &mut Context<'_, impl Sink>, contact: &Contact, time: Range<Micros>) {
        cx.observer.assistant(contact, time.start, time.end);
    }

    /// It goes on to people.
    #[inline(always)]
    fn escalates(
        &mut self,
        cx: &mut Context<'_, impl Sink>,
        contact: &Contact,
        reason: Reason,
        at: Micros,
    ) {
        cx.observer.escalation(contact, reason, at);
    }
}

/// Each is told at once.
pub(crate) struct AtOnce;

impl Tell for AtOnce {}

/// The cases of a topic that begin in the present step are told together.
pub(crate) struct Together {
    topic: usize,
    /// A session that is over later is told at once.
    until: Micros,
    cases: Cases,
}

impl Together {
    /// For the cases of a topic in the present step, if the observer takes them so.
    pub(crate) fn new(cx: &mut Context<'_, impl Sink>, topic: usize) -> Option<Self> {
        let (from, to) = (cx.calendar.start, cx.calendar.end());
        let until = cx.observer.takes_together(from, to)?;
        Some(Self {
            topic,
            until,
            cases: Cases::default(),
        })
    }

    /// So many have begun and go straight to people.
    pub(crate) fn direct(&mut self, cases: usize) {
        self.cases.begun += cases as u32;
    }

    /// All of them have begun.
    pub(crate) fn tell(self, cx: &mut Context<'_, impl Sink>) {
        cx.tally.started[self.topic] += u64::from(self.cases.begun);
        let from = cx.calendar.start;
        cx.observer.cases(self.topic, from, &self.cases);
    }
}

impl Tell for Together {
    #[inline(always)]
    fn begins(&mut self, _: &mut Context<'_, impl Sink>, _: &Contact) {
        self.cases.begun += 1;
    }

    #[inline(always)]
    fn session(&mut self, cx: &mut Context<'_, impl Sink>, contact: &Contact, time: Range<Micros>) {
        if time.end <= self.until {
            self.cases.sessions += 1;
            self.cases.time += time.end - time.start;
        } else {
            cx.observer.assistant(contact, time.start, time.end);
        }
    }

    #[inline(always)]
    fn escalates(
        &mut self,
        _: &mut Context<'_, impl Sink>,
        _: &Contact,
        reason: Reason,
        _: Micros,
    ) {
        self.cases.escalated[reason as usize] += 1;
    }
}
