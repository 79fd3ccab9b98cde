//! Sweeps whose points are staffed first.

use crate::cli::output as handover;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// The lines of a table by the names of its columns.
fn lines(path: &Path) -> Vec<BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_path(path).unwrap();
    reader.deserialize().map(Result::unwrap).collect()
}

/// Each point has the plan that `handover staff` finds for it, and is simulated as that command simulates the plan. What is asked for is part of
/// the sweep: with other promises it is another one, which does not go on from the journal.
#[test]
fn each_point_has_its_own_plan() {
    let room = tempfile::tempdir().unwrap();
    let dir = room.path();
    fs::write(dir.join("day.toml"), super::DAY).unwrap();
    let sweep = "sweep day.toml --vary pool.desk.shrinkage=0.1,0.4 --measures sl_net,cost_total --no-report -o sweep --reps 4";
    let staffed = format!("{sweep} --staffed --per interval");
    let (status, _, problems) = handover(dir, &staffed);
    assert_eq!((status, problems.as_str()), (0, ""));
    let points = lines(&dir.join("sweep/points.csv"));
    assert_eq!(points.len(), 8);
    for (point, shrinkage) in [("1", "0.1"), ("2", "0.4")] {
        let staff = format!(
            "staff day.toml --set pool.desk.shrinkage={shrinkage} --per interval --reps 4 --no-report -o of-{point}"
        );
        let (status, _, problems) = handover(dir, &staff);
        assert_eq!((status, problems.as_str()), (0, ""));
        let summary = lines(&dir.join(format!("of-{point}/results/summary.csv")));
        for measure in ["sl_net", "cost_total"] {
            let of_point = points.iter().filter(|r| r["point"] == point);
            let values: Vec<f64> = of_point.map(|r| r[measure].parse().unwrap()).collect();
            let mean = values.iter().sum::<f64>() / values.len() as f64;
            let row = summary
                .iter()
                .find(|r| r["measure"] == measure && r["slice"] == "all")
                .unwrap();
            let alone: f64 = row["mean"].parse().unwrap();
            assert!(
                (mean / alone - 1.0).abs() < 1e-6,
                "{measure}: {mean} {alone}"
            );
        }
    }
    let (status, _, problems) = handover(dir, &format!("{staffed} --probability 0.9"));
    assert_eq!(status, 1);
    assert!(problems.contains("belongs to another sweep"), "{problems}");
    let (status, _, problems) = handover(dir, &format!("{sweep} --per day"));
    assert_eq!(status, 2);
    assert!(problems.contains("give --staffed too"), "{problems}");
}
