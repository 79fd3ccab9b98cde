//! What a sweep tells, in sentences.

use super::quantity::{Kind, per_cent, value};
use super::words::listed;
use crate::experiment::{Effect, Influence, Structure};
use crate::measure::name_of;
use crate::results::{MeasureColumn, Studied, Swept, Understanding};
use serde_json::{Value, json};

/// Most inputs, and points of the frontier, in sentences.
const MOST_INPUTS: usize = 3;
const MOST_POINTS: usize = 6;

/// What moves each measure, and which points no other beats.
pub(super) fn all_sentences(sweep: &Swept, found: &Understanding) -> Vec<String> {
    let moved = found.studied.iter().map(|s| sentence(sweep, s));
    moved.chain(frontier(sweep, found)).collect()
}

/// The same for machines: what moves each measure, and the points of the frontier.
pub fn understanding_json(sweep: &Swept, found: &Understanding) -> String {
    let measures = found.studied.iter().map(|s| {
        let effects: Vec<Value> = s.found.iter().flatten().map(|i| effect(sweep, i)).collect();
        json!({
            "measure": s.title,
            "unit": s.unit,
            "effects": effects,
            "undefined": s.found.as_ref().err(),
        })
    });
    let front = found.front.as_ref().map(|f| {
        let points = f.points.iter().filter(|p| p.on).map(|p| {
            json!({
                "point": sweep.points[p.point].number,
                "cost": p.cost,
                "quality": p.quality,
                "probability": p.probability,
            })
        });
        json!({
            "cost": sweep.measures[f.cost].measure,
            "quality": sweep.measures[f.quality].measure,
            "points": points.collect::<Vec<_>>(),
        })
    });
    let mut document = json!({
        "method": sweep.origin.method,
        "measures": measures.collect::<Vec<_>>(),
        "frontier": front,
    });
    document.sort_all_objects();
    format!("{document:#}\n")
}

fn effect(sweep: &Swept, of: &Influence) -> Value {
    json!({
        "input": of.input.map(|i| &sweep.varies[i]),
        "kind": of.effect.name(),
        "value": of.value.estimate,
        "ci_low": of.value.bounds.map(|b| b.0),
        "ci_high": of.value.bounds.map(|b| b.1),
        "n": of.n,
    })
}

/// What moves a measure.
pub(super) fn sentence(sweep: &Swept, studied: &Studied) -> String {
    let (subject, share) = match &studied.below {
        None => (name_of(&studied.title), String::new()),
        Some((a, b, share)) => (
            format!("whether {} is below {}", name_of(a), name_of(b)),
            format!(" It is at {} of the points.", per_cent(*share)),
        ),
    };
    let found = match &studied.found {
        Ok(found) => found,
        Err(why) => return format!("Nothing can be said of {subject}: {why}."),
    };
    let has = |effect| found.iter().any(|i| i.effect == effect);
    let text = if has(Effect::Total) {
        indices(sweep, found, &subject)
    } else if has(Effect::Swing) {
        swings(sweep, found, &studied.title, &studied.unit)
    } else {
        coefficients(sweep, found, &subject)
    };
    text + &share
}

/// A measure that was kept, in words, and how it is shown.
pub(super) fn named(sweep: &Swept, measure: usize) -> (String, Kind) {
    let MeasureColumn { measure, unit } = &sweep.measures[measure];
    (name_of(measure), Kind::of_unit(unit))
}

/// Values of two measures, each after its name.
pub(super) fn both(of: [&(String, Kind); 2], [x, y]: [f64; 2], between: &str) -> [String; 2] {
    let [a, b] = of;
    [(a, x), (b, y)].map(|((name, kind), x)| format!("{name}{between}{}", value(x, *kind)))
}

/// The influences of one kind, the strongest first.
pub(super) fn strongest(found: &[Influence], effect: Effect) -> Vec<&Influence> {
    let mut of: Vec<&Influence> = found.iter().filter(|i| i.effect == effect).collect();
    let size = |i: &Influence| i.value.estimate.abs();
    of.sort_by(|a, b| size(b).total_cmp(&size(a)));
    of
}

/// `61 % [55, 67]`. What is estimated is a share, so an estimate or an end beyond 0 and 1 is told as the nearest that can be.
fn percent(of: &Influence) -> String {
    let share = |x: f64| format!("{:.0}", 100.0 * x.clamp(0.0, 1.0) + 0.0);
    format!("{} %{}", share(of.value.estimate), ends(of, share))
}

/// What `tell` says of the strongest influences of one kind, by their place and input, and how many there are besides.
fn told(
    sweep: &Swept,
    found: &[Influence],
    effect: Effect,
    tell: impl Fn(usize, &str, &Influence) -> String,
) -> String {
    let all = strongest(found, effect);
    let few = all.iter().take(MOST_INPUTS).enumerate();
    let few = few.map(|(i, of)| tell(i, of.input.map_or("", |i| &sweep.varies[i]), of));
    let others = match all.len().saturating_sub(MOST_INPUTS) {
        0 => ".".into(),
        1 => "; one other less.".into(),
        n => format!("; {n} others less."),
    };
    few.collect::<Vec<_>>().join("; ") + &others
}

/// ` [LOW, HIGH]`, if the ends are known.
fn ends(of: &Influence, write: impl Fn(f64) -> String) -> String {
    let bounds = of.value.bounds;
    bounds.map_or(String::new(), |(low, high)| {
        format!(" [{}, {}]", write(low), write(high))
    })
}

fn indices(sweep: &Swept, found: &[Influence], subject: &str) -> String {
    let alone = |of: &Influence| {
        let is = |i: &&Influence| i.input == of.input && i.effect == Effect::FirstOrder;
        found.iter().find(is).map_or(String::new(), percent)
    };
    told(sweep, found, Effect::Total, |i, key, of| {
        let (alone, total) = (alone(of), percent(of));
        match i {
            0 => format!(
                "{key} explains {alone} of the variance of {subject} by itself, and {total} with its interactions"
            ),
            _ => format!("{key} {alone} by itself, and {total} with its interactions"),
        }
    })
}

fn coefficients(sweep: &Swept, found: &[Influence], subject: &str) -> String {
    let text = told(sweep, found, Effect::Src, |i, key, of| {
        let (x, ends) = (of.value.estimate, ends(of, |x| format!("{x:.2}")));
        match i {
            0 => format!(
                "When {key} rises by one standard deviation, {subject} changes by {x:.2}{ends} of its standard deviation"
            ),
            _ => format!("when {key} does, by {x:.2}{ends}"),
        }
    });
    let all = found.iter().find(|i| i.effect == Effect::RSquared);
    let all = all.map_or(String::new(), |i| {
        let share = per_cent(i.value.estimate.max(0.0));
        format!(" A straight line in all inputs explains {share} of its variance.")
    });
    text + &all
}

fn swings(sweep: &Swept, found: &[Influence], title: &str, unit: &str) -> String {
    let kind = Kind::of_difference(unit);
    let write = |x: f64| value(x, kind);
    let told = told(sweep, found, Effect::Swing, |_, key, of| {
        let (x, ends) = (write(of.value.estimate), ends(of, write));
        format!("{key} moves it by {x}{ends}")
    });
    let of = match kind {
        Kind::Plain => format!(" ({unit})"),
        _ => String::new(),
    };
    let name = name_of(title);
    format!("{name}{of}, from the low to the high value: {told}")
}

/// Which points no other beats, and how sure that is.
fn frontier(sweep: &Swept, found: &Understanding) -> Option<String> {
    let front = found.front.as_ref()?;
    let [cost, quality] = [front.cost, front.quality].map(|m| named(sweep, m));
    let mut on: Vec<_> = front.points.iter().filter(|p| p.on).collect();
    if found.structure == Structure::OneAtATime || front.points.len() < 2 {
        return None;
    }
    on.sort_by(|a, b| a.cost.total_cmp(&b.cost));
    let every = on.len().div_ceil(MOST_POINTS).max(1);
    let told = on.iter().step_by(every).map(|p| {
        let sure = p
            .probability
            .map_or(String::new(), |x| format!(", sure to {}", per_cent(x)));
        let both = both([&cost, &quality], [p.cost, p.quality], " ").join(", ");
        format!("{} ({both}{sure})", sweep.points[p.point].number)
    });
    let which = match every {
        1 => "point ",
        _ => "among them point ",
    };
    Some(format!(
        "{} of {} points are beaten by no other in both {} and {}: {}.",
        on.len(),
        front.points.len(),
        cost.0,
        quality.0,
        listed(which, told, "")
    ))
}
