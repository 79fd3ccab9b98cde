//! An epoch begins: members log on and applicants apply by other laws.

use super::GigView;
use crate::engine::laws::Laws;
use crate::engine::{Sink, Tick};
use crate::model::{GigSupply, LogOn, Segment};

impl<S: Sink> GigView<'_, '_, S> {
    /// The laws that held before `epoch` are `before`.
    pub(crate) fn change(&mut self, before: &Laws<'_>, epoch: usize) {
        let pools = before.model.pools.iter().zip(&self.cx.laws.model.pools);
        for (p, (old, new)) in pools.enumerate() {
            let (Some(before), Some(gig)) = (old.register(), new.register()) else {
                continue;
            };
            let habits = |gig: &GigSupply| -> Vec<_> {
                let of = |s: &Segment| (gig.log_on, s.rate, s.availability.clone());
                gig.segments.iter().map(of).collect()
            };
            if habits(before) != habits(gig) {
                self.change_members((p, gig), epoch);
            } else if old.price != new.price {
                self.aim_all(p);
            }
            let applicants = |gig: &GigSupply| gig.turnover.as_ref().map(|t| t.applicants);
            if applicants(before) != applicants(gig) {
                // The next applicant comes after another time, for the same reason as members log on.
                self.cx.calendar.retain_ticks(
                    |tick| !matches!(tick, Tick::Applicant(pool, _) if usize::from(*pool) == p),
                );
                self.plan_applicant(p, epoch);
            }
        }
    }

    /// Members who are offline plan anew when they log on: the time until then is exponential in the hazard, so what is left of
    /// it is distributed like the whole. Members who are no longer in the register finish their sessions.
    fn change_members(&mut self, (p, gig): (usize, &GigSupply), epoch: usize) {
        let mut next = 0;
        self.cx.calendar.retain_ticks(|tick| {
            let Tick::LogOn(pool, member) = tick else {
                return true;
            };
            let is_other = usize::from(*pool) != p;
            next = if is_other { next } else { *member };
            is_other
        });
        self.clear_offline(p);
        match gig.log_on {
            LogOn::Open => self.plan_log_on(p, next, epoch),
            LogOn::Members(members) => {
                let all = self.gig.registers[p].grow_to(members);
                let members = if gig.turnover.is_some() { all } else { members };
                let mut online = vec![false; all as usize];
                for a in self.agents.online(p) {
                    online[self.agents[a].number as usize] = true;
                }
                for member in (0..members).filter(|&m| !online[m as usize]) {
                    self.plan_log_on(p, member, epoch);
                }
            }
        }
    }
}
