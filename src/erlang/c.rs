//! Erlang C: M/M/n, where every contact waits as long as it takes.

use super::b::inverse_blocking;
use super::{not_negative, offered_load, server_count};

/// A queue with Poisson arrivals, exponential service, `servers` agents and infinite patience (M/M/n), in steady state.
///
/// Every method is `None` if a parameter is not a positive finite number, there are no servers (or more than
/// [`MAX_SERVERS`](super::MAX_SERVERS)), or the queue is unstable (load of `servers` erlangs or more).
///
/// # Source
/// Gans, Koole & Mandelbaum (2003), section 4.2.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ErlangC {
    /// Contacts offered per unit of time.
    pub arrival_rate: f64,
    /// Mean service time, in units of time.
    pub mean_service: f64,
    /// Number of agents.
    pub servers: u32,
}

impl ErlangC {
    /// The share of contacts that must wait (all agents busy at arrival).
    ///
    /// # Formula
    /// `C = B / (1 - rho (1 - B))`, computed as `1 / (1 + (1 - rho)(1 / B - 1))`, with `B` of Erlang B.
    ///
    /// # Errors
    /// `None` for invalid parameters or an unstable queue.
    ///
    /// # Source
    /// Gans, Koole & Mandelbaum (2003), section 4.2.
    pub fn p_wait(&self) -> Option<f64> {
        let occupancy = self.occupancy()?;
        let load = offered_load(self.arrival_rate, self.mean_service)?;
        let inverse = inverse_blocking(load, self.servers);
        Some(1.0 / (1.0 + (1.0 - occupancy) * (inverse - 1.0)))
    }

    /// The mean wait of all contacts (average speed of answer), in units of time.
    ///
    /// # Formula
    /// `C / (n mu - lambda)`.
    ///
    /// # Errors
    /// `None` for invalid parameters or an unstable queue.
    ///
    /// # Source
    /// Gans, Koole & Mandelbaum (2003), section 4.2.
    pub fn mean_wait(&self) -> Option<f64> {
        not_negative(self.p_wait()? * self.mean_wait_if_delayed()?)
    }

    /// The mean wait of the contacts that must wait at all, in units of time.
    ///
    /// # Formula
    /// `1 / (n mu - lambda)`: the wait of a delayed contact is exponential.
    ///
    /// # Errors
    /// `None` for invalid parameters or an unstable queue.
    ///
    /// # Source
    /// Gans, Koole & Mandelbaum (2003), section 4.2.
    pub fn mean_wait_if_delayed(&self) -> Option<f64> {
        self.occupancy()?;
        let load = offered_load(self.arrival_rate, self.mean_service)?;
        not_negative(self.mean_service / (f64::from(self.servers) - load))
    }

    /// The mean number of contacts in queue.
    ///
    /// # Formula
    /// Little's law: `lambda E[W]`.
    ///
    /// # Errors
    /// `None` for invalid parameters or an unstable queue.
    ///
    /// # Source
    /// Gans, Koole & Mandelbaum (2003), section 4.2.
    pub fn mean_queue(&self) -> Option<f64> {
        not_negative(self.arrival_rate * self.mean_wait()?)
    }

    /// The share of time an agent is busy.
    ///
    /// # Formula
    /// `rho = lambda / (n mu)`.
    ///
    /// # Errors
    /// `None` for invalid parameters or an unstable queue (`rho >= 1`).
    ///
    /// # Source
    /// Gans, Koole & Mandelbaum (2003), section 4.2.
    pub fn occupancy(&self) -> Option<f64> {
        let load = offered_load(self.arrival_rate, self.mean_service)?;
        let rho = load / f64::from(server_count(self.servers)?);
        (rho < 1.0).then_some(rho)
    }

    /// The share of contacts answered within `threshold` units of time.
    ///
    /// # Formula
    /// `P(W <= T) = 1 - C exp(-(n mu - lambda) T)`.
    ///
    /// # Errors
    /// `None` for invalid parameters, an unstable queue, or a negative or infinite `threshold`.
    ///
    /// # Source
    /// Gans, Koole & Mandelbaum (2003), section 4.2.
    pub fn service_level(&self, threshold: f64) -> Option<f64> {
        let t = not_negative(threshold)?;
        let late = self.p_wait()? * libm::exp(-t / self.mean_wait_if_delayed()?);
        not_negative(1.0 - late)
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::close;
    use super::*;

    type Case = (f64, f64, u32, [f64; 5], &'static [(f64, f64)]);

    /// rate, service, n; p_wait, asa, wait if delayed, queue, occupancy; (T, service level)
    const CASES: [Case; 5] = [
        (
            1.0,
            5.0,
            7,
            [
                0.324149949173,
                0.810374872933,
                2.5,
                0.810374872933,
                0.714285714286,
            ],
            &[
                (0.25, 0.706696996934),
                (1.0 / 3.0, 0.716312613114),
                (1.0, 0.782715791148),
            ],
        ),
        (
            0.05555555555555555,
            240.0,
            20,
            [
                0.0623196068474,
                2.24350584651,
                36.0,
                0.124639213695,
                0.666666666667,
            ],
            &[(20.0, 0.964243912392)],
        ),
        (
            0.058333333333333334,
            180.0,
            13,
            [
                0.368845636159,
                26.5568858034,
                72.0,
                1.54915167187,
                0.807692307692,
            ],
            &[(20.0, 0.720612292848)],
        ),
        (
            198.0,
            5.0,
            1000,
            [0.659080421881, 0.32954021094, 0.5, 65.2489617662, 0.99],
            &[(1.0 / 3.0, 0.661616828587)],
        ),
        (
            4.2,
            2.0,
            12,
            [
                0.183888630393,
                0.102160350219,
                0.555555555556,
                0.429073470918,
                0.7,
            ],
            &[(1.0 / 3.0, 0.899079779895)],
        ),
    ];

    #[test]
    fn validation_cases() {
        for (arrival_rate, mean_service, servers, m, levels) in CASES {
            let q = ErlangC {
                arrival_rate,
                mean_service,
                servers,
            };
            close(q.p_wait().unwrap(), m[0]);
            close(q.mean_wait().unwrap(), m[1]);
            close(q.mean_wait_if_delayed().unwrap(), m[2]);
            close(q.mean_queue().unwrap(), m[3]);
            close(q.occupancy().unwrap(), m[4]);
            for &(t, level) in levels {
                close(q.service_level(t).unwrap(), level);
            }
        }
    }

    #[test]
    fn unstable_or_invalid_is_none() {
        let good = ErlangC {
            arrival_rate: 1.0,
            mean_service: 5.0,
            servers: 7,
        };
        for q in [
            ErlangC { servers: 5, ..good },
            ErlangC { servers: 0, ..good },
            ErlangC {
                arrival_rate: f64::NAN,
                ..good
            },
            ErlangC {
                mean_service: -1.0,
                ..good
            },
        ] {
            assert_eq!(q.p_wait(), None);
            assert_eq!(q.mean_wait(), None);
            assert_eq!(q.mean_queue(), None);
            assert_eq!(q.service_level(1.0), None);
        }
        assert_eq!(good.service_level(-1.0), None);
        assert_eq!(good.service_level(f64::NAN), None);
    }
}
