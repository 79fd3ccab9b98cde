//! How many people a group needs: Erlang A for what its pools expect, and the hours that its people are there.

use super::{Group, Hiring, Load, Model, Target};
use crate::erlang::{self, ServiceLevelKind, servers_for};
use crate::time::{MINUTE, Micros, to_seconds};
use std::collections::BTreeMap;

/// Intervals shorter than this are looked at together.
const LEAST: Micros = 5 * MINUTE;

/// What the people of a group's pools must achieve, by which it is known how many there must be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Requirement {
    /// `sl_net` that must be reached; `None` with `occupancy` too: the targets of the topics.
    pub service: Option<Target>,
    /// Occupancy that must not be exceeded.
    pub occupancy: Option<f64>,
    /// Which intervals must be covered.
    pub cover: Cover,
    /// Coefficient of variation of the lognormal factor (mean 1) by which the forecast of a month misses its requirement.
    pub error_cv: f64,
    /// At most so many people are required.
    pub most: u32,
}

/// From agents by interval to people: an interval in which nobody is planned asks for nobody.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Cover {
    /// The hours of the people on duty in the month are those of the agents required.
    Hours,
    /// In this share of the time there are as many agents as required.
    Time(f64),
}

impl Requirement {
    pub(super) fn is_sound(&self) -> bool {
        let share = |x: f64| x > 0.0 && x <= 1.0;
        self.service.is_none_or(|t| (0.0..=1.0).contains(&t.share))
            && self.occupancy.is_none_or(share)
            && matches!(self.cover, Cover::Hours | Cover::Time(0.0..=1.0))
            && (0.0..=10.0).contains(&self.error_cv)
            && self.most <= super::MOST_PEOPLE
    }
}

impl Model {
    /// By epoch and group that hires by requirement the people needed by month of the horizon, as far as the months look ahead that begin
    /// in the epoch; 0 in other months. Nothing of the other groups.
    pub fn people_required(&self) -> Vec<Vec<Vec<f64>>> {
        self.epoch_spans()
            .map(|(e, from, end)| self.epoch(e).required_as_of(from, end))
            .collect()
    }

    fn required_as_of(&self, from: Micros, end: Micros) -> Vec<Vec<f64>> {
        let months = self.months();
        let asked = |m: &usize| (from..end).contains(&months[*m].start);
        let mut asking = (0..months.len()).filter(asked);
        let first = asking.next();
        let last = asking.next_back().or(first);
        let required = |(g, group): (usize, &Group)| match (&group.hiring, first, last) {
            (Hiring::Require(rule), Some(first), Some(last)) => {
                let (near, far) = group.foresight();
                // The last month holds on.
                let end = (last + far as usize + 1).min(months.len());
                let mut people = vec![0.0; months.len()];
                for m in (first + near as usize).min(end - 1)..end {
                    people[m] = self.people_for(g, rule, (months[m].start, months[m].end));
                }
                people
            }
            _ => Vec::new(),
        };
        self.groups.iter().enumerate().map(required).collect()
    }

    /// People of group `g` needed between two moments.
    fn people_for(&self, g: usize, rule: &Requirement, (from, end): (Micros, Micros)) -> f64 {
        let interval = self.interval.max(1);
        let width = interval * LEAST.div_ceil(interval);
        let load = Load::new(self, width, from, end);
        let mut asked = vec![vec![Asked::default(); load.parts()]; self.pools.len()];
        for (k, topic) in self.topics.iter().enumerate() {
            let impatience = topic.patience.as_ref().map_or(0.0, |d| 1.0 / d.mean());
            let within = to_seconds(topic.target.within);
            load.offers(k, |o| {
                let a = &mut asked[o.pool][o.part];
                a.contacts += o.contacts;
                a.work += o.contacts * o.seconds;
                a.impatience += o.contacts * impatience;
                a.within += o.contacts * within;
                a.share += o.contacts * topic.target.share;
            });
        }
        let heads = f64::from(self.groups[g].headcount.max(1));
        let mut known = Known::default();
        // Per person of the group: (people needed, seconds); and hours needed over hours of a person.
        let mut needed: Vec<(f64, f64)> = Vec::new();
        let (mut hours, mut duty) = (0.0, 0.0);
        for (p, pool) in self
            .pools
            .iter()
            .enumerate()
            .filter(|(_, x)| x.group() == Some(g))
        {
            for (i, a) in asked[p].iter().enumerate() {
                let there = load.agents(p)[i] / heads;
                let (from, to) = load.span(i);
                let seconds = to_seconds(to - from);
                if there <= 0.0 {
                    continue;
                }
                let slots = known.servers(a, seconds, rule);
                let agents = slots.map_or(f64::INFINITY, |n| {
                    f64::from(n.div_ceil(u32::from(pool.concurrency.max(1))))
                });
                hours += agents * seconds;
                duty += there * seconds;
                needed.push((agents / there, seconds));
            }
        }
        let people = match rule.cover {
            Cover::Hours if duty > 0.0 => hours / duty,
            Cover::Hours => 0.0,
            Cover::Time(share) => covering(needed, share),
        };
        // Without the last digits, which are rounding errors.
        libm::ceil(people * (1.0 - 1e-9)).min(f64::from(rule.most))
    }
}

/// The least number that is enough for a share of the time.
fn covering(mut needed: Vec<(f64, f64)>, share: f64) -> f64 {
    needed.sort_by(|a, b| a.0.total_cmp(&b.0));
    let all: f64 = needed.iter().map(|n| n.1).sum();
    let mut covered = 0.0;
    let enough = needed.iter().find(|n| {
        covered += n.1;
        covered >= share * all * (1.0 - 1e-9)
    });
    enough.map_or(0.0, |n| n.0)
}

/// Sums over the contacts that come to a pool in a part of the time.
#[derive(Clone, Copy, Debug, Default)]
struct Asked {
    contacts: f64,
    work: f64,
    impatience: f64,
    within: f64,
    share: f64,
}

/// Answers of Erlang A found so far, by what the contacts are like and by the bits of their rate. More contacts never need fewer
/// servers, so between two rates with one answer there is no other.
#[derive(Default)]
struct Known(BTreeMap<[u64; 4], BTreeMap<u64, Option<u32>>>);

impl Known {
    fn servers(&mut self, a: &Asked, seconds: f64, rule: &Requirement) -> Option<u32> {
        if a.contacts <= 0.0 || a.work <= 0.0 {
            return Some(0);
        }
        let service = rule.service.map_or_else(
            || (a.share / a.contacts, a.within / a.contacts),
            |t| (t.share, to_seconds(t.within)),
        );
        // Sums in another order differ in their last digits only.
        let coarse = |x: f64| f64::from_bits((x.to_bits() + 0x8_0000) & !0xF_FFFF);
        let mean_service = coarse(a.work / a.contacts);
        let patience = (a.impatience > 0.0).then(|| coarse(a.contacts / a.impatience));
        let (at_least, within) = (coarse(service.0), coarse(service.1));
        let rate = a.contacts / seconds;
        let by_service = rule.service.is_some() || rule.occupancy.is_none();
        let level = erlang::Target::ServiceLevel {
            kind: ServiceLevelKind::Net,
            within,
            at_least: at_least.min(1.0),
        };
        let targets: Vec<erlang::Target> = by_service
            .then_some(level)
            .into_iter()
            .chain(rule.occupancy.map(erlang::Target::Occupancy))
            .collect();
        let like = [mean_service, patience.unwrap_or(0.0), at_least, within].map(f64::to_bits);
        let known = self.0.entry(like).or_default();
        let below = known.range(..=rate.to_bits()).next_back().map(|x| *x.1);
        let above = known.range(rate.to_bits()..).next().map(|x| *x.1);
        if let (Some(below), Some(above)) = (below, above)
            && below == above
        {
            return below;
        }
        let servers = servers_for(rate, mean_service, patience, &targets);
        known.insert(rate.to_bits(), servers);
        servers
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_of_the_time_is_covered() {
        let needed = vec![(30.0, 100.0), (10.0, 600.0), (20.0, 300.0)];
        for (share, people) in [
            (0.5, 10.0),
            (0.6, 10.0),
            (0.61, 20.0),
            (0.9, 20.0),
            (1.0, 30.0),
        ] {
            assert_eq!(covering(needed.clone(), share), people, "{share}");
        }
        assert_eq!(covering(Vec::new(), 1.0), 0.0);
    }

    #[test]
    fn answers_between_two_equal_ones_are_the_same() {
        let rule = Requirement {
            service: None,
            occupancy: None,
            cover: Cover::Hours,
            error_cv: 0.0,
            most: 1000,
        };
        let asked = |contacts: f64| Asked {
            contacts,
            work: contacts * 180.0,
            impatience: contacts / 300.0,
            within: contacts * 20.0,
            share: contacts * 0.8,
        };
        let mut known = Known::default();
        let mut sweep = |offset: f64| -> usize {
            for i in (1..400).rev() {
                let a = asked(f64::from(i) * 0.5 + offset);
                let fresh = Known::default().servers(&a, 1800.0, &rule);
                assert_eq!(known.servers(&a, 1800.0, &rule), fresh, "{i}");
            }
            known.0.values().map(BTreeMap::len).sum()
        };
        // Up to 20 erlangs; between neighbours the answer changes as often as agents are added.
        let first = sweep(0.0);
        let more = sweep(-0.25) - first;
        assert!(first == 399 && more < 40, "{first} {more}");
        assert_eq!(known.servers(&Asked::default(), 1800.0, &rule), Some(0));
    }
}
