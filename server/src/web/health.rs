//! For the balancer: alive (the process answers) and ready (the database answers and takes changes). Neither is limited: what is
//! known of the database is good for two seconds, and one request at a time asks it.

use std::sync::Arc;

use axum::extract::State;
use http::StatusCode;
use services::{
    OpCtx,
    platform::{
        records_problem,
        writable::{DatabaseState, database_state},
    },
};

use tokio::sync::Mutex;

use super::AppState;

/// Held while the database is asked, so that whoever floods the address has one connection to it at most.
#[derive(Default)]
struct Asking(Mutex<()>);

pub(super) async fn alive() -> &'static str {
    "alive\n"
}

/// A server that neither sells nor redeems, as its records may be incomplete, is ready nevertheless: administrators must reach the console.
pub(super) async fn ready(State(state): State<AppState>) -> (StatusCode, &'static str) {
    let asking = state.platform.db.caches().of::<Asking>();
    let _turn = asking.0.lock().await;
    match database_state(&OpCtx::system(Arc::clone(&state.platform))).await {
        DatabaseState::Writable if matches!(records_problem(&state.platform).await, Ok(Some(_))) => {
            (StatusCode::OK, "ready, but the records are incomplete: nothing is sold or redeemed\n")
        }
        DatabaseState::Writable => (StatusCode::OK, "ready\n"),
        DatabaseState::ReadOnly => {
            (StatusCode::SERVICE_UNAVAILABLE, "the database answers and cannot write: its disk may be full\n")
        }
        DatabaseState::Unreachable => (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer\n"),
    }
}
