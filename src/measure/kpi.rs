//! Every measure as numerator over denominator, with its formula and unit.

use super::earners::Earnings;
use super::sums::{Sums, Verdicts};
use crate::engine::Reason;
use crate::model::{Ending, Model};
use crate::stats::Histogram;
use crate::time::to_seconds;
use std::borrow::Cow;

/// What a measure is counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// A number of things.
    Count,
    /// Seconds.
    Seconds,
    /// A fraction.
    Fraction,
    /// People.
    Agents,
    /// Employees.
    People,
    /// Contacts (time averages).
    Contacts,
    /// Full-time equivalents.
    Fte,
    /// Hours.
    Hours,
    /// Things per thing.
    Ratio,
    /// Money: in the currency of the scenario.
    Money,
}

impl Unit {
    /// What it is called; the `unit` column has [`Self::text`].
    pub fn label(self) -> &'static str {
        match self {
            Unit::Count => "count",
            Unit::Seconds => "s",
            Unit::Fraction => "fraction",
            Unit::Agents => "agents",
            Unit::People => "people",
            Unit::Contacts => "contacts",
            Unit::Fte => "fte",
            Unit::Hours => "h",
            Unit::Ratio => "ratio",
            Unit::Money => "money",
        }
    }

    /// The text of the `unit` column.
    pub fn text(self, model: &Model) -> Cow<'static, str> {
        match self {
            Unit::Money => model.prices.currency.clone().into(),
            other => other.label().into(),
        }
    }
}

/// In which slices a measure makes sense.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// In total, by topic, by market and by both: it belongs to customers.
    Topic,
    /// As `Topic`, by pool, and by topic or market and pool: it belongs to answers.
    Answer,
    /// In total and by pool: it belongs to agents.
    Pool,
    /// In total and by pool, for pools with shifts only.
    Shift,
    /// In total and by pool, for pools whose people are not always where they are scheduled.
    Adherence,
    /// As `Topic`, where customers may be called back.
    Callback,
    /// As `Topic`, where the assistant does not speak the language of some market.
    Language,
    /// In total and by pool, for gig pools only.
    Gig,
    /// In total and by pool, for gig pools that pay their members.
    Pay,
    /// In total and by pool, for gig pools with a minimum wage.
    Wage,
    /// In total and by pool, for registers that grow and shrink.
    Turnover,
    /// In total and by pool, for registers whose members book slots.
    Slot,
    /// In total and by pool, for registers with tiers by rank.
    Tier,
    /// By tier of a register, by rank or by segment.
    OneTier,
    /// In total and by group of employees.
    Group,
    /// As `Topic`, where satisfaction is followed.
    Customer,
    /// As `Answer`, where satisfaction is followed.
    Opinion,
}

/// What a measure may need besides the sums of its slice.
pub struct Context<'a> {
    /// Counted time, seconds.
    pub window: f64,
    /// Productive seconds of one full-time agent over the counted time.
    pub productive: f64,
    /// Waits of all who joined a queue, where the slice has them.
    pub waits: Option<&'a Histogram>,
    /// Share of the target, where the slice has one.
    pub target: Option<f64>,
    /// Share of the local days, and of the intervals, in which `sl_net` reached the target.
    pub met: (Option<f64>, Option<f64>),
    /// What members of registers earned, where the slice has them.
    pub earnings: Earnings,
    /// Handle time per expected second of work: what people take for a second of work content, everything included.
    pub effort: f64,
}

/// A measure.
pub struct Kpi {
    /// Identifier in files.
    pub id: &'static str,
    /// Unit.
    pub unit: Unit,
    /// Slices it is given for.
    pub scope: Scope,
    /// Formula in words.
    pub formula: &'static str,
    /// Its value, `None` where it is undefined.
    pub value: fn(&Sums, &Context<'_>) -> Option<f64>,
}

fn ratio(numerator: f64, denominator: f64) -> Option<f64> {
    (denominator > 0.0).then(|| numerator / denominator)
}

/// Microseconds over something, in seconds.
fn seconds(micros: u64, denominator: f64) -> Option<f64> {
    ratio(to_seconds(micros), denominator)
}

/// Time over time.
fn over(numerator: u64, denominator: u64) -> Option<f64> {
    ratio(numerator as f64, denominator as f64)
}

fn count(n: u64) -> Option<f64> {
    Some(n as f64)
}

/// `sl_net`: served within T over offered less turned away and abandoned within T.
pub(super) fn sl_net(
    within: u64,
    offered: u64,
    turned_away: u64,
    abandoned_within: u64,
) -> Option<f64> {
    over(
        within,
        offered.saturating_sub(turned_away + abandoned_within),
    )
}

fn net(s: &Sums) -> Option<f64> {
    sl_net(
        s.answered_within,
        s.offered,
        s.turned_away,
        s.abandoned_within,
    )
}

macro_rules! kpis {
    ($($id:literal $unit:ident $scope:ident $formula:literal $value:expr;)*) => {
        /// All measures, in the order of the files.
        pub const KPIS: &[Kpi] = &[$(
            Kpi { id: $id, unit: Unit::$unit, scope: Scope::$scope, formula: $formula, value: $value },
        )*];
    };
}

kpis! {
    "contacts" Count Topic "contacts begun" |s, _| count(s.contacts);
    "cases" Count Topic "cases begun (first contacts)" |s, _| count(s.cases);
    "contacts_per_case" Ratio Topic "contacts / cases" |s, _| over(s.contacts, s.cases);
    "repeat_rate" Fraction Topic "contacts ended whose customer comes back / contacts ended" |s, _| over(s.coming_back, s.ended.iter().sum());
    "ai_share" Fraction Topic "contacts the assistant took part in / contacts" |s, _| over(s.ai_contacts, s.contacts);
    "ai_handle_time" Seconds Topic "time with the assistant / contacts it took part in" |s, _| seconds(s.ai_time, s.ai_contacts as f64);
    "ai_in_session" Contacts Topic "time average of sessions with the assistant" |s, c| seconds(s.ai_time_within, c.window);
    "ai_missed" Count Topic "contacts that met a full or failed assistant" |s, _| count(s.ai_missed);
    "containment" Fraction Topic "ended with the assistant / contacts it took part in" |s, _| over(s.ai_contained, s.ai_contacts);
    "vendor_resolution" Fraction Topic "contained and the customer said nothing more (resolved, misresolved, gave up; not trapped) / contacts the assistant took part in"
        |s, _| over(s.ai_contained - s.ai_trapped, s.ai_contacts);
    "durable_resolution" Fraction Topic "resolved by the assistant and no contact on the problem within the window / contacts it took part in" |s, _| over(s.ai_durable, s.ai_contacts);
    "false_resolution" Fraction Topic "vendor_resolution - durable_resolution" |s, _| over((s.ai_contained - s.ai_trapped).saturating_sub(s.ai_durable), s.ai_contacts);
    "escalation_rate" Fraction Topic "contacts with the assistant that went on to people / contacts it took part in" |s, _| over(s.ai_escalated, s.ai_contacts);
    "escalated_asked" Count Topic "escalations because the customer asked" |s, _| count(s.escalated[Reason::Asked as usize]);
    "escalated_stuck" Count Topic "escalations because the assistant could not" |s, _| count(s.escalated[Reason::Stuck as usize]);
    "escalated_sensitive" Count Topic "escalations, and direct contacts, of sensitive topics" |s, _| count(s.escalated[Reason::Sensitive as usize]);
    "escalated_outage" Count Topic "escalations because the assistant was down" |s, _| count(s.escalated[Reason::Outage as usize]);
    "escalated_language" Count Language "contacts for people since the assistant does not speak their language" |s, _| count(s.escalated[Reason::Language as usize]);
    "escalated_limit" Count Topic "escalations because the assistant was full" |s, _| count(s.escalated[Reason::Limit as usize]);
    "trapped_rate" Fraction Topic "trapped / contacts the assistant took part in" |s, _| over(s.ai_trapped, s.ai_contacts);
    "fte_displaced" Fte Topic "human handle time that durable resolutions saved (expected work of those cases x effort) / productive hours"
        |s, c| (s.ai_contacts > 0).then(|| ratio(s.saved_work * c.effort, c.productive))?;
    "fte_required" Fte Answer "human handle time worked / productive hours" |s, c| ratio(s.handle, c.productive);
    "offered" Count Topic "N: visits to a queue" |s, _| count(s.offered);
    "answered" Count Answer "S: visits answered" |s, _| count(s.answered);
    "abandoned" Count Topic "L: visits whose customer left the queue" |s, _| count(s.abandoned);
    "short_abandoned" Count Topic "of these, at or below the short-abandonment threshold" |s, _| count(s.short_abandoned);
    "turned_away" Count Topic "B: visits that found the queue full or closed, or were never answered" |s, _| count(s.turned_away);
    "delay_probability" Fraction Topic "visits that could not start at once / N" |s, _| over(s.delayed, s.offered);
    "abandonment_rate" Fraction Topic "L / N" |s, _| over(s.abandoned, s.offered);
    "abandonment_within" Fraction Topic "L_T / N: left within T" |s, _| over(s.abandoned_within, s.offered);
    "callbacks" Count Callback "visits in which the customer accepted to be called back" |s, _| count(s.callbacks);
    "callback_rate" Fraction Callback "callbacks / N" |s, _| over(s.callbacks, s.offered);
    "callbacks_missed" Count Callback "callbacks whose customer was not there; abandoned" |s, _| count(s.callbacks_missed);
    "turned_away_rate" Fraction Topic "B / N" |s, _| over(s.turned_away, s.offered);
    "sl_net" Fraction Topic "S_T / (N - B - L_T)" |s, _| net(s);
    "sl_offered" Fraction Topic "S_T / (S + L + B)" |s, _| over(s.answered_within, s.answered + s.abandoned + s.turned_away);
    "sl_answered" Fraction Answer "S_T / S" |s, _| over(s.answered_within, s.answered);
    "sl_generous" Fraction Topic "(S_T + L_T) / (N - B)" |s, _| over(s.answered_within + s.abandoned_within, s.offered.saturating_sub(s.turned_away));
    "target_met" Fraction Topic "1 if sl_net reached its target in the replication; the mean is the probability of meeting it"
        |s, c| Some(f64::from(net(s)? >= c.target?));
    "target_met_days" Fraction Topic "share of the days in which sl_net reached its target" |_, c| c.met.0;
    "target_met_intervals" Fraction Topic "share of the intervals in which sl_net reached its target" |_, c| c.met.1;
    "asa" Seconds Answer "waits of the answered / S" |s, _| seconds(s.wait_answered, s.answered as f64);
    "mean_wait" Seconds Topic "waits of all / (N - B)" |s, _| seconds(s.wait, s.offered.saturating_sub(s.turned_away) as f64);
    "mean_wait_abandoned" Seconds Topic "waits of those who left / L" |s, _| seconds(s.wait_abandoned, s.abandoned as f64);
    "wait_p50" Seconds Topic "median wait of all answered or abandoned" |_, c| percentile(c, 0.50);
    "wait_p80" Seconds Topic "80th percentile" |_, c| percentile(c, 0.80);
    "wait_p90" Seconds Topic "90th percentile" |_, c| percentile(c, 0.90);
    "wait_p95" Seconds Topic "95th percentile" |_, c| percentile(c, 0.95);
    "wait_p99" Seconds Topic "99th percentile" |_, c| percentile(c, 0.99);
    "time_to_human" Seconds Answer "time from the begin of the case to the first answer by a person / first answers" |s, _| seconds(s.time_to_human, s.met_person as f64);
    "queue_length" Contacts Topic "time average of waiting contacts" |s, c| seconds(s.queue_time, c.window);
    "handle_time" Seconds Answer "agent time, after-contact work included / services" |s, _| ratio(s.handle, s.served as f64);
    "session_time" Seconds Answer "time from answer to the end of the talk / services" |s, _| seconds(s.session, s.served as f64);
    "transfer_rate" Fraction Answer "transfers / services" |s, _| over(s.transferred, s.served);
    "cut_off" Count Answer "services cut off at the end of a shift or session" |s, _| count(s.cut_off);
    "fcr" Fraction Topic "cases resolved at the first contact and no return within the window / first contacts ended" |s, _| over(s.first_resolved, s.first_ended);
    "resolution_rate" Fraction Topic "cases that ended resolved / cases ended" |s, _| over(s.cases_resolved, s.cases_resolved + s.cases_lost);
    "cases_lost" Count Topic "cases whose customer stopped trying" |s, _| count(s.cases_lost);
    "pending_returns" Count Topic "customers who will come back after the horizon" |s, _| count(s.pending);
    "contact_time" Seconds Topic "time from begin to end / contacts ended" |s, _| seconds(s.contact_time, s.ended.iter().sum::<u64>() as f64);
    "resolution_time" Seconds Topic "time from begin to end of cases resolved / cases resolved" |s, _| seconds(s.resolution_time, s.cases_resolved as f64);
    "ended_ai_resolved" Count Topic "contacts that ended so" |s, _| ended(s, Ending::AiResolved);
    "ended_ai_misresolved" Count Topic "contacts that ended so" |s, _| ended(s, Ending::AiMisresolved);
    "ended_gave_up" Count Topic "contacts that ended so" |s, _| ended(s, Ending::GaveUp);
    "ended_trapped" Count Topic "contacts that ended so" |s, _| ended(s, Ending::Trapped);
    "ended_human_resolved" Count Topic "contacts that ended so" |s, _| ended(s, Ending::HumanResolved);
    "ended_human_unresolved" Count Topic "contacts that ended so" |s, _| ended(s, Ending::HumanUnresolved);
    "ended_abandoned" Count Topic "contacts that ended so" |s, _| ended(s, Ending::Abandoned);
    "ended_turned_away" Count Topic "contacts that ended so" |s, _| ended(s, Ending::TurnedAway);
    "satisfaction" Fraction Opinion "satisfied / cases ended (of a pool: those in which its people took part last)" |s, _| satisfied(s.all_verdicts());
    "satisfaction_human" Fraction Customer "satisfied / cases ended in which people took part last" |s, _| satisfied(s.verdicts[Sums::PEOPLE]);
    "satisfaction_ai" Fraction Customer "satisfied / cases ended in which the assistant took part last" |s, _| satisfied(s.verdicts[Sums::ASSISTANT]);
    "satisfaction_by_contact" Fraction Customer "contacts of satisfied customers / contacts of the cases ended" |s, _| over(s.contacts_satisfied, s.contacts_judged);
    "satisfaction_ended_ai_resolved" Fraction Customer "satisfied / cases whose last contact ended so" |s, _| satisfied(s.verdicts_by_ending[Ending::AiResolved as usize]);
    "satisfaction_ended_ai_misresolved" Fraction Customer "satisfied / cases whose last contact ended so" |s, _| satisfied(s.verdicts_by_ending[Ending::AiMisresolved as usize]);
    "satisfaction_ended_gave_up" Fraction Customer "satisfied / cases whose last contact ended so" |s, _| satisfied(s.verdicts_by_ending[Ending::GaveUp as usize]);
    "satisfaction_ended_trapped" Fraction Customer "satisfied / cases whose last contact ended so" |s, _| satisfied(s.verdicts_by_ending[Ending::Trapped as usize]);
    "satisfaction_ended_human_resolved" Fraction Customer "satisfied / cases whose last contact ended so" |s, _| satisfied(s.verdicts_by_ending[Ending::HumanResolved as usize]);
    "satisfaction_ended_human_unresolved" Fraction Customer "satisfied / cases whose last contact ended so" |s, _| satisfied(s.verdicts_by_ending[Ending::HumanUnresolved as usize]);
    "satisfaction_ended_abandoned" Fraction Customer "satisfied / cases whose last contact ended so" |s, _| satisfied(s.verdicts_by_ending[Ending::Abandoned as usize]);
    "satisfaction_ended_turned_away" Fraction Customer "satisfied / cases whose last contact ended so" |s, _| satisfied(s.verdicts_by_ending[Ending::TurnedAway as usize]);
    "dissatisfied" Count Opinion "cases ended whose customer is not satisfied" |s, _| count(s.all_verdicts().cases - s.all_verdicts().satisfied);
    "churn" Fraction Opinion "customers who leave the company / cases ended" |s, _| over(s.all_verdicts().churned, s.all_verdicts().cases);
    "agents_on_duty" Agents Pool "time average of agents logged on, those finishing included" |s, c| seconds(s.duty, c.window);
    "agents_busy" Agents Pool "time average of agents with something in hand" |s, c| seconds(s.busy, c.window);
    "agents_finishing" Agents Pool "time average of agents past the end of their shift or session" |s, c| seconds(s.finishing, c.window);
    "occupancy" Fraction Pool "time with something in hand / time logged on" |s, _| over(s.busy, s.duty);
    "utilisation" Fraction Pool "time of occupied slots / time of slots logged on" |s, _| over(s.slot_time, s.slot_duty);
    "contacts_in_hand" Contacts Pool "time average of contacts with agents" |s, c| seconds(s.slot_time, c.window);
    "concurrency" Ratio Pool "time of occupied slots / time with something in hand" |s, _| over(s.slot_time, s.busy);
    "paid_hours" Hours Shift "hours of shifts, unpaid breaks taken off, of all who are paid for them" |s, _| Some(to_seconds(s.paid) / 3600.0);
    "overtime" Hours Shift "hours that people worked past the end of their shift" |s, _| Some(to_seconds(s.overtime) / 3600.0);
    "adherence" Fraction Adherence "time there / time scheduled, of people whose adherence is followed" |s, _| over(s.adherent, s.scheduled);
    "members" Agents Gig "people in the register; the time average where it grows and shrinks"
        |s, c| (s.members + s.member_time > 0).then(|| s.members as f64 + to_seconds(s.member_time) / c.window);
    "members_online" Agents Gig "time average of members online who accept work" |s, c| seconds(s.members_duty.saturating_sub(s.members_finishing), c.window);
    "log_ons" Count Gig "sessions begun" |s, _| count(s.log_ons);
    "offers_per_contact" Ratio Gig "offers made / visits to a queue that leads to the pool" |s, _| over(s.offers, s.offered);
    "headcount" People Group "people on the payroll at the begin, those who start then included" |s, _| count(s.people.headcount);
    "productive" People Group "of these, at work" |s, _| count(s.people.productive);
    "in_training" People Group "of these, in training" |s, _| count(s.people.in_training);
    "hires" People Group "people who started" |s, _| count(s.people.hires);
    "leavers" People Group "people who left of their own accord" |s, _| count(s.people.leavers);
    "laid_off" People Group "people who were laid off" |s, _| count(s.people.laid_off);
    "headcount_end" People Group "people on the payroll at the end, before anybody starts in the next month" |s, _| count(s.people.headcount_end);
    "acceptance_rate" Fraction Gig "offers accepted / offers made" |s, _| over(s.accepted, s.offers);
    "members_joined" Count Turnover "people who became members" |s, _| count(s.members_joined);
    "members_left" Count Turnover "members who left the register; they do at the end of a month" |s, _| count(s.members_left);
    "slots_opened" Count Slot "slots of the blocks that began" |s, _| count(s.slots_opened);
    "slots_booked" Count Slot "of these, booked by somebody when the week opened" |s, _| count(s.slots_booked);
    "slots_released" Count Slot "of these, given back" |s, _| count(s.slots_released);
    "slots_taken_again" Count Slot "of these, taken by somebody else" |s, _| count(s.slots_taken_again);
    "no_shows" Count Slot "slots, booked in the end, for which nobody came" |s, _| count(s.no_shows);
    "commitment_adherence" Fraction Slot "time online in slots of one's own / time of the slots booked; who gave one back that nobody took counts as not online" |s, _| over(s.worked_time, s.committed_time);
    "first_tier_share" Fraction Tier "talks that members of the first tier ended / talks that members ended" |s, _| over(s.rated[0], s.rated[0] + s.rated[1]);
    "first_tier_resolution" Fraction Tier "of these, resolved / talks that members of the first tier ended" |s, _| over(s.rated_resolved[0], s.rated[0]);
    "other_tiers_resolution" Fraction Tier "the same of the other tiers" |s, _| over(s.rated_resolved[1], s.rated[1]);
    "tier_share" Fraction OneTier "talks that members of the tier ended / talks that members of the pool ended" |s, _| over(s.rated[0], s.rated[0] + s.rated[1]);
    "tier_resolution" Fraction OneTier "of these, resolved / talks that members of the tier ended" |s, _| over(s.rated_resolved[0], s.rated[0]);
    "earnings_per_online_hour" Money Pay "pay of members, top-ups included / hours online; a session counts when it ends" |s, _| ratio(s.earned, to_seconds(s.earned_time) / 3600.0);
    "earnings_p10" Money Pay "10th percentile over the members of their own earnings per online hour" |_, c| c.earnings.p10;
    "unpaid_waiting_share" Fraction Pay "time online with empty hands in sessions without pay by the hour or a top-up / time online" |s, _| over(s.unpaid_time, s.earned_time);
    "below_minimum_wage" Fraction Wage "members who earned less than the minimum wage per online hour / members who were online" |_, c| c.earnings.below_minimum;
}

fn percentile(c: &Context<'_>, p: f64) -> Option<f64> {
    c.waits?.quantile(p).map(|micros| micros * 1e-6)
}

fn ended(s: &Sums, ending: Ending) -> Option<f64> {
    count(s.ended[ending as usize])
}

fn satisfied(verdicts: Verdicts) -> Option<f64> {
    over(verdicts.satisfied, verdicts.cases)
}

/// Counted time of a model in seconds.
pub(super) fn window(model: &Model) -> f64 {
    to_seconds(model.horizon - model.warmup)
}

/// The measure with this identifier.
pub fn kpi(id: &str) -> Option<&'static Kpi> {
    KPIS.iter().find(|k| k.id == id)
}
