//! What a month costs.

use crate::engine::People;
use crate::measure::{Add, Answers, Customers, Ledger, Sums};
use crate::model::{AiPrice, Model, Pay, PoolPrice};
use crate::time::{Micros, to_seconds};

/// Seconds of an hour.
pub(super) const HOUR: f64 = 3600.0;

/// Which part of which month.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Span {
    /// Share of the month that is counted.
    pub share: f64,
    /// Whether it is the first part that is charged, and the last.
    pub first: bool,
    /// See `first`.
    pub last: bool,
}

/// Costs of a month, or of several.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Costs {
    /// The assistant.
    pub ai: f64,
    /// By pool; none for a pool without a price.
    pub pools: Vec<Option<f64>>,
    /// By group; none for a group without pay.
    pub groups: Vec<Option<f64>>,
    /// By pool: its part of what its group costs, by time on duty; none for a pool without such a group. Already in `groups`.
    pub staff: Vec<Option<f64>>,
}

impl Costs {
    /// No costs yet.
    pub(super) fn none(model: &Model) -> Self {
        Self {
            ai: 0.0,
            pools: vec![None; model.pools.len()],
            groups: vec![None; model.groups.len()],
            staff: vec![None; model.pools.len()],
        }
    }

    /// Adds the costs of another time.
    pub(super) fn add(&mut self, other: &Costs) {
        let both = |a: &mut [Option<f64>], b: &[Option<f64>]| {
            for (a, b) in a.iter_mut().zip(b) {
                if let Some(b) = b {
                    *a = Some(a.unwrap_or(0.0) + b);
                }
            }
        };
        self.ai += other.ai;
        both(&mut self.pools, &other.pools);
        both(&mut self.groups, &other.groups);
        both(&mut self.staff, &other.staff);
    }

    /// What pool `p` costs with the people of its group.
    pub fn of_pool(&self, p: usize) -> Option<f64> {
        match (self.pools[p], self.staff[p]) {
            (Some(own), Some(staff)) => Some(own + staff),
            (own, staff) => own.or(staff),
        }
    }

    /// All together.
    pub fn total(&self) -> f64 {
        let people = self.pools.iter().chain(&self.groups).flatten();
        self.ai + people.sum::<f64>()
    }
}

/// What a pool did in a month, as far as it is paid for.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Work {
    /// Hours on duty.
    pub online_hours: f64,
    /// Paid hours, overtime not included.
    pub paid_hours: f64,
    /// Hours of overtime of people on shifts.
    pub overtime_hours: f64,
    /// Minutes of handle time.
    pub handled_minutes: f64,
    /// Contacts answered.
    pub contacts: f64,
    /// Contacts resolved.
    pub resolved: f64,
    /// What members of a register got for surge and as top-ups.
    pub extra_pay: f64,
    /// People who joined a register.
    pub joined: f64,
    /// Service level of the topics that lead to the pool.
    pub service_level: Option<f64>,
}

impl Work {
    /// What pool `p` did in a period that begins at `start`.
    pub fn of(model: &Model, ledger: &Ledger, p: usize, start: Micros) -> Self {
        let pools = model.pools.len();
        // The answers of the pool, and all visits of the contact types that lead to it.
        let (mut answers, mut leading) = (Answers::default(), Sums::default());
        for k in 0..model.topics.len() {
            answers.add(&ledger.matrix[k * pools + p]);
            if model.leads_to(k, p) {
                leading.customers.add(&ledger.topics[k]);
                let all = &ledger.matrix[k * pools..(k + 1) * pools];
                all.iter().for_each(|a| leading.answers.add(a));
            }
        }
        let (pool, sums) = (&model.pools[p], &ledger.pools[p]);
        let hours = |time| to_seconds(time) / HOUR;
        let online_hours = hours(sums.duty);
        // Who is scheduled and away is paid.
        let away = hours(sums.scheduled - sums.adherent);
        Self {
            online_hours,
            paid_hours: if pool.has_shifts() {
                hours(sums.paid)
            } else {
                (online_hours + away) * pool.paid_per_duty(start)
            },
            overtime_hours: hours(sums.overtime),
            handled_minutes: answers.handle / 60.0,
            contacts: answers.answered as f64,
            resolved: answers.resolved as f64,
            extra_pay: ledger.pools[p].earned_extra,
            joined: ledger.pools[p].members_joined as f64,
            service_level: leading.service_level(),
        }
    }
}

/// The invoice of a pool for a month.
///
/// Charges = paid hours with overtime hours by their factor, online hours, handled minutes, contacts (at least the floor) and resolved contacts at their prices, plus
/// what surge and guarantee add to the pay of members, plus
/// the base charge of a volume with what is above or below it, plus the monthly fee; at least the monthly minimum; less the
/// service credit; plus the platform's fee. Set-up, exit, and what each person costs who joins a register come on top.
pub fn pool_charge(price: &PoolPrice, work: &Work, span: Span) -> f64 {
    let floor = price
        .floor
        .map_or(0.0, |f| f.share * f.forecast * span.share);
    let volume = price.volume.map_or(0.0, |v| {
        let base = v.base * span.share;
        let (above, below) = (
            (work.contacts - base).max(0.0),
            (base - work.contacts).max(0.0),
        );
        (v.charge * span.share + v.additional * above - v.reduced * below).max(0.0)
    });
    let paid_hours = work.paid_hours + price.overtime * work.overtime_hours;
    let charges = price.per_agent_hour.unwrap_or(0.0) * paid_hours
        + price.per_online_hour * work.online_hours
        + price.per_handled_minute * work.handled_minutes
        + price.per_contact * work.contacts.max(floor)
        + price.per_resolved_contact * work.resolved
        + work.extra_pay
        + volume
        + price.per_month * span.share;
    let charges = charges.max(price.monthly_minimum * span.share);
    let credit = match (price.credit, work.service_level) {
        (Some(c), Some(level)) if level < c.below => c.share,
        _ => 0.0,
    };
    let joins = (price.onboarding + price.equipment) * work.joined;
    let once = price.set_up * f64::from(span.first) + price.exit * f64::from(span.last) + joins;
    charges * (1.0 - credit) * (1.0 + price.platform_fee) + once
}

/// The assistant's invoice for a month.
pub fn ai_charge(price: &AiPrice, all: &Customers, span: Span) -> f64 {
    let conversations = (all.ai_contacts as f64 - price.included * span.share).max(0.0);
    let resolved = if price.refund {
        all.ai_kept
    } else {
        all.ai_contained - all.ai_trapped
    };
    price.per_conversation * conversations
        + price.per_resolution * resolved as f64
        + price.per_month * span.share
        + price.set_up * f64::from(span.first)
}

/// The payroll of a group for a month: everybody by the mean of the headcounts at begin and end.
pub fn payroll(pay: &Pay, people: &People, share: f64) -> f64 {
    let heads = 0.5 * (people.headcount + people.headcount_end) as f64;
    let supervisors = if pay.span > 0.0 {
        libm::ceil(heads / pay.span)
    } else {
        0.0
    };
    let wages = pay.monthly * heads + pay.supervisor * supervisors;
    (wages * (1.0 + pay.on_costs) + pay.per_head * (heads + supervisors)) * share
        + pay.per_hire * people.hires as f64
        + pay.severance_months * pay.monthly * people.laid_off as f64
}

/// What hours of overtime cost, with `hours` paid hours in a month: hours x factor x pay of an hour x (1 + on-costs).
pub fn overtime_pay(pay: &Pay, overtime: f64, hours: f64) -> f64 {
    overtime * pay.overtime * pay.monthly / hours * (1.0 + pay.on_costs)
}
