//! The agents of a log: who serves what, how many are on duty, and for which share of their time they can be given a contact.

use std::collections::BTreeMap;
use std::path::Path;

use super::erlang::ErlangFit;
use super::fit::{Agents, Crew, Fit, Settings};
use super::gather::{FINE_MIN, Gathered, OnDuty, date};
use super::named::{POOL, plain};
use super::replay::{Over, Taken};
use super::seen::{Days, Seen, recorded, simulated};
use super::skills::Crews;
use super::tally::Tally;
use super::write::{self, SCENARIO};
use crate::scenario::{InMemory, Problems};

/// Contacts of all replications, and of one, by which the share of their time is found in which agents are there to take contacts.
const CONTACTS: f64 = 2.5e5;
const CONTACTS_OF_ONE: f64 = 4e4;
/// A mean wait is right to this part.
const NEAR: f64 = 0.15;
/// It is halved so many times between a third and all.
const HALVINGS: usize = 8;
/// A spell away in seconds where the log does not tell it, and at least.
const ASSUMED_AWAY_S: f64 = 180.0;
const LEAST_AWAY_S: f64 = 60.0;
/// A topic with fewer contacts whose work is known has the mean of all.
pub(super) const OWN_WORK: u64 = 30;
/// Work in seconds where the log has none.
pub(super) const ASSUMED_WORK_S: f64 = 300.0;

impl Fit {
    /// The agents of a log, and the share of their time in which they can be given a contact: that with which simulated customers wait as
    /// long as the recorded ones did.
    pub(super) fn agents(
        &mut self,
        (log, names): (&Gathered, &[String]),
        crews: &Crews,
        away: Option<Tally>,
        days: &Days,
        settings: &Settings,
    ) -> Result<(), Problems> {
        let on_duty = log.on_duty();
        let seen = recorded(log, days, &on_duty);
        let seconds = f64::from(log.minutes) * 60.0;
        let total = super::score::total(&seen);
        let mean_work = total.busy_s / total.answered.max(1.0);
        if on_duty.is_empty() {
            let busiest = seen.iter().map(|s| s.contacts).fold(0.0, f64::max);
            let work = if mean_work > 0.0 {
                mean_work
            } else {
                ASSUMED_WORK_S
            };
            self.assumed_agents = libm::ceil(1.2 * busiest * work / seconds).max(1.0);
            return Ok(());
        }
        let words = match log.counts_agents() {
            true => "mean of the agents that the log counts".to_owned(),
            false => format!(
                "{} agents seen; mean of those between the first and last contact of a session (ended by {} min without one)",
                log.activity.agents(),
                super::activity::SESSION_GAP_MIN
            ),
        };
        let mut agents = Agents {
            crews: self.crews((log, names), crews, days),
            words,
            available: 1.0,
            away_s: away_s(away),
            available_words: "assumed: the log does not tell how long customers waited".to_owned(),
            at_once: log.at_once.clone(),
        };
        self.agents = Some(agents.clone());
        if total.waits > 0.0 && total.wait_s > 0.0 {
            let patience_s = total.wait_s / total.abandoned.max(1.0);
            let last = last_days(&seen, days);
            let of_last = &seen[(days.days - last.days) * days.per_day..];
            self.erlang = Some(ErlangFit::new(mean_work, patience_s, of_last, seconds));
            let sum = super::score::total(of_last);
            if sum.waits > 0.0 && sum.wait_s > 0.0 {
                let (available, wait) =
                    self.available((log, names), crews, &last, &sum, settings)?;
                agents.available = available;
                agents.away_s = away_of(agents.away_s, available);
                let recorded = sum.wait_s / sum.waits;
                let near = (wait / recorded - 1.0).abs() < NEAR;
                agents.available_words = format!(
                    "with it simulated customers of the last {} days wait {} s, where {} s were recorded{}",
                    last.days,
                    plain(wait, 1),
                    plain(recorded, 1),
                    if near {
                        ""
                    } else {
                        "; no share comes nearer: do not trust these agents"
                    }
                );
            }
            self.agents = Some(agents);
        }
        Ok(())
    }

    /// A pool for each crew.
    fn crews(&self, (log, names): (&Gathered, &[String]), crews: &Crews, days: &Days) -> Vec<Crew> {
        let several = crews.count() > 1;
        let on_duty = match several {
            true => log.on_duty_by_crew(crews, log.minutes),
            false => vec![log.on_duty()],
        };
        let is_used = |name: &&String| self.topics.iter().any(|t| t.name == **name);
        let each = on_duty.iter().enumerate().map(|(i, of)| {
            let served = names
                .iter()
                .enumerate()
                .filter(|(k, _)| crews.serves(i, *k));
            let served: Vec<String> = served
                .map(|(_, name)| name)
                .filter(is_used)
                .cloned()
                .collect();
            Crew {
                name: match several {
                    true => format!("{POOL}-{}", i + 1),
                    false => POOL.to_owned(),
                },
                serves: (served.len() < self.topics.len()).then_some(served),
                week: by_weekday(of, days),
            }
        });
        each.collect()
    }

    fn available(
        &self,
        (log, names): (&Gathered, &[String]),
        crews: &Crews,
        days: &Days,
        recorded: &Seen,
        settings: &Settings,
    ) -> Result<(f64, f64), Problems> {
        let folder = Path::new("");
        // With agents who are all alike: a few replications of a few agents each would differ by how quick theirs are.
        let mut alike = self.clone();
        alike.handle.agents = None;
        let made = write::files(&alike);
        let nothing = InMemory::new();
        let finely = match crews.count() {
            1 => vec![log.on_duty_finely()],
            _ => log.on_duty_by_crew(crews, FINE_MIN),
        };
        let pools = self.pools();
        let finely: Vec<(String, OnDuty)> = pools.iter().cloned().zip(finely).collect();
        let away_s = self.agents.as_ref().map_or(ASSUMED_AWAY_S, |a| a.away_s);
        let files = Over::new(folder, &made, &nothing);
        let taken = Taken {
            log,
            topics: names,
            contacts: true,
            lead_days: 0,
            zone: self.zone.as_deref(),
            agents: &finely,
        };
        let wait = recorded.wait_s / recorded.waits;
        let replications = (CONTACTS / recorded.contacts.max(1.0)).clamp(2.0, 8.0) as u32;
        let predicted = |available: f64| -> Result<f64, Problems> {
            let away = away_of(away_s, available);
            let each = pools.iter().flat_map(|pool| {
                [
                    format!("pool.{pool}.adherence.share={available}"),
                    format!("pool.{pool}.adherence.away={{ exponential = \"{away:.1} s\" }}"),
                ]
            });
            let set: Vec<String> = each.collect();
            let scenario = taken.load(&folder.join(SCENARIO), days, &set, &files)?;
            let each = simulated(&scenario.model, days, settings.seed, replications, &|| {
                false
            });
            let total = super::score::total_mean(&each.unwrap_or_default());
            Ok(total.wait_s / total.waits.max(1.0))
        };
        let (mut low, mut high) = (1.0 / 3.0, 1.0);
        let most = predicted(high)?;
        if most >= wait {
            return Ok((high, most));
        }
        for _ in 0..HALVINGS {
            let mid = (low + high) / 2.0;
            match predicted(mid)? > wait {
                true => low = mid,
                false => high = mid,
            }
        }
        let share = (low + high) / 2.0;
        Ok((share, predicted(share)?))
    }
}

/// The mean of a spell away: of the times without a contact, although somebody waited, that are too long for wrap-up.
fn away_s(away: Option<Tally>) -> f64 {
    let away = away.unwrap_or_default();
    match away.totals().0 {
        n if n >= OWN_WORK => (away.seconds() / n as f64).max(LEAST_AWAY_S),
        _ => ASSUMED_AWAY_S,
    }
}

/// The mean of a spell away with a share of the time there: spells there are a minute or more as well.
fn away_of(away_s: f64, share: f64) -> f64 {
    match share < 1.0 {
        true => away_s.max(1.01 * LEAST_AWAY_S * (1.0 - share) / share),
        false => away_s,
    }
}

/// The last days with as many contacts as may be simulated; a week at least.
fn last_days(seen: &[Seen], days: &Days) -> Days {
    let mut sum = 0.0;
    let each = seen.chunks(days.per_day).rev().take_while(|day| {
        sum += day.iter().map(|s| s.contacts).sum::<f64>();
        sum <= CONTACTS_OF_ONE
    });
    let last = each.count().clamp(7.min(days.days), days.days);
    Days {
        first: days.first + (days.days - last) as i32,
        days: last,
        per_day: days.per_day,
    }
}

/// By weekday, Monday first, the mean of all such days.
fn by_weekday(on_duty: &BTreeMap<i32, Vec<f64>>, days: &Days) -> Vec<Vec<f64>> {
    let mut sums = vec![(vec![0.0; days.per_day], 0.0_f64); 7];
    for d in 0..days.days {
        let number = days.first + d as i32;
        let weekday = date(number).weekday().to_monday_zero_offset() as usize;
        let sum = &mut sums[weekday];
        sum.1 += 1.0;
        if let Some(of_day) = on_duty.get(&number) {
            sum.0.iter_mut().zip(of_day).for_each(|(a, b)| *a += b);
        }
    }
    let each = sums.into_iter();
    each.map(|(sum, n)| sum.iter().map(|x| x / n.max(1.0)).collect())
        .collect()
}
