//! Comma-separated values: [`table`] for rows that are values, [`CsvRows`] for the long and the wide tables, which are never held as rows.

use super::number::{MEASURE_DIGITS, push_integer, push_number};
use serde::Serialize;
use serde_json::Value;
use std::borrow::Cow;
use std::io::{self, Write};

/// Bytes after which the buffer is handed on.
const FULL: usize = 1 << 16;
/// Writes rows under the names of their fields; without a row they are all that is written.
pub(super) fn table<'r, R: Default + Serialize + 'r>(
    rows: impl IntoIterator<Item = &'r R>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let fields = |row: &R| match serde_json::to_value(row)? {
        Value::Object(fields) => Ok(fields),
        _ => Err(io::Error::other("a row has fields")),
    };
    let mut table = CsvRows::new(out, fields(&R::default())?.keys().map(String::as_str))?;
    for row in rows {
        for field in fields(row)?.values() {
            match field {
                Value::String(text) => table.text(text),
                Value::Bool(holds) => table.text(if *holds { "yes" } else { "no" }),
                number => table.number(number.as_f64(), MEASURE_DIGITS),
            }
        }
        table.end()?;
    }
    table.flush()
}

/// The text with an apostrophe in front, if a spreadsheet may take it for a formula, or if it would be taken for such a text when it is
/// read back; see [`restored`].
fn guarded(text: &str) -> Cow<'_, str> {
    match is_formula(text.trim_start_matches('\'')) {
        true => Cow::Owned(format!("'{text}")),
        false => Cow::Borrowed(text),
    }
}

/// Writes rows put together in one reused buffer (RFC 4180, lines end with `\n`).
pub(super) struct CsvRows<'w> {
    out: &'w mut dyn Write,
    buffer: Vec<u8>,
    in_row: bool,
}

impl<'w> CsvRows<'w> {
    /// Rows to `out`, the header first.
    pub(super) fn new<'h>(
        out: &'w mut dyn Write,
        header: impl IntoIterator<Item = &'h str>,
    ) -> io::Result<Self> {
        let mut rows = Self {
            out,
            buffer: Vec::with_capacity(FULL + 4096),
            in_row: false,
        };
        header.into_iter().for_each(|h| rows.text(h));
        rows.end()?;
        Ok(rows)
    }

    fn comma(&mut self) {
        if self.in_row {
            self.buffer.push(b',');
        }
        self.in_row = true;
    }

    /// A field of text, in quotes if it needs them.
    pub(super) fn text(&mut self, text: &str) {
        self.comma();
        push_text(&mut self.buffer, text);
    }

    /// Fields that were put together before with [`fields`].
    pub(super) fn ready(&mut self, bytes: &[u8]) {
        self.comma();
        self.buffer.extend_from_slice(bytes);
    }

    /// A number with at most so many significant digits; an undefined one is an empty field.
    pub(super) fn number(&mut self, x: Option<f64>, digits: usize) {
        self.comma();
        if let Some(x) = x {
            push_number(&mut self.buffer, x, digits);
        }
    }

    /// A whole number.
    pub(super) fn integer(&mut self, n: u64) {
        self.comma();
        push_integer(&mut self.buffer, n, 0);
    }

    /// `n` empty fields.
    pub(super) fn empty(&mut self, n: usize) {
        (0..n).for_each(|_| self.comma());
    }

    /// The end of the row.
    pub(super) fn end(&mut self) -> io::Result<()> {
        self.buffer.push(b'\n');
        self.in_row = false;
        if self.buffer.len() >= FULL {
            self.flush()
        } else {
            Ok(())
        }
    }

    /// Hands on what is left.
    pub(super) fn flush(&mut self) -> io::Result<()> {
        self.out.write_all(&self.buffer)?;
        self.buffer.clear();
        Ok(())
    }
}

/// Whether a spreadsheet may take a text for a formula: it begins with `=`, `+`, `-`, `@`, a tab or a line break, and is no number.
fn is_formula(text: &str) -> bool {
    text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']) && text.parse::<f64>().is_err()
}

/// The text of a field as it was before [`guarded`] put an apostrophe in front of it.
pub(super) fn restored(field: &str) -> &str {
    let rest = field.strip_prefix('\'');
    rest.filter(|r| is_formula(r.trim_start_matches('\'')))
        .unwrap_or(field)
}

/// Fields of text put together before a row has them, see [`CsvRows::ready`].
pub(super) fn fields<'t>(texts: impl IntoIterator<Item = &'t str>) -> Vec<u8> {
    let mut out = Vec::new();
    for (i, text) in texts.into_iter().enumerate() {
        if i > 0 {
            out.push(b',');
        }
        push_text(&mut out, text);
    }
    out
}

/// Appends a field, [`guarded`], in quotes if it holds a comma, a quote, a line break, or space at an end.
fn push_text(out: &mut Vec<u8>, text: &str) {
    let text = &*guarded(text);
    if text.contains([',', '"', '\n', '\r']) {
        out.push(b'"');
        out.extend_from_slice(text.replace('"', "\"\"").as_bytes());
        out.push(b'"');
    } else {
        out.extend_from_slice(text.as_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_csv_crate_reads_back() {
        let names = [
            "plain",
            "a, b",
            "say \"no\"",
            "two\nlines",
            " edge",
            "",
            "merchant dispute",
            "é;ü",
            "=1+1",
            "-5 + x",
            "+",
            "@a,b",
            "\tx",
            "'=1",
            "''@",
            "'a'",
            "-1.5",
        ];
        let mut bytes = Vec::new();
        let mut rows = CsvRows::new(&mut bytes, ["name", "x", "y", "n"]).unwrap();
        for name in names {
            rows.text(name);
            rows.number(Some(0.5), 10);
            rows.number(None, 10);
            rows.integer(7);
            rows.end().unwrap();
        }
        rows.flush().unwrap();
        let read: Vec<_> = csv::Reader::from_reader(bytes.as_slice())
            .into_records()
            .map(|r| r.unwrap())
            .collect();
        assert_eq!(read.len(), names.len());
        for (row, name) in read.iter().zip(names) {
            assert_eq!(
                row.iter().map(restored).collect::<Vec<_>>(),
                [name, "0.5", "", "7"]
            );
        }
        let text = String::from_utf8(bytes).unwrap();
        for field in [
            "\n'=1+1,",
            "\n'-5 + x,",
            "\n''=1,",
            "\n'''@,",
            "\n'a',",
            "\n-1.5,",
        ] {
            assert!(text.contains(field), "{field}: {text}");
        }
    }
}
