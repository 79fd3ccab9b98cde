//! People who are not always where their schedule says.

use crate::dist::Distribution;

/// Shortest mean time between two pauses, or two spells away, in seconds.
pub const LEAST_GAP: f64 = 60.0;

/// Spells away that nobody planned: late begins, long breaks, a word in the corridor.
///
/// A scheduled person alternates between present and away, and begins present with probability `share`. Spells of presence are
/// exponential; their mean is such that people are present for `share` of their scheduled time.
#[derive(Clone, Debug, PartialEq)]
pub struct Adherence {
    /// Share of the scheduled time that a person is there.
    pub share: f64,
    /// Length of a spell away, in seconds.
    pub away: Distribution,
}

impl Adherence {
    /// Mean seconds there between two spells away.
    pub fn gap(&self) -> f64 {
        self.away.mean() * self.share / (1.0 - self.share)
    }

    /// Whether it has a meaning.
    pub fn is_sound(&self) -> bool {
        let away = self.away.mean();
        self.share > 0.0
            && self.share <= 1.0
            && away >= LEAST_GAP
            && away.is_finite()
            && self.gap() >= LEAST_GAP
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spells_there_and_away_make_the_share() {
        let of = |share, away| Adherence {
            share,
            away: Distribution::Deterministic(away),
        };
        assert!((of(0.9, 600.0).gap() - 5400.0).abs() < 1e-9);
        assert!(of(1.0, 600.0).gap().is_infinite() && of(1.0, 600.0).is_sound());
        assert!(!of(0.0, 600.0).is_sound() && !of(0.9, 10.0).is_sound());
        assert!(!of(0.1, 120.0).is_sound() && of(0.1, 600.0).is_sound());
    }
}
