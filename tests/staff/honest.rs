//! Whether plans keep on fresh customers what they promise, and need every shift for it. docs/validation.md has what was seen.

use super::*;
use std::time::Instant;

/// Replications on which plans are judged, of a seed that no search has.
const JUDGED: u64 = 10_000;

/// A small scenario, and what is promised.
struct Case {
    text: String,
    goal: Goal,
    seed: u64,
}

/// A desk that is open for ten hours of a day: twelve with people on shifts, eight with agents by the hour; one topic or two, days and intervals that
/// vary more or less, patient customers and others; a target for each interval, day or week.
fn case(i: usize) -> Case {
    let shifts = i < 12;
    let per = match i {
        3 | 7 => Per::Week,
        11 | 14 | 18 => Per::Interval,
        _ => Per::Day,
    };
    // Contacts an hour in the mean of a day, and its course.
    let load = match per {
        Per::Week => [12.0, 18.0][i / 7],
        Per::Interval => 30.0,
        Per::Day | Per::Horizon => 30.0 + 12.0 * (i % 7) as f64,
    };
    let course: [f64; 5] = [
        [0.6, 1.3, 1.2, 1.2, 0.7],
        [0.5, 0.8, 1.0, 1.2, 1.5],
        [1.4, 1.0, 0.8, 1.1, 0.7],
    ][i % 3];
    let rates = |share: f64| {
        let each = course.iter().map(|c| format!("{:.1}", share * load * c));
        let open = each.collect::<Vec<_>>().join(", ");
        format!("{{ every = '2 h', values = [0, 0, 0, 0, {open}, 0, 0, 0], per = 'h' }}")
    };
    let patience = ["90 s", "4 min", "15 min"][i / 2 % 3];
    let target = ["80% in 20 s", "75% in 45 s", "90% in 60 s"][i / 3 % 3];
    let topic = |name: &str, share: f64, work: &str| {
        format!(
            "[[topic]]\nname = '{name}'\nrate = {}\nwork = {{ lognormal = {{ mean = '{work}', cv = 0.9 }} }}\n\
             patience = {{ exponential = '{patience}' }}\ntarget = '{target}'\n",
            rates(share)
        )
    };
    let topics = match i % 4 {
        1 => topic("calls", 0.6, "4 min") + &topic("orders", 0.4, "6 min"),
        _ => topic("calls", 1.0, "5 min"),
    };
    let (day, interval) = [(0.0, 0.0), (0.1, 0.1), (0.2, 0.0), (0.05, 0.2)][i / 2 % 4];
    let horizon = if per == Per::Week { "7 days" } else { "1 day" };
    let offer = match (shifts, per) {
        (false, _) => "",
        (true, Per::Week) => {
            "[[staff.shifts]]\npool = 'desk'\nstart = { from = '08:00', to = '10:00', every = '1 h' }\nlength = '8 h'\nwork_days = 5\n\
             breaks = [{ after = '4 h', length = '30 min' }]\n"
        }
        (true, _) => {
            "[[staff.shifts]]\npool = 'desk'\nstart = { from = '08:00', to = '12:00', every = '1 h' }\nlength = '6 h'\n\
             breaks = [{ after = ['2 h', '3 h'], length = '30 min' }]\n"
        }
    };
    let text = format!(
        "start = 2025-03-17\nhorizon = '{horizon}'\ninterval = '{}'\n\
         demand = {{ busyness_cv = {day}, interval_busyness_cv = {interval} }}\n{topics}\
         [[pool]]\nname = 'desk'\nkind = 'employed'\nagents = 5\nhours = ['08:00-18:00']\nprice = {{ per_agent_hour = 30 }}\n{offer}",
        if per == Per::Interval {
            "2 h"
        } else {
            "30 min"
        },
    );
    Case {
        text,
        goal: Goal {
            per,
            probability: Some([0.8, 0.85, 0.9, 0.95][(i + i / 4) % 4]),
        },
        seed: 1 + i as u64,
    }
}

/// Twenty plans at a stated probability: at least nineteen reach it on ten thousand fresh replications to a point, each promise of them; and without
/// any one of their shifts they do not, but for one: two thousand replications, by which a plan is confirmed, do not tell 85.3% from 85%.
#[test]
#[ignore = "takes some minutes; docs/validation.md has what it showed"]
fn twenty_plans_at_a_probability_reach_it_and_need_every_shift() {
    let (mut reached, mut shifts, mut spare) = (0, 0, 0);
    println!(
        "case, decided, per, promises, promised, met, cost, shifts, without one at most, not needed, plans, seconds"
    );
    for i in 0..20 {
        let case = case(i);
        let files = InMemory::new().with("a.toml", &*case.text);
        let scenario = match load(Path::new("a.toml"), &[], &files) {
            Ok(scenario) => scenario,
            Err(problems) => panic!("{}\n{}", problems.render(false), case.text),
        };
        let (model, offers) = (scenario.model, scenario.staff.offers);
        let decisions = Decisions::of(&model, 0..model.pools.len(), HOUR, &offers);
        let plan = Plan {
            seed: case.seed,
            ..Plan::default()
        };
        let p = case.goal.probability.unwrap();
        let began = Instant::now();
        let settings = Settings::new(case.goal, plan, &model);
        let found = staff(&model, decisions, &settings, &()).unwrap();
        let seconds = began.elapsed().as_secs_f64();
        let plan = &found.staffed.plan;
        let fresh = (1_000 + case.seed, 0..JUDGED);
        let promises = &found.promises;
        let mut judge = Judge::new(&model, &found.decisions, promises, case.goal, fresh, &());
        let mut least = |plan: &[u32]| {
            let met = judge.judge(plan).unwrap().met.clone();
            met.into_iter().flatten().fold(1.0, f64::min)
        };
        let met = least(plan);
        let on_shifts = (0..plan.len()).filter(|&v| plan[v] > 0 && !offers.is_empty());
        let without: Vec<f64> = on_shifts
            .map(|v| {
                let mut less = plan.clone();
                less[v] -= 1;
                least(&less)
            })
            .collect();
        let most = without.iter().copied().fold(0.0, f64::max);
        let unneeded = without.iter().filter(|&&met| met >= p).count();
        println!(
            "{i}, {}, {:?}, {}, {p}, {met}, {}, {}, {most}, {unneeded}, {}, {seconds:.1}",
            if offers.is_empty() { "hours" } else { "shifts" },
            case.goal.per,
            promises.len(),
            found.decisions.cost(plan),
            without.len(),
            found.simulated
        );
        reached += usize::from(met >= p - 0.01);
        shifts += without.len();
        spare += unneeded;
    }
    println!("{reached} of 20 reach it; {spare} of {shifts} shifts are not needed");
    assert!(reached >= 19, "{reached}");
    assert!(spare <= 1, "{spare}");
}
