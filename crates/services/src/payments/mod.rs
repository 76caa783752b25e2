//! Payments: attempts at the payment provider, what is known of them, and the ledger.
//!
//! A payment page is opened and asked about outside of any database transaction, with the attempt's id as idempotency key:
//! whatever is lost on the way can be asked for again.

mod advance;
mod close;
mod gateways;
pub mod ledger;
mod machine;
mod queries;
mod session;
mod state;

use contracts::{
    ids::{PaymentId, PurchaseId},
    payments::PaymentView,
    permission::Permission,
};

pub(crate) use advance::{Advance, payment_advance};
pub use close::{CloseOutcome, payment_close, payment_write_off, record_forgotten, record_unresolved};
pub use gateways::{SandboxGateway, SandboxGatewayError, SandboxGatewaySettings};
pub(crate) use machine::{PaymentNews, Report, SaleEffect};
pub use queries::{
    CheckoutSessionParams, claim_unsettled, payment_create, payment_lock, payment_of_purchase, payment_state,
};
pub(crate) use queries::{attempt_of_gateway, refund_reason_store};
pub use session::{mark_unknown, session_open, session_retry};
pub use state::PaymentState;

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
