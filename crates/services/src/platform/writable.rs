//! Whether the database answers and can write. With a full disk it goes on answering questions and refuses every change: a
//! health check that only reads sees nothing of it.

use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use contracts::error::ErrorCode;
use diesel::{QueryableByName, sql_types};
use diesel_async::{RunQueryDsl, SimpleAsyncConnection};
use tokio::sync::Mutex;

use super::{Error, OpCtx, Result, Tx, db::run_once};

/// How long an answer is good, so that asking often costs nothing.
const GOOD_FOR: Duration = Duration::from_secs(2);
/// How long an answer is reused after an operation has just failed.
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

/// What was found when the database was last asked.
#[derive(Clone, Copy)]
struct Found {
    at: Instant,
    state: DatabaseState,
    /// Our clock minus the database's, in seconds; 0 where the database did not answer.
    seconds_ahead: i64,
}

#[derive(Default)]
struct LastProbe(Mutex<Option<Found>>);

/// Returns what can be done with the database, as of the last two seconds.
pub async fn database_state(ctx: &OpCtx) -> DatabaseState {
    probe(ctx, GOOD_FOR).await.state
}

/// Returns by how many seconds our clock is ahead of the database's (behind it: negative), as of the last two seconds.
pub async fn clock_seconds_ahead(ctx: &OpCtx) -> i64 {
    probe(ctx, GOOD_FOR).await.seconds_ahead
}

#[derive(QueryableByName)]
struct DatabaseClock {
    #[diesel(sql_type = sql_types::Timestamptz)]
    now: DateTime<Utc>,
}

/// Returns our clock minus the database's, in seconds.
///
/// # Errors
/// Of the database.
pub(crate) async fn measure_seconds_ahead(tx: &mut Tx) -> Result<i64> {
    let database: DatabaseClock =
        diesel::sql_query("SELECT clock_timestamp() AS now").get_result(tx.conn()?).await?;
    Ok((tx.ctx().now() - database.now).num_seconds())
}

async fn probe(ctx: &OpCtx, good_for: Duration) -> Found {
    let cache = ctx.platform().db.caches().of::<LastProbe>();
    let mut last = cache.0.lock().await;
    if let Some(found) = last.filter(|found| found.at.elapsed() < good_for) {
        return found;
    }
    let written = run_once(ctx, "READ WRITE", async |tx| {
        tx.conn()?.batch_execute(PROBE).await?;
        measure_seconds_ahead(tx).await
    })
    .await;
    let (state, seconds_ahead) = match written {
        Ok(seconds_ahead) => (DatabaseState::Writable, seconds_ahead),
        Err(error) => {
            tracing::error!(code = %error.code, cause = ?error.source, "the database cannot be written to");
            let is_answering = error.code == ErrorCode::Internal;
            (if is_answering { DatabaseState::ReadOnly } else { DatabaseState::Unreachable }, 0)
        }
    };
    let found = Found { at: Instant::now(), state, seconds_ahead };
    *last = Some(found);
    found
}

/// Says `storage_full` of a failure where the database takes no changes at all. Diesel has no kind for a full disk, and the words
/// of the server may be in any language.
pub(super) async fn explain(ctx: &OpCtx, error: Error) -> Error {
    match probe(ctx, GOOD_AFTER_A_FAILURE).await.state {
        DatabaseState::ReadOnly => Error { code: ErrorCode::StorageFull, ..error },
        DatabaseState::Writable | DatabaseState::Unreachable => error,
    }
}
