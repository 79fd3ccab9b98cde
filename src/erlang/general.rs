//! M/M/n+G: exponential service, and patience of any distribution given by its survival function.

use super::b::inverse_blocking;
use super::quadrature::{Integrals, Patience, integrate};
use super::{not_negative, offered_load, server_count};

/// Steady-state measures of a queue whose contacts may abandon.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct WaitMeasures {
    /// Share of contacts that find all agents busy: `P(V > 0)`, with `V` the wait a contact of endless patience is offered.
    pub p_delay: f64,
    /// Abandoned over offered.
    pub p_abandon: f64,
    /// Mean time in queue of all contacts, served or abandoned: `E[min(V, patience)]`, in units of time.
    pub mean_wait: f64,
    /// Mean number in queue, `lambda E[W]`.
    pub mean_queue: f64,
    /// Mean wait offered to a contact of endless patience, `E[V]`, in units of time.
    pub mean_offered_wait: f64,
    /// Mean wait of served contacts, in units of time.
    pub mean_wait_served: f64,
    /// Mean wait of abandoned contacts, in units of time; `None` if nobody abandons.
    pub mean_wait_abandoned: Option<f64>,
    /// Share of time an agent is busy: `(1 - p_abandon) lambda / (n mu)`.
    pub occupancy: f64,
}

/// The usual service levels of one threshold `T`: they share a name in practice and differ by several points.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ServiceLevels {
    /// Served within `T` over offered.
    pub sl_offered: f64,
    /// Served within `T` over offered less abandoned within `T`.
    pub sl_net: f64,
    /// Served within `T` over served.
    pub sl_answered: f64,
    /// Served or abandoned within `T` over offered: `P(W <= T)`.
    pub sl_generous: f64,
    /// Abandoned within `T` over offered.
    pub abandoned_within: f64,
}

/// A queue with Poisson arrivals, exponential service, `servers` agents and patience of any distribution (M/M/n+G), in steady
/// state, first come first served.
///
/// The patience is given to the methods as its survival function `G(t) = P(patience > t)`, `t >= 0` in units of time:
/// never rising, between 0 and 1 (values outside are cut). Jumps are allowed, also at zero (a contact that leaves at once
/// unless an agent is free: `G(0) < 1`). `G` should be exact to about 1e-13: noise above it is taken for structure.
///
/// # Formula
/// With `J[w] = integral_0^inf w(x) exp(lambda integral_0^x G - n mu x) dx` and `e = 1 / B(n - 1, a)`:
/// `P(V > 0) = lambda J[1] / (e + lambda J[1])`, `P(ab | V > 0) = J[1 - G] / J[1]`, and so on.
///
/// # Source
/// Zeltyn & Mandelbaum (2005), section 3 and appendix.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GeneralPatience {
    /// Contacts offered per unit of time.
    pub arrival_rate: f64,
    /// Mean service time, in units of time.
    pub mean_service: f64,
    /// Number of agents.
    pub servers: u32,
}

impl GeneralPatience {
    /// Delay, abandonment, waits, queue and occupancy.
    ///
    /// # Errors
    /// `None` if a parameter is not a positive finite number, there are no servers (or more than
    /// [`MAX_SERVERS`](super::MAX_SERVERS)), `survival` is not a number somewhere, the queue is unstable (patience that
    /// is endless often enough), or the integrals do not converge.
    ///
    /// # Formula
    /// As at [`GeneralPatience`].
    ///
    /// # Source
    /// Zeltyn & Mandelbaum (2005), section 3.
    pub fn measures(&self, survival: impl Fn(f64) -> f64) -> Option<WaitMeasures> {
        self.station()?.measures(&from_survival(survival))
    }

    /// The service levels of `threshold` units of time. A patience that ends exactly at the threshold is within it.
    ///
    /// # Errors
    /// `None` as for [`GeneralPatience::measures`], or if the threshold is negative or not finite.
    ///
    /// # Formula
    /// Served within `T`: `P(V = 0) + lambda J_T[G] / (e + lambda J[1])`; abandoned within `T`:
    /// `lambda (J_T[1 - G] + (1 - G(T)) (J[1] - J_T[1])) / (e + lambda J[1])`, where `J_T` ends at `T`.
    ///
    /// # Source
    /// Zeltyn & Mandelbaum (2005), section 3.
    pub fn service_levels(
        &self,
        threshold: f64,
        survival: impl Fn(f64) -> f64,
    ) -> Option<ServiceLevels> {
        let patience = from_survival(survival);
        self.station()?.service_levels(threshold, &patience)
    }

    fn station(&self) -> Option<Station> {
        Station::of_servers(self.arrival_rate, self.mean_service, self.servers)
    }
}

/// A queue with Poisson arrivals in front of agents who finish contacts at a constant rate while all of them are busy.
///
/// What happens while some of them are free is in one number.
#[derive(Clone, Copy, Debug)]
pub(super) struct Station {
    /// Contacts offered per unit of time.
    pub(super) arrival_rate: f64,
    /// Contacts finished per unit of time while all are busy.
    pub(super) drain: f64,
    /// Probability that some agent is free, over that of exactly one free slot: `1 / B(n - 1, a)` with plain agents.
    pub(super) at_once: f64,
}

impl Station {
    /// With plain agents, one contact at a time each.
    pub(super) fn of_servers(arrival_rate: f64, mean_service: f64, servers: u32) -> Option<Self> {
        let load = offered_load(arrival_rate, mean_service)?;
        let n = server_count(servers)?;
        Some(Self {
            arrival_rate,
            drain: f64::from(n) / mean_service,
            at_once: inverse_blocking(load, n - 1),
        })
    }

    /// The measures; their occupancy is the share of the `drain` that is used.
    pub(super) fn measures(
        &self,
        patience: &Patience<impl Fn(f64) -> (f64, f64)>,
    ) -> Option<WaitMeasures> {
        let solved = self.solve(None, patience)?;
        let total = solved.integrals.late;
        let p_delay = not_negative(solved.p_delay)?;
        let served = solved.p_at_once + solved.per(total.served);
        let p_abandon = solved.per(total.abandoned);
        let mean_wait = solved.per(total.wait_served + total.wait_abandoned);
        Some(WaitMeasures {
            p_delay,
            p_abandon: not_negative(p_abandon)?,
            mean_wait: not_negative(mean_wait)?,
            mean_queue: not_negative(self.arrival_rate * mean_wait)?,
            mean_offered_wait: not_negative(solved.per(total.offered_wait))?,
            mean_wait_served: not_negative(solved.per(total.wait_served) / served)?,
            mean_wait_abandoned: not_negative(total.wait_abandoned / total.abandoned),
            occupancy: not_negative(self.arrival_rate * served / self.drain)?,
        })
    }

    /// The service levels of a threshold.
    pub(super) fn service_levels(
        &self,
        threshold: f64,
        patience: &Patience<impl Fn(f64) -> (f64, f64)>,
    ) -> Option<ServiceLevels> {
        let t = not_negative(threshold)?;
        let solved = self.solve(Some(t), patience)?;
        let Integrals { early, late, .. } = solved.integrals;
        let sl_offered = solved.p_at_once + solved.per(early.served);
        let served = sl_offered + solved.per(late.served);
        let abandoned_within = solved.per(early.abandoned + (patience.at)(t).1 * late.all);
        Some(ServiceLevels {
            sl_offered: not_negative(sl_offered)?,
            sl_net: not_negative(sl_offered / (1.0 - abandoned_within))?,
            sl_answered: not_negative(sl_offered / served)?,
            sl_generous: not_negative(sl_offered + abandoned_within)?,
            abandoned_within: not_negative(abandoned_within)?,
        })
    }

    fn solve(
        &self,
        threshold: Option<f64>,
        patience: &Patience<impl Fn(f64) -> (f64, f64)>,
    ) -> Option<Solved> {
        let integrals = integrate(
            self.arrival_rate,
            self.drain,
            self.at_once,
            threshold,
            patience,
        )?;
        let density = integrals.early.plus(&integrals.late).all;
        let odds = self.arrival_rate * density / integrals.at_once;
        Some(Solved {
            p_delay: if odds == f64::INFINITY {
                1.0
            } else {
                odds / (1.0 + odds)
            },
            p_at_once: 1.0 / (1.0 + odds),
            density,
            integrals,
        })
    }
}

/// The integrals with the probabilities of delay and of none.
struct Solved {
    integrals: Integrals,
    density: f64,
    p_delay: f64,
    p_at_once: f64,
}

impl Solved {
    /// The expectation over all contacts that belongs to an integral over offered waits.
    fn per(&self, integral: f64) -> f64 {
        self.p_delay * (integral / self.density)
    }
}

fn from_survival(survival: impl Fn(f64) -> f64) -> Patience<impl Fn(f64) -> (f64, f64)> {
    Patience {
        at: move |x| {
            let g = survival(x).clamp(0.0, 1.0); // keeps a NaN
            (g, 1.0 - g)
        },
        noise: 1e-13,
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::close;
    use super::*;

    /// delay, abandon, wait, queue, offered wait, wait served, wait abandoned, occupancy
    fn check(q: GeneralPatience, g: impl Fn(f64) -> f64, m: [f64; 8], levels: &[(f64, [f64; 5])]) {
        let got = q.measures(&g).unwrap();
        close(got.p_delay, m[0]);
        close(got.p_abandon, m[1]);
        close(got.mean_wait, m[2]);
        close(got.mean_queue, m[3]);
        close(got.mean_offered_wait, m[4]);
        close(got.mean_wait_served, m[5]);
        close(got.mean_wait_abandoned.unwrap(), m[6]);
        close(got.occupancy, m[7]);
        for &(t, l) in levels {
            let s = q.service_levels(t, &g).unwrap();
            close(s.sl_offered, l[0]);
            close(s.sl_net, l[1]);
            close(s.sl_answered, l[2]);
            close(s.sl_generous, l[3]);
            close(s.abandoned_within, l[4]);
        }
    }

    fn queue(arrival_rate: f64, mean_service: f64, servers: u32) -> GeneralPatience {
        GeneralPatience {
            arrival_rate,
            mean_service,
            servers,
        }
    }

    #[test]
    fn validation_mg_1_deterministic() {
        check(
            queue(11.0, 1.0, 10),
            |x| f64::from(x < 0.5),
            [
                0.740417490798,
                0.150043261121,
                0.234863706487,
                2.58350077135,
                0.249868032599,
                0.188059072438,
                0.5,
                0.934952412767,
            ],
            &[
                (
                    0.2,
                    [
                        0.461071944959,
                        0.461071944959,
                        0.542465191307,
                        0.461071944959,
                        0.0,
                    ],
                ),
                (
                    0.4,
                    [
                        0.707171697534,
                        0.707171697534,
                        0.832009048444,
                        0.707171697534,
                        0.0,
                    ],
                ),
            ],
        );
    }

    #[test]
    fn validation_mg_3_uniform() {
        check(
            queue(11.0, 1.0, 10),
            |x| 1.0 - x.min(1.0),
            [
                0.631718397487,
                0.174805448317,
                0.138210470266,
                1.52031517293,
                0.174948881185,
                0.123141254396,
                0.20934689624,
                0.907714006851,
            ],
            &[(
                0.2,
                [
                    0.607090955784,
                    0.674344598439,
                    0.735694333592,
                    0.706822818114,
                    0.0997318623307,
                ],
            )],
        );
    }

    #[test]
    fn validation_mg_5_lognormal() {
        check(
            queue(5.5, 2.0, 10),
            |x: f64| {
                0.5 * libm::erfc(
                    (libm::log(x) - 0.10381968238912224)
                        / (1.085658784490618 * std::f64::consts::SQRT_2),
                )
            },
            [
                0.655589075752,
                0.169367590597,
                0.315741862637,
                1.7365802445,
                0.392129488721,
                0.285665881711,
                0.463244017055,
                0.913695650343,
            ],
            &[(
                1.0 / 3.0,
                [
                    0.547507696751,
                    0.588663570825,
                    0.659145598647,
                    0.617421780302,
                    0.069914083551,
                ],
            )],
        );
    }

    #[test]
    fn validation_mg_7_hyperexponential() {
        check(
            queue(11.0, 1.0, 10),
            |x: f64| 0.3 * libm::exp(-5.0 * x) + 0.7 * libm::exp(-0.4 * x),
            [
                0.633086024321,
                0.174493896209,
                0.151134456006,
                1.66247901607,
                0.199454689133,
                0.149931259332,
                0.156826610405,
                0.90805671417,
            ],
            &[(
                0.2,
                [
                    0.587823522187,
                    0.673002402481,
                    0.71207653037,
                    0.714389014346,
                    0.126565492158,
                ],
            )],
        );
    }

    #[test]
    fn validation_mg_9_balk_or_exponential() {
        check(
            queue(0.041666666666666664, 100.0, 6),
            |x: f64| 0.9 * libm::exp(-x / 1000.0),
            [
                0.271339040667,
                0.0364700386365,
                9.33613456983,
                0.389005607076,
                10.7679263761,
                9.33409169008,
                9.39010697881,
                0.669118028725,
            ],
            &[(
                20.0,
                [
                    0.821722359767,
                    0.847986235636,
                    0.852824917457,
                    0.852694414225,
                    0.0309720544572,
                ],
            )],
        );
    }

    #[test]
    fn validation_mg_12_erlang() {
        check(
            queue(100.0, 1.0, 100),
            |x: f64| (1.0 + 2.0 * x) * libm::exp(-2.0 * x),
            [
                0.66354643077,
                0.0275556637257,
                0.0897398567988,
                8.97398567988,
                0.0921643729149,
                0.0879524980677,
                0.152816068362,
                0.972444336274,
            ],
            &[(
                0.1,
                [
                    0.606225201905,
                    0.611413972756,
                    0.623403499092,
                    0.614711711999,
                    0.00848651009322,
                ],
            )],
        );
    }

    #[test]
    fn unstable_or_invalid_is_none() {
        let q = queue(11.0, 1.0, 10);
        assert_eq!(q.measures(|_| 1.0), None);
        assert_eq!(q.measures(|_| 0.95), None); // 10.45 endlessly patient a minute
        assert!(q.measures(|_| 0.9).is_some()); // 9.9
        assert_eq!(q.measures(|_| f64::NAN), None);
        assert_eq!(q.service_levels(-1.0, |_| 0.5), None);
        assert_eq!(q.service_levels(f64::INFINITY, |_| 0.5), None);
        assert_eq!(queue(f64::NAN, 1.0, 10).measures(|_| 0.5), None);
        assert_eq!(queue(1.0, 1.0, 0).measures(|_| 0.5), None);
        // nobody waits: all who find the agents busy leave, Erlang B
        let loss = q.measures(|_| 0.0).unwrap();
        close(loss.p_abandon, super::super::blocking(11.0, 10).unwrap());
        assert!(loss.mean_wait < 1e-12);
    }

    #[test]
    fn a_jump_just_before_the_end_of_a_panel_is_seen() {
        // deterministic patience anywhere: P(ab) against the closed form of M/D-patience, J by hand
        for k in 0..400 {
            let d = 0.2 + 0.001 * f64::from(k) * std::f64::consts::FRAC_1_SQRT_2;
            let got = queue(11.0, 1.0, 10).measures(|x| f64::from(x < d)).unwrap();
            let e = inverse_blocking(11.0, 9);
            let up = libm::exp(d); // lambda - n mu = 1
            let (j, ja) = (up - 1.0 + up / 10.0, up / 10.0);
            close(got.p_abandon, 11.0 * ja / (e + 11.0 * j));
        }
    }
}
