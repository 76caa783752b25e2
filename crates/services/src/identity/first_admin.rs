//! The first administrator, made at the command line: a fresh database has no usable login.

use chrono::{DateTime, Utc};
use contracts::{
    identity::OrganisationKind,
    ids::{OrgId, UserId},
    permission::{Level, Permission},
    states::OrganisationStatus,
    validate::{self, FieldErrors},
};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use schema::{invitations, organisations, users};

use super::{invitations as invitation, people::claims_of};
use crate::{
    Error, OpCtx, Result,
    platform::{Tx, events::IdentityEvent, new_id, secret_token},
};

/// A link that makes its holder an administrator, once.
pub struct FirstAdmin {
    /// What to open.
    pub url: String,
    /// It cannot be used afterwards.
    pub expires_at: DateTime<Utc>,
}

/// Makes the platform's organisation if there is none, and invites `email` into it as an owner. An earlier link to the same
/// person is withdrawn. The person chooses the password; nobody else ever knows it.
///
/// # Errors
/// `not_allowed` unless called from the command line, `invalid_input`.
pub async fn first_admin_create(ctx: &OpCtx, email: &str, name: &str) -> Result<FirstAdmin> {
    if !ctx.caller().actor.is_ours() {
        return Err(Error::new(contracts::error::ErrorCode::NotAllowed));
    }
    let mut errors = FieldErrors::new();
    let email = validate::email(&mut errors, "email", email);
    let name = validate::name(&mut errors, "name", name, 1, 120);
    Error::check(errors)?;
    let token = secret_token()?;
    let fresh = token.clone();
    let expires_at = ctx
        .tx("identity.first_admin_create", Permission::SystemManage, async move |tx| {
            let now = tx.ctx().now();
            let org_id = platform_organisation(tx).await?;
            let user_id = user(tx, &email, &name).await?;
            diesel::update(
                invitations::table
                    .filter(invitations::org_id.eq(org_id).and(invitations::email.eq(&email)))
                    .filter(invitations::accepted_at.is_null().and(invitations::revoked_at.is_null())),
            )
            .set(invitations::revoked_at.eq(now))
            .execute(tx.conn()?)
            .await?;
            let link = (fresh.as_str(), tx.ctx().platform().settings.admin_link_valid_for);
            let (_, expires_at) = invitation::insert(tx, org_id, &email, Level::Owner, link, user_id).await?;
            Ok(expires_at)
        })
        .await?;
    Ok(FirstAdmin { url: invitation::url_of(ctx, &token), expires_at })
}

/// The organisation of the platform, made on first use.
async fn platform_organisation(tx: &mut Tx) -> Result<OrgId> {
    // two commands at once: the second waits, and finds what the first made
    diesel::sql_query("SELECT pg_advisory_xact_lock(hashtextextended('platform organisation', 0))")
        .execute(tx.conn()?)
        .await?;
    let existing: Option<OrgId> = organisations::table
        .filter(organisations::kind.eq(OrganisationKind::Platform))
        .select(organisations::id)
        .first(tx.conn()?)
        .await
        .optional()?;
    if let Some(id) = existing {
        return Ok(id);
    }
    let now = tx.ctx().now();
    let id: OrgId = new_id(now);
    diesel::insert_into(organisations::table)
        .values((
            organisations::id.eq(id),
            organisations::kind.eq(OrganisationKind::Platform),
            organisations::name.eq("HCTS platform"),
            organisations::legal_name.eq("HCTS platform"),
            organisations::registration_number.eq(""),
            // the platform's own country is nobody's business here: XX is reserved for private use (ISO 3166-1)
            organisations::country.eq("XX"),
            organisations::status.eq(OrganisationStatus::Verified),
            organisations::created_at.eq(now),
            organisations::verified_at.eq(now),
        ))
        .execute(tx.conn()?)
        .await?;
    tx.emit_for(id, IdentityEvent::PlatformCreated { org_id: id }).await?;
    Ok(id)
}

/// The invited person, whose account has no password until the link is used: one that somebody else has made with this address is never
/// taken for theirs.
async fn user(tx: &mut Tx, email: &str, name: &str) -> Result<UserId> {
    let claims = claims_of(tx.conn()?, email).await?;
    if let Some(named) = claims.iter().find(|user| user.password_hash.is_none()) {
        return Ok(named.id);
    }
    let now = tx.ctx().now();
    let id: UserId = new_id(now);
    diesel::insert_into(users::table)
        .values((users::id.eq(id), users::email.eq(email), users::name.eq(name), users::created_at.eq(now)))
        .execute(tx.conn()?)
        .await?;
    tx.emit(IdentityEvent::UserCreated { user_id: id }).await?;
    Ok(id)
}
