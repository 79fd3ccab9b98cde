//! The rules of the house, read off the source text: who may import whom, who may print, open files or know the machine.
//!
//! Comments and `#[cfg(test)]` parts do not count. To add a module, add a row to [`TABLE`].

mod circles;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Each row may use the rows before it; the modules of one row do not know each other.
const TABLE: [&[&str]; 20] = [
    &["text"],
    &["time"],
    &["slots"],
    &["random"],
    &["dist"],
    &["stats"],
    &["erlang"],
    &["model"],
    &["engine"],
    &["measure"],
    &["finance"],
    &["experiment"],
    &["staff"],
    &["scenario", "results"],
    &["log"],
    &["calibrate"],
    &["report"],
    &["cli"],
    &["lib"],
    &["main"],
];

/// Files of the engine that prepare or describe; every event passes through the others.
const NOT_IN_THE_LOOP: [&str; 2] = ["engine/laws/mod.rs", "engine/observer.rs"];

/// A source file without comments, text of strings and test parts.
struct Source {
    /// Path below `src`, e.g. `engine/contact.rs`.
    path: String,
    module: String,
    code: String,
    /// Lines of code: neither blank nor comment.
    lines: usize,
}

fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    walk(&root, &mut files);
    files.sort();
    let sources: Vec<Source> = files
        .iter()
        .filter_map(|file| source(&root, file))
        .collect();
    assert!(sources.len() > 50, "the source tree was not found");
    sources
}

fn walk(dir: &Path, out: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            walk(&path, out);
        } else if path.extension().is_some_and(|e| e == "rs") {
            out.push(path);
        }
    }
}

fn source(root: &Path, file: &Path) -> Option<Source> {
    let path = file
        .strip_prefix(root)
        .unwrap()
        .to_str()
        .unwrap()
        .replace('\\', "/");
    // A file that its module includes under `#[cfg(test)] mod tests;`.
    if file.file_stem().is_some_and(|s| s == "tests") {
        return None;
    }
    let text = fs::read_to_string(file).unwrap();
    let code = bare(&without_tests(&text));
    let first = path.split('/').next().unwrap();
    let module = first.strip_suffix(".rs").unwrap_or(first).to_owned();
    Some(Source {
        path,
        module,
        lines: code.lines().filter(|l| !l.trim().is_empty()).count(),
        code,
    })
}

/// The text without `#[cfg(test)]` items.
fn without_tests(text: &str) -> String {
    let mut out = String::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        if line.trim() != "#[cfg(test)]" {
            out.push_str(line);
            out.push('\n');
            continue;
        }
        // The item ends where a line closes it at the same depth.
        let indent = line.len() - line.trim_start().len();
        for line in lines.by_ref() {
            let depth = line.len() - line.trim_start().len();
            let ends = line.trim_end().ends_with(';') || line.trim_start().starts_with('}');
            if depth == indent && ends {
                break;
            }
        }
    }
    out
}

/// The text without comments and without what stands in strings and character literals; a string keeps its lines.
fn bare(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let skip = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            rest.find("*/").map_or(rest.len(), |i| i + 2)
        } else if let Some(raw) = rest.strip_prefix("r#\"") {
            raw.find("\"#").map_or(rest.len(), |i| i + 5)
        } else if c == '"' {
            let mut escaped = false;
            let end = rest[1..].find(|c| {
                let closes = c == '"' && !escaped;
                escaped = c == '\\' && !escaped;
                closes
            });
            end.map_or(rest.len(), |i| i + 2)
        } else if let Some(end) = character(rest) {
            end
        } else {
            out.push(c);
            rest = &rest[c.len_utf8()..];
            continue;
        };
        if c != '/' {
            let lines = rest[..skip].matches('\n').count();
            out.push_str(&"\"\n".repeat(lines));
            out.push('"');
        }
        rest = &rest[skip..];
    }
    out
}

/// Length of the character literal at the head of `text`; a lifetime is none.
fn character(text: &str) -> Option<usize> {
    let inner = text.strip_prefix('\'')?;
    let body = if let Some(escaped) = inner.strip_prefix('\\') {
        1 + escaped.chars().next()?.len_utf8()
    } else {
        inner.chars().next()?.len_utf8()
    };
    // Longer escapes, as '\u{..}', are closed within a few characters.
    let close = inner.get(body..)?.find('\'')?;
    (close == 0 || inner.starts_with("\\u") || inner.starts_with("\\x"))
        .then_some(1 + body + close + 1)
}

/// Modules of this crate named by `code`: after `crate::` and `handover::`, in groups too.
fn named(code: &str) -> BTreeSet<String> {
    let mut out = BTreeSet::new();
    for start in ["crate::", "handover::"] {
        for (i, _) in code.match_indices(start) {
            let rest = &code[i + start.len()..];
            let word = |s: &str| {
                s.chars()
                    .take_while(|c| c.is_alphanumeric() || *c == '_')
                    .collect::<String>()
            };
            match rest.strip_prefix('{') {
                None => {
                    out.insert(word(rest));
                }
                Some(group) => {
                    let mut depth = 0;
                    let mut fresh = true;
                    for (j, c) in group.char_indices() {
                        match c {
                            '{' => depth += 1,
                            '}' if depth == 0 => break,
                            '}' => depth -= 1,
                            ',' if depth == 0 => fresh = true,
                            c if fresh && c.is_alphabetic() => {
                                out.insert(word(&group[j..]));
                                fresh = false;
                            }
                            _ => {}
                        }
                    }
                }
            }
        }
    }
    out
}

/// Whether `code` holds `word` as a whole word (`word` may end in a sign such as `!`).
fn holds(code: &str, word: &str) -> bool {
    let part = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
    let open = word.ends_with(|c: char| c.is_alphanumeric());
    code.match_indices(word).any(|(i, _)| {
        let begins = !part(code[..i].chars().next_back());
        let ends = !open || !part(code[i + word.len()..].chars().next());
        begins && ends
    })
}

fn fail_with(faults: Vec<String>) {
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

#[test]
fn modules_import_only_what_comes_before() {
    let mut may: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    let mut before: BTreeSet<&str> = BTreeSet::new();
    for row in TABLE {
        for module in row {
            may.insert(module, before.iter().copied().chain([*module]).collect());
        }
        before.extend(row);
    }
    let mut faults = Vec::new();
    let mut seen = BTreeSet::new();
    for s in sources() {
        let Some(allowed) = may.get(s.module.as_str()) else {
            faults.push(format!(
                "{}: {} has no row in the import table",
                s.path, s.module
            ));
            continue;
        };
        for module in named(&s.code) {
            if before.contains(module.as_str()) {
                seen.insert((s.module.clone(), module.clone()));
                if !allowed.contains(module.as_str()) {
                    faults.push(format!("{}: {} may not import {module}", s.path, s.module));
                }
            }
        }
    }
    // The scan sees what everybody knows to be there.
    for (from, to) in [
        ("engine", "model"),
        ("measure", "engine"),
        ("cli", "scenario"),
        ("main", "cli"),
    ] {
        assert!(
            seen.contains(&(from.to_owned(), to.to_owned())),
            "{from} no longer imports {to}?"
        );
    }
    fail_with(faults);
}

#[test]
fn the_engine_knows_nothing_of_the_world() {
    let words = [
        "fs",
        "File",
        "serde",
        "HashMap",
        "HashSet",
        "thread",
        "Instant",
        "SystemTime",
        "env",
        "io",
        "rayon",
        "println!",
        "eprintln!",
        "print!",
        "eprint!",
        "dbg!",
    ];
    let mut faults = Vec::new();
    for s in sources().iter().filter(|s| s.module == "engine") {
        faults.extend(
            words
                .iter()
                .filter(|w| holds(&s.code, w))
                .map(|w| format!("{}: names {w}", s.path)),
        );
        if !NOT_IN_THE_LOOP.contains(&s.path.as_str()) {
            // The question whether to stop is asked once per step of the demand grid, not per event.
            let code = s.code.replace("stop: &dyn Fn() -> bool", "stop");
            if holds(&code, "dyn") || code.contains("Box<dyn") {
                faults.push(format!("{}: a virtual call", s.path));
            }
            if code.contains("Result<") || code.contains("-> io::") || holds(&code, "unwrap") {
                faults.push(format!("{}: something can fail", s.path));
            }
        }
    }
    fail_with(faults);
}

#[test]
fn only_the_command_line_prints() {
    let words = [
        "println!",
        "print!",
        "eprintln!",
        "eprint!",
        "stdout",
        "stderr",
    ];
    let mut faults = Vec::new();
    for s in sources()
        .iter()
        .filter(|s| s.module != "cli" && s.module != "main")
    {
        faults.extend(
            words
                .iter()
                .filter(|w| holds(&s.code, w))
                .map(|w| format!("{}: {w}", s.path)),
        );
    }
    fail_with(faults);
}

#[test]
fn only_adapters_touch_files() {
    let words = ["fs", "File", "OpenOptions", "tempfile", "create_dir_all"];
    let allowed = ["cli", "scenario", "results"];
    let mut faults = Vec::new();
    for s in sources()
        .iter()
        .filter(|s| !allowed.contains(&s.module.as_str()))
    {
        faults.extend(
            words
                .iter()
                .filter(|w| holds(&s.code, w))
                .map(|w| format!("{}: {w}", s.path)),
        );
    }
    fail_with(faults);
}

#[test]
fn no_file_is_too_long() {
    let long = sources().into_iter().filter(|s| s.lines > 500);
    fail_with(
        long.map(|s| format!("{}: {} lines of code", s.path, s.lines))
            .collect(),
    );
}

#[test]
fn scenarios_open_with_the_question_they_answer() {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
    let Ok(entries) = fs::read_dir(dir) else {
        return;
    };
    let mut faults = Vec::new();
    for path in entries
        .map(|e| e.unwrap().path())
        .filter(|p| p.extension().is_some_and(|e| e == "toml"))
    {
        let text = fs::read_to_string(&path).unwrap();
        let opening: Vec<&str> = text
            .lines()
            .take_while(|l| l.starts_with('#'))
            .take(6)
            .collect();
        if !opening.iter().any(|l| l.contains('?')) {
            faults.push(format!(
                "{}: no question in the comment it opens with",
                path.display()
            ));
        }
    }
    fail_with(faults);
}

#[test]
fn the_scan_sees_what_it_should() {
    let text = "use crate::a::{b, c};\n// use crate::no;\nlet s = \"crate::no\"; let c = '\"'; let q = '\\''; x::<'a>();\n\
        use crate::{d::e, f, g::{h, i}};\n#[cfg(test)]\nmod tests {\n    use crate::no;\n}\nuse crate::z;\n";
    let found = named(&bare(&without_tests(text)));
    assert_eq!(
        found.iter().map(String::as_str).collect::<Vec<_>>(),
        ["a", "d", "f", "g", "z"]
    );
    assert!(holds("std::fs::read", "fs") && !holds("offs", "fs") && !holds("fsx", "fs"));
    assert!(holds("println!(1)", "println!") && !holds("eprintln!(1)", "println!"));
}
