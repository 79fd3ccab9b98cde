//! When the assistant is down: outages with dates, and random ones.

use crate::engine::keys::kind;
use crate::engine::{Context, Sink};
use crate::random::purpose;
use crate::time::Micros;

/// Outages as spans of time, in order and apart from each other.
pub(super) struct Outages(pub(super) Vec<(Micros, Micros)>);

impl Outages {
    /// Draws the outages of this replication.
    pub(super) fn new(cx: &Context<'_, impl Sink>) -> Self {
        let mut spans = Vec::new();
        // Failures go on from epoch to epoch as long as their law is the same.
        let mut failing: Option<(usize, Micros)> = None;
        for (e, start, end) in cx.first.model.epoch_spans() {
            let assistant = &cx.first.epoch(e).model.assistant;
            let dated = assistant.outages.iter().copied();
            spans.extend(dated.filter(|o| (start..end).contains(&o.0)));
            let goes_on = failing.is_some_and(|(f, _)| {
                let before = &cx.first.epoch(f).model.assistant;
                before.random_outages == assistant.random_outages
            });
            if !goes_on {
                fail_at_random(cx, failing, start, &mut spans);
                failing = Some((e, start));
            }
        }
        fail_at_random(cx, failing, cx.horizon, &mut spans);
        spans.sort_unstable();
        let mut apart: Vec<(Micros, Micros)> = Vec::new();
        for (from, to) in spans {
            match apart.last_mut() {
                Some(last) if from <= last.1 => last.1 = last.1.max(to),
                _ => apart.push((from, to)),
            }
        }
        Self(apart)
    }

    /// The end of the outage that covers `at`, if there is one.
    #[inline]
    pub(super) fn down_until(&self, at: Micros) -> Option<Micros> {
        let next = self.0.partition_point(|o| o.0 <= at);
        let (_, end) = *self.0.get(next.checked_sub(1)?)?;
        (end > at).then_some(end)
    }
}

/// Adds the random outages that begin before `end`, by the law of an epoch that holds from a moment on.
fn fail_at_random(
    cx: &Context<'_, impl Sink>,
    law: Option<(usize, Micros)>,
    end: Micros,
    outages: &mut Vec<(Micros, Micros)>,
) {
    let Some((epoch, start)) = law else { return };
    let Some((between, repair)) = &cx.first.epoch(epoch).outages else {
        return;
    };
    let key = cx.root.child(kind::ASSISTANT);
    let first = (epoch as u64) << 32;
    let (mut t, mut n) = (start as f64, 0);
    // A law of zero length would never reach the end.
    while t < end as f64 && n < 1_000_000 {
        let failure = key.child(first + n);
        let from = t + between.sample(failure.bits(purpose::FAILURE));
        let to = from + repair.sample(failure.bits(purpose::REPAIR));
        if from >= end as f64 {
            break;
        }
        outages.push((from as Micros, to as Micros));
        t = to;
        n += 1;
    }
}
