//! The console's lists as files.

use contracts::{
    compliance::{
        AuditFilter, AuditQuery, AuditView, OrganisationSummary, OrganisationsQuery, SecurityEventView,
        SecurityEventsQuery,
    },
    ids::UserId,
    page::FileFormat,
    permission::Permission,
};

use super::{audit, organisations, security};
use crate::{
    Error, OpCtx, Result,
    platform::{
        Cell::{self, Time},
        Column::Plain,
        Edge, Elevation, ListFile, MAX_FILE_ROWS,
        events::ComplianceEvent,
    },
};

/// The organisations under a filter, in its order; cursors are not looked at.
pub async fn organisations_export(
    ctx: &OpCtx,
    query: OrganisationsQuery,
    format: FileFormat,
) -> Result<ListFile> {
    let org_id = ctx.org_id()?;
    let filter = organisations::OrganisationFilter::of(&query)?;
    ctx.tx("compliance.organisations_export", Permission::UserDataRead, async move |tx| {
        let rows = organisations::load(tx.conn()?, &filter, MAX_FILE_ROWS + 1).await?;
        let columns =
            ["Name", "Type", "Country", "City or town", "Status", "Signed up (UTC)", "ID"].map(Plain);
        let file =
            ListFile::of("organisations", (format, tx.ctx().now()), columns, &rows, organisation_cells)?;
        let (rows, status, kind) = (file.rows, filter.status, filter.kind);
        tx.emit(ComplianceEvent::OrganisationsExported { org_id, rows, format, status, kind }).await?;
        Ok(file)
    })
    .await
}

fn organisation_cells(row: &OrganisationSummary) -> [Cell; 7] {
    [
        Cell::text(&row.name),
        Cell::text(row.kind.label()),
        Cell::text(&row.country),
        Cell::text(&row.city),
        Cell::text(row.status.label()),
        Time(row.created_at),
        Cell::text(row.id.to_string()),
    ]
}

/// The audit trail under a filter, the latest first; the cursor is not looked at.
///
/// # Errors
/// `invalid_input` with the filters that cannot be read.
pub async fn audit_export(ctx: &OpCtx, query: AuditQuery, format: FileFormat) -> Result<ListFile> {
    let org_id = ctx.org_id()?;
    let filter = query.parse().map_err(Error::invalid)?;
    ctx.tx("compliance.audit_export", Permission::AuditLogsRead, async move |tx| {
        let conn = tx.conn()?;
        let rows = audit::load(conn, &filter, Edge::FIRST, MAX_FILE_ROWS + 1).await?;
        let rows = audit::with_names(conn, rows).await?;
        let columns = [
            "Recorded (UTC)",
            "Person",
            "Organisation",
            "Action",
            "Record type",
            "Record ID",
            "Request",
            "Details",
        ]
        .map(Plain);
        let file = ListFile::of("audit-records", (format, tx.ctx().now()), columns, &rows, audit_cells)?;
        // the other filters may name a person: the record has the rest
        tx.emit(ComplianceEvent::AuditExported {
            org_id,
            rows: file.rows,
            format,
            from: filter.from,
            to: filter.to,
            organisation: filter.organisation,
        })
        .await?;
        Ok(file)
    })
    .await
}

fn audit_cells(row: &AuditView) -> [Cell; 8] {
    [
        Time(row.at),
        Cell::text(row.actor.as_ref().unwrap_or(&row.actor_kind)),
        Cell::optional(row.organisation.as_deref()),
        Cell::text(&row.action),
        Cell::text(&row.entity_type),
        Cell::text(&row.entity_id),
        Cell::text(&row.request_id),
        Cell::text(&row.details),
    ]
}

/// What is recorded of the caller in person: what they did, and what others did to their account, the latest first (GDPR Art. 15).
/// Who else acted is told by kind alone, and details, which may be about others, are left out.
pub async fn own_records_export(ctx: &OpCtx, format: FileFormat) -> Result<ListFile> {
    let me = ctx.user_id()?;
    ctx.require(Permission::OwnDataRead)?;
    // records of an account belong to no organisation, and to whichever one acts: the caller's own fence would hide them
    let mut rows = ctx
        .elevate(Elevation::ExportOwnRecords)
        .read(Permission::SystemManage, async move |tx| {
            let conn = tx.conn()?;
            let mine = AuditFilter { actor: Some(me), ..AuditFilter::default() };
            let mut rows = audit::load(conn, &mine, Edge::FIRST, MAX_FILE_ROWS + 1).await?;
            let (kind, id) = (Some("user".to_owned()), Some(me.to_string()));
            let of_me = AuditFilter { entity_type: kind, entity_id: id, ..AuditFilter::default() };
            rows.extend(audit::load(conn, &of_me, Edge::FIRST, MAX_FILE_ROWS + 1).await?);
            Ok(rows)
        })
        .await?;
    rows.sort_by_key(|row| std::cmp::Reverse((row.recorded_at, row.id)));
    rows.dedup_by_key(|row| row.id);
    ctx.tx("compliance.own_records_export", Permission::OwnDataRead, async move |tx| {
        let columns =
            ["Recorded (UTC)", "Person", "Action", "Record type", "Record ID", "Request"].map(Plain);
        let cells = |row: &audit::AuditRow| own_cells(row, me);
        let file = ListFile::of("your-records", (format, tx.ctx().now()), columns, &rows, cells)?;
        tx.emit(ComplianceEvent::OwnRecordsExported { user_id: me, rows: file.rows, format }).await?;
        Ok(file)
    })
    .await
}

fn own_cells(row: &audit::AuditRow, me: UserId) -> [Cell; 6] {
    let who = if row.actor_user_id == Some(me) { "you" } else { &row.actor_kind };
    [
        Time(row.recorded_at),
        Cell::text(who),
        Cell::text(&row.action),
        Cell::text(&row.entity_type),
        Cell::text(&row.entity_id),
        Cell::text(&row.request_id),
    ]
}

/// Security events under a filter, the latest first; the cursor is not looked at.
///
/// # Errors
/// `invalid_input` with the filters that cannot be read.
pub async fn security_events_export(
    ctx: &OpCtx,
    query: SecurityEventsQuery,
    format: FileFormat,
) -> Result<ListFile> {
    let org_id = ctx.org_id()?;
    let filter = query.parse().map_err(Error::invalid)?;
    ctx.tx("compliance.security_events_export", Permission::SecurityEventsRead, async move |tx| {
        let (now, since) = (tx.ctx().now(), tx.ctx().start_of_period(filter.days));
        let conn = tx.conn()?;
        let rows = security::load(conn, &filter, since, Edge::FIRST, MAX_FILE_ROWS + 1).await?;
        let rows = security::with_names(conn, rows).await?;
        let columns =
            ["Occurred (UTC)", "Severity", "Event", "Account", "Network address", "Request", "Details"]
                .map(Plain);
        let file = ListFile::of("security-events", (format, now), columns, &rows, event_cells)?;
        let (rows, severity, days) = (file.rows, filter.severity, filter.days);
        tx.emit(ComplianceEvent::SecurityEventsExported { org_id, rows, format, severity, days }).await?;
        Ok(file)
    })
    .await
}

fn event_cells(row: &SecurityEventView) -> [Cell; 7] {
    [
        Time(row.at),
        Cell::text(row.severity.label()),
        Cell::text(&row.kind),
        Cell::optional(row.user.as_deref()),
        Cell::optional(row.address.as_deref()),
        Cell::text(&row.request_id),
        Cell::text(&row.details),
    ]
}
