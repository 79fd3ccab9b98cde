//! Erlang A: M/M/n+M, the standard model of a queue with impatient contacts.

use super::general::{ServiceLevels, Station, WaitMeasures};
use super::positive;
use super::quadrature::Patience;

/// A queue with Poisson arrivals, exponential service, `servers` agents and exponential patience (M/M/n+M), in steady
/// state, first come first served. Without a patience it is M/M/n ([`ErlangC`](super::ErlangC)).
///
/// # Source
/// Garnett, Mandelbaum & Reiman (2002); computed by the integrals of Zeltyn & Mandelbaum (2005), section 3, which stay
/// accurate from light to very heavy load.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ErlangA {
    /// Contacts offered per unit of time.
    pub arrival_rate: f64,
    /// Mean service time, in units of time.
    pub mean_service: f64,
    /// Mean patience, in units of time; `None` if nobody ever abandons.
    pub mean_patience: Option<f64>,
    /// Number of agents.
    pub servers: u32,
}

impl ErlangA {
    /// Delay, abandonment, waits, queue and occupancy.
    ///
    /// # Errors
    /// `None` if a parameter is not a positive finite number, there are no servers (or more than
    /// [`MAX_SERVERS`](super::MAX_SERVERS)), or nobody abandons and the load is not below the number of servers.
    ///
    /// # Formula
    /// That of [`GeneralPatience`](super::GeneralPatience) with `G(t) = exp(-t / mean_patience)`.
    ///
    /// # Source
    /// Garnett, Mandelbaum & Reiman (2002), section 2; Zeltyn & Mandelbaum (2005), section 3.
    pub fn measures(&self) -> Option<WaitMeasures> {
        self.station()?.measures(&exponential(self.mean_patience)?)
    }

    /// The service levels of `threshold` units of time.
    ///
    /// # Errors
    /// `None` as for [`ErlangA::measures`], or if the threshold is negative or not finite.
    ///
    /// # Formula
    /// That of [`GeneralPatience::service_levels`](super::GeneralPatience::service_levels) with `G(t) = exp(-t / mean_patience)`.
    ///
    /// # Source
    /// Zeltyn & Mandelbaum (2005), section 3.
    pub fn service_levels(&self, threshold: f64) -> Option<ServiceLevels> {
        self.station()?
            .service_levels(threshold, &exponential(self.mean_patience)?)
    }

    fn station(&self) -> Option<Station> {
        Station::of_servers(self.arrival_rate, self.mean_service, self.servers)
    }
}

/// Survival and distribution function of an exponential patience, endless without a mean; the second exact where it is small.
pub(super) fn exponential(
    mean: Option<f64>,
) -> Option<Patience<impl Fn(f64) -> (f64, f64) + use<>>> {
    let rate = match mean {
        Some(mean) => positive(1.0 / positive(mean)?)?,
        None => 0.0,
    };
    Some(Patience {
        at: move |x: f64| (libm::exp(-rate * x), -libm::expm1(-rate * x)),
        noise: 0.0,
    })
}

#[cfg(test)]
mod tests {
    use super::super::ErlangC;
    use super::super::tests::close;
    use super::super::tests::room::FiniteRoom;
    use super::*;

    fn check(q: ErlangA, m: [f64; 8], levels: &[(f64, [f64; 5])]) {
        let got = q.measures().unwrap();
        close(got.p_delay, m[0]);
        close(got.p_abandon, m[1]);
        close(got.mean_wait, m[2]);
        close(got.mean_queue, m[3]);
        close(got.mean_offered_wait, m[4]);
        close(got.mean_wait_served, m[5]);
        close(got.mean_wait_abandoned.unwrap(), m[6]);
        close(got.occupancy, m[7]);
        for &(t, l) in levels {
            let s = q.service_levels(t).unwrap();
            close(s.sl_offered, l[0]);
            close(s.sl_net, l[1]);
            close(s.sl_answered, l[2]);
            close(s.sl_generous, l[3]);
            close(s.abandoned_within, l[4]);
        }
    }

    fn queue(arrival_rate: f64, mean_service: f64, patience: f64, servers: u32) -> ErlangA {
        ErlangA {
            arrival_rate,
            mean_service,
            mean_patience: Some(patience),
            servers,
        }
    }

    #[test]
    fn validation_ea_1() {
        check(
            queue(1.0, 5.0, 2.0, 5),
            [
                0.466431797977,
                0.212543101507,
                0.425086203014,
                0.425086203014,
                0.713943935753,
                0.314318330628,
                0.835473200396,
                0.787456898493,
            ],
            &[
                (
                    1.0 / 3.0,
                    [
                        0.59827495941,
                        0.640785726043,
                        0.759755817181,
                        0.664616584864,
                        0.0663416254541,
                    ],
                ),
                (
                    1.0,
                    [
                        0.690590755374,
                        0.80910978976,
                        0.876988641151,
                        0.837071536951,
                        0.146480781576,
                    ],
                ),
            ],
        );
    }

    #[test]
    fn validation_ea_2() {
        check(
            queue(0.058333333333333334, 180.0, 300.0, 13),
            [
                0.281254515414,
                0.0330426753638,
                9.91280260915,
                0.578246818867,
                11.0615427319,
                9.17696901168,
                31.4461584575,
                0.781003992975,
            ],
            &[(
                20.0,
                [
                    0.816309501899,
                    0.828537339739,
                    0.844204269517,
                    0.831067844406,
                    0.0147583425079,
                ],
            )],
        );
    }

    #[test]
    fn validation_ea_4() {
        check(
            queue(100.0, 1.0, 1.0, 100),
            [
                0.513298798279,
                0.0398609968091,
                0.0398609968091,
                3.98609968091,
                0.0424982692964,
                0.038916533116,
                0.0626104637446,
                0.960139003191,
            ],
            &[
                (
                    0.05,
                    [
                        0.673487500322,
                        0.687450052343,
                        0.701447913358,
                        0.69379814249,
                        0.0203106421673,
                    ],
                ),
                (
                    0.1,
                    [
                        0.81365453493,
                        0.840175588078,
                        0.847434103006,
                        0.845220618882,
                        0.0315660839521,
                    ],
                ),
            ],
        );
    }

    #[test]
    fn validation_ea_7() {
        check(
            queue(3.3333333333333335, 3.0, 5.0, 13),
            [
                0.225797084047,
                0.0249633036336,
                0.124816518168,
                0.41605506056,
                0.13853487601,
                0.115232805101,
                0.499144854862,
                0.750028227974,
            ],
            &[(
                1.0 / 3.0,
                [
                    0.858177700031,
                    0.868274521188,
                    0.880149130006,
                    0.869806304707,
                    0.0116286046764,
                ],
            )],
        );
    }

    #[test]
    fn the_benchmark_case() {
        let got = queue(105.0, 1.0, 1.0, 100).measures().unwrap();
        assert!((got.p_abandon - 0.066982).abs() < 5e-7);
    }

    #[test]
    fn endless_patience_is_erlang_c() {
        for (arrival_rate, servers) in [(5.0, 7), (990.0, 1000), (0.001, 1), (19_990.0, 20_000)] {
            let c = ErlangC {
                arrival_rate,
                mean_service: 1.0,
                servers,
            };
            let q = ErlangA {
                mean_patience: None,
                ..queue(arrival_rate, 1.0, 1.0, servers)
            };
            let got = q.measures().unwrap();
            close(got.p_delay, c.p_wait().unwrap());
            close(got.mean_wait, c.mean_wait().unwrap());
            assert_eq!(got.p_abandon, 0.0);
            assert_eq!(got.mean_wait_abandoned, None);
            let t = 0.3 * got.mean_wait;
            close(
                q.service_levels(t).unwrap().sl_offered,
                c.service_level(t).unwrap(),
            );
        }
        let unstable = ErlangA {
            mean_patience: None,
            ..queue(7.0, 1.0, 1.0, 7)
        };
        assert_eq!(unstable.measures(), None);
    }

    /// The birth-death chain with so many waiting places that they never fill is a wholly different computation.
    #[test]
    fn agrees_with_the_birth_death_chain() {
        for load in [0.001, 0.3, 5.0, 100.0, 2_000.0, 20_000.0_f64] {
            for relative in [0.02, 0.5, 0.97, 1.0, 1.03, 1.5, 20.0] {
                for patience in [0.01, 0.3, 1.0, 30.0, 10_000.0] {
                    let servers = (load * relative).ceil().max(1.0) as u32;
                    let q = queue(load / 3.0, 3.0, 3.0 * patience, servers);
                    let most = (load - f64::from(servers)).max(0.0) * patience;
                    let places = most + 40.0 * (load * patience.max(1.0)).sqrt() + 100.0;
                    if places > 20_000.0 {
                        let m = q.measures().expect("converges");
                        close(
                            m.p_abandon,
                            m.mean_queue / q.arrival_rate / (3.0 * patience),
                        );
                        continue;
                    }
                    let room = FiniteRoom {
                        arrival_rate: q.arrival_rate,
                        mean_service: 3.0,
                        mean_patience: q.mean_patience,
                        servers,
                        waiting_places: places as u32,
                    };
                    let (got, want) = (q.measures().unwrap(), room.measures().unwrap());
                    close(got.p_delay, want.p_delay_offered);
                    close(got.p_abandon, want.p_abandon_offered);
                    close(got.mean_wait, want.mean_wait_accepted);
                    close(got.mean_wait_served, want.mean_wait_served);
                    close(
                        got.mean_wait_abandoned.unwrap(),
                        want.mean_wait_abandoned.unwrap(),
                    );
                    close(got.occupancy, want.occupancy);
                    for share in [0.1, 1.0, 3.0] {
                        let t = share * got.mean_wait_abandoned.unwrap();
                        let (got, want) = (
                            q.service_levels(t).unwrap(),
                            room.service_levels(t).unwrap(),
                        );
                        close(got.sl_offered, want.sl_offered);
                        close(got.sl_net, want.sl_net);
                        close(got.abandoned_within, want.abandoned_within);
                    }
                }
            }
        }
    }

    #[test]
    fn invalid_is_none() {
        let good = queue(1.0, 5.0, 2.0, 5);
        for bad in [f64::NAN, f64::INFINITY, -1.0, 0.0] {
            assert_eq!(
                ErlangA {
                    arrival_rate: bad,
                    ..good
                }
                .measures(),
                None
            );
            assert_eq!(
                ErlangA {
                    mean_service: bad,
                    ..good
                }
                .measures(),
                None
            );
            assert_eq!(
                ErlangA {
                    mean_patience: Some(bad),
                    ..good
                }
                .measures(),
                None
            );
        }
        assert_eq!(ErlangA { servers: 0, ..good }.measures(), None);
        assert_eq!(good.service_levels(f64::NAN), None);
        assert!(good.service_levels(0.0).is_some());
        // far outside the promised range: an answer or none, never a panic
        for x in [1e-300, 1e-12, 1e12, 1e300] {
            let _ = ErlangA {
                arrival_rate: x,
                ..good
            }
            .measures();
            let _ = ErlangA {
                mean_patience: Some(x),
                ..good
            }
            .measures();
            let _ = good.service_levels(x);
        }
    }
}
