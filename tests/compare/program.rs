//! `handover run` with several files, `--precision` and `--best`, as a user types it.

use assert_cmd::Command;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use tempfile::TempDir;

/// Desks of 5, 6 and 7 people, all with one seed; `d.toml` has another, `e.toml` counts in another currency.
pub(crate) fn room() -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    let desk = |head: &str, agents: u32| {
        format!(
            "horizon = \"1 day\"\nreplications = 8\ndemand = {{ rate = \"60 / h\" }}\n{head}\n[[topic]]\nname = \"calls\"\n\
             work = {{ exponential = \"5 min\" }}\npatience = {{ exponential = \"5 min\" }}\n[[pool]]\nname = \"desk\"\n\
             kind = \"outsourced\"\nagents = {agents}\nprice = {{ per_agent_hour = 30 }}\n"
        )
    };
    let write = |name: &str, text: String| fs::write(dir.path().join(name), text).unwrap();
    write("a.toml", desk("", 5));
    write("b.toml", desk("", 6));
    write("c.toml", desk("", 7));
    write("d.toml", desk("seed = 2", 6));
    write("e.toml", desk("currency = \"SEK\"", 6));
    write(
        "p.toml",
        desk(
            "precision = \"10%\"\nprecision_measures = [\"mean_wait\"]\nmax_replications = 400",
            5,
        ),
    );
    dir
}

/// Exit status, standard output, standard error.
pub(crate) fn run(dir: &Path, arguments: &str) -> (i32, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_handover"));
    command
        .current_dir(dir)
        .env_remove("NO_COLOR")
        .args(arguments.split_whitespace());
    let output = command.output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (
        output.status.code().unwrap(),
        text(output.stdout),
        text(output.stderr),
    )
}

pub(crate) fn success(dir: &Path, arguments: &str) -> String {
    let (status, out, err) = run(dir, arguments);
    assert_eq!((status, err.as_str()), (0, ""), "{arguments}: {out}");
    // The line that names the files is not broken.
    let told = out.split("Written to").next().unwrap();
    assert!(told.lines().all(|l| l.chars().count() <= 100), "{out}");
    out.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Rows of a table as maps from column to text.
pub(crate) fn table(path: &Path) -> Vec<BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_path(path).unwrap();
    reader.deserialize().map(|r| r.unwrap()).collect()
}

pub(crate) fn find<'a>(
    rows: &'a [BTreeMap<String, String>],
    scenario: &str,
    measure: &str,
) -> &'a BTreeMap<String, String> {
    let is_it = |r: &&BTreeMap<String, String>| {
        r["scenario"] == scenario
            && r["measure"] == measure
            && r.get("slice").is_none_or(|s| s == "all")
    };
    rows.iter()
        .find(is_it)
        .unwrap_or_else(|| panic!("no {measure} of {scenario}"))
}

fn number(row: &BTreeMap<String, String>, column: &str) -> f64 {
    row[column]
        .parse()
        .unwrap_or_else(|_| panic!("{column}: {row:?}"))
}

#[test]
fn differences_are_told_and_written() {
    let dir = room();
    let d = dir.path();
    let text = success(d, "run a.toml b.toml c.toml -o out");
    assert!(
        text.contains(
            "b against a (8 paired replications, 95 %, intervals of 2 scenarios together):"
        ),
        "{text}"
    );
    assert!(
        text.contains("the mean wait falls by") && text.contains("the total cost rises by"),
        "{text}"
    );
    assert!(
        text.contains("Cheaper in 0 % of the replications [0 %,"),
        "{text}"
    );

    let (rows, summary) = (
        table(&d.join("out/comparison.csv")),
        table(&d.join("out/summary.csv")),
    );
    let row = find(&rows, "b", "mean_wait");
    let mean = |id: &str| number(find(&summary, id, "mean_wait"), "mean");
    let difference = mean("b") - mean("a");
    assert!(
        (number(row, "difference") - difference).abs() < 1e-6,
        "{row:?}"
    );
    assert_eq!(
        (row["baseline"].as_str(), row["method"].as_str()),
        ("a", "paired")
    );
    assert_eq!(
        (number(row, "comparisons"), number(row, "replications")),
        (2.0, 8.0)
    );
    assert!(
        number(row, "adjusted_low") < number(row, "ci_low")
            && number(row, "ci_high") < number(row, "adjusted_high")
    );
    assert!(number(row, "p_value") <= number(row, "p_adjusted"));
    // The same customers: the contacts do not differ at all.
    let contacts = find(&rows, "c", "contacts");
    assert_eq!(
        (number(contacts, "difference"), number(contacts, "p_value")),
        (0.0, 1.0)
    );
    assert!(
        rows.iter().any(|r| r["slice"] == "pool=desk") && rows.iter().all(|r| r["scenario"] != "a")
    );

    let costs = table(&d.join("out/finance.csv"));
    let npv = find(&costs, "b", "npv");
    assert!(number(npv, "p10") <= number(npv, "p50") && number(npv, "p50") <= number(npv, "p90"));
    assert_eq!(
        (
            number(npv, "cheaper_share"),
            number(npv, "cheaper_in_the_mean")
        ),
        (0.0, 0.0)
    );
    assert_eq!(find(&costs, "a", "npv")["baseline"], "");
}

#[test]
fn what_does_not_pair_is_said() {
    let dir = room();
    let d = dir.path();
    let text = success(d, "run a.toml d.toml -o out");
    assert!(
        text.contains("different seeds: independent replications"),
        "{text}"
    );
    let row = table(&d.join("out/comparison.csv")).remove(0);
    assert_eq!(
        (row["method"].as_str(), row["variance_ratio"].as_str()),
        ("independent", "")
    );
    let text = success(d, "run a.toml e.toml -o out");
    assert!(
        text.contains("Money is not compared: a counts in USD, e in SEK."),
        "{text}"
    );
    assert!(
        table(&d.join("out/comparison.csv"))
            .iter()
            .all(|r| r["measure"] != "npv")
    );
    assert_eq!(
        find(&table(&d.join("out/finance.csv")), "e", "npv")["cheaper_share"],
        ""
    );
    // One replication has a difference and no interval.
    let text = success(d, "run a.toml b.toml --reps 1 -o out");
    assert!(
        text.contains("b against a (1 replication): with one replication it is not known"),
        "{text}"
    );
    let rows = table(&d.join("out/comparison.csv"));
    let row = find(&rows, "b", "mean_wait");
    assert_eq!((row["ci_low"].as_str(), row["p_value"].as_str()), ("", ""));
    // One scenario has nothing to be compared with.
    success(d, "run a.toml --reps 2 -o out");
    assert!(table(&d.join("out/comparison.csv")).is_empty());
    assert!(!table(&d.join("out/finance.csv")).is_empty());
}

#[test]
fn a_precision_is_reached_in_the_same_way_on_any_machine() {
    let dir = room();
    let d = dir.path();
    let bytes = |out: &str| {
        ["summary.csv", "replications.csv"].map(|f| fs::read(d.join(out).join(f)).unwrap())
    };
    let text = success(d, "run p.toml -o file -j1");
    assert!(
        text.contains("precision of p mean_wait:") && text.contains("± 10 % reached"),
        "{text}"
    );
    success(d, "run p.toml -o five -j5");
    assert_eq!(bytes("file"), bytes("five"));
    let run: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(d.join("file/run.json")).unwrap()).unwrap();
    let scenario = &run["scenarios"][0];
    let n = scenario["replications"].as_u64().unwrap();
    assert!(n >= 30 && n.is_multiple_of(10) && n < 400, "{n}");
    assert_eq!(
        (&scenario["replications_planned"], &run["interrupted"]),
        (&n.into(), &false.into())
    );
    let reached = &scenario["precision"][0];
    assert!(
        reached["relative_half_width"].as_f64().unwrap() <= 0.1 && reached["reached"] == true,
        "{reached}"
    );
    // The same number without looks is the same bytes.
    let fixed = format!("run p.toml --best max:contacts --reps {n}");
    assert_eq!(
        run_status(d, &fixed),
        2,
        "one scenario is none to choose from"
    );
    let plain = fs::read_to_string(d.join("a.toml")).unwrap();
    fs::write(d.join("p.toml"), plain).unwrap();
    success(d, &format!("run p.toml --reps {n} -o fixed"));
    assert_eq!(bytes("file")[1], bytes("fixed")[1]);
    // A cap that is met is said, with the number that it would take.
    let json = run_json(
        d,
        "run a.toml --precision 0.5% --on mean_wait --max-reps 40 --json",
    );
    let (scenario, precision) = (&json["scenarios"][0], &json["scenarios"][0]["precision"][0]);
    assert_eq!(
        (&scenario["replications"], &precision["reached"]),
        (&40.into(), &false.into())
    );
    assert!(
        precision["takes"][0]["replications"].as_u64().unwrap() > 1_000,
        "{precision}"
    );
    // The command of the manifest does the same.
    let run: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(d.join("results/a/run.json")).unwrap()).unwrap();
    assert_eq!(
        run["command"],
        "handover run a.toml --precision 0.005 --on mean_wait --max-reps 40"
    );
}

fn run_status(dir: &Path, arguments: &str) -> i32 {
    run(dir, arguments).0
}

pub(crate) fn run_json(dir: &Path, arguments: &str) -> serde_json::Value {
    let (status, out, err) = run(dir, arguments);
    assert_eq!(status, 0, "{err}");
    serde_json::from_str(&out).unwrap()
}

#[test]
fn the_best_one_is_found() {
    let dir = room();
    let d = dir.path();
    let text = success(
        d,
        "run a.toml b.toml c.toml --best mean_wait --delta 2 -o one -j1",
    );
    assert!(text.contains("Best, with the smallest mean_wait: c, with at least 95 % confidence if it is better by 2 s or more."), "{text}");
    assert!(text.contains("Dropped: a after"), "{text}");
    success(
        d,
        "run a.toml b.toml c.toml --best mean_wait --delta 2 -o five -j5",
    );
    for file in ["summary.csv", "replications.csv", "comparison.csv"] {
        assert_eq!(
            fs::read(d.join("one").join(file)).unwrap(),
            fs::read(d.join("five").join(file)).unwrap(),
            "{file}"
        );
    }
    let json = run_json(d, "run a.toml b.toml c.toml --best cost_total --json");
    assert_eq!(
        (&json["best"]["best"], &json["best"]["largest"]),
        (&"a".into(), &false.into())
    );
    // Half a per cent of the wait is more than 20 replications can tell of desks that are the same.
    let (a, b) = (
        "run a.toml b.toml --set pool.desk.agents=5",
        "--best mean_wait --delta 0.5% --max-reps 20",
    );
    let text = success(d, &format!("{a} --seed 3 {b} -o same"));
    assert!(
        text.contains("a, with at least") || text.contains("not decided"),
        "{text}"
    );
    let (status, _, err) = run(d, "run a.toml b.toml --best contacts");
    assert!(
        status == 2 && err.contains("write max:contacts or min:contacts"),
        "{err}"
    );
}

#[test]
fn what_cannot_be_asked_is_refused() {
    let dir = room();
    let d = dir.path();
    for (arguments, says) in [
        (
            "run a.toml --precision 0",
            "a share of the mean above 0 and below 1",
        ),
        (
            "run a.toml --precision 200%",
            "a share of the mean above 0 and below 1",
        ),
        (
            "run a.toml --precision 2% --on mean_wiat",
            "did you mean mean_wait?",
        ),
        (
            "run a.toml --on mean_wait@topic=cals",
            "did you mean mean_wait@topic=calls?",
        ),
        (
            "run a.toml --precision 2% --max-reps 5",
            "raise --max-reps or lower --reps",
        ),
        ("run a.toml --max-reps 5", "is for --precision and --best"),
        (
            "run a.toml --precision -1",
            "a share of the mean above 0 and below 1",
        ),
        (
            "run a.toml b.toml --best mean_wait --precision 2%",
            "cannot be used with",
        ),
        (
            "run a.toml b.toml --best mean_wait --delta 0",
            "a size above 0",
        ),
        (
            "run a.toml b.toml --best mean_wait --max-reps 5",
            "leave no room for a first stage of 10",
        ),
        (
            "run a.toml e.toml --best npv",
            "npv is in different units: USD, SEK",
        ),
        (
            "run a.toml --best mean_wait",
            "--best needs two scenarios at least",
        ),
        (
            "run a.toml b.toml --best satisfied",
            "there is no measure satisfied",
        ),
    ] {
        let (status, out, err) = run(d, arguments);
        assert_eq!((status, out.as_str()), (2, ""), "{arguments}: {err}");
        assert!(err.contains(says), "{arguments}: {err}");
    }
    assert!(!d.join("results").exists());
}

/// Two scenarios with the same customers and the same agents: nothing is cheaper or dearer.
#[test]
fn equal_costs_are_said_to_be_equal() {
    let dir = room();
    let d = dir.path();
    fs::copy(d.join("a.toml"), d.join("same.toml")).unwrap();
    let text = success(d, "run a.toml same.toml -o out");
    assert!(
        text.contains("The cost is the same in every replication."),
        "{text}"
    );
    assert!(!text.contains("Cheaper in"), "{text}");
}
