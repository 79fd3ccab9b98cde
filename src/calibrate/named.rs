//! Numbers and days as files name them.

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
