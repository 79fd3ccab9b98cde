//! The figures of a page as pictures of their own, for slides and papers.

use super::markup::escape;
use super::svg::{WIDTH, at};

/// Rules of the page that colour and place what is drawn.
const STYLE: &str = include_str!("style.css");
const MARGIN: f64 = 14.0;
const ROW: f64 = 22.0;
/// A line of the caption: how high, and how many letters it holds.
const LINE: f64 = 18.0;
const MOST_LETTERS: usize = 112;
/// Width of a letter of a legend, on the safe side.
const LETTER: f64 = 7.4;

/// A picture that needs nothing else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    /// A word, unique within the page.
    pub id: String,
    /// An SVG file: light or dark as its reader wants it, with its title, legend and hover.
    pub svg: String,
}

/// The figures of a page that [`super::page`] or [`super::sweep_page`] made, in its order.
pub fn pictures(page: &str) -> Vec<Picture> {
    let mut figures = page.split("<figure id=\"");
    figures.next();
    figures.filter_map(picture).collect()
}

/// What stands between two marks.
fn between<'a>(text: &'a str, begin: &str, end: &str) -> Option<&'a str> {
    Some(text.split_once(begin)?.1.split_once(end)?.0)
}

fn picture(figure: &str) -> Option<Picture> {
    let (id, rest) = figure.split_once('"')?;
    let (rest, _) = rest.split_once("</figure>")?;
    let title = rest.split_once("<h3")?.1.split_once('>')?.1;
    let title = title.split_once("</h3>")?.0;
    let caption = rest.split_once("<figcaption")?.1.split_once('>')?.1;
    let caption = caption.split_once("</figcaption>")?.0;
    let drawing = between(rest, "<div class=\"scroll\"><svg ", "</svg></div>")?;
    let size = between(drawing, "viewBox=\"0 0 ", "\"")?;
    let height: f64 = size.split_once(' ')?.1.parse().ok()?;
    let body = drawing.split_once('>')?.1;

    let (legend, top) = legend(rest, MARGIN + 2.0 * ROW);
    let below = lines(caption);
    let wide = WIDTH + 2.0 * MARGIN;
    let tall = top + height + LINE * below.len() as f64 + MARGIN;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {0} {1}\" width=\"{0}\" height=\"{1}\" role=\"img\">\
         <title>{title}</title><desc>{caption}</desc><style>{2}</style>\n\
         <rect width=\"{0}\" height=\"{1}\" rx=\"8\" class=\"paper\"/><text x=\"{3}\" y=\"{4}\" class=\"title\">{title}</text>\n{legend}",
        at(wide),
        at(tall),
        style(),
        at(MARGIN),
        at(MARGIN + 14.0),
    );
    for (i, line) in below.iter().enumerate() {
        let y = top + height + LINE * (i as f64 + 0.5);
        svg += &format!(
            "<text x=\"{}\" y=\"{}\" class=\"tick\">{line}</text>\n",
            at(MARGIN),
            at(y)
        );
    }
    svg += &format!(
        "<g transform=\"translate({} {})\">{}</g></svg>\n",
        at(MARGIN),
        at(top),
        hover(body)
    );
    Some(Picture {
        id: id.to_owned(),
        svg,
    })
}

/// The caption in lines that fit; it is escaped, and an escape has no space in it.
fn lines(caption: &str) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in caption.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.len() + word.len() < MOST_LETTERS => {
                if !line.is_empty() {
                    line.push(' ');
                }
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

/// The rules for the drawing: the colours of light and dark, and what is told of shapes and letters.
fn style() -> String {
    let colours = STYLE
        .lines()
        .take_while(|l| !l.starts_with("@media screen{"));
    let shapes = STYLE.lines().skip_while(|l| !l.starts_with("svg text"));
    let shapes = shapes.take_while(|l| !l.starts_with(".key"));
    let rules: Vec<&str> = colours.chain(shapes).collect();
    let own =
        ".paper{fill:var(--card);stroke:var(--rule)}svg .title{font-weight:700;font-size:15px}";
    escape(&rules.join("\n")).replace("&quot;", "\"") + own
}

/// The legend of a figure from `top` on, and where it ends.
fn legend(figure: &str, top: f64) -> (String, f64) {
    let Some(list) = between(figure, "<ul class=\"legend\">", "</ul>") else {
        return (String::new(), top - ROW);
    };
    let (mut out, mut x, mut y) = (String::new(), MARGIN, top - ROW);
    for item in list.split("</li>").filter(|i| !i.is_empty()) {
        let class = between(item, "height=\"12\" class=\"", "\"").unwrap_or_default();
        let name = item.rsplit_once("</svg>").map_or(item, |(_, name)| name);
        let width = 24.0 + LETTER * name.chars().count() as f64 + 14.0;
        if x + width > WIDTH + MARGIN && x > MARGIN {
            (x, y) = (MARGIN, y + ROW);
        }
        out += &format!(
            "<rect x=\"{}\" y=\"{}\" width=\"16\" height=\"12\" class=\"{class}\"/><text x=\"{}\" y=\"{}\">{name}</text>\n",
            at(x),
            at(y),
            at(x + 22.0),
            at(y + 11.0)
        );
        x += width;
    }
    (out, y + ROW)
}

/// What is said of a shape when it is pointed at, as files of their own say it.
fn hover(body: &str) -> String {
    let mut out = String::with_capacity(body.len());
    for (i, part) in body.split(" data-t=\"").enumerate() {
        let tip = (i > 0).then(|| part.split_once("\"/>")).flatten();
        let Some((tip, rest)) = tip else {
            out += part;
            continue;
        };
        let tag = out.rsplit_once('<').map_or("", |(_, tag)| tag);
        let tag = tag.split(' ').next().unwrap_or_default().to_owned();
        out += &format!("><title>{tip}</title></{tag}>{rest}");
    }
    out
}

#[cfg(test)]
mod tests {
    use super::super::markup::Figure;
    use super::super::svg::Canvas;
    use super::*;

    #[test]
    fn a_figure_becomes_a_file() {
        let mut canvas = Canvas::new(50.0);
        canvas.rect(1.0, 2.0, 3.0, 4.0, "f0", "a < b");
        canvas.line((0.0, 0.0), (9.0, 9.0), "grid");
        let figure = Figure {
            id: "costs-1".into(),
            title: "Costs & more".into(),
            caption: "What one sees.".into(),
            canvas,
            legend: vec![("desk".into(), "f0".into()), ("gig".into(), "f1".into())],
            table: None,
        };
        let page = format!("<p>before</p>{}<p>after</p>", figure.html());
        let found = pictures(&page);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].id, "costs-1");
        let svg = &found[0].svg;
        for part in [
            "<title>Costs &amp; more</title>",
            "class=\"f0\"><title>a &lt; b</title></rect><line ",
            ">desk</text>",
            ">gig</text>",
            "prefers-color-scheme:dark",
            ">What one sees.</text>",
            "height=\"140\"",
        ] {
            assert!(svg.contains(part), "{part}\n{svg}");
        }
        assert!(!svg.contains("data-t=") && !svg.contains("after") && !svg.contains("#tip"));
    }
}
