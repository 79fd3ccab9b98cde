//! The numbers of which a plan consists.

use crate::time::Micros;

/// A stretch of time in which somebody is there: begin and end.
pub type Stretch = (Micros, Micros);

/// One number of a plan.
#[derive(Clone, Debug, PartialEq)]
pub struct Variable {
    /// The pool.
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
}

/// Whether two stretches have time in common.
pub(super) fn meet(a: Stretch, b: Stretch) -> bool {
    a.0 < b.1 && b.0 < a.1
}
