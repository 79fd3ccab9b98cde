//! Work, waits and the assistant by day: enough to tell days apart, in little memory (2 kB a day).

use std::collections::BTreeMap;

use crate::log::{Assistant, Contact, Outcome};

/// Milliseconds of a day on the wall clock.
const DAY_MS: i64 = 86_400_000;
/// Cells of an octave, cells, and where the second cell begins.
const OCTAVE: f64 = 8.0;
const CELLS: usize = 160;
const FROM_MS: f64 = 500.0;
/// Work below this is short.
const SHORT_MS: u64 = 10_000;

/// Durations, counted in cells that are a twelfth wide.
#[derive(Clone, Debug, PartialEq)]
pub struct Histogram([u32; CELLS]);

impl Default for Histogram {
    fn default() -> Self {
        Self([0; CELLS])
    }
}

impl Histogram {
    fn add(&mut self, ms: u64) {
        let above = OCTAVE * libm::log2((ms as f64 / FROM_MS).max(1.0));
        self.0[(above as usize).min(CELLS - 1)] += 1;
    }

    /// Adds another one.
    pub fn merge(&mut self, other: &Self) {
        let each = self.0.iter_mut().zip(other.0);
        each.for_each(|(a, b)| *a = a.saturating_add(b));
    }

    /// All of them.
    pub fn total(&self) -> f64 {
        self.0.iter().map(|&n| f64::from(n)).sum()
    }

    /// The counts, from the shortest.
    pub fn counts(&self) -> impl Iterator<Item = f64> {
        self.0.iter().map(|&n| f64::from(n))
    }

    /// How many lie below a place between cells.
    pub fn below(&self, place: f64) -> f64 {
        let whole = (place.max(0.0) as usize).min(CELLS);
        let part = self.0.get(whole).map_or(0.0, |&n| f64::from(n)) * (place - whole as f64);
        self.0[..whole].iter().map(|&n| f64::from(n)).sum::<f64>() + part
    }

    /// The place between cells below which a share lies; `None` of nothing.
    pub fn place(&self, share: f64) -> Option<f64> {
        let wanted = share * self.total();
        let mut sum = 0.0;
        for (i, n) in self.counts().enumerate().filter(|c| c.1 > 0.0) {
            if sum + n >= wanted {
                return Some(i as f64 + (wanted - sum) / n);
            }
            sum += n;
        }
        None
    }
}

/// Seconds at a place between cells.
pub(super) fn seconds_at(place: f64) -> f64 {
    FROM_MS / 1e3 * libm::exp2(place / OCTAVE)
}

/// What was recorded of the contacts that arrived on a day.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DayLaws {
    /// Work of the answered ones.
    pub work: Histogram,
    /// Of them, those of less than 10 s.
    pub short: u32,
    /// Waits that ended because the customer left, and those that an answer ended.
    pub left: Histogram,
    /// See `left`.
    pub answered: Histogram,
    /// Contacts that met the assistant first, and of them those it ended.
    pub assistant: (u32, u32),
}

/// The days of a log.
#[derive(Clone, Debug, Default)]
pub struct Daily(pub BTreeMap<i32, DayLaws>);

impl Daily {
    /// Adds a contact.
    pub fn add(&mut self, c: &Contact) {
        if matches!(c.outcome, Outcome::NotOffered | Outcome::AgentWork) {
            return;
        }
        let day = c.arrival.div_euclid(DAY_MS) as i32;
        let day = self.0.entry(day).or_default();
        let ended = c.outcome == Outcome::ResolvedByAssistant;
        if ended || c.assistant.is_some() {
            day.assistant.0 += 1;
            let resolved = ended || c.assistant == Some(Assistant::Resolved);
            day.assistant.1 += u32::from(resolved);
        }
        match (c.outcome, c.wait_ms) {
            (Outcome::Answered, wait) => {
                wait.iter().for_each(|&ms| day.answered.add(ms));
                if let Some(ms) = c.handle_ms {
                    day.work.add(ms);
                    day.short += u32::from(ms < SHORT_MS);
                }
            }
            (Outcome::Abandoned, Some(ms)) => day.left.add(ms),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_and_shares_agree() {
        let mut all = Histogram::default();
        (0..1000).for_each(|i| all.add(1000 * i));
        for share in [0.1, 0.5, 0.9] {
            let place = all.place(share).unwrap();
            assert!((all.below(place) - 1000.0 * share).abs() < 1e-9);
            assert!((seconds_at(place) / (1000.0 * share) - 1.0).abs() < 0.01);
        }
        assert_eq!(Histogram::default().place(0.5), None);
        assert_eq!(all.below(1e9), 1000.0);
    }
}
