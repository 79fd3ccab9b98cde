//! What a vendor has been asked for, and what becomes of the people it sends.

use super::workforce::Ramp;
use crate::dist::Distribution;
use crate::time::{Micros, StepFn, WEEK};

/// An order of agents by the contract with a vendor, for a pool on a plan.
///
/// The plan of the pool is [`Self::shape`] times [`Self::volume`].
#[derive(Clone, Debug, PartialEq)]
pub struct Contract {
    /// Time from an order to its effect.
    pub notice: Micros,
    /// The plan for one agent ordered; at most 1 before opening hours and shrinkage.
    pub shape: StepFn,
    /// Agents ordered, by the moment at which the order takes effect.
    pub ordered: StepFn,
    /// Most agents by which the volume grows in a week.
    pub ramp_up: Option<u32>,
    /// Agents that the vendor can supply for the order: grows by at most `ramp_up` a week and falls at once.
    pub volume: StepFn,
    /// Rate at which one of its agents leaves, per month.
    pub attrition: f64,
    /// Weeks until somebody who has left is replaced.
    pub replacement_weeks: u32,
    /// How its new agents learn.
    pub ramp: Option<Ramp>,
    /// Months from the begin within which the volume must not become 0 without a fee.
    pub minimum_months: f64,
}

impl Contract {
    /// The volume that follows orders: a rise of the order is followed at once by `ramp_up` agents, and by as many every week after,
    /// until `end`.
    pub fn followed(ordered: &StepFn, ramp_up: Option<u32>, end: Micros) -> StepFn {
        let first = StepFn::constant(ordered.at(0));
        Self::followed_from(0, &first, ordered, ramp_up, end)
    }

    /// The same from a moment on, before which the volume was `was`: a rise that is under way goes on, a week after its last step.
    pub fn followed_from(
        from: Micros,
        was: &StepFn,
        ordered: &StepFn,
        ramp_up: Option<u32>,
        end: Micros,
    ) -> StepFn {
        let most = ramp_up.map_or(f64::INFINITY, f64::from);
        let mut points: Vec<(Micros, f64)> = was.points().filter(|p| p.0 < from).collect();
        let mut now = points.last().map_or(was.at(0), |p| p.1);
        let steps = points.windows(2).rev();
        let rise = steps
            .filter(|w| w[1].1 > w[0].1)
            .map(|w| w[1].0)
            .next()
            .filter(|_| ramp_up.is_some() && ordered.points().all(|p| p.0 != from));
        let mut step = rise.map_or(from, |t| from.max(t + WEEK));
        let mut at = from;
        loop {
            let goal = ordered.at(at);
            let change = ordered.next_change(at);
            let next = change.unwrap_or(end);
            if now > goal || points.is_empty() {
                now = goal.min(now);
                points.push((at, now));
            }
            while now < goal && step < next {
                now = goal.min(now + most);
                points.push((step, now));
                step += WEEK;
            }
            match change {
                Some(t) => (at, step) = (t, t),
                None => break,
            }
        }
        StepFn::new(points)
    }

    /// The shape at its largest.
    pub fn peak(&self) -> f64 {
        self.shape.max_before(Micros::MAX)
    }

    /// Whether its people come and go, or learn.
    pub fn has_people(&self) -> bool {
        self.attrition > 0.0 || self.ramp.is_some()
    }

    /// When the volume becomes 0 for the first time, if it does.
    pub fn ends(&self) -> Option<Micros> {
        let mut before = 0.0;
        let end = self.volume.points().find(|&(_, agents)| {
            let ends = agents == 0.0 && before > 0.0;
            before = agents;
            ends
        });
        end.map(|p| p.0)
    }

    /// What makes it meaningless.
    pub(super) fn is_sound(&self) -> bool {
        let agents = |f: &StepFn| f.points().all(|(_, n)| (0.0..=1e6).contains(&n));
        agents(&self.shape)
            && agents(&self.ordered)
            && agents(&self.volume)
            && (0.0..=100.0).contains(&self.attrition)
            && self.replacement_weeks <= 520
            && self.ramp.is_none_or(|r| r.is_sound())
            && (0.0..=1200.0).contains(&self.minimum_months)
    }
}

/// Share of the plan that a vendor staffs.
#[derive(Clone, Debug, PartialEq)]
pub enum Delivery {
    /// Always this share.
    Fixed(f64),
    /// Drawn for each local day.
    Daily(Distribution),
}

impl Delivery {
    /// Its mean.
    pub fn mean(&self) -> f64 {
        match self {
            Delivery::Fixed(share) => *share,
            Delivery::Daily(law) => law.mean(),
        }
    }

    /// Its largest value.
    pub fn most(&self) -> f64 {
        match self {
            Delivery::Fixed(share) => *share,
            Delivery::Daily(law) => law.supremum(),
        }
    }

    /// Whether it is a share that can be.
    pub(super) fn is_sound(&self) -> bool {
        !matches!(self, Delivery::Fixed(f) if !(0.0..=10.0).contains(f))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::DAY;

    #[test]
    fn volume_grows_by_the_week_and_falls_at_once() {
        let ordered = StepFn::new([
            (0, 10.0),
            (10 * DAY, 35.0),
            (50 * DAY, 60.0),
            (59 * DAY, 5.0),
        ]);
        let points = |ramp_up| -> Vec<(u64, f64)> {
            let f = Contract::followed(&ordered, ramp_up, 100 * DAY);
            f.points().map(|(t, n)| (t / DAY, n)).collect()
        };
        assert_eq!(points(None), [(0, 10.0), (10, 35.0), (50, 60.0), (59, 5.0)]);
        let by_ten = [
            (0, 10.0),
            (10, 20.0),
            (17, 30.0),
            (24, 35.0),
            (50, 45.0),
            (57, 55.0),
            (59, 5.0),
        ];
        assert_eq!(points(Some(10)), by_ten);
    }

    #[test]
    fn another_growth_holds_from_its_date_on() {
        let ordered = StepFn::new([(0, 10.0), (10 * DAY, 35.0), (50 * DAY, 5.0)]);
        let points = |first, at: u64, then| -> Vec<(u64, f64)> {
            let end = 100 * DAY;
            let was = Contract::followed(&ordered, first, end);
            let f = Contract::followed_from(at * DAY, &was, &ordered, then, end);
            f.points().map(|(t, n)| (t / DAY, n)).collect()
        };
        // Who is there stays.
        let at_once = [(0, 10.0), (10, 35.0), (50, 5.0)];
        assert_eq!(points(None, 20, Some(2)), at_once);
        let slower = [
            (0, 10.0),
            (10, 20.0),
            (17, 30.0),
            (24, 31.0),
            (31, 32.0),
            (38, 33.0),
            (45, 34.0),
            (50, 5.0),
        ];
        assert_eq!(points(Some(10), 20, Some(1)), slower);
        let faster = [(0, 10.0), (10, 11.0), (17, 12.0), (20, 35.0), (50, 5.0)];
        assert_eq!(points(Some(1), 20, None), faster);
        for at in [5, 10, 11, 17, 24, 30, 50, 60] {
            assert_eq!(
                points(Some(10), at, Some(10)),
                points(Some(10), 5, Some(10)),
                "{at}"
            );
        }
    }
}
