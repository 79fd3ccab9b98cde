//! What a finished sweep tells: which inputs move which measure, and which points nothing beats. `sensitivity.csv`, `frontier.csv`.

use super::csv::CsvRows;
use super::number::{MEASURE_DIGITS, mean};
use super::sweep::Swept;
use crate::experiment::{Influence, Structure, influences};
use crate::measure::{List, ranked};
use crate::stats::{frontier, frontier_membership};
use std::collections::BTreeSet;
use std::io::{self, Write};

/// Most resamples behind a probability of membership, and most points looked at in all of them together.
const RESAMPLES: usize = 1000;
const MOST_LOOKS: usize = 20_000_000;
/// Measures on the page when neither cost nor quality was kept.
const FEW: usize = 2;

/// What is asked of a sweep.
#[derive(Clone, Copy, Debug, Default)]
pub struct Question<'a> {
    /// Measures that were kept, or differences `A-B` of two of them.
    pub on: &'a [String],
    /// The measure of which less is better on the frontier; a usual one when there is none.
    pub cost: Option<&'a str>,
    /// The measure of which more is better.
    pub quality: Option<&'a str>,
}

/// A measure, with what moves it.
#[derive(Clone, Debug, PartialEq)]
pub struct Studied {
    /// Head of its column; `A-B` for a difference, `A<B` for whether the one is below the other.
    pub title: String,
    /// Unit.
    pub unit: String,
    /// The two measures, of a difference: which is the lower one, and at what share of the points it is.
    pub below: Option<(String, String, f64)>,
    /// What moves it, or why that is not known.
    pub found: Result<Vec<Influence>, &'static str>,
}

/// A point between cost and quality.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Placed {
    /// Place among the points of the sweep.
    pub point: usize,
    /// Mean cost.
    pub cost: f64,
    /// Mean quality.
    pub quality: f64,
    /// Whether no other point beats it in both, by the means.
    pub on: bool,
    /// Share of the resamples of the replications in which it is on the frontier; `None` with one replication, and where cost or quality is
    /// undefined in one.
    pub probability: Option<f64>,
}

/// The frontier between a cost and a quality.
#[derive(Clone, Debug, PartialEq)]
pub struct Front {
    /// Number of the measure of cost.
    pub cost: usize,
    /// Number of the measure of quality.
    pub quality: usize,
    /// The points at which both are defined.
    pub points: Vec<Placed>,
}

/// What a sweep tells.
#[derive(Clone, Debug, PartialEq)]
pub struct Understanding {
    /// How its points belong together.
    pub structure: Structure,
    /// By measure that was asked for, what moves it.
    pub studied: Vec<Studied>,
    /// Cost against quality, where there are both.
    pub front: Option<Front>,
}

/// Why a sweep does not tell what is asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UnderstandError {
    /// The points are not those that the method makes.
    #[error("the points are not those of the method {0}")]
    Points(String),
    /// Measures were not kept, or cannot be subtracted.
    #[error("{}", wrong.join("; "))]
    Measures {
        /// What is wrong, one by one.
        wrong: Vec<String>,
        /// The measures that were kept.
        kept: Vec<String>,
    },
}

/// The measures of a sweep that say most in few words: quality and cost, else the first few.
pub fn telling(sweep: &Swept) -> Vec<String> {
    let both = [List::Quality, List::Cost].map(|t| usual(sweep, t));
    let found: Vec<usize> = both.into_iter().flatten().collect();
    let found = match found.is_empty() {
        true => (0..sweep.measures.len().min(FEW)).collect(),
        false => found,
    };
    let name = |m: usize| sweep.measures[m].measure.clone();
    found.into_iter().map(name).collect()
}

fn usual(sweep: &Swept, list: List) -> Option<usize> {
    ranked(list).iter().find_map(|m| column(sweep, m.id))
}

fn column(sweep: &Swept, name: &str) -> Option<usize> {
    sweep.measures.iter().position(|m| m.measure == name.trim())
}

/// Looks through a sweep.
///
/// # Errors
/// When measures were not kept, two cannot be subtracted, or the points are not those of the method.
pub fn understand(sweep: &Swept, question: Question<'_>) -> Result<Understanding, UnderstandError> {
    let cells: Vec<&[String]> = sweep.points.iter().map(|p| p.cells.as_slice()).collect();
    let structure = Structure::of(&sweep.origin.method, &cells)
        .ok_or_else(|| UnderstandError::Points(sweep.origin.method.clone()))?;
    let mut studied = Vec::new();
    let mut wrong: Vec<String> = Vec::new();
    for name in question.on {
        let mut study = |title, unit: &str, below, values: &[Vec<f64>]| {
            studied.push(Studied {
                title,
                unit: unit.to_owned(),
                below,
                found: influences(structure, &cells, values, sweep.origin.seed),
            });
        };
        if let Some(m) = column(sweep, name) {
            let title = sweep.measures[m].measure.clone();
            study(title, &sweep.measures[m].unit, None, &values(sweep, m));
            continue;
        }
        let (a, b) = match difference(sweep, name) {
            Ok(both) => both,
            Err(why) => {
                wrong.push(why);
                continue;
            }
        };
        let (first, second) = (&sweep.measures[a], &sweep.measures[b]);
        let mut differences = values(sweep, a);
        for (a, b) in differences.iter_mut().zip(values(sweep, b)) {
            a.iter_mut().zip(b).for_each(|(a, b)| *a -= b);
        }
        let title = format!("{}-{}", first.measure, second.measure);
        study(title, &first.unit, None, &differences);
        // Of the scenario as it is and its neighbours a share says nothing.
        if structure != Structure::OneAtATime {
            let signs: Vec<Vec<f64>> = differences.iter().map(|d| vec![is_below(d)]).collect();
            let known = signs.iter().flatten().copied().filter(|x| !x.is_nan());
            let share = mean(known).unwrap_or(0.0);
            let title = format!("{}<{}", first.measure, second.measure);
            let names = (first.measure.clone(), second.measure.clone(), share);
            study(title, "fraction", Some(names), &signs);
        }
    }
    let mut named = |name: Option<&str>, list: List| match name {
        None => usual(sweep, list),
        Some(name) => {
            let found = column(sweep, name);
            wrong.extend(found.is_none().then(|| unknown(name)));
            found
        }
    };
    let cost = named(question.cost, List::Cost);
    let quality = named(question.quality, List::Quality);
    if !wrong.is_empty() {
        let mut seen = BTreeSet::new();
        wrong.retain(|w| seen.insert(w.clone()));
        let kept = sweep.measures.iter().map(|m| m.measure.clone()).collect();
        return Err(UnderstandError::Measures { wrong, kept });
    }
    let front = cost.zip(quality).map(|(c, q)| front(sweep, c, q));
    Ok(Understanding {
        structure,
        studied,
        front,
    })
}

/// 1 where the mean of the differences is below 0, else 0; NaN where none is defined.
fn is_below(differences: &[f64]) -> f64 {
    let defined = differences.iter().copied().filter(|x| !x.is_nan());
    mean(defined).map_or(f64::NAN, |mean| f64::from(u8::from(mean < 0.0)))
}

fn unknown(name: &str) -> String {
    format!("the sweep did not keep {name}")
}

/// The two measures of `A-B`: names may hold a `-` themselves.
fn difference(sweep: &Swept, name: &str) -> Result<(usize, usize), String> {
    let split = |(i, _): (usize, &str)| {
        let a = column(sweep, &name[..i])?;
        Some((a, column(sweep, &name[i + 1..])?))
    };
    let (a, b) = name
        .match_indices('-')
        .find_map(split)
        .ok_or_else(|| unknown(name))?;
    let (from, to) = (&sweep.measures[a].unit, &sweep.measures[b].unit);
    if from != to {
        return Err(format!(
            "{name}: the units are {from:?} and {to:?}: expected two measures with the same unit"
        ));
    }
    Ok((a, b))
}

/// By point and replication; NaN where it is undefined.
fn values(sweep: &Swept, measure: usize) -> Vec<Vec<f64>> {
    let of = |x: &Option<f64>| x.unwrap_or(f64::NAN);
    let of_point = |p: &super::Point| p.values[measure].iter().map(of).collect();
    sweep.points.iter().map(of_point).collect()
}

fn front(sweep: &Swept, cost: usize, quality: usize) -> Front {
    let place = |(point, p): (usize, &super::Point)| {
        let (cost, quality) = (p.mean(cost)?, p.mean(quality)?);
        Some(Placed {
            point,
            cost,
            quality,
            on: false,
            probability: None,
        })
    };
    let placed = sweep.points.iter().enumerate().filter_map(place);
    let mut points: Vec<Placed> = placed.collect();
    // Of the opposite of quality less is better.
    let means: Vec<[f64; 2]> = points.iter().map(|p| [p.cost, -p.quality]).collect();
    for (p, on) in points.iter_mut().zip(frontier(&means)) {
        p.on = on;
    }
    // The values of all replications, where there are several and none is undefined.
    let complete = |p: &Placed| {
        let values = |m: usize| sweep.points[p.point].values[m].iter();
        let list = |m, sign: f64| {
            values(m)
                .map(|v| Some(sign * (*v)?))
                .collect::<Option<Vec<f64>>>()
        };
        let both = [list(cost, 1.0)?, list(quality, -1.0)?];
        both.iter().all(|list| list.len() > 1).then_some(both)
    };
    let whole = (0..points.len()).filter_map(|i| Some((i, complete(&points[i])?)));
    let (whole, lists): (Vec<usize>, Vec<[Vec<f64>; 2]>) = whole.unzip();
    let resamples = (MOST_LOOKS / lists.len().max(1)).clamp(100, RESAMPLES);
    let found = frontier_membership(&lists, resamples, sweep.origin.seed);
    for (i, probability) in whole.into_iter().zip(found.unwrap_or_default()) {
        points[i].probability = Some(probability);
    }
    Front {
        cost,
        quality,
        points,
    }
}

/// `sensitivity.csv`: every effect of every input on each measure, with its confidence interval.
///
/// # Errors
/// What `out` refuses.
pub fn sensitivity_table(
    sweep: &Swept,
    found: &Understanding,
    out: &mut dyn Write,
) -> io::Result<()> {
    let header = "measure,input,kind,value,ci_low,ci_high,n";
    let mut rows = CsvRows::new(out, header.split(','))?;
    for studied in &found.studied {
        for found in studied.found.iter().flatten() {
            rows.text(&studied.title);
            rows.text(found.input.map_or("", |i| &sweep.varies[i]));
            rows.text(found.effect.name());
            rows.number(Some(found.value.estimate), MEASURE_DIGITS);
            rows.number(found.value.bounds.map(|b| b.0), MEASURE_DIGITS);
            rows.number(found.value.bounds.map(|b| b.1), MEASURE_DIGITS);
            rows.integer(found.n as u64);
            rows.end()?;
        }
    }
    rows.flush()
}

/// `frontier.csv`: every point at which cost and quality are defined.
///
/// # Errors
/// What `out` refuses.
pub fn frontier_table(sweep: &Swept, found: &Understanding, out: &mut dyn Write) -> io::Result<()> {
    let header = "point,cost,quality,on_frontier,probability";
    let mut rows = CsvRows::new(out, header.split(','))?;
    for p in found.front.iter().flat_map(|f| &f.points) {
        rows.text(&sweep.points[p.point].number);
        rows.number(Some(p.cost), MEASURE_DIGITS);
        rows.number(Some(p.quality), MEASURE_DIGITS);
        rows.text(if p.on { "yes" } else { "no" });
        rows.number(p.probability, MEASURE_DIGITS);
        rows.end()?;
    }
    rows.flush()
}
