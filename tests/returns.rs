//! Customers who come back on the clock of their demand, or on the one on the wall.

use crate::sample::simulate;
use handover::engine::{Contact, Laws, Observer};
use handover::experiment::{Job, run};
use handover::model::{CustomerClock, Ending, Model};
use handover::scenario::{InMemory, Scenario, load};
use handover::time::{DAY, HOUR, Micros, WEEK};
use std::collections::BTreeMap;
use std::path::Path;

/// Weights by hour of the day, and factors by weekday.
const PROFILE: [f64; 24] = [
    0.1, 0.0, 0.0, 0.0, 0.1, 0.3, 0.8, 1.5, 2.5, 3.0, 3.2, 3.0, 2.2, 2.4, 2.6, 2.5, 2.0, 1.8, 1.9,
    2.1, 1.5, 1.0, 0.5, 0.3,
];
const WEEKDAYS: [f64; 7] = [1.2, 1.1, 1.05, 1.0, 1.0, 0.65, 0.0];

/// Half of those who were answered, a second each, are back after 36 hours on average.
fn text(demand: &str, returns: &str, agents: u32) -> String {
    format!(
        "start = 2025-01-06\nhorizon = \"8 weeks\"\nmax_contacts = 2\n\
         demand = {{ daily_volume = 1000{demand} }}\n\
         topic = [ {{ name = \"chats\", work = \"1 s\" }} ]\n\
         pool = [ {{ name = \"desk\", kind = \"employed\", agents = {agents} }} ]\n\
         [returns]\n{returns}\nhuman_resolved = {{ probability = 0.5, delay = {{ exponential = \"36 h\" }} }}\n"
    )
}

fn course() -> String {
    let profile: Vec<String> = PROFILE.iter().map(f64::to_string).collect();
    let names = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
        .iter()
        .zip(WEEKDAYS);
    let days: Vec<String> = names.map(|(day, f)| format!("{day} = {f}")).collect();
    format!(
        ", profile = [{}], weekday = {{ {} }}",
        profile.join(", "),
        days.join(", ")
    )
}

fn read(text: &str) -> Scenario {
    read_in(&InMemory::new().with("a.toml", text))
}

fn read_in(files: &InMemory) -> Scenario {
    load(Path::new("a.toml"), &[], files).unwrap()
}

/// When first contacts end and after what elapsed time their customers are back.
#[derive(Default)]
struct Back(BTreeMap<u64, (Micros, Micros)>);

impl Observer for Back {
    fn ended(&mut self, c: &Contact, _: Ending, at: Micros, back: Option<Micros>, _: f64) {
        if let Some(elapsed) = back {
            self.0.insert(c.case.0, (at, elapsed));
        }
    }
}

fn back(model: &Model) -> BTreeMap<u64, (Micros, Micros)> {
    let mut back = Back::default();
    simulate(&Laws::new(model).unwrap(), 1, 0, &mut back);
    back.0
}

/// Chi-square statistic of the returns of weeks 3 to 8 against the demand, by hour of the week; a value of 167 is usual, its
/// standard deviation 18. Returns at hours without demand.
fn against_demand(back: &BTreeMap<u64, (Micros, Micros)>) -> (f64, u32) {
    let weights: Vec<f64> = (0..168)
        .map(|h| PROFILE[h % 24] * WEEKDAYS[h / 24])
        .collect();
    let mut counts = [0u32; 168];
    let times = back.values().map(|(end, elapsed)| end + elapsed);
    times
        .filter(|t| (2 * WEEK..8 * WEEK).contains(t))
        .for_each(|t| counts[(t % WEEK / HOUR) as usize] += 1);
    let (n, all) = (
        f64::from(counts.iter().sum::<u32>()),
        weights.iter().sum::<f64>(),
    );
    assert!(n > 15_000.0);
    let (mut chi, mut strays) = (0.0, 0);
    for (count, weight) in counts.iter().zip(weights) {
        let expected = n * weight / all;
        if weight > 0.0 {
            chi += (f64::from(*count) - expected).powi(2) / expected;
        } else {
            strays += count;
        }
    }
    (chi, strays)
}

#[test]
fn returns_follow_the_demand_and_keep_their_mean_delay() {
    let scenario = read(&text(&course(), "", 50));
    let back = back(&scenario.model);
    let (chi, strays) = against_demand(&back);
    assert!(chi < 167.0 + 4.0 * 18.3, "{chi}");
    // A contact of the last second before an hour without demand ends within that hour, but nobody comes back in it.
    assert_eq!(strays, 0);
    // In whole weeks of ends, by standard errors.
    let elapsed: Vec<f64> = back.values().map(|b| b.1 as f64 / HOUR as f64).collect();
    let n = elapsed.len() as f64;
    let mean = elapsed.iter().sum::<f64>() / n;
    let variance = elapsed.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / n;
    let se = (variance / n).sqrt();
    assert!((mean - 36.0).abs() < 4.0 * se && se < 0.4, "{mean} ± {se}");
}

#[test]
fn on_the_wall_they_come_at_any_hour() {
    let scenario = read(&text(&course(), "clock = \"wall\"", 50));
    let (chi, strays) = against_demand(&back(&scenario.model));
    assert!(chi > 2000.0 && strays > 2000, "{chi} {strays}");
}

/// What was drawn for a customer does not depend on the clock, nor on when the contact ended.
#[test]
fn delays_stay_paired() {
    let scenario = read(&text(&course(), "", 50));
    let clock = scenario
        .model
        .return_clock(0, Ending::HumanResolved)
        .unwrap();
    let busy = back(&scenario.model);
    let slow = back(&read(&text(&course(), "", 1).replace("1 s", "40 s")).model);
    let wall = back(&read(&text(&course(), "clock = \"wall\"", 50)).model);
    assert_eq!(busy.len(), wall.len());
    assert!(busy.len() > 20_000 && busy.len() == slow.len());
    let mut later = 0;
    for (case, (_, drawn)) in &wall {
        for (end, elapsed) in [busy[case], slow[case]] {
            let passed = clock.between(end, end + elapsed);
            assert!((passed - *drawn as f64).abs() < 20.0, "{passed} {drawn}");
        }
        later += u32::from(slow[case].0 > busy[case].0 + 60_000_000);
    }
    assert!(later > 1000, "{later}");
}

/// Every row of a short run.
fn rows(text: &str) -> Vec<Option<u64>> {
    let scenario = read(text);
    let job = Job {
        model: &scenario.model,
        plan: scenario.plan,
    };
    let outcome = run(&[job], &()).unwrap().remove(0);
    outcome
        .values
        .iter()
        .flatten()
        .map(|v| Some(v.to_bits()))
        .collect()
}

#[test]
fn even_demand_is_elapsed_time() {
    let week = |demand, returns| text(demand, returns, 50).replace("8 weeks", "1 week");
    let even = rows(&week("", ""));
    assert_eq!(even, rows(&week("", "clock = \"wall\"")));
    assert_eq!(even, rows(&week(", profile = [3, 3, 3]", "")));
    let (demand, wall) = (
        rows(&week(&course(), "")),
        rows(&week(&course(), "clock = \"wall\"")),
    );
    assert!(demand.len() == wall.len() && demand != wall);
}

#[test]
fn each_entry_may_have_its_clock() {
    let text = text(
        &course(),
        "clock = \"wall\"\nabandoned = { probability = 0.1, clock = \"demand\" }\ngave_up = { probability = 0.1 }",
        1,
    );
    let topic = |more: &str| {
        text.replace(
            "work = \"1 s\"",
            &format!("work = \"1 s\", returns = {{ {more} }}"),
        )
    };
    let clocks = |text: &str| {
        let model = read(text).model;
        [Ending::Abandoned, Ending::GaveUp, Ending::HumanResolved]
            .map(|e| model.return_clock(0, e).is_some())
    };
    assert_eq!(clocks(&text), [true, false, false]);
    assert_eq!(clocks(&topic("clock = \"demand\"")), [true, true, true]);
    assert_eq!(
        clocks(&topic(
            "clock = \"demand\", abandoned = { clock = \"wall\" }"
        )),
        [false, true, true]
    );
    assert_eq!(
        clocks(&topic("human_resolved = { clock = \"demand\" }")),
        [true, false, true]
    );
    // From a date on.
    let change = "[[timeline]]\nat = 2025-01-20\nset = { returns.clock = \"demand\" }\n";
    let model = read(&format!("{text}{change}")).model;
    let of = |m: &Model| m.return_clock(0, Ending::HumanResolved).is_some();
    assert_eq!(model.epochs().map(of).collect::<Vec<_>>(), [false, true]);
}

/// Operational hours of a Monday from 0 to 1, 10 to 11, of a Sunday from 10 to 11.
fn hours(clock: &CustomerClock) -> [f64; 3] {
    [0, 10, 6 * 24 + 10].map(|h| clock.between(h * HOUR, (h + 1) * HOUR) / HOUR as f64)
}

fn clocks(text: &str, file: &str) -> Vec<Option<[f64; 3]>> {
    let files = InMemory::new().with("a.toml", text).with("d.csv", file);
    let demand = read_in(&files).model.demand;
    demand
        .clocks
        .iter()
        .map(|c| c.as_deref().map(hours))
        .collect()
}

#[track_caller]
fn near(found: Option<[f64; 3]>, expected: [f64; 3]) {
    let found = found.expect("a clock");
    let close = found
        .iter()
        .zip(expected)
        .all(|(a, b)| (a - b).abs() < 1e-6);
    assert!(close, "{found:?}, not {expected:?}");
}

/// A scenario of two topics with this demand from Monday 2025-01-06 on.
fn two(horizon: &str, demand: &str) -> String {
    let topic = |name| format!("{{ name = \"{name}\", work = \"1 min\" }}");
    let (a, b) = (topic("calls"), topic("mails"));
    format!(
        "start = 2025-01-06\nhorizon = \"{horizon}\"\ndemand = {{ {demand} }}\ntopic = [ {a}, {b} ]\n\
         pool = [ {{ name = \"desk\", kind = \"employed\", agents = 9 }} ]\n"
    )
}

#[test]
fn the_clock_is_the_demand_of_the_week_without_seasons_growth_and_events() {
    let shares = |t: String| {
        t.replacen("work", "share = 0.5, work", 2)
            .replace("mails\", work", "mails\", share = 0.5, work")
    };
    let more = ", month = { jan = 3 }, growth_per_year = 2, event = [ { name = \"sale\", from = 2025-01-06, to = 2025-01-07, factor = 5 } ]";
    let usual = shares(two(
        "3 days",
        "daily_volume = 100, profile = [1, 3], weekday = { sun = 0 }",
    ));
    let expected = [0.5 * 7.0 / 6.0, 0.5 * 7.0 / 6.0, 0.0];
    for text in [
        usual.clone(),
        usual.replace(" }\ntopic", &format!("{more} }}\ntopic")),
    ] {
        let found = clocks(&text, "");
        near(found[0], expected);
        near(found[1], expected);
    }
    // A topic's own rates, in a pattern of the week.
    let own = two("3 days", "weekday = { sun = 0 }")
        .replace(
            "\"calls\",",
            "\"calls\", rate = { all = [1, 3], per = \"h\" },",
        )
        .replace("\"mails\",", "\"mails\", rate = \"2 / h\",");
    let found = clocks(&own, "");
    near(found[0], expected);
    near(found[1], [7.0 / 6.0, 7.0 / 6.0, 0.0]);
    // A cycle of 12 hours, of which the horizon has a day and a half.
    let cycle = own
        .replace("all = [1, 3]", "every = \"6 h\", values = [1, 3]")
        .replace("3 days", "36 h");
    near(
        clocks(
            &cycle
                .replace(", weekday = { sun = 0 }", "")
                .replace("weekday = { sun = 0 }", ""),
            "",
        )[0],
        [0.5, 1.5, 1.5],
    );
    // Less than a day tells nothing.
    assert_eq!(clocks(&cycle.replace("36 h", "11 h"), "")[0], None);
}

#[test]
fn a_file_tells_as_much_as_its_cases_allow() {
    let row = |day: u64, hour: u64, topic: &str, n: u64| {
        format!("2025-01-{:02},{hour:02}:00,{topic},{n}\n", 6 + day)
    };
    // Two weeks: calls at 10 o'clock count twice, and nobody calls on Sundays; two mails a day, at 10 o'clock.
    let file = |calls: u64| {
        let mut out = "date,time,topic,count\n".to_owned();
        for (day, hour) in (0..14).flat_map(|d| (0..24).map(move |h| (d, h))) {
            let busy = if hour == 10 { 2 * calls } else { calls };
            out += &row(day, hour, "calls", if day % 7 < 6 { busy } else { 0 });
            out += &row(day, hour, "mails", if hour == 10 { 2 } else { 0 });
        }
        out
    };
    let text = two("2 weeks", "counts = { csv = \"d.csv\" }");
    let day = 24.0 / 25.0 * 7.0 / 6.0;
    // 12 x 25 x 20 calls: each hour of the week on its own.
    let found = clocks(&text, &file(20));
    near(found[0], [day, 2.0 * day, 0.0]);
    // 28 mails go as everything together: cases a week and the one at 10 o'clock on Sundays.
    let (all, hour) = (6.0 * 25.0 * 20.0 + 7.0 * 2.0, 168.0);
    near(
        found[1],
        [20.0 * hour / all, 42.0 * hour / all, 2.0 * hour / all],
    );
    // 12 x 25 x 2 calls: by hour of the day and weekday.
    near(clocks(&text, &file(2))[0], [day, 2.0 * day, 0.0]);
    // 12 x 25 + 28 cases tell nothing.
    assert_eq!(clocks(&text, &file(1)), [None, None]);
    // Replayed one by one they tell the same as counted.
    let mut replay = "time,topic\n".to_owned();
    for (day, hour) in (0..14u64)
        .filter(|d| d % 7 < 6)
        .flat_map(|d| (0..24).map(move |h| (d, h)))
    {
        let times = if hour == 10 { 40 } else { 20 };
        replay.extend(
            (0..times)
                .map(|i| format!("{},calls\n", (day * DAY + hour * HOUR) / 1_000_000 + i * 60)),
        );
    }
    near(
        clocks(&two("2 weeks", "arrivals = { csv = \"d.csv\" }"), &replay)[0],
        [day, 2.0 * day, 0.0],
    );
}
