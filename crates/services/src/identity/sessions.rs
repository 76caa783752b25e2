//! Sessions: an opaque token of 256 bits in a cookie, its digest here. A session ends after silence, at its absolute age, by
//! signing out, and when the account is disabled; its token changes when the person signs in or changes organisation.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use contracts::{
    error::ErrorCode,
    identity::{MembershipView, OrganisationKind},
    ids::{OrgId, SessionId, UserId},
    permission::{Level, Permission},
    states::OrganisationStatus,
};
use diesel::{prelude::*, sql_types};
use diesel_async::RunQueryDsl;
use schema::sessions;

use super::{
    devices,
    people::{ctx_for_membership, memberships_of, permission_set},
};
use crate::{
    Error, OpCtx, Result,
    platform::{
        ActiveOrganisation, Actor, Caller, Client, Elevation, Platform, Prepare, RequestId, Tx,
        events::{Alert, IdentityEvent},
        new_id, secret_token, sha256,
    },
};

/// The idle expiry is moved at most this often.
const SLIDES_EVERY: TimeDelta = TimeDelta::minutes(1);

/// A fresh session: what the browser keeps.
#[derive(Clone)]
pub struct SignedIn {
    /// The secret of the cookie; shown once, here.
    pub token: String,
    /// The secret of a browser in which nobody has signed in before; for a cookie that outlives the session.
    pub device: Option<String>,
    /// What the person mostly does here: where to begin.
    pub start: Start,
}

/// Where somebody begins who did not ask for a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    /// At the figures of the organisation.
    Dashboard,
    /// At redeeming: the desk of a provider.
    Redeem,
}

impl Start {
    /// The one that fits a member.
    pub fn of(organisation: Option<&ActiveOrganisation>) -> Self {
        let is_desk = organisation.is_some_and(|active| {
            active.kind == OrganisationKind::Provider
                && active.level == Level::Staff
                && active.status.is_admitted()
        });
        if is_desk { Self::Redeem } else { Self::Dashboard }
    }
}

#[derive(QueryableByName)]
struct SessionFacts {
    #[diesel(sql_type = sql_types::Uuid)]
    id: SessionId,
    #[diesel(sql_type = sql_types::Uuid)]
    user_id: UserId,
    #[diesel(sql_type = sql_types::Timestamptz)]
    last_seen_at: DateTime<Utc>,
    #[diesel(sql_type = sql_types::Timestamptz)]
    idle_expires_at: DateTime<Utc>,
    #[diesel(sql_type = sql_types::Timestamptz)]
    absolute_expires_at: DateTime<Utc>,
    #[diesel(sql_type = sql_types::Bool)]
    disabled: bool,
    #[diesel(sql_type = sql_types::Nullable<sql_types::Uuid>)]
    org_id: Option<OrgId>,
    #[diesel(sql_type = sql_types::Nullable<sql_types::Text>)]
    kind: Option<OrganisationKind>,
    #[diesel(sql_type = sql_types::Nullable<sql_types::Text>)]
    status: Option<OrganisationStatus>,
    #[diesel(sql_type = sql_types::Nullable<sql_types::Text>)]
    level: Option<Level>,
    #[diesel(sql_type = sql_types::Array<sql_types::Text>)]
    permissions: Vec<String>,
}

/// The caller a session token stands for. Slides the idle expiry, at most once a minute.
///
/// # Errors
/// `session_expired` when there is no such live session, `account_disabled` when its person may not sign in any more.
pub async fn authenticate(
    platform: &Arc<Platform>,
    token: &str,
    request_id: RequestId,
    client: Client,
) -> Result<OpCtx> {
    let visitor = OpCtx::anonymous(Arc::clone(platform), request_id, client);
    let digest = sha256(token).to_vec();
    let facts: Option<SessionFacts> = visitor
        .public_read(async move |conn| {
            let found = diesel::sql_query("SELECT * FROM session_facts($1)");
            Ok(found.bind::<sql_types::Binary, _>(digest).prepared().get_result(conn).await.optional()?)
        })
        .await?;
    let facts = facts.ok_or_else(|| Error::new(ErrorCode::SessionExpired))?;
    let now = visitor.now();
    if facts.disabled {
        return Err(Error::new(ErrorCode::AccountDisabled));
    }
    if facts.idle_expires_at <= now || facts.absolute_expires_at <= now {
        expire(&visitor, &facts).await?;
        return Err(Error::new(ErrorCode::SessionExpired));
    }
    if now - facts.last_seen_at >= SLIDES_EVERY {
        match slide(&visitor, &facts).await {
            // pages can still be read while nothing can be saved
            Err(error) if error.code == ErrorCode::StorageFull => {}
            slid => slid?,
        }
    }
    Ok(caller_of(&visitor, facts))
}

fn caller_of(visitor: &OpCtx, facts: SessionFacts) -> OpCtx {
    let organisation = match (facts.org_id, facts.kind, facts.status, facts.level) {
        (Some(id), Some(kind), Some(status), Some(level)) => {
            Some(ActiveOrganisation { id, kind, status, level })
        }
        _ => None,
    };
    let holder = organisation.as_ref().map(|active| (active.kind.role(), active.level));
    let caller = Caller {
        actor: Actor::User(facts.user_id),
        permissions: permission_set(&facts.permissions, holder),
        elevation: None,
        organisation,
        session: Some(facts.id),
        request_id: visitor.caller().request_id,
        client: visitor.caller().client.clone(),
    };
    OpCtx::new(Arc::clone(visitor.platform()), caller)
}

/// Ends a session that is used after its time, and says so once: the next use finds nothing.
async fn expire(visitor: &OpCtx, facts: &SessionFacts) -> Result<()> {
    let id = facts.id;
    visitor
        .elevate(Elevation::KeepSession)
        .tx("identity.session_expire", Permission::SystemManage, async move |tx| {
            let now = tx.ctx().now();
            diesel::update(sessions::table.find(id))
                .set(sessions::ended_at.eq(now))
                .execute(tx.conn()?)
                .await?;
            tx.emit(IdentityEvent::SessionExpired { session_id: id }).await
        })
        .await?;
    visitor.raise(Alert::SessionUsedAfterExpiry { user_id: facts.user_id, session: id }).await
}

async fn slide(visitor: &OpCtx, facts: &SessionFacts) -> Result<()> {
    let (id, absolute) = (facts.id, facts.absolute_expires_at);
    let idle = visitor.platform().settings.session_idle;
    visitor
        .elevate(Elevation::KeepSession)
        .tx("identity.session_slide", Permission::SystemManage, async move |tx| {
            let now = tx.ctx().now();
            diesel::update(sessions::table.find(id))
                .set((
                    sessions::last_seen_at.eq(now),
                    sessions::idle_expires_at.eq((now + idle).min(absolute)),
                ))
                .prepared()
                .execute(tx.conn()?)
                .await?;
            Ok(())
        })
        .await
}

/// Opens a session for the person `tx` acts as, in the organisation it acts for; `token` is fresh from [`secret_token`]. A
/// session that continues an earlier one ends when that would have ended: nobody has proved anew who they are.
pub(super) async fn open(tx: &mut Tx, token: &str, continues: Option<SessionId>) -> Result<SessionId> {
    let (ctx, now) = (tx.ctx().clone(), tx.ctx().now());
    let id: SessionId = new_id(now);
    let settings = &ctx.platform().settings;
    let absolute_end = match continues {
        Some(earlier) => absolute_end_of(tx, earlier).await?,
        None => now + settings.session_absolute,
    };
    let client = &ctx.caller().client;
    diesel::insert_into(sessions::table)
        .values((
            sessions::id.eq(id),
            sessions::token_hash.eq(sha256(token).to_vec()),
            sessions::user_id.eq(ctx.user_id()?),
            sessions::org_id.eq(ctx.caller().organisation.as_ref().map(|active| active.id)),
            sessions::created_at.eq(now),
            sessions::last_seen_at.eq(now),
            sessions::idle_expires_at.eq((now + settings.session_idle).min(absolute_end)),
            sessions::absolute_expires_at.eq(absolute_end),
            sessions::client_address.eq(client.address.map(|address| address.to_string())),
            sessions::user_agent.eq(client.user_agent.as_deref()),
        ))
        .execute(tx.conn()?)
        .await?;
    Ok(id)
}

/// When a live session ends whatever happens; one that was ended meanwhile cannot be continued.
async fn absolute_end_of(tx: &mut Tx, session: SessionId) -> Result<DateTime<Utc>> {
    sessions::table
        .find(session)
        .filter(sessions::ended_at.is_null())
        .select(sessions::absolute_expires_at)
        .first(tx.conn()?)
        .await
        .optional()?
        .ok_or_else(|| Error::new(ErrorCode::SessionExpired))
}

/// Ends one session of the person `tx` acts as.
pub(super) async fn end(tx: &mut Tx, session: SessionId) -> Result<()> {
    let now = tx.ctx().now();
    diesel::update(sessions::table.find(session).filter(sessions::ended_at.is_null()))
        .set(sessions::ended_at.eq(now))
        .execute(tx.conn()?)
        .await?;
    Ok(())
}

/// Starts a session for a person whose password was just verified, in the organisation they worked for last; the earlier session of this
/// browser ends.
pub(super) async fn start_session(ctx: &OpCtx, user_id: UserId) -> Result<SignedIn> {
    let (memberships, last) = ctx
        .elevate(Elevation::ProveIdentity)
        .read(Permission::SystemManage, async move |tx| {
            let memberships = memberships_of(tx.conn()?, user_id).await?;
            let last: Option<Option<OrgId>> = sessions::table
                .filter(sessions::user_id.eq(user_id).and(sessions::org_id.is_not_null()))
                .order(sessions::last_seen_at.desc())
                .select(sessions::org_id)
                .first(tx.conn()?)
                .await
                .optional()?;
            Ok((memberships, last.flatten()))
        })
        .await?;
    let membership: Option<&MembershipView> =
        memberships.iter().find(|one| Some(one.org_id) == last).or(memberships.as_slice().first());
    let person = ctx_for_membership(ctx, user_id, membership).await?;
    let token = secret_token()?;
    let fresh = token.clone();
    let device = person
        .tx("identity.sign_in", Permission::MarketplaceRead, async move |tx| {
            let id = open(tx, &fresh, None).await?;
            tx.emit(IdentityEvent::SignedIn { session_id: id }).await?;
            devices::remember(tx).await
        })
        .await?;
    sign_out(ctx).await?;
    Ok(SignedIn { token, device, start: Start::of(person.caller().organisation.as_ref()) })
}

/// Ends the caller's session. Without one there is nothing to do.
pub async fn sign_out(ctx: &OpCtx) -> Result<()> {
    let Some(session) = ctx.caller().session else { return Ok(()) };
    ctx.tx("identity.sign_out", Permission::MarketplaceRead, async move |tx| {
        end(tx, session).await?;
        tx.emit(IdentityEvent::SignedOut { session_id: session }).await
    })
    .await
}

/// Acts for another organisation of the person's from now on, in a session with a new token.
///
/// # Errors
/// `not_found` when the person does not belong to it.
pub async fn organisation_switch(ctx: &OpCtx, org_id: OrgId) -> Result<SignedIn> {
    let user_id = ctx.user_id()?;
    let memberships = ctx
        .elevate(Elevation::ProveIdentity)
        .read(Permission::SystemManage, async move |tx| memberships_of(tx.conn()?, user_id).await)
        .await?;
    let membership = memberships.iter().find(|one| one.org_id == org_id).ok_or_else(Error::not_found)?;
    let person = ctx_for_membership(ctx, user_id, Some(membership)).await?;
    let token = secret_token()?;
    let (fresh, old) = (token.clone(), ctx.caller().session);
    person
        .tx("identity.organisation_switch", Permission::MarketplaceRead, async move |tx| {
            let id = open(tx, &fresh, old).await?;
            if let Some(old) = old {
                end(tx, old).await?;
            }
            tx.emit(IdentityEvent::OrganisationSwitched { session_id: id, organisation: org_id }).await
        })
        .await?;
    Ok(SignedIn { token, device: None, start: Start::of(person.caller().organisation.as_ref()) })
}
