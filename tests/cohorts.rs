//! In which period something counts: hand-computed months, days and borders.

use crate::sample::{day, monthly, monthly_mean, outcome, outcome_in};
use handover::experiment::Outcome;
use handover::measure::Slice;
use handover::scenario::InMemory;

fn of(outcome: &Outcome, measure: &str, slice: &Slice) -> f64 {
    let estimate = outcome.find(measure, slice);
    estimate
        .unwrap_or_else(|| panic!("no row {measure} {slice:?}"))
        .mean
        .unwrap_or(f64::NAN)
}

fn is(found: f64, expected: f64, what: &str) {
    assert!(
        (found - expected).abs() <= 1e-9 * (1.0 + expected.abs()),
        "{what}: {found}, expected {expected}"
    );
}

/// Mails of a Saturday are answered on Monday, in the next month: they count in the month in which they came, and so does the service level
/// by which the bill is credited.
#[test]
fn what_is_answered_in_the_next_month_counts_where_it_came() {
    let outcome = outcome(
        "start = 2025-05-01\nhorizon = \"2 months\"\nreplications = 4\n[demand]\ndaily_volume = 500\n\
        [[topic]]\nname = \"mail\"\nwork = { exponential = \"6 min\" }\ntarget = \"90% in 4 days\"\n\
        [[pool]]\nname = \"desk\"\nkind = \"employed\"\nagents = 16\nhours = [\"mon-fri 08:00-18:00\"]\n\
        price = { per_contact = 1, credit = { below = 0.98, share = 0.5 } }\n",
    );
    for month in [0, 1] {
        let level = monthly(&outcome, month, "sl_net");
        assert!(level.iter().all(|&x| x == 1.0), "{level:?}");
        let (answered, offered) = (
            monthly(&outcome, month, "answered"),
            monthly(&outcome, month, "offered"),
        );
        assert_eq!(answered, offered);
        // Every contact is paid, once, in full.
        assert_eq!(monthly(&outcome, month, "cost_total"), offered);
    }
    // 31 and 30 days of 500, within five standard errors.
    for (month, days) in [(0, 31.0), (1, 30.0_f64)] {
        let mean = monthly_mean(&outcome, month, "offered").unwrap();
        assert!(
            (mean - 500.0 * days).abs() < 5.0 * (500.0 * days / 4.0).sqrt(),
            "{mean}"
        );
    }
}

/// A hundred an hour on Saturday 31 May, nobody on Sunday, one an hour on Monday: answered on Monday.
#[test]
fn shares_of_a_month_lie_between_0_and_1() {
    let outcome = outcome(
        "start = 2025-05-31\nhorizon = \"3 days\"\nreplications = 2\n\
        [demand]\nrate = { every = \"24 h\", per = \"h\", values = [100, 0, 1] }\n\
        [[topic]]\nname = \"t\"\nwork = { exponential = \"1 min\" }\npatience = { exponential = \"2 days\" }\n\
        target = \"80% in 2 days\"\n\
        [[pool]]\nname = \"p\"\nkind = \"employed\"\nagents = 50\nhours = [\"mon-fri 08:00-18:00\"]\n\
        price = { per_contact = 1, credit = { below = 0.8, share = 0.5 } }\n",
    );
    for month in [0, 1] {
        for measure in [
            "sl_net",
            "sl_offered",
            "abandonment_rate",
            "delay_probability",
        ] {
            for x in monthly(&outcome, month, measure) {
                assert!((0.0..=1.0).contains(&x), "{measure} in month {month}: {x}");
            }
        }
    }
    // Some of Saturday wait until Monday; more leave before.
    let (answered, came) = (
        monthly_mean(&outcome, 0, "answered").unwrap(),
        monthly_mean(&outcome, 0, "offered").unwrap(),
    );
    assert!(
        answered > 0.1 * came && answered < came,
        "{answered} of {came}"
    );
}

/// One agent; contacts at 23:50 and 23:55 on the first day, 30 min of work each; the second waits for 25 min into the second day and is
/// worked on for 30 min more.
fn across_midnight(horizon: &str) -> Outcome {
    let files = InMemory::new()
        .with("arrivals.csv", "time,topic\n85800,a\n86100,a\n")
        .with(
            "a.toml",
            format!(
                "start = 2025-06-02\nhorizon = \"{horizon}\"\nreplications = 1\ninterval = \"1 h\"\n\
                [demand]\narrivals = {{ csv = \"arrivals.csv\" }}\n\
                [[topic]]\nname = \"a\"\nwork = \"30 min\"\ntarget = \"80% in 20 min\"\n\
                [[pool]]\nname = \"p\"\nkind = \"employed\"\nagents = 1\nprice = {{ per_online_hour = 10 }}\n"
            ),
        );
    outcome_in(&files)
}

#[test]
fn visits_count_where_they_came_and_time_is_cut_at_midnight() {
    let outcome = across_midnight("2 days");
    let (first, second) = (day("2025-06-02"), day("2025-06-03"));
    for (measure, slice, expected) in [
        ("offered", &first, 2.0),
        ("answered", &first, 2.0),
        ("sl_net", &first, 0.5),
        ("mean_wait", &first, 25.0 * 60.0 / 2.0),
        ("offered", &second, 0.0),
        ("answered", &second, 0.0),
        ("occupancy", &first, 10.0 / 1440.0),
        ("occupancy", &second, 50.0 / 1440.0),
        ("agents_on_duty", &second, 1.0),
    ] {
        is(of(&outcome, measure, slice), expected, measure);
    }
    assert!(outcome.find("sl_net", &second).unwrap().mean.is_none());
    is(of(&outcome, "target_met_days", &Slice::All), 0.0, "days");
    is(
        of(&outcome, "queue_length", &Slice::All),
        25.0 / 2880.0,
        "queue",
    );
}

/// The same, when the horizon is midnight: what comes after it has a row of its own, and the contacts are those of the last interval.
#[test]
fn time_and_money_after_the_horizon_stand_apart() {
    let outcome = across_midnight("1 day");
    let after = Slice::AfterHorizon;
    for (measure, slice, expected) in [
        ("answered", &Slice::All, 2.0),
        ("mean_wait", &Slice::All, 25.0 * 60.0 / 2.0),
        ("agents_busy", &Slice::All, 10.0 / 1440.0),
        // From 23:55 to midnight.
        ("queue_length", &Slice::All, 5.0 / 1440.0),
        ("cost_total", &Slice::All, 240.0),
        // Until 00:50, and so to the end of the hour: 20 min of waiting, 50 of work, an agent online all the time.
        ("drain_time", &after, 3600.0),
        ("queue_length", &after, 20.0 / 60.0),
        ("agents_busy", &after, 50.0 / 60.0),
        ("occupancy", &after, 50.0 / 60.0),
        ("cost_total", &after, 10.0),
    ] {
        is(of(&outcome, measure, slice), expected, measure);
    }
    let last = outcome.intervals.sums(23, 0);
    assert_eq!(
        (last[0].customers.offered, last[0].answers.answered),
        (2, 2)
    );
}

/// A period of which a part lies outside of the counted time is marked, and no mean or probability has it.
#[test]
fn partial_periods_are_marked_and_left_out() {
    // From Monday at noon, after the warm-up, to Wednesday of the week after at noon.
    let outcome = outcome(
        "start = 2025-06-02\nhorizon = \"228 h\"\nwarmup = \"12 h\"\nreplications = 1\ninterval = \"8 h\"\n\
        [demand]\nrate = { every = \"12 h\", per = \"h\", values = [60, 60, 60, 60, 60, 60, 60, 60, 60, 60, 60, 60, 60, 60, 60, 60, 60, 60, 600] }\n\
        [[topic]]\nname = \"a\"\nwork = \"1 min\"\ntarget = \"50% in 1 min\"\n\
        [[pool]]\nname = \"p\"\nkind = \"employed\"\nagents = 3\n",
    );
    let mut labels: Vec<(&str, &str, bool)> = Vec::new();
    for row in outcome.rows.iter() {
        if let Slice::Period(p) = &row.slice {
            let label = (p.kind, &*p.label, p.partial);
            if !labels.contains(&label) {
                labels.push(label);
            }
        }
    }
    let days = (3..=10)
        .map(|d| format!("2025-06-{d:02}"))
        .collect::<Vec<_>>();
    let mut expected = vec![("day", "2025-06-02", true)];
    expected.extend(days.iter().map(|d| ("day", &**d, false)));
    expected.push(("day", "2025-06-11", true));
    expected.extend([("week", "2025-W23", true), ("week", "2025-W24", true)]);
    assert_eq!(labels, expected);
    // The last half day is hopeless, and no whole day: each of eight days met the target, and all but one of 26 whole intervals.
    let (days, intervals) = (
        of(&outcome, "target_met_days", &Slice::All),
        of(&outcome, "target_met_intervals", &Slice::All),
    );
    is(days, 1.0, "days");
    is(intervals, 25.0 / 26.0, "intervals");
    assert!(of(&outcome, "sl_net", &Slice::All) < 1.0);
}
