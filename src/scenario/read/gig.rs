//! The keys of pools with a register.

use super::blocks;
use super::prices::Priced;
use super::turnover;
use crate::dist::Distribution;
use crate::model::{
    GigSupply, LEAST_ACCEPTANCE, LEAST_PAUSE, LogOn, PayResponse, PoolPrice, Segment,
};
use crate::scenario::text::{Cursor, FromItem, Item, quoted};
use crate::scenario::values::Frame;
use crate::time::StepFn;

/// Reads the register of a pool.
pub(super) fn read<'a>(c: &mut Cursor<'a>, price: Priced<'_>, frame: &Frame) -> Option<GigSupply> {
    let books = c.has("slots");
    if books {
        blocks::forbid_log_ons(c);
        c.forbid("logons", "goes without `slots`, which `members` book");
    }
    let log_on = log_on(c, books);
    let slots = c.read_opt("slots", |i| blocks::slots(i, frame));
    let (response, cool_down) = (c.get("response"), c.get("cool_down"));
    let mean = |law: &Option<Distribution>| law.as_ref().map_or(0.0, Distribution::mean);
    let pause = mean(&response) + mean(&cool_down);
    let pays = !price.lacks(PoolPrice::pays_members);
    if !pays {
        let reason = "needs pay of the members: a `price` by the contact, the minute or the hour";
        for key in ["pay_response", "minimum_wage"] {
            let help = "write for example price = { per_contact = 2.5 }";
            c.forbid_help(key, reason, Some(help));
        }
    }
    let pay_item = c.take("pay_response");
    let of_pay = pay_item.as_ref();
    let pay_read = of_pay.and_then(|i| pay_response(i, price, books));
    let mut whole = Habits::read(c, frame, None, c.has("segments"), log_on.1);
    whole.elasticity = pay_read.and_then(|(_, elasticity)| elasticity);
    whole.hours = books.then(|| slots.as_ref().map_or(f64::NAN, |(_, hours)| *hours));
    let tiers = c.opt("tiers");
    let segments = match (c.take("segments"), log_on.0) {
        (Some(item), Some(LogOn::Open)) => {
            item.refuse("goes with `members`; who `logons` brings is not known")
        }
        (Some(item), _) => segments(&item, frame, &whole, pause, tiers.is_some()),
        (None, _) => {
            check_pause(&whole, pause);
            let alike = whole.segment(String::new(), 1.0, (1.0, 1.0, 1));
            alike.map(|s| vec![s])
        }
    };
    let turnover = match log_on.0 {
        Some(LogOn::Open) => {
            c.forbid_all(["turnover", "tiers"], "goes with `members`");
            None
        }
        _ => c.read_opt("turnover", |i| turnover::read(i, pays)),
    };
    if !c.has("turnover") && price.of.is_some_and(|p| p.onboarding + p.equipment > 0.0) {
        let reason = "`onboarding` and `equipment` in the price have no effect without `turnover`";
        c.at.problem(reason);
    }
    let supply = GigSupply {
        turnover,
        tolerance: c.opt("tolerance"),
        pay_response: pay_read.map(|(response, _)| response),
        slots: slots.map(|(slots, _)| slots),
        skill_sd: c.get("skill_sd"),
        tiers,
        minimum_wage: c.opt("minimum_wage"),
        response,
        offer_timeout: c.opt("offer_timeout"),
        cool_down,
        max_offers: c.opt("max_offers"),
        broadcast: c.get("broadcast"),
        // All keys are asked for before what was refused ends it.
        log_on: log_on.0?,
        segments: segments?,
    };
    if let Some(item) = pay_item {
        check_acceptance(&supply, price, &item);
    }
    // Without the slots that were refused it would be one to which nobody comes.
    (supply.slots.is_some() == books).then_some(supply)
}

/// Pay so far from its reference that hardly an offer is accepted, or a reaction of nobody.
fn check_acceptance(gig: &GigSupply, price: Priced<'_>, item: &Item<'_>) {
    let moved = |s: &&Segment| s.acceptance_elasticity != 0.0;
    let doubts = |s: &Segment| s.acceptance > 0.0 && s.acceptance < 1.0;
    let whose: Vec<&Segment> = gig.segments.iter().filter(moved).collect();
    if !whose.is_empty() && !whose.iter().any(|s| doubts(s)) && !item.reader.is_later() {
        let without = "`acceptance` above 0 and below 1";
        item.problem(format!(
            "an elasticity of acceptance has no effect without {without}"
        ));
    }
    for segment in whose {
        for surge in [false, true] {
            let p = gig.acceptance(segment, price.of, surge);
            if p < LEAST_ACCEPTANCE && segment.acceptance >= LEAST_ACCEPTANCE {
                let what = "pay at which offers are accepted with a probability of at least";
                let message = format!("expected {what} {LEAST_ACCEPTANCE}, found {p:.2e}");
                return item.problem(message);
            }
        }
    }
}

/// How log-ons answer to pay, and the elasticity of acceptance where there is pay to compare with. `books`: there are no log-ons that could.
fn pay_response(
    item: &Item<'_>,
    price: Priced<'_>,
    books: bool,
) -> Option<(PayResponse, Option<f64>)> {
    item.table(|c| {
        if books {
            let reason = "moves log-ons, which there are none of with `slots`";
            c.forbid_all(["elasticity", "feedback"], reason);
        }
        let accepts = c.has("acceptance_elasticity");
        let accept = c.get("acceptance_elasticity");
        let compares = accepts || c.has("elasticity");
        let answers = c.has("feedback");
        let mut pair = |exponent: &str, reference: &str, compares: bool| {
            if compares {
                let is_written = c.has(exponent);
                let read = if is_written {
                    c.opt(exponent)
                } else {
                    Some(c.get(exponent))
                };
                return read.zip(c.need(reference));
            }
            c.forbid(reference, &format!("has no effect without `{exponent}`"));
            c.take(exponent);
            Some((0.0, 1.0))
        };
        let offered = pair("elasticity", "reference_pay", compares);
        let earned = pair("feedback", "reference_earnings", answers);
        let several = |p: &PoolPrice| p.pay_offered().is_none();
        if compares && price.is_sound && price.of.is_some_and(several) {
            let kinds = "by the contact, the minute or the hour";
            c.at.problem(format!(
                "an elasticity needs one kind of pay to compare: {kinds}"
            ));
        }
        let ((elasticity, reference_pay), (feedback, reference_earnings)) = offered.zip(earned)?;
        let response = PayResponse {
            reference_pay,
            elasticity,
            reference_earnings,
            feedback,
        };
        Some((response, compares.then_some(accept)))
    })
}

/// How members come online, and the rate where it is said beside it or there is none.
fn log_on(c: &mut Cursor<'_>, books: bool) -> (Option<LogOn>, Option<f64>) {
    match (c.take("members"), c.take("logons")) {
        (Some(members), None) => {
            let members = u32::from_item(&members).map(LogOn::Members);
            (members, books.then_some(0.0))
        }
        (None, Some(open)) => {
            let reason = "goes with `members`; with `logons` it has no effect";
            c.forbid("logon_rate", reason);
            (
                Some(LogOn::Open),
                Some(f64::from_item(&open).unwrap_or(0.0)),
            )
        }
        (members, _) => {
            c.take("logon_rate");
            c.not_one_of::<()>("members, logons", members.is_some());
            (None, Some(0.0))
        }
    }
}

/// Offers that are nearly all refused, and with hardly a pause in seconds, would go round for ever at one moment.
fn check_pause(habits: &Habits<'_>, pause: f64) {
    if let Some((p, item)) = &habits.acceptance
        && *p < LEAST_ACCEPTANCE
        && pause < LEAST_PAUSE
    {
        let what = format!("a `response` and `cool_down` of at least {LEAST_PAUSE} s together");
        let least = format!("a probability of at least {LEAST_ACCEPTANCE}");
        item.expected::<()>(&format!("{least}, or {what}"));
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
        // What the whole register has, or refused, need not be written again.
        let has = |f: fn(&Habits<'_>) -> bool| may_say || whole.is_some_and(|w| f(w) || !w.sound);
        let (has_rate, has_session) = (has(|w| w.rate.is_some()), has(|w| w.session.is_some()));
        let item = |c: &mut Cursor<'a>, key: &str, has: bool| match has {
            true => c.take(key),
            false => c.require(key),
        };
        let always = || Some(StepFn::constant(1.0));
        let usual = || whole.map_or_else(always, |w| w.availability.clone());
        let (habits, sound) = c.at.reader.sound(|| {
            let rate = known_rate.or_else(|| f64::from_item(&item(c, "logon_rate", has_rate)?));
            let availability = c.take("availability").map(|i| i.step_fn(frame));
            let session = item(c, "session", has_session);
            let session = session.and_then(|i| Distribution::from_item(&i));
            let acceptance = c.read_opt("acceptance", |i| Some((f64::from_item(i)?, i.clone())));
            Self {
                elasticity: whole.and_then(|w| w.elasticity),
                hours: whole.and_then(|w| w.hours),
                rate: rate.or_else(|| whole?.rate),
                availability: availability.unwrap_or_else(usual),
                session: session.or_else(|| whole?.session.clone()),
                acceptance: acceptance.or_else(|| whole?.acceptance.clone()),
                sound: true,
            }
        });
        Self { sound, ..habits }
    }

    /// What a segment may have of its own beside a register that has it.
    fn read_own(&mut self, c: &mut Cursor<'a>) {
        if self.hours.is_some() {
            self.hours = c.opt("hours_per_week").or(self.hours);
        } else {
            c.forbid("hours_per_week", "has no effect without `slots`");
        }
        let key = "acceptance_elasticity";
        if self.elasticity.is_some() {
            self.elasticity = c.opt(key).or(self.elasticity);
        } else {
            let reason = "needs a `reference_pay` and an elasticity in `pay_response`";
            c.forbid(key, reason);
        }
    }

    /// A segment of members with factors on their work and on what they resolve, and with a tier.
    fn segment(
        self,
        name: String,
        share: f64,
        (work_factor, resolve_factor, tier): (f64, f64, u8),
    ) -> Option<Segment> {
        self.sound.then_some(Segment {
            name,
            share,
            rate: self.rate?,
            availability: self.availability?,
            session: self.session?,
            acceptance: self.acceptance.map_or(1.0, |(p, _)| p),
            acceptance_elasticity: self.elasticity.unwrap_or(0.0),
            hours_per_week: self.hours.unwrap_or(0.0),
            work_factor,
            resolve_factor,
            tier,
        })
    }
}

fn segments<'a>(
    item: &Item<'a>,
    frame: &Frame,
    whole: &Habits<'a>,
    pause: f64,
    ranked: bool,
) -> Option<Vec<Segment>> {
    let mut names: Vec<&str> = Vec::new();
    let mut shares = Some(0.0);
    let mut seen = 0;
    let (read, sound) = item.tables(|c, _, _: &[Segment]| {
        seen += 1;
        let name = c.read_needed("name", |i| {
            let name = i.string()?;
            if names.contains(&name) {
                let name = quoted(name);
                return i.refuse(format!("expected each name once, found {name} again"));
            }
            names.push(name);
            Some(name.to_owned())
        });
        let share: Option<f64> = c.need("share");
        shares = shares.zip(share).map(|(a, b)| a + b);
        let known_rate = whole.hours.map(|_| 0.0);
        if whole.hours.is_some() {
            blocks::forbid_log_ons(c);
        }
        let mut habits = Habits::read(c, frame, Some(whole), false, known_rate);
        habits.read_own(c);
        if ranked {
            let reason = "has no effect with `tiers`, which are by rank";
            c.forbid("tier", reason);
        }
        if c.has("acceptance") || names.len() == 1 {
            check_pause(&habits, pause);
        }
        let skill = (c.get("work_factor"), c.get("resolve_factor"), c.get("tier"));
        habits.segment(name?, share?, skill)
    })?;
    if read.is_empty() && sound {
        return item.expected("at least one segment");
    }
    let all = item.list().is_some_and(|list| list.len() == seen);
    let whole = |sum| item.sums_to_one(sum, 1e9, "shares of the segments");
    (shares.filter(|_| all).is_none_or(whole) && sound).then_some(read)
}
