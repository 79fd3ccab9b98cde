//! The order in which waiting contacts are taken: head starts, and waits with weights.

use crate::sample::{close, outcome, simulate};
use handover::engine::{Contact, Laws, Observer, Wait};
use handover::experiment::Outcome;
use handover::measure::Slice;
use handover::scenario::{InMemory, load};
use handover::time::SECOND;
use std::path::Path;

/// Two topics for one agent whose work takes 100 s in the mean: an M/M/1 queue with loads of 0.35 and 0.4 in a long run.
fn m_m_1(of_b: &str, of_pool: &str) -> Outcome {
    outcome(&format!(
        r#"
        horizon = "31 days"
        warmup = "1 day"
        replications = 24
        topic = [
          {{ name = "a", rate = "12.6 / h", work = {{ exponential = "100 s" }} }},
          {{ name = "b", rate = "14.4 / h", work = {{ exponential = "100 s" }} {of_b} }},
        ]
        pool = [ {{ name = "p", kind = "employed", agents = 1 {of_pool} }} ]
        "#
    ))
}

const LOADS: [f64; 2] = [0.35, 0.4];

/// The mean work in hand that an arrival finds, 75 s, over the share of idle time: the mean wait first come, first served.
const FIFO: f64 = 75.0 / 0.25;

/// The mean wait of a topic, and its standard error.
fn wait(outcome: &Outcome, topic: usize) -> (f64, f64) {
    let estimate = outcome.find("mean_wait", &Slice::Topic(topic)).unwrap();
    let interval = estimate.interval.unwrap();
    (interval.mean, interval.standard_error())
}

#[track_caller]
fn are_waits(outcome: &Outcome, expected: [f64; 2]) {
    for (topic, expected) in expected.into_iter().enumerate() {
        let (mean, se) = wait(outcome, topic);
        assert!(
            (mean - expected).abs() < 4.0 * se && se < 0.05 * expected,
            "{topic}: {mean} ± {se}, expected {expected}"
        );
    }
    close(outcome, "mean_wait", FIFO);
}

/// All values of all replications, to the bit.
fn bits(outcome: &Outcome) -> Vec<u64> {
    let values = outcome.values.iter().flatten();
    values.map(|x| x.to_bits()).collect()
}

/// Delay-dependent priorities (Kleinrock 1964; Stanford, Taylor and Ziedins 2014): with weights 1 and w, and r = 1 - 1/w,
/// W_a = W / (1 - ρ_b r) and W_b = W - ρ_a r W_a, where W is the mean wait of all.
#[test]
fn weighted_waits_are_those_of_kleinrock() {
    for weight in [2.0, 5.0] {
        let outcome = m_m_1("", &format!(", weights = {{ b = {weight} }}"));
        let apart = 1.0 - 1.0 / weight;
        let a = FIFO / (1.0 - LOADS[1] * apart);
        are_waits(&outcome, [a, FIFO - LOADS[0] * apart * a]);
    }
}

/// A head start that no wait makes up for is priority without preemption (Cobham 1954), to the bit.
#[test]
fn an_endless_head_start_is_priority() {
    let outcome = m_m_1(", head_start = \"40 days\"", "");
    let of_b = 75.0 / (1.0 - LOADS[1]);
    are_waits(&outcome, [of_b / 0.25, of_b]);
    let by_class = m_m_1(", priority = 4", "");
    assert_eq!(bits(&outcome), bits(&by_class));
}

/// A head start moves waits from one topic to the other. In heavy traffic they differ by all of it; those who find the agent idle, a quarter here, do not
/// wait in either.
#[test]
fn a_head_start_conserves_the_mean_wait() {
    let outcome = m_m_1(", head_start = \"20 s\"", "");
    close(&outcome, "mean_wait", FIFO);
    let (a, b) = (wait(&outcome, 0).0, wait(&outcome, 1).0);
    assert!(a - b > 10.0 && a - b < 20.0, "{a} {b}");
}

/// The same head start for all changes nothing, and neither do equal weights.
#[test]
fn equal_head_starts_and_weights_change_nothing() {
    let of = |of_topics: &str, of_pool: &str| {
        bits(&outcome(&format!(
            r#"
            horizon = "2 days"
            replications = 2
            topic = [
              {{ name = "a", rate = "20 / h", work = "100 s", patience = {{ exponential = "5 min" }} {of_topics} }},
              {{ name = "b", rate = "14 / h", work = "90 s" {of_topics} }},
            ]
            pool = [ {{ name = "p", kind = "employed", agents = 1 {of_pool} }} ]
            "#
        )))
    };
    let plain = of("", "");
    for (of_topics, of_pool) in [
        (", head_start = \"90 s\"", ""),
        ("", ", weights = { default = 1 }"),
        (", head_start = \"5 min\"", ", weights = { a = 2, b = 2 }"),
    ] {
        assert_eq!(plain, of(of_topics, of_pool), "{of_topics} {of_pool}");
    }
}

/// Answers: the topic, when, and after how long a wait, in seconds.
#[derive(Default)]
struct Answers(Vec<(u16, u64, u64)>);

impl Observer for Answers {
    fn answered(&mut self, contact: &Contact, _: usize, wait: Wait, _: bool) {
        let (left, length) = (wait.left / SECOND, wait.length() / SECOND);
        self.0.push((contact.topic, left, length));
    }
}

/// What one agent answers whose work takes a minute.
fn answers(of_a: &str, of_b: &str, of_pool: &str) -> Vec<(u16, u64, u64)> {
    let text = format!(
        r#"
        horizon = "1 h"
        demand = {{ arrivals = {{ csv = "arrivals.csv" }} }}
        topic = [ {{ name = "a", work = "1 min" {of_a} }}, {{ name = "b", work = "1 min" {of_b} }} ]
        pool = [ {{ name = "p", kind = "employed", agents = 1 {of_pool} }} ]
        "#
    );
    let arrivals = "time,topic\n0,a\n10,a\n20,a\n40,b\n45,b\n50,a\n";
    let files = InMemory::new()
        .with("a.toml", text)
        .with("arrivals.csv", arrivals);
    let model = load(Path::new("a.toml"), &[], &files).unwrap().model;
    let mut answers = Answers::default();
    simulate(&Laws::new(&model).unwrap(), 1, 0, &mut answers);
    answers.0
}

/// By hand. The agent is free at each full minute.
#[test]
fn traces_by_hand() {
    let in_order = [
        (0, 0, 0),
        (0, 60, 50),
        (0, 120, 100),
        (1, 180, 140),
        (1, 240, 195),
        (0, 300, 250),
    ];
    assert_eq!(answers("", "", ""), in_order);
    // The contacts of b count as here since 15 and 20: the first comes before a 20, the second is as early as that, whose queue is the first.
    let head_start = ", head_start = \"25 s\"";
    let ahead = [
        (0, 0, 0),
        (0, 60, 50),
        (1, 120, 80),
        (0, 180, 160),
        (1, 240, 195),
        (0, 300, 250),
    ];
    assert_eq!(answers("", head_start, ""), ahead);
    // At 60 the waits of the first ones are 50, and 20 times 3; at 120 they are 110, and 75 times 3.
    let weighted = [
        (0, 0, 0),
        (1, 60, 20),
        (1, 120, 75),
        (0, 180, 170),
        (0, 240, 220),
        (0, 300, 250),
    ];
    assert_eq!(answers("", "", ", weights = { b = 3 }"), weighted);
    // Both: at 60 the products are 60 and 56.25, at 120 they are 120 and 131.25, at 180 192 and 200.
    let both = [
        (0, 0, 0),
        (0, 60, 50),
        (1, 120, 80),
        (1, 180, 135),
        (0, 240, 220),
        (0, 300, 250),
    ];
    assert_eq!(
        answers("", head_start, ", weights = { a = 1.2, b = 1.25 }"),
        both
    );
    // Patience is true time: who accepts 70 s leaves then, however soon it would be their turn.
    let patient = [(0, 0, 0), (0, 60, 50), (1, 120, 80), (1, 180, 135)];
    assert_eq!(answers(", patience = \"70 s\"", head_start, ""), patient);
}

/// A change on a date holds for those who wait already.
#[test]
fn a_head_start_may_change() {
    let of = |change: &str| {
        outcome(&format!(
            r#"
            horizon = "20 days"
            replications = 8
            topic = [
              {{ name = "a", rate = "12 / h", work = {{ exponential = "100 s" }} }},
              {{ name = "b", rate = "15 / h", work = {{ exponential = "100 s" }} }},
            ]
            pool = [ {{ name = "p", kind = "employed", agents = 1 }} ]
            {change}
            "#
        ))
    };
    let difference = |outcome: &Outcome| wait(outcome, 0).0 - wait(outcome, 1).0;
    let changed =
        of("timeline = [ { at = 2025-01-16, set = { \"topic.b.head_start\" = \"10 min\" } } ]");
    let plain = of("");
    assert!(difference(&changed) > difference(&plain) + 30.0);
}
