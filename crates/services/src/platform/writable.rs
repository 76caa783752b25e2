//! Whether the database answers and can write. With a full disk it goes on answering questions and refuses every change: a
//! health check that only reads sees nothing of it.

use std::time::{Duration, Instant};

use contracts::error::ErrorCode;
use diesel_async::SimpleAsyncConnection;
use tokio::sync::Mutex;

use super::{Error, OpCtx, db::run_once};

/// How long an answer is good, so that asking often costs nothing.
const GOOD_FOR: Duration = Duration::from_secs(2);
/// The same where something has just failed.
const GOOD_AFTER_A_FAILURE: Duration = Duration::from_millis(500);

/// Writes ahead (WAL) and lets a sort spill into a file beside the tables: the disk must take new blocks for either. Leaves
/// nothing behind.
const PROBE: &str = "SET LOCAL work_mem = '64kB'; \
    SELECT pg_logical_emit_message(true, 'hcts', 'probe'); \
    SELECT count(*) FROM (SELECT repeat('x', 100) || n FROM generate_series(1, 3000) n ORDER BY 1) AS spilled";

/// What can be done with the database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DatabaseState {
    /// It answers and takes changes.
    Writable,
    /// It answers, and refuses changes: most likely its disk is full.
    ReadOnly,
    /// It does not answer.
    Unreachable,
}

/// The last answer and when it was given.
#[derive(Default)]
struct LastProbe(Mutex<Option<(Instant, DatabaseState)>>);

/// Returns what can be done with the database, as of the last two seconds.
pub async fn database_state(ctx: &OpCtx) -> DatabaseState {
    probe(ctx, GOOD_FOR).await
}

async fn probe(ctx: &OpCtx, good_for: Duration) -> DatabaseState {
    let cache = ctx.platform().db.caches().of::<LastProbe>();
    let mut last = cache.0.lock().await;
    if let Some((_, state)) = last.filter(|(asked, _)| asked.elapsed() < good_for) {
        return state;
    }
    let written = run_once(ctx, "READ WRITE", async |tx| Ok(tx.conn()?.batch_execute(PROBE).await?)).await;
    let state = match written {
        Ok(()) => DatabaseState::Writable,
        Err(error) => {
            tracing::error!(code = %error.code, cause = ?error.source, "the database cannot be written to");
            if error.code == ErrorCode::Internal {
                DatabaseState::ReadOnly
            } else {
                DatabaseState::Unreachable
            }
        }
    };
    *last = Some((Instant::now(), state));
    state
}

/// Says `storage_full` of a failure where the database takes no changes at all. Diesel has no kind for a full disk, and the words
/// of the server may be in any language.
pub(super) async fn explain(ctx: &OpCtx, error: Error) -> Error {
    match probe(ctx, GOOD_AFTER_A_FAILURE).await {
        DatabaseState::ReadOnly => Error { code: ErrorCode::StorageFull, ..error },
        DatabaseState::Writable | DatabaseState::Unreachable => error,
    }
}
