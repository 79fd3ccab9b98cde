//! How work differs by agent, time and load: against references, on logs of known scenarios, and on recorded days.

use super::command::quietly;
use super::estimators::{references, same};
use handover::calibrate::{Gathered, Handle};
use handover::log::{Assistant, Contact, Outcome, Record};
use handover::random::Key;
use handover::stats::{
    Between, Estimate, Part, Stratum, alike_between, alike_within, factor_within,
};
use serde_json::Value;
use std::fs;

fn list(of: &Value) -> Vec<f64> {
    let each = of.as_array().unwrap().iter();
    each.map(|x| x.as_f64().unwrap()).collect()
}

#[test]
fn spread_of_groups_as_statsmodels_and_scipy_have_it() {
    for case in references()["between"].as_array().unwrap() {
        let groups: Vec<Estimate> = case["groups"]
            .as_array()
            .unwrap()
            .iter()
            .map(|g| Estimate {
                value: list(g)[0],
                standard_error: list(g)[1],
            })
            .collect();
        let got = Between::new(&groups, 0.95).unwrap();
        let mean = list(&case["mean"]);
        same(got.mean.value, mean[0]);
        same(got.mean.standard_error, mean[1]);
        let sd = list(&case["sd"]);
        for (got, want) in [got.sd.value, got.sd.low, got.sd.high].iter().zip(sd) {
            same(*got, want);
        }
        same(got.p_value, case["p_value"].as_f64().unwrap());
    }
}

fn parts(of: &Value) -> Vec<Vec<Part>> {
    let pair = |p: &Value| (list(p)[0], list(p)[1]);
    let row = |r: &Value| r.as_array().unwrap().iter().map(pair).collect();
    of.as_array().unwrap().iter().map(row).collect()
}

#[test]
fn classes_as_statsmodels_has_them() {
    let all = references();
    let alike = &all["alike"];
    for (got, want) in [
        (
            alike_within(&parts(&alike["within"]["blocks"])).unwrap(),
            &alike["within"],
        ),
        (
            alike_between(&parts(&alike["between"]["classes"])).unwrap(),
            &alike["between"],
        ),
    ] {
        same(got.f, want["f"].as_f64().unwrap());
        same(got.p_value, want["p_value"].as_f64().unwrap());
        for (got, want) in got.ratios.iter().zip(want["ratios"].as_array().unwrap()) {
            same(got.value, list(want)[0]);
            same(got.standard_error, list(want)[1]);
        }
    }
    let strata = alike["factor"]["strata"].as_array().unwrap().iter();
    let strata: Vec<Stratum> = strata
        .map(|s| {
            let s = list(s);
            Stratum {
                block: s[0] as usize,
                first: (s[1], s[2]),
                second: (s[3], s[4]),
            }
        })
        .collect();
    let got = factor_within(&strata).unwrap();
    let want = list(&alike["factor"]["log"]);
    same(got.value, want[0]);
    same(got.standard_error, want[1]);
}

/// Days of contacts of ten agents: exponential work of 200 s times the factors that are asked for.
fn log(seed: u64, agent_sd: f64, afternoon: f64, weekend: f64, waited: f64) -> Gathered {
    let mut log = Gathered::new(30, 20.0);
    let key = Key::root(seed, 0);
    let score = |k: Key| handover::dist::special::normal_quantile(k.uniform(1));
    for day in 0..28_i64 {
        for n in 0..200_u64 {
            let draw = key.child(day as u64).child(n);
            let minute = 480.0 + 600.0 * draw.uniform(1);
            // Other agents in the afternoon, and the quick ones more often when somebody waits.
            let at = draw.uniform(2);
            let agent = (10.0 * if minute > 780.0 { at * at } else { at }) as u32;
            let factor = libm::exp(agent_sd * score(key.child(1_000 + u64::from(agent))));
            let waits = draw.uniform(3) < if factor < 1.0 { 0.5 } else { 0.3 };
            let topic = u16::from(draw.uniform(4) < 0.3 + 0.4 * f64::from(agent) / 10.0);
            let mut work = -200.0 * libm::log(draw.uniform(5)) * (1.0 + f64::from(topic));
            work *= factor;
            work *= if minute > 780.0 { afternoon } else { 1.0 };
            // Saturday and Sunday: the epoch was a Thursday.
            work *= if matches!(day % 7, 2 | 3) {
                weekend
            } else {
                1.0
            };
            work *= if waits { waited } else { 1.0 };
            log.add(&Record::Contact(Contact {
                line: n,
                arrival: day * 86_400_000 + (60_000.0 * minute) as i64,
                assistant_ms: None,
                wait_ms: Some(if waits { 30_000 } else { 0 }),
                handle_ms: Some((1000.0 * work) as u64),
                session_ms: None,
                end: None,
                outcome: Outcome::Answered,
                topic,
                channel: 0,
                agent: Some(agent),
                customer: None,
                priority: None,
                assistant: None::<Assistant>,
            }));
        }
    }
    log
}

/// Where nothing differs at most 5% of logs are said to have any difference; where it does, it is found and covered.
#[test]
fn differences_are_found_where_they_are() {
    let seeds = 40;
    let mut wrong = [0; 2];
    for (seed, sd) in (0..2 * seeds).map(|n| (n / 2, 0.3 * (n % 2) as f64)) {
        let found = Handle::new(&log(seed, sd, 1.0, 1.0, 1.0));
        let (agents, load) = (found.agents.unwrap(), found.load.unwrap());
        let (hours, weekdays) = (found.hours.unwrap(), found.weekdays.unwrap());
        assert_eq!((agents.agents, weekdays.classes.len()), (10, 7));
        let others = load.differs || hours.differs || weekdays.differs;
        // Agents who differ do not make times and load differ.
        assert!(sd == 0.0 || agents.differs);
        wrong[usize::from(sd > 0.0)] += u32::from(others || (sd == 0.0 && agents.differs));
    }
    // Two expected at most; seven or more of forty have a probability of 0.3%.
    assert!(wrong.iter().all(|&n| n < 7), "{wrong:?}");
    let mut covered = [0; 2];
    for seed in 0..20 {
        let found = Handle::new(&log(seed, 0.2, 1.25, 1.35, 1.25));
        let (agents, load) = (found.agents.unwrap(), found.load.unwrap());
        let (hours, weekdays) = (found.hours.unwrap(), found.weekdays.unwrap());
        let all = [
            agents.differs,
            load.differs,
            hours.differs,
            weekdays.differs,
        ];
        assert_eq!(all, [true; 4], "{seed}");
        let (least, most) = (hours.ends().unwrap(), weekdays.ends().unwrap().1);
        assert!(least.0.name.as_str() < "13:00" && ["sat", "sun"].contains(&most.name.as_str()));
        covered[0] += u32::from(agents.logs.sd.covers(0.2));
        covered[1] += u32::from(load.factor.covers(1.25));
    }
    // Fewer than 16 of 20 have a probability of 0.3%.
    assert!(covered.iter().all(|&n| n >= 16), "{covered:?}");
}

/// Eight weeks of twelve agents, whose own factors have a coefficient of variation of 0.25.
const KNOWN: &str = "name = 'known'\nstart = 2025-03-03\nhorizon = '8 weeks'\nwarmup = '0 s'\n[demand]\ndaily_volume = 700\n\
    profile = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0]\n\
    [[topic]]\nname = 'orders'\nwork = { lognormal = { mean = '6 min', cv = 1.0 } }\npatience = { exponential = '4 min' }\n\
    [[pool]]\nname = 'desk'\nkind = 'employed'\nselect = 'random'\nagents = [0, 0, 0, 0, 0, 0, 0, 0, 12, 12, 12, 12, 12, 12, 12, 12, 0, 0, 0, 0, 0, 0, 0, 0]\n";

/// Of six logs, each of twelve other agents, five intervals cover the spread, and the work that is written is that of an agent in the mean.
#[test]
fn the_spread_of_agents_is_recovered() {
    let room = tempfile::tempdir().unwrap();
    let (mut covered, mut works) = (0, Vec::new());
    for (seed, cv) in [
        (1, 0.25),
        (2, 0.25),
        (3, 0.25),
        (4, 0.25),
        (5, 0.25),
        (6, 0.25),
        (7, 0.0),
    ] {
        let text = format!("{KNOWN}agent_cv = {cv}\n");
        fs::write(room.path().join("known.toml"), text).unwrap();
        let run =
            format!("run known.toml --reps 1 --seed {seed} --log contacts.csv -o out --no-report");
        assert_eq!(quietly(room.path(), &run), (0, String::new()));
        let fit = "calibrate out/contacts.csv -o fit --force";
        assert_eq!(quietly(room.path(), fit), (0, String::new()));
        let fit = fs::read_to_string(room.path().join("fit/fit.json")).unwrap();
        let fit: Value = serde_json::from_str(&fit).unwrap();
        let scenario = fs::read_to_string(room.path().join("fit/scenario.toml")).unwrap();
        let estimate = &fit["estimates"]["pool.agents.agent_cv"];
        let end = |name: &str| estimate[name].as_f64().unwrap();
        if cv == 0.0 {
            assert!(
                !scenario.contains("agent_cv") && end("low") == 0.0,
                "{scenario}"
            );
            continue;
        }
        let (_, written) = scenario.split_once("agent_cv = ").unwrap();
        let written: f64 = written.split(' ').next().unwrap().parse().unwrap();
        assert!((written - end("value")).abs() < 1e-4, "{written}");
        covered += u32::from((end("low")..=end("high")).contains(&cv));
        let values = fs::read_to_string(room.path().join("fit/work-1.csv")).unwrap();
        let values: Vec<f64> = values.lines().skip(1).map(|x| x.parse().unwrap()).collect();
        works.push(values.iter().sum::<f64>() / values.len() as f64);
    }
    assert!(covered >= 5, "{covered}");
    // 360 s times the mean factor of 12 agents: a standard error of 0.25 / sqrt(72).
    let mean = works.iter().sum::<f64>() / works.len() as f64;
    assert!((mean / 360.0 - 1.0).abs() < 3.0 * 0.0295, "{works:?}");
}

/// The Anonymous Bank: agents of 133 to 304 s (Brown and others 2005) differ.
#[test]
fn agents_of_a_bank_differ() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../shared/data/anonbank/calls_1999-01.csv");
    if !path.exists() {
        println!("the recorded days are not there: nothing is tested");
        return;
    }
    let room = tempfile::tempdir().unwrap();
    let line = format!("calibrate {} -o fit", path.display());
    assert_eq!(quietly(room.path(), &line), (0, String::new()));
    let fit = fs::read_to_string(room.path().join("fit/fit.json")).unwrap();
    let fit: Value = serde_json::from_str(&fit).unwrap();
    let cv = fit["estimates"]["pool.agents.agent_cv"]["value"]
        .as_f64()
        .unwrap();
    assert!((0.2..0.4).contains(&cv), "{cv}");
}

/// A draw moves a law that is drawn from a file by a factor on its numbers.
#[test]
fn values_of_a_file_have_a_factor() {
    use handover::scenario::{InMemory, load};
    let text = "horizon = '1 day'\n[demand]\ndaily_volume = 9\n[[topic]]\nname = 'a'\ntarget = '80% in 20 s'\n\
        work = { empirical = { csv = 'w.csv', column = 'seconds', unit = 's', factor = 1.5 } }\n[[pool]]\nname = 'b'\nkind = 'employed'\nagents = 1\n";
    let files = InMemory::new()
        .with("s.toml", text.to_owned())
        .with("w.csv", "seconds\n10\n30\n".to_owned());
    let mean = |set: &[String]| {
        let scenario = load(std::path::Path::new("s.toml"), set, &files).unwrap();
        scenario.model.topics[0].work.as_ref().unwrap().mean()
    };
    assert!((mean(&[]) - 30.0).abs() < 1e-12);
    let set = ["topic.a.work.empirical.factor=2".to_owned()];
    assert!((mean(&set) - 40.0).abs() < 1e-12);
}
