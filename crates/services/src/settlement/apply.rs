//! One answer of the payment provider, applied to one locked payment. Told twice, late or out of order, it has one effect.

use contracts::{
    certificates::CertificateReason,
    ids::{AttemptId, PaymentId},
    permission::Permission,
    states::{PaymentStatus, PurchaseStatus},
};

use super::undone;
use crate::{
    certificates::{self, ChangeReason},
    orders,
    payments::{self, Advance, PaymentNews, PaymentState, Report, SaleEffect, ledger},
    platform::{
        GatewayPayment, GatewayPaymentStatus, OpCtx, Result, Tx,
        events::{Alert, GatewayEventEffect, OrdersEvent, ReportedPayment},
    },
};

/// What an answer did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// It changed something.
    Applied,
    /// All it says was known before.
    AlreadyApplied,
    /// Money that was collected went back to the payer at the provider: it buys nothing, and somebody has to look.
    Returned,
    /// The payer disputes the payment at their bank: somebody has to answer in time.
    Disputed,
    /// Money came for a purchase that had ended: the platform has to send it back.
    Owed,
    /// It is old news, or none.
    Ignored,
    /// It does not fit what we asked for, and somebody has to look.
    Mismatch,
}

impl Outcome {
    fn of(advance: &Advance, state: &PaymentState, answer: &GatewayPayment) -> Self {
        let has = |effect| advance.sale.contains(&effect);
        if has(SaleEffect::TellExcess) {
            Self::Mismatch
        } else if has(SaleEffect::Owe) {
            Self::Owed
        } else if advance.refunds || has(SaleEffect::TellReturned) {
            Self::Returned
        } else if advance.is_news && state.status == PaymentStatus::Disputed {
            Self::Disputed
        } else if advance.is_news {
            Self::Applied
        } else if answer.status == GatewayPaymentStatus::Captured {
            Self::AlreadyApplied
        } else {
            Self::Ignored
        }
    }

    /// Returns the outcome as it is stored with the provider's event.
    pub(super) const fn to_event_effect(self) -> GatewayEventEffect {
        match self {
            Self::Applied | Self::Owed | Self::Disputed => GatewayEventEffect::Applied,
            Self::AlreadyApplied => GatewayEventEffect::AlreadyApplied,
            Self::Returned => GatewayEventEffect::Returned,
            Self::Ignored => GatewayEventEffect::Ignored,
            Self::Mismatch => GatewayEventEffect::Mismatch,
        }
    }

    /// Returns the security event that tells administrators; `None` for outcomes that need nobody.
    fn alert(self, payment: &PaymentState, answer: &GatewayPayment) -> Option<Alert> {
        let reported = || ReportedPayment {
            payment: payment.id,
            purchase: payment.purchase_id,
            gateway_payment: answer.payment_id.clone(),
            amount: answer.amount,
            captured_minor: answer.captured_minor,
            refunded_minor: answer.refunded_minor,
            fee_minor: answer.fee_minor,
        };
        match self {
            Self::Returned => Some(Alert::PaymentReturned(reported())),
            Self::Disputed => Some(Alert::PaymentDisputed(reported())),
            Self::Owed => Some(Alert::RefundDue(reported())),
            Self::Mismatch => Some(Alert::PaymentMismatched(reported())),
            Self::Applied | Self::AlreadyApplied | Self::Ignored => None,
        }
    }
}

/// Locks the payment and applies an answer of the provider to it.
pub async fn payment_apply_answer(ctx: &OpCtx, payment_id: PaymentId, answer: GatewayPayment) -> Result<()> {
    ctx.tx("settlement.answer", Permission::SystemManage, async move |tx| {
        let mut state = payments::payment_lock(tx, payment_id).await?;
        apply_to_payment(tx, &mut state, None, &answer).await.map(drop)
    })
    .await
}

/// Applies `answer` to the locked payment; `sender` is the name of the provider that sent it unasked. Money that does not fit raises a security event in the same transaction, once, however often the
/// provider repeats the answer.
pub(super) async fn apply_to_payment(
    tx: &mut Tx,
    state: &mut PaymentState,
    sender: Option<&str>,
    answer: &GatewayPayment,
) -> Result<Outcome> {
    let outcome = apply_answer(tx, state, sender, answer).await?;
    if let Some(alert) = outcome.alert(state, answer) {
        tx.raise_once(alert).await?;
    }
    Ok(outcome)
}

async fn apply_answer(
    tx: &mut Tx,
    state: &mut PaymentState,
    sender: Option<&str>,
    answer: &GatewayPayment,
) -> Result<Outcome> {
    if answer.amount != state.amount() || answer.reference != state.id.to_string() {
        return Ok(Outcome::Mismatch);
    }
    let Some(attempt) = find_attempt(tx, state, sender, answer).await? else { return Ok(Outcome::Mismatch) };
    let event = PaymentNews::Reported { attempt, report: report_of(answer) };
    let Ok(advance) = payments::payment_advance(tx, state, event).await? else {
        return Ok(Outcome::Mismatch);
    };
    for effect in &advance.sale {
        carry_out(tx, state, *effect).await?;
    }
    Ok(Outcome::of(&advance, state, answer))
}

/// Returns the attempt an answer is about; `None` when it is none of this payment. An attempt whose session was never stored is known by the
/// reference alone. A provider speaks only of attempts that began with it.
async fn find_attempt(
    tx: &mut Tx,
    state: &PaymentState,
    sender: Option<&str>,
    answer: &GatewayPayment,
) -> Result<Option<AttemptId>> {
    let is_senders = sender.is_none_or(|sender| sender == state.gateway);
    match &state.gateway_payment_id {
        Some(known) if is_senders && *known == answer.payment_id => Ok(Some(state.attempt_id)),
        known => {
            let earlier = payments::attempt_of_gateway(tx, state.id, sender, &answer.payment_id).await?;
            Ok(earlier.or_else(|| (is_senders && known.is_none()).then_some(state.attempt_id)))
        }
    }
}

fn report_of(answer: &GatewayPayment) -> Report {
    Report {
        gateway_payment_id: answer.payment_id.clone(),
        status: answer.status,
        amount_minor: answer.amount.amount_minor,
        captured_minor: answer.captured_minor,
        refunded_minor: answer.refunded_minor,
        fee_minor: answer.fee_minor,
        dispute: answer.dispute,
        failure_code: answer.failure_code.clone(),
    }
}

async fn carry_out(tx: &mut Tx, state: &mut PaymentState, effect: SaleEffect) -> Result<()> {
    match effect {
        SaleEffect::Make => {
            ledger::post_sales(tx, state).await?;
            orders::mark_purchase_paid(tx, state.purchase_id).await?;
            state.purchase_status = PurchaseStatus::Fulfilled;
            certificates::issue_for_purchase(tx, state.purchase_id).await.map(drop)
        }
        SaleEffect::Hold => {
            let is_disputed = state.status == PaymentStatus::Disputed;
            let reason =
                if is_disputed { CertificateReason::Disputed } else { CertificateReason::PartlyRefunded };
            certificates::hold_for_purchase(tx, state.purchase_id, reason).await.map(drop)
        }
        SaleEffect::Release => {
            let reason = ChangeReason::Code(CertificateReason::DisputeEnded);
            certificates::resume_for_purchase(tx, state.purchase_id, reason).await.map(drop)
        }
        SaleEffect::TakeBack => {
            let is_lost = state.status == PaymentStatus::Lost;
            let reason = if is_lost { CertificateReason::DisputeLost } else { CertificateReason::Refunded };
            undo_sale(tx, state, ChangeReason::Code(reason)).await.map(drop)
        }
        SaleEffect::Close => {
            orders::purchase_end(tx, state, PurchaseStatus::Cancelled).await?;
            let purchase_id = state.purchase_id;
            tx.emit_for(state.org_id, OrdersEvent::PurchaseClosed { purchase_id, code: "refunded" }).await
        }
        // the alarm is what is done
        SaleEffect::Owe | SaleEffect::TellExcess | SaleEffect::TellReturned => Ok(()),
    }
}

/// Revokes the certificates of a purchase that nobody redeemed. If none was redeemed, the sale is taken back: nobody has earned
/// anything, and the units go back on sale. Otherwise the sale stands and people settle what was redeemed for nothing. Returns how many
/// were redeemed.
pub(super) async fn undo_sale(
    tx: &mut Tx,
    state: &mut PaymentState,
    reason: ChangeReason<'_>,
) -> Result<i64> {
    let redeemed = certificates::revoke_for_purchase(tx, state.purchase_id, reason).await?;
    if redeemed == 0 {
        ledger::post_sale_reversals(tx, state.purchase_id).await?;
        orders::purchase_end(tx, state, PurchaseStatus::Cancelled).await?;
    }
    let (purchase_id, taken_back) = (state.purchase_id, redeemed == 0);
    tx.emit_for(state.org_id, OrdersEvent::SaleUndone { purchase_id, redeemed, taken_back }).await?;
    if redeemed > 0 {
        undone::record(tx, purchase_id, redeemed).await?;
    }
    Ok(redeemed)
}
