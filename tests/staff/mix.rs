//! `handover staff --mix`: which pools there are.

use super::*;
use crate::cli::output as handover;
use handover::staff::mixes;
use std::fs;

/// Two desks for two topics, a register for one of them.
const THREE: &str = "horizon = '8 h'\ninterval = '2 h'\nreplications = 5\n\
    [staff]\nper = 'horizon'\n\
    [[topic]]\nname = 'a'\nrate = '60 / h'\nwork = { exponential = '4 min' }\npatience = { exponential = '5 min' }\ntarget = '70% in 60 s'\n\
    [[topic]]\nname = 'b'\nrate = '9 / h'\nwork = { exponential = '4 min' }\npatience = { exponential = '5 min' }\ntarget = '70% in 60 s'\n\
    [[pool]]\nname = 'all'\nkind = 'employed'\nagents = 1\nprice = { per_agent_hour = 30 }\n\
    [[pool]]\nname = 'cheap'\nkind = 'outsourced'\nagents = 1\nskills = ['a']\nprice = { per_agent_hour = 12 }\n\
    [[pool]]\nname = 'gig'\nkind = 'gig'\nmembers = 5\nlogon_rate = '0.5 / h'\nsession = { exponential = '2 h' }\nskills = ['a']\nprice = { per_online_hour = 90 }\n";

#[test]
fn a_pool_stays_that_a_topic_needs() {
    let named = |text: &str| -> Vec<String> {
        let model = model(text);
        let all = mixes(&model, &by_interval(&model)).unwrap();
        all.iter().map(|mix| mix.name(&model)).collect()
    };
    assert_eq!(
        named(THREE),
        ["all + cheap + gig", "all + gig", "all + cheap", "all"]
    );
    let with = |from, to| named(&THREE.replacen(from, to, 1));
    // Without another topic each pool may be the only one.
    let one = THREE.replace("name = 'b'", "name = 'b'\nhuman = { resolve = 1 }");
    assert_eq!(named(&one).len(), 4);
    let either = with("skills = ['a']", "skills = ['a', 'b']");
    assert_eq!(either.len(), 6);
    assert!(!either.contains(&"gig".to_owned()));
    let model = model(THREE);
    let mut decisions = by_interval(&model);
    let gig = decisions.bounds.len() - 1;
    decisions.bounds[gig].0 = 2;
    assert_eq!(mixes(&model, &decisions).unwrap().len(), 2);
}

fn by_interval(model: &Model) -> Decisions {
    decisions(model, model.interval)
}

/// Each mix has a scenario that gives the same numbers, the cheapest is told, and what has no plan is told by name.
#[test]
fn mixes_are_compared() {
    let room = tempfile::tempdir().unwrap();
    let dir = room.path();
    fs::write(dir.join("three.toml"), THREE).unwrap();
    let (status, text, problems) = handover(dir, "staff three.toml --mix --no-report");
    assert_eq!((status, problems.as_str()), (0, ""), "{text}");
    let at = dir.join("results/three-staffed");
    let csv = fs::read_to_string(at.join("three-mix.csv")).unwrap();
    let rows: Vec<Vec<&str>> = csv.lines().map(|line| line.split(',').collect()).collect();
    let column = |name| rows[0].iter().position(|c| *c == name).unwrap();
    let of = |row: usize, name| rows[row][column(name)];
    assert_eq!(rows.len(), 5, "{csv}");
    assert_eq!(of(1, "pools"), "all + cheap");
    assert_eq!(of(2, "plan"), of(1, "plan"));
    let costs: Vec<f64> = (1..5)
        .map(|r| of(r, "cost_total").parse().unwrap())
        .collect();
    assert!(costs.is_sorted(), "{costs:?}");
    assert!(text.contains("all + cheap costs least"), "{text}");
    assert!(
        text.contains("Best, with the smallest cost_total: three-all+cheap,"),
        "{text}"
    );
    // With as many pools as another, but dearer and no better; or dearer and better.
    let known = ["yes", "no"];
    assert_eq!(of(1, "on_frontier"), "yes");
    assert!(
        (1..5).all(|r| known.contains(&of(r, "on_frontier"))),
        "{csv}"
    );
    let overlay = fs::read_to_string(at.join("three-all.toml")).unwrap();
    assert!(
        overlay.contains("handover staff three.toml --mix"),
        "{overlay}"
    );
    for row in 1..5 {
        let level: f64 = of(row, "value").parse().unwrap();
        assert!(level > 0.66, "{csv}");
        let plan = at.join(format!("{}.toml", of(row, "plan")));
        assert!(plan.exists());
    }
    let (status, _, problems) = handover(
        dir,
        "run results/three-staffed/three-all.toml --reps 10 --no-report -o again",
    );
    assert_eq!((status, problems.as_str()), (0, ""));
    let again = fs::read_to_string(dir.join("again/summary.csv")).unwrap();
    assert!(again.contains("cost_total"));

    // Two policies, one of which has a desk at night only.
    let closed = THREE.replace(
        "agents = 1\nprice = { per_agent_hour = 30 }",
        "agents = { every = '4 h', values = [0, 1] }\nprice = { per_agent_hour = 30 }",
    );
    fs::write(dir.join("closed.toml"), closed).unwrap();
    let (status, text, problems) = handover(
        dir,
        "staff three.toml closed.toml --mix --no-report -o both",
    );
    assert_eq!((status, problems.as_str()), (0, ""), "{text}");
    assert!(text.contains("closed: all + cheap"), "{text}");
    assert!(
        text.contains("no number of agents meets these targets"),
        "{text}"
    );

    let refused = |text: &str, options: &str| {
        fs::write(dir.join("bad.toml"), text).unwrap();
        let (status, _, problems) = handover(dir, &format!("staff bad.toml --mix {options}"));
        assert_eq!(status, 2, "{problems}");
        problems
    };
    let one = refused(THREE, "--pool all");
    assert!(one.contains("--mix needs two pools at least"), "{one}");
    let free = refused(&THREE.replace("price = { per_agent_hour = 12 }\n", ""), "");
    assert!(free.contains("not every pool has a price"), "{free}");
    let pool = |n| {
        format!(
            "[[pool]]\nname = 'p{n}'\nkind = 'employed'\nagents = 1\nprice = {{ per_agent_hour = 20 }}\n"
        )
    };
    let seven: String = (0..4).map(pool).collect();
    let seven = refused(&format!("{THREE}{seven}"), "");
    assert!(seven.contains("6 pools at most, found 7"), "{seven}");
}
