//! Members of a register who come when they like.

use super::blocks::{SlotPlan, Tiers};
use super::prices::{PoolPrice, Surge};
use super::{Check, by_largest_remainder, probability};
use crate::dist::Distribution;
use crate::time::{Micros, SECOND, StepFn, to_seconds};
use serde::Deserialize;

/// Where a smaller share of the offers is accepted, a refusal must take [`LEAST_PAUSE`] on average.
pub const LEAST_ACCEPTANCE: f64 = 0.001;

/// Seconds that a refusal takes, cool-down included, where hardly an offer is accepted.
pub const LEAST_PAUSE: f64 = 0.1;

/// Agents from a register.
#[derive(Clone, Debug)]
pub struct GigSupply {
    /// How members come online.
    pub log_on: LogOn,
    /// Who they are: at least one; an open register has one.
    pub segments: Vec<Segment>,
    /// Time to respond to an offer, in seconds; `None` is at once.
    pub response: Option<Distribution>,
    /// An offer not answered by then is refused.
    pub offer_timeout: Option<Micros>,
    /// After a refusal the member is offered nothing for this time, in seconds; `None` is 0.
    pub cool_down: Option<Distribution>,
    /// Offers after which a contact moves to the next step of its route.
    pub max_offers: Option<u32>,
    /// Members offered one contact at the same time.
    pub broadcast: u32,
    /// How long a member waits for a contact before leaving, in seconds, drawn for each session; `None` is for ever.
    pub tolerance: Option<Distribution>,
    /// How log-ons answer to pay.
    pub pay_response: Option<PayResponse>,
    /// Pay of an online hour below which a member is counted apart.
    pub minimum_wage: Option<f64>,
    /// How the register grows and shrinks; `None`: it stays as it is.
    pub turnover: Option<Turnover>,
    /// Members book blocks ahead; `None`: they log on when they like, and the rate of a segment is its own.
    pub slots: Option<SlotPlan>,
    /// Spread of skill: standard deviation across members of the log-odds of resolving a contact. A member whose factor on the work
    /// (see [`super::Pool::agent_cv`]) lies one standard deviation above the mean has log-odds that are lower by this value.
    pub skill_sd: f64,
    /// Tiers by rank; `None`: each segment has its own.
    pub tiers: Option<Tiers>,
}

/// How a register grows and shrinks.
#[derive(Clone, Debug, PartialEq)]
pub struct Turnover {
    /// Applicants per second (Poisson).
    pub applicants: f64,
    /// Probability that one of them is accepted.
    pub accept: f64,
    /// Time in seconds until an accepted one can log on; `None` is at once.
    pub onboarding: Option<Distribution>,
    /// Rate at which a member leaves, per month; who leaves does so at the end of a local month.
    pub churn: f64,
    /// What little pay does to it.
    pub discontent: Option<Discontent>,
}

/// What a month of little pay does.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq)]
pub struct Discontent {
    /// Earnings of the register per online hour below which it counts.
    pub below: f64,
    /// Factor on the rate of leaving in the next month.
    pub factor: f64,
}

/// How members answer to pay: log-ons by a factor on their rate,
/// (pay offered / `reference_pay`)^`elasticity` x (own earnings of the last full week per online hour / `reference_earnings`)^`feedback`,
/// offers by a factor on the odds of accepting, see [`Segment::acceptance_elasticity`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PayResponse {
    /// Pay, of the one kind that there is, at which rate and acceptance are as given.
    pub reference_pay: f64,
    /// Exponent of the pay offered, surge included.
    pub elasticity: f64,
    /// Earnings per online hour at which the rate is as given.
    pub reference_earnings: f64,
    /// Exponent of what the member earned in the last full week with time online; of an open register, of what all members did.
    pub feedback: f64,
}

impl PayResponse {
    /// Factor on the log-on rate after a week that paid `earned` per online hour; the ratio to the reference is limited to 0.1 to 10.
    pub fn feedback_factor(&self, earned: f64) -> f64 {
        let ratio = (earned / self.reference_earnings).clamp(0.1, 10.0);
        libm::pow(ratio, self.feedback)
    }
}

/// How members come online.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogOn {
    /// A register of this many people; each logs on when offline.
    Members(u32),
    /// An open register: log-ons are a Poisson process.
    Open,
}

/// Members who are alike.
#[derive(Clone, Debug, PartialEq)]
pub struct Segment {
    /// Name, unique in the register; empty where all members are alike.
    pub name: String,
    /// Share of the members.
    pub share: f64,
    /// Log-ons per offline member and second, or of an open register per second, times the availability.
    pub rate: f64,
    /// Factor on the log-on rate over time.
    pub availability: StepFn,
    /// Session length in seconds.
    pub session: Distribution,
    /// Probability that an offer is accepted, at the reference pay.
    pub acceptance: f64,
    /// The odds of that are multiplied by (pay offered / reference pay) to this power.
    pub acceptance_elasticity: f64,
    /// Most hours of slots that a member books in a week.
    pub hours_per_week: f64,
    /// Factor on the work content.
    pub work_factor: f64,
    /// Factor on the probability of resolving a contact (at most to 1); the rest keeps its proportions.
    pub resolve_factor: f64,
    /// Rank under [`super::Select::BestRated`], 1 first.
    pub tier: u8,
}

impl Segment {
    /// All members: each logs on at `rate` per second round the clock, for a session of this law in seconds, and takes every offer.
    pub fn all(rate: f64, session: Distribution) -> Self {
        Self {
            name: String::new(),
            share: 1.0,
            rate,
            availability: StepFn::constant(1.0),
            session,
            acceptance: 1.0,
            acceptance_elasticity: 0.0,
            hours_per_week: 0.0,
            work_factor: 1.0,
            resolve_factor: 1.0,
            tier: 1,
        }
    }
}

impl GigSupply {
    /// Members who answer at once, are not moved by pay, and neither join nor leave.
    pub fn new(log_on: LogOn, segments: Vec<Segment>) -> Self {
        Self {
            log_on,
            segments,
            response: None,
            offer_timeout: None,
            cool_down: None,
            max_offers: None,
            broadcast: 1,
            tolerance: None,
            pay_response: None,
            minimum_wage: None,
            turnover: None,
            slots: None,
            skill_sd: 0.0,
            tiers: None,
        }
    }

    /// Whether contacts are offered, rather than given at once.
    pub fn makes_offers(&self) -> bool {
        self.segments.iter().any(|s| s.acceptance < 1.0) || self.response.is_some()
    }

    /// Probability that a member of the segment accepts an offer, while pay is raised by surge or not.
    pub fn acceptance(&self, segment: &Segment, price: Option<&PoolPrice>, surge: bool) -> f64 {
        let p = segment.acceptance;
        if segment.acceptance_elasticity == 0.0 || p <= 0.0 || p >= 1.0 {
            return p;
        }
        let (Some(r), Some(pay)) = (self.pay_response, price.and_then(PoolPrice::pay_offered))
        else {
            return p;
        };
        let raised = price.and_then(|p| p.surge).filter(|_| surge);
        let pay = pay * raised.map_or(1.0, |s| s.factor) / r.reference_pay;
        let odds = p / (1.0 - p) * libm::pow(pay, segment.acceptance_elasticity);
        1.0 / (1.0 + 1.0 / odds)
    }

    /// Members at the start; none that are known of an open register.
    pub fn members(&self) -> u32 {
        match self.log_on {
            LogOn::Members(members) => members,
            LogOn::Open => 0,
        }
    }

    /// Members of each segment: shares of the whole register, the largest remainders rounded up; none of an open register.
    pub fn sizes(&self) -> Vec<u32> {
        let LogOn::Members(members) = self.log_on else {
            return vec![0; self.segments.len()];
        };
        by_largest_remainder(members, self.segments.iter().map(|s| s.share))
    }

    /// Mean number of members online, all of them offline or online by chance, with availabilities as `mean` gives them.
    ///
    /// With slots: the slots for which somebody shows up, limited by the hours of the members and spread evenly.
    pub fn mean_online(&self, mean: impl Fn(&StepFn) -> f64) -> f64 {
        let sizes = self.sizes();
        if let Some(slots) = &self.slots {
            return mean(&slots.agents).min(self.bookable_hours() / 168.0) * slots.shows();
        }
        let of = |(s, size): (&Segment, u32)| {
            let odds = s.rate * mean(&s.availability) * s.session.mean();
            match self.log_on {
                LogOn::Members(_) => f64::from(size) * odds / (1.0 + odds),
                LogOn::Open => odds,
            }
        };
        self.segments.iter().zip(sizes).map(of).sum()
    }

    /// Hours that all members together can book in a week.
    pub fn bookable_hours(&self) -> f64 {
        let of = |(s, n): (&Segment, u32)| f64::from(n) * s.hours_per_week.min(168.0);
        self.segments.iter().zip(self.sizes()).map(of).sum()
    }

    /// Whether somebody can log on in `[from, to)`.
    pub fn can_log_on(&self, from: Micros, to: Micros) -> bool {
        let opens = |s: &SlotPlan| s.agents.max_between(from, to) > 0.0;
        let books = self.slots.as_ref().is_some_and(opens);
        self.segments
            .iter()
            .any(|s| (s.rate > 0.0 || books) && s.availability.max_between(from, to) > 0.0)
    }

    /// Most people who can come within `span` and be online at once: twice the mean of those who join, or log on to an open register.
    pub(super) fn comers(&self, price: Option<&PoolPrice>, span: Micros) -> f64 {
        match self.log_on {
            LogOn::Members(_) => {
                let joins = |t: &Turnover| 2.0 * t.applicants * t.accept * to_seconds(span);
                self.turnover.as_ref().map_or(0.0, joins)
            }
            LogOn::Open => self.most_online(price, span),
        }
    }

    /// Most who are online at once because they log on within `span`, for each member, or of an open register: twice the mean where all
    /// the others are offline.
    pub(super) fn most_online(&self, price: Option<&PoolPrice>, span: Micros) -> f64 {
        let mean = |s: &Segment| {
            let stay = s.session.mean().min(to_seconds(span));
            2.0 * s.share * s.rate * stay * s.availability.max_before(Micros::MAX)
        };
        self.segments.iter().map(mean).sum::<f64>() * self.most_response(price)
    }

    /// What of a register cannot change on a date: whether it is open, the shares of several segments and with them, or with
    /// turnover, the number of members; whether it has turnover, and what else moves it.
    pub(super) fn makeup(&self, price: Option<&PoolPrice>) -> impl PartialEq + use<> {
        let shares: Vec<f64> = self.segments.iter().map(|s| s.share).collect();
        let fixed = shares.len() > 1 || self.turnover.is_some();
        let surge = price.and_then(|p| p.surge).is_some();
        let pays = price.is_some_and(PoolPrice::pays_members);
        (
            self.log_on == LogOn::Open,
            fixed.then_some((self.log_on, shares)),
            (surge, pays, self.minimum_wage),
            (self.pay_response, self.tolerance.is_some()),
            self.turnover.is_some(),
            self.slots.as_ref().map(|s| (s.block, s.ahead)),
            (self.tiers.clone(), self.skill_sd),
        )
    }

    /// The largest factor on the log-on rate that pay can make.
    fn most_response(&self, price: Option<&PoolPrice>) -> f64 {
        let (Some(r), Some(price)) = (self.pay_response, price) else {
            return 1.0;
        };
        let most = price.surge.map_or(1.0, |s| s.factor.max(1.0));
        let offered = price.pay_offered().unwrap_or(0.0) * most / r.reference_pay;
        libm::pow(offered, r.elasticity) * libm::pow(10.0, r.feedback.abs())
    }

    /// What must be sound.
    pub(super) fn checks(&self, price: Option<&PoolPrice>) -> Vec<Check> {
        let positive = |x: f64| x > 0.0 && x.is_finite();
        let rate = |x: f64| x >= 0.0 && x.is_finite();
        let exponent = |x: f64| (-10.0..=10.0).contains(&x);
        let is_open = self.log_on == LogOn::Open;
        let every = |is: &dyn Fn(&Segment) -> bool| self.segments.iter().all(is);
        let shares: f64 = self.segments.iter().map(|s| s.share).sum();
        let one_pay = price.is_some_and(|p| p.pay_offered().is_some());
        let elastic = |s: &Segment| {
            let moves = s.acceptance_elasticity != 0.0;
            exponent(s.acceptance_elasticity)
                && !(moves && (self.pay_response.is_none() || !one_pay))
        };
        let goes_on = |s: &Segment| {
            let least = [false, true].map(|surge| self.acceptance(s, price, surge));
            !self.goes_round_for_ever(least[0].min(least[1]))
        };
        let booked = |s: &Segment| s.hours_per_week.is_finite() && s.rate == 0.0;
        let responds = |r: PayResponse| {
            positive(r.reference_pay)
                && positive(r.reference_earnings)
                && exponent(r.elasticity)
                && exponent(r.feedback)
                && (r.elasticity == 0.0 || one_pay)
        };
        let turns = |t: &Turnover| {
            let discontent = |d: Discontent| rate(d.below) && rate(d.factor);
            let rates = rate(t.applicants) && probability(t.accept) && rate(t.churn);
            rates && t.discontent.is_none_or(discontent) && !is_open
        };
        let surges = |s: Surge| positive(s.factor) && s.until <= s.above && s.every >= SECOND;
        let (slots, tiers) = (self.slots.as_ref(), self.tiers.as_ref());
        let most = if is_open { 1 } else { super::MOST_SEGMENTS };
        let shared = (shares - 1.0).abs() <= 1e-9 && every(&|s| probability(s.share));
        let elastic_fit = every(&elastic);
        let ends = every(&goes_on);
        let slots_fit = slots.is_none_or(|s| s.is_sound() && !is_open && every(&booked));
        let surge = price.and_then(|p| p.surge).is_none_or(surges);
        vec![
            ("segments", (1..=most).contains(&self.segments.len())),
            ("segments, shares that sum to 1", shared),
            ("acceptance", every(&|s| probability(s.acceptance))),
            ("acceptance_elasticity and kinds of pay", elastic_fit),
            ("acceptance, nearly all refused in no time", ends),
            ("rate", every(&|s| rate(s.rate))),
            ("work_factor", every(&|s| positive(s.work_factor))),
            ("resolve_factor", every(&|s| positive(s.resolve_factor))),
            ("slots", slots_fit),
            ("tiers", tiers.is_none_or(|t| t.is_sound() && !is_open)),
            ("skill_sd", (-5.0..=5.0).contains(&self.skill_sd)),
            ("broadcast", self.broadcast > 0),
            ("pay_response", self.pay_response.is_none_or(responds)),
            ("turnover", self.turnover.as_ref().is_none_or(turns)),
            ("price.surge", surge),
        ]
    }

    /// Whether offers that no member of a segment accepts could pass from member to member endlessly in (almost) no time.
    fn goes_round_for_ever(&self, acceptance: f64) -> bool {
        let timeout = self.offer_timeout.map_or(f64::INFINITY, to_seconds);
        // An answer that comes too late is a refusal, and takes no longer than the offer stands.
        let in_time = self.response.as_ref().map_or(1.0, |law| law.cdf(timeout));
        let mean = |law: &Option<Distribution>| law.as_ref().map_or(0.0, Distribution::mean);
        self.makes_offers()
            && acceptance * in_time < LEAST_ACCEPTANCE
            && mean(&self.response).min(timeout) + mean(&self.cool_down) < LEAST_PAUSE
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::Laws;
    use crate::model::Supply;
    use crate::scenario::{InMemory, load};
    use std::path::Path;

    #[test]
    fn offers_that_go_round_for_ever_are_refused() {
        let file = "
            horizon = '1 day'
            demand = { rate = '60 / h' }
            topic = [ { name = 'calls', work = '5 min', patience = '5 min' } ]
            pool = [ { name = 'gig', kind = 'gig', members = 9, logon_rate = '1 / h', session = '1 h' } ]";
        let files = InMemory::new().with("calls.toml", file);
        let mut model = load(Path::new("calls.toml"), &[], &files).unwrap().model;
        let minute = Some(Distribution::Deterministic(60.0));
        let mut refused = |acceptance, response: &Option<_>, timeout, cool_down: &Option<_>| {
            let Supply::Gig(gig) = &mut model.pools[0].supply else {
                panic!("a register");
            };
            gig.segments[0].acceptance = acceptance;
            gig.response = response.clone();
            gig.offer_timeout = timeout;
            gig.cool_down = cool_down.clone();
            let problems = model.problems();
            assert_eq!(Laws::new(&model).err().unwrap_or_default(), problems);
            assert!(
                problems
                    .iter()
                    .all(|p| p.contains("nearly all refused in no time"))
            );
            !problems.is_empty()
        };
        for p in [0.0, 1e-300, 0.0009] {
            assert!(refused(p, &None, None, &None), "{p}");
            assert!(!refused(p, &minute, None, &None), "{p}");
            assert!(!refused(p, &None, None, &minute), "{p}");
        }
        assert!(!refused(0.001, &None, None, &None));
        assert!(!refused(1.0, &None, None, &None));
        // Willing members whose answers all come too late.
        assert!(refused(1.0, &minute, Some(1), &None));
        assert!(!refused(1.0, &minute, Some(1), &minute));
    }

    #[test]
    fn members_are_split_by_largest_remainder() {
        let session = Distribution::exponential(1.0).unwrap();
        let segment = |share| Segment {
            share,
            ..Segment::all(1.0, session.clone())
        };
        let sizes = |members, shares: &[f64]| {
            let segments = shares.iter().map(|&s| segment(s)).collect();
            GigSupply::new(LogOn::Members(members), segments).sizes()
        };
        assert_eq!(sizes(10, &[1.0]), [10]);
        // 4.5, 3.5 and 2: the first of equal remainders.
        assert_eq!(sizes(10, &[0.45, 0.35, 0.2]), [5, 3, 2]);
        assert_eq!(sizes(7, &[0.5, 0.3, 0.2]), [4, 2, 1]);
        assert_eq!(sizes(1, &[0.2, 0.8]), [0, 1]);
        assert_eq!(sizes(0, &[0.2, 0.8]), [0, 0]);
    }
}
