//! In which order contacts of different priorities are served, told from who was taken while somebody of another priority waited.

use std::collections::{BTreeMap, BTreeSet};

use crate::log::{Contact, Outcome};
use crate::stats::Ranged;

/// So many contacts are looked at, the first ones.
const MOST: usize = 300_000;
/// Fewer choices tell nothing.
const FEWEST: usize = 200;
/// A head start is one if the likelihood rises by the factor that chance exceeds once in a thousand: half the quantile of chi-square.
const CLEAR: f64 = 5.4;
/// The likelihood falls by this at the ends of the confidence interval.
const ENDS: f64 = 1.92;
/// Exceptions to a rule are at least so likely: there is always one that the log does not tell.
const LEAST_EXCEPTIONS: f64 = 1e-3;
/// A rule that fewer choices follow is none.
const LEAST_FOLLOW: f64 = 0.8;
/// Those with a higher priority go first always if the head start that fits best is longer than nearly all waits that it competes with.
const ALWAYS: f64 = 0.98;

/// A contact that had to wait.
#[derive(Clone, Copy, Debug)]
struct Waited {
    from: i64,
    to: i64,
    priority: i16,
    topic: u16,
    answered: bool,
}

/// Contacts that had to wait, with their priorities.
#[derive(Clone, Debug, Default)]
pub struct Waits {
    all: Vec<Waited>,
}

/// How contacts of one priority are served beside those of another one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Precedence {
    /// The priorities: of those that may have to wait for the others, and of those others.
    pub behind: i16,
    /// See `behind`.
    pub ahead: i16,
    /// By how many seconds later they may come and be served all the same; `None`: always.
    pub head_start_s: Option<Ranged>,
    /// Choices between the two.
    pub choices: usize,
    /// Share of them that follow this rule.
    pub follow: f64,
    /// Share that follow the rule that who came first goes first.
    pub follow_first_come: f64,
}

/// A choice between two who waited: by how many milliseconds later that of the one priority came, and whether it was taken.
type Choice = (i64, bool);

impl Waits {
    /// Adds a contact, if it had to wait and has a priority.
    pub fn add(&mut self, c: &Contact) {
        let is_asked = matches!(c.outcome, Outcome::Answered | Outcome::Abandoned);
        let waited = c.wait_ms.is_some_and(|ms| ms > 0);
        let Some(priority) = c.priority.filter(|_| is_asked && waited) else {
            return;
        };
        if self.all.len() < MOST {
            self.all.push(Waited {
                from: c.queued_at(),
                to: c.answered_at(),
                priority,
                topic: c.topic,
                answered: c.outcome == Outcome::Answered,
            });
        }
    }

    /// For each priority and the next larger one: how they are served, where they are not served alike.
    ///
    /// Whenever a contact is taken while one of the other priority waits for the same topic, the first of these might have been taken
    /// instead (for any topic, where topics do not have both priorities). With a head start of h that of the one priority is taken if and only if it came at most h later. The h with the fewest
    /// exceptions is the estimate; exceptions being independent and equally likely, its interval is where twice the logarithm of the
    /// likelihood is less than 3.84 below the largest one.
    pub fn precedence(&self) -> Vec<Precedence> {
        let mut priorities: Vec<i16> = self.all.iter().map(|w| w.priority).collect();
        priorities.sort_unstable();
        priorities.dedup();
        let (of_topic, of_any) = (self.choices(true), self.choices(false));
        let pairs = priorities.windows(2).filter_map(|pair| {
            let pair = (pair[0], pair[1]);
            let own = of_topic.get(&pair).filter(|own| own.len() >= FEWEST);
            precedence(pair, own.or(of_any.get(&pair))?)
        });
        pairs.collect()
    }

    /// By pair of priorities, the smaller one first: choices between them, as seen from the larger one.
    fn choices(&self, by_topic: bool) -> BTreeMap<(i16, i16), Vec<Choice>> {
        // Who joins before who is taken at the same moment.
        let events = self.all.iter().enumerate();
        let mut events: Vec<(i64, bool, usize)> = events
            .flat_map(|(i, w)| [(w.from, false, i), (w.to, true, i)])
            .collect();
        events.sort_unstable_by_key(|&(at, leaves, i)| {
            let w = &self.all[i];
            (at, leaves, w.from, w.priority, w.topic, w.to)
        });
        let mut waiting: BTreeMap<(u16, i16), BTreeSet<(i64, usize)>> = BTreeMap::new();
        let mut found: BTreeMap<(i16, i16), Vec<Choice>> = BTreeMap::new();
        for (_, leaves, i) in events {
            let w = &self.all[i];
            let topic = if by_topic { w.topic } else { 0 };
            let own = waiting.entry((topic, w.priority)).or_default();
            if !leaves {
                own.insert((w.from, i));
                continue;
            }
            own.remove(&(w.from, i));
            if !w.answered {
                continue;
            }
            let of_topic = (topic, i16::MIN)..=(topic, i16::MAX);
            for (&(_, other), line) in waiting.range(of_topic) {
                let Some(&(from, _)) = line.first().filter(|_| other != w.priority) else {
                    continue;
                };
                let (pair, choice) = match w.priority > other {
                    true => ((other, w.priority), (w.from - from, true)),
                    false => ((w.priority, other), (from - w.from, false)),
                };
                found.entry(pair).or_default().push(choice);
            }
        }
        found
    }
}

fn precedence((smaller, larger): (i16, i16), choices: &[Choice]) -> Option<Precedence> {
    let n = choices.len();
    if n < FEWEST {
        return None;
    }
    let mut sorted = choices.to_vec();
    sorted.sort_unstable();
    // Exceptions to the rule that the larger one is taken if it came at most so much later, from one choice on to the next.
    let mut exceptions = sorted.iter().filter(|c| c.1).count();
    let mut steps = vec![(i64::MIN, exceptions)];
    for group in sorted.chunk_by(|a, b| a.0 == b.0) {
        for &(_, taken) in group {
            exceptions = if taken {
                exceptions - 1
            } else {
                exceptions + 1
            };
        }
        steps.push((group[0].0, exceptions));
    }
    let &(best, fewest) = steps.iter().min_by_key(|s| s.1)?;
    let first_come = steps.iter().rfind(|s| s.0 <= 0)?.1;
    let likely = (fewest as f64 / n as f64).clamp(LEAST_EXCEPTIONS, 0.5);
    let each = libm::log((1.0 - likely) / likely);
    let follow = 1.0 - fewest as f64 / n as f64;
    if (first_come - fewest) as f64 * each < CLEAR || follow < LEAST_FOLLOW {
        return None;
    }
    // The rule is the same up to the next choice.
    let until = |i: usize| steps.get(i + 1).map_or(i64::MAX, |s| s.0);
    let near = |s: &(i64, usize)| (s.1 - fewest) as f64 * each < ENDS;
    let low = steps.iter().position(near)?;
    let high = steps.iter().rposition(near)?;
    let (ahead, behind) = if best > 0 {
        (larger, smaller)
    } else {
        (smaller, larger)
    };
    let sign = if best > 0 { 1.0 } else { -1.0 };
    // Of the others all those that came so much earlier as any did.
    let beyond = sorted
        .iter()
        .filter(|c| if best > 0 { c.0 > best } else { c.0 <= best });
    let against = sorted
        .iter()
        .filter(|c| if best > 0 { c.0 > 0 } else { c.0 < 0 });
    let always = beyond.count() as f64 <= (1.0 - ALWAYS) * against.count() as f64;
    let seconds = |ms: i64| sign * ms.clamp(-1_000_000_000, 1_000_000_000) as f64 / 1e3;
    let ends = [seconds(steps[low].0), seconds(until(high))];
    Some(Precedence {
        behind,
        ahead,
        head_start_s: (!always)
            .then(|| Ranged::new(seconds(best), ends[0].min(ends[1]), ends[0].max(ends[1]))),
        choices: n,
        follow,
        follow_first_come: 1.0 - first_come as f64 / n as f64,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One agent, who takes whoever leads by wait and head start, but for one in twenty.
    fn served(head_start: impl Fn(i16) -> i64, seed: u64) -> Waits {
        let key = crate::random::Key::root(seed, 0);
        let mut waits = Waits::default();
        let mut line: Vec<(i64, i16)> = Vec::new();
        let (mut arrival, mut n) = (0, 0);
        let mut now = 0;
        for answer in 0..4000_u64 {
            while arrival <= now || line.len() < 3 {
                let u = key.child(n);
                line.push((arrival, i16::from(u.uniform(1) < 0.3) * 2));
                arrival += 1 + (-60_000.0 * libm::log(u.uniform(2))) as i64;
                n += 1;
            }
            now = now.max(line.iter().map(|c| c.0).max().unwrap()) + 59_000;
            let lead = |c: &(i64, i16)| c.0 - head_start(c.1);
            let wrong = answer % 20 == 7;
            let next = match wrong {
                true => line.len() - 1,
                false => (0..line.len()).min_by_key(|&i| lead(&line[i])).unwrap(),
            };
            let (from, priority) = line.remove(next);
            waits.all.push(Waited {
                from,
                to: now,
                priority,
                topic: 0,
                answered: true,
            });
        }
        waits
    }

    #[test]
    fn a_head_start_is_found() {
        let found = served(|p| if p == 2 { 45_000 } else { 0 }, 3).precedence();
        let [one] = found[..] else {
            panic!("{found:?}")
        };
        let head_start = one.head_start_s.unwrap();
        assert_eq!((one.behind, one.ahead), (0, 2));
        assert!(
            head_start.covers(45.0) && (head_start.value - 45.0).abs() < 3.0,
            "{one:?}"
        );
        assert!(
            one.follow > 0.9 && one.follow_first_come < one.follow - 0.05,
            "{one:?}"
        );
    }

    #[test]
    fn who_goes_first_always_is_found() {
        // The smaller number is the more urgent one.
        let found = served(|p| if p == 0 { 100_000_000 } else { 0 }, 4).precedence();
        let [one] = found[..] else {
            panic!("{found:?}")
        };
        assert_eq!(
            (one.behind, one.ahead, one.head_start_s),
            (2, 0, None),
            "{one:?}"
        );
    }

    #[test]
    fn nothing_is_found_where_all_are_served_alike() {
        for seed in 0..20 {
            assert_eq!(served(|_| 0, seed).precedence(), [], "{seed}");
        }
    }
}
