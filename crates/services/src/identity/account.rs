//! The signed-in person's own account: name, password, sessions.

use chrono::{DateTime, Utc};
use contracts::{
    identity::{AccountView, PasswordChange, Secret, SessionView},
    ids::{SessionId, UserId},
    permission::Permission,
    validate::{self, FieldErrors},
};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use schema::{sessions, users};

use super::{
    SignedIn, Start,
    browser_name::browser_name,
    devices, password,
    people::{UserRow, ctx_for_membership, memberships_of, user_by_id},
    sessions as session, throttle,
};
use crate::{
    Error, OpCtx, Result,
    platform::{Elevation, Tx, events::IdentityEvent, secret_token},
};

/// The account with its live sessions.
pub async fn account_get(ctx: &OpCtx) -> Result<AccountView> {
    let (user_id, current) = (ctx.user_id()?, ctx.caller().session);
    ctx.read(Permission::OwnDataRead, async move |tx| {
        let now = tx.ctx().now();
        let (name, email, password_changed_at) = users::table
            .find(user_id)
            .select((users::name, users::email, users::password_changed_at))
            .first(tx.conn()?)
            .await?;
        let rows: Vec<(SessionId, DateTime<Utc>, DateTime<Utc>, Option<String>, Option<String>)> =
            sessions::table
                .filter(sessions::user_id.eq(user_id).and(sessions::ended_at.is_null()))
                .filter(sessions::idle_expires_at.gt(now).and(sessions::absolute_expires_at.gt(now)))
                .order(sessions::last_seen_at.desc())
                .limit(50)
                .select((
                    sessions::id,
                    sessions::created_at,
                    sessions::last_seen_at,
                    sessions::user_agent,
                    sessions::client_address,
                ))
                .load(tx.conn()?)
                .await?;
        let sessions = rows
            .into_iter()
            .map(|(id, created_at, last_seen_at, user_agent, address)| SessionView {
                id,
                created_at,
                last_seen_at,
                browser: browser_name(user_agent.as_deref()),
                address,
                current: Some(id) == current,
            })
            .collect();
        Ok(AccountView { name, email, password_changed_at, sessions })
    })
    .await
}

/// Changes the person's name.
pub async fn account_update(ctx: &OpCtx, name: &str) -> Result<()> {
    let user_id = ctx.user_id()?;
    let mut errors = FieldErrors::new();
    let name = validate::name(&mut errors, "name", name, 1, 120);
    Error::check(errors)?;
    ctx.tx("identity.account_update", Permission::OwnDataWrite, async move |tx| {
        diesel::update(users::table.find(user_id)).set(users::name.eq(&name)).execute(tx.conn()?).await?;
        tx.emit(IdentityEvent::AccountUpdated { user_id }).await
    })
    .await
}

/// Changes the password. Every session of the person ends, and a new one begins here.
///
/// # Errors
/// `invalid_input` on `current_password` or `new_password`, `too_many_attempts`.
pub async fn password_change(ctx: &OpCtx, command: PasswordChange) -> Result<SignedIn> {
    let user_id = ctx.user_id()?;
    let (current, new) = command.parse().map_err(Error::invalid)?;
    let (user, memberships) = ctx
        .elevate(Elevation::ProveIdentity)
        .read(Permission::SystemManage, async move |tx| {
            Ok((user_by_id(tx.conn()?, user_id).await?, memberships_of(tx.conn()?, user_id).await?))
        })
        .await?;
    let mailbox = user.email.split('@').next().unwrap_or_default();
    let context: Vec<&str> =
        memberships.iter().map(|one| one.name.as_str()).chain([mailbox, user.name.as_str()]).collect();
    if let Some(reason) = password::weakness(new.expose(), &context) {
        return Err(Error::invalid_field("new_password", reason));
    }
    verify_own_password(ctx, &user, current).await?;
    let hash = password::hash(new, user.password_hash.clone()).await?;
    let active = ctx.caller().organisation.as_ref().map(|active| active.id);
    let membership = memberships.iter().find(|one| Some(one.org_id) == active);
    let person = ctx_for_membership(ctx, user_id, membership).await?;
    let token = secret_token()?;
    let fresh = token.clone();
    let device = person
        .tx("identity.password_change", Permission::OwnDataWrite, async move |tx| {
            let now = tx.ctx().now();
            diesel::update(users::table.find(user_id))
                .set((users::password_hash.eq(&hash), users::password_changed_at.eq(now)))
                .execute(tx.conn()?)
                .await?;
            end_others(tx, user_id, None).await?;
            session::open(tx, &fresh, None).await?;
            // whoever knew the old password may have signed in elsewhere
            devices::forget_all(tx).await?;
            tx.emit(IdentityEvent::PasswordChanged { user_id, at: now }).await?;
            devices::remember(tx).await
        })
        .await?;
    Ok(SignedIn { token, device, start: Start::of(person.caller().organisation.as_ref()) })
}

/// Verifies the password of the signed-in person; failures are counted.
///
/// # Errors
/// `invalid_input` under `current_password`; `too_many_attempts`.
async fn verify_own_password(ctx: &OpCtx, user: &UserRow, current: Secret) -> Result<()> {
    let attempt = throttle::begin_attempt(ctx, &user.email).await?;
    match password::verify(current, user.password_hash.clone()).await {
        Ok(true) => attempt.record_success(ctx).await.map(drop),
        Ok(false) => {
            attempt.record_failure(ctx).await?;
            Err(Error::invalid_field("current_password", "Your current password is not correct."))
        }
        Err(error) => {
            attempt.release(ctx).await;
            Err(error)
        }
    }
}

/// Ends one session of the person; the browser that holds it is signed out.
///
/// # Errors
/// `not_found` when it is over, or somebody else's.
pub async fn session_end(ctx: &OpCtx, id: SessionId) -> Result<()> {
    let user_id = ctx.user_id()?;
    ctx.tx("identity.session_end", Permission::OwnDataWrite, async move |tx| {
        let now = tx.ctx().now();
        let own = sessions::table.find(id).filter(sessions::user_id.eq(user_id));
        let live = own.filter(sessions::ended_at.is_null().and(sessions::absolute_expires_at.gt(now)));
        let ended = diesel::update(live).set(sessions::ended_at.eq(now)).execute(tx.conn()?).await?;
        if ended == 0 {
            return Err(Error::not_found());
        }
        tx.emit(IdentityEvent::SessionEnded { session_id: id }).await
    })
    .await
}

/// Ends every other session of the person; returns how many there were.
pub async fn sessions_end_others(ctx: &OpCtx) -> Result<usize> {
    let (user_id, current) = (ctx.user_id()?, ctx.caller().session);
    ctx.tx("identity.sessions_end_others", Permission::OwnDataWrite, async move |tx| {
        let ended = end_others(tx, user_id, current).await?;
        tx.emit(IdentityEvent::OtherSessionsEnded { user_id, sessions: ended }).await?;
        Ok(ended)
    })
    .await
}

async fn end_others(tx: &mut Tx, user_id: UserId, kept: Option<SessionId>) -> Result<usize> {
    let now = tx.ctx().now();
    let kept = kept.unwrap_or_else(|| SessionId(uuid::Uuid::nil()));
    let others = sessions::table
        .filter(sessions::user_id.eq(user_id).and(sessions::ended_at.is_null()))
        .filter(sessions::id.ne(kept));
    Ok(diesel::update(others).set(sessions::ended_at.eq(now)).execute(tx.conn()?).await?)
}
