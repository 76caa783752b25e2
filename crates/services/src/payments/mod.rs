//! Payments: attempts at the payment provider, what is known of them, and the ledger.
//!
//! A payment page is opened and asked about outside of any database transaction, with the attempt's id as idempotency key:
//! whatever is lost on the way can be asked for again.

mod close;
mod gateways;
pub mod ledger;
mod queries;
mod session;
mod state;

use contracts::{
    ids::{PaymentId, PurchaseId},
    payments::PaymentView,
    permission::Permission,
};

pub use close::{CloseOutcome, payment_close, payment_write_off, record_forgotten, record_unresolved};
pub use gateways::{SandboxGateway, SandboxGatewayError, SandboxGatewaySettings};
pub use queries::{
    CheckoutSessionParams, claim_unsettled, payment_create, payment_lock, payment_of_purchase, payment_state,
};
pub(crate) use queries::{
    attempt_of_gateway, is_attempt_captured, record_attempt_money, set_attempt_outcome,
};
pub(crate) use session::await_payment;
pub use session::{mark_unknown, session_open, session_retry};
pub use state::{PaymentState, payment_transition};
pub(crate) use state::{mark_captured, mark_refunded, refund_accept};

use crate::platform::{OpCtx, Result};

/// A payment of the active organisation.
pub async fn payment_get(ctx: &OpCtx, payment_id: PaymentId) -> Result<PaymentView> {
    ctx.read(Permission::TransactionsRead, async move |tx| {
        let now = tx.ctx().now();
        Ok(payment_state(tx, payment_id).await?.view(now))
    })
    .await
}

/// The payment of a purchase of the active organisation.
pub async fn payment_of(ctx: &OpCtx, purchase_id: PurchaseId) -> Result<PaymentView> {
    ctx.read(Permission::TransactionsRead, async move |tx| {
        let now = tx.ctx().now();
        Ok(payment_of_purchase(tx, purchase_id).await?.view(now))
    })
    .await
}
