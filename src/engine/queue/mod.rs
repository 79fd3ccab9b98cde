//! Queues: contacts join, leave, run out of patience, or wait for a call.
//!
//! **Patience is lazy** where nobody depends on the exact moment of an abandonment: an expired contact is noticed when the queue is next
//! looked at, and told with the time at which it left. Queues with a limit, with returns after abandonment or with offers notice at once;
//! so a contact on offer never expires unnoticed. One that is offered at once is watched from the moment
//! at which the offer has come to nothing, unless its patience ends before that.

mod callback;
mod choice;
mod line;
mod patience;
mod timers;

pub(crate) use callback::accepts_call;
pub(crate) use choice::is_open;
pub(crate) use line::{Line, Waiting};
pub(crate) use timers::Timers;

use crate::engine::contact::Contact;
use crate::engine::laws::Laws;
use crate::engine::laws::work::Work;
use crate::engine::{Context, Observer, Sink};
use crate::model::Ending;
use crate::random::purpose;
use crate::slots::Slots;
use crate::time::{Micros, NEVER, round_micros};
use patience::{End, Watch};
use std::ops::Range;

/// All queues.
pub(crate) struct Queues {
    pub(crate) lines: Slots<Line>,
    /// Bit per queue with somebody in it whom a pool may find.
    waiting: Slots<u64>,
    /// By pool and word of queues: whether the pool serves the queue and its first contact may be open to it. Where its step opens with
    /// time, the bit is set by the step's timer, and cleared when the queue is looked at and the step is still closed.
    ripe: Slots<u64>,
    watch: Watch,
    timers: Timers,
}

/// When the patience of a contact that joins a queue now ends.
#[inline(always)]
pub(crate) fn patience_of(cx: &Context<'_, impl Sink>, contact: &Contact) -> Micros {
    match &cx.laws.topics[usize::from(contact.topic)].patience {
        None => NEVER,
        // Beyond the drain nobody is left to be impatient with.
        Some(law) => cx.now + round_micros(law.sample(contact.bits(purpose::PATIENCE))),
    }
}

/// The queues that each pool serves, as [`Queues::ripe`] has them when nothing has been looked at.
fn all_ripe(laws: &Laws<'_>) -> Slots<u64> {
    let serves = laws.pools.iter().flat_map(|law| law.serves.iter());
    serves.copied().collect()
}

impl Queues {
    pub(crate) fn new(cx: &Context<'_, impl Sink>) -> Self {
        let queues = cx.laws.queues.len();
        let words = queues.div_ceil(64);
        Self {
            lines: (0..queues).map(|_| Line::new()).collect(),
            waiting: vec![0; words].into(),
            ripe: all_ripe(cx.laws),
            watch: Watch::new(),
            timers: Timers::new(cx.laws),
        }
    }

    /// Contacts that wait, as far as has been noticed.
    pub(crate) fn live(&self) -> u64 {
        self.lines.iter().map(|line| u64::from(line.live)).sum()
    }

    /// Joins the tail of queue `q`, where [`Self::watch`] is to be called for it; the place.
    #[inline(always)]
    pub(crate) fn join(&mut self, cx: &mut Context<'_, impl Sink>, q: usize, w: Waiting) -> u64 {
        let offered = w.offered;
        let place = self.lines[q].push(w);
        self.waiting[q / 64] |= 1 << (q % 64);
        if cx.laws.queues[q].has_timers {
            self.timers.joined(cx, q, place, offered);
        }
        place
    }

    /// A service was cut off: the contact goes back to the head of queue `q` with its remaining work; the place.
    pub(crate) fn return_to_head(
        &mut self,
        cx: &mut Context<'_, impl Sink>,
        mut contact: Contact,
        (q, offered): (usize, Micros),
        work_left: f64,
    ) -> u64 {
        contact.move_on();
        let expires = patience_of(cx, &contact);
        let w = Waiting {
            offered,
            ..Waiting::new(contact, Work::left(work_left), cx.now, expires)
        };
        let place = self.lines[q].push_front(w);
        self.waiting[q / 64] |= 1 << (q % 64);
        self.watch(cx, q, place);
        let serves = |p: &usize| cx.laws.pools[*p].serves[q / 64] >> (q % 64) & 1 != 0;
        self.ripen(q, (0..cx.laws.pools.len()).filter(serves));
        self.timers.returned(cx, q, place, offered);
        place
    }

    /// Watches the patience of the contact at `place` of queue `q`, if somebody depends on the moment at which it ends.
    #[inline(always)]
    pub(crate) fn watch(&mut self, cx: &Context<'_, impl Sink>, q: usize, place: u64) {
        if cx.laws.queues[q].exact_patience {
            let w = self.lines[q].at_mut(place);
            if w.expires != NEVER && !w.watched {
                w.watched = true;
                self.watch.add((w.expires, q as u32, place), cx.now);
            }
        }
    }

    /// Takes the contact at `place` out of queue `q`; its record can be read until somebody joins the queue.
    #[inline(always)]
    pub(crate) fn leave(&mut self, q: usize, place: u64) {
        let line = &mut self.lines[q];
        line.remove(place);
        if line.is_empty() {
            self.waiting[q / 64] &= !(1 << (q % 64));
        }
    }

    /// Passes over those at the begin of queue `q` whom no pool can have, since they are on offer: the places after them.
    #[inline]
    pub(crate) fn pass_over(&mut self, cx: &Context<'_, impl Sink>, q: usize) -> Range<u64> {
        let places = self.lines[q].pass_over(cx.laws.queues[q].broadcast);
        if places.is_empty() {
            self.waiting[q / 64] &= !(1 << (q % 64));
        }
        places
    }

    /// The contact at `place` of queue `q`, and who stands behind it, may be found again.
    pub(crate) fn reopen(&mut self, cx: &Context<'_, impl Sink>, q: usize, place: u64) {
        self.watch(cx, q, place);
        self.lines[q].open = self.lines[q].open.min(place);
        self.waiting[q / 64] |= 1 << (q % 64);
    }

    /// The contact at `place` of queue `q` runs out of patience at `at`.
    #[inline(never)]
    fn abandon(&mut self, cx: &mut Context<'_, impl Sink>, (q, place): (usize, u64), at: Micros) {
        self.leave(q, place);
        let w = self.lines[q].at(place);
        cx.observer.abandoned(&w.contact, w.wait(at));
        cx.finish_after(&w.contact, Ending::Abandoned, at, || at - w.joined);
    }

    /// Nothing has to be done about watched patience before this moment.
    #[inline(always)]
    pub(crate) fn patience_due(&self) -> Micros {
        self.watch.due
    }

    /// The earliest patience that is watched ends: that contact leaves. It is returned if it was on offer to members.
    #[cold]
    pub(crate) fn expire(&mut self, cx: &mut Context<'_, impl Sink>) -> Option<Waiting> {
        let lines = &self.lines;
        let waits = |(at, q, place): End| {
            let line = &lines[q as usize];
            line.live_at(place) && line.at(place).expires == at
        };
        let (at, q, place) = self.watch.next(waits).filter(|&end| waits(end))?;
        cx.now = at;
        let w = *self.lines[q as usize].at(place);
        self.abandon(cx, (q as usize, place), at);
        (w.out > 0).then_some(w)
    }

    /// Drops those from the head of queue `q` who ran out of patience unnoticed; when the new head was offered, and its place.
    #[inline(always)]
    fn purge(&mut self, cx: &mut Context<'_, impl Sink>, q: usize) -> Option<(u64, Micros)> {
        loop {
            let (place, w) = self.lines[q].first()?;
            let expires = w.expires;
            if expires >= cx.now {
                return Some((place, w.offered));
            }
            self.abandon(cx, (q, place), expires);
        }
    }

    /// At the end of a step: nobody who is gone stays at the head of a queue.
    pub(crate) fn purge_all(&mut self, cx: &mut Context<'_, impl Sink>) {
        for q in 0..self.lines.len() {
            self.purge(cx, q);
        }
    }

    /// The first contact of queue `q` may be open to these pools.
    fn ripen(&mut self, q: usize, pools: impl Iterator<Item = usize>) {
        let words = self.waiting.len();
        for p in pools {
            self.ripe[p * words + q / 64] |= 1 << (q % 64);
        }
    }

    /// A timer fires: its step of the route opens for everybody who has waited long enough. The queue and the place of the next such
    /// contact and the step; `None` when there is nobody left.
    pub(crate) fn next_opened(
        &mut self,
        cx: &mut Context<'_, impl Sink>,
        timer: usize,
    ) -> Option<(usize, u64, usize)> {
        loop {
            let (q, step, place) = self.timers.next(cx, timer, &self.lines)?;
            let w = self.lines[q].at(place);
            if w.expires < cx.now {
                let expires = w.expires;
                self.abandon(cx, (q, place), expires);
            } else {
                self.ripen(q, cx.laws.queues[q].steps[step].members.iter().copied());
                return Some((q, place, step));
            }
        }
    }

    /// Contacts that wait in the queues which lead to pool `p`.
    pub(crate) fn waiting_for(&self, cx: &Context<'_, impl Sink>, p: usize) -> u64 {
        let serves = &cx.laws.pools[p].serves;
        let mut waiting = 0;
        for (q, line) in self.lines.iter().enumerate() {
            if serves[q / 64] >> (q % 64) & 1 != 0 && line.live > 0 {
                let waits = |&place: &u64| line.live_at(place) && line.at(place).expires >= cx.now;
                waiting += line.places().filter(waits).count() as u64;
            }
        }
        waiting
    }

    /// An epoch begins: work that nobody has begun follows its laws, and so do the steps of the routes, which may be others and open
    /// at other times.
    pub(crate) fn change(&mut self, cx: &mut Context<'_, impl Sink>) {
        self.timers.change(cx);
        self.ripe = all_ripe(cx.laws);
        for (q, place) in self.all_waiting(cx) {
            self.reopen(cx, q, place);
            let w = self.lines[q].at_mut(place);
            if w.work.is_fresh() {
                w.work = cx.laws.topics[usize::from(w.contact.topic)].work(&w.contact);
            }
            let offered = w.offered;
            self.timers.joined(cx, q, place, offered);
        }
    }

    /// The replication ends: those who still wait are not served.
    pub(crate) fn close(&mut self, cx: &mut Context<'_, impl Sink>) {
        for (q, place) in self.all_waiting(cx) {
            self.leave(q, place);
            let mut w = *self.lines[q].at(place);
            let wait = w.wait(cx.now);
            cx.observer.unserved(&w.contact, wait);
            cx.note_wait(&mut w.contact, wait.length());
            cx.end(&w.contact, Ending::Unserved, cx.now);
        }
    }

    /// The queues and places of all who wait, after those have left who ran out of patience unnoticed.
    fn all_waiting(&mut self, cx: &mut Context<'_, impl Sink>) -> Vec<(usize, u64)> {
        let mut waiting = Vec::new();
        for q in 0..self.lines.len() {
            for place in self.lines[q].places() {
                if !self.lines[q].live_at(place) {
                    continue;
                }
                let expires = self.lines[q].at(place).expires;
                if expires < cx.now {
                    self.abandon(cx, (q, place), expires);
                } else {
                    waiting.push((q, place));
                }
            }
        }
        waiting
    }
}
