//! Numbers and days as files name them, and the level of all intervals.

/// Level of the confidence intervals.
pub const LEVEL: f64 = 0.95;
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
