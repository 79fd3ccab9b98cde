//! What reading needs everywhere: the files read so far, and the problems found so far.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use super::declared::Declared;
use super::files::{Files, MAX_FILE, tidy, too_large};
use super::problem::{Excerpt, Place, Problem, Problems, UNSEEN, kind};
use super::tree::Span;
use crate::text::visible;

/// Most problems that are listed; a broken CSV file of a million rows would otherwise give a million of them.
const MOST_PROBLEMS: usize = 500;
/// Most of one kind.
const MOST_ALIKE: usize = 10;

/// A file that was read, or the settings of the command line.
#[derive(Debug)]
pub(crate) struct Source {
    pub(crate) path: PathBuf,
    pub(crate) text: String,
    /// Settings, and no file.
    pub(crate) settings: bool,
    /// Where lines begin but the first: found when it is first asked for.
    lines: OnceLock<Vec<usize>>,
}

/// What was read so far, for readers that go on from there.
#[derive(Clone, Debug, Default)]
pub(crate) struct Known {
    sources: Vec<Arc<Source>>,
    by_path: BTreeMap<PathBuf, usize>,
    digest: blake3::Hasher,
}

impl Known {
    fn add(&mut self, path: PathBuf, text: String, settings: bool) -> usize {
        // The lengths keep the end of one text apart from the beginning of the next.
        self.digest.update(&(text.len() as u64).to_le_bytes());
        self.digest.update(text.as_bytes());
        self.sources.push(Arc::new(Source {
            path,
            text,
            settings,
            lines: OnceLock::new(),
        }));
        self.sources.len() - 1
    }
}

impl Source {
    /// Line and column from 1, and what is shown of the line.
    pub(crate) fn place(&self, bytes: &Range<usize>) -> (usize, usize, Excerpt) {
        let text = self.text.as_str();
        let at = self.boundary(bytes.start);
        let begin = text[..at].rfind('\n').map_or(0, |i| i + 1);
        let line = text[begin..].split('\n').next().unwrap_or("");
        let end = begin + line.trim_end_matches('\r').len();
        let begins = || text.match_indices('\n').map(|(i, _)| i + 1).collect();
        let lines = self.lines.get_or_init(begins);
        let row = lines.partition_point(|&line| line <= begin) + 1;
        let from = at.min(end);
        let column = text[begin..from].chars().count() + 1;
        let mut to = self.boundary(bytes.end).clamp(from, end);
        // Of an endless line only the neighbourhood is shown.
        const MARGIN: usize = 200;
        let (mut left, mut right) = (begin, end);
        if end - begin > 3 * MARGIN {
            to = self.boundary(to.min(from + MARGIN));
            left = self.boundary(begin.max(from.saturating_sub(MARGIN)));
            right = self.boundary(end.min(to + MARGIN));
        }
        let [before, marked, after] =
            [left..from, from..to, to..right].map(|bytes| visible(&text[bytes]));
        let excerpt = Excerpt {
            marked: before.len()..before.len() + marked.len(),
            text: [before, marked, after].concat(),
        };
        (row, column, excerpt)
    }

    /// The nearest byte at or before `at` at which a character starts.
    fn boundary(&self, at: usize) -> usize {
        let mut bytes = (0..=at.min(self.text.len())).rev();
        bytes.find(|&i| self.text.is_char_boundary(i)).unwrap_or(0)
    }
}

/// The state of one load.
pub(crate) struct Reader<'f> {
    files: &'f dyn Files,
    /// What is declared of the keys of a file.
    pub(crate) declared: &'f Declared,
    known: RefCell<Known>,
    problems: RefCell<Vec<(Span, Problem)>>,
    omitted: Cell<usize>,
    /// How often something was refused, whether or not it was refused before.
    refusals: Cell<usize>,
    /// Change points that the patterns may still have; see [`Reader::spend`].
    budget: Cell<u64>,
    /// What is read is the scenario from a date on: a key may be without effect then that had one before.
    later: Cell<bool>,
}

/// Most change points of all patterns together, a bound on the memory of a scenario.
const MOST_POINTS: u64 = 16_000_000;

impl<'f> Reader<'f> {
    pub(crate) fn new(files: &'f dyn Files, declared: &'f Declared) -> Self {
        Self::knowing(files, declared, Known::default())
    }

    /// A reader that knows what another one has read.
    pub(crate) fn knowing(files: &'f dyn Files, declared: &'f Declared, known: Known) -> Self {
        Self {
            files,
            declared,
            known: RefCell::new(known),
            problems: RefCell::default(),
            omitted: Cell::default(),
            refusals: Cell::default(),
            budget: Cell::new(MOST_POINTS),
            later: Cell::default(),
        }
    }

    /// What was read so far.
    pub(crate) fn known(&self) -> Known {
        self.known.borrow().clone()
    }

    /// Reads a file once, however often it is named; `limit` is in bytes.
    pub(crate) fn open(&self, path: &Path, limit: u64) -> Result<usize, String> {
        let path = tidy(path);
        let mut known = self.known.borrow_mut();
        if let Some(&id) = known.by_path.get(&path) {
            return Ok(id);
        }
        let limit = limit.min(MAX_FILE);
        let text = self.files.read(&path)?;
        if text.len() as u64 > limit {
            return Err(too_large(limit));
        }
        let id = known.add(path.clone(), text, false);
        known.by_path.insert(path, id);
        Ok(id)
    }

    /// Adds the text of a file.
    pub(crate) fn add(&self, path: PathBuf, text: String) -> usize {
        self.known.borrow_mut().add(path, text, false)
    }

    /// Adds settings, which are in no file.
    pub(crate) fn add_settings(&self, name: &str, text: String) -> usize {
        self.known.borrow_mut().add(name.into(), text, true)
    }

    pub(crate) fn source(&self, file: usize) -> Arc<Source> {
        Arc::clone(&self.known.borrow().sources[file])
    }

    /// The path of a file that is named in another one.
    pub(crate) fn beside(&self, span: Span, name: &str) -> PathBuf {
        let mut source = self.source(span.file);
        // Settings have no place of their own: they mean files beside the scenario.
        if source.settings {
            source = self.source(0);
        }
        source.path.parent().unwrap_or(Path::new("")).join(name)
    }

    /// Text of a value as it was written.
    pub(crate) fn written(&self, span: Span) -> String {
        let text = &self.source(span.file).text;
        text.get(span.start..span.end).unwrap_or("").to_owned()
    }

    pub(crate) fn problem(
        &self,
        span: Span,
        key: &str,
        message: impl Into<String>,
        suggestion: Option<String>,
    ) {
        let message = message.into();
        self.refusals.set(self.refusals.get() + 1);
        // What a scenario says at first it mostly says from each date on as well.
        let is_same = |p: &Problem| p.key == key && p.message == message;
        let is_told =
            |(s, p): &(Span, Problem)| *s == span && (is_same(p) || p.message.starts_with(UNSEEN));
        let mut problems = self.problems.borrow_mut();
        if problems.iter().any(is_told) {
            return;
        }
        let is_alike = |(s, p): &&mut (Span, Problem)| {
            s.file == span.file && kind(&p.key, &p.message) == kind(key, &message)
        };
        if let Some((_, last)) = problems.iter_mut().filter(is_alike).nth(MOST_ALIKE - 1) {
            last.more += 1;
        } else if problems.len() >= MOST_PROBLEMS {
            self.omitted.set(self.omitted.get() + 1);
        } else {
            let problem = self.place(span, key).problem(message, suggestion);
            problems.push((span, problem));
        }
    }

    /// Where a key stands, for what may be found wrong with it later.
    pub(crate) fn place(&self, span: Span, key: &str) -> Place {
        let source = self.source(span.file);
        let (line, column, excerpt) = source.place(&(span.start..span.end));
        Place::new(Problem {
            file: source.path.clone(),
            line,
            column,
            key: key.to_owned(),
            message: String::new(),
            suggestion: None,
            more: 0,
            excerpt,
        })
    }

    /// What `f` reads, and whether it refused nothing: from a part of a scenario in which something is wrong, nothing more is
    /// concluded.
    pub(crate) fn sound<T>(&self, f: impl FnOnce() -> T) -> (T, bool) {
        let before = self.refusals.get();
        let read = f();
        (read, self.refusals.get() == before)
    }

    pub(crate) fn has_problems(&self) -> bool {
        !self.problems.borrow().is_empty()
    }

    /// From here on the scenario is read as it is from a date on, or again as it is at first.
    pub(crate) fn set_later(&self, later: bool) {
        self.later.set(later);
    }

    /// Whether the scenario is read as it is from a date on.
    pub(crate) fn is_later(&self) -> bool {
        self.later.get()
    }

    /// Takes `points` off what patterns may use of memory; false when that is more than is left.
    pub(crate) fn spend(&self, points: u64) -> bool {
        let left = self.budget.get().checked_sub(points);
        self.budget.set(left.unwrap_or(self.budget.get()));
        left.is_some()
    }

    /// All problems, in the order of files, lines and columns.
    pub(crate) fn into_problems(self) -> Problems {
        let mut list = self.problems.into_inner();
        list.sort_by_key(|(s, p)| (s.file, p.line, p.column));
        let list = list.into_iter().map(|(_, p)| p);
        Problems::new(list.collect(), self.omitted.get())
    }

    /// Hexadecimal digest of everything read so far.
    pub(crate) fn digest(&self) -> String {
        self.known.borrow().digest.finalize().to_hex().to_string()
    }

    /// The files read, in order.
    pub(crate) fn paths(&self) -> Vec<PathBuf> {
        let known = self.known.borrow();
        let real = known.sources.iter().filter(|s| !s.settings);
        real.map(|s| s.path.clone()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(text: &str) -> Source {
        Source {
            path: "x".into(),
            text: text.to_owned(),
            settings: false,
            lines: OnceLock::new(),
        }
    }

    #[test]
    fn places_in_a_file() {
        let s = source("a = 1\r\nbé = 22\n");
        let at = s.text.find("22").unwrap();
        let (line, column, e) = s.place(&(at..at + 2));
        assert_eq!((line, column, e.text.as_str()), (2, 6, "bé = 22"));
        assert_eq!(&e.text[e.marked], "22");
        let (line, _, e) = s.place(&(0..9));
        assert_eq!((line, e.text.as_str(), e.marked), (1, "a = 1", 0..5));
        let (line, column, _) = s.place(&(999..1000));
        assert_eq!((line, column), (3, 1));
        assert_eq!(source("").place(&(0..0)).0, 1);
    }

    #[test]
    fn endless_lines_are_cut() {
        let s = source(&format!("{}é{}", "a".repeat(10_000), "b".repeat(10_000)));
        let (_, column, e) = s.place(&(10_000..10_002));
        assert_eq!(column, 10_001);
        assert!(e.text.len() < 700);
        assert_eq!(&e.text[e.marked], "é");
    }
}
