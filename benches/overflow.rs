//! The plain event loop of the N-design, written as the one of `baseline.rs`: class A goes to a pool of its own, then to a second one, which
//! serves class B alone otherwise and prefers it. Service and patience are exponential.

use super::baseline::Baseline;
use rand::SeedableRng;
use rand::rngs::SmallRng;
use rand_distr::{Distribution, Exp1};
use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    /// Of this class.
    Arrival(usize),
    /// In this pool.
    ServiceEnd(usize),
    /// Of the contact of this class with this number in the order of joining its queue.
    PatienceEnd(usize, u64),
}

/// Times are compared as bits: they are not negative.
type Event = Reverse<(u64, u64, Kind)>;

struct Simulation {
    random: SmallRng,
    events: BinaryHeap<Event>,
    scheduled: u64,
    /// By class: when each contact came that waits, and whether it has left.
    queues: [VecDeque<(f64, bool)>; 2],
    fronts: [u64; 2],
}

impl Simulation {
    fn schedule(&mut self, now: f64, mean: f64, kind: Kind) {
        let delay: f64 = Exp1.sample(&mut self.random);
        self.scheduled += 1;
        let at = (now + mean * delay).to_bits();
        self.events.push(Reverse((at, self.scheduled, kind)));
    }

    /// When the first contact came that waits in the queue of a class; it leaves the queue.
    fn next_waiting(&mut self, class: usize) -> Option<f64> {
        while let Some((since, gone)) = self.queues[class].pop_front() {
            self.fronts[class] += 1;
            if !gone {
                return Some(since);
            }
        }
        None
    }
}

/// Simulates `contacts` arrivals from an empty start until all have left, at these rates by class and with as many agents by pool.
pub(crate) fn run(
    rates: [f64; 2],
    mean_patience: f64,
    servers: [u32; 2],
    contacts: u64,
    seed: u64,
) -> Baseline {
    let mut counts = Baseline::default();
    let mut free = servers;
    let mut sim = Simulation {
        random: SmallRng::seed_from_u64(seed),
        events: BinaryHeap::new(),
        scheduled: 0,
        queues: Default::default(),
        fronts: [0; 2],
    };
    for (class, rate) in rates.iter().enumerate() {
        sim.schedule(0.0, 1.0 / rate, Kind::Arrival(class));
    }
    while let Some(Reverse((bits, _, kind))) = sim.events.pop() {
        let now = f64::from_bits(bits);
        match kind {
            Kind::Arrival(class) => {
                if counts.offered >= contacts {
                    continue;
                }
                counts.offered += 1;
                sim.schedule(now, 1.0 / rates[class], Kind::Arrival(class));
                // Class A prefers the first pool, class B has the second alone.
                if let Some(pool) = (class..2).find(|&pool| free[pool] > 0) {
                    free[pool] -= 1;
                    sim.schedule(now, 1.0, Kind::ServiceEnd(pool));
                } else {
                    counts.delayed += 1;
                    let number = sim.fronts[class] + sim.queues[class].len() as u64;
                    sim.queues[class].push_back((now, false));
                    sim.schedule(now, mean_patience, Kind::PatienceEnd(class, number));
                }
            }
            Kind::ServiceEnd(pool) => {
                let classes = if pool == 0 { &[0][..] } else { &[1, 0] };
                let next = classes.iter().find_map(|&class| sim.next_waiting(class));
                if let Some(since) = next {
                    counts.wait_sum += now - since;
                    sim.schedule(now, 1.0, Kind::ServiceEnd(pool));
                } else {
                    free[pool] += 1;
                }
            }
            Kind::PatienceEnd(class, number) => {
                if let Some(place) = number.checked_sub(sim.fronts[class]) {
                    let (since, gone) = &mut sim.queues[class][place as usize];
                    *gone = true;
                    counts.abandoned += 1;
                    counts.wait_sum += now - *since;
                }
            }
        }
    }
    counts
}
