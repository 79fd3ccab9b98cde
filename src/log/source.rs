//! The text of a log: opened by the caller, decompressed and decoded here.

use std::io::{self, Read};

use encoding_rs_io::DecodeReaderBytesBuilder;
use flate2::read::MultiGzDecoder;

use super::error::LogError;

/// A log that can be opened several times.
#[derive(Clone, Copy)]
pub struct Source<'s> {
    /// What it is called in messages.
    pub name: &'s str,
    /// Opens it at its beginning.
    pub open: &'s dyn Fn() -> io::Result<Box<dyn Read>>,
}

impl Source<'_> {
    /// The text of the log from its beginning: UTF-8, or another encoding of which ASCII is a part.
    pub(super) fn text(&self) -> Result<Box<dyn Read>, LogError> {
        let opened = |why| LogError::Open {
            name: self.name.to_owned(),
            why,
        };
        let raw = (self.open)().map_err(opened)?;
        let (head, raw) = peeked(raw).map_err(|why| self.unread(0, why))?;
        let raw: Box<dyn Read> = match head.as_slice() {
            [0x1f, 0x8b, ..] => Box::new(MultiGzDecoder::new(raw)),
            b"PK\x03\x04" => return Err(self.format("a workbook or another zip archive")),
            b"PAR1" => return Err(self.format("a Parquet file")),
            [0xd0, 0xcf, 0x11, 0xe0] => return Err(self.format("a workbook of an old format")),
            _ => raw,
        };
        // UTF-16 is known by its mark alone; text without a mark passes as it is.
        let mut decoder = DecodeReaderBytesBuilder::new();
        decoder
            .bom_override(true)
            .utf8_passthru(true)
            .strip_bom(true);
        Ok(Box::new(decoder.build(raw)))
    }

    pub(super) fn unread(&self, line: u64, why: io::Error) -> LogError {
        LogError::Read {
            name: self.name.to_owned(),
            line,
            why,
        }
    }

    fn format(&self, found: &'static str) -> LogError {
        LogError::Format {
            name: self.name.to_owned(),
            found,
        }
    }
}

/// The first four bytes, and all bytes.
fn peeked(mut raw: Box<dyn Read>) -> io::Result<(Vec<u8>, Box<dyn Read>)> {
    let mut head = Vec::new();
    raw.by_ref().take(4).read_to_end(&mut head)?;
    Ok((head.clone(), Box::new(io::Cursor::new(head).chain(raw))))
}
