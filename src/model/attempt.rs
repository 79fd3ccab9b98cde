//! One contact of a topic: how likely the assistant ends it and how, whether it comes to people, and what their answer leads to, by
//! the difficulty of the case.

use super::{AiOutcome, HumanAccess, HumanOutcome, Model, Topic};
use crate::dist::logistic::intercept;
use std::collections::BTreeMap;

/// Nodes and weights of the quadrature over difficulty: a Gauss-Hermite rule, exact for polynomials of degree 9.
pub(super) const NODES: [(f64, f64); 5] = [
    (-2.856_970_013_872_806, 0.011_257_411_327_720_7),
    (-1.355_626_179_974_266, 0.222_075_922_005_612_6),
    (0.0, 0.533_333_333_333_333_3),
    (1.355_626_179_974_266, 0.222_075_922_005_612_6),
    (2.856_970_013_872_806, 0.011_257_411_327_720_7),
];

/// A number for each difficulty.
pub(super) type ByNode = [f64; NODES.len()];

/// What becomes of a contact that meets the assistant, by difficulty.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Meeting {
    pub(super) resolved: ByNode,
    pub(super) misresolved: ByNode,
    pub(super) gave_up: ByNode,
    pub(super) trapped: ByNode,
    pub(super) escalated: ByNode,
}

/// A topic under one state of the timeline.
#[derive(Clone, Debug)]
pub(super) struct TopicLaw {
    /// Probability of going straight to people: of a first contact, of a later one.
    pub(super) direct: [f64; 2],
    /// Of a first contact, of a later one.
    pub(super) meeting: [Meeting; 2],
    /// Mean work content in seconds.
    pub(super) work: ByNode,
    /// Mean after-contact work in seconds.
    pub(super) after: f64,
    /// Share of the time in which the assistant is down at random.
    pub(super) down: f64,
}

/// An answer of a pool on a topic.
#[derive(Clone, Copy, Debug)]
pub(super) struct Answer {
    pub(super) resolved: ByNode,
    pub(super) transferred: ByNode,
}

/// A cache of the probabilities that depend on difficulty: their intercepts are costly to find, and most recur.
#[derive(Default)]
pub(super) struct Chances(BTreeMap<(u64, u64), ByNode>);

impl Chances {
    /// A probability that difficulty moves by `slope`, at each node; on average as given.
    fn by_node(&mut self, p: f64, slope: f64) -> ByNode {
        if slope == 0.0 || p <= 0.0 || p >= 1.0 {
            return [p; NODES.len()];
        }
        let at = |b: f64| NODES.map(|(z, _)| 1.0 / (1.0 + libm::exp(slope * z - b)));
        let found = self.0.entry((p.to_bits(), slope.to_bits()));
        *found.or_insert_with(|| at(intercept(p, slope)))
    }
}

impl TopicLaw {
    pub(super) fn new(model: &Model, k: usize, chances: &mut Chances) -> Self {
        let topic = &model.topics[k];
        let ai = topic.ai.as_ref();
        let mut meeting = |factor: f64| {
            ai.map_or_else(Meeting::default, |ai| {
                meeting(topic, insisting(ai.outcomes, factor), chances)
            })
        };
        let entry = if ai.is_some() { topic.entry_human } else { 1.0 };
        let mean = topic.work.as_ref().map_or(0.0, |d| d.mean());
        let w = topic.difficulty.work;
        let weight = NODES.map(|(z, _)| libm::exp(w * z));
        let all: f64 = NODES.iter().zip(weight).map(|(n, f)| n.1 * f).sum();
        let outages = model.assistant.random_outages.as_ref();
        Self {
            direct: [entry, entry + (1.0 - entry) * topic.insist.skip_ai],
            meeting: [meeting(1.0), meeting(topic.insist.ask_factor)],
            work: weight.map(|f| mean * f / all),
            after: topic.after_contact.as_ref().map_or(0.0, |d| d.mean()),
            down: outages.map_or(0.0, |(up, down)| {
                down.mean() / (up.mean() + down.mean()).max(f64::MIN_POSITIVE)
            }),
        }
    }
}

impl Answer {
    pub(super) fn new(outcome: &HumanOutcome, slope: f64, chances: &mut Chances) -> Self {
        let resolved = chances.by_node(outcome.resolve, slope);
        let rest = 1.0 - outcome.resolve;
        let passed = if rest > 0.0 {
            (outcome.transfer / rest).min(1.0)
        } else {
            0.0
        };
        Self {
            resolved,
            transferred: resolved.map(|p| (1.0 - p) * passed),
        }
    }
}

/// The outcome of a contact over all attempts of the assistant, given the mean outcomes of the first attempt.
fn meeting(topic: &Topic, outcomes: [f64; AiOutcome::COUNT], chances: &mut Chances) -> Meeting {
    let resolve = outcomes[AiOutcome::Resolve as usize];
    let easy = chances.by_node(resolve, topic.difficulty.ai);
    let rest = 1.0 - resolve;
    let mut out = Meeting::default();
    for (i, &solved) in easy.iter().enumerate() {
        let left = if rest > 0.0 {
            (1.0 - solved) / rest
        } else {
            0.0
        };
        let of = |outcome: AiOutcome| outcomes[outcome as usize] * left;
        let asks = of(AiOutcome::AskHuman);
        // Attempts, and the share of contacts that ask after the last one.
        let (mut attempts, mut asking) = (1.0, asks);
        if let HumanAccess::After(n) = topic.access {
            for _ in 0..n {
                attempts += asking;
                asking *= asks;
            }
        }
        out.resolved[i] = attempts * solved;
        out.misresolved[i] = attempts * of(AiOutcome::Misresolve);
        out.gave_up[i] = attempts * of(AiOutcome::GiveUp);
        let escalated = attempts * of(AiOutcome::HandOff) + asking;
        match topic.access {
            HumanAccess::Never => out.trapped[i] = escalated,
            _ => out.escalated[i] = escalated,
        }
    }
    out
}

/// The outcomes of the assistant for a customer who asks for a person more often; the other outcomes shrink in proportion.
fn insisting(mut p: [f64; AiOutcome::COUNT], factor: f64) -> [f64; AiOutcome::COUNT] {
    let asks = p[AiOutcome::AskHuman as usize];
    let more = (asks * factor).min(1.0);
    let shrink = if asks < 1.0 {
        (1.0 - more) / (1.0 - asks)
    } else {
        0.0
    };
    p.iter_mut().for_each(|x| *x *= shrink);
    p[AiOutcome::AskHuman as usize] = more;
    p
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nodes_have_the_moments_of_the_normal_law() {
        for (power, want) in [
            (0, 1.0),
            (1, 0.0),
            (2, 1.0),
            (4, 3.0),
            (6, 15.0),
            (8, 105.0),
        ] {
            let got: f64 = NODES
                .iter()
                .map(|(z, w)| w * libm::pow(*z, f64::from(power)))
                .sum();
            assert!((got - want).abs() < 1e-9, "{power}: {got}");
        }
        let p = Chances::default().by_node(0.3, 0.75);
        let mean: f64 = NODES.iter().zip(p).map(|(n, p)| n.1 * p).sum();
        assert!((mean - 0.3).abs() < 1e-3 && p[0] > p[4], "{p:?}");
    }
}
