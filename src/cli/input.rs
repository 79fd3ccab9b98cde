//! From the files of the command line to scenarios.

use super::failure::Failure;
use super::options::Input;
use super::output::Output;
use crate::experiment::Plan;
use crate::scenario::{self, Disk, Scenario, stem};
use crate::text::{is_hidden, visible_path};
use std::path::{Path, PathBuf};

/// A scenario as the command line wants it.
pub(super) struct Loaded {
    /// The file.
    pub(super) path: PathBuf,
    /// Identifier, unique within the run.
    pub(super) id: String,
    /// What is in the file.
    pub(super) scenario: Scenario,
}

impl Loaded {
    /// How the experiment is done.
    pub(super) fn plan(&self) -> Plan {
        self.scenario.plan
    }
}

/// Reads all files; what is wrong with any of them is said at once.
pub(super) fn load(input: &Input, output: &Output) -> Result<Vec<Loaded>, Failure> {
    let ids = identifiers(&input.files).map_err(Failure::BadInput)?;
    let (mut loaded, mut problems, mut told) = (Vec::new(), String::new(), Vec::new());
    for (path, id) in input.files.iter().zip(ids) {
        match scenario::load(path, &input.settings, &Disk) {
            Ok(mut scenario) => {
                let plan = &mut scenario.plan;
                plan.seed = input.seed.unwrap_or(plan.seed);
                plan.replications = input.reps.unwrap_or(plan.replications);
                loaded.push(Loaded {
                    path: path.clone(),
                    id,
                    scenario,
                });
            }
            Err(mut found) => {
                // What is wrong with a setting is wrong with it in every scenario.
                found.omit(&told);
                told.extend(found.iter().filter(|p| p.is_of_setting()).cloned());
                if found.is_empty() {
                    continue;
                }
                if !problems.is_empty() {
                    problems.push('\n');
                }
                problems += &found.render(output.error_color());
            }
        }
    }
    if problems.is_empty() {
        Ok(loaded)
    } else {
        Err(Failure::BadInput(problems))
    }
}

/// File stems; where several files share one, with the directory in front, or with the whole path if that is not enough.
fn identifiers(files: &[PathBuf]) -> Result<Vec<String>, String> {
    let whole = |p: &PathBuf| visible_path(&p.with_extension(""));
    let with_parent = |p: &PathBuf| match p.parent().and_then(Path::file_name) {
        Some(parent) => format!("{}/{}", visible_path(parent.as_ref()), stem(p)),
        None => stem(p),
    };
    let mut ids: Vec<String> = files.iter().map(|p| stem(p)).collect();
    let finer: [&dyn Fn(&PathBuf) -> String; 3] = [&with_parent, &whole, &|p| visible_path(p)];
    for finer in finer {
        let is_shared = |id: &String| ids.iter().filter(|other| *other == id).count() > 1;
        let new = ids.iter().zip(files).map(|(id, file)| match is_shared(id) {
            true => finer(file),
            false => id.clone(),
        });
        ids = new.collect();
    }
    match (0..ids.len()).find(|&i| ids[..i].contains(&ids[i])) {
        Some(i) => Err(format!("error: {} is given twice", files[i].display())),
        None => Ok(ids),
    }
}

/// The name of a run: `a`, `a+b`, or `a+2-more`.
pub(super) fn run_name(files: &[PathBuf]) -> String {
    match files {
        [] => "run".into(),
        [a] => stem(a),
        [a, b] => format!("{}+{}", stem(a), stem(b)),
        [a, more @ ..] => format!("{}+{}-more", stem(a), more.len()),
    }
}

/// Threads to use.
pub(super) fn threads(output: &Output) -> usize {
    let usual = || std::thread::available_parallelism().map_or(1, usize::from);
    output.threads.map_or_else(usual, usize::from)
}

/// A command line that gives the same results.
#[derive(Default)]
pub(super) struct CommandLine(pub(super) String);

impl CommandLine {
    /// The command, with what all commands that simulate are told.
    pub(super) fn new(verb: &str, input: &Input) -> Self {
        let files = input.files.iter().map(|f| shell(&f.to_string_lossy()));
        let words = ["handover".into(), verb.into()].into_iter();
        let words: Vec<String> = words.chain(files).collect();
        Self(words.join(" "))
            .add("set", &input.settings)
            .add("seed", input.seed)
            .add("reps", input.reps)
    }

    /// Adds an option without a value, if it was given.
    pub(super) fn flag(mut self, flag: &str, given: bool) -> Self {
        if given {
            self.0 += &format!(" --{flag}");
        }
        self
    }

    /// Adds an option, once for each of its values.
    pub(super) fn add<T: ToString>(
        mut self,
        flag: &str,
        values: impl IntoIterator<Item = T>,
    ) -> Self {
        for value in values {
            self.0 += &format!(" --{flag} {}", shell(&value.to_string()));
        }
        self
    }
}

/// A word as a shell reads it back.
pub(super) fn shell(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./=+:,%@".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        return word.to_owned();
    }
    if !word.chars().any(is_hidden) {
        return format!("'{}'", word.replace('\'', "'\\''"));
    }
    let each = word.chars().map(|c| match c {
        '\\' | '\'' => format!("\\{c}"),
        c if is_hidden(c) => format!("\\U{:08x}", u32::from(c)),
        c => c.to_string(),
    });
    format!("$'{}'", each.collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(files: &[&str]) -> Result<Vec<String>, String> {
        identifiers(&files.iter().map(PathBuf::from).collect::<Vec<_>>())
    }

    #[test]
    fn identifiers_are_unique() {
        assert_eq!(ids(&["s/a.toml", "b.toml"]).unwrap(), ["a", "b"]);
        assert_eq!(
            ids(&["x/a.toml", "y/a.toml", "c.toml"]).unwrap(),
            ["x/a", "y/a", "c"]
        );
        assert_eq!(
            ids(&["1/x/a.toml", "2/x/a.toml"]).unwrap(),
            ["1/x/a", "2/x/a"]
        );
        assert_eq!(ids(&["a.toml", "a.txt"]).unwrap(), ["a.toml", "a.txt"]);
        assert_eq!(
            ids(&["a.toml", "a.toml"]).unwrap_err(),
            "error: a.toml is given twice"
        );
    }

    #[test]
    fn runs_have_names() {
        let name = |files: &[&str]| run_name(&files.iter().map(PathBuf::from).collect::<Vec<_>>());
        assert_eq!(name(&["s/a.toml"]), "a");
        assert_eq!(name(&["s/a.toml", "b.toml"]), "a+b");
        assert_eq!(name(&["s/a.toml", "b.toml", "c.toml"]), "a+2-more");
        // No name leads out of the folder of results.
        assert_eq!(name(&["...toml"]), "scenario");
        assert_eq!(name(&[".toml", "...a.toml"]), "toml+a");
        assert_eq!(name(&["a\u{1b}[2J b.toml"]), "a\\u{1b}[2J b");
    }

    #[test]
    fn words_for_the_shell() {
        assert_eq!(shell("pool.gig.members=200"), "pool.gig.members=200");
        assert_eq!(
            shell("topic.merchant dispute.share=0.2"),
            "'topic.merchant dispute.share=0.2'"
        );
        assert_eq!(shell("it's"), "'it'\\''s'");
        assert_eq!(shell("a\u{1b}'b"), "$'a\\U0000001b\\'b'");
    }
}
