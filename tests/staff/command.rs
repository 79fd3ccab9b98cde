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
    let at = dir.join("results/desk-staffed");
    let plan = fs::read_to_string(at.join("desk-staffing.csv")).unwrap();
    assert_eq!(plan.lines().count(), 10, "{plan}");
    assert!(plan.starts_with(
        "pool,date,time,agents,on_duty,required,in_file,topic,target,sl_net,target_met\ndesk,"
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
