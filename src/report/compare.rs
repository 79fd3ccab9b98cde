//! Scenarios against the baseline, costs, precision and the best one, in words.

use super::findings::is_money;
use super::grid::{Column, Grid, columns, not_shown};
use super::quantity::{Kind, Shown, apart, change, rounded, value};
use super::{Findings, Layout, Subject};
use crate::experiment::{
    Comparison, Difference, Finance, Method, Reached, Selection, Verdict, Width,
};
use crate::measure::{List, Unit, measures_of};

const NPV: &str = "npv";

/// All findings beyond the table of the scenarios; nothing for one scenario of which nothing more was asked. `precision`: whether the
/// precision was asked about.
pub fn comparison_text(
    subjects: &[Subject<'_>],
    findings: &Findings<'_>,
    precision: bool,
    layout: Layout,
) -> String {
    let mut out = String::new();
    out += &differences(findings.comparisons, layout);
    for c in findings.comparisons {
        sentences(&mut out, c, layout);
        money(&mut out, c, findings.finances, layout);
    }
    if let Some(selection) = findings.selection {
        out.push('\n');
        paragraph(&mut out, &best(selection), layout);
    }
    if precision {
        for (subject, reached) in subjects.iter().zip(findings.precision) {
            if reached.is_empty() {
                continue;
            }
            out += &format!("\nprecision of {}\n", subject.id);
            for r in reached.iter() {
                paragraph(&mut out, &precise(r, subject.plan.confidence), layout);
            }
        }
    }
    out
}

/// A text in lines of the width there is, all but the first indented; numbers and names are not broken.
fn paragraph(out: &mut String, text: &str, layout: Layout) {
    let mut used = 0;
    for word in text.split(' ') {
        let length = columns(word);
        if used > 0 && used + 1 + length > layout.width {
            *out += "\n  ";
            used = 2;
        } else if used > 0 {
            out.push(' ');
            used += 1;
        }
        *out += word;
        used += length;
    }
    out.push('\n');
}

/// How a difference of two values of this unit is shown.
fn kind(unit: &str) -> Kind {
    match Kind::of_unit(unit) {
        Kind::Fraction => Kind::Points,
        other => other,
    }
}

/// The table of differences.
fn differences(comparisons: &[Comparison], layout: Layout) -> String {
    let Some(first) = comparisons.first() else {
        return String::new();
    };
    let columns = measures_of(List::Differences).map(|m| {
        let cells = comparisons.iter().map(|c| cell(c, m.id)).collect();
        Column::new(&m.heading(), m.rank(List::Differences).unwrap_or(0), cells)
    });
    let grid = Grid {
        heading: format!("less {}", first.baseline),
        names: comparisons.iter().map(|c| c.scenario.clone()).collect(),
        columns: columns.collect(),
    }
    .without_empty();
    if grid.columns.is_empty() {
        return String::new();
    }
    let (text, dropped) = grid.render(layout);
    format!("\n{text}{}", not_shown(&dropped, layout))
}

/// A measure in total; a net present value only where it is not the cost with another sign.
fn find<'a>(c: &'a Comparison, measure: &str) -> Option<&'a Difference> {
    let found = total(c, measure)?;
    let cost = || total(c, "cost_total").map_or(0.0, |d| d.difference);
    (measure != NPV || (found.difference + cost()).abs() > 1e-9 * cost().abs()).then_some(found)
}

fn total<'a>(c: &'a Comparison, measure: &str) -> Option<&'a Difference> {
    c.rows
        .iter()
        .find(|d| d.measure == measure && d.slice == "all")
}

fn cell(c: &Comparison, measure: &str) -> Shown {
    let Some(d) = find(c, measure) else {
        return Shown::dash();
    };
    let mut cell = rounded(d.difference, d.adjusted_interval(), kind(&d.unit));
    if d.difference > 0.0 {
        cell.value.insert(0, '+');
    }
    cell
}

/// What changed for sure, and what did not.
fn sentences(out: &mut String, c: &Comparison, layout: Layout) {
    let (mut changes, mut unclear, mut same) = (Vec::new(), Vec::new(), Vec::new());
    let mut ratios: Vec<(f64, String)> = Vec::new();
    let pairs = c.rows.iter().map(|d| d.replications).max().unwrap_or(0);
    let mut family = 1;
    for measure in measures_of(List::Differences) {
        let name = format!("the {}", measure.name());
        let Some(d) = find(c, measure.id) else {
            continue;
        };
        let (Some(e), Some(ends)) = (d.error, d.adjusted_interval()) else {
            continue;
        };
        family = family.max(e.family);
        ratios.extend(d.variance_ratio.map(|r| (r, name.clone())));
        if ends == (0.0, 0.0) {
            same.push(name);
        } else if ends.0 > 0.0 || ends.1 < 0.0 {
            // Names of numbers of people are plural.
            let many = matches!(measure.unit, Unit::Agents | Unit::Fte | Unit::People);
            let way = match (d.difference < 0.0, many) {
                (true, false) => "falls",
                (true, true) => "fall",
                (false, false) => "rises",
                (false, true) => "rise",
            };
            let by = change(d.difference, ends, kind(&d.unit));
            let currency = currency(measure.id, &d.unit);
            changes.push(format!("{name} {way} by {currency}{by}"));
        } else {
            unclear.push(name);
        }
    }
    let together = if family > 1 {
        format!(", intervals of {family} scenarios together")
    } else {
        String::new()
    };
    // Without an interval there is nothing to be said: the table has the differences.
    let enough = c.rows.iter().any(|d| d.error.is_some());
    let how = match c.method {
        _ if c.rows.is_empty() => "no measure in common".to_owned(),
        _ if !enough => "1 replication".to_owned(),
        Method::Paired => format!("{pairs} paired replications"),
        Method::Independent => "different seeds: independent replications".into(),
    };
    let level = match enough {
        true => format!(", {} %", value(100.0 * c.level, Kind::Plain)),
        false => String::new(),
    };
    let mut text = format!(
        "{} against {} ({how}{level}{together}): ",
        c.scenario, c.baseline
    );
    let none_in = |names: &[String]| format!("no difference is shown in {}", names.join(", "));
    text += &match changes.is_empty() {
        true if c.rows.is_empty() => "nothing was compared".to_owned(),
        true if !enough => "with one replication it is not known how sure the differences are; \
                            give --reps 2 or more"
            .to_owned(),
        true if !unclear.is_empty() => none_in(&std::mem::take(&mut unclear)),
        true if !same.is_empty() => "no difference".to_owned(),
        true => format!(
            "none of the measures of this table is in both; comparison.csv has the {} that are",
            c.rows.len()
        ),
        false => changes.join("; "),
    };
    text.push('.');
    for (what, names) in [("No difference shown", unclear), ("The same", same)] {
        if !names.is_empty() {
            text += &format!(" {what}: {}.", names.join(", "));
        }
    }
    out.push('\n');
    paragraph(out, &text, layout);
    ratios.sort_by(|a, b| b.0.total_cmp(&a.0));
    if let (Some(most), Some(least)) = (ratios.first(), ratios.last()) {
        let times = |r: &(f64, String)| format!("{} ({})", value(r.0, Kind::Plain), r.1);
        let range = if ratios.len() == 1 {
            times(most)
        } else {
            format!("{} to {}", times(least), times(most))
        };
        let text = format!("Without pairing {range} times the replications would be needed.");
        paragraph(out, &text, layout);
    }
    if !c.same_window {
        let text = "They count different lengths of time: compare rates, not counts or costs.";
        paragraph(out, text, layout);
    }
    if let Some((a, b)) = &c.currencies {
        let text = format!(
            "Money is not compared: {} counts in {a}, {} in {b}.",
            c.baseline, c.scenario
        );
        paragraph(out, &text, layout);
    }
}

/// Which of the two is cheaper, and how sure that is.
fn money(out: &mut String, c: &Comparison, finances: &[Finance], layout: Layout) {
    for (measure, what) in [
        ("cost_total", "Cheaper"),
        ("npv", "The better net present value"),
    ] {
        let of = |id: &str| {
            finances
                .iter()
                .find(|f| f.scenario == id && f.measure == measure)
        };
        if find(c, measure).is_none() {
            continue;
        }
        let Some((f, a)) = of(&c.scenario).and_then(|f| Some((f, f.against.as_ref()?))) else {
            continue;
        };
        let per_cent = |x: f64| value(x, Kind::Fraction);
        let mut text = format!(
            "{what} in {} of the replications [{}, {}]",
            per_cent(a.share),
            per_cent(a.interval.0),
            per_cent(a.interval.1)
        );
        if let Some(sure) = a.in_the_mean {
            let sure = match sure {
                x if x > 0.999 => "more than 99.9 %".to_owned(),
                x if x < 0.001 => "less than 0.1 %".to_owned(),
                x => per_cent(x),
            };
            text += &format!("; in the mean with {sure} confidence");
        }
        if let (Some(q), Some(b)) = (f.quantiles, of(&c.baseline).and_then(|b| b.quantiles)) {
            let band = |q: [f64; 3]| q.map(|x| apart(x, q[2] - q[0])).join(" / ");
            text += &format!(
                "; p10 / p50 / p90: {} {}, baseline {}",
                f.unit,
                band(q),
                band(b)
            );
        }
        text.push('.');
        paragraph(out, &text, layout);
    }
}

/// The currency of an amount, to stand before it.
fn currency(measure: &str, unit: &str) -> String {
    match is_money(measure) {
        true => format!("{unit} "),
        false => String::new(),
    }
}

fn best(s: &Selection) -> String {
    let id = |k: usize| s.candidates.get(k).map_or("", |c| c.id.as_str());
    let which = if s.largest { "largest" } else { "smallest" };
    let delta = currency(&s.target.measure, &s.unit) + &value(s.delta, kind(&s.unit));
    let mut text = match s.verdict {
        Verdict::Best(k) => format!(
            "Best, with the {which} {}: {}, with at least {} confidence if it is better by {} or more.",
            s.target,
            id(k),
            value(s.confidence, Kind::Fraction),
            delta,
        ),
        Verdict::Spent(k) => {
            let each = s.candidates.iter();
            let each: Vec<String> = each
                .map(|c| format!("{} {}", c.id, super::count(c.replications as u64)))
                .collect();
            format!(
                "Most probably best, with the {which} {}: {}, right with a probability of about {}. The budget went to {} replications.",
                s.target,
                id(k),
                value(s.confidence, Kind::Fraction),
                each.join(", ")
            )
        }
        Verdict::Undecided => format!(
            "The {which} {} is not decided within {} replications: raise --max-reps, or accept a larger --delta than {}.",
            s.target,
            s.candidates
                .iter()
                .map(|c| c.replications)
                .max()
                .unwrap_or(0),
            delta,
        ),
        Verdict::Undefined {
            scenario,
            replication,
        } => format!(
            "No choice: {} of {} is undefined in replication {replication}.",
            s.target,
            id(scenario)
        ),
        Verdict::NoZone => format!(
            "No choice: the difference in {} that matters is {}; give one above 0 with --delta, \
             and a confidence above that of a blind choice.",
            s.target, delta
        ),
        Verdict::Interrupted => "No choice: interrupted.".to_owned(),
    };
    let dropped = s.candidates.iter().enumerate().filter_map(|(k, c)| {
        c.dropped
            .map(|r| format!("{} after {r} replications", id(k)))
    });
    let dropped: Vec<String> = dropped.collect();
    if !dropped.is_empty() {
        text += &format!(" Dropped: {}.", dropped.join(", "));
    }
    let shares = s.candidates.iter().enumerate().filter_map(|(k, c)| {
        c.share
            .map(|x| format!("{} {}", id(k), value(x, Kind::Fraction)))
    });
    let shares: Vec<String> = shares.collect();
    if !shares.is_empty() {
        text += &format!(
            " Further replications are best spent (OCBA): {}.",
            shares.join(", ")
        );
    }
    text
}

fn precise(r: &Reached, level: f64) -> String {
    let per_cent = |x: f64| value(x, Kind::Fraction);
    let Some(mean) = r.mean else {
        return format!("{}: never defined", r.title());
    };
    let is_size = matches!(r.wanted, Some(Width::Absolute { .. }));
    // A half-width of fractions is one of points.
    let size = |x: f64| value(x, kind(&r.unit));
    let width = |w: &Width| match w.share() {
        Some(share) => per_cent(share),
        None => w.size(&r.unit).map_or_else(|| w.to_string(), size),
    };
    let mean = match r.less {
        Some(_) => size(mean),
        None => value(mean, Kind::of_unit(&r.unit)),
    };
    let whole = match &r.less {
        Some(less) => format!("{less}'s mean"),
        None => "it".into(),
    };
    let mut text = format!("{}: {mean}", r.title());
    text += &match (r.relative, r.half_width) {
        (Some(share), _) if !is_size && !r.around_zero => {
            format!(" ± {} of {whole}", per_cent(share))
        }
        (_, Some(half)) => format!(" ± {}", size(half)),
        _ => String::new(),
    };
    text += &format!(
        " at {} after {} replications",
        per_cent(level),
        r.replications
    );
    let of_zero = r.around_zero && !is_size;
    if let (Some(wanted), Some(met)) = (&r.wanted, r.met) {
        let word = if met { "reached" } else { "not reached" };
        text += &format!("; ± {} {word}", width(wanted));
        if of_zero && !met {
            let example = match kind(&r.unit) {
                Kind::Seconds => "1s".to_owned(),
                Kind::Fraction | Kind::Points => "1pt".to_owned(),
                Kind::Plain => format!("'1 {}'", r.unit),
            };
            text += &format!(
                ": {whole} may be 0, and of that no share is reached however many there are; ask for a size, such as --precision {example}"
            );
        }
    }
    let known: Vec<String> = r
        .advice
        .iter()
        .filter(|_| !of_zero)
        .filter_map(|(w, n)| {
            Some(format!(
                "± {} takes about {}",
                width(w),
                super::count((*n)?)
            ))
        })
        .collect();
    if !known.is_empty() {
        text += &format!("; {}", known.join(", "));
    }
    text
}
