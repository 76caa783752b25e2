//! Finds the rows that match a query, and counts for each value of each facet how many rows it would match. One pass over all rows.

use std::sync::Arc;

use contracts::catalog::{FacetName, MarketQuery};

use super::{
    index::{CURRENCY, Index, Row, SINGLE},
    interner::{Interner, RowBitset, RowSet},
};

/// A count: which filter, which value, how many rows.
pub(in crate::catalog) type Count = (FacetName, String, u64);

/// The result of one pass.
pub(super) struct MatchCounts {
    pub(super) total: u64,
    pub(super) matches: RowSet,
    /// Values with at least one row. A filter that is on is counted without itself, so that its other values can be chosen.
    pub(super) counts: Vec<Count>,
}

/// Bit mask of the facets a row does not match: one bit for each single-valued facet, and these two.
type Failures = u16;
const CHAPTER: Failures = 1 << 8;
const BLOCK: Failures = 1 << 9;

/// A query whose words are replaced by the numbers of an index.
struct Conditions {
    /// Values that pass, for the filters that are on.
    single: [Option<Vec<u32>>; 6],
    /// Bit mask of the facets that each code set does not match. `None`: the code excludes it, which is no facet.
    code_sets: Vec<Option<Failures>>,
    prices: std::ops::RangeInclusive<i64>,
    words: Option<Arc<RowBitset>>,
}

impl Conditions {
    fn new(index: &Index, query: &MarketQuery, words: Option<Arc<RowBitset>>) -> Self {
        let mut single = SINGLE.map(|_| None);
        for ((passing, facet), names) in single.iter_mut().zip(SINGLE).zip(&index.values) {
            *passing = query.facet(facet).map(|value| passing_values(names, facet, &value));
        }
        let failing = |names: &Interner, wanted: Option<&str>| {
            wanted
                .map(|word| names.find(word))
                .map(|wanted| move |has: &[u32]| wanted.is_none_or(|number| !has.contains(&number)))
        };
        let chapter = failing(&index.chapters, query.chapter.as_deref());
        let block = failing(&index.blocks, query.block.as_deref());
        let code = failing(&index.codes, query.code.as_deref());
        let code_sets = index.code_sets.iter().map(|code_set| {
            if code.as_ref().is_some_and(|fails| fails(&code_set.codes)) {
                return None;
            }
            let bit = |fails: bool, bit: Failures| if fails { bit } else { 0 };
            Some(
                bit(chapter.as_ref().is_some_and(|fails| fails(&code_set.chapters)), CHAPTER)
                    | bit(block.as_ref().is_some_and(|fails| fails(&code_set.blocks)), BLOCK),
            )
        });
        Self {
            single,
            code_sets: code_sets.collect(),
            prices: query.price_min.unwrap_or(i64::MIN)..=query.price_max.unwrap_or(i64::MAX),
            words,
        }
    }

    /// Returns the bit mask of the facets the row does not match. `None`: it is excluded by a criterion that is no facet.
    fn failures(&self, number: u32, row: &Row) -> Option<Failures> {
        if self.words.as_ref().is_some_and(|words| !words.has(number)) {
            return None;
        }
        let mut failures = (*self.code_sets.get(row.code_set as usize)?)?;
        for (place, (passing, value)) in self.single.iter().zip(&row.values).enumerate() {
            if passing.as_ref().is_some_and(|passing| !passing.contains(value)) {
                failures |= 1 << place;
            }
        }
        // a price says nothing without its currency
        if self.single.get(CURRENCY).is_some_and(Option::is_some) && !self.prices.contains(&row.price) {
            failures |= 1 << CURRENCY;
        }
        Some(failures)
    }
}

/// Returns the numbers of the values that pass; towns are compared without regard to case.
fn passing_values(names: &Interner, facet: FacetName, value: &str) -> Vec<u32> {
    if facet == FacetName::City {
        let wanted = value.to_lowercase();
        return names
            .all()
            .filter(|(_, word)| word.to_lowercase() == wanted)
            .map(|(number, _)| number)
            .collect();
    }
    names.find(value).into_iter().collect()
}

/// Counts of the values of one facet, indexed by their number.
struct ValueCounts(Vec<u64>);

impl ValueCounts {
    fn of(names: &Interner) -> Self {
        Self(vec![0; names.len()])
    }

    fn add(&mut self, number: u32) {
        if let Some(count) = self.0.get_mut(number as usize) {
            *count += 1;
        }
    }

    fn into_counts(self, facet: FacetName, names: &Interner) -> impl Iterator<Item = Count> {
        names
            .all()
            .zip(self.0)
            .filter(|(_, count)| *count > 0)
            .map(move |((_, word), count)| (facet, word.to_owned(), count))
    }
}

/// Counts the matches of `query` in `index`; `words` are the rows that match its words, `None` when it has none.
pub(super) fn count(index: &Index, query: &MarketQuery, words: Option<Arc<RowBitset>>) -> MatchCounts {
    let conditions = Conditions::new(index, query, words);
    let mut single = index.values.each_ref().map(ValueCounts::of);
    let (mut chapters, mut blocks) = (ValueCounts::of(&index.chapters), ValueCounts::of(&index.blocks));
    let (mut total, mut matches) = (0, RowBitset::none(index.rows.len()));
    for (number, row) in (0..).zip(&index.rows) {
        let Some(failures) = conditions.failures(number, row) else { continue };
        if failures == 0 {
            total += 1;
            matches.add(number);
        }
        for (place, (tally, value)) in single.iter_mut().zip(row.values).enumerate() {
            if failures & !(1 << place) == 0 {
                tally.add(value);
            }
        }
        let Some(code_set) = index.code_sets.get(row.code_set as usize) else { continue };
        // without its chapter a block says nothing
        if failures & !(CHAPTER | BLOCK) == 0 {
            code_set.chapters.iter().for_each(|chapter| chapters.add(*chapter));
        }
        if failures & !BLOCK == 0 && query.chapter.is_some() {
            code_set.blocks.iter().for_each(|block| blocks.add(*block));
        }
    }
    let mut counts: Vec<Count> = chapters.into_counts(FacetName::Chapter, &index.chapters).collect();
    counts.extend(blocks.into_counts(FacetName::Block, &index.blocks));
    for ((tally, facet), names) in single.into_iter().zip(SINGLE).zip(&index.values) {
        counts.extend(tally.into_counts(facet, names));
    }
    MatchCounts { total, matches: matches.into(), counts }
}

#[cfg(test)]
mod tests {
    use super::{super::index::tests::market, *};

    #[test]
    fn the_number_beside_a_value_is_the_number_of_results_with_it() {
        let index = market(300);
        for text in [
            "",
            "category=imaging",
            "category=imaging&currency=EUR&price_min=1&price_max=2.50",
            "chapter=11&block=B2&code=C1",
            "country=DE&modality=remote",
            "city=BERLIN&currency=USD",
            "chapter=99",
        ] {
            let query = MarketQuery::parse(text).unwrap();
            let counted = count(&index, &query, None);
            assert_eq!(
                usize::try_from(counted.total).unwrap(),
                counted.matches.rows_from(0).count(),
                "{text}"
            );
            for (facet, value, results) in &counted.counts {
                // taking another country would take the town away
                if *facet != FacetName::Country || query.city.is_none() {
                    let chosen = query.with_facet(*facet, Some(value));
                    // another chapter takes the block away
                    assert_eq!(count(&index, &chosen, None).total, *results, "{text}: {facet}={value}");
                }
            }
        }
        assert_eq!(count(&index, &MarketQuery::default(), None).total, 300);
        assert!(count(&index, &MarketQuery::parse("category=imaging").unwrap(), None).total > 20);
    }

    #[test]
    fn rows_without_the_words_count_nowhere() {
        let index = market(100);
        let mut words = RowBitset::none(100);
        words.add(7);
        let counted = count(&index, &MarketQuery::default(), Some(Arc::new(words)));
        assert_eq!((counted.total, counted.matches.rows_from(0).collect::<Vec<_>>()), (1, vec![7]));
        assert!(counted.counts.iter().all(|(.., count)| *count == 1));
    }
}
