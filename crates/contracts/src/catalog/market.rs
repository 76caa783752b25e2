//! Results of a market search: items, total, facets and corrections of the search text.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{Category, CodeView, FacetName, MarketSort, Modality};
use crate::{
    ids::{OrgId, ServiceId},
    money::Money,
};

/// Maximum total that is counted exactly; above it the total only says "more".
pub const TOTAL_CAP: u64 = 10_000;

/// A published service in the list of results.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MarketItem {
    /// The service.
    pub service_id: ServiceId,
    /// Title of the service.
    pub title: String,
    /// Beginning of the description.
    pub summary: String,
    /// Provider of the service; only verified providers are listed.
    pub provider_org_id: OrgId,
    /// The provider's name.
    pub provider_name: String,
    /// Category of healthcare.
    pub category: Category,
    /// Place of delivery.
    pub modality: Modality,
    /// ISO 3166-1 alpha-2.
    pub country: String,
    /// City or town.
    pub city: String,
    /// Duration in minutes.
    pub duration_minutes: u32,
    /// Days a certificate is valid after purchase.
    pub validity_days: u32,
    /// Price per unit.
    pub price: Money,
    /// Lowest price per unit, at the largest quantity.
    pub lowest_price: Money,
    /// ICD-11 codes of the conditions the service is for.
    pub codes: Vec<CodeView>,
    /// Time the service was first listed.
    pub listed_at: DateTime<Utc>,
}

/// Number of results.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Total {
    /// Number of results, at most 10,000.
    pub count: u64,
    /// `true` if there are more results than `count`.
    pub more: bool,
}

impl Total {
    /// Returns the total for an exact count; a count above [`TOTAL_CAP`] is capped and `more` is set.
    pub const fn from_count(count: u64) -> Self {
        if count > TOTAL_CAP { Self { count: TOTAL_CAP, more: true } } else { Self { count, more: false } }
    }
}

/// A filter value with the number of results it would leave.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FacetValue {
    /// Value as the query parameter takes it.
    pub value: String,
    /// Value as shown to people.
    pub label: String,
    /// Number of results with this value, other filters unchanged.
    pub count: u64,
}

/// A filter with its values, most frequent first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Facet {
    /// Name of the filter.
    pub name: FacetName,
    /// Values of the filter.
    pub values: Vec<FacetValue>,
}

/// Search text used in place of misspelt words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = SearchedInstead))]
pub struct DidYouMean {
    /// The complete search text with the replacements.
    pub q: String,
}

/// A page of the market.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MarketPage {
    /// The results.
    pub items: Vec<Arc<MarketItem>>,
    /// Total number of results.
    pub total: Total,
    /// Sort order used. Without a search text, or with too many results to rank, `relevance` becomes `newest`.
    pub sort: MarketSort,
    /// Cursor to pass as `after` for the next page; `null` on the last page.
    pub next: Option<String>,
    /// Cursor to pass as `after` for the previous page; empty when that is the first page, `null` on the first page.
    pub previous: Option<String>,
    /// Filters with counts.
    pub facets: Arc<Vec<Facet>>,
    /// Present if words without matches were replaced.
    #[serde(rename = "searched_instead")]
    pub did_you_mean: Option<DidYouMean>,
}
