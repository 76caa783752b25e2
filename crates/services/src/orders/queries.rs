//! SQL of purchases: the number, and the moves of a paid one.

use contracts::{
    ids::PurchaseId,
    states::{PurchaseStatus, TransactionStatus},
};
use diesel::{prelude::*, sql_types};
use diesel_async::RunQueryDsl;
use schema::purchases;

use crate::platform::{Prepare, Result, Tx};

pub(super) async fn number_of(tx: &mut Tx, purchase_id: PurchaseId) -> Result<String> {
    Ok(purchases::table.find(purchase_id).select(purchases::number).first(tx.conn()?).await?)
}

/// Marks a purchase that waits for its payment, and its transactions, as `paid` and then as `fulfilled`. The caller issues the
/// certificates in the same transaction and writes the audit record.
pub async fn mark_purchase_paid(tx: &mut Tx, purchase_id: PurchaseId) -> Result<()> {
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
