//! The merchant's API under `/v1`.

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, Query, Request, State};
use axum::http::HeaderMap;
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use axum::routing::{get, post};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::error::ApiError;
use crate::flow::NewSession;
use crate::gateway::Gateway;
use crate::idempotency;
use crate::input::Fields;
use crate::model::Payment;
use crate::money::MAX_AMOUNT;
use crate::reply::{Reply, created, ok, require_key};

pub(crate) fn routes(gateway: Arc<Gateway>) -> Router<Arc<Gateway>> {
    Router::new()
        .route("/v1/checkout_sessions", post(session_create))
        .route("/v1/checkout_sessions/{id}", get(session_get))
        .route("/v1/checkout_sessions/{id}/expire", post(session_expire))
        .route("/v1/payments", get(payment_list))
        .route("/v1/payments/{id}", get(payment_get))
        .route("/v1/payments/{id}/refund", post(payment_refund))
        .layer(from_fn_with_state(Arc::clone(&gateway), refuse_when_down))
        .layer(from_fn_with_state(gateway, require_key))
}

async fn refuse_when_down(
    State(gateway): State<Arc<Gateway>>,
    request: Request,
    next: Next,
) -> Result<Response, ApiError> {
    if gateway.with(|state, _| state.down) {
        return Err(ApiError::unavailable());
    }
    Ok(next.run(request).await)
}

async fn session_create(State(gateway): State<Arc<Gateway>>, headers: HeaderMap, body: Bytes) -> Reply {
    let key = idempotency::key(&headers)?;
    let (request, mut fields) = Fields::parse(&body)?;
    let new = NewSession {
        amount: fields.integer("amount", 1..=MAX_AMOUNT, None),
        currency: fields.currency("currency"),
        reference: fields.text("reference", 200),
        description: fields.text("description", 500),
        success_url: fields.address("success_url"),
        cancel_url: fields.address("cancel_url"),
        expires_in_seconds: fields.integer("expires_in_seconds", 60..=2_592_000, Some(1800)),
        metadata: fields.metadata("metadata"),
    };
    fields.finish()?;
    let base_url = &gateway.config.public_base_url;
    idempotency::once(&gateway, "checkout_sessions", key, request, |state, now| {
        let id = state.create(new, now);
        let session = state.session(&id)?;
        Ok(session.view(state.payment(&session.payment_id)?, base_url))
    })
    .map(created)
}

async fn session_get(State(gateway): State<Arc<Gateway>>, Path(id): Path<String>) -> Reply {
    gateway
        .with(|state, _| {
            let session = state.session(&id)?;
            Ok(session.view(state.payment(&session.payment_id)?, &gateway.config.public_base_url))
        })
        .map(ok)
}

async fn session_expire(State(gateway): State<Arc<Gateway>>, Path(id): Path<String>) -> Reply {
    gateway.change(|state, now| state.expire(&id, now))?;
    session_get(State(gateway), Path(id)).await
}

async fn payment_get(State(gateway): State<Arc<Gateway>>, Path(id): Path<String>) -> Reply {
    gateway
        .change(|state, _| {
            state.payment(&id)?;
            state.ask(&id)?;
            state.payment(&id).map(Payment::view)
        })
        .map(ok)
}

#[derive(Deserialize)]
struct ListQuery {
    reference: Option<String>,
}

async fn payment_list(State(gateway): State<Arc<Gateway>>, Query(query): Query<ListQuery>) -> Reply {
    let reference = query.reference.ok_or_else(|| ApiError::field("reference", "is missing"))?;
    let payments: Result<Vec<Value>, ApiError> = gateway.change(|state, _| {
        let ids = state.by_reference.get(&reference).cloned().unwrap_or_default();
        ids.iter()
            .map(|id| {
                state.ask(id)?;
                state.payment(id).map(Payment::view)
            })
            .collect()
    });
    Ok(ok(json!({"object": "list", "data": payments?})))
}

async fn payment_refund(
    State(gateway): State<Arc<Gateway>>,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Reply {
    let key = idempotency::key(&headers)?;
    let (request, mut fields) = Fields::parse(&body)?;
    let amount = fields.integer("amount", 1..=MAX_AMOUNT, None);
    fields.finish()?;
    idempotency::once(&gateway, &format!("refund/{id}"), key, request, |state, now| {
        state.payment(&id)?;
        state.ask(&id)?;
        let refund = state.refund(&id, amount, now)?;
        let payment = state.payment(&id)?;
        Ok(json!({
            "object": "refund", "id": refund.id, "payment_id": id, "amount": refund.amount,
            "currency": payment.currency, "status": "succeeded", "created_at": refund.created_at,
            "payment": payment.view(), "livemode": false,
        }))
    })
    .map(created)
}
