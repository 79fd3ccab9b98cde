//! Drawing: a canvas with a frame, scales and axes. Colours are classes, so that one drawing serves light, dark and paper.

use super::markup::escape;

/// Width of every figure in its own units.
pub(super) const WIDTH: f64 = 760.0;

/// A figure in the making.
pub(super) struct Canvas {
    pub(super) width: f64,
    pub(super) height: f64,
    body: String,
}

impl Canvas {
    pub(super) fn new(height: f64) -> Self {
        Self {
            width: WIDTH,
            height,
            body: String::new(),
        }
    }

    pub(super) fn text(&mut self, x: f64, y: f64, class: &str, text: &str) {
        let (x, y, text) = (at(x), at(y), escape(text));
        self.body += &format!("<text x=\"{x}\" y=\"{y}\" class=\"{class}\">{text}</text>");
    }

    pub(super) fn line(&mut self, from: (f64, f64), to: (f64, f64), class: &str) {
        let [x1, y1, x2, y2] = [from.0, from.1, to.0, to.1].map(at);
        self.body +=
            &format!("<line x1=\"{x1}\" y1=\"{y1}\" x2=\"{x2}\" y2=\"{y2}\" class=\"{class}\"/>");
    }

    /// A rectangle; `tip` is what is said of it when it is pointed at.
    pub(super) fn rect(&mut self, x: f64, y: f64, w: f64, h: f64, class: &str, tip: &str) {
        let [x, y, w, h] = [x, y, w.max(0.0), h.max(0.0)].map(at);
        self.body += &format!(
            "<rect x=\"{x}\" y=\"{y}\" width=\"{w}\" height=\"{h}\" class=\"{class}\"{}/>",
            said(tip)
        );
    }

    pub(super) fn circle(&mut self, x: f64, y: f64, r: f64, class: &str, tip: &str) {
        let [x, y, r] = [x, y, r].map(at);
        self.body += &format!(
            "<circle cx=\"{x}\" cy=\"{y}\" r=\"{r}\" class=\"{class}\"{}/>",
            said(tip)
        );
    }

    pub(super) fn path(&mut self, d: &str, class: &str, tip: &str) {
        self.body += &format!("<path d=\"{d}\" class=\"{class}\"{}/>", said(tip));
    }

    /// A line through points.
    pub(super) fn polyline(&mut self, points: &[(f64, f64)], class: &str) {
        if points.len() > 1 {
            self.path(&through(points), class, "");
        }
    }

    /// The picture as markup; `id` is that of the figure, whose heading and caption name and describe it.
    pub(super) fn into_svg(self, id: &str) -> String {
        format!(
            "<svg viewBox=\"0 0 {} {}\" role=\"img\" tabindex=\"0\" aria-labelledby=\"{id}-title\" \
             aria-describedby=\"{id}-caption\">{}</svg>",
            at(self.width),
            at(self.height),
            self.body
        )
    }
}

/// A coordinate, to a tenth of a unit.
pub(super) fn at(x: f64) -> String {
    let text = format!("{x:.1}");
    text.strip_suffix(".0").map_or(text.clone(), str::to_owned)
}

/// Path data of a line through points.
pub(super) fn through(points: &[(f64, f64)]) -> String {
    let each = points.iter().enumerate().map(|(i, (x, y))| {
        let sign = if i == 0 { 'M' } else { 'L' };
        format!("{sign}{} {}", at(*x), at(*y))
    });
    each.collect()
}

fn said(tip: &str) -> String {
    match tip {
        "" => String::new(),
        tip => format!(" data-t=\"{}\"", escape(tip)),
    }
}

/// Round numbers that cover `low..=high`, about `count` of them.
pub(super) fn ticks(low: f64, high: f64, count: usize) -> Vec<f64> {
    let span = high - low;
    if span <= 0.0 || !span.is_finite() {
        return vec![low];
    }
    let raw = span / count.max(1) as f64;
    let power: f64 = libm::pow(10.0, libm::floor(libm::log10(raw)));
    let step = [1.0, 2.0, 2.5, 5.0, 10.0]
        .map(|m| m * power)
        .into_iter()
        .find(|s| *s >= raw * 0.999)
        .unwrap_or(10.0 * power);
    let first = libm::floor(low / step + 1e-9);
    let last = libm::ceil(high / step - 1e-9);
    (0..=(last - first) as usize)
        .map(|i| (first + i as f64) * step)
        .collect()
}

/// The part of a canvas in which things are drawn, with its scales.
#[derive(Clone, Debug)]
pub(super) struct Plot {
    left: f64,
    right: f64,
    top: f64,
    bottom: f64,
    x: (f64, f64),
    y: (f64, f64),
}

impl Plot {
    /// A plot on a canvas with margins; the ranges are those of the data.
    pub(super) fn new(canvas: &Canvas, margins: [f64; 4], x: (f64, f64), y: (f64, f64)) -> Self {
        let [top, right, bottom, left] = margins;
        // What spans nothing is given some room; an axis may run downwards.
        let wide = |(low, high): (f64, f64)| {
            let span = if high == low { 1.0 } else { high - low };
            (low, low + span)
        };
        Self {
            left,
            right: canvas.width - right,
            top,
            bottom: canvas.height - bottom,
            x: wide(x),
            y: wide(y),
        }
    }

    pub(super) fn x(&self, v: f64) -> f64 {
        self.left + (v - self.x.0) / (self.x.1 - self.x.0) * (self.right - self.left)
    }

    pub(super) fn y(&self, v: f64) -> f64 {
        self.bottom - (v - self.y.0) / (self.y.1 - self.y.0) * (self.bottom - self.top)
    }

    pub(super) fn edges(&self) -> (f64, f64, f64, f64) {
        (self.left, self.right, self.top, self.bottom)
    }

    /// Lines and numbers of the upright axis, and what it shows.
    pub(super) fn y_axis(
        &self,
        canvas: &mut Canvas,
        marks: &[f64],
        write: &dyn Fn(f64) -> String,
        label: &str,
    ) {
        for &v in marks {
            let y = self.y(v);
            let class = if v == 0.0 { "zero" } else { "grid" };
            canvas.line((self.left, y), (self.right, y), class);
            canvas.text(self.left - 8.0, y + 4.0, "tick end", &write(v));
        }
        canvas.text(4.0, self.top - 14.0, "axis-label", label);
    }

    /// Numbers of the level axis, and what it shows.
    pub(super) fn x_axis(&self, canvas: &mut Canvas, marks: &[(f64, String)], label: &str) {
        for (v, text) in marks {
            canvas.text(self.x(*v), self.bottom + 18.0, "tick mid", text);
        }
        let y = self.bottom + 38.0;
        canvas.text((self.left + self.right) / 2.0, y, "axis-label mid", label);
    }

    /// Upright lines at the marks of the level axis.
    pub(super) fn x_grid(&self, canvas: &mut Canvas, marks: &[f64]) {
        for &v in marks {
            let class = if v == 0.0 { "zero" } else { "grid" };
            let x = self.x(v);
            canvas.line((x, self.top), (x, self.bottom), class);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_and_cover() {
        assert_eq!(ticks(0.0, 100.0, 5), [0.0, 20.0, 40.0, 60.0, 80.0, 100.0]);
        assert_eq!(ticks(0.0, 1.0, 4), [0.0, 0.25, 0.5, 0.75, 1.0]);
        assert_eq!(ticks(3.0, 3.0, 4), [3.0]);
        let marks = ticks(-3.7, 12_345.0, 6);
        assert!(marks[0] <= -3.7 && *marks.last().unwrap() >= 12_345.0 && marks.len() < 10);
    }
}
