//! The console's lists as files.

use contracts::{
    compliance::{
        AuditFilter, AuditQuery, AuditView, OrganisationSummary, OrganisationsQuery, SecurityEventView,
        SecurityEventsQuery,
    },
    ids::UserId,
    permission::Permission,
};
use serde_json::json;

use super::{audit, organisations, security};
use crate::{
    Error, OpCtx, Result,
    platform::{CsvFile, MOST_CSV_ROWS, csv_time},
};

/// The organisations under a filter, the longest waiting first; the cursor is not looked at.
pub async fn organisations_export(ctx: &OpCtx, query: OrganisationsQuery) -> Result<CsvFile> {
    let org_id = ctx.org_id()?;
    let asked = organisations::Asked::of(&OrganisationsQuery { after: String::new(), ..query })?;
    ctx.tx("compliance.organisations_export", Permission::UserDataRead, async move |tx| {
        let rows = organisations::load(tx.conn()?, &asked, MOST_CSV_ROWS + 1).await?;
        let columns = ["Name", "Kind", "Country", "City", "State", "Signed up (UTC)", "Id"];
        let file = CsvFile::of("organisations", tx.ctx().now(), columns, &rows, organisation_cells);
        let details = json!({ "rows": file.rows, "status": asked.status, "kind": asked.kind });
        tx.audit("compliance.organisations_exported", "organisation", org_id, details).await?;
        Ok(file)
    })
    .await
}

fn organisation_cells(row: &OrganisationSummary) -> [String; 7] {
    [
        row.name.clone(),
        row.kind.to_string(),
        row.country.clone(),
        row.city.clone(),
        row.status.to_string(),
        csv_time(row.created_at),
        row.id.to_string(),
    ]
}

/// The audit trail under a filter, the latest first; the cursor is not looked at.
///
/// # Errors
/// `invalid_input` with the filters that cannot be read.
pub async fn audit_export(ctx: &OpCtx, query: AuditQuery) -> Result<CsvFile> {
    let org_id = ctx.org_id()?;
    let filter = query.checked().map_err(Error::invalid)?;
    ctx.tx("compliance.audit_export", Permission::AuditLogsRead, async move |tx| {
        let conn = tx.conn()?;
        let rows = audit::load(conn, &filter, None, MOST_CSV_ROWS + 1).await?;
        let rows = audit::named(conn, rows).await?;
        let columns = ["Recorded (UTC)", "Who", "For", "Action", "Kind", "Id", "Request", "Details"];
        let file = CsvFile::of("audit-records", tx.ctx().now(), columns, &rows, audit_cells);
        // the other filters may name a person: the record has the rest
        let details = json!({
            "rows": file.rows, "from": filter.from, "to": filter.to, "organisation": filter.organisation,
        });
        tx.audit("compliance.audit_exported", "organisation", org_id, details).await?;
        Ok(file)
    })
    .await
}

fn audit_cells(row: &AuditView) -> [String; 8] {
    [
        csv_time(row.at),
        row.actor.clone().unwrap_or_else(|| row.actor_kind.clone()),
        row.organisation.clone().unwrap_or_default(),
        row.action.clone(),
        row.entity_type.clone(),
        row.entity_id.clone(),
        row.request_id.clone(),
        row.details.clone(),
    ]
}

/// What is recorded of the caller in person: what they did, and what others did to their account, the latest first (GDPR Art. 15).
/// Who else acted is told by kind alone, and details, which may be about others, are left out.
pub async fn own_records_export(ctx: &OpCtx) -> Result<CsvFile> {
    let me = ctx.user_id()?;
    ctx.require(Permission::OwnDataRead)?;
    // records of an account belong to no organisation, and to whichever one acts: the caller's own fence would hide them
    let mut rows = ctx
        .as_system()
        .read(Permission::SystemManage, async move |tx| {
            let conn = tx.conn()?;
            let mine = AuditFilter { actor: Some(me), ..AuditFilter::default() };
            let mut rows = audit::load(conn, &mine, None, MOST_CSV_ROWS + 1).await?;
            let (kind, id) = (Some("user".to_owned()), Some(me.to_string()));
            let of_me = AuditFilter { entity_type: kind, entity_id: id, ..AuditFilter::default() };
            rows.extend(audit::load(conn, &of_me, None, MOST_CSV_ROWS + 1).await?);
            Ok(rows)
        })
        .await?;
    rows.sort_by_key(|row| std::cmp::Reverse((row.recorded_at, row.id)));
    rows.dedup_by_key(|row| row.id);
    ctx.tx("compliance.own_records_export", Permission::OwnDataRead, async move |tx| {
        let columns = ["Recorded (UTC)", "Who", "Action", "Kind", "Id", "Request"];
        let cells = |row: &audit::AuditRow| own_cells(row, me);
        let file = CsvFile::of("your-records", tx.ctx().now(), columns, &rows, cells);
        let details = json!({ "rows": file.rows });
        tx.audit("compliance.own_records_exported", "user", me, details).await?;
        Ok(file)
    })
    .await
}

fn own_cells(row: &audit::AuditRow, me: UserId) -> [String; 6] {
    let who = if row.actor_user_id == Some(me) { "you" } else { &row.actor_kind };
    [
        csv_time(row.recorded_at),
        who.to_owned(),
        row.action.clone(),
        row.entity_type.clone(),
        row.entity_id.clone(),
        row.request_id.clone(),
    ]
}

/// Security events under a filter, the latest first; the cursor is not looked at.
///
/// # Errors
/// `invalid_input` with the filters that cannot be read.
pub async fn security_events_export(ctx: &OpCtx, query: SecurityEventsQuery) -> Result<CsvFile> {
    let org_id = ctx.org_id()?;
    let filter = query.checked().map_err(Error::invalid)?;
    ctx.tx("compliance.security_events_export", Permission::SecurityEventsRead, async move |tx| {
        let (now, since) = (tx.ctx().now(), tx.ctx().days_ago(filter.days));
        let conn = tx.conn()?;
        let rows = security::load(conn, security::fitting(&filter, since), None, MOST_CSV_ROWS + 1).await?;
        let rows = security::named(conn, rows).await?;
        let columns = ["Occurred (UTC)", "Severity", "Event", "Account", "Address", "Request", "Details"];
        let file = CsvFile::of("security-events", now, columns, &rows, event_cells);
        let details = json!({ "rows": file.rows, "severity": filter.severity, "days": filter.days });
        tx.audit("compliance.security_events_exported", "organisation", org_id, details).await?;
        Ok(file)
    })
    .await
}

fn event_cells(row: &SecurityEventView) -> [String; 7] {
    [
        csv_time(row.at),
        row.severity.to_string(),
        row.kind.clone(),
        row.user.clone().unwrap_or_default(),
        row.address.clone().unwrap_or_default(),
        row.request_id.clone(),
        row.details.clone(),
    ]
}
