//! How many contacts a case makes, and how many of them reach people: a chain of contacts without memory.

use super::{AiOutcome, Closed, Ending, HumanAccess, Model};

/// Contacts per case, and those of them with people.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Flow {
    pub(super) contacts: f64,
    pub(super) direct: f64,
    pub(super) via_ai: f64,
}

/// One contact: the chance to reach a person directly and through the assistant, and to come back.
#[derive(Clone, Copy, Debug, Default)]
struct Attempt {
    direct: f64,
    via_ai: f64,
    back: f64,
}

impl Attempt {
    fn of(model: &Model, k: usize, first: bool, open: bool) -> Self {
        let topic = &model.topics[k];
        let skip = if first { 0.0 } else { topic.insist.skip_ai };
        let (mut direct, mut via_ai) = (topic.entry_human + (1.0 - topic.entry_human) * skip, 0.0);
        let mut endings = [0.0; Ending::COUNT];
        if let Some(ai) = &topic.ai {
            let p = insisting(
                ai.outcomes,
                if first { 1.0 } else { topic.insist.ask_factor },
            );
            let here = 1.0 - direct;
            let [asks, hands] = [
                p[AiOutcome::AskHuman as usize],
                p[AiOutcome::HandOff as usize],
            ];
            // Attempts of the assistant, and the share of contacts that ask after the last one.
            let (mut attempts, mut asking) = (1.0, asks);
            if let HumanAccess::After(n) = topic.access {
                for _ in 0..n {
                    attempts += asking;
                    asking *= asks;
                }
            }
            let escalated = here * (attempts * hands + asking);
            match topic.access {
                HumanAccess::Never => endings[Ending::Trapped as usize] = escalated,
                _ => via_ai = escalated,
            }
            endings[Ending::AiResolved as usize] = here * attempts * p[AiOutcome::Resolve as usize];
            endings[Ending::AiMisresolved as usize] =
                here * attempts * p[AiOutcome::Misresolve as usize];
            endings[Ending::GaveUp as usize] = here * attempts * p[AiOutcome::GiveUp as usize];
        }
        let closed = topic.opening().filter(|_| !open).map(|(_, closed)| closed);
        if closed == Some(Closed::TurnAway) {
            endings[Ending::TurnedAway as usize] = direct + via_ai;
            (direct, via_ai) = (0.0, 0.0);
        }
        let solved = resolved_by_people(model, k);
        endings[Ending::HumanResolved as usize] = (direct + via_ai) * solved;
        endings[Ending::HumanUnresolved as usize] = (direct + via_ai) * (1.0 - solved);
        let back = endings
            .iter()
            .zip(&topic.returns)
            .map(|(e, r)| e * r.as_ref().map_or(0.0, |r| r.probability))
            .sum();
        Self {
            direct,
            via_ai,
            back,
        }
    }
}

impl Flow {
    /// Of a topic, while its people are open or closed.
    pub(super) fn of(model: &Model, k: usize, open: bool) -> Self {
        let (first, later) = (
            Attempt::of(model, k, true, open),
            Attempt::of(model, k, false, open),
        );
        let mut repeats = 0.0;
        let mut chance = first.back;
        for _ in 1..model.max_contacts {
            repeats += chance;
            chance *= later.back;
        }
        Self {
            contacts: 1.0 + repeats,
            direct: first.direct + repeats * later.direct,
            via_ai: first.via_ai + repeats * later.via_ai,
        }
    }
}

/// The outcomes of the assistant for a customer who asks more often: the others shrink in proportion.
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

fn resolved_by_people(model: &Model, k: usize) -> f64 {
    let first = model.queues[k].route.first().map_or(&[][..], |s| &s.pools);
    let all: Vec<f64> = first
        .iter()
        .map(|p| model.pools[p.pool].outcomes[k].resolve)
        .collect();
    if all.is_empty() {
        0.0
    } else {
        all.iter().sum::<f64>() / all.len() as f64
    }
}
