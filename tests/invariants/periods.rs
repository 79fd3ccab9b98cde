//! Every period and every slice: shares are shares, parts make up the whole, periods make up the total.

use super::random_model::{ALL, random_model, random_timeline};
use super::{cases, rolls};
use handover::engine::Laws;
use handover::experiment::IntervalTable;
use handover::measure::{
    Cohort, Context, Ledger, MEASURES, Monthly, Row, Slice, Sums, Unit, Values, count, slices,
};
use handover::model::Model;
use handover::time::Calendar;
use proptest::prelude::*;

/// Time 0 is 22:00 on 31 August 2025, a Sunday: a day, a week and a month end after two of the four hours.
fn across_a_month(mut model: Model) -> Model {
    let utc = Calendar::new(jiff::civil::date(2025, 9, 1), "UTC").unwrap();
    model.calendar = utc.in_zone("America/Noronha").unwrap();
    for change in &mut model.timeline {
        change.model.calendar = model.calendar.clone();
    }
    model
}

fn is_share(unit: Unit) -> bool {
    matches!(unit, Unit::Fraction | Unit::Chance | Unit::ShareOfTrials)
}

/// Shares lie between 0 and 1, and nothing is negative but money.
fn bounded<'a>(
    model: &Model,
    rows: &[Row],
    values: impl Iterator<Item = &'a Option<f64>>,
) -> Result<(), TestCaseError> {
    // Who has more in hand than a new limit allows keeps it: the slots in use may then be more than those on duty.
    let limits = |m: &Model| m.pools.iter().map(|p| p.concurrency).collect::<Vec<_>>();
    let is_limited = model.epochs().all(|m| limits(m) == limits(model));
    for (row, value) in rows.iter().cycle().zip(values) {
        let unit = handover::measure::measure(row.measure).unwrap().unit;
        if let Some(x) = value {
            prop_assert!(*x >= 0.0 || unit == Unit::Money, "{:?}: {}", row, x);
            let is_free = row.measure == "utilisation" && !is_limited;
            prop_assert!(
                is_free || !is_share(unit) || *x <= 1.0 + 1e-12,
                "{:?}: {}",
                row,
                x
            );
        }
    }
    Ok(())
}

/// N = S + L + B + U, and other parts of wholes.
fn parts(sums: &Sums, of: &str) -> Result<(), TestCaseError> {
    let (c, a) = (&sums.customers, &sums.answers);
    prop_assert_eq!(
        c.offered,
        a.answered + c.abandoned + c.turned_away + c.unserved,
        "{}",
        of
    );
    prop_assert!(a.answered_within <= a.answered && c.abandoned_within <= c.abandoned);
    prop_assert!(c.delayed + c.turned_away <= c.offered, "{}", of);
    Ok(())
}

fn check(model: &Model, seed: u64) -> Result<(), TestCaseError> {
    let laws = Laws::new(model).unwrap();
    let (account, counters) = count(&laws, seed, 0, &|| false);
    prop_assert!(account.conserved);
    let (values, monthly) = (Values::new(model), Monthly::new(model));
    bounded(model, values.rows(), values.of(&counters, None).iter())?;
    let by_month = monthly.of(&counters, None);
    bounded(model, monthly.rows(), by_month.iter())?;
    // Every slice, in total, in every period of the books and in every cell.
    let all_slices = slices(model);
    for slice in all_slices.iter().filter(|s| s.types(model).is_some()) {
        if matches!(slice, Slice::TopicPool(..) | Slice::MarketPool(..)) {
            continue;
        }
        let label = slice.label(model);
        parts(&counters.total.sums(slice, model), &label)?;
        for ledger in &counters.periods {
            parts(&ledger.sums(slice, model), &label)?;
        }
        for cell in 0..counters.cells.grid().cells() {
            let sums = counters.cells.sums(cell..cell + 1, slice, model);
            parts(&sums, &label)?;
            for m in MEASURES.iter().filter(|m| is_share(m.unit)) {
                if let Some(x) = m.of(&sums, &Context::default()) {
                    prop_assert!((0.0..=1.0).contains(&x), "{} {}: {}", m.id, label, x);
                }
            }
        }
    }
    // Periods make up the total, and so do months and intervals: measures that only count, whatever their cohort.
    let together = Ledger::of(counters.periods.iter()).unwrap();
    prop_assert_eq!(&together.topics, &counters.total.topics);
    prop_assert_eq!(&together.matrix, &counters.total.matrix);
    prop_assert_eq!(&together.pools, &counters.total.pools);
    let found = values.of(&counters, None);
    let months = monthly.months().count();
    for (i, row) in monthly.rows().iter().enumerate() {
        let measure = handover::measure::measure(row.measure).unwrap();
        if measure.unit != Unit::Count || measure.cohort == Cohort::Plan {
            continue;
        }
        let place = values.rows().iter().position(|r| r == row).unwrap();
        let sum: f64 = (0..months)
            .filter_map(|m| by_month[m * monthly.rows().len() + i])
            .sum();
        prop_assert_eq!(Some(sum), found[place], "{:?}", row);
    }
    if model.warmup == 0 {
        let mut table = IntervalTable::new(model, 1);
        let sample = table.sample(&counters, model);
        table.push(sample);
        let mut sums = Sums::default();
        for interval in 0..table.starts().len() {
            table.add_to(&mut sums, 0, interval, 0);
        }
        let total = counters.total.sums(&Slice::All, model);
        prop_assert_eq!(sums.customers.offered, total.customers.offered);
        prop_assert_eq!(sums.answers.answered, total.answers.answered);
        let busy = sums.agents.busy as f64 - total.agents.busy as f64;
        prop_assert!(busy.abs() <= 1e-5 * total.agents.busy as f64 + 10.0);
        // With the drain the integral of the queue is the sum of the waits.
        let queue: u64 = counters.total.topics.iter().map(|c| c.queue_time).sum();
        let after: u64 = counters.after.topics.iter().map(|c| c.queue_time).sum();
        prop_assert_eq!(queue + after, total.customers.wait);
    }
    Ok(())
}

proptest! {
    #![proptest_config(cases(150))]

    #[test]
    fn periods_make_up_the_whole(rolls in rolls(), seed in 0..1000u64) {
        check(&across_a_month(random_model(&rolls, ALL)), seed)?;
    }
}

proptest! {
    #![proptest_config(cases(150))]

    #[test]
    fn periods_make_up_the_whole_when_everything_changes(rolls in rolls(), others in rolls(), seed in 0..1000u64) {
        check(&across_a_month(random_timeline(&rolls, &others)), seed)?;
    }
}
