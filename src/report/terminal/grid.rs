//! A table that fits the width there is: first the names wrap, then the least important columns go. Numbers never break.

use super::Layout;
use crate::measure::{List, Measure, measures_of};
use crate::report::quantity::Shown;
use crate::report::wrap::{columns, wrapped};
#[cfg(feature = "cli")]
use comfy_table::Attribute;
use comfy_table::presets::NOTHING;
use comfy_table::{Cell, CellAlignment, ContentArrangement, LineStyle, Table};

/// Blanks between columns.
const GAP: usize = 2;
/// Names are wrapped to no less than this.
const NARROWEST_NAME: usize = 14;
/// Names are wrapped when they are longer than this even if there is room.
const WIDEST_NAME: usize = 36;

/// A column of numbers.
#[derive(Clone, Debug)]
pub struct TextColumn {
    /// Lines of its heading.
    pub heading: Vec<String>,
    /// Columns of a smaller rank are kept longer.
    pub rank: u32,
    /// One number per row.
    pub cells: Vec<Shown>,
}

impl TextColumn {
    fn width(&self) -> usize {
        let cells = self.cells.iter();
        let cells = cells.flat_map(|s| [s.value.as_str(), s.spread.as_deref().unwrap_or("")]);
        widest(self.heading.iter().map(String::as_str).chain(cells))
    }
}

/// Names of rows and columns of numbers.
#[derive(Clone, Debug)]
pub struct TextTable {
    /// Heading of the names.
    pub heading: String,
    /// Names of the rows.
    pub names: Vec<String>,
    /// The numbers.
    pub columns: Vec<TextColumn>,
}

impl TextTable {
    /// Rows of these names, without a column yet.
    pub fn new<N: Into<String>>(heading: &str, names: impl IntoIterator<Item = N>) -> Self {
        Self {
            heading: heading.into(),
            names: names.into_iter().map(N::into).collect(),
            columns: Vec::new(),
        }
    }

    /// Adds a column, with a cell for each row; the lines of its heading are separated by `\n`.
    #[must_use]
    pub fn column<T>(
        mut self,
        heading: &str,
        rank: u32,
        rows: impl IntoIterator<Item = T>,
        cell: impl Fn(T) -> Shown,
    ) -> Self {
        self.columns.push(TextColumn {
            heading: heading.lines().map(String::from).collect(),
            rank,
            cells: rows.into_iter().map(cell).collect(),
        });
        self
    }

    /// Adds the column of a measure of a list.
    pub(super) fn measure<T>(
        self,
        (measure, list): (&Measure, List),
        rows: impl IntoIterator<Item = T>,
        cell: impl Fn(T) -> Shown,
    ) -> Self {
        let rank = measure.rank(list).unwrap_or(0);
        self.column(&measure.heading(), rank, rows, cell)
    }

    /// Adds a column for each measure of a list that a row has; `cell` gives the value of a measure in a row.
    pub(super) fn measures<T>(
        self,
        list: List,
        rows: &[T],
        cell: impl Fn(&T, &Measure) -> Shown,
    ) -> Self {
        let add = |table: Self, m| table.measure((m, list), rows, |row| cell(row, m));
        measures_of(list).fold(self, add).without_empty()
    }

    /// Leaves out columns that say nothing in any row.
    #[must_use]
    pub fn without_empty(mut self) -> Self {
        self.columns.retain(|c| !c.cells.iter().all(Shown::is_dash));
        self
    }

    /// Whether all columns fit.
    pub fn fits(&self, width: usize) -> bool {
        self.numbers_width() + NARROWEST_NAME.min(self.names_width()) <= width
    }

    fn numbers_width(&self) -> usize {
        self.columns.iter().map(|c| c.width() + GAP).sum()
    }

    fn names_width(&self) -> usize {
        widest(self.names.iter().chain([&self.heading]).map(String::as_str))
    }

    /// The table as lines of text, and the headings of columns for which there was no room.
    pub fn render(mut self, layout: Layout) -> (String, Vec<String>) {
        let mut dropped = Vec::new();
        while !self.fits(layout.width) && self.columns.len() > 1 {
            let last = (0..self.columns.len()).max_by_key(|&i| self.columns[i].rank);
            let column = self.columns.remove(last.unwrap_or(0));
            dropped.push(column.heading.join(" "));
        }
        let room = layout.width.saturating_sub(self.numbers_width());
        let room = room.clamp(NARROWEST_NAME, WIDEST_NAME);
        let mut table = Table::new();
        let rule = LineStyle::none().fill('─');
        table
            .load_style(NOTHING.header_separator(rule))
            .set_content_arrangement(ContentArrangement::Disabled);
        #[cfg(feature = "cli")]
        if layout.color {
            table.enforce_styling().style_text_only();
        } else {
            table.force_no_tty();
        }
        let mut header = vec![bold(wrapped(&self.heading, room).join("\n"))];
        let headings = self.columns.iter().map(|c| bold(c.heading.join("\n")));
        header.extend(headings.map(|h| h.set_alignment(CellAlignment::Right)));
        table.set_header(header);
        for (row, name) in self.names.iter().enumerate() {
            for line in self.row(row, &wrapped(name, room)) {
                table.add_row(line);
            }
        }
        for (i, column) in table.column_iter_mut().enumerate() {
            column.set_padding((if i == 0 { 0 } else { GAP as u16 }, 0));
        }
        let lines = table.lines().map(|l| l.trim_end().to_owned() + "\n");
        (lines.collect(), dropped)
    }

    /// The lines of a row: values, then half-widths below them, beside the lines of the name.
    fn row(&self, row: usize, name: &[String]) -> Vec<Vec<Cell>> {
        let spread = self.columns.iter().any(|c| c.cells[row].spread.is_some());
        let lines = name.len().max(1 + usize::from(spread));
        let line = |line: usize| {
            let mut cells = vec![Cell::new(name.get(line).map_or("", String::as_str))];
            cells.extend(self.columns.iter().map(|c| {
                let shown = &c.cells[row];
                let cell = match line {
                    0 => Cell::new(&shown.value),
                    1 => dim(shown.spread.as_deref().unwrap_or("")),
                    _ => Cell::new(""),
                };
                cell.set_alignment(CellAlignment::Right)
            }));
            cells
        };
        (0..lines).map(line).collect()
    }
}

/// Columns that the longest of some texts takes.
fn widest<'t>(texts: impl Iterator<Item = &'t str>) -> usize {
    texts.map(columns).max().unwrap_or(0)
}

/// A cell in bold letters, where there is a terminal to show them.
fn bold(text: String) -> Cell {
    let cell = Cell::new(text);
    #[cfg(feature = "cli")]
    let cell = cell.add_attribute(Attribute::Bold);
    cell
}

/// The same in faint letters.
fn dim(text: &str) -> Cell {
    let cell = Cell::new(text);
    #[cfg(feature = "cli")]
    let cell = cell.add_attribute(Attribute::Dim);
    cell
}

#[cfg(test)]
mod tests {
    use super::*;

    fn example() -> TextTable {
        let cell = |value: &str, spread: &str| Shown {
            value: value.into(),
            spread: Some(spread.into()),
        };
        let names = [
            "klarna-2025-hybrid",
            "klarna-2023-all-human-with-a-long-name",
        ];
        let columns = [
            ("AI\nshare", 4, "66.72 %", Shown::dash()),
            ("true\nresolution", 3, "51.34 %", Shown::dash()),
            ("service\nlevel", 0, "83.41 %", cell("81.3 %", "± 0.4")),
            ("mean\nwait", 1, "123.45 s", cell("4.53 min", "± 0.12")),
            ("abandoned", 2, "12.34 %", cell("3.12 %", "± 0.11")),
            (
                "time to\na person",
                6,
                "12.34 min",
                cell("11.0 min", "± 0.3"),
            ),
            ("agents:\nin-house", 5, "1,234.5", cell("3,000", "± 0")),
            ("agents:\noutsourced", 5, "2,345.6", Shown::dash()),
            ("none", 8, "-", Shown::dash()),
        ];
        let table = TextTable::new("scenario", names);
        columns
            .into_iter()
            .fold(table, |table, (heading, rank, a, b)| {
                table.column(heading, rank, [cell(a, "± 0.12"), b], |c| c)
            })
    }

    fn lines(width: usize) -> (Vec<String>, Vec<String>) {
        let (text, dropped) = example().render(Layout {
            width,
            color: false,
        });
        (text.lines().map(String::from).collect(), dropped)
    }

    #[test]
    fn a_table_fits_a_hundred_columns_and_degrades() {
        let (wide, dropped) = lines(100);
        assert_eq!(dropped, ["none"]);
        assert_eq!(
            wide,
            [
                "scenario               AI        true  service      mean  abandoned    time to   agents:     agents:",
                "                    share  resolution    level      wait              a person  in-house  outsourced",
                "────────────────────────────────────────────────────────────────────────────────────────────────────",
                "klarna-2025-      66.72 %     51.34 %  83.41 %  123.45 s    12.34 %  12.34 min   1,234.5     2,345.6",
                "hybrid             ± 0.12      ± 0.12   ± 0.12    ± 0.12     ± 0.12     ± 0.12    ± 0.12      ± 0.12",
                "klarna-2023-all-        -           -   81.3 %  4.53 min     3.12 %   11.0 min     3,000           -",
                "human-with-a-                            ± 0.4    ± 0.12     ± 0.11      ± 0.3       ± 0",
                "long-name",
            ]
        );
        let (narrow, dropped) = lines(80);
        assert_eq!(dropped, ["none", "time to a person", "agents: outsourced"]);
        for width in [200, 100, 80, 60, 40] {
            let (rows, dropped) = lines(width);
            assert!(rows.iter().all(|l| columns(l) <= width), "{rows:#?}");
            assert!(rows.iter().any(|l| l.contains("83.41 %")) && dropped.len() < 8);
        }
        assert!(narrow.iter().any(|l| l.contains("123.45 s")));
    }

    #[test]
    fn colour_changes_no_letter() {
        let plain = example()
            .render(Layout {
                width: 100,
                color: false,
            })
            .0;
        let styled = example()
            .render(Layout {
                width: 100,
                color: true,
            })
            .0;
        assert_ne!(plain, styled);
        let mut bare = String::new();
        let mut inside = false;
        for c in styled.chars() {
            match c {
                '\u{1b}' => inside = true,
                'm' if inside => inside = false,
                c if !inside => bare.push(c),
                _ => {}
            }
        }
        let trimmed = |s: &str| {
            s.lines()
                .map(|l| l.trim_end().to_owned())
                .collect::<Vec<_>>()
        };
        assert_eq!(trimmed(&bare), trimmed(&plain));
    }
}
