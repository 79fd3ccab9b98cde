//! Durations with how often each was observed.

/// How often one duration was observed: to its end, and only as a lower bound.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tallied {
    /// The duration, in seconds (or whatever unit all of them share).
    pub value: f64,
    /// How many lasted exactly so long.
    pub exact: u64,
    /// How many lasted longer, it is not known how much (right-censored).
    pub censored: u64,
}

/// Why observations cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
pub enum TallyError {
    /// There is none.
    #[error("there is no observation")]
    Empty,
    /// A duration that is negative, infinite or no number.
    #[error("a duration of {0} s")]
    Value(f64),
    /// Durations that do not rise from one to the next.
    #[error("the durations are not sorted, or one stands there twice: {0} s")]
    Order(f64),
    /// More observations than can be counted.
    #[error("more observations than can be counted")]
    TooMany,
}

impl Tallied {
    /// Sorts and counts observations, each a duration and whether it was observed to its end. Those of no finite number stay, and are
    /// refused where they are used.
    pub fn of(observations: impl IntoIterator<Item = (f64, bool)>) -> Vec<Self> {
        let mut sorted: Vec<(f64, bool)> = observations.into_iter().collect();
        sorted.sort_by(|a, b| a.0.total_cmp(&b.0));
        let mut out: Vec<Self> = Vec::new();
        for (value, exact) in sorted {
            let (exact, censored) = (u64::from(exact), u64::from(!exact));
            match out.last_mut() {
                Some(last) if last.value == value => {
                    last.exact += exact;
                    last.censored += censored;
                }
                _ => out.push(Self {
                    value,
                    exact,
                    censored,
                }),
            }
        }
        out
    }

    /// Observed to its end or not.
    pub fn count(&self) -> u64 {
        self.exact.saturating_add(self.censored)
    }
}

/// Refuses durations that are negative, not finite or not in rising order, and lists without any observation.
///
/// # Errors
/// The first thing that is wrong.
pub(super) fn checked(tallied: &[Tallied]) -> Result<(), TallyError> {
    let mut before = -1.0;
    for t in tallied {
        if !(t.value.is_finite() && t.value >= 0.0) {
            return Err(TallyError::Value(t.value));
        }
        if t.value <= before {
            return Err(TallyError::Order(t.value));
        }
        before = t.value;
    }
    // Up to here whole numbers are exact as floating-point numbers.
    let most = 1_u64 << 53;
    let each = tallied.iter().map(Tallied::count);
    match each.fold(0, u64::saturating_add) {
        0 => Err(TallyError::Empty),
        all if all > most => Err(TallyError::TooMany),
        _ => Ok(()),
    }
}
