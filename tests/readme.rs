//! The README shows what the program says: its blocks of output stand in `results/screens`, and those are what the program gives.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn readme() -> String {
    fs::read_to_string(root().join("README.md")).unwrap()
}

/// Words of a text with single spaces between.
fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The blocks of code: paragraphs whose lines all stand four columns in.
fn blocks(text: &str) -> Vec<String> {
    let mut blocks = vec![String::new()];
    for line in text.lines() {
        match line.strip_prefix("    ") {
            Some(code) => {
                let last = blocks.last_mut().unwrap();
                last.push_str(code);
                last.push('\n');
            }
            // Output may have empty lines.
            None if line.is_empty() && !blocks.last().unwrap().is_empty() => {
                blocks.last_mut().unwrap().push('\n');
            }
            None => blocks.push(String::new()),
        }
    }
    blocks.retain(|b| !b.trim().is_empty());
    blocks
}

/// Whether a block is for typing rather than reading. What stands below commands, after an empty line, is output.
fn split(block: &str) -> (Vec<String>, Vec<String>) {
    let (mut typed, mut shown) = (Vec::new(), Vec::new());
    for paragraph in block.split("\n\n").filter(|p| !p.trim().is_empty()) {
        let begins = ["handover ", "cargo "];
        if begins.iter().any(|b| paragraph.trim_start().starts_with(b)) {
            let whole = paragraph.replace("\\\n", " ");
            typed.extend(whole.lines().map(words));
        } else {
            shown.push(paragraph.to_owned());
        }
    }
    (typed, shown)
}

/// The screens: their names, commands and what is on them.
fn screens() -> Vec<(String, String, String)> {
    let files = fs::read_dir(root().join("results/screens")).unwrap();
    let mut screens: Vec<_> = files
        .map(|f| {
            let path = f.unwrap().path();
            let text = fs::read_to_string(&path).unwrap();
            let (command, shown) = text.split_once('\n').unwrap();
            let name = path.file_stem().unwrap().to_string_lossy().into_owned();
            let command = command.strip_prefix("$ ").unwrap();
            (name, command.to_owned(), shown.to_owned())
        })
        .collect();
    screens.sort();
    screens
}

#[test]
fn every_output_is_a_committed_one() {
    let screens = screens();
    let mut shown = 0;
    for block in blocks(&readme()) {
        for output in split(&block).1 {
            let parts: Vec<String> = output.split("...").map(words).collect();
            let is_there = |text: &str| {
                let text = words(text);
                let mut rest = text.as_str();
                parts.iter().all(|part| {
                    let found = rest.split_once(part.as_str());
                    rest = found.map_or("", |(_, after)| after);
                    found.is_some()
                })
            };
            assert!(
                screens.iter().any(|(_, _, text)| is_there(text)),
                "no screen in results/screens has this output of the README:\n{output}"
            );
            shown += 1;
        }
    }
    assert!(shown >= 6, "{shown} outputs found");
}

#[test]
fn every_screen_belongs_to_a_command_of_the_readme() {
    let typed: Vec<String> = blocks(&readme())
        .iter()
        .flat_map(|b| split(b).0)
        .map(|c| c.replace("cargo run --release -- ", "handover "))
        .collect();
    for (name, command, shown) in screens() {
        let known = typed.iter().any(|t| {
            let comment = t.split(" # ").next().unwrap_or_default();
            words(comment) == words(&command)
        });
        assert!(known, "{name}: {command} is not in the README");
        assert!(shown.len() > 150, "{name} is empty");
    }
}

/// Those that take a second or two. The others are those of the reference months and the trade-off, whose figures other tests hold.
#[cfg(unix)]
#[test]
fn the_quick_screens_are_what_the_program_shows() {
    let room = tempfile::tempdir().unwrap();
    let scenarios = room.path().join("scenarios");
    std::os::unix::fs::symlink(root().join("scenarios"), scenarios).unwrap();
    for (name, command, committed) in screens() {
        if !["plan-ahead", "black-friday"].contains(&name.as_str()) {
            continue;
        }
        let arguments = command.strip_prefix("handover ").unwrap().split(' ');
        let made = Command::new(env!("CARGO_BIN_EXE_handover"))
            .args(arguments)
            .args(["--color", "never"])
            .current_dir(room.path())
            .output()
            .unwrap();
        let text = String::from_utf8(made.stdout).unwrap();
        let machine = |l: &&str| !l.ends_with("ns of processor time per contact");
        let text: String = text
            .lines()
            .take_while(|l| !l.starts_with("Written to "))
            .filter(machine)
            .map(|l| format!("{l}\n"))
            .collect();
        assert!(
            text == committed,
            "{command} shows something else than results/screens/{name}.txt; if that is meant, run results/regenerate \
             and see what the README says\n{text}"
        );
    }
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut all = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            all.extend(files(&path));
        } else {
            all.push(path);
        }
    }
    all
}

#[test]
fn the_pictures_are_small_and_all_shown() {
    let text = readme();
    let folder = root().join("results/figures");
    for path in files(&folder) {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        assert!(
            text.contains(&format!("](results/figures/{name})")),
            "{name} is not shown"
        );
        let svg = fs::read_to_string(&path).unwrap();
        assert!(svg.starts_with("<svg xmlns=") && svg.contains("prefers-color-scheme:dark"));
        assert!(svg.len() < 150_000, "{name}: {} bytes", svg.len());
    }
    for link in text.split("](results/figures/").skip(1) {
        let name = link.split(')').next().unwrap();
        assert!(folder.join(name).is_file(), "there is no {name}");
    }
    let kept = ["screens", "figures", "trade-off", "reference-months"];
    let of_folder = |f: &&str| files(&root().join("results").join(f));
    let sizes = kept.iter().flat_map(of_folder);
    let bytes: u64 = sizes.map(|p| fs::metadata(p).unwrap().len()).sum();
    assert!(bytes < 2_000_000, "{bytes} bytes");
}
