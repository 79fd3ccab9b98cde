//! What agents have in hand, and their virtual time: at each instant an agent's time is shared equally among the contacts in hand.

use super::{Agent, Agents};
use crate::engine::contact::Contact;
use crate::engine::laws::pool::PoolLaw;
use crate::engine::{Context, Sink};
use crate::time::{Micros, NEVER};

/// A contact in an agent's hands; a cache line.
#[derive(Clone, Copy, Debug, Default)]
#[repr(align(64))]
pub(crate) struct InHand {
    pub(crate) contact: Contact,
    /// Virtual time of the agent at which the present phase is done (concurrency above 1).
    pub(crate) finish: f64,
    /// Handle-time clock of the agent when the contact was answered.
    pub(crate) handle_from: f64,
    pub(crate) answered: Micros,
    /// While the customer is there, the visit: when it was offered, the queue, and a one; then the moment the customer was gone, and a
    /// zero.
    phase: u64,
}

impl InHand {
    /// The talk begins, on the visit to queue `q` offered at `offered` (a time has 47 bits, as in the event tree).
    #[inline(always)]
    pub(crate) fn begin_talk(&mut self, offered: Micros, q: usize) {
        self.phase = offered << 17 | (q as u64) << 1 | 1;
    }

    /// The customer is gone. Nobody asks any more when the case began: its place now holds when the visit was offered.
    #[inline(always)]
    pub(crate) fn end_talk(&mut self, now: Micros) {
        self.contact.case_start = self.phase >> 17;
        self.phase = now << 1;
    }

    #[inline(always)]
    pub(crate) fn is_talking(&self) -> bool {
        self.phase & 1 != 0
    }

    /// When the customer was gone, who is.
    #[inline(always)]
    pub(crate) fn talk_end(&self) -> Micros {
        self.phase >> 1
    }

    /// When the visit was offered, once the customer is gone.
    #[inline(always)]
    pub(crate) fn offered(&self) -> Micros {
        self.contact.case_start
    }

    /// While talking: when the visit was offered, and to which queue.
    pub(crate) fn visit(&self) -> (Micros, usize) {
        (self.phase >> 17, (self.phase >> 1) as usize & 0xFFFF)
    }
}

const _: () = assert!(size_of::<InHand>() == 64);

/// Brings the agent's clocks up to `now`.
#[inline(always)]
pub(crate) fn run_clock(agent: &mut Agent, law: &PoolLaw, now: Micros) {
    if agent.load > 0 {
        let load = usize::from(agent.load);
        let dt = (now - agent.clock_at) as i64 as f64; // one instruction, where an unsigned number takes eight
        agent.work_clock += dt * law.speed[load - 1];
        agent.handle_clock += dt / f64::from(agent.load);
    } else {
        // Nothing in hand: start afresh, so that the clocks never grow long.
        agent.work_clock = 0.0;
        agent.handle_clock = 0.0;
    }
    agent.clock_at = now;
}

/// When the first of the contacts in hand comes to the end of its phase. All of them go at the same speed, so the order in
/// which they finish does not depend on how many there are.
#[inline(always)]
pub(crate) fn next_end(agent: &Agent, law: &PoolLaw, hands: &[InHand]) -> Micros {
    let Some((head, tail)) = hands.split_first() else {
        return NEVER;
    };
    let mut first = head.finish;
    for hand in tail {
        first = if hand.finish < first {
            hand.finish
        } else {
            first
        };
    }
    let rest = (first - agent.work_clock).max(0.0) / law.speed[hands.len() - 1];
    agent.clock_at + ceil_micros(rest)
}

/// The whole number not below `x`, for `x` from 0 to 2^51; more counts as that.
#[inline(always)]
fn ceil_micros(x: f64) -> Micros {
    // From here on to twice as much a float is a whole number, and its mantissa is what it is more than this.
    const WHOLE: f64 = (1_u64 << 52) as f64;
    let x = x.min(0.5 * WHOLE);
    let near = x + WHOLE;
    let mantissa = near.to_bits() & ((1 << 52) - 1);
    mantissa + u64::from(near - WHOLE < x)
}

impl Agents {
    /// The place of the first hand of an agent.
    #[inline(always)]
    pub(crate) fn first_hand(&self, a: u32) -> usize {
        a as usize * self.stride
    }

    /// Schedules the next end of a phase among the contacts in hand of an agent that keeps virtual time.
    pub(crate) fn aim_service(&mut self, cx: &mut Context<'_, impl Sink>, a: u32, p: usize) {
        let first = self.first_hand(a);
        let agent = &mut self.records[a as usize];
        let hands = &self.hands[first..first + usize::from(agent.load)];
        agent.service_at = next_end(agent, &cx.laws.pools[p], hands);
        self.aim(cx, a);
    }

    /// Brings the virtual time of an agent up to now by the laws in force.
    pub(crate) fn run_clock(&mut self, cx: &Context<'_, impl Sink>, a: u32) {
        let agent = &mut self.records[a as usize];
        run_clock(agent, &cx.laws.pools[usize::from(agent.pool)], cx.now);
    }

    /// The contacts that are being talked to, by agent; the pool of each is the last that took part in its case.
    pub(crate) fn talks(&self) -> impl Iterator<Item = Contact> {
        self.all()
            .filter(|&a| self[a].is_online())
            .flat_map(move |a| {
                let first = self.first_hand(a);
                let hands = &self.hands[first..first + usize::from(self[a].load)];
                let talks = hands.iter().filter(|hand| hand.is_talking());
                talks.map(move |hand| {
                    let mut contact = hand.contact;
                    contact.handled_by(self[a].pool.into());
                    contact
                })
            })
    }
}
