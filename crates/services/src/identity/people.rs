//! Who a person is: memberships, the rights that follow from them, contexts that act as the person.

use std::sync::Arc;

use contracts::{
    identity::{MembershipView, OrganisationKind, Viewer},
    ids::{OrgId, UserId},
    permission::{Level, Permission, PermissionSet, Role},
    states::OrganisationStatus,
};
use diesel::{dsl::exists, prelude::*, sql_types};
use diesel_async::RunQueryDsl;
use schema::{memberships, organisations, role_permissions, users};

use super::sign_in::DEMO_DOMAIN;
use super::time_zone::zone_of;
use crate::{
    OpCtx, Result,
    platform::{ActiveOrganisation, Actor, Caller, Conn, Elevation},
    views,
};

diesel::define_sql_function! {
    /// The hash of a person's password; `None` as well for a caller who is neither a job nor that person.
    fn password_hash_of(person: sql_types::Uuid) -> sql_types::Nullable<sql_types::Text>;
}

/// A user, as signing in needs it.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = users, check_for_backend(diesel::pg::Pg))]
pub(super) struct UserRow {
    pub(super) id: UserId,
    pub(super) email: String,
    pub(super) name: String,
    #[diesel(select_expression = password_hash_of(users::id))]
    pub(super) password_hash: Option<String>,
    pub(super) disabled_at: Option<chrono::DateTime<chrono::Utc>>,
}

/// The accounts that claim a mail address. Nobody has proved one yet, so several may: the password tells them apart, and no claim
/// keeps the rightful person out. Members of a verified organisation come first, then the newest.
pub(super) async fn claims_of(conn: &mut Conn, email: &str) -> Result<Vec<UserRow>> {
    let verified = memberships::table
        .inner_join(organisations::table.on(organisations::id.eq(memberships::org_id)))
        .filter(memberships::user_id.eq(users::id).and(memberships::removed_at.is_null()))
        .filter(organisations::status.eq(OrganisationStatus::Verified));
    let is_vouched_for = exists(verified.select(memberships::id));
    Ok(users::table
        .filter(users::email.eq(email))
        .order((is_vouched_for.desc(), users::created_at.desc(), users::id.desc()))
        .select(UserRow::as_select())
        .load(conn)
        .await?)
}

pub(super) async fn user_by_id(conn: &mut Conn, id: UserId) -> Result<UserRow> {
    Ok(users::table.find(id).select(UserRow::as_select()).first(conn).await?)
}

/// Whether the database holds the demo market: every page then says that its data are invented.
pub async fn has_demo_accounts(ctx: &OpCtx) -> Result<bool> {
    ctx.read(Permission::SystemManage, async |tx| {
        let demo = users::table.filter(users::email.like(format!("%{DEMO_DOMAIN}")));
        Ok(diesel::select(exists(demo.select(users::id))).get_result(tx.conn()?).await?)
    })
    .await
}
type MembershipRow = (OrgId, String, OrganisationKind, OrganisationStatus, Level, String, Option<String>);

/// The organisations a person belongs to, by name.
pub(super) async fn memberships_of(conn: &mut Conn, user_id: UserId) -> Result<Vec<MembershipView>> {
    let rows: Vec<MembershipRow> = memberships::table
        .inner_join(organisations::table.on(organisations::id.eq(memberships::org_id)))
        .filter(memberships::user_id.eq(user_id).and(memberships::removed_at.is_null()))
        .order((organisations::name, organisations::id))
        .select((
            organisations::id,
            organisations::name,
            organisations::kind,
            organisations::status,
            memberships::level,
            organisations::country,
            organisations::time_zone,
        ))
        .load(conn)
        .await?;
    Ok(rows
        .into_iter()
        .map(|(org_id, name, kind, status, level, country, chosen)| {
            let time_zone = zone_of(chosen.as_deref(), &country).name().to_owned();
            MembershipView { org_id, name, kind, status, level, time_zone }
        })
        .collect())
}

/// What the permission table grants to `level` of `role` now, with what is anybody's.
pub(super) async fn permissions_of(conn: &mut Conn, role: Role, level: Level) -> Result<PermissionSet> {
    let words: Vec<String> = role_permissions::table
        .filter(role_permissions::role.eq(role).and(role_permissions::level.eq(level)))
        .select(role_permissions::permission)
        .load(conn)
        .await?;
    Ok(permission_set(&words, Some((role, level))))
}

/// A grant that the bounds do not allow, or a word of a later release, grants nothing.
pub(super) fn permission_set(words: &[String], holder: Option<(Role, Level)>) -> PermissionSet {
    let granted = words.iter().filter_map(|word| word.parse::<Permission>().ok());
    let inside = granted
        .filter(|permission| holder.is_some_and(|(role, level)| permission.may_be_granted(role, level)));
    let own = [Permission::OwnDataRead, Permission::OwnDataWrite];
    // without an organisation a person still has an account
    let own = own.into_iter().filter(|_| holder.is_none());
    inside.chain(own).chain(Permission::PUBLIC.iter().copied()).collect()
}

/// Returns the context of the same request with a person as actor, for an organisation (`None`: for none), with these permissions.
pub(super) fn ctx_as(
    ctx: &OpCtx,
    user_id: UserId,
    organisation: Option<ActiveOrganisation>,
    permissions: PermissionSet,
) -> OpCtx {
    let caller = Caller {
        actor: Actor::User(user_id),
        organisation,
        permissions,
        elevation: None,
        session: None,
        request_id: ctx.caller().request_id,
        client: ctx.caller().client.clone(),
    };
    OpCtx::new(Arc::clone(ctx.platform()), caller)
}

/// Returns the context as [`ctx_as`] does, with the permissions that the membership carries now; without a membership those of an account
/// alone.
pub(super) async fn ctx_for_membership(
    ctx: &OpCtx,
    user_id: UserId,
    membership: Option<&MembershipView>,
) -> Result<OpCtx> {
    let Some(membership) = membership else {
        return Ok(ctx_as(ctx, user_id, None, permission_set(&[], None)));
    };
    let (role, level) = (membership.kind.role(), membership.level);
    let permissions = ctx
        .elevate(Elevation::ProveIdentity)
        .read(Permission::SystemManage, async move |tx| permissions_of(tx.conn()?, role, level).await)
        .await?;
    let organisation =
        ActiveOrganisation { id: membership.org_id, kind: membership.kind, status: membership.status, level };
    Ok(ctx_as(ctx, user_id, Some(organisation), permissions))
}

/// Who looks at a page; none for a visitor.
pub async fn viewer_get(ctx: &OpCtx) -> Result<Option<Viewer>> {
    let Some(user_id) = ctx.caller().actor.user_id() else { return Ok(None) };
    ctx.read(Permission::OwnDataRead, async move |tx| {
        let permissions = tx.ctx().caller().permissions.clone();
        let active_id = tx.ctx().caller().organisation.as_ref().map(|active| active.id);
        let user = user_by_id(tx.conn()?, user_id).await?;
        let memberships = memberships_of(tx.conn()?, user_id).await?;
        let active = memberships.iter().find(|membership| Some(membership.org_id) == active_id).cloned();
        let openings = views::openings_of(tx).await?;
        let (name, email) = (user.name, user.email);
        Ok(Some(Viewer { user_id, name, email, active, memberships, permissions, openings }))
    })
    .await
}
