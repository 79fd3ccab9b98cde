//! The smallest number of agents for what comes to a pool in one interval.

use super::Target;
use crate::erlang::{ChatAgents, PriorityClass};
use crate::stats::{smallest, smallest_between};
use crate::time::to_seconds;
use std::collections::BTreeMap;

/// More agents than this are not looked for.
pub const MOST_REQUIRED: u32 = 1_000_000;
/// Share of a number that is taken for a rounding error.
const NOISE: f64 = 1e-9;

/// The contacts of one kind that come to a pool while it is open.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Stream {
    /// Served before every stream of a larger class; first come first served within the class.
    pub(super) class: u32,
    /// What must be reached.
    pub(super) target: Option<Target>,
    /// Contacts per second.
    pub(super) rate: f64,
    /// Mean seconds of one with an agent who has nothing else in hand.
    pub(super) seconds: f64,
    /// Mean patience in seconds.
    pub(super) patience: Option<f64>,
}

/// What comes to a pool while it is open.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Asked {
    /// Contacts that are answered as they come.
    pub(super) streams: Vec<Stream>,
    /// Agents with full hands who do the work that may wait.
    pub(super) levelled: f64,
}

/// The rules of a pool.
#[derive(Clone, Copy, Debug)]
pub(super) struct Desk<'a> {
    /// Speed of each contact with 1, 2, ... in hand.
    pub(super) speed: &'a [f64],
    /// Use of the slots that must not be exceeded.
    pub(super) max_occupancy: Option<f64>,
    /// Whether the work content of a contact is another from interval to interval.
    pub(super) varies: bool,
}

/// What was found.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Found {
    /// Agents; `None` where no number is enough.
    pub(super) agents: Option<u32>,
    /// Share of the contacts that abandons at this number.
    pub(super) abandons: f64,
}

impl Found {
    /// Nothing comes.
    pub(super) const NOBODY: Found = Found {
        agents: Some(0),
        abandons: 0.0,
    };
}

/// Finds numbers of agents and remembers them.
///
/// In one queue more work never needs fewer agents: between two loads with the same answer every load has that answer.
#[derive(Default)]
pub(super) struct Sizer {
    one_queue: BTreeMap<Vec<u64>, BTreeMap<u64, Found>>,
    several: BTreeMap<Vec<u64>, Found>,
    /// The answer before this one.
    last: u32,
}

/// One queue of alike contacts: everything but its load.
struct Line<'a> {
    desk: Desk<'a>,
    seconds: f64,
    patience: f64,
    /// Share of the load that never leaves.
    patient: f64,
    targets: Vec<(f64, f64)>,
}

impl Sizer {
    /// The smallest number of agents with which every stream reaches its target, the work that may wait is done, and the use of
    /// slots stays within its limit.
    pub(super) fn size(&mut self, desk: Desk<'_>, asked: &Asked) -> Found {
        let work: f64 = asked.streams.iter().map(|s| s.rate * s.seconds).sum();
        let found = if work <= 0.0 {
            let agents = asked.levelled / desk.max_occupancy.unwrap_or(1.0);
            Found {
                agents: Some(libm::ceil(agents * (1.0 - NOISE)).min(f64::from(u32::MAX)) as u32),
                abandons: 0.0,
            }
        } else {
            let one = asked
                .streams
                .iter()
                .all(|s| s.class == asked.streams[0].class);
            let leaves = asked.streams.iter().any(|s| s.patience.is_some());
            if one && leaves && asked.levelled <= 0.0 {
                self.one_queue(desk, &asked.streams, work)
            } else {
                self.several(desk, asked, work)
            }
        };
        self.last = found.agents.unwrap_or(self.last);
        found
    }

    /// One queue, first come first served, of customers who may leave: Erlang A, with the mean work content and the mean rate of
    /// losing patience.
    fn one_queue(&mut self, desk: Desk<'_>, streams: &[Stream], work: f64) -> Found {
        let rate: f64 = streams.iter().map(|s| s.rate).sum();
        let lost: f64 = streams
            .iter()
            .map(|s| s.rate * s.patience.map_or(0.0, |p| 1.0 / p))
            .sum();
        let patient: f64 = streams
            .iter()
            .filter(|s| s.patience.is_none())
            .map(|s| s.rate * s.seconds)
            .sum();
        // The load is exact; what changes little from interval to interval may be rounded, so that answers are known already.
        let bits = if desk.varies { 9 } else { 32 };
        let line = Line {
            desk,
            seconds: coarse(work / rate, bits),
            patience: coarse(rate / lost, bits),
            patient: coarse(patient / work, bits),
            targets: targets(streams),
        };
        let known = self.one_queue.entry(line.key()).or_default();
        let below = known.range(..=work.to_bits()).next_back();
        let above = known.range(work.to_bits()..).next();
        if let (Some((&low, a)), Some((&high, b))) = (below, above)
            && a.agents == b.agents
        {
            let (low, high) = (f64::from_bits(low), f64::from_bits(high));
            let at = if high > low {
                (work - low) / (high - low)
            } else {
                0.0
            };
            return Found {
                agents: a.agents,
                abandons: a.abandons + (b.abandons - a.abandons) * at,
            };
        }
        // Between two known loads the answer lies between theirs.
        let below = below.and_then(|b| b.1.agents).unwrap_or(0);
        let mut abandons = above.map_or(0.0, |a| a.1.abandons);
        let above = above.and_then(|a| a.1.agents);
        let mut is_enough = |n: u32| {
            let found = line.is_enough(work, n);
            abandons = found.unwrap_or(abandons);
            found.is_some()
        };
        let agents = match above {
            Some(above) => Some(smallest_between(
                below.saturating_sub(1),
                above,
                &mut is_enough,
            )),
            None => {
                let hands = desk.speed.len() as f64;
                let start = libm::ceil(work / hands) as u32;
                let near = if below > 0 { below } else { self.last };
                let (start, step) = match near {
                    0 => (start, libm::sqrt(work / hands) as u32),
                    near => (near, 1),
                };
                smallest(start, step, MOST_REQUIRED, &mut is_enough)
            }
        };
        let found = Found { agents, abandons };
        known.insert(work.to_bits(), found);
        found
    }

    /// Customers who do not leave, priority classes, or work that may wait beside: nobody abandons.
    ///
    /// Where the mean work of the streams differs, waits last longer by the two-moment rule for M/G/n: time goes more slowly by
    /// (1 + cv²) / 2, cv the coefficient of variation of a mixture of exponentials (Lee & Longton 1959; Whitt 1993).
    fn several(&mut self, desk: Desk<'_>, asked: &Asked, work: f64) -> Found {
        let bits = if desk.varies { 12 } else { 32 };
        let mut key: Vec<u64> = vec![
            coarse(asked.levelled, bits).to_bits(),
            desk.max_occupancy.unwrap_or(0.0).to_bits(),
        ];
        for s in &asked.streams {
            key.extend([s.rate, s.seconds].map(|x| coarse(x, bits).to_bits()));
            key.push(u64::from(s.class));
            key.extend(s.target.map(|t| t.share.to_bits()));
            key.extend(s.target.map(|t| t.within));
        }
        key.extend(desk.speed.iter().map(|s| s.to_bits()));
        if let Some(found) = self.several.get(&key) {
            return *found;
        }
        let rate: f64 = asked.streams.iter().map(|s| s.rate).sum();
        let seconds = work / rate;
        let squares: f64 = asked
            .streams
            .iter()
            .map(|s| s.rate / rate * s.seconds * s.seconds)
            .sum();
        let pace = seconds * seconds / squares;
        let mut classes: Vec<u32> = asked.streams.iter().map(|s| s.class).collect();
        classes.sort_unstable();
        classes.dedup();
        let is_enough = |n: u32| {
            let agents = ChatAgents {
                arrival_rate: rate,
                mean_service: seconds,
                mean_patience: None,
                agents: n,
                speed: desk.speed,
            };
            let drain = agents.capacity();
            // As many contacts as the work that may wait is.
            let waiting = asked.levelled * drain / f64::from(n);
            if rate >= drain || rate + waiting > drain * (1.0 + NOISE) {
                return false;
            }
            let all = ChatAgents {
                arrival_rate: rate + waiting,
                ..agents
            };
            let delays = all.measures();
            let (p_delay, used) = delays.map_or((1.0, 1.0), |d| (d.p_delay, d.occupancy));
            if desk
                .max_occupancy
                .is_some_and(|most| used > most * (1.0 + NOISE))
            {
                return false;
            }
            let mut ahead = 0.0;
            classes.iter().all(|class| {
                let own = asked.streams.iter().filter(|s| s.class == *class);
                let joined = ahead + own.clone().map(|s| s.rate).sum::<f64>();
                let waits = PriorityClass {
                    p_delay,
                    drain,
                    ahead,
                    joined,
                };
                ahead = joined;
                own.filter_map(|s| s.target).all(|t| {
                    let late = waits.waits_longer(to_seconds(t.within) * pace);
                    late.is_some_and(|late| 1.0 - late >= t.share)
                })
            })
        };
        let hands = f64::from(desk.speed.len() as u32);
        let start = if self.last > 0 {
            self.last
        } else {
            libm::ceil(work / hands + asked.levelled) as u32
        };
        let found = Found {
            agents: smallest(start, 1, MOST_REQUIRED, is_enough),
            abandons: 0.0,
        };
        self.several.insert(key, found);
        found
    }
}

impl Line<'_> {
    fn key(&self) -> Vec<u64> {
        let mut key = vec![self.seconds, self.patience, self.patient];
        key.push(self.desk.max_occupancy.unwrap_or(0.0));
        key.extend(self.desk.speed);
        key.extend(self.targets.iter().flat_map(|t| [t.0, t.1]));
        key.into_iter().map(f64::to_bits).collect()
    }

    fn agents(&self, work: f64, agents: u32) -> ChatAgents<'_> {
        ChatAgents {
            arrival_rate: work / self.seconds,
            mean_service: self.seconds,
            mean_patience: Some(self.patience),
            agents,
            speed: self.desk.speed,
        }
    }

    /// The share that abandons with that number of agents.
    fn is_enough(&self, work: f64, n: u32) -> Option<f64> {
        let agents = self.agents(work, n);
        let capacity = agents.capacity();
        if self.patient > 0.0 && agents.arrival_rate * self.patient >= capacity {
            return None;
        }
        let chain = agents.chain()?;
        let delays = chain.measures()?;
        let most = self.desk.max_occupancy.unwrap_or(1.0) * (1.0 + NOISE);
        if delays.occupancy > most {
            return None;
        }
        // If nobody left they would wait longer: where that is good enough, no integral is needed.
        let room = capacity - agents.arrival_rate;
        let worst = chain.if_nobody_left().measures();
        let worst = worst.map_or(1.0, |d| d.p_delay);
        let reached = |&(within, share): &(f64, f64)| {
            let late = worst * libm::exp(-room.max(0.0) * within);
            1.0 - late >= share || {
                let levels = chain.service_levels(within);
                levels.is_some_and(|l| l.sl_net >= share)
            }
        };
        self.targets.iter().all(reached).then_some(delays.p_abandon)
    }
}

/// The targets of some streams in seconds and share, each once.
fn targets(streams: &[Stream]) -> Vec<(f64, f64)> {
    let of = |s: &Stream| s.target.map(|t| (to_seconds(t.within), t.share));
    let mut all: Vec<(f64, f64)> = streams.iter().filter_map(of).collect();
    all.sort_by(|a, b| a.0.total_cmp(&b.0).then(b.1.total_cmp(&a.1)));
    all.dedup();
    // A target that is met wherever one for a shorter time is.
    let mut hardest = 0.0;
    all.retain(|t| {
        let tells = t.1 > hardest;
        hardest = f64::max(hardest, t.1);
        tells
    });
    all
}

/// A number rounded to `bits` bits after the leading one.
fn coarse(x: f64, bits: u32) -> f64 {
    let cut = 52 - bits;
    let half = 1_u64 << (cut - 1);
    f64::from_bits((x.to_bits() + half) & !((1 << cut) - 1))
}
