//! One answer of the payment provider, applied to one locked payment. Told twice, late or out of order, it has one effect.

use contracts::{
    ids::{AttemptId, PaymentId},
    permission::Permission,
    states::PaymentStatus,
};
use serde_json::json;

use crate::{
    certificates, orders,
    payments::{self, PaymentState, await_payment, ledger},
    platform::{GatewayPayment, GatewayPaymentStatus, OpCtx, Result, SecurityEvent, Tx},
};

/// What an answer did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Effect {
    /// It changed something.
    Applied,
    /// The payment had been captured by it before.
    AlreadyApplied,
    /// Money that was captured went back to the payer at the provider; nothing was changed and somebody has to look.
    Returned,
    /// It is old news, or none.
    Ignored,
    /// It does not fit what we asked for; nothing was changed and somebody has to look.
    Mismatch,
}

impl Effect {
    /// The word stored with the event.
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Applied => "applied",
            Self::AlreadyApplied => "already_applied",
            Self::Returned => "returned",
            Self::Ignored => "ignored",
            Self::Mismatch => "mismatch",
        }
    }

    /// The security event by which the console hears of it.
    const fn alarm(self) -> Option<&'static str> {
        match self {
            Self::Returned => Some("payment_returned"),
            Self::Mismatch => Some("payment_mismatch"),
            Self::Applied | Self::AlreadyApplied | Self::Ignored => None,
        }
    }
}

/// Applies an answer of the provider to a question of ours.
pub async fn payment_answered(ctx: &OpCtx, payment_id: PaymentId, answer: GatewayPayment) -> Result<()> {
    ctx.tx("settlement.answer", Permission::SystemManage, async move |tx| {
        let mut state = payments::payment_lock(tx, payment_id).await?;
        apply(tx, &mut state, &answer).await.map(drop)
    })
    .await
}

/// Applies `answer` to the locked payment. Money that does not fit is told the console in the same transaction, however often
/// the provider says the same: once.
pub(super) async fn apply(tx: &mut Tx, state: &mut PaymentState, answer: &GatewayPayment) -> Result<Effect> {
    let effect = applied(tx, state, answer).await?;
    if let Some(kind) = effect.alarm() {
        let details = json!({
            "payment": state.id, "gateway_payment": answer.payment_id, "amount": answer.amount,
            "captured_minor": answer.captured_minor, "refunded_minor": answer.refunded_minor, "fee_minor": answer.fee_minor,
        });
        tx.security_event_once(SecurityEvent { kind, severity: "high", user_id: None, details }).await?;
    }
    Ok(effect)
}

async fn applied(tx: &mut Tx, state: &mut PaymentState, answer: &GatewayPayment) -> Result<Effect> {
    if answer.amount != state.amount() || answer.reference != state.id.to_string() {
        return Ok(Effect::Mismatch);
    }
    let Some(attempt_id) = attempt(tx, state, answer).await? else { return Ok(Effect::Mismatch) };
    // what came and went before we heard of it was never paid
    let came_and_went = answer.is_returned() && !state.is_captured();
    match answer.status {
        GatewayPaymentStatus::Captured if !came_and_went => captured(tx, state, attempt_id, answer).await,
        // what an earlier attempt came to says nothing about the present one
        _ if state.is_captured() || attempt_id != state.attempt_id || !state.is_awaited() => {
            Ok(Effect::Ignored)
        }
        GatewayPaymentStatus::Open | GatewayPaymentStatus::Processing => {
            let unknown = state.status == PaymentStatus::Unknown || state.status == PaymentStatus::Created;
            if unknown { moved(tx, state, answer, PaymentStatus::Pending).await } else { Ok(Effect::Ignored) }
        }
        GatewayPaymentStatus::Authorised => moved(tx, state, answer, PaymentStatus::Authorised).await,
        GatewayPaymentStatus::Failed | GatewayPaymentStatus::Captured => {
            moved(tx, state, answer, PaymentStatus::Failed).await
        }
    }
}

/// The attempt an answer is about. One whose answer was lost is known by its reference alone.
async fn attempt(tx: &mut Tx, state: &PaymentState, answer: &GatewayPayment) -> Result<Option<AttemptId>> {
    match &state.gateway_payment_id {
        Some(known) if *known == answer.payment_id => Ok(Some(state.attempt_id)),
        known => {
            let earlier = payments::attempt_of_gateway(tx, state.id, &answer.payment_id).await?;
            Ok(earlier.or_else(|| known.is_none().then_some(state.attempt_id)))
        }
    }
}

async fn moved(
    tx: &mut Tx,
    state: &mut PaymentState,
    answer: &GatewayPayment,
    to: PaymentStatus,
) -> Result<Effect> {
    let failure = answer.failure_code.as_deref().or(answer.is_returned().then_some("refunded"));
    if !payments::payment_move(tx, state, to, failure).await? {
        return Ok(Effect::Ignored);
    }
    await_payment(tx, state).await?;
    let outcome = if to == PaymentStatus::Failed { "failed" } else { "redirected" };
    payments::attempt_outcome(tx, state.attempt_id, outcome, failure, Some(&answer.payment_id)).await?;
    let details = json!({ "purchase": state.purchase_id, "status": to, "code": failure });
    tx.audit_for(Some(state.org_id), "payments.status_changed", "payment", state.id, details).await?;
    Ok(Effect::Applied)
}

/// The money is in: ledger, purchase and certificates follow in this transaction, or none of it happened.
async fn captured(
    tx: &mut Tx,
    state: &mut PaymentState,
    attempt_id: AttemptId,
    answer: &GatewayPayment,
) -> Result<Effect> {
    if state.is_captured() {
        return Ok(match payments::attempt_captured(tx, attempt_id).await? {
            false => Effect::Mismatch,
            true if answer.refunded_minor > 0 => Effect::Returned,
            true => Effect::AlreadyApplied,
        });
    }
    let amount = state.amount().amount_minor;
    let fits = answer.captured_minor == amount
        && answer.refunded_minor == 0
        && (0..=amount).contains(&answer.fee_minor);
    if !fits || !state.is_awaited() || !payments::payment_captured(tx, state, answer.fee_minor).await? {
        return Ok(Effect::Mismatch);
    }
    await_payment(tx, state).await?;
    payments::attempt_outcome(tx, attempt_id, "captured", None, Some(&answer.payment_id)).await?;
    ledger::post_capture(tx, state, answer.fee_minor).await?;
    orders::purchase_paid(tx, state.purchase_id).await?;
    certificates::issue_for_purchase(tx, state.purchase_id).await?;
    let details =
        json!({ "purchase": state.purchase_id, "amount": state.amount(), "fee_minor": answer.fee_minor });
    tx.audit_for(Some(state.org_id), "payments.captured", "payment", state.id, details).await?;
    Ok(Effect::Applied)
}
