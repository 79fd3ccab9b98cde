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
        let mut raw = (self.open)().map_err(opened)?;
        let mut head = Vec::new();
        let peeked = raw.by_ref().take(4).read_to_end(&mut head);
        let rewound = peeked.and_then(|_| raw.rewind());
        rewound.map_err(|why| self.unread(0, why))?;
        let raw: Box<dyn Read> = match head.as_slice() {
            b"PAR1" => return self.table(raw, needed),
            [0x1f, 0x8b, ..] => Box::new(MultiGzDecoder::new(raw)),
            b"PK\x03\x04" => return Err(self.format("a workbook or another zip archive")),
            [0xd0, 0xcf, 0x11, 0xe0] => return Err(self.format("a workbook of an old format")),
            _ => raw,
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

    fn format(&self, found: &'static str) -> LogError {
        LogError::Format {
            name: self.name.to_owned(),
            found,
        }
    }
}
