//! Offline members whose log-on rate moves with pay.
//!
//! Each has drawn how much hazard passes before the log-on. All of a segment share one integral of the hazard, so that a change
//! of the factor keeps what is left for everybody, exactly, and moves no more than the next of them. A factor of one's own, by what one
//! earned oneself, divides the hazard that is left of a member.

use super::earnings::OwnPay;
use super::register::Tick;
use super::{Engine, Observer};
use crate::model::Supply;
use crate::time::Micros;
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// The offline members of a segment.
#[derive(Default)]
pub(super) struct Crowd {
    /// Integral of availability x factor until `at`, in microseconds.
    hazard: f64,
    at: Micros,
    /// Who logs on when the integral has come so far (the bits of a number above 0 are in its order).
    due: BinaryHeap<Reverse<(u64, u32)>>,
    /// Invalidates log-ons that no longer hold.
    generation: u32,
}

impl<O: Observer + ?Sized> Engine<'_, '_, O> {
    /// Factor on the log-on rate of pool `p`.
    fn pull(&self, p: usize) -> f64 {
        let feedback = self.registers[p].pay.feedback.unwrap_or(1.0);
        let law = self.laws.pools[p].gig.as_ref();
        law.map_or(1.0, |g| g.pull[usize::from(self.has_surge(p))]) * feedback
    }

    /// Brings the integral up to now.
    pub(super) fn bring_up(&mut self, p: usize, segment: usize) {
        let pull = self.pull(p);
        if let Supply::Gig(gig) = &self.laws.model.pools[p].supply {
            let availability = &gig.segments[segment].availability;
            let crowd = &mut self.registers[p].crowds[segment];
            crowd.hazard += pull * availability.integral(crowd.at, self.now);
            crowd.at = self.now;
        }
    }

    /// Plans the next log-on of the segment, whose integral is up to now.
    pub(super) fn aim_crowd(&mut self, p: usize, segment: usize) {
        let pull = self.pull(p);
        let Supply::Gig(gig) = &self.laws.model.pools[p].supply else {
            return;
        };
        let crowd = &mut self.registers[p].crowds[segment];
        crowd.generation = crowd.generation.wrapping_add(1);
        let generation = crowd.generation;
        if let Some(&Reverse((due, _))) = crowd.due.peek() {
            let left = (f64::from_bits(due) - crowd.hazard).max(0.0) / pull;
            if let Some(at) = gig.segments[segment].availability.advance(self.now, left) {
                let (pool, segment) = (p as u16, segment as u16);
                self.push_tick(
                    at,
                    Tick::Crowd {
                        pool,
                        segment,
                        generation,
                    },
                );
            }
        }
    }

    /// Nobody is offline: who is plans anew.
    pub(super) fn clear_crowds(&mut self, p: usize) {
        for crowd in &mut self.registers[p].crowds {
            crowd.due.clear();
            crowd.at = self.now;
            crowd.generation = crowd.generation.wrapping_add(1);
        }
    }

    /// The member joins the offline ones and logs on after so many microseconds of hazard.
    pub(super) fn join_crowd(&mut self, p: usize, segment: usize, member: u32, budget: f64) {
        self.bring_up(p, segment);
        let own = self.registers[p].own_pull(member);
        let crowd = &mut self.registers[p].crowds[segment];
        let due = (crowd.hazard + budget / own).to_bits();
        crowd.due.push(Reverse((due, member)));
        if crowd.due.peek() == Some(&Reverse((due, member))) {
            self.aim_crowd(p, segment);
        }
    }

    /// The next member of a segment is due, if the generation still holds.
    pub(super) fn crowd_is_due(&mut self, p: usize, segment: usize, generation: u32) {
        let crowd = &mut self.registers[p].crowds[segment];
        if crowd.generation != generation {
            return;
        }
        let next = crowd.due.pop();
        self.bring_up(p, segment);
        self.aim_crowd(p, segment);
        if let Some(Reverse((_, member))) = next {
            self.member_logs_on(p, member);
        }
    }

    /// The factors of their own of the members of pool `p` are others from now on; the integrals are up to now.
    pub(super) fn change_own_pulls(&mut self, p: usize, change: impl Fn(&mut OwnPay)) {
        let register = &mut self.registers[p];
        let before: Vec<f64> = register.own.iter().map(|own| own.pull).collect();
        register.own.iter_mut().for_each(change);
        for crowd in &mut register.crowds {
            let hazard = crowd.hazard;
            let anew = |Reverse((due, member)): Reverse<(u64, u32)>| {
                let left = (f64::from_bits(due) - hazard).max(0.0);
                let factor = match (
                    before.get(member as usize),
                    register.own.get(member as usize),
                ) {
                    (Some(before), Some(own)) => before / own.pull,
                    _ => 1.0,
                };
                Reverse(((hazard + left * factor).to_bits(), member))
            };
            crowd.due = std::mem::take(&mut crowd.due)
                .into_iter()
                .map(anew)
                .collect();
        }
    }

    /// Changes what the log-on rate of pool `p` depends on.
    pub(super) fn follow_pay(&mut self, p: usize, change: impl FnOnce(&mut Self)) {
        let segments = self.registers[p].crowds.len();
        (0..segments).for_each(|s| self.bring_up(p, s));
        change(self);
        (0..segments).for_each(|s| self.aim_crowd(p, s));
    }
}
