//! Designs whose points belong together: Saltelli's for Sobol' indices, and one input at a time.

use super::factors::{DesignError, Factor, MOST_POINTS, Sampling};
use super::uniform::sobol;

/// Saltelli's points, row by row: of A, of B, then A with one column after the other taken from B.
pub(super) fn saltelli(
    factors: &[Factor],
    lists: &[Option<Vec<String>>],
    rows: usize,
    seed: u64,
) -> Result<Vec<Vec<String>>, DesignError> {
    let k = factors.len();
    let found = rows.saturating_mul(k + 2);
    if found > MOST_POINTS {
        return Err(DesignError::too_many("points", MOST_POINTS, found));
    }
    let matrix = |first: usize| -> Vec<Vec<String>> {
        let column = |(d, (factor, list)): (usize, (&Factor, &Option<Vec<String>>))| {
            let uniforms = sobol(rows, seed, first + d);
            let values = uniforms.iter().map(|&u| factor.at(list.as_ref(), u));
            values.collect()
        };
        factors.iter().zip(lists).enumerate().map(column).collect()
    };
    let (a, b) = (matrix(0), matrix(k));
    let mut points = Vec::with_capacity(found);
    for j in 0..rows {
        let mixed = |from_b: &dyn Fn(usize) -> bool| -> Vec<String> {
            let cell = |c: usize| if from_b(c) { &b[c][j] } else { &a[c][j] };
            (0..k).map(|c| cell(c).clone()).collect()
        };
        points.push(mixed(&|_| false));
        points.push(mixed(&|_| true));
        points.extend((0..k).map(|i| mixed(&|c| c == i)));
    }
    Ok(points)
}

/// Factors that have not two values.
pub(super) fn not_two(factors: &[Factor], lists: &[Option<Vec<String>>]) -> Vec<DesignError> {
    let error = |(factor, list): (&Factor, &Option<Vec<String>>)| {
        let found = list.as_ref().map_or(0, Vec::len);
        let why =
            || format!("the method tornado takes two values, LOW..HIGH or LOW,HIGH; found {found}");
        (found != 2).then(|| DesignError::of(&factor.keys.join(","), why()))
    };
    factors.iter().zip(lists).filter_map(error).collect()
}

/// The scenario as it is, then each factor, which has two values, with its first and with its second while the others stay as they are.
pub(super) fn one_at_a_time(lists: &[Option<Vec<String>>]) -> Vec<Vec<String>> {
    let base = vec![String::new(); lists.len()];
    let mut points = vec![base.clone()];
    for (i, list) in lists.iter().enumerate() {
        for end in list.iter().flatten() {
            let mut point = base.clone();
            point[i].clone_from(end);
            points.push(point);
        }
    }
    points
}

/// How the points of a sweep belong together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Structure {
    /// Saltelli's design.
    Saltelli {
        /// Rows of A.
        rows: usize,
    },
    /// The base, then each input low and high.
    OneAtATime,
    /// Not in any of these ways.
    Free,
}

impl Structure {
    /// That of points, made by the method with this name: each is the list of its cells. `None` when they are not as the method makes
    /// them.
    pub fn of(method: &str, points: &[&[String]]) -> Option<Self> {
        let k = points.first()?.len();
        if method == Sampling::Saltelli.name() {
            let mixed = |block: &[&[String]]| {
                (0..k).all(|i| (0..k).all(|c| block[2 + i][c] == block[usize::from(c == i)][c]))
            };
            let sound = points.len().is_multiple_of(k + 2) && points.chunks(k + 2).all(mixed);
            let rows = points.len() / (k + 2);
            return sound.then_some(Structure::Saltelli { rows });
        }
        if method == Sampling::Tornado.name() {
            let alone = |(n, point): (usize, &&[String])| {
                let mut cells = point.iter().enumerate();
                cells.all(|(c, cell)| cell.is_empty() == (n == 0 || (n - 1) / 2 != c))
            };
            let sound = points.len() == 1 + 2 * k && points.iter().enumerate().all(alone);
            return sound.then_some(Structure::OneAtATime);
        }
        Some(Structure::Free)
    }
}

#[cfg(test)]
mod tests {
    use super::super::design::design;
    use super::super::factors::Levels;
    use super::*;

    fn factor(key: &str, levels: Levels) -> Factor {
        let keys = vec![key.to_owned()];
        Factor { keys, levels }
    }

    fn range(key: &str, low: f64, high: f64) -> Factor {
        let levels = Levels::Range {
            low,
            high,
            unit: "s".into(),
            steps: None,
            whole: false,
        };
        factor(key, levels)
    }

    fn slices(points: &[Vec<String>]) -> Vec<&[String]> {
        points.iter().map(Vec::as_slice).collect()
    }

    #[test]
    fn saltelli_rows_are_mixed_column_by_column() {
        let choice = factor("c", Levels::List(vec!["x".into(), "y".into()]));
        let factors = [range("a", 0.0, 1.0), range("b", 5.0, 6.0), choice];
        let made = design(&factors, Sampling::Saltelli, 8, 1).unwrap();
        assert_eq!(made.points.len(), 8 * 5);
        let points = slices(&made.points);
        let structure = Structure::of("saltelli", &points);
        assert_eq!(structure, Some(Structure::Saltelli { rows: 8 }));
        // A and B have each of eight equal parts once in every column, and differ.
        for first in [0, 1] {
            let part =
                |row: usize| (points[5 * row + first][0].parse::<f64>().unwrap() * 8.0) as usize;
            let mut parts: Vec<usize> = (0..8).map(part).collect();
            parts.sort_unstable();
            assert_eq!(parts, (0..8).collect::<Vec<_>>());
        }
        assert_ne!(points[0][0], points[1][0]);
        // Whatever is put in another order is found out.
        let mut wrong = points.clone();
        wrong.swap(2, 3);
        assert_eq!(Structure::of("saltelli", &wrong), None);
        assert_eq!(Structure::of("saltelli", &points[..39]), None);
        assert_eq!(Structure::of("latin", &wrong), Some(Structure::Free));
        let many: Vec<Factor> = (0..129).map(|i| range(&i.to_string(), 0.0, 1.0)).collect();
        let error = design(&many, Sampling::Saltelli, 4, 1).unwrap_err();
        assert_eq!(error, [DesignError::too_many("keys that vary", 128, 129)]);
        let error = design(&many[..20], Sampling::Saltelli, 65_536, 1).unwrap_err();
        let (most, found) = (1_000_000, 65_536 * 22);
        assert_eq!(error, [DesignError::too_many("points", most, found)]);
    }

    #[test]
    fn one_at_a_time_leaves_the_others_alone() {
        let choice = factor("c", Levels::List(vec!["x".into(), "y".into()]));
        let made = design(&[range("a", 30.0, 60.0), choice], Sampling::Tornado, 0, 1).unwrap();
        let want = [["", ""], ["30", ""], ["60", ""], ["", "x"], ["", "y"]];
        assert_eq!(made.points, want.map(|p| p.map(str::to_owned).to_vec()));
        let settings: Vec<_> = (0..5).map(|p| made.settings(p)).collect();
        assert_eq!(settings[0], [""; 0]);
        assert_eq!((&*settings[2][0], &*settings[3][0]), ("a=60 s", "c=x"));
        let points = slices(&made.points);
        assert_eq!(
            Structure::of("tornado", &points),
            Some(Structure::OneAtATime)
        );
        assert_eq!(Structure::of("tornado", &points[1..]), None);
        let three = factor(
            "c",
            Levels::List(["x", "y", "z"].map(str::to_owned).to_vec()),
        );
        let error = design(&[three], Sampling::Tornado, 0, 1).unwrap_err();
        assert_eq!(
            error[0].to_string(),
            "c: the method tornado takes two values, LOW..HIGH or LOW,HIGH; found 3"
        );
    }
}
