//! What moves a measure in a sweep without a design for it: means with the low and with the high values of each key.

use super::axes::{Axis, Plot, extent};
use super::canvas::fill;
use super::figure::Figure;
use super::markup::{Cell, Rows};
use crate::report::quantity::value;
use crate::report::understanding::named;
use crate::results::{Point, Swept, mean};
use crate::text::distinct;

/// A key with more values than this is looked at in thirds.
pub(super) const FEW: usize = 12;
/// Room for keys beside their bars, and the heading above them.
pub(super) const KEYS: f64 = 270.0;
pub(super) const VARIES: &str = "what varies";
const ROW: f64 = 30.0;
const BAR: f64 = 18.0;

/// The values of a key: numbers from the smallest on, others as the points have them.
pub(super) fn levels(sweep: &Swept, key: usize) -> Vec<&str> {
    let cells = sweep.points.iter().map(|p| p.cells[key].as_str());
    let mut out = distinct(cells.filter(|cell| !cell.is_empty()));
    if out.iter().all(|level| number(level).is_some()) {
        let key = |level: &str| number(level).unwrap_or(0.0);
        out.sort_by(|a, b| key(a).total_cmp(&key(b)));
    }
    out
}

/// The number with which a value begins: of `30 s` 30.
pub(super) fn number(text: &str) -> Option<f64> {
    let text = text.trim_matches(['"', ' ']);
    let end = text
        .find(|c: char| !(c.is_ascii_digit() || "+-.eE_".contains(c)))
        .unwrap_or(text.len());
    text[..end].replace('_', "").parse().ok()
}

/// What a key does: its name, the mean with its low and with its high values, and what those are.
struct Effect<'a> {
    key: &'a str,
    ends: [f64; 2],
    words: [String; 2],
}

fn effect(sweep: &Swept, key: usize, measure: usize) -> Option<Effect<'_>> {
    let levels = levels(sweep, key);
    let at = |chosen: &[&str]| {
        let is = |p: &&Point| chosen.contains(&p.cells[key].as_str());
        let points = sweep.points.iter().filter(is);
        mean(points.filter_map(|p| p.mean(measure)))
    };
    let numeric = levels.iter().all(|l| number(l).is_some());
    let (low, high): (Vec<&str>, Vec<&str>) = match (levels.len(), numeric) {
        (0 | 1, _) => return None,
        (n, true) if n > FEW => (levels[..n / 3].to_vec(), levels[n - n / 3..].to_vec()),
        (n, true) => (vec![levels[0]], vec![levels[n - 1]]),
        // Choices have no order: the one with the smallest and the one with the largest mean.
        (_, false) => {
            let mean = |l: &&&str| at(&[**l]).unwrap_or(f64::NAN);
            let low = levels.iter().min_by(|a, b| mean(a).total_cmp(&mean(b)))?;
            let high = levels.iter().max_by(|a, b| mean(a).total_cmp(&mean(b)))?;
            (vec![low], vec![high])
        }
    };
    let words = |l: &[&str]| match l {
        [one] => (*one).to_owned(),
        _ => format!("{} to {}", l[0], l[l.len() - 1]),
    };
    Some(Effect {
        key: &sweep.varies[key],
        ends: [at(&low)?, at(&high)?],
        words: [words(&low), words(&high)],
    })
}

/// The keys by how far they move a measure, the farthest first.
pub(super) fn tornado(sweep: &Swept, measure: usize) -> Option<Figure> {
    let keys = 0..sweep.varies.len();
    let mut effects: Vec<Effect<'_>> = keys.filter_map(|k| effect(sweep, k, measure)).collect();
    let reach = |e: &Effect<'_>| (e.ends[1] - e.ends[0]).abs();
    effects.sort_by(|a, b| reach(b).total_cmp(&reach(a)));
    let middle = mean(sweep.points.iter().filter_map(|p| p.mean(measure)))?;
    let (low, high) = extent(effects.iter().flat_map(|e| e.ends).chain([middle]));
    if effects.is_empty() || high <= low {
        return None;
    }
    let (name, kind) = named(sweep, measure);
    let label = format!("mean of {name}, {}", sweep.measures[measure].unit);
    let x = Axis::numbers(label, (low, high), 5, kind, f64::INFINITY);
    let names = effects.iter().map(|e| shortened(e.key));
    let (mut canvas, plot) = Plot::rows(ROW, KEYS, &x, VARIES, names);
    for (i, e) in effects.iter().enumerate() {
        let top = plot.y(i as f64 + 0.5) - BAR / 2.0;
        for (k, (words, end)) in e.words.iter().zip(e.ends).enumerate() {
            let (a, b) = (plot.x(middle), plot.x(end));
            let tip = format!("{} = {words}\nmean of {name}: {}", e.key, value(end, kind));
            let size = ((b - a).abs().max(1.0), BAR);
            canvas.rect((a.min(b), top), size, &format!("stack {}", fill(k)), &tip);
        }
    }
    plot.upright(&mut canvas, middle, "thin");
    let mut rows = Rows::of(&effects).column("key", |e| Cell::text(e.key));
    for (k, heading) in ["low", "high"].into_iter().enumerate() {
        rows = rows
            .column(heading, |e| Cell::text(&e.words[k]))
            .column("mean", |e| Cell::value(e.ends[k], kind));
    }
    let caption = format!(
        "Mean over all points with low and with high values of a key, while the others vary as the design has it; of a key with more than \
         {FEW} values its lowest and highest third. The line is the mean of all points, {}.",
        value(middle, kind)
    );
    let id = format!("tornado-{}", measure + 1);
    let title = format!("What moves the {name}");
    let names = ["low values (of choices: the smallest mean)", "high values"];
    let figure = Figure::new(id, &title, caption, canvas).series(names);
    Some(figure.table(title, rows))
}

/// A key that fits beside its bar.
pub(super) fn shortened(key: &str) -> String {
    let letters: Vec<char> = key.chars().collect();
    match letters.len() {
        0..=36 => key.to_owned(),
        n => format!("…{}", letters[n - 35..].iter().collect::<String>()),
    }
}
