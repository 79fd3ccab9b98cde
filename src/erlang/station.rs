//! What happens while all agents are busy.

use super::{not_negative, offered_load, positive, server_count};

/// A queue with Poisson arrivals in front of agents who finish contacts at a constant rate while all of them are busy; exponential
/// patience or none.
///
/// What happens while some of them are free is in one number.
///
/// # Formula
/// With `J(lambda) = integral_0^inf exp(lambda integral_0^x G - n mu x) dx`, `G(x) = exp(-theta x)` the share that still waits after x
/// and `e = at_once`: `P(V > 0) = lambda J / (e + lambda J)`. J is the sum over the states with j in the queue of
/// `lambda^j / ((n mu) (n mu + theta) .. (n mu + j theta))`: all terms are positive, so nothing cancels.
///
/// # Source
/// Zeltyn & Mandelbaum (2005), section 3 and appendix.
#[derive(Clone, Copy, Debug)]
pub(super) struct Station {
    /// Contacts offered per unit of time, lambda.
    pub(super) arrival_rate: f64,
    /// Contacts finished per unit of time while all are busy, n mu.
    pub(super) drain: f64,
    /// Probability that some agent is free, over that of exactly one free slot: `1 / B(n - 1, a)` with plain agents.
    pub(super) at_once: f64,
    /// Rate at which each waiting contact leaves, theta; 0 if nobody does.
    pub(super) leaving: f64,
}

/// The usual service levels of one threshold `T`: they share a name in practice and differ by several points.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ServiceLevels {
    /// Served within `T` over offered.
    pub sl_offered: f64,
    /// Served within `T` over offered less abandoned within `T`.
    pub sl_net: f64,
    /// Abandoned within `T` over offered.
    pub abandoned_within: f64,
}

/// `1 / B(n, a)`, the inverse of the blocking probability of Erlang B, by `I(k) = 1 + I(k - 1) k / a`, `I(0) = 1`.
///
/// All terms are positive, so nothing cancels; infinite where the blocking is below the smallest number.
/// `servers` may be zero. `load` must be positive.
pub(super) fn inverse_blocking(load: f64, servers: u32) -> f64 {
    let mut inverse = 1.0;
    for k in 1..=servers {
        inverse = 1.0 + inverse * (f64::from(k) / load);
        if inverse == f64::INFINITY && f64::from(k) >= load {
            break; // it can only grow from here
        }
    }
    inverse
}

/// The rate at which who has this mean patience leaves; 0 without.
pub(super) fn leaving(mean_patience: Option<f64>) -> Option<f64> {
    mean_patience.map_or(Some(0.0), |mean| positive(1.0 / positive(mean)?))
}

impl Station {
    /// With plain agents, one contact at a time each.
    pub(super) fn of_servers(
        arrival_rate: f64,
        mean_service: f64,
        servers: u32,
        leaving: f64,
    ) -> Option<Self> {
        let load = offered_load(arrival_rate, mean_service)?;
        let n = server_count(servers)?;
        Some(Self {
            arrival_rate,
            drain: f64::from(n) / mean_service,
            at_once: inverse_blocking(load, n - 1),
            leaving,
        })
    }

    /// `J` for an arrival rate, and the mean queue times it; `None` if the queue is unstable, or so much is offered that its
    /// states exceed the range of numbers.
    fn busy(&self, arrival_rate: f64) -> Option<(f64, f64)> {
        // Who leaves so rarely that it is lost in rounding does not leave.
        if self.drain + self.leaving == self.drain {
            let sum = 1.0 / positive(self.drain - arrival_rate)?;
            return Some((sum, arrival_rate * sum * sum));
        }
        let (mut weight, mut drain) = (1.0 / self.drain, self.drain);
        let (mut sum, mut queue, mut j) = (0.0, 0.0, 0.0);
        loop {
            sum += weight;
            queue += weight * j;
            j += 1.0;
            drain += self.leaving;
            let shrinks = drain - arrival_rate;
            // So few arrivals that the weights vanish end here as well.
            if shrinks > 0.0 && weight * j * drain <= 1e-14 * sum * shrinks || sum > 1e290 {
                break;
            }
            weight *= arrival_rate / drain;
        }
        (sum <= 1e290).then_some((positive(sum)?, queue))
    }

    /// The share of contacts that find all agents busy, and the mean queue.
    pub(super) fn delay_and_queue(&self) -> Option<(f64, f64)> {
        let (sum, queue) = self.busy(self.arrival_rate)?;
        let p_delay = 1.0 / (1.0 + self.at_once / (self.arrival_rate * sum));
        Some((not_negative(p_delay)?, p_delay * (queue / sum)))
    }

    /// The service levels of a threshold.
    ///
    /// # Formula
    /// What is left of J beyond T is `f J(lambda G(T))`, `f = exp(lambda integral_0^T G - n mu T)`: who comes then is as patient as
    /// anybody. Integration by parts gives `lambda integral G` up to T as `n mu integral 1 - (1 - f)`.
    pub(super) fn service_levels(&self, threshold: f64) -> Option<ServiceLevels> {
        let t = not_negative(threshold)?;
        let (lambda, theta) = (self.arrival_rate, self.leaving);
        let gone = -libm::expm1(-theta * t);
        let patient = if theta > 0.0 { gone / theta } else { t };
        let exponent = lambda * patient - self.drain * t;
        let all = self.busy(lambda)?.0;
        let later = libm::exp(exponent) * self.busy(lambda * (1.0 - gone))?.0;
        let early = all - later;
        let served = self.drain * early + libm::expm1(exponent);
        let abandoned = lambda * (early + gone * later) - served;
        let odds = lambda * all / self.at_once;
        let of_all = 1.0 / (1.0 + odds);
        let per = |x: f64| (x / self.at_once * of_all).max(0.0);
        let sl_offered = of_all + per(served);
        let abandoned_within = per(abandoned);
        Some(ServiceLevels {
            sl_offered: not_negative(sl_offered)?,
            sl_net: not_negative(sl_offered / (1.0 - abandoned_within))?,
            abandoned_within: not_negative(abandoned_within)?,
        })
    }
}
