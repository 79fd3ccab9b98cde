//! The observer: which event adds to which sum.

use super::collector::{Collector, visit};
use super::ends::Kind;
use super::sums::Add;
use crate::engine::{
    Bookings, Cases, Contact, Handler, Observer, Paid, People, Reason, Service, Verdict, Wait,
};
use crate::model::{Ending, PoolKind};
use crate::time::Micros;

/// 1 for a contact that counts, 0 for one that does not.
#[inline(always)]
fn counted(contact: &Contact) -> u64 {
    u64::from(contact.is_counted())
}

impl Observer for Collector<'_> {
    fn listens_in_any_order(&self) -> bool {
        true
    }

    fn takes_together(&mut self, from: Micros, to: Micros) -> Option<Micros> {
        let counted = from >= self.counted.0 && self.cells.place(from).holds(from, to);
        counted.then_some(self.counted.1)
    }

    fn cases(&mut self, topic: usize, from: Micros, cases: &Cases) {
        let sums = &mut self.customers[self.first + topic];
        sums.ai_time += cases.time;
        sums.ai_time_within += cases.time;
        let escalated = cases.escalated.iter().sum::<u64>();
        if escalated > 0 {
            sums.escalated.add(&cases.escalated);
            sums.ai_escalated += escalated;
        }
        let cell = self.cell(topic, from);
        cell.contacts += cases.begun;
        cell.cases += cases.begun;
        cell.ai_contacts += cases.sessions;
    }

    #[inline(always)]
    fn contact(&mut self, contact: &Contact, at: Micros) {
        if contact.is_counted() {
            let cell = self.cell(usize::from(contact.topic), at);
            cell.contacts += 1;
            cell.cases += u32::from(contact.number == 1);
        }
    }

    #[inline(always)]
    fn assistant(&mut self, contact: &Contact, from: Micros, to: Micros) {
        let topic = usize::from(contact.topic);
        self.divide(from, to, move |c, period, span| {
            let topics = c.limits.len();
            c.customers[period * topics + topic].ai_time_within += span;
        });
        if contact.is_counted() {
            self.customers(contact, contact.start).ai_time += to - from;
            // A contact that comes back to the assistant is met once.
            if !contact.via_assistant() {
                self.cell(topic, contact.start).ai_contacts += 1;
            }
        }
    }

    fn assistant_missed(&mut self, contact: &Contact, _: Micros) {
        self.customers(contact, contact.start).ai_missed += counted(contact);
    }

    #[inline(always)]
    fn escalation(&mut self, contact: &Contact, reason: Reason, _: Micros) {
        if contact.is_counted() {
            let sums = self.customers(contact, contact.start);
            sums.escalated[reason as usize] += 1;
            sums.ai_escalated += u64::from(contact.via_assistant() && !contact.was_escalated());
        }
    }

    #[inline(always)]
    fn offered(&mut self, contact: &Contact, at: Micros, delayed: bool) {
        if contact.is_counted() {
            let at = self.cohort(contact, at);
            let cell = self.cell(usize::from(contact.topic), at);
            cell.offered += 1;
            cell.delayed += u32::from(delayed);
        }
    }

    #[inline(always)]
    fn answered(&mut self, contact: &Contact, pool: usize, wait: Wait, first: bool) {
        let topic = usize::from(contact.topic);
        let length = wait.length();
        let at = self.cohort(contact, wait.offered);
        let place = self.cells.place(at);
        let here = place.holds(wait.joined, wait.left);
        if !here || !first || !contact.is_counted() {
            // Rare: the wait is told to the cells it touches, one by one.
            self.cells.wait(topic, wait.joined, wait.left);
            if !contact.is_counted() {
                return;
            }
            if !first {
                return self.wait_again(contact, wait);
            }
        }
        let within = length <= self.limits[topic].0;
        self.record_wait(topic, length);
        let sums = &mut self.answers[(place.sums + topic) * self.concurrency.len() + pool];
        sums.answered += 1;
        sums.answered_within += u64::from(within);
        sums.wait_answered += length;
        if !contact.met_person() {
            sums.met_person += 1;
            sums.time_to_human += wait.left - contact.case_start;
        }
        let cell = self.cells.topic(place, topic);
        cell.queue_time += if here { length } else { 0 };
        cell.answered += 1;
        cell.answered_within += u32::from(within);
        cell.wait += length;
        self.cells.pool(place, pool).answered += 1;
    }

    #[inline(always)]
    fn answered_at_once(&mut self, contact: &Contact, pool: usize, at: Micros) {
        if !contact.is_counted() {
            return;
        }
        let topic = usize::from(contact.topic);
        self.waits[topic].record_zero();
        let place = self.cells.place(self.cohort(contact, at));
        let sums = &mut self.answers[(place.sums + topic) * self.concurrency.len() + pool];
        sums.answered += 1;
        sums.answered_within += 1;
        if !contact.met_person() {
            sums.met_person += 1;
            sums.time_to_human += at - contact.case_start;
        }
        let cell = self.cells.topic(place, topic);
        cell.offered += 1;
        cell.answered += 1;
        cell.answered_within += 1;
        self.cells.pool(place, pool).answered += 1;
    }

    #[inline(always)]
    fn abandoned(&mut self, contact: &Contact, wait: Wait) {
        let topic = usize::from(contact.topic);
        let length = wait.length();
        self.cells.wait(topic, wait.joined, wait.left);
        if !contact.is_counted() {
            return;
        }
        self.cell(topic, wait.left).abandoned_now += 1;
        // A visit that was cut off has been answered, and counts as that.
        if wait.was_cut_off() {
            return self.wait_again(contact, wait);
        }
        self.record_wait(topic, length);
        let (within, short) = self.limits[topic];
        let sums = self.customers(contact, wait.offered);
        sums.short_abandoned += u64::from(length <= short);
        sums.wait_abandoned += length;
        let at = self.cohort(contact, wait.offered);
        let cell = self.cell(topic, at);
        cell.abandoned += 1;
        cell.abandoned_within += u32::from(length <= within);
        cell.wait += length;
    }

    fn turned_away(&mut self, contact: &Contact, at: Micros) {
        let at = self.cohort(contact, at);
        self.cell(usize::from(contact.topic), at).turned_away += counted(contact) as u32;
    }

    fn unserved(&mut self, contact: &Contact, wait: Wait) {
        let topic = usize::from(contact.topic);
        self.cells.wait(topic, wait.joined, wait.left);
        if !contact.is_counted() {
            return;
        }
        if wait.was_cut_off() {
            return self.wait_again(contact, wait);
        }
        let at = self.cohort(contact, wait.offered);
        let cell = self.cell(topic, at);
        cell.unserved += 1;
        cell.wait += wait.length();
        self.record_wait(topic, wait.length());
    }

    #[inline(always)]
    fn served(&mut self, contact: &Contact, pool: usize, service: Service) {
        if let Some(sums) = self.service(contact, pool, service) {
            sums.served += 1;
        }
    }

    #[inline(always)]
    fn served_at_once(&mut self, contact: &Contact, pool: usize, service: Service, resolved: bool) {
        if let Some(sums) = self.service(contact, pool, service) {
            sums.served += 1;
            sums.resolved += u64::from(resolved);
        }
    }

    fn cut_off(&mut self, contact: &Contact, pool: usize, service: Service) {
        let Some(sums) = self.service(contact, pool, service) else {
            return;
        };
        sums.cut_off += 1;
        // The wait so far is recorded, and is not the whole wait of the visit.
        let first_wait = service.from - service.offered;
        self.record_pending();
        let waited = self.cut_off.entry(visit(contact, service.offered));
        self.waits[usize::from(contact.topic)].forget(*waited.or_insert(first_wait));
    }

    #[inline(always)]
    fn resolved(&mut self, contact: &Contact, pool: usize, offered: Micros) {
        self.answers(contact, pool, offered).resolved += counted(contact);
    }

    fn transferred(&mut self, contact: &Contact, pool: usize, offered: Micros, _: Micros) {
        self.answers(contact, pool, offered).transferred += counted(contact);
    }

    fn callback(&mut self, contact: &Contact, offered: Micros) {
        self.customers(contact, offered).callbacks += counted(contact);
    }

    fn not_reached(&mut self, contact: &Contact, offered: Micros) {
        self.customers(contact, offered).callbacks_missed += counted(contact);
    }

    #[inline(always)]
    fn ended(
        &mut self,
        contact: &Contact,
        ending: Ending,
        at: Micros,
        back_after: Option<Micros>,
        saved_work: f64,
    ) {
        let kind = Kind::of(contact, ending, back_after, self.fcr_window);
        if contact.case_start.wrapping_sub(self.counted.0) < self.window.1 - self.counted.0 {
            let place = usize::from(contact.topic) * Kind::COUNT + kind.0;
            self.ends[place].record(contact, at, saved_work);
        } else if contact.is_counted() {
            self.ended_before(contact, kind, at, saved_work);
        }
    }

    fn judged(&mut self, contact: &Contact, ending: Ending, verdict: Verdict) {
        if contact.case_start < self.window.0 {
            return;
        }
        let contacts = u64::from(contact.number);
        let sums = self.customers(contact, contact.case_start);
        sums.contacts_judged += contacts;
        sums.contacts_satisfied += contacts * u64::from(verdict.satisfied);
        sums.verdicts_by_ending[ending as usize].record(verdict);
        match contact.handler() {
            Handler::Pool(pool) => {
                let answers = self.answers(contact, pool, contact.case_start);
                answers.verdicts.record(verdict);
            }
            Handler::Assistant => sums.verdicts_ai.record(verdict),
            Handler::Nobody => sums.verdicts_nobody.record(verdict),
        }
    }

    fn pending(&mut self, contact: &Contact) {
        if contact.case_start >= self.window.0 {
            self.customers(contact, contact.case_start).pending += 1;
        }
    }

    fn people(&mut self, group: usize, people: People) {
        self.groups[self.now][group] = people;
    }

    fn period(&mut self) {
        self.add_ends();
        self.open(self.now + 1);
    }

    #[inline(always)]
    fn busy(&mut self, pool: usize, from: Micros, to: Micros) {
        self.cells.spread(from, to, move |cells, place, span| {
            cells.pool(place, pool).busy += span
        });
    }

    fn on_duty(&mut self, pool: usize, from: Micros, to: Micros, agents: u32) {
        let slots = self.concurrency[pool] * u64::from(agents);
        self.agent_time(pool, from, to, |a, span| a.slot_duty += span * slots);
        self.cells.spread(from, to, move |cells, place, span| {
            cells.pool(place, pool).duty += span * u64::from(agents)
        });
    }

    fn finishing(&mut self, pool: usize, from: Micros, to: Micros, agents: u32) {
        self.cells.spread(from, to, move |cells, place, span| {
            cells.pool(place, pool).finishing += span * u64::from(agents)
        });
    }

    fn shifts(&mut self, pool: usize, from: Micros, to: Micros, paid: u32, overtime: u32) {
        self.agent_time(pool, from, to, |a, span| {
            a.paid += span * u64::from(paid);
            a.overtime += span * u64::from(overtime);
        });
    }

    fn adherence(&mut self, pool: usize, from: Micros, to: Micros, scheduled: u32, there: u32) {
        self.agent_time(pool, from, to, |a, span| {
            a.scheduled += span * u64::from(scheduled);
            a.adherent += span * u64::from(there);
        });
    }

    #[inline]
    fn offer(&mut self, pool: usize, contact: &Contact, queued: Micros) {
        self.offers(contact, pool, queued).offers += counted(contact);
    }

    #[inline]
    fn offer_ended(&mut self, pool: usize, contact: &Contact, queued: Micros, accepted: bool) {
        let accepted = u64::from(accepted) * counted(contact);
        self.offers(contact, pool, queued).accepted += accepted;
    }

    fn paid(&mut self, pool: usize, member: u32, paid: Paid) {
        let sums = self.agents(pool);
        sums.earned += paid.amount;
        sums.earned_extra += paid.surge + paid.top_up;
        sums.earned_time += paid.online;
        sums.unpaid_time += paid.unpaid;
        self.earners.add(pool, member, paid);
    }

    fn bookings(&mut self, pool: usize, at: Micros, bookings: Bookings) {
        if at >= self.window.0 && at < self.window.1 {
            let sums = self.agents(pool);
            sums.slots_opened += u64::from(bookings.opened);
            sums.slots_booked += u64::from(bookings.booked);
            sums.slots_released += u64::from(bookings.released);
            sums.slots_taken_again += u64::from(bookings.taken_again);
            sums.no_shows += u64::from(bookings.no_shows);
        }
    }

    fn committed(&mut self, pool: usize, from: Micros, to: Micros, committed: u32, working: u32) {
        self.agent_time(pool, from, to, |a, span| {
            a.committed_time += span * u64::from(committed);
            a.worked_time += span * u64::from(working);
        });
    }

    fn rated(
        &mut self,
        pool: usize,
        contact: &Contact,
        offered: Micros,
        of: (usize, u8),
        resolved: bool,
    ) {
        if !contact.is_counted() {
            return;
        }
        if self.model.pools[pool].has_tiers() {
            let (sums, place) = (self.offers(contact, pool, offered), usize::from(of.1 > 1));
            sums.rated[place] += 1;
            sums.rated_resolved[place] += u64::from(resolved);
        }
        let period = self.period_of(contact, offered);
        self.tiers[period].record(pool, of, resolved);
    }

    fn members(&mut self, pool: usize, from: Micros, to: Micros, members: u32) {
        self.agent_time(pool, from, to, |a, span| {
            a.member_time += span * u64::from(members)
        });
    }

    fn member_joined(&mut self, pool: usize, at: Micros) {
        if at >= self.window.0 {
            self.agents(pool).members_joined += 1;
        }
    }

    fn members_left(&mut self, pool: usize, at: Micros, members: u32) {
        if at > self.window.0 {
            self.agents(pool).members_left += u64::from(members);
        }
    }

    fn log_on(&mut self, pool: usize, at: Micros) {
        if at >= self.window.0 && at < self.window.1 && self.model.pools[pool].kind == PoolKind::Gig
        {
            self.agents(pool).log_ons += 1;
        }
    }
}
