//! The page of a run.

use super::markup::sentences;
use super::page::{Block, Page};
use super::sources::{again, assumptions, definitions};
use super::{asked, costs, differences, frontier, journeys, people, staffing, tables, week};
use crate::report::cautions::{Caution, cautions};
use crate::report::findings::{differences as differing, findings};
use crate::results::Run;
use maud::html;

/// The page of a run.
pub fn page(run: &Run) -> Page {
    Page::new(title(run), &run.version)
        .part("Asked", "What was asked", asked::part(run))
        .part("Answers", "What came out", answers(run))
        .part("Plan", "The plan of agents", staffing::part(run))
        .part("Journeys", "Where contacts go", journeys::part(run))
        .part("People", "People by the month", people::part(run))
        .part("Week", "A typical week", week::part(run))
        .part("Costs", "What it costs", costs::part(run))
        .part("Quality", "Cost against quality", frontier::part(run))
        .part("Differences", "What differs", differences::part(run))
        .part("Measures", "All measures", tables::measures(run))
        .part(
            "Assumptions",
            "Assumptions and their sources",
            assumptions(run),
        )
        .part("Definitions", "How every measure is made", definitions(run))
        .part("Again", "How to get this again", again(run))
}

fn title(run: &Run) -> String {
    let names: Vec<&str> = run.scenarios.iter().map(|s| s.name.as_str()).collect();
    match names[..] {
        [] => "An empty run".into(),
        [a] => a.into(),
        [a, b] => format!("{a} — {b}"),
        [a, ..] => format!("{a}, and {} more", names.len() - 1),
    }
}

/// The answers in sentences.
fn answers(run: &Run) -> Vec<Block> {
    let warn = Some("warn");
    let text = html! {
        @if run.interrupted {
            article class=[warn] { p { "The run was interrupted: not all replications were made." } }
        }
        @for s in &run.scenarios {
            @let cautions: Vec<String> = cautions(s).iter().map(Caution::sentences).collect();
            (sentences(&format!("{}: with caution", s.name), warn, &cautions))
            (sentences(&s.name, None, &findings(s)))
        }
        (sentences("What differs", None, &differing(run)))
        (tables::glance(run))
    };
    vec![text.into()]
}
