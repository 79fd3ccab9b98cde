//! Satisfaction, churn and value at risk against closed forms.

use crate::models::{model, pool, step, topic};
use crate::sample::{monthly, outcome};
use handover::experiment::Outcome;
use handover::measure::Slice;
use handover::model::{Queue, Regard, Satisfaction};
use handover::time::HOUR;

fn logistic(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

fn logit(p: f64) -> f64 {
    (p / (1.0 - p)).ln()
}

fn all(outcome: &Outcome, measure: &str) -> f64 {
    outcome.total(measure).unwrap().mean.unwrap()
}

/// A measure by replication.
fn values(outcome: &Outcome, measure: &str, slice: &Slice) -> Vec<f64> {
    let is_it = |r: &handover::measure::Row| r.measure == measure && r.slice == *slice;
    let row = outcome.rows.iter().position(is_it).unwrap();
    outcome.values.iter().map(|v| v[row]).collect()
}

/// A share of `n` independent customers, within four standard errors of `p`.
fn close(found: f64, p: f64, n: f64, what: &str) {
    let bound = 4.0 * (p * (1.0 - p) / n).sqrt() + 1e-12;
    assert!(
        (found - p).abs() <= bound,
        "{what}: {found}, expected {p} within {bound}"
    );
}

/// Cases one by one, each with the fate that `topic`, `rest` and `satisfaction` lay down.
fn fate(topic: &str, rest: &str, satisfaction: &str) -> Outcome {
    outcome(&format!(
        r#"
        horizon = "2 days"
        replications = 4
        max_contacts = 2
        demand = {{ rate = "300 / h" }}
        [satisfaction]
        human = {{ base = 0.8, empathy = 0.7 }}
        ai = {{ base = 0.7, empathy = -0.4 }}
        nobody = 0.3
        wait = 0
        repeats = 0.9
        trapped = 1.1
        lost = 0.6
        misinformed = 0.5
        handled_again = 0.3
        {satisfaction}
        [[topic]]
        name = "t"
        work = "1 s"
        {topic}
        {rest}
        "#
    ))
}

const DESK: &str = "[[pool]]\nname = \"p\"\nkind = \"employed\"\nagents = 20";

#[test]
fn one_fate_one_probability() {
    let assistant = |outcome: &str| format!("ai = {{ {outcome} = 1, handle_time = \"1 s\" }}");
    let (wrong, right) = (assistant("misresolve"), assistant("resolve"));
    let back = "[returns]\nai_misresolved = { probability = 1, delay = \"1 s\" }\n";
    let own = format!("{DESK}\nsatisfaction = {{ base = 0.9 }}\n");
    let cold = format!("{DESK}\nsatisfaction = {{ empathy = -0.2 }}\n");
    let two = "[[pool]]\nname = \"first\"\nkind = \"employed\"\nagents = 20\nhuman = { default = { resolve = 0, transfer = 1, transfer_to = [\"second\"] } }\n[[pool]]\nname = \"second\"\nkind = \"employed\"\nagents = 20\nsatisfaction = { base = 0.9 }\n";
    let to_first = "route = [ { pools = [\"first\"] } ]";
    let (person, bot) = (logit(0.8), logit(0.7));
    // The two days are a Monday and a Tuesday.
    let closed = "human_access = { hours = [\"wed 08:00-09:00\"], closed = \"turn_away\" }";
    let examples = [
        ("a person", "", DESK, person),
        ("sensitive", "sensitive = true", DESK, person + 0.7),
        ("a pool of its own", "", &own, logit(0.9)),
        (
            "a pool of its own, sensitive",
            "sensitive = true",
            &own,
            logit(0.9) + 0.7,
        ),
        ("a cold pool", "sensitive = true", &cold, person - 0.2),
        (
            "a topic of its own",
            "satisfaction = { human = 0.65 }",
            DESK,
            logit(0.65),
        ),
        ("unresolved", "human = { resolve = 0 }", DESK, person - 0.6),
        ("the assistant", &right, "", bot),
        (
            "the assistant, sensitive",
            &format!("sensitive = true\n{right}"),
            "",
            bot - 0.4,
        ),
        ("misinformed", &wrong, "", bot - 0.5 - 0.6),
        ("misinformed twice", &wrong, back, bot - 0.9 - 0.5 - 0.6),
        (
            "misinformed, then a person",
            &format!("{wrong}\ninsist = {{ skip_ai = 1 }}"),
            &format!("{back}{DESK}"),
            person - 0.9 - 0.5,
        ),
        (
            "trapped",
            &format!("human_access = \"never\"\n{}", assistant("ask_human")),
            "",
            bot - 1.1 - 0.6,
        ),
        ("passed on", to_first, two, logit(0.9) - 0.3),
        ("nobody", closed, DESK, logit(0.3) - 0.6),
        (
            "nobody after the assistant",
            &format!("{closed}\n{}", assistant("hand_off")),
            DESK,
            bot - 0.6,
        ),
    ];
    for (what, topic, rest, logit) in examples {
        let outcome = fate(topic, rest, "");
        let n = 4.0 * all(&outcome, "cases");
        assert!(n > 50_000.0, "{what}");
        let p = logistic(logit);
        close(all(&outcome, "satisfaction"), p, n, what);
        // Every case has as many contacts as every other.
        close(all(&outcome, "satisfaction_by_contact"), p, n, what);
        let churn = p * 0.01 + (1.0 - p) * 0.04;
        close(all(&outcome, "churn"), churn, n, what);
    }
}

#[test]
fn difficulty_moves_the_logit() {
    let outcome = fate(
        "difficulty = { satisfaction = 1.5 }",
        DESK,
        "churn_satisfied = 0\nchurn_dissatisfied = 1",
    );
    // Mean of the logistic over a standard normal, by the trapezoid.
    let (mut sum, mut weight) = (0.0, 0.0);
    for i in -800..=800 {
        let z = f64::from(i) / 100.0;
        let density = (-0.5 * z * z).exp();
        sum += density * logistic(logit(0.8) - 1.5 * z);
        weight += density;
    }
    let n = 4.0 * all(&outcome, "cases");
    close(all(&outcome, "satisfaction"), sum / weight, n, "mean");
    // The dissatisfied leave, all of them.
    let left = all(&outcome, "churn") + all(&outcome, "satisfaction");
    assert!((left - 1.0).abs() < 1e-12, "{left}");
    let dissatisfied = all(&outcome, "dissatisfied");
    assert!((dissatisfied / all(&outcome, "cases") - all(&outcome, "churn")).abs() < 1e-4);
}

/// M/M/1: who comes waits longer than t with probability rho exp(-(mu - lambda) t).
#[test]
fn the_wait_of_an_mm1_queue() {
    let (lambda, mu, w, base) = (0.7 / 60.0, 1.0 / 60.0, 0.8, 0.9);
    let outcome = outcome(&format!(
        r#"
        horizon = "21 days"
        warmup = "1 day"
        replications = 20
        demand = {{ rate = "0.7 / min" }}
        satisfaction = {{ human = {base}, wait = {w} }}
        topic = [ {{ name = "t", work = {{ exponential = "1 min" }} }} ]
        pool = [ {{ name = "p", kind = "employed", agents = 1 }} ]
        "#
    ));
    let (rho, gap) = (lambda / mu, mu - lambda);
    let p = |t: f64| logistic(logit(base) - w * (1.0 + t / 60.0).ln());
    // Simpson's rule up to where the tail is below 1e-13.
    let (n, top) = (60_000, 30.0 / gap);
    let h = top / f64::from(n);
    let f = |i: i32| {
        let t = h * f64::from(i);
        rho * gap * (-gap * t).exp() * p(t)
    };
    let inner: f64 = (1..n)
        .map(|i| f(i) * if i % 2 == 1 { 4.0 } else { 2.0 })
        .sum();
    let expected = (1.0 - rho) * p(0.0) + h / 3.0 * (f(0) + inner + f(n));
    let mean = all(&outcome, "satisfaction");
    let values = values(&outcome, "satisfaction", &Slice::All);
    let variance: f64 =
        values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / (values.len() as f64 - 1.0);
    let error = (variance / values.len() as f64).sqrt();
    assert!(error < 0.002, "{error}");
    assert!(
        (mean - expected).abs() < 4.0 * error,
        "{mean} {expected} {error}"
    );
    // Without the wait it would be the base: the test tells them apart.
    assert!(base - expected > 20.0 * error);
}

/// In topic a those who are dissatisfied leave, a quarter would anyway, and a customer is worth 1,000; in topic b all leave, half of
/// them anyway, and a customer is worth 10; in topic c nobody has a value.
#[test]
fn value_at_risk_by_hand() {
    let outcome = outcome(
        r#"
        start = 2025-01-20
        horizon = "3 weeks"
        replications = 3
        currency = "EUR"
        demand = { rate = "30 / h" }
        [satisfaction]
        human = 0.6
        churn_satisfied = 0
        churn_dissatisfied = 1
        churn_baseline = 0.25
        [[topic]]
        name = "a"
        share = 0.5
        work = "1 min"
        satisfaction = { customer_value = 1000 }
        [[topic]]
        name = "b"
        share = 0.3
        work = "1 min"
        satisfaction = { customer_value = 10, churn_satisfied = 1, churn_baseline = 0.5 }
        [[topic]]
        name = "c"
        share = 0.2
        work = "1 min"
        [[pool]]
        name = "p"
        kind = "employed"
        agents = 4
        price = { per_online_hour = 20 }
        "#,
    );
    let topic = |measure, k| values(&outcome, measure, &Slice::Topic(k));
    let total = |measure| values(&outcome, measure, &Slice::All);
    let (risk, cost, both) = (
        total("value_at_risk"),
        total("cost_total"),
        total("cost_with_risk"),
    );
    for r in 0..3 {
        // Nobody comes back, so every case ends.
        let (a, b) = (topic("cases", 0)[r], topic("cases", 1)[r]);
        let by_hand = 1000.0 * (topic("dissatisfied", 0)[r] - 0.25 * a);
        assert!((topic("value_at_risk", 0)[r] - by_hand).abs() < 1e-6);
        assert!((topic("value_at_risk", 1)[r] - 10.0 * 0.5 * b).abs() < 1e-6);
        assert!((risk[r] - by_hand - 5.0 * b).abs() < 1e-6);
        // 4 agents for 504 hours.
        assert!((cost[r] - 40_320.0).abs() < 1e-6);
        assert!((both[r] - cost[r] - risk[r]).abs() < 1e-6);
        let months: f64 = (0..2)
            .map(|m| monthly(&outcome, m, "value_at_risk")[r])
            .sum();
        assert!((months - risk[r]).abs() < 1e-6);
    }
    assert!(outcome.find("value_at_risk", &Slice::Topic(2)).is_none());
    let unit = outcome.rows.iter().find(|r| r.measure == "value_at_risk");
    assert_eq!(unit.unwrap().unit, "EUR");
}

/// Slices of one run: a pool has the cases in which its people took part last, an ending those that ended so.
#[test]
fn slices_are_parts_of_the_whole() {
    let outcome = outcome(
        r#"
        horizon = "4 days"
        replications = 2
        demand = { rate = "120 / h" }
        satisfaction = { human = 0.9, ai = 0.5, churn_dissatisfied = 0.5 }
        returns = { ai_misresolved = { probability = 0.5, delay = "10 min" } }
        [[topic]]
        name = "chat"
        work = { exponential = "6 min" }
        patience = { exponential = "2 min" }
        ai = { resolve = 0.4, misresolve = 0.2, hand_off = 0.4, handle_time = "2 min" }
        [[pool]]
        name = "p"
        kind = "employed"
        agents = 3
        [[pool]]
        name = "q"
        kind = "employed"
        agents = 2
        satisfaction = { base = 0.7 }
        "#,
    );
    let n = |measure: &str, slice| values(&outcome, measure, &slice)[0];
    let pool = |m: &str| n(m, Slice::Pool(0)).max(n(m, Slice::Pool(1)));
    let total = |m: &str| n(m, Slice::All);
    let names: Vec<&str> = outcome.rows.iter().map(|r| r.measure).collect();
    for ending in [
        "ai_resolved",
        "ai_misresolved",
        "human_resolved",
        "abandoned",
    ] {
        let name = format!("satisfaction_ended_{ending}");
        assert!(names.contains(&name.as_str()), "{name}");
    }
    // Nobody is lost to people here: who abandons had the assistant last.
    assert_eq!(
        total("satisfaction_human"),
        total("satisfaction_ended_human_resolved")
    );
    assert!(total("satisfaction_ended_ai_resolved") > total("satisfaction_ended_abandoned"));
    assert!(total("satisfaction_ai") < total("satisfaction"));
    assert!(total("satisfaction") < total("satisfaction_human"));
    assert!(n("satisfaction", Slice::Pool(0)) > n("satisfaction", Slice::Pool(1)));
    assert!(pool("satisfaction") > total("satisfaction_human"));
    assert_eq!(total("churn"), n("churn", Slice::Topic(0)));
    let dissatisfied = n("dissatisfied", Slice::Pool(0)) + n("dissatisfied", Slice::Pool(1));
    assert!(dissatisfied < total("dissatisfied"));
    // What counts by contact leans towards those who came twice.
    assert!(total("satisfaction_by_contact") < total("satisfaction"));
}

#[test]
fn without_the_section_nothing_is_told() {
    let text = "horizon = \"1 day\"\ndemand = { rate = \"20 / h\" }\ntopic = [ { name = \"a\", work = { exponential = \"6 min\" } } ]\npool = [ { name = \"p\", kind = \"employed\", agents = 2 } ]\n";
    let plain = outcome(text);
    let followed = outcome(&format!("{text}[satisfaction]\n"));
    let told = |m: &str| m.starts_with("satisf") || m == "dissatisfied" || m == "churn";
    assert!(
        plain
            .rows
            .iter()
            .all(|r| !told(r.measure) && r.measure != "value_at_risk")
    );
    // What else there is stays as it is, to the last bit.
    for (r, row) in plain.rows.iter().enumerate() {
        let bits = |v: Vec<f64>| v.into_iter().map(f64::to_bits).collect::<Vec<_>>();
        let before = bits(plain.values.iter().map(|v| v[r]).collect());
        assert_eq!(
            before,
            bits(values(&followed, row.measure, &row.slice)),
            "{row:?}"
        );
    }
    assert!(followed.rows.iter().any(|r| told(r.measure)));
    assert!(followed.rows.iter().all(|r| r.measure != "value_at_risk"));
}

#[test]
fn what_makes_no_sense_is_refused() {
    let mut t = topic("a");
    let usual = Satisfaction {
        human: Regard {
            base: 0.8,
            empathy: 0.0,
        },
        ai: Regard {
            base: 0.6,
            empathy: 0.0,
        },
        nobody: 0.5,
        wait: 0.5,
        repeats: 1.0,
        trapped: 1.0,
        lost: 1.0,
        misinformed: 1.0,
        handled_again: 1.0,
        churn_satisfied: 0.0,
        churn_dissatisfied: 0.1,
        churn_baseline: 0.0,
        customer_value: None,
    };
    t.satisfaction = Some(usual);
    let mut m = model(
        &[1.0],
        vec![t],
        vec![pool("p", 2.0, 1)],
        vec![vec![step(&[0])]],
        HOUR,
    );
    assert_eq!(m.problems(), Vec::<String>::new());
    type Change = fn(&mut Satisfaction);
    let changes: [Change; 9] = [
        |s| s.human.base = 1.0,
        |s| s.ai.base = 0.0,
        |s| s.ai.empathy = f64::NAN,
        |s| s.nobody = f64::NAN,
        |s| s.wait = f64::INFINITY,
        |s| s.lost = -0.1,
        |s| s.churn_dissatisfied = 1.1,
        |s| s.churn_baseline = f64::NAN,
        |s| s.customer_value = Some(-1.0),
    ];
    for (i, change) in changes.iter().enumerate() {
        let mut s = usual;
        change(&mut s);
        m.topics[0].satisfaction = Some(s);
        assert_eq!(m.problems().len(), 1, "change {i}");
    }
    m.topics[0].satisfaction = Some(usual);
    m.pools[0].regard.base = Some(f64::NAN);
    assert_eq!(m.problems().len(), 1);
    m.pools[0].regard.base = None;
    m.topics[0].difficulty.satisfaction = f64::NAN;
    assert_eq!(m.problems().len(), 1);
    m.topics[0].difficulty.satisfaction = 0.0;
    // All topics or none.
    let mut other = topic("b");
    m.demand.arrivals.push(m.demand.arrivals[0].clone());
    m.queues.push(Queue {
        topic: 1,
        ..m.queues[0].clone()
    });
    m.pools = vec![pool("p", 2.0, 2)];
    m.topics.push(other.clone());
    assert_eq!(m.problems().len(), 1);
    other.satisfaction = Some(usual);
    m.topics[1] = other;
    assert_eq!(m.problems(), Vec::<String>::new());
}
