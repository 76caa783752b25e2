//! Invitations by link. The link holds a secret that is shown once and kept as a digest; it works once, until it expires. Whoever holds it
//! makes an account, or is signed in with one of the invited address: what the link answers never tells whether there is one.

use chrono::{DateTime, TimeDelta, Utc};
use contracts::{
    error::ErrorCode,
    identity::{
        InvitationAccept, InvitationCreate, InvitationLink, InvitationOffer, InvitationView,
        OrganisationKind, Secret,
    },
    ids::{InvitationId, OrgId, UserId},
    permission::{Level, Permission},
    states::OrganisationStatus,
    validate::{self, FieldErrors},
};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use schema::{invitations, memberships, organisations, users};

use super::{
    SignedIn, Start, devices,
    members::may_handle,
    password,
    people::{UserRow, ctx_as, permission_set, permissions_of, user_by_id},
    sessions, sign_up,
};
use crate::{
    Error, OpCtx, Result,
    platform::{ActiveOrganisation, Elevation, Tx, events::IdentityEvent, new_id, secret_token, sha256},
};

/// Invites a person into the active organisation. The answer holds the link, once.
///
/// # Errors
/// `invalid_input` when the person is a member or invited already, `not_allowed` for a manager who invites an owner.
pub async fn invitation_create(ctx: &OpCtx, command: InvitationCreate) -> Result<InvitationLink> {
    let new = command.parse().map_err(Error::invalid)?;
    let (org_id, kind, user_id) = (ctx.org_id()?, ctx.organisation()?.kind, ctx.user_id()?);
    may_handle(ctx, new.level)?;
    let token = secret_token()?;
    let fresh = token.clone();
    let email = new.email.clone();
    let (id, expires_at) = ctx
        .tx("identity.invitation_create", Permission::MembersManage, async move |tx| {
            // held until the end: who loses the membership meanwhile waits, and then takes the invitation along
            if !may_invite(tx, (org_id, kind), user_id, new.level).await? {
                return Err(Error::new(ErrorCode::NotAllowed));
            }
            let member: i64 = memberships::table
                .inner_join(users::table.on(users::id.eq(memberships::user_id)))
                .filter(memberships::org_id.eq(org_id).and(memberships::removed_at.is_null()))
                .filter(users::email.eq(&new.email))
                .count()
                .get_result(tx.conn()?)
                .await?;
            if member > 0 {
                return Err(Error::invalid_field(
                    "email",
                    "The person with this e-mail address is already a member.",
                ));
            }
            let valid_for = tx.ctx().platform().settings.invitation_valid_for;
            insert(tx, org_id, &new.email, new.level, (fresh.as_str(), valid_for), user_id).await
        })
        .await?;
    Ok(InvitationLink { id, email, url: url_of(ctx, &token), expires_at })
}

pub(super) fn url_of(ctx: &OpCtx, token: &str) -> String {
    format!("{}/invitations/{token}", ctx.platform().settings.public_url)
}

/// Writes an invitation, in place of an expired one to the same person; the link's token is valid for so long.
pub(super) async fn insert(
    tx: &mut Tx,
    org_id: OrgId,
    email: &str,
    level: Level,
    (token, valid_for): (&str, TimeDelta),
    invited_by: UserId,
) -> Result<(InvitationId, DateTime<Utc>)> {
    let now = tx.ctx().now();
    let expires_at = now + valid_for;
    let id: InvitationId = new_id(now);
    diesel::update(pending(org_id).filter(invitations::email.eq(email).and(invitations::expires_at.le(now))))
        .set(invitations::revoked_at.eq(now))
        .execute(tx.conn()?)
        .await?;
    // a second one is no error to the database, whose log would tell the address
    let made = diesel::insert_into(invitations::table)
        .values((
            invitations::id.eq(id),
            invitations::org_id.eq(org_id),
            invitations::email.eq(email),
            invitations::level.eq(level),
            invitations::token_hash.eq(sha256(token).to_vec()),
            invitations::invited_by.eq(invited_by),
            invitations::created_at.eq(now),
            invitations::expires_at.eq(expires_at),
        ))
        .on_conflict_do_nothing()
        .execute(tx.conn()?)
        .await?;
    if made == 0 {
        return Err(Error::invalid_field(
            "email",
            "This e-mail address has already been invited. Withdraw that invitation first.",
        ));
    }
    tx.emit_for(org_id, IdentityEvent::InvitationCreated { invitation_id: id, level }).await?;
    Ok((id, expires_at))
}

#[diesel::dsl::auto_type]
fn pending(org_id: OrgId) -> _ {
    invitations::table
        .filter(invitations::org_id.eq(org_id))
        .filter(invitations::accepted_at.is_null())
        .filter(invitations::revoked_at.is_null())
}

#[diesel::dsl::auto_type]
fn pending_by(invited_by: UserId) -> _ {
    invitations::table
        .filter(invitations::invited_by.eq(invited_by))
        .filter(invitations::accepted_at.is_null())
        .filter(invitations::revoked_at.is_null())
}

/// Withdraws what somebody who loses power has invited, in one organisation or in all; answers how many there were.
pub(super) async fn withdraw_by(tx: &mut Tx, inviter: UserId, org_id: Option<OrgId>) -> Result<usize> {
    let revoked = invitations::revoked_at.eq(tx.ctx().now());
    let theirs = pending_by(inviter);
    let withdrawn = match org_id {
        Some(org_id) => {
            diesel::update(theirs.filter(invitations::org_id.eq(org_id)))
                .set(revoked)
                .execute(tx.conn()?)
                .await?
        }
        None => diesel::update(theirs).set(revoked).execute(tx.conn()?).await?,
    };
    Ok(withdrawn)
}

/// Invitations of the active organisation that nobody has accepted or withdrawn.
pub async fn invitations_list(ctx: &OpCtx) -> Result<Vec<InvitationView>> {
    let org_id = ctx.org_id()?;
    ctx.read(Permission::MembersManage, async move |tx| {
        let now = tx.ctx().now();
        let rows: Vec<(InvitationId, String, Level, String, DateTime<Utc>)> = pending(org_id)
            .inner_join(users::table.on(users::id.eq(invitations::invited_by)))
            .order(invitations::created_at.desc())
            .limit(200)
            .select((
                invitations::id,
                invitations::email,
                invitations::level,
                users::name,
                invitations::expires_at,
            ))
            .load(tx.conn()?)
            .await?;
        Ok(rows
            .into_iter()
            .map(|(id, email, level, invited_by, expires_at)| InvitationView {
                id,
                email,
                level,
                invited_by,
                expires_at,
                expired: expires_at <= now,
            })
            .collect())
    })
    .await
}

/// Withdraws an invitation; its link is dead.
///
/// # Errors
/// `not_found`, also when it has been accepted.
pub async fn invitation_revoke(ctx: &OpCtx, id: InvitationId) -> Result<()> {
    let org_id = ctx.org_id()?;
    ctx.tx("identity.invitation_revoke", Permission::MembersManage, async move |tx| {
        let now = tx.ctx().now();
        let withdrawn = diesel::update(pending(org_id).filter(invitations::id.eq(id)))
            .set(invitations::revoked_at.eq(now))
            .execute(tx.conn()?)
            .await?;
        if withdrawn == 0 {
            return Err(Error::not_found());
        }
        tx.emit(IdentityEvent::InvitationRevoked { invitation_id: id }).await
    })
    .await
}

#[derive(Clone)]
struct Found {
    id: InvitationId,
    org_id: OrgId,
    organisation: String,
    kind: OrganisationKind,
    status: OrganisationStatus,
    level: Level,
    email: String,
    invited_by: UserId,
    expires_at: DateTime<Utc>,
    /// Whom the command line made an administrator: an account without a password, which the link alone gives one.
    named: Option<UserRow>,
}

type FoundRow =
    (InvitationId, OrgId, String, OrganisationKind, OrganisationStatus, Level, String, UserId, DateTime<Utc>);

/// The live invitation a link stands for.
async fn find(ctx: &OpCtx, token: &Secret) -> Result<Found> {
    let digest = sha256(token.expose()).to_vec();
    ctx.elevate(Elevation::ReadInvitation)
        .read(Permission::SystemManage, async move |tx| {
            let now = tx.ctx().now();
            let row: Option<FoundRow> = invitations::table
                .inner_join(organisations::table.on(organisations::id.eq(invitations::org_id)))
                .filter(invitations::token_hash.eq(digest))
                .filter(invitations::accepted_at.is_null().and(invitations::revoked_at.is_null()))
                .filter(invitations::expires_at.gt(now))
                .select((
                    invitations::id,
                    organisations::id,
                    organisations::name,
                    organisations::kind,
                    organisations::status,
                    invitations::level,
                    invitations::email,
                    invitations::invited_by,
                    invitations::expires_at,
                ))
                .first(tx.conn()?)
                .await
                .optional()?;
            let (id, org_id, organisation, kind, status, level, email, invited_by, expires_at) =
                row.ok_or_else(|| Error::new(ErrorCode::InvitationInvalid))?;
            let inviter = user_by_id(tx.conn()?, invited_by).await?;
            let is_named = kind == OrganisationKind::Platform && inviter.password_hash.is_none();
            let named = (is_named && inviter.email == email).then_some(inviter);
            Ok(Found { id, org_id, organisation, kind, status, level, email, invited_by, expires_at, named })
        })
        .await
}

/// What the holder of a link sees.
///
/// # Errors
/// `invitation_invalid` when it was used, withdrawn or has expired, or never was.
pub async fn invitation_get(ctx: &OpCtx, token: &Secret) -> Result<InvitationOffer> {
    let found = find(ctx, token).await?;
    let signed_in = signed_in_user(ctx).await?;
    let is_you = signed_in.as_ref().is_some_and(|user| user.email == found.email);
    Ok(InvitationOffer {
        organisation: found.organisation,
        kind: found.kind,
        level: found.level,
        email: found.email,
        expires_at: found.expires_at,
        is_you,
        is_another: signed_in.is_some() && !is_you,
    })
}

/// Returns the account of the person who opens the link; `None` for a visitor.
async fn signed_in_user(ctx: &OpCtx) -> Result<Option<UserRow>> {
    let Some(id) = ctx.caller().actor.user_id() else { return Ok(None) };
    ctx.elevate(Elevation::ReadInvitation)
        .read(Permission::SystemManage, async move |tx| user_by_id(tx.conn()?, id).await.map(Some))
        .await
}

/// Accepts an invitation and signs the person in, acting for the organisation.
///
/// # Errors
/// `invitation_invalid`; `not_allowed` when somebody else is signed in; what a new password may answer.
pub async fn invitation_accept(ctx: &OpCtx, command: InvitationAccept) -> Result<SignedIn> {
    let found = find(ctx, &command.token).await?;
    let person = match signed_in_user(ctx).await? {
        Some(user) if user.email == found.email => Person::Known(user.id),
        Some(_) => return Err(Error::new(ErrorCode::NotAllowed)),
        None => newcomer(ctx, &found, command).await?,
    };
    let membership =
        ActiveOrganisation { id: found.org_id, kind: found.kind, status: found.status, level: found.level };
    let member = ctx_as(ctx, person.id(), Some(membership), permission_set(&[], None));
    let token = secret_token()?;
    // who is signed in is this very person
    let (fresh, continues) = (token.clone(), ctx.caller().session);
    let device = member
        .tx("identity.invitation_accept", Permission::OwnDataWrite, async move |tx| {
            accept(tx, &found, &person).await?;
            sessions::open(tx, &fresh, continues).await?;
            devices::remember(tx).await
        })
        .await?;
    sessions::sign_out(ctx).await?;
    Ok(SignedIn { token, device, start: Start::of(member.caller().organisation.as_ref()) })
}

/// Who accepts.
#[derive(Clone)]
enum Person {
    /// Is signed in.
    Known(UserId),
    /// Gets an account with this.
    New { id: UserId, name: String, hash: String },
    /// Was named at the command line.
    Named { id: UserId, name: String, hash: String },
}

impl Person {
    const fn id(&self) -> UserId {
        match self {
            Self::Known(id) | Self::New { id, .. } | Self::Named { id, .. } => *id,
        }
    }
}

async fn newcomer(ctx: &OpCtx, found: &Found, command: InvitationAccept) -> Result<Person> {
    let mut errors = FieldErrors::new();
    let name = validate::name(&mut errors, "name", &command.name, 1, 120);
    let mailbox = found.email.split('@').next().unwrap_or_default();
    if let Some(reason) =
        password::weakness(command.password.expose(), &[&found.organisation, mailbox, &name])
    {
        errors.add("password", reason);
    }
    Error::check(errors)?;
    if found.named.as_ref().is_some_and(|user| user.disabled_at.is_some()) {
        return Err(Error::new(ErrorCode::AccountDisabled));
    }
    let hash = sign_up::hash_for(ctx, &found.email, command.password).await?;
    Ok(match &found.named {
        Some(user) => Person::Named { id: user.id, name, hash },
        None => Person::New { id: new_id(ctx.now()), name, hash },
    })
}

/// Whether a person can offer this level of the organisation now. The membership that says so is held until the transaction ends.
async fn may_invite(
    tx: &mut Tx,
    (org_id, kind): (OrgId, OrganisationKind),
    inviter: UserId,
    offered: Level,
) -> Result<bool> {
    let level: Option<Level> = memberships::table
        .filter(memberships::org_id.eq(org_id).and(memberships::removed_at.is_null()))
        .filter(memberships::user_id.eq(inviter))
        .select(memberships::level)
        .for_share()
        .first(tx.conn()?)
        .await
        .optional()?;
    let Some(level) = level else { return Ok(false) };
    // the row of another person cannot be locked; whoever disables an account withdraws what it has invited
    let enabled = users::table.find(inviter).filter(users::disabled_at.is_null()).select(users::id);
    let is_enabled: bool = diesel::select(diesel::dsl::exists(enabled)).get_result(tx.conn()?).await?;
    if !is_enabled {
        return Ok(false);
    }
    let rights = permissions_of(tx.conn()?, kind.role(), level).await?;
    let reaches = offered != Level::Owner || level == Level::Owner;
    Ok(rights.has(Permission::MembersManage) && reaches)
}

/// Refuses what the inviter could not offer now. The command line alone invites in the name of the invited person, and into the
/// platform alone.
async fn inviter_still_may(tx: &mut Tx, found: &Found) -> Result<()> {
    if found.named.is_some()
        || may_invite(tx, (found.org_id, found.kind), found.invited_by, found.level).await?
    {
        return Ok(());
    }
    Err(Error::new(ErrorCode::InvitationInvalid))
}

async fn accept(tx: &mut Tx, found: &Found, person: &Person) -> Result<()> {
    inviter_still_may(tx, found).await?;
    let now = tx.ctx().now();
    match person {
        Person::Known(id) => drop(user_by_id(tx.conn()?, *id).await?),
        Person::New { id, name, hash } => sign_up::insert_user(tx, *id, &found.email, name, hash).await?,
        Person::Named { id, name, hash } => {
            let named = diesel::update(users::table.find(id).filter(users::password_changed_at.is_null()))
                .set((
                    users::name.eq(name),
                    users::password_hash.eq(hash),
                    users::password_changed_at.eq(now),
                ))
                .execute(tx.conn()?)
                .await?;
            // somebody has chosen the password meanwhile
            if named == 0 {
                return Err(Error::new(ErrorCode::InvitationInvalid));
            }
        }
    }
    // whoever comes second finds nothing to update
    let used = diesel::update(pending(found.org_id).filter(invitations::id.eq(found.id)))
        .filter(invitations::expires_at.gt(now))
        .set(invitations::accepted_at.eq(now))
        .execute(tx.conn()?)
        .await?;
    if used == 0 {
        return Err(Error::new(ErrorCode::InvitationInvalid));
    }
    sign_up::insert_membership(tx, found.org_id, person.id(), found.level).await?;
    let (user, level) = (person.id(), found.level);
    tx.emit(IdentityEvent::InvitationAccepted { invitation_id: found.id, user, level }).await
}
