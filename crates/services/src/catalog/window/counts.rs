//! Which rows a question leaves, and how many each value of each filter would leave: one pass over all rows.

use std::sync::Arc;

use contracts::catalog::{FacetName, MarketQuery};

use super::{
    index::{CURRENCY, Index, Row, SINGLE},
    names::{Bits, Names, Rows},
};

/// A count: which filter, which value, how many rows.
pub(in crate::catalog) type Count = (FacetName, String, u64);

/// What one pass finds.
pub(super) struct Counted {
    pub(super) total: u64,
    pub(super) matches: Rows,
    /// Values with at least one row. A filter that is on is counted without itself, so that its other values can be chosen.
    pub(super) counts: Vec<Count>,
}

/// What a row fails: a bit for each single-valued filter, and these.
type Failures = u16;
const CHAPTER: Failures = 1 << 8;
const BLOCK: Failures = 1 << 9;

/// A question in the numbers of an index.
struct Conditions {
    /// Values that pass, for the filters that are on.
    single: [Option<Vec<u32>>; 6],
    /// What each coding fails; none where nothing helps.
    codings: Vec<Option<Failures>>,
    prices: std::ops::RangeInclusive<i64>,
    words: Option<Arc<Bits>>,
}

impl Conditions {
    fn new(index: &Index, query: &MarketQuery, words: Option<Arc<Bits>>) -> Self {
        let mut single = SINGLE.map(|_| None);
        for ((passing, facet), names) in single.iter_mut().zip(SINGLE).zip(&index.values) {
            *passing = query.facet(facet).map(|value| passing_values(names, facet, &value));
        }
        let failing = |names: &Names, wanted: Option<&str>| {
            wanted
                .map(|word| names.find(word))
                .map(|wanted| move |has: &[u32]| wanted.is_none_or(|number| !has.contains(&number)))
        };
        let chapter = failing(&index.chapters, query.chapter.as_deref());
        let block = failing(&index.blocks, query.block.as_deref());
        let code = failing(&index.codes, query.code.as_deref());
        let codings = index.codings.iter().map(|coding| {
            if code.as_ref().is_some_and(|fails| fails(&coding.codes)) {
                return None;
            }
            let bit = |fails: bool, bit: Failures| if fails { bit } else { 0 };
            Some(
                bit(chapter.as_ref().is_some_and(|fails| fails(&coding.chapters)), CHAPTER)
                    | bit(block.as_ref().is_some_and(|fails| fails(&coding.blocks)), BLOCK),
            )
        });
        Self {
            single,
            codings: codings.collect(),
            prices: query.price_min.unwrap_or(i64::MIN)..=query.price_max.unwrap_or(i64::MAX),
            words,
        }
    }

    /// What the row fails; none when it fails what no filter's counting leaves out.
    fn failures(&self, number: u32, row: &Row) -> Option<Failures> {
        if self.words.as_ref().is_some_and(|words| !words.has(number)) {
            return None;
        }
        let mut failures = (*self.codings.get(row.coding as usize)?)?;
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

/// Towns are meant however they are written.
fn passing_values(names: &Names, facet: FacetName, value: &str) -> Vec<u32> {
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

/// How often each value was met, by its number.
struct Tally(Vec<u64>);

impl Tally {
    fn of(names: &Names) -> Self {
        Self(vec![0; names.len()])
    }

    fn add(&mut self, number: u32) {
        if let Some(count) = self.0.get_mut(number as usize) {
            *count += 1;
        }
    }

    fn into_counts(self, facet: FacetName, names: &Names) -> impl Iterator<Item = Count> {
        names
            .all()
            .zip(self.0)
            .filter(|(_, count)| *count > 0)
            .map(move |((_, word), count)| (facet, word.to_owned(), count))
    }
}

/// Counts what `query` leaves of `index`; `words` are the rows that have its words.
pub(super) fn count(index: &Index, query: &MarketQuery, words: Option<Arc<Bits>>) -> Counted {
    let conditions = Conditions::new(index, query, words);
    let mut single = index.values.each_ref().map(Tally::of);
    let (mut chapters, mut blocks) = (Tally::of(&index.chapters), Tally::of(&index.blocks));
    let (mut total, mut matches) = (0, Bits::none(index.rows.len()));
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
        let Some(coding) = index.codings.get(row.coding as usize) else { continue };
        // without its chapter a block says nothing
        if failures & !(CHAPTER | BLOCK) == 0 {
            coding.chapters.iter().for_each(|chapter| chapters.add(*chapter));
        }
        if failures & !BLOCK == 0 && query.chapter.is_some() {
            coding.blocks.iter().for_each(|block| blocks.add(*block));
        }
    }
    let mut counts: Vec<Count> = chapters.into_counts(FacetName::Chapter, &index.chapters).collect();
    counts.extend(blocks.into_counts(FacetName::Block, &index.blocks));
    for ((tally, facet), names) in single.into_iter().zip(SINGLE).zip(&index.values) {
        counts.extend(tally.into_counts(facet, names));
    }
    Counted { total, matches: matches.into(), counts }
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
        let mut words = Bits::none(100);
        words.add(7);
        let counted = count(&index, &MarketQuery::default(), Some(Arc::new(words)));
        assert_eq!((counted.total, counted.matches.rows_from(0).collect::<Vec<_>>()), (1, vec![7]));
        assert!(counted.counts.iter().all(|(.., count)| *count == 1));
    }
}
