//! Several topics: priorities, and routing by skill.

use crate::theory::case::{Case, Unit, number, parts};
use crate::theory::plan::{Plan, Power, Shape, fifty, relaxation};
use crate::theory::script::{exponential, law, mean_of, pool, rate, target, topic};
use serde_json::Value;

fn service_of(class: &Value, case: &Case, unit: Unit) -> (String, f64) {
    match (&class["service"], &class["mean_service"]) {
        (Value::Null, Value::Null) => (
            exponential(case.number("mean_service"), unit),
            case.number("mean_service"),
        ),
        (Value::Null, mean) => (
            exponential(mean.as_f64().unwrap(), unit),
            mean.as_f64().unwrap(),
        ),
        (v, _) => (law(v, unit), mean_of(v)),
    }
}

/// Non-preemptive priority: classes 1 and 2 of one pool.
pub(crate) fn priority(case: &Case) -> Plan {
    let mut plan = Plan::default();
    let (unit, servers) = (case.unit(), case.number("servers"));
    let classes = case.get("classes").as_array().unwrap();
    let (mut body, mut arrivals, mut load) = (String::new(), 0.0, 0.0);
    let mut times = Vec::new();
    for class in classes {
        let (work, mean) = service_of(class, case, unit);
        let number_of_class = &class["priority"];
        let mut lines = vec![("work", work), ("priority", number_of_class.to_string())];
        if let Some(mean) = class["patience_mean"].as_f64() {
            lines.push(("patience", exponential(mean, unit)));
            times.push(mean * unit.seconds);
        }
        lines.extend(
            case.list("T")
                .first()
                .map(|t| ("target", target(t * unit.seconds))),
        );
        let flow = number(class, "arrival_rate");
        body += &topic(
            &format!("class {number_of_class}"),
            &rate(flow, unit),
            &lines,
        );
        arrivals += flow;
        load += flow * mean;
    }
    body += &pool("agents", servers, &[]);
    let mean = load / arrivals;
    let slow = if times.is_empty() {
        relaxation(servers, load)
    } else {
        1.0
    };
    times.push(mean * slow * unit.seconds);
    let job = plan.job(
        &body,
        Shape::Long {
            rate: arrivals / unit.seconds,
            warmup: fifty(&times),
        },
    );
    for (name, values) in &case.expected {
        let (base, class, _) = parts(name);
        let slice = class.map_or("all".to_owned(), |c| format!("topic=class {c}"));
        if base == "mean_busy" {
            // Agents with contacts of one class: how many, times how long.
            plan.check(name, values[0], job, Power::Usual, move |r| {
                (r.flow("answered", &slice) * r.series("handle_time", &slice)).mean()
            });
            continue;
        }
        let known = plan.queue_number(
            case,
            name,
            values[0],
            &slice,
            job,
            &["\"class 1\"", "\"class 2\""],
        );
        assert!(known, "{}: {name}", case.id);
    }
    plan
}

/// Pools by preference on arrival, classes by preference when an agent frees.
pub(crate) fn routing(case: &Case) -> Plan {
    let mut plan = Plan::default();
    let unit = case.unit();
    let (classes, pools) = (
        case.get("classes").as_array().unwrap(),
        case.get("pools").as_array().unwrap(),
    );
    let (mut body, mut arrivals) = (String::new(), 0.0);
    let mut times = vec![unit.seconds];
    for class in classes {
        let steps = class["pool_preference"].as_array().unwrap().iter();
        let steps: Vec<String> = steps.map(|p| format!("{{ pools = [{p}] }}")).collect();
        let mut lines = vec![
            ("work", exponential(1.0, unit)),
            ("route", format!("[{}]", steps.join(", "))),
        ];
        if let Some(mean) = class["patience_mean"].as_f64() {
            lines.push(("patience", exponential(mean, unit)));
            times.push(mean * unit.seconds);
        }
        lines.extend(
            case.list("waiting_places")
                .first()
                .map(|n| ("queue_limit", n.to_string())),
        );
        let flow = number(class, "arrival_rate");
        body += &topic(class["name"].as_str().unwrap(), &rate(flow, unit), &lines);
        arrivals += flow;
    }
    for p in pools {
        let mut lines = Vec::new();
        // The work of all topics has mean 1; pools multiply it.
        if let Some(means) = p["mean_service"].as_object() {
            let factors: Vec<String> = means.iter().map(|(k, v)| format!("{k} = {v}")).collect();
            lines.push(("work_factor", format!("{{ {} }}", factors.join(", "))));
            lines.push((
                "skills",
                format!("[{}]", names(means.keys().map(String::as_str))),
            ));
        }
        if let Some(order) = p["class_preference"].as_array() {
            lines.push((
                "ranking",
                format!("[{}]", names(order.iter().map(|c| c.as_str().unwrap()))),
            ));
        }
        body += &pool(p["name"].as_str().unwrap(), number(p, "agents"), &lines);
    }
    let job = plan.job(
        &body,
        Shape::Long {
            rate: arrivals / unit.seconds,
            warmup: fifty(&times),
        },
    );
    let seconds = unit.seconds;
    for (name, values) in &case.expected {
        let want = values[0];
        match (parts(name).0, parts(name).1) {
            ("served_fraction", Some(pair)) => {
                let (topic, pool) = pair.split_once(',').unwrap();
                let (topic, both) = (
                    format!("topic={topic}"),
                    format!("topic={topic};pool={pool}"),
                );
                plan.check(name, want, job, Power::Usual, move |r| {
                    (r.series("answered", &both) / r.series("offered", &topic)).mean()
                });
            }
            // Contacts of A that find the first pool full are those that it does not answer.
            ("p_pool1_full", _) => plan.check(name, want, job, Power::Usual, |r| {
                (r.series("answered", "topic=A;pool=pool1") / r.series("offered", "topic=A") * -1.0
                    + 1.0)
                    .mean()
            }),
            ("overflow_rate", _) => plan.check(name, want, job, Power::Usual, move |r| {
                (r.flow("offered", "topic=A") - r.flow("answered", "topic=A;pool=pool1"))
                    .mean()
                    .times(seconds)
            }),
            (base, Some(part)) => {
                let slice = format!(
                    "{}={part}",
                    if base == "occupancy" { "pool" } else { "topic" }
                );
                assert!(
                    plan.queue_number(case, name, want, &slice, job, &[]),
                    "{}: {name}",
                    case.id
                );
            }
            _ => panic!("{}: {name}", case.id),
        }
    }
    plan
}

fn names<'a>(list: impl Iterator<Item = &'a str>) -> String {
    list.map(|n| format!("\"{n}\""))
        .collect::<Vec<_>>()
        .join(", ")
}
