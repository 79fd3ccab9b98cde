//! Shifts on offer: those from which the people of a pool are chosen.

use super::variable::{Of, Stretch, Variable};
use crate::model::{Begin, Model, Roster, Supply, Template};
use crate::time::{HOUR, Micros};

/// The shifts on offer for a pool; the shares of the templates do not matter.
#[derive(Clone, Debug, PartialEq)]
pub struct Offer {
    /// The pool.
    pub pool: usize,
    /// The shifts.
    pub templates: Vec<Template>,
}

/// The people of a pool that is decided on by shifts, with the shifts on offer: those that it is offered, else its own. `None` of a pool
/// without shifts, of one whose people are a group's or a vendor's under contract, and of one that the timeline changes.
pub(super) fn roster(model: &Model, pool: usize, offers: &[Offer]) -> Option<Roster> {
    let own = |m: &Model| own_people(m, pool);
    let mut roster = own(model)?;
    if let Some(offer) = offers.iter().find(|o| o.pool == pool) {
        roster.templates.clone_from(&offer.templates);
    }
    let same = |m: &Model| {
        let other = own(m);
        let supply = |m: &Model| match &m.pools[pool].supply {
            Supply::Staffed(s) => Some(s.plan.clone()),
            Supply::Rostered(_) | Supply::Gig(_) => None,
        };
        other.is_some_and(|o| o.shrinkage == roster.shrinkage) && supply(m) == supply(model)
    };
    (!roster.templates.is_empty() && model.epochs().all(same)).then_some(roster)
}

/// The people of a pool with its own plan or its own shifts.
pub(super) fn own_people(model: &Model, pool: usize) -> Option<Roster> {
    match &model.pools[pool].supply {
        Supply::Rostered(r) if r.group.is_none() && r.contract.is_none() => Some(r.clone()),
        Supply::Staffed(s) if s.group.is_none() && s.contract.is_none() => Some(Roster {
            staff: Some(0),
            group: None,
            templates: Vec::new(),
            shrinkage: s.shrinkage.clone(),
            absence: s.absence,
            absence_paid: false,
            delivery: s.delivery.clone(),
            pauses: None,
            adherence: s.adherence.clone(),
            contract: None,
        }),
        Supply::Staffed(_) | Supply::Rostered(_) | Supply::Gig(_) => None,
    }
}

/// The share of the people of a shift who come to it as planned.
pub(super) fn there(roster: &Roster, at: i64) -> f64 {
    (1.0 - roster.shrinkage.at(at.max(0) as Micros)).max(1e-9)
}

/// Of the people of a shift those who are paid for it in the mean, where this share comes as planned: who is absent without plan is paid only
/// if that is so agreed.
fn paid_share(roster: &Roster, there: f64) -> f64 {
    let absent = if roster.absence_paid {
        0.0
    } else {
        there * roster.absence
    };
    (1.0 - absent) * roster.delivery.mean()
}

/// A variable for each shift on offer that has time within the horizon.
pub(super) fn variables(model: &Model, pool: usize, roster: &Roster, hourly: f64) -> Vec<Variable> {
    let of_shift = |(shift, template): (usize, &Template)| {
        let mut open: Vec<Stretch> = Vec::new();
        let mut paid = 0;
        let cut = |at: i64| (at.max(0) as Micros).min(model.horizon);
        for (begin, end) in (0..template.begins.len()).filter_map(|k| template.shift(k)) {
            let mut at = cut(begin);
            let end = cut(end as i64);
            paid += end - at;
            for b in &template.breaks {
                let due = begin.saturating_add_unsigned(b.after);
                let (from, to) = (cut(due).min(end), cut(due + b.length as i64).min(end));
                paid -= if b.paid { 0 } else { to - from };
                open.extend((at < from).then_some((at, from)));
                at = at.max(to);
            }
            open.extend((at < end).then_some((at, end)));
        }
        let (first, last) = (open.first()?, open.last()?);
        let there = there(roster, first.0 as i64);
        Some(Variable {
            pool,
            of: Of::People(shift),
            span: (first.0, last.1),
            cost: hourly * paid_share(roster, there) * paid as f64 / HOUR as f64,
            there,
            open,
        })
    };
    let each = roster.templates.iter().enumerate();
    each.filter_map(of_shift).collect()
}

/// The people of a pool with so many in each shift on offer, and one more agent on duty in each of some spans.
pub(super) fn staffed(roster: &Roster, people: &[u32], more: Vec<Stretch>) -> Roster {
    let chosen = roster.templates.iter().zip(people);
    let mut templates: Vec<(Template, u32)> = chosen
        .filter(|(_, n)| **n > 0)
        .map(|(t, &n)| (t.clone(), n))
        .collect();
    let mut total: u32 = templates.iter().map(|t| t.1).sum();
    for span in more {
        let at = span.0 as i64;
        // So many people that one of them comes.
        let n = (1..100).find(|&n| roster.present(&[total, n], 1, at) > 0);
        let n = n.unwrap_or(1);
        total += n;
        let one = Template {
            name: format!("one more from {}", span.0),
            share: 0.0,
            begins: vec![Begin {
                at,
                day: (at / (24 * HOUR as i64)) as i32,
            }],
            length: span.1 - span.0,
            breaks: Vec::new(),
        };
        templates.push((one, n));
    }
    if templates.is_empty() {
        templates.extend(roster.templates.first().map(|t| (t.clone(), 0)));
    }
    let alone = templates.len() as f64;
    let share = |n: u32| match total {
        0 => 1.0 / alone,
        total => f64::from(n) / f64::from(total),
    };
    let shared = templates.into_iter().map(|(t, n)| Template {
        share: share(n),
        ..t
    });
    Roster {
        staff: Some(total),
        templates: shared.collect(),
        ..roster.clone()
    }
}
