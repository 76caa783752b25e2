//! The audit trail, filtered, the latest first.

use std::collections::BTreeMap;

use chrono::{DateTime, Days, NaiveDate, NaiveTime, Utc};
use contracts::{
    compliance::{AuditFilter, AuditQuery, AuditView},
    ids::{AuditId, OrgId, UserId},
    page::{MOST_COUNTED, Page},
    permission::Permission,
    validate::{self, FieldErrors},
};
use diesel::{pg::Pg, prelude::*};
use diesel_async::RunQueryDsl;
use schema::{audit_records, organisations, users};
use serde_json::Value;

use super::people::addresses_of;
use crate::{
    Error, OpCtx, Result,
    platform::{Conn, cursor_of, cursor_read},
};

#[derive(Clone, Queryable, Selectable)]
#[diesel(table_name = audit_records, check_for_backend(Pg))]
pub(super) struct AuditRow {
    pub(super) id: AuditId,
    pub(super) recorded_at: DateTime<Utc>,
    pub(super) org_id: Option<OrgId>,
    pub(super) actor_user_id: Option<UserId>,
    pub(super) actor_kind: String,
    pub(super) action: String,
    pub(super) entity_type: String,
    pub(super) entity_id: String,
    pub(super) request_id: String,
    pub(super) details: Value,
    pub(super) elevation: Option<String>,
}

/// A page of the audit trail.
///
/// # Errors
/// `invalid_input` with the filters that cannot be read.
pub async fn audit_list(ctx: &OpCtx, query: AuditQuery) -> Result<Page<AuditView>> {
    let (filter, size) = (query.checked().map_err(Error::invalid)?, query.size);
    let after = if query.after.is_empty() { None } else { Some(cursor_read::<AuditId>(&query.after)?) };
    ctx.read(Permission::AuditLogsRead, async move |tx| {
        let conn = tx.conn()?;
        let total = counted(conn, &filter).await?;
        let rows = load(conn, &filter, after, usize::from(size.rows()) + 1).await?;
        let page = Page::from_rows(rows, size, total, |row| cursor_of(row.recorded_at, row.id));
        Ok(Page { items: named(conn, page.items).await?, next: page.next, total })
    })
    .await
}

/// The person with this sign-in address, whose records are then asked for by id: an address belongs into no link.
///
/// # Errors
/// `invalid_input` for an address that is none, or nobody's.
pub async fn audit_actor_find(ctx: &OpCtx, email: &str) -> Result<UserId> {
    ctx.require(Permission::AuditLogsRead)?;
    let mut errors = FieldErrors::new();
    let email = validate::email(&mut errors, "email", email);
    Error::check(errors)?;
    ctx.read(Permission::AuditLogsRead, async move |tx| {
        let found: Option<UserId> = users::table
            .filter(users::email.eq(email))
            .select(users::id)
            .first(tx.conn()?)
            .await
            .optional()?;
        found.ok_or_else(|| Error::invalid_field("email", "There is no account with this e-mail address."))
    })
    .await
}

async fn counted(conn: &mut Conn, filter: &AuditFilter) -> Result<u64> {
    let most = i64::try_from(MOST_COUNTED + 1).map_err(Error::internal)?;
    let ids: Vec<AuditId> = fitting(filter).select(audit_records::id).limit(most).load(conn).await?;
    u64::try_from(ids.len()).map_err(Error::internal)
}

fn fitting(filter: &AuditFilter) -> audit_records::BoxedQuery<'static, Pg> {
    let mut rows = audit_records::table.into_boxed::<Pg>();
    if let Some(from) = filter.from {
        rows = rows.filter(audit_records::recorded_at.ge(midnight(from)));
    }
    if let Some(to) = filter.to {
        let end = to.checked_add_days(Days::new(1)).unwrap_or(to);
        rows = rows.filter(audit_records::recorded_at.lt(midnight(end)));
    }
    if let Some(action) = filter.action.clone() {
        rows = match action.strip_suffix('.') {
            // the actions of one domain; '/' is the character after '.'
            Some(domain) => rows.filter(
                audit_records::action
                    .ge(format!("{domain}."))
                    .and(audit_records::action.lt(format!("{domain}/"))),
            ),
            None => rows.filter(audit_records::action.eq(action)),
        };
    }
    if let Some(entity_type) = filter.entity_type.clone() {
        rows = rows.filter(audit_records::entity_type.eq(entity_type));
    }
    if let Some(entity_id) = filter.entity_id.clone() {
        rows = rows.filter(audit_records::entity_id.eq(entity_id));
    }
    if let Some(actor) = filter.actor {
        rows = rows.filter(audit_records::actor_user_id.eq(actor));
    }
    if let Some(organisation) = filter.organisation {
        rows = rows.filter(audit_records::org_id.eq(organisation));
    }
    rows
}

/// At most so many of them, after the cursor.
pub(super) async fn load(
    conn: &mut Conn,
    filter: &AuditFilter,
    after: Option<(DateTime<Utc>, AuditId)>,
    most: usize,
) -> Result<Vec<AuditRow>> {
    let mut rows = fitting(filter);
    if let Some((at, id)) = after {
        rows = rows.filter(
            audit_records::recorded_at
                .lt(at)
                .or(audit_records::recorded_at.eq(at).and(audit_records::id.lt(id))),
        );
    }
    Ok(rows
        .order((audit_records::recorded_at.desc(), audit_records::id.desc()))
        .limit(i64::try_from(most).map_err(Error::internal)?)
        .select(AuditRow::as_select())
        .load(conn)
        .await?)
}

fn midnight(day: NaiveDate) -> DateTime<Utc> {
    day.and_time(NaiveTime::MIN).and_utc()
}

/// Puts names to people and organisations.
pub(super) async fn named(conn: &mut Conn, rows: Vec<AuditRow>) -> Result<Vec<AuditView>> {
    let people: Vec<UserId> = rows.iter().filter_map(|row| row.actor_user_id).collect();
    let people = addresses_of(conn, people).await?;
    let houses: Vec<OrgId> = rows.iter().filter_map(|row| row.org_id).collect();
    let houses: BTreeMap<OrgId, String> = organisations::table
        .filter(organisations::id.eq_any(houses))
        .select((organisations::id, organisations::name))
        .load::<(OrgId, String)>(conn)
        .await?
        .into_iter()
        .collect();
    let view = |row: AuditRow| AuditView {
        id: row.id,
        at: row.recorded_at,
        action: row.action,
        entity_type: row.entity_type,
        entity_id: row.entity_id,
        organisation: row.org_id.and_then(|id| houses.get(&id).cloned()),
        org_id: row.org_id,
        actor_kind: row.actor_kind,
        actor: row.actor_user_id.and_then(|id| people.get(&id).cloned()),
        actor_id: row.actor_user_id,
        elevation: row.elevation,
        request_id: row.request_id,
        details: if row.details.as_object().is_some_and(serde_json::Map::is_empty) {
            String::new()
        } else {
            row.details.to_string()
        },
    };
    Ok(rows.into_iter().map(view).collect())
}
