//! A payment provider for development and tests, independent of HCTS. It creates checkout sessions over HTTP, shows the payer a hosted
//! page, and reports outcomes by signed webhooks and by a status API. No real money moves.
//!
//! # Merchant API (`Authorization: Bearer <api key>`, JSON)
//! | call | answer |
//! |---|---|
//! | `POST /v1/checkout_sessions` | 201, a checkout session with the `url` of its hosted page and its `payment_id` |
//! | `GET /v1/checkout_sessions/{id}` | the session |
//! | `POST /v1/checkout_sessions/{id}/expire` | the session, now `expired`; 409 if it is no longer open |
//! | `GET /v1/payments/{id}` | the payment |
//! | `GET /v1/payments?reference=R` | `{"data": [payments, oldest first]}` |
//! | `POST /v1/payments/{id}/refund` | 201, a refund; 409 if not captured, 422 if more than is left |
//!
//! Amounts are integers in the currency's minor unit. `POST` accepts an `Idempotency-Key` (1–255 visible ASCII characters, kept 24 h):
//! the same key with the same body repeats the first answer; with another body the answer is 409 `idempotency_key_reused`.
//! A payment is `requires_payment → processing → authorised → captured → partially_refunded → refunded`, or ends as
//! `failed`, `cancelled` or `expired`. Errors are `{"error": {code, message, fields: [{field, reason}]}}`.
//!
//! # Hosted page
//! `GET /pay/{session}` needs no JavaScript. [`cards::CARDS`] lists the test cards. When the outcome is known the browser is redirected
//! (303) to `success_url` or `cancel_url` with `?session_id=` and nothing else: a browser's return proves nothing, so the merchant must
//! query the status API or wait for the webhook.
//!
//! # Webhooks
//! [Standard Webhooks](https://www.standardwebhooks.com/): headers `webhook-id`, `webhook-timestamp`, `webhook-signature`; body
//! `{type, timestamp, data}` with `data` a snapshot of the payment (`payment.*`) or the session (`session.expired`). Types:
//! `payment.processing`, `payment.captured`, `payment.failed`, `payment.cancelled`, `payment.refunded`, `session.expired`.
//! Delivered one at a time, at least once, repeated with exponential backoff until the receiver answers 2xx or the attempts run out.
//! The tester can have a payment's events sent late, twice, out of order or never.
//!
//! # Control API (same bearer)
//! For deterministic tests; see [`control`].

mod api;
pub mod cards;
mod config;
pub mod control;
mod error;
mod flow;
mod gateway;
mod hosted;
mod html;
mod idempotency;
mod input;
mod model;
mod money;
mod reply;
mod state;
mod store;
mod webhooks;

pub use config::{Clock, Config, ConfigError, Delivery};
pub use gateway::Gateway;
pub use model::{Event, Payment, PaymentStatus, Refund, Session, SessionStatus};

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::StatusCode;
use axum::serve::ListenerExt;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tower_http::timeout::TimeoutLayer;

/// Maximum size of a request body, in bytes.
const BODY_LIMIT: usize = 64 * 1024;
/// Time limit for a request.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(15);

/// Reason why the gateway could not start or had to stop.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The configuration is invalid.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The snapshot file exists but cannot be read.
    #[error("snapshot {path}: {reason}")]
    Snapshot {
        /// Path of the file, as configured.
        path: String,
        /// Reason.
        reason: String,
    },
    /// The listener failed.
    #[error("listener: {0}")]
    Io(#[from] std::io::Error),
}

/// Runs the provider on `listener` until `shutdown` is cancelled, then finishes the requests in progress and writes the snapshot a
/// last time.
pub async fn serve(
    listener: TcpListener,
    config: Config,
    shutdown: CancellationToken,
) -> Result<(), ServeError> {
    let gateway = Arc::new(Gateway::open(config)?);
    let dispatcher = tokio::spawn(webhooks::run(Arc::clone(&gateway), shutdown.clone()));
    let keeper = tokio::spawn(store::run(Arc::clone(&gateway), shutdown.clone()));
    let listener = listener.tap_io(|stream| {
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "TCP_NODELAY not set");
        }
    });
    let served = axum::serve(listener, router(Arc::clone(&gateway)))
        .with_graceful_shutdown(shutdown.clone().cancelled_owned())
        .await;
    shutdown.cancel();
    for task in [dispatcher, keeper] {
        if let Err(error) = task.await {
            tracing::error!(%error, "background task failed");
        }
    }
    gateway.save();
    Ok(served?)
}

/// Returns the router of all APIs and pages of a gateway.
pub fn router(gateway: Arc<Gateway>) -> Router {
    // a flush may wait for many deliveries, so the control API has no time limit
    let limited = Router::new()
        .merge(api::routes(Arc::clone(&gateway)))
        .merge(hosted::routes())
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, REQUEST_TIMEOUT));
    limited
        .merge(control::routes(Arc::clone(&gateway)))
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .with_state(gateway)
}
