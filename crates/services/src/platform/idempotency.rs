//! One stored answer per (organisation, idempotency key) (law I8). A repeated request gets the first answer; the same key
//! with another request is refused.

use chrono::TimeDelta;
use contracts::{
    error::ErrorCode,
    ids::OrgId,
    orders::{IDEMPOTENCY_KEY_RULE, is_idempotency_key},
    permission::Permission,
};
use diesel::{prelude::*, sql_types};
use diesel_async::RunQueryDsl;
use schema::idempotency_keys;
use serde::{Serialize, de::DeserializeOwned};

use super::{Error, OpCtx, Result, Tx, events::PlatformEvent, prepared::Prepare, sha256};

/// The answer that is stored under an idempotency key.
pub enum StoredAnswer<T> {
    /// None yet; store the answer with [`Tx::idempotency_store`] before the transaction ends.
    Missing,
    /// The first answer.
    Found(T),
}

impl Tx {
    /// Looks up the answer stored under `key`. Requests with the same key wait for each other: an advisory lock is held until the
    /// transaction ends.
    ///
    /// # Errors
    /// `idempotency_mismatch` when the key was used for another operation or another request.
    pub async fn idempotency_begin<T: DeserializeOwned>(
        &mut self,
        org_id: OrgId,
        key: &str,
        operation: &str,
        request: &impl Serialize,
    ) -> Result<StoredAnswer<T>> {
        if !is_idempotency_key(key) {
            return Err(Error::invalid_field("idempotency_key", IDEMPOTENCY_KEY_RULE));
        }
        let hash = sha256(serde_json::to_vec(request)?);
        diesel::sql_query("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))")
            .bind::<sql_types::Text, _>(format!("{org_id} {key}"))
            .prepared()
            .execute(self.conn()?)
            .await?;
        let stored: Option<(String, Vec<u8>, serde_json::Value)> = idempotency_keys::table
            .filter(idempotency_keys::org_id.eq(org_id).and(idempotency_keys::key.eq(key)))
            .select((idempotency_keys::operation, idempotency_keys::request_hash, idempotency_keys::response))
            .first(self.conn()?)
            .await
            .optional()?;
        match stored {
            None => Ok(StoredAnswer::Missing),
            Some((first_operation, first_hash, _)) if first_operation != operation || first_hash != hash => {
                Err(Error::new(ErrorCode::IdempotencyMismatch))
            }
            Some((_, _, response)) => Ok(StoredAnswer::Found(serde_json::from_value(response)?)),
        }
    }

    /// Stores the answer under `key`, in the transaction that made it.
    pub async fn idempotency_store(
        &mut self,
        org_id: OrgId,
        key: &str,
        operation: &str,
        request: &impl Serialize,
        answer: &impl Serialize,
    ) -> Result<()> {
        diesel::insert_into(idempotency_keys::table)
            .values((
                idempotency_keys::org_id.eq(org_id),
                idempotency_keys::key.eq(key),
                idempotency_keys::operation.eq(operation),
                idempotency_keys::request_hash.eq(sha256(serde_json::to_vec(request)?).to_vec()),
                idempotency_keys::response.eq(serde_json::to_value(answer)?),
            ))
            .execute(self.conn()?)
            .await?;
        Ok(())
    }
}

/// A client that repeats a request does so within minutes; a key is kept this long.
const KEPT: TimeDelta = TimeDelta::days(30);
/// Each process looks this often.
const EVERY: TimeDelta = TimeDelta::hours(1);

/// Key of the last purge in the caches.
struct Purge;

diesel::define_sql_function! {
    /// Deletes keys of before that moment and answers how many; only the owner of the tables may.
    fn purge_idempotency_keys(before: sql_types::Timestamptz) -> sql_types::BigInt;
}

/// Deletes answers that nobody will ask for again, once an hour; returns how many.
pub async fn idempotency_purge(ctx: &OpCtx) -> Result<usize> {
    let now = ctx.now();
    if !ctx.platform().db.caches().is_due::<Purge>(now, EVERY) {
        return Ok(0);
    }
    ctx.tx("platform.idempotency_purge", Permission::SystemManage, async move |tx| {
        let purge = diesel::select(purge_idempotency_keys(now - KEPT));
        let gone: i64 = purge.get_result(tx.conn()?).await?;
        if gone > 0 {
            tx.emit(PlatformEvent::IdempotencyKeysPurged { keys: gone }).await?;
        }
        usize::try_from(gone).map_err(Error::internal)
    })
    .await
}
