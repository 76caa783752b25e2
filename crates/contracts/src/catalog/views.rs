//! What pages and the API show of services and of ICD-11.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{Category, Modality, Pricing, ServiceInput, ServiceSort};
use crate::{
    ids::{OrgId, ServiceId, ServiceVersionId},
    money::Money,
    page::PageSize,
    states::ServiceStatus,
};

/// What a buyer can be sold today: the published version of a service, its price and how much is left.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Offer {
    /// The service.
    pub service_id: ServiceId,
    /// The version that would be bought.
    pub version_id: ServiceVersionId,
    /// Selling organisation.
    pub seller_org_id: OrgId,
    /// The seller's name.
    pub seller_name: String,
    /// The service's title.
    pub title: String,
    /// Only a published service may be bought.
    pub status: ServiceStatus,
    /// Base price and volume prices.
    pub pricing: Pricing,
    /// Days a certificate is valid after purchase.
    pub validity_days: u32,
    /// Units left; `null` means unlimited.
    pub available: Option<i32>,
}

impl Offer {
    /// Whether `quantity` units could be bought now.
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

/// A code found while typing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Icd11Hit {
    /// The code and its title.
    pub entity: CodeView,
    /// Number of its chapter, `11`.
    pub chapter: String,
    /// Title of its chapter.
    pub chapter_title: String,
    /// Whether nothing stands below it.
    pub is_leaf: bool,
}

/// A release of ICD-11 in the database.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Icd11ReleaseView {
    /// `2025-01`.
    pub id: String,
    /// WHO's stamp of the file.
    pub version_stamp: String,
    /// SHA-256 of the file that was imported, in hexadecimal.
    pub sha256: String,
    /// Whether all of the release is there, or only the starter set.
    pub complete: bool,
    /// Entities in it.
    pub entity_count: u32,
    /// Whether new codes are chosen from it.
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

/// One line of a service's history.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VersionRow {
    /// The version.
    pub id: ServiceVersionId,
    /// Version number, counted from 1.
    pub version_no: u32,
    /// Title of the service.
    pub title: String,
    /// Its base price.
    pub base_price: Money,
    /// Who wrote it.
    pub author: Option<String>,
    /// When it was written.
    pub created_at: DateTime<Utc>,
    /// When buyers first saw it.
    pub published_at: Option<DateTime<Utc>>,
    /// Whether it is on sale.
    pub is_on_sale: bool,
}

/// A service as its provider works on it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceEditView {
    /// The latest version, as buyers would see it.
    pub preview: ServiceView,
    /// The latest version, as the form takes it.
    pub input: ServiceInput,
    /// Status of the service.
    pub status: ServiceStatus,
    /// Whether the latest version has changes buyers do not see yet.
    pub has_unpublished_changes: bool,
    /// Units sold and not given back.
    pub committed: u32,
    /// All versions, newest first.
    pub versions: Vec<VersionRow>,
    /// Whether the viewer may move it along: publish, pause, resume, retire.
    pub may_change: bool,
    /// Whether the viewer may write a new version: its own provider alone.
    pub may_edit: bool,
    /// Whether the provider is verified, without which nothing is published.
    pub may_publish: bool,
}

/// A service in its provider's list.
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
    /// The latest base price.
    pub base_price: Money,
    /// Codes of the latest version.
    pub codes: Vec<String>,
    /// Whether the latest version has changes buyers do not see yet.
    pub has_unpublished_changes: bool,
    /// Units sold and not given back.
    pub committed: u32,
    /// Units that may be sold in all; none means without limit.
    pub capacity: Option<u32>,
    /// When it last changed.
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
