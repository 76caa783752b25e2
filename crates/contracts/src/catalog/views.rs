//! Views of services and of ICD-11 for pages and the API.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{Category, Modality, Pricing, ServiceInput, ServiceSort, VersionPart};
use crate::{
    ids::{OrgId, ServiceId, ServiceVersionId},
    money::Money,
    page::PageSize,
    states::ServiceStatus,
};

/// The published version of a service with its price and the number of units left.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Offer {
    /// The service.
    pub service_id: ServiceId,
    /// The version on sale.
    pub version_id: ServiceVersionId,
    /// Selling organisation.
    pub seller_org_id: OrgId,
    /// The seller's name.
    pub seller_name: String,
    /// Title of the service.
    pub title: String,
    /// Status of the service; only a published service can be bought.
    pub status: ServiceStatus,
    /// Base price and volume prices.
    pub pricing: Pricing,
    /// Days a certificate is valid after purchase.
    pub validity_days: u32,
    /// Units left; `null` means unlimited.
    pub available: Option<i32>,
}

impl Offer {
    /// True when `quantity` units can be bought now.
    pub fn can_supply(&self, quantity: u32) -> bool {
        self.status == ServiceStatus::Published
            && self.available.is_none_or(|left| u32::try_from(left).is_ok_and(|left| quantity <= left))
    }
}

/// An ICD-11 entity as stored with every saved code: all four fields together, because a later release may move a code.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CodeView {
    /// The release the code was chosen from, `2025-01`.
    pub release: String,
    /// WHO's linearization URI.
    pub uri: String,
    /// The code, `BA00`.
    pub code: String,
    /// WHO's title, unchanged.
    pub title: String,
}

/// A search result of the ICD-11 code field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Icd11Hit {
    /// Code and title.
    pub entity: CodeView,
    /// Number of the chapter, such as `11`.
    pub chapter: String,
    /// Title of the chapter.
    pub chapter_title: String,
    /// True when the entity has no children.
    pub is_leaf: bool,
}

/// An ICD-11 release in the database.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Icd11ReleaseView {
    /// `2025-01`.
    pub id: String,
    /// WHO's version stamp of the release file.
    pub version_stamp: String,
    /// SHA-256 of the imported file, hexadecimal.
    pub sha256: String,
    /// True for the whole release, false for the starter set.
    pub complete: bool,
    /// Number of entities.
    pub entity_count: u32,
    /// True when providers choose codes from this release.
    pub is_current: bool,
}

/// Provider of a service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ProviderView {
    /// The organisation.
    pub org_id: OrgId,
    /// Name of the organisation.
    pub name: String,
    /// `true` if an administrator has verified the provider.
    pub verified: bool,
    /// Country of the provider (ISO 3166-1 alpha-2).
    pub country: String,
    /// City or town of the provider.
    pub city: String,
}

/// One version of a service as buyers see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ServiceView {
    /// The service.
    pub service_id: ServiceId,
    /// The version shown.
    pub version_id: ServiceVersionId,
    /// Version number, counted from 1.
    pub version_no: u32,
    /// `true` if this version is on sale.
    pub is_on_sale: bool,
    /// Status of the service.
    pub status: ServiceStatus,
    /// Title of the service.
    pub title: String,
    /// Description as sanitised HTML, made from the provider's text.
    pub description_html: String,
    /// Beginning of the description, without markup.
    pub summary: String,
    /// Category of healthcare.
    pub category: Category,
    /// Place of delivery.
    pub modality: Modality,
    /// Country where the service is delivered (ISO 3166-1 alpha-2).
    pub country: String,
    /// City or town where the service is delivered.
    pub city: String,
    /// Duration in minutes.
    pub duration_minutes: u32,
    /// Days a certificate is valid after purchase.
    pub validity_days: u32,
    /// Base price and volume prices.
    pub pricing: Pricing,
    /// ICD-11 codes of the conditions the service is for.
    pub codes: Vec<CodeView>,
    /// Provider of the service.
    pub provider: ProviderView,
    /// Units left; `null` means unlimited.
    pub available: Option<i32>,
    /// Time this version was first published; `null` for a preview.
    pub published_at: Option<DateTime<Utc>>,
    /// Attribution of the codes and titles.
    pub attribution: String,
}

/// A version in the history of a service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VersionRow {
    /// The version.
    pub id: ServiceVersionId,
    /// Version number, counted from 1.
    pub version_no: u32,
    /// Title of the service.
    pub title: String,
    /// Base price of the version.
    pub base_price: Money,
    /// Parts that differ from the version before; `None` for the first version.
    pub changes: Option<Vec<VersionPart>>,
    /// Name of the author; `None` when unknown.
    pub author: Option<String>,
    /// Time the version was saved.
    pub created_at: DateTime<Utc>,
    /// Time the version was first published; `None` for a draft.
    pub published_at: Option<DateTime<Utc>>,
    /// True when this version is on sale.
    pub is_on_sale: bool,
}

/// A service as its provider edits it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceEditView {
    /// The latest version as buyers would see it.
    pub preview: ServiceView,
    /// The latest version as form fields.
    pub input: ServiceInput,
    /// Status of the service.
    pub status: ServiceStatus,
    /// True when the latest version has not been published.
    pub has_unpublished_changes: bool,
    /// Number of units in purchases that were not cancelled (law I4).
    pub committed: u32,
    /// Versions, newest first.
    pub versions: Vec<VersionRow>,
    /// True when the viewer may publish, pause, resume and retire the service.
    pub may_change: bool,
    /// True when the viewer may save a new version: only members of its provider may.
    pub may_edit: bool,
    /// True when the provider is verified, which publishing requires.
    pub may_publish: bool,
}

/// The base price of a service in its provider's list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ListedPrice {
    /// What buyers see; an unpublished version has the same price.
    Published(Money),
    /// What buyers see, and the price of an unpublished version.
    Changing {
        /// What buyers see.
        published: Money,
        /// What buyers will see once the version is published.
        draft: Money,
    },
    /// The price of a service that was never published.
    Draft(Money),
}

impl ListedPrice {
    /// Returns the price of a service by that of its published version, if there is one, and of its latest version.
    pub fn new(published: Option<Money>, latest: Money) -> Self {
        match published {
            Some(published) if published == latest => Self::Published(published),
            Some(published) => Self::Changing { published, draft: latest },
            None => Self::Draft(latest),
        }
    }

    /// Returns the price that buyers see; `None` for a service that was never published.
    pub const fn published(self) -> Option<Money> {
        match self {
            Self::Published(price) | Self::Changing { published: price, .. } => Some(price),
            Self::Draft(_) => None,
        }
    }

    /// Returns the price of an unpublished version if buyers see another one, or none.
    pub const fn draft(self) -> Option<Money> {
        match self {
            Self::Published(_) => None,
            Self::Changing { draft: price, .. } | Self::Draft(price) => Some(price),
        }
    }
}

/// A row of a provider's list of services.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceRow {
    /// The service.
    pub id: ServiceId,
    /// Title of the latest version.
    pub title: String,
    /// Name of the provider.
    pub provider_name: String,
    /// Status of the service.
    pub status: ServiceStatus,
    /// Category of healthcare.
    pub category: Category,
    /// Price per unit.
    pub price: ListedPrice,
    /// ICD-11 codes of the latest version.
    pub codes: Vec<String>,
    /// True when the latest version has not been published.
    pub has_unpublished_changes: bool,
    /// Number of units in purchases that were not cancelled (law I4).
    pub committed: u32,
    /// Number of units for sale in all; `None` means unlimited.
    pub capacity: Option<u32>,
    /// Time of the last change.
    pub updated_at: DateTime<Utc>,
}

/// Filter of a provider's services.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams), into_params(parameter_in = Query))]
pub struct ServiceListQuery {
    /// Only services with this status.
    #[serde(default)]
    pub status: Option<ServiceStatus>,
    /// Only services whose title or provider's name contains these words, or with an ICD-11 code that begins with this text.
    #[serde(default)]
    pub q: String,
    /// Sort order.
    #[serde(default)]
    pub sort: ServiceSort,
    /// Cursor from `next` of the previous page.
    #[serde(default)]
    pub after: Option<String>,
    /// Cursor from `previous` of the next page.
    #[serde(default)]
    pub before: Option<String>,
    /// Rows per page.
    #[serde(default)]
    pub size: PageSize,
}
