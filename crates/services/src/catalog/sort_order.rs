//! The sort orders of the market, and the cursors of its pages.

use chrono::{DateTime, Utc};
use contracts::{catalog::MarketSort, money::Currency};
use uuid::Uuid;

use super::collation::sort_key;
use crate::platform::{Error, Result};

/// The order of the rows; each ends with the service's id, so that no two rows are equal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SortOrder {
    /// Best match first; only for few matches, as every one is ranked.
    Rank,
    Newest,
    PriceAscending,
    PriceDescending,
    Title,
}

impl SortOrder {
    /// Returns the order for a query: by rank with words and few enough matches, else newest first.
    pub(super) fn of(sort: MarketSort, has_words: bool, too_many_to_rank: bool) -> Self {
        match sort {
            MarketSort::Relevance if has_words && !too_many_to_rank => Self::Rank,
            MarketSort::Relevance | MarketSort::Newest => Self::Newest,
            MarketSort::PriceAscending => Self::PriceAscending,
            MarketSort::PriceDescending => Self::PriceDescending,
            MarketSort::Title => Self::Title,
        }
    }

    /// Returns the order as the API names it.
    pub(super) const fn sort(self) -> MarketSort {
        match self {
            Self::Rank => MarketSort::Relevance,
            Self::Newest => MarketSort::Newest,
            Self::PriceAscending => MarketSort::PriceAscending,
            Self::PriceDescending => MarketSort::PriceDescending,
            Self::Title => MarketSort::Title,
        }
    }
}

/// Keyset cursor: the row after which a page begins.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Cursor {
    Rank(f32, Uuid),
    Newest(DateTime<Utc>, Uuid),
    Price(Currency, i64, Uuid),
    Title(SortedTitle, Uuid),
}

/// A title in lower case, with the key by which it sorts.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct SortedTitle {
    title: String,
    key: Box<[u8]>,
}

impl SortedTitle {
    pub(super) fn new(title: impl Into<String>) -> Self {
        let title = title.into();
        let key = sort_key(&title);
        Self { title, key }
    }

    /// Bytes that compare as titles do.
    pub(super) fn key(&self) -> &[u8] {
        &self.key
    }
}

impl Cursor {
    /// Reads a cursor that [`Cursor::write`] wrote for the same order.
    ///
    /// # Errors
    /// `invalid_input` under `after`.
    pub(super) fn read(order: SortOrder, cursor: &str) -> Result<Self> {
        Self::parse(order, cursor).ok_or_else(|| {
            Error::invalid_field("after", "This page link has expired. Go back to the first page.")
        })
    }

    fn parse(order: SortOrder, cursor: &str) -> Option<Self> {
        let mut parts = cursor.split('.');
        let kind = parts.next()?;
        let id = parts.next_back()?.parse().ok()?;
        let value = parts.next()?;
        let after = match (kind, order) {
            ("r", SortOrder::Rank) => Self::Rank(f32::from_bits(value.parse().ok()?), id),
            ("n", SortOrder::Newest) => {
                Self::Newest(DateTime::from_timestamp_micros(value.parse().ok()?)?, id)
            }
            ("p", SortOrder::PriceAscending | SortOrder::PriceDescending) => {
                Self::Price(value.parse().ok()?, parts.next()?.parse().ok()?, id)
            }
            ("t", SortOrder::Title) => Self::Title(SortedTitle::new(text_of_hex(value)?), id),
            _ => return None,
        };
        parts.next().is_none().then_some(after)
    }

    /// The service in the row.
    pub(super) fn id(&self) -> Uuid {
        match self {
            Self::Rank(_, id) | Self::Newest(_, id) | Self::Price(_, _, id) | Self::Title(_, id) => *id,
        }
    }

    /// Writes the cursor as it stands in an address.
    pub(super) fn write(&self) -> String {
        match self {
            Self::Rank(rank, id) => format!("r.{}.{id}", rank.to_bits()),
            Self::Newest(at, id) => format!("n.{}.{id}", at.timestamp_micros()),
            Self::Price(currency, minor, id) => format!("p.{currency}.{minor}.{id}"),
            Self::Title(title, id) => {
                format!(
                    "t.{}.{id}",
                    title.title.bytes().map(|byte| format!("{byte:02x}")).collect::<String>()
                )
            }
        }
    }
}

fn text_of_hex(hex: &str) -> Option<String> {
    let digits =
        hex.as_bytes().chunks(2).map(|two| u8::from_str_radix(std::str::from_utf8(two).ok()?, 16).ok());
    String::from_utf8(digits.collect::<Option<Vec<_>>>()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_of_the_order_is_the_order() {
        let said =
            |sort, has_words, too_many_to_rank| SortOrder::of(sort, has_words, too_many_to_rank).sort();
        assert_eq!(said(MarketSort::Relevance, true, false), MarketSort::Relevance);
        assert_eq!(said(MarketSort::Relevance, true, true), MarketSort::Newest, "too many to judge");
        assert_eq!(said(MarketSort::Relevance, false, false), MarketSort::Newest);
        for chosen in MarketSort::ALL.iter().filter(|sort| **sort != MarketSort::Relevance) {
            assert_eq!(said(*chosen, true, true), *chosen);
        }
    }

    #[test]
    fn cursors_read_back_and_belong_to_their_order() {
        let id = Uuid::from_u128(7);
        let at = DateTime::from_timestamp_micros(1_700_000_000_123_456).unwrap();
        let cases = [
            (SortOrder::Rank, Cursor::Rank(0.062_5, id)),
            (SortOrder::Newest, Cursor::Newest(at, id)),
            (SortOrder::PriceAscending, Cursor::Price(Currency::Eur, 12_000, id)),
            (SortOrder::Title, Cursor::Title(SortedTitle::new("Zähne. Größe"), id)),
        ];
        for (order, after) in &cases {
            assert_eq!(Cursor::read(*order, &after.write()).unwrap(), *after);
        }
        assert!(Cursor::read(SortOrder::Title, &cases[1].1.write()).is_err());
        for forged in ["", "n", "n.x.y", "r.1.2.3", "t.zz.00000000-0000-0000-0000-000000000007", "n.1"] {
            assert!(Cursor::read(SortOrder::Newest, forged).is_err(), "{forged}");
        }
    }
}
