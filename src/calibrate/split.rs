//! Topics told apart by priority, where contacts of different priorities are not served alike.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use super::order::Precedence;
use crate::stats::Ranged;

/// What stands between the name of a topic and its priority.
const WORD: &str = ", priority ";
/// The class of a scenario that topics have by default; smaller ones are served first.
const CLASS: i8 = 5;

/// How the contacts of a topic are served beside the others.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Order {
    /// The class, where some are served before others always.
    pub class: Option<u8>,
    /// Seconds by which they count as having waited longer, with their interval.
    pub head_start_s: Option<Ranged>,
}

/// The topics of a log.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Topics {
    /// Names.
    pub names: Vec<String>,
    /// How they are served; as many.
    pub order: Vec<Order>,
}

/// Priorities that are served alike, from and to.
#[derive(Clone, Debug, PartialEq)]
struct Group {
    of: RangeInclusive<i16>,
    order: Order,
}

impl Group {
    /// `", priority 2"`, `", priority 3 to 5"`.
    fn suffix(&self) -> String {
        let (from, to) = (self.of.start(), self.of.end());
        match from == to {
            true => format!("{WORD}{from}"),
            false => format!("{WORD}{from} to {to}"),
        }
    }
}

/// Topics of a log, told apart by groups of priorities.
#[derive(Clone, Debug, Default)]
pub struct Split {
    groups: Vec<Group>,
    /// The group of contacts without a priority.
    usual: usize,
    /// By topic of the log and group, in the order of first appearance.
    topics: BTreeMap<(u16, usize), u16>,
}

impl Split {
    /// By the priorities of a log (how many contacts of each) and how they are served. Nothing is told apart where all are served alike.
    pub fn new(contacts: &BTreeMap<i16, u64>, found: &[Precedence]) -> Self {
        if found.is_empty() {
            return Self::default();
        }
        // Position of each group: how many classes it is before the first one, and by how much it leads within its class.
        let mut groups: Vec<(RangeInclusive<i16>, i8, f64, Option<Ranged>)> = Vec::new();
        for &priority in contacts.keys() {
            let step = found.iter().find(|p| p.behind.max(p.ahead) == priority);
            match (step, groups.last_mut()) {
                (None, Some(group)) => group.0 = *group.0.start()..=priority,
                (None, None) => groups.push((priority..=priority, 0, 0.0, None)),
                (Some(step), before) => {
                    let (class, lead) = before.map_or((0, 0.0), |g| (g.1, g.2));
                    let sign = if step.ahead == priority { 1 } else { -1 };
                    let of = priority..=priority;
                    groups.push(match step.head_start_s {
                        None => (of, class + sign, 0.0, None),
                        Some(s) => (of, class, lead + f64::from(sign) * s.value, Some(s)),
                    });
                }
            }
        }
        let first = groups.iter().map(|g| g.1).max().unwrap_or(0);
        let several = groups.iter().any(|g| g.1 != first);
        let least = |class: i8| {
            let of_class = groups.iter().filter(|g| g.1 == class);
            of_class.map(|g| g.2).fold(f64::INFINITY, f64::min)
        };
        let each = groups.iter().map(|(of, class, lead, known)| {
            let lead = lead - least(*class);
            let width = known.map_or(0.0, |s| (s.high - s.low) / 2.0);
            Group {
                of: of.clone(),
                order: Order {
                    class: several.then(|| (CLASS + first - class).clamp(0, 9) as u8),
                    head_start_s: (lead > 0.0)
                        .then(|| Ranged::new(lead, (lead - width).max(0.0), lead + width)),
                },
            }
        });
        let groups: Vec<Group> = each.collect();
        let n = |g: &Group| contacts.range(g.of.clone()).map(|c| c.1).sum::<u64>();
        let usual = (0..groups.len()).max_by_key(|&i| n(&groups[i]));
        Self {
            usual: usual.unwrap_or(0),
            groups,
            topics: BTreeMap::new(),
        }
    }

    /// As the names of the topics of a scenario tell them apart.
    pub fn of_names<'a>(names: impl Iterator<Item = &'a str>) -> Self {
        let mut all = Self::default();
        for name in names {
            let Some((_, range)) = name.rsplit_once(WORD) else {
                continue;
            };
            let (from, to) = range.split_once(" to ").unwrap_or((range, range));
            let (Ok(from), Ok(to)) = (from.parse(), to.parse()) else {
                continue;
            };
            if all.groups.iter().all(|g| g.of != (from..=to)) {
                let order = Order::default();
                all.groups.push(Group {
                    of: from..=to,
                    order,
                });
            }
        }
        // All other priorities.
        all.usual = all.groups.len();
        all
    }

    /// Whether nothing is told apart.
    pub fn is_whole(&self) -> bool {
        self.groups.is_empty()
    }

    /// The number of a topic of contacts of this priority.
    pub fn topic(&mut self, topic: u16, priority: Option<i16>) -> u16 {
        let group = priority.and_then(|p| self.groups.iter().position(|g| g.of.contains(&p)));
        let next = self.topics.len() as u16;
        *self
            .topics
            .entry((topic, group.unwrap_or(self.usual)))
            .or_insert(next)
    }

    /// The topics as they are told apart. A topic has its own name for its usual priorities, or if all its contacts are served alike;
    /// `is_known` says of other names whether they may be used.
    pub fn topics(&self, names: Vec<String>, is_known: &dyn Fn(&str) -> bool) -> Topics {
        if self.is_whole() {
            let order = vec![Order::default(); names.len()];
            return Topics { names, order };
        }
        let mut all = vec![(String::new(), Order::default()); self.topics.len()];
        for (&(topic, group), &number) in &self.topics {
            let name = names.get(usize::from(topic)).cloned().unwrap_or_default();
            let several = self.topics.range((topic, 0)..=(topic, usize::MAX)).count() > 1;
            let found = self.groups.get(group);
            let suffix = found.filter(|_| group != self.usual).map(Group::suffix);
            let long = suffix.map(|s| format!("{name}{s}"));
            let long = long.filter(|long| several && is_known(long));
            let order = found.map_or(Order::default(), |g| g.order);
            all[usize::from(number)] = (long.unwrap_or(name), order);
        }
        let (names, order) = all.into_iter().unzip();
        Topics { names, order }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(behind: i16, ahead: i16, head_start_s: Option<f64>) -> Precedence {
        Precedence {
            behind,
            ahead,
            head_start_s: head_start_s.map(|s| Ranged::new(s, s - 1.0, s + 2.0)),
            choices: 1000,
            follow: 0.99,
            follow_first_come: 0.8,
        }
    }

    /// Priorities 0 and 1 alike, 2 with a head start of 90 s, 3 before all, 4 behind it again.
    #[test]
    fn groups_are_told_apart() {
        let contacts = BTreeMap::from([(0, 10), (1, 70), (2, 15), (3, 5), (4, 1)]);
        let found = [step(1, 2, Some(90.0)), step(2, 3, None), step(4, 3, None)];
        let mut split = Split::new(&contacts, &found);
        let names = vec!["orders".to_owned(), "bills".to_owned()];
        let of = |p: Option<i16>, split: &mut Split| split.topic(0, p);
        let numbers: Vec<u16> = [None, Some(2), Some(0), Some(3), Some(4), Some(99)]
            .map(|p| of(p, &mut split))
            .into();
        assert_eq!(numbers, [0, 1, 0, 2, 3, 0]);
        assert_eq!(split.topic(1, Some(2)), 4);
        let topics = split.topics(names.clone(), &|_| true);
        assert_eq!(
            topics.names,
            [
                "orders",
                "orders, priority 2",
                "orders, priority 3",
                "orders, priority 4",
                "bills"
            ]
        );
        let order: Vec<_> = (topics.order.iter())
            .map(|o| (o.class.unwrap(), o.head_start_s.map_or(0.0, |s| s.value)))
            .collect();
        assert_eq!(order, [(6, 0.0), (6, 90.0), (5, 0.0), (6, 0.0), (6, 90.0)]);
        // A scenario's names tell the same.
        let mut again = Split::of_names(topics.names.iter().map(String::as_str));
        let numbers: Vec<u16> = [None, Some(2), Some(0)].map(|p| again.topic(0, p)).into();
        assert_eq!(numbers, [0, 1, 0]);
        let known = |name: &str| topics.names.iter().any(|n| n == name);
        assert_eq!(
            again.topics(names.clone(), &known).names,
            ["orders", "orders, priority 2"]
        );
        assert!(Split::new(&contacts, &[]).is_whole());
        let whole = Split::default().topics(names.clone(), &known);
        assert_eq!(whole.names, names);
    }
}
