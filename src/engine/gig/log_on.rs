//! Offline members whose log-on rate moves with pay.
//!
//! Each member has drawn how much hazard passes before the log-on. All members of a segment share one integral of the hazard, so that a
//! change of the factor keeps what is left for everybody, exactly, and moves only the event of the member who is next. A factor of a
//! member's own, by what this member earned, divides the hazard that is left.

use super::pay::OwnPay;
use super::{Gig, GigView};
use crate::engine::{Context, Sink, Tick};
use crate::time::Micros;
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// The offline members of a segment.
#[derive(Default)]
pub(super) struct Offline {
    /// Integral of availability x factor until `at`, in microseconds.
    hazard: f64,
    at: Micros,
    /// Who logs on when the integral has come so far (the bits of a number above 0 are in its order).
    due: BinaryHeap<Reverse<(u64, u32)>>,
    /// Invalidates log-ons that no longer hold.
    generation: u32,
}

impl Gig {
    /// Factor on the log-on rate of pool `p`.
    fn pull(&self, cx: &Context<'_, impl Sink>, p: usize) -> f64 {
        let feedback = self.registers[p].pay.feedback.unwrap_or(1.0);
        cx.laws
            .gig(p)
            .map_or(1.0, |g| g.pull[usize::from(self.has_surge(p))])
            * feedback
    }

    /// The factors of their own of the members of pool `p` are others from now on; the integrals are up to now.
    pub(super) fn change_own_pulls(&mut self, p: usize, change: impl Fn(&mut OwnPay)) {
        let register = &mut self.registers[p];
        let members = &mut register.members;
        let before: Vec<f64> = members.iter().map(|m| m.own.pull).collect();
        members.iter_mut().for_each(|m| change(&mut m.own));
        for offline in &mut register.offline {
            let hazard = offline.hazard;
            let anew = |Reverse((due, member)): Reverse<(u64, u32)>| {
                let left = (f64::from_bits(due) - hazard).max(0.0);
                let factor = before[member as usize] / members[member as usize].own.pull;
                Reverse(((hazard + left * factor).to_bits(), member))
            };
            offline.due = std::mem::take(&mut offline.due)
                .into_iter()
                .map(anew)
                .collect();
        }
    }
}

impl<S: Sink> GigView<'_, '_, S> {
    /// Brings the integral up to now.
    fn bring_up(&mut self, p: usize, segment: usize) {
        let pull = self.gig.pull(self.cx, p);
        if let Some(gig) = self.cx.register(p) {
            let availability = &gig.segments[segment].availability;
            let offline = &mut self.gig.registers[p].offline[segment];
            offline.hazard += pull * availability.integral(offline.at, self.cx.now);
            offline.at = self.cx.now;
        }
    }

    /// Plans the next log-on of the segment, whose integral is up to now.
    fn aim_offline(&mut self, p: usize, segment: usize) {
        let pull = self.gig.pull(self.cx, p);
        let Some(gig) = self.cx.register(p) else {
            return;
        };
        let offline = &mut self.gig.registers[p].offline[segment];
        offline.generation = offline.generation.wrapping_add(1);
        let generation = offline.generation;
        if let Some(&Reverse((due, _))) = offline.due.peek() {
            let left = (f64::from_bits(due) - offline.hazard).max(0.0) / pull;
            if let Some(at) = gig.segments[segment]
                .availability
                .advance(self.cx.now, left)
            {
                self.cx
                    .tick(at, Tick::NextOffline(p as u16, segment as u16, generation));
            }
        }
    }

    /// Nobody is offline: who is plans anew.
    pub(crate) fn clear_offline(&mut self, p: usize) {
        for offline in &mut self.gig.registers[p].offline {
            offline.due.clear();
            offline.at = self.cx.now;
            offline.generation = offline.generation.wrapping_add(1);
        }
    }

    /// The member joins the offline ones and logs on after so many microseconds of hazard.
    pub(crate) fn go_offline(&mut self, p: usize, segment: usize, member: u32, budget: f64) {
        self.bring_up(p, segment);
        let own = self.gig.registers[p].of(member).own.pull;
        let offline = &mut self.gig.registers[p].offline[segment];
        let due = (offline.hazard + budget / own).to_bits();
        offline.due.push(Reverse((due, member)));
        if offline.due.peek() == Some(&Reverse((due, member))) {
            self.aim_offline(p, segment);
        }
    }

    /// The next member of a segment is due, if the generation still holds. Whether somebody logs on.
    pub(crate) fn next_logs_on(&mut self, p: usize, segment: usize, generation: u32) -> bool {
        let offline = &mut self.gig.registers[p].offline[segment];
        if offline.generation != generation {
            return false;
        }
        let next = offline.due.pop();
        self.bring_up(p, segment);
        self.aim_offline(p, segment);
        next.is_some_and(|Reverse((_, member))| self.member_logs_on(p, member))
    }

    /// Brings the integrals of pool `p` up to now, before something changes that its log-on rate depends on.
    pub(super) fn bring_up_all(&mut self, p: usize) {
        (0..self.gig.registers[p].offline.len()).for_each(|s| self.bring_up(p, s));
    }

    /// Plans the next log-ons of pool `p`, whose integrals are up to now.
    pub(crate) fn aim_all(&mut self, p: usize) {
        (0..self.gig.registers[p].offline.len()).for_each(|s| self.aim_offline(p, s));
    }
}
