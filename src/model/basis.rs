//! What a number of required agents rests on.

use super::sizing::Asked;
use super::{GigSupply, Model, Take};
use crate::dist::Distribution;

/// What a number of required agents is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Exactness {
    /// The smallest number by a formula that is exact for constant rates.
    Exact,
    /// The smallest number by a formula that is approximate here; its error is stated.
    Approximate,
    /// A lower bound: it may take more.
    AtLeast,
    /// An upper bound: fewer may do.
    AtMost,
}

impl Exactness {
    /// In a word.
    pub fn word(self) -> &'static str {
        match self {
            Exactness::Exact => "exact",
            Exactness::Approximate => "approximate",
            Exactness::AtLeast => "at least",
            Exactness::AtMost => "at most",
        }
    }
}

/// Why a number is not exact: a set of reasons.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Basis(u16);

impl Basis {
    pub(super) const EXACT: Basis = Basis(0);
    const LEVELLED: Basis = Basis(1);
    const OFFERS: Basis = Basis(1 << 1);
    const CLASSES: Basis = Basis(1 << 2);
    const WORK: Basis = Basis(1 << 3);
    const MIXTURE: Basis = Basis(1 << 4);
    const PATIENCE: Basis = Basis(1 << 5);
    const CHATS: Basis = Basis(1 << 6);
    const QUEUE: Basis = Basis(1 << 7);
    const ORDER: Basis = Basis(1 << 8);

    /// The reasons in words, by bit.
    const WORDS: [&'static str; 9] = [
        "work that may wait is spread evenly over its time; chance is left out, so that it may take more",
        "members are taken to accept every offer at once; it may take more",
        "several priority classes, or work that may wait beside, have no formula with abandonment: nobody is taken to abandon, so that fewer may do",
        "work is not exponential: the formula takes its mean; the service level is off by less than 1 point up to a cv of 1.2",
        "contacts with different work contents share a queue: the formula takes their mean; the service level is off by about 1 point, by 3 where the contents differ twentyfold",
        "patience is not exponential, or differs between the topics of a queue: the formula takes the mean rate of leaving",
        "chats slow each other down: contacts are taken to be spread evenly over the agents; the service level is too high by up to 0.6 points, by 3 where the second one goes at half speed",
        "balking, callbacks and full queues are left out",
        "the longest relative wait is taken as first come first served, long targets behind short ones",
    ];

    /// The reasons of both.
    pub(super) fn with(self, other: Basis) -> Basis {
        Basis(self.0 | other.0)
    }

    fn has(self, other: Basis) -> bool {
        self.0 & other.0 != 0
    }

    fn when(self, is: bool) -> Basis {
        if is { self } else { Self::EXACT }
    }

    /// The reasons in words.
    pub(super) fn reasons(self) -> Vec<&'static str> {
        let words = Self::WORDS.iter().enumerate();
        let given = words.filter(|(bit, _)| self.has(Basis(1 << bit)));
        given.map(|(_, words)| *words).collect()
    }

    /// What a number for these reasons is.
    pub(super) fn exactness(self) -> Exactness {
        let low = self.has(Self::LEVELLED.with(Self::OFFERS));
        match (low, self.has(Self::CLASSES)) {
            (true, false) => Exactness::AtLeast,
            (false, true) => Exactness::AtMost,
            (false, false) if self == Self::EXACT => Exactness::Exact,
            _ => Exactness::Approximate,
        }
    }

    /// Of what comes to a pool in an interval, its contacts that do not wait being of these topics.
    pub(super) fn of(
        model: &Model,
        pool: usize,
        asked: &Asked,
        topics: impl Iterator<Item = usize>,
    ) -> Basis {
        let pool = &model.pools[pool];
        let offers = pool.register().is_some_and(GigSupply::makes_offers);
        let mut out = Self::LEVELLED
            .when(asked.levelled > 0.0)
            .with(Self::OFFERS.when(offers));
        let Some(first) = asked.streams.first() else {
            return out;
        };
        let streams = &asked.streams;
        let differs = |of: &dyn Fn(usize) -> f64| {
            (1..streams.len()).any(|i| (of(i) - of(0)).abs() > 1e-9 * of(0).abs())
        };
        let several = streams.iter().any(|s| s.class != first.class);
        let leaves = streams.iter().any(|s| s.patience.is_some());
        let patience = |i: usize| streams[i].patience.map_or(0.0, |p| 1.0 / p);
        let plain = pool.speed.iter().all(|&s| s == 1.0);
        let by_wait = matches!(pool.take, Take::LongestRelativeWait | Take::WeightedWait);
        let mut heads = model.topics.windows(2);
        let ahead = heads.any(|pair| pair[0].head_start != pair[1].head_start);
        let relative = (by_wait || ahead) && streams.len() > 1;
        out = out
            .with(Self::CLASSES.when(leaves && (several || asked.levelled > 0.0)))
            .with(Self::MIXTURE.when(differs(&|i| streams[i].seconds)))
            .with(Self::PATIENCE.when(differs(&patience)))
            .with(Self::CHATS.when(!plain))
            .with(Self::ORDER.when(relative))
            .with(Self::WORK.when(pool.agent_cv > 0.0));
        let exponential =
            |d: &Option<Distribution>| matches!(d, None | Some(Distribution::Exponential { .. }));
        for k in topics {
            let topic = &model.topics[k];
            let work = exponential(&topic.work)
                && topic.after_contact.is_none()
                && topic.difficulty.work == 0.0;
            // Contacts of one topic with different work: those from the assistant and the others.
            let alike = topic.handover_factor == 1.0;
            let queue = topic.balk > 0.0 || topic.callback.is_some() || topic.queue_limit.is_some();
            out = out
                .with(Self::WORK.when(!work))
                .with(Self::MIXTURE.when(!alike && topic.ai.is_some()))
                .with(Self::PATIENCE.when(!exponential(&topic.patience)))
                .with(Self::QUEUE.when(queue));
        }
        out
    }
}
