//! Server functions of the catalogue.

use contracts::{
    catalog::{
        BulkPreview, BulkRun, CodeView, Icd11Hit, MarketPage, ServiceEditView, ServiceInput,
        ServiceListQuery, ServiceRow, ServiceView,
    },
    ids::{BulkRunId, ServiceId, ServiceVersionId},
    page::Page,
};
use leptos::prelude::*;

use crate::{error::UiError, rpc::Rpc};
#[cfg(feature = "ssr")]
use crate::{
    features::catalog::parts::form::redisplay::{redirect_after_save, redisplay},
    ssr::{ctx, redirect_to},
};

/// Returns a page of the market for a query string; an invalid price range is ignored.
#[server(prefix = "/rpc", endpoint = "market_search", protocol = Rpc)]
pub async fn market_search(search: String) -> Result<MarketPage, UiError> {
    let (query, _) =
        contracts::catalog::MarketQuery::parse_typed(&search).map_err(services::Error::invalid)?;
    Ok(services::catalog::market_search(&ctx()?, query).await?)
}

/// Returns a service as buyers see it: the version on sale, or the given one.
#[server(prefix = "/rpc", endpoint = "market_service_get", protocol = Rpc)]
pub async fn market_service_get(
    id: ServiceId,
    #[server(default)] version: Option<ServiceVersionId>,
) -> Result<ServiceView, UiError> {
    Ok(match version {
        Some(version) => services::catalog::service_version_get(&ctx()?, id, version).await?,
        None => services::catalog::market_service_get(&ctx()?, id).await?,
    })
}

/// Finds ICD-11 codes for a search text.
#[server(prefix = "/rpc", endpoint = "icd11_search", protocol = Rpc)]
pub async fn icd11_search(query: String) -> Result<Vec<Icd11Hit>, UiError> {
    Ok(services::catalog::icd11_search(&ctx()?, &query).await?)
}

/// Returns codes with their titles.
#[server(prefix = "/rpc", endpoint = "icd11_codes_get", protocol = Rpc)]
pub async fn icd11_codes_get(#[server(default)] codes: Vec<String>) -> Result<Vec<CodeView>, UiError> {
    Ok(services::catalog::icd11_codes_get(&ctx()?, codes).await?)
}

/// Returns a page of the provider's own services.
#[server(prefix = "/rpc", endpoint = "service_list", protocol = Rpc)]
pub async fn service_list(#[server(flatten)] query: ServiceListQuery) -> Result<Page<ServiceRow>, UiError> {
    Ok(services::catalog::service_list(&ctx()?, query).await?)
}

/// Returns one of the provider's own services.
#[server(prefix = "/rpc", endpoint = "service_get", protocol = Rpc)]
pub async fn service_get(id: ServiceId) -> Result<ServiceEditView, UiError> {
    Ok(services::catalog::service_get(&ctx()?, id).await?)
}

/// Saves a new draft. A plain form is shown again with its input if it searches for codes, if `intent` is "again", or if it is refused.
#[server(prefix = "/rpc", endpoint = "service_create", protocol = Rpc)]
pub async fn service_create(
    #[server(flatten)] input: ServiceInput,
    #[server(default)] codes_query: String,
    #[server(default)] intent: String,
) -> Result<(), UiError> {
    let Some(input) = redisplay("/services/new", input, &codes_query, &intent) else { return Ok(()) };
    let saved = services::catalog::service_create(&ctx()?, input.clone()).await;
    redirect_after_save("/services/new", "/rpc/service_create", &input, saved.map_err(UiError::from))
}

/// Saves changes as a new version. Plain forms are handled like those of [`service_create`].
#[server(prefix = "/rpc", endpoint = "service_edit", protocol = Rpc)]
pub async fn service_edit(
    id: ServiceId,
    #[server(flatten)] input: ServiceInput,
    #[server(default)] codes_query: String,
    #[server(default)] intent: String,
) -> Result<(), UiError> {
    let form = format!("/services/{id}/edit");
    let Some(input) = redisplay(&form, input, &codes_query, &intent) else { return Ok(()) };
    let saved = services::catalog::service_edit(&ctx()?, id, input.clone()).await;
    redirect_after_save(&form, "/rpc/service_edit", &input, saved.map_err(UiError::from))
}

/// Publishes the latest version.
#[server(prefix = "/rpc", endpoint = "service_publish", protocol = Rpc)]
pub async fn service_publish(id: ServiceId) -> Result<(), UiError> {
    services::catalog::service_publish(&ctx()?, id).await?;
    redirect_to(&format!("/services/{id}"));
    Ok(())
}

/// Pauses a service: takes it off the market until it is resumed.
#[server(prefix = "/rpc", endpoint = "service_pause", protocol = Rpc)]
pub async fn service_pause(id: ServiceId) -> Result<(), UiError> {
    services::catalog::service_pause(&ctx()?, id).await?;
    redirect_to(&format!("/services/{id}"));
    Ok(())
}

/// Resumes a paused service.
#[server(prefix = "/rpc", endpoint = "service_resume", protocol = Rpc)]
pub async fn service_resume(id: ServiceId) -> Result<(), UiError> {
    services::catalog::service_resume(&ctx()?, id).await?;
    redirect_to(&format!("/services/{id}"));
    Ok(())
}

/// Returns the preview of a bulk action; `selection` is its query string.
#[server(prefix = "/rpc", endpoint = "service_bulk_preview", protocol = Rpc)]
pub async fn service_bulk_preview(#[server(default)] selection: String) -> Result<BulkPreview, UiError> {
    Ok(services::catalog::service_bulk_preview(&ctx()?, &selection).await?)
}

/// Carries out a confirmed bulk action and redirects to its result.
#[server(prefix = "/rpc", endpoint = "service_bulk_apply", protocol = Rpc)]
pub async fn service_bulk_apply(
    #[server(default)] selection: String,
    #[server(default)] digest: String,
    #[server(default)] idempotency_key: String,
    #[server(default)] confirmation: String,
) -> Result<(), UiError> {
    let command = contracts::catalog::BulkCommand { selection, digest, idempotency_key, confirmation };
    let run = services::catalog::service_bulk_apply(&ctx()?, command).await?;
    redirect_to(&format!("/services/bulk/{run}"));
    Ok(())
}

/// Returns the state and result of a bulk run.
#[server(prefix = "/rpc", endpoint = "service_bulk_get", protocol = Rpc)]
pub async fn service_bulk_get(id: BulkRunId) -> Result<BulkRun, UiError> {
    Ok(services::catalog::service_bulk_get(&ctx()?, id).await?)
}
