//! What reading needs everywhere: the files read so far, and the problems found so far.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::declared::Declared;
use super::files::{Files, MAX_FILE, tidy, too_large};
use super::problem::{Excerpt, Place, Problem, Problems};
use super::tree::Span;
use crate::text::visible;

/// Most problems that are listed; a broken CSV file of a million rows would otherwise give a million of them.
const MOST_PROBLEMS: usize = 500;

/// A file that was read, or the settings of the command line.
#[derive(Debug)]
pub(crate) struct Source {
    pub(crate) path: PathBuf,
    pub(crate) text: String,
    /// Byte at which each line starts.
    lines: Vec<usize>,
    /// Settings, and no file.
    pub(crate) settings: bool,
}

/// What was read so far, for readers that go on from there.
#[derive(Clone, Debug)]
pub(crate) struct Known {
    sources: Vec<Arc<Source>>,
    by_path: BTreeMap<PathBuf, usize>,
    digest: blake3::Hasher,
}

impl Source {
    fn new(path: PathBuf, text: String, settings: bool) -> Self {
        let starts = text
            .bytes()
            .enumerate()
            .filter(|(_, b)| *b == b'\n')
            .map(|(i, _)| i + 1);
        let lines = std::iter::once(0).chain(starts).collect();
        Self {
            path,
            text,
            lines,
            settings,
        }
    }

    /// Line (from 0) and the bytes of its text, for a byte of the file.
    fn line(&self, at: usize) -> (usize, Range<usize>) {
        let i = self.lines.partition_point(|&s| s <= at).saturating_sub(1);
        let start = self.lines[i];
        let end = self
            .lines
            .get(i + 1)
            .map_or(self.text.len(), |&next| next - 1);
        let text = self.text.get(start..end).unwrap_or("");
        (i, start..start + text.trim_end_matches('\r').len())
    }

    /// Line and column from 1, and what is shown of the line.
    pub(crate) fn place(&self, bytes: &Range<usize>) -> (usize, usize, Excerpt) {
        let at = self.boundary(bytes.start.min(self.text.len()));
        let (i, mut line) = self.line(at);
        let column = self.text[line.start..at.clamp(line.start, line.end)]
            .chars()
            .count()
            + 1;
        let (from, mut to) = (
            at.min(line.end),
            self.boundary(bytes.end).clamp(at.min(line.end), line.end),
        );
        // Of an endless line only the neighbourhood is shown.
        const MARGIN: usize = 200;
        if line.len() > 3 * MARGIN {
            to = self.boundary(to.min(from + MARGIN));
            line.start = self.boundary(line.start.max(from.saturating_sub(MARGIN)));
            line.end = self.boundary(line.end.min(to + MARGIN));
        }
        let shown = |bytes: Range<usize>| visible(&self.text[bytes]);
        let (before, marked) = (shown(line.start..from), shown(from..to));
        let excerpt = Excerpt {
            marked: before.len()..before.len() + marked.len(),
            text: [before, marked, shown(to..line.end)].concat(),
        };
        (i + 1, column, excerpt)
    }

    /// The nearest byte at or before `at` at which a character starts.
    fn boundary(&self, at: usize) -> usize {
        let mut at = at.min(self.text.len());
        while !self.text.is_char_boundary(at) {
            at -= 1;
        }
        at
    }
}

/// The state of one load.
pub(crate) struct Reader<'f> {
    files: &'f dyn Files,
    /// What is declared of the keys of a file.
    pub(crate) declared: &'f Declared,
    sources: RefCell<Vec<Arc<Source>>>,
    by_path: RefCell<BTreeMap<PathBuf, usize>>,
    problems: RefCell<Vec<(Span, Problem)>>,
    omitted: RefCell<usize>,
    /// How often something was refused, whether or not it was refused before.
    refusals: Cell<usize>,
    digest: RefCell<blake3::Hasher>,
    /// Change points that the patterns may still have; see [`Reader::spend`].
    budget: RefCell<u64>,
    /// What is read is the scenario from a date on: a key may be without effect then that had one before.
    later: Cell<bool>,
}

/// Most change points of all patterns together, a bound on the memory of a scenario.
const MOST_POINTS: u64 = 16_000_000;

impl<'f> Reader<'f> {
    pub(crate) fn new(files: &'f dyn Files, declared: &'f Declared) -> Self {
        Self {
            files,
            declared,
            sources: RefCell::default(),
            by_path: RefCell::default(),
            problems: RefCell::default(),
            omitted: RefCell::default(),
            refusals: Cell::default(),
            digest: RefCell::new(blake3::Hasher::new()),
            budget: RefCell::new(MOST_POINTS),
            later: Cell::new(false),
        }
    }

    /// A reader that knows what another one has read.
    pub(crate) fn knowing(files: &'f dyn Files, declared: &'f Declared, known: Known) -> Self {
        Self {
            sources: RefCell::new(known.sources),
            by_path: RefCell::new(known.by_path),
            digest: RefCell::new(known.digest),
            ..Self::new(files, declared)
        }
    }

    /// What was read so far.
    pub(crate) fn known(&self) -> Known {
        Known {
            sources: self.sources.borrow().clone(),
            by_path: self.by_path.borrow().clone(),
            digest: self.digest.borrow().clone(),
        }
    }

    /// Reads a file once, however often it is named; `limit` is in bytes.
    pub(crate) fn open(&self, path: &Path, limit: u64) -> Result<usize, String> {
        let path = tidy(path);
        if let Some(&id) = self.by_path.borrow().get(&path) {
            return Ok(id);
        }
        let limit = limit.min(MAX_FILE);
        let text = self.files.read(&path)?;
        if text.len() as u64 > limit {
            return Err(too_large(limit));
        }
        self.by_path
            .borrow_mut()
            .insert(path.clone(), self.sources.borrow().len());
        Ok(self.add(path, text))
    }

    /// Adds the text of a file.
    pub(crate) fn add(&self, path: PathBuf, text: String) -> usize {
        self.add_source(Source::new(path, text, false))
    }

    /// Adds settings, which are in no file.
    pub(crate) fn add_settings(&self, name: &str, text: String) -> usize {
        self.add_source(Source::new(name.into(), text, true))
    }

    fn add_source(&self, source: Source) -> usize {
        // The lengths keep the end of one text apart from the beginning of the next.
        let mut digest = self.digest.borrow_mut();
        digest.update(&(source.text.len() as u64).to_le_bytes());
        digest.update(source.text.as_bytes());
        let mut sources = self.sources.borrow_mut();
        sources.push(Arc::new(source));
        sources.len() - 1
    }

    pub(crate) fn source(&self, file: usize) -> Arc<Source> {
        Arc::clone(&self.sources.borrow()[file])
    }

    /// The path of a file that is named in another one.
    pub(crate) fn beside(&self, span: Span, name: &str) -> PathBuf {
        let sources = self.sources.borrow();
        // Settings have no place of their own: they mean files beside the scenario.
        let file = if sources[span.file].settings {
            0
        } else {
            span.file
        };
        sources[file]
            .path
            .parent()
            .unwrap_or(Path::new(""))
            .join(name)
    }

    /// Text of a value as it was written.
    pub(crate) fn written(&self, span: Span) -> String {
        self.sources.borrow()[span.file]
            .text
            .get(span.start..span.end)
            .unwrap_or("")
            .to_owned()
    }

    pub(crate) fn problem(
        &self,
        span: Span,
        key: &str,
        message: String,
        suggestion: Option<String>,
    ) {
        self.refusals.set(self.refusals.get() + 1);
        // What a scenario says at first it mostly says from each date on as well.
        let known = |(s, p): &(Span, Problem)| *s == span && p.key == key && p.message == message;
        if self.problems.borrow().iter().any(known) {
            return;
        }
        if self.problems.borrow().len() >= MOST_PROBLEMS {
            *self.omitted.borrow_mut() += 1;
            return;
        }
        let problem = self.place(span, key).problem(message, suggestion);
        self.problems.borrow_mut().push((span, problem));
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
        let mut budget = self.budget.borrow_mut();
        let left = budget.checked_sub(points);
        *budget = left.unwrap_or(*budget);
        left.is_some()
    }

    /// All problems, in the order of files, lines and columns.
    pub(crate) fn into_problems(self) -> Problems {
        let mut list = self.problems.into_inner();
        list.sort_by_key(|(s, p)| (s.file, p.line, p.column));
        Problems::new(
            list.into_iter().map(|(_, p)| p).collect(),
            self.omitted.into_inner(),
        )
    }

    /// Hexadecimal digest of everything read so far.
    pub(crate) fn digest(&self) -> String {
        self.digest.borrow().finalize().to_hex().to_string()
    }

    /// The files read, in order.
    pub(crate) fn paths(&self) -> Vec<PathBuf> {
        let sources = self.sources.borrow();
        let real = sources.iter().filter(|s| !s.settings);
        real.map(|s| s.path.clone()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_in_a_file() {
        let s = Source::new("x".into(), "a = 1\r\nbé = 22\n".into(), false);
        let at = s.text.find("22").unwrap();
        let (line, column, e) = s.place(&(at..at + 2));
        assert_eq!((line, column, e.text.as_str()), (2, 6, "bé = 22"));
        assert_eq!(&e.text[e.marked], "22");
        let (line, _, e) = s.place(&(0..9));
        assert_eq!((line, e.text.as_str(), e.marked), (1, "a = 1", 0..5));
        let (line, column, _) = s.place(&(999..1000));
        assert_eq!((line, column), (3, 1));
        assert_eq!(
            Source::new("x".into(), String::new(), false)
                .place(&(0..0))
                .0,
            1
        );
    }

    #[test]
    fn endless_lines_are_cut() {
        let s = Source::new(
            "x".into(),
            format!("{}é{}", "a".repeat(10_000), "b".repeat(10_000)),
            false,
        );
        let (_, column, e) = s.place(&(10_000..10_002));
        assert_eq!(column, 10_001);
        assert!(e.text.len() < 700);
        assert_eq!(&e.text[e.marked], "é");
    }
}
