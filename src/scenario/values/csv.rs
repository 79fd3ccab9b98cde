//! CSV files: a header line, then rows of the same number of fields. Problems point at line and column.

use std::cell::Cell;
use std::sync::Arc;

use ::csv::{ReaderBuilder, StringRecord, Trim};

use crate::scenario::text::cursor::Item;
use crate::scenario::text::files::MAX_FILE;
use crate::scenario::text::hidden::report;
use crate::scenario::text::problem::{listed, quoted};
use crate::scenario::text::reader::{Reader, Source};
use crate::scenario::text::tree::Span;
use crate::text::hidden;

/// Problems after which the rest of a file is not looked at.
const MOST_PROBLEMS: usize = 20;

/// A CSV file whose header has been read.
pub(crate) struct Csv<'a> {
    reader: &'a Reader<'a>,
    file: usize,
    source: Arc<Source>,
    /// Path of the key that names the file.
    key: String,
    headers: Vec<String>,
}

/// A row that is being read.
pub(crate) struct Row<'a, 'r> {
    csv: &'r Csv<'a>,
    record: &'r StringRecord,
    /// Byte of the file at which the row starts.
    start: usize,
    problems: &'r Cell<usize>,
}

impl<'a> Csv<'a> {
    /// Opens the file that a string names; whatever is wrong with it is reported.
    pub(crate) fn open(item: &Item<'a>) -> Option<Self> {
        let name = item.string()?;
        if name.is_empty() {
            return item.expected(&item.kind.words());
        }
        let path = item.reader.beside(item.node.span, name);
        let file = match item.reader.open(&path, MAX_FILE) {
            Ok(file) => file,
            Err(why) => {
                item.problem(
                    format!("{} cannot be read: {why}", quoted(&path.to_string_lossy())),
                    None,
                );
                return None;
            }
        };
        let source = item.reader.source(file);
        let is_mark = |&(at, c): &(usize, char)| (at, c) == (0, '\u{feff}');
        if let Some((at, c)) = hidden(&source.text).find(|h| !is_mark(h)) {
            let place = Span::new(file, at..at + c.len_utf8());
            report(item.reader, place, &item.path, c);
            return None;
        }
        let mut csv = Self {
            reader: item.reader,
            file,
            source,
            key: item.path.clone(),
            headers: Vec::new(),
        };
        csv.read_header()?;
        Some(csv)
    }

    /// The bytes to be parsed: a byte order mark is not part of the first name.
    fn text(&self) -> &str {
        self.source
            .text
            .strip_prefix('\u{feff}')
            .unwrap_or(&self.source.text)
    }

    fn read_header(&mut self) -> Option<()> {
        let text = self.text();
        if text.matches('"').count() % 2 == 1 {
            let at = self.source.text.rfind('"').unwrap_or(0);
            return self.complain(
                at..at + 1,
                "the file ends inside a quoted field".to_owned(),
                None,
            );
        }
        let header = match self.parser().headers() {
            Ok(h) => h.clone(),
            Err(e) => return self.complain(0..0, format!("no CSV file: {e}"), None),
        };
        let names: Vec<String> = header.iter().map(str::to_owned).collect();
        if names.iter().all(String::is_empty) {
            return self.complain(
                0..0,
                "expected a header line with the names of the columns, found none".to_owned(),
                None,
            );
        }
        if let [only] = names.as_slice()
            && (only.contains(';') || only.contains('\t'))
        {
            let help = "separate the columns by commas, and write decimals with a point".to_owned();
            return self.complain(
                0..only.len(),
                "expected columns separated by commas".to_owned(),
                Some(help),
            );
        }
        if let Some(twice) = names
            .iter()
            .enumerate()
            .find(|(i, n)| names[..*i].contains(n))
        {
            return self.complain(
                0..0,
                format!("the column {} stands twice in the header", quoted(twice.1)),
                None,
            );
        }
        self.headers = names;
        Some(())
    }

    fn parser(&self) -> ::csv::Reader<&[u8]> {
        ReaderBuilder::new()
            .trim(Trim::All)
            .from_reader(self.text().as_bytes())
    }

    fn complain<T>(
        &self,
        bytes: std::ops::Range<usize>,
        message: String,
        help: Option<String>,
    ) -> Option<T> {
        self.reader
            .problem(Span::new(self.file, bytes), &self.key, message, help);
        None
    }

    /// Path of the file, for messages.
    pub(crate) fn name(&self) -> String {
        quoted(&self.source.path.to_string_lossy())
    }

    /// Names of the columns.
    pub(crate) fn columns(&self) -> impl Iterator<Item = &str> {
        self.headers.iter().map(String::as_str)
    }

    /// Index of a column.
    pub(crate) fn position(&self, name: &str) -> Option<usize> {
        self.columns().position(|h| h == name)
    }

    /// Index of the column that has one of these names; none of them is a problem of the header.
    pub(crate) fn column(&self, names: &[&str]) -> Option<usize> {
        let found = names.iter().find_map(|n| self.position(n));
        if found.is_none() {
            let what = listed(names.iter().copied(), "or");
            let message = format!(
                "expected a column {what}, found {}",
                listed(self.columns(), "and")
            );
            let end = self
                .source
                .text
                .find('\n')
                .unwrap_or(self.source.text.len());
            return self.complain(0..end, message, None);
        }
        found
    }

    /// Reads all rows; `None` when one of them was refused.
    pub(crate) fn rows<T>(
        &self,
        most: usize,
        mut f: impl FnMut(&Row<'a, '_>) -> Option<T>,
    ) -> Option<Vec<T>> {
        let mut parser = self.parser();
        let mut record = StringRecord::new();
        let mut out = Vec::new();
        let problems = Cell::new(0);
        let offset = self.source.text.len() - self.text().len();
        loop {
            match parser.read_record(&mut record) {
                Ok(false) => break,
                Ok(true) => {}
                Err(e) => {
                    let at = e.position().map_or(0, |p| p.byte() as usize) + offset;
                    // The parser stops before a row's line end, which belongs to nothing.
                    let at = at
                        + self
                            .source
                            .text
                            .get(at..)
                            .map_or(0, |t| t.len() - t.trim_start().len());
                    let end = self
                        .source
                        .text
                        .get(at..)
                        .and_then(|t| t.find('\n'))
                        .map_or(self.source.text.len(), |n| at + n);
                    let message = match e.kind() {
                        ::csv::ErrorKind::UnequalLengths {
                            expected_len, len, ..
                        } => {
                            format!("expected a row of {expected_len} fields, found {len}")
                        }
                        _ => format!("no CSV row: {e}"),
                    };
                    problems.set(problems.get() + 1);
                    self.complain::<()>(at..end, message, None);
                    if !matches!(e.kind(), ::csv::ErrorKind::UnequalLengths { .. }) {
                        break;
                    }
                    continue;
                }
            }
            let start = record.position().map_or(0, |p| p.byte() as usize) + offset;
            if out.len() == most {
                return self.complain(
                    start..start,
                    format!("expected at most {most} rows, found more"),
                    None,
                );
            }
            let row = Row {
                csv: self,
                record: &record,
                start,
                problems: &problems,
            };
            match f(&row) {
                Some(value) => out.push(value),
                None if problems.get() == 0 => return None,
                None => {}
            }
            if problems.get() >= MOST_PROBLEMS {
                break;
            }
        }
        if problems.get() > 0 {
            return None;
        }
        if out.is_empty() {
            return self.complain(
                0..0,
                "expected at least one row below the header, found none".to_owned(),
                None,
            );
        }
        Some(out)
    }
}

impl<'r> Row<'_, 'r> {
    /// The text of a field.
    pub(crate) fn field(&self, column: usize) -> &'r str {
        self.record.get(column).unwrap_or("")
    }

    /// Reports a problem of a field.
    pub(crate) fn refuse<T>(
        &self,
        column: usize,
        message: String,
        help: Option<String>,
    ) -> Option<T> {
        self.problems.set(self.problems.get() + 1);
        self.csv.complain(self.bytes(column), message, help)
    }

    /// Reports that a field is not what was expected.
    pub(crate) fn expected<T>(&self, column: usize, what: &str, help: Option<String>) -> Option<T> {
        let field = self.field(column);
        let found = if field.is_empty() {
            "an empty field".to_owned()
        } else {
            quoted(field)
        };
        self.refuse(column, format!("expected {what}, found {found}"), help)
    }

    /// A number for which `fits` holds; NaN must not fit.
    pub(crate) fn number(
        &self,
        column: usize,
        what: &str,
        fits: impl Fn(f64) -> bool,
    ) -> Option<f64> {
        match self.field(column).parse::<f64>() {
            Ok(x) if fits(x) => Some(x),
            _ => self.expected(column, what, None),
        }
    }

    /// The bytes of a field in the file: the fields before it are skipped with their quotes.
    fn bytes(&self, column: usize) -> std::ops::Range<usize> {
        let text = &self.csv.source.text;
        // The record starts after the line end of the one before, which the position may still include.
        let rest = text.get(self.start..).unwrap_or("");
        let start = self.start + rest.len() - rest.trim_start_matches(['\r', '\n']).len();
        let (mut from, mut index, mut inside) = (start, 0, false);
        for (i, b) in text.as_bytes()[start..].iter().enumerate() {
            match b {
                b'"' => inside = !inside,
                b',' | b'\n' if !inside => {
                    if index == column || *b == b'\n' {
                        return from..start + i;
                    }
                    index += 1;
                    from = start + i + 1;
                }
                _ => {}
            }
        }
        from..text.len()
    }
}
