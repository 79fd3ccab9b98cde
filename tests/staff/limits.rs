//! Limits on other measures than the service levels.

use super::*;
use crate::cli::output as handover;
use std::fs;

/// What a limit looks at is what an ordinary run measures, replication by replication.
#[test]
fn a_limit_is_of_what_a_run_measures() {
    let model = model(DAY);
    let decisions = decisions(&model, HOUR);
    let texts = [
        "mean_wait <= 1 s",
        "abandonment_rate@topic=calls <= 0%",
        "occupancy@pool=desk >= 1",
        "wait_p90 <= 1 s",
        "time_to_human@topic=calls;pool=desk <= 1 s",
        "cost_total <= 1 USD",
        "answered >= 1_000_000",
        "target_met >= 100%",
    ];
    let goal = Goal {
        per: Per::Horizon,
        probability: Some(0.5),
    };
    let plan = [1, 4, 3, 6, 6, 5, 3, 2, 3];
    let promises = Promise::all(&model, goal, &limits(&model, &texts), &decisions);
    assert_eq!(promises.len(), 1 + texts.len());
    let mut judge = Judge::new(&model, &decisions, &promises, goal, (5, 0..20), &());
    let verdict = judge.judge(&plan).unwrap();
    let planned = decisions.apply(&model, &plan, &[]);
    let plan = Plan {
        seed: 5,
        replications: 20,
        confidence: 0.95,
    };
    let job = Job {
        model: &planned,
        plan,
    };
    let outcome = &run(&[job], &()).unwrap()[0];
    for (i, promise) in promises.iter().enumerate().skip(1) {
        let limit = &promise.limit;
        let row = outcome.rows.find(limit.row.measure, &limit.row.slice);
        let row = row.unwrap();
        let mut slacks: Vec<f64> = outcome.values.iter().map(|v| limit.slack(v[row])).collect();
        slacks.sort_by(f64::total_cmp);
        // The one that half of the replications reach.
        assert_eq!(verdict.slack[i], slacks[10], "{}", texts[i - 1]);
        let met = slacks.iter().filter(|&&slack| slack >= 0.0).count();
        assert_eq!(verdict.met[i], Some(met as f64 / 20.0));
        // Of the sums of all replications, which is near the mean.
        let mean = outcome.estimate(row).mean.unwrap();
        let level = verdict.level[i].unwrap();
        assert!((level - mean).abs() <= 0.1 * mean, "{level} for {mean}");
    }
}

/// A measure that is known by interval is limited in each of them, another one over the whole time.
#[test]
fn a_limit_holds_where_its_measure_is_known() {
    let model = model(DAY);
    let decisions = decisions(&model, HOUR);
    let goal = Goal {
        per: Per::Interval,
        probability: None,
    };
    for (text, promises) in [
        ("mean_wait@topic=calls <= 30 s", 9),
        ("occupancy@pool=desk <= 90%", 9),
        ("asa <= 30 s", 1),
        ("wait_p90 <= 1 min", 1),
        ("cost_total <= 5_000", 1),
        ("sl_answered@pool=desk >= 50%", 1),
    ] {
        let all = Promise::all(&model, goal, &limits(&model, &[text]), &decisions);
        assert_eq!(all.len(), 9 + promises, "{text}");
    }
}

/// A limit in a day with a probability is kept on fresh replications, and told; threads change nothing.
#[test]
fn a_limit_of_the_file_and_one_of_an_option_are_kept() {
    let room = tempfile::tempdir().unwrap();
    let dir = room.path();
    let text =
        format!("{DAY}\n[staff]\nprobability = 0.8\nlimits = ['mean_wait@topic=calls <= 5 s']\n");
    fs::write(dir.join("desk.toml"), text).unwrap();
    let files = [1, 2].map(|threads| {
        let to = format!("out{threads}");
        let (status, text, problems) = handover(
            dir,
            &format!("--threads {threads} staff desk.toml --limit occupancy@pool=desk<=80% --no-report -o {to}"),
        );
        assert_eq!((status, problems.as_str()), (0, ""));
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(
            text.starts_with("desk: every target is met on each day with a probability of 80 %; so is every limit: mean wait of calls at most 5 s, occupancy of pool desk at most 80 % pool "),
            "{text}"
        );
        assert!(text.contains("On fresh replications 3 of 3 promises are kept. The tightest: "), "{text}");
        assert!(text.contains(" mean wait of calls from 2025-01-06T00:00 (at most 5 s): met with a probability of "), "{text}");
        let read = |name: &str| fs::read(dir.join(&to).join(name)).unwrap();
        (read("desk-staffing.csv"), read("results/summary.csv"))
    });
    assert_eq!(files[0], files[1]);
}

/// What no plan keeps is told by name.
#[test]
fn limits_that_cannot_be_kept_are_told() {
    let room = tempfile::tempdir().unwrap();
    let dir = room.path();
    fs::write(dir.join("desk.toml"), DAY).unwrap();
    let failed = |limit: &str| {
        let (status, _, problems) = handover(dir, &format!("staff desk.toml --limit {limit}"));
        assert_eq!(status, 1, "{problems}");
        problems
    };
    assert_eq!(
        failed("handle_time<=1min"),
        "error: desk.toml: no number of agents keeps these limits (every target is met on each day, in expectation; so is every limit: handle time at most 60 s): handle time over the whole time (at most 60 s)\n  help: what they measure hardly depends on how many agents there are, or on pools that are not decided on; ask for less, or for a longer time with --per\n"
    );
    for (limit, text) in [
        (
            "cost_total<=600",
            "total cost over the whole time (at most 600 USD)",
        ),
        (
            "occupancy@pool=desk>=85%",
            "occupancy of pool desk from 2025-01-06T00:00 (at least 85 %)",
        ),
    ] {
        let problems = failed(limit);
        let told = format!(
            ": {text}\n  help: more agents break them, and so does the cheapest plan that was found for the other promises (the tightest: calls from 2025-01-06T00:00 (80 %)); ask for less of one of them\n"
        );
        assert!(
            problems.contains("these limits contradict the other promises"),
            "{problems}"
        );
        assert!(problems.ends_with(&told), "{problems}");
    }
}

/// A limit on costs that the cheapest plan keeps does no harm.
#[test]
fn a_limit_that_more_agents_break_may_be_kept() {
    let model = model(&DAY.replace("'9 h'", "'3 h'"));
    let plan = |texts: &[&str]| {
        let settings = Settings {
            limits: limits(&model, texts),
            ..settings(&model, Per::Horizon, None)
        };
        let found = staff(&model, decisions(&model, HOUR), &settings, &()).unwrap();
        assert!(found.broken.is_empty());
        (found.staffed.plan, found.staffed.proven)
    };
    assert_eq!(plan(&["cost_total <= 5_000"]), plan(&[]));
    // Many more agents would cost more than that.
    assert_eq!(plan(&["agents_on_duty <= 20"]), plan(&[]));
}

#[test]
fn a_wrong_limit_is_told() {
    let room = tempfile::tempdir().unwrap();
    let dir = room.path();
    fs::write(dir.join("desk.toml"), DAY).unwrap();
    let (status, _, problems) = handover(
        dir,
        "staff desk.toml --limit mean_wiat<=30s --limit asa<=30",
    );
    assert_eq!(status, 2);
    assert_eq!(
        problems,
        "error: desk.toml: --limit: expected a measure of this scenario, found \"mean_wiat\"\n  help: did you mean \"mean_wait\"?\n\
         error: desk.toml: --limit: expected a duration such as 30 s after asa <=, found \"30\"\n"
    );
}
