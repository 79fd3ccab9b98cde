//! What is declared of a measure, and how its value is found.

use super::attributes::{Better, Cohort, Grain, List, Scope, Unit};
use super::earners::Earnings;
use super::slices::Slice;
use super::sums::Sums;
use crate::model::{Model, Required};
use crate::stats::{Histogram, IntervalKind};
use crate::time::{Micros, to_seconds};
use std::borrow::Cow;

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
    /// Name in texts; empty where it is the identifier with spaces.
    pub(super) words: &'static str,
    /// Heading of its column, in up to two lines; empty where that is its name.
    pub(super) title: &'static str,
    /// Formula in words.
    pub formula: &'static str,
    /// Its value, `None` where it is undefined.
    pub(super) value: fn(&Sums, &Context<'_>) -> Option<f64>,
}

impl Measure {
    /// Name in texts: `service level`, `mean wait`.
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
