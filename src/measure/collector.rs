//! The observer that counts.
//!
//! Every sum counts in the period that its cohort says, see [`super::sums`]: what is told of a contact is added to the period of an earlier
//! moment, and a span of time is divided among the periods that it touches. Nearly always that is the present period, which is tried
//! first.

use super::cells::{Cells, TopicCell};
use super::earners::Earners;
use super::ledger::{Counters, Ledger};
use super::sums::{Agents, Answers, Customers};
use super::tiers::Tiers;
use crate::engine::{
    Account, Bookings, Contact, Handler, Laws, Observer, Paid, People, Reason, Service, Verdict,
    Wait, simulate,
};
use crate::model::{Ending, Model, Period, PoolKind};
use crate::slots::Slots;
use crate::stats::Histogram;
use crate::time::Micros;
use std::collections::BTreeMap;

/// Counts what the engine tells.
struct Collector<'m> {
    model: &'m Model,
    /// By contact type: T of the target, and the longest wait of a short abandonment.
    limits: Slots<(Micros, Micros)>,
    waits: Slots<Histogram>,
    /// By period and contact type, and so on; one more period is the time after the horizon.
    customers: Slots<Customers>,
    answers: Slots<Answers>,
    agents: Slots<Agents>,
    groups: Vec<Vec<People>>,
    tiers: Vec<Tiers>,
    periods: Vec<Period>,
    /// The present period: its number, its begin, the time from there to the horizon, and the counted time in it.
    now: usize,
    start: Micros,
    to_horizon: Micros,
    counted: (Micros, Micros),
    /// Contacts at once of an agent by pool, in the present period.
    concurrency: Vec<u64>,
    cells: Cells,
    earners: Earners,
    /// Visits that were cut off: how long they have waited in all.
    cut_off: BTreeMap<VisitId, Micros>,
    window: (Micros, Micros),
    fcr_window: Micros,
}

/// The case of a contact, its number, and when the visit began.
type VisitId = (u64, u16, Micros);

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
    let drain = account.end.saturating_sub(laws.model().horizon);
    (account, collector.finish(drain))
}

impl<'m> Collector<'m> {
    fn new(model: &'m Model) -> Self {
        let (topics, pools) = (model.topics.len(), model.pools.len());
        let periods = model.periods();
        let times = periods.len() + 1;
        let mut collector = Self {
            model,
            limits: model
                .topics
                .iter()
                .map(|t| (t.target.within, t.short_abandon))
                .collect(),
            waits: (0..topics).map(|_| Histogram::new()).collect(),
            customers: vec![Customers::default(); times * topics].into(),
            answers: vec![Answers::default(); times * topics * pools].into(),
            agents: vec![Agents::default(); times * pools].into(),
            groups: vec![vec![People::default(); model.groups.len()]; times],
            tiers: (0..times).map(|_| Tiers::new(model)).collect(),
            cells: Cells::new(model, &periods),
            periods,
            now: 0,
            start: 0,
            to_horizon: 0,
            counted: (0, 0),
            concurrency: Vec::new(),
            earners: Earners::new(pools),
            cut_off: BTreeMap::new(),
            window: (model.warmup, model.horizon),
            fcr_window: model.fcr_window,
        };
        collector.open(0);
        collector
    }

    /// The period with this number is the present one.
    fn open(&mut self, number: usize) {
        let Period { span, epoch, .. } = self.periods[number];
        self.now = number;
        self.start = span.start;
        self.to_horizon = self.window.1 - span.start;
        self.counted = (span.start.max(self.window.0), span.end);
        let pools = &self.model.epoch(epoch).pools;
        self.concurrency = pools.iter().map(|p| u64::from(p.concurrency)).collect();
    }

    /// The counts.
    fn finish(mut self, drain: Micros) -> Counters {
        self.add_cells();
        self.value_saved_work();
        let (topics, pools) = (self.model.topics.len(), self.model.pools.len());
        let (groups, tiers) = (
            std::mem::take(&mut self.groups),
            std::mem::take(&mut self.tiers),
        );
        let ledgers = groups.into_iter().zip(tiers).enumerate();
        let mut periods: Vec<Ledger> = ledgers
            .map(|(i, (groups, tiers))| Ledger {
                topics: self.customers[i * topics..(i + 1) * topics].to_vec(),
                matrix: self.answers[i * topics * pools..(i + 1) * topics * pools].to_vec(),
                pools: self.agents[i * pools..(i + 1) * pools].to_vec(),
                groups,
                tiers: tiers.talks,
            })
            .collect();
        let after = periods
            .pop()
            .expect("there is one for the time after the horizon");
        let mut total = periods[0].clone();
        periods[1..].iter().for_each(|period| total.add(period));
        // Months that lie in the warm-up do not count, as they are not told.
        let months = self.model.months();
        let in_warmup = |p: &Period| months[p.month].end <= self.model.warmup;
        let first = self.periods.partition_point(in_warmup);
        total.forget_people(&periods[first..]);
        Counters {
            total,
            periods,
            after,
            drain,
            waits: self.waits.into(),
            cells: self.cells,
            earners: self.earners,
        }
    }

    /// What is counted by cell is not counted a second time: here it is added to the periods.
    fn add_cells(&mut self) {
        let (topics, pools) = (self.model.topics.len(), self.model.pools.len());
        let counted = self.cells.grid().between(self.window.0, self.window.1);
        let last = self.cells.grid().len();
        // Answers are counted by pool already.
        let mut known = Answers::default();
        for (cell, period) in self.cells.by_period() {
            if !counted.contains(&cell) && cell != last {
                continue;
            }
            let (of_topics, of_pools) = self.cells.rows(cell);
            for (k, cell) in of_topics.iter().enumerate() {
                cell.add_to(&mut self.customers[period * topics + k], &mut known);
            }
            for (p, cell) in of_pools.iter().enumerate() {
                let agents = &mut self.agents[period * pools + p];
                cell.add_to(agents, &mut known);
                if self.model.pools[p].kind == PoolKind::Gig {
                    agents.members_duty += cell.duty;
                    agents.members_finishing += cell.finishing;
                }
            }
        }
    }

    /// The work saved as agent time at the concurrency and occupancy that are planned in its period.
    fn value_saved_work(&mut self) {
        let topics = self.model.topics.len();
        for (i, period) in self.periods.iter().enumerate() {
            let model = self.model.epoch(period.epoch);
            for k in 0..topics {
                let effort = model.planned_effort(k);
                let factor = effort.agent_seconds / effort.occupancy;
                let customers = &mut self.customers[i * topics + k];
                customers.saved_time = customers.saved_work * factor;
                customers.saved_time_first = customers.saved_work_first * factor;
            }
        }
    }

    /// The moment that decides in which cell a visit counts, which began at `offered`.
    #[inline(always)]
    fn cohort(&self, contact: &Contact, offered: Micros) -> Micros {
        if offered < self.window.1 {
            offered
        } else {
            contact.start
        }
    }

    /// The number of the period that a contact, a visit or a case counts in, which began at `at`.
    #[inline(always)]
    fn period_of(&self, contact: &Contact, at: Micros) -> usize {
        if at.wrapping_sub(self.start) < self.to_horizon {
            self.now
        } else {
            self.earlier(self.cohort(contact, at))
        }
    }

    /// The number of the period of a moment before the horizon.
    #[cold]
    #[inline(never)]
    fn earlier(&self, at: Micros) -> usize {
        self.periods.partition_point(|p| p.span.start <= at).max(1) - 1
    }

    /// The sums of the contact type of a contact in the period of what began at `at`.
    #[inline(always)]
    fn customers(&mut self, contact: &Contact, at: Micros) -> &mut Customers {
        let period = self.period_of(contact, at);
        &mut self.customers[period * self.limits.len() + usize::from(contact.topic)]
    }

    /// The same for what a pool did.
    #[inline(always)]
    fn answers(&mut self, contact: &Contact, pool: usize, at: Micros) -> &mut Answers {
        let place = self.period_of(contact, at) * self.limits.len() + usize::from(contact.topic);
        &mut self.answers[place * self.concurrency.len() + pool]
    }

    /// The sums of a pool in the period of a visit that began at `at`.
    fn offers(&mut self, contact: &Contact, pool: usize, at: Micros) -> &mut Agents {
        let period = self.period_of(contact, at);
        &mut self.agents[period * self.concurrency.len() + pool]
    }

    /// The sums of a pool in the present period.
    fn agents(&mut self, pool: usize) -> &mut Agents {
        &mut self.agents[self.now * self.concurrency.len() + pool]
    }

    /// Calls `f` with the number of each period that a span of time touches, and the counted time that it spends there.
    #[inline(always)]
    fn divide(&mut self, from: Micros, to: Micros, mut f: impl FnMut(&mut Self, usize, Micros)) {
        if from >= self.counted.0 && to <= self.counted.1 {
            f(self, self.now, to - from);
        } else {
            self.divide_widely(from, to, &mut f);
        }
    }

    #[inline(never)]
    fn divide_widely(
        &mut self,
        from: Micros,
        to: Micros,
        f: &mut dyn FnMut(&mut Self, usize, Micros),
    ) {
        let mut at = from.max(self.window.0);
        while at < to {
            let (period, end) = if at < self.window.1 {
                let period = self.earlier(at);
                (period, self.periods[period].span.end.min(to))
            } else {
                (self.periods.len(), to)
            };
            f(self, period, end - at);
            at = end;
        }
    }

    /// Adds a span of time of a pool.
    #[inline(always)]
    fn agent_time(
        &mut self,
        pool: usize,
        from: Micros,
        to: Micros,
        add: impl Fn(&mut Agents, u64),
    ) {
        self.divide(from, to, |c, period, span| {
            let pools = c.concurrency.len();
            add(&mut c.agents[period * pools + pool], span);
        });
    }

    /// Adds a wait to the queue-length integral.
    #[inline(always)]
    fn queue_span(&mut self, topic: usize, from: Micros, to: Micros) {
        if to > from {
            self.cells.spread(from, to, |cells, place, span| {
                cells.topic(place, topic).queue_time += span
            });
        }
    }

    #[inline(always)]
    fn cell(&mut self, topic: usize, t: Micros) -> &mut TopicCell {
        let place = self.cells.place(t);
        self.cells.topic(place, topic)
    }

    /// The service of a visit is over or cut off.
    #[inline(always)]
    fn service(
        &mut self,
        contact: &Contact,
        pool: usize,
        service: Service,
    ) -> Option<&mut Answers> {
        self.agent_time(pool, service.from, service.to, |a, span| {
            a.slot_time += span
        });
        if !contact.is_counted() {
            return None;
        }
        let sums = self.answers(contact, pool, service.offered);
        sums.handle += service.handle * 1e-6;
        sums.session += service.talk_end - service.from;
        Some(sums)
    }

    /// A visit that was cut off waits no more, or is answered again: all its waits together are its wait.
    #[cold]
    #[inline(never)]
    fn wait_again(&mut self, contact: &Contact, wait: Wait) {
        let topic = usize::from(contact.topic);
        let waited = self
            .cut_off
            .entry(visit(contact, wait.offered))
            .or_insert(0);
        *waited += wait.length();
        self.waits[topic].record(*waited);
        let at = self.cohort(contact, wait.offered);
        self.cell(topic, at).wait += wait.length();
    }
}

/// The name of a visit that began at `offered`.
fn visit(contact: &Contact, offered: Micros) -> VisitId {
    (contact.case.0, contact.number, offered)
}

impl Observer for Collector<'_> {
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
        self.divide(from, to, |c, period, span| {
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
        if contact.is_counted() {
            self.customers(contact, contact.start).ai_missed += 1;
        }
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
            self.queue_span(topic, wait.joined, wait.left);
            if !contact.is_counted() {
                return;
            }
            if !first {
                return self.wait_again(contact, wait);
            }
        }
        let within = length <= self.limits[topic].0;
        self.waits[topic].record(length);
        let sums = self.answers(contact, pool, wait.offered);
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
    fn abandoned(&mut self, contact: &Contact, wait: Wait) {
        let topic = usize::from(contact.topic);
        let length = wait.length();
        self.queue_span(topic, wait.joined, wait.left);
        if !contact.is_counted() {
            return;
        }
        // A visit that was cut off has been answered, and counts as that.
        if wait.was_cut_off() {
            return self.wait_again(contact, wait);
        }
        self.waits[topic].record(length);
        let (within, short) = self.limits[topic];
        let sums = self.customers(contact, wait.offered);
        sums.short_abandoned += u64::from(length <= short);
        sums.wait_abandoned += length;
        let at = self.cohort(contact, wait.offered);
        let cell = self.cell(topic, at);
        cell.abandoned += 1;
        cell.abandoned_within += u32::from(length <= within);
        cell.wait += length;
        self.cell(topic, wait.left).abandoned_now += 1;
    }

    fn turned_away(&mut self, contact: &Contact, at: Micros) {
        if contact.is_counted() {
            let at = self.cohort(contact, at);
            self.cell(usize::from(contact.topic), at).turned_away += 1;
        }
    }

    fn unserved(&mut self, contact: &Contact, wait: Wait) {
        let topic = usize::from(contact.topic);
        self.queue_span(topic, wait.joined, wait.left);
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
        self.waits[topic].record(wait.length());
    }

    #[inline(always)]
    fn served(&mut self, contact: &Contact, pool: usize, service: Service) {
        if let Some(sums) = self.service(contact, pool, service) {
            sums.served += 1;
        }
    }

    fn cut_off(&mut self, contact: &Contact, pool: usize, service: Service) {
        let Some(sums) = self.service(contact, pool, service) else {
            return;
        };
        sums.cut_off += 1;
        // The wait so far is recorded, and is not the whole wait of the visit.
        let first_wait = service.from - service.offered;
        let waited = self.cut_off.entry(visit(contact, service.offered));
        self.waits[usize::from(contact.topic)].forget(*waited.or_insert(first_wait));
    }

    #[inline(always)]
    fn resolved(&mut self, contact: &Contact, pool: usize, offered: Micros) {
        if contact.is_counted() {
            self.answers(contact, pool, offered).resolved += 1;
        }
    }

    fn transferred(&mut self, contact: &Contact, pool: usize, offered: Micros, _: Micros) {
        if contact.is_counted() {
            self.answers(contact, pool, offered).transferred += 1;
        }
    }

    fn callback(&mut self, contact: &Contact, offered: Micros) {
        if contact.is_counted() {
            self.customers(contact, offered).callbacks += 1;
        }
    }

    fn not_reached(&mut self, contact: &Contact, offered: Micros) {
        if contact.is_counted() {
            self.customers(contact, offered).callbacks_missed += 1;
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
        let back = (back_after, self.fcr_window);
        let sums = self.customers(contact, contact.start);
        sums.record_end(contact, ending, at, back, saved_work);
        if contact.number == 1 {
            sums.record_first(ending, back);
            sums.record_case(contact, ending, at, back_after);
        } else if contact.case_start >= self.window.0 {
            self.customers(contact, contact.case_start)
                .record_case(contact, ending, at, back_after);
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
        self.open(self.now + 1);
    }

    #[inline(always)]
    fn busy(&mut self, pool: usize, from: Micros, to: Micros) {
        self.cells.spread(from, to, |cells, place, span| {
            cells.pool(place, pool).busy += span
        });
    }

    fn on_duty(&mut self, pool: usize, from: Micros, to: Micros, agents: u32) {
        let slots = self.concurrency[pool] * u64::from(agents);
        self.agent_time(pool, from, to, |a, span| a.slot_duty += span * slots);
        self.cells.spread(from, to, |cells, place, span| {
            cells.pool(place, pool).duty += span * u64::from(agents)
        });
    }

    fn finishing(&mut self, pool: usize, from: Micros, to: Micros, agents: u32) {
        self.cells.spread(from, to, |cells, place, span| {
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

    fn offer(&mut self, pool: usize, contact: &Contact, queued: Micros) {
        if contact.is_counted() {
            self.offers(contact, pool, queued).offers += 1;
        }
    }

    fn offer_ended(&mut self, pool: usize, contact: &Contact, queued: Micros, accepted: bool) {
        if contact.is_counted() {
            let sums = self.offers(contact, pool, queued);
            sums.accepted += u64::from(accepted);
            sums.refused += u64::from(!accepted);
        }
    }

    fn paid(&mut self, pool: usize, member: u32, paid: Paid) {
        self.agents(pool).record_pay(&paid);
        self.earners.add(pool, member, paid);
    }

    fn bookings(&mut self, pool: usize, at: Micros, bookings: Bookings) {
        if at >= self.window.0 && at < self.window.1 {
            self.agents(pool).record_bookings(&bookings);
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
            self.offers(contact, pool, offered)
                .record_rated(of.1, resolved);
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
