//! The observer that counts.

use super::cells::{Cells, PoolCell, TopicCell};
use super::sums::{AnswerSums, Sums};
use crate::engine::{Contact, Observer, Reason, Service, Wait};
use crate::model::{Ending, LogOn, Model, PoolKind, Supply};
use crate::stats::Histogram;
use crate::time::Micros;

/// What one replication counted: sums only, ratios come later.
#[derive(Clone, Debug)]
pub struct Counters {
    /// By topic: everything that is not particular to a pool.
    pub topics: Vec<Sums>,
    /// By topic and pool (`topic * pools + pool`): answers and services.
    pub matrix: Vec<AnswerSums>,
    /// By pool: time of agents, offers.
    pub pools: Vec<Sums>,
    /// Waits of all who joined a queue, by topic.
    pub waits: Vec<Histogram>,
    /// By interval.
    pub cells: Cells,
}

/// Counts what the engine tells.
pub struct Collector<'m> {
    model: &'m Model,
    counters: Counters,
    within: Vec<Micros>,
    short: Vec<Micros>,
    window: (Micros, Micros),
    fcr_window: Micros,
}

impl<'m> Collector<'m> {
    /// A collector for one replication of `model`.
    pub fn new(model: &'m Model) -> Self {
        let (topics, pools) = (model.topics.len(), model.pools.len());
        let mut by_pool = vec![Sums::default(); pools];
        for (sums, pool) in by_pool.iter_mut().zip(&model.pools) {
            sums.has_gig = pool.kind == PoolKind::Gig;
            if let Supply::Gig(g) = &pool.supply
                && let LogOn::Members { members, .. } = g.log_on
            {
                sums.members = u64::from(members);
            }
        }
        Self {
            model,
            counters: Counters {
                topics: vec![Sums::default(); topics],
                matrix: vec![AnswerSums::default(); topics * pools],
                pools: by_pool,
                waits: (0..topics).map(|_| Histogram::new()).collect(),
                cells: Cells::new(model),
            },
            within: model.topics.iter().map(|t| t.target.within).collect(),
            short: model.topics.iter().map(|t| t.short_abandon).collect(),
            window: (model.warmup, model.horizon),
            fcr_window: model.fcr_window,
        }
    }

    /// The counts.
    pub fn finish(self) -> Counters {
        self.counters
    }

    /// Length of the part of a span that lies between warm-up and horizon.
    #[inline]
    fn clip(&self, from: Micros, to: Micros) -> Micros {
        to.min(self.window.1).saturating_sub(from.max(self.window.0))
    }

    /// Adds a wait to the queue-length integral, in total and by interval.
    #[inline]
    fn queue_span(&mut self, topic: usize, from: Micros, to: Micros) {
        if to <= from {
            return;
        }
        self.counters.topics[topic].queue_time += self.clip(from, to);
        self.counters.cells.spread(from, to, |cells, i, span| cells.topic(i, topic).queue_time += span);
    }
}

impl Observer for Collector<'_> {
    #[inline]
    fn contact(&mut self, contact: &Contact, at: Micros) {
        if contact.is_counted() {
            let topic = usize::from(contact.topic);
            let sums = &mut self.counters.topics[topic];
            sums.contacts += 1;
            sums.cases += u64::from(contact.number == 1);
            let i = self.counters.cells.index(at);
            self.counters.cells.topic(i, topic).contacts += 1;
        }
    }

    #[inline]
    fn assistant(&mut self, contact: &Contact, from: Micros, to: Micros) {
        let within = self.clip(from, to);
        let topic = usize::from(contact.topic);
        let sums = &mut self.counters.topics[topic];
        sums.ai_time_within += within;
        if contact.is_counted() {
            sums.ai_sessions += 1;
            sums.ai_time += to - from;
            // A contact that comes back to the assistant is met once.
            if contact.hop == 0 {
                sums.ai_contacts += 1;
                let i = self.counters.cells.index(contact.start);
                self.counters.cells.topic(i, topic).ai_contacts += 1;
            }
        }
    }

    fn assistant_missed(&mut self, contact: &Contact, _: Micros) {
        if contact.is_counted() {
            self.counters.topics[usize::from(contact.topic)].ai_missed += 1;
        }
    }

    #[inline]
    fn escalation(&mut self, contact: &Contact, reason: Reason, _: Micros) {
        if contact.is_counted() {
            let sums = &mut self.counters.topics[usize::from(contact.topic)];
            sums.escalated[reason as usize] += 1;
            sums.ai_escalated += u64::from(contact.via_assistant());
        }
    }

    #[inline]
    fn offered(&mut self, contact: &Contact, at: Micros, delayed: bool) {
        if contact.is_counted() {
            let topic = usize::from(contact.topic);
            let sums = &mut self.counters.topics[topic];
            sums.offered += 1;
            sums.delayed += u64::from(delayed);
            let i = self.counters.cells.index(at);
            let cell = self.counters.cells.topic(i, topic);
            cell.offered += 1;
            cell.delayed += u32::from(delayed);
        }
    }

    #[inline]
    fn answered(&mut self, contact: &Contact, pool: usize, wait: Wait, first: bool, expected_work: f64) {
        let topic = usize::from(contact.topic);
        let length = wait.length();
        self.queue_span(topic, wait.joined, wait.left);
        if !contact.is_counted() {
            return;
        }
        self.counters.topics[topic].wait += length;
        if !first {
            return;
        }
        self.counters.waits[topic].record(length);
        let within = length <= self.within[topic];
        let pools = self.counters.pools.len();
        let sums = &mut self.counters.matrix[topic * pools + pool];
        sums.answered += 1;
        sums.answered_within += u64::from(within);
        sums.wait_answered += length;
        sums.expected_work += expected_work;
        if !contact.met_person() {
            sums.met_person += 1;
            sums.time_to_human += wait.left - contact.case_start;
        }
        let i = self.counters.cells.index(wait.offered);
        let cell = self.counters.cells.topic(i, topic);
        cell.answered += 1;
        cell.answered_within += u32::from(within);
        cell.wait += length;
        let cell = self.counters.cells.pool(i, pool);
        cell.answered += 1;
    }

    #[inline]
    fn abandoned(&mut self, contact: &Contact, wait: Wait) {
        let topic = usize::from(contact.topic);
        let length = wait.length();
        self.queue_span(topic, wait.joined, wait.left);
        if !contact.is_counted() {
            return;
        }
        self.counters.waits[topic].record(length);
        let within = length <= self.within[topic];
        let sums = &mut self.counters.topics[topic];
        sums.abandoned += 1;
        sums.abandoned_within += u64::from(within);
        sums.short_abandoned += u64::from(length <= self.short[topic]);
        sums.wait_abandoned += length;
        sums.wait += length;
        let i = self.counters.cells.index(wait.offered);
        let cell = self.counters.cells.topic(i, topic);
        cell.abandoned += 1;
        cell.abandoned_within += u32::from(within);
        cell.wait += length;
        if wait.left < self.window.1 {
            let i = self.counters.cells.index(wait.left);
            self.counters.cells.topic(i, topic).abandoned_now += 1;
        }
    }

    fn turned_away(&mut self, contact: &Contact, at: Micros, wait: Option<Wait>) {
        let topic = usize::from(contact.topic);
        if let Some(wait) = wait {
            self.queue_span(topic, wait.joined, wait.left);
        }
        if contact.is_counted() {
            if let Some(wait) = wait {
                self.counters.waits[topic].record(wait.length());
                self.counters.topics[topic].wait += wait.length();
            }
            self.counters.topics[topic].turned_away += 1;
            let i = self.counters.cells.index(wait.map_or(at, |w| w.offered));
            self.counters.cells.topic(i, topic).turned_away += 1;
        }
    }

    #[inline]
    fn served(&mut self, contact: &Contact, pool: usize, service: Service) {
        let slot = self.clip(service.from, service.to);
        self.counters.pools[pool].slot_time += slot;
        if contact.is_counted() {
            let pools = self.counters.pools.len();
            let sums = &mut self.counters.matrix[usize::from(contact.topic) * pools + pool];
            sums.served += 1;
            sums.handle += service.handle * 1e-6;
            sums.session += service.talk_end - service.from;
        }
    }

    fn cut_off(&mut self, contact: &Contact, pool: usize, service: Service) {
        let slot = self.clip(service.from, service.to);
        self.counters.pools[pool].slot_time += slot;
        if contact.is_counted() {
            let pools = self.counters.pools.len();
            let sums = &mut self.counters.matrix[usize::from(contact.topic) * pools + pool];
            sums.cut_off += 1;
            sums.handle += service.handle * 1e-6;
            sums.session += service.talk_end - service.from;
        }
    }

    fn transferred(&mut self, contact: &Contact, pool: usize, _: Micros) {
        if contact.is_counted() {
            let pools = self.counters.pools.len();
            self.counters.matrix[usize::from(contact.topic) * pools + pool].transferred += 1;
        }
    }

    #[inline]
    fn ended(&mut self, contact: &Contact, ending: Ending, at: Micros, back_after: Option<Micros>, saved_work: f64) {
        if !contact.is_counted() {
            return;
        }
        let window = self.fcr_window;
        let sums = &mut self.counters.topics[usize::from(contact.topic)];
        sums.ended[ending as usize] += 1;
        sums.contact_time += at - contact.start;
        let stays_away = back_after.is_none_or(|delay| delay > window);
        let durable = ending.is_resolved() && stays_away;
        if contact.number == 1 {
            sums.first_ended += 1;
            sums.first_resolved += u64::from(durable);
        }
        match ending {
            Ending::AiResolved | Ending::AiMisresolved | Ending::GaveUp | Ending::Trapped if contact.via_assistant() => {
                sums.ai_contained += 1;
                sums.ai_trapped += u64::from(ending == Ending::Trapped);
                if durable {
                    sums.ai_durable += 1;
                    sums.saved_work += saved_work;
                }
            }
            _ => {}
        }
        if back_after.is_some() {
            sums.coming_back += 1;
        } else if ending.is_resolved() {
            sums.cases_resolved += 1;
            sums.resolution_time += at - contact.case_start;
        } else {
            sums.cases_lost += 1;
        }
    }

    fn pending(&mut self, contact: &Contact) {
        if contact.is_counted() {
            self.counters.topics[usize::from(contact.topic)].pending += 1;
        }
    }

    #[inline]
    fn busy(&mut self, pool: usize, from: Micros, to: Micros) {
        self.counters.pools[pool].busy += self.clip(from, to);
        self.counters.cells.spread(from, to, |cells, i, span| cells.pool(i, pool).busy += span);
    }

    fn on_duty(&mut self, pool: usize, from: Micros, to: Micros, agents: u32) {
        let time = self.clip(from, to) * u64::from(agents);
        let sums = &mut self.counters.pools[pool];
        sums.duty += time;
        sums.slot_duty += time * u64::from(self.model.pools[pool].concurrency);
        self.counters.cells.spread(from, to, |cells, i, span| cells.pool(i, pool).duty += span * u64::from(agents));
    }

    fn finishing(&mut self, pool: usize, from: Micros, to: Micros, agents: u32) {
        let agents = u64::from(agents);
        self.counters.pools[pool].finishing += self.clip(from, to) * agents;
        self.counters.cells.spread(from, to, |cells, i, span| cells.pool(i, pool).finishing += span * agents);
    }

    fn offer(&mut self, pool: usize, contact: &Contact) {
        if contact.is_counted() {
            self.counters.pools[pool].offers += 1;
        }
    }

    fn offer_ended(&mut self, pool: usize, contact: &Contact, accepted: Option<bool>) {
        if contact.is_counted() {
            let sums = &mut self.counters.pools[pool];
            match accepted {
                Some(true) => sums.accepted += 1,
                Some(false) => sums.refused += 1,
                None => {}
            }
        }
    }

    fn log_on(&mut self, pool: usize, at: Micros) {
        if at >= self.window.0 && at < self.window.1 {
            self.counters.pools[pool].log_ons += 1;
        }
    }
}

impl TopicCell {
    /// Contacts that count for `sl_net`: offered less turned away and abandoned within T.
    pub fn net(&self) -> u32 {
        self.offered - self.turned_away - self.abandoned_within
    }
}

impl PoolCell {
    /// Busy over logged-on time, if anybody was there.
    pub fn occupancy(&self) -> Option<f64> {
        (self.duty > 0).then(|| self.busy as f64 / self.duty as f64)
    }
}
