//! What decided how many replications were made, in sentences: the precision that was reached, the search for the best scenario.

use super::changes::currency;
use super::quantity::{Kind, count, per_cent, value};
use super::words::listed;
use crate::experiment::{Candidate, Reached, Selection, Verdict, Width};

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
    let delta = value(s.delta, Kind::of_difference(&s.unit));
    let delta = currency(&s.target.measure, &s.unit) + &delta;
    let mut text = match s.verdict {
        Verdict::Best(k) => format!(
            "Best, with the {which} {}: {}, with at least {} confidence if it is better by {} or more.",
            s.target,
            id(k),
            per_cent(s.confidence),
            delta,
        ),
        Verdict::Spent(k) => {
            let each = s.candidates.iter();
            let each = each.map(|c| format!("{} {}", c.id, count(c.replications as u64)));
            format!(
                "Most probably best, with the {which} {}: {}, right with a probability of about {}. The budget went to {} replications.",
                s.target,
                id(k),
                per_cent(s.confidence),
                listed("", each, "")
            )
        }
        Verdict::Undecided => {
            let most = s.candidates.iter().map(|c| c.replications).max();
            format!(
                "The {which} {} is not decided within {} replications: raise --max-reps, or accept a larger --delta than {delta}.",
                s.target,
                most.unwrap_or(0),
            )
        }
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
    let after = |c: &Candidate| Some(format!("{} after {} replications", c.id, c.dropped?));
    let dropped = s.candidates.iter().filter_map(after);
    let share = |c: &Candidate| Some(format!("{} {}", c.id, per_cent(c.share?)));
    let shares = s.candidates.iter().filter_map(share);
    text += &listed(" Dropped: ", dropped, ".");
    text + &listed(" Further replications are best spent (OCBA): ", shares, ".")
}

/// How precise an estimate is, and about how many replications a better one takes.
pub(super) fn precise(r: &Reached, level: f64) -> String {
    let Some(mean) = r.mean else {
        return format!("{}: never defined", r.title());
    };
    let is_size = matches!(r.wanted, Some(Width::Absolute { .. }));
    // A half-width of fractions is one of points.
    let kind = Kind::of_difference(&r.unit);
    let size = |x: f64| value(x, kind);
    let width = |w: &Width| match w.share() {
        Some(share) => per_cent(share),
        None => w.size(&r.unit).map_or_else(|| w.to_string(), size),
    };
    let (mean, whole) = match &r.less {
        Some(less) => (size(mean), format!("{less}'s mean")),
        None => (value(mean, Kind::of_unit(&r.unit)), "it".into()),
    };
    let mut text = format!("{}: {mean}", r.title());
    text += &match (r.relative, r.half_width) {
        (Some(share), _) if !is_size && !r.around_zero => {
            format!(" ± {} of {whole}", per_cent(share))
        }
        (_, Some(half)) => format!(" ± {}", size(half)),
        _ => String::new(),
    };
    let (level, n) = (per_cent(level), r.replications);
    text += &format!(" at {level} after {n} replications");
    let of_zero = r.around_zero && !is_size;
    if let (Some(wanted), Some(met)) = (&r.wanted, r.met) {
        let word = if met { "reached" } else { "not reached" };
        text += &format!("; ± {} {word}", width(wanted));
        if of_zero && !met {
            let example = match kind {
                Kind::Seconds => "1s".to_owned(),
                Kind::Fraction | Kind::Points => "1pt".to_owned(),
                Kind::Plain => format!("'1 {}'", r.unit),
            };
            text += &format!(
                ": {whole} may be 0, and of that no share is reached however many there are; ask for a size, such as --precision {example}"
            );
        }
    }
    let takes = |(w, n): &(Width, Option<u64>)| {
        Some(format!("± {} takes about {}", width(w), count((*n)?)))
    };
    let known = r.advice.iter().filter(|_| !of_zero).filter_map(takes);
    text + &listed("; ", known, "")
}
