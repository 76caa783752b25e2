//! For the balancer: alive (the process answers) and ready (the database answers and takes changes). Neither is limited: what is
//! known of the database is good for two seconds, and one request at a time asks it.

use std::{borrow::Cow, sync::Arc};

use axum::extract::State;
use http::StatusCode;
use services::{
    OpCtx,
    platform::{
        records_problem,
        writable::{DatabaseState, clock_seconds_ahead, database_state},
    },
};

use tokio::sync::Mutex;

use super::AppState;

/// Clocks further apart than this, in seconds, are told of. Events of the payment provider are refused from five minutes on.
const MAX_CLOCK_SKEW: i64 = 60;

/// Held while the database is asked, so that whoever floods the address has one connection to it at most.
#[derive(Default)]
struct Asking(Mutex<()>);

pub(super) async fn alive() -> &'static str {
    "alive\n"
}

/// A server that neither sells nor redeems, as its records may be incomplete, is ready nevertheless: administrators must reach the console.
pub(super) async fn ready(State(state): State<AppState>) -> (StatusCode, Cow<'static, str>) {
    let asking = state.platform.db.caches().of::<Asking>();
    let _turn = asking.0.lock().await;
    let ctx = OpCtx::system(Arc::clone(&state.platform));
    let problem = match database_state(&ctx).await {
        DatabaseState::ReadOnly => "the database answers but cannot write: its disk may be full\n",
        DatabaseState::Unreachable => "the database does not answer\n",
        DatabaseState::Writable => return (StatusCode::OK, what_to_know(&ctx).await),
    };
    (StatusCode::SERVICE_UNAVAILABLE, problem.into())
}

/// What an operator should know of a server that is ready.
async fn what_to_know(ctx: &OpCtx) -> Cow<'static, str> {
    let ahead = clock_seconds_ahead(ctx).await;
    if matches!(records_problem(ctx.platform()).await, Ok(Some(_))) {
        return "ready, but the records are incomplete: nothing is sold or redeemed\n".into();
    }
    if ahead.abs() <= MAX_CLOCK_SKEW {
        return "ready\n".into();
    }
    let direction = if ahead > 0 { "ahead of" } else { "behind" };
    format!("ready, but this server's clock is {} seconds {direction} the database's\n", ahead.abs()).into()
}
