//! A folder holds one run or one sweep, and who finds a damaged one is told what mends it.

use super::{refused, room, success};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

const SWEEP: &str = "sweep a.toml --reps 1 --vary max_contacts=2,3 --measures sl_net,cost_total -q --set pool.in-house.price.per_agent_hour=20";

/// Every file of a folder.
fn all(dir: &Path) -> BTreeMap<String, Vec<u8>> {
    let entries = fs::read_dir(dir).unwrap().map(Result::unwrap);
    let entry = |e: fs::DirEntry| {
        (
            e.file_name().into_string().unwrap(),
            fs::read(e.path()).unwrap(),
        )
    };
    entries.map(entry).collect()
}

#[test]
fn a_folder_holds_a_run_or_a_sweep() {
    let dir = room();
    let d = dir.path();
    success(d, &format!("{SWEEP} -o sweep"));
    success(d, &format!("{SWEEP} -o unfinished"));
    for name in ["run.json", "points.csv", "design.csv", "report.html"] {
        fs::remove_file(d.join("unfinished").join(name)).unwrap();
    }
    success(d, "run a.toml --reps 2 -q -o run");
    for (arguments, folder, holds) in [
        ("run a.toml --reps 2", "sweep", "a sweep, which a run"),
        (
            "run a.toml --reps 2 --fresh",
            "unfinished",
            "a sweep, which a run",
        ),
        (SWEEP, "run", "a run, which a sweep"),
        ("merge sweep", "run", "a run, which a sweep"),
    ] {
        let before = all(&d.join(folder));
        let text = refused(d, &format!("{arguments} -o {folder}"));
        assert!(
            text.contains(&format!("error: {folder} holds {holds} would replace")),
            "{text}"
        );
        assert!(text.contains("--out DIR"), "{text}");
        assert_eq!(before, all(&d.join(folder)), "{arguments}");
    }
    // The same goes on in the same folder, and a file of that name by somebody else is nobody's journal.
    success(d, &format!("{SWEEP} -o sweep"));
    fs::write(d.join("run/journal"), "Monday: wrote a letter").unwrap();
    success(d, "run a.toml --reps 3 -q -o run");
}

#[test]
fn a_damaged_sweep_is_mended_by_a_sweep() {
    let dir = room();
    let d = dir.path();
    success(d, &format!("{SWEEP} -o out"));
    let points = fs::read_to_string(d.join("out/points.csv")).unwrap();
    let cut = points.trim_end().rsplit_once(',').unwrap().0;
    fs::write(d.join("out/points.csv"), cut).unwrap();
    let helps = |part: &str| {
        for command in ["sensitivity out", "report out"] {
            let text = refused(d, command);
            assert!(text.contains(part), "{command}: {text}");
            assert!(
                text.contains("handover sweep") && !text.contains("handover run"),
                "{text}"
            );
        }
    };
    helps("points.csv is not as it was written");
    // A point is missing, of a grid.
    fs::write(d.join("out/points.csv"), points.lines().next().unwrap()).unwrap();
    helps("its digest is not that in run.json");
    fs::write(d.join("out/run.json"), "{").unwrap();
    helps("run.json is not as it was written");
    fs::remove_file(d.join("out/run.json")).unwrap();
    helps("the same `handover sweep` goes on from there");
    // What is said helps.
    success(d, &format!("{SWEEP} -o out"));
    assert_eq!(
        fs::read_to_string(d.join("out/points.csv")).unwrap(),
        points
    );
    success(d, "sensitivity out");
    for command in ["sensitivity nothing", "report nothing"] {
        assert!(
            refused(d, command)
                .contains("name a folder that `handover run` or `handover sweep` wrote")
        );
    }
}

#[test]
fn every_measure_that_was_not_kept_is_named() {
    let dir = room();
    let d = dir.path();
    success(d, &format!("{SWEEP} -o out"));
    let text = refused(
        d,
        "sensitivity out --on mean_wiat,sl_net,asa,sl_net-cost_total --cost npv",
    );
    for part in [
        "the sweep did not keep mean_wiat",
        "the sweep did not keep asa",
        "sl_net-cost_total: the units are \"fraction\" and \"USD\"",
        "the sweep did not keep npv",
    ] {
        assert!(
            text.contains(&format!("error: out: {part}")),
            "{part}: {text}"
        );
    }
    assert_eq!(
        text.matches("help: it kept sl_net, cost_total;").count(),
        1,
        "{text}"
    );
}

/// A journal that is no file is named, and not opened: a pipe would be read for ever.
#[cfg(unix)]
#[test]
fn a_journal_that_is_no_file_is_refused() {
    let dir = room();
    let d = dir.path();
    success(d, &format!("{SWEEP} -o out --shard 1/2"));
    fs::create_dir_all(d.join("out/shard-2-of-2")).unwrap();
    let pipe = d.join("out/shard-2-of-2/journal");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status();
    assert!(made.unwrap().success());
    let expected = "error: out/shard-2-of-2/journal is a pipe, and the journal of a shard is a regular file\n  \
                    help: nothing else is opened: what is read from a pipe or a device may never end\n";
    assert_eq!(refused(d, "merge out"), expected);
    assert_eq!(
        refused(d, "merge out/shard-1-of-2 out/shard-2-of-2"),
        expected
    );
    fs::remove_file(&pipe).unwrap();
    fs::create_dir(&pipe).unwrap();
    let text = refused(d, "merge out");
    assert!(
        text.starts_with("error: out/shard-2-of-2/journal is a directory, and"),
        "{text}"
    );
}
