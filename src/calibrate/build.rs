//! From what a log tells to a fit.

use super::demand::{Counts, Demand, DemandError, Options};
use super::drift::Drifts;
use super::errors::DayErrors;
use super::fit::{ByAssistant, Fit, Settings, Topic};
use super::gather::{Gathered, date};
use super::handle::Handle;
use super::laws::{OWN_PATIENCE, Patience, Work, all_waits};
use super::named::plain;
use super::order::Precedence;
use super::returns::Returns;
use super::seen::Days;
use super::shares::Repeats;
use super::split::Topics;
use super::staffed::{ASSUMED_WORK_S, OWN_WORK};
use super::visits::Ended;
use super::write;
use crate::log::Reading;
use crate::scenario::Problems;

/// Below this agents take the next contact at once.
const LEAST_WRAP_UP_S: f64 = 1.0;
/// A log of so many days can spare its first week.
const LONG_DAYS: usize = 42;
/// Who leaves sooner hardly waited.
const SHORT_WAIT_S: f64 = 5.0;
/// Letters of the name of a topic.
const LONGEST_NAME: usize = 60;

/// Names of the topics of a log for a scenario: those of a log without any are contacts.
pub fn topic_names(reading: &Reading) -> Vec<String> {
    let each = reading.topics.iter().map(|name| match name.trim() {
        "" | "(none)" => "contacts".to_owned(),
        // Words that scenarios use for something else.
        name @ ("default" | "ai") => format!("{name} (topic)"),
        name => name.chars().take(LONGEST_NAME).collect(),
    });
    each.collect()
}

/// The contacts of the days of a log by interval, for a fit of the demand.
pub fn counts(log: &Gathered) -> Counts {
    let of_day = |day: &super::gather::Day| -> Vec<u32> {
        let each = 0..log.per_day();
        each.map(|i| libm::round(log.of_interval(day, i).contacts) as u32)
            .collect()
    };
    Counts {
        days: log.days.keys().map(|&day| date(day)).collect(),
        interval_minutes: log.minutes,
        counts: log.days.values().map(of_day).collect(),
    }
}

/// The new cases of a log, and how often customers come again for the same.
///
/// Who comes again within a week is no new case, where that is more than chance; what chance brings is added to the level. The first week
/// of a long log is left out: nobody knows who was there before it.
///
/// # Errors
/// See [`DemandError`].
pub fn demand(log: &Gathered, options: &Options) -> Result<(Demand, Returns), DemandError> {
    let all = counts(log);
    let demand = Demand::fit(&all, options)?;
    if log.visits.is_empty() {
        return Ok((demand, Returns::default()));
    }
    let returns = Returns::new(log, &demand);
    if !returns.any() {
        return Ok((demand, returns));
    }
    let mut new = all;
    for (day, counts) in log.days.keys().zip(&mut new.counts) {
        let again = returns.of_day(*day).into_iter().flatten();
        let each = counts.iter_mut().zip(again);
        each.for_each(|(n, again)| *n = n.saturating_sub(*again));
    }
    if let Some(&first) = new.days.first().filter(|_| new.days.len() >= LONG_DAYS) {
        new = new.only(|day| first.until(day).is_ok_and(|passed| passed.get_days() >= 7));
    }
    let demand = Demand::fit(&new, options)?;
    // The customers' clock goes as new cases come.
    let returns = Returns::new(log, &demand);
    Ok((demand.scaled(returns.factor), returns))
}

/// The days of a log.
pub fn days(log: &Gathered) -> Days {
    let first = log.days.keys().next().copied().unwrap_or(0);
    let last = log.days.keys().next_back().copied().unwrap_or(0);
    Days {
        first,
        days: (last - first + 1) as usize,
        per_day: log.per_day(),
    }
}

impl Fit {
    /// Fits a log whose topics have these names, and whose demand and repeats are these.
    ///
    /// # Errors
    /// Of the simulations by which it is found how much of their time agents can be given a contact: what is wrong with the scenario.
    pub fn new(
        log: &Gathered,
        topics: &Topics,
        (demand, returns): (Demand, Returns),
        settings: &Settings,
    ) -> Result<Self, Problems> {
        let days = days(log);
        let last = date(days.first + days.days as i32 - 1);
        let mut fit = Self {
            log: settings.log.clone(),
            days: (date(days.first), last),
            days_used: log.days.len() as u64,
            next: write::next(last),
            zone: settings.zone.clone(),
            minutes: log.minutes,
            target: settings.target.clone(),
            silent: settings.silent,
            demand,
            returns: Vec::new(),
            topics: Vec::new(),
            patience: Patience::new(&all_waits(&log.topics)),
            patience_s: None,
            // What a contact takes beside others follows from how many there are.
            handle: match log.at_once {
                None => Handle::new(log),
                Some(_) => Handle::default(),
            },
            errors: DayErrors::new(log),
            drift: Drifts::new(&[log], None),
            wrap_up: None,
            agents: None,
            assumed_agents: 0.0,
            assumed: Vec::new(),
            seen: Vec::new(),
            erlang: None,
        };
        fit.topics(log, topics, &returns);
        // All topics together only where a topic has too few contacts of its own.
        fit.returns = back(&returns.of_all);
        let fitted = &fit.topics;
        let is_own = |t: &Topic, ended: Ended| {
            let never = ended == Ended::ByAssistant && t.assistant.is_none();
            never || t.returns.iter().any(|(e, _)| *e == ended)
        };
        fit.returns
            .retain(|(ended, _)| !fitted.iter().all(|t| is_own(t, *ended)));
        // Of agents who serve several at once nobody sees when they could take another one.
        let crews = log.crews();
        let gaps = log.wrap_up.gaps(&crews).filter(|_| log.at_once.is_none());
        let wrap_up = gaps.as_ref().and_then(|(short, _)| Work::new(short));
        fit.wrap_up = wrap_up.filter(|w| w.mean_s >= LEAST_WRAP_UP_S);
        let total = log.total(None);
        if fit.patience.is_none() && total.abandoned > 0.0 && total.wait_s > 0.0 {
            fit.patience_s = Some(total.wait_s / total.abandoned);
        }
        let away = gaps.map(|g| g.1);
        fit.agents((log, &topics.names), &crews, away, &days, settings)?;
        fit.notes(log);
        Ok(fit)
    }

    fn topics(&mut self, log: &Gathered, topics: &Topics, returns: &Returns) {
        let all = log.total(None);
        let new = |k: usize| returns.new.get(k).copied().unwrap_or(1.0);
        let mean = |c: &super::gather::Cell| (c.handle_s > 0.0).then(|| c.handle_s / c.handled);
        let total = |k: usize| log.total(Some(k));
        let used: Vec<usize> = (0..log.topics.len())
            .filter(|&k| total(k).contacts > 0.0)
            .collect();
        let cases: f64 = used.iter().map(|&k| total(k).contacts * new(k)).sum();
        let mut left = 1.0;
        for &k in &used {
            let (of, sum) = (&log.topics[k], total(k));
            // The shares have to add up.
            let share = libm::round(1e6 * sum.contacts * new(k) / cases.max(1.0)) / 1e6;
            let share = if used.last() == Some(&k) { left } else { share };
            left -= share;
            let work = Work::new(&of.work).filter(|w| w.contacts >= OWN_WORK);
            let work = work.map(|w| Work {
                error_s: of.work_error_s.unwrap_or(w.error_s),
                ..w
            });
            let (work_s, work_words) = match (mean(&sum), mean(&all)) {
                (Some(s), _) => (s, format!("mean of {} contacts", sum.handled)),
                (None, Some(s)) => (
                    s,
                    "mean of all topics: none of this one is known".to_owned(),
                ),
                (None, None) => (ASSUMED_WORK_S, "assumed: the log has no work".to_owned()),
            };
            let (events, _) = of.waits.totals();
            let own = events >= OWN_PATIENCE && used.len() > 1;
            let time = of.assistant_work.totals().0.max(1) as f64;
            self.topics.push(Topic {
                name: topics.names.get(k).cloned().unwrap_or_default(),
                order: topics.order.get(k).copied().unwrap_or_default(),
                contacts: sum.contacts as u64,
                share: plain(share, 6),
                work,
                work_s,
                work_words,
                patience: own.then(|| Patience::new(&of.waits)).flatten(),
                cases: sum.contacts * new(k),
                returns: returns.of_topic.get(k).map(back).unwrap_or_default(),
                assistant: (of.assistant.0 > 0).then(|| ByAssistant {
                    contacts: of.assistant.0,
                    past: returns.past_assistant(k).unwrap_or_else(|| {
                        let met = of.assistant.0 as f64;
                        ((1.0 - met / sum.contacts.max(1.0)).max(0.0), 0.0)
                    }),
                    resolved: of.assistant.1 as f64 / of.assistant.0 as f64,
                    time_s: (of.assistant_work.seconds() / time).max(1.0),
                    hand_over_s: (of.hand_over.0 > 0)
                        .then(|| of.hand_over.1 as f64 / of.hand_over.0 as f64 / 1e3),
                }),
            });
        }
    }

    fn notes(&mut self, log: &Gathered) {
        let total = log.total(None);
        let mut assumed = vec![format!("the target, {}", self.target)];
        if self.agents.is_none() {
            assumed.push(format!(
                "{} agents at any time: the log names none",
                self.assumed_agents
            ));
        }
        if total.handled == 0.0 {
            assumed.push(format!("{ASSUMED_WORK_S} s of work: the log has none"));
        }
        if self.patience.is_none() && self.patience_s.is_none() {
            assumed.push(match total.abandoned > 0.0 {
                true => "that nobody leaves: how long those waited who left is not in the log"
                    .to_owned(),
                false => "that nobody leaves: the log does not show who did".to_owned(),
            });
        }
        let crews = self.agents.iter().flat_map(|a| &a.crews);
        if self.topics.len() > 1 && crews.clone().all(|c| c.serves.is_none()) {
            assumed.push(match log.skills.is_empty() {
                true => "that every agent serves every topic".to_owned(),
                false => {
                    "that every agent serves every topic: none was seen who does not".to_owned()
                }
            });
        }
        for crew in crews {
            if let Some(serves) = &crew.serves {
                self.seen
                    .push(format!("{} serve {} only", crew.name, serves.join(", ")));
            }
        }
        let known = self.topics.iter().any(|t| !t.returns.is_empty()) || !self.returns.is_empty();
        assumed.push(
            match known {
                true => "that every contact that was answered is resolved, though some come again",
                false => "that everything is resolved, and nobody comes back for the same",
            }
            .to_owned(),
        );
        if self.silent.is_none() && self.topics.iter().any(|t| t.assistant.is_some()) {
            assumed.push(
                "that nobody left the assistant in silence: the log counts who did as resolved; --silent says how many"
                    .to_owned(),
            );
        }
        self.assumed = assumed;
        let waits = all_waits(&log.topics).sorted();
        let left = |upto: f64| -> u64 { waits.iter().filter(|w| w.0 <= upto).map(|w| w.1).sum() };
        let (short, all) = (left(SHORT_WAIT_S), left(f64::INFINITY));
        if short > 0 {
            self.seen.push(format!(
                "{short} of {all} who left did so within {SHORT_WAIT_S} s"
            ));
        }
        if log.not_offered > 0 {
            self.seen.push(format!(
                "{} contacts ended before they could wait for a person: left out",
                log.not_offered
            ));
        }
        if log.agent_work > 0 {
            self.seen.push(format!(
                "{} pieces of work that no customer arrived for: they count for the time of agents only",
                log.agent_work
            ));
        }
        if log.priorities.len() > 1 {
            let each: Vec<String> = log
                .priorities
                .iter()
                .map(|(p, n)| format!("{n} of {p}"))
                .collect();
            self.seen.push(format!(
                "several priorities ({}): {}",
                each.join(", "),
                served(&log.waits.precedence())
            ));
        }
    }
}

/// How several priorities are served, in words.
fn served(found: &[Precedence]) -> String {
    if found.is_empty() {
        return "who came first is served first".to_owned();
    }
    let each = found.iter().map(|p| {
        let how = match p.head_start_s {
            Some(s) => format!(
                "with a head start of {} s ({} to {})",
                plain(s.value, 0),
                plain(s.low, 0),
                plain(s.high, 0)
            ),
            None => "always".to_owned(),
        };
        format!(
            "{} is served before {} {how}, as {:.1} % of {} choices show, of which {:.1} % went to who came first",
            p.ahead,
            p.behind,
            100.0 * p.follow,
            p.choices,
            100.0 * p.follow_first_come
        )
    });
    each.collect::<Vec<_>>().join("; ")
}

/// Those ways of ending of which it is known who comes again.
fn back(of: &[Option<Repeats>; 3]) -> Vec<(Ended, Repeats)> {
    let each = Ended::ALL.into_iter().zip(of);
    each.filter_map(|(ended, found)| Some((ended, found.clone()?)))
        .collect()
}
