//! How an experiment is done, apart from what the operation is.

/// The plan of an experiment.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Plan {
    /// Seed of every draw.
    pub seed: u64,
    /// Number of independent replications.
    pub replications: u32,
    /// Level of the confidence intervals, e.g. 0.95.
    pub confidence: f64,
}

impl Default for Plan {
    fn default() -> Self {
        Self {
            seed: 1,
            replications: 10,
            confidence: 0.95,
        }
    }
}
