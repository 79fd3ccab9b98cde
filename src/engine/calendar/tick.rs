//! What happens by the clock: to shifts, groups and members of registers.

use crate::time::Micros;

/// Something that happens by the clock, to a pool as a rule, which comes first. Ticks at one instant come in the order of their kinds here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Tick {
    /// A member of the pool logs on.
    LogOn(u16, u32),
    /// The session of an agent ends, if the generation still holds.
    SessionEnd { agent: u32, generation: u32 },
    /// A shift of a template begins: the template, and the number of its shift.
    ShiftBegin(u16, u16, u32),
    /// A shift of the pool ends.
    ShiftEnd(u16),
    /// A break or pause of the person with this number begins or ends, if the generation, which comes last, still holds.
    Person(u16, u32, u32),
    /// The next of the offline members of a segment logs on, if the generation, which comes last, still holds.
    NextOffline(u16, u16, u32),
    /// A member has waited too long for a contact, if the session that began at `since` goes on.
    WaitedTooLong { agent: u32, since: Micros },
    /// Surge opens or closes by the queues of the pool.
    SurgeCheck(u16),
    /// A week of the pool is over.
    Week(u16),
    /// The applicant with this number applies to the register.
    Applicant(u16, u32),
    /// The applicant with this number becomes a member.
    Join(u16, u32),
    /// A day is over on which people may have left groups.
    Day,
    /// The members of the pool are ranked anew.
    Review(u16),
    /// The slots of this week open.
    OpenWeek(u16, u32),
    /// A member releases the blocks from one to before another.
    Release(u16, u32, [u32; 2]),
    /// This block begins.
    Block(u16, u32),
}
