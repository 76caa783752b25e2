//! The market's statements. Their text never changes, so that each connection prepares each once.

use chrono::{DateTime, Utc};
use contracts::{
    catalog::{Category, MarketItem, Modality},
    ids::{OrgId, ServiceId},
    money::{Currency, Money},
};
use diesel::{
    pg::Pg,
    prelude::*,
    query_builder::{AstPass, Query, QueryFragment, QueryId},
    sql_types::{Array, BigInt, Integer, Text, Timestamptz, Uuid as SqlUuid},
};
use uuid::Uuid;

use super::load::unsigned;
use crate::platform::Result;

/// The listings of these services, in no particular order.
pub(super) struct Items(pub(super) Vec<Uuid>);

const ITEM: &str = "SELECT l.service_id, l.title, l.summary, l.provider_org_id, l.provider_name, l.category, l.modality, \
     l.country, l.city, l.duration_minutes, l.validity_days, l.currency, l.base_price_minor, l.lowest_price_minor, \
     l.codes::text, l.listed_at FROM market_listings l WHERE l.service_id = ANY (";

impl QueryFragment<Pg> for Items {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql(ITEM);
        out.push_bind_param::<Array<SqlUuid>, _>(&self.0)?;
        out.push_sql(")");
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
    );
}

/// One result, with what its cursor needs.
#[derive(Queryable)]
pub(super) struct ItemRow {
    pub(super) service_id: ServiceId,
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
}

impl ItemRow {
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
