//! Customers who come again for the same: how often after each way of ending, and when.

use std::collections::BTreeMap;

use super::demand::Demand;
use super::gather::{Gathered, date};
use super::named::LEVEL;
use super::shares::{GROUPS, Gaps, Repeats};
use super::visits::{Ended, Visit};
use crate::model::CustomerClock;
use crate::time::Calendar;

/// A customer who comes again later than this after a contact comes for something new.
const WINDOW_MS: i64 = 7 * DAY_MS;
const DAY_MS: i64 = 86_400_000;
/// A topic has shares of its own from so many contacts with that ending; with fewer, those of all topics.
const OWN: u64 = 500;
/// So many have at most.
const MOST_OWN: usize = 40;
/// Contacts of a topic, and those of them that met the assistant: first ones, and repeats.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Entered {
    /// Contacts of customers who were not there in the days before.
    pub first: (u64, u64),
    /// The others.
    pub again: (u64, u64),
}

/// How often customers come again for the same.
#[derive(Clone, Debug, Default)]
pub struct Returns {
    /// By way of ending, of all topics together.
    pub of_all: [Option<Repeats>; 3],
    /// The same of each topic of several that has enough of them.
    pub of_topic: Vec<[Option<Repeats>; 3]>,
    /// By topic.
    pub entered: Vec<Entered>,
    /// Share of the contacts of each topic that no other one follows for the same: as many are new cases.
    pub new: Vec<f64>,
    /// Repeats by local day and interval: contacts within a week of another one of the same customer.
    again: BTreeMap<i32, Vec<u32>>,
    /// New cases over contacts that are no repeats: some who come within a week come for something else.
    pub factor: f64,
}

/// A contact and what follows it.
struct Followed {
    visit: Visit,
    /// Seconds on the customers' clock until the next one, or the end of the log.
    gap: (u64, bool),
    /// Until the end of the log.
    seen: u64,
    /// The customer's group, which does not depend on the order of the log.
    group: usize,
    /// How often a second the customer comes for something else.
    rate: f64,
    /// When the next one arrives, if it does so within the window.
    next: Option<i64>,
    is_repeat: bool,
}

impl Returns {
    /// Of a log with this demand.
    pub fn new(log: &Gathered, demand: &Demand) -> Self {
        let topics = log.topics.len();
        let clock = Clock::new(log, demand);
        let mut counts = vec![0_u64; topics * 3];
        log.visits.by_customer(&mut |own| {
            own.iter().for_each(|v| counts[place(v)] += 1);
        });
        // The most frequent ones have shares of their own.
        let mut sorted = counts.clone();
        sorted.sort_unstable_by(|a, b| b.cmp(a));
        let least = sorted.get(MOST_OWN).map_or(OWN, |&n| OWN.max(n + 1));
        let none = || Gaps::new(WINDOW_MS as f64 / 1e3);
        let is_own = |n: &u64| topics > 1 && *n >= least;
        let mut gaps: Vec<Option<Gaps>> = (counts.iter()).map(|n| is_own(n).then(none)).collect();
        let mut others = [none(), none(), none()];
        let mut entered = vec![Entered::default(); topics];
        clock.each(log, &mut |f| {
            let own = gaps[place(&f.visit)].as_mut();
            let of = own.unwrap_or(&mut others[f.visit.ended as usize]);
            of.add(f.gap.0, f.gap.1, f.rate, f.group);
            let of_topic = &mut entered[f.visit.topic];
            let sum = match f.is_repeat {
                true => &mut of_topic.again,
                false => &mut of_topic.first,
            };
            sum.0 += 1;
            sum.1 += u64::from(f.visit.met_assistant);
        });
        let of_topic = gaps
            .chunks(3)
            .map(|each| Ended::ALL.map(|ended| each[ended as usize].as_ref()?.repeats(LEVEL)));
        let of_topic = of_topic.collect();
        let of_all = Ended::ALL.map(|ended| {
            let mut all = others[ended as usize].clone();
            let own = gaps.iter().skip(ended as usize).step_by(3);
            own.flatten().for_each(|gaps| all.merge(gaps));
            all.repeats(LEVEL)
        });
        let mut all = Self {
            of_topic,
            of_all,
            entered,
            ..Self::default()
        };
        all.new_cases(log, &clock);
        all
    }

    /// What is left of the contacts without those who come again for the same.
    fn new_cases(&mut self, log: &Gathered, clock: &Clock) {
        let topics = log.topics.len();
        let per_day = log.per_day();
        let mut again = BTreeMap::new();
        // By topic and way of ending: contacts, delays that have passed since, contacts that were followed within the window.
        let mut sums = vec![(0_u64, 0_u64, 0_u64); topics * 3];
        clock.each(log, &mut |f| {
            let sum = &mut sums[place(&f.visit)];
            sum.0 += 1;
            let Some(back) = self.of(f.visit.topic, f.visit.ended) else {
                return;
            };
            sum.1 += back.within(f.seen as f64) as u64;
            if let Some(next) = f.next {
                sum.2 += 1;
                let day = next.div_euclid(DAY_MS) as i32;
                let i = (next.rem_euclid(DAY_MS) / (DAY_MS / per_day as i64)) as usize;
                let of_day = again.entry(day).or_insert_with(|| vec![0; per_day]);
                of_day[i] += log.visits.one_of();
            }
        });
        self.again = again;
        let (mut new, mut first) = (0.0, 0.0);
        for k in 0..topics {
            let of_topic = Ended::ALL.map(|ended| {
                let (n, passed, next) = sums[k * 3 + ended as usize];
                let back = self.of(k, ended).map_or(0.0, |back| {
                    let each = back.probability.value / back.delays.len() as f64;
                    each * passed as f64
                });
                (n, back, next)
            });
            let known: u64 = of_topic.iter().map(|t| t.0).sum();
            let back: f64 = of_topic.iter().map(|t| t.1).sum();
            let next: u64 = of_topic.iter().map(|t| t.2).sum();
            let share = 1.0 - back / known.max(1) as f64;
            let contacts = log.total(Some(k)).contacts;
            new += contacts * share;
            first += contacts - next as f64 * f64::from(log.visits.one_of());
            self.new.push(share);
        }
        self.factor = if first > 0.0 { new / first } else { 1.0 };
        // Of a log in which everybody came again something is left.
        self.factor = self.factor.max(1e-3);
    }

    /// Whether there are any.
    pub fn any(&self) -> bool {
        let topics = 0..self.of_topic.len();
        topics
            .into_iter()
            .any(|k| Ended::ALL.iter().any(|&e| self.of(k, e).is_some()))
    }

    /// What follows contacts of a topic that ended so; `None` where hardly anybody comes again.
    pub fn of(&self, topic: usize, ended: Ended) -> Option<&Repeats> {
        let own = self.of_topic.get(topic)?[ended as usize].as_ref();
        own.or(self.of_all[ended as usize].as_ref())
            .filter(|found| found.matters())
    }

    /// Repeats of a day by interval.
    pub fn of_day(&self, day: i32) -> Option<&[u32]> {
        self.again.get(&day).map(Vec::as_slice)
    }

    /// The share of a topic's contacts that go straight to a person, and the share of repeats among the others that do so too.
    pub fn past_assistant(&self, topic: usize) -> Option<(f64, f64)> {
        let e = self.entered.get(topic)?;
        let met = |(all, met): (u64, u64)| (all > 0).then(|| met as f64 / all as f64);
        let first = met(e.first)?;
        // Only where it is no chance: three standard errors.
        let skip = met(e.again).filter(|_| first > 0.0).map_or(0.0, |again| {
            let share = again / first;
            let error = (again * (1.0 - again) / e.again.0 as f64).sqrt() / first;
            if 1.0 - share > 3.0 * error.max(1e-6) {
                1.0 - share
            } else {
                0.0
            }
        });
        Some((1.0 - first, skip))
    }
}

fn place(visit: &Visit) -> usize {
    visit.topic * 3 + visit.ended as usize
}

/// The customers' clock of a log.
struct Clock {
    clock: Option<CustomerClock>,
    /// Milliseconds since 1970-01-01 at its time 0: a Monday before all contacts.
    zero: i64,
    /// The first and the last arrival.
    span: (i64, i64),
}

impl Clock {
    fn new(log: &Gathered, demand: &Demand) -> Self {
        let (mut begin, mut end) = (i64::MAX, i64::MIN);
        log.visits.by_customer(&mut |own| {
            for v in own {
                (begin, end) = (begin.min(v.time.0), end.max(v.time.0));
            }
        });
        let span = (begin.min(end), end.max(begin.min(end)));
        let first = span.0.div_euclid(DAY_MS) as i32;
        let monday = first - date(first).weekday().to_monday_zero_offset() as i32;
        let weights: Vec<f64> = (0..7)
            .flat_map(|w| {
                let factor = demand.weekdays[w].map_or(0.0, |f| f.value);
                let shares = demand.profile.of(w).iter();
                shares.map(move |share| factor * share.value)
            })
            .collect();
        let mut all = Self {
            clock: None,
            zero: i64::from(monday) * DAY_MS,
            span,
        };
        let calendar = Calendar::new(date(monday), "UTC").ok();
        all.clock = calendar.and_then(|c| CustomerClock::new(&c, all.micros(span.1), &weights));
        all
    }

    fn micros(&self, ms: i64) -> u64 {
        (ms - self.zero).max(0) as u64 * 1000
    }

    /// Seconds from one moment to another one.
    fn passed(&self, from: i64, to: i64) -> u64 {
        let (from, to) = (self.micros(from), self.micros(to.max(from)));
        let micros = match &self.clock {
            Some(clock) => clock.between(from, to),
            None => (to - from) as f64,
        };
        libm::round(micros / 1e6) as u64
    }

    /// The contacts of customers who are known, each with what follows it.
    fn each(&self, log: &Gathered, put: &mut dyn FnMut(&Followed)) {
        let (begin, end) = self.span;
        let whole = self.passed(begin, end) as f64;
        let is_within = |from: &Visit, to: &Visit| to.time.0 - from.time.1 <= WINDOW_MS;
        log.visits.by_customer(&mut |own| {
            for (i, v) in own.iter().enumerate() {
                let next = own.get(i + 1);
                let last = i.checked_sub(1).map(|b| &own[b]);
                let seen = self.passed(v.time.1, end);
                // Far from this contact the customer comes for something else.
                let near = (v.time.0 - WINDOW_MS, v.time.0 + WINDOW_MS);
                let before = own.partition_point(|o| o.time.0 < near.0);
                let after = own.len() - own.partition_point(|o| o.time.0 <= near.1);
                let rate = match before + after {
                    0 => 0.0,
                    n => {
                        let beside = self.passed(near.0.max(begin), near.1.min(end));
                        n as f64 / (whole - beside as f64).max(1.0)
                    }
                };
                put(&Followed {
                    visit: *v,
                    gap: next.map_or((seen, false), |n| (self.passed(v.time.1, n.time.0), true)),
                    seen,
                    rate,
                    group: (own[0].time.0 / 1000).rem_euclid(GROUPS as i64) as usize,
                    next: next.filter(|n| is_within(v, n)).map(|n| n.time.0),
                    is_repeat: last.is_some_and(|b| is_within(b, v)),
                });
            }
        });
    }
}
