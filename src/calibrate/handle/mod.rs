//! Whether work differs by agent, by time and by load, and by how much.
//!
//! All of it is compared with the mean work of the topic, and times and load with that of the agent as well where agents are known, so that what
//! agents or hours have more of does not count as their doing.
//!
//! Imports go one way: agents, times, load <- mod.

mod agents;
mod load;
mod times;

pub use agents::AgentSpread;
pub(super) use agents::narrowed;
pub use load::ByLoad;
pub use times::{ByTime, Class};

use super::gather::Gathered;
use super::named::LEVEL;
use crate::stats::holm;

/// What is found of work beside its law; each is `None` where the log does not hold enough to tell.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Handle {
    /// By agent.
    pub agents: Option<AgentSpread>,
    /// By time of the arrival.
    pub hours: Option<ByTime>,
    /// By weekday.
    pub weekdays: Option<ByTime>,
    /// By whether the customer had to wait.
    pub load: Option<ByLoad>,
    /// Mean share of their time on duty that agents work, where it is known.
    pub busy_share: f64,
}

impl Handle {
    /// Of a log.
    pub fn new(log: &Gathered) -> Self {
        let means = topic_means(log);
        let agents = agents::agent_days(&log.handle, &means);
        // Other agents at other times are no difference of the times.
        let days = times::parts(log, &means, &agents);
        let mut found = Self {
            agents: AgentSpread::new(&agents),
            hours: times::by_hour(&days),
            weekdays: times::by_weekday(&days),
            load: ByLoad::new(&log.handle),
            busy_share: busy_share(log),
        };
        found.decide();
        found
    }

    /// Holm's rule over all of them: what is said to differ does so with [`LEVEL`] confidence, all together.
    fn decide(&mut self) {
        let mut all: Vec<(&mut f64, &mut bool)> = Vec::new();
        let agents = self.agents.as_mut();
        all.extend(agents.map(|a| (&mut a.p_value, &mut a.differs)));
        for times in [self.hours.as_mut(), self.weekdays.as_mut()] {
            all.extend(times.map(|t| (&mut t.p_value, &mut t.differs)));
        }
        all.extend(self.load.as_mut().map(|l| (&mut l.p_value, &mut l.differs)));
        let p_values: Vec<f64> = all.iter().map(|a| *a.0).collect();
        for ((p, differs), adjusted) in all.into_iter().zip(holm(&p_values)) {
            (*p, *differs) = (adjusted, adjusted <= 1.0 - LEVEL);
        }
    }

    /// The spread of the agents that a scenario is given; `None` where none was found.
    pub fn written_cv(&self) -> Option<f64> {
        let agents = self.agents.as_ref()?;
        agents.differs.then_some(agents.cv.value)
    }

    /// By how much the work of an agent is longer than that of a contact: who is quick has more contacts than others, by the more the busier
    /// all are. With a spread `cv` and `b` of the time busy, the mean factor of a contact is about `1 - b cv²` of that of an agent.
    pub fn of_agent(&self) -> f64 {
        self.written_cv()
            .map_or(1.0, |cv| 1.0 + self.busy_share * cv * cv)
    }
}

/// The share of their time on duty that agents work; 0 where it is not known when they are.
fn busy_share(log: &Gathered) -> f64 {
    let on_duty = log.on_duty();
    let seconds = f64::from(log.minutes) * 60.0;
    let duty = on_duty.values().flatten().sum::<f64>() * seconds;
    let days = log.days.iter().filter(|d| on_duty.contains_key(d.0));
    let busy: f64 = days.flat_map(|d| &d.1.busy_s).sum();
    if duty > 0.0 {
        (busy / duty).min(1.0)
    } else {
        0.0
    }
}

/// The mean work of each topic in seconds; 0 where none is known.
fn topic_means(log: &Gathered) -> Vec<f64> {
    let each = (0..log.topics.len()).map(|k| log.total(Some(k)));
    each.map(|c| match c.handled > 0.0 {
        true => c.handle_s / c.handled,
        false => 0.0,
    })
    .collect()
}
