//! Agents who serve several contacts at once: how many, how fast each goes on, and how much work it is.

use std::collections::BTreeMap;

use super::kept::{Kept, Span};
use super::named::LEVEL;
use super::tally::Tally;
use crate::log::{Contact, Outcome};
use crate::model::{LOWEST_SPEED, MOST_CONCURRENCY};
use crate::stats::{Ranged, normal_factor};

const DAY_MS: i64 = 86_400_000;
/// Agents serve several contacts at once if they have so many in hand while they have any, in the mean of the time; else what overlaps is
/// taken for the clock's fault.
const SEVERAL: f64 = 1.15;
/// A number in hand counts if so many contacts, and such a share of them, began with it.
const FEWEST: u64 = 30;
const LEAST: f64 = 0.002;
/// Groups of days of which one is left out for standard errors.
const GROUPS: usize = 40;
/// Numbers in hand are told apart up to this.
const MOST: usize = MOST_CONCURRENCY as usize;

/// How agents serve several contacts at once.
#[derive(Clone, Debug, PartialEq)]
pub struct AtOnce {
    /// Contacts in hand, in the mean of the time with any.
    pub mean: f64,
    /// Speed of each with 1, 2, ... in hand; the first is 1.
    pub speed: Vec<Ranged>,
    /// Contacts from which that is known.
    pub contacts: u64,
}

/// What follows from it.
#[derive(Clone, Debug)]
pub(super) struct Served {
    pub(super) at_once: AtOnce,
    /// By topic: work in milliseconds, with the standard error of its mean in seconds.
    pub(super) work: Vec<(Tally, f64)>,
    /// By local day and interval: seconds in which agents had anything in hand.
    pub(super) busy_s: BTreeMap<i32, Vec<f64>>,
}

/// When agents had which contact in hand.
#[derive(Clone, Debug)]
pub struct Sessions {
    kept: Kept,
}

impl Default for Sessions {
    fn default() -> Self {
        let of_day = |agent: u32, from: i64| {
            agent.wrapping_mul(0x9e37_79b9) ^ from.div_euclid(DAY_MS) as u32
        };
        Self {
            kept: Kept::new(of_day),
        }
    }
}

/// A contact of an agent: its topic, its day, the number in hand when it began, and milliseconds by number in hand.
struct Session {
    topic: usize,
    day: i32,
    level: usize,
    spent: [f64; MOST],
    to: i64,
}

impl Sessions {
    /// Adds a contact that an agent had from one moment to another.
    pub(super) fn add(&mut self, c: &Contact, (from, to): (i64, i64)) {
        if let Some(who) = c.agent.filter(|_| c.outcome == Outcome::Answered) {
            let place = i64::from(c.topic);
            let time = (from, to);
            self.kept.add(Span { who, time, place });
        }
    }

    /// What they tell, in intervals of so many minutes; `None` where agents serve one contact after the other.
    pub(super) fn served(&self, topics: usize, minutes: u32) -> Option<Served> {
        let one_of = f64::from(self.kept.one_of());
        let (mut n, mut all, mut began) = (0_u64, 0.0, [0_u64; MOST]);
        let mut busy = Busy::new(minutes, one_of);
        walk(&self.kept, &mut |from, to| busy.add(from, to), &mut |s| {
            n += 1;
            all += s.spent.iter().sum::<f64>();
            began[s.level - 1] += 1;
        });
        let mean = all * one_of / busy.total_ms().max(1e-9);
        let counts = |level: &usize| {
            let began = began[level - 1];
            began >= FEWEST && began as f64 >= LEAST * n as f64
        };
        let most = (1..=MOST).take_while(counts).last()?;
        if mean < SEVERAL || most < 2 {
            return None;
        }
        // By group of days: sums of time by number in hand at the begin and during the contact, and by topic.
        let mut groups = vec![Sums::new(most, topics); GROUPS];
        walk(&self.kept, &mut |_, _| (), &mut |s| {
            groups[s.day.rem_euclid(GROUPS as i32) as usize].add(s, most);
        });
        let mut total = Sums::new(most, topics);
        groups.iter().for_each(|g| total.merge(g, 1.0));
        let speed = total.speed();
        let used: Vec<&Sums> = groups.iter().filter(|g| !g.is_empty()).collect();
        // The jackknife: each group left out.
        let mut errors = (vec![0.0; most], vec![0.0; topics]);
        for group in &used {
            let mut rest = total.clone();
            rest.merge(group, -1.0);
            let of_rest = rest.speed();
            for m in 0..most {
                errors.0[m] += square(of_rest[m] - speed[m]);
            }
            for k in 0..topics {
                errors.1[k] += square(rest.work_s(k, &of_rest) - total.work_s(k, &speed));
            }
        }
        let m = used.len() as f64;
        let error = |sum: f64| (sum * (m - 1.0) / m.max(1.0)).max(0.0).sqrt();
        let z = normal_factor(LEVEL)?;
        let ranged = speed.iter().zip(&errors.0).map(|(&s, &sum)| {
            let half = z * error(sum);
            Ranged::new(s, (s - half).max(0.0), (s + half).min(1.0))
        });
        let none = |&sum: &f64| (Tally::default(), error(sum));
        let mut work: Vec<(Tally, f64)> = errors.1.iter().map(none).collect();
        walk(&self.kept, &mut |_, _| (), &mut |s| {
            if let Some((tally, _)) = work.get_mut(s.topic) {
                tally.add(libm::round(s.work(&speed)) as u64, true);
            }
        });
        Some(Served {
            at_once: AtOnce {
                mean,
                speed: ranged.collect(),
                contacts: n,
            },
            work,
            busy_s: busy.seconds(),
        })
    }
}

/// Milliseconds in which agents had anything in hand, by local day and interval: whole numbers, whose sum does not depend on their order.
struct Busy {
    width: i64,
    one_of: f64,
    by_day: BTreeMap<i32, Vec<f64>>,
}

impl Busy {
    fn new(minutes: u32, one_of: f64) -> Self {
        Self {
            width: i64::from(minutes.max(1)) * 60_000,
            one_of,
            by_day: BTreeMap::new(),
        }
    }

    fn add(&mut self, from: i64, to: i64) {
        let mut at = from;
        while at < to {
            let end = ((at.div_euclid(self.width) + 1) * self.width).min(to);
            let of_day = self.by_day.entry(at.div_euclid(DAY_MS) as i32);
            let day = of_day.or_insert_with(|| vec![0.0; (DAY_MS / self.width) as usize]);
            day[(at.rem_euclid(DAY_MS) / self.width) as usize] += self.one_of * (end - at) as f64;
            at = end;
        }
    }

    fn total_ms(&self) -> f64 {
        self.by_day.values().flatten().sum()
    }

    fn seconds(mut self) -> BTreeMap<i32, Vec<f64>> {
        let all = self.by_day.values_mut().flatten();
        all.for_each(|ms| *ms /= 1e3);
        self.by_day
    }
}

/// Follows each agent: `busy` gets the time with anything in hand, `done` each contact when it ends.
fn walk(kept: &Kept, busy: &mut dyn FnMut(i64, i64), done: &mut dyn FnMut(&Session)) {
    kept.by_person(&mut |spans| {
        // By when they end: the last one first.
        let mut in_hand: Vec<Session> = Vec::new();
        let mut now = i64::MIN;
        // Time goes on to a moment, or until nothing is in hand.
        let mut pass = |until: i64, now: &mut i64, in_hand: &mut Vec<Session>| {
            while let Some(next) = in_hand.last().map(|s| s.to) {
                let to = next.min(until);
                let level = in_hand.len().min(MOST);
                let passed = (to - *now) as f64;
                in_hand
                    .iter_mut()
                    .for_each(|s| s.spent[level - 1] += passed);
                busy(*now, to);
                *now = to;
                if next > until {
                    return;
                }
                in_hand.pop().iter().for_each(&mut *done);
            }
            *now = until;
        };
        for span in spans {
            pass(span.time.0, &mut now, &mut in_hand);
            // A wrong time of days does not fill days.
            let to = span.time.1.min(span.time.0 + DAY_MS);
            let session = Session {
                topic: span.place as usize,
                day: span.time.0.div_euclid(DAY_MS) as i32,
                level: (in_hand.len() + 1).min(MOST),
                spent: [0.0; MOST],
                to,
            };
            let at = in_hand.partition_point(|s| s.to > to);
            in_hand.insert(at, session);
        }
        pass(i64::MAX, &mut now, &mut in_hand);
    });
}

impl Session {
    fn work(&self, speed: &[f64]) -> f64 {
        let last = speed.last().copied().unwrap_or(1.0);
        let of = |m: usize| speed.get(m).copied().unwrap_or(last);
        self.spent.iter().enumerate().map(|(m, t)| of(m) * t).sum()
    }
}

fn square(x: f64) -> f64 {
    x * x
}

/// Sums over contacts, in milliseconds.
#[derive(Clone, Debug)]
struct Sums {
    /// By number in hand at the begin: contacts, and time by number in hand.
    began: Vec<(f64, Vec<f64>)>,
    /// The same by topic.
    topics: Vec<(f64, Vec<f64>)>,
}

impl Sums {
    fn new(most: usize, topics: usize) -> Self {
        Self {
            began: vec![(0.0, vec![0.0; most]); most],
            topics: vec![(0.0, vec![0.0; most]); topics],
        }
    }

    fn is_empty(&self) -> bool {
        self.began.iter().all(|b| b.0 == 0.0)
    }

    fn add(&mut self, s: &Session, most: usize) {
        let of_topic = self.topics.get_mut(s.topic);
        let rows = [Some(&mut self.began[s.level.min(most) - 1]), of_topic];
        for row in rows.into_iter().flatten() {
            row.0 += 1.0;
            for (m, t) in s.spent.iter().enumerate() {
                row.1[m.min(most - 1)] += t;
            }
        }
    }

    fn merge(&mut self, other: &Self, n: f64) {
        let mine = self.began.iter_mut().chain(&mut self.topics);
        let others = other.began.iter().chain(&other.topics);
        for (a, b) in mine.zip(others) {
            a.0 += n * b.0;
            a.1.iter_mut().zip(&b.1).for_each(|(x, y)| *x += n * y);
        }
    }

    /// The mean work of a topic with these speeds.
    fn work_s(&self, topic: usize, speed: &[f64]) -> f64 {
        let (n, times) = &self.topics[topic];
        times.iter().zip(speed).map(|(t, s)| t * s).sum::<f64>() / n.max(1.0) / 1e3
    }

    /// The speeds with which contacts that began beside 0, 1, ... others are as much work in the mean: how many are in hand when a
    /// contact begins says nothing about its work. With `T_km` the mean time with m in hand of those that began with k,
    /// `sum over m of s_m T_km` is the same for all k, and `s_1 = 1`: as many linear equations as unknowns.
    fn speed(&self) -> Vec<f64> {
        let n = self.began.len();
        // Unknown: s_2, ..., s_n, and the mean work.
        let mut rows: Vec<Vec<f64>> = (self.began.iter())
            .map(|(count, times)| {
                let mean = |m: usize| times[m] / count.max(1.0);
                let mut row: Vec<f64> = (1..n).map(mean).collect();
                row.push(-1.0);
                row.push(-mean(0));
                row
            })
            .collect();
        let solved = solved(&mut rows).unwrap_or_else(|| vec![1.0; n]);
        let mut speed = vec![1.0];
        for s in &solved[..n - 1] {
            let before = speed.last().copied().unwrap_or(1.0);
            speed.push(s.clamp(LOWEST_SPEED, before));
        }
        speed
    }
}

/// The solution of linear equations, each a row with its right side last; `None` where there is none.
fn solved(rows: &mut [Vec<f64>]) -> Option<Vec<f64>> {
    let n = rows.len();
    for i in 0..n {
        let largest = (i..n).max_by(|&a, &b| rows[a][i].abs().total_cmp(&rows[b][i].abs()))?;
        rows.swap(i, largest);
        let pivot = rows[i][i];
        if pivot.abs() < 1e-12 {
            return None;
        }
        let row = rows[i].clone();
        for other in rows
            .iter_mut()
            .enumerate()
            .filter(|r| r.0 != i)
            .map(|r| r.1)
        {
            let by = other[i] / pivot;
            other.iter_mut().zip(&row).for_each(|(x, y)| *x -= by * y);
        }
    }
    Some((0..n).map(|i| rows[i][n] / rows[i][i]).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn linear_equations_are_solved() {
        let mut rows = vec![
            vec![0.0, 2.0, 1.0, 7.0],
            vec![1.0, -1.0, 0.0, -1.0],
            vec![3.0, 0.0, 2.0, 9.0],
        ];
        let x = solved(&mut rows).unwrap();
        for (got, want) in x.iter().zip([1.0, 2.0, 3.0]) {
            assert!((got - want).abs() < 1e-12, "{x:?}");
        }
        assert_eq!(solved(&mut [vec![0.0, 1.0]]), None);
    }

    /// Two agents. The first one has three contacts, of which the second one is done beside the first and the third: 4 minutes of it with
    /// two in hand, two alone.
    #[test]
    fn time_beside_others_by_hand() {
        let mut sessions = Sessions::default();
        let minute = 60_000;
        for (who, from, to) in [(7, 0, 10), (7, 8, 14), (7, 12, 20), (8, 0, 5)] {
            sessions.kept.add(Span {
                who,
                time: (from * minute, to * minute),
                place: 0,
            });
        }
        let (mut all, mut busy) = (Vec::new(), Busy::new(15, 1.0));
        walk(
            &sessions.kept,
            &mut |from, to| busy.add(from, to),
            &mut |s| {
                let minutes = |m: usize| s.spent[m] / 6e4;
                all.push((s.level, minutes(0), minutes(1), s.work(&[1.0, 0.5]) / 6e4));
            },
        );
        let expected = [
            (1, 8.0, 2.0, 9.0),
            (2, 2.0, 4.0, 4.0),
            (2, 6.0, 2.0, 7.0),
            (1, 5.0, 0.0, 5.0),
        ];
        assert_eq!(all, expected);
        assert_eq!(busy.seconds()[&0][..3], [1200.0, 300.0, 0.0]);
    }
}
