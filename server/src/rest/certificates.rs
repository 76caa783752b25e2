//! Certificates over REST, and the transparency log's own addresses (C2SP tlog-tiles).

use axum::{Router, response::IntoResponse, routing::get};
use contracts::{
    certificates::{
        CertificateChange, CertificateQuery, CertificateSummary, CertificateView, CheckResult, PublishedKeys,
        RedeemCommand,
    },
    ids::CertificateId,
    page::{ExportChoice, Page},
};
use http::header;
use serde::Deserialize;
use services::certificates as service;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    Problem,
    answer::Answer,
    download::Download,
    extract::{Body, Export, Path, Query},
};
use crate::web::{AppState, Ctx};

/// The documented operations.
pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(certificate_list))
        .routes(routes!(certificates_export))
        .routes(routes!(certificate_get))
        .routes(routes!(certificate_check))
        .routes(routes!(certificate_pdf))
        .routes(routes!(certificate_redeem))
        .routes(routes!(certificate_change))
}

/// What verifiers fetch: addresses outside `/api`.
pub(super) fn public_router() -> Router<AppState> {
    Router::new()
        .route("/log/checkpoint", get(log_checkpoint))
        .route("/log/{*tile}", get(log_tile))
        .route("/.well-known/hcts-keys.json", get(published_keys))
}

/// Certificates the caller's organisation has bought or sold.
#[utoipa::path(get, path = "/api/certificates", tag = "certificates", params(CertificateQuery),
    responses((status = 200, body = Page<CertificateSummary>, description = "One page of certificates")), security(("session" = [])))]
async fn certificate_list(
    Ctx(ctx): Ctx,
    Query(query): Query<CertificateQuery>,
) -> Result<Answer<Page<CertificateSummary>>, Problem> {
    Ok(Answer(service::certificate_list(&ctx, query).await?))
}

/// Certificates as a CSV or Excel file
///
/// Matching certificates in the requested sort order, at most 10,000 rows. `after` and `size` are ignored. Every export is logged.
#[utoipa::path(get, path = "/api/certificates/export", tag = "certificates", params(CertificateQuery, ExportChoice),
    responses((status = 200, description = "The file", content(
        (String = "text/csv"),
        (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
    ))), security(("session" = [])))]
async fn certificates_export(
    Ctx(ctx): Ctx,
    Export { filter, format }: Export<CertificateQuery>,
) -> Result<Download, Problem> {
    Ok(Download(service::certificates_export(&ctx, filter, format).await?))
}

/// One certificate that the caller's organisation has bought or sold.
#[utoipa::path(get, path = "/api/certificates/{id}", tag = "certificates", params(("id" = CertificateId, Path)),
    responses((status = 200, body = CertificateView, description = "The certificate")), security(("session" = [])))]
async fn certificate_get(
    Ctx(ctx): Ctx,
    Path(id): Path<CertificateId>,
) -> Result<Answer<CertificateView>, Problem> {
    Ok(Answer(service::certificate_get(&ctx, id).await?))
}

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
#[derive(Default)]
struct CheckOptions {
    /// Include the inclusion proof of the latest event in the log.
    proof: bool,
}

/// Public check by code. The answer has the same form for known and unknown codes.
#[utoipa::path(get, path = "/api/certificates/verify/{code}", tag = "certificates", params(("code" = String, Path), CheckOptions),
    responses((status = 200, body = CheckResult, description = "The result and the known details of the certificate")))]
async fn certificate_check(
    Ctx(ctx): Ctx,
    Path(code): Path<String>,
    Query(options): Query<CheckOptions>,
) -> Result<Answer<CheckResult>, Problem> {
    Ok(Answer(service::certificate_check(&ctx, &code, options.proof).await?))
}

/// The certificate as a PDF on A4.
#[utoipa::path(get, path = "/api/certificates/download/{id}", tag = "certificates", params(("id" = CertificateId, Path)),
    responses((status = 200, content_type = "application/pdf", body = Vec<u8>, description = "The file")), security(("session" = [])))]
async fn certificate_pdf(Ctx(ctx): Ctx, Path(id): Path<CertificateId>) -> Result<impl IntoResponse, Problem> {
    let pdf = service::certificate_pdf(&ctx, id).await?;
    // the name is ASCII without quotes: the plain form of RFC 6266 is enough
    let disposition = format!("attachment; filename=\"{}\"", pdf.file_name);
    let headers =
        [(header::CONTENT_TYPE, "application/pdf".to_owned()), (header::CONTENT_DISPOSITION, disposition)];
    Ok((headers, pdf.bytes))
}

/// Redeems a certificate for a service of the caller's organisation. A certificate can be redeemed once.
#[utoipa::path(post, path = "/api/certificates/redeem", tag = "certificates", request_body = RedeemCommand,
    responses((status = 200, body = CertificateView, description = "The certificate")), security(("session" = [])))]
async fn certificate_redeem(
    Ctx(ctx): Ctx,
    Body(command): Body<RedeemCommand>,
) -> Result<Answer<CertificateView>, Problem> {
    Ok(Answer(service::certificate_redeem(&ctx, command).await?))
}

/// Suspends, resumes or revokes a certificate (administrators only).
#[utoipa::path(post, path = "/api/certificates/change", tag = "certificates", request_body = CertificateChange,
    responses((status = 200, body = CertificateView, description = "The certificate")), security(("session" = [])))]
async fn certificate_change(
    Ctx(ctx): Ctx,
    Body(command): Body<CertificateChange>,
) -> Result<Answer<CertificateView>, Problem> {
    Ok(Answer(service::certificate_change(&ctx, command).await?))
}

async fn log_checkpoint(Ctx(ctx): Ctx) -> Result<impl IntoResponse, Problem> {
    let note = service::log_checkpoint(&ctx).await?;
    let kind = (header::CONTENT_TYPE, "text/plain; charset=utf-8");
    Ok(([kind, (header::CACHE_CONTROL, "public, max-age=2")], note))
}

async fn log_tile(Ctx(ctx): Ctx, Path(tile): Path<String>) -> Result<impl IntoResponse, Problem> {
    let bytes = service::log_tile(&ctx, &tile).await?;
    let kind = (header::CONTENT_TYPE, "application/octet-stream");
    Ok(([kind, (header::CACHE_CONTROL, "public, max-age=31536000, immutable")], bytes))
}

async fn published_keys(Ctx(ctx): Ctx) -> Result<impl IntoResponse, Problem> {
    let keys: PublishedKeys = service::published_keys(&ctx).await?;
    Ok(([(header::CACHE_CONTROL, "public, max-age=300")], Answer(keys)))
}
