//! Words and lists that many sentences have in common.

/// `1 replication`, `4 replications`.
pub fn counted(n: impl ToString, what: &str) -> String {
    let n = n.to_string();
    let ending = if n == "1" { "" } else { "s" };
    format!("{n} {what}{ending}")
}

/// `1 person`, `4 people`, `4 members`: of who is counted the word for many, or for one.
pub(super) fn heads(n: u64, many: &str) -> String {
    match (n, many) {
        (1, "people") => "1 person".to_owned(),
        (1, _) => format!("1 {}", many.strip_suffix('s').unwrap_or(many)),
        _ => format!("{n} {many}"),
    }
}

/// The items with commas between them, with what stands before and after; nothing without an item.
pub(super) fn listed(before: &str, items: impl Iterator<Item = String>, after: &str) -> String {
    let items: Vec<String> = items.collect();
    match items.is_empty() {
        true => String::new(),
        false => format!("{before}{}{after}", items.join(", ")),
    }
}
