//! A purchase and a transaction with everything in them.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use contracts::{
    ids::{LineId, OrgId, PurchaseId, ServiceId, ServiceVersionId, TransactionId},
    money::{Currency, Money},
    orders::{CommissionKind, CommissionView, LineView, PurchaseView, TransactionView},
    states::{PurchaseStatus, TransactionStatus},
};
use diesel::{prelude::*, sql_types};
use diesel_async::RunQueryDsl;

use crate::{
    payments,
    platform::{Error, Prepare, Result, Tx},
};

#[derive(QueryableByName)]
struct PurchaseRow {
    #[diesel(sql_type = sql_types::Text)]
    number: String,
    #[diesel(sql_type = sql_types::Text)]
    status: PurchaseStatus,
    #[diesel(sql_type = sql_types::Text)]
    currency: Currency,
    #[diesel(sql_type = sql_types::BigInt)]
    total_minor: i64,
    #[diesel(sql_type = sql_types::Nullable<sql_types::Text>)]
    on_behalf_of: Option<String>,
    #[diesel(sql_type = sql_types::Text)]
    created_by: String,
    #[diesel(sql_type = sql_types::Timestamptz)]
    created_at: DateTime<Utc>,
    #[diesel(sql_type = sql_types::Timestamptz)]
    expires_at: DateTime<Utc>,
    #[diesel(sql_type = sql_types::Nullable<sql_types::Timestamptz>)]
    paid_at: Option<DateTime<Utc>>,
}

/// A purchase the caller may see.
pub(super) async fn purchase(tx: &mut Tx, id: PurchaseId) -> Result<PurchaseView> {
    let row: PurchaseRow = diesel::sql_query(
        "SELECT u.number, u.status, u.currency, u.total_minor, u.on_behalf_of, m.name AS created_by, u.created_at, u.expires_at, u.paid_at
         FROM purchases u JOIN users m ON m.id = u.created_by WHERE u.id = $1",
    )
    .bind::<sql_types::Uuid, _>(id)
    .prepared()
    .get_result(tx.conn()?)
    .await?;
    let now = tx.ctx().now();
    let payment = payments::payment_of_purchase(tx, id).await?.view(now);
    Ok(PurchaseView {
        id,
        number: row.number,
        status: row.status,
        total: Money::new(row.total_minor, row.currency),
        on_behalf_of: row.on_behalf_of,
        created_by: row.created_by,
        created_at: row.created_at,
        expires_at: row.expires_at,
        paid_at: row.paid_at,
        transactions: load(tx, "t.purchase_id", id.0).await?,
        payment,
    })
}

/// A transaction its buyer or its seller asks for.
pub(super) async fn transaction(tx: &mut Tx, id: TransactionId) -> Result<TransactionView> {
    load(tx, "t.id", id.0).await?.pop().ok_or_else(Error::not_found)
}

#[derive(QueryableByName)]
struct TransactionRow {
    #[diesel(sql_type = sql_types::Uuid)]
    id: TransactionId,
    #[diesel(sql_type = sql_types::Uuid)]
    purchase_id: PurchaseId,
    #[diesel(sql_type = sql_types::Uuid)]
    org_id: OrgId,
    #[diesel(sql_type = sql_types::Text)]
    buyer_name: String,
    #[diesel(sql_type = sql_types::Uuid)]
    seller_org_id: OrgId,
    #[diesel(sql_type = sql_types::Text)]
    seller_name: String,
    #[diesel(sql_type = sql_types::Text)]
    status: TransactionStatus,
    #[diesel(sql_type = sql_types::Text)]
    currency: Currency,
    #[diesel(sql_type = sql_types::BigInt)]
    gross_minor: i64,
    #[diesel(sql_type = sql_types::Timestamptz)]
    created_at: DateTime<Utc>,
}

#[derive(QueryableByName)]
struct LineRow {
    #[diesel(sql_type = sql_types::Uuid)]
    id: LineId,
    #[diesel(sql_type = sql_types::Uuid)]
    transaction_id: TransactionId,
    #[diesel(sql_type = sql_types::Uuid)]
    service_id: ServiceId,
    #[diesel(sql_type = sql_types::Uuid)]
    version_id: ServiceVersionId,
    #[diesel(sql_type = sql_types::Text)]
    title: String,
    #[diesel(sql_type = sql_types::Integer)]
    quantity: i32,
    #[diesel(sql_type = sql_types::BigInt)]
    unit_price_minor: i64,
    #[diesel(sql_type = sql_types::BigInt)]
    gross_minor: i64,
    #[diesel(sql_type = sql_types::BigInt)]
    seller_net_minor: i64,
    #[diesel(sql_type = sql_types::Jsonb)]
    price_trace: serde_json::Value,
}

#[derive(QueryableByName)]
struct CommissionRow {
    #[diesel(sql_type = sql_types::Uuid)]
    line_id: LineId,
    #[diesel(sql_type = sql_types::Text)]
    kind: CommissionKind,
    #[diesel(sql_type = sql_types::Integer)]
    basis_points: i32,
    #[diesel(sql_type = sql_types::BigInt)]
    amount_minor: i64,
}

/// Transactions whose `column` is `id`, in the order of their ids; one query a table, whatever their number.
async fn load(tx: &mut Tx, column: &'static str, id: uuid::Uuid) -> Result<Vec<TransactionView>> {
    let rows: Vec<TransactionRow> = diesel::sql_query(format!(
        "SELECT t.id, t.purchase_id, t.org_id, coalesce(b.name, '') AS buyer_name, t.seller_org_id, coalesce(s.name, '') AS seller_name,
                t.status, t.currency, t.gross_minor, t.created_at
         FROM transactions t LEFT JOIN organisations b ON b.id = t.org_id LEFT JOIN organisations s ON s.id = t.seller_org_id
         WHERE {column} = $1 ORDER BY t.id"
    ))
    .bind::<sql_types::Uuid, _>(id)
    .prepared()
    .load(tx.conn()?)
    .await?;
    let lines: Vec<LineRow> = diesel::sql_query(format!(
        "SELECT l.id, l.transaction_id, l.service_id, l.version_id, l.title, l.quantity, l.unit_price_minor, l.gross_minor,
                l.seller_net_minor, l.price_trace
         FROM transactions t JOIN transaction_lines l ON l.transaction_id = t.id WHERE {column} = $1 ORDER BY l.position"
    ))
    .bind::<sql_types::Uuid, _>(id)
    .prepared()
    .load(tx.conn()?)
    .await?;
    let commissions: Vec<CommissionRow> = diesel::sql_query(format!(
        "SELECT c.line_id, c.kind, c.basis_points, c.amount_minor
         FROM transactions t JOIN transaction_lines l ON l.transaction_id = t.id JOIN commission_lines c ON c.line_id = l.id
         WHERE {column} = $1 ORDER BY c.kind DESC"
    ))
    .bind::<sql_types::Uuid, _>(id)
    .prepared()
    .load(tx.conn()?)
    .await?;
    let mut shares: HashMap<LineId, Vec<CommissionRow>> = HashMap::new();
    for row in commissions {
        shares.entry(row.line_id).or_default().push(row);
    }
    let mut by_transaction: HashMap<TransactionId, Vec<(LineRow, Vec<CommissionRow>)>> = HashMap::new();
    for row in lines {
        let own = shares.remove(&row.id).unwrap_or_default();
        by_transaction.entry(row.transaction_id).or_default().push((row, own));
    }
    rows.into_iter()
        .map(|row| {
            let lines = by_transaction.remove(&row.id).unwrap_or_default();
            transaction_view(row, lines)
        })
        .collect()
}

fn transaction_view(
    row: TransactionRow,
    lines: Vec<(LineRow, Vec<CommissionRow>)>,
) -> Result<TransactionView> {
    let lines: Vec<LineView> = lines
        .into_iter()
        .map(|(line, commissions)| line_view(line, commissions, row.currency))
        .collect::<Result<_>>()?;
    let seller_net = Money::sum(lines.iter().map(|line| line.seller_net), row.currency)?;
    Ok(TransactionView {
        id: row.id,
        purchase_id: row.purchase_id,
        buyer_org_id: row.org_id,
        buyer_name: row.buyer_name,
        seller_org_id: row.seller_org_id,
        seller_name: row.seller_name,
        status: row.status,
        gross: Money::new(row.gross_minor, row.currency),
        seller_net,
        created_at: row.created_at,
        lines,
    })
}

fn line_view(row: LineRow, commissions: Vec<CommissionRow>, currency: Currency) -> Result<LineView> {
    let money = |minor| Money::new(minor, currency);
    Ok(LineView {
        id: row.id,
        service_id: row.service_id,
        version_id: row.version_id,
        title: row.title,
        quantity: row.quantity.unsigned_abs(),
        unit: money(row.unit_price_minor),
        gross: money(row.gross_minor),
        seller_net: money(row.seller_net_minor),
        commissions: commissions
            .into_iter()
            .map(|share| CommissionView {
                kind: share.kind,
                basis_points: share.basis_points.unsigned_abs(),
                amount: money(share.amount_minor),
            })
            .collect(),
        trace: serde_json::from_value(row.price_trace)?,
    })
}
