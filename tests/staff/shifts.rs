//! People on shifts: covers against HiGHS, the rules of a roster, plans that come back as scenarios.

use super::*;
use assert_cmd::Command;
use handover::staff::{Programme, Requirement};
use std::collections::BTreeMap;
use std::fs;

/// A programme of shifts: each start of a day that fits, the break at each of some half-hours, so many days worked, one after the other around the
/// week; one person is `there` people in a half-hour.
struct Shifts {
    days: usize,
    width: usize,
    length: usize,
    late: usize,
    worked: usize,
    there: f64,
}

impl Shifts {
    fn cover(&self, required: &[f64]) -> Programme {
        let mut terms: Vec<Vec<(usize, f64)>> = vec![Vec::new(); self.days * self.width];
        let mut shifts = 0;
        for begin in 0..=self.width - self.length {
            for pause in 0..=self.late {
                for first in 0..self.days {
                    for day in (0..self.worked).map(|k| (first + k) % self.days) {
                        let break_at = begin + self.length / 2 + pause - self.late;
                        let here = (begin..begin + self.length).filter(|h| *h != break_at);
                        here.for_each(|h| terms[day * self.width + h].push((shifts, self.there)));
                    }
                    shifts += 1;
                }
            }
        }
        let requirement = |(terms, &least)| Requirement { terms, least };
        Programme {
            costs: vec![1.0; shifts],
            bounds: vec![(0, 1_000); shifts],
            requirements: terms.into_iter().zip(required).map(requirement).collect(),
        }
    }
}

/// Covers cost what HiGHS has proven to be the least, or a thousandth more; `covers.py` makes the problems. With the feature `highs` they are solved by
/// HiGHS here as well.
#[test]
fn covers_cost_what_another_solver_has_proven() {
    let text = include_str!("covers.csv");
    assert_eq!(text.lines().count(), 12);
    for line in text.lines() {
        let fields: Vec<&str> = line.split(',').collect();
        let number = |i: usize| fields[i].parse::<usize>().unwrap();
        let required: Vec<f64> = fields[6].split(' ').map(|n| n.parse().unwrap()).collect();
        let shifts = Shifts {
            days: number(1),
            width: number(2),
            length: number(3),
            late: number(4),
            worked: number(5),
            there: 1.0,
        };
        let programme = shifts.cover(&required);
        let solution = programme.solve().unwrap();
        let (cost, optimum) = (programme.cost(&solution.values), number(7) as f64);
        assert!(programme.allows(&solution.values), "{line}");
        // Whole people: the bound of one solver lies below what the other found.
        assert!(
            solution.bound <= optimum + 1e-6,
            "{} {line}",
            solution.bound
        );
        assert!(cost >= optimum - 1e-6, "{cost} below the least: {line}");
        assert!(cost <= (optimum * 1.001).ceil() + 1e-6, "{cost} for {line}");
        #[cfg(feature = "highs")]
        assert_eq!(programme.solve(), Some(solution), "not the same again");
    }
}

/// How long covers take, and how near the least they are known to be: nine days of 182 shifts, and nine weeks of 1,274 that are coupled, since everybody
/// works five days of seven.
#[test]
#[ignore = "takes minutes; docs/design.md has what it showed"]
fn covers_of_days_and_weeks_take_seconds() {
    let course = [
        4, 6, 9, 14, 20, 27, 33, 38, 41, 43, 44, 42, 39, 36, 34, 35, 37, 38, 37, 35, 32, 29, 26,
        24, 22, 20, 19, 18, 16, 14, 11, 9, 7, 5,
    ];
    let weekdays = [11, 10, 9, 9, 10, 6, 5];
    for (days, worked) in [(1, 1), (7, 5)] {
        let shifts = Shifts {
            days,
            width: 34,
            length: 9,
            late: 6,
            worked,
            there: 0.92,
        };
        for size in 1..=9 {
            let cells = (0..days * 34).map(|cell| (weekdays[cell / 34] * course[cell % 34], cell));
            // A little up and down, as of a formula's requirement.
            let agents = |(load, cell): (usize, usize)| load * size * (9 + 7 * cell % 3) / 400 + 1;
            let required: Vec<f64> = cells.map(|cell| agents(cell) as f64).collect();
            let programme = shifts.cover(&required);
            let began = std::time::Instant::now();
            let solution = programme.solve().unwrap();
            let seconds = began.elapsed().as_secs_f64();
            let cost = programme.cost(&solution.values);
            let gap = 100.0 * (cost / solution.bound - 1.0);
            let began = std::time::Instant::now();
            let relaxed = programme.relaxed().unwrap();
            println!(
                "{} shifts: {cost} people, at least {:.2}, {gap:.2}% more at most; {seconds:.2} s; parts of people {:.2}, {:.2} s",
                programme.costs.len(),
                solution.bound,
                relaxed.iter().sum::<f64>(),
                began.elapsed().as_secs_f64()
            );
            assert!(programme.allows(&solution.values) && gap > -1e-6);
        }
    }
}

/// A centre open from six in the morning to ten in the evening for a week.
const WEEK: &str = "start = 2025-01-06\nhorizon = '7 days'\ninterval = '30 min'\ntime_zone = 'Europe/Stockholm'\n\
    [demand]\nrate = { every = '6 h', values = [0, 60, 70, 20], per = 'h' }\n\
    [[topic]]\nname = 'calls'\nwork = { exponential = '5 min' }\npatience = { exponential = '3 min' }\ntarget = '80% in 20 s'\n\
    [[pool]]\nname = 'desk'\nkind = 'employed'\nagents = 9\nhours = ['06:00-22:00']\nshrinkage = 0.2\nprice = { per_agent_hour = 30 }\n\
    [staff]\nper = 'day'\n[[staff.shifts]]\npool = 'desk'\nstart = { from = '06:00', to = '14:00', every = '2 h' }\nlength = '8 h'\nwork_days = 5\n\
    breaks = [{ after = ['3 h', '4 h'], length = '30 min' }]\n";

fn staffed(text: &str) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("w.toml"), text).unwrap();
    let mut command = Command::cargo_bin("handover").unwrap();
    command
        .current_dir(dir.path())
        .args(["staff", "w.toml", "-o", "out", "--no-report"]);
    command.assert().success();
    dir
}

fn rows(path: &Path) -> Vec<BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_path(path).unwrap();
    let rows = reader.deserialize();
    rows.map(|row| row.unwrap()).collect()
}

/// Everybody works five days of seven, one after the other around the week, eight hours a day with a break, and so many people come as the
/// table of shifts says; a fifth is off; the scenario with the plan costs what the plan costs.
#[test]
fn a_roster_keeps_the_rules_of_its_shifts() {
    let dir = staffed(WEEK);
    let out = dir.path().join("out");
    let roster = rows(&out.join("w-roster.csv"));
    let mut days: BTreeMap<u32, Vec<(String, String)>> = BTreeMap::new();
    for row in &roster {
        let person = row["person"].parse().unwrap();
        let minutes = |t: &str| {
            let (hour, minute) = t.split_once(':').unwrap();
            60 * hour.parse::<u32>().unwrap() + minute.parse::<u32>().unwrap()
        };
        assert_eq!(minutes(&row["end"]) - minutes(&row["start"]), 480);
        assert!(["06:00", "08:00", "10:00", "12:00", "14:00"].contains(&row["start"].as_str()));
        assert!(
            ["180+30", "240+30"].contains(&row["breaks"].as_str()),
            "{row:?}"
        );
        let duty = (row["date"].clone(), row["start"].clone());
        days.entry(person).or_default().push(duty);
    }
    for (person, duties) in &days {
        assert_eq!(duties.len(), 5, "{person}");
        // 6 January 2025 is a Monday.
        let worked: Vec<usize> = duties
            .iter()
            .map(|d| d.0[8..].parse::<usize>().unwrap() - 6)
            .collect();
        let off: Vec<usize> = (0..7).filter(|d| !worked.contains(d)).collect();
        assert!(off[1] - off[0] == 1 || off == [0, 6], "{person}: {off:?}");
        assert!(duties.iter().all(|d| d.1 == duties[0].1), "{person}");
    }
    let shifts = rows(&out.join("w-shifts.csv"));
    let people: u32 = shifts
        .iter()
        .map(|r| r["people"].parse::<u32>().unwrap())
        .sum();
    assert_eq!(people as usize, days.len());
    let off = roster.iter().filter(|r| r["status"] == "off").count() as f64;
    let share = off / roster.len() as f64;
    assert!((share - 0.2).abs() < 0.05, "{share}");
    let calendar = fs::read_to_string(out.join("w-roster.ics")).unwrap();
    let events = calendar.matches("BEGIN:VEVENT\r\n").count();
    assert_eq!(events, roster.len() - off as usize);
    assert!(calendar.starts_with("BEGIN:VCALENDAR\r\n") && calendar.ends_with("END:VCALENDAR\r\n"));
    // Six in the morning in Stockholm is five in UTC.
    assert!(calendar.contains("DTSTART:20250106T050000Z\r\n"));
    // Paid are eight hours less half an hour of break, five days.
    let summary = rows(&out.join("results/summary.csv"));
    let cost = summary
        .iter()
        .find(|r| r["measure"] == "cost_total" && r["slice"] == "all");
    let cost: f64 = cost.unwrap()["mean"].parse().unwrap();
    assert!(
        (cost - f64::from(people) * 5.0 * 7.5 * 30.0).abs() < 1e-6,
        "{cost} for {people}"
    );
    // With the plan the targets hold on each day of fresh replications.
    let staffing = rows(&out.join("w-staffing.csv"));
    let on_duty: f64 = staffing
        .iter()
        .filter_map(|r| r["on_duty"].parse::<f64>().ok())
        .sum();
    assert!(
        (on_duty / 2.0 - f64::from(people) * 5.0 * 7.5 * 0.8).abs() < 1.0,
        "{on_duty}"
    );
}

/// Who is absent without plan is not paid, unless it is so agreed: a plan costs what its simulation costs in the mean.
#[test]
fn absence_without_plan_is_not_paid() {
    let desk = |keys: &str| {
        let text = format!(
            "horizon = '1 day'\ninterval = '1 h'\ntopic = [ {{ name = 'a', rate = '20 / h', work = {{ exponential = '4 min' }}, target = '80% in 20 s' }} ]\n\
             [[pool]]\nname = 'p'\nkind = 'employed'\nprice = {{ per_agent_hour = 30 }}\nshrinkage = 0.2\nabsence = 0.1\n{keys}\n"
        );
        let (model, decisions) = offered(&text);
        let plan = vec![10; decisions.variables.len()];
        let with = decisions.apply(&model, &plan, &[]);
        let job = Job {
            model: &with,
            plan: Plan {
                seed: 4,
                replications: 2_000,
                confidence: 0.95,
            },
        };
        let outcome = &run(&[job], &()).unwrap()[0];
        let cost = outcome.rows.find("cost_total", &Slice::All).unwrap();
        let costs: f64 = outcome.values.iter().map(|v| v[cost]).sum();
        (decisions.cost(&plan), costs / 2_000.0)
    };
    let shift = "staff = 1\nshifts = [{ start = '08:00', length = '8 h' }]";
    // Ten people, of whom eight come as planned; a tenth of these is absent.
    let (planned, run) = desk(shift);
    assert!(
        (planned - 10.0 * 8.0 * 30.0 * 0.92).abs() < 1e-9,
        "{planned}"
    );
    // Standard error of the hours: 8 h x sqrt(8 x 0.1 x 0.9 / 2,000).
    assert!(
        (planned - run).abs() < 4.0 * 30.0 * 8.0 * (0.72_f64 / 2_000.0).sqrt(),
        "{planned} {run}"
    );
    let (planned, run) = desk(&format!("{shift}\nabsence_paid = true"));
    assert_eq!((planned, run), (2_400.0, 2_400.0));
    // Ten on duty all day, 12.5 scheduled; absent for the day with a probability of a tenth.
    let (planned, run) = desk("agents = 1");
    assert!(
        (planned - 24.0 * 30.0 * 12.5 * 0.9).abs() < 1e-6,
        "{planned}"
    );
    assert!(
        (planned - run).abs() < 4.0 * 24.0 * 30.0 * 1.25 * (0.9_f64 / 2_000.0).sqrt(),
        "{planned} {run}"
    );
}

/// Shifts on offer for members of a register are refused, by name.
#[test]
fn shifts_for_members_are_refused() {
    let text = WEEK.replace("pool = 'desk'\nstart", "pool = 'gig'\nstart")
        + "[[pool]]\nname = 'gig'\nkind = 'gig'\nmembers = 5\nlogon_rate = '1 / h'\nsession = '1 h'\n";
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("w.toml"), text).unwrap();
    let mut command = Command::cargo_bin("handover").unwrap();
    let run = command
        .current_dir(dir.path())
        .args(["staff", "w.toml"])
        .assert();
    let errors = String::from_utf8(run.code(2).get_output().stderr.clone()).unwrap();
    let expected = "error: w.toml: the shifts on offer for gig have nobody to work them";
    assert!(errors.contains(expected), "{errors}");
    assert!(!dir.path().join("results").exists());
}

/// Night shifts, part-timers, a pool that has shifts of its own, and one whose plan is by interval beside it.
#[test]
fn several_kinds_of_plans_are_found_together() {
    let text = "horizon = '2 days'\ninterval = '1 h'\n\
        [[topic]]\nname = 'a'\nrate = '20 / h'\nwork = { exponential = '4 min' }\npatience = { exponential = '3 min' }\ntarget = '80% in 20 s'\nroute = [{ pools = ['night'] }, { pools = ['desk'] }]\n\
        [[pool]]\nname = 'night'\nkind = 'employed'\nstaff = 1\nprice = { per_agent_hour = 30 }\n\
        shifts = [{ start = '22:00', length = '8 h', share = 0.5 }, { start = '02:00', length = '4 h', share = 0.5 }]\n\
        [[pool]]\nname = 'desk'\nkind = 'employed'\nagents = 1\nhours = ['06:00-22:00']\nprice = { per_agent_hour = 20 }\n";
    let model = model(text);
    let decisions = decisions(&model, HOUR);
    assert_eq!(decisions.rosters.len(), 1);
    let settings = settings(&model, Per::Day, None);
    let found = staff(&model, decisions, &settings, &()).unwrap();
    assert!(found.broken.is_empty(), "{:?}", found.confirmed.slack);
    let people = found.decisions.people(&found.staffed.plan, 0);
    assert!(people[0] >= 2, "{people:?}");
    // One agent fewer of any variable breaks a promise on the replications of the search.
    let (goal, replications) = (settings.goal, 0..u64::from(settings.replications));
    let of = (settings.seed, replications);
    let promises = &found.promises;
    let mut judge = Judge::new(&model, &found.decisions, promises, goal, of, &());
    let kept = judge.judge(&found.staffed.plan).unwrap();
    assert!(kept.slack.iter().all(|&slack| slack >= 0.0));
}

/// Of pools with shifts nobody is promised anything while no shift on offer has anybody there.
#[test]
fn shifts_say_when_a_pool_is_open() {
    let text = "horizon = '1 day'\ninterval = '1 h'\ntopic = [ { name = 'a', rate = '20 / h', work = { exponential = '4 min' }, target = '80% in 20 s' } ]\n\
        [[pool]]\nname = 'p'\nkind = 'employed'\nstaff = 1\nshifts = [{ start = '08:00', length = '4 h', breaks = [{ after = '1 h', length = '1 h' }] }]\n";
    let model = model(text);
    let decisions = decisions(&model, HOUR);
    let spans: Vec<u64> = decisions.cells.iter().map(|c| c.span.0 / HOUR).collect();
    assert_eq!(spans, [8, 10, 11]);
    let goal = Goal {
        per: Per::Interval,
        probability: None,
    };
    let promises = Promise::all(&model, goal, &[], &decisions);
    let from: Vec<u64> = promises.iter().map(|p| p.span.0 / HOUR).collect();
    assert_eq!(from, [8, 10, 11]);
    assert_eq!(decisions.on_duty(&[3]), [3.0; 3]);
    assert_eq!(decisions.cost(&[2]), 6.0);
}

/// A day with 100 erlangs at its peak, 17 starts, four times for lunch.
fn long_day(scale: f64) -> String {
    let by_half_hour = [
        5, 4, 3, 3, 3, 3, 4, 6, 10, 16, 30, 60, 110, 190, 300, 420, 560, 680, 780, 840, 860, 850,
        820, 780, 740, 720, 730, 760, 790, 800, 790, 760, 700, 620, 540, 470, 400, 340, 290, 240,
        200, 160, 120, 90, 60, 40, 20, 10,
    ];
    let rates: Vec<String> = by_half_hour
        .iter()
        .map(|&n| format!("{}", f64::from(n) * scale / 86.0))
        .collect();
    format!(
        "horizon = '1 day'\n[demand]\nrate = {{ every = '30 min', per = 'h', values = [{}] }}\n\
         [[topic]]\nname = 'calls'\nwork = {{ lognormal = {{ mean = '6 min', cv = 0.9 }} }}\npatience = {{ exponential = '4 min' }}\ntarget = '80% in 20 s'\n\
         [[pool]]\nname = 'desk'\nkind = 'employed'\nagents = 40\nhours = ['06:30-23:00']\nprice = {{ per_agent_hour = 30 }}\n\
         [[staff.shifts]]\npool = 'desk'\nstart = {{ from = '06:30', to = '14:30', every = '30 min' }}\nlength = '8 h 30 min'\n\
         breaks = [{{ after = {{ from = '3 h', to = '4 h 30 min', every = '30 min' }}, length = '30 min' }}]\n",
        rates.join(", ")
    )
}

fn offered(text: &str) -> (Model, Decisions) {
    let files = InMemory::new().with("a.toml", text);
    let scenario = load(Path::new("a.toml"), &[], &files).unwrap();
    let (model, offers) = (scenario.model, scenario.staff.offers);
    let decisions = Decisions::of(&model, 0..model.pools.len(), model.interval, &offers);
    (model, decisions)
}

/// At least 3% cheaper than the best cover of the formula's requirement, and the target holds on fresh replications.
#[test]
#[ignore = "takes half a minute; docs/validation.md has what it showed"]
fn a_day_of_a_hundred_erlangs_costs_less_than_any_cover() {
    let (model, decisions) = offered(&long_day(100.0));
    assert_eq!(decisions.variables.len(), 68);
    let goal = Goal {
        per: Per::Day,
        probability: None,
    };
    let settings = Settings::new(goal, Plan::default(), &model);
    let found = staff(&model, decisions, &settings, &()).unwrap();
    let cost = found.decisions.cost(&found.staffed.plan);
    let (_, least) = found.covered.unwrap();
    let mut judge = Judge::new(
        &model,
        &found.decisions,
        &found.promises,
        goal,
        (99, 0..1_000),
        &(),
    );
    let level = judge.judge(&found.staffed.plan).unwrap().level[0].unwrap();
    println!(
        "{cost} against {least} at least for a cover; {level} of the calls in time on 1,000 fresh days"
    );
    assert!(cost <= 0.97 * least, "{cost} {least}");
    assert!(level >= 0.795, "{level}");
}
