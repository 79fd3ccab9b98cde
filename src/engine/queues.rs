//! Lines of waiting contacts: joining, leaving, patience, and the timers that open route steps.

use super::contact::Waiting;
use super::patience::End;
use super::{Due, Engine, Laws, Observer, slot};
use crate::model::Ending;
use crate::slots::Slots;
use crate::time::{Micros, NEVER};
use std::cmp::Reverse;

/// Opens one later step of one queue's route for the contacts in the order of the line.
pub(super) struct Timer {
    queue: usize,
    step: usize,
    after: Micros,
    /// Place of the next contact for which the step has yet to open; `NEVER` when none is known.
    next: u64,
}

/// One timer per step that opens with time.
pub(super) fn timers(laws: &Laws<'_>) -> Slots<Timer> {
    let mut timers = Slots::new();
    for (queue, law) in laws.queues.iter().enumerate() {
        for (step, s) in law.steps.iter().enumerate().filter(|(_, s)| s.after > 0) {
            timers.push(Timer {
                queue,
                step,
                after: s.after,
                next: NEVER,
            });
        }
    }
    timers
}

impl<O: Observer + ?Sized> Engine<'_, '_, O> {
    /// Joins the tail of line `q`; the place.
    #[inline(always)]
    pub(super) fn join(&mut self, q: usize, w: Waiting) -> u64 {
        let (offered, expires) = (w.offered, w.expires);
        let place = self.lines[q].push(w);
        self.enter(q, place, expires);
        if self.laws.queues[q].has_timers {
            self.aim_timers(q, place, offered);
        }
        place
    }

    /// Somebody joined the tail of line `q`.
    pub(super) fn aim_timers(&mut self, q: usize, place: u64, offered: Micros) {
        for i in 0..self.timers.len() {
            let timer = &mut self.timers[i];
            if timer.queue == q && timer.next == NEVER {
                timer.next = place;
                let at = (offered + timer.after).max(self.now);
                self.tree.set(slot::TIMERS + i, at);
            }
        }
    }

    /// Goes back to the head of line `q`; the place.
    pub(super) fn rejoin(&mut self, q: usize, w: Waiting) -> u64 {
        let (offered, expires) = (w.offered, w.expires);
        let place = self.lines[q].push_front(w);
        self.enter(q, place, expires);
        self.ripen(q, u64::MAX);
        for i in 0..self.timers.len() {
            let timer = &mut self.timers[i];
            if timer.queue == q && offered + timer.after > self.now {
                timer.next = timer.next.min(place);
                self.tree.set(slot::TIMERS + i, offered + timer.after);
            }
        }
        place
    }

    #[inline(always)]
    fn enter(&mut self, q: usize, place: u64, expires: Micros) {
        self.waiting[q / 64] |= 1 << (q % 64);
        if self.laws.queues[q].exact_patience && expires != NEVER {
            self.watch.add((expires, q as u32, place), self.now);
        }
    }

    /// Takes the contact at `place` out of line `q`; its record can be read until somebody joins the line.
    #[inline(always)]
    pub(super) fn leave(&mut self, q: usize, place: u64) {
        let line = &mut self.lines[q];
        line.remove(place);
        if line.is_empty() {
            self.waiting[q / 64] &= !(1 << (q % 64));
        }
    }

    /// The contact at `place` of line `q` runs out of patience at `at`.
    #[inline(never)]
    pub(super) fn abandon(&mut self, q: usize, place: u64, at: Micros) {
        self.leave(q, place);
        let w = self.lines[q].at(place);
        self.observer.abandoned(&w.contact, w.wait(at));
        let (mut contact, out, offer_head) = (w.contact, w.out, w.offer_head);
        let length = at - w.joined;
        self.waits_no_more(&mut contact, length);
        self.finish(&contact, Ending::Abandoned, at);
        if out > 0 {
            self.withdraw_offers(offer_head, &contact);
        }
    }

    /// The earliest patience that is watched ends.
    #[cold]
    pub(super) fn expire(&mut self) {
        let lines = &self.lines;
        let waits = |(at, q, place): End| {
            let line = &lines[q as usize];
            line.live_at(place) && line.at(place).expires == at
        };
        if let Some(end) = self.watch.next(waits)
            && waits(end)
        {
            self.now = end.0;
            self.abandon(end.1 as usize, end.2, end.0);
        }
    }

    /// Drops from the head of line `q` whoever ran out of patience unnoticed.
    #[inline(always)]
    pub(super) fn purge(&mut self, q: usize) {
        while let Some((place, w)) = self.lines[q].first() {
            let expires = w.expires;
            if expires >= self.now {
                break;
            }
            self.abandon(q, place, expires);
        }
    }

    /// At the end of a step: nobody who is gone stays at the head of a line.
    pub(super) fn sweep(&mut self) {
        for q in 0..self.lines.len() {
            self.purge(q);
        }
    }

    /// A timer fires: its step opens for everybody who has waited long enough.
    pub(super) fn open_route_step(&mut self, index: usize) {
        let Timer {
            queue: q,
            step,
            after,
            mut next,
        } = self.timers[index];
        loop {
            let places = self.lines[q].places();
            next = next.max(places.start);
            if next >= places.end {
                self.timers[index].next = NEVER;
                self.tree.set(slot::TIMERS + index, NEVER);
                return;
            }
            let w = self.lines[q].at(next);
            let opens = w.offered + after;
            if w.live && opens > self.now {
                self.timers[index].next = next;
                self.tree.set(slot::TIMERS + index, opens);
                return;
            }
            if w.live && w.expires < self.now {
                let expires = w.expires;
                self.abandon(q, next, expires);
            } else if w.live {
                self.ripen(q, self.laws.queues[q].steps[step].pools);
                self.place(q, next, step);
            }
            next += 1;
        }
    }

    /// The first contact of line `q` may be open to these pools.
    pub(super) fn ripen(&mut self, q: usize, mut pools: u64) {
        let words = self.waiting.len();
        while pools != 0 {
            let p = pools.trailing_zeros() as usize;
            pools &= pools - 1;
            if p < self.pools.len() {
                self.ripe[p * words + q / 64] |= 1 << (q % 64);
            }
        }
    }

    /// The end of the replication: whoever still waits is not served.
    pub(super) fn flush(&mut self) {
        for q in 0..self.lines.len() {
            for place in self.lines[q].places() {
                if !self.lines[q].live_at(place) {
                    continue;
                }
                let expires = self.lines[q].at(place).expires;
                if expires < self.now {
                    self.abandon(q, place, expires);
                } else {
                    self.leave(q, place);
                    let mut w = *self.lines[q].at(place);
                    let wait = w.wait(self.now);
                    self.observer.unserved(&w.contact, wait);
                    self.waits_no_more(&mut w.contact, wait.length());
                    self.end(&w.contact, Ending::Unserved, self.now);
                }
            }
        }
        while let Some(Reverse((.., place))) = self.soon.pop() {
            let item = self.soon_items[place as usize];
            if matches!(item.due, Due::People | Due::Session(_)) {
                self.filed_now -= 1;
                self.end(&item.contact, Ending::Unserved, self.now);
            }
        }
        self.flush_door();
        for a in 0..self.agents.len() {
            self.abort(a as u32);
        }
    }
}
