//! What a planner reads who made a mistake: broken scenarios with their full messages.
//!
//! The cases stand in the text files beside this one. Each begins with `## title`; then come what is changed of
//! `base.toml` and, after `----`, the whole message. `HANDOVER_BLESS=1` writes the messages anew: read them all before
//! they are kept, since they are what a person sees.

use handover::scenario::{InMemory, load};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

const BASE: &str = include_str!("base.toml");
const TABLES: [&str; 26] = [
    "habits",
    "syntax",
    "alone",
    "keys",
    "values",
    "laws",
    "demand",
    "topics",
    "markets",
    "people",
    "pools",
    "slots",
    "shifts",
    "groups",
    "workforce",
    "timeline",
    "precision",
    "sizes",
    "prices",
    "satisfaction",
    "files",
    "settings",
    "sweep",
    "staff",
    "experiments",
    "together",
];
const DIVIDER: &str = "----";

/// A broken scenario.
#[derive(Default)]
struct Case {
    title: String,
    /// The lines that say what is broken, as they stand in the table.
    script: Vec<String>,
    expected: String,
}

/// The cases of a table, in order.
fn cases(table: &str) -> Vec<Case> {
    let mut cases: Vec<Case> = Vec::new();
    let mut messages = false;
    for line in table.lines() {
        if let Some(title) = line.strip_prefix("## ") {
            cases.push(Case {
                title: title.to_owned(),
                ..Case::default()
            });
            messages = false;
            continue;
        }
        let case = cases.last_mut().expect("a table begins with a title");
        if messages {
            case.expected += line;
            case.expected.push('\n');
        } else if line == DIVIDER {
            messages = true;
        } else if !line.is_empty() {
            case.script.push(line.to_owned());
        }
    }
    for case in &mut cases {
        case.expected.truncate(case.expected.trim_end().len());
        case.expected.push('\n');
    }
    cases
}

/// A broken scenario: its text, settings, and other files.
type Broken = (String, Vec<String>, InMemory);

/// Does what the script says.
fn changed(case: &Case) -> Broken {
    let (mut text, mut settings, mut files) = (BASE.to_owned(), Vec::new(), InMemory::new());
    let mut script = case.script.iter().map(String::as_str).peekable();
    while let Some(line) = script.next() {
        let mut block = || {
            let mut block = String::new();
            while let Some(line) = script.next_if(|l| l.starts_with('|')) {
                block += line[1..].strip_prefix(' ').unwrap_or(&line[1..]);
                block.push('\n');
            }
            block
        };
        if let Some(change) = line.strip_prefix("replace ") {
            let (from, to) = change
                .split_once(" ==>")
                .unwrap_or_else(|| panic!("{line}"));
            let unescape = |s: &str| s.replace("\\n", "\n");
            let (from, to) = (unescape(from), unescape(to.strip_prefix(' ').unwrap_or(to)));
            assert!(
                text.contains(&from),
                "{}: {from:?} is not in the text",
                case.title
            );
            text = text.replacen(&from, &to, 1);
        } else if let Some(setting) = line.strip_prefix("set ") {
            settings.push(setting.to_owned());
        } else if line == "text" {
            text = block();
        } else if line == "append" {
            text += &block();
        } else if let Some(name) = line.strip_prefix("file ") {
            files = files.with(name, block());
        } else {
            panic!("{}: {line:?} is no change", case.title);
        }
    }
    (text, settings, files)
}

/// The texts of broken scenarios without settings, with their titles and messages.
pub(super) fn texts() -> Vec<(String, String, String)> {
    let mut out = Vec::new();
    for table in TABLES {
        for case in cases(&std::fs::read_to_string(path(table)).unwrap()) {
            let (text, settings, _) = changed(&case);
            if settings.is_empty() {
                out.push((case.title, text, case.expected));
            }
        }
    }
    out
}

/// The message of the reader.
fn broken(case: &Case) -> String {
    let (text, settings, files) = changed(case);
    let files = files.with("scenario.toml", text.as_str());
    match load(Path::new("scenario.toml"), &settings, &files) {
        // Has not the form of a message, so that it is never blessed.
        Ok(_) => "nothing is wrong\n".to_owned(),
        Err(problems) => problems.render(false),
    }
}

fn path(table: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/errors")
        .join(table)
        .with_extension("txt")
}

#[test]
fn the_base_is_sound() {
    let files = InMemory::new().with("scenario.toml", BASE);
    if let Err(problems) = load(Path::new("scenario.toml"), &[], &files) {
        panic!("{problems}");
    }
}

#[test]
fn broken_scenarios_say_what_is_wrong() {
    let bless = std::env::var_os("HANDOVER_BLESS").is_some();
    let (mut count, mut differences) = (0, String::new());
    for table in TABLES {
        let cases = cases(&std::fs::read_to_string(path(table)).unwrap());
        let mut new = String::new();
        for case in &cases {
            let found = broken(case);
            count += 1;
            if found != case.expected {
                let _ = writeln!(
                    differences,
                    "## {table}: {}\nexpected\n{}found\n{found}",
                    case.title, case.expected
                );
            }
            let script = case.script.join("\n");
            let _ = writeln!(new, "## {}\n{script}\n{DIVIDER}\n{found}", case.title);
        }
        if bless {
            std::fs::write(path(table), new).unwrap();
        }
    }
    assert!(count >= 60, "{count} cases are too few");
    assert!(bless || differences.is_empty(), "{differences}");
}

/// Messages hold to a few habits that a table of snapshots would let slip.
#[test]
fn messages_have_a_form() {
    let mut titles = std::collections::BTreeSet::new();
    for table in TABLES {
        for case in cases(&std::fs::read_to_string(path(table)).unwrap()) {
            let title = &case.title;
            assert!(titles.insert(title.clone()), "{title} stands twice");
            let errors = case.expected.lines().filter(|l| l.starts_with("error: "));
            let places = case
                .expected
                .lines()
                .filter(|l| l.trim_start().starts_with("--> "));
            let errors: Vec<&str> = errors.collect();
            assert!(
                !errors.is_empty() && errors.len() == places.count(),
                "{title}:\n{}",
                case.expected
            );
            for e in errors {
                let sentence = e.trim_start_matches("error: ");
                assert!(
                    !sentence.trim().is_empty() && !sentence.ends_with(['.', ' ', ':']),
                    "{title}: {e:?}"
                );
                assert!(e.chars().count() <= 200, "{title}: too long: {e}");
            }
            assert!(
                !case.expected.contains('\u{1b}') && !case.expected.contains("Some("),
                "{title}"
            );
        }
    }
}
