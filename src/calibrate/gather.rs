//! What a log tells, added up by local day and interval: memory grows with days, agents and customers, not with contacts.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::activity::Activity;
use super::chats::{AtOnce, Sessions};
use super::daily::Daily;
use super::order::Waits;
use super::skills::{Crews, Skills};
use super::sums::HandleSums;
use super::tally::Tally;
use super::visits::Visits;
use super::wrap_up::WrapUp;
use crate::log::{Assistant, Contact, Counts, Outcome, Record};

/// Minutes of a step in which agents of sessions are counted for a replay.
pub(super) const FINE_MIN: u32 = 5;
/// Milliseconds of a day on the wall clock.
const DAY_MS: i64 = 86_400_000;

/// What was recorded of one topic in one interval of a local day; contacts count where they arrived, and what people did with them where
/// they joined the queue.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Cell {
    /// Contacts, those that the assistant ended as well.
    pub contacts: f64,
    /// Contacts that asked for a person.
    pub offered: f64,
    /// Of them, those that a person answered.
    pub answered: f64,
    /// Those that left before that.
    pub abandoned: f64,
    /// Those answered within the target's time.
    pub in_time: f64,
    /// Those that had to wait.
    pub queued: f64,
    /// Seconds that they waited, those who left as well.
    pub wait_s: f64,
    /// Contacts whose wait is known.
    pub waits: f64,
    /// Seconds of work of the answered ones.
    pub handle_s: f64,
    /// Answered ones whose work is known.
    pub handled: f64,
}

impl Cell {
    /// Adds another one.
    pub fn add(&mut self, other: &Self) {
        self.contacts += other.contacts;
        self.offered += other.offered;
        self.answered += other.answered;
        self.abandoned += other.abandoned;
        self.in_time += other.in_time;
        self.queued += other.queued;
        self.wait_s += other.wait_s;
        self.waits += other.waits;
        self.handle_s += other.handle_s;
        self.handled += other.handled;
    }
}

/// Agents on duty by local day and step of the day.
pub type OnDuty = BTreeMap<i32, Vec<f64>>;

/// One local day.
#[derive(Clone, Debug, PartialEq)]
pub struct Day {
    /// By interval and topic (`interval * topics + topic`).
    pub cells: Vec<Cell>,
    /// Seconds that agents worked, by interval in which they did.
    pub busy_s: Vec<f64>,
    /// Agents on duty, by interval, where the log counts them.
    pub agents: Vec<Option<f64>>,
}

/// What is known of one topic over all days.
#[derive(Clone, Debug, Default)]
pub struct OfTopic {
    /// Waits in milliseconds: those that ended because the customer left, and those that an answer ended.
    pub waits: Tally,
    /// Work in milliseconds.
    pub work: Tally,
    /// The standard error of its mean in seconds, where contacts are not independent in it.
    pub work_error_s: Option<f64>,
    /// Contacts that met the assistant first, and of them those it ended.
    pub assistant: (u64, u64),
    /// Of the contacts that the assistant ended the time in milliseconds.
    pub assistant_work: Tally,
    /// Contacts that it handed over at a time that is known, and its milliseconds until then.
    pub hand_over: (u64, u64),
}

/// A log, added up.
#[derive(Clone, Debug)]
pub struct Gathered {
    /// Minutes of an interval.
    pub minutes: u32,
    /// Seconds within which an answer is in time.
    pub in_time_s: f64,
    /// Local days with their numbers since 1970-01-01.
    pub days: BTreeMap<i32, Day>,
    /// By topic.
    pub topics: Vec<OfTopic>,
    /// When agents were at work.
    pub activity: Activity,
    /// Which contacts they had in hand.
    pub sessions: Sessions,
    /// How they serve several at once, where they do: known when all has been added ([`Gathered::settled`]).
    pub at_once: Option<AtOnce>,
    /// Work, waits and the assistant by day.
    pub daily: Daily,
    /// Work by agent and by wait.
    pub handle: HandleSums,
    /// Which topics agents serve.
    pub skills: Skills,
    /// What agents do after a contact.
    pub wrap_up: WrapUp,
    /// Contacts that ended before they could wait for a person.
    pub not_offered: u64,
    /// Work of agents that no customer arrived for.
    pub agent_work: u64,
    /// What customers did who are known.
    pub visits: Visits,
    /// Who had to wait, by priority.
    pub waits: Waits,
    /// Contacts by priority.
    pub priorities: BTreeMap<i16, u64>,
}

/// The date of a day since 1970-01-01.
pub fn date(day: i32) -> Date {
    let epoch = Date::constant(1970, 1, 1);
    epoch
        .checked_add(jiff::Span::new().days(i64::from(day)))
        .unwrap_or(epoch)
}

/// Adds milliseconds to seconds; what comes out does not depend on the order of what is added.
fn add_ms(seconds: &mut f64, ms: u64) {
    *seconds = ((*seconds * 1e3).round() + ms as f64) / 1e3;
}

/// The number of a date's day since 1970-01-01.
pub fn day(date: Date) -> i32 {
    let epoch = Date::constant(1970, 1, 1);
    epoch.until(date).map_or(0, |span| span.get_days())
}

impl Gathered {
    /// Nothing yet, in intervals of so many minutes, an answer being in time within so many seconds.
    pub fn new(minutes: u32, in_time_s: f64) -> Self {
        Self {
            minutes,
            in_time_s,
            days: BTreeMap::new(),
            topics: Vec::new(),
            activity: Activity::default(),
            sessions: Sessions::default(),
            at_once: None,
            daily: Daily::default(),
            handle: HandleSums::default(),
            skills: Skills::default(),
            wrap_up: WrapUp::default(),
            not_offered: 0,
            agent_work: 0,
            visits: Visits::default(),
            waits: Waits::default(),
            priorities: BTreeMap::new(),
        }
    }

    /// Intervals of a day.
    pub fn per_day(&self) -> usize {
        (1440 / self.minutes.max(1)) as usize
    }

    /// Adds a line of a log.
    pub fn add(&mut self, record: &Record) {
        match record {
            Record::Contact(contact) => self.contact(contact),
            Record::Interval(counts) => self.counts(counts),
        }
    }

    /// All having been added: where agents serve several contacts at once, work and busy time are told from the time that contacts take.
    pub fn settled(mut self) -> Self {
        let Some(served) = self.sessions.served(self.topics.len(), self.minutes) else {
            return self;
        };
        self.at_once = Some(served.at_once);
        for (topic, (work, error_s)) in self.topics.iter_mut().zip(served.work) {
            topic.work = work;
            topic.work_error_s = Some(error_s);
        }
        let none = vec![0.0; self.per_day()];
        for (day, of_day) in &mut self.days {
            of_day.busy_s = served.busy_s.get(day).unwrap_or(&none).clone();
        }
        self
    }

    /// The cell of a moment and a topic.
    fn cell(&mut self, at: i64, topic: u16) -> &mut Cell {
        let topic = usize::from(topic);
        if topic >= self.topics.len() {
            self.widen(topic + 1);
        }
        let (topics, i) = (self.topics.len(), self.interval(at));
        &mut self.day(at).cells[i * topics + topic]
    }

    fn interval(&self, at: i64) -> usize {
        (at.rem_euclid(DAY_MS) / (i64::from(self.minutes) * 60_000)) as usize
    }

    fn day(&mut self, at: i64) -> &mut Day {
        let (per_day, topics) = (self.per_day(), self.topics.len());
        self.days
            .entry(at.div_euclid(DAY_MS) as i32)
            .or_insert_with(|| Day {
                cells: vec![Cell::default(); per_day * topics],
                busy_s: vec![0.0; per_day],
                agents: vec![None; per_day],
            })
    }

    /// Makes room for more topics.
    fn widen(&mut self, topics: usize) {
        let before = self.topics.len();
        self.topics.resize_with(topics, OfTopic::default);
        for day in self.days.values_mut() {
            let old = std::mem::take(&mut day.cells);
            let each = old.chunks(before.max(1));
            let wide = each.flat_map(|row| {
                let more = std::iter::repeat_n(Cell::default(), topics - before);
                row.iter().copied().chain(more)
            });
            day.cells = wide.collect();
            if before == 0 {
                day.cells = vec![Cell::default(); day.busy_s.len() * topics];
            }
        }
    }

    fn contact(&mut self, c: &Contact) {
        if let Some(priority) = c.priority {
            *self.priorities.entry(priority).or_default() += 1;
        }
        self.work(c);
        self.wrap_up.add(c);
        self.visits.add(c);
        self.waits.add(c);
        self.handle.add(c, self.interval(c.queued_at()));
        self.daily.add(c);
        match c.outcome {
            Outcome::NotOffered => {
                self.not_offered += 1;
                return;
            }
            Outcome::AgentWork => {
                self.agent_work += 1;
                return;
            }
            Outcome::Answered
            | Outcome::Abandoned
            | Outcome::ResolvedByAssistant
            | Outcome::Unknown => {}
        }
        let by_assistant = c.outcome == Outcome::ResolvedByAssistant;
        let in_time_s = self.in_time_s;
        let answered = c.outcome == Outcome::Answered;
        self.cell(c.arrival, c.topic).contacts += 1.0;
        if !by_assistant {
            let cell = self.cell(c.queued_at(), c.topic);
            cell.offered += 1.0;
            cell.answered += f64::from(u8::from(answered));
            cell.abandoned += f64::from(u8::from(c.outcome == Outcome::Abandoned));
            if let Some(wait) = c.wait_ms {
                let wait_s = wait as f64 / 1e3;
                cell.waits += 1.0;
                add_ms(&mut cell.wait_s, wait);
                cell.queued += f64::from(u8::from(wait > 0));
                cell.in_time += f64::from(u8::from(answered && wait_s <= in_time_s));
            }
            if let Some(work) = c.handle_ms.filter(|_| answered) {
                add_ms(&mut cell.handle_s, work);
                cell.handled += 1.0;
            }
        }
        let topic = &mut self.topics[usize::from(c.topic)];
        if let Some(assistant) = c.assistant {
            let ended = assistant == Assistant::Resolved || by_assistant;
            topic.assistant.0 += 1;
            topic.assistant.1 += u64::from(ended);
            if let Some(ms) = c.assistant_ms.filter(|_| !ended) {
                topic.hand_over.0 += 1;
                topic.hand_over.1 += ms;
            }
        } else if by_assistant {
            topic.assistant.0 += 1;
            topic.assistant.1 += 1;
        }
        if by_assistant {
            let time = c.end.map(|end| (end - c.arrival).max(0) as u64);
            time.iter()
                .for_each(|&ms| topic.assistant_work.add(ms, true));
        } else if let Some(wait) = c.wait_ms {
            match c.outcome {
                Outcome::Abandoned => topic.waits.add(wait, true),
                Outcome::Answered => topic.waits.add(wait, false),
                _ => {}
            }
        }
        if let Some(work) = c.handle_ms.filter(|_| answered) {
            topic.work.add(work, true);
        }
    }

    /// The time that an agent spent on a contact.
    fn work(&mut self, c: &Contact) {
        let Some(ms) = c.handle_ms.filter(|&ms| ms > 0) else {
            return;
        };
        if !matches!(c.outcome, Outcome::Answered | Outcome::AgentWork) {
            return;
        }
        let from = c.answered_at();
        let to = from.saturating_add(ms as i64);
        if let Some(agent) = c.agent {
            let session = c.session_ms.map_or(to, |ms| from.saturating_add(ms as i64));
            self.activity.add(agent, (from, to.max(session)));
            self.sessions.add(c, (from, session));
            if c.outcome == Outcome::Answered {
                self.skills.add(agent, c.topic);
            }
        }
        let width = i64::from(self.minutes) * 60_000;
        // A wrong time of years does not fill the days of years.
        let to = to.min(from + DAY_MS);
        let mut at = from;
        while at < to {
            let end = ((at.div_euclid(width) + 1) * width).min(to);
            let i = self.interval(at);
            add_ms(&mut self.day(at).busy_s[i], (end - at) as u64);
            at = end;
        }
    }

    fn counts(&mut self, c: &Counts) {
        let cell = self.cell(c.start, c.topic);
        let answered = c.answered.or(c.abandoned.map(|a| c.offered - a));
        cell.contacts += c.offered;
        cell.offered += c.offered;
        cell.answered += answered.unwrap_or(0.0);
        cell.abandoned += c
            .abandoned
            .or(c.answered.map(|a| c.offered - a))
            .unwrap_or(0.0);
        // Where only waits until an answer are known, they are all there is.
        match (c.wait_s, c.wait_answered_s) {
            (Some(wait), _) => {
                cell.wait_s += wait;
                cell.waits += c.offered;
            }
            (None, Some(wait)) => {
                cell.wait_s += wait;
                cell.waits += answered.unwrap_or(0.0);
            }
            (None, None) => {}
        }
        if let Some(work) = c.handle_s {
            cell.handle_s += work;
            cell.handled += answered.unwrap_or(c.offered);
        }
        let i = self.interval(c.start);
        let day = self.day(c.start);
        day.busy_s[i] += c.handle_s.unwrap_or(0.0);
        if let Some(agents) = c.agents {
            let sum = day.agents[i].get_or_insert(0.0);
            *sum = sum.max(agents);
        }
    }

    /// Whether the log counts the agents on duty.
    pub fn counts_agents(&self) -> bool {
        self.days
            .values()
            .any(|d| d.agents.iter().any(Option::is_some))
    }

    /// Agents on duty by day and interval: as the log counts them, else in the mean of the time of their sessions; empty where no agent is
    /// known.
    pub fn on_duty(&self) -> BTreeMap<i32, Vec<f64>> {
        let counted = |d: &Day| d.agents.iter().map(|a| a.unwrap_or(0.0)).collect();
        match self.counts_agents() {
            true => self
                .days
                .iter()
                .map(|(&day, d)| (day, counted(d)))
                .collect(),
            false => self.activity.on_duty(self.minutes, &|_| true),
        }
    }

    /// The same in shorter steps where the log tells it, for a day to begin when its first agent comes.
    pub fn on_duty_finely(&self) -> BTreeMap<i32, Vec<f64>> {
        match self.counts_agents() {
            true => self.on_duty(),
            false => self.activity.on_duty(FINE_MIN, &|_| true),
        }
    }

    /// Those of each crew, in steps of so many minutes.
    pub(super) fn on_duty_by_crew(&self, crews: &Crews, minutes: u32) -> Vec<OnDuty> {
        let of = |crew| {
            self.activity
                .on_duty(minutes, &|agent| crews.of(agent) == crew)
        };
        (0..crews.count()).map(of).collect()
    }

    /// The crews that the contacts of agents show; one where the log counts agents.
    pub(super) fn crews(&self) -> Crews {
        match self.counts_agents() {
            true => Crews::one(),
            false => self.skills.crews(self.topics.len()),
        }
    }

    /// All topics of one interval of a day.
    pub fn of_interval(&self, day: &Day, i: usize) -> Cell {
        let topics = self.topics.len();
        let mut sum = Cell::default();
        day.cells[i * topics..(i + 1) * topics]
            .iter()
            .for_each(|c| sum.add(c));
        sum
    }

    /// All intervals of a day of one topic, or of all.
    pub fn of_day(&self, day: &Day, topic: Option<usize>) -> Cell {
        let mut sum = Cell::default();
        let of = day.cells.iter().enumerate();
        of.filter(|(i, _)| topic.is_none_or(|k| i % self.topics.len() == k))
            .for_each(|(_, c)| sum.add(c));
        sum
    }

    /// All of it, of one topic or of all.
    pub fn total(&self, topic: Option<usize>) -> Cell {
        let mut sum = Cell::default();
        self.days
            .values()
            .for_each(|d| sum.add(&self.of_day(d, topic)));
        sum
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contact(minute: i64, wait_s: u64, work_s: Option<u64>, topic: u16) -> Contact {
        Contact {
            line: 1,
            arrival: minute * 60_000,
            assistant_ms: None,
            wait_ms: Some(wait_s * 1000),
            handle_ms: work_s.map(|s| s * 1000),
            session_ms: None,
            end: None,
            outcome: if work_s.is_some() {
                Outcome::Answered
            } else {
                Outcome::Abandoned
            },
            topic,
            channel: 0,
            agent: work_s.map(|_| 0),
            customer: Some(7),
            priority: None,
            assistant: None,
        }
    }

    /// A day of three contacts by hand; the second topic appears later than the first cells.
    #[test]
    fn a_day_by_hand() {
        let mut log = Gathered::new(30, 20.0);
        for c in [
            contact(600, 0, Some(120), 0),
            contact(610, 30, None, 0),
            contact(629, 20, Some(100), 1),
            contact(700, 0, Some(60), 1),
        ] {
            log.add(&Record::Contact(c));
        }
        let day = &log.days[&0];
        let first = log.of_interval(day, 20);
        assert_eq!(
            (first.contacts, first.answered, first.abandoned),
            (3.0, 2.0, 1.0)
        );
        assert_eq!(
            (first.wait_s, first.queued, first.in_time),
            (50.0, 2.0, 2.0)
        );
        assert_eq!((first.handle_s, first.handled), (220.0, 2.0));
        assert_eq!(log.total(Some(1)).contacts, 2.0);
        // The third one works from 10:29:20 to 10:31:00.
        assert_eq!((day.busy_s[20], day.busy_s[21]), (160.0, 60.0));
        assert_eq!(date(0).to_string(), "1970-01-01");
        assert_eq!(super::day(date(12_345)), 12_345);
    }
}
