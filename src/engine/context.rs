//! What all processes share and are passed with every verb: the laws in force, the clock and the calendar, the source of
//! randomness, the tally of contacts, the observer.

use super::calendar::{Calendar, DRAIN, Tick};
use super::keys::{kind, of_pool};
use super::laws::Laws;
use super::observer::Observer;
use super::tally::Tally;
use crate::model::{GigSupply, Roster};
use crate::random::{Key, purpose};
use crate::time::Micros;
use std::ops::DerefMut;

/// A reference to an observer, through which a replication is told.
pub(crate) trait Sink: DerefMut<Target: Observer> {}

impl<T: DerefMut<Target: Observer>> Sink for T {}

/// The shared part of a replication. `S` is the way to the observer.
pub(crate) struct Context<'e, S> {
    /// The laws of the present epoch.
    pub(crate) laws: &'e Laws<'e>,
    /// The laws of the first epoch, which lead to those of all others.
    pub(crate) first: &'e Laws<'e>,
    pub(crate) observer: S,
    pub(crate) root: Key,
    /// By pool: its key, by its name, which is the same in all epochs.
    pools: Vec<Key>,
    pub(crate) now: Micros,
    pub(crate) warmup: Micros,
    pub(crate) horizon: Micros,
    /// The number of the present month.
    pub(crate) month: u32,
    /// Spans of work that are open have been told up to here.
    pub(crate) told: Micros,
    pub(crate) calendar: Calendar,
    pub(crate) tally: Tally,
}

impl<'e, S> Context<'e, S> {
    /// The beginning of a replication whose randomness comes from `root`, with at most `timers` timers of routes.
    pub(crate) fn new(laws: &'e Laws<'e>, root: Key, observer: S, timers: usize) -> Self {
        let horizon = laws.model.horizon;
        let pools = laws.model.pools.iter();
        Self {
            laws,
            first: laws,
            observer,
            pools: pools.map(|p| root.named(kind::POOL, &p.name)).collect(),
            root,
            now: 0,
            warmup: laws.model.warmup,
            horizon,
            month: 0,
            told: 0,
            calendar: Calendar::new(laws.frame.grid.clone(), timers, horizon + DRAIN),
            tally: Tally::new(laws.model),
        }
    }

    /// Something is to happen by the clock at `at`.
    pub(crate) fn tick(&mut self, at: Micros, tick: Tick) {
        self.calendar.tick(at, tick);
    }

    /// The part of a span of time that counts: after the warm-up, before the horizon.
    pub(crate) fn counted(&self, from: Micros, to: Micros) -> Micros {
        to.min(self.horizon).saturating_sub(from.max(self.warmup))
    }

    /// The number of the present local day, from 0.
    pub(crate) fn today(&self) -> usize {
        self.laws.frame.days.partition_point(|&d| d <= self.now) - 1
    }

    /// The same, where it is `day` as a rule.
    pub(crate) fn today_near(&self, day: usize) -> usize {
        let days = &self.laws.frame.days;
        let (from, next) = (days.get(day), days.get(day.wrapping_add(1)));
        let is_today = from.is_some_and(|&d| d <= self.now) && next.is_none_or(|&d| self.now < d);
        if is_today { day } else { self.today() }
    }

    /// The register that pool `p` is at present.
    pub(crate) fn register(&self, p: usize) -> Option<&'e GigSupply> {
        self.laws.model.pools[p].register()
    }

    /// The shifts by which the people of pool `p` come at present.
    pub(crate) fn roster(&self, p: usize) -> Option<&'e Roster> {
        self.laws.model.pools[p].roster()
    }

    /// The key of pool `p`.
    pub(crate) fn pool_key(&self, p: usize) -> Key {
        self.pools[p]
    }

    /// The key of a local day for pool `p`.
    pub(crate) fn day_key(&self, p: usize, day: i64) -> Key {
        self.pool_key(p).child(of_pool::DAYS).child(day as u64)
    }

    /// The key of a person of pool `p`: a seat of its plan, a person with shifts, or a member of its register.
    pub(crate) fn person_key(&self, p: usize, number: u32) -> Key {
        let people = self.pool_key(p).child(of_pool::PEOPLE);
        people.child(u64::from(number))
    }

    /// The factor of a person of pool `p` on the time that work takes.
    pub(crate) fn own_factor(&self, p: usize, number: u32) -> f64 {
        self.laws.pools[p].agent_factor.as_ref().map_or(1.0, |law| {
            law.sample(self.person_key(p, number).bits(purpose::AGENT_FACTOR))
        })
    }
}
