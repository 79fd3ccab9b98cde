//! What is declared of a measure besides its formula.

use crate::model::Model;
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
    /// Name of the unit; for money the `unit` column has the currency, see [`Self::text`].
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
    /// Those of them that also show how they vary from replication to replication.
    Bands,
}
