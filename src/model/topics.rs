//! What customers come with, and what becomes of it.

use super::satisfaction::Satisfaction;
use crate::dist::Distribution;
use crate::time::{Micros, StepFn};
use serde::Deserialize;

/// A kind of problem.
#[derive(Clone, Debug)]
pub struct Topic {
    /// Unique name; it also identifies the topic's random streams.
    pub name: String,
    /// An escalation of this topic is reported under the reason "sensitive".
    pub sensitive: bool,
    /// Probability of going straight to a person.
    pub entry_human: f64,
    /// What latent difficulty moves.
    pub difficulty: Difficulty,
    /// Service level target.
    pub target: Target,
    /// Wait a customer accepts, in seconds; `None` is infinite.
    pub patience: Option<Distribution>,
    /// Probability of leaving at once when the contact would have to wait.
    pub balk: f64,
    /// Whether the customer may be called back instead of waiting.
    pub callback: Option<Callback>,
    /// A contact counts as having waited so long already when it joins a line.
    pub head_start: Micros,
    /// Abandonments at or below this wait are also counted apart.
    pub short_abandon: Micros,
    /// Places in the queue.
    pub queue_limit: Option<u32>,
    /// Human work content with one contact in hand, in seconds; `None` when no person ever serves the topic.
    pub work: Option<Distribution>,
    /// After-contact work, in seconds.
    pub after_contact: Option<Distribution>,
    /// The assistant's outcomes; `None` when it does not serve the topic.
    pub ai: Option<AiTopic>,
    /// Whether a person can be reached.
    pub access: HumanAccess,
    /// Opening hours of the topic's market; hours of `access` take their place.
    pub market_hours: Option<(StepFn, Closed)>,
    /// The assistant would serve the topic, but does not speak the language of its market: an escalation of this kind is
    /// reported under the reason "language".
    pub unspoken: bool,
    /// Factor on the human work of a contact that comes from the assistant.
    pub handover_factor: f64,
    /// What happens after each way of ending, indexed by [`Ending`].
    pub returns: [Option<Return>; Ending::COUNT],
    /// How returning customers differ.
    pub insist: Insist,
    /// What satisfaction depends on; `None` when it is not followed.
    pub satisfaction: Option<Satisfaction>,
}

/// Coefficients of the latent difficulty z, a standard normal of the case.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Difficulty {
    /// The logit of the assistant's resolution moves by -ai z.
    pub ai: f64,
    /// The log of the human work content moves by +work z.
    pub work: f64,
    /// The logit of the human resolution moves by -human z.
    pub human: f64,
    /// The logit of satisfaction moves by -satisfaction z.
    pub satisfaction: f64,
}

/// Share of contacts to be answered within a time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Target {
    /// The share.
    pub share: f64,
    /// The time T of the service-level measures; within means at or below.
    pub within: Micros,
}

/// Ways in which a contact ends. Every contact ends in exactly one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Ending {
    /// The assistant solved the problem.
    AiResolved,
    /// The assistant closed the contact, the problem is not solved.
    AiMisresolved,
    /// The customer left while with the assistant.
    GaveUp,
    /// The customer asked for, or was handed to, a person who cannot be reached.
    Trapped,
    /// A person solved the problem.
    HumanResolved,
    /// A person answered, the problem is not solved.
    HumanUnresolved,
    /// The customer left the queue.
    Abandoned,
    /// Closed, or queue full.
    TurnedAway,
    /// The simulation ended first: the contact was waiting, or being talked to.
    Unserved,
}

impl Ending {
    /// Number of ways.
    pub const COUNT: usize = 9;
    /// All of them, in order of their index.
    pub const ALL: [Ending; Self::COUNT] = [
        Ending::AiResolved,
        Ending::AiMisresolved,
        Ending::GaveUp,
        Ending::Trapped,
        Ending::HumanResolved,
        Ending::HumanUnresolved,
        Ending::Abandoned,
        Ending::TurnedAway,
        Ending::Unserved,
    ];

    /// The key of the scenario file and of result files.
    pub fn key(self) -> &'static str {
        [
            "ai_resolved",
            "ai_misresolved",
            "gave_up",
            "trapped",
            "human_resolved",
            "human_unresolved",
            "abandoned",
            "turned_away",
            "unserved",
        ][self as usize]
    }

    /// Whether the problem is solved.
    pub fn is_resolved(self) -> bool {
        matches!(self, Ending::AiResolved | Ending::HumanResolved)
    }

    /// Whether the contact ends while it is with the assistant.
    pub fn is_with_assistant(self) -> bool {
        matches!(
            self,
            Ending::AiResolved | Ending::AiMisresolved | Ending::GaveUp | Ending::Trapped
        )
    }
}

/// The customer comes back with the same problem.
#[derive(Clone, Debug, PartialEq)]
pub struct Return {
    /// Probability.
    pub probability: f64,
    /// Time from the end of the contact to the next one, in seconds of `clock`.
    pub delay: Distribution,
    /// The clock on which the delay runs.
    pub clock: ReturnClock,
}

/// The clock on which the delay of a return runs.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum ReturnClock {
    /// The customers' clock, see [`super::CustomerClock`].
    #[default]
    Demand,
    /// The clock on the wall: a delay is elapsed time.
    Wall,
}

/// How a returning customer differs from one who comes for the first time.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq)]
pub struct Insist {
    /// Factor on the probability of asking for a person.
    pub ask_factor: f64,
    /// Probability of passing the assistant over.
    pub skip_ai: f64,
}

impl Default for Insist {
    fn default() -> Self {
        Self {
            ask_factor: 1.0,
            skip_ai: 0.0,
        }
    }
}

/// Outcomes of one attempt of the assistant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum AiOutcome {
    /// The problem is solved.
    Resolve,
    /// The contact is closed, the problem is not solved.
    Misresolve,
    /// The assistant sees that it cannot.
    HandOff,
    /// The customer asks for a person.
    AskHuman,
    /// The customer leaves.
    GiveUp,
}

impl AiOutcome {
    /// Number of outcomes.
    pub const COUNT: usize = 5;
    /// Keys of the scenario file, by index.
    pub const KEYS: [&'static str; Self::COUNT] =
        ["resolve", "misresolve", "hand_off", "ask_human", "give_up"];
}

/// The assistant on one topic.
#[derive(Clone, Debug)]
pub struct AiTopic {
    /// Probabilities by [`AiOutcome`], on average over difficulty; they sum to 1.
    pub outcomes: [f64; AiOutcome::COUNT],
    /// Handle time in seconds by outcome.
    pub handle_time: [Distribution; AiOutcome::COUNT],
    /// Factor on the share that is not resolved, per month: below 1 the assistant learns, above 1 it drifts.
    pub improvement: f64,
}

/// What happens to a contact for people outside their hours.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum Closed {
    /// It waits in the queue.
    #[default]
    Queue,
    /// It is turned away.
    TurnAway,
    /// The customer is promised a call, if they accept; else turned away.
    Callback,
}

/// An offer to be called back, made to who joins a queue in which the wait is long.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq)]
pub struct Callback {
    /// It is made when the estimated wait is at least this. The estimate is the wait so far of who is first in the queue (the
    /// head-of-line estimator: Ibrahim & Whitt 2009); 0 when nobody waits.
    pub above: Micros,
    /// Probability that the customer accepts: the place is kept and patience no longer runs.
    pub accept: f64,
    /// Probability that the customer is there when called; if not, the contact is abandoned at that moment and takes no time.
    pub reached: f64,
}

/// Whether, and how soon, a person can be reached.
#[derive(Clone, Debug, PartialEq)]
pub enum HumanAccess {
    /// At once.
    Always,
    /// After up to this many further attempts of the assistant.
    After(u8),
    /// Not at all.
    Never,
    /// At once while `open` is above 0; otherwise the contact waits in the queue, or is turned away.
    Hours {
        /// 1 when open, 0 when closed.
        open: StepFn,
        /// What happens outside the hours.
        closed: Closed,
    },
}

impl Topic {
    /// The hours in which people can be reached (1 when open, 0 when closed) and what happens outside, where there are any.
    pub fn opening(&self) -> Option<(&StepFn, Closed)> {
        match (&self.market_hours, &self.access) {
            (Some((open, closed)), _) | (None, HumanAccess::Hours { open, closed }) => {
                Some((open, *closed))
            }
            _ => None,
        }
    }
}

/// What a person's answer leads to; what is left of the probability is unresolved.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct HumanOutcome {
    /// Probability that the problem is solved, on average over difficulty.
    pub resolve: f64,
    /// Probability that the contact is transferred. `resolve + transfer <= 1`.
    pub transfer: f64,
    /// Where to.
    pub to: TransferTo,
}

/// Destination of a transfer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TransferTo {
    /// Back to the assistant for one more attempt.
    Assistant,
    /// To the queue with this index in [`super::Model::queues`].
    Queue(usize),
}

/// A step of a route.
#[derive(Clone, Debug, PartialEq)]
pub struct RouteStep {
    /// The step opens when the contact has waited so long.
    pub after: Micros,
    /// Pools that may take the contact.
    pub pools: Vec<StepPool>,
}

/// A pool within a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StepPool {
    /// Index of the pool.
    pub pool: usize,
    /// The pool takes the contact only while more than this many of its agents have nothing in hand.
    pub reserve: u32,
}
