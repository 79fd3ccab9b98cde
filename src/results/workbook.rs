//! A workbook for a spreadsheet program: the tables with numbers as numbers, the assumptions, the definitions.

use super::csv::restored;
use super::run::{Run, sorted};
use super::tables::{ASSUMPTIONS, COMPARISON, FINANCE, MONTHLY, SUMMARY};
use crate::experiment::Side;
use crate::measure;
use rust_xlsxwriter::{
    DocProperties, ExcelDateTime, Format, FormatAlign, Workbook, Worksheet, XlsxError,
};
use std::io::{self, Write};

/// Rows of a sheet, and characters of a cell, that the format can hold.
const MOST_ROWS: usize = 1_048_576;
const LONGEST: usize = 32_000;
/// Widest column, in characters.
const WIDEST: usize = 60;

/// Columns of text, whatever stands in them.
const TEXT: [&str; 11] = [
    "scenario", "baseline", "month", "measure", "slice", "unit", "method", "what", "key",
    "comment", "file",
];
/// Columns in the unit of their row.
const IN_UNIT: [&str; 12] = [
    "mean",
    "ci_low",
    "ci_high",
    "p10",
    "p50",
    "p90",
    "baseline_mean",
    "scenario_mean",
    "difference",
    "adjusted_low",
    "adjusted_high",
    "value",
];
/// Columns of whole numbers, and of shares.
const WHOLE: [&str; 4] = ["replications", "comparisons", "pairs", "line"];
const SHARES: [&str; 4] = [
    "cheaper_share",
    "share_low",
    "share_high",
    "cheaper_in_the_mean",
];

/// How a number looks; the unit of a row is its `unit` column.
fn pattern(column: &str, unit: &str) -> &'static str {
    match column {
        c if WHOLE.contains(&c) => "0",
        c if SHARES.contains(&c) => "0.0%",
        c if !IN_UNIT.contains(&c) => "0.0000",
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
    let mut book = Workbook::new();
    let epoch = ExcelDateTime::from_ymd(2000, 1, 1).map_err(io::Error::other)?;
    let about_file = DocProperties::new()
        .set_title("Results of handover")
        .set_creation_datetime(&epoch);
    book.set_properties(&about_file);
    about(run, sheet(&mut book, "about")?)?;
    for file in SHEETS {
        let mut csv = Vec::new();
        run.table(file, sides, &mut csv)?;
        // A table with nothing but its header needs no sheet.
        if csv.iter().filter(|b| **b == b'\n').count() > 1 {
            let name = file.strip_suffix(".csv").unwrap_or(file);
            from_csv(&csv, sheet(&mut book, name)?, file)?;
        }
    }
    measures(run, sheet(&mut book, "measures")?)?;
    out.write_all(&book.save_to_buffer().map_err(io::Error::other)?)
}

fn sheet<'b>(book: &'b mut Workbook, name: &str) -> io::Result<&'b mut Worksheet> {
    let sheet = book.add_worksheet();
    sheet.set_name(name).map_err(io::Error::other)
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
    formats: Vec<(&'static str, Format)>,
    next: u32,
}

impl<'s> SheetRows<'s> {
    fn new<'h>(
        sheet: &'s mut Worksheet,
        header: impl IntoIterator<Item = &'h str>,
    ) -> io::Result<Self> {
        let columns: Vec<String> = header.into_iter().map(str::to_owned).collect();
        let bold = Format::new().set_bold().set_align(FormatAlign::Top);
        for (i, name) in columns.iter().enumerate() {
            let done = sheet.write_string_with_format(0, i as u16, name, &bold);
            done.map_err(io::Error::other)?;
        }
        let widths = columns.iter().map(|c| c.chars().count() + 4).collect();
        Ok(Self {
            sheet,
            columns,
            widths,
            formats: Vec::new(),
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
                    match text.char_indices().nth(LONGEST) {
                        Some((end, _)) => self.sheet.write_string(row, column, &text[..end])?,
                        None => self.sheet.write_string(row, column, text)?,
                    };
                }
                SheetCell::Number(x) => {
                    let pattern = pattern(&self.columns[i], unit);
                    let known = self.formats.iter().position(|f| f.0 == pattern);
                    let at = known.unwrap_or_else(|| {
                        let format = Format::new().set_num_format(pattern);
                        self.formats.push((pattern, format));
                        self.formats.len() - 1
                    });
                    // A number as wide as most are with their separators.
                    self.widths[i] = self.widths[i].max(12);
                    let format = &self.formats[at].1;
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
fn from_csv(bytes: &[u8], sheet: &mut Worksheet, file: &str) -> io::Result<()> {
    let mut reader = csv::Reader::from_reader(bytes);
    let header = reader.headers()?.clone();
    let unit = header.iter().position(|h| h == "unit");
    let mut rows = SheetRows::new(sheet, &header)?;
    let mut record = csv::StringRecord::new();
    while reader.read_record(&mut record)? {
        if rows.is_full() {
            let note = format!("the rest is in {file}");
            rows.row(&[SheetCell::Text(&note)], "")
                .map_err(io::Error::other)?;
            break;
        }
        let cell = |(column, text): (&str, _)| match str::parse::<f64>(text) {
            Ok(x) if x.is_finite() && !TEXT.contains(&column) => SheetCell::Number(x),
            // A cell of text is never a formula.
            _ => SheetCell::Text(restored(text)),
        };
        let cells: Vec<SheetCell<'_>> = header.iter().zip(&record).map(cell).collect();
        let unit = unit.and_then(|i| record.get(i)).unwrap_or("");
        rows.row(&cells, unit).map_err(io::Error::other)?;
    }
    rows.finish().map_err(io::Error::other)
}

fn about(run: &Run, sheet: &mut Worksheet) -> io::Result<()> {
    let mut rows = SheetRows::new(sheet, ["scenario", "what", "value"])?;
    let mut add = |id: &str, what: &str, value: SheetCell<'_>| {
        rows.row(&[SheetCell::Text(id), SheetCell::Text(what), value], "")
            .map_err(io::Error::other)
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
    rows.finish().map_err(io::Error::other)
}

/// Every measure of the scenarios once, in their order.
fn measures(run: &Run, sheet: &mut Worksheet) -> io::Result<()> {
    let mut rows = SheetRows::new(sheet, ["measure", "unit", "formula"])?;
    let mut known = Vec::new();
    let scenarios = sorted(&run.scenarios, |s| &s.id);
    for row in scenarios.iter().flat_map(|s| &s.summary) {
        let measure = (&row.measure, &row.unit);
        if known.contains(&measure) {
            continue;
        }
        known.push(measure);
        let formula = measure::measure(&row.measure).map_or("", |m| m.formula);
        let cells = [&row.measure, &row.unit, formula].map(SheetCell::Text);
        rows.row(&cells, "").map_err(io::Error::other)?;
    }
    rows.finish().map_err(io::Error::other)
}
