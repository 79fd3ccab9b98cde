//! Erlang A: M/M/n+M, the standard model of a queue with impatient contacts; without impatience Erlang C.

use super::chats::{ChatAgents, WaitMeasures};
use super::station::ServiceLevels;

/// A queue with Poisson arrivals, exponential service, `servers` agents and exponential patience (M/M/n+M), in steady
/// state, first come first served. Without a patience it is Erlang C, M/M/n.
///
/// It is the case of [`ChatAgents`] in which each agent holds one contact at a time.
///
/// # Source
/// Garnett, Mandelbaum & Reiman (2002); Gans, Koole & Mandelbaum (2003), section 4.2.
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
    /// Delay, abandonment, waits, queue and occupancy; see [`ChatAgents::measures`].
    pub fn measures(&self) -> Option<WaitMeasures> {
        self.one_at_a_time().measures()
    }

    /// The service levels of `threshold` units of time; see [`ChatAgents::service_levels`].
    pub fn service_levels(&self, threshold: f64) -> Option<ServiceLevels> {
        self.one_at_a_time().service_levels(threshold)
    }

    fn one_at_a_time(&self) -> ChatAgents<'static> {
        ChatAgents {
            arrival_rate: self.arrival_rate,
            mean_service: self.mean_service,
            mean_patience: self.mean_patience,
            agents: self.servers,
            speed: &[1.0],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::close;
    use super::super::tests::room::FiniteRoom;
    use super::*;
    use crate::stats::smallest;

    fn check(q: ErlangA, m: [f64; 5], levels: &[(f64, [f64; 3])]) {
        let got = q.measures().unwrap();
        close(got.p_delay, m[0]);
        close(got.p_abandon, m[1]);
        close(got.mean_wait, m[2]);
        close(got.mean_queue, m[3]);
        close(got.occupancy, m[4]);
        for &(t, l) in levels {
            let s = q.service_levels(t).unwrap();
            close(s.sl_offered, l[0]);
            close(s.sl_net, l[1]);
            close(s.abandoned_within, l[2]);
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
                0.787456898493,
            ],
            &[
                (1.0 / 3.0, [0.59827495941, 0.640785726043, 0.0663416254541]),
                (1.0, [0.690590755374, 0.80910978976, 0.146480781576]),
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
                0.781003992975,
            ],
            &[(20.0, [0.816309501899, 0.828537339739, 0.0147583425079])],
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
                0.960139003191,
            ],
            &[
                (0.05, [0.673487500322, 0.687450052343, 0.0203106421673]),
                (0.1, [0.81365453493, 0.840175588078, 0.0315660839521]),
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
                0.750028227974,
            ],
            &[(1.0 / 3.0, [0.858177700031, 0.868274521188, 0.0116286046764])],
        );
    }

    #[test]
    fn the_benchmark_case() {
        let got = queue(105.0, 1.0, 1.0, 100).measures().unwrap();
        assert!((got.p_abandon - 0.066982).abs() < 5e-7);
    }

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
    fn validation_cases_of_erlang_c() {
        for (arrival_rate, mean_service, servers, m, levels) in CASES {
            let q = ErlangA {
                mean_patience: None,
                ..queue(arrival_rate, mean_service, 1.0, servers)
            };
            let got = q.measures().unwrap();
            close(got.p_delay, m[0]);
            close(got.mean_wait, m[1]);
            close(got.mean_wait / got.p_delay, m[2]);
            close(got.mean_queue, m[3]);
            close(got.occupancy, m[4]);
            for &(t, level) in levels {
                close(q.service_levels(t).unwrap().sl_offered, level);
            }
        }
    }

    #[test]
    fn without_patience_a_load_of_all_servers_is_unstable() {
        let unstable = ErlangA {
            mean_patience: None,
            ..queue(7.0, 1.0, 1.0, 7)
        };
        assert_eq!(unstable.measures(), None);
        assert_eq!(unstable.service_levels(1.0), None);
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
                        continue;
                    }
                    let room = FiniteRoom {
                        arrival_rate: q.arrival_rate,
                        mean_service: 3.0,
                        mean_patience: q.mean_patience,
                        servers,
                        waiting_places: places as u32,
                    };
                    let Some(got) = q.measures() else {
                        // Many times the load: states of the queue exceed the range of numbers.
                        assert!(load > 1.3 * f64::from(servers) && most > 600.0, "{q:?}");
                        continue;
                    };
                    let want = room.measures().unwrap();
                    close(got.p_delay, want.p_delay_offered);
                    close(got.p_abandon, want.p_abandon_offered);
                    close(got.mean_wait, want.mean_wait_accepted);
                    close(got.occupancy, want.occupancy);
                    for share in [0.1, 1.0, 3.0] {
                        let t = share * want.mean_wait_abandoned.unwrap();
                        let (got, want) = (
                            q.service_levels(t).unwrap(),
                            room.service_levels(t).unwrap(),
                        );
                        // A difference of sums: ten digits of 1, however small the share is.
                        let near = |got: f64, want: f64| {
                            let miss = (got - want).abs();
                            assert!(miss < 1e-10 + 1e-8 * want, "{q:?}: {got}, expected {want}");
                        };
                        near(got.sl_offered, want.sl_offered);
                        near(got.sl_net, want.sl_net);
                        near(got.abandoned_within, want.abandoned_within);
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

    #[test]
    fn the_answer_is_enough_and_one_less_is_not() {
        for load in [0.001, 0.5, 2.9, 50.0, 1_000.0, 10_000.0] {
            for mean_patience in [None, Some(5.0), Some(300.0), Some(100_000.0)] {
                let met = |servers| {
                    let queue = ErlangA {
                        arrival_rate: load / 180.0,
                        mean_service: 180.0,
                        mean_patience,
                        servers,
                    };
                    let levels = queue.service_levels(20.0);
                    levels.is_some_and(|l| l.sl_offered >= 0.8)
                };
                for (start, step) in [(1, 1), (load as u32, 10), (1_000_000, 1)] {
                    let n = smallest(start, step, 1_000_000, met).unwrap();
                    assert!(met(n) && (n == 1 || !met(n - 1)), "{load} {start}");
                }
            }
        }
    }

    #[test]
    fn known_answers() {
        // 80% in 20 s of contacts of 180 s: 2.9 erlangs take 5 agents, 1.25 erlangs 3.
        for (load, agents) in [(2.9, 5), (1.25, 3)] {
            let met = |servers| {
                let queue = ErlangA {
                    arrival_rate: load / 180.0,
                    mean_service: 180.0,
                    mean_patience: None,
                    servers,
                };
                let levels = queue.service_levels(20.0);
                levels.is_some_and(|l| l.sl_offered >= 0.8)
            };
            assert_eq!(smallest(1, 1, 100, met), Some(agents));
            assert_eq!(smallest(1, 1, agents - 1, met), None);
        }
    }
}
