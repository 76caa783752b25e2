//! For the balancer: alive (the process answers) and ready (so does the database; asked through it, so under the limit of
//! requests).

use axum::extract::State;
use http::StatusCode;

use super::AppState;

pub(super) async fn alive() -> &'static str {
    "alive\n"
}

pub(super) async fn ready(State(state): State<AppState>) -> (StatusCode, &'static str) {
    match state.platform.db.ping().await {
        Ok(()) => (StatusCode::OK, "ready\n"),
        Err(error) => {
            tracing::warn!(code = %error.code, cause = ?error.source, "not ready");
            (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer\n")
        }
    }
}
