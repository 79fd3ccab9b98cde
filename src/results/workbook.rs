//! A workbook for a spreadsheet program: the tables with numbers as numbers, the assumptions, the definitions.

use super::csv::restored;
use super::run::{Run, sorted};
use super::source::{SHARES, TEXT};
use super::tables::{ASSUMPTIONS, COMPARISON, FINANCE, MONTHLY, SUMMARY};
use crate::experiment::Side;
use crate::measure;
use crate::text::distinct;
use rust_xlsxwriter::{
    DocProperties, ExcelDateTime, Format, FormatAlign, Workbook, Worksheet, XlsxError,
};
use std::collections::BTreeMap;
use std::io::{self, Write};

/// Rows of a sheet, and characters of a cell, that the format can hold.
const MOST_ROWS: usize = 1_048_576;
const LONGEST: usize = 32_000;
/// Widest column, in characters.
const WIDEST: usize = 60;

/// How a number looks; the unit of a row is its `unit` column.
fn pattern(column: &str, unit: &str) -> &'static str {
    match column {
        "replications" | "comparisons" | "pairs" | "line" => "0",
        "p_value" | "p_adjusted" | "variance_ratio" | "partial" => "0.0000",
        c if SHARES.contains(&c) => "0.0%",
        // All others are in the unit of their row.
        _ => match unit {
            "" => "General",
            "fraction" => "0.00%",
            "count" | "s" | "h" | "agents" | "people" | "contacts" | "fte" => "#,##0.0",
            "ratio" => "0.000",
            // Any other unit is a currency.
            _ => "#,##0.00",
        },
    }
}

/// The tables that have a sheet: what is there for every replication, interval or time of the week is for programs.
const SHEETS: [&str; 5] = [SUMMARY, MONTHLY, COMPARISON, FINANCE, ASSUMPTIONS];

/// The workbook: a sheet `about`, one for each of the tables that has rows, and `measures` with their formulas. It has no date, so
/// that the same results give the same bytes.
///
/// # Errors
/// What `out` refuses.
pub fn workbook(run: &Run, sides: &[Side<'_>], out: &mut dyn Write) -> io::Result<()> {
    out.write_all(&bytes(run, sides).map_err(io::Error::other)?)
}

fn bytes(run: &Run, sides: &[Side<'_>]) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let epoch = ExcelDateTime::from_ymd(2000, 1, 1)?;
    let about_file = DocProperties::new()
        .set_title("Results of handover")
        .set_creation_datetime(&epoch);
    book.set_properties(&about_file);
    about(run, book.add_worksheet().set_name("about")?)?;
    for file in SHEETS {
        let mut csv = Vec::new();
        run.table(file, sides, &mut csv)?;
        // A table with nothing but its header needs no sheet.
        if csv.iter().filter(|b| **b == b'\n').count() > 1 {
            let name = file.strip_suffix(".csv").unwrap_or(file);
            from_csv(&csv, book.add_worksheet().set_name(name)?, file)?;
        }
    }
    measures(run, book.add_worksheet().set_name("measures")?)?;
    book.save_to_buffer()
}

/// A cell: nothing, text, or a number.
enum SheetCell<'a> {
    Text(&'a str),
    Number(f64),
}

/// The rows of a sheet, with a frozen header and columns as wide as what is in them.
struct SheetRows<'s> {
    sheet: &'s mut Worksheet,
    columns: Vec<String>,
    widths: Vec<usize>,
    /// Formats in use, by pattern.
    formats: BTreeMap<&'static str, Format>,
    next: u32,
}

impl<'s> SheetRows<'s> {
    fn new<'h>(
        sheet: &'s mut Worksheet,
        header: impl IntoIterator<Item = &'h str>,
    ) -> Result<Self, XlsxError> {
        let columns: Vec<String> = header.into_iter().map(str::to_owned).collect();
        let bold = Format::new().set_bold().set_align(FormatAlign::Top);
        for (i, name) in columns.iter().enumerate() {
            sheet.write_string_with_format(0, i as u16, name, &bold)?;
        }
        let widths = columns.iter().map(|c| c.chars().count() + 4).collect();
        Ok(Self {
            sheet,
            columns,
            widths,
            formats: BTreeMap::new(),
            next: 1,
        })
    }

    fn row(&mut self, cells: &[SheetCell<'_>], unit: &str) -> Result<(), XlsxError> {
        for (i, cell) in cells.iter().enumerate() {
            let (row, column) = (self.next, i as u16);
            match *cell {
                SheetCell::Text("") => {}
                SheetCell::Text(text) => {
                    let width = text.chars().count().clamp(self.widths[i], WIDEST);
                    self.widths[i] = self.widths[i].max(width);
                    let end = text.char_indices().nth(LONGEST);
                    let text = end.map_or(text, |(end, _)| &text[..end]);
                    self.sheet.write_string(row, column, text)?;
                }
                SheetCell::Number(x) => {
                    let pattern = pattern(&self.columns[i], unit);
                    let new = || Format::new().set_num_format(pattern);
                    let format = self.formats.entry(pattern).or_insert_with(new);
                    // A number as wide as most are with their separators.
                    self.widths[i] = self.widths[i].max(12);
                    self.sheet
                        .write_number_with_format(row, column, x, format)?;
                }
            }
        }
        self.next += 1;
        Ok(())
    }

    /// Whether no row fits but the last one.
    fn is_full(&self) -> bool {
        self.next as usize + 1 >= MOST_ROWS
    }

    fn finish(self) -> Result<(), XlsxError> {
        self.sheet.set_freeze_panes(1, 0)?;
        let last = self.columns.len() as u16 - 1;
        self.sheet.autofilter(0, 0, self.next - 1, last)?;
        for (i, width) in self.widths.iter().enumerate() {
            self.sheet.set_column_width(i as u16, *width as f64)?;
        }
        Ok(())
    }
}

/// A table as it stands in its file: what is no text is a number.
fn from_csv(bytes: &[u8], sheet: &mut Worksheet, file: &str) -> Result<(), XlsxError> {
    let mut reader = csv::Reader::from_reader(bytes);
    let header = reader.headers().map_err(io::Error::from)?.clone();
    let unit = header.iter().position(|h| h == "unit");
    let mut rows = SheetRows::new(sheet, &header)?;
    for record in reader.records() {
        let record = record.map_err(io::Error::from)?;
        if rows.is_full() {
            let note = format!("the rest is in {file}");
            rows.row(&[SheetCell::Text(&note)], "")?;
            break;
        }
        // The value of an assumption is a number if it can be.
        let is_text = |column: &str| column != "value" && TEXT.contains(&column);
        let cell = |(column, text): (&str, _)| match str::parse::<f64>(text) {
            Ok(x) if x.is_finite() && !is_text(column) => SheetCell::Number(x),
            // A cell of text is never a formula.
            _ => SheetCell::Text(restored(text)),
        };
        let cells: Vec<SheetCell<'_>> = header.iter().zip(&record).map(cell).collect();
        rows.row(&cells, unit.and_then(|i| record.get(i)).unwrap_or(""))?;
    }
    rows.finish()
}

fn about(run: &Run, sheet: &mut Worksheet) -> Result<(), XlsxError> {
    let mut rows = SheetRows::new(sheet, ["scenario", "what", "value"])?;
    let mut add = |id: &str, what: &str, value: SheetCell<'_>| {
        rows.row(&[SheetCell::Text(id), SheetCell::Text(what), value], "")
    };
    let program = concat!(env!("CARGO_PKG_NAME"), " ", env!("CARGO_PKG_VERSION"));
    add("", "program", SheetCell::Text(program))?;
    add("", "command", SheetCell::Text(&run.command))?;
    for s in sorted(&run.scenarios, |s| &s.id) {
        let (start, end) = s.ends();
        let facts = [
            ("title", SheetCell::Text(&s.name)),
            ("description", SheetCell::Text(&s.description)),
            ("comment", SheetCell::Text(&s.opening)),
            ("currency", SheetCell::Text(&s.currency)),
            ("time zone", SheetCell::Text(&s.time_zone)),
            ("start", SheetCell::Text(&start)),
            ("end", SheetCell::Text(&end)),
            ("replications", SheetCell::Number(s.replications as f64)),
            ("seed", SheetCell::Number(s.seed as f64)),
            ("confidence", SheetCell::Number(s.confidence)),
            ("digest", SheetCell::Text(&s.digest)),
        ];
        for (what, value) in facts {
            add(&s.id, what, value)?;
        }
    }
    rows.finish()
}

/// Every measure of the scenarios once, in their order.
fn measures(run: &Run, sheet: &mut Worksheet) -> Result<(), XlsxError> {
    let mut rows = SheetRows::new(sheet, ["measure", "unit", "formula"])?;
    let scenarios = sorted(&run.scenarios, |s| &s.id);
    let summary = scenarios.iter().flat_map(|s| &s.summary);
    for (id, unit) in distinct(summary.map(|row| (&row.measure, &row.unit))) {
        let formula = measure::measure(id).map_or("", |m| m.formula);
        rows.row(&[id, unit, formula].map(SheetCell::Text), "")?;
    }
    rows.finish()
}
