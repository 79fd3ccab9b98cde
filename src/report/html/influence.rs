//! Which inputs move a measure: Sobol' indices, or one input at a time, with their intervals.

use super::axes::{Axis, Plot, extent};
use super::canvas::fill;
use super::figure::Figure;
use super::markup::{Cell, Rows};
use super::tornado::{KEYS, VARIES, shortened};
use crate::experiment::{Effect, Influence};
use crate::measure::name_of;
use crate::report::quantity::{Kind, value};
use crate::report::understanding::{sentence, strongest};
use crate::results::{Studied, Swept};

const BAR: f64 = 13.0;
const ROW: f64 = 40.0;

/// What the two bars of an input are, by what decides their order.
const PAIRS: [(Effect, [(Effect, &str); 2]); 2] = [
    (
        Effect::Total,
        [
            (Effect::FirstOrder, "the input alone"),
            (Effect::Total, "with its interactions"),
        ],
    ),
    (
        Effect::Swing,
        [
            (Effect::Low, "with the low value"),
            (Effect::High, "with the high value"),
        ],
    ),
];

/// The figure of a measure; `None` where there are neither indices nor swings.
pub(super) fn figure(sweep: &Swept, studied: &Studied, number: usize) -> Option<Figure> {
    let found = studied.found.as_ref().ok()?;
    let (order, pair) = PAIRS.iter().find_map(|(by, pair)| {
        let order = strongest(found, *by);
        (!order.is_empty()).then_some((order, pair))
    })?;
    let shares = pair[0].0 == Effect::FirstOrder;
    let kind = match shares {
        true => Kind::Fraction,
        false => Kind::of_difference(&studied.unit),
    };
    // Lower end, estimate and upper end.
    let of = |input: Option<usize>, effect: Effect| {
        let is = |i: &&Influence| i.input == input && i.effect == effect;
        found.iter().find(is).map(|i| {
            let x = i.value.estimate;
            let (low, high) = i.value.bounds.unwrap_or((x, x));
            [low, x, high]
        })
    };
    let bars = order.iter().map(|i| {
        let key = i.input.map_or("", |i| &sweep.varies[i]);
        (key, pair.map(|(effect, _)| of(i.input, effect)))
    });
    let bars: Vec<(&str, [Option<[f64; 3]>; 2])> = bars.collect();
    let ends = bars.iter().flat_map(|b| b.1).flatten().flatten();
    let measure = name_of(&studied.title);
    let label = match shares {
        true => format!("share of the variance of {measure}"),
        false => format!("change of {measure}, {}", studied.unit),
    };
    let x = Axis::numbers(label, extent(ends.chain([0.0])), 5, kind, f64::INFINITY);
    let names = bars.iter().map(|b| shortened(b.0));
    let (mut canvas, plot) = Plot::rows(ROW, KEYS, &x, VARIES, names);
    let write = |x: f64| value(x, kind);
    for (i, (key, ends)) in bars.iter().enumerate() {
        let bars = ends.iter().enumerate();
        for (k, [low, x, high]) in bars.filter_map(|(k, ends)| Some((k, (*ends)?))) {
            let top = plot.y(i as f64 + 0.5) + (k as f64 - 1.0) * BAR;
            let (zero, end) = (plot.x(0.0), plot.x(x));
            let interval = format!("{} [{}, {}]", write(x), write(low), write(high));
            let tip = format!("{key}, {}\n{interval}", pair[k].1);
            let size = ((end - zero).abs().max(1.0), BAR);
            let class = format!("stack {}", fill(k));
            canvas.rect((zero.min(end), top), size, &class, &tip);
            let y = top + BAR / 2.0;
            canvas.line((plot.x(low), y), (plot.x(high), y), "thin");
        }
    }
    let mut rows = Rows::of(&bars).column("key", |b| Cell::text(b.0));
    for (k, (_, words)) in pair.iter().enumerate() {
        for (heading, end) in [(*words, 1), ("from", 0), ("to", 2)] {
            rows = rows.column(heading, |b| Cell::value(b.1[k].map(|e| e[end]), kind));
        }
    }
    let lines = match shares {
        true => "over the rows of the design",
        false => "of the paired differences from the scenario as it is",
    };
    let id = format!("influence-{}", number + 1);
    let title = format!("What moves {measure}");
    let sentence = sentence(sweep, studied);
    let caption = format!("{sentence} The lines are 95 % intervals {lines}.");
    let table = format!("{title}, with 95 % intervals");
    let figure = Figure::new(id, title, caption, canvas);
    Some(figure.series(pair.map(|p| p.1)).table(table, rows))
}
