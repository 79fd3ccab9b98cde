//! What happens while all agents are busy.

use super::{not_negative, offered_load, positive, server_count};
use crate::dist::gamma_fn::{gamma_pq, gamma_term};

/// A queue with Poisson arrivals in front of agents who finish contacts at a constant rate while all of them are busy; exponential
/// patience or none.
///
/// What happens while some of them are free is in one number.
///
/// # Formula
/// With `J(lambda) = integral_0^inf exp(lambda integral_0^x G - n mu x) dx`, `G(x) = exp(-theta x)` the share that still waits after x
/// and `e = at_once`: `P(V > 0) = lambda J / (e + lambda J)`. J is the sum over the states with j in the queue of
/// `lambda^j / ((n mu) (n mu + theta) .. (n mu + j theta))`: all terms are positive, so nothing cancels. It is also
/// `P(a, x) / (n mu x^a e^-x / Gamma(a + 1))`, `a = n mu / theta`, `x = lambda / theta`, P the incomplete gamma function.
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

/// `1 / B(n, a)`, the inverse of the blocking probability of Erlang B: the sum of `n (n - 1) .. (n - j + 1) / a^j` over j from 0 to n.
///
/// All terms are positive, so nothing cancels; infinite where the blocking is below the smallest number. Takes some tens of
/// `sqrt(a)` steps at most, however many servers there are.
/// `servers` may be zero. `load` must be positive.
pub(super) fn inverse_blocking(load: f64, servers: u32) -> f64 {
    let (mut term, mut sum) = (1.0, 1.0);
    for k in (1..=servers).rev() {
        let ratio = f64::from(k) / load;
        term *= ratio;
        sum += term;
        // Once they shrink they shrink faster and faster.
        if term * ratio < 1e-17 * sum * (1.0 - ratio) || sum == f64::INFINITY {
            break;
        }
    }
    sum
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
        // More than they can finish makes so long a queue that its states take too long to add: the sum is an incomplete gamma
        // function, and what comes and what goes balance.
        if arrival_rate > self.drain {
            let (a, x) = (self.drain / self.leaving, arrival_rate / self.leaving);
            let sum = gamma_pq(a, x).0 / (self.drain * gamma_term(a, x));
            let queue = ((arrival_rate - self.drain) * sum + 1.0) / self.leaving;
            return (sum <= 1e290).then_some((positive(sum)?, queue));
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

#[cfg(test)]
mod tests {
    use super::super::tests::close;
    use super::*;

    #[test]
    fn blocking_agrees_with_the_recursion_over_the_servers() {
        for load in [1e-3, 0.4, 1.0, 7.3, 60.0, 900.0, 20_000.0, 500_000.0] {
            for relative in [0.0, 0.2, 0.9, 0.999, 1.0, 1.002, 1.05, 2.0, 40.0] {
                let servers = f64::round(load * relative + 1.0) as u32;
                let next = |inverse: f64, k: u32| 1.0 + inverse * (f64::from(k) / load);
                let want = (1..=servers).fold(1.0, next);
                let got = inverse_blocking(load, servers);
                let miss = (got / want - 1.0).abs();
                assert!(
                    got == want || miss < 1e-11,
                    "{load} {servers}: {got}, {want}"
                );
            }
        }
        close(inverse_blocking(5.0, 3), 1.0 / 0.5296610169491526);
        assert_eq!(inverse_blocking(3.0, 0), 1.0);
    }

    #[test]
    fn a_long_queue_is_the_sum_over_its_states() {
        for (servers, patience) in [(1, 0.5), (30, 2.0), (4_000, 1.0), (50_000, 0.2)] {
            for relative in [1.0001, 1.01, 1.06, 3.0] {
                let drain = f64::from(servers);
                let rate = relative * drain;
                let station = Station::of_servers(rate, 1.0, servers, 1.0 / patience).unwrap();
                let (mut weight, mut sum, mut queue) = (1.0 / drain, 0.0, 0.0);
                for j in (0_u32..).map(f64::from) {
                    sum += weight;
                    queue += weight * j;
                    weight *= rate / (drain + (j + 1.0) / patience);
                    if weight < 1e-18 * sum || sum > 1e290 {
                        break;
                    }
                }
                let want = (sum <= 1e290).then_some((sum, queue));
                let got = station.busy(rate);
                assert_eq!(got.is_some(), want.is_some(), "{servers} {relative}");
                if let (Some(got), Some(want)) = (got, want) {
                    let near = |got: f64, want: f64| (got / want - 1.0).abs() < 1e-11;
                    assert!(
                        near(got.0, want.0) && near(got.1, want.1),
                        "{servers} {relative}"
                    );
                }
            }
        }
    }
}
