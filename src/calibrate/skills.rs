//! Which topics agents serve, told from what they were given.

use std::collections::BTreeMap;

/// An agent who served at least so many contacts tells what he or she serves.
const FEWEST: u64 = 30;
/// A topic of which an agent would have had so many, were he or she given what comes, and had fewer than this share of that, is not served.
const EXPECTED: f64 = 10.0;
const LEAST: f64 = 0.1;
/// Who serves all but topics of a smaller share of the contacts counts as serving all: as pools of their own such agents of a bank predicted its next
/// month less well.
const LEAST_MISSING: f64 = 0.2;
/// Groups of agents at most; a smaller one than this share of the contacts is joined to the nearest.
const MOST: usize = 8;
const SMALLEST: f64 = 0.02;

/// Contacts that agents served, by agent and topic.
#[derive(Clone, Debug, Default)]
pub struct Skills {
    served: BTreeMap<u32, BTreeMap<u16, u64>>,
}

/// Agents divided by what they serve.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Crews {
    /// By crew and topic of the log, whether it serves it; what is not there is served.
    topics: Vec<Vec<bool>>,
    of: BTreeMap<u32, usize>,
}

impl Crews {
    /// All agents together.
    pub(super) fn one() -> Self {
        Self {
            topics: vec![Vec::new()],
            of: BTreeMap::new(),
        }
    }

    /// How many crews.
    pub(super) fn count(&self) -> usize {
        self.topics.len()
    }

    /// The crew of an agent.
    pub(super) fn of(&self, agent: u32) -> usize {
        self.of.get(&agent).copied().unwrap_or(0)
    }

    /// Whether a crew serves a topic.
    pub(super) fn serves(&self, crew: usize, topic: usize) -> bool {
        let topics = self.topics.get(crew);
        topics.is_none_or(|t| t.get(topic).copied().unwrap_or(true))
    }
}

/// Agents with the same topics.
#[derive(Clone, Debug, PartialEq)]
struct SkillGroup {
    /// By topic, whether they serve it.
    topics: Vec<bool>,
    /// Share of the contacts that they served.
    share: f64,
    /// How many they are.
    agents: usize,
}

impl Skills {
    /// Adds a contact that an agent served.
    pub fn add(&mut self, agent: u32, topic: u16) {
        let of_agent = self.served.entry(agent).or_default();
        *of_agent.entry(topic).or_default() += 1;
    }

    /// Whether no agent is known.
    pub fn is_empty(&self) -> bool {
        self.served.is_empty()
    }

    /// Contacts by topic, of all agents.
    fn contacts(&self, topics: usize) -> Vec<f64> {
        let mut all = vec![0.0; topics];
        for (&topic, &n) in self.served.values().flatten() {
            if let Some(sum) = all.get_mut(usize::from(topic)) {
                *sum += n as f64;
            }
        }
        all
    }

    /// How the agents are divided by what they serve, the largest group first; one group where all serve all.
    ///
    /// An agent does not serve a topic of which he or she had hardly any contact, although there should have been ten or more. Of rare topics
    /// that cannot be told, and small ones hardly matter: they are taken as served.
    fn groups(&self, topics: usize) -> Vec<SkillGroup> {
        let contacts = self.contacts(topics);
        let all: f64 = contacts.iter().sum();
        let mut found: BTreeMap<Vec<bool>, (f64, usize)> = BTreeMap::new();
        for of_agent in self.served.values() {
            let n: u64 = of_agent.values().sum();
            if n < FEWEST {
                continue;
            }
            let serves = (0..topics).map(|k| {
                let expected = n as f64 * contacts[k] / all;
                let had = of_agent.get(&(k as u16)).map_or(0.0, |&n| n as f64);
                expected < EXPECTED || had >= LEAST * expected
            });
            let mut serves: Vec<bool> = serves.collect();
            let missing = serves.iter().zip(&contacts).filter(|(s, _)| !**s);
            if missing.map(|(_, n)| n).sum::<f64>() < LEAST_MISSING * all {
                serves.fill(true);
            }
            let sum = found.entry(serves).or_default();
            *sum = (sum.0 + n as f64 / all, sum.1 + 1);
        }
        let each = found
            .into_iter()
            .map(|(topics, (share, agents))| SkillGroup {
                topics,
                share,
                agents,
            });
        let mut groups: Vec<SkillGroup> = each.collect();
        if groups.is_empty() {
            return vec![SkillGroup {
                topics: vec![true; topics],
                share: 1.0,
                agents: self.served.len(),
            }];
        }
        groups.sort_by(|a, b| {
            b.share
                .total_cmp(&a.share)
                .then_with(|| b.topics.cmp(&a.topics))
        });
        while groups.len() > 1 {
            let last = groups.len() - 1;
            if groups.len() <= MOST && groups[last].share >= SMALLEST {
                break;
            }
            let Some(small) = groups.pop() else { break };
            let near = nearest(&small.topics, groups.iter().map(|g| &g.topics), &contacts);
            if let Some(near) = near.and_then(|i| groups.get_mut(i)) {
                near.share += small.share;
                near.agents += small.agents;
            }
        }
        groups
    }

    /// The crews that the contacts show, the largest first.
    pub(super) fn crews(&self, topics: usize) -> Crews {
        let groups = self.groups(topics);
        match groups.len() {
            1 => Crews::one(),
            _ => self.divided(groups.into_iter().map(|g| g.topics).collect(), topics),
        }
    }

    /// Each agent in the crew whose topics are most like those of his or her contacts.
    pub(super) fn divided(&self, crews: Vec<Vec<bool>>, topics: usize) -> Crews {
        let contacts = self.contacts(topics);
        let all: f64 = contacts.iter().sum();
        let each = self.served.iter().map(|(&agent, had)| {
            let n: u64 = had.values().sum();
            // What the agent had beyond the group's topics is worse than what the group serves and the agent did not have.
            let far = |group: &Vec<bool>| -> f64 {
                let of = |k: usize| {
                    let had = had.get(&(k as u16)).map_or(0.0, |&n| n as f64);
                    match group.get(k).copied().unwrap_or(true) {
                        false => 10.0 * had,
                        true => (n as f64 * contacts[k] / all - had).max(0.0),
                    }
                };
                (0..topics).map(of).sum()
            };
            let distances = crews.iter().map(far).enumerate();
            let best = distances.min_by(|a, b| a.1.total_cmp(&b.1));
            (agent, best.map_or(0, |b| b.0))
        });
        let of = each.collect();
        Crews { topics: crews, of }
    }
}

/// Of several sets of topics the one that differs least, by contacts.
fn nearest<'g>(
    topics: &[bool],
    groups: impl Iterator<Item = &'g Vec<bool>>,
    contacts: &[f64],
) -> Option<usize> {
    let far = |group: &Vec<bool>| -> f64 {
        let each = topics.iter().zip(group).zip(contacts);
        each.filter(|((a, b), _)| a != b).map(|(_, n)| n).sum()
    };
    let distances = groups.map(far).enumerate();
    distances.min_by(|a, b| a.1.total_cmp(&b.1)).map(|b| b.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Agents 0 to 3 serve orders, 4 and 5 bills, 6 both and a rare third topic; 7 was seen twice.
    fn desk() -> Skills {
        let mut skills = Skills::default();
        let mut add = |agent, topic, n| (0..n).for_each(|_| skills.add(agent, topic));
        (0..4).for_each(|agent| add(agent, 0, 200));
        (4..6).for_each(|agent| add(agent, 1, 150));
        add(0, 1, 2);
        add(6, 0, 120);
        add(6, 1, 60);
        add(6, 2, 5);
        add(7, 1, 2);
        skills
    }

    #[test]
    fn agents_are_divided_by_what_they_serve() {
        let skills = desk();
        let groups = skills.groups(3);
        // Five of the rare topic are too few to say who does not serve it.
        let sets: Vec<_> = groups
            .iter()
            .map(|g| (g.topics.clone(), g.agents))
            .collect();
        assert_eq!(
            sets,
            [
                (vec![true, false, true], 4),
                (vec![false, true, true], 2),
                (vec![true, true, true], 1)
            ]
        );
        let crews = skills.crews(3);
        let of: Vec<usize> = (0..8).map(|agent| crews.of(agent)).collect();
        assert_eq!(of, [0, 0, 0, 0, 1, 1, 2, 1]);
        assert_eq!(
            (crews.count(), crews.serves(1, 0), crews.serves(1, 1)),
            (3, false, true)
        );
    }

    #[test]
    fn one_group_serves_all() {
        let mut skills = Skills::default();
        for n in 0..400_u32 {
            skills.add(n % 4, u16::from(n % 3 == 0));
        }
        let groups = skills.groups(2);
        assert_eq!((groups.len(), &groups[0].topics), (1, &vec![true, true]));
        assert_eq!(skills.crews(2), Crews::one());
        assert_eq!(Skills::default().groups(2).len(), 1);
    }

    /// More sets than may be: the smallest ones are joined.
    #[test]
    fn groups_are_few() {
        let mut skills = Skills::default();
        for agent in 0..12_u32 {
            for topic in 0..12_u16 {
                let serves = (agent as u16 + topic) % 12 < 3;
                (0..if serves { 100 } else { 0 }).for_each(|_| skills.add(agent, topic));
            }
        }
        let groups = skills.groups(12);
        assert_eq!(groups.len(), MOST);
        assert_eq!(groups.iter().map(|g| g.agents).sum::<usize>(), 12);
        assert!((groups.iter().map(|g| g.share).sum::<f64>() - 1.0).abs() < 1e-9);
    }
}
