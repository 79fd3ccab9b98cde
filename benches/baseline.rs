//! The plain event loop of M/M/n+M, and of two classes with an overflow: what a good programmer writes by hand in an afternoon, and the
//! yardstick of the engine's speed. One binary heap of events in the standard library, floating-point time, patience as an event that is
//! ignored once the contact has been answered, one sequential generator, hardly any statistics. No tricks.

use std::cmp::Ordering;
use std::collections::{BinaryHeap, VecDeque};

use rand::SeedableRng;
use rand::rngs::SmallRng;
use rand_distr::{Distribution, Exp1};

/// What one run counts.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Baseline {
    /// Contacts that arrived.
    pub(crate) offered: u64,
    /// Contacts that found all agents busy.
    pub(crate) delayed: u64,
    /// Contacts whose patience ended in the queue.
    pub(crate) abandoned: u64,
    /// Time in queue of all contacts together, served or abandoned, in the unit of the arguments.
    pub(crate) wait_sum: f64,
}

#[derive(Clone, Copy)]
enum Kind {
    Arrival,
    ServiceEnd,
    /// The patience of the contact with this number in the order of joining the queue.
    PatienceEnd(u64),
}

#[derive(Clone, Copy)]
struct Event {
    time: f64,
    sequence: u64,
    kind: Kind,
}

impl Ord for Event {
    /// Reversed, as the heap gives out its largest element: the earliest event is the largest.
    #[inline]
    fn cmp(&self, other: &Self) -> Ordering {
        other
            .time
            .total_cmp(&self.time)
            .then_with(|| other.sequence.cmp(&self.sequence))
    }
}

impl PartialOrd for Event {
    #[inline] // the heap's code may be built in another unit
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Event {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Event {}

struct Waiting {
    since: f64,
    gone: bool,
}

struct Simulation {
    random: SmallRng,
    events: BinaryHeap<Event>,
    scheduled: u64,
    queue: VecDeque<Waiting>,
    /// Number, in the order of joining the queue, of the contact at its front.
    front: u64,
}

impl Simulation {
    fn schedule(&mut self, now: f64, mean: f64, kind: Kind) {
        let delay: f64 = Exp1.sample(&mut self.random);
        self.scheduled += 1;
        self.events.push(Event {
            time: now + mean * delay,
            sequence: self.scheduled,
            kind,
        });
    }

    /// The first contact in queue that has not left, out of the queue.
    fn next_waiting(&mut self) -> Option<Waiting> {
        while let Some(contact) = self.queue.pop_front() {
            self.front += 1;
            if !contact.gone {
                return Some(contact);
            }
        }
        None
    }
}

/// Simulates `contacts` arrivals at `arrival_rate` to `servers` agents from an empty start until all have left.
/// Service and patience are exponential with the given means, or patience has no end; times in any one unit.
pub(crate) fn run(
    arrival_rate: f64,
    mean_service: f64,
    mean_patience: Option<f64>,
    servers: u32,
    contacts: u64,
    seed: u64,
) -> Baseline {
    let mut counts = Baseline::default();
    let mut busy = 0;
    let mut sim = Simulation {
        random: SmallRng::seed_from_u64(seed),
        events: BinaryHeap::new(),
        scheduled: 0,
        queue: VecDeque::new(),
        front: 0,
    };
    let mean_gap = 1.0 / arrival_rate;
    if contacts > 0 {
        sim.schedule(0.0, mean_gap, Kind::Arrival);
    }
    while let Some(event) = sim.events.pop() {
        let now = event.time;
        match event.kind {
            Kind::Arrival => {
                counts.offered += 1;
                if counts.offered < contacts {
                    sim.schedule(now, mean_gap, Kind::Arrival);
                }
                if busy < servers {
                    busy += 1;
                    sim.schedule(now, mean_service, Kind::ServiceEnd);
                } else {
                    counts.delayed += 1;
                    let number = sim.front + sim.queue.len() as u64;
                    sim.queue.push_back(Waiting {
                        since: now,
                        gone: false,
                    });
                    if let Some(mean_patience) = mean_patience {
                        sim.schedule(now, mean_patience, Kind::PatienceEnd(number));
                    }
                }
            }
            Kind::ServiceEnd => {
                if let Some(contact) = sim.next_waiting() {
                    counts.wait_sum += now - contact.since;
                    sim.schedule(now, mean_service, Kind::ServiceEnd);
                } else {
                    busy -= 1;
                }
            }
            Kind::PatienceEnd(number) => {
                // a contact before the front has been answered: nothing to do
                if let Some(place) = number.checked_sub(sim.front) {
                    let contact = &mut sim.queue[place as usize];
                    contact.gone = true;
                    counts.abandoned += 1;
                    counts.wait_sum += now - contact.since;
                }
            }
        }
    }
    counts
}
