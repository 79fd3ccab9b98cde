//! All that a log tells, and what it does not.

use jiff::civil::Date;

use super::chats::AtOnce;
use super::demand::Demand;
use super::drift::Drifts;
use super::erlang::ErlangFit;
use super::errors::DayErrors;
use super::handle::{Handle, narrowed};
use super::laws::{Patience, Work};
use super::named::{LEVEL, POOL, WEEKDAYS, plain};
use super::shares::Repeats;
use super::split::Order;
use super::visits::Ended;
use crate::stats::{Ranged, wilson};

/// How a log is read into a scenario.
#[derive(Clone, Debug)]
pub struct Settings {
    /// What the log is called.
    pub log: String,
    /// What is promised, as in a scenario.
    pub target: String,
    /// The time zone of the log, if it is known.
    pub zone: Option<String>,
    /// Share of the contacts that the assistant ended whose customers left in silence, if that is known.
    pub silent: Option<f64>,
    /// Seed of the simulations that a fit takes.
    pub seed: u64,
}

/// A topic.
#[derive(Clone, Debug)]
pub struct Topic {
    /// Its name.
    pub name: String,
    /// How it is served beside the others.
    pub order: Order,
    /// Contacts.
    pub contacts: u64,
    /// Those of them that are new cases, no repeats.
    pub cases: f64,
    /// Share of all new cases, as the scenario writes it.
    pub share: String,
    /// Its work, where there is enough of it.
    pub work: Option<Work>,
    /// Else the mean in seconds, and where that is from.
    pub work_s: f64,
    /// See `work_s`.
    pub work_words: String,
    /// A patience of its own, where enough left.
    pub patience: Option<Patience>,
    /// What the assistant did.
    pub assistant: Option<ByAssistant>,
    /// Who comes again for the same, by way of ending, where this is told apart from other topics.
    pub returns: Vec<(Ended, Repeats)>,
}

/// What the assistant did with a topic.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ByAssistant {
    /// Contacts that met it.
    pub contacts: u64,
    /// Share that it ended.
    pub resolved: f64,
    /// Mean time of these, in seconds.
    pub time_s: f64,
    /// Share of new cases that go straight to a person, and share of the other repeats that do so too.
    pub past: (f64, f64),
    /// Mean time before it hands a contact over, in seconds, where the log tells when.
    pub hand_over_s: Option<f64>,
}

/// Agents who serve the same topics: a pool of the scenario.
#[derive(Clone, Debug, PartialEq)]
pub struct Crew {
    /// The name of the pool.
    pub name: String,
    /// The topics that they serve; `None`: all.
    pub serves: Option<Vec<String>>,
    /// By weekday and interval: the mean of all such days.
    pub week: Vec<Vec<f64>>,
}

/// Agents on duty.
#[derive(Clone, Debug)]
pub struct Agents {
    /// Those who serve the same topics, the most first.
    pub crews: Vec<Crew>,
    /// Where that is from.
    pub words: String,
    /// Share of that time in which they are there to take contacts; the rest are spells away.
    pub available: f64,
    /// Mean of a spell away, in seconds.
    pub away_s: f64,
    /// Where that is from.
    pub available_words: String,
    /// How they serve several contacts at once, where they do.
    pub at_once: Option<AtOnce>,
}

/// A fit.
#[derive(Clone, Debug)]
pub struct Fit {
    /// What the log is called.
    pub log: String,
    /// First and last day.
    pub days: (Date, Date),
    /// Days with contacts.
    pub days_used: u64,
    /// The day on which the scenario starts.
    pub next: Date,
    /// The time zone, if it is known.
    pub zone: Option<String>,
    /// Minutes of an interval.
    pub minutes: u32,
    /// What is promised.
    pub target: String,
    /// Share of the contacts that the assistant ended whose customers left in silence, if that is known.
    pub silent: Option<f64>,
    /// How many contacts come, and when.
    pub demand: Demand,
    /// Who comes again for the same, by way of ending, all topics together.
    pub returns: Vec<(Ended, Repeats)>,
    /// By topic.
    pub topics: Vec<Topic>,
    /// The patience of topics without one of their own.
    pub patience: Option<Patience>,
    /// Its mean if it is exponential, where waits are known by interval only.
    pub patience_s: Option<f64>,
    /// How work differs by agent, time and load.
    pub handle: Handle,
    /// How sure means are.
    pub errors: DayErrors,
    /// What changes from month to month, or week to week.
    pub drift: Drifts,
    /// What agents do after a contact before they take the next one, where somebody waits.
    pub wrap_up: Option<Work>,
    /// Agents, where the log shows them.
    pub agents: Option<Agents>,
    /// Agents that are assumed where it does not.
    pub assumed_agents: f64,
    /// What is assumed because the log cannot tell.
    pub assumed: Vec<String>,
    /// What was seen and left as it is.
    pub seen: Vec<String>,
    /// Erlang A fitted to the same days.
    pub erlang: Option<ErlangFit>,
}

/// Days by which a scenario starts earlier, so that customers of the days before come again.
const LEAD_DAYS: u32 = 7;

impl Fit {
    /// Days by which the scenario starts before what it is to predict: none if nobody comes again.
    pub fn lead_days(&self) -> u32 {
        let all = self.topics.iter().flat_map(|t| &t.returns);
        let any = all.chain(&self.returns).any(|(_, back)| back.matters());
        if any { LEAD_DAYS } else { 0 }
    }

    /// A level of the day after the log at the start of the scenario, where demand grows by so much a year.
    pub(super) fn level_at_start(&self, level: f64, growth: Option<f64>) -> f64 {
        let years = f64::from(self.lead_days()) / 365.25;
        level * libm::exp(-years * libm::log1p(growth.unwrap_or(0.0)))
    }

    /// What is estimated with its confidence interval of [`LEVEL`], by key of the scenario: means of work in seconds, medians of patience, shares of
    /// topics and of what the assistant ends.
    pub fn estimates(&self) -> Vec<(String, Ranged)> {
        let d = &self.demand;
        let mut all = vec![("demand.daily_volume".to_owned(), d.level)];
        let mut add = |key: String, estimate: Option<Ranged>| {
            all.extend(estimate.map(|e| (key, e)));
        };
        for (name, factor) in WEEKDAYS.iter().zip(d.weekdays) {
            add(format!("demand.weekday.{name}"), factor);
        }
        for (key, estimate) in d.estimates() {
            add(format!("demand.{key}"), Some(estimate));
        }
        let cases: f64 = self.topics.iter().map(|t| t.cases).sum();
        let share = |n: f64, of: f64| {
            let (low, high) = wilson(n, of, LEVEL)?;
            let value = n / of;
            Some(Ranged { value, low, high })
        };
        for t in &self.topics {
            let name = &t.name;
            if self.topics.len() > 1 {
                add(format!("topic.{name}.share"), share(t.cases, cases));
            }
            add(format!("topic.{name}.head_start"), t.order.head_start_s);
            add(
                format!("topic.{name}.work mean"),
                t.work.as_ref().and_then(Work::mean),
            );
            let patience = t.patience.as_ref().and_then(Patience::median);
            add(format!("topic.{name}.patience median"), patience);
            let ai = t.assistant.and_then(|a| {
                let contacts = a.contacts as f64;
                share(self.resolved(&a)[0] * contacts, contacts)
            });
            add(format!("topic.{name}.ai.resolve"), ai);
        }
        let tables = self
            .topics
            .iter()
            .map(|t| (format!("topic.{}.", t.name), &t.returns));
        for (before, returns) in tables.chain([(String::new(), &self.returns)]) {
            for (ended, back) in returns {
                let key = format!("{before}returns.{}", ended.key());
                add(format!("{key}.probability"), Some(back.probability));
                add(format!("{key}.delay mean"), back.delay);
            }
        }
        let at_once = self.agents.iter().find_map(|a| a.at_once.as_ref());
        for (m, speed) in at_once
            .iter()
            .flat_map(|a| a.speed.iter().enumerate().skip(1))
        {
            add(format!("pool.agents.speed with {}", m + 1), Some(*speed));
        }
        let agents = self.handle.agents.as_ref();
        add("pool.agents.agent_cv".to_owned(), agents.map(|a| a.cv));
        add(
            "patience median".to_owned(),
            self.patience.as_ref().and_then(Patience::median),
        );
        all
    }

    /// What the scenario draws the work of a topic from, in seconds: where agents differ, the work of one whose factor is 1.
    pub fn work_values(&self, work: &Work) -> Vec<f64> {
        match self.handle.written_cv() {
            Some(cv) => narrowed(&work.values, cv, self.handle.of_agent()),
            None => work.values.clone(),
        }
    }

    /// Of the assistant's contacts the shares that it resolved, and that left in silence.
    pub fn resolved(&self, ai: &ByAssistant) -> [f64; 2] {
        let silent = ai.resolved * self.silent.unwrap_or(0.0);
        [ai.resolved - silent, silent]
    }

    /// Names of the scenario's pools.
    pub fn pools(&self) -> Vec<String> {
        match &self.agents {
            Some(agents) => agents.crews.iter().map(|c| c.name.clone()).collect(),
            None => vec![POOL.to_owned()],
        }
    }

    /// Where all of it is from, in words.
    pub fn source(&self) -> String {
        format!("{}, {} to {}", self.log, self.days.0, self.days.1)
    }

    /// Where the patience of a topic is from.
    pub fn patience_words(&self, topic: &Topic) -> String {
        let own = topic.patience.as_ref();
        let Some(p) = own.or(self.patience.as_ref()) else {
            return String::new();
        };
        let whose = if own.is_some() {
            "who waited"
        } else {
            "who waited, all topics"
        };
        let tail = match &p.tail {
            Some(tail) => format!(
                ", extrapolated beyond {} s ({} % last longer)",
                plain(tail.from, 0),
                plain(100.0 * tail.share, 0)
            ),
            None => String::new(),
        };
        let n = p.survival.observations();
        format!(
            "Kaplan-Meier of {n} {whose}, {} left{tail}",
            p.survival.events()
        )
    }
}
