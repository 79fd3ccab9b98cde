//! Agents with several contacts in hand at once, each of which goes more slowly the more there are.

use super::station::{ServiceLevels, Station, leaving};
use super::{not_negative, offered_load, server_count};

/// A queue with Poisson arrivals in front of agents who hold up to `speed.len()` contacts each; exponential work, exponential
/// patience or none, first come first served, in steady state.
///
/// # Formula
/// A birth-death chain of the number in the system, under even spreading: `k` contacts in hand are spread over the agents so
/// that any two differ by one at most. An agent with `m` in hand finishes contacts at rate `m speed[m] / mean_service`. Where
/// every slot is taken the chain is that of [`ErlangA`](super::ErlangA).
///
/// # Accuracy
/// Exact for one contact at a time, for one agent, and where all speeds are 1 (that is Erlang A with a server for each slot).
/// Otherwise a contact goes to the agent who has the fewest, but nobody hands one over when another agent runs empty, so that
/// the true chain is spread less evenly. Against the chain of occupancy counts (how many agents have `m` in hand), for 1 to 40
/// agents who use 40% to 90% of what they can do: with two or three contacts at once and speeds of at least 0.7 the service level
/// is too high by at most 0.006 and the use of slots too low by at most 0.013, with a second contact at half speed by at most
/// 0.031 and 0.07; with 40 agents and a speed of at least 0.8 by 0.001 and 0.01, and less the more there are.
///
/// # Source
/// Tezcan & Zhang (2014), "Routing and staffing in customer service chat systems with impatient customers", Operations
/// Research 62(4), for the chain of occupancy counts and the even spreading of the fluid limit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ChatAgents<'a> {
    /// Contacts offered per unit of time.
    pub arrival_rate: f64,
    /// Mean time of a contact with an agent who has nothing else in hand, in units of time.
    pub mean_service: f64,
    /// Mean patience, in units of time; `None` if nobody ever abandons.
    pub mean_patience: Option<f64>,
    /// Number of agents.
    pub agents: u32,
    /// Speed of each contact with 1, 2, ... in hand.
    pub speed: &'a [f64],
}

/// How often and how long contacts wait, how many abandon, and how busy the agents are.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct WaitMeasures {
    /// Share of contacts that find every slot taken.
    pub p_delay: f64,
    /// Abandoned over offered.
    pub p_abandon: f64,
    /// Mean time in queue of all contacts, served or abandoned, in units of time.
    pub mean_wait: f64,
    /// Mean number in queue.
    pub mean_queue: f64,
    /// Mean share of the slots with a contact: of agents with one slot the share of their time that they are busy.
    pub occupancy: f64,
}

impl ChatAgents<'_> {
    /// Delay, abandonment, wait, queue and occupancy.
    ///
    /// # Errors
    /// `None` if a parameter is not a positive finite number, there are no agents, more than
    /// [`MAX_SERVERS`](super::MAX_SERVERS) slots, nobody abandons and the load is not below what the agents can finish, or so
    /// much more is offered that the queue exceeds the range of numbers.
    ///
    /// # Formula
    /// Sums over the chain of [`ChatAgents`]: with j contacts in the queue it goes up at the arrival rate and down at what full
    /// agents finish and j / patience; abandoned is the mean queue over patience and arrivals.
    ///
    /// # Source
    /// Gans, Koole & Mandelbaum (2003), section 4; Garnett, Mandelbaum & Reiman (2002), section 2.
    pub fn measures(&self) -> Option<WaitMeasures> {
        self.chain()?.measures()
    }

    /// The service levels of `threshold` units of time.
    ///
    /// # Errors
    /// `None` as for [`ChatAgents::measures`], or if the threshold is negative or not finite.
    ///
    /// # Formula
    /// Integrals over the wait offered to a contact of endless patience, with the probability of a free slot from the chain.
    ///
    /// # Source
    /// Zeltyn & Mandelbaum (2005), section 3.
    pub fn service_levels(&self, threshold: f64) -> Option<ServiceLevels> {
        self.chain()?.service_levels(threshold)
    }

    /// Contacts finished per unit of time while every slot is taken.
    pub fn capacity(&self) -> f64 {
        f64::from(self.agents) * self.pace(self.speed.len())
    }

    /// Whether every contact goes at full speed whatever else is in hand.
    pub fn is_plain(&self) -> bool {
        self.speed.iter().all(|&s| s == 1.0)
    }

    fn slots(&self) -> Option<u32> {
        let slots = u64::from(self.agents) * self.speed.len() as u64;
        server_count(u32::try_from(slots).ok()?)
    }

    /// Contacts that an agent with `m` in hand finishes per unit of time.
    fn pace(&self, m: usize) -> f64 {
        let speed = m.checked_sub(1).and_then(|i| self.speed.get(i));
        speed.map_or(0.0, |s| m as f64 * s / self.mean_service)
    }

    /// The chain, of which several things can be asked; `None` as for [`ChatAgents::measures`].
    pub(crate) fn chain(&self) -> Option<Chain<'_>> {
        let (station, mean_when_free) = self.station()?;
        Some(Chain {
            agents: *self,
            station,
            mean_when_free,
        })
    }

    /// The station, and the mean number of contacts with agents while some slot is free.
    fn station(&self) -> Option<(Station, f64)> {
        offered_load(self.arrival_rate, self.mean_service)?;
        let (slots, leaving) = (self.slots()?, leaving(self.mean_patience)?);
        if self.is_plain() {
            let (rate, service) = (self.arrival_rate, self.mean_service);
            return Some((Station::of_servers(rate, service, slots, leaving)?, 0.0));
        }
        // From one free slot down, each state's probability over that of one free slot; `scaled` once they are too large.
        let (mut weight, mut sum, mut product) = (1.0_f64, 1.0_f64, f64::from(slots - 1));
        let mut scaled = false;
        let paces: Vec<f64> = (0..=self.speed.len()).map(|m| self.pace(m)).collect();
        let grows = paces.is_sorted();
        // Each agent has so many in hand, and some have one more.
        let (mut each, mut more) = (self.speed.len(), 0);
        for k in (1..slots).rev() {
            if more == 0 {
                (each, more) = (each - 1, self.agents);
            }
            more -= 1;
            let pace =
                f64::from(more) * paces[each + 1] + f64::from(self.agents - more) * paces[each];
            weight *= pace / self.arrival_rate;
            sum += weight;
            product += weight * f64::from(k - 1);
            if weight > 1e200 {
                scaled = true;
                (weight, sum, product) = (weight * 1e-200, sum * 1e-200, product * 1e-200);
            }
            // From here on they shrink faster and faster.
            if grows && pace < self.arrival_rate && weight * f64::from(k) < 1e-16 * sum {
                break;
            }
        }
        let at_once = if scaled { f64::INFINITY } else { sum };
        let mean = product / sum;
        let station = Station {
            arrival_rate: self.arrival_rate,
            drain: self.capacity(),
            at_once,
            leaving,
        };
        Some((station, mean))
    }
}

/// What is known of [`ChatAgents`] once their chain is gone through.
#[derive(Clone, Copy)]
pub(crate) struct Chain<'a> {
    agents: ChatAgents<'a>,
    station: Station,
    mean_when_free: f64,
}

impl Chain<'_> {
    /// See [`ChatAgents::measures`].
    pub(crate) fn measures(&self) -> Option<WaitMeasures> {
        let (agents, station) = (&self.agents, &self.station);
        let (p_delay, mean_queue) = station.delay_and_queue()?;
        let p_abandon = mean_queue * station.leaving / agents.arrival_rate;
        let occupancy = if agents.is_plain() {
            agents.arrival_rate * (1.0 - p_abandon) / station.drain
        } else {
            (1.0 - p_delay) * self.mean_when_free / f64::from(agents.slots()?) + p_delay
        };
        Some(WaitMeasures {
            p_delay,
            p_abandon,
            mean_wait: not_negative(mean_queue / agents.arrival_rate)?,
            mean_queue,
            occupancy,
        })
    }

    /// See [`ChatAgents::service_levels`].
    pub(crate) fn service_levels(&self, threshold: f64) -> Option<ServiceLevels> {
        self.station.service_levels(threshold)
    }

    /// The same agents, if nobody left: what happens while a slot is free does not depend on it.
    pub(crate) fn if_nobody_left(self) -> Self {
        Self {
            station: Station {
                leaving: 0.0,
                ..self.station
            },
            ..self
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::ErlangA;
    use super::*;

    #[test]
    fn one_at_a_time_and_full_speed_are_erlang_a() {
        for (speed, agents, servers) in [(&[1.0][..], 12, 12), (&[1.0, 1.0, 1.0][..], 4, 12)] {
            for patience in [None, Some(400.0)] {
                let chats = ChatAgents {
                    arrival_rate: 0.05,
                    mean_service: 190.0,
                    mean_patience: patience,
                    agents,
                    speed,
                };
                let plain = ErlangA {
                    arrival_rate: 0.05,
                    mean_service: 190.0,
                    mean_patience: patience,
                    servers,
                };
                let (got, want) = (chats.measures().unwrap(), plain.measures().unwrap());
                assert_eq!(chats.service_levels(20.0), plain.service_levels(20.0));
                assert!((got.p_delay - want.p_delay).abs() < 1e-9);
                assert!((got.p_abandon - want.p_abandon).abs() < 1e-9);
                assert!((got.occupancy - want.occupancy).abs() < 1e-9);
            }
        }
    }

    /// The recursion with speeds just below 1 is that of plain agents, also where the weights exceed the range of numbers.
    #[test]
    fn nearly_full_speed_is_nearly_plain() {
        for (agents, load) in [(3, 5.0), (30, 50.0), (800, 500.0), (800, 1500.0)] {
            let chats = |speed| ChatAgents {
                arrival_rate: load,
                mean_service: 1.0,
                mean_patience: Some(2.0),
                agents,
                speed,
            };
            let (slow, fast) = ([1.0, 1.0 - 1e-9], [1.0, 1.0]);
            let level = |speed| chats(speed).service_levels(0.05).unwrap().sl_net;
            assert!((level(&slow) - level(&fast)).abs() < 1e-6, "{agents}");
            let (got, want) = (
                chats(&slow).measures().unwrap(),
                chats(&fast).measures().unwrap(),
            );
            assert!((got.occupancy - want.occupancy).abs() < 1e-6, "{agents}");
        }
    }

    /// Every state of agents with so many contacts in hand each, and of the queue, by iteration: service level within `t` and use
    /// of slots where a contact goes to the agent with the fewest.
    fn by_occupancy_counts(q: &ChatAgents<'_>, t: f64) -> (f64, f64) {
        let (n, c) = (q.agents as usize, q.speed.len());
        // States: numbers of agents with 1..=c in hand (the rest has none), then queues behind the full state.
        let mut states: Vec<Vec<usize>> = vec![Vec::new()];
        for _ in 0..c {
            states = states
                .into_iter()
                .flat_map(|s| {
                    let used: usize = s.iter().sum();
                    (0..=n - used).map(move |x| [s.clone(), vec![x]].concat())
                })
                .collect();
        }
        let full = states.iter().position(|s| s[c - 1] == n).unwrap();
        let queue = 60;
        let find = |s: &[usize]| states.iter().position(|x| x == s).unwrap();
        let theta = q.mean_patience.map_or(0.0, |p| 1.0 / p);
        let mut moves: Vec<Vec<(usize, f64)>> = vec![Vec::new(); states.len() + queue];
        for (i, s) in states.iter().enumerate() {
            let idle = n - s.iter().sum::<usize>();
            let least = (0..c).find(|&m| if m == 0 { idle > 0 } else { s[m - 1] > 0 });
            match least {
                Some(m) => {
                    let mut to = s.clone();
                    to[m] += 1;
                    if m > 0 {
                        to[m - 1] -= 1;
                    }
                    moves[i].push((find(&to), q.arrival_rate));
                }
                None => moves[i].push((states.len(), q.arrival_rate)),
            }
            for m in 1..=c {
                if s[m - 1] > 0 {
                    let mut to = s.clone();
                    to[m - 1] -= 1;
                    if m > 1 {
                        to[m - 2] += 1;
                    }
                    moves[i].push((find(&to), s[m - 1] as f64 * q.pace(m)));
                }
            }
        }
        for w in 0..queue {
            let at = states.len() + w;
            if w + 1 < queue {
                moves[at].push((at + 1, q.arrival_rate));
            }
            let down = q.capacity() + (w + 1) as f64 * theta;
            moves[at].push((if w == 0 { full } else { at - 1 }, down));
        }
        let fastest: f64 = moves
            .iter()
            .map(|m| m.iter().map(|x| x.1).sum::<f64>())
            .fold(0.0, f64::max);
        let mut p = vec![1.0 / moves.len() as f64; moves.len()];
        for _ in 0..60_000 {
            let mut next = p.clone();
            for (i, out) in moves.iter().enumerate() {
                for &(to, rate) in out {
                    let flow = p[i] * rate / (1.01 * fastest);
                    next[i] -= flow;
                    next[to] += flow;
                }
            }
            let change: f64 = next.iter().zip(&p).map(|(a, b)| (a - b).abs()).sum();
            p = next;
            if change < 1e-13 {
                break;
            }
        }
        let delayed: f64 = p[full] + p[states.len()..].iter().sum::<f64>();
        let in_hand = |s: &[usize]| {
            s.iter()
                .enumerate()
                .map(|(i, x)| (i + 1) * x)
                .sum::<usize>()
        };
        let slots = (n * c) as f64;
        let used: f64 = states
            .iter()
            .zip(&p)
            .map(|(s, p)| p * in_hand(s) as f64 / slots)
            .sum::<f64>()
            + p[states.len()..].iter().sum::<f64>();
        // Once all slots are taken both chains go on alike, so that the service level follows from the delay.
        let even = q.service_levels(t).unwrap().sl_net;
        let late = (1.0 - even) / q.measures().unwrap().p_delay;
        (1.0 - late * delayed, used)
    }

    #[test]
    fn even_spreading_against_the_chain_of_occupancy_counts() {
        let speeds: [(&[f64], f64, f64); 5] = [
            (&[1.0, 0.95], 0.003, 0.004),
            (&[1.0, 0.8], 0.006, 0.013),
            (&[1.0, 0.85, 0.7], 0.006, 0.013),
            (&[1.0, 0.95, 0.87], 0.003, 0.005),
            (&[1.0, 0.5], 0.031, 0.07),
        ];
        for (speed, level_miss, use_miss) in speeds {
            for agents in [1, 2, 4, 8, 40] {
                for used in [0.4, 0.7, 0.9] {
                    if speed.len() > 2 && agents > 8 {
                        continue;
                    }
                    let q = ChatAgents {
                        arrival_rate: 0.0,
                        mean_service: 1.0,
                        mean_patience: Some(2.0),
                        agents,
                        speed,
                    };
                    let q = ChatAgents {
                        arrival_rate: used * q.capacity(),
                        ..q
                    };
                    let (level, slots) = by_occupancy_counts(&q, 0.1);
                    let even = q.service_levels(0.1).unwrap().sl_net;
                    let used_slots = q.measures().unwrap().occupancy;
                    let misses = [even - level, slots - used_slots];
                    let most = match (agents, speed[1] >= 0.8) {
                        (1, _) => [0.0, 0.0],
                        (40, true) => [0.001, 0.01],
                        _ => [level_miss, use_miss],
                    };
                    for (miss, most) in misses.into_iter().zip(most) {
                        let fits = (-1e-6..=most + 1e-6).contains(&miss);
                        assert!(fits, "{speed:?} {agents} {used}: {misses:?}");
                    }
                }
            }
        }
    }
}
