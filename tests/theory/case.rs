//! The cases as data: parameters of a model and the numbers that are known of it.

use serde_json::{Map, Value};

/// A model with known numbers.
pub(crate) struct Case {
    /// Identifier, such as EA-1.
    pub(crate) id: String,
    /// `exact`, `published` or both.
    pub(crate) kind: String,
    /// The model.
    pub(crate) params: Map<String, Value>,
    /// The numbers: one each, or one per interval.
    pub(crate) expected: Vec<(String, Vec<f64>)>,
    /// Standard errors of numbers that were themselves simulated.
    own_error: Map<String, Value>,
}

/// A time unit of a case.
#[derive(Clone, Copy)]
pub(crate) struct Unit {
    /// As scenarios write it.
    pub(crate) word: &'static str,
    /// In seconds.
    pub(crate) seconds: f64,
}

/// The cases of a file.
pub(crate) fn cases(text: &str) -> Vec<Case> {
    let Value::Array(all) = serde_json::from_str(text).unwrap() else {
        panic!("a list of cases")
    };
    all.into_iter()
        .map(|case| {
            let expected = case["expected"].as_object().unwrap().iter();
            Case {
                id: case["id"].as_str().unwrap().into(),
                kind: case["kind"].as_str().unwrap().into(),
                params: case["params"].as_object().unwrap().clone(),
                expected: expected
                    .map(|(name, value)| (name.clone(), numbers(value)))
                    .collect(),
                own_error: case["own_error"].as_object().cloned().unwrap_or_default(),
            }
        })
        .collect()
}

/// A number, or a list of them.
pub(crate) fn numbers(value: &Value) -> Vec<f64> {
    match value {
        Value::Array(list) => list.iter().flat_map(numbers).collect(),
        _ => vec![value.as_f64().unwrap()],
    }
}

/// A member of an object that must be a number.
pub(crate) fn number(value: &Value, key: &str) -> f64 {
    value[key]
        .as_f64()
        .unwrap_or_else(|| panic!("{key} in {value}"))
}

impl Case {
    /// A parameter.
    pub(crate) fn get(&self, key: &str) -> &Value {
        self.params.get(key).unwrap_or(&Value::Null)
    }

    /// A parameter that is a number.
    pub(crate) fn number(&self, key: &str) -> f64 {
        self.get(key)
            .as_f64()
            .unwrap_or_else(|| panic!("{}: {key}", self.id))
    }

    /// A parameter that is a list of numbers, or one of them, or missing.
    pub(crate) fn list(&self, key: &str) -> Vec<f64> {
        if self.get(key).is_null() {
            Vec::new()
        } else {
            numbers(self.get(key))
        }
    }

    /// The time unit of all its figures.
    pub(crate) fn unit(&self) -> Unit {
        match self.get("time_unit").as_str() {
            Some("s") => Unit {
                word: "s",
                seconds: 1.0,
            },
            _ => Unit {
                word: "min",
                seconds: 60.0,
            },
        }
    }

    /// Standard error of one of its numbers; 0 unless that was simulated.
    pub(crate) fn own_error(&self, name: &str) -> f64 {
        self.own_error
            .get(name)
            .map_or(0.0, |e| e.as_f64().unwrap())
    }

    /// One of its numbers, for others that follow from it.
    pub(crate) fn known(&self, name: &str) -> f64 {
        self.expected
            .iter()
            .find(|(n, _)| n == name)
            .unwrap_or_else(|| panic!("{}: {name}", self.id))
            .1[0]
    }
}

/// `p_abandon[A,pool1]@1/3` as its base, what is in brackets, and what follows the at sign.
pub(crate) fn parts(name: &str) -> (&str, Option<&str>, Option<&str>) {
    let (head, at) = name
        .split_once('@')
        .map_or((name, None), |(head, at)| (head, Some(at)));
    match head.split_once('[') {
        Some((base, index)) => (base, Some(index.trim_end_matches(']')), at),
        None => (head, None, at),
    }
}

/// The T behind an at sign, `0.25`, `20` or `1/3`.
pub(crate) fn threshold(at: &str) -> f64 {
    match at.split_once('/') {
        Some((a, b)) => a.parse::<f64>().unwrap() / b.parse::<f64>().unwrap(),
        None => at.parse().unwrap(),
    }
}
