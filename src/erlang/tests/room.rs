//! M/M/n/K and M/M/n/K+M: a waiting room of limited size, without or with exponential patience, by sums over the birth-death chain.
//!
//! With a room that never fills it is Erlang A by a wholly different computation than that of the library.

use super::super::station::inverse_blocking;
use super::super::{not_negative, offered_load, positive, server_count};
use super::close;

/// The largest waiting room, in waiting places: a bound on the memory.
const MAX_PLACES: u32 = 10_000_000;

/// Steady-state measures of a queue with a limited waiting room.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct RoomMeasures {
    /// Share of offered contacts that find the room full and are lost.
    pub(crate) p_block: f64,
    /// Share of offered contacts that are accepted and must wait.
    pub(crate) p_delay_offered: f64,
    /// Abandoned over offered.
    pub(crate) p_abandon_offered: f64,
    /// Mean number in queue.
    pub(crate) mean_queue: f64,
    /// Share of time an agent is busy.
    pub(crate) occupancy: f64,
    /// Contacts served per unit of time.
    pub(crate) throughput: f64,
    /// Mean time in queue of accepted contacts, served or abandoned, in units of time.
    pub(crate) mean_wait_accepted: f64,
    /// Mean wait of served contacts, in units of time.
    pub(crate) mean_wait_served: f64,
    /// Mean wait of abandoned contacts, in units of time; `None` if nobody abandons.
    pub(crate) mean_wait_abandoned: Option<f64>,
}

/// Service levels of one threshold `T` with a limited waiting room.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct RoomServiceLevels {
    /// Served within `T` over offered: a blocked contact is a miss.
    pub(crate) sl_offered: f64,
    /// Served within `T` over accepted.
    pub(crate) sl_accepted: f64,
    /// Served within `T` over accepted less abandoned within `T`.
    pub(crate) sl_net: f64,
    /// Abandoned within `T` over offered.
    pub(crate) abandoned_within: f64,
}

/// A queue with Poisson arrivals, exponential service, `servers` agents, `waiting_places` places to wait and exponential
/// patience or none (M/M/n/K+M, M/M/n/K with `K = servers + waiting_places`), in steady state, first come first served.
///
/// # Formula
/// A birth-death chain: up at `lambda`, down at `min(k, n) mu + max(k - n, 0) theta`. A contact that finds `q` in queue
/// is served, if patient, after stages of rate `n mu + j theta`, `j = 0..q`.
///
/// # Source
/// Gans, Koole & Mandelbaum (2003), section 4; Garnett, Mandelbaum & Reiman (2002), section 2.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct FiniteRoom {
    /// Contacts offered per unit of time.
    pub(crate) arrival_rate: f64,
    /// Mean service time, in units of time.
    pub(crate) mean_service: f64,
    /// Mean patience, in units of time; `None` if nobody ever abandons.
    pub(crate) mean_patience: Option<f64>,
    /// Number of agents.
    pub(crate) servers: u32,
    /// Number of contacts that can wait at the same time; zero is the loss system.
    pub(crate) waiting_places: u32,
}

/// The chain solved: `busy[q]` is the share of time with all agents busy and `q` contacts in queue.
struct Chain {
    load: f64,
    drain: f64,
    theta: f64,
    /// Share of time in which an agent is free.
    free: f64,
    busy: Vec<f64>,
    /// The same up to a factor, for conditional means where the shares vanish.
    weight: Vec<f64>,
}

impl FiniteRoom {
    /// Blocking, delay, abandonment, waits, queue and occupancy.
    ///
    /// # Errors
    /// `None` if a parameter is not a positive finite number, or there are no servers, more than
    /// [`MAX_SERVERS`](super::super::MAX_SERVERS) or more than [`MAX_PLACES`].
    ///
    /// # Formula
    /// Sums over the stationary chain of [`FiniteRoom`]; `p_abandon = theta E[Q] / lambda`, waits by Little's law and by
    /// recursion over the stages ahead.
    ///
    /// # Source
    /// Gans, Koole & Mandelbaum (2003), section 4.
    pub(crate) fn measures(&self) -> Option<RoomMeasures> {
        let chain = self.solve()?;
        let (&p_block, joining) = chain.busy.split_last()?;
        let p_delay = joining.iter().sum::<f64>();
        let mean_queue = queue_of(&chain.busy);
        let p_abandon = chain.theta * mean_queue / self.arrival_rate;
        let accepted = chain.free + p_delay;
        let served = accepted - p_abandon;
        // conditional on the queue found: P(abandon), E[wait; abandoned], and E[wait; served]
        let (mut leave, mut leave_wait, mut stages) = (0.0, 0.0, 0.0);
        let (mut abandoned, mut wait_abandoned, mut wait_served) = (0.0, 0.0, 0.0);
        for (q, (&p, &w)) in joining.iter().zip(&chain.weight).enumerate() {
            let rate = chain.drain + (q as f64 + 1.0) * chain.theta;
            let lost = chain.theta / rate;
            leave = lost + (1.0 - lost) * leave;
            leave_wait = leave / rate + (1.0 - lost) * leave_wait;
            stages += 1.0 / rate;
            abandoned += w * leave;
            wait_abandoned += w * leave_wait;
            wait_served += p * (chain.drain / rate) * stages;
        }
        let some_abandon = chain.theta > 0.0;
        Some(RoomMeasures {
            p_block: not_negative(p_block)?,
            p_delay_offered: not_negative(p_delay)?,
            p_abandon_offered: not_negative(p_abandon)?,
            mean_queue: not_negative(mean_queue)?,
            occupancy: not_negative(chain.load * served / f64::from(self.servers))?,
            throughput: not_negative(self.arrival_rate * served)?,
            mean_wait_accepted: not_negative(mean_queue / self.arrival_rate / accepted)?,
            mean_wait_served: not_negative(wait_served / served)?,
            mean_wait_abandoned: not_negative(wait_abandoned / abandoned).filter(|_| some_abandon),
        })
    }

    /// The service levels of `threshold` units of time.
    ///
    /// # Errors
    /// `None` as for [`FiniteRoom::measures`], or if the threshold is negative or not finite.
    ///
    /// # Formula
    /// With `S` the sum of stages `n mu + j theta`, `j = 1..q+1` (those of an accepted contact that does not leave):
    /// served within `T` given `q` is `n mu / (n mu + (q + 1) theta) P(S <= T)`, and the number of stages passed by `T`
    /// is negative binomial (Poisson without patience). Abandoned within `T` given `q` is the sum over `j <= q` of
    /// `theta n mu / ((n mu + j theta)(n mu + (j + 1) theta)) P(S_j <= T)`.
    ///
    /// # Source
    /// The chain of Gans, Koole & Mandelbaum (2003), section 4; `exp(-theta S)` is a beta variate.
    pub(crate) fn service_levels(&self, threshold: f64) -> Option<RoomServiceLevels> {
        let t = not_negative(threshold)?;
        let chain = self.solve()?;
        let (_, joining) = chain.busy.split_last()?;
        let passed = chain.all_stages_passed(t, joining.len());
        let (mut served, mut abandoned, mut leave) = (chain.free, 0.0, 0.0);
        for (q, (&p, &in_time)) in joining.iter().zip(&passed).enumerate() {
            let ahead = chain.drain + q as f64 * chain.theta;
            let all = ahead + chain.theta;
            leave += chain.theta / all * (chain.drain / ahead) * in_time;
            abandoned += p * leave;
            served += p * (chain.drain / all) * in_time;
        }
        let accepted = chain.free + joining.iter().sum::<f64>();
        Some(RoomServiceLevels {
            sl_offered: not_negative(served)?,
            sl_accepted: not_negative(served / accepted)?,
            sl_net: not_negative(served / (accepted - abandoned))?,
            abandoned_within: not_negative(abandoned)?,
        })
    }

    /// The stationary distribution, from its mode outwards: ratios never exceed one, so nothing overflows.
    fn solve(&self) -> Option<Chain> {
        let load = offered_load(self.arrival_rate, self.mean_service)?;
        let n = f64::from(server_count(self.servers)?);
        if self.waiting_places > MAX_PLACES {
            return None;
        }
        let places = self.waiting_places as usize;
        let drain = positive(n / self.mean_service)?;
        let theta = match self.mean_patience {
            Some(mean) => positive(1.0 / positive(mean)?)?,
            None => 0.0,
        };
        let ratio = |q: usize| self.arrival_rate / (drain + q as f64 * theta); // from q - 1 to q in queue
        let excess = (self.arrival_rate - drain) / theta; // infinite or no number without patience
        let mode = if self.arrival_rate <= drain {
            0
        } else if excess < places as f64 {
            excess as usize
        } else {
            places
        };
        let mut weight = vec![0.0; places + 1];
        weight[mode] = 1.0;
        for q in (1..=mode).rev() {
            weight[q - 1] = weight[q] / ratio(q);
        }
        for q in mode + 1..=places {
            weight[q] = weight[q - 1] * ratio(q);
        }
        let free = weight[0] * (inverse_blocking(load, self.servers - 1) * (n / load));
        let busy = weight.iter().sum::<f64>();
        let all = free + busy; // infinite if there is hardly any load: then nobody waits
        Some(Chain {
            load,
            drain,
            theta,
            free: if all.is_finite() { free / all } else { 1.0 },
            busy: weight.iter().map(|w| w / all).collect(),
            weight,
        })
    }
}

impl Chain {
    /// For `q = 0..count`: the probability that stages of rates `drain + j theta`, `j = 1..=q+1`, all end by `t`.
    fn all_stages_passed(&self, t: f64, count: usize) -> Vec<f64> {
        let first = self.drain + self.theta;
        let growth = if self.theta > 0.0 {
            -libm::expm1(-self.theta * t) / self.theta
        } else {
            t
        };
        // logarithm of the probability that exactly j stages have ended
        let ratio = |j: usize| (first + j as f64 * self.theta) * growth / (j as f64 + 1.0);
        let mut log_p = -first * t;
        let mut exactly = Vec::with_capacity(count);
        for j in 0..count {
            exactly.push(libm::exp(log_p));
            log_p += libm::log(ratio(j));
        }
        // from below until one half, from above afterwards: each where it does not cancel
        let mut passed = vec![0.0; count];
        let mut cumulative = 0.0;
        let mut half = count;
        for (j, p) in exactly.iter().enumerate() {
            cumulative += p;
            if cumulative > 0.5 {
                half = j;
                break;
            }
            passed[j] = 1.0 - cumulative;
        }
        if half < count {
            let (mut p, mut tail) = (libm::exp(log_p), 0.0);
            let mut j = count;
            while p > 1e-18 * tail && j < count + 100_000_000 {
                tail += p;
                p *= ratio(j);
                j += 1;
            }
            for j in (half..count).rev() {
                passed[j] = tail;
                tail += exactly[j];
            }
        }
        passed
    }
}

/// Mean of the index under the weights.
fn queue_of(weights: &[f64]) -> f64 {
    weights.iter().enumerate().map(|(q, p)| q as f64 * p).sum()
}

const PLAIN: FiniteRoom = FiniteRoom {
    arrival_rate: 4.2,
    mean_service: 2.0,
    mean_patience: None,
    servers: 12,
    waiting_places: 5,
};

#[test]
fn validation_fk_1() {
    let m = PLAIN.measures().unwrap();
    close(m.p_block, 0.00947687430251);
    close(m.p_delay_offered, 0.156365324736);
    close(m.mean_queue, 0.254288890854);
    close(m.occupancy, 0.693366187988);
    assert_eq!(m.p_abandon_offered, 0.0);
    assert_eq!(m.mean_wait_abandoned, None);
    close(m.mean_wait_accepted, 0.0611242407593);
    close(m.mean_wait_served, 0.0611242407593);
    close(m.throughput, 4.16019712793);
    let s = PLAIN.service_levels(1.0 / 3.0).unwrap();
    close(s.sl_offered, 0.91876783435);
    close(s.sl_accepted, 0.927558186694);
    close(s.sl_net, 0.927558186694);
}

#[test]
fn validation_fk_3() {
    let q = FiniteRoom {
        arrival_rate: 6.0,
        mean_service: 1.0,
        mean_patience: Some(2.0),
        servers: 5,
        waiting_places: 7,
    };
    let m = q.measures().unwrap();
    close(m.p_block, 0.0435164239837);
    close(m.p_delay_offered, 0.745225756032);
    close(m.mean_queue, 2.24567916223);
    close(m.occupancy, 0.923212374997);
    close(m.p_abandon_offered, 0.187139930186);
    close(m.mean_wait_accepted, 0.391308193633);
    close(m.mean_wait_served, 0.389404339783);
    close(m.throughput, 4.61606187498);
    let s = q.service_levels(0.3).unwrap();
    close(s.sl_offered, 0.395518278993);
    close(s.sl_accepted, 0.413512880838);
    close(s.sl_net, 0.45682781783);
    // all waits together are the waits of the served and of the abandoned
    let served = m.throughput / 6.0 * m.mean_wait_served;
    let abandoned = m.p_abandon_offered * m.mean_wait_abandoned.unwrap();
    close(served + abandoned, m.mean_queue / 6.0);
}

#[test]
fn corners() {
    let loss = FiniteRoom {
        waiting_places: 0,
        ..PLAIN
    };
    let m = loss.measures().unwrap();
    close(m.p_block, 1.0 / inverse_blocking(8.4, 12));
    assert_eq!(m.mean_queue, 0.0);
    assert_eq!(m.p_delay_offered, 0.0);
    close(loss.service_levels(0.0).unwrap().sl_accepted, 1.0);
    // a thousandfold overload fills any room
    let full = FiniteRoom {
        arrival_rate: 1e4,
        waiting_places: 1000,
        ..PLAIN
    };
    close(full.measures().unwrap().throughput, 6.0);
    // hardly any load: nobody waits, and no division by zero
    let idle = FiniteRoom {
        arrival_rate: 1e-6,
        servers: 500,
        mean_patience: Some(1.0),
        ..PLAIN
    };
    assert_eq!(idle.measures().unwrap().p_delay_offered, 0.0);
    close(idle.service_levels(0.1).unwrap().sl_offered, 1.0);
    for bad in [f64::NAN, 0.0, -1.0, f64::INFINITY] {
        assert_eq!(
            FiniteRoom {
                arrival_rate: bad,
                ..PLAIN
            }
            .measures(),
            None
        );
        assert_eq!(
            FiniteRoom {
                mean_patience: Some(bad),
                ..PLAIN
            }
            .measures(),
            None
        );
    }
    assert_eq!(
        FiniteRoom {
            servers: 0,
            ..PLAIN
        }
        .measures(),
        None
    );
    assert_eq!(
        FiniteRoom {
            waiting_places: u32::MAX,
            ..PLAIN
        }
        .measures(),
        None
    );
    assert_eq!(PLAIN.service_levels(-0.1), None);
}
