//! Reports on the terminal: tables that fit the width there is, and sentences below them.

mod check;
mod comparison;
mod duty;
mod findings;
mod grid;
pub(super) mod lines;
mod run;

pub use check::check_text;
pub use comparison::comparison_text;
pub use findings::{findings_text, understanding_text};
pub use grid::{TextColumn, TextTable};
pub use run::{details, headline, run_table};

/// How text is laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Layout {
    /// Columns of the terminal.
    pub width: usize,
    /// Whether to use colours and weights.
    pub color: bool,
}
