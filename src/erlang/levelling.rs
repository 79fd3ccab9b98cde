//! Work with deadlines, spread as evenly as they allow.

/// Work that comes and is due piece by piece, in order of time.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Deadlines {
    /// Length of each piece of time in which work can be done, above 0.
    pub length: Vec<f64>,
    /// Work that comes in each piece, or before it since the piece before.
    pub comes: Vec<f64>,
    /// Work that must be done by the end of each piece.
    pub due: Vec<f64>,
}

impl Deadlines {
    /// Work done in each piece per unit of time: the most even way to do everything after it has come and before it is due,
    /// earliest due first. Its largest value is the smallest with which all deadlines can be met.
    ///
    /// All the work that comes is done by the end of the last piece. As far as work would be due before it comes, or a table is
    /// shorter than another, the result is still finite, but meets no deadline.
    ///
    /// # Formula
    /// The work done up to a time is the shortest line ("taut string") between what has come and what was due; its largest slope
    /// is the largest, over all spans of time, of (due by its end less come by its begin) over its length.
    ///
    /// # Source
    /// Yao, Demers & Shenker (1995), "A scheduling model for reduced CPU energy", FOCS, for the schedule of least peak; Davies &
    /// Kovac (2001), "Local extremes, runs, strings and multiresolution", Annals of Statistics 29(1), for the string.
    pub fn level(&self) -> Vec<f64> {
        let n = self.length.len().min(self.comes.len()).min(self.due.len());
        // Time, what was due and what has come, at the end of each piece; the begin is 0.
        let mut points: Vec<(f64, f64, f64)> = Vec::with_capacity(n + 1);
        let mut last = (0.0, 0.0, 0.0);
        points.push(last);
        for i in 0..n {
            last.0 += self.length[i];
            last.1 += self.due[i];
            last.2 += self.comes[i];
            points.push(last);
        }
        if let Some(end) = points.last_mut() {
            end.1 = end.2;
        }
        let mut out = vec![0.0; n];
        let (mut from, mut done) = (0, 0.0);
        while from < n {
            let (to, upto) = straight(&points, from, done);
            let slope = (upto - done) / (points[to].0 - points[from].0);
            out[from..to].fill(slope.max(0.0));
            (from, done) = (to, upto);
        }
        out
    }
}

/// The next point at which the line bends that has done so much at point `from`, and what it has done there.
fn straight(points: &[(f64, f64, f64)], from: usize, done: f64) -> (usize, f64) {
    let begin = points[from].0;
    let last = points.len() - 1;
    let (mut least, mut most) = (f64::NEG_INFINITY, f64::INFINITY);
    let (mut at_least, mut at_most) = (last, last);
    for (j, &(time, due, come)) in points.iter().enumerate().skip(from + 1) {
        let (low, high) = (
            (due - done) / (time - begin),
            (come - done) / (time - begin),
        );
        if low > most {
            return (at_most, points[at_most].2);
        }
        if high < least {
            return (at_least, points[at_least].1);
        }
        if low >= least {
            (least, at_least) = (low, j);
        }
        if high <= most {
            (most, at_most) = (high, j);
        }
    }
    (last, points[last].1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Key;

    fn peak(levels: &[f64]) -> f64 {
        levels.iter().copied().fold(0.0, f64::max)
    }

    /// Fails unless the levels do the work between its coming and its deadline, and all of it.
    fn is_possible(work: &Deadlines, levels: &[f64]) {
        let (mut done, mut due, mut come) = (0.0, 0.0, 0.0);
        for (i, level) in levels.iter().enumerate() {
            done += level * work.length[i];
            due += work.due[i];
            come += work.comes[i];
            assert!(
                done >= due - 1e-9 && done <= come + 1e-9,
                "{work:?} {levels:?}"
            );
        }
        assert!((done - come).abs() < 1e-9);
    }

    /// The least peak by its definition: the hardest span of time.
    fn hardest(work: &Deadlines) -> f64 {
        let n = work.length.len();
        let mut most: f64 = 0.0;
        for from in 0..n {
            let come: f64 = work.comes[..from].iter().sum();
            for to in from..n {
                let last = to + 1 == n;
                let due: f64 = if last { &work.comes } else { &work.due[..=to] }
                    .iter()
                    .sum();
                let length: f64 = work.length[from..=to].iter().sum();
                most = most.max((due - come) / length);
            }
        }
        most
    }

    /// The least whole number that is enough in every piece, by trying all ways to do whole units of work.
    fn least_whole(work: &Deadlines) -> u32 {
        fn can(work: &Deadlines, i: usize, done: u32, most: u32) -> bool {
            let n = work.length.len();
            if i == n {
                return true;
            }
            let come: f64 = work.comes[..=i].iter().sum();
            let due: f64 = work.due[..=i].iter().sum();
            let due = if i + 1 == n { come } else { due };
            (0..=most).any(|more| {
                let upto = f64::from(done + more);
                upto <= come && upto >= due && can(work, i + 1, done + more, most)
            })
        }
        (0..100).find(|&most| can(work, 0, 0, most)).unwrap()
    }

    /// Random work: so many units come in each piece, due some pieces later.
    fn random(seed: u64, pieces: usize, most: u64) -> Deadlines {
        let key = Key(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15));
        let mut work = Deadlines {
            length: vec![1.0; pieces],
            comes: vec![0.0; pieces],
            due: vec![0.0; pieces],
        };
        for i in 0..pieces as u64 {
            for unit in 0..key.bits(i) % most {
                let later = key.bits(1000 + 50 * i + unit) % 4;
                work.comes[i as usize] += 1.0;
                work.due[((i + later) as usize).min(pieces - 1)] += 1.0;
            }
        }
        work
    }

    #[test]
    fn the_peak_is_the_least_there_is() {
        for seed in 0..400 {
            let mut work = random(seed, 12, 6);
            let levels = work.level();
            is_possible(&work, &levels);
            assert!((peak(&levels) - hardest(&work)).abs() < 1e-9, "{work:?}");
            // Pieces of another length.
            for (i, length) in work.length.iter_mut().enumerate() {
                *length = 0.5 + (i * 7 % 5) as f64;
            }
            let levels = work.level();
            is_possible(&work, &levels);
            assert!((peak(&levels) - hardest(&work)).abs() < 1e-9, "{work:?}");
        }
    }

    #[test]
    fn whole_units_need_the_level_rounded_up() {
        for seed in 0..200 {
            let work = random(1_000 + seed, 6, 5);
            let levels = work.level();
            let whole = (peak(&levels) - 1e-9).ceil().max(0.0) as u32;
            assert_eq!(whole, least_whole(&work), "{work:?} {levels:?}");
        }
    }

    #[test]
    fn steady_work_is_done_at_its_rate() {
        let work = Deadlines {
            length: vec![2.0; 50],
            comes: vec![3.0; 50],
            due: [vec![0.0; 5], vec![3.0; 45]].concat(),
        };
        assert!(work.level().iter().all(|l| (l - 1.5).abs() < 1e-12));
        assert_eq!(Deadlines::default().level(), Vec::<f64>::new());
    }
}
