//! Identifiers as numbers, and words as indices.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hasher};

use super::rows::decoded;
use crate::text::visible_line;

/// A digest of 64 bits: of ten million identifiers two have the same with a probability of 3 in a million.
pub(super) fn digest(bytes: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    hasher.write(bytes);
    hasher.finish()
}

/// Identifiers by the order in which they first appear; they are kept as digests alone.
#[derive(Default)]
pub(super) struct Numbers(HashMap<u64, u32>);

impl Numbers {
    pub(super) fn number(&mut self, identifier: &[u8]) -> u32 {
        self.of(digest(identifier))
    }

    /// The number of an identifier that others have outside of a group.
    pub(super) fn number_in(&mut self, group: &[u8], identifier: &[u8]) -> u32 {
        match group {
            [] => self.number(identifier),
            group => self.of(digest(&[group, b"\0", identifier].concat())),
        }
    }

    fn of(&mut self, digest: u64) -> u32 {
        let next = self.len();
        *self.0.entry(digest).or_insert(next)
    }

    pub(super) fn len(&self) -> u32 {
        u32::try_from(self.0.len()).unwrap_or(u32::MAX)
    }
}

/// Most different words of a column.
pub(super) const MOST_WORDS: usize = 1000;

/// Words by the order in which they first appear.
pub(super) struct Words {
    written: HashMap<Vec<u8>, u16>,
    pub(super) names: Vec<String>,
    /// Other names of some words.
    others: HashMap<String, String>,
    /// The name of no word.
    none: &'static str,
}

impl Words {
    pub(super) fn new(others: &[(String, String)], none: &'static str) -> Self {
        // Of a word that stands twice the first one counts.
        let others = others.iter().rev().cloned().collect();
        Self {
            written: HashMap::new(),
            names: Vec::new(),
            others,
            none,
        }
    }

    /// The index of a word; `None` if there are too many words.
    pub(super) fn index(&mut self, word: &[u8]) -> Option<u16> {
        if let Some(&i) = self.written.get(word) {
            return Some(i);
        }
        let text = decoded(word);
        let name = match self.others.get(text.as_ref()) {
            Some(other) => other.clone(),
            None if text.is_empty() => self.none.to_owned(),
            None => visible_line(&text).into_owned(),
        };
        let known = self.names.iter().position(|n| *n == name);
        let i = known.unwrap_or(self.names.len());
        if i >= MOST_WORDS || self.written.len() >= 10 * MOST_WORDS {
            return None;
        }
        if known.is_none() {
            self.names.push(name);
        }
        let i = i as u16;
        self.written.insert(word.to_vec(), i);
        Some(i)
    }
}
