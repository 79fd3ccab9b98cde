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

/// Each item once, in the order in which they first appear.
pub(super) fn distinct<T: PartialEq>(items: impl IntoIterator<Item = T>) -> Vec<T> {
    let mut out = Vec::new();
    for item in items {
        if !out.contains(&item) {
            out.push(item);
        }
    }
    out
}
