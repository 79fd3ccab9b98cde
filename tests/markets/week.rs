//! The typical week has the markets, and each of its parts adds up.

use crate::sample::outcome;
use handover::experiment::week;
use handover::measure::Slice;

const TEXT: &str = r#"
    horizon = "1 week"
    replications = 2
    demand = { rate = "30 / h" }
    topic = [
        { name = "orders", share = 0.7, work = "5 min", patience = "4 min" },
        { name = "fraud", share = 0.3, work = "5 min", patience = { exponential = "10 min" }, target = "90% in 60 s" },
    ]
    market = [
        { name = "Nordic", share = 0.5, language = "sv" },
        { name = "DACH", share = 0.3, language = "de", time_zone = "Europe/Berlin" },
        { name = "India", share = 0.2, time_zone = "Asia/Kolkata" },
    ]
    pool = [
        { name = "Lund", kind = "employed", agents = 2, languages = "sv" },
        { name = "Kiel", kind = "employed", agents = 2, languages = ["de"] },
    ]
"#;

#[test]
fn each_time_of_the_week_adds_up() {
    let scenario = super::read(TEXT);
    let outcome = outcome(TEXT);
    let rows = week(&scenario.model, &outcome);
    let labels = [
        "all",
        "topic=orders",
        "topic=fraud",
        "market=Nordic",
        "market=DACH",
        "market=India",
        "pool=Lund",
        "pool=Kiel",
    ];
    assert_eq!(rows.len(), 7 * 48 * labels.len());
    for time in rows.chunks(labels.len()) {
        let found: Vec<String> = time
            .iter()
            .map(|r| r.slice.label(&scenario.model))
            .collect();
        assert_eq!(found, labels);
        let sum = |of: fn(&Slice) -> bool,
                   value: fn(&handover::experiment::WeekRow) -> Option<f64>| {
            let parts = time.iter().filter(|r| of(&r.slice));
            parts.map(|r| value(r).unwrap_or(0.0)).sum::<f64>()
        };
        let topics = |s: &Slice| matches!(s, Slice::Topic(_));
        let markets = |s: &Slice| matches!(s, Slice::Market(_));
        let pools = |s: &Slice| matches!(s, Slice::Pool(_));
        let all = &time[0];
        for of in [topics, markets] {
            let visits = sum(of, |r| r.per_hour);
            assert!((visits - all.per_hour.unwrap()).abs() < 1e-6, "{visits}");
            let waiting = sum(of, |r| r.queue_length);
            assert!((waiting - all.queue_length.unwrap()).abs() < 1e-4);
        }
        assert_eq!(sum(pools, |r| r.agents_on_duty), 4.0);
        assert_eq!(all.agents_on_duty, Some(4.0));
        // Five minutes for some 15 contacts an hour, of both topics.
        let required = time[6].agents_required.unwrap();
        assert!(required > 0.0 && required < 10.0, "{required}");
    }
}

/// The hours of a market take the place of the general ones.
#[test]
fn hours_of_a_market_come_before_general_hours() {
    let outcome = outcome(
        r#"
        start = 2025-01-06
        horizon = "14 days"
        replications = 4
        demand = { rate = "60 / h" }
        ai = { human_access = { hours = ["mon-fri 08:00-18:00"], closed = "turn_away" } }
        topic = [ { name = "q", entry = "human", work = "1 min" } ]
        market = [
            { name = "SE", share = 0.5, language = "sv", hours = ["mon-fri 09:00-17:00"], closed = "turn_away" },
            { name = "US", share = 0.3, hours = ["mon-sun 00:00-24:00"] },
            { name = "UK", share = 0.2 },
        ]
        pool = [ { name = "desk", kind = "employed", agents = 10 } ]
        "#,
    );
    for (market, share) in [(0, 40.0 / 168.0), (1, 1.0), (2, 50.0 / 168.0)] {
        let of = |m: &str| {
            outcome
                .find(m, &Slice::Market(market))
                .unwrap()
                .mean
                .unwrap()
        };
        let offered = 4.0 * of("offered");
        let found = of("answered") / of("offered");
        let se = f64::sqrt(share * (1.0 - share) / offered);
        assert!((found - share).abs() <= 4.0 * se, "{market}: {found}");
    }
}
