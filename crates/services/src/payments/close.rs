//! Closes hosted payment sessions, so that nothing is paid any more for what is no longer sold.

use chrono::TimeDelta;
use contracts::{
    ids::{AttemptId, PaymentId},
    payments::AttemptOutcome,
    permission::Permission,
    states::PaymentStatus,
};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use schema::payment_attempts;

use super::{
    PaymentState,
    machine::PaymentNews,
    mark_unknown, payment_advance, payment_lock, payment_state,
    queries::{HostedSession, hosted_sessions, record_attempt_money},
    session_open,
};
use crate::platform::{Elevation, GatewayError, GatewayPaymentStatus, OpCtx, Result, Tx, events::Alert};

/// The outcome of closing the hosted sessions of a payment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CloseOutcome {
    /// Nobody can pay any more and nothing was paid.
    Unpaid,
    /// It was paid before the page closed; settlement has to apply it.
    Paid,
    /// The provider is still at it.
    Underway,
    /// Nobody knows: the provider does not answer, or not about this.
    Unknown,
}

/// Closes every hosted session of a payment, those of failed attempts too, and asks the provider for the outcome of each. A payment that can
/// no longer be paid becomes `failed`.
pub async fn payment_close(ctx: &OpCtx, payment_id: PaymentId) -> Result<CloseOutcome> {
    close(ctx, payment_id, None).await
}

/// Closes the pages of a payment up to those of its attempt `seen`. When another attempt has begun since, its page stays open: who
/// began it is on the way there.
pub(super) async fn attempt_close(
    ctx: &OpCtx,
    payment_id: PaymentId,
    seen: AttemptId,
) -> Result<CloseOutcome> {
    close(ctx, payment_id, Some(seen)).await
}

async fn close(ctx: &OpCtx, payment_id: PaymentId, seen: Option<AttemptId>) -> Result<CloseOutcome> {
    let ctx = ctx.elevate(Elevation::ClosePaymentPages);
    let (mut state, mut opened) = load_state(&ctx, payment_id).await?;
    if seen.is_some_and(|seen| seen != state.attempt_id) {
        return Ok(CloseOutcome::Unpaid);
    }
    if state.is_open() && state.gateway_session_id.is_none() {
        // the page may exist though its address was lost: opening it again tells
        session_open(&ctx, state.session_params()).await?;
        (state, opened) = load_state(&ctx, payment_id).await?;
    }
    if state.is_captured() {
        return Ok(CloseOutcome::Paid);
    }
    let mut code = None;
    for hosted in &opened {
        match hosted_session_close(&ctx, payment_id, hosted).await? {
            SessionOutcome::Unpaid(why) => code = Some(why),
            SessionOutcome::Otherwise(closed) => return Ok(closed),
        }
    }
    match code {
        _ if state.status == PaymentStatus::Failed => Ok(CloseOutcome::Unpaid),
        Some(code) if state.gateway_session_id.is_some() => mark_failed(&ctx, state, code).await,
        _ => Ok(CloseOutcome::Unknown),
    }
}

/// Loads a payment and its hosted sessions.
async fn load_state(ctx: &OpCtx, payment_id: PaymentId) -> Result<(PaymentState, Vec<HostedSession>)> {
    ctx.read(Permission::SystemManage, async move |tx| {
        Ok((payment_state(tx, payment_id).await?, hosted_sessions(tx, payment_id).await?))
    })
    .await
}

/// The outcome of one closed session.
enum SessionOutcome {
    /// Without money, for this reason.
    Unpaid(String),
    /// In another way.
    Otherwise(CloseOutcome),
}

/// Closes one hosted session and asks the provider for the state of its payment.
async fn hosted_session_close(
    ctx: &OpCtx,
    payment_id: PaymentId,
    hosted: &HostedSession,
) -> Result<SessionOutcome> {
    let (Some(session), Some(at_gateway)) = (&hosted.session_id, &hosted.payment_id) else {
        return Ok(SessionOutcome::Otherwise(CloseOutcome::Unknown));
    };
    let gateway = ctx.platform().gateways.of_attempt(&hosted.gateway);
    let answer = match gateway.close(session).await {
        // the payment may be known though its page is not
        Ok(()) | Err(GatewayError::NotFound) => gateway.status(at_gateway).await,
        Err(cause) => Err(cause),
    };
    let payment = match answer {
        Ok(payment) => payment,
        // there is no page on which anybody could pay, and nothing was heard of money
        Err(GatewayError::NotFound) => return Ok(SessionOutcome::Unpaid(FORGOTTEN.to_owned())),
        Err(cause) => {
            record_unresolved(ctx, payment_id, cause).await?;
            return Ok(SessionOutcome::Otherwise(CloseOutcome::Unknown));
        }
    };
    Ok(match payment.status {
        GatewayPaymentStatus::Captured if payment.is_returned() => {
            let attempt_id = hosted.attempt_id;
            let captured = payment.captured_minor.min(payment.amount.amount_minor);
            let refunded = payment.refunded_minor.min(captured);
            ctx.tx("payments.hear", Permission::SystemManage, async move |tx| {
                payment_lock(tx, payment_id).await?;
                record_attempt_money(tx, attempt_id, captured, refunded).await
            })
            .await?;
            SessionOutcome::Unpaid("refunded".to_owned())
        }
        GatewayPaymentStatus::Captured => SessionOutcome::Otherwise(CloseOutcome::Paid),
        GatewayPaymentStatus::Failed => {
            SessionOutcome::Unpaid(payment.failure_code.unwrap_or_else(|| "expired".to_owned()))
        }
        GatewayPaymentStatus::Open | GatewayPaymentStatus::Processing | GatewayPaymentStatus::Authorised => {
            SessionOutcome::Otherwise(CloseOutcome::Underway)
        }
    })
}

/// The provider no longer knows a payment, and nothing was heard of money.
const FORGOTTEN: &str = "forgotten";

/// Notes that the provider said nothing useful about a payment, whose outcome is unknown from then on. One that answers, and not
/// about this, will not do so by itself: the console hears of it.
pub async fn record_unresolved(ctx: &OpCtx, payment_id: PaymentId, cause: GatewayError) -> Result<()> {
    tracing::warn!(payment = %payment_id, %cause, "the payment provider does not know the outcome of a payment");
    mark_unknown(ctx, payment_id).await?;
    if matches!(cause, GatewayError::Unreachable(_)) {
        return Ok(());
    }
    ctx.elevate(Elevation::ClosePaymentPages)
        .tx("payments.unresolved", Permission::SystemManage, async |tx| alert_unresolved(tx).await)
        .await
}

/// Records that the provider no longer knows a payment it gave this id: the attempt is marked as failed, and the buyer may start another or
/// cancel the purchase.
pub async fn record_forgotten(ctx: &OpCtx, payment_id: PaymentId, at_gateway: &str) -> Result<()> {
    let ctx = ctx.elevate(Elevation::ClosePaymentPages);
    let state =
        ctx.read(Permission::SystemManage, async move |tx| payment_state(tx, payment_id).await).await?;
    if state.is_open() && state.gateway_payment_id.as_deref() == Some(at_gateway) {
        mark_failed(&ctx, state, FORGOTTEN.to_owned()).await?;
    }
    Ok(())
}

/// Tells the console how many payments of the last day the provider cannot speak of: at the first, the tenth, the hundredth and so on,
/// once a day each.
async fn alert_unresolved(tx: &mut Tx) -> Result<()> {
    // one after the other: each counts what those before it have noted
    diesel::sql_query("SELECT pg_advisory_xact_lock(hashtextextended('payment_unresolved', 0))")
        .execute(tx.conn()?)
        .await?;
    let now = tx.ctx().now();
    let payments: i64 = payment_attempts::table
        .filter(payment_attempts::created_at.gt(now - TimeDelta::days(1)))
        .filter(
            payment_attempts::outcome
                .eq(AttemptOutcome::Unknown)
                .or(payment_attempts::failure_code.eq(FORGOTTEN)),
        )
        .count()
        .get_result(tx.conn()?)
        .await?;
    let payments_at_least = 10_i64.pow(payments.max(1).ilog10());
    tx.raise_once(Alert::PaymentsUnresolved { payments_at_least, day: now.date_naive() }).await
}

/// Marks a payment as failed with `code`, closed at the provider, unless another attempt has begun since it was `seen`. Returns how it stands.
async fn mark_failed(ctx: &OpCtx, seen: PaymentState, code: String) -> Result<CloseOutcome> {
    ctx.tx("payments.close", Permission::SystemManage, async move |tx| {
        let mut state = payment_lock(tx, seen.id).await?;
        if state.attempt_id != seen.attempt_id {
            return Ok(CloseOutcome::Unknown);
        }
        let is_forgotten = code == FORGOTTEN;
        let event = PaymentNews::PageClosed { attempt: seen.attempt_id, code };
        if payment_advance(tx, &mut state, event).await??.is_news && is_forgotten {
            alert_unresolved(tx).await?;
        }
        Ok(match state.status {
            PaymentStatus::Failed => CloseOutcome::Unpaid,
            _ if state.is_captured() => CloseOutcome::Paid,
            _ => CloseOutcome::Unknown,
        })
    })
    .await
}

/// Writes off a payment whose state the provider does not tell; the caller decides that this is allowed. Money that arrives nevertheless is
/// booked, and the platform owes it to the buyer.
pub async fn payment_write_off(ctx: &OpCtx, payment_id: PaymentId) -> Result<CloseOutcome> {
    const WRITTEN_OFF: &str = "written_off";
    let ctx = ctx.elevate(Elevation::ClosePaymentPages);
    let state =
        ctx.read(Permission::SystemManage, async move |tx| payment_state(tx, payment_id).await).await?;
    mark_failed(&ctx, state, WRITTEN_OFF.to_owned()).await
}
