//! What the operation is: a validated description that knows no file and no random number.
//!
//! A [`Model`] is plain data with public fields. [`Model::problems`] lists whatever would make it meaningless; the
//! engine accepts only models without problems, and can then neither fail nor panic.
//!
//! Durations in distributions are in seconds; points in time and fixed durations are [`Micros`].

mod adherence;
mod attempt;
mod backlog;
mod basis;
mod blocks;
mod check;
mod clock;
mod contract;
mod effort;
mod events;
mod flow;
mod gig;
mod grid;
mod limits;
mod load;
mod markets;
mod months;
mod pools;
mod prices;
mod required;
mod requirement;
mod satisfaction;
mod shifts;
mod sizing;
mod timeline;
mod topics;
mod workforce;

pub use adherence::{Adherence, LEAST_GAP};
pub use basis::Exactness;
pub use blocks::{LEAST_BLOCK, RankedBy, SlotPlan, Tiers};
pub use clock::CustomerClock;
pub use contract::{Contract, Delivery};
pub use effort::{PlannedEffort, ProductiveHours};
pub use gig::{
    Discontent, GigSupply, LEAST_ACCEPTANCE, LEAST_PAUSE, LogOn, PayResponse, Segment, Turnover,
};
pub use limits::*;
pub use load::{Brought, Load, Offered};
pub use markets::{Market, Markets};
pub use months::{Month, Period};
pub use pools::{LOWEST_SPEED, Pool, PoolKind, Select, ShiftEnd, Staffing, Supply, Take};
pub use prices::{AiPrice, Credit, Floor, Pay, PoolPrice, Prices, Surge, Volume};
pub use required::{PoolRequired, Required, required};
pub use satisfaction::{OwnRegard, Regard, Satisfaction};
pub use shifts::{Begin, Break, MOST_SHIFT, Pauses, Roster, Template};
pub use sizing::MOST_REQUIRED;
pub use timeline::Change;
pub use topics::{
    AiOutcome, AiTopic, Callback, Closed, Difficulty, Ending, HumanAccess, HumanOutcome, Insist,
    Return, ReturnClock, RouteStep, StepPool, Target, Topic, TransferTo,
};

pub use workforce::{Cover, Group, Hiring, Layoffs, Ramp, Requirement, Strain};

use crate::dist::Distribution;
use crate::time::{Calendar, HOUR, Micros};
use serde::Deserialize;
use std::sync::Arc;

/// The operation that is simulated.
#[derive(Clone, Debug)]
pub struct Model {
    /// Civil time.
    pub calendar: Calendar,
    /// Arrivals stop here; what is in the system is then served to its end.
    pub horizon: Micros,
    /// Contacts that begin, and time that passes, before this are not counted.
    pub warmup: Micros,
    /// Width of the reporting interval.
    pub interval: Micros,
    /// When new cases arrive.
    pub demand: Demand,
    /// What customers come with: topics, or with markets contact types.
    pub topics: Vec<Topic>,
    /// Where customers live.
    pub markets: Markets,
    /// The assistant's capacity and failures.
    pub assistant: Assistant,
    /// Who answers.
    pub pools: Vec<Pool>,
    /// Who is employed, as far as it is followed by the month.
    pub groups: Vec<Group>,
    /// The queues: first one per topic, in the order of the topics, then those of transferred contacts.
    pub queues: Vec<Queue>,
    /// Window within which a return spoils first-contact and durable resolution.
    pub fcr_window: Micros,
    /// Contacts after which a case is given up for good.
    pub max_contacts: u16,
    /// What one full-time agent does.
    pub productive: ProductiveHours,
    /// What things cost.
    pub prices: Prices,
    /// What is different from a date on, in order of time.
    pub timeline: Vec<Change>,
}

impl Model {
    /// Whether anything has a price.
    pub fn has_prices(&self) -> bool {
        self.epochs().any(|m| {
            m.prices.ai.is_some()
                || m.pools.iter().any(|p| p.price.is_some())
                || m.groups.iter().any(|g| g.pay.is_some())
        })
    }

    /// Whether a pool has a price, or people who are paid.
    pub fn costs_something(&self, pool: usize) -> bool {
        let pool = &self.pools[pool];
        let paid = |g| self.groups.get(g).is_some_and(|g: &Group| g.pay.is_some());
        pool.price.is_some() || pool.group().is_some_and(paid)
    }

    /// Whether the people of a group work for a vendor: they staff an outsourced pool.
    pub fn is_outsourced(&self, group: usize) -> bool {
        let vendors = |p: &Pool| p.kind == PoolKind::Outsourced && p.group() == Some(group);
        self.pools.iter().any(vendors)
    }

    /// The groups that make up the headcount in all: the company's own people, who are never added up with a vendor's. Where all
    /// groups are a vendor's, these.
    pub fn headcount_groups(&self) -> Vec<usize> {
        let all = || 0..self.groups.len();
        let own: Vec<usize> = all().filter(|&g| !self.is_outsourced(g)).collect();
        if own.is_empty() { all().collect() } else { own }
    }

    /// Whether customers say whether they are satisfied: all topics have it, or none.
    pub fn has_satisfaction(&self) -> bool {
        let mut topics = self.topics.iter();
        topics.next().is_some_and(|t| t.satisfaction.is_some())
    }

    /// Whether customers of some topic may be called back.
    pub fn has_callbacks(&self) -> bool {
        self.epochs()
            .any(|m| m.topics.iter().any(|t| t.callback.is_some()))
    }

    /// Whether the loss of a customer has a price in some topic.
    pub fn has_customer_value(&self) -> bool {
        let value = |t: &Topic| t.satisfaction?.customer_value;
        self.topics.iter().any(|t| value(t).is_some())
    }

    /// Number of reporting intervals in the horizon.
    pub fn intervals(&self) -> usize {
        self.horizon.div_ceil(self.interval.max(1)) as usize
    }

    /// Whether contacts of this topic may come to this pool.
    pub fn leads_to(&self, topic: usize, pool: usize) -> bool {
        let has = |step: &RouteStep| step.pools.iter().any(|p| p.pool == pool);
        let leads = |q: &Queue| q.topic == topic && q.route.iter().any(has);
        let of_topic = |m: &Self| {
            let own = m.queues.get(topic).is_some_and(leads);
            own || m.queues.iter().skip(m.topics.len()).any(leads)
        };
        self.epochs().any(of_topic)
    }
}

/// When new cases arrive, per topic, on a grid of steps.
#[derive(Clone, Debug)]
pub struct Demand {
    /// Width of a step; the last one may be shorter.
    pub step: Micros,
    /// One entry per topic.
    pub arrivals: Vec<Arrivals>,
    /// The clock of the customers of each topic; `None`, or no entry, where it is elapsed time.
    pub clocks: Vec<Option<Arc<CustomerClock>>>,
    /// How busy days and intervals are.
    pub busyness: Busyness,
}

/// How days and intervals differ beyond what is expected and the chance of single cases: by factors of mean 1, common to all topics.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Busyness {
    /// Coefficient of variation of the Gamma factor of each local day.
    pub day_cv: f64,
    /// Correlation of the normal scores of neighbouring days, between -1 and 1, both excluded.
    pub day_correlation: f64,
    /// Coefficient of variation of the Gamma factor of each reporting interval.
    pub interval_cv: f64,
    /// Correlation of the normal scores of neighbouring intervals of a local day.
    pub interval_correlation: f64,
    /// Standard deviation of the change of the logarithm of the level in seven days; it changes each local day.
    pub level_sd_per_week: f64,
    /// The factor of the day before the first local day, if it is known.
    pub day_before: Option<f64>,
}

impl Busyness {
    /// Whether days differ.
    pub fn days_vary(&self) -> bool {
        self.day_cv > 0.0 || self.level_sd_per_week > 0.0
    }

    /// Whether days differ, each by itself.
    pub fn days_are_independent(&self) -> bool {
        self.day_cv > 0.0 && self.day_correlation == 0.0 && self.level_sd_per_week == 0.0
    }

    /// What holds for the whole run: how the factor of a day or an interval depends on that of the one before it.
    pub fn course(&self) -> [f64; 4] {
        [
            self.day_correlation,
            self.interval_correlation,
            self.level_sd_per_week,
            self.day_before.unwrap_or(0.0),
        ]
    }

    /// How many independent days tell as much of the mean as so many days in a row: (1 - r)/(1 + r) of them where they are correlated, one where the
    /// level wanders.
    pub fn independent_days(&self, days: f64) -> f64 {
        let r = self.day_correlation.max(0.0);
        match self.level_sd_per_week > 0.0 {
            true => 1.0,
            false => (days * (1.0 - r) / (1.0 + r)).max(1.0),
        }
    }
}

impl Demand {
    /// Without topics nobody comes; time goes by the hour.
    pub fn nobody() -> Self {
        Self {
            step: HOUR,
            arrivals: Vec::new(),
            clocks: Vec::new(),
            busyness: Busyness::default(),
        }
    }
}

/// New cases of one topic; models of one timeline share them.
#[derive(Clone, Debug, PartialEq)]
pub enum Arrivals {
    /// Expected number of cases in each step of the horizon (Poisson, times the busyness factors).
    Expected(Arc<[f64]>),
    /// Exact number in each step, uniform within it.
    Counts(Arc<[u32]>),
    /// Exact points in time, in order.
    Replay(Arc<[Micros]>),
}

/// The assistant's side of the operation that is not particular to a topic.
#[derive(Clone, Debug, Default)]
pub struct Assistant {
    /// Concurrent sessions; `None` is unlimited.
    pub capacity: Option<u32>,
    /// Where a contact goes that meets a full or failed assistant.
    pub overflow: Overflow,
    /// Dated outages, `[from, to)`, in order and disjoint.
    pub outages: Vec<(Micros, Micros)>,
    /// Random outages: time between failures (from repair to failure) and time to repair, in seconds.
    pub random_outages: Option<(Distribution, Distribution)>,
}

/// Where a contact goes that meets a full or failed assistant.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum Overflow {
    /// To the human queue at once.
    #[default]
    Human,
    /// It waits at the assistant's door, first come first served, as long as its patience lasts.
    Wait,
    /// It is turned away.
    TurnAway,
}

/// A queue of contacts of one topic with the route they may take.
#[derive(Clone, Debug)]
pub struct Queue {
    /// Topic of the contacts.
    pub topic: usize,
    /// Served before every queue of a larger class; 0 is the front class of transfers with priority.
    pub class: u8,
    /// Ranked steps in the order of opening.
    pub route: Vec<RouteStep>,
}

/// A field, and whether it is sound.
type Check = (&'static str, bool);

fn probability(p: f64) -> bool {
    (0.0..=1.0).contains(&p)
}

/// `n` people split by shares that sum to 1: rounded down, then the largest remainders up.
fn by_largest_remainder(n: u32, shares: impl Iterator<Item = f64>) -> Vec<u32> {
    let exact: Vec<f64> = shares.map(|share| share * f64::from(n)).collect();
    let mut people: Vec<u32> = exact.iter().map(|&x| x as u32).collect();
    let mut order: Vec<usize> = (0..people.len()).collect();
    order.sort_by(|&a, &b| exact[b].fract().total_cmp(&exact[a].fract()));
    let missing = n.saturating_sub(people.iter().sum()) as usize;
    for i in order.into_iter().cycle().take(missing) {
        people[i] += 1;
    }
    people
}
