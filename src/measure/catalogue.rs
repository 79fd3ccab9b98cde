//! What is declared of a measure, and how its value is found.

use super::earners::Earnings;
use super::measures::MEASURES;
use super::slices::Slice;
use super::sums::Sums;
use crate::model::{Model, Required};
use crate::stats::{Histogram, IntervalKind};
use crate::time::{Micros, to_seconds};
use std::borrow::Cow;

/// What a measure is counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// A number of things.
    Count,
    /// Seconds.
    Seconds,
    /// A share between 0 and 1 of what happened in a replication.
    Fraction,
    /// 0 or 1 in each replication: its mean is a probability.
    Chance,
    /// A share of the days or intervals of a replication: trials that depend on each other within it.
    ShareOfTrials,
    /// People at work.
    Agents,
    /// Employees.
    People,
    /// Contacts (time averages).
    Contacts,
    /// Full-time equivalents.
    Fte,
    /// Hours.
    Hours,
    /// Things per thing.
    Ratio,
    /// Money: in the currency of the scenario.
    Money,
}

impl Unit {
    /// What it is called; the `unit` column has [`Self::text`].
    pub fn label(self) -> &'static str {
        match self {
            Unit::Count => "count",
            Unit::Seconds => "s",
            Unit::Fraction | Unit::Chance | Unit::ShareOfTrials => "fraction",
            Unit::Agents => "agents",
            Unit::People => "people",
            Unit::Contacts => "contacts",
            Unit::Fte => "fte",
            Unit::Hours => "h",
            Unit::Ratio => "ratio",
            Unit::Money => "money",
        }
    }

    /// The text of the `unit` column.
    pub fn text(self, model: &Model) -> Cow<'static, str> {
        match self {
            Unit::Money => model.prices.currency.clone().into(),
            other => other.label().into(),
        }
    }
}

/// In which slices a measure is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// In total, by topic, by market and by both: it belongs to customers.
    Topic,
    /// As `Topic`, by pool, and by topic or market and pool: it belongs to answers.
    Answer,
    /// In total and by pool: it belongs to agents.
    Pool,
    /// In total and by pool, where a number of agents is required.
    Required,
    /// In total and by pool, for pools with shifts only.
    Shift,
    /// In total and by pool, for pools whose people are not always where they are scheduled.
    Adherence,
    /// As `Topic`, where customers may be called back.
    Callback,
    /// As `Topic`, where the assistant does not speak the language of some market.
    Language,
    /// In total and by pool, for gig pools only.
    Gig,
    /// In total and by pool, for gig pools that pay their members.
    Pay,
    /// In total and by pool, for gig pools with a minimum wage.
    Wage,
    /// In total and by pool, for registers that grow and shrink.
    Turnover,
    /// In total and by pool, for registers whose members book slots.
    Slot,
    /// In total and by pool, for registers with tiers by rank.
    Tier,
    /// By tier of a register, by rank or by segment.
    OneTier,
    /// In total and by group of employees.
    Group,
    /// As `Topic`, where satisfaction is followed.
    Customer,
    /// As `Answer`, where satisfaction is followed.
    Opinion,
    /// In the table of the intervals only, as `Topic`.
    Interval,
    /// In the tables of the intervals and of the week only, in total and by pool.
    IntervalPool,
    /// Of the time after the horizon only.
    AfterHorizon,
    /// In total, where anything has a price.
    CostOfAll,
    /// In total and by pool with a price.
    CostOfPool,
    /// In total, by pool with a price and by group with pay.
    Cost,
    /// As `Topic`, where a customer has a value.
    Risk,
    /// In total, where both is so.
    CostWithRisk,
}

/// The moment that decides in which period a measure counts, see [`super::sums`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cohort {
    /// The begin of the contact.
    Contact,
    /// The moment at which the visit joined the queue.
    Visit,
    /// The begin of the case.
    Case,
    /// Spans of time, cut at the borders of periods.
    Time,
    /// The moment at which it happens.
    Moment,
    /// None: it follows from the model alone.
    Plan,
    /// Money: what is paid by the hour or the month as `Time`, what is paid by the contact as `Visit`.
    Cost,
    /// Money of a period over what customers brought in the same period.
    UnitCost,
}

/// The shortest stretch of time for which a measure is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Grain {
    /// Intervals, days, weeks, months, and all.
    Fine,
    /// Months, and all.
    Month,
    /// The whole counted time only.
    Whole,
}

/// Which way a measure is better, whoever asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Better {
    /// More is better.
    More,
    /// Less is better.
    Less,
    /// That depends on who asks.
    Neither,
}

/// A list of measures that something shows or keeps. Its columns or rows come in the order of the catalogue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum List {
    /// The scenarios on the terminal. The rank says which column goes first where there is no room: that with the highest.
    Run,
    /// The differences from the baseline. Ranked as `Run`.
    Differences,
    /// The topics and the markets. Ranked as `Run`.
    Topics,
    /// The pools. Ranked as `Run`.
    Pools,
    /// Days, weeks and months. Ranked as `Run`.
    Periods,
    /// What matters most on the page, by rank.
    Glance,
    /// What a sweep keeps when no measure is named.
    Sweep,
    /// What must be precise when no measure is named.
    Precision,
    /// What money is compared by.
    Finance,
    /// What may stand for the cost of a scenario: the first by rank that there is.
    Cost,
    /// What may stand for its quality: the first by rank that there is.
    Quality,
    /// The columns of the intervals.
    Intervals,
}

/// Agents that are required in a slice of a period.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RequiredAgents {
    /// Their number, a time average.
    pub agents: f64,
    /// Their hours over those of a full-time agent.
    pub fte: f64,
}

impl RequiredAgents {
    /// The agents that a slice requires between two moments; `None` where it is about no pools, or no number is enough.
    pub fn of(
        required: &Required,
        model: &Model,
        slice: &Slice,
        (from, to): (Micros, Micros),
    ) -> Option<Self> {
        let pools = slice.agents(model);
        if pools.is_empty() || *slice == Slice::AfterHorizon {
            return None;
        }
        let of_pool = |p: usize| required.agent_seconds(p, from, to);
        let seconds: f64 = pools.into_iter().map(of_pool).sum::<Option<f64>>()?;
        let available = model.available_seconds_between(from, to);
        Some(Self {
            agents: seconds / to_seconds(to - from),
            fte: seconds / available,
        })
    }
}

/// Costs of a slice of a period.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Costs {
    /// All of them.
    pub total: f64,
    /// Those of the assistant.
    pub assistant: f64,
    /// What customers are worth who leave for their dissatisfaction, where they have a value.
    pub at_risk: Option<f64>,
    /// Net present value, for the whole time.
    pub net_present_value: Option<f64>,
}

/// What a measure may need besides the sums of its slice; nothing by default.
#[derive(Clone, Copy, Default)]
pub struct Context<'a> {
    /// Counted time, seconds.
    pub window: f64,
    /// Time of one full-time agent over the counted time that is available for contacts, seconds: paid hours x (1 - shrinkage).
    pub available: f64,
    /// The part of it that is spent on contacts at the target occupancy, seconds.
    pub productive: f64,
    /// Waits of all visits that were not turned away, where the slice has them.
    pub waits: Option<&'a Histogram>,
    /// Share of the target, where the slice has one.
    pub target: Option<f64>,
    /// Share of the whole local days, and of the whole intervals, in which `sl_net` reached the target.
    pub met: (Option<f64>, Option<f64>),
    /// What members of registers earned, where the slice has them.
    pub earnings: Earnings,
    /// People in registers that stay as they are.
    pub members: f64,
    /// Agents required, where that is known.
    pub required: Option<RequiredAgents>,
    /// Costs, where there are prices.
    pub money: Option<Costs>,
}

/// A measure: everything that is known of it.
pub struct Measure {
    /// Identifier in files.
    pub id: &'static str,
    /// Unit.
    pub unit: Unit,
    /// Slices it is given for.
    pub scope: Scope,
    /// In which period it counts.
    pub cohort: Cohort,
    /// The shortest stretch of time it is given for.
    pub grain: Grain,
    /// Which way is better.
    pub better: Better,
    /// Lists that it belongs to, with its rank in each.
    pub lists: &'static [(List, u32)],
    /// What people call it; empty where that is the identifier in words.
    pub(super) words: &'static str,
    /// Heading of its column, in up to two lines; empty where that is its name.
    pub(super) title: &'static str,
    /// Formula in words.
    pub formula: &'static str,
    /// Its value, `None` where it is undefined.
    pub(super) value: fn(&Sums, &Context<'_>) -> Option<f64>,
}

impl Measure {
    /// What people call it: `service level`, `mean wait`.
    pub fn name(&self) -> Cow<'static, str> {
        match self.words {
            "" => self.id.replace('_', " ").into(),
            words => words.into(),
        }
    }

    /// The heading of its column, in up to two lines.
    pub fn heading(&self) -> Cow<'static, str> {
        match self.title {
            "" => self.name(),
            title => title.into(),
        }
    }

    /// Whether it is an amount of money that prices decide, and so comes from [`crate::finance`].
    pub fn is_money(&self) -> bool {
        matches!(
            self.scope,
            Scope::CostOfAll | Scope::CostOfPool | Scope::Cost | Scope::Risk | Scope::CostWithRisk
        )
    }

    /// How the confidence interval over replications is made. `mean_of` gives the mean over them of a measure in the same slice: of
    /// shares of visits how many trials there were is known.
    pub fn interval_kind(&self, mean_of: impl FnOnce(&str) -> Option<f64>) -> IntervalKind {
        let share = |trials| IntervalKind::Share { trials };
        match self.unit {
            Unit::Chance => IntervalKind::Event,
            Unit::ShareOfTrials => share(1.0),
            Unit::Fraction => {
                let counted = match (self.cohort, self.scope) {
                    (Cohort::Visit, Scope::Topic) => mean_of("offered"),
                    (Cohort::Visit, Scope::Answer) => mean_of("answered"),
                    _ => None,
                };
                share(counted.unwrap_or(f64::INFINITY))
            }
            // What can be a gain is below 0 or above.
            Unit::Money if self.is_money() && self.better == Better::More => IntervalKind::Number,
            _ if matches!(self.scope, Scope::Risk | Scope::CostWithRisk) => IntervalKind::Number,
            _ => IntervalKind::NonNegative,
        }
    }

    /// Its rank in a list, if it belongs to it.
    pub fn rank(&self, list: List) -> Option<u32> {
        let found = self.lists.iter().find(|(l, _)| *l == list);
        found.map(|(_, rank)| *rank)
    }

    /// Its value for the sums of a slice; `None` where it is undefined.
    pub fn of(&self, sums: &Sums, context: &Context<'_>) -> Option<f64> {
        (self.value)(sums, context).filter(|v| v.is_finite())
    }
}

/// The measure with this identifier.
pub fn measure(id: &str) -> Option<&'static Measure> {
    MEASURES.iter().find(|m| m.id == id)
}

/// The measures of a list, in the order of the catalogue.
pub fn measures_of(list: List) -> impl Iterator<Item = &'static Measure> {
    MEASURES.iter().filter(move |m| m.rank(list).is_some())
}

/// The measures of a list, by rank.
pub fn ranked(list: List) -> Vec<&'static Measure> {
    let mut measures: Vec<_> = measures_of(list).collect();
    measures.sort_by_key(|m| m.rank(list));
    measures
}

/// What a measure is called, whether or not it is one of the catalogue.
pub fn name_of(id: &str) -> String {
    measure(id).map_or_else(|| id.replace('_', " "), |m| m.name().into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_measure_is_declared_once() {
        let ids: BTreeSet<&str> = MEASURES.iter().map(|m| m.id).collect();
        assert_eq!(ids.len(), MEASURES.len());
        for m in MEASURES {
            assert!(!m.formula.is_empty(), "{}", m.id);
            let lists: BTreeSet<String> = m.lists.iter().map(|t| format!("{:?}", t.0)).collect();
            assert_eq!(lists.len(), m.lists.len(), "{}", m.id);
        }
    }

    #[test]
    fn intervals_go_by_what_is_declared() {
        let kind = |id: &str| {
            measure(id)
                .unwrap()
                .interval_kind(|of| Some(of.len() as f64))
        };
        let share = |trials| IntervalKind::Share { trials };
        for (id, want) in [
            ("target_met", IntervalKind::Event),
            ("target_met_days", share(1.0)),
            ("target_met_intervals", share(1.0)),
            ("sl_net", share(7.0)),
            ("sl_answered", share(8.0)),
            ("abandonment_rate", share(7.0)),
            ("occupancy", share(f64::INFINITY)),
            ("ai_share", share(f64::INFINITY)),
            ("mean_wait", IntervalKind::NonNegative),
            ("cost_total", IntervalKind::NonNegative),
            ("earnings_per_online_hour", IntervalKind::NonNegative),
            ("npv", IntervalKind::Number),
            ("value_at_risk", IntervalKind::Number),
            ("cost_with_risk", IntervalKind::Number),
        ] {
            assert_eq!(kind(id), want, "{id}");
        }
    }

    /// What is shown for periods or intervals must be known for them.
    #[test]
    fn lists_of_short_periods_have_only_what_is_known_there() {
        for list in [List::Periods, List::Intervals] {
            for m in measures_of(list) {
                assert_eq!(m.grain, Grain::Fine, "{}", m.id);
            }
        }
    }
}
