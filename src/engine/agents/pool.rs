//! The agents of a pool in numbers, and their time on duty.

use super::{Agents, State};
use crate::engine::{Context, Observer, Sink};
use crate::model::ShiftEnd;
use crate::time::{Micros, NEVER};

/// Agents of one pool at the moment.
#[derive(Default)]
pub(crate) struct PoolState {
    /// Bit per load with somebody in its list.
    pub(super) loads: u32,
    /// Agents in the lists.
    pub(super) listed: u32,
    /// Whether the bag is kept: random selection.
    pub(super) keeps_bag: bool,
    pub(super) bag: Vec<u32>,
    /// Agents that take contacts and have nothing in hand.
    pub(crate) idle: u32,
    /// Agents logged on, those leaving included.
    pub(crate) online: u32,
    /// Agents that take contacts.
    pub(crate) active: u32,
    pub(crate) duty_since: Micros,
    /// Agents who are to leave when they finish a contact.
    pub(crate) excess: u32,
    pub(crate) excess_since: Micros,
    /// Agents scheduled, where it is followed whether they are there, on a plan.
    pub(crate) scheduled: u32,
    /// Time with something in hand, and time on duty, since the month began (of a register, the week).
    pub(crate) busy_month: Micros,
    pub(crate) duty_month: Micros,
}

impl Agents {
    /// Tells the time on duty up to now, before the number of agents changes.
    pub(crate) fn tell_duty(&mut self, cx: &mut Context<'_, impl Sink>, p: usize) {
        let pool = &mut self.pools[p];
        if cx.now > pool.duty_since {
            if pool.online > 0 {
                cx.observer.on_duty(p, pool.duty_since, cx.now, pool.online);
                pool.duty_month += (cx.now - pool.duty_since) * u64::from(pool.online);
            }
            if pool.scheduled > 0 {
                let present = pool.online.min(pool.scheduled);
                cx.observer
                    .adherence(p, pool.duty_since, cx.now, pool.scheduled, present);
            }
            pool.duty_since = cx.now;
        }
    }

    /// Tells the time that agents who are to leave spent past their shift, before their number changes.
    pub(crate) fn tell_excess(&mut self, cx: &mut Context<'_, impl Sink>, p: usize) {
        let pool = &mut self.pools[p];
        if pool.excess > 0
            && cx.laws.pools[p].shift_end == ShiftEnd::Finish
            && cx.now > pool.excess_since
        {
            cx.observer
                .finishing(p, pool.excess_since, cx.now, pool.excess);
        }
        pool.excess_since = cx.now;
    }

    /// Whether there is one agent more than the plan of pool `p` wants; it is to leave now.
    pub(crate) fn one_leaves(&mut self, cx: &mut Context<'_, impl Sink>, p: usize) -> bool {
        let leaves = self.pools[p].excess > 0;
        if leaves {
            self.tell_excess(cx, p);
            self.pools[p].excess -= 1;
        }
        leaves
    }

    /// The agent's hands are empty: the busy span is over.
    #[inline(always)]
    pub(crate) fn rest(&mut self, cx: &mut Context<'_, impl Sink>, a: u32, p: usize) {
        let agent = &mut self.records[a as usize];
        let from = agent.busy_since.max(cx.told);
        cx.observer.busy(p, from, cx.now);
        self.pools[p].busy_month += cx.now - from;
        agent.busy_since = NEVER;
    }

    /// Tells the spans of work that are open up to now; they go on from here.
    pub(crate) fn tell_spans(&mut self, cx: &mut Context<'_, impl Sink>) {
        let now = cx.now;
        for agent in self.records.iter_mut().filter(|a| a.is_online()) {
            let p = usize::from(agent.pool);
            if agent.load > 0 {
                let from = agent.busy_since.max(cx.told);
                cx.observer.busy(p, from, now);
                self.pools[p].busy_month += now - from;
            }
            if agent.state == State::Leaving {
                cx.observer.finishing(p, agent.since, now, 1);
                agent.since = now;
            }
        }
        cx.told = now;
    }
}
