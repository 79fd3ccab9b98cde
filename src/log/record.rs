//! What a log tells, line by line.

/// One used line.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Record {
    /// Of a log of contacts.
    Contact(Contact),
    /// Of a log of intervals.
    Interval(Counts),
}

/// How a contact ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// A person answered it.
    Answered,
    /// The customer left while waiting for a person.
    Abandoned,
    /// The assistant resolved it, and no person was asked for.
    ResolvedByAssistant,
    /// It ended before it could wait for a person, for instance in a menu.
    NotOffered,
    /// Work of agents that no customer arrived for, such as calls that they make.
    AgentWork,
    /// The log has nothing that tells.
    Unknown,
}

/// What the assistant did with a contact.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Assistant {
    /// It ended the contact.
    Resolved,
    /// It handed the contact over to people.
    HandedOver,
}

/// A contact.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Contact {
    /// Number of the line on which it stands, from 1.
    pub line: u64,
    /// When it reached the queue or the assistant: milliseconds since 1970-01-01 by the clock on the wall there.
    pub arrival: i64,
    /// Milliseconds that the assistant had it before it was handed over to people, where the log tells.
    pub assistant_ms: Option<u64>,
    /// Milliseconds from the arrival or the hand-over until it was answered, or abandoned.
    pub wait_ms: Option<u64>,
    /// Milliseconds of work of the agent, with wrap-up where the log has it; of contacts that an agent had.
    pub handle_ms: Option<u64>,
    /// Milliseconds from the answer to the end for the customer; of contacts that an agent had.
    pub session_ms: Option<u64>,
    /// When it ended, on the clock of `arrival` (where that is set back in between the difference is still the time that passed).
    pub end: Option<i64>,
    /// How it ended.
    pub outcome: Outcome,
    /// Index among the topics of the reading.
    pub topic: u16,
    /// Index among the channels of the reading.
    pub channel: u16,
    /// The agent, numbered in the order of first appearance.
    pub agent: Option<u32>,
    /// The customer, numbered in the order of first appearance.
    pub customer: Option<u32>,
    /// Its priority, larger being more urgent in most logs.
    pub priority: Option<i16>,
    /// What the assistant did with it.
    pub assistant: Option<Assistant>,
}

impl Contact {
    /// When a person was asked for: at the arrival, or when the assistant handed it over; on the clock of `arrival`.
    pub fn asked(&self) -> i64 {
        self.arrival
            .saturating_add_unsigned(self.assistant_ms.unwrap_or(0))
    }

    /// When its wait ended, on the clock of `arrival`: where answer and end are known, when it was answered; else its
    /// wait began when a person was asked for.
    pub fn answered_at(&self) -> i64 {
        match self.end.zip(self.session_ms) {
            Some((end, session)) => end - session as i64,
            None => self.asked() + self.wait_ms.unwrap_or(0) as i64,
        }
    }

    /// When it began to wait for a person, on the same clock: later than it arrived if an assistant was there before.
    pub fn queued_at(&self) -> i64 {
        self.answered_at() - self.wait_ms.unwrap_or(0) as i64
    }
}

/// The counts of an interval. Sums, so that intervals can be added.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Counts {
    /// Number of the line on which they stand, from 1.
    pub line: u64,
    /// When the interval begins: milliseconds since 1970-01-01 by the clock on the wall.
    pub start: i64,
    /// Contacts offered.
    pub offered: f64,
    /// Contacts answered.
    pub answered: Option<f64>,
    /// Contacts abandoned.
    pub abandoned: Option<f64>,
    /// Seconds of handle time of all answered contacts: a mean times those answered, or offered where the answered are not known.
    pub handle_s: Option<f64>,
    /// Seconds that all offered contacts waited.
    pub wait_s: Option<f64>,
    /// Seconds that all answered contacts waited.
    pub wait_answered_s: Option<f64>,
    /// Agents on duty.
    pub agents: Option<f64>,
    /// Index among the topics of the reading.
    pub topic: u16,
    /// Index among the channels of the reading.
    pub channel: u16,
}
