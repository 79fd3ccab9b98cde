//! What is decided month by month: the people whom a group asks for, and the agents ordered from a vendor.

use super::size::{Size, SizeOf, asked, end, follow, makeup};
use super::variable::{Cell, Dates};
use crate::model::{Group, Hiring, Model, Month};
use crate::time::{Micros, StepFn};

/// Cells, and how many agents are on duty in each.
pub(super) type Covers = Vec<(usize, f64)>;

/// The share of people who are still in a group at a moment, in the mean: of those who started in one month and are at work from another one on,
/// or of those at the start.
fn staying(group: &Group, months: &[Month], class: Option<(usize, usize)>, at: Micros) -> f64 {
    let now = months.partition_point(|m| m.start <= at).max(1) - 1;
    let trainee = group.training_attrition;
    let rate = |month: usize| match class {
        None => group.rate(u32::MAX, false),
        Some((_, ready)) if month < ready => trainee.unwrap_or_else(|| group.rate(0, false)),
        Some((_, ready)) => group.rate((month - ready) as u32, false),
    };
    let first = class.map_or(0, |c| c.0);
    let whole: f64 = (first..now).map(|m| rate(m) * months[m].share).sum();
    let month = &months[now];
    let part = (at - month.start) as f64 / (month.end - month.start).max(1) as f64;
    let part = if group.leaves_daily { part } else { 0.0 };
    libm::exp(-whole - rate(now) * month.share * part)
}

impl Size {
    /// What can be decided of a pool month by month.
    ///
    /// # Errors
    /// Why nothing can.
    pub(super) fn by_month(model: &Model, pool: usize) -> Result<Vec<Self>, &'static str> {
        let rules = |m: &Model| {
            let group = m.pools[pool].group().and_then(|g| m.groups.get(g));
            (group.cloned(), m.pools[pool].contract().cloned())
        };
        let first = (makeup(model, pool), rules(model));
        if model.epochs().any(|m| (makeup(m, pool), rules(m)) != first) {
            return Err("the timeline changes how many people it has, or how they come and go");
        }
        let spans = model.months();
        let months: Vec<Micros> = spans.iter().map(|m| m.start).collect();
        let sizes: Vec<Self> = match (model.pools[pool].group(), model.pools[pool].contract()) {
            (Some(g), _) => {
                let group = &model.groups[g];
                if !matches!(group.hiring, Hiring::Requests(_) | Hiring::Freeze) {
                    return Err("its group hires by a rule, not by `requests`");
                }
                let all = model.pools.iter().enumerate();
                let pools = all.filter(|(_, p)| p.group() == Some(g)).map(|p| p.0);
                let pools: Vec<usize> = pools.collect();
                let (lead, training) = (group.lead as usize, group.training as usize);
                let decided = months.len().saturating_sub(lead + training);
                let class = |month: usize| {
                    let (first, ready) = (month + lead, month + lead + training);
                    let there = months[ready];
                    Self {
                        pools: pools.clone(),
                        of: SizeOf::Class(g),
                        in_file: f64::from(asked(&group.hiring, month)),
                        dates: Some(Dates {
                            month,
                            asked: months[month],
                            starts: months[first],
                            there,
                            next: *months.get(ready + 1).unwrap_or(&model.horizon),
                            until: end(model),
                            share: staying(group, &spans, Some((first, ready)), there),
                            months: decided,
                        }),
                    }
                };
                // Who is at work at the start is there anyway.
                let later = (0..decided).filter(|m| months[m + lead + training] > 0);
                later.map(class).collect()
            }
            (None, Some(contract)) if contract.ordered.at(0) > 0.0 => {
                let effect = |&at: &Micros| model.calendar.later(at, contract.notice);
                let order = |month: usize| {
                    let there = effect(&months[month]);
                    let next = months.get(month + 1).map(effect);
                    let next = next.filter(|&next| next < model.horizon);
                    Self {
                        pools: vec![pool],
                        of: SizeOf::Order,
                        in_file: contract.ordered.at(there),
                        dates: Some(Dates {
                            month,
                            asked: months[month],
                            starts: there,
                            there,
                            next: next.unwrap_or(model.horizon),
                            until: next.unwrap_or(end(model)),
                            share: 1.0,
                            months: months.len(),
                        }),
                    }
                };
                let there = |m: &usize| (1..model.horizon).contains(&effect(&months[*m]));
                (0..months.len()).filter(there).map(order).collect()
            }
            (None, Some(_)) => return Err("nobody is ordered at the start"),
            (None, None) => {
                return Err("it has neither a group whose people are hired nor a contract");
            }
        };
        match sizes.is_empty() {
            true => Err("the time is too short: nobody who is asked for is at work within it"),
            false => Ok(sizes),
        }
    }

    /// The size of the same people as if it were one number.
    fn undated(&self, model: &Model) -> Self {
        let (of, in_file) = match self.of {
            SizeOf::Class(g) => {
                let headcount = model.groups[g].headcount;
                (SizeOf::Headcount(g), f64::from(headcount))
            }
            _ => {
                let contract = model.pools[self.pools[0]].contract();
                (SizeOf::Ordered, contract.map_or(0.0, |c| c.ordered.at(0)))
            }
        };
        Self {
            pools: self.pools.clone(),
            of,
            in_file,
            dates: None,
        }
    }

    /// How many there are without any decision.
    pub(super) fn at_start(&self, model: &Model) -> u32 {
        match self.of {
            SizeOf::Order => libm::round(self.undated(model).in_file) as u32,
            _ => 0,
        }
    }

    /// Agents on duty in the mean, cell by cell of its pools: of one of each of several sizes of the same people, and of those who are there at the
    /// start.
    pub(super) fn per_dated(
        model: &Model,
        sizes: &[Self],
        cells: &[Cell],
    ) -> (Vec<Covers>, Covers) {
        let Some(any) = sizes.first() else {
            return (Vec::new(), Vec::new());
        };
        let undated = any.undated(model);
        let mut plain = model.clone();
        let end = end(model);
        let level = |model: &mut Model| {
            for &pool in &any.pools {
                let same = |ordered: &StepFn| StepFn::constant(ordered.at(0));
                follow(&mut model.pools[pool].supply, end, same);
            }
        };
        if any.of == SizeOf::Order {
            level(&mut plain);
            plain.timeline.iter_mut().for_each(|c| level(&mut c.model));
        }
        let each = undated.per_unit(&plain, cells);
        let months = model.months();
        let begin = sizes.iter().filter_map(|s| Some(s.dates?.there)).min();
        let share = |size: Option<&Self>, c: usize| {
            let (from, to) = cells[c].span;
            let length = (to - from).max(1) as f64;
            let dates = size.and_then(|s| s.dates);
            if let SizeOf::Class(g) = any.of {
                let group = &model.groups[g];
                let ready = |d: Dates| {
                    let first = d.month + group.lead as usize;
                    (first, first + group.training as usize)
                };
                return match dates {
                    Some(d) if d.there >= to => 0.0,
                    _ => staying(group, &months, dates.map(ready), from),
                };
            }
            let (first, last) = match dates {
                Some(d) => (d.there, d.until),
                None => (0, begin.unwrap_or(end)),
            };
            last.min(to).saturating_sub(first.max(from)) as f64 / length
        };
        let of = |size: Option<&Self>, by: f64| {
            let all = each
                .iter()
                .map(|&(c, part)| (c, by * part * share(size, c)));
            all.filter(|c| c.1 > 0.0).collect()
        };
        let classes = sizes.iter().map(|size| of(Some(size), 1.0));
        (classes.collect(), of(None, undated.in_file))
    }
}
