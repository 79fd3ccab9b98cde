//! Registers that grow and shrink: applicants join when they are trained, members leave at the end of a month.

use super::register::Tick;
use super::staffing::PEOPLE;
use super::{Engine, Observer, STRIDE};
use crate::model::{Supply, Turnover};
use crate::random::{Key, purpose};
use crate::time::{Micros, round_micros};

/// Pay that is just what is expected is not below it by a rounding error.
const EXACT: f64 = 1.0 - 1e-9;

/// Kind of entity below a pool's key.
const APPLICANTS: u64 = 3;

/// What sessions paid that ended in the month.
#[derive(Default)]
pub(super) struct MonthPay {
    pub(super) amount: f64,
    pub(super) online: Micros,
}

impl<O: Observer + ?Sized> Engine<'_, '_, O> {
    fn turnover(&self, p: usize) -> Option<&Turnover> {
        match &self.laws.model.pools[p].supply {
            Supply::Gig(gig) => gig.turnover.as_ref(),
            _ => None,
        }
    }

    fn applicant(&self, p: usize, number: u32) -> Key {
        self.pool_key(p).child(APPLICANTS).child(u64::from(number))
    }

    /// Plans when somebody applies next. `epoch` tells a draw apart that is made again when an epoch begins.
    pub(super) fn plan_applicant(&mut self, p: usize, epoch: usize) {
        let Some(rate) = self.turnover(p).map(|t| t.applicants).filter(|&r| r > 0.0) else {
            return;
        };
        let number = self.registers[p].applicants;
        let mut key = self.applicant(p, number);
        if epoch > 0 {
            key = key.child(epoch as u64);
        }
        let e = -libm::log(key.uniform(purpose::APPLICANT));
        let at = self.now.saturating_add(round_micros(e / rate * 1e6));
        if at < self.horizon {
            let pool = p as u16;
            self.push_tick(at, Tick::Applicant { pool, number });
        }
    }

    /// Somebody applies: if accepted, training begins.
    pub(super) fn apply(&mut self, p: usize, number: u32) {
        let key = self.applicant(p, number);
        if let Some(law) = self.turnover(p)
            && key.uniform(purpose::ADMISSION) < law.accept
        {
            let training = law.onboarding.as_ref();
            let seconds = training.map_or(0.0, |d| d.quantile(key.uniform(purpose::ONBOARDING)));
            let at = self.now.saturating_add(round_micros(seconds * 1e6));
            if at < self.horizon {
                let pool = p as u16;
                self.push_tick(at, Tick::Join { pool, number });
            }
        }
        self.registers[p].applicants += 1;
        self.plan_applicant(p, 0);
    }

    /// A trained applicant is a member from now on.
    pub(super) fn join_register(&mut self, p: usize, number: u32) {
        let Supply::Gig(gig) = &self.laws.model.pools[p].supply else {
            return;
        };
        let mut left = self.applicant(p, number).uniform(purpose::MEMBER_SEGMENT);
        let last = gig.segments.len() - 1;
        let found = gig.segments.iter().position(|s| {
            left -= s.share;
            left < 0.0
        });
        self.settle_members(p);
        let member = self.registers[p].join(found.unwrap_or(last), self.now);
        self.observer.member_joined(p, self.now);
        self.plan_log_on(p, member, 0);
    }

    /// Tells the time in the register up to now, before the number of members changes.
    pub(super) fn settle_members(&mut self, p: usize) {
        if self.turnover(p).is_some() {
            let (now, register) = (self.now, &mut self.registers[p]);
            let since = std::mem::replace(&mut register.told, now);
            self.observer.members(p, since, now, register.present);
        }
    }

    /// A month, or the horizon, ends: who leaves the registers is drawn.
    pub(super) fn close_registers(&mut self) {
        let laws = self.laws;
        let Some(&month) = self.laws.frame.months.get(self.month as usize) else {
            return;
        };
        for p in 0..self.registers.len() {
            let Supply::Gig(gig) = &laws.model.pools[p].supply else {
                continue;
            };
            let Some(law) = &gig.turnover else {
                continue;
            };
            let pay = std::mem::take(&mut self.registers[p].month_pay);
            let register = &self.registers[p];
            let factor = law.discontent.filter(|_| register.discontented);
            let rate = law.churn * factor.map_or(1.0, |d| d.factor);
            let earned = pay.amount * 3.6e9 / pay.online as f64;
            let discontented =
                pay.online > 0 && law.discontent.is_some_and(|d| earned < d.below * EXACT);
            let people = self.pool_key(p).child(PEOPLE);
            let word = purpose::MEMBER_CHURN + STRIDE * u64::from(self.month);
            let length = (month.end - month.start).max(1) as f64;
            let mut gone = 0;
            for (number, joined) in self.registers[p].joined() {
                // Who joined within the month was there for a part of it.
                let there = (month.end.saturating_sub(joined.max(month.start))) as f64 / length;
                let leaves = -libm::expm1(-rate * month.share * there);
                if people.child(u64::from(number)).uniform(word) < leaves {
                    self.registers[p].leave(number);
                    gone += 1;
                }
            }
            self.registers[p].discontented = discontented;
            self.observer.members_left(p, self.now, gone);
        }
    }
}
