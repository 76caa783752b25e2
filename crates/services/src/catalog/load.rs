//! Reads services with everything a page shows of them, in one statement.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use contracts::{
    catalog::{Category, CodeView, Modality, PriceStep, Pricing, ProviderView, ServiceView},
    ids::{OrgId, ServiceId, ServiceVersionId},
    money::{Currency, Money},
    states::{OrganisationStatus, ServiceStatus},
};
use diesel::{
    pg::Pg,
    prelude::*,
    query_builder::{AstPass, Query, QueryFragment, QueryId},
    sql_types::{Array, BigInt, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use moka::future::Cache;
use uuid::Uuid;

use super::description;
use crate::platform::{Caches, Conn, Result};

/// Selects one version of each service.
pub(super) enum VersionSelector {
    /// The published ones.
    OnSale(Vec<Uuid>),
    /// The latest ones, published or not.
    Latest(Vec<Uuid>),
    /// These very ones.
    Versions(Vec<Uuid>),
}

const COLUMNS: &str = "SELECT s.id, s.org_id, v.id, v.version_no, s.published_version_id, s.status, v.title, v.description, \
     v.category, v.modality, v.country, v.city, v.duration_minutes, v.validity_days, v.currency, v.base_price_minor, \
     v.published_at, coalesce(o.name, ''), coalesce(o.status, 'suspended'), coalesce(o.country, ''), coalesce(o.city, ''), \
     c.capacity, coalesce(c.committed, 0), \
     (SELECT coalesce(json_agg(json_build_object('min_quantity', p.min_quantity, 'unit_price', \
        json_build_object('amount_minor', p.unit_price_minor, 'currency', v.currency)) ORDER BY p.min_quantity), '[]')::text \
      FROM service_price_steps p WHERE p.version_id = v.id), \
     (SELECT coalesce(json_agg(json_build_object('release', k.release_id, 'uri', k.uri, 'code', k.code, 'title', k.title) \
        ORDER BY k.position), '[]')::text FROM service_codes k WHERE k.version_id = v.id) \
     FROM services s JOIN service_versions v ON v.service_id = s.id \
     LEFT JOIN organisations o ON o.id = s.org_id LEFT JOIN service_capacity c ON c.service_id = s.id WHERE ";

/// The text never changes, so each connection prepares it once.
impl QueryFragment<Pg> for VersionSelector {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql(COLUMNS);
        let ids = match self {
            Self::OnSale(ids) => {
                out.push_sql("v.id = s.published_version_id AND s.id = ANY (");
                ids
            }
            Self::Latest(ids) => {
                out.push_sql(
                    "v.version_no = (SELECT max(l.version_no) FROM service_versions l WHERE l.service_id = s.id) AND s.id = ANY (",
                );
                ids
            }
            Self::Versions(ids) => {
                out.push_sql("v.id = ANY (");
                ids
            }
        };
        out.push_bind_param::<Array<SqlUuid>, _>(ids)?;
        out.push_sql(")");
        Ok(())
    }
}

impl QueryId for VersionSelector {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl Query for VersionSelector {
    type SqlType = (
        SqlUuid,
        SqlUuid,
        SqlUuid,
        Integer,
        Nullable<SqlUuid>,
        Text,
        Text,
        Text,
        Text,
        Text,
        Text,
        Text,
        Integer,
        Integer,
        Text,
        BigInt,
        Nullable<Timestamptz>,
        Text,
        Text,
        Text,
        Text,
        Nullable<Integer>,
        Integer,
        Text,
        Text,
    );
}

/// A version with its service, seller, prices and codes.
#[derive(Queryable)]
pub(super) struct ServiceVersionRow {
    pub(super) service_id: ServiceId,
    pub(super) org_id: OrgId,
    pub(super) version_id: ServiceVersionId,
    pub(super) version_no: i32,
    pub(super) published_version_id: Option<Uuid>,
    pub(super) status: ServiceStatus,
    pub(super) title: String,
    pub(super) description: String,
    pub(super) category: Category,
    pub(super) modality: Modality,
    pub(super) country: String,
    pub(super) city: String,
    pub(super) duration_minutes: i32,
    pub(super) validity_days: i32,
    pub(super) currency: Currency,
    pub(super) base_price_minor: i64,
    pub(super) published_at: Option<DateTime<Utc>>,
    pub(super) provider_name: String,
    pub(super) provider_status: OrganisationStatus,
    pub(super) provider_country: String,
    pub(super) provider_city: String,
    pub(super) capacity: Option<i32>,
    pub(super) committed: i32,
    steps: String,
    codes: String,
}

impl ServiceVersionRow {
    pub(super) fn is_on_sale(&self) -> bool {
        self.status == ServiceStatus::Published
            && self.published_version_id == Some(self.version_id.0)
            && self.provider_status == OrganisationStatus::Verified
    }

    pub(super) fn pricing(&self) -> Result<Pricing> {
        let steps: Vec<PriceStep> = serde_json::from_str(&self.steps)?;
        Ok(Pricing { base: Money::new(self.base_price_minor, self.currency), steps })
    }

    pub(super) fn codes(&self) -> Result<Vec<CodeView>> {
        Ok(serde_json::from_str(&self.codes)?)
    }

    pub(super) fn available(&self) -> Option<i32> {
        self.capacity.map(|capacity| capacity.saturating_sub(self.committed).max(0))
    }

    pub(super) async fn into_view(self, caches: &Caches) -> Result<ServiceView> {
        let pricing = self.pricing()?;
        let codes = self.codes()?;
        let rendered = caches.of::<Rendered>();
        let description_html = rendered
            .0
            .get_with(self.version_id, async { Arc::from(description::to_html(&self.description)) })
            .await
            .to_string();
        Ok(ServiceView {
            is_on_sale: self.is_on_sale(),
            available: self.available(),
            summary: description::summary(&self.description, 160),
            service_id: self.service_id,
            version_id: self.version_id,
            version_no: unsigned(self.version_no),
            status: self.status,
            title: self.title,
            description_html,
            category: self.category,
            modality: self.modality,
            country: self.country,
            city: self.city,
            duration_minutes: unsigned(self.duration_minutes),
            validity_days: unsigned(self.validity_days),
            pricing,
            codes,
            provider: ProviderView {
                org_id: self.org_id,
                name: self.provider_name,
                verified: self.provider_status == OrganisationStatus::Verified,
                country: self.provider_country,
                city: self.provider_city,
            },
            published_at: self.published_at,
            attribution: icd11::ATTRIBUTION.to_owned(),
        })
    }
}

/// Safe HTML per version: a version never changes.
struct Rendered(Cache<ServiceVersionId, Arc<str>>);

impl Default for Rendered {
    fn default() -> Self {
        Self(Cache::new(2_000))
    }
}

/// A count the database keeps non-negative.
pub(super) fn unsigned(number: i32) -> u32 {
    u32::try_from(number).unwrap_or_default()
}

pub(super) async fn load(conn: &mut Conn, selector: VersionSelector) -> Result<Vec<ServiceVersionRow>> {
    Ok(selector.get_results(conn).await?)
}

/// The first of [`load`].
pub(super) async fn load_one(
    conn: &mut Conn,
    selector: VersionSelector,
) -> Result<Option<ServiceVersionRow>> {
    Ok(load(conn, selector).await?.into_iter().next())
}
