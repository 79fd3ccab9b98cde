//! The step that opens: its new cases, those who come back in it, and the agenda of who reaches people.

use super::calendar::sort_spread;
use super::contact::{COUNTED, NO_HANDLER};
use super::filing::{Due, Item};
use super::{Contact, Engine, Observer, kind};
use crate::dist::counts::{gamma_quantile_mean1, poisson_quantile};
use crate::model::{Arrivals, Demand};
use crate::random::{Key, purpose};
use crate::time::Micros;
use std::ops::Range;

/// Most cases of a topic in a cell.
const MOST: u64 = 1 << 23;

/// The child of a topic's key below which are cells of another width than the first; cells and replay have other numbers.
const OTHER_GRIDS: u64 = 1 << 63;

/// How long after the begin of its stretch a case comes.
#[inline(always)]
fn within(case: Key, width: Micros) -> Micros {
    ((u128::from(case.bits(purpose::ARRIVAL)) * u128::from(width)) >> 64) as Micros
}

impl<O: Observer + ?Sized> Engine<'_, '_, O> {
    /// Draws the cases of the step and makes the agenda of contacts that reach people in it.
    pub(super) fn open_step(&mut self) {
        self.enrolled.clear();
        self.order.clear();
        self.opening = true;
        if self.step_start < self.horizon {
            self.busyness = self.draw_busyness();
            let is_whole = self.step_width == self.run.width;
            for topic in 0..self.laws.topics.len() {
                if is_whole {
                    self.draw_cases(topic);
                } else {
                    self.draw_part(topic);
                }
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
        let cell_key = self.cell_key(topic);
        let count = match arrivals {
            Arrivals::Replay(times) => return self.replay(topic, times, start + width),
            Arrivals::Counts(counts) => u64::from(counts[self.cell]),
            Arrivals::Expected(expected) => {
                let mean = expected[self.cell] * self.busyness;
                poisson_quantile(mean, cell_key.bits(purpose::COUNT))
            }
        };
        for i in 0..count.min(MOST) {
            let case = cell_key.child(i);
            self.new_case(case, topic, start + within(case, width));
        }
    }

    /// The key of the cases of a topic in the present cell of the grid.
    #[inline(always)]
    fn cell_key(&self, topic: usize) -> Key {
        let root = self.case_roots[topic];
        let width = self.run.width;
        let is_first = width == self.first.model.demand.step;
        // Cells of another width have other customers.
        let root = if is_first {
            root
        } else {
            root.child(OTHER_GRIDS).child(width)
        };
        root.child(self.cell as u64)
    }

    fn replay(&mut self, topic: usize, times: &[Micros], end: Micros) {
        let replay = self.case_roots[topic].child(u64::MAX);
        let mut i = self.replay_cursor[topic];
        while let Some(&at) = times.get(i).filter(|&&t| t < end) {
            self.new_case(replay.child(i as u64), topic, at);
            i += 1;
        }
        self.replay_cursor[topic] = i;
    }

    /// The cases of a step that is a part of its cell.
    ///
    /// Who comes is who would without the changes in the cell, at the moments of then. Where the rate is another than at the begin of
    /// the cell, each of them stays away with the probability that makes it the lower rate; up to a higher one others come besides.
    /// All parts together are a Poisson process with the rate of each moment.
    #[cold]
    fn draw_part(&mut self, topic: usize) {
        let (start, width) = (self.step_start, self.run.width);
        let end = (start + self.step_width).min(self.horizon);
        let cell_start = self.cell as Micros * width;
        let cell_width = width.min(self.horizon - cell_start);
        let cell_key = self.cell_key(topic);
        let (count, share) = match &self.laws.model.demand.arrivals[topic] {
            Arrivals::Replay(times) => return self.replay(topic, times, end),
            Arrivals::Counts(counts) => (u64::from(counts[self.cell]), 1.0),
            Arrivals::Expected(_) => {
                let means = self.means_of_cell(topic);
                let (since, mean) = means.last().copied().unwrap_or((cell_start, 0.0));
                let first = means.first().map_or(mean, |m| m.1);
                if mean > first {
                    let (key, rest) = (
                        cell_key.child(u64::MAX - (since - cell_start)),
                        cell_start + cell_width - since,
                    );
                    let more = (mean - first) * rest as f64 / cell_width as f64;
                    let more = poisson_quantile(more, key.bits(purpose::COUNT));
                    self.draw_between(topic, (key, more, 1.0), (since, rest), start..end);
                }
                let count = poisson_quantile(first, cell_key.bits(purpose::COUNT));
                (count, mean / first)
            }
        };
        let cases = (cell_key, count, share);
        self.draw_between(topic, cases, (cell_start, cell_width), start..end);
    }

    /// Of so many cases, uniform over a stretch from a moment on, that share of those who come at some time.
    fn draw_between(
        &mut self,
        topic: usize,
        (key, count, share): (Key, u64, f64),
        (from, width): (Micros, Micros),
        time: Range<Micros>,
    ) {
        for i in 0..count.min(MOST) {
            let case = key.child(i);
            let at = from + within(case, width);
            if time.contains(&at) && (share >= 1.0 || case.uniform(purpose::STAYS_AWAY) < share) {
                self.new_case(case, topic, at);
            }
        }
    }

    /// The different means of the present cell with their begins, one after the other, up to the present one.
    fn means_of_cell(&self, topic: usize) -> Vec<(Micros, f64)> {
        let width = self.run.width;
        let cell_start = self.cell as Micros * width;
        let mut means: Vec<(Micros, f64)> = Vec::new();
        let spans = self.first.model.epoch_spans();
        for (epoch, from, _) in spans.filter(|s| s.1 <= self.step_start && s.2 > cell_start) {
            let demand = &self.first.epoch(epoch).model.demand;
            if demand.step != width {
                continue;
            }
            if let Arrivals::Expected(expected) = &demand.arrivals[topic] {
                let mean = expected[self.cell] * self.busyness_of(demand, cell_start);
                if means.last().is_none_or(|last| last.1 != mean) {
                    means.push((from.max(cell_start), mean));
                }
            }
        }
        means
    }

    /// The Gamma factors of the day and of the interval at the start of the cell, kept while they last.
    fn draw_busyness(&mut self) -> f64 {
        let demand = &self.laws.model.demand;
        let at = self.cell as Micros * self.run.width;
        let mut factor = 1.0;
        if demand.day_busyness_cv > 0.0 {
            let day = self.day(at);
            if self.day_busyness.0 != day {
                self.day_busyness = (day, self.factor_of_day(day, demand.day_busyness_cv));
            }
            factor *= self.day_busyness.1;
        }
        if demand.interval_busyness_cv > 0.0 {
            let interval = at / self.laws.model.interval;
            if self.interval_busyness.0 != interval {
                let cv = demand.interval_busyness_cv;
                self.interval_busyness = (interval, self.factor_of_interval(interval, cv));
            }
            factor *= self.interval_busyness.1;
        }
        factor
    }

    /// The same product by the demand of some epoch.
    fn busyness_of(&self, demand: &Demand, at: Micros) -> f64 {
        let mut factor = 1.0;
        if demand.day_busyness_cv > 0.0 {
            factor *= self.factor_of_day(self.day(at), demand.day_busyness_cv);
        }
        if demand.interval_busyness_cv > 0.0 {
            let interval = at / self.laws.model.interval;
            factor *= self.factor_of_interval(interval, demand.interval_busyness_cv);
        }
        factor
    }

    fn day(&self, at: Micros) -> u64 {
        self.laws.frame.days.partition_point(|&d| d <= at) as u64
    }

    fn factor_of_day(&self, day: u64, cv: f64) -> f64 {
        let key = self.root.child(kind::DAY).child(day);
        gamma_quantile_mean1(cv, key.bits(purpose::DAY_BUSYNESS))
    }

    fn factor_of_interval(&self, interval: u64, cv: f64) -> f64 {
        let key = self.root.child(kind::INTERVAL).child(interval);
        gamma_quantile_mean1(cv, key.bits(purpose::INTERVAL_BUSYNESS))
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
            flags,
            hop: 0,
            handler: NO_HANDLER,
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
