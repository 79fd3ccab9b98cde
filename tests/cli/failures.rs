//! When something goes wrong on the way: directories, disks, readers that go away, Ctrl-C.

use super::{FILES, SMALL, manifest, names, output, room, success, tables};
use std::cell::OnceCell;
use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

#[test]
fn a_directory_that_cannot_be_made_is_an_error() {
    let dir = room();
    let d = dir.path();
    for out in ["a.toml/results", "a.toml/x/y/z", "a.toml"] {
        let (status, text, err) = output(d, &format!("run a.toml --reps 2 -o {out}"));
        assert_eq!((status, text.as_str()), (1, ""), "{err}");
        assert!(
            err.contains("cannot write to the directory") && err.contains("help: "),
            "{err}"
        );
        assert_eq!(names(d), ["a.toml", "b.toml"]);
    }
    assert_eq!(fs::read_to_string(d.join("a.toml")).unwrap(), SMALL);
}

/// `..` leads back from a directory that is not there without making it; from a link it leads where the system says.
#[test]
fn directories_on_the_way_back_are_not_made() {
    let dir = room();
    let d = dir.path();
    success(d, "run a.toml --reps 2 -q -o none/../out");
    assert_eq!(names(d), ["a.toml", "b.toml", "out"]);
    success(d, "man -q -o none/deeper/../../pages");
    assert_eq!(names(d), ["a.toml", "b.toml", "out", "pages"]);
    #[cfg(unix)]
    {
        fs::create_dir_all(d.join("far/away")).unwrap();
        std::os::unix::fs::symlink("far/away", d.join("link")).unwrap();
        success(d, "run a.toml --reps 2 -q -o link/../there");
        assert_eq!(names(&d.join("far")), ["away", "there"]);
    }
}

#[test]
fn results_survive_a_run_that_fails() {
    let dir = room();
    let d = dir.path();
    success(d, "run a.toml --reps 2 -q -o out");
    let before = tables(&d.join("out"));
    let (status, _, _) = output(d, "run a.toml --reps 2 -q -o out --set seed=x");
    assert_eq!((status, &before), (2, &tables(&d.join("out"))));
    // Something that cannot be replaced stands where a table belongs.
    let week = fs::read(d.join("out/week.csv")).unwrap();
    fs::remove_file(d.join("out/week.csv")).unwrap();
    fs::create_dir(d.join("out/week.csv")).unwrap();
    let (status, _, err) = output(d, "run b.toml --reps 2 -q -o out");
    assert_eq!(status, 1, "{err}");
    assert!(err.contains("it is a directory"), "{err}");
    assert_eq!(names(&d.join("out")), FILES);
    fs::remove_dir(d.join("out/week.csv")).unwrap();
    fs::write(d.join("out/week.csv"), week).unwrap();
    assert!(before == tables(&d.join("out")));
    success(d, "run b.toml --reps 2 -q -o out");
    assert!(
        before != tables(&d.join("out")),
        "a run that succeeds replaces what was there"
    );
    assert_eq!(names(&d.join("out")), FILES);
}

/// A file system of a few kilobytes, if this user may have one.
struct TinyDisk(PathBuf);

impl TinyDisk {
    fn new(at: &Path) -> Option<Self> {
        fs::create_dir(at).unwrap();
        let mut mount = std::process::Command::new("mount");
        let mount = mount
            .args(["-t", "tmpfs", "-o", "size=64k", "tmpfs"])
            .arg(at)
            .output()
            .ok()?;
        mount.status.success().then(|| Self(at.to_owned()))
    }
}

impl Drop for TinyDisk {
    fn drop(&mut self) {
        let _ = std::process::Command::new("umount").arg(&self.0).output();
    }
}

#[test]
fn a_full_disk_leaves_no_half_written_file() {
    let dir = room();
    let d = dir.path();
    let Some(_disk) = TinyDisk::new(&d.join("tiny")) else {
        println!("skipped: a tmpfs cannot be mounted by this user");
        return;
    };
    let (status, out, err) = output(d, "run a.toml --reps 20 -q -o tiny/out");
    assert_eq!((status, out.as_str()), (1, ""), "{err}");
    assert!(
        err.contains("the disk is full") && err.contains("help: make room"),
        "{err}"
    );
    assert_eq!(names(&d.join("tiny")), [""; 0]);
    // Results that are there already stay as they are.
    fs::create_dir(d.join("tiny/out")).unwrap();
    for name in FILES {
        fs::write(d.join("tiny/out").join(name), "old").unwrap();
    }
    let manifest = r#"{"program": "handover", "scenarios": []}"#;
    fs::write(d.join("tiny/out/run.json"), manifest).unwrap();
    let (status, _, err) = output(d, "run a.toml --reps 20 -q -o tiny/out");
    assert_eq!(status, 1, "{err}");
    assert_eq!(names(&d.join("tiny/out")), FILES);
    assert!(
        tables(&d.join("tiny/out"))
            .values()
            .all(|bytes| bytes == b"old")
    );
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let dir = room();
    for arguments in [
        "run a.toml b.toml --reps 2 --json",
        "run a.toml --reps 2 -v",
        "check a.toml b.toml",
        "new -",
        "--help",
    ] {
        let mut child = start(dir.path(), arguments);
        drop(child.stdout.take());
        let status = wait(&mut child);
        let mut err = String::new();
        child
            .stderr
            .take()
            .unwrap()
            .read_to_string(&mut err)
            .unwrap();
        assert_eq!((status, err.as_str()), (Some(0), ""), "{arguments}");
    }
    assert_eq!(
        names(&dir.path().join("results/a")),
        FILES,
        "the files are written all the same"
    );
    // One that goes away in the middle: `handover new - | head -1`.
    let mut child = start(dir.path(), "new -");
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap())
        .read_line(&mut line)
        .unwrap();
    assert!(line.starts_with('#'), "{line}");
    assert_eq!(wait(&mut child), Some(0));
}

/// Starts the program with pipes.
pub(super) fn start(dir: &Path, arguments: &str) -> Child {
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_handover"));
    command.current_dir(dir).args(arguments.split_whitespace());
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

/// Waits for the end.
pub(super) fn wait(child: &mut Child) -> Option<i32> {
    child.wait().unwrap().code()
}

/// Sends Ctrl-C when `ready`.
#[cfg(unix)]
fn interrupt(child: &mut Child, ready: impl Fn() -> bool) {
    while !ready() {
        let early = child.try_wait().unwrap();
        assert!(
            early.is_none(),
            "it ended before it could be interrupted: {early:?}"
        );
        std::thread::sleep(Duration::from_millis(2));
    }
    interrupt_now(child);
}

/// Whether a process has a handler for Ctrl-C; taken for granted where the system does not tell.
#[cfg(unix)]
fn listens(process: u32) -> bool {
    let Ok(status) = fs::read_to_string(format!("/proc/{process}/status")) else {
        return true;
    };
    let caught = status.lines().find_map(|l| l.strip_prefix("SigCgt:"));
    let caught = caught.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    caught.is_none_or(|mask| mask & (1 << 1) != 0)
}

/// Hundredths of a second that a process has worked; ever more where the system does not tell.
#[cfg(unix)]
fn work(process: u32) -> u64 {
    let Ok(stat) = fs::read_to_string(format!("/proc/{process}/stat")) else {
        static ASKED: AtomicU64 = AtomicU64::new(0);
        return ASKED.fetch_add(1, Ordering::Relaxed);
    };
    // The name of the program, in brackets, is the second field and may hold blanks.
    let fields = stat.rsplit(')').next().unwrap().split_whitespace();
    fields
        .skip(11)
        .take(2)
        .map(|t| t.parse::<u64>().unwrap())
        .sum()
}

#[cfg(unix)]
pub(super) fn interrupt_now(child: &Child) {
    let kill = std::process::Command::new("sh")
        .args(["-c", &format!("kill -INT {}", child.id())])
        .status();
    assert!(kill.unwrap().success());
}

/// What an interrupted run says on its way out.
#[cfg(unix)]
fn said_when_interrupted(child: &mut Child) -> String {
    let status = wait(child);
    let mut err = String::new();
    let mut pipe = child.stderr.take().unwrap();
    pipe.read_to_string(&mut err).unwrap();
    assert_eq!(status, Some(130), "{err}");
    err
}

#[cfg(unix)]
#[test]
fn ctrl_c_keeps_what_is_finished() {
    let dir = room();
    let d = dir.path();
    let out = d.join("out");
    let mut child = start(d, "run a.toml b.toml --reps 1000000 -j2 -o out");
    // What is kept is kept beside the directory's other files.
    let (first, second) = (out.join("journal-1"), out.join("journal-2"));
    interrupt(&mut child, || first.exists() || second.exists());
    let err = said_when_interrupted(&mut child);
    assert!(
        err.contains("Stopping") && err.contains("Kept in out"),
        "{err}"
    );
    let journals = ["journal-1", "journal-2"].map(str::to_owned);
    let others: Vec<String> = names(&out)
        .into_iter()
        .filter(|n| !journals.contains(n))
        .collect();
    assert_eq!(others, FILES, "no temporary files");
    let run = manifest(&out);
    assert_eq!(run["interrupted"], true);
    let n = run["scenarios"][0]["replications"].as_u64().unwrap();
    assert!((1..1_000_000).contains(&n), "{n}");
    assert_eq!(run["scenarios"][0]["replications_planned"], 1_000_000);
    for file in [
        "summary.csv",
        "replications.csv",
        "intervals.csv",
        "monthly.csv",
    ] {
        let bytes = fs::read(out.join(file)).unwrap();
        assert_eq!(
            run["files"][file]["blake3"].as_str(),
            Some(&*blake3::hash(&bytes).to_hex()),
            "{file}"
        );
        assert!(bytes.ends_with(b"\n"), "{file}");
    }
}

#[cfg(unix)]
#[test]
fn ctrl_c_before_anything_is_finished_leaves_nothing() {
    let dir = room();
    let d = dir.path();
    // A replication of many minutes.
    let mut child = start(
        d,
        "run a.toml --reps 2 -j1 -o out/deep --set horizon=4years --set demand.daily_volume=1000000 --set pool.in-house.agents=20000",
    );
    let process = child.id();
    interrupt(&mut child, || {
        d.join("out/deep").exists() && listens(process)
    });
    let err = said_when_interrupted(&mut child);
    assert!(err.contains("nothing was written"), "{err}");
    assert_eq!(names(d), ["a.toml", "b.toml"]);
}

#[cfg(unix)]
#[test]
fn a_second_ctrl_c_ends_at_once() {
    let dir = room();
    let d = dir.path();
    // The run looks for a reason to stop between steps of the demand, and two million cases in a step keep it from looking.
    let mut child = start(
        d,
        "run a.toml --reps 2 -j1 -o out/deep --set demand.daily_volume=100000000 --set pool.in-house.agents=20000",
    );
    let process = child.id();
    // A tenth of a second of its work later it is in the middle of a step.
    let begun = OnceCell::new();
    interrupt(&mut child, || {
        let now = listens(process).then(|| work(process));
        now.is_some_and(|now| now >= *begun.get_or_init(|| now) + 10)
    });
    // Two signals before the first is taken are one: wait until the program has answered.
    let mut err = BufReader::new(child.stderr.take().unwrap());
    let mut said = String::new();
    while !said.contains("Stopping") {
        assert!(err.read_line(&mut said).unwrap() > 0, "{said}");
    }
    interrupt_now(&child);
    assert_eq!(wait(&mut child), Some(130));
    err.read_to_string(&mut said).unwrap();
    assert!(
        !said.contains("Interrupted"),
        "it stopped by itself: {said}"
    );
    assert_eq!(names(d), ["a.toml", "b.toml"], "empty directories are gone");
}
