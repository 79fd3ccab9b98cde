//! How long each case has waited, kept beside the contacts so that those of scenarios that do not ask stay small.

use crate::random::Key;
use crate::time::Micros;

/// Time waited by the cases that have waited and not ended: open addressing, by the key, which is mixed already.
#[derive(Default)]
pub(crate) struct Waited {
    /// A power of two of places, or none; a place with no time is free.
    places: Vec<(Key, Micros)>,
    used: usize,
}

impl Waited {
    /// The case has waited for so long, once more.
    pub(crate) fn add(&mut self, case: Key, length: Micros) {
        if length == 0 {
            return;
        }
        if 2 * self.used >= self.places.len() {
            self.grow();
        }
        let i = self.find(case);
        self.used += usize::from(self.places[i].1 == 0);
        self.places[i] = (case, self.places[i].1 + length);
    }

    /// How long the case has waited in all; it is forgotten.
    pub(crate) fn take(&mut self, case: Key) -> Micros {
        if self.used == 0 {
            return 0;
        }
        let mut free = self.find(case);
        let waited = self.places[free].1;
        if waited == 0 {
            return 0;
        }
        self.used -= 1;
        // Who stands behind and would have liked this place, or one before it, moves up, so that no search ends too soon.
        let mask = self.places.len() - 1;
        let mut i = free;
        loop {
            i = (i + 1) & mask;
            let (key, length) = self.places[i];
            if length == 0 {
                break;
            }
            let home = key.0 as usize & mask;
            if i.wrapping_sub(home) & mask >= i.wrapping_sub(free) & mask {
                self.places[free] = (key, length);
                free = i;
            }
        }
        self.places[free].1 = 0;
        waited
    }

    /// The place of the case, or the free one where it belongs; there is a free one.
    fn find(&self, case: Key) -> usize {
        let mask = self.places.len() - 1;
        let mut i = case.0 as usize & mask;
        while self.places[i].1 != 0 && self.places[i].0 != case {
            i = (i + 1) & mask;
        }
        i
    }

    #[cold]
    fn grow(&mut self) {
        let bigger = (2 * self.places.len()).max(64);
        let before = std::mem::replace(&mut self.places, vec![(Key(0), 0); bigger]);
        for (case, length) in before.into_iter().filter(|p| p.1 != 0) {
            let i = self.find(case);
            self.places[i] = (case, length);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::mix;
    use std::collections::BTreeMap;

    #[test]
    fn as_an_ordered_map() {
        let (mut waited, mut map) = (Waited::default(), BTreeMap::new());
        assert_eq!(waited.take(Key(7)), 0);
        for i in 0..200_000u64 {
            let word = mix(i);
            // Few keys with few last digits: many meet at one place.
            let case = Key(((word % 61) << 40) + (word >> 8) % 97);
            if word >> 62 == 0 {
                assert_eq!(waited.take(case), map.remove(&case).unwrap_or(0));
            } else {
                let length = (word >> 32) % 5;
                waited.add(case, length);
                if length > 0 {
                    *map.entry(case).or_insert(0) += length;
                }
            }
            assert_eq!(waited.used, map.len());
        }
        assert!(map.len() > 1000);
        for (case, length) in map {
            assert_eq!(waited.take(case), length);
        }
        assert_eq!(waited.used, 0);
    }
}
