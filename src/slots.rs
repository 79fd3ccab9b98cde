//! A sequence whose indices are known to be good: indexed without a check in an optimised build.
//!
//! The event loop indexes by numbers that it made itself: agents, places of a ring, topics and pools of a checked model.
//! The checks cost an eighth of all instructions of a replication (see the record of instruction counts in
//! `benches/README.md`), and no arrangement of the data spared them. Every index is checked where debug assertions are on:
//! the gate runs the tests of the engine in such a build as well (profile `checked`).

#![allow(
    unsafe_code,
    reason = "the one place: a measured gain, and checked in the tests"
)]

use std::ops::{Deref, DerefMut, Index, IndexMut, Range};

/// A vector that trusts its indices.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Slots<T>(Vec<T>);

impl<T> Slots<T> {
    /// None.
    pub(crate) const fn new() -> Self {
        Self(Vec::new())
    }

    /// The elements for several looks, whose place is asked once: after a write the compiler would ask again, as the write might have
    /// changed it.
    #[inline(always)]
    pub(crate) fn view(&mut self) -> View<'_, T> {
        View(&mut self.0)
    }
}

/// The elements of a vector, with indices that are trusted.
pub(crate) struct View<'s, T>(&'s mut [T]);

impl<T> Index<usize> for View<'_, T> {
    type Output = T;

    #[inline(always)]
    fn index(&self, i: usize) -> &T {
        debug_assert!(i < self.0.len(), "slot {i} of {}", self.0.len());
        // SAFETY: as for `Slots`.
        unsafe { self.0.get_unchecked(i) }
    }
}

impl<T> IndexMut<usize> for View<'_, T> {
    #[inline(always)]
    fn index_mut(&mut self, i: usize) -> &mut T {
        debug_assert!(i < self.0.len(), "slot {i} of {}", self.0.len());
        // SAFETY: as for `Slots`.
        unsafe { self.0.get_unchecked_mut(i) }
    }
}

impl<T> From<Slots<T>> for Vec<T> {
    fn from(slots: Slots<T>) -> Self {
        slots.0
    }
}

impl<T> Default for Slots<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T> From<Vec<T>> for Slots<T> {
    fn from(items: Vec<T>) -> Self {
        Self(items)
    }
}

impl<T> FromIterator<T> for Slots<T> {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        Self(items.into_iter().collect())
    }
}

impl<T> Deref for Slots<T> {
    type Target = Vec<T>;

    fn deref(&self) -> &Vec<T> {
        &self.0
    }
}

impl<T> DerefMut for Slots<T> {
    fn deref_mut(&mut self) -> &mut Vec<T> {
        &mut self.0
    }
}

impl<T> Index<usize> for Slots<T> {
    type Output = T;

    #[inline(always)]
    fn index(&self, i: usize) -> &T {
        debug_assert!(i < self.0.len(), "slot {i} of {}", self.0.len());
        // SAFETY: the type is the crate's own; the engine, its laws and the collector that `measure::count` gives to it hold
        // sequences of it. There an index comes from the length of a sequence as long as this one, from the model that
        // all of them share and that was checked before the laws were made, or from when the element was added; a
        // sequence is shortened only where nobody keeps an index into it. With debug assertions the line above holds
        // them to it.
        unsafe { self.0.get_unchecked(i) }
    }
}

impl<T> IndexMut<usize> for Slots<T> {
    #[inline(always)]
    fn index_mut(&mut self, i: usize) -> &mut T {
        debug_assert!(i < self.0.len(), "slot {i} of {}", self.0.len());
        // SAFETY: as for `index`.
        unsafe { self.0.get_unchecked_mut(i) }
    }
}

impl<T> Index<Range<usize>> for Slots<T> {
    type Output = [T];

    #[inline(always)]
    fn index(&self, range: Range<usize>) -> &[T] {
        debug_assert!(range.start <= range.end && range.end <= self.0.len());
        // SAFETY: as for one index, which the first and the last of a range are.
        unsafe { self.0.get_unchecked(range) }
    }
}

/// Asks the memory for what will be needed soon, where the processor can be asked; nobody waits for it, and nothing else happens.
#[inline(always)]
pub(crate) fn fetch<T>(_item: &T) {
    #[cfg(target_arch = "x86_64")]
    // SAFETY: a prefetch reads nothing that the program could see, and every x86-64 processor has it.
    unsafe {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        _mm_prefetch::<_MM_HINT_T0>(std::ptr::from_ref(_item).cast());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_a_vector() {
        let mut slots: Slots<u32> = vec![1, 2].into();
        slots.push(3);
        slots[0] += 6;
        assert_eq!((slots[0], slots[2], slots.len()), (7, 3, 3));
        assert_eq!((&slots[1..3], &slots[0..2]), (&[2, 3][..], &[7, 2][..]));
        assert_eq!(Vec::from(slots), [7, 2, 3]);
    }

    #[test]
    #[cfg(debug_assertions)]
    #[should_panic(expected = "slot 2 of 2")]
    fn an_index_too_far_is_noticed() {
        let slots: Slots<u32> = vec![1, 2].into();
        let _ = slots[2];
    }
}
