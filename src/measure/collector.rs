//! The observer that counts.

use super::book::{Book, Counters};
use super::cells::{Cells, TopicCell};
use super::earners::Earners;
use super::ledger::Ledger;
use super::sums::{AnswerSums, Sums};
use super::tiers::Tiers;
use crate::engine::{
    Account, Bookings, Contact, Handler, Laws, Observer, Paid, People, Reason, Service, Verdict,
    Wait, simulate,
};
use crate::model::{Ending, Model, Period, PoolKind};
use crate::slots::Slots;
use crate::time::Micros;

/// Counts what the engine tells.
///
/// What the cells have anyway is not counted a second time: [`Self::finish`] adds it up. What is told once counts in the period
/// in which it is told, and so in the one of the step of the demand grid; what the cells have, in the one of its interval.
struct Collector<'m> {
    model: &'m Model,
    books: Slots<Book>,
    matrix: Slots<AnswerSums>,
    pools: Slots<Sums>,
    /// People by group in the period.
    groups: Vec<People>,
    tiers: Tiers,
    /// The periods, and what was counted in those that are over.
    spans: Vec<Period>,
    periods: Vec<Ledger>,
    /// Contacts at once of an agent by pool, in the period.
    concurrency: Vec<u64>,
    cells: Cells,
    earners: Earners,
    window: (Micros, Micros),
    fcr_window: Micros,
}

/// Simulates one replication and counts; see [`simulate`].
///
/// Only here does the counter meet an engine, and both have one model: its tables are as long as the engine's.
pub fn count(
    laws: &Laws<'_>,
    seed: u64,
    replication: u64,
    stop: &dyn Fn() -> bool,
) -> (Account, Counters) {
    let mut collector = Collector::new(laws.model());
    let account = simulate(laws, seed, replication, &mut collector, stop);
    (account, collector.finish())
}

impl<'m> Collector<'m> {
    fn new(model: &'m Model) -> Self {
        let (topics, pools) = (model.topics.len(), model.pools.len());
        let mut by_pool = Slots::from(vec![Sums::default(); pools]);
        for (sums, pool) in by_pool.iter_mut().zip(&model.pools) {
            sums.has_gig = pool.kind == PoolKind::Gig;
            sums.members = u64::from(pool.steady_members());
        }
        Self {
            model,
            books: model.topics.iter().map(Book::new).collect(),
            matrix: vec![AnswerSums::default(); topics * pools].into(),
            pools: by_pool,
            groups: vec![People::default(); model.groups.len()],
            tiers: Tiers::new(model),
            spans: model.periods(),
            periods: Vec::new(),
            concurrency: model
                .pools
                .iter()
                .map(|p| u64::from(p.concurrency))
                .collect(),
            cells: Cells::new(model),
            earners: Earners::new(pools),
            window: (model.warmup, model.horizon),
            fcr_window: model.fcr_window,
        }
    }

    /// The counts.
    fn finish(mut self) -> Counters {
        self.close_period();
        let mut periods = self.periods;
        self.cells.add_to_periods(&self.spans, &mut periods);
        let mut total = periods[0].clone();
        periods[1..].iter().for_each(|period| total.add(period));
        // Months that lie in the warm-up do not count, as they are not told.
        let months = self.model.months();
        let in_warmup = |p: &Period| months[p.month].end <= self.model.warmup;
        let first = self.spans.partition_point(in_warmup);
        total.forget_people(&periods[first..]);
        Counters {
            total,
            periods,
            waits: Vec::from(self.books).into_iter().map(|b| b.waits).collect(),
            cells: self.cells,
            earners: self.earners,
        }
    }

    /// Puts the books of the period away and opens new ones.
    fn close_period(&mut self) {
        let new = |sums: &mut Sums| {
            let next = Sums {
                members: sums.members,
                has_gig: sums.has_gig,
                ..Sums::default()
            };
            std::mem::replace(sums, next)
        };
        self.periods.push(Ledger {
            topics: self.books.iter_mut().map(|b| new(&mut b.sums)).collect(),
            matrix: self.matrix.iter_mut().map(std::mem::take).collect(),
            pools: self.pools.iter_mut().map(|s| new(s).of_members()).collect(),
            groups: self.groups.clone(),
            tiers: self.tiers.take(),
        });
    }

    /// Length of the part of a span that lies between warm-up and horizon.
    #[inline(always)]
    fn clip(&self, from: Micros, to: Micros) -> Micros {
        to.min(self.window.1)
            .saturating_sub(from.max(self.window.0))
    }

    /// Adds a wait to the queue-length integral, in total and by interval.
    #[inline(always)]
    fn queue_span(&mut self, topic: usize, from: Micros, to: Micros) {
        if to <= from {
            return;
        }
        self.books[topic].sums.queue_time += self.clip(from, to);
        self.cells.spread(from, to, |cells, place, span| {
            cells.topic(place, topic).queue_time += span
        });
    }

    #[inline(always)]
    fn cell(&mut self, topic: usize, t: Micros) -> &mut TopicCell {
        let place = self.cells.place(t);
        self.cells.topic(place, topic)
    }

    #[inline(always)]
    fn answers(&mut self, contact: &Contact, pool: usize) -> &mut AnswerSums {
        &mut self.matrix[usize::from(contact.topic) * self.pools.len() + pool]
    }
}

impl Observer for Collector<'_> {
    #[inline(always)]
    fn contact(&mut self, contact: &Contact, at: Micros) {
        if contact.is_counted() {
            let topic = usize::from(contact.topic);
            if contact.number == 1 {
                self.books[topic].sums.cases += 1;
            }
            self.cell(topic, at).contacts += 1;
        }
    }

    #[inline(always)]
    fn assistant(&mut self, contact: &Contact, from: Micros, to: Micros) {
        let within = self.clip(from, to);
        let topic = usize::from(contact.topic);
        let sums = &mut self.books[topic].sums;
        sums.ai_time_within += within;
        if contact.is_counted() {
            sums.ai_sessions += 1;
            sums.ai_time += to - from;
            // A contact that comes back to the assistant is met once.
            if !contact.via_assistant() {
                self.cell(topic, contact.start).ai_contacts += 1;
            }
        }
    }

    fn assistant_missed(&mut self, contact: &Contact, _: Micros) {
        if contact.is_counted() {
            self.books[usize::from(contact.topic)].sums.ai_missed += 1;
        }
    }

    #[inline(always)]
    fn escalation(&mut self, contact: &Contact, reason: Reason, _: Micros) {
        if contact.is_counted() {
            let sums = &mut self.books[usize::from(contact.topic)].sums;
            sums.escalated[reason as usize] += 1;
            sums.ai_escalated += u64::from(contact.via_assistant() && !contact.was_escalated());
        }
    }

    #[inline(always)]
    fn offered(&mut self, contact: &Contact, at: Micros, delayed: bool) {
        if contact.is_counted() {
            let cell = self.cell(usize::from(contact.topic), at);
            cell.offered += 1;
            cell.delayed += u32::from(delayed);
        }
    }

    #[inline(always)]
    fn answered(
        &mut self,
        contact: &Contact,
        pool: usize,
        wait: Wait,
        first: bool,
        expected_work: f64,
    ) {
        let topic = usize::from(contact.topic);
        let length = wait.length();
        let place = self.cells.place(wait.offered);
        let here = place.holds(wait.joined, wait.left);
        if !here || !first || !contact.is_counted() {
            // Rare: the wait is told to the cells it touches, one by one.
            self.queue_span(topic, wait.joined, wait.left);
            if !contact.is_counted() {
                return;
            }
            if !first {
                self.books[topic].sums.wait += length;
                return;
            }
        }
        let here = if here { length } else { 0 };
        let clipped = if here > 0 {
            self.clip(wait.joined, wait.left)
        } else {
            0
        };
        let book = &mut self.books[topic];
        book.sums.queue_time += clipped;
        book.waits.record(length);
        let within = length <= book.within;
        let sums = self.answers(contact, pool);
        sums.answered += 1;
        sums.answered_within += u64::from(within);
        sums.wait_answered += length;
        sums.expected_work += expected_work;
        if !contact.met_person() {
            sums.met_person += 1;
            sums.time_to_human += wait.left - contact.case_start;
        }
        let cell = self.cells.topic(place, topic);
        cell.queue_time += here;
        cell.answered += 1;
        cell.answered_within += u32::from(within);
        cell.wait += length;
        self.cells.pool(place, pool).answered += 1;
    }

    #[inline(always)]
    fn abandoned(&mut self, contact: &Contact, wait: Wait) {
        let topic = usize::from(contact.topic);
        let length = wait.length();
        self.queue_span(topic, wait.joined, wait.left);
        if !contact.is_counted() {
            return;
        }
        let book = &mut self.books[topic];
        book.waits.record(length);
        // A visit that was cut off has been answered, and counts as that in the service level.
        let within = length <= book.within && !wait.was_cut_off();
        book.sums.short_abandoned += u64::from(length <= book.short);
        book.sums.wait_abandoned += length;
        let cell = self.cell(topic, wait.offered);
        cell.abandoned += 1;
        cell.abandoned_within += u32::from(within);
        cell.wait += length;
        if wait.left < self.window.1 {
            self.cell(topic, wait.left).abandoned_now += 1;
        }
    }

    fn turned_away(&mut self, contact: &Contact, at: Micros, wait: Option<Wait>) {
        let topic = usize::from(contact.topic);
        if let Some(wait) = wait {
            self.queue_span(topic, wait.joined, wait.left);
        }
        if contact.is_counted() && !wait.is_some_and(|w| w.was_cut_off()) {
            self.cell(topic, wait.map_or(at, |w| w.offered)).turned_away += 1;
        }
    }

    #[inline(always)]
    fn served(&mut self, contact: &Contact, pool: usize, service: Service) {
        self.pools[pool].slot_time += self.clip(service.from, service.to);
        if contact.is_counted() {
            let sums = self.answers(contact, pool);
            sums.served += 1;
            sums.handle += service.handle * 1e-6;
            sums.session += service.talk_end - service.from;
        }
    }

    #[inline(always)]
    fn resolved(&mut self, contact: &Contact, pool: usize) {
        if contact.is_counted() {
            self.answers(contact, pool).resolved += 1;
        }
    }

    fn callback(&mut self, contact: &Contact) {
        if contact.is_counted() {
            self.books[usize::from(contact.topic)].sums.callbacks += 1;
        }
    }

    fn not_reached(&mut self, contact: &Contact) {
        if contact.is_counted() {
            let sums = &mut self.books[usize::from(contact.topic)].sums;
            sums.callbacks_missed += 1;
        }
    }

    fn cut_off(&mut self, contact: &Contact, pool: usize, service: Service) {
        self.pools[pool].slot_time += self.clip(service.from, service.to);
        if contact.is_counted() {
            let sums = self.answers(contact, pool);
            sums.cut_off += 1;
            sums.handle += service.handle * 1e-6;
            sums.session += service.talk_end - service.from;
        }
    }

    fn transferred(&mut self, contact: &Contact, pool: usize, _: Micros) {
        if contact.is_counted() {
            self.answers(contact, pool).transferred += 1;
        }
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
        if !contact.is_counted() {
            return;
        }
        let window = self.fcr_window;
        let sums = &mut self.books[usize::from(contact.topic)].sums;
        sums.record_end(contact, ending, at, (back_after, window), saved_work);
    }

    fn judged(&mut self, contact: &Contact, ending: Ending, verdict: Verdict) {
        if !contact.is_counted() {
            return;
        }
        let sums = &mut self.books[usize::from(contact.topic)].sums;
        let contacts = u64::from(contact.number);
        sums.contacts_judged += contacts;
        sums.contacts_satisfied += contacts * u64::from(verdict.satisfied);
        sums.verdicts_by_ending[ending as usize].record(verdict);
        match contact.handler() {
            Handler::Pool(pool) => self.answers(contact, pool).verdicts.record(verdict),
            Handler::Assistant => sums.verdicts[Sums::ASSISTANT].record(verdict),
            Handler::Nobody => sums.verdicts[Sums::NOBODY].record(verdict),
        }
    }

    fn people(&mut self, group: usize, people: People) {
        self.groups[group] = people;
    }

    fn period(&mut self) {
        self.close_period();
        let epoch = self.spans[self.periods.len()].epoch;
        let pools = &self.model.epoch(epoch).pools;
        self.concurrency = pools.iter().map(|p| u64::from(p.concurrency)).collect();
    }

    fn pending(&mut self, contact: &Contact) {
        if contact.is_counted() {
            self.books[usize::from(contact.topic)].sums.pending += 1;
        }
    }

    #[inline(always)]
    fn busy(&mut self, pool: usize, from: Micros, to: Micros) {
        self.pools[pool].busy += self.clip(from, to);
        self.cells.spread(from, to, |cells, place, span| {
            cells.pool(place, pool).busy += span
        });
    }

    fn on_duty(&mut self, pool: usize, from: Micros, to: Micros, agents: u32) {
        let time = self.clip(from, to) * u64::from(agents);
        let sums = &mut self.pools[pool];
        sums.duty += time;
        sums.slot_duty += time * self.concurrency[pool];
        self.cells.spread(from, to, |cells, place, span| {
            cells.pool(place, pool).duty += span * u64::from(agents)
        });
    }

    fn finishing(&mut self, pool: usize, from: Micros, to: Micros, agents: u32) {
        let agents = u64::from(agents);
        self.pools[pool].finishing += self.clip(from, to) * agents;
        self.cells.spread(from, to, |cells, place, span| {
            cells.pool(place, pool).finishing += span * agents
        });
    }

    fn shifts(&mut self, pool: usize, from: Micros, to: Micros, paid: u32, overtime: u32) {
        let time = self.clip(from, to);
        let sums = &mut self.pools[pool];
        sums.paid += time * u64::from(paid);
        sums.overtime += time * u64::from(overtime);
    }

    fn adherence(&mut self, pool: usize, from: Micros, to: Micros, scheduled: u32, there: u32) {
        let time = self.clip(from, to);
        let sums = &mut self.pools[pool];
        sums.scheduled += time * u64::from(scheduled);
        sums.adherent += time * u64::from(there);
    }

    fn offer(&mut self, pool: usize, contact: &Contact) {
        if contact.is_counted() {
            self.pools[pool].offers += 1;
        }
    }

    fn offer_ended(&mut self, pool: usize, contact: &Contact, accepted: Option<bool>) {
        if contact.is_counted() {
            let sums = &mut self.pools[pool];
            sums.accepted += u64::from(accepted == Some(true));
            sums.refused += u64::from(accepted == Some(false));
        }
    }

    fn paid(&mut self, pool: usize, member: u32, paid: Paid) {
        self.pools[pool].record_pay(&paid);
        self.earners.add(pool, member, paid);
    }

    fn bookings(&mut self, pool: usize, at: Micros, bookings: Bookings) {
        let counts = self.clip(at, at + 1) > 0;
        self.pools[pool].record_bookings(&bookings, counts);
    }

    fn committed(&mut self, pool: usize, from: Micros, to: Micros, committed: u32, working: u32) {
        let time = self.clip(from, to);
        self.pools[pool].record_commitment(time, committed, working);
    }

    fn rated(&mut self, pool: usize, contact: &Contact, of: (usize, u8), resolved: bool) {
        if !contact.is_counted() {
            return;
        }
        if self.model.pools[pool].has_tiers() {
            self.pools[pool].record_rated(of.1, resolved);
        }
        self.tiers.record(pool, of, resolved);
    }

    fn members(&mut self, pool: usize, from: Micros, to: Micros, members: u32) {
        self.pools[pool].member_time += self.clip(from, to) * u64::from(members);
    }

    fn member_joined(&mut self, pool: usize, at: Micros) {
        self.pools[pool].members_joined += u64::from(at >= self.window.0);
    }

    fn members_left(&mut self, pool: usize, at: Micros, members: u32) {
        if at > self.window.0 {
            self.pools[pool].members_left += u64::from(members);
        }
    }

    fn log_on(&mut self, pool: usize, at: Micros) {
        if at >= self.window.0 && at < self.window.1 {
            self.pools[pool].log_ons += 1;
        }
    }
}
