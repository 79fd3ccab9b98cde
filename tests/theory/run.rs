//! The program as a user runs it: a scenario file in, result files out.

use super::series::{Estimate, Series};
use statrs::distribution::{Beta, ContinuousCDF, StudentsT};
use std::cell::OnceCell;
use std::collections::HashMap;
use std::fs;
use std::path::Path;
use std::process::Command;
use tempfile::TempDir;

/// What a run left.
pub(crate) struct Results {
    /// Counted time of a replication, seconds.
    pub(crate) window: f64,
    /// Contacts simulated, those of the warm-up included.
    pub(crate) contacts: f64,
    /// Processor seconds.
    pub(crate) seconds: f64,
    replications: u32,
    dir: TempDir,
    values: OnceCell<HashMap<String, Series>>,
    cells: OnceCell<HashMap<String, Estimate>>,
}

/// Runs a scenario, with `arrivals.csv` beside it if there is one; `window` is its counted time in seconds.
pub(crate) fn run(
    text: &str,
    arrivals: Option<&str>,
    sets: &[String],
    replications: u32,
    seed: u64,
    window: f64,
) -> Results {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("case.toml");
    fs::write(&file, text).unwrap();
    if let Some(arrivals) = arrivals {
        fs::write(dir.path().join("arrivals.csv"), arrivals).unwrap();
    }
    let mut command = Command::new(env!("CARGO_BIN_EXE_handover"));
    command
        .arg("run")
        .arg(&file)
        .arg("-o")
        .arg(dir.path().join("out"));
    command.args([
        "--reps",
        &replications.to_string(),
        "--seed",
        &seed.to_string(),
        "-q",
    ]);
    for set in sets {
        command.args(["--set", set]);
    }
    let output = command.output().unwrap();
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{complaint}\n{text}");
    let manifest = fs::read_to_string(dir.path().join("out/run.json")).unwrap();
    let manifest: serde_json::Value = serde_json::from_str(&manifest).unwrap();
    Results {
        window,
        contacts: manifest["contacts"].as_f64().unwrap(),
        seconds: manifest["cpu_seconds"].as_f64().unwrap(),
        replications,
        dir,
        values: OnceCell::new(),
        cells: OnceCell::new(),
    }
}

fn rows(path: &Path, mut take: impl FnMut(&csv::StringRecord, &HashMap<String, usize>)) {
    let mut reader = csv::Reader::from_path(path).unwrap();
    let header: HashMap<String, usize> = reader
        .headers()
        .unwrap()
        .iter()
        .enumerate()
        .map(|(i, h)| (h.to_owned(), i))
        .collect();
    let mut row = csv::StringRecord::new();
    while reader.read_record(&mut row).unwrap() {
        take(&row, &header);
    }
}

fn number(field: &str) -> f64 {
    if field.is_empty() {
        f64::NAN
    } else {
        field.parse().unwrap()
    }
}

impl Results {
    fn path(&self, name: &str) -> std::path::PathBuf {
        self.dir.path().join("out").join(name)
    }

    fn values(&self) -> &HashMap<String, Series> {
        self.values.get_or_init(|| {
            let mut values: HashMap<String, Series> = HashMap::new();
            let mut key = String::new();
            rows(&self.path("replications.csv"), |row, at| {
                key.clear();
                key.extend([&row[at["measure"]], " ", &row[at["slice"]]]);
                let value = number(&row[at["value"]]);
                match values.get_mut(&key) {
                    Some(series) => series.0.push(value),
                    None => {
                        values.insert(key.clone(), Series(vec![value]));
                    }
                }
            });
            self.check_summary(&values);
            values
        })
    }

    /// `summary.csv` must hold the means of `replications.csv` and their intervals.
    fn check_summary(&self, values: &HashMap<String, Series>) {
        rows(&self.path("summary.csv"), |row, at| {
            let field = |name: &str| number(&row[at[name]]);
            let name = format!("{} {}", &row[at["measure"]], &row[at["slice"]]);
            // Days, weeks and months stand in the summary only.
            let Some(series) = values.get(&name) else {
                return;
            };
            let n = series.0.iter().filter(|x| !x.is_nan()).count();
            assert_eq!(row[at["replications"]], n.to_string(), "{name}");
            let (mean, low, high) = (field("mean"), field("ci_low"), field("ci_high"));
            assert_eq!(mean.is_nan(), n == 0, "{name}");
            if n < 2 {
                assert!(low.is_nan() && high.is_nan(), "{name}");
                return;
            }
            let want = series.mean();
            let half = t_quantile(n) * want.se;
            // Ten digits are written.
            let near = |x: f64, y: f64| (x - y).abs() <= 1e-8 * (y.abs() + half) + 1e-12;
            assert!(near(mean, want.value), "{name}: {mean} {want:?}");
            let (measure, m) = (&row[at["measure"]], want.value);
            let signed = ["npv", "value_at_risk", "cost_with_risk"].contains(&measure);
            let exact = || exact(m * n as f64, n as f64);
            let ends = match &row[at["unit"]] {
                _ if measure == "target_met" => exact(),
                "fraction" if want.se == 0.0 && measure.starts_with("target_met_") => exact(),
                "fraction" if want.se == 0.0 => {
                    assert!(0.0 <= low && low <= m && m <= high && high <= 1.0, "{name}");
                    return;
                }
                "fraction" => {
                    let (odds, half) = (m / (1.0 - m), half / (m * (1.0 - m)));
                    let share = |half: f64| 1.0 / (1.0 + libm::exp(-half) / odds);
                    (share(-half), share(half))
                }
                _ if signed => (m - half, m + half),
                _ => ((m - half).max(0.0), m + half),
            };
            assert!(
                near(low, ends.0) && near(high, ends.1),
                "{name}: {low} {high} {ends:?}"
            );
        });
    }

    /// A measure of a slice by replication.
    pub(crate) fn series(&self, measure: &str, slice: &str) -> Series {
        let key = format!("{measure} {slice}");
        self.values()
            .get(&key)
            .unwrap_or_else(|| panic!("no {key} in replications.csv"))
            .clone()
    }

    /// A measure of everything.
    pub(crate) fn all(&self, measure: &str) -> Series {
        self.series(measure, "all")
    }

    /// A count by second.
    pub(crate) fn flow(&self, measure: &str, slice: &str) -> Series {
        self.series(measure, slice) / self.window
    }

    /// A column of an interval and slice.
    pub(crate) fn cell(&self, interval: usize, slice: &str, column: &str) -> Estimate {
        let cells = self.cells.get_or_init(|| {
            let t = t_quantile(self.replications as usize);
            let mut cells = HashMap::new();
            rows(&self.path("intervals.csv"), |row, at| {
                for (name, &i) in at {
                    if let Some(&half) = at.get(&format!("{name}_half_width")) {
                        let e = Estimate {
                            value: number(&row[i]),
                            se: number(&row[half]) / t,
                        };
                        cells.insert(
                            format!("{} {} {name}", &row[at["interval"]], &row[at["slice"]]),
                            e,
                        );
                    }
                }
            });
            cells
        });
        let key = format!("{interval} {slice} {column}");
        *cells
            .get(&key)
            .unwrap_or_else(|| panic!("no {key} in intervals.csv"))
    }
}

/// Clopper and Pearson's ends at 95%.
fn exact(events: f64, trials: f64) -> (f64, f64) {
    let quantile = |a: f64, b: f64, p: f64| Beta::new(a, b).unwrap().inverse_cdf(p);
    let (events, others) = (events.round(), (trials - events).round());
    let low = match events {
        0.0 => 0.0,
        x => quantile(x, others + 1.0, 0.025),
    };
    let high = match others {
        0.0 => 1.0,
        x => quantile(events + 1.0, x, 0.975),
    };
    (low, high)
}

/// The 97.5% quantile of Student's t for n values.
fn t_quantile(n: usize) -> f64 {
    StudentsT::new(0.0, 1.0, n as f64 - 1.0)
        .unwrap()
        .inverse_cdf(0.975)
}
