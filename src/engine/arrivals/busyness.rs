//! How busy a day and an interval are: Gamma factors on the expected number of cases.

use crate::dist::counts::gamma_quantile_mean1;
use crate::engine::keys::kind;
use crate::engine::{Context, Sink};
use crate::model::Demand;
use crate::random::purpose;
use crate::time::Micros;

/// The factors of the present day and interval, each with its number.
pub(super) struct Busyness {
    day: (u64, f64),
    interval: (u64, f64),
}

impl Busyness {
    /// No factor is known yet.
    pub(super) fn new() -> Self {
        Self {
            day: (u64::MAX, 1.0),
            interval: (u64::MAX, 1.0),
        }
    }

    /// The product of both factors at a moment by the demand of an epoch, kept while they last.
    pub(super) fn at(&mut self, cx: &Context<'_, impl Sink>, demand: &Demand, at: Micros) -> f64 {
        let mut factor = 1.0;
        if demand.day_busyness_cv > 0.0 {
            let day = cx.laws.frame.days.partition_point(|&d| d <= at) as u64;
            if self.day.0 != day {
                let key = cx.root.child(kind::DAY).child(day);
                let bits = key.bits(purpose::DAY_BUSYNESS);
                self.day = (day, gamma_quantile_mean1(demand.day_busyness_cv, bits));
            }
            factor *= self.day.1;
        }
        if demand.interval_busyness_cv > 0.0 {
            let interval = at / cx.laws.model.interval;
            if self.interval.0 != interval {
                let key = cx.root.child(kind::INTERVAL).child(interval);
                let bits = key.bits(purpose::INTERVAL_BUSYNESS);
                let drawn = gamma_quantile_mean1(demand.interval_busyness_cv, bits);
                self.interval = (interval, drawn);
            }
            factor *= self.interval.1;
        }
        factor
    }
}
