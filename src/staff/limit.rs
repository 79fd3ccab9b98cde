//! A limit on a measure: of what, and how much there may be of it.

use crate::measure::{Cohort, Grain, Row, Slice, Unit, measure};

/// On which side of its bound a measure has to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// It is the bound at least.
    Least,
    /// It is the bound at most.
    Most,
}

/// A bound on a measure of a slice.
#[derive(Clone, Debug, PartialEq)]
pub struct Limit {
    /// The measure, its slice and its unit.
    pub row: Row,
    /// On which side of the bound it has to be.
    pub side: Side,
    /// In the unit of the measure.
    pub bound: f64,
}

impl Limit {
    /// How far a value is on the right side of the bound, in the unit of the measure; below 0 it is on the wrong side.
    pub fn slack(&self, value: f64) -> f64 {
        match self.side {
            Side::Least => value - self.bound,
            Side::Most => self.bound - value,
        }
    }

    /// A slack that can be compared with those of other measures: of shares as it is, of all else in parts of the bound.
    pub fn relative(&self, slack: f64) -> f64 {
        let is_share = self.row.unit == Unit::Fraction.label();
        match is_share || self.bound == 0.0 {
            true => slack,
            false => slack / self.bound.abs(),
        }
    }

    /// Whether the measure is known of intervals, days and weeks; else it is of the whole time only.
    pub(super) fn is_of_stretches(&self) -> bool {
        measure(self.row.measure).is_some_and(|m| {
            let of_slice = match self.row.slice {
                Slice::All | Slice::Topic(_) | Slice::Market(_) | Slice::TopicMarket(_) => true,
                // What a pool answers is counted by interval without what became of it.
                Slice::Pool(_) => m.cohort == Cohort::Time,
                _ => false,
            };
            m.grain == Grain::Fine && of_slice
        })
    }
}
