//! What moves a measure: sweeps of a scenario whose costs are known in closed form, agents x 2 hours x price of an hour.

use super::{handover, refused, rows, success};
use std::collections::BTreeMap;
use std::fs;
use tempfile::TempDir;

const TWO_POOLS: &str = r#"
horizon = "2 h"
replications = 2
currency = "EUR"
demand = { rate = "110 / h" }
topic = [ { name = "calls", work = { exponential = "10 min" }, patience = { exponential = "5 min" }, target = "80% in 20 s" } ]

[[pool]]
name = "a"
kind = "employed"
agents = 10
price = { per_agent_hour = 30 }

[[pool]]
name = "b"
kind = "employed"
agents = 10
price = { per_agent_hour = 30 }
"#;
const AGENTS: &str = "pool.a.agents";
const PRICE: &str = "pool.a.price.per_agent_hour";

fn room() -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("a.toml"), TWO_POOLS).unwrap();
    dir
}

type Row = BTreeMap<String, String>;

/// The row of a measure, an input and a kind.
fn of<'r>(rows: &'r [Row], measure: &str, input: &str, kind: &str) -> &'r Row {
    let is = |r: &&Row| r["measure"] == measure && r["input"] == input && r["kind"] == kind;
    rows.iter().find(is).unwrap()
}

/// A text without its line breaks.
fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// An estimate within 4 standard errors (a half-width is 1.96) of what it should be, with an interval that says something.
fn near(row: &Row, exact: f64) {
    let number = |name: &str| row[name].parse::<f64>().unwrap();
    let (x, half) = (
        number("value"),
        (number("ci_high") - number("ci_low")) / 2.0,
    );
    assert!((x - exact).abs() < 4.0 * half / 1.96, "{exact}: {row:?}");
    assert!(half > 0.0 && half < 0.15, "{row:?}");
}

/// Cost = agents x price x 2 h, agents uniform over 10..20 (they need not be whole; mean 15, variance 25/3), the price over 20..40 (mean
/// 30, variance 100/3). Of the variance 25/3 * 900 is due to the agents, 100/3 * 225 to the price, 25/3 * 100/3 to both together.
#[test]
fn indices_of_a_product_and_the_same_bytes_from_shards() {
    let dir = room();
    let sweep = format!(
        "sweep a.toml --method saltelli --points 256 --vary {AGENTS}=10..20 --vary {PRICE}=20..40 --measures cost_total@pool=a,sl_net,cost_total"
    );
    let text = success(dir.path(), &format!("{sweep} -o whole"));
    assert!(text.contains("1,024 points"), "{text}");
    assert!(text.contains("report.html"), "{text}");
    for i in 1..=2 {
        success(
            dir.path(),
            &format!("{sweep} -o parts --no-report --shard {i}/2 -j {i}"),
        );
    }
    success(dir.path(), "merge parts --no-report");
    assert!(!dir.path().join("parts/report.html").exists());
    let whole = success(dir.path(), "sensitivity whole");
    success(dir.path(), "sensitivity parts");
    for name in ["points.csv", "sensitivity.csv", "frontier.csv"] {
        let read = |d: &str| fs::read(dir.path().join(d).join(name)).unwrap();
        assert!(read("whole") == read("parts"), "{name}");
    }
    let found = rows(dir.path().join("whole/sensitivity.csv"));
    let (agents, price, both) = (7500.0, 7500.0, 2500.0 / 9.0);
    let all = agents + price + both;
    for (input, alone) in [(AGENTS, agents), (PRICE, price)] {
        near(
            of(&found, "cost_total@pool=a", input, "first_order"),
            alone / all,
        );
        near(
            of(&found, "cost_total@pool=a", input, "total"),
            (alone + both) / all,
        );
        let src = &of(&found, "cost_total@pool=a", input, "src");
        assert!((src["value"].parse::<f64>().unwrap() - (alone / all).sqrt()).abs() < 0.03);
        assert_eq!(src["n"], "512");
    }
    // The price has no say in the service.
    let total = &of(&found, "sl_net", PRICE, "total")["value"];
    assert_eq!(total, "0");
    assert!(
        words(&whole).contains(&format!("{AGENTS} explains")),
        "{whole}"
    );
    let front = rows(dir.path().join("whole/frontier.csv"));
    assert_eq!(front.len(), 1024);
    for row in &front {
        let probability: f64 = row["probability"].parse().unwrap();
        assert!((0.0..=1.0).contains(&probability));
        assert!(row["on_frontier"] == "no" || probability > 0.0, "{row:?}");
    }
    assert!(front.iter().any(|r| r["on_frontier"] == "yes"));
    let page = fs::read_to_string(dir.path().join("whole/report.html")).unwrap();
    assert!(page.contains("id=\"influence-1\"") && page.contains("id=\"membership-table\""));
}

/// Two pools of ten, the hour at 20..40 in one and at 25..35 in the other: the difference is linear (variances 4 to 1). Which is the
/// dearer hangs on the first in Var E[a < b | a] = 5/20 + 10/20/3 - 1/4 = 1/6 of the variance 1/4, on the second in 1/48.
#[test]
fn which_input_decides_between_two_pools() {
    let dir = room();
    let other = "pool.b.price.per_agent_hour";
    success(
        dir.path(),
        &format!(
            "sweep a.toml --reps 1 --method saltelli --points 512 --vary {PRICE}=20..40 --vary {other}=25..35 \
             --measures cost_total@pool=a,cost_total@pool=b,sl_net -o out --no-report"
        ),
    );
    let on = "cost_total@pool=a-cost_total@pool=b";
    let text = success(dir.path(), &format!("sensitivity out --on {on}"));
    let found = rows(dir.path().join("out/sensitivity.csv"));
    near(of(&found, on, PRICE, "first_order"), 0.8);
    near(of(&found, on, other, "total"), 0.2);
    let sign = "cost_total@pool=a<cost_total@pool=b";
    near(of(&found, sign, PRICE, "first_order"), 2.0 / 3.0);
    near(of(&found, sign, other, "first_order"), 1.0 / 12.0);
    near(of(&found, sign, PRICE, "total"), 11.0 / 12.0);
    near(of(&found, sign, other, "total"), 1.0 / 3.0);
    let line = of(&found, on, "", "r_squared");
    assert!(
        line["value"].parse::<f64>().unwrap() > 1.0 - 1e-9,
        "{line:?}"
    );
    let words = words(&text);
    let said =
        "of the variance of whether cost total@pool=a is below cost total@pool=b by itself, and";
    assert!(words.contains(said), "{text}");
    assert!(words.contains("of the points."), "{text}");
    // What was asked for by name is on the page.
    let page = fs::read_to_string(dir.path().join("out/report.html")).unwrap();
    assert!(page.contains("id=\"influence-2\""));
    for (arguments, message) in [
        (
            "--on mean_wait",
            "error: out: the sweep did not keep mean_wait\n  help: it kept cost_total@pool=a,",
        ),
        (
            "--on cost_total@pool=a-sl_net",
            "the units are \"EUR\" and \"fraction\"",
        ),
        ("--cost npv", "the sweep did not keep npv"),
    ] {
        let text = refused(dir.path(), &format!("sensitivity out {arguments}"));
        assert!(text.contains(message), "{arguments}: {text}");
    }
    // Points in another order are not the design any more.
    let path = dir.path().join("out/points.csv");
    let mut lines: Vec<String> = fs::read_to_string(&path)
        .unwrap()
        .lines()
        .map(str::to_owned)
        .collect();
    lines.swap(1, 3);
    crate::report::put(&dir.path().join("out"), "points.csv", &lines.join("\n"));
    let text = refused(dir.path(), "sensitivity out");
    assert!(
        text.contains("the points are not those of the method saltelli"),
        "{text}"
    );
}

/// 10 agents at 30: two more or less cost 2 x 2 x 30, the price at 25 and at 40 costs -5 x 20 and 10 x 20. Nothing else varies with them.
#[test]
fn a_tornado_by_hand() {
    let dir = room();
    let sweep = format!(
        "sweep a.toml --method tornado --vary {AGENTS}=8,12 --vary {PRICE}=25..40 --measures cost_total,mean_wait"
    );
    success(dir.path(), &format!("{sweep} -o out"));
    let design = fs::read_to_string(dir.path().join("out/design.csv")).unwrap();
    let want = format!("point,{AGENTS},{PRICE}\n1,,\n2,8,\n3,12,\n4,,25\n5,,40\n");
    assert_eq!(design, want);
    let text = success(dir.path(), "sensitivity out");
    let words = words(&text);
    assert!(
        words.contains(&format!(
            "{PRICE} moves it by 300 [300, 300]; {AGENTS} moves it by 240 [240, 240]."
        )),
        "{text}"
    );
    let found = rows(dir.path().join("out/sensitivity.csv"));
    for (input, low, high) in [(AGENTS, -120.0, 120.0), (PRICE, -100.0, 200.0)] {
        for (kind, exact) in [("low", low), ("high", high), ("swing", high - low)] {
            let row = of(&found, "cost_total", input, &format!("tornado_{kind}"));
            for name in ["value", "ci_low", "ci_high"] {
                assert!(
                    (row[name].parse::<f64>().unwrap() - exact).abs() < 1e-6,
                    "{row:?}"
                );
            }
            assert_eq!(row["n"], "2");
        }
    }
    // The larger swing comes first; the price moves no wait, the agents do.
    assert_eq!(found[0]["input"], PRICE);
    assert_eq!(
        of(&found, "mean_wait", PRICE, "tornado_swing")["value"],
        "0"
    );
    assert_ne!(of(&found, "mean_wait", AGENTS, "tornado_low")["value"], "0");
    let page = fs::read_to_string(dir.path().join("out/report.html")).unwrap();
    assert!(page.contains("id=\"influence-1\"") && page.contains("the scenario as it is"));
    for (arguments, message) in [
        (
            "--method tornado --vary seed=1,2,3",
            "error: --vary: seed: the method tornado takes two values",
        ),
        (
            "--method tornado --vary seed=1,2 --points 4",
            "error: --points is for --method latin, sobol and saltelli: a tornado has two",
        ),
        (
            "--method saltelli --vary seed=1,2",
            "error: the method saltelli needs a number of points",
        ),
    ] {
        let text = refused(dir.path(), &format!("sweep a.toml {arguments}"));
        assert!(text.contains(message), "{arguments}: {text}");
    }
    success(dir.path(), "run a.toml -o run --no-report");
    let text = refused(dir.path(), "sensitivity run");
    assert!(text.contains("it holds a run, not a sweep"), "{text}");
}

/// A grid of one number: the cost is a straight line in the price, and the regression says so.
#[test]
fn a_grid_has_coefficients() {
    let dir = room();
    let sweep =
        format!("sweep a.toml --vary {PRICE}=20..40/5 --measures cost_total,contacts -o out");
    let output = handover(dir.path(), &sweep).output().unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let text = success(dir.path(), "sensitivity out");
    assert!(
        words(&text).contains("explains 100 % of its variance"),
        "{text}"
    );
    assert!(
        words(&text).contains("Nothing can be said of contacts: it does not vary."),
        "{text}"
    );
    let found = rows(dir.path().join("out/sensitivity.csv"));
    let src: f64 = of(&found, "cost_total", PRICE, "src")["value"]
        .parse()
        .unwrap();
    assert!((src - 1.0).abs() < 1e-9, "{src}");
}
