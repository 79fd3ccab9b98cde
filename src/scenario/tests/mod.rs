//! Whole scenarios: one with every key, the starter, and what broken ones say.

pub(super) mod known;
mod messages;
mod readings;

use super::*;
use crate::dist::Distribution;
use crate::experiment::{Factor, Levels, Sampling, Width};
use crate::model::{
    Arrivals, Busyness, Delivery, Ending, Hiring, HumanAccess, LogOn, Overflow, PoolKind, Select,
    ShiftEnd, StepPool, Supply, Take, TransferTo,
};
use crate::time::{DAY, HOUR, MINUTE, SECOND};

pub(super) fn read(files: &InMemory, settings: &[&str]) -> Result<Scenario, Problems> {
    let settings: Vec<String> = settings.iter().map(|s| (*s).to_owned()).collect();
    load(Path::new("d/a.toml"), &settings, files)
}

pub(super) fn sound_in(files: &InMemory, settings: &[&str]) -> Scenario {
    match read(files, settings) {
        Ok(s) => s,
        Err(e) => panic!("{e}"),
    }
}

pub(super) fn sound(text: &str, settings: &[&str]) -> Scenario {
    sound_in(&InMemory::new().with("d/a.toml", text), settings)
}

pub(super) fn expected(s: &Scenario, topic: usize) -> &[f64] {
    match &s.model.demand.arrivals[topic] {
        Arrivals::Expected(cells) => cells,
        other => panic!("{other:?}"),
    }
}

/// A small scenario that is sound; the tests of messages break it.
pub(super) const SMALL: &str = include_str!("../small.toml");

const FULL: &str = include_str!("../full.toml");

pub(super) fn full_files() -> InMemory {
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
fn what_varies_has_its_place() {
    let s = sound_in(&full_files(), &[]);
    let range = |low, high, unit: &str, steps| Levels::Range {
        low,
        high,
        unit: unit.into(),
        steps,
        whole: false,
    };
    // A text that would be read as a number keeps its quotes.
    let list = ["\"1\"", "x y", "2", "true"].map(str::to_owned).to_vec();
    let factor = |keys: &[&str], levels| Factor {
        keys: keys.iter().map(|&k| k.to_owned()).collect(),
        levels,
    };
    let table = SweepTable {
        method: Some(Sampling::Sobol),
        points: Some(16),
        seed: Some(3),
        factors: vec![
            factor(&["max_contacts"], range(2.0, 9.0, "", None)),
            factor(&["pool.a.x", "'pool b'.x"], Levels::List(list)),
            factor(&["pool.gig.members"], range(10.0, 20.0, "%", Some(3))),
        ],
        measures: vec!["sl_net".into(), "occupancy@pool=gig".into()],
        places: s.sweep.as_ref().unwrap().places.clone(),
    };
    let places = [&table.places.factors, &table.places.measures];
    assert_eq!(places.map(Vec::len), [3, 2]);
    let key = |p: &Place| p.problem(String::new(), None).key;
    assert_eq!(key(&places[0][2]), "sweep.vary.pool.gig.members");
    assert_eq!(key(&places[1][1]), "sweep.measures #2");
    assert_eq!(s.sweep, Some(table));
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
    let on: Vec<String> = s.precision.on.iter().map(ToString::to_string).collect();
    assert_eq!(on, ["sl_net", "mean_wait@topic=fraud"]);
    assert_eq!(
        (s.precision.width.clone(), s.precision.most),
        (Some(Width::Relative(0.03)), 60)
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
    assert_eq!(m.demand.step, 15 * MINUTE, "each interval has its busyness");
    let growth = libm::pow(1.1, (4.0 + 10.125 / 24.0) / 365.25);
    let want = 2400.0 / 96.0 * 0.9 * 2.4 * 1.5 * 0.5 * growth * 3.0;
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
    assert_eq!(expected(&s, 2)[0], 0.5 * 0.25 * growth_at_first_step());
    let busyness = Busyness {
        day_cv: 0.16,
        day_correlation: 0.68,
        interval_cv: 0.05,
        interval_correlation: -0.3,
        level_sd_per_week: 0.02,
        day_before: Some(1.08),
    };
    assert_eq!(m.demand.busyness, busyness);
}

fn growth_at_first_step() -> f64 {
    libm::pow(1.1, 0.125 / 24.0 / 365.25)
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
