//! Answers stored by idempotency key, so that a repeated request takes effect once.

use axum::http::HeaderMap;
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::error::ApiError;
use crate::gateway::Gateway;
use crate::state::State;

/// Retention time of an answer.
pub(crate) const KEPT: TimeDelta = TimeDelta::hours(24);

/// A request with the answer it got.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Answered {
    pub(crate) request: Value,
    pub(crate) answer: Value,
    pub(crate) at: DateTime<Utc>,
}

/// Returns the idempotency key of the header; `None` without one, error 400 for an invalid one.
pub(crate) fn key(headers: &HeaderMap) -> Result<Option<String>, ApiError> {
    let Some(value) = headers.get("idempotency-key") else { return Ok(None) };
    match value.to_str() {
        Ok(text) if (1..=255).contains(&text.len()) => Ok(Some(text.to_owned())),
        _ => Err(ApiError::malformed("Idempotency-Key must have 1 to 255 visible ASCII characters.")),
    }
}

/// Runs `act`, or returns the stored answer if `key` was used in `scope` before. Errors are not stored: the caller may correct
/// the request and repeat it.
pub(crate) fn once(
    gateway: &Gateway,
    scope: &str,
    key: Option<String>,
    request: Value,
    act: impl FnOnce(&mut State, DateTime<Utc>) -> Result<Value, ApiError>,
) -> Result<Value, ApiError> {
    gateway.change(|state, now| {
        let Some(key) = key else { return act(state, now) };
        let slot = format!("{scope} {key}");
        if let Some(known) = state.answers.get(&slot).filter(|known| known.at + KEPT > now) {
            if known.request == request {
                return Ok(known.answer.clone());
            }
            let message = "This Idempotency-Key was used with a different request body.";
            return Err(ApiError::conflict("idempotency_key_reused", message));
        }
        let answer = act(state, now)?;
        state.answers.insert(slot, Answered { request, answer: answer.clone(), at: now });
        Ok(answer)
    })
}
