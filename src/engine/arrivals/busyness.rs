//! How busy a day and an interval are: Gamma factors on the expected number of cases.

use crate::dist::counts::gamma_quantile_mean1;
use crate::engine::keys::kind;
use crate::engine::{Context, Sink};
use crate::model::Demand;
use crate::random::{Key, purpose};
use crate::time::Micros;

/// The factors of the present day and interval, each with its number, as far as they are known.
#[derive(Default)]
pub(super) struct Busyness {
    day: Option<(u64, f64)>,
    interval: Option<(u64, f64)>,
}

impl Busyness {
    /// The product of both factors at a moment by the demand of an epoch, kept while they last.
    pub(super) fn at(&mut self, cx: &Context<'_, impl Sink>, demand: &Demand, at: Micros) -> f64 {
        let factor = |known: &mut Option<(u64, f64)>, cv, number, (kind, purpose)| match *known {
            Some((n, factor)) if n == number => factor,
            _ => {
                let draw = |root: Key| root.child(kind).child(number).bits(purpose);
                let own = draw(cx.root);
                let spread = cx.laws.spread.as_ref();
                let bits = spread.map_or(own, |spread| spread.bits(own, draw));
                known.insert((number, gamma_quantile_mean1(cv, bits))).1
            }
        };
        let mut product = 1.0;
        if demand.day_busyness_cv > 0.0 {
            let day = cx.laws.frame.days.partition_point(|&d| d <= at) as u64;
            let draw = (kind::DAY, purpose::DAY_BUSYNESS);
            product *= factor(&mut self.day, demand.day_busyness_cv, day, draw);
        }
        if demand.interval_busyness_cv > 0.0 {
            let (interval, cv) = (at / cx.laws.model.interval, demand.interval_busyness_cv);
            let draw = (kind::INTERVAL, purpose::INTERVAL_BUSYNESS);
            product *= factor(&mut self.interval, cv, interval, draw);
        }
        product
    }
}
