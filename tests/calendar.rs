//! Horizons and warm-ups in calendar units: weeks and days with a clock change in them, in both directions, by hand.

use crate::sample::outcome;
use handover::experiment::week;
use handover::measure::Slice;
use handover::model::{Arrivals, Model};
use handover::scenario::{InMemory, load};
use handover::time::{HOUR, MINUTE};
use std::path::Path;

/// Sixty calls an hour.
fn text(start: &str, zone: &str, horizon: &str, more: &str) -> String {
    format!(
        "start = {start}\ntime_zone = '{zone}'\nhorizon = '{horizon}'\nreplications = 4\n{more}\n\
         demand = {{ rate = '60 / h' }}\ntopic = [ {{ name = 'calls', work = '3 min' }} ]\n\
         pool = [ {{ name = 'desk', kind = 'employed', agents = 6 }} ]\n"
    )
}

fn read(text: &str) -> Model {
    let files = InMemory::new().with("a.toml", text);
    let read = load(Path::new("a.toml"), &[], &files);
    read.unwrap_or_else(|e| panic!("{}", e.render(false))).model
}

fn expected(model: &Model) -> f64 {
    let of = |a: &Arrivals| match a {
        Arrivals::Expected(v) => v.iter().sum::<f64>(),
        other => panic!("{other:?}"),
    };
    model.demand.arrivals.iter().map(of).sum()
}

#[test]
fn days_weeks_months_and_years_are_those_of_the_calendar() {
    let (spring, autumn) = ("2025-03-24", "2025-10-20");
    for (start, horizon, hours) in [
        (autumn, "1 week", 169.0),
        (autumn, "7 days", 169.0),
        (autumn, "6 days", 144.0),
        (autumn, "6 days 24 h", 168.0),
        (autumn, "168 h", 168.0),
        (autumn, "10080 min", 168.0),
        (autumn, "0.5 weeks", 84.0),
        (autumn, "6.5 days", 156.0),
        (autumn, "2 weeks 1 day 90 min", 15.0 * 24.0 + 1.0 + 1.5),
        (autumn, "1 month", 31.0 * 24.0 + 1.0),
        (autumn, "1 month 2 days", 33.0 * 24.0 + 1.0),
        (autumn, "1 year", 365.0 * 24.0),
        (spring, "1 week", 167.0),
        (spring, "28 days", 28.0 * 24.0 - 1.0),
        (spring, "6 months", 184.0 * 24.0 - 1.0),
    ] {
        let model = read(&text(start, "Europe/London", horizon, ""));
        assert_eq!(
            model.horizon as f64 / HOUR as f64,
            hours,
            "{start} {horizon}"
        );
        assert!(
            (expected(&model) - 60.0 * hours).abs() < 1e-6,
            "{start} {horizon}"
        );
        let model = read(&text(
            start,
            "Europe/London",
            "2 years",
            &format!("warmup = '{horizon}'"),
        ));
        assert_eq!(
            model.warmup as f64 / HOUR as f64,
            hours,
            "{start} {horizon}"
        );
    }
    // Without clock changes nothing is different, and in the south spring is autumn.
    assert_eq!(read(&text(autumn, "UTC", "1 week", "")).horizon, 168 * HOUR);
    let lord_howe = read(&text("2025-03-31", "Australia/Lord_Howe", "1 week", ""));
    assert_eq!(lord_howe.horizon, 168 * HOUR + 30 * MINUTE);
}

/// What is reported by interval, by time of the week and in all, in weeks of 169 and of 167 hours.
#[test]
fn a_week_with_a_clock_change_is_reported_whole() {
    for (start, hours, places) in [("2025-10-20", 169, 7 * 48), ("2025-03-24", 167, 7 * 48 - 2)] {
        let base = text(start, "Europe/London", "1 week", "");
        let (model, all) = (read(&base), outcome(&base));
        let contacts = all.total("contacts").unwrap().mean.unwrap();
        // Four weeks of Poisson counts: within four standard errors.
        let want = 60.0 * f64::from(hours);
        assert!(
            (contacts - want).abs() < 4.0 * (want / 4.0).sqrt(),
            "{contacts}"
        );
        let week = week(&model, &all);
        let desk: Vec<_> = week.iter().filter(|r| r.slice == Slice::Pool(0)).collect();
        assert_eq!(desk.len(), places, "{start}");
        assert!(
            desk.iter()
                .all(|r| r.agents_on_duty.is_some_and(|n| n >= 6.0))
        );
        for interval in ["15 min", "30 min", "1 h", "4 h", "1 day"] {
            let all = outcome(&text(
                start,
                "Europe/London",
                "1 week",
                &format!("interval = '{interval}'"),
            ));
            let table = &all.intervals;
            let sum = |r: usize| -> f64 {
                let of = |i: usize| table.sums(i, 0)[r].customers.contacts as f64;
                (0..table.starts().len()).map(of).sum()
            };
            let seen = (0..4).map(sum).sum::<f64>() / 4.0;
            assert_eq!(seen, contacts, "{start} {interval}");
        }
    }
    // A day of 23 hours is a day, and its interval may be one.
    let day = text("2025-03-30", "Europe/London", "1 day", "interval = '1 day'");
    assert_eq!(read(&day).horizon, 23 * HOUR);
    assert_eq!(outcome(&day).intervals.starts(), [0]);
}

/// A market that changes its clocks on another day: 240 cases in one hour of its night, which comes twice in autumn and not at
/// all in spring.
#[test]
fn markets_change_their_clocks_by_themselves() {
    for (start, hour, hours, times) in [
        // From Sunday 2025-11-02 01:00 to 02:00 in New York, London since 26 October.
        ("2025-10-20", 1, 14 * 24 + 1, 15.0),
        // 2025-03-09 has no 02:00 in New York; London follows on the 30th.
        ("2025-03-03", 2, 14 * 24, 13.0),
    ] {
        let profile: Vec<&str> = (0..24).map(|h| if h == hour { "1" } else { "0" }).collect();
        let model = read(&format!(
            "start = {start}\ntime_zone = 'Europe/London'\nhorizon = '2 weeks'\n\
             demand = {{ daily_volume = 240, profile = [{}] }}\n\
             market = [ {{ name = 'US', share = 1, time_zone = 'America/New_York' }} ]\n\
             topic = [ {{ name = 'calls', work = '3 min' }} ]\n\
             pool = [ {{ name = 'desk', kind = 'employed', agents = 6 }} ]\n",
            profile.join(", ")
        ));
        assert_eq!(model.horizon, hours * HOUR);
        let found = expected(&model);
        assert!((found - 240.0 * times).abs() < 1e-6, "{start}: {found}");
    }
}

/// A notice of days ends at the time of day at which it began.
#[test]
fn notice_counts_local_days() {
    let model = read(
        "start = 2025-10-20\ntime_zone = 'Europe/London'\nhorizon = '4 weeks'\n\
         demand = { rate = '6 / h' }\ntopic = [ { name = 'calls', work = '3 min' } ]\n\
         [[pool]]\nname = 'vendor'\nkind = 'outsourced'\nagents = 6\n\
         contract = { notice = '14 days', orders = [ { at = 2025-10-21, agents = 8 } ] }\n\
         [[timeline]]\nat = 2025-10-23T12:00:00\nset.pool.vendor.agents = 4\n",
    );
    let dates = |m: &Model| -> Vec<(String, f64)> {
        let ordered = m.pools[0].contract().unwrap().ordered.points();
        ordered.map(|(t, n)| (model.calendar.label(t), n)).collect()
    };
    let at = |t: &str, n| (t.to_owned(), n);
    assert_eq!(
        dates(&model),
        [at("2025-10-20T00:00", 6.0), at("2025-11-04T00:00", 8.0)]
    );
    let later = dates(&model.timeline[0].model);
    assert_eq!(later.last(), Some(&at("2025-11-06T12:00", 4.0)));
}
