//! Delivery of the messages that events have left for the domains to the right, at least once each (law I11).

use chrono::TimeDelta;
use contracts::permission::Permission;
use diesel::{prelude::*, sql_types};
use diesel_async::RunQueryDsl;
use futures::future::BoxFuture;
use schema::outbox;
use serde_json::Value;
use uuid::Uuid;

use super::{
    Error, OpCtx, Result,
    events::{Letter, PlatformEvent},
    prepared::Prepare,
};

/// Maximum number of attempts to handle a message; then it is put aside for a person to look at.
const MAX_ATTEMPTS: i32 = 10;

/// Handles one message. It may see the same message twice.
pub type Handler = for<'a> fn(&'a OpCtx, Letter) -> BoxFuture<'a, Result<()>>;

#[derive(QueryableByName)]
struct Message {
    #[diesel(sql_type = sql_types::Uuid)]
    id: Uuid,
    #[diesel(sql_type = sql_types::Text)]
    topic: String,
    #[diesel(sql_type = sql_types::Jsonb)]
    payload: Value,
    #[diesel(sql_type = sql_types::Integer)]
    attempts: i32,
}

/// Delivers what waits to `handler`, oldest first, until nothing is due. Returns how many messages were handled.
///
/// # Errors
/// Only of the database; the handler's failure, and that of a message that cannot be read, is noted with the message and tried again later.
pub async fn drain(ctx: &OpCtx, handler: Handler) -> Result<usize> {
    let mut handled = 0;
    while let Some(message) = claim(ctx).await? {
        let outcome = match Letter::read(&message.topic, message.payload.clone()) {
            Ok(letter) => handler(ctx, letter).await,
            Err(unreadable) => Err(unreadable),
        };
        record_outcome(ctx, message, outcome).await?;
        handled += 1;
    }
    Ok(handled)
}

/// Takes the oldest due message and hides it from others for a minute, so that a crashed worker's message comes back.
async fn claim(ctx: &OpCtx) -> Result<Option<Message>> {
    ctx.tx("outbox.claim", Permission::SystemManage, async |tx| {
        let retry_at = tx.ctx().now() + TimeDelta::minutes(1);
        Ok(diesel::sql_query(
            "UPDATE outbox SET attempts = attempts + 1, available_at = $1 WHERE id = (
               SELECT id FROM outbox WHERE done_at IS NULL AND dead_at IS NULL AND available_at <= clock_now()
               ORDER BY available_at, id LIMIT 1 FOR UPDATE SKIP LOCKED)
             RETURNING id, topic, payload, attempts",
        )
        .bind::<sql_types::Timestamptz, _>(retry_at)
        .prepared()
        .get_result(tx.conn()?)
        .await
        .optional()?)
    })
    .await
}

/// Stores the outcome of one attempt: done, due again after a back-off of 2^attempts seconds (at most 512), or dead after [`MAX_ATTEMPTS`].
async fn record_outcome(ctx: &OpCtx, message: Message, outcome: Result<()>) -> Result<()> {
    let failure = outcome.err();
    if let Some(error) = &failure {
        tracing::warn!(topic = message.topic, message = %message.id, code = %error.code, cause = ?error.source, "outbox message failed");
    }
    let code = failure.map(|error| error.code.to_string());
    ctx.tx("outbox.settle", Permission::SystemManage, async move |tx| {
        let now = tx.ctx().now();
        let row = outbox::table.find(message.id);
        let conn = tx.conn()?;
        match code {
            None => diesel::update(row).set(outbox::done_at.eq(now)).execute(conn).await?,
            Some(code) if message.attempts >= MAX_ATTEMPTS => {
                diesel::update(row)
                    .set((outbox::dead_at.eq(now), outbox::last_error.eq(code)))
                    .execute(conn)
                    .await?
            }
            Some(code) => {
                let pause = TimeDelta::seconds(1 << message.attempts.clamp(0, 9));
                diesel::update(row)
                    .set((outbox::available_at.eq(now + pause), outbox::last_error.eq(code)))
                    .execute(conn)
                    .await?
            }
        };
        Ok(())
    })
    .await
}

/// Delivered messages are kept this long, for questions about them.
const KEPT: TimeDelta = TimeDelta::days(30);
/// Each process looks this often.
const EVERY: TimeDelta = TimeDelta::hours(1);

/// Key of the last purge in the caches.
struct Purge;

diesel::define_sql_function! {
    /// Deletes the messages that were delivered before that moment and returns how many; only the owner of the table may.
    fn purge_outbox(before: sql_types::Timestamptz) -> sql_types::BigInt;
}

/// Deletes messages that were delivered long ago, once an hour; returns how many.
pub async fn purge(ctx: &OpCtx) -> Result<usize> {
    let now = ctx.now();
    if !ctx.platform().db.caches().is_due::<Purge>(now, EVERY) {
        return Ok(0);
    }
    ctx.tx("outbox.purge", Permission::SystemManage, async move |tx| {
        let gone: i64 = diesel::select(purge_outbox(now - KEPT)).get_result(tx.conn()?).await?;
        if gone > 0 {
            tx.emit(PlatformEvent::OutboxPurged { messages: gone }).await?;
        }
        usize::try_from(gone).map_err(Error::internal)
    })
    .await
}
