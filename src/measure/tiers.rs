//! Talks of members of registers by tier.

use crate::model::{Model, Pool};

/// Counts, by pool and tier, by rank or by segment, the talks of its members that are over, and of these those resolved.
pub(super) struct Tiers {
    pub(super) talks: Vec<Vec<[u64; 2]>>,
    /// See [`Model::segment_tiers`].
    segments: Vec<Vec<(usize, u8)>>,
}

impl Tiers {
    pub(super) fn new(model: &Model) -> Self {
        let segments: Vec<_> = (0..model.pools.len())
            .map(|p| model.segment_tiers(p))
            .collect();
        let tiers = |(pool, of_segments): (&Pool, &Vec<_>)| {
            vec![[0; 2]; pool.ranked_tiers() + of_segments.len()]
        };
        Self {
            talks: model.pools.iter().zip(&segments).map(tiers).collect(),
            segments,
        }
    }

    /// The talk of a member of a segment and a tier is over.
    pub(super) fn record(&mut self, pool: usize, of: (usize, u8), resolved: bool) {
        let segments = &self.segments[pool];
        let place = if segments.is_empty() {
            Some(usize::from(of.1.max(1)) - 1)
        } else {
            segments.iter().position(|tier| *tier == of)
        };
        if let Some(talks) = place.and_then(|i| self.talks[pool].get_mut(i)) {
            *talks = [talks[0] + 1, talks[1] + u64::from(resolved)];
        }
    }
}
