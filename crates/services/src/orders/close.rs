//! Cancels and expires unpaid purchases. Their units go back on sale.
//!
//! A purchase is cancelled only when its payment has failed for good: the payment page is closed first and the provider asked,
//! so that no money can arrive for what is no longer sold (law I2). What remains is a provider that closes a page and
//! collects nevertheless: settlement books that money, and the platform owes it to the buyer.

use chrono::TimeDelta;
use contracts::{
    error::ErrorCode,
    ids::{PaymentId, PurchaseId},
    orders::PurchaseView,
    permission::Permission,
    states::{PaymentStatus, PurchaseStatus, TransactionStatus},
};
use diesel::{prelude::*, sql_types};
use diesel_async::RunQueryDsl;
use schema::{purchases, transactions};

use super::views;
use crate::{
    payments::{self, CloseOutcome, PaymentState},
    platform::{Error, OpCtx, Prepare, Result, Tx, events::OrdersEvent},
};

/// Maximum number of purchases that one round expires.
const ROUND: i32 = 100;

/// How long after the expiry of a purchase an administrator may cancel it although the provider does not tell the state of its payment.
const WAITS_FOR_WORD: TimeDelta = TimeDelta::days(1);

/// Cancels an unpaid purchase of the organisation. An administrator may cancel anybody's, and a day after its expiry also one of whose payment
/// the provider does not tell the state. A purchase that is cancelled already is returned as it is.
///
/// # Errors
/// `wrong_state` when it is paid or closed, `payment_unknown` while the provider cannot tell.
pub async fn purchase_cancel(ctx: &OpCtx, purchase_id: PurchaseId) -> Result<PurchaseView> {
    let right = ctx.organisation()?.kind.role().cancel_permission();
    let state = ctx.read(right, async move |tx| payments::payment_of_purchase(tx, purchase_id).await).await?;
    if state.purchase_status == PurchaseStatus::Cancelled {
        return ctx.read(right, async move |tx| views::purchase(tx, purchase_id).await).await;
    }
    if !state.is_awaited() {
        return Err(Error::new(ErrorCode::WrongState));
    }
    let is_hopeless = ctx.tenant()?.is_none() && ctx.now() >= state.expires_at + WAITS_FOR_WORD;
    let closed = match payments::payment_close(ctx, state.id).await? {
        CloseOutcome::Unknown if is_hopeless => payments::payment_write_off(ctx, state.id).await?,
        closed => closed,
    };
    match closed {
        CloseOutcome::Unpaid => {}
        CloseOutcome::Paid => return Err(Error::new(ErrorCode::WrongState)),
        CloseOutcome::Underway | CloseOutcome::Unknown => return Err(Error::new(ErrorCode::PaymentUnknown)),
    }
    ctx.tx("orders.purchase_cancel", right, async move |tx| {
        if void_purchase(tx, state.id, PurchaseStatus::Cancelled).await? {
            tx.emit_for(state.org_id, OrdersEvent::PurchaseCancelled { purchase_id }).await?;
        }
        let purchase = views::purchase(tx, purchase_id).await?;
        // another request may have cancelled it in between
        let is_cancelled = purchase.status == PurchaseStatus::Cancelled;
        if is_cancelled { Ok(purchase) } else { Err(Error::new(ErrorCode::WrongState)) }
    })
    .await
}

#[derive(QueryableByName)]
struct Due {
    #[diesel(sql_type = sql_types::Uuid)]
    id: PurchaseId,
    #[diesel(sql_type = sql_types::Uuid)]
    payment_id: PaymentId,
    #[diesel(sql_type = sql_types::Uuid)]
    org_id: contracts::ids::OrgId,
}

/// Expires the purchases that were not paid in time; returns how many. A purchase whose payment may still arrive waits: settlement's sweep
/// closes its session and reconciles it first. One that cannot be expired does not hold up the others.
pub async fn purchases_expire_due(ctx: &OpCtx) -> Result<usize> {
    let due: Vec<Due> = ctx
        .read(Permission::SystemManage, async |tx| {
            let now = tx.ctx().now();
            Ok(diesel::sql_query(
                "SELECT u.id, u.org_id, p.id AS payment_id FROM purchases u JOIN payments p ON p.purchase_id = u.id
                 WHERE u.status IN ('open', 'awaiting_payment') AND u.expires_at <= $1 AND p.status = 'failed' ORDER BY u.expires_at LIMIT $2",
            )
            .bind::<sql_types::Timestamptz, _>(now)
            .bind::<sql_types::Integer, _>(ROUND)
            .prepared()
            .load(tx.conn()?)
            .await?)
        })
        .await?;
    let mut expired = 0;
    for due in due {
        let purchase = due.id;
        match expire(ctx, due).await {
            Ok(done) => expired += usize::from(done),
            Err(error) => {
                tracing::warn!(%purchase, code = %error.code, cause = ?error.source, "an unpaid purchase could not be closed");
            }
        }
    }
    Ok(expired)
}

async fn expire(ctx: &OpCtx, due: Due) -> Result<bool> {
    // the page of a failed attempt may still take money
    if payments::payment_close(ctx, due.payment_id).await? != CloseOutcome::Unpaid {
        return Ok(false);
    }
    ctx.tx("orders.purchase_expire", Permission::SystemManage, async move |tx| {
        let done = void_purchase(tx, due.payment_id, PurchaseStatus::Expired).await?;
        if done {
            tx.emit_for(due.org_id, OrdersEvent::PurchaseExpired { purchase_id: due.id }).await?;
        }
        Ok(done)
    })
    .await
}

/// Locks a payment and, if it has failed, ends its purchase as cancelled or expired (`to`). Returns false when it was paid, tried again or
/// ended in the meantime. The caller writes the audit record.
async fn void_purchase(tx: &mut Tx, payment_id: PaymentId, to: PurchaseStatus) -> Result<bool> {
    let mut state = payments::payment_lock(tx, payment_id).await?;
    if !state.is_awaited() || state.status != PaymentStatus::Failed {
        return Ok(false);
    }
    purchase_end(tx, &mut state, to).await?;
    Ok(true)
}

/// Ends a purchase whose payment is locked, with its transactions, as cancelled or expired, and puts its units back on sale. The
/// caller writes the audit record.
pub(crate) async fn purchase_end(tx: &mut Tx, state: &mut PaymentState, to: PurchaseStatus) -> Result<()> {
    let transaction_status =
        if to == PurchaseStatus::Expired { TransactionStatus::Expired } else { TransactionStatus::Cancelled };
    diesel::update(transactions::table.filter(transactions::purchase_id.eq(state.purchase_id)))
        .set(transactions::status.eq(transaction_status))
        .execute(tx.conn()?)
        .await?;
    diesel::update(purchases::table.find(state.purchase_id))
        .set(purchases::status.eq(to))
        .execute(tx.conn()?)
        .await?;
    // the rows are sorted before the function sees them, as checkout sorts them
    diesel::sql_query(
        "SELECT capacity_release(l.service_id, l.quantity) FROM (
           SELECT l.service_id, l.quantity FROM transaction_lines l JOIN transactions t ON t.id = l.transaction_id
           WHERE t.purchase_id = $1 ORDER BY l.service_id OFFSET 0) l",
    )
    .bind::<sql_types::Uuid, _>(state.purchase_id)
    .prepared()
    .execute(tx.conn()?)
    .await?;
    state.purchase_status = to;
    Ok(())
}
