//! SQL of e-mails: the addressees and the reasons they read.

use contracts::{
    ids::{OrgId, UserId},
    permission::Level,
};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use schema::{memberships, organisation_reasons, organisations, users};

use crate::platform::{Result, Tx};

/// The address of a person.
pub(super) async fn address_of(tx: &mut Tx, user_id: UserId) -> Result<String> {
    Ok(users::table.find(user_id).select(users::email).first(tx.conn()?).await?)
}

/// The organisation's name and the address of this owner, if the person still is one and can sign in.
pub(super) async fn owner(tx: &mut Tx, org_id: OrgId, user_id: UserId) -> Result<Option<(String, String)>> {
    Ok(memberships::table
        .inner_join(users::table.on(users::id.eq(memberships::user_id)))
        .inner_join(organisations::table.on(organisations::id.eq(memberships::org_id)))
        .filter(memberships::org_id.eq(org_id).and(memberships::user_id.eq(user_id)))
        .filter(memberships::level.eq(Level::Owner).and(memberships::removed_at.is_null()))
        .filter(users::disabled_at.is_null())
        .select((organisations::name, users::email))
        .first(tx.conn()?)
        .await
        .optional()?)
}

/// Why the organisation's state was changed, where a reason was given and is still kept.
pub(super) async fn reason(tx: &mut Tx, org_id: OrgId, change_id: i64) -> Result<Option<String>> {
    Ok(organisation_reasons::table
        .find((org_id, change_id))
        .select(organisation_reasons::reason)
        .first(tx.conn()?)
        .await
        .optional()?)
}
