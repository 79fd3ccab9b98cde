//! How many people a group needs: the agents that the expected work requires, and the hours that its people are there.

use super::flow::LOOK_BACK;
use super::{Cover, Group, Hiring, Model, Month, Required, Requirement};
use crate::time::{Micros, to_seconds};

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
                let begin = (first + near as usize).min(end - 1);
                let mut people = vec![0.0; months.len()];
                let found = self.people_for(g, rule, &months[begin..end]);
                people[begin..end].copy_from_slice(&found);
                people
            }
            _ => Vec::new(),
        };
        self.groups.iter().enumerate().map(required).collect()
    }

    /// People of group `g` needed in each of some months.
    fn people_for(&self, g: usize, rule: &Requirement, months: &[Month]) -> Vec<f64> {
        let (Some(first), Some(last)) = (months.first(), months.last()) else {
            return Vec::new();
        };
        // Contacts of the weeks before may come back.
        let from = first.start.saturating_sub(LOOK_BACK);
        let required = Required::between(&[(0, self)], from, last.end, Some(rule));
        let heads = f64::from(self.groups[g].headcount.max(1));
        // By month, per person of the group: (people needed, seconds); and hours needed over hours of a person.
        let mut needed = vec![Vec::new(); months.len()];
        let mut sums = vec![(0.0, 0.0); months.len()];
        let pools = self.pools.iter().enumerate();
        for (p, _) in pools.filter(|(_, x)| x.group() == Some(g)) {
            let there = self.mean_agents(p, &required.spans);
            for (i, (span, there)) in required.spans.iter().zip(there).enumerate() {
                let open = required.pools[p].open(i);
                let month = months.partition_point(|m| m.end <= span.0);
                if there <= 0.0 || open == 0 || month >= months.len() || span.0 < first.start {
                    continue;
                }
                // While the pool is open.
                let share = (span.1 - span.0) as f64 / open as f64;
                let (there, seconds) = (there * share / heads, to_seconds(open));
                let agents = required.pools[p].agents(i);
                let agents = agents.map_or(f64::INFINITY, f64::from);
                sums[month].0 += agents * seconds;
                sums[month].1 += there * seconds;
                needed[month].push((agents / there, seconds));
            }
        }
        let people = |((hours, duty), needed): ((f64, f64), Vec<(f64, f64)>)| {
            let people = match rule.cover {
                Cover::Hours if duty > 0.0 => hours / duty,
                Cover::Hours => 0.0,
                Cover::Time(share) => covering(needed, share),
            };
            // Without the last digits, which are rounding errors.
            libm::ceil(people * (1.0 - 1e-9)).min(f64::from(rule.most))
        };
        sums.into_iter().zip(needed).map(people).collect()
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
}
