//! The smallest number of agents that meets a target.

use super::general::ServiceLevels;
use super::{ErlangA, MAX_SERVERS, not_negative, offered_load};

/// Which of the service levels a target means: they share a name in practice and differ by several points.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ServiceLevelKind {
    /// Served within the threshold over offered.
    Offered,
    /// Served within the threshold over offered less abandoned within the threshold.
    Net,
    /// Served within the threshold over served.
    Answered,
    /// Served or abandoned within the threshold over offered.
    Generous,
}

impl ServiceLevelKind {
    /// The level of this kind among all of them.
    ///
    /// # Formula
    /// As at [`ServiceLevels`].
    ///
    /// # Source
    /// Gans, Koole & Mandelbaum (2003), section 2, on measures of service.
    pub fn of(self, levels: &ServiceLevels) -> f64 {
        match self {
            Self::Offered => levels.sl_offered,
            Self::Net => levels.sl_net,
            Self::Answered => levels.sl_answered,
            Self::Generous => levels.sl_generous,
        }
    }
}

/// What the staffing must achieve. More agents never make any of these worse.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Target {
    /// At least this share of contacts within a threshold.
    ServiceLevel {
        /// Which service level.
        kind: ServiceLevelKind,
        /// The threshold, in units of time.
        within: f64,
        /// The share to be reached, between 0 and 1.
        at_least: f64,
    },
    /// At most this share of contacts abandons, between 0 and 1.
    Abandonment(f64),
    /// The mean wait of all contacts is at most this, in units of time.
    MeanWait(f64),
    /// The agents are busy at most this share of their time, above 0.
    Occupancy(f64),
}

impl Target {
    fn is_valid(&self) -> bool {
        match *self {
            Target::ServiceLevel {
                within, at_least, ..
            } => not_negative(within).is_some() && (0.0..=1.0).contains(&at_least),
            Target::Abandonment(x) => (0.0..=1.0).contains(&x),
            Target::MeanWait(x) => not_negative(x).is_some(),
            Target::Occupancy(x) => x > 0.0,
        }
    }

    fn is_met(&self, queue: &ErlangA) -> bool {
        let reached = match *self {
            Target::ServiceLevel {
                kind,
                within,
                at_least,
            } => queue
                .service_levels(within)
                .map(|l| kind.of(&l) >= at_least),
            Target::Abandonment(most) => queue.measures().map(|m| m.p_abandon <= most),
            Target::MeanWait(most) => queue.measures().map(|m| m.mean_wait <= most),
            Target::Occupancy(most) => queue.measures().map(|m| m.occupancy <= most),
        };
        reached.unwrap_or(false) // an unstable queue meets nothing
    }
}

/// Square-root staffing: the load and a safety margin of `beta` times its root, rounded up, at least one agent.
///
/// # Formula
/// `max(1, ceil(a + beta sqrt(a)))`, `a` the load in erlangs. `beta` from about -1 (efficiency first) to 2 (quality first).
///
/// # Errors
/// `None` if the load is not a positive finite number, `beta` is not finite, or more than
/// [`MAX_SERVERS`] would be needed.
///
/// # Source
/// Garnett, Mandelbaum & Reiman (2002), section 4; Gans, Koole & Mandelbaum (2003), section 4.
pub fn square_root_staffing(load: f64, beta: f64) -> Option<u32> {
    let load = super::positive(load)?;
    if !beta.is_finite() {
        return None;
    }
    let servers = (load + beta * load.sqrt()).ceil().max(1.0);
    (servers <= f64::from(MAX_SERVERS)).then_some(servers as u32)
}

/// The smallest number of agents with which a queue meets every one of the targets (Erlang A, or Erlang C without a
/// patience).
///
/// `mean_patience` is in units of time; `None` means that nobody abandons: then the answer is above the load. Without a
/// target: one agent with patience, the least stable number without.
///
/// # Formula
/// Every target is monotone in the number of agents: steps of growing size from square-root staffing, then bisection.
///
/// # Errors
/// `None` if a rate or time is not a positive finite number, a target makes no sense (a share outside [0, 1], a negative
/// time, an occupancy of zero), or [`MAX_SERVERS`] do not do.
///
/// # Source
/// Gans, Koole & Mandelbaum (2003), section 4; Garnett, Mandelbaum & Reiman (2002), section 4.
pub fn servers_for(
    arrival_rate: f64,
    mean_service: f64,
    mean_patience: Option<f64>,
    targets: &[Target],
) -> Option<u32> {
    let load = offered_load(arrival_rate, mean_service)?;
    if let Some(patience) = mean_patience {
        super::positive(patience)?;
    }
    if !targets.iter().all(Target::is_valid) {
        return None;
    }
    let met = |servers: u32| {
        let queue = ErlangA {
            arrival_rate,
            mean_service,
            mean_patience,
            servers,
        };
        (mean_patience.is_some() || load < f64::from(servers))
            && targets.iter().all(|t| t.is_met(&queue))
    };
    let start = square_root_staffing(load, 0.0)?;
    smallest(start, (load.sqrt() as u32).max(1), MAX_SERVERS, met)
}

/// The smallest number from 1 to `most` for which `met` is true, if it stays true for every larger one; `None` if it is for none.
///
/// Steps of growing size, from `step` on, away from `start`, then bisection.
pub fn smallest(
    start: u32,
    mut step: u32,
    most: u32,
    mut met: impl FnMut(u32) -> bool,
) -> Option<u32> {
    let mut high = start.clamp(1, most.max(1));
    step = step.max(1);
    // low misses (zero always does), high meets
    let mut low = 0;
    if met(high) {
        while high > step && met(high - step) {
            high -= step;
            step = step.saturating_mul(2);
        }
        low = high.saturating_sub(step);
    } else {
        loop {
            low = high.max(low);
            if low >= most {
                return None;
            }
            high = high.saturating_add(step).min(most);
            step = step.saturating_mul(2);
            if met(high) {
                break;
            }
        }
    }
    Some(smallest_between(low, high, met))
}

/// The smallest number above `low` for which `met` is true, if it stays true for every larger one and is for `high`: by bisection.
pub fn smallest_between(low: u32, high: u32, mut met: impl FnMut(u32) -> bool) -> u32 {
    let (mut low, mut high) = (low, high.max(low));
    while high - low > 1 {
        let middle = low + (high - low) / 2;
        if met(middle) {
            high = middle;
        } else {
            low = middle;
        }
    }
    high
}

#[cfg(test)]
mod tests {
    use super::*;

    const EIGHTY_TWENTY: Target = Target::ServiceLevel {
        kind: ServiceLevelKind::Offered,
        within: 20.0,
        at_least: 0.8,
    };

    fn queue(rate: f64, patience: Option<f64>, servers: u32) -> ErlangA {
        ErlangA {
            arrival_rate: rate,
            mean_service: 180.0,
            mean_patience: patience,
            servers,
        }
    }

    #[test]
    fn the_answer_meets_the_target_and_one_less_does_not() {
        let answered = Target::ServiceLevel {
            kind: ServiceLevelKind::Answered,
            within: 10.0,
            at_least: 0.95,
        };
        let targets = [
            EIGHTY_TWENTY,
            answered,
            Target::Abandonment(0.03),
            Target::MeanWait(5.0),
            Target::Occupancy(0.85),
        ];
        for load in [0.001, 0.5, 2.9, 50.0, 1_000.0, 10_000.0] {
            for patience in [None, Some(5.0), Some(300.0), Some(100_000.0)] {
                for target in targets {
                    let rate = load / 180.0;
                    let n = servers_for(rate, 180.0, patience, &[target]).unwrap();
                    assert!(target.is_met(&queue(rate, patience, n)));
                    assert!(
                        n == 1 || !target.is_met(&queue(rate, patience, n - 1)),
                        "{load} {target:?}"
                    );
                }
            }
        }
    }

    #[test]
    fn known_answers() {
        // 2.9 erlangs, 180 s, 80 % in 20 s: 5 agents; 1.25 erlangs: 3
        assert_eq!(
            servers_for(2.9 / 180.0, 180.0, None, &[EIGHTY_TWENTY]),
            Some(5)
        );
        assert_eq!(
            servers_for(1.25 / 180.0, 180.0, None, &[EIGHTY_TWENTY]),
            Some(3)
        );
        assert_eq!(servers_for(7.0, 1.0, None, &[]), Some(8));
        assert_eq!(servers_for(7.0, 1.0, Some(1.0), &[]), Some(1));
        let both = [EIGHTY_TWENTY, Target::Occupancy(0.5)];
        assert_eq!(servers_for(10.0 / 180.0, 180.0, None, &both), Some(20));
        assert_eq!(square_root_staffing(100.0, 1.0), Some(110));
        assert_eq!(square_root_staffing(0.01, -3.0), Some(1));
    }

    #[test]
    fn invalid_or_hopeless_is_none() {
        for bad in [f64::NAN, 0.0, -1.0, f64::INFINITY] {
            assert_eq!(servers_for(bad, 1.0, None, &[EIGHTY_TWENTY]), None);
            assert_eq!(servers_for(1.0, 1.0, Some(bad), &[EIGHTY_TWENTY]), None);
            assert_eq!(square_root_staffing(bad, 1.0), None);
        }
        for bad in [f64::NAN, -1.0, 1.5] {
            assert_eq!(
                servers_for(1.0, 1.0, None, &[Target::Abandonment(bad)]),
                None
            );
        }
        assert_eq!(servers_for(1.0, 1.0, None, &[Target::Occupancy(0.0)]), None);
        assert_eq!(
            servers_for(1.0, 1.0, None, &[Target::Occupancy(1e-9)]),
            None
        );
        assert_eq!(servers_for(1e300, 1.0, None, &[EIGHTY_TWENTY]), None);
        assert_eq!(square_root_staffing(1.0, f64::NAN), None);
    }
}
