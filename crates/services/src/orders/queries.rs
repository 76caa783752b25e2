//! SQL of purchases and transactions: lists by keyset, and the moves of a paid purchase.

use chrono::{DateTime, Utc};
use contracts::{
    ids::{OrgId, PurchaseId, TransactionId},
    money::{Currency, Money},
    orders::{PurchaseFilter, PurchaseSummary, TransactionFilter, TransactionSummary},
    page::Page,
    states::{PurchaseStatus, TransactionStatus},
};
use diesel::{prelude::*, sql_types};
use diesel_async::RunQueryDsl;
use schema::purchases;

use crate::platform::{Error, Prepare, Result, Tx};

/// Rows on a page.
const PAGE: usize = 25;

pub(super) async fn number_of(tx: &mut Tx, purchase_id: PurchaseId) -> Result<String> {
    Ok(purchases::table.find(purchase_id).select(purchases::number).first(tx.conn()?).await?)
}

/// Moves a purchase that waits for its payment, and its transactions, through `paid` to `fulfilled`. The caller issues the
/// certificates in the same transaction and writes the audit record.
pub async fn purchase_paid(tx: &mut Tx, purchase_id: PurchaseId) -> Result<()> {
    let now = tx.ctx().now();
    let steps = [
        (TransactionStatus::Paid, PurchaseStatus::Paid),
        (TransactionStatus::Fulfilled, PurchaseStatus::Fulfilled),
    ];
    for (transactions, purchase) in steps {
        diesel::sql_query(
            "WITH sold AS (UPDATE transactions SET status = $2 WHERE purchase_id = $1)
             UPDATE purchases SET status = $3, paid_at = $4 WHERE id = $1",
        )
        .bind::<sql_types::Uuid, _>(purchase_id)
        .bind::<sql_types::Text, _>(transactions)
        .bind::<sql_types::Text, _>(purchase)
        .bind::<sql_types::Timestamptz, _>(now)
        .prepared()
        .execute(tx.conn()?)
        .await?;
    }
    Ok(())
}

/// A cursor is the id of the last row: ids sort by time.
fn cursor<T: std::str::FromStr>(after: Option<&str>) -> Result<Option<T>> {
    after
        .map(|text| {
            text.parse().map_err(|_| Error::invalid_field("after", "This is no cursor of this list."))
        })
        .transpose()
}

/// The parts of a list's statement that its order decides: two texts, so that either is read from an index.
struct NewestFirst {
    whose: &'static str,
    before: &'static str,
    order: &'static str,
}

/// One organisation's rows are found by its index; everybody's by their ids, which sort by time. `$1` is the organisation,
/// `$3` the last row seen.
const fn newest_first(tenant: Option<OrgId>, own: &'static str, own_before: &'static str) -> NewestFirst {
    match tenant {
        Some(_) => NewestFirst { whose: own, before: own_before, order: "created_at DESC, id DESC" },
        None => NewestFirst { whose: "$1::uuid IS NULL", before: "id < $3", order: "id DESC" },
    }
}

fn count(rows: i64) -> Result<u64> {
    u64::try_from(rows).map_err(Error::internal)
}

#[derive(QueryableByName)]
struct PurchaseRow {
    #[diesel(sql_type = sql_types::Uuid)]
    id: PurchaseId,
    #[diesel(sql_type = sql_types::Text)]
    number: String,
    #[diesel(sql_type = sql_types::Text)]
    buyer_name: String,
    #[diesel(sql_type = sql_types::Text)]
    status: PurchaseStatus,
    #[diesel(sql_type = sql_types::Text)]
    currency: Currency,
    #[diesel(sql_type = sql_types::BigInt)]
    total_minor: i64,
    #[diesel(sql_type = sql_types::Nullable<sql_types::Text>)]
    on_behalf_of: Option<String>,
    #[diesel(sql_type = sql_types::Timestamptz)]
    created_at: DateTime<Utc>,
    #[diesel(sql_type = sql_types::BigInt)]
    sellers: i64,
    #[diesel(sql_type = sql_types::BigInt)]
    units: i64,
}

/// Purchases of one buyer or, without one, of all; newest first.
pub(super) async fn purchase_list(
    tx: &mut Tx,
    tenant: Option<OrgId>,
    filter: &PurchaseFilter,
) -> Result<Page<PurchaseSummary>> {
    // one more only tells that there is another page
    let rows = purchase_rows(tx, tenant, filter, None, PAGE + 1).await?;
    Ok(Page::from_rows(rows, PAGE, |row| row.id.to_string()))
}

/// The first `most` of them, or of those whose numbers begin so.
pub(super) async fn purchase_rows(
    tx: &mut Tx,
    tenant: Option<OrgId>,
    filter: &PurchaseFilter,
    number: Option<String>,
    most: usize,
) -> Result<Vec<PurchaseSummary>> {
    let after: Option<PurchaseId> = cursor(filter.after.as_deref())?;
    let NewestFirst { whose, before, order } = newest_first(
        tenant,
        "org_id = $1",
        "(created_at, id) < (SELECT c.created_at, c.id FROM purchases c WHERE c.id = $3)",
    );
    // the bounds are for the index, whatever order the database sorts texts in
    let numbered = if number.is_some() {
        "AND number BETWEEN $5 AND $5 || 'zzzzzzzzz' AND starts_with(number, $5)"
    } else {
        "AND $5::text IS NULL"
    };
    let rows: Vec<PurchaseRow> = diesel::sql_query(format!(
        "SELECT u.id, u.number, u.status, u.currency, u.total_minor, u.on_behalf_of, u.created_at, s.sellers, s.units,
                coalesce(b.name, '') AS buyer_name
         FROM (SELECT * FROM purchases WHERE {whose} AND ($2::text IS NULL OR status = $2) {numbered}
               AND ($3::uuid IS NULL OR {before})
               ORDER BY {order} LIMIT $4) u
         JOIN LATERAL (SELECT count(DISTINCT t.id) AS sellers, coalesce(sum(l.quantity), 0)::bigint AS units
               FROM transactions t JOIN transaction_lines l ON l.transaction_id = t.id WHERE t.purchase_id = u.id) s ON true
         LEFT JOIN organisations b ON b.id = u.org_id
         ORDER BY u.created_at DESC, u.id DESC"
    ))
    .bind::<sql_types::Nullable<sql_types::Uuid>, _>(tenant)
    .bind::<sql_types::Nullable<sql_types::Text>, _>(filter.status)
    .bind::<sql_types::Nullable<sql_types::Uuid>, _>(after)
    .bind::<sql_types::BigInt, _>(i64::try_from(most).map_err(Error::internal)?)
    .bind::<sql_types::Nullable<sql_types::Text>, _>(number)
    .prepared()
    .load(tx.conn()?)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(PurchaseSummary {
                id: row.id,
                number: row.number,
                buyer_name: row.buyer_name,
                status: row.status,
                total: Money::new(row.total_minor, row.currency),
                on_behalf_of: row.on_behalf_of,
                created_at: row.created_at,
                sellers: u32::try_from(row.sellers).map_err(Error::internal)?,
                units: count(row.units)?,
            })
        })
        .collect()
}

#[derive(QueryableByName)]
struct TransactionRow {
    #[diesel(sql_type = sql_types::Uuid)]
    id: TransactionId,
    #[diesel(sql_type = sql_types::Text)]
    buyer_name: String,
    #[diesel(sql_type = sql_types::Text)]
    seller_name: String,
    #[diesel(sql_type = sql_types::Text)]
    status: TransactionStatus,
    #[diesel(sql_type = sql_types::Text)]
    currency: Currency,
    #[diesel(sql_type = sql_types::BigInt)]
    gross_minor: i64,
    #[diesel(sql_type = sql_types::BigInt)]
    seller_net_minor: i64,
    #[diesel(sql_type = sql_types::BigInt)]
    units: i64,
    #[diesel(sql_type = sql_types::Timestamptz)]
    created_at: DateTime<Utc>,
}

/// Transactions of one seller or one buyer or, without one, of all; newest first.
pub(super) async fn transaction_list(
    tx: &mut Tx,
    tenant: Option<OrgId>,
    filter: &TransactionFilter,
) -> Result<Page<TransactionSummary>> {
    // one more only tells that there is another page
    let rows = transaction_rows(tx, tenant, filter, PAGE + 1).await?;
    Ok(Page::from_rows(rows, PAGE, |row| row.id.to_string()))
}

/// The first `most` of them.
pub(super) async fn transaction_rows(
    tx: &mut Tx,
    tenant: Option<OrgId>,
    filter: &TransactionFilter,
    most: usize,
) -> Result<Vec<TransactionSummary>> {
    let after: Option<TransactionId> = cursor(filter.after.as_deref())?;
    let NewestFirst { whose, before, order } = newest_first(
        tenant,
        "(seller_org_id = $1 OR org_id = $1)",
        "(created_at, id) < (SELECT c.created_at, c.id FROM transactions c WHERE c.id = $3)",
    );
    let rows: Vec<TransactionRow> = diesel::sql_query(format!(
        "SELECT t.id, t.status, t.currency, t.gross_minor, t.created_at, s.units, s.seller_net_minor,
                coalesce(b.name, '') AS buyer_name, coalesce(v.name, '') AS seller_name
         FROM (SELECT * FROM transactions WHERE {whose} AND ($2::text IS NULL OR status = $2)
               AND ($3::uuid IS NULL OR {before})
               ORDER BY {order} LIMIT $4) t
         JOIN LATERAL (SELECT coalesce(sum(l.quantity), 0)::bigint AS units, coalesce(sum(l.seller_net_minor), 0)::bigint AS seller_net_minor
               FROM transaction_lines l WHERE l.transaction_id = t.id) s ON true
         LEFT JOIN organisations b ON b.id = t.org_id LEFT JOIN organisations v ON v.id = t.seller_org_id
         ORDER BY t.created_at DESC, t.id DESC"
    ))
    .bind::<sql_types::Nullable<sql_types::Uuid>, _>(tenant)
    .bind::<sql_types::Nullable<sql_types::Text>, _>(filter.status)
    .bind::<sql_types::Nullable<sql_types::Uuid>, _>(after)
    .bind::<sql_types::BigInt, _>(i64::try_from(most).map_err(Error::internal)?)
    .prepared()
    .load(tx.conn()?)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(TransactionSummary {
                id: row.id,
                buyer_name: row.buyer_name,
                seller_name: row.seller_name,
                status: row.status,
                gross: Money::new(row.gross_minor, row.currency),
                seller_net: Money::new(row.seller_net_minor, row.currency),
                units: count(row.units)?,
                created_at: row.created_at,
            })
        })
        .collect()
}
