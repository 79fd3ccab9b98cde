//! What happens after a contact: whether customers come back, and when.

use crate::dist::Distribution;
use crate::model::{Ending, Return, ReturnClock};
use crate::scenario::text::Item;

/// What is written of one way of ending; a topic may write only a part of it.
#[derive(Clone, Debug, Default)]
pub(super) struct Entry {
    probability: Option<f64>,
    delay: Option<Distribution>,
    clock: Option<ReturnClock>,
}

/// Entries by way of ending.
pub(super) type Table = [Entry; Ending::COUNT];

/// Reads `[returns]`, or the table of that name in a topic, whose entries override those of `general`.
pub(super) fn read(item: &Item<'_>, general: Option<&Table>) -> Option<Table> {
    item.table(|c| {
        let clock: Option<ReturnClock> = c.read_opt("clock", Item::variant);
        let read = |ending: Ending| {
            let mut base = general.map_or_else(Entry::default, |g| g[ending as usize].clone());
            base.clock = clock.or(base.clock);
            // The end of a simulation is none of a contact.
            if ending == Ending::Unserved {
                return base;
            }
            match c.take(ending.key()) {
                Some(item) => entry(&item, &base).unwrap_or_default(),
                None => base,
            }
        };
        Some(Ending::ALL.map(read))
    })
}

fn entry(item: &Item<'_>, base: &Entry) -> Option<Entry> {
    item.table(|c| {
        let probability = match base.probability {
            Some(_) => c.opt("probability"),
            None => c.need("probability"),
        };
        Some(Entry {
            probability: probability.or(base.probability),
            delay: c.opt("delay").or_else(|| base.delay.clone()),
            clock: c.read_opt("clock", Item::variant).or(base.clock),
        })
    })
}

/// The returns of the model, with the usual delays where none is given.
pub(super) fn build(table: &Table) -> [Option<Return>; Ending::COUNT] {
    Ending::ALL.map(|ending| {
        let entry = &table[ending as usize];
        let probability = entry.probability.filter(|&p| p > 0.0)?;
        // Who never got through tries again soon; who was served learns later that the problem is still there.
        let soon = matches!(ending, Ending::Abandoned | Ending::TurnedAway);
        let usual = Distribution::Exponential {
            mean: if soon { 600.0 } else { 86_400.0 },
        };
        Some(Return {
            probability,
            delay: entry.delay.clone().unwrap_or(usual),
            clock: entry.clock.unwrap_or_default(),
        })
    })
}
