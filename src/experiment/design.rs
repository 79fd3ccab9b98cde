//! Designs: which points of a space of scenarios are simulated.
//!
//! A [`Factor`] is something that varies: one or several keys of a scenario that always have the same value. A [`Design`] is a list
//! of points, each with a value of every factor. Values are texts, as they stand in a scenario.

use super::factors::{
    Column, DesignError, Factor, MOST_FACTORS, MOST_POINTS, MOST_SOBOL, Sampling,
};
use super::structured::{self, Structure};
use super::uniform::{latin, sobol};
use std::collections::BTreeSet;

/// The points of an experiment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Design {
    /// What varies.
    pub columns: Vec<Column>,
    /// By point: the value in each column, without the unit of the column; empty where the scenario stays as it is.
    pub points: Vec<Vec<String>>,
}

impl Design {
    /// Whether the points belong together as those of Saltelli's design do, row by row.
    pub fn is_saltelli(&self) -> bool {
        let cells: Vec<&[String]> = self.points.iter().map(Vec::as_slice).collect();
        // With one column any pair of points and a repetition would do.
        self.columns.len() > 1 && Structure::of(Sampling::Saltelli.name(), &cells).is_some()
    }

    /// The settings (`KEY=VALUE`) of a point.
    pub fn settings(&self, point: usize) -> Vec<String> {
        let cells = self.columns.iter().zip(&self.points[point]);
        let set = cells.filter(|(_, cell)| !cell.is_empty());
        let settings = set.flat_map(|(Column { keys, unit }, cell)| {
            let space = if unit.is_empty() { "" } else { " " };
            let keys = keys.iter();
            keys.map(move |key| format!("{key}={cell}{space}{unit}"))
        });
        settings.collect()
    }
}

/// The design of `factors`; `points` and `seed` are for the methods that choose points at random.
///
/// # Errors
/// Why there is none, or that it would be too large.
pub fn design(
    factors: &[Factor],
    method: Sampling,
    points: usize,
    seed: u64,
) -> Result<Design, Vec<DesignError>> {
    if factors.is_empty() {
        return Err(vec![DesignError::of_all("nothing varies")]);
    }
    let mut wrong = Vec::new();
    let most = match method {
        Sampling::Sobol => MOST_SOBOL,
        Sampling::Saltelli => (MOST_SOBOL.0, MOST_SOBOL.1 / 2),
        _ => (MOST_POINTS, MOST_FACTORS),
    };
    let found = factors.len();
    if found > most.1 {
        wrong.push(DesignError::too_many("keys that vary", most.1, found));
    }
    let (mut keys, mut twice) = (BTreeSet::new(), BTreeSet::new());
    for key in factors.iter().flat_map(|f| &f.keys) {
        if !keys.insert(key) && twice.insert(key) {
            wrong.push(DesignError::of(key, "varies twice"));
        }
    }
    let mut lists = Vec::with_capacity(factors.len());
    for factor in factors {
        match factor.list(method) {
            Ok(list) => lists.push(list),
            Err(e) => wrong.push(e),
        }
    }
    if method == Sampling::Tornado && lists.len() == factors.len() {
        wrong.extend(structured::not_two(factors, &lists));
    }
    if !wrong.is_empty() {
        return Err(wrong);
    }
    let lengths = lists.iter().flatten().map(Vec::len);
    let count = match method {
        Sampling::Grid => lengths.fold(1, usize::saturating_mul),
        _ => points,
    };
    if count > most.0 {
        return Err(vec![DesignError::too_many("points", most.0, count)]);
    }
    let columns = factors.iter().map(Factor::column).collect();
    match method {
        Sampling::Saltelli => {
            let points = structured::saltelli(factors, &lists, count, seed).map_err(|e| vec![e])?;
            return Ok(Design { columns, points });
        }
        Sampling::Tornado => {
            let points = structured::one_at_a_time(&lists);
            return Ok(Design { columns, points });
        }
        _ => {}
    }
    let mut points = vec![Vec::with_capacity(factors.len()); count];
    let mut block = count;
    for (d, (factor, list)) in factors.iter().zip(&lists).enumerate() {
        let uniforms = match method {
            Sampling::Grid => Vec::new(),
            Sampling::Latin => latin(count, seed, &factor.keys[0]),
            _ => sobol(count, seed, d),
        };
        if let (Sampling::Grid, Some(list)) = (method, list) {
            block /= list.len().max(1);
        }
        for (i, point) in points.iter_mut().enumerate() {
            point.push(match (list, uniforms.get(i)) {
                (Some(list), None) => list[i / block % list.len()].clone(),
                (list, u) => factor.at(list.as_ref(), u.copied().unwrap_or(0.5)),
            });
        }
    }
    Ok(Design { columns, points })
}

#[cfg(test)]
mod tests {
    use super::super::factors::{Levels, pick, split_unit};
    use super::*;

    fn range(key: &str, low: f64, high: f64, steps: Option<usize>) -> Factor {
        let levels = Levels::Range {
            low,
            high,
            unit: String::new(),
            steps,
            whole: false,
        };
        Factor {
            keys: vec![key.into()],
            levels,
        }
    }

    fn list(key: &str, values: &[&str]) -> Factor {
        Factor {
            keys: vec![key.into()],
            levels: Levels::List(values.iter().map(|&v| v.into()).collect()),
        }
    }

    fn numbers(design: &Design, column: usize) -> Vec<f64> {
        let cells = design.points.iter().map(|p| p[column].parse().unwrap());
        cells.collect()
    }

    #[test]
    fn a_grid_has_every_combination() {
        let factors = [range("a", 0.1, 0.5, Some(3)), list("b", &["x", "y"])];
        let d = design(&factors, Sampling::Grid, 0, 1).unwrap();
        let points: Vec<String> = d.points.iter().map(|p| p.join(" ")).collect();
        assert_eq!(
            points,
            ["0.1 x", "0.1 y", "0.3 x", "0.3 y", "0.5 x", "0.5 y"]
        );
        assert_eq!(d.settings(3), ["a=0.3", "b=y"]);
    }

    #[test]
    fn units_go_to_the_head() {
        let factors = [list("a,b", &["30 s", "45s"]), list("c", &["5 s", "1 min"])];
        let d = design(&factors, Sampling::Grid, 0, 1).unwrap();
        let titles: Vec<String> = d.columns.iter().map(Column::title).collect();
        assert_eq!(titles, ["a,b [s]", "c"]);
        assert_eq!(d.points[3], ["45", "1 min"]);
        assert_eq!(split_unit("1e3 / h"), Some((1000.0, "/ h")));
        assert_eq!(split_unit("2 events"), Some((2.0, "events")));
        assert_eq!(split_unit("2e"), Some((2.0, "e")));
        assert_eq!(split_unit("1h 30min"), None);
        assert_eq!(split_unit("gig"), None);
    }

    #[test]
    fn whole_numbers_stay_whole() {
        let mut factor = range("n", 10.0, 20.0, Some(4));
        let Levels::Range { whole, .. } = &mut factor.levels else {
            panic!()
        };
        *whole = true;
        let grid = design(std::slice::from_ref(&factor), Sampling::Grid, 0, 1).unwrap();
        assert_eq!(numbers(&grid, 0), [10.0, 13.0, 17.0, 20.0]);
        // Each of the eleven numbers has the same share of a Latin hypercube of eleven points.
        let Levels::Range { steps, .. } = &mut factor.levels else {
            panic!()
        };
        *steps = None;
        let all = design(std::slice::from_ref(&factor), Sampling::Latin, 11, 7).unwrap();
        let mut sorted = numbers(&all, 0);
        sorted.sort_by(f64::total_cmp);
        assert_eq!(sorted, (10..=20).map(f64::from).collect::<Vec<_>>());
        let Levels::Range { steps, .. } = &mut factor.levels else {
            panic!()
        };
        *steps = Some(12);
        let refused = design(&[factor], Sampling::Grid, 0, 1).unwrap_err();
        let text = "expected at most 11 values, found 12: only whole numbers are allowed here";
        assert_eq!((refused.len(), refused[0].message.as_str()), (1, text));
    }

    #[test]
    fn what_cannot_be_is_refused() {
        let no = |factors: &[Factor], method, n| {
            let wrong = design(factors, method, n, 1).unwrap_err();
            assert_eq!(wrong.len(), 1, "{wrong:?}");
            wrong.into_iter().next().unwrap()
        };
        assert_eq!(no(&[], Sampling::Grid, 0).to_string(), "nothing varies");
        let free = range("a", 0.0, 1.0, None);
        let free = std::slice::from_ref(&free);
        assert_eq!(
            no(free, Sampling::Grid, 0),
            DesignError::of("a", "a grid needs the number of values: LOW..HIGH/N")
        );
        let twice = [list("a", &["1"]), list("a", &["2"])];
        assert_eq!(
            no(&twice, Sampling::Latin, 5),
            DesignError::of("a", "varies twice")
        );
        let large = [
            range("a", 0.0, 1.0, Some(2000)),
            range("b", 0.0, 1.0, Some(2000)),
        ];
        let points = |most, found| DesignError::too_many("points", most, found);
        assert_eq!(no(&large, Sampling::Grid, 0), points(1_000_000, 4_000_000));
        assert_eq!(no(free, Sampling::Sobol, 65_537), points(65_536, 65_537));
        let all = [
            list("a", &["1"]),
            list("a", &["2"]),
            range("b", 0.0, 1.0, None),
        ];
        let wrong = design(&all, Sampling::Grid, 0, 1).unwrap_err();
        assert_eq!(
            wrong
                .iter()
                .map(|e| (e.key.as_deref(), e.message.clone()))
                .collect::<Vec<_>>(),
            [
                (Some("a"), "varies twice".to_owned()),
                (
                    Some("b"),
                    "a grid needs the number of values: LOW..HIGH/N".to_owned()
                ),
            ]
        );
    }

    /// A Latin hypercube has one point in each of n parts of every dimension, and the mean of a sum of d coordinates has the
    /// variance d / (12 n^3): 16 points in 5 dimensions, over 4000 seeds.
    #[test]
    fn latin_hypercubes_are_stratified() {
        let factors: Vec<Factor> = (0..5)
            .map(|i| range(&format!("x{i}"), 0.0, 1.0, None))
            .collect();
        let (n, seeds) = (16, 4000);
        let (mut sum, mut squares) = (0.0, 0.0);
        for seed in 0..seeds {
            let d = design(&factors, Sampling::Latin, n, seed).unwrap();
            let mut mean = 0.0;
            for column in 0..5 {
                let values = numbers(&d, column);
                let mut parts: Vec<usize> = values.iter().map(|v| (v * 16.0) as usize).collect();
                parts.sort_unstable();
                assert_eq!(parts, (0..n).collect::<Vec<_>>());
                mean += values.iter().sum::<f64>() / n as f64;
            }
            sum += mean - 2.5;
            squares += (mean - 2.5) * (mean - 2.5);
        }
        let variance = squares / seeds as f64;
        let exact = 5.0 / (12.0 * 4096.0);
        // The sum of many uniform jitters is all but normal: the variance of the estimate is 2 exact^2 / seeds.
        let error = exact * (2.0 / seeds as f64).sqrt();
        assert!((variance - exact).abs() < 4.0 * error, "{variance} {exact}");
        assert!((sum / seeds as f64).abs() < 4.0 * (exact / seeds as f64).sqrt());
    }

    /// Another column leaves the others as they were, and another seed does not.
    #[test]
    fn a_latin_hypercube_is_keyed_by_name() {
        let (a, b) = (range("a", 0.0, 1.0, None), range("b", 0.0, 1.0, None));
        let both = design(&[b.clone(), a.clone()], Sampling::Latin, 20, 3).unwrap();
        let one = design(std::slice::from_ref(&a), Sampling::Latin, 20, 3).unwrap();
        assert_eq!(numbers(&both, 1), numbers(&one, 0));
        assert_ne!(numbers(&both, 0), numbers(&one, 0));
        let other = design(&[a], Sampling::Latin, 20, 4).unwrap();
        assert_ne!(numbers(&other, 0), numbers(&one, 0));
    }

    /// The first two dimensions of Sobol' points are a (0, m, 2)-net, which scrambling keeps: of 2^m points there is exactly one in
    /// every box of area 2^-m whose sides are powers of two. Every dimension alone is stratified.
    #[test]
    fn sobol_points_are_a_net() {
        for (seed, m) in [(1, 4), (2, 7), (3, 10)] {
            let n = 1usize << m;
            let (x, y) = (sobol(n, seed, 0), sobol(n, seed, 1));
            for k in 0..=m {
                let (across, up) = (1usize << k, 1usize << (m - k));
                let mut seen = vec![0; n];
                for (x, y) in x.iter().zip(&y) {
                    seen[pick(*x, across) * up + pick(*y, up)] += 1;
                }
                assert!(
                    seen.iter().all(|&c| c == 1),
                    "seed {seed}, 2^{m}, {across} x {up}"
                );
            }
            for d in 0..MOST_SOBOL.1 {
                let mut seen = vec![0; n];
                sobol(n, seed, d)
                    .iter()
                    .for_each(|&x| seen[pick(x, n)] += 1);
                assert!(seen.iter().all(|&c| c == 1), "seed {seed}, dimension {d}");
            }
        }
    }

    /// The integral of a product of five coordinates, 2^-5: a thousand times nearer than chance would have it.
    #[test]
    fn sobol_points_integrate() {
        let n = 1usize << 14;
        let dimensions: Vec<Vec<f64>> = (0..5).map(|d| sobol(n, 1, d)).collect();
        let product = |i: usize| dimensions.iter().map(|d| d[i]).product::<f64>();
        let mean = (0..n).map(product).sum::<f64>() / n as f64;
        // Standard error of independent points: sqrt(3^-5 - 4^-5) / sqrt n = 4.4e-4.
        assert!((mean - 0.03125).abs() < 2e-5, "{mean}");
    }
}
