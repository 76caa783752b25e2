//! Accounts that may not sign in any more.

use contracts::{error::ErrorCode, ids::UserId, permission::Permission};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use schema::{sessions, users};
use serde_json::json;

use super::people::user_by_id;
use crate::{Error, OpCtx, Result};

/// Disables an account: it cannot sign in, and every session of it is dead at once.
///
/// # Errors
/// `wrong_state` for one's own account: nobody locks the door behind themselves.
pub async fn user_disable(ctx: &OpCtx, id: UserId) -> Result<()> {
    if ctx.caller().actor.user_id() == Some(id) {
        return Err(Error::new(ErrorCode::WrongState));
    }
    ctx.tx("identity.user_disable", Permission::UserDataWrite, async move |tx| {
        let now = tx.ctx().now();
        user_by_id(tx.conn()?, id).await?;
        diesel::update(users::table.find(id).filter(users::disabled_at.is_null()))
            .set(users::disabled_at.eq(now))
            .execute(tx.conn()?)
            .await?;
        diesel::update(sessions::table.filter(sessions::user_id.eq(id).and(sessions::ended_at.is_null())))
            .set(sessions::ended_at.eq(now))
            .execute(tx.conn()?)
            .await?;
        tx.audit("identity.user_disabled", "user", id, json!({})).await
    })
    .await
}

/// Lets a disabled account sign in again.
pub async fn user_enable(ctx: &OpCtx, id: UserId) -> Result<()> {
    ctx.tx("identity.user_enable", Permission::UserDataWrite, async move |tx| {
        user_by_id(tx.conn()?, id).await?;
        diesel::update(users::table.find(id))
            .set(users::disabled_at.eq(None::<chrono::DateTime<chrono::Utc>>))
            .execute(tx.conn()?)
            .await?;
        tx.audit("identity.user_enabled", "user", id, json!({})).await
    })
    .await
}
