//! The smallest number that is enough, by bisection.

/// The smallest number from 1 to `most` for which `met` is true, if it stays true for every larger one; `None` if it is for none.
///
/// Steps of growing size, from `step` on, away from `start`, then bisection.
pub fn smallest(
    start: u32,
    mut step: u32,
    most: u32,
    mut met: impl FnMut(u32) -> bool,
) -> Option<u32> {
    let mut high = start.clamp(1, most.max(1));
    step = step.max(1);
    // low misses (zero always does), high meets
    let mut low = 0;
    if met(high) {
        while high > step && met(high - step) {
            high -= step;
            step = step.saturating_mul(2);
        }
        low = high.saturating_sub(step);
    } else {
        loop {
            low = high.max(low);
            if low >= most {
                return None;
            }
            high = high.saturating_add(step).min(most);
            step = step.saturating_mul(2);
            if met(high) {
                break;
            }
        }
    }
    Some(smallest_between(low, high, met))
}

/// The smallest number above `low` for which `met` is true, if it stays true for every larger one and is for `high`: by bisection.
pub fn smallest_between(low: u32, high: u32, mut met: impl FnMut(u32) -> bool) -> u32 {
    let (mut low, mut high) = (low, high.max(low));
    while high - low > 1 {
        let middle = low + (high - low) / 2;
        if met(middle) {
            high = middle;
        } else {
            low = middle;
        }
    }
    high
}
