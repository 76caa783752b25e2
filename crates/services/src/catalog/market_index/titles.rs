//! Titles by number, each with the key by which it sorts.

use super::{super::collation::sort_key, interner::Interner};

/// Each title once.
#[derive(Clone, Default)]
pub(super) struct Titles {
    names: Interner,
    /// By number.
    keys: Vec<Box<[u8]>>,
}

impl Titles {
    /// The number of `title`, a new one if need be.
    pub(super) fn number(&mut self, title: &str) -> u32 {
        let number = self.names.number(title);
        if number as usize == self.keys.len() {
            self.keys.push(sort_key(title));
        }
        number
    }

    /// How many titles have a number.
    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.keys.len()
    }

    /// The title with this number.
    pub(super) fn title(&self, number: u32) -> &str {
        self.names.word(number)
    }

    /// Its place among the others: bytes to compare.
    pub(super) fn key(&self, number: u32) -> &[u8] {
        self.keys.get(number as usize).map_or(&[], |key| key)
    }
}
