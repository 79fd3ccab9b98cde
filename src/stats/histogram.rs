//! A streaming histogram of durations, for quantiles in little memory.

use std::iter::once;

/// Bins per octave, as a power of two.
const SUB_BITS: u32 = 7;
/// Width of the finest bins, 2^10 microseconds.
const UNIT_BITS: u32 = 10;
/// Durations of 2^47 microseconds (4.5 years) and more share the last bin.
const LARGEST: u64 = (1 << 47) - 1;
/// Counts of durations in bins whose width grows with the duration (log-linear).
///
/// Zeros have a slot of their own. Up to 262 ms a bin is 1.024 ms wide; from there on each octave has 128 bins, so that a
/// bin is at most 0.8% of its duration. 1 KiB for each octave up to the longest duration, 31 KiB at most. A duration of
/// 2^47 microseconds or more counts in the last bin.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Histogram {
    zeros: u64,
    max: u64,
    bins: Vec<u64>,
}

/// The slot of a duration in microseconds: 0 for zero, then the bins.
#[inline(always)]
fn slot(micros: u64) -> usize {
    let units = micros.min(LARGEST) >> UNIT_BITS;
    // the leading 8 bits of `units`, and how many bits follow them
    let shift = (63 - SUB_BITS) - (units | 1 << SUB_BITS).leading_zeros();
    let bin = ((shift << SUB_BITS) as usize) + (units >> shift) as usize;
    (bin + 1) * usize::from(micros != 0)
}

/// Lower end and width of a slot's bin, in microseconds.
fn bounds(slot: usize) -> (f64, f64) {
    let Some(bin) = slot.checked_sub(1) else {
        return (0.0, 0.0);
    };
    let octave = (bin >> SUB_BITS).saturating_sub(1);
    let lead = bin - (octave << SUB_BITS);
    let unit = (1_u64 << (UNIT_BITS as usize + octave)) as f64;
    (lead as f64 * unit, unit)
}

impl Histogram {
    /// An empty histogram.
    pub fn new() -> Self {
        Self::default()
    }

    /// Counts one duration, in microseconds.
    #[inline(always)]
    pub fn record(&mut self, micros: u64) {
        match self.bins.get_mut(slot(micros).wrapping_sub(1)) {
            Some(bin) => *bin += 1,
            None => *self.count_of(micros) += 1,
        }
        self.max = self.max.max(micros);
    }

    /// The count in which a duration is, which is made if there is none.
    #[cold]
    #[inline(never)]
    fn count_of(&mut self, micros: u64) -> &mut u64 {
        let Some(bin) = slot(micros).checked_sub(1) else {
            return &mut self.zeros;
        };
        if bin >= self.bins.len() {
            self.bins.resize(((bin >> SUB_BITS) + 1) << SUB_BITS, 0);
        }
        &mut self.bins[bin]
    }

    /// Counts one duration of zero.
    #[inline(always)]
    pub fn record_zero(&mut self) {
        self.zeros += 1;
    }

    /// Takes back one duration that was recorded. The largest duration stays what it was.
    pub fn forget(&mut self, micros: u64) {
        let count = self.count_of(micros);
        *count = count.saturating_sub(1);
    }

    /// Adds all the counts of another histogram.
    pub fn merge(&mut self, other: &Self) {
        let bins = self.bins.len().max(other.bins.len());
        self.bins.resize(bins, 0);
        for (mine, theirs) in self.bins.iter_mut().zip(&other.bins) {
            *mine += theirs;
        }
        self.zeros += other.zeros;
        self.max = self.max.max(other.max);
    }

    /// Number of durations recorded.
    pub fn count(&self) -> u64 {
        self.zeros + self.bins.iter().sum::<u64>()
    }

    /// Quantile in microseconds; `None` when nothing is recorded or p is outside [0, 1].
    ///
    /// Hyndman and Fan's type 7 (linear interpolation at the index `(n-1) p` between order statistics) with the c order
    /// statistics of a bin taken as evenly spaced in it: the j-th, from 0, at `(j + 1/2)/c` of its width. Exactly 0 as
    /// long as that index falls among the zeros; never above the largest duration recorded. The error is below one bin
    /// (0.8%, or 1.024 ms), and for smooth data below 0.1%.
    pub fn quantile(&self, p: f64) -> Option<f64> {
        let n = self.count();
        if n == 0 || !(0.0..=1.0).contains(&p) {
            return None;
        }
        let h = (n - 1) as f64 * p;
        let index = (h as u64).min(n - 1);
        let fraction = h - index as f64;
        let mut before = 0;
        let mut low = None;
        for (s, c) in once(&self.zeros).chain(&self.bins).enumerate() {
            let next = before + c;
            let place = |j: u64| {
                let (from, width) = bounds(s);
                (from + width * ((j - before) as f64 + 0.5) / *c as f64).min(self.max as f64)
            };
            if low.is_none() && index < next {
                let x = place(index);
                if fraction <= 0.0 || index + 1 >= n {
                    return Some(x);
                }
                low = Some(x);
            }
            if let Some(x) = low
                && index + 1 < next
            {
                return Some(x + fraction * (place(index + 1) - x));
            }
            before = next;
        }
        low
    }
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::disallowed_methods,
        reason = "tests compare with the platform's functions"
    )]
    use super::super::quantile_of_sorted;
    use super::*;

    #[test]
    fn bins_tile_the_line() {
        let mut end = 0.0;
        for s in 1..=3968 {
            let (from, width) = bounds(s);
            assert_eq!(from, end, "slot {s}");
            end = from + width;
            assert_eq!(slot((from as u64).max(1)), s);
            assert_eq!(slot(end as u64 - 1), s);
            assert!(width <= 1024.0 || width / from <= 1.0 / 128.0);
        }
        assert_eq!(end, (LARGEST + 1) as f64);
        assert_eq!((slot(0), slot(1), slot(u64::MAX)), (0, 1, 3968));
    }

    #[test]
    fn against_exact_quantiles() {
        // waits: 40% zero, else exponential with a mean of 3 s, 3 min, 3 h
        for mean in [3e6, 180e6, 10_800e6] {
            let mut h = Histogram::new();
            let mut exact = Vec::new();
            let mut x = 7_u64;
            for _ in 0..100_000 {
                x = x
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(1_442_695_040_888_963_407);
                let u = ((x >> 11) as f64 + 0.5) / 9_007_199_254_740_992.0;
                let wait = if u < 0.4 {
                    0
                } else {
                    (-((1.0 - u) / 0.6).ln() * mean) as u64
                };
                h.record(wait);
                exact.push(wait as f64);
            }
            exact.sort_by(f64::total_cmp);
            for p in [0.0, 0.1, 0.35, 0.5, 0.8, 0.9, 0.95, 0.99, 0.999] {
                let want = quantile_of_sorted(&exact, p).unwrap();
                let got = h.quantile(p).unwrap();
                assert!(
                    (got - want).abs() <= 0.001 * want,
                    "{mean} {p}: {got} {want}"
                );
            }
            assert_eq!(h.quantile(0.39), Some(0.0));
            assert!((h.quantile(1.0).unwrap() / h.max as f64 - 1.0).abs() < 0.005);
            assert_eq!(h.count(), 100_000);
        }
    }

    #[test]
    fn few_values() {
        let mut h = Histogram::new();
        assert_eq!(h.quantile(0.5), None);
        for v in [0, 0, 60_000_000, 120_000_000] {
            h.record(v);
        }
        assert_eq!(
            (h.zeros, h.quantile(0.3), h.quantile(1.0 / 3.0)),
            (2, Some(0.0), Some(0.0))
        );
        assert!((h.quantile(0.5).unwrap() / 30e6 - 1.0).abs() < 0.004);
        assert!((h.quantile(1.0).unwrap() / 120e6 - 1.0).abs() < 0.004);
        assert_eq!((h.quantile(-0.1), h.quantile(f64::NAN)), (None, None));
    }

    #[test]
    fn merging_is_recording_everything() {
        let (mut a, mut b, mut both) = (Histogram::new(), Histogram::new(), Histogram::new());
        for i in 0..10_000_u64 {
            let v = i * i * 37;
            if i % 3 == 0 {
                a.record(v)
            } else {
                b.record(v)
            }
            both.record(v);
        }
        a.merge(&b);
        assert_eq!(a, both);
    }
}
