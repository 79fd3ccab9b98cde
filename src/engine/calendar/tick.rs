//! What happens by the clock: to shifts, groups and members of registers.

use crate::time::Micros;

/// Something that happens by the clock. Ticks at one instant come in the order of their kinds here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Tick {
    /// A member of the pool logs on.
    LogOn { pool: u16, member: u32 },
    /// The session of an agent ends, if the generation still holds.
    SessionEnd { agent: u32, generation: u32 },
    /// A shift of a template begins.
    ShiftBegin {
        pool: u16,
        template: u16,
        shift: u32,
    },
    /// A shift of the pool ends.
    ShiftEnd { pool: u16 },
    /// A break or pause of a person begins or ends, if the generation still holds.
    Person {
        pool: u16,
        number: u32,
        generation: u32,
    },
    /// The next of the offline members of a segment logs on, if the generation still holds.
    NextOffline {
        pool: u16,
        segment: u16,
        generation: u32,
    },
    /// A member has waited too long for a contact, if the session that began at `since` goes on.
    WaitedTooLong { agent: u32, since: Micros },
    /// Surge opens or closes by the queues of the pool.
    SurgeCheck { pool: u16 },
    /// A week of the pool is over.
    Week { pool: u16 },
    /// Somebody applies to the register.
    Applicant { pool: u16, number: u32 },
    /// An applicant becomes a member.
    Join { pool: u16, number: u32 },
    /// A day is over on which people may have left groups.
    Day,
    /// The members of the pool are ranked anew.
    Review { pool: u16 },
    /// The slots of a week open.
    OpenWeek { pool: u16, week: u32 },
    /// A member releases the blocks from `first` to `end`.
    Release {
        pool: u16,
        member: u32,
        first: u32,
        end: u32,
    },
    /// A block begins.
    Block { pool: u16, block: u32 },
}
