//! Payments over REST: their state, and the payment provider's events.

use axum::{body::Bytes, extract::DefaultBodyLimit};
use contracts::{ids::PaymentId, payments::PaymentView};
use http::{HeaderMap, StatusCode};
use services::{payments, settlement};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{Problem, answer::Answer, extract::Path};
use crate::web::{AppState, Ctx};

/// Maximum size of an event, in bytes: its signature is computed over all of it before anything is known of its sender.
const MAX_EVENT_BYTES: usize = 256 * 1024;

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(payment_get))
        .routes(routes!(gateway_event_receive))
        .layer(DefaultBodyLimit::max(MAX_EVENT_BYTES))
}

/// Get a payment
#[utoipa::path(get, path = "/api/payments/status/{id}", tag = "payments", operation_id = "payment_get", params(("id" = PaymentId, Path)),
    responses((status = 200, body = PaymentView, description = "The current payment")), security(("session" = [])))]
async fn payment_get(Ctx(ctx): Ctx, Path(id): Path<PaymentId>) -> Result<Answer<PaymentView>, Problem> {
    Ok(Answer(payments::payment_get(&ctx, id).await?))
}

/// Receive an event from a payment provider
///
/// `gateway` is the name of the provider, which signs each event in its own way; that of the sandbox by Standard Webhooks (`webhook-id`,
/// `webhook-timestamp`, `webhook-signature`). Answers 204 only after the event has been stored; repeated events have no effect.
#[utoipa::path(post, path = "/api/payments/webhook/{gateway}", tag = "payments", operation_id = "gateway_event_receive",
    params(("gateway" = String, Path)),
    request_body(content = serde_json::Value, content_type = "application/json"),
    responses((status = 204, description = "Stored")))]
async fn gateway_event_receive(
    Ctx(ctx): Ctx,
    Path(gateway): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<StatusCode, Problem> {
    settlement::gateway_event_receive(&ctx, &gateway, &headers, &body).await?;
    Ok(StatusCode::NO_CONTENT)
}
