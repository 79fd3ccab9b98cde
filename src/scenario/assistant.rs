//! The section `[ai]`, and what a topic says of the assistant.

use super::cursor::{Item, Names};
use super::dists::KINDS;
use super::frame::Frame;
use super::markets;
use super::prices;
use super::tree::Value;
use crate::dist::Distribution;
use crate::model::{AiOutcome, AiPrice, AiTopic, Assistant, Closed, HumanAccess, Overflow};

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

impl Default for Section {
    fn default() -> Self {
        Self {
            assistant: Assistant::default(),
            access: HumanAccess::Always,
            handover_factor: 1.0,
            price: None,
            improvement: 1.0,
            languages: None,
        }
    }
}

impl Section {
    pub(super) fn read(item: &Item<'_>, frame: &Frame, languages: &Names) -> Option<Self> {
        let mut c = item.cursor("a table")?;
        let overflow = [
            ("human", Overflow::Human),
            ("wait", Overflow::Wait),
            ("turn_away", Overflow::TurnAway),
        ];
        let section = Self {
            access: c.read("human_access", HumanAccess::Always, |i| access(i, frame)),
            handover_factor: c.read("handover_factor", 1.0, Item::factor),
            price: c.read_opt("price", prices::ai),
            improvement: c.read("improvement_per_month", 1.0, improvement),
            languages: c.read_opt("languages", |i| markets::spoken(i, languages)),
            assistant: Assistant {
                capacity: c.read_opt("capacity", |i| i.integer(1, 10_000_000).map(|n| n as u32)),
                overflow: c.read("overflow", Overflow::Human, |i| i.one_of(&overflow)),
                outages: c.read("outages", Vec::new(), |i| outages(i, frame)),
                random_outages: c.read_opt("random_outages", random_outages),
            },
        };
        c.finish();
        Some(section)
    }

    /// Whether the assistant can be full or out of order, so that `overflow` matters.
    pub(super) fn can_overflow_to_people(&self) -> bool {
        let a = &self.assistant;
        a.overflow == Overflow::Human
            && (a.capacity.is_some() || !a.outages.is_empty() || a.random_outages.is_some())
    }
}

fn outages(item: &Item<'_>, frame: &Frame) -> Option<Vec<(u64, u64)>> {
    let mut out = Vec::new();
    for entry in item.list("a list of { from = ..., to = ... }", 10_000)? {
        let Some(mut c) = entry.cursor("a table with from and to") else {
            continue;
        };
        if let Some((from, to)) = frame.period(&mut c) {
            if out.iter().any(|&(f, t)| from < t && f < to) {
                entry.problem(
                    "expected outages that do not overlap, found one that overlaps an earlier one",
                    None,
                );
            }
            out.push((from, to));
        }
        c.finish();
    }
    out.sort_unstable();
    Some(out)
}

fn random_outages(item: &Item<'_>) -> Option<(Distribution, Distribution)> {
    let mut c = item.cursor("a table with time_between and repair")?;
    let between = c
        .require(
            "time_between",
            "a distribution of the time between failures",
        )
        .and_then(|i| {
            let d = i.distribution()?;
            // Failures without end at one moment would stop the clock.
            if d.mean() >= 1.0 {
                Some(d)
            } else {
                i.expected("a distribution with a mean of at least 1 s")
            }
        });
    let repair = c
        .require("repair", "a distribution of the time to repair")
        .and_then(|i| i.distribution());
    c.finish();
    between.zip(repair)
}

/// What happens outside opening hours.
pub(super) const CLOSED: [(&str, Closed); 3] = [
    ("queue", Closed::Queue),
    ("turn_away", Closed::TurnAway),
    ("callback", Closed::Callback),
];

/// Whether, and how soon, a person can be reached.
pub(super) fn access(item: &Item<'_>, frame: &Frame) -> Option<HumanAccess> {
    let what = "\"always\", \"never\", { after = n } or { hours = [...], closed = \"queue\", \"turn_away\" or \"callback\" }";
    match &item.node.value {
        Value::Table(_) => {}
        Value::String(s) if s == "always" => return Some(HumanAccess::Always),
        Value::String(s) if s == "never" => return Some(HumanAccess::Never),
        Value::String(s) => {
            let help = super::problem::did_you_mean(s, ["always", "never"]);
            return item.expected_help(what, help);
        }
        _ => return item.expected(what),
    }
    let mut c = item.cursor(what)?;
    let access = if c.has("after") {
        for key in ["hours", "closed"] {
            c.forbid(key, "cannot stand beside `after`", None);
        }
        c.read_opt("after", |i| {
            i.integer(0, 20).map(|n| HumanAccess::After(n as u8))
        })
    } else {
        let hours = c
            .require("hours", "opening hours, or `after`")
            .and_then(|i| i.hours());
        let closed = c.read("closed", Closed::Queue, |i| i.one_of(&CLOSED));
        hours.map(|h| HumanAccess::Hours {
            open: frame.open(&h),
            closed,
        })
    };
    c.take("after");
    c.finish();
    access
}

fn improvement(item: &Item<'_>) -> Option<f64> {
    item.number_in("a factor per month between 0.5 and 2", |x| {
        (0.5..=2.0).contains(&x)
    })
}

/// What the assistant does on a topic.
pub(super) fn outcomes(item: &Item<'_>, section: &Section) -> Option<AiTopic> {
    let mut c = item.cursor("a table with outcome probabilities and handle_time")?;
    let read = AiOutcome::KEYS.map(|key| c.read(key, Some(0.0), |i| Some(i.probability())));
    let handle_time = c
        .require(
            "handle_time",
            "a distribution, or a table of them by outcome",
        )
        .and_then(|i| handle_times(&i, &read.map(Option::unwrap_or_default)));
    let own = c.read_opt("improvement_per_month", improvement);
    c.finish();
    if read.iter().any(Option::is_none) {
        return None;
    }
    let mut outcomes = read.map(Option::unwrap_or_default);
    let sum: f64 = outcomes.iter().sum();
    if (sum - 1.0).abs() > 1e-6 {
        let shown = (sum * 1e6).round() / 1e6;
        item.problem(
            format!(
                "expected outcomes ({}) that sum to 1, found a sum of {shown}",
                AiOutcome::KEYS.join(", ")
            ),
            None,
        );
        return None;
    }
    outcomes.iter_mut().for_each(|p| *p /= sum);
    Some(AiTopic {
        outcomes,
        handle_time: handle_time?,
        improvement: own.unwrap_or(section.improvement),
    })
}

/// Handle times by outcome: one distribution for all, or a table with a `default`.
fn handle_times(
    item: &Item<'_>,
    outcomes: &[f64; AiOutcome::COUNT],
) -> Option<[Distribution; AiOutcome::COUNT]> {
    let by_outcome = item.node.table().is_some_and(|t| {
        t.entries
            .iter()
            .any(|e| e.key == "default" || AiOutcome::KEYS.contains(&e.key.as_str()))
            && !t.entries.iter().any(|e| KINDS.contains(&e.key.as_str()))
    });
    if !by_outcome {
        let d = item.distribution()?;
        return Some(std::array::from_fn(|_| d.clone()));
    }
    let mut c = item.cursor("a table by outcome")?;
    let default = c.take("default").map(|i| i.distribution());
    let own = AiOutcome::KEYS.map(|key| c.take(key).map(|i| i.distribution()));
    let mut sound = true;
    let times: [Option<Distribution>; AiOutcome::COUNT] =
        std::array::from_fn(|i| match (&own[i], &default) {
            (Some(d), _) | (None, Some(d)) => d.clone(),
            // An outcome that never occurs takes no time.
            (None, None) if outcomes[i] == 0.0 => Some(Distribution::Deterministic(0.0)),
            (None, None) => {
                let path = super::cursor::join(&c.path, AiOutcome::KEYS[i]);
                c.reader.problem(
                    c.span,
                    &path,
                    "missing; expected a distribution, here or under `default`".to_owned(),
                    None,
                );
                sound = false;
                None
            }
        });
    c.finish();
    let [a, b, d, e, f] = times;
    if sound {
        Some([a?, b?, d?, e?, f?])
    } else {
        None
    }
}
