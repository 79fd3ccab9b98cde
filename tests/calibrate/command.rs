//! The commands from a log to a scenario and back.

use crate::cli::output;
use handover::scenario::{Disk, load};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

/// A hash of a number: the customers of a made log are as random as they need to be, and the same each time.
fn chance(n: u64) -> f64 {
    let mut x = n.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    x ^= x >> 29;
    x = x.wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x ^= x >> 32;
    (x >> 11) as f64 / (1_u64 << 53) as f64
}

/// Eight weeks of calls in March and April: 09:00 to 17:00 on weekdays, each answered after 0 or 20 s by one of six agents, for about 4 minutes; every
/// tenth leaves after 30 s.
fn log() -> String {
    let mut text = String::from("call;arrival;answer;end;queue;agent;caller\n");
    let mut n = 0_u64;
    for day in 0..56_u64 {
        let date = jiff::civil::date(2025, 3, 3) + jiff::Span::new().days(day as i64);
        if day % 7 >= 5 {
            continue;
        }
        let busy = 1.0 + 0.2 * (chance(day + 1_000_000) - 0.5);
        let calls = (200.0 * busy) as u64;
        for _ in 0..calls {
            n += 1;
            let second = 9 * 3600 + (8.0 * 3600.0 * chance(n)) as i64;
            let at = date.to_datetime(jiff::civil::time(0, 0, 0, 0));
            let moment = |s: i64| (at + jiff::Span::new().seconds(s)).to_string();
            let leaves = chance(n + 7_000_000) < 0.1;
            let wait = if leaves {
                30
            } else {
                20 * i64::from(chance(n + 3_000_000) < 0.3)
            };
            let work = 60 + (360.0 * chance(n + 5_000_000)) as i64;
            let (answer, end) = match leaves {
                true => (String::new(), moment(second + wait)),
                false => (moment(second + wait), moment(second + wait + work)),
            };
            let agent = if leaves {
                String::new()
            } else {
                format!("Ms Secret {}", n % 6)
            };
            let queue = if chance(n + 9_000_000) < 0.25 {
                "billing"
            } else {
                "orders"
            };
            let _ = writeln!(
                text,
                "ZQ-{n};{};{answer};{end};{queue};{agent};+46-70-{n}",
                moment(second)
            );
        }
    }
    text
}

const COLUMNS: &str = "[columns]\ncontact = \"call\"\narrival = \"arrival\"\nanswer = \"answer\"\nend = \"end\"\ntopic = \"queue\"\nagent = \"agent\"\ncustomer = \"caller\"\n";

pub(super) fn room() -> tempfile::TempDir {
    let room = tempfile::tempdir().unwrap();
    fs::write(room.path().join("calls.csv"), log()).unwrap();
    fs::write(room.path().join("columns.toml"), COLUMNS).unwrap();
    room
}

/// The exit status of a command, and what it complains of.
pub(super) fn quietly(dir: &Path, arguments: &str) -> (i32, String) {
    let (status, _, errors) = output(dir, arguments);
    (status, errors)
}

fn made(folder: &Path) -> Vec<PathBuf> {
    let mut all: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap()
        .map(|e| e.unwrap().path())
        .collect();
    all.sort();
    all
}

/// What is written runs, says what the log says, names nobody, and is not written over.
#[test]
fn a_log_becomes_a_scenario() {
    let room = room();
    let line = "calibrate calls.csv --columns columns.toml -o centre --target 80%~in~30~s";
    let arguments: Vec<String> = line.split(' ').map(|a| a.replace('~', " ")).collect();
    let calibrate = |more: &[&str]| {
        let mut command = assert_cmd::Command::new(env!("CARGO_BIN_EXE_handover"));
        let done = command
            .current_dir(room.path())
            .args(&arguments)
            .args(more)
            .output()
            .unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        (
            done.status.code().unwrap(),
            text(done.stdout),
            text(done.stderr),
        )
    };
    let (status, printed, errors) = calibrate(&[]);
    assert_eq!((status, errors.as_str()), (0, ""), "{printed}");
    let path = room.path().join("centre/scenario.toml");
    let scenario = load(&path, &[], &Disk).unwrap();
    assert_eq!(scenario.model.calendar.start().to_string(), "2025-04-26");
    let topics: Vec<&str> = scenario
        .model
        .topics
        .iter()
        .map(|t| t.name.as_str())
        .collect();
    assert_eq!(topics.len(), 2);
    assert!(topics.contains(&"billing") && topics.contains(&"orders"));
    for topic in &scenario.model.topics {
        assert_eq!(topic.target.within, 30 * handover::time::SECOND);
        // Uniform between 60 and 420 s.
        let mean = topic.work.as_ref().unwrap().mean();
        assert!((mean - 240.0).abs() < 4.0, "{mean}");
    }
    for file in made(&room.path().join("centre")) {
        let text = fs::read_to_string(&file).unwrap();
        for secret in ["Secret", "+46", "ZQ-"] {
            assert!(!text.contains(secret), "{} has {secret}", file.display());
        }
    }
    let before = fs::read(&path).unwrap();
    let (status, _, errors) = calibrate(&[]);
    assert_eq!(status, 2);
    assert!(errors.contains("is there already"), "{errors}");
    assert_eq!(fs::read(&path).unwrap(), before);
    // The same log gives the same bytes.
    assert_eq!(calibrate(&["--force", "-j", "1"]).0, 0);
    assert_eq!(fs::read(&path).unwrap(), before);
    let (status, printed, _) = output(room.path(), "run centre/scenario.toml --reps 2");
    assert_eq!(status, 0, "{printed}");
}

/// Days that are held out: the volume of a law that is fitted lies in its bands, and the record of the same operation is close.
#[test]
fn held_out_days_are_predicted() {
    let room = room();
    let (status, printed, errors) = output(
        room.path(),
        "calibrate calls.csv --columns columns.toml -o centre --until 2025-04-14 --reps 40",
    );
    assert_eq!((status, errors.as_str()), (0, ""));
    assert!(
        printed.contains("2025-04-14 to 2025-04-25, 10 days: bands of 90 %"),
        "{printed}"
    );
    let (status, again, errors) = output(
        room.path(),
        "backtest centre/scenario.toml calls.csv --columns columns.toml --reps 40 -o back",
    );
    assert_eq!((status, errors.as_str()), (0, ""));
    // The same verdict, as the scenario starts on the first of these days.
    let verdict = |text: &str| {
        let at = text.find("2025-04-14 to 2025-04-25").unwrap();
        text[at..].split("\n\n").next().unwrap().to_owned()
    };
    assert_eq!(verdict(&printed), verdict(&again));
    let table = fs::read_to_string(room.path().join("back/backtest.csv")).unwrap();
    let same = fs::read_to_string(room.path().join("centre/backtest.csv")).unwrap();
    assert_eq!(table, same);
    let mut rows = csv::Reader::from_reader(table.as_bytes());
    let mut days = 0;
    for row in rows.records().map(Result::unwrap) {
        let number = |i: usize| row[i].parse::<f64>().unwrap();
        if &row[0] == "scenario" && row[3].is_empty() {
            days += 1;
            let share = number(4) / number(5);
            assert!((0.7..1.4).contains(&share), "{row:?}");
        }
        assert!(number(6) <= number(7), "{row:?}");
    }
    assert_eq!(days, 10);
}

/// What is wrong is told, with status 2, and nothing is written.
#[test]
fn what_is_wrong_is_told() {
    let room = room();
    fs::write(
        room.path().join("few.csv"),
        "arrival,answer,end\n2025-01-01 10:00,2025-01-01 10:01,2025-01-01 10:04\n",
    )
    .unwrap();
    fs::write(
        room.path().join("five.csv"),
        "date,time,offered\n2025-01-01,10:00,4\n2025-01-01,10:45,4\n2025-01-01,11:30,2\n",
    )
    .unwrap();
    fs::write(
        room.path().join("wrong.toml"),
        "[columns]\narrivals = \"call\"\n",
    )
    .unwrap();
    for (arguments, expected) in [
        ("calibrate nothing.csv", "nothing.csv"),
        ("calibrate few.csv", "few.csv"),
        ("calibrate five.csv", "--interval"),
        ("calibrate calls.csv --columns wrong.toml", "arrivals"),
        (
            "calibrate calls.csv --columns columns.toml --target soon",
            "80% in 20 s",
        ),
        (
            "calibrate calls.csv --columns columns.toml --interval 7",
            "divide an hour",
        ),
        ("backtest columns.toml calls.csv", "columns.toml"),
    ] {
        let (status, printed, errors) = output(room.path(), arguments);
        assert_eq!((status, printed.as_str()), (2, ""), "{arguments}: {errors}");
        assert!(errors.contains(expected), "{arguments}: {errors}");
    }
    let names = made(room.path());
    assert_eq!(names.len(), 5, "{names:?}");
}

/// No file is written over: neither the log by the list of unused lines, nor a file of the folder; a pipe is refused; the order of lines is no matter.
#[test]
fn nothing_is_written_over() {
    let room = room();
    let before = fs::read(room.path().join("calls.csv")).unwrap();
    let line = "calibrate calls.csv --columns columns.toml -o centre";
    let (status, _, errors) = output(room.path(), &format!("{line} --not-used calls.csv"));
    assert_eq!(status, 2);
    assert!(
        errors.contains("is there already, and is not replaced"),
        "{errors}"
    );
    assert_eq!(fs::read(room.path().join("calls.csv")).unwrap(), before);
    fs::create_dir(room.path().join("centre")).unwrap();
    fs::write(room.path().join("centre/agents.csv"), "mine").unwrap();
    let (status, _, errors) = output(room.path(), line);
    assert_eq!(status, 2);
    assert!(errors.contains("agents.csv is there already"), "{errors}");
    assert_eq!(
        fs::read(room.path().join("centre/agents.csv")).unwrap(),
        b"mine"
    );
    let (status, _, errors) = output(room.path(), "calibrate /dev/null");
    assert_eq!(status, 2);
    assert!(errors.contains("is not a regular file"), "{errors}");
    // The last line first: the files of the scenario are the same.
    let text = String::from_utf8(before).unwrap();
    let (header, lines) = text.split_once('\n').unwrap();
    let mut lines: Vec<&str> = lines.lines().collect();
    lines.reverse();
    let turned = format!("{header}\n{}\n", lines.join("\n"));
    fs::create_dir(room.path().join("turned")).unwrap();
    fs::write(room.path().join("turned/calls.csv"), turned).unwrap();
    fs::remove_dir_all(room.path().join("centre")).unwrap();
    assert_eq!(output(room.path(), line).0, 0);
    let other = "calibrate turned/calls.csv --columns columns.toml -o other";
    assert_eq!(output(room.path(), other).0, 0);
    for name in ["agents.csv", "profile.csv", "draws.csv", "patience.csv"] {
        let of = |folder: &str| fs::read(room.path().join(folder).join(name)).unwrap();
        assert!(of("centre") == of("other"), "{name}");
    }
}

/// Of two topics the one that is always served first is told from the log, without a name of its own.
#[test]
fn classes_of_topics_are_told() {
    let room = tempfile::tempdir().unwrap();
    let text = "name = 'two'\nstart = 2025-03-03\nhorizon = '8 weeks'\n\
        [demand]\ndaily_volume = 400\nprofile = [0, 0, 0, 0, 0, 0, 0, 0, 2, 3, 3, 3, 3, 3, 2, 2, 1, 0, 0, 0, 0, 0, 0, 0]\n\
        [[topic]]\nname = 'sales'\nshare = 0.3\npriority = 2\nwork = { exponential = '4 min' }\npatience = { exponential = '6 min' }\n\
        [[topic]]\nname = 'help'\nshare = 0.7\nwork = { exponential = '5 min' }\npatience = { exponential = '6 min' }\n\
        [[pool]]\nname = 'desk'\nkind = 'employed'\nagents = 4\n";
    fs::write(room.path().join("two.toml"), text).unwrap();
    let run = "run two.toml --reps 2 --log contacts.csv -o out --no-report";
    assert_eq!(quietly(room.path(), run), (0, String::new()));
    let (status, printed, _) = output(room.path(), "calibrate out/contacts.csv -o fit");
    assert_eq!(status, 0, "{printed}");
    let flat = printed.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(flat.contains("2 is served before 5 always"), "{printed}");
    let scenario = fs::read_to_string(room.path().join("fit/scenario.toml")).unwrap();
    let classes: Vec<&str> = (scenario.lines())
        .filter(|l| l.starts_with("name     =") || l.starts_with("priority ="))
        .map(|l| l.split(" #").next().unwrap())
        .collect();
    let at = |line: &str| classes.iter().position(|c| *c == line);
    let sales = at("name     = \"sales\"").unwrap();
    assert_eq!(classes[sales + 1], "priority = 5", "{scenario}");
    let help = at("name     = \"help\"").unwrap();
    assert_eq!(classes[help + 1], "priority = 6", "{scenario}");
    // Held against its own log, the names are the same.
    let again = "backtest fit/scenario.toml out/contacts.csv --from 2025-04-14 --reps 5";
    assert_eq!(output(room.path(), again).0, 0);
}

/// A year of a real bank, where it is at hand: nothing of it is in the project.
#[test]
fn recorded_months_are_predicted_better_than_by_erlang_a() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/anonbank");
    let month = |m: u32| fs::read_to_string(folder.join(format!("calls_1999-0{m}.csv")));
    let (Ok(january), Ok(february)) = (month(1), month(2)) else {
        println!("not at hand: {}", folder.display());
        return;
    };
    let room = tempfile::tempdir().unwrap();
    // The documented head start of 90 s is there in February.
    fs::write(room.path().join("february.csv"), &february).unwrap();
    assert_eq!(
        output(room.path(), "calibrate february.csv -o february").0,
        0
    );
    let fit = fs::read_to_string(room.path().join("february/fit.json")).unwrap();
    let fit: serde_json::Value = serde_json::from_str(&fit).unwrap();
    let lead = |topic: &str| {
        let found = &fit["estimates"][format!("topic.PS, priority {topic}.head_start")];
        found["value"].as_f64().unwrap()
    };
    let one = lead("1");
    assert!(
        (85.0..95.0).contains(&one) && (85.0..95.0).contains(&(lead("2") - one)),
        "{one}"
    );
    let (_, rest) = february.split_once('\n').unwrap();
    fs::write(room.path().join("calls.csv"), january + rest).unwrap();
    let (status, printed, errors) = output(
        room.path(),
        "calibrate calls.csv --until 1999-02-01 -o bank --reps 60",
    );
    assert_eq!((status, errors.as_str()), (0, ""), "{printed}");
    let table = fs::read_to_string(room.path().join("bank/backtest.csv")).unwrap();
    let mut rows = csv::Reader::from_reader(table.as_bytes());
    let mut errors = std::collections::BTreeMap::<String, (f64, f64, f64)>::new();
    for row in rows.records().map(Result::unwrap) {
        if &row[0] == "service" && !row[3].is_empty() && !row[8].is_empty() {
            let number = |i: usize| row[i].parse::<f64>().unwrap();
            let sum = errors.entry(row[1].to_owned()).or_default();
            sum.0 += 1.0;
            sum.1 += (number(5) - number(4)).abs();
            sum.2 += (number(8) - number(4)).abs();
        }
    }
    assert!(errors.len() >= 4, "{errors:?}");
    for what in ["mean wait", "abandoned", "had to wait", "answered in time"] {
        let (n, ours, theirs) = errors[what];
        assert!(n > 500.0 && ours < theirs, "{what}: {errors:?}");
    }
}
