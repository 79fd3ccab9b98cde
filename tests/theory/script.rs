//! Pieces of scenario texts.

use super::case::{Unit, number, numbers};
use serde_json::Value;
use std::fmt::Write as _;

/// A duration of so many seconds, to the microsecond.
pub(crate) fn span(seconds: f64) -> String {
    format!("\"{} s\"", (seconds * 1e6).round() / 1e6)
}

/// A constant rate.
pub(crate) fn rate(per_unit: f64, unit: Unit) -> String {
    format!("\"{per_unit} / {}\"", unit.word)
}

/// Rates by steps of so many seconds.
pub(crate) fn rates(every: f64, per_unit: &[f64], unit: Unit) -> String {
    format!(
        "{{ every = {}, per = \"{}\", values = {per_unit:?} }}",
        span(every),
        unit.word
    )
}

/// Agents by steps of so many seconds.
pub(crate) fn agents(every: f64, values: &[f64]) -> String {
    format!("{{ every = {}, values = {values:?} }}", span(every))
}

/// The exponential distribution with this mean.
pub(crate) fn exponential(mean: f64, unit: Unit) -> String {
    format!("{{ exponential = {} }}", duration(mean, unit))
}

fn duration(x: f64, unit: Unit) -> String {
    format!("\"{x} {}\"", unit.word)
}

/// A distribution of a case.
pub(crate) fn law(v: &Value, unit: Unit) -> String {
    let time = |key| duration(number(v, key), unit);
    match v["dist"].as_str() {
        Some("exponential") => format!("{{ exponential = {} }}", time("mean")),
        Some("deterministic") => format!("{{ deterministic = {} }}", time("value")),
        Some("lognormal") => format!(
            "{{ lognormal = {{ mean = {}, cv = {} }} }}",
            time("mean"),
            number(v, "cv")
        ),
        Some("uniform") => format!(
            "{{ uniform = {{ low = {}, high = {} }} }}",
            time("low"),
            time("high")
        ),
        Some("erlang") => {
            let stage = rate(number(v, "rate"), unit);
            format!(
                "{{ erlang = {{ shape = {}, rate = {stage} }} }}",
                number(v, "shape")
            )
        }
        Some("hyperexponential") => {
            let stages: Vec<String> = numbers(&v["rates"])
                .iter()
                .map(|r| rate(*r, unit))
                .collect();
            let stages = stages.join(", ");
            format!(
                "{{ hyperexponential = {{ probs = {:?}, rates = [{stages}] }} }}",
                numbers(&v["probs"])
            )
        }
        other => panic!("no such distribution: {other:?}"),
    }
}

/// Mean of a distribution of a case, in its unit.
pub(crate) fn mean_of(v: &Value) -> f64 {
    match v["dist"].as_str() {
        Some("deterministic") => number(v, "value"),
        Some("uniform") => (number(v, "low") + number(v, "high")) / 2.0,
        Some("erlang") => number(v, "shape") / number(v, "rate"),
        Some("hyperexponential") => numbers(&v["probs"])
            .iter()
            .zip(numbers(&v["rates"]))
            .map(|(p, r)| p / r)
            .sum(),
        Some("balk_or_exponential") => number(v, "mean_if_positive"),
        _ => number(v, "mean"),
    }
}

/// Patience as lines of a topic: a law, balking beside one, or none.
pub(crate) fn patience(v: &Value, unit: Unit) -> Vec<(&'static str, String)> {
    match v {
        Value::Null => Vec::new(),
        _ if v["dist"] == "balk_or_exponential" => vec![
            ("balk", number(v, "p_zero").to_string()),
            ("patience", exponential(number(v, "mean_if_positive"), unit)),
        ],
        _ => vec![("patience", law(v, unit))],
    }
}

/// The target of a topic with this T in seconds; the share does not matter here.
pub(crate) fn target(seconds: f64) -> String {
    span(seconds).replacen('"', "\"80% in ", 1)
}

/// A topic with demand of its own.
pub(crate) fn topic(name: &str, rate: &str, lines: &[(&str, String)]) -> String {
    table(
        "topic",
        name,
        &[&[("rate", rate.to_owned())], lines].concat(),
    )
}

/// A pool of agents on a plan.
pub(crate) fn pool(name: &str, agents: impl std::fmt::Display, lines: &[(&str, String)]) -> String {
    let head = [
        ("kind", "\"employed\"".to_owned()),
        ("agents", agents.to_string()),
    ];
    table("pool", name, &[&head, lines].concat())
}

/// A pool of members.
pub(crate) fn gig(name: &str, lines: &[(&str, String)]) -> String {
    table(
        "pool",
        name,
        &[&[("kind", "\"gig\"".to_owned())], lines].concat(),
    )
}

fn table(kind: &str, name: &str, lines: &[(&str, String)]) -> String {
    let mut text = format!("[[{kind}]]\nname = \"{name}\"\n");
    for (key, value) in lines {
        writeln!(text, "{key} = {value}").unwrap();
    }
    text
}
