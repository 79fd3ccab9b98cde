//! Whether work is longer or shorter when others wait.

use std::collections::BTreeSet;

use crate::calibrate::named::LEVEL;
use crate::calibrate::sums::HandleSums;
use crate::stats::{Ranged, Stratum, factor_within, student_t_p_value};

/// Work of contacts that had to wait beside that of contacts that did not.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ByLoad {
    /// Work of those who waited over that of those answered at once: of the same topic and agent in the same three hours of a
    /// day, or in the same interval where agents are not known.
    pub factor: Ranged,
    /// Share of the answered contacts that waited.
    pub waited: f64,
    /// Chance that contacts which do not differ would seem to do so as much.
    pub p_value: f64,
    /// Whether it is certain enough to be said.
    pub differs: bool,
}

impl ByLoad {
    /// Of sums by interval and wait; `None` where no interval has both.
    pub(super) fn new(sums: &HandleSums) -> Option<Self> {
        let mut contacts = [0.0; 2];
        let strata: Vec<Stratum> = sums
            .0
            .iter()
            .map(|(key, [at_once, waited])| {
                contacts[0] += f64::from(at_once.contacts);
                contacts[1] += f64::from(waited.contacts);
                Stratum {
                    block: key.1.unsigned_abs() as usize,
                    first: (at_once.seconds, f64::from(at_once.contacts)),
                    second: (waited.seconds, f64::from(waited.contacts)),
                }
            })
            .collect();
        let log = factor_within(&strata)?;
        let days: BTreeSet<usize> = strata.iter().map(|s| s.block).collect();
        let (low, high) = log.interval(LEVEL)?;
        Some(Self {
            factor: Ranged::new(libm::exp(log.value), libm::exp(low), libm::exp(high)),
            waited: contacts[1] / (contacts[0] + contacts[1]),
            p_value: student_t_p_value(log.value, log.standard_error, days.len() as f64 - 1.0)?,
            differs: false,
        })
    }
}
