//! Who takes an arriving contact, and which contact an agent who frees takes.

use super::contact::{PASSED_ON, Waiting};
use super::laws::{PoolLaw, StepLaw};
use super::service::Whence;
use super::work::Work;
use super::{Contact, Engine, Observer, Reason, STRIDE, Wait};
use crate::model::{Closed, Ending, Take};
use crate::random::{Key, purpose};
use crate::time::{Micros, NEVER, round_micros};

impl<O: Observer + ?Sized> Engine<'_, '_, O> {
    /// The contact arrives at line `q` now.
    #[inline(never)]
    pub(super) fn reach_people(&mut self, contact: &Contact, q: usize) {
        let laws = self.laws;
        let topic = &laws.topics[usize::from(contact.topic)];
        if topic.is_special
            && let Some(closed) = self.closed(contact)
        {
            let callback = closed == Closed::Callback && self.lines[q].live < laws.queues[q].limit;
            if callback && self.accepts_call(contact) {
                self.observer.offered(contact, self.now, true);
                self.promise_call(contact, q);
            } else {
                self.observer.offered(contact, self.now, false);
                self.turn_away(contact);
            }
            return;
        }
        let law = &laws.queues[q];
        let mut offers_from = None;
        if self.available & law.pools != 0 {
            for step in law.steps.iter().take_while(|s| s.after == 0) {
                let hop = STRIDE * u64::from(contact.hop);
                let Some(a) = self.pick(step, || contact.key().bits(purpose::SELECT + hop)) else {
                    continue;
                };
                let p = usize::from(self.agents[a as usize].pool);
                if laws.pools[p].offers {
                    offers_from = Some(p);
                    break;
                }
                self.observer.offered(contact, self.now, false);
                self.unlist(a);
                self.answer(a, p, q, Whence::Arrival(contact));
                return;
            }
        }
        if topic.balk > 0 {
            let hop = STRIDE * u64::from(contact.hop);
            if contact.key().bits(purpose::BALK + hop) < topic.balk {
                self.observer.offered(contact, self.now, true);
                self.observer.abandoned(contact, Wait::none(self.now));
                self.end(contact, Ending::Abandoned, self.now);
                return;
            }
        }
        if self.lines[q].live >= law.limit {
            self.observer.offered(contact, self.now, false);
            self.turn_away(contact);
            return;
        }
        self.observer.offered(contact, self.now, true);
        if let Some((above, ..)) = topic.callback
            && self.wait_of_first(q) >= above
            && self.accepts_call(contact)
        {
            self.promise_call(contact, q);
            if let Some(p) = offers_from {
                self.dispatch(p);
            }
            return;
        }
        let expires = self.patience_of(contact);
        let work = topic.work(contact);
        self.join(q, Waiting::new(*contact, work, self.now, expires));
        if let Some(p) = offers_from {
            self.dispatch(p);
        }
    }

    /// Tells the escalation of a direct contact of a sensitive topic, or in a language that the assistant does not speak; what
    /// happens to the contact if people are closed to it.
    #[cold]
    fn closed(&mut self, contact: &Contact) -> Option<Closed> {
        let topic = &self.laws.model.topics[usize::from(contact.topic)];
        if contact.is_direct() && topic.sensitive {
            self.observer
                .escalation(contact, Reason::Sensitive, self.now);
        } else if contact.is_direct() && topic.unspoken && contact.hop == 0 {
            self.observer
                .escalation(contact, Reason::Language, self.now);
        }
        let (_, closed) = topic
            .opening()
            .filter(|(open, _)| open.at(self.now) == 0.0)?;
        Some(closed).filter(|c| *c != Closed::Queue)
    }

    /// When the patience of a contact that joins a line now ends.
    #[inline(always)]
    fn patience_of(&self, contact: &Contact) -> Micros {
        match &self.laws.topics[usize::from(contact.topic)].patience {
            None => NEVER,
            Some(law) => {
                let bits = contact
                    .key()
                    .bits(purpose::PATIENCE + STRIDE * u64::from(contact.hop));
                // Beyond the drain nobody is left to be impatient with.
                self.now + round_micros(law.sample(bits))
            }
        }
    }

    /// The contact, which was offered, finds the way closed or the line full.
    fn turn_away(&mut self, contact: &Contact) {
        self.observer.turned_away(contact, self.now);
        self.end(contact, Ending::TurnedAway, self.now);
    }

    /// A service was cut off: the contact goes back to the head of its line with its remaining work; the place.
    pub(super) fn back_to_head(
        &mut self,
        mut contact: Contact,
        q: usize,
        offered: Micros,
        work_left: f64,
    ) -> u64 {
        contact.hop = contact.hop.saturating_add(1);
        contact.flags |= PASSED_ON;
        let expires = self.patience_of(&contact);
        let w = Waiting {
            offered,
            ..Waiting::new(contact, Work::left(work_left), self.now, expires)
        };
        self.rejoin(q, w)
    }

    /// Gives the waiting contact at `place` to an agent of `step`, if one is free.
    pub(super) fn place(&mut self, q: usize, place: u64, step: usize) {
        let laws = self.laws;
        let w = *self.lines[q].at(place);
        if w.out > 0 || self.available & laws.queues[q].steps[step].pools == 0 {
            return;
        }
        let hop = STRIDE * u64::from(w.contact.hop);
        let Some(a) = self.pick(&laws.queues[q].steps[step], || {
            w.contact.key().bits(purpose::SELECT + hop)
        }) else {
            return;
        };
        if w.absent {
            return self.miss(q, place);
        }
        let p = usize::from(self.agents[a as usize].pool);
        if laws.pools[p].offers {
            self.dispatch(p);
        } else {
            self.unlist(a);
            self.take_from(q, place, a, p);
        }
    }

    /// Agent `a` of pool `p`, out of the lists and with a free slot, answers the waiting contact at `place` of line `q`.
    #[inline(never)]
    pub(super) fn take_from(&mut self, q: usize, place: u64, a: u32, p: usize) {
        self.leave(q, place);
        self.answer(a, p, q, Whence::Line(place));
    }

    /// The contact that a free agent of pool `p` takes now: best class, then the pool's rule.
    #[inline(always)]
    pub(super) fn best_for(&mut self, p: usize, law: &PoolLaw) -> Option<(usize, u64)> {
        if let ([waiting], [serves]) = (self.waiting.as_slice(), law.serves.as_slice()) {
            // A single line to look at needs no ranking.
            let left = waiting & serves & self.ripe[p];
            if left == 0 {
                return None;
            }
            if left & (left - 1) == 0 {
                let q = left.trailing_zeros() as usize;
                let (place, _) = self.first_for(q, p, law)?;
                return Some((q, place));
            }
        }
        if law.take == Take::LongestWait {
            self.best_of_several::<false>(p)
        } else {
            self.best_of_several::<true>(p)
        }
    }

    /// The contact that comes first by class, then by weight if the pool's rule gives one, then by the time of its offer.
    #[inline(never)]
    fn best_of_several<const WEIGHTED: bool>(&mut self, p: usize) -> Option<(usize, u64)> {
        let laws = self.laws;
        let law = &laws.pools[p];
        let mut best: Option<(usize, u64)> = None;
        let mut best_rank = (u8::MAX, f64::INFINITY, Micros::MAX);
        for (word, serves) in law.serves.iter().enumerate() {
            let mut left = self.waiting[word] & serves & self.ripe[p * self.waiting.len() + word];
            while left != 0 {
                let q = word * 64 + left.trailing_zeros() as usize;
                left &= left - 1;
                let class = laws.queues[q].class;
                if class > best_rank.0 {
                    continue;
                }
                let Some((place, offered)) = self.first_for(q, p, law) else {
                    continue;
                };
                let weight = if WEIGHTED {
                    self.weight(q, law, offered)
                } else {
                    0.0
                };
                let is_better = class < best_rank.0
                    || if WEIGHTED {
                        (weight, offered) < (best_rank.1, best_rank.2)
                    } else {
                        offered < best_rank.2
                    };
                if best.is_none() || is_better {
                    best = Some((q, place));
                    best_rank = (class, weight, offered);
                }
            }
        }
        best
    }

    /// What the pool's rule looks at before the time of the offer; the smaller the sooner.
    fn weight(&self, q: usize, law: &PoolLaw, offered: Micros) -> f64 {
        match law.take {
            Take::LongestWait => 0.0,
            Take::LongestRelativeWait => {
                -((self.now - offered) as f64 / self.laws.queues[q].within)
            }
            Take::Ranking => f64::from(law.rank[q]),
        }
    }

    /// The first contact of line `q` that pool `p` may take now: its place, and when it was offered.
    #[inline(always)]
    fn first_for(&mut self, q: usize, p: usize, law: &PoolLaw) -> Option<(u64, Micros)> {
        let (place, offered) = loop {
            let (place, w) = self.lines[q].first()?;
            if w.expires >= self.now {
                break (place, w.offered);
            }
            let expires = w.expires;
            self.abandon(q, place, expires);
        };
        let after = law.plain_after[q];
        if after == NEVER {
            return self.first_with_care(q, p);
        }
        // Everybody in the line waits for the same steps: the head is the first for whom this one opens.
        if self.now >= offered + after {
            Some((place, offered))
        } else {
            let word = p * self.waiting.len() + q / 64;
            self.ripe[word] &= !(1 << (q % 64));
            None
        }
    }

    /// As [`Self::first_for`], where not every contact of the line, or not every agent of the pool, is like the first.
    #[inline(never)]
    fn first_with_care(&mut self, q: usize, p: usize) -> Option<(u64, Micros)> {
        let law = &self.laws.queues[q];
        if law.has_offers || law.repeats_pools {
            let place = self.first_of_several(q, p)?;
            return Some((place, self.lines[q].at(place).offered));
        }
        let step = &law.steps[usize::from(law.step_of[p])];
        if !self.may_take(step, p) {
            return None;
        }
        let (place, w) = self.lines[q].first()?;
        if self.now < w.offered + step.after {
            return None;
        }
        if w.absent {
            self.miss(q, place);
            return self.first_for(q, p, &self.laws.pools[p]);
        }
        Some((place, w.offered))
    }

    /// Whether pool `p` has more agents idle than the step reserves.
    fn may_take(&self, step: &StepLaw, p: usize) -> bool {
        step.reserve[p] == 0 || self.pools[p].idle > step.reserve[p]
    }

    /// Whether step `s` is open for a waiting contact: by time, or because the steps before it are exhausted.
    fn is_open(&self, w: &Waiting, s: usize, after: Micros) -> bool {
        s < usize::from(w.step)
            || (s == usize::from(w.step) && s > 0)
            || self.now >= w.offered + after
    }

    /// As [`Self::first_for`], in a line some of whose contacts are on offer or have used up their offers, or with a pool in
    /// more than one step.
    fn first_of_several(&mut self, q: usize, p: usize) -> Option<u64> {
        for place in self.lines[q].places() {
            let w = self.lines[q].at(place);
            if !w.live {
                continue;
            }
            if w.expires < self.now {
                let expires = w.expires;
                self.abandon(q, place, expires);
            } else if self.may_have(q, w, p) {
                if !w.absent {
                    return Some(place);
                }
                self.miss(q, place);
            }
        }
        None
    }

    /// Whether pool `p` may take the contact that waits in line `q`, or be offered it.
    #[inline]
    fn may_have(&self, q: usize, w: &Waiting, p: usize) -> bool {
        let law = &self.laws.queues[q];
        let gig = self.laws.pools[p].gig.as_ref().filter(|g| g.offers);
        let may_at = |s: usize, step: &StepLaw| {
            let free = match gig {
                None => w.out == 0,
                Some(g) => {
                    w.out < g.broadcast && usize::from(w.step) <= s && w.offers < g.max_offers
                }
            };
            free && self.is_open(w, s, step.after) && self.may_take(step, p)
        };
        if law.repeats_pools {
            let mut steps = law.steps.iter().enumerate();
            steps.any(|(s, step)| step.pools >> p & 1 != 0 && may_at(s, step))
        } else {
            let s = usize::from(law.step_of[p]);
            may_at(s, &law.steps[s])
        }
    }

    /// Tries every open step of the route for the contact of `case` at `place`, in the order of the route.
    pub(super) fn try_steps(&mut self, q: usize, place: u64, case: Key) {
        for (s, step) in self.laws.queues[q].steps.iter().enumerate() {
            if !self.lines[q].live_at(place) {
                return;
            }
            let w = *self.lines[q].at(place);
            // A place may have been taken by somebody else in between.
            if w.contact.case != case || w.out > 0 {
                return;
            }
            if self.is_open(&w, s, step.after) {
                self.place(q, place, s);
            }
        }
    }

    /// Gives waiting contacts to the free agents of pool `p` until there is none of either.
    pub(super) fn fill(&mut self, p: usize) {
        if self.laws.pools[p].offers {
            return self.dispatch(p);
        }
        while self.available >> p & 1 != 0 {
            let Some((q, place)) = self.best_for(p, &self.laws.pools[p]) else {
                return;
            };
            let w = *self.lines[q].at(place);
            let step = usize::from(self.laws.queues[q].step_of[p]);
            let hop = STRIDE * u64::from(w.contact.hop);
            let a = self.pick_in(p, &self.laws.queues[q].steps[step], || {
                w.contact.key().bits(purpose::SELECT + hop)
            });
            self.unlist(a);
            self.take_from(q, place, a, p);
        }
    }
}
