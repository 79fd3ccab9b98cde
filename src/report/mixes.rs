//! Mixes of pools in a table: what each costs, and what no other one beats.

use super::quantity::{Kind, Shown, rounded};
use super::terminal::{Layout, TextTable};
use super::wrap::wrapped;
use crate::measure::name_of;
use crate::results::MixRow;

/// What a mix is called among others: of several scenarios also by its scenario.
pub(super) fn mix_name(all: &[MixRow], r: &MixRow) -> String {
    match all.iter().any(|other| other.scenario != r.scenario) {
        true => format!("{}: {}", r.scenario, r.pools),
        false => r.pools.clone(),
    }
}

/// The mixes by cost, and those without a plan.
pub fn mixes_text(rows: &[MixRow], currency: &str, layout: Layout) -> String {
    let (found, others): (Vec<&MixRow>, Vec<&MixRow>) = rows.iter().partition(|r| r.why.is_empty());
    let name = |r: &&MixRow| mix_name(rows, r);
    let estimate = |mean: Option<f64>, low: Option<f64>, high: Option<f64>, kind| match mean {
        Some(mean) => rounded(mean, low.zip(high), kind),
        None => Shown::dash(),
    };
    let measure = rows.first().map_or("", |r| r.measure);
    let each = || found.iter().copied();
    let table = TextTable::new("mix", found.iter().map(name))
        .column(&format!("cost\n{currency}"), 0, each(), |r| {
            estimate(r.cost_total, r.cost_low, r.cost_high, Kind::Plain)
        })
        .column("more than\nthe first found", 2, each(), |r| {
            estimate(
                r.difference,
                r.difference_low,
                r.difference_high,
                Kind::Plain,
            )
        })
        .column(&name_of(measure), 1, each(), |r| {
            estimate(r.value, r.value_low, r.value_high, Kind::Fraction)
        })
        .column("\nbeaten", 3, each(), |r| {
            Shown::plain(if r.on_frontier { "no" } else { "yes" }.into())
        });
    let mut text = format!("\n{}", table.render(layout).0);
    let mut sentences = Vec::new();
    if let Some(first) = found.first() {
        sentences.push(format!(
            "{} costs least in the mean of these replications. A mix is beaten where another costs no more and has no less {}.",
            name(first),
            name_of(measure)
        ));
    }
    sentences.extend(others.iter().map(|r| format!("{}: {}", name(r), r.why)));
    text.push('\n');
    for sentence in sentences {
        let mut indent = 0;
        for line in wrapped(&sentence, layout.width.max(40) - 2) {
            text += &format!("{:indent$}{line}\n", "");
            indent = 2;
        }
    }
    text
}
