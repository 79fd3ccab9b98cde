//! What is wrong with a scenario, and where: collected while reading, shown with the line it concerns.

use std::fmt;
use std::ops::Range;
use std::path::PathBuf;

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet, normalize_untrusted_str};

use crate::text::{visible, visible_line};

/// The name under which settings of the command line appear in messages.
pub(crate) const FLAG: &str = "--set";

/// What was expected where a character is hidden; of a value or a key that holds one nothing more is said.
pub(crate) const UNSEEN: &str = "expected characters that can be seen";

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The file, or `--set` for a setting of the command line.
    pub file: PathBuf,
    /// Line in the file, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// Path of the key, e.g. `pool.gig.acceptance`; empty when no key is concerned.
    pub key: String,
    /// What is allowed and what was found.
    pub message: String,
    /// What to write instead.
    pub suggestion: Option<String>,
    /// How many more of its kind there are that are not listed.
    pub(crate) more: usize,
    /// The excerpt of the line that is shown.
    pub(crate) excerpt: Excerpt,
}

/// Where something stands of which it shows only later whether it is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place(Problem);

impl Place {
    /// `problem` is one of this place, without a message.
    pub(crate) fn new(problem: Problem) -> Self {
        Self(problem)
    }

    /// What is wrong here.
    pub fn problem(&self, message: String, suggestion: Option<String>) -> Problem {
        Problem {
            message,
            suggestion,
            ..self.0.clone()
        }
    }
}

/// The part of a line that is shown, with the bytes of it that are marked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Excerpt {
    pub(crate) text: String,
    pub(crate) marked: Range<usize>,
}

impl Problem {
    /// Whether a setting of the command line is wrong rather than a file.
    pub fn is_of_setting(&self) -> bool {
        self.file.as_os_str() == FLAG
    }

    /// Key and message as one sentence: `pool.gig.acceptance: expected a probability between 0 and 1, found 1.7`.
    pub fn sentence(&self) -> String {
        if self.key.is_empty() {
            self.message.clone()
        } else {
            format!("{}: {}", self.key, self.message)
        }
    }
}

/// The kind of a problem: the section of its key and the key in a table of it, without names, and the message without what was found.
pub(crate) fn kind<'p>(key: &'p str, message: &'p str) -> [&'p str; 3] {
    let begin = |text: &'p str, end| text.split(end).next().unwrap_or("");
    let last = key
        .splitn(3, '.')
        .nth(2)
        .and_then(|rest| rest.rsplit('.').next());
    let section = begin(begin(key, "."), " #");
    [
        section,
        begin(last.unwrap_or(""), " #"),
        begin(message, ", found "),
    ]
}

/// Everything that is wrong with a scenario, in the order of files, lines and columns.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Problems {
    list: Vec<Problem>,
    /// How many more there were than are listed.
    omitted: usize,
}

impl Problems {
    pub(crate) fn new(list: Vec<Problem>, omitted: usize) -> Self {
        Self { list, omitted }
    }

    /// The problems, in order.
    pub fn iter(&self) -> std::slice::Iter<'_, Problem> {
        self.list.iter()
    }

    /// Leaves out what is told elsewhere.
    pub fn omit(&mut self, told: &[Problem]) {
        self.list.retain(|p| !told.contains(p));
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        let more: usize = self.list.iter().map(|p| p.more).sum();
        self.list.len() + more + self.omitted
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// All problems as a person reads them: the sentence, the line with a mark under the place, and what to do.
    pub fn render(&self, color: bool) -> String {
        let renderer = if color {
            Renderer::styled().decor_style(DecorStyle::Unicode)
        } else {
            Renderer::plain().decor_style(DecorStyle::Ascii)
        };
        let mut out = String::new();
        for p in &self.list {
            let title = normalize_untrusted_str(&visible(&p.sentence()));
            let path = normalize_untrusted_str(&visible_line(&p.file.to_string_lossy()));
            let snippet = Snippet::source(p.excerpt.text.as_str())
                .line_start(p.line)
                .path(path)
                .annotation(AnnotationKind::Primary.span(p.excerpt.marked.clone()));
            let mut group = Level::ERROR.primary_title(title).element(snippet);
            if let Some(help) = &p.suggestion {
                group = group.element(Level::HELP.message(normalize_untrusted_str(&visible(help))));
            }
            if p.more > 0 {
                let places = if p.more == 1 { "place" } else { "places" };
                let note = format!("the same is wrong at {} more {places}", p.more);
                group = group.element(Level::NOTE.message(note));
            }
            out.push_str(&renderer.render(&[group]));
            out.push_str("\n\n");
        }
        if self.omitted > 0 {
            out.push_str(&format!("... and {} more problems\n\n", self.omitted));
        }
        out.truncate(out.trim_end().len());
        out.push('\n');
        out
    }
}

impl From<Problem> for Problems {
    fn from(problem: Problem) -> Self {
        Self::new(vec![problem], 0)
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.render(false))
    }
}

impl std::error::Error for Problems {}

/// Text in quotes for a message: escaped, and cut when long.
pub(crate) fn quoted(text: &str) -> String {
    const LONGEST: usize = 60;
    if text.chars().count() > LONGEST {
        let head: String = text.chars().take(LONGEST).collect();
        format!("{head:?} ...")
    } else {
        format!("{text:?}")
    }
}

/// `"a"`, `"a" or "b"`, `"a", "b" or "c"`; a long list is cut.
pub(crate) fn listed<'a>(words: impl IntoIterator<Item = &'a str>, last: &str) -> String {
    const LONGEST: usize = 30;
    let words: Vec<String> = words.into_iter().map(quoted).collect();
    match words.as_slice() {
        [] => "none".to_owned(),
        [one] => one.clone(),
        many if many.len() > LONGEST => {
            let more = many.len() - LONGEST;
            format!("{} and {more} more", many[..LONGEST].join(", "))
        }
        [head @ .., tail] => format!("{} {last} {tail}", head.join(", ")),
    }
}

/// The known word nearest to what was written, if it is near enough to be what was meant.
pub fn nearest<'a>(written: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    // The edit distance of huge strings takes long, and nobody misspells a word into a hundred letters.
    if written.len() > 100 {
        return None;
    }
    let fold = |word: &str| word.to_lowercase().replace(['-', ' '], "_");
    let folded = fold(written);
    // Of four letters only one may be another: `time` is not meant to be `name`.
    let most = |known: &str| match known.chars().count() {
        0..=4 => 1,
        n => 1 + n / 4,
    };
    let known = known.into_iter();
    let measured = known.map(|k| (strsim::damerau_levenshtein(&folded, &fold(k)), k));
    let near = measured.filter(|(d, k)| *d <= most(k) && *d < folded.chars().count());
    near.min_by_key(|(d, _)| *d).map(|(_, k)| k)
}

/// `did you mean "x"?` for the known word nearest to what was written.
pub(crate) fn did_you_mean<'a>(
    written: &str,
    known: impl IntoIterator<Item = &'a str>,
) -> Option<String> {
    nearest(written, known).map(|k| format!("did you mean {}?", quoted(k)))
}

/// A path with one more key. Keys may hold any text, so what would disturb a message is escaped.
pub(crate) fn join(path: &str, key: &str) -> String {
    let key = key.escape_debug().to_string();
    let key = key.replace("\\\"", "\"").replace("\\'", "'");
    dotted(path, &key)
}

/// A path with one more key, as it is written.
pub(crate) fn dotted(path: &str, key: &str) -> String {
    match path {
        "" => key.to_owned(),
        path => format!("{path}.{key}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_misses_only() {
        let known = ["patience", "priority", "work", "balk"];
        assert_eq!(nearest("patiance", known), Some("patience"));
        assert_eq!(nearest("Work", known), Some("work"));
        assert_eq!(nearest("zzz", known), None);
        assert_eq!(nearest("time", ["name"]), None);
        assert_eq!(nearest("x", ["y"]), None);
        assert_eq!(nearest("in house", ["in-house"]), Some("in-house"));
    }

    #[test]
    fn words_are_listed() {
        assert_eq!(listed(["a", "b", "c"], "or"), r#""a", "b" or "c""#);
        assert_eq!(listed(["a"], "or"), r#""a""#);
        assert_eq!(quoted(&"x".repeat(100)).len(), 66);
    }
}
