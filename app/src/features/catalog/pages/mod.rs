//! The pages of the catalogue.

pub mod bulk;
pub mod editor;
pub mod list;
pub mod market;
pub mod provider_service;
pub mod service;

pub use bulk::{BulkPage, BulkRunPage};
pub use editor::{EditPage, NewPage};
pub use list::ListPage;
pub use market::MarketPage;
pub use provider_service::ProviderServicePage;
pub use service::ServicePage;

use contracts::{error::ErrorCode, ids::ServiceId};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use crate::error::UiError;

/// Returns the service ID in the address; error 404 for an invalid one.
fn service_in_path() -> Memo<Result<ServiceId, UiError>> {
    let params = use_params_map();
    Memo::new(move |_| {
        params
            .with(|params| params.get("id").and_then(|id| id.parse().ok()))
            .ok_or_else(|| UiError::new(ErrorCode::NotFound))
    })
}
