//! The contact log against what is counted.

use super::random_model::{ALL, random_model, random_timeline};
use super::{cases, rolls};
use handover::engine::Laws;
use handover::measure::{ContactLeg, LegOutcome, Sums, contact_legs, count};
use handover::model::{Ending, Model};
use handover::time::Micros;
use proptest::prelude::*;
use std::collections::BTreeMap;

fn legs(laws: &Laws<'_>, seed: u64, share: f64) -> Vec<ContactLeg> {
    let mut legs = Vec::new();
    let mut put = |leg: &ContactLeg| legs.push(leg.clone());
    contact_legs(laws, (seed, 0), share, &mut put, &|| false);
    legs
}

/// What the legs add up to, contact type by contact type, as far as it stands in them.
fn added(legs: &[ContactLeg], topic: usize) -> Sums {
    let mut sums = Sums::default();
    let mut before: Option<&ContactLeg> = None;
    let mut met = 0;
    for leg in legs.iter().filter(|l| l.topic == topic) {
        let same = before.filter(|b| b.contact == leg.contact);
        let again = same.is_some_and(|b| b.outcome == LegOutcome::CutOff);
        let (c, a) = (&mut sums.customers, &mut sums.answers);
        c.contacts += u64::from(leg.leg == 1);
        c.cases += u64::from(leg.leg == 1 && leg.attempt == 1);
        if let LegOutcome::Ended(ending) = leg.outcome {
            c.ended[ending as usize] += 1;
        } else if leg.outcome == LegOutcome::NotReached {
            c.ended[Ending::Abandoned as usize] += 1;
            c.callbacks_missed += 1;
        }
        if let Some((from, to)) = leg.session {
            c.ai_time += to - from;
            c.ai_contacts += u64::from(met != leg.contact);
            met = leg.contact;
        }
        c.callbacks += u64::from(leg.callback);
        a.transferred += u64::from(leg.outcome == LegOutcome::Transferred);
        a.cut_off += u64::from(leg.outcome == LegOutcome::CutOff);
        a.handle += leg.handle.unwrap_or(0.0);
        a.served += u64::from(leg.work_end.is_some() && leg.outcome != LegOutcome::CutOff);
        a.resolved += u64::from(leg.outcome == LegOutcome::Ended(Ending::HumanResolved));
        if let Some(entry) = leg.queue_entry {
            c.offered += u64::from(!again);
            let wait = leg.answer.unwrap_or(leg.end) - entry;
            let left = leg.answer.is_none();
            match leg.outcome {
                LegOutcome::Ended(Ending::TurnedAway) => c.turned_away += 1,
                LegOutcome::Ended(Ending::Unserved) if left => {
                    (c.unserved, c.wait) = (c.unserved + u64::from(!again), c.wait + wait);
                }
                LegOutcome::Ended(Ending::Abandoned) | LegOutcome::NotReached => {
                    (c.abandoned, c.wait) = (c.abandoned + u64::from(!again), c.wait + wait);
                    c.wait_abandoned += if again { 0 } else { wait };
                }
                _ => {
                    (a.answered, c.wait) = (a.answered + u64::from(!again), c.wait + wait);
                    a.wait_answered += if again { 0 } else { wait };
                    a.session += leg.work_end.map_or(0, |_| leg.end - leg.answer.unwrap());
                }
            }
        }
        before = Some(leg);
    }
    sums
}

/// The same as the run counts it, and nothing else.
fn counted(model: &Model, laws: &Laws<'_>, seed: u64, topic: usize) -> Sums {
    let (_, counters) = count(laws, seed, 0, &|| false);
    let pools = model.pools.len();
    let c = &counters.total.topics[topic];
    let mut sums = Sums::default();
    let s = &mut sums.customers;
    (s.contacts, s.cases, s.ended) = (c.contacts, c.cases, c.ended);
    (s.ai_time, s.ai_contacts) = (c.ai_time, c.ai_contacts);
    (s.callbacks, s.callbacks_missed) = (c.callbacks, c.callbacks_missed);
    (s.offered, s.turned_away, s.unserved) = (c.offered, c.turned_away, c.unserved);
    (s.abandoned, s.wait, s.wait_abandoned) = (c.abandoned, c.wait, c.wait_abandoned);
    for of in &counters.total.matrix[topic * pools..(topic + 1) * pools] {
        let a = &mut sums.answers;
        (a.answered, a.wait_answered) =
            (a.answered + of.answered, a.wait_answered + of.wait_answered);
        (a.served, a.resolved) = (a.served + of.served, a.resolved + of.resolved);
        (a.handle, a.session) = (a.handle + of.handle, a.session + of.session);
        (a.cut_off, a.transferred) = (a.cut_off + of.cut_off, a.transferred + of.transferred);
    }
    sums
}

/// Times of a leg come in their order, and legs in that of their contacts.
fn in_order(legs: &[ContactLeg]) -> Result<(), TestCaseError> {
    for leg in legs {
        let mut times = vec![leg.arrival];
        times.extend(leg.session.iter().flat_map(|s| [s.0, s.1]));
        times.extend(leg.queue_entry);
        times.extend(leg.answer);
        times.push(leg.end);
        times.extend(leg.work_end);
        prop_assert!(times.is_sorted(), "{leg:?}");
        prop_assert!(leg.comes_back.is_none_or(|back| back >= leg.end), "{leg:?}");
        prop_assert_eq!(leg.agent.is_some(), leg.answer.is_some(), "{:?}", leg);
    }
    let (mut begun, mut back) = (0, BTreeMap::new());
    for pair in legs.windows(2) {
        let [leg, next] = pair else { continue };
        if next.leg == 1 {
            prop_assert!(matches!(
                leg.outcome,
                LegOutcome::Ended(_) | LegOutcome::NotReached
            ));
        } else {
            prop_assert_eq!((leg.contact, leg.leg + 1), (next.contact, next.leg));
            prop_assert_eq!(leg.end, next.arrival);
        }
    }
    for leg in legs {
        if leg.leg == 1 {
            prop_assert!(leg.arrival >= begun, "{leg:?}");
            begun = leg.arrival;
        }
        // A customer who comes back is the same one, at that time.
        if leg.leg == 1
            && let Some(at) = back.remove(&(leg.customer, leg.attempt))
        {
            prop_assert_eq!(at, leg.arrival);
        }
        if let Some(at) = leg.comes_back {
            back.insert((leg.customer, leg.attempt + 1), at);
        }
    }
    prop_assert!(back.is_empty(), "never came back: {back:?}");
    Ok(())
}

/// Nobody has more in hand than fits.
fn fits(model: &Model, legs: &[ContactLeg]) -> Result<(), TestCaseError> {
    let mut changes: BTreeMap<(usize, u32), Vec<(Micros, i64)>> = BTreeMap::new();
    for leg in legs {
        if let (Some(agent), Some(answer)) = (leg.agent, leg.answer) {
            let end = leg.work_end.unwrap_or(Micros::MAX);
            if end > answer {
                changes
                    .entry(agent)
                    .or_default()
                    .extend([(answer, 1), (end, -1)]);
            }
        }
    }
    for ((pool, agent), mut changes) in changes {
        let most = model
            .epochs()
            .map(|m| i64::from(m.pools[pool].concurrency))
            .max();
        changes.sort_unstable();
        let mut load = 0;
        for (at, change) in changes {
            load += change;
            prop_assert!(Some(load) <= most, "pool {pool}, agent {agent} at {at}");
        }
    }
    Ok(())
}

fn check(model: &Model, seed: u64) -> Result<(), TestCaseError> {
    let laws = Laws::new(model).unwrap();
    let all = legs(&laws, seed, 1.0);
    in_order(&all)?;
    fits(model, &all)?;
    for topic in 0..model.topics.len() {
        let (mut found, expected) = (added(&all, topic), counted(model, &laws, seed, topic));
        let (handle, sum) = (found.answers.handle, expected.answers.handle);
        prop_assert!(
            (handle - sum).abs() <= 1e-9 * (1.0 + sum),
            "{handle}, counted {sum}"
        );
        found.answers.handle = sum;
        prop_assert_eq!(found, expected, "topic {}", topic);
    }
    // A share is a part of the whole, of whole cases.
    let some = legs(&laws, seed, 0.4);
    let cases: std::collections::BTreeSet<u64> = some.iter().map(|l| l.customer).collect();
    let expected: Vec<&ContactLeg> = all.iter().filter(|l| cases.contains(&l.customer)).collect();
    prop_assert_eq!(some.iter().collect::<Vec<_>>(), expected);
    Ok(())
}

proptest! {
    #![proptest_config(cases(150))]

    #[test]
    fn the_log_adds_up_to_what_is_counted(rolls in rolls(), seed in 0u64..1000) {
        check(&random_model(&rolls, ALL), seed)?;
    }

    #[test]
    fn so_it_does_when_everything_changes(rolls in rolls(), others in rolls(), seed in 0u64..1000) {
        check(&random_timeline(&rolls, &others), seed)?;
    }
}
