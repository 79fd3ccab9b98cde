//! What decided how many replications were made, in sentences: the precision that was reached, the search for the best scenario.

use super::changes::{currency, kind};
use super::quantity::{Kind, count, value};
use crate::experiment::{Reached, Selection, Verdict, Width};

/// What decided how many replications were made.
#[derive(Clone, Copy)]
pub struct Stopping<'a> {
    /// By scenario, how precise its estimates are.
    pub precision: &'a [&'a [Reached]],
    /// Which scenario is best, if that was asked.
    pub selection: Option<&'a Selection>,
}

/// Which scenario is best, or why that is not known.
pub(super) fn best(s: &Selection) -> String {
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
                .map(|c| format!("{} {}", c.id, count(c.replications as u64)))
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

/// How precise an estimate is, and about how many replications a better one takes.
pub(super) fn precise(r: &Reached, level: f64) -> String {
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
        .filter_map(|(w, n)| Some(format!("± {} takes about {}", width(w), count((*n)?))))
        .collect();
    if !known.is_empty() {
        text += &format!("; {}", known.join(", "));
    }
    text
}
