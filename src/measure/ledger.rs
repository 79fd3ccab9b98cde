//! The sums of a span of time by topic and pool, and how slices are put together from them.

use super::sums::{AnswerSums, Sums};
use super::values::Slice;
use crate::engine::People;
use crate::model::Model;
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
    /// By pool and tier, by rank or by segment: talks of its members that are over, and of these resolved.
    pub tiers: Vec<Vec<[u64; 2]>>,
}

impl Ledger {
    /// The sums of several spans of time; none of none.
    pub fn of<'l>(mut spans: impl Iterator<Item = &'l Ledger>) -> Option<Cow<'l, Ledger>> {
        let mut all = Cow::Borrowed(spans.next()?);
        spans.for_each(|later| all.to_mut().add(later));
        Some(all)
    }

    /// People as those of a later span of time: who came and went before does not count.
    pub(super) fn forget_people(&mut self, later: &[Ledger]) {
        if let Some((first, rest)) = later.split_first() {
            self.groups.clone_from(&first.groups);
            rest.iter().for_each(|ledger| self.add_people(ledger));
        }
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
        for (a, b) in self
            .tiers
            .iter_mut()
            .flatten()
            .zip(later.tiers.iter().flatten())
        {
            *a = [a[0] + b[0], a[1] + b[1]];
        }
        self.add_people(later);
    }

    fn add_people(&mut self, later: &Ledger) {
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
    model: &'l Model,
    /// By contact type, the answers of all pools included.
    topics: Vec<Sums>,
    all: Sums,
    /// Handle time per expected second of work, by contact type and in all.
    efforts: Vec<f64>,
    effort: f64,
}

impl<'l> Parts<'l> {
    pub(super) fn new(ledger: &'l Ledger, model: &'l Model) -> Self {
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
        for g in model.headcount_groups() {
            all.people = together(all.people, ledger.groups[g]);
        }
        let effort_of = |s: &Sums| (s.expected_work > 0.0).then(|| s.handle / s.expected_work);
        // A topic that no person answered is judged by what people take on the whole.
        let effort = effort_of(&all).unwrap_or(1.0);
        let efforts: Vec<f64> = topics
            .iter()
            .map(|s| effort_of(s).unwrap_or(effort))
            .collect();
        Self {
            ledger,
            model,
            topics,
            all,
            efforts,
            effort,
        }
    }

    /// The effort of durably resolved cases of several contact types: the saved work of each counts at its own.
    fn saved_effort(&self, types: &[usize], saved_work: f64) -> f64 {
        let saved = |&k: &usize| self.topics[k].saved_work * self.efforts[k];
        if saved_work > 0.0 {
            types.iter().map(saved).sum::<f64>() / saved_work
        } else {
            self.effort
        }
    }

    /// The sums of several contact types and their effort.
    fn customers(&self, types: &[usize]) -> (Sums, f64) {
        if let [only] = types {
            return (self.topics[*only].clone(), self.efforts[*only]);
        }
        let mut sums = Sums::default();
        types.iter().for_each(|&k| sums.add(&self.topics[k]));
        let effort = self.saved_effort(types, sums.saved_work);
        (sums, effort)
    }

    /// The sums of a slice and its effort; nothing for a period.
    pub(super) fn slice(&self, slice: &Slice) -> Option<(Sums, f64)> {
        let cell = |k: usize, p: usize| &self.ledger.matrix[k * self.ledger.pools.len() + p];
        let types = slice.types(self.model).unwrap_or_default();
        match slice {
            Slice::All => {
                let effort = self.saved_effort(&types, self.all.saved_work);
                Some((self.all.clone(), effort))
            }
            Slice::Topic(_) | Slice::Market(_) | Slice::TopicMarket(_) => {
                Some(self.customers(&types))
            }
            Slice::Pool(p) => {
                let mut sums = self.ledger.pools[*p].clone();
                for k in 0..self.topics.len() {
                    sums.add_answers(cell(k, *p));
                    if self.model.leads_to(k, *p) {
                        sums.offered += self.topics[k].offered;
                    }
                }
                Some((sums, self.effort))
            }
            Slice::TopicPool(_, p) | Slice::MarketPool(_, p) => {
                let mut sums = Sums::default();
                types.iter().for_each(|&k| sums.add_answers(cell(k, *p)));
                Some((sums, self.effort))
            }
            Slice::Group(g) => {
                let sums = Sums {
                    people: self.ledger.groups[*g],
                    ..Sums::default()
                };
                Some((sums, self.effort))
            }
            Slice::Tier(p, t) => {
                let tiers = &self.ledger.tiers[*p];
                let of = |i: usize| {
                    let all: u64 = tiers.iter().map(|tier| tier[i]).sum();
                    [tiers[*t][i], all - tiers[*t][i]]
                };
                let sums = Sums {
                    rated: of(0),
                    rated_resolved: of(1),
                    ..Sums::default()
                };
                Some((sums, self.effort))
            }
            Slice::Period(..) => None,
        }
    }
}
