//! Which inputs of a sweep move a measure.

use super::factors::split_unit;
use super::structured::Structure;
use crate::stats::{Bounded, SobolSample, moments, regression, sobol_indices, tornado};

/// Resamples behind the interval of a Sobol' index.
const LEVEL: f64 = 0.95;
const RESAMPLES: usize = 1000;

/// What is said of an input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// First-order Sobol' index: the share of the variance that knowing this input alone would take away.
    FirstOrder,
    /// Total Sobol' index: the share that would remain if all other inputs were known.
    Total,
    /// Standardised regression coefficient: by how many standard deviations the measure moves with one of the input.
    Src,
    /// Share of the variance that the regression explains; of no input, but of all.
    RSquared,
    /// The measure with the low value less that of the scenario as it is.
    Low,
    /// The measure with the high value less that of the scenario as it is.
    High,
    /// The measure with the high value less that with the low one.
    Swing,
}

impl Effect {
    /// As the column `kind` has it.
    pub fn name(self) -> &'static str {
        match self {
            Effect::FirstOrder => "first_order",
            Effect::Total => "total",
            Effect::Src => "src",
            Effect::RSquared => "r_squared",
            Effect::Low => "tornado_low",
            Effect::High => "tornado_high",
            Effect::Swing => "tornado_swing",
        }
    }
}

/// An effect of an input on a measure.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Influence {
    /// Number of the input; `None` for what is said of all together.
    pub input: Option<usize>,
    /// What is said.
    pub effect: Effect,
    /// How much, with its confidence interval.
    pub value: Bounded,
    /// Rows of the design, points of the regression, or replications that it comes from.
    pub n: usize,
}

/// The influence of the inputs of a sweep on a measure. `cells` are the points' inputs,
/// `values[p][r]` the measure at point p in replication r, NaN where it is undefined; `seed` is that of the resamples.
///
/// Of Saltelli's design: Sobol' indices of the means over the replications, and a regression over the rows of A and B, which are independent
/// of one another; of one at a time: paired differences over the replications that are defined everywhere; else a regression over all points.
/// An input that is a choice of two counts as 0 and 1 in the regression, in the order of the alphabet; one of more is left out.
///
/// # Errors
/// Why nothing can be said, as the end of a sentence.
pub fn influences(
    structure: Structure,
    cells: &[&[String]],
    values: &[Vec<f64>],
    seed: u64,
) -> Result<Vec<Influence>, &'static str> {
    match structure {
        Structure::OneAtATime => swings(values),
        Structure::Saltelli { .. } => {
            let means = means(values)?;
            let width = cells.first().map_or(0, |c| c.len()) + 2;
            let mut found = indices(&means, width, seed)?;
            let (mut rows, mut of_rows) = (Vec::new(), Vec::new());
            for (cells, means) in cells.chunks(width).zip(means.chunks(width)) {
                rows.extend_from_slice(&cells[..2]);
                of_rows.extend_from_slice(&means[..2]);
            }
            // Inputs with gaps in their regression still have their indices.
            found.extend(coefficients(&rows, &of_rows).into_iter().flatten());
            Ok(found)
        }
        Structure::Free => coefficients(cells, &means(values)?),
    }
}

/// Mean of every point over the replications in which it is defined.
fn means(values: &[Vec<f64>]) -> Result<Vec<f64>, &'static str> {
    let mean = |of: &Vec<f64>| {
        let defined: Vec<f64> = of.iter().copied().filter(|x| !x.is_nan()).collect();
        moments(&defined).mean()
    };
    let means: Option<Vec<f64>> = values.iter().map(mean).collect();
    means.ok_or("it is undefined at some points")
}

/// Sobol' indices from blocks of `width` points: A, B, and A with each column of B.
fn indices(means: &[f64], width: usize, seed: u64) -> Result<Vec<Influence>, &'static str> {
    let column = |c: usize| -> Vec<f64> { means.chunks(width).map(|b| b[c]).collect() };
    let (a, b) = (column(0), column(1));
    let ab: Vec<Vec<f64>> = (2..width).map(column).collect();
    if a.len() < 2 {
        return Err("there are fewer than two rows");
    }
    let (a, b, ab) = (&a, &b, &ab);
    let found = sobol_indices(SobolSample { a, b, ab }, LEVEL, RESAMPLES, seed);
    let found = found.ok_or("it does not vary")?;
    let influence = |(i, index): (usize, crate::stats::SobolIndex)| {
        [
            (Effect::FirstOrder, index.first),
            (Effect::Total, index.total),
        ]
        .map(|(effect, value)| Influence {
            input: Some(i),
            effect,
            value,
            n: a.len(),
        })
    };
    Ok(found.into_iter().enumerate().flat_map(influence).collect())
}

/// Standardised coefficients of the inputs that are numbers, or choices of two.
fn coefficients(cells: &[&[String]], means: &[f64]) -> Result<Vec<Influence>, &'static str> {
    let k = cells.first().map_or(0, |c| c.len());
    let columns = (0..k).filter_map(|c| Some((c, numbers(cells, c)?)));
    let (inputs, columns): (Vec<usize>, Vec<Vec<f64>>) = columns.unzip();
    if columns.is_empty() {
        return Err("no input is a number or a choice of two");
    }
    if means.windows(2).all(|pair| pair[0] == pair[1]) {
        return Err("it does not vary");
    }
    let fit = regression(&columns, means, LEVEL)
        .ok_or("there are too few points, or the inputs determine one another")?;
    let influence = |input, effect, value| Influence {
        input,
        effect,
        value,
        n: means.len(),
    };
    let of_all = Bounded {
        estimate: fit.r_squared,
        bounds: None,
    };
    let each = inputs.into_iter().zip(fit.coefficients);
    let each = each.filter_map(|(i, c)| Some(influence(Some(i), Effect::Src, c?)));
    let all = std::iter::once(influence(None, Effect::RSquared, of_all));
    Ok(each.chain(all).collect())
}

/// A column as numbers: those it holds, if all have the same unit; 0 and 1 for a choice of two; `None` else.
fn numbers(cells: &[&[String]], column: usize) -> Option<Vec<f64>> {
    let texts = || cells.iter().map(|c| c[column].trim_matches('"'));
    let split: Option<Vec<(f64, &str)>> = texts().map(split_unit).collect();
    if let Some(split) = split
        && split.iter().all(|s| s.1 == split[0].1)
    {
        return Some(split.into_iter().map(|s| s.0).collect());
    }
    let (low, high) = (texts().min()?, texts().max()?);
    let two = texts().all(|t| t == low || t == high);
    two.then(|| texts().map(|t| f64::from(u8::from(t == high))).collect())
}

/// Paired differences of one at a time: the base first, then each input low and high.
fn swings(values: &[Vec<f64>]) -> Result<Vec<Influence>, &'static str> {
    let replications = values.first().map_or(0, Vec::len);
    let defined = |r: &usize| {
        values
            .iter()
            .all(|v| v.get(*r).is_some_and(|x| x.is_finite()))
    };
    let there: Vec<usize> = (0..replications).filter(defined).collect();
    if there.len() < 2 {
        return Err("fewer than two replications have it at every point");
    }
    let of_point = |v: &Vec<f64>| there.iter().map(|&r| v[r]).collect();
    let lists: Vec<Vec<f64>> = values.iter().map(of_point).collect();
    let bars = tornado(&lists[0], &lists[1..], LEVEL).ok_or("it is undefined at some points")?;
    let influence = |bar: crate::stats::Bar| {
        let effects = [
            (Effect::Low, bar.low),
            (Effect::High, bar.high),
            (Effect::Swing, bar.swing),
        ];
        effects.map(|(effect, ci)| Influence {
            input: Some(bar.input),
            effect,
            value: Bounded {
                estimate: ci.mean,
                bounds: Some((ci.low, ci.high)),
            },
            n: there.len(),
        })
    };
    Ok(bars.into_iter().flat_map(influence).collect())
}

#[cfg(test)]
mod tests {
    use super::super::design::{Design, design};
    use super::super::factors::{Factor, Levels, Sampling};
    use super::*;

    fn made(method: Sampling, points: usize) -> Design {
        let range = |key: &str| Factor {
            keys: vec![key.into()],
            levels: Levels::Range {
                low: 0.0,
                high: 1.0,
                unit: String::new(),
                steps: None,
                whole: false,
            },
        };
        design(&["a", "b", "c"].map(range), method, points, 1).unwrap()
    }

    /// The effects of f(a, b, c) on the points of a design, with the noise of two replications that is the same at all points.
    fn found(made: &Design, method: &str, f: impl Fn(&[f64]) -> f64) -> Vec<Influence> {
        let cells: Vec<&[String]> = made.points.iter().map(Vec::as_slice).collect();
        let value = |point: &Vec<String>| {
            let x: Vec<f64> = point.iter().map(|c| c.parse().unwrap_or(0.5)).collect();
            vec![f(&x) - 1.0, f(&x) + 1.0]
        };
        let values: Vec<Vec<f64>> = made.points.iter().map(value).collect();
        let structure = Structure::of(method, &cells).unwrap();
        influences(structure, &cells, &values, 1).unwrap()
    }

    fn of(all: &[Influence], input: usize, effect: Effect) -> f64 {
        let is = |i: &&Influence| i.input == Some(input) && i.effect == effect;
        all.iter().find(is).unwrap().value.estimate
    }

    /// f = 2 a + b c: variances 4/12 of a, 1/48 of b and of c each, 1/144 of both together.
    #[test]
    fn indices_by_hand() {
        let all = found(&made(Sampling::Saltelli, 4096), "saltelli", |x| {
            2.0 * x[0] + x[1] * x[2]
        });
        let (a, b, both) = (1.0 / 3.0, 1.0 / 48.0, 1.0 / 144.0);
        let whole = a + 2.0 * b + both;
        for (input, first, total) in [(0, a, a), (1, b, b + both), (2, b, b + both)] {
            let x = of(&all, input, Effect::FirstOrder);
            assert!((x - first / whole).abs() < 0.005, "{input}: {x}");
            let x = of(&all, input, Effect::Total);
            assert!((x - total / whole).abs() < 0.005, "{input}: {x}");
        }
        // The regression sees a, and the mean slopes of b and c: 1/2 each; the variance of both together is not straight.
        let slope = (b / whole).sqrt();
        assert!((of(&all, 1, Effect::Src) - slope).abs() < 0.01);
        let r = all.last().unwrap();
        assert_eq!((r.effect, r.n), (Effect::RSquared, 8192));
        assert!((r.value.estimate - (1.0 - both / whole)).abs() < 0.005);
    }

    #[test]
    fn one_at_a_time_by_hand() {
        let all = found(&made(Sampling::Tornado, 0), "tornado", |x| {
            2.0 * x[0] + 8.0 * x[1] * x[2]
        });
        let inputs: Vec<_> = all.iter().map(|i| i.input.unwrap()).collect();
        assert_eq!(inputs, [1, 1, 1, 2, 2, 2, 0, 0, 0]);
        let three = |i| [Effect::Low, Effect::High, Effect::Swing].map(|e| of(&all, i, e));
        assert_eq!(three(0), [-1.0, 1.0, 2.0]);
        assert_eq!(three(1), [-2.0, 2.0, 4.0]);
        // The noise is the same at all points: pairing leaves none of it.
        assert_eq!(all[0].value.bounds, Some((-2.0, -2.0)));
    }

    #[test]
    fn inputs_as_numbers() {
        let cells = |texts: &[&str]| -> Vec<Vec<String>> {
            texts.iter().map(|t| vec![(*t).to_owned()]).collect()
        };
        let read = |texts: &[&str]| {
            let cells = cells(texts);
            numbers(&cells.iter().map(Vec::as_slice).collect::<Vec<_>>(), 0)
        };
        assert_eq!(read(&["1", "2.5"]), Some(vec![1.0, 2.5]));
        assert_eq!(
            read(&["30 s", "60 s", "90 s"]),
            Some(vec![30.0, 60.0, 90.0])
        );
        assert_eq!(
            read(&["never", "always", "never"]),
            Some(vec![1.0, 0.0, 1.0])
        );
        assert_eq!(read(&["1 min", "30 s", "2 min"]), None);
        assert_eq!(read(&["a", "b", "c"]), None);
    }

    #[test]
    fn why_nothing_is_said() {
        let made = made(Sampling::Latin, 10);
        let cells: Vec<&[String]> = made.points.iter().map(Vec::as_slice).collect();
        let why = |values: &[Vec<f64>], structure| {
            influences(structure, &cells[..values.len()], values, 1).unwrap_err()
        };
        let flat = vec![vec![1.0]; 10];
        assert_eq!(why(&flat, Structure::Free), "it does not vary");
        let mut gap = flat.clone();
        gap[3][0] = f64::NAN;
        assert_eq!(why(&gap, Structure::Free), "it is undefined at some points");
        let few: Vec<Vec<f64>> = (0..4).map(|i| vec![f64::from(i)]).collect();
        assert!(why(&few, Structure::Free).starts_with("there are too few points"));
        assert!(why(&flat, Structure::OneAtATime).starts_with("fewer than two replications"));
    }
}
