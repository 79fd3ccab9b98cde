//! What was asked: each scenario in words, and what changes when.

use super::markup::{code, prose};
use super::page::Block;
use crate::report::findings::span;
use crate::report::quantity::{count, duration, per_cent};
use crate::report::words::listed;
use crate::results::{Played, Run};
use maud::{Markup, html};

pub(super) fn part(run: &Run) -> Vec<Block> {
    run.scenarios.iter().map(|s| scenario(s).into()).collect()
}

fn scenario(s: &Played) -> Markup {
    html! {
        article {
            h3 { (s.name) }
            @if !s.description.is_empty() { p class="lead" { (s.description) } }
            @for line in s.opening.lines().filter(|l| !l.trim().is_empty()) { p { (remark(line)) } }
            p { (prose(&in_words(s))) }
            @if !s.timeline.is_empty() {
                h3 { "What changes when" }
                dl class="when" {
                    @for change in &s.timeline {
                        dt { (change.at.strip_suffix("T00:00").unwrap_or(&change.at)) }
                        dd { @if change.note.is_empty() { "a change" } @else { (change.note) } }
                    }
                }
            }
        }
    }
}

/// A line of the comment that opens the scenario, with its first word strong if it is one such as `Question:`.
fn remark(line: &str) -> Markup {
    match line.split_once(':') {
        Some((word, rest)) if word.chars().all(char::is_alphabetic) => {
            html! { strong { (word) ":" } " " (code(rest.trim())) }
        }
        _ => code(line),
    }
}

/// Length, replications, topics and pools of a scenario in a few sentences.
fn in_words(s: &Played) -> String {
    let replications = match (s.replications, s.replications_planned) {
        (1, 1) => "once".into(),
        (n, planned) if n as u32 == planned => format!("{n} times"),
        (n, planned) => format!("{n} of {planned} times"),
    };
    let mut out = format!(
        "It plays {} from {} ({}), {replications}, each time with other luck: {} contacts in all.",
        span(s, 0.0, s.horizon_seconds),
        s.start,
        s.time_zone,
        count(s.contacts)
    );
    if s.warmup_seconds > 0.0 {
        let first = span(s, 0.0, s.warmup_seconds);
        out += &format!(" The first {first} are not counted.");
    }
    let topics = s.topics.iter().map(|t| {
        let share = per_cent(t.target_share);
        format!("{} ({share} in {})", t.name, duration(t.target_seconds))
    });
    let pools = s.pools.iter().map(|p| match p.concurrency {
        0 | 1 => format!("{} ({})", p.name, p.kind),
        n => format!("{} ({}, up to {n} contacts at once)", p.name, p.kind),
    });
    out += &listed(
        " Customers come with, and should be answered in: ",
        topics,
        ".",
    );
    out + &listed(" People who answer: ", pools, ".")
}
