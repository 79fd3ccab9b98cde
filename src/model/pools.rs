//! Who answers: agents on a plan, or members who come when they like.

use super::Model;
use super::adherence::Adherence;
use super::contract::{Contract, Delivery};
use super::gig::GigSupply;
use super::prices::PoolPrice;
use super::satisfaction::OwnRegard;
use super::shifts::Roster;
use super::topics::HumanOutcome;
use super::workforce::{Group, Ramp};
use crate::time::{Micros, StepFn};
use serde::Deserialize;

/// A group of interchangeable agents.
#[derive(Clone, Debug)]
pub struct Pool {
    /// Unique name; it also identifies the pool's random streams.
    pub name: String,
    /// How its people are employed.
    pub kind: PoolKind,
    /// By topic: whether the agents can serve it.
    pub skills: Vec<bool>,
    /// Contacts an agent holds at once.
    pub concurrency: u8,
    /// Speed of each contact with 1, 2, .. in hand; `concurrency` values, the first is 1.
    pub speed: Vec<f64>,
    /// Use of the slots that the required agents must not exceed; `None`: only the targets say how many are required.
    pub max_occupancy: Option<f64>,
    /// By topic: factor on the work content.
    pub work_factor: Vec<f64>,
    /// Coefficient of variation of the agents' own lognormal factor (mean 1).
    pub agent_cv: f64,
    /// By topic: what an answer leads to.
    pub outcomes: Vec<HumanOutcome>,
    /// Which agent takes an arriving contact.
    pub select: Select,
    /// Which contact an agent who frees takes.
    pub take: Take,
    /// By topic: rank under [`Take::Ranking`], smaller first.
    pub ranking: Vec<u32>,
    /// By topic: weight under [`Take::WeightedWait`]; empty: 1 each.
    pub weights: Vec<f64>,
    /// What happens to contacts in hand when an agent's time is over.
    pub shift_end: ShiftEnd,
    /// How customers take to its people in particular.
    pub regard: OwnRegard,
    /// What its people cost.
    pub price: Option<PoolPrice>,
    /// Where the agents come from.
    pub supply: Supply,
}

/// How the people of a pool are employed.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum PoolKind {
    /// The company's own staff.
    Employed,
    /// A vendor's agents.
    Outsourced,
    /// Members of an on-demand register.
    Gig,
}

impl PoolKind {
    /// The key of the scenario file.
    pub fn key(self) -> &'static str {
        match self {
            PoolKind::Employed => "employed",
            PoolKind::Outsourced => "outsourced",
            PoolKind::Gig => "gig",
        }
    }
}

/// Lowest speed of a contact among several in hand.
pub const LOWEST_SPEED: f64 = 0.01;

/// Which agent takes an arriving contact.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum Select {
    /// Who has been idle longest; when nobody is idle, as [`Select::LeastLoaded`].
    LongestIdle,
    /// Who has the fewest contacts in hand, then longest in that state.
    LeastLoaded,
    /// Who has the most contacts in hand and still a free slot, then longest in that state.
    MostLoaded,
    /// Any agent with a free slot, with equal probability.
    Random,
    /// The pool with the lowest price of an agent-hour first, then as [`Select::LongestIdle`].
    Cheapest,
    /// The best tier of the register first, then as [`Select::LongestIdle`]; people of other pools have the first tier.
    BestRated,
}

/// Which contact an agent who frees takes, within the best priority class. Waits are longer by the head start of the topic.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum Take {
    /// Who has waited longest.
    LongestWait,
    /// Who has waited longest relative to the target's T.
    LongestRelativeWait,
    /// The longest wait times the weight of the topic (Kleinrock 1964).
    WeightedWait,
    /// The best topic of the pool's ranking, then longest wait.
    Ranking,
}

/// What happens to contacts in hand when an agent's time is over.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum ShiftEnd {
    /// They are finished, no new one is taken.
    Finish,
    /// They go back to the head of their queue, the agent leaves at once.
    Cut,
    /// The agent leaves only when idle.
    WhenIdle,
}

/// Where the agents of a pool come from.
#[derive(Clone, Debug)]
pub enum Supply {
    /// From a plan.
    Staffed(Staffing),
    /// From shift templates.
    Rostered(Roster),
    /// From a register of members.
    Gig(Box<GigSupply>),
}

/// Agents from a plan.
#[derive(Clone, Debug)]
pub struct Staffing {
    /// Scheduled agents less planned shrinkage, 0 outside opening hours; rounded when delivery is known.
    pub plan: StepFn,
    /// Probability that an agent is absent for a local day.
    pub absence: f64,
    /// Share of the plan that is staffed.
    pub delivery: Delivery,
    /// Share of paid time that is not on duty, the same all through a local month; the plan is net of it.
    pub shrinkage: StepFn,
    /// Group whose people staff the pool: the plan is that of its headcount at the start, and goes up and down with the people who
    /// are at work.
    pub group: Option<usize>,
    /// What a vendor was asked for: the plan is its shape times its volume, and goes down with the people who are missing.
    pub contract: Option<Box<Contract>>,
    /// Whether agents are where the plan says.
    pub adherence: Option<Adherence>,
}

impl Staffing {
    /// Whether the plan asks for parts of agents: then one more or one less comes on a day, so that the mean is kept. Otherwise the nearest whole number
    /// comes: to whole numbers, of which shrinkage leaves a part, and to plans that shrinkage makes whole, to a hundredth.
    pub fn draws_parts(&self) -> bool {
        let is_whole = |n: f64, within: f64| (n - libm::round(n)).abs() < within;
        let has_part = |(at, agents): (Micros, f64)| {
            let scheduled = agents / (1.0 - self.shrinkage.at(at)).max(1e-9);
            !is_whole(agents, 0.01) && !is_whole(scheduled, 1e-6)
        };
        self.contract.is_none() && self.plan.points().any(has_part)
    }
}

impl Pool {
    /// Price of an hour, for comparing pools: paid hours, else hours on duty.
    pub fn hourly_price(&self) -> Option<f64> {
        self.price?.hourly()
    }

    /// The register that the pool is.
    pub fn register(&self) -> Option<&GigSupply> {
        match &self.supply {
            Supply::Gig(g) => Some(g),
            Supply::Staffed(_) | Supply::Rostered(_) => None,
        }
    }

    /// The shifts by which its people come.
    pub fn roster(&self) -> Option<&Roster> {
        match &self.supply {
            Supply::Rostered(r) => Some(r),
            Supply::Staffed(_) | Supply::Gig(_) => None,
        }
    }

    /// Pay of an online hour below which a member of the pool is counted apart.
    pub fn minimum_wage(&self) -> Option<f64> {
        self.register()?.minimum_wage
    }

    /// Whether the pool is a register that grows and shrinks.
    pub fn has_turnover(&self) -> bool {
        self.register().is_some_and(|g| g.turnover.is_some())
    }

    /// Whether the pool is a register whose members book slots.
    pub fn has_slots(&self) -> bool {
        self.register().is_some_and(|g| g.slots.is_some())
    }

    /// Tiers by rank of a register that has them.
    pub fn ranked_tiers(&self) -> usize {
        let tiers = self.register().and_then(|g| g.tiers.as_ref());
        tiers.map_or(0, |t| t.shares.len())
    }

    /// Name of a segment of a register; empty where there is none.
    pub fn segment_name(&self, segment: usize) -> &str {
        let segment = self.register().and_then(|g| g.segments.get(segment));
        segment.map_or("", |s| s.name.as_str())
    }

    /// Whether the pool is a register with tiers by rank.
    pub fn has_tiers(&self) -> bool {
        self.ranked_tiers() > 0
    }

    /// Members of a register that neither grows nor shrinks.
    pub fn steady_members(&self) -> u32 {
        let steady = self.register().filter(|g| g.turnover.is_none());
        steady.map_or(0, GigSupply::members)
    }

    /// Whether the pool is a register whose members are paid.
    pub fn pays_members(&self) -> bool {
        self.register().is_some() && self.price.is_some_and(|p| p.pays_members())
    }

    /// Paid time over time on duty at a moment, of a pool on a plan: 1 / (1 - shrinkage). With a shrinkage of 1 nobody is scheduled,
    /// and who still finishes a contact is paid for that time alone.
    pub fn paid_per_duty(&self, at: Micros) -> f64 {
        let there = 1.0 - self.shrinkage(at);
        if there > 0.0 { 1.0 / there } else { 1.0 }
    }

    /// Share of paid time that is not on duty at a moment, of a pool on a plan.
    pub fn shrinkage(&self, at: Micros) -> f64 {
        match &self.supply {
            Supply::Staffed(s) => s.shrinkage.at(at),
            Supply::Rostered(_) | Supply::Gig(_) => 0.0,
        }
    }

    /// Whether its people come by shift templates.
    pub fn has_shifts(&self) -> bool {
        self.roster().is_some()
    }

    /// The contract with the vendor of the pool.
    pub fn contract(&self) -> Option<&Contract> {
        match &self.supply {
            Supply::Staffed(s) => s.contract.as_deref(),
            Supply::Rostered(r) => r.contract.as_deref(),
            Supply::Gig(_) => None,
        }
    }

    /// Whether its people are where they are scheduled, if that is followed.
    pub fn adherence(&self) -> Option<&Adherence> {
        match &self.supply {
            Supply::Staffed(s) => s.adherence.as_ref(),
            Supply::Rostered(r) => r.adherence.as_ref(),
            Supply::Gig(_) => None,
        }
    }

    /// How its people learn who are new: those of its group, or of its vendor.
    pub fn ramp(&self, groups: &[Group]) -> Option<Ramp> {
        let group = self.group().and_then(|g| groups.get(g)?.ramp);
        group.or_else(|| self.contract()?.ramp)
    }

    /// The group whose people staff the pool.
    pub fn group(&self) -> Option<usize> {
        match &self.supply {
            Supply::Staffed(s) => s.group,
            Supply::Rostered(r) => r.group,
            Supply::Gig(_) => None,
        }
    }
}

impl Model {
    /// The tiers that segments of the register of pool `p` have at any time, segment by segment: of each its number and a tier. None where
    /// all have one and the same, or where tiers are by rank.
    pub fn segment_tiers(&self, p: usize) -> Vec<(usize, u8)> {
        let registers = self.epochs().filter_map(|m| m.pools[p].register());
        let by_segment = registers.filter(|g| g.tiers.is_none());
        let tiers = by_segment.flat_map(|g| g.segments.iter().map(|s| s.tier).enumerate());
        let mut tiers: Vec<(usize, u8)> = tiers.collect();
        tiers.sort_unstable();
        tiers.dedup();
        if tiers.iter().all(|t| t.1 == tiers[0].1) {
            tiers.clear();
        }
        tiers
    }
}
