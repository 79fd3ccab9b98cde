//! `[[timeline]]`: what is another number, or another choice, from a date on; and the learning or drift of the assistant.
//!
//! Each change puts its values into the tree, on top of all changes before it, and the whole tree is read again: a change is
//! checked like the scenario itself, and its problems are shown at its own lines.

use super::build;
use super::contracts;
use super::reach;
use crate::model::{AiOutcome, Change, Model};
use crate::scenario::text::settings;
use crate::scenario::text::{Node, Reader, Table, Value, dotted, join, listed};
use crate::scenario::values::DRAIN;
use crate::time::Micros;

/// The changes of the scenario, whose tree without changes is `root` and was read as `base`.
pub(crate) fn unfold(reader: &Reader<'_>, root: &Node, base: &mut build::Built) {
    later_models(reader, root, base);
    // Who comes on which date is known when all states are.
    if base.model.timeline.len() == base.changes.len() {
        reach::check(reader, root, &base.model, &base.needs);
    }
    if reader.has_problems() {
        return;
    }
    check(reader, base);
    if !reader.has_problems() {
        learn(&mut base.model);
    }
}

/// Reads the states after the changes into the timeline of the model.
fn later_models(reader: &Reader<'_>, root: &Node, base: &mut build::Built) {
    let mut tree = root.clone();
    let mut changes: Vec<Change> = Vec::new();
    let first = &base.model;
    let mut written = contracts::written(first);
    reader.set_later(true);
    for entry in &base.changes {
        if let Some(set) = entry.set.table() {
            put_all(reader, &mut tree, set, "", &join(&entry.path, "set"));
        }
        let before = changes.last().map_or(first, |c| &c.model);
        // A grid becomes finer only: what comes in cells that are wider comes in these as well.
        let Some(built) = build::scenario(reader, &tree, before.demand.step) else {
            continue;
        };
        base.needs.extend(built.needs);
        let mut model = built.model;
        if model.demand.arrivals == before.demand.arrivals {
            model.demand.arrivals = before.demand.arrivals.clone();
        }
        if model.demand.clocks == before.demand.clocks {
            model.demand.clocks = before.demand.clocks.clone();
        }
        let now = contracts::written(&model);
        let end = model.horizon + DRAIN;
        contracts::respect_notice((before, &written), &mut model, entry.at, end);
        written = now;
        changes.push(Change {
            at: entry.at,
            dated: true,
            note: entry.note.clone(),
            model,
        });
    }
    reader.set_later(false);
    base.model.timeline = changes;
}

/// Puts the values of a change into the tree.
fn put_all(reader: &Reader<'_>, tree: &mut Node, set: &Table, above: &str, path: &str) {
    for e in &set.entries {
        let key = dotted(above, &e.key);
        let section = key.split('.').next().unwrap_or("");
        let last = key.rsplit('.').next().unwrap_or("");
        let root = reader.declared.table("root");
        let holds = |name: &str| root.key(name).is_none_or(|key| key.fixed);
        if holds(section) || last == "name" {
            let others = root.keys.iter().filter(|key| !key.fixed);
            let others = listed(others.map(|key| key.name.as_str()), "and");
            let help = format!("what can change on a date is in {others}");
            let (path, message) = (join(path, &e.key), "holds for the whole run".to_owned());
            reader.problem(e.span, &path, message, Some(help));
            continue;
        }
        // A dotted key of TOML is a table of tables: it goes down to what is set, and replaces nothing above it.
        let depth = key.split('.').count();
        let named = root.key(section).is_some_and(|key| key.named);
        let is_value = || reader.written(e.node.span).starts_with('{');
        match &e.node.value {
            Value::Table(inner) if depth < 2 || (named && depth < 3) || !is_value() => {
                put_all(reader, tree, inner, &key, path);
            }
            _ => settings::put_at(reader, tree, &key, e.span, e.node.clone(), path),
        }
    }
}

/// Whether every change leaves alone what holds for the whole run.
fn check(reader: &Reader<'_>, base: &build::Built) {
    for (entry, change) in base.changes.iter().zip(&base.model.timeline) {
        if let Some(what) = base.model.made_of_something_else(&change.model) {
            let message = format!("expected changes of numbers and choices, found one of {what}");
            let help = "it holds for the whole run".to_owned();
            let path = join(&entry.path, "set");
            reader.problem(entry.set.span, &path, message, Some(help));
        }
    }
}

/// Learning and drift: with each month the share that the assistant does not resolve is multiplied by the topic's factor, since
/// the start or since the outcomes were last set.
fn learn(model: &mut Model) {
    let learns = |m: &Model| {
        let mut ai = m.topics.iter().filter_map(|t| t.ai.as_ref());
        ai.any(|ai| ai.improvement != 1.0)
    };
    if !model.epochs().any(learns) {
        return;
    }
    let months = model.months();
    let plain = model.clone();
    let mut dates: Vec<Micros> = plain.timeline.iter().map(|c| c.at).collect();
    dates.extend(months.iter().skip(1).map(|m| m.start));
    dates.sort_unstable();
    dates.dedup();
    let mut since = vec![0; plain.topics.len()];
    let mut before = 0;
    model.timeline = Vec::new();
    for at in dates {
        let epoch = plain.timeline.partition_point(|c| c.at <= at);
        let raw = plain.epoch(epoch);
        let begun = months.iter().rev().find(|m| m.start <= at);
        let month = begun.map_or(0, |m| m.start);
        let mut later = Model {
            timeline: Vec::new(),
            ..raw.clone()
        };
        for (k, topic) in later.topics.iter_mut().enumerate() {
            let Some(ai) = &mut topic.ai else { continue };
            let outcomes = |m: &Model| m.topics[k].ai.as_ref().map(|a| (a.outcomes, a.improvement));
            if epoch != before && outcomes(raw) != outcomes(plain.epoch(before)) {
                since[k] = at;
            }
            let months = plain.calendar.months_between(since[k], month.max(since[k]));
            ai.outcomes = improved(ai.outcomes, libm::pow(ai.improvement, months));
        }
        before = epoch;
        let change = plain.timeline[..epoch].last().filter(|c| c.at == at);
        model.timeline.push(Change {
            at,
            dated: change.is_some(),
            note: change.map_or(String::new(), |c| c.note.clone()),
            model: later,
        });
    }
}

/// The outcomes with the share that is not resolved multiplied, at most to 1.
fn improved(p: [f64; AiOutcome::COUNT], factor: f64) -> [f64; AiOutcome::COUNT] {
    let rest: f64 = p[1..].iter().sum();
    let factor = if rest > 0.0 {
        factor.min(1.0 / rest)
    } else {
        1.0
    };
    let mut out = p.map(|q| q * factor);
    out[AiOutcome::Resolve as usize] = (1.0 - rest * factor).max(0.0);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_resolved_shrinks() {
        let p = improved([0.6, 0.1, 0.1, 0.15, 0.05], 0.5);
        assert!((p[0] - 0.8).abs() < 1e-12 && (p[3] - 0.075).abs() < 1e-12);
        assert!((p.iter().sum::<f64>() - 1.0).abs() < 1e-12);
        let worst = improved([0.6, 0.1, 0.1, 0.15, 0.05], 9.0);
        assert!(worst[0].abs() < 1e-12 && (worst.iter().sum::<f64>() - 1.0).abs() < 1e-12);
        assert_eq!(
            improved([1.0, 0.0, 0.0, 0.0, 0.0], 3.0),
            [1.0, 0.0, 0.0, 0.0, 0.0]
        );
    }
}
