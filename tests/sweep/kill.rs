//! A sweep that is killed and taken up again leaves the same bytes as one that is left alone.

use super::{files, handover, room, said, success};
use handover::random::Key;
use std::fs;
use std::process::{Child, Stdio};
use std::time::Duration;

const SWEEP: &str =
    "sweep a.toml --reps 40 --vary pool.in-house.agents=2..9/8 --vary max_contacts=1,2,3 -q";

fn begin(dir: &std::path::Path, arguments: &str) -> Child {
    let mut command = handover(dir, arguments);
    command.stdout(Stdio::null()).stderr(Stdio::piped());
    command.spawn().unwrap()
}

#[test]
fn a_sweep_survives_kill_9() {
    let dir = room();
    success(dir.path(), &format!("{SWEEP} -o alone -j 2"));
    let journal = dir.path().join("killed/journal");
    let length = || fs::metadata(&journal).map_or(0, |m| m.len());
    let (mut lengths, mut ended) = (vec![0], 0);
    for i in 0..10 {
        // At first before there is a journal, then after some replications, in the middle of writing as well.
        let least = length() + (20_000.0 * Key::root(7, i).uniform(1)) as u64;
        let ready = || i == 0 || length() > least;
        let mut child = begin(dir.path(), &format!("{SWEEP} -o killed -j {}", 1 + i % 2));
        while child.try_wait().unwrap().is_none() && !ready() {
            std::thread::sleep(Duration::from_millis(1));
        }
        ended += usize::from(child.try_wait().unwrap().is_some());
        child.kill().unwrap();
        child.wait().unwrap();
        lengths.push(length());
        if i == 4 && *lengths.last().unwrap() > 0 {
            // A record that was cut short: as after a power cut.
            let file = fs::OpenOptions::new().write(true).open(&journal).unwrap();
            file.set_len(lengths.last().unwrap() - 5).unwrap();
        }
    }
    // What was finished was never lost: the journal only grew, the five bytes apart.
    assert!(
        lengths.windows(2).all(|w| w[1] + 200 >= w[0]),
        "{lengths:?}"
    );
    success(dir.path(), &format!("{SWEEP} -o killed"));
    let (alone, killed) = (dir.path().join("alone"), dir.path().join("killed"));
    assert_eq!(
        files(&alone),
        files(&killed),
        "{lengths:?}, {ended} ended early"
    );
    // Once more: everything is there already.
    let text = success(dir.path(), &SWEEP.replace("-q", "-o killed"));
    assert!(
        text.contains("960 replications (960 of them were there)"),
        "{text}"
    );
    assert_eq!(files(&alone), files(&killed));
    // Something else does not go on from there.
    let (status, text) = said(dir.path(), &SWEEP.replace("-q", "-o killed --seed 3"));
    assert!(
        status == 1 && text.contains("belongs to another sweep") && text.contains("--fresh"),
        "{text}"
    );
    let fresh = SWEEP.replace("--reps 40", "--reps 1");
    success(dir.path(), &format!("{fresh} -o killed --fresh"));
    assert_ne!(files(&alone), files(&killed));
}

#[cfg(unix)]
#[test]
fn an_interrupted_sweep_says_how_to_go_on() {
    let dir = room();
    let sweep = SWEEP.replace("--reps 40", "--reps 4000 -o out");
    let child = begin(dir.path(), &sweep);
    let journal = dir.path().join("out/journal");
    for _ in 0..6000 {
        if fs::metadata(&journal).is_ok_and(|m| m.len() > 20_000) {
            break;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    // A second one cannot write at the same time.
    let (status, text) = said(dir.path(), &sweep);
    assert!(
        status == 1 && text.contains("is being written by another process"),
        "{text}"
    );
    let kill = std::process::Command::new("sh")
        .args(["-c", &format!("kill -INT {}", child.id())])
        .status();
    assert!(kill.unwrap().success());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(130));
    let text = String::from_utf8(output.stderr).unwrap();
    assert!(
        text.contains("of 96000 replications are kept in out/journal: the same command goes on"),
        "{text}"
    );
    assert!(!dir.path().join("out/points.csv").exists());
}
