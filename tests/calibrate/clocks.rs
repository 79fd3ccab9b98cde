//! Logs over both clock changes of a year, written in several ways.

use super::command::quietly;
use super::reading::files;
use handover::calibrate::{Days, Gathered, Taken, day, recorded, simulated};
use handover::log::{Input, Mapping, Reading, Record, Request, Source, read};
use handover::random::Key;
use handover::scenario::InMemory;
use jiff::civil::{Date, date};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use std::fs;
use std::path::Path;

const ZONE: &str = "Europe/Berlin";
const BERLIN: &str = "zone = \"Europe/Berlin\"\n";

/// How a log writes its times.
#[derive(Clone, Copy, Debug)]
enum Form {
    Utc,
    Offset,
    Wall,
}

impl Form {
    fn shown(self, at: Timestamp) -> String {
        let there = at.to_zoned(TimeZone::get(ZONE).unwrap());
        match self {
            Self::Utc => at.to_string(),
            Self::Offset => there.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string(),
            Self::Wall => there.strftime("%Y-%m-%d %H:%M:%S").to_string(),
        }
    }
}

fn midnight(day: Date) -> Timestamp {
    day.in_tz(ZONE).unwrap().timestamp()
}

/// A contact each three minutes of these days, who waits half a minute and is served for two.
fn log(form: Form, days: (Date, Date)) -> (String, usize) {
    let mut text = String::from("arrival,answer,end\n");
    let (mut at, mut n) = (midnight(days.0) + 90.seconds(), 0);
    while at < midnight(days.1) {
        let times = [0, 30, 150].map(|s| form.shown(at + s.seconds()));
        text += &(times.join(",") + "\n");
        at += 3.minutes();
        n += 1;
    }
    (text, n)
}

fn gathered(text: &str, columns: &str) -> (Gathered, Reading) {
    let files = InMemory::new().with("columns.toml", columns);
    let mapping = Mapping::load(Path::new("columns.toml"), &files).unwrap();
    let open = || Ok(Box::new(std::io::Cursor::new(text.to_owned())) as Box<dyn Input>);
    let source = Source {
        name: "log.csv",
        open: &open,
    };
    let mut log = Gathered::new(30, 20.0);
    let each = &mut |record: Record| log.add(&record);
    let reading = read(&source, &mapping, Request::default(), each).unwrap();
    (log, reading)
}

fn contacts(log: &Gathered) -> Vec<Vec<f64>> {
    let of_day = |d| (0..48).map(|i| log.of_interval(d, i).contacts).collect();
    log.days.values().map(of_day).collect()
}

/// In the night of 30 March the clock skips from 2 to 3; in that of 26 October it goes from 3 back to 2.
#[test]
fn no_contact_is_lost_or_counted_twice() {
    for (days, night) in [
        ((date(2025, 3, 29), date(2025, 4, 1)), [0.0, 0.0]),
        ((date(2025, 10, 25), date(2025, 10, 28)), [20.0, 20.0]),
    ] {
        let mut found = Vec::new();
        for (form, columns) in [
            (Form::Utc, BERLIN),
            (Form::Offset, BERLIN),
            (Form::Offset, ""),
            (Form::Wall, BERLIN),
        ] {
            let (text, n) = log(form, days);
            let (log, reading) = gathered(&text, columns);
            assert_eq!(reading.used, n as u64, "{form:?}: {:?}", reading.unused);
            let all = log.total(None);
            assert_eq!(all.contacts, n as f64);
            // What passed is what passed, in the doubled hour and over its end as well.
            assert_eq!(
                (all.wait_s, all.handle_s),
                (30.0 * n as f64, 120.0 * n as f64),
                "{form:?}"
            );
            found.push(contacts(&log));
        }
        assert!(found.iter().all(|f| *f == found[0]));
        let of_night = &found[0][1];
        assert_eq!(of_night[4..6], night);
        let others = (0..48).filter(|i| !(4..6).contains(i)).map(|i| of_night[i]);
        assert!(others.into_iter().all(|n| n == 10.0), "{of_night:?}");
        // Without a zone one contact ends before it began, which is told.
        let (text, n) = log(Form::Wall, days);
        let (_, reading) = gathered(&text, "");
        let lost = u64::from(night[0] > 0.0);
        assert_eq!(reading.used + lost, n as u64);
        assert_eq!(reading.unused.iter().map(|u| u.lines).sum::<u64>(), lost);
    }
}

/// The recorded contacts are simulated in the intervals in which they came.
#[test]
fn simulated_days_have_the_same_intervals() {
    let text = "name = 'x'\nstart = 2025-01-01\nhorizon = '1 day'\nwarmup = '0 s'\ntime_zone = 'Europe/Berlin'\n\
        [demand]\ndaily_volume = 480\n[[topic]]\nname = 'all'\nwork = '2 min'\n[[pool]]\nname = 'desk'\nkind = 'employed'\nagents = 3\n";
    let files = InMemory::new().with("x.toml", text);
    for first in [date(2025, 3, 29), date(2025, 10, 25)] {
        let until = first.checked_add(3.days()).unwrap();
        let (log, _) = gathered(&log(Form::Utc, (first, until)).0, BERLIN);
        let days = Days {
            first: day(first),
            days: 3,
            per_day: 48,
        };
        let topics = ["all".to_owned()];
        let taken = Taken {
            log: &log,
            topics: &topics,
            contacts: true,
            lead_days: 0,
            zone: Some(ZONE),
            agents: &[],
        };
        let scenario = taken.load(Path::new("x.toml"), &days, &[], &files).unwrap();
        let played = simulated(&scenario.model, &days, 1, 1, &|| false).unwrap();
        let seen = recorded(&log, &days, &Default::default());
        for (k, (seen, played)) in seen.iter().zip(&played[0]).enumerate() {
            assert_eq!(seen.contacts, played.contacts, "{first}: {k}");
            assert_eq!(seen.offered, played.offered, "{first}: {k}");
        }
        // In the doubled hour they come over both of its times: waits stay short, which twenty at once would not.
        let waits: f64 = played[0].iter().map(|s| s.wait_s).sum();
        let contacts: f64 = played[0].iter().map(|s| s.contacts).sum();
        assert!(waits / contacts < 30.0, "{}", waits / contacts);
    }
}

/// Five weeks over the change in October, around the clock; the lines in any order.
#[test]
fn forms_of_time_and_order_of_lines_make_no_difference() {
    let room = tempfile::tempdir().unwrap();
    let d = room.path();
    let key = Key::root(3, 0);
    let mut lines: Vec<[String; 2]> = Vec::new();
    let (mut at, mut n) = (midnight(date(2025, 10, 6)), 0);
    while at < midnight(date(2025, 11, 10)) {
        n += 1;
        let u = |i: u64| key.child(n).uniform(i);
        at += ((1200.0 * u(1)) as i64).seconds();
        let wait = (60.0 * u(2) * u(3)) as i64;
        let work = (60.0 + 500.0 * u(4)) as i64;
        let line = |form: Form| {
            let shown = |s: i64| form.shown(at + s.seconds());
            let topic = ["bills", "orders", "zones"][(3.0 * u(5)) as usize];
            match u(6) < 0.1 {
                true => format!("{},,{},{topic},\n", shown(0), shown(wait + 1)),
                false => format!(
                    "{},{},{},{topic},a{}\n",
                    shown(0),
                    shown(wait),
                    shown(wait + work),
                    n % 4
                ),
            }
        };
        lines.push([line(Form::Utc), line(Form::Wall)]);
    }
    let header = "arrival,answer,end,topic,agent\n";
    let mut made = Vec::new();
    for (k, name) in ["utc", "wall"].into_iter().enumerate() {
        let mut text: Vec<&String> = lines.iter().map(|l| &l[k]).collect();
        if k == 1 {
            // Topics are in the order in which they appear.
            text[30..].sort_by_key(|line| shuffled(line));
        }
        let text: String = text.into_iter().map(String::as_str).collect();
        fs::create_dir(d.join(name)).unwrap();
        fs::write(d.join(name).join("calls.csv"), header.to_owned() + &text).unwrap();
        fs::write(d.join(name).join("columns.toml"), BERLIN).unwrap();
        let fit = format!(
            "calibrate {name}/calls.csv --columns {name}/columns.toml -o {name}/fit --until 2025-10-25 --reps 5"
        );
        assert_eq!(quietly(d, &fit), (0, String::new()));
        made.push(files(&d.join(name).join("fit")));
    }
    assert!(made[0].len() >= 8, "{}", made[0].len());
    for (utc, wall) in made[0].iter().zip(&made[1]) {
        assert!(utc == wall, "{} differs from {}", utc.0, wall.0);
    }
    let table = fs::read_to_string(d.join("utc/fit/backtest.csv")).unwrap();
    let mut rows = csv::Reader::from_reader(table.as_bytes());
    let rows: Vec<csv::StringRecord> = rows.records().map(Result::unwrap).collect();
    let volume = |of_time: bool| -> f64 {
        let of = rows
            .iter()
            .filter(|r| &r[0] == "scenario" && r[3].is_empty() != of_time);
        of.map(|r| r[4].parse::<f64>().unwrap()).sum()
    };
    let held = lines.len() as f64 * 16.0 / 35.0;
    assert_eq!(volume(true), volume(false));
    assert!(
        (volume(true) / held - 1.0).abs() < 0.1,
        "{} {held}",
        volume(true)
    );
}

/// A number by which lines are shuffled.
fn shuffled(line: &str) -> u64 {
    line.bytes().fold(7, |h: u64, b| {
        (h ^ u64::from(b))
            .wrapping_mul(0x9e37_79b9_7f4a_7c15)
            .rotate_left(23)
    })
}
