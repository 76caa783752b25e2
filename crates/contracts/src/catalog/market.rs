//! What the market answers.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{Category, CodeView, FacetName, MarketSort, Modality};
use crate::{
    ids::{OrgId, ServiceId},
    money::Money,
};

/// Totals are exact up to here; beyond it "more" is all a buyer needs to know.
pub const TOTAL_CAP: u64 = 10_000;

/// A published service in the list of results.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MarketItem {
    /// The service.
    pub service_id: ServiceId,
    /// Its title.
    pub title: String,
    /// The first words of its description.
    pub summary: String,
    /// Who offers it. Only verified providers are listed.
    pub provider_org_id: OrgId,
    /// The provider's name.
    pub provider_name: String,
    /// What kind of healthcare it is.
    pub category: Category,
    /// Where the patient meets the provider.
    pub modality: Modality,
    /// ISO 3166-1 alpha-2.
    pub country: String,
    /// The town.
    pub city: String,
    /// Minutes it takes.
    pub duration_minutes: u32,
    /// Days a certificate is valid after purchase.
    pub validity_days: u32,
    /// Price of one unit.
    pub price: Money,
    /// Price of one unit at the largest quantity.
    pub lowest_price: Money,
    /// What it is for.
    pub codes: Vec<CodeView>,
    /// When it was first listed.
    pub listed_at: DateTime<Utc>,
}

/// How many results there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Total {
    /// So many, at most 10,000.
    pub count: u64,
    /// Whether there are more than `count`.
    pub more: bool,
}

impl Total {
    /// Caps an exact count.
    pub const fn capped(count: u64) -> Self {
        if count > TOTAL_CAP { Self { count: TOTAL_CAP, more: true } } else { Self { count, more: false } }
    }
}

/// A value of a filter and how many results it would leave.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FacetValue {
    /// As the query takes it.
    pub value: String,
    /// As people read it.
    pub label: String,
    /// Results with it, other filters kept.
    pub count: u64,
}

/// A filter with its values, most frequent first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Facet {
    /// Which filter.
    pub name: FacetName,
    /// Its values.
    pub values: Vec<FacetValue>,
}

/// The words that were searched for in place of misspelt ones.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SearchedInstead {
    /// The whole search text with the replacements.
    pub q: String,
}

/// A page of the market.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MarketPage {
    /// The results.
    pub items: Vec<Arc<MarketItem>>,
    /// How many there are in all.
    pub total: Total,
    /// The order they come in. Best match becomes newest first without words, and where too many fit to judge each of them.
    pub sort: MarketSort,
    /// Pass as `after` for the next page; none on the last.
    pub next: Option<String>,
    /// Filters with counts.
    pub facets: Arc<Vec<Facet>>,
    /// Set when words that match nothing were replaced.
    pub searched_instead: Option<SearchedInstead>,
}
