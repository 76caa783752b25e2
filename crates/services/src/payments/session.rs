//! Payment pages: opening one, trying again. The provider is called outside of any transaction.

use chrono::TimeDelta;
use contracts::{
    error::ErrorCode,
    ids::{AttemptId, PaymentId},
    payments::PaymentView,
    permission::Permission,
    states::{PaymentStatus, PurchaseStatus},
};
use diesel::{prelude::*, sql_types};
use diesel_async::RunQueryDsl;
use schema::purchases;

use super::{
    CheckoutSessionParams, CloseOutcome, PaymentState,
    close::attempt_close,
    payment_lock, payment_state, payment_transition,
    queries::{attempt_create, set_attempt_outcome},
};
use crate::platform::{
    Elevation, Error, GatewayError, GatewaySession, OpCtx, Prepare, Result, SessionRequest, Tx,
    events::PaymentsEvent,
};

/// Minimum time a session is opened for.
const MIN_OPEN_TIME: TimeDelta = TimeDelta::minutes(1);

/// Opens the attempt's payment page and notes where it is. Safe to repeat: the provider answers the same page again.
///
/// A provider that does not answer, or nothing that can be read, leaves the payment `unknown`: the page may exist. One that
/// refuses leaves it `failed`: the view tells.
pub async fn session_open(ctx: &OpCtx, params: CheckoutSessionParams) -> Result<PaymentView> {
    let ctx = ctx.elevate(Elevation::OpenPaymentPage);
    let page = format!("{}/purchases/{}/result", ctx.platform().settings.public_url, params.purchase_id);
    let request = SessionRequest {
        idempotency_key: params.attempt_id.to_string(),
        amount: params.amount,
        reference: params.payment_id.to_string(),
        description: format!("HCTS purchase {}", params.number),
        success_url: page.clone(),
        cancel_url: page,
        open_for: params.open_for.max(MIN_OPEN_TIME),
    };
    let answer = ctx.platform().gateway.open_session(&request).await;
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
        diesel::sql_query(
            "UPDATE payment_attempts SET gateway_session_id = $2, gateway_payment_id = $3, hosted_url = $4,
               outcome = CASE WHEN outcome IN ('started', 'unknown') THEN 'redirected' ELSE outcome END WHERE id = $1",
        )
        .bind::<sql_types::Uuid, _>(params.attempt_id)
        .bind::<sql_types::Text, _>(&session.session_id)
        .bind::<sql_types::Text, _>(&session.payment_id)
        .bind::<sql_types::Text, _>(&session.url)
        .prepared()
        .execute(tx.conn()?)
        .await?;
        let waits = matches!(state.status, PaymentStatus::Created | PaymentStatus::Unknown);
        if waits && state.attempt_id == params.attempt_id {
            payment_transition(tx, &mut state, PaymentStatus::Pending, None).await?;
        }
        await_payment(tx, &mut state).await?;
        let (payment_id, purchase, attempt) = (state.id, state.purchase_id, state.attempt_no);
        tx.emit_for(state.org_id, PaymentsEvent::PageOpened { payment_id, purchase, attempt }).await?;
        if state.attempt_id == params.attempt_id {
            (state.gateway_session_id, state.hosted_url) = (Some(session.session_id), Some(session.url));
            state.gateway_payment_id = Some(session.payment_id);
        }
        Ok(state.view(now))
    })
    .await
}

/// An open purchase waits for its payment from the moment a page exists. The caller writes the audit record.
pub(crate) async fn await_payment(tx: &mut Tx, state: &mut PaymentState) -> Result<()> {
    if state.purchase_status == PurchaseStatus::Open {
        diesel::update(purchases::table.find(state.purchase_id))
            .set(purchases::status.eq(PurchaseStatus::AwaitingPayment))
            .prepared()
            .execute(tx.conn()?)
            .await?;
        state.purchase_status = PurchaseStatus::AwaitingPayment;
    }
    Ok(())
}

async fn record_session_refusal(ctx: &OpCtx, params: CheckoutSessionParams) -> Result<PaymentView> {
    const REFUSED: &str = "gateway_refused";
    ctx.tx("payments.session_refused", Permission::SystemManage, async move |tx| {
        let mut state = payment_lock(tx, params.payment_id).await?;
        let now = tx.ctx().now();
        set_attempt_outcome(tx, params.attempt_id, "failed", Some(REFUSED), None).await?;
        if state.attempt_id == params.attempt_id && !state.is_captured() {
            payment_transition(tx, &mut state, PaymentStatus::Failed, Some(REFUSED)).await?;
        }
        let (payment_id, purchase) = (state.id, state.purchase_id);
        tx.emit_for(state.org_id, PaymentsEvent::PageRefused { payment_id, purchase, code: REFUSED }).await?;
        Ok(state.view(now))
    })
    .await
}

/// Marks an open payment as `unknown`, because the provider does not answer; the sweep keeps asking.
pub async fn mark_unknown(ctx: &OpCtx, payment_id: PaymentId) -> Result<PaymentView> {
    ctx.elevate(Elevation::OpenPaymentPage)
        .tx("payments.unknown", Permission::SystemManage, async move |tx| {
            let mut state = payment_lock(tx, payment_id).await?;
            let now = tx.ctx().now();
            if state.is_open() && payment_transition(tx, &mut state, PaymentStatus::Unknown, None).await? {
                set_attempt_outcome(tx, state.attempt_id, "unknown", None, None).await?;
                let purchase = state.purchase_id;
                tx.emit_for(state.org_id, PaymentsEvent::OutcomeUnknown { payment_id, purchase }).await?;
            }
            Ok(state.view(now))
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
            let state = payment_lock(tx, payment_id).await?;
            attempt_start(tx, state, seen.attempt_id).await
        })
        .await?;
    match (&state.gateway_session_id, state.status) {
        (None, _) => session_open(&system, state.session_params()).await,
        (Some(_), PaymentStatus::Pending) => Ok(state.view(ctx.now())),
        (Some(_), _) => Err(Error::new(ErrorCode::PaymentUnknown)),
    }
}

/// Begins another attempt when the one whose pages were `closed` has failed.
async fn attempt_start(tx: &mut Tx, mut state: PaymentState, closed: AttemptId) -> Result<PaymentState> {
    let now = tx.ctx().now();
    if !state.is_payable(now) {
        return Err(Error::new(ErrorCode::WrongState));
    }
    if state.status == PaymentStatus::Failed && state.attempt_id == closed {
        state.attempt_no += 1;
        state.attempt_id = attempt_create(tx, state.org_id, state.id, state.attempt_no, now).await?;
        (state.attempt_created_at, state.hosted_url) = (now, None);
        (state.gateway_session_id, state.gateway_payment_id) = (None, None);
        payment_transition(tx, &mut state, PaymentStatus::Pending, None).await?;
        let (payment_id, purchase, attempt) = (state.id, state.purchase_id, state.attempt_no);
        tx.emit_for(state.org_id, PaymentsEvent::AttemptStarted { payment_id, purchase, attempt }).await?;
    }
    Ok(state)
}
