//! Payment pages: opening one, trying again. The provider is called outside of any transaction.

use contracts::{
    error::ErrorCode, ids::PaymentId, payments::PaymentView, permission::Permission, states::PaymentStatus,
};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use schema::payment_attempts;

use super::{
    CheckoutSessionParams, CloseOutcome, close::attempt_close, machine::PaymentNews, payment_advance,
    payment_lock, payment_state,
};
use crate::platform::{
    Elevation, Error, GatewayError, GatewaySession, OpCtx, Prepare, Result, SessionRequest, new_id,
};

/// Opens the attempt's payment page and notes where it is. Safe to repeat: the provider answers the same page again.
///
/// A provider that does not answer, or nothing that can be read, leaves the payment `unknown`: the page may exist. One that
/// refuses leaves it `failed`: the view tells.
pub async fn session_open(ctx: &OpCtx, params: CheckoutSessionParams) -> Result<PaymentView> {
    let ctx = ctx.elevate(Elevation::OpenPaymentPage);
    let gateway = ctx.platform().gateways.of_attempt(&params.gateway);
    let page = format!("{}/purchases/{}/result", ctx.platform().settings.public_url, params.purchase_id);
    let request = SessionRequest {
        idempotency_key: params.attempt_id.to_string(),
        amount: params.amount,
        reference: params.payment_id.to_string(),
        description: format!("HCTS purchase {}", params.number),
        success_url: page.clone(),
        cancel_url: page,
        open_for: params.open_for.max(gateway.capabilities().min_open_for),
    };
    let answer = gateway.create_session(&request).await;
    match answer {
        Ok(session) => record_session(&ctx, params, session).await,
        Err(cause @ (GatewayError::Refused(_) | GatewayError::NotFound)) => {
            tracing::error!(payment = %params.payment_id, %cause, "the payment provider refused to open a page");
            record_session_refusal(&ctx, params).await
        }
        Err(cause) => {
            tracing::warn!(payment = %params.payment_id, %cause, "the payment page could not be opened");
            mark_unknown(&ctx, params.payment_id).await
        }
    }
}

async fn record_session(
    ctx: &OpCtx,
    params: CheckoutSessionParams,
    session: GatewaySession,
) -> Result<PaymentView> {
    ctx.tx("payments.session_open", Permission::SystemManage, async move |tx| {
        let mut state = payment_lock(tx, params.payment_id).await?;
        let now = tx.ctx().now();
        diesel::update(payment_attempts::table.find(params.attempt_id))
            .set((
                payment_attempts::gateway_session_id.eq(&session.session_id),
                payment_attempts::hosted_url.eq(&session.url),
            ))
            .prepared()
            .execute(tx.conn()?)
            .await?;
        let (attempt, gateway_payment_id) = (params.attempt_id, session.payment_id.clone());
        payment_advance(tx, &mut state, PaymentNews::PageOpened { attempt, gateway_payment_id }).await??;
        if state.attempt_id == params.attempt_id {
            (state.gateway_session_id, state.hosted_url) = (Some(session.session_id), Some(session.url));
            state.gateway_payment_id = Some(session.payment_id);
        }
        Ok(state.view(now))
    })
    .await
}

async fn record_session_refusal(ctx: &OpCtx, params: CheckoutSessionParams) -> Result<PaymentView> {
    const REFUSED: &str = "gateway_refused";
    ctx.tx("payments.session_refused", Permission::SystemManage, async move |tx| {
        let mut state = payment_lock(tx, params.payment_id).await?;
        let event = PaymentNews::PageRefused { attempt: params.attempt_id, code: REFUSED };
        payment_advance(tx, &mut state, event).await??;
        Ok(state.view(tx.ctx().now()))
    })
    .await
}

/// Marks an open payment as `unknown`, because the provider does not answer; the sweep keeps asking.
pub async fn mark_unknown(ctx: &OpCtx, payment_id: PaymentId) -> Result<PaymentView> {
    ctx.elevate(Elevation::OpenPaymentPage)
        .tx("payments.unknown", Permission::SystemManage, async move |tx| {
            let mut state = payment_lock(tx, payment_id).await?;
            payment_advance(tx, &mut state, PaymentNews::Unanswered).await??;
            Ok(state.view(tx.ctx().now()))
        })
        .await
}

/// Leads a buyer to the payment page: the open one, the lost one, or a new attempt after a failed one, whose page is closed
/// first: nobody pays twice. The caller has made sure that the payment is the buyer's.
///
/// # Errors
/// `wrong_state` for a paid, expired or cancelled purchase; `payment_unknown` while the outcome of the last attempt is open.
pub async fn session_retry(ctx: &OpCtx, payment_id: PaymentId) -> Result<PaymentView> {
    let system = ctx.elevate(Elevation::OpenPaymentPage);
    let seen =
        system.read(Permission::SystemManage, async move |tx| payment_state(tx, payment_id).await).await?;
    if seen.is_payable(ctx.now())
        && seen.status == PaymentStatus::Failed
        && attempt_close(&system, payment_id, seen.attempt_id).await? != CloseOutcome::Unpaid
    {
        return Err(Error::new(ErrorCode::PaymentUnknown));
    }
    let state = system
        .tx("payments.attempt_start", Permission::SystemManage, async move |tx| {
            let mut state = payment_lock(tx, payment_id).await?;
            let event = PaymentNews::Retried { failed: seen.attempt_id, next: new_id(tx.ctx().now()) };
            payment_advance(tx, &mut state, event).await??;
            Ok(state)
        })
        .await?;
    match (&state.gateway_session_id, state.status) {
        (None, _) => session_open(&system, state.session_params()).await,
        (Some(_), PaymentStatus::Pending) => Ok(state.view(ctx.now())),
        (Some(_), _) => Err(Error::new(ErrorCode::PaymentUnknown)),
    }
}
