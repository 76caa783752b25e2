//! SQL of purchases and transactions: lists by keyset, and the moves of a paid purchase.

use chrono::{DateTime, Utc};
use contracts::{
    ids::{OrgId, PurchaseId, TransactionId},
    money::{Currency, Money},
    orders::{PurchaseFilter, PurchaseSummary, TransactionFilter, TransactionSummary},
    page::{MOST_COUNTED, Page},
    states::{PurchaseStatus, TransactionStatus},
};
use diesel::{prelude::*, sql_types};
use diesel_async::RunQueryDsl;
use schema::purchases;

use crate::platform::{Counted, Error, Prepare, Result, Tx};

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
            text.parse().map_err(|_| {
                Error::invalid_field("after", "This page link has expired. Go back to the first page.")
            })
        })
        .transpose()
}

/// Which rows of a list are meant: `$2` is the state, `$3` the time since when.
const PURCHASES_THAT_FIT: &str =
    "($2::text IS NULL OR status = $2) AND ($3::timestamptz IS NULL OR coalesce(paid_at, created_at) > $3)";
const TRANSACTIONS_THAT_FIT: &str =
    "($2::text IS NULL OR status = $2) AND ($3::timestamptz IS NULL OR created_at > $3)";
const SOLD_OR_BOUGHT: &str = "(seller_org_id = $1 OR org_id = $1)";

/// `own` rows of one organisation, `$1`, or everybody's.
const fn whose(tenant: Option<OrgId>, own: &'static str) -> &'static str {
    if tenant.is_some() { own } else { "$1::uuid IS NULL" }
}

/// How many rows `fit` reads, counted as far as lists count.
async fn counted(
    tx: &mut Tx,
    fit: &str,
    tenant: Option<OrgId>,
    status: Option<&str>,
    since: Option<DateTime<Utc>>,
) -> Result<u64> {
    let most = MOST_COUNTED + 1;
    let counted: Counted = diesel::sql_query(format!("SELECT count(*) AS rows FROM ({fit} LIMIT {most}) f"))
        .bind::<sql_types::Nullable<sql_types::Uuid>, _>(tenant)
        .bind::<sql_types::Nullable<sql_types::Text>, _>(status)
        .bind::<sql_types::Nullable<sql_types::Timestamptz>, _>(since)
        .prepared()
        .get_result(tx.conn()?)
        .await?;
    counted.rows()
}

/// The parts of a list's statement that its order decides: two texts, so that either is read from an index. One organisation's
/// rows are found by its index; everybody's by their ids, which sort by time. `$5` is the last row seen.
const fn newest_first(tenant: Option<OrgId>, own_before: &'static str) -> (&'static str, &'static str) {
    match tenant {
        Some(_) => (own_before, "created_at DESC, id DESC"),
        None => ("id < $5", "id DESC"),
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
    let rows = purchase_rows(tx, tenant, filter, None, usize::from(filter.size.rows()) + 1).await?;
    let fit =
        format!("SELECT FROM purchases WHERE {} AND {PURCHASES_THAT_FIT}", whose(tenant, "org_id = $1"));
    let since = tx.ctx().days_ago(filter.days);
    let total = counted(tx, &fit, tenant, filter.status.map(PurchaseStatus::as_str), since).await?;
    Ok(Page::from_rows(rows, filter.size, total, |row| row.id.to_string()))
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
    let whose = whose(tenant, "org_id = $1");
    let (before, order) = newest_first(
        tenant,
        "(created_at, id) < (SELECT c.created_at, c.id FROM purchases c WHERE c.id = $5)",
    );
    // the bounds are for the index, whatever order the database sorts texts in
    let numbered = if number.is_some() {
        "AND number BETWEEN $6 AND $6 || 'zzzzzzzzz' AND starts_with(number, $6)"
    } else {
        "AND $6::text IS NULL"
    };
    let since = tx.ctx().days_ago(filter.days);
    let rows: Vec<PurchaseRow> = diesel::sql_query(format!(
        "SELECT u.id, u.number, u.status, u.currency, u.total_minor, u.on_behalf_of, u.created_at, s.sellers, s.units,
                coalesce(b.name, '') AS buyer_name
         FROM (SELECT * FROM purchases WHERE {whose} AND {PURCHASES_THAT_FIT} {numbered}
               AND ($5::uuid IS NULL OR {before})
               ORDER BY {order} LIMIT $4) u
         JOIN LATERAL (SELECT count(DISTINCT t.id) AS sellers, coalesce(sum(l.quantity), 0)::bigint AS units
               FROM transactions t JOIN transaction_lines l ON l.transaction_id = t.id WHERE t.purchase_id = u.id) s ON true
         LEFT JOIN organisations b ON b.id = u.org_id
         ORDER BY u.created_at DESC, u.id DESC"
    ))
    .bind::<sql_types::Nullable<sql_types::Uuid>, _>(tenant)
    .bind::<sql_types::Nullable<sql_types::Text>, _>(filter.status)
    .bind::<sql_types::Nullable<sql_types::Timestamptz>, _>(since)
    .bind::<sql_types::BigInt, _>(i64::try_from(most).map_err(Error::internal)?)
    .bind::<sql_types::Nullable<sql_types::Uuid>, _>(after)
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
    let rows = transaction_rows(tx, tenant, filter, usize::from(filter.size.rows()) + 1).await?;
    let fit = format!(
        "SELECT FROM transactions WHERE {} AND {TRANSACTIONS_THAT_FIT}",
        whose(tenant, SOLD_OR_BOUGHT)
    );
    let since = tx.ctx().days_ago(filter.days);
    let total = counted(tx, &fit, tenant, filter.status.map(TransactionStatus::as_str), since).await?;
    Ok(Page::from_rows(rows, filter.size, total, |row| row.id.to_string()))
}

/// The first `most` of them.
pub(super) async fn transaction_rows(
    tx: &mut Tx,
    tenant: Option<OrgId>,
    filter: &TransactionFilter,
    most: usize,
) -> Result<Vec<TransactionSummary>> {
    let after: Option<TransactionId> = cursor(filter.after.as_deref())?;
    let whose = whose(tenant, SOLD_OR_BOUGHT);
    let (before, order) = newest_first(
        tenant,
        "(created_at, id) < (SELECT c.created_at, c.id FROM transactions c WHERE c.id = $5)",
    );
    let since = tx.ctx().days_ago(filter.days);
    let rows: Vec<TransactionRow> = diesel::sql_query(format!(
        "SELECT t.id, t.status, t.currency, t.gross_minor, t.created_at, s.units, s.seller_net_minor,
                coalesce(b.name, '') AS buyer_name, coalesce(v.name, '') AS seller_name
         FROM (SELECT * FROM transactions WHERE {whose} AND {TRANSACTIONS_THAT_FIT}
               AND ($5::uuid IS NULL OR {before})
               ORDER BY {order} LIMIT $4) t
         JOIN LATERAL (SELECT coalesce(sum(l.quantity), 0)::bigint AS units, coalesce(sum(l.seller_net_minor), 0)::bigint AS seller_net_minor
               FROM transaction_lines l WHERE l.transaction_id = t.id) s ON true
         LEFT JOIN organisations b ON b.id = t.org_id LEFT JOIN organisations v ON v.id = t.seller_org_id
         ORDER BY t.created_at DESC, t.id DESC"
    ))
    .bind::<sql_types::Nullable<sql_types::Uuid>, _>(tenant)
    .bind::<sql_types::Nullable<sql_types::Text>, _>(filter.status)
    .bind::<sql_types::Nullable<sql_types::Timestamptz>, _>(since)
    .bind::<sql_types::BigInt, _>(i64::try_from(most).map_err(Error::internal)?)
    .bind::<sql_types::Nullable<sql_types::Uuid>, _>(after)
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

#[derive(QueryableByName)]
struct ReferencedRow {
    #[diesel(sql_type = sql_types::Uuid)]
    id: TransactionId,
    #[diesel(sql_type = sql_types::Text)]
    seller_name: String,
    #[diesel(sql_type = sql_types::Text)]
    buyer_name: String,
}

/// At most `most` with this reference, of one seller or buyer or, without one, of all; with the names of both.
pub(super) async fn transactions_referenced(
    tx: &mut Tx,
    tenant: Option<OrgId>,
    digits: String,
    most: usize,
) -> Result<Vec<(TransactionId, String, String)>> {
    let rows: Vec<ReferencedRow> = diesel::sql_query(
        "SELECT t.id, coalesce(v.name, '') AS seller_name, coalesce(b.name, '') AS buyer_name
         FROM transactions t LEFT JOIN organisations b ON b.id = t.org_id LEFT JOIN organisations v ON v.id = t.seller_org_id
         WHERE t.reference = $1 AND ($2::uuid IS NULL OR t.seller_org_id = $2 OR t.org_id = $2)
         ORDER BY t.id DESC LIMIT $3",
    )
    .bind::<sql_types::Text, _>(digits)
    .bind::<sql_types::Nullable<sql_types::Uuid>, _>(tenant)
    .bind::<sql_types::BigInt, _>(i64::try_from(most).map_err(Error::internal)?)
    .prepared()
    .load(tx.conn()?)
    .await?;
    Ok(rows.into_iter().map(|row| (row.id, row.seller_name, row.buyer_name)).collect())
}
