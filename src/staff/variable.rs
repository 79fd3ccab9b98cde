//! The numbers of which a plan consists.

use crate::time::{HOUR, Micros};
use serde::Deserialize;

/// A stretch of time in which somebody is there: begin and end.
pub type Stretch = (Micros, Micros);

/// A pool in one reporting interval.
#[derive(Clone, Debug, PartialEq)]
pub struct Cell {
    /// The pool.
    pub pool: usize,
    /// Begin and end of the interval, as far as it lies within the horizon.
    pub span: Stretch,
    /// When the pool is open in it.
    pub open: Vec<Stretch>,
}

/// One number of a plan.
#[derive(Clone, Debug, PartialEq)]
pub struct Variable {
    /// The pool; of a size the first one.
    pub pool: usize,
    /// What it is the number of.
    pub of: Of,
    /// From the first begin to the last end.
    pub span: Stretch,
    /// When one agent of it is there, within the horizon.
    pub open: Vec<Stretch>,
    /// What one costs: the paid time at the price of an hour.
    pub cost: f64,
    /// How much of one is on duty while he is there: planned absence is off.
    pub there: f64,
}

/// What a [`Variable`] is the number of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Of {
    /// Agents on duty in the cell with this number.
    Agents(usize),
    /// People who work the shift with this number of the pool's offer.
    People(usize),
    /// The size with this number.
    Size(usize),
}

/// By what a pool is decided on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum By {
    /// Agents in each interval.
    Interval,
    /// People on each shift.
    Shift,
    /// One number.
    Size,
    /// Whom its group asks for, or what is ordered from its vendor, month by month.
    Month,
}

/// How a pool is decided on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PoolRule {
    /// The pool.
    pub pool: usize,
    /// By what; `None`: by interval where it has a plan of its own, by shift where it has shifts or some are on offer, else by size.
    pub by: Option<By>,
    /// Fewest and most agents on duty in an interval where it is open; of a size its number.
    pub bounds: (u32, u32),
}

/// When something is decided, and what comes of it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Dates {
    /// The month of the horizon, from 0, at whose begin it is decided.
    pub month: usize,
    /// That moment.
    pub asked: Micros,
    /// When the people of a class have their first day.
    pub starts: Micros,
    /// From when on they are at work.
    pub there: Micros,
    /// When those are there who are decided on in the next month.
    pub next: Micros,
    /// Until when they are there: of an order until the next one takes effect.
    pub until: Micros,
    /// The share of those asked for who are at work when they are there first, in the mean.
    pub(super) share: f64,
    /// Months in which it can be decided: whoever is asked for later is not at work within the horizon.
    pub(super) months: usize,
}

/// Whether two stretches have time in common.
pub(super) fn meet(a: Stretch, b: Stretch) -> bool {
    a.0 < b.1 && b.0 < a.1
}

/// The length of some stretches.
pub(super) fn length(stretches: &[Stretch]) -> Micros {
    stretches.iter().map(|s| s.1 - s.0).sum()
}

/// The same in hours.
pub(super) fn hours(stretches: &[Stretch]) -> f64 {
    length(stretches) as f64 / HOUR as f64
}
