//! Where the observer counts: its tables, and how they become [`Counters`]; what it is told is in `observe.rs`.
//!
//! Every sum counts in the period that its cohort says, see [`super::sums`]: what is told of a contact is added to the period of an earlier
//! moment, and a span of time is divided among the periods that it touches. Nearly always that is the present period, which is tried
//! first.

use super::cells::{Cells, TopicCell};
use super::earners::Earners;
use super::ends::{Kind, Tally};
use super::ledger::{Counters, Ledger};
use super::sums::{Agents, Answers, Customers};
use super::tiers::Tiers;
use crate::engine::{Account, Contact, Laws, People, Service, Wait, simulate};
use crate::model::{Model, Period, PoolKind};
use crate::slots::Slots;
use crate::stats::Histogram;
use crate::time::Micros;
use std::collections::BTreeMap;

/// The near memory holds so many histograms of waits; where there are more, so many waits are recorded together.
const TOGETHER: usize = 32;

/// The observer that counts.
pub(super) struct Collector<'m> {
    pub(super) model: &'m Model,
    /// By contact type: T of the target, and the longest wait of a short abandonment.
    pub(super) limits: Slots<(Micros, Micros)>,
    pub(super) waits: Slots<Histogram>,
    /// Waits that have yet to be recorded, where there are many contact types.
    pending: Vec<(usize, Micros)>,
    /// By period and contact type, and so on; one more period is the time after the horizon.
    pub(super) customers: Slots<Customers>,
    pub(super) answers: Slots<Answers>,
    /// Ends of contacts whose case began in the present period, by contact type and number of the kind.
    pub(super) ends: Slots<Tally>,
    pub(super) agents: Slots<Agents>,
    pub(super) groups: Vec<Vec<People>>,
    pub(super) tiers: Vec<Tiers>,
    pub(super) periods: Vec<Period>,
    /// The present period: its number, the first of its sums by contact type, its begin, the time from there to the horizon, and the counted time in it.
    pub(super) now: usize,
    pub(super) first: usize,
    pub(super) start: Micros,
    pub(super) to_horizon: Micros,
    pub(super) counted: (Micros, Micros),
    /// Contacts at once of an agent by pool, in the present period.
    pub(super) concurrency: Vec<u64>,
    pub(super) cells: Cells,
    pub(super) earners: Earners,
    /// Visits that were cut off: how long they have waited in all.
    pub(super) cut_off: BTreeMap<VisitId, Micros>,
    pub(super) window: (Micros, Micros),
    pub(super) fcr_window: Micros,
}

/// The case of a contact, its number, and when the visit began.
pub(super) type VisitId = (u64, u16, Micros);

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
        let limits = model.topics.iter();
        let limits = limits.map(|t| (t.target.within, t.short_abandon));
        let periods = model.periods();
        let times = periods.len() + 1;
        let mut collector = Self {
            model,
            limits: limits.collect(),
            waits: vec![Histogram::new(); topics].into(),
            pending: Vec::new(),
            customers: vec![Customers::default(); times * topics].into(),
            answers: vec![Answers::default(); times * topics * pools].into(),
            ends: vec![Tally::default(); topics * Kind::COUNT].into(),
            agents: vec![Agents::default(); times * pools].into(),
            groups: vec![vec![People::default(); model.groups.len()]; times],
            tiers: (0..times).map(|_| Tiers::new(model)).collect(),
            cells: Cells::new(model),
            periods,
            now: 0,
            first: 0,
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
    pub(super) fn open(&mut self, number: usize) {
        let Period { span, epoch, .. } = self.periods[number];
        self.now = number;
        self.first = number * self.limits.len();
        self.start = span.start;
        self.to_horizon = self.window.1 - span.start;
        self.counted = (span.start.max(self.window.0), span.end);
        let pools = &self.model.epoch(epoch).pools;
        self.concurrency = pools.iter().map(|p| u64::from(p.concurrency)).collect();
    }

    /// Adds the ends that are tallied by kind to the sums of the present period.
    pub(super) fn add_ends(&mut self) {
        let of_topics = self.ends.chunks_mut(Kind::COUNT);
        let customers = self.customers.iter_mut().skip(self.first);
        for (ends, customers) in of_topics.zip(customers) {
            for (number, tally) in ends.iter_mut().enumerate() {
                let (kind, tally) = (Kind(number), std::mem::take(tally));
                customers.add_contacts(kind, &tally);
                customers.add_cases(kind, &tally);
            }
        }
    }

    /// A contact that counts ends, whose case began before the present period.
    #[inline(never)]
    pub(super) fn ended_before(
        &mut self,
        contact: &Contact,
        kind: Kind,
        at: Micros,
        saved_work: f64,
    ) {
        let mut tally = Tally::default();
        tally.record(contact, at, saved_work);
        self.customers(contact, contact.start)
            .add_contacts(kind, &tally);
        if contact.case_start >= self.window.0 {
            self.customers(contact, contact.case_start)
                .add_cases(kind, &tally);
        }
    }

    /// The counts.
    fn finish(mut self, drain: Micros) -> Counters {
        self.record_pending();
        self.add_ends();
        self.answers.iter_mut().for_each(|a| a.handle *= 1e-6);
        self.cells.add_covering();
        self.add_cells();
        self.value_saved_work();
        let (topics, pools) = (self.model.topics.len(), self.model.pools.len());
        let groups = std::mem::take(&mut self.groups).into_iter();
        let ledgers = groups.zip(std::mem::take(&mut self.tiers)).enumerate();
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
        let last = self.cells.grid().cells();
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
    pub(super) fn cohort(&self, contact: &Contact, offered: Micros) -> Micros {
        if offered < self.window.1 {
            offered
        } else {
            contact.start
        }
    }

    /// The number of the period that a contact, a visit or a case counts in, which began at `at`.
    #[inline(always)]
    pub(super) fn period_of(&self, contact: &Contact, at: Micros) -> usize {
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

    /// The place of the contact type of a contact among the sums of the period of what began at `at`.
    #[inline(always)]
    fn place_of(&self, contact: &Contact, at: Micros) -> usize {
        let first = if at.wrapping_sub(self.start) < self.to_horizon {
            self.first
        } else {
            self.earlier(self.cohort(contact, at)) * self.limits.len()
        };
        first + usize::from(contact.topic)
    }

    /// The sums of the contact type of a contact in the period of what began at `at`.
    #[inline(always)]
    pub(super) fn customers(&mut self, contact: &Contact, at: Micros) -> &mut Customers {
        let place = self.place_of(contact, at);
        &mut self.customers[place]
    }

    /// The same for what a pool did.
    #[inline(always)]
    pub(super) fn answers(&mut self, contact: &Contact, pool: usize, at: Micros) -> &mut Answers {
        let place = self.place_of(contact, at);
        &mut self.answers[place * self.concurrency.len() + pool]
    }

    /// The sums of a pool in the period of a visit that began at `at`.
    #[inline]
    pub(super) fn offers(&mut self, contact: &Contact, pool: usize, at: Micros) -> &mut Agents {
        let period = self.period_of(contact, at);
        &mut self.agents[period * self.concurrency.len() + pool]
    }

    /// The sums of a pool in the present period.
    pub(super) fn agents(&mut self, pool: usize) -> &mut Agents {
        &mut self.agents[self.now * self.concurrency.len() + pool]
    }

    /// Calls `f` with the number of each period that a span of time touches, and the counted time that it spends there.
    #[inline(always)]
    pub(super) fn divide(
        &mut self,
        from: Micros,
        to: Micros,
        mut f: impl FnMut(&mut Self, usize, Micros),
    ) {
        if from >= self.counted.0 && to <= self.counted.1 {
            f(self, self.now, to - from);
        } else {
            self.divide_widely(from, to, f);
        }
    }

    #[inline(never)]
    fn divide_widely(
        &mut self,
        from: Micros,
        to: Micros,
        mut f: impl FnMut(&mut Self, usize, Micros),
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
    pub(super) fn agent_time(
        &mut self,
        pool: usize,
        from: Micros,
        to: Micros,
        add: impl Fn(&mut Agents, u64),
    ) {
        self.divide(from, to, move |c, period, span| {
            let pools = c.concurrency.len();
            add(&mut c.agents[period * pools + pool], span);
        });
    }

    #[inline(always)]
    pub(super) fn cell(&mut self, topic: usize, t: Micros) -> &mut TopicCell {
        let place = self.cells.place(t);
        self.cells.topic(place, topic)
    }

    /// Records the wait of a visit. The histograms of many contact types are far away in the memory: several records wait for it together.
    #[inline(always)]
    pub(super) fn record_wait(&mut self, topic: usize, wait: Micros) {
        if self.waits.len() <= TOGETHER {
            return self.waits[topic].record(wait);
        }
        self.pending.push((topic, wait));
        if self.pending.len() >= TOGETHER {
            self.record_pending();
        }
    }

    /// Records the waits that have yet to be recorded.
    pub(super) fn record_pending(&mut self) {
        for (topic, wait) in self.pending.drain(..) {
            self.waits[topic].record(wait);
        }
    }

    /// The service of a visit is over or cut off.
    #[inline(always)]
    pub(super) fn service(
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
        // In whole microseconds, as a rule: then their order makes no difference.
        sums.handle += service.handle;
        sums.session += service.talk_end - service.from;
        Some(sums)
    }

    /// A visit that was cut off waits no more, or is answered again: all its waits together are its wait.
    #[cold]
    #[inline(never)]
    pub(super) fn wait_again(&mut self, contact: &Contact, wait: Wait) {
        let topic = usize::from(contact.topic);
        let waited = self
            .cut_off
            .entry(visit(contact, wait.offered))
            .or_insert(0);
        *waited += wait.length();
        let waited = *waited;
        self.record_wait(topic, waited);
        let at = self.cohort(contact, wait.offered);
        self.cell(topic, at).wait += wait.length();
    }
}

/// The name of a visit that began at `offered`.
pub(super) fn visit(contact: &Contact, offered: Micros) -> VisitId {
    (contact.case.0, contact.number, offered)
}
