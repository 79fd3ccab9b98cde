//! What changes on a date: the operation as it is from then on.

use super::{LogOn, Model, Pool, Supply, Topic};
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
            out.extend(change.model.problems());
        }
        out
    }

    /// What of the frame of a run is another in `later`, if anything.
    pub fn made_of_something_else(&self, later: &Model) -> Option<&'static str> {
        let same_time = (self.horizon, self.warmup, self.interval, self.fcr_window)
            == (
                later.horizon,
                later.warmup,
                later.interval,
                later.fcr_window,
            )
            && self.productive == later.productive
            && self.prices.currency == later.prices.currency
            && self.prices.discount == later.prices.discount;
        let names = |m: &Model| -> Vec<String> {
            let topics = m.topics.iter().map(|t| t.name.clone());
            let pools = m.pools.iter().map(|p| p.name.clone());
            let groups = m.groups.iter().map(|g| g.name.clone());
            topics.chain(pools).chain(groups).collect()
        };
        let targets = |m: &Model| -> Vec<_> {
            m.topics
                .iter()
                .map(|t| (t.target, t.short_abandon))
                .collect()
        };
        let register = |m: &Model| -> Vec<_> {
            let kind = |s: &Supply| match s {
                Supply::Staffed(_) => 0,
                Supply::Rostered(_) => 3,
                Supply::Gig(g) if g.log_on != LogOn::Open => 1,
                Supply::Gig(_) => 2,
            };
            m.pools.iter().map(|p| (p.kind, kind(&p.supply))).collect()
        };
        let makeup = |m: &Model| -> Vec<_> {
            let of = |p: &Pool| p.register().map(|g| g.makeup(p.price.as_ref()));
            m.pools.iter().map(of).collect()
        };
        let shifts = |m: &Model| -> Vec<_> {
            let of = |p: &Pool| p.roster().map(|r| r.templates.clone());
            m.pools.iter().map(of).collect()
        };
        let adherence =
            |m: &Model| -> Vec<_> { m.pools.iter().map(|p| p.adherence().is_some()).collect() };
        let queues = |m: &Model| -> Vec<_> { m.queues.iter().map(|q| q.topic).collect() };
        let people = |m: &Model| -> Vec<_> { m.groups.iter().map(|g| g.headcount).collect() };
        let customers = |m: &Model| -> Vec<_> {
            let worth = |t: &Topic| t.satisfaction.map(|s| (s.customer_value, s.churn_baseline));
            m.topics.iter().map(worth).collect()
        };
        let lengths = |m: &Model| (m.topics.len(), m.pools.len(), m.groups.len());
        [
            (!same_time, "the frame of the run"),
            (
                self.markets != later.markets,
                "the markets there are, their topics, time zones or languages",
            ),
            (
                lengths(self) != lengths(later) || names(self) != names(later),
                "the topics, pools or groups there are",
            ),
            (targets(self) != targets(later), "a target"),
            (register(self) != register(later), "the kind of a pool"),
            (
                makeup(self) != makeup(later),
                "who is in a register and by what it is moved",
            ),
            (shifts(self) != shifts(later), "the shifts there are"),
            (
                adherence(self) != adherence(later),
                "which pools have `adherence`",
            ),
            (
                queues(self) != queues(later),
                "the queues of transferred contacts",
            ),
            (people(self) != people(later), "the headcount at the start"),
            (
                customers(self) != customers(later),
                "what a customer is worth",
            ),
            (!later.timeline.is_empty(), "the timeline"),
        ]
        .into_iter()
        .find_map(|(is, what)| is.then_some(what))
    }
}
