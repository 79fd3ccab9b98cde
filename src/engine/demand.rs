//! The step that opens: its new cases, those who come back in it, and the agenda of who reaches people.

use super::calendar::sort_spread;
use super::contact::{COUNTED, NO_HANDLER};
use super::filing::{Due, Item};
use super::{Contact, Engine, Observer, Reason, kind};
use crate::dist::counts::{gamma_quantile_mean1, poisson_quantile};
use crate::model::Arrivals;
use crate::random::{Key, purpose};
use crate::time::Micros;

impl<O: Observer + ?Sized> Engine<'_, '_, O> {
    /// Draws the cases of the step and makes the agenda of contacts that reach people in it.
    pub(super) fn open_step(&mut self) {
        self.enrolled.clear();
        self.order.clear();
        self.opening = true;
        if self.step_start < self.horizon {
            self.busyness = self.draw_busyness();
            for topic in 0..self.laws.topics.len() {
                self.draw_cases(topic);
            }
        }
        while let Some(item) = self.later.pop(self.step) {
            match item.due {
                Due::Begin if self.door.is_limited() => self.file_soon(item),
                Due::Begin => self.begin(item.contact, item.at),
                Due::People => self.enrol(&item.contact, item.at),
                _ => self.file_soon(item),
            }
        }
        self.opening = false;
        sort_spread(
            &mut self.order,
            self.step_width,
            &mut self.scratch,
            &mut self.counts,
        );
    }

    /// Puts a contact on the agenda of the step that is being opened.
    #[inline(always)]
    pub(super) fn enrol(&mut self, contact: &Contact, at: Micros) {
        let offset = at - self.step_start;
        self.order.push((offset << 24) | self.enrolled.len() as u64);
        self.enrolled.push(*contact);
    }

    fn draw_cases(&mut self, topic: usize) {
        let arrivals = &self.laws.model.demand.arrivals[topic];
        let start = self.step_start;
        let width = self.step_width.min(self.horizon - start);
        let root = self.case_roots[topic];
        let step_key = root.child(self.step as u64);
        let count = match arrivals {
            Arrivals::Replay(times) => {
                let replay = root.child(u64::MAX);
                let mut i = self.replay_cursor[topic];
                while let Some(&at) = times.get(i).filter(|&&t| t < start + width) {
                    self.new_case(replay.child(i as u64), topic, at);
                    i += 1;
                }
                self.replay_cursor[topic] = i;
                return;
            }
            Arrivals::Counts(counts) => u64::from(counts[self.step]),
            Arrivals::Expected(expected) => {
                let mean = expected[self.step] * self.busyness;
                poisson_quantile(mean, step_key.bits(purpose::COUNT))
            }
        };
        for i in 0..count.min(1 << 23) {
            let case = step_key.child(i);
            let offset = (u128::from(case.bits(purpose::ARRIVAL)) * u128::from(width)) >> 64;
            self.new_case(case, topic, start + offset as u64);
        }
    }

    /// The Gamma factors of the day and of the interval at the start of the step.
    fn draw_busyness(&mut self) -> f64 {
        let demand = &self.laws.model.demand;
        let mut factor = 1.0;
        if demand.day_busyness_cv > 0.0 {
            let day = self
                .laws
                .frame
                .days
                .partition_point(|&d| d <= self.step_start) as u64;
            if self.day_busyness.0 != day {
                let bits = self
                    .root
                    .child(kind::DAY)
                    .child(day)
                    .bits(purpose::DAY_BUSYNESS);
                self.day_busyness = (day, gamma_quantile_mean1(demand.day_busyness_cv, bits));
            }
            factor *= self.day_busyness.1;
        }
        if demand.interval_busyness_cv > 0.0 {
            let interval = self.step_start / self.laws.model.interval;
            let bits = self
                .root
                .child(kind::INTERVAL)
                .child(interval)
                .bits(purpose::INTERVAL_BUSYNESS);
            if self.interval_busyness.0 != interval {
                self.interval_busyness = (
                    interval,
                    gamma_quantile_mean1(demand.interval_busyness_cv, bits),
                );
            }
            factor *= self.interval_busyness.1;
        }
        factor
    }

    #[inline(always)]
    fn new_case(&mut self, case: Key, topic: usize, at: Micros) {
        let flags = if at >= self.warmup { COUNTED } else { 0 };
        let topic = topic as u16;
        let contact = Contact {
            case,
            case_start: at,
            start: at,
            number: 1,
            topic,
            hop: 0,
            flags,
            handler: NO_HANDLER,
            reason: Reason::Direct,
        };
        if self.door.is_limited() {
            self.file_soon(Item {
                at,
                contact,
                due: Due::Begin,
            });
        } else {
            self.started[usize::from(topic)] += 1;
            self.open(contact, at);
        }
    }
}
