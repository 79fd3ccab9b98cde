//! Scenarios as large as the limits allow are read and simulated.

use handover::engine::Laws;
use handover::measure::{Row, Slice, Values, count};
use handover::model::{MOST_AGENTS, MOST_LATER_STEPS, MOST_MEMBERS, MOST_POOLS, MOST_TOPICS};
use handover::scenario::{InMemory, Scenario, load};
use std::fmt::Write as _;
use std::path::Path;

fn read(text: &str) -> Result<Scenario, String> {
    let files = InMemory::new().with("large.toml", text);
    load(Path::new("large.toml"), &[], &files).map_err(|problems| problems.render(false))
}

/// Plays one replication of a scenario; contacts begun, and the values of a measure by slice.
fn played(text: &str) -> (u64, impl Fn(&str, Slice) -> Option<f64> + use<>) {
    let model = read(text).unwrap().model;
    let (account, counters) = count(&Laws::new(&model).unwrap(), 1, 0, &|| false);
    assert!(account.conserved);
    let values = Values::new(&model);
    let (rows, found) = (values.rows().to_vec(), values.of(&counters, None));
    let value = move |measure: &str, slice: Slice| {
        let is_it = |row: &Row| row.measure == measure && row.slice == slice;
        found[rows.iter().position(is_it).unwrap()]
    };
    (account.contacts(), value)
}

/// Calls of a day, each of which is a topic of so many.
fn topics(n: usize, of_each: impl Fn(usize) -> String) -> String {
    let mut text = "horizon = \"6 h\"\ndemand = { daily_volume = 40000 }\n".to_owned();
    for k in 0..n {
        let (share, more) = (1.0 / n as f64, of_each(k));
        let _ = write!(
            text,
            "[[topic]]\nname = \"t{k}\"\nshare = {share}\nwork = {{ exponential = \"5 min\" }}\n{more}\n"
        );
    }
    text
}

fn pools(n: usize, kind: &str) -> String {
    let pool = |p| format!("[[pool]]\nname = \"p{p}\"\nkind = \"employed\"\n{kind}\n");
    (0..n).map(pool).collect()
}

/// One topic leads to all pools; a queue of its own leads to the last one, behind the first.
#[test]
fn a_thousand_pools() {
    let last = MOST_POOLS - 1;
    for select in ["longest_idle", "random", "cheapest", "least_loaded"] {
        let route = |k| match k {
            0 => String::new(),
            _ => format!(
                "route = [{{ pools = [\"p0\"] }}, {{ pools = [\"p{last}\"], reserve = 1, after = \"1 min\" }}]"
            ),
        };
        let of_pool =
            format!("agents = 2\nselect = \"{select}\"\nprice = {{ per_agent_hour = 20 }}");
        let text = topics(2, route) + &pools(MOST_POOLS, &of_pool);
        let (contacts, value) = played(&text);
        assert!(contacts > 9000);
        let answered = |p| value("answered", Slice::Pool(p)).unwrap();
        let all: f64 = (0..MOST_POOLS).map(answered).sum();
        assert_eq!(Some(all), value("answered", Slice::All), "{select}");
        let busy = (0..MOST_POOLS).filter(|&p| answered(p) > 0.0).count();
        // The first of those that are equally cheap, else all of them.
        let fits = if select == "cheapest" {
            busy < 200
        } else {
            busy > 900
        };
        assert!(fits, "{select}: {busy}");
    }
    let text = topics(1, |_| String::new()) + &pools(MOST_POOLS + 1, "agents = 1");
    let why = read(&text).unwrap_err();
    let what = format!("pool: expected a list of at most {MOST_POOLS} entries, found 1001");
    assert!(why.contains(&what), "{why}");
}

#[test]
fn ten_thousand_topics() {
    let route = |k| {
        format!(
            "route = [{{ pools = [\"p{}\"] }}, {{ pools = [\"p2\"], after = \"1 min\" }}]",
            k % 2
        )
    };
    let text = topics(MOST_TOPICS, route) + &pools(3, "agents = 60");
    let (contacts, value) = played(&text);
    assert!(contacts > 9000);
    assert!(value("answered", Slice::Pool(2)).unwrap() > 0.0);
    let text = topics(MOST_TOPICS / 10, |_| {
        let step = |i| format!("{{ pools = [\"p0\"], after = \"{i} min\" }}");
        let steps: Vec<String> = (0..33).map(step).collect();
        format!("route = [{}]", steps.join(", "))
    });
    let why = read(&(text + &pools(1, "agents = 60"))).unwrap_err();
    let what =
        format!("at most {MOST_LATER_STEPS} steps of all routes that open with time, found 32000");
    assert!(why.contains(&what), "{why}");
}

/// Each pair of a topic and a pool is counted apart, in each month.
#[test]
fn too_many_pairs() {
    let text = topics(100, |_| String::new()) + &pools(MOST_POOLS, "agents = 1");
    let why = read(&text.replace("6 h", "40 months")).unwrap_err();
    let what = "expected at most 4000000 pairs of a topic and a pool in all months, found 4200000";
    assert!(why.contains(what), "{why}");
}

/// A fiftieth of a million members is online; five of six would be too many.
#[test]
fn a_million_members() {
    let register = |rate: f64| {
        let members = format!(
            "[[pool]]\nname = \"register\"\nkind = \"gig\"\nmembers = {MOST_MEMBERS}\nlogon_rate = \"{rate} / h\"\n\
             session = {{ exponential = \"2 h\" }}\n"
        );
        topics(1, |_| String::new()) + &members
    };
    let (contacts, value) = played(&register(0.01));
    assert!(contacts > 9000);
    // At first nobody is online; after t hours on average n (1 - exp(-(a + b) t)) a / (a + b).
    let (a, b, t) = (0.01, 0.5, 6.0_f64);
    let share = a / (a + b) * (1.0 - (1.0 - (-(a + b) * t).exp()) / ((a + b) * t));
    let expected = f64::from(MOST_MEMBERS) * share;
    let found = value("agents_on_duty", Slice::All).unwrap();
    assert!((found / expected - 1.0).abs() < 0.02, "{found}, {expected}");
    let why = read(&register(2.5)).unwrap_err();
    let what = format!("at most {MOST_AGENTS} agents and members at once in all pools");
    assert!(why.contains(&what), "{why}");
}
