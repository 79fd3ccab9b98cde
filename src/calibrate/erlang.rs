//! Erlang A by interval, as planners use it: what a prediction has to beat.

use serde::{Deserialize, Serialize};

use super::seen::Seen;
use crate::erlang::ErlangA;

/// A fit of Erlang A: one mean of the work, one of patience, and the share of their time on duty that agents can be given a contact.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ErlangFit {
    /// Mean work of a contact, seconds.
    pub service_s: f64,
    /// Seconds waited by all, over those who left: the mean of an exponential patience.
    pub patience_s: f64,
    /// Agents in the formula for an agent on duty.
    pub available: f64,
}

impl ErlangFit {
    /// What it says of an interval of so many seconds with these contacts and agents; an answer is in time within `within_s`.
    ///
    /// Between whole agents it goes in a straight line. Nobody on duty: all leave, after their patience.
    pub fn interval(&self, offered: f64, agents: f64, seconds: f64, within_s: f64) -> Seen {
        let agents = agents * self.available;
        let (low, part) = (libm::floor(agents), agents - libm::floor(agents));
        let mut sum = Seen::default();
        for (servers, weight) in [(low, 1.0 - part), (low + 1.0, part)] {
            if weight > 0.0 {
                let mut one = self.of_servers(offered, servers as u32, (seconds, within_s));
                one.scale(weight);
                sum.add(&one);
            }
        }
        sum
    }

    fn of_servers(&self, offered: f64, servers: u32, (seconds, within_s): (f64, f64)) -> Seen {
        let all_leave = Seen {
            contacts: offered,
            offered,
            abandoned: offered,
            queued: offered,
            waits: offered,
            wait_s: offered * self.patience_s,
            duty_s: f64::from(servers) * seconds,
            ..Seen::default()
        };
        if servers == 0 || offered <= 0.0 {
            return all_leave;
        }
        let queue = ErlangA {
            arrival_rate: offered / seconds,
            mean_service: self.service_s,
            mean_patience: self.patience_s.is_finite().then_some(self.patience_s),
            servers,
        };
        let Some(m) = queue.measures() else {
            return all_leave;
        };
        let levels = queue.service_levels(within_s);
        Seen {
            contacts: offered,
            offered,
            answered: offered * (1.0 - m.p_abandon),
            abandoned: offered * m.p_abandon,
            in_time: levels.map_or(0.0, |l| offered * l.sl_offered),
            queued: offered * m.p_delay,
            waits: offered,
            wait_s: offered * m.mean_wait,
            busy_s: m.occupancy * f64::from(servers) * seconds,
            duty_s: f64::from(servers) * seconds,
        }
    }

    /// The fit whose mean wait over these intervals of so many seconds is the recorded one.
    ///
    /// The share of their time that agents can be given a contact is no measure of a log: it is what makes the formula's mean wait right,
    /// found by halving between a fifth and all.
    pub fn new(service_s: f64, patience_s: f64, recorded: &[Seen], seconds: f64) -> Self {
        let with = |available: f64| Self {
            service_s,
            patience_s,
            available,
        };
        let staffed: Vec<&Seen> = recorded.iter().filter(|s| s.duty_s > 0.0).collect();
        let wait: f64 = staffed.iter().map(|s| s.wait_s).sum();
        let predicted = |available: f64| -> f64 {
            let fit = with(available);
            let each = staffed.iter();
            each.map(|s| {
                fit.interval(s.waits, s.duty_s / seconds, seconds, 0.0)
                    .wait_s
            })
            .sum()
        };
        let (mut low, mut high) = (0.2, 1.0);
        if predicted(high) >= wait {
            return with(high);
        }
        for _ in 0..16 {
            let mid = (low + high) / 2.0;
            match predicted(mid) > wait {
                true => low = mid,
                false => high = mid,
            }
        }
        with((low + high) / 2.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the formula itself says of agents of whom a fifth is missing is fitted with a fifth missing.
    #[test]
    fn the_share_of_agents_is_found() {
        let truth = ErlangFit {
            service_s: 200.0,
            patience_s: 300.0,
            available: 0.8,
        };
        let recorded: Vec<Seen> = [(60.0, 9.0), (90.0, 12.5), (30.0, 5.0), (4.0, 0.0)]
            .map(|(offered, agents)| truth.interval(offered, agents, 1800.0, 20.0))
            .into_iter()
            .zip([9.0, 12.5, 5.0, 0.0])
            .map(|(s, agents)| Seen {
                duty_s: agents * 1800.0,
                ..s
            })
            .collect();
        let found = ErlangFit::new(200.0, 300.0, &recorded, 1800.0);
        assert!((found.available - 0.8).abs() < 1e-4, "{found:?}");
    }

    /// Between whole agents in a straight line; nobody on duty: all leave after their patience.
    #[test]
    fn between_whole_agents_it_is_straight() {
        let fit = ErlangFit {
            service_s: 180.0,
            patience_s: 240.0,
            available: 1.0,
        };
        let of = |agents: f64| fit.interval(50.0, agents, 1800.0, 20.0);
        let middle = (of(5.0).wait_s + of(6.0).wait_s) / 2.0;
        assert!((of(5.5).wait_s - middle).abs() < 1e-9);
        let none = of(0.0);
        assert_eq!((none.abandoned, none.wait_s), (50.0, 50.0 * 240.0));
        let six = of(6.0);
        assert!((six.answered + six.abandoned - 50.0).abs() < 1e-9);
        // Erlang A: what leaves is what waits over patience.
        assert!((six.abandoned - six.wait_s / 240.0).abs() < 1e-6);
    }
}
