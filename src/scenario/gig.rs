//! The keys of pools with a register.

use super::blocks;
use super::cursor::{Cursor, Item};
use super::frame::Frame;
use super::patterns::Unit;
use super::pools::MOST_AGENTS;
use super::problem::quoted;
use super::turnover;
use crate::dist::Distribution;
use crate::model::{
    GigSupply, LEAST_ACCEPTANCE, LEAST_PAUSE, LogOn, MOST_SEGMENTS, PayResponse, PoolPrice, Segment,
};
use crate::time::{Micros, StepFn};

/// Keys that only such pools have.
pub(super) const KEYS: [&str; 19] = [
    "members",
    "logons",
    "logon_rate",
    "availability",
    "session",
    "acceptance",
    "response",
    "offer_timeout",
    "cool_down",
    "max_offers",
    "broadcast",
    "segments",
    "tolerance",
    "pay_response",
    "minimum_wage",
    "turnover",
    "slots",
    "skill_sd",
    "tiers",
];

/// Reads the register of a pool.
pub(super) fn read<'a>(
    c: &mut Cursor<'a>,
    price: Option<&PoolPrice>,
    frame: &Frame,
) -> Option<GigSupply> {
    let books = c.has("slots");
    if books {
        blocks::forbid_log_ons(c);
        c.forbid("logons", "goes without `slots`, which `members` book", None);
    }
    let log_on = log_on(c, books);
    let slots = c.read_opt("slots", |i| blocks::slots(i, frame));
    let offers = Offers::read(c);
    let pays = price.is_some_and(PoolPrice::pays_members);
    if !pays {
        for key in ["pay_response", "minimum_wage"] {
            let reason =
                "needs pay of the members: a `price` by the contact, the minute or the hour";
            c.forbid(
                key,
                reason,
                Some("write for example price = { per_contact = 2.5 }"),
            );
        }
    }
    let pay_item = c.take("pay_response");
    let pay_read = pay_item
        .as_ref()
        .and_then(|i| pay_response(i, price, books));
    let mut whole = Habits::read(c, frame, None, c.has("segments"), log_on.1);
    whole.elasticity = pay_read.and_then(|(_, elasticity)| elasticity);
    whole.hours = books.then(|| slots.as_ref().map_or(f64::NAN, |(_, hours)| *hours));
    let tiers = c.read_opt("tiers", blocks::tiers);
    let segments = match (c.take("segments"), log_on.0) {
        (Some(item), Some(LogOn::Open)) => {
            item.problem(
                "goes with `members`; who `logons` brings is not known",
                None,
            );
            None
        }
        (Some(item), _) => segments(&item, frame, &whole, &offers, tiers.is_some()),
        (None, _) => {
            offers.check(whole.acceptance.as_ref());
            let alike = whole.segment(String::new(), 1.0, Skill::USUAL);
            alike.map(|s| vec![s])
        }
    };
    let tolerance = c.read_opt("tolerance", Item::positive_distribution);
    let minimum_wage = c.read_opt("minimum_wage", Item::money);
    let turnover = match log_on.0 {
        Some(LogOn::Open) => {
            for key in ["turnover", "tiers"] {
                c.forbid(key, "goes with `members`", None);
            }
            None
        }
        _ => c.read_opt("turnover", |i| turnover::read(i, pays)),
    };
    if turnover.is_none() && price.is_some_and(|p| p.onboarding + p.equipment > 0.0) {
        let reason = "`onboarding` and `equipment` in the price have no effect without `turnover`";
        c.problem(reason, None);
    }
    let supply = GigSupply {
        turnover,
        tolerance,
        pay_response: pay_read.map(|(response, _)| response),
        slots: slots.map(|(slots, _)| slots),
        skill_sd: c.read("skill_sd", 0.0, |i| i.number(-5.0, 5.0)),
        tiers,
        minimum_wage,
        log_on: log_on.0?,
        segments: segments?,
        response: offers.response,
        offer_timeout: offers.timeout,
        cool_down: offers.cool_down,
        max_offers: offers.most,
        broadcast: offers.broadcast,
    };
    if let Some(item) = pay_item {
        check_acceptance(&supply, price, &item);
    }
    // Without the slots that were refused it would be one to which nobody comes.
    (supply.slots.is_some() == books).then_some(supply)
}

/// Pay so far from its reference that hardly an offer is accepted, or a reaction of nobody.
fn check_acceptance(gig: &GigSupply, price: Option<&PoolPrice>, item: &Item<'_>) {
    let moved = |s: &&Segment| s.acceptance_elasticity != 0.0;
    let doubts = |s: &Segment| s.acceptance > 0.0 && s.acceptance < 1.0;
    let whose: Vec<&Segment> = gig.segments.iter().filter(moved).collect();
    if !whose.is_empty() && !whose.iter().any(|s| doubts(s)) && !item.reader.is_later() {
        let message =
            "an elasticity of acceptance has no effect without `acceptance` above 0 and below 1";
        item.problem(message, None);
    }
    for segment in whose {
        for surge in [false, true] {
            let p = gig.acceptance(segment, price, surge);
            if p < LEAST_ACCEPTANCE && segment.acceptance >= LEAST_ACCEPTANCE {
                let message = format!(
                    "expected pay at which offers are accepted with a probability of at least {LEAST_ACCEPTANCE}, found {p:.2e}"
                );
                return item.problem(message, None);
            }
        }
    }
}

/// How log-ons answer to pay, and the elasticity of acceptance where there is pay to compare with. `books`: there are no log-ons that could.
fn pay_response(
    item: &Item<'_>,
    price: Option<&PoolPrice>,
    books: bool,
) -> Option<(PayResponse, Option<f64>)> {
    let mut c = item.cursor("a table such as { elasticity = 0.5, reference_pay = 2.5 }")?;
    if books {
        for key in ["elasticity", "feedback"] {
            let reason = "moves log-ons, which there are none of with `slots`";
            c.forbid(key, reason, None);
        }
    }
    let accepts = c.has("acceptance_elasticity");
    let accept = c.read("acceptance_elasticity", 0.0, |i| i.number(-10.0, 10.0));
    let compares = accepts || c.has("elasticity");
    let mut pair = |exponent: &str, reference: &str, what: &str| {
        let compares = c.has(exponent) || accepts && reference == "reference_pay";
        if !compares {
            c.forbid(
                reference,
                &format!("has no effect without `{exponent}`"),
                None,
            );
            return Some((0.0, 1.0));
        }
        let exponent = match c.take(exponent) {
            Some(i) => i.number(-10.0, 10.0),
            None => Some(0.0),
        };
        let reference = c.require(reference, what).and_then(|i| {
            let x = i.money()?;
            if x > 0.0 {
                Some(x)
            } else {
                i.expected("an amount above 0")
            }
        });
        exponent.zip(reference)
    };
    let offered = pair(
        "elasticity",
        "reference_pay",
        "the pay at which rate and acceptance are as given",
    );
    let earned = pair(
        "feedback",
        "reference_earnings",
        "the earnings per online hour at which the rate is as given",
    );
    let one_kind = price.is_none_or(|p| p.pay_offered().is_some());
    if compares && !one_kind {
        c.problem(
            "an elasticity needs one kind of pay to compare: by the contact, the minute or the hour",
            None,
        );
    }
    c.finish();
    let ((elasticity, reference_pay), (feedback, reference_earnings)) = offered.zip(earned)?;
    let response = PayResponse {
        reference_pay,
        elasticity,
        reference_earnings,
        feedback,
    };
    Some((response, compares.then_some(accept)))
}

/// How members come online, and the rate where it is said beside it or there is none.
fn log_on(c: &mut Cursor<'_>, books: bool) -> (Option<LogOn>, Option<f64>) {
    match (c.take("members"), c.take("logons")) {
        (Some(members), None) => {
            let members = members.integer(0, MOST_AGENTS);
            (
                members.map(|n| LogOn::Members(n as u32)),
                books.then_some(0.0),
            )
        }
        (None, Some(open)) => {
            let reason = "goes with `members`; with `logons` it has no effect";
            c.forbid("logon_rate", reason, None);
            (Some(LogOn::Open), Some(open.rate().unwrap_or(0.0)))
        }
        (members, _) => {
            c.take("logon_rate");
            let found = if members.is_some() { "both" } else { "neither" };
            c.problem(
                format!("expected one of members, logons, found {found}"),
                None,
            );
            (None, Some(0.0))
        }
    }
}

/// How offers go.
struct Offers {
    response: Option<Distribution>,
    timeout: Option<Micros>,
    cool_down: Option<Distribution>,
    most: Option<u32>,
    broadcast: u32,
}

impl Offers {
    fn read(c: &mut Cursor<'_>) -> Self {
        Self {
            response: c.read("response", None, Item::optional_distribution),
            timeout: c.read_opt("offer_timeout", Item::positive_duration),
            cool_down: c.read("cool_down", None, Item::optional_distribution),
            most: c.read_opt("max_offers", |i| i.integer(1, 1_000_000).map(|n| n as u32)),
            broadcast: c.read("broadcast", 1, |i| i.integer(1, 1000).map(|n| n as u32)),
        }
    }

    /// Offers that are nearly all refused in no time would go round for ever at one moment.
    fn check(&self, acceptance: Option<&(f64, Item<'_>)>) {
        let mean = |law: &Option<Distribution>| law.as_ref().map_or(0.0, Distribution::mean);
        if let Some((p, item)) = acceptance
            && *p < LEAST_ACCEPTANCE
            && mean(&self.response) + mean(&self.cool_down) < LEAST_PAUSE
        {
            item.expected::<()>(&format!(
                "a probability of at least {LEAST_ACCEPTANCE}, or a `response` and `cool_down` of at least \
                 {LEAST_PAUSE} s together"
            ));
        }
    }
}

/// When members come, for how long, and what they accept; `None` where nothing sound is said.
struct Habits<'a> {
    rate: Option<f64>,
    availability: Option<StepFn>,
    session: Option<Distribution>,
    acceptance: Option<(f64, Item<'a>)>,
    /// Of the odds of that in the pay offered, where there is pay to compare it with.
    elasticity: Option<f64>,
    /// Most hours of slots a week, where slots are booked.
    hours: Option<f64>,
    /// Whether everything that is written was sound.
    sound: bool,
}

impl<'a> Habits<'a> {
    /// Reads them, with `whole` for what is missing. What has no default must be there, unless somebody else `may_say` it.
    fn read(
        c: &mut Cursor<'a>,
        frame: &Frame,
        whole: Option<&Habits<'a>>,
        may_say: bool,
        known_rate: Option<f64>,
    ) -> Self {
        let weights = Unit {
            what: "a factor",
            most: 1000.0,
        };
        let mut sound = true;
        let mut note = |said: bool, read: bool| sound &= read || !said;
        let has = |whole: &Option<&Habits<'_>>, f: fn(&Habits<'_>) -> bool| {
            may_say || whole.is_some_and(|w| f(w) || !w.sound)
        };

        let rate = if known_rate.is_some() {
            known_rate
        } else {
            let what = "the rate at which an offline member logs on, such as \"0.05 / h\"";
            let item = if has(&whole, |w| w.rate.is_some()) {
                c.take("logon_rate")
            } else {
                c.require("logon_rate", what)
            };
            let read = item.as_ref().and_then(Item::rate);
            note(item.is_some(), read.is_some());
            read.or(whole.and_then(|w| w.rate))
        };
        let item = c.take("availability");
        let availability = match &item {
            Some(i) => i.pattern(weights).and_then(|p| p.compile(frame, i)),
            None => match whole {
                Some(w) => w.availability.clone(),
                None => Some(StepFn::constant(1.0)),
            },
        };
        note(item.is_some(), availability.is_some());
        let item = if has(&whole, |w| w.session.is_some()) {
            c.take("session")
        } else {
            c.require("session", "a distribution of the session length")
        };
        let session = item.as_ref().and_then(Item::positive_distribution);
        note(item.is_some(), session.is_some());
        let item = c.take("acceptance");
        let said = item.is_some();
        let acceptance = item.and_then(|i| i.probability().map(|p| (p, i)));
        note(said, acceptance.is_some());
        let usual = |w: &Habits<'a>| w.acceptance.clone();
        Self {
            elasticity: whole.and_then(|w| w.elasticity),
            hours: whole.and_then(|w| w.hours),
            rate,
            availability,
            session: session.or_else(|| whole.and_then(|w| w.session.clone())),
            acceptance: acceptance.or_else(|| whole.and_then(usual)),
            sound,
        }
    }

    /// What a segment may have of its own beside a register that has it.
    fn read_own(&mut self, c: &mut Cursor<'a>) {
        if self.hours.is_some() {
            self.hours = c.read("hours_per_week", self.hours, |i| {
                blocks::hours_per_week(i).map(Some)
            });
        } else {
            c.forbid("hours_per_week", "has no effect without `slots`", None);
        }
        let key = "acceptance_elasticity";
        if self.elasticity.is_some() {
            self.elasticity = c.read(key, self.elasticity, |i| i.number(-10.0, 10.0).map(Some));
        } else {
            let reason = "needs a `reference_pay` and an elasticity in `pay_response`";
            c.forbid(key, reason, None);
        }
    }

    fn segment(self, name: String, share: f64, skill: Skill) -> Option<Segment> {
        Some(Segment {
            name,
            share,
            rate: self.rate?,
            availability: self.availability?,
            session: self.session?,
            acceptance: self.acceptance.map_or(1.0, |(p, _)| p),
            acceptance_elasticity: self.elasticity.unwrap_or(0.0),
            hours_per_week: self.hours.unwrap_or(0.0),
            work_factor: skill.work_factor,
            resolve_factor: skill.resolve_factor,
            tier: skill.tier,
        })
        .filter(|_| self.sound)
    }
}

/// How well the members of a segment work.
struct Skill {
    work_factor: f64,
    resolve_factor: f64,
    tier: u8,
}

impl Skill {
    const USUAL: Self = Self {
        work_factor: 1.0,
        resolve_factor: 1.0,
        tier: 1,
    };

    fn read(c: &mut Cursor<'_>) -> Self {
        let usual = Self::USUAL;
        Self {
            work_factor: c.read("work_factor", usual.work_factor, Item::factor),
            resolve_factor: c.read("resolve_factor", usual.resolve_factor, Item::factor),
            tier: c.read("tier", usual.tier, |i| i.integer(1, 100).map(|n| n as u8)),
        }
    }
}

fn segments<'a>(
    item: &Item<'a>,
    frame: &Frame,
    whole: &Habits<'a>,
    offers: &Offers,
    ranked: bool,
) -> Option<Vec<Segment>> {
    let mut out: Vec<Option<Segment>> = Vec::new();
    let mut names: Vec<&str> = Vec::new();
    let mut shares = Some(0.0);
    let entries = item.list("a list of { name = ..., share = ... }", MOST_SEGMENTS)?;
    if entries.is_empty() {
        return item.expected("at least one segment");
    }
    for entry in entries {
        let Some(mut c) = entry.cursor("a table with name and share") else {
            out.push(None);
            shares = None;
            continue;
        };
        let name = c.require("name", "the name of the segment").and_then(|i| {
            let name = i.string("a name")?;
            if names.contains(&name) {
                i.problem(
                    format!("expected each name once, found {} again", quoted(name)),
                    None,
                );
                return None;
            }
            names.push(name);
            Some(name.to_owned())
        });
        let share = c
            .require("share", "the share of the members")
            .and_then(|i| i.share());
        shares = shares.zip(share).map(|(a, b)| a + b);
        let known_rate = whole.hours.map(|_| 0.0);
        if whole.hours.is_some() {
            blocks::forbid_log_ons(&mut c);
        }
        let mut habits = Habits::read(&mut c, frame, Some(whole), false, known_rate);
        habits.read_own(&mut c);
        if ranked {
            c.forbid(
                "tier",
                "has no effect with `tiers`, which are by rank",
                None,
            );
        }
        let own = c.has("acceptance");
        if own || names.len() == 1 {
            offers.check(habits.acceptance.as_ref());
        }
        let skill = Skill::read(&mut c);
        c.finish();
        let named = name.zip(share);
        out.push(named.and_then(|(name, share)| habits.segment(name, share, skill)));
    }
    if let Some(sum) = shares
        && (sum - 1.0).abs() > 1e-9
    {
        let shown = libm::round(sum * 1e9) / 1e9;
        item.problem(
            format!("expected shares of the segments that sum to 1, found a sum of {shown}"),
            None,
        );
        return None;
    }
    out.into_iter().collect()
}
