//! What a person on shifts does.

use crate::engine::NOBODY;
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
    Due(Micros, Why),
    /// Away until then.
    Away(Micros, Why),
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
    /// A spell that nobody planned.
    Unplanned,
}

impl Why {
    pub(super) fn of(b: &Break) -> Self {
        if b.paid { Why::Paid } else { Why::Unpaid }
    }
}

/// One person; or, as the first of each template, all those together who are paid for the shift without being at work in it.
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
    pub(super) leaves_unplanned: bool,
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
        leaves_unplanned: false,
        spells: 0,
        generation: 0,
    };

    /// The break that is due at `now`, if it is time for one; it counts as taken.
    pub(super) fn break_due<'b>(&mut self, breaks: &'b [Break], now: Micros) -> Option<&'b Break> {
        let next = breaks.get(self.next_break)?;
        let is_due = self.from.saturating_add_unsigned(next.after) <= now as i64;
        self.next_break += usize::from(is_due);
        Some(next).filter(|_| is_due)
    }

    /// What the person adds to the counts; `is_real` if it is one person.
    pub(super) fn counts(&self, is_real: bool) -> Counts {
        let mut counts = Counts::default();
        match self.doing {
            Doing::Off | Doing::Away(_, Why::Unpaid) => {}
            Doing::Away(_, Why::Paid) => counts.paid = self.heads,
            Doing::Over => counts.overtime = self.heads,
            Doing::Working | Doing::Due(..) => {
                counts.paid = self.heads;
                counts.present = u32::from(is_real);
            }
            Doing::Away(_, Why::Unplanned) => (counts.paid, counts.away) = (self.heads, 1),
        }
        counts
    }
}

/// How many people are paid, work overtime, are present as their shift says, and are away though it says otherwise.
#[derive(Clone, Copy, Default, PartialEq)]
pub(super) struct Counts {
    pub(super) paid: u32,
    pub(super) overtime: u32,
    pub(super) present: u32,
    pub(super) away: u32,
}

impl Counts {
    pub(super) fn change(&mut self, before: Counts, after: Counts) {
        self.paid = self.paid + after.paid - before.paid;
        self.overtime = self.overtime + after.overtime - before.overtime;
        self.present = self.present + after.present - before.present;
        self.away = self.away + after.away - before.away;
    }
}
