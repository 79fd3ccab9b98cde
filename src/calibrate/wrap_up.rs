//! How long agents take after a contact before they take the next one, although somebody waits.

use std::collections::BTreeMap;

use super::skills::Crews;
use super::tally::Tally;
use crate::log::{Contact, Outcome};

/// So many contacts are looked at, the first ones.
const MOST: usize = 300_000;
/// Up to so long, in milliseconds, it is wrap-up; beyond it the agent was away.
const LONGEST_MS: i64 = 60_000;
/// Up to so long an agent is away and has not gone.
const LONGEST_AWAY_MS: i64 = 30 * 60_000;
/// Fewer are not enough to tell.
const FEWEST: u64 = 100;

/// When contacts came, were answered and ended: 40 bytes each.
#[derive(Clone, Copy, Debug)]
struct Times {
    queued: i64,
    /// When it was answered, or left.
    wait_end: i64,
    /// When the agent had done with it.
    end: i64,
    /// `None`: nobody answered.
    agent: Option<u32>,
    topic: u16,
}

/// Times of some contacts.
#[derive(Clone, Debug, Default)]
pub struct WrapUp {
    times: Vec<Times>,
}

impl WrapUp {
    /// Adds a contact, if it tells anything.
    pub fn add(&mut self, c: &Contact) {
        let Some(wait) = c.wait_ms.filter(|_| self.times.len() < MOST) else {
            return;
        };
        let wait_end = c.answered_at();
        let agent = c.agent.filter(|_| c.outcome == Outcome::Answered);
        if agent.is_some() || wait > 0 {
            self.times.push(Times {
                queued: c.queued_at(),
                wait_end,
                end: wait_end + c.handle_ms.unwrap_or(0) as i64,
                agent,
                topic: c.topic,
            });
        }
    }

    /// The times from the end of a contact to the next one of the same agent, in milliseconds, during all of which somebody waited: an agent
    /// who could have taken a contact would have. Short ones first, then by how much the others are longer than these. `None` if there are
    /// too few short ones.
    pub(super) fn gaps(&self, crews: &Crews) -> Option<(Tally, Tally)> {
        let (mut gaps, mut away) = (Tally::default(), Tally::default());
        for crew in 0..crews.count() {
            self.of_crew(crews, crew, &mut gaps, &mut away);
        }
        (gaps.totals().0 >= FEWEST).then_some((gaps, away))
    }

    /// Those of the agents of a crew, during which somebody waited whom it serves.
    fn of_crew(&self, crews: &Crews, crew: usize, gaps: &mut Tally, away: &mut Tally) {
        // How many wait from each moment on.
        let mut changes: BTreeMap<i64, i64> = BTreeMap::new();
        let waited = self.times.iter().filter(|t| t.wait_end > t.queued);
        for t in waited.filter(|t| crews.serves(crew, t.topic.into())) {
            *changes.entry(t.queued).or_default() += 1;
            *changes.entry(t.wait_end).or_default() -= 1;
        }
        let mut waiting = 0;
        let empty_from: Vec<i64> = changes
            .iter()
            .filter_map(|(&at, change)| {
                waiting += change;
                (waiting == 0).then_some(at)
            })
            .collect();
        let busy_from: Vec<i64> = empty_from
            .iter()
            .map(|&at| changes.range(at + 1..).next().map_or(i64::MAX, |c| *c.0))
            .collect();
        // Nobody waits from each moment of the one list to that of the other, and before the first change.
        let first = changes.keys().next().copied().unwrap_or(i64::MAX);
        let somebody_waits = |from: i64, to: i64| {
            let i = empty_from.partition_point(|&at| at <= from);
            let begun = from >= first && (i == 0 || busy_from[i - 1] <= from);
            begun && empty_from.get(i).is_none_or(|&at| at >= to)
        };
        let is_own = |t: &&Times| t.agent.is_some_and(|agent| crews.of(agent) == crew);
        let mut answered: Vec<&Times> = self.times.iter().filter(is_own).collect();
        answered.sort_by_key(|t| (t.agent, t.wait_end, t.end, t.queued));
        for pair in answered.windows(2) {
            let (from, to) = (pair[0].end, pair[1].wait_end);
            let same = pair[0].agent == pair[1].agent;
            if !same || !(0..LONGEST_AWAY_MS).contains(&(to - from)) || !somebody_waits(from, to) {
                continue;
            }
            match to - from {
                short if short <= LONGEST_MS => gaps.add(short as u64, true),
                long => away.add((long - LONGEST_MS) as u64, true),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contact(arrival: i64, wait: u64, handle: u64, agent: u32) -> Contact {
        Contact {
            line: 1,
            arrival: arrival * 1000,
            assistant_ms: None,
            wait_ms: Some(wait * 1000),
            handle_ms: Some(handle * 1000),
            session_ms: None,
            end: None,
            outcome: Outcome::Answered,
            topic: 0,
            channel: 0,
            agent: Some(agent),
            customer: None,
            priority: None,
            assistant: None,
        }
    }

    /// Somebody waits during all of the first gap, during none of the second, and when the third begins only.
    #[test]
    fn gaps_count_while_somebody_waits() {
        let mut wrap_up = WrapUp::default();
        for n in 0..100 {
            let at = n * 10_000;
            // Answered at 0 until 60; at 67 the next one, who came at 30, until 127; at 150 the next one, who came then.
            for c in [
                contact(at, 0, 60, 1),
                contact(at + 30, 37, 60, 1),
                contact(at + 150, 0, 50, 1),
                // Waits from 190 to 210 and is taken by another agent; the first one takes the next contact at 230.
                contact(at + 190, 20, 5, 2),
                contact(at + 230, 0, 5, 1),
            ] {
                wrap_up.add(&c);
            }
        }
        let (gaps, away) = wrap_up.gaps(&Crews::one()).unwrap();
        assert_eq!(gaps.sorted(), [(7.0, 100, 0)]);
        assert_eq!(away.totals(), (0, 0));
    }
}
