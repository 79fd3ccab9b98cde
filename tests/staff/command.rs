//! `handover staff` as it is called.

use crate::cli::output as handover;
use std::fs;
use std::path::Path;

/// The scenario that is written has the plan in it, an ordinary run of it gives the same numbers, and what no plan can be chosen for is refused.
#[test]
fn the_plan_comes_back_as_a_scenario() {
    let room = tempfile::tempdir().unwrap();
    let dir = room.path();
    fs::write(dir.join("desk.toml"), super::DAY).unwrap();
    let (status, text, problems) = handover(dir, "staff desk.toml --per interval --no-report");
    assert_eq!((status, problems.as_str()), (0, ""));
    assert!(
        text.starts_with("desk: every target is met in each interval, in expectation\n"),
        "{text}"
    );
    assert!(text.contains("promises are kept"), "{text}");
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(text.contains("binds in desk from "), "{text}");
    assert!(text.contains(" one agent fewer: "), "{text}");
    assert!(text.contains(" a point less saves about "), "{text}");
    let at = dir.join("results/desk-staffed");
    let plan = fs::read_to_string(at.join("desk-staffing.csv")).unwrap();
    assert_eq!(plan.lines().count(), 10, "{plan}");
    assert!(plan.starts_with(
        "scenario,pool,date,time,agents,on_duty,required,slack,in_file,topic,target,sl_net,ci_low,ci_high,target_met,tightest\ndesk,desk,"
    ));
    let (status, _, problems) = handover(
        dir,
        "run results/desk-staffed/desk.toml --no-report -o again",
    );
    assert_eq!((status, problems.as_str()), (0, ""));
    let summary = |at: &Path| fs::read_to_string(at.join("summary.csv")).unwrap();
    assert_eq!(summary(&dir.join("again")), summary(&at.join("results")));
    // The same again is written over what was written.
    assert_eq!(
        handover(dir, "staff desk.toml --per interval --no-report").0,
        0
    );

    // What the file promises holds unless an option says something else.
    let promising = format!(
        "{}\n[staff]\nper = 'interval'\nprobability = 0.7\n",
        super::DAY
    );
    fs::write(dir.join("promising.toml"), promising).unwrap();
    let asked = |options: &str| {
        let (status, text, problems) =
            handover(dir, &format!("staff promising.toml --no-report {options}"));
        assert_eq!((status, problems.as_str()), (0, ""));
        text.lines().next().unwrap_or_default().to_owned()
    };
    assert_eq!(
        asked(""),
        "promising: every target is met in each interval with a probability of 70 %"
    );
    assert_eq!(
        asked("--per horizon --probability 60%"),
        "promising: every target is met over the whole time with a probability of 60 %"
    );

    let (status, _, problems) = handover(dir, "staff desk.toml --pool night");
    assert_eq!(status, 2);
    assert!(problems.contains("there is no pool night"), "{problems}");
    let (status, _, problems) = handover(dir, "staff desk.toml --probability 2");
    assert_eq!(status, 2);
    assert!(
        problems.contains("a probability between 0 and 1"),
        "{problems}"
    );
}

/// One document with the plan in it: what is promised and kept, costs, agents by interval, reasons, files.
#[test]
fn the_plan_is_in_the_document() {
    let room = tempfile::tempdir().unwrap();
    let dir = room.path();
    fs::write(dir.join("desk.toml"), super::DAY).unwrap();
    let asked = "staff desk.toml --per interval --limit occupancy<=95% --json";
    let (status, text, problems) = handover(dir, asked);
    assert_eq!((status, problems.as_str()), (0, ""));
    let document: serde_json::Value = serde_json::from_str(&text).unwrap();
    let plan = &document["scenarios"][0]["plan"];
    assert_eq!(
        plan["goal"],
        "every target is met in each interval, in expectation; so is every limit: occupancy at most 95 %"
    );
    assert_eq!(plan["per"], "interval");
    assert_eq!(plan["limits"][0]["measure"], "occupancy");
    let promises = plan["promises"].as_array().unwrap();
    assert_eq!(promises.len(), 18);
    for promise in promises {
        let number = |key: &str| promise[key].as_f64().unwrap();
        assert!(number("ci_low") <= number("level") && number("level") <= number("ci_high"));
    }
    // Costs are those of the agents by interval, of whom a quarter is off.
    let intervals = plan["intervals"].as_array().unwrap();
    let hours: f64 = intervals
        .iter()
        .map(|i| i["agents"].as_f64().unwrap())
        .sum();
    assert!((plan["cost"].as_f64().unwrap() - 30.0 * hours).abs() < 1e-6);
    let planned = &plan["pools"][0]["hours"]["planned"];
    assert!((planned.as_f64().unwrap() - 0.75 * hours).abs() < 1e-6);
    for interval in intervals {
        let number = |key: &str| interval[key].as_f64().unwrap();
        assert_eq!(number("slack"), number("on_duty") - number("required"));
    }
    let binding = &plan["tightest"][0]["binds"];
    assert_eq!(binding["fewer"]["agents"][0]["more"], -1);
    assert_eq!(binding["more"]["agents"][0]["more"], 1);
    assert_eq!(intervals.iter().filter(|i| i["tightest"] == 1).count(), 1);
    let files: Vec<&str> = plan["files"]
        .as_array()
        .unwrap()
        .iter()
        .map(|f| f.as_str().unwrap())
        .collect();
    assert_eq!(
        files,
        [
            "results/desk-staffed/desk-staffing.csv",
            "results/desk-staffed/desk.toml"
        ]
    );
    assert!(files.iter().all(|file| dir.join(file).exists()));
    // The scenario says by which command it was found.
    let overlay = fs::read_to_string(dir.join(files[1])).unwrap();
    let command = "handover staff desk.toml --per interval --limit 'occupancy<=95%'\n";
    assert!(overlay.contains(command), "{overlay}");
}

/// The page shows the plan, and `report` makes the same page from the folder; a plan that was changed since is refused.
#[test]
fn the_page_shows_the_plan() {
    let room = tempfile::tempdir().unwrap();
    let dir = room.path();
    fs::write(dir.join("desk.toml"), super::DAY).unwrap();
    let asked = "staff desk.toml --per horizon --probability 70% --pool desk";
    assert_eq!(handover(dir, asked).0, 0);
    let results = dir.join("results/desk-staffed/results");
    let page = || fs::read_to_string(results.join("report.html")).unwrap();
    let first = page();
    for part in [
        "Promised: every target is met over the whole time with a probability of 70",
        "Agents of desk: planned and required",
        "What the plan costs",
        "binds in desk from ",
        "a point less of the probability saves about ",
        "The promise with number 1 binds here.",
    ] {
        assert!(first.contains(part), "{part}");
    }
    assert_eq!(
        handover(dir, "report results/desk-staffed/results --figures").0,
        0
    );
    assert_eq!(page(), first);
    assert!(results.join("figures/plan-1-1.svg").exists());
    let overlay = fs::read_to_string(dir.join("results/desk-staffed/desk.toml")).unwrap();
    let command = "handover staff desk.toml --per horizon --probability 0.7 --pool desk\n";
    assert!(overlay.contains(command), "{overlay}");
    // An ordinary run into the folder has no plan.
    let again = "run results/desk-staffed/desk.toml -o results/desk-staffed/results";
    assert_eq!(handover(dir, again).0, 0);
    assert!(!page().contains("The plan of agents"));
    assert_eq!(handover(dir, asked).0, 0);
    let table = results.join("staffing.csv");
    let text = fs::read_to_string(&table).unwrap();
    fs::write(&table, text.replacen("desk,desk,", "desk,other,", 1)).unwrap();
    let (status, _, problems) = handover(dir, "report results/desk-staffed/results");
    assert_eq!(status, 2);
    assert!(
        problems.contains("its digest is not that in run.json"),
        "{problems}"
    );
}

/// An interval without agents is a row of the table all the same.
#[test]
fn intervals_without_agents_are_rows() {
    let room = tempfile::tempdir().unwrap();
    let dir = room.path();
    let text = super::DAY.replace("[30, 60, 20]", "[30, 0, 20]");
    fs::write(dir.join("desk.toml"), text).unwrap();
    let asked = "staff desk.toml --per interval --no-report --json";
    let (status, text, problems) = handover(dir, asked);
    assert_eq!((status, problems.as_str()), (0, ""));
    let document: serde_json::Value = serde_json::from_str(&text).unwrap();
    let intervals = document["scenarios"][0]["plan"]["intervals"].as_array();
    let intervals = intervals.unwrap().iter();
    let agents = intervals.map(|i| (i["agents"].as_f64().unwrap() > 0.0, i["in_file"].as_f64()));
    let expected = (0..9).map(|hour| (!(3..6).contains(&hour), Some(1.0)));
    assert!(agents.eq(expected), "{text}");
}
