//! Words and lists that many sentences have in common.

/// `1 replication`, `4 replications`.
pub(super) fn counted(n: impl ToString, what: &str) -> String {
    let n = n.to_string();
    let ending = if n == "1" { "" } else { "s" };
    format!("{n} {what}{ending}")
}

/// The items with commas between them, with what stands before and after; nothing without an item.
pub(super) fn listed(before: &str, items: impl Iterator<Item = String>, after: &str) -> String {
    let items: Vec<String> = items.collect();
    match items.is_empty() {
        true => String::new(),
        false => format!("{before}{}{after}", items.join(", ")),
    }
}
