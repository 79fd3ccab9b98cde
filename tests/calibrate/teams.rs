//! Agents who serve different topics: told apart in the log, and held against it.

use super::command::quietly;
use crate::cli::output;
use std::fs;

/// Two teams, one of which serves two topics.
const TEAMS: &str = "name = 'teams'\nstart = 2025-03-03\nhorizon = '8 weeks'\n\
    [demand]\ndaily_volume = 900\nprofile = [0, 0, 0, 0, 0, 0, 0, 0, 2, 3, 3, 3, 3, 3, 2, 2, 1, 0, 0, 0, 0, 0, 0, 0]\n\
    [[topic]]\nname = 'sales'\nshare = 0.3\nwork = { exponential = '4 min' }\npatience = { exponential = '6 min' }\n\
    [[topic]]\nname = 'help'\nshare = 0.5\nwork = { exponential = '5 min' }\npatience = { exponential = '6 min' }\n\
    [[topic]]\nname = 'claims'\nshare = 0.2\nwork = { exponential = '6 min' }\npatience = { exponential = '6 min' }\n\
    [[pool]]\nname = 'sellers'\nkind = 'employed'\nskills = ['sales']\n\
    agents = [0, 0, 0, 0, 0, 0, 0, 0, 3, 4, 4, 4, 4, 4, 3, 3, 2, 0, 0, 0, 0, 0, 0, 0]\n\
    [[pool]]\nname = 'helpers'\nkind = 'employed'\nskills = ['help', 'claims']\n\
    agents = [0, 0, 0, 0, 0, 0, 0, 0, 7, 8, 10, 10, 9, 9, 7, 7, 4, 0, 0, 0, 0, 0, 0, 0]\n";

#[test]
fn teams_are_told_apart() {
    let room = tempfile::tempdir().unwrap();
    fs::write(room.path().join("teams.toml"), TEAMS).unwrap();
    let run = "run teams.toml --reps 2 --log contacts.csv -o out --no-report";
    assert_eq!(quietly(room.path(), run), (0, String::new()));
    let (status, printed, errors) = output(room.path(), "calibrate out/contacts.csv -o fit");
    assert_eq!(status, 0, "{errors}");
    let scenario = fs::read_to_string(room.path().join("fit/scenario.toml")).unwrap();
    let skills: Vec<&str> = (scenario.lines())
        .filter(|l| l.starts_with("skills"))
        .map(|l| l.split(" #").next().unwrap())
        .collect();
    assert!(
        skills == ["skills = [\"help\", \"claims\"]", "skills = [\"sales\"]"]
            || skills == ["skills = [\"claims\", \"help\"]", "skills = [\"sales\"]"],
        "{scenario}"
    );
    // With the teams told apart, agents who are always there explain the waits: as one they would have to be away for much of their time.
    let flat = printed.split_whitespace().collect::<Vec<_>>().join(" ");
    let there = flat.split("they are there for ").nth(1).unwrap();
    let there: f64 = there.split(' ').next().unwrap().parse().unwrap();
    assert!(there > 96.0, "{printed}");
    // Its own scenario is held against the days with the agents that the log shows, each in the pool that serves what he or she did.
    let held = "backtest teams.toml out/contacts.csv --from 2025-04-14 --reps 10 -o test";
    let (status, printed, errors) = output(room.path(), held);
    assert_eq!(status, 0, "{errors}");
    assert!(
        printed.contains("Simulated with contacts and agents as recorded"),
        "{printed}"
    );
    let table = fs::read_to_string(room.path().join("test/backtest.csv")).unwrap();
    let mut rows = csv::Reader::from_reader(table.as_bytes());
    let mut within = (0.0, 0.0);
    for row in rows.records().map(Result::unwrap) {
        let is_wait = &row[0] == "service" && &row[1] == "mean wait" && !row[3].is_empty();
        if is_wait {
            let number = |i: usize| row[i].parse::<f64>().unwrap();
            within.0 += 1.0;
            within.1 += f64::from((number(6)..=number(7)).contains(&number(4)));
        }
    }
    // Of 126 hours' halves, nine in ten; of ten replications the band holds less.
    assert!(within.0 > 100.0 && within.1 / within.0 > 0.7, "{within:?}");
}
