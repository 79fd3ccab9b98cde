//! The documents say what the program does: their commands work, their outputs and tables are what the program gives, their links lead
//! somewhere.

mod tables;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The documents, but for the reference of the format.
const DOCUMENTS: [&str; 13] = [
    "README.md",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "benches/README.md",
    "results/README.md",
    "docs/design.md",
    "docs/guide.md",
    "docs/klarna.md",
    "docs/logs.md",
    "docs/questions.md",
    "docs/sweeps.md",
    "docs/validation.md",
    "scenarios/README.md",
];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn document(name: &str) -> String {
    fs::read_to_string(root().join(name)).unwrap_or_else(|e| panic!("{name}: {e}"))
}

/// A fenced block of a document.
struct Block {
    /// What stands behind the fence: `sh` (commands to type), `text` (output of the commands before it), `toml` (a scenario), or nothing.
    kind: String,
    text: String,
}

fn blocks(name: &str) -> Vec<Block> {
    let text = document(name);
    let mut blocks = Vec::new();
    let mut open: Option<Block> = None;
    for line in text.lines() {
        match (line.strip_prefix("```"), &mut open) {
            (Some(kind), None) => {
                open = Some(Block {
                    kind: kind.to_owned(),
                    text: String::new(),
                });
            }
            (Some(_), Some(_)) => blocks.extend(open.take()),
            (None, Some(block)) => {
                block.text.push_str(line);
                block.text.push('\n');
            }
            (None, None) => {}
        }
    }
    assert!(open.is_none(), "{name}: a block is not closed");
    blocks
}

/// The commands of a block, one a line, without comments; `cargo run --release --` is the program, too.
fn commands(block: &Block) -> Vec<String> {
    let whole = block
        .text
        .replace("\\\n", " ")
        .replace("cargo run --release -- ", "handover ");
    let lines = whole.lines().map(|l| words(l.split(" # ").next().unwrap()));
    lines.filter(|l| !l.is_empty()).collect()
}

/// Words of a text with single spaces between.
fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether the parts of `quoted` (a document leaves some out with `...`) stand in `text` one after the other.
fn quotes(text: &str, quoted: &str) -> bool {
    let text = words(text);
    let mut rest = text.as_str();
    quoted.split("...").map(words).all(|part| {
        let found = rest.split_once(part.as_str());
        rest = found.map_or("", |(_, after)| after);
        found.is_some()
    })
}

/// Arguments as a shell makes them, of commands that need no more than quotes.
fn arguments(command: &str) -> Vec<String> {
    let mut arguments = vec![String::new()];
    let mut quote = None;
    for c in command.chars() {
        match quote {
            Some(q) if c == q => quote = None,
            None if c == '\'' || c == '"' => quote = Some(c),
            None if c == ' ' => arguments.push(String::new()),
            _ => arguments.last_mut().unwrap().push(c),
        }
    }
    arguments
}

/// Runs a command of a document in `folder`; what it prints, without the lines that depend on the machine.
fn run(command: &str, folder: &Path) -> String {
    let words = arguments(command);
    assert_eq!(words[0], "handover");
    let made = Command::new(env!("CARGO_BIN_EXE_handover"))
        .args(&words[1..])
        .args(["--color", "never"])
        .current_dir(folder)
        .output()
        .unwrap();
    let errors = String::from_utf8_lossy(&made.stderr);
    assert!(made.status.success(), "{command}: {errors}");
    String::from_utf8(made.stdout).unwrap()
}

/// The screens: their names, commands and what is on them.
fn screens() -> Vec<(String, String, String)> {
    let mut screens: Vec<_> = files(&root().join("results/screens"))
        .iter()
        .map(|path| {
            let text = fs::read_to_string(path).unwrap();
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
fn quoted_outputs_are_committed_screens() {
    let screens = screens();
    let mut quoted = 0;
    // The guide is run as a whole, see below.
    for name in DOCUMENTS.iter().filter(|d| **d != "docs/guide.md") {
        for block in blocks(name).iter().filter(|b| b.kind == "text") {
            assert!(
                screens.iter().any(|(_, _, s)| quotes(s, &block.text)),
                "no screen in results/screens has this output of {name}:\n{}",
                block.text
            );
            quoted += 1;
        }
    }
    assert!(quoted >= 8, "{quoted} outputs found");
}

#[test]
fn every_screen_belongs_to_a_command_of_a_document() {
    let typed: Vec<String> = DOCUMENTS
        .iter()
        .flat_map(|d| blocks(d))
        .filter(|b| b.kind == "sh")
        .flat_map(|b| commands(&b))
        .collect();
    for (name, command, shown) in screens() {
        assert!(
            typed.contains(&words(&command)),
            "{name}: {command} is in no document"
        );
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
        let text: String = run(&command, room.path())
            .lines()
            .take_while(|l| !l.starts_with("Written to "))
            .filter(|l| !l.ends_with("ns of processor time per contact"))
            .map(|l| format!("{l}\n"))
            .collect();
        assert!(
            text == committed,
            "{command} shows something else than results/screens/{name}.txt; if that is meant, run results/regenerate and see what \
             the documents say\n{text}"
        );
    }
}

/// The guide from its first line to its last: each scenario is written to the file that its first line names, each command is run, each
/// output is part of what the last commands printed or of a table that they wrote.
#[test]
fn the_guide_works_as_it_is_written() {
    let room = tempfile::tempdir().unwrap();
    let (mut scenarios, mut typed, mut quoted) = (0, 0, 0);
    let mut printed = String::new();
    for block in blocks("docs/guide.md") {
        match block.kind.as_str() {
            "toml" => {
                let first = block.text.lines().next().unwrap();
                let name = first.strip_prefix("# ").unwrap();
                assert!(name.ends_with(".toml"), "{first}");
                fs::write(room.path().join(name), &block.text).unwrap();
                scenarios += 1;
            }
            "sh" => {
                printed.clear();
                for command in commands(&block) {
                    printed += &run(&command, room.path());
                    typed += 1;
                }
            }
            "text" => {
                let tables = files(room.path()).into_iter().filter(|p| {
                    let name = p.file_name().unwrap().to_string_lossy();
                    name == "summary.csv"
                });
                let mut tables = tables.map(|p| fs::read_to_string(p).unwrap());
                assert!(
                    quotes(&printed, &block.text) || tables.any(|t| quotes(&t, &block.text)),
                    "the guide shows\n{}\nand the program\n{printed}",
                    block.text
                );
                quoted += 1;
            }
            kind => panic!("the guide has a block of the kind {kind:?}"),
        }
    }
    assert!(scenarios >= 7 && typed >= 12 && quoted >= 9);
}

/// Every option of a command that a document shows is one of that command.
#[test]
fn the_options_of_all_commands_exist() {
    let mut helps: BTreeMap<String, String> = BTreeMap::new();
    let mut seen = 0;
    for name in DOCUMENTS {
        let blocks = blocks(name);
        let typed = blocks.iter().filter(|b| b.kind == "sh").flat_map(commands);
        for command in typed.filter(|c| c.starts_with("handover ")) {
            for part in command.split("; ") {
                let words = arguments(part);
                let subcommand = words.get(1).unwrap();
                let help = helps.entry(subcommand.clone()).or_insert_with(|| {
                    run(&format!("handover {subcommand} --help"), Path::new("."))
                });
                for option in words.iter().filter(|w| w.starts_with('-') && w.len() > 1) {
                    assert!(
                        help.split([' ', ',', '\n']).any(|w| w == option),
                        "{name}: {command}: there is no {option}"
                    );
                    seen += 1;
                }
            }
        }
    }
    assert!(seen >= 30, "{seen} options found");
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
fn links_lead_somewhere() {
    let all: Vec<String> = files(&root().join("docs"))
        .iter()
        .filter(|p| p.extension().is_some_and(|e| e == "md"))
        .map(|p| format!("docs/{}", p.file_name().unwrap().to_string_lossy()))
        .collect();
    for name in &all {
        assert!(
            DOCUMENTS.contains(&name.as_str()),
            "{name} is not in the list"
        );
    }
    for name in DOCUMENTS.iter().chain(&["scenarios/FORMAT.md"]) {
        let text = document(name);
        let folder = Path::new(name).parent().unwrap();
        for link in text.split("](").skip(1) {
            let link = link.split([')', '\n']).next().unwrap();
            if link.starts_with("http") {
                continue;
            }
            let (file, heading) = link.split_once('#').unwrap_or((link, ""));
            let path = folder.join(file);
            let target = if file.is_empty() {
                Path::new(name)
            } else {
                &path
            };
            assert!(
                root().join(target).exists(),
                "{name}: there is no {}",
                target.display()
            );
            if !heading.is_empty() {
                let text = fs::read_to_string(root().join(target)).unwrap();
                let headings = text.lines().filter(|l| l.starts_with('#'));
                let mut anchors = headings.map(|h| anchor(h.trim_start_matches('#')));
                assert!(
                    anchors.any(|a| a == heading),
                    "{name}: no heading for {link}"
                );
            }
        }
    }
}

/// The name under which a heading is linked to.
fn anchor(heading: &str) -> String {
    let text = heading.trim().to_lowercase();
    let kept = text
        .chars()
        .filter(|c| c.is_alphanumeric() || " -_".contains(*c));
    kept.map(|c| if c == ' ' { '-' } else { c }).collect()
}

#[test]
fn documents_are_short_and_narrow() {
    assert!(document("README.md").lines().count() <= 150);
    for name in DOCUMENTS {
        for (i, line) in document(name).lines().enumerate() {
            let width = line.chars().count();
            assert!(width <= 160, "{name}:{}: {width} characters", i + 1);
        }
    }
}

#[test]
fn the_pictures_are_small_and_all_shown() {
    let shown: String = DOCUMENTS.map(document).concat();
    for path in files(&root().join("results/figures")) {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        assert!(
            shown.contains(&format!("results/figures/{name})")),
            "{name} is not shown"
        );
        let svg = fs::read_to_string(&path).unwrap();
        assert!(svg.starts_with("<svg xmlns=") && svg.contains("prefers-color-scheme:dark"));
        assert!(svg.len() < 150_000, "{name}: {} bytes", svg.len());
    }
    let kept = [
        "screens",
        "figures",
        "trade-off",
        "tables",
        "reference-months",
    ];
    let of_folder = |f: &&str| files(&root().join("results").join(f));
    let sizes = kept.iter().flat_map(of_folder);
    let bytes: u64 = sizes.map(|p| fs::metadata(p).unwrap().len()).sum();
    assert!(bytes < 2_000_000, "{bytes} bytes");
}

/// Files that the page for developers names exist; parts in capitals stand for a name.
#[test]
fn the_files_that_the_design_names_exist() {
    let text = document("docs/design.md");
    let named = text.split('`').skip(1).step_by(2);
    let files: Vec<&str> = named
        .filter(|n| {
            (n.ends_with(".rs") || n.ends_with(".toml")) && n.contains('/') && !n.contains('{')
        })
        .filter(|n| !n.contains(|c: char| c.is_ascii_uppercase()))
        .collect();
    assert!(files.len() > 20, "{files:?}");
    for file in files {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let places = ["", "src", "src/engine", "src/scenario"];
        let there = places.iter().any(|p| root.join(p).join(file).exists());
        assert!(there, "docs/design.md names {file}");
    }
}
