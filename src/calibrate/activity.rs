//! When agents were at work, seen by their contacts.

use std::collections::{BTreeMap, BTreeSet};

/// Seconds of a slot: it is known of each whether an agent was at work in it.
const SLOT_S: i64 = 15;
/// Slots of a day.
const SLOTS: i64 = 86_400 / SLOT_S;
const WORDS: usize = (SLOTS / 64) as usize;
/// An agent without a contact for longer has gone.
pub(super) const SESSION_GAP_MIN: i64 = 30;
const GAP: i64 = SESSION_GAP_MIN * 60 / SLOT_S;
/// What is added to a session at each end at most: half of what ends one.
const LONGEST_IDLE: i64 = GAP / 2;
/// A contact of a longer time is cut, lest a wrong time fills days.
const LONGEST_S: i64 = 86_400;

/// A bit for each slot of a day, and the contacts that began.
type Seen = (Box<[u64; WORDS]>, u32);

/// By agent and day the slots in which the agent was at work, and the contacts that began: 720 bytes each.
#[derive(Clone, Debug, Default)]
pub struct Activity {
    slots: BTreeMap<(u32, i32), Seen>,
    agents: BTreeSet<u32>,
}

impl Activity {
    /// Adds a contact of an agent, from and to in milliseconds since 1970-01-01 by the local clock.
    pub fn add(&mut self, agent: u32, (from, to): (i64, i64)) {
        self.agents.insert(agent);
        let first = from.div_euclid(SLOT_S * 1000);
        let last = (to - 1)
            .div_euclid(SLOT_S * 1000)
            .min(first + LONGEST_S / SLOT_S);
        for slot in first..=last {
            let (day, i) = (slot.div_euclid(SLOTS), slot.rem_euclid(SLOTS));
            let of_day = self.slots.entry((agent, day as i32));
            let found = of_day.or_insert_with(|| (Box::new([0; WORDS]), 0));
            found.0[(i / 64) as usize] |= 1 << (i % 64);
            found.1 += u32::from(slot == first);
        }
    }

    /// Agents who were seen.
    pub fn agents(&self) -> usize {
        self.agents.len()
    }

    /// Those agents who count, in a session by day and interval of so many minutes, in the mean of the time.
    ///
    /// Nobody sees a session begin or end. With contacts at random the first one comes as long after the begin, in the mean, as an agent
    /// is idle between two, and the end likewise: so a session goes on by the mean idle time of a contact on that day at both ends.
    pub fn on_duty(&self, minutes: u32, counts: &dyn Fn(u32) -> bool) -> BTreeMap<i32, Vec<f64>> {
        // Whole slots: their sum does not depend on who is counted first.
        let mut found: BTreeMap<i32, Vec<i64>> = BTreeMap::new();
        let width = i64::from(minutes) * 60 / SLOT_S;
        let mut put = |from: i64, to: i64| {
            let mut at = from;
            while at < to {
                let end = ((at.div_euclid(width) + 1) * width).min(to);
                let of_day = found.entry(at.div_euclid(SLOTS) as i32);
                let day = of_day.or_insert_with(|| vec![0; (SLOTS / width) as usize]);
                day[(at.rem_euclid(SLOTS) / width) as usize] += end - at;
                at = end;
            }
        };
        let mut sessions: Vec<Session> = Vec::new();
        let counted = self.slots.iter().filter(|((agent, _), _)| counts(*agent));
        for (&(agent, day), (words, contacts)) in counted {
            let before = sessions.len();
            let busy = (0..SLOTS).filter(|i| words[(i / 64) as usize] >> (i % 64) & 1 == 1);
            for slot in busy.map(|i| i64::from(day) * SLOTS + i) {
                match sessions.last_mut() {
                    Some(s) if s.agent == agent && slot - s.to <= GAP => {
                        s.to = slot + 1;
                        s.busy += 1;
                    }
                    _ => sessions.push(Session {
                        agent,
                        from: slot,
                        to: slot + 1,
                        busy: 1,
                        idle: 0,
                    }),
                }
            }
            let of_day = &mut sessions[before..];
            let idle: i64 = of_day.iter().map(|s| s.to - s.from - s.busy).sum();
            let each = idle / i64::from(*contacts).max(1);
            of_day
                .iter_mut()
                .for_each(|s| s.idle = each.min(LONGEST_IDLE));
        }
        for s in &sessions {
            put(s.from - s.idle, s.to + s.idle);
        }
        let mean = |slots: Vec<i64>| slots.iter().map(|&n| n as f64 / width as f64).collect();
        found
            .into_iter()
            .map(|(day, slots)| (day, mean(slots)))
            .collect()
    }
}

/// A stretch of work of an agent, in slots.
struct Session {
    agent: u32,
    from: i64,
    to: i64,
    busy: i64,
    /// Before the first and after the last contact.
    idle: i64,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn minutes(m: i64) -> i64 {
        m * 60_000
    }

    /// Two contacts of ten minutes with ten between: idle for five minutes a contact, which are added at both ends. Then a gap of an hour.
    #[test]
    fn sessions_go_on_by_the_idle_time_of_a_contact() {
        let mut activity = Activity::default();
        for from in [600, 620, 720] {
            activity.add(3, (minutes(from), minutes(from + 10)));
        }
        let found = activity.on_duty(30, &|_| true);
        let day = &found[&0];
        // Ten minutes idle over three contacts of the day: 3 min 20 s, in slots of 15 s 3 min 15 s.
        let part = 3.25 / 30.0;
        let expected = [
            (19, part),
            (20, 1.0),
            (21, part),
            (23, part),
            (24, (10.0 + 3.25) / 30.0),
        ];
        for (i, n) in expected {
            assert!((day[i] - n).abs() < 1e-9, "{i}: {} {n}", day[i]);
        }
        let all: f64 = day.iter().sum();
        assert!((all - expected.iter().map(|e| e.1).sum::<f64>()).abs() < 1e-9);
        assert_eq!(activity.agents(), 1);
    }

    #[test]
    fn sessions_go_on_over_midnight() {
        let mut activity = Activity::default();
        activity.add(2, (minutes(1430), minutes(1450)));
        let found = activity.on_duty(30, &|_| true);
        assert!(found[&0][47] > 0.3 && found[&1][0] > 0.3);
    }
}
