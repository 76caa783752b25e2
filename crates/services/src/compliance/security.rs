//! Security events, filtered, the latest first.

use chrono::{DateTime, Utc};
use contracts::{
    compliance::{SecurityEventView, SecurityEventsFilter, SecurityEventsQuery, Severity},
    ids::UserId,
    page::{MOST_COUNTED, Page},
    permission::Permission,
};
use diesel::{pg::Pg, prelude::*};
use diesel_async::RunQueryDsl;
use schema::security_events;
use serde_json::Value;
use uuid::Uuid;

use super::people::addresses_of;
use crate::{
    Error, OpCtx, Result,
    platform::{Conn, cursor_of, cursor_read},
};

#[derive(Queryable, Selectable)]
#[diesel(table_name = security_events, check_for_backend(Pg))]
pub(super) struct EventRow {
    id: Uuid,
    occurred_at: DateTime<Utc>,
    kind: String,
    severity: Severity,
    user_id: Option<UserId>,
    client_address: Option<String>,
    request_id: String,
    details: Value,
}

/// A page of security events.
///
/// # Errors
/// `invalid_input` with the filters that cannot be read.
pub async fn security_events_list(
    ctx: &OpCtx,
    query: SecurityEventsQuery,
) -> Result<Page<SecurityEventView>> {
    let (filter, size) = (query.checked().map_err(Error::invalid)?, query.size);
    let after = if query.after.is_empty() { None } else { Some(cursor_read::<Uuid>(&query.after)?) };
    ctx.read(Permission::SecurityEventsRead, async move |tx| {
        let since = tx.ctx().days_ago(filter.days);
        let conn = tx.conn()?;
        let total = counted(conn, fitting(&filter, since)).await?;
        let rows = load(conn, fitting(&filter, since), after, usize::from(size.rows()) + 1).await?;
        let page = Page::from_rows(rows, size, total, |row| cursor_of(row.occurred_at, row.id));
        Ok(Page { items: named(conn, page.items).await?, next: page.next, total })
    })
    .await
}

async fn counted(conn: &mut Conn, fitting: Events) -> Result<u64> {
    let most = i64::try_from(MOST_COUNTED + 1).map_err(Error::internal)?;
    let ids: Vec<Uuid> = fitting.select(security_events::id).limit(most).load(conn).await?;
    u64::try_from(ids.len()).map_err(Error::internal)
}

type Events = security_events::BoxedQuery<'static, Pg>;

/// Those that fit, of all time or since a moment.
pub(super) fn fitting(filter: &SecurityEventsFilter, since: Option<DateTime<Utc>>) -> Events {
    let mut rows = security_events::table.into_boxed::<Pg>();
    if let Some(severity) = filter.severity {
        rows = rows.filter(security_events::severity.eq(severity));
    }
    if let Some(kind) = filter.kind.clone() {
        rows = rows.filter(security_events::kind.eq(kind));
    }
    if let Some(since) = since {
        rows = rows.filter(security_events::occurred_at.gt(since));
    }
    rows
}

/// At most so many of them, after the cursor.
pub(super) async fn load(
    conn: &mut Conn,
    mut rows: Events,
    after: Option<(DateTime<Utc>, Uuid)>,
    most: usize,
) -> Result<Vec<EventRow>> {
    if let Some((at, id)) = after {
        rows = rows.filter(
            security_events::occurred_at
                .lt(at)
                .or(security_events::occurred_at.eq(at).and(security_events::id.lt(id))),
        );
    }
    Ok(rows
        .order((security_events::occurred_at.desc(), security_events::id.desc()))
        .limit(i64::try_from(most).map_err(Error::internal)?)
        .select(EventRow::as_select())
        .load(conn)
        .await?)
}

/// Puts addresses to accounts.
pub(super) async fn named(conn: &mut Conn, rows: Vec<EventRow>) -> Result<Vec<SecurityEventView>> {
    let people: Vec<UserId> = rows.iter().filter_map(|row| row.user_id).collect();
    let people = addresses_of(conn, people).await?;
    let view = |row: EventRow| SecurityEventView {
        at: row.occurred_at,
        kind: row.kind,
        severity: row.severity,
        user: row.user_id.and_then(|id| people.get(&id).cloned()),
        address: row.client_address,
        request_id: row.request_id,
        details: row.details.to_string(),
    };
    Ok(rows.into_iter().map(view).collect())
}
