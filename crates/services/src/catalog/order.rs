//! The orders of the market, and the places in them that pages begin after.

use chrono::{DateTime, Utc};
use contracts::{catalog::MarketSort, money::Currency};
use uuid::Uuid;

use super::collation::sort_key;
use crate::platform::{Error, Result};

/// The order rows come in; each ends with the service's id, so that no two rows are equal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    /// Best match first; only for few matches, as every one is judged.
    Rank,
    Newest,
    PriceAscending,
    PriceDescending,
    Title,
}

impl Order {
    /// The order for a question: with words and few enough matches by rank, else newest first.
    pub(super) fn of(sort: MarketSort, has_words: bool, is_dense: bool) -> Self {
        match sort {
            MarketSort::Relevance if has_words && !is_dense => Self::Rank,
            MarketSort::Relevance | MarketSort::Newest => Self::Newest,
            MarketSort::PriceAscending => Self::PriceAscending,
            MarketSort::PriceDescending => Self::PriceDescending,
            MarketSort::Title => Self::Title,
        }
    }

    /// As it is said to who asked.
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

/// The row after which a page begins.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum After {
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

impl After {
    /// Reads a cursor made by [`After::write`] for the same order.
    pub(super) fn read(order: Order, cursor: &str) -> Result<Self> {
        Self::parse(order, cursor).ok_or_else(|| {
            Error::invalid_field("after", "This page link has expired. Go back to the first page.")
        })
    }

    fn parse(order: Order, cursor: &str) -> Option<Self> {
        let mut parts = cursor.split('.');
        let kind = parts.next()?;
        let id = parts.next_back()?.parse().ok()?;
        let value = parts.next()?;
        let after = match (kind, order) {
            ("r", Order::Rank) => Self::Rank(f32::from_bits(value.parse().ok()?), id),
            ("n", Order::Newest) => Self::Newest(DateTime::from_timestamp_micros(value.parse().ok()?)?, id),
            ("p", Order::PriceAscending | Order::PriceDescending) => {
                Self::Price(value.parse().ok()?, parts.next()?.parse().ok()?, id)
            }
            ("t", Order::Title) => Self::Title(SortedTitle::new(text_of_hex(value)?), id),
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
        let said = |sort, has_words, is_dense| Order::of(sort, has_words, is_dense).sort();
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
            (Order::Rank, After::Rank(0.062_5, id)),
            (Order::Newest, After::Newest(at, id)),
            (Order::PriceAscending, After::Price(Currency::Eur, 12_000, id)),
            (Order::Title, After::Title(SortedTitle::new("Zähne. Größe"), id)),
        ];
        for (order, after) in &cases {
            assert_eq!(After::read(*order, &after.write()).unwrap(), *after);
        }
        assert!(After::read(Order::Title, &cases[1].1.write()).is_err());
        for forged in ["", "n", "n.x.y", "r.1.2.3", "t.zz.00000000-0000-0000-0000-000000000007", "n.1"] {
            assert!(After::read(Order::Newest, forged).is_err(), "{forged}");
        }
    }
}
