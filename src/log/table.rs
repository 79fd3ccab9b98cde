//! Parquet as rows of text: its values are written as the fields of a CSV file would be, so that all that is known of fields holds for them.
//!
//! Only the columns that are asked for are decoded, some rows at a time; what is in memory is a page of each of them.

use std::cell::Cell;
use std::io::{self, BufReader, Read, Seek, SeekFrom, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::Offset;
use parquet::basic::{Compression, ConvertedType, LogicalType, TimeUnit, Type as Physical};
use parquet::column::reader::{ColumnReader, ColumnReaderImpl};
use parquet::data_type::{ByteArray, DataType};
use parquet::errors::ParquetError;
use parquet::file::metadata::{ColumnChunkMetaData, ParquetMetaData};
use parquet::file::reader::{ChunkReader, FileReader, Length, SerializedFileReader};
use parquet::schema::types::ColumnDescriptor;

use super::content::{Content, Input, Names};
use super::moment::DAY;

/// Rows that are decoded at a time.
const BATCH: usize = 1024;

type Done<T> = Result<T, ParquetError>;

thread_local! {
    static DECODING: Cell<bool> = const { Cell::new(false) };
}

/// Whether this thread decodes Parquet. The decoder panics at some damaged files; that is caught and becomes an error, so that a hook
/// for panics need not tell it.
pub fn is_decoding() -> bool {
    DECODING.get()
}

/// What `f` gives, or an error where the decoder panics.
fn guarded<T>(f: impl FnOnce() -> Done<T>) -> Done<T> {
    DECODING.set(true);
    let done = catch_unwind(AssertUnwindSafe(f));
    DECODING.set(false);
    done.unwrap_or_else(|_| Err(refused("it is damaged")))
}

fn refused(why: impl Into<String>) -> ParquetError {
    ParquetError::General(why.into())
}

/// The rows below the header, with a comma between the fields; only of the columns that are `needed` there is something in the fields.
pub(super) fn open(input: Box<dyn Input>, needed: &dyn Fn(usize) -> bool) -> Done<Content> {
    guarded(|| opened(input, needed))
}

fn opened(input: Box<dyn Input>, needed: &dyn Fn(usize) -> bool) -> Done<Content> {
    let file = SerializedFileReader::new(Shared::new(input)?)?;
    let schema = file.metadata().file_metadata().schema_descr();
    let mut names = Names::default();
    let mut columns = Vec::new();
    for (place, column) in schema.columns().iter().enumerate() {
        let root = schema.get_column_root(place).name();
        match form(column)
            .filter(|_| column.max_rep_level() == 0 && column.path().parts().len() == 1)
        {
            Some(form) => {
                columns.push(needed(columns.len()).then_some((place, form)));
                names.plain.push(root.to_owned());
            }
            None if names.others.last().is_some_and(|n| n == root) => {}
            None => names.others.push(root.to_owned()),
        }
    }
    if names.plain.is_empty() {
        return Err(refused("it has no column of plain values"));
    }
    let places = || columns.iter().flatten().map(|c| c.0);
    check(file.metadata(), &places)?;
    let rows = Table {
        file,
        columns,
        group: 0,
        left: 0,
        cells: Vec::new(),
        text: Vec::new(),
        at: 0,
    };
    Ok(Content {
        rows: Box::new(rows),
        table: Some(names),
    })
}

/// Refuses what the decoder would take on trust, and what it cannot decompress.
fn check<I: Iterator<Item = usize>>(about: &ParquetMetaData, places: &dyn Fn() -> I) -> Done<()> {
    for group in about.row_groups() {
        for place in places() {
            let column = group.columns().get(place);
            let column = column.ok_or_else(|| refused("a group of rows lacks a column"))?;
            let is_below = |n: i64| n < 0;
            if is_below(group.num_rows())
                || is_below(column.compressed_size())
                || is_below(column.data_page_offset())
                || column.dictionary_page_offset().is_some_and(is_below)
            {
                return Err(refused("a group of rows has a place or a size below 0"));
            }
            if let Some(name) = unknown(column) {
                return Err(refused(format!(
                    "it is compressed by {name}: write it with Snappy, with gzip or without compression"
                )));
            }
        }
    }
    Ok(())
}

fn unknown(column: &ColumnChunkMetaData) -> Option<&'static str> {
    match column.compression() {
        Compression::UNCOMPRESSED | Compression::SNAPPY | Compression::GZIP(_) => None,
        Compression::ZSTD(_) => Some("Zstandard"),
        Compression::BROTLI(_) => Some("Brotli"),
        Compression::LZ4 | Compression::LZ4_RAW => Some("LZ4"),
        Compression::LZO => Some("LZO"),
    }
}

/// How the values of a column are written.
#[derive(Clone, Copy)]
enum Form {
    Text,
    Whole,
    Unsigned,
    Real,
    Flag,
    Date,
    /// Counts in a millisecond, since midnight.
    Clock(i64),
    /// Counts in a millisecond, since 1970, and whether that is UTC rather than the clock on the wall.
    Stamp(i64, bool),
    /// Digits after the point.
    Decimal(usize),
    Uuid,
    /// Months, days and milliseconds.
    Interval,
}

fn form(column: &ColumnDescriptor) -> Option<Form> {
    let per = |unit: &TimeUnit| match unit {
        TimeUnit::MILLIS => 1,
        TimeUnit::MICROS => 1000,
        TimeUnit::NANOS => 1_000_000,
    };
    let physical = match column.physical_type() {
        Physical::BOOLEAN => Form::Flag,
        Physical::INT32 | Physical::INT64 => Form::Whole,
        Physical::INT96 => Form::Stamp(1, true),
        Physical::FLOAT | Physical::DOUBLE => Form::Real,
        Physical::BYTE_ARRAY | Physical::FIXED_LEN_BYTE_ARRAY => Form::Text,
    };
    let decimal = |scale: i32, precision: i32| {
        let is_sound = (0..=38).contains(&scale) && precision <= 38;
        is_sound.then_some(Form::Decimal(scale as usize))
    };
    Some(match column.logical_type_ref() {
        Some(LogicalType::Timestamp(t)) => Form::Stamp(per(&t.unit), t.is_adjusted_to_u_t_c),
        Some(LogicalType::Time(t)) => Form::Clock(per(&t.unit)),
        Some(LogicalType::Date) => Form::Date,
        Some(LogicalType::Decimal(d)) => decimal(d.scale, d.precision)?,
        Some(LogicalType::Integer(n)) if !n.is_signed => Form::Unsigned,
        Some(LogicalType::Uuid) => Form::Uuid,
        Some(
            LogicalType::String
            | LogicalType::Enum
            | LogicalType::Json
            | LogicalType::Integer(_)
            | LogicalType::Unknown,
        ) => physical,
        Some(_) => return None,
        None => match column.converted_type() {
            ConvertedType::TIMESTAMP_MILLIS => Form::Stamp(1, true),
            ConvertedType::TIMESTAMP_MICROS => Form::Stamp(1000, true),
            ConvertedType::TIME_MILLIS => Form::Clock(1),
            ConvertedType::TIME_MICROS => Form::Clock(1000),
            ConvertedType::DATE => Form::Date,
            ConvertedType::DECIMAL => decimal(column.type_scale(), column.type_precision())?,
            ConvertedType::UINT_8
            | ConvertedType::UINT_16
            | ConvertedType::UINT_32
            | ConvertedType::UINT_64 => Form::Unsigned,
            ConvertedType::INTERVAL => Form::Interval,
            ConvertedType::BSON => return None,
            _ => physical,
        },
    })
}

impl Form {
    fn whole(self, out: &mut Vec<u8>, x: i64) {
        match self {
            Self::Date => match x.checked_mul(DAY).and_then(civil) {
                Some(time) => show(out, time.date()),
                None => none(out),
            },
            Self::Clock(per) => match civil(x.div_euclid(per)) {
                Some(time) if (0..DAY).contains(&x.div_euclid(per)) => show(out, time.time()),
                _ => none(out),
            },
            Self::Stamp(per, utc) => match civil(x.div_euclid(per)) {
                Some(time) => {
                    show(out, time);
                    out.extend(utc.then_some(b'Z'));
                }
                None => none(out),
            },
            Self::Decimal(scale) => decimal(out, x.into(), scale),
            Self::Unsigned => show(out, x as u64),
            _ => show(out, x),
        }
    }

    fn bytes(self, out: &mut Vec<u8>, bytes: &[u8]) {
        match (self, bytes) {
            (Self::Decimal(scale), &[first, ..]) if bytes.len() <= 16 => {
                let mut all = [if first < 0x80 { 0 } else { 0xff }; 16];
                all[16 - bytes.len()..].copy_from_slice(bytes);
                decimal(out, i128::from_be_bytes(all), scale);
            }
            (Self::Interval, &[0, 0, 0, 0, a, b, c, d, e, f, g, h]) => {
                let days = i64::from(u32::from_le_bytes([a, b, c, d]));
                let ms = i64::from(u32::from_le_bytes([e, f, g, h]));
                show(out, format_args!("{}ms", days * DAY + ms));
            }
            (Self::Decimal(_) | Self::Interval, _) => none(out),
            (Self::Uuid, _) => {
                for (i, byte) in bytes.iter().enumerate() {
                    out.extend(matches!(i, 4 | 6 | 8 | 10).then_some(b'-'));
                    show(out, format_args!("{byte:02x}"));
                }
            }
            _ => text(out, bytes),
        }
    }
}

fn show(out: &mut Vec<u8>, x: impl std::fmt::Display) {
    // A vector takes all that is written.
    let _ = write!(out, "{x}");
}

/// A value that no field can hold, and that nothing reads.
fn none(out: &mut Vec<u8>) {
    out.push(b'?');
}

fn civil(ms: i64) -> Option<DateTime> {
    let time = Timestamp::from_millisecond(ms).ok()?;
    Some(Offset::UTC.to_datetime(time))
}

fn real(out: &mut Vec<u8>, x: f64, shown: impl std::fmt::Display) {
    if !x.is_nan() {
        show(out, shown);
    }
}

fn decimal(out: &mut Vec<u8>, x: i128, scale: usize) {
    let digits = format!("{:0>1$}", x.unsigned_abs(), scale + 1);
    let (whole, rest) = digits.split_at(digits.len() - scale);
    let sign = if x < 0 { "-" } else { "" };
    let point = if rest.is_empty() { "" } else { "." };
    show(out, format_args!("{sign}{whole}{point}{rest}"));
}

/// A text as a field on one line, so that lines are rows.
fn text(out: &mut Vec<u8>, bytes: &[u8]) {
    let is_quoted = bytes.iter().any(|b| matches!(b, b',' | b'"'));
    out.extend(is_quoted.then_some(b'"'));
    for &b in bytes {
        match b {
            b'\n' | b'\r' => out.push(b' '),
            b'"' => out.extend(b"\"\""),
            _ => out.push(b),
        }
    }
    out.extend(is_quoted.then_some(b'"'));
}

/// The fields of a column in some rows.
struct Cells {
    reader: ColumnReader,
    form: Form,
    is_optional: bool,
    text: Vec<u8>,
    /// By row, where its field ends.
    ends: Vec<usize>,
}

impl Cells {
    fn read(&mut self, rows: usize) -> Done<()> {
        use ColumnReader::*;
        let (form, o) = (self.form, self.is_optional);
        let (text, ends) = (&mut self.text, &mut self.ends);
        text.clear();
        ends.clear();
        let unsigned = matches!(form, Form::Unsigned);
        match &mut self.reader {
            BoolColumnReader(r) => batch(r, rows, o, (text, ends), |t, x| show(t, x)),
            Int32ColumnReader(r) if unsigned => {
                batch(r, rows, o, (text, ends), |t, x| show(t, *x as u32))
            }
            Int32ColumnReader(r) => {
                batch(r, rows, o, (text, ends), |t, x| form.whole(t, (*x).into()))
            }
            Int64ColumnReader(r) => batch(r, rows, o, (text, ends), |t, x| form.whole(t, *x)),
            Int96ColumnReader(r) => batch(r, rows, o, (text, ends), |t, x| {
                form.whole(t, x.to_millis())
            }),
            FloatColumnReader(r) => batch(r, rows, o, (text, ends), |t, x| real(t, (*x).into(), x)),
            DoubleColumnReader(r) => batch(r, rows, o, (text, ends), |t, x| real(t, *x, x)),
            ByteArrayColumnReader(r) => batch(r, rows, o, (text, ends), |t, x: &ByteArray| {
                form.bytes(t, x.data())
            }),
            FixedLenByteArrayColumnReader(r) => {
                batch(r, rows, o, (text, ends), |t, x| form.bytes(t, x.data()))
            }
        }
    }
}

fn batch<T: DataType>(
    reader: &mut ColumnReaderImpl<T>,
    rows: usize,
    is_optional: bool,
    (text, ends): (&mut Vec<u8>, &mut Vec<usize>),
    put: impl Fn(&mut Vec<u8>, &T::T),
) -> Done<()> {
    let (mut levels, mut values) = (Vec::new(), Vec::new());
    let levels_of = is_optional.then_some(&mut levels);
    let (found, ..) = reader.read_records(rows, levels_of, None, &mut values)?;
    if found < rows {
        return Err(refused("a column has fewer values than its group has rows"));
    }
    let mut values = values.iter();
    for row in 0..rows {
        let is_there = !is_optional || levels.get(row).is_some_and(|&l| l > 0);
        if let Some(value) = is_there.then(|| values.next()).flatten() {
            put(text, value);
        }
        ends.push(text.len());
    }
    Ok(())
}

/// The rows of a file as text.
struct Table {
    file: SerializedFileReader<Shared>,
    /// By column of plain values: its place among all, and how it is written, if it is needed.
    columns: Vec<Option<(usize, Form)>>,
    /// The next group of rows, and the rows that are left of the one before it.
    group: usize,
    left: usize,
    /// By column; of one that is not needed nothing.
    cells: Vec<Option<Cells>>,
    text: Vec<u8>,
    /// What was handed on of the text.
    at: usize,
}

impl Table {
    /// The text of the next rows; false at the end.
    fn fill(&mut self) -> Done<bool> {
        while self.left == 0 {
            if self.group >= self.file.num_row_groups() {
                return Ok(false);
            }
            let group = self.file.get_row_group(self.group)?;
            self.group += 1;
            self.left = usize::try_from(group.metadata().num_rows()).unwrap_or(0);
            let schema = group.metadata().schema_descr();
            let cells = |column: &Option<(usize, Form)>| {
                let Some((place, form)) = *column else {
                    return Ok(None);
                };
                let is_optional = schema.column(place).max_def_level() > 0;
                let reader = group.get_column_reader(place)?;
                let (text, ends) = (Vec::new(), Vec::new());
                Ok(Some(Cells {
                    reader,
                    form,
                    is_optional,
                    text,
                    ends,
                }))
            };
            self.cells = self.columns.iter().map(cells).collect::<Done<_>>()?;
        }
        let rows = self.left.min(BATCH);
        self.left -= rows;
        for cells in self.cells.iter_mut().flatten() {
            cells.read(rows)?;
        }
        self.text.clear();
        self.at = 0;
        for row in 0..rows {
            for (i, cells) in self.cells.iter().enumerate() {
                self.text.extend((i > 0).then_some(b','));
                if let Some(cells) = cells {
                    let begin = row.checked_sub(1).map_or(0, |r| cells.ends[r]);
                    self.text
                        .extend_from_slice(&cells.text[begin..cells.ends[row]]);
                }
            }
            self.text.push(b'\n');
        }
        Ok(true)
    }
}

impl Read for Table {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.at == self.text.len() && !guarded(|| self.fill()).map_err(io::Error::other)? {
            return Ok(0);
        }
        let rest = &self.text[self.at..];
        let n = rest.len().min(out.len());
        out[..n].copy_from_slice(&rest[..n]);
        self.at += n;
        Ok(n)
    }
}

/// A file in which the columns are read one beside the other.
struct Shared {
    input: Arc<Mutex<Box<dyn Input>>>,
    length: u64,
}

impl Shared {
    fn new(mut input: Box<dyn Input>) -> Done<Self> {
        let length = input.seek(SeekFrom::End(0))?;
        let input = Arc::new(Mutex::new(input));
        Ok(Self { input, length })
    }
}

impl Length for Shared {
    fn len(&self) -> u64 {
        self.length
    }
}

impl ChunkReader for Shared {
    type T = BufReader<Part>;

    fn get_read(&self, start: u64) -> Done<Self::T> {
        let input = Arc::clone(&self.input);
        // Only the head of a page is read in this way.
        Ok(BufReader::with_capacity(256, Part { input, at: start }))
    }

    fn get_bytes(&self, start: u64, length: usize) -> Done<Bytes> {
        if start
            .checked_add(length as u64)
            .is_none_or(|end| end > self.length)
        {
            return Err(ParquetError::EOF("it ends before what it speaks of".into()));
        }
        let mut bytes = vec![0; length];
        let input = Arc::clone(&self.input);
        Part { input, at: start }.read_exact(&mut bytes)?;
        Ok(bytes.into())
    }
}

/// The file from a place on, wherever else it is read.
struct Part {
    input: Arc<Mutex<Box<dyn Input>>>,
    at: u64,
}

impl Read for Part {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let mut input = self.input.lock().unwrap_or_else(PoisonError::into_inner);
        input.seek(SeekFrom::Start(self.at))?;
        let n = input.read(out)?;
        self.at += n as u64;
        Ok(n)
    }
}
