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

    /// A margin after replications on which so much was missing with the present one: larger by that, but not by more than half of what is left to
    /// the best value there can be, which no number of agents exceeds.
    pub(super) fn larger(&self, margin: f64, slack: f64) -> f64 {
        let is_share = self.row.unit == Unit::Fraction.label();
        let most = match self.side {
            Side::Least if is_share => 1.0 - self.bound,
            Side::Most if self.bound >= 0.0 => self.bound,
            _ => f64::INFINITY,
        };
        margin + (-slack).min(0.5 * (most - margin))
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

#[cfg(test)]
mod tests {
    use super::*;

    /// A margin that asks for more than perfection would be kept by nobody.
    #[test]
    fn a_margin_leaves_something_possible() {
        let of = |side, bound, unit: &'static str| Limit {
            row: Row {
                slice: Slice::All,
                measure: "",
                unit: unit.into(),
            },
            side,
            bound,
        };
        let level = of(Side::Least, 0.75, "fraction");
        assert_eq!(level.larger(0.0, -0.0625), 0.0625);
        assert_eq!(level.larger(0.0, -0.5), 0.125);
        let wait = of(Side::Most, 8.0, "s");
        assert_eq!(wait.larger(0.0, -20.0), 4.0);
        assert_eq!(wait.larger(4.0, -1.0), 5.0);
        assert_eq!(of(Side::Least, 100.0, "count").larger(0.0, -300.0), 300.0);
        let passed_over = f64::NEG_INFINITY;
        assert_eq!(wait.larger(passed_over, -20.0), passed_over);
    }
}
