//! The page of a run: one file without network and without anything from outside, for a planner, a researcher and a controller.
//!
//! [`page`] is a pure function of what is in the results folder. `markup` holds escaped text, figures and tables, `svg` the drawing;
//! each further file draws one figure or writes one part. Colours are classes of `style.css`; `script.js` adds hover, sorting,
//! copying, saving and the choice of light or dark, and the page reads well without it.

mod asked;
mod differences;
mod frontier;
mod influence;
mod journeys;
mod markup;
mod months;
mod people;
mod pictures;
mod sources;
mod svg;
mod sweep;
mod tables;
mod week;

pub use pictures::{Picture, pictures};
pub use sweep::sweep_page;

use super::cautions::{Caution, cautions_read};
use super::findings::{differences as differing, findings};
use crate::results::{Played, Run};
use markup::{escape, prose};

/// What the page may load: nothing; and what may run in it: what is in it.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'";

/// A part of the page.
struct Part {
    /// Its place in the page, a word.
    id: &'static str,
    /// Its name in the list of contents.
    short: &'static str,
    title: &'static str,
    /// Nothing when there is nothing to say.
    body: String,
}

/// The page as HTML.
pub fn page(run: &Run) -> String {
    let parts = [
        part("asked", "Asked", "What was asked", asked::part(run)),
        part("answers", "Answers", "What came out", answers(run)),
        part(
            "journeys",
            "Journeys",
            "Where contacts go",
            journeys::part(run),
        ),
        part("people", "People", "People by the month", people::part(run)),
        part("week", "Week", "A typical week", week::part(run)),
        part("costs", "Costs", "What it costs", months::costs(run)),
        part(
            "quality",
            "Quality",
            "Cost against quality",
            frontier::part(run),
        ),
        part(
            "differences",
            "Differences",
            "What differs",
            differences::part(run),
        ),
        part(
            "measures",
            "Measures",
            "All measures",
            tables::measures(run),
        ),
        part(
            "assumptions",
            "Assumptions",
            "Assumptions and their sources",
            sources::assumptions(run),
        ),
        part(
            "definitions",
            "Definitions",
            "How every measure is made",
            sources::definitions(run),
        ),
        part(
            "again",
            "Again",
            "How to get this again",
            sources::again(run),
        ),
    ];
    shell(&title(run), &run.version, &parts)
}

/// A page of parts; those that have nothing to say are left out.
fn shell(title: &str, version: &str, parts: &[Part]) -> String {
    let parts: Vec<&Part> = parts.iter().filter(|p| !p.body.is_empty()).collect();
    let mut out = format!(
        "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <meta http-equiv=\"Content-Security-Policy\" content=\"{POLICY}\">\
         <meta name=\"color-scheme\" content=\"light dark\">\
         <title>{0}</title><style>{1}</style></head>\n<body><a class=\"skip\" href=\"#asked\">To the content</a>\
         <header><p class=\"kicker\">handover {2} · simulated customer service</p><h1>{0}</h1></header>\n",
        escape(title),
        include_str!("style.css"),
        escape(version)
    );
    out += "<nav aria-label=\"Contents\"><div><ul>";
    for p in &parts {
        out += &format!("<li><a href=\"#{}\">{}</a></li>", p.id, p.short);
    }
    out += "</ul><button type=\"button\" id=\"theme\" hidden></button></div></nav>
<main>";
    for p in parts {
        out += &format!(
            "<section id=\"{0}\"><h2>{1}</h2>\n{2}</section>\n",
            p.id, p.title, p.body
        );
    }
    out += "</main>\n<footer><p>Made by handover from the files of this folder alone. Intervals (± half of the width, or both ends) are those of the mean over \
            replications; a band over months holds eight of ten replications.</p></footer>\n\
            <div id=\"tip\" role=\"status\" hidden></div>\n<script>";
    out += include_str!("script.js");
    out + "</script></body></html>\n"
}

fn part(id: &'static str, short: &'static str, title: &'static str, body: String) -> Part {
    Part {
        id,
        short,
        title,
        body,
    }
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
fn answers(run: &Run) -> String {
    let mut out = String::new();
    if run.interrupted {
        out += "<article class=\"warn\"><p>The run was interrupted: not all replications were made.</p></article>";
    }
    for s in &run.scenarios {
        let cautions: Vec<String> = cautions_read(s).iter().map(Caution::sentences).collect();
        if !cautions.is_empty() {
            out += &format!(
                "<article class=\"warn\"><h3>{}: with caution</h3>{}</article>",
                escape(&s.name),
                list(&cautions)
            );
        }
        let found = findings(s);
        if !found.is_empty() {
            out += &format!(
                "<article><h3>{}</h3>{}</article>",
                escape(&s.name),
                list(&found)
            );
        }
    }
    let differing = differing(run);
    if !differing.is_empty() {
        out += &format!(
            "<article><h3>What differs</h3>{}</article>",
            list(&differing)
        );
    }
    out + &tables::glance(run)
}

fn list(sentences: &[String]) -> String {
    let items: String = sentences
        .iter()
        .map(|s| format!("<li>{}</li>", prose(s)))
        .collect();
    format!("<ul class=\"finding\">{items}</ul>")
}

/// The title of a figure that is drawn once per scenario.
fn titled(run: &Run, s: &Played, title: &str) -> String {
    match run.scenarios.len() {
        1 => title.to_owned(),
        _ => format!("{title}: {}", s.name),
    }
}
