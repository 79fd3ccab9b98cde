//! How busy a day and an interval are: Gamma factors on the expected number of cases.

use crate::dist::counts::gamma_quantile_mean1;
use crate::engine::keys::kind;
use crate::engine::{Context, Laws, Sink};
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
        let known = |known: &mut Option<(u64, f64)>, cv, number, draw| match *known {
            Some((n, factor)) if n == number => factor,
            _ => {
                let factor = factor(cx.laws, cx.root, cv, number, draw);
                known.insert((number, factor)).1
            }
        };
        let mut product = 1.0;
        if demand.day_busyness_cv > 0.0 {
            let day = cx.laws.day(at);
            product *= known(&mut self.day, demand.day_busyness_cv, day, OF_DAY);
        }
        if demand.interval_busyness_cv > 0.0 {
            let (interval, cv) = (at / cx.laws.model.interval, demand.interval_busyness_cv);
            let draw = (kind::INTERVAL, purpose::INTERVAL_BUSYNESS);
            product *= known(&mut self.interval, cv, interval, draw);
        }
        product
    }
}

/// Kind and purpose of the draw of a day.
const OF_DAY: (u64, u64) = (kind::DAY, purpose::DAY_BUSYNESS);

fn factor(laws: &Laws<'_>, root: Key, cv: f64, number: u64, (kind, purpose): (u64, u64)) -> f64 {
    let draw = |root: Key| root.child(kind).child(number).bits(purpose);
    let own = draw(root);
    let spread = laws.spread.as_ref();
    let bits = spread.map_or(own, |spread| spread.bits(own, draw));
    gamma_quantile_mean1(cv, bits)
}

impl Laws<'_> {
    /// The number of the local day of a moment.
    fn day(&self, at: Micros) -> u64 {
        self.frame.days.partition_point(|&d| d <= at) as u64
    }

    /// The numbers of the first and the last local day of a stretch.
    pub fn days(&self, (from, to): (Micros, Micros)) -> (u64, u64) {
        (self.day(from), self.day(to.saturating_sub(1).max(from)))
    }

    /// How busy days are in a replication, in the mean: of factors on the expected cases, each of mean 1, by the demand at the start.
    pub fn day_busyness(&self, seed: u64, replication: u64, (first, last): (u64, u64)) -> f64 {
        let cv = self.model.demand.day_busyness_cv;
        if cv == 0.0 || first > last {
            return 1.0;
        }
        let root = Key::root(seed, replication);
        let of_day = |day| factor(self, root, cv, day, OF_DAY);
        (first..=last).map(of_day).sum::<f64>() / (last - first + 1) as f64
    }
}
