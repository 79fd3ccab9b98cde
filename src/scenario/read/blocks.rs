//! The keys of a register about blocks that are booked ahead, and about tiers by rank.

use crate::model::{LEAST_BLOCK, RankedBy, SlotPlan, Tiers};
use crate::scenario::text::{Cursor, FromItem, FromTable, Item};
use crate::scenario::values::Frame;
use crate::time::{DAY, HOUR, Micros, WEEK};

/// `slots`, and the hours that a member books in a week.
pub(super) fn slots(item: &Item<'_>, frame: &Frame) -> Option<(SlotPlan, f64)> {
    item.table(|c| {
        let agents = c.read_needed("agents", |i| i.step_fn(frame));
        let block = c.checked("block", |i, &block: &Micros| {
            let divides = block >= LEAST_BLOCK && DAY.is_multiple_of(block);
            i.must(divides, "a length of 5 minutes or more that divides a day")
        });
        let hours: Option<f64> = c.need("hours_per_week");
        if hours.is_some_and(|hours| hours * (HOUR as f64) < block as f64 * (1.0 - 1e-9)) {
            c.at.problem("`hours_per_week` has no room for one block");
        }
        let release = c.get("late_release");
        for key in ["notice", "taken_again"] {
            c.idle_without(release == 0.0 && c.has(key), key, "`late_release`");
        }
        let plan = SlotPlan {
            block,
            ahead: c.checked("ahead", |i, &t| i.must(t <= 8 * WEEK, "at most 8 weeks")),
            release,
            notice: c.get("notice"),
            taken_again: c.get("taken_again"),
            no_show: c.get("no_show"),
            agents: agents?,
        };
        Some((plan, hours?))
    })
}

/// `tiers`.
impl FromTable for Tiers {
    fn from_table(c: &mut Cursor<'_>) -> Option<Self> {
        let by = c.read_needed("by", Item::variant);
        if by == Some(RankedBy::Skill) {
            c.forbid("weight", "goes with by = \"rating\"");
        }
        let shares = c.read_needed("shares", |i| {
            let shares = i.each(f64::from_item)?;
            let sum: f64 = shares.iter().sum();
            i.sums_to_one(sum, 1e9, "shares").then_some(shares)
        });
        let review = c.checked("review", |i, &t| i.must(t >= HOUR, "an hour or more"));
        let weight = c.get("weight");
        Some(Self {
            by: by?,
            shares: shares?,
            review,
            weight,
        })
    }
}

/// Refuses what a register whose members book slots does not have.
pub(super) fn forbid_log_ons(c: &mut Cursor<'_>) {
    let reason = "has no effect with `slots`: members come for what they booked";
    c.forbid("logon_rate", reason);
}
