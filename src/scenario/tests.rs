//! Whole scenarios: one with every key, the starter, and what broken ones say.

use super::*;
use crate::dist::Distribution;
use crate::model::{
    Arrivals, Delivery, Ending, Hiring, HumanAccess, LogOn, Overflow, PoolKind, Select, ShiftEnd,
    StepPool, Supply, Take, TransferTo,
};
use crate::time::{DAY, HOUR, MINUTE, SECOND, StepFn, WEEK};

fn read(files: &InMemory, settings: &[&str]) -> Result<Scenario, Problems> {
    let settings: Vec<String> = settings.iter().map(|s| (*s).to_owned()).collect();
    load(Path::new("d/a.toml"), &settings, files)
}

fn sound_in(files: &InMemory, settings: &[&str]) -> Scenario {
    match read(files, settings) {
        Ok(s) => s,
        Err(e) => panic!("{e}"),
    }
}

fn sound(text: &str, settings: &[&str]) -> Scenario {
    sound_in(&InMemory::new().with("d/a.toml", text), settings)
}

fn expected(s: &Scenario, topic: usize) -> &[f64] {
    match &s.model.demand.arrivals[topic] {
        Arrivals::Expected(cells) => cells,
        other => panic!("{other:?}"),
    }
}

/// A small scenario that is sound; the tests of messages break it.
const SMALL: &str = include_str!("small.toml");

const FULL: &str = include_str!("full.toml");

fn full_files() -> InMemory {
    let profile = "time,weight\n08:00,1\n18:00,0\n";
    let agents = "date,time,agents\n2025-06-02,08:00,10\n2025-06-02,18:00,0\n2025-06-03,08:00,12\n";
    InMemory::new()
        .with("d/a.toml", FULL)
        .with("d/profile.csv", profile)
        .with("d/agents.csv", agents)
        .with("d/times.csv", "id,minutes\n1,0.5\n2,1\n3,1.5\n")
}

#[test]
fn the_starter_is_sound() {
    let s = sound(STARTER, &[]);
    assert_eq!((s.id.as_str(), s.currency.as_str()), ("a", "EUR"));
    assert_eq!(
        (
            s.model.topics.len(),
            s.model.pools.len(),
            s.model.queues.len()
        ),
        (3, 2, 3)
    );
    let total: f64 = expected(&s, 0).iter().sum();
    assert!((total - 2000.0 * 7.0 * 0.55).abs() < 1e-6, "{total}");
}

#[test]
fn every_key_has_its_place() {
    let s = sound_in(&full_files(), &[]);
    let m = &s.model;
    let notes: Vec<&str> = m.dated_changes().map(|c| c.note.as_str()).collect();
    assert_eq!(notes, ["a quieter assistant", ""]);
    assert!(m.timeline[1].model.groups[0].hiring == crate::model::Hiring::Freeze);
    assert_eq!(
        (s.name.as_str(), s.description.as_str()),
        ("Everything", "Every key once.")
    );
    assert_eq!(
        (s.plan.seed, s.plan.replications, s.plan.confidence),
        (7, 25, 0.9)
    );
    assert_eq!(
        (m.horizon, m.warmup, m.interval),
        (30 * DAY, DAY, 15 * MINUTE),
        "June has 30 days"
    );
    assert_eq!((m.fcr_window, m.max_contacts), (5 * DAY, 9));
    assert_eq!(m.productive.hours_per_week, 37.5);
    let names: Vec<_> = s
        .sources
        .iter()
        .map(|p| p.to_string_lossy().into_owned())
        .collect();
    assert_eq!(
        names,
        ["d/a.toml", "d/profile.csv", "d/times.csv", "d/agents.csv"].map(str::to_owned),
        "in order"
    );

    let desk = &m.groups[0];
    assert_eq!(m.pools[0].group(), Some(0));
    assert_eq!(
        (desk.headcount, desk.lead, desk.training, desk.class),
        (12, 1, 1, Some(2))
    );
    assert!((desk.attrition + libm::log(0.8) / 12.0).abs() < 1e-15);
    assert!((desk.training_attrition.unwrap() + libm::log(0.97)).abs() < 1e-15);
    assert_eq!(desk.tenure, [(3, 2.0), (12, 1.25)]);
    assert_eq!(desk.strain.map(|s| (s.above, s.factor)), Some((0.85, 1.5)));
    assert_eq!(desk.layoffs.map(|l| (l.most, l.notice)), Some((1, 1)));
    // The horizon ends on 2 July.
    assert_eq!(desk.hiring, Hiring::Track(vec![12.0, 14.0]));

    let (fraud, status, tips) = (&m.topics[0], &m.topics[1], &m.topics[2]);
    assert!(fraud.sensitive && !status.sensitive);
    assert_eq!(
        (fraud.entry_human, status.entry_human, tips.entry_human),
        (0.3, 0.0, 0.0)
    );
    assert_eq!(
        (
            fraud.difficulty.ai,
            fraud.difficulty.work,
            fraud.difficulty.human
        ),
        (1.0, 0.5, 0.25)
    );
    assert_eq!(
        (fraud.target.share, fraud.target.within),
        (0.9, 30 * SECOND)
    );
    assert_eq!(
        (fraud.balk, fraud.short_abandon, fraud.queue_limit),
        (0.02, 5 * SECOND, Some(40))
    );
    assert_eq!(
        fraud.ai.as_ref().unwrap().handle_time[2],
        Distribution::exponential(60.0).unwrap()
    );
    assert_eq!(
        fraud.ai.as_ref().unwrap().handle_time[0],
        Distribution::exponential(120.0).unwrap()
    );
    assert_eq!(fraud.access, HumanAccess::After(2));
    assert_eq!((fraud.handover_factor, status.handover_factor), (0.8, 0.95));
    assert_eq!((fraud.insist.ask_factor, fraud.insist.skip_ai), (2.0, 0.3));
    let back = |t: usize, e: Ending| {
        m.topics[t].returns[e as usize]
            .as_ref()
            .map(|r| (r.probability, r.delay.mean()))
    };
    assert_eq!(
        back(0, Ending::Abandoned),
        Some((0.9, 300.0)),
        "the probability is the topic's, the delay is general"
    );
    assert_eq!(back(1, Ending::Abandoned), Some((0.6, 300.0)));
    assert_eq!(back(1, Ending::GaveUp), Some((0.5, 86_400.0)));
    assert_eq!(back(1, Ending::AiResolved), None);
    assert!(
        matches!(&status.access, HumanAccess::Hours { closed: crate::model::Closed::TurnAway, open } if open.at(9 * HOUR) == 1.0)
    );
    assert_eq!(tips.access, HumanAccess::Never);
    assert!(tips.work.is_none());

    let a = &m.assistant;
    assert_eq!((a.capacity, a.overflow), (Some(500), Overflow::Wait));
    assert_eq!(a.outages, [(34 * HOUR, 36 * HOUR)]);
    assert!(a.random_outages.is_some());

    let (house, vendor, gig) = (&m.pools[0], &m.pools[1], &m.pools[2]);
    assert_eq!(house.skills, [true, true, false]);
    assert_eq!(
        (house.concurrency, house.speed.as_slice()),
        (2, [1.0, 0.7].as_slice())
    );
    assert_eq!(house.work_factor, [1.3, 1.0, 1.0]);
    assert_eq!(
        (house.agent_cv, house.select, house.take),
        (0.1, Select::MostLoaded, Take::Ranking)
    );
    assert_eq!(house.ranking, [1, 0, 3]);
    assert_eq!(
        (house.shift_end, house.hourly_price()),
        (ShiftEnd::Cut, Some(31.5))
    );
    let Supply::Staffed(plan) = &house.supply else {
        panic!()
    };
    assert_eq!(plan.plan.at(9 * HOUR), 9.0, "10 scheduled, 10% off");
    assert_eq!(plan.plan.at(33 * HOUR), 0.9 * 12.0);
    assert_eq!(plan.plan.at(32 * HOUR - 1), 0.0, "closed before 8");
    assert_eq!(
        (plan.absence, &plan.delivery),
        (0.03, &Delivery::Fixed(1.0))
    );
    let Supply::Staffed(plan) = &vendor.supply else {
        panic!()
    };
    assert!(matches!(plan.delivery, Delivery::Daily(_)));
    assert_eq!(
        (vendor.select, vendor.take),
        (Select::LongestIdle, Take::LongestRelativeWait)
    );
    assert_eq!(gig.kind, PoolKind::Gig);
    let Supply::Gig(supply) = &gig.supply else {
        panic!()
    };
    assert_eq!(supply.log_on, LogOn::Members(300));
    assert!((supply.segments[0].rate * 3600.0 - 0.05).abs() < 1e-15);
    assert_eq!(
        (
            supply.segments[0].acceptance,
            supply.offer_timeout,
            supply.max_offers,
            supply.broadcast
        ),
        (0.7, Some(30 * SECOND), Some(4), 2)
    );
    assert_eq!(supply.segments[0].availability.at(5 * DAY), 0.5, "Saturday");
    assert!(supply.response.is_some() && supply.cool_down.is_some() && supply.makes_offers());

    // Queues: three of topics, then one for each kind of transfer.
    assert_eq!(m.queues.len(), 5);
    // Priorities 1 and 5: class 0 is kept for transfers that go before every priority.
    assert_eq!((m.queues[0].class, m.queues[1].class), (2, 6));
    let step = |pool, reserve| StepPool { pool, reserve };
    let route = &m.queues[0].route;
    assert_eq!(route[0].pools, [step(0, 0)]);
    assert_eq!(
        (route[1].after, route[1].pools.as_slice()),
        (30 * SECOND, [step(1, 2)].as_slice()),
        "the pool's reserve"
    );
    assert_eq!(
        (route[2].after, route[2].pools.as_slice()),
        (60 * SECOND, [step(1, 1), step(2, 1)].as_slice())
    );
    assert!(m.queues[2].route.is_empty());
    assert_eq!(
        (
            m.queues[3].topic,
            m.queues[3].class,
            m.queues[3].route[0].pools.as_slice()
        ),
        (0, 0, [step(0, 0)].as_slice())
    );
    assert_eq!(
        (house.outcomes[0].resolve, house.outcomes[0].transfer),
        (0.75, 0.05)
    );
    assert_eq!(house.outcomes[1].to, TransferTo::Assistant);
    let o = gig.outcomes[0];
    assert_eq!((o.transfer, o.to), (0.5, TransferTo::Queue(4)));
    assert!(
        (o.resolve - 0.6 / 0.95 * 0.5).abs() < 1e-12,
        "what is not transferred keeps its proportion"
    );
    assert_eq!(
        (m.queues[4].class, m.queues[4].route[0].pools.as_slice()),
        (2, [step(1, 0), step(0, 0)].as_slice())
    );

    // Weekday, month, growth, event and profile together: Friday 2025-06-06 at 10:00 under the event.
    let i = ((4 * DAY + 10 * HOUR) / m.demand.step) as usize;
    assert_eq!(m.demand.step, 30 * MINUTE);
    let growth = libm::pow(1.1, (4.0 + 10.25 / 24.0) / 365.25);
    let want = 2400.0 / 48.0 * 0.9 * 2.4 * 1.5 * 0.5 * growth * 3.0;
    assert!(
        (expected(&s, 1)[i] - want).abs() < 1e-9 * want,
        "{} {want}",
        expected(&s, 1)[i]
    );
    let plain = expected(&s, 0)[i] / 0.1 * 0.9;
    assert!(
        (plain * 3.0 - want).abs() < 1e-9 * want,
        "the event is of the other topic"
    );
    assert_eq!(expected(&s, 1)[2], 0.0, "no weight at night");
    assert_eq!(expected(&s, 2)[0], 0.5 * 0.5 * growth_at_first_step());
    assert_eq!(
        (m.demand.day_busyness_cv, m.demand.interval_busyness_cv),
        (0.16, 0.05)
    );
}

fn growth_at_first_step() -> f64 {
    libm::pow(1.1, 0.25 / 24.0 / 365.25)
}

#[test]
fn the_digest_is_of_everything_read() {
    let files = full_files();
    let digest = sound_in(&files, &[]).digest;
    assert_eq!(digest, sound_in(&files, &[]).digest);
    assert_ne!(digest, sound_in(&files, &["seed=8"]).digest);
    assert_ne!(
        digest,
        sound_in(&files.with("d/times.csv", "id,minutes\n1,0.5\n"), &[]).digest
    );
}

#[test]
fn all_distributions_are_read() {
    for (law, mean) in [
        ("\"90 s\"", 90.0),
        ("{ exponential = \"409 s\" }", 409.0),
        ("{ lognormal = { mean = \"10 min\", cv = 1.1 } }", 600.0),
        ("{ lognormal = { mu = 3.0, sigma = 0.0 } }", libm::exp(3.0)),
        ("{ gamma = { mean = \"5 min\", cv = 0.7 } }", 300.0),
        ("{ gamma = { shape = 2.0, scale = \"2.5 min\" } }", 300.0),
        ("{ weibull = { shape = 1.0, scale = \"5 min\" } }", 300.0),
        ("{ weibull = { mean = \"5 min\", cv = 0.7 } }", 300.0),
        ("{ erlang = { shape = 2, mean = \"5 min\" } }", 300.0),
        ("{ erlang = { shape = 2, rate = \"24 / h\" } }", 300.0),
        ("{ uniform = { low = \"1 min\", high = \"7 min\" } }", 240.0),
        (
            "{ triangular = { low = \"1 min\", mode = \"2 min\", high = \"3 min\" } }",
            120.0,
        ),
        ("{ deterministic = \"4 min\" }", 240.0),
        (
            "{ hyperexponential = { probs = [0.5, 0.5], means = [\"10 s\", \"20 s\"] } }",
            15.0,
        ),
        (
            "{ hyperexponential = { probs = [0.5, 0.5], rates = [\"6 / min\", \"3 / min\"] } }",
            15.0,
        ),
        (
            "{ hyperexponential = { mean = \"5 min\", cv = 1.5 } }",
            300.0,
        ),
    ] {
        let text = SMALL.replace("{ lognormal = { mean = \"5 min\", cv = 0.5 } }", law);
        let found = sound(&text, &[]).model.topics[0]
            .work
            .as_ref()
            .unwrap()
            .mean();
        assert!((found / mean - 1.0).abs() < 1e-9, "{law}: {found}");
    }
    for law in ["lognormal", "gamma", "weibull"] {
        let set = format!("topic.fraud.work={{ {law} = {{ p50 = \"6 min\", p90 = \"20 min\" }} }}");
        let d = sound(SMALL, &[&set]).model.topics[0].work.clone().unwrap();
        assert!((d.quantile(0.9) - 1200.0).abs() < 1e-3, "{law}");
    }
}

#[test]
fn all_patterns_are_read() {
    let start = "start = 2025-06-02\ntime_zone = \"Europe/Stockholm\"\n";
    let at = |agents: &str, files: InMemory, t: u64| {
        let text = format!(
            "{start}{}",
            SMALL
                .replace("agents = 5", &format!("agents = {agents}"))
                .replace("2 days", "2 weeks")
        );
        let s = sound_in(&files.with("d/a.toml", text), &[]);
        let Supply::Staffed(staffing) = &s.model.pools[0].supply else {
            panic!()
        };
        staffing.plan.at(t)
    };
    let no = InMemory::new;
    assert_eq!(at("5", no(), WEEK), 5.0);
    assert_eq!(at("[1, 2, 3, 4]", no(), DAY + 7 * HOUR), 2.0);
    let week = "{ all = 1, weekdays = [2, 3], sat = 4, weekend = 5 }";
    assert_eq!(
        [4, 5, 6].map(|d| at(week, no(), d * DAY + 13 * HOUR)),
        [3.0, 4.0, 5.0]
    );
    let cycle = "{ every = \"10 h\", values = [1, 2, 3] }";
    assert_eq!(
        [0, 29, 30, 45].map(|h| at(cycle, no(), h * HOUR)),
        [1.0, 3.0, 1.0, 2.0]
    );
    let file = |text: &str| no().with("d/x.csv", text);
    let daily = "time,value\n06:00,1\n22:00,2\n";
    assert_eq!(
        [3, 6, 23, 27].map(|h| at("{ csv = \"x.csv\" }", file(daily), h * HOUR)),
        [2.0, 1.0, 2.0, 2.0]
    );
    let weekly = "weekday,time,value\nmon,06:00,1\nmon,22:00,2\ntue,06:00,3\n";
    assert_eq!(
        [3, 7, 25, 31, 49].map(|h| at("{ csv = \"x.csv\" }", file(weekly), h * HOUR)),
        [0.0, 1.0, 2.0, 3.0, 0.0]
    );
    let dated = "date,time,value\n2025-06-02,06:00,1\n2025-06-02,22:00,2\n2025-06-03,06:00,3\n2025-06-05,06:00,4\n";
    assert_eq!(
        [3, 7, 25, 31, 49, 79, 14 * 24].map(|h| at("{ csv = \"x.csv\" }", file(dated), h * HOUR)),
        [0.0, 1.0, 2.0, 3.0, 0.0, 4.0, 4.0]
    );
}

#[test]
fn the_wall_clock_is_followed_through_a_shift() {
    // Sunday 2025-03-30 in Stockholm has 23 hours: local 08:00 is 7 hours after midnight.
    let text = "start = 2025-03-29\ntime_zone = \"Europe/Stockholm\"\n".to_owned() + SMALL;
    let profile: Vec<String> = (0..24).map(|h| i32::from(h == 8).to_string()).collect();
    let s = sound(
        &text,
        &[
            "demand.daily_volume=48",
            &format!("demand.profile=[{}]", profile.join(",")),
        ],
    );
    let cells = expected(&s, 0);
    let at: Vec<usize> = (0..cells.len()).filter(|&i| cells[i] > 0.0).collect();
    assert_eq!(at, [16, 17, 48 + 14, 48 + 15]);
    assert!((cells[16] - 24.0).abs() < 1e-9);
}

#[test]
fn steps_follow_the_patterns_and_not_the_interval() {
    let step = |setting: &str| sound(SMALL, &[setting]).model.demand.step;
    let every =
        |width| format!("demand.rate={{ every = \"{width}\", per = \"h\", values = [1, 2] }}");
    assert_eq!(step("interval=15 min"), 30 * MINUTE);
    assert_eq!(step(&every("20 min")), 20 * MINUTE);
    assert_eq!(step(&every("45 min")), 15 * MINUTE);
    let s = sound(
        SMALL,
        &[
            "demand.rate={ every = \"30 min\", per = \"min\", values = [1.0, 3.0] }",
            "horizon=70 min",
            "interval=10 min",
        ],
    );
    assert_eq!(expected(&s, 0), [30.0, 90.0, 10.0]);
    let quarter = format!("[{}]", vec!["1"; 96].join(","));
    assert_eq!(
        sound(SMALL, &[&format!("demand.profile={quarter}")])
            .model
            .demand
            .step,
        15 * MINUTE
    );
}

#[test]
fn counts_and_arrivals_are_taken_as_they_are() {
    let text = SMALL
        .replace("rate = \"30 / h\"", "counts = { csv = \"c.csv\" }")
        .replace(
            "[[topic]]",
            "[[topic]]\nname = \"b\"\nrate = \"2 / h\"\nwork = \"1 min\"\n[[topic]]",
        );
    let csv = "date,time,topic,count\n2025-01-06,00:00,fraud,3\n2025-01-06,01:00,fraud,4\n2025-01-07,23:00,fraud,5\n2025-01-08,00:00,fraud,9\n";
    let s = sound_in(
        &InMemory::new().with("d/a.toml", text).with("d/c.csv", csv),
        &[],
    );
    assert_eq!(s.model.demand.step, HOUR);
    assert_eq!(expected(&s, 0)[..2], [2.0, 2.0]);
    let Arrivals::Counts(counts) = &s.model.demand.arrivals[1] else {
        panic!()
    };
    assert_eq!(
        (counts.len(), counts[0], counts[1], counts[47]),
        (48, 3, 4, 5)
    );

    let text = SMALL.replace("rate = \"30 / h\"", "arrivals = { csv = \"c.csv\" }");
    let csv = "time,topic\n2025-01-06T10:00:00.5,fraud\n5.25,fraud\n2025-01-09T00:00:00,fraud\n";
    let s = sound_in(
        &InMemory::new().with("d/a.toml", text).with("d/c.csv", csv),
        &[],
    );
    let Arrivals::Replay(times) = &s.model.demand.arrivals[0] else {
        panic!()
    };
    assert_eq!(times[..], [5 * SECOND + SECOND / 4, 10 * HOUR + SECOND / 2]);
}

#[test]
fn the_hour_that_a_shift_repeats_stands_twice_in_a_file() {
    // In Stockholm 2025-10-26 has 25 hours: 02:00 comes twice.
    let text = SMALL.replace("rate = \"30 / h\"", "counts = { csv = \"c.csv\" }");
    let text = format!("start = 2025-10-26\ntime_zone = \"Europe/Stockholm\"\n{text}");
    let rows: Vec<String> = [0, 1, 2, 2, 3]
        .iter()
        .enumerate()
        .map(|(i, h)| format!("2025-10-26,{h:02}:00,fraud,{}", i + 1))
        .collect();
    let csv = format!("date,time,topic,count\n{}\n", rows.join("\n"));
    let files = InMemory::new().with("d/a.toml", text).with("d/c.csv", csv);
    let s = sound_in(&files, &[]);
    let Arrivals::Counts(counts) = &s.model.demand.arrivals[0] else {
        panic!()
    };
    assert_eq!(counts[..6], [1, 2, 3, 4, 5, 0]);
}

#[test]
fn constants_stay_constant() {
    let s = sound(SMALL, &["pool.in-house.shrinkage=20%"]);
    let Supply::Staffed(staffing) = &s.model.pools[0].supply else {
        panic!()
    };
    assert_eq!(staffing.plan, StepFn::constant(4.0));
    assert!(expected(&s, 0).iter().all(|&x| x == 15.0));
}
