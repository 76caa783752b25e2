//! JSON answers and the check of the merchant's API key.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde_json::Value;
use subtle::ConstantTimeEq;

use crate::error::ApiError;
use crate::gateway::Gateway;

/// A JSON answer or an error.
pub(crate) type Reply = Result<Response, ApiError>;

/// Returns 200 with a body that must not be cached.
pub(crate) fn ok(body: Value) -> Response {
    status(StatusCode::OK, body)
}

/// Returns 201 with a body that must not be cached.
pub(crate) fn created(body: Value) -> Response {
    status(StatusCode::CREATED, body)
}

fn status(status: StatusCode, body: Value) -> Response {
    let mut response = (status, Json(body)).into_response();
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// Middleware that refuses requests without the API key; compares in constant time.
pub(crate) async fn require_key(
    State(gateway): State<Arc<Gateway>>,
    request: Request,
    next: Next,
) -> Result<Response, ApiError> {
    let given = request
        .headers()
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix("Bearer "))
        .unwrap_or_default();
    if bool::from(given.as_bytes().ct_eq(gateway.config.api_key.as_bytes())) {
        Ok(next.run(request).await)
    } else {
        Err(ApiError::unauthorised())
    }
}
