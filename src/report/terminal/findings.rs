//! Findings on the terminal: sentences, and a chart of the week where a wait can be seen.

use super::Layout;
use super::lines::item;
use crate::report::findings::findings;
use crate::report::quantity::duration;
use crate::report::understanding::all_sentences;
use crate::report::wrap::wrapped;
use crate::results::{Played, Run, Swept, Understanding, WEEKDAYS};

/// From short to tall.
const BLOCKS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
/// Mean waits below this are not worth a chart, in seconds.
const LEAST: f64 = 1.0;

/// What a run found, in sentences, with the waits of a typical week as a chart.
pub fn findings_text(run: &Run, layout: Layout) -> String {
    let mut out = String::new();
    for s in &run.scenarios {
        out += &format!("\nWhat {} shows:\n", s.id);
        for sentence in findings(s) {
            out += &item(&sentence, layout);
        }
        out += &waits(s, layout);
    }
    out
}

/// What a sweep tells, a list of sentences.
pub fn understanding_text(sweep: &Swept, found: &Understanding, layout: Layout) -> String {
    let sentences = all_sentences(sweep, found);
    sentences.iter().map(|s| item(s, layout)).collect()
}

/// The mean wait by time of day, a line per weekday.
fn waits(s: &Played, layout: Layout) -> String {
    let waits = s.whole_week().filter_map(|w| w.mean_wait);
    let longest = waits.fold(0.0, f64::max);
    if longest < LEAST {
        return String::new();
    }
    let heading = format!(
        "Mean wait of {} by weekday and time of day, 00:00 to 24:00; the tallest is {}:",
        s.id,
        duration(longest)
    );
    let lines = wrapped(&heading, layout.width.max(40) - 2);
    let mut out = String::from("\n");
    out.extend(lines.iter().map(|l| format!("  {l}\n")));
    for day in WEEKDAYS {
        let of_day = s.whole_week().filter(|w| w.weekday == day);
        let block = |wait: f64| BLOCKS[((wait / longest * 7.0).round() as usize).min(7)];
        let line: String = of_day.map(|w| w.mean_wait.map_or(' ', block)).collect();
        if !line.is_empty() {
            out += &format!("  {day}  {line}\n");
        }
    }
    out
}
