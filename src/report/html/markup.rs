//! Pieces of the page: escaped text, figures with title and caption, tables that can be sorted, copied and saved.

use super::svg::Canvas;
use crate::text::visible;

/// Text as it may stand in an element or in an attribute.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    // Characters that cannot be seen are no part of a page.
    for c in visible(text).chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

/// Sentences as they may stand in an element; numbers stay on a line with what belongs to them.
pub(super) fn prose(text: &str) -> String {
    let kept = escape(text).replace(" %", "\u{a0}%");
    kept.replace(" ± ", "\u{a0}±\u{a0}")
}

/// A comment as it may stand in an element: what is between backticks is code.
pub(super) fn code(text: &str) -> String {
    let parts: Vec<String> = text.split('`').map(escape).collect();
    let mut out = String::new();
    for (i, part) in parts.iter().enumerate() {
        let is_closed = i + 1 < parts.len();
        out += &match i % 2 {
            1 if is_closed => format!("<code>{part}</code>"),
            1 => format!("`{part}"),
            _ => part.clone(),
        };
    }
    out
}

/// A word for an `id`: letters and digits only, unique through its number.
pub(super) fn ident(prefix: &str, number: usize) -> String {
    format!("{prefix}-{number}")
}

/// A picture with what belongs to it.
pub(super) struct Figure {
    pub(super) id: String,
    pub(super) title: String,
    /// What one sees.
    pub(super) caption: String,
    pub(super) canvas: Canvas,
    /// Names of the series, with the class of their colour.
    pub(super) legend: Vec<(String, String)>,
    /// The same as a table.
    pub(super) table: Option<Table>,
}

impl Figure {
    pub(super) fn html(self) -> String {
        let id = &self.id;
        let mut out = format!(
            "<figure id=\"{id}\"><h3 id=\"{id}-title\">{}</h3>",
            escape(&self.title)
        );
        if !self.legend.is_empty() {
            out += "<ul class=\"legend\">";
            for (name, class) in &self.legend {
                out += &format!(
                    "<li><svg class=\"key\" viewBox=\"0 0 16 12\" aria-hidden=\"true\"><rect width=\"16\" height=\"12\" class=\"{class}\"/></svg>{}</li>",
                    escape(name)
                );
            }
            out += "</ul>";
        }
        out += "<div class=\"scroll\">";
        out += &self.canvas.into_svg(id);
        out += &format!(
            "</div><figcaption id=\"{id}-caption\">{}</figcaption>",
            escape(&self.caption)
        );
        if let Some(table) = self.table {
            out += &table.folded("The figure as a table");
        }
        out + "</figure>\n"
    }
}

/// A cell: what is shown, and the value it stands for, if that is a number.
#[derive(Clone, Debug)]
pub(super) struct Cell {
    pub(super) text: String,
    pub(super) value: Option<f64>,
}

impl Cell {
    pub(super) fn text(text: &str) -> Self {
        Self {
            text: text.to_owned(),
            value: None,
        }
    }

    pub(super) fn number(text: String, value: f64) -> Self {
        Self {
            text,
            value: Some(value),
        }
    }

    pub(super) fn maybe(value: Option<f64>, write: impl Fn(f64) -> String) -> Self {
        value.map_or_else(|| Self::text("–"), |v| Self::number(write(v), v))
    }
}

/// A table.
#[derive(Clone, Debug)]
pub(super) struct Table {
    pub(super) id: String,
    pub(super) caption: String,
    pub(super) header: Vec<String>,
    pub(super) rows: Vec<Vec<Cell>>,
}

impl Table {
    /// The table with its buttons.
    pub(super) fn html(&self) -> String {
        let id = &self.id;
        let mut out = format!(
            "<div class=\"table\"><div class=\"bar\"><p class=\"cap\" id=\"{id}-cap\">{}</p>\
             <div class=\"tools\" hidden><button type=\"button\" data-copy=\"{id}\">Copy</button>\
             <button type=\"button\" data-save=\"{id}\">Download CSV</button></div></div>\
             <div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-labelledby=\"{id}-cap\">\
             <table id=\"{id}\" aria-labelledby=\"{id}-cap\"><thead><tr>",
            escape(&self.caption)
        );
        for (i, heading) in self.header.iter().enumerate() {
            let class = if self.is_numeric(i) {
                " class=\"num\""
            } else {
                ""
            };
            out += &format!("<th scope=\"col\"{class}>{}</th>", escape(heading));
        }
        out += "</tr></thead><tbody>";
        for row in &self.rows {
            out += "<tr>";
            for (i, cell) in row.iter().enumerate() {
                let text = escape(&cell.text);
                out += &match (cell.value, i, self.is_numeric(i)) {
                    (Some(v), ..) => {
                        format!("<td class=\"num\" data-v=\"{}\">{text}</td>", plain(v))
                    }
                    (None, 0, _) => format!("<th scope=\"row\">{text}</th>"),
                    (None, _, true) => format!("<td class=\"num\">{text}</td>"),
                    _ => format!("<td>{text}</td>"),
                };
            }
            out += "</tr>";
        }
        out + "</tbody></table></div></div>\n"
    }

    /// The table behind a line that opens it.
    pub(super) fn folded(&self, summary: &str) -> String {
        format!(
            "<details><summary>{}</summary>{}</details>",
            escape(summary),
            self.html()
        )
    }

    fn is_numeric(&self, column: usize) -> bool {
        let in_column = |r: &Vec<Cell>| r.get(column).is_some_and(|c| c.value.is_some());
        self.rows.iter().any(in_column)
    }
}

/// A number for a machine: six significant digits are more than a picture shows.
fn plain(x: f64) -> String {
    let mut out = Vec::new();
    crate::results::push_number(&mut out, x, 6);
    String::from_utf8(out).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn backticks_are_code() {
        assert_eq!(
            code("run `a <b>` twice"),
            "run <code>a &lt;b&gt;</code> twice"
        );
        assert_eq!(code("one ` alone"), "one ` alone");
        assert_eq!(code("``"), "<code></code>");
    }

    #[test]
    fn nothing_breaks_out() {
        let bad = "</script><img src=x onerror=\"a('&')\">\u{0}\u{1b}[31m";
        let good = escape(bad);
        assert!(!good.contains(['<', '>', '"', '\'', '\u{0}', '\u{1b}']));
        assert!(good.starts_with("&lt;/script&gt;"));
    }
}
