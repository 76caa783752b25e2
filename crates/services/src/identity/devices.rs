//! Browsers in which somebody has signed in before. Each keeps a secret in a cookie of its own, which outlives sessions and proves
//! nothing by itself: it lets a person's own tries through where others have used up the common ones ([`super::throttle`]).

use chrono::TimeDelta;
use contracts::{ids::UserId, permission::Permission};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use schema::{known_devices, users};

use crate::{
    OpCtx, Result,
    platform::{Elevation, Tx, secret_token, sha256},
};

/// A browser that nobody has used for so long is forgotten.
pub(super) const KEPT_FOR: TimeDelta = TimeDelta::days(180);

/// Remembers the browser of the person `tx` acts as. Returns the secret of a browser that has none yet, for its cookie.
pub(super) async fn remember(tx: &mut Tx) -> Result<Option<String>> {
    let (now, user_id) = (tx.ctx().now(), tx.ctx().user_id()?);
    let (fresh, hash) = match tx.ctx().caller().client.device {
        Some(hash) => (None, hash),
        None => {
            let secret = secret_token()?;
            let hash = sha256(&secret);
            (Some(secret), hash)
        }
    };
    diesel::insert_into(known_devices::table)
        .values((
            known_devices::token_hash.eq(hash.to_vec()),
            known_devices::user_id.eq(user_id),
            known_devices::created_at.eq(now),
            known_devices::last_seen_at.eq(now),
        ))
        .on_conflict((known_devices::token_hash, known_devices::user_id))
        .do_update()
        .set(known_devices::last_seen_at.eq(now))
        .execute(tx.conn()?)
        .await?;
    Ok(fresh)
}

/// Forgets every browser of the person `tx` acts as.
pub(super) async fn forget_all(tx: &mut Tx) -> Result<()> {
    let user_id = tx.ctx().user_id()?;
    diesel::delete(known_devices::table.filter(known_devices::user_id.eq(user_id)))
        .execute(tx.conn()?)
        .await?;
    Ok(())
}

/// The accounts that claim this mail address and have signed in with this browser.
pub(super) async fn accounts_of(ctx: &OpCtx, device: [u8; 32], email: &str) -> Result<Vec<UserId>> {
    let email = email.to_owned();
    ctx.elevate(Elevation::KeepSession)
        .read(Permission::SystemManage, async move |tx| {
            let since = tx.ctx().now() - KEPT_FOR;
            Ok(known_devices::table
                .inner_join(users::table.on(users::id.eq(known_devices::user_id)))
                .filter(known_devices::token_hash.eq(device.to_vec()))
                .filter(known_devices::last_seen_at.gt(since).and(users::email.eq(email)))
                .select(users::id)
                .load(tx.conn()?)
                .await?)
        })
        .await
}
