//! The model made ready for simulation: samplers, thresholds and masks, shared by all replications.

pub(crate) mod chance;
pub(crate) mod frame;
pub(crate) mod gig;
pub(crate) mod pay;
pub(crate) mod pool;
pub(crate) mod queue;
pub(crate) mod satisfaction;
mod single_file;
mod spread;
pub(crate) mod topic;
pub(crate) mod work;

use crate::dist::Sampler;
use crate::model::Model;
use crate::slots::Slots;
use chance::Common;
pub use frame::Cache;
use frame::Frame;
use gig::GigLaw;
use pool::{PoolLaw, pool_law};
use queue::{QueueLaw, queue_law};
use satisfaction::{SatisfactionLaw, satisfaction_laws};
use single_file::is_single_file;
use spread::Spread;
use std::ops::Range;
use std::sync::Arc;
use topic::{TopicLaw, topic_law};

/// A model ready for simulation.
pub struct Laws<'m> {
    pub(crate) model: &'m Model,
    pub(crate) common: Common,
    pub(crate) topics: Slots<TopicLaw>,
    pub(crate) queues: Slots<QueueLaw>,
    pub(crate) pools: Slots<PoolLaw>,
    /// By topic, where satisfaction is followed.
    pub(crate) satisfaction: Option<Vec<SatisfactionLaw>>,
    /// Whether it is, or some pool pays by what it answers.
    pub(crate) notes_answers: bool,
    /// Contacts that a case has at most.
    pub(crate) max_contacts: u16,
    /// Time between random outages, and how long they last.
    pub(crate) outages: Option<(Sampler, Sampler)>,
    /// The time of the run, which all epochs share.
    pub(crate) frame: Arc<Frame>,
    /// As [`Model::people_required`] has them in this epoch.
    pub(crate) required: Vec<Vec<f64>>,
    /// Replications among which draws that all customers share are spread evenly.
    pub(crate) spread: Option<Spread>,
    /// All contacts are served by one pool in the order in which they come, and none leads to another: see `play::lane`.
    pub(crate) is_single_file: bool,
    /// The laws of the later epochs.
    pub(crate) later: Vec<Laws<'m>>,
}

impl<'m> Laws<'m> {
    /// Prepares a model; about a millisecond per distinct distribution.
    ///
    /// # Errors
    /// What [`Model::problems`] finds.
    pub fn new(model: &'m Model) -> Result<Self, Vec<String>> {
        Self::with(model, &mut Cache::default())
    }

    /// The same with the tables of models that were prepared before.
    ///
    /// # Errors
    /// What [`Model::problems`] finds.
    pub fn with(model: &'m Model, cache: &mut Cache) -> Result<Self, Vec<String>> {
        let problems = model.problems();
        if !problems.is_empty() {
            return Err(problems);
        }
        cache.trim();
        let frame = Arc::new(Frame::new(model));
        let queues_of = |m: &Model| -> Slots<QueueLaw> {
            (0..m.queues.len()).map(|q| queue_law(m, q)).collect()
        };
        let mut queues: Vec<Slots<QueueLaw>> = model.epochs().map(queues_of).collect();
        // What must be kept up for one epoch is kept up in all, so that nothing is missing when it comes.
        for q in 0..model.queues.len() {
            let exact = queues.iter().any(|e| e[q].exact_patience);
            let offers = queues.iter().any(|e| e[q].has_offers);
            let callbacks = queues.iter().any(|e| e[q].has_callbacks);
            for law in queues.iter_mut().map(|epoch| &mut epoch[q]) {
                (law.exact_patience, law.has_offers) = (exact, offers);
                law.has_callbacks = callbacks;
            }
        }
        let epochs = model.epochs().zip(queues);
        let mut epochs: Vec<Self> = epochs
            .map(|(m, queues)| Self::of(m, queues, &frame, cache))
            .collect();
        for (laws, required) in epochs.iter_mut().zip(model.people_required()) {
            laws.required = required;
            for (p, law) in laws.pools.iter_mut().enumerate() {
                law.ready_for(model, p);
            }
        }
        let later = epochs.split_off(1);
        let mut laws = Self {
            later,
            ..epochs.swap_remove(0)
        };
        laws.is_single_file = is_single_file(&laws);
        Ok(laws)
    }

    /// The same where the busyness of each day and interval is spread evenly among some replications of a seed (a Latin hypercube: McKay, Beckman and
    /// Conover 1979). Each replication is what it would be by itself, in distribution; their mean varies much less. To be simulated with just this seed
    /// and these replications.
    #[must_use]
    pub fn spread(mut self, seed: u64, replications: Range<u64>) -> Self {
        let spread = Some(Spread { seed, replications });
        for later in &mut self.later {
            later.spread.clone_from(&spread);
        }
        Self { spread, ..self }
    }

    /// The laws of one epoch.
    fn of(
        model: &'m Model,
        queues: Slots<QueueLaw>,
        frame: &Arc<Frame>,
        cache: &mut Cache,
    ) -> Self {
        let topics = (0..model.topics.len())
            .map(|k| topic_law(model, k, cache))
            .collect();
        let pools: Slots<PoolLaw> = (0..model.pools.len())
            .map(|p| pool_law(model, &queues, p, cache))
            .collect();
        let outages = model.assistant.random_outages.as_ref();
        let outages =
            outages.map(|(between, repair)| (cache.micros(between), cache.micros(repair)));
        Self {
            model,
            common: cache.common.clone(),
            topics,
            queues,
            notes_answers: model.has_satisfaction() || pools.iter().any(|p| p.pays_contacts),
            pools,
            satisfaction: satisfaction_laws(model),
            max_contacts: model.max_contacts,
            outages,
            frame: Arc::clone(frame),
            required: Vec::new(),
            spread: None,
            is_single_file: false,
            later: Vec::new(),
        }
    }

    /// The laws of all epochs in order, these first.
    pub(crate) fn epochs(&self) -> impl Iterator<Item = &Laws<'m>> {
        std::iter::once(self).chain(&self.later)
    }

    /// The laws of an epoch.
    pub(crate) fn epoch(&self, index: usize) -> &Laws<'m> {
        let later = index.checked_sub(1).and_then(|i| self.later.get(i));
        later.unwrap_or(self)
    }

    /// The law of pool `p` as a register, if it is one.
    pub(crate) fn gig(&self, p: usize) -> Option<&GigLaw> {
        self.pools[p].gig.as_ref()
    }

    /// The model these laws came from.
    pub fn model(&self) -> &'m Model {
        self.model
    }
}
