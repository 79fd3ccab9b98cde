//! The catalogue: every measure, declared once.
//!
//! An entry is: identifier, unit, scope, cohort, grain, which way is better, `[lists with its rank]`, name for people, heading, formula in
//! words, formula. An empty name is the identifier in words, an empty heading the name. A new ratio of sums that exist is one entry here.
//!
//! In the formulas N is `offered`, S `answered`, L `abandoned`, B `turned_away`, U `unserved` (N = S + L + B + U), and the index T says
//! within the T of the target.

use super::attributes::{Better, Cohort, Grain, List, Scope, Unit};
use super::definition::{Context, Measure};
use super::slices::Slice;
use super::sums::{Sums, Verdicts};
use crate::engine::Reason;
use crate::model::{Ending, Model};
use crate::time::to_seconds;

fn ratio(numerator: f64, denominator: f64) -> Option<f64> {
    (denominator > 0.0).then(|| numerator / denominator)
}

/// Microseconds over something, in seconds.
fn seconds(micros: u64, denominator: f64) -> Option<f64> {
    ratio(to_seconds(micros), denominator)
}

fn over(numerator: u64, denominator: u64) -> Option<f64> {
    ratio(numerator as f64, denominator as f64)
}

fn count(n: u64) -> Option<f64> {
    Some(n as f64)
}

fn percentile(c: &Context<'_>, p: f64) -> Option<f64> {
    c.waits?.quantile(p).map(|micros| micros * 1e-6)
}

fn ended(s: &Sums, ending: Ending) -> Option<f64> {
    count(s.customers.ended[ending as usize])
}

fn satisfied(verdicts: Verdicts) -> Option<f64> {
    over(verdicts.satisfied, verdicts.cases)
}

/// Agent time saved over that of a full-time agent; undefined where the assistant took part in nothing.
fn displaced(s: &Sums, c: &Context<'_>, saved_time: f64) -> Option<f64> {
    if s.customers.ai_contacts == 0 {
        return None;
    }
    ratio(saved_time, c.available)
}

macro_rules! catalogue {
    ($($id:literal $unit:ident $scope:ident $cohort:ident $grain:ident $better:ident [$($list:ident $rank:literal),*]
        $words:literal $title:literal $formula:literal $value:expr;)*) => {
        /// All measures, in the order of the files.
        pub const MEASURES: &[Measure] = &[$(Measure {
            id: $id,
            unit: Unit::$unit,
            scope: Scope::$scope,
            cohort: Cohort::$cohort,
            grain: Grain::$grain,
            better: Better::$better,
            lists: &[$((List::$list, $rank)),*],
            words: $words,
            title: $title,
            formula: $formula,
            value: $value,
        },)*];
    };
}

catalogue! {
    "contacts" Count Topic Contact Fine Neither [Topics 5, Periods 1, Glance 0, Sweep 0, Intervals 0] "" ""
        "contacts begun" |s, _| count(s.customers.contacts);
    "cases" Count Topic Case Fine Neither [] "" ""
        "cases begun (first contacts)" |s, _| count(s.customers.cases);
    "contacts_per_case" Ratio Topic Case Month Less [] "" ""
        "contacts of the cases begun / cases" |s, _| over(s.customers.case_contacts, s.customers.cases);
    "repeat_rate" Fraction Topic Contact Month Less [] "" ""
        "contacts ended whose customer comes back / contacts ended" |s, _| over(s.customers.coming_back, s.customers.finished());
    "ai_share" Fraction Topic Contact Fine Neither [Run 4, Topics 4, Periods 4, Glance 1, Sweep 1] "share of the assistant" "AI\nshare"
        "contacts the assistant took part in / contacts" |s, _| over(s.customers.ai_contacts, s.customers.contacts);
    "ai_handle_time" Seconds Topic Contact Month Neither [] "" ""
        "time with the assistant / contacts it took part in" |s, _| seconds(s.customers.ai_time, s.customers.ai_contacts as f64);
    "ai_in_session" Contacts Topic Time Month Neither [] "" ""
        "time average of sessions with the assistant" |s, c| seconds(s.customers.ai_time_within, c.window);
    "ai_missed" Count Topic Contact Month Less [] "" ""
        "contacts that met a full or failed assistant" |s, _| count(s.customers.ai_missed);
    "containment" Fraction Topic Contact Month Neither [] "" ""
        "ended with the assistant / contacts it took part in" |s, _| over(s.customers.ai_contained, s.customers.ai_contacts);
    "vendor_resolution" Fraction Topic Contact Month Neither [] "resolution as a vendor counts it" ""
        "contained and the customer said nothing more (resolved, misresolved, gave up; not trapped) / contacts the assistant took part in" |s, _| over(s.customers.ai_contained - s.customers.ai_trapped, s.customers.ai_contacts);
    "durable_resolution" Fraction Topic Contact Month More [Run 3, Differences 6, Topics 6, Glance 2, Sweep 2, Quality 3] "true resolution of the assistant" "true\nresolution"
        "resolved by the assistant and no contact on the problem within the window / contacts it took part in" |s, _| over(s.customers.ai_durable, s.customers.ai_contacts);
    "false_resolution" Fraction Topic Contact Month Less [] "" ""
        "vendor_resolution - durable_resolution" |s, _| over((s.customers.ai_contained - s.customers.ai_trapped).saturating_sub(s.customers.ai_durable), s.customers.ai_contacts);
    "escalation_rate" Fraction Topic Contact Month Neither [] "" ""
        "contacts with the assistant that went on to people / contacts it took part in" |s, _| over(s.customers.ai_escalated, s.customers.ai_contacts);
    "escalated_asked" Count Topic Contact Month Neither [] "" ""
        "escalations because the customer asked" |s, _| count(s.customers.escalated[Reason::Asked as usize]);
    "escalated_stuck" Count Topic Contact Month Neither [] "" ""
        "escalations because the assistant could not" |s, _| count(s.customers.escalated[Reason::Stuck as usize]);
    "escalated_sensitive" Count Topic Contact Month Neither [] "" ""
        "escalations, and direct contacts, of sensitive topics" |s, _| count(s.customers.escalated[Reason::Sensitive as usize]);
    "escalated_outage" Count Topic Contact Month Neither [] "" ""
        "escalations because the assistant was down" |s, _| count(s.customers.escalated[Reason::Outage as usize]);
    "escalated_language" Count Language Contact Month Neither [] "" ""
        "contacts for people since the assistant does not speak their language" |s, _| count(s.customers.escalated[Reason::Language as usize]);
    "escalated_limit" Count Topic Contact Month Neither [] "" ""
        "escalations because the assistant was full" |s, _| count(s.customers.escalated[Reason::Limit as usize]);
    "trapped_rate" Fraction Topic Contact Month Less [] "" ""
        "trapped / contacts the assistant took part in" |s, _| over(s.customers.ai_trapped, s.customers.ai_contacts);
    "fte_displaced" Fte Topic Contact Month More [Run 9, Glance 13, Sweep 10] "full-time agents displaced" "FTE\ndisplaced"
        "agent time that the cases which the assistant resolved durably would have taken, at the planned concurrency / agent time of a full-time agent at the target occupancy (paid hours x (1 - shrinkage) x occupancy)" |s, c| displaced(s, c, s.customers.saved_time);
    "fte_displaced_first" Fte Topic Contact Month Neither [] "" ""
        "the part of fte_displaced that first contacts saved" |s, c| displaced(s, c, s.customers.saved_time_first);
    "offered" Count Topic Visit Fine Neither [Periods 9, Intervals 2] "" ""
        "N: visits to a queue" |s, _| count(s.customers.offered);
    "ai_contacts" Count Interval Contact Fine Neither [Intervals 1] "" ""
        "contacts that the assistant took part in" |s, _| count(s.customers.ai_contacts);
    "delayed" Count Interval Visit Fine Neither [Intervals 3] "" ""
        "visits that could not start at once" |s, _| count(s.customers.delayed);
    "answered_within" Count Interval Visit Fine Neither [Intervals 5] "" ""
        "S_T: visits answered within T" |s, _| count(s.answers.answered_within);
    "abandoned_within" Count Interval Visit Fine Less [Intervals 7] "" ""
        "L_T: visits whose customer left within T" |s, _| count(s.customers.abandoned_within);
    "abandoned_in_interval" Count Interval Moment Fine Neither [Intervals 8] "" ""
        "customers who left the queue in the interval, whenever they joined, those included who were cut off before" |s, _| count(s.customers.abandoned_now);
    "answered" Count Answer Visit Fine Neither [Pools 1, Periods 10, Intervals 4] "" ""
        "S: visits answered" |s, _| count(s.answers.answered);
    "abandoned" Count Topic Visit Fine Less [Intervals 6] "" ""
        "L: visits whose customer left the queue before the first answer" |s, _| count(s.customers.abandoned);
    "short_abandoned" Count Topic Visit Month Less [] "" ""
        "of these, at or below the short-abandonment threshold" |s, _| count(s.customers.short_abandoned);
    "turned_away" Count Topic Visit Fine Less [Intervals 9] "" ""
        "B: visits that found the queue full or closed" |s, _| count(s.customers.turned_away);
    "unserved" Count Topic Visit Fine Less [Intervals 10] "" ""
        "U: visits that were still waiting when the simulation ended, 7 days after the horizon" |s, _| count(s.customers.unserved);
    "callbacks" Count Callback Visit Month Neither [] "" ""
        "visits in which the customer accepted to be called back" |s, _| count(s.customers.callbacks);
    "callback_rate" Fraction Callback Visit Month Neither [] "" ""
        "callbacks / N" |s, _| over(s.customers.callbacks, s.customers.offered);
    "callbacks_missed" Count Callback Visit Month Less [] "" ""
        "callbacks whose customer was not there; abandoned" |s, _| count(s.customers.callbacks_missed);
    "turned_away_rate" Fraction Topic Visit Fine Less [] "" ""
        "B / N" |s, _| over(s.customers.turned_away, s.customers.offered);
    "sl_net" Fraction Topic Visit Fine More [Run 0, Differences 0, Topics 0, Periods 0, Glance 3, Sweep 3, Precision 0, Quality 1, Intervals 11, Bands 0] "service level" "service\nlevel"
        "S_T / (N - B - L_T)" |s, _| s.service_level();
    "sl_offered" Fraction Topic Visit Fine More [] "" ""
        "S_T / N" |s, _| over(s.answers.answered_within, s.customers.offered);
    "sl_answered" Fraction Answer Visit Fine More [] "" ""
        "S_T / S" |s, _| over(s.answers.answered_within, s.answers.answered);
    "sl_generous" Fraction Topic Visit Fine More [] "" ""
        "(S_T + L_T) / (N - B)" |s, _| over(s.answers.answered_within + s.customers.abandoned_within, s.customers.offered.saturating_sub(s.customers.turned_away));
    "target_met" Chance Topic Visit Fine More [Periods 0] "target met" "target\nmet"
        "1 if sl_net reached its target in the replication; the mean is the probability of meeting it" |s, c| Some(f64::from(s.service_level()? >= c.target?));
    "target_met_days" ShareOfTrials Topic Visit Whole More [] "" ""
        "share of the whole days in which sl_net reached its target" |_, c| c.met.0;
    "target_met_intervals" ShareOfTrials Topic Visit Whole More [] "" ""
        "share of the whole intervals in which sl_net reached its target" |_, c| c.met.1;
    "asa" Seconds Answer Visit Month Less [Pools 5] "mean wait of the answered" "mean wait\nof answered"
        "waits of the answered / S" |s, _| seconds(s.answers.wait_answered, s.answers.answered as f64);
    "mean_wait" Seconds Topic Visit Fine Less [Run 1, Differences 1, Topics 1, Periods 3, Glance 4, Sweep 4, Precision 1, Intervals 12, Bands 0] "" "mean\nwait"
        "waits of all, also of those who were never answered / (N - B)" |s, _| seconds(s.customers.wait, s.customers.offered.saturating_sub(s.customers.turned_away) as f64);
    "mean_wait_abandoned" Seconds Topic Visit Month Less [] "" ""
        "waits of those who left / L" |s, _| seconds(s.customers.wait_abandoned, s.customers.abandoned as f64);
    "wait_p50" Seconds Topic Visit Whole Less [] "" ""
        "median wait of all visits that were not turned away" |_, c| percentile(c, 0.50);
    "wait_p80" Seconds Topic Visit Whole Less [] "" ""
        "80th percentile" |_, c| percentile(c, 0.80);
    "wait_p90" Seconds Topic Visit Whole Less [] "" ""
        "90th percentile" |_, c| percentile(c, 0.90);
    "wait_p95" Seconds Topic Visit Whole Less [] "" ""
        "95th percentile" |_, c| percentile(c, 0.95);
    "wait_p99" Seconds Topic Visit Whole Less [] "" ""
        "99th percentile" |_, c| percentile(c, 0.99);
    "delay_probability" Fraction Topic Visit Fine Less [] "" ""
        "visits that could not start at once / N" |s, _| over(s.customers.delayed, s.customers.offered);
    "abandonment_rate" Fraction Topic Visit Fine Less [Run 2, Differences 2, Topics 2, Periods 5, Glance 5, Sweep 5] "abandonment rate" "abandoned"
        "L / N" |s, _| over(s.customers.abandoned, s.customers.offered);
    "abandonment_within" Fraction Topic Visit Fine Less [] "" ""
        "L_T / N: left within T" |s, _| over(s.customers.abandoned_within, s.customers.offered);
    "time_to_human" Seconds Answer Visit Month Less [Run 7, Differences 5, Glance 6] "time to a person" "time to\na person"
        "time from the begin of the case to the first answer by a person / first answers" |s, _| seconds(s.answers.time_to_human, s.answers.met_person as f64);
    "queue_length" Contacts Topic Time Fine Less [Intervals 13, Bands 0] "" ""
        "time average of waiting contacts" |s, c| seconds(s.customers.queue_time, c.window);
    "handle_time" Seconds Answer Visit Month Neither [Topics 3, Pools 2] "handle time" "handle\ntime"
        "agent time, after-contact work included / services" |s, _| ratio(s.answers.handle, s.answers.served as f64);
    "session_time" Seconds Answer Visit Month Neither [] "" ""
        "time from answer to the end of the talk / services" |s, _| seconds(s.answers.session, s.answers.served as f64);
    "transfer_rate" Fraction Answer Visit Month Less [] "" ""
        "transfers / services" |s, _| over(s.answers.transferred, s.answers.served);
    "cut_off" Count Answer Visit Month Less [] "" ""
        "services cut off at the end of a shift or session" |s, _| count(s.answers.cut_off);
    "fcr" Fraction Topic Case Month More [Differences 11] "first-contact resolution" "first-contact\nresolution"
        "cases resolved at the first contact and no return within the window / first contacts ended" |s, _| over(s.customers.first_resolved, s.customers.first_ended);
    "resolution_rate" Fraction Topic Case Month More [Differences 10, Glance 7, Quality 2] "" "resolved"
        "cases that ended resolved / cases ended" |s, _| over(s.customers.cases_resolved, s.customers.cases_resolved + s.customers.cases_lost);
    "cases_lost" Count Topic Case Month Less [] "" ""
        "cases whose customer stopped trying" |s, _| count(s.customers.cases_lost);
    "cases_unserved" Count Topic Case Month Less [] "" ""
        "cases of which a contact was not finished when the simulation ended" |s, _| count(s.customers.cases_unserved);
    "pending_returns" Count Topic Case Month Neither [] "" ""
        "customers who will come back after the horizon" |s, _| count(s.customers.pending);
    "contact_time" Seconds Topic Contact Month Less [] "" ""
        "time from begin to end, or to the end of the simulation / contacts" |s, _| seconds(s.customers.contact_time, s.customers.ended.iter().sum::<u64>() as f64);
    "resolution_time" Seconds Topic Case Month Less [] "" ""
        "time from begin to end of cases resolved / cases resolved" |s, _| seconds(s.customers.resolution_time, s.customers.cases_resolved as f64);
    "ended_ai_resolved" Count Topic Contact Month Neither [] "" ""
        "contacts that ended so" |s, _| ended(s, Ending::AiResolved);
    "ended_ai_misresolved" Count Topic Contact Month Neither [] "" ""
        "contacts that ended so" |s, _| ended(s, Ending::AiMisresolved);
    "ended_gave_up" Count Topic Contact Month Neither [] "" ""
        "contacts that ended so" |s, _| ended(s, Ending::GaveUp);
    "ended_trapped" Count Topic Contact Month Neither [] "" ""
        "contacts that ended so" |s, _| ended(s, Ending::Trapped);
    "ended_human_resolved" Count Topic Contact Month Neither [] "" ""
        "contacts that ended so" |s, _| ended(s, Ending::HumanResolved);
    "ended_human_unresolved" Count Topic Contact Month Neither [] "" ""
        "contacts that ended so" |s, _| ended(s, Ending::HumanUnresolved);
    "ended_abandoned" Count Topic Contact Month Neither [] "" ""
        "contacts that ended so" |s, _| ended(s, Ending::Abandoned);
    "ended_turned_away" Count Topic Contact Month Neither [] "" ""
        "contacts that ended so" |s, _| ended(s, Ending::TurnedAway);
    "ended_unserved" Count Topic Contact Month Neither [] "" ""
        "contacts that had not ended when the simulation did" |s, _| ended(s, Ending::Unserved);
    "satisfaction" Fraction Opinion Case Month More [Run 6, Differences 4, Topics 8, Pools 8, Glance 8, Sweep 11, Quality 0] "" "satisfied"
        "satisfied / cases ended (of a pool: those in which its people took part last)" |s, _| satisfied(s.verdicts());
    "satisfaction_human" Fraction Customer Case Month More [] "" ""
        "satisfied / cases ended in which people took part last" |s, _| satisfied(s.answers.verdicts);
    "satisfaction_ai" Fraction Customer Case Month More [] "" ""
        "satisfied / cases ended in which the assistant took part last" |s, _| satisfied(s.customers.verdicts_ai);
    "satisfaction_by_contact" Fraction Customer Case Month Neither [] "" ""
        "contacts of satisfied customers / contacts of the cases ended" |s, _| over(s.customers.contacts_satisfied, s.customers.contacts_judged);
    "satisfaction_ended_ai_resolved" Fraction Customer Case Month Neither [] "" ""
        "satisfied / cases whose last contact ended so" |s, _| satisfied(s.customers.verdicts_by_ending[Ending::AiResolved as usize]);
    "satisfaction_ended_ai_misresolved" Fraction Customer Case Month Neither [] "" ""
        "satisfied / cases whose last contact ended so" |s, _| satisfied(s.customers.verdicts_by_ending[Ending::AiMisresolved as usize]);
    "satisfaction_ended_gave_up" Fraction Customer Case Month Neither [] "" ""
        "satisfied / cases whose last contact ended so" |s, _| satisfied(s.customers.verdicts_by_ending[Ending::GaveUp as usize]);
    "satisfaction_ended_trapped" Fraction Customer Case Month Neither [] "" ""
        "satisfied / cases whose last contact ended so" |s, _| satisfied(s.customers.verdicts_by_ending[Ending::Trapped as usize]);
    "satisfaction_ended_human_resolved" Fraction Customer Case Month Neither [] "" ""
        "satisfied / cases whose last contact ended so" |s, _| satisfied(s.customers.verdicts_by_ending[Ending::HumanResolved as usize]);
    "satisfaction_ended_human_unresolved" Fraction Customer Case Month Neither [] "" ""
        "satisfied / cases whose last contact ended so" |s, _| satisfied(s.customers.verdicts_by_ending[Ending::HumanUnresolved as usize]);
    "satisfaction_ended_abandoned" Fraction Customer Case Month Neither [] "" ""
        "satisfied / cases whose last contact ended so" |s, _| satisfied(s.customers.verdicts_by_ending[Ending::Abandoned as usize]);
    "satisfaction_ended_turned_away" Fraction Customer Case Month Neither [] "" ""
        "satisfied / cases whose last contact ended so" |s, _| satisfied(s.customers.verdicts_by_ending[Ending::TurnedAway as usize]);
    "dissatisfied" Count Opinion Case Month Less [] "" ""
        "cases ended whose customer is not satisfied" |s, _| count(s.verdicts().cases - s.verdicts().satisfied);
    "churn" Fraction Opinion Case Month Less [] "" ""
        "customers who leave the company / cases ended" |s, _| over(s.verdicts().churned, s.verdicts().cases);
    "drain_time" Seconds AfterHorizon Time Fine Less [] "" ""
        "time from the horizon to the end of the interval in which the last contact ended; 7 days at most" |_, c| Some(c.window);
    "agents_on_duty" Agents Pool Time Fine Neither [Run 5, Differences 12, Pools 0, Periods 6, Glance 9, Sweep 6, Cost 3, Intervals 14] "agents on duty" "agents\non duty"
        "time average of agents logged on, those finishing included" |s, c| seconds(s.agents.duty, c.window);
    "agents_busy" Agents Pool Time Fine Neither [Intervals 15, Bands 0] "" ""
        "time average of agents with something in hand" |s, c| seconds(s.agents.busy, c.window);
    "agents_finishing" Agents Pool Time Fine Neither [Intervals 16] "" ""
        "time average of agents past the end of their shift or session" |s, c| seconds(s.agents.finishing, c.window);
    "occupancy" Fraction Pool Time Fine Neither [Pools 3, Periods 7, Glance 10, Sweep 7] "" ""
        "time with something in hand / time logged on" |s, _| over(s.agents.busy, s.agents.duty);
    "utilisation" Fraction Pool Time Month Neither [] "" ""
        "time of occupied slots / time of slots logged on" |s, _| over(s.agents.slot_time, s.agents.slot_duty);
    "fte_worked" Fte Answer Visit Month Less [Topics 7, Pools 9, Glance 12, Sweep 9, Cost 4] "full-time agents worked" "FTE\nworked"
        "agent time on contacts / agent time of a full-time agent at the target occupancy (paid hours x (1 - shrinkage) x occupancy)" |s, c| ratio(s.answers.handle, c.productive);
    "fte_on_duty" Fte Pool Time Fine Neither [] "full-time agents on duty" ""
        "hours on duty / (paid hours of a full-time agent x (1 - shrinkage))" |s, c| seconds(s.agents.duty, c.available);
    "fte_required" Fte Required Plan Fine Less [Run 6, Differences 7, Pools 4, Periods 0, Glance 11, Sweep 8] "full-time agents required" "FTE\nrequired"
        "hours of the agents required / (paid hours of a full-time agent x (1 - shrinkage)); from the model, not from the run" |_, c| c.required.map(|r| r.fte);
    "agents_required" Agents IntervalPool Plan Fine Less [Intervals 17] "agents required" ""
        "the smallest number of agents that meets the targets of the topics; from the model, not from the run" |_, c| c.required.map(|r| r.agents);
    "contacts_in_hand" Contacts Pool Time Month Neither [Pools 6] "" "contacts\nin hand"
        "time average of contacts with agents" |s, c| seconds(s.agents.slot_time, c.window);
    "concurrency" Ratio Pool Time Month Neither [] "" ""
        "time of occupied slots / time with something in hand" |s, _| over(s.agents.slot_time, s.agents.busy);
    "paid_hours" Hours Shift Time Month Neither [] "" ""
        "hours of shifts, unpaid breaks taken off, of all who are paid for them" |s, _| Some(to_seconds(s.agents.paid) / 3600.0);
    "overtime" Hours Shift Time Month Less [] "" ""
        "hours that people worked past the end of their shift" |s, _| Some(to_seconds(s.agents.overtime) / 3600.0);
    "adherence" Fraction Adherence Time Month More [] "" ""
        "time there / time scheduled, of people whose adherence is followed" |s, _| over(s.agents.adherent, s.agents.scheduled);
    "members" Agents Gig Time Month Neither [Differences 13] "" ""
        "people in the register; the time average where it grows and shrinks" |s, c| Some(c.members + seconds(s.agents.member_time, c.window)?);
    "members_online" Agents Gig Time Fine Neither [] "members online" ""
        "time average of members online who accept work" |s, c| seconds(s.agents.members_duty.saturating_sub(s.agents.members_finishing), c.window);
    "log_ons" Count Gig Moment Month Neither [] "" ""
        "sessions begun" |s, _| count(s.agents.log_ons);
    "offers_per_contact" Ratio Gig Visit Month Neither [] "" ""
        "offers made / visits to a queue that leads to the pool" |s, _| over(s.agents.offers, s.customers.offered);
    "headcount" People Group Moment Month Neither [Run 9] "people at the start" "people at\nthe start"
        "people on the payroll at the begin, those who start then included; in all without those of vendors" |s, _| count(s.people.headcount);
    "productive" People Group Moment Month Neither [] "" ""
        "of these, at work" |s, _| count(s.people.productive);
    "in_training" People Group Moment Month Neither [] "" ""
        "of these, in training" |s, _| count(s.people.in_training);
    "hires" People Group Moment Month Neither [Run 11, Differences 14] "people hired" "hires"
        "people who started" |s, _| count(s.people.hires);
    "leavers" People Group Moment Month Less [Run 10, Differences 11] "people who leave" "leavers"
        "people who left of their own accord" |s, _| count(s.people.leavers);
    "laid_off" People Group Moment Month Less [Run 12, Differences 15] "people laid off" "laid off"
        "people who were laid off" |s, _| count(s.people.laid_off);
    "headcount_end" People Group Moment Month Neither [Run 8, Differences 10, Glance 14, Sweep 12] "people at the end" "people at\nthe end"
        "people on the payroll at the end, before anybody starts in the next month" |s, _| count(s.people.headcount_end);
    "acceptance_rate" Fraction Gig Visit Month More [Pools 7] "" "offers\naccepted"
        "offers accepted / offers made" |s, _| over(s.agents.accepted, s.agents.offers);
    "members_joined" Count Turnover Moment Month Neither [] "" ""
        "people who became members" |s, _| count(s.agents.members_joined);
    "members_left" Count Turnover Moment Month Neither [] "" ""
        "members who left the register; they do at the end of a month" |s, _| count(s.agents.members_left);
    "slots_opened" Count Slot Moment Month Neither [] "" ""
        "slots of the blocks that began" |s, _| count(s.agents.slots_opened);
    "slots_booked" Count Slot Moment Month Neither [] "" ""
        "of these, booked by somebody when the week opened" |s, _| count(s.agents.slots_booked);
    "slots_released" Count Slot Moment Month Neither [] "" ""
        "of these, given back" |s, _| count(s.agents.slots_released);
    "slots_taken_again" Count Slot Moment Month Neither [] "" ""
        "of these, taken by somebody else" |s, _| count(s.agents.slots_taken_again);
    "no_shows" Count Slot Moment Month Neither [] "" ""
        "slots, booked in the end, for which nobody came" |s, _| count(s.agents.no_shows);
    "commitment_adherence" Fraction Slot Time Month Neither [] "" ""
        "time online in slots of one's own / time of the slots booked; who gave one back that nobody took counts as not online" |s, _| over(s.agents.worked_time, s.agents.committed_time);
    "first_tier_share" Fraction Tier Visit Month Neither [] "" ""
        "talks that members of the first tier ended / talks that members ended" |s, _| over(s.agents.rated[0], s.agents.rated[0] + s.agents.rated[1]);
    "first_tier_resolution" Fraction Tier Visit Month Neither [] "" ""
        "of these, resolved / talks that members of the first tier ended" |s, _| over(s.agents.rated_resolved[0], s.agents.rated[0]);
    "other_tiers_resolution" Fraction Tier Visit Month Neither [] "" ""
        "the same of the other tiers" |s, _| over(s.agents.rated_resolved[1], s.agents.rated[1]);
    "tier_share" Fraction OneTier Visit Month Neither [] "" ""
        "talks that members of the tier ended / talks that members of the pool ended" |s, _| over(s.agents.rated[0], s.agents.rated[0] + s.agents.rated[1]);
    "tier_resolution" Fraction OneTier Visit Month More [] "" ""
        "of these, resolved / talks that members of the tier ended" |s, _| over(s.agents.rated_resolved[0], s.agents.rated[0]);
    "earnings_per_online_hour" Money Pay Moment Month More [] "" ""
        "pay of members, top-ups included / hours online; a session counts when it ends" |s, _| ratio(s.agents.earned, to_seconds(s.agents.earned_time) / 3600.0);
    "earnings_p10" Money Pay Moment Whole More [] "" ""
        "10th percentile over the members of their own earnings per online hour" |_, c| c.earnings.p10;
    "unpaid_waiting_share" Fraction Pay Moment Month Less [] "" ""
        "time online with empty hands in sessions without pay by the hour or a top-up / time online" |s, _| over(s.agents.unpaid_time, s.agents.earned_time);
    "below_minimum_wage" Fraction Wage Moment Whole Less [] "" ""
        "members who earned less than the minimum wage per online hour / members who were online" |_, c| c.earnings.below_minimum;
    "cost_total" Money Cost Cost Month Less [Run 8, Differences 3, Pools 10, Glance 15, Sweep 13, Precision 2, Finance 1, Cost 0] "total cost" "cost"
        "all costs; of a pool or group: its own" |_, c| Some(c.money?.total);
    "cost_ai" Money CostOfAll Cost Month Less [] "" ""
        "what the assistant costs" |_, c| Some(c.money?.assistant);
    "cost_per_contact" Money CostOfPool UnitCost Month Less [Sweep 14, Finance 2] "" ""
        "costs / contacts begun; of a pool: its costs / visits answered" |s, c| ratio(c.money?.total, if s.customers.contacts > 0 { s.customers.contacts } else { s.answers.answered } as f64);
    "cost_per_case" Money CostOfAll UnitCost Month Less [Finance 3, Cost 2] "" ""
        "all costs / cases that ended resolved" |s, c| ratio(c.money?.total, s.customers.cases_resolved as f64);
    "cost_per_durable_resolution" Money CostOfAll UnitCost Month Less [Run 7, Differences 8, Glance 16, Sweep 15, Finance 4, Cost 1] "" "cost per\nresolution"
        "all costs / contacts that resolved the problem for good, whoever did" |s, c| ratio(c.money?.total, s.customers.durable as f64);
    "cost_per_handled_hour" Money CostOfPool UnitCost Month Less [Pools 11] "" "cost per\nhandled hour"
        "costs of pools and groups / hours of handle time; of a pool: its own" |s, c| ratio(c.money?.total - c.money?.assistant, s.answers.handle / 3600.0);
    "npv" Money CostOfAll Cost Whole More [Differences 9, Glance 17, Sweep 16, Finance 6] "net present value" "NPV"
        "- sum over months of costs / (1 + discount)^(months until their end / 12)" |_, c| c.money?.net_present_value;
    "value_at_risk" Money Risk Case Month Less [Finance 0] "" ""
        "customer_value x (customers who leave - churn_baseline x cases judged), summed over topics" |_, c| c.money?.at_risk;
    "cost_with_risk" Money CostWithRisk UnitCost Month Less [Finance 5] "" ""
        "cost_total + value_at_risk" |_, c| Some(c.money?.total + c.money?.at_risk?);
}

/// The measure with this identifier.
pub fn measure(id: &str) -> Option<&'static Measure> {
    MEASURES.iter().find(|m| m.id == id)
}

/// Slices with those of their measures that are asked for, in the order of the catalogue.
pub fn measures_in(
    slices: impl IntoIterator<Item = Slice>,
    is_asked: impl Fn(&Measure) -> bool,
    model: &Model,
) -> Vec<(Slice, Vec<&'static Measure>)> {
    // What no topic has is not looked for in each of them again.
    let of_topics = [Scope::Callback, Scope::Language, Scope::Customer];
    let nowhere = of_topics.map(|scope| !Slice::All.has(scope, model));
    let is_nowhere = |scope| (0..nowhere.len()).any(|i| of_topics[i] == scope && nowhere[i]);
    let asked = MEASURES.iter();
    let asked: Vec<_> = asked
        .filter(|m| is_asked(m) && !is_nowhere(m.scope))
        .collect();
    let with_measures = |slice: Slice| {
        let measures = asked.iter().filter(|m| slice.has(m.scope, model));
        let measures = measures.copied().collect();
        (slice, measures)
    };
    slices.into_iter().map(with_measures).collect()
}

/// The measures of a list, in the order of the catalogue.
pub fn measures_of(list: List) -> impl Iterator<Item = &'static Measure> {
    MEASURES.iter().filter(move |m| m.rank(list).is_some())
}

/// The measures of a list, by rank.
pub fn ranked(list: List) -> Vec<&'static Measure> {
    let mut measures: Vec<_> = measures_of(list).collect();
    measures.sort_by_key(|m| m.rank(list));
    measures
}

/// What a measure is called, whether or not it is one of the catalogue.
pub fn name_of(id: &str) -> String {
    measure(id).map_or_else(|| id.replace('_', " "), |m| m.name().into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::IntervalKind;
    use std::collections::BTreeSet;

    #[test]
    fn every_measure_is_declared_once() {
        let ids: BTreeSet<&str> = MEASURES.iter().map(|m| m.id).collect();
        assert_eq!(ids.len(), MEASURES.len());
        for m in MEASURES {
            assert!(!m.formula.is_empty(), "{}", m.id);
            let lists: BTreeSet<String> = m.lists.iter().map(|t| format!("{:?}", t.0)).collect();
            assert_eq!(lists.len(), m.lists.len(), "{}", m.id);
        }
    }

    #[test]
    fn intervals_go_by_what_is_declared() {
        let kind = |id: &str| {
            measure(id)
                .unwrap()
                .interval_kind(|of| Some(of.len() as f64))
        };
        let share = |trials| IntervalKind::Share { trials };
        for (id, want) in [
            ("target_met", IntervalKind::Event),
            ("target_met_days", share(1.0)),
            ("target_met_intervals", share(1.0)),
            ("sl_net", share(7.0)),
            ("sl_answered", share(8.0)),
            ("abandonment_rate", share(7.0)),
            ("occupancy", share(f64::INFINITY)),
            ("ai_share", share(f64::INFINITY)),
            ("mean_wait", IntervalKind::NonNegative),
            ("cost_total", IntervalKind::NonNegative),
            ("earnings_per_online_hour", IntervalKind::NonNegative),
            ("npv", IntervalKind::Number),
            ("value_at_risk", IntervalKind::Number),
            ("cost_with_risk", IntervalKind::Number),
        ] {
            assert_eq!(kind(id), want, "{id}");
        }
    }

    /// What is shown for periods or intervals must be known for them.
    #[test]
    fn lists_of_short_periods_have_only_what_is_known_there() {
        for list in [List::Periods, List::Intervals] {
            for m in measures_of(list) {
                assert_eq!(m.grain, Grain::Fine, "{}", m.id);
            }
        }
        for m in measures_of(List::Bands) {
            assert!(m.rank(List::Intervals).is_some(), "{} is no column", m.id);
        }
    }
}
