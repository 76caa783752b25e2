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

/// Search the published services
///
/// Words are found by their stems, the last one also by its start, and a misspelt word by the closest known one.
/// Amounts in `price_min` and `price_max` are written as on screen (`120.50`) and need `currency`.
#[utoipa::path(
    get,
    path = "/api/marketplace/services",
    operation_id = "market_search",
    tag = "market",
    params(
        ("q" = Option<String>, Query, description = "Words to find, at most 120 characters"),
        ("exact" = Option<String>, Query, description = "`1`: do not replace words that match nothing"),
        ("chapter" = Option<String>, Query, description = "ICD-11 chapter, `11`"),
        ("block" = Option<String>, Query, description = "ICD-11 block, `BlockL1-BA0`"),
        ("code" = Option<String>, Query, description = "ICD-11 code, `BA00`"),
        ("category" = Option<contracts::catalog::Category>, Query, description = "Kind of healthcare"),
        ("modality" = Option<contracts::catalog::Modality>, Query, description = "Where it takes place"),
        ("country" = Option<String>, Query, description = "ISO 3166-1 alpha-2"),
        ("city" = Option<String>, Query, description = "Town"),
        ("provider" = Option<contracts::ids::OrgId>, Query, description = "One provider"),
        ("currency" = Option<contracts::money::Currency>, Query, description = "ISO 4217"),
        ("price_min" = Option<String>, Query, description = "Lowest base price"),
        ("price_max" = Option<String>, Query, description = "Highest base price"),
        ("sort" = Option<contracts::catalog::MarketSort>, Query, description = "Order"),
        ("after" = Option<String>, Query, description = "`next` of the page before"),
    ),
    responses(
        (status = 200, body = MarketPage, description = "A page of results with counts"),
        (status = 422, body = ProblemBody, description = "A parameter is wrong; `fields` says which", content_type = "application/problem+json"),
    )
)]
async fn market_search(Ctx(ctx): Ctx, RawQuery(query): RawQuery) -> Result<Answer<MarketPage>, Problem> {
    let query = MarketQuery::parse(&query.unwrap_or_default()).map_err(Error::invalid)?;
    Ok(Answer(catalog::market_search(&ctx, query).await?))
}

/// A service as buyers see it
#[utoipa::path(
    get,
    path = "/api/services/{id}",
    operation_id = "market_service_get",
    tag = "market",
    params(("id" = ServiceId, Path, description = "The service")),
    responses(
        (status = 200, body = ServiceView, description = "The version on sale, or the last one that was"),
        (status = 404, body = ProblemBody, description = "Never published", content_type = "application/problem+json"),
    )
)]
async fn market_service_get(
    Ctx(ctx): Ctx,
    Path(id): Path<ServiceId>,
) -> Result<Answer<ServiceView>, Problem> {
    Ok(Answer(catalog::market_service_get(&ctx, id).await?))
}

/// The organisation's services as a file
///
/// Those under the filter, in the order asked for, at most 10,000; the cursor is not looked at. Each export is recorded.
#[utoipa::path(get, path = "/api/services/export", tag = "market", operation_id = "services_export", params(ServiceListQuery, ExportChoice),
    responses((status = 200, content(
        (String = "text/csv"),
        (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
    ))), security(("session" = [])))]
async fn services_export(
    Ctx(ctx): Ctx,
    Export { filter, format }: Export<ServiceListQuery>,
) -> Result<Download, Problem> {
    Ok(Download(catalog::services_export(&ctx, filter, format).await?))
}
