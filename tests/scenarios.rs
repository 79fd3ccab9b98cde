//! The reference scenarios: each runs, says which question it answers, and gives what it promises.

use handover::erlang::ErlangA;
use handover::model::{Model, Supply, required};
use handover::scenario::{Disk, load};
use handover::time::{DAY, HOUR};
use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

/// The reference months, in the order of the tables.
const MONTHS: [&str; 3] = [
    "klarna-2023-all-human",
    "klarna-2024-ai-first",
    "klarna-2025-hybrid",
];

/// The table of the reference months as `results/regenerate` makes it, made once for all tests that look at it.
static REFERENCE: LazyLock<String> = LazyLock::new(|| summary(&MONTHS, 4, &[]));

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios")
}

/// The scenarios by name.
fn all() -> Vec<String> {
    let entries = fs::read_dir(folder()).unwrap();
    let names = entries.map(|e| e.unwrap().file_name().to_string_lossy().into_owned());
    let mut names: Vec<String> = names
        .filter_map(|n| n.strip_suffix(".toml").map(str::to_owned))
        .collect();
    names.sort();
    names
}

/// Means by measure and slice, with their half-widths.
struct Summary(HashMap<(String, String), (f64, f64)>);

impl Summary {
    fn mean(&self, measure: &str, slice: &str) -> f64 {
        let row = self.0.get(&(measure.to_owned(), slice.to_owned()));
        row.unwrap_or_else(|| panic!("no {measure} of {slice}")).0
    }

    fn all(&self, measure: &str) -> f64 {
        self.mean(measure, "all")
    }

    /// The mean is within `tolerance` of `value`.
    #[track_caller]
    fn gives(&self, measure: &str, value: f64, tolerance: f64) {
        let mean = self.all(measure);
        assert!(
            (mean - value).abs() <= tolerance,
            "{measure}: {mean}, not {value} +- {tolerance}"
        );
    }

    /// The mean agrees with a value that is known, by its own interval (at 95%, times `width`).
    #[track_caller]
    fn agrees(&self, measure: &str, value: f64, width: f64) {
        let (mean, half) = self.0[&(measure.to_owned(), "all".to_owned())];
        assert!(
            (mean - value).abs() <= width * half,
            "{measure}: {mean} +- {half}, not {value}"
        );
        assert!(
            half <= 0.1 * value.abs(),
            "{measure}: {mean} +- {half} says nothing"
        );
    }
}

fn run(name: &str, replications: u32) -> Summary {
    run_with(name, replications, &[])
}

/// Runs a scenario with settings.
fn run_with(name: &str, replications: u32, settings: &[&str]) -> Summary {
    rows(name, &summary(&[name], replications, settings))
}

/// Runs scenarios as a user does; the text of `summary.csv`.
fn summary(names: &[&str], replications: u32, settings: &[&str]) -> String {
    files(names, replications, settings, "summary.csv")
}

/// Runs a scenario; the text of a file of its results.
fn in_folder(name: &str, replications: u32, file: &str) -> String {
    files(&[name], replications, &[], file)
}

fn files(names: &[&str], replications: u32, settings: &[&str], file: &str) -> String {
    let dir = tempfile::tempdir().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_handover"));
    command.arg("run");
    command.args(
        names
            .iter()
            .map(|n| folder().join(n).with_extension("toml")),
    );
    command
        .args(["--reps", &replications.to_string(), "-q", "-o"])
        .arg(dir.path());
    command.args(settings.iter().flat_map(|s| ["--set", s]));
    let output = command.output().unwrap();
    assert!(
        output.status.success(),
        "{names:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    fs::read_to_string(dir.path().join(file)).unwrap()
}

/// The rows of one scenario.
fn rows(name: &str, summary: &str) -> Summary {
    let mut reader = csv::Reader::from_reader(summary.as_bytes());
    let records = reader.records().map(Result::unwrap);
    let rows = records.filter(|r| &r[0] == name).map(|r| {
        let number = |i: usize| r[i].parse().unwrap_or(f64::NAN);
        (
            (r[1].to_owned(), r[2].to_owned()),
            (number(4), (number(6) - number(5)) / 2.0),
        )
    });
    Summary(rows.collect())
}

#[test]
fn each_opens_with_its_question() {
    let names = all();
    let promised = [
        "ai-outage",
        "chat-concurrency",
        "erlang-a",
        "gig-night",
        "gig-pilot-scale-up",
        "klarna-2023-all-human",
        "klarna-2024-ai-first",
        "klarna-2025-hybrid",
        "skills-overflow",
        "two-markets",
    ];
    for name in promised {
        assert!(names.iter().any(|n| n == name), "{name} is missing");
    }
    for name in names {
        let text = fs::read_to_string(folder().join(&name).with_extension("toml")).unwrap();
        let first = text.lines().next().unwrap();
        assert!(
            first.starts_with("# Question:") && first.contains('?'),
            "{name}: {first}"
        );
        assert!(
            text.contains("# Expect:"),
            "{name} does not say what it gives"
        );
    }
}

/// What holds of every run, whatever the scenario.
#[test]
fn the_small_ones_run() {
    for name in all().iter().filter(|n| {
        !["klarna", "headcount", "tier1"]
            .iter()
            .any(|p| n.starts_with(p))
    }) {
        let s = run(name, 1);
        assert!(s.all("contacts") > 1000.0, "{name}");
        for share in [
            "sl_net",
            "abandonment_rate",
            "occupancy",
            "delay_probability",
        ] {
            assert!(
                (0.0..=1.0).contains(&s.all(share)),
                "{name}: {share} {}",
                s.all(share)
            );
        }
    }
}

/// The three ways cost about the same per handled hour where nobody is idle: $45, $47 and $48 at 85% occupancy. Here the rosters have 79%
/// to 81% and the register 73%, and that is the difference.
#[test]
fn idle_time_decides_what_a_handled_hour_costs() {
    // In-house hires for those who leave; the outsourcer gives a credit of 5% in months whose level was missed.
    for (name, at_par, beside, tolerance) in [
        ("tier1-inhouse", 45.1, 1.015, 0.01),
        ("tier1-outsourced", 47.1, 0.965, 0.02),
        ("tier1-gig", 48.2, 1.0, 0.01),
    ] {
        let s = run(name, 2);
        let hour = s.all("cost_per_handled_hour");
        let expected = at_par * 0.85 / s.all("occupancy");
        assert!(
            (hour / (expected * beside) - 1.0).abs() < tolerance,
            "{name}: {hour} {expected}"
        );
    }
}

/// Three years in one run against what was published: employees at the year ends, agents, displaced.
#[test]
fn the_story_gives_the_record() {
    let text = in_folder("klarna-story", 1, "monthly.csv");
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    let mean = |month: &str, measure: &str, slice: &str| -> f64 {
        let is_it = |r: &&csv::StringRecord| &r[1] == month && &r[2] == measure && &r[3] == slice;
        rows.iter().find(is_it).unwrap()[5].parse().unwrap()
    };
    let employees = |month: &str| {
        let groups = ["own customer service", "other employees"];
        groups
            .map(|g| mean(month, "headcount_end", &format!("group={g}")))
            .iter()
            .sum::<f64>()
    };
    let close = |what: &str, found: f64, published: f64, share: f64| {
        let off = found / published - 1.0;
        assert!(off.abs() <= share, "{what}: {found}, published {published}");
    };
    close("December 2023", employees("2023-12"), 4352.0, 0.03);
    close("December 2024", employees("2024-12"), 3422.0, 0.03);
    close("December 2025", employees("2025-12"), 2831.0, 0.05);
    close(
        "displaced at first",
        mean("2024-02", "fte_displaced", "all"),
        700.0,
        0.07,
    );
    // Seasons go up and down: what was said for a year is compared with the mean of its months.
    let year = |months: &[String], measure: &str, slice: &str| -> f64 {
        let values = months.iter().map(|m| mean(m, measure, slice));
        values.sum::<f64>() / months.len() as f64
    };
    let months = |year: u32, first: u32| -> Vec<String> {
        (first..=12).map(|m| format!("{year}-{m:02}")).collect()
    };
    let displaced = year(&months(2025, 1), "fte_displaced", "all");
    close("displaced in 2025", displaced, 853.0, 0.05);
    // Nobody says how many to hire: the demand does.
    for (months, agents) in [
        (months(2023, 1), 3000.0),
        (months(2024, 3), 2300.0),
        (months(2025, 1), 2190.0),
    ] {
        let at_work = year(&months, "productive", "group=outsourced agents");
        close(&months[0], at_work, agents, 0.07);
    }
    let july_to_december = mean("2023-12", "cases", "all") / mean("2023-07", "cases", "all");
    assert!((1.3..1.8).contains(&july_to_december), "{july_to_december}");
    assert!(mean("2024-02", "ai_share", "all") > 0.65);
    assert!(mean("2024-01", "ai_share", "all") == 0.0);
    // A transaction costs 40% less where 15% less is spent on a quarter more of them.
    let spent = mean("2025-03", "cost_total", "all") / mean("2023-03", "cost_total", "all");
    assert!((0.70..0.82).contains(&spent), "{spent}");
}

/// The table in docs/klarna.md of what access to a person costs and brings.
#[test]
fn the_trade_off_is_the_committed_table() {
    let table = fs::read_to_string(folder().join("../results/trade-off/table.csv")).unwrap();
    let mut reader = csv::Reader::from_reader(table.as_bytes());
    let names = reader.headers().unwrap().clone();
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), 9);
    let s = run("always-human", 4);
    let row = rows
        .iter()
        .find(|r| &r[0] == "two-thirds" && &r[1] == "always-human")
        .unwrap();
    for (name, value) in names.iter().zip(row).skip(2) {
        let committed: f64 = value.parse().unwrap();
        assert!((s.all(name) / committed - 1.0).abs() < 1e-9, "{name}");
    }
}

/// A year without hiring: what is left of 3,000 people.
#[test]
fn headcount_falls_by_attrition() {
    for (name, expected) in [
        ("headcount-3000-2500", 2500.0),
        ("headcount-15-percent", 2550.0),
        ("headcount-20-percent", 2400.0),
    ] {
        let left = run(name, 200).all("headcount_end");
        let se = (expected * (1.0 - expected / 3000.0) / 200.0_f64).sqrt();
        assert!((left - expected).abs() < 4.0 * se, "{name}: {left}");
    }
}

#[test]
fn erlang_a_gives_the_formula() {
    let s = run("erlang-a", 8);
    let queue = ErlangA {
        arrival_rate: 105.0 / 60.0,
        mean_service: 60.0,
        mean_patience: Some(60.0),
        servers: 100,
    };
    let m = queue.measures().unwrap();
    let levels = queue.service_levels(20.0).unwrap();
    // Several comparisons at once: twice the 95% interval is passed by chance with a probability of about 1e-3 each.
    s.agrees("abandonment_rate", m.p_abandon, 2.0);
    s.agrees("delay_probability", m.p_delay, 2.0);
    s.agrees("mean_wait", m.mean_wait, 2.0);
    s.agrees("queue_length", m.mean_queue, 2.0);
    s.agrees("occupancy", m.occupancy, 2.0);
    s.agrees("sl_net", levels.sl_net, 2.0);
    s.agrees("sl_offered", levels.sl_offered, 2.0);
    // What the head of the file promises.
    s.gives("abandonment_rate", 0.067, 0.001);
    s.gives("delay_probability", 0.70, 0.005);
    s.gives("mean_wait", 4.0, 0.1);
}

#[test]
fn skills_overflow_sends_the_overflow() {
    let s = run("skills-overflow", 2);
    let alone = run_with(
        "skills-overflow",
        2,
        &["topic.billing.route=[{ pools = [\"billing team\"] }]"],
    );
    assert!(s.mean("answered", "topic=billing;pool=orders team") > 100.0);
    let wait = |s: &Summary, topic: &str| s.mean("mean_wait", topic);
    assert!(
        wait(&s, "topic=billing") < 0.7 * wait(&alone, "topic=billing"),
        "billing waits less"
    );
    assert!(
        wait(&s, "topic=orders") > wait(&alone, "topic=orders"),
        "orders pay for it"
    );
}

/// English in Stockholm carries the Americans.
#[test]
fn two_markets_share_a_desk() {
    let shared = run("two-markets", 2);
    let apart = run_with("two-markets", 2, &["pool.Stockholm.languages=\"sv\""]);
    let level = |s: &Summary, market: &str| s.mean("sl_net", &format!("market={market}"));
    assert!((level(&shared, "Sweden") - 0.92).abs() < 0.02);
    assert!((level(&shared, "US East") - 0.92).abs() < 0.02);
    assert!((level(&apart, "US East") - 0.44).abs() < 0.03);
    assert!(level(&apart, "Sweden") > level(&shared, "Sweden") + 0.02);
    let cases = |slice: &str| shared.mean("cases", slice);
    let topics = ["orders", "payment plans", "account"].map(|t| cases(&format!("topic={t}")));
    let markets = ["Sweden", "US East"].map(|m| cases(&format!("market={m}")));
    assert!((topics.iter().sum::<f64>() - markets.iter().sum::<f64>()).abs() < 1e-6);
}

#[test]
fn an_outage_makes_human_contacts() {
    let s = run("ai-outage", 4);
    assert!(s.all("ai_missed") > 1000.0 && s.all("escalated_outage") > 1000.0);
    let (outage, after) = (
        s.mean("abandonment_rate", "day=2025-12-01"),
        s.mean("abandonment_rate", "day=2025-12-03"),
    );
    assert!(outage > 3.0 * after, "{outage} {after}");
}

#[test]
fn chats_are_held_side_by_side() {
    let s = run("chat-concurrency", 2);
    let together = s.all("concurrency");
    assert!((1.2..3.0).contains(&together), "{together}");
    assert!(
        s.all("session_time") > 9.0 * 60.0,
        "each chat slows the others"
    );
}

#[test]
fn the_night_is_carried_by_the_register() {
    let s = run("gig-night", 2);
    let (gig, team) = (
        s.mean("answered", "pool=gig"),
        s.mean("answered", "pool=team"),
    );
    assert!(gig > 0.2 * team && team > gig * 0.2, "{gig} {team}");
    assert!((0.7..0.9).contains(&s.mean("acceptance_rate", "pool=gig")));
}

/// Half of the twentieth that is given back finds nobody, and for a twentieth of the rest nobody comes.
#[test]
fn slots_are_worked_as_far_as_said() {
    let s = run("gig-slots", 2);
    s.gives("commitment_adherence", 0.975 * 0.95, 0.01);
    assert!(s.all("slots_booked") > 0.99 * s.all("slots_opened"));
    let (first, others) = ("first_tier_resolution", "other_tiers_resolution");
    assert!(s.all(first) > s.all(others) + 0.02);
    assert!(s.all("first_tier_share") > 0.5);
}

/// Applicants by their rates, those of the last two weeks still in training.
#[test]
fn the_pilot_scales_up() {
    let s = run("gig-pilot-scale-up", 2);
    let joined = 0.4 * (123.0 + 91.0 * 20.0 + 243.0 * 45.0 + (92.0 - 14.0) * 18.0) / 7.0;
    let se = (joined / 2.0f64).sqrt();
    s.gives("members_joined", joined, 4.0 * se);
    assert!(s.all("sl_net") > 0.9);
}

/// Whoever moves a figure of the reference months says so by committing the new table.
#[test]
fn the_reference_months_are_the_committed_bytes() {
    let committed = folder().with_file_name("results/reference-months/summary.csv");
    let committed = fs::read_to_string(committed).unwrap();
    let differing = committed
        .lines()
        .zip(REFERENCE.lines())
        .find(|(old, new)| old != new);
    assert!(
        committed == *REFERENCE,
        "the reference months have changed ({} lines, were {}; first difference {differing:?}); if that is meant, run \
         results/regenerate and commit what it writes",
        REFERENCE.lines().count(),
        committed.lines().count()
    );
}

#[test]
fn klarna_2023_gives_the_published_figures() {
    let s = rows("klarna-2023-all-human", &REFERENCE);
    s.gives("session_time", 660.0, 30.0);
    s.gives("fte_required", 3000.0, 150.0);
    s.gives("contacts", 3_450_000.0, 69_000.0);
}

#[test]
fn klarna_2024_gives_the_published_figures() {
    let s = rows("klarna-2024-ai-first", &REFERENCE);
    s.gives("ai_share", 0.667, 0.010);
    let minutes = s.all("ai_handle_time") / 60.0;
    assert!(minutes < 2.0 && minutes > 1.0, "{minutes}");
    // Work by topic is as before the assistant; what is left for people is harder.
    let before = rows("klarna-2023-all-human", &REFERENCE).all("session_time");
    let longer = s.all("session_time") / before - 1.0;
    assert!((longer - 0.29).abs() < 0.03, "{longer}");
    s.gives("fte_displaced", 700.0, 35.0);
    s.gives("fte_required", 2300.0, 115.0);
    // The mean of four months has a standard error of 1.4% from the busyness of their days.
    s.gives("contacts", 3_450_000.0, 103_500.0);
}

/// 88% are satisfied with human-led service and 60% with AI-led, as found elsewhere, by the bases that were fitted to it in 2024; a customer
/// is worth $30 and 3% more of the dissatisfied leave.
#[test]
fn satisfaction_is_what_was_found_elsewhere() {
    let fitted = run_with(
        "klarna-2024-ai-first",
        1,
        &["satisfaction.human=0.94", "satisfaction.ai=0.70"],
    );
    fitted.gives("satisfaction_human", 0.88, 0.01);
    fitted.gives("satisfaction_ai", 0.60, 0.01);
    let s = run("always-human", 1);
    // Who leaves is drawn case by case.
    let se = 30.0 * (s.all("churn") * s.all("cases")).sqrt();
    s.gives(
        "value_at_risk",
        30.0 * 0.03 * s.all("dissatisfied"),
        4.0 * se,
    );
}

/// "$40 million" a year, by day; and the price of a handled hour, 28 / 0.70 = $40 outsourced and
/// 26.8 / 0.70 = $38.3 in-house, since an agent with two chats is hardly ever idle.
#[test]
fn forty_million_a_year_are_saved() {
    let of = |name| rows(name, &REFERENCE);
    let (before, after) = (of("klarna-2023-all-human"), of("klarna-2024-ai-first"));
    // Per day: June has 30 days and the February of the comparison 29.
    let per_day = before.all("cost_total") / 30.0 - after.all("cost_total") / 29.0;
    let saved = 365.25 * per_day;
    assert!((saved - 40e6).abs() < 4e6, "{saved}");
    let hour = |s: &Summary, pool: &str| s.mean("cost_per_handled_hour", &format!("pool={pool}"));
    assert!((hour(&before, "outsourced") - 40.3).abs() < 0.5);
    assert!((hour(&of("klarna-2025-hybrid"), "in-house") - 38.9).abs() < 0.5);
}

#[test]
fn klarna_2025_gives_the_published_figures() {
    let s = rows("klarna-2025-hybrid", &REFERENCE);
    s.gives("fte_displaced", 853.0, 42.5);
    s.gives("fte_required", 2190.0, 110.0);
    s.gives("contacts", 3_500_000.0, 70_000.0);
}

/// The plans of the reference months are what is required, on average and at the busiest hour of the week.
#[test]
fn the_plan_is_the_requirement() {
    for name in MONTHS {
        let path = folder().join(name).with_extension("toml");
        let model = load(&path, &[], &Disk).unwrap().model;
        let required = required(&model);
        for (p, pool) in model.pools.iter().enumerate() {
            let Supply::Staffed(staff) = &pool.supply else {
                continue;
            };
            let planned = |from, to| staff.plan.integral(from, to) / 1e6;
            let needed = |from, to| required.agent_seconds(p, from, to).unwrap();
            let all = planned(0, model.horizon) / needed(0, model.horizon);
            assert!((all - 1.0).abs() < 0.005, "{name}, {}: {all}", pool.name);
            // Monday noon of the third week, when those who came before the start are no longer missed.
            let mut monday = (0..21)
                .map(|d| d * DAY)
                .filter(|t| model.calendar.local(*t).weekday == 0);
            let noon = monday.next_back().unwrap() + 12 * HOUR;
            let then = planned(noon, noon + HOUR) / needed(noon, noon + HOUR);
            assert!((then - 1.0).abs() < 0.05, "{name}, {}: {then}", pool.name);
        }
    }
}

/// What a topic takes is the same in all three months, so that those who reach people differ only by what they come with.
#[test]
fn work_by_topic_is_the_same_in_every_year() {
    let model = |name: &str| {
        let path = folder().join(name).with_extension("toml");
        load(&path, &[], &Disk).unwrap().model
    };
    let work = |m: &Model| -> Vec<_> {
        let topics = m.topics.iter();
        topics
            .map(|t| (t.name.clone(), t.work.clone(), t.difficulty))
            .collect()
    };
    let first = work(&model(MONTHS[0]));
    for model in [model(MONTHS[1]), model(MONTHS[2]), model("klarna-story")] {
        for m in model.epochs() {
            assert_eq!(work(m), first);
        }
    }
}

/// Every figure of a reference scenario has its source beside it, or the word assumption.
#[test]
fn every_value_of_a_reference_scenario_has_its_source() {
    // What the experiment is rather than what the operation was.
    const PLAN: [&str; 6] = [
        "name",
        "description",
        "horizon",
        "interval",
        "seed",
        "replications",
    ];
    let mut bare = Vec::new();
    let mut entries = 0;
    for name in MONTHS.into_iter().chain(["klarna-story"]) {
        let path = folder().join(name).with_extension("toml");
        for a in load(&path, &[], &Disk).unwrap().assumptions {
            let last = a.key.rsplit('.').next().unwrap();
            let is_plan =
                PLAN.contains(&a.key.as_str()) || ["note", "kind", "name"].contains(&last);
            if !is_plan && a.comment.is_empty() {
                bare.push(format!("{name}: {} = {}", a.key, a.value));
            }
            // A paragraph above a group of topics holds for its key in all of them.
            if name == "klarna-2025-hybrid" && last == "entry" {
                assert!(a.comment.starts_with("entry:"), "{}", a.key);
                entries += 1;
            }
        }
    }
    assert!(bare.is_empty(), "{bare:#?}");
    assert_eq!(entries, 6);
}

/// TOML 1.0, which editors read: a table in braces stays on its line, except in a list within it.
#[test]
fn no_table_in_braces_goes_over_a_line_end() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut faults = Vec::new();
    for dir in ["scenarios", "src/scenario"] {
        let files = fs::read_dir(root.join(dir))
            .unwrap()
            .map(|e| e.unwrap().path());
        for file in files.filter(|f| f.extension().is_some_and(|e| e == "toml")) {
            let mut open = Vec::new();
            for (i, line) in fs::read_to_string(&file).unwrap().lines().enumerate() {
                // Every other part is a text.
                for code in line.split('"').step_by(2) {
                    let (code, comment) =
                        code.split_once('#').map_or((code, false), |c| (c.0, true));
                    for c in code.chars() {
                        match c {
                            '{' | '[' => open.push(c),
                            '}' | ']' => drop(open.pop()),
                            _ => {}
                        }
                    }
                    if comment {
                        break;
                    }
                }
                if open.last() == Some(&'{') {
                    faults.push(format!("{}:{}", file.display(), i + 1));
                }
            }
        }
    }
    assert!(faults.is_empty(), "{faults:#?}");
}
