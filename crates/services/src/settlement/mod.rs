//! What happens when money moves: a gateway's answer becomes a captured payment, a posted ledger, a paid purchase and issued
//! certificates, in one database transaction. It stands right of `certificates` in the ladder because it calls payments,
//! orders and certificates, none of which may call to its right.

mod apply;
mod events;
mod refund;
mod undone;

use chrono::TimeDelta;
use contracts::{
    ids::PaymentId,
    orders::{PurchaseComplete, PurchaseView},
    payments::PaymentView,
    permission::Permission,
    states::PaymentStatus,
};
use futures::{StreamExt, stream};

pub use apply::payment_apply_answer;
pub use events::gateway_event_receive;
pub use refund::purchase_refund_decide;
pub(crate) use undone::load_open as load_open_undone_sales;
pub use undone::{undone_sale_get, undone_sale_settle};

use crate::{
    orders,
    payments::{self, PaymentState},
    platform::{Elevation, GatewayError, GatewayPaymentStatus, OpCtx, Result},
};

/// A payment is asked about when the provider reported nothing for this long.
const QUIET_FOR: TimeDelta = TimeDelta::seconds(10);
/// Maximum number of payments asked about in one round.
const ROUND: i32 = 64;
/// Maximum number of concurrent requests to the provider.
const AT_ONCE: usize = 32;

/// Asks the payment provider what became of a payment of the active organisation and settles what it answers.
pub async fn payment_refresh(ctx: &OpCtx, payment_id: PaymentId) -> Result<PaymentView> {
    let state = ctx
        .read(Permission::TransactionsRead, async move |tx| payments::payment_state(tx, payment_id).await)
        .await?;
    let elevated = ctx.elevate(Elevation::SettlePayment);
    if state.is_open() {
        reconcile(&elevated, state).await?;
    } else if state.status == PaymentStatus::Failed {
        reconcile_late_capture(&elevated, state).await?;
    }
    payments::payment_get(ctx, payment_id).await
}

/// The buyer is back from the payment page: asks what became of the payment and answers the purchase as it stands then.
pub async fn purchase_complete(ctx: &OpCtx, command: PurchaseComplete) -> Result<PurchaseView> {
    let payment = payments::payment_of(ctx, command.purchase_id).await?;
    if payment.is_open() || payment.status == PaymentStatus::Failed {
        payment_refresh(ctx, payment.id).await?;
    }
    orders::purchase_get(ctx, command.purchase_id).await
}

/// Asks about every payment that has been open for a while; answers how many. Pages of purchases whose time is over are
/// closed first, so that what is not paid by now stays unpaid.
pub async fn sweep(ctx: &OpCtx) -> Result<usize> {
    let claimed = ctx
        .tx("settlement.sweep", Permission::SystemManage, async |tx| {
            payments::claim_unsettled(tx, QUIET_FOR, ROUND).await
        })
        .await?;
    let count = claimed.len();
    let outcomes: Vec<Result<()>> = stream::iter(claimed)
        .map(|payment_id| sweep_one(ctx, payment_id))
        .buffer_unordered(AT_ONCE)
        .collect()
        .await;
    for error in outcomes.into_iter().filter_map(Result::err) {
        tracing::warn!(code = %error.code, cause = ?error.source, "a payment could not be settled");
    }
    Ok(count)
}

async fn sweep_one(ctx: &OpCtx, payment_id: PaymentId) -> Result<()> {
    let state = ctx
        .read(Permission::SystemManage, async move |tx| payments::payment_state(tx, payment_id).await)
        .await?;
    let overdue = state.is_awaited() && ctx.now() >= state.expires_at;
    let closed = if overdue { Some(payments::payment_close(ctx, payment_id).await?) } else { None };
    if closed == Some(payments::CloseOutcome::Unpaid) {
        return Ok(());
    }
    let state = ctx
        .read(Permission::SystemManage, async move |tx| payments::payment_state(tx, payment_id).await)
        .await?;
    let is_paid_after_all = closed == Some(payments::CloseOutcome::Paid);
    if state.is_open() || is_paid_after_all { reconcile(ctx, state).await } else { Ok(()) }
}

/// Asks the provider about a failed payment: the payer may have paid after all, and the event may be lost. Any answer but a capture is ignored.
async fn reconcile_late_capture(ctx: &OpCtx, state: PaymentState) -> Result<()> {
    let Some(at_gateway) = &state.gateway_payment_id else { return Ok(()) };
    match ctx.platform().gateways.of_attempt(&state.gateway).status(at_gateway).await {
        Ok(answer) if answer.status == GatewayPaymentStatus::Captured => {
            payment_apply_answer(ctx, state.id, answer).await
        }
        Ok(_) | Err(_) => Ok(()),
    }
}

/// Reconciles an open payment: asks the provider about it outside of any transaction, and applies the answer in one.
async fn reconcile(ctx: &OpCtx, state: PaymentState) -> Result<()> {
    let Some(at_gateway) = &state.gateway_payment_id else {
        // its page was never opened, or the answer was lost: opening it again tells, and leaves it to be paid
        if ctx.now() < state.expires_at {
            payments::session_retry(ctx, state.id).await?;
        }
        return Ok(());
    };
    match ctx.platform().gateways.of_attempt(&state.gateway).status(at_gateway).await {
        Ok(answer)
            if answer.status == GatewayPaymentStatus::Open && state.status == PaymentStatus::Pending =>
        {
            Ok(())
        }
        Ok(answer) => payment_apply_answer(ctx, state.id, answer).await,
        Err(GatewayError::NotFound) => payments::record_forgotten(ctx, state.id, at_gateway).await,
        Err(cause) => payments::record_unresolved(ctx, state.id, cause).await,
    }
}
