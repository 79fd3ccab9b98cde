//! What changes on a date: the operation as it is from then on.

use super::{LogOn, Model, Pool, Topic};
use crate::time::Micros;

/// The operation from a moment on.
///
/// Every change holds the whole model as it is then, so that a change is nothing but another model. What the run is
/// made of stays: see [`Model::problems`].
#[derive(Clone, Debug)]
pub struct Change {
    /// When.
    pub at: Micros,
    /// Whether it was made on a date; if not, it is a monthly step of learning or drift.
    pub dated: bool,
    /// What it is about, in the words of the scenario.
    pub note: String,
    /// The model from then on; its own timeline is empty.
    pub model: Model,
}

impl Model {
    /// The model as it is at first, and then from each change on.
    pub fn epochs(&self) -> impl Iterator<Item = &Model> {
        std::iter::once(self).chain(self.timeline.iter().map(|c| &c.model))
    }

    /// The epochs by number with their begins and ends.
    pub fn epoch_spans(&self) -> impl Iterator<Item = (usize, Micros, Micros)> {
        let starts = self.timeline.iter().map(|c| c.at);
        let ends = starts.clone().chain([self.horizon]);
        let starts = std::iter::once(0).chain(starts);
        starts
            .zip(ends)
            .enumerate()
            .map(|(e, (start, end))| (e, start, end))
    }

    /// The epochs with their begins.
    pub(super) fn epochs_from(&self) -> Vec<(Micros, &Model)> {
        let begins = self.epoch_spans().map(|(_, from, _)| from);
        begins.zip(self.epochs()).collect()
    }

    /// The changes that were made on a date.
    pub fn dated_changes(&self) -> impl Iterator<Item = &Change> {
        self.timeline.iter().filter(|c| c.dated)
    }

    /// The model of an epoch: 0 is the first.
    pub fn epoch(&self, index: usize) -> &Model {
        match index.checked_sub(1).and_then(|i| self.timeline.get(i)) {
            Some(change) => &change.model,
            None => self,
        }
    }

    /// What is wrong with the timeline.
    pub(super) fn timeline_problems(&self) -> Vec<String> {
        let mut out = Vec::new();
        let mut before = 0;
        for (i, change) in self.timeline.iter().enumerate() {
            let n = i + 1;
            if change.at <= before || change.at >= self.horizon {
                out.push(format!(
                    "change {n} does not come after the one before it, within the horizon"
                ));
            }
            before = change.at;
            if let Some(what) = self.made_of_something_else(&change.model) {
                out.push(format!(
                    "change {n} changes {what}, which holds for the whole run"
                ));
            }
            out.extend(change.model.state_problems());
        }
        out
    }

    /// What of that which holds for the whole run is different in `later`, if anything.
    pub fn made_of_something_else(&self, later: &Model) -> Option<&'static str> {
        fn differ<T: PartialEq>(a: &Model, b: &Model, of: impl Fn(&Model) -> T) -> bool {
            of(a) != of(b)
        }
        fn each<I, T>(list: &[I], of: impl Fn(&I) -> T) -> Vec<T> {
            list.iter().map(of).collect()
        }
        let register = |p: &Pool| {
            let is_open = p.register().map(|g| g.log_on == LogOn::Open);
            (p.kind, p.has_shifts(), is_open)
        };
        let frame = |m: &Model| {
            let times = (m.horizon, m.warmup, m.interval, m.fcr_window);
            let money = (m.prices.currency.clone(), m.prices.discount);
            (times, m.productive, money)
        };
        let names = |m: &Model| {
            let topics = each(&m.topics, |t| t.name.clone());
            let pools = each(&m.pools, |p| p.name.clone());
            (topics, pools, each(&m.groups, |g| g.name.clone()))
        };
        let targets = |m: &Model| each(&m.topics, |t| (t.target, t.short_abandon));
        let kinds = |m: &Model| each(&m.pools, register);
        let makeup = |p: &Pool| p.register().map(|g| g.makeup(p.price.as_ref()));
        let makeups = |m: &Model| each(&m.pools, makeup);
        let shifts = |p: &Pool| p.roster().map(|r| r.templates.clone());
        let rosters = |m: &Model| each(&m.pools, shifts);
        let adherence = |m: &Model| each(&m.pools, |p| p.adherence().is_some());
        let transfers = |m: &Model| each(&m.queues, |q| q.topic);
        let headcounts = |m: &Model| each(&m.groups, |g| g.headcount);
        let worth = |t: &Topic| t.satisfaction.map(|s| (s.customer_value, s.churn_baseline));
        let worths = |m: &Model| each(&m.topics, worth);
        let course = |m: &Model| m.demand.busyness.course();
        let (a, b) = (self, later);
        let markets = "the markets there are, their topics, time zones or languages";
        let days = "the correlations of busyness, or by how much the level wanders";
        let register = "who is in a register and by what it is moved";
        [
            (differ(a, b, frame), "the frame of the run"),
            (a.markets != b.markets, markets),
            (differ(a, b, names), "the topics, pools or groups there are"),
            (differ(a, b, targets), "a target"),
            (differ(a, b, course), days),
            (differ(a, b, kinds), "the kind of a pool"),
            (differ(a, b, makeups), register),
            (differ(a, b, rosters), "the shifts there are"),
            (differ(a, b, adherence), "which pools have `adherence`"),
            (
                differ(a, b, transfers),
                "the queues of transferred contacts",
            ),
            (differ(a, b, headcounts), "the headcount at the start"),
            (differ(a, b, worths), "what a customer is worth"),
            (!b.timeline.is_empty(), "the timeline"),
        ]
        .into_iter()
        .find_map(|(is, what)| is.then_some(what))
    }
}
