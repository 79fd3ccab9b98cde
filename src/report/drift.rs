//! What is not what it was, in words.

use super::quantity::{Kind, value};
use crate::calibrate::{Drift, Drifts, Unit};
use jiff::civil::Date;

/// One sentence for each change; one that says so if there is none, and nothing was compared if there is no sentence.
pub(super) fn changes(drifts: &Drifts) -> Vec<String> {
    if drifts.compared > 0 && drifts.found.is_empty() {
        let by = if drifts.by_month { "month" } else { "week" };
        return vec![format!(
            "no {by} differs from the days before it by more than days do ({} comparisons)",
            drifts.compared
        )];
    }
    let each = drifts.found.iter();
    each.map(|d| sentence(d, drifts.by_month)).collect()
}

fn sentence(d: &Drift, by_month: bool) -> String {
    let shown = |x: f64| match d.what.unit {
        Unit::Seconds => format!("{x:.0} s"),
        Unit::Share => value(x, Kind::Fraction),
        Unit::Number => format!("{x:.1}"),
    };
    let (before, now) = d.days;
    let change = match d.before > 0.0 {
        true => format!("{:+.0} %, ", 100.0 * (d.now / d.before - 1.0)),
        false => String::new(),
    };
    format!(
        "{}: {} {}, {} {} ({change}{:.1} standard errors)",
        d.what.words,
        shown(d.before),
        when(before, by_month),
        shown(d.now),
        when(now, by_month),
        d.errors
    )
}

/// Months as their names, weeks as their days.
fn when((first, last): (Date, Date), by_month: bool) -> String {
    if !by_month {
        return format!("from {first} to {last}");
    }
    let month = |d: Date| d.strftime("%B").to_string();
    let with_year = |d: Date| d.strftime("%B %Y").to_string();
    match (first.year() == last.year(), first.month() == last.month()) {
        (true, true) => format!("in {}", with_year(first)),
        (true, false) => format!("in {} to {}", month(first), with_year(last)),
        (false, _) => format!("in {} to {}", with_year(first), with_year(last)),
    }
}
