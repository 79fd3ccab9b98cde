//! Sweeps as they are called: designs, what stands in the files, and what survives a kill.

mod folders;
mod kill;
mod mistakes;
mod parquet;
mod sensitivity;

use handover::experiment::{Desk, Finished, Shard, sweep, usual_measures};
use handover::model::Model;
use handover::scenario::{InMemory, load};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};
use tempfile::TempDir;

const SMALL: &str = include_str!("errors/base.toml");
const FILES: [&str; 3] = ["design.csv", "points.csv", "run.json"];

/// An empty directory with a small scenario in it.
fn room() -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("a.toml"), SMALL).unwrap();
    dir
}

/// The program in a directory; words in single quotes are one argument.
fn handover(dir: &Path, arguments: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_handover"));
    command.current_dir(dir).env_remove("NO_COLOR");
    for (i, part) in arguments.split('\'').enumerate() {
        match i % 2 {
            0 => command.args(part.split_whitespace()),
            _ => command.arg(part),
        };
    }
    command
}

/// Runs it; exit status and all that it says.
fn said(dir: &Path, arguments: &str) -> (i32, String) {
    let output = handover(dir, arguments).output().unwrap();
    let text = [output.stdout, output.stderr].concat();
    (
        output.status.code().unwrap(),
        String::from_utf8(text).unwrap(),
    )
}

fn success(dir: &Path, arguments: &str) -> String {
    let (status, text) = said(dir, arguments);
    assert_eq!(status, 0, "{arguments}: {text}");
    text
}

fn refused(dir: &Path, arguments: &str) -> String {
    let (status, text) = said(dir, arguments);
    assert_eq!(status, 2, "{arguments}: {text}");
    text
}

/// The bytes of the files of a sweep.
fn files(dir: &Path) -> BTreeMap<&'static str, Vec<u8>> {
    let read = |name: &&'static str| (*name, fs::read(dir.join(name)).unwrap());
    FILES.iter().map(read).collect()
}

/// Rows of a CSV file as maps from the head to the value.
fn rows(path: PathBuf) -> Vec<BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_path(path).unwrap();
    reader.deserialize().map(|r| r.unwrap()).collect()
}

/// Every value of a sweep is that of a run with the same settings: other code loads, simulates and writes it.
#[test]
fn a_point_is_a_run() {
    let dir = room();
    let measures = "sl_net,mean_wait,occupancy@pool=gig,contacts";
    let sweep = "sweep a.toml --reps 3 --vary pool.in-house.agents=4..6/3 --vary 'topic.fraud.patience=2 min,6 min'";
    success(dir.path(), &format!("{sweep} --measures {measures}"));
    let points = rows(dir.path().join("results/a-sweep/points.csv"));
    assert_eq!(points.len(), 18);
    for (point, agents, patience) in [(1, 4, 2), (4, 5, 6), (6, 6, 6)] {
        let set = format!(
            "--set pool.in-house.agents={agents} --set 'topic.fraud.patience={patience} min'"
        );
        success(
            dir.path(),
            &format!("run a.toml --reps 3 {set} -o r{point}"),
        );
        let run = rows(dir.path().join(format!("r{point}/replications.csv")));
        let value = |replication: &str, measure: &str, slice: &str| {
            let row = run.iter().find(|r| {
                r["replication"] == replication && r["measure"] == measure && r["slice"] == slice
            });
            row.unwrap()["value"].clone()
        };
        let mine: Vec<_> = points
            .iter()
            .filter(|p| p["point"] == point.to_string())
            .collect();
        assert_eq!(mine.len(), 3);
        for p in mine {
            assert_eq!(p["pool.in-house.agents"], agents.to_string());
            assert_eq!(p["topic.fraud.patience [min]"], patience.to_string());
            for (title, measure, slice) in [
                ("sl_net", "sl_net", "all"),
                ("mean_wait", "mean_wait", "all"),
                ("occupancy@pool=gig", "occupancy", "pool=gig"),
                ("contacts", "contacts", "all"),
            ] {
                assert_eq!(
                    p[title],
                    value(&p["replication"], measure, slice),
                    "{title}"
                );
            }
        }
    }
}

/// Replication r of every point meets the same customers; a point that sets another seed meets others.
#[test]
fn points_share_their_customers() {
    let dir = room();
    success(
        dir.path(),
        "sweep a.toml --reps 4 --vary pool.in-house.agents=2,9 --vary seed=1,2 --measures cases",
    );
    let points = rows(dir.path().join("results/a-sweep/points.csv"));
    let cases = |point: &str| -> Vec<String> {
        let of = points.iter().filter(|p| p["point"] == point);
        of.map(|p| p["cases"].clone()).collect()
    };
    assert_eq!(cases("1"), cases("3"));
    assert_eq!(cases("2"), cases("4"));
    assert_ne!(cases("1"), cases("2"));
}

/// A desk on which all points are the first one.
#[derive(Default)]
struct OneModel {
    made: AtomicU32,
    kept: Mutex<Vec<Finished>>,
}

impl Desk for OneModel {
    type Error = ();

    fn model(&self, point: u32) -> Result<(Model, u64), ()> {
        assert_eq!(point, 0);
        self.made.fetch_add(1, Ordering::Relaxed);
        let files = InMemory::new().with("a.toml", SMALL);
        Ok((load(Path::new("a.toml"), &[], &files).unwrap().model, 1))
    }

    fn same_as(&self, point: u32) -> Option<u32> {
        (point > 0).then_some(0)
    }

    fn keep(&self, done: Finished) -> Result<(), ()> {
        self.kept.lock().unwrap().push(done);
        Ok(())
    }
}

/// Points with one model and one seed are simulated once, whichever of them are asked for, and all of them are kept.
#[test]
fn what_cannot_differ_is_simulated_once() {
    let desk = OneModel::default();
    let mut tasks = Shard::ALL.tasks(6, 3);
    tasks.retain(|task| task.point > 0);
    sweep(&tasks, &usual_measures(), &desk, &()).unwrap();
    let mut kept = desk.kept.into_inner().unwrap();
    kept.sort_by_key(|done| done.task);
    assert!(kept.iter().map(|done| done.task).eq(tasks));
    assert!(desk.made.into_inner() <= 3);
    for done in &kept {
        let first = &kept[done.task.replication as usize];
        assert_eq!(format!("{:?}", done.values), format!("{:?}", first.values));
    }
    assert_ne!(kept[0].contacts, kept[1].contacts);
    // The program finds them, however they are written.
    let dir = room();
    let run = "sweep a.toml --reps 2 --measures cases,sl_net --vary";
    success(
        dir.path(),
        &format!("{run} 'topic.fraud.patience=2 min,120 s,4 min' -o both"),
    );
    success(
        dir.path(),
        &format!("{run} 'topic.fraud.patience=120 s,4 min' -o one"),
    );
    let of = |name: &str| rows(dir.path().join(name).join("points.csv"));
    let values = |row: &BTreeMap<String, String>| (row["cases"].clone(), row["sl_net"].clone());
    let [both, one] = ["both", "one"].map(|name| of(name).iter().map(values).collect::<Vec<_>>());
    assert_eq!(both, [&one[..2], &one[..]].concat());
}

/// The table in the file, the flags, and the design read back from a file are the same sweep, on any number of threads.
#[test]
fn three_ways_to_say_it() {
    let dir = room();
    let table = "\n[sweep]\nmethod = \"latin\"\npoints = 7\nseed = 5\nmeasures = [\"sl_net\"]\n[sweep.vary]\n\
        pool.gig.members = \"10..30\"\n\"pool.in-house.shrinkage\" = \"10..30%\"\n\"ai.human_access\" = [\"always\", \"never\"]\n";
    fs::write(dir.path().join("b.toml"), format!("{SMALL}{table}")).unwrap();
    success(dir.path(), "sweep b.toml --reps 2 -j 1");
    let flags = "sweep a.toml --reps 2 --method latin --points 7 --design-seed 5 --measures sl_net \
        --vary pool.gig.members=10..30 --vary pool.in-house.shrinkage=10..30% --vary ai.human_access=always,never";
    success(dir.path(), flags);
    let results = dir.path().join("results");
    let (a, b) = (results.join("a-sweep"), results.join("b-sweep"));
    let of = |dir: &Path, name: &str| fs::read_to_string(dir.join(name)).unwrap();
    assert_eq!(of(&a, "points.csv"), of(&b, "points.csv"));
    let design = of(&a, "design.csv");
    assert_eq!(
        design.lines().next(),
        Some("point,pool.gig.members,pool.in-house.shrinkage [%],ai.human_access")
    );
    // Members are whole, and every value lies in its range.
    for row in rows(a.join("design.csv")) {
        assert!((10..=30).contains(&row["pool.gig.members"].parse::<i64>().unwrap()));
        let share: f64 = row["pool.in-house.shrinkage [%]"].parse().unwrap();
        assert!((10.0..=30.0).contains(&share));
    }
    success(
        dir.path(),
        "sweep a.toml --reps 2 --design results/a-sweep/design.csv --measures sl_net -o c",
    );
    assert_eq!(
        of(&a, "points.csv"),
        of(&dir.path().join("c"), "points.csv")
    );
    // What the command line says of a key replaces what the table says.
    success(
        dir.path(),
        "sweep b.toml --reps 1 --vary pool.gig.members=12,14 --method grid --vary pool.in-house.shrinkage=10% -o d",
    );
    let d = rows(dir.path().join("d/design.csv"));
    assert_eq!((d.len(), &*d[3]["pool.gig.members"]), (4, "14"));
    // Several keys with one value.
    success(
        dir.path(),
        "sweep a.toml --reps 1 --vary pool.in-house.agents,pool.gig.members=5,6 --measures contacts -o e",
    );
    let e = of(&dir.path().join("e"), "points.csv");
    assert!(
        e.starts_with(
            "point,\"pool.in-house.agents,pool.gig.members\",replication,contacts\n1,5,0,"
        ),
        "{e}"
    );
}

#[test]
fn shards_make_the_same_files() {
    let dir = room();
    let sweep = "sweep a.toml --reps 3 --vary pool.in-house.agents=3..6/4 --vary max_contacts=1,2";
    success(dir.path(), &format!("{sweep} -o whole"));
    for i in [3, 1] {
        success(dir.path(), &format!("{sweep} -o parts --shard {i}/3"));
    }
    let text = refused(dir.path(), "merge parts");
    assert_eq!(
        text,
        "error: 8 of 24 replications are missing: there is no shard 2/3\n"
    );
    success(dir.path(), &format!("{sweep} -o parts --shard 2/3"));
    let shard = fs::read_to_string(dir.path().join("parts/shard-2-of-3/run.json")).unwrap();
    assert!(shard.contains("\"shard\": \"2/3\""), "{shard}");
    let text = success(dir.path(), "merge parts");
    assert!(text.contains("24 replications from 3 shards"), "{text}");
    assert_eq!(
        files(&dir.path().join("whole")),
        files(&dir.path().join("parts"))
    );
    // The same part twice, and a part of something else.
    let text = refused(dir.path(), "merge parts/shard-1-of-3 whole -o no");
    assert!(
        text.contains("overlap: both have point 1, replication 0"),
        "{text}"
    );
    success(
        dir.path(),
        &format!("{sweep} -o other --shard 2/3 --seed 9"),
    );
    let text = refused(
        dir.path(),
        "merge parts/shard-1-of-3 other/shard-2-of-3 -o no",
    );
    assert!(
        text.contains("the scenario, a file it names, its settings or the seed are others"),
        "{text}"
    );
    let text = refused(dir.path(), "merge results -o no");
    assert!(text.starts_with("error: results: cannot be read"), "{text}");
    assert!(!dir.path().join("no").exists());
}

#[test]
fn what_is_wrong_is_said_before_anything_runs() {
    let dir = room();
    fs::write(dir.path().join("d.csv"), "pool.gig.members\n5\nfive\n").unwrap();
    for (arguments, messages) in [
        (
            "sweep a.toml",
            vec!["error: sweep: nothing varies\n  help: give --vary KEY=LOW..HIGH/N"],
        ),
        (
            "sweep a.toml a.toml --vary seed=1",
            vec!["error: a sweep is of one scenario"],
        ),
        (
            "sweep a.toml --vary seed",
            vec!["error: --vary seed: expected KEY=LOW..HIGH/N or KEY=a,b,c"],
        ),
        (
            "sweep a.toml --vary seed=1..5",
            vec!["error: --vary: seed: a grid needs the number of values"],
        ),
        (
            "sweep a.toml --vary seed=1..5/9",
            vec!["expected at most 5 values, found 9: only whole numbers"],
        ),
        (
            "sweep a.toml --vary seed=1,2 --vary seed=3",
            vec!["error: --vary: seed: varies twice"],
        ),
        (
            "sweep a.toml --vary seed=1,2 --points 3",
            vec!["error: --points is for --method latin"],
        ),
        (
            "sweep a.toml --vary seed=1,2 --method sobol",
            vec!["error: the method sobol needs a number of points"],
        ),
        (
            "sweep a.toml --vary seed=1,2 --method sobol --points 70000",
            vec!["expected at most 65536 points, found 70000"],
        ),
        (
            "sweep a.toml --vary seed=1,2 --measures sl_nett",
            vec![
                "no point has the measure sl_nett",
                "did you mean \"sl_net\"?",
            ],
        ),
        (
            "sweep a.toml --vary seed=1,2 --measures sl_net@pool=x",
            vec!["no point has the measure sl_net@pool=x", "MEASURE@SLICE"],
        ),
        (
            "sweep a.toml --vary seed=1,2 --shard 3/2",
            vec!["--shard", "expected I/N with I from 1 to N"],
        ),
        (
            "sweep a.toml --design no.csv",
            vec!["error: --design no.csv: cannot be read: there is no such file"],
        ),
        (
            "sweep a.toml --design d.csv",
            vec![
                "pool.gig.members: expected",
                "found \"five\"",
                "--> d.csv line 3, point 2:1:18",
                "error: 1 of 2 points cannot be simulated; nothing was run",
            ],
        ),
        (
            "sweep a.toml --vary pool.gigs.members=1..9/9",
            vec![
                "--> point 1:1:6",
                "the same is wrong with 8 other points",
                "did you mean \"gig\"?",
                "error: 9 of 9 points cannot be simulated",
            ],
        ),
        (
            "sweep a.toml --vary pool.gig.acceptance=0.5,1.5",
            vec!["--> point 2:1:21", "error: 1 of 2 points"],
        ),
    ] {
        let text = refused(dir.path(), arguments);
        for message in messages {
            assert!(text.contains(message), "{arguments}: {text}");
        }
    }
    assert!(!dir.path().join("results").exists());
}
