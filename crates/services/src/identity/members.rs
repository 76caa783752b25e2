//! The people of an organisation.

use chrono::{DateTime, Utc};
use contracts::{
    error::ErrorCode,
    identity::{MemberLevelChange, MemberView},
    ids::{MembershipId, OrgId, UserId},
    permission::{Level, Permission},
};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use schema::{memberships, users};

use super::invitations::withdraw_by;
use crate::{
    Error, OpCtx, Result,
    platform::{Conn, Tx, events::IdentityEvent},
    views,
};

type MemberRow = (MembershipId, UserId, String, String, Level, DateTime<Utc>, Option<DateTime<Utc>>);

/// The members of an organisation the caller may see, owners first.
pub async fn members_of(conn: &mut Conn, org_id: OrgId) -> Result<Vec<MemberView>> {
    let rows: Vec<MemberRow> = memberships::table
        .inner_join(users::table.on(users::id.eq(memberships::user_id)))
        .filter(memberships::org_id.eq(org_id).and(memberships::removed_at.is_null()))
        .order((users::name, memberships::id))
        .select((
            memberships::id,
            users::id,
            users::name,
            users::email,
            memberships::level,
            memberships::created_at,
            users::disabled_at,
        ))
        .load(conn)
        .await?;
    let mut members: Vec<MemberView> = rows
        .into_iter()
        .map(|(membership_id, user_id, name, email, level, since, disabled_at)| MemberView {
            membership_id,
            user_id,
            name,
            email,
            level,
            since,
            disabled: disabled_at.is_some(),
        })
        .collect();
    members.sort_by_key(|member| member.level);
    Ok(members)
}

/// The members of the active organisation.
pub async fn members_list(ctx: &OpCtx) -> Result<Vec<MemberView>> {
    let org_id = ctx.org_id()?;
    ctx.read(Permission::OwnDataRead, async move |tx| members_of(tx.conn()?, org_id).await).await
}

/// Refuses a manager who reaches for an owner: only an owner makes or unmakes one.
pub(super) fn may_handle(ctx: &OpCtx, level: Level) -> Result<()> {
    if level == Level::Owner && ctx.organisation()?.level != Level::Owner {
        return Err(Error::new(ErrorCode::NotAllowed));
    }
    Ok(())
}

/// Locks a membership of the active organisation (FOR UPDATE), after those of every owner: two owners who demote each other wait for each
/// other. Returns the person and the level.
///
/// # Errors
/// `not_found`; `not_allowed` when a manager acts on an owner; `last_owner` for the only owner.
async fn lock_membership(tx: &mut Tx, id: MembershipId) -> Result<(UserId, Level)> {
    let org_id = tx.ctx().org_id()?;
    let live =
        memberships::table.filter(memberships::org_id.eq(org_id).and(memberships::removed_at.is_null()));
    let owners: Vec<MembershipId> = live
        .filter(memberships::level.eq(Level::Owner))
        .order(memberships::id)
        .select(memberships::id)
        .for_update()
        .load(tx.conn()?)
        .await?;
    let (user_id, level) = live
        .filter(memberships::id.eq(id))
        .select((memberships::user_id, memberships::level))
        .for_update()
        .first::<(UserId, Level)>(tx.conn()?)
        .await?;
    may_handle(tx.ctx(), level)?;
    if level == Level::Owner && owners.len() == 1 {
        return Err(Error::new(ErrorCode::LastOwner));
    }
    Ok((user_id, level))
}

/// Moves a member to another level. Whoever goes down takes along what they have invited.
///
/// # Errors
/// `last_owner`, `not_allowed` for a manager who handles an owner, `not_found`.
pub async fn member_level_change(ctx: &OpCtx, command: MemberLevelChange) -> Result<()> {
    let MemberLevelChange { membership_id: id, level } = command;
    may_handle(ctx, level)?;
    ctx.tx("identity.member_level_change", Permission::MembersManage, async move |tx| {
        let (user_id, before) = match lock_membership(tx, id).await {
            // staying an owner takes nothing away
            Err(error) if error.code == ErrorCode::LastOwner && level == Level::Owner => return Ok(()),
            outcome => outcome?,
        };
        diesel::update(memberships::table.find(id))
            .set(memberships::level.eq(level))
            .execute(tx.conn()?)
            .await?;
        let org_id = tx.ctx().org_id()?;
        let goes_down = level > before;
        let invitations = if goes_down { withdraw_by(tx, user_id, Some(org_id)).await? } else { 0 };
        tx.emit(IdentityEvent::MemberLevelChanged { membership_id: id, from: before, to: level, invitations })
            .await
    })
    .await
}

/// Takes a member out of the organisation. The person's sessions lose it with their next request, and
/// what they have invited is withdrawn, and the views they kept to themselves are deleted.
///
/// # Errors
/// `last_owner`, `not_allowed` for a manager who handles an owner, `not_found`.
pub async fn member_remove(ctx: &OpCtx, id: MembershipId) -> Result<()> {
    ctx.tx("identity.member_remove", Permission::MembersManage, async move |tx| {
        let (user_id, level) = lock_membership(tx, id).await?;
        let now = tx.ctx().now();
        diesel::update(memberships::table.find(id))
            .set(memberships::removed_at.eq(now))
            .execute(tx.conn()?)
            .await?;
        let org_id = tx.ctx().org_id()?;
        let invitations = withdraw_by(tx, user_id, Some(org_id)).await?;
        let private_views = views::forget_private(tx, user_id).await?;
        tx.emit(IdentityEvent::MemberRemoved {
            membership_id: id,
            user: user_id,
            level,
            invitations,
            private_views,
        })
        .await
    })
    .await
}
