//! The market's statements. Their text is made of constants chosen by enums, so that each connection prepares each shape
//! once; whatever a buyer typed travels as a parameter.

use chrono::{DateTime, Utc};
use contracts::{
    catalog::{Category, FacetName, MarketItem, MarketQuery, MarketSort, Modality},
    ids::{OrgId, ServiceId},
    money::{Currency, Money},
};
use diesel::{
    pg::Pg,
    prelude::*,
    query_builder::{AstPass, Query, QueryFragment, QueryId},
    sql_types::{Array, BigInt, Float, Integer, Text, Timestamptz, Uuid as SqlUuid},
};
use uuid::Uuid;

use super::load::unsigned;
use crate::platform::{Error, Result};

/// What narrows the market.
#[derive(Clone)]
pub(super) struct Filter {
    pub(super) query: MarketQuery,
    pub(super) tsquery: Option<String>,
}

impl Filter {
    /// Writes `WHERE …` without the filter `skip`. With `scan`, conditions of GIN indexes are written so that no index
    /// serves them: where most rows match, walking the order's own index finds a page sooner than collecting all matches.
    pub(super) fn push<'b>(
        &'b self,
        out: &mut AstPass<'_, 'b, Pg>,
        skip: Option<FacetName>,
        scan: bool,
    ) -> QueryResult<()> {
        let (open, close) =
            if scan { (" AND CASE WHEN ", " THEN true ELSE false END") } else { (" AND ", "") };
        let query = &self.query;
        out.push_sql(" WHERE true");
        if let Some(tsquery) = &self.tsquery {
            out.push_sql(open);
            out.push_sql("l.search @@ ");
            out.push_bind_param::<Text, _>(tsquery)?;
            out.push_sql("::tsquery");
            out.push_sql(close);
        }
        let arrays = [
            ("l.chapters @> ARRAY[", &query.chapter, Some(FacetName::Chapter)),
            ("l.blocks @> ARRAY[", &query.block, Some(FacetName::Block)),
            ("l.code_list @> ARRAY[", &query.code, None),
        ];
        for (condition, value, facet) in arrays {
            // without its chapter a block says nothing
            let skipped = skip.is_some()
                && (facet == skip || skip == Some(FacetName::Chapter) && facet == Some(FacetName::Block));
            if let (Some(value), false) = (value, skipped) {
                out.push_sql(open);
                out.push_sql(condition);
                out.push_bind_param::<Text, _>(value)?;
                out.push_sql("]");
                out.push_sql(close);
            }
        }
        self.push_plain(out, skip)
    }

    fn push_plain<'b>(&'b self, out: &mut AstPass<'_, 'b, Pg>, skip: Option<FacetName>) -> QueryResult<()> {
        let query = &self.query;
        let counts = |facet| skip != Some(facet);
        if let (Some(category), true) = (&query.category, counts(FacetName::Category)) {
            out.push_sql(" AND l.category = ");
            out.push_bind_param::<Text, _>(category)?;
        }
        if let (Some(modality), true) = (&query.modality, counts(FacetName::Modality)) {
            out.push_sql(" AND l.modality = ");
            out.push_bind_param::<Text, _>(modality)?;
        }
        if let (Some(country), true) = (&query.country, counts(FacetName::Country)) {
            out.push_sql(" AND l.country = ");
            out.push_bind_param::<Text, _>(country)?;
            out.push_sql("::bpchar");
        }
        if let (Some(city), true) = (&query.city, counts(FacetName::City)) {
            out.push_sql(" AND lower(l.city) = lower(");
            out.push_bind_param::<Text, _>(city)?;
            out.push_sql(")");
        }
        if let (Some(provider), true) = (&query.provider, counts(FacetName::Provider)) {
            out.push_sql(" AND l.provider_org_id = ");
            out.push_bind_param::<SqlUuid, _>(provider)?;
        }
        if let (Some(currency), true) = (&query.currency, counts(FacetName::Currency)) {
            out.push_sql(" AND l.currency = ");
            out.push_bind_param::<Text, _>(currency)?;
            out.push_sql("::bpchar");
            if let Some(least) = &query.price_min {
                out.push_sql(" AND l.base_price_minor >= ");
                out.push_bind_param::<BigInt, _>(least)?;
            }
            if let Some(most) = &query.price_max {
                out.push_sql(" AND l.base_price_minor <= ");
                out.push_bind_param::<BigInt, _>(most)?;
            }
        }
        Ok(())
    }
}

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
}

/// The row after which a page begins.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum After {
    Rank(f32, Uuid),
    Newest(DateTime<Utc>, Uuid),
    Price(Currency, i64, Uuid),
    Title(String, Uuid),
}

impl After {
    /// Reads a cursor made by [`After::write`] for the same order.
    pub(super) fn read(order: Order, cursor: &str) -> Result<Self> {
        Self::parse(order, cursor)
            .ok_or_else(|| Error::invalid_field("after", "Start again from the first page."))
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
            ("t", Order::Title) => Self::Title(text_of_hex(value)?, id),
            _ => return None,
        };
        parts.next().is_none().then_some(after)
    }

    fn write(&self) -> String {
        match self {
            Self::Rank(rank, id) => format!("r.{}.{id}", rank.to_bits()),
            Self::Newest(at, id) => format!("n.{}.{id}", at.timestamp_micros()),
            Self::Price(currency, minor, id) => format!("p.{currency}.{minor}.{id}"),
            Self::Title(title, id) => {
                format!("t.{}.{id}", title.bytes().map(|byte| format!("{byte:02x}")).collect::<String>())
            }
        }
    }

    fn push<'b>(&'b self, out: &mut AstPass<'_, 'b, Pg>, order: Order) -> QueryResult<()> {
        let id = match self {
            Self::Rank(rank, id) => {
                out.push_sql(" AND (rank, l.service_id) < (");
                out.push_bind_param::<Float, _>(rank)?;
                id
            }
            Self::Newest(at, id) => {
                out.push_sql(" AND (l.listed_at, l.service_id) < (");
                out.push_bind_param::<Timestamptz, _>(at)?;
                id
            }
            Self::Price(currency, minor, id) => {
                let is_descending = order == Order::PriceDescending;
                out.push_sql(" AND (l.currency, l.base_price_minor, l.service_id)");
                out.push_sql(if is_descending { " < (" } else { " > (" });
                out.push_bind_param::<Text, _>(currency)?;
                out.push_sql("::bpchar, ");
                out.push_bind_param::<BigInt, _>(minor)?;
                id
            }
            Self::Title(title, id) => {
                out.push_sql(" AND (lower(l.title), l.service_id) > (lower(");
                out.push_bind_param::<Text, _>(title)?;
                out.push_sql(")");
                id
            }
        };
        out.push_sql(", ");
        out.push_bind_param::<SqlUuid, _>(id)?;
        out.push_sql(")");
        Ok(())
    }
}

fn text_of_hex(hex: &str) -> Option<String> {
    let digits =
        hex.as_bytes().chunks(2).map(|two| u8::from_str_radix(std::str::from_utf8(two).ok()?, 16).ok());
    String::from_utf8(digits.collect::<Option<Vec<_>>>()?).ok()
}

/// One page of results, and one row more to know whether another page follows.
pub(super) struct Items {
    pub(super) filter: Filter,
    pub(super) order: Order,
    pub(super) after: Option<After>,
    pub(super) scan: bool,
    pub(super) limit: i64,
}

const ITEM: &str = "SELECT l.service_id, l.title, l.summary, l.provider_org_id, l.provider_name, l.category, l.modality, \
     l.country, l.city, l.duration_minutes, l.validity_days, l.currency, l.base_price_minor, l.lowest_price_minor, \
     l.codes::text, l.listed_at, ";

impl QueryFragment<Pg> for Items {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql(ITEM);
        match (self.order, &self.filter.tsquery) {
            (Order::Rank, Some(tsquery)) => {
                out.push_sql("rank FROM market_listings l CROSS JOIN LATERAL (SELECT ts_rank(l.search, ");
                out.push_bind_param::<Text, _>(tsquery)?;
                out.push_sql("::tsquery) AS rank OFFSET 0) judged");
            }
            _ => out.push_sql("0::real FROM market_listings l"),
        }
        self.filter.push(&mut out, None, self.scan)?;
        if let Some(after) = &self.after {
            after.push(&mut out, self.order)?;
        }
        out.push_sql(match self.order {
            Order::Rank => " ORDER BY rank DESC, l.service_id DESC LIMIT ",
            Order::Newest => " ORDER BY l.listed_at DESC, l.service_id DESC LIMIT ",
            Order::PriceAscending => " ORDER BY l.currency, l.base_price_minor, l.service_id LIMIT ",
            Order::PriceDescending => {
                " ORDER BY l.currency DESC, l.base_price_minor DESC, l.service_id DESC LIMIT "
            }
            Order::Title => " ORDER BY lower(l.title), l.service_id LIMIT ",
        });
        out.push_bind_param::<BigInt, _>(&self.limit)?;
        Ok(())
    }
}

impl QueryId for Items {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl Query for Items {
    type SqlType = (
        SqlUuid,
        Text,
        Text,
        SqlUuid,
        Text,
        Text,
        Text,
        Text,
        Text,
        Integer,
        Integer,
        Text,
        BigInt,
        BigInt,
        Text,
        Timestamptz,
        Float,
    );
}

/// One result, with what its cursor needs.
#[derive(Queryable)]
pub(super) struct ItemRow {
    service_id: ServiceId,
    title: String,
    summary: String,
    provider_org_id: OrgId,
    provider_name: String,
    category: Category,
    modality: Modality,
    country: String,
    city: String,
    duration_minutes: i32,
    validity_days: i32,
    currency: Currency,
    base_price_minor: i64,
    lowest_price_minor: i64,
    codes: String,
    listed_at: DateTime<Utc>,
    rank: f32,
}

impl ItemRow {
    /// The cursor of a page that ends with this row.
    pub(super) fn cursor(&self, order: Order) -> String {
        let id = self.service_id.0;
        match order {
            Order::Rank => After::Rank(self.rank, id),
            Order::Newest => After::Newest(self.listed_at, id),
            Order::PriceAscending | Order::PriceDescending => {
                After::Price(self.currency, self.base_price_minor, id)
            }
            Order::Title => After::Title(self.title.clone(), id),
        }
        .write()
    }

    pub(super) fn into_item(self) -> Result<MarketItem> {
        Ok(MarketItem {
            codes: serde_json::from_str(&self.codes)?,
            service_id: self.service_id,
            title: self.title,
            summary: self.summary,
            provider_org_id: self.provider_org_id,
            provider_name: self.provider_name,
            category: self.category,
            modality: self.modality,
            country: self.country,
            city: self.city,
            duration_minutes: unsigned(self.duration_minutes),
            validity_days: unsigned(self.validity_days),
            price: Money::new(self.base_price_minor, self.currency),
            lowest_price: Money::new(self.lowest_price_minor, self.currency),
            listed_at: self.listed_at,
        })
    }
}

/// Counts: the values of one filter, or of all filters that are counted alike.
pub(super) struct Counts {
    pub(super) filter: Filter,
    pub(super) what: Counted,
}

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Counted {
    /// The total, and every plain filter with all filters on.
    Everything,
    /// One filter, without itself.
    Facet(FacetName),
}

const EVERYTHING: &str = "SELECT CASE GROUPING(l.category, l.modality, l.country, l.city, l.provider_org_id, l.currency) \
     WHEN 31 THEN 'category' WHEN 47 THEN 'modality' WHEN 55 THEN 'country' WHEN 59 THEN 'city' WHEN 61 THEN 'provider' \
     WHEN 62 THEN 'currency' ELSE 'total' END, \
     coalesce(l.category, l.modality, l.country, l.city, l.provider_org_id::text, l.currency, ''), \
     coalesce(min(l.provider_name) FILTER (WHERE true), ''), count(*) FROM market_listings l";
const SETS: &str = " GROUP BY GROUPING SETS ((), (l.category), (l.modality), (l.country), (l.city), (l.provider_org_id), (l.currency))";

fn facet_sql(facet: FacetName) -> (&'static str, &'static str) {
    match facet {
        FacetName::Category => {
            ("SELECT 'category', l.category::text, '', count(*) FROM market_listings l", " GROUP BY 2")
        }
        FacetName::Modality => {
            ("SELECT 'modality', l.modality::text, '', count(*) FROM market_listings l", " GROUP BY 2")
        }
        FacetName::Country => {
            ("SELECT 'country', l.country::text, '', count(*) FROM market_listings l", " GROUP BY 2")
        }
        FacetName::City => {
            ("SELECT 'city', l.city::text, '', count(*) FROM market_listings l", " GROUP BY 2")
        }
        FacetName::Provider => (
            "SELECT 'provider', l.provider_org_id::text, min(l.provider_name), count(*) FROM market_listings l",
            " GROUP BY 2",
        ),
        FacetName::Currency => {
            ("SELECT 'currency', l.currency::text, '', count(*) FROM market_listings l", " GROUP BY 2")
        }
        FacetName::Chapter => (
            "SELECT 'chapter', u.chapter, '', count(*) FROM market_listings l CROSS JOIN LATERAL unnest(l.chapters) AS u(chapter)",
            " GROUP BY 2",
        ),
        FacetName::Block => (
            "SELECT 'block', u.block, '', count(*) FROM market_listings l CROSS JOIN LATERAL unnest(l.blocks) AS u(block)",
            " GROUP BY 2",
        ),
    }
}

impl QueryFragment<Pg> for Counts {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        let (head, tail, skip) = match self.what {
            Counted::Everything => (EVERYTHING, SETS, None),
            Counted::Facet(facet) => {
                let (head, tail) = facet_sql(facet);
                (head, tail, Some(facet))
            }
        };
        out.push_sql(head);
        self.filter.push(&mut out, skip, false)?;
        out.push_sql(tail);
        Ok(())
    }
}

impl QueryId for Counts {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl Query for Counts {
    type SqlType = (Text, Text, Text, BigInt);
}

/// The titles of chapters and blocks in the current release.
pub(super) struct Titles(pub(super) Vec<String>);

impl QueryFragment<Pg> for Titles {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql(
            "SELECT coalesce(e.block_id, e.chapter_no), e.title, e.depth FROM icd11_entities e \
             WHERE e.release_id = (SELECT id FROM icd11_releases WHERE is_current) \
             AND (e.parent_uri IS NULL OR e.class_kind = 'block' AND e.chapter_no = ANY (",
        );
        out.push_bind_param::<Array<Text>, _>(&self.0)?;
        out.push_sql("))");
        Ok(())
    }
}

impl QueryId for Titles {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl Query for Titles {
    type SqlType = (Text, Text, Integer);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cursors_read_back_and_belong_to_their_order() {
        let id = Uuid::from_u128(7);
        let at = DateTime::from_timestamp_micros(1_700_000_000_123_456).unwrap();
        let cases = [
            (Order::Rank, After::Rank(0.062_5, id)),
            (Order::Newest, After::Newest(at, id)),
            (Order::PriceAscending, After::Price(Currency::Eur, 12_000, id)),
            (Order::Title, After::Title("Zähne. Größe".into(), id)),
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
