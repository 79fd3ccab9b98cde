//! CSV files: a header line, then rows of the same number of fields. Problems point at line and column.

use std::cell::Cell;
use std::ops::Range;
use std::sync::Arc;

use ::csv::{ErrorKind, Position, StringRecord};

use crate::scenario::text::files::MAX_FILE;
use crate::scenario::text::hidden::report;
use crate::scenario::text::{Item, Reader, Source, Span, listed, quoted};
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
                let name = quoted(&path.to_string_lossy());
                return item.refuse(format!("{name} cannot be read: {why}"));
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
        if text.bytes().filter(|&b| b == b'"').count() % 2 == 1 {
            let at = self.source.text.rfind('"').unwrap_or(0);
            return self.complain(at..at + 1, "the file ends inside a quoted field");
        }
        let names: Vec<String> = match self.parser().headers() {
            Ok(header) => header.iter().map(|name| name.trim().to_owned()).collect(),
            Err(e) => return self.complain(0..0, format!("no CSV file: {e}")),
        };
        if names.iter().all(String::is_empty) {
            let what = "a header line with the names of the columns";
            return self.complain(0..0, format!("expected {what}, found none"));
        }
        if let [only] = names.as_slice()
            && only.contains([';', '\t'])
        {
            let help = "separate the columns by commas, and write decimals with a point".to_owned();
            let message = "expected columns separated by commas".to_owned();
            return self.advise(0..only.len(), message, Some(help));
        }
        let mut each = names.iter().enumerate();
        if let Some((_, twice)) = each.find(|(i, n)| names[..*i].contains(n)) {
            let name = quoted(twice);
            return self.complain(
                0..0,
                format!("the column {name} stands twice in the header"),
            );
        }
        self.headers = names;
        Some(())
    }

    fn parser(&self) -> ::csv::Reader<&[u8]> {
        ::csv::Reader::from_reader(self.text().as_bytes())
    }

    fn complain<T>(&self, bytes: Range<usize>, message: impl Into<String>) -> Option<T> {
        self.advise(bytes, message.into(), None)
    }

    /// The same with advice.
    fn advise<T>(&self, bytes: Range<usize>, message: String, help: Option<String>) -> Option<T> {
        let span = Span::new(self.file, bytes);
        self.reader.problem(span, &self.key, message, help);
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
            let found = listed(self.columns(), "and");
            let message = format!("expected a column {what}, found {found}");
            return self.complain(0..self.end_of_line(0), message);
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
        let byte = |p: Option<&Position>| p.map_or(0, |p| p.byte() as usize) + offset;
        loop {
            match parser.read_record(&mut record) {
                Ok(false) => break,
                Ok(true) => {}
                Err(e) => {
                    // The parser stops before a row's line end, which belongs to nothing.
                    let rest = self.source.text.get(byte(e.position())..);
                    let at = self.source.text.len() - rest.unwrap_or("").trim_start().len();
                    let (message, goes_on) = match *e.kind() {
                        ErrorKind::UnequalLengths {
                            expected_len, len, ..
                        } => (
                            format!("expected a row of {expected_len} fields, found {len}"),
                            true,
                        ),
                        _ => (format!("no CSV row: {e}"), false),
                    };
                    problems.set(problems.get() + 1);
                    self.complain::<()>(at..self.end_of_line(at), message);
                    match goes_on {
                        true => continue,
                        false => break,
                    }
                }
            }
            let start = byte(record.position());
            if out.len() == most {
                let message = format!("expected at most {most} rows, found more");
                return self.complain(start..start, message);
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
            let message = "expected at least one row below the header, found none";
            return self.complain(0..0, message);
        }
        Some(out)
    }

    fn end_of_line(&self, at: usize) -> usize {
        let rest = self.source.text.get(at..).unwrap_or("");
        at + rest.find('\n').unwrap_or(rest.len())
    }
}

impl<'r> Row<'_, 'r> {
    /// The text of a field.
    pub(crate) fn field(&self, column: usize) -> &'r str {
        self.record.get(column).unwrap_or("").trim()
    }

    /// Reports a problem of a field.
    pub(crate) fn refuse<T>(
        &self,
        column: usize,
        message: String,
        help: Option<String>,
    ) -> Option<T> {
        self.problems.set(self.problems.get() + 1);
        self.csv.advise(self.bytes(column), message, help)
    }

    /// Reports that a field is not what was expected.
    pub(crate) fn expected<T>(&self, column: usize, what: &str, help: Option<String>) -> Option<T> {
        let found = match self.field(column) {
            "" => "an empty field".to_owned(),
            field => quoted(field),
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
    fn bytes(&self, column: usize) -> Range<usize> {
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
