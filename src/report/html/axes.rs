//! Axes: the numbers or names at the edges of a drawing, and where a value stands between them.

use super::canvas::{Canvas, Spot, WIDTH};
use crate::report::quantity::{Kind, value};

/// A number for an axis: `250 k`, `3.5 M`, or with its unit.
pub(super) fn tick(x: f64, kind: Kind) -> String {
    match (kind, x.abs()) {
        (Kind::Plain, 1e9..) => format!("{} bn", value(x / 1e9, kind)),
        (Kind::Plain, 1e6..) => format!("{} M", value(x / 1e6, kind)),
        (Kind::Plain, 1e4..) => format!("{} k", value(x / 1e3, kind)),
        _ => value(x, kind),
    }
}

/// Smallest and largest of some numbers.
pub(super) fn extent(numbers: impl IntoIterator<Item = f64>) -> (f64, f64) {
    let start = (f64::INFINITY, f64::NEG_INFINITY);
    let wider = |(low, high): (f64, f64), x: f64| (low.min(x), high.max(x));
    numbers.into_iter().fold(start, wider)
}

/// Round numbers that cover `low..=high`, about `count` of them.
fn ticks(low: f64, high: f64, count: usize) -> Vec<f64> {
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

/// An axis.
#[derive(Clone, Debug)]
pub(super) struct Axis {
    pub(super) label: String,
    /// Values at its two ends: left and right, or bottom and top.
    pub(super) ends: (f64, f64),
    /// Values with lines across the drawing.
    pub(super) lines: Vec<f64>,
    /// Values that are named.
    names: Vec<(f64, String)>,
}

impl Axis {
    /// An axis of numbers: about `count` round ones that cover `ends` and are at most `limit`.
    pub(super) fn numbers(
        label: impl Into<String>,
        (low, high): (f64, f64),
        count: usize,
        kind: Kind,
        limit: f64,
    ) -> Self {
        let mut lines = ticks(low, high, count);
        lines.retain(|x| *x <= limit);
        let first = lines.first().map_or(low, |x| x.min(low));
        let last = lines.last().map_or(high, |x| x.max(high));
        let names = lines.iter().map(|x| (*x, tick(*x, kind))).collect();
        Self {
            label: label.into(),
            ends: (first, last),
            lines,
            names,
        }
    }

    /// An axis of numbers without a unit, from zero to at least `most`.
    pub(super) fn up_to(label: impl Into<String>, most: f64) -> Self {
        Self::numbers(label, (0.0, most), 5, Kind::Plain, f64::INFINITY)
    }

    /// An axis of names at their places.
    pub(super) fn names(
        label: impl Into<String>,
        ends: (f64, f64),
        names: impl IntoIterator<Item = (f64, String)>,
    ) -> Self {
        Self {
            label: label.into(),
            ends,
            lines: Vec::new(),
            names: names.into_iter().collect(),
        }
    }

    /// An axis of names, one for each step from 0 on, in the middle of its step.
    pub(super) fn steps<N: Into<String>>(
        label: impl Into<String>,
        names: impl IntoIterator<Item = N>,
    ) -> Self {
        let middles = (0..).map(|i| f64::from(i) + 0.5);
        let names = middles.zip(names.into_iter().map(N::into));
        let mut axis = Self::names(label, (0.0, 0.0), names);
        axis.ends.1 = axis.names.len() as f64;
        axis
    }

    /// The same from its last to its first value: of an upright axis the first is on top.
    pub(super) fn reversed(mut self) -> Self {
        self.ends = (self.ends.1, self.ends.0);
        self
    }
}

/// Class of a line across the drawing.
fn line_class(value: f64) -> &'static str {
    if value == 0.0 { "zero" } else { "grid" }
}

/// The part of a canvas between two axes, with their scales.
#[derive(Clone, Debug)]
pub(super) struct Plot {
    pub(super) left: f64,
    pub(super) right: f64,
    pub(super) top: f64,
    pub(super) bottom: f64,
    x: (f64, f64),
    y: (f64, f64),
}

impl Plot {
    /// A canvas with its axes drawn; margins are those at the top, right, bottom and left.
    pub(super) fn new(height: f64, margins: [f64; 4], x: &Axis, y: &Axis) -> (Canvas, Self) {
        let [top, right, bottom, left] = margins;
        // An axis that spans nothing is given some room.
        let wide = |(low, high): (f64, f64)| (low, if high == low { low + 1.0 } else { high });
        let plot = Self {
            left,
            right: WIDTH - right,
            top,
            bottom: height - bottom,
            x: wide(x.ends),
            y: wide(y.ends),
        };
        let mut canvas = Canvas::new(height);
        for &v in &y.lines {
            let at = plot.y(v);
            canvas.line((left, at), (plot.right, at), line_class(v));
        }
        for (v, name) in &y.names {
            canvas.text((left - 8.0, plot.y(*v) + 4.0), "tick end", name);
        }
        canvas.text((4.0, top - 14.0), "axis-label", &y.label);
        for &v in &x.lines {
            plot.upright(&mut canvas, v, line_class(v));
        }
        for (v, name) in &x.names {
            canvas.text((plot.x(*v), plot.bottom + 18.0), "tick mid", name);
        }
        let middle = (left + plot.right) / 2.0;
        canvas.text((middle, plot.bottom + 38.0), "axis-label mid", &x.label);
        (canvas, plot)
    }

    /// A canvas with rows below one another, each `row` high, whose names stand in the `left` margin.
    pub(super) fn rows<N: Into<String>>(
        row: f64,
        left: f64,
        x: &Axis,
        label: &str,
        names: impl ExactSizeIterator<Item = N>,
    ) -> (Canvas, Self) {
        let height = 90.0 + names.len() as f64 * row;
        let mut y = Axis::steps(label, names).reversed();
        let names = std::mem::take(&mut y.names);
        let (mut canvas, plot) = Self::new(height, [34.0, 40.0, 50.0, left], x, &y);
        for (v, name) in names {
            canvas.text((left - 12.0, plot.y(v) + 4.5), "end", name);
        }
        (canvas, plot)
    }

    /// Where a value of the level axis stands.
    pub(super) fn x(&self, v: f64) -> f64 {
        self.left + (v - self.x.0) / (self.x.1 - self.x.0) * (self.right - self.left)
    }

    /// Where a value of the upright axis stands.
    pub(super) fn y(&self, v: f64) -> f64 {
        self.bottom - (v - self.y.0) / (self.y.1 - self.y.0) * (self.bottom - self.top)
    }

    /// Where a point of both axes stands.
    pub(super) fn at(&self, x: f64, y: f64) -> Spot {
        (self.x(x), self.y(y))
    }

    /// A line from top to bottom at a value of the level axis.
    pub(super) fn upright(&self, canvas: &mut Canvas, v: f64, class: &str) {
        let x = self.x(v);
        canvas.line((x, self.top), (x, self.bottom), class);
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
