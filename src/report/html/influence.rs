//! Which inputs move a measure: Sobol' indices, or one input at a time, with their intervals.

use super::markup::{Cell, Figure, Table, ident};
use super::months::short;
use super::svg::{Canvas, Plot, ticks};
use super::sweep::shortened;
use crate::experiment::{Effect, Influence};
use crate::report::quantity::{Kind, value};
use crate::report::understanding::{name, sentence, strongest};
use crate::results::{Studied, Swept};

const BAR: f64 = 13.0;
const ROW: f64 = 40.0;

/// What the two bars of an input are, by what decides their order.
const PAIRS: [(Effect, [(Effect, &str); 2]); 2] = [
    (
        Effect::Total,
        [
            (Effect::FirstOrder, "the input alone"),
            (Effect::Total, "with what it does together with others"),
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
    let kind = match (pair[0].0, Kind::of_unit(&studied.unit)) {
        (Effect::FirstOrder, _) => Kind::Fraction,
        (_, Kind::Fraction) => Kind::Points,
        (_, kind) => kind,
    };
    let of = |input: Option<usize>, effect: Effect| {
        let is = |i: &&Influence| i.input == input && i.effect == effect;
        found.iter().find(is).map(|i| {
            let x = i.value.estimate;
            let (low, high) = i.value.bounds.unwrap_or((x, x));
            [low, x, high]
        })
    };
    let bars: Vec<(&str, [Option<[f64; 3]>; 2])> = order
        .iter()
        .map(|i| {
            let key = i.input.map_or("", |i| &sweep.varies[i]);
            (key, [0, 1].map(|k| of(i.input, pair[k].0)))
        })
        .collect();
    let all = bars.iter().flat_map(|b| b.1).flatten().flatten();
    let (low, high) = all.fold((0.0_f64, 0.0_f64), |(a, b), x| (a.min(x), b.max(x)));
    let marks = ticks(low, high, 5);
    let span = (marks[0], marks.last().copied().unwrap_or(high));
    let write = |x: f64| match kind {
        Kind::Plain => short(x),
        _ => value(x, kind),
    };
    let mut canvas = Canvas::new(40.0 + bars.len() as f64 * ROW + 50.0);
    let rows = bars.len() as f64;
    let plot = Plot::new(&canvas, [34.0, 40.0, 50.0, 270.0], span, (rows, 0.0));
    plot.x_grid(&mut canvas, &marks);
    let labels: Vec<(f64, String)> = marks.iter().map(|m| (*m, write(*m))).collect();
    let shares = pair[0].0 == Effect::FirstOrder;
    let axis = match shares {
        true => format!("share of the variance of {}", name(&studied.title)),
        false => format!("change of {}, {}", name(&studied.title), studied.unit),
    };
    plot.x_axis(&mut canvas, &labels, &axis);
    canvas.text(4.0, 18.0, "axis-label", "what varies");
    let (left, ..) = plot.edges();
    for (i, (key, ends)) in bars.iter().enumerate() {
        let middle = plot.y(i as f64 + 0.5);
        canvas.text(left - 12.0, middle + 4.5, "end", &shortened(key));
        for (k, ends) in ends.iter().enumerate() {
            let Some([low, x, high]) = *ends else {
                continue;
            };
            let top = middle - BAR + k as f64 * BAR;
            let (zero, end) = (plot.x(0.0), plot.x(x));
            let tip = format!(
                "{key}, {}\n{} [{}, {}]",
                pair[k].1,
                value(x, kind),
                value(low, kind),
                value(high, kind)
            );
            let class = format!("stack f{k}");
            let wide = (end - zero).abs().max(1.0);
            canvas.rect(zero.min(end), top, wide, BAR, &class, &tip);
            let y = top + BAR / 2.0;
            canvas.line((plot.x(low), y), (plot.x(high), y), "thin");
        }
    }
    let id = ident("influence", number + 1);
    let rows = bars.iter().map(|(key, ends)| {
        let cells = ends.iter().flat_map(|ends| {
            let cell = |k: usize| Cell::maybe(ends.map(|e| e[k]), |x| value(x, kind));
            [cell(1), cell(0), cell(2)]
        });
        std::iter::once(Cell::text(key)).chain(cells).collect()
    });
    let header = ["key", pair[0].1, "from", "to", pair[1].1, "from", "to"];
    let table = Table {
        id: format!("{id}-table"),
        caption: format!("What moves {}, with 95 % intervals", name(&studied.title)),
        header: header.map(String::from).to_vec(),
        rows: rows.collect(),
    };
    let lines = match shares {
        true => "The lines are 95 % intervals over the rows of the design.",
        false => {
            "The lines are 95 % intervals of the paired differences from the scenario as it is."
        }
    };
    let legend = [0, 1].map(|k| (pair[k].1.to_owned(), format!("f{k}")));
    Some(Figure {
        title: format!("What moves {}", name(&studied.title)),
        caption: format!("{} {lines}", sentence(sweep, studied)),
        canvas,
        legend: legend.to_vec(),
        table: Some(table),
        id,
    })
}
