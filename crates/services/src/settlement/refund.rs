//! A part of the price went back: a person decides whether the sale stands.

use contracts::{
    error::ErrorCode,
    orders::{PurchaseView, RefundAction, RefundDecision},
    permission::Permission,
};

use super::apply::undo_sale;
use crate::{
    certificates::{self, ChangeReason},
    orders,
    payments::{self, PaymentNews, PaymentState, SaleEffect},
    platform::{
        Error, OpCtx, Result, Tx,
        events::{Alert, PaymentsEvent},
    },
};

/// Ends the hold on a purchase of whose price a part was sent back: its certificates become valid again, or the sale is undone and the
/// platform owes the buyer the rest. For the people of the platform.
///
/// # Errors
/// `not_allowed` for anybody else; `wrong_state` when nothing is to be decided; `invalid_input` on `reason`.
pub async fn purchase_refund_decide(ctx: &OpCtx, command: RefundDecision) -> Result<PurchaseView> {
    ctx.require(Permission::TransactionsWrite)?;
    if ctx.tenant()?.is_some() {
        return Err(Error::new(ErrorCode::NotAllowed));
    }
    let command = command.validate().map_err(Error::invalid)?;
    let purchase_id = command.purchase_id;
    ctx.tx("settlement.refund_decide", Permission::TransactionsWrite, async move |tx| {
        let payment_id = payments::payment_of_purchase(tx, command.purchase_id).await?.id;
        let mut state = payments::payment_lock(tx, payment_id).await?;
        let (act, refunded_minor) = (command.act, state.refunded_minor);
        decide(tx, &mut state, &command).await?;
        tx.emit_for(state.org_id, PaymentsEvent::RefundDecided { payment_id, act, refunded_minor }).await
    })
    .await?;
    orders::purchase_get(ctx, purchase_id).await
}

async fn decide(tx: &mut Tx, state: &mut PaymentState, command: &RefundDecision) -> Result<()> {
    let event = match command.act {
        RefundAction::Keep => PaymentNews::SaleKept,
        RefundAction::Undo => PaymentNews::SaleTakenBack,
    };
    let advance = payments::payment_advance(tx, state, event).await??;
    payments::refund_reason_store(tx, state.id, &command.reason).await?;
    let reason = ChangeReason::Words(&command.reason);
    for effect in advance.sale {
        match effect {
            SaleEffect::Release => {
                certificates::resume_for_purchase(tx, state.purchase_id, reason).await?;
            }
            SaleEffect::TakeBack => take_back(tx, state, reason).await?,
            other => return Err(Error::internal(format!("a decision does not lead to {other:?}"))),
        }
    }
    Ok(())
}

async fn take_back(tx: &mut Tx, state: &mut PaymentState, reason: ChangeReason<'_>) -> Result<()> {
    let redeemed = undo_sale(tx, state, reason).await?;
    // units that were redeemed are earned: people settle how much of the rest goes back
    tx.raise_once(Alert::RefundDueOfUndoneSale {
        redeemed,
        payment: state.id,
        purchase: state.purchase_id,
        amount: state.amount(),
        refunded_minor: state.refunded_minor,
    })
    .await
}
