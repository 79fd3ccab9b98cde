//! Timers that open later steps of routes.

use super::Line;
use crate::engine::laws::Laws;
use crate::engine::{Context, Sink};
use crate::slots::Slots;
use crate::time::{Micros, NEVER};

/// Opens one later step of one queue's route for the contacts in the order of the queue.
struct Timer {
    queue: usize,
    step: usize,
    after: Micros,
    /// Place of the next contact for which the step has yet to open; `NEVER` when none is known.
    next: u64,
}

/// The timers of all queues, those of a queue side by side.
pub(crate) struct Timers {
    timers: Slots<Timer>,
    /// By queue: the index of its first timer; then how many there are in all.
    first: Slots<usize>,
}

impl Timers {
    /// One timer per step that opens with time.
    pub(crate) fn new(laws: &Laws<'_>) -> Self {
        let mut timers = Slots::new();
        let mut first = Slots::from(vec![0]);
        for (queue, law) in laws.queues.iter().enumerate() {
            for (step, s) in law.steps.iter().enumerate().filter(|(_, s)| s.after > 0) {
                timers.push(Timer {
                    queue,
                    step,
                    after: s.after,
                    next: NEVER,
                });
            }
            first.push(timers.len());
        }
        Self { timers, first }
    }

    /// Timers of an epoch of these laws at most.
    pub(crate) fn most(laws: &Laws<'_>) -> usize {
        let of = |l: &Laws<'_>| Timers::new(l).timers.len();
        laws.epochs().map(of).max().unwrap_or(0)
    }

    /// Somebody whose visit began at `offered` joined the tail of queue `q`.
    pub(super) fn joined(
        &mut self,
        cx: &mut Context<'_, impl Sink>,
        q: usize,
        place: u64,
        offered: Micros,
    ) {
        for i in self.first[q]..self.first[q + 1] {
            let timer = &mut self.timers[i];
            if timer.next == NEVER {
                timer.next = place;
                let at = (offered + timer.after).max(cx.now);
                cx.calendar.set_timer(i, at);
            }
        }
    }

    /// Somebody whose visit began at `offered` went back to the head of queue `q`.
    pub(super) fn returned(
        &mut self,
        cx: &mut Context<'_, impl Sink>,
        q: usize,
        place: u64,
        offered: Micros,
    ) {
        for i in self.first[q]..self.first[q + 1] {
            let timer = &mut self.timers[i];
            if offered + timer.after > cx.now {
                timer.next = timer.next.min(place);
                cx.calendar.set_timer(i, offered + timer.after);
            }
        }
    }

    /// The next contact for which the timer opens its step now: the queue, the step, the place. `None` when there is nobody; the timer is
    /// then set for the next.
    pub(super) fn next(
        &mut self,
        cx: &mut Context<'_, impl Sink>,
        index: usize,
        lines: &Slots<Line>,
    ) -> Option<(usize, usize, u64)> {
        let timer = &mut self.timers[index];
        let line = &lines[timer.queue];
        let places = line.places();
        for place in timer.next.max(places.start)..places.end {
            let w = line.at(place);
            if !w.live {
                continue;
            }
            let opens = w.offered + timer.after;
            if opens > cx.now {
                timer.next = place;
                cx.calendar.set_timer(index, opens);
                return None;
            }
            timer.next = place + 1;
            return Some((timer.queue, timer.step, place));
        }
        timer.next = NEVER;
        cx.calendar.set_timer(index, NEVER);
        None
    }

    /// An epoch begins with other steps.
    pub(super) fn change(&mut self, cx: &mut Context<'_, impl Sink>) {
        for i in 0..self.timers.len() {
            cx.calendar.set_timer(i, NEVER);
        }
        *self = Self::new(cx.laws);
    }
}
