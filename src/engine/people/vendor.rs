//! The people of a vendor: who leaves is drawn by the week and replaced later by somebody new.
//!
//! **At the begin of each week** (of seven days from the start) the leavers of the week before are drawn, and those come who
//! replace earlier ones. **Whenever the volume is looked at** the vendor brings its people into line with it: it takes on new ones
//! as soon as it grows, and the newest go as soon as it falls.

use crate::dist::counts::binomial_quantile;
use crate::engine::keys::of_pool;
use crate::engine::{Context, Sink};
use crate::model::Contract;
use crate::random::purpose;
use crate::time::Micros;

/// Weeks in a month of an average year.
const WEEKS: f64 = 365.25 / 7.0 / 12.0;

/// People who came at the same time; since the start of the contract, if at no time.
#[derive(Clone, Copy, Debug)]
struct Cohort {
    since: Option<Micros>,
    people: u32,
}

/// The people of a vendor for one pool.
pub(crate) struct VendorState {
    cohorts: Vec<Cohort>,
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

    fn people(&self) -> u32 {
        self.cohorts.iter().map(|c| c.people).sum()
    }

    /// People over the volume; as if there were all of them where nobody is ordered.
    pub(crate) fn scale(&self) -> f64 {
        if self.volume == 0 {
            return 1.0;
        }
        f64::from(self.people()) / f64::from(self.volume)
    }

    /// When somebody came, `None` for who was there at the start; `rank` from 0, who is there longest, to 1.
    pub(crate) fn since(&self, rank: f64) -> Option<Micros> {
        let mut place = rank * f64::from(self.people());
        let cohort = self.cohorts.iter().find(|c| {
            place -= f64::from(c.people);
            place < 0.0
        });
        cohort.or(self.cohorts.last())?.since
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

    /// Leavers of `people` will be replaced.
    fn replace(&mut self, people: u32, week: usize) {
        if self.due.len() <= week {
            self.due.resize(week + 1, 0);
        }
        self.due[week] += people;
    }

    /// Brings the people into line with the volume.
    fn follow(&mut self, volume: u32, now: Micros) {
        self.volume = volume;
        let mut surplus = self.people().saturating_sub(volume);
        for cohort in self.cohorts.iter_mut().rev() {
            let go = cohort.people.min(surplus);
            cohort.people -= go;
            surplus -= go;
        }
        self.cohorts.retain(|c| c.people > 0);
        let missing = volume - self.people().min(volume);
        let mut coming = self.due.iter().sum::<u32>();
        for due in self.due.iter_mut().rev() {
            let cancel = (*due).min(coming.saturating_sub(missing));
            *due -= cancel;
            coming -= cancel;
        }
        self.come(missing - coming, now);
    }
}

/// The vendors of all pools that have one whose people come and go.
pub(crate) struct Vendors {
    by_pool: Vec<Option<VendorState>>,
}

impl Vendors {
    pub(crate) fn new(pools: usize) -> Self {
        Self {
            by_pool: (0..pools).map(|_| None).collect(),
        }
    }

    /// The vendor of pool `p`, where its people come and go.
    pub(super) fn of(&self, p: usize) -> Option<&VendorState> {
        self.by_pool[p].as_ref()
    }

    /// The people of the vendor of pool `p` on this day over those ordered.
    pub(super) fn scale(&mut self, cx: &Context<'_, impl Sink>, p: usize, day: usize) -> f64 {
        let contract = cx.laws.model.pools[p].contract();
        let Some(contract) = contract.filter(|c| c.has_people()) else {
            self.by_pool[p] = None;
            return 1.0;
        };
        let key = cx.pool_key(p).child(of_pool::VENDOR);
        let vendor =
            self.by_pool[p].get_or_insert_with(|| VendorState::new(contract, cx.now, day / 7));
        let leaves = -libm::expm1(-contract.attrition / WEEKS);
        while vendor.week < day / 7 {
            vendor.week += 1;
            let key = key.child(vendor.week as u64);
            let mut left = 0;
            for cohort in &mut vendor.cohorts {
                let born = key.child(cohort.since.map_or(0, |t| t + 1));
                let bits = born.bits(purpose::VENDOR_LEAVERS);
                let gone = binomial_quantile(u64::from(cohort.people), leaves, bits) as u32;
                cohort.people -= gone;
                left += gone;
            }
            vendor.replace(left, vendor.week + contract.replacement_weeks as usize);
            let come = vendor
                .due
                .iter_mut()
                .take(vendor.week + 1)
                .map(std::mem::take)
                .sum();
            vendor.come(come, cx.now);
        }
        vendor.follow(libm::round(contract.volume.at(cx.now)) as u32, cx.now);
        vendor.scale()
    }
}
