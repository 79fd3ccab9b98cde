//! When things happen: the steps of time, the events within a step, and what is due in later ones.
//!
//! Every entity that can have an event pending owns a slot of the event tree. The first slots belong to processes (the order of
//! events at one instant follows from their order), then come the timers of the routes, then the agents.

mod due;
mod grid;
mod later;
mod tick;
mod tree;

pub(crate) use due::{Due, Item, SessionEnd};
pub(crate) use grid::Grid;
pub(crate) use later::sort_spread;
pub(crate) use tick::Tick;

use crate::time::{DAY, Micros, NEVER};
use due::Soon;
use later::Later;
use std::cmp::Reverse;
use std::collections::BinaryHeap;
pub(crate) use tree::EventTree;

/// After the horizon the system is served to its end, but no longer than this; who still waits then is unserved.
pub const DRAIN: Micros = 7 * DAY;

/// Slot of the changes of plans.
const PLANS: usize = 0;
/// Slot of the ticks.
const TICKS: usize = 1;
/// Slot of what was filed within the step.
const SOON: usize = 2;
/// First slot of the timers of the routes.
const TIMERS: usize = 3;

/// Which process has the next event.
pub(crate) enum Process {
    /// The plan of some pool changes.
    Plans,
    /// The first of the ticks is due.
    Tick,
    /// Something filed within the step is due.
    Soon,
    /// This timer opens a step of a route.
    Timer(usize),
}

/// The present step, the event tree, and the lists of what is due.
pub(crate) struct Calendar {
    tree: EventTree,
    first_agent: usize,
    grid: Grid,
    /// The part of the grid in which the present step lies.
    run: grid::Run,
    /// Number of the present step, when it begins, and how long it is.
    step: usize,
    pub(crate) start: Micros,
    pub(crate) width: Micros,
    /// Number of the cell of the grid in which the step lies: as a rule the step is that cell.
    pub(crate) cell: usize,
    later: Later<Item>,
    soon: Soon,
    ticks: BinaryHeap<Reverse<(Micros, Tick)>>,
    /// Contacts on their way to people or in a session with the limited assistant, in any of the lists.
    pub(crate) filed: u64,
}

impl Calendar {
    /// A calendar on `grid` until `end`, with room for `timers` timers of routes.
    pub(crate) fn new(grid: Grid, timers: usize, end: Micros) -> Self {
        let first_agent = TIMERS + timers;
        let mut calendar = Self {
            tree: EventTree::new(first_agent + 8),
            first_agent,
            run: grid.run(0),
            later: Later::new(grid.number(end - 1) + 1),
            grid,
            step: 0,
            start: 0,
            width: 0,
            cell: 0,
            soon: Soon::default(),
            ticks: BinaryHeap::new(),
            filed: 0,
        };
        calendar.begin_step(0);
        calendar
    }

    /// The present step is over, and the next one begins.
    pub(crate) fn next_step(&mut self) {
        self.step += 1;
        self.begin_step(self.end());
    }

    /// When the present step ends.
    pub(crate) fn end(&self) -> Micros {
        self.start + self.width
    }

    fn begin_step(&mut self, at: Micros) {
        if at >= self.run.end {
            self.run = self.grid.run(at);
        }
        let cell = at / self.run.width;
        self.cell = cell as usize;
        self.start = at;
        self.width = ((cell + 1) * self.run.width).min(self.run.end) - at;
    }

    /// Width of the cells of the grid around the present step.
    pub(crate) fn cell_width(&self) -> Micros {
        self.run.width
    }

    /// When the cell begins in which the present step lies.
    pub(crate) fn cell_start(&self) -> Micros {
        self.cell as Micros * self.run.width
    }

    /// The number of the step in which a moment from now on lies.
    #[inline(always)]
    fn step_of(&self, at: Micros) -> usize {
        if at < self.run.end {
            self.run.number(at)
        } else {
            self.grid.number(at)
        }
    }

    /// Time of the earliest event of the tree (`2^47 - 1` when there is none).
    #[inline(always)]
    pub(crate) fn next_time(&self) -> Micros {
        self.tree.time()
    }

    /// The agent whose event is the earliest; `None` when it is an event of a process.
    #[inline(always)]
    pub(crate) fn next_agent(&self) -> Option<u32> {
        let slot = self.tree.slot();
        slot.checked_sub(self.first_agent).map(|a| a as u32)
    }

    /// Agents who have some of the next events: in each quarter of the tree the first, and some number where that is nobody.
    pub(crate) fn next_few(&self) -> impl Iterator<Item = u32> {
        (4..8).map(|node| self.tree.slot_at(node).wrapping_sub(self.first_agent) as u32)
    }

    /// The event that is the earliest, of a process.
    pub(crate) fn next_process(&self) -> Process {
        match self.tree.slot() {
            PLANS => Process::Plans,
            TICKS => Process::Tick,
            SOON => Process::Soon,
            timer => Process::Timer(timer - TIMERS),
        }
    }

    /// Makes room for the events of so many agents.
    pub(crate) fn make_room(&mut self, agents: usize) {
        self.tree.grow(self.first_agent + agents);
    }

    /// The next event of an agent is at `at`; [`NEVER`] withdraws it.
    #[inline(always)]
    pub(crate) fn set_agent(&mut self, agent: u32, at: Micros) {
        self.tree.set(self.first_agent + agent as usize, at);
    }

    /// As [`Self::set_agent`], for the agent whose event is the earliest of all.
    #[inline(always)]
    pub(crate) fn set_next_agent(&mut self, agent: u32, at: Micros) {
        self.tree.set_next(self.first_agent + agent as usize, at);
    }

    /// The plans of pools change next at `at`.
    pub(crate) fn set_plans(&mut self, at: Micros) {
        self.tree.set(PLANS, at);
    }

    /// A timer of a route is due at `at`.
    pub(crate) fn set_timer(&mut self, timer: usize, at: Micros) {
        self.tree.set(TIMERS + timer, at);
    }

    /// Something is to happen by the clock at `at`.
    pub(crate) fn tick(&mut self, at: Micros, tick: Tick) {
        self.ticks.push(Reverse((at, tick)));
        self.aim_ticks();
    }

    /// Takes the first tick.
    pub(crate) fn take_tick(&mut self) -> Option<Tick> {
        let first = self.ticks.pop();
        self.aim_ticks();
        first.map(|Reverse((_, tick))| tick)
    }

    /// Keeps only the ticks for which `keep` holds.
    pub(crate) fn retain_ticks(&mut self, mut keep: impl FnMut(&Tick) -> bool) {
        self.ticks.retain(|Reverse((_, tick))| keep(tick));
    }

    fn aim_ticks(&mut self) {
        let at = self.ticks.peek().map_or(NEVER, |&Reverse((at, _))| at);
        self.tree.set(TICKS, at);
    }

    /// Files something for a moment at or after now: in the list of its step, or among what is due within this one. False when the
    /// simulation ends first, so that it never happens.
    pub(crate) fn file(&mut self, item: Item) -> bool {
        let step = self.step_of(item.at);
        if step > self.step {
            let has_step = self.later.push(step, item);
            self.filed += u64::from(has_step && item.due.has_contact());
            return has_step;
        }
        self.file_soon(item);
        true
    }

    /// Files something that is due within the present step.
    pub(crate) fn file_soon(&mut self, item: Item) {
        self.filed += u64::from(item.due.has_contact());
        self.soon.push(item);
        self.tree.set(SOON, self.soon.time());
    }

    /// Takes something that is due within the step that begins, in no particular but a reproducible order.
    #[inline]
    pub(crate) fn take_later(&mut self) -> Option<Item> {
        let item = self.later.pop(self.step)?;
        self.filed -= u64::from(item.due.has_contact());
        Some(item)
    }

    /// Takes the first of what was filed within the step.
    pub(crate) fn take_soon(&mut self) -> Option<Item> {
        let item = self.soon.pop()?;
        self.filed -= u64::from(item.due.has_contact());
        self.tree.set(SOON, self.soon.time());
        Some(item)
    }
}
