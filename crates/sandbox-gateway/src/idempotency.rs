//! Answers kept by idempotency key, so that a repeated request has one effect.

use axum::http::HeaderMap;
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::error::ApiError;
use crate::gateway::Gateway;
use crate::state::State;

/// How long an answer is kept.
pub(crate) const KEPT: TimeDelta = TimeDelta::hours(24);

/// A request that was answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Answered {
    pub(crate) request: Value,
    pub(crate) answer: Value,
    pub(crate) at: DateTime<Utc>,
}

/// Reads the header; 400 if it is there and unusable.
pub(crate) fn key(headers: &HeaderMap) -> Result<Option<String>, ApiError> {
    let Some(value) = headers.get("idempotency-key") else { return Ok(None) };
    match value.to_str() {
        Ok(text) if (1..=255).contains(&text.len()) => Ok(Some(text.to_owned())),
        _ => Err(ApiError::malformed("Idempotency-Key must have 1 to 255 visible ASCII characters.")),
    }
}

/// Runs `act` unless `key` was answered before within `scope`. Errors are not kept: the caller may mend and repeat.
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
