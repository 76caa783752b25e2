//! The listings, narrow enough to be kept: what is filtered, counted and sorted by, each word as a number.

use std::{
    cmp::Ordering,
    collections::{HashMap, HashSet},
    sync::Arc,
};

use contracts::catalog::FacetName;
use uuid::Uuid;

use super::{
    super::sort_order::{Cursor, SortOrder, SortedTitle},
    interner::{Interner, RowSet},
    titles::Titles,
};

/// The filters of which a listing has exactly one value, in the order of [`Row::values`].
pub(super) const SINGLE: [FacetName; 6] = [
    FacetName::Category,
    FacetName::Modality,
    FacetName::Country,
    FacetName::City,
    FacetName::Provider,
    FacetName::Currency,
];
/// Where the currency stands among them.
pub(super) const CURRENCY: usize = 5;

/// From so many matches in a thousand rows on, an order is walked until the page is full; below, the matches are sorted.
const DENSE_PER_MILLE: usize = 20;
/// Additions allowed beyond twice the present rows before `arrange` builds the index anew without unused names: keeps a small
/// market from being rebuilt at every change.
const SPARE: usize = 1_000;

/// A listing as the database has it.
pub(super) struct Listing {
    pub(super) id: Uuid,
    pub(super) listed_at_micros: i64,
    pub(super) price_minor: i64,
    /// In lower case.
    pub(super) title: String,
    pub(super) provider_name: String,
    /// In the order of [`SINGLE`].
    pub(super) values: [String; 6],
    pub(super) chapters: Vec<String>,
    pub(super) blocks: Vec<String>,
    pub(super) codes: Vec<String>,
}

/// A listing as it is kept.
#[derive(Clone, Copy)]
pub(super) struct Row {
    id: Uuid,
    listed_at: i64,
    pub(super) price: i64,
    title: u32,
    pub(super) code_set: u32,
    pub(super) values: [u32; 6],
}

/// The codes of a listing with their chapters and blocks; most listings share theirs with others.
#[derive(Clone, Default, PartialEq, Eq, Hash)]
pub(super) struct CodeSet {
    pub(super) chapters: Box<[u32]>,
    pub(super) blocks: Box<[u32]>,
    pub(super) codes: Box<[u32]>,
}

/// All listings, the newest first: a row's number is its place in that order.
#[derive(Clone, Default)]
pub(super) struct Index {
    pub(super) rows: Vec<Row>,
    pub(super) code_sets: Vec<CodeSet>,
    pub(super) values: [Interner; 6],
    pub(super) chapters: Interner,
    pub(super) blocks: Interner,
    pub(super) codes: Interner,
    titles: Titles,
    provider_names: HashMap<u32, Arc<str>>,
    code_set_numbers: HashMap<CodeSet, u32>,
    /// Listings that were ever added: each may have brought words that nothing uses any more.
    added: usize,
    by_id: Vec<u32>,
    by_price: Vec<u32>,
    by_title: Vec<u32>,
}

impl Index {
    /// Forgets these listings. [`Index::arrange`] must follow.
    pub(super) fn remove(&mut self, gone: &HashSet<Uuid>) {
        self.rows.retain(|row| !gone.contains(&row.id));
    }

    /// Takes a listing in that is not in it. [`Index::arrange`] must follow.
    pub(super) fn add(&mut self, listing: &Listing) {
        let number_all =
            |names: &mut Interner, words: &[String]| words.iter().map(|word| names.number(word)).collect();
        let code_set = CodeSet {
            chapters: number_all(&mut self.chapters, &listing.chapters),
            blocks: number_all(&mut self.blocks, &listing.blocks),
            codes: number_all(&mut self.codes, &listing.codes),
        };
        let mut values = [0; 6];
        for ((value, names), word) in values.iter_mut().zip(&mut self.values).zip(&listing.values) {
            *value = names.number(word);
        }
        let [.., provider, _] = values;
        self.provider_names.insert(provider, listing.provider_name.as_str().into());
        let code_set = self.intern_code_set(code_set);
        self.added += 1;
        self.rows.push(Row {
            id: listing.id,
            listed_at: listing.listed_at_micros,
            price: listing.price_minor,
            title: self.titles.number(&listing.title),
            code_set,
            values,
        });
    }

    /// Returns the number of a code set; a new one gets the next number.
    fn intern_code_set(&mut self, code_set: CodeSet) -> u32 {
        if let Some(number) = self.code_set_numbers.get(&code_set) {
            return *number;
        }
        let number = u32::try_from(self.code_sets.len()).unwrap_or(u32::MAX);
        self.code_sets.push(code_set.clone());
        self.code_set_numbers.insert(code_set, number);
        number
    }

    /// Returns an index of the same listings without the words that only removed listings had: those must not stay in memory for good.
    fn rebuild(&self) -> Self {
        let mut fresh = Self::default();
        let words = |names: &Interner, numbers: &[u32]| {
            numbers.iter().map(|number| names.word(*number).to_owned()).collect()
        };
        for row in &self.rows {
            let code_set = self.code_sets.get(row.code_set as usize).cloned().unwrap_or_default();
            let mut values = row.values.iter().zip(&self.values);
            let mut next_value =
                || values.next().map_or_else(String::new, |(number, names)| names.word(*number).to_owned());
            let values: [String; 6] = std::array::from_fn(|_| next_value());
            let [.., provider, _] = &values;
            fresh.add(&Listing {
                id: row.id,
                listed_at_micros: row.listed_at,
                price_minor: row.price,
                title: self.titles.title(row.title).to_owned(),
                provider_name: self.provider_name(provider),
                chapters: words(&self.chapters, &code_set.chapters),
                blocks: words(&self.blocks, &code_set.blocks),
                codes: words(&self.codes, &code_set.codes),
                values,
            });
        }
        fresh
    }

    /// Puts the rows and the orders right after changes, and forgets words once most of them may be unused.
    pub(super) fn arrange(&mut self) {
        if self.added > 2 * self.rows.len() + SPARE {
            *self = self.rebuild();
        }
        self.rows.shrink_to_fit();
        self.rows.sort_unstable_by_key(|row| std::cmp::Reverse((row.listed_at, row.id)));
        let count = u32::try_from(self.rows.len()).unwrap_or(u32::MAX);
        let sorted = |compare: &dyn Fn(&Row, &Row) -> Ordering| {
            let mut places: Vec<u32> = (0..count).collect();
            places.sort_unstable_by(|a, b| match (self.row(*a), self.row(*b)) {
                (Some(a), Some(b)) => compare(a, b),
                _ => a.cmp(b),
            });
            places
        };
        let by_id = sorted(&|a, b| a.id.cmp(&b.id));
        let by_price = sorted(&|a, b| self.price_key(a).cmp(&self.price_key(b)));
        let by_title = sorted(&|a, b| self.title_key(a).cmp(&self.title_key(b)));
        (self.by_id, self.by_price, self.by_title) = (by_id, by_price, by_title);
    }

    pub(super) fn row(&self, number: u32) -> Option<&Row> {
        self.rows.get(number as usize)
    }

    /// The service in a row.
    pub(super) fn id(&self, number: u32) -> Uuid {
        self.row(number).map_or(Uuid::nil(), |row| row.id)
    }

    /// The row of a service.
    pub(super) fn find(&self, id: Uuid) -> Option<u32> {
        let place = self.by_id.partition_point(|number| self.id(*number) < id);
        self.by_id.get(place).copied().filter(|number| self.id(*number) == id)
    }

    /// The name of the provider with this id.
    pub(super) fn provider_name(&self, provider: &str) -> String {
        let [.., providers, _] = &self.values;
        let name = providers.find(provider).and_then(|number| self.provider_names.get(&number));
        name.map_or_else(String::new, |name| name.to_string())
    }

    fn currency_of(&self, row: &Row) -> &str {
        let [.., currency] = row.values;
        let [.., currencies] = &self.values;
        currencies.word(currency)
    }

    fn price_key(&self, row: &Row) -> (&str, i64, Uuid) {
        (self.currency_of(row), row.price, row.id)
    }

    fn title_key(&self, row: &Row) -> (&[u8], Uuid) {
        (self.titles.key(row.title), row.id)
    }

    /// Where a row stands to the place `after` in its order.
    fn compare(&self, row: &Row, after: &Cursor, order: SortOrder) -> Ordering {
        match after {
            Cursor::Newest(at, id) => (at.timestamp_micros(), *id).cmp(&(row.listed_at, row.id)),
            Cursor::Price(currency, minor, id) => {
                let standing = self.price_key(row).cmp(&(currency.as_str(), *minor, *id));
                if order == SortOrder::PriceDescending { standing.reverse() } else { standing }
            }
            Cursor::Title(title, id) => self.title_key(row).cmp(&(title.key(), *id)),
            Cursor::Rank(..) => Ordering::Greater,
        }
    }

    /// The place of a row in `order`, from which the page after it begins.
    pub(super) fn place(&self, number: u32, order: SortOrder) -> Option<Cursor> {
        let row = self.row(number)?;
        match order {
            SortOrder::Rank => None,
            SortOrder::Newest => {
                chrono::DateTime::from_timestamp_micros(row.listed_at).map(|at| Cursor::Newest(at, row.id))
            }
            SortOrder::PriceAscending | SortOrder::PriceDescending => {
                let currency = self.currency_of(row).parse().ok()?;
                Some(Cursor::Price(currency, row.price, row.id))
            }
            SortOrder::Title => Some(Cursor::Title(SortedTitle::new(self.titles.title(row.title)), row.id)),
        }
    }

    /// The first `most` of the `matches` in `order`, after a place in it; there are `total` matches in all.
    pub(super) fn page(
        &self,
        matches: &RowSet,
        total: usize,
        order: SortOrder,
        after: Option<&Cursor>,
        most: usize,
    ) -> Vec<u32> {
        let follows = |number: u32| {
            self.row(number)
                .is_some_and(|row| after.is_none_or(|after| self.compare(row, after, order).is_gt()))
        };
        if order == SortOrder::Newest {
            let first = after
                .map_or(0, |after| self.rows.partition_point(|row| self.compare(row, after, order).is_le()));
            return matches.rows_from(u32::try_from(first).unwrap_or(u32::MAX)).take(most).collect();
        }
        if total * 1000 < self.rows.len() * DENSE_PER_MILLE {
            return self.sort_first(
                matches.rows_from(0).filter(|number| follows(*number)).collect(),
                order,
                most,
            );
        }
        let walk = if order == SortOrder::Title { &self.by_title } else { &self.by_price };
        let chosen = |number: &u32| matches.has(*number);
        let before = |number: &u32| !follows(*number);
        if order == SortOrder::PriceDescending {
            let end = walk.partition_point(|number| !before(number));
            return walk.iter().take(end).rev().copied().filter(chosen).take(most).collect();
        }
        walk.iter().skip(walk.partition_point(before)).copied().filter(chosen).take(most).collect()
    }

    /// The last `most` of the `matches` in `order` up to a place in it, nearest first; there are `total` matches in all.
    pub(super) fn preceding(
        &self,
        matches: &RowSet,
        total: usize,
        order: SortOrder,
        until: &Cursor,
        most: usize,
    ) -> Vec<u32> {
        let precedes =
            |number: &u32| self.row(*number).is_some_and(|row| self.compare(row, until, order).is_le());
        if order == SortOrder::Newest || total * 1000 < self.rows.len() * DENSE_PER_MILLE {
            let found: Vec<u32> = matches.rows_from(0).filter(precedes).collect();
            let all = found.len();
            return self.sort_first(found, order, all).into_iter().rev().take(most).collect();
        }
        let walk = if order == SortOrder::Title { &self.by_title } else { &self.by_price };
        let chosen = |number: &u32| matches.has(*number);
        if order == SortOrder::PriceDescending {
            let start = walk.partition_point(|number| !precedes(number));
            return walk.iter().skip(start).copied().filter(chosen).take(most).collect();
        }
        let end = walk.partition_point(precedes);
        walk.iter().take(end).rev().copied().filter(chosen).take(most).collect()
    }

    /// Sorts the rows and returns the first `most` of them.
    fn sort_first(&self, mut found: Vec<u32>, order: SortOrder, most: usize) -> Vec<u32> {
        let compare = |a: &u32, b: &u32| match (self.row(*a), self.row(*b)) {
            (Some(a), Some(b)) => match order {
                SortOrder::PriceAscending => self.price_key(a).cmp(&self.price_key(b)),
                SortOrder::PriceDescending => self.price_key(b).cmp(&self.price_key(a)),
                SortOrder::Title => self.title_key(a).cmp(&self.title_key(b)),
                SortOrder::Rank | SortOrder::Newest => (b.listed_at, b.id).cmp(&(a.listed_at, a.id)),
            },
            _ => a.cmp(b),
        };
        if found.len() > most {
            found.select_nth_unstable_by(most, compare);
            found.truncate(most);
        }
        found.sort_unstable_by(compare);
        found
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::{super::interner::RowBitset, *};

    /// A market of so many listings that differ in everything, some of them equal in what they are sorted by.
    pub(in crate::catalog::market_index) fn market(listings: u32) -> Index {
        let mut index = Index::default();
        for number in 0..listings {
            index.add(&listing(number));
        }
        index.arrange();
        index
    }

    fn listing(number: u32) -> Listing {
        let of = |choices: &[&str], step: u32| choices[(number / step) as usize % choices.len()].to_owned();
        Listing {
            // neither in the order of the listings nor in that of anything else
            id: Uuid::from_u128(u128::from(number.wrapping_mul(2_654_435_761))),
            listed_at_micros: i64::from(number % 50),
            price_minor: i64::from(number % 37) * 10,
            title: format!("title {}", number % 11),
            provider_name: "Clinic".into(),
            values: [
                of(&["imaging", "therapy", "dental"], 1),
                of(&["on_site", "remote"], 3),
                of(&["DE", "FR"], 2),
                of(&["Berlin", "Bonn", "Paris", ""], 5),
                Uuid::from_u128(u128::from(number % 7)).to_string(),
                of(&["EUR", "USD"], 7),
            ],
            chapters: vec![of(&["11", "12"], 11)],
            blocks: vec![of(&["B1", "B2", "B3"], 2), of(&["B4"], 1)],
            codes: vec![of(&["C1", "C2"], 4)],
        }
    }

    fn walk_pages(index: &Index, matches: &RowSet, total: usize, order: SortOrder) -> Vec<Uuid> {
        let (mut seen, mut after) = (Vec::new(), None);
        loop {
            let page = index.page(matches, total, order, after.as_ref(), 7);
            let Some(last) = page.last() else { return seen };
            seen.extend(page.iter().map(|row| index.id(*row)));
            let cursor = index.place(*last, order).unwrap().write();
            after = Some(Cursor::read(order, &cursor).unwrap());
        }
    }

    /// The places from which the pages of an order begin, on the way there and on the way back.
    fn walk_back(
        index: &Index,
        matches: &RowSet,
        total: usize,
        order: SortOrder,
    ) -> [Vec<Option<String>>; 2] {
        let place = |row: u32| index.place(row, order).unwrap().write();
        let read = |cursor: &str| Cursor::read(order, cursor).unwrap();
        let mut there = vec![None];
        while let Some(last) =
            index.page(matches, total, order, there.last().unwrap().as_deref().map(read).as_ref(), 7).get(6)
        {
            there.push(Some(place(*last)));
        }
        let mut back = vec![there.last().unwrap().clone()];
        while let Some(Some(until)) = back.last() {
            let rows = index.preceding(matches, total, order, &read(until), 8);
            back.push(rows.get(7).map(|row| place(*row)));
        }
        back.reverse();
        [there, back]
    }

    #[test]
    fn the_way_back_leads_over_the_same_pages_in_every_order() {
        let index = market(200);
        let mut matches = RowBitset::none(200);
        (0..200).filter(|row| row % 3 != 1).for_each(|row| matches.add(row));
        let matches = RowSet::from(matches);
        for order in
            [SortOrder::Newest, SortOrder::PriceAscending, SortOrder::PriceDescending, SortOrder::Title]
        {
            // walked along the order, and sorted
            for total in [200, 0] {
                let [there, back] = walk_back(&index, &matches, total, order);
                assert!(there.len() > 15, "{order:?}");
                assert_eq!(there, back, "{order:?}, {total}");
            }
        }
    }

    #[test]
    fn pages_are_the_same_whether_an_order_is_walked_or_the_matches_are_sorted() {
        let index = market(200);
        let mut matches = RowBitset::none(200);
        (0..200).filter(|row| row % 3 != 1).for_each(|row| matches.add(row));
        let matches = RowSet::from(matches);
        for order in
            [SortOrder::Newest, SortOrder::PriceAscending, SortOrder::PriceDescending, SortOrder::Title]
        {
            let (walk, sorted) =
                (walk_pages(&index, &matches, 200, order), walk_pages(&index, &matches, 0, order));
            assert_eq!(walk, sorted, "{order:?}");
            let all: HashSet<Uuid> = matches.rows_from(0).map(|row| index.id(row)).collect();
            assert_eq!((walk.len(), walk.into_iter().collect()), (all.len(), all), "{order:?}");
        }
        let prices = |order| {
            let rows = index.page(&matches, 200, order, None, 200);
            rows.iter().map(|row| index.price_key(index.row(*row).unwrap())).collect::<Vec<_>>()
        };
        assert!(prices(SortOrder::PriceAscending).is_sorted());
        assert!(prices(SortOrder::PriceDescending).into_iter().rev().is_sorted());
    }

    #[test]
    fn words_of_listings_that_are_gone_are_forgotten() {
        let mut index = market(100);
        let size = |index: &Index| index.titles.len() + index.code_sets.len() + index.provider_names.len();
        let before = size(&index);
        for round in 0..50 {
            let gone = index.rows.iter().map(|row| row.id).collect();
            index.remove(&gone);
            for number in 0..100 {
                let fresh = round * 100 + number;
                index.add(&Listing {
                    title: format!("title of {round}, {number}"),
                    codes: vec![format!("C{fresh}")],
                    ..listing(fresh)
                });
            }
            index.arrange();
            assert!(size(&index) < before + 3 * SPARE, "after {round} rounds: {}", size(&index));
        }
        let row = index.find(listing(4_999).id).and_then(|number| index.row(number)).unwrap();
        assert_eq!(index.titles.title(row.title), "title of 49, 99");
        assert_eq!(index.provider_name(&listing(4_999).values[4]), "Clinic");
    }

    #[test]
    fn what_is_removed_is_not_found_and_the_rest_is() {
        let mut index = market(100);
        let gone = listing(3).id;
        index.remove(&HashSet::from([gone]));
        index.arrange();
        assert_eq!((index.find(gone), index.rows.len()), (None, 99));
        for number in (0..100).filter(|number| *number != 3) {
            let id = listing(number).id;
            assert_eq!(index.find(id).map(|row| index.id(row)), Some(id));
        }
    }
}
