//! Signing up: an organisation that nobody has verified yet, and its owner. Neither the mail address nor the number in the register is
//! proved by it, so neither is taken: the same answer comes for known ones, and others may claim them too. A number is its
//! organisation's alone once that is verified.

use contracts::{
    identity::{OrganisationFacts, Secret, SignUp, SignUpChecked},
    ids::{MembershipId, OrgId, UserId},
    permission::Level,
    permission::Permission,
    states::OrganisationStatus,
};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use schema::{memberships, organisations, users};

use super::{
    SignedIn, Start, devices,
    look_alikes::skeleton_of,
    organisation::require_printable_facts,
    password,
    people::{claims_of, ctx_as, permission_set},
    sessions, throttle,
};
use crate::{
    Error, OpCtx, Result,
    platform::{ActiveOrganisation, Elevation, Tx, events::IdentityEvent, new_id, secret_token},
};

/// Signs up an organisation with its first user and signs the user in.
///
/// # Errors
/// `invalid_input` with the fields, `too_many_attempts`.
pub async fn sign_up(ctx: &OpCtx, command: SignUp) -> Result<SignedIn> {
    let new = command.parse().map_err(Error::invalid)?;
    require_printable_facts(&new.organisation, "organisation")?;
    let mailbox = new.email.split('@').next().unwrap_or_default();
    if let Some(reason) =
        password::weakness(new.password.expose(), &[&new.organisation.name, mailbox, &new.name])
    {
        return Err(Error::invalid_field("password", reason));
    }
    throttle::count_action(ctx, "sign-up").await?;
    let hash = hash_for(ctx, &new.email, new.password.clone()).await?;
    let now = ctx.now();
    let (user_id, org_id): (UserId, OrgId) = (new_id(now), new_id(now));
    let organisation = ActiveOrganisation {
        id: org_id,
        kind: new.kind,
        status: OrganisationStatus::Unverified,
        level: Level::Owner,
    };
    // the owner-to-be does it, inside the organisation-to-be: row-level security lets nothing else through
    let owner = ctx_as(ctx, user_id, Some(organisation), permission_set(&[], None));
    let token = secret_token()?;
    let fresh = token.clone();
    let device = owner
        .tx("identity.sign_up", Permission::OwnDataWrite, async move |tx| {
            insert_user(tx, user_id, &new.email, &new.name, &hash).await?;
            insert_organisation(tx, org_id, &new).await?;
            insert_membership(tx, org_id, user_id, Level::Owner).await?;
            sessions::open(tx, &fresh, None).await?;
            tx.emit(IdentityEvent::SignedUp { org_id, kind: new.kind, owner: user_id }).await?;
            devices::remember(tx).await
        })
        .await?;
    sessions::sign_out(ctx).await?;
    Ok(SignedIn { token, device, start: Start::of(owner.caller().organisation.as_ref()) })
}

/// The hash of a new account's password, made beside those of the accounts that claim the address already.
pub(super) async fn hash_for(ctx: &OpCtx, email: &str, password: Secret) -> Result<String> {
    let email = email.to_owned();
    let claims = ctx
        .elevate(Elevation::ProveIdentity)
        .read(Permission::SystemManage, async move |tx| claims_of(tx.conn()?, &email).await)
        .await?;
    let beside = claims.into_iter().find_map(|user| user.password_hash);
    password::hash(password, beside).await
}

/// A user who can sign in.
pub(super) async fn insert_user(tx: &mut Tx, id: UserId, email: &str, name: &str, hash: &str) -> Result<()> {
    let now = tx.ctx().now();
    diesel::insert_into(users::table)
        .values((
            users::id.eq(id),
            users::email.eq(email),
            users::name.eq(name),
            users::password_hash.eq(hash),
            users::password_changed_at.eq(now),
            users::created_at.eq(now),
        ))
        .execute(tx.conn()?)
        .await?;
    Ok(())
}

async fn insert_organisation(tx: &mut Tx, id: OrgId, new: &SignUpChecked) -> Result<()> {
    let OrganisationFacts { name, legal_name, registration_number, country, city } = &new.organisation;
    diesel::insert_into(organisations::table)
        .values((
            organisations::id.eq(id),
            organisations::kind.eq(new.kind),
            organisations::name.eq(name),
            organisations::name_skeleton.eq(skeleton_of(name)),
            organisations::legal_name.eq(legal_name),
            organisations::registration_number.eq(registration_number),
            organisations::country.eq(country),
            organisations::city.eq(city),
            organisations::status.eq(OrganisationStatus::Unverified),
            organisations::created_at.eq(tx.ctx().now()),
        ))
        .execute(tx.conn()?)
        .await?;
    Ok(())
}

/// Makes a person a member.
pub(super) async fn insert_membership(
    tx: &mut Tx,
    org_id: OrgId,
    user_id: UserId,
    level: Level,
) -> Result<()> {
    let now = tx.ctx().now();
    diesel::insert_into(memberships::table)
        .values((
            memberships::id.eq(new_id::<MembershipId>(now)),
            memberships::org_id.eq(org_id),
            memberships::user_id.eq(user_id),
            memberships::level.eq(level),
            memberships::created_at.eq(now),
        ))
        .execute(tx.conn()?)
        .await?;
    Ok(())
}
