//! A figure as a value: the page embeds it, and it can be a file of its own, for slides and papers.

use super::canvas::{Canvas, Hover, WIDTH, at, fill};
use super::markup::{Rows, Table};
use crate::report::wrap::wrapped;
use crate::text::visible;
use maud::{Markup, html};

/// Rules of the page that colour and place what is drawn.
const STYLE: &str = include_str!("style.css");
const MARGIN: f64 = 14.0;
/// Height of a line of the legend, and of the title.
const ROW: f64 = 22.0;
/// Height of a line of the caption, and how many letters fit into it.
const LINE: f64 = 18.0;
const LETTERS: usize = 112;
/// Width of a letter of the legend, rather too large than too small.
const LETTER: f64 = 7.4;

/// A drawing with its title, caption and legend, and the same as a table.
#[derive(Clone, Debug)]
pub struct Figure {
    /// A word, unique within the page.
    pub id: String,
    title: String,
    caption: String,
    canvas: Canvas,
    /// Names of what is drawn, with the class of their colour.
    legend: Vec<(String, String)>,
    pub(super) table: Option<Table>,
}

impl Figure {
    pub(super) fn new(
        id: impl Into<String>,
        title: impl Into<String>,
        caption: impl Into<String>,
        canvas: Canvas,
    ) -> Self {
        Self {
            id: id.into(),
            title: title.into(),
            caption: caption.into(),
            canvas,
            legend: Vec::new(),
            table: None,
        }
    }

    /// Names with the class of their colour.
    pub(super) fn legend<N: Into<String>, C: Into<String>>(
        mut self,
        names: impl IntoIterator<Item = (N, C)>,
    ) -> Self {
        let names = names.into_iter();
        self.legend = names.map(|(n, c)| (n.into(), c.into())).collect();
        self
    }

    /// Names of series in the order of their colours.
    pub(super) fn series<N: Into<String>>(self, names: impl IntoIterator<Item = N>) -> Self {
        self.legend(names.into_iter().zip((0..).map(fill)))
    }

    /// The figure as a table.
    pub(super) fn table<T>(mut self, caption: impl Into<String>, rows: Rows<T>) -> Self {
        self.table = Some(rows.table(format!("{}-table", self.id), caption));
        self
    }

    /// The figure within a page. Its heading and caption name and describe the drawing.
    pub(super) fn html(&self) -> Markup {
        let id = &self.id;
        html! {
            figure id=(id) {
                h3 id={ (id) "-title" } { (self.title) }
                @if !self.legend.is_empty() {
                    ul class="legend" {
                        @for (name, class) in &self.legend {
                            li {
                                svg class="key" viewBox="0 0 16 12" aria-hidden="true" { rect width="16" height="12" class=(class) {} }
                                (name)
                            }
                        }
                    }
                }
                div class="scroll" {
                    svg viewBox={ "0 0 " (at(WIDTH)) " " (at(self.canvas.height)) } role="img" tabindex="0"
                        aria-labelledby={ (id) "-title" } aria-describedby={ (id) "-caption" } {
                        (self.canvas.elements(Hover::Script))
                    }
                }
                figcaption id={ (id) "-caption" } { (self.caption) }
                @if let Some(table) = &self.table { (table.folded("The figure as a table")) }
            }
        }
    }

    /// The figure as an SVG file that needs nothing else: light or dark as its reader wants it, with its title, legend, caption and
    /// hover texts.
    pub fn svg(&self) -> String {
        let mut frame = Canvas::new(0.0);
        frame.text((MARGIN, MARGIN + 14.0), "title", &self.title);
        let (mut x, mut y) = (MARGIN, MARGIN + ROW);
        for (name, class) in &self.legend {
            let width = 38.0 + LETTER * name.chars().count() as f64;
            if x + width > WIDTH + MARGIN && x > MARGIN {
                (x, y) = (MARGIN, y + ROW);
            }
            frame.rect((x, y), (16.0, 12.0), class, "");
            frame.text((x + 22.0, y + 11.0), "", name);
            x += width;
        }
        let top = if self.legend.is_empty() { y } else { y + ROW };
        let caption = wrapped(&self.caption, LETTERS);
        for (i, line) in caption.iter().enumerate() {
            let y = top + self.canvas.height + LINE * (i as f64 + 0.5);
            frame.text((MARGIN, y), "tick", line);
        }
        let width = at(WIDTH + 2.0 * MARGIN);
        let height = at(top + self.canvas.height + LINE * caption.len() as f64 + MARGIN);
        let svg = html! {
            svg xmlns="http://www.w3.org/2000/svg" viewBox={ "0 0 " (width) " " (height) } width=(width) height=(height) role="img" {
                title { (self.title) }
                desc { (self.caption) }
                style { (style()) }
                rect width=(width) height=(height) rx="8" class="paper" {}
                (frame.elements(Hover::Viewer))
                g transform={ "translate(" (at(MARGIN)) " " (at(top)) ")" } { (self.canvas.elements(Hover::Viewer)) }
            }
        };
        visible(&svg.into_string()).into_owned() + "\n"
    }
}

/// The rules for a drawing alone: the colours of light and dark, and those for shapes and letters.
fn style() -> String {
    let colours = STYLE
        .lines()
        .take_while(|l| !l.starts_with("@media screen{"));
    let shapes = STYLE.lines().skip_while(|l| !l.starts_with("svg text"));
    let shapes = shapes.take_while(|l| !l.starts_with(".key"));
    let rules: Vec<&str> = colours.chain(shapes).collect();
    rules.join("\n")
        + ".paper{fill:var(--card);stroke:var(--rule)}svg .title{font-weight:700;font-size:15px}"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_figure_becomes_a_file() {
        let mut canvas = Canvas::new(50.0);
        canvas.rect((1.0, 2.0), (3.0, 4.0), "f0", "a < b\u{1b}");
        canvas.line((0.0, 0.0), (9.0, 9.0), "grid");
        let figure = Figure::new("costs-1", "Costs & more", "What one sees.", canvas)
            .series(["desk", "gig"])
            .table("As a table", Rows::<()>::of([]));
        let svg = figure.svg();
        for part in [
            "<title>Costs &amp; more</title>",
            "class=\"f0\"><title>a &lt; b\\u{1b}</title></rect><line ",
            ">desk</text>",
            ">gig</text>",
            "prefers-color-scheme:dark",
            ">What one sees.</text>",
            "height=\"140\"",
        ] {
            assert!(svg.contains(part), "{part}\n{svg}");
        }
        assert!(!svg.contains("data-t=") && !svg.contains("As a table") && !svg.contains("#tip"));
        let html = figure.html().into_string();
        assert!(
            html.contains("class=\"f0\" data-t=\"a &lt; b\u{1b}\"></rect>")
                && html.contains("id=\"costs-1-table\"")
        );
    }
}
