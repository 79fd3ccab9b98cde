//! What a person on shifts does.

use super::agents::NOBODY;
use crate::model::Break;
use crate::time::{Micros, NEVER};

/// What a person does.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Doing {
    /// Not at work.
    Off,
    /// At work.
    Working,
    /// Finishes what is in hand; then is away for this length.
    Due { length: Micros, why: Why },
    /// Away.
    Away { until: Micros, why: Why },
    /// The shift is over and something is in hand.
    Over,
}

/// Why a person is away.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Why {
    /// An unpaid break.
    Unpaid,
    /// A paid break, or a pause.
    Paid,
    /// Nobody planned it.
    Astray,
}

impl Why {
    pub(super) fn of(b: &Break) -> Self {
        if b.paid { Why::Paid } else { Why::Unpaid }
    }
}

/// One person; or, as the first of each template, those together who are paid for the shift and not there.
#[derive(Clone, Copy, Debug)]
pub(super) struct Person {
    pub(super) doing: Doing,
    /// The record of the agent, while logged on.
    pub(super) agent: u32,
    pub(super) heads: u32,
    /// Begin and end of the present shift.
    pub(super) from: i64,
    pub(super) end: Micros,
    /// The break that comes next.
    pub(super) next_break: usize,
    pub(super) pause_at: Micros,
    /// What comes then is a spell away that nobody planned.
    pub(super) strays: bool,
    /// Spells at work so far.
    pub(super) spells: u32,
    /// Invalidates what was planned.
    pub(super) generation: u32,
}

impl Person {
    pub(super) const NEW: Self = Self {
        doing: Doing::Off,
        agent: NOBODY,
        heads: 1,
        from: 0,
        end: 0,
        next_break: 0,
        pause_at: NEVER,
        strays: false,
        spells: 0,
        generation: 0,
    };

    pub(super) fn counts(&self, is_there: bool) -> Counts {
        let mut counts = Counts::default();
        match self.doing {
            Doing::Off
            | Doing::Away {
                why: Why::Unpaid, ..
            } => {}
            Doing::Away { why: Why::Paid, .. } => counts.paid = self.heads,
            Doing::Over => counts.overtime = self.heads,
            Doing::Working | Doing::Due { .. } => {
                counts.paid = self.heads;
                counts.there = u32::from(is_there);
            }
            Doing::Away {
                why: Why::Astray, ..
            } => (counts.paid, counts.astray) = (self.heads, 1),
        }
        counts
    }
}

/// How many people are paid, work overtime, are where their shift says, and are not.
#[derive(Clone, Copy, Default, PartialEq)]
pub(super) struct Counts {
    pub(super) paid: u32,
    pub(super) overtime: u32,
    pub(super) there: u32,
    pub(super) astray: u32,
}

impl Counts {
    pub(super) fn change(&mut self, before: Counts, after: Counts) {
        self.paid = self.paid + after.paid - before.paid;
        self.overtime = self.overtime + after.overtime - before.overtime;
        self.there = self.there + after.there - before.there;
        self.astray = self.astray + after.astray - before.astray;
    }
}
