//! The keys of a register about blocks that are booked ahead, and about tiers by rank.

use crate::model::{LEAST_BLOCK, RankedBy, SlotPlan, Tiers};
use crate::scenario::text::cursor::{Cursor, FromItem, Item};
use crate::scenario::values::frame::Frame;
use crate::time::{DAY, HOUR, Micros, WEEK};

/// `slots`, and the hours that a member books in a week.
pub(super) fn slots(item: &Item<'_>, frame: &Frame) -> Option<(SlotPlan, f64)> {
    let mut c = item.cursor()?;
    let agents = c.read_needed("agents", |i| i.step_fn(frame));
    let block = c.checked("block", |i, &block: &Micros| {
        i.must(
            block >= LEAST_BLOCK && DAY.is_multiple_of(block),
            "a length of 5 minutes or more that divides a day",
        )
    });
    let hours: Option<f64> = c.need("hours_per_week");
    if let Some(hours) = hours
        && hours * (HOUR as f64) < block as f64 * (1.0 - 1e-9)
    {
        c.problem("`hours_per_week` has no room for one block", None);
    }
    let release = c.get("late_release");
    if release == 0.0 {
        for key in ["notice", "taken_again"] {
            if c.has(key) {
                let message = format!("`{key}` has no effect without `late_release`");
                c.without_effect(&message);
            }
        }
    }
    let ahead = c.checked("ahead", |i, &ahead| {
        i.must(ahead <= 8 * WEEK, "at most 8 weeks")
    });
    let (notice, taken_again) = (c.get("notice"), c.get("taken_again"));
    let no_show = c.get("no_show");
    c.finish();
    let plan = SlotPlan {
        block,
        ahead,
        release,
        notice,
        taken_again,
        no_show,
        agents: agents?,
    };
    Some((plan, hours?))
}

/// `tiers`.
impl FromItem for Tiers {
    fn from_item(item: &Item<'_>) -> Option<Self> {
        let mut c = item.cursor()?;
        let words = [("rating", RankedBy::Rating), ("skill", RankedBy::Skill)];
        let by = c.read_needed("by", |i| i.one_of(&words));
        let shares = c.read_needed("shares", |i| {
            let shares = i.each(f64::from_item)?;
            let sum: f64 = shares.iter().sum();
            i.sums_to_one(sum, 1e9, "shares").then_some(shares)
        });
        let review = c.checked("review", |i, &t| i.must(t >= HOUR, "an hour or more"));
        if by == Some(RankedBy::Skill) {
            c.forbid("weight", "goes with by = \"rating\"", None);
        }
        let weight = c.get("weight");
        c.finish();
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
    c.forbid("logon_rate", reason, None);
}
