//! The market over REST.

use axum::extract::RawQuery;
use contracts::{
    catalog::{MarketPage, MarketQuery, ServiceListQuery, ServiceView},
    ids::ServiceId,
    page::ExportChoice,
};
use services::{Error, catalog};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    Problem,
    answer::Answer,
    download::Download,
    extract::{Export, Path},
    problem::ProblemBody,
};
use crate::web::{AppState, Ctx};

/// The operations of this domain.
pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(market_search))
        .routes(routes!(market_service_get))
        .routes(routes!(services_export))
}

/// Search published services
///
/// Words match by their stem; the last word also matches by its beginning. A misspelt word is replaced by the closest known word.
/// `price_min` and `price_max` are decimal amounts (`120.50`) and require `currency`.
#[utoipa::path(
    get,
    path = "/api/marketplace/services",
    operation_id = "market_search",
    tag = "market",
    params(
        ("q" = Option<String>, Query, description = "Search text, at most 120 characters"),
        ("exact" = Option<String>, Query, description = "`1`: do not replace words without matches"),
        ("chapter" = Option<String>, Query, description = "ICD-11 chapter, `11`"),
        ("block" = Option<String>, Query, description = "ICD-11 block, `BlockL1-BA0`"),
        ("code" = Option<String>, Query, description = "ICD-11 code, `BA00`"),
        ("category" = Option<contracts::catalog::Category>, Query, description = "Category of healthcare"),
        ("modality" = Option<contracts::catalog::Modality>, Query, description = "Place of delivery"),
        ("country" = Option<String>, Query, description = "Country (ISO 3166-1 alpha-2)"),
        ("city" = Option<String>, Query, description = "City or town"),
        ("provider" = Option<contracts::ids::OrgId>, Query, description = "Provider"),
        ("currency" = Option<contracts::money::Currency>, Query, description = "Currency (ISO 4217)"),
        ("price_min" = Option<String>, Query, description = "Minimum price per unit"),
        ("price_max" = Option<String>, Query, description = "Maximum price per unit"),
        ("sort" = Option<contracts::catalog::MarketSort>, Query, description = "Sort order"),
        ("after" = Option<String>, Query, description = "Cursor from `next` of the previous page"),
    ),
    responses(
        (status = 200, body = MarketPage, description = "One page of results with the counts of each filter"),
        (status = 422, body = ProblemBody, description = "A parameter is invalid; `fields` names it", content_type = "application/problem+json"),
    )
)]
async fn market_search(Ctx(ctx): Ctx, RawQuery(query): RawQuery) -> Result<Answer<MarketPage>, Problem> {
    let query = MarketQuery::parse(&query.unwrap_or_default()).map_err(Error::invalid)?;
    Ok(Answer(catalog::market_search(&ctx, query).await?))
}

/// Get a published service
#[utoipa::path(
    get,
    path = "/api/services/{id}",
    operation_id = "market_service_get",
    tag = "market",
    params(("id" = ServiceId, Path, description = "The service")),
    responses(
        (status = 200, body = ServiceView, description = "The version on sale, or the last one on sale"),
        (status = 404, body = ProblemBody, description = "Not found, or never published", content_type = "application/problem+json"),
    )
)]
async fn market_service_get(
    Ctx(ctx): Ctx,
    Path(id): Path<ServiceId>,
) -> Result<Answer<ServiceView>, Problem> {
    Ok(Answer(catalog::market_service_get(&ctx, id).await?))
}

/// The organisation's services as a CSV or Excel file
///
/// Matching services in the requested sort order, at most 10,000 rows. `after` and `size` are ignored. Every export is logged.
#[utoipa::path(get, path = "/api/services/export", tag = "market", operation_id = "services_export", params(ServiceListQuery, ExportChoice),
    responses((status = 200, description = "The file", content(
        (String = "text/csv"),
        (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
    ))), security(("session" = [])))]
async fn services_export(
    Ctx(ctx): Ctx,
    Export { filter, format }: Export<ServiceListQuery>,
) -> Result<Download, Problem> {
    Ok(Download(catalog::services_export(&ctx, filter, format).await?))
}
