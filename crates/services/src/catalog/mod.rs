//! Services, their versions and prices, ICD-11, and the market they are found on.

mod bulk;
mod collation;
mod description;
mod edit;
mod export;
mod facets;
pub mod icd11;
mod icd11_search;
mod load;
mod market;
mod market_index;
mod market_sql;
mod offers;
mod provider;
mod publish;
mod rules;
mod search_terms;
mod sort_order;

pub use bulk::{service_bulk_apply, service_bulk_get, service_bulk_preview};
pub use description::to_html as markdown_to_html;
pub use edit::{provider_listings_refresh, service_create, service_edit};
pub use export::services_export;
pub use icd11_search::{icd11_codes_get, icd11_release_list, icd11_search};
pub use market::{market_invalidate, market_search};
pub use offers::{market_service_get, offers, service_version_get};
pub use provider::{service_get, service_list};
pub use publish::{service_pause, service_publish, service_resume, service_retire};

/// Rows of the market on one page.
pub const MARKET_PAGE: usize = 24;
