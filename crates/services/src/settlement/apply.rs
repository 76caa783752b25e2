//! One answer of the payment provider, applied to one locked payment. Told twice, late or out of order, it has one effect.

use contracts::{
    certificates::CertificateReason,
    ids::{AttemptId, PaymentId},
    permission::Permission,
    states::{PaymentStatus, PurchaseStatus},
};

use super::{
    machine::{Booked, Heard, Sale, Step, next_steps},
    undone,
};
use crate::{
    certificates::{self, ChangeReason},
    orders,
    payments::{self, PaymentState, await_payment, ledger},
    platform::{
        Error, GatewayPayment, GatewayPaymentStatus, OpCtx, Result, Tx,
        events::{Alert, GatewayEventEffect, OrdersEvent, PaymentsEvent, ReportedPayment},
    },
};

/// What an answer did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Effect {
    /// It changed something.
    Applied,
    /// All it says was known before.
    AlreadyApplied,
    /// Money that was collected went back to the payer at the provider: it buys nothing, and somebody has to look.
    Returned,
    /// Money came for a purchase that had ended: the platform has to send it back.
    Owed,
    /// It is old news, or none.
    Ignored,
    /// It does not fit what we asked for; nothing was changed and somebody has to look.
    Mismatch,
}

impl Effect {
    /// Returns the effect as it is stored with the provider's event.
    pub(super) const fn to_event_effect(self) -> GatewayEventEffect {
        match self {
            Self::Applied | Self::Owed => GatewayEventEffect::Applied,
            Self::AlreadyApplied => GatewayEventEffect::AlreadyApplied,
            Self::Returned => GatewayEventEffect::Returned,
            Self::Ignored => GatewayEventEffect::Ignored,
            Self::Mismatch => GatewayEventEffect::Mismatch,
        }
    }

    /// Returns the security event that tells administrators; `None` for effects that need nobody.
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
        apply_to_payment(tx, &mut state, &answer).await.map(drop)
    })
    .await
}

/// Applies `answer` to the locked payment. Money that does not fit raises a security event in the same transaction, once, however often the
/// provider repeats the answer.
pub(super) async fn apply_to_payment(
    tx: &mut Tx,
    state: &mut PaymentState,
    answer: &GatewayPayment,
) -> Result<Effect> {
    let effect = apply_answer(tx, state, answer).await?;
    if let Some(alert) = effect.alert(state, answer) {
        tx.raise_once(alert).await?;
    }
    Ok(effect)
}

async fn apply_answer(tx: &mut Tx, state: &mut PaymentState, answer: &GatewayPayment) -> Result<Effect> {
    if answer.amount != state.amount() || answer.reference != state.id.to_string() {
        return Ok(Effect::Mismatch);
    }
    let Some(attempt_id) = find_attempt(tx, state, answer).await? else { return Ok(Effect::Mismatch) };
    match answer.status {
        GatewayPaymentStatus::Captured => apply_money(tx, state, attempt_id, answer).await,
        // what an earlier attempt came to says nothing about the present one
        _ if state.is_captured() || attempt_id != state.attempt_id || !state.is_awaited() => {
            Ok(Effect::Ignored)
        }
        GatewayPaymentStatus::Open | GatewayPaymentStatus::Processing => {
            let unknown = state.status == PaymentStatus::Unknown || state.status == PaymentStatus::Created;
            if unknown {
                apply_status(tx, state, answer, PaymentStatus::Pending).await
            } else {
                Ok(Effect::Ignored)
            }
        }
        GatewayPaymentStatus::Authorised => apply_status(tx, state, answer, PaymentStatus::Authorised).await,
        GatewayPaymentStatus::Failed => apply_status(tx, state, answer, PaymentStatus::Failed).await,
    }
}

/// Returns the attempt an answer is about; `None` when it is none of this payment. An attempt whose session was never stored is known by the
/// reference alone.
async fn find_attempt(
    tx: &mut Tx,
    state: &PaymentState,
    answer: &GatewayPayment,
) -> Result<Option<AttemptId>> {
    match &state.gateway_payment_id {
        Some(known) if *known == answer.payment_id => Ok(Some(state.attempt_id)),
        known => {
            let earlier = payments::attempt_of_gateway(tx, state.id, &answer.payment_id).await?;
            Ok(earlier.or_else(|| known.is_none().then_some(state.attempt_id)))
        }
    }
}

/// Moves a payment of which no money has come.
async fn apply_status(
    tx: &mut Tx,
    state: &mut PaymentState,
    answer: &GatewayPayment,
    to: PaymentStatus,
) -> Result<Effect> {
    let failure = answer.failure_code.as_deref();
    if !payments::payment_transition(tx, state, to, failure).await? {
        return Ok(Effect::Ignored);
    }
    await_payment(tx, state).await?;
    let outcome = if to == PaymentStatus::Failed { "failed" } else { "redirected" };
    payments::set_attempt_outcome(tx, state.attempt_id, outcome, failure, Some(&answer.payment_id)).await?;
    let (payment_id, purchase, code) = (state.id, state.purchase_id, failure.map(ToOwned::to_owned));
    tx.emit_for(state.org_id, PaymentsEvent::StatusChanged { payment_id, purchase, status: to, code })
        .await?;
    Ok(Effect::Applied)
}

/// Joins what the answer says of the money with what was heard before, and carries out what follows from both.
async fn apply_money(
    tx: &mut Tx,
    state: &mut PaymentState,
    attempt_id: AttemptId,
    answer: &GatewayPayment,
) -> Result<Effect> {
    let amount = state.amount().amount_minor;
    let fits = answer.captured_minor == amount
        && (0..=amount).contains(&answer.refunded_minor)
        && (0..=amount).contains(&answer.fee_minor);
    if !fits {
        return Ok(Effect::Mismatch);
    }
    let (captured_minor, refunded_minor) =
        payments::record_attempt_money(tx, attempt_id, answer.captured_minor, answer.refunded_minor).await?;
    let heard = Heard { captured_minor, refunded_minor };
    if state.is_captured() && !payments::is_attempt_captured(tx, attempt_id).await? {
        // two attempts took money: that of the second has to go back, and is no news once it has
        return Ok(if heard.is_returned() { Effect::Ignored } else { Effect::Mismatch });
    }
    if !state.is_captured() && heard.is_returned() && attempt_id != state.attempt_id {
        // the present attempt may still be paid
        return Ok(Effect::Returned);
    }
    let booked = Booked {
        is_captured: state.is_captured(),
        refunded_minor: state.refunded_minor,
        sale: sale_of(state),
    };
    let steps = next_steps(amount, booked, heard);
    for step in &steps {
        take_step(tx, state, *step, attempt_id, answer).await?;
    }
    Ok(match steps.as_slice() {
        [] => Effect::AlreadyApplied,
        steps if steps.contains(&Step::Owe) => Effect::Owed,
        steps if steps.iter().any(|step| matches!(step, Step::Refund(_))) => Effect::Returned,
        _ => Effect::Applied,
    })
}

fn sale_of(state: &PaymentState) -> Sale {
    match state.purchase_status {
        PurchaseStatus::Open | PurchaseStatus::AwaitingPayment => Sale::Awaited,
        PurchaseStatus::Paid | PurchaseStatus::Fulfilled => Sale::Made,
        PurchaseStatus::Cancelled | PurchaseStatus::Expired => Sale::Closed,
    }
}

async fn take_step(
    tx: &mut Tx,
    state: &mut PaymentState,
    step: Step,
    attempt_id: AttemptId,
    answer: &GatewayPayment,
) -> Result<()> {
    match step {
        Step::Capture => capture(tx, state, attempt_id, answer).await,
        Step::Refund(minor) => {
            payments::mark_refunded(tx, state, minor).await?;
            ledger::post_refund(tx, state, minor).await?;
            let (payment_id, purchase) = (state.id, state.purchase_id);
            let event = PaymentsEvent::Refunded { payment_id, purchase, refunded_minor: minor };
            tx.emit_for(state.org_id, event).await
        }
        Step::Sell => {
            ledger::post_sales(tx, state).await?;
            orders::mark_purchase_paid(tx, state.purchase_id).await?;
            state.purchase_status = PurchaseStatus::Fulfilled;
            certificates::issue_for_purchase(tx, state.purchase_id).await.map(drop)
        }
        Step::Hold => certificates::hold_for_purchase(tx, state.purchase_id).await.map(drop),
        Step::Undo => undo_sale(tx, state, ChangeReason::Code(CertificateReason::Refunded)).await.map(drop),
        Step::Close => {
            orders::purchase_end(tx, state, PurchaseStatus::Cancelled).await?;
            let purchase_id = state.purchase_id;
            tx.emit_for(state.org_id, OrdersEvent::PurchaseClosed { purchase_id, code: "refunded" }).await
        }
        // the alarm is what is done
        Step::Owe => Ok(()),
    }
}

/// The money is in: what follows happens in this transaction, or none of it happened.
async fn capture(
    tx: &mut Tx,
    state: &mut PaymentState,
    attempt_id: AttemptId,
    answer: &GatewayPayment,
) -> Result<()> {
    let fee_minor = answer.fee_minor;
    if !payments::mark_captured(tx, state, fee_minor).await? {
        return Err(Error::internal(format!("payment {} is {} and not captured", state.id, state.status)));
    }
    await_payment(tx, state).await?;
    payments::set_attempt_outcome(tx, attempt_id, "captured", None, Some(&answer.payment_id)).await?;
    ledger::post_capture(tx, state, fee_minor).await?;
    let (payment_id, purchase, amount) = (state.id, state.purchase_id, state.amount());
    tx.emit_for(state.org_id, PaymentsEvent::Captured { payment_id, purchase, amount, fee_minor }).await
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
