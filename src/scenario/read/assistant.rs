//! The section `[ai]`, and what a topic says of the assistant.

use super::markets;
use crate::dist::Distribution;
use crate::model::{AiOutcome, AiPrice, AiTopic, Assistant, HumanAccess, Overflow};
use crate::scenario::text::{FromItem, Item, Names, Value, did_you_mean};
use crate::scenario::values::{Frame, has_key_of};

/// The section `[ai]` as it is written.
#[derive(Clone, Debug)]
pub(super) struct Section {
    pub(super) assistant: Assistant,
    pub(super) access: HumanAccess,
    pub(super) handover_factor: f64,
    pub(super) price: Option<AiPrice>,
    /// Factor per month on what is not resolved, for topics without one of their own.
    pub(super) improvement: f64,
    /// Indices of the languages it speaks; `None`: all.
    pub(super) languages: Option<Vec<usize>>,
}

impl Section {
    pub(super) fn read(item: &Item<'_>, frame: &Frame, languages: &Names) -> Option<Self> {
        item.table(|c| {
            Some(Self {
                access: c.read("human_access", HumanAccess::Always, |i| access(i, frame)),
                handover_factor: c.get("handover_factor"),
                price: c.opt("price"),
                improvement: c.get("improvement_per_month"),
                languages: c.read_opt("languages", |i| markets::spoken(i, languages)),
                assistant: Assistant {
                    capacity: c.opt("capacity"),
                    overflow: c.get_by("overflow", Item::variant),
                    outages: c.read("outages", Vec::new(), |i| outages(i, frame)),
                    random_outages: c.read_opt("random_outages", random_outages),
                },
            })
        })
    }

    /// Whether the assistant can be full or out of order, so that `overflow` matters.
    pub(super) fn can_overflow_to_people(&self) -> bool {
        let a = &self.assistant;
        a.overflow == Overflow::Human
            && (a.capacity.is_some() || !a.outages.is_empty() || a.random_outages.is_some())
    }
}

fn outages(item: &Item<'_>, frame: &Frame) -> Option<Vec<(u64, u64)>> {
    let (mut out, _) = item.tables(|c, entry, before: &[(u64, u64)]| {
        let (from, to) = frame.period(c)?;
        if before.iter().any(|&(f, t)| from < t && f < to) {
            let what = "outages that do not overlap, found one that overlaps an earlier one";
            entry.problem(format!("expected {what}"));
        }
        Some((from, to))
    })?;
    out.sort_unstable();
    Some(out)
}

fn random_outages(item: &Item<'_>) -> Option<(Distribution, Distribution)> {
    item.table(|c| {
        let between = c.read_needed("time_between", |i| {
            // Failures without end at one moment would stop the clock.
            let what = "a distribution with a mean of at least 1 s";
            i.if_fit(what, |d: &Distribution| d.mean() >= 1.0)
        });
        between.zip(c.need("repair"))
    })
}

/// Whether, and how soon, a person can be reached.
pub(super) fn access(item: &Item<'_>, frame: &Frame) -> Option<HumanAccess> {
    match &item.node.value {
        Value::String(s) if s == "always" => return Some(HumanAccess::Always),
        Value::String(s) if s == "never" => return Some(HumanAccess::Never),
        Value::String(s) => {
            let form = &item.reader.declared.table("human_access").form;
            return item.expected_help(form, did_you_mean(s, ["always", "never"]));
        }
        _ => {}
    }
    item.table(|c| {
        if let Some(after) = c.take("after") {
            c.forbid_all(["hours", "closed"], "cannot stand beside `after`");
            return u8::from_item(&after).map(HumanAccess::After);
        }
        let hours = c.read_needed("hours", Item::hours);
        let closed = c.get_by("closed", Item::variant);
        let open = frame.open(&hours?);
        Some(HumanAccess::Hours { open, closed })
    })
}

/// What the assistant does on a topic.
pub(super) fn outcomes(item: &Item<'_>, section: &Section) -> Option<AiTopic> {
    item.table(|c| {
        // An outcome that was refused may occur.
        let mut outcomes: [f64; AiOutcome::COUNT] = AiOutcome::KEYS.map(|key| match c.has(key) {
            true => c.opt(key).unwrap_or(f64::NAN),
            false => c.get(key),
        });
        let handle_time = c.read_needed("handle_time", |i| handle_times(i, &outcomes));
        let improvement = c.get_or("improvement_per_month", Some(section.improvement));
        let sum: f64 = outcomes.iter().sum();
        let what = format!("outcomes ({})", AiOutcome::KEYS.join(", "));
        if sum.is_nan() || !item.sums_to_one(sum, 1e6, &what) {
            return None;
        }
        outcomes.iter_mut().for_each(|p| *p /= sum);
        Some(AiTopic {
            outcomes,
            handle_time: handle_time?,
            improvement,
        })
    })
}

/// Handle times by outcome: one distribution for all, or a table with a `default`. A probability of an outcome that was refused is NaN.
fn handle_times(
    item: &Item<'_>,
    outcomes: &[f64; AiOutcome::COUNT],
) -> Option<[Distribution; AiOutcome::COUNT]> {
    if !has_key_of(item, "handle_times") || has_key_of(item, "distribution") {
        let d = Distribution::from_item(item)?;
        return Some(std::array::from_fn(|_| d.clone()));
    }
    let mut c = item.cursor_of(item.reader.declared.table("handle_times"))?;
    let default = c.take("default").map(|i| Distribution::from_item(&i));
    let mut times = Vec::new();
    for (key, &p) in AiOutcome::KEYS.iter().zip(outcomes) {
        let own = c.take(key).map(|i| Distribution::from_item(&i));
        times.push(match own.or_else(|| default.clone()) {
            Some(time) => time,
            // An outcome that never occurs takes no time.
            None if p == 0.0 => Some(Distribution::Deterministic(0.0)),
            None if p.is_nan() => None,
            None => {
                c.missing(key, "a distribution, here or under `default`");
                None
            }
        });
    }
    c.finish();
    let times: Option<Vec<Distribution>> = times.into_iter().collect();
    times?.try_into().ok()
}
