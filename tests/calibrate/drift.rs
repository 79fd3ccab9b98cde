//! Changes from month to month are found where they are, and none where there are none.

use handover::calibrate::{Drifts, Gathered};
use handover::dist::special::normal_quantile;
use handover::log::{Assistant, Contact, Outcome, Record};
use handover::random::Key;

/// What holds in a month, counted from January 1970: factors on contacts, work and patience, and the share that the assistant ends.
type Change = fn(i64) -> (f64, f64, f64, f64);

fn month(day: i64) -> i64 {
    [31, 59, 90, 120, 151]
        .iter()
        .filter(|&&end| day >= end)
        .count() as i64
}

/// Days from `from` on: about 80 contacts on Monday to Friday and half of that on Saturday, the busier if the day before was; exponential work of
/// 200 s and patience of 120 s, waits of 40 s for half of them.
fn log(seed: u64, (from, until): (i64, i64), change: Change) -> Gathered {
    let mut log = Gathered::new(30, 20.0);
    let key = Key::root(seed, 0);
    let mut busy = 0.0;
    for day in 0..until {
        let of_day = key.child(day as u64);
        busy = 0.6 * busy + 0.08 * normal_quantile(of_day.uniform(1));
        // The first day was a Thursday.
        let usual = [80.0, 80.0, 40.0, 0.0, 80.0, 80.0, 80.0][day as usize % 7];
        let (contacts, work, patience, ended) = change(month(day));
        let slow = libm::exp(0.04 * normal_quantile(of_day.uniform(2)));
        if day < from {
            continue;
        }
        for n in 0..(usual * contacts * libm::exp(busy)) as u64 {
            let draw = of_day.child(n);
            let seconds = |purpose, mean: f64| -mean * libm::log(draw.uniform(purpose));
            let (lasts, wait) = (
                seconds(1, 120.0 * patience),
                if draw.uniform(2) < 0.5 {
                    seconds(3, 40.0)
                } else {
                    0.0
                },
            );
            let minute = 480.0 + 600.0 * draw.uniform(4);
            let outcome = match (draw.uniform(5) < ended, lasts < wait) {
                (true, _) => Outcome::ResolvedByAssistant,
                (false, true) => Outcome::Abandoned,
                (false, false) => Outcome::Answered,
            };
            let answered = outcome == Outcome::Answered;
            log.add(&Record::Contact(Contact {
                line: n,
                arrival: day * 86_400_000 + (60_000.0 * minute) as i64,
                assistant_ms: None,
                wait_ms: Some((1000.0 * wait.min(lasts)) as u64),
                handle_ms: answered.then(|| (1000.0 * seconds(6, 200.0 * work * slow)) as u64),
                session_ms: None,
                end: None,
                outcome,
                topic: 0,
                channel: 0,
                agent: answered.then(|| (5.0 * draw.uniform(7)) as u32),
                customer: None,
                priority: None,
                assistant: (outcome != Outcome::ResolvedByAssistant)
                    .then_some(Assistant::HandedOver),
            }));
        }
    }
    log
}

/// Of 200 logs of five months in which nothing changes at most one in twenty is said to.
#[test]
fn nothing_is_found_where_nothing_changes() {
    let same: Change = |_| (1.0, 1.0, 1.0, 0.3);
    let mut wrong = Vec::new();
    for seed in 0..200 {
        let found = Drifts::new(&[&log(seed, (0, 151), same)], None);
        assert!(found.by_month && found.compared >= 36, "{found:?}");
        wrong.extend(found.found.first().map(|d| (seed, d.what.words, d.now)));
    }
    assert!(wrong.len() <= 10, "{} {wrong:?}", wrong.len());
}

/// From March on there is a third more work and less patience, and the assistant ends less; in February there is nothing. All of it is found, in March.
#[test]
fn changes_are_found_in_their_month() {
    let change: Change = |month| match month {
        0 | 1 => (1.0, 1.0, 1.0, 0.3),
        _ => (1.0, 1.35, 0.65, 0.22),
    };
    for seed in 0..10 {
        let found = Drifts::new(&[&log(seed, (0, 90), change)], None);
        let words: Vec<&str> = found.found.iter().map(|d| d.what.words).collect();
        for expected in [
            "mean work of a contact",
            "patience: waits of all over those who left",
            "resolved by the assistant",
        ] {
            let drift = found.found.iter().find(|d| d.what.words == expected);
            let drift = drift.unwrap_or_else(|| panic!("{seed} {expected}: {words:?}"));
            assert_eq!(drift.days.1.0.to_string(), "1970-03-02");
            assert_eq!(drift.days.0.0.to_string(), "1970-01-01");
            assert!(drift.p_value <= 0.05 && drift.errors > 2.0);
        }
        let work = found
            .found
            .iter()
            .find(|d| d.what.words == "mean work of a contact");
        let ratio = work.map(|d| d.now / d.before).unwrap();
        // Means of 1,100 and 2,200 contacts, of days that differ: a standard error of 5% of it.
        assert!((ratio - 1.35).abs() < 0.2, "{ratio}");
    }
}

/// Four weeks are compared by week; held-out days with all before them only.
#[test]
fn weeks_and_held_out_days() {
    let change: Change = |_| (1.0, 1.0, 1.0, 0.3);
    let short = log(1, (0, 28), change);
    let found = Drifts::new(&[&short], None);
    assert!(!found.by_month && found.compared > 10, "{found:?}");
    let other: Change = |month| (1.0, if month > 1 { 1.3 } else { 1.0 }, 1.0, 0.3);
    let (before, held) = (log(2, (0, 59), other), log(2, (59, 90), other));
    let found = Drifts::new(&[&before, &held], Some(59));
    let all = Drifts::new(&[&before, &held], None);
    assert!(found.compared < all.compared);
    assert!(
        found
            .found
            .iter()
            .all(|d| d.days.1.0.to_string() == "1970-03-02")
    );
    assert!(
        found
            .found
            .iter()
            .any(|d| d.what.words == "mean work of a contact"),
        "{found:?}"
    );
    assert_eq!(Drifts::new(&[], None).compared, 0);
}
