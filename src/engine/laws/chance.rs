//! Probabilities that a case's difficulty moves, and the outcomes of the assistant.

use crate::dist::Sampler;
use crate::dist::logistic::{intercept, mean_logistic};
use crate::dist::special::normal_quantile;
use crate::engine::keys::difficulty;
use crate::model::AiOutcome;
use crate::random::{Key, threshold};
use std::sync::Arc;

/// A probability that difficulty may move, on average over difficulty as given.
#[derive(Clone, Debug)]
pub(crate) enum Chance {
    /// Certain, or impossible.
    Sure(bool),
    /// The same for everybody: bits below the threshold.
    Fixed(u64),
    /// It depends on the difficulty.
    Logistic(Arc<Logistic>),
}

/// Leading bits of the difficulty's draw that name a band.
const BAND_BITS: u32 = 6;

/// logit p = intercept - slope z.
#[derive(Clone, Debug)]
pub(crate) struct Logistic {
    intercept: f64,
    slope: f64,
    /// By band of z: below the first, the leading half of a draw decides for it whatever z of the band; above the second, against
    /// it. What lies between, one draw in sixty, is computed.
    bands: [[u32; 2]; 1 << BAND_BITS],
}

/// Tables common to all topics.
#[derive(Clone)]
pub(crate) struct Common {
    /// Standard normal quantile.
    pub(crate) normal: Sampler,
    /// Logistic quantile: logit(u).
    pub(crate) logit: Sampler,
}

impl Chance {
    /// Difficulty, a standard normal variable, moves the log-odds by `slope`, and so does the skill of who decides by `spread`.
    pub(crate) fn new(p: f64, slope: f64, spread: f64, common: &Common) -> Self {
        if p <= 0.0 || p >= 1.0 {
            return Chance::Sure(p > 0.0);
        }
        if slope == 0.0 && spread == 0.0 {
            return Chance::Fixed(threshold(p));
        }
        // The sum of two independent normal variables is one.
        let both = if spread == 0.0 {
            slope
        } else {
            libm::hypot(slope, spread)
        };
        Chance::Logistic(Arc::new(Logistic::new(intercept(p, both), slope, common)))
    }

    /// As [`Self::happens`], for somebody whose skill makes the log-odds `less`.
    pub(crate) fn happens_to(&self, word: u64, case: Key, common: &Common, less: f64) -> bool {
        match self {
            Chance::Logistic(law) => {
                let z = common.difficulty(case);
                common.logit.sample(word) + law.slope * z + less < law.intercept
            }
            Chance::Sure(_) | Chance::Fixed(_) => self.happens(|| word, case, common),
        }
    }

    /// Its mean over difficulty for such a person.
    pub(crate) fn mean(&self, less: f64) -> f64 {
        match self {
            Chance::Sure(sure) => f64::from(u8::from(*sure)),
            Chance::Fixed(t) => *t as f64 / 18_446_744_073_709_551_616.0,
            Chance::Logistic(law) => mean_logistic(law.intercept - less, law.slope),
        }
    }

    /// Whether it comes true for a contact of `case`, with this word if one is needed.
    #[inline(always)]
    pub(crate) fn happens(&self, word: impl FnOnce() -> u64, case: Key, common: &Common) -> bool {
        match self {
            Chance::Sure(sure) => *sure,
            Chance::Fixed(t) => word() < *t,
            Chance::Logistic(law) => {
                let (bits, z) = (word(), difficulty(case));
                let [below, last] = law.bands[(z >> (64 - BAND_BITS)) as usize];
                let leading = (bits >> 32) as u32;
                leading < below || (leading <= last && law.computed(bits, z, common))
            }
        }
    }
}

impl Logistic {
    fn new(intercept: f64, slope: f64, common: &Common) -> Self {
        let mut law = Self {
            intercept,
            slope,
            bands: [[0, u32::MAX]; 1 << BAND_BITS],
        };
        let width = 64 - BAND_BITS;
        for band in 0..law.bands.len() as u64 {
            let (first, last) = (band << width, (band << width) | (u64::MAX >> BAND_BITS));
            let (easy, hard) = if slope > 0.0 {
                (first, last)
            } else {
                (last, first)
            };
            // A draw with these leading bits decides the same for the hardest of the band, or against it for the easiest.
            let sure = partition(|top| law.computed((top << 32) | 0xFFFF_FFFF, hard, common));
            let possible = partition(|top| law.computed(top << 32, easy, common));
            law.bands[band as usize] = [
                sure.min(u64::from(u32::MAX)) as u32,
                possible.saturating_sub(1) as u32,
            ];
        }
        law
    }

    /// p = logistic(intercept - slope z) exceeds u exactly when intercept - slope z exceeds logit(u).
    #[inline(never)]
    fn computed(&self, bits: u64, z: u64, common: &Common) -> bool {
        common.logit.sample(bits) + self.slope * common.normal.sample(z) < self.intercept
    }
}

/// How many numbers of 32 bits come before the first for which `holds`, true up to there, is false.
fn partition(holds: impl Fn(u64) -> bool) -> u64 {
    let (mut low, mut high) = (0, 1 << 32);
    while low < high {
        let middle = (low + high) / 2;
        if holds(middle) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    low
}

/// Standard normal quantile in the lower or the upper tail.
pub(super) fn normal(p: f64, upper: bool) -> f64 {
    let z = normal_quantile(p);
    if upper { -z } else { z }
}

impl Default for Common {
    fn default() -> Self {
        let logit = |p: f64, upper: bool| {
            let l = libm::log(p) - libm::log1p(-p);
            if upper { -l } else { l }
        };
        Self {
            normal: Sampler::from_quantile(normal),
            logit: Sampler::from_quantile(logit),
        }
    }
}

impl Common {
    /// The latent difficulty z of a case.
    #[inline]
    pub(crate) fn difficulty(&self, case: Key) -> f64 {
        self.normal.sample(difficulty(case))
    }
}

/// What one attempt of the assistant leads to.
#[derive(Clone, Debug)]
pub(crate) struct Outcomes {
    resolve: Chance,
    /// Cumulative thresholds of misresolve, hand-off and asking, given that it does not resolve; the rest gives up.
    rest: [u64; 3],
}

impl Outcomes {
    /// `resolve` is the chance of the first.
    pub(crate) fn new(p: [f64; AiOutcome::COUNT], resolve: Chance) -> Self {
        let left = p[1..].iter().sum::<f64>().max(f64::MIN_POSITIVE);
        let mut sum = 0.0;
        let mut rest = [0; 3];
        for (t, q) in rest.iter_mut().zip(&p[1..4]) {
            sum += q;
            // An outcome that takes all that is left must not lose the last bit to rounding.
            *t = if sum >= left * (1.0 - 1e-12) {
                u64::MAX
            } else {
                threshold(sum / left)
            };
        }
        Self { resolve, rest }
    }

    /// Draws one: with one word whether it resolves, with the other what else.
    #[inline(always)]
    pub(crate) fn draw(&self, (word, bits): (u64, u64), case: Key, common: &Common) -> AiOutcome {
        if self.resolve.happens(|| word, case, common) {
            return AiOutcome::Resolve;
        }
        let n = self
            .rest
            .iter()
            .filter(|&&t| bits >= t && t != u64::MAX)
            .count();
        [
            AiOutcome::Misresolve,
            AiOutcome::HandOff,
            AiOutcome::AskHuman,
            AiOutcome::GiveUp,
        ][n]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::mix;

    #[test]
    fn the_mean_is_what_the_intercept_was_found_for() {
        for (p, a) in [(0.52, 0.3), (0.9, 1.5), (0.2, 4.0)] {
            let mean = mean_logistic(intercept(p, a), a);
            assert!((mean - p).abs() < 1e-8, "{p} {a} {mean}");
        }
        let common = Common::default();
        // Slope 3 and spread 4 are a slope of 5 to who knows neither.
        let (Chance::Logistic(law), Chance::Logistic(whole)) = (
            Chance::new(0.7, 3.0, 4.0, &common),
            Chance::new(0.7, 5.0, 0.0, &common),
        ) else {
            panic!("moved by difficulty");
        };
        assert_eq!((law.intercept, law.slope), (whole.intercept, 3.0));
    }

    /// The bands change no decision, nor do they leave much to compute.
    #[test]
    fn bands_decide_as_the_law_does() {
        let common = Common::default();
        for (p, slope) in [
            (0.79, 0.75),
            (0.1, 0.3),
            (0.5, -1.2),
            (0.999, 4.0),
            (1e-6, 0.01),
        ] {
            let Chance::Logistic(law) = Chance::new(p, slope, 0.0, &common) else {
                panic!("a slope makes it logistic");
            };
            let (mut happened, mut computed) = (0, 0);
            for i in 0..200_000_u64 {
                let (contact, case) = (Key(i), Key(mix(i)));
                let (bits, z) = (contact.bits(7), difficulty(case));
                let exact = law.computed(bits, z, &common);
                let chance = Chance::Logistic(Arc::clone(&law));
                assert_eq!(
                    chance.happens(|| bits, case, &common),
                    exact,
                    "{p} {slope} {i}"
                );
                happened += u64::from(exact);
                let [below, last] = law.bands[(z >> (64 - BAND_BITS)) as usize];
                let leading = (bits >> 32) as u32;
                computed += u64::from(leading >= below && leading <= last);
            }
            let (n, mean) = (200_000.0, happened as f64 / 200_000.0);
            let se = (p * (1.0 - p) / n).sqrt();
            assert!((mean - p).abs() < 4.0 * se + 1.0 / n, "{p} {slope}: {mean}");
            assert!(computed < 6_000, "{p} {slope}: {computed} computed");
        }
    }
}
