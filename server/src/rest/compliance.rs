//! The console's lists, and what is recorded of oneself, as files over REST.

use contracts::{
    compliance::{AuditQuery, OrganisationsQuery, SecurityEventsQuery},
    page::ExportChoice,
};
use services::compliance;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    Problem,
    download::Download,
    extract::{Export, Query},
};
use crate::web::{AppState, Ctx};

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(organisations_export))
        .routes(routes!(audit_export))
        .routes(routes!(own_records_export))
        .routes(routes!(security_events_export))
}

/// Organisations as a CSV or Excel file
///
/// Matching organisations in the requested sort order, at most 10,000 rows. `after` and `size` are ignored. Every export is logged.
#[utoipa::path(get, path = "/api/organisations/export", tag = "console", operation_id = "organisations_export", params(OrganisationsQuery, ExportChoice),
    responses((status = 200, description = "The file", content(
        (String = "text/csv"),
        (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
    ))), security(("session" = [])))]
async fn organisations_export(
    Ctx(ctx): Ctx,
    Export { filter, format }: Export<OrganisationsQuery>,
) -> Result<Download, Problem> {
    Ok(Download(compliance::organisations_export(&ctx, filter, format).await?))
}

/// Audit trail as a CSV or Excel file
///
/// Matching records, newest first, at most 10,000 rows. `after` and `size` are ignored. Every export is logged.
#[utoipa::path(get, path = "/api/audit/export", tag = "console", operation_id = "audit_export", params(AuditQuery, ExportChoice),
    responses((status = 200, description = "The file", content(
        (String = "text/csv"),
        (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
    ))), security(("session" = [])))]
async fn audit_export(
    Ctx(ctx): Ctx,
    Export { filter, format }: Export<AuditQuery>,
) -> Result<Download, Problem> {
    Ok(Download(compliance::audit_export(&ctx, filter, format).await?))
}

/// Your activity as a CSV or Excel file
///
/// Actions of the caller and actions of others on the caller's account, newest first, at most 10,000 rows. Other people are not named. Every
/// export is logged.
#[utoipa::path(get, path = "/api/account/records/export", tag = "account", operation_id = "own_records_export", params(ExportChoice),
    responses((status = 200, description = "The file", content(
        (String = "text/csv"),
        (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
    ))), security(("session" = [])))]
async fn own_records_export(Ctx(ctx): Ctx, Query(choice): Query<ExportChoice>) -> Result<Download, Problem> {
    Ok(Download(compliance::own_records_export(&ctx, choice.format).await?))
}

/// Security events as a CSV or Excel file
///
/// Matching events, newest first, at most 10,000 rows. `after` and `size` are ignored. Every export is logged.
#[utoipa::path(get, path = "/api/security-events/export", tag = "console", operation_id = "security_events_export", params(SecurityEventsQuery, ExportChoice),
    responses((status = 200, description = "The file", content(
        (String = "text/csv"),
        (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
    ))), security(("session" = [])))]
async fn security_events_export(
    Ctx(ctx): Ctx,
    Export { filter, format }: Export<SecurityEventsQuery>,
) -> Result<Download, Problem> {
    Ok(Download(compliance::security_events_export(&ctx, filter, format).await?))
}
