//! Keyed randomness: every draw is a pure function of seed, replication, entity and purpose.
//!
//! In a sequence of random numbers, each draw depends on how many were made before it. Here each customer, agent and day has a [`Key`],
//! and each [`purpose`] of it reads a word of its own, so that a change of policy leaves every other draw as it was: two scenarios with one
//! seed meet the same customers (common random numbers).
//!
//! The word for purpose p of key k is `mix(k + p x G)`, with `mix` the finaliser of SplitMix64 (Steele, Lea & Flood 2014;
//! Stafford's variant 13) and G the golden-ratio increment: a key with consecutive purposes is the published SplitMix64
//! stream started at that key. The streams, interleaved over cases and purposes, pass the batteries named in `docs/validation.md`.

use core::convert::Infallible;
use rand::TryRng;

/// The increment of SplitMix64: 2^64 over the golden ratio, odd.
const GOLDEN: u64 = 0x9E37_79B9_7F4A_7C15;

/// The 64-bit finaliser of SplitMix64, a bijection that lets every input bit reach every output bit.
#[inline]
pub fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// The identity of an entity for the purpose of randomness.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key(pub u64);

impl Key {
    /// The root of all draws of one replication.
    pub fn root(seed: u64, replication: u64) -> Self {
        Key(mix(
            mix(seed ^ 0x6861_6e64_6f76_6572).wrapping_add(replication.wrapping_mul(GOLDEN))
        ))
    }

    /// The key of a part of this entity: the `index`-th of its kind.
    #[inline]
    pub fn child(self, index: u64) -> Self {
        // A second constant keeps children apart from the words that the same key yields.
        Key(mix(self.0
            ^ index
                .wrapping_mul(0xD6E8_FEB8_6659_FD93)
                .wrapping_add(0xA076_1D64_78BD_642F)))
    }

    /// The key of the `number`-th repetition of this entity, 2^40 purposes along its stream: no purpose of another repetition comes near.
    #[inline]
    pub fn repeated(self, number: u64) -> Self {
        Key(self.0.wrapping_add(number.wrapping_mul(GOLDEN << 40)))
    }

    /// The key of a part that is known by name, so that neither its position in a file nor its neighbours matter.
    pub fn named(self, kind: u64, name: &str) -> Self {
        self.child(kind).child(hash_name(name))
    }

    /// The 64 random bits of one purpose.
    #[inline]
    pub fn bits(self, purpose: u64) -> u64 {
        mix(self.0.wrapping_add(purpose.wrapping_mul(GOLDEN)))
    }

    /// A uniform number in (0, 1) for one purpose.
    #[inline]
    pub fn uniform(self, purpose: u64) -> f64 {
        unit(self.bits(purpose))
    }

    /// A generator for the rare purpose that needs many words; it starts where `bits(purpose)` is the first word.
    pub fn stream(self, purpose: u64) -> Stream {
        Stream {
            state: self
                .0
                .wrapping_add(purpose.wrapping_sub(1).wrapping_mul(GOLDEN)),
        }
    }
}

/// A word with its halves exchanged: a second draw for a word of which the first draw hardly needs more than the leading half.
///
/// A decision follows from the leading half of its draw but for one word in 2^32, and a quantile hardly moves with the other half,
/// so that the two are as good as independent.
#[inline]
pub fn second(word: u64) -> u64 {
    word.rotate_left(32)
}

/// A uniform number in (0, 1), both ends excluded: the 52 leading bits, centred in their cell.
#[inline]
pub fn unit(bits: u64) -> f64 {
    ((bits >> 12) as f64 + 0.5) * (1.0 / 4_503_599_627_370_496.0)
}

/// The threshold below which 64 random bits fall with probability `p`.
///
/// `bits < threshold(p)` is true with probability `p` to within 2^-53; 0 never, 1 always (the largest word apart).
pub fn threshold(p: f64) -> u64 {
    // A float above the range of the integer saturates, which is what p = 1 needs.
    (p.clamp(0.0, 1.0) * 18_446_744_073_709_551_616.0) as u64
}

/// A stable 64-bit hash of a name (FNV-1a, finalised): names, not positions, identify topics and pools.
pub fn hash_name(name: &str) -> u64 {
    mix(name.bytes().fold(0xCBF2_9CE4_8422_2325, |h, b| {
        (h ^ u64::from(b)).wrapping_mul(0x0000_0100_0000_01B3)
    }))
}

/// SplitMix64 as a sequential generator, for libraries that ask for one.
#[derive(Clone, Debug)]
pub struct Stream {
    state: u64,
}

impl TryRng for Stream {
    type Error = Infallible;

    #[inline]
    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        self.try_next_u64().map(|w| (w >> 32) as u32)
    }

    #[inline]
    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        self.state = self.state.wrapping_add(GOLDEN);
        Ok(mix(self.state))
    }

    fn try_fill_bytes(&mut self, dst: &mut [u8]) -> Result<(), Infallible> {
        for chunk in dst.chunks_mut(8) {
            let word = self.try_next_u64()?.to_le_bytes();
            chunk.copy_from_slice(&word[..chunk.len()]);
        }
        Ok(())
    }
}

/// What a draw is for. Numbers are only ever appended: another number for a purpose would change all its draws.
///
/// Two draws of a case have no purpose, since its key is itself a random word: when it arrives, and with the halves exchanged
/// (`second`) its latent difficulty. The numbers 1, 2, 14 and 29 are no longer in use.
pub mod purpose {
    /// Straight to a person or to the assistant (contact); with the halves exchanged, whether an attempt of the assistant resolves
    /// (contact and attempt).
    pub const ENTRY: u64 = 3;
    /// A returning customer passes the assistant over (contact).
    pub const SKIP_AI: u64 = 4;
    /// Whether the wait is accepted at all (contact).
    pub const BALK: u64 = 5;
    /// How long the wait is accepted (contact).
    pub const PATIENCE: u64 = 6;
    /// Patience at the assistant's door (contact).
    pub const DOOR_PATIENCE: u64 = 7;
    /// Whether the customer comes back (contact).
    pub const RETURN: u64 = 8;
    /// After how long the customer comes back (contact).
    pub const RETURN_DELAY: u64 = 9;
    /// Human work content (contact and hop).
    pub const WORK: u64 = 10;
    /// After-contact work (contact and hop).
    pub const AFTER_CONTACT: u64 = 11;
    /// What the person's answer leads to (contact and hop).
    pub const HUMAN_OUTCOME: u64 = 12;
    /// Which of the free agents, under random selection (contact and hop).
    pub const SELECT: u64 = 13;
    /// How long an attempt of the assistant takes; with the halves exchanged, what it leads to, given that it does not resolve
    /// (contact and attempt).
    pub const AI_TIME: u64 = 15;
    /// Whether an offer is accepted (contact and offer).
    pub const ACCEPT: u64 = 16;
    /// Time to respond to an offer (contact and offer).
    pub const RESPONSE: u64 = 17;
    /// Cool-down after a refusal (contact and offer).
    pub const COOL_DOWN: u64 = 18;
    /// Number of cases in a step (topic and step).
    pub const COUNT: u64 = 19;
    /// The day's busyness (day).
    pub const DAY_BUSYNESS: u64 = 20;
    /// An interval's busyness (interval).
    pub const INTERVAL_BUSYNESS: u64 = 21;
    /// Absence of an agent on a day (pool, day and agent).
    pub const ABSENCE: u64 = 22;
    /// What the vendor delivers on a day (pool and day).
    pub const DELIVERY: u64 = 23;
    /// An agent's own factor on the work (pool and agent).
    pub const AGENT_FACTOR: u64 = 24;
    /// Time offline until the next log-on (member and session).
    pub const OFFLINE: u64 = 25;
    /// Length of a session (member and session).
    pub const SESSION: u64 = 26;
    /// Time between failures of the assistant (failure).
    pub const FAILURE: u64 = 27;
    /// Time to repair of the assistant (failure).
    pub const REPAIR: u64 = 28;
    /// Transfer or not, given that the person does not resolve (contact and hop).
    pub const HUMAN_REST: u64 = 30;
    /// Who of a cohort leaves in a month, or on a day (group, month, day and cohort).
    pub const LEAVERS: u64 = 31;
    /// Who of a class in training leaves in a month, or on a day (group, month, day and class).
    pub const TRAINEES: u64 = 32;
    /// How many leavers are replaced (group and month).
    pub const REPLACED: u64 = 33;
    /// Whether the customer is satisfied (case).
    pub const SATISFACTION: u64 = 34;
    /// Whether the customer leaves the company (case).
    pub const CHURN: u64 = 35;
    /// How long a member waits for a contact (member and session).
    pub const TOLERANCE: u64 = 36;
    /// Time from one applicant to the next (applicant).
    pub const APPLICANT: u64 = 37;
    /// Whether an applicant is accepted (applicant).
    pub const ADMISSION: u64 = 38;
    /// Time until an applicant is a member (applicant).
    pub const ONBOARDING: u64 = 39;
    /// The segment of a new member (applicant).
    pub const MEMBER_SEGMENT: u64 = 40;
    /// Whether a member leaves the register in a month (member and month).
    pub const MEMBER_CHURN: u64 = 41;
    /// Whether a customer accepts to be called back (contact and hop).
    pub const CALLBACK: u64 = 42;
    /// Whether the customer is there when called back (contact and hop).
    pub const REACHED: u64 = 43;
    /// Order in which members of a tier book slots (member and week).
    pub const SLOT_ORDER: u64 = 44;
    /// Order in which a member books the blocks that suit it equally (member and block).
    pub const SLOT_CHOICE: u64 = 45;
    /// Whether a booked stretch is released (member and block).
    pub const SLOT_RELEASE: u64 = 46;
    /// Whether another member takes a released stretch (member and block).
    pub const SLOT_TAKEN: u64 = 47;
    /// Whether a member does not come for a stretch (member and block).
    pub const NO_SHOW: u64 = 48;
    /// Order among members with equal ratings (member and review).
    pub const RANK_LOT: u64 = 49;
    /// Unplanned absence from a shift (person and day).
    pub const SHIFT_ABSENCE: u64 = 50;
    /// Time logged on until the next pause (person and spell at work).
    pub const PAUSE_GAP: u64 = 51;
    /// Length of a pause (person and spell at work).
    pub const PAUSE_LENGTH: u64 = 52;
    /// Whether a person who is new can resolve what others would (contact and hop).
    pub const NOVICE: u64 = 53;
    /// By what factor the forecast misses the people required (group and month that is planned).
    pub const FORECAST: u64 = 56;
    /// Who of a vendor's agents leaves in a week (pool, week and cohort).
    pub const VENDOR_LEAVERS: u64 = 57;
    /// Time at work until the next unplanned absence (person or planned position, and number of the absence).
    pub const UNPLANNED_GAP: u64 = 58;
    /// Length of that absence (likewise).
    pub const UNPLANNED_LENGTH: u64 = 59;
    /// Whether a person is absent at the start (planned position; person and day).
    pub const UNPLANNED_AT_START: u64 = 60;
    /// Whether a case is left out when demand falls within an interval (case).
    pub const STAYS_AWAY: u64 = 61;
    /// The change of the level of demand from the day before (day).
    pub const LEVEL: u64 = 62;
    /// Whether a case is taken into a log of a share of all cases (case).
    pub const LOGGED: u64 = 63;
    /// Whether one more agent comes for a part of one (pool and day).
    pub const PART_OF_AGENT: u64 = 64;
    /// Which part of its range a factor takes at a point of a design (factor and point); the seed of Sobol' points (design).
    pub const DESIGN_ORDER: u64 = 90;
    /// Position within that part (factor and point).
    pub const DESIGN_JITTER: u64 = 91;
    /// The rows of a resample (resample).
    pub const RESAMPLE: u64 = 92;
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::Rng;

    /// Frozen: a change here changes every result of every seed.
    #[test]
    fn golden_words() {
        let root = Key::root(1, 0);
        let case = root.named(3, "payment status").child(17);
        assert_eq!(
            [
                root.0,
                case.0,
                case.bits(purpose::WORK),
                case.child(1).bits(purpose::WORK)
            ],
            GOLDEN_WORDS
        );
    }
    const GOLDEN_WORDS: [u64; 4] = [
        543_088_902_400_356_883,
        7_796_408_096_533_614_867,
        11_612_041_103_248_922_045,
        17_192_735_194_934_265_534,
    ];

    #[test]
    fn stream_is_published_splitmix64() {
        // First outputs of SplitMix64 seeded with 1234567, from the reference implementation of Vigna.
        let mut s = Key(1_234_567).stream(1);
        let words: Vec<u64> = (0..3).map(|_| s.next_u64()).collect();
        assert_eq!(
            words,
            [
                6_457_827_717_110_365_317,
                3_203_168_211_198_807_973,
                9_817_491_932_198_370_423
            ]
        );
        assert_eq!(Key(1_234_567).bits(1), words[0]);
        assert_eq!(Key(1_234_567).bits(3), words[2]);
    }

    #[test]
    fn thresholds() {
        assert_eq!(threshold(0.0), 0);
        assert_eq!(threshold(1.0), u64::MAX);
        assert_eq!(threshold(0.5), 1 << 63);
    }
}
