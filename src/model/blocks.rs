//! Blocks of a register that are booked ahead, and tiers that follow from how members do.

use super::probability;
use crate::time::{DAY, HOUR, MINUTE, Micros, StepFn};
use serde::Deserialize;

/// A block is at least so long.
pub const LEAST_BLOCK: Micros = 5 * MINUTE;

/// Members book blocks of time ahead instead of logging on when they like.
#[derive(Clone, Debug, PartialEq)]
pub struct SlotPlan {
    /// Length of a block; it divides a day, and each local day begins with one.
    pub block: Micros,
    /// Slots by time: a block has as many as there are at its begin.
    pub agents: StepFn,
    /// The slots of a week, seven local days from the start, open so long before it begins.
    pub ahead: Micros,
    /// Probability that a booked stretch is given back.
    pub release: f64,
    /// How long before its begin.
    pub notice: Micros,
    /// Probability that somebody looks for what was given back.
    pub taken_again: f64,
    /// Probability that a member does not come for a stretch.
    pub no_show: f64,
}

impl SlotPlan {
    /// Whether it has a meaning.
    pub(super) fn is_sound(&self) -> bool {
        let chances = [self.release, self.taken_again, self.no_show];
        self.block >= LEAST_BLOCK
            && DAY.is_multiple_of(self.block)
            && self.agents.max_before(Micros::MAX).is_finite()
            && chances.iter().all(|&p| probability(p))
    }

    /// Share of the slots booked for which somebody comes, where what is looked for is found.
    pub fn shows(&self) -> f64 {
        (1.0 - self.no_show) * (1.0 - self.release * (1.0 - self.taken_again))
    }

    /// Blocks that fit into `hours`.
    pub fn blocks_in(&self, hours: f64) -> u32 {
        (hours * HOUR as f64 / self.block as f64 + 1e-9) as u32
    }
}

/// Tiers by rank in the register.
#[derive(Clone, Debug, PartialEq)]
pub struct Tiers {
    /// By what members are ranked.
    pub by: RankedBy,
    /// Shares of the register, the best tier first.
    pub shares: Vec<f64>,
    /// How often the ranks are made anew.
    pub review: Micros,
    /// Weight of the last contact in the rating.
    pub weight: f64,
}

/// By what members are ranked.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum RankedBy {
    /// Their probability of resolving a contact, as if it were known.
    Skill,
    /// The moving average of what they resolved beyond what is usual.
    Rating,
}

impl Tiers {
    /// Whether it has a meaning.
    pub(super) fn is_sound(&self) -> bool {
        let sum: f64 = self.shares.iter().sum();
        (1..=100).contains(&self.shares.len())
            && self.shares.iter().all(|&s| probability(s))
            && (sum - 1.0).abs() < 1e-9
            && self.review >= HOUR
            && self.weight > 0.0
            && probability(self.weight)
    }

    /// The tier of the member at `rank` (0 the best) of `members`: cumulative shares, rounded.
    pub fn tier(&self, rank: usize, members: usize) -> u8 {
        let mut sum = 0.0;
        let below = self.shares.iter().take_while(|&&share| {
            sum += share;
            libm::round(sum * members as f64) as usize <= rank
        });
        below.count().min(self.shares.len() - 1) as u8 + 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tiers_are_shares_of_the_ranks() {
        let tiers = Tiers {
            by: RankedBy::Skill,
            shares: vec![0.2, 0.5, 0.3],
            review: HOUR,
            weight: 0.1,
        };
        let of = |n| (0..n).map(|r| tiers.tier(r, n)).collect::<Vec<_>>();
        assert_eq!(of(10), [1, 1, 2, 2, 2, 2, 2, 3, 3, 3]);
        assert_eq!(of(3), [1, 2, 3]);
        assert_eq!(of(1), [2]);
    }
}
