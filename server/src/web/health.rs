//! For the balancer: alive (the process answers) and ready (so does the database; asked through it, so under the limit of
//! requests).

use axum::extract::State;
use http::StatusCode;

use services::platform::records_problem;

use super::AppState;

pub(super) async fn alive() -> &'static str {
    "alive\n"
}

/// A server that neither sells nor redeems, as its records may be incomplete, is ready nevertheless: administrators must reach the console.
pub(super) async fn ready(State(state): State<AppState>) -> (StatusCode, &'static str) {
    match records_problem(&state.platform).await {
        Ok(None) => (StatusCode::OK, "ready\n"),
        Ok(Some(_)) => {
            (StatusCode::OK, "ready, but the records are incomplete: nothing is sold or redeemed\n")
        }
        Err(error) => {
            tracing::warn!(code = %error.code, cause = ?error.source, "not ready");
            (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer\n")
        }
    }
}
