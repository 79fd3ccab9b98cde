//! Pieces of text and tables. maud escapes what is put into a template, so nothing here does.

use crate::report::quantity::{Kind, value};
use crate::results::number_text;
use maud::{Markup, html};

/// A sentence in which a number stays on one line with its unit and its interval.
pub(super) fn prose(text: &str) -> String {
    text.replace(" %", "\u{a0}%")
        .replace(" ± ", "\u{a0}±\u{a0}")
}

/// A comment in which text between backticks is code.
pub(super) fn code(text: &str) -> Markup {
    let parts: Vec<&str> = text.split('`').collect();
    let is_code = |i: usize| i % 2 == 1 && i + 1 < parts.len();
    html! {
        @for (i, part) in parts.iter().enumerate() {
            @if is_code(i) { code { (part) } }
            // The last backtick has no partner.
            @else { @if i % 2 == 1 { "`" } (part) }
        }
    }
}

/// A box with a heading and a list of sentences; nothing without sentences.
pub(super) fn sentences(heading: &str, class: Option<&str>, sentences: &[String]) -> Markup {
    html! {
        @if !sentences.is_empty() {
            article class=[class] {
                @if !heading.is_empty() { h3 { (heading) } }
                ul class="finding" { @for s in sentences { li { (prose(s)) } } }
            }
        }
    }
}

/// A cell: what is shown, and the number behind it, by which the table is sorted.
#[derive(Clone, Debug)]
pub(super) struct Cell {
    text: String,
    pub(super) number: Option<f64>,
}

impl Cell {
    pub(super) fn text(text: impl Into<String>) -> Self {
        Self::new(text, None)
    }

    pub(super) fn new(text: impl Into<String>, number: Option<f64>) -> Self {
        let text = text.into();
        Self { text, number }
    }

    /// A number as `write` shows it; a dash where there is none.
    pub(super) fn written(
        number: impl Into<Option<f64>>,
        write: impl FnOnce(f64) -> String,
    ) -> Self {
        let number = number.into();
        Self::new(number.map_or_else(|| "–".into(), write), number)
    }

    pub(super) fn yes(is_so: bool) -> Self {
        Self::text(if is_so { "yes" } else { "no" })
    }

    /// A number with its unit; a dash where there is none.
    pub(super) fn value(number: impl Into<Option<f64>>, kind: Kind) -> Self {
        Self::written(number, |x| value(x, kind))
    }
}

/// Rows of a table in the making: one for each item, to which columns are added from left to right.
#[derive(Debug)]
pub(super) struct Rows<T> {
    items: Vec<T>,
    header: Vec<String>,
    cells: Vec<Vec<Cell>>,
}

impl<T> Rows<T> {
    pub(super) fn of(items: impl IntoIterator<Item = T>) -> Self {
        let items: Vec<T> = items.into_iter().collect();
        let cells = items.iter().map(|_| Vec::new()).collect();
        Self {
            items,
            header: Vec::new(),
            cells,
        }
    }

    pub(super) fn column(mut self, heading: impl Into<String>, cell: impl Fn(&T) -> Cell) -> Self {
        self.header.push(heading.into());
        for (row, item) in self.cells.iter_mut().zip(&self.items) {
            row.push(cell(item));
        }
        self
    }

    /// The table; `id` is unique within the page.
    pub(super) fn table(self, id: impl Into<String>, caption: impl Into<String>) -> Table {
        Table {
            id: id.into(),
            caption: caption.into(),
            header: self.header,
            rows: self.cells,
        }
    }
}

/// A table that can be sorted, copied and saved. The first cell of a row is its heading.
#[derive(Clone, Debug)]
pub(super) struct Table {
    id: String,
    caption: String,
    header: Vec<String>,
    pub(super) rows: Vec<Vec<Cell>>,
}

impl Table {
    /// The table with its buttons.
    pub(super) fn html(&self) -> Markup {
        let id = &self.id;
        let numeric: Vec<Option<&str>> = (0..self.header.len())
            .map(|i| self.rows.iter().any(|r| r[i].number.is_some()))
            .map(|numeric| numeric.then_some("num"))
            .collect();
        html! {
            div class="table" {
                div class="bar" {
                    p class="cap" id={ (id) "-cap" } { (self.caption) }
                    div class="tools" hidden {
                        button type="button" data-copy=(id) { "Copy" }
                        button type="button" data-save=(id) { "Download CSV" }
                    }
                }
                div class="scroll" tabindex="0" role="region" aria-labelledby={ (id) "-cap" } {
                    table id=(id) aria-labelledby={ (id) "-cap" } {
                        thead {
                            tr {
                                @for (heading, class) in self.header.iter().zip(&numeric) {
                                    th scope="col" class=[*class] { (heading) }
                                }
                            }
                        }
                        tbody {
                            @for row in &self.rows {
                                tr {
                                    @for (i, cell) in row.iter().enumerate() {
                                        @match (cell.number, i) {
                                            // Six significant digits are more than the page shows.
                                            (Some(x), _) => td class="num" data-v=(number_text(x, 6)) { (cell.text) },
                                            (None, 0) => th scope="row" { (cell.text) },
                                            (None, _) => td class=[numeric[i]] { (cell.text) },
                                        }
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    }

    /// The table behind a line that opens it.
    pub(super) fn folded(&self, summary: &str) -> Markup {
        html! { details { summary { (summary) } (self.html()) } }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn backticks_are_code() {
        let code = |text| code(text).into_string();
        assert_eq!(
            code("run `a <b>` twice"),
            "run <code>a &lt;b&gt;</code> twice"
        );
        assert_eq!(code("one ` alone"), "one ` alone");
        assert_eq!(code("``"), "<code></code>");
    }

    #[test]
    fn nothing_breaks_out() {
        let hostile = "</td><img src=x onerror=\"a('&')\">";
        let rows = Rows::of([hostile]).column(hostile, |x| Cell::text(*x));
        let html = rows.table("t", hostile).folded(hostile).into_string();
        assert!(!html.contains("<img") && !html.contains("=\"a("));
        assert_eq!(html.matches("&lt;/td&gt;&lt;img").count(), 4);
    }
}
