//! The contacts of customers who are known, in their order.

use super::kept::{Kept, Span};
use crate::log::{Assistant, Contact, Outcome};

/// How a contact ended, for what its customer does next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Ended {
    /// A person answered it.
    Answered,
    /// The customer left while waiting.
    Left,
    /// The assistant ended it.
    ByAssistant,
}

impl Ended {
    /// All of them.
    pub const ALL: [Ended; 3] = [Self::Answered, Self::Left, Self::ByAssistant];

    /// The key of `returns` in a scenario.
    pub fn key(self) -> &'static str {
        match self {
            Self::Answered => "human_resolved",
            Self::Left => "abandoned",
            Self::ByAssistant => "ai_resolved",
        }
    }
}

/// A contact of a customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Visit {
    /// When it arrived, and when it ended: milliseconds since 1970-01-01 by the clock on the wall.
    pub(super) time: (i64, i64),
    /// Its topic.
    pub(super) topic: usize,
    /// How it ended.
    pub(super) ended: Ended,
    /// Whether the assistant had a part in it.
    pub(super) met_assistant: bool,
}

/// All contacts of customers who are known, or of one of so many customers.
#[derive(Clone, Debug)]
pub struct Visits {
    kept: Kept,
}

impl Default for Visits {
    fn default() -> Self {
        Self {
            kept: Kept::new(|customer, _| customer),
        }
    }
}

impl Visits {
    /// Adds a contact, if its customer is known and it is one that asked for a person or for the assistant.
    pub fn add(&mut self, c: &Contact) {
        let ended = match c.outcome {
            Outcome::Answered | Outcome::Unknown => Ended::Answered,
            Outcome::Abandoned => Ended::Left,
            Outcome::ResolvedByAssistant => Ended::ByAssistant,
            Outcome::NotOffered | Outcome::AgentWork => return,
        };
        let Some(who) = c.customer else { return };
        let by_assistant = [Assistant::Resolved, Assistant::HandedOver].map(Some);
        let met = by_assistant.contains(&c.assistant) || ended == Ended::ByAssistant;
        let lasted = c.wait_ms.unwrap_or(0) + c.handle_ms.unwrap_or(0);
        self.kept.add(Span {
            who,
            time: (c.arrival, c.end.unwrap_or(c.arrival + lasted as i64)),
            place: (i64::from(c.topic) * 3 + ended as i64) * 2 + i64::from(met),
        });
    }

    /// Whether no customer is known.
    pub fn is_empty(&self) -> bool {
        self.kept.is_empty()
    }

    /// One of so many customers is kept.
    pub(super) fn one_of(&self) -> u32 {
        self.kept.one_of()
    }

    /// The contacts of each customer in their order, one customer after the other.
    pub(super) fn by_customer(&self, of: &mut dyn FnMut(&[Visit])) {
        let mut visits = Vec::new();
        self.kept.by_person(&mut |spans| {
            visits.clear();
            visits.extend(spans.iter().map(|span| Visit {
                time: span.time,
                topic: (span.place / 6) as usize,
                ended: Ended::ALL[(span.place / 2 % 3) as usize],
                met_assistant: span.place % 2 == 1,
            }));
            of(&visits);
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn visits_are_as_they_were_added() {
        let contact = |outcome, assistant| Contact {
            line: 1,
            arrival: 1000,
            wait_ms: Some(1500),
            handle_ms: None,
            session_ms: None,
            assistant_ms: None,
            end: None,
            outcome,
            topic: 3,
            channel: 0,
            agent: None,
            customer: Some(9),
            priority: None,
            assistant,
        };
        let mut visits = Visits::default();
        for (outcome, assistant) in [
            (Outcome::Abandoned, Some(Assistant::HandedOver)),
            (Outcome::NotOffered, None),
            (Outcome::ResolvedByAssistant, None),
            (Outcome::Answered, None),
        ] {
            visits.add(&contact(outcome, assistant));
        }
        let visit = |ended, met_assistant| Visit {
            time: (1000, 2500),
            topic: 3,
            ended,
            met_assistant,
        };
        let expected = [
            visit(Ended::Answered, false),
            visit(Ended::Left, true),
            visit(Ended::ByAssistant, true),
        ];
        let mut found = Vec::new();
        visits.by_customer(&mut |own| found.extend_from_slice(own));
        assert_eq!(found, expected);
    }
}
