//! From a line to a contact.

use std::collections::HashMap;
use std::io::Read;

use super::clock::{Clock, Point, in_order};
use super::header::Header;
use super::line::{Line, Stop};
use super::mapping::{Role, fold};
use super::names::{Numbers, Words};
use super::reading::{Fault, Gap, Reason};
use super::record::{Assistant, Contact, Outcome};
use super::rows::{decoded, is_blank};

/// Times that are written in whole seconds may be in the wrong order by this much.
const SLACK: i64 = 1000;

/// What is known of the contacts so far.
pub(super) struct Contacts {
    pub(super) clock: Clock,
    pub(super) topics: Words,
    pub(super) channels: Words,
    pub(super) agents: Numbers,
    pub(super) customers: Numbers,
    /// By gap: contacts that have it.
    pub(super) gaps: [u64; Gap::ALL.len()],
    /// Outcomes by their words; without one the line is ignored, and an unknown word is refused.
    outcomes: HashMap<Vec<u8>, Option<Option<Outcome>>>,
    assistant: HashMap<Vec<u8>, Option<Option<Assistant>>>,
    /// Whether the log tells of a contact that a person answered it, besides by its outcome.
    tells: bool,
}

impl Contacts {
    pub(super) fn new(header: &Header, clock: Clock) -> Self {
        use Role::*;
        let of_answers = [Answer, Handle, Talk, Agent];
        Self {
            clock,
            topics: Words::new(&header.mapping.topics, "(none)"),
            channels: Words::new(&[], "(none)"),
            agents: Numbers::default(),
            customers: Numbers::default(),
            gaps: [0; Gap::ALL.len()],
            outcomes: HashMap::new(),
            assistant: HashMap::new(),
            tells: of_answers.iter().any(|&r| header.has(r)),
        }
    }

    pub(super) fn read<R: Read>(&mut self, line: &Line<'_, R>) -> Result<Contact, Stop> {
        let mut arrival = self.arrival(line)?;
        let ruled = line.ruled();
        let written = match ruled {
            Some(outcome) => Some(outcome.ok_or_else(|| line.fault(Reason::Ignored, b""))?),
            None => self.written(line)?,
        };
        let base = Some(arrival);
        let mut answer = line.time(&mut self.clock, Role::Answer, base)?;
        let mut end = line.time(&mut self.clock, Role::End, base)?;
        let wait = line.duration(Role::Wait)?;
        let (handle, wrap) = handle(line)?;
        let mut handed_over = line.time(&mut self.clock, Role::HandedOver, base)?;
        let others = [&mut handed_over, &mut answer, &mut end].into_iter();
        let times = std::iter::once(&mut arrival).chain(others.flatten());
        in_order(&mut times.collect::<Vec<_>>());
        let assistant = self.assistant(line);
        let tickets = line.header.mapping.tickets == Some(true);
        let (team, agent) = (line.field(Role::Team), line.field(Role::Agent));
        let outcome = match written {
            Some(outcome) => outcome,
            None if answer.is_some() || handle.is_some_and(|h| h > 0) => Outcome::Answered,
            None if assistant == Some(Some(Assistant::Resolved)) => Outcome::ResolvedByAssistant,
            // Whoever has a ticket need not have answered it.
            None if tickets && wait.is_some() => Outcome::Answered,
            None if !tickets && !agent.is_empty() => Outcome::Answered,
            None if tickets => return Err(line.fault(Reason::NoOutcome, b"")),
            None if line.header.has(Role::HandedOver)
                && assistant.is_none()
                && handed_over.is_none() =>
            {
                self.gaps[Gap::Contained as usize] += 1;
                Outcome::ResolvedByAssistant
            }
            None if self.tells && (wait.is_some() || end.is_some()) => Outcome::Abandoned,
            None if !self.tells && !line.header.has(Role::Outcome) => Outcome::Unknown,
            None => return Err(line.fault(Reason::NoOutcome, b"")),
        };
        let is_served = matches!(outcome, Outcome::Answered | Outcome::AgentWork);
        let answer = answer.filter(|_| is_served);
        let is_for_people = is_served || outcome == Outcome::Abandoned;
        let handed_over = handed_over.filter(|_| is_for_people);
        // A person is asked for from here on.
        let asked = handed_over.unwrap_or(arrival);
        let since = |from: Point, to: Point, reason, role| {
            let ms = to.instant - from.instant;
            let fault = || line.fault(reason, line.field(role));
            if ms < -SLACK {
                Err(fault())
            } else {
                Ok(ms.max(0) as u64)
            }
        };
        let (early_answer, early_end) = match handed_over {
            Some(_) => (Reason::HandOver, Reason::HandOver),
            None => (Reason::AnswerBeforeArrival, Reason::EndBeforeArrival),
        };
        let assistant_ms =
            handed_over.map(|h| since(arrival, h, Reason::HandOver, Role::HandedOver));
        let assistant_ms = assistant_ms.transpose()?;
        let answered = answer.map(|a| since(asked, a, early_answer, Role::Answer));
        let ended = end.map(|e| since(asked, e, early_end, Role::End));
        let (answered, ended) = (answered.transpose()?, ended.transpose()?);
        let service = answer
            .zip(end)
            .map(|(a, e)| since(a, e, Reason::EndBeforeAnswer, Role::End));
        let service = service.transpose()?;
        let wait_ms = match outcome {
            Outcome::Abandoned => wait.or(ended),
            _ if is_served => wait.or(answered).or_else(|| ended?.checked_sub(handle?)),
            _ => wait,
        };
        let handle_ms = match is_served {
            true if tickets => handle,
            true => {
                let passed = || service.or_else(|| ended?.checked_sub(wait_ms?));
                handle.or_else(|| Some(passed()? + wrap))
            }
            false => None,
        };
        let contact = Contact {
            line: line.rows.line(),
            arrival: arrival.local,
            assistant_ms,
            wait_ms,
            handle_ms: handle_ms.filter(|&h| h > 0 || outcome == Outcome::Answered),
            session_ms: service.filter(|_| is_served && !tickets),
            end: ended.map(|ms| arrival.local + (assistant_ms.unwrap_or(0) + ms) as i64),
            outcome,
            topic: line.word(&mut self.topics, Role::Topic)?,
            channel: line.word(&mut self.channels, Role::Channel)?,
            agent: (!agent.is_empty()).then(|| self.agents.number_in(team, agent)),
            customer: Some(line.field(Role::Customer))
                .filter(|c| !c.is_empty())
                .map(|c| self.customers.number(c)),
            priority: self.priority(line),
            // Who was with people at once was not with the assistant.
            assistant: assistant.unwrap_or_else(|| {
                let passed = assistant_ms.filter(|&ms| ms > 0);
                passed.map(|_| Assistant::HandedOver)
            }),
        };
        self.note(line.header, &contact);
        Ok(contact)
    }

    fn arrival<R: Read>(&mut self, line: &Line<'_, R>) -> Result<Point, Stop> {
        let date = line.time(&mut self.clock, Role::Date, None)?;
        let arrival = match line.time(&mut self.clock, Role::Arrival, date)? {
            Some(arrival) => Some(arrival),
            None if line.header.has(Role::Time) => line.time(&mut self.clock, Role::Time, date)?,
            None => date,
        };
        arrival.ok_or_else(|| line.fault(Reason::NoTime, b""))
    }

    /// The outcome that a word says, if there is one.
    fn written<R: Read>(&mut self, line: &Line<'_, R>) -> Result<Option<Outcome>, Stop> {
        let word = line.field(Role::Outcome);
        if is_blank(word) {
            return Ok(None);
        }
        let found = match self.outcomes.get(word) {
            Some(known) => *known,
            None => {
                let known = meaning(&line.header.mapping.outcomes, word, usual_outcome);
                // A column of many words is none of outcomes, and need not be kept.
                if self.outcomes.len() < 1000 {
                    self.outcomes.insert(word.to_vec(), known);
                }
                known
            }
        };
        match found {
            Some(Some(outcome)) => Ok(Some(outcome)),
            Some(None) => Err(line.fault(Reason::Ignored, b"")),
            None => Err(Stop::Line(Fault {
                reason: Reason::UnknownOutcome,
                value: line.plain(word),
            })),
        }
    }

    /// What a word says that the assistant did, if there is one; `Some(None)` if it did nothing.
    fn assistant<R: Read>(&mut self, line: &Line<'_, R>) -> Option<Option<Assistant>> {
        let word = line.field(Role::Assistant);
        if is_blank(word) {
            // Elsewhere this stands for no word at all.
            let mut columns = line.header.columns[Role::Assistant as usize].iter();
            let is_none = |&c: &usize| line.rows.field(c).eq_ignore_ascii_case(b"none");
            return columns.any(is_none).then_some(None);
        }
        let known = match self.assistant.get(word) {
            Some(known) => *known,
            None => {
                let known = meaning(&line.header.mapping.assistant, word, usual_assistant);
                if self.assistant.len() < 1000 {
                    self.assistant.insert(word.to_vec(), known);
                }
                known
            }
        };
        self.gaps[Gap::Assistant as usize] += u64::from(known.is_none());
        known
    }

    fn priority<R: Read>(&mut self, line: &Line<'_, R>) -> Option<i16> {
        let text = decoded(line.field(Role::Priority));
        if text.is_empty() {
            return None;
        }
        let priority = match text.to_ascii_lowercase().as_str() {
            "low" => Some(0),
            "normal" | "medium" => Some(1),
            "high" => Some(2),
            "urgent" | "critical" => Some(3),
            other => other.parse().ok(),
        };
        self.gaps[Gap::Priority as usize] += u64::from(priority.is_none());
        priority
    }

    /// Counts what a contact lacks of what the log has.
    fn note(&mut self, header: &Header, contact: &Contact) {
        if contact.outcome != Outcome::Answered {
            return;
        }
        let has = |roles: &[Role]| roles.iter().any(|&r| header.has(r));
        let mut gap = |gap: Gap, is_there: bool, roles: &[Role]| {
            self.gaps[gap as usize] += u64::from(!is_there && has(roles));
        };
        gap(
            Gap::Answer,
            contact.wait_ms.is_some(),
            &[Role::Answer, Role::Wait],
        );
        let of_handle = [Role::Handle, Role::Talk];
        gap(Gap::Handle, contact.handle_ms.is_some(), &of_handle);
        gap(Gap::Agent, contact.agent.is_some(), &[Role::Agent]);
    }
}

/// The handle time that the line says, whole or in parts; and what comes after the end, where only that is said.
fn handle<R: Read>(line: &Line<'_, R>) -> Result<(Option<u64>, u64), Stop> {
    let whole = line.duration(Role::Handle)?;
    let talk = line.duration(Role::Talk)?;
    let hold = line.duration(Role::Hold)?.unwrap_or(0);
    let wrap = line.duration(Role::Wrap)?.unwrap_or(0);
    Ok((whole.or(talk.map(|talk| talk + hold + wrap)), wrap))
}

/// What a word means: as it is listed, else as it is usual.
fn meaning<T: Copy>(
    listed: &[(String, Option<T>)],
    word: &[u8],
    usual: impl Fn(&str) -> Option<Option<T>>,
) -> Option<Option<T>> {
    let text = decoded(word);
    let folded = fold(&text);
    let exact = listed.iter().find(|(w, _)| *w == text);
    let near = || listed.iter().find(|(w, _)| fold(w) == folded);
    let found = exact.or_else(near).map(|(_, meaning)| *meaning);
    found.or_else(|| usual(&folded))
}

fn usual_outcome(word: &str) -> Option<Option<Outcome>> {
    Some(match word {
        "answered" | "answer" | "handled" | "completed" | "complete" | "accepted" | "connected"
        | "served" | "serviced" | "resolvedbyagent" | "resolvedbyhuman" => Some(Outcome::Answered),
        "abandoned" | "abandon" | "abandonedinqueue" | "aban" | "abn" | "lost" | "missed"
        | "unanswered" | "noanswer" | "notanswered" => Some(Outcome::Abandoned),
        "resolvedbyassistant"
        | "contained"
        | "selfserved"
        | "selfservice"
        | "deflected"
        | "botresolved"
        | "resolvedbybot" => Some(Outcome::ResolvedByAssistant),
        "notoffered" | "ivrhangup" | "vruhangup" | "ivrabandon" | "abandonedinivr" | "busy"
        | "failed" | "congestion" => Some(Outcome::NotOffered),
        "agentwork" | "outbound" | "internal" => Some(Outcome::AgentWork),
        "ignore" | "test" | "spam" => None,
        _ => return None,
    })
}

fn usual_assistant(word: &str) -> Option<Option<Assistant>> {
    Some(match word {
        "resolved" | "contained" | "deflected" | "solved" | "selfserved" | "closed" => {
            Some(Assistant::Resolved)
        }
        "handedover" | "handover" | "handedoff" | "handoff" | "escalated" | "escalation"
        | "transferred" | "transfer" | "agent" | "human" => Some(Assistant::HandedOver),
        "none" | "no" | "false" | "0" | "notused" => None,
        _ => return None,
    })
}
