//! What broken scenarios say.

use super::SMALL;
use super::*;

fn problems(text: &str, settings: &[&str], files: InMemory) -> Problems {
    let settings: Vec<String> = settings.iter().map(|s| (*s).to_owned()).collect();
    match load(
        Path::new("d/a.toml"),
        &settings,
        &files.with("d/a.toml", text),
    ) {
        Ok(_) => panic!("nothing is wrong with {text} {settings:?}"),
        Err(problems) => problems,
    }
}

/// Replaces a part of the small scenario and returns the sentences.
fn change(from: &str, to: &str) -> Vec<String> {
    assert!(SMALL.contains(from), "{from}");
    problems(&SMALL.replacen(from, to, 1), &[], InMemory::new())
        .iter()
        .map(Problem::sentence)
        .collect()
}

fn set(setting: &str) -> Vec<String> {
    problems(SMALL, &[setting], InMemory::new())
        .iter()
        .map(Problem::sentence)
        .collect()
}

/// Line and column with the sentence, for a CSV file that `setting` names.
fn csv(setting: &str, text: &str) -> Vec<(usize, usize, String)> {
    let files = InMemory::new().with("d/x.csv", text);
    problems(SMALL, &[setting], files)
        .iter()
        .map(|p| (p.line, p.column, p.message.clone()))
        .collect()
}

#[test]
fn a_problem_shows_its_line() {
    let text = SMALL.replace("acceptance = 0.7", "acceptance = 1.7\nacceptence = 1");
    let rendered = problems(&text, &["pool.gig.members=many"], InMemory::new()).render(false);
    assert_eq!(
        rendered,
        r#"error: pool.gig.acceptance: expected a probability between 0 and 1, found 1.7
  --> d/a.toml:17:14
   |
17 | acceptance = 1.7
   |              ^^^

error: pool.gig.acceptence: unknown key
  --> d/a.toml:18:1
   |
18 | acceptence = 1
   | ^^^^^^^^^^
   |
   = help: did you mean `acceptance`?

error: pool.gig.members: expected a whole number between 0 and 1000000, found "many"
 --> --set:1:18
  |
1 | pool.gig.members=many
  |                  ^^^^
"#
    );
    let color = problems(&text, &[], InMemory::new()).render(true);
    assert!(color.contains("\u{1b}["));
}

#[test]
fn text_from_outside_cannot_disturb_the_terminal() {
    let text = SMALL.replace("[demand]", "\"a\\u001b[31m\\nb\" = 1\n[demand]");
    let rendered = problems(&text, &["time_zone=\u{1b}[2J"], InMemory::new()).render(false);
    assert!(!rendered.contains('\u{1b}'), "{rendered:?}");
}

#[test]
fn every_mistake_has_its_sentence() {
    for (from, to, says) in [
        (
            "horizon = \"2 days\"",
            "",
            "horizon: missing; expected a duration such as \"4 weeks\" or \"12 months\"",
        ),
        (
            "\"2 days\"",
            "2",
            "horizon: expected a duration such as \"4 weeks\" or \"12 months\", found 2",
        ),
        (
            "\"2 days\"",
            "\"8 years\"",
            "horizon: expected a duration above 0, at most 4 years, found \"8 years\"",
        ),
        (
            "cv = 0.5",
            "cv = -1",
            "topic.fraud.work.lognormal.cv: expected a number between 0 and 100, found -1",
        ),
        (
            "cv = 0.5",
            "cv = nan",
            "topic.fraud.work.lognormal.cv: expected a number between 0 and 100, found nan",
        ),
        (
            "cv = 0.5",
            "p90 = \"8 min\"",
            "topic.fraud.work.lognormal: expected { mean, cv } or { p50, p90 } or { mu, sigma }, found mean, p90",
        ),
        (
            "lognormal",
            "lognormel",
            "topic.fraud.work.lognormel: unknown distribution",
        ),
        (
            "\"5 min\"",
            "\"0 min\"",
            "topic.fraud.work.lognormal.mean: expected a duration above 0, found \"0 min\"",
        ),
        (
            "name = \"fraud\"",
            "",
            "topic #1.name: missing; expected the name of the topic",
        ),
        (
            "agents = 5",
            "agents = 5\nmembers = 4",
            "pool.in-house.members: is a key of gig pools only",
        ),
        (
            "agents = 5",
            "agents = [1, 2, 3, 4, 5, 6, 7]",
            "pool.in-house.agents: expected a list whose length divides the day into whole seconds \
             (24: hours, 48: half-hours), found 7 values",
        ),
        (
            "agents = 5",
            "agents = 5\nskills = [\"fraude\"]",
            "pool.in-house.skills #1: expected the name of a topic, found \"fraude\"",
        ),
        (
            "kind = \"gig\"",
            "kind = \"gigg\"",
            "pool.gig.kind: expected \"employed\", \"outsourced\" or \"gig\", found \"gigg\"",
        ),
        (
            "[[topic]]",
            "[[topic]]\ntarget = \"80 in 20\"",
            "topic.fraud.target: expected a target such as \"80% in 20 s\", found \"80 in 20\"",
        ),
        (
            "[[topic]]",
            "[[topic]]\nai = { resolve = 0.5, ask_human = 0.4, handle_time = \"1 min\" }",
            "topic.fraud.ai: expected outcomes (resolve, misresolve, hand_off, ask_human, give_up) that sum to 1, found a sum of 0.9",
        ),
        (
            "[[topic]]",
            "[[topic]]\nhuman = { transfer = 0.1 }",
            "topic.fraud.human.transfer_to: missing; expected pools or \"ai\", since `transfer` is above 0",
        ),
        (
            "[[topic]]",
            "[[topic]]\ndifficulty = { work = 0.6 }",
            "topic.fraud.difficulty.work: expected at most 0.472, the standard deviation of the log of `work`, found 0.6",
        ),
        (
            "name = \"gig\"",
            "name = \"in-house\"",
            "pool #2.name: expected a name that no other pool has, found \"in-house\"",
        ),
        (
            "[demand]",
            "x = = 3\n[demand]",
            "this is no TOML: extra `=`, expected nothing",
        ),
        (
            "rate = \"30 / h\"",
            "rate = 30",
            "demand.rate: expected a rate such as \"4.2 / min\", found 30",
        ),
        (
            "[demand]",
            "[demand]\ndaily_volume = 5",
            "demand: expected one of daily_volume, rate, counts, arrivals, found daily_volume and rate",
        ),
        (
            "rate = \"30 / h\"",
            "",
            "demand: expected one of daily_volume, rate, counts, arrivals, found none",
        ),
    ] {
        let found = change(from, to);
        assert_eq!(found[0], says, "{to}: {found:#?}");
    }
}

#[test]
fn settings_have_their_sentences() {
    for (setting, says) in [
        (
            "demand.rate={ every = \"1 ms\", per = \"s\", values = [1] }",
            "demand: expected at most 4000000 steps of demand, found 172800000 steps of 0.001 s in 2 days",
        ),
        (
            "time_zone=Europe/Stokholm",
            "time_zone: expected the IANA name of a time zone: unknown time zone \"Europe/Stokholm\"",
        ),
        (
            "interval=7 min",
            "interval: expected a duration of at least 1 s that divides a day, found \"7 min\"",
        ),
        (
            "warmup=2 days",
            "warmup: expected a duration below the horizon (2 days), found \"2 days\"",
        ),
        (
            "ai.overflow=humann",
            "ai.overflow: expected \"human\", \"wait\" or \"turn_away\", found \"humann\"",
        ),
        (
            "ai.outages=[{from=2025-01-06, to=2025-01-09}]",
            "ai.outages #1.to: expected a date inside the horizon (2 days from 2025-01-06), found 2025-01-09",
        ),
        (
            "topic.fraud.share=0.5",
            "topic.fraud.share: expected shares of all topics that sum to 1, found a sum of 0.5",
        ),
        (
            "topic.fraud.ai.resolve=1",
            "topic.fraud.ai.handle_time: missing; expected a distribution, or a table of them by outcome",
        ),
        (
            "pool.gig.acceptance=0",
            "pool.gig.acceptance: expected a probability of at least 0.001, or a `response` and `cool_down` of at least 0.1 s together, found 0",
        ),
        (
            "topic.fraud.route=[{pools=[\"in-house\"],reserve=5}]",
            "topic.fraud.route: expected a pool that has agents at some time within the horizon (more than the reserve), found only \"in-house\"",
        ),
        (
            "topic.fraud.route=[{pools=\"gig\",after=\"9 s\"},{pools=\"gig\",after=\"1 s\"}]",
            "topic.fraud.route #2.after: expected a duration not below that of the step before, found \"1 s\"",
        ),
        ("topic.fraud.skills=2", "topic.fraud.skills: unknown key"),
        (
            "pool.in-house.agents={csv=\"no.csv\"}",
            "pool.in-house.agents.csv: \"d/no.csv\" cannot be read: there is no such file",
        ),
        (
            "pool.in-house.concurrency=2",
            "pool.in-house.speed: missing; expected a list such as [1.0, 0.8]: the speed of each contact with 1, 2, ... in hand",
        ),
        (
            "pool.in-house.agents={sat=1}",
            "pool.in-house.agents: expected values for every weekday, found none for \"mon\", \"tue\", \"wed\", \"thu\", \"fri\" and \"sun\"",
        ),
        (
            "demand.profile=[0, 0]",
            "demand.profile: expected weights that are not all 0, found none above 0 on mon",
        ),
        (
            "demand.daily_volume=inf",
            "demand.daily_volume: expected a number of cases a day between 0 and 100000000, found inf",
        ),
    ] {
        let found = set(setting);
        assert_eq!(found[0], says, "{found:#?}");
    }
}

#[test]
fn files_are_pointed_at() {
    let agents = "pool.in-house.agents={csv=\"x.csv\"}";
    let says = |line, column, text: &str| vec![(line, column, text.to_owned())];
    assert_eq!(
        csv(agents, ""),
        says(
            1,
            1,
            "expected a header line with the names of the columns, found none"
        )
    );
    assert_eq!(
        csv(agents, "time,value\n"),
        says(
            1,
            1,
            "expected at least one row below the header, found none"
        )
    );
    assert_eq!(
        csv(agents, "time;value\n1;2\n"),
        says(1, 1, "expected columns separated by commas")
    );
    assert_eq!(
        csv(agents, "time,value\n08:00,1\n09:00\n"),
        says(3, 1, "expected a row of 2 fields, found 1")
    );
    assert_eq!(
        csv(agents, "time,value\n08:00,\"1\n"),
        says(2, 7, "the file ends inside a quoted field")
    );
    assert_eq!(
        csv(agents, "time,value\n08:00,1\n\"07:00\",x\n25:00,2\n"),
        [
            (
                3,
                9,
                "expected a number of agents between 0 and 100000, found \"x\"".to_owned()
            ),
            (
                4,
                1,
                "expected a time of day such as 08:30, found \"25:00\"".to_owned()
            ),
        ]
    );
    let counts = "date,time,topic,count\n2025-01-06,00:00,frod,2\n2025-01-06,00:30,fraud,1.5\n";
    assert_eq!(
        csv("demand.counts={csv=\"x.csv\"}", counts),
        [
            (
                2,
                18,
                "expected the name of a topic, found \"frod\"".to_owned()
            ),
            (
                3,
                24,
                "expected a whole number of cases between 0 and 100000000, found \"1.5\""
                    .to_owned()
            ),
        ]
    );
    let late = csv(
        "demand.arrivals={csv=\"x.csv\"}",
        "time,topic\n2025-02-06T00:00:00,fraud\n",
    );
    assert_eq!(
        late,
        says(
            1,
            22,
            "expected rows inside the horizon (2 days from 2025-01-06), found none"
        )
    );
}

#[test]
fn nothing_panics_on_broken_text() {
    // Every prefix of a sound file, and every file with one byte of it replaced.
    let full = include_str!("../full.toml");
    let files = InMemory::new();
    for end in (0..full.len()).step_by(7) {
        let _ = load(
            Path::new("a.toml"),
            &[],
            &files.clone().with("a.toml", &full[..end]),
        );
    }
    for at in (0..full.len()).step_by(11) {
        for byte in ["\"", "-", "9", "[", "\n", "é"] {
            let text = format!("{}{byte}{}", &full[..at], &full[at + 1..]);
            if let Err(problems) = load(
                Path::new("a.toml"),
                &[],
                &files.clone().with("a.toml", text),
            ) {
                assert!(!problems.render(false).is_empty());
            }
        }
    }
}
