//! The sums of a span of time by topic and pool, and how slices are put together from them.

use super::sums::{AnswerSums, Sums};
use super::values::Slice;
use crate::engine::People;
use std::borrow::Cow;

/// What was counted in a period, a month, or in all.
#[derive(Clone, Debug, PartialEq)]
pub struct Ledger {
    /// By topic: everything that is not particular to a pool.
    pub topics: Vec<Sums>,
    /// By topic and pool (`topic * pools + pool`): answers and services.
    pub matrix: Vec<AnswerSums>,
    /// By pool: time of agents, offers.
    pub pools: Vec<Sums>,
    /// By group of employees.
    pub groups: Vec<People>,
}

impl Ledger {
    /// The sums of several spans of time; none of none.
    pub fn of<'l>(mut spans: impl Iterator<Item = &'l Ledger>) -> Option<Cow<'l, Ledger>> {
        let mut all = Cow::Borrowed(spans.next()?);
        spans.for_each(|later| all.to_mut().add(later));
        Some(all)
    }

    /// Adds a later span of time.
    pub(super) fn add(&mut self, later: &Ledger) {
        let both = |a: &mut [Sums], b: &[Sums]| {
            for (a, b) in a.iter_mut().zip(b) {
                // A register is no flow: its members are the same people in the next month.
                let members = a.members.max(b.members);
                a.add(b);
                a.members = members;
            }
        };
        both(&mut self.topics, &later.topics);
        both(&mut self.pools, &later.pools);
        for (a, b) in self.matrix.iter_mut().zip(&later.matrix) {
            a.add(b);
        }
        for (a, b) in self.groups.iter_mut().zip(&later.groups) {
            // How many there are is told at the begin; who comes and goes adds up.
            *a = People {
                hires: a.hires + b.hires,
                leavers: a.leavers + b.leavers,
                laid_off: a.laid_off + b.laid_off,
                headcount_end: b.headcount_end,
                ..*a
            };
        }
    }
}

/// Two groups as one.
fn together(a: People, b: People) -> People {
    People {
        headcount: a.headcount + b.headcount,
        productive: a.productive + b.productive,
        in_training: a.in_training + b.in_training,
        hires: a.hires + b.hires,
        leavers: a.leavers + b.leavers,
        laid_off: a.laid_off + b.laid_off,
        headcount_end: a.headcount_end + b.headcount_end,
    }
}

/// A ledger with what its slices have in common.
pub(super) struct Parts<'l> {
    ledger: &'l Ledger,
    /// By topic, the answers of all pools included.
    topics: Vec<Sums>,
    all: Sums,
    /// Handle time per expected second of work, by topic and in all.
    efforts: Vec<f64>,
    effort: f64,
    /// The same for durably resolved cases: each topic's saved work counts at that topic's effort.
    saved_effort: f64,
}

impl<'l> Parts<'l> {
    pub(super) fn new(ledger: &'l Ledger) -> Self {
        let pools = ledger.pools.len();
        let topics: Vec<Sums> = ledger
            .topics
            .iter()
            .enumerate()
            .map(|(k, sums)| {
                let mut sums = sums.clone();
                let row = &ledger.matrix[k * pools..(k + 1) * pools];
                row.iter().for_each(|answers| sums.add_answers(answers));
                sums
            })
            .collect();
        let mut all = Sums::default();
        topics.iter().chain(&ledger.pools).for_each(|s| all.add(s));
        for group in &ledger.groups {
            all.people = together(all.people, *group);
        }
        let effort_of = |s: &Sums| (s.expected_work > 0.0).then(|| s.handle / s.expected_work);
        // A topic that no person answered is judged by what people take on the whole.
        let effort = effort_of(&all).unwrap_or(1.0);
        let efforts: Vec<f64> = topics
            .iter()
            .map(|s| effort_of(s).unwrap_or(effort))
            .collect();
        let saved: f64 = topics
            .iter()
            .zip(&efforts)
            .map(|(s, e)| s.saved_work * e)
            .sum();
        let saved_effort = if all.saved_work > 0.0 {
            saved / all.saved_work
        } else {
            effort
        };
        Self {
            ledger,
            topics,
            all,
            efforts,
            effort,
            saved_effort,
        }
    }

    /// The sums of a slice and its effort; nothing for a period. `leads_to` tells whether a topic may come to a pool.
    pub(super) fn slice(
        &self,
        slice: &Slice,
        leads_to: impl Fn(usize, usize) -> bool,
    ) -> Option<(Sums, f64)> {
        let cell = |k: usize, p: usize| &self.ledger.matrix[k * self.ledger.pools.len() + p];
        match slice {
            Slice::All => Some((self.all.clone(), self.saved_effort)),
            Slice::Topic(k) => Some((self.topics[*k].clone(), self.efforts[*k])),
            Slice::Pool(p) => {
                let mut sums = self.ledger.pools[*p].clone();
                for k in 0..self.topics.len() {
                    sums.add_answers(cell(k, *p));
                    if leads_to(k, *p) {
                        sums.offered += self.topics[k].offered;
                    }
                }
                Some((sums, self.effort))
            }
            Slice::TopicPool(k, p) => {
                let mut sums = Sums::default();
                sums.add_answers(cell(*k, *p));
                Some((sums, self.effort))
            }
            Slice::Group(g) => {
                let sums = Sums {
                    people: self.ledger.groups[*g],
                    ..Sums::default()
                };
                Some((sums, self.effort))
            }
            Slice::Period(..) => None,
        }
    }
}
