//! Registers that grow and shrink: applicants join when they are trained, members leave at the end of a month.

use super::GigView;
use crate::engine::keys::{STRIDE, of_pool};
use crate::engine::laws::pay::HOUR;
use crate::engine::{Context, Observer, Sink, Tick};
use crate::model::Turnover;
use crate::random::{Key, purpose};
use crate::time::{Micros, round_micros};

/// Pay that is just what is expected is not below it by a rounding error.
const EXACT: f64 = 1.0 - 1e-9;

/// What sessions paid that ended in the month.
#[derive(Default)]
pub(super) struct MonthPay {
    pub(crate) amount: f64,
    pub(crate) online: Micros,
}

fn turnover<'e>(cx: &Context<'e, impl Sink>, p: usize) -> Option<&'e Turnover> {
    cx.register(p)?.turnover.as_ref()
}

/// The key of an applicant to the register of pool `p`.
fn applicant(cx: &Context<'_, impl Sink>, p: usize, number: u32) -> Key {
    let applicants = cx.pool_key(p).child(of_pool::APPLICANTS);
    applicants.child(u64::from(number))
}

impl<S: Sink> GigView<'_, '_, S> {
    /// Plans when somebody applies next. `epoch` tells a draw apart that is made again when an epoch begins.
    pub(crate) fn plan_applicant(&mut self, p: usize, epoch: usize) {
        let Some(rate) = turnover(self.cx, p)
            .map(|t| t.applicants)
            .filter(|&r| r > 0.0)
        else {
            return;
        };
        let number = self.gig.registers[p].applicants;
        let mut key = applicant(self.cx, p, number);
        if epoch > 0 {
            key = key.child(epoch as u64);
        }
        let e = -libm::log(key.uniform(purpose::APPLICANT));
        let at = self.cx.now.saturating_add(round_micros(e / rate * 1e6));
        if at < self.cx.horizon {
            self.cx.tick(at, Tick::Applicant(p as u16, number));
        }
    }

    /// Somebody applies: if accepted, training begins.
    pub(crate) fn apply(&mut self, p: usize, number: u32) {
        let key = applicant(self.cx, p, number);
        if let Some(law) = turnover(self.cx, p)
            && key.uniform(purpose::ADMISSION) < law.accept
        {
            let training = law.onboarding.as_ref();
            let seconds = training.map_or(0.0, |d| d.quantile(key.uniform(purpose::ONBOARDING)));
            let at = self.cx.now.saturating_add(round_micros(seconds * 1e6));
            if at < self.cx.horizon {
                self.cx.tick(at, Tick::Join(p as u16, number));
            }
        }
        self.gig.registers[p].applicants += 1;
        self.plan_applicant(p, 0);
    }

    /// A trained applicant is a member from now on.
    pub(crate) fn join_register(&mut self, p: usize, number: u32) {
        let Some(gig) = self.cx.register(p) else {
            return;
        };
        let mut left = applicant(self.cx, p, number).uniform(purpose::MEMBER_SEGMENT);
        let last = gig.segments.len() - 1;
        let found = gig.segments.iter().position(|s| {
            left -= s.share;
            left < 0.0
        });
        self.tell_members(p);
        let member = self.gig.registers[p].join(found.unwrap_or(last), self.cx.now);
        self.cx.observer.member_joined(p, self.cx.now);
        self.plan_log_on(p, member, 0);
    }

    /// Tells the time in the register up to now, before the number of members changes.
    pub(crate) fn tell_members(&mut self, p: usize) {
        if turnover(self.cx, p).is_some() {
            let (now, register) = (self.cx.now, &mut self.gig.registers[p]);
            let since = std::mem::replace(&mut register.told, now);
            self.cx.observer.members(p, since, now, register.present);
        }
    }

    /// A month, or the horizon, ends: who leaves the registers is drawn.
    pub(crate) fn close_month(&mut self) {
        let Some(&month) = self.cx.laws.frame.months.get(self.cx.month as usize) else {
            return;
        };
        for p in 0..self.gig.registers.len() {
            let Some(law) = turnover(self.cx, p) else {
                continue;
            };
            let pay = std::mem::take(&mut self.gig.registers[p].month_pay);
            let register = &self.gig.registers[p];
            let factor = law.discontent.filter(|_| register.discontented);
            let rate = law.churn * factor.map_or(1.0, |d| d.factor);
            let earned = pay.amount * HOUR / pay.online as f64;
            let discontented =
                pay.online > 0 && law.discontent.is_some_and(|d| earned < d.below * EXACT);
            let word = purpose::MEMBER_CHURN + STRIDE * u64::from(self.cx.month);
            let length = (month.end - month.start).max(1) as f64;
            let mut gone = 0;
            for (number, joined) in self.gig.registers[p].joined() {
                // Who joined within the month was there for a part of it.
                let share = (month.end.saturating_sub(joined.max(month.start))) as f64 / length;
                let leaves = -libm::expm1(-rate * month.share * share);
                if self.cx.person_key(p, number).uniform(word) < leaves {
                    self.gig.registers[p].leave(number);
                    gone += 1;
                }
            }
            self.gig.registers[p].discontented = discontented;
            self.cx.observer.members_left(p, self.cx.now, gone);
        }
    }
}
