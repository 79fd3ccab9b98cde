//! A drawing: shapes on a canvas. Their classes give the colours, so that one drawing serves light, dark and paper.

use maud::{Markup, html};

/// Width of every drawing in its own units.
pub(super) const WIDTH: f64 = 760.0;
/// Colours for series in `style.css`.
pub(super) const COLOURS: usize = 8;

/// A point of the canvas: units from the left, and from the top.
pub(super) type Spot = (f64, f64);

/// Class of a filled shape of a series.
pub(super) fn fill(series: usize) -> String {
    format!("f{}", series % COLOURS)
}

/// Class of a line of a series.
pub(super) fn stroke(series: usize) -> String {
    format!("l{}", series % COLOURS)
}

/// Who shows what is said of a shape when it is pointed at.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Hover {
    /// The script of the page, from an attribute.
    Script,
    /// The viewer of a file, from a `title` element.
    Viewer,
}

#[derive(Clone, Debug)]
enum Shape {
    Text(Spot, String),
    Line(Spot, Spot),
    /// Its upper left corner, and its size.
    Rect(Spot, Spot),
    /// Its centre and its radius.
    Circle(Spot, f64),
    /// SVG path data.
    Path(String),
}

/// A shape, its classes, and what is said of it when it is pointed at.
#[derive(Clone, Debug)]
struct Mark {
    shape: Shape,
    class: String,
    tip: String,
}

/// A drawing in the making.
#[derive(Clone, Debug)]
pub(super) struct Canvas {
    pub(super) height: f64,
    marks: Vec<Mark>,
}

impl Canvas {
    pub(super) fn new(height: f64) -> Self {
        let marks = Vec::new();
        Self { height, marks }
    }

    fn add(&mut self, shape: Shape, class: &str, tip: &str) {
        let (class, tip) = (class.to_owned(), tip.to_owned());
        self.marks.push(Mark { shape, class, tip });
    }

    pub(super) fn text(&mut self, at: Spot, class: &str, text: impl Into<String>) {
        self.add(Shape::Text(at, text.into()), class, "");
    }

    pub(super) fn line(&mut self, from: Spot, to: Spot, class: &str) {
        self.add(Shape::Line(from, to), class, "");
    }

    /// A rectangle by its upper left corner; `tip` is said of it when it is pointed at, unless it is empty.
    pub(super) fn rect(&mut self, at: Spot, size: Spot, class: &str, tip: &str) {
        let size = (size.0.max(0.0), size.1.max(0.0));
        self.add(Shape::Rect(at, size), class, tip);
    }

    pub(super) fn circle(&mut self, at: Spot, radius: f64, class: &str, tip: &str) {
        self.add(Shape::Circle(at, radius), class, tip);
    }

    pub(super) fn path(&mut self, data: String, class: &str, tip: &str) {
        self.add(Shape::Path(data), class, tip);
    }

    /// A line through points; a single point is none.
    pub(super) fn polyline(&mut self, points: &[Spot], class: &str) {
        if points.len() > 1 {
            self.path(through(points), class, "");
        }
    }

    /// The area within a line through points.
    pub(super) fn area(&mut self, points: &[Spot], class: &str) {
        if points.len() > 2 {
            self.path(through(points) + "Z", class, "");
        }
    }

    /// The shapes as SVG elements.
    pub(super) fn elements(&self, hover: Hover) -> Markup {
        html! {
            @for Mark { shape, class, tip } in &self.marks {
                @let tip = Some(tip).filter(|t| !t.is_empty());
                @let data = tip.filter(|_| hover == Hover::Script);
                @let title = html! { @if let Some(tip) = tip.filter(|_| hover == Hover::Viewer) { title { (tip) } } };
                @match shape {
                    Shape::Text((x, y), text) => text x=(at(*x)) y=(at(*y)) class=(class) { (text) },
                    Shape::Line(from, to) => line x1=(at(from.0)) y1=(at(from.1)) x2=(at(to.0)) y2=(at(to.1)) class=(class) {},
                    Shape::Rect((x, y), (width, height)) => {
                        rect x=(at(*x)) y=(at(*y)) width=(at(*width)) height=(at(*height)) class=(class) data-t=[data] { (title) }
                    }
                    Shape::Circle((x, y), radius) => circle cx=(at(*x)) cy=(at(*y)) r=(at(*radius)) class=(class) data-t=[data] { (title) },
                    Shape::Path(d) => path d=(d) class=(class) data-t=[data] { (title) },
                }
            }
        }
    }
}

/// A coordinate, to a tenth of a unit.
pub(super) fn at(x: f64) -> String {
    let text = format!("{x:.1}");
    text.strip_suffix(".0").map_or(text.clone(), str::to_owned)
}

/// Path data of a line through points.
fn through(points: &[Spot]) -> String {
    let each = points.iter().enumerate().map(|(i, (x, y))| {
        let sign = if i == 0 { 'M' } else { 'L' };
        format!("{sign}{} {}", at(*x), at(*y))
    });
    each.collect()
}
