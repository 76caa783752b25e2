//! The console's lists as files.

use contracts::{
    compliance::{
        AuditFilter, AuditQuery, AuditView, OrganisationSummary, OrganisationsQuery, SecurityEventView,
        SecurityEventsQuery,
    },
    country,
    ids::UserId,
    page::FileFormat,
    permission::Permission,
};

use super::{
    audit,
    audit_words::{action_label, sentence},
    organisations, security,
};
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
    let filter = query.parse().map_err(Error::invalid)?;
    ctx.tx("compliance.organisations_export", Permission::UserDataRead, async move |tx| {
        let rows = organisations::load(tx.conn()?, &filter, MAX_FILE_ROWS + 1).await?;
        let columns =
            ["Name", "Type", "Country", "Country code", "City or town", "Status", "Signed up (UTC)", "ID"]
                .map(Plain);
        let file =
            ListFile::of("organisations", (format, tx.ctx().now()), columns, &rows, organisation_cells)?;
        let (rows, status, kind) = (file.rows, filter.status, filter.kind);
        tx.emit(ComplianceEvent::OrganisationsExported { org_id, rows, format, status, kind }).await?;
        Ok(file)
    })
    .await
}

fn organisation_cells(row: &OrganisationSummary) -> [Cell; 8] {
    [
        Cell::text(&row.name),
        Cell::text(row.kind.label()),
        Cell::optional(country::name_of(&row.country)),
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
            "E-mail address",
            "Organisation",
            "Action",
            "Record type",
            "Record",
            "Details",
            "Action code",
            "Record ID",
            "Request",
        ]
        .map(Plain);
        let file = ListFile::of("audit-records", (format, tx.ctx().now()), columns, &rows, audit_cells)?;
        // the other filters may name a person: the record has the rest
        tx.emit(ComplianceEvent::AuditExported {
            org_id,
            rows: file.rows,
            format,
            from: filter.days.from,
            to: filter.days.to,
            organisation: filter.organisation,
        })
        .await?;
        Ok(file)
    })
    .await
}

fn audit_cells(row: &AuditView) -> [Cell; 11] {
    [
        Time(row.at),
        Cell::text(row.actor_name.clone().unwrap_or_else(|| sentence(&row.actor_kind))),
        Cell::optional(row.actor.as_deref()),
        Cell::optional(row.organisation.as_deref()),
        Cell::text(&row.action_label),
        Cell::text(&row.thing_kind),
        Cell::optional(row.thing.as_deref()),
        Cell::text(row.facts.join("; ")),
        Cell::text(&row.action),
        Cell::text(&row.entity_id),
        Cell::text(&row.request_id),
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
            ["Recorded (UTC)", "Person", "Action", "Record type", "Action code", "Record ID", "Request"]
                .map(Plain);
        let cells = |row: &audit::AuditRow| own_cells(row, me);
        let file = ListFile::of("your-records", (format, tx.ctx().now()), columns, &rows, cells)?;
        tx.emit(ComplianceEvent::OwnRecordsExported { user_id: me, rows: file.rows, format }).await?;
        Ok(file)
    })
    .await
}

fn own_cells(row: &audit::AuditRow, me: UserId) -> [Cell; 7] {
    let who = match row.actor_user_id {
        Some(id) if id == me => "You".to_owned(),
        Some(_) => "Another person".to_owned(),
        None => sentence(&row.actor_kind),
    };
    [
        Time(row.recorded_at),
        Cell::text(who),
        Cell::text(action_label(&row.action)),
        Cell::text(sentence(&row.entity_type)),
        Cell::text(&row.action),
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
        let columns = [
            "Occurred (UTC)",
            "Severity",
            "Event",
            "Purchase",
            "Account",
            "Network address",
            "Details",
            "Event code",
            "Request",
        ]
        .map(Plain);
        let file = ListFile::of("security-events", (format, now), columns, &rows, event_cells)?;
        let (rows, severity, days) = (file.rows, filter.severity, filter.days);
        tx.emit(ComplianceEvent::SecurityEventsExported { org_id, rows, format, severity, days }).await?;
        Ok(file)
    })
    .await
}

fn event_cells(row: &SecurityEventView) -> [Cell; 9] {
    [
        Time(row.at),
        Cell::text(row.severity.label()),
        Cell::text(&row.kind_label),
        Cell::optional(row.purchase.as_ref().map(|purchase| purchase.number.as_str())),
        Cell::optional(row.user.as_deref()),
        Cell::optional(row.address.as_deref()),
        Cell::text(row.facts.join("; ")),
        Cell::text(&row.kind),
        Cell::text(&row.request_id),
    ]
}
