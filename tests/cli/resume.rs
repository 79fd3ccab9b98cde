//! A run that was killed or interrupted goes on, and leaves the same files as one that was left alone.

use super::{manifest, names, output, room, success, tables};
use handover::random::Key;
use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// Some seconds of two scenarios: more than pass until replications are kept, four times; with still more replications the intervals would
/// be merged. What is killed is this run itself: the order in which replications are made depends on how many there are.
const RUN: &str = "run a.toml b.toml --reps 7000 -q --no-report";

/// Begins a run.
fn begin(dir: &Path, arguments: &str) -> Child {
    Command::new(env!("CARGO_BIN_EXE_handover"))
        .current_dir(dir)
        .args(arguments.split_whitespace())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// Begins a run and kills it when `ready`, or when it has ended.
fn kill(dir: &Path, arguments: &str, ready: impl Fn() -> bool) {
    let mut child = begin(dir, arguments);
    wait_until(&mut child, ready);
    child.kill().unwrap();
    child.wait().unwrap();
}

/// Waits until `ready`, or until the process has ended.
fn wait_until(child: &mut Child, ready: impl Fn() -> bool) {
    while child.try_wait().unwrap().is_none() && !ready() {
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// Bytes of a file, 0 where there is none.
fn length(file: &Path) -> u64 {
    fs::metadata(file).map_or(0, |m| m.len())
}

/// What does not depend on the clock.
fn lasting(dir: &Path) -> serde_json::Value {
    let mut run = manifest(dir);
    for key in [
        "command",
        "wall_seconds",
        "cpu_seconds",
        "threads",
        "ns_per_contact",
    ] {
        run.as_object_mut().unwrap().remove(key);
    }
    run
}

#[test]
fn a_run_survives_kill_9() {
    let dir = room();
    let d = dir.path();
    success(d, &format!("{RUN} -o alone"));
    let journal = d.join("killed/journal-1");
    let mut lengths = vec![0];
    for i in 0..4 {
        // After it has written a replication (some 150,000 bytes), in the middle of another as well.
        let least = length(&journal) + 200_000 + (600_000.0 * Key::root(11, i).uniform(1)) as u64;
        let ready = || length(&journal) > least;
        kill(d, &format!("{RUN} -o killed -j {}", 1 + i % 2), ready);
        lengths.push(length(&journal));
        if i == 1 {
            // A record that was cut short: as after a power cut.
            let file = fs::OpenOptions::new().write(true).open(&journal).unwrap();
            file.set_len(length(&journal) - 5).unwrap();
        }
    }
    assert!(lengths.is_sorted() && lengths[1] > 0, "{lengths:?}");
    let text = success(d, &RUN.replace("-q", "-o killed"));
    assert!(
        text.contains("replications were there from before"),
        "{text}"
    );
    let (alone, killed) = (d.join("alone"), d.join("killed"));
    assert_eq!(tables(&alone), tables(&killed), "{lengths:?}");
    assert_eq!(lasting(&alone), lasting(&killed));
    assert_eq!(names(&alone), names(&killed), "the journals are gone");
}

/// Precision and selection look at the same replications as a run that was left alone.
#[test]
fn what_was_kept_serves_a_search_for_the_best_too() {
    let dir = room();
    let d = dir.path();
    let search =
        "run a.toml b.toml --best contacts --delta 0.00001% --max-reps 1500 -q --no-report";
    let search = search.replace("contacts", "min:contacts");
    success(d, &format!("{search} -o alone"));
    let journal = d.join("killed/journal-1");
    kill(d, &format!("{search} -o killed"), || length(&journal) > 0);
    success(d, &format!("{search} -o killed"));
    assert_eq!(lasting(&d.join("alone")), lasting(&d.join("killed")));
}

/// A budget that was interrupted, twice, is spent on the same replications as one that was not.
#[cfg(unix)]
#[test]
fn a_budget_that_was_interrupted_is_spent_in_the_same_way() {
    let dir = room();
    let d = dir.path();
    let search = "run a.toml b.toml --best min:contacts --budget 4000 --no-report";
    success(d, &format!("{search} -q -o alone"));
    let (journal, out) = (d.join("stopped/journal-1"), d.join("stopped"));
    for _ in 0..2 {
        let least = length(&journal) + 20_000;
        let mut child = Command::new(env!("CARGO_BIN_EXE_handover"));
        child.current_dir(d).args(search.split_whitespace());
        child.args(["-o", "stopped", "-q"]);
        let mut child = child
            .stderr(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        wait_until(&mut child, || length(&journal) > least);
        let stop = Command::new("sh")
            .args(["-c", &format!("kill -INT {}", child.id())])
            .status();
        let output = child.wait_with_output().unwrap();
        // On a machine on which it ended before the signal there is nothing to look at.
        if !stop.unwrap().success() || output.status.code() == Some(0) {
            break;
        }
        let text = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(130), "{text}");
        // Or on which it was writing its files already.
        if text.contains("while the results were written") {
            break;
        }
        assert!(
            text.contains(
                "replications; 4000 are to be spent. The same command goes on from there."
            ),
            "{text}"
        );
        let run = manifest(&out);
        assert_eq!(
            (&run["interrupted"], &run["best"]["verdict"]),
            (&true.into(), &"interrupted".into())
        );
    }
    success(d, &format!("{search} -o stopped"));
    assert_eq!(lasting(&d.join("alone")), lasting(&out));
    assert_eq!(tables(&d.join("alone")), tables(&out));
    assert_eq!(
        names(&d.join("alone")),
        names(&out),
        "the journals are gone"
    );
    let made: u64 = manifest(&out)["scenarios"]
        .as_array()
        .unwrap()
        .iter()
        .map(|s| s["replications"].as_u64().unwrap())
        .sum();
    assert_eq!(made, 4000);
}

/// Killed while its files are written, a run leaves them half done; the next command that writes there removes them, and nothing else.
#[cfg(target_os = "linux")]
#[test]
fn what_a_killed_run_left_half_written_goes() {
    let dir = room();
    let d = dir.path();
    let out = d.join("out");
    let is_temporary = |name: &String| name.starts_with(".handover-") && name.ends_with(".tmp");
    let left = || match out.exists() {
        true => names(&out).into_iter().filter(is_temporary).count(),
        false => 0,
    };
    for _ in 0..5 {
        // The probe before the run is gone after a moment: what is there beside a journal is of the end.
        let writing = || out.join("journal-1").exists() && left() > 1;
        kill(d, &format!("{RUN} -o out -j 2"), writing);
        if left() > 0 {
            break;
        }
        let _ = fs::remove_dir_all(&out);
    }
    if left() == 0 {
        return;
    }
    let other = ".handover-0123456789ab-others.tmp";
    fs::write(out.join(other), "of another machine").unwrap();
    success(d, &format!("{RUN} -o out"));
    let there: Vec<String> = names(&out).into_iter().filter(is_temporary).collect();
    assert_eq!(there, [other]);
}

#[test]
fn what_belongs_to_something_else_is_thrown_away() {
    let dir = room();
    let d = dir.path();
    let journal = d.join("out/journal-1");
    kill(d, &format!("{RUN} -o out"), || length(&journal) > 0);
    let (status, out, err) = output(d, "run a.toml --reps 2 --seed 9 -o out");
    assert_eq!(status, 0, "{out}{err}");
    assert!(
        err.contains("keeps what another run has finished (the scenario, a file it names, its settings or the seed are others)"),
        "{err}"
    );
    assert!(!out.contains("from before"), "{out}");
    assert!(!d.join("out/journal-1").exists() && !d.join("out/journal-2").exists());
    let journal = d.join("fresh/journal-1");
    kill(d, &format!("{RUN} -o fresh"), || length(&journal) > 0);
    let text = success(
        d,
        &RUN.replace("-q", "--reps 3 -o fresh --fresh")
            .replace("--reps 7000", ""),
    );
    assert!(!text.contains("from before"), "{text}");
}

/// A search for the cheapest plan that was killed twice, once while it wrote, ends with the same words and files as one that was left alone.
#[test]
fn a_search_for_a_plan_survives_kill_9() {
    const STAFF: &str = "staff a.toml --pool in-house --no-report";
    let dir = room();
    let d = dir.path();
    let alone = success(d, &format!("{STAFF} -o alone"));
    let journal = d.join("killed/search-1");
    let mut lengths = vec![0];
    for threads in 1..=2 {
        let before = length(&journal);
        let ready = || length(&journal) > before + 20_000;
        kill(d, &format!("{STAFF} -o killed -j {threads}"), ready);
        lengths.push(length(&journal));
        let file = fs::OpenOptions::new().write(true).open(&journal).unwrap();
        file.set_len(length(&journal) - 5).unwrap();
    }
    assert!(
        lengths[1] > 20_000 && lengths[2] > lengths[1],
        "{lengths:?}"
    );
    let killed = success(d, &format!("{STAFF} -o killed")).replace("killed", "alone");
    // What follows is the time that it took.
    let words = |text: &str| text.split(" contacts in ").next().map(str::to_owned);
    assert_eq!(words(&killed), words(&alone));
    for file in ["a-staffing.csv", "a.toml", "results/summary.csv"] {
        let read = |folder: &str| fs::read_to_string(d.join(folder).join(file)).unwrap();
        assert_eq!(
            read("killed").replace("killed", "alone"),
            read("alone"),
            "{file}"
        );
    }
    assert!(!journal.exists(), "what was kept is gone");
}
