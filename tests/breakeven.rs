//! `handover breakeven` as a user types it.

use assert_cmd::Command;
use std::fs;
use tempfile::TempDir;

/// Ten outsourced agents at $28 a paid hour, of which 70% are on duty; and ten others paid by the hour on duty.
fn room() -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    let scenario = |agents: &str, price: &str| {
        format!(
            "horizon = \"3 days\"\nreplications = 4\ndemand = {{ rate = \"60 / h\" }}\n[[topic]]\nname = \"calls\"\nwork = {{ exponential = \"6 min\" }}\n\
             patience = {{ exponential = \"5 min\" }}\n[[pool]]\nname = \"desk\"\nkind = \"outsourced\"\n{agents}\nprice = {{ {price} }}\n"
        )
    };
    let write = |name: &str, text: String| fs::write(dir.path().join(name), text).unwrap();
    write(
        "a.toml",
        scenario("agents = 10\nshrinkage = 0.3", "per_agent_hour = 28"),
    );
    write("b.toml", scenario("agents = 7", "per_online_hour = 30"));
    write("c.toml", scenario("agents = 7", "per_contact = 1"));
    dir
}

fn run(dir: &TempDir, arguments: &str) -> (i32, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_handover"))
        .current_dir(dir.path())
        .env_remove("NO_COLOR")
        .args(arguments.split_whitespace())
        .output()
        .unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (
        output.status.code().unwrap(),
        text(output.stdout),
        text(output.stderr),
    )
}

fn answer(dir: &TempDir, arguments: &str) -> serde_json::Value {
    let (status, out, err) = run(dir, &format!("breakeven {arguments} --json -q"));
    assert_eq!(status, 0, "{out}{err}");
    serde_json::from_str(&out).unwrap()
}

#[test]
fn a_paid_hour_and_an_hour_on_duty() {
    let dir = room();
    // 28 / 0.7 = 40: the same hours are paid for in every replication, so there is no doubt about it.
    let found = answer(
        &dir,
        "a.toml b.toml --input pool.desk.price.per_online_hour --between 20 80",
    );
    assert!(
        (found["value"].as_f64().unwrap() - 40.0).abs() < 1e-9,
        "{found}"
    );
    assert!(
        found["ci_low"].is_null() && found["values_tried"] == 3,
        "{found}"
    );
    let (status, out, _) = run(
        &dir,
        "breakeven a.toml b.toml --input pool.desk.price.per_online_hour --between 20 80 -q",
    );
    assert_eq!(status, 0);
    assert!(
        out.contains(
            "b comes to the same cost_total as a at pool.desk.price.per_online_hour = 40\n"
        ),
        "{out}"
    );
}

#[test]
fn a_price_per_contact_has_an_interval() {
    let dir = room();
    let found = answer(
        &dir,
        "a.toml c.toml --input pool.desk.price.per_contact --between 1 20",
    );
    // 10 paid agents x 72 h x 28 = 20,160 over the contacts answered: about 4,320 less those who left (7 agents, 6 erlangs).
    let (value, low, high) = (
        found["value"].as_f64().unwrap(),
        found["ci_low"].as_f64().unwrap(),
        found["ci_high"].as_f64().unwrap(),
    );
    assert!(low < value && value < high, "{found}");
    assert!(
        value > 20_160.0 / 4400.0 && value < 20_160.0 / 3600.0,
        "{found}"
    );
}

#[test]
fn agents_are_whole() {
    let dir = room();
    let found = answer(
        &dir,
        "a.toml b.toml --input pool.desk.agents --between 1 20",
    );
    // 10 paid agents at 28 are 280 an hour; 9 agents at 30 are 270, 10 are 300.
    let value = found["value"].as_f64().unwrap();
    assert!((9.0..=10.0).contains(&value), "{found}");
}

#[test]
fn what_cannot_be_answered_is_said() {
    let dir = room();
    let say = |arguments: &str| run(&dir, &format!("breakeven {arguments} -q"));
    let (status, _, err) =
        say("a.toml b.toml --input pool.desk.price.per_online_hour --between 50 80");
    assert!(
        status == 1 && err.contains("there is no break-even"),
        "{err}"
    );
    let (status, _, err) =
        say("a.toml b.toml --input pool.desk.price.per_online_our --between 50 80");
    assert!(status == 2 && err.contains("per_online_hour"), "{err}");
    let (status, _, err) =
        say("a.toml b.toml --input pool.desk.price.per_online_hour --between 80 50");
    assert!(
        status == 2 && err.contains("lower and a higher bound"),
        "{err}"
    );
    let (status, _, err) = say("a.toml --input pool.desk.price.per_online_hour --between 20 80");
    assert!(status == 2 && err.contains("two files"), "{err}");
    let (status, _, err) =
        say("a.toml b.toml --input pool.desk.price.per_online_hour --between 20 80 --measure cost");
    assert!(status == 2 && err.contains("\"cost\""), "{err}");
    // Nothing is written anywhere.
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 3);
}

/// Bounds and values that are next to nothing are shown with their digits, and without hundreds of zeros.
#[test]
fn small_values_are_shown_in_scientific_form() {
    let dir = room();
    let text = fs::read_to_string(dir.path().join("a.toml")).unwrap();
    let cheap = text.replace("per_agent_hour = 28", "per_agent_hour = 7e-10");
    fs::write(dir.path().join("cheap.toml"), cheap).unwrap();
    let say = |between: &str| {
        let key = "--input pool.desk.price.per_online_hour --between";
        run(
            &dir,
            &format!("breakeven cheap.toml b.toml {key} {between} -q"),
        )
    };
    let (status, out, err) = say("1e-20 8e-9");
    assert_eq!(status, 0, "{err}");
    let first =
        "b comes to the same cost_total as cheap at pool.desk.price.per_online_hour = 1e-9\n";
    assert!(out.starts_with(first), "{out}");
    assert!(
        out.contains(" at 1e-20, ") && out.contains(" at 8e-9\n"),
        "{out}"
    );
    let (status, _, err) = say("1e-320 1e-310");
    assert_eq!(status, 1, "{err}");
    let begin = "error: between 1e-320 and 1e-310 there is no break-even: b less cheap is -5.04e-7 at 1e-320 and -5.04e-7 at 1e-310\n";
    assert!(err.starts_with(begin), "{err}");
}
