//! Spans of time in 16 bytes each: of all, or, where there are too many, of half of them, a quarter, and so on.

/// So many are kept at most.
const MOST: usize = 1 << 22;
/// Bits of a span's place, below those of its begin.
const PLACE_BITS: u32 = 20;
/// Places are below this.
const PLACES: i64 = 1 << PLACE_BITS;

/// Which spans are kept together: a number of them, from who they are of and when they begin.
type Together = fn(u32, i64) -> u32;

/// A span of somebody's time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Span {
    /// Who.
    pub(super) who: u32,
    /// From and to: milliseconds since 1970-01-01.
    pub(super) time: (i64, i64),
    /// What it was.
    pub(super) place: i64,
}

/// Spans of time.
#[derive(Clone, Debug)]
pub(super) struct Kept {
    all: Vec<(u32, u32, i64)>,
    together: Together,
    /// Those are kept of whom so many bits of a mixture are 0.
    halved: u32,
}

/// Spreads numbers over all bits (the finalizer of MurmurHash3).
fn mixed(x: u32) -> u32 {
    let x = (x ^ (x >> 16)).wrapping_mul(0x85eb_ca6b);
    let x = (x ^ (x >> 13)).wrapping_mul(0xc2b2_ae35);
    x ^ (x >> 16)
}

impl Kept {
    /// None yet; those of the same `together` are kept or not, all of them.
    pub(super) fn new(together: Together) -> Self {
        Self {
            all: Vec::new(),
            together,
            halved: 0,
        }
    }

    /// Adds one.
    pub(super) fn add(&mut self, span: Span) {
        let (from, to) = span.time;
        let is_kept =
            |who, from, halved| mixed((self.together)(who, from)).trailing_zeros() >= halved;
        if !is_kept(span.who, from, self.halved) {
            return;
        }
        let lasted = (to - from).clamp(0, i64::from(u32::MAX)) as u32;
        let key = (from << PLACE_BITS) | span.place.clamp(0, PLACES - 1);
        self.all.push((span.who, lasted, key));
        if self.all.len() > MOST {
            self.halved += 1;
            let halved = self.halved;
            let mut all = std::mem::take(&mut self.all);
            all.retain(|&(who, _, key)| is_kept(who, key >> PLACE_BITS, halved));
            self.all = all;
        }
    }

    /// Whether there is none.
    pub(super) fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// One of so many is kept.
    pub(super) fn one_of(&self) -> u32 {
        1 << self.halved
    }

    /// Those of each person in their order, one person after the other, whatever the order in which they were added.
    pub(super) fn by_person(&self, of: &mut dyn FnMut(&[Span])) {
        let mut all = self.all.clone();
        all.sort_unstable_by_key(|&(who, lasted, key)| (who, key, lasted));
        let mut spans = Vec::new();
        for each in all.chunk_by(|a, b| a.0 == b.0) {
            spans.clear();
            spans.extend(each.iter().map(|&(who, lasted, key)| {
                let from = key >> PLACE_BITS;
                Span {
                    who,
                    time: (from, from + i64::from(lasted)),
                    place: key & (PLACES - 1),
                }
            }));
            of(&spans);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(who: u32, from: i64) -> Span {
        Span {
            who,
            time: (from, from + 1500),
            place: 7,
        }
    }

    /// Whatever the order in which they come, and before 1970 as well.
    #[test]
    fn spans_are_in_order() {
        let spans = [span(2, 0), span(9, -5000), span(9, 7000)];
        let of = |each: &mut dyn Iterator<Item = &Span>| {
            let mut kept = Kept::new(|who, _| who);
            each.for_each(|&s| kept.add(s));
            let mut all = Vec::new();
            kept.by_person(&mut |own| all.extend_from_slice(own));
            all
        };
        assert_eq!(of(&mut spans.iter()), spans);
        assert_eq!(of(&mut spans.iter().rev()), spans);
    }

    /// Of many those of half the people are kept, all of each.
    #[test]
    fn people_are_kept_whole() {
        let mut kept = Kept::new(|who, _| who);
        let people = MOST as u32 / 4 + 1000;
        for second in 0..4 {
            (0..people).for_each(|who| kept.add(span(who, second)));
        }
        assert_eq!(kept.one_of(), 2);
        let mut all = Vec::new();
        kept.by_person(&mut |own| all.extend_from_slice(own));
        let share = all.len() as f64 / 4.0 / f64::from(people);
        assert!((share - 0.5).abs() < 0.01, "{share}");
        assert!(all.chunks(4).all(|of| of[0].who == of[3].who));
    }
}
