//! `precision`, `precision_measures`, `max_replications`: as many replications as a wanted precision takes.

use super::cursor::{Cursor, Item};
use super::problem::did_you_mean;
use super::reader::Reader;
use super::tree::Span;
use crate::experiment::{Plan, Precision, Target, rows};
use crate::model::Model;

/// Most measures that can be named.
const MOST_MEASURES: usize = 100;

/// What is written, and where each measure stands.
pub(super) struct Written {
    pub(super) precision: Precision,
    measures: Vec<(Span, String)>,
}

pub(super) fn read<'a>(c: &mut Cursor<'a>, plan: &Plan) -> Written {
    let usual = Precision::default();
    let relative = c.read_opt("precision", relative);
    let items = c.read("precision_measures", Vec::new(), |i: &Item<'a>| {
        i.list(
            "a list of measures such as [\"sl_net\", \"mean_wait@topic=NAME\"]",
            MOST_MEASURES,
        )
    });
    let named = items
        .iter()
        .filter_map(|i| Some((i, i.string("the name of a measure")?)));
    let (on, measures) = named
        .map(|(i, text)| (Target::new(text), (i.node.span, i.path.clone())))
        .unzip();
    let most = c.read("max_replications", usual.most, |i| {
        let most = i.integer(2, 1_000_000)? as u32;
        if relative.is_some() && most < plan.replications {
            i.expected(&format!(
                "no fewer than the {} replications to begin with",
                plan.replications
            ))
        } else {
            Some(most)
        }
    });
    Written {
        precision: Precision {
            relative,
            differences: false,
            on,
            most,
        },
        measures,
    }
}

fn relative(item: &Item<'_>) -> Option<f64> {
    let share = item.share()?;
    if share > 0.0 && share < 1.0 {
        Some(share)
    } else {
        item.expected("a share of the mean above 0 and below 1, such as \"2%\"")
    }
}

/// Refuses measures that the model, which is sound, does not have.
pub(super) fn check(reader: &Reader<'_>, written: &Written, model: &Model) {
    if written.measures.is_empty() {
        return;
    }
    let rows = rows(model);
    for (target, (span, path)) in written.precision.on.iter().zip(&written.measures) {
        if target.find(&rows, model).is_none() {
            let text = target.to_string();
            let known = target.alternatives(model);
            let help = did_you_mean(&text, known.iter().map(String::as_str));
            let message = format!("expected a measure of this scenario, found \"{text}\"");
            reader.problem(*span, path, message, help);
        }
    }
}
