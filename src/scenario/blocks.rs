//! The keys of a register about blocks that are booked ahead, and about tiers by rank.

use super::cursor::{Cursor, Item};
use super::frame::Frame;
use super::patterns::Unit;
use super::pools::MOST_AGENTS;
use crate::model::{LEAST_BLOCK, RankedBy, SlotPlan, Tiers};
use crate::time::{DAY, HOUR, MINUTE, WEEK};

/// `slots`, and the hours that a member books in a week.
pub(super) fn slots(item: &Item<'_>, frame: &Frame) -> Option<(SlotPlan, f64)> {
    let mut c = item.cursor("a table such as { agents = 20, hours_per_week = 15 }")?;
    let unit = Unit {
        what: "a number of agents",
        most: MOST_AGENTS as f64,
    };
    let agents = c
        .require("agents", "a pattern of the slots of a block")
        .and_then(|i| i.pattern(unit)?.compile(frame, &i));
    let block = c.read("block", 30 * MINUTE, |i| {
        let block = i.positive_duration()?;
        if block < LEAST_BLOCK || !DAY.is_multiple_of(block) {
            return i.expected("a length of 5 minutes or more that divides a day");
        }
        Some(block)
    });
    let hours = c
        .require("hours_per_week", "the most hours a member books in a week")
        .and_then(|i| hours_per_week(&i));
    if let Some(hours) = hours
        && hours * (HOUR as f64) < block as f64 * (1.0 - 1e-9)
    {
        c.problem("`hours_per_week` has no room for one block", None);
    }
    let release = c.read("late_release", 0.0, Item::probability);
    if release == 0.0 {
        for key in ["notice", "taken_again"] {
            if c.has(key) {
                let message = format!("`{key}` has no effect without `late_release`");
                c.without_effect(&message);
            }
        }
    }
    let plan = SlotPlan {
        block,
        ahead: c.read("ahead", WEEK, |i| {
            let ahead = i.duration()?;
            if ahead > 8 * WEEK {
                return i.expected("at most 8 weeks");
            }
            Some(ahead)
        }),
        release,
        notice: c.read("notice", DAY, Item::duration),
        taken_again: c.read("taken_again", 0.0, Item::probability),
        no_show: c.read("no_show", 0.0, Item::probability),
        agents: agents
            .clone()
            .unwrap_or_else(|| crate::time::StepFn::constant(0.0)),
    };
    c.finish();
    agents.and(hours).map(|hours| (plan, hours))
}

/// Most hours of slots a week.
pub(super) fn hours_per_week(item: &Item<'_>) -> Option<f64> {
    item.number_in("a number of hours above 0, at most 168", |x| {
        x > 0.0 && x <= 168.0
    })
}

/// `tiers`.
pub(super) fn tiers(item: &Item<'_>) -> Option<Tiers> {
    let mut c = item.cursor("a table such as { by = \"rating\", shares = [0.2, 0.5, 0.3] }")?;
    let words = [("rating", RankedBy::Rating), ("skill", RankedBy::Skill)];
    let by = c
        .require("by", "\"rating\" or \"skill\"")
        .and_then(|i| i.one_of(&words));
    let shares = c
        .require("shares", "the shares of the tiers, the best first")
        .and_then(|i| {
            let shares = i.each(|s| s.share())?;
            let sum: f64 = shares.iter().sum();
            if shares.len() > 100 {
                return i.expected("at most 100 tiers");
            }
            if (sum - 1.0).abs() > 1e-9 {
                let shown = libm::round(sum * 1e9) / 1e9;
                let message = format!("expected shares that sum to 1, found a sum of {shown}");
                i.problem(message, None);
                return None;
            }
            Some(shares)
        });
    let review = c.read("review", WEEK, |i| {
        let review = i.positive_duration()?;
        if review < HOUR {
            return i.expected("an hour or more");
        }
        Some(review)
    });
    if by == Some(RankedBy::Skill) {
        c.forbid("weight", "goes with by = \"rating\"", None);
    }
    let weight = c.read("weight", 0.05, |i| {
        i.number_in("a weight above 0, at most 1", |x| x > 0.0 && x <= 1.0)
    });
    c.finish();
    Some(Tiers {
        by: by?,
        shares: shares?,
        review,
        weight,
    })
}

/// Refuses what a register whose members book slots does not have.
pub(super) fn forbid_log_ons(c: &mut Cursor<'_>) {
    let reason = "has no effect with `slots`: members come for what they booked";
    c.forbid("logon_rate", reason, None);
}
