//! The frame of a page: head, list of contents, parts, foot.

use super::figure::Figure;
use crate::results::{Played, Run};
use crate::text::visible;
use maud::{DOCTYPE, Markup, PreEscaped, html};

/// What the page may load: nothing; and what may run in it: what is in it.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'";

/// A piece of a part of the page.
#[derive(Clone, Debug)]
pub(super) enum Block {
    /// Text and tables.
    Text(Markup),
    Figure(Figure),
}

impl From<Markup> for Block {
    fn from(text: Markup) -> Self {
        Self::Text(text)
    }
}

impl From<Figure> for Block {
    fn from(figure: Figure) -> Self {
        Self::Figure(figure)
    }
}

/// A part of the page.
#[derive(Clone, Debug)]
struct Part {
    /// Its name in the list of contents; in small letters its address within the page.
    name: &'static str,
    title: &'static str,
    blocks: Vec<Block>,
}

impl Part {
    fn id(&self) -> String {
        self.name.to_lowercase().replace(' ', "-")
    }
}

/// A page of results.
#[derive(Clone, Debug)]
pub struct Page {
    title: String,
    version: String,
    parts: Vec<Part>,
    foot: &'static str,
}

/// What the results of a run are made of, and what their intervals are.
const OF_RUNS: &str = "Made by handover from the files of this folder alone. Intervals (± half of the width, or both ends) are those of the \
    mean over replications; a band over months holds eight of ten replications.";

impl Page {
    pub(super) fn new(title: String, version: &str) -> Self {
        Self {
            title,
            version: version.to_owned(),
            parts: Vec::new(),
            foot: OF_RUNS,
        }
    }

    /// Says at the foot what the page is made of, where it is no run.
    pub(super) fn foot(self, foot: &'static str) -> Self {
        Self { foot, ..self }
    }

    /// Adds a part by its name in the list of contents, unless it is empty.
    pub(super) fn part(
        mut self,
        name: &'static str,
        title: &'static str,
        blocks: Vec<Block>,
    ) -> Self {
        if !blocks.is_empty() {
            self.parts.push(Part {
                name,
                title,
                blocks,
            });
        }
        self
    }

    /// The figures in the order of the page.
    pub fn figures(&self) -> impl Iterator<Item = &Figure> {
        let blocks = self.parts.iter().flat_map(|p| &p.blocks);
        blocks.filter_map(|b| match b {
            Block::Figure(figure) => Some(figure),
            Block::Text(_) => None,
        })
    }

    /// The page as an HTML file that needs nothing else.
    pub fn html(&self) -> String {
        let page = html! {
            (DOCTYPE)
            html lang="en" {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    meta http-equiv="Content-Security-Policy" content=(POLICY);
                    meta name="color-scheme" content="light dark";
                    title { (self.title) }
                    style { (PreEscaped(include_str!("style.css"))) }
                }
                body {
                    a class="skip" href={ "#" (self.parts.first().map_or_else(String::new, Part::id)) } { "To the content" }
                    header {
                        p class="kicker" { "handover " (self.version) " · simulated customer service" }
                        h1 { (self.title) }
                    }
                    nav aria-label="Contents" {
                        div {
                            ul { @for p in &self.parts { li { a href={ "#" (p.id()) } { (p.name) } } } }
                            button type="button" id="theme" hidden {}
                        }
                    }
                    main {
                        @for p in &self.parts {
                            section id=(p.id()) {
                                h2 { (p.title) }
                                @for block in &p.blocks {
                                    @match block { Block::Text(text) => (text), Block::Figure(figure) => (figure.html()) }
                                    "\n"
                                }
                            }
                        }
                    }
                    footer {
                        p { (self.foot) }
                    }
                    div id="tip" role="status" hidden {}
                    script { (PreEscaped(include_str!("script.js"))) }
                }
            }
        };
        // Characters that cannot be seen are no part of a page.
        visible(&page.into_string()).into_owned() + "\n"
    }
}

/// The title of what is shown of a scenario, which is named where there are several.
pub(super) fn titled(run: &Run, s: &Played, title: &str) -> String {
    match run.scenarios.len() {
        1 => title.to_owned(),
        _ => format!("{title}: {}", s.name),
    }
}

/// What `make` makes of each scenario, with the word for an `id` and the title.
pub(super) fn each_scenario<'r, B: IntoIterator<Item: Into<Block>>>(
    run: &'r Run,
    id: &str,
    title: &str,
    make: impl Fn(&'r Played, String, String) -> B,
) -> Vec<Block> {
    let of = |(n, s): (usize, &'r Played)| make(s, format!("{id}-{n}"), titled(run, s, title));
    let each = (1..).zip(&run.scenarios).flat_map(of);
    each.map(Into::into).collect()
}
