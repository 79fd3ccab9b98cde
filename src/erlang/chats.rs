//! Agents with several contacts in hand at once, each of which goes more slowly the more there are.

use super::a::exponential;
use super::b::inverse_blocking;
use super::general::{ServiceLevels, Station, WaitMeasures};
use super::{offered_load, server_count};

/// A queue with Poisson arrivals in front of agents who hold up to `speed.len()` contacts each; exponential work, exponential
/// patience or none, first come first served, in steady state.
///
/// # Formula
/// A birth-death chain of the number in the system, under even spreading: `k` contacts in hand are spread over the agents so
/// that any two differ by one at most. An agent with `m` in hand finishes contacts at rate `m speed[m] / mean_service`. Where
/// every slot is taken the chain is that of [`ErlangA`](super::ErlangA).
///
/// # Accuracy
/// Exact for one contact at a time and where all speeds are 1 (that is Erlang A with a server for each slot). Otherwise a
/// contact goes to the agent who has the fewest, but nobody hands one over when another agent runs empty, so that the true
/// chain is spread less evenly. Against the chain of occupancy counts (how many agents have `m` in hand), for 1 to 8 agents with
/// 2 or 3 contacts, speeds down to 0.5 and slots used from 30% to 95%, the service level is off by at most 0.015 and the use of
/// slots by at most 0.01; both errors shrink as agents are added.
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

/// What a number of agents does.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ChatMeasures {
    /// Delay, abandonment and waits. Its occupancy is the share used of what the agents can finish with full hands.
    pub waits: WaitMeasures,
    /// Mean share of the slots with a contact.
    pub use_of_slots: f64,
}

impl ChatAgents<'_> {
    /// Delay, abandonment, waits and the use of slots.
    ///
    /// # Errors
    /// `None` if a parameter is not a positive finite number, there are no agents, more than [`MAX_SERVERS`](super::MAX_SERVERS) slots, or nobody
    /// abandons and the load is not below what the agents can finish.
    ///
    /// # Formula
    /// See [`ChatAgents`]; the use of slots is the mean number of contacts with agents over the number of slots.
    ///
    /// # Source
    /// Zeltyn & Mandelbaum (2005), section 3, with the probability of a free slot from the chain.
    pub fn measures(&self) -> Option<ChatMeasures> {
        let (station, mean_when_free) = self.station()?;
        let waits = station.measures(&exponential(self.mean_patience)?)?;
        let slots = f64::from(self.slots()?);
        let busy = if self.is_plain() {
            waits.occupancy
        } else {
            (1.0 - waits.p_delay) * mean_when_free / slots + waits.p_delay
        };
        Some(ChatMeasures {
            waits,
            use_of_slots: busy,
        })
    }

    /// The service levels of `threshold` units of time.
    ///
    /// # Errors
    /// `None` as for [`ChatAgents::measures`], or if the threshold is negative or not finite.
    ///
    /// # Formula
    /// That of [`GeneralPatience::service_levels`](super::GeneralPatience::service_levels).
    ///
    /// # Source
    /// Zeltyn & Mandelbaum (2005), section 3.
    pub fn service_levels(&self, threshold: f64) -> Option<ServiceLevels> {
        let station = self.station()?.0;
        station.service_levels(threshold, &exponential(self.mean_patience)?)
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

    /// The station, and the mean number of contacts with agents while some slot is free.
    fn station(&self) -> Option<(Station, f64)> {
        let load = offered_load(self.arrival_rate, self.mean_service)?;
        let slots = self.slots()?;
        if self.is_plain() {
            let station = Station {
                arrival_rate: self.arrival_rate,
                drain: f64::from(slots) / self.mean_service,
                at_once: inverse_blocking(load, slots - 1),
            };
            return Some((station, 0.0));
        }
        let agents = self.agents;
        let (mut at_once, mut mean) = (1.0_f64, 0.0_f64);
        for k in 1..slots {
            let (each, more) = ((k / agents) as usize, k % agents);
            let pace =
                f64::from(more) * self.pace(each + 1) + f64::from(agents - more) * self.pace(each);
            let below = at_once * pace / self.arrival_rate;
            at_once = 1.0 + below;
            // Nearly always fewer than k when it is infinite.
            mean += (f64::from(k) - mean) / at_once;
        }
        let station = Station {
            arrival_rate: self.arrival_rate,
            drain: self.capacity(),
            at_once,
        };
        Some((station, mean))
    }
}
