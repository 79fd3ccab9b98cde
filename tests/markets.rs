//! Markets: local clocks, languages, opening hours, and slices that add up.

mod clocks;
mod week;

use crate::sample::{self, outcome, outcome_in};
use handover::erlang::ErlangA;
use handover::experiment::Outcome;
use handover::measure::Slice;
use handover::scenario::{InMemory, Scenario, load};
use std::path::Path;

/// Reads a scenario that must be valid.
fn read(text: &str) -> Scenario {
    load(
        Path::new("a.toml"),
        &[],
        &InMemory::new().with("a.toml", text),
    )
    .unwrap()
}

/// The values of a measure in a slice, by replication.
fn values(outcome: &Outcome, measure: &str, slice: &Slice) -> Vec<f64> {
    let is_it = |r: &handover::measure::Row| r.measure == measure && r.slice == *slice;
    let row = outcome.rows.iter().position(is_it);
    let row = row.unwrap_or_else(|| panic!("no {measure} of {slice:?}"));
    outcome.values.iter().map(|v| v[row]).collect()
}

/// The mean of a measure in a slice is within four standard errors of what is known.
#[track_caller]
fn close(outcome: &Outcome, measure: &str, slice: Slice, expected: f64) {
    let interval = outcome.find(measure, &slice).unwrap().interval.unwrap();
    let (mean, se) = (interval.mean, interval.standard_error());
    assert!(
        (mean - expected).abs() <= 4.0 * se,
        "{measure} of {slice:?}: {mean} ± {se}, expected {expected}"
    );
    assert!(se <= 0.05 * expected.abs(), "{measure} of {slice:?}: {se}");
}

/// Two markets that share nothing are two systems M/M/n+M.
#[test]
fn separate_desks_are_separate_systems() {
    let outcome = outcome(
        r#"
        horizon = "2 weeks"
        warmup = "2 h"
        replications = 12
        demand = { rate = "100 / h" }
        topic = [ { name = "calls", work = { exponential = "5 min" }, patience = { exponential = "4 min" } } ]
        market = [
            { name = "Nordic", share = 0.6, language = "sv" },
            { name = "DACH", share = 0.4, language = "de", time_zone = "Europe/Berlin" },
        ]
        pool = [
            { name = "Lund", kind = "employed", agents = 5, languages = "sv" },
            { name = "Kiel", kind = "employed", agents = 4, languages = ["de"] },
        ]
        "#,
    );
    for (m, rate, servers) in [(0, 60.0, 5), (1, 40.0, 4)] {
        let theory = ErlangA {
            arrival_rate: rate / 3600.0,
            mean_service: 300.0,
            mean_patience: Some(240.0),
            servers,
        }
        .measures()
        .unwrap();
        let slice = || Slice::Market(m);
        close(&outcome, "delay_probability", slice(), theory.p_delay);
        close(&outcome, "abandonment_rate", slice(), theory.p_abandon);
        close(&outcome, "mean_wait", slice(), theory.mean_wait);
        close(
            &outcome,
            "abandonment_rate",
            Slice::TopicMarket(m),
            theory.p_abandon,
        );
        close(&outcome, "occupancy", Slice::Pool(m), theory.occupancy);
        let other = Slice::MarketPool(m, 1 - m);
        assert!(outcome.rows.iter().all(|r| r.slice != other));
    }
}

/// The N-design: one pool speaks one language, the other both (exact values of case SR-1 of the theory, by a Markov chain).
#[test]
fn a_pool_that_speaks_both() {
    let outcome = outcome(
        r#"
        horizon = "1 week"
        warmup = "2 h"
        replications = 12
        [[market]]
        name = "A"
        language = "sv"
        [[market]]
        name = "B"
        language = "de"
        [[topic]]
        name = "a"
        markets = "A"
        rate = "3.5 / min"
        work = { exponential = "1 min" }
        patience = { exponential = "2 min" }
        route = [ { pools = ["one"] }, { pools = ["both"] } ]
        [[topic]]
        name = "b"
        markets = ["B"]
        rate = "2 / min"
        work = { exponential = "1.25 min" }
        patience = { exponential = "4 min" }
        route = [ { pools = ["one"] }, { pools = ["both"] } ]
        [[pool]]
        name = "one"
        kind = "employed"
        agents = 3
        languages = "sv"
        [[pool]]
        name = "both"
        kind = "employed"
        agents = 3
        languages = ["de", "sv"]
        ranking = ["b", "a"]
        "#,
    );
    for (m, delay, abandon, wait) in [
        (0, 0.565418285996, 0.140144916922, 0.280289833844),
        (1, 0.791591923612, 0.150380030938, 0.601520123751),
    ] {
        close(&outcome, "delay_probability", Slice::Market(m), delay);
        close(&outcome, "abandonment_rate", Slice::Market(m), abandon);
        close(&outcome, "mean_wait", Slice::Topic(m), 60.0 * wait);
    }
    close(&outcome, "occupancy", Slice::Pool(0), 0.816134161883);
    close(&outcome, "occupancy", Slice::Pool(1), 0.895046742593);
}

const STORY: &str = r#"
    start = 2025-03-01
    horizon = "2 months"
    replications = 3
    currency = "EUR"
    [demand]
    daily_volume = 600
    [ai]
    languages = ["sv"]
    price = { per_conversation = 0.1 }
    [satisfaction]
    human = 0.9
    ai = 0.7
    customer_value = 20
    [[market]]
    name = "Nordic"
    share = 0.5
    time_zone = "Europe/Stockholm"
    language = "sv"
    [[market]]
    name = "DACH"
    share = 0.5
    time_zone = "Europe/Berlin"
    language = "de"
    hours = "mon-fri 08:00-18:00"
    closed = "turn_away"
    [[topic]]
    name = "orders"
    share = 0.7
    patience = { exponential = "5 min" }
    work = { exponential = "4 min" }
    ai = { resolve = 0.5, ask_human = 0.5, handle_time = "1 min" }
    [[topic]]
    name = "returns"
    share = 0.3
    markets = { Nordic = 0.25, DACH = 0.75 }
    patience = { exponential = "5 min" }
    work = { exponential = "4 min" }
    human_access = "always"
    [[pool]]
    name = "desk"
    kind = "employed"
    agents = 3
    [[timeline]]
    at = 2025-04-01
    set = { "market.Nordic.share" = 0.2, "market.DACH.share" = 0.8, "market.DACH.hours" = "00:00-24:00" }
"#;

/// What counts adds up over markets to the topic, over topics to the market, and over both to everything.
#[test]
fn counts_add_up() {
    let outcome = outcome(STORY);
    let types = [(0, 0), (0, 1), (1, 0), (1, 1)];
    for measure in [
        "contacts",
        "cases",
        "offered",
        "answered",
        "abandoned",
        "turned_away",
        "escalated_asked",
        "escalated_language",
        "fte_worked",
        "value_at_risk",
    ] {
        let of = |slice: Slice| values(&outcome, measure, &slice);
        let by_type: Vec<Vec<f64>> = (0..4).map(|k| of(Slice::TopicMarket(k))).collect();
        for r in 0..3 {
            let sum = |which: &dyn Fn((usize, usize)) -> bool| -> f64 {
                let chosen = types.iter().zip(&by_type).filter(|(t, _)| which(**t));
                chosen.map(|(_, values)| values[r]).sum()
            };
            let same = |slice: Slice, sum: f64| {
                let found = of(slice.clone())[r];
                assert!(
                    (found - sum).abs() < 1e-9 * sum.abs().max(1.0),
                    "{measure} {slice:?}"
                );
            };
            for i in 0..2 {
                same(Slice::Topic(i), sum(&|t| t.0 == i));
                same(Slice::Market(i), sum(&|t| t.1 == i));
            }
            same(Slice::All, sum(&|_| true));
        }
    }
    // The wait of a topic is the mean over its markets, by what was offered and not turned away.
    let joined =
        |s: &Slice| values(&outcome, "offered", s)[0] - values(&outcome, "turned_away", s)[0];
    let waited = |s: &Slice| values(&outcome, "mean_wait", s)[0] * joined(s);
    let (one, other) = (Slice::TopicMarket(0), Slice::TopicMarket(1));
    let both = Slice::Topic(0);
    assert!((waited(&one) + waited(&other) - waited(&both)).abs() < 1e-6 * waited(&both));
    let percentile = |s: Slice| values(&outcome, "wait_p95", &s)[0];
    let (a, b) = (percentile(one), percentile(other));
    assert!((a.min(b)..=a.max(b)).contains(&percentile(both)));
}

/// The assistant passes by whom it does not understand, hours hold but where the topic itself says something else, and shares change.
#[test]
fn languages_hours_and_dates() {
    let outcome = outcome(STORY);
    let of = |measure: &str, k| values(&outcome, measure, &Slice::TopicMarket(k));
    for r in 0..3 {
        assert_eq!(of("ai_share", 0)[r], 1.0);
        assert_eq!(of("ai_share", 1)[r], 0.0);
        assert_eq!(of("escalated_language", 1)[r], of("contacts", 1)[r]);
        assert_eq!(
            of("escalated_language", 0)[r] + of("escalated_language", 3)[r],
            0.0
        );
        assert_eq!(of("turned_away", 0)[r] + of("turned_away", 3)[r], 0.0);
        assert!(of("turned_away", 1)[r] > 1000.0);
    }
    let month = |measure: &str, m: usize, month: usize| {
        let table = &outcome.monthly;
        let is_it =
            |r: &handover::measure::Row| r.measure == measure && r.slice == Slice::TopicMarket(m);
        table.sample(month, table.rows.iter().position(is_it).unwrap())
    };
    // 600 x 0.7 a day, half of them and later a fifth in the first market.
    for (m, at, expected) in [
        (0, 0, 31.0 * 210.0),
        (0, 1, 30.0 * 84.0),
        (1, 1, 30.0 * 336.0),
    ] {
        let mean = month("cases", m, at).iter().sum::<f64>() / 3.0;
        let se = (expected / 3.0f64).sqrt();
        assert!(
            (mean - expected).abs() < 4.0 * se,
            "{m} {at}: {mean}, not {expected}"
        );
    }
    assert_eq!(month("turned_away", 1, 1), [0.0; 3]);
}

/// One agent in New York time, one case a quarter of an hour: who comes at seven or at five past six in the evening finds nobody.
#[test]
fn hours_run_by_the_clock_of_the_market() {
    // America is at UTC-5 until 2025-03-09 02:00 local time, and then at UTC-4.
    let text = |closed: &str| {
        format!(
            r#"
            start = 2025-03-08
            horizon = "3 days"
            replications = 1
            demand = {{ arrivals = {{ csv = "a.csv" }} }}
            topic = [ {{ name = "calls", work = "1 min", callback = {{ above = "1 h", accept = 1.0 }} }} ]
            pool = [ {{ name = "desk", kind = "employed", agents = 1 }} ]
            [[market]]
            name = "US"
            time_zone = "America/New_York"
            hours = "08:00-18:00"
            closed = "{closed}"
            [[market]]
            name = "UK"
            "#
        )
    };
    let csv = "time,topic,market\n\
        2025-03-08T12:59:00,calls,US\n2025-03-08T13:00:00,calls,US\n2025-03-08T22:59:00,calls,US\n\
        2025-03-08T23:00:00,calls,US\n2025-03-08T23:30:00,calls,UK\n\
        2025-03-10T11:59:00,calls,US\n2025-03-10T12:00:00,calls,US\n2025-03-10T21:59:00,calls,US\n\
        2025-03-10T22:00:00,calls,US\n";
    let run = |closed: &str| {
        let files = InMemory::new()
            .with("a.toml", text(closed))
            .with("a.csv", csv);
        outcome_in(&files)
    };
    let (away, queue, callback) = (run("turn_away"), run("queue"), run("callback"));
    let of = |o: &Outcome, measure: &str, m| values(o, measure, &Slice::Market(m))[0];
    assert_eq!(
        (of(&away, "turned_away", 0), of(&away, "answered", 0)),
        (4.0, 4.0)
    );
    assert_eq!(
        (of(&away, "turned_away", 1), of(&away, "answered", 1)),
        (0.0, 1.0)
    );
    assert_eq!(
        (of(&queue, "turned_away", 0), of(&queue, "answered", 0)),
        (0.0, 8.0)
    );
    assert_eq!(
        (of(&callback, "callbacks", 0), of(&callback, "answered", 0)),
        (4.0, 8.0)
    );
    // Every day is a slice of its own: 2 of 4 on the first.
    let day = |o: &Outcome, d: &str| values(o, "answered", &sample::day(d))[0];
    assert_eq!(
        (day(&away, "2025-03-08"), day(&away, "2025-03-10")),
        (3.0, 2.0)
    );
}

/// Counts by market, and the type of a topic that is in one market only without being told.
#[test]
fn files_name_the_market() {
    let scenario = |csv: &str| {
        let text = r#"
            horizon = "1 day"
            demand = { counts = { csv = "a.csv" } }
            topic = [ { name = "x", work = "1 min", markets = "B" }, { name = "y", work = "1 min", markets = ["A"] } ]
            market = [ { name = "A" }, { name = "B", time_zone = "Asia/Tokyo" } ]
            pool = [ { name = "desk", kind = "employed", agents = 9 } ]
        "#;
        let files = InMemory::new().with("a.toml", text).with("a.csv", csv);
        load(Path::new("a.toml"), &[], &files).unwrap().model
    };
    let told =
        scenario("date,time,topic,market,count\n2025-01-06,00:00,x,B,3\n2025-01-06,00:30,y,A,4\n");
    let untold = scenario("date,time,topic,count\n2025-01-06,00:00,x,3\n2025-01-06,00:30,y,4\n");
    assert_eq!(told.demand.arrivals, untold.demand.arrivals);
    assert_eq!(told.markets.of, [(0, 1), (1, 0)]);
    assert_eq!(told.topics[0].name, "x / B");
    let slices = [
        Slice::Topic(0),
        Slice::Market(1),
        Slice::TopicMarket(0),
        Slice::MarketPool(1, 0),
    ];
    assert_eq!(
        slices.map(|s| s.label(&told)),
        [
            "topic=x",
            "market=B",
            "topic=x;market=B",
            "market=B;pool=desk"
        ]
    );
}

/// A scenario on top of another takes its markets by name; a setting does, too.
#[test]
fn markets_are_matched_by_name() {
    let base = r#"
        horizon = "1 day"
        demand = { daily_volume = 100 }
        topic = [ { name = "x", work = "1 min" } ]
        market = [ { name = "A", share = 0.5, hours = "08:00-18:00" }, { name = "B", share = 0.5 } ]
        pool = [ { name = "desk", kind = "employed", agents = 9 } ]
    "#;
    let over = "extends = \"base.toml\"\n[[market]]\nname = \"A\"\nshare = 0.25\n[[topic]]\nname = \"x\"\nmarkets = [\"A\"]";
    let files = InMemory::new().with("base.toml", base).with("a.toml", over);
    let settings = [
        "market.B.share=0.75".to_owned(),
        "topic.x.markets=[\"A\", \"B\"]".to_owned(),
    ];
    let model = load(Path::new("a.toml"), &settings, &files).unwrap().model;
    let total = |k: usize| match &model.demand.arrivals[k] {
        handover::model::Arrivals::Expected(cells) => cells.iter().sum::<f64>(),
        _ => f64::NAN,
    };
    assert!((total(0) - 25.0).abs() < 1e-9 && (total(1) - 75.0).abs() < 1e-9);
    assert!(model.topics[0].opening().is_some() && model.topics[1].opening().is_none());
    // With one market a topic needs no share.
    let only = load(Path::new("a.toml"), &settings[..1], &files)
        .unwrap()
        .model;
    assert_eq!(only.topics.len(), 1);
}

/// The same customers meet the same luck whatever other markets there are.
#[test]
fn markets_do_not_disturb_each_other() {
    let with = |more: &str, share: f64| {
        outcome(&format!(
            r#"
            horizon = "2 days"
            replications = 2
            topic = [ {{ name = "x", daily_volume = {}, work = {{ exponential = "4 min" }} }} ]
            market = [ {{ name = "A", share = {share} }}, {more} ]
            pool = [ {{ name = "desk", kind = "employed", agents = 50 }} ]
            "#,
            100.0 / share
        ))
    };
    let alone = with("", 1.0);
    let among = with(
        "{ name = \"B\", share = 0.5, time_zone = \"Asia/Tokyo\" }",
        0.5,
    );
    for measure in ["contacts", "handle_time"] {
        let of = |o| values(o, measure, &Slice::Market(0));
        assert_eq!(of(&alone), of(&among), "{measure}");
    }
}

/// What the check shows of a market is its part of the demand, before and after a change.
#[test]
fn the_check_divides_the_load() {
    let model = read(STORY).model;
    let check = handover::report::check(&model);
    let found: Vec<f64> = check.markets.iter().map(|m| m.cases_per_day).collect();
    // 31 days of March with half of the first topic each, 30 of April with a fifth and four fifths.
    let share = |march: f64, april: f64, other: f64| (31.0 * march + 30.0 * april) / 61.0 + other;
    let expected = [
        600.0 * share(0.35, 0.14, 0.075),
        600.0 * share(0.35, 0.56, 0.225),
    ];
    assert!(
        found
            .iter()
            .zip(expected)
            .all(|(a, b)| (a - b).abs() < 1e-9),
        "{found:?}"
    );
    let topics: f64 = check.topics.iter().map(|t| t.human_per_day).sum();
    let markets: f64 = check.markets.iter().map(|t| t.human_per_day).sum();
    assert!(check.topics.len() == 2 && (topics - markets).abs() < 1e-9);
}
