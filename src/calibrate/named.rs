//! Numbers, days and files as they are named and written, and the level of all intervals.

use std::fmt::Write as _;

use crate::stats::Ranged;

/// Level of the confidence intervals.
pub const LEVEL: f64 = 0.95;
/// The name of the pool that a log's agents are, or the begin of those of several.
pub const POOL: &str = "agents";
/// Weekdays as files name them, Monday first.
pub const WEEKDAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// A number with so many decimals, without the noughts at its end.
pub(super) fn plain(x: f64, decimals: usize) -> String {
    let text = format!("{x:.decimals$}");
    match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
        false => text,
    }
}

/// A file to be written, and its text.
pub type Named = (String, String);

/// Adds a line.
pub(super) fn line(text: &mut String, of: std::fmt::Arguments<'_>) {
    // Text takes everything.
    let _ = writeln!(text, "{of}");
}

/// Durations of an empirical law as a file.
pub(super) fn values(of: &[f64]) -> String {
    let mut text = String::from("seconds\n");
    of.iter()
        .for_each(|x| line(&mut text, format_args!("{}", plain(x.max(1e-3), 3))));
    text
}

/// The interval of an estimate as a comment.
pub(super) fn between(e: &Ranged, decimals: usize) -> String {
    format!(
        "95% interval {} to {}",
        plain(e.low, decimals),
        plain(e.high, decimals)
    )
}
