//! A text cut into rows and fields, in a window of bounded memory.
//!
//! The `csv` crate reads a field in quotes to its end, wherever that is: one stray quotation mark takes the rest of the file into
//! memory and every line with it. Here a field may span a hundred lines at most; else its first line stands alone, as it is written.

use std::borrow::Cow;
use std::io::{self, Read};

/// Longest row, in bytes.
const LONGEST: usize = 1 << 20;
/// Most lines of a row.
const MOST_LINES: usize = 100;
const BLOCK: usize = 1 << 16;

/// What stands where a row is expected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    Row,
    /// A line longer than a mebibyte, which is skipped.
    TooLong,
    End,
}

/// The rows of a text.
pub(super) struct Rows<R> {
    input: R,
    separator: u8,
    terminator: u8,
    buffer: Vec<u8>,
    /// The bytes of the buffer that are read and belong to no row yet.
    from: usize,
    to: usize,
    ended: bool,
    /// The row: its bytes, those of its fields, its first line and the one after it.
    row: (usize, usize),
    fields: Vec<(usize, usize)>,
    line: u64,
    next: u64,
}

impl<R: Read> Rows<R> {
    /// `line` is the number of the first line of `input`.
    pub(super) fn new(input: R, separator: u8, terminator: u8, line: u64) -> Self {
        Self {
            input,
            separator,
            terminator,
            buffer: vec![0; 4 * BLOCK],
            from: 0,
            to: 0,
            ended: false,
            row: (0, 0),
            fields: Vec::new(),
            line,
            next: line,
        }
    }

    /// Number of the line on which the row begins.
    pub(super) fn line(&self) -> u64 {
        self.line
    }

    pub(super) fn fields(&self) -> usize {
        self.fields.len()
    }

    /// A field without blanks around it; one that is not there is empty.
    pub(super) fn field(&self, i: usize) -> &[u8] {
        let bytes = self.fields.get(i).map_or(0..0, |&(a, b)| a..b);
        self.buffer[bytes].trim_ascii()
    }

    /// Whether the row is UTF-8.
    pub(super) fn is_utf8(&self) -> bool {
        std::str::from_utf8(&self.buffer[self.row.0..self.row.1]).is_ok()
    }

    /// Goes on to the next row that is not blank.
    pub(super) fn step(&mut self) -> io::Result<Step> {
        loop {
            self.line = self.next;
            let Some(end) = self.line_end(0)? else {
                let all = self.to - self.from;
                if all > LONGEST {
                    self.skip_line()?;
                    self.next += 1;
                    return Ok(Step::TooLong);
                }
                if all == 0 {
                    return Ok(Step::End);
                }
                self.take(all, 1);
                if self.is_blank() {
                    return Ok(Step::End);
                }
                return Ok(Step::Row);
            };
            let end = if self.has_quote(end) {
                match self.quoted_end(end)? {
                    Some((end, lines)) => {
                        self.take(end, lines);
                        self.unquote();
                        return Ok(Step::Row);
                    }
                    None => end,
                }
            } else {
                end
            };
            self.take(end, 1);
            if !self.is_blank() {
                return Ok(Step::Row);
            }
        }
    }

    fn is_blank(&self) -> bool {
        self.buffer[self.row.0..self.row.1].trim_ascii().is_empty()
    }

    fn has_quote(&self, end: usize) -> bool {
        self.buffer[self.from..self.from + end].contains(&b'"')
    }

    /// Where the line ends that begins `skip` bytes after the row: the bytes from there, with the terminator. The last line
    /// of a text has none, and neither has one that is too long.
    fn line_end(&mut self, skip: usize) -> io::Result<Option<usize>> {
        let mut searched = skip;
        loop {
            let rest = &self.buffer[self.from + searched..self.to];
            if let Some(i) = rest.iter().position(|&b| b == self.terminator) {
                return Ok(Some(searched + i + 1));
            }
            searched = self.to - self.from;
            if searched > LONGEST || !self.fill()? {
                return Ok(None);
            }
        }
    }

    /// Reads more; false at the end.
    fn fill(&mut self) -> io::Result<bool> {
        if self.ended {
            return Ok(false);
        }
        if self.buffer.len() - self.to < BLOCK {
            self.buffer.copy_within(self.from..self.to, 0);
            self.to -= self.from;
            self.from = 0;
            if self.buffer.len() - self.to < BLOCK {
                self.buffer.resize(2 * self.buffer.len(), 0);
            }
        }
        let n = loop {
            match self.input.read(&mut self.buffer[self.to..]) {
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                read => break read?,
            }
        };
        self.to += n;
        self.ended = n == 0;
        Ok(!self.ended)
    }

    fn skip_line(&mut self) -> io::Result<()> {
        loop {
            let rest = &self.buffer[self.from..self.to];
            if let Some(i) = rest.iter().position(|&b| b == self.terminator) {
                self.from += i + 1;
                return Ok(());
            }
            self.from = self.to;
            if !self.fill()? {
                return Ok(());
            }
        }
    }

    /// Makes the next `bytes` the row, and cuts them at separators.
    fn take(&mut self, bytes: usize, lines: u64) {
        let mut end = self.from + bytes;
        self.row.0 = self.from;
        self.from = end;
        self.next = self.line + lines;
        while end > self.row.0 && matches!(self.buffer[end - 1], b'\n' | b'\r') {
            end -= 1;
        }
        self.row.1 = end;
        // Where several files were put into one, each has its mark.
        if self.buffer[self.row.0..end].starts_with(b"\xef\xbb\xbf") {
            self.row.0 += 3;
        }
        self.fields.clear();
        let mut begin = self.row.0;
        for (i, &b) in self.buffer[self.row.0..end].iter().enumerate() {
            if b == self.separator {
                self.fields.push((begin, self.row.0 + i));
                begin = self.row.0 + i + 1;
            }
        }
        self.fields.push((begin, end));
        // The last line of a text need not end as the others do.
        if lines == 1 && self.ended && self.from == self.to {
            let row = &self.buffer[self.row.0..end];
            if row.contains(&b'"') && closes(row, self.separator) == Ending::Closed {
                self.unquote();
            }
        }
    }

    /// Where the row ends whose first line ends at `end`, and how many lines it has; `None` if its quotation marks make no fields.
    fn quoted_end(&mut self, mut end: usize) -> io::Result<Option<(usize, u64)>> {
        for lines in 1..=MOST_LINES {
            let row = &self.buffer[self.from..self.from + end];
            match closes(row, self.separator) {
                Ending::Closed => return Ok(Some((end, lines as u64))),
                Ending::Broken => return Ok(None),
                Ending::Open => {}
            }
            if end > LONGEST {
                return Ok(None);
            }
            let Some(longer) = self.line_end(end)? else {
                let all = self.to - self.from;
                let row = &self.buffer[self.from..self.to];
                let is_row = all > end && all <= LONGEST;
                let closed = is_row && closes(row, self.separator) == Ending::Closed;
                return Ok(closed.then_some((all, lines as u64 + 1)));
            };
            end = longer;
        }
        Ok(None)
    }

    /// Cuts the row anew, with fields in quotes.
    fn unquote(&mut self) {
        self.fields.clear();
        let (mut at, end) = self.row;
        loop {
            let begin = at + blanks(&self.buffer[at..end], self.separator);
            if begin < end && self.buffer[begin] == b'"' {
                let (mut read, mut write) = (begin + 1, begin + 1);
                while read < end {
                    if self.buffer[read] == b'"' {
                        if self.buffer.get(read + 1) != Some(&b'"') || read + 1 >= end {
                            break;
                        }
                        read += 1;
                    }
                    self.buffer[write] = self.buffer[read];
                    (read, write) = (read + 1, write + 1);
                }
                self.fields.push((begin + 1, write));
                at = (read + 1).min(end);
                at += self.until_separator(at, end);
            } else {
                let length = self.until_separator(at, end);
                self.fields.push((at, at + length));
                at += length;
            }
            if at >= end {
                return;
            }
            at += 1;
            if at == end {
                self.fields.push((end, end));
                return;
            }
        }
    }

    fn until_separator(&self, at: usize, end: usize) -> usize {
        let rest = &self.buffer[at..end];
        let found = rest.iter().position(|&b| b == self.separator);
        found.unwrap_or(rest.len())
    }
}

/// How quotation marks stand in what may be a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ending {
    Closed,
    Open,
    Broken,
}

fn blanks(text: &[u8], separator: u8) -> usize {
    let is_blank = |b: &&u8| matches!(**b, b' ' | b'\t') && **b != separator;
    text.iter().take_while(is_blank).count()
}

fn closes(row: &[u8], separator: u8) -> Ending {
    let mut at = 0;
    while at < row.len() {
        let begin = at + blanks(&row[at..], separator);
        if row.get(begin) == Some(&b'"') {
            let mut i = begin + 1;
            loop {
                match row[i..].iter().position(|&b| b == b'"') {
                    None => return Ending::Open,
                    Some(j) if row.get(i + j + 1) == Some(&b'"') => i += j + 2,
                    Some(j) => break i += j + 1,
                }
            }
            i += blanks(&row[i..], separator);
            match row.get(i) {
                Some(&b) if b == separator => at = i + 1,
                None | Some(b'\r' | b'\n') => return Ending::Closed,
                Some(_) => return Ending::Broken,
            }
        } else {
            match row[at..].iter().position(|&b| b == separator) {
                Some(i) => at += i + 1,
                None => return Ending::Closed,
            }
        }
    }
    Ending::Closed
}

/// The text of a field: UTF-8, else Windows-1252.
pub(super) fn decoded(field: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(field) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => {
            encoding_rs::WINDOWS_1252
                .decode_without_bom_handling(field)
                .0
        }
    }
}

/// Whether a field says nothing: it is empty, or holds what stands for nothing in exports.
pub(super) fn is_blank(field: &[u8]) -> bool {
    match field.len() {
        0 => true,
        1 => field == b"-",
        2..=4 => {
            let words: [&[u8]; 6] = [b"null", b"n/a", b"na", b"nan", b"none", b"--"];
            words.iter().any(|w| field.eq_ignore_ascii_case(w))
        }
        _ => field.eq_ignore_ascii_case(b"(null)"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Gives a byte at a time.
    struct Slow<'a>(&'a [u8]);

    impl Read for Slow<'_> {
        fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
            let n = self.0.len().min(1).min(out.len());
            out[..n].copy_from_slice(&self.0[..n]);
            self.0 = &self.0[n..];
            Ok(n)
        }
    }

    fn all(input: impl Read, terminator: u8) -> Vec<(u64, Vec<String>)> {
        let mut rows = Rows::new(input, b',', terminator, 1);
        let mut out = Vec::new();
        while rows.step().unwrap() != Step::End {
            let fields = (0..rows.fields()).map(|i| decoded(rows.field(i)).into_owned());
            out.push((rows.line(), fields.collect()));
        }
        out
    }

    #[test]
    fn rows_have_their_lines_and_fields() {
        let text = "a,b\r\n\r\n\"x, \"\"y\"\"\n2\" , c\n,\n1,\"open\n3,4\"5\n\"q\",\"\"";
        let expected = [
            (1, vec!["a", "b"]),
            (3, vec!["x, \"y\"\n2", "c"]),
            (5, vec!["", ""]),
            (6, vec!["1", "\"open"]),
            (7, vec!["3", "4\"5"]),
            (8, vec!["q", ""]),
        ];
        for found in [
            all(text.as_bytes(), b'\n'),
            all(Slow(text.as_bytes()), b'\n'),
        ] {
            assert_eq!(found.len(), expected.len());
            for (f, e) in found.iter().zip(&expected) {
                assert_eq!(
                    (f.0, &f.1),
                    (e.0, &e.1.iter().map(|s| s.to_string()).collect())
                );
            }
        }
        let old = all("a,b\r1,2\r".as_bytes(), b'\r');
        assert_eq!(old[1], (2, vec!["1".to_owned(), "2".to_owned()]));
    }

    #[test]
    fn a_stray_quote_costs_its_line_alone() {
        let mut text = String::from("1,\"stray\n");
        for i in 0..1000 {
            text.push_str(&format!("{i},x\n"));
        }
        let found = all(text.as_bytes(), b'\n');
        assert_eq!(found.len(), 1001);
        assert_eq!(found[1000].1, ["999", "x"]);
    }

    #[test]
    fn an_endless_line_is_skipped() {
        let text = format!("a,b\n{}\nc,d\n", "x".repeat(3 << 20));
        let mut rows = Rows::new(text.as_bytes(), b',', b'\n', 1);
        let steps = [(); 4].map(|()| (rows.step().unwrap(), rows.line()));
        assert_eq!(
            steps.map(|s| s.0),
            [Step::Row, Step::TooLong, Step::Row, Step::End]
        );
        assert_eq!(steps[2].1, 3);
        assert!(rows.buffer.len() <= 4 << 20);
    }

    proptest! {
        #[test]
        fn what_the_csv_crate_writes_is_read(rows in prop::collection::vec(prop::collection::vec("[a-c\",\n ]{0,6}", 2..4), 1..6)) {
            let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
            // The first field keeps a row from being blank.
            let rows: Vec<Vec<String>> = rows.into_iter().map(|r| [vec!["k".to_owned()], r].concat()).collect();
            for row in &rows {
                writer.write_record(row).unwrap();
            }
            let text = writer.into_inner().unwrap();
            let found: Vec<Vec<String>> = all(&text[..], b'\n').into_iter().map(|r| r.1).collect();
            let trimmed: Vec<Vec<String>> = rows.iter().map(|r| r.iter().map(|f| f.trim_ascii().to_owned()).collect()).collect();
            prop_assert_eq!(found, trimmed);
        }

        #[test]
        fn no_bytes_panic(bytes in prop::collection::vec(prop::sample::select(b"a,\"\n\r \xff".to_vec()), 0..60)) {
            let lines = bytes.split(|b| *b == b'\n').count() as u64;
            for (line, _) in all(&bytes[..], b'\n') {
                prop_assert!(line <= lines);
            }
        }
    }
}
