//! Interned words, and sets of rows.

use std::{collections::HashMap, sync::Arc};

/// Interner: stores each word once and gives it a number.
#[derive(Clone, Default)]
pub(super) struct Interner {
    words: Vec<Arc<str>>,
    numbers: HashMap<Arc<str>, u32>,
}

impl Interner {
    /// Returns the number of `word`; a new word gets the next one.
    pub(super) fn number(&mut self, word: &str) -> u32 {
        if let Some(number) = self.numbers.get(word) {
            return *number;
        }
        let word: Arc<str> = word.into();
        let number = u32::try_from(self.words.len()).unwrap_or(u32::MAX);
        self.words.push(Arc::clone(&word));
        self.numbers.insert(word, number);
        number
    }

    /// Returns the number of `word`; `None` when it was never interned.
    pub(super) fn find(&self, word: &str) -> Option<u32> {
        self.numbers.get(word).copied()
    }

    pub(super) fn word(&self, number: u32) -> &str {
        self.words.get(number as usize).map_or("", |word| word)
    }

    pub(super) fn all(&self) -> impl Iterator<Item = (u32, &str)> {
        (0..).zip(&self.words).map(|(number, word)| (number, &**word))
    }

    pub(super) fn len(&self) -> usize {
        self.words.len()
    }
}

/// A set of rows, one bit for each row of the index.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct RowBitset(Box<[u64]>);

impl RowBitset {
    /// Creates an empty set of `rows` rows.
    pub(super) fn none(rows: usize) -> Self {
        Self(vec![0; rows.div_ceil(64)].into())
    }

    pub(super) fn add(&mut self, row: u32) {
        if let Some(word) = self.0.get_mut(row as usize / 64) {
            *word |= 1 << (row % 64);
        }
    }

    pub(super) fn has(&self, row: u32) -> bool {
        self.0.get(row as usize / 64).is_some_and(|word| word & (1 << (row % 64)) != 0)
    }

    /// Returns the rows in ascending order, from `first` on.
    pub(super) fn rows_from(&self, first: u32) -> impl Iterator<Item = u32> {
        let start = first as usize / 64;
        (0_u32..).step_by(64).zip(&self.0).skip(start).flat_map(move |(base, word)| {
            let mut left = *word;
            std::iter::from_fn(move || {
                let bit = left.trailing_zeros();
                left &= left.wrapping_sub(1);
                (bit < 64).then_some(base + bit)
            })
            .filter(move |row| *row >= first)
        })
    }
}

/// A set of rows to keep, in the smaller of two representations: most queries match few listings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum RowSet {
    /// In their order.
    Few(Box<[u32]>),
    /// One bit each.
    Many(RowBitset),
}

impl From<RowBitset> for RowSet {
    fn from(bits: RowBitset) -> Self {
        // two numbers take the room of one word of bits
        let room = bits.0.len() * 2;
        let few: Vec<u32> = bits.rows_from(0).take(room).collect();
        if few.len() < room { Self::Few(few.into()) } else { Self::Many(bits) }
    }
}

impl RowSet {
    pub(super) fn has(&self, row: u32) -> bool {
        match self {
            Self::Few(rows) => rows.binary_search(&row).is_ok(),
            Self::Many(bits) => bits.has(row),
        }
    }

    /// Returns the rows in ascending order, from `first` on.
    pub(super) fn rows_from(&self, first: u32) -> impl Iterator<Item = u32> {
        let (few, many) = match self {
            Self::Few(rows) => (rows.get(rows.partition_point(|row| *row < first)..), None),
            Self::Many(bits) => (None, Some(bits.rows_from(first))),
        };
        few.into_iter().flatten().copied().chain(many.into_iter().flatten())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_come_back_in_their_order_from_either_shape() {
        let mut bits = RowBitset::none(200);
        for row in [0, 63, 64, 130, 199] {
            bits.add(row);
        }
        let few = RowSet::from(bits.clone());
        assert!(matches!(few, RowSet::Few(_)));
        for rows in [few, RowSet::Many(bits)] {
            assert_eq!(rows.rows_from(0).collect::<Vec<_>>(), [0, 63, 64, 130, 199]);
            assert_eq!(rows.rows_from(64).collect::<Vec<_>>(), [64, 130, 199]);
            assert_eq!(rows.rows_from(131).collect::<Vec<_>>(), [199]);
            assert_eq!(rows.rows_from(200).count(), 0);
            assert!(rows.has(130) && !rows.has(131) && !rows.has(5_000));
        }
        let mut most = RowBitset::none(200);
        (0..150).for_each(|row| most.add(row));
        assert_eq!(RowSet::from(most.clone()), RowSet::Many(most));
        assert_eq!(RowSet::from(RowBitset::none(0)).rows_from(0).count(), 0);
    }

    #[test]
    fn a_word_keeps_its_number() {
        let mut names = Interner::default();
        assert_eq!((names.number("a"), names.number("b"), names.number("a")), (0, 1, 0));
        assert_eq!((names.find("b"), names.find("c"), names.word(1)), (Some(1), None, "b"));
    }
}
