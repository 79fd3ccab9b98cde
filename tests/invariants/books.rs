//! Conservation, and two sets of books that agree.

use super::ledger::{Ledger, Span};
use super::random_model::{ALL, Range, random_model, random_timeline};
use super::{cases, rolls};
use crate::sample::simulate;
use handover::engine::Laws;
use handover::finance;
use handover::measure::{Slice, Values, count};
use handover::model::Model;
use handover::time::Micros;
use proptest::prelude::*;

/// Time of spans, times their number of agents, between two moments.
fn total(spans: &[Span], from: Micros, to: Micros) -> u64 {
    spans
        .iter()
        .map(|s| s.1.min(to).saturating_sub(s.0.max(from)) * u64::from(s.2))
        .sum()
}

/// The first moment at which `many` spans outnumber `slots` for each agent of `duty`.
fn crowded(many: &[Span], duty: &[Span], slots: i64) -> Option<Micros> {
    let mut changes: Vec<(Micros, i64)> = Vec::new();
    for s in many.iter().filter(|s| s.0 < s.1) {
        changes.extend([(s.0, 1), (s.1, -1)]);
    }
    for s in duty {
        let n = i64::from(s.2) * slots;
        changes.extend([(s.0, -n), (s.1, n)]);
    }
    changes.sort_unstable();
    let mut level = 0;
    for (i, (t, change)) in changes.iter().enumerate() {
        level += change;
        let last = changes.get(i + 1).is_none_or(|next| next.0 != *t);
        if last && level > 0 {
            return Some(*t);
        }
    }
    None
}

/// Plays a model with the ledger and compares it with everything that is known otherwise.
fn check(model: &Model, seed: u64) -> Result<(), TestCaseError> {
    let laws = Laws::new(model).unwrap();
    let mut ledger = Ledger::new(model);
    let account = simulate(&laws, seed, 0, &mut ledger);
    ledger.finish();
    prop_assert_eq!(&ledger.faults, &Vec::<String>::new());
    prop_assert!(account.conserved);
    prop_assert_eq!(&account.started, &ledger.begun);
    prop_assert_eq!(&account.ended, &ledger.ended);
    prop_assert_eq!(account.pending, ledger.pending);
    for (begun, ended) in ledger.begun.iter().zip(&ledger.ended) {
        prop_assert_eq!(*begun, ended.iter().sum::<u64>());
    }
    for p in 0..model.pools.len() {
        let (busy, duty) = (
            total(&ledger.busy[p], 0, Micros::MAX),
            total(&ledger.duty[p], 0, Micros::MAX),
        );
        prop_assert!(busy <= duty, "pool {p}: busy {busy}, on duty {duty}");
        let limits = model.epochs().map(|m| i64::from(m.pools[p].concurrency));
        let slots = limits.max().unwrap_or(0);
        prop_assert_eq!(
            crowded(&ledger.services[p], &ledger.duty[p], slots),
            None,
            "pool {}: too many in hand",
            p
        );
        prop_assert_eq!(
            crowded(&ledger.busy[p], &ledger.duty[p], 1),
            None,
            "pool {}: more busy than on duty",
            p
        );
        // At each instant an agent's time is shared among the contacts in hand: the shares sum to the busy time.
        let handle = ledger.handle[p];
        prop_assert!(
            (handle - busy as f64).abs() <= 1e-9 * busy as f64 + 1.0,
            "pool {p}: handle {handle}, busy {busy}"
        );
        for pair in ledger.duty[p].windows(2) {
            prop_assert!(pair[0].1 <= pair[1].0, "pool {}: spans on duty overlap", p);
        }
    }
    recount(model, &laws, &ledger, seed)
}

/// What the collector counts against the ledger's spans.
fn recount(
    model: &Model,
    laws: &Laws<'_>,
    ledger: &Ledger<'_>,
    seed: u64,
) -> Result<(), TestCaseError> {
    let (_, counters) = count(laws, seed, 0, &|| false);
    let (from, to) = (model.warmup, model.horizon);
    for (k, sums) in counters.total.topics.iter().enumerate() {
        prop_assert_eq!(sums.contacts, ledger.counted[k]);
        prop_assert_eq!(sums.contacts, sums.ended.iter().sum::<u64>());
        prop_assert_eq!(
            sums.cases,
            sums.cases_resolved + sums.cases_lost + sums.pending + sums.cases_unserved
        );
        let row = &counters.total.matrix[k * model.pools.len()..(k + 1) * model.pools.len()];
        let answered: u64 = row.iter().map(|a| a.answered).sum();
        prop_assert_eq!(
            sums.offered,
            answered + sums.abandoned + sums.turned_away + sums.unserved
        );
        let waits: Vec<Span> = ledger.waits[k].iter().map(|w| (w.0, w.1, 1)).collect();
        prop_assert_eq!(
            sums.queue_time,
            total(&waits, from, to),
            "topic {}: queue length",
            k
        );
        let by_cell: u64 = (0..counters.cells.grid().cells())
            .map(|i| counters.cells.rows(i).0[k].queue_time)
            .sum();
        prop_assert_eq!(by_cell, total(&waits, 0, to));
        if from == 0 {
            let waited: u64 = waits.iter().map(|w| w.1 - w.0).sum();
            let after = counters.after.topics[k].queue_time;
            prop_assert_eq!((sums.queue_time + after, sums.wait), (waited, waited));
        }
    }
    // What markets have is what there is in all.
    let values = Values::new(model);
    let found = values.of(&counters, None);
    let of = |measure: &str, is_meant: &dyn Fn(&Slice) -> bool| -> f64 {
        let rows = values.rows().iter().zip(&found);
        let meant = rows.filter(|(row, _)| row.measure == measure && is_meant(&row.slice));
        meant.filter_map(|(_, value)| *value).sum()
    };
    for measure in [
        "contacts",
        "offered",
        "answered",
        "abandoned",
        "turned_away",
    ] {
        let all = of(measure, &|s| *s == Slice::All);
        let topics = of(measure, &|s| matches!(s, Slice::Topic(_)));
        prop_assert_eq!(all, topics, "{}", measure);
        if model.markets.any() {
            let markets = of(measure, &|s| matches!(s, Slice::Market(_)));
            prop_assert_eq!(all, markets, "{}", measure);
            let types = of(measure, &|s| matches!(s, Slice::TopicMarket(_)));
            prop_assert_eq!(all, types, "{}", measure);
        }
    }
    for (p, sums) in counters.total.pools.iter().enumerate() {
        prop_assert!(sums.adherent <= sums.scheduled && sums.adherent <= sums.duty);
        prop_assert!(model.pools[p].adherence().is_some() || sums.scheduled == 0);
        prop_assert_eq!(sums.busy, total(&ledger.busy[p], from, to));
        prop_assert_eq!(sums.duty, total(&ledger.duty[p], from, to));
        prop_assert_eq!(sums.slot_time, total(&ledger.services[p], from, to));
        // Who has more in hand than a new limit allows keeps it.
        let has_room = model
            .epochs()
            .all(|m| m.pools[p].concurrency == model.pools[p].concurrency);
        prop_assert!(sums.busy <= sums.duty && (!has_room || sums.slot_time <= sums.slot_duty));
        let by_cell: u64 = (0..counters.cells.grid().cells())
            .map(|i| counters.cells.rows(i).1[p].duty)
            .sum();
        prop_assert_eq!(by_cell, total(&ledger.duty[p], 0, to));
        if model.pools[p].pays_members() {
            // What the members got is what they cost.
            let charge =
                |(period, ledger): (handover::model::Period, &handover::measure::Ledger)| {
                    let model = model.epoch(period.epoch);
                    let price = model.pools[p].price.unwrap_or_default();
                    let span = finance::Span {
                        share: period.span.share,
                        first: false,
                        last: false,
                    };
                    finance::pool_charge(
                        &price,
                        &finance::Work::of(model, ledger, p, period.span.start),
                        span,
                    )
                };
            let cost: f64 = model
                .periods()
                .into_iter()
                .zip(&counters.periods)
                .map(charge)
                .sum();
            // A contact is charged at the price of the period in which it joined the queue, and paid at that of the moment.
            let is_same = model
                .epochs()
                .all(|m| m.pools[p].price == model.pools[p].price);
            prop_assert!(
                !is_same || (cost - sums.earned).abs() <= 1e-9 * cost,
                "pool {p}: costs {cost}, members got {}",
                sums.earned
            );
            prop_assert_eq!(sums.earned_time, sums.duty);
            prop_assert!(sums.unpaid_time <= sums.duty - sums.busy);
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(cases(120))]

    #[test]
    fn nothing_is_lost_and_the_books_agree(rolls in rolls(), seed in 0..1000u64) {
        check(&random_model(&rolls, ALL), seed)?;
    }
}

proptest! {
    #![proptest_config(cases(150))]

    #[test]
    fn nothing_is_lost_when_everything_changes(rolls in rolls(), others in rolls(), seed in 0..1000u64) {
        check(&random_timeline(&rolls, &others), seed)?;
    }
}

proptest! {
    #![proptest_config(cases(40))]

    /// Little's law: when all is over within the window, the time averages are the rates times the mean stays.
    #[test]
    fn little(rolls in rolls(), seed in 0..1000u64) {
        let model = random_model(&rolls, Range { gig: false, quiet_end: true });
        let laws = Laws::new(&model).unwrap();
        let mut ledger = Ledger::new(&model);
        simulate(&laws, seed, 0, &mut ledger);
        let late = |spans: &[Span]| spans.iter().any(|s| s.1 > model.horizon);
        prop_assume!(!ledger.services.iter().any(|s| late(s)));
        prop_assume!(!ledger.waits.iter().flatten().any(|w| w.1 > model.horizon));
        let (_, c) = count(&laws, seed, 0, &|| false);
        let pools = model.pools.len();
        for (k, sums) in c.total.topics.iter().enumerate() {
            prop_assert_eq!(sums.queue_time, sums.wait, "topic {}", k);
        }
        for p in 0..pools {
            let handle: f64 = (0..model.topics.len()).map(|k| c.total.matrix[k * pools + p].handle).sum();
            let busy = c.total.pools[p].busy as f64 * 1e-6;
            prop_assert!((handle - busy).abs() < 1e-6 * (1.0 + busy), "pool {p}: {handle} {busy}");
            prop_assert!(model.pools[p].concurrency > 1 || c.total.pools[p].busy == c.total.pools[p].slot_time);
        }
    }
}
