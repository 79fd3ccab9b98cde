//! The months that are charged, each divided for those who are paid at the moments at which their own prices change.

use super::costs::{Costs, HOUR, Span, Work, ai_charge, overtime_pay, payroll, pool_charge};
use crate::measure::{Add, Customers, Ledger};
use crate::model::{Model, Period};
use crate::time::{Micros, to_seconds};
use std::borrow::Cow;
use std::ops::Range;

/// A month that is counted.
pub(super) struct Month {
    /// Share of the whole month.
    pub(super) share: f64,
    /// Its periods among all.
    pub(super) periods: Range<usize>,
    /// Who is paid in it, each with the parts in which the prices are the same.
    paid: Vec<(Payee, Vec<Part>)>,
}

/// Who is paid.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Payee {
    Assistant,
    Pool(usize),
    Group(usize),
}

/// A month, or a part of one, that is charged by the same prices.
#[derive(Clone)]
struct Part {
    periods: Range<usize>,
    /// The epoch of its first period.
    epoch: usize,
    /// Its begin.
    start: Micros,
    span: Span,
    /// Months of the minimum term of a contract that are left when it ends within the part, else 0.
    left: f64,
}

impl Month {
    /// What the month cost, of whose periods these are the sums.
    pub(super) fn costs(&self, model: &Model, ledgers: &[Ledger]) -> Costs {
        let mut costs = Costs::none(model);
        // Nearly everybody is paid for the same time.
        let mut sums: Vec<(&Range<usize>, Cow<'_, Ledger>)> = Vec::new();
        for (payee, parts) in &self.paid {
            for part in parts {
                let known = sums
                    .iter()
                    .position(|(periods, _)| **periods == part.periods);
                let at = known.or_else(|| {
                    let ledger = Ledger::of(ledgers[part.periods.clone()].iter())?;
                    sums.push((&part.periods, ledger));
                    Some(sums.len() - 1)
                });
                if let Some(at) = at {
                    part.charge(*payee, model.epoch(part.epoch), &sums[at].1, &mut costs);
                }
            }
        }
        costs
    }
}

impl Part {
    /// Adds what is charged for the part, in which `model` holds.
    fn charge(&self, payee: Payee, model: &Model, ledger: &Ledger, costs: &mut Costs) {
        let add = |sum: &mut Option<f64>, more: f64| *sum = Some(sum.unwrap_or(0.0) + more);
        match payee {
            Payee::Assistant => {
                if let Some(price) = &model.prices.ai {
                    let mut all = Customers::default();
                    ledger.topics.iter().for_each(|s| all.add(s));
                    costs.ai += ai_charge(price, &all, self.span);
                }
            }
            Payee::Pool(p) => {
                if let Some(price) = &model.pools[p].price {
                    let work = Work::of(model, ledger, p, self.start);
                    let charge = pool_charge(price, &work, self.span);
                    add(&mut costs.pools[p], charge + price.early_exit * self.left);
                }
            }
            Payee::Group(g) => {
                let Some(pay) = &model.groups[g].pay else {
                    return;
                };
                let pools = 0..model.pools.len();
                let pools: Vec<usize> = pools
                    .filter(|&p| model.pools[p].group() == Some(g))
                    .collect();
                let of = || pools.iter().map(|&p| &ledger.pools[p]);
                let overtime = to_seconds(of().map(|s| s.overtime).sum()) / HOUR;
                let cost = payroll(pay, &ledger.groups[g], self.span.share)
                    + overtime_pay(pay, overtime, model.productive.paid_hours());
                add(&mut costs.groups[g], cost);
                // Each pool has its part of that by time on duty.
                let duty = of().map(|s| s.duty).sum::<u64>() as f64;
                for &p in &pools {
                    let part = match duty > 0.0 {
                        true => ledger.pools[p].duty as f64 / duty,
                        false => 1.0 / pools.len() as f64,
                    };
                    add(&mut costs.staff[p], cost * part);
                }
            }
        }
    }

    /// Goes on until the end of the part that follows.
    fn join(&mut self, next: &Part) {
        self.periods.end = next.periods.end;
        self.span.share += next.span.share;
        self.span.first |= next.span.first;
        self.span.last |= next.span.last;
        self.left += next.left;
    }
}

/// The months that are counted.
pub(super) fn months(model: &Model) -> Vec<Month> {
    let (periods, all) = (model.periods(), model.months());
    // A month that the warm-up ends in counts from its begin for what happens once in it, such as a hire.
    let counted: Vec<(usize, Period)> = periods
        .into_iter()
        .enumerate()
        .filter(|(_, p)| all[p.month].end > model.warmup)
        .collect();
    let of_month = |of: &[(usize, Period)]| {
        let (first, last) = (of.first()?.0, of.last()?.0);
        Some(Month {
            share: of.iter().map(|(_, period)| period.span.counted).sum(),
            periods: first..last + 1,
            paid: payees(model)
                .map(|payee| (payee, parts(model, payee, &counted, of)))
                .collect(),
        })
    };
    let by_month = counted.chunk_by(|a, b| a.1.month == b.1.month);
    by_month.filter_map(of_month).collect()
}

/// The time after the horizon as a month of which no share is charged: what is paid by the hour, at the prices at the horizon.
pub(super) fn after_horizon(model: &Model) -> Month {
    let part = Part {
        periods: 0..1,
        epoch: model.timeline.len(),
        start: model.horizon,
        span: Span {
            share: 0.0,
            first: false,
            last: false,
        },
        left: 0.0,
    };
    let paid = payees(model).map(|payee| (payee, vec![part.clone()]));
    Month {
        share: 0.0,
        periods: 0..1,
        paid: paid.collect(),
    }
}

/// Who may be paid.
fn payees(model: &Model) -> impl Iterator<Item = Payee> {
    let pools = (0..model.pools.len()).map(Payee::Pool);
    let groups = (0..model.groups.len()).map(Payee::Group);
    std::iter::once(Payee::Assistant).chain(pools).chain(groups)
}

/// The parts of a month, given by its periods, for one who is paid.
fn parts(
    model: &Model,
    payee: Payee,
    counted: &[(usize, Period)],
    of_month: &[(usize, Period)],
) -> Vec<Part> {
    // Set-up is paid when a contract begins, and exit when it ends.
    let has = |period: &Period| {
        let model = model.epoch(period.epoch);
        match payee {
            Payee::Assistant => model.prices.ai.is_some(),
            Payee::Pool(p) => model.pools[p].price.is_some(),
            Payee::Group(g) => model.groups[g].pay.is_some(),
        }
    };
    let mut with = counted.iter().filter(|(_, period)| has(period));
    let first = with.next().map(|(index, _)| *index);
    let last = with.next_back().map(|(index, _)| *index).or(first);
    let mut parts: Vec<Part> = Vec::new();
    for &(index, period) in of_month {
        let next = Part {
            periods: index..index + 1,
            epoch: period.epoch,
            start: period.span.start,
            span: Span {
                share: period.span.counted,
                first: first == Some(index),
                last: last == Some(index),
            },
            left: match payee {
                Payee::Pool(p) => months_left(model, p, &period),
                _ => 0.0,
            },
        };
        match parts.last_mut() {
            Some(part) if charges_alike(model, payee, part, &next) => part.join(&next),
            _ => parts.push(next),
        }
    }
    parts
}

/// Whether one who is paid charges by the same rules in a part of a month as in the part before it.
fn charges_alike(model: &Model, payee: Payee, before: &Part, after: &Part) -> bool {
    let (a, b) = (model.epoch(before.epoch), model.epoch(after.epoch));
    match payee {
        Payee::Assistant => a.prices.ai == b.prices.ai,
        Payee::Pool(p) => {
            let (x, y) = (&a.pools[p], &b.pools[p]);
            let (mut hours, mut credit) = (false, false);
            if let Some(price) = &x.price {
                (hours, credit) = (price.per_agent_hour.is_some(), price.credit.is_some());
            }
            let routes = || (0..model.topics.len()).all(|k| a.leads_to(k, p) == b.leads_to(k, p));
            x.price == y.price
                && (!hours || x.shrinkage(before.start) == y.shrinkage(after.start))
                && (!credit || routes())
        }
        Payee::Group(g) => a.groups[g].pay == b.groups[g].pay,
    }
}

/// Months of the minimum term of a pool's contract that are left when its volume becomes 0 within the period.
fn months_left(model: &Model, p: usize, period: &Period) -> f64 {
    let contract = model.epoch(period.epoch).pools[p].contract();
    let ended = contract.and_then(|c| Some((c.minimum_months, c.ends()?)));
    match ended {
        Some((months, at)) if (period.span.start..period.span.end).contains(&at) => {
            (months - model.calendar.months_between(0, at)).max(0.0)
        }
        _ => 0.0,
    }
}
