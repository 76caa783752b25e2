//! Closing payment pages, so that nothing is paid any more for what is no longer sold.

use contracts::{ids::PaymentId, permission::Permission, states::PaymentStatus};
use serde_json::json;

use super::{
    PaymentState, payment_lock, payment_move, payment_state,
    queries::{Page, attempt_outcome, pages},
    session_open,
};
use crate::platform::{GatewayError, GatewayPaymentStatus, OpCtx, Result, SecurityEvent};

/// What closing a payment's pages found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Closed {
    /// Nobody can pay any more and nothing was paid.
    Unpaid,
    /// It has been paid; settlement has the word.
    Paid,
    /// The provider is still at it.
    Underway,
    /// Nobody knows: the provider does not answer, or not about this.
    Unknown,
}

/// Closes every page that was opened for a payment, those of failed attempts too, and asks what came of each. A payment that
/// can no longer be paid becomes `failed`.
pub async fn payment_close(ctx: &OpCtx, payment_id: PaymentId) -> Result<Closed> {
    let ctx = ctx.as_system();
    let (mut state, mut opened) = look(&ctx, payment_id).await?;
    if state.is_open() && state.gateway_session_id.is_none() {
        // the page may exist though its address was lost: opening it again tells
        session_open(&ctx, state.opening()).await?;
        (state, opened) = look(&ctx, payment_id).await?;
    }
    if state.is_captured() {
        return Ok(Closed::Paid);
    }
    let mut code = None;
    for page in &opened {
        match page_close(&ctx, payment_id, page).await? {
            Ended::Unpaid(why) => code = Some(why),
            Ended::Otherwise(closed) => return Ok(closed),
        }
    }
    match code {
        _ if state.status == PaymentStatus::Failed => Ok(Closed::Unpaid),
        Some(code) if state.gateway_session_id.is_some() => fail(&ctx, state, code).await,
        _ => Ok(Closed::Unknown),
    }
}

async fn look(ctx: &OpCtx, payment_id: PaymentId) -> Result<(PaymentState, Vec<Page>)> {
    ctx.read(Permission::SystemManage, async move |tx| {
        Ok((payment_state(tx, payment_id).await?, pages(tx, payment_id).await?))
    })
    .await
}

/// How a closed page ended.
enum Ended {
    /// Without money, for this reason.
    Unpaid(String),
    /// In another way.
    Otherwise(Closed),
}

async fn page_close(ctx: &OpCtx, payment_id: PaymentId, page: &Page) -> Result<Ended> {
    let (Some(session), Some(at_gateway)) = (&page.session_id, &page.payment_id) else {
        return Ok(Ended::Otherwise(Closed::Unknown));
    };
    let gateway = &ctx.platform().gateway;
    let answer = match gateway.close_session(session).await {
        Ok(()) => gateway.payment(at_gateway).await,
        Err(cause) => Err(cause),
    };
    let payment = match answer {
        Ok(payment) => payment,
        Err(cause) => {
            payment_unresolved(ctx, payment_id, at_gateway, cause).await?;
            return Ok(Ended::Otherwise(Closed::Unknown));
        }
    };
    Ok(match payment.status {
        GatewayPaymentStatus::Captured if payment.is_returned() => Ended::Unpaid("refunded".to_owned()),
        GatewayPaymentStatus::Captured => Ended::Otherwise(Closed::Paid),
        GatewayPaymentStatus::Failed => {
            Ended::Unpaid(payment.failure_code.unwrap_or_else(|| "expired".to_owned()))
        }
        GatewayPaymentStatus::Open | GatewayPaymentStatus::Processing | GatewayPaymentStatus::Authorised => {
            Ended::Otherwise(Closed::Underway)
        }
    })
}

/// Notes that the provider said nothing useful about a payment. One that answers, and not about this, will not do so by itself:
/// the console hears of it once.
pub async fn payment_unresolved(
    ctx: &OpCtx,
    payment_id: PaymentId,
    at_gateway: &str,
    cause: GatewayError,
) -> Result<()> {
    tracing::warn!(payment = %payment_id, %cause, "the payment provider cannot say what became of a payment");
    if matches!(cause, GatewayError::Unreachable(_)) {
        return Ok(());
    }
    let details = json!({ "payment": payment_id, "gateway_payment": at_gateway });
    let event = SecurityEvent { kind: "payment_unresolved", severity: "high", user_id: None, details };
    ctx.as_system()
        .tx("payments.unresolved", Permission::SystemManage, async move |tx| {
            tx.security_event_once(event).await
        })
        .await
}

async fn fail(ctx: &OpCtx, seen: PaymentState, code: String) -> Result<Closed> {
    ctx.tx("payments.close", Permission::SystemManage, async move |tx| {
        let mut state = payment_lock(tx, seen.id).await?;
        if state.attempt_id != seen.attempt_id {
            return Ok(Closed::Unknown);
        }
        if payment_move(tx, &mut state, PaymentStatus::Failed, Some(&code)).await? {
            attempt_outcome(tx, state.attempt_id, "expired", Some(&code), None).await?;
            let details = json!({ "purchase": state.purchase_id, "code": code });
            tx.audit_for(Some(state.org_id), "payments.session_closed", "payment", state.id, details).await?;
        }
        Ok(match state.status {
            PaymentStatus::Failed => Closed::Unpaid,
            _ if state.is_captured() => Closed::Paid,
            _ => Closed::Unknown,
        })
    })
    .await
}

/// Gives up hope for a payment of which the provider says nothing; the caller decides that it may. Money that comes nevertheless
/// is kept as a mismatch.
pub async fn payment_write_off(ctx: &OpCtx, payment_id: PaymentId) -> Result<Closed> {
    const WRITTEN_OFF: &str = "written_off";
    let ctx = ctx.as_system();
    let state =
        ctx.read(Permission::SystemManage, async move |tx| payment_state(tx, payment_id).await).await?;
    fail(&ctx, state, WRITTEN_OFF.to_owned()).await
}
