//! Security events, filtered, the latest first.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use contracts::{
    compliance::{EventPurchase, SecurityEventView, SecurityEventsFilter, SecurityEventsQuery, Severity},
    ids::{PurchaseId, UserId},
    page::Page,
    permission::Permission,
};
use diesel::{prelude::*, sql_types};
use diesel_async::RunQueryDsl;
use schema::{purchases, security_events};
use serde_json::Value;
use uuid::Uuid;

use super::{
    audit_words::{event_label, facts_of},
    people::people_of,
};
use crate::{
    Error, OpCtx, Result,
    platform::{COUNT, Conn, Edge, Key, KeyKind, Keyset, Sql, write_cursor},
};

#[derive(QueryableByName)]
#[diesel(table_name = security_events)]
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
    let (filter, size) = (query.parse().map_err(Error::invalid)?, query.size);
    let edge = Edge::read(NEWEST_FIRST, Some(&query.after), Some(&query.before))?;
    ctx.read(Permission::SecurityEventsRead, async move |tx| {
        let since = tx.ctx().start_of_period(filter.days);
        let conn = tx.conn()?;
        let total = apply_filter(Sql::new(COUNT), &filter, since).count(conn).await?;
        let place = edge.place();
        let rows = load(conn, &filter, since, edge, usize::from(size.rows()) + 1).await?;
        let cursor = |row: &EventRow| write_cursor(&[Key::Time(row.occurred_at)], row.id);
        let Page { items, next, previous, total } = Page::from_rows(rows, size, total, place, cursor);
        Ok(Page { items: with_names(conn, items).await?, next, previous, total })
    })
    .await
}

const NEWEST_FIRST: Keyset = Keyset { columns: &[("e.occurred_at", KeyKind::Time)], down: true };

/// Those that fit, of all time or since a moment.
fn apply_filter(sql: Sql, filter: &SecurityEventsFilter, since: Option<DateTime<Utc>>) -> Sql {
    let sql = sql.push(" FROM security_events e WHERE true");
    let sql = sql.when(filter.severity, |sql, severity| {
        sql.push(" AND e.severity = ").bind::<sql_types::Text, _>(severity)
    });
    let sql = sql
        .when(filter.kind.clone(), |sql, kind| sql.push(" AND e.kind = ").bind::<sql_types::Text, _>(kind));
    sql.when(since, |sql, since| sql.push(" AND e.occurred_at > ").bind::<sql_types::Timestamptz, _>(since))
}

/// At most so many of them, from the edge on.
pub(super) async fn load(
    conn: &mut Conn,
    filter: &SecurityEventsFilter,
    since: Option<DateTime<Utc>>,
    edge: Edge,
    most: usize,
) -> Result<Vec<EventRow>> {
    let columns = "SELECT e.id, e.occurred_at, e.kind, e.severity, e.user_id, e.client_address, e.request_id, e.details";
    apply_filter(Sql::new(columns), filter, since).page(NEWEST_FIRST, edge, "e.id", most)?.load(conn).await
}

impl EventRow {
    fn purchase_id(&self) -> Option<PurchaseId> {
        self.details.get("purchase")?.as_str()?.parse().ok()
    }
}

/// Returns the numbers of the purchases that the rows are about.
async fn load_purchase_numbers(conn: &mut Conn, rows: &[EventRow]) -> Result<HashMap<PurchaseId, String>> {
    let ids: Vec<PurchaseId> = rows.iter().filter_map(EventRow::purchase_id).collect();
    let numbers =
        purchases::table.filter(purchases::id.eq_any(ids)).select((purchases::id, purchases::number));
    Ok(numbers.load::<(PurchaseId, String)>(conn).await?.into_iter().collect())
}

/// Returns views of the rows, with the mail addresses of accounts and the numbers of purchases.
pub(super) async fn with_names(conn: &mut Conn, rows: Vec<EventRow>) -> Result<Vec<SecurityEventView>> {
    let people: Vec<UserId> = rows.iter().filter_map(|row| row.user_id).collect();
    let people = people_of(conn, people).await?;
    let numbers = load_purchase_numbers(conn, &rows).await?;
    let view = |row: EventRow| SecurityEventView {
        at: row.occurred_at,
        purchase: row
            .purchase_id()
            .and_then(|id| numbers.get(&id).map(|number| EventPurchase { id, number: number.clone() })),
        kind_label: event_label(&row.kind),
        facts: facts_of(&row.details),
        kind: row.kind,
        severity: row.severity,
        user: row.user_id.and_then(|id| people.get(&id)).map(|person| person.email.clone()),
        address: row.client_address,
        request_id: row.request_id,
        details: row.details.to_string(),
    };
    Ok(rows.into_iter().map(view).collect())
}
