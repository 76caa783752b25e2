//! Accounts that may not sign in any more.

use contracts::{
    error::ErrorCode,
    ids::UserId,
    permission::{Level, Permission},
};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use schema::{memberships, sessions, users};

use super::{invitations::withdraw_by, members::may_handle, people::user_by_id};
use crate::{
    Error, OpCtx, Result,
    platform::{Tx, events::IdentityEvent},
};

/// Disables an account: it cannot sign in, every session of it is dead at once, and so is every invitation it made.
///
/// # Errors
/// `wrong_state` for one's own account: nobody locks the door behind themselves. `not_allowed` for a manager who reaches for
/// an owner of the platform, `last_owner` for the only one who can still sign in.
pub async fn user_disable(ctx: &OpCtx, id: UserId) -> Result<()> {
    if ctx.caller().actor.user_id() == Some(id) {
        return Err(Error::new(ErrorCode::WrongState));
    }
    ctx.tx("identity.user_disable", Permission::UserDataDelete, async move |tx| {
        let now = tx.ctx().now();
        user_by_id(tx.conn()?, id).await?;
        keeps_an_owner(tx, id).await?;
        diesel::update(users::table.find(id).filter(users::disabled_at.is_null()))
            .set(users::disabled_at.eq(now))
            .execute(tx.conn()?)
            .await?;
        diesel::update(sessions::table.filter(sessions::user_id.eq(id).and(sessions::ended_at.is_null())))
            .set(sessions::ended_at.eq(now))
            .execute(tx.conn()?)
            .await?;
        let invitations = withdraw_by(tx, id, None).await?;
        tx.emit(IdentityEvent::UserDisabled { user_id: id, invitations }).await
    })
    .await
}

/// The owners of the platform, locked: two who disable each other take turns.
async fn owners(tx: &mut Tx) -> Result<Vec<UserId>> {
    Ok(memberships::table
        .filter(memberships::org_id.eq(tx.ctx().org_id()?))
        .filter(memberships::level.eq(Level::Owner).and(memberships::removed_at.is_null()))
        .order(memberships::id)
        .select(memberships::user_id)
        .for_update()
        .load(tx.conn()?)
        .await?)
}

/// Refuses what would leave the platform without an owner who can sign in.
async fn keeps_an_owner(tx: &mut Tx, id: UserId) -> Result<()> {
    let owners = owners(tx).await?;
    if !owners.contains(&id) {
        return Ok(());
    }
    may_handle(tx.ctx(), Level::Owner)?;
    let able: i64 = users::table
        .filter(users::id.eq_any(owners).and(users::id.ne(id)).and(users::disabled_at.is_null()))
        .count()
        .get_result(tx.conn()?)
        .await?;
    if able == 0 { Err(Error::new(ErrorCode::LastOwner)) } else { Ok(()) }
}

/// Lets a disabled account sign in again.
///
/// # Errors
/// `not_allowed` for a manager who reaches for an owner of the platform.
pub async fn user_enable(ctx: &OpCtx, id: UserId) -> Result<()> {
    ctx.tx("identity.user_enable", Permission::UserDataWrite, async move |tx| {
        user_by_id(tx.conn()?, id).await?;
        if owners(tx).await?.contains(&id) {
            may_handle(tx.ctx(), Level::Owner)?;
        }
        diesel::update(users::table.find(id))
            .set(users::disabled_at.eq(None::<chrono::DateTime<chrono::Utc>>))
            .execute(tx.conn()?)
            .await?;
        tx.emit(IdentityEvent::UserEnabled { user_id: id }).await
    })
    .await
}
