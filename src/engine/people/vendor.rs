//! The people of a vendor: who leaves is drawn by the week and replaced later by somebody new.
//!
//! **At the begin of each week** (of seven days from the start) the leavers of the week before are drawn, and those come who
//! replace earlier ones. **Whenever the volume is looked at** the vendor brings its people into line with it: it takes on new ones
//! as soon as it grows, and the newest go as soon as it falls.

use super::cohort::{Cohort, count, lay_off};
use crate::engine::keys::of_pool;
use crate::engine::{Context, Sink, grown};
use crate::model::Contract;
use crate::random::purpose;
use crate::time::Micros;

/// Weeks in a month of an average year.
const WEEKS: f64 = 365.25 / 7.0 / 12.0;

/// The people of a vendor for one pool.
pub(crate) struct VendorState {
    /// By the moment at which they came; `None` is the start of the contract.
    pub(super) cohorts: Vec<Cohort<Micros>>,
    /// Replacements by the week in which they come.
    due: Vec<u32>,
    /// The week, from 0.
    week: usize,
    volume: u32,
}

impl VendorState {
    fn new(contract: &Contract, now: Micros, week: usize) -> Self {
        let volume = libm::round(contract.volume.at(now)) as u32;
        let first = Cohort {
            since: None,
            people: volume,
        };
        Self {
            cohorts: vec![first],
            week,
            volume,
            due: Vec::new(),
        }
    }

    /// People over the volume; as if there were all of them where nobody is ordered.
    pub(crate) fn scale(&self) -> f64 {
        if self.volume == 0 {
            return 1.0;
        }
        f64::from(count(&self.cohorts)) / f64::from(self.volume)
    }

    fn come(&mut self, people: u32, now: Micros) {
        match self.cohorts.last_mut() {
            Some(c) if c.since == Some(now) => c.people += people,
            _ if people > 0 => self.cohorts.push(Cohort {
                since: Some(now),
                people,
            }),
            _ => {}
        }
    }

    /// Brings the people into line with the volume.
    fn follow(&mut self, volume: u32, now: Micros) {
        self.volume = volume;
        let surplus = count(&self.cohorts).saturating_sub(volume);
        lay_off(self.cohorts.iter_mut().rev(), surplus);
        self.cohorts.retain(|c| c.people > 0);
        let missing = volume - count(&self.cohorts).min(volume);
        let mut coming = self.due.iter().sum::<u32>();
        for due in self.due.iter_mut().rev() {
            let cancel = (*due).min(coming.saturating_sub(missing));
            *due -= cancel;
            coming -= cancel;
        }
        self.come(missing - coming, now);
    }
}

/// The vendors by pool, where there is one whose people come and go.
pub(crate) struct Vendors(pub(super) Vec<Option<VendorState>>);

impl Vendors {
    /// The people of the vendor of pool `p` on this day over those ordered.
    pub(super) fn scale(&mut self, cx: &Context<'_, impl Sink>, p: usize, day: usize) -> f64 {
        let contract = cx.laws.model.pools[p].contract();
        let Some(contract) = contract.filter(|c| c.has_people()) else {
            self.0[p] = None;
            return 1.0;
        };
        let key = cx.pool_key(p).child(of_pool::VENDOR);
        let vendor = self.0[p].get_or_insert_with(|| VendorState::new(contract, cx.now, day / 7));
        let leaves = -libm::expm1(-contract.attrition / WEEKS);
        while vendor.week < day / 7 {
            vendor.week += 1;
            let key = key.child(vendor.week as u64);
            let cohorts = vendor.cohorts.iter_mut();
            let left: u32 = cohorts
                .map(|c| c.leave(leaves, key, purpose::VENDOR_LEAVERS))
                .sum();
            let replaced = vendor.week + contract.replacement_weeks as usize;
            *grown(&mut vendor.due, replaced, 0) += left;
            let due = vendor.due.iter_mut().take(vendor.week + 1);
            let come = due.map(std::mem::take).sum();
            vendor.come(come, cx.now);
        }
        vendor.follow(libm::round(contract.volume.at(cx.now)) as u32, cx.now);
        vendor.scale()
    }
}
