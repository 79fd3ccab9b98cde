//! The sums of a stretch of time by contact type and pool, and how those of a slice are put together from them.

use super::cells::Cells;
use super::earners::Earners;
use super::slices::Slice;
use super::sums::{Add, Agents, Answers, Customers, Sums};
use crate::engine::People;
use crate::model::{Model, PoolKind};
use crate::stats::Histogram;
use std::borrow::Cow;
use std::ops::Range;

/// What one replication counted: sums only, ratios come later.
#[derive(Clone, Debug)]
pub struct Counters {
    /// The counted time: from the end of the warm-up to the horizon.
    pub total: Ledger,
    /// By period, see [`crate::model::Model::periods`].
    pub periods: Vec<Ledger>,
    /// Time after the horizon, in which what is in the system is served.
    pub after: Ledger,
    /// Its length in microseconds.
    pub drain: u64,
    /// Waits of all visits that were not turned away, by contact type.
    pub waits: Vec<Histogram>,
    /// By cell of time.
    pub cells: Cells,
    /// By member of a register.
    pub(super) earners: Earners,
}

/// What was counted in a period, a month, or in all.
#[derive(Clone, Debug, PartialEq)]
pub struct Ledger {
    /// By contact type.
    pub topics: Vec<Customers>,
    /// By contact type and pool (`topic * pools + pool`).
    pub matrix: Vec<Answers>,
    /// By pool.
    pub pools: Vec<Agents>,
    /// By group of employees.
    pub groups: Vec<People>,
    /// By pool and tier, by rank or by segment: talks of its members that are over, and of these resolved.
    pub tiers: Vec<Vec<[u64; 2]>>,
}

impl Ledger {
    /// The sums of several stretches of time, in their order; `None` of none.
    pub fn of<'l>(mut spans: impl Iterator<Item = &'l Ledger>) -> Option<Cow<'l, Ledger>> {
        let mut all = Cow::Borrowed(spans.next()?);
        spans.for_each(|later| all.to_mut().add(later));
        Some(all)
    }

    /// Takes the people from later stretches of time: who came and went before does not count.
    pub(super) fn forget_people(&mut self, later: &[Ledger]) {
        if let Some((first, rest)) = later.split_first() {
            self.groups.clone_from(&first.groups);
            rest.iter().for_each(|ledger| self.add_people(ledger));
        }
    }

    /// Adds a later stretch of time.
    pub(super) fn add(&mut self, later: &Ledger) {
        fn each<T: Add>(a: &mut [T], b: &[T]) {
            a.iter_mut().zip(b).for_each(|(a, b)| a.add(b));
        }
        each(&mut self.topics, &later.topics);
        each(&mut self.matrix, &later.matrix);
        each(&mut self.pools, &later.pools);
        for (a, b) in self.tiers.iter_mut().zip(&later.tiers) {
            each(a, b);
        }
        self.add_people(later);
    }

    fn add_people(&mut self, later: &Ledger) {
        for (a, b) in self.groups.iter_mut().zip(&later.groups) {
            // How many there are is told at the begin; who comes and goes adds up.
            *a = People {
                headcount: a.headcount,
                productive: a.productive,
                in_training: a.in_training,
                headcount_end: b.headcount_end,
                ..together(*a, *b)
            };
        }
    }

    /// The sums of a slice; nothing of a period.
    pub fn sums(&self, slice: &Slice, model: &Model) -> Sums {
        let pools = self.pools.len();
        let mut sums = Sums::default();
        let (types, of_pools) = slice.answers(model);
        for &k in &types {
            if slice.has_customers() {
                sums.customers.add(&self.topics[k]);
            }
            for &p in &of_pools {
                sums.answers.add(&self.matrix[k * pools + p]);
            }
        }
        for p in slice.agents(model) {
            sums.agents.add(&self.pools[p]);
        }
        match slice {
            Slice::All => {
                for g in model.headcount_groups() {
                    sums.people = together(sums.people, self.groups[g]);
                }
            }
            Slice::Pool(p) => {
                let leads = |k: &usize| model.leads_to(*k, *p);
                let offered = (0..self.topics.len()).filter(leads);
                sums.customers.offered = offered.map(|k| self.topics[k].offered).sum();
            }
            Slice::Group(g) => sums.people = self.groups[*g],
            Slice::Tier(p, t) => {
                let tiers = &self.tiers[*p];
                let of = |i: usize| {
                    let all: u64 = tiers.iter().map(|tier| tier[i]).sum();
                    [tiers[*t][i], all - tiers[*t][i]]
                };
                (sums.agents.rated, sums.agents.rated_resolved) = (of(0), of(1));
            }
            Slice::Topic(_)
            | Slice::Market(_)
            | Slice::TopicMarket(_)
            | Slice::TopicPool(..)
            | Slice::MarketPool(..)
            | Slice::Period(_)
            | Slice::AfterHorizon => {}
        }
        sums
    }
}

impl Cells {
    /// The sums of a slice in some cells: those that are counted by cell, see [`super::TopicCell`] and [`super::PoolCell`].
    pub fn sums(&self, cells: Range<usize>, slice: &Slice, model: &Model) -> Sums {
        let types = slice.types(model).unwrap_or_default();
        let mut sums = self.of_types(cells.clone(), &types);
        // Answers are counted by contact type, and by pool once more.
        let mut once_more = Answers::default();
        for p in slice.agents(model) {
            for cell in cells.clone() {
                let answers = match types.is_empty() {
                    true => &mut sums.answers,
                    false => &mut once_more,
                };
                let cell = &self.rows(cell).1[p];
                cell.add_to(&mut sums.agents, answers);
                if model.pools[p].kind == PoolKind::Gig {
                    sums.agents.members_duty += cell.duty;
                    sums.agents.members_finishing += cell.finishing;
                }
            }
        }
        sums
    }

    /// The sums of some contact types in some cells.
    pub(super) fn of_types(&self, cells: Range<usize>, types: &[usize]) -> Sums {
        let mut sums = Sums::default();
        for cell in cells {
            for &k in types {
                self.rows(cell).0[k].add_to(&mut sums.customers, &mut sums.answers);
            }
        }
        sums
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
