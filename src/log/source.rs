//! The text of a log: opened by the caller, decompressed and decoded here.

use std::io::{self, Read};

use encoding_rs_io::DecodeReaderBytesBuilder;
use flate2::read::MultiGzDecoder;

use super::content::{Content, Input};
use super::error::LogError;

/// A log that can be opened several times.
#[derive(Clone, Copy)]
pub struct Source<'s> {
    /// What it is called in messages.
    pub name: &'s str,
    /// Opens it at its beginning.
    pub open: &'s dyn Fn() -> io::Result<Box<dyn Input>>,
}

impl Source<'_> {
    /// The log from its beginning. Of a table only the columns that are `needed` have something in their fields.
    pub(super) fn content(&self, needed: &dyn Fn(usize) -> bool) -> Result<Content, LogError> {
        let opened = |why| LogError::Open {
            name: self.name.to_owned(),
            why,
        };
        let unread = |why| self.unread(0, why);
        let mut raw = (self.open)().map_err(opened)?;
        let head = head(&mut raw).map_err(unread)?;
        raw.rewind().map_err(unread)?;
        if head.starts_with(b"PAR1") {
            return self.table(raw, needed);
        }
        let raw: Box<dyn Read> = if head.starts_with(b"\x1f\x8b") {
            let mut text = MultiGzDecoder::new(raw);
            let head = self::head(&mut text).map_err(unread)?;
            if head.starts_with(b"PAR1") {
                return Err(self.format("a Parquet file compressed by gzip: decompress it first"));
            }
            if let Some(found) = other_format(&head) {
                return Err(self.format(found));
            }
            Box::new(io::Cursor::new(head).chain(text))
        } else if let Some(found) = other_format(&head) {
            return Err(self.format(found));
        } else {
            raw
        };
        // UTF-16 is known by its mark alone; text without a mark passes as it is.
        let mut decoder = DecodeReaderBytesBuilder::new();
        decoder
            .bom_override(true)
            .utf8_passthru(true)
            .strip_bom(true);
        let rows = Box::new(decoder.build(raw));
        Ok(Content { rows, table: None })
    }

    #[cfg(feature = "parquet")]
    fn table(
        &self,
        raw: Box<dyn Input>,
        needed: &dyn Fn(usize) -> bool,
    ) -> Result<Content, LogError> {
        super::table::open(raw, needed).map_err(|why| LogError::Parquet {
            name: self.name.to_owned(),
            why: why.to_string(),
        })
    }

    #[cfg(not(feature = "parquet"))]
    fn table(&self, _: Box<dyn Input>, _: &dyn Fn(usize) -> bool) -> Result<Content, LogError> {
        Err(self.format("a Parquet file, which this program was built without"))
    }

    pub(super) fn unread(&self, line: u64, why: io::Error) -> LogError {
        LogError::Read {
            name: self.name.to_owned(),
            line,
            why,
        }
    }

    pub(super) fn format(&self, found: &'static str) -> LogError {
        LogError::Format {
            name: self.name.to_owned(),
            found,
        }
    }
}

/// The first bytes.
fn head(input: &mut impl Read) -> io::Result<Vec<u8>> {
    let mut head = Vec::new();
    input.take(64).read_to_end(&mut head)?;
    Ok(head)
}

/// What begins so, if it is known and no text of fields.
fn other_format(head: &[u8]) -> Option<&'static str> {
    const FORMATS: [(&[u8], &str); 18] = [
        (b"PK\x03\x04", "a workbook or another zip archive"),
        (b"\xd0\xcf\x11\xe0", "a workbook of an old format"),
        (b"\x28\xb5\x2f\xfd", "a file compressed by Zstandard"),
        (b"BZh91AY&SY", "a file compressed by bzip2"),
        (b"\xfd7zXZ", "a file compressed by xz"),
        (b"\x1f\x8b", "a file compressed by gzip twice"),
        (b"PARE", "a Parquet file that is encrypted"),
        (b"Obj\x01", "an Avro file"),
        (b"ARROW1", "an Arrow file"),
        (b"SQLiteformat3\0", "a database of SQLite"),
        (b"%PDF-", "a PDF file"),
        (b"<!", HTML),
        (b"<?xml", HTML),
        (b"<html", HTML),
        (b"<table", HTML),
        (b"{\"", JSON),
        (b"[{", JSON),
        (b"{}", JSON),
    ];
    const HTML: &str = "HTML or XML";
    const JSON: &str = "JSON";
    let text = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).iter();
    let bare: Vec<u8> = text.copied().filter(|b| !b.is_ascii_whitespace()).collect();
    let found = FORMATS.iter().find(|(begin, _)| bare.starts_with(begin));
    found.map(|(_, words)| *words)
}
